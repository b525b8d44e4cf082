"""Proof with numbers, on the frameworks that are installed; `watch` looks at the numbers of a program that trains."""

from logitlint.runtime.watch import BlindWarning, WrongKindError, WrongKindWarning, watch

__all__ = ["BlindWarning", "WrongKindError", "WrongKindWarning", "watch"]
