import numpy as np
import pytest

from logitlint.frameworks.vocabulary import Want
from logitlint.numerics import reference
from logitlint.runtime.evidence import Evidence

SCORES = 4 * np.random.default_rng(5).standard_normal((64, 6))
SOFTMAX = reference.softmax(SCORES)
SIGMOID = reference.sigmoid(SCORES)
LOGARITHMS = reference.log_softmax(SCORES)


@pytest.mark.parametrize(
    ("numbers", "want", "code"),
    [
        (SOFTMAX, Want.CLASS_LOGITS, "LGT101"),
        (SIGMOID, Want.LABEL_LOGITS, "LGT102"),
        (SIGMOID, Want.CLASS_LOGITS, "LGT103"),
        (SOFTMAX, Want.LABEL_LOGITS, "LGT104"),
        (SCORES, Want.LABEL_PROBABILITIES, "LGT201"),
        (SCORES, Want.CLASS_PROBABILITIES, "LGT201"),
        (SCORES, Want.CLASS_LOG_PROBABILITIES, "LGT202"),
        (SOFTMAX, Want.CLASS_LOG_PROBABILITIES, "LGT203"),
        (LOGARITHMS, Want.LABEL_PROBABILITIES, "LGT204"),
        (SOFTMAX, Want.LABEL_PROBABILITIES, "LGT301"),
        (SCORES, Want.CLASS_LOGITS, None),
        (SCORES, Want.LABEL_LOGITS, None),
        (LOGARITHMS, Want.CLASS_LOGITS, None),
        (LOGARITHMS, Want.CLASS_LOG_PROBABILITIES, None),
        (SIGMOID, Want.LABEL_PROBABILITIES, None),
        (SOFTMAX, Want.CLASS_PROBABILITIES, None),
        (SOFTMAX, Want.PROBABILITIES, None),
        (SCORES, Want.SCORES, None),
    ],
)
def test_what_one_batch_proves(numbers: np.ndarray, want: Want, code: str | None) -> None:
    assert Evidence().weigh(numbers, want, 1) == code


def test_few_numbers_prove_nothing_until_there_are_more() -> None:
    evidence = Evidence()
    said = [evidence.weigh(SOFTMAX[row : row + 1], Want.CLASS_LOGITS, 1) for row in range(10)]
    assert said == [None] * 7 + ["LGT101"] * 3


def test_scores_between_zero_and_one_by_chance_are_cleared_by_the_first_that_is_not() -> None:
    evidence = Evidence()
    assert evidence.weigh(np.full((4, 6), 0.4), Want.CLASS_LOGITS, 1) is None
    assert evidence.weigh(SCORES, Want.CLASS_LOGITS, 1) is None
    assert evidence.weigh(SIGMOID, Want.CLASS_LOGITS, 1) is None
    assert evidence.innocent


def test_one_row_that_does_not_sum_to_one_is_no_softmax() -> None:
    spoilt = SOFTMAX.copy()
    spoilt[3] *= 0.9
    assert Evidence().weigh(spoilt, Want.LABEL_LOGITS, 1) == "LGT102"


def test_the_classes_may_lie_on_another_axis() -> None:
    image = np.moveaxis(SOFTMAX[None], 2, 1)
    assert Evidence().weigh(image, Want.CLASS_LOGITS, 1) == "LGT101"
    assert Evidence().weigh(image, Want.CLASS_LOGITS, -1) == "LGT103"


def test_numbers_that_are_none_prove_nothing() -> None:
    assert Evidence().weigh(np.full((16, 6), np.nan), Want.LABEL_PROBABILITIES, 1) is None
    assert Evidence().weigh(np.zeros((0, 6)), Want.LABEL_PROBABILITIES, 1) is None


def test_independent_labels_that_sum_to_one_once_are_not_a_softmax_for_ever() -> None:
    evidence = Evidence()
    assert evidence.weigh(SOFTMAX[:4], Want.LABEL_PROBABILITIES, 1) is None
    assert evidence.weigh(SIGMOID, Want.LABEL_PROBABILITIES, 1) is None
    assert evidence.weigh(SOFTMAX, Want.LABEL_PROBABILITIES, 1) is None


