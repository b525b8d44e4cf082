"""What the pages of the rules say: every figure is worked out here, and every page names where a library says so."""

from __future__ import annotations

import re

import numpy as np
import pytest

from logitlint.rules import RULES, explain
from logitlint.rules.rule import Rule

Array = np.ndarray[tuple[int, ...], np.dtype[np.floating]]
BY_CODE = {rule.code: rule for rule in RULES}
SURE = np.eye(10)[0]
"""A certain prediction among ten classes, as probabilities."""


def softmax(scores: Array) -> Array:
    powers = np.exp(scores - scores.max())
    return powers / powers.sum()


def sigmoid(score: Array | float) -> Array:
    return 1 / (1 + np.exp(-np.asarray(score, dtype=float)))


@pytest.mark.parametrize(
    ("code", "words", "figure"),
    [
        ("LGT101", "a perfect prediction still costs {:.2f}", -np.log(softmax(SURE)[0])),
        ("LGT102", "the range from 0.5 to {:.2f}", sigmoid(1)),
        ("LGT102", "the loss of a perfect negative stays at {:.2f}", -np.log(1 - sigmoid(0))),
        ("LGT103", "is still given a probability of {:.2f}", softmax(SURE)[0]),
        ("LGT105", "comes out as {:.2f}", softmax(SURE)[0]),
        ("LGT105", "as {:.2f} and 0.5", sigmoid(1)),
        ("LGT401", "can be more certain than {:.2f}", softmax(2 * SURE - 1)[0]),
        ("LGT601", "is one of {:.2f} on the probability", sigmoid(0.5)),
        ("LGT602", "begins at a probability of {:.2f}", sigmoid(0.5)),
    ],
)
def test_a_figure_is_what_it_is_worked_out_to_be(code: str, words: str, figure: float) -> None:
    assert words.format(figure) in " ".join(explain(BY_CODE[code]).split())


def test_a_second_sigmoid_leaves_less_than_half_of_the_gradient() -> None:
    page = " ".join(explain(BY_CODE["LGT102"]).split())
    assert "No score gets more than half of the gradient that it should, and the worst mistakes next to none" in page
    once = sigmoid(np.linspace(-12, 12, 1001))
    for label, worst in ((0, -1), (1, 0)):
        wanted = once - label
        given = (sigmoid(once) - label) * once * (1 - once)
        assert (given / wanted).max() < 0.5
        assert (given / wanted)[worst] < 1e-5
        assert abs(wanted[worst]) > 0.99


def test_a_certain_choice_of_four_is_drawn_less_than_half_the_time() -> None:
    assert "with four actions, a certain choice is drawn less than half the time" in " ".join(
        explain(BY_CODE["LGT605"]).split()
    )
    assert softmax(np.eye(4)[0])[0] < 0.5


@pytest.mark.filterwarnings("ignore:overflow encountered")
def test_numbers_end_where_a_page_says() -> None:
    text = {code: " ".join(explain(BY_CODE[code]).split()) for code in ("LGT701", "LGT702", "LGT705")}
    assert "as soon as a score is about 104 below the largest, with float16 at about 17" in text["LGT701"]
    assert np.exp(np.float32([-103, -104])).tolist() == [pytest.approx(1.4e-45), 0]
    assert np.float16(np.exp([-17.0, -17.5])).tolist() == [pytest.approx(6e-8, rel=0.01), 0]
    assert "(at about 17 with float32)" in text["LGT702"]
    assert (1 - np.float32(sigmoid([16.5, 17.5]))).tolist() == [pytest.approx(6e-8, rel=0.01), 0]
    assert "a score above 88 is infinite in float32, above 11 in float16" in text["LGT705"]
    assert np.isfinite(np.exp(np.float32([88, 89]))).tolist() == [True, False]
    assert np.isfinite(np.exp(np.float16([11, 11.5]))).tolist() == [True, False]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
def test_every_page_names_where_a_library_says_so(rule: Rule) -> None:
    _, references = explain(rule).split("\n## References\n\n")
    for line in references.splitlines():
        assert re.fullmatch(r"- <https://[a-z.]+/[\w./#-]+>", line)
