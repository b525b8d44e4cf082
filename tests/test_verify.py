"""Repairs proved through the whole pipeline: found, proposed, made in memory, judged again, tried, told."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from msgspec.structs import replace

from logitlint.cli.program import program
from logitlint.documents import Document
from logitlint.findings import Edit, Finding, Fix, Span
from logitlint.fixer import Fixer
from logitlint.fixes.safety import Applicability, Effect
from logitlint.linter import Linter
from logitlint.rules import RULES
from logitlint.runtime import account, page, proof
from logitlint.runtime.verify import Proof, refuted, verify
from logitlint.settings import Settings

FIXTURES = Path(__file__).parent.parent / "fixtures"
EVERY = Settings(enabled=frozenset(rule.code for rule in RULES))


def linted(text: str, *codes: str) -> tuple[Linter, list[Finding]]:
    settings = Settings(enabled=frozenset(codes)) if codes else EVERY
    linter = Linter(settings, repairs=True)
    return linter, list(linter.check_text(text, "program.py").findings)


@pytest.fixture(scope="module")
def examples() -> dict[str, Proof]:
    """The proof of every rule's own repair."""
    linter = Linter(EVERY, repairs=True)
    found = [
        next(
            finding for finding in linter.check_text(rule.bad, f"{rule.code}.py").findings if finding.code == rule.code
        )
        for rule in RULES
    ]
    repaired = [finding for finding in found if finding.fix is not None and finding.fix.edits]
    return {each.finding.code: each for each in verify(linter, repaired)}


def test_every_repair_of_a_rules_own_example_is_verified(examples: dict[str, Proof]) -> None:
    words = {code: (each.verified.status, each.verified.reason) for code, each in examples.items()}
    assert {code for code, (status, _) in words.items() if status != proof.VERIFIED} == set(), words
    assert len(words) > 15


def test_same_value_repairs_agree_where_the_original_is_finite(examples: dict[str, Proof]) -> None:
    same = [each for each in examples.values() if each.finding.fix and each.finding.fix.effect is Effect.SAME_VALUE]
    assert same
    for each in same:
        for measured in each.outcomes[0].measured:
            assert measured.after is not None
            assert measured.after.not_finite == 0
        # In half precision a far smaller probability is the same number.
        assert each.outcomes[0].measured[0].before.agrees_to > 0 or each.outcomes[0].measured[0].before.raised


WRONG = {
    "unwrap": (
        "LGT101",
        "import torch.nn.functional as F\nfrom torch import nn\n\nhead = nn.Linear(8, 10)\n\n\n"
        "def loss(x, y):\n    return F.cross_entropy(F.softmax(head(x), dim=1), y)\n",
        "F.softmax(head(x), dim=1)",
        "F.relu(head(x))",
    ),
    "replace_callee": (
        "LGT203",
        "import torch.nn.functional as F\nfrom torch import nn\n\nhead = nn.Linear(8, 10)\n\n\n"
        "def loss(x, y):\n    return F.nll_loss(F.softmax(head(x), dim=1), y)\n",
        "F.softmax(",
        "F.softmin(",
    ),
    "replace_loss": (
        "LGT202",
        "import torch.nn.functional as F\nfrom torch import nn\n\nhead = nn.Linear(8, 10)\n\n\n"
        "def loss(x, y):\n    return F.nll_loss(head(x), y)\n",
        "F.nll_loss",
        "F.multi_margin_loss",
    ),
    "set_keyword": (
        "LGT205",
        "import torch.nn.functional as F\nfrom torch import nn\n\n"
        "head, teacher = nn.Linear(8, 10), nn.Linear(8, 10)\n\n\n"
        "def loss(x):\n    wanted = F.log_softmax(teacher(x), dim=1)\n"
        "    return F.kl_div(F.log_softmax(head(x), dim=1), wanted, reduction='batchmean')\n",
        "reduction='batchmean'",
        "reduction='sum'",
    ),
    "drop_layer": (
        "LGT102",
        "import torch\nfrom torch import nn\n\nnet = nn.Sequential(nn.Linear(8, 4), nn.Sigmoid())\n\n\n"
        "def loss(x, y):\n    return nn.functional.binary_cross_entropy_with_logits(net(x), y)\n",
        "nn.Sigmoid()",
        "nn.Tanh()",
    ),
    "fuse": (
        "LGT701",
        "import torch\n\n\ndef scored(x):\n    return torch.log(torch.softmax(x, dim=1))\n",
        "torch.log(torch.softmax(x, dim=1))",
        "torch.nn.functional.logsigmoid(x)",
    ),
    "compare": (
        "LGT601",
        "import torch\nfrom torch import nn\n\nhead = nn.Linear(8, 1)\n\n\ndef step(x, y):\n    scores = head(x)\n"
        "    loss = nn.functional.binary_cross_entropy_with_logits(scores, y)\n    return loss, scores > 0.5\n",
        "scores > 0.5",
        "scores > 0.25",
    ),
}


