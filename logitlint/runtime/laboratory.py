"""Experiments, run: the two sides of a repair against the formula, on a framework, with numbers.

Run as a process of its own (``python -m logitlint.runtime.laboratory``), which reads the trials as JSON and writes what
came out: the frameworks are loaded there, never in the process that checks. Nothing of the user's code is run.
"""

from __future__ import annotations

import math
import os
import sys
import warnings
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Final

import msgspec
import numpy as np

from logitlint.numerics import reference
from logitlint.numerics.adapters import BENCHES, Bench, to_array, versioned
from logitlint.numerics.reference import Answer
from logitlint.runtime.apparatus import REFUSALS, Apparatus, UnrunnableError
from logitlint.runtime.battery import (
    CLASSES,
    EPSILON,
    FEW_CLASSES,
    LARGEST,
    SIZES,
    Batch,
    at_random,
    batch,
    infinite,
    nominal,
    tolerance,
)
from logitlint.runtime.expectation import Expectation, expected
from logitlint.runtime.outcomes import (
    COARSE,
    EQUAL,
    MODERATE,
    NOT_A_NUMBER,
    OTHER,
    REFUSED,
    Curve,
    Infinite,
    Measured,
    Outcome,
    Side,
    Trial,
)
from logitlint.runtime.programs import ACTIVATION, DECISION, LOSS, POSITION, Program
from logitlint.runtime.reading import reading

if TYPE_CHECKING:
    from logitlint.numerics.adapters import Array

HALF: Final = ("float16", "bfloat16")
"""Types that a framework may leave out, and that are tried with fewer class counts: some compile each anew."""
PROBABILITIES: Final = ("CLASS_PROBABILITIES", "LABEL_PROBABILITIES", "PROBABILITIES")
"""Scales on which a loss reads numbers that were rounded before they reach it."""
_WORST: Final = (EQUAL, REFUSED, NOT_A_NUMBER, OTHER)
"""Answers to infinite scores, the worst last: a number is believed, whatever it is."""
LABEL_BY_LABEL: Final = ("binary cross entropy", "focal loss")
"""Formulas in which each label has a score of its own."""
SWEEP: Final = tuple(float(score) / 2 for score in range(-24, 25))
"""Scores for which the report draws loss and gradient."""


