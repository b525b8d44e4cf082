"""What a tensor's numbers mean.

A `Kind` is the *set* of meanings a tensor may still have. Two values that meet are joined with ``|``; a value about
which nothing is known has every bit (`UNKNOWN`); the empty set means that no value can be here at all. "Never report
without proof" is therefore arithmetic: a mistake is certain when `certainly` says that every meaning left is wrong.
"""

from __future__ import annotations

import enum
from typing import Final


class Kind(enum.Flag):
    """The meanings a tensor may have, one bit each."""

    LOGITS = enum.auto()
    """Unbounded scores: what an affine layer gives."""
    ACTIVATED = enum.auto()
    """After relu, tanh, gelu ...: a hidden activation, whose range is carried beside the kind."""
    SOFTMAX = enum.auto()
    """Probabilities of exclusive classes: they sum to one over the normalised axis."""
    SIGMOID = enum.auto()
    """Independent probabilities, each squashed by itself."""
    PROBABILITY = enum.auto()
    """Numbers in [0, 1] that are probabilities, but no longer a distribution: one column of a softmax, ``p * q``."""
    LOG_SOFTMAX = enum.auto()
    """Logarithms of probabilities that sum to one."""
    LOG_SIGMOID = enum.auto()
    """Logarithms of independent probabilities."""
    LOG_PROBABILITY = enum.auto()
    """Logarithms of probabilities that are no longer a distribution: a gathered log-softmax, ``log(p + eps)``."""
    ONE_HOT = enum.auto()
    """Labels, one column per class, a single 1 in each row."""
    CLASS_INDEX = enum.auto()
    """Labels as whole numbers: the position of the class."""
    DECISION = enum.auto()
    """A prediction that was decided: thresholded, rounded, argmax."""
    LOSS = enum.auto()
    """The result of a loss."""
    PARAMETER = enum.auto()
    """Weights that are trained: a product with them is an affine layer."""

    __hash__ = object.__hash__  # each set of meanings is one object, and an enumeration's own hash is slow

    def certainly(self, mask: Kind) -> bool:
        """Whether every meaning still possible lies in `mask` (and there is one)."""
        meanings = self._value_
        return meanings != 0 and not meanings & ~mask._value_


NOTHING: Final = Kind(0)
UNKNOWN: Final = ~Kind(0)
PROBABILITIES: Final = Kind.SOFTMAX | Kind.SIGMOID | Kind.PROBABILITY
LOG_PROBABILITIES: Final = Kind.LOG_SOFTMAX | Kind.LOG_SIGMOID | Kind.LOG_PROBABILITY

_WORDS: Final[dict[Kind, str]] = {
    Kind.LOGITS: "raw logits",
    Kind.ACTIVATED: "activations",
    Kind.SOFTMAX: "softmax probabilities",
    Kind.SIGMOID: "sigmoid probabilities",
    Kind.PROBABILITY: "probabilities",
    Kind.LOG_SOFTMAX: "log-softmax log-probabilities",
    Kind.LOG_SIGMOID: "log-sigmoid log-probabilities",
    Kind.LOG_PROBABILITY: "log-probabilities",
    Kind.ONE_HOT: "one-hot labels",
    Kind.CLASS_INDEX: "class indices",
    Kind.DECISION: "decided classes",
    Kind.LOSS: "a loss",
    Kind.PARAMETER: "trained weights",
}


def describe(kind: Kind) -> str:
    """The set in words: ``softmax probabilities``, ``raw logits or activations``, ``an unknown value``."""
    if kind == UNKNOWN:
        return "an unknown value"
    return " or ".join(words for bit, words in _WORDS.items() if bit in kind) or "nothing"


def named(name: str) -> Kind | None:
    """The kind a user's note names (``logits``, ``softmax``, ``class-index`` ...), or None."""
    return Kind.__members__.get(name.strip().upper().replace("-", "_").replace(" ", "_"))
