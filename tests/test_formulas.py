"""The formulas at numbers worked out by hand. Only NumPy is needed: they are held at its lowest version too."""

import math

import numpy as np
import pytest

from logitlint.numerics import reference


def test_cross_entropy_of_two_classes() -> None:
    answer = reference.cross_entropy(np.array([[2.0, 0.0]]), np.array([[1.0, 0.0]]))
    wrong = 1 / (1 + math.exp(2))
    assert answer.value == pytest.approx([math.log1p(math.exp(-2))])
    assert answer.gradient == pytest.approx(np.array([[-wrong, wrong]]))


def test_binary_cross_entropy_at_chance() -> None:
    answer = reference.binary_cross_entropy(np.zeros((1, 2)), np.array([[1.0, 0.0]]))
    assert answer.value == pytest.approx(np.full((1, 2), math.log(2)))
    assert answer.gradient == pytest.approx(np.array([[-0.5, 0.5]]))


def test_divergence_from_oneself_is_nothing() -> None:
    scores = np.array([[0.3, -1.2, 2.0]])
    answer = reference.kl_divergence(scores, reference.softmax(scores))
    assert answer.value.sum() == pytest.approx(0)
    assert answer.gradient == pytest.approx(np.zeros((1, 3)))


@pytest.mark.parametrize("name", reference.LOSSES)
def test_no_loss_overflows(name: str) -> None:
    scores = np.array([[1000.0, -1000.0]])
    answer = reference.LOSSES[name](scores, np.array([[0.0, 1.0]]))
    assert np.isfinite(answer.value).all()
    assert np.isfinite(answer.gradient).all()
