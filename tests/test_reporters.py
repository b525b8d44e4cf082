import json as standard_json
from collections.abc import Sequence

import pytest

from logitlint.findings import (
    Edit,
    Failure,
    Finding,
    Fix,
    Measurement,
    Report,
    Span,
    Step,
    UnresolvedLoss,
    Verified,
    combined,
)
from logitlint.fixes.safety import Applicability, Effect
from logitlint.inference.trace import Loss
from logitlint.inference.values import Origin
from logitlint.printing import place
from logitlint.reporters import json, text

SOURCE = """import torch

def train(model, x, y):
    p = model(x)

    loss = criterion(p, y)
    return loss
"""


def finding(**changes: object) -> Finding:
    values: dict[str, object] = {
        "code": "LGT101",
        "name": "softmax-into-softmax-loss",
        "message": "softmax probabilities reach cross_entropy; made softmax probabilities at model.py:9",
        "span": Span("train.py", None, 6, 12, 6, 27),
        "trace": (
            Step(Span("model.py", None, 9, 16, 9, 30), "softmax makes softmax probabilities"),
            Step(Span("train.py", None, 4, 9, 4, 17), "returned by this call"),
            Step(Span("train.py", None, 6, 12, 6, 27), "CrossEntropyLoss takes it for raw logits"),
        ),
    }
    return Finding(**{**values, **changes})  # type: ignore[arg-type]


def lines(_span: Span) -> Sequence[str]:
    return SOURCE.splitlines(keepends=True)


def nothing(_span: Span) -> Sequence[str]:
    return ()


def test_concise_is_one_line() -> None:
    assert list(text.concise([finding()])) == [
        "train.py:6:12: LGT101 softmax probabilities reach cross_entropy; made softmax probabilities at model.py:9"
    ]


def test_concise_names_the_cell_of_a_notebook() -> None:
    [line] = text.concise([finding(span=Span("a.ipynb", 3, 6, 12, 6, 27))])
    assert line.startswith("a.ipynb:cell 3:6:12: LGT101 ")


def test_full_shows_the_line_and_the_way() -> None:
    assert "\n".join(text.full([finding()], lines)) == (
        "LGT101 softmax probabilities reach cross_entropy; made softmax probabilities at model.py:9\n"
        " --> train.py:6:12\n"
        "  |\n"
        "4 |     p = model(x)\n"
        "5 |\n"
        "6 |     loss = criterion(p, y)\n"
        "  |            ^^^^^^^^^^^^^^^\n"
        "7 |     return loss\n"
        "  |\n"
        "  path: 1. model.py:9:16  softmax makes softmax probabilities\n"
        "        2. train.py:4:9   returned by this call\n"
        "        3. train.py:6:12  CrossEntropyLoss takes it for raw logits\n"
    )


@pytest.mark.parametrize(
    ("verified", "words"),
    [
        (Verified("verified", None, (Measurement("torch 2.13.0", "verified"),)), "verified on torch 2.13.0"),
        (Verified("inconclusive", "there is no repair to prove"), "inconclusive: there is no repair to prove"),
    ],
)
def test_full_says_what_numbers_say(verified: Verified, words: str) -> None:
    assert f"proof: {words}" in list(text.full([finding(verified=verified)], lines))
    assert "proof:" not in "\n".join(text.full([finding()], lines))


def test_a_mistake_that_is_all_in_one_place_has_no_way() -> None:
    assert "path:" not in "\n".join(text.full([finding(trace=())], lines))


def test_blank_lines_around_the_frame_are_left_out() -> None:
    shown = "\n".join(text.full([finding(span=Span("t.py", None, 3, 5, 3, 10), trace=())], lines))
    assert "1 | import torch\n2 |\n3 | def train" in shown
    assert shown.count("5 |") == 0
    shown = "\n".join(text.full([finding(span=Span("t.py", None, 7, 5, 7, 10), trace=())], lines))
    assert "  |\n6 |     loss = criterion(p, y)\n7 |     return loss" in shown


@pytest.mark.parametrize(
    ("source", "span", "shown", "under"),
    [
        ("f(p,\n  y)\n", Span("t.py", None, 1, 1, 2, 5), "1 | f(p,", "  | ^^^^"),  # to the end of its first line
        ("\tf(p)\n", Span("t.py", None, 1, 2, 1, 6), "1 |     f(p)", "  |     ^^^^"),
        ("s = '模型'; f(p)\n", Span("t.py", None, 1, 11, 1, 15), "1 | s = '模型'; f(p)", "  |             ^^^^"),
        ("s = 'e\u0301'; f\n", Span("t.py", None, 1, 11, 1, 12), "1 | s = 'e\u0301'; f", "  |          ^"),
        ("s = '\x1b[2J'; f\n", Span("t.py", None, 1, 13, 1, 14), "1 | s = '\\x1b[2J'; f", "  |                ^"),
        ("x\n", Span("t.py", None, 1, 9, 1, 9), "1 | x", "  |  ^"),  # a place behind the end of the line
    ],
)
def test_the_carets_stand_under_the_culprit(source: str, span: Span, shown: str, under: str) -> None:
    output = list(text.full([finding(span=span, trace=())], lambda _: source.splitlines(keepends=True)))
    position = output.index(shown)
    assert output[position + 1] == under


