"""How many axes a batch has, by what a program says of one sample."""

from __future__ import annotations

from msgspec.structs import replace

from logitlint.inference.containers import exact_items
from logitlint.inference.machine import Machine
from logitlint.inference.operands import as_tensor
from logitlint.inference.signature import Arguments
from logitlint.inference.store import CONTENTS, Items
from logitlint.inference.values import Alternatives, Container, LibraryObject, Literal, Option, Tensor, Value


def rank_of_batch(machine: Machine, sample: Value | None) -> int | None:
    """The number of axes of a batch, by the sizes of one sample or its only size; None when they are not known."""
    if isinstance(sample, Literal) and isinstance(sample.value, int):
        return 2
    sizes = exact_items(machine, sample) if isinstance(sample, Container) else None
    return None if sizes is None else 1 + len(sizes)


def batches(machine: Machine, model: LibraryObject, arguments: Arguments) -> Arguments:
    """What a chain is called with, whose first layer says the sizes of one sample: a batch has one axis more."""
    held = machine.read(model.place, CONTENTS)
    first = held.items[0].value if isinstance(held, Items) and held.items else None
    given, *others = arguments.positional or (None,)
    if given is None or not model.row.sample or isinstance(given, Alternatives):
        return arguments
    rank = first.rank if isinstance(first, Tensor) else None
    if isinstance(first, LibraryObject):
        ranks = (rank_of_batch(machine, first.arguments.get(name)) for name in model.row.sample)
        rank = next((each for each in ranks if each is not None), None)
    if rank is None:
        return arguments
    batch = replace(as_tensor(machine, given), rank=rank, batched=True)
    return Arguments((batch, *others), arguments.keywords, arguments.open)


def of_each_step(result: Value) -> Value:
    """What the steps of a sequence give together: axes counted from the front are not where they were in one step."""
    if isinstance(result, Alternatives):
        return Alternatives(tuple(Option(of_each_step(each.value), each.when) for each in result.options))
    if not isinstance(result, Tensor):
        return result
    axis = result.axis if result.axis is not None and result.axis < 0 else None
    return replace(result, axis=axis, rank=None, batched=False)
