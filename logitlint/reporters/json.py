"""Findings for programs: a list of objects with fixed keys. Keys are added, never changed or removed."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TypeAlias, Union

from logitlint.findings import URL, Edit, Finding, Fix, Measurement, Span, Step, Verified
from logitlint.rules import explain
from logitlint.rules.rule import Entry

Json: TypeAlias = Union[str, int, float, Mapping[str, "Json"], Sequence["Json"], None]


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
        "end_location": _end(finding.span),
        "trace": [_step(step) for step in finding.trace],
        "fix": None if finding.fix is None else _fix(finding.fix),
        "verified": None if finding.verified is None else verified(finding.verified),
    }


def statistics(counts: Mapping[tuple[str, str], int]) -> Iterator[str]:
    """How often each rule (by code and name) was found, the most frequent first."""
    ordered = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    yield json.dumps([{"code": code, "name": name, "count": count} for (code, name), count in ordered])


def rules(entries: Iterable[Entry]) -> str:
    """What may be reported: a list of objects; `explanation` is the rule's page, in Markdown."""
    listed = [
        {
            "code": entry.code,
            "name": entry.name,
            "summary": entry.summary,
            "default": entry.default,
            "url": URL.format(name=entry.name),
            "explanation": explain(entry),
        }
        for entry in entries
    ]
    return json.dumps(listed, indent=2)


def verified(found: Verified) -> dict[str, Json]:
    """What numbers said of a repair; `measured` has an entry for each framework."""
    return {
        "status": found.status,
        "framework": ", ".join(each.framework for each in found.measured),
        "reason": found.reason,
        "measured": [_measurement(each) for each in found.measured],
    }


def _measurement(each: Measurement) -> dict[str, Json]:
    return {
        "framework": each.framework,
        "status": each.status,
        "trouble": each.trouble,
        "formula": each.formula,
        "cosine": each.cosine,
        "floor": each.floor,
        "errors": each.errors,
        "reads": each.reads,
        "warning": each.warning,
        "infinite": each.infinite,
    }


def _step(step: Step) -> dict[str, Json]:
    return {
        "filename": step.span.filename,
        "cell": step.span.cell,
        "location": _location(step.span),
        "message": step.message,
    }


def _fix(fix: Fix) -> dict[str, Json]:
    return {
        "applicability": fix.applicability.value,
        "effect": fix.effect.value,
        "message": fix.message,
        "edits": [_edit(edit) for edit in fix.edits],
    }


def _edit(edit: Edit) -> dict[str, Json]:
    return {
        "filename": edit.span.filename,
        "cell": edit.span.cell,
        "location": _location(edit.span),
        "end_location": _end(edit.span),
        "content": edit.content,
    }


def _location(span: Span) -> dict[str, Json]:
    return {"row": span.row, "column": span.column}


def _end(span: Span) -> dict[str, Json]:
    return {"row": span.end_row, "column": span.end_column}