def run(trial: Trial) -> Outcome:
    """Run one trial; trouble of any kind is an outcome, not an exception."""
    library, _, backend = trial.bench.partition("/")
    try:
        bench = BENCHES[backend or library]()
        if backend:
            bench.name = f"{versioned(library)} on {bench.name}"
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
        self.bench, self.apparatus = bench, Apparatus(bench)
        self.before, self.after, self.unrunnable = trial.before, trial.after, trial.unrunnable
        units = trial.before.units or (trial.after.units if trial.after else None)
        self.classes = (units,) if units else CLASSES
        self.ignored = trial.before.ignored
        self.bent_at_zero = False
        self.decides = DECISION in (trial.before.result, trial.after.result if trial.after else None)

    def outcome(self) -> Outcome:
        expectation = expected(self.apparatus, self.before, self.classes)
        reduced = expectation.answer
        self.bent_at_zero = expectation.name in LABEL_BY_LABEL
        measured = tuple(each for dtype in EPSILON if (each := self._measured(dtype, reduced)) is not None)
        if len(measured) > 1 and _not_implemented(measured[0]) and not _not_implemented(measured[1]):
            measured = measured[1:]  # TensorFlow's CTC has no gradient in float64
        if not measured:
            raise UnrunnableError("it runs with no number type on this machine")
        is_loss = self.before.result == LOSS and self.unrunnable is None
        reads, warning = self._heard(expectation) if is_loss else (None, None)
        return Outcome(
            self.bench.name,
            expectation.name,
            measured=measured,
            cosine=self._cosine(reduced) if self._slopes() else None,
            floor=self._floor(reduced) if is_loss else None,
            curve=self._curve(expectation),
            reads=reads,
            warning=warning,
            infinite=self._infinite(reduced),
        )

    def _measured(self, dtype: str, expected: Callable[[Batch], Answer]) -> Measured | None:
        """What one type shows. A framework may compute in float32 what it is given in float64."""
        found = self._measure(dtype, expected, dtype)
        if dtype == "float64" and found is not None and found.after and found.after.agrees_to < found.required:
            return self._measure(dtype, expected, "float32")
        return found

    def _required(self, precision: str, tried: float) -> float:
        """Up to which size of scores the repaired side must be right, of those that were tried."""
        reads = self.after.want if self.after is not None else None
        coarse = reads in PROBABILITIES and precision != "float64"
        return min(tried, COARSE if coarse else MODERATE)

    def _measure(self, dtype: str, expected: Callable[[Batch], Answer], precision: str) -> Measured | None:
        before, after = _Errors(), _Errors()
        count, tried = 0, 0.0
        for given in self._batches(dtype):
            answer = expected(given)
            if float(np.abs(answer.value).max()) > LARGEST[dtype] / given.scores.size:
                continue
            count += 1
            size = float(np.abs(given.scores).max())
            tried = max(tried, nominal(size))
            allowed = tolerance(precision, size)
            for program, errors in ((self.before, before), (self.after, after)):
                if program is None:
                    continue
                if errors is before and self.unrunnable is not None:
                    errors.refused(UnrunnableError(self.unrunnable), size)
                    continue
                try:
                    value, gradient = self.apparatus.side(program, given, dtype)
                except REFUSALS as error:
                    errors.refused(error, size)
                else:
                    gradient = self._sloped(gradient, answer, given)
                    errors.add(self._decided(value, answer, given, allowed), gradient, answer, size, allowed)
        refused = before.refusals == count and (self.after is None or after.refusals == count)
        if count == 0 or (refused and dtype in HALF):
            return None  # this type is not implemented here
        return Measured(
            dtype,
            count,
            tolerance(precision, 1.0),
            self._required(precision, tried),
            before.side(),
            after.side() if self.after else None,
        )

    def _decided(self, value: Array, answer: Answer, given: Batch, allowed: float) -> Array:
        """A decision may fall either way for scores that are as near to the threshold as rounding goes."""
        if not self.decides or value.size != answer.value.size or answer.value.shape != given.scores.shape:
            return value
        near = np.abs(given.scores) <= allowed
        decided: Array = np.where(near, answer.value, value.reshape(answer.value.shape))
        return decided

    def _sloped(self, gradient: Array, answer: Answer, given: Batch) -> Array:
        """The gradient, but for labels whose score is exactly 0: there |x| and max(x, 0) have none.

        Frameworks write the binary cross entropy with both, and some take 0 for either slope (TensorFlow's
        ``weighted_cross_entropy_with_logits``): a number that no training meets twice.
        """
        if not self.bent_at_zero or gradient.shape != answer.gradient.shape:
            return gradient
        excused: Array = np.where((given.scores == 0) & np.isfinite(gradient), answer.gradient, gradient)
        return excused

    def _batches(self, dtype: str) -> Iterator[Batch]:
        few = dtype in HALF and len(self.classes) > 1
        for classes in FEW_CLASSES if few else self.classes:
            for size in SIZES:
                given = batch(size, classes, self.ignored)
                # The formula is given the very numbers that the framework is given.
                rounded = to_array(self.bench.scores(given.scores, dtype))
                labels = to_array(self.bench.scores(given.other, dtype))
                yield Batch(rounded, labels, given.classes, given.labels)

    def _slopes(self) -> bool:
        """Whether the side before has a gradient that can be compared."""
        return self.before.result not in (DECISION, POSITION) and self.unrunnable is None

    def _cosine(self, expected: Callable[[Batch], Answer]) -> float | None:
        given = batch(1.0, self.classes[-1], self.ignored)
        tried = self.apparatus.tried(self.before, given)
        if tried is None:
            return None
        before = tried[1].ravel()
        right = expected(given).gradient.ravel()
        product = float(np.linalg.norm(before) * np.linalg.norm(right))
        return float(before @ right) / product if product > 0 and math.isfinite(product) else None

    def _floor(self, expected: Callable[[Batch], Answer]) -> float | None:
        """The loss before, where the formula is zero: every score on the right side, and far out."""
        given = batch(1.0, self.classes[-1], self.ignored)
        for wanted in (given.one_hot, given.labels):
            best = Batch(1e4 * (2 * wanted - 1), given.other, given.classes, given.labels)
            if float(np.abs(expected(best).value).max()) < 1e-9:
                tried = self.apparatus.tried(self.before, best)
                return float(tried[0].mean()) if tried is not None else None
        return None

    def _heard(self, expectation: Expectation) -> tuple[str | None, str | None]:
        """What the loss before takes for the probabilities, and what the framework says when it is run."""
        given = at_random(1.0, self.classes[-1], self.ignored)  # of extremes there may be no number
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            tried = self.apparatus.tried(self.before, given)
        said = [words.splitlines()[0] for each in caught if (words := str(each.message).strip(' "\n'))]
        reads = reading(self.before, expectation, given, tried[0]) if tried is not None else None
        return reads, said[0] if said else None

    def _infinite(self, expected: Callable[[Batch], Answer]) -> Infinite | None:
        """What both sides make of infinite scores, in float32: the worst over the batches for which the formula is."""
        answers: dict[str, list[str]] = {"before": [], "after": []}
        for given in infinite(self.classes[-1], self.ignored):
            with np.errstate(all="ignore"):
                answer = expected(given)
            numbers = answer.value if self.before.result == LOSS else answer.gradient
            if np.isnan(answer.value).any() or not (np.isfinite(numbers).all() and np.isfinite(answer.gradient).all()):
                continue
            for name, program in (("before", self.before), ("after", self.after)):
                if program is not None and not (name == "before" and self.unrunnable is not None):
                    answers[name].append(self._answered(program, given, answer))
        if not any(answers.values()):
            return None
        return Infinite(**{name: max(words, key=_WORST.index) for name, words in answers.items() if words})

    def _answered(self, program: Program, given: Batch, answer: Answer) -> str:
        """What one side makes of infinite scores."""
        try:
            with np.errstate(all="ignore"):
                value, gradient = self.apparatus.side(program, given, "float32")
        except REFUSALS:
            return REFUSED
        if np.isnan(value).any() or np.isnan(gradient).any():
            return NOT_A_NUMBER
        allowed = tolerance("float32", 1.0)
        equal = value.size == answer.value.size and np.allclose(
            value.reshape(answer.value.shape), answer.value, rtol=allowed, atol=allowed
        )
        return EQUAL if equal and np.allclose(gradient, answer.gradient, rtol=allowed, atol=allowed) else OTHER

    def _curve(self, expectation: Expectation) -> Curve | None:
        """Both sides as the prediction gets better: of classes the right one moves, of labels each does."""
        classes = self.classes[-1] if len(self.classes) == 1 else 10
        right = 1 if self.ignored == 0 and classes > 1 else 0
        alone = expectation.name in LABEL_BY_LABEL
        result = self.before.result
        ran = self.unrunnable is None
        before = self._swept(self.before, right, classes, alone=alone) if ran else None
        after = self._swept(self.after, right, classes, alone=alone) if self.after is not None else None
        if before is None and after is None:
            return None
        none: tuple[tuple[float, ...], tuple[float, ...]] = ((), ())
        moves = "score of each label, on its right side" if alone else "score of the right class, others at 0"
        if expectation.name in reference.OF_NUMBERS:
            moves = "the number that is predicted, where 0 is right"
        elif classes == 1 or result in (DECISION, ACTIVATION, "sigmoid", "log-sigmoid"):
            moves = "raw score"
        what = {LOSS: "loss", DECISION: "decision", POSITION: "class", ACTIVATION: expectation.name}.get(result, result)
        (old, old_slopes), (new, new_slopes) = before or none, after or none
        if result in (DECISION, POSITION):  # which have no slope
            old_slopes = new_slopes = ()
        return Curve(SWEEP, old, new, old_slopes, new_slopes, moves, what)

    def _swept(
        self, side: Program, right: int, classes: int, *, alone: bool
    ) -> tuple[tuple[float, ...], tuple[float, ...]] | None:
        """What one side gives as the score moves, and its slopes; None where that is no number."""
        one_hot = np.eye(classes)[right : right + 1]
        values, slopes = [], []
        picked = None if side.result in (LOSS, POSITION) else right
        for score in SWEEP:
            scores = score * (2 * one_hot - 1) if alone else score * one_hot
            given = Batch(scores, np.zeros((1, classes)), np.full(1, float(right)), one_hot)
            tried = self.apparatus.tried(side, given, picked)
            if tried is None:
                return None
            values.append(float(tried[0].sum()))
            slopes.append(float(tried[1][0, right]))
        return (tuple(values), tuple(slopes)) if all(map(math.isfinite, (*values, *slopes))) else None


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
        self.right[nominal(size)] = False

    def add(self, value: Array, gradient: Array, answer: Answer, size: float, allowed: float) -> None:
        """What came out of one batch of scores up to `size`, and how far it may be off."""
        about = nominal(size)
        finite = bool(np.isfinite(value).all() and np.isfinite(gradient).all())
        self.not_finite += not finite
        right = finite and value.size == answer.value.size  # an axis of one more or less is the same answer
        if right:
            value_error = _largest(value.reshape(answer.value.shape) - answer.value)
            gradient_error = _largest(gradient - answer.gradient)
            self.value, self.gradient = max(self.value, value_error), max(self.gradient, gradient_error)
            right = value_error <= allowed * max(1.0, _largest(answer.value)) and (
                gradient_error <= allowed * max(1.0, _largest(answer.gradient))
            )
        self.right[about] = self.right.get(about, True) and right

    def side(self) -> Side:
        agrees = 0.0
        for size in sorted(self.right):
            if not self.right[size]:
                break
            agrees = size
        return Side(self.value, self.gradient, self.not_finite, agrees, self.raised, self.refusals)


def _not_implemented(measured: Measured) -> bool:
    """Whether the framework refuses all that it is given in a type."""
    sides = [side for side in (measured.before, measured.after) if side is not None]
    return all(side.refused == measured.batches for side in sides)


def _largest(numbers: Array) -> float:
    return float(np.abs(numbers).max()) if numbers.size else 0.0


def main() -> None:
    """Read trials, write outcomes."""
    trials = msgspec.json.decode(sys.stdin.buffer.read(), type=list[Trial])
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # frameworks greet on standard output
    answers.write(msgspec.json.encode([run(trial) for trial in trials]))
    answers.close()


if __name__ == "__main__":
    main()
