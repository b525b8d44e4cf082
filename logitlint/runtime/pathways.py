"""The way of a value, followed back from a use to the raw scores: what an experiment is built of."""

from __future__ import annotations

import operator
from typing import Final

from logitlint.frameworks.catalog import catalog
from logitlint.frameworks.vocabulary import Alignment, Axes, Fact, Function, Layer, Role, SameAs, Scalar, Want
from logitlint.inference.lineage import is_shape_only
from logitlint.inference.signature import parse
from logitlint.inference.trace import Taken, Use, Via
from logitlint.inference.values import Literal, Tensor, Unknown, Value
from logitlint.kinds import UNKNOWN, Kind
from logitlint.rules.checks import is_exp, is_log, normalises
from logitlint.runtime.programs import (
    LABELS,
    NUMBERS,
    OF_LABELS,
    OF_STEPS,
    Aligned,
    Apply,
    Constant,
    Node,
    Scores,
    Truth,
)

_PASSED: Final = (Axes.RESAMPLED, Axes.POOLED, Axes.JOINED, Axes.SLICED)
"""Operations that are left out of an experiment: what they give means what they are given."""
_PROBABILITIES: Final = ("probs", "probs_parameter")
"""What of a distribution tells its probabilities: the attribute, or the method."""
_READ: Final = (
    Want.CLASS_PROBABILITIES,
    Want.LABEL_PROBABILITIES,
    Want.PROBABILITIES,
    Want.CLASS_LOG_PROBABILITIES,
)
"""Scales of which raw scores are none."""
_CLASSES: Final = (Want.CLASS_LOGITS, Want.CLASS_PROBABILITIES)
"""Scales of exclusive classes."""
_SCALES: Final = {
    Kind.SOFTMAX: Want.CLASS_PROBABILITIES,
    Kind.SIGMOID: Want.LABEL_PROBABILITIES,
    Kind.LOG_SOFTMAX: Want.CLASS_LOG_PROBABILITIES,
}
"""The scale of what a model gives that ends in an activation by an argument."""
_LAST: Final = -1
BATCH: Final = 0
_RESULTS: Final = (Kind.SOFTMAX, Kind.SIGMOID)
"""What is no raw score: to take a softmax of it again is another mistake."""


class UnbuildableError(Exception):
    """No experiment can be made of a use; says why."""


class Pathway:
    """Follows values back to their scores.

    kept
        The axis, if any, that a program may name and that is not that of the classes.
    bent
        Whether an activation on the logits stays.
    """

    def __init__(self, kept: int | None = None, *, bent: bool = False) -> None:
        self._kept = kept
        self._bent = bent
        self.left_out: list[str] = []
        self.elsewhere = False
        """Whether the classes lie on the first axis, so that the size of the last is not their number."""
        self._sources: dict[int, object] = {}

    def applied(self, use: Use, source: int = 0) -> Apply:
        """The call, with what each of its arguments is made of."""
        row = use.row
        if catalog().row(row.name) is None:
            raise UnbuildableError(f"{row.name} is the project's own, which is never run")
        sequences = aligned(alignment(row))
        layer = row if isinstance(row, Layer) else class_of(row)
        construct: dict[str, Scalar] | None = None
        if layer is not None and use.via is not Via.CONSTRUCT:
            construct = self._literals(layer, use)
        signature = row.init if isinstance(row, Layer) else row.signature
        taken = {each.parameter: each for each in use.taken}
        now = renamed(use)
        arguments: dict[str, Node] = {}
        positional = 0
        gap = False
        for parameter in parse(signature):
            if parameter.name in sequences or (parameter.name not in use.given and parameter.name not in taken):
                gap = True
                continue
            node = self._argument(parameter.name, use, taken.get(parameter.name), source)
            if node is None:
                gap = True
                continue
            if parameter.kind in ("star", "doublestar"):
                raise UnbuildableError(f"{row.name} is given a list of arguments")
            arguments[now.get(parameter.name, parameter.name)] = node
            if not gap and parameter.kind in ("positional", "normal"):
                positional += 1
        arguments |= sequences
        wanted = targets(row) if use.has(Fact.LOSS) and not sequences else []
        if not any(name in arguments for name, _ in wanted):
            arguments |= {name: Truth(want.name) for name, want in wanted[:1]}
        attribute = None
        if isinstance(row, Layer):
            attribute = next((each for each in _PROBABILITIES if each in row.attributes or each in row.methods), None)
        path = catalog().undated(row.name)
        # Another edition may have had another order, but the names are those of today.
        return Apply(path, arguments, positional if path == row.name else 0, construct, attribute)

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
        self.elsewhere |= is_axis and value.value == BATCH
        return _LAST if is_axis else value.value

    def _argument(self, name: str, use: Use, taken: Taken | None, source: int) -> Node | None:
        value: Value | None = taken.value if taken else use.given.get(name)
        if isinstance(value, Literal):
            return Constant(self._literal(value, use, name))
        if taken is None or value is None:
            self.left_out.append(f"`{name}`, which is no literal")
            return None
        if taken.role is Role.TARGET:
            return self._truth(taken, use)
        if taken.role is Role.WEIGHT:
            self.left_out.append(f"`{name}`")
            return None
        if taken.role is Role.PREDICTION and taken.want in _READ and _may_be_anything(value):
            return Scores(source, taken.want.name)
        if (normalises(use) or is_exp(use)) and isinstance(value, Tensor) and _is_arithmetic(value):
            return self._computed(value, source, normalised=normalises(use))
        return self.value(value, source, normalised=normalises(use))

    def _truth(self, taken: Taken, use: Use) -> Node:
        """The target: computed by the program, or whatever the loss wants."""
        tensor = taken.tensor
        if tensor is not None and tensor.made and not tensor.kind & (Kind.ONE_HOT | Kind.CLASS_INDEX | Kind.DECISION):
            return self.value(tensor, 1)
        prediction = use.first(Role.PREDICTION)
        return Truth(truth(taken.want, prediction.want if prediction is not None else None))

    def value(self, value: Value, source: int = 0, *, normalised: bool = False) -> Node:
        """What a tensor is computed from.

        normalised
            Whether a softmax is taken of it: then any number may be raw scores, also a logarithm of who knows what.
        """
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
        is_bent = value.kind == Kind.ACTIVATED or (normalised and value.kind in _RESULTS)
        if self._bent and is_bent and not is_shape_only(use):
            self.left_out.append(row.name)
            return self._scores(value.number, source)
        behind = use.first(Role.SUBJECT) or use.first(Role.PREDICTION)
        if use.is_cast and behind is not None:
            return self.value(behind.value, source)
        if isinstance(row, SameAs) and (
            is_shape_only(use) or row.axes in _PASSED or Fact.DROPOUT in row.facts or class_of(row) is not None
        ):
            if not is_shape_only(use):
                self.left_out.append(row.name)
            return self.value(behind.value, source) if behind else self._scores(value.number, source)
        model = row if isinstance(row, Layer) else class_of(row)
        scale = _SCALES.get(use.gives or UNKNOWN)
        if model is not None and Fact.MODEL in model.facts and scale is not None:
            self.left_out.append(f"`{row.name}`, but for the activation that it is told to end in")
            self._scores(value.number, source)
            return Scores(source, scale.name)
        if is_log(use) and behind is not None and behind.kind == UNKNOWN:
            if normalised:
                return self._scores(value.number, source)
            raise UnbuildableError("a logarithm is taken of numbers of which nothing is known")
        return self.applied(use, source)

    def _computed(self, value: Tensor, source: int, *, normalised: bool) -> Node:
        """What is computed from several values before a softmax: raw scores, whatever they are made of, where no way
        leads back to the scores of one (``x - x.max()``, ``x / temperature``).
        """
        sources, left_out = dict(self._sources), list(self.left_out)
        try:
            return self.value(value, source, normalised=normalised)
        except UnbuildableError:
            self._sources, self.left_out = sources, left_out
            return self._scores(value.number, source)

    def _scores(self, number: int, source: int) -> Scores:
        if self._sources.setdefault(source, number) != number:
            raise UnbuildableError("the value is made of several others")
        return Scores(source)


