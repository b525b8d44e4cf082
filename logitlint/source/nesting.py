"""How deep a program nests: what CPython accepts, but LibCST's parser or a recursive walk would not survive.

Only expressions of many characters are measured, so that ordinary code costs next to nothing.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from itertools import accumulate
from typing import Final

LONGEST_CHAIN: Final = 3_200
"""Links of ``x.a().b()...`` or ``a + b + ...``, operands of an ``and`` or a ``<``, parts of a dotted name: half of what
LibCST bears on a stack of 8 MB."""
DEEPEST: Final = 100
"""Levels of expression that are no such chain. CPython allows 200 brackets, and any number of ``not not ... x``."""

_ALONG: Final = {ast.Call: "func", ast.Attribute: "value", ast.Subscript: "value", ast.BinOp: "left"}
"""The field in which a chain goes on; lowering walks it with a loop."""
_BLOCKS: Final = ("body", "handlers", "cases", "orelse", "finalbody")
_BACKWARDS: Final = {
    kind: tuple(name for name in reversed(_BLOCKS) if name in kind._fields)
    for kind in vars(ast).values()
    if isinstance(kind, type) and issubclass(kind, ast.AST)
}
"""The fields in which a sort of statement holds others, last first."""
_HEADED: Final[tuple[type[ast.AST], ...]] = (ast.stmt, ast.ExceptHandler, ast.match_case)


def headers(tree: ast.Module) -> Iterator[ast.AST]:
    """Every statement, except clause and case of a program, as they stand in the text."""
    pending: list[ast.AST] = [*reversed(tree.body)]
    while pending:
        node = pending.pop()
        yield node
        for name in _BACKWARDS[type(node)]:
            pending.extend(reversed(getattr(node, name)))


def too_deep(tree: ast.Module, lines: Sequence[str]) -> tuple[int, int] | None:
    """The place (row and column from 1) of the first part of a program that nests too deep; None when there is none."""
    offsets = list(accumulate(map(len, lines), initial=0))
    for statement in headers(tree):
        if isinstance(statement, ast.Import | ast.ImportFrom):
            names = [alias.name for alias in statement.names]
            names.append(getattr(statement, "module", None) or "")
            if max(name.count(".") for name in names) > LONGEST_CHAIN:
                return statement.lineno, statement.col_offset + 1
        elif not _BACKWARDS[type(statement)]:
            if _long(statement, offsets) and _deep(statement):
                return _place(statement)
        else:
            for part in ast.iter_child_nodes(statement):
                if not isinstance(part, _HEADED) and _long(part, offsets) and _deep(part):
                    return _place(part)
    return None


def _place(node: ast.AST) -> tuple[int, int]:
    return getattr(node, "lineno", 1), getattr(node, "col_offset", 0) + 1


def _long(node: ast.AST, offsets: list[int]) -> bool:
    """Whether a part has enough characters to nest too deep; of one without a place (arguments), a part of it."""
    last, column = getattr(node, "end_lineno", None), getattr(node, "end_col_offset", None)
    if last is None or column is None:
        return any(_long(child, offsets) for child in ast.iter_child_nodes(node))
    row, start = node.lineno, node.col_offset  # type: ignore[attr-defined]
    length: int = offsets[last - 1] + column - offsets[row - 1] - start
    return length > DEEPEST


def _deep(root: ast.AST) -> bool:
    pending = [(root, 0, 0)]
    while pending:
        node, chain, depth = pending.pop()
        if isinstance(node, ast.BoolOp):
            chain += len(node.values)
        elif isinstance(node, ast.Compare):
            chain += len(node.ops)
        if chain > LONGEST_CHAIN or depth > DEEPEST:
            return True
        along = getattr(node, _ALONG[type(node)]) if type(node) in _ALONG else None
        for child in ast.iter_child_nodes(node):
            if child is along:
                # a method call is one link, not two
                method = isinstance(node, ast.Call) and isinstance(child, ast.Attribute)
                pending.append((child, chain + (not method), depth))
            elif not isinstance(child, ast.expr_context | ast.operator):
                pending.append((child, chain + 1, depth + isinstance(child, ast.expr | ast.pattern)))
    return False
