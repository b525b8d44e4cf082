"""Notebooks that are scripts, and Markdown: the program in them, in the rows and columns in which it stands.

Databricks writes ``# Databricks notebook source``, Colab and Jupyter leave magics as they are, editors know ``# %%`` as
the beginning of a cell. Most of them are Python as they stand; what is not is put into Python here, and a cell that
cannot be is left out alone, as in a notebook.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import chain, pairwise
from typing import Final

from msgspec.structs import replace

from logitlint.source.magics import legible, parses, run_as_import
from logitlint.source.text import Source, Trouble, rows

_DATABRICKS: Final = "# Databricks notebook source"
_MAGIC: Final = re.compile(r"# MAGIC (%run\s.*)")
_CELL: Final = re.compile(r"# ?%%|# In ?\[[\d ]*\]|# <(?:code)?cell>|# COMMAND -{10}")
_FENCE: Final = re.compile(r"(?P<indent>[ \t]*)(?P<fence>`{3,}|~{3,})\s*(?:\{?\s*\.?)(?P<language>[\w+-]*)[^`]*$")
_PROMPT: Final = re.compile(r"(?:>>>|\.\.\.)(?:\s|$)")
_PYTHON: Final = frozenset({"python", "py", "python3", "py3", "pycon", "ipython", "ipython3"})


def script(source: Source) -> Source:
    """A script that an editor or a service made of a notebook, or of Python 2, as Python 3; any other as it is."""
    lines = rows(source.text)
    program = source.text
    if program.startswith(_DATABRICKS):
        lines = list(map(_databricks, lines))
        program = "\n".join(lines)
    troubles: list[Trouble] = []
    if not parses(program):
        cells = _cells(lines)
        program = "\n".join(chain.from_iterable(_legible(cell, row, troubles) for row, cell in cells))
        if len(cells) == len(troubles) == 1 and not troubles[0].is_read:  # no notebook, but a file that is no Python
            return source
    return replace(source, program=program, troubles=tuple(troubles)) if program != source.text else source


def _databricks(line: str) -> str:
    """``# MAGIC %run ./setup`` runs another notebook among the names of this one."""
    run = _MAGIC.fullmatch(line.rstrip())
    return run_as_import(run[1]) or line if run else line


def _cells(lines: list[str]) -> list[tuple[int, list[str]]]:
    """The rows of each cell, and how many there are before them."""
    starts = [0, *(row for row, line in enumerate(lines) if row and _CELL.match(line))]
    return [(start, lines[start:end]) for start, end in pairwise([*starts, len(lines)])]


def _legible(cell: list[str], before: int, troubles: list[Trouble]) -> list[str]:
    """The rows of a cell in the program; where they are none, what is wrong is added to the troubles."""
    read, trouble = legible("\n".join(cell))
    if trouble is not None:
        troubles.append(replace(trouble, row=trouble.row + before))
    return read


def markdown(source: Source) -> Source:
    """The Python blocks of a Markdown file as one program, each in its own rows; what is no Python is left out."""
    program: list[str] = []
    troubles: list[Trouble] = []
    pending = iter(rows(source.text))
    for line in pending:
        program.append("")
        opened = _FENCE.match(line)
        if opened is None:
            continue
        block = list(_inside(pending, opened["fence"]))
        before = len(program)
        program += [""] * (len(block) + 1)
        if opened["language"].lower() in _PYTHON:
            lines, trouble = _block([line.removeprefix(opened["indent"]) for line in block], opened["indent"])
            program[before - 1 : -1] = lines
            if trouble is not None:
                column = trouble.column + len(opened["indent"])
                troubles.append(replace(trouble, row=trouble.row + before, column=column))
    return replace(source, program="\n".join(program), troubles=tuple(troubles))


def _inside(lines: Iterator[str], fence: str) -> Iterator[str]:
    """The lines up to the one that closes a block."""
    for line in lines:
        words = line.strip()
        if words.startswith(fence) and not words.strip(fence[0]):
            return
        yield line


def _block(lines: list[str], indent: str) -> tuple[list[str], Trouble | None]:
    """The rows of a block and the one above it, and why nothing is left of it, if so.

    What is indented stays where it stands, and so does what is typed at a prompt; the output below it is left out.
    """
    first = next((line for line in lines if line.strip()), "")
    if session := _PROMPT.match(first) is not None:
        lines = [line[4:] if _PROMPT.match(line) else "" for line in lines]
        indent += " " * 4
    code, trouble = legible("\n".join(lines))
    if trouble is not None and not trouble.is_read:
        return ["", *code], None if session else trouble
    if indent:
        moved = ["if True:", *(indent + line if line else "" for line in code)]
        return (moved if parses("\n".join(moved)) else [""] * len(moved)), trouble
    return ["", *code], trouble
