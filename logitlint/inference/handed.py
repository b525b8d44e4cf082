"""A model and a loss given together: to a receiver the tables know, or to code that cannot be seen."""

from __future__ import annotations

import functools
from collections.abc import Iterator, Mapping
from typing import Final

import msgspec
from msgspec.structs import replace

from logitlint.frameworks.vocabulary import Base, Fact, Function, Holds, Layer, Receiver, Role, Scalar, Takes, Want
from logitlint.inference import attributes
from logitlint.inference.choices import combinations
from logitlint.inference.copies import as_another_process_gets
from logitlint.inference.entering import enter, is_manager
from logitlint.inference.facts import resolve
from logitlint.inference.forks import tried, unsettle
from logitlint.inference.machine import Machine
from logitlint.inference.operands import opaque, refill
from logitlint.inference.pairing import paired
from logitlint.inference.parts import HOLDING
from logitlint.inference.signature import Arguments, defaults, fill, parse
from logitlint.inference.store import CONTENTS, Item, Items
from logitlint.inference.trace import Taken, Via
from logitlint.inference.values import (
    Bound,
    Container,
    LibraryName,
    LibraryObject,
    Literal,
    Origin,
    UserClass,
    UserObject,
    Value,
)

_MODELS = (Holds.CHAIN, Holds.GRAPH)
_WRITING: Final = frozenset({"operator.setitem", "operator.delitem", "builtins.setattr", "builtins.delattr"})
"""The functions of Python that change what they are given."""
MOST_GIVEN: Final = 4
"""Elements that a function is called with, of those that it is given together with."""
_ASKING: Final = frozenset({"get", "items", "keys", "values", "copy", "index", "count", "__getitem__", "__contains__"})
"""Methods of containers that change nothing."""


def hand(machine: Machine, arguments: Arguments, origin: Origin, *, takes: bool = True) -> None:
    """Code that cannot be seen: a use only when exactly one model and one loss are in the call.

    It may change a container of which it is given a method that does, call a function that it is given with what it is
    given behind it, enter a context manager, and (`takes`: unlike what Python offers) take layers out of a list.
    """
    values = [*arguments.positional, *arguments.keywords.values()]
    for position, value in enumerate(values):
        refill(machine, value)
        if isinstance(value, Bound):
            if isinstance(value.receiver, Container) and value.name not in _ASKING:
                unsettle(machine, [(value.receiver.place, CONTENTS)], "what code that is not seen may have put", origin)
        elif _is_called(machine, value):
            behind = arguments.positional[position + 1 :] or tuple(arguments.keywords.values())
            _may_run(machine, value, tuple(each for each in behind if each is not value), origin)
        elif isinstance(value, Container) and takes and _holds_layers(machine, value):
            unsettle(machine, [(value.place, CONTENTS)], "a list of layers that something unknown was given", origin)
        elif is_manager(machine, value):
            set_there = tried(machine, functools.partial(enter, machine, value, origin))
            unsettle(machine, set_there, "what a context manager sets", origin)
    models = [value for value in values if is_model(machine, value) or is_layer(value)]
    losses = [loss for value in values if (loss := _loss_of(machine, value)) is not None]
    if len(models) == 1 and len(losses) == 1:
        _meet(machine, models[0], losses[0], origin, Via.HANDED, None)


def _is_called(machine: Machine, value: Value) -> bool:
    """Whether code that is given it may change something by calling it."""
    return attributes.runs(machine, value) or (isinstance(value, LibraryName) and value.path in _WRITING)


def _holds_layers(machine: Machine, value: Container) -> bool:
    items = _items(machine, value) if value.shape == "list" else None
    return any(isinstance(item.value, LibraryObject) for item in items or ())


def _items(machine: Machine, value: Value) -> tuple[Item, ...] | None:
    """What a sequence holds."""
    held = machine.read(value.place, CONTENTS) if isinstance(value, Container) else None
    return held.items if isinstance(held, Items) else None


def _may_run(machine: Machine, function: Value, behind: tuple[Value, ...], origin: Origin) -> None:
    """From now on a function may have been called at any time, a hook say: what it changes is not known."""
    for given in _given(machine, behind, origin):
        changed = tried(machine, functools.partial(machine.call, machine, function, given, origin))
        unsettle(machine, changed, "what a function that was handed out may have changed", origin)


