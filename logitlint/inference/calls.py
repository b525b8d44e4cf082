"""Calls: of functions and classes of the project, of library names and objects, of methods."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from logitlint.frameworks.vocabulary import Base, Holds, Layer, Receiver
from logitlint.inference import attributes, builtin, containers, library
from logitlint.inference.handed import hand, receive
from logitlint.inference.library import opaque
from logitlint.inference.machine import MOST_FRAMES, Frame, Machine, fingerprint
from logitlint.inference.signature import Arguments, fill, of_function
from logitlint.inference.statements import noted
from logitlint.inference.store import Branch, Entries, Item, Items, join, merge
from logitlint.inference.values import (
    Alternatives,
    Bound,
    Container,
    LibraryName,
    LibraryObject,
    Literal,
    Option,
    Origin,
    Partial,
    Super,
    Tensor,
    Unknown,
    UserClass,
    UserFunction,
    UserObject,
    Value,
)
from logitlint.kinds import named
from logitlint.lowering import ir

MOST_RECURSION: Final = 2
COARSE_AFTER: Final = 6
"""After so many runs of one function, calls are remembered by the facts of their arguments, not by their identity."""


def call(machine: Machine, callee: Value, arguments: Arguments, origin: Origin) -> Value:
    """Call a value."""
    if isinstance(callee, LibraryName):
        return _call_name(machine, callee, arguments, origin)
    if isinstance(callee, Bound):
        return _call_method(machine, callee, arguments, origin)
    if isinstance(callee, UserFunction):
        return call_function(machine, callee, arguments, origin)
    if isinstance(callee, LibraryObject):
        return library.call_object(machine, callee, arguments, origin)
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
    return library.gather(machine, options, origin)


def _call_name(machine: Machine, name: LibraryName, arguments: Arguments, origin: Origin) -> Value:
    if (special := builtin.call(machine, name.path, arguments, origin)) is not None:
        return special
    row = machine.catalog.row(name.path)
    if isinstance(row, Receiver):
        return receive(machine, row, arguments, origin)
    result = library.call_row(machine, row, arguments, origin) if row is not None else None
    if result is not None:
        return result
    hand(machine, arguments, origin)
    return machine.unknown(f"`{name.path}` is not in the tables", origin)


# -- methods ------------------------------------------------------------------------------------------------------------


def _call_method(machine: Machine, bound: Bound, arguments: Arguments, origin: Origin) -> Value:
    receiver, name = bound.receiver, bound.name
    if isinstance(receiver, Container | LibraryObject | UserObject):
        found = containers.method(machine, receiver, receiver.place, name, arguments, origin)
        if found is not None:
            return found
    if isinstance(receiver, UserObject):
        return _object_method(machine, receiver, name, arguments, origin)
    if isinstance(receiver, LibraryObject):
        return _library_method(machine, receiver, name, arguments, origin)
    if isinstance(receiver, Super):
        return _super_method(machine, receiver, name, arguments, origin)
    if isinstance(receiver, Tensor | Unknown | Bound):
        subject = opaque(machine, receiver)
        result = library.method(machine, subject, name, arguments, origin)
        if result is not None:
            return result
        hand(machine, arguments, origin)
        number = library.number_of(machine, bound)
        return machine.unknown(f"the method `{name}` is not in the tables", origin, "call", number, origin)
    if isinstance(receiver, UserClass):
        return machine.unknown(f"the method `{name}` is inherited from something unknown", origin)
    return machine.unknown(f"the method `{name}` is not followed", origin)


def _object_method(machine: Machine, receiver: UserObject, name: str, arguments: Arguments, origin: Origin) -> Value:
    """A method an object inherits from a library's class, or lacks."""
    if name in machine.catalog.keeps:
        return receiver
    if name == "__call__":
        return call_instance(machine, receiver, arguments, origin)
    if name in ("add_module", "register_module", "register_buffer", "register_parameter"):
        values = arguments.positional
        if len(values) > 1 and isinstance(values[0], Literal) and isinstance(values[0].value, str):
            attributes.put(machine, receiver, values[0].value, values[1])
        return Literal(None)
    base = attributes.library_base(machine, receiver.cls)
    if isinstance(base, Layer) and base.call is not None and name in machine.catalog.calls:
        return library.apply(
            machine, base.call, arguments, origin, instance=_as_library(machine, receiver, base, origin)
        )
    hand(machine, arguments, origin)
    return machine.unknown(f"the method `{name}` is inherited from something unknown", origin)


