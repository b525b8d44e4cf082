"""What goes into the laboratory, and what comes out: plain data, so that it can travel between processes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import msgspec

from logitlint.runtime.programs import Program

EQUAL: Final = "equal"
OTHER: Final = "another number"
NOT_A_NUMBER: Final = "no number"
REFUSED: Final = "refused"
"""What a side answers to infinite scores."""

MODERATE: Final = 10.0
"""Up to this size of scores a repaired side must equal the formula; beyond it, the report says how far it does."""

COARSE: Final = 1.0
"""The same for a loss that reads probabilities: those of larger scores are lost in rounding before they reach it."""


class Trial(msgspec.Struct, frozen=True):
    """One repair on one framework: the sides before and after (None: only the mistake is measured).

    bench
        The framework by its import name; for Keras with its backend, ``keras/jax``.
    """

    bench: str
    before: Program
    after: Program | None
    unrunnable: str | None = None
    """Why the side before cannot be run: then `before` is the repaired side, from which the formula is taken."""


class Side(msgspec.Struct, frozen=True):
    """How far one side is from the formula, over the battery of one type.

    value_error, gradient_error
        The largest, over the batches in which everything is finite.
    not_finite
        In how many batches a value or gradient is infinite or nan.
    agrees_to
        The largest size of scores up to which it equals the formula.
    raised, refused
        What the framework says where it refuses the numbers, and in how many batches it does.
    """

    value_error: float
    gradient_error: float
    not_finite: int
    agrees_to: float
    raised: str | None = None
    refused: int = 0


class Measured(msgspec.Struct, frozen=True):
    """One number type: how many batches, the tolerance for scores of size one, and both sides.

    required
        Up to which size of scores the repaired side must equal the formula: `MODERATE`, or less where the type cannot
        hold what comes out, and `COARSE` for a loss that reads probabilities.
    """

    dtype: str
    batches: int
    tolerance: float
    required: float
    before: Side
    after: Side | None


class Curve(msgspec.Struct, frozen=True):
    """Loss and gradient, or whatever else both sides give, as the score of the right class moves.

    A side that gives no number everywhere has no values; what has no gradient has none of those.

    moves
        What the scores are, in words.
    what
        What is drawn: ``loss``, ``softmax``, ``decision``.
    """

    scores: tuple[float, ...]
    before: tuple[float, ...]
    after: tuple[float, ...]
    before_gradient: tuple[float, ...]
    after_gradient: tuple[float, ...]
    moves: str = ""
    what: str = "loss"


class Infinite(msgspec.Struct, frozen=True):
    """What both sides answer to infinite scores, where the formula is defined: a word each, None for no such side."""

    before: str | None = None
    after: str | None = None

    @property
    def told(self) -> dict[str, str]:
        """By the name of the side."""
        sides = {"before": self.before, "after": self.after}
        return {side: words for side, words in sides.items() if words is not None}


class Outcome(msgspec.Struct, frozen=True):
    """What came out of a trial.

    formula
        What both sides were held against; None when there is none, then `trouble` says why.
    cosine
        Between the gradient before and that of the formula, in float64 at scores of size one; None when one is zero.
    floor
        What the loss before cannot go below: its value at a prediction that could not be better.
    reads, warning
        What the loss before takes for the probabilities, as a formula of the raw scores x, None when it is none of
        those that are known; and what the framework says when that side is run.
    infinite
        What becomes of infinite scores; None where the formula is not defined for any.
    """

    framework: str
    formula: str | None = None
    trouble: str | None = None
    measured: tuple[Measured, ...] = ()
    cosine: float | None = None
    floor: float | None = None
    curve: Curve | None = None
    reads: str | None = None
    warning: str | None = None
    infinite: Infinite | None = None


def figures(measured: Sequence[Measured]) -> dict[str, dict[str, float]]:
    """The errors by number type, for programs."""
    found: dict[str, dict[str, float]] = {}
    for each in measured:
        row = {
            "tolerance": each.tolerance,
            "required_up_to": each.required,
            "before_value_error": each.before.value_error,
            "before_gradient_error": each.before.gradient_error,
            "before_not_finite": float(each.before.not_finite),
            "before_equal_up_to": each.before.agrees_to,
        }
        if each.after is not None:
            row |= {
                "after_value_error": each.after.value_error,
                "after_gradient_error": each.after.gradient_error,
                "after_not_finite": float(each.after.not_finite),
                "after_equal_up_to": each.after.agrees_to,
            }
        found[each.dtype] = row
    return found
