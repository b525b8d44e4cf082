"""Experiments, run: the two sides of a repair against the formula, on a framework, with numbers.

Run as a process of its own (``python -m logitlint.runtime.laboratory``), which reads the trials as JSON and writes what
came out: the frameworks are loaded there, never in the process that checks. Nothing of the user's code is run.
"""

from __future__ import annotations

import math
import os
import sys
import warnings
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Final

import msgspec
import numpy as np

from logitlint.numerics import reference
from logitlint.numerics.adapters import BENCHES, Bench, find, to_array
from logitlint.numerics.reference import Answer
from logitlint.runtime.experiments import DECISION, LOSS, POSITION, Apply, Constant, Node, Program, Scores, Truth

if TYPE_CHECKING:
    from logitlint.numerics.adapters import Array

SAMPLES: Final = 8
CLASSES: Final = (2, 3, 10, 100)
SIZES: Final = (1e-3, 1.0, 10.0, 100.0, 1e4)
"""Largest scores of a battery, about; what 1e4 shows is what a diverging run shows."""
MODERATE: Final = 10.0
"""Up to this size a repaired side must equal the formula; beyond it, the report says how far it does."""
EPSILON: Final[Mapping[str, float]] = {
    "float64": 2.0**-52,
    "float32": 2.0**-23,
    "float16": 2.0**-10,
    "bfloat16": 2.0**-7,
}
"""The distance from 1 to the next number of the type."""
LARGEST: Final[Mapping[str, float]] = {"float64": 1e300, "float32": 1e38, "float16": 6e4, "bfloat16": 1e38}
ROUNDINGS: Final = 16
"""How many roundings of the size of the scores an answer may be off."""
REFUSALS: Final = (ArithmeticError, NotImplementedError, RuntimeError, TypeError, ValueError)
"""What a framework raises on numbers or types it will not take."""
SWEEP: Final = tuple(float(score) / 2 for score in range(-24, 25))
"""Scores of the right class, all others at zero, for which the report draws loss and gradient."""


class Trial(msgspec.Struct, frozen=True):
    """One repair on one framework: the sides before and after (None: only the mistake is measured)."""

    bench: str
    before: Program
    after: Program | None


class Side(msgspec.Struct, frozen=True):
    """How far one side is from the formula, over the battery of one type.

    value_error, gradient_error
        The largest, over the batches in which everything is finite.
    not_finite
        In how many batches a value or gradient is infinite or nan.
    agrees_to
        The largest size of scores up to which it equals the formula.
    raised
        What the framework says where it refuses the numbers.
    """

    value_error: float
    gradient_error: float
    not_finite: int
    agrees_to: float
    raised: str | None = None


class Measured(msgspec.Struct, frozen=True):
    """One number type: how many batches, the tolerance for scores of size one, and both sides."""

    dtype: str
    batches: int
    tolerance: float
    before: Side
    after: Side | None


class Curve(msgspec.Struct, frozen=True):
    """Loss and gradient as the score of the right class moves."""

    scores: tuple[float, ...]
    before: tuple[float, ...]
    after: tuple[float, ...]
    before_gradient: tuple[float, ...]
    after_gradient: tuple[float, ...]


class Outcome(msgspec.Struct, frozen=True):
    """What came out of a trial.

    formula
        What both sides were held against; None when there is none, then `trouble` says why.
    cosine
        Between the gradient before and that of the formula, in float64 at scores of size one; None when one is zero.
    floor
        What the loss before cannot go below: its value at a prediction that could not be better.
    """

    framework: str
    formula: str | None = None
    trouble: str | None = None
    measured: tuple[Measured, ...] = ()
    cosine: float | None = None
    floor: float | None = None
    curve: Curve | None = None


class UnrunnableError(Exception):
    """The trial cannot be run here; says why."""


