"""Modules are run once for all files of a run, and no file sees what another one made of them."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path

import pytest

from logitlint.findings import Finding
from logitlint.frameworks.catalog import catalog
from logitlint.inference import modules, preparation
from logitlint.inference.imports import Imports
from logitlint.inference.run import analyse
from logitlint.inference.store import Stored
from logitlint.inference.values import Literal
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
PATCHES = "import torch.nn.functional as F\n\n\ndef ours(x, y):\n    return x\n\n\nF.cross_entropy = ours\n"
WRITES = """
import torch


def filled():
    table = torch.zeros(3, 3).softmax(1)
    table.mul_(2)
    return 3


WIDTH = filled()
"""
SHARES = "import torch\n\nPARTS = torch.zeros(3, 3).softmax(1)\n"
LAZY = """
import importlib


class Lazy:
    def __init__(self, name):
        self.name = name
        self.module = None

    def load(self):
        self.module = importlib.import_module(self.name)
        return self.module


optree = Lazy("optree")
functional = Lazy("torch.nn.functional")
"""
USES_PARTS = """
import torch.nn.functional as F
from {module} import PARTS


def score(y):
    return F.cross_entropy(PARTS, y)
"""
FILES = {
    "patches": PATCHES,
    "imports_patches": "import patches\n\nOURS = patches.ours\n",
    "train_patched": "import imports_patches\n\nUSED = imports_patches.OURS\n" + TRAIN.format(module="net", name="Net"),
    "train_patched_too": "import imports_patches\n\nUSED = imports_patches.OURS\n"
    + TRAIN.format(module="net", name="Net"),
    "writes": WRITES,
    "train_beside": "from writes import WIDTH\n\nUSED = WIDTH\n" + TRAIN.format(module="net", name="Net"),
    "shares": SHARES,
    "changes": "from shares import PARTS\n\nPARTS.mul_(2)\nDONE = 1\n",
    "changes_its_own": SHARES + "ALIAS = PARTS\nPARTS.mul_(2)\n",
    "uses_parts": USES_PARTS.format(module="shares"),
    "uses_changed": "import changes\n\nUSED = changes.DONE\n" + USES_PARTS.format(module="shares"),
    "uses_its_own": USES_PARTS.format(module="changes_its_own").replace("PARTS", "ALIAS"),
    "lazy": LAZY,
    "loads_a_library": "from lazy import optree\n\nWIDTH = optree.load()\n",
    "loads_losses": "from lazy import functional\n\nWIDTH = functional.load()\n",
    "train_beside_a_library": "import loads_a_library\n\nUSED = loads_a_library.WIDTH\n"
    + TRAIN.format(module="net", name="Net"),
    "train_by_loaded": "import loads_losses\nfrom lazy import functional\nfrom net import Net\n\n"
    "USED = loads_losses.WIDTH\n\n\ndef train(x, y):\n    return functional.module.cross_entropy(Net()(x), y)\n",
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
    assert {name for name in FILES if alone[name]} == {
        *("train", "train_beside", "train_beside_a_library", "train_by_loaded"),
        *("train_a", "train_b", "by_key", "uses_parts"),
    }
    names = list(FILES)
    shuffled = random.Random(1)
    for order in (names, names[::-1], *(shuffled.sample(names, len(names)) for _ in range(15))):
        linter = fresh()
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
    ran.clear()
    others = ("train_beside_a_library.py", "train_by_loaded.py")
    for name in ("train_patched.py", "train_beside.py", "uses_changed.py", "uses_its_own.py", *others) * 3:
        analyse(known, sieve, name, imports)
    assert {name: ran.count(name) for name in ran} == {
        **dict.fromkeys(("imports_patches.py", "patches.py", "writes.py", "shares.py"), 1),
        **dict.fromkeys(("lazy.py", "loads_a_library.py"), 1),
        **dict.fromkeys(("changes.py", "changes_its_own.py", "loads_losses.py"), 3),
    }


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


class _Counted(dict[tuple[int, str], Stored]):
    """Cells of which it is counted how often one begins to walk through them."""

    walks = 0

    def __iter__(self) -> Iterator[tuple[int, str]]:
        self.walks += 1
        return super().__iter__()


def test_what_places_of_shared_modules_hold_is_found_without_walking_through_all_of_them() -> None:
    imports = Imports()
    imports.ground.cells = cells = _Counted({(place, "x"): Literal(place) for place in range(1, 100)})
    assert all(imports.held(place) == {"x": Literal(place)} for place in range(1, 100))
    assert cells.walks == 1
    cells[5, "y"] = Literal(0)
    assert imports.held(5) == {"x": Literal(5), "y": Literal(0)}
    assert [*imports.names(5)] == ["x", "y"]
    assert cells.walks == 2


MANY_METHODS = """
class Base:
    def __init__(self, data):
        self.data = None

    def load(self, data):
        self.data = data
""" + "".join(
    f"""
    def step{number}(self, net):
        return F.cross_entropy(net(self.data), self.data)
"""
    for number in range(20)
)


def test_the_methods_of_a_class_are_looked_up_once_for_all_that_are_judged(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a.py").write_text("import torch.nn.functional as F\n" + MANY_METHODS)
    orders: list[str] = []
    monkeypatch.setattr(
        preparation.Preparation,
        "_methods",
        lambda self, order, given=preparation.Preparation._methods: orders.append("") or given(self, order),
    )
    reports = list(
        Linter(Settings(enabled=frozenset(rule.code for rule in RULES))).check_paths([str(tmp_path / "a.py")])
    )
    assert [len(report.losses) for report in reports] == [20]
    assert len(orders) == 1
