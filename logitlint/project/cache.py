"""Records kept between runs, in a folder of their own.

A record is a file named for what it is about; what it says it is made from is checked by its reader. Records are
written beside their place and moved into it, so that runs side by side never read half of one. Whatever goes wrong
with a record, it is as if there were none. A folder may come with the tree that is checked: what in it leads elsewhere
by a link is not written to, what is no file is not read, and a record that this user has not written is none. That is
told by its seal, which takes the user's secret to make.
"""

from __future__ import annotations

import os
import stat
import tempfile
from contextlib import suppress
from hashlib import blake2b
from hmac import compare_digest
from pathlib import Path
from typing import Final

NAME: Final = ".logitlint_cache"
SEAL: Final = 32
"""Bytes before a record that say who has written it."""
LARGEST: Final = 4_000_000
"""Bytes of a record that is still read."""
_MARKS: Final = {
    ".gitignore": "# made by logitlint\n*\n",
    "CACHEDIR.TAG": "Signature: 8a477f597d28d172789f06886806bc55\n# made by logitlint; may be deleted\n",
}


def beside(root: Path) -> Path | None:
    """The cache folder in a root; None for a link, which came with the tree, and leads who knows where."""
    folder = root / NAME
    return None if folder.is_symlink() else folder


class Cache:
    """The records of one version of the tool, which lie under its name in `folder`, of the user who has a secret."""

    def __init__(self, folder: Path, version: str, secret: bytes) -> None:
        self._folder = folder
        self._secret = secret
        self._records = folder / version
        self._made = False

    def load(self, key: bytes) -> bytes | None:
        """The record of that key; None when there is none that can be read."""
        try:
            path = self._path(key)
            status = path.stat()
            readable = stat.S_ISREG(status.st_mode) and status.st_size <= LARGEST
            content = path.read_bytes() if readable else b""
        except OSError:
            return None
        record = content[SEAL:]
        return record if compare_digest(content[:SEAL], self._seal(key, record)) else None

    def store(self, key: bytes, record: bytes) -> None:
        """Keep a record, in place of an earlier one; without a word when that cannot be done."""
        path = self._path(key)
        try:
            self._make()
            path.parent.mkdir(exist_ok=True)
            if os.path.realpath(path.parent) != os.path.join(os.path.realpath(self._records), path.parent.name):
                return
            handle, name = tempfile.mkstemp(dir=path.parent)
            try:
                with os.fdopen(handle, "wb") as file:
                    file.write(self._seal(key, record) + record)
                os.replace(name, path)
            except OSError:
                os.unlink(name)
        except OSError:
            return

    def _seal(self, key: bytes, record: bytes) -> bytes:
        made = blake2b(digest_size=SEAL, key=self._secret)
        for part in (self._records.name.encode(), key, record):
            made.update(len(part).to_bytes(8, "big"))
            made.update(part)
        return made.digest()

    def _path(self, key: bytes) -> Path:
        name = blake2b(key, digest_size=16).hexdigest()
        return self._records / name[:2] / name[2:]

    def _make(self) -> None:
        if self._made:
            return
        self._records.mkdir(parents=True, exist_ok=True)
        if os.path.realpath(self._records) != os.path.join(os.path.realpath(self._folder), self._records.name):
            raise OSError("the records lie elsewhere")
        for name, text in _MARKS.items():
            with suppress(FileExistsError), open(self._folder / name, "x", encoding="utf-8") as mark:
                mark.write(text)
        self._made = True
