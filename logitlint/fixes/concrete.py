"""LibCST's tree of a file beside CPython's: what stands between the parts of a statement, and where.

The two are laid side by side statement by statement; inside one, an expression is known by its place.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress

import libcst as cst
from libcst._nodes.internal import CodegenState

from logitlint.fixes.changes import Uncertain
from logitlint.lowering.places import Place, place
from logitlint.lowering.record import Record
from logitlint.source.text import rows

_Point = tuple[int, int]
_Body = cst.BaseSuite | cst.Else | cst.Finally | cst.If


class Concrete:
    """LibCST's tree of the text of a record. Raises `Uncertain` where LibCST does not read it as CPython does."""

    def __init__(self, record: Record) -> None:
        self._record = record
        try:
            self._module = cst.parse_module(record.text)
        except (cst.ParserSyntaxError, RecursionError) as error:
            raise Uncertain("LibCST cannot parse the file") from error
        self._headers = list(_headers(self._module))
        if len(self._headers) != len(record.headers):
            raise Uncertain("LibCST reads the file in another way")
        self._known: dict[int, dict[Place, cst.BaseExpression]] = {}
        self._given: dict[int, cst.Arg] = {}
        """The arguments of statements that were looked at, by the `id` of what they give."""

    def header(self, origin: int) -> cst.CSTNode:
        """The statement, except clause or case an origin belongs to."""
        return self._headers[self._record.header(origin)][0]

    def expression(self, origin: int) -> cst.BaseExpression:
        """The expression that has an origin."""
        record = self._record
        index, node = record.header(origin), record.nodes[origin]
        if index not in self._known:
            self._known[index] = self._expressions(index)
        where = place(record, node)
        found = self._known[index].get(where)
        if found is None and isinstance(node, ast.GeneratorExp):  # f(x for x in y): CPython counts the parentheses
            inside = [each for place, each in self._known[index].items() if _is_inside(place, where)]
            found = next((each for each in inside if isinstance(each, cst.GeneratorExp) and not each.lpar), None)
        if found is None:
            raise Uncertain("its place is not known")
        return found

    def argument(self, origin: int) -> cst.Arg:
        """The argument that gives the expression that has an origin."""
        found = self._given.get(id(self.expression(origin)))
        if found is None:
            raise Uncertain("its place is not known")
        return found

    def place(self, origin: int, part: cst.CSTNode) -> Place:
        """Where a part of the statement of an origin stands."""
        found = self._measured(self._record.header(origin), [part]).get(id(part))
        if found is None:
            raise Uncertain("its place is not known")
        return found

    def _expressions(self, index: int) -> dict[Place, cst.BaseExpression]:
        """The expressions of one statement, without those of the statements in it, by place."""
        found: list[cst.BaseExpression] = []
        pending: list[cst.CSTNode] = [self._headers[index][0]]
        while pending:
            node = pending.pop()
            if isinstance(node, cst.Arg):
                self._given[id(node.value)] = node
            if isinstance(node, cst.BaseExpression):
                found.append(node)
            pending += [each for each in node.children if not isinstance(each, _INSIDE)]
        measured = self._measured(index, found)
        return {measured[id(node)]: node for node in found if id(node) in measured}

    def _measured(self, index: int, wanted: Iterable[cst.CSTNode]) -> dict[int, Place]:
        """The places of nodes of one statement, by `id`; nothing for those that could not be reached."""
        header, indent = self._headers[index]
        whole = place(self._record, self._record.headers[index])
        anchor = header.pattern if isinstance(header, cst.MatchCase) else header
        ruler = _Ruler(self._module, indent, anchor, wanted)
        with suppress(_Enough, RecursionError):
            header._codegen(ruler)
        row, column = ruler.starts[id(anchor)]
        down, right = whole[0] - row, 0
        if anchor is header:
            # LibCST, asked for a part of an `if`, writes "if" where the text has "elif"
            right = whole[1] - column + 2 * self._record.rows()[whole[0] - 1].startswith("elif", whole[1] - 1)

        def moved(point: _Point) -> _Point:
            return point[0] + down, point[1] + (right if point[0] == row else 0)

        return {key: (*moved(start), *moved(end)) for key, (start, end) in ruler.found.items()}


_INSIDE = (cst.BaseSuite, cst.Else, cst.Finally, cst.ExceptHandler, cst.ExceptStarHandler, cst.MatchCase, cst.If)
"""What holds statements of its own: the `else` of an `if` may be another."""


def _is_inside(inner: Place, outer: Place) -> bool:
    return outer[:2] < inner[:2] and inner[2:] < outer[2:]


def _headers(module: cst.Module) -> Iterator[tuple[cst.CSTNode, str]]:
    """Every statement, except clause and case as they stand in the text, and the indentation of its block."""
    pending: list[tuple[cst.CSTNode | None, str]] = [(node, "") for node in reversed(module.body)]
    while pending:
        node, indent = pending.pop()
        inner: Iterable[cst.CSTNode | None]
        if isinstance(node, cst.SimpleStatementLine | cst.SimpleStatementSuite):
            inner = node.body
        elif isinstance(node, cst.IndentedBlock):
            indent += module.default_indent if node.indent is None else node.indent
            inner = node.body
        elif isinstance(node, cst.Else | cst.Finally):
            inner = [node.body]
        elif node is not None:
            yield node, indent
            if isinstance(node, cst.Match):
                indent += module.default_indent if node.indent is None else node.indent
                inner = node.cases
            else:
                handlers = getattr(node, "handlers", ())
                inner = [getattr(node, name, None) for name in ("body", "orelse", "finalbody")]
                inner[1:1] = handlers
        else:
            continue
        pending += [(each, indent) for each in reversed([*inner])]


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
