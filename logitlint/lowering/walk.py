"""The way in: a text's intermediate form, and the node of CPython's tree that each of its origins is."""

from __future__ import annotations

import ast
import warnings
from collections.abc import Collection

from logitlint.lowering import ir
from logitlint.lowering.places import Place, places
from logitlint.lowering.record import Record
from logitlint.lowering.statements import statements
from logitlint.source.text import Unreadable


def lower(text: str) -> ir.Module:
    """The intermediate form of a text that has passed `source.text.gate`."""
    return walk(text)[0]


def spans(text: str, origins: Collection[int]) -> dict[int, Place]:
    """Where origins stand: row and column, end row and column, from 1, in characters; the end is exclusive.

    Parentheses around an expression do not belong to it, those of a tuple do.
    """
    return places(walk(text)[1], origins) if origins else {}


def walk(text: str, tree: ast.Module | None = None) -> tuple[ir.Module, Record]:
    """The intermediate form together with the record of what each origin is. Raises `Unreadable`.

    tree
        CPython's tree of the text, from whoever has had it made already.
    """
    record = Record.of(text)
    try:
        return ir.Module(statements(record, (tree or _parsed(text)).body)), record
    except RecursionError as error:
        raise Unreadable("too deeply nested") from error


def _parsed(text: str) -> ast.Module:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return ast.parse(text)
