"""``# noqa`` comments for findings: code that is not to be changed now is silenced line by line."""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Iterable, Sequence
from pathlib import Path

import msgspec

from logitlint import suppressions
from logitlint.findings import Finding
from logitlint.project.links import AWAY, LeadsOut
from logitlint.source.files import replace
from logitlint.source.magics import python
from logitlint.source.notebooks import rewritten
from logitlint.source.text import Source, Unreadable, decode, gate, read


class Silenced(msgspec.Struct, frozen=True):
    """How many findings are silent now, in how many files; and those that are not, with the reason."""

    count: int
    files: int
    left: tuple[tuple[Finding, str], ...]


def silence(findings: Iterable[Finding], away: LeadsOut = lambda _: False) -> Silenced:
    """Write comments into the files in which the findings are, which keep everything else to the byte; none into a file
    that is `away`.
    """
    by_file: dict[str, list[Finding]] = defaultdict(list)
    for finding in findings:
        by_file[finding.span.filename].append(finding)
    count = files = 0
    left: list[tuple[Finding, str]] = []
    for filename, found in by_file.items():
        try:
            if away(filename):
                raise Unreadable(AWAY)
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
    told = texts.comment(list(findings))
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

    def comment(self, findings: Sequence[Finding]) -> list[tuple[Finding, str | None]]:
        """Hide findings: all of a text at once where that can be done, else one by one. For each, why it was not."""
        by_text: dict[int | None, list[Finding]] = defaultdict(list)
        for finding in findings:
            by_text[finding.span.cell].append(finding)
        told: list[tuple[Finding, str | None]] = []
        for number, found in by_text.items():
            if self._hide(number, found) is None:
                told += [(finding, None) for finding in found]
            else:
                told += [(finding, self._hide(number, [finding])) for finding in found]
        return told

    def _hide(self, number: int | None, findings: Iterable[Finding]) -> str | None:
        """Comment one text; why it could not be done, if so."""
        wanted: dict[int, list[str]] = defaultdict(list)
        for finding in findings:
            wanted[finding.span.row].append(finding.code)
        before = self._new[number]
        after = suppressions.added(before, wanted)
        try:
            same = self._meaning(after) == self._meaning(before)
        except Unreadable as error:
            return error.message
        hidden = suppressions.read(after)
        if not same or not all(hidden.hides(code, row) for row, codes in wanted.items() for code in codes):
            return "the line has no place for a comment"
        self._new[number] = after
        return None

    def _meaning(self, text: str) -> str:
        source = self._source
        code = python(text) if source.cells else decode(text.encode(source.encoding), source.filename).code
        return ast.dump(gate(Source(source.filename, code)))

    @property
    def changed(self) -> bool:
        """Whether there is anything to write."""
        return self._new != self._old

    def written(self, content: bytes) -> bytes:
        """The file's bytes with the comments."""
        if not self._source.cells:
            return self._new[None].encode(self._source.encoding)
        return rewritten(content, {number: text for number, text in self._new.items() if number is not None})
