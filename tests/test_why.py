"""`logitlint why`: what is known on a line, and what each rule makes of it."""

import json
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import traces
from msgspec.structs import replace

from logitlint.cli import main
from logitlint.findings import Span
from logitlint.frameworks.vocabulary import Fact, Role, Want
from logitlint.inference.trace import Taken, Trace, Use, Via
from logitlint.inference.values import Cause, Tensor, Unknown
from logitlint.inquiry import Answer, NoSuchPlaceError, ask
from logitlint.kinds import NOTHING, Kind
from logitlint.linter import KNOWN, Linter
from logitlint.reporters.why import render
from logitlint.rules import RULES, interest
from logitlint.rules.interest import Interest, asks_for, interests
from logitlint.rules.rule import Rule, Verdict
from logitlint.settings import Settings, enabled

UNCALLED = "which nobody in this file or what it imports calls"
PROGRAM = """\
import torch
import torch.nn.functional as F
from torch import nn
from somewhere import load


class Net(nn.Module):
    def __init__(self, use_softmax=False):
        super().__init__()
        self.fc = nn.Linear(10, 5)
        self.use_softmax = use_softmax

    def forward(self, x):
        x = self.fc(x)
        if self.use_softmax:
            x = F.softmax(x, 1)
        return x


def train(flag, x, y):
    criterion = nn.CrossEntropyLoss()
    loss = criterion(Net(flag)(x), y)
    loss = criterion(Net(True)(x), y)
    loss = criterion(Net()(x), y)
    loss = criterion(load(x), y)
    hidden = criterion(Net(True)(x), y)  # noqa: LGT101
    return loss
    loss = criterion(load(x), y)


def sort_out(z, kind="a"):
    p = torch.sigmoid(z)
    loss = nn.BCELoss()(p, z > 0)
    low = nn.Tanh()(z)

    # nothing but a comment
    model = {"a": nn.Linear(3, 1), "b": nn.ReLU()}[z.kind]
    torch.argmax(
        torch.log_softmax(z, dim=-1),
    )
    return 1
"""


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a.py").write_text(PROGRAM)
    return "a.py"


def asked(file: str, row: int, cell: int | None = None) -> Answer:
    return ask(Linter(Settings(enabled=enabled([], KNOWN))), file, row, cell)


def values(answer: Answer) -> list[tuple[str, str]]:
    return [(known.name, known.words) for known in answer.values]


def opinions(answer: Answer) -> dict[str, tuple[bool, str]]:
    (event,) = answer.events
    return {each.code: (each.speaks, each.words) for each in event.opinions}


def test_names_are_told_before_and_after(file: str) -> None:
    assert values(asked(file, 16)) == [
        ("F.softmax", "`torch.nn.functional.softmax`"),
        ("x", "raw logits, 5 units"),
        ("x", "softmax probabilities, over axis 1, 5 units"),
    ]


def test_what_is_not_known_comes_with_the_reason(file: str) -> None:
    known = dict(values(asked(file, 25)))
    assert known["load"] == "`somewhere.load`"
    assert known["y"] == f"not known: the parameter `y` of `train`, {UNCALLED} (a.py:20)"
    (event,) = asked(file, 25).events
    assert event.taken[0].words.startswith("not known: `somewhere.load` is not in the tables (a.py:25); it is read as")


def test_the_way_of_an_argument_is_told(file: str) -> None:
    (event,) = asked(file, 23).events
    assert event.what == "CrossEntropyLoss is called"
    assert [(step.span.row, step.message.split(" for ")[0]) for step in event.taken[0].way] == [
        (16, "softmax makes softmax probabilities"),
        (23, "returned by this call"),
        (23, "CrossEntropyLoss takes it"),
    ]


def test_an_operator_is_called_by_its_sign_and_its_method_by_its_name(tmp_path: Path) -> None:
    rows = ["from torch import nn", "net = nn.Linear(3, 1)", "scores = -net(x) / 2", "scores > 0.5", "scores.gt(0.5)"]
    (tmp_path / "a.py").write_text("\n".join(rows))
    for row, name, what in ((4, "`>`", "the operator `>`"), (5, "gt", "gt is called")):
        (event,) = asked(str(tmp_path / "a.py"), row).events
        steps = [step.message.split(" for ")[0] for step in event.taken[0].way]
        assert steps == ["Linear makes raw logits", "`-` keeps it", "`/` keeps it", f"{name} takes it"]
        assert event.what == what


