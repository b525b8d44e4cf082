"""Write the pages of the rules: ``python -m logitlint.rules.pages docs/rules``."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping
from pathlib import Path

from logitlint.rules import RULES, UNREADABLE, explain
from logitlint.rules.rule import Entry

FAMILIES: Mapping[str, str] = {
    "1": "Normalised twice, or by the wrong function",
    "2": "The wrong scale",
    "3": "The wrong loss for the output",
    "4": "What stands between the last layer and the loss",
    "5": "The axis of a softmax",
    "6": "Decisions and samples",
    "7": "Numerical stability",
    "8": "Calls",
    "9": "Files",
}
"""What the first digit of a code stands for."""


def pages() -> dict[str, str]:
    """The text of every page, by file name."""
    entries: list[Entry] = sorted([*RULES, UNREADABLE], key=lambda entry: entry.code)
    return {"index.md": _index(entries), **{f"{entry.name}.md": f"{explain(entry)}\n" for entry in entries}}


def write(folder: Path) -> None:
    """Write every page, and remove those of rules that are no more."""
    texts = pages()
    folder.mkdir(parents=True, exist_ok=True)
    for stale in folder.glob("*.md"):
        if stale.name not in texts:
            stale.unlink()
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8")


def _index(entries: Iterable[Entry]) -> str:
    lines = ["# Rules", "", "Generated from `logitlint/rules/` by `python -m logitlint.rules.pages docs/rules`."]
    family = ""
    for entry in entries:
        if entry.code[3] != family:
            family = entry.code[3]
            lines += ["", f"## LGT{family}: {FAMILIES[family]}", "", "| code | name | | summary |", "|---|---|---|---|"]
        state = "on" if entry.default else "opt-in"
        lines.append(f"| {entry.code} | [{entry.name}]({entry.name}.md) | {state} | {entry.summary} |")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    write(Path(sys.argv[1]))
