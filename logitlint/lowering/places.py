"""Rows and columns of origins.

CPython's tree says where every statement begins and ends; LibCST's says what stands between. So the two are laid side
by side, statement by statement, and only the statements that hold a wanted expression are written out again to measure
it.
"""

from __future__ import annotations

import ast
import warnings
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager, suppress
from typing import TypeAlias

import libcst as cst
from libcst._nodes.internal import CodegenState

from logitlint.lowering.record import Record
from logitlint.source.nesting import headers
from logitlint.source.text import rows

Place: TypeAlias = tuple[int, int, int, int]
_Point: TypeAlias = tuple[int, int]


class Layout:
    """The two trees of one text, side by side."""

    def __init__(self, record: Record, text: str) -> None:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.parse(text)
        self._record = record
        self._lines = rows(text)
        self._beside = list(headers(tree))

    def places(self, origins: Collection[int]) -> dict[int, Place]:
        """The places of some origins."""
        record = self._record
        grouped: dict[int, list[int]] = defaultdict(list)
        for origin in origins:
            grouped[record.header(origin)].append(origin)
        found: dict[int, Place] = {}
        for index, group in grouped.items():
            header, whole = record.headers[index], self._whole(index)
            wanted = [record.nodes[origin] for origin in group]
            measured = self.parts(index, wanted) if any(node is not header for node in wanted) else {}
            for origin, node in zip(group, wanted, strict=True):
                found[origin] = whole if node is header else measured.get(id(node), whole)
        return found

    def parts(self, index: int, nodes: Iterable[cst.CSTNode]) -> dict[int, Place]:
        """The places of nodes inside one statement (its index among the headers), by `id`."""
        return _measure(self._record, index, nodes, self._whole(index), self._lines)

    def _whole(self, index: int) -> Place:
        return _place(_placed(self._beside[index]), self._lines)


def places(record: Record, text: str, origins: Collection[int]) -> dict[int, Place]:
    """The places of some origins of a text."""
    return Layout(record, text).places(origins)


def _placed(node: ast.AST) -> ast.stmt | ast.ExceptHandler | ast.pattern:
    """What has a place: a case has none of its own, its pattern has."""
    if isinstance(node, ast.match_case):
        return node.pattern
    assert isinstance(node, ast.stmt | ast.ExceptHandler)
    return node


def _place(node: ast.stmt | ast.ExceptHandler | ast.pattern, lines: list[str]) -> Place:
    last = node.end_lineno or node.lineno
    end = node.col_offset if node.end_col_offset is None else node.end_col_offset
    return (
        node.lineno,
        _characters(lines[node.lineno - 1], node.col_offset) + 1,
        last,
        _characters(lines[last - 1], end) + 1,
    )


def _characters(line: str, column: int) -> int:
    """A column in characters; CPython counts bytes."""
    return column if line.isascii() else len(line.encode()[:column].decode())


def _measure(
    record: Record, index: int, wanted: Iterable[cst.CSTNode], whole: Place, lines: list[str]
) -> dict[int, Place]:
    """The places of nodes of one statement, by `id`; nothing for those that could not be reached."""
    header = record.headers[index]
    anchor = header.pattern if isinstance(header, cst.MatchCase) else header
    ruler = _Ruler(record.module, record.indents[index], anchor, wanted)
    with suppress(_Enough, RecursionError):
        header._codegen(ruler)
    row, column = ruler.starts[id(anchor)]
    down, right = whole[0] - row, 0
    if anchor is header:
        # LibCST, asked for a part of an `if`, writes "if" where the text has "elif"
        right = whole[1] - column + 2 * lines[whole[0] - 1].startswith("elif", whole[1] - 1)

    def moved(point: _Point) -> _Point:
        return point[0] + down, point[1] + (right if point[0] == row else 0)

    return {key: (*moved(start), *moved(end)) for key, (start, end) in ruler.found.items()}


class _Enough(Exception):  # noqa: N818 - nothing went wrong
    """Everything that was wanted has been measured."""


class _Ruler(CodegenState):
    """Writes code without keeping it, and notes where the wanted nodes begin and end."""

    def __init__(self, module: cst.Module, indent: str, anchor: cst.CSTNode, wanted: Iterable[cst.CSTNode]) -> None:
        super().__init__(module.default_indent, module.default_newline, indent_tokens=[indent])
        self.row, self.column = 1, 1
        self.missing = {id(node) for node in wanted}
        self.found: dict[int, tuple[_Point, _Point]] = {}
        self.starts: dict[int, _Point] = dict.fromkeys([*self.missing, id(anchor)], (1, 1))
        self.bracketed: set[int] = set()
        self.opening: dict[int, int] = {}
        self.closing: dict[int, int] = {}
        for node in wanted:
            # CPython counts the parentheses of a tuple and a generator to it, LibCST does not
            if isinstance(node, cst.Tuple | cst.GeneratorExp) and node.lpar:
                self.bracketed.add(id(node))
                self.opening[id(node.lpar[-1])] = self.closing[id(node.rpar[0])] = id(node)

    def add_token(self, value: str) -> None:
        if "\n" in value or "\r" in value:
            lines = rows(value)
            self.row += len(lines) - 1
            self.column = len(lines[-1]) + 1
        else:
            self.column += len(value)

    def add_indent_tokens(self) -> None:
        self.column += sum(map(len, self.indent_tokens))

    def before_codegen(self, node: cst.CSTNode) -> None:
        key = self.opening.get(id(node), id(node))
        if key in self.starts and id(node) not in self.bracketed:
            self.starts[key] = self.row, self.column

    def after_codegen(self, node: cst.CSTNode) -> None:
        key = id(node)
        if key in self.closing:
            self._reached(self.closing[key])
        elif key in self.missing and key not in self.bracketed:
            self._reached(key)

    @contextmanager
    def record_syntactic_position(
        self, node: cst.CSTNode, *, start_node: cst.CSTNode | None = None, end_node: cst.CSTNode | None = None
    ) -> Iterator[None]:
        key = id(node)
        plain = key in self.starts and key not in self.bracketed
        if plain:
            self.starts[key] = self.row, self.column
        yield
        if plain and key in self.missing:
            self._reached(key)

    def _reached(self, key: int) -> None:
        self.found[key] = self.starts[key], (self.row, self.column)
        self.missing.discard(key)
        if not self.missing:
            raise _Enough
