"""The comments meant for us: ``# logitlint: logits`` says what a value is, ``# logitlint: returns logits`` what a
function gives.

A kind may be written as ``log-softmax``, ``log_softmax`` or ``LOG SOFTMAX``; `logitlint.kinds.named` knows which
there are. Other comments may stand on the same line: ``# logitlint: logits  # noqa``.
"""

from __future__ import annotations

import re
from typing import Final

import msgspec

MARK: Final = "logitlint:"
"""What every note contains: a file without it has no notes."""

_NOTE: Final = re.compile(r"#\s*logitlint:\s*(?P<returns>returns\s+)?(?P<kind>[a-z][a-z_ -]*)", re.IGNORECASE)


class Note(msgspec.Struct, frozen=True):
    """One note: the kind as written, and whether it is what a function returns."""

    kind: str
    returns: bool


def note(comment: str) -> Note | None:
    """The note in a comment (with its ``#``), or None."""
    if MARK not in comment.lower():
        return None
    found = _NOTE.search(comment)
    return Note(found["kind"].strip(), found["returns"] is not None) if found else None
