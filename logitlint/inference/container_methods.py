"""Methods of lists and dicts, and of a library's containers of layers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from logitlint.frameworks.vocabulary import Scalar
from logitlint.inference import attributes
from logitlint.inference.containers import bounded, contents_of, element, joined, make, overridden
from logitlint.inference.indexing import entry
from logitlint.inference.joining import alternatives, merged
from logitlint.inference.machine import Machine
from logitlint.inference.signature import Arguments
from logitlint.inference.store import CONTENTS, Entries, Item, Items
from logitlint.inference.values import (
    Alternatives,
    Condition,
    Container,
    LibraryObject,
    Literal,
    Option,
    Origin,
    Unknown,
    Value,
)


def method(
    machine: Machine, receiver: Value, place: int, name: str, arguments: Arguments, origin: Origin
) -> Value | None:
    """A method of a list, a dict or a container of layers; None when it has no such method."""
    held = machine.read(place, CONTENTS)
    values = arguments.positional
    if isinstance(held, Items):
        function = _add_part if name in machine.catalog.adds else _LIST.get(name)
        return function(machine, receiver, place, held, values) if function else None
    if isinstance(held, Entries):
        return _dict_method(machine, place, held, name, arguments, origin)
    return None


def _append(machine: Machine, receiver: Value, place: int, held: Items, values: tuple[Value, ...]) -> Value:
    machine.write(place, CONTENTS, Items((*held.items, *(Item(value) for value in values[:1]))))
    return receiver


def _extend(machine: Machine, receiver: Value, place: int, held: Items, values: tuple[Value, ...]) -> Value:
    other = contents_of(machine, values[0]) if values else None
    more = (
        other.items
        if isinstance(other, Items)
        else tuple(Item(element(machine, value), many=True) for value in values[:1])
    )
    machine.write(place, CONTENTS, bounded(machine, (*held.items, *more)))
    return receiver


def _insert(machine: Machine, receiver: Value, place: int, held: Items, values: tuple[Value, ...]) -> Value:
    position = values[0].value if values and isinstance(values[0], Literal) else None
    if isinstance(position, int) and len(values) > 1 and held.exact:
        items = list(held.items)
        items.insert(position, Item(values[1]))
        machine.write(place, CONTENTS, Items(tuple(items)))
    else:
        machine.write(place, CONTENTS, _in_any_order(machine, held, values[1:2]))
    return receiver


def _in_any_order(machine: Machine, held: Items, more: tuple[Value, ...] = ()) -> Items:
    """What a list holds, and something more, when nobody knows any longer what is where."""
    values = [*(item.value for item in held.items), *more]
    return Items((Item(joined(machine, values), many=True),) if values else ())


def _add_part(machine: Machine, receiver: Value, place: int, held: Items, values: tuple[Value, ...]) -> Value:
    name = values[0].value if values and isinstance(values[0], Literal) else None
    if values and isinstance(values[0], Unknown) and not machine.asides.ends.get(values[0].number, ("", ""))[0]:
        # any of them may bear that name: `str(i)`
        machine.write(place, CONTENTS, _in_any_order(machine, held, values[1:2]))
        return receiver
    if not isinstance(receiver, LibraryObject) or not isinstance(name, str) or len(values) < 2:
        return _append(machine, receiver, place, held, values[1:2])
    attributes.put(machine, receiver, name, values[1])
    return receiver


def _pop(machine: Machine, receiver: Value, place: int, held: Items, values: tuple[Value, ...]) -> Value:
    position = values[0].value if values and isinstance(values[0], Literal) else -1 if not values else None
    if isinstance(position, int) and held.places(position):
        items = list(held.items)
        taken = items.pop(position)
        machine.write(place, CONTENTS, Items(tuple(items)))
        return taken.value
    _shuffle(machine, receiver, place, held, values)
    return merged([item.value for item in held.items], machine.fresh) if held.items else machine.unknown("pop", None)


def taken_first(machine: Machine, iterator: Container, held: Items) -> Value:
    """The first element of an iterator, which is gone from it; any of them where nobody knows which is first."""
    if held.places(0):
        machine.write(iterator.place, CONTENTS, Items(held.items[1:]))
        return held.items[0].value
    left = _in_any_order(machine, held)
    machine.write(iterator.place, CONTENTS, left)
    return left.items[0].value


def _clear(machine: Machine, receiver: Value, place: int, held: Items, values: tuple[Value, ...]) -> Value:
    machine.write(place, CONTENTS, Items())
    return Literal(None)


def _shuffle(machine: Machine, receiver: Value, place: int, held: Items, values: tuple[Value, ...]) -> Value:
    """Which element is where is no longer known."""
    machine.write(place, CONTENTS, _in_any_order(machine, held))
    return Literal(None)


def _itself(machine: Machine, receiver: Value, place: int, held: Items, values: tuple[Value, ...]) -> Value:
    return make(machine, "list", held)


_ListMethod = Callable[[Machine, Value, int, Items, tuple[Value, ...]], Value]
_LIST: Final[dict[str, _ListMethod]] = {
    "append": _append,
    "add": _append,
    "extend": _extend,
    "insert": _insert,
    "pop": _pop,
    "__delitem__": _pop,
    "clear": _clear,
    "remove": _shuffle,
    "reverse": _shuffle,
    "sort": _shuffle,
    "children": _itself,
    "copy": _itself,
}


def _without(held: Entries, gone: Scalar) -> Entries:
    return Entries({key: value for key, value in held.entries.items() if key != gone}, held.rest)


def _moved(machine: Machine, held: Entries, key: Value, last: Value) -> Entries:
    """A dict once an entry was put behind the others, or before them; of one that is not known, any may be it."""
    if not isinstance(key, Literal) or not isinstance(last, Literal):
        return Entries({}, machine.unknown("an entry of a dict in another order", None))
    moved = {key.value: held.entries[key.value]} if key.value in held.entries else {}
    others = _without(held, key.value).entries
    return Entries({**others, **moved} if last.value else {**moved, **others}, held.rest)


def _dict_method(
    machine: Machine, place: int, held: Entries, name: str, arguments: Arguments, origin: Origin
) -> Value | None:
    values = arguments.positional
    if name == "update":
        machine.write(place, CONTENTS, _updated(machine, held, arguments, origin))
        return Literal(None)
    if name == "clear":
        machine.write(place, CONTENTS, Entries({}))
        return Literal(None)
    if name == "__delitem__" and values and isinstance(values[0], Literal):
        machine.write(place, CONTENTS, _without(held, values[0].value))
        return Literal(None)
    if name == "move_to_end" and values:
        last_or_first = next(iter((*values[1:], *arguments.keywords.values())), Literal(True))
        machine.write(place, CONTENTS, _moved(machine, held, values[0], last_or_first))
        return Literal(None)
    if name == "popitem" and held.entries and held.rest is None:
        last = list(held.entries)[-1]
        machine.write(place, CONTENTS, _without(held, last))
        return make(machine, "tuple", Items((Item(Literal(last)), Item(held.entries[last]))))
    if name in ("get", "pop", "setdefault") and values:
        default = values[1] if len(values) > 1 else None if name == "pop" else Literal(None)
        empty = not held.entries and held.rest is None
        filled = default if name == "setdefault" and empty else None
        found = filled or entry(machine, held, values[0], origin, default=default)
        if name == "setdefault" and isinstance(values[0], Literal):
            machine.write(place, CONTENTS, Entries({**held.entries, values[0].value: found}, held.rest))
        elif name == "pop" and isinstance(values[0], Literal):
            machine.write(place, CONTENTS, _without(held, values[0].value))
        return found
    if name in machine.catalog.adds and len(values) > 1 and isinstance(values[0], Literal):
        machine.write(place, CONTENTS, Entries({**held.entries, values[0].value: values[1]}, held.rest))
        return Literal(None)
    others = (Item(held.rest, many=True),) if held.rest is not None else ()
    if name == "values":
        return make(machine, "list", Items((*(Item(value) for value in held.entries.values()), *others)))
    if name == "items":
        pairs = [
            make(machine, "tuple", Items((Item(Literal(key)), Item(value)))) for key, value in held.entries.items()
        ]
        if held.rest is not None:
            key = machine.unknown("a key that is not known", origin)
            extra = make(machine, "tuple", Items((Item(key), Item(held.rest))))
            return make(machine, "list", Items((*(Item(pair) for pair in pairs), Item(extra, many=True))))
        return make(machine, "list", Items(tuple(Item(pair) for pair in pairs)))
    if name == "keys":
        return make(machine, "list", Items((*(Item(Literal(key)) for key in held.entries), *others)))
    if name == "copy":
        return make(machine, "dict", held)
    return None


def _updated(machine: Machine, held: Entries, arguments: Arguments, origin: Origin) -> Entries:
    """A dict after ``held.update(other)``, where the other may be one of several."""
    entries, rest = dict(held.entries), held.rest
    other = arguments.positional[0] if arguments.positional else None
    found = contents_of(machine, other) if other is not None else None
    if isinstance(other, Alternatives):
        each = [
            (_updated(machine, held, Arguments((option.value,)), origin), option.when)
            for option in other.options
            if machine.possible(option.when)
        ]
        names = dict.fromkeys(name for one, _ in each for name in one.entries)
        entries = {name: _one_of(machine, name, each) for name in names}
        rests = [one.rest for one, _ in each if one.rest is not None]
        rest = merged(rests, machine.fresh) if rests else None
    elif isinstance(found, Entries):
        before = held if found.rest is None else overridden(machine, held, None, found.rest)
        entries, rest = {**before.entries, **found.entries}, before.rest
    elif other is not None:
        cut = machine.unknown("a dict updated with something unknown", origin)
        entries, rest = dict(overridden(machine, held, None, cut).entries), cut
    if arguments.open:
        more = overridden(machine, Entries(entries, rest), None, machine.unknown("further entries", origin))
        entries, rest = dict(more.entries), more.rest
    entries.update(arguments.keywords)
    return Entries(entries, rest)


def _one_of(machine: Machine, name: Scalar, each: list[tuple[Entries, frozenset[Condition]]]) -> Value:
    """An entry of a dict that is one of several: missing in some, it can only be asked for in the others."""
    options = [Option(value, when) for one, when in each if (value := one.entries.get(name, one.rest)) is not None]
    return alternatives(options, machine.fresh)
