"""What is noted of values beside what they are: most have none of it."""

from __future__ import annotations

import msgspec

from logitlint.inference.store import Cell
from logitlint.inference.values import LibraryObject, UserObject


class Asides(msgspec.Struct, eq=False):
    """What one run notes of values, by their numbers."""

    titles: dict[int, str] = msgspec.field(default_factory=dict)
    """The names given to the layers that gave tensors, by the tensors' numbers."""
    ends: dict[int, tuple[str, str]] = msgspec.field(default_factory=dict)
    """How texts that are not known as a whole begin and end, by number."""
    within: dict[int, LibraryObject | UserObject] = msgspec.field(default_factory=dict)
    """The objects that handed out something unknown which they are made of, by its number."""
    answers: dict[int, set[int]] = msgspec.field(default_factory=dict)
    """The tensors of whose numbers an answer tells, by its number."""
    measured: dict[Cell, set[int]] = msgspec.field(default_factory=dict)
    """The tensors whose shapes may lie under a local's name, or what was computed from them."""
    present: set[int] = msgspec.field(default_factory=set)
    """The numbers of unknown values that are not None: slices, and what operators give."""
    counts: set[int] = msgspec.field(default_factory=set)
    """The numbers of values that count the turns of a loop, and of what is computed from them."""
    batched: set[int] = msgspec.field(default_factory=set)
    """The numbers of unknown values that have an axis behind axis 0, which stayed whole: ``hidden[:, -1, :]``."""
