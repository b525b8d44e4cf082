"""What a model is made of, shown to a function part by part: ``net.apply(exchange_the_last_layer)``."""

from __future__ import annotations

from typing import Final

from logitlint.inference import attributes
from logitlint.inference.allowances import MOST_SHOWING_STEPS
from logitlint.inference.machine import Machine
from logitlint.inference.models import CHANGED
from logitlint.inference.parts import parts_of
from logitlint.inference.signature import Arguments
from logitlint.inference.values import LibraryObject, Literal, Origin, UserObject, Value

MOST_PARTS: Final = 256


def show_each(machine: Machine, function: Value, model: LibraryObject | UserObject, origin: Origin) -> None:
    """Let a function see a model and all that it is made of, the parts before what holds them.

    Where it changes nothing of one part, it is not shown another of its class. A model of which it has not seen all
    may be another.
    """
    if not attributes.runs(machine, function):
        return
    parts = list({part.place: part for part in parts_of(machine.cells(), model)}.values())
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
