"""What a change brings: `--diff-base`, the baseline, `--add-noqa`. git is the real one."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from commands import Run, commit, git, logitlint

from logitlint import suppressions
from logitlint.findings import Span
from logitlint.review.changes import compared, untouched
from logitlint.review.git import GitError, Hunk, Repository

BAD = """\
import torch.nn.functional as F


def step(x, y):
    p = F.softmax(x, dim=1)
    return F.cross_entropy(p, y)
"""
CLEAN = BAD.replace("F.softmax(x, dim=1)", "x")
OLD = "import torch.nn.functional as F\n" + "".join(
    f"\n\ndef old_{number}(x, y):\n    return F.cross_entropy(F.softmax(x, 1), y)\n" for number in range(5)
)
NEW = "\n\ndef new(x, y):\n    return F.binary_cross_entropy_with_logits(x.sigmoid(), y)\n"


def found(run: Run) -> list[str]:
    """The places and codes in a concise report."""
    assert run.code in (0, 1), run.err
    told = (line.partition(": LGT") for line in run.lines if ": LGT" in line)
    return [f"{place}:LGT{rest[:3]}" for place, _, rest in told]


def check(folder: Path, *arguments: str) -> list[str]:
    return found(logitlint(folder, "check", "--output-format", "concise", *arguments))


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A repository with ten mistakes in two files."""
    top = tmp_path / "repository"
    (top / "src").mkdir(parents=True)
    (top / "src" / "first.py").write_text(OLD)
    (top / "second.py").write_text(OLD)
    commit(top)
    return top


# -- a pull request ----------------------------------------------------------------------------------------------------


def test_a_branch_that_adds_one_mistake_beside_ten_old_ones(repository: Path) -> None:
    """The rehearsal: main goes on, a branch moves the old mistakes about and adds a new one."""
    assert len(check(repository, ".")) == 10
    assert logitlint(repository, "--write-baseline", "known.json", ".").out == "Wrote 10 findings to known.json.\n"
    commit(repository, "the findings that are known")
    git(repository, "checkout", "--quiet", "-b", "feature")
    first = repository / "src" / "first.py"
    first.write_text("'''What this is.'''\n\n" + OLD + NEW)
    commit(repository, "a new loss")
    git(repository, "checkout", "--quiet", "main")
    (repository / "second.py").write_text("# main goes on\n" + OLD.replace("(x, 1)", "(x, dim=1)"))
    commit(repository, "main goes on")
    git(repository, "checkout", "--quiet", "feature")

    new = ["src/first.py:27:12:LGT102"]
    assert len(check(repository, ".")) == 11
    assert check(repository, "--diff-base", "main", ".") == new
    assert check(repository, "--baseline", "known.json", ".") == new
    assert check(repository / "src", "--diff-base", "main") == ["first.py:27:12:LGT102"]
    assert check(repository / "src", "--baseline", "../known.json") == ["first.py:27:12:LGT102"]
    assert check(repository, "--diff-base", "HEAD", ".") == []
    assert logitlint(repository, "--diff-base", "HEAD", ".").code == 0
    run = logitlint(repository, "--baseline", "known.json", ".")
    fixable = "[*] 1 fixable with the `--fix` option."
    assert run.lines[-4:] == ["Found 1 finding in 1 file.", fixable, "11 losses seen, 11 resolved", NOT_SHOWN]
    assert run.code == 1


NOT_SHOWN = "10 findings of the baseline are not shown."


# -- what lines were changed -------------------------------------------------------------------------------------------


def test_what_is_not_committed_counts_and_so_do_new_files(repository: Path) -> None:
    (repository / "second.py").write_text(OLD + NEW)
    (repository / "added.py").write_text(BAD)
    (repository / "staged.py").write_text(BAD)
    git(repository, "add", "staged.py")
    expected = ["added.py:6:12:LGT101", "second.py:25:12:LGT102", "staged.py:6:12:LGT101"]
    assert check(repository, "--diff-base", "HEAD", ".") == expected
    assert check(repository.parent, "--diff-base", "HEAD", "repository") == [f"repository/{each}" for each in expected]
    assert check(repository, "--diff-base", "HEAD", str(repository / "added.py")) == [
        f"{repository}/added.py:6:12:LGT101"
    ]


