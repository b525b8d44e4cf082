"""What a call of something catalogued gives: a tensor of some kind, several of them, a data set, an object."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec.structs import replace

from logitlint.frameworks.vocabulary import (
    Axes,
    Batches,
    Function,
    Halves,
    Layer,
    Result,
    Role,
    Scalar,
)
from logitlint.inference import arithmetic
from logitlint.inference.containers import exact_items
from logitlint.inference.data_sets import data_set
from logitlint.inference.facts import resolve
from logitlint.inference.machine import Machine
from logitlint.inference.operands import as_tensor, in_type, number_of, opaque
from logitlint.inference.samples import rank_of_batch
from logitlint.inference.signature import Filled
from logitlint.inference.store import CONTENTS, Item, Items
from logitlint.inference.trace import Use
from logitlint.inference.values import (
    Cause,
    Container,
    LibraryObject,
    Literal,
    Origin,
    Tensor,
    Unknown,
    UserObject,
    Value,
)
from logitlint.kinds import UNKNOWN, Kind


def literal_axis(axis: str | int | None, given: Mapping[str, Value]) -> int | None:
    """The axis a row names, or that the argument gives by which it names it; None when that is not known."""
    if isinstance(axis, int) or axis is None:
        return axis
    value = given.get(axis)
    return value.value if isinstance(value, Literal) and isinstance(value.value, int) else None


def result_of(
    machine: Machine,
    row: Function,
    use: Use,
    literals: Mapping[str, Scalar],
    filled: Filled,
    instance: LibraryObject | None,
    is_open: bool,
) -> Value:
    """What the call gives."""
    gives = resolve(row.gives, use.given, literals, open_call=is_open)
    place = instance.place if instance else 0
    number = machine.number(
        row.name, place, *[number_of(machine, value) for value in (*filled.by_name.values(), *filled.rest)]
    )
    if gives is Halves.ROWS:
        return _tuple(machine, [_rows(machine, each, part) for each in filled.rest for part in (0, 1)])
    if gives is Halves.EACH:
        if is_open or not filled.rest:
            return machine.unknown(f"what `{row.name}` gives of arguments that are not known", use.origin)
        return filled.rest[0] if len(filled.rest) == 1 else _tuple(machine, list(filled.rest))
    result = _given(machine, row, use, gives, literals, (number,), is_open)
    if row.rank is None or not isinstance(result, Tensor):
        return result
    rank = resolve(row.rank, use.given, literals, open_call=is_open)
    if isinstance(rank, str):
        rank = rank_of_batch(machine, filled.by_name.get(rank))
    return replace(result, rank=rank if isinstance(rank, int) else None, batched=isinstance(rank, int))


def _rows(machine: Machine, value: Value, part: int) -> Value:
    """Some rows of a tensor: they mean what all of them do."""
    whole = opaque(machine, value)
    number = machine.number("rows", number_of(machine, whole), part)
    return replace(whole, number=number) if isinstance(whole, Tensor | Unknown) else machine.unknown("rows", None)


def _given(
    machine: Machine,
    row: Function,
    use: Use,
    fact: object,
    literals: Mapping[str, Scalar],
    key: tuple[int, ...],
    is_open: bool,
) -> Value:
    """One result, or a tuple of them, by what the row says of it."""
    gives = resolve(fact, use.given, literals, open_call=is_open)
    if isinstance(gives, tuple):
        parts = [_given(machine, row, use, each, literals, (*key, at), is_open) for at, each in enumerate(gives)]
        whole = _tuple(machine, parts)
        for name, part in zip(row.fields, parts, strict=False):
            machine.write(whole.place, name, part, local=True)
        return whole
    if isinstance(gives, Batches):
        labels: object = gives.labels
        truth = use.given.get(labels) if isinstance(labels, str) else None
        if gives.paired:
            truth = _second(machine, truth)
            if truth is None:
                return machine.unknown(f"what `{row.name}` gives of something else than a pair", use.origin)
        if truth is None:
            kind = resolve(labels, use.given, literals, open_call=is_open)
            truth = _tensor(machine, row, use, kind, literals, (*key, 1))
        truth = arithmetic.of_a_sample(truth) if isinstance(truth, Tensor) else truth
        pair = _tuple(machine, [machine.unknown("the inputs of a data set", use.origin), truth])
        described = Layer(name=row.name, init="", keeps=gives.keeps, maps=gives.maps)
        return data_set(machine, described, pair, use.origin)
    return _tensor(machine, row, use, gives, literals, key)


def _second(machine: Machine, pair: Value | None) -> Value | None:
    """The second of a tuple of two; None for anything else."""
    parts = exact_items(machine, pair) if isinstance(pair, Container) and pair.shape == "tuple" else None
    return parts[1] if parts is not None and len(parts) == 2 else None


def _tuple(machine: Machine, values: list[Value]) -> Container:
    container = Container("tuple", machine.fresh())
    machine.write(container.place, CONTENTS, Items(tuple(map(Item, values))), local=True)
    return container


def _tensor(
    machine: Machine, row: Function, use: Use, gives: object, literals: Mapping[str, Scalar], key: tuple[int, ...]
) -> Value:
    if isinstance(gives, Result):
        return result_object(machine, gives, use)
    subject = use.first(Role.SUBJECT)
    before = as_tensor(machine, subject.value) if subject is not None else None
    number = key[0] if len(key) == 1 else machine.number("element", *key)
    if gives is Axes.KEPT and subject is not None and isinstance(subject.value, LibraryObject | UserObject):
        return subject.value
    if isinstance(gives, Axes):
        axis = literal_axis(row.axis, use.given)
        shown = arithmetic.survives(before, gives, axis=axis) if before is not None else None
        return replace(shown, number=number, made=(use,)) if shown is not None else Tensor(UNKNOWN, number, made=(use,))
    kind = UNKNOWN
    if isinstance(gives, Kind):
        kind = gives
    elif isinstance(gives, Mapping):
        kind = arithmetic.mapped(before.kind, gives) if before is not None else UNKNOWN
    cause = None
    if kind == UNKNOWN:
        cause = (before.cause if before is not None else None) or Cause(
            f"what `{row.name}` gives is not known", use.origin
        )
    low, high = _bound(row.low, use, literals), _bound(row.high, use, literals)
    if kind is Kind.ACTIVATED and before is not None:
        low, high = arithmetic.composed(before, low, high)
    result = in_type(Tensor(kind, number, made=(use,), low=low, high=high, cause=cause), use.given)
    if before is None or row.axes is not Axes.KEPT or kind is Kind.LOSS:
        return result
    argument = resolve(row.units, use.given, literals, open_call=use.open)
    units = before.units if row.units is None else use.literal(argument) if isinstance(argument, str) else None
    if units == 1 and row.units is None and len(row.takes) < len(use.given) and _may_broadcast(use):
        units = None
    axis = use.gives_axis
    if isinstance(gives, Mapping):
        axis = before.axis
    elif axis is None and isinstance(row.axis, str) and row.axis not in use.given:
        default = literals.get(row.axis)
        axis = default if isinstance(default, int) else None
    return replace(
        result, rank=before.rank, batched=before.batched, units=units if isinstance(units, int) else None, axis=axis
    )


def _may_broadcast(use: Use) -> bool:
    """Whether another argument may be a tensor that widens the result (``x.masked_fill(mask, value)``)."""
    subject = use.first(Role.SUBJECT)
    others = [value for name, value in use.given.items() if subject is None or name != subject.parameter]
    return any(isinstance(value, Tensor | Unknown) for value in others)


def _bound(bound: float | str | None, use: Use, literals: Mapping[str, Scalar]) -> float | None:
    """A bound of the range, which an argument may give (``hardtanh(x, min_val, max_val)``)."""
    if not isinstance(bound, str):
        return bound
    value = use.literal(bound) if bound in use.given else literals.get(bound)
    return value if isinstance(value, int | float) else None


def result_object(machine: Machine, result: Result, use: Use | None) -> Value:
    """What a library's model returns: an object whose attributes are known."""
    layer = Layer(name=result.name, init="")
    place = machine.fresh()
    for name, kind in result.attributes.items():
        value = Tensor(kind, machine.fresh(), made=(use,) if use else ())
        machine.write(place, name, value, local=True)
    return LibraryObject(layer, place, use.origin if use else Origin("", 0))