def edited(finding: Finding, text: str, before: str, after: str) -> Finding:
    """The finding with another repair."""
    start = text.index(before)
    row, column = text.count("\n", 0, start) + 1, start - (text.rfind("\n", 0, start) + 1) + 1
    span = Span(finding.span.filename, None, row, column, row, column + len(before))
    return replace(finding, fix=Fix(Applicability.SAFE, Effect.CHANGES_LOSS, "wrong", (Edit(span, after),)))


@pytest.fixture(scope="module")
def tried() -> tuple[Linter, dict[str, tuple[Proof, Proof]]]:
    """For each verb the proof of a wrong repair and that of the right one."""
    linter = Linter(EVERY, repairs=True)
    cases: list[Finding] = []
    for verb, (code, text, before, after) in WRONG.items():
        report = linter.check_text(text, f"{verb}.py")
        (right,) = [finding for finding in report.findings if finding.code == code]
        cases += [edited(right, text, before, after), right]
    proofs = iter(verify(linter, cases))
    return linter, {verb: (next(proofs), next(proofs)) for verb in WRONG}


@pytest.mark.parametrize("verb", WRONG)
def test_a_wrong_repair_is_refuted_and_the_right_one_is_not(
    verb: str, tried: tuple[Linter, dict[str, tuple[Proof, Proof]]]
) -> None:
    wrong, right = tried[1][verb]
    assert wrong.verified.status == proof.REFUTED
    assert right.verified.status == proof.VERIFIED, right.verified.reason


def test_the_refuted_are_told_with_the_framework(tried: tuple[Linter, dict[str, tuple[Proof, Proof]]]) -> None:
    linter, proofs = tried
    found = refuted(linter, [each.finding for each in proofs["unwrap"]])
    assert found.keys() == {0}
    assert found[0].startswith("refuted on torch 2")


def test_a_refuted_repair_is_not_made() -> None:
    text = WRONG["unwrap"][1]
    fixer = Fixer(EVERY, unsafe=True, refuted=lambda _, findings: dict.fromkeys(range(len(findings)), "refuted"))
    result = fixer.repair(["program.py"], {"program.py": Document.of(text.encode(), "program.py")})
    assert not result.after
    assert [(each.finding.code, each.refuted) for each in result.discarded] == [("LGT101", True)]


def test_without_a_repair_the_mistake_is_still_measured() -> None:
    linter, (finding,) = linted(WRONG["unwrap"][1], "LGT101")
    (found,) = verify(linter, [replace(finding, fix=None)])
    assert found.verified.status == proof.INCONCLUSIVE
    assert found.verified.reason == "there is no repair to prove"
    assert found.outcomes[0].floor == pytest.approx(1.4612, abs=1e-4)


# -- the command -----------------------------------------------------------------------------------------------------


def invoke(*arguments: str) -> Result:
    return CliRunner().invoke(program, arguments, standalone_mode=False)


