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
from logitlint.inference.before_or_after import BeforeOrAfter, is_known
from logitlint.inference.compiled import Compiled
from logitlint.inference.functions import call_function
from logitlint.inference.machine import ENDED, Machine
from logitlint.inference.models import CHANGED
from logitlint.inference.namespaces import bind_starred
from logitlint.inference.parts import parts_of
from logitlint.inference.preparation import attributes_of_receiver
from logitlint.inference.setting import declared, may_set_given, may_set_globals, may_set_receiver
from logitlint.inference.signature import Arguments
from logitlint.inference.store import Cell, Held, Store, Stored
from logitlint.inference.trace import Trace
from logitlint.inference.values import (
    Bound,
    LibraryName,
    Origin,
    UserClass,
    UserFunction,
    UserModule,
    UserObject,
)
from logitlint.lowering import ir
from logitlint.source.text import Unreadable

_GLOBAL: Final = "global"
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
        waiting = [each for each in functions if (each.file, each.node.origin) not in machine.entered]
        bind_starred(machine, frame, {name for each in waiting for name in declared(each.node)})
        held = machine.cells()
        names = frozenset(name for name, value in held(frame).items() if is_known(value))
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
            functions = [each for each in held.values() if isinstance(each, UserFunction) and each.file == file]
            waiting = [each for each in functions if (file, each.node.origin) not in machine.entered]
            brought = bind_starred(machine, frame.number, {name for each in waiting for name in declared(each.node)})
            known = {name for name, value in {**held, **brought}.items() if is_known(value)}
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
        known = {name for name, value in held(instance.place).items() if is_known(value)}
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
        known = {name for name, value in (found | dict(held(instance.place))).items() if is_known(value)}
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
                either = BeforeOrAfter(side, store).of(earlier, after)
                if either is not earlier:
                    met[cell] = either
        return met


def _aside(machine: Machine, store: Store) -> Machine:
    """A run on the side, of which nothing is recorded."""
    side = copy.copy(machine)
    side.trace, side.compiled = Trace(), Compiled()
    side.recorded, side.entered, side.given, side.memory, side.runs = set(), set(), {}, {}, {}
    side.losses, side.nested, side.active, side.replaced, side.stepped = {}, [], [], [], {}
    side.instances = {key: [*found] for key, found in machine.instances.items()}
    side.work = MOST_TRIED_STEPS
    side.store = store.fork(side.fresh())
    side.begin(Allowed(MOST_TRIED_STEPS, NEAR.share))
    return side


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
    called = {id(node.callee) for node in ir.nodes(method.body) if isinstance(node, ir.Call)}
    receiver = method.parameters[0].name if method.parameters else ""
    return {
        node.name
        for node in ir.nodes(method.body)
        if isinstance(node, ir.Attribute)
        and isinstance(node.value, ir.Name)
        and node.value.name == receiver
        and id(node) not in called
    }
