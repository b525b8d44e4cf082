"""The pipeline, on one screen: read, gate, analyse, judge, decide whose finding it is, place it, suppress."""

from __future__ import annotations

import ast
import os
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from pathlib import Path

import msgspec
from msgspec.structs import replace

from logitlint import suppressions
from logitlint.findings import Failure, Finding, Remark, Report, Span, Step, UnresolvedLoss, placed
from logitlint.frameworks.catalog import catalog
from logitlint.frameworks.keras_backends import asked_for
from logitlint.inference.imports import Imports
from logitlint.inference.run import analyse, looking_on
from logitlint.inference.trace import Loss, Trace, Use, joined, producers
from logitlint.inference.values import Origin
from logitlint.kinds import Kind, describe, named
from logitlint.memory import remember, remembered
from logitlint.project.cache import Cache
from logitlint.project.fingerprints import Fingerprints
from logitlint.project.modules import Project
from logitlint.project.sieve import Sieve
from logitlint.rules import RULES, UNREADABLE, Judgement, judge
from logitlint.rules.backends import told
from logitlint.rules.rule import Entry
from logitlint.settings import Settings, suggestion
from logitlint.source.examples import EXAMPLES, has_examples
from logitlint.source.notes import notes
from logitlint.source.text import Source, Trouble, Unreadable, decode, programmed, rows
from logitlint.ways import common, short, testimony, way

KNOWN: tuple[Entry, ...] = tuple(sorted((*RULES, UNREADABLE), key=lambda entry: entry.code))
"""Everything that may be reported, by code."""

MOST_LOWERED = 8_000_000
"""Characters of text whose intermediate forms, with all that was made of them, are kept at a time: some 300 MB."""
_CODES = frozenset(entry.code for entry in KNOWN)
MOST_PRODUCERS = 3
"""Places a message names."""


