"""Whose finding is it, where it is placed, and what is told of the value's way."""

import ast
import gc
import weakref
from collections.abc import Iterator
from pathlib import Path

import libcst
import pytest
from msgspec.structs import replace

from logitlint.findings import Finding, Span, combined
from logitlint.inference.settable import Settable
from logitlint.inference.store import Held
from logitlint.inference.values import UserFunction, UserObject
from logitlint.linter import KNOWN, Linter
from logitlint.settings import Settings, enabled

SETTINGS = Settings(enabled=enabled([], KNOWN))

LOSSES = """\
import torch.nn.functional as F


def ce(scores, labels):
    return F.cross_entropy(scores, labels)
"""
PROBS = """\
import torch.nn.functional as F


def probs(x):
    return F.softmax(x, dim=1)
"""


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def check(**files: str) -> dict[str, list[Finding]]:
    """The findings of each file, by the file's stem, in whatever order the files are checked."""
    for name, text in files.items():
        Path(f"{name}.py").write_text(text)
    reports = {name: Linter(SETTINGS).check_text(text, f"{name}.py") for name, text in files.items()}
    together = Linter(SETTINGS)
    for (name, report), again in zip(
        reversed(reports.items()), together.check_paths(f"{name}.py" for name in reversed(files)), strict=True
    ):
        assert again == report, name
        assert not report.failures
    return {name: list(report.findings) for name, report in reports.items()}


def places(findings: dict[str, list[Finding]]) -> list[tuple[str, int]]:
    return [(finding.span.filename, finding.span.row) for each in findings.values() for finding in each]


def way(finding: Finding) -> list[tuple[str, int, str]]:
    return [(step.span.filename, step.span.row, step.message.split()[0]) for step in finding.trace]


def test_the_loss_may_stand_in_a_file_that_cannot_know() -> None:
    found = check(
        losses=LOSSES,
        train="""\
import torch.nn.functional as F
from losses import ce


def step(x, y):
    p = F.softmax(x, dim=1)
    return ce(p, y)
""",
    )
    assert places(found) == [("train.py", 7)]
    [finding] = found["train"]
    assert finding.message.endswith("; made softmax probabilities at train.py:6")
    assert way(finding) == [("train.py", 6, "softmax"), ("train.py", 7, "passed"), ("losses.py", 5, "cross_entropy")]


def test_the_value_may_come_from_a_file_that_cannot_know() -> None:
    found = check(
        probs=PROBS,
        train="""\
import torch.nn.functional as F
from probs import probs


def step(x, y):
    return F.cross_entropy(probs(x), y)
""",
    )
    assert places(found) == [("train.py", 6)]
    assert way(found["train"][0]) == [
        ("probs.py", 5, "softmax"),
        ("train.py", 6, "returned"),
        ("train.py", 6, "cross_entropy"),
    ]


def test_both_may_come_from_elsewhere() -> None:
    found = check(
        losses=LOSSES,
        probs=PROBS,
        train="""\
from losses import ce
from probs import probs


def step(x, y):
    return ce(probs(x), y)
""",
    )
    assert places(found) == [("train.py", 6)]


def test_a_file_that_proves_it_alone_has_it_whoever_calls() -> None:
    found = check(
        steps="""\
import torch.nn.functional as F


def step(x, y):
    p = F.softmax(x, dim=1)
    return F.cross_entropy(p, y)
""",
        train="""\
from steps import step


def train(x, y):
    return step(x, y)
""",
    )
    assert places(found) == [("steps.py", 6)]


def test_so_it_is_when_the_file_calls_it_itself() -> None:
    found = check(
        steps="""\
import torch.nn.functional as F


def step(x, y):
    p = F.softmax(x, dim=1)
    return F.cross_entropy(p, y)


def main(x, y):
    return step(x, y)
""",
        train="""\
from steps import step


def train(x, y):
    return step(x, y)
""",
    )
    assert places(found) == [("steps.py", 6)]


