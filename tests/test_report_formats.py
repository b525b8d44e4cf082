"""The formats that services read: SARIF, GitHub's commands, GitLab's code quality, reviewdog."""

from __future__ import annotations

import json
import os
import re
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import jsonschema
import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token

from logitlint.findings import (
    INCONCLUSIVE,
    REFUTED,
    VERIFIED,
    Edit,
    Failure,
    Finding,
    Fix,
    Measurement,
    Report,
    Span,
    Step,
    Verified,
)
from logitlint.fixes.safety import Applicability, Effect
from logitlint.linter import KNOWN
from logitlint.printing import unmarked
from logitlint.project.links import repository
from logitlint.reporters import github, gitlab, rdjson, sarif
from logitlint.reporters.surroundings import Level, Surroundings

SCHEMAS = Path(__file__).parent / "schemas"
OUTSIDE = os.environ.get("LOGITLINT_SCHEMAS")
SOURCE = """\
import torch.nn.functional as F

def step(x, y):
    größe = F.softmax(x, 1); return F.cross_entropy(größe, y)
    return F.cross_entropy(größe, y)
"""
HOSTILE = "a%0A::error,x=1::\n](javascript:x)\x1b[31m\udcff.py"


def span(
    filename: str = "src/train.py", row: int = 4, column: int = 36, end: int = 61, cell: int | None = None
) -> Span:
    return Span(filename, cell, row, column, row, end)


def finding(where: Span | None = None, code: str = "LGT101", fix: Fix | None = None) -> Finding:
    where = where or span()
    trace = (Step(Span(where.filename, where.cell, 4, 13, 4, 28), "softmax makes probabilities"), Step(where, "taken"))
    name = next(entry.name for entry in KNOWN if entry.code == code)
    return Finding(code, name, f"softmax reaches it; made at {where.filename}:4", where, trace, fix)


def fixed(*edits: Edit, applicability: Applicability = Applicability.SAFE, where: Span | None = None) -> Finding:
    return finding(where, fix=Fix(applicability, Effect.CHANGES_LOSS, "hand over the logits", edits))


def lines(_span: Span) -> Sequence[str]:
    return SOURCE.splitlines()


def around(root: Path | None = None) -> Surroundings:
    return Surroundings(lines, root or Path.cwd(), KNOWN)


def whole() -> Report:
    return Report()


def reports(findings: Sequence[Finding]) -> dict[str, str]:
    """What each format makes of some findings."""
    return {
        "sarif": "\n".join(sarif.render(findings, around(), whole)),
        "gitlab": "\n".join(gitlab.render(findings, around())),
        "rdjson": "\n".join(rdjson.render(findings, around())),
        "github": "\n".join(github.render(findings, around())),
    }


FIX = Edit(span(column=52, end=57), "x")


def proved(status: str, reason: str | None = None) -> Finding:
    errors = {"float32": {"tolerance": 1e-6}}
    infinite = {"before": "another number", "after": "equal"}
    measured = Measurement(
        "torch 2.13.0", status, None, "cross entropy", 0.9, 1.46, errors, "softmax(softmax(x))", None, infinite
    )
    return msgspec.structs.replace(fixed(FIX), verified=Verified(status, reason, () if reason else (measured,)))


FINDINGS = {
    "none": [],
    "one": [finding()],
    "alike": [finding(), finding(span(row=5, column=12, end=37)), finding(span(row=5, column=12, end=37))],
    "every rule": [finding(code=entry.code) for entry in KNOWN],
    "a notebook": [finding(span("a.ipynb", cell=3))],
    "a hostile name": [finding(span(HOSTILE))],
    "elsewhere": [finding(span("/other/ä.py"))],
    "a place behind the end": [finding(span(row=99, column=1, end=2), "LGT901")],
    "fixed": [fixed(FIX)],
    "fixed in a notebook": [fixed(Edit(span("a.ipynb", cell=3), "x"), where=span("a.ipynb", cell=3))],
    "fixed by hand": [fixed(FIX, applicability=Applicability.DISPLAY)],
    "proved": [proved(VERIFIED), proved(REFUTED), proved(INCONCLUSIVE, "jax is not installed")],
    "fixed in two files": [fixed(FIX, Edit(span("src/model.py"), ""))],
}


