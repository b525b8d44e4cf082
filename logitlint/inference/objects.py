"""Objects of the project's classes: made, and called."""

from __future__ import annotations

from typing import Final

from msgspec.structs import replace

from logitlint.frameworks.vocabulary import Base, Holds, Layer, Result, SameAs
from logitlint.inference import attributes, library, models, records
from logitlint.inference.ancestry import mro
from logitlint.inference.chains import chain
from logitlint.inference.evaluating import evaluate_with
from logitlint.inference.handed import hand
from logitlint.inference.machine import Machine
from logitlint.inference.models import CHANGED
from logitlint.inference.signature import Arguments, fill, parse
from logitlint.inference.store import Entries, Items
from logitlint.inference.values import (
    Alternatives,
    LibraryObject,
    Literal,
    Origin,
    UserClass,
    UserFunction,
    UserObject,
    Value,
)

MADE_OTHERWISE: Final = "__made_otherwise__"
"""The cell of a class that says that its instances are not what its constructor makes of them."""


def instantiate(machine: Machine, cls: UserClass, arguments: Arguments, origin: Origin) -> Value:
    """Make an object of a class of the project."""
    if (made := _made_by_itself(machine, cls, arguments, origin)) is not None:
        return made
    instance = UserObject(cls, machine.fresh())
    initialise(machine, instance, arguments, origin)
    machine.instances.setdefault((cls.file, cls.node.origin), []).append((instance, machine.store))
    classes = [each for each in mro(machine, cls) if isinstance(each, UserClass)]
    if any(machine.read(each.place, MADE_OTHERWISE) is not None for each in classes):
        machine.write(instance.place, CHANGED, Literal(True))
    return instance


def _made_by_itself(machine: Machine, cls: UserClass, arguments: Arguments, origin: Origin) -> Value | None:
    """What `__new__` makes in place of an instance; None where it makes one, or that is not known."""
    new = attributes.class_attribute(machine, cls, "__new__")
    if new is None or not isinstance(new[0], UserFunction):
        return None
    made = machine.call(machine, replace(new[0], owner=new[1]), arguments.after(cls), origin)
    return made if isinstance(made, LibraryObject | UserObject | Alternatives) else None


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
        records.fill(machine, instance, arguments, origin)
    else:
        init_library(machine, instance, base, arguments, origin)
    for name in base.prepares if isinstance(base, Base) else ():
        if attributes.class_attribute(machine, instance.cls, name) is not None:
            machine.call(machine, attributes.get(machine, instance, name, origin), Arguments(), origin)


def call_instance(machine: Machine, instance: UserObject, arguments: Arguments, origin: Origin) -> Value:
    """``instance(...)``: its own `__call__`, what its library base runs (`forward`), or the base itself."""
    models.note_call(machine, instance)
    if models.is_changed(machine, instance):
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
    if (
        isinstance(base, Base)
        and base.evaluates is not None
        and not any(attributes.class_attribute(machine, target.cls, name) for name in base.evaluates.overridden)
    ):
        evaluate_with(machine, base.evaluates, arguments, origin)
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
