"""Runs a program in PyTorch and writes down what numbers truly reach each loss.

The tensors are of a class that sees every function of PyTorch called on them. Of what a value means nothing is carried
along: at the loss the numbers themselves are looked at. They were drawn so that they cannot be mistaken: many rows,
scores of both signs and well beyond one.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import sorts
import torch
from sorts import FILE, ROWS, Seen, as_program, line
from torch.nn import functional

LOSSES: Final = {
    functional.cross_entropy: "class logits",
    functional.nll_loss: "class log-probabilities",
    functional.binary_cross_entropy: "binary probabilities",
    functional.binary_cross_entropy_with_logits: "binary logits",
}


def sort(numbers: torch.Tensor, axis: int) -> str:
    """What the numbers are, by themselves."""
    return sorts.sort(numbers.as_subclass(torch.Tensor).detach().double().numpy(), axis)


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
            cls.seen.setdefault(line(), set()).add((LOSSES[func], sort(prediction, axis)))
            return prediction.sum()
        return super().__torch_function__(func, types, args, kwargs)

    def __deepcopy__(self, memo: dict[int, Any]) -> Traced:
        """PyTorch's own copies no tensor of a class like this one."""
        copied: Traced = self.clone()
        memo[id(self)] = copied
        return copied


def run(text: str, *, images: bool) -> Seen:
    """Run a program without and with its flag."""
    code = compile(text, FILE, "exec")
    Traced.seen = {}
    for given in ((), ("other",)):
        torch.manual_seed(3)
        shape = (ROWS, 8, 4, 4) if images else (ROWS, 8)
        x = (8 * torch.randn(shape)).as_subclass(Traced)
        y, t = torch.randint(0, 5, (ROWS,)), torch.rand(ROWS, 5)
        with as_program(*given) as names, torch.no_grad():
            exec(code, names)
            names["main"](x, y, t)
    return Traced.seen
