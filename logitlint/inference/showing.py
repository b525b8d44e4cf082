"""What a model is made of, shown to a function part by part: ``net.apply(exchange_the_last_layer)``."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from logitlint.inference import attributes
from logitlint.inference.allowances import MOST_SHOWING_STEPS
from logitlint.inference.machine import Machine
from logitlint.inference.models import CHANGED
from logitlint.inference.preparation import Held
from logitlint.inference.signature import Arguments
from logitlint.inference.store import values_in
from logitlint.inference.values import LibraryObject, Literal, Origin, UserObject, Value

MOST_PARTS: Final = 256


def show_each(machine: Machine, function: Value, model: LibraryObject | UserObject, origin: Origin) -> None:
    """Let a function see a model and all that it is made of, the parts before what holds them.

    Where it changes nothing of one part, it is not shown another of its class. A model of which it has not seen all
    may be another.
    """
    if not attributes.runs(machine, function):
        return
    parts = list({part.place: part for part in _parts(machine.cells(), model)}.values())
    seen = 0
    kept: set[object] = set()
    with machine.allowance(MOST_SHOWING_STEPS):
        for part in reversed(parts[:MOST_PARTS]):
            sort = part.row.name if isinstance(part, LibraryObject) else part.cls
            before = machine.store.version
            if sort not in kept:
                machine.call(machine, function, Arguments((part,)), origin)
                if machine.store.version is before:
                    kept.add(sort)
            seen += 1
    if seen < len(parts):
        machine.write(model.place, CHANGED, Literal(True))


def _parts(held: Held, model: LibraryObject | UserObject) -> Iterator[LibraryObject | UserObject]:
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
