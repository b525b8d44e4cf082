"""The answer to "why was this reported, or not?": what is known on one line, and what each rule makes of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Final, get_args

import msgspec

from logitlint.findings import Finding, Span, Step, placed
from logitlint.inference.expressions import evaluate
from logitlint.inference.frames import Frame
from logitlint.inference.machine import Machine
from logitlint.inference.run import analyse
from logitlint.inference.statements import stated
from logitlint.inference.trace import Taken, Trace, Use, Via
from logitlint.inference.values import Alternatives, Bound, Cause, Origin, Tensor, Unknown, Value
from logitlint.inference.wording import chosen, numbers, thing
from logitlint.kinds import UNKNOWN, describe, named
from logitlint.linter import Linter
from logitlint.lowering import ir
from logitlint.rules.interest import Opinion, opinions
from logitlint.source.examples import EXAMPLES, has_examples
from logitlint.source.text import Source, Unreadable, rows
from logitlint.ways import short, way

MOST_RUNS: Final = 3
"""Of the runs of a line that differ, those that are told."""
_STATEMENTS: Final = get_args(ir.Statement)


class Known(msgspec.Struct, frozen=True):
    """What a name or an argument is known to be, and how it became so."""

    name: str
    words: str
    way: tuple[Step, ...] = ()


class Event(msgspec.Struct, frozen=True):
    """One use of something catalogued: what it took, and the rules that looked at it."""

    span: Span
    what: str
    taken: tuple[Known, ...]
    callers: tuple[Span, ...]
    opinions: tuple[Opinion, ...]


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
    """

    place: Span
    line: str
    values: tuple[Known, ...] = ()
    events: tuple[Event, ...] = ()
    findings: tuple[Finding, ...] = ()
    silence: str | None = None


class NoSuchPlaceError(Exception):
    """There is no such line; the text says why."""


def ask(linter: Linter, file: str, row: int, cell: int | None = None) -> Answer:
    """What is known on a row (of a cell) of a file. Raises `NoSuchPlaceError`."""
    file = str(Path(file))
    (report,) = linter.check_paths([file])
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
        looked = _Looking(linter, key, program, at)
        answer = Answer(place, line, tuple(looked.values()), tuple(looked.events(findings)), tuple(findings))
        if answer.values or answer.events:
            return answer
        silence = silence or looked.silence()
    return Answer(place, line, findings=tuple(findings), silence=silence)


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
        raise NoSuchPlaceError(f"{source.filename} has {len(lines)} lines{'' if cell is None else ' in that cell'}")
    return lines[row - 1], row + above


def _spans(finding: Finding) -> Iterator[Span]:
    yield finding.span
    yield from (step.span for step in finding.trace)


def _meets(span: Span, line: Span) -> bool:
    return (span.filename, span.cell) == (line.filename, line.cell) and span.row <= line.row <= span.end_row


class _Seen(msgspec.Struct, frozen=True):
    """An expression that was evaluated on the line, and the names in it."""

    node: ir.Expression
    value: Value
    names: tuple[tuple[str, Value], ...]
    stated: Tensor | None
    """What a note says of it, which then counts."""


