"""Look at the numbers that reach a loss while a program trains.

What the checker cannot follow in the text, numbers show: rows that sum to one where a loss wants raw scores, negative
numbers where it wants probabilities. The same codes, names and pages as those of the checker. Nothing that the program
computes is changed.
"""

from __future__ import annotations

import os
import sys
import sysconfig
import warnings
from collections.abc import Callable, Mapping
from contextlib import ContextDecorator
from types import FrameType, TracebackType
from typing import Final, TypeVar, cast

from logitlint.findings import URL
from logitlint.frameworks.vocabulary import Depends, Function, Role, Want
from logitlint.inference.signature import defaults, fill_names
from logitlint.numerics import hooks
from logitlint.numerics.adapters import rounding, to_array
from logitlint.rules import RULES
from logitlint.runtime import taps
from logitlint.runtime.evidence import Evidence
from logitlint.runtime.stepwise import within
from logitlint.runtime.taps import Call

_Called = TypeVar("_Called", bound=Callable[..., object])

EVERY: Final = 50
"""Of the calls at one place, the first twenty are looked at, and then each of this number."""
FIRST: Final = 20
MOST_NUMBERS: Final = 65_536
"""Of a larger tensor, the first rows are looked at."""

_WORDS: Final[Mapping[str, str]] = {rule.code: rule.summary for rule in RULES}
_NAMES: Final[Mapping[str, str]] = {rule.code: rule.name for rule in RULES}
_LIBRARIES: Final = tuple(sysconfig.get_paths()[name] for name in ("purelib", "platlib", "stdlib"))
_ENDINGS: Final = (StopIteration, StopAsyncIteration, GeneratorExit)
"""How a generator ends that nothing is wrong with."""
_MADE: Final = ("<frozen", "<eval_with_key>")
"""Code without a file: Python's own, and what ``torch.compile`` has written."""
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

    As a decorator it watches each call of a function; of a generator or a coroutine each step, and nothing that runs
    between two of them. Inside, PyTorch's losses are seen however they are called; those of Keras, TensorFlow and JAX
    where modules name them. A loss under ``jax.jit`` is seen when it is traced inside the scope. Losses inside
    ``torch.compile``, ``torch.jit.script`` and compiled TensorFlow graphs cannot be seen; for the first and the last a
    `BlindWarning` at the end says so, once. What other threads compute is theirs: each may have a scope of its own.

    on
        ``"warn"``: a `WrongKindWarning` at the line that calls the loss, once for each line and rule. ``"raise"``: a
        `WrongKindError` there, each time; under ``jax.jit`` JAX raises its own, with the same words.

    Raises ValueError for any other word.
    """

    def __init__(self, *, on: str = "warn") -> None:
        if on not in ("warn", "raise"):
            raise ValueError(f"on={on!r}: expected 'warn' or 'raise'")
        self.on = on
        self._entered = 0
        self._places: dict[tuple[str, int], _Place] = {}
        self._said: set[tuple[str, int, str]] = set()
        self._blind: set[str] = set()
        self._told: set[str] = set()

    def __enter__(self) -> watch:
        taps.add(self)
        self._entered += 1
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._entered -= 1
        taps.remove(self)
        untold = self._blind - self._told
        if untold and (kind is None or issubclass(kind, _ENDINGS)):
            self._told |= untold
            words = f"logitlint could not look at losses inside {', '.join(sorted(untold))}"
            warnings.warn_explicit(words, BlindWarning, *_caller(sys._getframe(1)))

    def __call__(self, function: _Called) -> _Called:
        """The function, watched each time it runs."""
        stepped = within(self, function)
        return super().__call__(function) if stepped is None else cast("_Called", stepped)

    def hear(self, call: Call) -> None:
        """Weigh the prediction that a loss is given."""
        row = call.row
        given = fill_names(row.signature, call.arguments, call.named)
        for parameter, takes in row.takes.items():
            if takes.role is not Role.PREDICTION or parameter not in given:
                continue
            want = _want(takes.want, {**defaults(row.signature), **call.settings, **given})
            place = self._place()
            if want is None or not place.is_due():
                continue
            self._weigh(given[parameter], row, want, call.axis, place)

    def miss(self, where: str) -> None:
        """A loss ran where nothing can be seen."""
        self._blind.add(where)

    def _weigh(self, value: object, row: Function, want: Want, axis: int, place: _Place) -> None:
        def later(known: object) -> None:
            if self._entered:
                self._judge(known, row, want, axis, place)

        if not hooks.is_traced(value):
            later(value)
        elif not hooks.when_known(value, later):
            self.miss("a compiled graph")

    def _judge(self, value: object, row: Function, want: Want, axis: int, place: _Place) -> None:
        try:
            numbers = to_array(value)
        except (TypeError, RuntimeError):
            self.miss("a transformed function")
            return
        if numbers.size > MOST_NUMBERS and numbers.ndim > 1:
            numbers = numbers[: max(1, MOST_NUMBERS * len(numbers) // numbers.size)]
        code = place.evidence.weigh(numbers, want, axis, rounding(value))
        if code is None or (self.on == "warn" and (*place.at, code) in self._said):
            return
        self._said.add((*place.at, code))
        loss = row.name.rpartition(".")[2]
        page = URL.format(name=_NAMES[code])
        words = f"{code} {_NAMES[code]}: {_WORDS[code]}, by the numbers given to {loss}; see {page}"
        if self.on == "raise":
            raise WrongKindError(words)
        warnings.warn_explicit(words, WrongKindWarning, *place.at)

    def _place(self) -> _Place:
        at = _caller(sys._getframe(1))
        return self._places.setdefault(at, _Place(at))


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
        if not file.startswith((_HERE, *_MADE, *_LIBRARIES)):
            return file, frame.f_lineno
        outermost, frame = frame, frame.f_back
    return (outermost.f_code.co_filename, outermost.f_lineno) if outermost else ("<unknown>", 1)


def _want(want: object, given: Mapping[str, object]) -> Want | None:
    while isinstance(want, Depends):
        value = given.get(want.argument)
        want = want.cases.get(value) if isinstance(value, str | bool | int | float | None) else None
    return want if isinstance(want, Want) else None
