"""Where the calls of losses are told of: set at the first listener, drawn when the last has gone.

A listener hears what runs in the context in which it was added (`contextvars`): the thread, or the asynchronous task
and those it starts. What stands in the place of a library's functions is the same for all listeners, so that scopes of
several threads may begin and end in any order.
"""

from __future__ import annotations

import functools
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack
from contextvars import ContextVar
from typing import Final, NamedTuple, Protocol

from logitlint.frameworks.catalog import catalog
from logitlint.frameworks.vocabulary import Fact, Function, Layer, Scalar
from logitlint.numerics import hooks
from logitlint.numerics.adapters import find


class Call(NamedTuple):
    """A call of a loss, before it is made.

    axis
        Where the classes lie.
    settings
        What the loss was built with.
    """

    row: Function
    arguments: tuple[object, ...]
    named: Mapping[str, object]
    axis: int
    settings: Mapping[str, Scalar] = {}


class Listener(Protocol):
    """Who is told of calls."""

    def hear(self, call: Call) -> None:
        """A loss is about to be computed; an exception prevents that."""
        ...

    def miss(self, where: str) -> None:
        """A loss ran where nothing can be seen."""
        ...


_listeners: ContextVar[tuple[Listener, ...]] = ContextVar("logitlint_listeners", default=())
_inside: ContextVar[bool] = ContextVar("logitlint_inside", default=False)
"""Whether a loss is being computed: what it calls in turn is its own affair."""
_thread: Final = threading.local()


def add(listener: Listener) -> None:
    """From now on it hears of calls; one that is added twice hears of each once, until it is taken away twice."""
    _listeners.set((*_listeners.get(), listener))
    _LIBRARIES.open()
    if "torch" in sys.modules:
        depth = _depth() + 1
        if depth == 1:
            _torch_scope().__enter__()
        _thread.depth = depth


def remove(listener: Listener) -> None:
    """What `add` has done, undone."""
    if _NOTES.compiled:
        _NOTES.compiled = False
        for each in dict.fromkeys(_listeners.get()):
            each.miss("torch.compile")
    others = list(_listeners.get())
    if listener in others:
        del others[len(others) - 1 - others[::-1].index(listener)]
    _listeners.set(tuple(others))
    _LIBRARIES.close()
    if _depth():
        _thread.depth = _depth() - 1
        if not _thread.depth:
            _torch_scope().__exit__(None, None, None)


_NOTES: Final = hooks.Notes()


def _depth() -> int:
    """How many listeners of this thread listen to PyTorch."""
    return getattr(_thread, "depth", 0)


@functools.lru_cache(maxsize=1)
def _torch_scope() -> AbstractContextManager[object]:
    known = {id(found): (found, row) for row in losses("torch.nn.functional.") if (found := find_or_none(row.name))}

    def look(function: object, arguments: tuple[object, ...], named: Mapping[str, object]) -> None:
        if not _inside.get():
            _tell(Call(known[id(function)][1], arguments, named, axis=1))

    return hooks.torch_calls(frozenset(known), look, _NOTES)


def _tell(call: Call) -> None:
    for listener in dict.fromkeys(_listeners.get()):
        listener.hear(call)


def _computed(function: Callable[..., object], arguments: tuple[object, ...], named: Mapping[str, object]) -> object:
    token = _inside.set(True)
    try:
        return function(*arguments, **named)
    finally:
        _inside.reset(token)


class _Libraries:
    """What stands in the place of losses that no hook of their framework tells of."""

    NAMES: Final[tuple[str, ...]] = ("optax", "keras", "tensorflow")

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._users = 0
        self._done: set[str] = set()
        self._stack = ExitStack()

    def open(self) -> None:
        """For those that are loaded by now."""
        with self._lock:
            self._users += 1
            loaded = [name for name in self.NAMES if name in sys.modules and name not in self._done]
            for patch in _patches(loaded):
                self._stack.enter_context(patch)
            self._done.update(loaded)

    def close(self) -> None:
        """Everything is as it was, when nobody listens any more."""
        with self._lock:
            self._users -= 1
            if not self._users:
                self._stack.close()
                self._done.clear()


_LIBRARIES: Final = _Libraries()
_NAMES: Final = hooks.Names()


def _patches(libraries: list[str]) -> Iterator[AbstractContextManager[None]]:
    functions = {key: pair for name in libraries for key, pair in _stand_ins(name).items()}
    if functions:
        yield _NAMES.replaced(functions)
    if "keras" in libraries and isinstance(base := find_or_none("keras.losses.Loss"), type):
        yield hooks.replaced_method(base, "__call__", _called(base.__dict__["__call__"]))


@functools.cache
def _stand_ins(library: str) -> dict[int, tuple[object, object]]:
    """By `id`: each loss function of a library, and what stands in its place."""
    found: dict[int, tuple[object, object]] = {}
    for row in losses(f"{library}."):
        function = find_or_none(row.name)
        if callable(function) and not isinstance(function, type):
            found[id(function)] = function, _instead(function, row)
    return found


def _instead(function: Callable[..., object], row: Function) -> Callable[..., object]:
    @functools.wraps(function)
    def watched(*arguments: object, **named: object) -> object:
        if not _inside.get():
            _tell(Call(row, arguments, named, axis=-1))
        return _computed(function, arguments, named)

    return watched


def _called(method: Callable[..., object]) -> Callable[..., object]:
    """The call of a loss object of Keras."""

    @functools.wraps(method)
    def watched(loss: object, *arguments: object, **named: object) -> object:
        row = catalog().row(f"keras.losses.{type(loss).__name__}")
        if not _inside.get() and isinstance(row, Layer) and isinstance(row.call, Function):
            settings = getattr(loss, "_fn_kwargs", None) or {}
            literal = {name: value for name, value in settings.items() if isinstance(value, str | bool | int | float)}
            _tell(Call(row.call, arguments, named, -1, literal))
        return _computed(method, (loss, *arguments), named)

    return watched


def losses(prefix: str) -> Iterator[Function]:
    """The catalogued loss functions below a name."""
    for row in catalog():
        if isinstance(row, Function) and Fact.LOSS in row.facts and row.name.startswith(prefix):
            yield row


def find_or_none(path: str) -> object | None:
    """What a qualified name stands for, if anything here."""
    try:
        return find(path)
    except LookupError:
        return None
