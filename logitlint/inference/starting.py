"""Functions that are started in a process or thread of their own: what they are given is known, what they give is not.

https://docs.python.org/3/library/multiprocessing.html, https://docs.python.org/3/library/threading.html,
https://docs.pytorch.org/docs/stable/multiprocessing.html (`spawn` puts the number of the process in front).
"""

from __future__ import annotations

from logitlint.inference import containers
from logitlint.inference.machine import Machine
from logitlint.inference.signature import Arguments, fill, parse
from logitlint.inference.values import Literal, Origin, Value

_STARTED = parse("group=None, target=None, name=None, args=(), kwargs={}, *, daemon=None")
_SPAWNED = parse("fn, args=(), nprocs=1, join=True, daemon=False, start_method='spawn'")


def start(machine: Machine, arguments: Arguments, origin: Origin) -> Value | None:
    """``Process(target=train, args=(rank, model))``, ``Thread(target=...)``: the function is run."""
    given = fill(_STARTED, arguments).by_name
    target = given.get("target")
    if target is None or target == Literal(None):
        return None
    named = containers.exact_entries(machine, given["kwargs"]) if "kwargs" in given else {}
    passed = _passed(machine, given.get("args"))
    machine.call(machine, target, Arguments(passed.positional, named or {}, passed.open or named is None), origin)
    return machine.unknown("a process or thread", origin)


def spawn(machine: Machine, arguments: Arguments, origin: Origin) -> Value | None:
    """``spawn(train, args=(world, model), nprocs=world)``: the function is run in several processes."""
    given = fill(_SPAWNED, arguments).by_name
    function = given.get("fn")
    if function is None:
        return None
    number = machine.count("the number of a process", origin)
    machine.call(machine, function, _passed(machine, given.get("args")).after(number), origin)
    return machine.unknown("processes", origin)


def _passed(machine: Machine, packed: Value | None) -> Arguments:
    """A tuple of arguments, as the function is given them."""
    values = containers.exact_items(machine, packed) if packed is not None else []
    return Arguments(tuple(values or ()), open=values is None)
