"""Tuples, lists, sets and dicts: built, indexed, changed and walked over."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Final

from logitlint.frameworks.vocabulary import Function, Role
from logitlint.inference import arithmetic, attributes
from logitlint.inference.library import number_of, opaque
from logitlint.inference.machine import Frame, Machine
from logitlint.inference.signature import Arguments
from logitlint.inference.store import CONTENTS, Entries, Item, Items, merged
from logitlint.inference.trace import Taken, Use, Via
from logitlint.inference.values import (
    Alternatives,
    Cause,
    Condition,
    Container,
    LibraryObject,
    Literal,
    Option,
    Origin,
    Tensor,
    Unknown,
    UserObject,
    Value,
)
from logitlint.lowering import ir

MOST_UNROLLED: Final = 32


def make(machine: Machine, shape: str, contents: Items | Entries) -> Container:
    """A new container."""
    container = Container(shape, machine.fresh())
    machine.store.cells[(container.place, CONTENTS)] = contents
    return container


def contents_of(machine: Machine, value: Value) -> Items | Entries | None:
    """What a container, or a library's container of layers, holds."""
    if isinstance(value, Container | LibraryObject | UserObject):
        held = machine.read(value.place, CONTENTS)
        return held if isinstance(held, Items | Entries) else None
    return None


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


def build(machine: Machine, frame: Frame, node: ir.Build) -> Value:
    """``a, b``, ``[a, *b]``, ``{a}``."""
    items: list[Item] = []
    for each in node.items:
        value = opaque(machine, machine.evaluate(machine, frame, each))
        if isinstance(each, ir.Star):
            held = contents_of(machine, value)
            items += held.items if isinstance(held, Items) else [Item(element(machine, value), many=True)]
        else:
            items.append(Item(value))
    return make(machine, node.shape, Items(tuple(items)))


def mapping(machine: Machine, frame: Frame, node: ir.Mapping) -> Value:
    """``{key: value, **other}``."""
    entries: dict[str | int | float | bool | None, Value] = {}
    rest: list[Value] = []
    for pair in node.pairs:
        value = opaque(machine, machine.evaluate(machine, frame, pair.value))
        if pair.key is None:
            held = contents_of(machine, value)
            if isinstance(held, Entries):
                entries.update(held.entries)
                rest += [held.rest] if held.rest is not None else []
            else:
                rest.append(element(machine, value))
            continue
        key = machine.evaluate(machine, frame, pair.key)
        if isinstance(key, Literal):
            entries[key.value] = value
        else:
            rest.append(value)
    return make(machine, "dict", Entries(entries, merged(rest, machine.fresh) if rest else None))


def concatenate(machine: Machine, left: Container, right: Container) -> Value:
    """``left + right``."""
    first, second = contents_of(machine, left), contents_of(machine, right)
    if isinstance(first, Items) and isinstance(second, Items):
        return make(machine, left.shape, Items(first.items + second.items))
    return machine.unknown("containers put together", None)


def comprehension(machine: Machine, frame: Frame, node: ir.Comprehension) -> Value:
    """A comprehension: each element is run, for each element of a container that is known exactly."""
    inner = Frame(machine.fresh(), frame.file, frame, receiver=frame.receiver, owner=frame.owner)
    results: list[Item] = []
    entries: dict[str | int | float | bool | None, Value] = {}
    rest: list[Value] = []

    def visit(depth: int, many: bool) -> None:
        if depth < len(node.clauses):
            clause = node.clauses[depth]
            source = machine.evaluate(machine, inner if depth else frame, clause.source)
            for value, repeated in walk(machine, source):
                assign(machine, inner, clause.target, value)
                for test in clause.tests:
                    machine.evaluate(machine, inner, test)
                visit(depth + 1, many or repeated or bool(clause.tests))
            return
        key = machine.evaluate(machine, inner, node.key) if node.key is not None else None
        value = opaque(machine, machine.evaluate(machine, inner, node.element))
        if isinstance(key, Literal):
            entries[key.value] = value
        elif key is not None:
            rest.append(value)
        else:
            results.append(Item(value, many))

    visit(0, many=False)
    if node.shape == "dict":
        return make(machine, "dict", Entries(entries, merged(rest, machine.fresh) if rest else None))
    return make(machine, "list", Items(tuple(results)))


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
    return Unknown(machine.fresh(), cause)


