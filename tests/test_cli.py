import io
import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest

from logitlint import __version__, linter
from logitlint.cli import main
from logitlint.inference.imports import Imports
from logitlint.inference.machine import Evaluate
from logitlint.inference.run import Analysis, analyse
from logitlint.linter import KNOWN
from logitlint.project.modules import Project
from logitlint.project.sieve import Sieve
from logitlint.rules.rule import Entry

BAD = """\
import torch.nn.functional as F


def step(x, y):
    p = F.softmax(x, dim=1)
    return F.cross_entropy(p, y)
"""
OPT_IN = """\
import torch
import torch.nn.functional as F


def step(x, y):
    p = torch.sigmoid(x)
    return F.binary_cross_entropy(p, y)
"""
CLEAN = """\
import torch.nn.functional as F


def step(model, x, y):
    return F.cross_entropy(model(x), y)
"""


class Run(NamedTuple):
    code: int
    out: str
    err: str

    @property
    def lines(self) -> list[str]:
        return self.out.splitlines()


Call = Callable[..., Run]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Call:
    """Runs the command line in an empty directory."""
    monkeypatch.chdir(tmp_path)

    def call(*arguments: str) -> Run:
        monkeypatch.setattr(sys, "argv", ["logitlint", *arguments])
        with pytest.raises(SystemExit) as ended:
            main()
        output = capsys.readouterr()
        assert isinstance(ended.value.code, int)
        return Run(ended.value.code, output.out, output.err)

    return call


SUMMARY = ["Found 1 finding in 1 file.", "[*] 1 fixable with the `--fix` option.", "1 loss seen, 1 resolved"]


@pytest.fixture
def bad(tmp_path: Path) -> Path:
    (tmp_path / "bad.py").write_text(BAD)
    return tmp_path / "bad.py"


def test_a_finding_is_told_with_its_frame_and_its_way(run: Call, bad: Path) -> None:
    result = run("check", "bad.py")
    assert result.code == 1
    assert result.lines[0].startswith("LGT101 [*] softmax probabilities ")
    assert result.lines[0].endswith("; made softmax probabilities at bad.py:5")
    assert result.lines[1:] == [
        " --> bad.py:6:12",
        "  |",
        "4 | def step(x, y):",
        "5 |     p = F.softmax(x, dim=1)",
        "6 |     return F.cross_entropy(p, y)",
        "  |            ^^^^^^^^^^^^^^^^^^^^^",
        "  |",
        "  path: 1. bad.py:5:9   softmax makes softmax probabilities",
        "        2. bad.py:6:12  cross_entropy takes it for raw logits; it applies softmax itself",
        "help: Use the raw scores: `softmax` is not wanted here",
        "",
        "Found 1 finding in 1 file.",
        "[*] 1 fixable with the `--fix` option.",
        "1 loss seen, 1 resolved",
    ]


def test_concise_is_one_line_for_each(run: Call, bad: Path) -> None:
    result = run("check", "--output-format", "concise", ".")
    assert result.code == 1
    assert result.lines[0].startswith("bad.py:6:12: LGT101 [*] softmax probabilities ")
    assert result.lines[1:] == SUMMARY


def test_json_is_a_list_and_nothing_else(run: Call, bad: Path) -> None:
    result = run("check", "--output-format", "json", ".")
    [record] = json.loads(result.out)
    assert (record["code"], record["location"]) == ("LGT101", {"row": 6, "column": 12})
    assert record["end_location"] == {"row": 6, "column": 33}
    assert [step["location"]["row"] for step in record["trace"]] == [5, 6]
    assert (result.code, result.err) == (1, "")


def test_no_findings(run: Call, tmp_path: Path) -> None:
    (tmp_path / "clean.py").write_text(CLEAN)
    assert run(".") == Run(0, "All checks passed!\n1 loss seen, 0 resolved\n", "")
    assert json.loads(run("--output-format", "json", ".").out) == []


