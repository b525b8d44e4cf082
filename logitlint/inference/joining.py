"""One value for several that meet: at the ends of branches, or of what is chosen by a key that is not known."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Final, TypeAlias

from logitlint.inference.choices import contradicts
from logitlint.inference.values import (
    Alternatives,
    Cause,
    Condition,
    LibraryName,
    Literal,
    Option,
    Tensor,
    Unknown,
    UserModule,
    Value,
)

Number: TypeAlias = Callable[[], int]
"""Gives a fresh identity."""
MOST_OPTIONS: Final = 32
MOST_MADE: Final = 6


def merged(values: Iterable[Value], number: Number) -> Value:
    """One value that may be any of several, with no choice that tells them apart."""
    return join([(value, frozenset()) for value in values], number)


def join(met: list[tuple[Value, frozenset[Condition]]], number: Number) -> Value:
    """One value for several that meet: tensors are joined, objects stay alternatives."""
    first = met[0][0]
    if type(first) is not Alternatives:
        for value, _ in met:
            if value is not first:
                break
        else:
            return first
    options: dict[Value, frozenset[Condition]] = {}
    for value, when in met:
        if type(value) is Alternatives:
            for option in value.options:
                whole = option.when | when
                earlier = options.get(option.value)
                options[option.value] = whole if earlier is None else earlier & whole
        else:
            earlier = options.get(value)
            options[value] = when if earlier is None else earlier & when
    if len(options) == 1:
        return next(iter(options))
    tensors: list[Tensor | Unknown] = []
    objects: list[Value] = []
    for value in options:
        if type(value) is Tensor or type(value) is Unknown:
            tensors.append(value)
        else:
            objects.append(value)
    if not objects:
        return _join_chosen(met, number) or join_tensors(tensors, number)
    unknown = next((value for value in tensors if isinstance(value, Unknown)), None)
    if unknown is not None and not any(options.values()):
        return Unknown(number(), unknown.cause)  # no choice leads to the objects: turns of a loop, keys not known
    libraries = [value for value in objects if isinstance(value, LibraryName | UserModule)]
    if (
        len(libraries) == 1
        and not tensors
        and all(value == Literal(None) for value in objects if value not in libraries)
    ):
        return libraries[0]  # try: import x / except ImportError: x = None
    if not tensors and all(isinstance(value, Literal) and not _is_word(value) for value in objects):
        return Unknown(number(), Cause("one of several literals"))
    kept: dict[Value, frozenset[Condition]] = {value: options[value] for value in objects}
    if tensors:
        when = frozenset.intersection(*(options[value] for value in tensors))
        kept[join_tensors(tensors, number) if len(tensors) > 1 else tensors[0]] = when
    return alternatives([Option(value, when) for value, when in kept.items()], number)


def of_each(several: Alternatives, made: list[Value], number: Number) -> Value:
    """What is made of each of several: still chosen where they are what chosen objects gave, else joined."""
    met = [(value, option.when) for value, option in zip(made, several.options, strict=True)]
    if all(isinstance(option.value, Tensor | Unknown) for option in several.options):
        return alternatives([Option(value, when) for value, when in met], number)
    return join(met, number)


def _join_chosen(met: list[tuple[Value, frozenset[Condition]]], number: Number) -> Value | None:
    """What objects gave that were chosen before the branches that meet here: joined for each choice by itself.

    None where a branch asks for the choice itself, or no choice tells one kind from another. Turns of a loop are no
    branches: what was chosen in one says nothing of the next.
    """
    own = {condition.key for _, when in met for condition in when}
    ends = [value.options if type(value) is Alternatives else (Option(value, frozenset()),) for value, _ in met]
    choices = dict.fromkeys(option.when for options in ends if len(options) > 1 for option in options)
    if (
        not all(when for _, when in met)
        or not 1 < len(choices) <= MOST_OPTIONS
        or any(condition.key in own for chosen in choices for condition in chosen)
    ):
        return None
    joined = [Option(_join_under(chosen, ends, number), chosen) for chosen in choices]
    kinds = {each.value.kind if isinstance(each.value, Tensor) else None for each in joined}
    return alternatives(joined, number) if len(kinds) > 1 else None


def _join_under(chosen: frozenset[Condition], ends: list[tuple[Option, ...]], number: Number) -> Value:
    """The tensor that may be any of those at the ends of branches that a choice leaves possible."""
    values: dict[Tensor | Unknown, None] = {}
    for options in ends:
        left = [option for option in options if option.when == chosen] or [
            option for option in options if not contradicts(option.when, chosen)
        ]
        values.update(dict.fromkeys([each.value for each in left if isinstance(each.value, Tensor | Unknown)]))
    only = next(iter(values))
    return only if len(values) == 1 else join_tensors(list(values), number)


def _is_word(value: Literal) -> bool:
    """Whether a literal may name something: ``"binary_crossentropy" if binary else "categorical_crossentropy"``."""
    return isinstance(value.value, str)


def alternatives(options: list[Option], number: Number) -> Value:
    """Several objects as one value: nested alternatives made flat, equal ones made one, too many unknown."""
    flat: dict[Value, frozenset[Condition]] = {}
    for option in options:
        if type(option.value) is Alternatives:
            for each in option.value.options:
                whole = each.when | option.when
                earlier = flat.get(each.value)
                flat[each.value] = whole if earlier is None else earlier & whole
        else:
            earlier = flat.get(option.value)
            flat[option.value] = option.when if earlier is None else earlier & option.when
        if len(flat) > MOST_OPTIONS:
            return Unknown(number(), Cause("one of many objects"))
    if len(flat) == 1:
        return next(iter(flat))
    if not flat or all(
        isinstance(value, Unknown) or (isinstance(value, Literal) and not _is_word(value)) for value in flat
    ):
        return Unknown(number(), Cause("one of several unknown values"))
    return Alternatives(tuple(Option(value, when) for value, when in flat.items()))


def join_tensors(values: list[Tensor | Unknown], number: Number) -> Value:
    """The tensor that may be any of several: the union of kinds, and only the facts that all share."""
    unknown = next((value for value in values if isinstance(value, Unknown)), None)
    if unknown is not None:
        return unknown if all(isinstance(value, Unknown) for value in values) else Unknown(number(), unknown.cause)
    tensors = [value for value in values if isinstance(value, Tensor)]
    first = tensors[0]
    kind = first.kind
    made = dict.fromkeys(first.made)
    for other in tensors[1:]:
        kind |= other.kind
        made.update(dict.fromkeys(other.made))

    same = {value.number for value in tensors}
    low, high = bounds(tensors)
    return Tensor(
        kind,
        first.number if len(same) == 1 else number(),
        made=tuple(made)[:MOST_MADE],
        axis=first.axis if all(value.axis == first.axis for value in tensors) else None,
        units=first.units if all(value.units == first.units for value in tensors) else None,
        low=low,
        high=high,
        rank=first.rank if all(value.rank == first.rank for value in tensors) else None,
        batched=all(value.batched for value in tensors),
        cause=next((value.cause for value in tensors if value.cause), None),
    )


def bounds(tensors: list[Tensor]) -> tuple[float | None, float | None]:
    """The range in which the numbers of several tensors lie."""
    lows = [value.low for value in tensors if value.low is not None]
    highs = [value.high for value in tensors if value.high is not None]
    return (
        min(lows) if len(lows) == len(tensors) else None,
        max(highs) if len(highs) == len(tensors) else None,
    )
