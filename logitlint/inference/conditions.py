"""Tests: whether one is known to be true, and the choice that its being true stands for."""

from __future__ import annotations

from logitlint.inference.ancestry import TRUTH, ways
from logitlint.inference.frames import Frame
from logitlint.inference.machine import Machine
from logitlint.inference.operands import number_of, opaque
from logitlint.inference.pairing import arise
from logitlint.inference.parts import tells
from logitlint.inference.values import (
    Alternatives,
    Condition,
    LibraryName,
    LibraryObject,
    Literal,
    UserClass,
    UserFunction,
    UserModule,
    UserObject,
    Value,
)
from logitlint.lowering import ir


def test(machine: Machine, frame: Frame, node: ir.Expression) -> tuple[bool | None, Condition]:
    """Evaluate a test: its truth where known, and the choice that its being true stands for."""
    node, negated = unnegated(node)
    value = opaque(machine, machine.evaluate(machine, frame, node))
    known = truth(machine, value)
    key = number_of(machine, value) if not isinstance(value, Alternatives) else machine.fresh()
    if tells(machine, value):
        machine.trace.told.add(key)
    words = words_of(node)
    condition = Condition(key, not negated, f"not {words}" if negated and words else words)
    if known is None:
        known = next((held.branch for held in machine.path if held.key == key and isinstance(held.branch, bool)), None)
    arise(machine, key)
    return None if known is None else known != negated, condition


def unnegated(node: ir.Expression) -> tuple[ir.Expression, bool]:
    """What a test asks, and whether it is true where the answer is no: ``not x`` asks for `x`."""
    negated = False
    while isinstance(node, ir.Operator) and node.sign == "not":
        negated, node = not negated, node.operands[0]
    return node, negated


def truth(machine: Machine, value: Value) -> bool | None:
    """Whether a value is true, when that is known."""
    if isinstance(value, Literal):
        return bool(value.value)
    if isinstance(value, UserObject) and TRUTH & ways(machine, value.cls):
        return None
    return True if is_object(value) else None


def is_object(value: Value) -> bool:
    """Whether a value is something that is true unless it says otherwise: no number, and not None."""
    return isinstance(value, LibraryObject | UserObject | UserFunction | UserClass | UserModule | LibraryName)


def words_of(node: ir.Expression) -> str:
    """A test as a reader would quote it; empty when it is too long to quote."""
    if isinstance(node, ir.Name):
        return node.name
    if isinstance(node, ir.Constant):
        return repr(node.value)
    if isinstance(node, ir.Attribute):
        inner = words_of(node.value)
        return f"{inner}.{node.name}" if inner else ""
    if isinstance(node, ir.Operator) and len(node.operands) == 2:
        left, right = map(words_of, node.operands)
        return f"{left} {node.sign} {right}" if left and right else ""
    return ""


def opposite(condition: Condition) -> Condition:
    """The other side of a yes-or-no test."""
    words = condition.words
    if words:
        words = words[4:] if words.startswith("not ") else f"not {words}"
    return Condition(condition.key, not condition.branch, words)
