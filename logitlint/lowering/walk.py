"""The way in: a text's intermediate form, and the LibCST node of each of its origins."""

from __future__ import annotations

import gc
import re
from collections.abc import Collection
from typing import Final

import libcst as cst

from logitlint.lowering import ir
from logitlint.lowering.places import Place, places
from logitlint.lowering.record import Record
from logitlint.lowering.statements import statements
from logitlint.source.text import Unreadable

MOST_WORDS: Final = 1_000_000
"""Names, numbers and signs of a file. LibCST's tree of so many takes some 2 GB and 15 s; a program of 60,000 lines has
half as many, a table of numbers may have any number."""
_WORD: Final = re.compile(r"\w+|[^\w\s]")


def lower(text: str) -> ir.Module:
    """The intermediate form of a text that has passed `source.text.gate`. Raises `Unreadable` when LibCST cannot."""
    return walk(text)[0]


def spans(text: str, origins: Collection[int]) -> dict[int, Place]:
    """Where origins stand: row and column, end row and column, from 1, in characters; the end is exclusive.

    Parentheses around an expression do not belong to it, those of a tuple do. An expression that nests too deep to be
    measured stands where its statement does.
    """
    return places(walk(text)[1], text, origins) if origins else {}


def walk(text: str) -> tuple[ir.Module, Record]:
    """The intermediate form together with the record of what each origin is. Raises `Unreadable`."""
    if len(text) > MOST_WORDS and sum(1 for _ in _WORD.finditer(text)) > MOST_WORDS:
        raise Unreadable(f"too large: more than {MOST_WORDS:,} names, numbers and signs")
    collecting = gc.isenabled()
    gc.disable()  # a tree has no cycles, but so many nodes that looking for them costs more than lowering
    try:
        module = cst.parse_module(text)
        record = Record.of(module, text)
        return ir.Module(statements(record, module.body)), record
    except cst.ParserSyntaxError as error:
        raise _unparsed(error) from error
    except RecursionError as error:
        raise Unreadable("too deeply nested") from error
    finally:
        if collecting:
            gc.enable()


def _unparsed(error: cst.ParserSyntaxError) -> Unreadable:
    """What CPython accepts and LibCST does not: ``(x): int`` without a value, grammars newer than the LibCST installed.

    The place is in LibCST's words; `raw_line` is a row late when blank lines come before.
    """
    place = re.search(r"error at (\d+):(\d+)", error.message)
    row, column = map(int, place.groups()) if place else (error.raw_line, error.raw_column + 1)
    return Unreadable("LibCST cannot parse this", row, column)
