"""Ways to be told of a framework's calls while they happen, without changing what they give.

Frameworks are imported only when one of these is entered.
"""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from types import ModuleType
from typing import Protocol, TypeAlias

Look: TypeAlias = Callable[[object, tuple[object, ...], Mapping[str, object]], None]
"""What is told of a call, before it is made: the function, and what it is given."""


class _Delayed(Protocol):
    """The part of ``jax.debug`` that is used."""

    def callback(self, look: Callable[..., None], /, *values: object) -> None:
        """Call `look` with the numbers of the values, when they are known."""
        ...


def torch_calls(look: Look) -> AbstractContextManager[object]:
    """While entered, `look` is told of every function of PyTorch that is called in this thread."""
    overrides = importlib.import_module("torch.overrides")

    def __torch_function__(  # noqa: N807, as PyTorch names it
        _self: object,
        function: Callable[..., object],
        _types: object,
        arguments: tuple[object, ...] = (),
        named: Mapping[str, object] | None = None,
    ) -> object:
        look(function, arguments, named or {})
        return function(*arguments, **(named or {}))

    mode = type("Watching", (overrides.TorchFunctionMode,), {"__torch_function__": __torch_function__})
    entered: AbstractContextManager[object] = mode()
    return entered


def torch_is_compiling() -> bool:
    """Whether ``torch.compile`` is reading the code: what runs then has no numbers."""
    compiler = sys.modules.get("torch.compiler")
    return compiler is not None and bool(compiler.is_compiling())


@contextmanager
def replaced(functions: Mapping[int, tuple[object, object]]) -> Iterator[None]:
    """While entered, each function is another wherever a loaded module names it.

    functions
        By `id` of the function: itself, and what stands in its place.
    """
    changed: list[tuple[ModuleType, str, object]] = []
    for module in list(sys.modules.values()):
        if not isinstance(module, ModuleType):
            continue
        names: dict[str, object] = object.__getattribute__(module, "__dict__")  # asking a lazy module would load it
        for name, value in list(names.items()):
            found = functions.get(id(value))
            if found is not None and found[0] is value:
                changed.append((module, name, value))
                setattr(module, name, found[1])
    try:
        yield
    finally:
        for module, name, value in changed:
            setattr(module, name, value)


@contextmanager
def replaced_method(owner: type, name: str, method: object) -> Iterator[None]:
    """While entered, a method of a class is another."""
    before = owner.__dict__[name]
    setattr(owner, name, method)
    try:
        yield
    finally:
        setattr(owner, name, before)


def is_traced(value: object) -> bool:
    """Whether a value of JAX or TensorFlow has no numbers yet: it is part of a computation being written down."""
    jax, tensorflow = sys.modules.get("jax"), sys.modules.get("tensorflow")
    if jax is not None and isinstance(value, jax.core.Tracer):
        return True
    return tensorflow is not None and bool(tensorflow.is_symbolic_tensor(value))


def when_known(value: object, look: Callable[[object], None]) -> bool:
    """Look at the numbers of a traced value each time they are known; False where that would change the computation."""
    jax = sys.modules.get("jax")
    if jax is None or not isinstance(value, jax.core.Tracer):
        return False
    delayed: _Delayed = jax.debug
    delayed.callback(look, value)
    return True
