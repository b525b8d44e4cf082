"""What the verbs of a rule mean, for its page."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from logitlint.fixes.safety import Effect
from logitlint.fixes.verbs import Choose, Plan, Together, Unactivate, Unwrap

_NONE: Final = "There is no automatic repair."
_SHOWN: Final = "Two answers are honest, so nothing is changed; the choice is shown with the finding:"
_ELSE: Final = "Where that is not what is meant, two answers are honest, and the choice is shown with the finding:"
_MOVED: Final = (
    "Taking an activation out of what a function or model returns is unsafe (`--unsafe-fixes`): it is then applied "
    "where the result is needed as it was, and the repair is only shown where such a place cannot be followed."
)
_SAID: Final = {
    Effect.SAME_VALUE: "The repair is safe: up to rounding, it computes the same.",
    Effect.CHANGES_LOSS: "The repair is safe: it changes the loss, which was wrong, and nothing else that is computed.",
    Effect.CHANGES_OUTPUT: "The repair is unsafe (`--unsafe-fixes`): what the code computes beside the loss changes.",
}


def safety(plans: Sequence[Plan]) -> list[str]:
    """The paragraphs on the repair of a rule."""
    chosen = [f"> {plan.words}." for plan in plans if isinstance(plan, Choose)]
    if chosen and len(chosen) == len(plans):
        return [_SHOWN, *chosen]
    if not plans:
        return [_NONE]
    left = [_ELSE, *chosen] if chosen else []
    effect = Effect.CHANGES_OUTPUT if isinstance(plans[0], Unwrap) else plans[0].effect
    return [_SAID[effect], *([_MOVED] if any(map(_moves, plans)) else []), *left]


def _moves(plan: Plan) -> bool:
    return isinstance(plan, Unactivate) or (isinstance(plan, Together) and (_moves(plan.first) or _moves(plan.second)))
