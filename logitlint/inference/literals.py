"""Operators between literals: what they compute is a literal again, unless it is too large to be one."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable
from typing import Final

from logitlint.inference.machine import Machine
from logitlint.inference.values import Cause, Literal, Unknown, Value

_COMPUTED: Final[dict[str, Callable[..., object]]] = {
    "==": operator.eq,
    "!=": operator.ne,
    "is": operator.eq,
    "is not": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": operator.truediv,
    "//": operator.floordiv,
    "%": operator.mod,
    "**": operator.pow,
}
_LARGEST: Final = 10**12
_LONGEST: Final = 10_000
"""The largest number, and the first length of a text, that are not computed with any more."""
_HIGHEST_POWER: Final = 64
_WIDE: Final = re.compile(r"%[-+ #.\d]*\d{5}")
"""A field of a text that is filled with `_LONGEST` characters or more: ``%10000d``, ``%.20000f``."""


def folded(machine: Machine, sign: str, left: Literal, right: Literal) -> Value:
    """What an operator makes of two literals; a number that is not known where it raises, or grows too large."""
    result = _computed(sign, left.value, right.value)
    is_kept = (
        isinstance(result, bool)
        or (isinstance(result, str) and len(result) < _LONGEST)
        or (isinstance(result, int | float) and abs(result) < _LARGEST)  # which no infinity is, and no NaN
    )
    if isinstance(result, bool | str | int | float) and is_kept:
        return Literal(result)
    return Unknown(machine.number("fold", sign, repr(left), repr(right)), Cause("a computed number"))


def _computed(sign: str, left: object, right: object) -> object:
    if sign not in _COMPUTED or (sign == "*" and (isinstance(left, str) or isinstance(right, str))):
        return None  # a repeated text may be as long as one likes
    if sign == "%" and isinstance(left, str) and _WIDE.search(left):
        return None  # and so may one that is filled
    if sign == "**" and isinstance(right, int | float) and abs(right) > _HIGHEST_POWER:
        return None
    try:
        return _COMPUTED[sign](left, right)
    except (TypeError, ValueError, ArithmeticError):
        return None
