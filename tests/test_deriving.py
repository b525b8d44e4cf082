"""Which methods that a class has from another file are run where the class is defined: those that come to its file."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from logitlint.frameworks.catalog import catalog
from logitlint.frameworks.vocabulary import Want
from logitlint.inference import run as judging
from logitlint.inference.expressions import evaluate
from logitlint.inference.machine import Evaluate, Machine
from logitlint.inference.run import analyse, looking_on
from logitlint.inference.values import UserClass, UserFunction
from logitlint.linter import Linter
from logitlint.project.modules import Project
from logitlint.project.sieve import Sieve
from logitlint.settings import Settings

HEAD = "import torch.nn.functional as F\nfrom torch import nn\n"
BASE = f"""{HEAD}
KNOWN = {{}}

def loss_of(model, x, y):
    return F.cross_entropy(model.head(x), y)

def logged(function):
    def inner(*args):
        return function(*args)
    return inner

class Holder:
    def __init__(self, held):
        self.held = held

class Base(nn.Module):
    first = None

    def __init__(self, given=None, size=8):
        super().__init__()
        self.given = given
        self.holder = Holder(given)
        self.size = size
        self.fc = nn.Linear(8, size)
        self.late = lambda x: self.head(x)

    def head(self, x):
        return self.fc(x)

    def outer(self, x):
        return super().head(x)

    @property
    def shown(self):
        return self.head

    @logged
    def wrapped(self, x):
        return self.head(x)

    def by_method(self, x, y):
        return F.cross_entropy(self.head(x), y)

    def by_property(self, x, y):
        return F.cross_entropy(self.shown(x), y)

    def by_decorator(self, x, y):
        return F.cross_entropy(self.wrapped(x), y)

    def by_attribute(self, x, y):
        return F.cross_entropy(self.given(x), y)

    def by_object(self, x, y):
        return F.cross_entropy(self.holder.held(x), y)

    def by_class(self, x, y):
        return F.cross_entropy(self.first(x), y)

    def by_closure(self, x, y):
        return F.cross_entropy(self.late(x), y)

    def by_super(self, x, y):
        return F.cross_entropy(self.outer(x), y)

    def by_itself(self, x, y):
        return loss_of(self, x, y)

    def by_another(self, x, y):
        return F.cross_entropy(type(self)(8).head(x), y)

    def by_registry(self, x, y):
        return F.cross_entropy(KNOWN["net"](x), y)

    def by_name_alone(self, x, y):
        assert isinstance(self, nn.Module), self.__class__.__name__ + type(self).__name__
        return F.cross_entropy(x, y)
"""
USING = f"{HEAD}import base\nfrom base import Base\n"
METHODS = {
    "by_method",
    "by_property",
    "by_decorator",
    "by_attribute",
    "by_object",
    "by_class",
    "by_closure",
    "by_super",
    "by_itself",
    "by_another",
    "by_registry",
    "by_name_alone",
}


@pytest.fixture
def reaching(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., set[str]]:
    """The steps of the base class that are run first where a class derives from it."""
    runs: list[set[str]] = []
    original = judging._run_inherited

    def noted(machine: Machine, cls: UserClass, methods: list[UserFunction], *others: Any) -> list[set[Want | None]]:
        runs.append({method.node.name for method in methods} & METHODS)
        return original(machine, cls, methods, *others)

    monkeypatch.setattr(judging, "_run_inherited", noted)

    def reached(text: str, base: str = BASE, evaluate: Evaluate = evaluate) -> set[str]:
        tmp_path.joinpath("base.py").write_text(base)
        file = tmp_path / "using.py"
        file.write_text(text)
        project = Project()
        analyse(project, Sieve(project, catalog()), str(file), evaluate=evaluate)
        return runs[0]

    return reached


@pytest.mark.parametrize(
    "text",
    [
        "class Net(Base):\n    pass\n",
        "class Net(Base):\n    def __init__(self):\n        super().__init__(None, size=3)\n",
        "class Net(Base):\n    size = 3\n    names = ['a', 'b']\n",
    ],
)
def test_where_nothing_of_the_file_is_met_none_is_run(reaching: Callable[..., set[str]], text: str) -> None:
    assert reaching(USING + text) == set()


def test_a_method_of_the_file_that_is_not_asked_for_changes_nothing_but_for_what_hands_the_object_on(
    reaching: Callable[..., set[str]],
) -> None:
    net = "class Net(Base):\n    def other(self, x):\n        return F.softmax(x, dim=1)\n"
    # what the decorator makes takes `*args`, the object among them; the closure sees all of it
    assert reaching(USING + net) == {"by_itself", "by_another", "by_decorator", "by_closure"}


def test_what_is_overridden_is_met_by_all_that_ask_for_it(reaching: Callable[..., set[str]]) -> None:
    net = "class Net(Base):\n    def head(self, x):\n        return F.softmax(x, dim=1)\n"
    asking = {"by_method", "by_property", "by_decorator", "by_closure", "by_super", "by_itself", "by_another"}
    assert reaching(USING + net) == asking


@pytest.mark.parametrize("given", ["nn.Softmax(dim=1)", "lambda x: F.softmax(x, dim=1)", "[nn.Softmax(dim=1)]"])
def test_what_the_base_is_given_is_met_under_the_attribute_it_has_there(
    reaching: Callable[..., set[str]], given: str
) -> None:
    net = f"class Net(Base):\n    def __init__(self):\n        super().__init__({given})\n"

    found = reaching(USING + net)
    assert {"by_attribute", "by_object", "by_itself"} <= found
    assert found.isdisjoint({"by_method", "by_class", "by_registry", "by_name_alone"})


def test_what_a_class_holds_for_its_objects_is_met(reaching: Callable[..., set[str]]) -> None:
    net = "class Net(Base):\n    first = nn.Softmax(dim=1)\n"
    assert {"by_class", "by_itself"} <= reaching(USING + net)


def test_who_registers_something_is_met_by_all(reaching: Callable[..., set[str]]) -> None:
    net = "base.KNOWN['net'] = nn.Softmax(dim=1)\n\nclass Net(Base):\n    pass\n"
    assert reaching(USING + net) == METHODS


def test_who_is_imported_by_the_base_is_met_by_all(reaching: Callable[..., set[str]]) -> None:
    net = "class Net(Base):\n    pass\n"
    assert reaching(USING + net, BASE + "\nimport using\n") == METHODS


def test_who_looks_on_sees_all(reaching: Callable[..., set[str]]) -> None:
    assert reaching(f"{USING}class Net(Base):\n    pass\n", evaluate=looking_on) == METHODS


@pytest.mark.parametrize("other", ["", "\n    def second(self, x, y):\n        return F.binary_cross_entropy(x, y)\n"])
def test_what_the_other_steps_want_is_still_asked_where_something_is_found(tmp_path: Path, other: str) -> None:
    """A step that comes to nothing of the file says that the class is not for one task: nothing is said of it."""
    base = (
        f"{HEAD}class Base(nn.Module):\n    def step(self, x, y):\n        return F.cross_entropy(self.head(x), y)\n"
        "    def head(self, x):\n        raise NotImplementedError\n"
    )
    tmp_path.joinpath("base.py").write_text(base + other)
    file = tmp_path / "using.py"
    file.write_text(f"{USING}class Net(Base):\n    def head(self, x):\n        return F.softmax(x, dim=1)\n")
    (report,) = Linter(Settings(enabled=frozenset({"LGT101"}))).check_paths([str(file)])
    assert [finding.code for finding in report.findings] == ([] if other else ["LGT101"])
