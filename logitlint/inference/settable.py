"""What may be set before a function is run that nobody calls in sight: of globals, and of the objects it is given.

Whoever calls the functions of a module may have called others before. So each is tried: it is run once on the side, and
what it changes to something else may hold either from then on. What it sets to the same again changes nothing.
"""

from __future__ import annotations

import contextlib
import copy
from collections.abc import Iterable, Iterator, Mapping, Set
from typing import Final

from msgspec.structs import replace

from logitlint.frameworks.vocabulary import Base
from logitlint.inference import attributes, descriptors
from logitlint.inference.allowances import MOST_TRIED_STEPS, NEAR, Allowed
from logitlint.inference.alone import unknown_arguments
from logitlint.inference.ancestry import mro
from logitlint.inference.choices import fingerprint
from logitlint.inference.compiled import Compiled
from logitlint.inference.containers import anywhere
from logitlint.inference.forks import doubtful
from logitlint.inference.functions import call_function
from logitlint.inference.machine import ENDED, Machine
from logitlint.inference.models import CHANGED
from logitlint.inference.parts import HOLDING, parts_of
from logitlint.inference.preparation import attributes_of_receiver, nodes
from logitlint.inference.setting import declared, may_set_given, may_set_globals, may_set_receiver
from logitlint.inference.signature import Arguments
from logitlint.inference.store import Cell, Entries, Held, Item, Items, Store, Stored, join_tensors
from logitlint.inference.trace import Trace
from logitlint.inference.values import (
    Bound,
    Container,
    LibraryName,
    LibraryObject,
    Literal,
    Origin,
    Tensor,
    Unknown,
    UserClass,
    UserFunction,
    UserModule,
    UserObject,
    Value,
)
from logitlint.kinds import UNKNOWN
from logitlint.lowering import ir
from logitlint.source.text import Unreadable

_GLOBAL: Final = "global"
_WORDS: Final = "what a function sets that may have been called"
_MOST_OBJECTS: Final = 16
"""Objects whose methods are tried, of those that another is made of."""
_BUILDING: Final = ("__init__", "__new__", "__post_init__")
_RESTORING: Final = "__setstate__"
"""The method that is run instead of a constructor: never on an object that was constructed."""


