"""What is only said of types, annotations and what `isinstance` asks for; and what is asked only for names."""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

_ASKS: Final = re.compile(
    r"\b(is(?:instance|subclass)\((?:[^(),]|\([^()]*\))*,)(\s*(?:\((?:[^()\[\]])*\)|[\w.\s|]+))(?=,?\s*\))"
)
"""``isinstance(x, T)``, ``issubclass(T, (U, V))``, with what is asked for apart."""
_IN: Final = re.compile(r"(?<= in )[\w.]+(?=\s*(?:[:)\]},]|\n|$|(?:and|or|else)\b))")
_ASKED_IN: Final = re.compile(r"(?:\b(?:if|while|assert|and|or|return)\s+[\w.]+(?:\[[^\[\]\n]*\])?|\bnot) in $")
"""What stands before ``LOSSES`` in ``if name in LOSSES:``, ``name not in LOSSES``; not in ``for name in LOSSES``."""
_JOINED: Final = re.compile(r"(\.join\()([\w.]+)(?=\))")
"""``", ".join(LOSSES)``: the texts, or keys, that a message names."""
_NOT_SPACE: Final = re.compile(r"[^\s]")


def without_annotations(statements: Iterable[ast.AST], lines: Sequence[str]) -> list[str]:
    """The rows of a program with blanks for the annotations that some of its statements have.

    What is said by ``Annotated[Tensor, "softmax"]`` stays: it may be meant for logitlint.
    """
    spans: dict[int, list[tuple[int, int | None]]] = defaultdict(list)
    for annotation in _annotations(statements):
        first, last = annotation.lineno, annotation.end_lineno or annotation.lineno
        for row in range(first, last + 1):
            start = annotation.col_offset if row == first else 0
            spans[row].append((start, annotation.end_col_offset if row == last else None))
    kept = list(lines)
    for row, parts in spans.items():
        kept[row - 1] = _blanked(kept[row - 1], parts)
    return kept


def without_what_is_asked(text: str) -> str:
    """A program without texts, without the classes that `isinstance` asks for, and what is only asked; rows stay."""
    if "isinstance" in text or "issubclass" in text:
        text = _ASKS.sub(_without_second, text)
    if ".join(" in text:
        text = _JOINED.sub(_without_second, text)
    return _IN.sub(_without_container, text)


def _without_container(found: re.Match[str]) -> str:
    row = found.string.rfind("\n", 0, found.start()) + 1
    return " " * len(found[0]) if _ASKED_IN.search(found.string, row, found.start()) else found[0]


def _without_second(found: re.Match[str]) -> str:
    return found[1] + _NOT_SPACE.sub(" ", found[2])


def _annotations(statements: Iterable[ast.AST]) -> Iterator[ast.expr]:
    for each in statements:
        said: list[ast.expr | None] = []
        if isinstance(each, ast.FunctionDef | ast.AsyncFunctionDef):
            given = each.args
            named = (*given.posonlyargs, *given.args, *given.kwonlyargs, given.vararg, given.kwarg)
            said = [each.returns, *(one.annotation for one in named if one is not None)]
        elif isinstance(each, ast.AnnAssign):
            said = [each.annotation]
        yield from (one for one in said if one is not None and not _is_noted(one))


def _is_noted(annotation: ast.expr) -> bool:
    head = annotation.value if isinstance(annotation, ast.Subscript) else None
    return "Annotated" in (getattr(head, "id", None), getattr(head, "attr", None))


def _blanked(line: str, parts: Iterable[tuple[int, int | None]]) -> str:
    """A row with blanks for some parts; columns count the bytes of UTF-8."""
    row = bytearray(line.encode("utf-8", "surrogatepass"))
    for start, end in parts:
        stop = len(row) if end is None else end
        row[start:stop] = b" " * (stop - start)
    return row.decode("utf-8", "surrogatepass")
