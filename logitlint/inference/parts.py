"""What a model is made of, and what becomes of it when something is set on any of its parts."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, TypeAlias

from logitlint.inference import containers
from logitlint.inference.forks import unsettle
from logitlint.inference.machine import Machine
from logitlint.inference.store import Cell, Entries, Held, Stored, values_in
from logitlint.inference.values import Alternatives, Container, LibraryObject, Unknown, UserObject, Value

Holding: TypeAlias = Container | LibraryObject | UserObject
HOLDING: Final = (Container, LibraryObject, UserObject)
"""What has a place of its own, in which other things lie."""
_WORDS: Final = "what was set on one of several parts of a model"


def parts_of(held: Held, model: LibraryObject | UserObject) -> Iterator[LibraryObject | UserObject]:
    """A model and what it is made of, each behind what holds it."""
    for part in _reached(held, model, (LibraryObject, UserObject)):
        if not isinstance(part, Container):
            yield part


def whole_of(machine: Machine, value: Stored | None) -> LibraryObject | UserObject | None:
    """The object that a value is, may be, or was handed out by."""
    if isinstance(value, Alternatives):
        return next((each for option in value.options if (each := whole_of(machine, option.value)) is not None), None)
    found = machine.asides.within.get(value.number) if isinstance(value, Unknown) else value
    return found if isinstance(found, LibraryObject | UserObject) else None


def tells(machine: Machine, value: Value) -> bool:
    """Whether a value is a part that a model has handed out, tells what it is made of, or holds what does."""
    if isinstance(value, Unknown):
        return value.number in machine.asides.within or value.number in machine.trace.told
    stored = containers.contents_of(machine, value) if isinstance(value, Container) else None
    held = [] if stored is None else [*values_in(stored)]
    if isinstance(stored, Entries) and stored.rest is not None:
        held.append(stored.rest)
    return any(isinstance(each, Unknown) and tells(machine, each) for each in held)


def state_of(held: Held, whole: Value) -> dict[Cell, Stored]:
    """All that lies in an object or a container, and in what can be reached from there."""
    places = [part.place for part in _reached(held, whole, HOLDING)] if isinstance(whole, HOLDING) else ()
    return {(place, name): value for place in places for name, value in held(place).items()}


def _reached(held: Held, first: Holding, sorts: tuple[type, ...]) -> Iterator[Holding]:
    found: dict[int, Holding] = {first.place: first}
    pending: list[Holding] = [first]
    while pending:
        whole = pending.pop()
        yield whole
        for stored in held(whole.place).values():
            for part in values_in(stored):
                if isinstance(part, sorts) and isinstance(part, HOLDING) and part.place not in found:
                    found[part.place] = part
                    pending.append(part)


def set_on_any(machine: Machine, model: LibraryObject | UserObject, name: str) -> None:
    """Note that an attribute of a model, or of any part of it, was set: of which, nobody knows."""
    parts = [part for part in parts_of(machine.cells(), model) if isinstance(part, UserObject)]
    unsettle(machine, [(part.place, name) for part in parts], _WORDS, None)
