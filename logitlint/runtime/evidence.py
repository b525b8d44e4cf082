"""What numbers prove of the tensor that a loss is given.

One batch may deceive: three raw scores can lie between 0 and 1 by chance, a head whose weights are still zero gives the
same row to every sample, a weak model of a common label gives scores around a half. So what could be chance must hold
for many different rows at one place, and one number that contradicts it ends the suspicion for good.
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
"""Different rows that must sum to one before they count as a softmax."""
ENTRIES: Final = 64
"""Numbers that must lie in [0, 1] before they count as squashed."""
END: Final = 0.02
"""How near to 0, or to 1, counts as its end."""
AT_AN_END: Final = 4
"""Numbers that must have come so near to each end, with none beyond, before they count as squashed.

Scores that vary smoothly about a half have more numbers beyond an end than this near to it: of normally distributed
ones that still stay inside mostly (0.5 +- 0.15), three in eight of those that come as near as this or cross. Eight in
a row are met once in 2,500 programs that are right.
"""
SPREAD: Final = 10.0
"""How many times the tolerance for their sum the numbers of a row must lie apart, for that sum to tell anything."""
_LOGITS: Final = (Want.CLASS_LOGITS, Want.LABEL_LOGITS)
_PROBABILITIES: Final = (Want.CLASS_PROBABILITIES, Want.LABEL_PROBABILITIES, Want.PROBABILITIES)


class Evidence(msgspec.Struct):
    """What was seen so far at one place.

    rows, entries, low, high
        Rows, and numbers, that were alike so far; of those, the numbers close to 0 and close to 1.
    innocent
        Whether numbers were met that no mistake would give.
    last
        The row that was met last.
    """

    rows: int = 0
    entries: int = 0
    low: int = 0
    high: int = 0
    innocent: bool = False
    last: Array | None = None

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
        if want in _PROBABILITIES and bool(((numbers < -tolerance) | (numbers > 1 + tolerance)).any()):
            logarithms = classes > 1 and Kind.LOG_SOFTMAX in allowed
            return "LGT204" if logarithms else "LGT201"
        if want is Want.CLASS_LOG_PROBABILITIES and bool((numbers > tolerance).any()):
            return "LGT203" if classes > 1 and Kind.SOFTMAX in allowed else "LGT202"
        if want in _LOGITS:
            return self._suspect(numbers, want, axis, allowed, tolerance)
        if want is Want.LABEL_PROBABILITIES and classes > 2 and Kind.SOFTMAX in allowed:
            self.rows += _telling(self._fresh(numbers, axis), tolerance)
            return "LGT301" if self.rows >= ROWS else None
        if want is Want.LABEL_PROBABILITIES:
            self.innocent = True
        return None

    def _suspect(self, numbers: Array, want: Want, axis: int, allowed: Kind, tolerance: float) -> str | None:
        """Probabilities where raw scores are wanted: nothing in one batch of them is impossible."""
        if want is Want.CLASS_LOGITS and numbers.ndim and numbers.shape[axis] == 1:
            return None  # a softmax over one class is 1, whatever it is given
        if not allowed & Kind.PROBABILITY:
            self.innocent = True
            return None
        each_alone = want is Want.LABEL_LOGITS and numbers.ndim < 2
        fresh = self._fresh(numbers.reshape(-1, 1) if each_alone else numbers, axis)
        if fresh.shape[-1] > 1 and Kind.SOFTMAX in allowed:
            self.rows += _telling(fresh, tolerance)
            if self.rows >= ROWS:
                return "LGT101" if want is Want.CLASS_LOGITS else "LGT104"
            return None
        self.entries += fresh.size
        self.low += int(((fresh > 0) & (fresh < END)).sum())
        self.high += int(((fresh < 1) & (fresh > 1 - END)).sum())
        if self.entries >= ENTRIES and min(self.low, self.high) >= AT_AN_END and self.rows == 0:
            return "LGT103" if want is Want.CLASS_LOGITS else "LGT102"
        return None

    def _fresh(self, numbers: Array, axis: int) -> Array:
        """The rows that are another than the row before them: one that comes again and again proves nothing more."""
        rows = numbers.swapaxes(axis, -1).reshape(-1, numbers.shape[axis]) if numbers.ndim else numbers.reshape(1, 1)
        fresh = (rows != rows).any(axis=1)  # none yet: there is no nan among them
        fresh[1:] = (rows[1:] != rows[:-1]).any(axis=1)
        fresh[0] = self.last is None or self.last.shape != rows[0].shape or bool((self.last != rows[0]).any())
        self.last = rows[-1].copy()
        others: Array = rows[fresh]
        return others


def _telling(rows: Array, tolerance: float) -> int:
    """How many rows sum to one for a reason: something in them is neither 0 nor 1, and they are far from uniform.

    Raw scores of a head that begins with 1 / K everywhere, and a little noise, sum to one within the tolerance as well;
    as soon as they are `SPREAD` times as far apart as it allows, one row in twelve would.
    """
    between = ((rows > 0) & (rows < 1)).any(axis=-1)
    return int((between & (rows.max(axis=-1) - rows.min(axis=-1) > SPREAD * tolerance)).sum())
