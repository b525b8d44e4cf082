"""Data sets: pairs of inputs and labels, one after another, and what a function makes of each."""

from __future__ import annotations

from logitlint.frameworks.vocabulary import Layer
from logitlint.inference.containers import element, exact_items
from logitlint.inference.machine import Machine
from logitlint.inference.signature import Arguments
from logitlint.inference.store import CONTENTS, Item, Items
from logitlint.inference.values import LibraryObject, Origin, Value


def mapped(machine: Machine, data: LibraryObject, arguments: Arguments, origin: Origin) -> Value:
    """``pairs.map(lambda x, y: (x, tf.one_hot(y, 10)))``: another data set, of what the function gives."""
    pair = exact_items(machine, element(machine, data))
    if not arguments.positional or pair is None:
        return machine.unknown(f"what is made of each element of `{data.row.name}`", origin)
    result = machine.call(machine, arguments.positional[0], Arguments(tuple(pair)), origin)
    return data_set(machine, data.row, result, origin)


def data_set(machine: Machine, row: Layer, each: Value, origin: Origin) -> LibraryObject:
    """A data set of which one element stands for all."""
    made = LibraryObject(row, machine.fresh(), origin)
    machine.write(made.place, CONTENTS, Items((Item(each, many=True),)), local=True)
    return made
