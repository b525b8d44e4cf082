"""What the walk keeps beside the intermediate form: which node of CPython's tree each origin is."""

from __future__ import annotations

import ast
from bisect import bisect_right

import msgspec

from logitlint.lowering.comments import Comments
from logitlint.source.text import rows


class Record(msgspec.Struct, eq=False):
    """One walk over a module.

    nodes
        CPython's nodes, by origin. An argument that is given by position is known by its value.
    headers, starts
        Every statement, except clause and case in the order of the text, and the origin with which each begins. An
        expression belongs to the last header that begins before it.
    comments
        The ``# logitlint:`` comments, where there are any.
    generator
        Where the walk is: whether its function yields.
    chained
        Chained comparisons met so far.
    """

    text: str
    comments: Comments | None
    nodes: list[ast.AST] = msgspec.field(default_factory=list)
    headers: list[ast.AST] = msgspec.field(default_factory=list)
    starts: list[int] = msgspec.field(default_factory=list)
    generator: bool = False
    chained: int = 0
    lines: list[str] | None = None

    @classmethod
    def of(cls, text: str) -> Record:
        """An empty record for a text."""
        return cls(text, Comments.of(text))

    def number(self, node: ast.AST) -> int:
        """The origin of a node: how many came before it."""
        nodes = self.nodes
        nodes.append(node)
        return len(nodes) - 1

    def open(self, node: ast.AST) -> int:
        """The origin of a statement, except clause or case, which begins here."""
        self.headers.append(node)
        self.starts.append(len(self.nodes))
        return self.number(node)

    def header(self, origin: int) -> int:
        """The index of the statement to which an origin belongs."""
        return bisect_right(self.starts, origin) - 1

    def rows(self) -> list[str]:
        """The rows of the text."""
        if self.lines is None:
            self.lines = rows(self.text)
        return self.lines

    def between(self, start: tuple[int, int], end: tuple[int, int]) -> str:
        """What is written between two points: rows from 1, columns from 0 in bytes, as CPython counts them."""
        lines = self.rows()[start[0] - 1 : end[0]]
        lines[-1] = lines[-1].encode()[: end[1]].decode()
        lines[0] = lines[0].encode()[start[1] :].decode()
        return "\n".join(lines)