def test_the_same_helper_may_be_misused_in_two_files() -> None:
    helper = LOSSES + ("\n\ndef misuse(x, y):\n    p = F.softmax(x, dim=1)\n    return ce(p, y)\n")
    found = check(
        losses=helper,
        train="""\
import torch.nn.functional as F
from losses import ce


def step(x, y):
    p = F.softmax(x, dim=1)
    return ce(p, y)
""",
    )
    assert places(found) == [("losses.py", 5), ("train.py", 7)]


def test_the_loss_may_be_chosen_by_the_caller() -> None:
    found = check(
        steps="""\
import torch.nn.functional as F


def step(criterion, x, y):
    p = F.softmax(x, dim=1)
    return criterion(p, y)
""",
        middle="""\
from torch import nn
from steps import step


def train(x, y):
    return step(nn.CrossEntropyLoss(), x, y)
""",
        main="""\
from middle import train


def main(x, y):
    return train(x, y)
""",
    )
    assert places(found) == [("middle.py", 6)]
    assert way(found["middle"][0])[-1] == ("steps.py", 6, "CrossEntropyLoss")


def test_the_model_may_be_chosen_by_the_caller() -> None:
    found = check(
        model="""\
import torch.nn.functional as F
from torch import nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.head = nn.Linear(4, 3)

    def forward(self, x):
        return F.softmax(self.head(x), dim=1)
""",
        train="""\
import torch.nn.functional as F


def train(model, x, y):
    return F.cross_entropy(model(x), y)
""",
        main="""\
from model import Net
from train import train


def main(x, y):
    return train(Net(), x, y)
""",
    )
    assert places(found) == [("main.py", 6)]


def test_what_an_import_does_is_the_imported_files_affair() -> None:
    found = check(
        steps="""\
import torch
import torch.nn.functional as F

p = F.softmax(torch.randn(4, 3), dim=1)
loss = F.cross_entropy(p, torch.zeros(4, dtype=torch.long))
""",
        train="from steps import loss\n\nprint(loss)\n",
    )
    assert places(found) == [("steps.py", 5)]


def test_one_mistake_is_told_once_however_many_ways_lead_to_it() -> None:
    found = check(
        train="""\
import torch.nn.functional as F


def step(x, y):
    p = F.softmax(x, dim=1)
    return F.cross_entropy(p, y)


def one(x, y):
    return step(x, y)


def other(x, y):
    return step(x * 2, y)
""",
    )
    assert places(found) == [("train.py", 6)]


def test_many_producers_are_counted_and_a_long_way_is_cut() -> None:
    branches = "".join(
        f"    {'if' if n == 0 else 'elif'} k == {n}:\n        p = F.softmax(x, dim={n})\n" for n in range(5)
    )
    views = "    p = p.view(-1, 3)\n" * 40
    found = check(
        train=f"""\
import torch.nn.functional as F


def step(x, y, k):
{branches}    else:
        p = x.softmax(-1)
{views}    return F.cross_entropy(p, y)
"""
    )
    [finding] = found["train"]
    assert finding.message.endswith("; made softmax probabilities at train.py:6, train.py:8, train.py:10 and 3 more")
    assert len(finding.trace) == 12
    assert finding.trace[0].message == "softmax makes softmax probabilities"
    assert finding.trace[-1].message.startswith("cross_entropy takes it")


def test_on_one_line_the_message_does_not_repeat_the_place() -> None:
    found = check(
        train="import torch.nn.functional as F\n\n\ndef f(x, y):\n    return F.cross_entropy(F.softmax(x, dim=1), y)\n"
    )
    assert "made" not in found["train"][0].message
    assert len(found["train"][0].trace) == 2


def test_a_mistake_of_the_use_as_a_whole_has_no_way() -> None:
    [finding] = check(train="import torch.nn.functional as F\n\n\ndef f(x):\n    return F.softmax(x)\n")["train"]
    assert (finding.code, finding.span.row, finding.trace) == ("LGT501", 5, ())
    assert "made" not in finding.message


