"""Texts put together from parts that are known and parts that are not: ``"models." + name``, ``f"nets.{arch}"``."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from logitlint.inference.machine import Machine
from logitlint.inference.operands import number_of
from logitlint.inference.signature import Arguments
from logitlint.inference.values import Cause, Literal, Origin, Unknown, Value

LONGEST: Final = 10_000
_METHODS: Final[dict[str, Callable[[str], str]]] = {"lower": str.lower, "upper": str.upper, "strip": str.strip}
_FIELDS: Final = {"%": "%s", "format": "{}"}


def joined(machine: Machine, parts: Sequence[Value], origin: Origin) -> Value:
    """Parts put together: a literal, or a value of which the beginning and the end are known (`ends`)."""
    if all(isinstance(part, Literal) for part in parts):
        whole = "".join(_written(part) for part in parts)
        if len(whole) < LONGEST:
            return Literal(whole)
    number = machine.number("text", *(number_of(machine, part) for part in parts))
    unknown = [part for part in parts if not isinstance(part, Literal)]
    only = unknown[0] if len(unknown) == 1 else None
    if not isinstance(only, Unknown):
        return Unknown(number, Cause("a text that is not known", origin))
    start, end = machine.asides.ends.get(only.number, ("", ""))
    where = parts.index(only)
    machine.asides.ends[number] = (
        "".join(map(_written, parts[:where])) + start,
        end + "".join(map(_written, parts[where + 1 :])),
    )
    return Unknown(number, only.cause)


def _written(part: Value) -> str:
    return str(part.value) if isinstance(part, Literal) else ""


def operated(machine: Machine, sign: str, left: Value, right: Value, origin: Origin) -> Value | None:
    """``text + name``, ``"models.%s" % name``; None when no text is among the operands."""
    if sign == "+":
        if not any(isinstance(each, Literal) and isinstance(each.value, str) for each in (left, right)):
            return None
        parts = [left, right]
        return joined(machine, parts, origin) if all(isinstance(each, Literal | Unknown) for each in parts) else None
    return _filled(machine, sign, left, Arguments((right,)), origin)


def method(machine: Machine, receiver: Literal, name: str, arguments: Arguments, origin: Origin) -> Value | None:
    """``"models.{}".format(name)``, ``name.lower()``; None for any other method."""
    if name == "format":
        return _filled(machine, name, receiver, arguments, origin)
    function = _METHODS.get(name)
    if function is None or not isinstance(receiver.value, str) or arguments.positional or arguments.keywords:
        return None
    return Literal(function(receiver.value))


def _filled(machine: Machine, way: str, template: Value, arguments: Arguments, origin: Origin) -> Value | None:
    """A template with one field, filled in."""
    field = _FIELDS[way]
    if not isinstance(template, Literal) or not isinstance(template.value, str) or len(arguments.positional) != 1:
        return None
    start, found, end = template.value.partition(field)
    filling = arguments.positional[0]
    if not found or field[0] in start or field[0] in end or not isinstance(filling, Literal | Unknown):
        return None
    return joined(machine, [Literal(start), filling, Literal(end)], origin)
