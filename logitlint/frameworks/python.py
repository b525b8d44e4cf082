"""Python itself: operators (as names of the module `operator`), builtins, `math`, `copy`, processes and threads."""

from __future__ import annotations

from logitlint.frameworks.mathematics import COMPARED, EXP, LOG, NEGATIVE, THRESHOLD
from logitlint.frameworks.vocabulary import (
    Axes,
    Depends,
    Fact,
    Function,
    Gives,
    Outcome,
    Role,
    Row,
    Runs,
    SameAs,
    Takes,
    subject,
)

_OPERANDS = {"a": subject(), "b": Takes(Role.OTHER)}
_DECIDED = frozenset({Fact.DECIDES, Fact.TRAINS_NOT})
_ROUNDED = frozenset({Fact.DECIDES, Fact.TRAINS_NOT, Fact.THRESHOLDS})
_DETACHED = frozenset({Fact.TRAINS_NOT})


def _operator(name: str, gives: Gives = None, *, facts: frozenset[Fact] = frozenset()) -> Function:
    return Function(name=f"operator.{name}", signature="a, b, /", takes=_OPERANDS, gives=gives, facts=facts)


def started(name: str) -> Runs:
    """A process or thread that is made to run a function."""
    signature = "group=None, target=None, name=None, args=(), kwargs={}, *, daemon=None"
    return Runs(
        name=name, signature=signature, function="target", packed="args", keywords="kwargs", gives=Outcome.OTHER
    )


ROWS: tuple[Row, ...] = (
    # What arithmetic gives depends on both operands: the interpreter's mathematics knows.
    _operator("add"),
    _operator("sub"),
    _operator("mul"),
    _operator("truediv"),
    _operator("pow"),
    _operator("matmul"),
    _operator("getitem"),
    Function(name="operator.neg", signature="a, /", takes={"a": subject()}, gives=NEGATIVE),
    _operator("gt", THRESHOLD, facts=_DECIDED),
    _operator("ge", THRESHOLD, facts=_DECIDED),
    _operator("lt", COMPARED, facts=_DECIDED),
    _operator("le", COMPARED, facts=_DECIDED),
    _operator("eq", COMPARED, facts=_DECIDED),
    Function(
        name="builtins.round",
        signature="number, ndigits=None",
        takes={"number": subject()},
        gives=Depends("ndigits", {None: THRESHOLD, 0: THRESHOLD}),
        facts=_ROUNDED,
    ),
    SameAs(name="builtins.float", signature="x=0, /", subject="x", axes=Axes.KEPT, facts=_DETACHED),
    Function(name="math.log", signature="x, base=None, /", takes={"x": subject()}, gives=Depends("base", {None: LOG})),
    Function(name="math.exp", signature="x, /", takes={"x": subject()}, gives=EXP),
    SameAs(name="copy.copy", signature="x", subject="x", axes=Axes.KEPT),
    SameAs(name="copy.deepcopy", signature="x, memo=None, _nil=[]", subject="x", axes=Axes.KEPT),
    started("multiprocessing.Process"),
    started("threading.Thread"),
)
