"""The idioms that hide a value whatever the framework, said in the words of another one than PyTorch."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

import manners
from programs import IDIOMS, SCALED, Program
from writer import Wrap, Writer

NEUTRAL: Final = (
    "helper functions",
    "early returns",
    "classes",
    "attributes",
    "dicts",
    "lists",
    "tuples",
    "loops",
    "closures",
    "partial",
    "branches",
    "augmented assignment",
    SCALED,
    "blocks",
    "decorators",
    "generators",
    "globals",
    *manners.IDIOMS,
)
"""Those of the programs for PyTorch that are about Python."""
_WORDS: Final = {
    ".clone()": " + 0",
    ".double()": " + 0",
    ".contiguous()": " * 1",
    ".float()": " * 1",
    ".detach()": " + 0",
    "torch.Tensor": "object",
    "torch.enable_grad()": "contextlib.nullcontext()",
    "a.reshape(a.shape)": "a + 0",
    "torch.cat(": "{library}.concatenate(",
    "torch.stack(": "{library}.stack(",
    "dim=0": "axis=0",
}


def translated(library: str) -> Mapping[str, Wrap]:
    """The neutral idioms, with the operations of a module of array functions."""

    def wrap(idiom: Wrap) -> Wrap:
        def said(writer: Writer, value: str) -> str:
            definitions, body = len(writer.definitions), len(writer.body)
            expression = idiom(writer, value)
            writer.definitions[definitions:] = [_put(text, library) for text in writer.definitions[definitions:]]
            writer.body[body:] = [_put(text, library) for text in writer.body[body:]]
            return _put(expression, library)

        return said

    return {name: wrap(IDIOMS[name]) for name in NEUTRAL}


def _put(text: str, library: str) -> str:
    for word, other in _WORDS.items():
        text = text.replace(word, other.format(library=library))
    return text


class Drawn(Program):
    """A program in other words than those of PyTorch, drawn from the producers, idioms and losses given."""

    def __init__(
        self,
        writer: Writer,
        producers: Mapping[str, Callable[[Writer, str], str]],
        idioms: Mapping[str, Wrap],
        kinds: tuple[str, ...],
        lose: Callable[[Writer, str], None],
        *,
        most: int = 4,
    ) -> None:
        draw = writer.random
        self.images = False
        producer = draw.choice(sorted(producers))
        value = producers[producer](writer, draw.choice(kinds))
        hidden = [draw.choice(sorted(idioms)) for _ in range(draw.randint(0, most))]
        for idiom in hidden:
            value = idioms[idiom](writer, value)
        lose(writer, value)
        self._finish(writer, producer, hidden)
