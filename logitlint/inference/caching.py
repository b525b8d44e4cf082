"""Functions that are run once for the same arguments: what they gave is given again, with all that was changed of it.

https://docs.python.org/3/library/functools.html#functools.lru_cache
"""

from __future__ import annotations

from typing import Final

from msgspec.structs import replace

from logitlint.inference.choices import fingerprint
from logitlint.inference.machine import Machine
from logitlint.inference.namespaces import value_of
from logitlint.inference.signature import Arguments
from logitlint.inference.values import LibraryName, Origin, Partial, UserFunction, Value

DECORATORS: Final = ("functools.lru_cache", "functools.cache")
_RESULT: Final = "result"


def cached(machine: Machine, arguments: Arguments, origin: Origin) -> Value | None:
    """``lru_cache(f)``; ``lru_cache(maxsize=8)`` is the decorator itself."""
    given = arguments.positional[0] if arguments.positional else None
    if isinstance(given, UserFunction):
        return replace(given, cached=True)
    return Partial(LibraryName(DECORATORS[0]), (), {})


def is_decorator(value: Value) -> bool:
    """Whether a decorator lets a function be run once for the same arguments."""
    inner = value.function if isinstance(value, Partial) else value
    return isinstance(inner, LibraryName) and inner.path in DECORATORS


def call_once(machine: Machine, function: UserFunction, arguments: Arguments, origin: Origin) -> Value:
    """What a function gave when it was called with the same arguments before, else what it gives."""
    given = [fingerprint(value) for value in arguments.positional]
    named = [(name, fingerprint(value)) for name, value in arguments.keywords.items()]
    place = machine.number("cached", *function.identity, tuple(given), tuple(named), arguments.open)
    result = value_of(machine, machine.read(place, _RESULT))
    if result is None:
        result = machine.call(machine, replace(function, cached=False), arguments, origin)
        machine.write(place, _RESULT, result)
    return result
