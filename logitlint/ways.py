"""The way a value took through the program, told in steps."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from logitlint.frameworks.vocabulary import Function
from logitlint.inference.lineage import steps
from logitlint.inference.operators import ROWS
from logitlint.inference.trace import Taken, Use, Via
from logitlint.inference.values import Origin, Tensor
from logitlint.kinds import Kind, describe

_SIGNS: Final = {row: "-" if sign == "neg" else sign for sign, row in ROWS.items()}
MOST_STEPS: Final = 12
"""Steps of a way that are told; the middle of a longer one is left out."""


def way(tensor: Tensor, *, last: Use | None = None, taken: Taken | None = None) -> list[tuple[Origin, str]]:
    """What made a value, the calls that returned it or passed it on, what kept it; `last`, the use that takes it."""
    told: list[tuple[Origin, str]] = []
    uses = [*steps(tensor), *([last] if last else [])]
    for number, use in enumerate(uses):
        before = uses[number - 1].stack if number else use.stack
        shared = common(before, use.stack)
        told += [(call, "returned by this call") for call in reversed(before[shared:])]
        told += [(call, "passed to this call") for call in use.stack[shared:]]
        told.append((use.origin, _step(use, tensor.kind, taken, is_last=use is last, is_first=not number)))
    if len(told) > MOST_STEPS:
        told[MOST_STEPS // 2 : -MOST_STEPS // 2] = []
    return told


def testimony(witness: Use, last: Use) -> list[tuple[Origin, str]]:
    """The use that says what a value is, and the one that takes it for something else."""
    wanted = next((taken.want for taken in witness.taken if taken.want is not None), None)
    said = f"{called(witness)} takes it" + (f" for {wanted.value}" if wanted else "")
    return [(witness.origin, said), (last.origin, f"{called(last)} takes it")]


def _step(use: Use, kind: Kind, taken: Taken | None, *, is_last: bool, is_first: bool) -> str:
    name = called(use)
    if is_last:
        return f"{name} takes it" + (f" for {taken.want.value}" if taken and taken.want else "")
    return f"{name} makes {describe(_given(use, kind))}" if is_first else f"{name} keeps it"


def _given(use: Use, otherwise: Kind) -> Kind:
    gives = use.row.gives if isinstance(use.row, Function) else None
    return gives if isinstance(gives, Kind) else otherwise


def common(left: Sequence[Origin], right: Sequence[Origin]) -> int:
    """How many calls two stacks have in common, from the outermost on."""
    depth = 0
    for one, other in zip(left, right, strict=False):
        if one != other:
            break
        depth += 1
    return depth


def called(use: Use) -> str:
    """What is used, as people call it: the last word of its name; an operator by its sign, in backticks."""
    sign = _SIGNS.get(use.row.name) if use.via is Via.OPERATOR else None
    return f"`{sign}`" if sign else short(use.row.name)


def short(name: str) -> str:
    """The last word of a qualified name."""
    return name.rpartition(".")[2] or name
