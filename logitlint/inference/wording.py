"""Values in words."""

from __future__ import annotations

from collections.abc import Iterable

from logitlint.inference.values import (
    Bound,
    Condition,
    Container,
    LibraryName,
    LibraryObject,
    Literal,
    Partial,
    Tensor,
    UserClass,
    UserFunction,
    UserModule,
    UserObject,
    Value,
)
from logitlint.kinds import NOTHING, describe


def numbers(tensor: Tensor) -> str:
    """What an array holds, as far as it is known: ``softmax probabilities, over axis 1, 10 units``."""
    facts = [describe(tensor.kind) if tensor.kind != NOTHING else "an array that nothing was written into"]
    if tensor.axis is not None:
        facts.append(f"over axis {tensor.axis}")
    if tensor.units is not None:
        facts.append(f"{tensor.units} unit{'s' * (tensor.units != 1)}")
    if tensor.low is not None or tensor.high is not None:
        facts.append(f"between {_bound(tensor.low)} and {_bound(tensor.high)}")
    return ", ".join(facts)


def _bound(value: float | None) -> str:
    return "no bound" if value is None else f"{value:g}"


def chosen(conditions: Iterable[Condition]) -> str:
    """`` (when kind == 'softmax')``, or nothing."""
    words = sorted({each.words for each in conditions if each.words})
    return f" (when {' and '.join(words)})" if words else ""


def thing(value: Value) -> str:
    """What is neither an array, nor unknown, nor one of several."""
    match value:
        case Literal():
            return repr(value.value)
        case Container():
            return f"a {value.shape}"
        case LibraryName():
            return f"`{value.path}`"
        case LibraryObject():
            return f"a `{value.row.name}`"
        case UserObject():
            return f"an object of the class `{value.cls.node.name}`"
        case UserClass():
            return f"the class `{value.node.name}`"
        case UserFunction():
            return f"the function `{value.node.name}`"
        case UserModule():
            return f"the module {value.file}"
        case Bound():
            return f"the method `{value.name}`"
        case Partial():
            return "a function with some arguments given"
        case _:
            return "a callable"
