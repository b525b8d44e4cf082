"""What functions set that others read: globals, and attributes of the objects that lie in globals.

Who calls the functions of a module may have called one that sets such a thing before one that reads it: what was
written when the module was run is then what it held at first, and no more.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from logitlint.inference import attributes
from logitlint.inference.ancestry import mro
from logitlint.inference.forks import unsettle
from logitlint.inference.machine import Machine
from logitlint.inference.preparation import Held, attributes_of_receiver, nodes
from logitlint.inference.store import Cell, Stored
from logitlint.inference.values import Literal, UserClass, UserFunction, UserObject
from logitlint.lowering import ir


def forget_set(machine: Machine, frame: int, functions: Iterable[UserFunction], held: Held) -> None:
    """Let what functions of a module set hold nothing that is known, where it held what was written.

    frame
        The number of the module's frame.
    functions
        All functions and methods of the module.
    held
        What each place holds.
    """
    names = held(frame)
    cells = {cell: None for function in functions for cell in _set_by(function.node, frame, names)}
    owners = {value.place: value.cls for value in names.values() if isinstance(value, UserObject)}
    for value in names.values():
        if isinstance(value, UserObject):
            cells |= {(value.place, name): None for name in _set_by_methods(machine, value.cls, held)}
    written: list[Cell] = []
    for place, name in cells:
        stored = held(place).get(name)
        if stored is None and place in owners and (found := attributes.class_attribute(machine, owners[place], name)):
            stored = found[0]
        if isinstance(stored, Literal) and stored.value is not None:
            written.append((place, name))
    unsettle(machine, written, "what a function sets that may have been called", None)


def _set_by(function: ir.Function, frame: int, names: Mapping[str, Stored]) -> Iterator[Cell]:
    """The globals that a function sets, and the attributes that it sets of what lies in globals."""
    declared: set[str] = set()
    for node in nodes(function.body):
        if isinstance(node, ir.Declare) and node.outermost:
            declared |= set(node.names)
        elif isinstance(node, ir.Assign):
            for target in (each for whole in node.targets for each in nodes(whole)):
                if isinstance(target, ir.Name) and target.name in declared:
                    yield frame, target.name
                elif isinstance(target, ir.Attribute) and isinstance(target.value, ir.Name):
                    owner = names.get(target.value.name)
                    if isinstance(owner, UserObject | UserClass):
                        yield owner.place, target.name


def _set_by_methods(machine: Machine, cls: UserClass, held: Held) -> Iterator[str]:
    """The attributes that the methods of a class set, besides its constructor."""
    for each in mro(machine, cls):
        for method in held(each.place).values() if isinstance(each, UserClass) else ():
            if isinstance(method, UserFunction) and method.node.name != "__init__":
                yield from attributes_of_receiver(method.node)[1]
