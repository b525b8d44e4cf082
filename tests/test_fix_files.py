"""Repairs as files see them: bytes that are not edited stay, all files are written or none, patches that git takes."""

from __future__ import annotations

import json
import os
import re
import stat
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from logitlint.documents import Document
from logitlint.fixer import Fixer
from logitlint.fixes.writing import Unwritable, write_all
from logitlint.rules import RULES
from logitlint.settings import Settings

BAD = """\
import torch.nn.functional as F
from torch import nn

head = nn.Linear(8, 3)  # a layer


def step(x, y):
    probs = F.softmax(head(x), dim=1)
    return F.cross_entropy(probs, y)
"""
GOOD = BAD.replace("F.softmax(head(x), dim=1)", "head(x)")
MODEL = """\
from torch import nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(8, 3)

    def forward(self, x):
        return self.fc(x).softmax(1)
"""
TRAIN = """\
import torch
from model import Net
from torch import nn

criterion = nn.CrossEntropyLoss()


def train(loader):
    net = Net()
    for x, y in loader:
        out = net(x)
        criterion(out, y).backward()
        print(out.max(), out.argmax(1))
"""
NOBODY = 65534
"""A user who owns nothing."""
SETTINGS = Settings(enabled=frozenset(rule.code for rule in RULES if rule.default))


def run(
    folder: Path, *arguments: str, given: bytes | None = None, **environment: str
) -> subprocess.CompletedProcess[bytes]:
    command = [sys.executable, "-m", "logitlint", "check", "--isolated", *arguments]
    return subprocess.run(command, cwd=folder, input=given, capture_output=True, env={**os.environ, **environment})


# -- the text ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (BAD.encode(), GOOD.encode()),
        (BAD.replace("\n", "\r\n").encode(), GOOD.replace("\n", "\r\n").encode()),
        (b"\xef\xbb\xbf" + BAD.encode(), b"\xef\xbb\xbf" + GOOD.encode()),
        (
            b"# coding: latin-1\n" + BAD.replace("a layer", "\xe4").encode("latin-1"),
            b"# coding: latin-1\n" + GOOD.replace("a layer", "\xe4").encode("latin-1"),
        ),
        (BAD.rstrip().encode(), GOOD.rstrip().encode()),
        (BAD.replace("    ", "\t").encode(), GOOD.replace("    ", "\t").encode()),
        (
            b"\xef\xbb\xbf\x0c" + BAD.replace("\n", "\r\n").replace("a layer", "\xe4 \x1b").encode(),
            b"\xef\xbb\xbf\x0c" + GOOD.replace("\n", "\r\n").replace("a layer", "\xe4 \x1b").encode(),
        ),
    ],
    ids=["plain", "crlf", "bom", "latin-1", "no newline at the end", "tabs", "many"],
)
def test_bytes_that_are_not_edited_stay(tmp_path: Path, content: bytes, expected: bytes) -> None:
    file = tmp_path / "a.py"
    file.write_bytes(content)
    assert run(tmp_path, "--fix", "-", given=content).stdout == expected
    result = run(tmp_path, "--fix", "a.py")
    assert result.returncode == 0, result.stderr
    assert file.read_bytes() == expected
    assert run(tmp_path, "--fix", "a.py").returncode == 0
    assert file.read_bytes() == expected


def test_links_are_followed_and_modes_kept(tmp_path: Path) -> None:
    real = tmp_path / "real.py"
    real.write_text(BAD)
    real.chmod(0o754)
    (tmp_path / "link.py").symlink_to(real)
    assert run(tmp_path, "--fix", "link.py").returncode == 0
    assert (tmp_path / "link.py").is_symlink()
    assert real.read_text() == GOOD
    assert stat.S_IMODE(real.stat().st_mode) == 0o754
    assert sorted(path.name for path in tmp_path.iterdir()) == ["link.py", "real.py"]


