"""The losses and activations as formulas in float64, with their gradients: what a repaired program must equal.

Scores have the shape (samples, classes), in nats; the classes lie on the last axis. A loss is given for each sample or
each entry, never reduced, and its gradient is that of the sum of all of them with respect to the scores, so that of a
mean is a constant times it. Only sums of exponentials of non-positive numbers occur: nothing overflows.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from logitlint.numerics.adapters import Array


class Answer(NamedTuple):
    """A value and the gradient of its sum with respect to the scores."""

    value: Array
    gradient: Array


def log_softmax(scores: Array) -> Array:
    """Log-probabilities of exclusive classes: x - log(sum(exp(x)))."""
    top = scores.max(axis=-1, keepdims=True)
    shifted = scores - top  # exact for scores of one size; the formula as it stands would lose what the size of x takes
    answer: Array = shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True))
    return answer


def softmax(scores: Array) -> Array:
    """Probabilities of exclusive classes: exp(log_softmax(x))."""
    answer: Array = np.exp(log_softmax(scores))
    return answer


def log_sigmoid(scores: Array) -> Array:
    """Logarithm of an independent probability: -log(1 + exp(-x)) = -logaddexp(0, -x)."""
    answer: Array = -np.logaddexp(0.0, -scores)
    return answer


def sigmoid(scores: Array) -> Array:
    """An independent probability: exp(log_sigmoid(x))."""
    answer: Array = np.exp(log_sigmoid(scores))
    return answer


def cross_entropy(scores: Array, weights: Array, label_smoothing: float = 0.0) -> Answer:
    """Cross entropy of exclusive classes, for each sample: -sum(w * log_softmax(x)).

    weights
        The true distribution over the classes, one row for each sample; one-hot rows for class indices. With smoothing
        (Szegedy et al. 2016, section 7) it is mixed with the uniform one.
    """
    wanted = (1 - label_smoothing) * weights + label_smoothing / scores.shape[-1]
    value: Array = -np.where(wanted == 0, 0.0, wanted * log_softmax(scores)).sum(axis=-1)
    return Answer(value, softmax(scores) * wanted.sum(axis=-1, keepdims=True) - wanted)


def binary_cross_entropy(scores: Array, labels: Array, pos_weight: float = 1.0) -> Answer:
    """Binary cross entropy, for each entry: -(w * y * log s(x) + (1 - y) * log s(-x)), s the sigmoid.

    pos_weight
        The weight w of the labels that are true.
    """
    weighted = pos_weight * labels
    positive = np.where(labels == 0, 0.0, weighted * log_sigmoid(scores))
    negative = np.where(labels == 1, 0.0, (1 - labels) * log_sigmoid(-scores))
    value: Array = -(positive + negative)
    return Answer(value, (1 - labels) * sigmoid(scores) - weighted * sigmoid(-scores))


def kl_divergence(scores: Array, wanted: Array) -> Answer:
    """Kullback-Leibler divergence of the model from the target, for each entry: w * (log w - log_softmax(x)), or 0."""
    logarithm = np.log(np.where(wanted == 0, 1.0, wanted))
    value: Array = np.where(wanted == 0, 0.0, wanted * (logarithm - log_softmax(scores)))
    return Answer(value, softmax(scores) * wanted.sum(axis=-1, keepdims=True) - wanted)


def focal(scores: Array, labels: Array, alpha: float = 0.25, gamma: float = 2.0) -> Answer:
    """Sigmoid focal loss, for each entry: -a_t (1 - p_t)^gamma log p_t (Lin et al. 2017, equation 5).

    A negative `alpha` leaves the balance out, as the implementations do.
    """
    sign = 2 * labels - 1
    logarithm = log_sigmoid(sign * scores)
    right, wrong = np.exp(logarithm), sigmoid(-sign * scores)
    balance = np.where(labels == 1, alpha, 1 - alpha) if alpha >= 0 else np.ones_like(labels)
    value: Array = -balance * wrong**gamma * logarithm
    slope = gamma * right * wrong**gamma * logarithm - wrong ** (gamma + 1)
    return Answer(value, balance * sign * slope)


def overlap(scores: Array, wanted: Array, smooth: float = 1.0, alpha: float = 0.5, beta: float = 0.5) -> Answer:
    """Soft dice of the probabilities p of exclusive classes, for each entry: 1 - (p w + s) / (p w + r + s).

    With r = a p (1 - w) + b w (1 - p); s, a and b are `smooth`, `alpha` and `beta`. That is the loss of a sample with
    one place, over which nothing is summed (Milletari et al. 2016, section 3; with weights a of what is wrongly there
    and b of what is wrongly not, Salehi et al. 2017, equation 4).
    """
    share = softmax(scores)
    top = share * wanted + smooth
    bottom = share * wanted + alpha * share * (1 - wanted) + beta * wanted * (1 - share) + smooth
    slope = top * (wanted + alpha * (1 - wanted) - beta * wanted) / bottom**2 - wanted / bottom
    return Answer(1 - top / bottom, share * (slope - (slope * share).sum(axis=-1, keepdims=True)))


def squared_error(scores: Array, wanted: Array) -> Answer:
    """Squared error, for each entry: (x - t)^2."""
    return Answer((scores - wanted) ** 2, 2 * (scores - wanted))


def absolute_error(scores: Array, wanted: Array) -> Answer:
    """Absolute error, for each entry: |x - t|."""
    return Answer(np.abs(scores - wanted), np.sign(scores - wanted))


def huber(scores: Array, wanted: Array, delta: float = 1.0) -> Answer:
    """Huber's loss, for each entry: d^2 / 2 up to |d| = delta, then delta (|d| - delta / 2) (Huber 1964)."""
    off = scores - wanted
    near = np.minimum(np.abs(off), delta)
    value: Array = near**2 / 2 + delta * (np.abs(off) - near)
    return Answer(value, np.clip(off, -delta, delta))


