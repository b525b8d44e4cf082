"""A scope around what runs in pieces: generators and coroutines are inside while they run, outside while they wait."""

from __future__ import annotations

import functools
import inspect
from collections.abc import AsyncGenerator, Awaitable, Callable, Coroutine, Generator
from contextlib import AbstractContextManager
from types import TracebackType
from typing import TypeAlias, cast

Anything: TypeAlias = Callable[..., object]
Scope: TypeAlias = AbstractContextManager[object]


def within(scope: Scope, function: Anything) -> Anything | None:
    """A generator function or a coroutine function, each of whose steps runs in the scope; None for any other.

    What runs between two steps belongs to somebody else: the loop that takes what a generator yields, the tasks that
    run while a coroutine waits. The scope is entered for each step and left after it, so that they are not inside.
    """
    if inspect.isasyncgenfunction(function):
        return _asynchronous_generator(scope, function)
    if inspect.iscoroutinefunction(function):
        return _coroutine(scope, function)
    if inspect.isgeneratorfunction(function):
        return _generator(scope, function)
    return None


class _Steps(Generator[object, object, object]):
    """A generator, each of whose steps is made in a scope."""

    def __init__(self, scope: Scope, inner: Generator[object, object, object]) -> None:
        self._scope, self._inner = scope, inner

    def send(self, value: object) -> object:
        """One step."""
        with self._scope:
            return self._inner.send(value)

    def throw(self, kind: object, value: object = None, trace: TracebackType | None = None) -> object:
        """One step, which begins with an exception."""
        error = kind if isinstance(kind, BaseException) else value
        with self._scope:
            if isinstance(error, BaseException):
                return self._inner.throw(error)
            return self._inner.throw(cast("type[BaseException]", kind), error, trace)

    def close(self) -> None:
        """The last step."""
        with self._scope:
            self._inner.close()


class _Waited:
    """Something to wait for, each of whose steps is made in a scope."""

    def __init__(self, scope: Scope, inner: Awaitable[object]) -> None:
        self._scope, self._inner = scope, inner

    def __await__(self) -> Generator[object, object, object]:
        return (yield from _Steps(self._scope, self._inner.__await__()))


def _generator(scope: Scope, function: Callable[..., Generator[object, object, object]]) -> Anything:
    @functools.wraps(function)
    def stepped(*given: object, **named: object) -> Generator[object, object, object]:
        return (yield from _Steps(scope, function(*given, **named)))

    return stepped


def _coroutine(scope: Scope, function: Callable[..., Coroutine[object, object, object]]) -> Anything:
    @functools.wraps(function)
    async def stepped(*given: object, **named: object) -> object:
        return await _Waited(scope, function(*given, **named))

    return stepped


def _asynchronous_generator(scope: Scope, function: Callable[..., AsyncGenerator[object, object]]) -> Anything:
    @functools.wraps(function)
    async def stepped(*given: object, **named: object) -> AsyncGenerator[object, object]:
        inner = function(*given, **named)
        step: Awaitable[object] = inner.__anext__()
        while True:
            try:
                made = await _Waited(scope, step)
            except StopAsyncIteration:
                return
            try:
                step = inner.asend((yield made))
            except GeneratorExit:
                await _Waited(scope, inner.aclose())
                raise
            except BaseException as error:  # whoever takes what is yielded may throw anything
                step = inner.athrow(error)

    return stepped
