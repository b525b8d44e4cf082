"""``try``: which handlers go on where its block ends, and what `finally` does on each way out."""

from __future__ import annotations

from typing import Final

from logitlint.inference.forks import go_on
from logitlint.inference.frames import Frame
from logitlint.inference.machine import Machine
from logitlint.inference.store import Branch, merge
from logitlint.inference.values import Alternatives, Condition
from logitlint.lowering import ir

_ALL: Final = ("Exception", "BaseException")


def try_(machine: Machine, frame: Frame, node: ir.Try) -> bool:
    """A whole `try`; False when control never reaches what stands behind it."""
    base, before, outside = machine.store, (machine.path, machine.inside), machine.raised
    ways = _Ways(frame)
    machine.raised = []
    try:
        branches = _handled(machine, frame, node, before)
        raised = machine.raised
    finally:
        machine.raised = outside
    left = ways.any or bool(raised)
    if node.final:
        raised = ways.finish(machine, node.final, raised)
    if machine.raised is not None:
        machine.raised += raised
    machine.path, machine.inside = before
    go_on(machine, base, branches, apart=left)
    if left and not branches:
        return False
    return machine.execute(machine, frame, node.final) and bool(branches)


def _handled(
    machine: Machine, frame: Frame, node: ir.Try, before: tuple[frozenset[Condition], frozenset[Condition]]
) -> list[Branch]:
    """Run the block, and each handler from wherever it may have ended: the ends behind which control runs on."""
    base = machine.store
    outside, raised = machine.raised, list[Branch]()
    branches: list[Branch] = []
    choice = machine.fresh()
    machine.store = base.fork(machine.fresh())
    asked = frozenset(machine.trace.read)
    machine.raised = raised
    done = machine.execute(machine, frame, node.body)
    machine.raised = outside
    if outside is not None and not any(map(_catches_everything, node.handlers)):
        outside += raised
    if any(_catches_what_is_missing(handler) for handler in node.handlers):
        machine.trace.read.intersection_update(asked)  # it is asked whether it is a number
    done = done and machine.execute(machine, frame, node.orelse)
    body = machine.store
    if done:
        branches.append(Branch(machine.store, frozenset({Condition(choice, True, "")})))
    ends = [body, *(branch.store for branch in raised)]
    for position, handler in enumerate(node.handlers):
        machine.store = base.fork(machine.fresh())
        machine.path, machine.inside = before
        either = [Branch(store, frozenset()) for store in (base.fork(machine.fresh()), *ends)]
        merge(base, either, machine.fresh, into=machine.store)
        for cell, value in machine.store.cells.items():
            if isinstance(value, Alternatives) and value is not base.get(cell):  # nobody knows how far it came
                machine.store.cells[cell] = machine.unknown("what a block that was left may have set", None)
        if handler.name is not None:
            machine.write(frame.number, handler.name, machine.unknown("an exception", None), local=True)
        if machine.execute(machine, frame, handler.body):
            branches.append(Branch(machine.store, frozenset({Condition(choice, f"handler {position}", "")})))
    return branches


def _catches_everything(handler: ir.Handler) -> bool:
    return handler.caught is None or (isinstance(handler.caught, ir.Name) and handler.caught.name in _ALL)


def _catches_what_is_missing(handler: ir.Handler) -> bool:
    """Whether a handler is for a value that lacks what it is asked for: ``except AttributeError``."""
    caught = handler.caught
    each = caught.items if isinstance(caught, ir.Build) else (caught,)
    return any(isinstance(name, ir.Name) and name.name == "AttributeError" for name in each)


class _Ways:
    """The ways on which control leaves a frame, or a turn of its loop, from a moment on."""

    def __init__(self, frame: Frame) -> None:
        self._frame = frame
        loop = frame.loops[-1] if frame.loops else None
        self._turns = [(ends, len(ends)) for ends in ((loop.breaks, loop.continues) if loop else ())]
        self._returned = len(frame.exits)

    @property
    def any(self) -> bool:
        """Whether any was taken."""
        return len(self._frame.exits) > self._returned or any(len(ends) > start for ends, start in self._turns)

    def finish(self, machine: Machine, final: tuple[ir.Statement, ...], raised: list[Branch]) -> list[Branch]:
        """Run a `finally` on each; what is raised still behind it.

        A `return` there, or a `break`, takes the place of how control would have left.
        """
        frame = self._frame
        returns, exits = frame.returns[self._returned :], frame.exits[self._returned :]
        del frame.returns[self._returned :], frame.exits[self._returned :]
        turns = [(ends, ends[start:]) for ends, start in self._turns]
        for ends, start in self._turns:
            del ends[start:]
        for value, branch in zip(returns, exits, strict=True):
            if (end := self._behind(machine, final, branch)) is not None:
                frame.returns.append(value)
                frame.exits.append(end)
        for ends, taken in turns:
            ends += [end for each in taken if (end := self._behind(machine, final, each)) is not None]
        return [end for each in raised if (end := self._behind(machine, final, each)) is not None]

    def _behind(self, machine: Machine, final: tuple[ir.Statement, ...], branch: Branch) -> Branch | None:
        machine.store, machine.path = branch
        return Branch(machine.store, branch.when) if machine.execute(machine, self._frame, final) else None