def test_a_mistake_on_an_old_line_is_new_when_another_line_makes_it(tmp_path: Path) -> None:
    (tmp_path / "model.py").write_text("def head(x):\n    return x\n")
    (tmp_path / "train.py").write_text(
        "import torch.nn.functional as F\nfrom model import head\n\n\n"
        "def old(x, y):\n    return F.cross_entropy(F.softmax(x, 1), y)\n\n\n"
        "def step(x, y):\n    return F.cross_entropy(head(x), y)\n"
    )
    commit(tmp_path)
    assert check(tmp_path, "--diff-base", "HEAD") == []
    (tmp_path / "model.py").write_text(
        "import torch.nn.functional as F\n\n\ndef head(x):\n    return F.softmax(x, 1)\n"
    )
    assert check(tmp_path, "--diff-base", "HEAD") == ["train.py:10:12:LGT101"]
    assert check(tmp_path, "--diff-base", "HEAD", str(tmp_path)) == [f"{tmp_path}/train.py:10:12:LGT101"]


def test_a_loss_that_is_chosen_elsewhere_makes_an_old_line_wrong(tmp_path: Path) -> None:
    text = (
        "import torch\nfrom torch import nn\n\ncriterion = nn.NLLLoss()\n\n\n"
        "def step(x, y):\n    p = torch.log_softmax(x, 1)\n    return criterion(p, y)\n"
    )
    (tmp_path / "a.py").write_text(text)
    commit(tmp_path)
    assert check(tmp_path, ".") == []
    (tmp_path / "a.py").write_text("# a line\n" + text.replace("NLLLoss", "BCELoss"))
    assert check(tmp_path, "--diff-base", "HEAD") == ["a.py:10:12:LGT204"]


def test_a_renamed_file_is_not_new(repository: Path) -> None:
    git(repository, "config", "diff.renames", "false")
    git(repository, "mv", "second.py", "src/moved file.py")
    (repository / "second.py").write_text(CLEAN)
    assert check(repository, "--diff-base", "HEAD") == []
    (repository / "src" / "moved file.py").write_text("\n" + OLD + NEW)
    assert check(repository, "--diff-base", "HEAD") == ["src/moved file.py:26:12:LGT102"]


MODEL = "import torch.nn.functional as F\n\n\ndef head(x):\n    return F.softmax(x, 1)\n"
USING = (
    "import torch.nn.functional as F\nfrom package.model import head\n\n\n"
    "def step(x, y):\n    return F.cross_entropy(head(x), y)\n"
)


@pytest.fixture
def package(tmp_path: Path) -> Path:
    """A repository in which one mistake is made in a package and found beside it, and one inside the package."""
    folder = tmp_path / "package"
    folder.mkdir()
    (folder / "__init__.py").write_text("")
    (folder / "model.py").write_text(MODEL)
    (folder / "inner.py").write_text(USING.replace("package.model", ".model"))
    (tmp_path / "train.py").write_text(USING)
    commit(tmp_path)
    assert check(tmp_path) == ["train.py:6:12:LGT101", "package/inner.py:6:12:LGT101"]
    return tmp_path


def test_a_mistake_is_old_although_the_module_that_makes_it_has_another_name(package: Path) -> None:
    git(package, "mv", "package/model.py", "package/nets.py")
    for user in (package / "train.py", package / "package" / "inner.py"):
        user.write_text(user.read_text().replace(".model", ".nets"))
    assert check(package, "--diff-base", "HEAD") == []
    assert check(package, "--diff-base", "HEAD", str(package)) == []
    assert check(package / "package", "--diff-base", "HEAD", "../train.py", "inner.py") == []
    (package / "train.py").write_text((package / "train.py").read_text() + NEW)
    assert check(package, "--diff-base", "HEAD") == ["train.py:10:12:LGT102"]


def test_a_mistake_is_old_although_its_package_was_moved(package: Path) -> None:
    (package / "lib").mkdir()
    git(package, "mv", "package", "lib/parts")
    (package / "train.py").write_text(USING.replace("package.model", "lib.parts.model"))
    assert check(package) == ["train.py:6:12:LGT101", "lib/parts/inner.py:6:12:LGT101"]
    assert check(package, "--diff-base", "HEAD") == []


def test_a_mistake_is_old_although_what_makes_it_was_taken_in(package: Path) -> None:
    git(package, "rm", "-r", "-q", "package")
    import_line = "from package.model import head\n"
    (package / "train.py").write_text(USING.replace(import_line, MODEL.partition("\n")[2]))
    assert check(package) == ["train.py:9:12:LGT101"]
    assert check(package, "--diff-base", "HEAD") == []


def test_a_module_that_is_new_makes_an_old_line_wrong(package: Path) -> None:
    (package / "package" / "model.py").write_text(MODEL.replace("F.softmax(x, 1)", "x"))
    commit(package)
    (package / "package" / "model").mkdir()
    git(package, "mv", "package/model.py", "package/model/plain.py")
    (package / "package" / "model" / "__init__.py").write_text(MODEL)
    git(package, "add", "-A")
    assert check(package, "--diff-base", "HEAD") == ["train.py:6:12:LGT101", "package/inner.py:6:12:LGT101"]


