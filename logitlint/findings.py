"""A finding: what is reported, where, and the way the value took."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Final, TypeAlias

import msgspec

from logitlint.fixes.safety import Applicability, Effect
from logitlint.source.text import Source, rows

if TYPE_CHECKING:
    from logitlint.inference.trace import Loss
    from logitlint.inference.values import Origin

URL = "https://logitlint.readthedocs.io/rules/{name}/"


class Span(msgspec.Struct, frozen=True, order=True):
    """Where something stands: rows and columns from 1, the end exclusive; `cell` is the notebook cell, from 1."""

    filename: str
    cell: int | None
    row: int
    column: int
    end_row: int
    end_column: int


Lines: TypeAlias = Callable[[Span], Sequence[str]]
"""The lines of the file (or cell) in which a span lies; empty when they cannot be had."""


def placed(source: Source, place: tuple[int, int, int, int]) -> Span:
    """A place of a program (rows and columns from 1) in its file: in a notebook, in the cell."""
    row, column, end_row, end_column = place
    cell = source.cell(row)
    if cell is None and source.program is None:
        return Span(source.filename, None, row, column, end_row, end_column)
    above, said = (cell.row - 1, rows(cell.text)) if cell else (0, source.lines)
    program = rows(source.code)[above:]
    first, last = (
        _moved(said[at - 1], program[at - 1]) if at <= len(said) else 0 for at in (row - above, end_row - above)
    )
    number = cell.number if cell else None
    return Span(source.filename, number, row - above, column + first, end_row - above, end_column + last)


def _moved(said: str, program: str) -> int:
    """How much further to the right a row stands in its file: a cell that is indented is read without that, and tabs
    of Python 2 as so many blanks.
    """
    kept = said.endswith(program) or said.lstrip() == program.lstrip()
    return len(said) - len(program) if kept else 0


class Step(msgspec.Struct, frozen=True):
    """One step of a value's way from its producer to the loss."""

    span: Span
    message: str


class Edit(msgspec.Struct, frozen=True):
    """A stretch of text and what stands there instead; an empty span is an insertion."""

    span: Span
    content: str


class Fix(msgspec.Struct, frozen=True):
    """A repair: what it is, how far it may be trusted, and its edits, which do not overlap.

    Edits of several files belong together: all are made or none. A repair that is only displayed may have none.
    """

    applicability: Applicability
    effect: Effect
    message: str
    edits: tuple[Edit, ...] = ()


VERIFIED: Final = "verified"
REFUTED: Final = "refuted"
INCONCLUSIVE: Final = "inconclusive"


class Measurement(msgspec.Struct, frozen=True):
    """What a repair was found to do on one framework.

    framework
        With its version.
    status
        `VERIFIED`, `REFUTED` or `INCONCLUSIVE`; `trouble` says why it is the last.
    formula
        What both sides were held against.
    cosine
        Between the gradient before and the right one.
    floor
        What the loss before cannot go below.
    errors
        For each number type, the largest errors before and after, and up to which size of scores each side is right.
    reads, warning
        What the loss before takes for the probabilities, as a formula of the raw scores x; and what the framework
        itself says when that side is run.
    infinite
        By ``before`` and ``after``, what becomes of infinite scores.
    """

    framework: str
    status: str
    trouble: str | None = None
    formula: str | None = None
    cosine: float | None = None
    floor: float | None = None
    errors: dict[str, dict[str, float]] = msgspec.field(default_factory=dict)
    reads: str | None = None
    warning: str | None = None
    infinite: dict[str, str] = msgspec.field(default_factory=dict)


class Verified(msgspec.Struct, frozen=True):
    """What numbers say of a repair: of all frameworks together, and of each."""

    status: str
    reason: str | None = None
    measured: tuple[Measurement, ...] = ()


class Finding(msgspec.Struct, frozen=True):
    """One certain mistake."""

    code: str
    name: str
    message: str
    span: Span
    trace: tuple[Step, ...] = ()
    fix: Fix | None = None
    verified: Verified | None = None

    @property
    def url(self) -> str:
        """The page that explains the rule."""
        return URL.format(name=self.name)


class UnresolvedLoss(msgspec.Struct, frozen=True):
    """A loss whose prediction could not be followed, and why."""

    span: Span
    loss: str
    reason: str


class Failure(msgspec.Struct, frozen=True):
    """A file that could not be judged because of a mistake in logitlint itself."""

    filename: str
    message: str


class Remark(msgspec.Struct, frozen=True):
    """A comment meant for logitlint that it cannot obey."""

    span: Span
    message: str


class Report(msgspec.Struct, frozen=True):
    """What was found in some files.

    findings
        In order of place.
    losses
        The losses that stand in those files and were met, and those of files they import that were resolved from here:
        for the coverage line.
    failures
        Files about which nothing can be said.
    files
        How many files were looked at.
    remarks
        Comments that say nothing: no findings, but the user should know.
    unselected
        What rules would report that were not selected, where it was asked for.
    """

    findings: tuple[Finding, ...] = ()
    losses: tuple[Loss, ...] = ()
    failures: tuple[Failure, ...] = ()
    files: int = 0
    remarks: tuple[Remark, ...] = ()
    unselected: tuple[Finding, ...] = ()

    @property
    def seen(self) -> int:
        """How many losses were met."""
        return len(self.losses)

    @property
    def resolved(self) -> int:
        """How many of them have a prediction whose kind is known."""
        return sum(loss.resolved for loss in self.losses)


def combined(reports: Iterable[Report]) -> Report:
    """One report of many files."""
    every = list(reports)
    return Report(
        findings=tuple(finding for report in every for finding in report.findings),
        losses=_losses(every),
        failures=tuple(failure for report in every for failure in report.failures),
        files=sum(report.files for report in every),
        remarks=tuple(remark for report in every for remark in report.remarks),
        unselected=tuple(finding for report in every for finding in report.unselected),
    )


def _losses(reports: Iterable[Report]) -> tuple[Loss, ...]:
    """Each loss once: resolved when one of the files that lead to it resolves it."""
    known: dict[Origin, Loss] = {}
    for loss in (loss for report in reports for loss in report.losses):
        earlier = known.get(loss.origin)
        if earlier is None or (loss.resolved and not earlier.resolved):
            known[loss.origin] = loss
    return tuple(known.values())
