"""The pipeline: read, gate, analyse, judge, decide whose finding it is, place it, suppress."""

from __future__ import annotations

import ast
import gc
import os
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from pathlib import Path

import msgspec
from msgspec.structs import replace

from logitlint import suppressions
from logitlint.drafts import Draft, meeting, mistake_of, producers_of, proofs_of, proved_alone, way_of
from logitlint.findings import Failure, Finding, Report, Span, UnresolvedLoss, placed
from logitlint.frameworks.catalog import catalog
from logitlint.frameworks.keras_backends import asked_for
from logitlint.inference.imports import Imports
from logitlint.inference.run import analyse, looking_on
from logitlint.inference.trace import Loss, Trace, joined
from logitlint.inference.values import Origin
from logitlint.memory import remember, remembered
from logitlint.project.cache import Cache
from logitlint.project.fingerprints import Fingerprints
from logitlint.project.modules import Project
from logitlint.project.sieve import Sieve
from logitlint.remarks import left_out, misspelt, unread
from logitlint.rules import RULES, UNREADABLE, Judgement, judge
from logitlint.rules.backends import told
from logitlint.rules.rule import Entry
from logitlint.settings import Settings
from logitlint.source.examples import EXAMPLES, has_examples
from logitlint.source.text import Source, TooLarge, Trouble, Unreadable, decode, programmed, rows
from logitlint.ways import short

KNOWN: tuple[Entry, ...] = tuple(sorted((*RULES, UNREADABLE), key=lambda entry: entry.code))
"""Everything that may be reported, by code."""

