"""What kinds do these numbers allow?

Numbers never prove a meaning, they only exclude meanings: rows that do not sum to one are no softmax, a negative value
is no probability. `classify` gives the set that is left.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

from logitlint.kinds import NOTHING, Kind

if TYPE_CHECKING:
    from logitlint.numerics.adapters import Array

TOLERANCE: Final = 1e-4
"""How far a float32 row of a few thousand probabilities may sum from one."""

_SQUASHED: Final = Kind.SIGMOID | Kind.PROBABILITY
_LOGARITHMS: Final = Kind.LOG_SIGMOID | Kind.LOG_PROBABILITY


def classify(numbers: Array, axis: int | None = None, *, tolerance: float = TOLERANCE) -> Kind:
    """The kinds that an array of float64 allows.

    axis
        The axis of the classes. None: any axis that would do.
    tolerance
        How far sums may be off: lower for wider types, higher (1e-2) for float16 and bfloat16.

    Scores, activations and (of a single number) losses are never excluded by finite numbers; nan and +inf exclude
    everything. An empty array excludes nothing but says nothing: it gives the empty set.
    """
    if numbers.size == 0 or bool((numbers != numbers).any()) or bool((numbers == math.inf).any()):
        return NOTHING
    allowed = Kind.LOGITS
    finite = bool((numbers > -math.inf).all())
    if finite:
        allowed |= Kind.ACTIVATED | Kind.PARAMETER
    if finite and numbers.size == 1:
        allowed |= Kind.LOSS
    axes = range(numbers.ndim) if axis is None else (axis,)
    if bool(((numbers >= 0) & (numbers <= 1 + tolerance)).all()):
        allowed |= _SQUASHED
        if any(_sums_to_one(numbers, each, tolerance) for each in axes):
            allowed |= Kind.SOFTMAX
            if bool(((numbers == 0) | (numbers == 1)).all()):
                allowed |= Kind.ONE_HOT
    if bool((numbers <= tolerance).all()):
        allowed |= _LOGARITHMS
        exponentials = math.e**numbers
        if any(_sums_to_one(exponentials, each, tolerance) for each in axes):
            allowed |= Kind.LOG_SOFTMAX
    if finite and bool((numbers == numbers.round()).all()):
        allowed |= Kind.DECISION
        if bool((numbers >= 0).all()):
            allowed |= Kind.CLASS_INDEX
    return allowed


def _sums_to_one(numbers: Array, axis: int, tolerance: float) -> bool:
    return bool((abs(numbers.sum(axis=axis) - 1) <= tolerance).all())
