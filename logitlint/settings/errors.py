"""What cannot be obeyed, and what was probably meant."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from typing import Final

NEAR: Final = 0.7
"""How alike two words must be (0 to 1, as `difflib` measures it): less, and what is suggested misleads."""


class ConfigurationError(Exception):
    """The configuration or an option cannot be obeyed; the text says why, and what was meant if that can be guessed."""


def suggestion(word: str, known: Iterable[str]) -> str:
    """``; did you mean `select`?``, or nothing when nothing is near."""
    folded = {candidate.lower(): candidate for candidate in known}
    near = difflib.get_close_matches(word.lower(), list(folded), n=10, cutoff=NEAR)
    if not near:
        return ""
    best = max(near, key=lambda each: sum(word.lower().startswith(each[: end + 1]) for end in range(len(each))))
    return f"; did you mean `{folded[best]}`?"
