"""What stays the same about a finding when the lines above it change: the file, the code, the text of its line.

Two findings may agree in all of it; they are told apart by their order.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable

import msgspec

from logitlint.findings import Finding, Lines


class Fingerprint(msgspec.Struct, frozen=True, order=True):
    """A finding without its place: the path of the file as it is to be told, the code, the line without its margins.

    number
        From 1: which of the findings of a run that agree in the rest.
    """

    path: str
    code: str
    line: str
    number: int = 1

    @property
    def unique(self) -> str:
        """A word that no other finding of the run has."""
        return digest(self.path, self.code, self.line, str(self.number))


class Fingerprints:
    """Gives each finding of a run its fingerprint, in their order."""

    def __init__(self, lines: Lines, path: Callable[[str], str]) -> None:
        self._lines = lines
        self._path = path
        self._met: Counter[Fingerprint] = Counter()

    def of(self, finding: Finding) -> Fingerprint:
        """The fingerprint of the next finding."""
        span = finding.span
        lines = self._lines(span)
        line = lines[span.row - 1].strip() if 1 <= span.row <= len(lines) else ""
        first = Fingerprint(_plain(self._path(span.filename)), finding.code, _plain(line))
        self._met[first] += 1
        return Fingerprint(first.path, first.code, first.line, self._met[first])


def digest(*parts: str) -> str:
    """32 hexadecimal digits that depend on every part and on where one ends."""
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:32]


def _plain(text: str) -> str:
    """Text that can be written in UTF-8: bytes of a name that are none are written as escapes."""
    return text.encode("utf-8", "backslashreplace").decode()
