"""Assignment: to names, attributes, elements, and tuples of them."""

from __future__ import annotations

from typing import Final

from msgspec.structs import replace

from logitlint.frameworks.vocabulary import SameAs
from logitlint.inference import arithmetic, attributes, reflection
from logitlint.inference.containers import contents_of, either, element, leave_open, make, overridden
from logitlint.inference.frames import Frame
from logitlint.inference.joining import alternatives, join, merged
from logitlint.inference.machine import Machine
from logitlint.inference.operands import number_of, opaque, outdate, refill, spoil
from logitlint.inference.store import CONTENTS, Entries, Item, Items
from logitlint.inference.values import (
    Alternatives,
    Cause,
    Container,
    LibraryName,
    LibraryObject,
    Literal,
    Option,
    Origin,
    Tensor,
    Unknown,
    UserClass,
    UserFunction,
    UserObject,
    Value,
)
from logitlint.kinds import NOTHING
from logitlint.lowering import ir

_DECIDED: Final = (0, 1, -1)
"""Numbers that stand for a decision: what lies on one side of a threshold is set to one of them."""


def assign(machine: Machine, frame: Frame, target: ir.Expression, value: Value) -> None:
    """Bind a target: a name, an attribute, an element, or a tuple of them."""
    if isinstance(target, ir.Name):
        home = frame.home(target.name)
        machine.write(home.number, target.name, value, local=home is frame and home.parent is not None)
    elif isinstance(target, ir.Attribute):
        owner = machine.evaluate(machine, frame, target.value)
        refill(machine, owner)
        if isinstance(owner, Tensor) and isinstance(machine.catalog.properties(target.name), SameAs):
            spoil(machine, owner)  # ``x.data = y``
            rebind(machine, frame, target.value, opaque(machine, value))
        else:
            attributes.put(machine, owner, target.name, value)
    elif isinstance(target, ir.Index):
        keys = tuple(machine.evaluate(machine, frame, each) for each in target.index)
        whole = machine.evaluate(machine, frame, target.value)
        options = whole.options if isinstance(whole, Alternatives) else (Option(whole, frozenset()),)
        if any(isinstance(each.value, Tensor) for each in options):
            for option in options:
                refill(machine, option.value)
            if isinstance(target.value, ir.Call) and isinstance(value, Tensor):  # ``x.numpy()[...] = y``
                spoil(machine, whole)
            written = [Option(_overwritten(machine, each.value, keys, value), each.when) for each in options]
            rebind(machine, frame, target.value, alternatives(written, machine.fresh))
        else:
            put_item(machine, whole, keys, value, Origin(frame.file, target.origin))
            if isinstance(whole, Container) and _registers(frame, whole, value):
                leave_open(machine, whole)
    elif isinstance(target, ir.Star):
        assign(machine, frame, target.value, value)
    elif isinstance(target, ir.Build):
        for each, part in zip(target.items, unpack(machine, value, target.items), strict=True):
            assign(machine, frame, each, part)


def _registers(frame: Frame, whole: Container, value: Value) -> bool:
    """Whether a function puts a class or a function where it lay before: then files that are not seen here may as well.

    Numbers are given in the order in which things are made.
    """
    older = frame.function is not None and whole.place < frame.number
    return older and isinstance(value, UserClass | UserFunction | LibraryName)


def rebind(machine: Machine, frame: Frame, target: ir.Expression, value: Value) -> None:
    """Let the name or attribute that held a tensor hold what was made of it in place."""
    if isinstance(target, ir.Name | ir.Attribute):
        assign(machine, frame, target, value)


