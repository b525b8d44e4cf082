"""One more run of a file, with an eye on some of its rows: what is evaluated there, and what each rule makes of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Final, get_args

import msgspec

from logitlint.findings import Finding, Span, Step, placed
from logitlint.inference.expressions import evaluate
from logitlint.inference.frames import Frame
from logitlint.inference.lineage import cause_of
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
from logitlint.source.text import Source
from logitlint.ways import called, way

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


class _Seen(msgspec.Struct, frozen=True):
    """An expression that was evaluated on the line, and the names in it."""

    node: ir.Expression
    value: Value
    names: tuple[tuple[str, Value], ...]
    stated: Tensor | None
    """What a note says of it, which then counts."""


class Looking:
    """One analysis of a file, with an eye on the rows from `row` to `last`, as the program counts them."""

    def __init__(self, linter: Linter, file: str, source: Source, row: int, last: int) -> None:
        self.linter, self.file, self.row = linter, file, row
        here = placed(source, (row, 1, last, 1))
        self.line = here.filename, here.cell
        self.rows = range(here.row, here.end_row + 1)
        project = linter.project
        count = len(project.record(file).nodes)
        self.places = project.places(file, range(count))
        self.on_row = {node for node, place in self.places.items() if place[0] <= last and row <= place[2]}
        self.near = {node for node in self.on_row if row <= self.places[node][0] <= last}
        self.lines = source.lines
        self.seen: list[_Seen] = []
        statements = list(_statements(project.require(file).body))
        self.assigned = {
            each.value.origin: each for each in statements if isinstance(each, ir.Assign) and each.value is not None
        }
        functions = [each for each in statements if isinstance(each, ir.Function)]
        self.bound = [
            Known(each.name, f"a function that returns {describe(kind)}: the note says so")
            for each in functions
            if each.origin in self.near and (kind := named(each.returns or ""))
        ]
        """What is said of a function on the line, and what parameters and imports are, as they are met."""
        self.defined = {Origin(file, each.origin) for each in functions}
        """Where a function that nobody calls is called from."""
        self.parameters = {
            each.origin: given
            for each in functions
            if (given := [parameter for parameter in each.parameters if parameter.origin in self.near])
        }
        self.entered: set[int] = set()
        """The frames of functions whose parameters have been read."""
        self.statements = [each for each in statements if each.origin in self.on_row]
        self.imported = [name for each in self.statements for name in _imported(each)]
        self.trace: Trace = analyse(project, linter.sieve, file, evaluate=self._watch).trace

    def _watch(self, machine: Machine, frame: Frame, node: ir.Expression) -> Value:
        if frame.file == self.file:
            self._meet(machine, frame)
        value = evaluate(machine, frame, node)
        if frame.file == self.file and node.origin in self.on_row:
            names = [each for each in _names(node) if each.origin in self.near]
            read = tuple((self._text(name.origin), evaluate(machine, frame, name)) for name in names)
            bound = self.assigned.get(node.origin)
            self.seen.append(_Seen(node, value, read, stated(machine, frame, bound) if bound else None))
        return value

    def _meet(self, machine: Machine, frame: Frame) -> None:
        """Read the parameters on the line when their function has just been entered, and what is imported there."""
        function = frame.function
        if function is not None and function.origin in self.parameters and frame.number not in self.entered:
            self.entered.add(frame.number)
            names = [parameter.name for parameter in self.parameters[function.origin]]
            self.bound += [self._known(name, evaluate(machine, frame, ir.Name(0, name))) for name in names]
        for name in [*self.imported]:
            value = evaluate(machine, frame, ir.Name(0, name))
            if not isinstance(value, Unknown):
                self.imported.remove(name)
                self.bound.append(self._known(name, value))

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
        if all((span.filename, span.cell) == self.line and span.row in self.rows for span, _ in steps):
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
            return numbers(value) if value.kind != UNKNOWN else self._unknown(cause_of(value))
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
        told = {(each.name, each.words): each for each in self.bound}
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

    def statement(self) -> tuple[int, int] | None:
        """The rows of the statement of which the line is a part that begins further up; None where there is none."""
        spans = (self.places[each.origin] for each in self.statements if not _has_body(each))
        return next(((first, last) for first, _, last, _ in spans if first < self.row), None)

    def silence(self) -> str:
        """Why nothing was seen on the line."""
        if not self.linter.sieve.passes(self.file):
            return "neither this file nor what it imports names a loss or another judge of a library that is known"
        here = [each for each in self.statements if not _has_body(each) or each.origin in self.near]
        if not here:
            return "no statement stands here"
        if self.seen or any(isinstance(each, ir.Try) for each in here):
            return "nothing on this line is in the tables"
        for each in here:
            if isinstance(each, ir.Function | ir.Class):
                what = "function" if isinstance(each, ir.Function) else "class"
                return f"the {what} `{each.name}` begins here: ask for a line inside it, or for one that calls it"
        return "this line is never reached, or what stands here is not followed"


def _imported(node: ir.Statement) -> Iterator[str]:
    """The names that an import binds."""
    if isinstance(node, ir.Import):
        yield node.asname or node.module.partition(".")[0]
    elif isinstance(node, ir.ImportFrom):
        yield from (name for _, name in node.names if name != "*")


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
    name = called(use)
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