class Settable:
    """What functions and methods may set, each of which is tried once; nothing, if there is no `trying`."""

    def __init__(self, machine: Machine, *, trying: bool) -> None:
        self._machine = machine
        self._trying = trying
        self._forgotten: set[tuple[int, int]] = set()
        self._classes: list[UserClass] = []

    def forget_globals(self, functions: Iterable[UserFunction], frame: int, store: Store) -> None:
        """Let globals, and what lies there, be what functions may have set that nobody calls in sight."""
        if not self._trying:
            return
        machine = self._machine
        held = machine.cells()
        names = frozenset(name for name, value in held(frame).items() if _is_known(value))
        waiting = [each for each in functions if (each.file, each.node.origin) not in machine.entered]
        objects = [value for value in held(frame).values() if isinstance(value, UserObject)]
        self._classes = [value for value in held(frame).values() if isinstance(value, UserClass)]
        self._forget(store, [each for each in waiting if self._may_set(each, names)], objects)
        for instance in objects:
            self.forget_object(instance, store)

    def forget_imported(self, importer: int, store: Store) -> None:
        """Let globals of the modules that one imports be what their functions may have set that say `global`."""
        if not self._trying:
            return
        machine = self._machine
        values = machine.cells()(importer).values()
        modules = [each.receiver if isinstance(each, Bound) else each for each in values]
        for file in {each.file: None for each in modules if isinstance(each, UserModule)}:
            try:
                frame = machine.run_module(file) if _GLOBAL in machine.project.text(file) else None
            except Unreadable:
                continue
            if frame is None or frame.number == importer:
                continue
            held = machine.cells()(frame.number)
            known = {name for name, value in held.items() if _is_known(value)}
            functions = [each for each in held.values() if isinstance(each, UserFunction) and each.file == file]
            waiting = [each for each in functions if (file, each.node.origin) not in machine.entered]
            self._forget(store, [each for each in waiting if not known.isdisjoint(declared(each.node))], ())

    def forget_object(self, instance: UserObject, store: Store) -> None:
        """Let an object, and what it is made of, be what their methods may have set."""
        if not self._trying or (instance.place, id(store)) in self._forgotten:
            return
        self._forgotten.add((instance.place, id(store)))
        machine = self._machine
        before, machine.store = machine.store, store
        try:
            held = machine.cells()
            objects = [each for each in parts_of(held, instance) if isinstance(each, UserObject)]
            methods = [method for each in objects[:_MOST_OBJECTS] for method in self._methods(each, held)]
            self._forget(store, methods, objects)
            for method, given in self._watching(instance):
                self._forget(store, [method], objects, given)
        finally:
            machine.store = before

    def _watching(self, instance: UserObject) -> Iterator[tuple[UserFunction, Arguments]]:
        """The methods of other classes that a library hands an object to, of those that may set something of it."""
        machine = self._machine
        base = attributes.library_base(machine, instance.cls)
        if not isinstance(base, Base) or not base.watched_by:
            return
        held = machine.cells()
        known = {name for name, value in held(instance.place).items() if _is_known(value)}
        for cls in self._classes:
            paths = [each.path for each in mro(machine, cls) if isinstance(each, LibraryName)]
            parameter = next((base.watched_by[path] for path in paths if path in base.watched_by), None)
            if parameter is None:
                continue
            for each in held(cls.place).values():
                if not isinstance(each, UserFunction) or each.binding != "instance":
                    continue
                named = any(other.name == parameter for other in each.node.parameters)
                if named and may_set_given(each.node, parameter, known, machine.catalog):
                    receiver = UserObject(cls, machine.fresh())
                    yield replace(each, receiver=receiver), Arguments(keywords={parameter: instance}, open=True)

    def _may_set(self, function: UserFunction, names: Set[str]) -> bool:
        """Whether a function may set a global, or its class something of itself."""
        catalog = self._machine.catalog
        if may_set_globals(function.node, names, catalog):
            return True
        if not isinstance(function.receiver, UserClass):
            return False
        held = self._machine.cells()
        own = [held(each.place) for each in mro(self._machine, function.receiver) if isinstance(each, UserClass)]
        return may_set_receiver(function.node, {name for each in own for name in each}, frozenset(), catalog)

    def _methods(self, instance: UserObject, held: Held) -> Iterator[UserFunction]:
        """The methods of an object that may set something, but for those that only its constructor calls."""
        machine = self._machine
        found: dict[str, Stored] = {}
        classes = [cls for cls in mro(machine, instance.cls) if isinstance(cls, UserClass)]
        for cls in reversed(classes):
            found |= held(cls.place)
        names = {cls.node.name for cls in classes}
        known = {name for name, value in (found | dict(held(instance.place))).items() if _is_known(value)}
        functions = {name: each for name, each in found.items() if isinstance(each, UserFunction)}
        methods = {name: each for name, each in functions.items() if each.binding != "static"}
        of_the_constructor = _called_to_build(methods)
        for name, each in methods.items():
            if name in of_the_constructor or name in _BUILDING or name == _RESTORING:
                continue
            for method in (each, each.setter):
                if isinstance(method, UserFunction) and may_set_receiver(method.node, known, names, machine.catalog):
                    receiver = instance.cls if method.binding == "class" else instance
                    yield replace(method, receiver=receiver, binding="instance")

    def _forget(
        self,
        store: Store,
        functions: Iterable[UserFunction],
        objects: Iterable[UserObject],
        given: Arguments | None = None,
    ) -> None:
        """Let cells be what functions may have set, one after the other; `objects` have some from their classes.

        What the functions are given is unknown unless it is `given`.
        """
        machine = self._machine
        before, machine.store = machine.store, store
        classes = {each.place: each.cls for each in objects}
        try:
            for function in functions:
                for cell, value in self._tried(function, store, classes, given).items():
                    machine.write(*cell, value)
        finally:
            machine.store = before

    def _tried(
        self, function: UserFunction, store: Store, classes: Mapping[int, UserClass], given: Arguments | None
    ) -> dict[Cell, Stored]:
        """What cells may hold once a function was run, of those that hold something else than before."""
        side = _aside(self._machine, store)
        for place, cls in classes.items():
            side.instances.setdefault((cls.file, cls.node.origin), []).append((UserObject(cls, place), store))
        now = side.fresh()
        origin = Origin(function.file, function.node.origin)
        with contextlib.suppress(*ENDED):
            call_function(side, function, given or unknown_arguments(side, function), origin)
        met: dict[Cell, Stored] = {}
        changes, _ = side.store.changes(store)
        for cell, after in changes.items():
            earlier = store.get(cell)
            if earlier is None and cell[0] in classes:
                found = attributes.class_attribute(self._machine, classes[cell[0]], cell[1])
                instance = UserObject(classes[cell[0]], cell[0])
                earlier = descriptors.handed_out(found[0], instance, found[1]) if found is not None else None
            if cell[1] == CHANGED and -now <= cell[0] <= now:
                met[cell] = after
            elif earlier is not None and -now <= cell[0] <= now:
                either = _Either(side, store).of(earlier, after)
                if either is not earlier:
                    met[cell] = either
        return met


