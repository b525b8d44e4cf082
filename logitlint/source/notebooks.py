"""Jupyter notebooks: the code cells as one program, and the file again with the source of some cells replaced.

nbformat 4 keeps its cells in ``cells``, nbformat 3 in ``worksheets``. Cells are numbered from 1 over all of them,
whether they hold code or not. Format: https://nbformat.readthedocs.io/en/latest/format_description.html
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from itertools import chain, pairwise, zip_longest
from typing import Final, TypeAlias, Union

from logitlint.source.magics import legible, placeholder
from logitlint.source.size import MOST_CELLS, MOST_VALUES, PARSED
from logitlint.source.text import NOTEBOOK, Cell, Source, TooLarge, Trouble, Unreadable, rows

SUFFIX: Final = NOTEBOOK

Json: TypeAlias = Union[str, int, float, bool, "list[Json]", "dict[str, Json]", None]


def notebook(data: bytes, filename: str) -> Source:
    """A notebook as one program, its code cells one below the other. Raises `Unreadable` for what is no notebook.

    A cell that is no Python is left out alone, and says why. A notebook in another language has no code cells.
    """
    document = _document(data)
    python_by_default = _language(document.get("metadata")) in ("", "python")
    texts = [_said(cell, python_by_default) for cell in chain.from_iterable(_sheets(document))]
    if len(texts) > MOST_CELLS:
        raise TooLarge(f"too large: more than {MOST_CELLS:,} cells")
    excess = PARSED.exceeded("\n".join(text for text in texts if isinstance(text, str)))
    if excess is not None:
        raise TooLarge(excess)
    cells: list[Cell] = []
    program: list[str] = []
    for number, text in enumerate(texts, start=1):
        row = len(program) + 1
        if isinstance(text, Trouble):
            cells.append(Cell(number, row, "", text))
            program.append("")
        elif text is not None:
            lines, trouble = legible(text)
            cells.append(Cell(number, row, text, trouble))
            program += lines
    return Source(filename, "\n".join(program), cells=tuple(cells))


def without(source: Source, trouble: Unreadable) -> Source | None:
    """The program without the cell in which the trouble is; None when there is no such cell to be left out."""
    cell = source.cell(trouble.row)
    if cell is None or cell.trouble is not None:
        return None
    lines = rows(source.text)
    first, count = cell.row - 1, len(rows(cell.text))
    lines[first : first + count] = placeholder(cell.text).split("\n")
    said = Cell(cell.number, cell.row, cell.text, Trouble(trouble.message, trouble.row - first, trouble.column))
    cells = tuple(said if each is cell else each for each in source.cells)
    return Source(source.filename, "\n".join(lines), source.encoding, cells)


def _document(data: bytes) -> dict[str, Json]:
    if not data.strip():
        raise Unreadable("is empty: not a notebook")
    if sum(map(data.count, (b",", b"[", b"{"))) > MOST_VALUES:
        raise TooLarge(f"too large: more than {MOST_VALUES:,} values")
    try:
        document: Json = json.loads(data)
    except json.JSONDecodeError as error:
        cut = " (is it cut off?)" if error.pos >= len(error.doc.rstrip()) or "Unterminated" in error.msg else ""
        raise Unreadable(f"not a notebook: no JSON: {error.msg}{cut}", error.lineno, error.colno) from error
    except UnicodeDecodeError as error:
        raise Unreadable(f"not a notebook: {error.encoding} codec: {error.reason}") from error
    except RecursionError as error:
        raise Unreadable("not a notebook: too deeply nested") from error
    except ValueError as error:  # a number of more digits than Python converts
        raise Unreadable(f"not a notebook: {error}") from error
    if not isinstance(document, dict) or not ("cells" in document or "worksheets" in document):
        raise Unreadable("not a notebook: the JSON has no `cells`")
    return document


def _sheets(document: dict[str, Json]) -> Iterator[list[Json]]:
    """The cells of every worksheet; a notebook of today is one."""
    sheets: Json = [document] if "cells" in document else document["worksheets"]
    for sheet in sheets if isinstance(sheets, list) else [None]:
        cells = sheet.get("cells") if isinstance(sheet, dict) else None
        if not isinstance(cells, list):
            raise Unreadable("not a notebook: `cells` is no list")
        yield cells


def _language(metadata: Json) -> str:
    """The language of the kernel, as the notebook says: ``python``, another name, or nothing."""
    if not isinstance(metadata, dict):
        return ""
    for key, word in (("language_info", "name"), ("kernelspec", "language")):
        said = metadata.get(key)
        name = said.get(word) if isinstance(said, dict) else None
        if isinstance(name, str) and name:
            return "python" if "python" in name.lower() else name.lower()
    return ""


def _said(cell: Json, python_by_default: bool) -> str | Trouble | None:
    """What `_code` gives, or why it gives nothing."""
    try:
        return _code(cell, python_by_default)
    except Unreadable as error:
        return Trouble.of(error)


def _code(cell: Json, python_by_default: bool) -> str | None:
    """The source of a cell of Python, None for any other. Raises `Unreadable` when that cannot be told."""
    if not isinstance(cell, dict):
        raise Unreadable("this cell is no JSON object")
    kind = cell.get("cell_type")
    if not isinstance(kind, str):
        raise Unreadable("this cell has no `cell_type`")
    metadata = cell.get("metadata")
    editor = metadata.get("vscode") if isinstance(metadata, dict) else None
    language = editor.get("languageId") if isinstance(editor, dict) else cell.get("language")
    is_python = language.lower() == "python" if isinstance(language, str) else python_by_default
    if kind != "code" or not is_python:
        return None
    text = _text(cell.get("source", cell.get("input")))
    if text is None:
        raise Unreadable("this cell's `source` is neither text nor a list of lines")
    return text


def _text(source: Json) -> str | None:
    """A source as one text, None for what is no source."""
    pieces = source if isinstance(source, list) else [source]
    text = [piece for piece in pieces if isinstance(piece, str)]
    return "".join(text) if len(text) == len(pieces) else None


# -- writing ----------------------------------------------------------------------------------------------------------

_TOKEN: Final = re.compile(rb'"(?:[^"\\]+|\\.)*"|[][{},:]|[^\s\][{},:"]+', re.DOTALL)
_LINE: Final = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+")
_ENCODED_LINE: Final = re.compile(rb"(?:[^\\]|\\[^n])*?(?:\\n|$)", re.DOTALL)
_ESCAPE: Final = re.compile(rb"(?<!\\)(?:\\\\)*\\u(?!00[0-7])[0-9a-fA-F]{4}")
"""A character that need not be escaped, and is."""

_Key: TypeAlias = Union[str, int, None]


def rewritten(content: bytes, sources: Mapping[int, str]) -> bytes:
    """A notebook's bytes with the source of some cells (by number, from 1) replaced, and every other byte as it was.

    A source that was a list of lines stays one; lines that do not change keep their bytes, new ones are written as the
    notebook writes its text: with or without escapes for what is not ASCII. Raises `Unreadable` for what is no
    notebook, and `KeyError` for a cell that it does not have or that has no source.
    """
    document = _document(content)
    if b"\0" in content or content.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise Unreadable("not a notebook in UTF-8")
    places = _places(content, document)
    ascii_only = content.isascii() and _ESCAPE.search(content) is not None
    done: list[bytes] = []
    end = 0
    for number in sorted(sources, key=lambda number: places[number]):
        start, stop = places[number]
        if _text(json.loads(content[start:stop])) == sources[number]:
            continue
        done += [content[end:start], _encoded(content[start:stop], sources[number], ascii_only)]
        end = stop
    return b"".join([*done, content[end:]])


def _places(content: bytes, document: dict[str, Json]) -> dict[int, tuple[int, int]]:
    """Where the bytes of each cell's source begin and end, by the number of the cell."""
    places = dict(_values(content))
    sheets: list[tuple[_Key, ...]] = [("cells",)]
    if "cells" not in document:
        sheets = [("worksheets", sheet, "cells") for sheet in range(len(list(_sheets(document))))]
    found: dict[int, tuple[int, int]] = {}
    number = 0
    for sheet, cells in zip(sheets, _sheets(document), strict=True):
        for index, cell in enumerate(cells):
            number += 1
            key = "source" if isinstance(cell, dict) and "source" in cell else "input"
            if isinstance(cell, dict) and _text(cell.get(key)) is not None:
                path = (*sheet, index, key)
                found[number] = places[path]
    return found


