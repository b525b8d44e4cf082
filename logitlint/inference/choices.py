"""Choices: which alternatives can meet."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Final

from logitlint.inference.values import (
    Alternatives,
    Condition,
    LibraryName,
    Literal,
    Option,
    Tensor,
    Unknown,
    UserClass,
    UserFunction,
    UserObject,
    Value,
)

MOST_COMBINATIONS = 32
_ALWAYS: Final[frozenset[Condition]] = frozenset()


def contradicts(left: frozenset[Condition], right: frozenset[Condition]) -> bool:
    """Whether two sets of choices disagree about a test."""
    if not left or not right:
        return False
    sides = {condition.key: condition.branch for condition in left}
    return any(sides.get(condition.key, condition.branch) != condition.branch for condition in right)


def combinations(values: list[Value]) -> Iterator[tuple[list[Value], list[frozenset[Condition]]]]:
    """Every way to pick one option of each alternative."""
    if Alternatives not in map(type, values):
        yield values, [_ALWAYS] * len(values)
        return
    options = [value.options if isinstance(value, Alternatives) else (Option(value, _ALWAYS),) for value in values]
    for combination in itertools.islice(itertools.product(*options), MOST_COMBINATIONS):
        yield [option.value for option in combination], [option.when for option in combination]


def fingerprint(value: Value, *, coarse: bool = False) -> object:
    """What tells two values apart, for remembering calls; `coarse` looks at a tensor's facts, not at its identity."""
    kind = type(value)
    if kind is Literal or kind is LibraryName:
        return value
    if isinstance(value, Tensor):
        facts = (value.kind, value.axis, value.units, value.low, value.high, value.rank, value.batched)
        return (facts, tuple([use.origin for use in value.made])) if coarse else (value.number, facts)
    if isinstance(value, Unknown):
        return "unknown" if coarse else value.number
    if isinstance(value, Alternatives):
        return tuple((fingerprint(option.value, coarse=coarse), option.when) for option in value.options)
    if isinstance(value, UserFunction):
        return (
            value.file,
            value.node.origin,
            value.frame,
            value.receiver and fingerprint(value.receiver, coarse=coarse),
            tuple([fingerprint(each, coarse=coarse) for _, each in value.defaults]),
        )
    if isinstance(value, UserClass):
        return value.place
    if isinstance(value, UserObject):
        return ("object", value.place)
    return value
