"""Which file a dotted name means."""

from __future__ import annotations

from pathlib import Path

import pytest

from logitlint.project.modules import Project
from logitlint.source.text import Source, Unreadable


@pytest.fixture
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project whose folder is not the working directory."""
    monkeypatch.chdir(tmp_path)
    for name in (
        "top.py",
        "beside.py",
        "package/__init__.py",
        "package/one.py",
        "package/inner/__init__.py",
        "package/inner/two.py",
        "package/beside.py",
        "scripts/run.py",
        "scripts/local.py",
        "both.py",
        "both/__init__.py",
    ):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("")
    return tmp_path


@pytest.mark.parametrize(
    ("name", "origin", "level", "found"),
    [
        ("beside", "top.py", 0, "beside.py"),
        ("package", "top.py", 0, "package/__init__.py"),
        ("package.one", "top.py", 0, "package/one.py"),
        ("package.inner", "top.py", 0, "package/inner/__init__.py"),
        ("package.inner.two", "top.py", 0, "package/inner/two.py"),
        ("both", "top.py", 0, "both/__init__.py"),
        ("nowhere", "top.py", 0, None),
        ("package.nowhere", "top.py", 0, None),
        ("top", "top.py", 0, None),
        ("local", "scripts/run.py", 0, "scripts/local.py"),
        ("package.one", "scripts/run.py", 0, "package/one.py"),
        ("package.one", "package/inner/two.py", 0, "package/one.py"),
        ("top", "package/inner/two.py", 0, "top.py"),
        ("beside", "package/one.py", 0, None),  # as a script another one than as part of the package
        ("beside", "package/inner/two.py", 0, "beside.py"),
        ("one", "package/__init__.py", 1, "package/one.py"),
        ("", "package/one.py", 1, "package/__init__.py"),
        ("two", "package/inner/__init__.py", 1, "package/inner/two.py"),
        ("", "package/inner/two.py", 2, "package/__init__.py"),
        ("one", "package/inner/two.py", 2, "package/one.py"),
        ("beside", "package/inner/two.py", 3, "beside.py"),
        ("one", "package/inner/two.py", 1, None),
        ("", "scripts/run.py", 1, None),
    ],
)
def test_a_module_is_found_where_python_would_find_it(
    tree: Path, name: str, origin: str, level: int, found: str | None
) -> None:
    project = Project()
    assert project.find(name, str(tree / origin), level) == (found and str(tree / found))
    assert project.find(name, str(tree / origin), level) == (found and str(tree / found))


def test_a_path_may_be_relative(tree: Path) -> None:
    assert Project().find("package.one", "scripts/run.py") == str(Path("package/one.py"))
    assert Project().find("beside", "top.py") == "beside.py"


def test_outside_the_working_directory_the_search_ends_above_the_package(
    tree: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tree / "scripts")
    project = Project()
    assert project.find("top", str(tree / "package" / "inner" / "two.py")) == str(tree / "top.py")
    monkeypatch.chdir(tree / "package")
    assert Project().find("beside", str(tree / "scripts" / "run.py")) is None


def test_a_module_inside_a_package(tree: Path) -> None:
    project = Project()
    package = str(tree / "package" / "__init__.py")
    assert project.inside(package, "one") == str(tree / "package" / "one.py")
    assert project.inside(package, "inner") == str(tree / "package" / "inner" / "__init__.py")
    assert project.inside(package, "nowhere") is None
    assert project.inside(str(tree / "top.py"), "beside") is None


def test_text_from_memory_wins(tree: Path) -> None:
    project = Project()
    file = str(tree / "top.py")
    project.add(file, Source("shown.py", "x = 1\n"))
    assert project.text(file) == "x = 1\n"
    assert project.shown(file) == "shown.py"
    form = project.module(file)
    assert form is not None
    assert len(form.body) == 1
    assert project.require(file) is form


@pytest.mark.parametrize("name", ["broken.py", "absent.py"])
def test_what_cannot_be_read_is_no_module(tree: Path, name: str) -> None:
    (tree / "broken.py").write_text("def (:\n")
    project = Project()
    file = str(tree / name)
    assert project.module(file) is None
    assert project.module(file) is None
    with pytest.raises(Unreadable):
        project.require(file)