@pytest.mark.parametrize("findings", FINDINGS.values(), ids=FINDINGS)
@pytest.mark.parametrize("name", ["sarif", "gitlab", "rdjson"])
def test_a_report_has_its_form(name: str, findings: list[Finding]) -> None:
    text = reports(findings)[name]
    assert text.isascii()
    document = json.loads(text)
    jsonschema.validate(document, json.loads((SCHEMAS / f"{name}.json").read_text()))
    entries = {"sarif": lambda: document["runs"][0]["results"], "gitlab": lambda: document}
    assert len(entries.get(name, lambda: document["diagnostics"])()) == len(findings)
    text.encode()  # no lone surrogates: a strict reader takes it
    json.dumps(document, ensure_ascii=False).encode()


@pytest.mark.skipif(OUTSIDE is None, reason="LOGITLINT_SCHEMAS names no folder with the formats' own schemas")
@pytest.mark.parametrize("findings", FINDINGS.values(), ids=FINDINGS)
def test_a_report_has_the_form_its_makers_ask_for(findings: list[Finding]) -> None:
    made = {name: json.loads(text) for name, text in reports(findings).items() if name != "github"}

    def check(document: object, schema: str) -> None:
        rules = json.loads((Path(str(OUTSIDE)) / schema).read_text())
        jsonschema.validators.validator_for(rules)(rules).validate(document)

    check(made["sarif"], "sarif-schema-2.1.0.json")
    check(made["rdjson"], "DiagnosticResult.json")
    for issue in made["gitlab"]:
        check(issue, "codeclimate.json")


# -- SARIF -------------------------------------------------------------------------------------------------------------


def result(found: Finding, root: Path | None = None) -> dict[str, object]:
    [only] = json.loads("\n".join(sarif.render([found], around(root), whole)))["runs"][0]["results"]
    assert isinstance(only, dict)
    return only


def test_sarif_says_what_was_proved_and_offers_no_repair_that_was_refuted() -> None:
    told = result(proved(VERIFIED))
    assert told["properties"] == {
        "verified": {
            "status": "verified",
            "framework": "torch 2.13.0",
            "reason": None,
            "measured": [
                {
                    "framework": "torch 2.13.0",
                    "status": "verified",
                    "trouble": None,
                    "formula": "cross entropy",
                    "cosine": 0.9,
                    "floor": 1.46,
                    "errors": {"float32": {"tolerance": 1e-6}},
                    "reads": "softmax(softmax(x))",
                    "warning": None,
                    "infinite": {"before": "another number", "after": "equal"},
                }
            ],
        }
    }
    assert "fixes" in told
    told = result(proved(REFUTED))
    assert told["properties"]["verified"]["status"] == "refuted"  # type: ignore[index, call-overload]
    assert "fixes" not in told
    assert "properties" not in result(finding())


def test_sarif_tells_the_values_way() -> None:
    [flow] = result(finding())["codeFlows"]  # type: ignore[misc, attr-defined]
    steps = [step["location"] for step in flow["threadFlows"][0]["locations"]]
    assert [step["message"]["text"] for step in steps] == ["softmax makes probabilities", "taken"]
    assert [step["physicalLocation"]["region"]["startColumn"] for step in steps] == [13, 36]
    assert "codeFlows" not in result(Finding("LGT501", "softmax-without-dim", "m", span()))


def test_sarif_rules_are_found_by_their_index() -> None:
    log = json.loads("\n".join(sarif.render([finding(code=entry.code) for entry in KNOWN], around(), whole)))
    [run] = log["runs"]
    rules = run["tool"]["driver"]["rules"]
    for each, entry in zip(run["results"], KNOWN, strict=True):
        rule = rules[each["ruleIndex"]]
        assert (rule["id"], each["level"]) == (entry.code, rule["defaultConfiguration"]["level"])
        assert rule["defaultConfiguration"]["enabled"] is entry.default
        assert entry.bad.strip() in rule["help"]["markdown"]
        assert "\n" not in rule["fullDescription"]["text"]


