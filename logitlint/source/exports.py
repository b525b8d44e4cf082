"""Notebooks that are scripts, and Markdown: the program in them, in the rows and columns in which it stands.

Databricks writes ``# Databricks notebook source``, Colab and Jupyter leave magics as they are, editors know ``# %%`` as
the beginning of a cell. Most of them are Python as they stand; what is not is put into Python here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from msgspec.structs import replace

from logitlint.source.magics import parses, placeholder, python, run_as_import
from logitlint.source.text import Source, Trouble, Unreadable, gate, rows

_DATABRICKS: Final = "# Databricks notebook source"
_MAGIC: Final = re.compile(r"# MAGIC (%run\s.*)")
_CELL: Final = re.compile(r"^# ?%%|^# In ?\[[\d ]*\]|^# <(?:code)?cell>")
_FENCE: Final = re.compile(r"(?P<indent>[ \t]*)(?P<fence>`{3,}|~{3,})\s*(?:\{?\s*\.?)(?P<language>[\w+-]*)[^`]*$")
_PYTHON: Final = frozenset({"python", "py", "python3", "py3", "ipython", "ipython3"})


def script(source: Source) -> Source:
    """A script that an editor or a service made of a notebook, as Python; any other as it is."""
    lines = rows(source.text)
    program = source.text
    if program.startswith(_DATABRICKS):
        program = "\n".join(map(_databricks, lines))
    if not parses(program):
        program = "\n".join(python(cell) for cell in _cells(lines))
    return replace(source, program=program) if program != source.text and parses(program) else source


def _databricks(line: str) -> str:
    """``# MAGIC %run ./setup`` runs another notebook among the names of this one."""
    run = _MAGIC.fullmatch(line.rstrip())
    return run_as_import(run[1]) or line if run else line


def _cells(lines: list[str]) -> list[str]:
    """The text of each cell."""
    cells: list[list[str]] = [[]]
    for line in lines:
        if _CELL.match(line) and cells[-1]:
            cells.append([])
        cells[-1].append(line)
    return ["\n".join(cell) for cell in cells]


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
        try:
            lines = _block(block, opened["indent"]) if opened["language"].lower() in _PYTHON else []
        except Unreadable as error:
            text = "\n".join(line.removeprefix(opened["indent"]) for line in block)
            lines = ["", *placeholder(text).split("\n")]
            column = error.column + len(opened["indent"])
            troubles.append(Trouble(error.message, error.row + len(program), column))
        if lines:
            program[-1:] = [*lines, ""]
        else:
            program += [""] * (len(block) + 1)
    return replace(source, program="\n".join(program), troubles=tuple(troubles))


def _inside(lines: Iterator[str], fence: str) -> Iterator[str]:
    """The lines up to the one that closes a block."""
    for line in lines:
        words = line.strip()
        if words.startswith(fence) and not words.strip(fence[0]):
            return
        yield line


def _block(lines: list[str], indent: str) -> list[str]:
    """The rows of a block and the one above it. Raises `Unreadable`, with a place in the block."""
    code = python("\n".join(line.removeprefix(indent) for line in lines))
    gate(Source("", code))
    if not indent:
        return ["", *rows(code)]
    moved = ["if True:", *(indent + line if line else "" for line in rows(code))]
    return moved if parses("\n".join(moved)) else []
