"""The formulas against finite differences, against PyTorch in float64, and against each other."""

import itertools
from collections.abc import Callable

import numpy as np
import pytest
import torch
from torch.nn import functional

from logitlint.numerics import reference
from logitlint.numerics.alignment import ctc, ctc_of_each_label
from logitlint.numerics.reference import Answer

DRAW = np.random.default_rng(3)
SCORES = 3 * DRAW.standard_normal((6, 5))
CLASSES = DRAW.integers(0, 5, 6)
ONE_HOT = np.eye(5)[CLASSES]
LABELS = DRAW.integers(0, 2, (6, 5)).astype(float)
SOFT = reference.softmax(DRAW.standard_normal((6, 5)))
TARGETS = {"cross entropy": SOFT, "binary cross entropy": LABELS, "KL divergence": SOFT, "focal loss": LABELS}
TARGETS["overlap"] = SOFT
TARGETS |= dict.fromkeys(("squared error", "absolute error", "Huber loss"), DRAW.standard_normal((6, 5)))


def sloped(loss: Callable[[np.ndarray], Answer]) -> np.ndarray:
    """The gradient of the sum, by central differences."""
    step = 1e-6
    found = np.zeros_like(SCORES)
    for place in np.ndindex(SCORES.shape):
        moved = np.zeros_like(SCORES)
        moved[place] = step
        found[place] = (loss(SCORES + moved).value.sum() - loss(SCORES - moved).value.sum()) / (2 * step)
    return found


@pytest.mark.parametrize("name", reference.LOSSES)
def test_a_gradient_is_the_slope_of_its_value(name: str) -> None:
    loss = reference.LOSSES[name]
    answer = loss(SCORES, TARGETS[name])
    assert np.allclose(answer.gradient, sloped(lambda scores: loss(scores, TARGETS[name])), atol=1e-7)
    assert np.abs(answer.gradient).max() > 0.01


@pytest.mark.parametrize("name", reference.HIDDEN)
def test_a_slope_is_that_of_its_activation(name: str) -> None:
    activation = reference.HIDDEN[name]
    answer = activation(SCORES)
    assert np.allclose(answer.gradient, sloped(activation), atol=1e-7)
    function = {"ReLU": torch.relu, "tanh": torch.tanh, "softplus": functional.softplus, "SiLU": functional.silu}[name]
    assert np.allclose(answer.value, function(torch.tensor(SCORES)))
    assert np.isfinite(activation(1e300 * np.sign(SCORES)).gradient).all()


def test_numbers_are_compared_as_pytorch_does() -> None:
    wanted = TARGETS["squared error"]
    given = torch.tensor(SCORES), torch.tensor(wanted)
    for name, function in {
        "squared error": functional.mse_loss,
        "absolute error": functional.l1_loss,
        "Huber loss": functional.huber_loss,
    }.items():
        assert np.allclose(reference.LOSSES[name](SCORES, wanted).value, function(*given, reduction="none"))
    narrow = functional.huber_loss(*given, reduction="none", delta=0.3)
    assert np.allclose(reference.huber(SCORES, wanted, 0.3).value, narrow)


def test_the_weight_of_true_labels_is_in_value_and_gradient() -> None:
    answer = reference.binary_cross_entropy(SCORES, LABELS, 4.0)
    weighted = functional.binary_cross_entropy_with_logits(
        torch.tensor(SCORES), torch.tensor(LABELS), reduction="none", pos_weight=torch.tensor(4.0)
    )
    assert np.allclose(answer.value, weighted)
    slope = sloped(lambda scores: reference.binary_cross_entropy(scores, LABELS, 4.0))
    assert np.allclose(answer.gradient, slope, atol=1e-7)


def test_smoothing_is_in_value_and_gradient() -> None:
    answer = reference.cross_entropy(SCORES, ONE_HOT, 0.2)
    expected = functional.cross_entropy(
        torch.tensor(SCORES), torch.tensor(CLASSES), label_smoothing=0.2, reduction="none"
    )
    assert np.allclose(answer.value, expected)
    assert np.allclose(answer.gradient, sloped(lambda scores: reference.cross_entropy(scores, ONE_HOT, 0.2)), atol=1e-7)


def test_pytorch_in_float64_agrees() -> None:
    scores, labels = torch.tensor(SCORES), torch.tensor(LABELS)
    classes = torch.tensor(CLASSES)
    assert np.allclose(
        reference.cross_entropy(SCORES, ONE_HOT).value, functional.cross_entropy(scores, classes, reduction="none")
    )
    assert np.allclose(
        reference.binary_cross_entropy(SCORES, LABELS).value,
        functional.binary_cross_entropy_with_logits(scores, labels, reduction="none"),
    )
    assert np.allclose(
        reference.kl_divergence(SCORES, SOFT).value,
        functional.kl_div(functional.log_softmax(scores, 1), torch.tensor(SOFT), reduction="none"),
    )
    for name, function in {
        "softmax": lambda x: torch.softmax(x, 1),
        "log-softmax": lambda x: torch.log_softmax(x, 1),
        "sigmoid": torch.sigmoid,
        "log-sigmoid": functional.logsigmoid,
    }.items():
        assert np.allclose(reference.ACTIVATIONS[name](SCORES), function(scores))


