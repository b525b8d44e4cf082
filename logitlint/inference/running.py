"""Calls that run a function they are given (``grad(loss)(w)``), and methods that run their object (``model.apply``)."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec.structs import replace

from logitlint.frameworks.vocabulary import Depends, Outcome, Runs
from logitlint.inference import attributes, containers
from logitlint.inference.copies import as_another_process_gets
from logitlint.inference.facts import resolve
from logitlint.inference.machine import Machine
from logitlint.inference.operands import opaque
from logitlint.inference.signature import Arguments, Filled, defaults, fill, parse
from logitlint.inference.store import Entries, Item, Items
from logitlint.inference.values import (
    Container,
    LibraryName,
    LibraryObject,
    Literal,
    Origin,
    Partial,
    Tensor,
    Transformed,
    UserFunction,
    UserObject,
    Value,
)


def run(
    machine: Machine,
    row: Runs,
    arguments: Arguments,
    origin: Origin,
    instance: LibraryObject | UserObject | None = None,
) -> Value:
    """Call such a row: a function of a library or (`instance`) a method of an object."""
    filled = fill(parse(row.signature), arguments)
    if not filled.fits:
        return machine.unknown(f"`{row.name}` is called in a way it does not document", origin)
    passed = Arguments(filled.rest, filled.extra, filled.open)
    if row.packed is not None:
        passed = _unpacked(machine, row, filled, origin)
    if row.gives is Outcome.OTHER:
        passed = replace(passed, positional=as_another_process_gets(machine, passed.positional, origin))
    function: Value | None = instance
    if row.function is not None:
        function = filled.by_name.get(row.function)
        if function is None and isinstance(instance, LibraryObject):
            function = instance.arguments.get(row.function)
    function = _inner(function, row)
    if function is None:
        if row.later and not arguments.positional and not arguments.open:
            return Partial(LibraryName(row.name), (), arguments.keywords)  # a decorator
        return machine.unknown(f"the function that `{row.name}` runs", origin)
    if row.instead is not None and (method := filled.by_name.get(row.instead, Literal(None))) != Literal(None):
        function, passed = _other(machine, function, method, passed, origin)
    if row.later and row.gives is Outcome.WHOLE and not row.maps:
        return function
    made = Transformed(row, function, filled.by_name, filled.open)
    return made if row.later else call_transformed(machine, made, passed, origin)


def _unpacked(machine: Machine, row: Runs, filled: Filled, origin: Origin) -> Arguments:
    """What a function is given, from the tuple, and the dict, that hold it."""
    assert row.packed is not None
    packed = filled.by_name.get(row.packed)
    if packed is None:
        passed = Arguments(open=filled.open)
    elif row.lone and not (isinstance(packed, Container) and packed.shape == "tuple"):
        passed = Arguments((packed,))
    else:
        values = containers.exact_items(machine, packed)
        passed = Arguments(tuple(values or ()), open=values is None)
    named = filled.by_name.get(row.keywords, Literal(None)) if row.keywords is not None else Literal(None)
    if named != Literal(None):
        entries = containers.exact_entries(machine, named)
        passed = Arguments(passed.positional, entries or {}, passed.open or entries is None)
    return passed.after(machine.count("the number of a process", origin)) if row.numbered else passed


def _inner(function: Value | None, row: Runs) -> Value | None:
    """An object with such a method of its own, made of a function, stands for that function."""
    last = row.name.rpartition(".")[2]
    if isinstance(function, LibraryObject) and row.function is not None:
        method = function.row.methods.get(last)
        if isinstance(method, Runs) and method.function is not None:
            return function.arguments.get(method.function) if method.gives is row.gives else None
    return function


def call_transformed(machine: Machine, made: Transformed, arguments: Arguments, origin: Origin) -> Value:
    """Run the function, and make of its result what the call gives."""
    row = made.row
    if row.maps:
        plain = _maps_first_axes(made.given)
        arguments = Arguments(
            tuple(_unplaced(machine, value, plain) for value in arguments.positional),
            {name: _unplaced(machine, value, plain) for name, value in arguments.keywords.items()},
            arguments.open,
        )
    result = machine.call(machine, made.function, arguments, origin)
    if row.maps:
        result = _unplaced(machine, result, plain)
    outcome = _outcome(row, made.given, is_open=made.open)
    if outcome is not Outcome.WHOLE:
        machine.trace.outcomes[origin] = outcome
    if isinstance(outcome, tuple):
        items = (Item(_given(machine, row, each, result, origin)) for each in outcome)
        return containers.make(machine, "tuple", Items(tuple(items)))
    return _given(machine, row, outcome, result, origin)


def _other(
    machine: Machine, instance: Value, method: Value, passed: Arguments, origin: Origin
) -> tuple[Value, Arguments]:
    """Another method of the object: by its name, or a function that is given the object first."""
    if isinstance(method, Literal) and isinstance(method.value, str):
        return attributes.get(machine, instance, method.value, origin), passed
    if isinstance(method, UserFunction):
        return replace(method, receiver=None), passed.after(instance)
    return machine.unknown("a method that is not known", origin), passed


def _outcome(row: Runs, given: Mapping[str, Value], *, is_open: bool) -> object:
    """What the call gives; None when the argument that decides it is not known."""
    gives = row.gives
    if isinstance(gives, Depends):
        value = given.get(gives.argument)
        named = isinstance(value, Literal) and isinstance(value.value, str) and value.value not in gives.cases
        if named or isinstance(value, Container):
            given = {**given, gives.argument: Literal(True)}
    return resolve(gives, given, defaults(row.signature), open_call=is_open)


def _given(machine: Machine, row: Runs, outcome: object, result: Value, origin: Origin) -> Value:
    if outcome is Outcome.WHOLE:
        return result
    if outcome is Outcome.SECOND:
        pair = containers.exact_items(machine, result)
        if pair is not None and len(pair) == 2:
            return pair[1]
    return machine.unknown(f"what `{row.name}` gives beside the function's result", origin)


# -- functions that see one element at a time -------------------------------------------------------------------------


def _maps_first_axes(given: Mapping[str, Value]) -> bool:
    """Whether the axis that is mapped over is the first, of what goes in and of what comes out."""
    return all(name not in given or given[name] == Literal(0) for name in ("in_axes", "out_axes"))


def _unplaced(machine: Machine, value: Value, plain: bool) -> Value:
    """A value of whose axes only the last is known: all others lie elsewhere inside (outside) the mapped function."""
    value = opaque(machine, value)
    if isinstance(value, Tensor):
        axis = value.axis if plain and value.axis is not None and value.axis < 0 else None
        units = value.units if plain else None
        return replace(value, rank=None, batched=False, axis=axis, units=units)
    if isinstance(value, Container):
        held = containers.contents_of(machine, value)
        if isinstance(held, Items):
            items = tuple(Item(_unplaced(machine, item.value, plain), item.many) for item in held.items)
            return containers.make(machine, value.shape, Items(items))
        if isinstance(held, Entries):
            entries = {key: _unplaced(machine, each, plain) for key, each in held.entries.items()}
            return containers.make(machine, value.shape, Entries(entries, held.rest))
    return value
