"""Look at the numbers that reach a loss while a program trains.

What the checker cannot follow in the text, numbers show: rows that sum to one where a loss wants raw scores, negative
numbers where it wants probabilities. The same codes, names and pages as those of the checker. Nothing that the program
computes is changed.
"""

from __future__ import annotations

import functools
import os
import sys
import sysconfig
import warnings
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, ContextDecorator, ExitStack
from types import FrameType, TracebackType
from typing import Final

from logitlint.findings import URL
from logitlint.frameworks.catalog import catalog
from logitlint.frameworks.vocabulary import Depends, Fact, Function, Layer, Role, Scalar, Want
from logitlint.inference.signature import defaults, fill_names
from logitlint.numerics import hooks
from logitlint.numerics.adapters import find, rounding, to_array
from logitlint.rules import RULES
from logitlint.runtime.evidence import Evidence

EVERY: Final = 50
"""Of the calls at one place, the first twenty are looked at, and then each of this number."""
FIRST: Final = 20
MOST_NUMBERS: Final = 65_536
"""Of a larger tensor, the first rows are looked at."""

_WORDS: Final[Mapping[str, str]] = {rule.code: rule.summary for rule in RULES}
_NAMES: Final[Mapping[str, str]] = {rule.code: rule.name for rule in RULES}
_LIBRARIES: Final = tuple(sysconfig.get_paths()[name] for name in ("purelib", "platlib", "stdlib"))
_HERE: Final = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))


class WrongKindWarning(UserWarning):
    """The numbers that reach a loss are of the wrong kind."""


class BlindWarning(UserWarning):
    """A loss ran where its numbers could not be seen."""


class WrongKindError(ValueError):
    """As `WrongKindWarning`, where the scope was asked to raise."""


class watch(ContextDecorator):  # noqa: N801, used as a function, as contextlib.suppress is
    """Warn, or raise, when a tensor handed to a known loss is of the wrong kind by its numbers.

    ::

        with logitlint.runtime.watch():
            for x, y in batches:
                criterion(model(x), y).backward()

    As a decorator it watches each call of a function. Inside, PyTorch's losses are seen however they are called; those
    of Keras, TensorFlow and JAX where modules name them. A loss under ``jax.jit`` is seen when it is traced inside the
    scope. Losses inside ``torch.compile``, ``torch.jit.script`` and compiled TensorFlow graphs cannot be seen; for the
    first and the last a `BlindWarning` at the end says so.

    on
        ``"warn"``: a `WrongKindWarning` at the line that calls the loss, once for each line and rule. ``"raise"``: a
        `WrongKindError` there.

    Raises ValueError for any other word.
    """

    def __init__(self, *, on: str = "warn") -> None:
        if on not in ("warn", "raise"):
            raise ValueError(f"on={on!r}: expected 'warn' or 'raise'")
        self.on = on
        self._memory = _Memory()
        self._entered: list[_Scope] = []

    def __enter__(self) -> watch:
        scope = _Scope(self.on, self._memory)
        scope.__enter__()
        self._entered.append(scope)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._entered.pop().__exit__(kind, error, trace)


class _Memory:
    """What one `watch` has seen and said, each time it is entered."""

    def __init__(self) -> None:
        self.places: dict[tuple[str, int], _Place] = {}
        self.said: set[tuple[str, int, str]] = set()


