"""Losses and layers that objects keep under a name: who asks an unknown object for that name may mean the same one."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec.structs import replace

from logitlint.fixes.case import Case
from logitlint.fixes.changes import Change, Repair
from logitlint.fixes.safety import Applicability, Effect
from logitlint.fixes.tidying import may_be_one
from logitlint.fixes.tree import Tree
from logitlint.lowering import ir
from logitlint.source.text import Unreadable


def where_asked_for(case: Case, repair: Repair) -> Repair:
    """A safe repair, trusted no further where it changes what an object keeps and where that may be called out of
    sight: ``trainer.criterion(...)``.
    """
    if repair.applicability is not Applicability.SAFE:
        return repair
    kept = {id(each): (tree, each) for change in repair.changes for tree, each in _kept_by(case, change)}
    asked = [f"`{each.name}`" for tree, each in kept.values() if _is_asked_for(case, tree, each)]
    if not asked:
        return repair
    message = f"{repair.message}; {', '.join(dict.fromkeys(asked))} may be called on what is not known"
    return replace(repair.only(Applicability.UNSAFE), effect=Effect.CHANGES_OUTPUT, message=message)


def _kept_by(case: Case, change: Change) -> Iterator[tuple[Tree, ir.Attribute]]:
    """The attributes that are given what a change is made in."""
    tree = case.sight.tree(change.file)
    for each in tree.of(ir.Assign):
        kept = [target for target in each.targets if isinstance(target, ir.Attribute)]
        if kept and isinstance(each.value, ir.Call):
            start, end = tree.span(each.value)
            if start <= change.start and change.end <= end:
                yield from ((tree, target) for target in kept)


def _is_asked_for(case: Case, home: Tree, kept: ir.Attribute) -> bool:
    """Whether an attribute of that name is asked of what may be the object that keeps it, and not seen to be called."""
    for file in case.files.saying(f".{kept.name}", home.file):
        try:
            tree = case.sight.tree(file)
        except Unreadable:  # nobody runs it
            continue
        for each in tree.of(ir.Attribute):
            if each.name == kept.name and not tree.is_target(each):
                if _is_unknown(case, tree, each) and (tree is not home or may_be_one(tree, each, kept)):
                    return True
    return False


def _is_unknown(case: Case, tree: Tree, asked: ir.Attribute) -> bool:
    """Whether it is not seen what is made of an attribute where an object is asked for it."""
    parent = tree.parent(asked)
    if isinstance(parent, ir.Attribute) or _is_own(tree, asked) or case.names(tree).path(asked) is not None:
        return False
    called = isinstance(parent, ir.Call) and parent.callee is asked
    uses = case.sight.uses(tree, parent) if called and parent is not None else ()
    return not any(use.built is not None for use in uses)


def _is_own(tree: Tree, asked: ir.Attribute) -> bool:
    """Whether a method asks its own object."""
    function = tree.function(asked)
    if function is None or not isinstance(tree.parent(function), ir.Class) or not isinstance(function, ir.Function):
        return False
    first = function.parameters[0].name if function.parameters else None
    return isinstance(asked.value, ir.Name) and asked.value.name == first