def test_names_are_what_they_are(repository: Path) -> None:
    for name in ("ü*.py", 'quo"te.py', "tab\t.py", ":(top)x.py", "-u.py"):
        (repository / name).write_text(OLD)
    commit(repository)
    for name in ("ü*.py", 'quo"te.py', "tab\t.py", ":(top)x.py", "-u.py"):
        (repository / name).write_text(OLD + NEW)
    run = logitlint(repository, "--diff-base", "HEAD", "--output-format", "json")
    assert [(each["code"], each["location"]["row"]) for each in json.loads(run.out)] == [("LGT102", 25)] * 5


def notebook(*cells: str, indent: int = 1) -> str:
    """A notebook whose cells are code, after one that is text."""
    text = {"cell_type": "markdown", "metadata": {}, "source": ["# Title"]}
    code = [
        {"cell_type": "code", "execution_count": None, "metadata": {}, "outputs": [], "source": cell.splitlines(True)}
        for cell in cells
    ]
    return json.dumps({"cells": [text, *code], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}, indent=indent)


IMPORTS = "%matplotlib inline\nimport torch.nn.functional as F"
HEAD = "def head(x):\n    return x"
WRONG = "loss = F.cross_entropy(F.softmax(x, 1), y)"
LATENT = "loss = F.cross_entropy(head(x), y)"


def test_in_a_notebook_cells_are_compared(tmp_path: Path) -> None:
    (tmp_path / "a.ipynb").write_text(notebook(IMPORTS, HEAD, WRONG, LATENT))
    commit(tmp_path)
    assert check(tmp_path) == ["a.ipynb:cell 4:1:8:LGT101"]
    (tmp_path / "a.ipynb").write_text(notebook("!pip install x", IMPORTS, HEAD, WRONG, LATENT, indent=2))
    assert check(tmp_path, "--diff-base", "HEAD") == []
    (tmp_path / "a.ipynb").write_text(notebook(IMPORTS, HEAD, "import os\n" + WRONG + "\nother = " + WRONG, LATENT))
    assert check(tmp_path, "--diff-base", "HEAD") == ["a.ipynb:cell 4:3:16:LGT101"]
    changed = HEAD.replace("return x", "return F.softmax(x, 1)")
    (tmp_path / "a.ipynb").write_text(notebook(IMPORTS, changed, WRONG, LATENT))
    assert check(tmp_path, "--diff-base", "HEAD") == ["a.ipynb:cell 5:1:8:LGT101"]
    (tmp_path / "a.ipynb").write_text(notebook(IMPORTS, HEAD, WRONG, LATENT, "x = ("))
    assert check(tmp_path, "--diff-base", "HEAD") == ["a.ipynb:cell 6:1:5:LGT901"]
    (tmp_path / "new.ipynb").write_text(notebook(IMPORTS, WRONG))
    assert check(tmp_path, "--diff-base", "HEAD", "new.ipynb") == ["new.ipynb:cell 3:1:8:LGT101"]


def test_a_notebook_that_could_not_be_read_is_new_as_a_whole(tmp_path: Path) -> None:
    (tmp_path / "a.ipynb").write_text("{")
    commit(tmp_path)
    (tmp_path / "a.ipynb").write_text(notebook(IMPORTS, WRONG))
    assert check(tmp_path, "--diff-base", "HEAD") == ["a.ipynb:cell 3:1:8:LGT101"]


def test_a_baseline_knows_cells(tmp_path: Path) -> None:
    (tmp_path / "a.ipynb").write_text(notebook(IMPORTS, WRONG))
    logitlint(tmp_path, "--write-baseline", "known.json")
    (tmp_path / "a.ipynb").write_text(notebook("import os", IMPORTS, "import re\n" + WRONG))
    assert check(tmp_path, "--baseline", "known.json") == []


def test_a_merged_main_is_not_what_the_branch_introduces(repository: Path) -> None:
    git(repository, "checkout", "--quiet", "-b", "feature")
    (repository / "third.py").write_text(BAD)
    commit(repository)
    git(repository, "checkout", "--quiet", "main")
    (repository / "fourth.py").write_text(BAD)
    commit(repository)
    git(repository, "checkout", "--quiet", "feature")
    git(repository, "merge", "--quiet", "--message", "main", "main")
    assert check(repository, "--diff-base", "main") == ["third.py:6:12:LGT101"]


def test_a_revision_without_a_common_ancestor_is_compared_as_it_is(repository: Path) -> None:
    git(repository, "checkout", "--quiet", "--orphan", "other")
    (repository / "second.py").write_text(OLD + NEW)
    commit(repository)
    assert check(repository, "--diff-base", "main") == ["second.py:25:12:LGT102"]


