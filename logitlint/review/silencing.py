"""``# noqa`` comments for findings: code that is not to be changed now is silenced line by line."""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path

import msgspec

from logitlint import suppressions
from logitlint.findings import Finding
from logitlint.source.files import replace
from logitlint.source.text import Unreadable, gate, read


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
        except (OSError, Unreadable) as error:
            loud = [(finding, _reason(error)) for finding in found]
        left += loud
        count += len(found) - len(loud)
        files += len(found) > len(loud)
    return Silenced(count, files, tuple(left))


def _silence(path: Path, findings: Iterable[Finding]) -> list[tuple[Finding, str]]:
    """Comment one file; what could not be silenced, and why."""
    source = read(path)
    tree = ast.dump(gate(source))
    text = source.text
    left: list[tuple[Finding, str]] = []
    for finding in findings:
        row = finding.span.row
        commented = suppressions.added(text, {row: [finding.code]})
        if ast.dump(ast.parse(commented)) == tree and suppressions.read(commented).hides(finding.code, row):
            text = commented
        else:
            left.append((finding, "the line has no place for a comment"))
    if text != source.text:
        replace(path, text.encode(source.encoding))
    return left


def _reason(error: OSError | Unreadable) -> str:
    return error.message if isinstance(error, Unreadable) else f"cannot be written: {error.strerror}"
