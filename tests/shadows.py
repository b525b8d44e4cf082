"""PyTorch programs executed beside their shadows: what each value would be if nothing were applied to the raw scores.

Where a function of the library reads raw scores, probabilities or log-probabilities, what it is given is compared with
the formulas of `numerics.reference` for its shadow. What fits is what was meant; the rest is the mistake.
"""

from __future__ import annotations

import contextlib
import functools
import math
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import torch
from torch.overrides import TorchFunctionMode

from logitlint.frameworks.catalog import catalog
from logitlint.frameworks.vocabulary import Depends, Fact, Function, Role, Want
from logitlint.inference.signature import defaults, fill_names
from logitlint.numerics import reference

if TYPE_CHECKING:
    from logitlint.numerics.adapters import Array

AFFINE = frozenset({"linear", "conv2d", "matmul", "__matmul__"})
"""Their result is raw."""
REMOVED = frozenset(
    {
        *("softmax", "log_softmax", "sigmoid", "log_sigmoid", "relu", "leaky_relu", "tanh", "elu"),
        *("dropout", "log", "clamp", "round", "gt", "ge", "argmax"),
    }
)
"""What is applied to raw scores. The shadow of the result is that of what it was applied to."""
POOLED = frozenset(["mean", "sum", "max", "amax", "max_pool2d", "adaptive_avg_pool2d"])
"""What it gives is taken for what it is."""
CLASSES = frozenset({Want.CLASS_LOGITS, Want.CLASS_PROBABILITIES, Want.CLASS_LOG_PROBABILITIES})
_LOGITS = {Want.PROBS_PARAMETER: Want.LOGITS_PARAMETER, Want.UNIT_PARAMETER: Want.LABEL_LOGITS}
"""What a distribution reads as `logits`, by what it reads as `probs`."""
TOLERANCE = 1e-4
_OF_DISTRIBUTIONS = str(Path(torch.distributions.__file__).parent)


class Event(NamedTuple):
    """Something read scores: on which lines of the program, and whether they were what it reads."""

    lines: tuple[int, ...]
    name: str
    fits: bool
    value: float = math.nan
    wanted: float = math.nan


