"""What a function may set of what is not its own, by its text alone."""

from __future__ import annotations

import ast

import pytest

from logitlint.frameworks.catalog import catalog
from logitlint.inference.setting import declared, may_set_given, may_set_globals, may_set_receiver
from logitlint.lowering import ir
from logitlint.lowering.walk import walk

_HEAD = "def f(self, other, name):\n    "
SETS = [
    "self.out = other",
    "self.out[0] = other",
    "self.out.last = other",
    "del self.out[0]",
    "self.out.append(other)",
    "out = self.out; out.last = other",
    "for each in self.out: each.last = other",
    "self.__dict__.update(other)",
    "self._modules['out'] = other",
    "self._modules.pop('out')",
    "self.register_module('out', other)",
    "self.register_module(name, other)",
    "super().add_module('out', other)",
    "self.set_submodule('out', other)",
    "self.set_submodule('out.last', other)",
    "operator.setitem(self.out, 0, other)",
    "for each in (self.out, other): each[0] = other",
    "type.__setattr__(Net, 'out', other)",
    "setattr(sys.modules[__name__], name, other)",
    "for each in self.children(): each[0] = other",
    "for each in self.children(): each.append(other)",
    "[setattr(each, name, other) for each in self.children()]",
    "(each := self.out).append(other)",
    "with self.out as each: each[0] = other",
    "del getattr(self, 'out')[0]",
    "getattr(self, name)[0] = other",
    "other[name](self)",
    "self.apply(other)",
    "setattr(self, name, other)",
    "object.__setattr__(self, 'out', other)",
    "other(self)",
    "other.strip(self)",
    "type(self).out = other",
    "self.__class__.out = other",
    "Net.out = other",
    "global out; out = other",
]
LEAVES = [
    "self.width = other",
    "out = other; out.last = name",
    "other.out = name",
    "self.register_module('width', other)",
    "self.register_buffer('width', other)",
    "other.apply(name)",
    "self.out(other)",
    "self.set_submodule('width.out', other)",
    "operator.setitem(self.width, 0, other)",
    "other(self.out(name))",
    "for each in (self.width, other): name[0] = other",
    "del getattr(self, 'width')[0]",
    "for each in self.children(): each = other",
    "len(self)",
    "isinstance(self, other)",
    "return self.out",
    "type(other).out = name",
    "Other.out = name",
]


def _function(line: str) -> ir.Function:
    text = _HEAD + line
    module, _ = walk(text, ast.parse(text))
    (function,) = module.body
    assert isinstance(function, ir.Function)
    return function


@pytest.mark.parametrize("line", SETS)
def test_a_method_that_may_set_an_attribute(line: str) -> None:
    assert may_set_receiver(_function(line), {"out"}, {"Net"}, catalog())


@pytest.mark.parametrize("line", LEAVES)
def test_a_method_that_leaves_it_alone(line: str) -> None:
    assert not may_set_receiver(_function(line), {"out"}, {"Net"}, catalog())


@pytest.mark.parametrize(
    ("line", "sets"),
    [
        ("global out; out = 1", True),
        ("out.last = other", True),
        ("setattr(sys.modules[__name__], name, other)", True),
        ("importlib.import_module(__name__).out = other", True),
        ("operator.setitem(out, 0, other)", True),
        ("global width; width = 1; out.last = other", True),
        ("out = 1", False),
        ("global width; width = 1", False),
    ],
)
def test_globals(line: str, sets: bool) -> None:
    assert may_set_globals(_function(line), {"out"}, catalog()) is sets


def test_what_a_parameter_takes() -> None:
    assert may_set_given(_function("other.out = 1"), "other", {"out"}, catalog())
    assert not may_set_given(_function("other.width = 1"), "other", {"out"}, catalog())
    assert not may_set_given(_function("self.out = 1"), "other", {"out"}, catalog())


def test_what_is_declared() -> None:
    assert declared(_function("global out, width\n    def g():\n        nonlocal name")) == {"out", "width", "name"}
