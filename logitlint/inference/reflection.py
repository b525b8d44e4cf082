"""Attributes reached otherwise than by their names: ``setattr(net, name, layer)``, ``net._modules["act"] = layer``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from logitlint.inference import attributes, containers
from logitlint.inference.ancestry import mro
from logitlint.inference.machine import Machine
from logitlint.inference.models import CHANGED
from logitlint.inference.namespaces import NAMESPACE
from logitlint.inference.signature import Arguments
from logitlint.inference.store import CONTENTS, Item, Items
from logitlint.inference.values import (
    Alternatives,
    Bound,
    Container,
    LibraryObject,
    Literal,
    Origin,
    Unknown,
    UserClass,
    UserFunction,
    UserModule,
    UserObject,
    Value,
)

OF_MODULE: Final = "__globals__"
"""The cell of a dict that says whose globals it holds."""


def set_attribute(machine: Machine, target: Value, name: Value, value: Value, origin: Origin) -> None:
    """``setattr(target, name, value)``."""
    if isinstance(target, Alternatives):
        for option in target.options:
            set_attribute(machine, option.value, name, value, origin)
        return
    if isinstance(name, Literal) and isinstance(name.value, str):
        attributes.put(machine, target, name.value, value)
    elif isinstance(target, UserObject):
        _set_unnamed(machine, target, name, value, origin)
    elif isinstance(target, UserModule):
        set_global(machine, target, name, value, origin)
    elif isinstance(target, UserClass):
        _set_unnamed_of_class(machine, target, name, value, origin)
    elif isinstance(target, Unknown):
        attributes.touch(machine, target)
    if isinstance(target, LibraryObject | UserObject) and not isinstance(name, Literal):
        if containers.contents_of(machine, target) is not None:  # any of its layers may be another now
            changed = machine.unknown("a layer set under a name that is not known", origin)
            machine.write(target.place, CONTENTS, Items((Item(changed, many=True),)))
        attributes.touch(machine, target)


def delete_attribute(machine: Machine, target: Value, name: Value, origin: Origin) -> None:
    """``delattr(target, name)``."""
    if isinstance(name, Literal) and isinstance(name.value, str):
        attributes.delete(machine, target, name.value, origin)
    else:
        set_attribute(machine, target, name, machine.unknown("an attribute that was deleted", origin), origin)


def namespace(machine: Machine, value: Value) -> Value | None:
    """``vars(value)``."""
    return Bound(value, NAMESPACE) if isinstance(value, UserModule | UserObject) else None


def set_entry(machine: Machine, target: Value, key: Value | None, value: Value, origin: Origin) -> bool:
    """``net._modules[key] = value``: whether the target is such a namespace of an object."""
    if (module := _module(machine, target)) is not None:
        set_global(machine, module, key, value, origin)
        return True
    owner = _owner(machine, target)
    if owner is not None and _is_own(target) and isinstance(key, Literal) and isinstance(key.value, str):
        attributes.put(machine, owner, key.value, value, itself=True)
    elif owner is not None:
        set_attribute(machine, owner, key or machine.unknown("a key", origin), value, origin)
    return owner is not None


def set_global(machine: Machine, module: UserModule, name: Value | None, value: Value, origin: Origin) -> None:
    """``globals()[name] = value``: under a name that is not known, any global of that sort may be it."""
    if isinstance(name, Literal) and isinstance(name.value, str):
        attributes.put(machine, module, name.value, value)
        return
    frame = machine.run_module(module.file)
    start, end = machine.asides.ends.get(name.number, ("", "")) if isinstance(name, Unknown) else ("", "")
    for each in machine.names(frame.number) if frame is not None and not isinstance(value, UserClass) else ():
        if frame is not None and each.startswith(start) and each.endswith(end) and _may_be(machine, frame.number, each):
            machine.write(frame.number, each, machine.unknown("a global set under a name that is not known", origin))


def _may_be(machine: Machine, frame: int, name: str) -> bool:
    return isinstance(machine.read(frame, name), LibraryObject | Literal | UserObject)


def update(machine: Machine, target: Value, arguments: Arguments, origin: Origin) -> bool:
    """``self.__dict__.update(options)``: whether the target is such a namespace of an object."""
    owner = _owner(machine, target) or _module(machine, target)
    if owner is None:
        return False
    given: dict[str, Value] = dict(arguments.keywords)
    known = not arguments.open
    for each in arguments.positional:
        entries: Mapping[str, Value] | None = containers.exact_entries(machine, each)
        known = known and entries is not None
        given.update(entries or {})
    if not known:
        something = machine.unknown("what an object was updated with", origin)
        if isinstance(owner, UserModule):
            set_global(machine, owner, something, something, origin)
        else:
            _set_unnamed(machine, owner, something, something, origin)
    for name, value in given.items():
        attributes.put(machine, owner, name, value, itself=_is_own(target))
    return True


def _owner(machine: Machine, target: Value) -> UserObject | None:
    """The object whose attributes a value holds by name."""
    if not isinstance(target, Bound) or not isinstance(target.receiver, UserObject):
        return None
    held = target.name == NAMESPACE or target.name in machine.catalog.namespaces
    return target.receiver if held else None


def _module(machine: Machine, target: Value) -> UserModule | None:
    """The module whose globals a value holds by name: ``globals()``, ``vars(module)``."""
    if isinstance(target, Container):
        module = machine.read(target.place, OF_MODULE)
        return module if isinstance(module, UserModule) else None
    if isinstance(target, Bound) and target.name == NAMESPACE and isinstance(target.receiver, UserModule):
        return target.receiver
    return None


def _is_own(target: Value) -> bool:
    """Whether it is what an object holds itself, in which its class has no say."""
    return isinstance(target, Bound) and target.name == NAMESPACE


def _set_unnamed(machine: Machine, target: UserObject, name: Value, value: Value, origin: Origin) -> None:
    """What the object holds under any name that fits may be another value now.

    A layer set in the constructor is one more: nobody makes a layer there to exchange it at once.
    """
    if isinstance(value, LibraryObject | UserObject) and not _is_made(machine, target):
        return
    start, end = machine.asides.ends.get(name.number, ("", "")) if isinstance(name, Unknown) else ("", "")
    for each in machine.names(target.place):
        if each not in (CONTENTS, CHANGED) and each.startswith(start) and each.endswith(end):
            changed = machine.unknown("an attribute set under a name that is not known", origin)
            machine.write(target.place, each, changed)


def _set_unnamed_of_class(machine: Machine, target: UserClass, name: Value, value: Value, origin: Origin) -> None:
    """What a class holds for its objects under any name that fits may be another value now; methods stay methods."""
    if isinstance(value, UserFunction):
        return
    start, end = machine.asides.ends.get(name.number, ("", "")) if isinstance(name, Unknown) else ("", "")
    for cls in [each for each in mro(machine, target) if isinstance(each, UserClass)]:
        for each in machine.names(cls.place):
            held = machine.read(cls.place, each)
            if isinstance(held, LibraryObject | Literal | UserObject) and each.startswith(start) and each.endswith(end):
                machine.write(target.place, each, machine.unknown("a name of a class that is not written", origin))


def _is_made(machine: Machine, target: UserObject) -> bool:
    """Whether its constructor has come to its end."""
    made = machine.instances.get((target.cls.file, target.cls.node.origin), ())
    return any(instance.place == target.place for instance, _ in made)
