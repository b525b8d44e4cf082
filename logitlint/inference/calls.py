"""Calls: what is called decides where the call goes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from msgspec.structs import replace

from logitlint.frameworks.catalog import in_place
from logitlint.frameworks.vocabulary import Base, Fact, Receiver, Runs, SameAs
from logitlint.inference import attributes, builtin, library, models, operators, queries
from logitlint.inference.containers import use_up
from logitlint.inference.copies import deeply
from logitlint.inference.evaluating import evaluate_with
from logitlint.inference.functions import call_function
from logitlint.inference.handed import hand, receive
from logitlint.inference.joining import join
from logitlint.inference.machine import Machine
from logitlint.inference.methods import call_method
from logitlint.inference.objects import call_instance, instantiate
from logitlint.inference.operands import opaque, spoil
from logitlint.inference.running import call_transformed, run
from logitlint.inference.signature import Arguments, fill, of_function
from logitlint.inference.values import (
    Alternatives,
    Bound,
    Condition,
    Container,
    LibraryName,
    LibraryObject,
    Option,
    Origin,
    Partial,
    Tensor,
    Transformed,
    Unknown,
    UserClass,
    UserFunction,
    UserObject,
    Value,
)


def call(machine: Machine, callee: Value, arguments: Arguments, origin: Origin) -> Value:
    """Call a value."""
    return _CALL.get(type(callee), _call_other)(machine, callee, arguments, origin)


def _call_other(machine: Machine, callee: Value, arguments: Arguments, origin: Origin) -> Value:
    hand(machine, arguments, origin)
    cause = callee.cause.words if isinstance(callee, Unknown) else "not followed"
    return machine.unknown(f"what is called here is not known: {cause}", origin)


def _call_partial(machine: Machine, callee: Partial, arguments: Arguments, origin: Origin) -> Value:
    whole = Arguments(
        (*callee.positional, *arguments.positional), {**callee.keywords, **arguments.keywords}, arguments.open
    )
    return call(machine, callee.function, whole, origin)


def _call_each(machine: Machine, callee: Alternatives, arguments: Arguments, origin: Origin) -> Value:
    options: list[Option] = []
    asked = frozenset(machine.trace.read)
    meant = [option for option in callee.options if _takes(machine, option.value, arguments)] or callee.options
    alike = library.take_alike([each.value for each in callee.options]) and _are_chosen_apart(callee, arguments)
    for option in meant:
        if not machine.possible(option.when):
            continue
        picked = option.value
        if isinstance(picked, Bound) and isinstance(picked.receiver, Tensor) and not _goes_with(machine, option.when):
            apart = machine.unknown("the model and the loss are chosen independently", origin)
            options.append(Option(apart, option.when))
            continue
        if _is_out_of_place(machine, picked, callee, arguments):
            options.append(Option(machine.unknown("a class among what is no class", origin), option.when))
            continue
        with machine.chosen(option.when, alike=alike):
            result = opaque(machine, call(machine, picked, arguments, origin))
        options += (
            [Option(each.value, each.when | option.when) for each in result.options]
            if isinstance(result, Alternatives)
            else [Option(result, option.when)]
        )
    receivers = [each.value.receiver if isinstance(each.value, Bound) else None for each in callee.options]
    if not all(isinstance(each, LibraryObject) for each in receivers):
        machine.trace.read.intersection_update(asked)  # it may well be a number by now
    if options and all(isinstance(each, Container) for each in receivers):
        return join([(each.value, each.when) for each in options], machine.fresh)  # what several dicts hold
    return library.gather(machine, options, origin)


def _are_chosen_apart(callee: Alternatives, arguments: Arguments) -> bool:
    """Whether what is called is given something that was chosen as well, by nothing that chose among the callees."""
    keys = {condition.key for option in callee.options for condition in option.when}
    given = [each for each in (*arguments.positional, *arguments.keywords.values()) if isinstance(each, Alternatives)]
    options = [option for each in given for option in each.options]
    return bool(options) and all(
        isinstance(option.value, Unknown) or (option.when and keys.isdisjoint(each.key for each in option.when))
        for option in options
    )


def _is_out_of_place(machine: Machine, picked: Value, callee: Alternatives, arguments: Arguments) -> bool:
    """Whether one of several is a class that should have been built, where the program may well know better.

    Another of them is an instance of it: ``if not isinstance(loss, nn.Module): loss = loss()``, in whatever words it
    asks. Or it is given a tensor, as others are that are functions: nobody need ever choose it.
    """
    if not queries.is_class(machine, picked):
        return False
    held = [option.value for option in callee.options]
    if any(isinstance(value, Tensor) for value in arguments.positional):
        return not all(queries.is_class(machine, each) for each in held)
    if isinstance(picked, LibraryName):
        row = machine.catalog.row(picked.path)
        return any(isinstance(each, LibraryObject) and each.row is row for each in held)
    return any(isinstance(each, UserObject) and each.cls == picked for each in held)


def _takes(machine: Machine, value: Value, arguments: Arguments) -> bool:
    """Whether a call does not raise for its arguments alone: of many, what cannot be called so is not what is meant."""
    if arguments.spread:
        return True
    if isinstance(value, UserClass):
        if attributes.class_attribute(machine, value, "__new__") is not None:
            return True
        found = attributes.class_attribute(machine, value, "__init__")
        if found is None or not isinstance(found[0], UserFunction):
            return True
        return fill(of_function(found[0].node), arguments.after(value)).fits
    if isinstance(value, UserFunction):
        whole = arguments if value.receiver is None else arguments.after(value.receiver)
        return fill(of_function(value.node), whole).fits
    return True


def _goes_with(machine: Machine, when: frozenset[Condition]) -> bool:
    """Whether a tensor was chosen by the same branches as the object that is being called with it."""
    return when <= machine.picked or when >= machine.picked


_TAKING: Final = ("builtins.iter", "builtins.next")
"""What takes no more of an iterator than it says."""


def _call_name(machine: Machine, name: LibraryName, arguments: Arguments, origin: Origin) -> Value:
    special = builtin.call(machine, name.path, arguments, origin)
    if name.path not in _TAKING:
        use_up(machine, arguments.positional)
    result = special if special is not None else _called(machine, name, arguments, origin)
    if isinstance(result, Unknown) and queries.asks_of_model(machine, name, arguments):
        machine.trace.told.add(result.number)
    if special is not None:
        return special
    if (out := arguments.keywords.get("out")) is not None:
        spoil(machine, out)
    if arguments.positional and in_place(name.path):
        spoil(machine, arguments.positional[0], result)
    return result


def _called(machine: Machine, name: LibraryName, arguments: Arguments, origin: Origin) -> Value:
    if (computed := operators.named(machine, name.path, arguments, origin)) is not None:
        return computed
    row = machine.row(name.path, origin.file)
    if (altered := machine.catalog.altered_by.get(name.path)) is not None:
        machine.altered.patched.add(altered)
    if isinstance(row, SameAs) and Fact.COPIES in row.facts and arguments.positional:
        copy = deeply(machine, Arguments(arguments.positional[:1]), origin)
        arguments = replace(arguments, positional=(copy or arguments.positional[0], *arguments.positional[1:]))
    if isinstance(row, Receiver):
        return receive(machine, row, arguments, origin)
    if isinstance(row, Runs):
        return run(machine, row, arguments, origin)
    result = models.call_row(machine, row, arguments, origin) if row is not None else None
    if result is not None:
        return result
    if isinstance(row, Base) and row.evaluates is not None:
        evaluate_with(machine, row.evaluates, arguments, origin)
    hand(machine, arguments, origin, takes=not name.path.startswith("builtins."))
    made = machine.unknown(f"`{name.path}` is not in the tables", origin)
    return machine.trace.derive(made, (*arguments.positional, *arguments.keywords.values()))


_Call = Callable[[Machine, Value, Arguments, Origin], Value]
_CALL: Final[dict[type, _Call]] = {
    LibraryName: _call_name,  # type: ignore[dict-item]
    Bound: call_method,  # type: ignore[dict-item]
    UserFunction: call_function,  # type: ignore[dict-item]
    LibraryObject: models.call_object,  # type: ignore[dict-item]
    UserObject: call_instance,  # type: ignore[dict-item]
    UserClass: instantiate,  # type: ignore[dict-item]
    Alternatives: _call_each,  # type: ignore[dict-item]
    Partial: _call_partial,  # type: ignore[dict-item]
    Transformed: call_transformed,  # type: ignore[dict-item]
}
