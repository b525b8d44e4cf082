"""What a reader of an activation would notice if the activation were gone."""

from __future__ import annotations

import enum
from collections.abc import Mapping

from logitlint.fixes.flow import Flow, Reading
from logitlint.frameworks.vocabulary import Fact, Function, Role, Want
from logitlint.inference.lineage import is_joined, makers
from logitlint.inference.trace import Use
from logitlint.inference.values import Literal, Origin, Tensor
from logitlint.kinds import Kind
from logitlint.lowering import ir

_LOGITS = frozenset({Want.CLASS_LOGITS, Want.LABEL_LOGITS, Want.METRIC, Want.LOGITS_PARAMETER})


class Notice(enum.IntEnum):
    """How much."""

    NOTHING = 0
    """It decides by the order of the numbers, or it wants raw scores."""
    RIGHTLY = 1
    """It applies the activation again: without the first it is right."""
    EVERYTHING = 2


def notice(reading: Reading, maker: Use, own: Use) -> Notice:
    """What one reader would notice; `own` is the use that is put right."""
    uses = [use for use in reading.uses if _takes(use, maker.origin)] or list(reading.uses)
    if not uses:
        return Notice.EVERYTHING
    return max(Notice.NOTHING if is_same(use, own) else _of_use(use, reading, maker) for use in uses)


def is_same(use: Use, own: Use) -> bool:
    """Whether two uses are one, or are of one loss."""
    same = use.built is not None and use.built == own.built
    return use.row.name == own.row.name and (use.origin == own.origin or same)


def _takes(use: Use, origin: Origin) -> bool:
    return any(
        taken.tensor is not None and any(made.origin == origin for made in _behind(taken.tensor)) for taken in use.taken
    )


def _behind(tensor: Tensor) -> list[Use]:
    """What made a value, or the values that were put together to give it."""
    found: list[Use] = []
    seen: set[int] = set()
    pending = makers(tensor)
    while pending:
        use = pending.pop()
        if id(use) in seen:
            continue
        seen.add(id(use))
        if is_joined(use):
            pending += [each for taken in use.taken if taken.tensor is not None for each in makers(taken.tensor)]
        else:
            found.append(use)
    return found


def _of_use(use: Use, reading: Reading, maker: Use) -> Notice:
    for taken in use.taken:
        if taken.tensor is None or all(made.origin != maker.origin for made in _behind(taken.tensor)):
            continue
        if taken.role in (Role.PREDICTION, Role.SUBJECT) and taken.want in _LOGITS:
            return Notice.NOTHING
        if _keeps_order(maker) and taken.role in (Role.PREDICTION, Role.SUBJECT):
            if _is_position(use) or (_has_position(use) and _only_position(reading, use)):
                return Notice.NOTHING
        if taken.role is Role.SUBJECT and use.gives is not None and use.gives == maker.gives:
            return Notice.RIGHTLY
    return Notice.EVERYTHING


def _keeps_order(maker: Use) -> bool:
    """Whether a decision by the largest is the same without it, or was spoilt by it."""
    return Fact.MONOTONE in maker.row.facts or maker.gives == Kind.ACTIVATED


def _is_position(use: Use) -> bool:
    """Argmax."""
    gives = use.row.gives if isinstance(use.row, Function) else None
    return (
        use.has(Fact.DECIDES)
        and use.first(Role.OTHER) is None
        and isinstance(gives, Mapping)
        and gives.get(Kind.ONE_HOT) == Kind.CLASS_INDEX
    )


def _has_position(use: Use) -> bool:
    """The largest together with its position."""
    gives = use.row.gives if isinstance(use.row, Function) else None
    cases = getattr(gives, "cases", {})
    every = cases.values() if isinstance(cases, Mapping) else ()
    return isinstance(gives, tuple) or any(isinstance(case, tuple) for case in every)


def _only_position(reading: Reading, use: Use) -> bool:
    """Whether of the largest and its position only the position is read."""
    tree = reading.tree
    call = tree.nodes.get(use.origin.node) if use.origin.file == tree.file else None
    parent = tree.parent(call) if call is not None else None
    if isinstance(parent, ir.Index):
        at = parent.index[0]
        return len(parent.index) == 1 and isinstance(at, ir.Constant) and at.value in (1, -1)
    if isinstance(parent, ir.Attribute):
        return parent.name == "indices"
    if isinstance(parent, ir.Assign) and len(parent.targets) == 1 and isinstance(parent.targets[0], ir.Build):
        first = parent.targets[0].items[0]
        return isinstance(first, ir.Name) and not any(
            isinstance(each, ir.Name) and each.name == first.name and each is not first and not _is_bound(reading, each)
            for each in tree.every
        )
    return False


def _is_bound(reading: Reading, name: ir.Name) -> bool:
    return any(isinstance(each, ir.Assign) and field == "targets" for each, field in list(reading.tree.above(name))[:2])


def noticing(flow: Flow, maker: Use, own: Use) -> list[Reading]:
    """The readers that need the value as it is."""
    return [reading for reading in flow.readings if notice(reading, maker, own) is Notice.EVERYTHING]


_PROBABILITIES = frozenset({Want.CLASS_PROBABILITIES, Want.LABEL_PROBABILITIES, Want.PROBABILITIES, Want.THRESHOLDED})


def gains(reading: Reading, maker: Use, own: Use) -> bool:
    """Whether a reader of raw scores is no worse off with probabilities: it wants them, or decides by their order."""
    uses = [use for use in reading.uses if _takes(use, maker.origin)]
    return bool(uses) and all(
        is_same(use, own)
        or _is_position(use)
        or _is_at_half(use)
        or any(taken.want in _PROBABILITIES for taken in use.taken if taken.tensor is not None)
        for use in uses
    )


def _is_at_half(use: Use) -> bool:
    """A comparison with 0.5, which means something for probabilities alone."""
    other = use.first(Role.OTHER)
    return use.has(Fact.DECIDES) and other is not None and other.value == Literal(0.5)
