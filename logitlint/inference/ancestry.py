"""The classes from which a class derives, and what they do in their own way."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from logitlint.frameworks.vocabulary import Base
from logitlint.inference.machine import Machine
from logitlint.inference.values import LibraryName, UserClass, Value
from logitlint.lowering import ir

READING: Final = "__getattribute__"
WRITING: Final = "__setattr__"
TRUTH: Final = frozenset({"__bool__", "__len__"})
_WAYS: Final = frozenset({READING, WRITING, *TRUTH})


def mro(machine: Machine, cls: UserClass) -> tuple[Value, ...]:
    """The classes in which an attribute is looked up, in order; a base of which nothing is known stays in its place."""
    known = machine.orders.get(cls.place)
    if known is None:  # once for each class: there are as many ways up as products of their numbers of bases
        known = machine.orders[cls.place] = tuple(_order(machine, cls))
    return known


def _order(machine: Machine, cls: UserClass) -> list[Value]:
    order: dict[object, Value] = {}
    bases: tuple[Value, ...] = (cls,)
    while len(bases) == 1 and isinstance(only := bases[0], UserClass) and only not in order:
        order[only] = only
        bases = machine.bases_of(only)
    below = frozenset(order)
    for base in bases:
        for each in mro(machine, base) if isinstance(base, UserClass) and base not in below else (base,):
            key: object = each if isinstance(each, UserClass | LibraryName) else id(each)
            order.pop(key, None)  # it stands where it comes last
            order[key] = each
    found = list(order.values())
    libraries = [each for each in found if type(each) is LibraryName]
    return found if len(libraries) < 2 else sorted(found, key=lambda each: _is_root(machine, each))


def _is_root(machine: Machine, cls: Value) -> bool:
    """Whether a class is one from which a library's layers derive: `nn.Module` comes after `nn.Linear`."""
    return isinstance(cls, LibraryName) and isinstance(machine.catalog.row(cls.path), Base)


def ways(machine: Machine, cls: UserClass) -> frozenset[str]:
    """What a class may do in its own way: the methods by which attributes are read and set and objects are asked
    for their truth, and what may be a property or another descriptor, by name.
    """
    known = machine.ways.get(cls.place)
    if known is None:
        classes = [each for each in mro(machine, cls) if isinstance(each, UserClass)]
        known = machine.ways[cls.place] = frozenset(name for each in classes for name in _own_ways(each.node))
    return known | machine.altered.described if machine.altered.described else known


def _own_ways(node: ir.Class) -> Iterator[str]:
    for each in node.body:
        if isinstance(each, ir.Function):
            if each.name in _WAYS or each.decorators:
                yield each.name
        elif isinstance(each, ir.Assign) and isinstance(each.value, ir.Call):
            yield from (one.name for one in each.targets if isinstance(one, ir.Name))