def test_a_submodule_or_a_link_elsewhere_is_new(repository: Path, tmp_path: Path) -> None:
    (tmp_path / "outside.py").write_text(BAD)
    (repository / "link.py").symlink_to(tmp_path / "outside.py")
    commit(repository)
    assert check(repository, "--diff-base", "HEAD") == []
    (tmp_path / "inner").symlink_to(repository / "src")
    assert check(tmp_path / "inner", "--diff-base", "HEAD", ".") == []


@pytest.mark.parametrize(
    ("revision", "message"),
    [
        ("nowhere", "`--diff-base`: git knows no revision 'nowhere'"),
        ("--help", "`--diff-base`: git knows no revision '--help'"),
        ("", "`--diff-base`: git knows no revision ''"),
        ("HEAD:second.py", "git knows no revision 'HEAD:second.py'"),
    ],
)
def test_an_unknown_revision_is_an_error(repository: Path, revision: str, message: str) -> None:
    run = logitlint(repository, "--diff-base", revision, ".")
    assert (run.code, run.out) == (2, "")
    assert message in run.err


def test_no_repository_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text(BAD)
    run = logitlint(tmp_path, "--diff-base", "HEAD", GIT_CEILING_DIRECTORIES=str(tmp_path.parent))
    assert (run.code, run.out) == (2, "")
    assert run.err.startswith("Error: `--diff-base`: git: not a git repository")


def test_a_repository_without_a_commit_knows_no_revision(tmp_path: Path) -> None:
    git(tmp_path, "init", "--quiet")
    (tmp_path / "a.py").write_text(BAD)
    assert "git knows no revision 'HEAD'" in logitlint(tmp_path, "--diff-base", "HEAD").err


def test_without_git_there_is_no_base(repository: Path) -> None:
    run = logitlint(repository, "--diff-base", "HEAD", PATH="")
    assert (run.code, run.out) == (2, "")
    assert "git cannot be run: is it installed?" in run.err


def test_a_shallow_clone_is_told_what_to_do(repository: Path, tmp_path: Path) -> None:
    commit(repository, "second")
    git(tmp_path, "clone", "--quiet", "--depth=1", repository.as_uri(), "shallow")
    run = logitlint(tmp_path / "shallow", "--diff-base", "HEAD~1")
    assert run.code == 2
    assert "the clone is shallow: fetch it with its history (fetch-depth: 0)" in run.err


@pytest.fixture
def trap(tmp_path: Path) -> Path:
    """A program that leaves a mark when it is run."""
    trap = tmp_path / "trap.sh"
    trap.write_text(f'#!/bin/sh\ntouch {tmp_path}/sprung\ncat "$1" 2>/dev/null\n')
    trap.chmod(0o755)
    return trap


@pytest.mark.parametrize("word", ["clean", "process"])
@pytest.mark.parametrize("name", ["trap", "Trap.with a dot"])
def test_nothing_that_a_repository_configures_is_run(repository: Path, trap: Path, word: str, name: str) -> None:
    marked = trap.parent / "sprung"
    attribute = name if " " not in name else "trap"
    (repository / ".gitattributes").write_text(f"*.py diff=trap filter={attribute}\n")
    for key in ("diff.trap.textconv", "diff.trap.command", "diff.external", "core.fsmonitor"):
        git(repository, "config", key, str(trap))
    for driver in {name, attribute}:
        git(repository, "config", f"filter.{driver}.{word}", str(trap))
        git(repository, "config", f"filter.{driver}.required", "true")
    (repository / ".git" / "hooks").mkdir(exist_ok=True)
    (repository / ".git" / "hooks" / "post-index-change").symlink_to(trap)
    (repository / "second.py").write_text(OLD + NEW)
    (repository / "src" / "first.py").touch()  # which git would have to read again
    assert check(repository, "--diff-base", "HEAD") == ["second.py:25:12:LGT102"]
    assert not marked.exists()
    git(repository, "config", "--unset", "core.fsmonitor")
    subprocess.run(["git", "status"], cwd=repository, check=False, capture_output=True)
    assert marked.exists()  # which git by itself does run


def test_a_filter_that_cannot_be_named_is_an_error(repository: Path, trap: Path) -> None:
    (repository / ".gitattributes").write_text("*.py filter=a=b\n")
    git(repository, "config", "filter.a=b.clean", str(trap))
    (repository / "second.py").write_text(OLD + NEW)
    run = logitlint(repository, "--diff-base", "HEAD")
    assert (run.code, run.err) == (2, "Error: `--diff-base`: the filter 'a=b' cannot be switched off\n")
    assert not (trap.parent / "sprung").exists()


