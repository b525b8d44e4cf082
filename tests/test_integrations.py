"""The files that other tools read: pre-commit's hooks, the GitHub Action, shell completion, the README's snippets."""

from __future__ import annotations

import json
import os
import re
import runpy
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from commands import logitlint

from logitlint.cli.program import COMMANDS, program
from logitlint.findings import URL
from logitlint.linter import KNOWN
from logitlint.reporters.surroundings import HOME

ROOT = Path(__file__).parent.parent
BAD = """\
import torch.nn.functional as F


def step(x, y):
    return F.cross_entropy(F.softmax(x, dim=1), y)
"""

# -- pre-commit --------------------------------------------------------------------------------------------------------

HOOKS = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text())


@pytest.mark.parametrize("hook", HOOKS, ids=lambda hook: hook["id"])
def test_a_hook_is_a_command_that_works(hook: dict[str, object], tmp_path: Path) -> None:
    required = {"id", "name", "description", "entry", "language", "types_or", "require_serial"}
    assert set(hook) == required
    assert (hook["language"], hook["types_or"], hook["require_serial"]) == ("python", ["python", "jupyter"], True)
    command, *arguments = shlex.split(str(hook["entry"]))
    assert command == "logitlint"
    (tmp_path / "bad.py").write_text(BAD)
    (tmp_path / "build").mkdir()
    (tmp_path / "build" / "bad.py").write_text(BAD)
    run = logitlint(tmp_path, *arguments, "build/bad.py", "bad.py")
    assert "build" not in run.out
    assert (tmp_path / "build" / "bad.py").read_text() == BAD
    repairs = "--fix" in arguments
    assert run.code == (0 if repairs else 1)  # pre-commit itself fails a hook that changes files
    assert ((tmp_path / "bad.py").read_text() != BAD) == repairs


# -- the GitHub Action -------------------------------------------------------------------------------------------------

ACTION = yaml.safe_load((ROOT / "action.yml").read_text())
CHECK = next(step for step in ACTION["runs"]["steps"] if step.get("id") == "check")


def act(folder: Path, scripts: str = "bin", **inputs: str) -> tuple[int, str, str]:
    """Run the step that checks as a runner does; the exit code, what it says and its outputs."""
    binaries = folder / "runner" / "logitlint" / scripts
    if not binaries.exists():
        binaries.mkdir(parents=True)
        (binaries / "logitlint").write_text(f'#!/bin/sh\nexec "{sys.executable}" -m logitlint "$@"\n')
        (binaries / "logitlint").chmod(0o755)
    given = {name: str(value["default"]) for name, value in ACTION["inputs"].items()} | {
        name.replace("_", "-"): value for name, value in inputs.items()
    }
    variables = {
        name: given[expression.removeprefix("${{ inputs.").removesuffix(" }}")]
        for name, expression in CHECK["env"].items()
    }
    outputs = folder / "outputs"
    outputs.write_text("")
    done = subprocess.run(
        ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", CHECK["run"]],
        cwd=folder,
        env={**os.environ, **variables, "RUNNER_TEMP": str(folder / "runner"), "GITHUB_OUTPUT": str(outputs)},
        capture_output=True,
        text=True,
    )
    return done.returncode, done.stdout + done.stderr, outputs.read_text()


def test_the_action_writes_a_report_and_says_whether_there_are_findings(tmp_path: Path) -> None:
    (tmp_path / "a b.py").write_text(BAD)
    code, said, outputs = act(tmp_path)
    assert (code, outputs) == (0, "findings=true\n")
    assert "--> a b.py:5:12" in said
    [run] = json.loads((tmp_path / "logitlint.sarif").read_text())["runs"]
    assert [each["ruleId"] for each in run["results"]] == ["LGT101"]
    code, said, outputs = act(tmp_path, paths="a b.py\n\n", args="--ignore=LGT1\n--no-cache\n")
    assert (code, outputs) == (0, "findings=false\n")
    assert "All checks passed!" in said
    code, said, outputs = act(tmp_path, annotate="true", sarif_file="other.sarif")
    assert (code, outputs) == (0, "findings=true\n")
    assert said.startswith("::error title=logitlint (LGT101),file=a b.py,line=5,")
    assert (tmp_path / "other.sarif").exists()