class Shadows(TorchFunctionMode):
    """While it is entered, every call of PyTorch is looked at. What comes in too wide or too narrow is made to fit."""

    def __init__(self, file: Path) -> None:
        super().__init__()
        self.file = str(file)
        self.events: list[Event] = []
        self._known: dict[int, tuple[torch.Tensor, torch.Tensor]] = {}

    def __torch_function__(
        self,
        func: Callable[..., object],
        types: object,
        args: tuple[object, ...] = (),
        kwargs: dict[str, object] | None = None,
    ) -> object:
        named, name = kwargs or {}, getattr(func, "__name__", "")
        if name in ("cuda", "to") and any("cuda" in str(each) for each in (name, *args[1:], *named.values())):
            return args[0]
        if name in ("linear", "conv2d"):
            args = (fitted(args[0], args[1]), *args[1:])  # type: ignore[arg-type]
        shadows = [self._shadow(each) for each in args], {key: self._shadow(each) for key, each in named.items()}
        result = func(*args, **named)
        if name not in ("__get__", "backward") and isinstance(result, torch.Tensor):
            self._remember(name, func, args, named, shadows, result)
            self._look(name, args, named, result)
        return result

    def read(self, name: str, want: Want, value: torch.Tensor) -> None:
        """Something that is no function of PyTorch reads scores."""
        shadow = self._known.get(id(value), (value, None))[1]
        if shadow is not None:
            self._note(name, reaches(want, numbers(value), numbers(shadow)))

    def _shadow(self, value: object) -> object:
        if isinstance(value, torch.Tensor):
            return self._known.get(id(value), (value, value))[1]
        if isinstance(value, tuple | list):
            return type(value)(map(self._shadow, value))
        return value

    def _has(self, value: object) -> bool:
        if isinstance(value, tuple | list):
            return any(map(self._has, value))
        return isinstance(value, torch.Tensor) and id(value) in self._known

    def _remember(
        self,
        name: str,
        func: Callable[..., object],
        args: tuple[object, ...],
        named: dict[str, object],
        shadows: tuple[list[object], dict[str, object]],
        result: torch.Tensor,
    ) -> None:
        shadow: object = None
        if name in AFFINE:
            shadow = result.detach().clone()
        elif name in POOLED or not any(map(self._has, (*args, *named.values()))):
            return
        elif name.rstrip("_") in REMOVED:
            shadow = shadows[0][0] if shadows[0] else shadows[1].get("input")
        else:
            with contextlib.suppress(RuntimeError, TypeError, ValueError, IndexError), torch.no_grad():
                shadow = func(*shadows[0], **shadows[1])
        if isinstance(shadow, torch.Tensor):
            self._known[id(result)] = result, shadow

    def _note(self, name: str, fits: bool, value: float = math.nan, wanted: float = math.nan) -> None:
        found = tuple(lines(self.file, sys._getframe()))
        if found:
            self.events.append(Event(found, name, fits, value, wanted))

    def _look(self, name: str, args: tuple[object, ...], named: dict[str, object], result: torch.Tensor) -> None:
        row = catalog().row(f"torch.nn.functional.{name}") or catalog().row(f"torch.{name}")
        given = args[0] if args else named.get("input")
        if not isinstance(given, torch.Tensor):
            return
        shadow = self._known[id(given)][1] if id(given) in self._known else None
        if isinstance(row, Function) and Fact.LOSS in row.facts:
            self._loss(row, fill_names(row.signature, args, named), result)
        elif shadow is None:
            return
        elif name in ("softmax", "log_softmax"):
            axis = next((each for each in (named.get("dim"), *args[1:2]) if isinstance(each, int)), -1)
            over_samples = given.dim() == 2 and axis == 0
            fits = given.shape[axis] > 1 and not over_samples and same(numbers(given), numbers(shadow))
            self._note(name, fits)
        elif name in ("sigmoid", "log_sigmoid"):
            self._note(name, same(numbers(given), numbers(shadow)))
        elif name == "argmax":
            axis = next((each for each in (named.get("dim"), *args[1:2]) if isinstance(each, int)), -1)
            self._note(name, given.shape[axis] > 1)
        elif name == "round" or (name in ("gt", "ge") and args[1] in (0, 0.5)):
            self._note(name, bool(((result > 0.5) == (shadow > 0)).all()))
        elif isinstance(row, Function):
            for parameter, taken in row.takes.items():
                value = fill_names(row.signature, args, named).get(parameter)
                if isinstance(taken.want, Want) and isinstance(value, torch.Tensor):
                    self.read(name, taken.want, value)

    def _loss(self, row: Function, filled: dict[str, object], result: torch.Tensor) -> None:
        given = {**defaults(row.signature), **filled}
        parts = {taken.role: (parameter, taken.want) for parameter, taken in row.takes.items()}
        prediction, target = (given.get(parts[role][0]) for role in (Role.PREDICTION, Role.TARGET) if role in parts)
        want = settled(parts[Role.PREDICTION][1], given)
        if not (isinstance(prediction, torch.Tensor) and isinstance(target, torch.Tensor)) or want is None:
            return
        scores, truth = self._known.get(id(prediction)), self._known.get(id(target))
        if scores is None and truth is not None and not torch.is_floating_point(prediction):
            scores, truth, target = truth, None, prediction  # they were given in the wrong order
        if scores is None and Fact.DIVERGENCE not in row.facts:
            return
        raw = numbers(prediction if scores is None else scores[1])
        if row.name.endswith("ctc_loss"):
            self._note("ctc_loss", reaches(want, numbers(prediction), raw))
            return
        wanted = numbers(target)
        if truth is not None and wanted.ndim > 1:
            wanted = reference.softmax(numbers(truth[1]))
        expected = formula(row, want, raw, wanted, given)
        if expected is not None:
            value = float(result.detach().double().sum())
            self._note(row.name, math.isclose(value, expected, rel_tol=TOLERANCE, abs_tol=1e-6), value, expected)


