"""Patterns as in .gitignore: which lines are none, and what the others make together."""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from pathspec import GitIgnoreSpec

_OPEN: Final = re.compile(r"(?<!\\)\[(?!(?:[!^].|[^!^])[^\]]*\])")
"""A bracket that is not closed: to git no pattern, to pathspec before 1.0 a bracket in a name."""


def patterns(lines: Iterable[str]) -> GitIgnoreSpec:
    """What some patterns leave out. Raises ValueError for one that is none, or that can match nothing, as ``[``.

    Empty lines and comments are no patterns, and no mistakes.
    """
    return _together(lines, forgiving=False)


def lenient(lines: Iterable[str]) -> GitIgnoreSpec:
    """The same; lines that are no patterns are left out, as git does."""
    return _together(lines, forgiving=True)


def _together(lines: Iterable[str], *, forgiving: bool) -> GitIgnoreSpec:
    from pathspec import GitIgnoreSpec  # costs more than the rest of the start, and single files do not need it

    return GitIgnoreSpec([each for spec in _read(lines, forgiving) for each in spec.patterns])


def _read(lines: Iterable[str], forgiving: bool) -> Iterator[GitIgnoreSpec]:
    from pathspec import GitIgnoreSpec

    for line in lines:
        words = line.strip()
        if not forgiving and not words.startswith("#") and _OPEN.search(words):
            raise ValueError(f"Invalid git pattern: {words!r}")
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # Python's, of `[[`: what pathspec makes of a pattern is its own affair
                spec = GitIgnoreSpec.from_lines([line])
        except (ValueError, re.error) as error:
            if not forgiving:
                raise ValueError(f"Invalid git pattern: {words!r}") from error
            continue
        if forgiving or not words or words.startswith("#") or any(each.include is not None for each in spec.patterns):
            yield spec
        else:
            raise ValueError(f"Invalid git pattern: {words!r}")