@pytest.mark.parametrize("arguments", [["check", "bad.py"], ["bad.py"], ["--select", "LGT1", "bad.py"], ["check"]])
def test_check_may_be_left_out(run: Call, bad: Path, arguments: list[str]) -> None:
    result = run(*arguments)
    assert result.code == 1
    assert result.lines[0].startswith("LGT101 ")


def test_the_command_alone_explains_itself(run: Call) -> None:
    result = run()
    assert "logitlint check ." in result.out + result.err


@pytest.mark.parametrize("arguments", [["--help"], ["-h"], ["check", "--help"], ["rule", "-h"], ["rules", "--help"]])
def test_help_teaches_by_examples(run: Call, arguments: list[str]) -> None:
    result = run(*arguments)
    assert result.code == 0
    assert "Example" in result.out or arguments[0] == "rules"
    assert "\b" not in result.out


def test_version(run: Call) -> None:
    assert run("--version") == Run(0, f"logitlint {__version__}\n", "")


def test_exit_zero(run: Call, bad: Path) -> None:
    assert run("--exit-zero", "bad.py").code == 0
    assert run("--exit-zero", "gone.py").code == 2


def test_statistics_count_instead(run: Call, bad: Path) -> None:
    result = run("--statistics", ".")
    assert result.lines[0] == "1\tLGT101\tsoftmax-into-softmax-loss"
    assert result.code == 1
    result = run("--statistics", "--output-format", "json", ".")
    assert json.loads(result.out) == [{"code": "LGT101", "name": "softmax-into-softmax-loss", "count": 1}]


def test_the_report_may_go_to_a_file(run: Call, bad: Path, tmp_path: Path) -> None:
    result = run("--output-file", "report.json", "--output-format", "json", ".")
    assert (result.code, result.out) == (1, "")
    assert json.loads((tmp_path / "report.json").read_text())[0]["code"] == "LGT101"
    result = run("-o", "no/such/folder", ".")
    assert result.code == 2
    assert "'no/such/folder': cannot be written: No such file or directory" in result.err


@pytest.mark.parametrize("name", ["sarif", "gitlab", "rdjson"])
def test_services_get_one_document_and_nothing_else(run: Call, bad: Path, tmp_path: Path, name: str) -> None:
    result = run("--output-format", name, ".")
    assert (result.code, result.err) == (1, "")
    assert "LGT101" in json.dumps(json.loads(result.out))
    (tmp_path / "clean.py").write_text(CLEAN)
    result = run("--output-format", name, "--show-unresolved", "clean.py")
    json.loads(result.out)
    assert (result.code, result.err[:13]) == (0, "clean.py:5:12")


def test_github_gets_commands_and_the_log_the_summary(run: Call, bad: Path) -> None:
    result = run("--output-format", "github", ".")
    assert result.lines[0].startswith(
        "::error title=logitlint (LGT101),file=bad.py,line=6,endLine=6,col=12,endColumn=33::"
    )
    assert result.lines[1:] == SUMMARY


