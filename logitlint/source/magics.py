"""IPython's own syntax, put into Python of as many rows: magics, shell lines, questions.

What IPython runs as Python stays where it stands, to the column: ``%time loss = step()`` becomes
``0    ;loss = step()``. A cell that is indented as a whole is moved to the left, the rest becomes
``pass`` or a blank row. IPython's rules:
https://ipython.readthedocs.io/en/stable/interactive/reference.html
"""

from __future__ import annotations

import ast
import re
import warnings
from collections.abc import Callable
from typing import Final

from msgspec import structs

from logitlint.source.python2 import modern
from logitlint.source.text import Source, Trouble, Unreadable, gate, rows

UNKNOWN: Final = "get_ipython()"
"""What stands for a value that only IPython knows."""

_RUN_THEIR_CELL: Final = frozenset(
    {"capture", "debug", "ipytest", "lprun", "memit", "mprun", "prun", "pyinstrument", "scalene", "time", "timeit"}
    | {"wandb"}
)
"""Cell magics that run the rest of the cell among the notebook's own names; what others do with it is not known."""
_RUN_THEIR_LINE: Final = frozenset({"lprun", "memit", "mprun", "prun", "time", "timeit"})
_AUTOMATIC: Final = re.compile(
    r"(?:cat|cd|conda|cp|env|less|ll|ls|mamba|man|matplotlib|mkdir|more|mv|pip|pwd|rm|rmdir|uv)(?:\s+(?:\.{1,2}(?:/|$)|[^\s=(,.:\[]).*)?$"
)
"""Lines that IPython takes for magics although no ``%`` says so."""

_CELL_MAGIC: Final = re.compile(r"%%(?P<name>\w[\w.]*)?")
_LINE_MAGIC: Final = re.compile(
    r"%{1,2}(?P<name>\w+)(?:\s+-[fmTDso]\s+[^\s-]\S*|\s+-[a-zA-Z]\w*(?:\s+\d+)?)*\s*(?P<rest>.*)", re.DOTALL
)
_TARGET: Final = r"[A-Za-z_][\w.]*(?:\[[^][=]*\][\w.]*)*"
_ASSIGNED: Final = re.compile(rf"(?P<target>\s*{_TARGET}(?:\s*,\s*\*?{_TARGET})*\s*=\s*)[!%][^=]")
_QUESTION: Final = re.compile(r"(?:\?{1,2}\s*%{0,2}[\w.*]+|%{0,2}[\w.*]+(?:\[[\w'\"]*\])?\s*\?{1,2})\s*;?\s*(?:#.*)?$")
_QUESTION_AT_END: Final = re.compile(r"[A-Za-z_*%](?:[\w*]|\.(?!\d)[\w*]|\[-?\d+\])*\?{1,2}$")
_PROMPT: Final = re.compile(r">>>(?: |$)|\.\.\.(?: |$)|In \[\d+\]: | *\.{3,}: ?")
_RUN: Final = re.compile(r"%run\s+(?:-[int]\s+)*(?P<quote>[\"']?)(?:\./)?(?P<path>[\w/]+?)(?:\.py)?(?P=quote)(?:\s|$)")
_TOKEN: Final = re.compile(
    r"#.*|(?P<triple>\"\"\"|''')|\"(?:[^\"\\]|\\.)*\"?|'(?:[^'\\]|\\.)*'?|(?P<open>[(\[{])|(?P<close>[)\]}])"
)


