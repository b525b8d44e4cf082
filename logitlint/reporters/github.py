"""Findings as annotations of a pull request: workflow commands of GitHub Actions.

https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from logitlint.findings import Finding
from logitlint.printing import escaped, place
from logitlint.reporters.surroundings import Level, Surroundings

_COMMANDS: Final = {Level.ERROR: "error", Level.WARNING: "warning", Level.NOTE: "notice"}


def render(findings: Iterable[Finding], around: Surroundings) -> Iterator[str]:
    """One command for each finding; the log shows its text, the annotation the value's way below it."""
    for finding in findings:
        span = finding.span
        properties = {"title": f"logitlint ({finding.code})", "file": escaped(around.path(span.filename))}
        if span.cell is None:
            properties |= {"line": str(span.row), "endLine": str(span.end_row)}
            if span.row == span.end_row:  # columns of several lines are refused
                properties |= {"col": str(span.column), "endColumn": str(span.end_column)}
        listed = ",".join(f"{key}={_property(value)}" for key, value in properties.items())
        command = _COMMANDS[around.level(finding.code)]
        yield f"::{command} {listed}::{_data(_told(finding))}"


def _told(finding: Finding) -> str:
    lines = [f"{place(finding.span)}: {finding.code} {escaped(finding.message)}"]
    if len(finding.trace) > 1:
        steps = enumerate(finding.trace, start=1)
        lines += [f"{number}. {place(step.span)}  {escaped(step.message)}" for number, step in steps]
    return "\n".join(lines)


def _data(text: str) -> str:
    """Text as a command's message: it cannot end the line, and with it the command."""
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    """Text as a command's property: it cannot start another one either."""
    return _data(text).replace(":", "%3A").replace(",", "%2C")
