"""Whether what a rule looks at is a raw score: not by how it was made, but by what else reads it."""

from __future__ import annotations

from typing import Final

from logitlint.frameworks.vocabulary import Fact, Role
from logitlint.inference.choices import contradicts
from logitlint.inference.lineage import assembled, identity, readers, sources
from logitlint.inference.trace import Trace, Use
from logitlint.inference.values import Tensor
from logitlint.rules.checks import LOGIT_WANTS, normalises

_READING: Final = (Role.PREDICTION, Role.SUBJECT)


def is_a_score(use: Use, tensor: Tensor, trace: Trace) -> bool:
    """Whether the number that a use reads meets a loss on logits, a sigmoid or a softmax elsewhere.

    What the same layer gave another time tells of it too, unless a loss reads that in another way. Where nothing tells
    what this very layer gives, another layer in the same expression tells (`Trace.readers`), with the same proviso: one
    piece of code may run both a classifier and something else. Neither tells of another branch.

    Where no loss reads it, a part of a tensor is what the whole is, and what was put together of several is a score
    where each of them is one: ``scores[:, 0]``, ``torch.cat(scores)``.
    """
    pending, seen = [tensor], {tensor.number}
    while pending:
        each = pending.pop()
        told = _told(use, each, trace)
        if told is None:
            wholes = {whole.number: whole for whole in assembled(each)}
            if not wholes:
                return False
            pending += [wholes[number] for number in wholes.keys() - seen]
            seen |= wholes.keys()
        elif not told:
            return False
    return True


def _told(use: Use, tensor: Tensor, trace: Trace) -> bool | None:
    """What those who read the very number tell of it; None where nobody does."""
    wanted, layers = identity(tensor), _layers_of(tensor, trace)
    told: set[bool] = set()
    otherwise: set[bool] = set()
    for reader in readers(trace, tensor):
        if contradicts(use.inside | use.when, reader.inside | reader.when):
            continue
        for taken in reader.taken:
            if taken.tensor is None or taken.role not in _READING:
                continue
            same = wanted & identity(taken.tensor)
            if not same:
                continue
            near = not layers.isdisjoint(_layers_of(taken.tensor, trace))
            if taken.want in LOGIT_WANTS or normalises(reader):
                if any(isinstance(each, int) for each in same):
                    return True
                told.add(near)
            elif reader.has(Fact.LOSS):
                otherwise.add(near)
    if True in told:
        return True not in otherwise
    return not otherwise if told or otherwise else None


def _layers_of(tensor: Tensor, trace: Trace) -> set[int]:
    """The objects whose calls gave a number."""
    made = [use for source in sources(tensor) for use in source.made]
    return {trace.layers[use] for use in made if use in trace.layers}
