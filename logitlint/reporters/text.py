"""Findings for people: `concise`, one line each, and `full`, with the line at fault and the way the value took."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import TypeAlias

from logitlint.findings import Finding, Lines, Report, Span, UnresolvedLoss, Verified
from logitlint.fixes.safety import Applicability
from logitlint.printing import escaped, place

Style: TypeAlias = Callable[[str, str], str]
"""Colours a text: ``code``, ``place``, ``frame``, ``mark``, ``added`` or ``removed``."""

_CONTEXT = 2


def plain(text: str, _role: str) -> str:
    """No colours."""
    return text


def concise(findings: Iterable[Finding], style: Style = plain, *, unsafe: bool = False) -> Iterator[str]:
    """``path:row:column: LGT101 [*] message``, one line for each finding; the star where ``--fix`` would repair it."""
    for finding in findings:
        yield f"{style(place(finding.span), 'place')}: {_headline(finding, style, unsafe)}"


def full(findings: Iterable[Finding], lines: Lines, style: Style = plain, *, unsafe: bool = False) -> Iterator[str]:
    """The finding, its place, the source around it with the culprit underlined, the value's way to the loss, what puts
    it right, and what numbers say of that.
    """
    for finding in findings:
        yield _headline(finding, style, unsafe)
        yield from _frame(finding.span, lines(finding.span), style)
        yield from _way(finding, style)
        if finding.fix is not None:
            yield f"{style('help', 'place')}: {escaped(finding.fix.message)}"
        if finding.verified is not None:
            yield f"{style('proof', 'place')}: {escaped(_proof(finding.verified))}"
        yield ""


def _proof(verified: Verified) -> str:
    """``verified on torch 2.13.0``, ``inconclusive: there is no repair to prove``."""
    tried = f" on {', '.join(each.framework for each in verified.measured)}" if verified.measured else ""
    return f"{verified.status}{tried}" + (f": {verified.reason}" if verified.reason else "")


def _headline(finding: Finding, style: Style, unsafe: bool) -> str:
    star = "[*] " if fixable(finding, unsafe=unsafe) else ""
    return f"{style(finding.code, 'code')} {star}{escaped(finding.message)}"


def fixable(finding: Finding, *, unsafe: bool = False) -> bool:
    """Whether ``--fix`` would repair it, or (`unsafe`) ``--fix --unsafe-fixes``."""
    fix = finding.fix
    if fix is None or not fix.edits:
        return False
    return fix.applicability is Applicability.SAFE or (unsafe and fix.applicability is Applicability.UNSAFE)


def _frame(span: Span, lines: Sequence[str], style: Style) -> Iterator[str]:
    first = max(1, span.row - _CONTEXT)
    last = min(len(lines), span.row + _CONTEXT)
    width = len(str(max(last, span.row)))
    bar = style("|", "frame")
    yield f"{' ' * width}{style('-->', 'frame')} {style(place(span), 'place')}"
    if not 1 <= span.row <= len(lines):
        return
    while first < span.row and not lines[first - 1].strip():
        first += 1
    while last > span.row and not lines[last - 1].strip():
        last -= 1
    yield f"{' ' * width} {bar}"
    for row in range(first, last + 1):
        line = lines[row - 1].rstrip()
        yield f"{style(f'{row:>{width}}', 'frame')} {bar} {escaped(line)}".rstrip()
        if row == span.row:
            end = span.end_column if span.end_row == span.row else len(line) + 1
            before = _width(line[: span.column - 1])
            under = max(1, _width(line[span.column - 1 : max(end, span.column) - 1]))
            yield f"{' ' * width} {bar} {' ' * before}{style('^' * under, 'mark')}"
    yield f"{' ' * width} {bar}"


def _way(finding: Finding, style: Style) -> Iterator[str]:
    """The steps from the producer to the loss, when there is more to say than the place itself."""
    if len(finding.trace) < 2:
        return
    places = [place(step.span) for step in finding.trace]
    width = max(map(len, places))
    for number, (where, step) in enumerate(zip(places, finding.trace, strict=True), start=1):
        label = "path:" if number == 1 else "     "
        yield f"  {label} {number}. {style(where, 'place')}{' ' * (width - len(where))}  {escaped(step.message)}"


def unresolved(losses: Iterable[UnresolvedLoss], style: Style = plain) -> Iterator[str]:
    """The losses whose prediction could not be followed, and why."""
    for loss in losses:
        yield f"{style(place(loss.span), 'place')}: {escaped(loss.loss)} not resolved: {escaped(loss.reason)}"


def unselected(findings: Iterable[Finding], style: Style = plain) -> Iterator[str]:
    """What would be reported by rules that were not selected."""
    for finding in sorted(findings, key=lambda finding: (finding.span, finding.code)):
        code = style(finding.code, "code")
        yield f"{style(place(finding.span), 'place')}: {code} is not selected: {escaped(finding.message)}"


def statistics(counts: Mapping[tuple[str, str], int], style: Style = plain) -> Iterator[str]:
    """How often each rule (by code and name) was found, the most frequent first."""
    width = max((len(str(count)) for count in counts.values()), default=0)
    for (code, name), count in sorted(counts.items(), key=lambda item: (-item[1], item[0])):
        yield f"{count:>{width}}\t{style(code, 'code')}\t{name}"


def summary(report: Report, *, fixed: int = 0, unsafe: bool = False) -> Iterator[str]:
    """How many findings, in how many files; how many of them are repaired, or can be; how many losses were judged."""
    found = len(report.findings)
    if fixed:
        total = found + fixed
        yield f"Found {counted(total, 'finding')} ({fixed} fixed, {found} remaining)."
    elif found:
        files = len({finding.span.filename for finding in report.findings})
        yield f"Found {counted(found, 'finding')} in {counted(files, 'file')}."
    elif not report.failures:
        yield "All checks passed!"
    yield from _fixes(report.findings, unsafe)
    yield f"{counted(report.seen, 'loss')} seen, {report.resolved} resolved"


def _fixes(findings: Sequence[Finding], unsafe: bool) -> Iterator[str]:
    """How many findings can be repaired, and with which options."""
    open_ = sum(fixable(finding, unsafe=unsafe) for finding in findings)
    hidden = sum(fixable(finding, unsafe=True) for finding in findings) - open_
    more = f"{hidden} hidden {'fix' if hidden == 1 else 'fixes'} can be enabled with the `--unsafe-fixes` option"
    if open_:
        yield f"[*] {open_} fixable with the `--fix` option" + (f" ({more})." if hidden else ".")
    elif hidden:
        yield f"No fixes available ({more})."


def counted(count: int, noun: str) -> str:
    """``1 loss``, ``2 losses``."""
    return f"{count} {noun}" if count == 1 else f"{count} {noun}{'es' if noun.endswith('s') else 's'}"


def _width(text: str) -> int:
    """How many columns of a terminal the escaped text takes."""
    return sum(
        0 if unicodedata.combining(character) else 2 if unicodedata.east_asian_width(character) in "WF" else 1
        for character in escaped(text)
    )
