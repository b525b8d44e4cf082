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
from logitlint.settings import (
    Configuration,
    Selection,
    Settings,
    enabled,
    file_ignores,
    find_configuration,
    load,
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
@options.reporting
@options.running
def check(paths: tuple[str, ...], **given: object) -> int:
    """Check files and directories (default: the current directory).

    \b
    Examples:
      logitlint check models/ train.py
      logitlint check --select LGT1,LGT201 --ignore LGT104 .
      logitlint check --output-format json . > findings.json
      logitlint check --show-unresolved .
      git show HEAD:train.py | logitlint check - --stdin-filename train.py

    A finding is silenced by `# noqa: LGT101` on its line. Settings are read from [tool.logitlint] in pyproject.toml.
    """
    selecting = options.values(options.Selecting, given)
    discovering = options.values(options.Discovering, given)
    reporting = options.values(options.Reporting, given)
    paths = _checked(paths or (os.curdir,))

    from logitlint.linter import KNOWN, Linter

    configuration = _configuration(paths, discovering)
    asked = Selection(selecting.select or None, selecting.ignore, selecting.extend_select)
    with within(configuration.path):
        enabled([configuration.selection], KNOWN)
        per_file = file_ignores(configuration.per_file_ignores, KNOWN)
    settings = Settings(
        enabled=enabled([configuration.selection, asked], KNOWN),
        per_file=file_ignores(selecting.per_file_ignores, KNOWN) or per_file,
        exclude=(discovering.exclude or configuration.exclude) + discovering.extend_exclude,
        root=configuration.root,
    )
    linter = Linter(settings)
    wanted = output.Wanted(
        output_format=reporting.output_format or configuration.output_format,
        output_file=reporting.output_file,
        statistics=reporting.statistics,
        show_unresolved=reporting.show_unresolved or configuration.show_unresolved,
    )
    report = output.write(linter, _reports(linter, paths, discovering), wanted)
    return _ended(report, reporting)


def _checked(paths: tuple[str, ...]) -> tuple[str, ...]:
    if STDIN in paths and len(paths) > 1:
        raise Fault("`-` reads stdin and cannot be combined with other paths")
    for path in paths:
        if path != STDIN and not os.path.lexists(path):
            raise Fault(f"{path!r}: no such file or directory{_meant(path, paths)}")
    return paths


def _meant(path: str, paths: tuple[str, ...]) -> str:
    """``; did you mean the command `rules`?`` for a first word that is like one: what names no command is a path."""
    near = difflib.get_close_matches(path, COMMANDS, n=1, cutoff=0.75) if path == paths[0] else []
    return f"; did you mean the command `{near[0]}`?" if near else ""


def _configuration(paths: tuple[str, ...], discovering: options.Discovering) -> Configuration:
    """What the pyproject.toml nearest to the paths says, or the defaults."""
    if discovering.isolated:
        return Configuration(root=Path.cwd())
    named = [discovering.stdin_filename or os.curdir] if paths == (STDIN,) else list(paths)
    places = [os.path.abspath(path) for path in named]
    try:
        start = Path(os.path.commonpath(places))
    except ValueError:  # on different drives
        start = Path.cwd()
    found = find_configuration(start if start.is_dir() else start.parent)
    return load(found) if found else Configuration(root=Path.cwd())


def _reports(linter: Linter, paths: tuple[str, ...], discovering: options.Discovering) -> Iterable[Report]:
    """The report of each file, as it is asked for."""
    if paths == (STDIN,):
        return (linter.check_bytes(sys.stdin.buffer.read(), discovering.stdin_filename or "<stdin>"),)
    from logitlint.project.discovery import files

    try:
        return linter.check_paths(files(paths, linter.settings.exclude, linter.settings.root))
    except ValueError as error:
        raise Fault(f"`exclude`: {error}") from error


def _ended(report: Report, reporting: options.Reporting) -> int:
    """Tell what went wrong, and the exit code."""
    from logitlint.reporters.text import escaped

    if not report.files:
        click.echo("warning: no Python files under the given paths", err=True)
    for failure in report.failures:
        told = escaped(f"{failure.filename}: internal error, please report it: {failure.message}")
        click.echo(f"error: {told}", err=True)
    if report.failures:
        return FAILED
    return FOUND if report.findings and not reporting.exit_zero else CLEAN
