"""Properties: made of functions by a call, and given a setter or a deleter by one.

A property is the function that reads it, bound as a ``property``: what Python does with one is documented at
https://docs.python.org/3/library/functions.html#property.
"""

from __future__ import annotations

from typing import Final

from msgspec.structs import replace

from logitlint.inference.machine import Machine
from logitlint.inference.signature import Arguments, fill, parse
from logitlint.inference.values import Literal, Origin, UserFunction, Value
from logitlint.lowering import ir

_SIGNATURE: Final = "fget=None, fset=None, fdel=None, doc=None"


def made(machine: Machine, arguments: Arguments, origin: Origin) -> Value | None:
    """``property(get, set, delete)``."""
    given = fill(parse(_SIGNATURE), arguments).by_name
    getter = given.get("fget")
    if not isinstance(getter, UserFunction):  # ``property(operator.attrgetter("_p"), ...)``
        getter = _unseen(origin)
    return replace(getter, binding="property", setter=_function(given, "fset"), deleter=_function(given, "fdel"))


def extended(function: UserFunction, name: str, arguments: Arguments) -> Value | None:
    """``p.setter(set)``, of a property `p`; None when it is none, or of any other method."""
    if function.binding != "property" or len(arguments.positional) != 1:
        return None
    given = arguments.positional[0]
    if name == "setter":
        return replace(function, setter=given)
    if name == "deleter":
        return replace(function, deleter=given)
    if name == "getter" and isinstance(given, UserFunction):
        return replace(given, binding="property", setter=function.setter, deleter=function.deleter)
    return None


def _function(given: dict[str, Value], name: str) -> Value | None:
    value = given.get(name)
    return None if value == Literal(None) else value


def _unseen(origin: Origin) -> UserFunction:
    """A function of which nothing is known."""
    node = origin.node
    itself = ir.Parameter(node, "self", "normal", None, None)
    body = (ir.Return(node, ir.Opaque(node, ())),)
    return UserFunction(origin.file, ir.Function(node, "property", (itself,), body, (), None, None, False), 0)
