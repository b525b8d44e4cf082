"""Context managers: what one gives where it is entered, and what nobody knows from then on.

A manager of the program may set something when it is entered and set it back when it is left. When that is, is known
of a ``with`` alone: `ExitStack.enter_context`, a decorator and code that cannot be seen enter one as well. So what it
sets is unknown from where it is entered; what a generator sets, from where it is made.
"""

from __future__ import annotations

from typing import Final

from logitlint.inference import attributes, containers
from logitlint.inference.forks import forked, known_before, tried, unsettle
from logitlint.inference.machine import Machine
from logitlint.inference.signature import Arguments
from logitlint.inference.store import Branch, Cell
from logitlint.inference.values import Container, LibraryName, Origin, Partial, UserFunction, UserObject, Value
from logitlint.lowering import ir

_ENTERING: Final = {"__enter__": "__exit__", "__aenter__": "__aexit__"}
ENTERED: Final = frozenset({*_ENTERING, "enter_context", "enter_async_context"})
"""The methods that enter a manager: its own, and those of a stack of them that is given one."""
SUPPRESSING: Final = frozenset({"assertRaises", "assertRaisesRegex"})
"""The methods of a test that give a manager which lets nothing through."""
_SUPPRESSING: Final = LibraryName("contextlib.suppress")
_WORDS: Final = "what a context manager sets"


def is_manager(machine: Machine, value: Value) -> bool:
    """Whether a value is a context manager of the program, or a generator, of which `contextmanager` makes one."""
    if isinstance(value, Container):
        return value.shape == "generator"
    return isinstance(value, UserObject) and _method(machine, value) is not None


def enter(machine: Machine, manager: Value, origin: Origin, own: list[Cell] | None = None) -> Value:
    """Enter a context manager; what it gives.

    Of itself it may set anew what is there while it is entered, and may be gone when it is left: who knows when that is
    gives a list, `own`, to which the cells are added.
    """
    if isinstance(manager, Container) and manager.shape == "generator":
        return containers.element(machine, manager)
    method = _method(machine, manager) if isinstance(manager, UserObject) else None
    if method is None or not isinstance(manager, UserObject):
        return machine.unknown("what a context manager gives", None)
    base, now = machine.store, machine.fresh()
    with forked(machine):
        entered = machine.call(machine, attributes.get(machine, manager, method, origin), Arguments(), origin)
        changed, _ = machine.store.changes(base)
        anew = [cell for cell in changed if cell[0] == manager.place and base.get(cell) is None]
    left = attributes.get(machine, manager, _ENTERING[method], origin)
    changes = dict.fromkeys([*changed, *tried(machine, lambda: _leave(machine, left, origin))])
    kept = frozenset(anew if own is not None else ())
    if own is not None:
        own += anew
    unsettle(machine, [cell for cell in known_before(changes, now) if cell not in kept], _WORDS, origin)
    return entered


def swallows(machine: Machine, manager: Value) -> bool:
    """Whether a context manager may end its block without a word where something is raised in it."""
    if isinstance(manager, Partial):
        return manager.function == _SUPPRESSING
    found = attributes.class_attribute(machine, manager.cls, "__exit__") if isinstance(manager, UserObject) else None
    return found is not None and isinstance(found[0], UserFunction) and _may_return_true(found[0].node.body)


def _may_return_true(body: tuple[ir.Statement, ...]) -> bool:
    returned = (node.value for node in ir.nodes(body) if isinstance(node, ir.Return))
    return any(value is not None and not (isinstance(value, ir.Constant) and not value.value) for value in returned)


def suppressing(machine: Machine, arguments: Arguments, origin: Origin) -> Value | None:
    """``contextlib.suppress(KeyError)``, ``pytest.raises(KeyError)``."""
    return Partial(_SUPPRESSING, arguments.positional, arguments.keywords)


def leave(machine: Machine, own: list[Cell], ends: list[Branch], origin: Origin) -> None:
    """Leave a context manager at the end of its block, and at the `ends` of the function inside of it."""
    after = machine.store
    for store in (*(branch.store for branch in ends), after):
        machine.store = store
        unsettle(machine, own, _WORDS, origin)
    machine.store = after


def _leave(machine: Machine, left: Value, origin: Origin) -> None:
    if isinstance(left, UserFunction):
        machine.call(machine, left, Arguments(open=True), origin)


def _method(machine: Machine, manager: UserObject) -> str | None:
    """The method by which an object of the program is entered; None when it has none."""
    found = (name for name in _ENTERING if attributes.class_attribute(machine, manager.cls, name) is not None)
    return next(found, None)
