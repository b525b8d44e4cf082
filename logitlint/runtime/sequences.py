"""A battery of scores, cut into sequences: what a loss over all alignments of two sequences is given.

The rows of a batch become the steps: of an even number two sequences are made, which differ in how many steps and how
many labels count, else one. There are half as many labels as steps, so that two equal ones have room for the blank
between.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
import numpy as np

if TYPE_CHECKING:
    from logitlint.numerics.adapters import Array
    from logitlint.runtime.battery import Batch


class Cut(msgspec.Struct, frozen=True):
    """Sequences of scores with their labels.

    labels
        Class indices, shape (sequences, labels); they are those of the batch, of which none is the blank.
    lengths, steps
        How many labels and how many steps of each sequence count, shape (sequences,).
    """

    labels: Array
    lengths: Array
    steps: Array


def shape(given: Batch, *, time_first: bool) -> tuple[int, int, int]:
    """The scores of a batch as three axes: the steps and the sequences, or the other way, and the classes."""
    rows, classes = given.scores.shape
    sequences = _sequences(rows)
    steps = rows // sequences
    return (steps, sequences, classes) if time_first else (sequences, steps, classes)


def cut(given: Batch) -> Cut:
    """The labels of the sequences, and what of them and of the scores counts."""
    sequences = _sequences(len(given.scores))
    steps = len(given.scores) // sequences
    count = max(1, steps // 2)
    labels = given.classes.reshape(sequences, steps)[:, :count]
    fewer = np.arange(sequences)  # of the second sequence, one less of either
    return Cut(labels, np.maximum(1, count - fewer), np.maximum(1, steps - fewer))


def padding(counts: Array, size: int) -> Array:
    """A mask in which 1 stands for what does not count, shape (sequences, size)."""
    mask: Array = (np.arange(size) >= counts[:, None]).astype(float)
    return mask


def _sequences(rows: int) -> int:
    return 2 if rows % 2 == 0 else 1
