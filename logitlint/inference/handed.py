"""A model and a loss given together: to a receiver the tables know, or to code that cannot be seen."""

from __future__ import annotations

from typing import Final

from msgspec.structs import replace

from logitlint.frameworks.vocabulary import Base, Fact, Function, Holds, Layer, Receiver, Role, Takes, Want
from logitlint.inference import attributes
from logitlint.inference.allowances import MOST_DECORATOR_STEPS
from logitlint.inference.choices import combinations
from logitlint.inference.containers import anywhere
from logitlint.inference.facts import resolve
from logitlint.inference.machine import Machine
from logitlint.inference.operands import opaque
from logitlint.inference.pairing import paired
from logitlint.inference.signature import Arguments, defaults, fill, parse
from logitlint.inference.store import CONTENTS
from logitlint.inference.trace import Taken, Via
from logitlint.inference.values import (
    Bound,
    Container,
    LibraryName,
    LibraryObject,
    Literal,
    Origin,
    UserClass,
    UserFunction,
    UserObject,
    Value,
)

_MODELS = (Holds.CHAIN, Holds.GRAPH)
_ASKING: Final = frozenset({"get", "items", "keys", "values", "copy", "index", "count", "__getitem__", "__contains__"})
"""Methods of containers that change nothing."""


def hand(machine: Machine, arguments: Arguments, origin: Origin) -> None:
    """Code that cannot be seen: a use only when exactly one model and one loss are in the call.

    It may change a container of which it is given a method that does, and call a function that it is given.
    """
    values = [*arguments.positional, *arguments.keywords.values()]
    for value in values:
        if isinstance(value, Bound) and isinstance(value.receiver, Container) and value.name not in _ASKING:
            _let_go(machine, value.receiver, origin)
        elif isinstance(value, UserFunction):
            _may_run(machine, value, origin)
    models = [value for value in values if is_model(machine, value) or _is_layer(value)]
    losses = [value for value in values if isinstance(value, LibraryObject) and _loss_row(value) is not None]
    if len(models) == 1 and len(losses) == 1:
        _meet(machine, models[0], losses[0], origin, Via.HANDED, None)


def _let_go(machine: Machine, container: Container, origin: Origin) -> None:
    """From now on a container may hold anything."""
    held = machine.read(container.place, CONTENTS)
    if held is not None:
        anything = machine.unknown("what may have been put there by code that cannot be seen", origin)
        machine.write(container.place, CONTENTS, anywhere(held, anything))


def _may_run(machine: Machine, function: UserFunction, origin: Origin) -> None:
    """From now on a function may have been called at any time, a hook say: what it changes is not known."""
    base = machine.store
    machine.store = base.fork(machine.fresh())
    try:
        with machine.allowance(MOST_DECORATOR_STEPS):
            machine.call(machine, function, Arguments(open=True), origin)
        changed, _ = machine.store.changes(base)
    finally:
        machine.store = base
    for place, name in changed:
        held = base.get((place, name))
        if held is not None:
            value = machine.unknown("what a function that was handed out may have changed", origin)
            machine.write(place, name, anywhere(held, value))


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
            made = _instance(machine, loss, origin)
            if when is not None and isinstance(made, LibraryObject) and _loss_row(made) is not None:
                _meet(machine, _instance(machine, one, origin), made, origin, Via.CALL, row)
    return machine.unknown(f"what `{row.name}` gives", origin)


def _instance(machine: Machine, value: Value, origin: Origin) -> Value:
    """An object, where a class was given in its place."""
    if isinstance(value, UserClass):
        return machine.call(machine, value, Arguments(open=True), origin)
    if isinstance(value, LibraryName) and isinstance(machine.catalog.row(value.path), Layer):
        return machine.call(machine, value, Arguments(), origin)
    return value


def _meet(
    machine: Machine, model: Value, loss: LibraryObject, origin: Origin, via: Via, receiver: Receiver | None
) -> None:
    """Record the use of the loss on what the model gives."""
    row = _loss_row(loss)
    parameter = (
        next((name for name, takes in row.takes.items() if takes.role is Role.PREDICTION), None) if row else None
    )
    if row is None or parameter is None or not is_model(machine, model):
        return
    inputs = machine.unknown("the input of the model", origin)
    answer = opaque(machine, machine.call(machine, model, Arguments((inputs,)), origin))
    want = resolve(row.takes[parameter].want, loss.arguments, defaults(loss.row.init), open_call=False)
    if receiver is not None and loss.row.name in receiver.adapts:
        want = receiver.adapts[loss.row.name]
        row = replace(row, takes={parameter: Takes(Role.PREDICTION, want)})
    taken = Taken(parameter, Role.PREDICTION, want if isinstance(want, Want) else None, answer)
    for (value,), chosen in combinations([answer]):
        when = paired(machine, chosen)
        if when is not None:
            given = {**loss.arguments, parameter: value}
            machine.use(row, via, (replace(taken, value=value),), given, origin, when=when, built=loss.origin)


def _is_layer(value: Value) -> bool:
    """Whether it is a layer, which may be a network of its own: a student beside its teacher."""
    return isinstance(value, LibraryObject) and value.row.call is not None and Fact.LOSS not in value.row.call.facts


def _loss_row(loss: LibraryObject) -> Function | None:
    call = loss.row.call
    return call if isinstance(call, Function) and Fact.LOSS in call.facts else None


def is_model(machine: Machine, value: Value) -> bool:
    """Whether a value is surely a model: an object that is called, and no loss."""
    if isinstance(value, UserObject):
        base = attributes.library_base(machine, value.cls)
        return isinstance(base, Base) or (isinstance(base, Layer) and base.holds in _MODELS)
    return isinstance(value, LibraryObject) and (value.row.holds in _MODELS or Fact.MODEL in value.row.facts)
