"""What a start costs: what is imported, and CPU time with so wide a margin that only a change of order fails."""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

from logitlint.cli.program import program
from logitlint.frameworks import catalog as catalog_module
from logitlint.frameworks.catalog import Catalog, catalog
from logitlint.frameworks.vocabulary import Base, Function, Layer, Method, Property, Result, Row
from logitlint.project.modules import Project
from logitlint.project.sieve import Sieve

ROOT = Path(__file__).parent.parent
TABLES = Path(catalog_module.__file__).parent
CLEAN = "import json\n\n\ndef parsed(text):\n    return json.loads(text)\n"
TORCH = "import torch.nn.functional as F\n\n\ndef f(x, y):\n    return F.cross_entropy(F.softmax(x, 1), y)\n"
LOADED = """
import runpy, sys
sys.argv = ["logitlint", "check", "--isolated", sys.argv[1]]
try:
    runpy.run_module("logitlint", run_name="__main__")
except SystemExit as done:
    print(*sys.modules, file=sys.stderr)
    sys.exit(done.code)
"""


def modules(file: Path, text: str) -> set[str]:
    """What a run over one file imports."""
    file.write_text(text)
    done = subprocess.run([sys.executable, "-c", LOADED, str(file)], capture_output=True, text=True, cwd=ROOT)
    assert done.returncode in (0, 1), done.stderr
    return set(done.stderr.splitlines()[-1].split())


def tables(loaded: set[str]) -> set[str]:
    """The tables, of those that only some programs use, that a run has imported."""
    return set(catalog().tables.values()) & {name.removeprefix("logitlint.frameworks.") for name in loaded}