def _given(machine: Machine, behind: tuple[Value, ...], origin: Origin) -> Iterator[Arguments]:
    """What a function may be called with: anything, and what stands behind it, of which it may change something.

    ``stack.callback(cut, net)``, ``Thread(target=cut, args=(net,))``, ``pool.map(cut, [net])``.
    """
    yield Arguments(open=True)
    if any(isinstance(value, HOLDING) for value in behind):
        behind = as_another_process_gets(machine, behind, origin)
    changing = [value for value in behind if isinstance(value, HOLDING)]
    if not changing:
        return
    yield Arguments(behind)
    items = [item.value for item in (_items(machine, changing[0]) or ())[:MOST_GIVEN]]
    if any(isinstance(value, HOLDING) for value in items):
        yield Arguments(tuple(items))
        for each in items:
            inner = _items(machine, each)
            yield Arguments((each,) if inner is None else tuple(item.value for item in inner))


def receive(machine: Machine, row: Receiver, arguments: Arguments, origin: Origin) -> Value:
    """A call the tables know to apply the loss to what the model gives."""
    filled = fill(parse(row.signature), arguments)
    if row.unless & filled.by_name.keys():
        return machine.unknown(f"what `{row.name}` gives", origin)
    model = filled.by_name.get(row.model)
    criterion: Value | None = filled.by_name.get(row.criterion)
    if criterion is None and row.default is not None and not filled.open:
        criterion = LibraryName(row.default)
    if model is not None and criterion is not None and criterion != Literal(None):
        for (one, loss), chosen in combinations([model, criterion]):
            when = paired(machine, chosen)
            made = _loss_of(machine, _instance(machine, loss, origin))
            if when is not None and made is not None:
                _meet(machine, _instance(machine, one, origin), made, origin, Via.CALL, row)
    return machine.unknown(f"what `{row.name}` gives", origin)


def _instance(machine: Machine, value: Value, origin: Origin) -> Value:
    """An object, where a class was given in its place."""
    if isinstance(value, UserClass):
        return machine.call(machine, value, Arguments(open=True), origin)
    if isinstance(value, LibraryName) and isinstance(machine.catalog.row(value.path), Layer):
        return machine.call(machine, value, Arguments(), origin)
    return value


class _Loss(msgspec.Struct, frozen=True):
    """A loss that is given to other code: an object, or a function.

    row
        What a call of it is.
    name
        The row of the object's class, or of the function.
    given
        What its constructor was given.
    literals
        What it has where nothing is given.
    built
        Where the object was made.
    """

    row: Function
    name: str
    given: Mapping[str, Value]
    literals: Mapping[str, Scalar]
    built: Origin | None


def _loss_of(machine: Machine, value: Value) -> _Loss | None:
    """The loss that a value is; None when it is none."""
    if isinstance(value, LibraryObject):
        call = value.row.call
        if isinstance(call, Function) and Fact.LOSS in call.facts:
            return _Loss(call, value.row.name, value.arguments, defaults(value.row.init), value.origin)
    if isinstance(value, LibraryName):
        row = machine.catalog.row(value.path)
        if isinstance(row, Function) and Fact.LOSS in row.facts:
            return _Loss(row, row.name, {}, defaults(row.signature), None)
    return None


def _meet(machine: Machine, model: Value, loss: _Loss, origin: Origin, via: Via, receiver: Receiver | None) -> None:
    """Record the use of the loss on what the model gives."""
    row = loss.row
    parameter = next((name for name, takes in row.takes.items() if takes.role is Role.PREDICTION), None)
    if parameter is None or not is_model(machine, model):
        return
    inputs = machine.unknown("the input of the model", origin)
    answer = opaque(machine, machine.call(machine, model, Arguments((inputs,)), origin))
    want = resolve(row.takes[parameter].want, loss.given, loss.literals, open_call=False)
    if receiver is not None and loss.name in receiver.adapts:
        want = receiver.adapts[loss.name]
        row = replace(row, takes={parameter: Takes(Role.PREDICTION, want)})
    taken = Taken(parameter, Role.PREDICTION, want if isinstance(want, Want) else None, answer)
    for (value,), chosen in combinations([answer]):
        when = paired(machine, chosen)
        if when is not None:
            given = {**loss.given, parameter: value}
            machine.use(row, via, (replace(taken, value=value),), given, origin, when=when, built=loss.built)


def is_layer(value: Value) -> bool:
    """Whether it is a layer, which may be a network of its own: a student beside its teacher."""
    return isinstance(value, LibraryObject) and value.row.call is not None and Fact.LOSS not in value.row.call.facts


def is_model(machine: Machine, value: Value) -> bool:
    """Whether a value is surely a model: an object that is called, and no loss."""
    if isinstance(value, UserObject):
        base = attributes.library_base(machine, value.cls)
        return isinstance(base, Base) or (isinstance(base, Layer) and base.holds in _MODELS)
    return isinstance(value, LibraryObject) and (value.row.holds in _MODELS or Fact.MODEL in value.row.facts)
