"""What a rule is."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TypeAlias

import msgspec

from logitlint.fixes.verbs import Plan
from logitlint.inference.trace import Taken, Trace, Use


class Verdict(msgspec.Struct, frozen=True):
    """A certain mistake in one use.

    message
        The mistake and its consequence. Where the value was made is added by the linter.
    taken
        The argument at fault; None when the use as a whole is (softmax without dim).
    witness
        The use that says what the argument is, where what made it cannot be seen; None when that is known.
    """

    message: str
    taken: Taken | None = None
    witness: Use | None = None


Check: TypeAlias = Callable[[Use, Trace], Iterator[Verdict]]


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """What is told of a mistake, whoever reports it.

    code, name
        Never changed once released.
    summary
        A line on it.
    why
        What it is, why it matters, what is not reported, and where the libraries say so: the docstring of its module.
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


class Rule(Entry, frozen=True, kw_only=True):
    """One mistake, with the judgement: a pure function of a use and of the trace it stands in.

    `fix` names what puts it right; of several ways, the first that is certain where the mistake stands.
    """

    check: Check
    fix: tuple[Plan, ...] = ()
