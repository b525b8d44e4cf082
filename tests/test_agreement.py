"""A finding belongs to one file, by whatever door and from whatever directory the project is checked."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner
from expectations import FIXTURES, expectations

from logitlint.cli import program

PROJECTS = (
    "added_paths",
    "by_name",
    "clash",
    "package",
    "proved_whoever_calls",
    "registries",
    "src_layout",
    "star_imports",
    "wired",
)
FORMAT = "%(path)s|%(row)d|%(col)d|%(code)s"
Place = tuple[str, int, int, str]


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The projects, each a repository of its own, far from any other."""
    top = tmp_path_factory.mktemp("copy")
    for name in PROJECTS:
        shutil.copytree(FIXTURES / "projects" / name, top / name)
        (top / name / ".git").mkdir()
    return top


def check(*paths: str) -> set[Place]:
    result = CliRunner().invoke(program, ["check", "--isolated", "--no-cache", "--output-format", "json", *paths])
    assert result.exit_code in (0, 1), result.output
    return {
        (os.path.realpath(each["filename"]), each["location"]["row"], each["location"]["column"], each["code"])
        for each in json.loads(result.stdout)
    }


@pytest.mark.parametrize("name", PROJECTS)
def test_the_folder_each_file_and_every_directory_agree(copy: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    project = (copy / name).resolve()
    files = sorted(project.rglob("*.py"))
    monkeypatch.chdir(project)
    whole = check(".")
    expected = {(str(file), row, code) for file in files for row, code in expectations(file.read_text("utf-8")).found}
    assert {(file, row, code) for file, row, _, code in whole} == expected
    assert expected
    assert {place for file in files for place in check(str(file.relative_to(project)))} == whole
    assert {place for file in reversed(files) for place in check(str(file))} == whole
    monkeypatch.chdir(copy)
    assert check(name) == whole
    monkeypatch.chdir(files[-1].parent)
    assert check(str(project)) == whole
    assert check(os.path.relpath(project)) == whole


@pytest.mark.parametrize("name", ["added_paths", "registries"])
def test_flake8_says_the_same(copy: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    project = (copy / name).resolve()
    monkeypatch.chdir(project)
    said = subprocess.run(
        [
            sys.executable,
            "-m",
            "flake8",
            "--isolated",
            "--select",
            "LGT",
            "--format",
            "%(path)s|%(row)d|%(col)d|%(code)s",
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    found = {tuple(line.split("|")) for line in said.stdout.splitlines()}
    whole = check("--select", "LGT", ".")
    assert found == {
        (f"./{Path(file).relative_to(project)}", str(row), str(col), code) for file, row, col, code in whole
    }
