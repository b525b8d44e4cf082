"""One file as a repair sees it: its text, the intermediate form with its parents, LibCST's tree beside it."""

from __future__ import annotations

import ast
import re
from bisect import bisect_left
from collections.abc import Iterator
from functools import cached_property
from operator import itemgetter
from typing import TypeVar, cast

import libcst as cst

from logitlint.fixes.changes import Change, Uncertain
from logitlint.fixes.concrete import Concrete
from logitlint.lowering import ir
from logitlint.lowering.places import Place, place
from logitlint.lowering.record import Record
from logitlint.source.text import row_starts

Sort = TypeVar("Sort", bound=ir.Node)
_NEWLINE = re.compile(r"\r\n|\r|\n")
_SIMPLE = (ir.Assign, ir.Do, ir.Return, ir.Raise, ir.Import, ir.ImportFrom, ir.Break, ir.Continue, ir.Declare)
_COMPOUND = (ir.Function, ir.Class, ir.If, ir.For, ir.While, ir.With, ir.Try)
STATEMENTS = (*_SIMPLE, *_COMPOUND)
_OPEN = (ir.Argument, ir.Assign, ir.Return, ir.Do, ir.Build, ir.Pair)
"""What an expression of any sort may stand in without parentheses."""
_CLOSED = (
    cst.Name,
    cst.Attribute,
    cst.Call,
    cst.Subscript,
    cst.Integer,
    cst.Float,
    cst.SimpleString,
    cst.List,
    cst.Dict,
    cst.ListComp,
)
"""Expressions that need no parentheses anywhere."""
_APART = tuple(" (,=[{")
"""What an expression may follow without parentheses."""


