"""What a repair leaves behind: assignments of values that nothing reads any more, imports that nothing uses."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import PurePath

import libcst as cst

from logitlint.fixes.case import Files
from logitlint.fixes.changes import Change, Uncertain
from logitlint.fixes.scopes import Scopes
from logitlint.fixes.tree import Tree
from logitlint.lowering import ir


def tidied(files: Files, changes: Sequence[Change], *, commented: bool = False) -> list[Change]:
    """The changes, and those that take away what they leave without a use; `commented`, also an attribute that has a
    comment, with it.
    """
    every = list(dict.fromkeys(changes))
    for file in dict.fromkeys(change.file for change in every):
        tree = files.tree(file)
        scopes = files.scopes(tree)
        every = _without_dead(files, tree, scopes, every)
        every += _without_attributes(files, tree, every, commented=commented)
        every = _without_imports(files, tree, every)
    return every


def _without_attributes(files: Files, tree: Tree, changes: Sequence[Change], *, commented: bool) -> list[Change]:
    """Drop activations that an object keeps under a name by which nothing calls them any more."""
    own = [change for change in changes if change.file == tree.file]
    names = files.names(tree)
    attributes = [each for each in tree.of(ir.Attribute) if names.path(each) is None]
    gone = [
        each
        for each in attributes
        if isinstance(each.value, ir.Name) and any(_contains(tree, each, change) for change in own)
    ]
    found: list[Change] = []
    for taken in gone:
        same = [each for each in attributes if each.name == taken.name and may_be_one(tree, each, taken)]
        left = [each for each in same if not any(each is other for other in gone)]
        statement = tree.parent(left[0]) if len(left) == 1 else None
        if not isinstance(statement, ir.Assign) or len(statement.targets) != 1 or statement.targets[0] is not left[0]:
            continue
        if not files.is_activation(tree, statement.value) or files.mentions(taken.name, tree.file):
            continue
        if files.walks_over_parts():
            continue
        with suppress(Uncertain):
            found.append(tree.delete(statement, commented=commented))
    return found


def may_be_one(tree: Tree, one: ir.Attribute, other: ir.Attribute) -> bool:
    """Whether attributes of the same name may be of one object: not those of ``self`` in classes that share nothing."""
    here, there = (next((up for up, _ in tree.above(each) if isinstance(up, ir.Class)), None) for each in (one, other))
    if here is None or there is None or here is there:
        return True
    bases = [base.value for cls in (here, there) for base in cls.bases]
    related = any(isinstance(base, ir.Name) and base.name in (here.name, there.name) for base in bases)
    return related or not (isinstance(one.value, ir.Name) and one.value.name == "self")


def _contains(tree: Tree, node: ir.Node, change: Change) -> bool:
    """Whether a change takes an expression away."""
    try:
        start, end = tree.span(node)
    except Uncertain:
        return False
    return change.start <= start and end <= change.end and tree.source(node) not in change.content


def _without_dead(files: Files, tree: Tree, scopes: Scopes, changes: list[Change]) -> list[Change]:
    """Drop assignments to a name whose every read was edited away."""
    own = [change for change in changes if change.file == tree.file]
    gone = _gone(tree, own)
    homes = {(scopes.scope(scopes.home(each), each.name), each.name): each for each in gone}
    for home, name in homes:
        left = [each for each in scopes.read_in(home, name) if not any(each is other for other in gone)]
        bindings = scopes.bound_in(home, name)
        if home == 0 and files.importers.can_be_imported(tree.file):
            continue
        if left or len(bindings) != 1 or any(_says(change, name) for change in own):
            continue
        statement = tree.parent(bindings[0]) if isinstance(bindings[0], ir.Name) else None
        if not isinstance(statement, ir.Assign) or statement.augmented or len(statement.targets) != 1:
            continue
        if isinstance(statement.value, ir.Call) and any(each.keyword == "name" for each in statement.value.arguments):
            continue  # it may be asked for by that name
        try:
            deletion = tree.delete(statement)
        except Uncertain:
            continue
        changes = [each for each in changes if not _within(each, deletion)] + [deletion]
    return changes


def _without_imports(files: Files, tree: Tree, changes: list[Change]) -> list[Change]:
    """Drop imports that only the edited code used; what was to be imported beside one takes its place."""
    for statement, name in [*_unused(files, tree, changes)]:
        with suppress(Uncertain):
            start, end = _imported(tree, statement, name)
            beside = [each for each in changes if each.file == tree.file and each.start == each.end == end]
            if beside:
                others = "".join(each.content for each in beside).removeprefix(", ")
                changes = [*(each for each in changes if each not in beside), Change(tree.file, start, end, others)]
            else:
                changes = [*changes, _without_import(tree, statement, name)]
    return changes


def _imported(tree: Tree, statement: ir.Node, name: str) -> tuple[int, int]:
    """Where an import says what it binds to a name. Raises `Uncertain`."""
    written = tree.written(statement)
    assert isinstance(written, cst.Import | cst.ImportFrom)
    if isinstance(written.names, cst.ImportStar):
        raise Uncertain("everything is imported")
    bound = [each.evaluated_alias or each.evaluated_name.partition(".")[0] for each in written.names]
    start, end = tree.part(statement, written.names[bound.index(name)])
    return start, len(tree.text[:end].rstrip(" ,"))


def _unused(files: Files, tree: Tree, changes: Sequence[Change]) -> Iterator[tuple[ir.Node, str]]:
    """The imports that only the edited code used, and the names they bind."""
    names, scopes = files.names(tree), files.scopes(tree)
    if PurePath(tree.file).name == "__init__.py":  # what it imports may be what it offers
        return
    own = [change for change in changes if change.file == tree.file]
    gone = _gone(tree, own)
    for name in dict.fromkeys(each.name for each in gone):
        left = [each for each in scopes.mentions(name) if each not in gone]
        statements = [each for each in scopes.bindings(name) if isinstance(each, ir.Import | ir.ImportFrom)]
        if left or name not in names.imports or len(statements) != 1 or any(_says(change, name) for change in own):
            continue
        if f'"{name}"' in tree.text or f"'{name}'" in tree.text:  # __all__, or a name looked up by its text
            continue
        if files.importers.reading(tree.file, name):
            continue
        yield statements[0], name


def _without_import(tree: Tree, statement: ir.Node, name: str) -> Change:
    written = tree.written(statement)
    assert isinstance(written, cst.Import | cst.ImportFrom)
    aliases = written.names
    if isinstance(aliases, cst.ImportStar):
        raise Uncertain("everything is imported")
    if len(aliases) == 1:
        return tree.delete(statement)
    bound = [each.evaluated_alias or each.evaluated_name.partition(".")[0] for each in aliases]
    position = bound.index(name)
    start, end = tree.part(statement, aliases[position])
    if position > 0:
        _, start = tree.part(statement, aliases[position - 1])
        start = len(tree.text[:start].rstrip(" ,"))
        end = len(tree.text[:end].rstrip(" ,"))
    else:
        end, _ = tree.part(statement, aliases[1])
    return Change(tree.file, start, end, "")


def _gone(tree: Tree, changes: Sequence[Change]) -> list[ir.Name]:
    """The names that stand in what is edited away, and do not stand in what replaces it."""
    found = {
        id(node): node
        for change in changes
        if change.end > change.start
        for node in tree.names_near(change.start, change.end)
        if _covers(tree, node, change) and not _says(change, node.name)
    }
    return list(found.values())


def _covers(tree: Tree, node: ir.Node, change: Change) -> bool:
    try:
        start, end = tree.span(node)
    except Uncertain:
        return False
    return change.start <= start and end <= change.end


def _says(change: Change, name: str) -> bool:
    """Whether what is put in mentions a name."""
    return re.search(rf"\b{re.escape(name)}\b", change.content) is not None


def _within(change: Change, other: Change) -> bool:
    """Whether a change is made in what another replaces; what is inserted in front of it is not."""
    if change.file != other.file or change.start == change.end == other.start:
        return False
    return other.start <= change.start and change.end <= other.end