def test_what_a_partial_clone_lacks_is_not_fetched(repository: Path, trap: Path, tmp_path: Path) -> None:
    git(repository, "config", "uploadpack.allowFilter", "true")
    clone = tmp_path / "clone"
    git(tmp_path, "clone", "--quiet", "--filter=blob:none", "--no-checkout", repository.as_uri(), str(clone))
    git(clone, "config", "remote.origin.uploadpack", str(trap))
    git(clone, "read-tree", "HEAD")
    (clone / "second.py").write_text(OLD + NEW)
    run = logitlint(clone, "--diff-base", "HEAD", ".")
    assert run.code == 2
    assert "the clone is partial, and what it lacks is not fetched here" in run.err
    assert not (tmp_path / "sprung").exists()


def test_line_endings_that_git_converts_are_no_change(repository: Path) -> None:
    git(repository, "config", "core.autocrlf", "true")
    (repository / "second.py").write_bytes((OLD + NEW).replace("\n", "\r\n").encode())
    assert check(repository, "--diff-base", "HEAD") == ["second.py:25:12:LGT102"]


@pytest.mark.parametrize(
    ("rows", "hunks", "before"),
    [
        ((5, 5), [], 5),
        ((5, 5), [Hunk(5, 1, 5, 1)], None),
        ((5, 7), [Hunk(7, 1, 7, 1)], None),
        ((5, 6), [Hunk(7, 1, 7, 1)], 5),
        ((5, 5), [Hunk(4, 0, 5, 1)], None),
        ((6, 6), [Hunk(4, 0, 5, 1)], 5),
        ((5, 5), [Hunk(1, 3, 0, 0)], 8),
        ((5, 5), [Hunk(5, 2, 4, 0)], 7),  # rows behind the fourth were taken out
        ((4, 4), [Hunk(5, 2, 4, 0)], 4),
        ((4, 5), [Hunk(5, 2, 4, 0)], None),
        ((9, 9), [Hunk(1, 1, 1, 3), Hunk(4, 2, 6, 0)], 9),
    ],
)
def test_the_row_before_the_changes(rows: tuple[int, int], hunks: list[Hunk], before: int | None) -> None:
    assert untouched(Span("a.py", None, rows[0], 1, rows[1], 9), hunks) == before


@pytest.mark.parametrize(("old", "new"), [("abc", "abc"), ("abc", "xabyc"), ("abcdef", "adxf"), ("", "ab"), ("ab", "")])
def test_programs_are_compared_as_git_compares_files(tmp_path: Path, old: str, new: str) -> None:
    (tmp_path / "a").write_text("".join(f"{row}\n" for row in old))
    commit(tmp_path)
    (tmp_path / "a").write_text("".join(f"{row}\n" for row in new))
    assert compared(list(old), list(new)) == list(Repository(tmp_path, "HEAD").hunks("a") or ())


def test_hunks_are_those_of_git(repository: Path) -> None:
    text = OLD.splitlines(keepends=True)
    (repository / "second.py").write_text("".join(["# new\n", *text[:3], "# changed\n", *text[4:10], *text[12:]]))
    now = Repository(repository / "src", "HEAD")
    assert now.top == repository.resolve()
    assert now.hunks("second.py") == [Hunk(0, 0, 1, 1), Hunk(4, 1, 5, 1), Hunk(11, 2, 11, 0)]
    assert now.hunks("src/first.py") == ()
    assert now.hunks("other.py") is None
    assert (now.before("second.py"), now.at_base("second.py")) == ("second.py", OLD.encode())
    assert (now.before("src/first.py"), now.at_base("src/first.py")) == ("src/first.py", None)
    assert now.name(str(repository / "src" / ".." / "second.py")) == "second.py"
    assert now.name("/other.py") is None


def test_a_repository_that_breaks_is_an_error(repository: Path) -> None:
    now = Repository(repository, "HEAD")
    (repository / ".git" / "HEAD").write_text("nonsense")
    with pytest.raises(GitError, match="Not a git repository"):
        now.hunks("second.py")


# -- the baseline ------------------------------------------------------------------------------------------------------


def test_a_baseline_can_be_read_by_people(repository: Path) -> None:
    (repository / "second.py").write_text(OLD.replace("old_0(x, y):\n", "old_0(x, y):\n    y = y * 2\n") + NEW)
    logitlint(repository, "--write-baseline", "known.json")
    assert (repository / "known.json").read_text().splitlines()[:3] == [
        '{"version": 1, "findings": [',
        '  {"filename": "second.py", "code": "LGT101", "line": '
        '"return F.cross_entropy(F.softmax(x, 1), y)", "count": 5},',
        '  {"filename": "second.py", "code": "LGT102", "line": '
        '"return F.binary_cross_entropy_with_logits(x.sigmoid(), y)", "count": 1},',
    ]
    assert check(repository, "--baseline", "known.json") == []