def _library_method(
    machine: Machine, receiver: LibraryObject, name: str, arguments: Arguments, origin: Origin
) -> Value:
    row = receiver.row.methods.get(name)
    if row is not None:
        return library.apply(machine, row, arguments, origin, instance=receiver)
    if name in machine.catalog.keeps:
        return receiver
    if name in machine.catalog.calls or name == "__call__":
        return library.call_object(machine, receiver, arguments, origin)
    hand(machine, arguments, origin)
    return machine.unknown(f"the method `{name}` of `{receiver.row.name}` is not in the tables", origin)


def _super_method(machine: Machine, receiver: Super, name: str, arguments: Arguments, origin: Origin) -> Value:
    """``super().method()`` that ends in a class of a library."""
    target = receiver.receiver
    if not isinstance(target, UserObject):
        return machine.unknown("super() of something unknown", origin)
    base = attributes.library_base(machine, target.cls, after=receiver.after)
    if name == "__init__":
        _init_library(machine, target, base, arguments, origin)
        return Literal(None)
    if isinstance(base, Layer) and name in machine.catalog.calls:
        if base.holds is Holds.CHAIN:
            return library.chain(machine, target.place, arguments, origin)
        if base.call is not None:
            return library.apply(
                machine, base.call, arguments, origin, instance=_as_library(machine, target, base, origin)
            )
    return _object_method(machine, target, name, arguments, origin)


def _init_library(
    machine: Machine, target: UserObject, base: Base | Layer | None, arguments: Arguments, origin: Origin
) -> None:
    """The constructor of a library's class, run for an object of a class derived from it."""
    if not isinstance(base, Layer):
        return
    if base.holds is not None:
        library.hold(machine, target.place, base.holds, arguments)
        return
    made = library.construct(machine, base, arguments, origin)
    machine.write(target.place, "__library__", made)


def _as_library(machine: Machine, target: UserObject, base: Layer, origin: Origin) -> LibraryObject:
    """The library's part of an object whose class derives from a catalogued one."""
    made = machine.read(target.place, "__library__")
    return made if isinstance(made, LibraryObject) else LibraryObject(base, target.place, origin)


def call_instance(machine: Machine, instance: UserObject, arguments: Arguments, origin: Origin) -> Value:
    """``instance(...)``: its own `__call__`, what its library base runs (`forward`), or the base itself."""
    base = attributes.library_base(machine, instance.cls)
    names = ("__call__", base.calls) if isinstance(base, Base) else ("__call__", *machine.catalog.calls)
    for name in names:
        found = attributes.class_attribute(machine, instance.cls, name)
        own = machine.read(instance.place, name)
        if found is not None or (own is not None and not isinstance(own, Items | Entries)):
            return call(machine, attributes.get(machine, instance, name, origin), arguments, origin)
    if isinstance(base, Layer):
        if base.holds is Holds.CHAIN:
            return library.chain(machine, instance.place, arguments, origin)
        if base.call is not None:
            return library.apply(
                machine, base.call, arguments, origin, instance=_as_library(machine, instance, base, origin)
            )
    hand(machine, arguments, origin)
    return machine.unknown(f"calling a `{instance.cls.node.name}` is not followed", origin)


# -- functions ----------------------------------------------------------------------------------------------------------


def call_function(machine: Machine, function: UserFunction, arguments: Arguments, origin: Origin) -> Value:
    """Run a function of the project with the arguments known here."""
    if function.receiver is not None:
        arguments = arguments.after(function.receiver)
    node = function.node
    if len(machine.active) >= MOST_FRAMES or machine.active.count((function.file, node.origin)) >= MOST_RECURSION:
        return machine.unknown(f"`{node.name}` calls too deep", origin)
    key, coarse = _keys(machine, function, arguments)
    for each in (key, coarse):
        known = machine.memory.get(each) if each is not None else None
        if known is not None and known[0] is machine.store.version:
            return known[1]
    version = machine.store.version
    result = _run(machine, function, arguments, origin)
    if machine.store.version is version:
        machine.memory[key] = machine.memory[coarse if coarse is not None else key] = (version, result)
    return result