def test_the_focal_loss_is_that_of_its_paper() -> None:
    probability = 1 / (1 + np.exp(-SCORES))
    right = np.where(LABELS == 1, probability, 1 - probability)
    balance = np.where(LABELS == 1, 0.3, 0.7)
    assert np.allclose(reference.focal(SCORES, LABELS, 0.3, 1.5).value, -balance * (1 - right) ** 1.5 * np.log(right))
    unbalanced = reference.focal(SCORES, LABELS, -1.0, 2.0).value
    assert np.allclose(unbalanced, -((1 - right) ** 2) * np.log(right))


@pytest.mark.parametrize("size", [1.0, 100.0, 1e4, 1e300])
def test_nothing_overflows(size: float) -> None:
    scores = size * np.sign(SCORES)
    for name, loss in reference.LOSSES.items():
        if name == "squared error" and size > 1e150:
            continue  # whose square there is none for
        answer = loss(scores, TARGETS[name])
        assert np.isfinite(answer.value).all()
        assert np.isfinite(answer.gradient).all()
    assert np.allclose(reference.softmax(scores).sum(axis=1), 1)


def test_a_label_of_zero_costs_nothing_whatever_the_score() -> None:
    far = np.array([[-1e308, 0.0]])
    assert reference.cross_entropy(far, np.array([[0.0, 1.0]])).value == 0
    assert reference.kl_divergence(far, np.array([[0.0, 1.0]])).value.sum() == 0
    assert reference.binary_cross_entropy(np.array([[-1e308]]), np.array([[0.0]])).value == 0


# -- alignments of two sequences ---------------------------------------------------------------------------------------

STEPS = 3 * np.random.default_rng(4).standard_normal((3, 4, 3))
ROWS, LENGTHS, COUNTS = np.array([[1.0, 1], [2, 1], [2, 0]]), np.array([2, 2, 1]), np.array([4, 3, 4])


def collapsed(path: tuple[int, ...], blank: int) -> list[int]:
    """What is read off an alignment: equal neighbours are one, blanks are none."""
    return [each for each, _ in itertools.groupby(path) if each != blank]


@pytest.mark.parametrize("blank", [0, 2])
def test_the_alignments_are_those_that_collapse_to_the_labels(blank: int) -> None:
    rows = np.where(blank == 0, ROWS, np.maximum(0, ROWS - 1))
    found = ctc(STEPS, rows, LENGTHS, COUNTS, blank)
    for row, (length, count) in enumerate(zip(LENGTHS, COUNTS, strict=True)):
        logarithms = reference.log_softmax(STEPS[row, :count])
        wanted = [int(each) for each in rows[row, :length]]
        paths = [path for path in itertools.product(range(3), repeat=count) if collapsed(path, blank) == wanted]
        assert len(paths) > 3
        total = np.logaddexp.reduce([sum(logarithms[step, path[step]] for step in range(count)) for path in paths])
        assert found.value[row] == pytest.approx(-total)


@pytest.mark.parametrize("formula", [ctc, ctc_of_each_label])
def test_the_gradient_of_an_alignment_is_the_slope_of_its_value(formula: Callable[..., Answer]) -> None:
    answer = formula(STEPS, ROWS, LENGTHS, COUNTS)
    found, step = np.zeros_like(STEPS), 1e-6
    for place in np.ndindex(STEPS.shape):
        moved = np.zeros_like(STEPS)
        moved[place] = step
        ends = [formula(STEPS + sign * moved, ROWS, LENGTHS, COUNTS).value.sum() for sign in (1, -1)]
        found[place] = (ends[0] - ends[1]) / (2 * step)
    assert np.allclose(answer.gradient, found, atol=1e-7)
    assert not answer.gradient[1, 3].any()  # a step that does not count
    assert np.abs(answer.gradient).max() > 0.01


def test_labels_that_no_alignment_fits_cost_infinitely_much() -> None:
    with np.errstate(invalid="ignore"):
        assert ctc(STEPS[:1, :2], np.array([[1.0, 1.0]]), np.array([2]), np.array([2])).value == np.inf


@pytest.mark.parametrize("reduction", ["none", "mean"])
def test_alignments_are_summed_as_pytorch_does(reduction: str) -> None:
    scores = torch.tensor(STEPS.swapaxes(0, 1)).log_softmax(-1)
    given = scores, torch.tensor(ROWS, dtype=torch.int64), torch.tensor(COUNTS), torch.tensor(LENGTHS)
    formula = {"none": ctc, "mean": ctc_of_each_label}[reduction]
    value = formula(STEPS, ROWS, LENGTHS, COUNTS).value
    assert np.allclose(value.mean() if reduction == "mean" else value, functional.ctc_loss(*given, reduction=reduction))


def test_the_overlap_is_that_of_optax() -> None:
    optax, jax = pytest.importorskip("optax"), pytest.importorskip("jax")
    for options in ({}, {"smooth": 0.5, "alpha": 0.3, "beta": 0.9}):
        value = reference.overlap(SCORES, ONE_HOT, **options).value.mean(axis=-1)
        assert np.allclose(value, optax.losses.dice_loss(jax.numpy.asarray(SCORES), ONE_HOT, **options), atol=1e-5)