def _values(content: bytes) -> Iterator[tuple[tuple[_Key, ...], tuple[int, int]]]:
    """Where the values stand that may be the source of a cell, by the keys and indices that lead to them."""
    path: list[_Key] = []
    opened: list[int] = []
    for token in _TOKEN.finditer(content):
        word = token[0]
        if word == b",":
            last = path[-1]
            path[-1] = last + 1 if isinstance(last, int) else None
        elif word == b"{" or word == b"[":
            opened.append(token.start())
            path.append(None if word == b"{" else 0)
        elif path and path[-1] is None and word not in (b"}", b":"):
            path[-1] = json.loads(word)
        elif word != b":":
            start = token.start()
            if word == b"}" or word == b"]":
                path.pop()
                start = opened.pop()
            if len(path) in (3, 5) and path[-1] in ("source", "input"):
                yield tuple(path), (start, token.end())


def _encoded(old: bytes, text: str, ascii_only: bool) -> bytes:
    """A source in the form of the one it replaces."""
    strings = [token for token in _TOKEN.finditer(old) if token[0].startswith(b'"')]
    known: dict[str, bytes] = {}
    for string in strings:
        for line in _ENCODED_LINE.findall(string[0][1:-1]):
            known[json.loads(b'"%b"' % line)] = line
    lines = [
        known.get(line) or json.dumps(line, ensure_ascii=ascii_only).encode("utf-8", "surrogatepass")[1:-1]
        for line in _LINE.findall(text)
    ]
    if not old.startswith(b"["):
        return b'"%b"' % b"".join(lines)
    if not lines:
        return b"[]"
    if not strings:
        return b'["%b"]' % b'", "'.join(lines)
    before, after = old[: strings[0].start()], old[strings[-1].end() :]
    between = old[strings[0].end() : strings[1].start()] if len(strings) > 1 else b"," + (before[1:] or b" ")
    gaps = [old[one.end() : other.start()] for one, other in pairwise(strings)]
    return before + _spaced([b'"%b"' % line for line in lines], [each[0] for each in strings], gaps, between) + after


def _spaced(new: list[bytes], old: list[bytes], gaps: list[bytes], between: bytes) -> bytes:
    """The new lines of a list, with the gaps that the old one has before and behind what does not change."""
    most = min(len(new), len(old)) - 1
    head = next((at for at in range(most) if new[at] != old[at]), most)
    tail = next((at for at in range(most - head) if new[-1 - at] != old[-1 - at]), most - head)
    middle = [between] * (len(new) - 1 - head - tail)
    spaces = [*gaps[:head], *middle, *gaps[len(gaps) - tail :]]
    return b"".join(chain.from_iterable(zip_longest(new, spaces, fillvalue=b"")))
