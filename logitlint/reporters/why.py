"""What is known on a line, for people."""

from __future__ import annotations

from collections.abc import Iterator

from logitlint.findings import Step
from logitlint.inquiry import Answer
from logitlint.looking import Event, Known
from logitlint.printing import escaped, place
from logitlint.reporters.text import Style, plain
from logitlint.rules.interest import Opinion


def render(answer: Answer, style: Style = plain) -> Iterator[str]:
    """The line, its values, the uses on it with the rules that looked at them, and what is reported."""
    where = place(answer.place).rpartition(":")[0]
    yield f"{style(where, 'place')}  {escaped(answer.line.strip())}"
    for remark in answer.remarks:
        yield f"  {escaped(remark)}"
    if answer.part is not None:
        yield f"  a part of the statement on lines {answer.part[0]} to {answer.part[1]}; of all of it:"
    if answer.silence:
        yield f"  {escaped(answer.silence)}"
    if answer.values:
        yield ""
        yield "Values"
        for value in answer.values:
            yield from _known(value, style)
    for event in answer.events:
        yield ""
        yield from _event(event, style)
    if answer.findings:
        yield ""
        yield "Reported of a value on this line"
        for finding in answer.findings:
            yield f"  {style(place(finding.span), 'place')}: {style(finding.code, 'code')} {escaped(finding.message)}"


def _event(event: Event, style: Style) -> Iterator[str]:
    calls = "".join(f", called from {style(place(call), 'place')}" for call in event.callers[-1:])
    yield f"{escaped(event.what)} at {style(place(event.span), 'place')}{calls}"
    for taken in event.taken:
        yield from _known(taken, style)
    if event.opinions:
        yield "  rules:"
        width = max(len(opinion.name) for opinion in event.opinions)
        for opinion in event.opinions:
            yield f"    {_opinion(opinion, width, style)}"
    else:
        yield "  no rule looks at this"


def _opinion(opinion: Opinion, width: int, style: Style) -> str:
    code = style(opinion.code, "code") if opinion.speaks else opinion.code
    return f"{code} {opinion.name:<{width}}  {'SPEAKS' if opinion.speaks else 'quiet '}  {escaped(opinion.words)}"


def _known(known: Known, style: Style) -> Iterator[str]:
    yield f"  {escaped(known.name)}: {escaped(known.words)}"
    yield from _way(known.way, style)


def _way(steps: tuple[Step, ...], style: Style) -> Iterator[str]:
    places = [place(step.span) for step in steps]
    width = max(map(len, places), default=0)
    for number, (where, step) in enumerate(zip(places, steps, strict=True), start=1):
        yield f"    {number}. {style(where, 'place')}{' ' * (width - len(where))}  {escaped(step.message)}"
