"""A program as data, evaluated on a framework."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Final, Protocol, cast

from logitlint.numerics import reference
from logitlint.numerics.adapters import Bench, find
from logitlint.runtime import sequences
from logitlint.runtime.battery import Batch
from logitlint.runtime.programs import (
    ACTIVATION,
    LABELS,
    NUMBERS,
    OF_LABELS,
    Aligned,
    Apply,
    Constant,
    Drawn,
    Node,
    Program,
    Scores,
    Truth,
)

if TYPE_CHECKING:
    from logitlint.numerics.adapters import Array

WEIGHED: Final = frozenset({*reference.ACTIVATIONS, ACTIVATION})
"""Results whose gradient is that of a weighted sum."""
REFUSALS: Final = (ArithmeticError, LookupError, RuntimeError, TypeError, ValueError)
"""What a framework raises on numbers or types it will not take."""


class UnrunnableError(Exception):
    """The trial cannot be run here; says why."""


class Apparatus:
    """A framework's bench, on which programs are run."""

    def __init__(self, bench: Bench) -> None:
        self.bench = bench

    def settle(self, program: Program, dtype: str) -> None:
        """Keras casts to its own default type, unless that is the one at hand."""
        if "keras" in program.libraries:
            _called(find("keras.config.set_floatx"), [dtype], {})

    def side(self, program: Program, given: Batch, dtype: str, picked: int | None = None) -> tuple[Array, Array]:
        """What a program gives for a batch, and the gradient of its sum with respect to the scores.

        Of an activation it is that of a weighted sum: that of a softmax as it is, is zero whatever the scores.

        picked
            The one class of what it gives that is asked for.
        """
        self.settle(program, dtype)

        numbers = given.scores
        if program.aligns is not None:
            numbers = numbers.reshape(sequences.shape(given, time_first=program.aligns.time_first))

        def function(scores: object) -> object:
            value = self.evaluate(program.node, scores, given, dtype)
            return value if picked is None else _one(value, picked)

        weights = given.weights if program.result in WEIGHED and picked is None else None
        value, slope = self.bench.differentiate(function, numbers, dtype, weights)
        gradient: Array = slope.reshape(given.scores.shape)
        if not program.averaged:
            return value, gradient
        mean: Array = value.mean(keepdims=True)
        return mean, gradient / value.size

    def tried(self, program: Program, given: Batch, picked: int | None = None) -> tuple[Array, Array] | None:
        """A side in float64, or float32 where only that is implemented; None where the numbers are refused."""
        double = self._tried(program, given, "float64", picked)
        return self._tried(program, given, "float32", picked) if double is None else double

    def _tried(self, program: Program, given: Batch, dtype: str, picked: int | None) -> tuple[Array, Array] | None:
        try:
            return self.side(program, given, dtype, picked)
        except REFUSALS:
            return None

    def evaluate(self, node: Node, scores: object, given: Batch, dtype: str) -> object:
        """The value of one node; `scores` are the raw scores, as a tensor."""
        if isinstance(node, Scores):
            raw = scores if node.source == 0 else self.bench.scores(given.other, dtype)
            activation = ACTIVATIONS.get(node.scale or "")
            return raw if activation is None else self.bench.activated(activation, raw)
        if isinstance(node, Constant):
            return node.value
        if isinstance(node, Truth):
            return self.truth(node.want, given, dtype)
        if isinstance(node, Aligned):
            return self.aligned(node, given, dtype)
        if isinstance(node, Drawn):
            weights = self.evaluate(node.given, scores, given, dtype)
            return self.bench.activated("softmax", weights) if node.want == "LOGITS_PARAMETER" else weights
        values = {name: self.evaluate(each, scores, given, dtype) for name, each in node.given.items()}
        return call(node, values)

    def aligned(self, node: Aligned, given: Batch, dtype: str) -> object:
        """The labels of the sequences that a loss aligns, or what of either counts."""
        cut = sequences.cut(given)
        if node.part == LABELS:
            return self.bench.indices(cut.labels)
        counts, size = (cut.lengths, cut.labels.shape[1]) if node.part == OF_LABELS else (cut.steps, cut.steps.max())
        return self.bench.scores(sequences.padding(counts, size), dtype) if node.padded else self.bench.indices(counts)

    def truth(self, want: str, given: Batch, dtype: str) -> object:
        """A target as a loss wants it. Raises `UnrunnableError` when no such target is known."""
        if want in ("CLASSES", "CLASS_INDEX"):
            return self.bench.indices(given.classes)
        numbers = {
            "ONE_HOT": given.one_hot,
            "LABELS": given.labels,
            "SIGNS": 2 * given.labels - 1,
            NUMBERS: given.other,
            "DISTRIBUTION": reference.softmax(given.other),
            "LOG_DISTRIBUTION": reference.log_softmax(given.other),
        }.get(want)
        if numbers is None:
            raise UnrunnableError("there is no target to give to this loss")
        return self.bench.scores(numbers, dtype)


ACTIVATIONS: Final[Mapping[str, str]] = {
    "CLASS_PROBABILITIES": "softmax",
    "LABEL_PROBABILITIES": "sigmoid",
    "PROBABILITIES": "sigmoid",
    "CLASS_LOG_PROBABILITIES": "log_softmax",
}
"""What makes raw scores into what a loss reads, by the name of its `Want`."""


def call(node: Apply, values: Mapping[str, object]) -> object:
    """Call what a qualified name stands for."""
    function = find(node.path)
    if node.construct is not None:
        function = _called(function, (), node.construct)
    names = list(values)
    result = _called(
        function,
        [values[name] for name in names[: node.positional]],
        {name: values[name] for name in names[node.positional :]},
    )
    if node.attribute is not None:
        result = getattr(result, node.attribute)
        result = result() if callable(result) else result
    return result[0] if isinstance(result, tuple) else result


class _Tensor(Protocol):
    """What the tensors of all frameworks have in common."""

    shape: Sequence[int]

    def __getitem__(self, place: object) -> object: ...


def _one(value: object, picked: int) -> object:
    """One class of what a program gives, if its last axis has as many."""
    tensor = cast("_Tensor", value)
    return tensor[..., picked] if len(tensor.shape) and tensor.shape[-1] > picked else value


def _called(function: object, positional: object, named: Mapping[str, object]) -> object:
    if not callable(function) or not isinstance(positional, list | tuple):
        raise UnrunnableError("what is catalogued cannot be called")
    result: object = function(*positional, **named)
    return result