@pytest.mark.parametrize("option", ["--fix", "--add-noqa"])
def test_a_link_that_leads_out_of_a_folder_is_not_written_through(tmp_path: Path, option: str) -> None:
    inside, outside = tmp_path / "inside", tmp_path / "outside.py"
    (inside / "deep").mkdir(parents=True)
    outside.write_text(BAD)
    (inside / "deep" / "link.py").symlink_to(outside)
    (inside / "deep" / "real.txt").write_text(BAD)
    (inside / "near.py").symlink_to("deep/real.txt")
    result = run(inside, option, ".")
    assert result.returncode == 1
    assert outside.read_text() == BAD
    assert (inside / "deep" / "real.txt").read_text() != BAD
    assert b"deep/link.py:" in result.stderr
    assert b"is a link to a file outside of what was given" in result.stderr
    (inside / "deep" / "real.txt").write_text(BAD)
    run(tmp_path, option, "inside/near.py", "inside")
    assert outside.read_text() == BAD
    assert run(tmp_path, option, "inside/deep/link.py").returncode == 0  # which is named
    assert outside.read_text() != BAD
    outside.write_text(BAD)
    (tmp_path / "there").symlink_to(inside)
    (inside / "own.py").write_text(BAD)
    run(tmp_path, option, "there")
    assert (inside / "own.py").read_text() != BAD
    assert outside.read_text() == BAD


def test_a_silenced_finding_is_not_repaired(tmp_path: Path) -> None:
    text = BAD.replace("(probs, y)", "(probs, y)  # noqa: LGT101")
    (tmp_path / "a.py").write_text(text)
    assert run(tmp_path, "--fix", "a.py").returncode == 0
    assert (tmp_path / "a.py").read_text() == text


def test_a_repair_that_would_delete_a_comment_is_not_safe(tmp_path: Path) -> None:
    text = BAD.replace("head(x), dim=1)", "head(x),\n        dim=1,  # the classes\n    )")
    (tmp_path / "a.py").write_text(text)
    assert run(tmp_path, "--fix", "a.py").returncode == 1
    assert (tmp_path / "a.py").read_text() == text
    assert run(tmp_path, "--fix", "--unsafe-fixes", "a.py").returncode == 0
    assert (tmp_path / "a.py").read_text() == GOOD


# -- several files ----------------------------------------------------------------------------------------------------


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "model.py").write_text(MODEL)
    (tmp_path / "train.py").write_text(TRAIN)
    return tmp_path


def test_an_activation_moves_to_the_file_that_needs_it(project: Path) -> None:
    assert run(project, "--fix", ".").returncode == 1
    assert (project / "model.py").read_text() == MODEL
    assert run(project, "--fix", "--unsafe-fixes", ".").returncode == 0
    assert (project / "model.py").read_text() == MODEL.replace(".softmax(1)", "")
    wanted = TRAIN.replace("print(out.max(), out.argmax(1))", "print(torch.softmax(out, dim=1).max(), out.argmax(1))")
    assert (project / "train.py").read_text() == wanted


def test_a_file_that_was_not_given_is_not_touched(project: Path) -> None:
    result = run(project, "--fix", "--unsafe-fixes", "train.py")
    assert result.returncode == 1
    assert b"train.py:12:9: LGT101 was not repaired: it changes model.py" in result.stderr.replace(b"\\", b"/")
    assert (project / "model.py").read_text() == MODEL
    assert (project / "train.py").read_text() == TRAIN


def test_all_files_are_written_or_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    paths = [str(tmp_path / name) for name in ("a.py", "b.py", "c.py")]
    for path in paths:
        Path(path).write_bytes(b"old")
    moved: list[object] = []
    really = os.replace

    def replace(source: str, target: str) -> None:
        moved.append(target)
        if len(moved) == 3:
            raise OSError(28, "No space left on device")
        really(source, target)

    monkeypatch.setattr(os, "replace", replace)
    with pytest.raises(Unwritable, match="No space left"):
        write_all(dict.fromkeys(paths, (b"old", b"new")))
    assert [Path(path).read_bytes() for path in paths] == [b"old"] * 3
    assert len(list(tmp_path.iterdir())) == 3


def test_a_file_that_was_changed_meanwhile_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_bytes(b"mine")
    with pytest.raises(Unwritable, match="changed meanwhile"):
        write_all({str(tmp_path / "a.py"): (b"old", b"new")})
    assert (tmp_path / "a.py").read_bytes() == b"mine"


WITHOUT_PRIVILEGES = """
import contextlib, os, sys
from logitlint.cli import main

nobody, command = int(sys.argv[1]), ["logitlint", "check", "--isolated", "--no-cache", *sys.argv[2:]]
sys.argv = [*command, "--diff"]
with open(os.devnull, "w") as nowhere, contextlib.redirect_stdout(nowhere), contextlib.redirect_stderr(nowhere):
    with contextlib.suppress(SystemExit):
        main()  # everything is imported while it can be read
if os.geteuid() == 0:
    os.setgroups([])
    os.setgid(nobody)
    os.setuid(nobody)
sys.argv = command
main()
"""


