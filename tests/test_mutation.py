"""The script that makes mistakes in rules and tables: what it makes, and that it sees what tests notice."""

from __future__ import annotations

import importlib.util
import os
import random
import signal
from pathlib import Path
from types import ModuleType

import pytest

from logitlint.frameworks.vocabulary import Axes, Fact, Function, Layer, Role, Takes, Want
from logitlint.kinds import Kind

SCRIPT = Path(__file__).parent / "mutation" / "mutate.py"
SOURCE = """
MASK = Kind.LOGITS | Kind.SIGMOID
Number: TypeAlias = int | float


def said(use: str | None, wants: bool = False) -> str | None:
    \"\"\"True or False.\"\"\"
    if use is None or not wants:
        return None
    return f"{use or wants}" if all(each for each in use if each > 1) else use


RULE = Rule(default=True)
"""


@pytest.fixture(scope="module")
def script() -> ModuleType:
    spec = importlib.util.spec_from_file_location("mutate", SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_every_condition_kind_and_comparison_of_a_module_is_changed(script: ModuleType) -> None:
    made = dict(script.code_mutants(SOURCE))
    assert set(made) == {
        "2: `Kind.LOGITS | Kind.SIGMOID` -> `Kind.LOGITS`",
        "2: `Kind.LOGITS | Kind.SIGMOID` -> `Kind.SIGMOID`",
        "2: `Kind.LOGITS` -> `Kind.ACTIVATED`",
        "2: `Kind.SIGMOID` -> `Kind.PROBABILITY`",
        "6: `False` -> `True`",
        "8: `use is None or not wants` -> `not wants`",
        "8: `use is None or not wants` -> `use is None`",
        "8: `use is None or not wants` -> `True`",
        "8: `use is None or not wants` -> `False`",
        "8: `use is None` -> `use is not None`",
        "8: `not wants` -> `wants`",
        "10: `all` -> `any`",
        "10: `each > 1` -> `each <= 1`",
        "10: `each > 1` -> `nothing`",
        "10: `1` -> `2`",
        "10: `f'{use or wants}' if all((each for each in use if each > 1)) else use` -> `f'{use or wants}'`",
        "10: `f'{use or wants}' if all((each for each in use if each > 1)) else use` -> `use`",
    }
    assert "if not wants:" in made["8: `use is None or not wants` -> `not wants`"]
    assert len(set(made.values())) == len(made)
    assert all(compile(text, "mutant", "exec") for text in made.values())


ENTRIES = """
OTHER: Mapping[str, int] = {"x": 5}
HOMES: Mapping[str, object] = {"a": {"b", "c"}, **OTHER}
"""


def test_an_entry_of_what_stands_beside_rows_is_dropped(script: ModuleType) -> None:
    made = dict(script.code_mutants(ENTRIES, ("HOMES",)))
    assert set(made) == {
        "3: `'a': {'b', 'c'}` -> `nothing`",
        "3: `**OTHER` -> `nothing`",
        "3: `'b'` -> `nothing`",
        "3: `'c'` -> `nothing`",
    }
    assert made["3: `**OTHER` -> `nothing`"].endswith("HOMES: Mapping[str, object] = {'a': {'b', 'c'}}")


def test_of_a_table_only_what_stands_beside_its_rows_is_lookup(script: ModuleType) -> None:
    made = [mutant.what for mutant in script.lookup_mutants(("jax", "torch_losses"))]
    assert {what.partition(":")[0] for what in made} == {"frameworks/jax.py"}
    assert any("'jax.lax.add': '+'" in what for what in made)
    assert not any("_DETACHED" in what or "Fact." in what for what in made)


def test_every_claim_of_a_row_is_changed(script: ModuleType) -> None:
    row = Layer(
        name="lib.Layer",
        init="low=0",
        call=Function(
            name="lib.Layer",
            signature="input",
            takes={"input": Takes(Role.SUBJECT, Want.SCORES)},
            gives={Kind.LOGITS: Kind.SOFTMAX},
            low=0.0,
            units="features",
        ),
        facts=frozenset({Fact.LOSS}),
        aliases=("lib.Old",),
    )
    made = dict(script.value_mutants(row, [Fact.LOSS, Fact.METRIC]))
    assert made.keys() >= {
        "call: takes: without input",
        "call: takes: input: role: Role.SUBJECT -> Role.OTHER",
        "call: takes: input: want: Want.SCORES -> Want.CLASS_INDEX",
        "call: gives: without Kind.LOGITS",
        "call: gives: Kind.LOGITS: Kind.SOFTMAX -> Kind.SIGMOID",
        "call: axes: Axes.KEPT -> Axes.RESHAPED",
        "call: low: 0.0 -> 1.0",
        "call: units: features -> None",
        "call: facts: with Fact.METRIC",
        "facts: without Fact.LOSS",
        "facts: with Fact.METRIC",
        "aliases: without 0",
    }
    assert not [what for what in made if "signature" in what or "init" in what or what.startswith("name")]
    assert made["call: axes: Axes.KEPT -> Axes.RESHAPED"].call.axes is Axes.RESHAPED
    assert row.call is not None
    assert row.call.axes is Axes.KEPT
    assert script._names(made["aliases: 0: lib.Old -> None"]) == {"lib.Layer", "Layer"}


@pytest.mark.usefixtures("script")
def _with_a_fixture() -> None:
    raise AssertionError


def _without(capsys: object) -> None:
    raise AssertionError(capsys)


@pytest.fixture
def _file(tmp_path: Path) -> Path:
    return tmp_path / "a.py"


@pytest.mark.parametrize("wrong", [False, True])
def _with_a_file(_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, wrong: bool) -> None:
    monkeypatch.setenv("FILE", str(_file))
    assert _file.parent == tmp_path
    assert not wrong


@pytest.mark.parametrize("one", [1, 2])
@pytest.mark.parametrize(("two", "three"), [(3, 4), pytest.param(5, 6)])
def _with_parameters(one: int, two: int, three: int) -> None:
    assert (one, two, three) != (2, 5, 6)


def test_a_test_is_called_as_pytest_would(script: ModuleType) -> None:
    assert script.cases(_with_a_fixture) == script.cases(_without) == []
    right, wrong = script.cases(_with_a_file)
    assert (right, wrong) == ({"wrong": False}, {"wrong": True})
    assert not script.fails(_with_a_file, right)
    assert script.fails(_with_a_file, wrong)
    assert "FILE" not in os.environ
    given = [(each["one"], each["two"], each["three"]) for each in script.cases(_with_parameters)]
    assert sorted(given) == [(1, 3, 4), (1, 5, 6), (2, 3, 4), (2, 5, 6)]


ASKS = """
import pytest

from logitlint.frameworks import torch_activations
from logitlint.frameworks.catalog import catalog
from logitlint.kinds import Kind


def test_it():
    assert catalog().row("torch.nn.functional.relu") is not None


@pytest.mark.parametrize("row", [row for row in torch_activations.ROWS if row.name.endswith("_softmax")])
def test_a_softmax(row, tmp_path):
    assert tmp_path.is_dir()
    assert getattr(row, "row", row).gives is not Kind.LOG_SIGMOID


@pytest.mark.parametrize("name", ["elu", "relu"])
def test_another(name):
    assert not catalog().row("torch.nn.functional.gelu").facts
"""


def test_a_mistake_in_a_row_is_noticed_by_the_tests_that_ask_for_it(
    script: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(tmp_path)
    (tmp_path / "asks_the_catalog.py").write_text(ASKS)
    mutants = {each.what.partition(": ")[2]: each for each in script.row_mutants(["torch_activations"])}
    asked = [
        mutants[f"torch.nn.functional.{what}"]
        for what in (
            "relu: deleted",
            "elu: deleted",
            "log_softmax: gives: Kind.LOG_SOFTMAX -> Kind.LOG_SIGMOID",
            "log_softmax: axes: Axes.KEPT -> Axes.RESHAPED",
            "gelu: facts: with Fact.LOSS",
        )
    ]
    found = script.sift(asked, ["asks_the_catalog"])
    noticed, survived = script.Fate.NOTICED, script.Fate.SURVIVED
    assert [found[each.what] for each in asked] == [
        (noticed, "test_it"),
        (survived, ""),
        (noticed, "test_a_softmax"),
        (survived, ""),
        (noticed, "test_another"),
    ]
    near = script.sift(asked, ["asks_the_catalog"], whole=False)
    assert near[asked[0].what] == (noticed, "test_it")
    assert near[asked[4].what] == (survived, "")


def test_a_sample_of_mistakes_in_the_tables_of_libraries_is_noticed(script: ModuleType) -> None:
    """The whole run is a command (docs/mutation.md); here are sixty of its mistakes that need no framework."""
    held = [table for table in script.table_modules() if script.nearest_tests(table) == ("test_library_tables",)]
    mutants = [each for each in script.row_mutants(held) if script.is_of_kinds(each.what)]
    found = script.sift(random.Random(len(mutants)).sample(mutants, 60), ["test_library_tables"])
    assert [what for what, (became, _) in found.items() if became is not script.Fate.NOTICED] == []


def test_what_fails_without_a_mistake_notices_none(
    script: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(tmp_path)
    (tmp_path / "always_fails.py").write_text("def test_it():\n    assert False\n")
    mutant = next(script.row_mutants(["torch_activations"]))
    assert script.sift([mutant], ["always_fails"])[mutant.what] == (
        script.Fate.UNDECIDED,
        "test_it fails without the mistake",
    )


def test_every_table_has_its_tests(script: ModuleType) -> None:
    assert {"torch_losses", "keras_models", "optax", "transformers", "python"} <= set(script.table_modules())
    assert not {"torch", "keras", "tensorflow", "vocabulary", "catalog"} & set(script.table_modules())
    for table, test in (
        ("torch_losses", "test_tables"),
        ("torch_activations", "test_tables"),
        ("torch_geometric", "test_library_tables"),
        ("torchmetrics", "test_library_tables"),
        ("keras_losses", "test_keras_tables"),
        ("keras_operations", "test_keras_operations"),
        ("tensorflow_losses", "test_tensorflow_tables"),
        ("jax", "test_jax_tables"),
        ("optax", "test_jax_tables"),
    ):
        assert script.nearest_tests(table)[0] == test


def test_what_becomes_of_a_mistake(script: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(tmp_path)
    tested = tmp_path / "mutated_here.py"
    tested.write_text("import os\n\n\ndef test_it() -> None:\n    assert os.environ.get('MISTAKE') != 'seen'\n")

    def mistaken(value: str) -> object:
        return script.Mutant("a mistake", lambda: monkeypatch.setenv("MISTAKE", value))

    assert script.fate(mistaken("seen"), ["mutated_here"], []) is script.Fate.NOTICED
    assert script.fate(mistaken("unseen"), ["mutated_here"], []) is script.Fate.SURVIVED
    suite = [str(tested)]
    assert script.fate(mistaken("unseen"), [], suite) is script.Fate.SURVIVED
    assert script.fate(mistaken("seen"), [], suite) is script.Fate.NOTICED
    with pytest.raises(RuntimeError, match="cannot be made: a mistake"):
        script.fate(script.Mutant("a mistake", lambda: 1 / 0), [], suite)
    killed = script.Mutant("a mistake", lambda: os.kill(os.getpid(), signal.SIGKILL))
    assert script.fate(killed, [], suite) is script.Fate.UNDECIDED
    monkeypatch.setattr(script, "PATIENCE", 1)
    tested.write_text("import time\n\n\ndef test_it() -> None:\n    time.sleep(60)\n")
    assert script.fate(mistaken("unseen"), ["mutated_here"], []) is script.Fate.UNDECIDED