def test_a_file_that_has_gone_is_reported_without_a_frame() -> None:
    output = list(text.full([finding()], nothing))
    assert output[1] == " --> train.py:6:12"
    assert output[2].startswith("  path: 1.")


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("a\nb.py", "a\\nb.py"),
        ("\x1b[31m.py", "\\x1b[31m.py"),
        ("\u202etxt.py", "\\u202etxt.py"),
        ("\udcff.py", "\\udcff.py"),
        ("modèle.py", "modèle.py"),
        ("##[add-mask]a.py", "#\\x23[add-mask]a.py"),
        ("##vso[task.setvariable variable=x]a.py", "#\\x23vso[task.setvariable variable=x]a.py"),
        ("###TeamCity[message]a.py", "##\\x23TeamCity[message]a.py"),
        ("##loss[0].py", "##loss[0].py"),
    ],
)
def test_what_would_move_the_cursor_is_escaped(name: str, shown: str) -> None:
    span = Span(name, None, 1, 1, 1, 2)
    [line] = text.concise([finding(span=span, message=f"about {name}")])
    assert line == f"{shown}:1:1: LGT101 about {shown}"
    assert place(span) == f"{shown}:1:1"


@pytest.mark.parametrize("name", ["::error::a.py", " ::stop-commands::b.py"])
def test_a_name_at_the_start_of_a_line_is_no_command_to_a_runner(name: str) -> None:
    [line] = text.concise([finding(span=Span(name, None, 1, 1, 1, 2))])
    assert line.startswith(f"./{name}:1:1: LGT101")


def test_colours_are_the_callers() -> None:
    [line] = text.concise([finding(message="m")], lambda words, role: f"<{role}>{words}</>")
    assert line == "<place>train.py:6:12</>: <code>LGT101</> m"


def test_statistics_come_in_order_of_number() -> None:
    counts = {("LGT102", "b"): 2, ("LGT101", "a"): 2, ("LGT201", "c"): 10}
    assert list(text.statistics(counts)) == ["10\tLGT201\tc", " 2\tLGT101\ta", " 2\tLGT102\tb"]
    assert standard_json.loads("".join(json.statistics(counts))) == [
        {"code": "LGT201", "name": "c", "count": 10},
        {"code": "LGT101", "name": "a", "count": 2},
        {"code": "LGT102", "name": "b", "count": 2},
    ]
    assert list(text.statistics({})) == []


def loss(row: int, resolved: bool) -> Loss:
    return Loss(Origin("a.py", row), "torch.nn.functional.cross_entropy", resolved, None)


@pytest.mark.parametrize(
    ("report", "shown"),
    [
        (Report(), ["All checks passed!", "0 losses seen, 0 resolved"]),
        (Report(losses=(loss(1, True),)), ["All checks passed!", "1 loss seen, 1 resolved"]),
        (
            Report(findings=(finding(),), losses=(loss(1, True), loss(2, False))),
            ["Found 1 finding in 1 file.", "2 losses seen, 1 resolved"],
        ),
        (Report(failures=(Failure("a.py", "KeyError"),)), ["0 losses seen, 0 resolved"]),
        (
            combined([Report(findings=(finding(), finding())), Report(losses=(loss(1, False),))]),
            ["Found 2 findings in 1 file.", "1 loss seen, 0 resolved"],
        ),
    ],
)
def test_the_summary_ends_with_coverage(report: Report, shown: list[str]) -> None:
    assert list(text.summary(report)) == shown


def test_unresolved_losses_say_why() -> None:
    unresolved = UnresolvedLoss(Span("a.py", None, 3, 5, 3, 9), "cross_entropy", "the parameter `p`")
    assert list(text.unresolved([unresolved])) == ["a.py:3:5: cross_entropy not resolved: the parameter `p`"]


def test_json_has_exactly_the_promised_keys() -> None:
    [record] = standard_json.loads("".join(json.render([finding()])))
    assert record == {
        "code": "LGT101",
        "name": "softmax-into-softmax-loss",
        "message": "softmax probabilities reach cross_entropy; made softmax probabilities at model.py:9",
        "url": "https://logitlint.readthedocs.io/rules/softmax-into-softmax-loss/",
        "filename": "train.py",
        "cell": None,
        "location": {"row": 6, "column": 12},
        "end_location": {"row": 6, "column": 27},
        "trace": [
            {
                "filename": "model.py",
                "cell": None,
                "location": {"row": 9, "column": 16},
                "message": "softmax makes softmax probabilities",
            },
            {
                "filename": "train.py",
                "cell": None,
                "location": {"row": 4, "column": 9},
                "message": "returned by this call",
            },
            {
                "filename": "train.py",
                "cell": None,
                "location": {"row": 6, "column": 12},
                "message": "CrossEntropyLoss takes it for raw logits",
            },
        ],
        "fix": None,
        "verified": None,
    }


def test_json_tells_a_fix_with_its_edits() -> None:
    edit = Edit(Span("train.py", None, 6, 22, 6, 23), "logits")
    fix = Fix(Applicability.SAFE, Effect.CHANGES_LOSS, "Use the raw scores", (edit,))
    assert json.encoded(finding(fix=fix))["fix"] == {
        "applicability": "safe",
        "effect": "changes-loss",
        "message": "Use the raw scores",
        "edits": [
            {
                "filename": "train.py",
                "cell": None,
                "location": {"row": 6, "column": 22},
                "end_location": {"row": 6, "column": 23},
                "content": "logits",
            }
        ],
    }


@pytest.mark.parametrize("count", [0, 1, 3])
def test_json_is_one_list_however_many(count: int) -> None:
    assert len(standard_json.loads("\n".join(json.render([finding()] * count)))) == count


def test_json_is_ascii_whatever_the_names() -> None:
    output = "\n".join(json.render([finding(span=Span("\udcff模.py", 2, 1, 1, 1, 2))]))
    assert output.isascii()
    assert standard_json.loads(output)[0]["filename"] == "\udcff模.py"
    assert standard_json.loads(output)[0]["cell"] == 2
