import numpy as np
import pytest

from logitlint.frameworks.vocabulary import Want
from logitlint.numerics import reference
from logitlint.runtime.evidence import Evidence

SCORES = 2 * np.random.default_rng(5).standard_normal((16, 6))
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
def test_what_one_batch_of_sixteen_rows_proves(numbers: np.ndarray, want: Want, code: str | None) -> None:
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
