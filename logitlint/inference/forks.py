"""What is run on the side: on a fork of what is known, which is brought back, or of which only the changes are seen."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager

from logitlint.inference.allowances import MOST_DECORATOR_STEPS
from logitlint.inference.containers import anywhere
from logitlint.inference.machine import Machine
from logitlint.inference.store import Branch, Cell, Store, merge
from logitlint.inference.values import Origin, Unknown


@contextmanager
def forked(machine: Machine, *, certain: bool = True) -> Iterator[Store]:
    """Run something on a fork of the store, and bring back what it changes: where it is not `certain` to be run,
    beside what was before. What an exception cuts short has changed nothing.
    """
    base = machine.store
    fork = machine.store = base.fork(machine.fresh())
    try:
        yield fork
        ends = [machine.store] if certain else [machine.store, base.fork(machine.fresh())]
    finally:
        machine.store = base
    merge(base, [Branch(end, frozenset()) for end in ends], machine.fresh)


def go_on(machine: Machine, base: Store, branches: list[Branch], *, apart: bool) -> None:
    """Bring branches together and go on from there; `apart`: where something left on the way, so that it still sees
    what was before.
    """
    machine.store = base.fork(machine.fresh()) if apart else base
    merge(base, branches, machine.fresh, into=machine.store)
    if machine.trace.told:
        _go_on_telling(machine, base, branches)


def _go_on_telling(machine: Machine, base: Store, branches: list[Branch]) -> None:
    """What was set where a test asked what a model is made of tells it from then on: ``normalises = True``."""
    told = machine.trace.told
    for branch in branches:
        if any(condition.key in told for condition in branch.when):
            after = map(machine.store.get, branch.store.changes(base)[0])
            told.update(value.number for value in after if isinstance(value, Unknown))


def tried(machine: Machine, run: Callable[[], object]) -> list[Cell]:
    """What something would change of what was there before, which may be run at any time: it is run once, and changes
    nothing by that.
    """
    base = machine.store
    now = machine.fresh()
    machine.store = base.fork(now)
    try:
        with machine.allowance(MOST_DECORATOR_STEPS):
            run()
        changed, _ = machine.store.changes(base)
    finally:
        machine.store = base
    return known_before(changed, now)


def known_before(cells: Iterable[Cell], now: int) -> list[Cell]:
    """Those of objects, containers and frames that there were at the moment of a number."""
    return [cell for cell in cells if -now <= cell[0] <= now]


def unsettle(machine: Machine, cells: Iterable[Cell], words: str, origin: Origin | None) -> None:
    """Note that from now on something else may lie in cells; `words` say what."""
    for place, name in cells:
        held = machine.read(place, name)
        value = doubtful(machine, words, origin)
        machine.write(place, name, anywhere(held, value) if held is not None else value)


def doubtful(machine: Machine, words: str, origin: Origin | None) -> Unknown:
    """A value of which nobody knows whether it is there at all."""
    value = machine.unknown(words, origin)
    machine.altered.doubtful.add(value.number)
    return value
