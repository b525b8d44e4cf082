"""What a user's records are known by: a secret that no tree can bring, since it lies in the user's own cache folder."""

from __future__ import annotations

import os
import stat
import sys
from pathlib import Path
from typing import Final

LENGTH: Final = 32
_OTHERS: Final = stat.S_IRWXG | stat.S_IRWXO


def place() -> Path:
    """Where the secret lies. Raises OSError where a user has no such folder."""
    named = os.environ.get("XDG_CACHE_HOME", "")
    if os.path.isabs(named):
        folder = Path(named)
    elif sys.platform == "win32" and "LOCALAPPDATA" in os.environ:
        folder = Path(os.environ["LOCALAPPDATA"])
    else:
        try:
            home = Path.home()
        except RuntimeError as error:
            raise OSError(str(error)) from error
        folder = home / "Library" / "Caches" if sys.platform == "darwin" else home / ".cache"
    return folder / "logitlint" / "key"


def secret() -> bytes:
    """The secret of this user, made when there is none. Raises OSError when it can be neither read nor made."""
    path = place()
    known = _read(path)
    if known is not None:
        return known
    import tempfile  # the first run alone

    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent)  # which nobody else may read
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(os.urandom(LENGTH))
        os.replace(name, path)
    except OSError:
        os.unlink(name)
        raise
    made = _read(path)  # of runs side by side, the last one's
    if made is None:
        raise OSError("others may read or write there")
    return made


def _read(path: Path) -> bytes | None:
    """What is in a file, when that can be a secret: it is the user's own, and nobody else may read or write it."""
    try:
        status = path.stat()
    except FileNotFoundError:
        return None
    if not stat.S_ISREG(status.st_mode) or status.st_size != LENGTH:
        return None
    if sys.platform != "win32" and (status.st_mode & _OTHERS or status.st_uid != os.geteuid()):
        return None
    found = path.read_bytes()
    return found if len(found) == LENGTH else None
