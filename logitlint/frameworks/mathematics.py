"""What elementary functions do to kinds: shared by the tables of every library that has them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from logitlint.frameworks.vocabulary import Depends
from logitlint.kinds import Kind

LOG: Final[Mapping[Kind, Kind]] = {
    Kind.SOFTMAX: Kind.LOG_SOFTMAX,
    Kind.SIGMOID: Kind.LOG_SIGMOID,
    Kind.PROBABILITY: Kind.LOG_PROBABILITY,
}
EXP: Final[Mapping[Kind, Kind]] = {
    Kind.LOG_SOFTMAX: Kind.SOFTMAX,
    Kind.LOG_SIGMOID: Kind.SIGMOID,
    Kind.LOG_PROBABILITY: Kind.PROBABILITY,
}
LOGIT: Final[Mapping[Kind, Kind]] = {Kind.SIGMOID: Kind.LOGITS, Kind.PROBABILITY: Kind.LOGITS}
NEGATIVE: Final[Mapping[Kind, Kind]] = {Kind.LOGITS: Kind.LOGITS, Kind.LOSS: Kind.LOSS}
COMPLEMENT: Final[Mapping[Kind, Kind]] = {
    Kind.LOGITS: Kind.LOGITS,
    Kind.SOFTMAX: Kind.PROBABILITY | Kind.SOFTMAX,
    Kind.SIGMOID: Kind.SIGMOID,
    Kind.PROBABILITY: Kind.PROBABILITY,
}
"""``1 - x``; of two classes it is the distribution with the classes exchanged."""
PRODUCT: Final[Mapping[Kind, Kind]] = {
    Kind.SOFTMAX: Kind.PROBABILITY,
    Kind.SIGMOID: Kind.PROBABILITY,
    Kind.PROBABILITY: Kind.PROBABILITY,
}
CLAMPED: Final[Mapping[Kind, Kind]] = {
    Kind.SOFTMAX: Kind.SOFTMAX,
    Kind.SIGMOID: Kind.SIGMOID,
    Kind.PROBABILITY: Kind.PROBABILITY,
    Kind.LOG_SOFTMAX: Kind.LOG_SOFTMAX,
    Kind.LOG_SIGMOID: Kind.LOG_SIGMOID,
    Kind.LOG_PROBABILITY: Kind.LOG_PROBABILITY,
}
"""Cut off a little inside their bounds, probabilities are what they were; scores may have been cut to anything."""
FILLED: Final[Mapping[Kind, Kind]] = {Kind.LOGITS: Kind.LOGITS}
"""Some entries replaced: masked scores are scores."""
GATED: Final[Mapping[Kind, Kind]] = {Kind.LOGITS: Kind.LOGITS}
"""``a * sigmoid(b)`` of the two halves of a tensor: as large as `a`, and of its sign."""
MENDED: Final[Mapping[Kind, Kind]] = {**CLAMPED, **FILLED}
"""What is no number, or infinite, replaced by one; the rest is what it was."""
WHOLE: Final[Mapping[Kind, Kind]] = {
    Kind.ONE_HOT: Kind.ONE_HOT,
    Kind.CLASS_INDEX: Kind.CLASS_INDEX,
    Kind.DECISION: Kind.DECISION,
}
"""Cut to whole numbers: labels and decisions are that already."""
TRUTH: Final[Mapping[Kind, Kind]] = {Kind.ONE_HOT: Kind.ONE_HOT, Kind.DECISION: Kind.DECISION}
"""Turned into truth values."""

_LABELS = Kind.ONE_HOT | Kind.CLASS_INDEX
DECISIONS: Final[Mapping[Kind, Kind]] = {kind: Kind.DECISION for kind in Kind if kind not in _LABELS}
"""Whatever is predicted is decided; of labels nothing is said."""
THRESHOLD: Final[Mapping[Kind, Kind]] = {**DECISIONS, Kind.ONE_HOT: Kind.ONE_HOT, Kind.CLASS_INDEX: Kind.CLASS_INDEX}
"""Rounded, or found above a threshold: what is predicted is decided, labels stay what they are."""
COMPARED: Final[Mapping[Kind, Kind]] = {**DECISIONS, Kind.ONE_HOT: Kind.CLASS_INDEX, Kind.CLASS_INDEX: Kind.CLASS_INDEX}
"""Found below a threshold, or equal: of labels, other labels of 0 and 1."""
LARGEST: Final[Mapping[Kind, Kind]] = {**DECISIONS, Kind.ONE_HOT: Kind.CLASS_INDEX, Kind.CLASS_INDEX: Kind.DECISION}
"""Where the largest is: of scores the class that is decided, of a one-hot row the class that is true."""


def rectified(other: str) -> Depends:
    """What ``maximum(x, 0)`` gives, by the name of its second operand: nothing below zero."""
    return Depends(other, {0: Kind.ACTIVATED})


def chosen(then: str, otherwise: str) -> Depends:
    """What ``where(condition, 1, 0)`` gives, by the names of its two alternatives: a decision in numbers."""
    return Depends(
        then,
        {1: Depends(otherwise, {0: Kind.DECISION, -1: Kind.DECISION}), 0: Depends(otherwise, {1: Kind.DECISION})},
    )
