"""Repairs in tests: the text of a file after them."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from logitlint.documents import Document
from logitlint.fixer import Fixer, Repaired
from logitlint.settings import Settings

FILE = "example.py"


def repaired(text: str, *codes: str, unsafe: bool = True, file: str = FILE) -> str:
    """The text with everything that these rules find repaired."""
    return repair({file: text}, codes, unsafe=unsafe)[1].get(file, text)


def repair(texts: Mapping[str, str], codes: Collection[str], *, unsafe: bool = True) -> tuple[Repaired, dict[str, str]]:
    """What came of repairing some texts, and those that were changed."""
    fixer = Fixer(Settings(enabled=frozenset(codes)), unsafe=unsafe)
    given = {file: Document.of(text.encode(), file) for file, text in texts.items()}
    result = fixer.repair(texts, given)
    assert not [failure for report in result.reports for failure in report.failures]
    return result, {file: document.content.decode() for file, document in result.after.items()}
