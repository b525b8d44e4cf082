"""What numbers are by themselves, which of them a loss may be given, and the way a program is run: for every tracer."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from types import FrameType, ModuleType
from typing import Any, Final

import numpy as np

ROWS: Final = 64
FILE: Final = "<program>"

Seen = dict[int, set[tuple[str, str]]]
"""By line of the program: what each loss or activation called there reads, with the sort of numbers it was given."""

# What numbers are surely a mistake, and what are surely right, by what a loss reads; the rest is left open.
WRONG: Final[Mapping[str, frozenset[str]]] = {
    "class logits": frozenset({"distribution", "unit", "positive", "bounded"}),
    "class log-probabilities": frozenset({"scores", "distribution", "unit"}),
    "class probabilities": frozenset({"scores", "positive", "bounded", "unit", "log-distribution", "negative"}),
    "binary probabilities": frozenset(
        {"scores", "distribution", "positive", "bounded", "log-distribution", "negative"}
    ),
    "binary logits": frozenset({"distribution", "unit", "positive", "bounded"}),
    "labels": frozenset({"log-distribution", "negative"}),
    "classes": frozenset(),
    "softmax": frozenset({"distribution", "positive", "bounded"}),
    "sigmoid": frozenset({"unit", "positive", "bounded"}),
}
RIGHT: Final[Mapping[str, frozenset[str]]] = {
    "class logits": frozenset({"scores", "log-distribution"}),
    "class log-probabilities": frozenset({"log-distribution"}),
    "class probabilities": frozenset({"distribution"}),
    "binary probabilities": frozenset({"unit"}),
    "binary logits": frozenset({"scores"}),
    "labels": frozenset({"scores", "unit", "distribution"}),
    "classes": frozenset({"scores", "distribution", "log-distribution"}),
    "softmax": frozenset({"scores", "negative", "log-distribution"}),
    "sigmoid": frozenset({"scores", "negative", "log-distribution"}),
}
ACTIVATIONS: Final = frozenset({"softmax", "sigmoid"})
"""Not a loss: what they are given tells only of a finding that has no loss on its line."""
METRICS: Final = frozenset({"labels", "classes"})
"""Metrics, of labels each by itself or of classes: they take probabilities and scores alike, and tell them apart."""


def sort(numbers: Any, axis: int) -> str:
    """What the numbers are, by themselves; `axis` is that of the classes."""
    x = np.asarray(numbers, dtype=np.float64)
    if np.ptp(x) == 0:
        return "constant"  # relu of log-probabilities, say: it tells nothing
    if ((x >= 0) & (x <= 1)).all():
        return "distribution" if np.allclose(x.sum(axis), 1, atol=1e-4) else "unit"
    if (x <= 0).all():
        return "log-distribution" if np.allclose(np.exp(x).sum(axis), 1, atol=1e-4) else "negative"
    if (x >= 0).all():
        return "positive"
    return "bounded" if (np.abs(x) <= 1).all() else "scores"


def line() -> int:
    """The line of the program that is being run."""
    frame = sys._getframe(1)
    while frame.f_code.co_filename != FILE:
        assert frame.f_back is not None
        frame = frame.f_back
    return frame.f_lineno


@contextmanager
def as_program(*given: str, beside: Mapping[str, str] | None = None) -> Iterator[dict[str, Any]]:
    """The names of a module that is run with these arguments; `beside` are modules that it imports, and their texts."""
    before = sys.argv
    module = sys.modules["program"] = ModuleType("program")
    sys.argv = ["program", *given]
    try:
        for name, text in (beside or {}).items():
            other = sys.modules[name] = ModuleType(name)
            exec(compile(text, f"<{name}>", "exec"), vars(other))
        yield vars(module)
    finally:
        sys.argv = before
        for name in ("program", *(beside or {})):
            sys.modules.pop(name, None)


def lines_run(run: Callable[[], object]) -> set[int]:
    """The lines of the program that are run."""
    met: set[int] = set()

    def step(frame: FrameType, event: str, _: object) -> Any:
        if frame.f_code.co_filename != FILE:
            return None
        if event == "line":
            met.add(frame.f_lineno)
        return step

    before = sys.gettrace()
    sys.settrace(step)
    try:
        run()
    finally:
        sys.settrace(before)
    return met
