"""Tuples, lists, sets and dicts: made, looked into and walked over."""

from __future__ import annotations

import functools
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from msgspec.structs import replace

from logitlint.frameworks.vocabulary import Scalar
from logitlint.inference import arithmetic
from logitlint.inference.joining import alternatives, merged
from logitlint.inference.machine import Machine
from logitlint.inference.operands import number_of
from logitlint.inference.pairing import arise
from logitlint.inference.store import CONTENTS, Entries, Item, Items, Stored
from logitlint.inference.values import (
    Alternatives,
    Cause,
    Condition,
    Container,
    LibraryObject,
    Literal,
    Option,
    Tensor,
    Unknown,
    UserObject,
    Value,
)

MOST_UNROLLED: Final = 32
MOST_HELD: Final = 10_000
"""Elements of containers that are put together: a program may double one as often as it likes."""
CONSUMED: Final = frozenset({"generator", "iterator"})
"""The shapes of what is gone once it was walked over."""
_NO_KEY: Final = "\0"  # the branch of a choice by key that leads to the default


def make(machine: Machine, shape: str, contents: Items | Entries) -> Container:
    """A new container."""
    container = Container(shape, machine.fresh())
    machine.store.cells[(container.place, CONTENTS)] = contents
    return container


def bounded(machine: Machine, items: Sequence[Item]) -> Items:
    """Elements that were put together; of too many it is no longer known what they are."""
    if len(items) <= MOST_HELD:
        return Items(tuple(items))
    return Items((Item(machine.unknown("more elements than are kept", None), many=True),))


def contents_of(machine: Machine, value: Value) -> Items | Entries | None:
    """What a container, or a library's container of layers, holds."""
    if isinstance(value, Container | LibraryObject | UserObject):
        held = machine.read(value.place, CONTENTS)
        if isinstance(value, Container) and value.shape == "generator" and _is_late(machine, value):
            return Items((Item(machine.unknown("what a generator gives that was made earlier", None), many=True),))
        return held if isinstance(held, Items | Entries) else None
    return None


def _is_late(machine: Machine, generator: Container) -> bool:
    """Whether something was set since a generator was made, which runs only when it is asked."""
    version = machine.altered.suspended.get(generator.place)
    return version is not None and version is not machine.store.version


def exact_items(machine: Machine, value: Value) -> list[Value] | None:
    """The elements of a sequence, when each is known by its position."""
    held = contents_of(machine, value)
    if isinstance(held, Items) and held.exact:
        return [item.value for item in held.items]
    return None


def exact_entries(machine: Machine, value: Value) -> dict[str, Value] | None:
    """The entries of a dict, when all are known by name."""
    held = contents_of(machine, value)
    if isinstance(held, Entries) and held.rest is None:
        return {key: entry for key, entry in held.entries.items() if isinstance(key, str)}
    return None


def concatenate(machine: Machine, left: Container, right: Container) -> Value:
    """``left + right``."""
    first, second = contents_of(machine, left), contents_of(machine, right)
    if isinstance(first, Items) and isinstance(second, Items):
        return make(machine, left.shape, bounded(machine, first.items + second.items))
    return machine.unknown("containers put together", None)


def walk(machine: Machine, value: Value) -> Iterator[tuple[Value, bool]]:
    """The elements met by a loop; the flag says that an element stands for any number of them."""
    held = contents_of(machine, value)
    if isinstance(held, Items) and len(held.items) <= MOST_UNROLLED:
        yield from held.items
    elif isinstance(held, Entries) and not isinstance(value, Container):
        yield from ((Literal(key), False) for key in held.entries)
    elif isinstance(held, Entries):
        yield from ((Literal(key), False) for key in held.entries)
        if held.rest is not None:
            yield machine.unknown("a key that is not known", None), True
    else:
        yield element(machine, value), True


def turns(machine: Machine, value: Value) -> list[tuple[Value, bool]]:
    """What a loop meets, one after the other: of several numbers that are tried, none is the one that is meant."""
    met = [*walk(machine, value)]
    use_up(machine, [value])  # how far it goes is not known
    numbers = {each.value for each, _ in met if isinstance(each, Literal) and isinstance(each.value, int | float)}
    if len(numbers) == len(met) > 1 and any(isinstance(each, float) for each in numbers):
        return [(machine.unknown("one of several numbers", None), many) for _, many in met]
    return met


