"""The options of `check` for reviews: only what is new, and what becomes of what is not."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from logitlint.cli.faults import CLEAN, FAILED, FOUND, Fault
from logitlint.cli.output import failed

if TYPE_CHECKING:
    from logitlint.cli.options import Reviewing
    from logitlint.findings import Report
    from logitlint.linter import Linter
    from logitlint.review.baseline import Baseline
    from logitlint.review.git import Repository


class Review:
    """Which findings of a run count, and what is said at its end of those that do not."""

    def __init__(self, reviewing: Reviewing, configured: Path | None, start: Path) -> None:
        """`configured` is the configuration's baseline. Raises `Fault` for what git or a file does not give."""
        revision = reviewing.diff_base
        self._repository = None if revision is None else _repository(start, revision)
        known = Path(reviewing.baseline) if reviewing.baseline is not None else configured
        self._baseline = None if known is None or reviewing.write_baseline is not None else _baseline(known)

    def new(self, reports: Iterable[Report], linter: Linter) -> Iterable[Report]:
        """The reports, with the findings that count."""
        if self._repository is not None:
            reports = self._introduced(reports, self._repository, linter)
        if self._baseline is not None:
            reports = self._baseline.unknown(reports, linter.lines)
        return reports

    def _introduced(self, reports: Iterable[Report], repository: Repository, linter: Linter) -> Iterator[Report]:
        from logitlint.review.changes import introduced
        from logitlint.review.git import GitError

        try:
            yield from introduced(reports, repository, linter)
        except GitError as error:
            raise Fault(f"`--diff-base`: {error}") from error

    def closing(self) -> Iterator[str]:
        """What there is to say at the end."""
        from logitlint.reporters.text import counted

        hidden = self._baseline.hidden if self._baseline is not None else 0
        if hidden:
            yield f"{counted(hidden, 'finding')} of the baseline {'is' if hidden == 1 else 'are'} not shown."


def _repository(start: Path, revision: str) -> Repository:
    from logitlint.review.git import GitError, Repository

    try:
        return Repository(start, revision)
    except GitError as error:
        raise Fault(f"`--diff-base`: {error}") from error


def _baseline(path: Path) -> Baseline:
    from logitlint.review.baseline import BaselineError, load

    try:
        return load(path)
    except BaselineError as error:
        raise Fault(f"baseline: {error}") from error


def write_baseline(path: Path, reports: Iterable[Report], linter: Linter) -> int:
    """Write the findings down as known."""
    from logitlint.findings import combined
    from logitlint.reporters.text import counted
    from logitlint.review import baseline

    report = combined(reports)
    if failed(report):
        return FAILED
    try:
        baseline.write(path, report.findings, linter.lines)
    except baseline.BaselineError as error:
        raise Fault(f"baseline: {error}") from error
    click.echo(f"Wrote {counted(len(report.findings), 'finding')} to {path}.")
    return CLEAN


def add_noqa(reports: Iterable[Report], paths: Sequence[str]) -> int:
    """Silence the findings in the files below some paths with comments."""
    from logitlint.findings import combined
    from logitlint.printing import escaped, place
    from logitlint.project.links import leads_out
    from logitlint.reporters.text import counted
    from logitlint.review.silencing import silence

    report = combined(reports)
    if failed(report):
        return FAILED
    done = silence(report.findings, leads_out(paths))
    for finding, reason in done.left:
        click.echo(f"{place(finding.span)}: {finding.code} is not silenced: {escaped(reason)}", err=True)
    click.echo(f"Silenced {counted(done.count, 'finding')} in {counted(done.files, 'file')}.")
    return FOUND if done.left else CLEAN
