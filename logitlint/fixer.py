"""Repairs made: chosen, applied to the texts, checked again, until there is nothing left to repair.

A repair stays only if the result parses, its finding is gone, nothing new is found, and no loss that was understood is
lost sight of. Where it brings about what another repair puts right, both are made as one.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Final, TypeAlias

import msgspec

from logitlint.documents import Document
from logitlint.findings import Edit, Finding, Report
from logitlint.fixes.changes import Change, Uncertain, overlap
from logitlint.fixes.safety import Applicability
from logitlint.known import Known, Reviewed
from logitlint.linter import KNOWN, Linter
from logitlint.project.links import AWAY, LeadsOut
from logitlint.settings import Settings
from logitlint.source.text import Source, Unreadable

MOST_ROUNDS: Final = 10
_ON: Final = frozenset(entry.code for entry in KNOWN if entry.default)
"""What a repair must not bring about; of the opt-in rules, it may."""


Refuted: TypeAlias = Callable[[Linter, Sequence[Finding]], Mapping[int, str]]
"""Of findings that a linter has just made, by their positions, those whose repairs are refuted, and how."""


class Discarded(msgspec.Struct, frozen=True):
    """A repair that was not made, and why; `refuted` when numbers speak against it."""

    finding: Finding
    reason: str
    refuted: bool = False


class Repaired(msgspec.Struct, frozen=True):
    """What came of it.

    linter, reports
        The last judgement of each file, with the findings that count, and the linter that can show its lines.
    before, after
        The files that were changed.
    fixed
        The findings that were put right.
    discarded
        Those whose repair was tried and did not hold.
    """

    linter: Linter
    reports: tuple[Report, ...]
    before: Mapping[str, Document]
    after: Mapping[str, Document]
    fixed: tuple[Finding, ...] = ()
    discarded: tuple[Discarded, ...] = ()


class Fixer:
    """One run over some files."""

    def __init__(
        self,
        settings: Settings,
        *,
        unsafe: bool,
        refuted: Refuted | None = None,
        reviewed: Reviewed | None = None,
        away: LeadsOut = lambda _: False,
    ) -> None:
        """`reviewed` tells which findings count: the others are left as they are, and so are files that are `away`."""
        self.settings = settings
        self.refuted = refuted
        self.away = away
        self.known = Known(reviewed) if reviewed is not None else None
        self.allowed = {Applicability.SAFE, Applicability.UNSAFE} if unsafe else {Applicability.SAFE}
        self.linter = Linter(settings, repairs=True)
        self.reports: dict[str, Report] = {}
        self.given: dict[str, Document] = {}
        """Files that do not come from disk: stdin, and what was repaired."""
        self.before: dict[str, Document] = {}
        self.fixed: list[Finding] = []
        self.discarded: dict[object, Discarded] = {}

    def repair(self, files: Iterable[str], given: Mapping[str, Document] | None = None) -> Repaired:
        """Judge the files and repair what can be repaired. `given` are not read from disk."""
        self.given.update(given or {})
        names = [str(Path(file)) for file in files]
        self.linter = Linter(self.settings, repairs=True, readers=names)
        self.reports = self._checked(self.linter, names)
        if self.known is not None:
            self.known.learn(self.reports.values(), self.linter)
        rounds, alone = MOST_ROUNDS, False
        while rounds and (chosen := self._approved(self._chosen())):
            if alone:  # each is made or given up, so this ends
                self._made(chosen[:1])
            else:
                rounds -= 1
                alone = not self._made(chosen) and len(chosen) > 1
        changed = [file for file, before in self.before.items() if before.content != self.given[file].content]
        return Repaired(
            self.linter,
            tuple(map(self._counting, self.reports.values())),
            {file: self.before[file] for file in changed},
            {file: self.given[file] for file in changed},
            tuple(self.fixed),
            tuple(self.discarded.values()),
        )

    def _checked(self, linter: Linter, files: Collection[str]) -> dict[str, Report]:
        for file, document in self.given.items():
            linter.project.add(file, document.source)
        return {file: linter.check_known(file, self._source(file)) for file in files}

    def _source(self, file: str) -> Source | None:
        return self.given[file].source if file in self.given else None

    def _chosen(self) -> list[Finding]:
        """The findings that are to be repaired now: as many as do not get in one another's way."""
        chosen: list[Finding] = []
        repairs: list[set[Change]] = []
        reports = map(self._counting, self.reports.values())
        for finding in [finding for report in reports for finding in report.findings]:
            fix = finding.fix
            if fix is None or not fix.edits or fix.applicability not in self.allowed or key(finding) in self.discarded:
                continue
            try:
                own = {change for each in self._changes([finding]).values() for change in each}
            except (Uncertain, Unreadable) as error:
                self.discarded[key(finding)] = Discarded(finding, str(error))
                continue
            # A repair that shares an edit with another counts on the rest of its own: both together may be neither.
            if own in repairs or not (
                any(own & other for other in repairs) or overlap([*own, *(each for other in repairs for each in other)])
            ):
                chosen.append(finding)
                repairs.append(own)
        return chosen

    def _counting(self, report: Report) -> Report:
        return report if self.known is None else self.known.without(report, self.linter)

    def _changes(self, findings: Sequence[Finding]) -> dict[str, list[Change]]:
        """What some repairs change, by file. Raises `Uncertain`, or `Unreadable` for a file that is gone."""
        edits: dict[str, list[Edit]] = {}
        for finding in findings:
            for edit in finding.fix.edits if finding.fix is not None else ():
                edits.setdefault(edit.span.filename, []).append(edit)
        if outside := edits.keys() - self.reports.keys():
            raise Uncertain(f"it changes {', '.join(sorted(outside))}, which is not among the files given")
        for file in filter(self.away, edits):
            raise Uncertain(f"it changes {file}: {AWAY}")
        return {file: self._document(file).changes(own) for file, own in edits.items()}

    def _approved(self, findings: list[Finding]) -> list[Finding]:
        """Those whose repairs are not refuted; the others are discarded."""
        reasons = self.refuted(self.linter, findings) if self.refuted is not None and findings else {}
        for place, reason in reasons.items():
            self.discarded[key(findings[place])] = Discarded(findings[place], reason, refuted=True)
        kept = [finding for place, finding in enumerate(findings) if place not in reasons]
        return kept if kept or not findings else self._approved(self._chosen())

    def _made(self, findings: Sequence[Finding]) -> bool:
        """Make some repairs at once; False when they do not hold together. One that fails alone is discarded."""
        earlier, linter, reports = dict(self.given), self.linter, self.reports
        documents: dict[str, Document] = {}
        reason: str | None = None
        try:
            self._edit(findings, documents)
            reason = self._wrong(findings, reports)
            if reason is not None and len(findings) == 1 and (others := self._brought(reports)):
                self._edit(others, documents)
                reason = self._wrong(findings, reports)
        except (Uncertain, Unreadable) as error:
            reason = reason or str(error)
        if reason is None:
            self.before = {**documents, **self.before}
            self.fixed += findings
            return True
        self.given, self.linter, self.reports = earlier, linter, reports
        if len(findings) == 1:
            self.discarded[key(findings[0])] = Discarded(findings[0], reason)
        return False

    def _edit(self, findings: Sequence[Finding], documents: dict[str, Document]) -> None:
        """Make the edits of some repairs, and judge again what they concern. `documents` are the files before.

        Raises `Uncertain` or `Unreadable`, with nothing changed.
        """
        changes = self._changes(findings)
        before = {file: self._document(file) for file in changes}
        self.given.update({file: before[file].edited(own) for file, own in changes.items()})
        for file, document in before.items():
            documents.setdefault(file, document)
        linter = Linter(self.settings, repairs=True, readers=self.linter.readers)
        affected = [file for file in self.reports if self.linter.depends(file, changes.keys())]
        self.linter, self.reports = linter, {**self.reports, **self._checked(linter, affected)}

    def _brought(self, before: Mapping[str, Report]) -> list[Finding]:
        """What a repair that has just been made brought about, where each can be put right in turn: then both are one
        repair. Empty where one cannot.
        """
        brought: list[Finding] = []
        for file, report in self.reports.items():
            was = Counter(finding.code for finding in before[file].findings)
            found = Counter(finding.code for finding in report.findings)
            brought += [each for each in report.findings if each.code in _ON and not was[each.code]]
            if any(0 < was[code] < count and code in _ON for code, count in found.items()):
                return []  # which of them is new is not known
        fixes = [finding.fix for finding in brought]
        if not all(fix is not None and fix.edits and fix.applicability in self.allowed for fix in fixes):
            return []
        refuted = self.refuted(self.linter, brought) if self.refuted is not None and brought else {}
        return [] if refuted else brought

    def _document(self, file: str) -> Document:
        """What a file says, which is what was judged. Raises `Unreadable` when somebody has changed it since."""
        given = self.given.get(file)
        if given is not None:
            return given
        document = Document.read(file)
        if document.source != self.linter.project.source(file):
            raise Unreadable("it was changed meanwhile")
        return document

    def _wrong(self, findings: Sequence[Finding], earlier: Mapping[str, Report]) -> str | None:
        """Why repairs that were made do not hold, judged by the reports before them; None when they do."""
        gone = Counter((finding.span.filename, finding.code) for finding in findings)
        for file, report in self.reports.items():
            before = earlier[file]
            if report is before:
                continue
            if report.failures:
                return report.failures[0].message
            counted = Counter(finding.code for finding in report.findings)
            was = Counter(finding.code for finding in before.findings)
            for code, count in counted.items():
                if count > was[code] and code in _ON:
                    return f"it would raise {code}"
                if gone[file, code] and count > was[code] - gone[file, code]:
                    return f"{code} would still be found"
            repaired = sum(count for (where, _), count in gone.items() if where == file)
            if _unresolved(report) > _unresolved(before) + repaired:  # what an activation was applied to may be unknown
                return "a loss could no longer be followed"
        return None


def key(finding: Finding) -> object:
    """What tells a repair that was tried from others."""
    return finding.code, finding.span, finding.fix


def _unresolved(report: Report) -> int:
    return sum(not loss.resolved for loss in report.losses)
