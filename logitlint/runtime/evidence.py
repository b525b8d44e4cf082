"""What numbers prove of the tensor that a loss is given.

One batch may deceive: three raw scores can lie between 0 and 1 by chance. So what could be chance must hold for many
numbers in a row at one place, and one number that contradicts it ends the suspicion for good.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import msgspec

from logitlint.frameworks.vocabulary import Want
from logitlint.kinds import Kind
from logitlint.numerics.classify import classify

if TYPE_CHECKING:
    from logitlint.numerics.adapters import Array

ROWS: Final = 8
"""Rows that must sum to one before they count as a softmax."""
ENTRIES: Final = 64
"""Numbers that must lie in [0, 1] before they count as squashed."""
_LOGITS: Final = (Want.CLASS_LOGITS, Want.LABEL_LOGITS)
_PROBABILITIES: Final = (Want.CLASS_PROBABILITIES, Want.LABEL_PROBABILITIES, Want.PROBABILITIES)


class Evidence(msgspec.Struct):
    """What was seen so far at one place.

    rows, entries
        Rows, and numbers, that were alike so far.
    innocent
        Whether numbers were met that no mistake would give.
    """

    rows: int = 0
    entries: int = 0
    innocent: bool = False

    def weigh(self, numbers: Array, want: Want, axis: int, tolerance: float = 1e-3) -> str | None:
        """The code of the rule that the numbers prove to be broken; None while nothing is proved.

        numbers
            Float64, the classes on `axis`.
        want
            The scale on which the loss reads them.
        tolerance
            How far the type they had lets a sum of probabilities be from one.
        """
        if self.innocent or numbers.size == 0 or not bool((numbers == numbers).all()):
            return None
        axis = axis if numbers.ndim > 1 else -1
        classes = numbers.shape[axis] if numbers.ndim else 1
        allowed = classify(numbers, axis if numbers.ndim else None, tolerance=tolerance)
        if want in _PROBABILITIES and not allowed & Kind.PROBABILITY:
            logarithms = classes > 1 and Kind.LOG_SOFTMAX in allowed
            return "LGT204" if logarithms else "LGT201"
        if want is Want.CLASS_LOG_PROBABILITIES and bool((numbers > tolerance).any()):
            return "LGT203" if classes > 1 and Kind.SOFTMAX in allowed else "LGT202"
        if want in _LOGITS:
            return self._suspect(numbers, want, classes, allowed)
        if want is Want.LABEL_PROBABILITIES and classes > 2 and Kind.SOFTMAX in allowed and Kind.ONE_HOT not in allowed:
            self.rows += numbers.size // classes
            return "LGT301" if self.rows >= ROWS else None
        if want is Want.LABEL_PROBABILITIES:
            self.innocent = True
        return None

    def _suspect(self, numbers: Array, want: Want, classes: int, allowed: Kind) -> str | None:
        """Probabilities where raw scores are wanted: nothing in one batch of them is impossible."""
        if not allowed & Kind.PROBABILITY:
            self.innocent = True
            return None
        self.entries += numbers.size
        if classes > 1 and Kind.SOFTMAX in allowed:
            self.rows += numbers.size // classes
            if self.rows >= ROWS:
                return "LGT101" if want is Want.CLASS_LOGITS else "LGT104"
            return None
        if self.entries >= ENTRIES and self.rows == 0:
            return "LGT103" if want is Want.CLASS_LOGITS else "LGT102"
        return None
