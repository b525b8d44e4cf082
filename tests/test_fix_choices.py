"""Where two answers are honest, both are shown and none is made: also of rules that have a repair elsewhere."""

from __future__ import annotations

import pytest
from repairing import FILE, repair

from logitlint.fixes.safety import Applicability
from logitlint.rules import RULES

ON = [rule.code for rule in RULES if rule.default]
KERAS = "from keras import Sequential\nfrom keras.layers import Dense\n\n"
UNIT = f"{KERAS}net = Sequential([Dense(1, activation='softmax')])\n"
TORCH = "import torch.nn.functional as F\nfrom torch import nn\n\nhead = nn.Linear(8, 3)\n\n\ndef loss(x, y):\n"


@pytest.mark.parametrize(
    ("code", "text", "words"),
    [
        (
            "LGT304",
            f"{UNIT}net.compile(loss='categorical_crossentropy')\n",
            ("Two classes: ", "More classes: "),
        ),
        (
            "LGT203",
            f"{TORCH}    return F.nll_loss(head(x).sigmoid(), y)\n",
            ("One class to a sample: ", "Any number of labels to a sample: "),
        ),
        (
            "LGT204",
            f"{TORCH}    return F.binary_cross_entropy(F.log_softmax(head(x), 1), y)\n",
            ("One class to a sample: ", "Any number of labels to a sample: "),
        ),
    ],
)
def test_a_choice_is_shown(code: str, text: str, words: tuple[str, str]) -> None:
    result, changed = repair({FILE: text}, ON)
    assert not changed
    assert not result.discarded
    (finding,) = [each for report in result.reports for each in report.findings]
    assert finding.code == code
    assert finding.fix is not None
    assert finding.fix.applicability is Applicability.DISPLAY
    assert not finding.fix.edits
    assert all(each in finding.fix.message for each in words)


def test_one_unit_beside_a_binary_loss_has_one_answer() -> None:
    text = f"{UNIT}net.compile(loss='binary_crossentropy')\n"
    assert repair({FILE: text}, ON)[1] == {FILE: text.replace("'softmax'", "'sigmoid'")}


def test_a_regression_is_not_compared_with_zero() -> None:
    text = f"{KERAS}net = Sequential([Dense(1)])\nnet.compile(loss='mse')\nprint(net.predict(1).argmax(-1))\n"
    assert repair({FILE: text}, ON)[1] == {}
    other = text.replace("net.compile(loss='mse')\n", "")
    assert repair({FILE: other}, ON)[1] == {FILE: other.replace("net.predict(1).argmax(-1)", "net.predict(1) > 0")}


@pytest.mark.parametrize("scores", ["p + 1e-8", "[p + 1e-8, p + 1e-8][i]"])
def test_where_nothing_can_be_done_the_activation_is_named(scores: str) -> None:
    head = "import torch\nimport torch.nn.functional as F\nfrom torch import nn\n\nhead = nn.Linear(8, 3)\n\n\n"
    text = f"""{head}def drawn(scores):
    noise = -torch.empty_like(scores).exponential_().log()
    return F.softmax(scores + noise, dim=-1)


def step(x, i):
    p = torch.softmax(head(x), dim=-1)
    print(p)
    return drawn({scores})
"""
    result, changed = repair({FILE: text}, ["LGT605"])
    findings = [each for report in result.reports for each in report.findings]
    assert not changed
    assert [finding.fix and finding.fix.message for finding in findings] == ["Use what `softmax` was applied to"]


@pytest.mark.parametrize("written", ["F.relu(head(x))", "head(x).relu().view(-1, 3)", "nn.ReLU()(head(x))"])
def test_an_activation_that_is_no_scale_of_probabilities_is_named(written: str) -> None:
    result, changed = repair({FILE: f"{TORCH}    return F.nll_loss({written}, y)\n"}, ["LGT202"])
    (finding,) = [each for report in result.reports for each in report.findings]
    assert not changed
    assert finding.fix is not None
    assert finding.fix.applicability is Applicability.DISPLAY
    assert finding.fix.message.lower() == "put `log_softmax` in the place of `relu`"


def test_one_column_of_a_softmax_is_not_advised_about() -> None:
    text = f"{TORCH}    p = F.softmax(head(x), dim=1)[:, 1]\n    return F.binary_cross_entropy_with_logits(p, y)\n"
    (finding,) = [each for report in repair({FILE: text}, ["LGT102"])[0].reports for each in report.findings]
    assert finding.fix is None  # the scores of one column are not what it was made of


def test_scores_that_were_deleted_are_not_put_in_the_place_of_probabilities() -> None:
    deleted = f"{TORCH}    z = head(x)\n    p = z.softmax(1)\n    del z\n    return F.cross_entropy(p, y)\n"
    assert repair({FILE: deleted}, ON)[1] == {}
    kept = deleted.replace("    del z\n", "")
    assert "cross_entropy(z, y)" in repair({FILE: kept}, ON)[1][FILE]
