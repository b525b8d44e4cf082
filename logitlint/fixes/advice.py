"""What a repair would be, where it cannot be made with certainty."""

from __future__ import annotations

from logitlint.fixes.activations import is_left_out
from logitlint.fixes.case import Case, last
from logitlint.fixes.changes import Uncertain
from logitlint.fixes.verbs import (
    Activate,
    Choose,
    Fuse,
    NameAxis,
    Normalise,
    Plan,
    Replace,
    ReplaceMaker,
    SetKeyword,
    Together,
    Unactivate,
    Unguard,
    Unwrap,
)
from logitlint.inference.lineage import makers, outputs, producers
from logitlint.inference.trace import Use, Via
from logitlint.kinds import Kind


def advice(plan: Plan, case: Case) -> str | None:
    """A sentence; None when there is nothing to say. Raises `Uncertain` when what it would name is not known."""
    if isinstance(plan, Together):
        words = [words for each in (plan.first, plan.second) if (words := advice(each, case)) is not None]
        return "; ".join([words[0], *(f"{each[0].lower()}{each[1:]}" for each in words[1:])]) if words else None
    if isinstance(plan, Unactivate):
        names = " or ".join(dict.fromkeys(f"`{last(activation)}`" for activation in _activations(case)))
        if case.use.via is Via.OPERATOR:  # it has no name that a reader knows
            return f"Use what {names} was applied to"
        return f"Give `{last(case.use)}` what {names} was applied to"
    if isinstance(plan, Choose):
        return plan.words
    if isinstance(plan, Normalise):
        return "Use the softmax of the library, over the axis of the sum"
    if isinstance(plan, Unguard):
        return "Use a loss on the raw logits, or the logarithm of softmax or sigmoid that the library has"
    if isinstance(plan, Unwrap):
        return f"Apply `{last(case.use)}` once"
    if isinstance(plan, SetKeyword):
        want = case.taken.want if case.taken is not None else None
        if plan.name not in case.use.defaults or (
            (plan.needs is not None and not case.tensor.kind.certainly(plan.needs))
            or (plan.want is not None and want is not plan.want)
        ):
            raise Uncertain("it has no such argument")
        return f"Give the loss `{plan.name}={plan.value!r}`"
    if isinstance(plan, Replace):
        path = case.catalog.counterpart(case.use.row.name, plan.relation)
        if path is None or (plan.needs is not None and not case.tensor.kind.certainly(plan.needs)):
            raise Uncertain("there is nothing to put in its place")
        return f"Use `{path.rpartition('.')[2]}` instead of `{last(case.use)}`"
    if isinstance(plan, ReplaceMaker | Fuse):
        maker = case.maker()
        path = case.catalog.counterpart(maker.row.name, plan.relation)
        needs = plan.needs if isinstance(plan, ReplaceMaker) else None
        if needs is not None and not case.tensor.kind.certainly(needs):
            raise Uncertain("the other gives something else")
        if path is None:
            return f"Use one function for `{last(case.use)}` of `{last(maker)}`" if isinstance(plan, Fuse) else None
        return f"Use `{path.rpartition('.')[2]}` instead of `{last(maker)}`"
    if isinstance(plan, Activate) and plan.needs is not None and case.tensor.kind.certainly(Kind.ACTIVATED):
        return f"Put `{(plan.gives.name or '').lower()}` in the place of `{last(case.maker())}`"
    return "Say which axis is meant" if isinstance(plan, NameAxis) else None


def _activations(case: Case) -> list[Use]:
    """The activations behind the value, also where parts of what they give were taken or put together, or next to
    nothing was added, as long as it still is what they give. Raises `Uncertain` where something else made it.
    """
    for way in (makers, outputs, producers):
        found = [use for use in way(case.tensor) if use.gives != Kind(0)]  # zeros, to be filled
        given = Kind(0)
        for use in found:
            given |= use.gives or Kind(0)
        if (
            found
            and all(is_left_out(case, use) for use in found)
            and (way is makers or case.tensor.kind.certainly(given))
        ):
            return found
    raise Uncertain("no activation made the value")
