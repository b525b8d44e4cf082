"""Attributes: of modules, classes, objects and tensors, read and written."""

from __future__ import annotations

from typing import TypeAlias

from logitlint.frameworks.vocabulary import Base, Fact, Holds, Layer, Result, SameAs
from logitlint.inference import descriptors
from logitlint.inference.ancestry import READING, WRITING, mro, ways
from logitlint.inference.forks import doubtful
from logitlint.inference.frames import Frame
from logitlint.inference.joining import of_each
from logitlint.inference.library import apply
from logitlint.inference.machine import Machine
from logitlint.inference.models import CHANGED, LAST, part
from logitlint.inference.namespaces import load, value_of
from logitlint.inference.operands import number_of
from logitlint.inference.parts import parts_of, set_on_any
from logitlint.inference.signature import Arguments
from logitlint.inference.store import CONTENTS, Entries, Item, Items, Stored
from logitlint.inference.values import (
    Alternatives,
    Bound,
    Cause,
    Container,
    LibraryName,
    LibraryObject,
    Literal,
    Origin,
    Partial,
    Super,
    Tensor,
    Unknown,
    UserClass,
    UserFunction,
    UserModule,
    UserObject,
    Value,
)

Ancestor: TypeAlias = Base | Layer | Result | SameAs
"""The row of a class to derive from; `SameAs` is one whose objects stand for the model they wrap."""


def get(machine: Machine, value: Value, name: str, origin: Origin) -> Value:
    """``value.name``."""
    # What is met most comes first, and by its type: to ask a class whether it has made a value takes ten times as long.
    if type(value) is UserObject:
        return _of_object(machine, value, name, origin)
    if type(value) is Unknown or type(value) is Bound:
        number = number_of(machine, value)
        bound = Bound(value, name)
        if name == "__class__" and number in machine.asides.within:
            machine.trace.told.add(number_of(machine, bound))
        return value_of(machine, machine.read(-number, name)) or bound
    if isinstance(value, Tensor):
        row = machine.catalog.properties(name)
        return apply(machine, row, Arguments((value,)), origin) if row is not None else Bound(value, name)
    if isinstance(value, LibraryName):
        if name == "__name__" and isinstance(machine.catalog.row(value.path), Base | Layer):
            return Literal(value.path.rpartition(".")[2])
        path = f"{value.path}.{name}"
        file = machine.project.find(path, origin.file)
        return UserModule(file) if file is not None else LibraryName(path)
    if isinstance(value, UserModule):
        return load(machine, Bound(value, name))
    if isinstance(value, LibraryObject):
        if name == "__class__":
            return LibraryName(value.row.name)
        stored = machine.read(value.place, name)
        if stored is None and value.row.holds is not None:
            stored = _held(machine, value.place, name)
        if stored is None and name in machine.catalog.wrappers:
            return value
        return value_of(machine, stored) or _computed(machine, value, value.row, name, origin) or Bound(value, name)
    if isinstance(value, UserClass | UserFunction) and name in ("__name__", "__qualname__"):
        return Literal(value.node.name)
    if isinstance(value, UserClass):
        found = class_attribute(machine, value, name)
        return descriptors.read(machine, found[0], value, value, origin) if found else Bound(value, name)
    if isinstance(value, Super):
        return _of_super(machine, value, name, origin)
    if isinstance(value, Alternatives):
        return of_each(value, [get(machine, each.value, name, origin) for each in value.options], machine.fresh)
    if isinstance(value, Container):
        return value_of(machine, machine.read(value.place, name)) or Bound(value, name)
    return Bound(value, name)


def _computed(
    machine: Machine, model: LibraryObject | UserObject, row: Layer, name: str, origin: Origin
) -> Value | None:
    """An attribute that a model computes from its layers."""
    which = row.parts.get(name)
    return part(machine, model, which, origin) if which is not None else None


