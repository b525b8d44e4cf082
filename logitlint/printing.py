"""How a project's names and texts are shown: what would not show, or would move the cursor, is written as an escape."""

from __future__ import annotations

import re
from typing import Final

from logitlint.findings import Span

_TAB: Final = 4
_COMMAND: Final = re.compile(r"##(?=(?:vso|teamcity)?\[)", re.IGNORECASE)
"""What the runners of GitHub, Azure and TeamCity take for a command wherever it stands in a line of the log."""
_LIVE: Final = re.compile(
    r"""
      <(?=[A-Za-z/!?]) | \](?=[(\[]) | (?<![^\W_])www(?=\.) | :(?=//)             # tags, links, addresses
    | \*(?=\S.*\*) | ~(?=\S.*~) | \$(?=\S.*\$) | (?<!\w)_+(?=[^\s_].*_(?!\w))   # what is closed further on
    | [\[{](?=([+-]).*\1[\]}])                                                  # GitLab: added, deleted
    | [@#!$%&~^](?=[\w"]) | &(?=\#) | \*(?=\w+:) | \[(?=\[|\w+:)              # what is called by its sign
    | :(?=[\w+-]+:) | (?<![^\W_])G[HL]-(?=\d)
    """,
    re.IGNORECASE | re.VERBOSE,
)
"""What begins a tag, goes on a link, opens what is closed further on, or is one by itself: an address, a character by
its name or number, and what GitHub and GitLab take for a person, an issue, a merge request, a label and the like.
"""
_HASH: Final = re.compile(r"(?<![^\W_])(?=[0-9]*[a-f])[0-9a-f]{7,}(?![^\W_])", re.IGNORECASE)
"""What may be taken for a commit. Numbers alone are not looked at: they are dates, more often than not."""
_SIX: Final = re.compile(r".{6}(?=.)")
"""As much of a commit's hash as nobody takes for one."""


def place(span: Span) -> str:
    """``path:row:column``, or ``path:cell 3:row:column`` in a notebook."""
    cell = "" if span.cell is None else f"cell {span.cell}:"
    name = escaped(span.filename)
    if name.lstrip().startswith("::"):  # at the start of a line, a command to GitHub's runner
        name = f"./{name}"
    return f"{name}:{cell}{span.row}:{span.column}"


def escaped(text: str) -> str:
    """The text with tabs widened and everything that would not show, or would move the cursor, written as an escape.

    So is what begins a command to a runner: ``##[``, ``##vso[``.
    """
    shown = text if text.isascii() and text.isprintable() else "".join(map(_shown, text))
    return _COMMAND.sub(r"#\\x23", shown)


def unmarked(text: str) -> str:
    """The text as `escaped` shows it, for who reads it as Markdown: nothing in it is a link, a picture, a tag, code,
    emphasis, or a name that is called. A space stands where one would have been, an apostrophe for a backtick.

    What stands at the start of a line (lists, headings) is not looked for: a message begins with words of ours, and has
    one line. What is taken for one: https://docs.github.com/en/get-started/writing-on-github,
    https://docs.gitlab.com/user/markdown/#gitlab-specific-references.
    """
    plain = _LIVE.sub(r"\g<0> ", escaped(text).replace("`", "'"))
    return _HASH.sub(lambda found: _SIX.sub(r"\g<0> ", found[0]), plain)


def _shown(character: str) -> str:
    if character == "\t":
        return " " * _TAB
    if character.isprintable():
        return character
    return character.encode("unicode_escape").decode("ascii")
