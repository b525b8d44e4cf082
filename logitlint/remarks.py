"""What is to be said of a source before anything in it is judged: what cannot be read, and notes that say nothing."""

from __future__ import annotations

from collections.abc import Iterator

from logitlint.findings import Finding, Remark, Span, placed
from logitlint.kinds import Kind, named
from logitlint.rules import UNREADABLE
from logitlint.settings import suggestion
from logitlint.source.notes import notes
from logitlint.source.text import Source, Trouble


def misspelt(source: Source) -> Iterator[Remark]:
    """The notes that name no kind."""
    for (row, column), note in notes(source.text):
        if named(note.kind) is None:
            kinds = [name.lower().replace("_", "-") for name in Kind.__members__]
            known = kinds if note.returns else [*kinds, *(f"returns {kind}" for kind in kinds)]
            near = suggestion(note.kind, known) or f"; the kinds are {', '.join(kinds)}"
            span = placed(source, (row, column, row, column + 1))
            yield Remark(span, f"`{note.kind}` is no kind, so this note says nothing{near}")


def left_out(source: Source) -> list[Finding]:
    """The cells of a notebook and the blocks of a text that cannot be read, each a finding."""
    cells = [unread(source, cell.number, cell.trouble) for cell in source.cells if cell.trouble]
    return [*cells, *(unread(source, None, trouble) for trouble in source.troubles)]


def unread(source: Source, cell: int | None, trouble: Trouble) -> Finding:
    """A file, or a cell of it, that cannot be read."""
    span = Span(source.filename, cell, trouble.row, trouble.column, trouble.row, trouble.column + 1)
    return Finding(UNREADABLE.code, UNREADABLE.name, trouble.message, span)
