"""What the findings of a file depend on, in a few bytes: its text, and what it imports, with the texts of those."""

from __future__ import annotations

from collections.abc import Callable
from hashlib import blake2b

import msgspec

from logitlint.project.modules import Project
from logitlint.source.text import Unreadable


class Fingerprints:
    """Answers for the files of one project; `imports` says which files one imports.

    Which file an import means is part of a fingerprint, also that it means none: a new file that hides another, or
    that was missing before, changes it.
    """

    def __init__(self, project: Project, imports: Callable[[str], tuple[str, ...]]) -> None:
        self._project = project
        self._imports = imports
        self._own: dict[str, bytes] = {}

    def of(self, file: str) -> bytes:
        """The fingerprint of a file with all that it imports."""
        seen = {file}
        pending = [file]
        while pending:
            fresh = [each for each in self._imports(pending.pop()) if each not in seen]
            seen.update(fresh)
            pending += fresh
        whole = blake2b(self._alone(file), digest_size=20)
        for digest in sorted(map(self._alone, seen)):
            whole.update(digest)
        return whole.digest()

    def _alone(self, file: str) -> bytes:
        known = self._own.get(file)
        if known is None:
            try:
                source = msgspec.msgpack.encode(self._project.source(file))
            except (Unreadable, UnicodeEncodeError):
                source = b""
            names = "\0".join((file, *self._imports(file)))
            made = blake2b(source, digest_size=20)
            made.update(names.encode("utf-8", "surrogatepass"))
            known = self._own[file] = made.digest()
        return known
