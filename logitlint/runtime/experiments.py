"""From a judgement to an experiment: what the program does with raw scores, as data.

The way of a value is followed back from the use at fault to the scores, and only catalogued calls and literal arguments
are kept. So an experiment can be run without the program, in another process, and never runs anything of the user's.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from logitlint.frameworks.catalog import catalog
from logitlint.frameworks.vocabulary import Axes, Fact, Function, Layer, Role, SameAs, Scalar, Want
from logitlint.inference.signature import parse
from logitlint.inference.trace import Taken, Use, Via, before, is_shape_only
from logitlint.inference.values import Literal, Tensor, Unknown, Value
from logitlint.kinds import UNKNOWN, Kind
from logitlint.rules.checks import is_log
from logitlint.runtime.programs import (
    DECISION,
    LOSS,
    POSITION,
    Apply,
    Constant,
    Drawn,
    Node,
    Program,
    Scores,
    Truth,
)

_RESULTS: Final[Mapping[Kind, str]] = {
    Kind.SOFTMAX: "softmax",
    Kind.SIGMOID: "sigmoid",
    Kind.LOG_SOFTMAX: "log-softmax",
    Kind.LOG_SIGMOID: "log-sigmoid",
}
"""What a result of that kind must equal."""
_PASSED: Final = (Axes.RESAMPLED, Axes.POOLED, Axes.JOINED, Axes.SLICED)
"""Operations that are left out of an experiment: what they give means what they are given."""
_DRAWN: Final[Mapping[Want, str]] = {
    Want.LOGITS_PARAMETER: "softmax",
    Want.PROBS_PARAMETER: "softmax",
    Want.UNIT_PARAMETER: "sigmoid",
}
"""Which probabilities a function draws with, by the scale on which it reads them."""
_PROBABILITIES: Final = ("probs", "probs_parameter")
"""What of a distribution tells its probabilities: the attribute, or the method."""
_READ: Final = (
    Want.CLASS_PROBABILITIES,
    Want.LABEL_PROBABILITIES,
    Want.PROBABILITIES,
    Want.CLASS_LOG_PROBABILITIES,
)
"""Scales of which raw scores are none."""
_LAST: Final = -1
_BATCH: Final = 0


class UnbuildableError(Exception):
    """No experiment can be made of a use; says why."""


def program(use: Use, taken: Taken | None = None, *, unnamed: bool = False, bent: bool = False) -> Program:
    """What a use does, from the raw scores on.

    taken
        The argument at fault: the one whose scores are varied.
    unnamed
        Whether the program did not say over which axis, before it was repaired: then axis 0 counts as the batch. Else
        the axis it names is taken to be that of the classes, which is the last here.
    bent
        Whether an activation on the logits stays: that it is there is another mistake than the one to be put right.

    Raises `UnbuildableError`.
    """
    if use.has(Fact.LOSS) and use.via is Via.CONSTRUCT:
        raise UnbuildableError("the loss is built, but not computed")
    if use.has(Fact.LOSS) and _is_swapped(use):
        raise UnbuildableError("the prediction stands where the target belongs")
    use = _unshaped(use)
    builder = _Builder(_BATCH if unnamed else None, bent=bent)
    main = taken or use.first(Role.PREDICTION) or use.first(Role.SUBJECT)
    if use.has(Fact.SAMPLES) and use.via is not Via.CONSTRUCT:
        return _drawn(use, main, builder)
    node = builder.applied(use)
    wanted = use.first(Role.PREDICTION)
    is_loss = use.has(Fact.LOSS)
    tensor = main.tensor if main else None
    target = use.first(Role.TARGET)
    return Program(
        node=node,
        result=LOSS if is_loss else _result(use, main),
        want=wanted.want.name if is_loss and wanted is not None and wanted.want is not None else None,
        prediction=wanted.parameter if is_loss and wanted is not None else None,
        target=target.want.name if is_loss and target is not None and target.want is not None else None,
        believed="sigmoid" if target is not None and target.kind.certainly(_SQUASHED) else "softmax",
        units=tensor.units if tensor else None,
        averaged=is_loss and use.via is Via.COMPILE,
        left_out=tuple(dict.fromkeys(builder.left_out)),
    )


_SQUASHED: Final = Kind.SIGMOID | Kind.LOG_SIGMOID


def _unshaped(use: Use) -> Use:
    """The use behind those that change nothing but the shape."""
    while is_shape_only(use) and (tensor := before(use)) is not None and len(tensor.made) == 1:
        use = tensor.made[0]
    return use


def _drawn(use: Use, taken: Taken | None, builder: _Builder) -> Program:
    """What a function draws from: the draw is chance, the distribution is not."""
    if taken is None or taken.want is None or taken.want not in _DRAWN:
        raise UnbuildableError(f"{use.row.name} draws at random")
    builder.left_out.append("the draw itself: what is drawn from is compared")
    node = Drawn(builder.value(taken.value), taken.want.name)
    tensor = taken.tensor
    return Program(
        node=node,
        result=_DRAWN[taken.want],
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
        told = row.methods.get("probs_parameter")
        kind = row.attributes.get("probs")
        if isinstance(told, Function) and isinstance(told.gives, Kind):
            kind = told.gives
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

    def __init__(self, kept: int | None = None, *, bent: bool = False) -> None:
        self._kept = kept
        self._bent = bent
        self.left_out: list[str] = []
        self._sources: dict[int, object] = {}

    def applied(self, use: Use, source: int = 0) -> Apply:
        """The call, with what each of its arguments is made of."""
        row = use.row
        if catalog().row(row.name) is None:
            raise UnbuildableError(f"{row.name} is the project's own, which is never run")
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
        attribute = None
        if isinstance(row, Layer):
            attribute = next((each for each in _PROBABILITIES if each in row.attributes or each in row.methods), None)
        return Apply(row.name, arguments, positional, construct, attribute)

    def _literals(self, layer: Layer, use: Use) -> dict[str, Scalar]:
        found: dict[str, Scalar] = {}
        for parameter in parse(layer.init):
            value = use.given.get(parameter.name)
            if isinstance(value, Literal):
                found[parameter.name] = self._literal(value, use, parameter.name)
            elif value is not None:
                self.left_out.append(f"`{parameter.name}`, which is no literal")
        return found

    def _literal(self, value: Literal, use: Use, name: str) -> Scalar:
        is_axis = getattr(use.row, "axis", None) == name and value.value is not None and value.value != self._kept
        return _LAST if is_axis else value.value

    def _argument(self, name: str, use: Use, taken: Taken | None, source: int) -> Node | None:
        value: Value | None = taken.value if taken else use.given.get(name)
        if isinstance(value, Literal):
            return Constant(self._literal(value, use, name))
        if taken is None or value is None:
            self.left_out.append(f"`{name}`, which is no literal")
            return None
        if taken.role is Role.TARGET:
            return self._truth(taken)
        if taken.role is Role.WEIGHT:
            self.left_out.append(f"`{name}`")
            return None
        if taken.role is Role.PREDICTION and taken.want in _READ and _may_be_anything(value):
            return Scores(source, taken.want.name)
        return self.value(value, source)

    def _truth(self, taken: Taken) -> Node:
        """The target: computed by the program, or whatever the loss wants."""
        tensor = taken.tensor
        if tensor is not None and tensor.made and not tensor.kind & (Kind.ONE_HOT | Kind.CLASS_INDEX | Kind.DECISION):
            return self.value(tensor, 1)
        if taken.want is None:
            raise UnbuildableError("nothing is known of the target")
        return Truth(taken.want.name)

    def value(self, value: Value, source: int = 0) -> Node:
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
        if self._bent and value.kind == Kind.ACTIVATED and not is_shape_only(use):
            self.left_out.append(row.name)
            return self._scores(value.number, source)
        behind = use.first(Role.SUBJECT) or use.first(Role.PREDICTION)
        if isinstance(row, SameAs) and (
            is_shape_only(use) or row.axes in _PASSED or Fact.DROPOUT in row.facts or _class_of(row) is not None
        ):
            if not is_shape_only(use):
                self.left_out.append(row.name)
            return self.value(behind.value, source) if behind else self._scores(value.number, source)
        if is_log(use) and behind is not None and behind.kind == UNKNOWN:
            raise UnbuildableError("a logarithm is taken of numbers of which nothing is known")
        return self.applied(use, source)

    def _scores(self, number: int, source: int) -> Scores:
        if self._sources.setdefault(source, number) != number:
            raise UnbuildableError("the value is made of several others")
        return Scores(source)


def _may_be_anything(value: Value) -> bool:
    """Whether nothing is known of a value: then it is given to a loss as the loss reads it."""
    return isinstance(value, Unknown) or (isinstance(value, Tensor) and not value.made and value.kind == UNKNOWN)


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
