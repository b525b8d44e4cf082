"""The numbers that both sides of an experiment are given."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Final

import msgspec
import numpy as np

if TYPE_CHECKING:
    from logitlint.numerics.adapters import Array

SAMPLES: Final = 8
CLASSES: Final = (2, 3, 10, 100)
FEW_CLASSES: Final = (10,)
SIZES: Final = (1e-3, 1.0, 10.0, 100.0, 1e4)
"""Largest scores of a battery, about; what 1e4 shows is what a diverging run shows."""
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
    def weights(self) -> Array:
        """What each entry of an activation counts where its gradient is asked for, shape (samples, classes).

        Always the same ones, at random: eighths between -1 and 1, which every number type holds exactly.
        """
        drawn: Array = np.random.default_rng(1).integers(-8, 9, self.scores.shape) / 8
        return drawn

    @property
    def one_hot(self) -> Array:
        """The class indices as rows, shape (samples, classes)."""
        rows: Array = np.eye(self.scores.shape[-1])[self.classes.astype(int)]
        return rows


def batch(size: float, classes: int, ignored: int | None = None) -> Batch:
    """Scores of about a size: random, all equal, and one class far above the others.

    ignored
        A class that the loss leaves out: none of the samples is of it.
    """
    draw = np.random.default_rng((0, classes))
    scores = size * np.clip(draw.standard_normal((SAMPLES, classes)), -1, 1)
    indices = draw.integers(0, classes, SAMPLES).astype(float)
    if ignored is not None:
        indices[indices == ignored] = (ignored + 1) % classes
    scores[0] = 0.0
    scores[1] = size * np.eye(classes)[int(indices[1])]
    scores[2] = size * np.eye(classes)[(int(indices[2]) + 1) % classes]
    labels = draw.integers(0, 2, (SAMPLES, classes)).astype(float)
    return Batch(scores, draw.standard_normal((SAMPLES, classes)), indices, labels)


def at_random(size: float, classes: int, ignored: int | None = None) -> Batch:
    """The rows of a batch that are drawn at random: without the first three, a tie and two extremes."""
    every = batch(size, classes, ignored)
    return Batch(every.scores[3:], every.other[3:], every.classes[3:], every.labels[3:])


def infinite(classes: int, ignored: int | None = None) -> Iterator[Batch]:
    """Scores of size one, of which one in each row is infinite: a class that is left out (-inf), a label that is sure.

    The loss of either is finite where the formula is defined: the class is not the true one, the label is a true one.
    """
    given = at_random(1.0, classes, ignored)
    absent, present = (given.one_hot == 0) & (given.labels == 0), (given.one_hot == 1) & (given.labels == 1)
    for places, score in ((absent, -np.inf), (present, np.inf)):
        scores = given.scores.copy()
        first = places & (places.cumsum(axis=-1) == 1)
        scores[first] = score
        if first.any():
            yield Batch(scores, given.other, given.classes, given.labels)


def tolerance(dtype: str, size: float) -> float:
    """How far an answer may be off: some roundings of the type, of numbers as large as the scores.

    An answer formed of scores of size s carries at least the rounding of s, epsilon * s; sixteen such are allowed.
    """
    return ROUNDINGS * EPSILON[dtype] * max(1.0, size)


def nominal(size: float) -> float:
    """The size of the battery that scores up to `size` belong to."""
    return min(SIZES, key=lambda each: abs(math.log(each / size))) if size else SIZES[0]
