"""The texts that have been read: the last ones as they are, those before them packed."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from typing import Final

import msgspec
from msgspec.structs import replace

from logitlint.source.text import Source

MOST_PLAIN: Final = 8_000_000
"""Characters that are kept as they are. In memory one takes up to four bytes, packed a quarter of one."""
_FASTEST: Final = 1


class _Packed(msgspec.Struct, frozen=True):
    """A source without its text, and its text."""

    rest: Source
    text: bytes


class Texts:
    """Sources by file. One that holds more than its text, a notebook, stays as it is."""

    def __init__(self) -> None:
        self._files: dict[str, None] = {}
        self._whole: dict[str, Source] = {}
        self._plain: dict[str, Source] = {}
        self._packed: dict[str, _Packed] = {}
        self._size = 0

    def __iter__(self) -> Iterator[str]:
        """The files, in the order in which their texts came."""
        return iter(self._files)

    def get(self, file: str) -> Source | None:
        """The source of a file, where there is one."""
        source = self._plain.get(file) or self._whole.get(file)
        if source is None and (packed := self._packed.get(file)) is not None:
            text = zlib.decompress(packed.text).decode("utf-8", "surrogatepass")
            source = replace(packed.rest, text=text)
            self._keep(file, source)
        return source

    def put(self, file: str, source: Source) -> None:
        """Keep the source of a file, in place of the one before."""
        self._files.setdefault(file)
        self._whole.pop(file, None)
        self._packed.pop(file, None)
        if (before := self._plain.pop(file, None)) is not None:
            self._size -= len(before.text)
        if source.cells or source.program is not None or source.troubles:
            self._whole[file] = source
        else:
            self._keep(file, source)

    def _keep(self, file: str, source: Source) -> None:
        self._plain[file] = source
        self._size += len(source.text)
        while self._size > MOST_PLAIN and len(self._plain) > 1:
            oldest = next(iter(self._plain))
            given = self._plain.pop(oldest)
            self._size -= len(given.text)
            if oldest not in self._packed:  # else it was packed before, and has only been read since
                text = zlib.compress(given.text.encode("utf-8", "surrogatepass"), _FASTEST)
                self._packed[oldest] = _Packed(replace(given, text=""), text)
