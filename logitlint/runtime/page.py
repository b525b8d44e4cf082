"""The proofs as one self-contained page: a plot for each finding, loss and gradient, right against wrong."""

from __future__ import annotations

import html
import math
import re
from collections.abc import Iterator, Sequence
from typing import Final

from logitlint import __version__
from logitlint.printing import escaped, place
from logitlint.runtime import account, proof
from logitlint.runtime.outcomes import Curve, Outcome
from logitlint.runtime.verify import Proof

WIDTH: Final = 420
HEIGHT: Final = 240
_LEFT: Final = 54
_BOTTOM: Final = 34
_TOP: Final = 12
_RIGHT: Final = 10
_TICKS: Final = 4
_MARGIN: Final = 0.02
"""Of the range of the numbers, above and below it: a curve that comes near to zero shows where zero is."""

_STYLE: Final = """
:root { color-scheme: light dark; --ink: #1d2733; --paper: #fff; --soft: #667085; --line: #d5dae1; --wrong: #c2410c;
  --right: #0f766e; }
@media (prefers-color-scheme: dark) { :root { --ink: #e6e9ee; --paper: #14181d; --soft: #98a2b3; --line: #343b45;
  --wrong: #fb923c; --right: #2dd4bf; } }
body { font: 15px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--paper); max-width: 960px;
  margin: 2rem auto; padding: 0 1rem; }
a { color: inherit; } h1 { font-size: 1.4rem; }
h2 { font-size: 1.05rem; margin: 2.6rem 0 .2rem; overflow-wrap: anywhere; }
h2 a { text-decoration: none; } h2 a:hover { text-decoration: underline; }
nav ol { padding-left: 1.8rem; } nav li, p { overflow-wrap: anywhere; } nav li { margin: .15rem 0; }
details { margin: .8rem 0; } summary { cursor: pointer; } dt { font-weight: 600; } dd { margin: 0 0 .4rem 1rem; }
code { font: 13px ui-monospace, monospace; } p { margin: .3rem 0; } .soft { color: var(--soft); }
.word { border: 1px solid currentColor; border-radius: 3px; padding: 0 .35em; font-size: 13px; white-space: nowrap;
  font-weight: normal; }
.verified { color: var(--right); } .inconclusive { color: var(--soft); }
.refuted { color: var(--wrong); font-weight: 600; }
.plots { display: flex; flex-wrap: wrap; gap: 1rem; margin: .6rem 0; } figure { margin: 0; }
figcaption { color: var(--soft); font-size: 13px; } svg { max-width: 100%; height: auto; }
svg text { font: 11px system-ui, sans-serif; fill: var(--soft); } .axis { stroke: var(--line); }
.before { stroke: var(--wrong); fill: none; stroke-width: 2; stroke-dasharray: 6 3; }
.after { stroke: var(--right); fill: none; stroke-width: 2; }
.wide { overflow-x: auto; } table { border-collapse: collapse; font-size: 13px; white-space: nowrap; }
td, th { text-align: right; padding: .1rem .6rem;
  border-bottom: 1px solid var(--line); font-variant-numeric: tabular-nums; }
th:first-child, td:first-child { text-align: left; } .side { text-align: left; border-left: 1px solid var(--line); }
td.refused { text-align: left; color: var(--soft); white-space: normal; }
.key-before, .key-after { display: inline-block; width: 26px; border-top: 2px dashed var(--wrong); margin-left: .6rem;
  vertical-align: middle; } .key-after { border-top: 2px solid var(--right); }
"""


def render(proofs: Sequence[Proof]) -> str:
    """The page, as HTML. Everything that comes from the project is escaped."""
    return "\n".join(_page(proofs)) + "\n"


