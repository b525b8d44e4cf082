"""The globals of modules: names that one module has from another, by an import, a star or what a package holds."""

from __future__ import annotations

from collections.abc import Iterator

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
    doubtful: Value | None = None
    for item in reversed(stars.items) if isinstance(stars, Items) else ():
        brings: bool | None = True
        found = None
        if isinstance(item.value, UserModule):
            file = item.value.file
            if file not in seen and machine.sieve.may_bind(file, name):
                brings = machine.project.outline(file).exports.has(name)
                found = _global(machine, file, name, seen) if brings is not False else None
        elif isinstance(item.value, LibraryName) and machine.catalog.row(f"{item.value.path}.{name}") is not None:
            found = LibraryName(f"{item.value.path}.{name}")
        if found is None:
            continue
        if doubtful is not None:
            return machine.unknown(f"`{name}` comes by one of several star imports", None)
        if brings:
            return found
        doubtful = found
    return doubtful


def _global(machine: Machine, file: str, name: str, seen: set[str]) -> Value | None:
    """A global of a module, whether it defines it or has it by a star import itself."""
    other = machine.run_module(file)
    if other is None:
        return None
    found = value_of(machine, machine.read(other.number, name))
    return starred(machine, other, name, seen) if found is None else found


def bring(machine: Machine, frame: Frame, source: Value) -> None:
    """Let a star import of a module put its names over those that are bound already; all else is looked up later."""
    for name in machine.names(frame.number):
        before = machine.read(frame.number, name)
        after = None if isinstance(before, Items | Entries | None) else _put_over(machine, frame, source, name, before)
        if after is not None:
            machine.write(frame.number, name, after)


def _put_over(machine: Machine, frame: Frame, source: Value, name: str, before: Value) -> Value | None:
    """What a star import binds to a name that is bound already; None where that is nothing, or the same again."""
    if isinstance(source, LibraryName):
        path = f"{source.path}.{name}"
        return LibraryName(path) if machine.catalog.row(path) is not None else None
    if not isinstance(source, UserModule) or source.file == frame.file:
        return None
    file = source.file
    brings = machine.project.outline(file).exports.has(name) if machine.sieve.may_bind(file, name) else False
    if brings is False or all(each == _imported(before) for each in _bindings(machine, file, name, set())):
        return None
    return Bound(source, name) if brings else machine.unknown(f"`{name}` may come by a star import", None)


def _imported(value: Value) -> object:
    """What an import has bound, so that two can be compared; None for what was defined."""
    if isinstance(value, Bound) and isinstance(value.receiver, UserModule):
        return value.receiver.file, value.name
    return value if isinstance(value, UserModule | LibraryName) else None


def _bindings(machine: Machine, file: str, name: str, seen: set[str]) -> Iterator[object]:
    """What a module binds to a name, as far as its text says: by imports, its own or starred; else something new."""
    seen.add(file)
    project = machine.project
    outline = project.outline(file)
    imported = outline.imports.get(name, ())
    # What a statement says of an imported name, ``np.random.seed(0)``, binds it to nothing else.
    if name in outline.classes or name in outline.functions or (name in outline.values and not imported):
        yield file, name
    for each in imported:
        found = project.find(each.module, file, each.level)
        if each.name is None:
            yield UserModule(found) if found is not None else LibraryName(each.module)
        elif found is None:
            yield LibraryName(f"{each.module}.{each.name}")
        else:
            inside = project.inside(found, each.name)
            yield (found, each.name) if inside is None else UserModule(inside)
    for star in outline.stars:
        found = project.find(star.module, file, star.level)
        if found is None and machine.catalog.row(f"{star.module}.{name}") is not None:
            yield LibraryName(f"{star.module}.{name}")
        if found is not None and found not in seen and project.outline(found).exports.has(name) is not False:
            yield from _bindings(machine, found, name, seen)
