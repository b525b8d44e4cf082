"""What methods set of the objects that lie in globals.

Who calls the functions of a module may have called such a method before one that reads what it sets: what the
constructor wrote is then what it held at first, and no more.
"""

from __future__ import annotations

from collections.abc import Iterator

from logitlint.inference.ancestry import mro
from logitlint.inference.forks import unsettle
from logitlint.inference.machine import Machine
from logitlint.inference.preparation import attributes_of_receiver
from logitlint.inference.store import Held
from logitlint.inference.values import Literal, UserClass, UserFunction, UserObject


def forget_set(machine: Machine, frame: int, held: Held) -> None:
    """Let what methods of the objects in a frame set hold nothing that is known, where it held what was written.

    frame
        The number of the module's frame.
    held
        What each place holds.
    """
    for value in held(frame).values():
        if isinstance(value, UserObject):
            own = held(value.place)
            written = [name for name in _set_by_methods(machine, value.cls, held) if _is_written(own.get(name))]
            cells = [(value.place, name) for name in written]
            unsettle(machine, cells, "what a method sets that may have been called", None)


def _is_written(stored: object) -> bool:
    return isinstance(stored, Literal) and stored.value is not None


def _set_by_methods(machine: Machine, cls: UserClass, held: Held) -> Iterator[str]:
    """The attributes that the methods of a class set, besides its constructor."""
    for each in mro(machine, cls):
        for method in held(each.place).values() if isinstance(each, UserClass) else ():
            if isinstance(method, UserFunction) and method.node.name != "__init__":
                yield from attributes_of_receiver(method.node)[1]
