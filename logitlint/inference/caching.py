"""Functions that are run once for the same arguments: what they gave is given again, with all that was changed of it.

https://docs.python.org/3/library/functools.html#functools.lru_cache
"""

from __future__ import annotations

from typing import Final

from msgspec.structs import replace

from logitlint.inference.alterations import Given
from logitlint.inference.choices import fingerprint
from logitlint.inference.machine import Machine
from logitlint.inference.namespaces import value_of
from logitlint.inference.parts import state_of
from logitlint.inference.signature import Arguments
from logitlint.inference.values import (
    Container,
    LibraryName,
    LibraryObject,
    Literal,
    Origin,
    Partial,
    UserClass,
    UserFunction,
    UserObject,
    Value,
)

DECORATORS: Final = ("functools.lru_cache", "functools.cache")
_RESULT: Final = "result"
_SIZE: Final = "maxsize"
_CLEARING: Final = "cache_clear"
_KNOWN: Final = (Literal, LibraryName, LibraryObject, UserClass, UserFunction, UserObject)
"""What is another thing if it is not equal."""


def cached(machine: Machine, arguments: Arguments, origin: Origin) -> Value | None:
    """``lru_cache(f)``; ``lru_cache(maxsize=8)`` is the decorator itself."""
    given = arguments.positional[0] if arguments.positional else None
    size = arguments.keywords.get(_SIZE, Literal(None))
    if isinstance(given, UserFunction):
        lasting = size == Literal(None) and not _is_cleared(machine, origin.file)
        return replace(given, cached="for good" if lasting else "for a time")
    return Partial(LibraryName(DECORATORS[0]), (), {_SIZE: given or size})


def _is_cleared(machine: Machine, file: str) -> bool:
    """Whether a file names the method by which results are dropped."""
    return _CLEARING in machine.project.text(file)


def is_decorator(value: Value) -> bool:
    """Whether a decorator lets a function be run once for the same arguments."""
    inner = value.function if isinstance(value, Partial) else value
    return isinstance(inner, LibraryName) and inner.path in DECORATORS


def call_once(machine: Machine, function: UserFunction, arguments: Arguments, origin: Origin) -> Value:
    """What a function gave when it was called with the same arguments before, else what it gives.

    It is not known if what was given was changed since and may have been dropped, or if it was called with others that
    may be the same: who changes the one may change the other.
    """
    place = machine.number("cached", *function.identity, _key(arguments))
    for_a_time = function.cached == "for a time"
    calls = machine.altered.calls.setdefault(machine.number("cached", *function.identity), {})
    result = value_of(machine, machine.read(place, _RESULT))
    others = [each for at, each in calls.items() if at != place and machine.read(at, _RESULT) is not None]
    earlier = [each.result for each in others if _may_be_same(each.arguments, arguments)]
    if result is None:
        result = machine.call(machine, replace(function, cached=""), arguments, origin)
        machine.write(place, _RESULT, result)
        calls[place] = Given(arguments, result, state_of(machine.cells(), result) if for_a_time else {})
    made = calls.get(place)
    if for_a_time and made is not None and state_of(machine.cells(), result) != made.state:
        earlier.append(result)
    for each in earlier:
        if isinstance(each, Container | LibraryObject | UserObject):
            unknown = machine.unknown("what was given before, and changed since", origin)
            if not isinstance(each, Container):
                machine.asides.within[unknown.number] = each
            return unknown
    return result


def _key(arguments: Arguments) -> object:
    named = [(name, fingerprint(value)) for name, value in arguments.keywords.items()]
    return tuple(map(fingerprint, arguments.positional)), tuple(named), arguments.open


def _may_be_same(one: Arguments, other: Arguments) -> bool:
    """Whether two calls may be given the same."""
    if len(one.positional) != len(other.positional) or one.keywords.keys() != other.keywords.keys():
        return one.open or other.open
    pairs = [*zip(one.positional, other.positional, strict=True)]
    pairs += [(value, other.keywords[name]) for name, value in one.keywords.items()]
    return all(left == right or not (isinstance(left, _KNOWN) and isinstance(right, _KNOWN)) for left, right in pairs)
