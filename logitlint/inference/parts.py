"""What a model is made of, and what becomes of it when something is set on any of its parts."""

from __future__ import annotations

from collections.abc import Iterator

from logitlint.inference.forks import unsettle
from logitlint.inference.machine import Machine
from logitlint.inference.store import Held, values_in
from logitlint.inference.values import LibraryObject, UserObject

_WORDS = "what was set on one of several parts of a model"


def parts_of(held: Held, model: LibraryObject | UserObject) -> Iterator[LibraryObject | UserObject]:
    """A model and what it is made of, each behind what holds it."""
    found: dict[int, LibraryObject | UserObject] = {model.place: model}
    pending: list[LibraryObject | UserObject] = [model]
    while pending:
        whole = pending.pop()
        yield whole
        for stored in held(whole.place).values():
            for part in values_in(stored):
                if isinstance(part, LibraryObject | UserObject) and part.place not in found:
                    found[part.place] = part
                    pending.append(part)


def set_on_any(machine: Machine, model: LibraryObject | UserObject, name: str) -> None:
    """Note that an attribute of a model, or of any part of it, was set: of which, nobody knows."""
    parts = [part for part in parts_of(machine.cells(), model) if isinstance(part, UserObject)]
    unsettle(machine, [(part.place, name) for part in parts], _WORDS, None)