def _keys(machine: Machine, function: UserFunction, arguments: Arguments) -> tuple[object, object]:
    where = (function.file, function.node.origin, function.frame, arguments.open, machine.scopes, machine.path)
    runs = machine.runs.get(where[:2], 0)
    keywords = arguments.keywords.items()
    key = (
        where,
        tuple(map(fingerprint, arguments.positional)),
        tuple((name, fingerprint(value)) for name, value in keywords),
    )
    if runs < COARSE_AFTER:
        return key, None
    positional = tuple(fingerprint(value, coarse=True) for value in arguments.positional)
    return key, (where, positional, tuple((name, fingerprint(value, coarse=True)) for name, value in keywords))


def _run(machine: Machine, function: UserFunction, arguments: Arguments, origin: Origin) -> Value:
    node = function.node
    place = (function.file, node.origin)
    machine.runs[place] = machine.runs.get(place, 0) + 1
    machine.entered.add(place)
    filled = fill(of_function(node), arguments)
    frame = Frame(
        machine.fresh(), function.file, machine.frames.get(function.frame), node, function.owner, function.receiver
    )
    machine.frames[frame.number] = frame
    before = machine.stack, machine.scopes, machine.path, machine.inside
    base = machine.store
    machine.store = base.fork()
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
    merge(base, [Branch(branch.store, branch.when - machine.path) for branch in frame.exits], machine.fresh)
    if node.generator:
        return machine.unknown(f"what `{node.name}` yields", origin)
    if node.returns is not None and (stated := named(node.returns)) is not None:
        return Tensor(stated, machine.fresh())
    if not frame.returns:
        return machine.unknown(f"`{node.name}` never returns", origin)
    return join([(value, when - machine.path) for value, when in frame.returns], machine.fresh)


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
    home = machine.frames.get(function.frame)
    for parameter in function.node.parameters:
        origin = Origin(function.file, parameter.origin)
        value: Value
        if parameter.kind == "star":
            more = (Item(machine.unknown("further arguments", origin), many=True),) if is_open else ()
            value = containers.make(machine, "tuple", Items((*(Item(each) for each in rest), *more)))
        elif parameter.kind == "doublestar":
            others = machine.unknown("further arguments", origin) if is_open else None
            value = containers.make(machine, "dict", Entries(dict(extra), others))
        elif parameter.name in given:
            value = given[parameter.name]
        elif parameter.default is not None and home is not None and not is_open:
            value = machine.evaluate(machine, home, parameter.default)
        else:
            value = machine.unknown(f"the parameter `{parameter.name}` of `{function.node.name}`", origin)
        stated = noted(parameter.annotation)
        if stated is not None and not isinstance(value, Tensor):
            value = Tensor(stated, machine.fresh())
        machine.store.cells[(frame.number, parameter.name)] = value


# -- classes ------------------------------------------------------------------------------------------------------------


def instantiate(machine: Machine, cls: UserClass, arguments: Arguments, origin: Origin) -> Value:
    """Make an object of a class of the project."""
    instance = UserObject(cls, machine.fresh())
    init = attributes.class_attribute(machine, cls, "__init__")
    if init is not None:
        call(machine, attributes.get(machine, instance, "__init__", origin), arguments, origin)
    else:
        base = attributes.library_base(machine, cls)
        if base is not None:
            _init_library(machine, instance, base, arguments, origin)
        else:
            _fields(machine, instance, arguments)
    machine.instances.setdefault((cls.file, cls.node.origin), []).append((instance, machine.store))
    return instance


def _fields(machine: Machine, instance: UserObject, arguments: Arguments) -> None:
    """A dataclass or named tuple: arguments become the annotated attributes."""
    names = list(_annotated(instance.cls))
    for name, value in (*zip(names, arguments.positional, strict=False), *arguments.keywords.items()):
        if name in names:
            attributes.put(machine, instance, name, value)


def _annotated(cls: UserClass) -> Iterable[str]:
    for statement in cls.node.body:
        if isinstance(statement, ir.Assign) and statement.annotation is not None:
            target = statement.targets[0]
            if isinstance(target, ir.Name):
                yield target.name
