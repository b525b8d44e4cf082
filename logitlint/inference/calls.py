"""Calls: what is called decides where the call goes."""

from __future__ import annotations

from logitlint.frameworks.vocabulary import Receiver
from logitlint.inference import builtin, library, models, operators
from logitlint.inference.functions import call_function
from logitlint.inference.handed import hand, receive
from logitlint.inference.machine import Machine
from logitlint.inference.methods import call_method
from logitlint.inference.objects import call_instance, instantiate
from logitlint.inference.operands import opaque, spoil
from logitlint.inference.signature import Arguments
from logitlint.inference.store import join
from logitlint.inference.values import (
    Alternatives,
    Bound,
    Container,
    LibraryName,
    LibraryObject,
    Option,
    Origin,
    Partial,
    Tensor,
    Unknown,
    UserClass,
    UserFunction,
    UserObject,
    Value,
)


def call(machine: Machine, callee: Value, arguments: Arguments, origin: Origin) -> Value:
    """Call a value."""
    if isinstance(callee, LibraryName):
        return _call_name(machine, callee, arguments, origin)
    if isinstance(callee, Bound):
        return call_method(machine, callee, arguments, origin)
    if isinstance(callee, UserFunction):
        return call_function(machine, callee, arguments, origin)
    if isinstance(callee, LibraryObject):
        return models.call_object(machine, callee, arguments, origin)
    if isinstance(callee, UserObject):
        return call_instance(machine, callee, arguments, origin)
    if isinstance(callee, UserClass):
        return instantiate(machine, callee, arguments, origin)
    if isinstance(callee, Alternatives):
        return _call_each(machine, callee, arguments, origin)
    if isinstance(callee, Partial):
        whole = Arguments(
            (*callee.positional, *arguments.positional), {**callee.keywords, **arguments.keywords}, arguments.open
        )
        return call(machine, callee.function, whole, origin)
    hand(machine, arguments, origin)
    words = callee.cause.words if isinstance(callee, Unknown) else "something that is not followed"
    return machine.unknown(f"a call of {words}", origin)


def _call_each(machine: Machine, callee: Alternatives, arguments: Arguments, origin: Origin) -> Value:
    options: list[Option] = []
    for option in callee.options:
        if not machine.possible(option.when):
            continue
        picked = option.value
        with machine.chosen(option.when):
            result = opaque(machine, call(machine, picked, arguments, origin))
        options += (
            [Option(each.value, each.when | option.when) for each in result.options]
            if isinstance(result, Alternatives)
            else [Option(result, option.when)]
        )
    if all(isinstance(each.value, Bound) and isinstance(each.value.receiver, Container) for each in callee.options):
        return join([(each.value, each.when) for each in options], machine.fresh)  # what several dicts hold
    return library.gather(machine, options, origin)


def _call_name(machine: Machine, name: LibraryName, arguments: Arguments, origin: Origin) -> Value:
    result = _called(machine, name, arguments, origin)
    out = arguments.keywords.get("out")
    if isinstance(out, Tensor):
        spoil(machine, out)
    return result


def _called(machine: Machine, name: LibraryName, arguments: Arguments, origin: Origin) -> Value:
    if (special := builtin.call(machine, name.path, arguments, origin)) is not None:
        return special
    if (computed := operators.named(machine, name.path, arguments, origin)) is not None:
        return computed
    row = machine.catalog.row(name.path)
    if isinstance(row, Receiver):
        return receive(machine, row, arguments, origin)
    result = models.call_row(machine, row, arguments, origin) if row is not None else None
    if result is not None:
        return result
    hand(machine, arguments, origin)
    return machine.unknown(f"`{name.path}` is not in the tables", origin)
