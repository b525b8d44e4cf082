"""What cannot be obeyed, and what was probably meant."""

from __future__ import annotations

import difflib
from collections.abc import Iterable


class ConfigurationError(Exception):
    """The configuration or an option cannot be obeyed; the text says why, and what was meant if that can be guessed."""


def suggestion(word: str, known: Iterable[str]) -> str:
    """``; did you mean `select`?``, or nothing when nothing is near."""
    folded = {candidate.lower(): candidate for candidate in known}
    near = difflib.get_close_matches(word.lower(), list(folded), n=10)
    if not near:
        return ""
    best = max(near, key=lambda each: sum(word.lower().startswith(each[: end + 1]) for end in range(len(each))))
    return f"; did you mean `{folded[best]}`?"
