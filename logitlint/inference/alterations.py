"""What a program changes behind the names that hold it: the numbers of tensors, and what a library's names mean."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from logitlint.inference.signature import Arguments
from logitlint.inference.store import Cell, Stored
from logitlint.inference.values import Tensor, Value


class Given(msgspec.Struct, frozen=True, eq=False):
    """What a function gave that is run once for the same arguments, and the state in which it was then."""

    arguments: Arguments
    result: Value
    state: Mapping[Cell, Stored]


class Alterations(msgspec.Struct, eq=False):
    """What was changed in one run.

    spoilt
        Tensors whose numbers were changed in place, by `id`; kept alive, so that no other can take their place.
    twins
        By `id` of a result that stands for those of several alternatives: all of them.
    patched
        The names of libraries under which the program has put something of its own.
    described
        The names under which a class was given a descriptor after it was defined.
    doubtful
        The numbers of what may not be there at all: of attributes that were deleted, or set by nobody knows whom.
    suspended
        By the places of generators: the version of the store from which what they give was computed.
    calls
        Of functions that are run once for the same arguments, by their numbers: what they gave, by its place.
    """

    spoilt: dict[int, Tensor] = msgspec.field(default_factory=dict)
    twins: dict[int, tuple[Value, ...]] = msgspec.field(default_factory=dict)
    patched: set[str] = msgspec.field(default_factory=set)
    described: set[str] = msgspec.field(default_factory=set)
    doubtful: set[int] = msgspec.field(default_factory=set)
    suspended: dict[int, object] = msgspec.field(default_factory=dict)
    calls: dict[int, dict[int, Given]] = msgspec.field(default_factory=dict)

    def add(self, other: Alterations) -> None:
        """What a module changed while it was imported is changed for whoever imports it."""
        self.spoilt.update(other.spoilt)
        self.twins.update(other.twins)
        self.patched |= other.patched
        self.described |= other.described
        self.doubtful |= other.doubtful
        self.suspended.update(other.suspended)
        self.calls.update(other.calls)