def put(machine: Machine, target: Value, name: str, value: Value, *, itself: bool = False) -> None:
    """``target.name = value``; `itself`: whatever its class says of it, ``target.__dict__[name] = value``."""
    if put_last(machine, target, name, value):  # ``model.heads.head = value``
        return
    if isinstance(target, LibraryObject) and name == target.row.head:
        machine.write(target.place, LAST, Literal(None))
    if isinstance(target, Unknown) and (whole := machine.asides.within.get(target.number)) is not None:
        set_on_any(machine, whole, name)
    if isinstance(target, LibraryObject | UserObject) and name == "__class__":
        machine.write(target.place, CHANGED, Literal(True))
    if not (isinstance(value, Literal) and value.value is not None):  # a flag or a number is no layer
        touch(machine, target, name, beside=isinstance(value, LibraryObject | UserObject))
    ordered = isinstance(target, LibraryObject) and target.row.holds is Holds.CHAIN and not target.row.parts
    if isinstance(target, LibraryObject) and ordered and not isinstance(value, Literal):
        _put_layer(machine, target, name, value)
    if isinstance(target, UserClass) and descriptors.comes_first(machine, value):
        machine.altered.described.add(name)
    if isinstance(target, UserObject) and not itself and (own := ways(machine, target.cls)):
        _put_its_way(machine, target, own, name, value)
    elif isinstance(target, UserObject | LibraryObject | UserClass):
        machine.write(target.place, name, value)
    elif isinstance(target, Unknown | Bound):
        machine.write(-number_of(machine, target), name, value)
    elif isinstance(target, UserModule):
        frame = machine.run_module(target.file)
        if frame is not None:
            machine.write(frame.number, name, value)
    elif isinstance(target, LibraryName):  # ``functional.cross_entropy = ours``, ``nn.Softmax.forward = ours``
        paths = (f"{target.path}.{name}", *([target.path] if name in machine.catalog.calls else []))
        machine.altered.patched.update(path for path in paths if machine.catalog.row(path) is not None)
    elif isinstance(target, Alternatives):
        for option in target.options:
            if not isinstance(option.value, Alternatives):
                put(machine, option.value, name, value)


def _put_its_way(machine: Machine, target: UserObject, own: frozenset[str], name: str, value: Value) -> None:
    """Set an attribute of an object whose class does something of it `own` way: by a property's setter, say."""
    found = class_attribute(machine, target.cls, name) if name in own else None
    if found is not None and descriptors.comes_first(machine, found[0]):
        if not _keeps_beside(machine, target, value):
            descriptors.write(machine, found[0], target, found[1], value)
    elif WRITING in own:
        machine.write(target.place, name, machine.unknown("what a class sets in its own way", None))
    else:
        machine.write(target.place, name, value)


def _keeps_beside(machine: Machine, target: UserObject, value: Value) -> bool:
    """Whether a library's class puts a layer where it keeps layers, past what a class of the program says of the name.

    ``nn.Module.__setattr__``: the property is what is read from then on all the same, and its setter is not run.
    """
    bases = [library_base(machine, target.cls)]
    if isinstance(value, UserObject):
        bases.append(library_base(machine, value.cls))
    layers = isinstance(value, UserObject) or (isinstance(value, LibraryObject) and _is_layer(value.row))
    return layers and all(isinstance(base, Layer) or (isinstance(base, Base) and base.namespaces) for base in bases)


def _is_layer(row: Layer) -> bool:
    return row.call is not None or row.holds is not None


def delete(machine: Machine, target: Value, name: str, origin: Origin) -> None:
    """``del target.name``."""
    found = class_attribute(machine, target.cls, name) if isinstance(target, UserObject) else None
    if isinstance(target, UserObject) and found is not None and descriptors.comes_first(machine, found[0]):
        descriptors.delete(machine, found[0], target, found[1])
    else:
        put(machine, target, name, doubtful(machine, "an attribute that was deleted", origin))


def _put_layer(machine: Machine, chain: LibraryObject, name: str, layer: Value) -> None:
    """In place of the layer of that name or number, else behind the others."""
    held = machine.read(chain.place, CONTENTS)
    if not isinstance(held, Items):
        return
    layers = [item.value for item in held.items]
    before = value_of(machine, machine.read(chain.place, name))
    position = int(name) if name.isdecimal() else layers.index(before) if before in layers else len(layers)
    layers[position : position + 1] = [layer]
    if held.exact:
        machine.write(chain.place, CONTENTS, Items(tuple(map(Item, layers))))
    else:
        unknown = machine.unknown("layers that are not known", None)
        machine.write(chain.place, CONTENTS, Items((Item(unknown, many=True),)))


def put_last(machine: Machine, target: Value, name: str, layer: Value) -> bool:
    """``model.classifier[6] = layer``: whether that puts a layer in place of the last of a library's model."""
    model = target.receiver if isinstance(target, Bound) else None
    if (
        not isinstance(target, Bound)
        or not isinstance(model, LibraryObject)
        or not (model.row.last and target.name == model.row.head and name in (model.row.last, "-1"))
        or not isinstance(layer, LibraryObject | UserObject)
    ):
        return False
    machine.write(model.place, LAST, layer)
    return True


