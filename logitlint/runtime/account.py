"""A proof in words, for a terminal."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from logitlint.findings import INCONCLUSIVE, REFUTED, VERIFIED
from logitlint.printing import escaped, place
from logitlint.runtime import proof
from logitlint.runtime.outcomes import Outcome, Side
from logitlint.runtime.verify import Proof

_INDENT: Final = "    "
_SHOWN: Final = "float32"
_UNBOUNDED: Final = 100
_NOTHING: Final = 1e-6


def told(proofs: Sequence[Proof]) -> Iterator[str]:
    """Every proof, then a line that counts them."""
    for each in proofs:
        yield from map(escaped, _proof(each))
        yield ""
    yield summary(proofs)


def summary(proofs: Sequence[Proof]) -> str:
    """``3 repairs verified, 0 refuted, 1 inconclusive``."""
    counts = {word: sum(each.verified.status == word for each in proofs) for word in _WORDS}
    plural = "" if counts[VERIFIED] == 1 else "s"
    return f"{counts[VERIFIED]} repair{plural} verified, {counts[REFUTED]} refuted, {counts[INCONCLUSIVE]} inconclusive"


_WORDS: Final = (VERIFIED, REFUTED, INCONCLUSIVE)


def _proof(each: Proof) -> Iterator[str]:
    yield f"{place(each.finding.span)}: {each.finding.code} {each.finding.name}"
    if each.finding.fix is not None:
        yield f"{_INDENT}repair: {each.finding.fix.message} ({each.finding.fix.applicability.value})"
    yield f"{_INDENT}{each.verified.status}" + (f": {each.verified.reason}" if each.verified.reason else "")
    for outcome in each.outcomes:
        yield from (_INDENT + line for line in _outcome(outcome))
    if each.left_out:
        yield f"{_INDENT}not part of the experiment: {', '.join(each.left_out)}"


def _outcome(outcome: Outcome) -> Iterator[str]:
    if outcome.trouble:
        yield f"{outcome.framework}: {outcome.trouble}"
        return
    yield f"{outcome.framework}, against {outcome.formula}: {proof.status(outcome)}"
    types = {measured.dtype: measured for measured in outcome.measured}
    shown = types.get(_SHOWN, outcome.measured[0])
    yield f"{_INDENT}before: {_side(shown.before)}"
    if shown.after is not None:
        yield f"{_INDENT}after:  {_side(shown.after)}"
        yield f"{_INDENT}({shown.dtype}; {_also(outcome)})"
    yield from (_INDENT + line for line in consequences(outcome))


def _also(outcome: Outcome) -> str:
    """How far the repaired side is right in the other number types."""
    sides = [(each.dtype, each.after) for each in outcome.measured if each.after is not None]
    return ", ".join(f"{dtype} up to {side.agrees_to:g}" for dtype, side in sides if dtype != _SHOWN)


def consequences(outcome: Outcome) -> Iterable[str]:
    """What the mistake does, in figures."""
    if outcome.reads is not None:
        yield f"the loss before takes {outcome.reads} for the probabilities (x: the raw scores)"
    if outcome.warning is not None:
        yield f"{outcome.framework} says: {outcome.warning}"
    if outcome.cosine is not None:
        yield f"cosine between the gradient before and the right one: {outcome.cosine:.3f}"
    if outcome.floor is not None and outcome.floor < -_UNBOUNDED:
        yield "the loss before has no lower bound"
    elif outcome.floor is not None and abs(outcome.floor) > _NOTHING:
        yield f"the loss before cannot go below {outcome.floor:.4f}, which is what a perfect prediction costs"
    if outcome.infinite is not None:
        yield "infinite scores: " + ", ".join(f"{side} {words}" for side, words in outcome.infinite.told.items())


def _side(side: Side) -> str:
    if side.raised:
        return f"refused: {side.raised}"
    finite = "" if not side.not_finite else f", not finite in {side.not_finite} batches"
    reach = f"equal for scores up to {side.agrees_to:g}" if side.agrees_to else "not equal"
    return f"{reach}; largest error {side.value_error:.2g}, of the gradient {side.gradient_error:.2g}{finite}"
