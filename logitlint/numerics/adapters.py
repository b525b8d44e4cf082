"""The one place that imports an array library, and only when it is asked for."""

from __future__ import annotations

import atexit
import importlib
import importlib.util
import math
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from tempfile import TemporaryDirectory
from types import ModuleType
from typing import TYPE_CHECKING, Protocol, TypeAlias

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


def versioned(name: str) -> str:
    """A library with its version. Raises ImportError when it is not installed."""
    return f"{name} {getattr(importlib.import_module(name), '__version__', '')}".rstrip()


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


def rounding(value: object) -> float:
    """How far a sum of probabilities of the tensor's type may be from one: a few roundings of the type."""
    kind = str(getattr(value, "dtype", ""))
    return 4 * 2.0**-7 if "bfloat16" in kind else 4 * 2.0**-10 if "float16" in kind else 1e-3


def installed(name: str) -> bool:
    """Whether a library could be imported, without importing it."""
    try:
        return importlib.util.find_spec(name) is not None
    except (ImportError, ValueError):
        return False


def find(path: str) -> object:
    """The object a qualified name stands for.

    Raises LookupError when the library, or this version of it, has no such thing.
    """
    try:
        return _found(path)
    except LookupError:
        library_name, _, rest = path.partition(".")
        if library_name != "tensorflow":
            raise
        try:  # where TensorFlow 2 keeps the first
            return _found(f"tensorflow.compat.v1.{rest}")
        except LookupError:
            pass
        raise


def _found(path: str) -> object:
    parts = path.split(".")
    found: object = library(parts[0])
    if found is None:
        raise LookupError(f"{parts[0]} is not installed")
    for length, part in enumerate(parts[1:], 2):
        following = getattr(found, part, None)
        if following is None and isinstance(found, ModuleType):
            following = library(".".join(parts[:length]))
        if following is None:
            raise LookupError(f"{parts[0]} {getattr(library(parts[0]), '__version__', '')} has no {path}")
        found = following
    return found


def weighted(weights: Array | None, shape: tuple[int, ...]) -> Array:
    """What each number of a result counts in the sum whose gradient is asked for."""
    import numpy

    if weights is None or weights.size != math.prod(shape):
        return numpy.ones(shape)
    return weights.reshape(shape)


class Bench(Protocol):
    """A framework as an experiment needs it: tensors from numbers, and its own gradients."""

    name: str
    """As a report names it, with the version: ``torch 2.13.0``."""

    def scores(self, numbers: Array, dtype: str) -> object:
        """A tensor of that type: float16, bfloat16, float32 or float64."""
        ...

    def indices(self, numbers: Array) -> object:
        """A tensor of whole numbers, as class indices."""
        ...

    def activated(self, name: str, scores: object) -> object:
        """The framework's own ``softmax``, ``log_softmax`` or ``sigmoid``, over the last axis."""
        ...

    def differentiate(
        self, function: Callable[[object], object], numbers: Array, dtype: str, weights: Array | None = None
    ) -> tuple[Array, Array]:
        """What a function gives for scores, and the gradient of the sum of it with respect to them.

        The gradient is zero where the function passes none on.

        weights
            What each number of what it gives counts in that sum; None, or of another size: all count one.
        """
        ...


class Torch:
    """PyTorch, on the CPU."""

    def __init__(self) -> None:
        import torch

        self._torch = torch
        self.name = f"torch {torch.__version__.partition('+')[0]}"

    def scores(self, numbers: Array, dtype: str) -> object:
        """See `Bench`."""
        return self._torch.tensor(numbers, dtype=getattr(self._torch, dtype))

    def indices(self, numbers: Array) -> object:
        """See `Bench`."""
        return self._torch.tensor(numbers, dtype=self._torch.int64)

    def activated(self, name: str, scores: object) -> object:
        """See `Bench`."""
        function = getattr(self._torch, name)
        made: object = function(scores) if name == "sigmoid" else function(scores, dim=-1)
        return made

    def differentiate(
        self, function: Callable[[object], object], numbers: Array, dtype: str, weights: Array | None = None
    ) -> tuple[Array, Array]:
        """See `Bench`."""
        leaf = self._torch.tensor(numbers, dtype=getattr(self._torch, dtype), requires_grad=True)
        value, gradient = function(leaf), self._torch.zeros_like(leaf)
        if isinstance(value, self._torch.Tensor) and value.requires_grad:
            counted = self._torch.tensor(weighted(weights, tuple(value.shape)), dtype=value.dtype)
            (total,) = self._torch.autograd.grad(value, leaf, counted, allow_unused=True)
            gradient = gradient if total is None else total
        return to_array(value), to_array(gradient)


