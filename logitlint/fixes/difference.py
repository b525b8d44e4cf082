"""Repairs as a patch: what `git apply` takes."""

from __future__ import annotations

import difflib
import os
from collections.abc import Iterable, Iterator

_NO_NEWLINE = b"\\ No newline at end of file\n"
_QUOTED = b'"\\'


def base_of(paths: Iterable[str]) -> str:
    """The directory in which a patch of some files is to be applied: the working directory, or one above it.

    git takes no name that leads upwards, so it is above all of them.
    """
    here = os.getcwd()
    folders = [os.path.dirname(os.path.abspath(path)) for path in paths]
    try:
        return os.path.commonpath([here, *folders])
    except ValueError:  # on several drives there is none
        return here


def patch(path: str, before: bytes, after: bytes, base: str) -> Iterator[bytes]:
    """The lines of a unified diff of one file, named as it is seen from a directory."""
    name = os.path.relpath(path, base).replace(os.sep, "/")
    old, new = _named(f"a/{name}"), _named(f"b/{name}")
    lines = difflib.diff_bytes(difflib.unified_diff, _lines(before), _lines(after), old, new, lineterm=b"\n")
    for line in lines:
        yield line if line.endswith(b"\n") else line + b"\n" + _NO_NEWLINE


def _named(name: str) -> bytes:
    """A name as git writes it: between quotes, with escapes, where a character would not show or would end it."""
    content = name.encode("utf-8", "surrogateescape")
    if name.isprintable() and not {'"', "\\"} & set(name):
        return content + (b"\t" if " " in name else b"")  # where the name ends, when it has blanks
    shown = "".join(f"\\{byte:03o}" if byte in _QUOTED or not 32 <= byte < 127 else chr(byte) for byte in content)
    return f'"{shown}"'.encode()


def _lines(content: bytes) -> list[bytes]:
    """Lines as git counts them: they end at a line feed, and at nothing else."""
    lines = [line + b"\n" for line in content.split(b"\n")]
    last = lines.pop()[:-1]
    return [*lines, last] if last else lines
