"""Which names belong to a function: https://docs.python.org/3/reference/executionmodel.html#binding-of-names."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec

from logitlint.lowering import ir


def own_names(function: ir.Function) -> frozenset[str]:
    """The names that a function binds anywhere in its text, but for those that it says are of another scope."""
    bound = {each.name for each in function.parameters}
    declared: set[str] = set()
    for node in _outside_scopes(function.body):
        if isinstance(node, ir.Declare):
            declared.update(node.names)
        bound.update(_bound(node))
    return frozenset(bound - declared)


def _outside_scopes(body: tuple[ir.Statement, ...]) -> Iterator[ir.Node]:
    """The nodes of a block that are in no scope of their own; of a comprehension all but what it walks with."""
    pending: list[Any] = [body]
    while pending:
        each = pending.pop()
        if type(each) is tuple:
            pending += each
        elif isinstance(each, ir.Node):
            yield each
            if isinstance(each, ir.Clause):
                pending += [each.source, each.tests]
            elif not isinstance(each, ir.Function | ir.Class | ir.Lambda):
                pending += msgspec.structs.astuple(each)


def _bound(node: ir.Node) -> Iterator[str]:
    if isinstance(node, ir.Function | ir.Class | ir.Bind | ir.Handler):
        yield from (name for name in (node.name,) if name is not None)
    elif isinstance(node, ir.Import):
        yield node.asname or node.module.partition(".")[0]
    elif isinstance(node, ir.ImportFrom):
        yield from (name for _, name in node.names)
    elif not isinstance(node, ir.Clause):
        yield from (target.name for target in targets(node) if isinstance(target, ir.Name))


def targets(node: ir.Node) -> Iterator[ir.Expression]:
    """What an assignment, a loop, a comprehension or a `with` binds: names, attributes and elements."""
    pending: list[ir.Expression] = [*node.targets] if isinstance(node, ir.Assign) else []
    if isinstance(node, ir.For | ir.Clause | ir.Context) and node.target is not None:
        pending.append(node.target)
    while pending:
        target = pending.pop()
        if isinstance(target, ir.Build):
            pending += target.items
        elif isinstance(target, ir.Star):
            pending.append(target.value)
        else:
            yield target
