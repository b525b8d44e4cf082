"""The answer to "why was this reported, or not?": what is known on one line, and what each rule makes of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import msgspec
from msgspec.structs import replace

from logitlint.findings import Finding, Report, Span
from logitlint.linter import Linter
from logitlint.looking import Event, Known, Looking
from logitlint.source.examples import EXAMPLES, has_examples
from logitlint.source.text import Source, Unreadable, rows


class Answer(msgspec.Struct, frozen=True):
    """What is known on one line.

    place, line
        The line, and what stands there.
    values
        The names read and bound on it.
    events
        The uses on it, in the order of execution.
    findings
        What is reported there, or of a value that passes there.
    silence
        Why there is nothing to tell, when there is not.
    part
        The rows, first and last, of the statement that is told of where the line holds nothing but a part of it.
    remarks
        What is wrong with a note on the line.
    """

    place: Span
    line: str
    values: tuple[Known, ...] = ()
    events: tuple[Event, ...] = ()
    findings: tuple[Finding, ...] = ()
    silence: str | None = None
    part: tuple[int, int] | None = None
    remarks: tuple[str, ...] = ()


class NoSuchPlaceError(Exception):
    """There is no such line; the text says why."""


def ask(linter: Linter, file: str, row: int, cell: int | None = None) -> Answer:
    """What is known on a row (of a cell) of a file. Raises `NoSuchPlaceError`."""
    file = str(Path(file))
    (report,) = linter.check_paths([file])
    answer = _answer(linter, report, file, row, cell)
    remarks = tuple(remark.message for remark in report.remarks if _meets(remark.span, answer.place))
    return replace(answer, remarks=remarks)


def _answer(linter: Linter, report: Report, file: str, row: int, cell: int | None) -> Answer:
    try:
        source = linter.project.source(file)
        linter.project.require(file)
        source = linter.project.source(file)  # a cell may have been left out
    except Unreadable as trouble:
        raise NoSuchPlaceError(f"{file}: nothing is known of it: {trouble.message}") from trouble
    line, at = _line(source, row, cell)
    place = Span(source.filename, cell, row, 1, row, len(line) + 1)
    if not line.strip():
        return Answer(place, line, silence="the line is empty")
    left_out = next((each.trouble for each in source.cells if each.number == cell), None)
    if left_out is not None and not left_out.is_read:
        return Answer(place, line, silence=f"the cell is left out, Python does not accept it: {left_out.message}")
    for failure in report.failures:
        return Answer(place, line, silence=f"logitlint itself failed on this file: {failure.message}")
    findings = [finding for finding in report.findings if any(_meets(span, place) for span in _spans(finding))]
    programs = {file: source}
    if has_examples(source):
        programs[f"{file}{EXAMPLES}"] = linter.project.source(f"{file}{EXAMPLES}")
    silence = None
    for key, program in programs.items():
        looked = Looking(linter, key, program, at, at)
        answer = _told(looked, findings, place, line)
        if answer is None and (around := looked.statement()) is not None:
            whole = Looking(linter, key, program, *around)
            part = around[0] - at + row, around[1] - at + row
            answer = _told(whole, findings, place, line, part)
        if answer is not None:
            return answer
        silence = silence or looked.silence()
    return Answer(place, line, findings=tuple(findings), silence=silence)


def _told(
    looked: Looking, findings: Sequence[Finding], place: Span, line: str, part: tuple[int, int] | None = None
) -> Answer | None:
    """What was seen; None when that is nothing."""
    values, events = tuple(looked.values()), tuple(looked.events(findings))
    return Answer(place, line, values, events, tuple(findings), part=part) if values or events else None


def _line(source: Source, row: int, cell: int | None) -> tuple[str, int]:
    """What stands there, and its row in the program."""
    if not source.cells:
        lines, above = source.lines, 0
        if cell is not None:
            raise NoSuchPlaceError(f"{source.filename} is no notebook: the place is FILE:LINE")
    else:
        if cell is None:
            raise NoSuchPlaceError(f"{source.filename} is a notebook: the place is FILE:CELL:LINE")
        found = next((each for each in source.cells if each.number == cell), None)
        if found is None:
            raise NoSuchPlaceError(f"{source.filename} has no code cell {cell}")
        lines, above = rows(found.text), found.row - 1
    if not 1 <= row <= len(lines):
        count = len(lines) - (lines[-1] == "")  # after the last line break there is no line
        noun = "line" if count == 1 else "lines"
        raise NoSuchPlaceError(f"{source.filename} has {count} {noun}{'' if cell is None else ' in that cell'}")
    return lines[row - 1], row + above


def _spans(finding: Finding) -> Iterator[Span]:
    yield finding.span
    yield from (step.span for step in finding.trace)


def _meets(span: Span, line: Span) -> bool:
    return (span.filename, span.cell) == (line.filename, line.cell) and span.row <= line.row <= span.end_row