@pytest.fixture(scope="module")
def benchmark() -> ModuleType:
    spec = importlib.util.spec_from_file_location("stages", ROOT / "tests" / "benchmarks" / "stages.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_a_file_without_a_library_is_not_parsed(tmp_path: Path) -> None:
    loaded = modules(tmp_path / "a.py", CLEAN)
    assert "logitlint.linter" in loaded
    assert "libcst" not in loaded
    assert not tables(loaded)


def test_a_table_is_loaded_where_its_library_is_named(tmp_path: Path) -> None:
    loaded = modules(tmp_path / "a.py", TORCH)
    assert "libcst" in loaded
    assert not tables(loaded)
    loaded = modules(tmp_path / "b.py", TORCH.replace("\n\n", "\nfrom timm.loss import ZlprLoss as Z\nz = Z()\n", 1))
    assert tables(loaded) == {"timm"}


NOT_FOR_READING = frozenset(
    {
        "numpy",
        "torch",
        "tensorflow",
        "tf_keras",
        "keras",
        "jax",
        "jaxlib",
        "flax",
        "optax",
        "scipy",
        "sklearn",
        "pandas",
    }
    | {"transformers", "pytorch_lightning", "lightning", "logitlint.numerics", "logitlint.runtime"}
)
"""What no command that only reads programs imports."""
RUN = """
import runpy, sys
arguments = sys.argv[1:]
sys.argv = [arguments[0], *arguments[1:]]
try:
    runpy.run_module(arguments[0], run_name="__main__")
except SystemExit as done:
    code = done.code
print("LOADED", code, *sys.modules, file=sys.stderr)
"""
READING = {
    "check": ("logitlint check --isolated --no-cache --select LGT {tour}", 1),
    "check with processes and a cache": ("logitlint check --select LGT -j 2 --statistics {tour}", 1),
    "check, told to programs": ("logitlint check --isolated --output-format sarif {tour}", 1),
    "check --show-unresolved": ("logitlint check --isolated --show-unresolved {tour}", 1),
    "check --diff": ("logitlint check --isolated --diff --unsafe-fixes {tour}", 1),
    "check --fix": ("logitlint check --isolated --fix --unsafe-fixes {tour}", None),
    "check --add-noqa": ("logitlint check --isolated --add-noqa {tour}", 0),
    "rule": ("logitlint rule LGT101", 0),
    "rules": ("logitlint rules", 0),
    "rules, told to programs": ("logitlint rules --output-format json", 0),
    "why": ("logitlint why {tour}/train.py:21", None),
    "completion": ("logitlint completion bash", 0),
    "the version": ("logitlint --version", 0),
    "help": ("logitlint --help", 0),
    "flake8": ("flake8 --isolated --select LGT {tour}", 1),
    "flake8 with processes": ("flake8 --isolated --select LGT -j 2 {tour}", 1),
}
"""Every command that only reads programs, or writes them anew, and how it ends on the tour."""


@pytest.mark.parametrize("name", READING)
def test_what_only_reads_programs_imports_no_framework_and_no_numpy(name: str, tmp_path: Path) -> None:
    command, expected = READING[name]
    tour = shutil.copytree(ROOT / "fixtures" / "tour", tmp_path / "tour")
    done = subprocess.run(
        [sys.executable, "-c", RUN, *command.format(tour=tour).split()],
        capture_output=True,
        text=True,
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    word, code, *loaded = done.stderr.splitlines()[-1].split()
    assert word == "LOADED", done.stderr
    assert code == str(expected) or (expected is None and code in ("0", "1")), done.stderr + done.stdout
    assert {each for each in NOT_FOR_READING if each in loaded} == set()
    assert "logitlint" in loaded


def test_every_command_is_asked_what_it_imports() -> None:
    named = {command.split()[1] for command, _ in READING.values() if command.startswith("logitlint ")}
    assert set(program.commands) - {"verify"} <= named  # which is what the frameworks are for
    assert {"numpy", "torch"} <= NOT_FOR_READING


def test_importing_the_package_imports_next_to_nothing() -> None:
    done = subprocess.run(
        [
            sys.executable,
            "-c",
            "import sys, logitlint, logitlint.flake8_plugin, logitlint.pytest_plugin; print(*sys.modules)",
        ],
        capture_output=True,
        text=True,
        cwd=ROOT,
    )
    loaded = set(done.stdout.split())
    assert "logitlint.pytest_plugin" in loaded, done.stderr
    assert not NOT_FOR_READING & loaded


def rows(table: str) -> tuple[Row, ...]:
    found: tuple[Row, ...] = importlib.import_module(f"logitlint.frameworks.{table}").ROWS
    return found


def names(row: Row) -> tuple[str, ...]:
    return (row.name,) if isinstance(row, Method | Property | Result) else (row.name, *row.aliases)


@pytest.mark.parametrize("table", sorted(set(catalog().tables.values())))
def test_a_table_that_is_loaded_later_is_known_by_its_packages(table: str) -> None:
    packages = {name.partition(".")[0] for row in rows(table) for name in names(row)}
    known = {package for package, each in catalog().tables.items() if each == table}
    assert packages == {(catalog().known_as(f"{package}.x") or package).partition(".")[0] for package in known}


@pytest.mark.parametrize("table", sorted(set(catalog().tables.values())))
def test_a_table_that_is_loaded_later_says_nothing_of_other_programs(table: str) -> None:
    for row in rows(table):
        assert not isinstance(row, Method | Property), row.name
        if isinstance(row, Base):
            assert row.calls in catalog().calls
            assert row.keeps <= catalog().keeps
            assert row.wrappers <= catalog().wrappers


def test_every_table_is_in_the_catalog() -> None:
    assert {id(row) for row in catalog()} >= {
        id(row)
        for file in TABLES.glob("*.py")
        for row in getattr(importlib.import_module(f"logitlint.frameworks.{file.stem}"), "ROWS", ())
    }


def test_a_row_of_a_table_loads_it() -> None:
    small = Catalog((), tables={"timm": "timm", "pytorch_lightning": "lightning"})
    assert small.libraries == {"timm", "pytorch_lightning"}
    assert small.judges == frozenset()
    assert isinstance(small.row("timm.loss.ZlprLoss"), Layer)
    assert small.row("timm.loss.Nothing") is None
    assert small.row("timm") is None
    assert isinstance(small.row("pytorch_lightning.LightningModule"), Base)
    assert "ZlprLoss" in small.judges_of("timm")
    assert small.judges_of("pytorch_lightning") == frozenset()
    assert len(list(small)) == len(rows("timm")) + len(rows("lightning"))
    own = Function(name="mine.f", signature="x")
    assert list(Catalog([own])) == [own]


@pytest.mark.parametrize(
    ("texts", "passes"),
    [
        ({"a": "from timm.loss import ZlprLoss\n"}, True),
        ({"a": "import timm\n"}, False),
        ({"a": "import timm\nfrom b import g\n", "b": "def g(m):\n    return m.ZlprLoss()\n"}, True),
        ({"a": "from b import ZlprLoss\n", "b": "from c import *\n", "c": "from timm.loss import *\n"}, True),
        ({"a": "import kornia\nfrom b import ZlprLoss\n", "b": "class ZlprLoss: pass\n"}, False),
        ({"a": "from b import ZlprLoss\n", "b": "from a import *\n"}, False),
        ({"a": "import timm, skorch\nfrom b import NeuralNet\n", "b": "import a\n"}, True),
        ({"a": "import torch\nfrom torch.nn.functional import softmax\n"}, True),
        ({"a": "from statistics import softmax\n"}, False),
        ({"a": "import torchvision\nsoftmax\n"}, True),
    ],
)
def test_the_judges_of_a_library_count_where_it_is_named(tmp_path: Path, texts: dict[str, str], passes: bool) -> None:
    for name, text in texts.items():
        (tmp_path / f"{name}.py").write_text(text)
    project = Project()
    sieve = Sieve(project, catalog())
    for name in sorted(texts, reverse=True):  # what has been asked before changes no answer
        sieve.passes(str(tmp_path / f"{name}.py"))
    assert sieve.passes(str(tmp_path / "a.py")) is passes
    assert Sieve(Project(), catalog()).passes(str(tmp_path / "a.py")) is passes


def test_the_start_takes_no_longer_than_it_should(tmp_path: Path, benchmark: ModuleType) -> None:
    file = tmp_path / "a.py"
    file.write_text(benchmark.model_code(40))
    assert min(benchmark.seconds(file)[0] for _ in range(3)) < 1.0
    file.write_text(CLEAN)
    assert min(benchmark.seconds(file)[0] for _ in range(3)) < 0.7


def test_a_thousand_lines_take_no_longer_than_they_should(tmp_path: Path, benchmark: ModuleType) -> None:
    small, large = tmp_path / "small.py", tmp_path / "large.py"
    small.write_text(benchmark.model_code(40))
    large.write_text(benchmark.model_code(1040))
    assert large.read_text().count("\n") - small.read_text().count("\n") >= 950
    more = min(benchmark.seconds(large)[0] for _ in range(3)) - min(benchmark.seconds(small)[0] for _ in range(3))
    assert 0 < more < 0.8


def test_the_benchmark_measures_every_stage(tmp_path: Path, benchmark: ModuleType) -> None:
    bad, clean = tmp_path / "bad.py", tmp_path / "clean.py"
    bad.write_text(TORCH)
    clean.write_text(CLEAN)
    measured = benchmark.stages([bad, clean], 1)
    assert tuple(measured) == benchmark.STAGES
    assert [lines for lines, _ in measured.values()] == [10, 10, 5, 5, 5, 5]
    assert all(took > 0 for _, took in measured.values())
