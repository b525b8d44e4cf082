"""Tests that ask in which range the numbers of a tensor lie: ``if preds.min() < 0: preds = preds.sigmoid()``.

Such a test tells apart what the kinds do not: where a model's scores and probabilities may both arrive, each side is
written for one of them. What a tensor was before the test says therefore nothing about it on either side.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from logitlint.frameworks.vocabulary import Fact, Function
from logitlint.inference.frames import Frame
from logitlint.inference.machine import Machine
from logitlint.inference.store import Store
from logitlint.inference.values import Cause, LibraryName, Tensor, Unknown, UserFunction
from logitlint.kinds import UNKNOWN, Kind
from logitlint.lowering import ir

_ORDERED: Final = frozenset({"<", "<=", ">", ">="})
_CAUSE: Final = Cause("a tensor whose range is asked for")


class Guard:
    """The locals whose range a test asks for: unknown while one of its sides runs."""

    __slots__ = ("_frame", "_names")

    def __init__(self, machine: Machine, frame: Frame, test: ir.Expression) -> None:
        self._frame = frame.number
        self._names = tuple(
            name for name in dict.fromkeys(_asked(machine, frame, test)) if _tells(machine, frame.number, name)
        )

    def enter(self, machine: Machine, side: Store) -> dict[str, Unknown]:
        """Forget what they are, on one side."""
        veils = {name: Unknown(machine.fresh(), _CAUSE) for name in self._names}
        side.cells.update({(self._frame, name): veil for name, veil in veils.items()})
        return veils

    def leave(self, side: Store, veils: dict[str, Unknown]) -> None:
        """Behind both sides they are again what they were, unless one has bound them anew."""
        for name, veil in veils.items():
            if side.cells.get((self._frame, name)) is veil:
                del side.cells[(self._frame, name)]


def _tells(machine: Machine, place: int, name: str) -> bool:
    """Whether anything is known of a local that could be told apart."""
    value = machine.read(place, name)
    return isinstance(value, Tensor) and value.kind not in (UNKNOWN, Kind.LOSS)


def _asked(machine: Machine, frame: Frame, node: ir.Expression) -> Iterator[str]:
    """The names whose numbers a test compares, or hands to a function that tells one from the other."""
    if isinstance(node, ir.Operator):
        for operand in node.operands:
            yield from _numbers(machine, frame, operand) if node.sign in _ORDERED else _asked(machine, frame, operand)
    elif isinstance(node, ir.Call):
        callee = _callee(machine, frame, node)
        row = machine.row(callee.path, frame.file) if isinstance(callee, LibraryName) else None
        tells = isinstance(callee, UserFunction) or (isinstance(row, Function) and Fact.COMPARES in row.facts)
        for argument in node.arguments:
            yield from (_numbers if tells else _asked)(machine, frame, argument.value)
        if isinstance(node.callee, ir.Attribute):
            yield from _asked(machine, frame, node.callee.value)


def _numbers(machine: Machine, frame: Frame, node: ir.Expression) -> Iterator[str]:
    """The names from whose numbers an operand is computed; a shape or a length is none of them."""
    if isinstance(node, ir.Name):
        yield node.name
    elif isinstance(node, ir.Index):
        yield from _numbers(machine, frame, node.value)
    elif isinstance(node, ir.Operator):
        for operand in node.operands:
            yield from _numbers(machine, frame, operand)
    elif isinstance(node, ir.Call):
        callee = _callee(machine, frame, node)
        if isinstance(callee, LibraryName) and machine.row(callee.path, frame.file) is not None:
            for argument in node.arguments:
                yield from _numbers(machine, frame, argument.value)
        elif isinstance(node.callee, ir.Attribute) and machine.catalog.methods(node.callee.name):
            yield from _numbers(machine, frame, node.callee.value)


def _callee(machine: Machine, frame: Frame, node: ir.Call) -> object:
    """What a call in a test calls, where that is a function by its name."""
    callee = node.callee
    root = callee
    while isinstance(root, ir.Attribute):
        root = root.value
    return machine.evaluate(machine, frame, callee) if isinstance(root, ir.Name) else None