def _aside(machine: Machine, store: Store) -> Machine:
    """A run on the side, of which nothing is recorded."""
    side = copy.copy(machine)
    side.trace, side.compiled = Trace(), Compiled()
    side.recorded, side.entered, side.memory, side.runs = set(), set(), {}, {}
    side.losses, side.nested, side.active, side.replaced = {}, [], [], []
    side.instances = {key: [*found] for key, found in machine.instances.items()}
    side.work = MOST_TRIED_STEPS
    side.store = store.fork(side.fresh())
    side.begin(Allowed(MOST_TRIED_STEPS, NEAR.share))
    return side


def _is_known(stored: Stored) -> bool:
    if isinstance(stored, Tensor):
        return stored.kind != UNKNOWN or stored.low is not None or stored.high is not None
    return not isinstance(stored, Unknown) and stored != Literal(None)


def _is_one_layer(one: LibraryObject, two: LibraryObject) -> bool:
    """Whether two layers differ in nothing but what they were made with, and hold no others."""
    return one.row is two.row and one.row.holds is None and not (one.open or two.open)


class _Either:
    """What a cell may hold that held one thing before and another behind."""

    def __init__(self, machine: Machine, before: Store) -> None:
        self._machine = machine
        self._before = before
        self._seen: set[tuple[int, int]] = set()

    def of(self, before: Stored, after: Stored) -> Stored:
        """What was there before, where that is the same again or nothing yet; else something unknown."""
        if self._same(before, after):
            return before
        if isinstance(before, Tensor) and isinstance(after, Tensor):
            return join_tensors([before, after], self._machine.fresh)
        if isinstance(before, Entries) and isinstance(after, Entries):
            return self._entries(before, after)
        if isinstance(before, LibraryObject) and isinstance(after, LibraryObject) and _is_one_layer(before, after):
            names = (*before.arguments, *(name for name in after.arguments if name not in before.arguments))
            given = {name: self._option(before.arguments.get(name), after.arguments.get(name)) for name in names}
            return replace(before, arguments=given)
        unknown = doubtful(self._machine, _WORDS, None)
        if isinstance(before, Items) and isinstance(after, Items):
            added = after.items[: len(before.items)] == before.items
            if added and not any(isinstance(item.value, HOLDING) for item in after.items[len(before.items) :]):
                return Items((*before.items, Item(unknown, many=True)))
        return anywhere(before, unknown)

    def _option(self, before: Value | None, after: Value | None) -> Value:
        """What an option may be; None is its default."""
        if before is not None and after is not None and self._same(before, after):
            return before
        return self._machine.unknown(_WORDS, None)

    def _entries(self, before: Entries, after: Entries) -> Entries:
        entries = dict(before.entries)
        for key, value in before.entries.items():
            other = after.entries.get(key, after.rest)
            if other is None or not self._same(value, other):
                entries[key] = doubtful(self._machine, _WORDS, None)
        more = after.entries.keys() - entries.keys() or (after.rest is not None and before.rest is None)
        return Entries(entries, doubtful(self._machine, _WORDS, None) if more else before.rest)

    def _same(self, before: Stored, after: Stored) -> bool:
        """Whether what is there behind does the same as what was there before, or there was nothing to do it."""
        if before is after or before == after or not _is_known(before):
            return True
        if isinstance(before, Tensor) and isinstance(after, Tensor):
            return fingerprint(before, coarse=True) == fingerprint(after, coarse=True)
        if isinstance(before, LibraryObject) and isinstance(after, LibraryObject):
            return before.row is after.row and self._given(before, after) and self._same_inside(before, after)
        if isinstance(before, UserObject) and isinstance(after, UserObject):
            return before.cls == after.cls and self._same_inside(before, after)
        if isinstance(before, Container) and isinstance(after, Container):
            return before.shape == after.shape and self._same_inside(before, after)
        if isinstance(before, Items) and isinstance(after, Items):
            pairs = zip(before.items, after.items, strict=False)
            same = all(one.many == two.many and self._same(one.value, two.value) for one, two in pairs)
            return same and len(before.items) == len(after.items)
        if isinstance(before, Entries) and isinstance(after, Entries):
            rest = before.rest is after.rest
            return (
                rest
                and [*before.entries] == [*after.entries]
                and all(self._same(value, after.entries[key]) for key, value in before.entries.items())
            )
        return isinstance(before, HOLDING) and after == Literal(None)

    def _given(self, before: LibraryObject, after: LibraryObject) -> bool:
        """Whether two layers were made with the same; numbers that are not known are the same width."""
        if before.arguments.keys() != after.arguments.keys() or before.open != after.open:
            return False
        pairs = [(value, after.arguments[name]) for name, value in before.arguments.items()]
        return all(
            (isinstance(one, Unknown) and isinstance(two, Unknown)) or self._same(one, two) for one, two in pairs
        )

    def _same_inside(
        self, before: Container | LibraryObject | UserObject, after: Container | LibraryObject | UserObject
    ) -> bool:
        pair = before.place, after.place
        if before.place == after.place or pair in self._seen:
            return True
        self._seen.add(pair)
        store, ground = self._machine.store, self._machine.imports.ground
        names = self._before.names(before.place, ground) | store.names(after.place, ground)
        for name in names:
            one, two = self._before.get((before.place, name)), store.get((after.place, name))
            if one is None or two is None or not self._same(one, two):
                return False
        return True


def _called_to_build(methods: dict[str, UserFunction]) -> set[str]:
    """The methods whose names are private, and which constructors call and nothing else does."""
    read = {name: attributes_of_receiver(each.node)[0].keys() for name, each in methods.items()}
    found: set[str] = set()
    pending: list[str] = [name for name in _BUILDING if name in methods]
    while pending:
        more = {each for each in read[pending.pop()] if each in methods and each.startswith("_")} - found
        found |= more
        pending += more
    if not found:
        return found
    handed = {name for each in methods.values() for name in _handed_out(each.node)}
    found -= {name for name in handed if name in methods and methods[name].binding != "property"}
    return found - {each for name, others in read.items() if name not in (*found, *_BUILDING) for each in others}


def _handed_out(method: ir.Function) -> set[str]:
    """The attributes of `self` that a method reads and does not call there: ``schedule.on_start = self._strip``."""
    called = {id(node.callee) for node in nodes(method.body) if isinstance(node, ir.Call)}
    receiver = method.parameters[0].name if method.parameters else ""
    return {
        node.name
        for node in nodes(method.body)
        if isinstance(node, ir.Attribute)
        and isinstance(node.value, ir.Name)
        and node.value.name == receiver
        and id(node) not in called
    }
