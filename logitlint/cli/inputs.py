"""What a command works on: the paths, the configuration that holds for them, the settings, the files."""

from __future__ import annotations

import difflib
import os
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from logitlint.cli import options, processes
from logitlint.cli.faults import Fault
from logitlint.cli.program import COMMANDS
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


def existing(paths: tuple[str, ...], discovering: options.Discovering) -> tuple[str, ...]:
    """The paths, once it is known that they exist and that the directories among them may be listed.

    The current directory when none is named; stdin when only it is named. Raises `Fault`.
    """
    named = discovering.stdin_filename is not None
    if not paths:
        return (STDIN,) if named else (os.curdir,)
    if STDIN in paths and len(paths) > 1:
        raise Fault("`-` reads stdin and cannot be combined with other paths")
    if named and paths != (STDIN,):
        raise Fault("`--stdin-filename` names what is read from stdin: the path is then `-`")
    for path in paths:
        if path != STDIN and not os.path.lexists(path):
            raise Fault(f"{path!r}: no such file or directory{_meant(path, paths)}")
        if os.path.isdir(path) and not os.access(path, os.R_OK | os.X_OK):
            raise Fault(f"{path!r}: cannot be listed: Permission denied")
    return paths


def _meant(path: str, paths: tuple[str, ...]) -> str:
    """``; did you mean the command `rules`?`` for a first word that is like one: what names no command is a path.

    ``; did you mean `logitlint check --fix`?`` for one that names an option.
    """
    if path != paths[0]:
        return ""
    command = click.get_current_context().command
    if any(f"--{path}" in parameter.opts for parameter in command.params):
        return f"; did you mean `logitlint {command.name} --{path}`?"
    near = difflib.get_close_matches(path, COMMANDS, n=1, cutoff=0.75)
    return f"; did you mean the command `{near[0]}`?" if near else ""


def start_of(paths: tuple[str, ...], discovering: options.Discovering) -> Path:
    """The directory that the paths have in common."""
    named = [discovering.stdin_filename or os.curdir] if paths == (STDIN,) else list(paths)
    places = [os.path.abspath(path) for path in named]
    try:
        start = Path(os.path.commonpath(places))
    except ValueError:  # on different drives
        return Path.cwd()
    return start if start.is_dir() else start.parent


def configuration_at(start: Path, discovering: options.Discovering) -> Configuration:
    """What the nearest pyproject.toml says, or the defaults."""
    return Configuration(root=Path.cwd()) if discovering.isolated else nearest(start)


def settings_of(
    configuration: Configuration,
    selecting: options.Selecting,
    discovering: options.Discovering,
    *,
    unselected: bool = False,
) -> Settings:
    """The configuration, with the options over it. `unselected` asks what the other rules would report."""
    from logitlint.linter import KNOWN

    with within(configuration.path):
        enabled([configuration.selection], KNOWN)
        per_file = file_ignores(configuration.per_file_ignores, KNOWN)
    asked = Selection(selecting.select or None, selecting.ignore, selecting.extend_select)
    codes = enabled([configuration.selection, asked], KNOWN)
    return Settings(
        enabled=codes,
        unselected=frozenset(entry.code for entry in KNOWN) - codes if unselected else frozenset(),
        per_file=file_ignores(selecting.per_file_ignores, KNOWN) or per_file,
        functions=configuration.functions,
        exclude=(discovering.exclude or configuration.exclude) + discovering.extend_exclude,
        root=configuration.root,
        keras_backend=configuration.keras_backend,
    )


def reports(
    linter: Linter, paths: tuple[str, ...], discovering: options.Discovering, jobs: int | None = 1
) -> Iterable[Report]:
    """The report of each file, as it is asked for."""
    files, stdin = located(paths, linter.settings, discovering)
    if stdin is not None:
        return (linter.check_bytes(stdin, next(iter(files))),)
    return processes.reports(linter, files, jobs)


def located(
    paths: tuple[str, ...], settings: Settings, discovering: options.Discovering
) -> tuple[Iterable[str], bytes | None]:
    """The files, as they are asked for; or the name of the text from stdin, and the text."""
    if paths == (STDIN,):
        return (discovering.stdin_filename or "<stdin>",), sys.stdin.buffer.read()
    from logitlint.project.discovery import files

    try:
        return files(paths, settings.exclude, settings.root, _unlisted, discovering.force_exclude), None
    except ValueError as error:
        raise Fault(f"`exclude`: {error}") from error


def _unlisted(directory: str, error: OSError) -> None:
    from logitlint.printing import escaped

    click.echo(f"warning: {escaped(directory)}: left out, it cannot be listed: {error.strerror}", err=True)
