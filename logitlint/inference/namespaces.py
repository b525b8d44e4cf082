"""The globals of modules: names that one module has from another, by an import, a star or what a package holds."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from logitlint.inference.frames import Frame
from logitlint.inference.machine import Machine
from logitlint.inference.signature import Arguments
from logitlint.inference.store import Entries, Item, Items, Stored
from logitlint.inference.values import Bound, LibraryName, Literal, Origin, UserFunction, UserModule, Value
from logitlint.project.outline import Imported

STARS = "*"
NAMESPACE = "__dict__"
_OPEN: Final = object()
"""Any value at all."""


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
    inside = machine.project.inside(file, name)
    if frame is not None:
        stored = value_of(machine, machine.read(frame.number, name))
        if stored is None and (inside is None or _is_brought_as_well(machine, frame, name)):
            stored = starred(machine, frame, name)
            if stored is not None and inside is not None:
                stored = _or_its_module(machine, frame, name, inside, stored)
        if stored is not None:
            return stored
    if inside is not None:
        return UserModule(inside)
    lazy = value_of(machine, machine.read(frame.number, "__getattr__")) if frame is not None else None
    if isinstance(lazy, UserFunction):
        return machine.call(machine, lazy, Arguments((Literal(name),)), Origin(file, lazy.node.origin))
    return machine.unknown(f"`{name}` is not found in its module", None, "global", file, name)


def starring(machine: Machine, frame: Frame) -> tuple[Item, ...]:
    """What a module takes all names of by star imports, in their order."""
    stars = machine.read(frame.number, STARS)
    return stars.items if isinstance(stars, Items) else ()


def starred(machine: Machine, frame: Frame, name: str, seen: set[str] | None = None) -> Value | None:
    """A name that came in by ``from module import *``; `seen` are the modules already asked for it."""
    frame = frame.module()
    seen = set() if seen is None else seen
    seen.add(frame.file)
    unseen = False
    doubtful: Value | None = None
    for item in reversed(starring(machine, frame)):
        found, brings = _brought(machine, item, name, seen)
        if found is None:
            unseen = unseen or brings is None
            continue
        if unseen or doubtful not in (None, found):
            return _any(machine, name)
        if brings:
            return found
        doubtful = found
    return doubtful


def _is_brought_as_well(machine: Machine, package: Frame, name: str) -> bool:
    """Whether a star import of a package may bring the name of a module in it: its source says so itself.

    To follow what that source takes by stars would be to read all that they lead to for its words.
    """
    sources = [each.value for each in starring(machine, package)]
    outlines = [machine.project.outline(each.file) for each in sources if isinstance(each, UserModule)]
    return any(name in each.imports or name in each.classes or name in each.values for each in outlines)


def _or_its_module(machine: Machine, package: Frame, name: str, inside: str, brought: Value) -> Value:
    """What a package has under the name of a module in it that a star import brings as well.

    The module is bound when it is first imported, so that a star import of its own names, or a later one, puts its own
    over it.
    """
    if brought == UserModule(inside):
        return brought
    sources = starring(machine, package)
    own = next((at for at, each in enumerate(sources) if each.value == UserModule(inside)), len(sources))
    later = (_brought(machine, each, name, {package.file})[0] for each in sources[own:])
    return brought if any(each is not None for each in later) else _any(machine, name)


def _any(machine: Machine, name: str) -> Value:
    return machine.unknown(f"`{name}` may come by one star import or another", None)


def bind_starred(machine: Machine, module: int, names: Iterable[str]) -> dict[str, Value]:
    """Bind those of some names that a module has by a star import, as if it had imported them by name."""
    frame = machine.frame(module)
    bound: dict[str, Value] = {}
    for name in sorted(names):
        if frame is not None and machine.read(module, name) is None:
            found = starred(machine, frame, name)
            if found is not None:
                bound[name] = found
                machine.write(module, name, found)
    return bound


def _brought(machine: Machine, item: Item, name: str, seen: set[str]) -> tuple[Value | None, bool | None]:
    """What one star import brings under a name, and whether it surely does."""
    source = item.value
    if isinstance(source, LibraryName):  # which may keep to itself what the tables know of it
        path = f"{source.path}.{name}"
        return (LibraryName(path), None) if machine.catalog.row(path) is not None else (None, False)
    if not isinstance(source, UserModule) or item.many:  # one of two modules, or one that is not found
        return None, None
    if source.file in seen or not machine.sieve.may_bind(source.file, name):
        return None, False
    said = machine.project.exports(source.file)
    brings = said.has(name)
    found = None if brings is False else _global(machine, source.file, name, seen)
    if found is None and brings is not False:
        return None, None if said.opened else False
    return found, brings


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
        path = LibraryName(f"{source.path}.{name}")
        return None if before == path or machine.catalog.row(path.path) is None else _any(machine, name)
    if not isinstance(source, UserModule) or source.file == frame.file:
        return None
    brings = machine.project.exports(source.file).has(name)
    ways = set() if brings is False else set(_ways(machine, source.file, name))
    if not ways or ways == {_imported(before)}:
        return None
    return Bound(source, name) if brings and _OPEN not in ways else _any(machine, name)


def _imported(value: Value) -> object:
    """What an import has bound, so that two can be compared; None for what was defined."""
    if isinstance(value, Bound) and isinstance(value.receiver, UserModule):
        return value.receiver.file, value.name
    return value if isinstance(value, UserModule | LibraryName) else None


def _ways(machine: Machine, file: str, name: str) -> Iterator[object]:
    """How a module comes to have a name, as far as its text says: by imports, its own or starred, or else."""
    project = machine.project
    pending, seen = [file], {file}
    while pending:
        current = pending.pop()
        outline = project.outline(current)
        said = project.exports(current)
        imported = outline.imports.get(name, ())
        if name in said.assigned:
            yield current, name
        elif not imported and (project.inside(current, name) is not None or name in (said.names or ())):
            yield _OPEN  # a module of the package, which some import binds; or what is made when it is asked for
        if said.opened and (said.names is None or name in said.names):
            yield _OPEN
        yield from (_target(machine, each, current) for each in imported)
        for star in outline.stars:
            found = project.find(star.module, current, star.level)
            if found is None and machine.catalog.row(f"{star.module}.{name}") is not None:
                yield LibraryName(f"{star.module}.{name}") if not star.level else _OPEN
            if found is not None and found not in seen and project.exports(found).has(name) is not False:
                seen.add(found)
                pending.append(found)


def _target(machine: Machine, imported: Imported, file: str) -> object:
    """What an import of a file binds."""
    found = machine.project.find(imported.module, file, imported.level)
    if found is None:
        path = imported.module if imported.name is None else f"{imported.module}.{imported.name}"
        return _OPEN if imported.level else LibraryName(path)
    if imported.name is None:
        return UserModule(found)
    inside = machine.project.inside(found, imported.name)
    return (found, imported.name) if inside is None else UserModule(inside)
