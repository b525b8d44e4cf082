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
        The mistake and its consequence. Where the value was made is added by the judge.
    taken
        The argument at fault; None when the use as a whole is (softmax without dim).
    """

    message: str
    taken: Taken | None = None


Check: TypeAlias = Callable[[Use, Trace], Iterator[Verdict]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One mistake: its code and name (never changed once released), a line on it, the smallest program that makes it, the same
    program put right, and the judgement. The docstring of its module says why it matters."""

    code: str
    name: str
    summary: str
    bad: str
    good: str
    check: Check
    default: bool = True
