"""Objects that were chosen, brought together: whether the pair is certain."""

from __future__ import annotations

from logitlint.inference.choices import contradicts
from logitlint.inference.machine import Machine
from logitlint.inference.values import Condition


def arise(machine: Machine, key: int) -> None:
    """Note where a choice arises."""
    machine.arisen[key] = machine.arisen.get(key, machine.inside) & machine.inside


def paired(
    machine: Machine, chosen: list[frozenset[Condition]], *, anywhere: bool = False
) -> frozenset[Condition] | None:
    """The choices of one use, or None when they are independent: then nothing about the pair is certain.

    One object chosen by a flag may meet values that are not chosen; two chosen objects must be chosen by the same
    branch; and a chosen object used inside a further branch may have been singled out by it, unless that is taken now
    and then by the count of a loop (``if step % 100 == 0``), or the choice itself arose in it. What was singled out
    does not matter (`anywhere`) to what an operation makes of each of them, since all of it is kept; it matters to who
    says that one of them is a mistake here.
    """
    sets = [when for when in (*chosen, machine.picked) if when]
    if not sets:
        return frozenset()
    whole = max(sets, key=len)
    if any(not when <= whole for when in sets) or contradicts(machine.path, whole):
        return None
    if anywhere:
        return whole
    keys = {condition.key for condition in whole}
    around = frozenset.intersection(*(machine.arisen.get(key, frozenset()) for key in keys))
    further = machine.inside - around
    return whole if all(each.key in keys or each.key in machine.asides.counts for each in further) else None
