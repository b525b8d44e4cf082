"""A file's text, and the gate it has to pass: what CPython does not accept goes no further."""

from __future__ import annotations

import ast
import io
import re
import tokenize
import warnings
from bisect import bisect_right
from pathlib import Path
from typing import Final

import msgspec

from logitlint.source.nesting import too_deep

_NEWLINE: Final = re.compile(r"\r\n|\r|\n")
_PYTHON_2_WORDS: Final = re.compile(
    r"Missing parentheses in call to '(?:print|exec)'|multiple exception types must be parenthesized"
    r"|leading zeros in decimal integer literals"
)
_PYTHON_2_LINE: Final = re.compile(
    r"^\s*(?:print\s+[^\s(=.,:)\]]|exec\s+[\"'\w]|raise\s+[\w.]+\s*,|except\s+[\w.]+\s*,\s*\w+\s*:)"
    r"|\b0[0-7]+\b|\b\d+[lL]\b|<>|`|\b[uU][rR][\"']"
)


class Trouble(msgspec.Struct, frozen=True):
    """Why nothing can be said of a cell, and where in it: row and column from 1."""

    message: str
    row: int = 1
    column: int = 1

    @classmethod
    def of(cls, error: Unreadable) -> Trouble:
        """What an exception says."""
        return cls(error.message, error.row, error.column)


class Cell(msgspec.Struct, frozen=True):
    """A code cell of a notebook.

    number
        Its position over all cells, from 1.
    row
        The row of the program in which it begins; it has as many rows there as in the notebook.
    text
        What the notebook says. The program says it in Python: without magics, and nothing for what cannot be read.
    """

    number: int
    row: int
    text: str
    trouble: Trouble | None = None


class Source(msgspec.Struct, frozen=True):
    """What a file says.

    filename
        The name it is reported under.
    text
        Its characters, without the byte order mark and with the line endings it has: ``text.encode(encoding)`` gives
        the bytes back.
    encoding
        The codec, ``utf-8-sig`` when there is a byte order mark.
    cells
        The code cells of a notebook, in order; its text is the program they make together.
    """

    filename: str
    text: str
    encoding: str = "utf-8"
    cells: tuple[Cell, ...] = ()

    @property
    def lines(self) -> list[str]:
        """The rows as CPython counts them, without their line endings."""
        return rows(self.text)

    def cell(self, row: int) -> Cell | None:
        """The cell in which a row of the program stands."""
        after = bisect_right(self.cells, row, key=lambda cell: cell.row)
        return self.cells[after - 1] if after else None


class Unreadable(Exception):  # noqa: N818 - it names what the file is
    """A file about which nothing can be said: the reason, and the place, row and column from 1."""

    def __init__(self, message: str, row: int = 1, column: int = 1) -> None:
        super().__init__(message)
        self.message = message
        self.row = row
        self.column = column


def rows(text: str) -> list[str]:
    """The rows of a text as CPython counts them: they end at newlines, not at form feeds or other separators."""
    return _NEWLINE.split(text) if "\r" in text else text.split("\n")


def read(path: Path, filename: str | None = None) -> Source:
    """A file from disk, reported as `filename`. Raises `Unreadable` when it is missing, may not be read or decoded."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise Unreadable(f"cannot be read: {error.strerror or error}") from error
    except ValueError as error:  # a null character in the path
        raise Unreadable(f"cannot be read: {error}") from error
    return decode(data, filename or str(path))


def decode(data: bytes, filename: str) -> Source:
    """Bytes as Python reads them: byte order mark, PEP 263 coding line, else UTF-8. Raises `Unreadable`.

    A notebook, known by its name, is decoded to the program that its cells make.
    """
    if filename.endswith(".ipynb"):
        from logitlint.source.notebooks import notebook  # most runs see none

        return notebook(data, filename)
    try:
        encoding, _ = tokenize.detect_encoding(io.BytesIO(data).readline)
    except SyntaxError as error:
        if not str(error.msg).startswith("invalid or missing"):  # the first two rows are no UTF-8: say where
            raise Unreadable(f"cannot be decoded: {error.msg}") from error
        encoding = "utf-8"
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # codecs such as unicode_escape warn about what they read
            text = data.decode(encoding)
    except UnicodeDecodeError as error:
        before = rows(data[: error.start].decode(encoding, "replace"))
        words = f"cannot be decoded: {error.encoding} codec: {error.reason}"
        raise Unreadable(words, len(before), len(before[-1]) + 1) from error
    except (LookupError, ValueError) as error:  # hex and its like do not give text
        raise Unreadable(f"cannot be decoded: {error}") from error
    return Source(filename, text, encoding)


def gate(source: Source) -> ast.Module:
    """The tree CPython makes of a file. Raises `Unreadable` with CPython's own words and place when it makes none.

    Everything that is looked at further has passed here: LibCST's parser overflows the stack, and takes the process
    with it, on nesting that CPython refuses. What CPython lets through and LibCST would not survive is refused as well.
    """
    text = source.text
    null = text.find("\0")
    if null >= 0:
        before = rows(text[:null])
        raise Unreadable("source code cannot contain null bytes", len(before), len(before[-1]) + 1)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.parse(text)
    except SyntaxError as error:
        raise _syntax(error, source) from error
    except (RecursionError, MemoryError) as error:
        raise Unreadable(f"too deeply nested: {str(error) or 'too complex to parse'}") from error
    except ValueError as error:  # lone surrogates
        raise Unreadable(str(error)) from error
    deep = too_deep(tree, source.lines)
    if deep is not None:
        raise Unreadable("too deeply nested", *deep)
    return tree


def _syntax(error: SyntaxError, source: Source) -> Unreadable:
    lines = source.lines
    row = max(1, error.lineno or 1)
    column = max(1, error.offset or 1)
    line = lines[row - 1] if row <= len(lines) else ""
    kind = type(error).__name__
    words = error.msg if kind == "SyntaxError" else f"{kind}: {error.msg}"
    invalid = words.startswith("invalid")
    if _PYTHON_2_WORDS.search(words) or (invalid and _PYTHON_2_LINE.search(line)):
        words = f"{words} (is this Python 2?)"
    return Unreadable(words, row, column)