class _Looking:
    """One analysis of a file, with an eye on one row."""

    def __init__(self, linter: Linter, file: str, source: Source, row: int) -> None:
        self.linter, self.file = linter, file
        here = placed(source, (row, 1, row, 1))
        self.line = here.filename, here.cell, here.row
        project = linter.project
        count = len(project.record(file).nodes)
        self.places = project.places(file, range(count))
        self.on_row = {node for node, place in self.places.items() if place[0] <= row <= place[2]}
        self.near = {node for node in self.on_row if self.places[node][0] == row}
        self.lines = source.lines
        self.seen: list[_Seen] = []
        statements = list(_statements(project.require(file).body))
        self.assigned = {
            each.value.origin: each for each in statements if isinstance(each, ir.Assign) and each.value is not None
        }
        self.noted = [
            each for each in statements if isinstance(each, ir.Function) and each.returns and each.origin in self.near
        ]
        self.defined = {Origin(file, each.origin) for each in statements if isinstance(each, ir.Function)}
        """Where a function that nobody calls is called from."""
        self.stands = any(each.origin in (self.near if _has_body(each) else self.on_row) for each in statements)
        self.trace: Trace = analyse(project, linter.sieve, file, evaluate=self._watch).trace

    def _watch(self, machine: Machine, frame: Frame, node: ir.Expression) -> Value:
        value = evaluate(machine, frame, node)
        if frame.file == self.file and node.origin in self.on_row:
            names = [each for each in _names(node) if each.origin in self.near]
            read = tuple((self._text(name.origin), evaluate(machine, frame, name)) for name in names)
            bound = self.assigned.get(node.origin)
            self.seen.append(_Seen(node, value, read, stated(machine, frame, bound) if bound else None))
        return value

    def _text(self, node: int) -> str:
        """The source of a node, on one line."""
        row, column, end_row, end_column = self.places[node]
        first = self.lines[row - 1]
        return first[column - 1 : end_column - 1] if row == end_row else first[column - 1 :].rstrip() + " ..."

    def span(self, origin: Origin) -> Span:
        """Where something stands, in this file or another."""
        project = self.linter.project
        place = self.places[origin.node] if origin.file == self.file else None
        found = place or project.places(origin.file, [origin.node])[origin.node]
        return placed(project.source(origin.file), found)

    def _known(self, name: str, value: Value) -> Known:
        """What is known of a name; the way of its value, when that leads to other lines."""
        steps = [(self.span(origin), words) for origin, words in way(value)] if isinstance(value, Tensor) else []
        if all((span.filename, span.cell, span.row) == self.line for span, _ in steps):
            steps = []
        return Known(name, self._words(value), tuple(Step(span, words) for span, words in steps))

    def _noted(self, name: str, value: Tensor) -> Known:
        by = "the note" if value.made[0].row.name == "note" else "the annotation"
        return Known(name, f"{self._words(value)}: {by} says so")

    def _taken(self, use: Use, taken: Taken) -> Known:
        """What is known of an argument, with its way into the use."""
        words = self._words(taken.value) + (f"; it is read as {taken.want.value}" if taken.want else "")
        tensor = taken.tensor
        steps = way(tensor, last=use, taken=taken) if tensor is not None and tensor.made else []
        return Known(taken.parameter, words, tuple(Step(self.span(origin), said) for origin, said in steps))

    def _words(self, value: Value) -> str:
        if isinstance(value, Tensor):
            return numbers(value) if value.kind != UNKNOWN else self._unknown(value.cause)
        if isinstance(value, Unknown):
            return self._unknown(value.cause)
        if isinstance(value, Alternatives):
            options = [self._words(option.value) + chosen(option.when) for option in value.options]
            return "one of: " + "; ".join(dict.fromkeys(options))
        return thing(value)

    def _unknown(self, cause: Cause | None) -> str:
        if cause is None:
            return "not known"
        if cause.origin is None:
            return f"not known: {cause.words}"
        span = self.span(cause.origin)
        where = f"{span.filename}:{span.row}" if span.cell is None else f"{span.filename}:cell {span.cell}:{span.row}"
        return f"not known: {cause.words} ({where})"

    def values(self) -> Iterator[Known]:
        """The names on the line, each with everything it was."""
        told: dict[tuple[str, str], Known] = {}
        for seen in self.seen:
            known = [self._known(name, value) for name, value in seen.names if not isinstance(value, Bound)]
            bound = self.assigned.get(seen.node.origin)
            for target in bound.targets if bound is not None else ():
                if target.origin in self.on_row and not isinstance(seen.value, Bound):
                    name, note = self._text(target.origin), seen.stated
                    known.append(self._known(name, seen.value) if note is None else self._noted(name, note))
            for each in known:
                told.setdefault((each.name, each.words), each)
        for name in dict.fromkeys(name for name, _ in told):
            yield from [each for (of, _), each in told.items() if of == name][:MOST_RUNS]

    def events(self, findings: Sequence[Finding]) -> Iterator[Event]:
        """What was used on the line."""
        told: dict[object, Event] = {}
        for use in self.trace:
            if use.origin.file == self.file and use.origin.node in self.near:
                event = self._event(use, findings)
                key = (event.span, event.what, tuple((each.name, each.words) for each in event.taken))
                told.setdefault(key, event)
        yield from told.values()

    def _event(self, use: Use, findings: Sequence[Finding]) -> Event:
        taken = [self._taken(use, each) for each in use.taken]
        callers = tuple(self.span(call) for call in use.stack if call not in self.defined)
        said = opinions(use, self.trace, self.linter.settings.enabled, {finding.code for finding in findings})
        return Event(self.span(use.origin), _what(use), tuple(taken), callers, tuple(said))

    def silence(self) -> str:
        """Why nothing was seen on the line."""
        if not self.linter.sieve.passes(self.file):
            return "neither this file nor what it imports names a loss or another judge of a library that is known"
        if not self.stands:
            return "no statement stands here"
        for each in self.noted:
            if kind := named(each.returns or ""):
                return f"the note says that `{each.name}` returns {describe(kind)}"
        if not self.seen:
            return "nothing that is followed is evaluated here, or it is never reached"
        return "nothing on this line is in the tables"


def _statements(body: Iterable[object]) -> Iterator[ir.Statement]:
    """Every statement, however deep."""
    pending = [*body]
    while pending:
        node = pending.pop()
        if isinstance(node, tuple):
            pending += node
        elif isinstance(node, ir.Node):
            if isinstance(node, _STATEMENTS):
                yield node
            pending += [getattr(node, name) for name in node.__struct_fields__]


def _has_body(node: ir.Statement) -> bool:
    return isinstance(node, ir.Function | ir.Class | ir.If | ir.For | ir.While | ir.With | ir.Try)


def _names(node: ir.Expression) -> Iterator[ir.Name | ir.Attribute]:
    """The names in an expression, and the attributes of names (``self.criterion``)."""
    pending: list[object] = [node]
    while pending:
        each = pending.pop()
        if isinstance(each, ir.Name) or (isinstance(each, ir.Attribute) and isinstance(each.value, ir.Name)):
            yield each
        elif isinstance(each, tuple):
            pending += reversed(each)
        elif isinstance(each, ir.Node) and not isinstance(each, ir.Lambda | ir.Comprehension):
            pending += reversed([getattr(each, name) for name in each.__struct_fields__])


def _what(use: Use) -> str:
    name = short(use.row.name)
    match use.via:
        case Via.CONSTRUCT:
            return f"{name} is built"
        case Via.COMPILE:
            return f"{name} is given to compile"
        case Via.HANDED:
            return f"{name} is handed over together with a model"
        case Via.OPERATOR:
            return f"the operator {name}"
        case _:
            return f"{name} is called"
