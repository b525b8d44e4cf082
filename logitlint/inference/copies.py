"""Copies of objects and containers, with copies of what they hold."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from msgspec.structs import replace

from logitlint.inference.machine import Machine
from logitlint.inference.signature import Arguments
from logitlint.inference.store import Entries, Item, Items, Stored
from logitlint.inference.values import Container, LibraryObject, Origin, UserObject, Value


def copied(machine: Machine, arguments: Arguments, origin: Origin) -> Value | None:
    """A copy of an object or a container, with copies of what it holds: changes to one are not seen in the other."""
    if not arguments.positional:
        return None
    return _copy(machine, arguments.positional[0], machine.cells(), {})


def _copy(
    machine: Machine, value: Value, cells: Callable[[int], Mapping[str, Stored]], copies: dict[int, Value]
) -> Value:
    if not isinstance(value, Container | LibraryObject | UserObject):
        return value
    if value.place not in copies:
        copy = copies[value.place] = replace(value, place=machine.fresh())
        for name, held in cells(value.place).items():
            machine.write(copy.place, name, _copy_held(machine, held, cells, copies), local=True)
    return copies[value.place]


def _copy_held(
    machine: Machine, held: Stored, cells: Callable[[int], Mapping[str, Stored]], copies: dict[int, Value]
) -> Stored:
    if isinstance(held, Items):
        return Items(tuple(Item(_copy(machine, item.value, cells, copies), item.many) for item in held.items))
    if isinstance(held, Entries):
        entries = {key: _copy(machine, each, cells, copies) for key, each in held.entries.items()}
        return Entries(entries, held.rest)
    return _copy(machine, held, cells, copies)
