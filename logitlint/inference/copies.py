"""Copies of objects and containers, with copies of what they hold."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from msgspec.structs import replace

from logitlint.frameworks.vocabulary import Base, Layer
from logitlint.inference import attributes
from logitlint.inference.machine import Machine
from logitlint.inference.models import CHANGED
from logitlint.inference.signature import Arguments
from logitlint.inference.store import Entries, Item, Items, Stored
from logitlint.inference.values import Container, LibraryObject, Literal, Origin, UserFunction, UserObject, Value

_PICKLED: Final = ("__getstate__", "__setstate__", "__reduce__", "__reduce_ex__")
"""The methods that say what is kept of an object, in a copy as in a file."""


def copied(machine: Machine, arguments: Arguments, origin: Origin) -> Value | None:
    """``copy.copy(x)``, which holds the same; what a model holds is taken for copied as well."""
    return _copied(machine, arguments, "__copy__", (), origin, deep=False)


def deeply(machine: Machine, arguments: Arguments, origin: Origin) -> Value | None:
    """A copy of an object or a container, with copies of what it holds: changes to one are not seen in the other."""
    return _copied(machine, arguments, "__deepcopy__", (machine.unknown("what was copied before", origin),), origin)


def as_another_process_gets(machine: Machine, values: tuple[Value, ...], origin: Origin) -> tuple[Value, ...]:
    """Values after they were pickled and read: the same, unless a class of theirs says what is kept of its objects.

    Where they are not pickled, by a thread, such an object may be changed.
    """
    copies = _Copies(machine, None, (), origin)
    made = tuple(map(copies.of, values))
    for each in copies.told:
        machine.write(each.place, CHANGED, Literal(True))
    return made if copies.told else values


def _copied(
    machine: Machine,
    arguments: Arguments,
    method: str,
    given: tuple[Value, ...],
    origin: Origin,
    *,
    deep: bool = True,
) -> Value | None:
    if not arguments.positional:
        return None
    value = arguments.positional[0]
    return _Copies(machine, method, given, origin, deep=deep or _shares_its_parts(machine, value)).of(value)


def _shares_its_parts(machine: Machine, value: Value) -> bool:
    """Whether a value keeps what it is made of in a place that a shallow copy shares."""
    if isinstance(value, UserObject):
        return isinstance(attributes.library_base(machine, value.cls), Base | Layer)
    return isinstance(value, LibraryObject)


class _Copies:
    """What is copied in one call, each thing once.

    method
        By which an object says what a copy of it is, and what it is `given`; None: it is pickled.
    deep
        Whether what is held is copied too.
    told
        The objects that say themselves what is kept of them.
    """

    def __init__(
        self, machine: Machine, method: str | None, given: tuple[Value, ...], origin: Origin, *, deep: bool = True
    ) -> None:
        self._deep = deep
        self._machine = machine
        self._method = method
        self._given = given
        self._origin = origin
        self.told: list[UserObject] = []
        self._cells: Callable[[int], Mapping[str, Stored]] = machine.cells()
        self._made: dict[int, Value] = {}

    def of(self, value: Value) -> Value:
        """The copy of a value; anything else than objects and containers is its own."""
        if not isinstance(value, Container | LibraryObject | UserObject):
            return value
        if value.place not in self._made:
            own = self._its_own(value) if isinstance(value, UserObject) else None
            if own is not None and isinstance(value, UserObject):
                self.told.append(value)
                self._made[value.place] = own
                return own
            copy = self._made[value.place] = replace(value, place=self._machine.fresh())
            for name, held in self._cells(value.place).items():
                self._machine.write(copy.place, name, self._held(held) if self._deep else held, local=True)
        return self._made[value.place]

    def _its_own(self, value: UserObject) -> Value | None:
        """What an object itself says a copy of it is; None where it says nothing."""
        bound = attributes.get(self._machine, value, self._method, self._origin) if self._method is not None else None
        if isinstance(bound, UserFunction):
            return self._machine.call(self._machine, bound, Arguments(self._given), self._origin)
        if any(attributes.class_attribute(self._machine, value.cls, name) is not None for name in _PICKLED):
            return self._machine.unknown("a copy of an object that says what is kept of it", self._origin)
        return None

    def _held(self, held: Stored) -> Stored:
        if isinstance(held, Items):
            return Items(tuple(Item(self.of(item.value), item.many) for item in held.items))
        if isinstance(held, Entries):
            return Entries({key: self.of(each) for key, each in held.entries.items()}, held.rest)
        return self.of(held)