class TensorFlow:
    """TensorFlow in eager mode, and Keras on its TensorFlow backend."""

    def __init__(self) -> None:
        tensorflow = importlib.import_module("tensorflow")  # which has no types
        self._tensorflow = tensorflow
        self.name = f"tensorflow {tensorflow.__version__}"

    def scores(self, numbers: Array, dtype: str) -> object:
        """See `Bench`."""
        return self._tensorflow.constant(numbers, dtype=dtype)

    def indices(self, numbers: Array) -> object:
        """See `Bench`."""
        return self._tensorflow.constant(numbers, dtype="int64")

    def activated(self, name: str, scores: object) -> object:
        """See `Bench`."""
        made: object = getattr(self._tensorflow.nn, name)(scores)
        return made

    def differentiate(
        self, function: Callable[[object], object], numbers: Array, dtype: str, weights: Array | None = None
    ) -> tuple[Array, Array]:
        """See `Bench`."""
        leaf = self._tensorflow.constant(numbers, dtype=dtype)
        with self._tensorflow.GradientTape() as tape:
            tape.watch(leaf)
            with self._refusals():
                value = self._tensorflow.convert_to_tensor(function(leaf))
        gradient = None
        if value.dtype.is_floating:
            counted = self._tensorflow.constant(weighted(weights, tuple(value.shape)), dtype=value.dtype)
            with self._refusals():
                gradient = tape.gradient(value, leaf, output_gradients=counted)
        return to_array(value), to_array(self._tensorflow.zeros_like(leaf) if gradient is None else gradient)

    @contextmanager
    def _refusals(self) -> Iterator[None]:
        try:
            yield
        except self._tensorflow.errors.OpError as error:  # an error of no kind that Python has
            raise ValueError(error.message) from error


@cache
def _compiled() -> str:
    """The folder where this process finds what it has compiled before; gone when it ends."""
    folder = TemporaryDirectory(prefix="logitlint-")
    atexit.register(folder.cleanup)
    return folder.name


class Jax:
    """JAX on the CPU; its process must allow 64 bits, or float64 is float32."""

    def __init__(self) -> None:
        jax = importlib.import_module("jax")  # which is typed in part
        jax.config.update("jax_enable_x64", True)
        if jax.config.jax_compilation_cache_dir is None:
            # A loop of JAX is compiled anew by each call that is not compiled as a whole: CTC took minutes, so.
            jax.config.update("jax_compilation_cache_dir", _compiled())
            jax.config.update("jax_persistent_cache_min_compile_time_secs", 0)
            jax.config.update("jax_persistent_cache_min_entry_size_bytes", -1)
        self._jax = jax
        self.name = f"jax {jax.__version__}"

    def scores(self, numbers: Array, dtype: str) -> object:
        """See `Bench`."""
        return self._jax.numpy.asarray(numbers, dtype=dtype)

    def indices(self, numbers: Array) -> object:
        """See `Bench`."""
        return self._jax.numpy.asarray(numbers, dtype="int32")

    def activated(self, name: str, scores: object) -> object:
        """See `Bench`."""
        made: object = getattr(self._jax.nn, name)(scores)
        return made

    def differentiate(
        self, function: Callable[[object], object], numbers: Array, dtype: str, weights: Array | None = None
    ) -> tuple[Array, Array]:
        """See `Bench`."""
        leaf = self._jax.numpy.asarray(numbers, dtype=dtype)
        value, back = self._jax.vjp(lambda scores: self._jax.numpy.asarray(function(scores)), leaf)
        if not self._jax.numpy.issubdtype(value.dtype, self._jax.numpy.floating):
            return to_array(value), to_array(self._jax.numpy.zeros_like(leaf))
        (gradient,) = back(self._jax.numpy.asarray(weighted(weights, value.shape), dtype=value.dtype))
        return to_array(value), to_array(gradient)


BENCHES: dict[str, Callable[[], Bench]] = {"torch": Torch, "tensorflow": TensorFlow, "jax": Jax}
"""By the framework's import name."""
