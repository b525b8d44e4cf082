"""Which file a dotted name means."""

from __future__ import annotations

import os
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


PLACES = ("here/run.py", "lib/wanted.py", "deep/er/wanted.py", "src/layout.py", "src/both.py", "here/space/inner.py")


@pytest.mark.parametrize(
    ("statement", "found"),
    [
        ("sys.path.append('../deep/er')", "deep/er/wanted.py"),
        ("sys.path.insert(0, os.path.join(os.path.dirname(__file__), '..', 'deep', 'er'))", "deep/er/wanted.py"),
        ("sys.path.insert(1, osp.join(osp.dirname(osp.realpath(__file__)), osp.pardir, 'lib'))", "lib/wanted.py"),
        ("ROOT = os.path.dirname(os.path.dirname(__file__))\nsys.path.append(ROOT + '/deep/er')", "deep/er/wanted.py"),
        ("sys.path.append(str(Path(__file__).parent.parent / 'deep' / 'er'))", "deep/er/wanted.py"),
        ("sys.path.append(str(pathlib.Path(__file__).resolve().parents[1].joinpath('lib')))", "lib/wanted.py"),
        ("sys.path += ['../deep/er']", "deep/er/wanted.py"),
        ("sys.path.extend(['../nowhere', '../deep/er'])", "deep/er/wanted.py"),
        ("site.addsitedir('../deep/er')", "deep/er/wanted.py"),
        ("def add(path):\n    sys.path.insert(0, path)\nadd('../deep/er')", "deep/er/wanted.py"),
        ("sys.path.append('../deep/er')\nsys.path.append('../lib')", None),
        ("R = Path(__file__).parents[1]\nsys.path += [str(R / 'deep' / 'er'), str(R / 'lib')]", "deep/er/wanted.py"),
        (
            "R = Path(__file__).parents[1]\nsys.path.insert(0, str(R / 'deep/er'))\nsys.path.insert(0, str(R / 'lib'))",
            "lib/wanted.py",
        ),
        ("sys.path.append('deep/er')", "deep/er/wanted.py"),
        ("sys.path.append(os.getcwd())", "lib/wanted.py"),
        ("sys.path.append(somewhere)", "lib/wanted.py"),
        ("other.paths.append('../deep/er')", "lib/wanted.py"),
        ("items.append('../deep/er')", "lib/wanted.py"),
    ],
)
def test_what_a_program_adds_to_the_search(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, statement: str, found: str | None
) -> None:
    monkeypatch.chdir(tmp_path)
    for name in (*PLACES, "pyproject.toml"):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("")
    (tmp_path / "here" / "run.py").write_text(f"import os, sys\n{statement}\n")
    (tmp_path / "here" / "through.py").write_text("import run\n")
    for origin in ("here/run.py", "here/through.py"):
        assert Project().find("wanted", origin) == found
        assert Project().find("wanted", str(tmp_path / origin)) == (found and str(tmp_path / found))


@pytest.mark.parametrize("here", [".", "one", "one/deep", "elsewhere"])
def test_what_is_found_depends_on_the_place_of_the_file_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, here: str
) -> None:
    for name in ("one/.git/HEAD", "one/deep/run.py", "one/top.py", "one/src/pack/__init__.py", "elsewhere/x", "y.py"):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("")
    monkeypatch.chdir(tmp_path / here)
    file = str(tmp_path / "one" / "deep" / "run.py")
    assert Project().find("top", file) == str(tmp_path / "one" / "top.py")
    assert Project().find("pack", file) == str(tmp_path / "one" / "src" / "pack" / "__init__.py")
    relative = os.path.relpath(file)
    found = Project().find("top", relative)
    assert found is not None
    assert Path(found).resolve() == (tmp_path / "one" / "top.py").resolve()


def test_a_name_that_could_mean_two_files_means_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("a/nets.py", "a/b/nets.py", "a/b/c/run.py", "a/b/other.py", "a/b/c/other.py", "lib/p.py", "src/p.py"):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("")
    assert Project().find("nets", "a/b/c/run.py") is None
    assert Project().find("nets", "a/b/other.py") is None
    assert Project().find("p", "a/b/c/run.py") is None
    (tmp_path / "a/b/other.py").write_text("if __name__ == '__main__':\n    pass\n")
    assert Project().find("nets", "a/b/other.py") == "a/b/nets.py"
    assert Project().find("nets", "a/b/notebook.ipynb") == "a/b/nets.py"


def test_modules_of_a_package_without_init(tree: Path) -> None:
    (tree / "scripts" / "broken name.py").write_text("")
    project = Project()
    names = {"local": "scripts/local.py", "run": "scripts/run.py"}
    assert project.modules("scripts", "top.py") == names
    assert project.modules("package", "top.py").keys() == {"one", "inner", "beside"}
    assert project.modules("nowhere", "top.py") == {}
    assert Project().modules("package.inner", str(tree / "top.py")) == {"two": str(tree / "package/inner/two.py")}


@pytest.mark.parametrize("mark", ["requirements.txt", "setup.py", ".git/HEAD", None])
def test_a_project_whose_own_folder_is_a_package(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, mark: str | None
) -> None:
    for name in ("root/__init__.py", "root/nets/__init__.py", "root/nets/soft.py", "root/agents/__init__.py", "top.py"):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("")
    if mark is not None:
        (tmp_path / "root" / mark).parent.mkdir(exist_ok=True)
        (tmp_path / "root" / mark).write_text("")
    monkeypatch.chdir(tmp_path if mark is not None else tmp_path / "root")
    agent, soft = str(tmp_path / "root/agents/one.py"), str(tmp_path / "root/nets/soft.py")
    assert Project().find("nets.soft", agent) == soft
    assert Project().find("root.nets.soft", agent) == soft
    monkeypatch.chdir(tmp_path)
    if mark is None:
        assert Project().find("nets.soft", agent) is None
