"""The scores behind a decision that a loss was given."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress
from typing import Final

from msgspec.structs import replace

from logitlint.fixes import raw_scores
from logitlint.fixes.activations import unneeded
from logitlint.fixes.case import Case, last
from logitlint.fixes.changes import Repair, Uncertain
from logitlint.fixes.verbs import Undecide
from logitlint.frameworks.vocabulary import Axes, Fact, Function, SameAs, Want
from logitlint.inference.lineage import before
from logitlint.inference.trace import Use
from logitlint.inference.values import LibraryName, Literal, Tensor, Value
from logitlint.kinds import Kind

_FITS: Final[Mapping[Want | None, Kind]] = {
    Want.CLASS_LOGITS: Kind.LOGITS,
    Want.LABEL_LOGITS: Kind.LOGITS,
    Want.CLASS_PROBABILITIES: Kind.SOFTMAX,
    Want.LABEL_PROBABILITIES: Kind.SIGMOID,
    Want.CLASS_LOG_PROBABILITIES: Kind.LOG_SOFTMAX,
}
"""What a loss takes that reads such a scale. A distance reads any: it may be meant to count."""


def undecided(case: Case, plan: Undecide) -> Repair:
    """Give the loss what was decided on, where it is on the scale that the loss reads: then a decision is neither what
    can be trained nor what can be measured. Whatever else reads the decision keeps it.
    """
    wanted = _FITS.get(case.taken.want) if case.taken is not None else None
    decision, scores = case.maker(), before(case.maker())
    if wanted is None or scores is None or not decision.has(Fact.DECIDES) or not scores.kind.certainly(wanted):
        raise Uncertain("the scores are on another scale")
    same_shape = isinstance(decision.row, Function) and decision.row.axes is Axes.KEPT
    for use in _since(case.tensor, decision):
        if not _suits_scores(use, same_shape=same_shape):
            raise Uncertain("what was done with the decision does not suit the scores")
    for make in (raw_scores.at_use, unneeded, raw_scores.named):
        with suppress(Uncertain):
            return replace(make(case, plan, decision), message=f"Give `{last(case.use)}` the scores themselves")
    raise Uncertain("the scores are not in sight")


def _since(tensor: Tensor, maker: Use) -> Iterator[Use]:
    """What was done with the result of a use since, the latest first. Raises `Uncertain` where ways meet."""
    current: Tensor | None = tensor
    while current is not None and current.made != (maker,):
        if len(current.made) != 1:
            raise Uncertain("several ways meet")
        yield current.made[0]
        current = before(current.made[0])


def _suits_scores(use: Use, *, same_shape: bool) -> bool:
    """Whether an operation on a decision may be one on the scores: they keep their fractions and their gradient."""
    if not isinstance(use.row, SameAs) or use.has(Fact.TRAINS_NOT):
        return False
    if use.row.axes is Axes.KEPT:
        given = (value for name, value in use.given.items() if name != use.row.subject)
        return all(map(_keeps_fractions, given))
    return same_shape and use.row.axes in (Axes.RESHAPED, Axes.PERMUTED)


def _keeps_fractions(value: Value) -> bool:
    """Whether an argument of a cast is no type of whole numbers: one of fractions, or a flag."""
    if isinstance(value, LibraryName):
        return "float" in value.path.rpartition(".")[2]
    return isinstance(value, Literal) and (not isinstance(value.value, str) or "float" in value.value)