def _page(proofs: Sequence[Proof]) -> Iterator[str]:
    yield '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">'
    yield '<meta name="viewport" content="width=device-width, initial-scale=1">'
    yield f"<title>logitlint verify</title>\n<style>{_STYLE}</style>\n</head>\n<body>"
    yield f"<h1>Repairs, proved with numbers</h1>\n<p>{_escape(account.summary(proofs))}.</p>"
    if not proofs:
        yield "<p>Nothing was found, so there is nothing to prove.</p>"
    else:
        yield (
            '<p class="soft">Each side is run on the framework itself, from raw scores to loss, and held against the '
            "formula in float64. Dashed: the program as it is. Solid: repaired.</p>"
        )
        yield _LEGEND
    if len(proofs) > 1:
        yield "<nav><ol>"
        for number, each in enumerate(proofs, start=1):
            where = _escape(place(each.finding.span))
            yield f'<li><a href="#f{number}"><code>{where}</code></a> {each.finding.code} {_word(each)}</li>'
        yield "</ol></nav>"
    for number, each in enumerate(proofs, start=1):
        yield from _section(each, number)
    yield f'<p class="soft">logitlint {_escape(__version__)}</p>\n</body>\n</html>'


_LEGEND: Final = """<details><summary>What the figures mean</summary><dl>
<dt>right up to</dt><dd>The largest size of raw scores, of 0.001, 1, 10, 100 and 10000, up to which every value and
gradient equals the formula within the rounding of the number type; 0: not even the smallest.</dd>
<dt>error, of the gradient</dt><dd>The largest difference from the formula, in value and in gradient with respect to the
scores, over all sizes at which both are finite. Losses are in nats.</dd>
<dt>not finite</dt><dd>In how many of the batches some value or gradient is infinite or no number.</dd>
</dl></details>"""


def _word(each: Proof) -> str:
    return f'<span class="word {each.verified.status}">{each.verified.status}</span>'


def _section(each: Proof, number: int) -> Iterator[str]:
    finding = each.finding
    link = f'<a href="{_escape(finding.url)}">{finding.code} {finding.name}</a>'
    yield f'<section id="f{number}">\n<h2>{link} {_word(each)}</h2>\n<p><code>{_escape(place(finding.span))}</code></p>'
    yield f"<p>{_worded(finding.message)}</p>"
    if finding.fix is not None:
        yield f"<p>Repair: {_worded(finding.fix.message)} ({finding.fix.applicability.value})</p>"
    if each.verified.reason:
        yield f'<p class="{each.verified.status}">{each.verified.status}: {_escape(each.verified.reason)}</p>'
    for outcome in each.outcomes:
        yield from _outcome(outcome)
    if each.left_out:
        yield f'<p class="soft">Not part of the experiment: {_escape(", ".join(each.left_out))}</p>'
    yield "</section>"


def _escape(text: str) -> str:
    """A text as HTML shows it, without what would not show or would turn the text about it round."""
    return html.escape(escaped(text))


def _worded(text: str) -> str:
    """Words of a message, escaped; what stands between backticks is code."""
    return re.sub(r"`([^`]+)`", r"<code>\1</code>", _escape(text))


def _outcome(outcome: Outcome) -> Iterator[str]:
    if outcome.trouble:
        yield f'<p class="soft">{_escape(outcome.framework)}: {_escape(outcome.trouble)}</p>'
        return
    against = f"{outcome.framework}, against {outcome.formula}"
    yield f'<p class="{proof.status(outcome)}">{_escape(against)}: {proof.status(outcome)}</p>'
    for words in account.consequences(outcome):
        yield f"<p>{_worded(words)}</p>"
    if outcome.curve is not None:
        curve = outcome.curve
        yield '<div class="plots">'
        yield from _plot(curve, curve.before, curve.after, curve.what)
        if curve.before_gradient or curve.after_gradient:
            yield from _plot(curve, curve.before_gradient, curve.after_gradient, "gradient")
        yield "</div>"
    yield from _table(outcome)


_FIGURES: Final = ("right up to", "error", "of the gradient", "not finite")