class Tree:
    """One file."""

    def __init__(self, file: str, text: str, module: ir.Module, record: Record) -> None:
        self.file = file
        self.text = text
        self.module = module
        self.record = record
        self.up: dict[int, tuple[ir.Node | None, str]] = {}
        """The parent of a node and the field it stands in, by the node's `id`."""
        self.nodes: dict[int, ir.Node] = {}
        """The outermost node of each origin."""
        self.every: list[ir.Node] = []
        self._of: dict[type, list[ir.Node]] = {}
        self._concrete: Concrete | None = None
        self._starts = row_starts(text)
        self._index()

    def _index(self) -> None:
        pending: list[tuple[object, ir.Node | None, str]] = [(self.module.body, None, "body")]
        while pending:
            value, parent, field = pending.pop()
            if isinstance(value, tuple):
                pending += [(each, parent, field) for each in reversed(value)]
            elif isinstance(value, ir.Node):
                self.up[id(value)] = parent, field
                self.nodes.setdefault(value.origin, value)
                self.every.append(value)
                self._of.setdefault(type(value), []).append(value)
                pending += [(getattr(value, name), value, name) for name in reversed(value.__struct_fields__)]

    def of(self, kind: type[Sort]) -> list[Sort]:
        """All nodes of one sort, in the order of the tree."""
        return cast("list[Sort]", self._of.get(kind, []))

    # -- around a node --------------------------------------------------------------------------------------------

    def parent(self, node: ir.Node) -> ir.Node | None:
        """The node a node stands in; None at the top."""
        return self.up[id(node)][0]

    def above(self, node: ir.Node) -> Iterator[tuple[ir.Node, str]]:
        """The nodes around a node, from the inside out, each with the field in which the node stands."""
        parent, field = self.up[id(node)]
        while parent is not None:
            yield parent, field
            parent, field = self.up[id(parent)]

    def statement(self, node: ir.Node) -> ir.Node:
        """The statement a node belongs to."""
        if isinstance(node, STATEMENTS):
            return node
        return next(each for each, _ in self.above(node) if isinstance(each, STATEMENTS))

    def function(self, node: ir.Node) -> ir.Function | None:
        """The function whose body a node runs in; None for the module or a class."""
        for each, field in self.above(node):
            if isinstance(each, ir.Class):
                return None
            if isinstance(each, ir.Function) and field == "body":
                return each
        return None

    def owner(self, node: ir.Node) -> ir.Class | None:
        """The class in whose body a node stands; None when it stands in none."""
        return next((each for each, _ in self.above(node) if isinstance(each, ir.Class)), None)

    def is_target(self, node: ir.Node) -> bool:
        """Whether an expression is bound, or set, where it stands."""
        for each, field in self.above(node):
            if isinstance(each, ir.Build | ir.Star):
                continue
            return field in ("target", "targets") and isinstance(each, ir.Assign | ir.For | ir.Context | ir.Clause)
        return False

    def is_conditional(self, node: ir.Node) -> bool:
        """Whether a function, or the module, may be run without this part of it."""
        for each, field in self.above(node):
            if isinstance(each, ir.Function | ir.Class) and field == "body":
                return False
            if isinstance(each, ir.If | ir.For | ir.While | ir.Try | ir.Handler) and field != "test":
                return True
            if isinstance(each, ir.Choice) and field in ("then", "otherwise"):
                return True
        return False

    def returns(self, node: ir.Node) -> int:
        """How many statements return from the function whose body a node runs in."""
        function = self.function(node)
        return sum(self.function(each) is function for each in self.of(ir.Return))

    def block(self, statement: ir.Node) -> tuple[ir.Node, ...]:
        """The statements among which a statement stands."""
        parent, field = self.up[id(statement)]
        block: tuple[ir.Node, ...] = self.module.body if parent is None else getattr(parent, field)
        return block

    def blocks(self, node: ir.Node) -> list[tuple[int, str]]:
        """The blocks around a node, from the inside out: the `id` of what they belong to, and which of its blocks."""
        found: list[tuple[int, str]] = []
        inner: ir.Node = self.statement(node)
        while True:
            parent, field = self.up[id(inner)]
            found.append((0 if parent is None else id(parent), field))
            if parent is None:
                return found
            inner = parent

    # -- text -----------------------------------------------------------------------------------------------------

    def _beside(self) -> Concrete:
        """LibCST's tree, made when it is first asked for. Raises `Uncertain` when LibCST makes none."""
        if self._concrete is None:
            self._concrete = Concrete(self.record)
        return self._concrete

    def written(self, node: ir.Node) -> cst.CSTNode:
        """LibCST's node of a statement or an expression. Raises `Uncertain` when it is not known."""
        beside = self._beside()
        return beside.header(node.origin) if isinstance(node, STATEMENTS) else beside.expression(node.origin)

    def span(self, node: ir.Node) -> tuple[int, int]:
        """Where a node stands, without the parentheses around it; an argument with those around its value."""
        made = self.record.nodes[node.origin]
        if isinstance(node, ir.Argument) and isinstance(made, ast.expr) and node.keyword is None:
            return self.part(node, self._beside().argument(node.origin))
        if isinstance(made, ast.GeneratorExp):  # CPython counts the parentheses of a call to it
            return self.part(node, self._beside().expression(node.origin))
        return self._offsets(place(self.record, made))

    def part(self, node: ir.Node, inner: cst.CSTNode) -> tuple[int, int]:
        """Where a part of the statement of a node stands. Raises `Uncertain` when that is not known."""
        return self._offsets(self._beside().place(node.origin, inner))

    def _offsets(self, where: Place) -> tuple[int, int]:
        row, column, end_row, end_column = where
        return self._starts[row - 1] + column - 1, self._starts[end_row - 1] + end_column - 1

    def header_span(self, node: ir.Node) -> tuple[int, int]:
        """Where the statement of a node stands, as a whole."""
        return self._offsets(place(self.record, self.record.headers[self.record.header(node.origin)]))

    @cached_property
    def _names(self) -> list[tuple[int, int, int, ir.Name]]:
        """Where the statement of each name stands, by where it begins; a file of many repairs asks for it often."""
        return sorted((*self.header_span(each), number, each) for number, each in enumerate(self.of(ir.Name)))

    @cached_property
    def _longest(self) -> int:
        return max((end - start for start, end, _, _ in self._names), default=0)

    def names_near(self, start: int, end: int) -> list[ir.Name]:
        """The names in statements that overlap a stretch of the text, in the order of the tree."""
        first = bisect_left(self._names, start - self._longest, key=itemgetter(0))
        last = bisect_left(self._names, end, key=itemgetter(0))
        near = [(number, each) for _, until, number, each in self._names[first:last] if until > start]
        return [each for _, each in sorted(near, key=itemgetter(0))]

    def source(self, node: ir.Node) -> str:
        """The text of an expression."""
        start, end = self.span(node)
        return self.text[start:end]

    def quoted(self, text: str, instead: ir.Node | None = None) -> str:
        """A string as the file quotes its own, or as it quotes the one in whose place it is to stand."""
        mark = self.source(instead)[-1:] if instead is not None else ""
        if mark not in ("'", '"'):
            mark = "'" if self.text.count("'") > self.text.count('"') else '"'
        return f"{mark}{text}{mark}"

    def replace(self, node: ir.Node, content: str) -> Change:
        """Put a text in the place of an expression."""
        start, end = self.span(node)
        return Change(self.file, start, end, content)

    def substitute(self, node: ir.Node, other: ir.Node) -> Change:
        """Put another expression of the file in the place of one, in parentheses where they are needed."""
        start, end = self.span(node)
        inside = self.text[start - 1 : start] == "(" and self.text[end : end + 1] == ")"
        own = bool(getattr(self.written(node), "lpar", ()))
        if own and inside and self.text[start - 2 : start - 1] in _APART and isinstance(self.written(other), _CLOSED):
            start, end = start - 1, end + 1  # what needs parentheses no more loses them
        return Change(self.file, start, end, self.fitting(other, node))

    def fitting(self, other: ir.Node, place: ir.Node) -> str:
        """The text of an expression, as it may stand in the place of another."""
        expression, text = self.written(other), self.source(other)
        parent, field = self.up[id(place)]
        is_open = isinstance(parent, _OPEN) or (isinstance(parent, ir.Index) and field == "index")
        if isinstance(self.written(place), cst.Tuple | cst.GeneratorExp) or isinstance(expression, cst.Tuple):
            raise Uncertain("a tuple")
        own = bool(getattr(self.written(place), "lpar", ()))
        broken = "\n" in text and not isinstance(expression, _CLOSED) and not isinstance(parent, ir.Argument)
        needs = broken or not (is_open or isinstance(expression, _CLOSED))
        return f"({text})" if needs and not own else text

    # -- lines ----------------------------------------------------------------------------------------------------

    def line(self, statement: ir.Node) -> tuple[int, int]:
        """The lines of a simple statement that has them to itself, with the last newline. Raises `Uncertain`."""
        start, end = self._whole(statement)
        first = max(offset for offset in self._starts if offset <= start)
        last = min((offset for offset in self._starts if offset > end), default=len(self.text))
        if self.text[first:start].strip() or not isinstance(statement, _SIMPLE):
            raise Uncertain("it shares its line with something else")
        return first, last

    def _whole(self, statement: ir.Node) -> tuple[int, int]:
        """Where a statement stands; an import of several modules is one."""
        return self.header_span(statement)

    def delete(self, statement: ir.Node, *, commented: bool = False) -> Change:
        """Take a simple statement away. Raises `Uncertain` when something else stands on its line; a comment may, of
        one that is `commented`.
        """
        start, last = self.line(statement)
        begin, end = self._whole(statement)
        behind = self.text[end:last].strip()
        if behind and not (commented and behind.startswith("#")):
            raise Uncertain("it shares its line with something else")
        parent = self.parent(statement)
        if parent is not None and len(self.block(statement)) == 1:
            return Change(self.file, begin, end, "pass")
        return Change(self.file, start, last, "")

    def listed(self, start: int, end: int) -> tuple[int, int] | None:
        """The lines of one of several items, with its comma and comment; None when it shares them with something."""
        first = max(offset for offset in self._starts if offset <= start)
        last = min((offset for offset in self._starts if offset > end), default=len(self.text))
        behind = self.text[end:last].strip()
        if first == 0 or self.text[first:start].strip() or not (behind.removeprefix(",").strip() + "#").startswith("#"):
            return None
        if not behind.startswith(",") and not self.text[:first].rstrip().endswith(","):
            return None
        return first, last

    def insert_before(self, statement: ir.Node, text: str) -> Change:
        """Put a line in front of a statement, indented as it is."""
        first, _ = self.line(statement)
        start, _ = self._whole(statement)
        newline = _NEWLINE.search(self.text)
        content = f"{self.text[first:start]}{text}{newline.group() if newline else chr(10)}"
        return Change(self.file, first, first, content)
