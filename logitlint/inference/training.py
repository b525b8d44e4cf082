"""Models that are compiled: which loss and which metric meets which output, and what is said of the labels later."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec
from msgspec.structs import replace

from logitlint.frameworks.vocabulary import Compile, Fit, Function, Layer, Named, Result, Scope
from logitlint.inference import attributes
from logitlint.inference.containers import contents_of, element
from logitlint.inference.library import apply
from logitlint.inference.machine import Machine
from logitlint.inference.models import COMPILED, ask, construct, stands_for
from logitlint.inference.operands import opaque
from logitlint.inference.signature import Arguments, fill, parse
from logitlint.inference.store import Entries, Items
from logitlint.inference.trace import Via
from logitlint.inference.values import (
    Alternatives,
    Bound,
    Container,
    LibraryName,
    LibraryObject,
    Literal,
    Origin,
    Partial,
    Tensor,
    UserClass,
    UserFunction,
    UserObject,
    Value,
)
from logitlint.kinds import Kind

_RECORD = Layer(name="compile", init="")

Model = LibraryObject | UserObject


class _Output(msgspec.Struct, frozen=True):
    """One output of a model, with its name and position; `labels` is the truth it is held against."""

    name: str | None
    position: int
    value: Value
    labels: Value


def compile_model(machine: Machine, model: Model, row: Compile, arguments: Arguments, origin: Origin) -> Value:
    """Remember the losses and metrics, and let each meet its output."""
    filled = fill(parse(row.signature), arguments)
    record = LibraryObject(_RECORD, machine.fresh(), origin, filled.by_name, filled.open)
    machine.write(model.place, COMPILED, record)
    before = machine.scopes
    machine.scopes |= {Scope.EVAL}  # nothing trains yet
    _meet(machine, model, row, record, None)
    machine.scopes = before
    return Literal(None)


def fit_model(machine: Machine, model: Model, row: Fit, arguments: Arguments, origin: Origin) -> Value:
    """Let the losses a model was compiled with meet the labels it is given."""
    machine.compiled.trained.add(model.place)
    given = fill(parse(row.signature), arguments).by_name
    labels = given.get(row.labels)
    data = given.get(row.data)
    if labels is None or labels == Literal(None):
        labels = _labels_of(machine, data)
    elif isinstance(labels, Tensor) and isinstance(data, Tensor) and labels.number == data.number:
        labels = machine.unknown("what is reconstructed is no label", origin)
    how = _compile_row(machine, model)
    record = machine.read(model.place, COMPILED)
    before = machine.scopes
    machine.scopes |= frozenset() if row.trains else {Scope.EVAL}
    if labels is not None and how is not None:
        for each in _each(record):
            _meet(machine, model, how, each, labels)
    machine.scopes = before
    return machine.unknown("what training reports", origin)


def _each(record: object) -> Iterator[LibraryObject]:
    """The ways in which a model may have been compiled."""
    if isinstance(record, LibraryObject) and record.row is _RECORD:
        yield record
    elif isinstance(record, Alternatives):
        for option in record.options:
            yield from _each(option.value)


def _compile_row(machine: Machine, model: Model) -> Compile | None:
    base = model.row if isinstance(model, LibraryObject) else attributes.library_base(machine, model.cls)
    rows = base.methods.values() if isinstance(base, Layer) else ()
    return next((row for row in rows if isinstance(row, Compile)), None)


def _labels_of(machine: Machine, data: Value | None) -> Value | None:
    """The labels in a data set of pairs."""
    held = contents_of(machine, data) if data is not None and not isinstance(data, Alternatives) else None
    if not isinstance(held, Items) or not held.items or data is None:
        return None
    pair = contents_of(machine, element(machine, data))
    return pair.items[1].value if isinstance(pair, Items) and pair.exact and len(pair.items) > 1 else None


# -- outputs ----------------------------------------------------------------------------------------------------------


def _meet(machine: Machine, model: Model, row: Compile, record: LibraryObject, labels: Value | None) -> None:
    if isinstance(model, UserObject) and any(
        attributes.class_attribute(machine, model.cls, name) is not None for name in row.unless
    ):
        return  # its own training step decides what meets the loss
    origin = record.origin
    losses = record.arguments.get(row.loss)
    metrics = [record.arguments[name] for name in row.metrics if name in record.arguments]
    inputs = machine.unknown("the input of the model", origin)
    answer = opaque(machine, ask(machine, model, (inputs,), origin))
    before = len(machine.trace.uses)
    outputs = list(_outputs(machine, _scores_in(machine, answer, origin), labels, origin))
    for output in outputs:
        first = len(machine.trace.uses)
        if losses is not None:
            for loss in _matched(machine, losses, output, len(outputs)):
                _judge(machine, loss, output, row.losses, origin)
        if labels is None:
            named = row.binary if isinstance(output.value, Tensor) and output.value.units == 1 else row.metric
            for wanted in metrics:
                for metric in _flat(machine, wanted, output, len(outputs)):
                    _judge(machine, metric, output, named, origin)
        machine.trace.uses[first:] = [
            replace(use, output=(output.position, output.name)) if use.via is Via.COMPILE else use
            for use in machine.trace.uses[first:]
        ]
    machine.compiled.meetings.setdefault(model.place, []).extend(machine.trace.uses[before:])


def _scores_in(machine: Machine, answer: Value, origin: Origin) -> Value:
    """What the losses are given of an object that a library's model returns: all but the loss, where that is one."""
    result = machine.catalog.row(answer.row.name) if isinstance(answer, LibraryObject) else None
    given = (
        [name for name, kind in result.attributes.items() if kind != Kind.LOSS] if isinstance(result, Result) else []
    )
    return attributes.get(machine, answer, given[0], origin) if len(given) == 1 else answer


