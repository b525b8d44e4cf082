"""What a rule is."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TypeAlias

from logitlint.inference.trace import Taken, Trace, Use


@dataclass(frozen=True, slots=True)
class Verdict:
    """A certain mistake in one use.

    message
        The mistake and its consequence. Where the value was made is added by the linter.
    taken
        The argument at fault; None when the use as a whole is (softmax without dim).
    """

    message: str
    taken: Taken | None = None


Check: TypeAlias = Callable[[Use, Trace], Iterator[Verdict]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """What is told of a mistake, whoever reports it.

    code, name
        Never changed once released.
    summary
        A line on it.
    why
        What it is, why it matters and what is not reported: the docstring of its module.
    bad, good
        The smallest program that makes it, and the same program put right.
    default
        Whether it is on unless told otherwise.
    """

    code: str
    name: str
    summary: str
    why: str
    bad: str
    good: str
    default: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule(Entry):
    """One mistake, with the judgement: a pure function of a use and of the trace it stands in."""

    check: Check