def parses(text: str) -> bool:
    """Whether CPython accepts a text."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return True


def python(text: str) -> str:
    """A cell as Python with the same rows: unchanged when it is Python, and as far as possible when it cannot be."""
    if parses(text):
        return text
    lines = _unprompted(_dedented(rows(text)))
    plain = _Reading([*lines], automatic=False).python()
    if parses(plain):
        return plain
    loose = _Reading(lines, automatic=True).python()
    return loose if parses(loose) else plain


def legible(text: str) -> tuple[list[str], Trouble | None]:
    """The rows of a cell in the program, as many as the cell has; and what is wrong with them, if something is.

    Nothing but imports is left of a cell that is no Python of any kind.
    """
    code = python(text)
    try:
        gate(Source("", code))
    except Unreadable as error:
        trouble = Trouble.of(error)
        old = modern(code)
        try:
            gate(Source("", old or code))
        except Unreadable:
            return placeholder(text).split("\n"), trouble
        return rows(old or code), structs.replace(trouble, is_read=True)
    return rows(code), None


def _dedented(lines: list[str]) -> list[str]:
    """A cell may be indented as a whole: what its first row begins with is taken from every row that has it."""
    first = next((line for line in lines if line.strip()), "")
    indent = first[: len(first) - len(first.lstrip())]
    return [line.removeprefix(indent) for line in lines]


def _unprompted(lines: list[str]) -> list[str]:
    """A cell that was pasted with its prompts, ``>>> x = 1`` or ``In [1]: x = 1``, without them, as IPython runs it."""
    first = next((line for line in lines if line.strip()), "")
    return (
        [_PROMPT.sub("", line, count=1) for line in lines]
        if first[:1] in (">", "I") and _PROMPT.match(first)
        else lines
    )


def _asks(words: str) -> bool:
    """Whether a row ends in a question, ``import b; b.f??``: IPython answers it, and runs nothing of the row."""
    tokens = list(_TOKEN.finditer(words)) if words.endswith("?") else []
    if any(token["triple"] or token.end() == len(words) for token in tokens):
        return False
    return _QUESTION_AT_END.search(words) is not None


class _Reading:
    """One way through the rows of a cell."""

    def __init__(self, lines: list[str], *, automatic: bool) -> None:
        self.lines = lines
        self.automatic = automatic
        self.row = 0
        self.depth = 0
        self.quote = ""

    def python(self) -> str:
        """The rows put into Python."""
        head = next((row for row, line in enumerate(self.lines) if line.strip() and line.lstrip()[0] != "#"), None)
        if head is not None and (magic := _CELL_MAGIC.match(self.lines[head])):
            if magic["name"] not in _RUN_THEIR_CELL:
                return "\n" * (len(self.lines) - 1)
        while self.row < len(self.lines):
            if not self.depth and not self.quote and self._starts_here():
                self._special(self.lines[self.row])
            else:
                self._scan(self.lines[self.row])
                self.row += 1
        return "\n".join(self.lines)

    def _starts_here(self) -> bool:
        """Whether a statement may start in this row: the one before does not end in a backslash."""
        return not self.row or not self.lines[self.row - 1].endswith("\\")

    def _special(self, line: str) -> None:
        """The row at which a statement starts, with those that continue it."""
        words = line.strip()
        indent = line[: len(line) - len(line.lstrip())]
        if words[:1] in ("%", "!", "/", ",", ";") or _QUESTION.match(words) or _asks(words):
            whole = self._continued()
            self._replace(len(whole), _magic("\n".join(whole)[len(indent) :], indent))
        elif assigned := _ASSIGNED.match(line):
            self._replace(len(self._continued()), assigned["target"] + UNKNOWN)
        elif self.automatic and _AUTOMATIC.match(words):
            self._replace(1, indent + "pass")
        else:
            self._scan(line)
            self.row += 1

    def _continued(self) -> list[str]:
        """The row, and those in which backslashes continue it."""
        last = self.row
        while self.lines[last].endswith("\\") and last + 1 < len(self.lines):
            last += 1
        return self.lines[self.row : last + 1]

    def _replace(self, count: int, text: str) -> None:
        """Put a text in the place of some rows; those it does not fill are blank."""
        new = text.split("\n")
        self.lines[self.row : self.row + count] = [*new, *[""] * (count - len(new))]
        self.row += count

    def _scan(self, line: str) -> None:
        """Go on through a row of Python: which brackets and long strings are open after it."""
        place = 0
        while place < len(line):
            if self.quote:
                end = re.compile(rf"(?:[^\\]|\\.)*?{self.quote}").match(line, place)
                if end is None:
                    return
                self.quote = ""
                place = end.end()
                continue
            token = _TOKEN.search(line, place)
            if token is None:
                return
            place = token.end()
            self.quote = token["triple"] or ""
            self.depth = max(0, self.depth + (token["open"] is not None) - (token["close"] is not None))


def _magic(text: str, indent: str) -> str:
    """One magic, shell line or question (its rows) in Python."""
    imported = run_as_import(text)
    if imported is not None:
        return indent + imported
    found = _LINE_MAGIC.match(text)
    if found is not None and found["name"] in _RUN_THEIR_LINE and found["rest"]:
        statement = "0" + " " * (found.start("rest") - 2) + ";" + found["rest"]
        if parses(statement):
            return indent + statement
    return indent + "pass"


def run_as_import(text: str) -> str | None:
    """``%run helpers.py`` as ``from helpers import *``; None for other magics, and for what Python cannot import."""
    run = _RUN.match(text)
    module = run["path"].replace("/", ".") if run else ""
    return f"from {module} import *" if module and all(map(str.isidentifier, module.split("."))) else None


_BOUND: Final[tuple[Callable[[str], list[str]], ...]] = (
    re.compile(r"^\s*([A-Za-z_]\w*)\s*(?:[.\[=,:]|[-+*/@]=)").findall,  # x = ..., x.y = ..., x.add(...), x, y = ...
    re.compile(r"^\s*(?:async\s+)?(?:def|class)\s+(\w+)").findall,
    re.compile(r"\b(?:as|for|global|import)\s+([A-Za-z_]\w*)").findall,
    re.compile(r",\s*([A-Za-z_]\w*)\s*(?=[^()]*(?<![=!<>])=(?!=)|\s+in\b|\s*$)").findall,
)


def placeholder(text: str) -> str:
    """What stands for a cell that is no Python: its imports stay, whatever else it may bind or change is unknown.

    Such a cell never ran as Python 3; but it may have run as Python 2 or under an extension, and then the names are no
    longer what the cells before have made of them.
    """
    kept: list[str] = []
    bound: dict[str, None] = {}
    hidden = False
    for line in rows(text):
        if line[:1].strip() and line[0] != "#":
            hidden = re.match(r"(?:async\s+)?def\b|class\b", line) is not None
        elif hidden:
            kept.append("")
            continue
        if re.match(r"(?:import|from)\s", line) and parses(line):
            kept.append(line)
            continue
        kept.append("")
        for names in _BOUND:
            bound.update(dict.fromkeys(name for name in names(line) if parses(f"{name} = 0")))
    if bound:
        first = next((row for row, line in enumerate(kept) if not line), None)
        words = " = ".join([*bound, UNKNOWN])
        if first is None:
            kept[-1] += f"; {words}"
        else:
            kept[first] = words
    return "\n".join(kept)