def test_of_lines_that_are_alike_as_many_are_known_as_were_written_down(repository: Path) -> None:
    logitlint(repository, "--write-baseline", "known.json")
    text = OLD + "\n\ndef sixth(x, y):\n    return F.cross_entropy(F.softmax(x, 1), y)\n"
    (repository / "second.py").write_text(text)
    assert check(repository, "--baseline", "known.json") == ["second.py:25:12:LGT101"]


def test_the_configuration_may_name_the_baseline(repository: Path) -> None:
    (repository / "pyproject.toml").write_text('[tool.logitlint]\nbaseline = "known.json"\n')
    missing = logitlint(repository, "src")
    assert missing.code == 2
    assert f"baseline: '{repository}/known.json': cannot be read: No such file or directory" in missing.err
    assert logitlint(repository, "--write-baseline", "known.json").code == 0
    assert check(repository / "src", ".") == []
    assert len(check(repository, "--isolated")) == 10
    (repository / "none.json").write_text('{"version": 1, "findings": []}')
    assert len(check(repository, "--baseline", "none.json")) == 10
    assert logitlint(repository, "--write-baseline", "known.json").out == "Wrote 10 findings to known.json.\n"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{", "is no baseline of logitlint: "),
        ("[]", "is no baseline of logitlint: Expected `object`, got `array`"),
        ('{"version": 2, "findings": []}', "is a baseline of version 2, not of version 1"),
        ('{"version": 1, "findings": [{"file": 1}]}', "is no baseline of logitlint: "),
        ('{"version": 1, "findings": [], "more": 1}', "is no baseline of logitlint: Object contains unknown field"),
    ],
)
def test_what_is_no_baseline_is_an_error(repository: Path, text: str, message: str) -> None:
    (repository / "known.json").write_text(text)
    run = logitlint(repository, "--baseline", "known.json")
    assert (run.code, run.out) == (2, "")
    assert f"Error: baseline: 'known.json': {message}" in run.err


def test_a_baseline_that_cannot_be_written_is_an_error(repository: Path) -> None:
    run = logitlint(repository, "--write-baseline", "no/such/folder.json")
    assert run.code == 2
    assert "'no/such/folder.json': cannot be written: No such file or directory" in run.err
    run = logitlint(repository, "--write-baseline", "a.json", "--add-noqa")
    assert run.code == 2
    assert "cannot be combined" in run.err


def test_names_that_are_no_text_can_be_written_down(tmp_path: Path) -> None:
    (tmp_path / os.fsdecode(b"\xff.py")).write_text(BAD)
    assert logitlint(tmp_path, "--write-baseline", "known.json").code == 0
    assert check(tmp_path, "--baseline", "known.json") == []


# -- comments ----------------------------------------------------------------------------------------------------------


def test_findings_are_silenced_line_by_line(repository: Path) -> None:
    run = logitlint(repository, "--add-noqa")
    assert (run.code, run.out) == (0, "Silenced 10 findings in 2 files.\n")
    line = "return F.cross_entropy(F.softmax(x, 1), y)"
    assert (repository / "second.py").read_text() == OLD.replace(line, f"{line}  # noqa: LGT101")
    assert check(repository) == []
    assert logitlint(repository, "--add-noqa").out == "Silenced 0 findings in 0 files.\n"


def test_only_what_is_new_is_silenced(repository: Path) -> None:
    (repository / "second.py").write_text(OLD + NEW)
    assert logitlint(repository, "--add-noqa", "--diff-base", "HEAD").out == "Silenced 1 finding in 1 file.\n"
    assert (repository / "second.py").read_text() == OLD + NEW.rstrip() + "  # noqa: LGT102\n"
    (repository / "src" / "first.py").chmod(0o640)
    assert logitlint(repository, "--add-noqa", "--select", "LGT2").out == "Silenced 0 findings in 0 files.\n"
    assert logitlint(repository, "--add-noqa", "src").code == 0
    assert (repository / "src" / "first.py").stat().st_mode & 0o777 == 0o640


@pytest.mark.parametrize(
    "content",
    [
        BAD.replace("\n", "\r\n").encode(),
        BAD.encode("utf-8-sig"),
        ("# coding: latin-1\n# é\n" + BAD).encode("latin-1"),
        BAD.rstrip().encode(),
        ("\x0c\n" + BAD.replace("(p, y)", "(p, y)  \t")).encode(),
    ],
)
def test_a_comment_changes_nothing_else(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "a.py").write_bytes(content)
    assert logitlint(tmp_path, "--add-noqa").code == 0
    after = (tmp_path / "a.py").read_bytes()
    assert after.replace(b"  # noqa: LGT101", b"") == content.replace(b"(p, y)  \t", b"(p, y)")
    assert check(tmp_path) == []