def test_the_action_runs_where_programs_lie_as_on_windows(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text(BAD)
    code, said, outputs = act(tmp_path, scripts="Scripts")
    assert (code, outputs) == (0, "findings=true\n"), said


def test_the_action_keeps_what_it_found_where_it_is_fetched_from(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text(BAD)
    kept = next(step for step in ACTION["runs"]["steps"] if step.get("uses", "").startswith("actions/cache@"))
    folder = tmp_path / kept["with"]["path"].replace("${{ runner.temp }}", "runner")
    code, said, _ = act(tmp_path)
    assert code == 0, said
    assert (folder / "CACHEDIR.TAG").exists()
    assert not (tmp_path / ".logitlint_cache").exists()


def test_the_action_fails_when_it_cannot_check(tmp_path: Path) -> None:
    code, said, outputs = act(tmp_path, paths="gone.py")
    assert (code, outputs) == (2, "")
    assert "'gone.py': no such file or directory" in said


def test_what_an_input_says_is_not_run(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text(BAD)
    for name in ("paths", "args", "sarif_file"):
        act(tmp_path, **{name: '$(touch sprung); `touch sprung`; "; touch sprung'})
    code, said, _ = act(tmp_path, paths="--output-file=sprung")
    assert (code, "no such file" in said) == (2, True)
    assert not (tmp_path / "sprung").exists()
    for step in ACTION["runs"]["steps"]:
        assert "${{" not in step.get("run", "")


def test_the_action_has_the_form_that_github_asks_for() -> None:
    checker = pytest.importorskip("check_jsonschema")
    command = [sys.executable, "-m", checker.__name__, "--builtin-schema", "vendor.github-actions", "action.yml"]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert run.returncode == 0, run.stdout + run.stderr


# -- shells ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("shell", "word"), [("bash", "complete -o"), ("zsh", "#compdef logitlint"), ("fish", "complete ")]
)
def test_a_shell_is_given_a_script(tmp_path: Path, shell: str, word: str) -> None:
    run = logitlint(tmp_path, "completion", shell)
    assert run.code == 0
    assert word in run.out
    assert "_LOGITLINT_COMPLETE" in run.out


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("logitlint rul", ["rule\tExplain one rule.", "rules\tList every rule."]),
        (
            "logitlint check --select LGT2,softmax-into-so",
            ["LGT2,softmax-into-softmax-loss\tSoftmax probabilities reach"],
        ),
        ("logitlint check --sel", ["--select\tOnly these: codes, prefixes or names."]),
        ("logitlint check --output-format s", ["sarif"]),
        ("logitlint why tr", ["train.py"]),
    ],
)
@pytest.mark.skipif(shutil.which("fish") is None, reason="fish is not installed")
def test_fish_completes(tmp_path: Path, line: str, expected: list[str]) -> None:
    (tmp_path / "train.py").touch()
    (tmp_path / "bin").mkdir()
    starter = tmp_path / "bin" / "logitlint"
    starter.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m logitlint "$@"\n')
    starter.chmod(0o755)
    environment = {**os.environ, "HOME": str(tmp_path), "PATH": f"{starter.parent}:{os.environ['PATH']}"}
    (tmp_path / "script.fish").write_text(logitlint(tmp_path, "completion", "fish").out)
    command = ["fish", "--no-config", "-c", f"source script.fish; complete -C '{line}'"]
    run = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True)
    told = run.stdout.splitlines()
    assert len(told) == len(expected), run
    assert all(one.startswith(other) for one, other in zip(told, expected, strict=True)), run


def completed(*words: str) -> list[str]:
    """What bash is told when the last word is to be completed."""
    environment = {
        **os.environ,
        "_LOGITLINT_COMPLETE": "bash_complete",
        "COMP_WORDS": " ".join(("logitlint", *words)),
        "COMP_CWORD": str(len(words)),
    }
    run = subprocess.run([sys.executable, "-m", "logitlint"], env=environment, capture_output=True, text=True)
    return run.stdout.splitlines()


def test_words_are_completed() -> None:
    assert completed("ru") == ["plain,rule", "plain,rules", "file,ru"]
    assert "plain,--diff-base" in completed("check", "--diff")
    assert completed("rule", "LGT10") == [f"plain,LGT10{digit}" for digit in range(1, 6)]
    assert completed("check", "--select", "LGT2,softmax-into-so") == ["plain,LGT2,softmax-into-softmax-loss"]
    assert completed("check", "--output-format", "s") == ["plain,sarif"]
    assert completed("check", "tr") == ["file,tr"]
    assert completed("completion", "f") == ["plain,fish"]
    assert completed("why", "tr") == ["file,tr"]


def test_what_fish_is_told_is_cut_at_the_first_comma_alone(tmp_path: Path) -> None:
    assert 'string split --max 1 "," $completion' in logitlint(tmp_path, "completion", "fish").out


