"""Findings for reviewdog, with repairs as suggestions: https://github.com/reviewdog/reviewdog/tree/master/proto/rdf.

Columns count bytes of UTF-8, from 1; ends are exclusive. Paths are as they were given: reviewdog reads them from the
directory it is run in.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final

from logitlint.findings import Edit, Finding, Lines, Span
from logitlint.fixes.safety import Applicability
from logitlint.printing import escaped, unmarked
from logitlint.reporters.json import Json
from logitlint.reporters.surroundings import HOME, Level, Surroundings, in_cell

_SEVERITIES: Final = {Level.ERROR: "ERROR", Level.WARNING: "WARNING", Level.NOTE: "INFO"}
MOST_ROWS: Final = 20
"""Rows that one suggestion may span: a longer one would have to be searched for what it changes."""


def render(findings: Iterable[Finding], around: Surroundings) -> Iterator[str]:
    """One result, a diagnostic to a line."""
    yield f'{{"source": {{"name": "logitlint", "url": "{HOME}"}}, "diagnostics": ['
    comma = ""
    for finding in findings:
        yield comma + json.dumps(_diagnostic(finding, around))
        comma = ","
    yield "]}"


def _diagnostic(finding: Finding, around: Surroundings) -> Json:
    span = finding.span
    location: dict[str, Json] = {"path": escaped(span.filename)}
    if span.cell is None:
        location["range"] = _range(span, around.lines(span))
    diagnostic: dict[str, Json] = {
        "message": in_cell(span) + unmarked(finding.message),
        "location": location,
        "severity": _SEVERITIES[around.level(finding.code)],
        "code": {"value": finding.code, "url": finding.url},
    }
    if suggestion := _suggestion(finding, around.lines):
        diagnostic["suggestions"] = [suggestion]
    return diagnostic


def _suggestion(finding: Finding, lines: Lines) -> Mapping[str, Json] | None:
    """The whole repair as one suggestion, from the first edit to the last.

    Suggestions are taken one by one, and each must be a repair by itself: one that reaches into other files, that a
    person has to decide on, or that edits a notebook's cell, is none.
    """
    fix = finding.fix
    if fix is None or not fix.edits or fix.applicability is Applicability.DISPLAY:
        return None
    edits = sorted(fix.edits, key=lambda edit: edit.span)
    if any(edit.span.cell is not None or edit.span.filename != finding.span.filename for edit in edits):
        return None
    first, last = edits[0].span, max(edits, key=lambda edit: (edit.span.end_row, edit.span.end_column)).span
    whole = Span(first.filename, None, first.row, first.column, last.end_row, last.end_column)
    if last.end_row - first.row > MOST_ROWS:
        return None
    text = lines(whole)
    return {"range": _range(whole, text), "text": _edited(whole, edits, text)}


def _edited(whole: Span, edits: Sequence[Edit], lines: Sequence[str]) -> str:
    """What stands in a stretch of the file after the edits."""
    done: list[str] = []
    row, column = whole.row, whole.column
    for edit in edits:
        done += [_between(lines, row, column, edit.span.row, edit.span.column), edit.content]
        row, column = edit.span.end_row, edit.span.end_column
    return "".join(done)


def _between(lines: Sequence[str], row: int, column: int, end_row: int, end_column: int) -> str:
    if row == end_row:
        return lines[row - 1][column - 1 : end_column - 1]
    middle = lines[row : end_row - 1]
    return "\n".join([lines[row - 1][column - 1 :], *middle, lines[end_row - 1][: end_column - 1]])


def _range(span: Span, lines: Sequence[str]) -> Json:
    return {
        "start": {"line": span.row, "column": _bytes(lines, span.row, span.column)},
        "end": {"line": span.end_row, "column": _bytes(lines, span.end_row, span.end_column)},
    }


def _bytes(lines: Sequence[str], row: int, column: int) -> int:
    """A column counted in bytes of UTF-8."""
    if not 1 <= row <= len(lines):
        return column
    before = lines[row - 1][: column - 1]
    return column - len(before) + len(before.encode("utf-8", "surrogatepass"))