class Batch(msgspec.Struct, frozen=True):
    """Raw scores and a target, in float64."""

    scores: Array
    other: Array
    """Scores behind a target that is computed."""
    classes: Array
    """Class indices, shape (samples,)."""
    labels: Array
    """Independent labels, 0 or 1, shape (samples, classes)."""

    @property
    def one_hot(self) -> Array:
        """The class indices as rows, shape (samples, classes)."""
        rows: Array = np.eye(self.scores.shape[-1])[self.classes.astype(int)]
        return rows


def batch(size: float, classes: int, seed: int = 0) -> Batch:
    """Scores of about a size: random, all equal, and one class far above the others."""
    draw = np.random.default_rng((seed, classes))
    scores = size * np.clip(draw.standard_normal((SAMPLES, classes)), -1, 1)
    indices = draw.integers(0, classes, SAMPLES).astype(float)
    scores[0] = 0.0
    scores[1] = size * np.eye(classes)[int(indices[1])]
    scores[2] = size * np.eye(classes)[(int(indices[2]) + 1) % classes]
    labels = draw.integers(0, 2, (SAMPLES, classes)).astype(float)
    return Batch(scores, draw.standard_normal((SAMPLES, classes)), indices, labels)


def run(trial: Trial) -> Outcome:
    """Run one trial; trouble of any kind is an outcome, not an exception."""
    try:
        bench = BENCHES[trial.bench]()
    except ImportError:
        return Outcome(trial.bench, trouble=f"{trial.bench} is not installed")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return _Laboratory(bench, trial).outcome()
    except UnrunnableError as trouble:
        return Outcome(bench.name, trouble=str(trouble))
    except Exception as error:  # whatever a framework raises on odd input is its answer
        return Outcome(bench.name, trouble=f"{type(error).__name__}: {error}".splitlines()[0])


