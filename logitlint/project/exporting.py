"""Which names of a module ``from module import *`` brings: those of its ``__all__``, else all that are public."""

from __future__ import annotations

import ast
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from typing import Final

import msgspec

from logitlint.source.text import rows

ALL: Final = "__all__"
_ADDING: Final = frozenset({"append", "extend", "insert"})
_CHANGING: Final = _ADDING | {"remove", "pop", "clear"}
_ASKING: Final = frozenset({"hasattr", "getattr"})
_NAMESPACES: Final = frozenset({"globals", "locals", "vars"})
_FUNCTIONS: Final = (ast.FunctionDef, ast.AsyncFunctionDef)


class Exports(msgspec.Struct, frozen=True):
    """What a module says of its public names.

    names
        Those that its ``__all__`` surely holds; None where it has none.
    whole
        Whether it holds no others.
    assigned
        The names that the module binds by anything but imports, also in its branches, loops and functions.
    deleted
        Those that it takes back somewhere.
    opened
        Whether it binds names that its text does not say, ``globals()[name] = ...``, or gives what it does not bind.
    """

    names: frozenset[str] | None = None
    whole: bool = True
    assigned: frozenset[str] = frozenset()
    deleted: frozenset[str] = frozenset()
    opened: bool = False

    def has(self, name: str) -> bool | None:
        """Whether a star import brings a name that the module has; None where that is not known."""
        if self.names is None:
            said: bool | None = not name.startswith("_")
        else:
            said = name in self.names or (False if self.whole else None)
        return None if said and name in self.deleted else said


NONE: Final = Exports()
"""What is said of a module that cannot be read."""


def exports(tree: ast.Module, text: str) -> Exports:
    """What a module says of its public names, by its tree and its text."""
    # Python reads letters of other alphabets as these in a name: https://docs.python.org/3/reference/lexical_analysis.html#identifiers
    naming = [number for number, row in enumerate(rows(text), 1) if ALL in row or not row.isascii()]
    assigned: set[str] = set()
    deleted: set[str] = set()
    names: set[str] | None = None
    whole = True
    opened = False
    for statement in tree.body:
        for node in _outside_functions(statement):
            assigned.update(_bound(node))
            deleted.update(_deleted(node))
            opened = opened or _opens(node)
        if not _stands_in(statement, naming):
            continue
        if (listed := _listed_by(statement)) is not None:
            names, whole = listed
        elif (taken := _taken_from(statement)) is not None:
            names = (names or set()) - {taken}
        elif (added := _added(statement)) is not None:
            names = (names or set()) | added[0]
            whole = whole and added[1]
        elif _changes(statement):
            names, whole = set(), False
    return Exports(
        frozenset(names) if names is not None else None, whole, frozenset(assigned), frozenset(deleted), opened
    )


def _stands_in(statement: ast.stmt, numbers: Sequence[int]) -> bool:
    """Whether a statement, with what decorates it, stands in one of some rows, in their order."""
    first = min((each.lineno for each in getattr(statement, "decorator_list", ())), default=statement.lineno)
    following = bisect_left(numbers, first)
    return following < len(numbers) and numbers[following] <= (statement.end_lineno or first)


def _outside_functions(statement: ast.stmt) -> Iterator[ast.AST]:
    """The parts of a statement that are run in the module's own scope, and what functions declare to be of it."""
    pending: list[ast.AST] = [statement]
    while pending:
        node = pending.pop()
        yield node
        if isinstance(node, ast.Lambda | ast.ClassDef):
            continue
        if isinstance(node, _FUNCTIONS):
            yield from (each for each in ast.walk(node) if isinstance(each, ast.Global))
        else:
            pending += ast.iter_child_nodes(node)


def _bound(node: ast.AST) -> Iterator[str]:
    """What a part of a statement binds, if it is no import."""
    if isinstance(node, ast.Name):
        if isinstance(node.ctx, ast.Store):
            yield node.id
    elif isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
        yield node.name
    elif isinstance(node, ast.Global):
        yield from node.names
    elif isinstance(node, ast.ExceptHandler | ast.MatchAs | ast.MatchStar) and node.name is not None:
        yield node.name
    elif isinstance(node, ast.MatchMapping) and node.rest is not None:
        yield node.rest