def test_a_rule_that_speaks_and_one_that_does_not(file: str) -> None:
    said = opinions(asked(file, 23))
    assert said["LGT101"][0]
    assert said["LGT101"][1].startswith("softmax probabilities reach CrossEntropyLoss")
    assert "not reported" not in said["LGT101"][1]
    assert said["LGT401"] == (False, "speaks of activations; `input` is softmax probabilities")
    assert [finding.code for finding in asked(file, 23).findings] == ["LGT101"]


def test_what_is_not_certain_is_said_to_be_so(file: str) -> None:
    said = opinions(asked(file, 22))
    assert said["LGT101"] == (
        False,
        "speaks of softmax probabilities; `input` may be softmax probabilities, but also raw logits: not certain",
    )
    assert asked(file, 22).findings == ()


def test_raw_logits_are_no_mistake_and_nothing_known_is_none_either(file: str) -> None:
    assert opinions(asked(file, 24))["LGT101"] == (
        False,
        "speaks of softmax probabilities; `input` is raw logits",
    )
    assert opinions(asked(file, 24))["LGT305"] == (False, "speaks of a single unit; `input` has 5 units")
    assert opinions(asked(file, 25))["LGT101"][1].endswith("what `input` holds is not known")


def test_a_finding_that_a_comment_hides_is_told(file: str) -> None:
    speaks, words = opinions(asked(file, 26))["LGT101"]
    assert speaks
    assert "a comment hides it" in words


def test_opt_in_rules_are_asked_too(file: str) -> None:
    said = {each.code: each.words for event in asked(file, 33).events for each in event.opinions if each.speaks}
    assert said["LGT703"].endswith("(not reported: the rule is not selected)")


def test_an_argument_that_a_rule_wants_to_be_absent_is_named(file: str) -> None:
    (softmax,) = asked(file, 16).events
    assert {each.code: each.words for each in softmax.opinions}["LGT501"] == "speaks where `dim` is not given"


def test_a_value_that_passes_is_told_where_it_is_reported(file: str) -> None:
    assert [(finding.code, finding.span.row) for finding in asked(file, 16).findings] == [("LGT101", 23)]
    (event,) = asked(file, 16).events[:1]
    assert [(span.filename, span.row) for span in event.callers] == [("a.py", 22)]


def test_every_sort_of_value_has_words(file: str) -> None:
    assert dict(values(asked(file, 34)))["low"] == "activations, between -1 and 1"
    assert dict(values(asked(file, 37)))["model"].startswith("one of: a `torch.nn.Linear`")
    assert values(asked(file, 21))[-1] == ("criterion", "a `torch.nn.CrossEntropyLoss`")
    assert ("Net", "the class `Net`") in values(asked(file, 22))


NOTES = """\
import torch.nn.functional as F
from typing import Annotated


def score(x):  # logitlint: returns softmax
    return x


x = load()  # logitlint: sigmoid
y: Annotated[object, "logits"] = load()
z = load()  # logitlint: nonsense
loss = F.cross_entropy(score(x), y)
"""


