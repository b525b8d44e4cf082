"""Layers that a container calls: dropped from where they are listed, or replaced by one that does nothing."""

from __future__ import annotations

import libcst as cst

from logitlint.fixes.calls import without_argument
from logitlint.fixes.case import Case
from logitlint.fixes.changes import Change, Uncertain
from logitlint.fixes.tree import Tree
from logitlint.frameworks.vocabulary import Holds, Layer, Relation
from logitlint.inference.trace import Use
from logitlint.lowering import ir

_ADDING = frozenset({"append", "add", "add_module"})
_PARTS = frozenset({"children", "layers", "modules", "named_children", "named_modules", "pop"})
_COUNTING = frozenset({"enumerate", "iter", "len", "list", "reversed", "tuple", "zip"})


def dropped(case: Case, use: Use) -> tuple[Change, ...]:
    """Changes after which a container no longer calls the layer that is constructed there. Raises `Uncertain`."""
    place = case.at(use.origin)
    tree, node = place.tree, place.node
    if not isinstance(node, ir.Call):
        raise Uncertain("the layer is not constructed there")
    path = case.names(tree).path(node.callee)
    if path is None or not case.catalog.may_mean(path, use.row.name):
        raise Uncertain("something else is constructed there")
    stays = is_counted(tree, node) or is_asked_for(case, tree, node)
    change = None if stays else taken_out(case, tree, node)
    return (change,) if change is not None else _identity(case, tree, node)


def is_counted(tree: Tree, node: ir.Node) -> bool:
    """Whether the layers of the container in which one stands are gone through, or counted from the end, there."""
    for statement, _ in tree.above(node):
        if isinstance(statement, ir.Assign) and not statement.augmented:
            named = [each.name for each in statement.targets if isinstance(each, ir.Name | ir.Attribute)]
            break
        if isinstance(statement, ir.Do):  # net.add_module(...): what is added to
            call = statement.value
            on = call.callee.value if isinstance(call, ir.Call) and isinstance(call.callee, ir.Attribute) else None
            named = [on.name] if isinstance(on, ir.Name | ir.Attribute) else []
            break
    else:
        return False
    position = _position(tree, node)
    return any(
        isinstance(each, ir.Name | ir.Attribute) and each.name in named and _counts(tree, each, position)
        for each in tree.every
    )


def _position(tree: Tree, node: ir.Node) -> int:
    """Before which position in its container a layer surely does not stand."""
    parent = tree.parent(node)
    if isinstance(parent, ir.Build) and parent.shape == "tuple":
        node, parent = parent, tree.parent(parent)
    call = tree.parent(parent) if isinstance(parent, ir.Argument) else None
    if isinstance(call, ir.Call) and not (isinstance(call.callee, ir.Attribute) and call.callee.name in _ADDING):
        parts: tuple[ir.Node, ...] = tuple(each.value for each in call.arguments)
    else:
        parts = parent.items if isinstance(parent, ir.Build) else ()
    return next((at for at, each in enumerate(parts) if each is node), 0)


def is_asked_for(case: Case, tree: Tree, node: ir.Call) -> bool:
    """Whether a layer that its container keeps under a name may be asked for by that name: ``net.softmax``."""
    parent = tree.parent(node)
    outer = tree.parent(parent) if parent is not None else None
    first: ir.Node | None = None
    if isinstance(parent, ir.Build) and parent.shape == "tuple" and len(parent.items) == 2:
        first = parent.items[0]
    elif isinstance(parent, ir.Argument) and isinstance(outer, ir.Call) and len(outer.arguments) == 2:
        first = outer.arguments[0].value
    name = first.value if isinstance(first, ir.Constant) else None
    if not isinstance(name, str):
        return False
    asked = any(
        isinstance(each, ir.Attribute) and each.name == name and case.names(tree).path(each) is None
        for each in tree.every
    )
    return asked or case.files.mentions(name, tree.file, besides=1)


def _counts(tree: Tree, container: ir.Node, position: int) -> bool:
    """Whether an expression that is a container of layers stands where it matters that one at a position is there."""
    parent, field = tree.up[id(container)]
    if isinstance(parent, ir.Attribute):
        return parent.name in _PARTS
    if isinstance(parent, ir.Index) and field == "value":
        at = parent.index[0]
        return not (isinstance(at, ir.Constant) and isinstance(at.value, int) and 0 <= at.value < position)
    if isinstance(parent, ir.Argument):
        call = tree.parent(parent)
        return isinstance(call, ir.Call) and isinstance(call.callee, ir.Name) and call.callee.name in _COUNTING
    return isinstance(parent, ir.For) and field == "source"


def taken_out(case: Case, tree: Tree, node: ir.Call) -> Change | None:
    """The change that drops the layer from where it is listed; None when that is not its only place."""
    parent = tree.parent(node)
    if isinstance(parent, ir.Argument) and parent.keyword is None:
        call = tree.parent(parent)
        if not isinstance(call, ir.Call):
            return None
        if isinstance(call.callee, ir.Attribute) and call.callee.name in _ADDING and call.arguments[-1] is parent:
            statement = tree.parent(call)
            return tree.delete(statement) if isinstance(statement, ir.Do) else None
        if len(call.arguments) > 1 and _is_chain(case, tree, call):
            return without_argument(tree, call, parent)
        return None
    item: ir.Node = node
    if isinstance(parent, ir.Build) and parent.shape == "tuple" and len(parent.items) == 2:
        item, parent = parent, tree.parent(parent)  # ("name", layer) of an OrderedDict
    if not isinstance(parent, ir.Build) or parent.shape != "list":
        return None
    if len(parent.items) > 1:
        return _without_item(tree, parent, item)
    statement = tree.parent(parent)
    if isinstance(statement, ir.Assign | ir.Operator):
        whole = tree.statement(parent)
        return tree.delete(whole) if isinstance(whole, ir.Assign) and whole.augmented else None
    return None


def _is_chain(case: Case, tree: Tree, call: ir.Call) -> bool:
    path = case.names(tree).path(call.callee)
    row = case.catalog.row(path) if path is not None else None
    return isinstance(row, Layer) and row.holds is Holds.CHAIN


def _without_item(tree: Tree, build: ir.Build, item: ir.Node) -> Change:
    """Take an item out of a list, with its comma."""
    written = tree.written(build)
    assert isinstance(written, cst.List)
    position = next(i for i, each in enumerate(build.items) if each is item)
    start, end = tree.part(build, written.elements[position])
    if (lines := tree.listed(start, end)) is not None:
        return Change(tree.file, *lines, "")
    if position > 0:
        _, start = tree.part(build, written.elements[position - 1])
    else:
        end, _ = tree.part(build, written.elements[1])
    return Change(tree.file, start, end, "")


def _identity(case: Case, tree: Tree, node: ir.Call) -> tuple[Change, ...]:
    """A layer that does nothing, in the place of the layer: nothing that is counted or named moves."""
    names = case.names(tree)
    path = names.path(node.callee)
    nothing = case.catalog.counterpart(path, Relation.NOTHING) if path is not None else None
    if nothing is None:
        raise Uncertain("there is no layer that does nothing")
    spelled = names.spell(nothing, node.callee)
    return (*spelled.changes, tree.replace(node, f"{spelled.text}()"))
