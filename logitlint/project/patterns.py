"""Patterns as in .gitignore: which lines are none, and what the others say of a path.

pathspec makes regular expressions of them. Those go back and forth for every ``*``, so that one with many takes for
ever on a name that a tree may bring; they are written anew here to take the first place at which a part fits, which
loses nothing: what comes behind a ``*`` or ``**`` fits later as well.
"""

from __future__ import annotations

import os
import re
import warnings
from collections.abc import Iterable, Iterator
from itertools import count
from typing import Final

import msgspec

_OPEN: Final = re.compile(r"(?<!\\)\[(?!(?:[!^].|[^!^])[^\]]*\])")
"""A bracket that is not closed: to git no pattern, to pathspec before 1.0 a bracket in a name."""
_DIRECTORY: Final = "ps_d"
"""pathspec's group that matches where a directory above the path is meant."""
_MANY: Final = re.compile(r"(\(\?:/\.\+\)\?|\(\?:\.\+/\)\?)")
"""What pathspec makes of ``**``."""
_ONE: Final = r"\\.|\[(?:\\.|[^]\\])*\](?![*+?])|[^\\\[\](){}/?*+|^$.]"
"""What it makes of anything but ``*`` inside of a name."""
_STAR: Final = r"\[\^/\]\*"
_CHUNK: Final = re.compile(rf"{_STAR}((?:{_ONE})*)(?={_STAR})")


class Patterns(msgspec.Struct, frozen=True):
    """Lines that have been read: the expression of each, and whether it leaves out what it matches."""

    rules: tuple[tuple[re.Pattern[str], bool], ...]

    def verdict(self, path: str) -> bool | None:
        """Whether a path is left out, relative to where the patterns stand; None when none speaks of it.

        The last that matches decides; what is said of a directory gives way to what is said of the path itself, unless
        it leaves the directory out: https://git-scm.com/docs/gitignore.
        """
        path = path.replace(os.sep, "/").lstrip("/").removeprefix("./")
        decided: bool | None = None
        is_sure = False
        for expression, leaves_out in self.rules:
            found = expression.search(path)
            if found is None:
                continue
            above = bool(found.groupdict().get(_DIRECTORY))
            if (leaves_out and above) or not (above and is_sure):
                decided, is_sure = leaves_out, not above
        return decided


def patterns(lines: Iterable[str]) -> Patterns:
    """What some patterns leave out. Raises ValueError for one that is none, or that can match nothing, as ``[``.

    Empty lines and comments are no patterns, and no mistakes.
    """
    return Patterns(tuple(_read(lines, forgiving=False)))


def lenient(lines: Iterable[str]) -> Patterns:
    """The same; lines that are no patterns are left out, as git does."""
    return Patterns(tuple(_read(lines, forgiving=True)))


def _read(lines: Iterable[str], *, forgiving: bool) -> Iterator[tuple[re.Pattern[str], bool]]:
    from pathspec import GitIgnoreSpec  # costs more than the rest of the start, and single files do not need it

    for line in lines:
        words = line.strip()
        is_pattern = words != "" and not words.startswith("#")
        try:
            if not forgiving and is_pattern and _OPEN.search(words):
                raise ValueError("a bracket is open")
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # Python's, of `[[`: what pathspec makes of a pattern is its own affair
                rules = [
                    (re.compile(_at_first(each.regex.pattern)), each.include)
                    for each in GitIgnoreSpec.from_lines([line]).patterns
                    if each.regex is not None and each.include is not None
                ]
        except (ValueError, re.error, RecursionError, OverflowError) as error:
            if not forgiving:
                raise ValueError(f"Invalid git pattern: {words!r}") from error
            continue
        if not rules and is_pattern and not forgiving:
            raise ValueError(f"Invalid git pattern: {words!r}")
        yield from rules


def _at_first(expression: str) -> str:
    """An expression of pathspec's that does not come back to a place at which a part of it has fitted."""
    numbers = count()

    def once(inner: str) -> str:
        """A part that is matched once: what ``(?>...)`` says from Python 3.11 on."""
        name = f"_{next(numbers)}"
        return f"(?=(?P<{name}>{inner}))(?P={name})"

    expression = _CHUNK.sub(lambda found: once(f"[^/]*?{found[1]}"), expression)
    first, *others = _MANY.split(expression)
    made = [first]
    while len(others) > 2:
        many, names, *others = others
        made.append(once(f"{many.replace('+', '+?')}?{names}(?=/)"))
    return "".join((*made, *others))