def test_what_a_note_says_counts(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text(NOTES)

    def words(row: int, name: str) -> str:
        return next(each.words for each in asked(str(tmp_path / "a.py"), row).values if each.name == name)

    assert words(9, "x") == "sigmoid probabilities: the note says so"
    assert words(9, "load").startswith("not known")
    assert words(10, "y") == "raw logits: the annotation says so"
    assert words(11, "z").startswith("not known")
    assert list(render(asked(str(tmp_path / "a.py"), 11)))[1].startswith("  `nonsense` is no kind, so this note says")
    assert asked(str(tmp_path / "a.py"), 10).remarks == ()
    assert words(5, "score") == "a function that returns softmax probabilities: the note says so"
    assert words(5, "x") == "sigmoid probabilities"
    assert words(1, "F") == "`torch.nn.functional`"


def test_a_line_inside_an_expression_of_several(file: str) -> None:
    answer = asked(file, 39)
    assert ("z", f"not known: the parameter `z` of `sort_out`, {UNCALLED} (a.py:31)") in values(answer)
    assert [event.what for event in answer.events] == ["log_softmax is called"]


def test_a_line_that_is_a_part_of_a_statement_is_told_all_of_it(file: str) -> None:
    answer = asked(file, 40)
    assert answer.part == (38, 40)
    assert [event.what for event in answer.events] == ["log_softmax is called", "argmax is called"]
    assert values(answer)[0] == ("torch.argmax", "`torch.argmax`")
    assert list(render(answer))[:2] == ["a.py:40  )", "  a part of the statement on lines 38 to 40; of all of it:"]
    assert asked(file, 39).part is None


def test_the_end_of_a_chain_is_told_its_whole_statement(tmp_path: Path) -> None:
    book = tmp_path / "a.ipynb"
    cells = ["import torch", "p = torch.relu(z) \\\n    .softmax(1)\nloss = torch.nn.BCELoss()(p, y)"]
    book.write_text(json.dumps({"cells": [{"cell_type": "code", "source": each} for each in cells]}))
    answer = asked(str(book), 2, 2)
    assert answer.part == (1, 2)
    assert [event.what for event in answer.events] == ["relu is called", "softmax is called"]


def test_parameters_are_told_where_they_are_written(file: str) -> None:
    assert values(asked(file, 13))[0] == ("self", "an object of the class `Net`")
    assert values(asked(file, 8)) == [
        ("self", "an object of the class `Net`"),
        ("use_softmax", f"not known: the parameter `flag` of `train`, {UNCALLED} (a.py:20)"),
        ("use_softmax", "True"),
        ("use_softmax", "False"),
    ]
    assert (
        dict(values(asked(file, 31)))["kind"] == f"not known: the parameter `kind` of `sort_out`, {UNCALLED} (a.py:31)"
    )


def test_what_is_imported_is_told(file: str) -> None:
    assert values(asked(file, 2)) == [("F", "`torch.nn.functional`")]
    assert values(asked(file, 4)) == [("load", "`somewhere.load`")]


def test_a_condition_is_evaluated(file: str) -> None:
    assert {words for name, words in values(asked(file, 15)) if name == "self.use_softmax"} >= {"True", "False"}


@pytest.mark.parametrize(
    ("row", "words"),
    [
        (5, "the line is empty"),
        (7, "the class `Net` begins here"),
        (36, "no statement stands here"),
        (28, "never reached"),
        (41, "nothing on this line is in the tables"),
    ],
)
def test_silence_has_a_reason(file: str, row: int, words: str) -> None:
    answer = asked(file, row)
    assert words in (answer.silence or "")
    assert not answer.events


def test_a_file_without_a_loss_has_nothing_to_tell(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("1 + 1\n")
    assert "names a loss" in (asked(str(tmp_path / "a.py"), 1).silence or "")


NOTEBOOK = (
    '{"cells": [{"cell_type": "markdown", "source": ""}, {"cell_type": "code", "source": "%time x = F.relu(z)"}, '
)
NOTEBOOK += '{"cell_type": "code", "source": "x = ("}]}'


def test_a_line_of_a_cell(tmp_path: Path) -> None:
    book = tmp_path / "a.ipynb"
    book.write_text(NOTEBOOK)
    answer = asked(str(book), 1, 2)
    assert answer.line == "%time x = F.relu(z)"
    assert ("x", "activations, between 0 and no bound") in values(answer)
    assert "the cell is left out" in (asked(str(book), 1, 3).silence or "")


@pytest.mark.parametrize(
    ("name", "row", "cell", "words"),
    [
        ("a.ipynb", 1, None, "FILE:CELL:LINE"),
        ("a.ipynb", 1, 1, "no code cell 1"),
        ("a.ipynb", 1, 9, "no code cell 9"),
        ("a.ipynb", 2, 2, "1 line in that cell"),
        ("a.ipynb", 0, 2, "1 line in that cell"),
        ("a.py", 1, 1, "no notebook"),
        ("a.py", 9, None, "1 line$"),
        ("bad.py", 1, None, "never closed"),
    ],
)
def test_places_that_do_not_exist(tmp_path: Path, name: str, row: int, cell: int | None, words: str) -> None:
    (tmp_path / "a.ipynb").write_text(NOTEBOOK)
    (tmp_path / "a.py").write_text("x = 1\n")
    (tmp_path / "bad.py").write_text("x = (\n")
    with pytest.raises(NoSuchPlaceError, match=words):
        asked(str(tmp_path / name), row, cell)


def test_a_rule_is_interested_in_what_it_would_speak_of() -> None:
    """Whoever speaks of some kind of an argument is listed for it, whatever the argument holds."""
    use = traces.loss(traces.bare(), Want.CLASS_LOGITS)
    (rule,) = [rule for rule in RULES if rule.code == "LGT101"]
    (found,) = interests(rule, use, Trace([use]))
    assert found.kinds == Kind.SOFTMAX
    assert not traces.says(rule, use)


def ruled(speaks: Callable[[Use], bool], *of: str | None) -> Rule:
    """A rule that speaks of some arguments of such uses (None: of the use as a whole)."""

    def check(use: Use, _trace: Trace) -> Iterator[Verdict]:
        for name in of if speaks(use) else ():
            yield Verdict("a mistake", next((taken for taken in use.taken if taken.parameter == name), None))

    return replace(RULES[0], check=check)


def heard(speaks: Callable[[Use], bool], use: Use, *of: str | None) -> list[tuple[str, Kind, bool]]:
    found = interests(ruled(speaks, *of or ("input",)), use, Trace([use]))
    return [(each.taken.parameter, each.kinds, each.one_unit) for each in found]


def test_what_a_rule_is_asked_about_is_the_use_with_another_value() -> None:
    scores, labels = traces.bare(Kind.LOGITS, units=5), traces.bare(Kind.CLASS_INDEX)
    use = traces.loss(scores, Want.CLASS_LOGITS, labels)

    def is_softmax(use: Use) -> bool:
        return use.taken[0].kind == Kind.SOFTMAX

    told = [("input", Kind.SOFTMAX, False)]
    assert heard(is_softmax, use) == told
    assert heard(lambda use: is_softmax(use) and use.taken[1].value is labels, use) == told
    assert heard(lambda use: is_softmax(use) and use.given["input"] is use.taken[0].value, use) == told
    assert heard(lambda use: is_softmax(use) and use.taken[0].value.units == 5, use) == told
    assert heard(lambda use: is_softmax(use) and use.taken[0].value.made[0].via is Via.CALL, use) == told
    assert heard(lambda use: is_softmax(use) and "input" not in use.given, replace(use, given={})) == told
    assert heard(is_softmax, use, None) == told
    assert heard(is_softmax, use, "target") == []
    assert heard(is_softmax, use, "target", "input") == told
    assert heard(lambda use: True, traces.loss(traces.literal(1), None, labels), "input") == []
    unit = [("input", NOTHING, True)]
    assert heard(lambda use: use.taken[0].value.units == 1 and use.taken[0].kind == Kind.LOGITS, use) == unit
    assert heard(lambda use: is_softmax(use) or use.taken[0].value.units == 1, use) == told


def test_an_argument_that_a_rule_wants_to_be_absent_is_none_that_it_reads() -> None:
    use = traces.loss(traces.bare(), None, given={"option": traces.literal(1)})
    trace = Trace([use])
    assert asks_for(ruled(lambda use: "option" not in use.given, None), use, trace) == "option"
    assert asks_for(ruled(lambda use: "input" not in use.given, None), use, trace) is None
    assert asks_for(ruled(lambda use: False, None), use, trace) is None


def test_a_rule_that_wants_an_argument_to_be_absent_does_not_speak() -> None:
    facts = [Fact.LOSS, Fact.DIVERGENCE]
    use = traces.loss(traces.nobody(), facts=facts, given={"reduction": traces.literal("batchmean")})
    codes = {rule.code for rule in RULES}
    (told,) = [each for each in interest.opinions(use, Trace([use]), codes, set()) if each.code == "LGT803"]
    assert (told.speaks, told.words) == (False, "speaks where `reduction` is not given")


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        (~Kind(0), "what `input` holds is not known"),
        (Kind(0), "what `input` holds is not known"),
        (Kind.SOFTMAX, "`input` is that, but not all else that it asks for is proved"),
        (Kind.SOFTMAX | Kind.LOGITS, "`input` may be softmax probabilities, but also raw logits: not certain"),
        (Kind.LOGITS, "`input` is raw logits"),
    ],
)
def test_why_a_rule_is_quiet(kind: Kind, words: str) -> None:
    taken = Taken("input", Role.PREDICTION, Want.CLASS_LOGITS, Tensor(kind, 1))
    said = Interest(taken, Kind.SOFTMAX, one_unit=False).why_quiet
    assert said == f"speaks of softmax probabilities; {words}"