MOST_LOWERED = 8_000_000
"""Characters of text whose intermediate forms, with all that was made of them, are kept at a time: some 160 MB."""
_CODES = frozenset(entry.code for entry in KNOWN)


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
        self._behind: dict[tuple[Span, str], tuple[Judgement, ...]] = {}

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
        unselected = (*report.unselected, *shown.unselected)
        return replace(report, findings=tuple(findings), losses=(*report.losses, *shown.losses), unselected=unselected)

    def _make_room(self) -> None:
        """Forget what could be worked out again; nothing that is said depends on it."""
        self.project.forget()
        self.imports = Imports()
        self._judged.clear()
        self._looked.clear()
        gc.collect()  # most of it is in circles, and too old for what is looked through after each file

    def _remembered(self, cache: Cache, file: str, source: Source) -> Report:
        """The report of an earlier run, when nothing it depends on has changed since."""
        reported = sorted(self.settings.reported(source.filename))
        others = sorted(self.settings.unselected)
        own = (self.settings.noqa, self.settings.keras_backend, self.settings.functions, self.repairs, others)
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
                return Report(self._kept(left_out(source), source), files=1)
            self.project.require(file)
            return self._report(file, self.project.source(file))
        except TooLarge as trouble:  # a table of numbers may be as large as it likes
            return self._unreadable(source, trouble) if self.sieve.passes(file) else Report(files=1)
        except Unreadable as trouble:
            return self._unreadable(source, trouble)

    def _report(self, file: str, source: Source) -> Report:
        """Judge, keep what is this file's, find the places, leave out what a comment hides."""
        judged = self._judge(file)
        found = self._drawn_up(judged.judgements, file)
        kept = self._kept([*found, *left_out(source)], source)
        if self.repairs and kept and not file.endswith(EXAMPLES):  # a text to be read is for its author to change
            kept = self._repaired(kept, judged)
        others = self._drawn_up(judged.unselected, file)
        quiet = suppressions.visible(others, source) if self.settings.noqa else others
        spoken = {finding.span for finding in kept}
        unselected = tuple(finding for finding in quiet if finding.span not in spoken)
        return Report(kept, judged.losses, files=1, remarks=tuple(misspelt(source)), unselected=unselected)

    def _drawn_up(self, judgements: Iterable[Judgement], file: str) -> list[Finding]:
        """The findings of a file: those of the judgements that are its own, each place and code once."""
        drafts = [
            Draft(judgement, place, tuple(way_of(judgement)))
            for judgement in judgements
            if (place := self._whose(judgement, file)) is not None
        ]
        places = self.spans(origin for draft in drafts for origin in draft.origins())
        together: dict[tuple[Span, str], list[Draft]] = {}
        for draft in drafts:
            together.setdefault((places[draft.place], draft.judgement.rule.code), []).append(draft)
        self._behind.update({place: tuple(each.judgement for each in ways) for place, ways in together.items()})
        return [first.finding(places, others) for first, *others in together.values()]

    def _repaired(self, findings: Iterable[Finding], judged: _Judged) -> tuple[Finding, ...]:
        """The findings with what puts them right."""
        from logitlint.fixes.case import Files
        from logitlint.fixes.workshop import Workshop  # with LibCST, which nothing else needs
        from logitlint.proposals import fix_of

        files = Files(self.project, catalog(), self._importing)
        workshop = Workshop(self.project, catalog(), self._whole(findings, judged), files)
        return tuple(
            finding
            if (judgements := self._behind.get((finding.span, finding.code))) is None
            else replace(finding, fix=fix_of(judgements, workshop, self.project))
            for finding in findings
        )

    def _whole(self, findings: Iterable[Finding], judged: _Judged) -> Trace:
        """The trace with the functions that cannot hold a mistake as well: they may read what a repair changes."""
        files: set[str] = set()
        for finding in findings:
            for judgement in self._behind.get((finding.span, finding.code), ()):
                uses = (judgement.use, *producers_of(judgement))
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
        """The judgement that a finding of this run tells of, the first where the same mistake is made in several ways.
        Raises KeyError for any other finding.
        """
        return self._behind[finding.span, finding.code][0]

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
        """What inference and the rules say of a file and of what it imports, once for each run.

        Where something is said of it, it is looked at again for what might have been set before.
        """
        if file not in self._judged:
            judged = self._analysed(file, trying=False)
            if judged.mistakes:
                judged = self._analysed(file, trying=True)
            self._judged[file] = judged
        return self._judged[file]

    def _analysed(self, file: str, *, trying: bool) -> _Judged:
        result = analyse(self.project, self.sieve, file, self.imports, trying=trying)
        backend = asked_for(self.project.source(file).text) or self.settings.keras_backend
        judgements, others = (
            tuple(told(each, backend) for each in judge(result.trace, codes))
            for codes in (self.settings.enabled, self.settings.unselected)
        )
        return _Judged(
            tuple(result.losses),
            judgements,
            others,
            frozenset(map(mistake_of, (*judgements, *others))),
            frozenset().union(*(proved_alone(each, result.trace.sites) for each in (*judgements, *others))),
            result.trace if judgements else Trace(),
        )

    def _whose(self, judgement: Judgement, file: str) -> Origin | None:
        """Where in a file the finding belongs; None when it belongs to another file.

        From the frame in which the value and the loss meet outwards: the first whose file proves the mistake from its
        own text and what it imports has it. Before those come the frames further in, whose files may prove it of
        whatever they are given.
        """
        use = judgement.use
        frames = (*use.stack, use.origin)
        if self._is_proved_within(judgement, file):
            return None
        for frame in reversed(frames[: meeting(judgement) + 1]):
            if frame.file == file:
                return next(inner for inner in reversed(frames) if inner.file == file)
            if mistake_of(judgement) in self._judge(frame.file).mistakes:
                return None
        return None

    def _is_proved_within(self, judgement: Judgement, file: str) -> bool:
        """Whether another file proves the same mistake by itself, of a function that the calls come through."""
        frames = (*judgement.use.stack, judgement.use.origin)
        return any(
            frame.file != file and not proofs_of(judgement, depth).isdisjoint(self._judge(frame.file).proved)
            for depth, frame in enumerate(frames)
            if depth
        )

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
        return Report(self._kept([unread(source, None, Trouble.of(trouble))], source), files=1)


def _is_of(report: Report, filename: str, file: str) -> bool:
    """Whether a report places nothing in another file than its own."""
    return all(finding.span.filename == filename for finding in report.findings) and all(
        loss.resolved or loss.origin.file == file for loss in report.losses
    )


class _Judged(msgspec.Struct, frozen=True):
    losses: tuple[Loss, ...]
    judgements: tuple[Judgement, ...]
    unselected: tuple[Judgement, ...]
    mistakes: frozenset[object]
    proved: frozenset[object]
    trace: Trace