class Linter:
    """One run: the project it looks at, the settings, and what has been judged so far."""

    def __init__(
        self,
        settings: Settings,
        project: Project | None = None,
        cache: Cache | None = None,
        *,
        repairs: bool = False,
        readers: Collection[str] = (),
    ) -> None:
        """`readers` are files that may use what a repair changes, beside those that the file of a finding imports."""
        self.settings = settings
        self.cache = cache
        self.repairs = repairs
        """Whether findings carry their repairs."""
        self.readers = readers
        self.project = project or Project()
        self.sieve = Sieve(self.project, catalog(settings.functions))
        self.imports = Imports()
        self._fingerprints = Fingerprints(self.project, self.sieve.imports)
        self._judged: dict[str, _Judged] = {}
        self._looked: dict[str, Trace] = {}
        self._behind: dict[tuple[Span, str], Judgement] = {}

    def check_paths(self, files: Iterable[str]) -> Iterator[Report]:
        """One report for each file, as soon as it is known. A file that cannot be read is a finding, LGT901."""
        return (self._check(str(Path(file)), self.project.read) for file in files)

    def check_bytes(self, content: bytes, filename: str) -> Report:
        """The report of a file whose content is given: stdin."""
        return self._check(filename, lambda path: decode(content, str(path)))

    def check_text(self, text: str, filename: str, tree: ast.Module | None = None) -> Report:
        """The report of a file whose text is given, as flake8 does, with CPython's tree of it."""
        return self._check(filename, lambda path: programmed(Source(str(path), text)), tree)

    def check_known(self, file: str, source: Source | None) -> Report:
        """The report of a file whose text may be known already."""
        return self._check(file, self.project.read if source is None else lambda _: source)

    def depends(self, file: str, others: Collection[str]) -> bool:
        """Whether a file is one of others, or imports one."""
        return not self.sieve.closure(file).isdisjoint(others)

    def _check(self, file: str, read: Callable[[Path], Source], tree: ast.Module | None = None) -> Report:
        """Read, gate, report. A mistake of our own is a `Failure`, so that the other files are still looked at."""
        source = Source(file, "")
        try:
            source = read(Path(file))
            self.project.add(file, source, tree if source.code is source.text else None)
            if self.project.lowered > MOST_LOWERED:
                self._make_room()
            report = self._reported(file, source)
            return self._with_examples(report, file, source) if has_examples(source) else report
        except Unreadable as trouble:
            return self._unreadable(source, trouble)
        except Exception as error:  # whatever it is, it must not take the other files' findings with it
            import traceback

            where = traceback.extract_tb(error.__traceback__)[-1]
            words = f"{type(error).__name__}: {error} ({Path(where.filename).name}:{where.lineno})"
            return Report(failures=(Failure(file, words),), files=1)

    def _reported(self, file: str, source: Source) -> Report:
        """The report of a program, from an earlier run where there is one."""
        if self.cache is None:
            return self._checked(file, source)
        return self._remembered(self.cache, file, source)

    def _with_examples(self, report: Report, file: str, source: Source) -> Report:
        """The report of a script with what is found in the blocks of its Markdown, which are a program of their own."""
        key = f"{file}{EXAMPLES}"
        try:
            shown = self._reported(key, self.project.source(key))
        except Unreadable:  # the script itself says so
            return report
        findings = sorted((*report.findings, *shown.findings), key=lambda finding: (finding.span, finding.code))
        return replace(report, findings=tuple(findings), losses=(*report.losses, *shown.losses))

    def _make_room(self) -> None:
        """Forget what could be worked out again; nothing that is said depends on it."""
        self.project.forget()
        self.imports = Imports()
        self._judged.clear()
        self._looked.clear()

    def _remembered(self, cache: Cache, file: str, source: Source) -> Report:
        """The report of an earlier run, when nothing it depends on has changed since."""
        reported = sorted(self.settings.reported(source.filename))
        own = (self.settings.noqa, self.settings.keras_backend, self.settings.functions, self.repairs)
        key = "\0".join((os.getcwd(), file, repr(own), *reported)).encode("utf-8", "surrogatepass")
        fingerprint = self._fingerprints.of(file)
        known = remembered(cache.load(key), fingerprint, _CODES)
        if known is None or not _is_of(known, source.filename, file):
            known = self._checked(file, source)
            record = remember(known, fingerprint)
            if record is not None:
                cache.store(key, record)
        return known

    def _checked(self, file: str, source: Source) -> Report:
        """The report of a file that has been read. Nothing is said of one that cannot hold a mistake."""
        try:
            self.project.gate(file)
            if not self.sieve.passes(file) or not self.sieve.may_show(file):
                return Report(self._kept(_left_out(source), source), files=1)
            self.project.require(file)
            return self._report(file, self.project.source(file))
        except Unreadable as trouble:
            return self._unreadable(source, trouble)

    def _report(self, file: str, source: Source) -> Report:
        """Judge, keep what is this file's, find the places, leave out what a comment hides."""
        judged = self._judge(file)
        drafts = [
            _Draft(judgement, place, tuple(_way(judgement)))
            for judgement in judged.judgements
            if (place := self._whose(judgement, file)) is not None
        ]
        places = self.spans(origin for draft in drafts for origin in draft.origins())
        together: dict[tuple[Span, str], list[_Draft]] = {}
        for draft in drafts:
            together.setdefault((places[draft.place], draft.judgement.rule.code), []).append(draft)
        self._behind.update({place: first.judgement for place, (first, *_) in together.items()})
        found = [first.finding(places, others) for first, *others in together.values()]
        kept = self._kept([*found, *_left_out(source)], source)
        if self.repairs and kept and not file.endswith(EXAMPLES):  # a text to be read is for its author to change
            kept = self._repaired(kept, judged)
        return Report(findings=kept, losses=judged.losses, files=1, remarks=tuple(_misspelt(source)))

    def _repaired(self, findings: Iterable[Finding], judged: _Judged) -> tuple[Finding, ...]:
        """The findings with what puts them right."""
        from logitlint.fixes.case import Files
        from logitlint.fixes.workshop import Workshop  # with LibCST, which files without findings may do without
        from logitlint.proposals import fix_of

        files = Files(self.project, catalog(), self._importing)
        workshop = Workshop(self.project, catalog(), self._whole(findings, judged), files)
        return tuple(
            finding
            if (judgement := self._behind.get((finding.span, finding.code))) is None
            else replace(finding, fix=fix_of(judgement, workshop, self.project))
            for finding in findings
        )

    def _whole(self, findings: Iterable[Finding], judged: _Judged) -> Trace:
        """The trace with the functions that cannot hold a mistake as well: they may read what a repair changes."""
        files: set[str] = set()
        for finding in findings:
            judgement = self._behind.get((finding.span, finding.code))
            if judgement is not None and judgement.rule.fix:
                uses = (judgement.use, *_producers(judgement))
                files |= {place.file for use in uses for place in (use.origin, use.built) if place is not None}
        files |= {reader for reader in self.readers if files and self.depends(reader, files)}
        return joined([judged.trace, *map(self._looked_at, sorted(files))])

    def _importing(self, file: str) -> list[str]:
        """The files, of those that may use what a repair changes, that import a file."""
        return [reader for reader in self.readers if reader != file and file in self.sieve.imports(reader)]

    def _looked_at(self, file: str) -> Trace:
        """Everything that a file does, once for each run: many may use what one model gives."""
        if file not in self._looked:
            self._looked[file] = analyse(self.project, self.sieve, file, evaluate=looking_on).trace
        return self._looked[file]

    def behind(self, finding: Finding) -> Judgement:
        """The judgement that a finding of this run tells of. Raises KeyError for any other finding."""
        return self._behind[finding.span, finding.code]

    def lines(self, span: Span) -> Sequence[str]:
        """The lines of the file or cell in which a span lies, for the frame; none when it cannot be read."""
        try:
            source = self.project.source(span.filename)
        except Unreadable:
            return ()
        if span.cell is None:
            return source.lines
        return next((rows(cell.text) for cell in source.cells if cell.number == span.cell), ())

    def unresolved(self, report: Report) -> tuple[UnresolvedLoss, ...]:
        """Where the losses of a report that could not be judged stand, and why, in order of place."""
        losses = [loss for loss in report.losses if not loss.resolved]
        places = self.spans([loss.origin for loss in losses])
        return tuple(
            sorted(
                (
                    UnresolvedLoss(places[loss.origin], short(loss.name), loss.cause.words if loss.cause else "unknown")
                    for loss in losses
                ),
                key=lambda loss: loss.span,
            )
        )

    def _judge(self, file: str) -> _Judged:
        """What inference and the rules say of a file and of what it imports, once for each run."""
        if file not in self._judged:
            result = analyse(self.project, self.sieve, file, self.imports)
            backend = asked_for(self.project.source(file).text) or self.settings.keras_backend
            judgements = tuple(told(each, backend) for each in judge(result.trace, self.settings.enabled))
            self._judged[file] = _Judged(
                tuple(result.losses),
                judgements,
                frozenset(map(_key, judgements)),
                result.trace if judgements else Trace(),
            )
        return self._judged[file]

    def _whose(self, judgement: Judgement, file: str) -> Origin | None:
        """Where in a file the finding belongs; None when it belongs to another file.

        From the frame in which the value and the loss meet outwards: the first whose file proves the mistake from its
        own text and what it imports has it.
        """
        use = judgement.use
        frames = (*use.stack, use.origin)
        for frame in reversed(frames[: _meeting(judgement) + 1]):
            if frame.file == file:
                return next(inner for inner in reversed(frames) if inner.file == file)
            if _key(judgement) in self._judge(frame.file).keys:
                return None
        return None

    def spans(self, origins: Iterable[Origin]) -> dict[Origin, Span]:
        """Rows and columns, file by file: the costly part, so only for what is shown."""
        wanted: dict[str, set[int]] = defaultdict(set)
        for origin in origins:
            wanted[origin.file].add(origin.node)
        return {
            Origin(file, node): placed(self.project.source(file), place)
            for file, nodes in wanted.items()
            for node, place in self.project.places(file, nodes).items()
        }

    def _kept(self, findings: Collection[Finding], source: Source) -> tuple[Finding, ...]:
        """Those that are wanted in that file and that no comment hides, in order of place."""
        if not findings:
            return ()
        reported = self.settings.reported(source.filename)
        wanted = [finding for finding in findings if finding.code in reported]
        kept = suppressions.visible(wanted, source) if self.settings.noqa else wanted
        return tuple(sorted(kept, key=lambda finding: (finding.span, finding.code)))

    def _unreadable(self, source: Source, trouble: Unreadable) -> Report:
        return Report(self._kept([_unread(source, None, Trouble.of(trouble))], source), files=1)