def test_what_is_no_tensor_is_not_known() -> None:
    taken = Taken("input", Role.PREDICTION, Want.CLASS_LOGITS, Unknown(1, Cause("a parameter")))
    assert Interest(taken, Kind.SOFTMAX, one_unit=False).why_quiet.endswith("what `input` holds is not known")
    assert Interest(taken, Kind(0), one_unit=True).why_quiet.endswith("has an unknown number of units")


# -- the command ------------------------------------------------------------------------------------------------------


def run(monkeypatch: pytest.MonkeyPatch, *arguments: str) -> int:
    monkeypatch.setattr(sys, "argv", ["logitlint", "why", *arguments])
    with pytest.raises(SystemExit) as ended:
        main()
    assert isinstance(ended.value.code, int)
    return ended.value.code


@pytest.mark.parametrize("place", ["a.py:23", "a.py:23:12", "a.py:23:12:"])
def test_the_command_answers(
    file: str, place: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(monkeypatch, place) == 0
    out = capsys.readouterr().out
    assert out.startswith("a.py:23  loss = criterion(Net(True)(x), y)\n")
    assert "  1. a.py:16:17  softmax makes softmax probabilities\n" in out
    assert "LGT101 softmax-into-softmax-loss  SPEAKS  softmax probabilities reach" in out
    assert "LGT401 activation-on-logits       quiet   speaks of activations" in out
    assert "Reported of a value on this line\n  a.py:23:12: LGT101" in out


def test_the_configuration_is_obeyed(
    file: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    Path("pyproject.toml").write_text('[tool.logitlint]\nignore = ["LGT101"]\n')
    assert run(monkeypatch, "a.py:23") == 0
    out = capsys.readouterr().out
    assert "not reported: the rule is not selected" in out
    assert "Reported" not in out


@pytest.mark.parametrize("place", ["a.ipynb:2:1", "a.ipynb:cell 2:1:11"])
def test_the_command_takes_places_in_notebooks(
    tmp_path: Path, place: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a.ipynb").write_text(NOTEBOOK)
    assert run(monkeypatch, place) == 0
    assert capsys.readouterr().out.startswith("a.ipynb:cell 2:1  %time x = F.relu(z)\n")


@pytest.mark.parametrize(
    ("place", "words"),
    [
        ("a.py", "is no place"),
        ("a.py:x", "is no place"),
        ("gone.py:3", "no such file"),
        ("a.py:99", "has 41 lines"),
        ("a.ipynb:1", "FILE:CELL:LINE"),
    ],
)
def test_a_bad_place_is_an_error(
    file: str, place: str, words: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    Path("a.ipynb").write_text(NOTEBOOK)
    assert run(monkeypatch, place) == 2
    assert words in capsys.readouterr().err


def test_silence_is_shown() -> None:
    answer = Answer(Span("a.py", None, 3, 1, 3, 1), "", silence="the line is empty")
    assert list(render(answer)) == ["a.py:3  ", "  the line is empty"]


OBJECTS = """\
import torch
from torch import nn
from functools import partial
import other


class Net(nn.Module):
    pass


net, loss, table, text = Net(), nn.BCELoss(), [1, 2], "words"
both = partial(torch.softmax, dim=1), other, net.parameters
print(net, loss, table, text, Net, torch.softmax)
print(both[0], other, torch.zeros(3))
keep = torch.no_grad()
"""


def test_what_is_no_array_has_words_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a.py").write_text(OBJECTS)
    (tmp_path / "other.py").write_text("x = 1\n")
    known = dict(values(asked("a.py", 13)))
    assert known["net"] == "an object of the class `Net`"
    assert known["loss"] == "a `torch.nn.BCELoss`"
    assert known["table"] == "a list"
    assert known["text"] == "'words'"
    assert known["Net"] == "the class `Net`"
    assert known["torch.softmax"] == "`torch.softmax`"
    assert dict(values(asked("a.py", 14)))["other"] == "the module other.py"
    assert dict(values(asked("a.py", 15)))["keep"] == "a callable"
