"""Modules are run once for all files of a run, and no file sees what another one made of them."""

from __future__ import annotations

import itertools
from pathlib import Path

import pytest

from logitlint.findings import Finding
from logitlint.frameworks.catalog import catalog
from logitlint.inference import modules
from logitlint.inference.imports import Imports
from logitlint.inference.run import analyse
from logitlint.linter import Linter
from logitlint.project.modules import Project
from logitlint.project.sieve import MOST_REGISTERING, Sieve
from logitlint.rules import RULES
from logitlint.settings import Settings

NET = """
import torch.nn as nn
import torch.nn.functional as F


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(8, 3)

    def forward(self, x):
        return F.softmax(self.fc(x), dim=1)
"""
TRAIN = """
import torch.nn.functional as F
from {module} import {name}


def train(x, y):
    return F.cross_entropy({name}()(x), y)
"""
CIRCLE_A = (
    "from circle_b import Second\n"
    + NET.replace("Net", "First")
    + "\n\nSecond.partner = First\n\n\ndef pair():\n    return First(), Second()\n"
)
CIRCLE_B = (
    "import torch.nn as nn\nimport circle_a\nfrom net import Net\n\n\n"
    "class Second(Net):\n    pass\n\n\nif hasattr(circle_a, 'First'):\n    Other = circle_a.First\n"
)
REGISTRY = "MODELS = {}\n\n\ndef register(cls):\n    MODELS['it'] = cls\n    return cls\n"
REGISTERED = "from registry import register\n" + NET.replace("class Net", "@register\nclass Registered")
BY_KEY = """
import torch.nn.functional as F
from registered import Registered
from registry import MODELS


def train(x, y):
    Registered
    return F.cross_entropy(MODELS['it']()(x), y)
"""
FILES = {
    "net": NET,
    "train": TRAIN.format(module="net", name="Net"),
    "circle_a": CIRCLE_A,
    "circle_b": CIRCLE_B,
    "train_a": TRAIN.format(module="circle_a", name="First"),
    "train_b": TRAIN.format(module="circle_b", name="Second"),
    "registry": REGISTRY,
    "registered": REGISTERED,
    "by_key": BY_KEY,
    "by_key_unregistered": BY_KEY.replace("from registered import Registered", "Registered = 1"),
}


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    for name, text in FILES.items():
        Path(f"{name}.py").write_text(text)
    return tmp_path


def findings(linter: Linter, name: str) -> tuple[Finding, ...]:
    (report,) = linter.check_paths([f"{name}.py"])
    assert not report.failures
    return report.findings


def fresh() -> Linter:
    return Linter(Settings(enabled=frozenset(rule.code for rule in RULES if rule.default)))


def test_every_order_of_files_gives_what_each_gives_alone(project: Path) -> None:
    alone = {name: findings(fresh(), name) for name in FILES}
    assert {name for name in FILES if alone[name]} == {"train", "train_a", "train_b", "by_key"}
    names = list(FILES)
    for start, step in itertools.product(range(len(names)), (1, 3, 7)):
        linter = fresh()
        order = [names[(start + step * position) % len(names)] for position in range(len(names))]
        assert {name: findings(linter, name) for name in order} == alone


def test_a_module_is_run_once_unless_it_matters_who_imports_it(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ran: list[str] = []
    run_body = modules.run_body

    def counted(machine: modules.Machine, module: modules.ir.Module) -> modules.Frame:
        ran.append(machine.home)
        return run_body(machine, module)

    monkeypatch.setattr(modules, "run_body", counted)
    known = Project()
    sieve, imports = Sieve(known, catalog()), Imports()
    for _ in range(3):
        analyse(known, sieve, "train.py", imports)
    assert ran == ["net.py"]
    assert imports.modules.keys() == {"net.py"}
    ran.clear()
    for _ in range(3):
        analyse(known, sieve, "by_key.py", imports)
    assert ran.count("registry.py") == 1
    assert ran.count("registered.py") == 3


@pytest.mark.parametrize(("more", "found"), [(0, ["LGT101"]), (MOST_REGISTERING, [])])
def test_what_registers_is_run_while_there_is_not_too_much_of_it(tmp_path: Path, more: int, found: list[str]) -> None:
    """Each file that looks something up would run all of it anew: of a package with hundreds of models, none is."""
    registry = "MODELS = {}\ndef register(cls):\n    MODELS[cls.__name__] = cls\n    return cls\n"
    builder = "from zoo.registry import MODELS\ndef build(name):\n    return MODELS[name]()\n"
    names = ["net", *(f"other{number}" for number in range(more))]
    imports = "".join(f"from zoo import {name}\n" for name in names)
    files = {
        "zoo/registry.py": registry,
        "zoo/builder.py": builder,
        "zoo/__init__.py": f"{imports}from zoo.builder import build\n",
        "zoo/net.py": "from zoo.registry import register\n" + NET.replace("class Net", "@register\nclass Net"),
        **{f"zoo/{name}.py": f"import zoo.registry\n@zoo.registry.register\nclass {name}: ...\n" for name in names[1:]},
        "train.py": "import torch.nn.functional as F\nimport zoo\n\n\n"
        "def train(x, y):\n    return F.cross_entropy(zoo.build('Net')(x), y)\n",
    }
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    reports = Linter(Settings(enabled=frozenset({"LGT101"}))).check_paths([str(tmp_path / "train.py")])
    assert [finding.code for report in reports for finding in report.findings] == found