def forget_idle(machine: Machine) -> None:
    """Take back what was said of models that are compiled, and never meet their losses."""
    for place in machine.compiled.idle():
        dropped = {id(use) for use in machine.compiled.meetings.get(place, ())}
        machine.trace.uses[:] = [use for use in machine.trace.uses if id(use) not in dropped]


def _outputs(machine: Machine, answer: Value, labels: Value | None, origin: Origin) -> Iterator[_Output]:
    """What a model gives, one by one, each with its labels."""
    held = contents_of(machine, answer) if isinstance(answer, Container) else None
    truth = contents_of(machine, labels) if isinstance(labels, Container) else None

    def true(key: str | int | None, position: int) -> Value:
        found: Value | None = labels if held is None and not isinstance(truth, Items) else None
        if isinstance(truth, Entries):
            found = truth.entries.get(key)
        elif isinstance(truth, Items) and truth.exact and position < len(truth.items) and held is not None:
            found = truth.items[position].value
        return machine.unknown("the labels", origin) if found is None else found

    if isinstance(held, Entries) and held.rest is None:
        for position, (key, value) in enumerate(held.entries.items()):
            yield _Output(str(key), position, value, true(str(key), position))
    elif isinstance(held, Items) and held.exact:
        for position, item in enumerate(held.items):
            name = _title(machine, item.value)
            yield _Output(name, position, opaque(machine, item.value), true(name, position))
    elif held is None:
        name = _title(machine, answer)
        yield _Output(name, 0, answer, true(name, 0))


def _title(machine: Machine, value: Value) -> str | None:
    """The name of the layer that gave a tensor."""
    return machine.asides.titles.get(value.number) if isinstance(value, Tensor) else None


def _matched(machine: Machine, wanted: Value, output: _Output, count: int) -> Iterator[Value]:
    """What a list or dict says for one output; what is neither is for every output."""
    if not isinstance(wanted, Container):
        yield wanted
        return
    held = contents_of(machine, wanted)
    if isinstance(held, Entries) and held.rest is None:
        only = next(iter(held.entries.values())) if count == len(held.entries) == 1 else None
        found = held.entries.get(output.name) if output.name is not None else only
        if found is not None:
            yield found
    elif isinstance(held, Items) and held.exact and len(held.items) == count:
        yield held.items[output.position].value


def _flat(machine: Machine, wanted: Value, output: _Output, count: int) -> Iterator[Value]:
    """The metrics of one output: for a single output a plain list of them, else one or a list for each."""
    held = contents_of(machine, wanted) if isinstance(wanted, Container) else None
    if isinstance(held, Items) and count == 1:
        for item in held.items if held.exact else ():
            yield from _flat(machine, item.value, output, count)
        return
    for found in _matched(machine, wanted, output, count):
        inner = contents_of(machine, found) if isinstance(found, Container) else None
        if isinstance(inner, Items) and inner.exact:
            yield from (item.value for item in inner.items)
        elif inner is None:
            yield found


# -- one loss or metric and one output --------------------------------------------------------------------------------


def _judge(machine: Machine, loss: Value, output: _Output, named: Named, origin: Origin) -> None:
    """Call a loss or a metric with the truth and what the model gives."""
    pair = Arguments((output.labels, output.value))
    if isinstance(loss, Alternatives):
        for option in loss.options:
            if machine.possible(option.when):
                with machine.chosen(option.when):
                    _judge(machine, option.value, output, named, origin)
        return
    loss = stands_for(named, loss)
    if isinstance(loss, LibraryName):
        row = machine.catalog.row(loss.path)
        if isinstance(row, Function):
            apply(machine, row, pair, origin, via=Via.COMPILE)
        elif isinstance(row, Layer):
            loss = construct(machine, row, Arguments(), origin)
    elif isinstance(loss, UserClass):
        loss = machine.call(machine, loss, Arguments(), origin)
    if isinstance(loss, LibraryObject) and isinstance(loss.row.call, Function):
        apply(machine, loss.row.call, pair, origin, via=Via.COMPILE, instance=loss)
    elif isinstance(loss, UserFunction | UserObject | Partial | Bound):
        machine.call(machine, loss, pair, origin)
