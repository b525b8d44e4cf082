"""Repairs proved through the whole pipeline: found, proposed, made in memory, judged again, tried, told."""

import itertools
import json
import os
import re
import resource
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple, get_args

import jsonschema
import pytest
from click.testing import CliRunner, Result
from msgspec.structs import replace
from test_keras_backends import meaning

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
    Normalise,
    Plan,
    RenameKeyword,
    Replace,
    ReplaceMaker,
    SetKeyword,
    SwapArguments,
    Threshold,
    Together,
    Unactivate,
    Undecide,
    Unguard,
    Unwrap,
    Verb,
)
from logitlint.frameworks import keras_backends
from logitlint.frameworks.keras_backends import BACKENDS
from logitlint.frameworks.vocabulary import Want
from logitlint.kinds import Kind
from logitlint.linter import Linter
from logitlint.rules import RULES
from logitlint.runtime import account, page, proof
from logitlint.runtime.outcomes import EQUAL, NOT_A_NUMBER, REFUSED
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
    "the same function of something else": Wrong(
        Fuse,
        "LGT701",
        "def scored(x):\n    return torch.log(torch.softmax(head(x), dim=1))\n",
        "torch.log(torch.softmax(head(x), dim=1))",
        "F.log_softmax(F.relu(head(x)), dim=1)",
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
    "constructed, but another loss": Wrong(
        Construct,
        "LGT801",
        "def loss(x, y):\n    return nn.CrossEntropyLoss(head(x), y)\n",
        "nn.CrossEntropyLoss(head(x), y)",
        "nn.MultiMarginLoss()(head(x), y)",
    ),
    "constructed, but another error": Wrong(
        Construct,
        "LGT801",
        "def loss(x, y):\n    return nn.MSELoss(unit(x), y)\n",
        "nn.MSELoss(unit(x), y)",
        "nn.L1Loss()(unit(x), y)",
    ),
    "constructed, but another activation": Wrong(
        Construct,
        "LGT801",
        "def hidden(x):\n    return nn.ReLU(head(x))\n",
        "nn.ReLU(head(x))",
        "nn.Softplus()(head(x))",
    ),
    "exchanged, but for another loss": Wrong(
        SwapArguments,
        "LGT802",
        "def loss(x, y):\n    return F.binary_cross_entropy_with_logits(y.float(), head(x))\n",
        "F.binary_cross_entropy_with_logits(y.float(), head(x))",
        "F.soft_margin_loss(head(x), y.float())",
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
    "decided on something else": Wrong(
        Undecide,
        "LGT403",
        "def loss(x, y):\n    answers = (head(x) > 0).float()\n"
        "    return F.binary_cross_entropy_with_logits(answers, y)\n",
        "(head(x) > 0).float()",
        "torch.sigmoid(head(x))",
    ),
    "divided by another sum": Wrong(
        Normalise,
        "LGT705",
        "def scored(x):\n    powers = torch.exp(head(x))\n    return powers / powers.sum(dim=1, keepdim=True)\n",
        "powers / powers.sum(dim=1, keepdim=True)",
        "torch.softmax(torch.sigmoid(head(x)), dim=1)",
    ),
    "the logarithm of another": Wrong(
        Unguard,
        "LGT707",
        "def loss(x, y):\n    scores = torch.log(torch.softmax(head(x), dim=1) + 1e-8)\n"
        "    return F.nll_loss(scores, y)\n",
        "torch.log(torch.softmax(head(x), dim=1) + 1e-8)",
        "F.logsigmoid(head(x))",
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
    backends: dict[str, list[Proof]]
    table: dict[tuple[str, str, bool, str], Proof]
    doubles: dict[str, tuple[Proof, Proof]]
    linter: Linter


KERAS = """\
import keras
from keras import layers

net = keras.Sequential([keras.Input((8,)), layers.Dense(10, activation={activation})])
net.compile(loss=keras.losses.{loss}(from_logits={from_logits}))
"""
CELLS = [
    (activation, loss, from_logits)
    for activation, loss, from_logits in itertools.product(
        ("None", "'softmax'", "'sigmoid'"), ("CategoricalCrossentropy", "BinaryCrossentropy"), (True, False)
    )
    if (activation, from_logits) != ("None", True)
    and (activation, loss, from_logits)
    not in (("'softmax'", "CategoricalCrossentropy", False), ("'sigmoid'", "BinaryCrossentropy", False))
]
"""Every mistake that a model and a cross entropy of Keras can make together: the last activation, the loss."""


@pytest.fixture(scope="module")
def proved() -> Proved:
    """The proofs of every rule's own repair, of every fixture's, of a wrong and the right one for each verb, and of
    every mistake that Keras' backends tell apart.

    All at once, so that each framework is loaded once: one linter is given texts first, and then folders. Keras runs on
    TensorFlow, and then on its other backends.
    """
    linter = Linter(EVERY, repairs=True)

    def only(text: str, name: str, code: str | None = None) -> Finding:
        findings = linter.check_text(text, f"{name}.py").findings
        return next(each for each in findings if code is None or each.code == code)

    examples = [only(rule.bad, rule.code, rule.code) for rule in RULES]
    examples = [each for each in examples if each.fix is not None and each.fix.edits]
    doubles: list[Finding] = []
    for number, case in enumerate(WRONG.values()):
        right = only(case.text, f"wrong_{number}", case.code)
        doubles += [edited(right, case.text, case.right, case.wrong), right]
    names = ("activation", "loss", "from_logits")
    cells = [only(KERAS.format(**dict(zip(names, cell, strict=True))), f"cell_{n}") for n, cell in enumerate(CELLS)]
    fixtures = list(of_fixtures(linter))
    proofs = iter(verify(linter, [*examples, *fixtures, *doubles, *cells], "tensorflow"))
    of_rules, of_files = {each.code: next(proofs) for each in examples}, [next(proofs) for _ in fixtures]
    of_verbs = {name: (next(proofs), next(proofs)) for name in WRONG}
    table = {(*cell, "tensorflow"): next(proofs) for cell in CELLS}
    own = [*of_rules.values(), *of_files]
    on_keras = [each.finding for each in own if any(" on tensorflow" in name for name in frameworks(each))]
    others: dict[str, list[Proof]] = {}
    for backend in ("jax", "torch"):
        proofs = iter(verify(linter, [*on_keras, *cells], backend))
        others[backend] = [next(proofs) for _ in on_keras]
        table |= {(*cell, backend): next(proofs) for cell in CELLS}
    return Proved(of_rules, of_files, others, table, of_verbs, linter)


def frameworks(each: Proof) -> list[str]:
    return [outcome.framework for outcome in each.outcomes]


def test_every_repair_of_a_rules_own_example_is_verified(proved: Proved) -> None:
    words = {code: (each.verified.status, each.verified.reason) for code, each in proved.examples.items()}
    assert {code for code, (status, _) in words.items() if status != proof.VERIFIED} == set(), words
    assert len(words) > 15


def test_every_repair_of_a_fixture_is_verified(proved: Proved) -> None:
    words = [
        (Path(each.finding.span.filename).name, each.finding.span.row, each.verified.status, each.verified.reason)
        for each in proved.fixtures
    ]
    assert [each for each in words if each[2] != proof.VERIFIED] == []
    assert len(words) > 200


def test_a_repair_is_proved_on_every_framework_it_concerns(proved: Proved) -> None:
    every = [each for each in (*proved.examples.values(), *proved.fixtures) if each.verified.status == proof.VERIFIED]
    assert [each.finding for each in every if {proof.status(one) for one in each.outcomes} != {proof.VERIFIED}] == []
    names = {name.partition(" ")[0] for each in every for name in frameworks(each)}
    assert names == {"torch", "tensorflow", "jax", "keras"}


@pytest.mark.parametrize("backend", ["jax", "torch"])
def test_keras_repairs_are_verified_on_the_other_backends(backend: str, proved: Proved) -> None:
    words = [(each.finding.code, each.finding.span, each.verified) for each in proved.backends[backend]]
    assert [each for each in words if each[2].status != proof.VERIFIED] == []
    # What calls TensorFlow as well can run on its backend only.
    on = [name.split(" on ")[1].partition(" ")[0] for each in proved.backends[backend] for name in frameworks(each)]
    assert backend in on
    assert set(on) <= {backend, "tensorflow"}
    assert on.count("tensorflow") == 1
    assert len(words) >= 25


FORMULAS = {
    "softmax": "softmax(x)",
    "softmax of softmax": "softmax(softmax(x))",
    "softmax of sigmoid": "softmax(sigmoid(x))",
    "divided": "sigmoid(x) / sum(sigmoid(x))",
    "sigmoid": "sigmoid(x)",
    "sigmoid of sigmoid": "sigmoid(sigmoid(x))",
    "sigmoid of softmax": "sigmoid(softmax(x))",
    "as they are": "softmax(x)",
}
"""What the words of the table of backends mean, as `verify` says it."""


@pytest.mark.parametrize("backend", BACKENDS)
def test_verify_reproduces_the_table_of_backends(backend: str, proved: Proved) -> None:
    seen = 0
    for loss, behaviours in (("Categorical", keras_backends.CLASSES), ("Binary", keras_backends.LABELS)):
        for each in behaviours:
            activation = "'softmax'" if each.kind is Kind.SOFTMAX else "'sigmoid'"
            from_logits = each.want in (Want.CLASS_LOGITS, Want.LABEL_LOGITS)
            (outcome,) = proved.table[activation, f"{loss}Crossentropy", from_logits, backend].outcomes
            formula, warns = meaning(each.on[backend], each)
            assert outcome.reads == FORMULAS[formula], each
            assert (outcome.warning is not None and "from_logits=True" in outcome.warning) is warns, each
            # what it takes for the probabilities is right, or the loss is another
            right = (
                outcome.reads
                == {"cross entropy": "softmax(x)", "binary cross entropy": "sigmoid(x)"}[outcome.formula or ""]
            )
            single = next(measured for measured in outcome.measured if measured.dtype == "float32")
            assert (single.before.agrees_to >= 10) is right, each
            seen += 1
    assert seen == len(CELLS) - 2  # and raw scores that are read as probabilities, of which no backend knows better
    for loss, reads in (("Categorical", "x / sum(x), clipped"), ("Binary", "x, clipped")):
        (outcome,) = proved.table["None", f"{loss}Crossentropy", False, backend].outcomes
        assert (outcome.reads, outcome.warning) == (reads, None)
        assert {measured.before.agrees_to for measured in outcome.measured} == {0}
        assert proof.status(outcome) == proof.VERIFIED


def test_the_page_shows_the_table_that_verify_gives(proved: Proved) -> None:
    shown = (Path(__file__).parent.parent / "docs" / "verify.md").read_text("utf-8").splitlines()
    lines = []
    for activation, loss, from_logits in CELLS:
        cells = []
        for backend in BACKENDS:
            (outcome,) = proved.table[activation, loss, from_logits, backend].outcomes
            cells.append(f"`{outcome.reads}`" + (", with a warning" if outcome.warning else ""))
        ends = {"None": "nothing"}.get(activation, activation.strip("'"))
        call = f"`{loss}({'from_logits=True' if from_logits else ''})`"
        lines.append(f"| {ends} | {call} | {' | '.join(cells)} |")
    assert [line for line in shown if "Crossentropy(" in line] == lines


def test_of_infinite_scores_a_repair_gives_the_right_number_or_none(proved: Proved) -> None:
    every = [
        *proved.examples.values(),
        *proved.fixtures,
        *(each for several in proved.backends.values() for each in several),
    ]
    words = {one.infinite.after for each in every for one in each.outcomes if one.infinite is not None}
    assert words <= {EQUAL, NOT_A_NUMBER, REFUSED, None}
    equal = [each for each in every for one in each.outcomes if one.infinite and one.infinite.after == EQUAL]
    assert len(equal) > 20


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


class Tour(NamedTuple):
    output: str
    html: str
    seconds: float


@pytest.fixture(scope="module")
def tour(tmp_path_factory: pytest.TempPathFactory) -> Tour:
    """What `verify` says of the tour, its page, and the CPU time of it all, the framework's process included."""
    html = tmp_path_factory.mktemp("tour") / "report.html"
    begun = spent()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(
            "OMP_NUM_THREADS", "1"
        )  # on a busy machine several threads spend their time waiting for one another
        result = invoke("verify", "--isolated", "--html", str(html), str(FIXTURES / "tour"))
    assert result.return_value == 0, result.output
    return Tour(result.output, html.read_text(), spent() - begun)


def spent() -> float:
    """CPU seconds of this process and of those that it has waited for."""
    own, others = resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN)
    return own.ru_utime + own.ru_stime + others.ru_utime + others.ru_stime


def test_the_tour_is_proved(tour: Tour) -> None:
    assert tour.output.endswith("\n13 repairs verified, 0 refuted, 0 inconclusive\n")
    assert "torch" in tour.output
    assert "which is what a perfect prediction costs" in tour.output
    assert "takes softmax(softmax(x)) for the probabilities" in tour.output


def test_the_tour_takes_less_than_twenty_seconds(tour: Tour) -> None:
    assert 1 < tour.seconds < 20  # of CPU: by the clock it depends on who else is there


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


def test_the_page_stands_alone_and_escapes_what_it_quotes(tour: Tour) -> None:
    html = tour.html
    assert not re.search(r"<(script|link|img)\b|@import|url\(", html)
    assert html.count('data-what="loss"') > 5
    sections = html.split("<section ")[1:]
    assert len(sections) == 13
    assert all("<svg" in section for section in sections)
    linter, (finding,) = linted(DOUBLE, "LGT101")
    (found,) = verify(linter, [finding])
    hostile = replace(found.finding, message="<script>alert(1)</script>", span=replace(finding.span, filename="<b>.py"))
    rendered = page.render([replace(found, finding=hostile)])
    assert "<script>" not in rendered
    assert "<b>.py" not in rendered


def test_the_plots_show_the_floor_and_the_right_loss(tour: Tour) -> None:
    html = tour.html
    shown = re.search(r'data-what="loss"\s+data-before="([^"]+)" data-after="([^"]+)"', html)
    assert shown is not None
    before, after = ([float(number) for number in numbers.split()] for numbers in shown.groups())
    assert min(before) > 1 > min(after) >= 0


def test_a_page_without_a_finding_says_so() -> None:
    assert "Nothing was found" in page.render([])


def test_what_cannot_be_run_before_is_drawn_after() -> None:
    linter, (finding,) = linted(WRONG["constructed, but another error"].text, "LGT801")
    (found,) = verify(linter, [finding])
    curve = found.outcomes[0].curve
    assert curve is not None
    assert not curve.before
    assert curve.after == tuple(score**2 for score in curve.scores)
    rendered = page.render([found])
    assert "before, there is no number" in rendered
    assert rendered.count("<polyline") == rendered.count("<svg") == 2


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