class _Laboratory:
    """One trial at work."""

    def __init__(self, bench: Bench, trial: Trial) -> None:
        self.bench, self.trial = bench, trial
        self.before, self.after = trial.before, trial.after
        units = trial.before.units or (trial.after.units if trial.after else None)
        self.classes = (units,) if units else CLASSES

    def outcome(self) -> Outcome:
        formula, reduced = self._expected()
        measured = tuple(each for dtype in EPSILON if (each := self._measure(dtype, reduced)) is not None)
        if not measured:
            raise UnrunnableError("it runs with no number type on this machine")
        is_loss = self.before.result == LOSS
        return Outcome(
            self.bench.name,
            formula,
            measured=measured,
            cosine=self._cosine(reduced) if self.before.result not in (DECISION, POSITION) else None,
            floor=self._floor(reduced) if is_loss else None,
            curve=self._curve(reduced) if is_loss and self.after is not None else None,
        )

    # -- the two sides ------------------------------------------------------------------------------------------------

    def _side(self, program: Program, given: Batch, dtype: str) -> tuple[Array, Array]:
        def function(scores: object) -> object:
            return self._evaluate(program.node, scores, given, dtype)

        return self.bench.differentiate(function, given.scores, dtype)

    def _tried(self, program: Program, given: Batch) -> tuple[Array, Array] | None:
        """A side in float64; None where the framework refuses the numbers."""
        try:
            return self._side(program, given, "float64")
        except REFUSALS:
            return None

    def _evaluate(self, node: Node, scores: object, given: Batch, dtype: str) -> object:
        if isinstance(node, Scores):
            return scores if node.source == 0 else self.bench.scores(given.other, dtype)
        if isinstance(node, Constant):
            return node.value
        if isinstance(node, Truth):
            return self._truth(node.want, given, dtype)
        values = {name: self._evaluate(each, scores, given, dtype) for name, each in node.given.items()}
        return call(node, values)

    def _truth(self, want: str, given: Batch, dtype: str) -> object:
        if want in ("CLASSES", "CLASS_INDEX"):
            return self.bench.indices(given.classes)
        numbers = {
            "ONE_HOT": given.one_hot,
            "LABELS": given.labels,
            "SIGNS": 2 * given.labels - 1,
            "DISTRIBUTION": reference.softmax(given.other),
            "LOG_DISTRIBUTION": reference.log_softmax(given.other),
        }.get(want)
        if numbers is None:
            raise UnrunnableError("there is no target to give to this loss")
        return self.bench.scores(numbers, dtype)

    # -- the formula --------------------------------------------------------------------------------------------------

    def _expected(self) -> tuple[str, Callable[[Batch], Answer]]:
        """The formula's name, and the formula, reduced as the loss reduces it."""
        result = "sigmoid" if self.classes == (1,) and self.before.result == "softmax" else self.before.result
        if result == POSITION and self.classes != (1,):
            return "the class of the largest score", lambda given: Answer(
                given.scores.argmax(axis=-1).astype(float), np.zeros_like(given.scores)
            )
        if result in (DECISION, POSITION):
            return "the side of zero", lambda given: Answer(
                (given.scores > 0).astype(float), np.zeros_like(given.scores)
            )
        if result != LOSS:
            activation = reference.ACTIVATIONS[result]
            return result, lambda given: Answer(activation(given.scores), _pulled(activation, given.scores))
        given = batch(1.0, self.classes[0])
        value = to_array(self._calibrated(given))
        for name, formula in reference.LOSSES.items():
            for reduction in REDUCTIONS:
                answer = reduction(self._formula(name, formula, given))
                if value.shape == answer.value.shape and np.allclose(value, answer.value, rtol=1e-9, atol=1e-12):

                    def reduced(
                        given: Batch,
                        name: str = name,
                        formula: Callable[..., Answer] = formula,
                        reduction: Callable[[Answer], Answer] = reduction,
                    ) -> Answer:
                        return reduction(self._formula(name, formula, given))

                    return name, reduced
        raise UnrunnableError(f"there is no formula for {self.before.node.path}")

    def _calibrated(self, given: Batch) -> object:
        """What the loss gives when it is given what it reads: that tells which formula it is."""
        right = {
            "CLASS_LOGITS": lambda scores: scores,
            "LABEL_LOGITS": lambda scores: scores,
            "CLASS_PROBABILITIES": reference.softmax,
            "LABEL_PROBABILITIES": reference.sigmoid,
            "PROBABILITIES": reference.sigmoid,
            "CLASS_LOG_PROBABILITIES": reference.log_softmax,
        }.get(self.before.want or "")
        if right is None:
            raise UnrunnableError(f"{self.before.node.path} reads its prediction on no scale that has a formula")
        node = self.before.node
        values: dict[str, object] = {}
        for name, each in node.given.items():
            if name == self.before.prediction:
                values[name] = self.bench.scores(right(given.scores), "float64")
            elif isinstance(each, Truth | Constant):
                values[name] = self._evaluate(each, None, given, "float64")
            else:
                values[name] = self.bench.scores(reference.softmax(given.other), "float64")
        return call(node, values)

    def _formula(self, name: str, formula: Callable[..., Answer], given: Batch) -> Answer:
        node = self.before.node
        targets = [each for each in node.given.values() if isinstance(each, Truth)]
        want = targets[0].want if targets else "DISTRIBUTION"
        if want in ("CLASSES", "CLASS_INDEX", "ONE_HOT"):
            weights = given.one_hot
        elif want in ("LABELS", "SIGNS"):
            weights = given.labels
        else:
            weights = reference.softmax(given.other)
        options = {"cross entropy": ("label_smoothing",), "focal loss": ("alpha", "gamma")}.get(name, ())
        literals = {**(node.construct or {}), **_constants(node)}
        chosen = {option: literals[option] for option in options if isinstance(literals.get(option), int | float)}
        return formula(given.scores, weights, **chosen)

    # -- figures ------------------------------------------------------------------------------------------------------

    def _measure(self, dtype: str, expected: Callable[[Batch], Answer]) -> Measured | None:
        before, after = _Errors(), _Errors()
        count = 0
        for given in self._batches(dtype):
            answer = expected(given)
            if float(np.abs(answer.value).max()) > LARGEST[dtype] / given.scores.size:
                continue
            count += 1
            size = float(np.abs(given.scores).max())
            for program, errors in ((self.before, before), (self.after, after)):
                if program is None:
                    continue
                try:
                    value, gradient = self._side(program, given, dtype)
                except (
                    ArithmeticError,
                    LookupError,
                    NotImplementedError,
                    RuntimeError,
                    TypeError,
                    ValueError,
                ) as error:
                    errors.refused(error, size)
                else:
                    errors.add(value, gradient, answer, size, tolerance(dtype, size))
        if count in (0, before.refusals) and count in (0, after.refusals, before.refusals * (self.after is None)):
            return None  # this type is not implemented here
        return Measured(dtype, count, tolerance(dtype, 1.0), before.side(), after.side() if self.after else None)

    def _batches(self, dtype: str) -> Iterator[Batch]:
        for classes in self.classes:
            for size in SIZES:
                given = batch(size, classes)
                # The formula is given the very numbers that the framework is given.
                rounded = to_array(self.bench.scores(given.scores, dtype))
                labels = to_array(self.bench.scores(given.other, dtype))
                yield Batch(rounded, labels, given.classes, given.labels)

    def _cosine(self, expected: Callable[[Batch], Answer]) -> float | None:
        given = batch(1.0, self.classes[-1])
        tried = self._tried(self.before, given)
        if tried is None:
            return None
        before = tried[1].ravel()
        right = expected(given).gradient.ravel()
        product = float(np.linalg.norm(before) * np.linalg.norm(right))
        return float(before @ right) / product if product > 0 and math.isfinite(product) else None

    def _floor(self, expected: Callable[[Batch], Answer]) -> float | None:
        """The loss before, where the formula is zero: every score on the right side, and far out."""
        given = batch(1.0, self.classes[-1])
        for wanted in (given.one_hot, given.labels):
            best = Batch(1e4 * (2 * wanted - 1), given.other, given.classes, given.labels)
            if float(np.abs(expected(best).value).max()) < 1e-9:
                tried = self._tried(self.before, best)
                return float(tried[0].mean()) if tried is not None else None
        return None

    def _curve(self, expected: Callable[[Batch], Answer]) -> Curve | None:
        classes = self.classes[-1] if len(self.classes) == 1 else 10
        columns: list[list[float]] = [[], [], [], []]
        if self.after is None:
            return None
        for score in SWEEP:
            scores = np.zeros((1, classes))
            scores[0, 0] = score
            first = np.eye(classes)[:1]
            given = Batch(scores, np.zeros((1, classes)), np.zeros(1), first)
            for place, side in enumerate((self.before, self.after)):
                tried = self._tried(side, given)
                if tried is None:
                    return None
                columns[place].append(float(tried[0].sum()))
                columns[place + 2].append(float(tried[1][0, 0]))
        if not all(math.isfinite(number) for column in columns for number in column):
            return None
        return Curve(SWEEP, *(tuple(column) for column in columns))


