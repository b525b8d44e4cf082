"""Where a report goes and in which form: the format, the file, the colours."""

from __future__ import annotations

import gc
import os
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import IO, TYPE_CHECKING, Final

import click
import msgspec

from logitlint.cli.faults import Fault

if TYPE_CHECKING:
    from logitlint.findings import Finding, Report
    from logitlint.linter import Linter
    from logitlint.reporters.text import Style

_COLOURS: Final = {"code": "red", "place": "bright_cyan", "frame": "blue", "mark": "red"}


class Wanted(msgspec.Struct, frozen=True):
    """What is to be written: the options and the configuration together."""

    output_format: str
    output_file: str | None
    statistics: bool
    show_unresolved: bool


def write(linter: Linter, reports: Iterable[Report], wanted: Wanted) -> Report:
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

    out = _opened(wanted.output_file)
    style = _style(out)
    if wanted.output_format == "json":
        from logitlint.reporters import json

        lines = json.statistics(_counted(findings())) if wanted.statistics else json.render(findings())
    elif wanted.statistics:
        lines = text.statistics(_counted(findings()), style)
    elif wanted.output_format == "concise":
        lines = text.concise(findings(), style)
    else:
        lines = text.full(findings(), linter.lines, style)
    try:
        for line in lines:
            print(line, file=out)
        report = combined(done)
        people = out if wanted.output_format != "json" else sys.stderr
        if wanted.show_unresolved:
            for line in text.unresolved(linter.unresolved(report), style):
                print(line, file=people)
        if wanted.output_format != "json":
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
        raise Fault(f"{output_file!r}: cannot be written: {error.strerror}") from error


def _style(out: IO[str]) -> Style:
    """Colours on a terminal, unless NO_COLOR is set."""
    from logitlint.reporters.text import plain

    if not out.isatty() or os.environ.get("NO_COLOR"):
        return plain
    return lambda words, role: click.style(words, fg=_COLOURS[role], bold=role == "code")
