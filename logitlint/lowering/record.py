"""What the walk keeps beside the intermediate form: which LibCST node each origin is."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator

import libcst as cst
import msgspec

from logitlint.source.notes import MARK, Note, note


class Record(msgspec.Struct, eq=False):
    """One walk over a module.

    nodes
        The LibCST nodes, by origin.
    headers, starts, indents
        Every statement, except clause and case in the order of the text; the origin with which each begins; and the
        indentation of the block it stands in. An expression belongs to the last header that begins before it.
    noted
        Whether there is any ``# logitlint:`` comment.
    indent, generator, comment
        Where the walk is: the indentation of the block, whether its function yields, the end of its line.
    chained
        Chained comparisons met so far.
    """

    module: cst.Module
    nodes: list[cst.CSTNode] = msgspec.field(default_factory=list)
    headers: list[cst.CSTNode] = msgspec.field(default_factory=list)
    starts: list[int] = msgspec.field(default_factory=list)
    indents: list[str] = msgspec.field(default_factory=list)
    noted: bool = False
    indent: str = ""
    generator: bool = False
    comment: cst.TrailingWhitespace | None = None
    chained: int = 0

    @classmethod
    def of(cls, module: cst.Module, text: str) -> Record:
        """An empty record for a module and its text."""
        return cls(module, noted=MARK in text.lower())

    def number(self, node: cst.CSTNode) -> int:
        """The origin of a node: how many came before it."""
        nodes = self.nodes
        nodes.append(node)
        return len(nodes) - 1

    def open(self, node: cst.CSTNode) -> int:
        """The origin of a statement, except clause or case, which begins here."""
        self.headers.append(node)
        self.starts.append(len(self.nodes))
        self.indents.append(self.indent)
        return self.number(node)

    def header(self, origin: int) -> int:
        """The index of the statement to which an origin belongs."""
        return bisect_right(self.starts, origin) - 1

    def notes(self, *places: cst.CSTNode | None) -> Iterator[Note]:
        """The notes in the comments of some parts of the program."""
        if self.noted:
            for comment in _comments([place for place in places if place is not None]):
                found = note(comment.value)
                if found is not None:
                    yield found


def _comments(pending: list[cst.CSTNode]) -> Iterator[cst.Comment]:
    while pending:
        node = pending.pop(0)
        if isinstance(node, cst.Comment):
            yield node
        pending[:0] = node.children
