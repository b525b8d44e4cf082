"""What a loss takes for the probabilities, found out by what it gives."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Final

import numpy as np

from logitlint.numerics import reference
from logitlint.numerics.reference import Answer
from logitlint.runtime.battery import Batch
from logitlint.runtime.expectation import Expectation, loss, truth
from logitlint.runtime.programs import Program

if TYPE_CHECKING:
    from logitlint.numerics.adapters import Array


def reading(program: Program, expectation: Expectation, given: Batch, value: Array) -> str | None:
    """What a loss takes for the probabilities, as a formula of the raw scores x, by what it gave; None: nothing known.

    The formulas are those of probabilities p: the cross entropy is -sum(w log p), the binary one
    -(y log p + (1 - y) log(1 - p)). Some of what is taken for p is none: then the loss takes the logarithm it gets.
    """
    formula = _OF_PROBABILITIES.get(expectation.name)
    if (
        formula is None
        or expectation.reduction is None
        or any(loss(program).literal(option) for option in ("label_smoothing", "pos_weight"))
    ):
        return None
    labels = truth(program, given)
    with np.errstate(all="ignore"):  # of what no loss takes for a probability there may be no logarithm
        for words, log in _READ_AS[expectation.name].items():
            believed = expectation.reduction(Answer(formula(labels, *log(given.scores)), given.scores)).value
            if believed.shape == value.shape and np.allclose(believed, value, rtol=1e-4, atol=1e-5):
                return words
    return None


_OF_PROBABILITIES: Final[Mapping[str, Callable[..., Array]]] = {
    "cross entropy": lambda truth, log: -np.where(truth == 0, 0.0, truth * log).sum(axis=-1),
    "binary cross entropy": lambda truth, log, other: -(truth * log + (1 - truth) * other),
}
"""By the logarithm of p (and of 1 - p)."""


def _logarithms(probabilities: Array) -> tuple[Array, ...]:
    return np.log(probabilities), np.log1p(-probabilities)


def _divided(numbers: Array) -> Array:
    """Numbers divided by their sum, kept from zero and one as Keras does (``keras.config.epsilon``)."""
    return _kept(numbers / numbers.sum(axis=-1, keepdims=True))


def _kept(numbers: Array) -> Array:
    kept: Array = np.clip(numbers, 1e-7, 1 - 1e-7)
    return kept


_READ_AS: Final[Mapping[str, Mapping[str, Callable[[Array], tuple[Array, ...]]]]] = {
    "cross entropy": {
        "softmax(x)": lambda x: (reference.log_softmax(x),),
        "softmax(softmax(x))": lambda x: (reference.log_softmax(reference.softmax(x)),),
        "softmax(sigmoid(x))": lambda x: (reference.log_softmax(reference.sigmoid(x)),),
        "softmax(relu(x))": lambda x: (reference.log_softmax(np.maximum(x, 0)),),
        "sigmoid(x) / sum(sigmoid(x))": lambda x: (np.log(_divided(reference.sigmoid(x))),),
        "x / sum(x), clipped": lambda x: (np.log(_divided(x)),),
        "x, clipped": lambda x: (np.log(_kept(x)),),
        "exp(x)": lambda x: (x,),
        "exp(softmax(x))": lambda x: (reference.softmax(x),),
    },
    "binary cross entropy": {
        "sigmoid(x)": lambda x: (reference.log_sigmoid(x), reference.log_sigmoid(-x)),
        "sigmoid(sigmoid(x))": lambda x: _logarithms(reference.sigmoid(reference.sigmoid(x))),
        "sigmoid(softmax(x))": lambda x: _logarithms(reference.sigmoid(reference.softmax(x))),
        "softmax(x)": lambda x: _logarithms(reference.softmax(x)),
        "x, clipped": lambda x: _logarithms(_kept(x)),
    },
}
