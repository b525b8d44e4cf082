"""Python 2, put into Python 3 of as many rows: old tutorials, notebooks and the code of papers are full of it.

What the two have in common stays where it stands, to the column; what only Python 2 knows becomes something of the same
length that means the same to whoever follows tensors: ``print loss`` is ``None, loss``, ``except E, e:`` is
``except E   :``. Only the indentation of a file that mixes tabs and blanks is written anew, with tabs to every eighth
column (https://docs.python.org/2.7/reference/lexical_analysis.html#indentation).
"""

from __future__ import annotations

import ast
import re
import warnings
from typing import Final

_STATEMENTS: Final = (
    re.compile(r"print(?:[ \t]+(?!=)[^\s(=.,:)\]]|[ \t]*[\"'])"),
    re.compile(r"exec[ \t]+[\"'\w]"),
)
_SIGNS: Final = tuple(
    map(
        re.compile,
        (
            r"except(?:[ \t]+[\w.]+|[ \t]*\([^()\n]*\))[ \t]*,[ \t]*\w+[ \t]*:",
            r"raise[ \t]+[\w.]+[ \t]*,",
            r"lambda[ \t]*\(",
            r"async[ \t]*=[^=]",
            r"<>",
            r"ur(?<!\wur)[\"']",
            r"L(?<=\dL)\b",
            r"0(?<=[(=,\s]0)\d+(?=[,)\s]|$)",
        ),
    )
)
"""What is seldom found in a file unless it is Python 2, or older than ``async``, the keyword.

Each begins with its letters: so the search goes through a text as fast as one for a word.
"""

_STATEMENT: Final = r"(?:^|(?<=[:;]))[ \t]*"
_TOKEN: Final = re.compile(
    rf"""
      (?P<comment>\#[^\n]*)
    | (?P<string>(?:\b[bBrRuU]{{1,2}})?(?:
          (?P<triple>\"\"\"|''')(?:\\.|.)*?(?P=triple)
        | (?P<quote>["'])(?:\\.|[^\\\n])*?(?P=quote)))
    | (?P<print>{_STATEMENT}print(?=[ \t]*["'`]|[ \t]+[^\s=.,;)>])(?![ \t]*\())
    | (?P<exec>{_STATEMENT}exec[ ](?![ \t]*[(=]))
    | (?P<caught>{_STATEMENT}except\b(?:[^:,()\n]+|[ \t]*\([^()\n]*\)[ \t]*))(?P<name>,[ \t]*\w+[ \t]*)(?=:)
    | (?P<raised>{_STATEMENT}raise[ \t]+[\w.]+[ \t]*),
    | (?P<lambda>\blambda\b[ \t]*)(?P<pattern>\([^:=]*\))(?=[ \t]*:)
    | (?P<keyword>\basync)\b(?![ \t]+(?:def|for|with)\b)
    | (?P<unequal><>)
    | (?P<tick>`)
    | (?P<number>(?<![\w.])(?:0[xX][\da-fA-F]+|\d+))(?P<long>[lL]?)(?![\w.])
    """,
    re.MULTILINE | re.VERBOSE | re.DOTALL,
)
_INDENT: Final = re.compile(r"^[ ]*\t[ \t]*", re.MULTILINE)
_TABS: Final = (8, 4)
"""Where a tab ends: at the next multiple of 8 in Python 2, of 4 for many an editor, when nothing else makes sense."""


def looks_old(text: str) -> bool:
    """Whether a text may be Python 2: a guess that costs little, and is seldom wrong."""
    if any(sign.search(text) for sign in _SIGNS) or ("\n\t" in text and "\n  " in text):
        return True
    found = (word.start() for statement in _STATEMENTS for word in statement.finditer(text))
    return any(text[text.rfind("\n", 0, at) + 1 : at].rstrip(" \t")[-1:] in ("", ":", ";") for at in found)


def modern(text: str) -> str | None:
    """A text of Python 2 in Python 3; None for what is no Python 2 either, or needs nothing."""
    if _error(text) is None:
        return None
    ticks = 0

    def written(token: re.Match[str]) -> str:
        nonlocal ticks
        if token["tick"]:
            ticks += 1
            return "(" if ticks % 2 else ")"
        return _written(token)

    program = _TOKEN.sub(written, text)
    error = _error(program)
    if not isinstance(error, IndentationError):
        return program if error is None else None
    aligned = (_INDENT.sub(lambda indent, tab=tab: indent[0].expandtabs(tab), program) for tab in _TABS)  # type: ignore[misc]
    return next((each for each in aligned if _error(each) is None), None)


def _written(token: re.Match[str]) -> str:
    """What stands for a token, as long as it is."""
    whole = token[0]
    if token["comment"]:
        return whole
    if token["string"]:
        return " " + whole[1:] if whole[:2].lower() == "ur" else whole
    if token["print"]:
        return token["print"].removesuffix("print") + "None,"
    if token["exec"]:
        return token["exec"].removesuffix("exec ") + "None,"
    if token["caught"]:
        return token["caught"] + " " * len(token["name"])
    if token["raised"]:
        return token["raised"] + ";"
    if token["lambda"]:
        return token["lambda"] + token["pattern"].replace("(", " ").replace(")", " ")
    if token["keyword"]:
        return "asyn_"
    if token["unequal"]:
        return "!="
    digits = token["number"]
    if len(digits) > 1 and digits[0] == "0" and digits.isdigit():
        digits = digits.lstrip("0").rjust(len(digits)) if digits.strip("0") else digits
    return digits + " " * len(token["long"])


def _error(text: str) -> Exception | None:
    """Why CPython does not accept a text."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        return error
    return None
