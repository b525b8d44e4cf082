"""`logitlint check --fix` and `--diff`: repair, write, tell what is left."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable
from contextlib import redirect_stdout
from pathlib import Path
from typing import Final

import click
import msgspec

from logitlint.cli import options, output
from logitlint.cli.faults import CLEAN, FAILED, FOUND
from logitlint.cli.review import Review
from logitlint.documents import Document
from logitlint.findings import Report, combined
from logitlint.fixer import Fixer, Refuted, Repaired
from logitlint.fixes.difference import base_of, patch
from logitlint.fixes.writing import Unwritable, write_all
from logitlint.linter import Linter
from logitlint.printing import escaped, place
from logitlint.project.links import leads_out
from logitlint.reporters.text import Style
from logitlint.settings import Settings
from logitlint.source.text import Unreadable

_ROLES: Final = {b"+": "added", b"-": "removed", b"@": "frame"}


class Input(msgspec.Struct, frozen=True):
    """What is to be repaired: files below some paths, or a text from stdin under the name of a file."""

    files: Iterable[str]
    stdin: bytes | None = None
    paths: tuple[str, ...] = ()


def repair(
    settings: Settings, given: Input, fixing: options.Fixing, wanted: output.Wanted, review: Review
) -> tuple[Report, int | None]:
    """Repair and tell what is left; the exit code, where the report does not decide it."""
    try:
        result = _repaired(settings, given, fixing, review)
    except Unreadable:  # stdin: said by the linter, and handed on as it is
        report = Linter(settings).check_bytes(given.stdin or b"", next(iter(given.files)))
        return _left(Repaired(Linter(settings), (report,), {}, {}), given, fixing, wanted, review)
    return _left(result, given, fixing, wanted, review)


def _repaired(settings: Settings, given: Input, fixing: options.Fixing, review: Review) -> Repaired:
    refuted = _refuting() if fixing.verify else None
    away = leads_out(given.paths)
    if given.stdin is None:
        fixer = Fixer(settings, unsafe=fixing.unsafe_fixes, refuted=refuted, reviewed=review.new, away=away)
        return fixer.repair(given.files)
    fixer = Fixer(settings, unsafe=fixing.unsafe_fixes, refuted=refuted, reviewed=review.new)
    name = str(Path(next(iter(given.files))))
    return fixer.repair([name], {name: Document.of(given.stdin, name)})


def _refuting() -> Refuted:
    from logitlint.runtime.verify import refuted  # with the experiments, which other runs do without

    return refuted


def _left(
    result: Repaired, given: Input, fixing: options.Fixing, wanted: output.Wanted, review: Review
) -> tuple[Report, int | None]:
    """Write the repaired texts, or the patch, and what is left of the findings."""
    report = combined(result.reports)
    if fixing.diff:
        _show(result)
        return report, FAILED if report.failures else FOUND if result.after else CLEAN
    if given.stdin is not None:
        texts = [document.content for document in result.after.values()] or [given.stdin]
        lines = texts[0].splitlines(keepends=True)
        sys.stdout.buffer.writelines(map(_legible, lines) if sys.stdout.isatty() else lines)
        sys.stdout.buffer.flush()
    else:
        try:
            write_all({file: (result.before[file].content, after.content) for file, after in result.after.items()})
        except Unwritable as error:
            click.echo(f"Error: nothing was repaired: {escaped(str(error))}", err=True)
            return report, FAILED
    _warn(result)
    with redirect_stdout(sys.stderr if given.stdin is not None else sys.stdout):
        report = output.write(result.linter, iter(result.reports), wanted, review.closing, fixed=len(result.fixed))
    return report, FAILED if fixing.verify and any(each.refuted for each in result.discarded) else None


def _show(result: Repaired) -> None:
    """What would change, as a patch."""
    out = sys.stdout.buffer
    style = output.style_of(sys.stdout)
    base = base_of(result.after)
    for file, after in result.after.items():
        for line in patch(file, result.before[file].content, after.content, base):
            out.write(_coloured(line, style, sys.stdout.isatty()))
    out.flush()
    count = len(result.fixed)
    noun = "finding" if count == 1 else "findings"
    click.echo(f"Would fix {count} {noun}." if count else "No findings would be fixed.", err=True)
    if base != os.getcwd():
        click.echo(
            f"The patch is to be applied in {escaped(base)}: a file is not below the working directory.", err=True
        )
    _warn(result)


def _coloured(line: bytes, style: Style, people: bool) -> bytes:
    """A line of a patch, whose bytes may be of any encoding: a program is given them as they are, people escapes."""
    role = _ROLES.get(line[:1])
    if people:
        line = _legible(line)
    if role is None:
        return line
    text = line.rstrip(b"\r\n")
    return style(text.decode("utf-8", "surrogateescape"), role).encode("utf-8", "surrogateescape") + line[len(text) :]


def _legible(line: bytes) -> bytes:
    """A line for a terminal, which would obey what does not show: written as an escape."""
    return f"{escaped(line.decode('utf-8', 'backslashreplace').rstrip())}\n".encode()


def _warn(result: Repaired) -> None:
    """Which repairs were tried and did not hold."""
    for each in result.discarded:
        where = f"{place(each.finding.span)}: {each.finding.code}"
        click.echo(f"warning: {where} was not repaired: {escaped(each.reason)}", err=True)
