"""Files written whole or not at all."""

from __future__ import annotations

import os
import stat
import tempfile
from collections.abc import Mapping
from contextlib import suppress


class Unwritable(Exception):  # noqa: N818 - it names what the file is
    """Nothing was written: the file that stood in the way, and the reason."""

    def __init__(self, path: str, reason: str) -> None:
        super().__init__(f"{path}: {reason}")
        self.path = path
        self.reason = reason


def write_all(contents: Mapping[str, tuple[bytes, bytes]]) -> None:
    """Replace the bytes of some files, all or none: for each path, what it must hold now, and what it is to hold.

    Each is written beside the file it replaces and moved into its place; links are followed, modes kept. Raises
    `Unwritable`; what was moved already is then put back.
    """
    staged: dict[str, str] = {}
    moved: list[str] = []
    path = ""
    try:
        for path, (before, after) in contents.items():
            target = os.path.realpath(path)
            with open(target, "rb") as file:
                if file.read() != before:
                    raise Unwritable(path, "it was changed meanwhile")
            if not os.access(target, os.W_OK):
                raise Unwritable(path, "it is read-only")
            staged[path] = _stage(target, after)
        for path, temporary in staged.items():
            os.replace(temporary, os.path.realpath(path))
            moved.append(path)
    except (OSError, Unwritable) as error:
        for each in moved:
            with suppress(OSError):
                target = os.path.realpath(each)
                os.replace(_stage(target, contents[each][0]), target)
        if isinstance(error, Unwritable):
            raise
        raise Unwritable(path, error.strerror or str(error)) from error
    finally:
        for temporary in staged.values():
            with suppress(OSError):
                os.unlink(temporary)


def _stage(target: str, content: bytes) -> str:
    """A file beside another, on disk, with its mode and owner."""
    folder, name = os.path.split(target)
    before = os.stat(target)
    handle, temporary = tempfile.mkstemp(dir=folder, prefix=f".{name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.chmod(temporary, stat.S_IMODE(before.st_mode))
        if hasattr(os, "chown"):
            with suppress(OSError):
                os.chown(temporary, before.st_uid, before.st_gid)
    except OSError:
        os.unlink(temporary)
        raise
    return temporary
