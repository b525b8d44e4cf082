"""Each repair of a project, proved or refuted with numbers.

The repair is made in memory and the repaired text is judged again; what the use at fault does then, and what it did
before, are the two sides of an experiment. The user's code is neither imported nor run.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

import msgspec
from msgspec.structs import replace

from logitlint.documents import Document
from logitlint.findings import INCONCLUSIVE, REFUTED, Edit, Finding, Measurement, Report, Span, Verified
from logitlint.fixes.changes import Change, Uncertain
from logitlint.fixes.safety import Effect
from logitlint.frameworks.keras_backends import asked_for
from logitlint.frameworks.vocabulary import Fact, Role
from logitlint.inference.expressions import evaluate
from logitlint.inference.frames import Frame
from logitlint.inference.machine import Machine
from logitlint.inference.run import analyse
from logitlint.inference.trace import Taken, Use
from logitlint.inference.values import Origin, Value
from logitlint.linter import Linter
from logitlint.lowering import ir
from logitlint.rules import Judgement
from logitlint.rules.checks import guesses_axis, is_log
from logitlint.runtime import proof
from logitlint.runtime.experiments import meant, program
from logitlint.runtime.outcomes import Outcome, Trial, figures
from logitlint.runtime.pathways import UnbuildableError
from logitlint.runtime.programs import Apply, Program, with_the_labels_of
from logitlint.source.text import Source, Unreadable, row_starts


class Proof(msgspec.Struct, frozen=True):
    """What was shown of one finding's repair.

    finding
        With `verified` filled in.
    outcomes
        One for each framework it was tried on.
    left_out
        What of the program is no part of the experiment.
    """

    finding: Finding
    verified: Verified
    outcomes: tuple[Outcome, ...] = ()
    left_out: tuple[str, ...] = ()


class _Case(msgspec.Struct, frozen=True):
    """A finding that can be tried: the trials, in the order of their benches."""

    finding: Finding
    trials: tuple[Trial, ...]
    reason: str | None
    left_out: tuple[str, ...]


def verify(linter: Linter, findings: Sequence[Finding], backend: str | None = None) -> list[Proof]:
    """Prove the repairs of findings that a linter has just made.

    backend
        The backend of Keras to try; None: the one that the program or the configuration names, else every one that is
        installed.
    """
    cases = [_case(linter, finding, backend) for finding in findings]
    outcomes = iter(proof.run([trial for case in cases for trial in case.trials]))
    proofs: list[Proof] = []
    for case in cases:
        found = tuple(next(outcomes) for _ in case.trials)
        status = proof.overall(found)
        trouble = next((outcome.trouble for outcome in found if outcome.trouble), None)
        reason = case.reason or (trouble if status == INCONCLUSIVE else None)
        verified = Verified(status, reason, tuple(map(_measurement, found)))
        proofs.append(Proof(replace(case.finding, verified=verified), verified, found, case.left_out))
    return proofs


def proven(linter: Linter, reports: Iterable[Report]) -> list[Report]:
    """The reports of a linter, in which findings say what was shown of their repairs."""
    every = list(reports)
    proofs = iter(verify(linter, [finding for report in every for finding in report.findings]))
    return [
        replace(report, findings=tuple(next(proofs).finding for _ in report.findings)) if report.findings else report
        for report in every
    ]


def refuted(linter: Linter, findings: Sequence[Finding]) -> dict[int, str]:
    """Of findings a linter has just made, by their positions, those whose repairs are refuted, and on what."""
    return {
        place: f"refuted on {', '.join(_against(each))}"
        for place, each in enumerate(verify(linter, findings))
        if each.verified.status == REFUTED
    }


def _against(each: Proof) -> list[str]:
    return [found.framework for found in each.verified.measured if found.status == REFUTED]


def _case(linter: Linter, finding: Finding, backend: str | None) -> _Case:
    """The trials that a finding can be put to."""
    try:
        judgement = linter.behind(finding)
    except KeyError:  # of a file that cannot be read
        return _Case(finding, (), "there is nothing to try", ())
    edits = finding.fix.edits if finding.fix else ()
    plain, unrunnable = _tried(lambda: program(judgement.use, judgement.verdict.taken))
    # A logarithm that is only written anew has nothing to do with what the softmax below it is given, if that is wrong.
    bent = is_log(judgement.use) or (finding.fix is not None and finding.fix.effect is Effect.SAME_VALUE)
    before = _tried(lambda: program(judgement.use, judgement.verdict.taken, bent=True))[0] if bent else plain
    bent = bent and before != plain
    after, trouble = _tried(lambda: _repaired(linter, judgement, edits, bent=bent)) if edits else (None, None)
    reason = "there is no repair to prove" if not edits else f"after the repair, {trouble}" if trouble else None
    if before is None and after is None:
        return _Case(finding, (), reason if edits else unrunnable, ())
    if before is not None and after is not None and _reduction(before) != _reduction(after):
        # Whoever changes how a divergence is averaged wants the average over the samples, which it is defined by.
        before = replace(before, per_sample=judgement.use.has(Fact.DIVERGENCE))
    # What stands there computes nothing: then the formula is that of what was meant, not that of the repair.
    intended = _tried(lambda: meant(judgement.use))[0] if before is None else None
    after = with_the_labels_of(before or intended, after)
    sides = [side for side in (before or intended, after) if side is not None]
    benches = proof.benches(sides[0], after, backend or _backend(linter, judgement.use))
    if not benches:
        reason = "its calls belong to several frameworks"
    left_out = tuple(dict.fromkeys(words for side in sides for words in side.left_out))
    return _Case(finding, tuple(Trial(bench, sides[0], after, unrunnable) for bench in benches), reason, left_out)


def _tried(make: Callable[[], Program]) -> tuple[Program | None, str | None]:
    """A program, or why there is none."""
    try:
        return make(), None
    except UnbuildableError as trouble:
        return None, str(trouble)


def _reduction(side: Program) -> object:
    return side.node.literal("reduction") if isinstance(side.node, Apply) else None


def _measurement(outcome: Outcome) -> Measurement:
    return Measurement(
        outcome.framework,
        proof.status(outcome),
        outcome.trouble,
        outcome.formula,
        outcome.cosine,
        outcome.floor,
        figures(outcome.measured),
        outcome.reads,
        outcome.warning,
        outcome.infinite.told if outcome.infinite is not None else {},
    )


def _repaired(linter: Linter, judgement: Judgement, edits: Sequence[Edit], *, bent: bool) -> Program:
    """What the use at fault does once the edits are made."""
    use = judgement.use
    by_file: dict[str, list[Edit]] = {}
    for edit in edits:
        by_file.setdefault(edit.span.filename, []).append(edit)
    changes: list[Change] = []
    sources: dict[str, Source] = {}
    try:
        for file, own in by_file.items():
            document = _document(linter.project.source(file))
            made = document.changes(own)
            changes += made
            sources[file] = document.edited(made).source
    except (Uncertain, Unreadable) as trouble:
        raise UnbuildableError(f"the program cannot be read: {trouble}") from trouble
    after = Linter(linter.settings, linter.project.revised(sources))
    home = _home(use)
    after.project.require(home)
    trace = analyse(after.project, after.sieve, home, evaluate=_looking_on).trace

    def now(before: Use) -> Use | None:
        """The use that stands now where another stood."""
        way = (before.origin, *before.stack)
        then = linter.spans(way)
        regions = [_moved(then[origin], linter, changes) for origin in way]
        uses = [each for each in trace if each.origin.file == before.origin.file]
        spans = after.spans(origin for each in uses for origin in (each.origin, *each.stack))
        near = [each for each in uses if regions[0].holds(spans[each.origin], after)]
        led = [
            each
            for each in near
            if [origin.file for origin in each.stack] == [origin.file for origin in before.stack]
            and all(region.holds(spans[origin], after) for region, origin in zip(regions[1:], each.stack, strict=True))
        ]
        return _likest(before, led or near, spans)

    found = now(use)
    main = judgement.verdict.taken
    if found is not None:
        taken = next((each for each in found.taken if main is not None and each.role is main.role), None)
        return program(found, taken, unnamed=guesses_axis(use), bent=bent)
    # The call was taken away; what it was given stands in its place.
    made_by = _given(use, main)
    maker = now(made_by[0]) if len(made_by) == 1 and not use.has(Fact.LOSS) else None
    if maker is None:
        raise UnbuildableError("the use at fault is gone")
    return program(maker, bent=bent)


def _given(use: Use, main: Taken | None) -> Sequence[Use]:
    """What made the value that a use takes: of an activation that a layer applies, what the layer was given."""
    made = main.tensor.made if main is not None and main.tensor is not None else ()
    while len(made) == 1 and (made[0].origin, made[0].stack) == (use.origin, use.stack):
        taken = made[0].first(Role.SUBJECT)
        made = taken.tensor.made if taken is not None and taken.tensor is not None else ()
    return made


def _backend(linter: Linter, use: Use) -> str | None:
    """The backend of Keras that the program names, or the configuration."""
    return asked_for(linter.project.text(_home(use))) or linter.settings.keras_backend


def _home(use: Use) -> str:
    """The file from which a use was reached."""
    return use.stack[0].file if use.stack else use.origin.file


def _looking_on(machine: Machine, frame: Frame, expression: ir.Expression) -> Value:
    """As the interpreter evaluates; whoever gives an `evaluate` sees what can show no mistake as well."""
    return evaluate(machine, frame, expression)


def _document(source: Source) -> Document:
    """The file, to be edited; of a notebook the bytes are needed as well."""
    return Document.read(source.filename) if source.cells else Document(source.text.encode(source.encoding), source)


class _Region(msgspec.Struct, frozen=True):
    """Where what stood at a place stands now: it begins from `first` to `last`, and ends before `end`."""

    cell: int | None
    first: int
    last: int
    end: int

    def holds(self, span: Span, linter: Linter) -> bool:
        """Whether a span of the repaired text lies there."""
        if span.cell != self.cell:
            return False
        ends = Span(span.filename, span.cell, span.end_row, span.end_column, span.end_row, span.end_column)
        return self.first <= _offset(linter, span) <= self.last and _offset(linter, ends) <= self.end


def _moved(place: Span, linter: Linter, changes: Sequence[Change]) -> _Region:
    """Where what stood at a place stands now: exactly there, or somewhere in what was written over its edges."""
    name = place.filename if place.cell is None else f"{place.filename}{place.cell}"
    own = sorted(change for change in changes if change.file == name)
    begins = _offset(linter, place)
    ends = _offset(linter, Span(place.filename, place.cell, place.end_row, place.end_column, 0, 0))
    first = last = begins
    end = ends
    for each in own:
        grows = len(each.content) - (each.end - each.start)
        if each.start <= begins < each.end or each.start == begins == each.end:
            first += min(0, each.start - begins)
            last += len(each.content) - (begins - each.start)
        elif each.end <= begins:
            first, last = first + grows, last + grows
        if each.start <= ends:
            end += grows if each.end <= ends else len(each.content) - (ends - each.start)
    return _Region(place.cell, first, last, end)


def _offset(linter: Linter, span: Span) -> int:
    """Where a place lies in the text of its file or cell, line endings counted as they are written."""
    source = linter.project.source(span.filename)
    text = source.text
    if span.cell is not None:
        text = next(cell.text for cell in source.cells if cell.number == span.cell)
    return row_starts(text)[span.row - 1] + span.column - 1


def _outermost(span: Span) -> tuple[int, int, int, int]:
    return span.row, span.column, -span.end_row, -span.end_column


def _likest(use: Use, near: Sequence[Use], spans: Mapping[Origin, Span]) -> Use | None:
    """Of the uses where the one at fault stood, the one that took its place.

    One of the same row, else a loss for a loss, else the outermost; of a layer and the activation that it applies,
    which stand at one place, the activation.
    """
    same = [each for each in near if each.row.name == use.row.name]
    losses = [each for each in near if use.has(Fact.LOSS) and each.has(Fact.LOSS)]
    return min(same or losses or near[::-1], key=lambda each: _outermost(spans[each.origin]), default=None)
