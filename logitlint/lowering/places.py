"""Rows and columns of origins."""

from __future__ import annotations

import ast
from collections.abc import Collection
from typing import TypeAlias

from logitlint.lowering.record import Record

Place: TypeAlias = tuple[int, int, int, int]


def places(record: Record, origins: Collection[int]) -> dict[int, Place]:
    """The places of some origins: row and column, end row and column, from 1, in characters; the end is exclusive."""
    return {origin: place(record, record.nodes[origin]) for origin in origins}


def place(record: Record, node: ast.AST) -> Place:
    """The place of a node of the tree a record was made from."""
    first, last = _ends(node)
    end_row, end = last.end_lineno or last.lineno, last.end_col_offset or 0  # type: ignore[attr-defined]
    lines = record.rows()
    row, column = first.lineno, first.col_offset  # type: ignore[attr-defined]
    return row, _characters(lines[row - 1], column) + 1, end_row, _characters(lines[end_row - 1], end) + 1


def _ends(node: ast.AST) -> tuple[ast.AST, ast.AST]:
    """The nodes with which a node begins and ends: some have no place of their own."""
    if isinstance(node, ast.match_case):
        return node.pattern, node.pattern
    if isinstance(node, ast.withitem):
        return node.context_expr, node.optional_vars or node.context_expr
    if isinstance(node, ast.comprehension):
        return node.target, node.ifs[-1] if node.ifs else node.iter
    return node, node


def _characters(line: str, column: int) -> int:
    """A column in characters; CPython counts bytes."""
    return column if line.isascii() else len(line.encode()[:column].decode())
