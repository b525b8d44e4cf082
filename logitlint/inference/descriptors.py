"""Descriptors: what a class holds that reads, sets and deletes an attribute of its objects in its own way.

Functions, properties, and objects of classes with `__get__`, `__set__` or `__delete__`:
https://docs.python.org/3/howto/descriptor.html.
"""

from __future__ import annotations

from msgspec.structs import replace

from logitlint.inference.ancestry import mro
from logitlint.inference.machine import Machine
from logitlint.inference.signature import Arguments
from logitlint.inference.values import Literal, Origin, UserClass, UserFunction, UserObject, Value
from logitlint.lowering import ir


def comes_first(machine: Machine, attribute: Value) -> bool:
    """Whether what a class holds counts, whatever its object holds under the same name."""
    if type(attribute) is UserFunction:
        return attribute.binding == "property"
    if type(attribute) is not UserObject:
        return False
    return any(_method(machine, attribute, name) is not None for name in ("__set__", "__delete__"))


def read(machine: Machine, attribute: Value, receiver: Value, owner: UserClass, origin: Origin) -> Value:
    """What a class hands out, asked of itself or of an object of it."""
    if isinstance(attribute, UserFunction):
        bound = handed_out(attribute, receiver, owner)
        if attribute.binding not in ("property", "cached") or not isinstance(receiver, UserObject):
            return bound
        result = machine.call(machine, bound, Arguments(), origin)
        if attribute.binding == "cached":
            machine.write(receiver.place, attribute.node.name, result)
        return result
    getter = _method(machine, attribute, "__get__") if isinstance(attribute, UserObject) else None
    if getter is None:
        return attribute
    given = (receiver, receiver.cls) if isinstance(receiver, UserObject) else (Literal(None), receiver)
    return machine.call(machine, getter, Arguments(given), origin)


def write(machine: Machine, attribute: Value, target: UserObject, owner: UserClass, value: Value) -> None:
    """Set the attribute of an object as what its class holds does it."""
    if isinstance(attribute, UserFunction):
        _run(machine, attribute.setter, target, owner, (value,))
    elif isinstance(attribute, UserObject):
        _run(machine, _method(machine, attribute, "__set__"), target, owner, (value,))


def delete(machine: Machine, attribute: Value, target: UserObject, owner: UserClass) -> None:
    """Delete the attribute of an object as what its class holds does it."""
    if isinstance(attribute, UserFunction):
        _run(machine, attribute.deleter, target, owner, ())
    elif isinstance(attribute, UserObject):
        _run(machine, _method(machine, attribute, "__delete__"), target, owner, ())


def tell_names(machine: Machine, cls: UserClass) -> None:
    """Tell the objects that the body of a class binds under which name they lie there (`__set_name__`)."""
    bound = [each.targets[0] for each in cls.node.body if isinstance(each, ir.Assign)]
    for target in bound:
        held = machine.read(cls.place, target.name) if isinstance(target, ir.Name) else None
        named = _method(machine, held, "__set_name__") if isinstance(held, UserObject) else None
        if named is not None and isinstance(target, ir.Name):
            machine.call(machine, named, Arguments((cls, Literal(target.name))), Origin(cls.file, cls.node.origin))


def handed_out(attribute: Value, receiver: Value, owner: UserClass) -> Value:
    """A function found in a class, bound to what it was asked of."""
    if not isinstance(attribute, UserFunction) or attribute.binding == "static" or attribute.receiver is not None:
        return attribute
    cls = receiver.cls if isinstance(receiver, UserObject) else receiver
    bound = receiver if attribute.binding != "class" else cls
    if isinstance(receiver, UserClass) and attribute.binding != "class":
        return replace(attribute, receiver=None, owner=owner)
    return replace(attribute, receiver=bound, owner=owner)


def _run(
    machine: Machine, function: Value | None, target: UserObject, owner: UserClass, given: tuple[Value, ...]
) -> None:
    if function is None:
        return
    place = Origin(owner.file, owner.node.origin)
    if isinstance(function, UserFunction):
        place = Origin(function.file, function.node.origin)
        function = handed_out(function, target, owner)
    bound = isinstance(function, UserFunction) and function.receiver == target
    machine.call(machine, function, Arguments(given if bound else (target, *given)), place)


def _method(machine: Machine, value: UserObject, title: str) -> UserFunction | None:
    """A method of an object of the program, bound to it."""
    for each in mro(machine, value.cls):
        found = machine.read(each.place, title) if isinstance(each, UserClass) else None
        if isinstance(each, UserClass) and isinstance(found, UserFunction):
            return replace(found, receiver=value, owner=each)
    return None