def use_up(machine: Machine, values: Iterable[Value]) -> None:
    """Let some be gone of what is gone once it was walked over: any of its elements may be the next, or none."""
    for value in values:
        held = contents_of(machine, value)
        if isinstance(value, Container) and value.shape in CONSUMED and isinstance(held, Items) and held.items:
            left = Item(joined(machine, [item.value for item in held.items]), many=True)
            machine.write(value.place, CONTENTS, Items((left,)))


def element(machine: Machine, value: Value) -> Value:
    """Any one element of something that is walked over."""
    held = contents_of(machine, value)
    if isinstance(held, Items) and held.items:
        return merged([item.value for item in held.items], machine.fresh)
    if isinstance(held, Entries) and held.entries:
        return machine.unknown("a key", None)
    if isinstance(value, Tensor):
        return replace(arithmetic.indexed(value, (arithmetic.Index("one"),)), number=machine.fresh())
    cause = value.cause if isinstance(value, Unknown) else Cause("an element that is not known")
    part = Unknown(machine.fresh(), cause)
    if isinstance(value, Unknown) and (whole := machine.asides.within.get(value.number)) is not None:
        machine.asides.within[part.number] = whole
    return part


def choose(machine: Machine, options: list[tuple[object, Value]], key: Value, *, default: Value | None = None) -> Value:
    """One of several, by a key that is not known: tensors are joined, objects are alternatives under that key.

    `default` is what there is for any other key.
    """
    values = [value for _, value in options] + ([default] if default is not None else [])
    if all(isinstance(value, Tensor | Unknown) for value in values):
        return merged(values, machine.fresh)
    number = number_of(machine, key)
    arise(machine, number)
    chosen = [
        Option(
            value,
            frozenset({Condition(number, branch if isinstance(branch, str | int) else str(branch), _words(branch))}),
        )
        for branch, value in options
    ]
    if default is not None:
        chosen.append(Option(default, frozenset({Condition(number, _NO_KEY, "")})))
    return alternatives(chosen, machine.fresh)


def _words(branch: object) -> str:
    """A key as a message says it; what lies under a key that is not known has none."""
    return repr(branch) if branch != "" else ""


def either(machine: Machine, before: Value, after: Value) -> Value:
    """What stands at a place where something may have been put: of two objects nobody knows which."""
    both = merged([before, after], machine.fresh)
    return machine.unknown("one of several things put there", None) if isinstance(both, Alternatives) else both


def joined(machine: Machine, values: list[Value]) -> Value:
    """Any one of several values: of objects nobody knows which."""
    return functools.reduce(functools.partial(either, machine), values)


def overridden(machine: Machine, held: Entries, key: Value | None, value: Value) -> Entries:
    """A dict after something was put under a key, or (None) under keys, that are not known: any that fits may be it."""
    start, end = machine.asides.ends.get(key.number, ("", "")) if isinstance(key, Unknown) else ("", "")
    entries = {
        name: either(machine, earlier, value) if _fits(name, start, end) else earlier
        for name, earlier in held.entries.items()
    }
    return Entries(entries, value if held.rest is None else merged([held.rest, value], machine.fresh))


def anywhere(held: Stored, value: Value) -> Stored:
    """What is held once a value may stand in the place of it; of a container, in any place of it."""
    if isinstance(held, Entries):
        return Entries({}, value)
    return Items((Item(value, many=True),)) if isinstance(held, Items) else value


def leave_open(machine: Machine, container: Container) -> None:
    """Note that a dict may hold more than what is known to have been put there."""
    held = contents_of(machine, container)
    if isinstance(held, Entries) and held.rest is None:
        rest = machine.unknown("what others may have registered", None)
        machine.write(container.place, CONTENTS, Entries(held.entries, rest))


def _fits(name: Scalar, start: str, end: str) -> bool:
    return not (start or end) or (isinstance(name, str) and name.startswith(start) and name.endswith(end))
