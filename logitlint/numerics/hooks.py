"""Ways to be told of a framework's calls while they happen, without changing what they give.

Frameworks are imported only when one of these is entered.
"""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
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


class Notes:
    """What is left of calls that could not be told of.

    compiled
        Whether a function was part of what ``torch.compile`` has made.
    """

    compiled: bool = False


def torch_calls(known: Collection[int], look: Look, notes: Notes) -> AbstractContextManager[object]:
    """A scope, to be entered any number of times, in which `look` is told of what this thread calls of PyTorch.

    known
        By `id`, the functions to tell of.

    What ``torch.compile`` reads has no numbers. It reads what stands below as well, as part of the program: so there is
    one scope, or it would compile anew for each; and below is nothing but what it can write down, an assignment.
    """
    overrides = importlib.import_module("torch.overrides")
    compiler = importlib.import_module("torch.compiler")

    def __torch_function__(  # noqa: N807, as PyTorch names it
        _self: object,
        function: Callable[..., object],
        _types: object,
        arguments: tuple[object, ...] = (),
        named: Mapping[str, object] | None = None,
    ) -> object:
        if id(function) in known:
            if compiler.is_compiling():
                notes.compiled = True
            else:
                look(function, arguments, named or {})
        return function(*arguments, **(named or {}))

    mode = type("Watching", (overrides.TorchFunctionMode,), {"__torch_function__": __torch_function__})
    entered: AbstractContextManager[object] = mode()
    return entered


class Names:
    """Where the loaded modules name functions that others are to stand in for.

    A module that has as many names as when it was last looked through is taken to have the same: thousands are loaded,
    and a scope may begin at each step of a training. The program that was started is always looked through.
    """

    def __init__(self) -> None:
        self._known: dict[int, tuple[ModuleType, int, tuple[str, ...]]] = {}
        self._sought: frozenset[int] = frozenset()

    @contextmanager
    def replaced(self, functions: Mapping[int, tuple[object, object]]) -> Iterator[None]:
        """While entered, each function is another wherever a loaded module names it.

        functions
            By `id` of the function: itself, and what stands in its place.
        """
        if self._sought != functions.keys():
            self._sought = frozenset(functions)
            self._known.clear()
        seen = {id(module) for module in list(sys.modules.values())}
        changed = list(self._rebound(functions))
        try:
            yield
        finally:
            for module, name, before, after in changed:
                if _names(module).get(name) is after:  # else the program has bound it to something else since
                    setattr(module, name, before)
            stand_ins = {id(after): (after, before) for before, after in functions.values()}
            for module in list(sys.modules.values()):  # new ones may have imported what stood there
                if id(module) not in seen and isinstance(module, ModuleType):
                    for name, before, _ in _naming(module, _names(module), stand_ins):
                        setattr(module, name, before)

    def _rebound(
        self, functions: Mapping[int, tuple[object, object]]
    ) -> Iterator[tuple[ModuleType, str, object, object]]:
        """Bind each name of a function to what stands in for it."""
        for module in list(sys.modules.values()):
            if not isinstance(module, ModuleType):
                continue
            names = _names(module)
            known = self._known.get(id(module))
            is_known = known is not None and known[0] is module and known[1] == len(names)
            among = known[2] if known is not None and is_known and module.__name__ != "__main__" else tuple(names)
            found = list(_naming(module, among, functions))
            self._known[id(module)] = module, len(names), tuple(name for name, _, _ in found)
            for name, after, before in found:
                setattr(module, name, after)
                yield module, name, before, after


def _naming(
    module: ModuleType, among: Iterable[str], functions: Mapping[int, tuple[object, object]]
) -> Iterator[tuple[str, object, object]]:
    """Which of a module's names mean one of the functions: the name, what is to stand there, what does."""
    names = _names(module)
    for name in list(among):
        value = names.get(name)
        found = functions.get(id(value))
        if found is not None and found[0] is value:
            yield name, found[1], value


def _names(module: ModuleType) -> dict[str, object]:
    """What a module binds; asking a lazy module for an attribute would load it."""
    names: dict[str, object] = object.__getattribute__(module, "__dict__")
    return names


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
