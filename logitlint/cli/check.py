"""`logitlint check`: the options, the configuration under them, the run, the exit code."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from logitlint.cli import inputs, options, output
from logitlint.cli.faults import CLEAN, FAILED, FOUND, Fault
from logitlint.cli.review import Review, add_noqa, write_baseline

if TYPE_CHECKING:
    from logitlint.findings import Report
    from logitlint.project.cache import Cache
    from logitlint.settings import Configuration


@click.command(cls=options.GroupedCommand, short_help="Check files and directories.")
@click.argument("paths", nargs=-1, metavar="[PATH]...", type=click.Path(readable=False))
@options.selecting
@options.discovering
@options.reviewing
@options.fixing
@options.reporting
@options.running
def check(paths: tuple[str, ...], **given: object) -> int:
    """Check files and directories (default: the current directory).

    \b
    Examples:
      logitlint check models/ train.py
      logitlint check --select LGT1,LGT201 --ignore LGT104 .
      logitlint check --output-format json . > findings.json
      logitlint check --fix --diff .
      logitlint check --show-unresolved .
      logitlint check --diff-base main              only what this branch introduces
      logitlint check --write-baseline known.json   then: logitlint check --baseline known.json
      git show HEAD:train.py | logitlint check - --stdin-filename train.py

    A finding is silenced by `# noqa: LGT101` on its line. Settings are read from [tool.logitlint] in pyproject.toml.
    """
    selecting = options.values(options.Selecting, given)
    discovering = options.values(options.Discovering, given)
    fixing = options.values(options.Fixing, given)
    reporting = options.values(options.Reporting, given)
    reviewing = options.values(options.Reviewing, given)
    paths = inputs.existing(paths, discovering)
    _refuse_contradictions(paths, reviewing, fixing, reporting)
    if fixing.verify:
        from logitlint.cli.verify import require_numpy

        require_numpy()
    start = inputs.start_of(paths, discovering)
    configuration = inputs.configuration_at(start, discovering)

    from logitlint.linter import Linter

    shown = reporting.show_unresolved or configuration.show_unresolved
    settings = inputs.settings_of(configuration, selecting, discovering, unselected=shown)
    running = options.values(options.Running, given)
    wanted = output.Wanted(
        output_format=reporting.output_format or configuration.output_format,
        output_file=reporting.output_file,
        statistics=reporting.statistics,
        show_unresolved=shown,
        unsafe_fixes=fixing.unsafe_fixes,
    )
    review = Review(reviewing, configuration.baseline, start)
    if fixing.fix or fixing.diff:
        from logitlint.cli import repairs

        texts = repairs.Input(*inputs.located(paths, settings, discovering), paths)
        report, code = repairs.repair(settings, texts, fixing, wanted, review)
        if code is None:
            return _code(report, reporting)
        return CLEAN if code == FOUND and reporting.exit_zero else code
    # What is proved is looked at closely: a report of an earlier run does not say enough.
    cache = None if fixing.verify else _cache(configuration, running)
    linter = Linter(settings, cache=cache, repairs=True)
    jobs = 1 if fixing.verify else running.jobs
    reports = review.new(inputs.reports(linter, paths, discovering, jobs), linter)
    if fixing.verify:
        from logitlint.runtime.verify import proven

        reports = proven(linter, reports)
    if reviewing.write_baseline is not None:
        return write_baseline(Path(reviewing.write_baseline), reports, linter)
    if reviewing.add_noqa:
        return add_noqa(reports, paths)
    report = output.write(linter, reports, wanted, review.closing)
    return FAILED if _is_refuted(report) else _code(report, reporting)


def _is_refuted(report: Report) -> bool:
    from logitlint.findings import REFUTED

    return any(finding.verified is not None and finding.verified.status == REFUTED for finding in report.findings)


def _code(report: Report, reporting: options.Reporting) -> int:
    """Tell what went wrong, and the exit code."""
    if output.failed(report):
        return FAILED
    return FOUND if report.findings and not reporting.exit_zero else CLEAN


def _refuse_contradictions(
    paths: tuple[str, ...], reviewing: options.Reviewing, fixing: options.Fixing, reporting: options.Reporting
) -> None:
    if paths == (inputs.STDIN,) and (reviewing.diff_base is not None or reviewing.add_noqa):
        raise Fault(f"`{'--add-noqa' if reviewing.add_noqa else '--diff-base'}` works on files, not on stdin")
    ways = [reviewing.baseline is not None, reviewing.write_baseline is not None, reviewing.add_noqa]
    if reviewing.write_baseline is not None and sum(ways) > 1:
        raise Fault("`--write-baseline` writes all findings: it cannot be combined with `--baseline` or `--add-noqa`")
    if fixing.fix or fixing.diff:
        kept = {"--add-noqa": reviewing.add_noqa, "--write-baseline": reviewing.write_baseline is not None}
        if other := [name for name, given in kept.items() if given]:
            raise Fault(f"`{other[0]}` leaves old findings as they are: it cannot be combined with `--fix` or `--diff`")
    if fixing.diff:
        reported = {"--statistics": reporting.statistics, "--output-file": reporting.output_file is not None}
        if other := [name for name, given in reported.items() if given]:
            raise Fault(f"`--diff` writes a patch to stdout, and no report: it cannot be combined with `{other[0]}`")


def _cache(configuration: Configuration, running: options.Running) -> Cache | None:
    """Where earlier runs have left what they found; None when that is not wanted."""
    if running.no_cache:
        return None
    from logitlint.memory import version
    from logitlint.printing import escaped
    from logitlint.project.cache import Cache, beside
    from logitlint.project.secret import secret

    folder = Path(running.cache_dir) if running.cache_dir is not None else beside(configuration.root)
    if folder is None:
        return None
    try:
        return Cache(folder, version(), secret())
    except OSError as error:
        where = f"{escaped(str(error.filename))}: " if error.filename is not None else ""
        click.echo(f"warning: nothing is kept between runs: {where}{error.strerror or error}", err=True)
        return None