# -- assignment ---------------------------------------------------------------------------------------------------------


def assign(machine: Machine, frame: Frame, target: ir.Expression, value: Value) -> None:
    """Bind a target: a name, an attribute, an element, or a tuple of them."""
    if isinstance(target, ir.Name):
        home = frame.outer.get(target.name, frame)
        machine.write(home.number, target.name, value, local=home is frame and home.parent is not None)
    elif isinstance(target, ir.Attribute):
        attributes.put(machine, machine.evaluate(machine, frame, target.value), target.name, value)
    elif isinstance(target, ir.Index):
        keys = tuple(machine.evaluate(machine, frame, each) for each in target.index)
        put_item(machine, machine.evaluate(machine, frame, target.value), keys, value)
    elif isinstance(target, ir.Star):
        assign(machine, frame, target.value, value)
    elif isinstance(target, ir.Build):
        for each, part in zip(target.items, unpack(machine, value, target.items), strict=True):
            assign(machine, frame, each, part)


def unpack(machine: Machine, value: Value, targets: tuple[ir.Expression, ...]) -> list[Value]:
    """The parts of a value for the targets of an unpacking assignment."""
    if isinstance(value, Alternatives):
        parts = [(unpack(machine, option.value, targets), option.when) for option in value.options]
        return [_choice([Option(each[i], when) for each, when in parts]) for i in range(len(targets))]
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
    return [Unknown(machine.number("part", number, i), cause) for i in range(len(targets))]


def _choice(options: list[Option]) -> Value:
    first = options[0].value
    return first if all(option.value == first for option in options) else Alternatives(tuple(options))


def put_item(machine: Machine, target: Value, keys: tuple[Value, ...], value: Value) -> None:
    """``target[key] = value``."""
    held = contents_of(machine, target)
    key = keys[0] if len(keys) == 1 else None
    if isinstance(held, Entries) and isinstance(target, Container | LibraryObject | UserObject):
        if isinstance(key, Literal):
            machine.write(target.place, CONTENTS, Entries({**held.entries, key.value: value}, held.rest))
        else:
            rest = merged([held.rest, value], machine.fresh) if held.rest is not None else value
            machine.write(target.place, CONTENTS, Entries(held.entries, rest))
    elif isinstance(held, Items) and isinstance(target, Container | LibraryObject | UserObject):
        position = key.value if isinstance(key, Literal) else None
        items = list(held.items)
        if isinstance(position, int) and held.exact and -len(items) <= position < len(items):
            items[position] = Item(value)
        else:
            items = [Item(merged([item.value, value], machine.fresh), item.many) for item in items] or [
                Item(value, many=True)
            ]
        machine.write(target.place, CONTENTS, Items(tuple(items)))
    elif isinstance(target, LibraryObject) and target.row.head is not None:
        machine.write(target.place, target.row.head, machine.unknown("a head changed in part", None))


# -- indexing -----------------------------------------------------------------------------------------------------------


def index(machine: Machine, frame: Frame, value: Value, node: ir.Index, origin: Origin) -> Value:
    """``value[index]``."""
    keys = [(each, opaque(machine, machine.evaluate(machine, frame, each))) for each in node.index]
    return index_value(machine, opaque(machine, value), node, keys, origin, frame)


def index_value(
    machine: Machine,
    value: Value,
    node: ir.Index,
    keys: list[tuple[ir.Expression, Value]],
    origin: Origin,
    frame: Frame,
) -> Value:
    """``value[index]``, the index evaluated."""
    if isinstance(value, Alternatives):
        return Alternatives(
            tuple(
                Option(index_value(machine, option.value, node, keys, origin, frame), option.when)
                for option in value.options
            )
        )
    if isinstance(value, Tensor):
        return _index_tensor(machine, value, keys, origin)
    held = contents_of(machine, value)
    only = keys[0] if len(keys) == 1 else None
    if only is None or held is None:
        number = machine.number("index", number_of(machine, value), *(number_of(machine, key) for _, key in keys))
        cause = value.cause if isinstance(value, Unknown) else Cause("an element that is not known", origin)
        return Unknown(number, cause)
    source, key = only
    if isinstance(held, Entries):
        return _entry(machine, held, key, origin)
    if isinstance(source, ir.Slice):
        return _slice_items(machine, frame, value, held, source)
    return _item(machine, held, key, origin)


