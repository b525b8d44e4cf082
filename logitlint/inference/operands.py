"""Values as operations on numbers see them: their identity, and what is known of them as tensors."""

from __future__ import annotations

from logitlint.inference.choices import fingerprint
from logitlint.inference.machine import Machine
from logitlint.inference.values import Bound, Cause, Tensor, Unknown, Value
from logitlint.kinds import UNKNOWN


def number_of(machine: Machine, value: Value) -> int:
    """The identity of a value."""
    if isinstance(value, Tensor | Unknown):
        return value.number
    if isinstance(value, Bound):
        return machine.number("attribute", number_of(machine, value.receiver), value.name)
    return machine.number("value", type(value).__name__, fingerprint(value))


def as_tensor(machine: Machine, value: Value) -> Tensor:
    """The value as an operation on numbers sees it."""
    if isinstance(value, Tensor):
        return value
    if isinstance(value, Unknown):
        return Tensor(UNKNOWN, value.number, cause=value.cause)
    return Tensor(UNKNOWN, number_of(machine, value), cause=Cause("not followed"))


def opaque(machine: Machine, value: Value) -> Value:
    """A method that is used as a value, not called: nothing is known of it."""
    if isinstance(value, Bound):
        return Unknown(number_of(machine, value), Cause(f"the attribute `{value.name}`"))
    return value