@pytest.fixture(scope="module")
def tour(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, str]:
    """What `verify` says of the tour, and its page."""
    html = tmp_path_factory.mktemp("tour") / "report.html"
    result = invoke("verify", "--isolated", "--html", str(html), str(FIXTURES / "tour"))
    assert result.return_value == 0, result.output
    return result.output, html.read_text()


def test_the_tour_is_proved(tour: tuple[str, str]) -> None:
    output, _ = tour
    assert re.search(r"\n\d\d repairs verified, 0 refuted, \d inconclusive\n$", output)
    assert "torch" in output
    assert "which is what a perfect prediction costs" in output


def test_json_says_what_was_measured(tmp_path: Path) -> None:
    file = tmp_path / "train.py"
    file.write_text(WRONG["unwrap"][1])
    (told,) = json.loads(invoke("verify", "--isolated", "--output-format", "json", str(file)).output)
    verified = told["verified"]
    assert (verified["status"], verified["reason"]) == ("verified", None)
    assert verified["framework"].startswith("torch 2")
    (measured,) = verified["measured"]
    assert measured["formula"] == "cross entropy"
    assert measured["floor"] == pytest.approx(1.4612, abs=1e-4)
    assert (
        measured["errors"]["float64"]["after_value_error"] < 1e-10 < measured["errors"]["float64"]["before_value_error"]
    )


def test_check_fills_in_what_is_verified(tmp_path: Path) -> None:
    file = tmp_path / "train.py"
    file.write_text(WRONG["unwrap"][1])
    plain = json.loads(invoke("check", "--isolated", "--output-format", "json", str(file)).output)
    proved = json.loads(invoke("check", "--isolated", "--verify", "--output-format", "json", str(file)).output)
    assert plain[0]["verified"] is None
    assert proved[0]["verified"]["status"] == "verified"


def test_fix_and_verify(tmp_path: Path) -> None:
    file = tmp_path / "train.py"
    file.write_text(WRONG["unwrap"][1])
    assert invoke("check", "--isolated", "--fix", "--verify", str(file)).return_value == 0
    assert "F.cross_entropy(head(x), y)" in file.read_text()


# -- the page --------------------------------------------------------------------------------------------------------


def test_the_page_stands_alone_and_escapes_what_it_quotes(tour: tuple[str, str]) -> None:
    _, html = tour
    assert not re.search(r"<(script|link|img)\b|@import|url\(", html)
    assert html.count("<svg") == 2 * html.count('data-what="loss"') > 0
    linter, (finding,) = linted(WRONG["unwrap"][1], "LGT101")
    (found,) = verify(linter, [finding])
    hostile = replace(found.finding, message="<script>alert(1)</script>", span=replace(finding.span, filename="<b>.py"))
    rendered = page.render([replace(found, finding=hostile)])
    assert "<script>" not in rendered
    assert "<b>.py" not in rendered


def test_the_plots_show_the_floor_and_the_right_loss(tour: tuple[str, str]) -> None:
    _, html = tour
    shown = re.search(r'data-what="loss"\s+data-before="([^"]+)" data-after="([^"]+)"', html)
    assert shown is not None
    before, after = ([float(number) for number in numbers.split()] for numbers in shown.groups())
    assert min(before) > 1 > min(after) >= 0


def test_counts_are_told_in_one_line() -> None:
    assert account.summary([]) == "0 repairs verified, 0 refuted, 0 inconclusive"


def test_nothing_is_imported_from_the_checked_code(tmp_path: Path) -> None:
    trap = "import pathlib\npathlib.Path(__file__).with_name('sprung').write_text('')\n"
    (tmp_path / "torch.py").write_text(trap)
    (tmp_path / "train.py").write_text(trap + WRONG["unwrap"][1])
    run = subprocess.run(
        [sys.executable, "-m", "logitlint", "verify", "--isolated", "train.py"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parent.parent)},
    )
    assert "1 repair verified" in run.stdout, run.stdout + run.stderr
    assert not (tmp_path / "sprung").exists()