class _Errors:
    """The largest errors met, and the size of scores from which on a side is wrong."""

    def __init__(self) -> None:
        self.value = self.gradient = 0.0
        self.not_finite = self.refusals = 0
        self.raised: str | None = None
        self.right: dict[float, bool] = {}

    def refused(self, error: Exception, size: float) -> None:
        """The framework raised."""
        self.refusals += 1
        self.raised = (str(error).strip().splitlines() or [type(error).__name__])[0]
        self.right[_nominal(size)] = False

    def add(self, value: Array, gradient: Array, answer: Answer, size: float, allowed: float) -> None:
        """What came out of one batch of scores up to `size`, and how far it may be off."""
        nominal = _nominal(size)
        finite = bool(np.isfinite(value).all() and np.isfinite(gradient).all())
        self.not_finite += not finite
        right = finite and value.shape == answer.value.shape
        if right:
            value_error = _largest(value - answer.value)
            gradient_error = _largest(gradient - answer.gradient)
            self.value, self.gradient = max(self.value, value_error), max(self.gradient, gradient_error)
            right = value_error <= allowed * max(1.0, _largest(answer.value)) and gradient_error <= allowed * max(
                1.0, _largest(answer.gradient)
            )
        self.right[nominal] = self.right.get(nominal, True) and right

    def side(self) -> Side:
        agrees = 0.0
        for size in sorted(self.right):
            if not self.right[size]:
                break
            agrees = size
        return Side(self.value, self.gradient, self.not_finite, agrees, self.raised)


