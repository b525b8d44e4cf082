"""What a cell may hold that held one thing before a function was run and another after it: `settable` does the trying.

What does the same after as before is the same: layers of one sort that were made with the same, numbers of one kind.
"""

from __future__ import annotations

from typing import Final

from msgspec.structs import replace

from logitlint.inference.choices import fingerprint
from logitlint.inference.containers import anywhere
from logitlint.inference.forks import doubtful
from logitlint.inference.joining import join_tensors
from logitlint.inference.machine import Machine
from logitlint.inference.parts import HOLDING
from logitlint.inference.store import Entries, Item, Items, Store, Stored
from logitlint.inference.values import Container, LibraryObject, Literal, Tensor, Unknown, UserObject, Value
from logitlint.kinds import UNKNOWN

_WORDS: Final = "what a function sets that may have been called"


class BeforeOrAfter:
    """What a cell may hold that held one thing before and another after."""

    def __init__(self, machine: Machine, before: Store) -> None:
        self._machine = machine
        self._before = before
        self._seen: set[tuple[int, int]] = set()

    def of(self, before: Stored, after: Stored) -> Stored:
        """What was there before, where that is the same again or nothing yet; else something unknown."""
        if self._same(before, after):
            return before
        if isinstance(before, Tensor) and isinstance(after, Tensor):
            return join_tensors([before, after], self._machine.fresh)
        if isinstance(before, Entries) and isinstance(after, Entries):
            return self._entries(before, after)
        if isinstance(before, LibraryObject) and isinstance(after, LibraryObject) and _is_one_layer(before, after):
            names = (*before.arguments, *(name for name in after.arguments if name not in before.arguments))
            given = {name: self._option(before.arguments.get(name), after.arguments.get(name)) for name in names}
            return replace(before, arguments=given)
        unknown = doubtful(self._machine, _WORDS, None)
        if isinstance(before, Items) and isinstance(after, Items):
            added = after.items[: len(before.items)] == before.items
            if added and not any(isinstance(item.value, HOLDING) for item in after.items[len(before.items) :]):
                return Items((*before.items, Item(unknown, many=True)))
        return anywhere(before, unknown)

    def _option(self, before: Value | None, after: Value | None) -> Value:
        """What an option may be; None is its default."""
        if before is not None and after is not None and self._same(before, after):
            return before
        return self._machine.unknown(_WORDS, None)

    def _entries(self, before: Entries, after: Entries) -> Entries:
        entries = dict(before.entries)
        for key, value in before.entries.items():
            other = after.entries.get(key, after.rest)
            if other is None or not self._same(value, other):
                entries[key] = doubtful(self._machine, _WORDS, None)
        more = after.entries.keys() - entries.keys() or (after.rest is not None and before.rest is None)
        return Entries(entries, doubtful(self._machine, _WORDS, None) if more else before.rest)

    def _same(self, before: Stored, after: Stored) -> bool:
        """Whether what is there after does the same as what was there before, or there was nothing to do it."""
        if before is after or before == after or not is_known(before):
            return True
        if isinstance(before, Tensor) and isinstance(after, Tensor):
            return fingerprint(before, coarse=True) == fingerprint(after, coarse=True)
        if isinstance(before, LibraryObject) and isinstance(after, LibraryObject):
            return before.row is after.row and self._given(before, after) and self._same_inside(before, after)
        if isinstance(before, UserObject) and isinstance(after, UserObject):
            return before.cls == after.cls and self._same_inside(before, after)
        if isinstance(before, Container) and isinstance(after, Container):
            return before.shape == after.shape and self._same_inside(before, after)
        if isinstance(before, Items) and isinstance(after, Items):
            pairs = zip(before.items, after.items, strict=False)
            same = all(one.many == two.many and self._same(one.value, two.value) for one, two in pairs)
            return same and len(before.items) == len(after.items)
        if isinstance(before, Entries) and isinstance(after, Entries):
            rest = before.rest is after.rest
            return (
                rest
                and [*before.entries] == [*after.entries]
                and all(self._same(value, after.entries[key]) for key, value in before.entries.items())
            )
        return isinstance(before, HOLDING) and after == Literal(None)

    def _given(self, before: LibraryObject, after: LibraryObject) -> bool:
        """Whether two layers were made with the same; numbers that are not known are the same width."""
        if before.arguments.keys() != after.arguments.keys() or before.open != after.open:
            return False
        pairs = [(value, after.arguments[name]) for name, value in before.arguments.items()]
        return all(
            (isinstance(one, Unknown) and isinstance(two, Unknown)) or self._same(one, two) for one, two in pairs
        )

    def _same_inside(
        self, before: Container | LibraryObject | UserObject, after: Container | LibraryObject | UserObject
    ) -> bool:
        pair = before.place, after.place
        if before.place == after.place or pair in self._seen:
            return True
        self._seen.add(pair)
        store, ground = self._machine.store, self._machine.imports.ground
        names = self._before.names(before.place, ground) | store.names(after.place, ground)
        for name in names:
            one, two = self._before.get((before.place, name)), store.get((after.place, name))
            if one is None or two is None or not self._same(one, two):
                return False
        return True


def is_known(stored: Stored) -> bool:
    """Whether anything is known of what a cell holds."""
    if isinstance(stored, Tensor):
        return stored.kind != UNKNOWN or stored.low is not None or stored.high is not None
    return not isinstance(stored, Unknown) and stored != Literal(None)


def _is_one_layer(one: LibraryObject, two: LibraryObject) -> bool:
    """Whether two layers differ in nothing but what they were made with, and hold no others."""
    return one.row is two.row and one.row.holds is None and not (one.open or two.open)
