"""The globals of modules: names that one module has from another, by an import, a star or what a package holds."""

from __future__ import annotations

from logitlint.inference.frames import Frame
from logitlint.inference.machine import Machine
from logitlint.inference.signature import Arguments
from logitlint.inference.store import Entries, Items, Stored
from logitlint.inference.values import Bound, LibraryName, Literal, Origin, UserFunction, UserModule, Value

STARS = "*"
NAMESPACE = "__dict__"


def value_of(machine: Machine, stored: Stored | None) -> Value | None:
    """What a cell holds, where that is a value; None when it is what a container holds, or nothing."""
    return None if stored is None or isinstance(stored, Items | Entries) else load(machine, stored)


def load(machine: Machine, value: Value) -> Value:
    """A name bound by ``from module import name`` is looked up when it is first needed."""
    if isinstance(value, Bound) and isinstance(value.receiver, UserModule) and value.name != NAMESPACE:
        return module_attribute(machine, value.receiver.file, value.name)
    return value


def module_attribute(machine: Machine, file: str, name: str) -> Value:
    """A global of another module, or a module inside a package."""
    if not machine.ask(file, name):
        return machine.unknown(f"`{name}` is imported in a circle", None, "global", file, name)
    try:
        return _module_attribute(machine, file, name)
    finally:
        machine.asking.discard((file, name))


def _module_attribute(machine: Machine, file: str, name: str) -> Value:
    frame = machine.run_module(file)
    if frame is not None:
        stored = value_of(machine, machine.read(frame.number, name))
        if stored is None and machine.project.inside(file, name) is None:
            stored = starred(machine, frame, name)
        if stored is not None:
            return stored
    inside = machine.project.inside(file, name)
    if inside is not None:
        return UserModule(inside)
    lazy = value_of(machine, machine.read(frame.number, "__getattr__")) if frame is not None else None
    if isinstance(lazy, UserFunction):
        return machine.call(machine, lazy, Arguments((Literal(name),)), Origin(file, lazy.node.origin))
    return machine.unknown(f"`{name}` is not found in its module", None, "global", file, name)


def starred(machine: Machine, frame: Frame, name: str, seen: set[str] | None = None) -> Value | None:
    """A name that came in by ``from module import *``; `seen` are the modules already asked for it."""
    while frame.parent is not None:
        frame = frame.parent
    seen = set() if seen is None else seen
    seen.add(frame.file)
    stars = machine.read(frame.number, STARS)
    for item in reversed(stars.items) if isinstance(stars, Items) else ():
        found = None
        if isinstance(item.value, UserModule):
            file = item.value.file
            if file not in seen and machine.sieve.may_bind(file, name):
                other = machine.run_module(file)
                found = value_of(machine, machine.read(other.number, name)) if other is not None else None
                if found is None and other is not None:
                    found = starred(machine, other, name, seen)
        elif isinstance(item.value, LibraryName) and machine.catalog.row(f"{item.value.path}.{name}") is not None:
            found = LibraryName(f"{item.value.path}.{name}")
        if found is not None:
            return found
    return None