def _item(machine: Machine, held: Items, key: Value, origin: Origin) -> Value:
    items = held.items
    if isinstance(key, Literal) and isinstance(key.value, int):
        position = key.value
        near = items[position:] if position < 0 else items[: position + 1]
        if -len(items) <= position < len(items) and not any(item.many for item in near):
            return items[position].value
        if held.exact:
            return machine.unknown("an index past the end", origin)
    if not items:
        return machine.unknown("an element of an empty list", origin)
    return choose(machine, [(number, item.value) for number, item in enumerate(items)], key)


def _entry(machine: Machine, held: Entries, key: Value, origin: Origin) -> Value:
    if isinstance(key, Literal):
        found = held.entries.get(key.value, held.rest)
        return found if found is not None else machine.unknown(f"the key {key.value!r} is not found", origin)
    options: list[tuple[object, Value]] = list(held.entries.items())
    if held.rest is not None:
        options.append(("", held.rest))
    return choose(machine, options, key) if options else machine.unknown("an element of an empty dict", origin)


def choose(machine: Machine, options: list[tuple[object, Value]], key: Value) -> Value:
    """One of several, by a key that is not known: tensors are joined, objects are alternatives under that key."""
    values = [value for _, value in options]
    if all(isinstance(value, Tensor | Unknown) for value in values):
        return merged(values, machine.fresh)
    number = number_of(machine, key)
    return _choice(
        [
            Option(
                value,
                frozenset({Condition(number, branch if isinstance(branch, str | int) else str(branch), repr(branch))}),
            )
            for branch, value in options
            if not isinstance(value, Alternatives)
        ]
        or [Option(machine.unknown("one of several choices", None), frozenset())]
    )


def _slice_items(machine: Machine, frame: Frame, value: Value, held: Items, source: ir.Slice) -> Value:
    bounds = [
        machine.evaluate(machine, frame, each) if each is not None else Literal(None)
        for each in (source.lower, source.upper, source.step)
    ]
    numbers = [
        each.value
        for each in bounds
        if isinstance(each, Literal) and (each.value is None or isinstance(each.value, int))
    ]
    if len(numbers) == 3 and held.exact and numbers[2] != 0:
        items = held.items[slice(*numbers)]
    else:
        items = (Item(element(machine, value), many=True),) if held.items else ()
    if isinstance(value, LibraryObject):
        made = LibraryObject(value.row, machine.fresh(), value.origin, value.arguments)
        machine.store.cells[(made.place, CONTENTS)] = Items(items)
        return made
    return make(machine, value.shape if isinstance(value, Container) else "list", Items(items))


def _index_tensor(machine: Machine, tensor: Tensor, keys: list[tuple[ir.Expression, Value]], origin: Origin) -> Value:
    sorts = tuple(arithmetic.Index(_sort(node, key)) for node, key in keys)
    result = arithmetic.indexed(tensor, sorts)
    number = machine.number("index", tensor.number, *(_key_number(machine, node, key) for node, key in keys))
    row = machine.catalog.row("operator.getitem")
    made: tuple[Use, ...] = ()
    if isinstance(row, Function):
        taken = (Taken("a", Role.SUBJECT, None, tensor),)
        made = (machine.use(row, Via.OPERATOR, taken, {"a": tensor}, origin, keeps=result.kind == tensor.kind),)
    return replace(result, number=number, made=made)


def _key_number(machine: Machine, node: ir.Expression, key: Value) -> int:
    return machine.number("slice", node) if isinstance(node, ir.Slice) else number_of(machine, key)


def _sort(node: ir.Expression, key: Value) -> str:
    if isinstance(node, ir.Slice):
        return "all" if node.lower is None and node.upper is None else "part"
    if isinstance(node, ir.Opaque) and not node.parts:
        return "rest"
    if isinstance(key, Literal):
        return "new" if key.value is None else "one" if isinstance(key.value, int) else "unknown"
    return "unknown"


