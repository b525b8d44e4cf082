"""Runs a program in PyTorch and writes down what numbers truly reach each loss.

The tensors are of a class that sees every function of PyTorch called on them. Of what a value means nothing is carried
along: at the loss the numbers themselves are looked at. They were drawn so that they cannot be mistaken: many rows,
scores of both signs and well beyond one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from typing import Any, Final
from unittest.mock import patch

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
ACTIVATIONS: Final = {
    **dict.fromkeys((torch.softmax, torch.Tensor.softmax, functional.softmax), "softmax"),
    **dict.fromkeys((torch.log_softmax, torch.Tensor.log_softmax, functional.log_softmax), "softmax"),
    **dict.fromkeys((torch.sigmoid, torch.Tensor.sigmoid, functional.sigmoid, functional.logsigmoid), "sigmoid"),
}
_METRICS: Final = {
    "torchmetrics.functional": {"accuracy": "classes", "f1_score": "labels"},
    "torchmetrics.classification.stat_scores.MulticlassStatScores": {"update": "classes"},
    "torchmetrics.classification.stat_scores.MultilabelStatScores": {"update": "labels"},
}
"""By what holds them: functions and methods that rate predictions, with what of."""


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
        if func in ACTIVATIONS:
            dim = next((given for given in (*args[1:2], kwargs.get("dim")) if given is not None), -1)
            cls.seen.setdefault(line(), set()).add((ACTIVATIONS[func], sort(args[0], dim)))
        return super().__torch_function__(func, types, args, kwargs)

    def __deepcopy__(self, memo: dict[int, Any]) -> Traced:
        """PyTorch's own copies no tensor of a class like this one."""
        copied: Traced = self.clone()
        memo[id(self)] = copied
        return copied


@contextmanager
def _rating() -> Iterator[None]:
    """Metrics, seen being called."""

    def watching(reads: str) -> Callable[..., Any]:
        def watched(*given: Any, **_: Any) -> None:
            prediction = next(each for each in given if isinstance(each, torch.Tensor))
            Traced.seen.setdefault(line(), set()).add((reads, sort(prediction, 1)))

        return watched

    with ExitStack() as stack:
        for holder, names in _METRICS.items():
            for name, reads in names.items():
                stack.enter_context(patch(f"{holder}.{name}", watching(reads)))
        yield


def run(text: str, *, images: bool, beside: Mapping[str, str] | None = None) -> Seen:
    """Run a program without and with its flag; what it compiles is run as it is written."""
    code = compile(text, FILE, "exec")
    Traced.seen = {}
    for given in ((), ("other",)):
        torch.manual_seed(3)
        shape = (ROWS, 8, 4, 4) if images else (ROWS, 8)
        x = (8 * torch.randn(shape)).as_subclass(Traced)
        y, t = torch.randint(0, 5, (ROWS,)), torch.rand(ROWS, 5)
        with as_program(*given, beside=beside) as names, torch.no_grad(), ExitStack() as stack:
            stack.enter_context(patch.object(torch.jit._state._enabled, "enabled", False))
            stack.enter_context(torch.compiler.set_stance("force_eager"))
            if "torchmetrics" in text:
                stack.enter_context(_rating())
            exec(code, names)
            names["main"](x, y, t)
    return Traced.seen
