"""Findings as SARIF 2.1.0, for code scanning: https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html.

Files are named relative to the root of the repository, so the report says the same on every machine. A place in a cell
of a notebook has no line in the file: the report points at the file and says in words where in it.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from typing import Final
from urllib.parse import quote

from logitlint import __version__
from logitlint.findings import REFUTED, URL, Edit, Failure, Finding, Fix, Report, Span, Step
from logitlint.fingerprints import Fingerprints, digest
from logitlint.fixes.safety import Applicability
from logitlint.printing import unmarked
from logitlint.reporters.json import Json, verified
from logitlint.reporters.surroundings import HOME, Surroundings, in_cell
from logitlint.rules import explain
from logitlint.rules.rule import Entry

SCHEMA: Final = "https://json.schemastore.org/sarif-2.1.0.json"
ROOT: Final = "%SRCROOT%"


def render(findings: Iterable[Finding], around: Surroundings, whole: Callable[[], Report]) -> Iterator[str]:
    """One run, a result to a line; `whole` is asked after the last finding for what went wrong."""
    indices = {entry.code: index for index, entry in enumerate(around.entries)}
    prints = Fingerprints(around.lines, around.path)
    tool: Json = {
        "driver": {
            "name": "logitlint",
            "version": __version__,
            "semanticVersion": __version__,
            "informationUri": HOME,
            "rules": [_rule(entry, around) for entry in around.entries],
        }
    }
    yield f'{{"$schema": "{SCHEMA}", "version": "2.1.0", "runs": [{{'
    yield f'"tool": {json.dumps(tool)},'
    yield '"columnKind": "unicodeCodePoints",'
    yield f'"originalUriBaseIds": {{"{ROOT}": {{"description": {{"text": "The root of the repository."}}}}}},'
    yield '"results": ['
    comma = ""
    for finding in findings:
        found = prints.of(finding)
        line_hash = f"{digest(found.code, found.line)[:16]}:{found.number}"
        yield comma + json.dumps(_result(finding, indices[finding.code], line_hash, around))
        comma = ","
    yield "],"
    failures = whole().failures
    invocation: Json = {
        "executionSuccessful": not failures,
        "toolExecutionNotifications": [_notification(failure, around) for failure in failures],
    }
    yield f'"invocations": [{json.dumps(invocation)}]'
    yield "}]}"


def _rule(entry: Entry, around: Surroundings) -> Json:
    what = " ".join(entry.why.strip().split("\n\n")[0].split())
    text = explain(entry)
    return {
        "id": entry.code,
        "name": entry.name,
        "shortDescription": {"text": entry.summary},
        "fullDescription": {"text": what},
        "help": {"text": text, "markdown": text},
        "helpUri": URL.format(name=entry.name),
        "defaultConfiguration": {"enabled": entry.default, "level": around.level(entry.code).value},
        "properties": {"tags": ["machine-learning"], "precision": "very-high"},
    }


def _result(finding: Finding, index: int, line_hash: str, around: Surroundings) -> Json:
    result: dict[str, Json] = {
        "ruleId": finding.code,
        "ruleIndex": index,
        "level": around.level(finding.code).value,
        "message": _message(in_cell(finding.span) + finding.message),
        "locations": [{"physicalLocation": _place(finding.span, around)}],
        "partialFingerprints": {"primaryLocationLineHash": line_hash},
    }
    if finding.trace:
        steps = [{"location": _step(step, around)} for step in finding.trace]
        result["codeFlows"] = [{"threadFlows": [{"locations": steps}]}]
    is_refuted = finding.verified is not None and finding.verified.status == REFUTED
    if finding.fix is not None and not is_refuted and (changes := _changes(finding.fix, around)):
        result["fixes"] = [{"description": _message(finding.fix.message), "artifactChanges": changes}]
    if finding.verified is not None:
        result["properties"] = {"verified": verified(finding.verified)}
    return result


def _step(step: Step, around: Surroundings) -> Json:
    return {"physicalLocation": _place(step.span, around), "message": _message(in_cell(step.span) + step.message)}


def _changes(fix: Fix, around: Surroundings) -> Sequence[Json]:
    """The edits by file; none when a person has to decide, or when a cell of a notebook is edited."""
    if fix.applicability is Applicability.DISPLAY or any(edit.span.cell is not None for edit in fix.edits):
        return ()
    ordered = sorted(fix.edits, key=lambda edit: edit.span)
    return [
        {"artifactLocation": _artifact(filename, around), "replacements": [_replacement(edit) for edit in edits]}
        for filename, edits in groupby(ordered, key=lambda edit: edit.span.filename)
    ]


def _replacement(edit: Edit) -> Json:
    return {"deletedRegion": _region(edit.span), "insertedContent": {"text": edit.content}}


def _place(span: Span, around: Surroundings) -> Json:
    return {"artifactLocation": _artifact(span.filename, around), "region": _region(span)}


def _region(span: Span) -> Mapping[str, Json]:
    if span.cell is not None:
        return {"startLine": 1}
    return {
        "startLine": span.row,
        "startColumn": span.column,
        "endLine": span.end_row,
        "endColumn": span.end_column,
    }


def _artifact(filename: str, around: Surroundings) -> Mapping[str, Json]:
    path = around.path(filename)
    uri = quote(os.fsencode(path))
    if os.path.isabs(path):
        return {"uri": f"file://{uri}"}
    return {"uri": uri, "uriBaseId": ROOT}


def _message(text: str) -> Mapping[str, Json]:
    """Plain text: what would be read as a link is not one."""
    return {"text": unmarked(text)}


def _notification(failure: Failure, around: Surroundings) -> Json:
    return {
        "level": "error",
        "message": _message(f"internal error, please report it: {failure.message}"),
        "locations": [{"physicalLocation": {"artifactLocation": _artifact(failure.filename, around)}}],
    }
