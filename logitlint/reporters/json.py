"""Findings for programs: a list of objects with fixed keys. Keys are added, never changed or removed."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TypeAlias, Union

from logitlint.findings import Finding, Span, Step

Json: TypeAlias = Union[str, int, Mapping[str, "Json"], Sequence["Json"], None]


def render(findings: Iterable[Finding]) -> Iterator[str]:
    """The list, one finding to a line, so that it can be read while it grows."""
    opening = "["
    for finding in findings:
        yield opening + json.dumps(encoded(finding))
        opening = ","
    yield "[]" if opening == "[" else "]"


def encoded(finding: Finding) -> dict[str, Json]:
    """One finding; rows and columns from 1, `end_location` exclusive, `trace` from the producer to the loss."""
    return {
        "code": finding.code,
        "name": finding.name,
        "message": finding.message,
        "url": finding.url,
        "filename": finding.span.filename,
        "cell": finding.span.cell,
        "location": _location(finding.span),
        "end_location": {"row": finding.span.end_row, "column": finding.span.end_column},
        "trace": [_step(step) for step in finding.trace],
        "fix": None,
        "verified": None,
    }


def statistics(counts: Mapping[tuple[str, str], int]) -> Iterator[str]:
    """How often each rule (by code and name) was found, the most frequent first."""
    ordered = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    yield json.dumps([{"code": code, "name": name, "count": count} for (code, name), count in ordered])


def _step(step: Step) -> dict[str, Json]:
    return {
        "filename": step.span.filename,
        "cell": step.span.cell,
        "location": _location(step.span),
        "message": step.message,
    }


def _location(span: Span) -> dict[str, Json]:
    return {"row": span.row, "column": span.column}
