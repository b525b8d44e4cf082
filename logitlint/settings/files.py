"""What is asked for some files only: those that are left out, those in which some rules are."""

from __future__ import annotations

import functools
import os
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Final

import msgspec

from logitlint.project.patterns import Patterns, patterns
from logitlint.settings.errors import ConfigurationError
from logitlint.settings.selection import Selectable, codes

EXCLUDED: Final = (
    ".bzr",
    ".direnv",
    ".eggs",
    ".git",
    ".hg",
    ".ipynb_checkpoints",
    ".logitlint_cache",
    ".mypy_cache",
    ".nox",
    ".pytest_cache",
    ".ruff_cache",
    ".svn",
    ".tox",
    ".venv",
    "__pycache__",
    "__pypackages__",
    "build",
    "dist",
    "node_modules",
    "site-packages",
    "venv",
)
"""What is never descended into unless `exclude` says otherwise: ruff's list, as far as Python code may lie there."""


class FileIgnores(msgspec.Struct, frozen=True):
    """The codes that are not reported in the files a pattern matches; in all the others when it starts with ``!``."""

    pattern: str
    codes: frozenset[str]

    def matches(self, filename: str, root: Path) -> bool:
        """Whether it speaks of a file; the pattern is read as in .gitignore, relative to `root`."""
        path = os.path.abspath(filename)
        inside = os.path.abspath(root).rstrip(os.sep) + os.sep
        path = path[len(inside) :] if path.startswith(inside) else path.lstrip(os.sep)
        negated = self.pattern.startswith("!")
        return bool(_read(self.pattern[negated:]).verdict(path)) is not negated


@functools.cache
def _read(pattern: str) -> Patterns:
    """A pattern, read once for all files. Raises ValueError for one that is none."""
    return patterns([pattern])


def file_ignores(wishes: Mapping[str, Iterable[str]], rules: Sequence[Selectable]) -> tuple[FileIgnores, ...]:
    """Rules not to be reported, by pattern. Raises `ConfigurationError` for a rule or a pattern that is none."""
    made = tuple(FileIgnores(pattern, codes(selectors, rules)) for pattern, selectors in wishes.items())
    try:
        for each in made:
            each.matches("file.py", Path(os.curdir))
    except ValueError as error:
        raise ConfigurationError(f"`per-file-ignores`: {error}") from error
    return made
