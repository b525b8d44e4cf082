"""The command line: `logitlint check`, `logitlint rule`, `logitlint rules`.

Exit codes are ruff's: 0 clean, 1 findings, 2 something is wrong with the call, the configuration or logitlint itself.
What only some calls need is imported inside them: the start is most of what one small file costs.
"""

from __future__ import annotations

import gc
import os
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import IO, TYPE_CHECKING

import click

from logitlint import __version__
from logitlint.settings import (
    FORMATS,
    Configuration,
    ConfigurationError,
    Selection,
    Settings,
    enabled,
    find_configuration,
    find_rule,
    load,
)

if TYPE_CHECKING:
    from logitlint.findings import Finding, Report
    from logitlint.linter import Linter
    from logitlint.reporters.text import Style

CLEAN, FOUND, FAILED = 0, 1, 2
STDIN = "-"

_COLOURS = {"code": "red", "place": "bright_cyan", "frame": "blue", "mark": "red"}


class _Fault(click.ClickException):
    """An error of the call: shown on stderr, exit code 2."""

    exit_code = FAILED


class _Program(click.Group):
    """The group of commands; what names no command is given to `check`."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """``logitlint PATH`` and ``logitlint --select LGT PATH`` mean ``logitlint check ...``."""
        own = {word for parameter in self.get_params(ctx) for word in parameter.opts}
        if args and args[0] not in self.commands and args[0] not in own:
            args = ["check", *args]
        return super().parse_args(ctx, args)


def _words(_ctx: click.Context, _parameter: click.Parameter, values: tuple[str, ...]) -> tuple[str, ...]:
    """An option that takes a comma-separated list and may be repeated."""
    return tuple(word for value in values for word in (part.strip() for part in value.split(",")) if word)


@click.group(
    cls=_Program,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="\b\nExit codes: 0 nothing found, 1 findings, 2 an error.",
)
@click.version_option(__version__, "-V", "--version", message="logitlint %(version)s")
def program() -> None:
    """Find tensors that hold one kind of number and are used as another.

    Probabilities handed to a loss that applies softmax itself, raw scores handed to a loss that wants probabilities,
    a ReLU left on the logits: nothing crashes, the model just trains worse.

    \b
    Examples:
      logitlint check .                     check every Python file below here
      logitlint train.py                    the same for one file; `check` may be left out
      logitlint check --select LGT src/     with the opt-in rules as well
      logitlint rule LGT101                 why it matters, a wrong and a right example
      logitlint rules                       every rule
    """


@program.command()
@click.argument("paths", nargs=-1, metavar="[PATH]...")
@click.option("--select", multiple=True, callback=_words, metavar="RULES", help="Only these: codes, prefixes or names.")
@click.option("--ignore", multiple=True, callback=_words, metavar="RULES", help="Without these.")
@click.option("--extend-select", multiple=True, callback=_words, metavar="RULES", help="These as well.")
@click.option("--output-format", type=click.Choice(FORMATS), help="How findings are written.  [default: full]")
@click.option("--output-file", "-o", type=click.Path(dir_okay=False), help="Write the report there, not to stdout.")
@click.option("--exit-zero", is_flag=True, help="Exit with 0 even when there are findings (not when there are errors).")
@click.option("--statistics", is_flag=True, help="Count the findings of each rule instead of listing them.")
@click.option("--show-unresolved", is_flag=True, help="List the losses that could not be judged, and why.")
@click.option(
    "--exclude", multiple=True, callback=_words, metavar="PATTERNS", help="Leave out these, not the defaults."
)
@click.option("--extend-exclude", multiple=True, callback=_words, metavar="PATTERNS", help="Leave out these as well.")
@click.option("--isolated", is_flag=True, help="Ignore every pyproject.toml.")
@click.option("--no-cache", is_flag=True, help="Reserved: this version keeps no cache, so there is none to switch off.")
@click.option("--stdin-filename", metavar="NAME", help="What to call the text read from stdin (PATH is -).")
def check(
    paths: tuple[str, ...],
    select: tuple[str, ...],
    ignore: tuple[str, ...],
    extend_select: tuple[str, ...],
    output_format: str | None,
    output_file: str | None,
    exit_zero: bool,
    statistics: bool,
    show_unresolved: bool,
    exclude: tuple[str, ...],
    extend_exclude: tuple[str, ...],
    isolated: bool,
    no_cache: bool,
    stdin_filename: str | None,
) -> int:
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
    paths = paths or (os.curdir,)
    if STDIN in paths and len(paths) > 1:
        raise _Fault("`-` reads stdin and cannot be combined with other paths")
    for path in paths:
        if path != STDIN and not os.path.lexists(path):
            raise _Fault(f"{path!r}: no such file or directory")

    from logitlint.linter import KNOWN, Linter
    from logitlint.project.discovery import files

    configuration = Configuration(root=Path.cwd()) if isolated else _configuration(paths, stdin_filename)
    asked = Selection(select or None, ignore, extend_select)
    settings = Settings(
        enabled=enabled([configuration.selection, asked], KNOWN),
        exclude=(exclude or configuration.exclude) + extend_exclude,
        root=configuration.root,
    )
    linter = Linter(settings)
    if paths == (STDIN,):
        reports = iter([linter.check_bytes(sys.stdin.buffer.read(), stdin_filename or "<stdin>")])
    else:
        try:
            found = files(paths, settings.exclude, settings.root)
        except ValueError as error:
            raise _Fault(f"`exclude`: {error}") from error
        reports = linter.check_paths(found)
    report = _write(
        linter,
        reports,
        output_format=output_format or configuration.output_format,
        output_file=output_file,
        statistics=statistics,
        show_unresolved=show_unresolved or configuration.show_unresolved,
    )
    if not report.files:
        click.echo("warning: no Python files under the given paths", err=True)
    for failure in report.failures:
        click.echo(f"error: {failure.filename}: internal error, please report it: {failure.message}", err=True)
    if report.failures:
        return FAILED
    return FOUND if report.findings and not exit_zero else CLEAN


@program.command()
@click.argument("rule", metavar="RULE")
def rule(rule: str) -> int:
    """Explain one rule, by its code or its name.

    \b
    Example:
      logitlint rule LGT101
    """
    from logitlint.linter import KNOWN
    from logitlint.rules import explain

    click.echo(explain(KNOWN[find_rule(rule, KNOWN)]))
    return CLEAN


@program.command()
def rules() -> int:
    """List every rule: its code, whether it is on by default, its name and a line on it."""
    from logitlint.linter import KNOWN

    width = max(len(known.name) for known in KNOWN)
    for known in KNOWN:
        state = "on" if known.default else "opt-in"
        click.echo(f"{known.code}  {state:<6}  {known.name:<{width}}  {known.summary}")
    return CLEAN


def main() -> None:
    """Run the command line and exit."""
    gc.disable()  # what start-up makes lives until the end: looking for garbage in it is a tenth of a small run
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):  # not when a caller has replaced it
            stream.reconfigure(errors="backslashreplace")
    try:
        code = program.main(prog_name="logitlint", standalone_mode=False)
    except ConfigurationError as error:
        click.echo(f"Error: {error}", err=True)
        code = FAILED
    except click.ClickException as error:
        error.show()
        code = error.exit_code
    except click.Abort:
        code = 130  # as a shell reports a program ended by ctrl-C
    finally:
        gc.enable()
    sys.exit(code)


def _configuration(paths: tuple[str, ...], stdin_filename: str | None) -> Configuration:
    """What the pyproject.toml nearest to the paths says, or the defaults."""
    named = [stdin_filename or os.curdir] if paths == (STDIN,) else list(paths)
    places = [os.path.abspath(path) for path in named]
    try:
        start = Path(os.path.commonpath(places))
    except ValueError:  # on different drives
        start = Path.cwd()
    found = find_configuration(start if start.is_dir() else start.parent)
    return load(found) if found else Configuration(root=Path.cwd())


def _write(
    linter: Linter,
    reports: Iterable[Report],
    *,
    output_format: str,
    output_file: str | None,
    statistics: bool,
    show_unresolved: bool,
) -> Report:
    """Write each file's findings as soon as they are known, then what is to be said of all; return the whole."""
    from logitlint.findings import combined
    from logitlint.reporters import text

    done: list[Report] = []

    def findings() -> Iterator[Finding]:
        for report in reports:
            done.append(report)
            yield from report.findings
            if not gc.isenabled():  # everything is imported now
                gc.freeze()
                gc.enable()

    out = _opened(output_file)
    style = _style(out)
    if output_format == "json":
        from logitlint.reporters import json

        lines = json.statistics(_counted(findings())) if statistics else json.render(findings())
    elif statistics:
        lines = text.statistics(_counted(findings()), style)
    elif output_format == "concise":
        lines = text.concise(findings(), style)
    else:
        lines = text.full(findings(), linter.lines, style)
    try:
        for line in lines:
            print(line, file=out)
        report = combined(done)
        people = out if output_format != "json" else sys.stderr
        if show_unresolved:
            for line in text.unresolved(linter.unresolved(report), style):
                print(line, file=people)
        if output_format != "json":
            for line in text.summary(report):
                print(line, file=out)
        out.flush()
    finally:
        if out is not sys.stdout:
            out.close()
    return report


def _counted(findings: Iterable[Finding]) -> Counter[tuple[str, str]]:
    return Counter((finding.code, finding.name) for finding in findings)


def _opened(output_file: str | None) -> IO[str]:
    if output_file is None:
        return sys.stdout
    try:
        return open(output_file, "w", encoding="utf-8", errors="backslashreplace")
    except OSError as error:
        raise _Fault(f"{output_file!r}: cannot be written: {error.strerror}") from error


def _style(out: IO[str]) -> Style:
    """Colours on a terminal, unless NO_COLOR is set."""
    from logitlint.reporters.text import plain

    if not out.isatty() or os.environ.get("NO_COLOR"):
        return plain
    return lambda words, role: click.style(words, fg=_COLOURS[role], bold=role == "code")
