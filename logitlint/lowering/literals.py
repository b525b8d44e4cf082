"""Names, numbers and strings."""

from __future__ import annotations

import ast
import unicodedata
import warnings
from collections.abc import Iterator

import libcst as cst

_LARGEST = 1 << 63
"""Integers of more than 64 bits do not fit into the cache; no rule asks for one."""

_PREFIXES = "bBrRuU"
_TRIPLE = ('"""', "'''")


def identifier(name: str) -> str:
    """A name as CPython reads it: identifiers are compared in their NFKC form."""
    return name if name.isascii() else unicodedata.normalize("NFKC", name)


def dotted(node: cst.CSTNode) -> str:
    """A name with dots, as in an import."""
    parts: list[str] = []
    while isinstance(node, cst.Attribute):
        parts.append(identifier(node.attr.value))
        node = node.value
    assert isinstance(node, cst.Name)  # the grammar allows nothing else
    parts.append(identifier(node.value))
    return ".".join(reversed(parts))


def integer(node: cst.Integer) -> int | None:
    """The value of an integer; None when it is too large."""
    value = int(node.value, 0)
    return value if value < _LARGEST else None


def string(node: cst.SimpleString | cst.ConcatenatedString) -> str | None:
    """The value of a string in one or several pieces; None for bytes, f-strings and text with lone surrogates."""
    values: list[str] = []
    for piece in pieces(node):
        if not isinstance(piece, cst.SimpleString):
            return None
        value = _simple(piece.value)
        if value is None:
            return None
        values.append(value)
    return "".join(values)


def pieces(node: cst.BaseExpression) -> Iterator[cst.BaseExpression]:
    """The strings that stand side by side."""
    while isinstance(node, cst.ConcatenatedString):
        yield node.left
        node = node.right
    yield node


def _simple(code: str) -> str | None:
    if "\\" not in code and "\r" not in code:
        body = code.lstrip(_PREFIXES)
        if "b" in code[: -len(body)].lower():
            return None
        return body[3:-3] if body[:3] in _TRIPLE else body[1:-1]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # invalid escape sequences
        value = ast.literal_eval(code)
    if not isinstance(value, str):
        return None
    try:
        value.encode()
    except UnicodeEncodeError:
        return None
    return value
