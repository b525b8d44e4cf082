"""Which names of a module ``from module import *`` brings: those of its ``__all__``, else all that are public."""

from __future__ import annotations

import ast
from typing import Final

import msgspec

ALL: Final = "__all__"
_FOLLOWED: Final = frozenset({"append", "extend", "remove"})
_CHANGING: Final = _FOLLOWED | {"insert", "pop", "clear"}


class Exports(msgspec.Struct, frozen=True):
    """What a module says of its public names.

    names
        Those that its ``__all__`` surely holds; None where it has none.
    whole
        Whether it holds no others.
    """

    names: frozenset[str] | None = None
    whole: bool = True

    def has(self, name: str) -> bool | None:
        """Whether a star import brings a name that the module has; None where that is not known."""
        if self.names is None:
            return not name.startswith("_")
        return name in self.names or (False if self.whole else None)


PUBLIC: Final = Exports()
"""What is said of a module without ``__all__``."""


def exports(tree: ast.Module) -> Exports:
    """What a module says of its public names, where it does so in plain statements."""
    names: set[str] = set()
    whole = True
    for statement in tree.body:
        if not _says(statement):
            continue
        given = _assigned(statement)
        if given is not None:
            names, whole = _listed(given)
            continue
        added, removed, known = _changed(statement)
        names = (names | added) - removed
        whole = whole and known
    return Exports(frozenset(names), whole)


def _says(statement: ast.AST) -> bool:
    return any(isinstance(node, ast.Name) and node.id == ALL for node in ast.walk(statement))


def _is_all(node: ast.AST) -> bool:
    return isinstance(node, ast.Name) and node.id == ALL


def _assigned(statement: ast.stmt) -> ast.expr | None:
    """What ``__all__ = ...`` gives it."""
    if isinstance(statement, ast.Assign) and any(map(_is_all, statement.targets)):
        return statement.value
    return statement.value if isinstance(statement, ast.AnnAssign) and _is_all(statement.target) else None


def _changed(statement: ast.stmt) -> tuple[set[str], set[str], bool]:
    """What another statement surely adds and may take away, and whether that is all it does."""
    if isinstance(statement, ast.AugAssign) and isinstance(statement.op, ast.Add) and _is_all(statement.target):
        added, known = _listed(statement.value)
        return added, set(), known
    call = statement.value if isinstance(statement, ast.Expr) else None
    if (
        isinstance(call, ast.Call)
        and isinstance(call.func, ast.Attribute)
        and _is_all(call.func.value)
        and call.func.attr in _FOLLOWED
        and len(call.args) == 1
    ):
        changed, known = _listed(call.args[0]) if call.func.attr == "extend" else _listed(ast.List(call.args))
        return (set(), changed, known) if call.func.attr == "remove" else (changed, set(), known)
    return set(), set(), not any(map(_may_change, ast.walk(statement)))


def _may_change(node: ast.AST) -> bool:
    """Whether part of a statement does more than read it: ``__all__ = ...`` in a branch, ``__all__.pop()``."""
    if isinstance(node, ast.Attribute):
        return _is_all(node.value) and node.attr in _CHANGING
    if isinstance(node, ast.Subscript):
        return _is_all(node.value) and not isinstance(node.ctx, ast.Load)
    return isinstance(node, ast.Name) and node.id == ALL and not isinstance(node.ctx, ast.Load)


def _listed(node: ast.expr) -> tuple[set[str], bool]:
    """The texts that a list surely holds, and whether it holds no others."""
    if isinstance(node, ast.List | ast.Tuple | ast.Set):
        texts = {each.value for each in node.elts if isinstance(each, ast.Constant) and isinstance(each.value, str)}
        parts = [_listed(each.value) for each in node.elts if isinstance(each, ast.Starred)]
        plain = all(isinstance(each, ast.Constant | ast.Starred) for each in node.elts)
        return texts.union(*(names for names, _ in parts)), plain and all(whole for _, whole in parts)
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        (left, first), (right, second) = _listed(node.left), _listed(node.right)
        return left | right, first and second
    return set(), False