def formula(row: Function, want: Want, raw: Array, wanted: Array, given: dict[str, object]) -> float | None:
    """What a loss is by its formula: reduced as it was asked to, over raw scores. None where it has no formula."""
    if Fact.DIVERGENCE in row.facts:
        entries, samples = reference.kl_divergence(raw, wanted).value, len(raw)
        return float(entries.sum() / (1 if given.get("reduction") == "sum" else samples))
    if want in CLASSES:
        scores = np.moveaxis(raw, 1, -1) if raw.ndim > 1 else raw
        if wanted.ndim == raw.ndim:
            weights, counted = wanted, np.ones(len(wanted), dtype=bool)
        else:
            counted = wanted != given.get("ignore_index", -100)
            weights = np.eye(scores.shape[-1])[np.where(counted, wanted, 0).astype(int)]
        smoothing = given.get("label_smoothing")
        entries = reference.cross_entropy(scores, weights, smoothing if isinstance(smoothing, float) else 0.0).value
        entries = entries[counted]
    elif want in (Want.LABEL_LOGITS, Want.LABEL_PROBABILITIES):
        weight = given.get("pos_weight")
        positive = float(weight) if isinstance(weight, torch.Tensor) else 1.0
        if raw.shape != wanted.shape:
            raise ValueError("scores and labels of different shapes")
        entries = reference.binary_cross_entropy(raw, wanted, positive).value
    else:
        return None
    return float(entries.sum() if given.get("reduction") == "sum" else entries.mean())


def settled(want: object, given: dict[str, object]) -> Want | None:
    """The scale a parameter is read on, for these arguments."""
    while isinstance(want, Depends):
        value = given.get(want.argument)
        want = want.cases.get(value) if isinstance(value, str | bool | int | float | None) else None
    return want if isinstance(want, Want) else None


def reaches(want: Want, value: Array, shadow: Array) -> bool:
    """Whether a value is what is wanted of the raw scores."""
    if want is Want.LOGITS_PARAMETER:
        one = value.shape[-1] == 1
        return same(reference.log_softmax(value), reference.log_softmax(shadow)) and not one
    if want is Want.PROBS_PARAMETER:
        return bool((value >= 0).all()) and same(value / value.sum(-1, keepdims=True), reference.softmax(shadow))
    if want is Want.LABEL_LOGITS:
        return same(reference.sigmoid(value), reference.sigmoid(shadow))
    if want in (Want.UNIT_PARAMETER, Want.LABEL_PROBABILITIES):
        return same(value, reference.sigmoid(shadow))
    if want is Want.CLASS_LOG_PROBABILITIES:
        return same(value, reference.log_softmax(shadow))
    return True


def same(one: Array, other: Array) -> bool:
    """Whether the numbers are equal but for rounding."""
    return one.shape == other.shape and bool(np.allclose(one, other, rtol=TOLERANCE, atol=1e-5))


def numbers(value: torch.Tensor) -> Array:
    """The numbers of a tensor, in float64."""
    array: Array = value.detach().double().numpy()
    return array


def fitted(value: torch.Tensor, weight: torch.Tensor) -> torch.Tensor:
    """What a layer is given, as wide as its weight is: other columns repeat the first."""
    if weight.dim() == 4 and (value.dim() != 4 or value.shape[1] != weight.shape[1]):
        value = value.flatten(1)[:, :1, None, None].expand(-1, weight.shape[1], 4, 4)
        return value * torch.linspace(0.5, 1.5, weight.shape[1])[:, None, None]
    if weight.dim() == 2 and value.shape[-1] != weight.shape[1]:
        places = torch.arange(weight.shape[1]) % value.shape[-1]
        return value.index_select(-1, places)
    return value


def lines(file: str, frame: FrameType | None) -> Iterator[int]:
    """The lines of a file on which the calls stand that are being made; none where a distribution makes them itself."""
    while frame is not None:
        if _OF_DISTRIBUTIONS in frame.f_code.co_filename and frame.f_code.co_name != "__init__":
            return
        if frame.f_code.co_filename == file:
            yield frame.f_lineno
        frame = frame.f_back


@contextlib.contextmanager
def distributions(shadows: Shadows) -> Iterator[None]:
    """What distributions are built with is looked at as well."""
    found = {torch.distributions.Categorical: Want.PROBS_PARAMETER, torch.distributions.Bernoulli: Want.UNIT_PARAMETER}
    earlier = {kind: kind.__init__ for kind in found}

    def watched(
        build: Callable[..., None],
        want: Want,
        self: object,
        probs: object = None,
        logits: object = None,
        **named: object,
    ) -> None:
        if isinstance(probs, torch.Tensor):
            shadows.read("probs", want, probs)
        if isinstance(logits, torch.Tensor):
            shadows.read("logits", _LOGITS[want], logits)
        build(self, probs, logits, **named)

    try:
        for kind, want in found.items():
            kind.__init__ = functools.partialmethod(functools.partial(watched, earlier[kind], want))  # type: ignore[method-assign, assignment]
        yield
    finally:
        for kind, build in earlier.items():
            kind.__init__ = build  # type: ignore[method-assign]
