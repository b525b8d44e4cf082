"""Displays: ``(a, b)``, ``[a, *b]``, ``{key: value}``, and comprehensions."""

from __future__ import annotations

from logitlint.inference.assignment import assign
from logitlint.inference.conditions import truth
from logitlint.inference.containers import bounded, contents_of, element, make, overridden, turns
from logitlint.inference.frames import Frame
from logitlint.inference.joining import merged
from logitlint.inference.machine import Machine
from logitlint.inference.operands import opaque
from logitlint.inference.store import Entries, Item, Items
from logitlint.inference.values import Literal, Value
from logitlint.lowering import ir


def build(machine: Machine, frame: Frame, node: ir.Build) -> Value:
    """``a, b``, ``[a, *b]``, ``{a}``."""
    items: list[Item] = []
    for each in node.items:
        value = opaque(machine, machine.evaluate(machine, frame, each))
        if isinstance(each, ir.Star):
            held = contents_of(machine, value)
            more = held.items if isinstance(held, Items) else [Item(element(machine, value), many=True)]
            items = [*bounded(machine, [*items, *more]).items]
        else:
            items.append(Item(value))
    return make(machine, node.shape, Items(tuple(items)))


def mapping(machine: Machine, frame: Frame, node: ir.Mapping) -> Value:
    """``{key: value, **other}``."""
    entries: dict[str | int | float | bool | None, Value] = {}
    rest: list[Value] = []
    for pair in node.pairs:
        value = opaque(machine, machine.evaluate(machine, frame, pair.value))
        if pair.key is None:
            held = contents_of(machine, value)
            more = held if isinstance(held, Entries) else Entries({}, element(machine, value))
            if more.rest is not None:
                entries = dict(overridden(machine, Entries(entries), None, more.rest).entries)
                rest.append(more.rest)
            entries.update(more.entries)
            continue
        key = machine.evaluate(machine, frame, pair.key)
        if isinstance(key, Literal):
            entries[key.value] = value
        else:
            entries = dict(overridden(machine, Entries(entries), key, value).entries)
            rest.append(value)
    return make(machine, "dict", Entries(entries, merged(rest, machine.fresh) if rest else None))


def _may_hold(machine: Machine, frame: Frame, test: ir.Expression) -> bool:
    """Whether an element may pass a test."""
    return truth(machine, opaque(machine, machine.evaluate(machine, frame, test))) is not False


def comprehension(machine: Machine, frame: Frame, node: ir.Comprehension) -> Value:
    """A comprehension: each element is run, for each element of a container that is known exactly."""
    inner = Frame(machine.fresh(), frame.file, frame, receiver=frame.receiver, owner=frame.owner)
    results: list[Item] = []
    entries: dict[str | int | float | bool | None, Value] = {}
    rest: list[Value] = []

    def visit(depth: int, many: bool) -> None:
        if depth < len(node.clauses):
            clause = node.clauses[depth]
            source = machine.evaluate(machine, inner if depth else frame, clause.source)
            for value, repeated in turns(machine, source):
                assign(machine, inner, clause.target, value)
                if not all(_may_hold(machine, inner, test) for test in clause.tests):
                    continue
                visit(depth + 1, many or repeated or bool(clause.tests))
            return
        key = machine.evaluate(machine, inner, node.key) if node.key is not None else None
        value = opaque(machine, machine.evaluate(machine, inner, node.element))
        if isinstance(key, Literal):
            entries[key.value] = value
        elif key is not None:
            rest.append(value)
        else:
            results.append(Item(value, many))

    visit(0, many=False)
    if node.shape == "dict":
        return make(machine, "dict", Entries(entries, merged(rest, machine.fresh) if rest else None))
    return make(machine, "list", Items(tuple(results)))