def _is_of(report: Report, filename: str, file: str) -> bool:
    """Whether a report places nothing in another file than its own."""
    return all(finding.span.filename == filename for finding in report.findings) and all(
        loss.resolved or loss.origin.file == file for loss in report.losses
    )


def _misspelt(source: Source) -> Iterator[Remark]:
    """The notes that name no kind."""
    for (row, column), note in notes(source.text):
        if named(note.kind) is None:
            kinds = [name.lower().replace("_", "-") for name in Kind.__members__]
            known = kinds if note.returns else [*kinds, *(f"returns {kind}" for kind in kinds)]
            near = suggestion(note.kind, known) or f"; the kinds are {', '.join(kinds)}"
            span = placed(source, (row, column, row, column + 1))
            yield Remark(span, f"`{note.kind}` is no kind, so this note says nothing{near}")


def _left_out(source: Source) -> list[Finding]:
    """The cells of a notebook and the blocks of a text that cannot be read, each a finding."""
    cells = [_unread(source, cell.number, cell.trouble) for cell in source.cells if cell.trouble]
    return [*cells, *(_unread(source, None, trouble) for trouble in source.troubles)]


def _unread(source: Source, cell: int | None, trouble: Trouble) -> Finding:
    span = Span(source.filename, cell, trouble.row, trouble.column, trouble.row, trouble.column + 1)
    return Finding(UNREADABLE.code, UNREADABLE.name, trouble.message, span)


