"""Which files are looked at: decided by their words and by what they import."""

from __future__ import annotations

from pathlib import Path

import pytest

from logitlint.frameworks.catalog import catalog
from logitlint.project.modules import Project
from logitlint.project.sieve import Sieve

JUDGE = "from torch.nn.functional import cross_entropy\n"
LIBRARY = "import torch\n"


def sieve(folder: Path, **files: str) -> Sieve:
    for name, text in files.items():
        path = folder.joinpath(*name.split("__")).with_suffix(".py")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return Sieve(Project(), catalog())


@pytest.mark.parametrize(
    ("text", "passes"),
    [
        (JUDGE, True),
        ("loss = F.cross_entropy(a, b)\n", True),
        ("loss = nn.CrossEntropyLoss()\n", True),
        (LIBRARY, False),
        ("def cross_entropy(p, q): ...\n", False),
        ("import torch\nx.softmax(1)\n", True),
        ("import torchless\ncross_entropist = 1\n", False),
        ("model = keras.Sequential()\nmodel.compile(loss='categorical_crossentropy')\n", True),
        ("K = 3\nround(K)\n", False),
        ("F = 3\nround(F)\n", False),
        ("def update(D, F):\n    for k, v in F.items(): D[k] = round(v)  # V.R.M.F.\n", False),
        ("x = F.relu(x)\nround(x)\n", True),
        ("", False),
    ],
)
def test_a_file_must_name_a_judge_and_a_library(tmp_path: Path, text: str, passes: bool) -> None:
    assert sieve(tmp_path, main=text).passes(str(tmp_path / "main.py")) == passes


@pytest.mark.parametrize(
    "text",
    [
        "import other\n",
        "import other as o, json\n",
        "import json, other\n",
        "from other import *\n",
        "from other import thing\n",
        "from other import (\n    thing,  # a comment\n    more,\n)\n",
        "    from other import thing\n",
        "if True:\n\timport other\n",
        "from . import other\n",
        "from .other import thing\n",
        "import package.deep\n",
        "from package import deep\n",
        "from package.deep import thing\n",
        "import indirect\n",
    ],
)
def test_what_a_file_imports_counts(tmp_path: Path, text: str) -> None:
    seen = sieve(tmp_path, main=text, other=JUDGE, package____init__="", package__deep=JUDGE, indirect="import other\n")
    assert seen.passes(str(tmp_path / "main.py"))


@pytest.mark.parametrize(
    "text", ["import harmless\n", "from nowhere import thing\n", "from . import nothing\n", "x = 'import other'\n"]
)
def test_what_it_does_not_import_does_not(tmp_path: Path, text: str) -> None:
    assert not sieve(tmp_path, main=text, other=JUDGE, harmless="x = 1\n").passes(str(tmp_path / "main.py"))


def test_judge_and_library_may_stand_in_two_files(tmp_path: Path) -> None:
    seen = sieve(tmp_path, main="import a, b\n", a="def cross_entropy(p, q): ...\n", b=LIBRARY)
    assert seen.passes(str(tmp_path / "main.py"))
    assert not seen.passes(str(tmp_path / "a.py"))
    assert not seen.passes(str(tmp_path / "b.py"))
    assert seen.uses_library(str(tmp_path / "b.py"))
    assert not seen.uses_library(str(tmp_path / "a.py"))


@pytest.mark.parametrize("first", ["a", "b", "c"])
def test_a_circle_of_imports_is_one(tmp_path: Path, first: str) -> None:
    seen = sieve(tmp_path, a="import b\n", b="import c\n", c="import a\n" + JUDGE)
    assert seen.passes(str(tmp_path / f"{first}.py"))
    assert all(seen.passes(str(tmp_path / f"{name}.py")) for name in "abc")


def test_a_circle_without_a_judge(tmp_path: Path) -> None:
    seen = sieve(tmp_path, a="import b\n", b="import a\nimport d\n", c="import a\nimport e\n", d="", e=JUDGE)
    assert not seen.passes(str(tmp_path / "a.py"))
    assert not seen.passes(str(tmp_path / "b.py"))
    assert seen.passes(str(tmp_path / "c.py"))
    assert not seen.passes(str(tmp_path / "a.py"))


def test_a_file_that_cannot_be_read_names_nothing(tmp_path: Path) -> None:
    assert not sieve(tmp_path).passes(str(tmp_path / "absent.py"))


def test_each_file_is_read_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seen = sieve(tmp_path, a="import b\n", b="import a\n")
    assert not seen.passes(str(tmp_path / "a.py"))
    monkeypatch.setattr(Project, "text", lambda *_: pytest.fail("read again"))
    assert not seen.passes(str(tmp_path / "b.py"))
