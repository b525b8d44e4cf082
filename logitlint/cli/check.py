"""`logitlint check`: the options, the configuration under them, the run, the exit code."""

from __future__ import annotations

import difflib
import os
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from logitlint.cli import options, output
from logitlint.cli.faults import CLEAN, FAILED, FOUND, Fault
from logitlint.cli.program import COMMANDS
from logitlint.cli.review import Review, add_noqa, write_baseline
from logitlint.settings import (
    Configuration,
    Selection,
    Settings,
    enabled,
    file_ignores,
    nearest,
    within,
)

if TYPE_CHECKING:
    from logitlint.findings import Report
    from logitlint.linter import Linter

STDIN: Final = "-"


@click.command(cls=options.GroupedCommand)
@click.argument("paths", nargs=-1, metavar="[PATH]...", type=click.Path())
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
    paths = _checked(paths or (os.curdir,), reviewing)
    start = _start(paths, discovering)
    configuration = Configuration(root=Path.cwd()) if discovering.isolated else nearest(start)

    from logitlint.linter import Linter

    settings = _settings(configuration, selecting, discovering)
    wanted = output.Wanted(
        output_format=reporting.output_format or configuration.output_format,
        output_file=reporting.output_file,
        statistics=reporting.statistics,
        show_unresolved=reporting.show_unresolved or configuration.show_unresolved,
        unsafe_fixes=fixing.unsafe_fixes,
    )
    review = Review(reviewing, configuration.baseline, start)
    if fixing.fix or fixing.diff:
        from logitlint.cli import repairs

        texts = repairs.Input(*_input(paths, settings, discovering))
        report, code = repairs.repair(settings, texts, fixing, wanted, review)
        return code if code is not None else _code(report, reporting)
    linter = Linter(settings, repairs=True)
    reports = review.new(_reports(linter, paths, discovering), linter)
    if reviewing.write_baseline is not None:
        return write_baseline(Path(reviewing.write_baseline), reports, linter)
    if reviewing.add_noqa:
        return add_noqa(reports)
    return _code(output.write(linter, reports, wanted, review.closing), reporting)


def _code(report: Report, reporting: options.Reporting) -> int:
    """Tell what went wrong, and the exit code."""
    if not report.files:
        click.echo("warning: no Python files under the given paths", err=True)
    if output.failed(report):
        return FAILED
    return FOUND if report.findings and not reporting.exit_zero else CLEAN


def _settings(configuration: Configuration, selecting: options.Selecting, discovering: options.Discovering) -> Settings:
    """The configuration, with the options over it."""
    from logitlint.linter import KNOWN

    with within(configuration.path):
        enabled([configuration.selection], KNOWN)
        per_file = file_ignores(configuration.per_file_ignores, KNOWN)
    asked = Selection(selecting.select or None, selecting.ignore, selecting.extend_select)
    return Settings(
        enabled=enabled([configuration.selection, asked], KNOWN),
        per_file=file_ignores(selecting.per_file_ignores, KNOWN) or per_file,
        functions=configuration.functions,
        exclude=(discovering.exclude or configuration.exclude) + discovering.extend_exclude,
        root=configuration.root,
        keras_backend=configuration.keras_backend,
    )


def _checked(paths: tuple[str, ...], reviewing: options.Reviewing) -> tuple[str, ...]:
    if STDIN in paths:
        if len(paths) > 1:
            raise Fault("`-` reads stdin and cannot be combined with other paths")
        if reviewing.diff_base is not None or reviewing.add_noqa:
            raise Fault(f"`{'--add-noqa' if reviewing.add_noqa else '--diff-base'}` works on files, not on stdin")
    given = [reviewing.baseline is not None, reviewing.write_baseline is not None, reviewing.add_noqa]
    if reviewing.write_baseline is not None and sum(given) > 1:
        raise Fault("`--write-baseline` writes all findings: it cannot be combined with `--baseline` or `--add-noqa`")
    for path in paths:
        if path != STDIN and not os.path.lexists(path):
            raise Fault(f"{path!r}: no such file or directory{_meant(path, paths)}")
    return paths


def _meant(path: str, paths: tuple[str, ...]) -> str:
    """``; did you mean the command `rules`?`` for a first word that is like one: what names no command is a path."""
    near = difflib.get_close_matches(path, COMMANDS, n=1, cutoff=0.75) if path == paths[0] else []
    return f"; did you mean the command `{near[0]}`?" if near else ""


def _start(paths: tuple[str, ...], discovering: options.Discovering) -> Path:
    """The directory that the paths have in common."""
    named = [discovering.stdin_filename or os.curdir] if paths == (STDIN,) else list(paths)
    places = [os.path.abspath(path) for path in named]
    try:
        start = Path(os.path.commonpath(places))
    except ValueError:  # on different drives
        return Path.cwd()
    return start if start.is_dir() else start.parent


def _reports(linter: Linter, paths: tuple[str, ...], discovering: options.Discovering) -> Iterable[Report]:
    """The report of each file, as it is asked for."""
    files, stdin = _input(paths, linter.settings, discovering)
    if stdin is not None:
        return (linter.check_bytes(stdin, next(iter(files))),)
    return linter.check_paths(files)


def _input(
    paths: tuple[str, ...], settings: Settings, discovering: options.Discovering
) -> tuple[Iterable[str], bytes | None]:
    """The files, as they are asked for; or the name of the text from stdin, and the text."""
    if paths == (STDIN,):
        return (discovering.stdin_filename or "<stdin>",), sys.stdin.buffer.read()
    from logitlint.project.discovery import files

    try:
        return files(paths, settings.exclude, settings.root, discovering.force_exclude), None
    except ValueError as error:
        raise Fault(f"`exclude`: {error}") from error
