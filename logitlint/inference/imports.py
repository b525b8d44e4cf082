"""What the modules of a project hold once they have been imported, shared by all files of one run.

A module is run once and the outcome kept, when it depends on nothing but the modules it imports: when it met no module
that was itself still being imported, and wrote into none. Any other is run again for each importer, which then owns the
outcome. So whichever file is checked first, the others see the same.
"""

from __future__ import annotations

import itertools
import operator
from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

import msgspec

from logitlint.inference.frames import Frame
from logitlint.inference.store import Store, Stored
from logitlint.inference.values import Value

FIRST_OWN: Final = 1 << 40
"""Identities made for the file that is checked begin here, those of shared modules at 1: every shared place is older
than anything of the file's own, whenever the module was run."""


class Imported(msgspec.Struct, frozen=True, eq=False):
    """A module that has been run: its globals, the modules it needed while it ran, and what is otherwise for its users.

    patched
        The names of libraries under which it, or what it imports, has put something of its own.
    """

    frame: Frame
    needs: frozenset[str]
    patched: frozenset[str]


class Imports:
    """The modules that have been run so far, and everything that lives in them, by its number."""

    def __init__(self) -> None:
        self.modules: dict[str, Imported] = {}
        self.ground = Store()
        self.frames: dict[int, Frame] = {}
        self.bases: dict[int, tuple[Value, ...]] = {}
        self.counter: Iterator[int] = itertools.count(1)
        self._names: dict[int, list[str]] = {}
        self._indexed = 0
        self._ranges: list[tuple[int, int]] = []
        """The identities used by the modules that are shared, in order; what a module imports lies in its own range."""

    def held(self, place: int) -> Mapping[str, Stored]:
        """What a place of a shared module holds, by name."""
        return {name: self.ground.cells[place, name] for name in self.names(place)}

    def names(self, place: int) -> Sequence[str]:
        """The names of a place of a shared module under which something lies."""
        if self._indexed < len(self.ground.cells):  # to find where one left off, all that came before is passed over
            for cell in itertools.islice(self.ground.cells, self._indexed, None):
                self._names.setdefault(cell[0], []).append(cell[1])
            self._indexed = len(self.ground.cells)
        return self._names.get(place, ())

    def share(self, file: str, module: Imported, first: int) -> None:
        """Keep a module that has used the identities from `first` on."""
        self.modules[file] = module
        while self._ranges and self._ranges[-1][0] >= first:
            self._ranges.pop()
        self._ranges.append((first, next(self.counter)))

    def is_foreign(self, place: int, first: int) -> bool:
        """Whether a place was not made by the module that now runs and has used the identities from `first` on."""
        if place < first or place >= FIRST_OWN:
            return True
        position = bisect_right(self._ranges, place, key=operator.itemgetter(0)) - 1
        return position >= 0 and first <= self._ranges[position][0] and place < self._ranges[position][1]
