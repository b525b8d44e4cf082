"""How a project's names and texts are shown: what would not show, or would move the cursor, is written as an escape."""

from __future__ import annotations

import re
from typing import Final

from logitlint.findings import Span

_TAB: Final = 4
_LIVE: Final = re.compile(r"<(?=[A-Za-z/!?])|\](?=[(\[])|[@#!$%&~](?=[\w\"])|\bwww(?=\.)|:(?=//)", re.IGNORECASE)
"""What begins a tag, goes on a link, or is one by itself: an address, and what GitHub and GitLab take for a person, an
issue, a merge request, a snippet, a milestone, an epic or a label.
"""


def place(span: Span) -> str:
    """``path:row:column``, or ``path:cell 3:row:column`` in a notebook."""
    cell = "" if span.cell is None else f"cell {span.cell}:"
    name = escaped(span.filename)
    if name.lstrip().startswith("::"):  # at the start of a line, a command to GitHub's runner
        name = f"./{name}"
    return f"{name}:{cell}{span.row}:{span.column}"


def escaped(text: str) -> str:
    """The text with tabs widened and everything that would not show, or would move the cursor, written as an escape.

    So is ``##[``, which GitHub's runner takes for a command wherever it stands in a line of the log.
    """
    shown = text if text.isascii() and text.isprintable() else "".join(map(_shown, text))
    return shown.replace("##[", "#\\x23[")


def unmarked(text: str) -> str:
    """The text as `escaped` shows it, for who reads it as Markdown: nothing in it is a link, a picture, a tag or a name
    that is called. A space stands where one would have been.

    What is taken for one: https://docs.github.com/en/get-started/writing-on-github,
    https://docs.gitlab.com/user/markdown/#gitlab-specific-references.
    """
    return _LIVE.sub(r"\g<0> ", escaped(text))


def _shown(character: str) -> str:
    if character == "\t":
        return " " * _TAB
    if character.isprintable():
        return character
    return character.encode("unicode_escape").decode("ascii")