def place(found: Finding, root: Path | None = None) -> object:
    locations = result(found, root)["locations"]
    assert isinstance(locations, list)
    return locations[0]["physicalLocation"]


def test_sarif_names_files_from_the_root_of_the_repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "sub" / "deep").mkdir(parents=True)
    (tmp_path / ".git").mkdir()
    monkeypatch.chdir(tmp_path / "sub" / "deep")
    root = repository(Path.cwd())
    assert root == tmp_path
    region = {"startLine": 4, "startColumn": 36, "endLine": 4, "endColumn": 61}
    named = {"uri": "sub/deep/a%20b%23.py", "uriBaseId": "%SRCROOT%"}
    assert place(finding(span("a b#.py")), root) == {"artifactLocation": named, "region": region}
    assert place(finding(span(str(tmp_path / "sub/deep/a b#.py"))), root) == place(finding(span("a b#.py")), root)
    outside = {"artifactLocation": {"uri": "file:///%C3%A4.py"}, "region": region}
    assert place(finding(span("/ä.py")), root) == outside


def test_without_a_repository_names_start_at_the_working_directory(tmp_path: Path) -> None:
    assert repository(tmp_path) in (tmp_path, *tmp_path.parents)
    assert Surroundings(lines, tmp_path, KNOWN).path(str(tmp_path / "a" / "b.py")) == "a/b.py"
    assert Surroundings(lines, Path("/"), KNOWN).path("/a/b.py") == "a/b.py"


def test_sarif_says_in_words_where_in_a_notebook_a_finding_is() -> None:
    found = result(finding(span("a.ipynb", cell=3)))
    assert found["message"] == {"text": "cell 3, line 4: softmax reaches it; made at a.ipynb:4"}
    assert place(finding(span("a.ipynb", cell=3))) == {
        "artifactLocation": {"uri": "a.ipynb", "uriBaseId": "%SRCROOT%"},
        "region": {"startLine": 1},
    }


@pytest.mark.parametrize("name", ["sarif", "gitlab", "rdjson"])
def test_a_message_read_as_markdown_holds_no_link_and_no_tag(name: str) -> None:
    live = (
        "www.evil.example.py",
        "https://evil.example/a.py",
        "@somebody.py",
        "fixes #1.py",
        "!2 ~bug %3 &4.py",
        "[x][y].py",
    )
    for hostile in (HOSTILE, "![x](https:x).py", "<img src=x onerror=alert(1)>.py", "<!--</b><https:x>.py", *live):
        said: list[str] = []
        _messages(json.loads(reports([finding(span(hostile))])[name]), said)
        assert len(said) >= 1
        assert not [text for text in said if re.search(r"\]\(|\]\[|<[A-Za-z/!?]|www\.|://|[@#!~%&]\w", text)]


MARKED = {
    "**bold**.py": "* * bold**.py",
    "_it_.py": "_ it_.py",
    "src/__init__.py": "src/__ init__.py",
    "`code`.py": "'code'.py",
    "~~gone~~.py": "~ ~ gone~~.py",
    "$x$.py": "$ x$.py",
    "$`x`$.py": "$ 'x'$.py",
    "{+more+}[-less-].py": "{ +more+}[ -less-].py",
    "&#64;somebody.py": "& # 64;somebody.py",
    "GH-12/gh-3_GL-4.py": "GH- 12/gh- 3_GL- 4.py",
    "deadbeefcafe0123.py": "deadbe efcafe 0123.py",
    "x_0123abc.py": "x_0123ab c.py",
    "[[wiki]].py": "[ [wiki]].py",
    ":smile:.py": ": smile:.py",
    "[issue:1].py": "[ issue:1].py",
    "*iteration:4.py": "* iteration:4.py",
    "&1 %1 $1 ~label ^alert#1": "& 1 % 1 $ 1 ~ label ^ alert# 1",
    '~"a label".py': '~ "a label".py',
    "_www.evil.example.py": "_www .evil.example.py",
}
"""Names that Markdown, GitHub or GitLab would make something of, and what stands in a message for each."""
HARMLESS = (
    "src/my_model-2.py",
    "src/_private.py",
    "src/_private_a.ipynb",
    "runs/20240115-103000/train.py",
    "GPT-2/x[0].py",
    "a*b.py",
    "~/x (copy).py",
    "C:\\work\\decade_facade.py",
    "größe+1,5=2.py",
)