class _Judged(msgspec.Struct, frozen=True):
    losses: tuple[Loss, ...]
    judgements: tuple[Judgement, ...]
    keys: frozenset[object]
    trace: Trace


class _Draft(msgspec.Struct, frozen=True):
    """A finding whose places are still numbers."""

    judgement: Judgement
    place: Origin
    way: tuple[tuple[Origin, str], ...]

    def origins(self) -> Iterator[Origin]:
        """Everything that must be placed."""
        yield self.place
        yield from (origin for origin, _ in self.way)
        yield from (use.origin for use in _producers(self.judgement))

    def finding(self, places: Mapping[Origin, Span], others: Sequence[_Draft]) -> Finding:
        """The finding, with the places known; `others` make the same mistake at the same place, in other ways."""
        rule, verdict, span = self.judgement.rule, self.judgement.verdict, places[self.place]
        same = [each for each in others if each.judgement.verdict.message == verdict.message and each.way]
        message = verdict.message + self._made(places, same)
        ways = dict.fromkeys(step for each in others[:MOST_PRODUCERS] for step in each.way if step not in self.way)
        steps = (*ways, *self.way)
        return Finding(rule.code, rule.name, message, span, tuple(Step(places[at], words) for at, words in steps))

    def _made(self, places: Mapping[Origin, Span], others: Sequence[_Draft]) -> str:
        """``; made softmax probabilities at model.py:39``, unless that is the very line of the finding."""
        span = places[self.place]
        taken = self.judgement.verdict.taken
        spans = [places[use.origin] for each in (self, *others) for use in _producers(each.judgement)]
        made = dict.fromkeys((at.filename, at.cell, at.row) for at in spans)
        made.pop((span.filename, span.cell, span.row), None)
        if taken is None or not made:
            return ""
        told = [
            f"{filename}:{row}" if cell is None else f"{filename}:cell {cell}:{row}"
            for filename, cell, row in list(made)[:MOST_PRODUCERS]
        ]
        more = f" and {len(made) - len(told)} more" if len(made) > len(told) else ""
        what = f"made {describe(taken.kind)}" if self.judgement.verdict.witness is None else "read so"
        return f"; {what} at {', '.join(told)}{more}"


def _producers(judgement: Judgement) -> list[Use]:
    """The uses that gave the value at fault its kind, or say what it is."""
    taken, witness = judgement.verdict.taken, judgement.verdict.witness
    if witness is not None:
        return [witness]
    return producers(taken.tensor) if taken is not None and taken.tensor is not None else []


def _key(judgement: Judgement) -> object:
    """What makes two judgements, of two files, the same mistake: the rule, the loss, and what made the value."""
    made = frozenset(use.origin for use in _producers(judgement))
    return judgement.rule.code, judgement.use.origin, made


def _meeting(judgement: Judgement) -> int:
    """The depth of the frame in which the value and the use meet: how much of the stack their ways have in common."""
    stack = judgement.use.stack
    return min((common(stack, use.stack) for use in _producers(judgement)), default=len(stack))


def _way(judgement: Judgement) -> list[tuple[Origin, str]]:
    """The way the value took: what made it, the calls that returned it or passed it on, what kept it, the use."""
    taken, last = judgement.verdict.taken, judgement.use
    if judgement.verdict.witness is not None:
        return testimony(judgement.verdict.witness, last)
    if taken is None or taken.tensor is None:
        return []
    return way(taken.tensor, last=last, taken=taken)
