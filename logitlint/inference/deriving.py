"""Whether a method that a class has from another file comes to anything of the class's own file.

Of a finding in such a method the class's file has a part only in what it defined or made: a method it overrides, a
model it put under an attribute. Where the method asks for nothing of the sort, it does in each class what it does in
its own.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final, NamedTuple

from msgspec.structs import astuple

from logitlint.inference.ancestry import mro
from logitlint.inference.inherited import concerns
from logitlint.inference.machine import Machine
from logitlint.inference.store import Entries, Held, Items, Store, Stored
from logitlint.inference.values import (
    Alternatives,
    Bound,
    Container,
    LibraryName,
    LibraryObject,
    Literal,
    Partial,
    Tensor,
    Transformed,
    Unknown,
    UserClass,
    UserFunction,
    UserModule,
    UserObject,
)
from logitlint.lowering import ir

_NAMES: Final = frozenset({"__name__", "__qualname__", "__module__", "__doc__"})
"""What tells of a class nothing but how it is called."""
_ASKS: Final = frozenset({"isinstance", "hasattr", "id"})
"""What is told of an object without anything of its own being run."""
_MOST_SEEN: Final = 300
"""Objects that are looked at, of those that can be had from an attribute."""


class Asked(NamedTuple):
    """What a method asks of its object: attributes, by name; `whole` where it hands the object on."""

    names: frozenset[str]
    whole: bool


class Deriving:
    """Answers for the classes of the file that is run, once it was run.

    held
        What each class holds at the end of the run.
    """

    def __init__(self, machine: Machine, held: Held) -> None:
        self._machine = machine
        self._held = held
        self._asked: dict[tuple[str, int], Asked] = {}
        self._read: dict[tuple[str, int], frozenset[str]] = {}
        self._contents: tuple[Store, dict[int, list[Stored]]] | None = None
        self._is_elsewhere = self._is_known_elsewhere()

    def reaches(self, instance: UserObject, store: Store, methods: Iterable[UserFunction]) -> bool:
        """Whether methods from other files, run on an object, may come to something of the file of its class."""
        classes = [each for each in mro(self._machine, instance.cls) if isinstance(each, UserClass)]
        file = instance.cls.file
        if self._is_elsewhere:
            return True
        pending = list(methods)
        seen: set[str] = set()
        while pending:
            method = pending.pop()
            asked = self._asks(method)
            if file in self._machine.sieve.imports(method.file):
                return True
            if asked.whole:
                return self._has_own(instance, classes, store)
            for name in asked.names - seen:
                stored = store.get((instance.place, name))
                found = [value for each in classes if (value := self._held(each.place).get(name)) is not None]
                if any(self._is_of(value, file, store) for value in ([stored] if stored is not None else []) + found):
                    return self._has_own(instance, classes, store)
                pending += [value for value in map(_undecorated, found) if isinstance(value, UserFunction)]
            seen |= asked.names
        return False

    def _has_own(self, instance: UserObject, classes: list[UserClass], store: Store) -> bool:
        """Whether anything of an object is of the file of its class, beside how it is made."""
        file = instance.cls.file
        held = [each for cls in classes for name, each in self._held(cls.place).items() if name != "__init__"]
        held += self._at(instance.place, store)
        return any(self._is_of(each, file, store, beside=instance) for each in held)

    def _is_known_elsewhere(self) -> bool:
        """Whether another module comes to something of the file: it was put there, or is imported in a circle."""
        machine = self._machine
        written = [stored for (place, _), stored in machine.ground.cells.items() if machine.imports.names(abs(place))]
        for file in machine.own - {machine.home}:
            frame = machine.modules.get(file)
            written += self._at(frame.number, machine.store) if frame is not None else []
        return any(self._is_of(stored, machine.home, machine.store) for stored in written)

    def _is_of(self, stored: Stored, file: str, store: Store, beside: UserObject | None = None) -> bool:
        """Whether a file has made something of a value, or of what can be had from it, `beside` one object.

        Also when there is too much to see.
        """
        pending: list[Stored] = [stored]
        seen: set[object] = {beside.place} if beside is not None else set()
        while pending:
            value = pending.pop()
            if isinstance(value, Unknown | Literal | LibraryName):
                continue
            place = _place(value)
            if place in seen:
                continue
            if len(seen) > _MOST_SEEN or _is_made_in(value, file):
                return True
            if place is not None:
                seen.add(place)
            if isinstance(value, Container | UserClass | UserObject | LibraryObject):
                pending += self._at(value.place, store)
            pending += self._held_by(value, store)
        return False

    def _held_by(self, value: Stored, store: Store) -> list[Stored]:
        """What a value holds beside what lies at its place."""
        if isinstance(value, Items):
            return [item.value for item in value.items]
        if isinstance(value, Entries):
            return [*value.entries.values(), *([value.rest] if value.rest is not None else [])]
        if isinstance(value, Alternatives):
            return [option.value for option in value.options]
        if isinstance(value, LibraryObject):
            return [*value.arguments.values()]
        if isinstance(value, Bound):
            return [value.receiver]
        if isinstance(value, Partial):
            return [value.function, *value.positional, *value.keywords.values()]
        if isinstance(value, Transformed):
            return [value.function, *value.given.values()]
        if isinstance(value, UserFunction):
            return [*self._closed_over(value, store), *([value.receiver] if value.receiver is not None else [])]
        return []

    def _closed_over(self, function: UserFunction, store: Store) -> list[Stored]:
        """What a function that was defined inside another sees of it."""
        found: list[Stored] = [value for _, value in function.defaults]
        frame = self._machine.frame(function.frame)
        if frame is None or frame.parent is None:  # what is global lies at no place of its own
            return found
        names = self._names(function)
        while frame is not None and frame.parent is not None:
            held = (store.get((frame.number, name)) for name in names)
            found += [stored for stored in held if stored is not None]
            frame = frame.parent
        return found

    def _names(self, function: UserFunction) -> frozenset[str]:
        """The names that a function reads."""
        key = function.file, function.node.origin
        if key not in self._read:
            self._read[key] = frozenset(each.name for each in ir.nodes(function.node.body) if isinstance(each, ir.Name))
        return self._read[key]

    def _at(self, place: int, store: Store) -> list[Stored]:
        """What lies at a place, under whatever name."""
        if self._contents is None or self._contents[0] is not store:
            contents: dict[int, list[Stored]] = {}
            each: Store | None = store
            while each is not None and each is not self._machine.imports.ground:
                for (where, _), stored in each.cells.items():
                    contents.setdefault(where, []).append(stored)
                each = each.parent
            self._contents = store, contents
        shared = self._machine.imports.held(place).values()
        return [*self._contents[1].get(place, ()), *shared]

    def _asks(self, method: UserFunction) -> Asked:
        key = method.file, method.node.origin
        if key not in self._asked:
            self._asked[key] = _asked(method.node)
        return self._asked[key]


def _undecorated(stored: Stored) -> Stored:
    return stored.function if isinstance(stored, Transformed) else stored


def _is_made_in(value: Stored, file: str) -> bool:
    if isinstance(value, UserObject):
        return value.cls.file == file
    if isinstance(value, UserClass | UserFunction | UserModule):
        return value.file == file
    if isinstance(value, LibraryObject):
        return value.origin.file == file
    return isinstance(value, Tensor) and any(concerns(use, file) for use in value.made)


def _place(value: Stored) -> object:
    """What tells a value apart that may be met again."""
    if isinstance(value, Container | UserClass | UserObject | LibraryObject):
        return value.place
    return (value.file, value.node.origin, value.frame) if isinstance(value, UserFunction) else None


def _asked(method: ir.Function) -> Asked:
    if not method.parameters:
        return Asked(frozenset(), whole=False)
    receiver = method.parameters[0].name
    names: set[str] = set()
    whole = False
    pending: list[object] = [method.body]
    while pending:
        node = pending.pop()
        if type(node) is tuple:
            pending += node
        elif isinstance(node, ir.Attribute) and (_is(node.value, receiver) or _is_super(node.value)):
            names.add(node.name)
            whole |= node.name in ("__class__", "__dict__")
        elif isinstance(node, ir.Attribute) and node.name in _NAMES and _is_class(node.value, receiver):
            continue
        elif isinstance(node, ir.Call) and isinstance(node.callee, ir.Name) and node.callee.name in _ASKS:
            pending += [each.value for each in node.arguments if not _is(each.value, receiver)]
        elif isinstance(node, ir.Name):
            whole |= node.name == receiver
        elif isinstance(node, ir.Node):
            pending += astuple(node)
    return Asked(frozenset(names), whole)


def _is(node: ir.Expression, name: str) -> bool:
    return isinstance(node, ir.Name) and node.name == name


def _is_super(node: ir.Expression) -> bool:
    return isinstance(node, ir.Call) and _is(node.callee, "super")


def _is_class(node: ir.Expression, receiver: str) -> bool:
    """Whether it is the class of the receiver: ``self.__class__``, ``type(self)``."""
    if isinstance(node, ir.Attribute):
        return node.name == "__class__" and _is(node.value, receiver)
    return (
        isinstance(node, ir.Call)
        and _is(node.callee, "type")
        and len(node.arguments) == 1
        and _is(node.arguments[0].value, receiver)
    )
