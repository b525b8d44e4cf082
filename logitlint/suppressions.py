"""``# noqa``: which findings a comment in the file hides. The rules are flake8's, so that both doors agree.

A comment counts for the line it stands on. Only lines that cannot bear one of their own, inside a string over several
lines or before a backslash, share the comment at the end.
"""

from __future__ import annotations

import io
import re
import sys
import tokenize
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping

import msgspec

from logitlint.findings import Finding
from logitlint.source.text import Source

_INLINE = re.compile(r"# noqa(?::[\s]?(?P<codes>([A-Z]+[0-9]+(?:[,\s]+)?)+))?", re.IGNORECASE)
"""As `flake8.defaults.NOQA_INLINE_REGEXP`; the tests compare the two doors."""
_WHOLE_FILE = re.compile(r"\s*# flake8[:=]\s*noqa", re.IGNORECASE)
_SEPARATOR = re.compile(r"[,\s]+")
_NO_STATEMENT = frozenset({tokenize.ENDMARKER, tokenize.DEDENT})
_LINE_ENDS = frozenset({tokenize.NL, tokenize.NEWLINE})


class Suppressions(msgspec.Struct, frozen=True):
    """The ``# noqa`` comments of one file (or cell), by row from 1: codes or their prefixes, None for every code."""

    everything: bool = False
    rows: Mapping[int, tuple[str, ...] | None] = msgspec.field(default_factory=dict)

    def hides(self, code: str, row: int) -> bool:
        """Whether a finding of that code in that row is hidden."""
        if self.everything:
            return True
        if row not in self.rows:
            return False
        codes = self.rows[row]
        return codes is None or code.startswith(codes)


def visible(findings: Iterable[Finding], source: Source) -> Iterator[Finding]:
    """Those findings of a file that no comment hides."""
    hidden = read(source.text)
    cells = {cell.number: cell for cell in source.cells}
    for finding in findings:
        span = finding.span
        cell = cells.get(span.cell) if span.cell is not None else None
        above = cell.row - 1 if cell else 0
        # a cell in trouble is no part of the program
        own = read(cell.text) if cell and cell.trouble else Suppressions()
        if not hidden.hides(finding.code, span.row + above) and not own.hides(finding.code, span.row):
            yield finding


def read(text: str) -> Suppressions:
    """Find the comments of a file. Any text will do: one that cannot be tokenised is read line by line."""
    if "noqa" not in text.lower():
        return Suppressions()
    lines = io.StringIO(text, newline=None).readlines()
    if any(_WHOLE_FILE.match(line) for line in lines):
        return Suppressions(everything=True)
    searched = dict(enumerate(lines, start=1))
    for first, last in _joined(lines):
        searched.update(dict.fromkeys(range(first, last + 1), "".join(lines[first - 1 : last])))
    rows: dict[int, tuple[str, ...] | None] = {}
    for row, joined in searched.items():
        if found := _INLINE.search(joined):
            codes = found["codes"]
            rows[row] = None if codes is None else tuple(code for code in _SEPARATOR.split(codes) if code)
    return Suppressions(rows=rows)


def added(text: str, wanted: Mapping[int, Collection[str]]) -> str:
    """The text with comments that hide codes in rows: a comment that is there already is given more codes.

    A row inside a string over several lines, or before a backslash, has its comment at the end of the last of them.
    Whether the comment counts is for the caller to see: one that only looks like a comment may come before it.
    """
    lines = io.StringIO(text, newline="").readlines()
    ends = {row: (first, last) for first, last in _joined(lines) for row in range(first, last + 1)}
    by_end: dict[tuple[int, int], set[str]] = defaultdict(set)
    for row, codes in wanted.items():
        by_end[ends.get(row, (row, row))].update(codes)
    for (first, last), codes in by_end.items():
        listed = ", ".join(sorted(codes))
        for row in range(first, last + 1):
            found = _INLINE.search(lines[row - 1])
            if found and found["codes"]:
                end = found.start("codes") + len(found["codes"].rstrip(", \t\r\n"))
                lines[row - 1] = f"{lines[row - 1][:end]}, {listed}{lines[row - 1][end:]}"
                break
        else:
            line = lines[last - 1]
            content = line.rstrip()
            ending = line[len(line.rstrip("\r\n")) :]
            lines[last - 1] = f"{content}  # noqa: {listed}{ending}"
    return "".join(lines)


def _joined(lines: Iterable[str]) -> Iterator[tuple[int, int]]:
    """The first and last rows that share a comment: those up to the next token that ends a row."""
    first, last = sys.maxsize, -1
    try:
        tokens = list(tokenize.generate_tokens(iter(lines).__next__))
    except (tokenize.TokenError, SyntaxError):
        return
    for token in tokens:
        if token.type in _NO_STATEMENT:
            continue
        first, last = min(first, token.start[0]), max(last, token.end[0])
        if token.type in _LINE_ENDS:
            yield first, last
            first, last = sys.maxsize, -1