def test_a_comment_in_a_cell_changes_nothing_else(tmp_path: Path) -> None:
    before = notebook(IMPORTS, "%time " + WRONG, "x = (", WRONG)
    (tmp_path / "a.ipynb").write_text(before)
    run = logitlint(tmp_path, "--add-noqa")
    assert (run.code, run.out) == (1, "Silenced 2 findings in 1 file.\n")
    assert run.err == "a.ipynb:cell 4:1:5: LGT901 is not silenced: '(' was never closed\n"
    after = (tmp_path / "a.ipynb").read_text()
    assert after.count("  # noqa: LGT101") == 2
    assert after.replace("  # noqa: LGT101", "") == before
    assert check(tmp_path) == ["a.ipynb:cell 4:1:5:LGT901"]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.md", f"# Title\n\n```python\n{BAD}```\n\nand text: it's no Python\n"),
        (
            "a.py",
            f"# Databricks notebook source\n# MAGIC %md it's text\n\n# COMMAND ----------\n\n%pip install x\n{BAD}",
        ),
    ],
)
def test_a_comment_in_a_document_changes_nothing_else(tmp_path: Path, name: str, text: str) -> None:
    (tmp_path / name).write_text(text)
    assert len(check(tmp_path, name)) == 1
    assert logitlint(tmp_path, "--add-noqa", name).code == 0
    assert (tmp_path / name).read_text() == text.replace("(p, y)", "(p, y)  # noqa: LGT101")
    assert check(tmp_path, name) == []


def test_a_link_stays_a_link(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "real.txt").write_text(BAD)
    (tmp_path / "a.py").symlink_to("folder/real.txt")
    assert logitlint(tmp_path, "--add-noqa", "a.py").code == 0
    assert (tmp_path / "a.py").is_symlink()
    assert "# noqa: LGT101" in (tmp_path / "folder" / "real.txt").read_text()
    assert sorted(each.name for each in (tmp_path / "folder").iterdir()) == ["real.txt"]


