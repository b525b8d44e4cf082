"""The comments meant for us: ``# logitlint: logits`` says what a value is, ``# logitlint: returns logits`` what a
function gives.

A kind may be written as ``log-softmax``, ``log_softmax`` or ``LOG SOFTMAX``; `logitlint.kinds.named` knows which
there are. Other comments may stand on the same line: ``# logitlint: logits  # noqa``.
"""

from __future__ import annotations

import io
import re
import tokenize
from collections.abc import Iterator
from contextlib import suppress
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


def notes(text: str) -> Iterator[tuple[tuple[int, int], Note]]:
    """Every note of a program that CPython accepts, with its row and column from 1."""
    if MARK not in text.lower():
        return
    with suppress(tokenize.TokenError, SyntaxError):  # at the end of a text that the tokenizer alone does not accept
        for token in tokenize.generate_tokens(io.StringIO(text).readline):
            if token.type == tokenize.COMMENT and (found := note(token.string)) is not None:
                yield (token.start[0], token.start[1] + 1), found
