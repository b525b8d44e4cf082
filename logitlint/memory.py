"""Reports as records: typed, checked when they are read, and good only for the fingerprint they were made with.

A record may have been written by anyone. What does not fit its type, names no rule or stands nowhere is no record.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator
from pathlib import Path

import msgspec

from logitlint import __version__
from logitlint.findings import Finding, Remark, Report, Span
from logitlint.inference.trace import Loss


class _Record(msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True):
    fingerprint: bytes
    findings: tuple[Finding, ...]
    losses: tuple[Loss, ...]
    remarks: tuple[Remark, ...]
    unselected: tuple[Finding, ...]


def remember(report: Report, fingerprint: bytes) -> bytes | None:
    """The record of one file's report; None when it holds a name that no record can."""
    try:
        record = _Record(fingerprint, report.findings, report.losses, report.remarks, report.unselected)
        return msgspec.msgpack.encode(record)
    except UnicodeEncodeError:
        return None


def remembered(record: bytes | None, fingerprint: bytes, codes: frozenset[str]) -> Report | None:
    """The report in a record; None when it was made from something else, or cannot be trusted to be one."""
    if record is None:
        return None
    try:
        found = _decoder().decode(record)
    except (msgspec.MsgspecError, RecursionError):
        return None
    findings = (*found.findings, *found.unselected)
    if found.fingerprint != fingerprint or not all(finding.code in codes for finding in findings):
        return None
    if not all(map(_stands, _spans(findings))) or any(loss.origin.node < 0 for loss in found.losses):
        return None
    return Report(found.findings, found.losses, files=1, remarks=found.remarks, unselected=found.unselected)


@functools.cache
def _decoder() -> msgspec.msgpack.Decoder[_Record]:
    return msgspec.msgpack.Decoder(_Record)


def _spans(findings: tuple[Finding, ...]) -> Iterator[Span]:
    for finding in findings:
        yield finding.span
        yield from (step.span for step in finding.trace)
        yield from (edit.span for edit in (finding.fix.edits if finding.fix else ()))


def _stands(span: Span) -> bool:
    start, end = (span.row, span.column), (span.end_row, span.end_column)
    return min(*start, *end) >= 1 and start <= end and (span.cell is None or span.cell >= 1)


@functools.cache
def version() -> str:
    """What tells two states of the tool apart: its version, and the age and size of each of its files."""
    from hashlib import blake2b
    from sys import version_info

    made = blake2b(repr(version_info).encode(), digest_size=6)
    here = Path(__file__).parent
    for path in sorted(here.rglob("*.py")):
        stat = path.stat()
        made.update(f"{path.relative_to(here)} {stat.st_mtime_ns} {stat.st_size}\n".encode())
    return f"{__version__}-{made.hexdigest()}"