def test_the_list_of_commands_is_not_cut_off(tmp_path: Path) -> None:
    listed = logitlint(tmp_path, "--help").out.partition("Commands:")[2].partition("Exit codes")[0]
    assert "..." not in listed


# -- help --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_teaches_by_an_example(tmp_path: Path, command: str) -> None:
    run = logitlint(tmp_path, command, "--help")
    assert run.code == 0
    assert f"logitlint {command}" in run.out.partition("Example")[2]
    assert command in logitlint(tmp_path, "--help").out


def test_the_command_of_a_name_is_that_of_its_module() -> None:
    with program.make_context("logitlint", ["rules"]) as context:
        for name in COMMANDS:
            command = program.get_command(context, name)
            assert command is not None
            assert command.name == name
        assert program.get_command(context, "nothing") is None


# -- what the documents show -------------------------------------------------------------------------------------------

PAGE = (ROOT / "docs" / "integrations.md").read_text()
README = (ROOT / "README.md").read_text()


def blocks(text: str, language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", text, re.DOTALL | re.MULTILINE)


@pytest.mark.parametrize("block", [*blocks(PAGE, "yaml"), *blocks(README, "yaml")])
def test_what_is_shown_as_yaml_is_yaml_and_names_what_there_is(block: str) -> None:
    document = yaml.safe_load(block)
    assert isinstance(document, dict)
    hooks = {hook["id"] for hook in HOOKS}
    for repository in document.get("repos", ()):
        assert {hook["id"] for hook in repository["hooks"]} <= hooks
    for job in document.get("jobs", {}).values():
        for step in job["steps"]:
            if step.get("uses", "").startswith("logitlint/logitlint@"):
                assert set(step.get("with", {})) <= set(ACTION["inputs"])


def test_every_option_that_is_shown_is_one(tmp_path: Path) -> None:
    known = logitlint(tmp_path, "check", "--help").out
    commands = re.findall(r"logitlint check ([^|>`\n]*)", PAGE + README)
    options = {word for command in commands for word in re.findall(r"--[a-z-]+", command)}
    named = set(re.findall(r"^\| `(--[a-z-]+)|^`(--[a-z-]+)|`(--[a-z-]+)[ `]", PAGE, re.MULTILINE))
    options |= {word for words in named for word in words if word}
    assert {"--diff-base", "--output-format", "--write-baseline", "--force-exclude"} <= options
    assert [option for option in sorted(options) if option not in known] == []


def links(text: str) -> list[str]:
    """Where the links of a page lead that stay in the repository, without their anchors."""
    prose = re.sub(r"^```.*?^```|`[^`\n]*`", "", text, flags=re.MULTILINE | re.DOTALL)
    return re.findall(r"\]\((?!https?:)([^)#\s]+)", prose)


DOCUMENTS = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_links_lead_somewhere(document: Path) -> None:
    for target in links(document.read_text()):
        assert (document.parent / target).exists(), target


SITE = runpy.run_path(str(ROOT / ".ci" / "site.py"))


@pytest.mark.parametrize("document", DOCUMENTS[1:], ids=lambda path: str(path.relative_to(ROOT)))
def test_on_the_site_no_link_leads_out_of_the_pages(document: Path) -> None:
    for target in links(SITE["on_page_markdown"](document.read_text(), page=document)):
        assert (ROOT / "docs") in (document.parent / target).resolve().parents
        assert target.endswith(".md"), target


def test_an_address_in_a_finding_is_that_of_its_page() -> None:
    site = yaml.safe_load((ROOT / ".mkdocs.yml").read_text())
    assert site["use_directory_urls"]
    for entry in KNOWN:
        page = ROOT / site["docs_dir"] / "rules" / f"{entry.name}.md"
        assert page.exists()
        assert URL.format(name=entry.name) == f"{site['site_url']}rules/{entry.name}/"
    assert site["site_url"] == HOME


def test_every_page_is_linked_from_the_index() -> None:
    index = (ROOT / "docs" / "index.md").read_text()
    pages = [path.name for path in (ROOT / "docs").glob("*.md") if path.name != "index.md"]
    assert [page for page in pages if f"]({page})" not in index] == []


def test_decisions_are_numbered() -> None:
    decisions = sorted((ROOT / "docs" / "decisions").glob("*.md"))
    assert [int(path.name[:4]) for path in decisions] == list(range(1, len(decisions) + 1))
    for path in decisions:
        assert path.read_text().startswith(f"# {int(path.name[:4])}. ")