def touch(machine: Machine, target: Value, name: str | None = None, *, beside: bool = False) -> None:
    """Note that a model was changed inside: unless a library's whole head was replaced, what it gives is unknown.

    Something set on the model itself is seen where it lies; something set through one of its attributes
    (``model._modules["1"] = ...``, ``model.classifier[0] = ...``) is not. A layer set `beside` the head, in place of
    another or of none, comes before it.
    """
    if isinstance(target, Unknown) and (whole := machine.asides.within.get(target.number)) is not None:
        for part in parts_of(machine.cells(), whole):
            if part is whole or isinstance(part, UserObject) or _holds_layers(machine, part):
                machine.write(part.place, CHANGED, Literal(True))
    owner = owner_of(target)
    through = owner is not target
    if isinstance(owner, LibraryObject) and owner.row.parts:
        changed = through or name in owner.row.parts
    elif isinstance(owner, LibraryObject) and Fact.MODEL in owner.row.facts:
        before = beside and owner.row.head is not None and name not in machine.catalog.calls
        changed = through or not (name == owner.row.head or before)
    else:
        changed = through and isinstance(owner, LibraryObject | UserObject) and _holds_layers(machine, owner)
        changed = changed or (not through and isinstance(owner, LibraryObject) and name in machine.catalog.calls)
    if changed and isinstance(owner, LibraryObject | UserObject):
        machine.write(owner.place, CHANGED, Literal(True))


def owner_of(value: Value) -> Value:
    """What an attribute of an attribute is looked up in, in the end."""
    while isinstance(value, Bound):
        value = value.receiver
    return value


def _holds_layers(machine: Machine, owner: LibraryObject | UserObject) -> bool:
    """Whether an object holds layers in order, which a write through an attribute may exchange."""
    return isinstance(machine.read(owner.place, CONTENTS), Items | Entries)


def _held(machine: Machine, place: int, name: str) -> Stored | None:
    """A layer kept under a name or a number (``seq.fc``, ``add_module("0", ...)``)."""
    contents = machine.read(place, "")
    return contents.entries.get(name) if isinstance(contents, Entries) else None


# -- classes ----------------------------------------------------------------------------------------------------------


def class_attribute(
    machine: Machine, cls: UserClass, name: str, *, after: UserClass | None = None
) -> tuple[Value, UserClass] | None:
    """An attribute of a class and the class that defines it; `after`: as `super()` sees it."""
    order = mro(machine, cls)
    if after is not None and after in order:
        order = order[order.index(after) + 1 :]
    for each in order:
        if isinstance(each, UserClass) and (found := value_of(machine, machine.read(each.place, name))) is not None:
            return found, each
    return None


def runs(machine: Machine, value: Value) -> bool:
    """Whether it is a function of the program, or an object that says itself what a call of it does."""
    if isinstance(value, UserObject):
        return class_attribute(machine, value.cls, "__call__") is not None
    return isinstance(value, UserFunction | Partial)


def library_base(machine: Machine, cls: UserClass, *, after: UserClass | None = None) -> Ancestor | None:
    """The row of the first catalogued class a user class derives from."""
    order = mro(machine, cls)
    if after is not None and after in order:
        order = order[order.index(after) + 1 :]
    for each in order:
        if isinstance(each, LibraryName) and isinstance(row := machine.catalog.row(each.path), Ancestor):
            return row
    return None


def _of_object(machine: Machine, value: UserObject, name: str, origin: Origin) -> Value:
    own = ways(machine, value.cls)
    if READING in own:
        return machine.unknown("an attribute that a class looks up in its own way", origin)
    found = class_attribute(machine, value.cls, name) if name in own else None
    stored = value_of(machine, machine.read(value.place, name))
    if stored is not None and (found is None or not descriptors.comes_first(machine, found[0])):
        return stored
    found = found or class_attribute(machine, value.cls, name)
    if found is None:
        return _of_library(machine, value, name)
    return descriptors.read(machine, found[0], value, found[1], origin)


def of_itself(machine: Machine, value: UserObject, name: str) -> Value:
    """What an object holds itself, whatever its class says of it: ``value.__dict__[name]``."""
    return value_of(machine, machine.read(value.place, name)) or _of_library(machine, value, name)


def _of_library(machine: Machine, value: UserObject, name: str) -> Value:
    """What an object inherits from a class of a library: a layer kept by name, or a method."""
    held = _held(machine, value.place, name)
    if held is None and name in machine.catalog.wrappers:
        return value
    if name == "__class__":
        return value.cls
    return value_of(machine, held) or Bound(value, name)


def _of_super(machine: Machine, value: Super, name: str, origin: Origin) -> Value:
    cls = value.receiver.cls if isinstance(value.receiver, UserObject) else value.receiver
    if isinstance(cls, UserClass) and (found := class_attribute(machine, cls, name, after=value.after)) is not None:
        return descriptors.read(machine, found[0], value.receiver, found[1], origin)
    return Bound(value, name)


def make_super(machine: Machine, frame: Frame, arguments: list[Value]) -> Value:
    """`super()`, `super(Class, self)`."""
    holder: Frame | None = frame
    while holder is not None and holder.owner is None:
        holder = holder.parent
    owner = arguments[0] if arguments else holder.owner if holder else None
    receiver = arguments[1] if len(arguments) > 1 else holder.receiver if holder else None
    if isinstance(owner, UserClass) and receiver is not None:
        return Super(receiver, owner)
    return Unknown(machine.fresh(), Cause("super() outside a class"))