def _overwritten(machine: Machine, whole: Value, keys: tuple[Value, ...], part: Value) -> Value:
    """``whole[...] = part``: what is there may be either; where nothing was yet, it is what is put in."""
    if not isinstance(whole, Tensor):
        return whole
    if isinstance(part, Literal):
        if part.value in _DECIDED and any(_asks(key, whole) for key in keys):
            return machine.unknown("a tensor cut at a threshold in place", None)
        number = part.value if isinstance(part.value, int | float) else None
        return replace(
            whole,
            kind=whole.kind | arithmetic.picked(whole.kind),
            number=machine.fresh(),
            axis=None,
            low=None if whole.low is None or number is None else min(whole.low, number),
            high=None if whole.high is None or number is None else max(whole.high, number),
        )
    if whole.kind != NOTHING:
        outdate(machine, whole)
    if not isinstance(part, Tensor):
        return machine.unknown("a tensor that something unknown was written into", None)
    joined = merged([whole, part], machine.fresh)
    return (
        replace(joined, made=part.made if whole.kind == NOTHING else joined.made)
        if isinstance(joined, Tensor)
        else joined
    )


def _asks(key: Value, whole: Tensor) -> bool:
    """Whether an index is a question about the numbers that it picks: ``whole[whole < 0.3]``."""
    made = key.made if isinstance(key, Tensor) else ()
    asked = (taken.tensor for use in made for taken in use.taken)
    return any(each is not None and each.number == whole.number for each in asked)


def unpack(machine: Machine, value: Value, targets: tuple[ir.Expression, ...]) -> list[Value]:
    """The parts of a value for the targets of an unpacking assignment."""
    if isinstance(value, Alternatives):
        parts = [(unpack(machine, option.value, targets), option.when) for option in value.options]
        return [join([(each[i], when) for each, when in parts], machine.fresh) for i in range(len(targets))]
    held = contents_of(machine, value)
    starred = next((i for i, each in enumerate(targets) if isinstance(each, ir.Star)), None)
    if isinstance(held, Items) and held.exact:
        values = [item.value for item in held.items]
        if starred is None and len(values) == len(targets):
            return values
        if starred is not None and len(values) >= len(targets) - 1:
            behind = len(targets) - starred - 1
            middle = values[starred : len(values) - behind]
            packed = make(machine, "list", Items(tuple(Item(each) for each in middle)))
            return [*values[:starred], packed, *values[len(values) - behind :]]
    if isinstance(held, Items) and held.items:
        return [element(machine, value) for _ in targets]
    number = number_of(machine, value)
    if isinstance(value, Tensor):
        return [element(machine, value) for _ in targets]
    cause = value.cause if isinstance(value, Unknown) else Cause("part of something that is not known")
    several = [Unknown(machine.number("part", number, i), cause) for i in range(len(targets))]
    if isinstance(value, Unknown) and (whole := machine.asides.within.get(value.number)) is not None:
        machine.asides.within.update(dict.fromkeys((each.number for each in several), whole))
    return [*several]


def put_item(machine: Machine, target: Value, keys: tuple[Value, ...], value: Value, origin: Origin) -> None:
    """``target[key] = value``."""
    held = contents_of(machine, target)
    key = keys[0] if len(keys) == 1 else None
    if isinstance(held, Entries) and isinstance(target, Container | LibraryObject | UserObject):
        reflection.set_entry(machine, target, key, value, origin)
        if isinstance(key, Literal):
            machine.write(target.place, CONTENTS, Entries({**held.entries, key.value: value}, held.rest))
        else:
            machine.write(target.place, CONTENTS, overridden(machine, held, key, value))
    elif isinstance(held, Items) and isinstance(target, Container | LibraryObject | UserObject):
        position = key.value if isinstance(key, Literal) else None
        items = list(held.items)
        if isinstance(position, int) and held.places(position):
            items[position] = Item(value)
        else:
            items = [Item(either(machine, item.value, value), item.many) for item in items] or [Item(value, many=True)]
        machine.write(target.place, CONTENTS, Items(tuple(items)))
    elif not reflection.set_entry(machine, target, key, value, origin):
        number = str(key.value) if isinstance(key, Literal) else ""
        if not attributes.put_last(machine, target, number, value):
            attributes.touch(machine, target)
