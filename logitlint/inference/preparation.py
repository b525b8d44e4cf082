"""Which methods must have run before another can: those that set what it reads.

A graph of TensorFlow 1 is often built by one method after another, and a Keras model made by ``build`` is trained by
``train``; whoever calls them, in a notebook or a script that is not in sight, does so in the order in which they work.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from logitlint.inference import attributes
from logitlint.inference.ancestry import mro
from logitlint.inference.machine import Machine
from logitlint.inference.store import Entries, Held, Items
from logitlint.inference.values import LibraryName, Literal, UserClass, UserFunction, UserObject, Value
from logitlint.lowering import ir

_PLAIN: Final = ("builtins.object", "abc.ABC")


class Preparation:
    """What the methods of the objects of one run read and set.

    held
        What each class holds at the end of the run.
    """

    def __init__(self, machine: Machine, held: Held) -> None:
        self._machine = machine
        self._held = held
        self._known: dict[tuple[str, int], tuple[dict[str, None], frozenset[str]]] = {}
        self._classes: dict[int, dict[str, UserFunction] | None] = {}
        self._with_called: dict[tuple[int, str, int], tuple[dict[str, None], frozenset[str]]] = {}

    def before(self, instance: UserObject, method: UserFunction) -> list[UserFunction]:
        """The methods of an object that must have run before one of them, each behind those that it needs itself.

        An attribute that is absent, or None, where the method reads it was set by another method: by that one which
        sets it, where there is but one. None are named where a base class is not known, for it may set anything.
        """
        place = instance.cls.place
        if place not in self._classes:
            order = mro(self._machine, instance.cls)
            self._classes[place] = self._methods(order) if all(map(self._is_known, order)) else None
        methods = self._classes[place]
        ordered: dict[str, UserFunction] = {}
        if methods is not None:
            self._order(instance, method, methods, ordered, {method.node.name, "__init__"})
        return [*ordered.values()]

    def _is_known(self, base: Value) -> bool:
        if isinstance(base, LibraryName):
            return base.path in _PLAIN or self._machine.catalog.row(base.path) is not None
        return isinstance(base, UserClass)

    def _methods(self, order: Sequence[Value]) -> dict[str, UserFunction]:
        """The methods that an object has, by name, given the classes in which they are looked up."""
        found: dict[str, UserFunction] = {}
        for base in reversed(order):
            if isinstance(base, UserClass):
                held = self._held(base.place)
                found |= {name: each for name, each in held.items() if isinstance(each, UserFunction)}
        return {name: each for name, each in found.items() if each.binding == "instance" and each.node.parameters}

    def _order(
        self,
        instance: UserObject,
        method: UserFunction,
        methods: dict[str, UserFunction],
        ordered: dict[str, UserFunction],
        seen: set[str],
    ) -> None:
        """Put what must run before a method into the order."""
        key = (instance.cls.place, method.file, method.node.origin)
        if key not in self._with_called:
            self._with_called[key] = self._touched(method, methods)
        read, written = self._with_called[key]
        for name in read:
            if name in written or name in methods or not self._is_absent(instance, name):
                continue
            setters = [each for each in methods.values() if each.node.name != "__init__" and name in self._own(each)[1]]
            if len(setters) == 1 and setters[0].node.name not in seen:
                seen.add(setters[0].node.name)
                self._order(instance, setters[0], methods, ordered, seen)
                ordered[setters[0].node.name] = setters[0]

    def _is_absent(self, instance: UserObject, name: str) -> bool:
        stored = self._machine.read(instance.place, name)
        if isinstance(stored, Items | Entries):
            return False
        if stored is None:
            return attributes.class_attribute(self._machine, instance.cls, name) is None
        return stored == Literal(None)

    def _touched(
        self, method: UserFunction, methods: dict[str, UserFunction]
    ) -> tuple[dict[str, None], frozenset[str]]:
        """The attributes of `self` that a method reads, in order, and those that it sets, with what it calls."""
        read: dict[str, None] = {}
        written: set[str] = set()
        pending, seen = [method], {method.node.name}
        while pending:
            reads, writes = self._own(pending.pop())
            read |= reads
            written |= writes
            pending += [methods[name] for name in reads if name in methods and name not in seen]
            seen |= reads.keys()
        return read, frozenset(written)

    def _own(self, method: UserFunction) -> tuple[dict[str, None], frozenset[str]]:
        """The attributes of `self` that a method itself reads, in order, and those that it sets."""
        key = method.file, method.node.origin
        if key not in self._known:
            self._known[key] = attributes_of_receiver(method.node)
        return self._known[key]


def attributes_of_receiver(method: ir.Function) -> tuple[dict[str, None], frozenset[str]]:
    """The attributes of `self` that a method itself reads, in order, and those that it sets."""
    read: dict[str, None] = {}
    written: set[str] = set()
    if not method.parameters:
        return read, frozenset()
    receiver = method.parameters[0].name
    for node in ir.nodes(method.body):
        if isinstance(node, ir.Assign):
            targets = [each for target in node.targets for each in ir.nodes(target) if not node.augmented]
            written |= {each.name for each in targets if isinstance(each, ir.Attribute) and _is_of(each, receiver)}
        elif isinstance(node, ir.Attribute) and _is_of(node, receiver):
            read[node.name] = None
    return read, frozenset(written)


def _is_of(node: ir.Attribute, receiver: str) -> bool:
    return isinstance(node.value, ir.Name) and node.value.name == receiver
