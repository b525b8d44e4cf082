"""What can change, and how branches of a program meet again.

Everything mutable is a cell: ``(place, name)`` for a local, a global or an attribute; ``(place, "")`` for what a
container holds. A branch runs on a fork, which records only what it changes; forks are merged back into the store they
came from.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Final, NamedTuple, TypeAlias

import msgspec

from logitlint.inference.joining import Number, join, merged
from logitlint.inference.values import (
    Cause,
    Condition,
    Unknown,
    Value,
)

CONTENTS: Final = ""


class Item(NamedTuple):
    """One element of a list; `many` when it stands for any number of them."""

    value: Value
    many: bool = False


class Items(msgspec.Struct, frozen=True):
    """What a tuple, list or set holds, in order."""

    items: tuple[Item, ...] = ()

    @property
    def exact(self) -> bool:
        """Whether each element is known by its position."""
        return not any(item.many for item in self.items)

    def places(self, position: int) -> bool:
        """Whether the element at a position is known: counted from the front, or from behind when it is negative."""
        if not -len(self.items) <= position < len(self.items):
            return False
        near = self.items[position:] if position < 0 else self.items[: position + 1]
        return not any(item.many for item in near)


class Entries(msgspec.Struct, frozen=True):
    """What a dict holds; `rest` is under keys that are not known."""

    entries: Mapping[str | int | float | bool | None, Value]
    rest: Value | None = None


Stored: TypeAlias = Value | Items | Entries
Cell: TypeAlias = tuple[int, str]
Held: TypeAlias = Callable[[int], Mapping[str, Stored]]
"""What each place holds, by name."""


def values_in(stored: Stored) -> Iterable[Value]:
    """What a cell holds, each value of it; of a dict, those under keys that are known."""
    if isinstance(stored, Items):
        return [item.value for item in stored.items]
    return stored.entries.values() if isinstance(stored, Entries) else [stored]


class Store:
    """Cells, as seen by one branch."""

    __slots__ = ("born", "cells", "parent", "version")

    def __init__(self, parent: Store | None = None, version: object = 0, born: int = 0) -> None:
        self.parent = parent
        self.cells: dict[Cell, Stored] = {}
        self.version = version
        self.born = born
        """Places with a higher number were made here or later: no ancestor knows them."""

    def get(self, cell: Cell) -> Stored | None:
        """What is in a cell; None when nothing is."""
        store: Store | None = self
        while store is not None:
            if (value := store.cells.get(cell)) is not None:
                return value
            store = store.parent
        return None

    def fork(self, born: int) -> Store:
        """A branch that starts from here, at the moment of the number `born`."""
        return Store(self, self.version, born)

    def everything(self) -> dict[Cell, Stored]:
        """All cells that can be seen from here."""
        below = self.parent.everything() if self.parent is not None else {}
        return {**below, **self.cells}

    def names(self, place: int, ground: Store) -> set[str]:
        """The names of a place under which something lies, above a ground."""
        found: set[str] = set()
        store: Store | None = self
        while store is not None and store is not ground:
            found.update(name for held, name in store.cells if held == place)
            store = store.parent
        return found

    def by_place(self, ground: Store) -> dict[int, dict[str, Stored]]:
        """What each place holds, by name, above a ground."""
        stores = [self]
        while (parent := stores[-1].parent) is not None and parent is not ground:
            stores.append(parent)
        held: dict[int, dict[str, Stored]] = {}
        for store in reversed(stores):
            for (place, name), value in store.cells.items():
                held.setdefault(place, {})[name] = value
        return held

    def copy(self, below: Store) -> Store:
        """The same cells, whatever happens to these; those of `below` are shared."""
        copied = Store(below, self.version, self.born)
        store: Store | None = self
        while store is not None and store is not below:
            copied.cells = {**store.cells, **copied.cells}
            store = store.parent
        return copied

    def forget(self, place: int, base: Store) -> None:
        """Drop the cells of one place, back to `base`: the locals of a call that is over."""
        store: Store | None = self
        while store is not None and store is not base:
            for cell in [cell for cell in store.cells if cell[0] == place]:
                del store.cells[cell]
            store = store.parent

    def changes(self, base: Store) -> tuple[dict[Cell, Stored], int]:
        """What was changed since `base`, an ancestor, and when the branch left it."""
        chain = []
        store: Store | None = self
        born = 0
        while store is not None and store is not base:
            chain.append(store.cells)
            born = store.born
            store = store.parent
        if len(chain) == 1:
            return chain[0], born
        changed: dict[Cell, Stored] = {}
        for cells in reversed(chain):
            changed.update(cells)
        return changed, born


class Branch(NamedTuple):
    """A store at the end of a branch, and the choices that lead to it."""

    store: Store
    when: frozenset[Condition]


def merge(base: Store, branches: list[Branch], number: Number, into: Store | None = None) -> None:
    """Bring branches together in the store they were forked from, or in another fork of it."""
    if not branches:
        return
    end = into or base
    changed = [branch.store.changes(base) for branch in branches]
    if len(branches) == 1:
        end.cells.update(changed[0][0])
        end.version = branches[0].store.version
        return
    if any(branch.store.version != base.version for branch in branches):
        end.version = object()
    left = min(born for _, born in changed)
    met: dict[Cell, list[tuple[Stored, frozenset[Condition]]]] = {}
    for branch, (changes, _) in zip(branches, changed, strict=True):
        for cell, value in changes.items():
            met.setdefault(cell, []).append((value, branch.when))
    count = len(branches)
    for cell, values in met.items():
        if len(values) < count and -left <= cell[0] <= left:
            before = base.get(cell)
            if before is not None:
                values += [
                    (before, branch.when)
                    for branch, (changes, _) in zip(branches, changed, strict=True)
                    if cell not in changes
                ]
        end.cells[cell] = values[0][0] if len(values) == 1 else join_stored(values, number)


def join_stored(met: list[tuple[Stored, frozenset[Condition]]], number: Number) -> Stored:
    """One content for what a cell holds at the ends of several branches."""
    first = met[0][0]
    for value, _ in met:
        if value is not first:
            break
    else:
        return first
    kind = type(first)
    if kind is Items and all(isinstance(value, Items) for value, _ in met):
        return _join_items([(value.items, when) for value, when in met if isinstance(value, Items)], number)
    if kind is Entries and all(isinstance(value, Entries) for value, _ in met):
        return _join_entries([(value, when) for value, when in met if isinstance(value, Entries)], number)
    values = [(value, when) for value, when in met if not isinstance(value, Items | Entries)]
    return join(values, number) if len(values) == len(met) else Unknown(number(), Cause("containers of two sorts"))


def _join_items(met: list[tuple[tuple[Item, ...], frozenset[Condition]]], number: Number) -> Items:
    shortest = min(len(items) for items, _ in met)
    joined: list[Item] = []
    for position in range(shortest):
        column = [(items[position], when) for items, when in met]
        if any(item.many for item, _ in column):
            break
        joined.append(Item(join([(item.value, when) for item, when in column], number)))
    tail = [item.value for items, _ in met for item in items[len(joined) :]]
    if tail:
        joined.append(Item(merged(tail, number), many=True))
    return Items(tuple(joined))


def _join_entries(met: list[tuple[Entries, frozenset[Condition]]], number: Number) -> Entries:
    keys = dict.fromkeys(key for entries, _ in met for key in entries.entries)
    joined = {
        key: join([(entries.entries[key], when) for entries, when in met if key in entries.entries], number)
        for key in keys
    }
    rests = [entries.rest for entries, _ in met if entries.rest is not None]
    return Entries(joined, merged(rests, number) if rests else None)