DRAW = np.random.default_rng(7)
NOISE = np.random.default_rng(8).standard_normal((64, 10))
STRANGE = {
    "a head whose weights are zero": np.zeros((64, 10)),
    "one whose bias is not": np.full((64, 10), 0.1),
    "one whose bias is not, with noise": 0.1 + 1e-4 * NOISE,
    "one whose bias is not, in half precision": (0.1 + 1e-3 * NOISE).astype(np.float16).astype(float),
    "one whose bias is the share of each class": np.tile([0.02, 0.38, 0.6], (64, 1)),
    "one whose bias is near both ends": np.tile([0.01, 0.99], (64, 1)),
    "one-hot rows": np.eye(10)[DRAW.integers(0, 10, 64)],
    "zeros and ones": DRAW.integers(0, 2, (64, 10)).astype(float),
    "saturated": np.where(np.eye(10)[DRAW.integers(0, 10, 64)] > 0, 100.0, -100.0),
    "masked": np.where(DRAW.random((64, 10)) < 0.5, -np.inf, 0.3),
    "overflown": np.full((64, 10), np.inf),
    "a weak model of a common label": 0.5 + 0.08 * np.clip(DRAW.standard_normal((64, 1)), -3, 3),
    "small and positive": 0.01 + 0.1 * DRAW.random((64, 10)),
    "small ones after a ReLU": np.maximum(0, 0.1 * DRAW.standard_normal((64, 10))),
    "similarities of positive features": 0.2 + 0.5 * DRAW.random((64, 10)),
    "a single number": np.float64(0.5),
}


@pytest.mark.parametrize("want", [Want.CLASS_LOGITS, Want.LABEL_LOGITS])
@pytest.mark.parametrize("name", STRANGE)
def test_raw_scores_that_look_like_probabilities_by_chance_prove_nothing(name: str, want: Want) -> None:
    evidence = Evidence()
    assert {evidence.weigh(np.asarray(STRANGE[name]), want, 1) for _ in range(20)} == {None}


@pytest.mark.parametrize("scale", [1e-7, 1e-6, 1e-5, 1e-4, 1e-3, 1e-2, 0.1])
@pytest.mark.parametrize("tolerance", [1e-3, 4 * 2.0**-10, 4 * 2.0**-7])
def test_a_head_that_begins_with_one_over_the_classes_is_no_softmax(scale: float, tolerance: float) -> None:
    for classes in (2, 3, 10, 100):
        draw, evidence = np.random.default_rng(classes), Evidence()
        for _ in range(50):
            scores = 1 / classes + scale * draw.standard_normal((32, classes))
            assert evidence.weigh(scores, Want.CLASS_LOGITS, 1, tolerance) is None


def test_of_one_class_nothing_is_said() -> None:
    squashed = reference.sigmoid(5 * np.random.default_rng(2).standard_normal((64, 1)))
    assert {Evidence().weigh(squashed, Want.CLASS_LOGITS, 1) for _ in range(20)} == {None}
    assert Evidence().weigh(squashed, Want.LABEL_LOGITS, 1) == "LGT102"


def test_scores_about_a_half_are_told_from_squashed_ones_however_many_there_are() -> None:
    said = 0
    for seed in range(200):
        scores, evidence = np.random.default_rng(seed), Evidence()
        said += any(
            evidence.weigh(0.5 + 0.15 * scores.standard_normal((64, 1)), Want.LABEL_LOGITS, 1) for _ in range(70)
        )
    assert said <= 1


def test_probabilities_that_rounding_put_below_zero_are_probabilities() -> None:
    numbers = SIGMOID.copy()
    numbers[0, 0], numbers[0, 1] = -1e-8, 1 + 1e-7
    assert Evidence().weigh(numbers, Want.LABEL_PROBABILITIES, 1) is None
    assert Evidence().weigh(numbers, Want.CLASS_PROBABILITIES, 1) is None


def test_the_same_row_again_and_again_counts_once() -> None:
    evidence = Evidence()
    assert {evidence.weigh(SOFTMAX[:1], Want.CLASS_LOGITS, 1) for _ in range(50)} == {None}
    assert evidence.rows == 1


def test_scores_of_one_label_are_a_column_also_without_an_axis_for_it() -> None:
    squashed = reference.sigmoid(6 * DRAW.standard_normal(200))
    assert Evidence().weigh(squashed, Want.LABEL_LOGITS, 1) == "LGT102"
    assert Evidence().weigh(squashed[:, None], Want.LABEL_LOGITS, 1) == "LGT102"
