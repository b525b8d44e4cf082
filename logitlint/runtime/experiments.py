"""From a judgement to an experiment: what the program does with raw scores, as data.

The way of a value is followed back from the use at fault to the scores, and only catalogued calls and literal arguments
are kept. So an experiment can be run without the program, in another process, and never runs anything of the user's.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, TypeAlias, Union

import msgspec

from logitlint.frameworks.catalog import catalog
from logitlint.frameworks.vocabulary import Axes, Fact, Function, Layer, Role, SameAs, Scalar, Want
from logitlint.inference.signature import parse
from logitlint.inference.trace import Taken, Use, Via, is_shape_only
from logitlint.inference.values import Literal, Tensor, Unknown, Value
from logitlint.kinds import Kind

LOSS: Final = "loss"
DECISION: Final = "decision"
POSITION: Final = "position"

_RESULTS: Final[Mapping[Kind, str]] = {
    Kind.SOFTMAX: "softmax",
    Kind.SIGMOID: "sigmoid",
    Kind.LOG_SOFTMAX: "log-softmax",
    Kind.LOG_SIGMOID: "log-sigmoid",
}
"""What a result of that kind must equal."""
_PASSED: Final = (Axes.RESAMPLED, Axes.POOLED, Axes.JOINED, Axes.SLICED)
"""Operations that are left out of an experiment: what they give means what they are given."""
_LAST: Final = -1


class Scores(msgspec.Struct, frozen=True, tag=True):
    """Raw scores: those of the prediction (0), or those behind a target that is computed (1)."""

    source: int = 0


class Truth(msgspec.Struct, frozen=True, tag=True):
    """A target, as the loss reads it: the name of a `Want`."""

    want: str


class Constant(msgspec.Struct, frozen=True, tag=True):
    """A literal argument."""

    value: Scalar


class Apply(msgspec.Struct, frozen=True, tag=True):
    """A call of something catalogued.

    path
        Its qualified name.
    given
        The arguments by parameter, in the order of the signature; as many as `positional` are given by position.
    construct
        For a class whose instance is called: the constructor's literal arguments. None: `path` itself is called.
    attribute
        What of the result is looked at: ``probs`` of a distribution.
    """

    path: str
    given: dict[str, Node]
    positional: int = 0
    construct: dict[str, Scalar] | None = None
    attribute: str | None = None


Node: TypeAlias = Union[Scores, Truth, Constant, Apply]


class Program(msgspec.Struct, frozen=True):
    """One side of an experiment.

    node
        What is computed.
    want
        For a loss: the scale on which it reads its prediction, the name of a `Want`.
    prediction
        For a loss: the parameter of the prediction.
    result
        What it should give: `LOSS`, `DECISION` (of one label), `POSITION` (of the largest), or an activation's name.
    units
        The number of classes, when the program fixes it.
    per_sample
        Whether the loss is to be averaged over the samples alone, however it averages here.
    left_out
        What of the program is no part of the experiment, in words.
    """

    node: Apply
    result: str
    want: str | None = None
    prediction: str | None = None
    units: int | None = None
    per_sample: bool = False
    left_out: tuple[str, ...] = ()

    @property
    def libraries(self) -> frozenset[str]:
        """The packages whose functions are called."""
        return frozenset(_packages(self.node))


class UnbuildableError(Exception):
    """No experiment can be made of a use; says why."""


def program(use: Use, taken: Taken | None = None) -> Program:
    """What a use does, from the raw scores on.

    taken
        The argument at fault: the one whose scores are varied.

    Raises `UnbuildableError`.
    """
    if use.has(Fact.LOSS) and use.via is Via.CONSTRUCT:
        raise UnbuildableError("the loss is built, but not computed")
    if use.has(Fact.LOSS) and _is_swapped(use):
        raise UnbuildableError("the prediction stands where the target belongs")
    if use.has(Fact.SAMPLES) and use.via is not Via.CONSTRUCT:
        raise UnbuildableError(f"{use.row.name} draws at random")
    builder = _Builder()
    node = builder.applied(use)
    main = taken or use.first(Role.PREDICTION) or use.first(Role.SUBJECT)
    wanted = use.first(Role.PREDICTION)
    is_loss = use.has(Fact.LOSS)
    tensor = main.tensor if main else None
    return Program(
        node=node,
        result=LOSS if is_loss else _result(use, main),
        want=wanted.want.name if is_loss and wanted is not None and wanted.want is not None else None,
        prediction=wanted.parameter if is_loss and wanted is not None else None,
        units=tensor.units if tensor else None,
        left_out=tuple(dict.fromkeys(builder.left_out)),
    )


def _is_swapped(use: Use) -> bool:
    wanted = use.first(Role.PREDICTION)
    labels = Kind.ONE_HOT | Kind.CLASS_INDEX
    targets = [each.kind for each in use.taken if each.role is Role.TARGET]
    if any(each.certainly(Kind.LOGITS | Kind.ACTIVATED) for each in targets):
        return True
    return wanted is not None and wanted.kind.certainly(labels)


def _result(use: Use, taken: Taken | None) -> str:
    """What the result of something that is no loss claims to be."""
    row = use.row
    if isinstance(row, Layer):
        kind = row.attributes.get("probs")
    elif isinstance(row, SameAs) or taken is None:
        kind = taken.kind if taken is not None else None
    elif isinstance(row.gives, Mapping):
        kind = row.gives.get(taken.kind)
    else:
        kind = row.gives if isinstance(row.gives, Kind) else None
    if isinstance(row, Function) and isinstance(row.gives, Mapping) and row.gives.get(Kind.ONE_HOT) == Kind.CLASS_INDEX:
        return POSITION
    if kind is not None and kind in _RESULTS:
        return _RESULTS[kind]
    if kind == Kind.DECISION or use.has(Fact.DECIDES) or row.name in _COMPARISONS:
        return DECISION
    if row.name == "operator.truediv":
        return _RESULTS[Kind.SOFTMAX]  # exp(x) / exp(x).sum(): the one quotient a rule speaks of
    raise UnbuildableError(f"there is no formula for what {row.name} gives")


_COMPARISONS: Final = frozenset({"operator.gt", "operator.ge", "operator.lt", "operator.le"})


class _Builder:
    """Follows values back to their scores."""

    def __init__(self) -> None:
        self.left_out: list[str] = []
        self._sources: dict[int, object] = {}

    def applied(self, use: Use, source: int = 0) -> Apply:
        """The call, with what each of its arguments is made of."""
        row = use.row
        layer = row if isinstance(row, Layer) else _class_of(row)
        construct: dict[str, Scalar] | None = None
        if layer is not None and use.via is not Via.CONSTRUCT:
            construct = self._literals(layer, use)
        signature = row.init if isinstance(row, Layer) else row.signature
        taken = {each.parameter: each for each in use.taken}
        arguments: dict[str, Node] = {}
        positional = 0
        gap = False
        for parameter in parse(signature):
            if parameter.name not in use.given and parameter.name not in taken:
                gap = True
                continue
            node = self._argument(parameter.name, use, taken.get(parameter.name), source)
            if node is None:
                gap = True
                continue
            if parameter.kind in ("star", "doublestar"):
                raise UnbuildableError(f"{row.name} is given a list of arguments")
            arguments[parameter.name] = node
            if not gap and parameter.kind in ("positional", "normal"):
                positional += 1
        if use.has(Fact.LOSS):
            arguments |= {name: Truth(want.name) for name, want in _targets(row) if name not in arguments}
        attribute = "probs" if isinstance(row, Layer) and "probs" in row.attributes else None
        return Apply(row.name, arguments, positional, construct, attribute)

    def _literals(self, layer: Layer, use: Use) -> dict[str, Scalar]:
        found: dict[str, Scalar] = {}
        for parameter in parse(layer.init):
            value = use.given.get(parameter.name)
            if isinstance(value, Literal):
                found[parameter.name] = _LAST if _is_axis(use.row, parameter.name) else value.value
            elif value is not None:
                self.left_out.append(f"`{parameter.name}`, which is no literal")
        return found

    def _argument(self, name: str, use: Use, taken: Taken | None, source: int) -> Node | None:
        value: Value | None = taken.value if taken else use.given.get(name)
        if isinstance(value, Literal):
            return Constant(_LAST if _is_axis(use.row, name) and value.value is not None else value.value)
        if taken is None or value is None:
            self.left_out.append(f"`{name}`, which is no literal")
            return None
        if taken.role is Role.TARGET:
            return self._truth(taken)
        if taken.role is Role.WEIGHT:
            self.left_out.append(f"`{name}`")
            return None
        return self._value(value, source)

    def _truth(self, taken: Taken) -> Node:
        """The target: computed by the program, or whatever the loss wants."""
        tensor = taken.tensor
        if tensor is not None and tensor.made and not tensor.kind & (Kind.ONE_HOT | Kind.CLASS_INDEX | Kind.DECISION):
            return self._value(tensor, 1)
        if taken.want is None:
            raise UnbuildableError("nothing is known of the target")
        return Truth(taken.want.name)

    def _value(self, value: Value, source: int) -> Node:
        """What a tensor is computed from."""
        if isinstance(value, Literal):
            return Constant(value.value)
        if isinstance(value, Unknown):
            return self._scores(value.number, source)
        if not isinstance(value, Tensor):
            raise UnbuildableError("an argument is no tensor")
        if not value.made:
            return self._scores(value.number, source)
        if len({use.row.name for use in value.made}) > 1:
            raise UnbuildableError("the value is one of several")
        if value.kind == Kind.LOGITS and not all(map(is_shape_only, value.made)):
            return self._scores(value.number, source)
        use = value.made[0]
        row = use.row
        behind = use.first(Role.SUBJECT) or use.first(Role.PREDICTION)
        if isinstance(row, SameAs) and (
            is_shape_only(use) or row.axes in _PASSED or Fact.DROPOUT in row.facts or _class_of(row) is not None
        ):
            if not is_shape_only(use):
                self.left_out.append(row.name)
            return self._value(behind.value, source) if behind else self._scores(value.number, source)
        return self.applied(use, source)

    def _scores(self, number: int, source: int) -> Scores:
        if self._sources.setdefault(source, number) != number:
            raise UnbuildableError("the value is made of several others")
        return Scores(source)


def _class_of(row: Function | SameAs) -> Layer | None:
    """The class, when the row is that of calling an instance."""
    found = catalog().row(row.name)
    return found if isinstance(found, Layer) else None


def _targets(row: Function | SameAs | Layer) -> list[tuple[str, Want]]:
    """The targets of a loss: one that is handed over with its model meets labels that are not in the program."""
    found: object = catalog().row(row.name)
    if isinstance(found, Layer):
        found = found.call
    takes = found.takes if isinstance(found, Function) else {}
    return [
        (name, each.want) for name, each in takes.items() if each.role is Role.TARGET and isinstance(each.want, Want)
    ]


def _is_axis(row: Function | SameAs | Layer, parameter: str) -> bool:
    return getattr(row, "axis", None) == parameter


def _packages(node: Node) -> list[str]:
    found: list[str] = []
    pending: list[Node] = [node]
    while pending:
        current = pending.pop()
        if isinstance(current, Apply):
            found.append(current.path.partition(".")[0])
            pending += current.given.values()
    return found
