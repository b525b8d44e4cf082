"""Runs a program and writes down what numbers truly reach each loss.

The tensors are of a class that sees every function of PyTorch called on them. Of what a value means nothing is carried
along: at the loss the numbers themselves are looked at. They were drawn so that they cannot be mistaken: many rows,
scores of both signs and well beyond one.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from types import ModuleType
from typing import Any, Final

import torch
from torch.nn import functional

ROWS: Final = 64
LOSSES: Final = {
    functional.cross_entropy: "cross_entropy",
    functional.nll_loss: "nll_loss",
    functional.binary_cross_entropy: "binary_cross_entropy",
    functional.binary_cross_entropy_with_logits: "binary_cross_entropy_with_logits",
}
FILE: Final = "<program>"

Seen = dict[int, set[tuple[str, str]]]
"""By line of the program: the losses called there, each with the sort of numbers it was given."""

# What numbers are surely a mistake, and what are surely right, by loss; the rest is left open.
WRONG: Final[Mapping[str, frozenset[str]]] = {
    "cross_entropy": frozenset({"distribution", "unit", "positive", "bounded"}),
    "nll_loss": frozenset({"scores", "distribution", "unit"}),
    "binary_cross_entropy": frozenset(
        {"scores", "distribution", "positive", "bounded", "log-distribution", "negative"}
    ),
    "binary_cross_entropy_with_logits": frozenset({"distribution", "unit", "positive", "bounded"}),
}
RIGHT: Final[Mapping[str, frozenset[str]]] = {
    "cross_entropy": frozenset({"scores", "log-distribution"}),
    "nll_loss": frozenset({"log-distribution"}),
    "binary_cross_entropy": frozenset({"unit"}),
    "binary_cross_entropy_with_logits": frozenset({"scores"}),
}


def sort(numbers: torch.Tensor, axis: int) -> str:
    """What the numbers are, by themselves."""
    x = numbers.as_subclass(torch.Tensor).detach().double()
    ones = torch.ones((), dtype=x.dtype)
    if bool(((x >= 0) & (x <= 1)).all()):
        return "distribution" if torch.allclose(x.sum(axis), ones, atol=1e-4) else "unit"
    if bool((x <= 0).all()):
        return "log-distribution" if torch.allclose(x.exp().sum(axis), ones, atol=1e-4) else "negative"
    if bool((x >= 0).all()):
        return "positive"
    return "bounded" if bool((x.abs() <= 1).all()) else "scores"


class Traced(torch.Tensor):
    """A tensor that says which loss it is given to, and on which line."""

    seen: Seen = {}  # noqa: RUF012

    @classmethod
    def __torch_function__(
        cls, func: Callable[..., Any], types: Any, args: tuple[Any, ...] = (), kwargs: dict[str, Any] | None = None
    ) -> Any:
        kwargs = kwargs or {}
        if func in LOSSES:
            prediction = args[0] if args else kwargs["input"]
            axis = 1 if prediction.ndim > 1 else 0
            cls.seen.setdefault(_line(), set()).add((LOSSES[func], sort(prediction, axis)))
            return prediction.sum()
        return super().__torch_function__(func, types, args, kwargs)


def _line() -> int:
    """The line of the program that is being run."""
    frame = sys._getframe(1)
    while frame.f_code.co_filename != FILE:
        assert frame.f_back is not None
        frame = frame.f_back
    return frame.f_lineno


@contextmanager
def _as_program(*given: str) -> Iterator[dict[str, Any]]:
    """The names of a module that is run with these arguments."""
    before = sys.argv
    module = sys.modules["program"] = ModuleType("program")
    sys.argv = ["program", *given]
    try:
        yield vars(module)
    finally:
        sys.argv = before
        del sys.modules["program"]


def run(text: str, *, images: bool) -> Seen:
    """Run a program without and with its flag."""
    code = compile(text, FILE, "exec")
    Traced.seen = {}
    for given in ((), ("flag",)):
        torch.manual_seed(3)
        shape = (ROWS, 8, 4, 4) if images else (ROWS, 8)
        x = (8 * torch.randn(shape)).as_subclass(Traced)
        y, t = torch.randint(0, 5, (ROWS,)), torch.rand(ROWS, 5)
        with _as_program(*given) as names, torch.no_grad():
            exec(code, names)
            names["main"](x, y, t)
    return Traced.seen