def test_what_cannot_be_silenced_is_told(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("x = (")
    (tmp_path / "b.py").write_text(BAD)
    run = logitlint(tmp_path, "--add-noqa")
    assert (run.code, run.out) == (1, "Silenced 1 finding in 1 file.\n")
    assert run.err == "a.py:1:5: LGT901 is not silenced: '(' was never closed\n"


def test_a_line_without_a_place_for_a_comment_leaves_the_others_theirs(tmp_path: Path) -> None:
    """The first comment that counts for the rows of a string is the one inside it, and it names another code."""
    taken = "F.cross_entropy(p, y, weight='''\n# noqa: E501\n''')\n"
    other = BAD[BAD.index("def step") :].replace("step", "other").replace("F.cross_entropy(p, y)\n", taken)
    (tmp_path / "a.py").write_text(f"{BAD}\n\n{other}")
    run = logitlint(tmp_path, "--add-noqa")
    assert (run.code, run.out) == (1, "Silenced 1 finding in 1 file.\n")
    assert run.err == "a.py:11:12: LGT101 is not silenced: the line has no place for a comment\n"
    assert (tmp_path / "a.py").read_text().count("LGT101") == 1


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_file_that_may_not_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text(BAD)
    tmp_path.chmod(0o555)
    run = logitlint(tmp_path, "--add-noqa")
    assert (run.code, run.out) == (1, "Silenced 0 findings in 0 files.\n")
    assert "a.py:6:12: LGT101 is not silenced: cannot be written: Permission denied" in run.err


CALL = "loss = F.cross_entropy(\n    p,\n    y,\n)\n"


@pytest.mark.parametrize(
    ("text", "wanted", "commented"),
    [
        ("x = 1\n", {1: ["LGT101"]}, "x = 1  # noqa: LGT101\n"),
        ("x = 1", {1: ["LGT105", "LGT101"]}, "x = 1  # noqa: LGT101, LGT105"),
        ("x = 1  # why\n", {1: ["LGT101"]}, "x = 1  # why  # noqa: LGT101\n"),
        ("x = 1  # noqa: E501\n", {1: ["LGT101"]}, "x = 1  # noqa: E501, LGT101\n"),
        ("x = 1  # noqa:E501,W1  # why\n", {1: ["LGT101"]}, "x = 1  # noqa:E501,W1, LGT101  # why\n"),
        ("x = 1  # NOQA: E501, \n", {1: ["LGT101"]}, "x = 1  # NOQA: E501, LGT101, \n"),
        (CALL, {1: ["LGT101"]}, CALL.replace("(\n", "(  # noqa: LGT101\n")),
        (
            CALL,
            {1: ["LGT101"], 3: ["LGT2"]},
            CALL.replace("(\n", "(  # noqa: LGT101\n").replace("y,", "y,  # noqa: LGT2"),
        ),
        ("x = '''\na\n'''\n", {1: ["LGT101"], 2: ["LGT105"]}, "x = '''\na\n'''  # noqa: LGT101, LGT105\n"),
        ("x = a(b, \\\n    c)\n", {1: ["LGT101"]}, "x = a(b, \\\n    c)  # noqa: LGT101\n"),
        ("x = '''\na\n'''  # noqa: E501\n", {1: ["LGT101"]}, "x = '''\na\n'''  # noqa: E501, LGT101\n"),
        ("x = 1\r\ny = 2\r", {2: ["LGT101"]}, "x = 1\r\ny = 2  # noqa: LGT101\r"),
    ],
)
def test_a_comment_stands_where_it_counts(text: str, wanted: dict[int, list[str]], commented: str) -> None:
    assert suppressions.added(text, wanted) == commented
    read = suppressions.read(commented)
    assert all(read.hides(code, row) for row, codes in wanted.items() for code in codes)


def test_flake8_takes_the_comments(tmp_path: Path) -> None:
    text = BAD.replace("F.cross_entropy(p, y)", "F.cross_entropy(\n        p, '''\n'''.join(y))")
    (tmp_path / "a.py").write_text(text)
    before = subprocess.run(
        [sys.executable, "-m", "flake8", "--isolated", "--select=LGT", "a.py"], cwd=tmp_path, capture_output=True
    )
    assert b"LGT101" in before.stdout
    assert logitlint(tmp_path, "--add-noqa").code == 0
    after = subprocess.run(
        [sys.executable, "-m", "flake8", "--isolated", "--select=LGT", "a.py"], cwd=tmp_path, capture_output=True
    )
    assert after.stdout == b""


@pytest.mark.parametrize("option", [["--add-noqa"], ["--diff-base", "HEAD"]])
def test_stdin_has_no_file_to_compare_or_to_write(tmp_path: Path, option: list[str]) -> None:
    run = logitlint(tmp_path, "-", *option)
    assert run.code == 2
    assert f"`{option[0]}` works on files, not on stdin" in run.err


@pytest.mark.parametrize("way", [["--write-baseline", "known.json"], ["--add-noqa"]])
@pytest.mark.parametrize("repair", ["--fix", "--diff"])
def test_what_leaves_old_findings_does_not_repair_them(tmp_path: Path, way: list[str], repair: str) -> None:
    (tmp_path / "a.py").write_text(BAD)
    run = logitlint(tmp_path, repair, *way, "a.py")
    assert run.code == 2
    assert f"`{way[0]}` leaves old findings as they are" in run.err
    assert (tmp_path / "a.py").read_text() == BAD


REPAIRED = NEW.replace("x.sigmoid()", "x")


def test_only_what_the_baseline_does_not_have_is_repaired(tmp_path: Path) -> None:
    file = tmp_path / "a.py"
    file.write_text(OLD)
    assert logitlint(tmp_path, "--write-baseline", "known.json").code == 0
    file.write_text(NEW.lstrip() + OLD)  # the old ones move
    run = logitlint(tmp_path, "--baseline", "known.json", "--fix")
    assert file.read_text() == REPAIRED.lstrip() + OLD
    assert (run.code, "5 findings of the baseline are not shown." in run.out) == (0, True)


def test_only_what_a_change_brings_is_repaired(repository: Path) -> None:
    file = repository / "second.py"
    file.write_text(NEW.lstrip() + OLD)
    assert logitlint(repository, "--diff-base", "HEAD", "--fix").code == 0
    assert file.read_text() == REPAIRED.lstrip() + OLD
    assert (repository / "src" / "first.py").read_text() == OLD


def test_an_old_finding_stays_when_lines_above_it_go(tmp_path: Path) -> None:
    file = tmp_path / "a.py"
    file.write_text(OLD)
    assert logitlint(tmp_path, "--write-baseline", "known.json").code == 0
    file.write_text(BAD.replace("p = F", "z = x + 1\n    p = F").replace("(x, dim", "(z, dim") + OLD)
    logitlint(tmp_path, "--baseline", "known.json", "--fix")
    assert file.read_text() == BAD.replace("p = F.softmax(x, dim=1)", "z = x + 1").replace("(p,", "(z,") + OLD
