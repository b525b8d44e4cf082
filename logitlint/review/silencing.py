"""``# noqa`` comments for findings: code that is not to be changed now is silenced line by line."""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Callable, Iterable
from pathlib import Path

import msgspec

from logitlint import suppressions
from logitlint.findings import Finding
from logitlint.source.files import replace
from logitlint.source.magics import python
from logitlint.source.notebooks import rewritten
from logitlint.source.text import Source, Unreadable, decode, gate, read


class Silenced(msgspec.Struct, frozen=True):
    """How many findings are silent now, in how many files; and those that are not, with the reason."""

    count: int
    files: int
    left: tuple[tuple[Finding, str], ...]


def silence(findings: Iterable[Finding]) -> Silenced:
    """Write comments into the files in which the findings are, which keep everything else to the byte."""
    by_file: dict[str, list[Finding]] = defaultdict(list)
    for finding in findings:
        by_file[finding.span.filename].append(finding)
    count = files = 0
    left: list[tuple[Finding, str]] = []
    for filename, found in by_file.items():
        try:
            loud = _silence(Path(filename), found)
        except OSError as error:
            loud = [(finding, f"cannot be written: {error.strerror}") for finding in found]
        except Unreadable as error:
            loud = [(finding, error.message) for finding in found]
        left += loud
        count += len(found) - len(loud)
        files += len(found) > len(loud)
    return Silenced(count, files, tuple(left))


def _silence(path: Path, findings: Iterable[Finding]) -> list[tuple[Finding, str]]:
    """Comment one file; what could not be silenced, and why. Raises OSError and `Unreadable`."""
    source = read(path)
    texts = _Texts(source)
    told = [(finding, texts.comment(finding)) for finding in findings]
    if texts.changed:
        content = path.read_bytes()
        if decode(content, str(path)) != source:
            raise Unreadable("the file has just been changed by somebody else")
        replace(path, texts.written(content))
    return [(finding, reason) for finding, reason in told if reason is not None]


class _Texts:
    """The text of a file, or of each cell of a notebook, while it is given comments."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._old: dict[int | None, str] = {cell.number: cell.text for cell in source.cells} or {None: source.text}
        self._new = dict(self._old)
        self._read: Callable[[str], str] = python if source.cells else str

    def comment(self, finding: Finding) -> str | None:
        """Hide one finding; why it could not be done, if so."""
        number, row = finding.span.cell, finding.span.row
        before = self._new[number]
        after = suppressions.added(before, {row: [finding.code]})
        try:
            same = self._meaning(after) == self._meaning(before)
        except Unreadable as error:
            return error.message
        if not same or not suppressions.read(after).hides(finding.code, row):
            return "the line has no place for a comment"
        self._new[number] = after
        return None

    def _meaning(self, text: str) -> str:
        return ast.dump(gate(Source(self._source.filename, self._read(text))))

    @property
    def changed(self) -> bool:
        """Whether there is anything to write."""
        return self._new != self._old

    def written(self, content: bytes) -> bytes:
        """The file's bytes with the comments."""
        if not self._source.cells:
            return self._new[None].encode(self._source.encoding)
        return rewritten(content, {number: text for number, text in self._new.items() if number is not None})
