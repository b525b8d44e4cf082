"""Findings whose places are still numbers: what is told of a judgement, and of which frame it is."""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping, Sequence
from typing import Final

import msgspec

from logitlint.findings import Finding, Span, Step
from logitlint.inference.lineage import producers
from logitlint.inference.trace import Use
from logitlint.inference.values import Origin
from logitlint.kinds import describe
from logitlint.rules import Judgement
from logitlint.ways import common, testimony, way

MOST_PRODUCERS: Final = 3
"""Places a message names."""


class Draft(msgspec.Struct, frozen=True):
    """A finding whose places are still numbers."""

    judgement: Judgement
    place: Origin
    way: tuple[tuple[Origin, str], ...]

    def origins(self) -> Iterator[Origin]:
        """Everything that must be placed."""
        yield self.place
        yield from (origin for origin, _ in self.way)
        yield from (use.origin for use in producers_of(self.judgement))

    def finding(self, places: Mapping[Origin, Span], others: Sequence[Draft]) -> Finding:
        """The finding, with the places known; `others` make the same mistake at the same place, in other ways."""
        rule, verdict, span = self.judgement.rule, self.judgement.verdict, places[self.place]
        same = [each for each in others if each.judgement.verdict.message == verdict.message and each.way]
        message = verdict.message + self._made(places, same)
        ways = dict.fromkeys(step for each in others[:MOST_PRODUCERS] for step in each.way if step not in self.way)
        steps = (*ways, *self.way)
        return Finding(rule.code, rule.name, message, span, tuple(Step(places[at], words) for at, words in steps))

    def _made(self, places: Mapping[Origin, Span], others: Sequence[Draft]) -> str:
        """``; made softmax probabilities at model.py:39``, unless that is the very line of the finding."""
        span = places[self.place]
        taken = self.judgement.verdict.taken
        spans = [places[use.origin] for each in (self, *others) for use in producers_of(each.judgement)]
        made = dict.fromkeys((at.filename, at.cell, at.row) for at in spans)
        made.pop((span.filename, span.cell, span.row), None)
        if taken is None or not made:
            return ""
        told = [
            f"{filename}:{row}" if cell is None else f"{filename}:cell {cell}:{row}"
            for filename, cell, row in list(made)[:MOST_PRODUCERS]
        ]
        more = f" and {len(made) - len(told)} more" if len(made) > len(told) else ""
        what = f"made {describe(taken.kind)}" if self.judgement.verdict.witness is None else "read so"
        return f"; {what} at {', '.join(told)}{more}"


def producers_of(judgement: Judgement) -> list[Use]:
    """The uses that gave the value at fault its kind, or say what it is."""
    taken, witness = judgement.verdict.taken, judgement.verdict.witness
    if witness is not None:
        return [witness]
    return producers(taken.tensor) if taken is not None and taken.tensor is not None else []


def mistake_of(judgement: Judgement) -> object:
    """What makes two judgements, of two files, the same mistake: the rule, the loss, and what made the value."""
    made = frozenset(use.origin for use in producers_of(judgement))
    return judgement.rule.code, judgement.use.origin, made


def proved_alone(judgement: Judgement, functions: Container[Origin]) -> frozenset[object]:
    """What a judgement proves of every caller, where it is of one of these functions, run by itself; else nothing."""
    stack = judgement.use.stack
    if not stack or stack[0] not in functions:
        return frozenset()
    if judgement.verdict.witness is not None:
        return frozenset({_within(judgement, 1)})
    return _by_makers(judgement, 1)


def proofs_of(judgement: Judgement, depth: int) -> frozenset[object]:
    """What a function run by itself may have proved, for a judgement to be the same mistake from that frame inwards.

    That a witness says what the value is, whoever hands it over; or that the same makes it.
    """
    return _by_makers(judgement, depth) | {_within(judgement, depth)}


def _by_makers(judgement: Judgement, depth: int) -> frozenset[object]:
    return frozenset((_within(judgement, depth), use.origin) for use in producers_of(judgement))


def _within(judgement: Judgement, depth: int) -> object:
    """The rule, the argument, and the calls that lead to the use from a frame inwards."""
    use, taken = judgement.use, judgement.verdict.taken
    return judgement.rule.code, taken and taken.parameter, (*use.stack, use.origin)[depth:]


def meeting(judgement: Judgement) -> int:
    """The depth of the frame in which the value and the use meet: how much of the stack their ways have in common."""
    stack = judgement.use.stack
    return min((common(stack, use.stack) for use in producers_of(judgement)), default=len(stack))


def way_of(judgement: Judgement) -> list[tuple[Origin, str]]:
    """The way the value took: what made it, the calls that returned it or passed it on, what kept it, the use."""
    taken, last = judgement.verdict.taken, judgement.use
    if judgement.verdict.witness is not None:
        return testimony(judgement.verdict.witness, last)
    if taken is None or taken.tensor is None:
        return []
    return way(taken.tensor, last=last, taken=taken)
