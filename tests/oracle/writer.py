"""A program that is being written."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Final

Wrap = Callable[["Writer", str], str]
"""Writes what is needed to `Writer` and gives the expression that now stands for the value."""

CLASSES: Final = 5
STANDARD: Final = "from unittest import mock\n" + "".join(
    f"import {name}\n"
    for name in (
        "collections",
        "contextlib",
        "copy",
        "dataclasses",
        "functools",
        "itertools",
        "operator",
        "sys",
        "threading",
        "types",
        "typing",
        "weakref",
    )
)
"""What every program begins with."""
HEAD: Final = (
    f"{STANDARD}\n"
    "import torch\nimport torch.nn.functional as F\nimport torch.utils.checkpoint\n"
    "from torch import nn\n\nflag = len(sys.argv) > 1"
)
"""What a program for PyTorch begins with."""


class Writer:
    """A program that is being written, with what its choices are drawn from: the seed's, unless others are given."""

    def __init__(self, seed: int, head: str = HEAD, draws: random.Random | None = None) -> None:
        self.seed = seed
        self.head = head
        self.random = random.Random(seed) if draws is None else draws
        self.definitions: list[str] = []
        self.body: list[str] = []
        self.idioms: list[str] = []
        self.images = False
        self.beside: dict[str, str] = {}
        """Modules that the program imports: their texts by their names, each before those that import it."""
        self._names = 0

    def name(self, stem: str) -> str:
        """A name that nothing else has."""
        self._names += 1
        return f"{stem}_{self._names}"

    def define(self, text: str) -> None:
        """A definition of the module."""
        self.definitions.append(text.strip("\n"))

    def put_beside(self, text: str, *, whole: bool = False) -> str:
        """A module that begins as the program does, unless `text` is the `whole` of it; gives its name."""
        name = self.name(f"beside_{self.seed}")
        self.beside[name] = f"{text}\n" if whole else f"{self.head}\n\n{text}\n"
        return name

    def say(self, text: str) -> None:
        """Statements of `main`."""
        self.body += text.strip("\n").split("\n")

    def keep(self, value: str, stem: str = "value") -> str:
        """Give the value a name."""
        name = self.name(stem)
        self.say(f"{name} = {value}")
        return name

    def text(self) -> str:
        """The whole program."""
        main = "\n".join(f"    {line}" for line in self.body)
        return "\n\n\n".join((self.head, *self.definitions, f"def main(x, y, t):\n{main}")) + "\n"