def _table(outcome: Outcome) -> Iterator[str]:
    """Both sides by number type."""
    names = ["before"] + ["after"] * (outcome.measured[0].after is not None)
    yield '<div class="wide"><table>\n<tr><th></th>'
    yield "".join(f'<th class="side" colspan="{len(_FIGURES)}">{name}</th>' for name in names)
    heads = "".join(f"<th>{figure}</th>" for figure in _FIGURES)
    yield f"</tr>\n<tr><th>type</th>{heads * len(names)}</tr>"
    for measured in outcome.measured:
        sides = [measured.before] + ([measured.after] if measured.after else [])
        cells = "".join(
            f"<td>{side.agrees_to:g}</td><td>{side.value_error:.2g}</td><td>{side.gradient_error:.2g}</td>"
            f"<td>{side.not_finite} of {measured.batches}</td>"
            if not side.raised
            else f'<td class="refused" colspan="{len(_FIGURES)}">refused: {_escape(side.raised)}</td>'
            for side in sides
        )
        yield f"<tr><td>{measured.dtype}</td>{cells}</tr>"
    yield "</table></div>"


def _plot(curve: Curve, before: Sequence[float], after: Sequence[float], what: str) -> Iterator[str]:
    """One plot; the numbers it is drawn from are in its ``data-`` attributes."""
    low, high = min(*before, *after), max(*before, *after)
    if high - low < 1e-12:
        low, high = low - 1, high + 1
    low, high = low - _MARGIN * (high - low), high + _MARGIN * (high - low)
    left, right = curve.scores[0], curve.scores[-1]

    def across(score: float) -> float:
        return _LEFT + (score - left) / (right - left) * (WIDTH - _LEFT - _RIGHT)

    def down(value: float) -> float:
        return _TOP + (high - value) / (high - low) * (HEIGHT - _TOP - _BOTTOM)

    def points(values: Sequence[float]) -> str:
        return " ".join(f"{across(x):.1f},{down(y):.1f}" for x, y in zip(curve.scores, values, strict=True))

    yield f'<figure><svg viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" height="{HEIGHT}" role="img"'
    yield f'aria-label="{what} before and after" data-what="{what}"'
    yield f'data-before="{_numbers(before)}" data-after="{_numbers(after)}">'
    for value in _ticks(low, high):
        yield f'<line class="axis" x1="{_LEFT}" x2="{WIDTH - _RIGHT}" y1="{down(value):.1f}" y2="{down(value):.1f}"/>'
        yield f'<text x="{_LEFT - 6}" y="{down(value) + 4:.1f}" text-anchor="end">{_label(value, high - low)}</text>'
    for score in _ticks(left, right):
        yield f'<text x="{across(score):.1f}" y="{HEIGHT - _BOTTOM + 16}" text-anchor="middle">{score:g}</text>'
    yield f'<text x="{(_LEFT + WIDTH) // 2}" y="{HEIGHT - 3}" text-anchor="middle">{_escape(curve.moves)}</text>'
    drawn = {side: values for side, values in (("after", after), ("before", before)) if values}
    yield "".join(f'<polyline class="{side}" points="{points(values)}"/>' for side, values in drawn.items())
    keys = " ".join(_key(side) for side in ("before", "after") if side in drawn)
    missing = "" if "before" in drawn else "; before, there is no number"
    yield f"</svg><figcaption>{_UNITS.get(what, what)} {keys}{missing}</figcaption></figure>"


_UNITS: Final = {
    "loss": "loss, in nats",
    "gradient": "gradient with respect to that score",
    "class": "position of the class that is chosen",
    "decision": "decision, 0 or 1",
}
"""What a plot shows, as a reader is told."""


def _key(side: str) -> str:
    """What a line of the plot stands for; no svg, which only plots are."""
    return f'<span class="key-{side}"></span> {side}'


def _ticks(low: float, high: float) -> Iterator[float]:
    """Round numbers in a range, some four steps apart."""
    rough = (high - low) / _TICKS
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(each * power for each in (1, 2, 2.5, 5, 10) if each * power >= rough * 0.999)
    number = math.ceil(low / step - 1e-9)
    while number * step <= high + step * 1e-9:
        yield number * step
        number += 1


def _label(value: float, span: float) -> str:
    """A tick's number: what is nothing beside the range of the plot is 0."""
    return "0" if abs(value) < span / 1000 else f"{value:.3g}"


def _numbers(values: Sequence[float]) -> str:
    return " ".join(f"{value:.6g}" for value in values)
