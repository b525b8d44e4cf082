"""Connectionist temporal classification, as a formula in float64 with its gradient.

What is summed over are all alignments of a row of labels with a longer row of steps: the ways of writing each label
once or several times in its place, with blanks between (Graves et al. 2006, section 3; the recursions are those of
section 4.1, in logarithms).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from logitlint.numerics.reference import Answer, log_softmax, softmax

if TYPE_CHECKING:
    from logitlint.numerics.adapters import Array


def ctc(scores: Array, labels: Array, lengths: Array, steps: Array, blank: int = 0) -> Answer:
    """The negative logarithm of the probability of the labels, for each sequence, in nats.

    scores
        Raw scores, shape (sequences, steps, classes).
    labels
        Class indices other than the blank's, shape (sequences, labels).
    lengths, steps
        How many labels, and how many steps, of each sequence count: shape (sequences,).

    The value is infinite where a row of labels has no alignment with so few steps. The gradient, of the sum with
    respect to the scores, has their shape.
    """
    value, gradient = np.zeros(len(scores)), np.zeros(scores.shape)
    for row, (length, count) in enumerate(zip(lengths.astype(int), steps.astype(int), strict=True)):
        own = scores[row, :count]
        value[row], posterior = _aligned(log_softmax(own), labels[row, :length].astype(int), blank)
        gradient[row, :count] = softmax(own) - posterior
    return Answer(value, gradient)


def ctc_of_each_label(scores: Array, labels: Array, lengths: Array, steps: Array, blank: int = 0) -> Answer:
    """The same, divided by the number of labels of each sequence: PyTorch's `reduction="mean"` is the mean of that."""
    value, gradient = ctc(scores, labels, lengths, steps, blank)
    return Answer(value / lengths, gradient / lengths[:, None, None])


def _aligned(logarithms: Array, labels: Array, blank: int) -> tuple[float, Array]:
    """The negative log-probability of one row of labels, and with which probability each step is of each class."""
    states = np.full(2 * len(labels) + 1, blank)  # a blank, a label, a blank, a label, ..., a blank
    states[1::2] = labels
    emitted = logarithms[:, states]
    skips = np.zeros(len(states), dtype=bool)  # the blank between two labels may be left out, if those differ
    skips[2:] = (states[2:] != blank) & (states[2:] != states[:-2])
    ahead = _forward(emitted, skips)
    behind = _forward(emitted[::-1, ::-1], _mirrored(skips))[::-1, ::-1]
    total = np.logaddexp.reduce(ahead[-1, -2:])
    share = np.exp(ahead + behind - emitted - total)
    posterior = np.zeros_like(logarithms)
    for place, state in enumerate(states):
        posterior[:, state] += share[:, place]
    return -float(total), posterior


def _forward(emitted: Array, skips: Array) -> Array:
    """The log-probability of being in each state after each step, shape (steps, states)."""
    reached = np.full(emitted.shape, -np.inf)
    reached[0, :2] = emitted[0, :2]
    for step in range(1, len(emitted)):
        before = reached[step - 1]
        stays_or_moves = np.logaddexp(before, _shifted(before, 1))
        skipped = np.where(skips, _shifted(before, 2), -np.inf)
        reached[step] = emitted[step] + np.logaddexp(stays_or_moves, skipped)
    return reached


def _shifted(row: Array, by: int) -> Array:
    moved = np.full(len(row), -np.inf)
    moved[by:] = row[: len(row) - by]
    return moved


def _mirrored(skips: Array) -> Array:
    """Which states may be reached over the one before, when the row is read from its end."""
    mirrored = np.zeros_like(skips)
    mirrored[2:] = skips[2:][::-1]
    return mirrored
