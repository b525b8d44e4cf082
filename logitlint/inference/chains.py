"""Layers that are called one after another, also those of which there may be any number."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from logitlint.frameworks.vocabulary import Holds, SameAs
from logitlint.inference.joining import join
from logitlint.inference.machine import Machine
from logitlint.inference.signature import Arguments
from logitlint.inference.store import CONTENTS, Item, Items
from logitlint.inference.values import Alternatives, LibraryObject, Origin, Tensor, Value

MOST_REPEATED: Final = 3
"""Times that a layer is called of which there may be any number."""
MOST_NESTED: Final = 20
"""Containers in containers that are looked into for the layer that acts last."""


def chain(machine: Machine, place: int, arguments: Arguments, origin: Origin, *, inside: bool = False) -> Value:
    """Call the layers of a container one after another; one that stands `inside` another is a part of it."""
    contents = machine.read(place, CONTENTS)
    if not arguments.positional or not isinstance(contents, Items):
        return machine.unknown("layers that are not known", origin)
    value = arguments.positional[0]
    if machine.active.count(("", place)):
        return machine.unknown("layers that hold themselves", origin)
    machine.active.append(("", place))
    if not inside:
        for layer in _last([*_leaves(machine, contents)]):
            machine.trace.chained.setdefault(layer, set()).add(origin)
    try:
        for item in contents.items:
            if isinstance(item.value, Tensor):
                continue  # the input, named at the head of the layers
            called = _any_times if item.many else _once
            value = called(machine, item.value, value, origin)
    finally:
        machine.active.pop()
    return value


def _once(machine: Machine, layer: Value, value: Value, origin: Origin) -> Value:
    return machine.call(machine, layer, Arguments((value,)), _place_of(layer, origin))


def _any_times(machine: Machine, layer: Value, value: Value, origin: Origin) -> Value:
    """What a layer makes of a value when it is there any number of times, or not at all (``if p: layers.append(...)``).

    What it may be is gathered until one more layer adds nothing. Of several layers nobody knows which follows which.
    """
    if isinstance(layer, Alternatives):
        return machine.unknown("several layers added in a loop", origin)
    for _ in range(MOST_REPEATED):
        met = join([(each, frozenset()) for each in (value, _once(machine, layer, value, origin))], machine.fresh)
        if not isinstance(met, Tensor) or not isinstance(value, Tensor):
            break
        if _facts(met) == _facts(value):
            return met
        value = met
    return machine.unknown("layers added in a loop", origin)


def _facts(value: Tensor) -> tuple[object, ...]:
    return value.kind, value.axis, value.units, value.low, value.high, value.rank, value.batched


def _leaves(machine: Machine, contents: Items, depth: int = 0) -> Iterator[Item]:
    """The layers of a container, and in their places those of the containers in it."""
    for item in contents.items:
        layer = item.value
        held = isinstance(layer, LibraryObject) and layer.row.holds in (Holds.CHAIN, Holds.STEPS)
        inner = machine.read(layer.place, CONTENTS) if isinstance(layer, LibraryObject) and held else None
        if isinstance(inner, Items) and not item.many and depth < MOST_NESTED:
            yield from _leaves(machine, inner, depth + 1)
        else:
            yield item


def _last(layers: list[Item]) -> Iterator[Origin]:
    """The constructors of the layers that act last: from the end back to the first that changes more than the shape."""
    built = [item.value.origin for item in layers if isinstance(item.value, LibraryObject)]
    for item in reversed(layers):
        if not isinstance(item.value, LibraryObject) or item.many or built.count(item.value.origin) > 1:
            return
        yield item.value.origin
        if not isinstance(item.value.row.call, SameAs):
            return


def _place_of(layer: Value, origin: Origin) -> Origin:
    """A layer of a container acts where it was built: that is the line a reader must change."""
    return layer.origin if isinstance(layer, LibraryObject) else origin