@pytest.mark.parametrize("name", ["sarif", "gitlab", "rdjson"])
def test_a_name_in_a_message_is_no_markdown(name: str) -> None:
    markdown = MarkdownIt("commonmark").enable("strikethrough")
    for hostile, shown in {**MARKED, **dict(zip(HARMLESS, HARMLESS, strict=True))}.items():
        report = json.loads(reports([finding(span(hostile))])[name])
        said: list[str] = []
        _messages(report, said)
        assert any(text.endswith(f"made at {shown}:4") for text in said), (hostile, said)
        for text in said:
            assert {each.type for each in _inline(markdown, text)} <= {"text", "text_special"}, text


@pytest.mark.parametrize("name", ["gitlab", "rdjson"])
def test_a_path_that_is_no_message_is_exact(name: str) -> None:
    for hostile in MARKED:
        report = json.loads(reports([finding(span(hostile))])[name])
        [entry] = report if name == "gitlab" else report["diagnostics"]
        assert entry["location"]["path"] == hostile


@settings(deadline=None)
@given(st.lists(st.text("*_~`[]()<>!\\&;:/#@ .-ab1'\"$|é²\u0301", max_size=20), min_size=1, max_size=3))
def test_nothing_in_a_message_is_markdown(names: list[str]) -> None:
    message = f"softmax reaches it; made at {', '.join(f'{each}.py:4' for each in names)}"
    markdown = MarkdownIt("commonmark").enable("strikethrough")
    assert {each.type for each in _inline(markdown, unmarked(message))} <= {"text", "text_special"}


def test_a_long_name_is_looked_through_at_once() -> None:
    for sign in ("*a", "_a/", "__", "~a", "$a", "[+", "a", "[a:", ":a", "<", "www", "@"):
        before = time.process_time()
        unmarked(sign * 5_000)
        assert time.process_time() - before < 5


def _inline(markdown: MarkdownIt, text: str) -> Iterator[Token]:
    """What Markdown makes of a text, which must be one paragraph."""
    opening, inline, closing = markdown.parse(text)
    assert (opening.type, closing.type) == ("paragraph_open", "paragraph_close")
    yield from inline.children or ()


def _messages(value: object, found: list[str]) -> None:
    """The messages anywhere in a report."""
    if isinstance(value, dict):
        for key, each in value.items():
            if key in ("message", "description") and not isinstance(each, dict):
                found.append(each)
            elif key == "message":
                found.append(each["text"])
            else:
                _messages(each, found)
    for each in value if isinstance(value, list) else ():
        _messages(each, found)


def test_sarif_carries_repairs_that_may_be_applied() -> None:
    both = fixed(Edit(span("src/z.py"), ""), FIX, Edit(span(row=1, column=1, end=1), "import x\n"))
    [fix] = result(both)["fixes"]  # type: ignore[misc, attr-defined]
    assert fix["description"] == {"text": "hand over the logits"}
    train, other = fix["artifactChanges"]
    assert train["artifactLocation"]["uri"] == "src/train.py"
    assert other["artifactLocation"]["uri"] == "src/z.py"
    assert [each["insertedContent"]["text"] for each in train["replacements"]] == ["import x\n", "x"]
    for unsuited in (FINDINGS["fixed by hand"], FINDINGS["fixed in a notebook"], [fixed()]):
        assert "fixes" not in result(unsuited[0])


