"""Values as operations on numbers see them: their identity, and what is known of them as tensors."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from msgspec.structs import replace

from logitlint.frameworks.vocabulary import Function
from logitlint.inference.choices import fingerprint
from logitlint.inference.joining import alternatives
from logitlint.inference.lineage import before, is_filled, is_view
from logitlint.inference.machine import Machine
from logitlint.inference.trace import Use, Via
from logitlint.inference.values import (
    Alternatives,
    Bound,
    Cause,
    LibraryName,
    Literal,
    Option,
    Origin,
    Tensor,
    Unknown,
    Value,
)
from logitlint.kinds import UNKNOWN, Kind

_FLOATING: Final = ("float", "double", "half", "bfloat")
_WHOLE: Final = ("int", "uint", "long", "short", "bool", "i", "u")
_TYPED: Final = ("type", "other")
"""The endings of parameters that say of which type the result is: ``type_as(other)``."""
_CHANGING: Final = frozenset({Alternatives, Bound, Tensor})
"""What may be another value once it is used; a set is asked quicker than each class is whether this is one of it."""


def number_of(machine: Machine, value: Value) -> int:
    """The identity of a value."""
    if isinstance(value, Tensor | Unknown):
        return value.number
    if isinstance(value, Bound):
        return machine.number("attribute", number_of(machine, value.receiver), value.name)
    return machine.number("value", type(value).__name__, fingerprint(value))


def stated(machine: Machine, kind: Kind, by: str, origin: Origin) -> Tensor:
    """A value of the kind that a comment or an annotation of the program names: where it says so is its source."""
    row = Function(name=by, signature="", gives=kind)
    return Tensor(kind, machine.fresh(), made=(Use(row, Via.CALL, (), {}, origin, machine.stack),))


def as_tensor(machine: Machine, value: Value) -> Tensor:
    """The value as an operation on numbers sees it."""
    if isinstance(value, Tensor):
        return value
    if isinstance(value, Unknown):
        return Tensor(UNKNOWN, value.number, batched=value.number in machine.asides.batched, cause=value.cause)
    number = value.value if isinstance(value, Literal) and isinstance(value.value, int | float) else None
    return Tensor(UNKNOWN, number_of(machine, value), low=number, high=number, cause=Cause("not followed"))


def opaque(machine: Machine, value: Value) -> Value:
    """A value as it is used: of a method that is not called, or a tensor changed in place since, nothing is known."""
    if type(value) not in _CHANGING:
        return value
    if isinstance(value, Bound):
        return Unknown(number_of(machine, value), Cause(f"the attribute `{value.name}`"))
    if isinstance(value, Tensor) and is_spoilt(machine, value):
        return Unknown(machine.fresh(), Cause("a tensor that was changed in place"))
    if machine.altered.spoilt and isinstance(value, Alternatives):
        options = [Option(opaque(machine, each.value), each.when) for each in value.options]
        same = all(new.value is old.value for new, old in zip(options, value.options, strict=True))
        return value if same else alternatives(options, machine.fresh)
    return value


def is_spoilt(machine: Machine, tensor: Tensor) -> bool:
    """Whether a tensor, or what it is a view of, was changed in place."""
    spoilt = machine.altered.spoilt
    return bool(spoilt) and any(id(each) in spoilt for each in _roots(tensor))


def spoil(machine: Machine, changed: Value, result: Value | None = None) -> None:
    """Note that a tensor's numbers were changed in place: other names for it, and views of it, are unknown from here.

    Of several that it may have been, each. `result` is what the change gave; when that is the tensor itself, reshaped
    or moved, its numbers are what they were.
    """
    if isinstance(changed, Alternatives):
        for option in changed.options:
            spoil(machine, option.value, result)
    if not isinstance(changed, Tensor):
        return
    roots = [root for view in _roots(changed) for each in _twins(machine, view) for root in _roots(each)]
    same = {id(each) for each in _roots(result)} if isinstance(result, Tensor) else set()
    if not any(id(each) in same for each in roots):
        machine.altered.spoilt.update((id(each), each) for each in roots)


def outdate(machine: Machine, written: Tensor) -> None:
    """Note that elements of a tensor were written: other names for it are unknown from here.

    What it is a view of is left alone: the numbers that were put in may be those of another tensor, as seen from here.
    """
    machine.altered.spoilt.update((id(each), each) for each in _twins(machine, written))


def refill(machine: Machine, written: Value) -> None:
    """Note that something was written into a tensor, or a view of it, that may have been filled with one number."""
    if isinstance(written, Tensor):
        roots = [root for view in _roots(written) for root in _twins(machine, view)]
        machine.altered.spoilt.update((id(each), each) for each in roots if is_filled(each))


def in_type(tensor: Tensor, named: Mapping[str, Value], others: Iterable[Value] = ()) -> Tensor:
    """A tensor once it was given options, by name or not: a fraction that fills it may be a whole number by then, or
    be trained.
    """
    if not is_filled(tensor) or tensor.low is None or not tensor.low % 1:
        return tensor
    typed = [name for name, value in named.items() if name.endswith(_TYPED) and isinstance(value, Unknown)]
    if typed or any(map(_is_no_float, (*named.values(), *others))):
        return replace(tensor, low=None, high=None)
    return tensor


def _is_no_float(option: Value) -> bool:
    """Whether an option may name a type that holds no fractions, or asks for more than a type."""
    if isinstance(option, Literal):
        return option.value is True or (isinstance(option.value, str) and option.value.startswith(_WHOLE))
    if isinstance(option, Bound):
        return option.name.endswith("type")
    return isinstance(option, LibraryName) and not option.path.rpartition(".")[2].startswith(_FLOATING)


def _twins(machine: Machine, tensor: Tensor) -> list[Tensor]:
    return [each for each in machine.altered.twins.get(id(tensor), (tensor,)) if isinstance(each, Tensor)]


def _roots(tensor: Tensor) -> list[Tensor]:
    """The tensor itself and everything it is a view or a part of."""
    found = [tensor]
    for current in found:
        for use in current.made:
            earlier = before(use)
            if earlier is not None and is_view(use) and all(each is not earlier for each in found):
                found.append(earlier)
    return found
