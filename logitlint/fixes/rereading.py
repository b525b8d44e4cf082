"""What LibCST would read for minutes: it goes back and reads again what nests in a pattern, or in what is deleted.

Of expressions and targets it keeps what it has read. Of a pattern it first tries whether it is followed by ``as``, by a
comma or by ``**``, and reads it once more, with all that is in it, when it is not: twice or four times for each bracket
around it. What is deleted is read twice for each tuple around it.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from typing import Final

from logitlint.lowering.record import Record

MOST_READINGS: Final = 4_000_000
"""Of all the words of such parts, with the larger of these numbers. They take LibCST two seconds at the most, and one
word may stand in nine brackets."""

_IN_PATTERN: Final = 4
_IN_DELETED: Final = 2
_WORD: Final = re.compile(
    r"(?P<open>[(\[{])|(?P<close>[)\]}])|#[^\n]*|\w+|(\"{3}|'{3}|\"|')(?:\\.|[^\\])*?\3|[^\w\s]", re.DOTALL
)


def read_too_often(record: Record) -> bool:
    """Whether LibCST would read parts of a file more than `MOST_READINGS` times."""
    readings = 0
    for times in _readings(record):
        readings += times
        if readings > MOST_READINGS:
            return True
    return False


def _readings(record: Record) -> Iterator[int]:
    """How often each word, or node, of these parts is read."""
    for header in record.headers:
        if isinstance(header, ast.Match):
            before: ast.expr | ast.stmt = header.subject
            for case in header.cases:
                # CPython has no place of the parentheses around a pattern: what is before it is looked through as well
                yield from _of_pattern(record.between(_end(before), _end(case.pattern)))
                before = case.body[-1]
        elif isinstance(header, ast.Delete):
            yield from _of_deleted(header)


def _end(node: ast.expr | ast.stmt | ast.pattern) -> tuple[int, int]:
    return node.end_lineno or node.lineno, node.end_col_offset or 0


def _of_pattern(text: str) -> Iterator[int]:
    times = 1
    for word in _WORD.finditer(text):
        if word.lastgroup == "open":
            times *= _IN_PATTERN
        yield times
        if word.lastgroup == "close":
            times = max(1, times // _IN_PATTERN)


def _of_deleted(statement: ast.Delete) -> Iterator[int]:
    pending: list[tuple[ast.AST, int]] = [(statement, 1)]
    while pending:
        node, times = pending.pop()
        yield times
        times *= _IN_DELETED if isinstance(node, ast.Tuple) else 1
        pending += [(child, times) for child in ast.iter_child_nodes(node)]
