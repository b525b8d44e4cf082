"""Which statement each ``# logitlint:`` comment speaks of."""

from __future__ import annotations

import ast
import io
import tokenize
from collections.abc import Iterator
from contextlib import suppress

import msgspec

from logitlint.source.notes import MARK, Note, note
from logitlint.source.text import rows


class Comments(msgspec.Struct, frozen=True):
    """The notes of a text, by the row they stand in, and for each row the note that ends its logical line."""

    inside: dict[int, Note]
    behind: dict[int, Note]
    ends: dict[int, int]
    """The last row of the logical line that a row is part of, where it is another."""

    @classmethod
    def of(cls, text: str) -> Comments | None:
        """Those of a text; None for one that has none."""
        if MARK not in text.lower():
            return None
        found = cls({}, {}, {})
        with suppress(tokenize.TokenError, SyntaxError):  # at an end that the tokenizer does not accept
            found._read("\n".join(rows(text)))
        return found

    def _read(self, text: str) -> None:
        first, last = 0, (0, "")
        for token in tokenize.generate_tokens(io.StringIO(text).readline):
            row = token.start[0]
            if token.type in (tokenize.NL, tokenize.INDENT, tokenize.DEDENT):
                continue
            if token.type == tokenize.COMMENT:
                last = row, token.string
                if (said := note(token.string)) is not None:
                    self.inside[row] = said
            elif token.type == tokenize.NEWLINE:
                spoken = note(last[1]) if last[0] == row else None
                for each in range(first or row, row + 1):
                    self.ends[each] = row
                    if spoken is not None:
                        self.behind[each] = spoken
                first = 0
            elif not first:
                first = row

    def of_statement(self, node: ast.stmt) -> Iterator[Note]:
        """The notes within a simple statement of several rows, and the one at the end of its line."""
        last = node.end_lineno or node.lineno
        yield from (self.inside[row] for row in range(node.lineno, last) if row in self.inside)
        if last in self.behind:
            yield self.behind[last]

    def of_head(self, node: ast.stmt) -> Iterator[Note]:
        """The notes between the beginning of a definition and the end of the line with its colon."""
        for row in range(node.lineno, self.ends.get(node.lineno, node.lineno) + 1):
            if row in self.inside:
                yield self.inside[row]
