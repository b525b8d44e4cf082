"""Which findings a change introduces: those on the rows it touches, and those elsewhere that were not there before."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from pathlib import Path

import msgspec

from logitlint.findings import Finding, Report, Span
from logitlint.linter import Linter
from logitlint.project.modules import Project
from logitlint.review.git import Hunk, Repository
from logitlint.settings import Settings
from logitlint.source.text import Source, decode, read


def introduced(reports: Iterable[Report], repository: Repository, settings: Settings) -> Iterator[Report]:
    """The same reports, with the findings alone that the work since the repository's base introduces.

    A row that was not touched may be wrong now because of one that was, here or in another file: whether it was wrong
    before is found out by checking its file once more, with every changed file as it was.
    """
    before = _Before(repository, settings)
    for report in reports:
        kept = tuple(finding for finding in report.findings if before.lacks(finding))
        yield msgspec.structs.replace(report, findings=kept)


class _Before:
    """What was found at the base, file by file, as far as it is asked for."""

    def __init__(self, repository: Repository, settings: Settings) -> None:
        self._repository = repository
        self._linter = Linter(settings, Project(partial(_as_it_was, repository)))
        self._found: dict[str, frozenset[tuple[str, int, int]]] = {}
        self._hunks: dict[str, Sequence[Hunk] | None] = {}

    def lacks(self, finding: Finding) -> bool:
        """Whether a finding is new."""
        span = finding.span
        name = self._repository.name(span.filename)
        if name is None:
            return True
        if name not in self._hunks:
            self._hunks[name] = self._repository.hunks(name)
        hunks = self._hunks[name]
        row = None if hunks is None else untouched(span, hunks)
        return row is None or (finding.code, row, span.column) not in self._at(span.filename)

    def _at(self, filename: str) -> frozenset[tuple[str, int, int]]:
        if filename not in self._found:
            self._found[filename] = frozenset(
                (finding.code, finding.span.row, finding.span.column)
                for report in self._linter.check_paths([filename])
                for finding in report.findings
            )
        return self._found[filename]


def untouched(span: Span, hunks: Iterable[Hunk]) -> int | None:
    """The row in which a span began before the changes; None when one of its rows was changed, or one between them."""
    moved = 0
    for hunk in hunks:
        first = hunk.new if hunk.new_length else hunk.new + 1
        after = first + hunk.new_length
        if after <= span.row:
            moved += hunk.old_length - hunk.new_length
        elif first <= span.end_row:
            return None
    return span.row + moved


def _as_it_was(repository: Repository, path: Path, filename: str | None = None) -> Source:
    """A file of the project as it was at the base of the repository. Raises `Unreadable`."""
    name = repository.name(str(path))
    content = repository.before(name) if name is not None else None
    return read(path, filename) if content is None else decode(content, filename or str(path))