# -- methods ------------------------------------------------------------------------------------------------------------


def method(
    machine: Machine, receiver: Value, place: int, name: str, arguments: Arguments, origin: Origin
) -> Value | None:
    """A method of a list, a dict or a container of layers; None when it has no such method."""
    held = machine.read(place, CONTENTS)
    values = arguments.positional
    if isinstance(held, Items):
        function = _LIST.get(name)
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
    machine.write(place, CONTENTS, Items(held.items + more))
    return receiver


def _insert(machine: Machine, receiver: Value, place: int, held: Items, values: tuple[Value, ...]) -> Value:
    items = list(held.items)
    position = values[0].value if values and isinstance(values[0], Literal) else None
    if isinstance(position, int) and len(values) > 1 and held.exact:
        items.insert(position, Item(values[1]))
    else:
        items = [Item(merged([item.value for item in items] + list(values[1:2]), machine.fresh), many=True)]
    machine.write(place, CONTENTS, Items(tuple(items)))
    return receiver


def _add_module(machine: Machine, receiver: Value, place: int, held: Items, values: tuple[Value, ...]) -> Value:
    return _append(machine, receiver, place, held, values[1:2])


def _pop(machine: Machine, receiver: Value, place: int, held: Items, values: tuple[Value, ...]) -> Value:
    position = values[0].value if values and isinstance(values[0], Literal) else -1 if not values else None
    if isinstance(position, int) and held.exact and -len(held.items) <= position < len(held.items):
        items = list(held.items)
        taken = items.pop(position)
        machine.write(place, CONTENTS, Items(tuple(items)))
        return taken.value
    return merged([item.value for item in held.items], machine.fresh) if held.items else machine.unknown("pop", None)


def _itself(machine: Machine, receiver: Value, place: int, held: Items, values: tuple[Value, ...]) -> Value:
    return make(machine, "list", held)


_ListMethod = Callable[[Machine, Value, int, Items, tuple[Value, ...]], Value]
_LIST: Final[dict[str, _ListMethod]] = {
    "append": _append,
    "add": _append,
    "extend": _extend,
    "insert": _insert,
    "add_module": _add_module,
    "register_module": _add_module,
    "pop": _pop,
    "children": _itself,
    "copy": _itself,
}


def _dict_method(
    machine: Machine, place: int, held: Entries, name: str, arguments: Arguments, origin: Origin
) -> Value | None:
    values = arguments.positional
    if name == "update":
        entries = dict(held.entries)
        rest = held.rest
        other = contents_of(machine, values[0]) if values else None
        if isinstance(other, Entries):
            entries.update(other.entries)
            rest = other.rest if rest is None else rest
        elif values:
            cut = machine.unknown("a dict updated with something unknown", origin)
            entries = {key: merged([value, cut], machine.fresh) for key, value in entries.items()}
            rest = cut
        entries.update(arguments.keywords)
        machine.write(place, CONTENTS, Entries(entries, rest))
        return Literal(None)
    if name in ("get", "pop", "setdefault") and values:
        if isinstance(values[0], Literal) and values[0].value not in held.entries and held.rest is None:
            found = values[1] if len(values) > 1 else Literal(None)
        else:
            found = _entry(machine, held, values[0], origin)
        if name == "setdefault" and isinstance(values[0], Literal):
            machine.write(place, CONTENTS, Entries({**held.entries, values[0].value: found}, held.rest))
        return found
    if name == "add_module" and len(values) > 1 and isinstance(values[0], Literal):
        machine.write(place, CONTENTS, Entries({**held.entries, values[0].value: values[1]}, held.rest))
        return Literal(None)
    rest = (Item(held.rest, many=True),) if held.rest is not None else ()
    if name == "values":
        return make(machine, "list", Items((*(Item(value) for value in held.entries.values()), *rest)))
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
        return make(machine, "list", Items((*(Item(Literal(key)) for key in held.entries), *rest)))
    if name == "copy":
        return make(machine, "dict", held)
    return None
