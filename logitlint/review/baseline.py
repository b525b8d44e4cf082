"""A baseline: the findings that are known and not to be told again, in a file that can be reviewed and merged.

A finding is known by its file, its code and the text of its line, so that it stays known when the lines above change.
Where a line occurs several times, as many findings are known as were written down.
"""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

import msgspec

from logitlint.findings import Finding, Lines, Report
from logitlint.fingerprints import Fingerprint, Fingerprints
from logitlint.source.files import replace
from logitlint.source.size import MOST_BYTES, bounded

VERSION: Final = 1


class BaselineError(Exception):
    """The file cannot be read or is no baseline."""


class _Entry(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    filename: str
    code: str
    line: str
    count: int = 1


class _Document(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    version: int
    findings: list[_Entry]


class Baseline:
    """The findings in a file; `hidden` counts those met in this run."""

    def __init__(self, path: Path, known: Counter[Fingerprint]) -> None:
        self._path = path
        self._known = known
        self.hidden = 0

    def unknown(self, reports: Iterable[Report], lines: Lines) -> Iterator[Report]:
        """The same reports, without the findings that are known."""
        prints = Fingerprints(lines, lambda filename: relative(filename, self._path))
        for report in reports:
            kept = tuple(finding for finding in report.findings if not self._knows(prints.of(finding)))
            yield msgspec.structs.replace(report, findings=kept)

    def _knows(self, found: Fingerprint) -> bool:
        known = found.number <= self._known[msgspec.structs.replace(found, number=1)]
        self.hidden += known
        return known


def load(path: Path) -> Baseline:
    """Read a baseline. Raises `BaselineError`."""
    try:
        document = msgspec.json.decode(bounded(path, MOST_BYTES), type=_Document)
    except OSError as error:
        raise BaselineError(f"{str(path)!r}: cannot be read: {error.strerror}") from error
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise BaselineError(f"{str(path)!r}: is no baseline of logitlint: {error}") from error
    if document.version != VERSION:
        raise BaselineError(f"{str(path)!r}: is a baseline of version {document.version}, not of version {VERSION}")
    known: Counter[Fingerprint] = Counter()
    for entry in document.findings:
        known[Fingerprint(entry.filename, entry.code, entry.line)] += entry.count
    return Baseline(path, known)


def write(path: Path, findings: Iterable[Finding], lines: Lines) -> None:
    """Write a baseline that knows these findings, in order, one to a line. Raises `BaselineError`."""
    prints = Fingerprints(lines, lambda filename: relative(filename, path))
    counted = Counter(msgspec.structs.replace(prints.of(finding), number=1) for finding in findings)
    entries = [
        json.dumps({"filename": each.path, "code": each.code, "line": each.line, "count": count})
        for each, count in sorted(counted.items())
    ]
    listed = ",".join(f"\n  {entry}" for entry in entries)
    text = f'{{"version": {VERSION}, "findings": [{listed}\n]}}\n'
    try:
        replace(path, text.encode())
    except OSError as error:
        raise BaselineError(f"{str(path)!r}: cannot be written: {error.strerror}") from error


def relative(filename: str, path: Path) -> str:
    """A file's path from the folder of the baseline, with slashes; absolute on another drive."""
    try:
        return Path(os.path.relpath(filename, os.path.abspath(path.parent))).as_posix()
    except ValueError:
        return Path(os.path.abspath(filename)).as_posix()
