"""Scripts that are written as articles: the Python blocks in the Markdown between their statements.

keras.io's guides and examples are scripts whose bare strings are Markdown (https://github.com/keras-team/keras-io calls
them tutobooks), and show in ``python`` blocks what the script itself does not run. The blocks of a script are one
program of their own.
"""

from __future__ import annotations

import ast
import builtins
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Final

from msgspec.structs import replace

from logitlint.source.magics import UNKNOWN, legible
from logitlint.source.text import MARKDOWN, Source, gate, rows

EXAMPLES: Final = "#examples"
"""What is added to the key of a script to name the program of its blocks."""

_OPENED: Final = re.compile(r"^```[ \t]*(?:python|py)3?[ \t]*\r?$", re.MULTILINE)
_WORD: Final = re.compile(r"\b[^\W\d]\w*\b")
_DEFINITION: Final = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
_BUILTIN: Final = frozenset(dir(builtins))


def has_examples(source: Source) -> bool:
    """Whether a file may hold such blocks: most hold no line that opens one."""
    if source.cells or source.program is not None or source.filename.endswith(MARKDOWN):
        return False
    return _OPENED.search(source.text) is not None


def examples(source: Source) -> Source:
    """The blocks of a script that CPython accepts as one program, each in its own rows, between the script's imports.

    The string that begins a file is its docstring, and no part of an article. What the script binds, changes or reads
    in between is unknown to the blocks below: they are then about the script's own value, which is judged in the
    script. What a block may bind that is no Python is unknown as well.

    Raises `Unreadable` where the script is no program.
    """
    lines = rows(source.text)
    made: dict[int, list[str]] = defaultdict(list)
    articles: list[tuple[int, list[str]]] = []
    others: list[ast.stmt] = []
    for number, statement in enumerate(gate(source).body):
        if number and _is_article(statement):
            articles += _blocks(statement, lines)
        else:
            others.append(statement)
    words = frozenset(_WORD.findall("\n".join(line for _, block in articles for line in block)))
    imported: set[str] = set()
    for statement in others:
        made[statement.lineno] += _left(statement, words, imported)
    for row, block in articles:
        for offset, line in enumerate(block):
            made[row + offset].append(line)
    return replace(source, program="\n".join("; ".join(made[row]) for row in range(1, len(lines) + 1)))


def _is_article(statement: ast.stmt) -> bool:
    """Whether a statement is a string alone."""
    return (
        isinstance(statement, ast.Expr)
        and isinstance(statement.value, ast.Constant)
        and isinstance(statement.value.value, str)
    )


def _blocks(statement: ast.stmt, lines: list[str]) -> Iterator[tuple[int, list[str]]]:
    """The first row of each block in a string, and the rows of the program for it."""
    last = statement.end_lineno or statement.lineno
    is_raw = lines[statement.lineno - 1][0] in "rR"
    row = statement.lineno
    while row < last:
        row += 1
        if _OPENED.match(lines[row - 1]) is None:
            continue
        first = row + 1
        while row < last and not lines[row].startswith("```"):
            row += 1
        block = lines[first - 1 : row]
        row += 1
        if is_raw or not any("\\" in line for line in block):  # what is written is what the string says
            yield first, legible("\n".join(block))[0]


def _left(statement: ast.stmt, words: Iterable[str], imported: set[str]) -> list[str]:
    """What stands for a statement of the script: its imports, and that the names in it are unknown from there on."""
    inside = () if isinstance(statement, _DEFINITION) else ast.walk(statement)
    found = [each for each in inside if isinstance(each, ast.Import | ast.ImportFrom)]
    imported |= {alias.asname or alias.name.partition(".")[0] for each in found for alias in each.names}
    read: set[str] = set()
    stored: set[str] = set()
    for each in ast.walk(statement):
        if isinstance(each, ast.Name):
            (read if isinstance(each.ctx, ast.Load) else stored).add(each.id)
        elif isinstance(each, _DEFINITION):
            stored.add(each.name)
    unknown = (stored | (read - imported - _BUILTIN)) & {*words}
    return [*map(ast.unparse, found), *(f"{name} = {UNKNOWN}" for name in sorted(unknown))]
