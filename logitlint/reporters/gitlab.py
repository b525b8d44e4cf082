"""Findings as a code quality report of GitLab: https://docs.gitlab.com/ci/testing/code_quality/#code-quality-report-format."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Final

from logitlint.findings import Finding, Span
from logitlint.fingerprints import Fingerprint, Fingerprints
from logitlint.printing import escaped, unmarked
from logitlint.reporters.json import Json
from logitlint.reporters.surroundings import Level, Surroundings, in_cell

_SEVERITIES: Final = {Level.ERROR: "major", Level.WARNING: "minor", Level.NOTE: "info"}


def render(findings: Iterable[Finding], around: Surroundings) -> Iterator[str]:
    """The list, one finding to a line; a fingerprint stays the same while the finding's own line does."""
    prints = Fingerprints(around.lines, around.path)
    opening = "["
    for finding in findings:
        yield opening + json.dumps(_issue(finding, prints.of(finding), around))
        opening = ","
    yield "[]" if opening == "[" else "]"


def _issue(finding: Finding, found: Fingerprint, around: Surroundings) -> Json:
    return {
        "type": "issue",
        "check_name": finding.code,
        "description": f"{finding.code} {in_cell(finding.span)}{unmarked(finding.message)}",
        "categories": ["Bug Risk"],
        "severity": _SEVERITIES[around.level(finding.code)],
        "fingerprint": found.unique,
        "location": {"path": escaped(found.path), "positions": _positions(finding.span)},
    }


def _positions(span: Span) -> Json:
    if span.cell is not None:
        return {"begin": {"line": 1, "column": 1}, "end": {"line": 1, "column": 1}}
    return {
        "begin": {"line": span.row, "column": span.column},
        "end": {"line": span.end_row, "column": span.end_column},
    }
