"""Changes of a text, and the repair they make together. Offsets count characters."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import msgspec
from msgspec.structs import replace

from logitlint.fixes.safety import Applicability, Effect


class Uncertain(Exception):  # noqa: N818 - nothing is wrong; nothing is sure either
    """A repair cannot be made with certainty here: the reason."""


class Change(msgspec.Struct, frozen=True, order=True):
    """What stands between two offsets of a file's text, and what is to stand there."""

    file: str
    start: int
    end: int
    content: str


class Repair(msgspec.Struct, frozen=True):
    """A way to put a mistake right."""

    applicability: Applicability
    effect: Effect
    message: str
    changes: tuple[Change, ...] = ()

    def only(self, applicability: Applicability) -> Repair:
        """The same repair, trusted no further than that."""
        ranks = list(Applicability)
        return replace(self, applicability=max(self.applicability, applicability, key=ranks.index))


def apply(text: str, changes: Iterable[Change]) -> str:
    """The text with the changes made. They must not overlap."""
    parts: list[str] = []
    done = 0
    for change in sorted(set(changes)):
        assert change.start >= done, "changes overlap"
        parts += [text[done : change.start], change.content]
        done = change.end
    return "".join([*parts, text[done:]])


def together(changes: Iterable[Change]) -> tuple[Change, ...]:
    """The changes in order, each once; what several insert at one place (imports) is inserted one behind the other, and
    in front of what replaces the text there.
    """
    found: list[Change] = []
    for change in sorted(set(changes)):
        before = found[-1] if found else None
        if before is not None and before.file == change.file and before.start == before.end == change.start:
            found[-1] = replace(change, content=before.content + change.content)
        else:
            found.append(change)
    return tuple(found)


def overlap(changes: Sequence[Change]) -> bool:
    """Whether two different changes are about the same stretch of text."""
    file, end, last = "", -1, -1
    for change in sorted(set(changes)):
        if change.file == file and (change.start < end or change.start == last):
            return True
        end = change.end if change.file != file else max(end, change.end)
        file, last = change.file, change.start
    return False
