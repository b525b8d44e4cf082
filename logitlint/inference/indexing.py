"""Indexing: of containers, by known and unknown keys, and of tensors."""

from __future__ import annotations

from typing import Final

from msgspec.structs import replace

from logitlint.frameworks.vocabulary import Function, Role, Scalar
from logitlint.inference import arithmetic, attributes, dynamic
from logitlint.inference.containers import choose, contents_of, element, make
from logitlint.inference.frames import Frame
from logitlint.inference.joining import of_each
from logitlint.inference.lineage import INDEXING
from logitlint.inference.machine import Machine
from logitlint.inference.namespaces import NAMESPACE
from logitlint.inference.operands import number_of, opaque
from logitlint.inference.signature import Arguments
from logitlint.inference.store import CONTENTS, Entries, Item, Items
from logitlint.inference.trace import Taken, Use, Via
from logitlint.inference.values import (
    Alternatives,
    Bound,
    Cause,
    Container,
    LibraryName,
    LibraryObject,
    Literal,
    Origin,
    Tensor,
    Unknown,
    UserClass,
    UserFunction,
    UserModule,
    UserObject,
    Value,
)
from logitlint.lowering import ir

_MODULES: Final = LibraryName("sys.modules")
_ITSELF: Final = (Literal, LibraryName, UserClass, UserFunction)
"""Keys of which it is known what they are: what lies under other keys is not meant."""


def index(machine: Machine, frame: Frame, value: Value, node: ir.Index, origin: Origin) -> Value:
    """``value[index]``."""
    keys = [(each, opaque(machine, machine.evaluate(machine, frame, each))) for each in node.index]
    if isinstance(value, Bound) and isinstance(attributes.owner_of(value), LibraryObject):
        return Bound(value, f"[{','.join(str(number_of(machine, key)) for _, key in keys)}]")  # one layer of a model
    if isinstance(value, Bound) and (value.name == NAMESPACE or value.name in machine.catalog.namespaces):
        key = keys[0][1]
        if isinstance(value.receiver, UserModule):
            found = dynamic.named(machine, value.receiver, key, origin)
            return found or machine.unknown("a name of a module that is not known", origin)
        if isinstance(value.receiver, UserObject) and isinstance(key, Literal) and isinstance(key.value, str):
            return attributes.of_itself(machine, value.receiver, key.value)
    if value == _MODULES and isinstance(own := node.index[0], ir.Name) and own.name == "__name__":
        return UserModule(frame.file)
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
        made = [index_value(machine, each.value, node, keys, origin, frame) for each in value.options]
        return of_each(value, made, machine.fresh)
    if isinstance(value, Tensor):
        return _index_tensor(machine, value, keys, origin)
    held = contents_of(machine, value)
    only = keys[0] if len(keys) == 1 else None
    if only is not None and isinstance(value, LibraryObject) and held is None:
        name = only[1].value if isinstance(only[1], Literal) else None
        if isinstance(name, str):
            return opaque(machine, attributes.get(machine, value, name, origin))
    if only is not None and isinstance(value, UserObject) and held is None:
        method = attributes.get(machine, value, "__getitem__", origin)
        if isinstance(method, UserFunction):
            return opaque(machine, machine.call(machine, method, Arguments((only[1],)), origin))
    if only is None or held is None:
        number = machine.number("index", number_of(machine, value), *(number_of(machine, key) for _, key in keys))
        cause = value.cause if isinstance(value, Unknown) else Cause("an element that is not known", origin)
        if only is None and arithmetic.keeps_samples([_sort(each, key) for each, key in keys]):
            machine.asides.batched.add(number)
        if any(isinstance(each, ir.Slice) for each, _ in keys):
            machine.asides.present.add(number)
        return Unknown(number, cause)
    source, key = only
    if isinstance(held, Entries):
        return entry(machine, held, key, origin)
    if isinstance(source, ir.Slice):
        return _slice_items(machine, frame, value, held, source)
    return _item(machine, held, key, origin)


def _item(machine: Machine, held: Items, key: Value, origin: Origin) -> Value:
    items = held.items
    if isinstance(key, Literal) and isinstance(key.value, int):
        position = key.value
        if held.places(position):
            return items[position].value
        if held.exact:
            return machine.unknown("an index past the end", origin)
    if not items:
        return machine.unknown("an element of an empty list", origin)
    return choose(machine, [(number, item.value) for number, item in enumerate(items)], key)


def _leaves_the_last(held: Items, lower: Scalar, upper: Scalar, step: Scalar) -> bool:
    """Whether a slice gives all but so many at the end, of which each is known: ``layers[:-1]``."""
    whole = lower in (None, 0) and step in (None, 1)
    return whole and isinstance(upper, int) and upper < 0 and held.places(upper)


def entry(machine: Machine, held: Entries, key: Value, origin: Origin, *, default: Value | None = None) -> Value:
    """What a dict holds under a key; `default` is what it gives where it has no such key."""
    if not held.entries and held.rest is None:  # nobody asks an empty dict, unless something out of sight has filled it
        return machine.unknown("an element of a dict that is empty as far as can be seen", origin)
    if isinstance(key, Literal) and (held.rest is None or key.value in held.entries):
        found = held.entries.get(key.value, default)
        return found if found is not None else machine.unknown(f"the key {key.value!r} is not found", origin)
    if isinstance(key, _ITSELF) and isinstance(held.rest, Alternatives):
        return machine.unknown("one of several things under keys that are not known", origin)
    options: list[tuple[object, Value]] = [] if isinstance(key, Literal) else list(held.entries.items())
    if held.rest is not None:
        options.append(("", held.rest))
    return choose(machine, options, key, default=default)


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
    elif len(numbers) == 3 and _leaves_the_last(held, *numbers):
        items = held.items[: numbers[1]]
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
    row = machine.catalog.row(INDEXING)
    made: tuple[Use, ...] = ()
    if isinstance(row, Function):
        taken = (Taken("a", Role.SUBJECT, None, tensor),)
        made = (machine.use(row, Via.OPERATOR, taken, {"a": tensor}, origin, keeps=result.kind == tensor.kind),)
    return replace(result, number=number, made=made)


def _key_number(machine: Machine, node: ir.Expression, key: Value) -> int:
    return machine.number("slice", node) if isinstance(node, ir.Slice) else number_of(machine, key)


def _sort(node: ir.Expression, key: Value) -> str:
    if isinstance(node, ir.Slice):
        whole = node.step is None or (isinstance(node.step, ir.Constant) and node.step.value in (1, -1))
        return "all" if node.lower is None and node.upper is None and whole else "part"
    if isinstance(node, ir.Opaque) and not node.parts:
        return "rest"
    if isinstance(key, Literal):
        return "new" if key.value is None else "one" if isinstance(key.value, int) else "unknown"
    return "unknown"