def test_sarif_says_that_a_run_failed(run: Call, bad: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(project: Project, sieve: Sieve, file: str, imports: Imports) -> Analysis:
        raise KeyError(file)

    monkeypatch.setattr(linter, "analyse", fails)
    result = run("--output-format", "sarif", ".")
    [invocation] = json.loads(result.out)["runs"][0]["invocations"]
    assert (result.code, invocation["executionSuccessful"]) == (2, False)


def test_unresolved_losses_are_listed_with_the_reason(run: Call, tmp_path: Path) -> None:
    (tmp_path / "clean.py").write_text(CLEAN)
    result = run("--show-unresolved", ".")
    assert result.lines[0].startswith("clean.py:5:12: cross_entropy not resolved: ")
    assert "`model`" in result.lines[0]
    result = run("--show-unresolved", "--output-format", "json", ".")
    assert json.loads(result.out) == []
    assert result.err.startswith("clean.py:5:12: cross_entropy not resolved: ")


def test_what_rules_that_are_off_would_report_is_told_too(run: Call, tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text(OPT_IN)
    asked = ("--show-unresolved", "--output-format", "concise", "a.py")
    told = run(*asked)
    assert [line for line in told.lines if "LGT703 is not selected: " in line] == told.lines[:1]
    assert told.code == 0
    assert run(*asked).out == told.out  # from the cache
    assert "not selected" not in run("--output-format", "concise", "a.py").out
    assert "not selected" not in run("--select", "LGT703", *asked).out
    (tmp_path / "a.py").write_text(OPT_IN.replace("\n", "  # noqa\n"))
    assert "not selected" not in run(*asked).out


def test_no_other_rule_is_told_of_where_one_reports(run: Call, bad: Path) -> None:
    assert "not selected" in run("--show-unresolved", "--ignore", "LGT101", "bad.py").out
    assert "not selected" not in run("--show-unresolved", "bad.py").out


# -- selection ---------------------------------------------------------------------------------------------------------


def codes(result: Run) -> list[str]:
    return [line.split(": ")[1].split()[0] for line in result.lines if ": LGT" in line]


def test_opt_in_rules_are_off_until_selected(run: Call, tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text(OPT_IN)
    concise = ("--output-format", "concise", "a.py")
    assert codes(run(*concise)) == []
    assert codes(run("--select", "LGT", *concise)) == ["LGT703"]
    assert codes(run("--extend-select", "LGT703", *concise)) == ["LGT703"]
    assert codes(run("--select", "LGT1,sigmoid-then-binary-loss", *concise)) == ["LGT703"]
    assert codes(run("--select", "LGT", "--ignore", "LGT7", *concise)) == []


def test_the_configuration_is_obeyed_and_the_command_line_wins(run: Call, bad: Path, tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text('[tool.logitlint]\nignore = ["LGT101"]\noutput-format = "concise"\n')
    assert codes(run(".")) == []
    assert codes(run("--select", "LGT1", ".")) == ["LGT101"]
    assert run("--isolated", ".").lines[0].startswith("LGT101 ")
    (tmp_path / "pyproject.toml").write_text('[tool.logitlint]\nexclude = ["bad.py"]\n')
    assert "no Python files" in run(".").err
    assert run("bad.py").code == 1
    assert run("--exclude", "other.py", ".").code == 1


def test_the_nearest_configuration_is_that_of_the_paths(
    run: Call, bad: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "pyproject.toml").write_text('[tool.logitlint]\nignore = ["LGT101"]\n')
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    assert run(str(bad)).code == 0
    assert run(str(tmp_path)).code == 0


def test_extend_exclude_adds_to_the_defaults(run: Call, bad: Path, tmp_path: Path) -> None:
    (tmp_path / "build").mkdir()
    (tmp_path / "build" / "more.py").write_text(BAD)
    assert run("--extend-exclude", "bad.py", ".").lines[-1] == "0 losses seen, 0 resolved"


def test_rules_are_ignored_in_some_files(run: Call, bad: Path, tmp_path: Path) -> None:
    concise = ("--output-format", "concise", ".")
    assert codes(run("--per-file-ignores", "b*.py:LGT102,LGT1", *concise)) == []
    assert codes(run("--per-file-ignores", "a*.py:LGT1", "--per-file-ignores", "*:LGT2", *concise)) == ["LGT101"]
    (tmp_path / "pyproject.toml").write_text('[tool.logitlint.per-file-ignores]\n"bad.py" = ["LGT"]\n')
    assert codes(run(*concise)) == []
    assert codes(run("--per-file-ignores", "other.py:LGT", *concise)) == ["LGT101"]
    (tmp_path / "broken.py").write_text("x = (")
    assert codes(run("--per-file-ignores", "*:LGT1", *concise)) == ["LGT901"]
    assert codes(run("--per-file-ignores", "*:LGT1,LGT901", *concise)) == []


def test_a_comment_silences_its_line(run: Call, tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text(BAD.replace("(p, y)\n", "(p, y)  # noqa: LGT101\n"))
    assert run("a.py").code == 0
    (tmp_path / "a.py").write_text(BAD.replace("(p, y)\n", "(p, y)  # noqa: LGT102\n"))
    assert run("a.py").code == 1


# -- errors ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["gone.py"], "'gone.py': no such file or directory"),
        (["check", "gone/"], "'gone/': no such file or directory"),
        (["chek", "bad.py"], "'chek': no such file or directory; did you mean the command `check`?"),
        (["fix", "."], "'fix': no such file or directory; did you mean `logitlint check --fix`?"),
        (["rule5", "LGT101"], "'rule5': no such file or directory; did you mean the command `rule"),
        (["--select", "LGT110", "."], "unknown rule `LGT110`; did you mean `LGT10"),
        (["--ignore", "LTG101", "."], "unknown rule `LTG101`; did you mean `LGT101`?"),
        (["--extend-select", "E501", "."], "unknown rule `E501`"),
        (["--output-format", "xml", "."], "'xml' is not one of 'full', 'concise', 'json'"),
        (["--no-such-option"], "No such option"),
        (["--selct", "LGT", "."], "--select"),
        (["--statistics", "--output-format", "sarif", "."], "`--statistics` can be written as full, concise or json"),
        (["--per-file-ignores", "tests", "."], "'tests' is not of the form PATTERN:RULE, as in 'tests/*:LGT1'"),
        (["--per-file-ignores", "tests:LGT999", "."], "unknown rule `LGT999`"),
        (["rule", "LGT999"], "unknown rule `LGT999`"),
        (["rule"], "Missing argument 'RULE'"),
        (["-", "bad.py"], "`-` reads stdin and cannot be combined"),
        (
            ["--stdin-filename", "a.py", "bad.py"],
            "`--stdin-filename` names what is read from stdin: the path is then `-`",
        ),
        (["--exclude", "!", "."], "`exclude`: Invalid git pattern: '!'"),
        (["--select", "", "."], "'--select': it names nothing"),
        (["--select", "LGT101", "--ignore", " , ", "."], "'--ignore': it names nothing"),
        (["--diff", "--statistics", "."], "`--diff` writes a patch to stdout, and no report"),
        (["--diff", "--output-file", "x", "."], "cannot be combined with `--output-file`"),
        (["--exclude", "[", "."], "`exclude`: Invalid git pattern: '['"),
        (["--per-file-ignores", "[:LGT1", "."], "`per-file-ignores`: Invalid git pattern: '['"),
    ],
)
def test_errors_are_told_on_stderr_with_exit_code_two(run: Call, bad: Path, arguments: list[str], message: str) -> None:
    result = run(*arguments)
    assert result.code == 2
    assert message in result.err
    assert "Traceback" not in result.err
    assert result.out == ""


@pytest.mark.parametrize(
    "text",
    [
        "[tool.logitlint\n",
        "[tool.logitlint]\nselct = []\n",
        "[tool.logitlint]\nselect = ['LGT999']\n",
        "[tool.logitlint.per-file-ignores]\n'a.py' = ['LGT999']\n",
    ],
)
def test_a_broken_configuration_is_an_error(run: Call, bad: Path, tmp_path: Path, text: str) -> None:
    (tmp_path / "pyproject.toml").write_text(text)
    result = run(".")
    assert (result.code, result.out) == (2, "")
    assert "pyproject.toml" in result.err


def test_proofs_that_nothing_can_make_are_an_error(run: Call, bad: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("logitlint.numerics.adapters.installed", lambda name: name != "numpy")
    for arguments in (["verify"], ["check", "--verify"], ["check", "--fix", "--verify"]):
        result = run(*arguments, "bad.py")
        assert (result.code, result.out) == (2, "")
        assert result.err == "Error: proofs need NumPy: pip install logitlint[verify]\n"
    assert bad.read_text() == BAD


@pytest.mark.parametrize("command", ["check", "verify"])
def test_no_files_is_a_warning(run: Call, command: str) -> None:
    if command == "verify":
        pytest.importorskip("numpy")
    result = run(command, ".")
    assert result.code == 0
    assert result.err == "warning: no Python files under the given paths\n"


@pytest.mark.parametrize(
    ("content", "place"),
    [
        (b"x = (\n", ":1:"),
        (b"x = 'a\x00b'\n", ":1:"),
        (b"# coding: nonsense\n", ":1:"),
        (b"x = 1\ny = '\xff'\n", ":"),
        (b"print 'python 2'\n", ":1:"),
        (b"(" * 5000 + b")" * 5000, ":1:"),
    ],
)
def test_an_unreadable_file_is_a_finding(run: Call, bad: Path, tmp_path: Path, content: bytes, place: str) -> None:
    (tmp_path / "a_broken.py").write_bytes(content)
    result = run("--output-format", "concise", ".")
    assert result.code == 1
    assert codes(result) == ["LGT901", "LGT101"]
    assert result.lines[0].startswith(f"a_broken.py{place}")
    assert run("--ignore", "LGT901", "a_broken.py").code == 0


def test_a_file_that_vanishes_is_a_finding(run: Call, bad: Path, tmp_path: Path) -> None:
    (tmp_path / "dangling.py").symlink_to(tmp_path / "gone.py")
    result = run("--output-format", "concise", "dangling.py", "bad.py")
    assert codes(result) == ["LGT901", "LGT101"]


def test_a_mistake_of_our_own_is_told_and_the_other_files_go_on(
    run: Call, bad: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a.py").write_text(CLEAN)

    def fails(project: Project, sieve: Sieve, file: str, *rest: Imports, **named: Evaluate) -> Analysis:
        if file == "a.py":
            raise RecursionError("too deep")
        return analyse(project, sieve, file, *rest, **named)

    monkeypatch.setattr(linter, "analyse", fails)
    result = run("--output-format", "concise", "--exit-zero", ".")
    assert result.code == 2
    assert codes(result) == ["LGT101"]
    assert run("verify", "a.py").code == 2
    assert result.err.startswith(
        "Error: a.py: internal error, please report it: RecursionError: too deep (test_cli.py:"
    )


# -- stdin -------------------------------------------------------------------------------------------------------------


def stdin(monkeypatch: pytest.MonkeyPatch, content: bytes) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(content)))


def test_stdin_is_read(run: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    stdin(monkeypatch, BAD.encode())
    assert run("-", "--output-format", "concise").lines[0].startswith("<stdin>:6:12: LGT101 ")
    stdin(monkeypatch, BAD.encode())
    assert "5 |     p = F.softmax(x, dim=1)" in run("-", "--stdin-filename", "src/a.py").lines
    stdin(monkeypatch, b"x = (")
    result = run("-", "--stdin-filename", "a.py", "--output-format", "json")
    assert [record["code"] for record in json.loads(result.out)] == ["LGT901"]
    stdin(monkeypatch, b"# coding: nonsense\n")
    assert codes(run("-", "--output-format", "concise")) == ["LGT901"]


def test_a_name_for_stdin_is_enough(run: Call, bad: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    stdin(monkeypatch, b"x = (")
    result = run("--stdin-filename", "a.py", "--output-format", "concise")
    assert result.lines[0].startswith("a.py:1:5: LGT901 ")


def test_stdin_imports_from_beside_its_name(run: Call, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "src").mkdir()
    (tmp_path / "src" / "probs.py").write_text(
        "import torch.nn.functional as F\n\n\ndef probs(x):\n    return F.softmax(x, dim=1)\n"
    )
    stdin(
        monkeypatch,
        b"import torch.nn.functional as F\nfrom probs import probs\n\n\n"
        b"def step(x, y):\n    return F.cross_entropy(probs(x), y)\n",
    )
    result = run("-", "--stdin-filename", "src/a.py", "--output-format", "json")
    [record] = json.loads(result.out)
    assert record["message"].endswith(f"made softmax probabilities at {os.path.join('src', 'probs.py')}:5")


def test_colours_are_for_terminals(run: Call, bad: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    assert "\x1b" not in run("bad.py").out
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    assert run("bad.py").out.startswith("\x1b[31m\x1b[1mLGT101\x1b[0m ")
    monkeypatch.setenv("TERM", "dumb")
    assert "\x1b" not in run("bad.py").out
    monkeypatch.setenv("TERM", "xterm")
    assert "\x1b" in run("bad.py").out
    monkeypatch.setenv("NO_COLOR", "1")
    assert "\x1b" not in run("bad.py").out


def test_colours_may_be_forced_where_no_terminal_is(
    run: Call, bad: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("FORCE_COLOR", "1")
    assert "\x1b[31m" in run("bad.py").out
    run("-o", "report.txt", "bad.py")
    assert "\x1b" not in (tmp_path / "report.txt").read_text()
    monkeypatch.setenv("FORCE_COLOR", "0")
    assert "\x1b" not in run("bad.py").out
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("NO_COLOR", "1")
    assert "\x1b" not in run("bad.py").out


def test_an_interrupt_is_neither_clean_nor_a_finding(run: Call, bad: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(project: Project, sieve: Sieve, file: str, imports: Imports, *, trying: bool) -> Analysis:
        raise KeyboardInterrupt

    monkeypatch.setattr(linter, "analyse", interrupted)
    assert run("bad.py").code == 130


def test_paths_without_a_common_folder_use_the_configuration_of_the_current_one(
    run: Call, bad: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def on_different_drives(paths: list[str]) -> str:
        raise ValueError(paths)

    (tmp_path / "pyproject.toml").write_text('[tool.logitlint]\nignore = ["LGT101"]\n')
    monkeypatch.setattr(os.path, "commonpath", on_different_drives)
    assert run("bad.py").code == 0


# -- rules -------------------------------------------------------------------------------------------------------------


def test_every_rule_is_listed(run: Call) -> None:
    result = run("rules")
    assert result.code == 0
    assert [line.split()[0] for line in result.lines] == [rule.code for rule in KNOWN]
    assert any(line.split()[1:3] == ["opt-in", "sigmoid-then-binary-loss"] for line in result.lines)
    assert any(line.split()[1:3] == ["on", "softmax-into-softmax-loss"] for line in result.lines)


def test_every_rule_is_told_to_programs(run: Call, bad: Path) -> None:
    told = json.loads(run("rules", "--output-format", "json").out)
    assert [each["code"] for each in told] == [rule.code for rule in KNOWN]
    assert all(each["explanation"] + "\n" == run("rule", each["code"]).out for each in told)
    assert {each["default"] for each in told} == {True, False}
    urls = {each["code"]: each["url"] for each in told}
    [finding, *_] = json.loads(run("bad.py", "--output-format", "json").out)
    assert urls[finding["code"]] == finding["url"]


@pytest.mark.parametrize("rule", KNOWN, ids=lambda rule: rule.code)
def test_every_rule_is_explained(run: Call, rule: Entry) -> None:
    by_code, by_name = run("rule", rule.code.lower()), run("rule", rule.name)
    assert by_code == by_name
    assert by_code.code == 0
    assert rule.code in by_code.out
    assert rule.name in by_code.out
    assert rule.bad.strip() in by_code.out


# -- as a process ------------------------------------------------------------------------------------------------------


def test_a_reader_that_goes_away_is_no_error_of_ours(bad: Path) -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "logitlint", str(bad)], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    assert process.stdout is not None
    assert process.stderr is not None
    process.stdout.close()
    errors = process.stderr.read()
    process.stderr.close()
    assert process.wait() == 1
    assert errors == b""


@pytest.mark.skipif(os.name != "posix", reason="how a stream is closed is the shell's here")
@pytest.mark.parametrize("arguments", [".", "--output-format=json .", "--diff .", "--fix -", "rules"])
def test_a_stream_that_is_closed_is_no_error_of_ours(bad: Path, arguments: str) -> None:
    for closed in (">&-", ">&- 2>&-", "<&- >&- 2>&-"):
        code = subprocess.run(
            ["sh", "-c", f"{sys.executable} -m logitlint {arguments} {closed}"],
            cwd=bad.parent,
            input=BAD.encode(),
            capture_output=True,
            check=False,
        )
        expected = 1 if arguments.endswith(".") else 0
        assert (code.returncode, code.stdout, b"Traceback" in code.stderr) == (expected, b"", False)


def test_names_that_cannot_be_shown_do_not_stop_the_report(tmp_path: Path) -> None:
    name = os.fsdecode(b"\xff.py")
    (tmp_path / name).write_text(BAD)
    run = subprocess.run(
        [sys.executable, "-m", "logitlint", "--output-format", "concise", "."],
        cwd=tmp_path,
        capture_output=True,
        env={**os.environ, "PYTHONIOENCODING": "ascii"},
    )
    assert run.returncode == 1
    assert run.stdout.startswith(b"\\udcff.py:6:12: LGT101 ")


@pytest.mark.parametrize("output_format", ["full", "concise", "github", "gitlab", "rdjson", "sarif"])
def test_neither_a_name_nor_a_source_reaches_the_terminal_raw(tmp_path: Path, output_format: str) -> None:
    """The folder has a configuration that is wrong, the file a finding: both are told with their names."""
    folder = tmp_path / "\x1b]0;title\x07\n::error::x"
    folder.mkdir()
    (folder / "##[error]\x1b[2J.py").write_text(BAD.replace("(p, y)", "(p, y)  # \x1b[2J \u202e ##[error]"))
    (folder / "pyproject.toml").write_text("[tool.logitlint]\nselct = []\n")
    command = [sys.executable, "-m", "logitlint", "--output-format", output_format]
    for more, code in (["--isolated", "."], 1), (["."], 2), ([str(folder)], 2), (["--isolated", str(folder)], 1):
        run = subprocess.run([*command, *more], cwd=folder, capture_output=True, text=True)
        assert run.returncode == code
        said = run.stdout + run.stderr
        assert "\x1b" not in said
        assert "\x07" not in said
        assert "\u202e" not in said
        assert "##[" not in said or output_format in ("sarif", "rdjson", "gitlab")
        commands = [line for line in said.splitlines() if line.lstrip().startswith("::")]
        assert all(line.startswith("::error title=logitlint (LGT101),") for line in commands)
        assert bool(commands) is (output_format == "github" and code == 1)


def test_a_small_file_costs_little(bad: Path) -> None:
    """Processor time, so that a busy machine does not matter; the aim is 0.3 s, the rest is for slow ones."""
    command = [sys.executable, "-m", "logitlint", "check", str(bad)]
    compiled = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    spent = []
    for _ in range(4):
        before = os.times()
        subprocess.run(command, capture_output=True, env=compiled)
        after = os.times()
        spent.append(sum(after[2:4]) - sum(before[2:4]))
    assert min(spent) < 0.6


@pytest.mark.parametrize("heavy", ["rich", "torch", "numpy", "flake8", "pathspec"])
def test_what_a_clean_file_does_not_need_is_not_imported(tmp_path: Path, heavy: str) -> None:
    (tmp_path / "a.py").write_text("import os\n")
    program = (
        "import sys; from logitlint.cli import program;"
        f"program.main(['check', {str(tmp_path / 'a.py')!r}], standalone_mode=False);"
        "sys.stderr.write(' '.join(sys.modules))"
    )
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, cwd=tmp_path)
    assert "logitlint.linter" in run.stderr.split()
    assert heavy not in run.stderr.split()
