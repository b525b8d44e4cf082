"""Objects of the project's classes: made, and called."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from logitlint.frameworks.vocabulary import Base, Holds, Layer, Result, SameAs
from logitlint.inference import attributes, containers, library, models
from logitlint.inference.chains import chain
from logitlint.inference.handed import hand
from logitlint.inference.machine import Machine
from logitlint.inference.models import CHANGED
from logitlint.inference.signature import Arguments, fill, parse
from logitlint.inference.store import CONTENTS, Entries, Item, Items
from logitlint.inference.values import LibraryName, LibraryObject, Literal, Origin, UserClass, UserObject, Value
from logitlint.lowering import ir

AFTER: Final = "__post_init__"
"""What a dataclass runs once its fields are filled. What is only handed to it (`InitVar`) stays unknown there."""
NAMED_TUPLE: Final = LibraryName("typing.NamedTuple")


def instantiate(machine: Machine, cls: UserClass, arguments: Arguments, origin: Origin) -> Value:
    """Make an object of a class of the project."""
    instance = UserObject(cls, machine.fresh())
    initialise(machine, instance, arguments, origin)
    machine.instances.setdefault((cls.file, cls.node.origin), []).append((instance, machine.store))
    return instance


def initialise(machine: Machine, instance: UserObject, arguments: Arguments, origin: Origin) -> None:
    """Run the constructor of an object, or what a library's class does in its place."""
    init = attributes.class_attribute(machine, instance.cls, "__init__")
    base = attributes.library_base(machine, instance.cls)
    if init is not None:
        machine.call(machine, attributes.get(machine, instance, "__init__", origin), arguments, origin)
    elif isinstance(base, Result):
        for name, value in arguments.keywords.items():
            attributes.put(machine, instance, name, value)
    elif base is None or (isinstance(base, Base) and base.fields):
        _fill(machine, instance, arguments)
        if attributes.class_attribute(machine, instance.cls, AFTER) is not None:
            machine.call(machine, attributes.get(machine, instance, AFTER, origin), Arguments(), origin)
    else:
        init_library(machine, instance, base, arguments, origin)
    for name in base.prepares if isinstance(base, Base) else ():
        if attributes.class_attribute(machine, instance.cls, name) is not None:
            machine.call(machine, attributes.get(machine, instance, name, origin), Arguments(), origin)


def _fill(machine: Machine, instance: UserObject, arguments: Arguments) -> None:
    """A dataclass or named tuple: arguments become the annotated attributes, whose values in the class are defaults."""
    names = fields(machine, instance.cls)
    given = {**dict(zip(names, arguments.positional, strict=False)), **arguments.keywords}
    for name in names:
        default = attributes.class_attribute(machine, instance.cls, name)
        if name in given:
            attributes.put(machine, instance, name, given[name])
        elif default is not None:
            attributes.put(machine, instance, name, default[0])
    if NAMED_TUPLE in attributes.mro(machine, instance.cls):
        missing = machine.unknown("a field that is not known", None)
        held = [machine.read(instance.place, name) for name in names]
        values = [missing if each is None or isinstance(each, Items | Entries) else each for each in held]
        machine.write(instance.place, CONTENTS, Items(tuple(map(Item, values))))


def fields(machine: Machine, cls: UserClass) -> list[str]:
    """The annotated attributes of a class, those of the classes it derives from first."""
    order = [each for each in attributes.mro(machine, cls) if isinstance(each, UserClass)]
    return list(dict.fromkeys(name for each in reversed(order) for name in _annotated(each)))


def _annotated(cls: UserClass) -> Iterable[str]:
    for statement in cls.node.body:
        if isinstance(statement, ir.Assign) and statement.annotation is not None:
            target = statement.targets[0]
            if isinstance(target, ir.Name):
                yield target.name


def named_tuple(machine: Machine, arguments: Arguments, origin: Origin) -> Value | None:
    """``namedtuple("Out", "logits probs")``: the class it makes; None where its fields are not written out."""
    if len(arguments.positional) != 2:
        return None
    title, fields = arguments.positional
    if isinstance(fields, Literal) and isinstance(fields.value, str):
        names: list[object] = list(fields.value.replace(",", " ").split())
    else:
        held = containers.exact_items(machine, fields)
        pairs = [containers.exact_items(machine, each) or [each] for each in held or ()]
        names = [pair[0].value if isinstance(pair[0], Literal) else None for pair in pairs]
    words = [name for name in names if isinstance(name, str)]
    if not words or len(words) < len(names) or not isinstance(title, Literal):
        return None
    nothing = ir.Opaque(origin.node, ())
    body = tuple(ir.Assign(origin.node, (ir.Name(origin.node, word),), None, nothing, None, False) for word in words)
    cls = UserClass(origin.file, ir.Class(origin.node, str(title.value), (), body, ()), machine.fresh())
    machine.bases[cls.place] = (NAMED_TUPLE,)
    return cls


def call_instance(machine: Machine, instance: UserObject, arguments: Arguments, origin: Origin) -> Value:
    """``instance(...)``: its own `__call__`, what its library base runs (`forward`), or the base itself."""
    models.note_call(machine, instance)
    if machine.read(instance.place, CHANGED) is not None:
        return machine.unknown(f"a `{instance.cls.node.name}` that was changed from outside", origin)
    base = attributes.library_base(machine, instance.cls)
    names = ("__call__", base.calls) if isinstance(base, Base) else ("__call__", *machine.catalog.calls)
    for name in names:
        found = attributes.class_attribute(machine, instance.cls, name)
        own = machine.read(instance.place, name)
        if found is not None or (own is not None and not isinstance(own, Items | Entries)):
            return machine.call(machine, attributes.get(machine, instance, name, origin), arguments, origin)
    if isinstance(base, Layer):
        if base.holds is Holds.CHAIN:
            return chain(machine, instance.place, arguments, origin)
        if base.holds is Holds.GRAPH:
            return models.graph(machine, instance.place, arguments, origin)
        if base.call is not None:
            return library.apply(
                machine, base.call, arguments, origin, instance=as_library(machine, instance, base, origin)
            )
    if isinstance(base, SameAs) and (wrapped := attributes.get(machine, instance, base.subject, origin)) != instance:
        return machine.call(machine, wrapped, arguments, origin)
    hand(machine, arguments, origin)
    return machine.unknown(f"calling a `{instance.cls.node.name}` is not followed", origin)


def init_library(
    machine: Machine, target: UserObject, base: attributes.Ancestor | None, arguments: Arguments, origin: Origin
) -> None:
    """The constructor of a library's class, run for an object of a class derived from it."""
    if isinstance(base, SameAs):
        wrapped = fill(parse(base.signature), arguments).by_name.get(base.subject)
        if wrapped is not None:
            machine.write(target.place, base.subject, wrapped)
    if not isinstance(base, Layer):
        return
    if base.holds is not None:
        models.hold(machine, target.place, base, arguments)
        return
    made = models.construct(machine, base, arguments, origin)
    machine.write(target.place, "__library__", made)


def as_library(machine: Machine, target: UserObject, base: Layer, origin: Origin) -> LibraryObject:
    """The library's part of an object whose class derives from a catalogued one."""
    made = machine.read(target.place, "__library__")
    return made if isinstance(made, LibraryObject) else LibraryObject(base, target.place, origin)
