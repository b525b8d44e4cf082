"""Statements: what each does to the store, and whether control runs on behind it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from logitlint.inference import assignment, definitions, loops, operands, trying
from logitlint.inference.conditions import opposite, test
from logitlint.inference.entering import enter, leave, swallows
from logitlint.inference.expressions import opaque_unless_called
from logitlint.inference.forks import go_on
from logitlint.inference.frames import Frame
from logitlint.inference.guards import Guard, note_shape, remember
from logitlint.inference.machine import Machine
from logitlint.inference.operands import opaque
from logitlint.inference.store import CONTENTS, Branch, Cell, Items
from logitlint.inference.values import (
    Condition,
    Container,
    Entering,
    Literal,
    Origin,
    Tensor,
    Value,
)
from logitlint.kinds import Kind, named
from logitlint.lowering import ir
from logitlint.lowering.scopes import own_names


def execute(machine: Machine, frame: Frame, block: tuple[ir.Statement, ...]) -> bool:
    """Run a block; False when control never reaches its end."""
    for statement in block:  # noqa: SIM110 - the innermost loop of all
        if not _RUN[type(statement)](machine, frame, statement):
            return False
    return True


# -- simple statements ------------------------------------------------------------------------------------------------


def _do(machine: Machine, frame: Frame, node: ir.Do) -> bool:
    machine.evaluate(machine, frame, node.value)
    if machine.raised is not None and type(node.value) is ir.Opaque:  # an `assert`: it may end here, or go on
        machine.raised.append(Branch(machine.store, machine.path))
        machine.store = machine.store.fork(machine.fresh())
    return True


def _assign(machine: Machine, frame: Frame, node: ir.Assign) -> bool:
    if node.value is None:
        return True
    before = machine.evaluate(machine, frame, node.targets[0]) if node.augmented else None
    value = machine.evaluate(machine, frame, node.value)
    if before is not None:
        operands.spoil(machine, before)
    if isinstance(before, Container) and before.shape == "list" and isinstance(value, Container):
        machine.write(before.place, CONTENTS, machine.read(value.place, CONTENTS) or Items())
        value = before  # a list is changed in its place
    if isinstance(before, Literal) and type(before.value) is int and any(loop.many for loop in frame.loops):
        value = machine.count("a number that a loop counts", Origin(frame.file, node.origin))
    remember(machine, frame, node.value, value)
    note_shape(machine, frame, node, opaque(machine, value))
    value = stated(machine, frame, node) or opaque_unless_called(machine, value)
    for target in node.targets:
        assignment.assign(machine, frame, target, value)
    return True


def stated(machine: Machine, frame: Frame, node: ir.Assign) -> Tensor | None:
    """What a note or an annotation says that an assignment binds; None when nothing says it."""
    kind = named(node.note) if node.note else noted(node.annotation)
    if kind is None:
        return None
    return operands.stated(machine, kind, "note" if node.note else "Annotated", Origin(frame.file, node.origin))


def noted(annotation: ir.Expression | None) -> Kind | None:
    """The kind an ``Annotated[Tensor, "logits"]`` names."""
    if not isinstance(annotation, ir.Index) or len(annotation.index) < 2:
        return None
    head = annotation.value
    name = head.name if isinstance(head, ir.Name | ir.Attribute) else ""
    words = [
        each.value for each in annotation.index[1:] if isinstance(each, ir.Constant) and isinstance(each.value, str)
    ]
    return next((kind for word in words if (kind := named(word)) is not None), None) if name == "Annotated" else None


def _return(machine: Machine, frame: Frame, node: ir.Return) -> bool:
    value: Value = Literal(None) if node.value is None else machine.evaluate(machine, frame, node.value)
    value = opaque_unless_called(machine, value)
    frame.returns.append((value, machine.path))
    frame.exits.append(Branch(machine.store, machine.path))
    return False


def _raise(machine: Machine, frame: Frame, node: ir.Raise) -> bool:
    for part in node.parts:
        machine.evaluate(machine, frame, part)
    if machine.raised is not None:
        machine.raised.append(Branch(machine.store, machine.path))
    return False


def _break(machine: Machine, frame: Frame, node: ir.Break) -> bool:
    if frame.loops:
        frame.loops[-1].breaks.append(Branch(machine.store, machine.path))
    return False


def _continue(machine: Machine, frame: Frame, node: ir.Continue) -> bool:
    if frame.loops:
        frame.loops[-1].continues.append(Branch(machine.store, machine.path))
    return False


def _declare(machine: Machine, frame: Frame, node: ir.Declare) -> bool:
    for name in node.names:
        frame.outer[name] = frame.module() if node.outermost else _around(frame, name)
    return True


def _around(frame: Frame, name: str) -> Frame:
    """The nearest function around a frame to which a name belongs: `nonlocal` means that."""
    home = frame.parent
    while home is not None and home.parent is not None:
        if home.function is not None and name in own_names(home.function):
            return home
        home = home.parent
    return frame.parent or frame


# -- branches ---------------------------------------------------------------------------------------------------------


def _if(machine: Machine, frame: Frame, node: ir.If) -> bool:
    sides: list[tuple[Condition, tuple[ir.Statement, ...]]] = []
    known, condition = test(machine, frame, node.test)
    if known is not None:
        return execute(machine, frame, node.body if known else node.orelse)
    sides = [(condition, node.body), (opposite(condition), node.orelse)]
    base = machine.store
    guard = Guard(machine, frame, node.test)
    branches: list[Branch] = []
    veils: list[dict[str, Value]] = []
    for side, block in sides:
        machine.store = base.fork(machine.fresh())
        veiled = guard.enter(machine, machine.store)
        with machine.assuming(frozenset({side})):
            if execute(machine, frame, block):
                branches.append(Branch(machine.store, frozenset({side})))
                veils.append(veiled)
    both = len(branches) == len(sides)
    if both:
        for branch, veiled in zip(branches, veils, strict=True):
            guard.leave(branch.store, veiled)
    go_on(machine, base, branches, apart=not both)
    if both:
        return True
    for branch in branches:
        machine.path |= branch.when
        machine.inside |= branch.when  # what follows is the other branch in all but its indentation
    return bool(branches)


def _with(machine: Machine, frame: Frame, node: ir.With) -> bool:
    before, ends = machine.scopes, len(frame.exits)
    own: list[Cell] = []
    managers: list[Value] = []
    for item in node.items:
        manager = machine.evaluate(machine, frame, item.manager)
        managers.append(manager)
        entered = enter(machine, manager, Origin(frame.file, item.origin), own)
        if isinstance(manager, Entering):
            machine.scopes = manager.within(machine.scopes)
        if item.target is not None:
            assignment.assign(machine, frame, item.target, entered)
    body = node.body
    if any(swallows(machine, manager) for manager in managers):  # what is raised there ends the block alone
        body = (ir.Try(node.origin, body, (ir.Handler(node.origin, None, None, ()),), (), ()),)
    done = execute(machine, frame, body)
    machine.scopes = before
    if own:
        leave(machine, own, frame.exits[ends:], Origin(frame.file, node.origin))
    return done


_Run = Callable[[Machine, Frame, ir.Statement], bool]
_RUN: Final[dict[type, _Run]] = {
    ir.Do: _do,  # type: ignore[dict-item]
    ir.Assign: _assign,  # type: ignore[dict-item]
    ir.Return: _return,  # type: ignore[dict-item]
    ir.Raise: _raise,  # type: ignore[dict-item]
    ir.Break: _break,  # type: ignore[dict-item]
    ir.Continue: _continue,  # type: ignore[dict-item]
    ir.Declare: _declare,  # type: ignore[dict-item]
    ir.If: _if,  # type: ignore[dict-item]
    ir.For: loops.for_,  # type: ignore[dict-item]
    ir.While: loops.while_,  # type: ignore[dict-item]
    ir.With: _with,  # type: ignore[dict-item]
    ir.Try: trying.try_,  # type: ignore[dict-item]
    ir.Function: definitions.function,  # type: ignore[dict-item]
    ir.Class: definitions.class_,  # type: ignore[dict-item]
    ir.Import: definitions.import_,  # type: ignore[dict-item]
    ir.ImportFrom: definitions.import_from,  # type: ignore[dict-item]
}
