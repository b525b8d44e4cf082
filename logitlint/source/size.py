"""How large a file may be: what would take all memory is refused before it is read, parsed or repaired."""

from __future__ import annotations

import errno
import re
import stat
from itertools import islice
from pathlib import Path
from typing import Final

import msgspec

MOST_BYTES: Final = 100_000_000
"""Bytes of a file that are still read; a notebook has its pictures among them."""
MOST_VALUES: Final = 10_000_000
"""Values of a notebook's JSON: each takes some fifty bytes of memory, and may take one in the file."""
MOST_CELLS: Final = 10_000
"""Cells of a notebook; each is parsed for itself."""

_WORD: Final = re.compile(r"\w+|[^\w\s]")


def bounded(path: Path, most: int) -> bytes:
    """What is in a file of at most so many bytes.

    Raises OSError also for a larger one, and for what may have no end: a pipe, a device.
    """
    if not stat.S_ISREG(path.stat().st_mode):
        raise OSError(errno.EINVAL, "not a regular file")
    with path.open("rb") as file:
        content = file.read(most + 1)
    if len(content) > most:
        raise OSError(errno.EFBIG, f"too large: more than {most:,} bytes")
    return content


class Limit(msgspec.Struct, frozen=True):
    """How many rows, and how many names, numbers and signs, a program may have."""

    rows: int
    words: int

    def exceeded(self, text: str) -> str | None:
        """What a text has too many of; None when it keeps within the limit."""
        if len(text) <= min(self.rows, self.words):
            return None
        if text.count("\n") + text.count("\r") - text.count("\r\n") > self.rows:
            return f"too large: more than {self.rows:,} rows"
        if next(islice(_WORD.finditer(text), self.words, None), None) is not None:
            return f"too large: more than {self.words:,} names, numbers and signs"
        return None


PARSED: Final = Limit(rows=1_000_000, words=1_000_000)
"""Of a program that is parsed. One of 60,000 lines has half a million words, a table of numbers any number."""
REPAIRED: Final = Limit(rows=100_000, words=200_000)
"""Of a program that is repaired: LibCST's tree takes four kilobytes for each word."""
