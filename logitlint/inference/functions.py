"""Functions of the project: run at each call with the arguments known there, and remembered."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from logitlint.frameworks.vocabulary import Scalar
from logitlint.inference import containers, operands
from logitlint.inference.caching import call_once
from logitlint.inference.choices import fingerprint
from logitlint.inference.forks import known_before, unsettle
from logitlint.inference.frames import Frame
from logitlint.inference.joining import join, merged
from logitlint.inference.machine import Machine
from logitlint.inference.signature import Arguments, fill, of_function
from logitlint.inference.statements import noted
from logitlint.inference.store import Branch, Entries, Item, Items, merge
from logitlint.inference.values import Container, Literal, Origin, Tensor, Unknown, UserFunction, UserObject, Value
from logitlint.kinds import named

MOST_RECURSION: Final = 3
COARSE_AFTER: Final = 3
"""After so many runs of one function, calls are remembered by the facts of their arguments, not by their identity."""


def call_function(machine: Machine, function: UserFunction, arguments: Arguments, origin: Origin) -> Value:
    """Run a function of the project with the arguments known here."""
    if function.cached:
        return call_once(machine, function, arguments, origin)
    if function.receiver is not None:
        arguments = arguments.after(function.receiver)
    node = function.node
    if not machine.may_follow() or machine.active.count((function.file, node.origin)) >= MOST_RECURSION:
        return machine.unknown(f"`{node.name}`, which is called too deep or too often", origin)
    if machine.sieve.is_registry(function.file):
        _fill_registries(machine)
    elif not machine.sieve.uses_library(function.file) and not any(
        _matters(machine, value) for value in (*arguments.positional, *arguments.keywords.values())
    ):
        return machine.unknown(f"`{node.name}`, which has to do with no library in the tables", origin)
    machine.trace.sites.setdefault(Origin(function.file, node.origin), set()).add(origin)
    key, coarse = _keys(machine, function, arguments)
    for each in (key, coarse):
        known = machine.memory.get(each) if each is not None else None
        if known is not None and known[0] is machine.store.version:
            return known[1]
    version = machine.store.version
    result: Value | None = None
    with machine.allowance():
        result = _run(machine, function, arguments, origin)
    if result is None:
        return machine.unknown(f"`{node.name}`, which is too much to follow", origin)
    if machine.store.version is version:
        machine.memory[key] = machine.memory[coarse if coarse is not None else key] = (version, result)
    return result


def _fill_registries(machine: Machine) -> None:
    """Import what registers something, as Python has done by now; any other module is run when it is needed."""
    if not machine.importing and not machine.filled:
        machine.filled = True
        for file in machine.sieve.registering(machine.home):
            machine.run_module(file)


def _matters(machine: Machine, value: Value) -> bool:
    """Whether a value could make a difference to a judgement, where it is handed to code that knows no library."""
    if isinstance(value, UserObject):
        return machine.sieve.uses_library(value.cls.file)
    if isinstance(value, Container):
        held = containers.contents_of(machine, value)
        values = (
            [item.value for item in held.items]
            if isinstance(held, Items)
            else list(held.entries.values())
            if isinstance(held, Entries)
            else []
        )
        return any(not isinstance(each, Unknown | Literal) for each in values)
    return not isinstance(value, Unknown | Literal)


def _keys(machine: Machine, function: UserFunction, arguments: Arguments) -> tuple[object, object]:
    made = (function.file, function.node.origin, function.frame, _fingerprints(function.defaults))
    where = (*made, arguments.open, machine.scopes, machine.path)
    runs = machine.runs.get(where[:2], 0)
    keywords = arguments.keywords.items()
    key = (where, tuple(map(fingerprint, arguments.positional)), _fingerprints(keywords))
    if runs < COARSE_AFTER:
        return key, None
    positional = tuple(fingerprint(value, coarse=True) for value in arguments.positional)
    return key, (where, positional, _fingerprints(keywords, coarse=True))


def _fingerprints(named: Iterable[tuple[str, Value]], *, coarse: bool = False) -> tuple[tuple[str, object], ...]:
    return tuple([(name, fingerprint(value, coarse=coarse)) for name, value in named])


def _run(machine: Machine, function: UserFunction, arguments: Arguments, origin: Origin) -> Value:
    node = function.node
    place = (function.file, node.origin)
    machine.runs[place] = machine.runs.get(place, 0) + 1
    machine.entered.add(place)
    filled = fill(of_function(node), arguments)
    given = (each.name for each in node.parameters) if arguments.open else filled.by_name
    machine.given.setdefault(place, set()).update(given)
    frame = Frame(
        machine.fresh(), function.file, machine.frame(function.frame), node, function.owner, function.receiver
    )
    machine.frames[frame.number] = frame
    before = machine.stack, machine.scopes, machine.path, machine.inside
    base = machine.store
    machine.store = base.fork(machine.fresh())
    machine.stack = (*machine.stack, origin)
    machine.scopes |= function.scopes
    machine.active.append(place)
    try:
        _bind(machine, frame, function, filled.by_name, filled.rest, filled.extra, arguments.open)
        if machine.execute(machine, frame, node.body):
            frame.returns.append((Literal(None), machine.path))
            frame.exits.append(Branch(machine.store, machine.path))
    finally:
        machine.active.pop()
        machine.stack, machine.scopes, machine.path, machine.inside = before
        machine.store = base
    if not frame.captured:
        del machine.frames[frame.number]
        for branch in frame.exits:
            branch.store.forget(frame.number, base)
    changed = [cell for branch in frame.exits for cell in branch.store.changes(base)[0]] if node.generator else []
    merge(base, [Branch(branch.store, branch.when - machine.path) for branch in frame.exits], machine.fresh)
    returns, frame.returns, frame.exits = frame.returns, [], []  # what is kept of a frame is its names
    if node.generator:
        yielded = (Item(merged(frame.yields, machine.fresh), many=True),) if frame.yields else ()
        when = known_before(dict.fromkeys(changed), frame.number - 1)
        unsettle(machine, when, "what a generator changes, nobody knows when", origin)
        made = containers.make(machine, "generator", Items(yielded))
        machine.altered.suspended[made.place] = machine.store.version
        return made
    if node.returns is not None and (stated := named(node.returns)) is not None:
        return operands.stated(machine, stated, "note", Origin(function.file, node.origin))
    if not returns:
        return machine.unknown(f"`{node.name}` never returns", origin)
    return join([(value, when - machine.path) for value, when in returns], machine.fresh)


def _bind(
    machine: Machine,
    frame: Frame,
    function: UserFunction,
    given: dict[str, Value],
    rest: tuple[Value, ...],
    extra: dict[str, Value],
    is_open: bool,
) -> None:
    """Give each parameter its value: what was given, what its annotation states, or its default."""
    home = machine.frame(function.frame)
    kept = dict(function.defaults)
    for parameter in function.node.parameters:
        origin = Origin(function.file, parameter.origin)
        value: Value
        if parameter.kind == "star":
            more = (Item(machine.unknown("further arguments", origin), many=True),) if is_open else ()
            value = containers.make(machine, "tuple", Items((*(Item(each) for each in rest), *more)))
        elif parameter.kind == "doublestar":
            others = machine.unknown("further arguments", origin) if is_open else None
            named_only: dict[Scalar, Value] = {}
            named_only.update(extra)
            value = containers.make(machine, "dict", Entries(named_only, others))
        elif parameter.name in given:
            value = given[parameter.name]
        elif parameter.name in kept and not is_open:
            value = kept[parameter.name]
        elif parameter.default is not None and home is not None and not is_open:
            value = machine.evaluate(machine, home, parameter.default)
        else:
            value = machine.unknown(f"the parameter `{parameter.name}` of `{function.node.name}`", origin)
        stated = noted(parameter.annotation)
        if stated is not None and not isinstance(value, Tensor):
            value = operands.stated(machine, stated, "Annotated", origin)
        machine.store.cells[(frame.number, parameter.name)] = value
