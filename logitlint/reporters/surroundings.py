"""What a reporter has to know besides the findings: the sources, the rules, and what paths are relative to."""

from __future__ import annotations

import enum
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import msgspec

from logitlint.findings import Lines, Span
from logitlint.rules.rule import Entry

HOME: Final = "https://logitlint.readthedocs.io/"


class Level(enum.Enum):
    """How a finding is to be taken."""

    ERROR = "error"
    """The program computes something else than was meant."""
    WARNING = "warning"
    """It is right until the numbers are extreme."""
    NOTE = "note"
    """An opt-in rule: advice."""


class Surroundings(msgspec.Struct, frozen=True):
    """The sources, the root of the repository, and every rule by code."""

    lines: Lines
    root: Path
    entries: Sequence[Entry]

    def path(self, filename: str) -> str:
        """A file's path from the root, with slashes; absolute when it lies elsewhere."""
        absolute = os.path.abspath(filename)
        inside = str(self.root).rstrip(os.sep) + os.sep
        return absolute.removeprefix(inside).replace(os.sep, "/")

    def entry(self, code: str) -> Entry:
        """The rule of a code."""
        return next(entry for entry in self.entries if entry.code == code)

    def level(self, code: str) -> Level:
        """How a finding of that code is to be taken."""
        if not self.entry(code).default:
            return Level.NOTE
        return Level.WARNING if code.startswith("LGT7") else Level.ERROR


def in_cell(span: Span) -> str:
    """Where in a notebook a span lies, for formats that know only lines of files: ``cell 3, line 5: ``."""
    return "" if span.cell is None else f"cell {span.cell}, line {span.row}: "
