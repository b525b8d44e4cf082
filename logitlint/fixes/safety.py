"""How far a repair may be trusted, and what it changes."""

from __future__ import annotations

import enum


class Applicability(enum.Enum):
    """When a repair is applied."""

    SAFE = "safe"
    """With ``--fix``."""
    UNSAFE = "unsafe"
    """With ``--unsafe-fixes`` only: what a model or function returns changes."""
    DISPLAY = "display"
    """Never: it is shown, and a person decides."""


class Effect(enum.Enum):
    """What becomes different when the program runs."""

    SAME_VALUE = "same-value"
    """Nothing, but for rounding."""
    CHANGES_LOSS = "changes-loss"
    """The loss, and so the training; nothing else that is computed."""
    CHANGES_OUTPUT = "changes-output"
    """What a model or function returns."""
