"""Loops: how often their bodies are run, and where `break` and `else` lead."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Final

from logitlint.inference import assignment, containers
from logitlint.inference.conditions import test
from logitlint.inference.forks import go_on
from logitlint.inference.frames import Frame, Loop
from logitlint.inference.machine import Machine
from logitlint.inference.parts import tells, whole_of
from logitlint.inference.store import Branch, Cell, Store, merge
from logitlint.inference.values import Condition, LibraryObject, Unknown, UserObject, Value
from logitlint.lowering import ir

PASSES: Final = 2
"""How often the body of a loop over something unknown is run: once from before, once from its own end."""


MOST_BROKEN: Final = 8
"""After how many turns of a loop over known elements it no longer matters in which turn a `break` left it."""


MOST_TURNS: Final = 4
"""How often the body of a loop is run one turn after the other while its test is known to be true."""


def for_(machine: Machine, frame: Frame, node: ir.For) -> bool:
    """``for target in source``: what is known of the source is walked over turn by turn."""
    source = machine.evaluate(machine, frame, node.source)
    return _turns(machine, frame, node, containers.turns(machine, source))


def _turns(
    machine: Machine, frame: Frame, node: ir.For, turns: list[tuple[Value, bool]], apart: int = MOST_BROKEN
) -> bool:
    """The turns that are left, and the `else` behind them, which a `break` jumps over."""
    broken = False
    for position, (value, many) in enumerate(turns):
        begin = functools.partial(assignment.assign, machine, frame, node.target, value)
        if many or not apart:
            left = len(frame.exits)
            reached, may_break = _iterate(machine, frame, node.body, begin, many)
            if not reached:
                return False
            if len(frame.exits) > left and tells(machine, value):
                _none_was_found(machine)
            broken = broken or may_break
            continue
        base, left = machine.store, len(frame.exits)
        loop, ends = _turn(machine, frame, node.body, begin, many=False)
        if not loop.breaks:
            go_on(machine, base, ends, apart=len(frame.exits) > left)
            if not ends:
                return False
            continue
        on = []
        if ends:
            machine.store = base.fork(machine.fresh())
            merge(base, ends, machine.fresh, into=machine.store)
            on = [machine.store] if _turns(machine, frame, node, turns[position + 1 :], apart - 1) else []
        met = _unconditional([*on, *(branch.store for branch in loop.breaks)])
        go_on(machine, base, met, apart=len(frame.exits) > left)
        return True
    return _otherwise(machine, frame, node.orelse) if broken else machine.execute(machine, frame, node.orelse)


def _none_was_found(machine: Machine) -> None:
    """Behind a loop over the parts of a model which may return, it is known what none of them is."""
    none = Condition(machine.fresh(), False, "")
    machine.trace.told.add(none.key)
    machine.inside |= {none}


def while_(machine: Machine, frame: Frame, node: ir.While) -> bool:
    """``while test``: turn by turn as long as the test is known to be true."""
    known, _ = test(machine, frame, node.test)
    plain = _is_plain(node.body)
    if known is True and not plain:
        return _at_least_once(machine, frame, node)
    for _ in range(MOST_TURNS if plain else 0):
        if known is not True or not _iterate(machine, frame, node.body, lambda: None, many=False)[0]:
            break
        known, _ = test(machine, frame, node.test)
    if known is False:
        return machine.execute(machine, frame, node.orelse)
    _, broken = _iterate(machine, frame, node.body, lambda: None, many=True)
    return _otherwise(machine, frame, node.orelse) if broken else machine.execute(machine, frame, node.orelse)


def _at_least_once(machine: Machine, frame: Frame, node: ir.While) -> bool:
    """A loop whose test is true when it is first met; ``while True`` is left by its `break` alone, if it has one."""
    base, left = machine.store, len(frame.exits)
    broken: list[Store] = []
    ends: list[Store] = []
    for _ in range(PASSES):
        loop, through = _turn(machine, frame, node.body, lambda: None, many=True)
        broken += [branch.store for branch in loop.breaks]
        if not through:
            break
        end = machine.store.fork(machine.fresh())
        merge(machine.store, through, machine.fresh, into=end)
        machine.store = end
        ends.append(end)
    forever = isinstance(node.test, ir.Constant) and bool(broken)
    met = _unconditional(broken if forever else [*broken, *ends])
    machine.store = base
    go_on(machine, base, met, apart=len(frame.exits) > left)
    if not met:
        return False
    return forever or (_otherwise if broken else machine.execute)(machine, frame, node.orelse)


def _otherwise(machine: Machine, frame: Frame, block: tuple[ir.Statement, ...]) -> bool:
    """The `else` of a loop that a `break` may have left."""
    if not block:
        return True
    base, left = machine.store, len(frame.exits)
    machine.store = base.fork(machine.fresh())
    ends = [machine.store] if machine.execute(machine, frame, block) else []
    met = _unconditional([*ends, base.fork(machine.fresh())])
    go_on(machine, base, met, apart=len(frame.exits) > left)
    return True


def _is_plain(body: tuple[ir.Statement, ...]) -> bool:
    """Whether a loop's body has no branch and no way out: then it can be run turn by turn while the test is known."""
    return all(isinstance(each, ir.Assign | ir.Do) for each in body)


def _unconditional(stores: list[Store]) -> list[Branch]:
    return [Branch(store, frozenset()) for store in stores]


def _iterate(
    machine: Machine, frame: Frame, body: tuple[ir.Statement, ...], begin: Callable[[], None], many: bool
) -> tuple[bool, bool]:
    """One turn of a loop, or (`many`) any number of turns, joined: whether it ends, and whether it may be broken."""
    reached, broken = many, False
    for _ in range(PASSES if many else 1):
        base, left = machine.store, len(frame.exits)
        loop, ends = _turn(machine, frame, body, begin, many)
        stores = [*ends, *_unconditional([branch.store for branch in loop.breaks])]
        if not stores:
            break
        reached, broken = True, broken or bool(loop.breaks)
        skipped = _unconditional([base.fork(machine.fresh())]) if many else []
        walked = _objects(machine, base, stores) if many else {}
        go_on(machine, base, [*skipped, *stores], apart=len(frame.exits) > left)
        for cell, whole in walked.items():
            if isinstance(after := machine.store.get(cell), Unknown):
                machine.asides.within[after.number] = whole
    return reached, broken


def _objects(machine: Machine, base: Store, branches: list[Branch]) -> dict[Cell, LibraryObject | UserObject]:
    """The objects that lay where a turn puts something else: one of their parts (``model = getattr(model, name)``)."""
    cells = dict.fromkeys(cell for branch in branches for cell in branch.store.changes(base)[0])
    found = ((cell, whole_of(machine, base.get(cell))) for cell in cells)
    return {cell: whole for cell, whole in found if whole is not None}


def _turn(
    machine: Machine, frame: Frame, body: tuple[ir.Statement, ...], begin: Callable[[], None], many: bool
) -> tuple[Loop, list[Branch]]:
    """One turn of a loop on a fork of the store: how it was left, and the ends from which the next turn begins."""
    base = machine.store
    before = machine.path, machine.inside
    loop = Loop(many)
    frame.loops.append(loop)
    machine.store = base.fork(machine.fresh())
    begin()
    done = machine.execute(machine, frame, body)
    machine.path, machine.inside = before
    frame.loops.pop()
    ends = [machine.store] if done else []
    machine.store = base
    return loop, _unconditional([*ends, *(branch.store for branch in loop.continues)])
