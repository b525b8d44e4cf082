"""A finding: what is reported, where, and the way the value took."""

from __future__ import annotations

from dataclasses import dataclass

URL = "https://logitlint.readthedocs.io/rules/{name}/"


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """Where something stands in a file: rows and columns from 1, the end exclusive; `cell` is the notebook cell, from 1."""

    filename: str
    cell: int | None
    row: int
    column: int
    end_row: int
    end_column: int


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a value's way from its producer to the loss."""

    span: Span
    message: str


@dataclass(frozen=True, slots=True)
class Finding:
    """One certain mistake."""

    code: str
    name: str
    message: str
    span: Span
    trace: tuple[Step, ...] = ()

    @property
    def url(self) -> str:
        """The page that explains the rule."""
        return URL.format(name=self.name)


@dataclass(frozen=True, slots=True)
class UnresolvedLoss:
    """A loss whose prediction could not be followed, and why."""

    span: Span
    loss: str
    reason: str


@dataclass(frozen=True, slots=True)
class Report:
    """What one run of the tool found: findings in order of place, and how many losses it could judge."""

    findings: tuple[Finding, ...]
    seen: int
    resolved: int
    unresolved: tuple[UnresolvedLoss, ...] = ()
    files: int = 0
