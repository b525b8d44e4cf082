"""Tests that ask in which range the numbers of a tensor lie: ``if preds.min() < 0: preds = preds.sigmoid()``.

Such a test tells apart what the kinds do not: where a model's scores and probabilities may both arrive, each side is
written for one of them. What a tensor was before the test says therefore nothing about it on either side.

A test of its shape, ``if scores.shape[-1] == 1``, tells apart how many classes there are, and nothing else.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from msgspec.structs import replace

from logitlint.frameworks.vocabulary import Axes, Fact, Function
from logitlint.inference import containers
from logitlint.inference.conditions import unnegated
from logitlint.inference.forks import forked
from logitlint.inference.frames import Frame
from logitlint.inference.lineage import before, is_shape_only
from logitlint.inference.machine import Machine
from logitlint.inference.store import Store
from logitlint.inference.values import Cause, LibraryName, Tensor, Unknown, UserFunction, Value
from logitlint.kinds import UNKNOWN, Kind
from logitlint.lowering import ir

_ORDERED: Final = frozenset({"<", "<=", ">", ">="})
_REDUCED: Final = (Axes.PICKED, Axes.POOLED, Axes.SUMMED)
_BARE: Final = frozenset({Fact.DECIDES, Fact.SAMPLES})
"""What is decided or drawn tells nothing of a range."""
_COMPARING: Final = _ORDERED | {"==", "!="}
_CAUSE: Final = Cause("a tensor whose range is asked for")


class Guard:
    """The locals whose range or shape a test asks for: less is known of them while one of its sides runs."""

    __slots__ = ("_asked", "_frame")

    def __init__(self, machine: Machine, frame: Frame, test: ir.Expression) -> None:
        self._frame = frame.number
        self._asked: dict[str, Tensor | None] = {}
        measured = list(_measured(test))
        for name in (*measured, *_measured_before(machine, frame, measured)):
            if (tensor := _wide(machine, frame.number, name)) is not None:
                self._asked[name] = replace(tensor, units=None, rank=None)
        asked = list(_asked(machine, frame, test))
        for name in (*asked, *_asked_before(machine, frame, test), *_reduced(machine, frame, asked)):
            if _told(machine, frame.number, name) is not None:
                self._asked[name] = None

    def enter(self, machine: Machine, side: Store) -> dict[str, Value]:
        """Forget what they are, or how wide, on one side."""
        veils: dict[str, Value] = {
            name: Unknown(machine.fresh(), _CAUSE) if tensor is None else replace(tensor)
            for name, tensor in self._asked.items()
        }
        side.cells.update({(self._frame, name): veil for name, veil in veils.items()})
        return veils

    def leave(self, side: Store, veils: dict[str, Value]) -> None:
        """Behind both sides they are again what they were, unless one has bound them anew."""
        for name, veil in veils.items():
            if side.cells.get((self._frame, name)) is veil:
                del side.cells[(self._frame, name)]


@contextmanager
def veiled(machine: Machine, frame: Frame, test: ir.Expression) -> Iterator[None]:
    """Forget for a while what a test asks for, where no branch is taken."""
    guard = Guard(machine, frame, test)
    with forked(machine) as fork:
        veils = guard.enter(machine, fork)
        yield
        guard.leave(machine.store, veils)


def remember(machine: Machine, frame: Frame, node: ir.Expression, value: Value) -> None:
    """Note which tensors an answer tells of that is kept, also in a tuple, a list or a dict: ``raw = p.min() < 0``."""
    if isinstance(node, ir.Build):
        for part, each in zip(node.items, containers.exact_items(machine, value) or (), strict=False):
            remember(machine, frame, part, each)
    elif isinstance(node, ir.Mapping):
        entries = containers.exact_entries(machine, value) or {}
        for pair in node.pairs:
            key = pair.key.value if isinstance(pair.key, ir.Constant) else None
            if isinstance(key, str) and key in entries:
                remember(machine, frame, pair.value, entries[key])
    elif isinstance(value, Unknown | Tensor) and isinstance(node, ir.Operator | ir.Call):
        told = [_told(machine, frame.number, name) for name in _asked(machine, frame, node)]
        if numbers := {tensor.number for tensor in told if tensor is not None}:
            machine.asides.answers[value.number] = numbers


def note_shape(machine: Machine, frame: Frame, node: ir.Assign, value: Value) -> None:
    """Note whose shape may lie under a name that is bound: ``ndim = len(x.shape)``."""
    tells = isinstance(node.value, ir.Attribute | ir.Call | ir.Index | ir.Operator) and not isinstance(value, Tensor)
    tensors = [_wide(machine, frame.number, name) for name in (_roots(node.value) if node.value and tells else ())]
    numbers = {tensor.number for tensor in tensors if tensor is not None}
    if not (numbers or machine.asides.measured):
        return
    for target in node.targets:
        if isinstance(target, ir.Name):
            machine.asides.measured[frame.number, target.name] = numbers


def _measured_before(machine: Machine, frame: Frame, names: list[str]) -> list[str]:
    """The locals whose shapes lie under some names."""
    return _holding(
        machine, frame, {number for name in names for number in machine.asides.measured.get((frame.number, name), ())}
    )


def _asked_before(machine: Machine, frame: Frame, node: ir.Expression) -> list[str]:
    """The locals of which a kept answer tells."""
    node, _ = unnegated(node)
    kept = isinstance(node, ir.Name | ir.Attribute | ir.Index) and machine.asides.answers
    answer = machine.evaluate(machine, frame, node) if kept else None
    numbers = machine.asides.answers.get(answer.number, set()) if isinstance(answer, Unknown | Tensor) else set()
    return _holding(machine, frame, numbers)


def _reduced(machine: Machine, frame: Frame, asked: list[str]) -> list[str]:
    """The locals of which the numbers under some names are the smallest, largest, sum or mean: ``low = p.min()``."""
    found: set[int] = set()
    for name in asked:
        value = machine.read(frame.number, name)
        reduced = False
        while isinstance(value, Tensor) and len(value.made) == 1:
            use = value.made[0]
            if use.row.facts & _BARE or not (is_shape_only(use) or getattr(use.row, "axes", None) in _REDUCED):
                break
            reduced = reduced or not is_shape_only(use)
            value = before(use)
        if reduced and isinstance(value, Tensor):
            found.add(value.number)
    return _holding(machine, frame, found)


def _holding(machine: Machine, frame: Frame, numbers: set[int]) -> list[str]:
    """The locals that hold one of some tensors."""
    if not numbers:
        return []
    held = {name: machine.read(frame.number, name) for name in machine.names(frame.number)}
    return [name for name, value in held.items() if isinstance(value, Tensor) and value.number in numbers]


def _told(machine: Machine, place: int, name: str) -> Tensor | None:
    """The tensor under a local's name, where anything is known of it that could be told apart."""
    value = machine.read(place, name)
    return value if isinstance(value, Tensor) and value.kind not in (UNKNOWN, Kind.LOSS) else None


