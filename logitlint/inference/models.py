"""Layers, losses and models of a library: built, filled with other layers, and called."""

from __future__ import annotations

from logitlint.frameworks.vocabulary import (
    Applies,
    Function,
    Holds,
    Layer,
    Method,
    Result,
    SameAs,
)
from logitlint.inference.library import apply, is_configured, want_of
from logitlint.inference.machine import Machine
from logitlint.inference.operands import opaque
from logitlint.inference.signature import Arguments, defaults, fill, parse
from logitlint.inference.store import CONTENTS, Entries, Item, Items
from logitlint.inference.trace import Taken, Via
from logitlint.inference.values import (
    Alternatives,
    Container,
    LibraryName,
    LibraryObject,
    Literal,
    Origin,
    Tensor,
    Value,
)

CHANGED = "__changed__"
"""Set on a library's model when something inside it, other than its whole head, was replaced."""


def construct(machine: Machine, layer: Layer, arguments: Arguments, origin: Origin) -> Value:
    """Make an instance of a catalogued class."""
    filled = fill(parse(layer.init), arguments)
    given = {**filled.by_name, **{f"#{position}": value for position, value in enumerate(filled.surplus)}}
    if layer.takes or Tensor in map(type, given.values()):
        literals = defaults(layer.init)
        plain = {
            name: machine.unknown("one of several", origin) if isinstance(value, Alternatives) else value
            for name, value in given.items()
        }
        taken = tuple(
            Taken(name, takes.role, want_of(takes.want, plain, literals, filled.open), opaque(machine, plain[name]))
            for name, takes in layer.takes.items()
            if name in plain
        )
        machine.use(layer, Via.CONSTRUCT, taken, plain, origin)
    made = LibraryObject(layer, machine.fresh(), origin, given, filled.open)
    for name, kind in layer.attributes.items():
        machine.write(made.place, name, Tensor(kind, machine.fresh()), local=True)
    if layer.holds is not None:
        hold(machine, made.place, layer.holds, arguments)
    return made


def hold(machine: Machine, place: int, holds: Holds, arguments: Arguments) -> None:
    """Put the layers a container is given where it keeps them."""
    named = tuple(value for value in arguments.keywords.values() if isinstance(value, Container))
    given = arguments.positional or named
    if holds is Holds.MAPPING:
        first = given[0] if given else None
        contents = machine.read(first.place, CONTENTS) if isinstance(first, Container) else None
        machine.write(place, CONTENTS, contents if isinstance(contents, Entries) else Entries({}))
        return
    items: tuple[Item, ...] = ()
    for value in given:
        if isinstance(value, Container) and (holds is Holds.LIST or len(given) == 1):
            contents = machine.read(value.place, CONTENTS)
            if isinstance(contents, Items):
                items += contents.items
            elif isinstance(contents, Entries):
                items += tuple(Item(each) for each in contents.entries.values())
                for key, each in contents.entries.items():
                    machine.write(place, str(key), each)
        else:
            items += (Item(value),)
    if arguments.open:
        items += (Item(machine.unknown("layers that are not known", None), many=True),)
    machine.write(place, CONTENTS, Items(items))


def call_object(machine: Machine, instance: LibraryObject, arguments: Arguments, origin: Origin) -> Value:
    """Call an instance of a catalogued class."""
    layer = instance.row
    if machine.read(instance.place, CHANGED) is not None:
        return machine.unknown(f"`{layer.name}`, whose layers were changed", origin)
    if layer.holds is Holds.CHAIN:
        return chain(machine, instance.place, arguments, origin)
    head = machine.read(instance.place, layer.head) if layer.head else None
    if head is not None and not isinstance(head, Items | Entries):
        features = machine.unknown("the features of a pretrained model", origin, "features", instance.place)
        return machine.call(machine, head, Arguments((features,)), origin)
    if layer.call is None:
        return machine.unknown(f"what calling `{layer.name}` gives is not known", origin)
    return apply(machine, layer.call, arguments, origin, instance=instance)


def chain(machine: Machine, place: int, arguments: Arguments, origin: Origin) -> Value:
    """Call the layers of a container one after another."""
    contents = machine.read(place, CONTENTS)
    if not arguments.positional or not isinstance(contents, Items):
        return machine.unknown("layers that are not known", origin)
    value = arguments.positional[0]
    if machine.active.count(("", place)):
        return machine.unknown("layers that hold themselves", origin)
    machine.active.append(("", place))
    try:
        for item in contents.items:
            result = machine.call(machine, item.value, Arguments((value,)), _place_of(item.value, origin))
            value = machine.unknown("layers added in a loop", origin) if item.many else result
    finally:
        machine.active.pop()
    return value


def _place_of(layer: Value, origin: Origin) -> Origin:
    """A layer of a container acts where it was built: that is the line a reader must change."""
    return layer.origin if isinstance(layer, LibraryObject) else origin


def call_row(machine: Machine, row: object, arguments: Arguments, origin: Origin) -> Value | None:
    """Call what a name of a library stands for; None when the row is of a sort that is not called."""
    if isinstance(row, Function) and row.applies is not None:
        return _activated(machine, row, row.applies, arguments, origin)
    if isinstance(row, Function | SameAs):
        return apply(machine, row, arguments, origin)
    if isinstance(row, Layer):
        return construct(machine, row, arguments, origin)
    if isinstance(row, Method):
        return apply(machine, row.row, arguments, origin)
    if isinstance(row, Result):
        return _filled_result(machine, row, arguments, origin)
    return None


def _activated(machine: Machine, row: Function, applies: Applies, arguments: Arguments, origin: Origin) -> Value:
    """Call a function that is a layer, and apply what it was given to the result: ``dense(x, 10, activation=relu)``."""
    result = apply(machine, row, arguments, origin)
    filled = fill(parse(row.signature), arguments)
    activation = filled.by_name.get(applies.argument)
    if activation is None:
        if filled.open or is_configured(machine, row):
            return machine.unknown(f"what `{row.name}` applies", origin)
        activation = Literal(defaults(row.signature).get(applies.argument))
    if activation == Literal(None):
        return result
    if isinstance(activation, Literal):
        activation = LibraryName(applies.named.rows.get(str(activation.value), ""))
    return machine.call(machine, activation, Arguments((result,)), origin)


def _filled_result(machine: Machine, row: Result, arguments: Arguments, origin: Origin) -> Value:
    """``SequenceClassifierOutput(loss=..., logits=...)``: an object that user code fills."""
    made = LibraryObject(Layer(name=row.name, init=""), machine.fresh(), origin)
    for name, value in arguments.keywords.items():
        machine.write(made.place, name, value)
    return made
