"""The objects on which methods that nobody calls are judged: known ones, or one made with unknown arguments."""

from __future__ import annotations

from typing import Final

from logitlint.frameworks.vocabulary import Base
from logitlint.inference import attributes, objects, records
from logitlint.inference.alone import unknown_arguments, unless
from logitlint.inference.functions import call_function
from logitlint.inference.machine import ENDED, Machine
from logitlint.inference.settable import Settable
from logitlint.inference.signature import Arguments
from logitlint.inference.store import Held, Store
from logitlint.inference.values import Origin, UserClass, UserFunction, UserObject, Value

MOST_INSTANCES: Final = 4
"""Instances of one class on which a method that nobody calls is judged."""


def methods_of(held: Held, cls: UserClass) -> list[UserFunction]:
    """The methods of a class, but for its constructor, which is run whenever an object is made to judge one."""
    return [
        value for value in held(cls.place).values() if isinstance(value, UserFunction) and value.node.name != "__init__"
    ]


def judged_for(machine: Machine, held: Held, cls: UserClass) -> list[UserClass]:
    """The classes of which an object is made to judge what a class defines."""
    derived = _derived(machine, cls)
    judged = derived if is_varied(machine, held, cls) else [cls, *derived]
    return judged[:MOST_INSTANCES]


def is_varied(machine: Machine, held: Held, cls: UserClass) -> bool:
    """Whether other classes override something of a class: then it is not judged by itself."""
    return any(methods_of(held, each) for each in _derived(machine, cls))


def _derived(machine: Machine, cls: UserClass) -> list[UserClass]:
    """The classes that derive from a class: from this one, where a function makes another at each call."""
    derived = machine.subclassed.get((cls.file, cls.node.origin), [])
    return [each for each in derived if cls in machine.bases_of(each)]


def instances_of(machine: Machine, cls: UserClass, settable: Settable) -> list[tuple[UserObject, Store]]:
    """The known objects of a class, each with the store that knows its attributes, as others may have set them."""
    made = machine.instances.get((cls.file, cls.node.origin), [])
    known = [(instance, store) for instance, store in made if instance.cls == cls][:MOST_INSTANCES]
    for instance, store in known:
        settable.forget_object(instance, store)
    return known


def imagined_of(
    machine: Machine,
    cls: UserClass,
    base: Store,
    imagined: dict[int, tuple[UserObject, Store]],
    settable: Settable,
) -> tuple[UserObject, Store]:
    """An object of a class made with unknown arguments, once for all its methods."""
    if cls.place not in imagined:
        store = base.fork(machine.fresh())
        instance = unknown_instance(machine, cls, store)
        settable.forget_object(instance, store)
        imagined[cls.place] = instance, store
    return imagined[cls.place]


def unknown_instance(machine: Machine, cls: UserClass, store: Store) -> UserObject:
    """Make an object with unknown arguments, in a store."""
    machine.store = store
    machine.begin()
    origin = Origin(cls.file, cls.node.origin)
    instance = UserObject(cls, machine.fresh())
    try:
        init = attributes.class_attribute(machine, cls, "__init__")
        if init is not None and isinstance(init[0], UserFunction):
            bound = attributes.get(machine, instance, "__init__", origin)
            if isinstance(bound, UserFunction):
                call_function(machine, bound, unknown_arguments(machine, bound), origin)
        elif isinstance(base := attributes.library_base(machine, cls), Base) and base.fields:
            objects.initialise(machine, instance, _unknown_fields(machine, cls, origin), origin)
    except ENDED:
        pass
    return instance


def _unknown_fields(machine: Machine, cls: UserClass, origin: Origin) -> Arguments:
    """The arguments of a constructor that fills the annotated attributes, which nobody gives."""
    given: dict[str, Value] = {}
    for name in records.fields(machine, cls):
        nobody = machine.unknown(f"the attribute `{name}` of `{cls.node.name}`, which nobody makes", origin)
        default = attributes.class_attribute(machine, cls, name)
        given[name] = unless(default[0], nobody, name) if default is not None else nobody
    return Arguments(keywords=given)
