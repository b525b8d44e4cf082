"""The one place that imports an array library, and only when it is asked for."""

from __future__ import annotations

import importlib
import sys
from types import ModuleType
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    import numpy

    Array: TypeAlias = numpy.typing.NDArray[numpy.float64]
    """Numbers as the formulas read them: float64, with whatever shape the tensor had."""


def library(name: str) -> ModuleType | None:
    """A library by its import name; None when it is not installed."""
    try:
        return importlib.import_module(name)
    except ImportError:
        return None


def to_array(value: object) -> Array:
    """The numbers of a tensor of any library, or of a nested list, in float64.

    Raises TypeError for what holds no numbers.
    """
    import numpy

    torch = sys.modules.get("torch")
    if torch is not None and isinstance(value, torch.Tensor):
        # NumPy has no bfloat16, and none of these reads what lies on a device or in a graph.
        value = value.detach().to("cpu", torch.float64).numpy()
    try:
        array = numpy.asarray(value, dtype=numpy.float64)
    except (TypeError, ValueError) as error:
        raise TypeError(f"{type(value).__name__} holds no numbers") from error
    return array