LOSSES: Final[Mapping[str, Callable[[Array, Array], Answer]]] = {
    "cross entropy": cross_entropy,
    "binary cross entropy": binary_cross_entropy,
    "KL divergence": kl_divergence,
    "focal loss": focal,
    "overlap": overlap,
    "squared error": squared_error,
    "absolute error": absolute_error,
    "Huber loss": huber,
}
"""By the name a report gives them."""

OF_NUMBERS: Final = ("squared error", "absolute error", "Huber loss")
"""Those that compare numbers, of which none is a score."""

ACTIVATIONS: Final[Mapping[str, Callable[[Array], Array]]] = {
    "softmax": softmax,
    "log-softmax": log_softmax,
    "sigmoid": sigmoid,
    "log-sigmoid": log_sigmoid,
}


def relu(scores: Array) -> Answer:
    """The larger of x and 0; its slope at 0 is 0, as the frameworks have it."""
    return Answer(np.maximum(scores, 0.0), (scores > 0).astype(float))


def tanh(scores: Array) -> Answer:
    """The hyperbolic tangent; with the sigmoid s, its slope is 4 s(2x) s(-2x)."""
    return Answer(np.tanh(scores), 4 * sigmoid(2 * scores) * sigmoid(-2 * scores))


def softplus(scores: Array) -> Answer:
    """log(1 + exp(x))."""
    return Answer(-log_sigmoid(-scores), sigmoid(scores))


def silu(scores: Array) -> Answer:
    """The scores times their sigmoid: x * s(x) (Elfwing et al. 2017)."""
    value: Array = scores * sigmoid(scores)
    return Answer(value, sigmoid(scores) * (1 + scores * sigmoid(-scores)))


HIDDEN: Final[Mapping[str, Callable[[Array], Answer]]] = {
    "ReLU": relu,
    "tanh": tanh,
    "softplus": softplus,
    "SiLU": silu,
}
"""Activations that make no probabilities, with their slopes, by the name a report gives them."""