def without_privileges(folder: Path, *arguments: str) -> subprocess.CompletedProcess[bytes]:
    """The command, run by somebody to whom what is read-only is read-only: not by root."""
    if os.geteuid() == 0:
        for path in (folder, *folder.rglob("*")):
            os.chown(path, NOBODY, NOBODY)
    command = [sys.executable, "-c", WITHOUT_PRIVILEGES, str(NOBODY), *arguments]
    return subprocess.run(command, cwd=folder, capture_output=True)


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder that others than its owner may reach."""
    with tempfile.TemporaryDirectory() as name:
        Path(name).chmod(0o755)
        yield Path(name)


@pytest.mark.skipif(not hasattr(os, "geteuid"), reason="there are no users")
def test_a_file_that_is_read_only_stays(open_folder: Path) -> None:
    (open_folder / "a.py").write_text(BAD)
    (open_folder / "a.py").chmod(0o444)
    result = without_privileges(open_folder, "--fix", "a.py")
    assert result.returncode == 2
    assert b"read-only" in result.stderr
    assert (open_folder / "a.py").read_text() == BAD


@pytest.mark.skipif(not hasattr(os, "geteuid"), reason="there are no users")
@pytest.mark.parametrize("kept", ["model.py", "train.py", "."])
def test_a_repair_of_two_files_of_which_one_is_read_only_is_not_made(open_folder: Path, kept: str) -> None:
    (open_folder / "model.py").write_text(MODEL)
    (open_folder / "train.py").write_text(TRAIN)
    (open_folder / kept).chmod(0o555 if kept == "." else 0o444)
    result = without_privileges(open_folder, "--fix", "--unsafe-fixes", ".")
    (open_folder / kept).chmod(0o755)
    assert result.returncode == 2, result.stderr
    assert [(open_folder / name).read_text() for name in ("model.py", "train.py")] == [MODEL, TRAIN]
    assert sorted(path.name for path in open_folder.iterdir()) == ["model.py", "train.py"]


@pytest.mark.skipif(not hasattr(os, "geteuid"), reason="there are no users")
def test_a_repair_of_two_files_that_may_be_written_is_made(open_folder: Path) -> None:
    (open_folder / "model.py").write_text(MODEL)
    (open_folder / "train.py").write_text(TRAIN)
    result = without_privileges(open_folder, "--fix", "--unsafe-fixes", ".")
    assert result.returncode == 0, result.stderr
    assert (open_folder / "model.py").read_text() != MODEL


# -- patches and streams ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["ä b.py", '\x1b[2J\n"::x\\.py', "\u202ea ä.py"], ids=["blank", "control", "turned"])
@pytest.mark.parametrize("ending", ["\n", "\r\n", ""], ids=["lf", "crlf", "no newline at the end"])
def test_git_takes_the_patch(tmp_path: Path, ending: str, name: str) -> None:
    folder = tmp_path / "with blank"
    folder.mkdir()
    file = folder / name
    text = BAD.rstrip("\n") if not ending else BAD.replace("\n", ending)
    file.write_bytes(text.encode())
    result = run(tmp_path, "--diff", ".")
    assert result.returncode == 1
    assert result.stderr.decode().startswith("Would fix 1 finding.")
    assert file.read_bytes() == text.encode()
    assert not re.search("[\x00-\x08\x0b\x0c\x0e-\x1f\u202e]", result.stdout.decode())
    subprocess.run(["git", "init", "--quiet", "."], cwd=tmp_path, check=True)
    subprocess.run(["git", "apply", "-"], cwd=tmp_path, input=result.stdout, check=True)
    assert file.read_bytes() == text.replace("F.softmax(head(x), dim=1)", "head(x)").encode()
    clean = run(tmp_path, "--diff", ".")
    assert (clean.returncode, clean.stdout) == (0, b"")


def test_git_takes_the_patch_of_a_file_above_the_working_directory(tmp_path: Path) -> None:
    below = tmp_path / "src" / "deep"
    below.mkdir(parents=True)
    file = tmp_path / "src" / "a.py"
    file.write_text(BAD)
    result = run(below, "--diff", "../a.py")
    assert f"The patch is to be applied in {tmp_path / 'src'}" in result.stderr.decode()
    subprocess.run(["git", "apply", "-"], cwd=tmp_path / "src", input=result.stdout, check=True)
    assert file.read_text() == GOOD


def test_a_patch_is_no_finding_when_none_is_to_count(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text(BAD)
    assert run(tmp_path, "--diff", "a.py").returncode == 1
    assert run(tmp_path, "--diff", "--exit-zero", "a.py").returncode == 0


def test_a_patch_is_coloured_on_a_terminal_and_keeps_its_bytes(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_bytes(b"# coding: latin-1\r\n" + BAD.encode().replace(b"probs, y)", b"probs, y)  # \xe9"))
    patch = run(tmp_path, "--diff", "a.py").stdout
    coloured = run(tmp_path, "--diff", "a.py", FORCE_COLOR="1").stdout
    assert b"\xe9" in patch
    assert b"\x1b" not in patch
    assert b"\n\x1b[31m\x1b[22m-    " in coloured
    assert b"\n\x1b[32m\x1b[22m+    " in coloured
    assert re.sub(rb"\x1b\[\d+m", b"", coloured) == patch


def test_a_text_from_stdin_goes_to_stdout(tmp_path: Path) -> None:
    result = run(tmp_path, "--fix", "-", "--stdin-filename", "a.py", given=BAD.encode())
    assert (result.returncode, result.stdout) == (0, GOOD.encode())
    assert b"1 fixed" in result.stderr
    for text in (GOOD.encode(), b"def (:\n", b"\xff\xfe"):
        result = run(tmp_path, "--fix", "-", given=text)
        assert result.stdout == text


def test_json_has_the_edits(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text(BAD)
    (found,) = json.loads(run(tmp_path, "--output-format", "json", "a.py").stdout)
    assert found["fix"]["applicability"] == "safe"
    assert found["fix"]["effect"] == "changes-loss"
    (edit,) = found["fix"]["edits"]
    assert (edit["location"], edit["end_location"]) == ({"row": 8, "column": 13}, {"row": 8, "column": 38})
    assert edit["content"] == "head(x)"


# -- notebooks --------------------------------------------------------------------------------------------------------


CELL = {"cell_type": "code", "execution_count": None, "metadata": {}, "outputs": []}


def notebook(*cells: str) -> bytes:
    document = {
        "cells": [
            {
                "cell_type": "code",
                "execution_count": None,
                "metadata": {},
                "outputs": [],
                "source": text.splitlines(True),
            }
            for text in cells
        ],
        "metadata": {},
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    return json.dumps(document, indent=1).encode()


def test_cells_are_edited_and_nothing_else(tmp_path: Path) -> None:
    imports = "%matplotlib inline\nimport torch.nn.functional as F\nfrom torch import nn"
    step = "def step(x, y):\n    p = head(x)\n    p = F.softmax(p, dim=1)\n    return F.cross_entropy(p, y)"
    file = tmp_path / "a.ipynb"
    file.write_bytes(notebook(imports, "head = nn.Linear(8, 3)", step))
    assert run(tmp_path, "--fix", "a.ipynb").returncode == 0
    assert file.read_bytes() == notebook(
        imports, "head = nn.Linear(8, 3)", step.replace("    p = F.softmax(p, dim=1)\n", "")
    )


def test_the_last_line_of_a_cell_goes_with_the_line_break_before_it(tmp_path: Path) -> None:
    imports = "import torch.nn.functional as F\nfrom torch import nn\nhead = nn.Linear(8, 3)"
    first, second = "p = head(x)\np = F.softmax(p, dim=1)", "loss = F.cross_entropy(p, y)"
    file = tmp_path / "a.ipynb"
    file.write_bytes(notebook(imports, first, second))
    document = Document.read(str(file))
    result = Fixer(SETTINGS, unsafe=True).repair([str(file)])
    assert document.content != result.after[str(file)].content
    assert result.after[str(file)].content == notebook(imports, "p = head(x)", second)


def test_what_a_magic_leaves_in_its_place_is_repaired_there(tmp_path: Path) -> None:
    imports = "import torch.nn.functional as F\nfrom torch import nn\nhead = nn.Linear(8, 3)"
    loss = "loss = F.cross_entropy(F.softmax(head(x), 1), y)"
    file = tmp_path / "a.ipynb"
    file.write_bytes(notebook(imports, f"%time {loss}", f"%%time\n{loss}", f"  {loss}\n  !ls"))
    done = run(tmp_path, "--fix", "a.ipynb")
    right = "loss = F.cross_entropy(head(x), y)"
    assert file.read_bytes() == notebook(imports, f"%time {right}", f"%%time\n{right}", f"  {loss}\n  !ls")
    assert b"a.ipynb:cell 4:1:10: LGT101 was not repaired: the cell is not plain Python there" in done.stderr
