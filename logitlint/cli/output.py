"""Where a report goes and in which form: the format, the file, the colours."""

from __future__ import annotations

import os
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from itertools import chain
from pathlib import Path
from typing import IO, TYPE_CHECKING, Final

import click
import msgspec

from logitlint.cli.faults import Fault, give_up_stdout

if TYPE_CHECKING:
    from logitlint.findings import Finding, Report
    from logitlint.linter import Linter
    from logitlint.reporters.text import Style

_COLOURS: Final = {
    "code": "red",
    "place": "bright_cyan",
    "frame": "blue",
    "mark": "red",
    "added": "green",
    "removed": "red",
}
FOR_PEOPLE: Final = frozenset({"full", "concise", "github"})
"""The formats after which more may be said; the others are read as a whole."""


class Wanted(msgspec.Struct, frozen=True):
    """What is to be written: the options and the configuration together."""

    output_format: str
    output_file: str | None
    statistics: bool
    show_unresolved: bool
    unsafe_fixes: bool


def write(
    linter: Linter,
    reports: Iterable[Report],
    wanted: Wanted,
    closing: Callable[[], Iterable[str]] = tuple,
    *,
    fixed: int = 0,
) -> Report:
    """Write each file's findings as soon as they are known, then what is to be said of all; return the whole."""
    from logitlint.findings import combined
    from logitlint.reporters import text

    done: list[Report] = []

    def findings() -> Iterator[Finding]:
        for report in reports:
            done.append(report)
            yield from report.findings

    lines = _lines(findings(), linter, wanted, lambda: combined(done))
    out = _opened(wanted.output_file)
    style = style_of(out)
    try:
        for line in lines(style):
            print(line, file=out)
        report = combined(done)
        if wanted.show_unresolved:
            people = out if wanted.output_format in FOR_PEOPLE else sys.stderr
            for line in chain(
                text.unresolved(linter.unresolved(report), style), text.unselected(report.unselected, style)
            ):
                print(line, file=people)
        if wanted.output_format in FOR_PEOPLE:
            said = text.summary(report, fixed=fixed, unsafe=wanted.unsafe_fixes)
            for line in chain(said, closing()):
                print(line, file=out)
        out.flush()
    except OSError as error:
        raise _unwritten(error, wanted.output_file) from error
    finally:
        if out is not sys.stdout:
            with suppress(OSError):  # what could not be written before cannot be now
                out.close()
    return report


def _unwritten(error: OSError, output_file: str | None) -> Exception:
    """What to say of a report that could not be written; a reader that went away is no fault of the call."""
    if isinstance(error, BrokenPipeError):
        return error
    if output_file is None:
        give_up_stdout()
    name = "the report" if output_file is None else repr(output_file)
    return Fault(f"{name}: cannot be written: {error.strerror or error}")


def _lines(
    findings: Iterable[Finding], linter: Linter, wanted: Wanted, whole: Callable[[], Report]
) -> Callable[[Style], Iterator[str]]:
    """The lines of a report, once it is known how they are coloured."""
    from logitlint.reporters import text

    if wanted.statistics:
        return _statistics(findings, wanted.output_format)
    if wanted.output_format == "concise":
        return lambda style: text.concise(findings, style, unsafe=wanted.unsafe_fixes)
    if wanted.output_format == "full":
        return lambda style: text.full(findings, linter.lines, style, unsafe=wanted.unsafe_fixes)
    return lambda _: _for_programs(findings, linter, wanted.output_format, whole)


def _for_programs(
    findings: Iterable[Finding], linter: Linter, output_format: str, whole: Callable[[], Report]
) -> Iterator[str]:
    """The formats that services read."""
    from logitlint.linter import KNOWN
    from logitlint.project.links import repository
    from logitlint.reporters import github, gitlab, json, rdjson, sarif
    from logitlint.reporters.surroundings import Surroundings

    around = Surroundings(linter.lines, repository(Path.cwd()), KNOWN)
    match output_format:
        case "sarif":
            return sarif.render(findings, around, whole)
        case "github":
            return github.render(findings, around)
        case "gitlab":
            return gitlab.render(findings, around)
        case "rdjson":
            return rdjson.render(findings, around)
        case _:
            return json.render(findings)


def _statistics(findings: Iterable[Finding], output_format: str) -> Callable[[Style], Iterator[str]]:
    from logitlint.reporters import json, text

    if output_format == "json":
        return lambda _: json.statistics(_counted(findings))
    if output_format in ("full", "concise"):
        return lambda style: text.statistics(_counted(findings), style)
    raise Fault(f"`--statistics` can be written as full, concise or json, not as {output_format}")


def failed(report: Report) -> bool:
    """Tell that there were no files, which comments say nothing and which files could not be judged; whether there are
    any of the last.
    """
    from logitlint.printing import escaped, place

    if not report.files:
        click.echo("warning: no Python files under the given paths", err=True)
    for remark in report.remarks:
        click.echo(f"warning: {place(remark.span)}: {escaped(remark.message)}", err=True)
    for failure in report.failures:
        told = escaped(f"{failure.filename}: internal error, please report it: {failure.message}")
        click.echo(f"Error: {told}", err=True)
    return bool(report.failures)


def _counted(findings: Iterable[Finding]) -> Counter[tuple[str, str]]:
    return Counter((finding.code, finding.name) for finding in findings)


def _opened(output_file: str | None) -> IO[str]:
    if output_file is None:
        return sys.stdout
    try:
        return open(output_file, "w", encoding="utf-8", errors="backslashreplace")
    except OSError as error:
        raise Fault(f"{output_file!r}: cannot be written: {error.strerror}") from error


def style_of(out: IO[str]) -> Style:
    """Colours on a terminal; NO_COLOR switches them off, FORCE_COLOR on where the report is not a file."""
    from logitlint.reporters.text import plain

    forced = os.environ.get("FORCE_COLOR", "") not in ("", "0") and out is sys.stdout
    terminal = out.isatty() and os.environ.get("TERM") != "dumb"
    if os.environ.get("NO_COLOR") or not (forced or terminal):
        return plain
    return lambda words, role: click.style(words, fg=_COLOURS[role], bold=role == "code")
