"""What the comments in a fixture say: the findings, known gaps and kinds expected on each line."""

from __future__ import annotations

import difflib
import io
import re
import tokenize
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from logitlint.kinds import UNKNOWN, Kind, named
from logitlint.rules import RULES, UNREADABLE

FIXTURES = Path(__file__).parent.parent / "fixtures"
KNOWN = {rule.code for rule in (*RULES, UNREADABLE)}
WORDS = ("expect", "expect-miss", "kind", "select")

_COMMENT = re.compile(r"#\s*([A-Za-z][A-Za-z_-]*)\s*:(.*)")


class MisspeltError(ValueError):
    """A comment that is nearly one of ours, or that names no rule or kind."""


@dataclass(frozen=True)
class Expectations:
    """By row: the codes to be found, those known to be missed, and the kinds; `select` as on the command line."""

    found: frozenset[tuple[int, str]]
    missed: frozenset[tuple[int, str]]
    kinds: tuple[tuple[int, Kind], ...]
    select: tuple[str, ...]


@dataclass
class _Reading:
    found: set[tuple[int, str]] = field(default_factory=set)
    missed: set[tuple[int, str]] = field(default_factory=set)
    kinds: list[tuple[int, Kind]] = field(default_factory=list)
    select: list[str] = field(default_factory=list)


def expectations(text: str) -> Expectations:
    """Read the comments of a fixture; raises `MisspeltError`."""
    reading = _Reading()
    for row, word, rest in _comments(text):
        if word == "expect":
            reading.found |= {(row, code) for code in _codes(row, rest)}
        elif word == "expect-miss":
            reading.missed |= {(row, code) for code in _codes(row, rest)}
        elif word == "select":
            reading.select += rest.split()
        else:
            reading.kinds.append((row, _kind(row, rest)))
    if both := reading.found & reading.missed:
        raise MisspeltError(f"both expected and missed: {sorted(both)}")
    return Expectations(
        frozenset(reading.found), frozenset(reading.missed), tuple(reading.kinds), tuple(reading.select)
    )


def _comments(text: str) -> Iterator[tuple[int, str, str]]:
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type != tokenize.COMMENT:
            continue
        for part in re.split(r"(?=#)", token.string)[1:]:
            said = _COMMENT.match(part)
            words = said[1] if said else part.strip("# ").split(" ")[0]
            if said and words in WORDS:
                yield token.start[0], words, said[2]
            elif difflib.get_close_matches(words.lower(), WORDS, cutoff=0.75):
                raise MisspeltError(f"row {token.start[0]}: `{part.strip()}` is nearly one of {', '.join(WORDS)}")


def _codes(row: int, rest: str) -> list[str]:
    codes = [code.strip() for code in rest.split(",")]
    if unknown := [code for code in codes if code not in KNOWN]:
        raise MisspeltError(f"row {row}: no such rule: {', '.join(unknown)}")
    return codes


def _kind(row: int, rest: str) -> Kind:
    kind = Kind(0)
    for word in rest.split("|"):
        found = UNKNOWN if word.strip() == "unknown" else named(word)
        if found is None:
            raise MisspeltError(f"row {row}: no such kind: {word.strip()}")
        kind |= found
    return kind
