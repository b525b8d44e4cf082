"""Files as they are edited: the bytes, the text that people see, and the program it stands for."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

import msgspec

from logitlint.findings import Edit, Span
from logitlint.fixes.changes import Change, Uncertain, apply
from logitlint.source.notebooks import SUFFIX, rewritten
from logitlint.source.symbols import unresolved
from logitlint.source.text import Source, Unreadable, decode, gate, row_starts, rows


class Document(msgspec.Struct, frozen=True):
    """One file."""

    content: bytes
    source: Source

    @classmethod
    def of(cls, content: bytes, filename: str) -> Document:
        """The file that has these bytes. Raises `Unreadable`."""
        return cls(content, decode(content, filename))

    @classmethod
    def read(cls, filename: str) -> Document:
        """A file from disk. Raises `Unreadable`."""
        try:
            return cls.of(Path(filename).read_bytes(), filename)
        except OSError as error:
            raise Unreadable(f"cannot be read: {error.strerror or error}") from error

    def changes(self, edits: Iterable[Edit]) -> list[Change]:
        """Edits of this file as changes of its text, or of the texts of its cells; each is named by its file.

        Raises `Uncertain` when an edit lies where the program is not what the notebook says.
        """
        return [self._change(edit) for edit in edits]

    def edited(self, changes: Iterable[Change]) -> Document:
        """The file with changes made. Raises `Unreadable` when the result is no Python any more, or is never run."""
        if not self.source.cells:
            text = apply(self.source.text, changes)
            document = Document.of(text.encode(self.source.encoding), self.source.filename)
            if len(document.source.troubles) > len(self.source.troubles):
                raise Unreadable(document.source.troubles[0].message)
        else:
            own: dict[int, list[Change]] = {}
            for change in changes:
                own.setdefault(int(change.file.rpartition(SUFFIX)[2]), []).append(change)
            texts = {cell.number: cell.text for cell in self.source.cells}
            cells = {number: apply(texts[number], several) for number, several in own.items()}
            document = Document.of(rewritten(self.content, cells), self.source.filename)
            for cell in document.source.cells:
                if cell.number in own and cell.trouble is not None and not cell.trouble.is_read:
                    raise Unreadable(cell.trouble.message)
        gate(document.source)
        try:
            lost = unresolved(document.source.code) - unresolved(self.source.code)
        except SyntaxError as error:  # ``def f(y, y)``: what a name means there, Python itself does not say
            raise Unreadable(f"Python does not compile it: {error.msg}") from error
        if lost:
            raise Unreadable(f"`{min(lost)}` would not be defined any more")
        return document

    def _change(self, edit: Edit) -> Change:
        span, name = edit.span, self.source.filename
        text = self.source.text
        if span.cell is not None:
            cell = next(each for each in self.source.cells if each.number == span.cell)
            text, name = cell.text, f"{name}{span.cell}"
            if not _stands(span, rows(self.source.code)[cell.row - 1 :], rows(text)):
                raise Uncertain("the cell is not plain Python there")
        elif self.source.code != text and not _stands(span, rows(self.source.code), rows(text)):
            raise Uncertain("the file is not plain Python there")
        starts = row_starts(text)
        start = starts[span.row - 1] + span.column - 1
        end = starts[span.end_row - 1] + span.end_column - 1 if span.end_row <= len(starts) else len(text)
        if span.end_row > len(starts) and not edit.content and start and text[start - 1] == "\n":
            start -= 1  # the last line of a cell goes with the line break before it
        return Change(name, start, end, edit.content)


def _stands(span: Span, program: Sequence[str], said: Sequence[str]) -> bool:
    """Whether a stretch of the program is what people see there: ``%time`` leaves the rest of its row in its place.

    Nothing is put between characters of a row that are not both Python.
    """
    last = min(span.end_row, len(said))
    if program[span.row - 1 : last] == said[span.row - 1 : last]:
        return True
    within = slice(span.column - 1, span.end_column - 1)
    row, other = program[span.row - 1], said[span.row - 1]
    return span.row == span.end_row and row[within] != "" and row[within.start :] == other[within.start :]
