"""Findings that do not count in a run, found again after other lines were repaired."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from typing import TypeAlias

from msgspec.structs import replace

from logitlint.findings import Finding, Report
from logitlint.linter import Linter

Reviewed: TypeAlias = Callable[[Iterable[Report], Linter], Iterable[Report]]
"""The reports of a linter with the findings that count."""


class Known:
    """What the first judgement of a run said of the findings that a baseline has, or that a change did not bring."""

    def __init__(self, reviewed: Reviewed) -> None:
        self._reviewed = reviewed
        self._new: set[object] = set()
        self._lines: set[object] = set()
        self._counts: Counter[object] = Counter()

    def learn(self, reports: Iterable[Report], linter: Linter) -> None:
        """Ask once which findings count."""
        every = list(reports)
        self._new = {
            (finding.code, finding.span) for report in self._reviewed(every, linter) for finding in report.findings
        }
        for finding in [finding for report in every for finding in report.findings]:
            if (finding.code, finding.span) not in self._new:
                self._lines.add(_line(finding, linter))
                self._counts[finding.span.filename, finding.code] += 1

    def without(self, report: Report, linter: Linter) -> Report:
        """The report with the findings that count.

        Above a finding lines may be gone by now: it is known by the text of its own. Where that was edited as well, as
        many findings of a rule do not count in a file as did not at first.
        """
        counts = Counter((finding.span.filename, finding.code) for finding in report.findings)
        kept = [
            finding
            for finding in report.findings
            if counts[finding.span.filename, finding.code] > self._counts[finding.span.filename, finding.code]
            and ((finding.code, finding.span) in self._new or _line(finding, linter) not in self._lines)
        ]
        return replace(report, findings=tuple(kept))


def _line(finding: Finding, linter: Linter) -> object:
    span, lines = finding.span, linter.lines(finding.span)
    text = lines[span.row - 1].strip() if span.row <= len(lines) else ""
    return span.filename, span.cell, finding.code, text