def _is_arithmetic(tensor: Tensor) -> bool:
    """Whether it is what an operator made of numbers of which nothing is known."""
    return (
        tensor.kind == UNKNOWN
        and bool(tensor.made)
        and all(each.row.name.partition(".")[0] == operator.__name__ for each in tensor.made)
    )


def _may_be_anything(value: Value) -> bool:
    """Whether nothing is known of a value: then it is given to a loss as the loss reads it."""
    return isinstance(value, Unknown) or (isinstance(value, Tensor) and not value.made and value.kind == UNKNOWN)


def class_of(row: Function | SameAs) -> Layer | None:
    """The class, when the row is that of calling an instance."""
    found = catalog().row(row.name)
    return found if isinstance(found, Layer) else None


def alignment(row: Function | SameAs | Layer) -> Alignment | None:
    """How a loss over all alignments is given its sequences; None for anything else."""
    return row.alignment if isinstance(row, Function) else None


def aligned(how: Alignment | None) -> dict[str, Node]:
    """The arguments of such a loss that are not its prediction, by parameter: the program computes them."""
    if how is None:
        return {}
    return {
        how.target: Aligned(LABELS),
        how.steps: Aligned(OF_STEPS, how.padded),
        how.labels: Aligned(OF_LABELS, how.padded),
    }


def targets(row: Function | SameAs | Layer) -> list[tuple[str, Want]]:
    """The targets of a loss: one that is handed over with its model meets labels that are not in the program."""
    found: object = catalog().row(row.name)
    if isinstance(found, Layer):
        found = found.call
    takes = found.takes if isinstance(found, Function) else {}
    return [
        (name, each.want) for name, each in takes.items() if each.role is Role.TARGET and isinstance(each.want, Want)
    ]


def truth(want: Want | None, prediction: object) -> str:
    """What a target is, by name: as its parameter is read; where it may be of several sorts, of that of the prediction:
    numbers for any, one-hot rows for exclusive classes.
    """
    if want is not None:
        return want.name
    if prediction is Want.SCORES:
        return NUMBERS
    if prediction not in _CLASSES:
        raise UnbuildableError("nothing is known of the target")
    return Want.ONE_HOT.name


def renamed(use: Use) -> dict[str, str]:
    """What arguments are called now: of several names for one thing, the first that the signature has."""
    if not isinstance(use.row, Function):
        return {}
    given = {each.parameter for each in use.taken}
    now: dict[str, str] = {}
    for role in (Role.PREDICTION, Role.TARGET):
        names = [each.name for each in parse(use.row.signature) if each.name in use.row.takes]
        alike = [name for name in names if use.row.takes[name].role is role]
        used = [name for name in alike if name in given]
        if len(used) == 1 and use.row.takes[used[0]] == use.row.takes[alike[0]]:
            now[used[0]] = alike[0]
    return now
