"""Repairs proved through the whole pipeline: found, proposed, made in memory, judged again, tried, told."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple, get_args

import jsonschema
import pytest
from click.testing import CliRunner, Result
from msgspec.structs import replace

from logitlint.cli.program import program
from logitlint.documents import Document
from logitlint.findings import Edit, Finding, Fix, Span
from logitlint.fixer import Fixer
from logitlint.fixes.safety import Applicability, Effect
from logitlint.fixes.verbs import (
    Activate,
    Compare,
    Construct,
    EndIn,
    Fuse,
    NameAxis,
    Plan,
    RenameKeyword,
    Replace,
    ReplaceMaker,
    SetKeyword,
    SwapArguments,
    Threshold,
    Together,
    Unactivate,
    Unwrap,
    Verb,
)
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


HEAD = """\
import torch
import torch.nn.functional as F
from torch import nn
from torch.distributions import Categorical

head, unit = nn.Linear(8, 10), nn.Linear(8, 1)


"""


class Wrong(NamedTuple):
    """What a verb repairs, and a repair that it must never make: `right` is what stands there, `wrong` what would."""

    verb: type[Verb]
    code: str
    body: str
    right: str
    wrong: str

    @property
    def text(self) -> str:
        return HEAD + self.body


WRONG = {
    "the activation is another": Wrong(
        Unactivate,
        "LGT101",
        "def loss(x, y):\n    return F.cross_entropy(F.softmax(head(x), dim=1), y)\n",
        "F.softmax(head(x), dim=1)",
        "F.relu(head(x))",
    ),
    "the layer is another": Wrong(
        Unactivate,
        "LGT102",
        "net = nn.Sequential(nn.Linear(8, 4), nn.Sigmoid())\n\n\n"
        "def loss(x, y):\n    return F.binary_cross_entropy_with_logits(net(x), y)\n",
        "nn.Sigmoid()",
        "nn.Tanh()",
    ),
    "applied twice still": Wrong(
        Unwrap,
        "LGT105",
        "def scored(x):\n    return F.softmax(F.softmax(head(x), dim=1), dim=1)\n",
        "F.softmax(F.softmax(head(x), dim=1), dim=1)",
        "F.softmax(torch.sigmoid(head(x)), dim=1)",
    ),
    "the maker is another": Wrong(
        ReplaceMaker,
        "LGT203",
        "def loss(x, y):\n    return F.nll_loss(F.softmax(head(x), dim=1), y)\n",
        "F.softmax(",
        "F.softmin(",
    ),
    "the loss is another": Wrong(
        Replace,
        "LGT202",
        "def loss(x, y):\n    return F.nll_loss(head(x), y)\n",
        "F.nll_loss",
        "F.multi_margin_loss",
    ),
    "the keyword is another": Wrong(
        SetKeyword,
        "LGT205",
        "def loss(x):\n    wanted = F.log_softmax(nn.Linear(8, 10)(x), dim=1)\n"
        "    return F.kl_div(F.log_softmax(head(x), dim=1), wanted, reduction='batchmean')\n",
        "reduction='batchmean'",
        "reduction='sum'",
    ),
    "another function of both": Wrong(
        Fuse,
        "LGT701",
        "def scored(x):\n    return torch.log(torch.softmax(head(x), dim=1))\n",
        "torch.log(torch.softmax(head(x), dim=1))",
        "F.logsigmoid(head(x))",
    ),
    "another axis": Wrong(
        NameAxis,
        "LGT501",
        "def scored(x):\n    return F.softmax(head(x))\n",
        "F.softmax(head(x))",
        "F.softmax(head(x), dim=0)",
    ),
    "no distribution either": Wrong(
        RenameKeyword,
        "LGT605",
        "def act(x):\n    return Categorical(logits=F.softmax(head(x), dim=1)).sample()\n",
        "logits=F.softmax(head(x), dim=1)",
        "probs=torch.sigmoid(head(x))",
    ),
    "exchanged with something else": Wrong(
        SwapArguments,
        "LGT802",
        "def loss(x, y):\n    return F.binary_cross_entropy_with_logits(y.float(), head(x))\n",
        "y.float(), head(x)",
        "torch.sigmoid(head(x)), y.float()",
    ),
    "another threshold": Wrong(
        Compare,
        "LGT601",
        "def step(x, y):\n    scores = unit(x)\n"
        "    return F.binary_cross_entropy_with_logits(scores, y), scores > 0.5\n",
        "scores > 0.5",
        "scores > 0.25",
    ),
    "a threshold of probabilities": Wrong(
        Threshold,
        "LGT603",
        "def chosen(x):\n    return torch.argmax(unit(x), dim=-1)\n",
        "torch.argmax(unit(x), dim=-1)",
        "unit(x) > 0.5",
    ),
    "constructed, and then given something else": Wrong(
        Construct,
        "LGT801",
        "def loss(x, y):\n    return nn.CrossEntropyLoss(head(x), y)\n",
        "nn.CrossEntropyLoss(head(x), y)",
        "nn.CrossEntropyLoss()(torch.sigmoid(head(x)), y)",
    ),
    "the function first is another": Wrong(
        Activate,
        "LGT604",
        "def drawn(x):\n    return torch.multinomial(head(x), 1)\n",
        "head(x), 1",
        "torch.sigmoid(head(x)), 1",
    ),
    "the model ends in another": Wrong(
        EndIn,
        "LGT201",
        "import keras\n\n\ndef trained(x, y):\n"
        "    net = keras.Sequential([keras.Input((8,)), keras.layers.Dense(10)])\n"
        "    net.compile(loss='kl_divergence')\n    return net.evaluate(x, y, verbose=0)\n",
        "keras.layers.Dense(10)",
        "keras.layers.Dense(10, activation='relu')",
    ),
    "one of two": Wrong(
        Together,
        "LGT703",
        "def loss(x, y):\n    return F.binary_cross_entropy(torch.sigmoid(head(x)), y)\n",
        "F.binary_cross_entropy(",
        "F.binary_cross_entropy_with_logits(",
    ),
}


DOUBLE = WRONG["the activation is another"].text


def edited(finding: Finding, text: str, before: str, after: str) -> Finding:
    """The finding with another repair."""
    start = text.index(before)
    row, column = text.count("\n", 0, start) + 1, start - (text.rfind("\n", 0, start) + 1) + 1
    span = Span(finding.span.filename, None, row, column, row, column + len(before))
    return replace(finding, fix=Fix(Applicability.SAFE, Effect.CHANGES_LOSS, "wrong", (Edit(span, after),)))


def of_fixtures(linter: Linter) -> Iterator[Finding]:
    """Every repair that is made or shown in the fixtures."""
    # Those of `clean` and `kinds` are there for what they do not say.
    homes = [FIXTURES / name for name in ("rules", "projects", "notebooks", "tour")]
    files = (path for home in homes for ext in ("py", "ipynb") for path in sorted(home.rglob(f"*.{ext}")))
    for report in linter.check_paths(str(path) for path in files if not path.name.endswith(".fixed.py")):
        yield from (each for each in report.findings if each.fix is not None and each.fix.edits)


class Proved(NamedTuple):
    examples: dict[str, Proof]
    fixtures: list[Proof]
    backends: list[Proof]
    doubles: dict[str, tuple[Proof, Proof]]
    linter: Linter


@pytest.fixture(scope="module")
def proved() -> Proved:
    """The proofs of every rule's own repair, of every fixture's, and of a wrong and the right one for each verb.

    In two batches, to load each framework twice and not more. Keras runs on TensorFlow; one repair of each rule on its
    other backends as well.
    """
    linter = Linter(EVERY, repairs=True)

    def only(text: str, name: str, code: str) -> Finding:
        return next(each for each in linter.check_text(text, f"{name}.py").findings if each.code == code)

    examples = [only(rule.bad, rule.code, rule.code) for rule in RULES]
    examples = [each for each in examples if each.fix is not None and each.fix.edits]
    doubles: list[Finding] = []
    for number, case in enumerate(WRONG.values()):
        right = only(case.text, f"wrong_{number}", case.code)
        doubles += [edited(right, case.text, case.right, case.wrong), right]
    proofs = iter(verify(linter, [*examples, *doubles], "tensorflow"))
    of_rules = {each.code: next(proofs) for each in examples}
    files = Linter(EVERY, repairs=True)  # one that was given nothing but files finds their modules by their folders
    of_files = verify(files, list(of_fixtures(files)), "tensorflow")
    on_keras = {
        each.finding.code: each.finding for each in of_files if any("keras" in name for name in frameworks(each))
    }
    others = [each for backend in ("jax", "torch") for each in verify(files, list(on_keras.values()), backend)]
    return Proved(of_rules, of_files, others, {name: (next(proofs), next(proofs)) for name in WRONG}, linter)


def frameworks(each: Proof) -> list[str]:
    return [outcome.framework for outcome in each.outcomes]


def test_every_repair_of_a_rules_own_example_is_verified(proved: Proved) -> None:
    words = {code: (each.verified.status, each.verified.reason) for code, each in proved.examples.items()}
    assert {code for code, (status, _) in words.items() if status != proof.VERIFIED} == set(), words
    assert len(words) > 15


INCONCLUSIVE = {
    ("lgt801_loss_constructed_with_tensors.py", "after the repair, nothing is known of the target"),  # MSELoss
    (
        "lgt801_loss_constructed_with_tensors.py",
        "after the repair, there is no formula for what torch.nn.ReLU gives",
    ),
    (  # noise is added, which the program made itself
        "lgt605_probabilities_as_logits.py",
        "after the repair, the value is made of several others",
    ),
    (  # losses over sequences
        "lgt202_logits_into_log_probability_loss.py",
        "torch.nn.CTCLoss cannot be given what it reads: CTCLoss.forward() missing 2 required positional arguments: "
        "'input_lengths' and 'target_lengths'",
    ),
    (  # in TensorFlow 1 the labels had another name
        "lgt102_sigmoid_into_sigmoid_loss.py",
        "tensorflow.nn.weighted_cross_entropy_with_logits cannot be given what it reads: Got an unexpected keyword "
        "argument 'targets'",
    ),
    (
        "lgt101_softmax_into_softmax_loss.py",
        "tensorflow.compat.v2.nn.ctc_loss cannot be given what it reads: Got an unexpected keyword argument 'inputs'",
    ),
}
"""Repairs of the fixtures that no formula speaks of."""


def test_every_repair_of_a_fixture_is_verified_or_says_why_it_cannot_be(proved: Proved) -> None:
    words = [
        (Path(each.finding.span.filename).name, each.finding.span.row, each.verified.status, each.verified.reason)
        for each in proved.fixtures
    ]
    assert [each for each in words if each[2] == proof.REFUTED] == []
    assert {(name, reason) for name, _, status, reason in words if status != proof.VERIFIED} == INCONCLUSIVE
    assert sum(status == proof.VERIFIED for _, _, status, _ in words) > 200


def test_a_repair_is_proved_on_every_framework_it_concerns(proved: Proved) -> None:
    every = [each for each in (*proved.examples.values(), *proved.fixtures) if each.verified.status == proof.VERIFIED]
    assert [each.finding for each in every if {proof.status(one) for one in each.outcomes} != {proof.VERIFIED}] == []
    names = {name.partition(" ")[0] for each in every for name in frameworks(each)}
    assert names == {"torch", "tensorflow", "jax", "keras"}


def test_keras_repairs_are_verified_on_its_other_backends(proved: Proved) -> None:
    words = [(each.finding.code, frameworks(each), each.verified.status) for each in proved.backends]
    assert [each for each in words if each[2] != proof.VERIFIED] == []
    assert {name.split(" on ")[1].partition(" ")[0] for _, names, _ in words for name in names} >= {"jax", "torch"}
    assert len({code for code, _, _ in words}) > 3


def test_same_value_repairs_agree_where_the_original_is_finite(proved: Proved) -> None:
    every = [*proved.examples.values(), *proved.fixtures]
    same = [each for each in every if each.finding.fix and each.finding.fix.effect is Effect.SAME_VALUE]
    same = [each for each in same if each.verified.status == proof.VERIFIED]
    assert same
    for each in same:
        for measured in each.outcomes[0].measured:
            assert measured.after is not None
            assert measured.after.not_finite == 0
        # In half precision a far smaller probability is the same number.
        first = each.outcomes[0].measured[0]
        nowhere = first.before.not_finite == first.batches  # log(1 - softmax of one unit)
        assert first.before.agrees_to > 0 or first.before.raised or nowhere


def test_there_is_a_double_for_each_verb() -> None:
    verbs = {each.__name__ for each in get_args(Plan)}
    assert {case.verb.__name__ for case in WRONG.values()} == verbs - {"Choose"}  # which makes no edit


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_repair_is_refuted_and_the_right_one_is_not(name: str, proved: Proved) -> None:
    wrong, right = proved.doubles[name]
    assert wrong.verified.status == proof.REFUTED, wrong.verified.reason
    assert right.verified.status == proof.VERIFIED, right.verified.reason


def test_the_refuted_are_told_with_the_framework(proved: Proved) -> None:
    found = refuted(proved.linter, [each.finding for each in proved.doubles["the activation is another"]])
    assert found.keys() == {0}
    assert found[0].startswith("refuted on torch 2")


def test_a_refuted_repair_is_not_made() -> None:
    text = DOUBLE
    fixer = Fixer(EVERY, unsafe=True, refuted=lambda _, findings: dict.fromkeys(range(len(findings)), "refuted"))
    result = fixer.repair(["program.py"], {"program.py": Document.of(text.encode(), "program.py")})
    assert not result.after
    assert [(each.finding.code, each.refuted) for each in result.discarded] == [("LGT101", True)]


def test_no_repair_leaves_wrong_what_it_is_to_put_right() -> None:
    # For the mean squared error softmax would move to the call, where the cross entropy is called as well.
    _, (finding,) = linted(
        "import torch.nn.functional as F\nfrom torch import nn\n\n\n"
        "class Soft(nn.Module):\n    def __init__(self):\n        super().__init__()\n"
        "        self.fc = nn.Linear(8, 3)\n\n    def forward(self, x):\n"
        "        return F.softmax(self.fc(x), dim=1)\n\n\n"
        "def chosen(x, y, regression):\n"
        "    criterion = nn.MSELoss() if regression else nn.CrossEntropyLoss()\n    return criterion(Soft()(x), y)\n"
    )
    assert finding.code == "LGT101"
    assert finding.fix is not None
    assert not finding.fix.edits


def test_without_a_repair_the_mistake_is_still_measured() -> None:
    linter, (finding,) = linted(DOUBLE, "LGT101")
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
    file.write_text(DOUBLE)
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
    file.write_text(DOUBLE)
    plain = json.loads(invoke("check", "--isolated", "--output-format", "json", str(file)).output)
    proved = json.loads(invoke("check", "--isolated", "--verify", "--output-format", "json", str(file)).output)
    assert plain[0]["verified"] is None
    assert proved[0]["verified"]["status"] == "verified"
    sarif = json.loads(invoke("check", "--isolated", "--verify", "--output-format", "sarif", str(file)).output)
    schema = json.loads((Path(__file__).parent / "schemas" / "sarif.json").read_text())
    jsonschema.validate(sarif, schema)
    (result,) = sarif["runs"][0]["results"]
    assert result["properties"]["verified"] == proved[0]["verified"]


def test_fix_and_verify(tmp_path: Path) -> None:
    file = tmp_path / "train.py"
    file.write_text(DOUBLE)
    assert invoke("check", "--isolated", "--fix", "--verify", str(file)).return_value == 0
    assert "F.cross_entropy(head(x), y)" in file.read_text()


# -- the page --------------------------------------------------------------------------------------------------------


def test_the_page_stands_alone_and_escapes_what_it_quotes(tour: tuple[str, str]) -> None:
    _, html = tour
    assert not re.search(r"<(script|link|img)\b|@import|url\(", html)
    assert html.count("<svg") == 2 * html.count('data-what="loss"') > 0
    linter, (finding,) = linted(DOUBLE, "LGT101")
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
    (tmp_path / "train.py").write_text(trap + DOUBLE)
    run = subprocess.run(
        [sys.executable, "-m", "logitlint", "verify", "--isolated", "train.py"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parent.parent)},
    )
    assert "1 repair verified" in run.stdout, run.stdout + run.stderr
    assert not (tmp_path / "sprung").exists()