@pytest.mark.parametrize(
    ("text", "way"),
    [
        ("z = f(x)  # logitlint: softmax\nF.cross_entropy(z, y)\n", [(2, "note makes softmax probabilities"), (3, "")]),
        (
            "z: Annotated[T, 'softmax'] = f(x)\nF.cross_entropy(z, y)\n",
            [(2, "Annotated makes softmax probabilities"), (3, "")],
        ),
        (
            "def g(p: Annotated[T, 'softmax'], y):\n    F.cross_entropy(p, y)\n",
            [(2, "Annotated makes softmax probabilities"), (3, "")],
        ),
        (
            "def g(x):  # logitlint: returns softmax\n    return x\nF.cross_entropy(g(x), y)\n",
            [(2, "note makes softmax probabilities"), (4, "")],
        ),
    ],
)
def test_the_way_of_a_value_whose_kind_is_stated_begins_there(text: str, way: list[tuple[int, str]]) -> None:
    [finding] = check(a="import torch.nn.functional as F\n" + text)["a"]
    assert [step.span.row for step in finding.trace] == [row for row, _ in way]
    assert finding.trace[0].message == way[0][1]
    assert f"made softmax probabilities at a.py:{way[0][0]}" in finding.message


KINDS = (
    *("logits", "activated", "softmax", "sigmoid", "probability", "log-softmax", "log-sigmoid", "log-probability"),
    *("one-hot", "class-index", "decision", "loss", "parameter"),
)


def test_a_note_that_names_no_kind_is_told() -> None:
    text = LOSSES + "z = f()  # logitlint: sofmax\nw = f()  # logitlint: logits\nv = f()  # logitlint: zzz\n"
    text += "u = f()  # logitlint: retruns logits\n"
    report = Linter(SETTINGS).check_text(text, "a.py")
    assert [(remark.span.row, remark.span.column, remark.message) for remark in report.remarks] == [
        (6, 10, "`sofmax` is no kind, so this note says nothing; did you mean `softmax`?"),
        (8, 10, f"`zzz` is no kind, so this note says nothing; the kinds are {', '.join(KINDS)}"),
        (9, 10, "`retruns logits` is no kind, so this note says nothing; did you mean `returns logits`?"),
    ]
    assert combined([report, report]).remarks == 2 * report.remarks
    assert not report.findings


def test_a_file_is_parsed_once_findings_or_not(monkeypatch: pytest.MonkeyPatch) -> None:
    parsed: list[str] = []
    parse = ast.parse

    def counted(text: str) -> ast.Module:
        parsed.append(text)
        return parse(text)

    monkeypatch.setattr(ast, "parse", counted)
    monkeypatch.setattr(libcst, "parse_module", lambda _: pytest.fail("LibCST is for repairs"))
    text = LOSSES + PROBS + "\n\ndef step(x, y):\n    return ce(probs(x), y)\n"
    Path("losses.py").write_text(LOSSES)
    own = "from losses import ce\n" + PROBS + "\n\ndef step(x, y):\n    return ce(probs(x), y)\n"
    linter = Linter(SETTINGS)
    assert [finding.span.row for finding in linter.check_text(text, "one.py").findings] == [5]
    assert parsed == [text]
    [finding] = linter.check_text(own, "two.py").findings
    assert (finding.span.row, finding.trace[-1].span.filename) == (10, "losses.py")
    assert parsed == [text, own, LOSSES]


def test_what_may_have_been_set_before_is_tried_only_where_something_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    tried: list[str] = []
    methods = Settable._methods

    def noted(self: Settable, instance: UserObject, held: Held) -> Iterator[UserFunction]:
        tried.append(instance.cls.node.name)
        return methods(self, instance, held)

    monkeypatch.setattr(Settable, "_methods", noted)
    text = """\
import torch.nn as nn
import torch.nn.functional as F


class {name}(nn.Module):
    def __init__(self):
        super().__init__()
        self.out = nn.{layer}

    def replace(self):
        {replaced}

    def loss(self, x, y):
        return F.cross_entropy(self.out(x), y)
"""
    plain = "self.out = nn.Identity()"
    for name, layer, replaced, findings in [
        ("Right", "Linear(2, 2)", plain, 0),
        ("Wrong", "Softmax(1)", "pass", 1),
        ("Settable", "Softmax(1)", plain, 0),
    ]:
        report = Linter(SETTINGS).check_text(text.format(name=name, layer=layer, replaced=replaced), f"{name}.py")
        assert len(report.findings) == findings, name
    assert tried == ["Wrong", "Settable"]


