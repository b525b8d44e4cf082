"""Values of which elements are written since they were made: what made them does not say what they hold."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress

from logitlint.fixes import calls
from logitlint.fixes.case import Case
from logitlint.fixes.changes import Uncertain
from logitlint.fixes.raw_scores import is_in_place
from logitlint.fixes.scopes import Scopes
from logitlint.fixes.tree import Tree
from logitlint.inference.lineage import before, is_shape_only, is_view, makers
from logitlint.inference.trace import Use, Via
from logitlint.inference.values import Origin, Tensor
from logitlint.lowering import ir


def is_written_into(case: Case) -> bool:
    """Whether elements of the value at fault, or of what it was reshaped from, are set under one of its names.

    Raises `Uncertain` where that cannot be seen.
    """
    if case.taken is None or case.taken.tensor is None:
        return False
    here = case.here().tree
    with suppress(Uncertain):
        if _is_stored(case, here, calls.base(case.given())):
            return True
    if any(is_changed(case, use) for use in makers(case.taken.tensor)):
        return True
    return any(
        _is_stored(case, place.tree, target)
        for place in map(case.at, _made_at(case.taken.tensor))
        if isinstance(statement := place.tree.statement(place.node), ir.Assign)
        for target in statement.targets
    )


def is_changed(case: Case, use: Use) -> bool:
    """Whether what a use was applied to is changed since, by any of its names: it is not to be had any more."""
    place = case.at(use.origin)
    with suppress(Uncertain):
        raw = _viewed(case, place.tree, calls.subject(case.names(place.tree), use, place.node))
        scopes = case.files.scopes(place.tree)
        if isinstance(raw, ir.Name) and any(
            scopes.is_written_after(each, raw.origin) for each in _names_of(case, place.tree, raw)
        ):
            return True
    return any(_is_in_place(case, each) for each in case.sight.behind(use))


def _viewed(case: Case, tree: Tree, node: ir.Node) -> ir.Node:
    """What an expression is a view of, or that itself: ``z`` in ``z.view(-1)[0]``."""
    while isinstance(node, ir.Call | ir.Attribute | ir.Index):
        asked = node.callee if isinstance(node, ir.Call) else node
        uses = case.sight.uses(tree, node)
        if not isinstance(asked, ir.Attribute | ir.Index) or not all(map(is_view, uses)):
            return node
        if not uses and not isinstance(node, ir.Index):
            return node
        node = asked.value
    return node


def _names_of(case: Case, tree: Tree, name: ir.Name) -> Iterator[ir.Name]:
    """A name, and those that are given what it holds, or a view of that, or that it is given from."""
    scopes = case.files.scopes(tree)
    shared = [
        [each for each in (_viewed(case, tree, node.value), *node.targets) if isinstance(each, ir.Name)]
        for node in tree.every
        if isinstance(node, ir.Assign) and node.value is not None and not node.augmented
    ]
    found, pending = list[ir.Name](), [name]
    while pending:
        one = pending.pop()
        if not any(_is_same(scopes, one, each) for each in found):
            found.append(one)
            pending += [other for each in shared if any(_is_same(scopes, one, own) for own in each) for other in each]
            yield one


def _is_in_place(case: Case, use: Use) -> bool:
    """Whether a use writes its result over what it is applied to."""
    place = case.at(use.origin)
    if use.via is Via.OPERATOR:
        parent = place.tree.parent(place.node)
        return isinstance(parent, ir.Assign) and parent.augmented
    return is_in_place(use, place.node)


def _made_at(tensor: Tensor) -> Iterator[Origin]:
    """Where a value was made, and where its shape was changed since."""
    pending, seen = [tensor], set()
    while pending:
        for use in pending.pop().made:
            if use.origin in seen:
                continue
            seen.add(use.origin)
            yield use.origin
            earlier = before(use) if is_shape_only(use) else None
            if earlier is not None:
                pending.append(earlier)


def _is_stored(case: Case, tree: Tree, name: ir.Node) -> bool:
    scopes = case.files.scopes(tree)
    return any(
        _is_same(scopes, calls.base(each), name) if isinstance(name, ir.Name) else _is_alike(each.value, name)
        for each in tree.of(ir.Index)
        if tree.is_target(each)
    )


def _is_same(scopes: Scopes, one: ir.Node, other: ir.Name) -> bool:
    return (
        isinstance(one, ir.Name)
        and one.name == other.name
        and scopes.scope(scopes.home(one), one.name) == scopes.scope(scopes.home(other), other.name)
    )


def _is_alike(one: ir.Node, other: ir.Node) -> bool:
    """Whether both are attributes of one name."""
    return isinstance(one, ir.Attribute) and isinstance(other, ir.Attribute) and one.name == other.name