def tolerance(dtype: str, size: float) -> float:
    """How far an answer may be off: some roundings of the type, of numbers as large as the scores.

    An answer formed of scores of size s carries at least the rounding of s, epsilon * s; sixteen such are allowed.
    """
    return ROUNDINGS * EPSILON[dtype] * max(1.0, size)


def _nominal(size: float) -> float:
    """The size of the battery that scores up to `size` belong to."""
    return min(SIZES, key=lambda each: abs(math.log(each / size))) if size else SIZES[0]


def _largest(numbers: Array) -> float:
    return float(np.abs(numbers).max()) if numbers.size else 0.0


def _pulled(activation: Callable[[Array], Array], scores: Array) -> Array:
    """The gradient of the sum of an activation, in closed form."""
    value = activation(scores)
    if activation is reference.softmax:
        return np.zeros_like(scores)
    if activation is reference.log_softmax:
        pulled: Array = 1 - scores.shape[-1] * np.exp(value)
    elif activation is reference.sigmoid:
        pulled = value * reference.sigmoid(-scores)
    else:
        pulled = reference.sigmoid(-scores)
    return pulled


def _same(answer: Answer) -> Answer:
    return answer


def _class_mean(answer: Answer) -> Answer:
    return Answer(answer.value.mean(axis=-1), answer.gradient / answer.value.shape[-1])


def _class_sum(answer: Answer) -> Answer:
    return Answer(answer.value.sum(axis=-1), answer.gradient)


def _mean(answer: Answer) -> Answer:
    return Answer(np.asarray(answer.value.mean()), answer.gradient / answer.value.size)


def _sum(answer: Answer) -> Answer:
    return Answer(np.asarray(answer.value.sum()), answer.gradient)


def _batch_mean(answer: Answer) -> Answer:
    return Answer(np.asarray(answer.value.sum() / len(answer.value)), answer.gradient / len(answer.value))


REDUCTIONS: Final[tuple[Callable[[Answer], Answer], ...]] = (
    _same,
    _mean,
    _sum,
    _batch_mean,
    _class_mean,
    _class_sum,
)
"""How a loss may put its entries together; which one it does is found out, since no repair changes it."""


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
    result = getattr(result, node.attribute) if node.attribute else result
    return result[0] if isinstance(result, tuple) else result


def _called(function: object, positional: object, named: Mapping[str, object]) -> object:
    if not callable(function) or not isinstance(positional, list | tuple):
        raise UnrunnableError("what is catalogued cannot be called")
    result: object = function(*positional, **named)
    return result


def _constants(node: Apply) -> dict[str, object]:
    return {name: each.value for name, each in node.given.items() if isinstance(each, Constant)}


def main() -> None:
    """Read trials, write outcomes."""
    trials = msgspec.json.decode(sys.stdin.buffer.read(), type=list[Trial])
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # frameworks greet on standard output
    answers.write(msgspec.json.encode([run(trial) for trial in trials]))
    answers.close()


if __name__ == "__main__":
    main()