def hashes(*findings: Finding) -> list[str]:
    results = json.loads("\n".join(sarif.render(findings, around(), whole)))["runs"][0]["results"]
    return [each["partialFingerprints"]["primaryLocationLineHash"] for each in results]


def test_a_line_keeps_its_hash_wherever_it_stands() -> None:
    first, second, other = hashes(*FINDINGS["alike"])
    assert len({first, second, other}) == 3
    assert second.partition(":")[0] == other.partition(":")[0] != first.partition(":")[0]
    assert [second[-2:], other[-2:]] == [":1", ":2"]
    assert hashes(finding(span("moved.py")))[0] == first
    assert hashes(finding(code="LGT105"))[0] != first


def test_sarif_tells_what_went_wrong() -> None:
    failed = Report(failures=(Failure("a b.py", "KeyError: 'x'"),))
    [invocation] = json.loads("\n".join(sarif.render([], around(), lambda: failed)))["runs"][0]["invocations"]
    assert invocation["executionSuccessful"] is False
    [notification] = invocation["toolExecutionNotifications"]
    assert notification["message"]["text"] == "internal error, please report it: KeyError: 'x'"
    assert notification["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == "a%20b.py"


# -- GitHub ------------------------------------------------------------------------------------------------------------

COMMAND = re.compile(r"::(?P<command>\w+) (?P<properties>[^:]*)::(?P<message>.*)")


def commands(text: str) -> Iterator[tuple[str, dict[str, str], str]]:
    """The commands in a log, read as the runner reads them."""

    def plain(word: str) -> str:
        for code, character in (("%0D", "\r"), ("%0A", "\n"), ("%3A", ":"), ("%2C", ","), ("%25", "%")):
            word = word.replace(code, character)
        return word

    for line in text.split("\n"):
        found = COMMAND.fullmatch(line)
        assert found is not None, line
        pairs = (pair.partition("=") for pair in found["properties"].split(","))
        yield found["command"], {key: plain(value) for key, _, value in pairs}, plain(found["message"])


def test_github_is_told_the_place_and_the_way() -> None:
    [(command, properties, message)] = commands(reports([finding()])["github"])
    assert command == "error"
    assert properties == {
        "title": "logitlint (LGT101)",
        "file": "src/train.py",
        "line": "4",
        "endLine": "4",
        "col": "36",
        "endColumn": "61",
    }
    assert message.split("\n") == [
        "src/train.py:4:36: LGT101 softmax reaches it; made at src/train.py:4",
        "1. src/train.py:4:13  softmax makes probabilities",
        "2. src/train.py:4:36  taken",
    ]


def test_github_takes_no_columns_of_several_lines_and_no_lines_of_a_notebook() -> None:
    several = finding(Span("a.py", None, 4, 36, 5, 2))
    [(_, properties, _), (_, cell, message)] = commands(reports([several, finding(span("a.ipynb", cell=3))])["github"])
    assert properties == {"title": "logitlint (LGT101)", "file": "a.py", "line": "4", "endLine": "5"}
    assert cell == {"title": "logitlint (LGT101)", "file": "a.ipynb"}
    assert message.startswith("a.ipynb:cell 3:4:36: LGT101 ")


def test_a_name_cannot_give_github_commands() -> None:
    output = reports([finding(span(HOSTILE)), finding(span("x,line=1::y.py"))])["github"]
    first, second = commands(output)
    assert set(first[1]) == set(second[1]) == {"title", "file", "line", "endLine", "col", "endColumn"}
    assert second[1]["file"] == "x,line=1::y.py"
    assert output.count("\n") == 1
    assert "\x1b" not in output
    assert first[2].count("\n") == 2  # the way's steps, nothing of the name


@pytest.mark.parametrize(
    ("code", "level", "command"),
    [("LGT101", Level.ERROR, "error"), ("LGT701", Level.WARNING, "warning"), ("LGT703", Level.NOTE, "notice")],
)
def test_a_level_for_each_kind_of_rule(code: str, level: Level, command: str) -> None:
    assert around().level(code) is level
    [(said, _, _)] = commands(reports([finding(code=code)])["github"])
    assert said == command
    assert result(finding(code=code))["level"] == level.value


# -- GitLab ------------------------------------------------------------------------------------------------------------


def issues(*findings: Finding, of: Callable[[Span], Sequence[str]] = lines) -> list[dict[str, object]]:
    made: list[dict[str, object]] = json.loads("\n".join(gitlab.render(findings, Surroundings(of, Path.cwd(), KNOWN))))
    return made


def test_gitlab_fingerprints_are_unique_and_stay() -> None:
    before = [issue["fingerprint"] for issue in issues(*FINDINGS["alike"])]
    assert len(set(before)) == 3

    def longer(_span: Span) -> Sequence[str]:
        return ["", "", *SOURCE.splitlines()]

    down = [span(row=6), span(row=7, column=12, end=37), span(row=7, column=12, end=37)]
    assert [issue["fingerprint"] for issue in issues(*map(finding, down), of=longer)] == before
    assert issues(finding(span("other.py")))[0]["fingerprint"] not in before
    assert issues(finding(code="LGT105"))[0]["fingerprint"] not in before


def test_gitlab_is_told_the_place() -> None:
    [issue] = issues(finding())
    assert issue["description"] == "LGT101 softmax reaches it; made at src/train.py:4"
    assert issue["location"] == {
        "path": "src/train.py",
        "positions": {"begin": {"line": 4, "column": 36}, "end": {"line": 4, "column": 61}},
    }
    [issue] = issues(finding(span("a.ipynb", cell=3)))
    assert str(issue["description"]).startswith("LGT101 cell 3, line 4: ")


# -- reviewdog ---------------------------------------------------------------------------------------------------------


def diagnostic(found: Finding) -> dict[str, object]:
    [only] = json.loads("\n".join(rdjson.render([found], around())))["diagnostics"]
    assert isinstance(only, dict)
    return only


def test_reviewdog_counts_bytes() -> None:
    assert diagnostic(finding())["location"] == {
        "path": "src/train.py",
        "range": {"start": {"line": 4, "column": 38}, "end": {"line": 4, "column": 65}},
    }
    assert "größe".encode() == SOURCE.splitlines()[3].encode()[4:11]


def test_reviewdog_is_suggested_the_whole_repair() -> None:
    [suggestion] = diagnostic(fixed(FIX))["suggestions"]  # type: ignore[misc, attr-defined]
    assert suggestion == {"range": {"start": {"line": 4, "column": 54}, "end": {"line": 4, "column": 61}}, "text": "x"}
    two = fixed(Edit(span(row=5, column=28, end=33), "x"), Edit(span(row=4, column=5, end=28), "pass"))
    [suggestion] = diagnostic(two)["suggestions"]  # type: ignore[misc, attr-defined]
    assert suggestion["range"] == {"start": {"line": 4, "column": 5}, "end": {"line": 5, "column": 35}}
    assert suggestion["text"] == "pass; return F.cross_entropy(größe, y)\n    return F.cross_entropy(x"


@pytest.mark.parametrize(
    "unsuited",
    [
        finding(),
        fixed(),
        *FINDINGS["fixed by hand"],
        *FINDINGS["fixed in two files"],
        *FINDINGS["fixed in a notebook"],
        fixed(FIX, Edit(span(row=30, column=1, end=1), "x")),
    ],
)
def test_reviewdog_is_suggested_nothing_that_is_no_repair_by_itself(unsuited: Finding) -> None:
    assert "suggestions" not in diagnostic(unsuited)


def test_reviewdog_is_told_of_a_notebook_as_a_whole() -> None:
    found = diagnostic(finding(span("a.ipynb", cell=3)))
    assert found["location"] == {"path": "a.ipynb"}
    assert str(found["message"]).startswith("cell 3, line 4: ")
