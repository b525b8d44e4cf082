"""What functions that nobody calls in sight set of globals: whoever calls one may do so before any other is run."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from msgspec.structs import astuple

from logitlint.inference import attributes
from logitlint.inference.forks import doubtful, unsettle
from logitlint.inference.frames import Frame
from logitlint.inference.machine import Machine
from logitlint.inference.namespaces import value_of
from logitlint.inference.signature import of_function
from logitlint.inference.store import CONTENTS, Cell, Entries
from logitlint.inference.values import Container, LibraryObject, Literal, UserClass, UserFunction, UserObject
from logitlint.lowering import ir

_WORDS: Final = "what a function sets that nobody calls here"
_HOLDING: Final = (Container, LibraryObject, UserClass, UserObject)


def unsettle_globals(machine: Machine, frame: Frame, functions: Iterable[UserFunction]) -> None:
    """Note that globals may be something else, wherever one of some functions sets them, or a part of theirs.

    A global that is None until a function makes it is what that function makes.
    """
    for function in functions:
        if (function.file, function.node.origin) not in machine.entered:
            for target in _set_by(function):
                _unsettle(machine, frame, target)


def _set_by(function: UserFunction) -> Iterator[ir.Expression]:
    """What a function sets that is not its own: a global, or a part of what a name holds that it does not bind."""
    nodes = list(_nodes(function.node.body))
    declared = {name for node in nodes if isinstance(node, ir.Declare) for name in node.names}
    targets = [target for node in nodes for target in _targets(node)]
    bound = {each.name for each in targets if isinstance(each, ir.Name)} - declared
    bound |= {each.name for each in of_function(function.node)}
    for target in targets:
        if isinstance(target, ir.Name):
            if target.name in declared:
                yield target
        elif isinstance(target, ir.Attribute | ir.Index) and isinstance(target.value, ir.Name):
            if target.value.name not in bound:
                yield target


def _unsettle(machine: Machine, frame: Frame, target: ir.Expression) -> None:
    if isinstance(target, ir.Name):
        _forget(machine, (frame.number, target.name))
    elif isinstance(target, ir.Attribute | ir.Index) and isinstance(target.value, ir.Name):
        holder = value_of(machine, machine.read(frame.number, target.value.name))
        if not isinstance(holder, _HOLDING):
            return
        if isinstance(target, ir.Attribute):
            _forget(machine, (holder.place, target.name))
            if isinstance(holder, UserObject) and _is_of_class(machine, holder, target.name):
                unsettle(machine, [(holder.place, target.name)], _WORDS, None)
            return
        held, key = machine.read(holder.place, CONTENTS), target.index[0]
        if isinstance(held, Entries) and isinstance(key, ir.Constant):
            unseen = doubtful(machine, _WORDS, None)
            machine.write(holder.place, CONTENTS, Entries({**held.entries, key.value: unseen}, held.rest))
        else:
            _forget(machine, (holder.place, CONTENTS))


def _is_of_class(machine: Machine, holder: UserObject, name: str) -> bool:
    """Whether an object has an attribute of its class alone, which was written there."""
    found = attributes.class_attribute(machine, holder.cls, name)
    own = machine.read(holder.place, name)
    return own is None and found is not None and isinstance(found[0], Literal) and found[0].value is not None


def _forget(machine: Machine, cell: Cell) -> None:
    if machine.read(*cell) not in (None, Literal(None)):
        unsettle(machine, [cell], _WORDS, None)


def _targets(node: ir.Node) -> Iterator[ir.Expression]:
    """What a statement assigns to."""
    pending: list[ir.Expression] = [*node.targets] if isinstance(node, ir.Assign) else []
    if isinstance(node, ir.For):
        pending.append(node.target)
    while pending:
        target = pending.pop()
        if isinstance(target, ir.Build):
            pending += target.items
        else:
            yield target.value if isinstance(target, ir.Star) else target


def _nodes(body: tuple[ir.Statement, ...]) -> Iterator[ir.Node]:
    pending: list[object] = [body]
    while pending:
        node = pending.pop()
        if type(node) is tuple:
            pending += node
        elif isinstance(node, ir.Node):
            yield node
            pending += astuple(node)