def test_the_lines_of_a_file_that_has_gone_are_none() -> None:
    assert Linter(SETTINGS).lines(Span("gone.py", None, 1, 1, 1, 2)) == ()


def test_a_loss_whose_value_is_unknown_for_no_told_reason_is_listed_all_the_same() -> None:
    linter = Linter(SETTINGS)
    report = linter.check_text(LOSSES, "losses.py")
    report = replace(report, losses=tuple(replace(loss, cause=None) for loss in report.losses))
    [unresolved] = linter.unresolved(report)
    assert (unresolved.span.row, unresolved.loss, unresolved.reason) == (5, "cross_entropy", "unknown")


def test_modules_that_import_each_other_are_no_trouble() -> None:
    found = check(
        one="import torch.nn.functional as F\nimport two\n\n\ndef probs(x):\n    return F.softmax(x, dim=1)\n",
        two="import torch.nn.functional as F\nfrom one import probs\n\n\n"
        "def f(x, y):\n    return F.cross_entropy(probs(x), y)\n",
    )
    assert places(found) == [("two.py", 6)]


def test_an_import_that_cannot_be_read_is_unknown() -> None:
    Path("broken.py").write_text("def probs(x:\n")
    found = check(train="import torch.nn.functional as F\nfrom broken import probs\n\nF.cross_entropy(probs(1), 2)\n")
    assert places(found) == []


def test_several_ways_to_one_place_are_told_together() -> None:
    text = """\
import torch
import torch.nn.functional as F


def ce(scores, y):
    return F.cross_entropy(scores, y)


def first(x, y):
    return ce(torch.softmax(x, 1), y)


def second(x, y):
    probabilities = torch.softmax(x, 1)
    return ce(probabilities, y)


def other(x, y):
    return ce(torch.sigmoid(x), y)
"""
    (finding, other) = check(ways=text)["ways"]
    assert finding.message.endswith("; made softmax probabilities at ways.py:10, ways.py:14")
    assert way(finding) == [
        ("ways.py", 14, "softmax"),
        ("ways.py", 15, "passed"),
        ("ways.py", 10, "softmax"),
        ("ways.py", 10, "passed"),
        ("ways.py", 6, "cross_entropy"),
    ]
    assert (other.code, other.span) == ("LGT103", finding.span)
    assert way(other) == [("ways.py", 19, "sigmoid"), ("ways.py", 19, "passed"), ("ways.py", 6, "cross_entropy")]


@pytest.mark.parametrize(("line", "edits"), [("", 1), ("(y): int\n", 0)])
def test_where_libcst_reads_nothing_a_finding_keeps_its_advice(line: str, edits: int) -> None:
    text = (
        "import torch.nn.functional as F\n"
        + line
        + "\n\ndef f(x, y):\n    return F.cross_entropy(F.softmax(x, 1), y)\n"
    )
    report = Linter(SETTINGS, repairs=True).check_text(text, "a.py")
    assert not report.failures
    [finding] = report.findings
    assert finding.code == "LGT101"
    assert finding.fix is not None
    assert len(finding.fix.edits) == edits


def test_where_room_is_made_the_objects_of_earlier_files_go(monkeypatch: pytest.MonkeyPatch) -> None:
    """Also those in circles, which collecting what is young after each file has made old."""
    using = "import losses\n\n\ndef step(x, y):\n    return losses.ce(x, y)\n"
    Path("losses.py").write_text(LOSSES)
    Path("using.py").write_text(using)
    linter = Linter(SETTINGS)
    monkeypatch.setattr("logitlint.linter.MOST_LOWERED", 0)
    collecting = gc.isenabled()
    gc.disable()
    try:
        [_] = linter.check_paths(["using.py"])
        gc.collect(0)
        kept = weakref.ref(linter.imports)
        linter.imports.circle = linter.imports  # type: ignore[attr-defined]
        [_] = linter.check_paths(["losses.py"])
        assert kept() is None
    finally:
        if collecting:
            gc.enable()
