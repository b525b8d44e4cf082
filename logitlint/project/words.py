"""Which words a program says, as text: what may name something, and a few that are made for what words do not tell.

No program can say those that are made, since they are no names.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator, Sequence
from typing import Final

_WORD: Final = re.compile(r"[^\W\d]\w*|(?<![\w.])0?\.50*(?!\w)")
Words = frozenset[str]
Kept = tuple[str, ...]
"""Words as they are kept: most are never asked for, and a set takes five times as much room."""
HALVES: Final = frozenset({"0.5", ".5", "0.50"})
"""The one number that counts as a word: where a probability is decided."""
_REGISTERS: Final = re.compile("regist(?!ers)", re.IGNORECASE)
"""Not the noun: ``DinoV2WithRegisters``."""
_FILLS: Final = re.compile("[Rr]egister(?!ed|s)")
_LOOKED_UP: Final = re.compile(
    r"""\bgetattr\(\s*(?!(?:[\w.\[\]]|\(\))*\s*,\s*["'])([^\W\d]\w*)?"""
    r"""|\bvars\(\s*([^\W\d]\w*)?|([^\W\d]\w*)\.__dict__"""
)
"""Where something is looked up by a name that is not written out."""
_PROSE: Final = re.compile(
    r"""\"{3}(?:[^"\\]|\\.|\"(?!\"{2}))*\"{3}|'{3}(?:[^'\\]|\\.|'(?!'{2}))*'{3}"""
    r"""|"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|\#[^\n]*""",
    re.DOTALL,
)
"""Texts and comments."""
_SPACE: Final = re.compile(r"\s")
_BREAK: Final = re.compile(r"[\r\n]")
_CODE: Final = re.compile(r"\{(?:[^{}]|\{[^{}]*\})*\}|[\r\n]")
_GIVEN: Final = re.compile(r"""\b([A-Z]\w*)\(\s*(?!(?:True|False|None)\b|\w+\s*=(?!=)|[\d"')-])""")
"""A class whose first argument is neither written out nor given by name."""
_HANDED_OUT: Final = re.compile(r"\breturn[ \t]+(?:\w+\.)*([A-Z]\w*)[ \t]*(?:[\r\n]|$)")
"""A class that a function returns."""
BY_NAME: Final = "*"
"""The word that says that something is looked up by a name made at run time."""
_IN: Final = ".*"
_DECORATES: Final = "@"
_LEAST_AFFIX: Final = 3
_OWN: Final = ("self", "cls")


def looked_up(name: str) -> str:
    """The word that says that this is done in what `name` stands for."""
    return f"{name}{_IN}"


def looked_into(words: Words) -> Iterator[str]:
    """The names of what something is looked up in so; empty where it has none."""
    return (word.removesuffix(_IN) for word in words if word.endswith(_IN))


def given(name: str) -> str:
    """The word that says that a class is given something that is not written out."""
    return f"{name}("


def handed_out(name: str) -> str:
    """The word that says that a class is returned, for others to call."""
    return f"return {name}"


def decorates(name: str) -> str:
    """The word that says that a name decorates, and nothing else."""
    return f"{_DECORATES}{name}"


def decorating(words: Words) -> Iterator[tuple[str, str]]:
    """Of some words those that say so, each with the name."""
    return ((word, word.removeprefix(_DECORATES)) for word in words if word.startswith(_DECORATES))


def affixed(names: Words, words: Words) -> Words:
    """Of some names, those that begin or end with one of some words: ``getattr(models, f"{kind}Loss")``."""
    parts = tuple(word for word in words if len(word) >= _LEAST_AFFIX)
    return frozenset(name for name in names if name.startswith(parts) or name.endswith(parts))


def registers(name: str) -> bool:
    """Whether a name is that of something which registers, or keeps what is registered."""
    return _REGISTERS.search(name) is not None


def fills(name: str) -> bool:
    """Whether a function of that name registers something."""
    return _FILLS.search(name) is not None


def named_in(text: str) -> list[str]:
    """The words of a text, as often as it has them."""
    return _WORD.findall(text)


def without_prose(text: str) -> str:
    """A program without comments and without what its texts say; rows stay where they are."""
    return _PROSE.sub(_without_prose, text)


def _without_prose(found: re.Match[str]) -> str:
    """Of a text that says something instead of naming it, its rows, and the code in it (``f"..."``)."""
    text, start = found[0], found.start()
    if text[0] == "#":
        return ""
    if _SPACE.search(text) is None:
        return text
    holds_code = "f" in found.string[max(start - 2, 0) : start].lower()
    return "".join((_CODE if holds_code else _BREAK).findall(text))


class Rows:
    """The rows of a text; of those that were asked for last, the words are kept: a row may hold many statements."""

    def __init__(self, lines: Sequence[str]) -> None:
        self._lines = lines
        self._last: tuple[int, int] = (0, 0)
        self._said: Words = frozenset()

    def words(self, first: int, last: int) -> Words:
        """The words in some rows, the last included."""
        if (first, last) != self._last:
            text = self.text(first, last)
            said = _WORD.findall(text)
            if "getattr" in text or "vars" in text or "__dict__" in text:
                for found in _LOOKED_UP.finditer(text):
                    name = found[1] or found[2] or found[3]
                    if name not in _OWN:
                        said += [BY_NAME, looked_up(name or "")]
            said += [given(name) for name in _GIVEN.findall(text)]
            said += [handed_out(name) for name in _HANDED_OUT.findall(text)]
            self._last, self._said = (first, last), frozenset(map(sys.intern, said))
        return self._said

    def text(self, first: int, last: int) -> str:
        """Some rows, the last included."""
        return "\n".join(self._lines[first - 1 : last])
