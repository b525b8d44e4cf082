"""Traces built by hand: the uses and tensors a rule is asked about, without a program, a table or the interpreter."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping

from msgspec.structs import replace

from logitlint.frameworks.vocabulary import (
    Axes,
    Depends,
    Fact,
    Function,
    Gives,
    Layer,
    Role,
    SameAs,
    Scope,
    Takes,
    Want,
)
from logitlint.inference.trace import Taken, Trace, Use, Via
from logitlint.inference.values import Cause, Literal, Origin, Tensor, Unknown, Value
from logitlint.kinds import UNKNOWN, Kind
from logitlint.rules.rule import Rule

_numbers = itertools.count(1)

LOG: Mapping[Kind, Kind] = {Kind.SOFTMAX: Kind.LOG_SOFTMAX, Kind.SIGMOID: Kind.LOG_SIGMOID}
EXP: Mapping[Kind, Kind] = {Kind.LOG_SOFTMAX: Kind.SOFTMAX, Kind.LOG_SIGMOID: Kind.SIGMOID}
CLAMP: Mapping[Kind, Kind] = {Kind.SOFTMAX: Kind.SOFTMAX, Kind.SIGMOID: Kind.SIGMOID}
LARGEST: Mapping[Kind, Kind] = {Kind.LOGITS: Kind.DECISION, Kind.ONE_HOT: Kind.CLASS_INDEX}
SMALLEST: Mapping[Kind, Kind] = {Kind.LOGITS: Kind.DECISION, Kind.ONE_HOT: Kind.DECISION}


def origin() -> Origin:
    """A place nothing else has."""
    return Origin("program.py", next(_numbers))


def nobody() -> Unknown:
    """A value about which nothing is known."""
    return Unknown(next(_numbers), Cause("a parameter"))


def bare(kind: Kind = UNKNOWN, **facts: object) -> Tensor:
    """A tensor that nothing catalogued made."""
    return replace(Tensor(kind, next(_numbers)), **facts)  # type: ignore[arg-type]


def call(
    gives: Gives,
    subject: Value | None = None,
    *,
    name: str = "lib.function",
    facts: Iterable[Fact] = (),
    axis: str | int | None = None,
    given: Mapping[str, Value] | None = None,
    low: float | str | None = None,
    high: float | str | None = None,
    at: Origin | None = None,
) -> Use:
    """A call of a function on a tensor."""
    value = bare() if subject is None else subject
    row = Function(
        name=name,
        signature="input, **options",
        takes={"input": Takes(Role.SUBJECT)},
        gives=gives,
        facts=frozenset(facts),
        axis=axis,
        low=low,
        high=high,
    )
    taken = (Taken("input", Role.SUBJECT, None, value),)
    return Use(row, Via.CALL, taken, {"input": value, **(given or {})}, at or origin())


def result(use: Use, kind: Kind, **facts: object) -> Tensor:
    """What a use gave."""
    return bare(kind, made=(use,), **facts)


def made(kind: Kind, **facts: object) -> Tensor:
    """A tensor that a function giving just that kind made; an activation without bounds unless told, of logits."""
    low, high = facts.pop("row_low", None), facts.pop("row_high", None)
    subject = bare(Kind.LOGITS) if kind is Kind.ACTIVATED else None
    use = call(kind, subject, name=f"lib.{(kind.name or 'mixed').lower()}", low=low, high=high)  # type: ignore[arg-type]
    return result(use, kind, **facts)


def joined(*tensors: Tensor) -> Tensor:
    """What arrives where branches meet."""
    kind = Kind(0)
    for tensor in tensors:
        kind |= tensor.kind
    return bare(kind, made=tuple(use for tensor in tensors for use in tensor.made))


def keep(
    tensor: Tensor, axes: Axes = Axes.RESHAPED, facts: Iterable[Fact] = (), *, keeps: bool = True, **changes: object
) -> Tensor:
    """The tensor after an operation that keeps its meaning; only with KEPT is it the same number."""
    row = SameAs(name="lib.keep", signature="input", subject="input", axes=axes, facts=frozenset(facts))
    use = Use(row, Via.CALL, (Taken("input", Role.SUBJECT, None, tensor),), {"input": tensor}, origin(), keeps=keeps)
    number = tensor.number if axes is Axes.KEPT else next(_numbers)
    return replace(tensor, made=(use,), number=number, **changes)  # type: ignore[arg-type]


def operate(
    name: str, left: Tensor, right: Value | None = None, *, facts: Iterable[Fact] = (), gives: Gives = None
) -> Use:
    """An operator."""
    takes = {"a": Takes(Role.SUBJECT), "b": Takes(Role.OTHER)}
    row = Function(name=f"operator.{name}", signature="a, b", takes=takes, gives=gives, facts=frozenset(facts))
    taken = [Taken("a", Role.SUBJECT, None, left)]
    given: dict[str, Value] = {"a": left}
    if right is not None:
        taken.append(Taken("b", Role.OTHER, None, right))
        given["b"] = right
    return Use(row, Via.OPERATOR, tuple(taken), given, origin())


def compared(left: Tensor, right: Value) -> Use:
    """``left > right``."""
    return operate("gt", left, right, facts=[Fact.DECIDES, Fact.TRAINS_NOT], gives=SMALLEST)


def loss(
    prediction: Value,
    want: Want | None = None,
    target: Value | None = None,
    target_want: Want | None = None,
    *,
    via: Via = Via.CALL,
    facts: Iterable[Fact] = (Fact.LOSS,),
    scopes: Iterable[Scope] = (),
    given: Mapping[str, Value] | None = None,
    name: str = "lib.the_loss",
) -> Use:
    """A call of a loss."""
    truth = nobody() if target is None else target
    row = Function(name=name, signature="input, target", gives=Kind.LOSS, facts=frozenset(facts))
    taken = (Taken("input", Role.PREDICTION, want, prediction), Taken("target", Role.TARGET, target_want, truth))
    whole = {"input": prediction, "target": truth, **(given or {})}
    return Use(row, via, taken, whole, origin(), scopes=frozenset(scopes))


def sample(value: Value, want: Want, via: Via = Via.CONSTRUCT) -> Use:
    """A distribution or sampler."""
    row = Function(name="lib.Sampler", signature="probs", facts=frozenset({Fact.SAMPLES}))
    return Use(row, via, (Taken("probs", Role.SUBJECT, want, value),), {"probs": value}, origin())


def construct(
    given: Mapping[str, Value],
    *,
    weight: str | None = None,
    gives: Gives = Kind.LOSS,
    facts: Iterable[Fact] = (Fact.LOSS,),
) -> Use:
    """An instance of a catalogued class is built."""
    inner = Function(name="lib.Layer", signature="input", gives=gives)
    row = Layer(name="lib.Layer", init="**options", call=inner, facts=frozenset(facts))
    taken = (Taken(weight, Role.WEIGHT, None, given[weight]),) if weight else ()
    return Use(row, Via.CONSTRUCT, taken, given, origin())


def says(rule: Rule, use: Use, *others: Use) -> list[str]:
    """What one rule says of a use, in a trace with other uses."""
    return [verdict.message for verdict in rule.check(use, Trace([use, *others]))]


def both_indices() -> Depends:
    """What a maximum gives that returns values and positions."""
    return Depends("dim", {None: Axes.PICKED, 1: (Axes.PICKED, LARGEST)})


def literal(value: str | int | float | bool | None) -> Literal:
    """A literal argument."""
    return Literal(value)