def _wide(machine: Machine, place: int, name: str) -> Tensor | None:
    """The tensor under a local's name, where it is known how many units it has."""
    tensor = _told(machine, place, name)
    return tensor if tensor is not None and tensor.units is not None else None


def _measured(node: ir.Expression) -> Iterator[str]:
    """The names of which a test compares anything at all: their shapes, when it is not their numbers."""
    if isinstance(node, ir.Name):
        yield node.name
    elif isinstance(node, ir.Operator):
        for operand in node.operands:
            yield from _roots(operand) if node.sign in _COMPARING else _measured(operand)


def _roots(node: ir.Expression) -> Iterator[str]:
    """The names with which the attributes, calls and indices of an expression begin.

    How many samples there are, ``x.shape[0]``, ``x.size(0)`` and ``len(x)``, is no matter of the classes; how many axes
    are, ``len(x.shape)``.
    """
    if _is_first(node):
        return
    if isinstance(node, ir.Name):
        yield node.name
    elif isinstance(node, ir.Attribute | ir.Index):
        yield from _roots(node.value)
    elif isinstance(node, ir.Operator):
        for operand in node.operands:
            yield from _roots(operand)
    elif isinstance(node, ir.Call):
        yield from _roots(node.callee)
        for argument in node.arguments:
            yield from _roots(argument.value)


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
        if isinstance(callee, UserFunction) and callee.frame == frame.number:  # it sees the locals: ``lambda: p < 0``
            for statement in callee.node.body:
                if isinstance(statement, ir.Return) and statement.value is not None:
                    yield from _asked(machine, frame, statement.value)
        if isinstance(node.callee, ir.Attribute):
            compares = any(Fact.COMPARES in each.facts for each in machine.catalog.methods(node.callee.name))
            yield from (_numbers if compares else _asked)(machine, frame, node.callee.value)


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
        elif isinstance(node.callee, ir.Attribute) and any(
            Fact.DECIDES not in each.facts for each in machine.catalog.methods(node.callee.name)
        ):
            yield from _numbers(machine, frame, node.callee.value)


def _is_first(node: ir.Expression) -> bool:
    """Whether an index or a call takes the first of something, or its length."""
    if isinstance(node, ir.Index):
        return len(node.index) == 1 and _is_zero(node.index[0])
    if isinstance(node, ir.Call) and len(node.arguments) == 1:
        argument = node.arguments[0].value
        counts = isinstance(node.callee, ir.Name) and node.callee.name == "len" and isinstance(argument, ir.Name)
        return counts or _is_zero(argument)
    return False


def _is_zero(node: ir.Expression) -> bool:
    return isinstance(node, ir.Constant) and node.value == 0


def _callee(machine: Machine, frame: Frame, node: ir.Call) -> object:
    """What a call in a test calls, where that is a function by its name."""
    callee = node.callee
    root = callee
    while isinstance(root, ir.Attribute):
        root = root.value
    return machine.evaluate(machine, frame, callee) if isinstance(root, ir.Name) else None
