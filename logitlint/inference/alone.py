"""Judging a function that nobody calls: it is run with arguments of which nothing is known."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from msgspec.structs import replace

from logitlint.frameworks.vocabulary import Base, Layer
from logitlint.inference import attributes
from logitlint.inference.allowances import ALONE, NEAR, Allowed
from logitlint.inference.expressions import evaluate
from logitlint.inference.functions import call_function
from logitlint.inference.machine import ENDED, Machine
from logitlint.inference.signature import Arguments
from logitlint.inference.store import Store
from logitlint.inference.values import (
    Alternatives,
    Condition,
    LibraryName,
    LibraryObject,
    Option,
    Origin,
    Unknown,
    UserClass,
    UserFunction,
    UserObject,
    Value,
)
from logitlint.project.reach import Outlook

_UNCALLED: Final = "which nobody in this file or what it imports calls"


def outlook(machine: Machine, function: UserFunction, cls: UserClass | None = None) -> Outlook:
    """What judging a function, or a method of a class, may show."""
    if machine.evaluate is not evaluate:
        return Outlook.LOSS  # who looks on wants to see everything
    owner = cls or function.owner
    if owner is None:
        return machine.sieve.outlook(function.file, function.node.name)
    if around := _around(machine, owner):
        return machine.sieve.outlook(function.file, around)
    return machine.sieve.outlook(function.file, owner.node.name, function.node.name)


def _around(machine: Machine, cls: UserClass) -> str:
    """The name of what the module defines around a class, a function or another class; empty for one of its own."""
    frame = machine.frame(cls.place)
    names: list[str] = []
    while frame is not None and frame.parent is not None:
        definition = frame.function or (frame.owner.node if frame.owner is not None else None)
        names += [definition.name] if definition is not None else []
        frame = frame.parent
    return names[-1] if len(names) > 1 else ""


def may_train(machine: Machine, method: UserFunction, owner: UserClass) -> bool:
    """Whether a method that a class of another file has from `owner` may come to a loss with something of that file."""
    return outlook(machine, method, owner) is Outlook.LOSS and (
        machine.evaluate is not evaluate or machine.sieve.may_train(method.file, owner.node.name, method.node.name)
    )


def judge_alone(
    machine: Machine,
    function: UserFunction,
    base: Store,
    receiver: Value | None = None,
    earlier: Iterable[UserFunction] = (),
    origin: Origin | None = None,
) -> None:
    """Run a function with unknown arguments, on a fork that is thrown away, after others that prepare its receiver.

    origin
        From where, when it is not from where it stands.
    """
    machine.store = base.fork(machine.fresh())
    allowed = ALONE if outlook(machine, function) is Outlook.LOSS else NEAR
    try:
        for each in (*earlier, function):
            _started(machine, each, allowed, receiver, origin)
    finally:
        _reset(machine, base)


def _started(
    machine: Machine, function: UserFunction, allowed: Allowed, receiver: Value | None, origin: Origin | None
) -> None:
    machine.begin(allowed)
    machine.memory.clear()
    machine.runs.clear()
    bound = function
    if receiver is not None:
        bound = replace(function, receiver=receiver)
    where = origin or Origin(function.file, function.node.origin)
    try:
        call_function(machine, bound, unknown_arguments(machine, bound), where)
    except ENDED:
        machine.active.clear()


def _reset(machine: Machine, base: Store) -> None:
    machine.store = base
    machine.active.clear()


def unknown_arguments(machine: Machine, function: UserFunction) -> Arguments:
    """Parameters nobody gives: unknown, except that a default which is a library's object is an alternative."""
    keywords: dict[str, Value] = {}
    positional: list[Value] = []
    home = machine.frame(function.frame)
    parameters = [each for each in function.node.parameters if each.kind in ("positional", "normal", "keyword")]
    skip = 1 if function.receiver is not None else 0
    for parameter in parameters[skip:]:
        origin = Origin(function.file, parameter.origin)
        words = f"the parameter `{parameter.name}` of `{function.node.name}`, {_UNCALLED}"
        nobody = machine.unknown(words, origin)
        value: Value = nobody
        hooked = _hooked(machine, function, parameter.name)
        if hooked is not None:
            value = hooked
        elif parameter.default is not None and home is not None:
            value = unless(machine.evaluate(machine, home, parameter.default), nobody, parameter.name)
        if parameter.kind == "keyword":
            keywords[parameter.name] = value
        else:
            positional.append(value)
    more = any(each.kind in ("star", "doublestar") for each in function.node.parameters)
    return Arguments(tuple(positional), keywords, open=more)


def unless(default: Value, nobody: Unknown, name: str) -> Value:
    """A parameter that may have been given: its default is an alternative where it is an object."""
    if not isinstance(default, LibraryObject | LibraryName | UserFunction | UserClass | UserObject):
        return nobody
    words = f"the default of `{name}`"
    sides = (Condition(nobody.number, True, words), Condition(nobody.number, False, words))
    return Alternatives((Option(default, frozenset({sides[0]})), Option(nobody, frozenset({sides[1]}))))


def _hooked(machine: Machine, function: UserFunction, parameter: str) -> Value | None:
    """What a library hands to a method that user code overrides (`Trainer.compute_loss(model, ...)`)."""
    if function.owner is None:
        return None
    base = attributes.library_base(machine, function.owner)
    name = base.hooks.get(function.node.name, {}).get(parameter) if isinstance(base, Base) else None
    row = machine.catalog.row(name) if name is not None else None
    origin = Origin(function.file, function.node.origin)
    return LibraryObject(row, machine.fresh(), origin) if isinstance(row, Layer) else None