class _Scope:
    """One time a `watch` is entered."""

    def __init__(self, on: str, memory: _Memory) -> None:
        self.on = on
        self.memory = memory
        self.active = False
        self.blind: set[str] = set()
        self._stack = ExitStack()
        self._depth = 0

    def __enter__(self) -> None:
        self.active = True
        if "torch" in sys.modules:
            rows = {id(found): row for row in _losses("torch.nn.functional.") if (found := _found(row.name))}

            def look(function: object, arguments: tuple[object, ...], named: Mapping[str, object]) -> None:
                row = rows.get(id(function))
                if row is None:
                    return
                if hooks.torch_is_compiling():
                    self.blind.add("torch.compile")
                    return
                self.look(row, arguments, named, axis=1)

            self._stack.enter_context(hooks.torch_calls(look))
        for patch in self._patches():
            self._stack.enter_context(patch)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.active = False
        self._stack.__exit__(kind, error, trace)
        if self.blind and kind is None:
            warnings.warn(
                f"logitlint could not look at losses inside {', '.join(sorted(self.blind))}", BlindWarning, stacklevel=4
            )

    def _patches(self) -> Iterator[AbstractContextManager[None]]:
        """What stands in the place of losses that no hook of their framework tells of."""
        functions: dict[int, tuple[object, object]] = {}
        for library in ("optax", "keras", "tensorflow"):
            if library not in sys.modules:
                continue
            for row in _losses(f"{library}."):
                found = _found(row.name)
                if callable(found) and not isinstance(found, type):
                    functions[id(found)] = (found, self._instead(found, row))
        if functions:
            yield hooks.replaced(functions)
        if "keras" in sys.modules:
            base = _found("keras.losses.Loss")
            if isinstance(base, type):
                yield hooks.replaced_method(base, "__call__", self._called(base.__dict__["__call__"]))

    def _instead(self, function: Callable[..., object], row: Function) -> Callable[..., object]:
        @functools.wraps(function)
        def watched(*arguments: object, **named: object) -> object:
            if self.active and self._depth == 0:
                self.look(row, arguments, named, axis=-1)
            return self._inside(function, *arguments, **named)

        return watched

    def _called(self, method: Callable[..., object]) -> Callable[..., object]:
        @functools.wraps(method)
        def watched(loss: object, *arguments: object, **named: object) -> object:
            row = catalog().row(f"keras.losses.{type(loss).__name__}")
            if self.active and self._depth == 0 and isinstance(row, Layer) and isinstance(row.call, Function):
                settings = getattr(loss, "_fn_kwargs", None) or {}
                given = {name: value for name, value in settings.items() if isinstance(value, str | bool | int | float)}
                self.look(row.call, arguments, named, axis=-1, settings=given)
            return self._inside(method, loss, *arguments, **named)

        return watched

    def _inside(self, function: Callable[..., object], *arguments: object, **named: object) -> object:
        """Call it; what it calls in turn is its own affair."""
        self._depth += 1
        try:
            return function(*arguments, **named)
        finally:
            self._depth -= 1

    # -- looking ------------------------------------------------------------------------------------------------------

    def look(
        self,
        row: Function,
        arguments: tuple[object, ...],
        named: Mapping[str, object],
        *,
        axis: int,
        settings: Mapping[str, Scalar] | None = None,
    ) -> None:
        """Weigh the prediction that a loss is given."""
        given = fill_names(row.signature, arguments, named)
        for parameter, takes in row.takes.items():
            if takes.role is not Role.PREDICTION or parameter not in given:
                continue
            want = _want(takes.want, {**defaults(row.signature), **(settings or {}), **given})
            place = self._place()
            if want is None or not place.is_due():
                continue
            self._weigh(given[parameter], row, want, axis, place)

    def _weigh(self, value: object, row: Function, want: Want, axis: int, place: _Place) -> None:
        def later(known: object) -> None:
            if self.active:
                self._judge(known, row, want, axis, place)

        if not hooks.is_traced(value):
            later(value)
        elif not hooks.when_known(value, later):
            self.blind.add("a compiled graph")

    def _judge(self, value: object, row: Function, want: Want, axis: int, place: _Place) -> None:
        try:
            numbers = to_array(value)
        except (TypeError, RuntimeError):
            self.blind.add("a transformed function")
            return
        if numbers.size > MOST_NUMBERS and numbers.ndim > 1:
            numbers = numbers[: max(1, MOST_NUMBERS * len(numbers) // numbers.size)]
        code = place.evidence.weigh(numbers, want, axis, rounding(value))
        if code is None or (*place.at, code) in self.memory.said:
            return
        self.memory.said.add((*place.at, code))
        loss = row.name.rpartition(".")[2]
        page = URL.format(name=_NAMES[code])
        words = f"{code} {_NAMES[code]}: {_WORDS[code]}, by the numbers given to {loss}; see {page}"
        if self.on == "raise":
            raise WrongKindError(words)
        warnings.warn_explicit(words, WrongKindWarning, *place.at)

    def _place(self) -> _Place:
        at = _caller(sys._getframe(1))
        return self.memory.places.setdefault(at, _Place(at))


class _Place:
    """A line that calls a loss."""

    def __init__(self, at: tuple[str, int]) -> None:
        self.at = at
        self.calls = 0
        self.evidence = Evidence()

    def is_due(self) -> bool:
        """Whether this call is one of those that are looked at."""
        self.calls += 1
        return not self.evidence.innocent and (self.calls <= FIRST or self.calls % EVERY == 0)


def _caller(frame: FrameType | None) -> tuple[str, int]:
    """The innermost line that is neither ours nor a library's."""
    outermost = frame
    while frame is not None:
        file = frame.f_code.co_filename
        if not file.startswith((_HERE, "<frozen", *_LIBRARIES)):
            return file, frame.f_lineno
        outermost, frame = frame, frame.f_back
    return (outermost.f_code.co_filename, outermost.f_lineno) if outermost else ("<unknown>", 1)


def _losses(prefix: str) -> Iterator[Function]:
    """The catalogued loss functions below a name."""
    for row in catalog():
        if isinstance(row, Function) and Fact.LOSS in row.facts and row.name.startswith(prefix):
            yield row


def _found(path: str) -> object | None:
    try:
        return find(path)
    except LookupError:
        return None


def _want(want: object, given: Mapping[str, object]) -> Want | None:
    while isinstance(want, Depends):
        value = given.get(want.argument)
        want = want.cases.get(value) if isinstance(value, str | bool | int | float | None) else None
    return want if isinstance(want, Want) else None