def _deleted(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Del):
        yield node.id
    elif isinstance(node, ast.ExceptHandler) and node.name is not None:
        yield node.name


def _opens(node: ast.AST) -> bool:
    if isinstance(node, _FUNCTIONS):
        return node.name == "__getattr__"
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "exec":
        return True
    changed = node.value if isinstance(node, ast.Subscript) and not isinstance(node.ctx, ast.Load) else None
    if isinstance(node, ast.Attribute) and node.attr in ("update", "setdefault"):
        changed = node.value
    return (
        isinstance(changed, ast.Call) and isinstance(changed.func, ast.Name) and changed.func.id in _NAMESPACES
    ) or (isinstance(changed, ast.Attribute) and changed.attr == "__dict__")


def _is_all(node: ast.AST) -> bool:
    return isinstance(node, ast.Name) and node.id == ALL


def _listed_by(statement: ast.stmt) -> tuple[set[str], bool] | None:
    """What ``__all__ = ...`` gives it; None for any other statement."""
    if isinstance(statement, ast.Assign) and any(map(_is_all, statement.targets)):
        return _listed(statement.value)
    if isinstance(statement, ast.AnnAssign) and _is_all(statement.target) and statement.value is not None:
        return _listed(statement.value)
    return None


def _added(statement: ast.stmt) -> tuple[set[str], bool] | None:
    """What ``__all__ += ...`` and the methods that add give it; None for any other statement."""
    if isinstance(statement, ast.AugAssign) and isinstance(statement.op, ast.Add) and _is_all(statement.target):
        return _listed(statement.value)
    method, given = _called(statement)
    if given is None or method not in _ADDING:
        return None
    return _listed(given if method == "extend" else ast.List([given]))


def _taken_from(statement: ast.stmt) -> str | None:
    """The name that ``__all__.remove("name")`` takes from it; None for any other statement."""
    method, given = _called(statement)
    if method == "remove" and isinstance(given, ast.Constant) and isinstance(given.value, str):
        return given.value
    return None


def _called(statement: ast.stmt) -> tuple[str, ast.expr | None]:
    """The method of ``__all__`` that a statement calls, and the last of what it is given."""
    call = statement.value if isinstance(statement, ast.Expr) else None
    if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute) and _is_all(call.func.value) and call.args:
        return call.func.attr, call.args[-1]
    return "", None


def _changes(statement: ast.stmt) -> bool:
    """Whether a statement may do more than read it: sets it in a branch, takes from it, imports it."""
    nodes = list(ast.walk(statement))
    calls = [each for each in nodes if isinstance(each, ast.Call)]
    asking = [each for each in calls if isinstance(each.func, ast.Name) and each.func.id in _ASKING]
    asked = {id(given) for each in asking for given in each.args}
    return any(_may_change(each) for each in nodes if id(each) not in asked)


def _may_change(node: ast.AST) -> bool:
    if isinstance(node, ast.alias):
        return ALL in (node.name, node.asname)
    if isinstance(node, ast.Attribute):
        if node.attr == ALL:
            return not isinstance(node.ctx, ast.Load)
        of_another = isinstance(node.value, ast.Attribute) and node.value.attr == ALL
        return node.attr in _CHANGING and (of_another or _is_all(node.value))
    if isinstance(node, ast.Subscript):
        return _is_all(node.value) and not isinstance(node.ctx, ast.Load)
    if isinstance(node, ast.Constant):
        return node.value == ALL  # a text by which it is set
    return isinstance(node, ast.Name) and node.id == ALL and not isinstance(node.ctx, ast.Load)


def _listed(node: ast.expr) -> tuple[set[str], bool]:
    """The texts that a list surely holds, and whether it holds no others."""
    texts: set[str] = set()
    whole = True
    pending = [node]
    while pending:
        each = pending.pop()
        if isinstance(each, ast.BinOp) and isinstance(each.op, ast.Add):
            pending += [each.left, each.right]
        elif isinstance(each, ast.List | ast.Tuple | ast.Set):
            for item in each.elts:
                if isinstance(item, ast.Starred):
                    pending.append(item.value)
                elif isinstance(item, ast.Constant) and isinstance(item.value, str):
                    texts.add(item.value)
                else:
                    whole = False
        else:
            whole = False
    return texts, whole
