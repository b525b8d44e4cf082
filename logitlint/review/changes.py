"""Which findings a change introduces: those on the rows it touches, and those elsewhere that were not there before."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from difflib import SequenceMatcher
from functools import partial
from pathlib import Path

import msgspec

from logitlint.findings import Finding, Report, Span
from logitlint.linter import Linter
from logitlint.project.folders import Disk
from logitlint.project.modules import Project
from logitlint.review.git import Hunk, Repository
from logitlint.source.text import NOTEBOOK, Source, Unreadable, decode, read


def introduced(reports: Iterable[Report], repository: Repository, linter: Linter) -> Iterator[Report]:
    """The linter's reports, with the findings alone that the work since the repository's base introduces.

    A row that was not touched may be wrong now because of one that was, here or in another file: whether it was wrong
    before is found out by checking its file once more, with every changed file as it was.
    """
    before = _Before(repository, linter)
    for report in reports:
        kept = tuple(finding for finding in report.findings if before.lacks(finding))
        yield msgspec.structs.replace(report, findings=kept)


class _Before:
    """What was found at the base, file by file, as far as it is asked for. Rows of a notebook are those of its program.

    Raises `GitError`.
    """

    def __init__(self, repository: Repository, now: Linter) -> None:
        self._repository = repository
        self._now = now.project
        self._then = Linter(now.settings, Project(partial(_as_it_was, repository), _Then(repository)))
        self._found: dict[str, frozenset[tuple[str, int, int]]] = {}
        self._hunks: dict[str, Sequence[Hunk] | None] = {}

    def lacks(self, finding: Finding) -> bool:
        """Whether a finding is new."""
        filename = finding.span.filename
        name = self._repository.name(filename)
        if name is None:
            return True
        if filename not in self._hunks:
            self._hunks[filename] = self._changes(filename, name)
        hunks = self._hunks[filename]
        span = _in_program(finding.span, self._now)
        row = None if hunks is None else untouched(span, hunks)
        old = self._repository.before(name)
        if row is None or old is None:
            return True
        return (finding.code, row, span.column) not in self._at(_renamed(filename, name, old))

    def _changes(self, filename: str, name: str) -> Sequence[Hunk] | None:
        """What was changed in a file; in a notebook, in the program its cells make. None when all of it is new."""
        old = self._repository.before(name) if filename.endswith(NOTEBOOK) else None
        content = self._repository.at_base(old) if old is not None else None
        if content is None:
            return self._repository.hunks(name)
        try:
            return compared(decode(content, filename).lines, self._now.source(filename).lines)
        except Unreadable:
            return None

    def _at(self, filename: str) -> frozenset[tuple[str, int, int]]:
        if filename not in self._found:
            reports = self._then.check_paths([filename])
            findings = [finding for report in reports for finding in report.findings]
            spans = [_in_program(finding.span, self._then.project) for finding in findings]
            self._found[filename] = frozenset(
                (finding.code, span.row, span.column) for finding, span in zip(findings, spans, strict=True)
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


def compared(old: Sequence[str], new: Sequence[str]) -> list[Hunk]:
    """The hunks between two programs, as git would count them."""
    hunks = []
    for word, start, end, new_start, new_end in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if word != "equal":
            gone, come = end - start, new_end - new_start
            hunks.append(Hunk(start + (gone > 0), gone, new_start + (come > 0), come))
    return hunks


def _in_program(span: Span, project: Project) -> Span:
    """A span of a notebook's cell as one of the program that its cells make; any other as it is."""
    if span.cell is None:
        return span
    cells = project.source(span.filename).cells
    above = next((cell.row - 1 for cell in cells if cell.number == span.cell), 0)
    return msgspec.structs.replace(span, cell=None, row=span.row + above, end_row=span.end_row + above)


def _renamed(filename: str, name: str, old: str) -> str:
    """A file's path as it would be given if its name in the repository were still the old one."""
    if old == name:
        return filename
    folder = os.path.dirname(filename)
    return os.path.normpath(os.path.join(folder, os.path.relpath(old, os.path.dirname(name) or os.curdir)))


class _Then(Disk):
    """Which files there were at the base of a repository. Files that git does not know are as they are now."""

    def __init__(self, repository: Repository) -> None:
        self._repository = repository
        self._new = frozenset(name for name, old in repository.changed.items() if old != name)
        self._gone: dict[str, set[str]] = {}
        """What no longer is in a folder, files and folders alike, by the name of the folder; the root has none."""
        for name in repository.gone:
            while name:
                folder, _, last = name.rpartition("/")
                self._gone.setdefault(folder, set()).add(last)
                name = folder

    def names(self, folder: str) -> frozenset[str]:
        """What is in a folder now, without what is new, and what is gone."""
        inside = self._repository.name(os.path.join(folder, "_"))
        if inside is None:
            return super().names(folder)
        place = inside.removesuffix("_")
        kept = (name for name in super().names(folder) if place + name not in self._new)
        return frozenset(kept) | self._gone.get(place.rstrip("/"), frozenset())

    def is_file(self, path: str) -> bool:
        """Whether it was a file."""
        name = self._repository.name(path)
        return name in self._repository.gone or (name not in self._new and super().is_file(path))

    def is_folder(self, path: str) -> bool:
        """Whether it was a folder."""
        return self._repository.name(path) in self._gone or super().is_folder(path)


def _as_it_was(repository: Repository, path: Path, filename: str | None = None) -> Source:
    """A file of the project as it was at the base of the repository. Raises `Unreadable`."""
    name = repository.name(str(path))
    content = repository.at_base(name) if name is not None else None
    return read(path, filename) if content is None else decode(content, filename or str(path))
