"""Every pair of fixtures, executed: what is repaired is what was meant, what is wrong is not, unless no value changes.

For each function of a pair arguments are sought with which the repaired one runs; `shadows` sees what its losses,
distributions and decisions are given. A finding that was repaired counts as executed when its line was.
"""

from __future__ import annotations

import ast
import contextlib
import difflib
import inspect
import io
import sys
import types
import warnings
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pytest
import torch
from expectations import FIXTURES, expectations
from shadows import Event, Shadows, distributions
from test_fix_fixtures import sibling

from logitlint.findings import Finding
from logitlint.linter import Linter
from logitlint.rules import RULES as KNOWN
from logitlint.settings import Selection, Settings, enabled

if TYPE_CHECKING:
    from _typeshed import TraceFunction

RULES = FIXTURES / "rules"
FOLDERS = (".", "consumers", "containers", "imports", "raw_scores", "whole_models", "ways")
PAIRS = [path for folder in FOLDERS for path in sorted((RULES / folder).glob("*.py")) if sibling(path).exists()]
TRUTHS = frozenset(["y", "label", "labels", "target", "targets", "tags", "mask", "masks"])
ABSENT = ("tensorflow", "segmentation_models_pytorch")
"""Libraries of which these fixtures speak that are not there, or are not executed."""
ELSEWHERE = {
    "raw_scores/lgt101_softmax_into_softmax_loss.py::Graph",
    "raw_scores/lgt101_softmax_into_softmax_loss.py::asked_for_by_name",
    "whole_models/lgt101_softmax_into_softmax_loss.py::segment",
}
"""What does not run here: each needs one of those libraries."""
SAME_VALUE = frozenset(["LGT501", "LGT701", "LGT702", "LGT703", "LGT705", "LGT707", "LGT708", "LGT709"])
PAIRED = frozenset(["loader", "sentences"])


class Run(NamedTuple):
    """What came of calling a function."""

    events: tuple[Event, ...] = ()
    lines: frozenset[int] = frozenset()
    error: str = ""
    gave: tuple[float, ...] = ()


class Given(dict[str, object]):
    """A batch under whatever name."""

    def __init__(self, x: torch.Tensor, y: torch.Tensor) -> None:
        super().__init__()
        self.x, self.y = x, y

    def __missing__(self, key: str) -> object:
        return self.y if key in TRUTHS else self.x


def inputs() -> Iterator[tuple[torch.Tensor, torch.Tensor]]:
    """Features and truths, of which some suit a function."""
    random = torch.Generator().manual_seed(3)
    for width in (8, 16, 784, 1):
        x = 4 * torch.randn(16, width, generator=random)
        yield x, torch.randint(0, 3, (16,), generator=random)
        for shape in ((16,), *((16, units) for units in (1, 2, 3, 4, 5, 10, 28)), (16, 4, 4)):
            for labels in (torch.float32, torch.int64):
                yield x, torch.randint(0, 2, shape, generator=random).to(labels)
    yield 2 * torch.randn(4, 16, 8, generator=random), torch.randint(1, 3, (4, 2), generator=random)


def argument(name: str, x: torch.Tensor, y: torch.Tensor) -> object:
    if name in TRUTHS:
        return y
    if name in PAIRED:
        return [(x, y)]
    if name == "batch":
        return Given(x, y)
    if name == "device":
        return "cpu"
    if name.endswith("_lengths"):
        return torch.tensor([x.shape[1] if name.startswith("input") else 2] * x.shape[0])
    if name in ("temperature", "tau"):
        return 2.0
    if name == "p":
        return torch.log_softmax(x, dim=1)
    if name == "q":
        return torch.softmax(x.flip(0), dim=1)
    if name == "z":
        return torch.zeros(1)
    if name == "training":
        return False
    if name in ("flag", "simple", "normalise"):
        return True
    return x


class AbsentError(ImportError):
    """A library that is not there, or not here, was to be used."""


class Stand(types.ModuleType):
    """What stands where a library is not there: it can be imported, and nothing of it used."""

    def __getattr__(self, name: str) -> object:
        if name.startswith("__"):
            raise AttributeError(name)
        raise AbsentError(f"{self.__name__}.{name}")


@contextlib.contextmanager
def standing_in(names: Sequence[str]) -> Iterator[None]:
    """Some libraries stand for others for a while."""
    earlier = {name: sys.modules.get(name) for name in names}
    sys.modules.update({name: Stand(name) for name in names})
    try:
        yield
    finally:
        for name, module in earlier.items():
            sys.modules.pop(name)
            if module is not None:
                sys.modules[name] = module


@contextlib.contextmanager
def tracing(tracer: TraceFunction) -> Iterator[None]:
    """Trace a block with `tracer`, and go on afterwards with what traced before: coverage does."""
    earlier = sys.gettrace()
    sys.settrace(tracer)
    try:
        yield
    finally:
        sys.settrace(earlier)


class Program:
    """One side of a pair."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.names: dict[str, object] = {"__name__": path.stem}
        torch.manual_seed(11)
        self.lines: set[int] = set()
        """Those that run when the module is imported."""
        with standing_in(ABSENT), tracing(self._tracer(self.lines)):
            exec(compile(path.read_text("utf-8"), str(path), "exec"), self.names)

    def functions(self) -> list[str]:
        """The functions of the file, and the methods of its classes."""
        found = []
        for name, each in self.names.items():
            if inspect.isfunction(each) and each.__code__.co_filename == str(self.path):
                found.append(name)
            elif inspect.isclass(each) and each.__module__ == self.path.stem:
                found += [f"{name}.{own}" for own, method in vars(each).items() if inspect.isfunction(method)]
        return found

    def run(self, name: str, x: torch.Tensor, y: torch.Tensor) -> Run:
        """Call a function, or a method of a new object of its class."""
        torch.manual_seed(7)
        shadows, seen, printed = Shadows(self.path), set(self.lines), io.StringIO()
        with warnings.catch_warnings(), contextlib.redirect_stdout(printed), distributions(shadows), shadows:
            warnings.simplefilter("ignore")
            try:
                with tracing(self._tracer(seen)):
                    gave = self._call(name, x, y)
            except Exception as error:
                return Run(tuple(shadows.events), frozenset(seen), repr(error))
        return Run(tuple(shadows.events), frozenset(seen), "", tuple(numbers(gave)))

    def _call(self, name: str, x: torch.Tensor, y: torch.Tensor) -> object:
        owner, _, method = name.rpartition(".")
        found = self.names[owner or method]
        assert callable(found)
        if owner:
            found = getattr(found(**arguments(found, x, y)), method)
        return found(**arguments(found, x, y)) if method != "__init__" else None

    def _tracer(self, seen: set[int]) -> TraceFunction:
        def trace(frame: FrameType, event: str, argument: object) -> TraceFunction | None:
            if frame.f_code.co_filename != str(self.path):
                return None
            seen.add(frame.f_lineno)
            return trace

        return trace


def arguments(function: object, x: torch.Tensor, y: torch.Tensor) -> dict[str, object]:
    """What a function is called with; what has a default keeps it."""
    assert callable(function)
    return {
        parameter.name: argument(parameter.name, x.clone(), y.clone())
        for parameter in inspect.signature(function).parameters.values()
        if parameter.default is parameter.empty
        and parameter.kind in (parameter.POSITIONAL_OR_KEYWORD, parameter.KEYWORD_ONLY)
    }


def numbers(value: object) -> Iterator[float]:
    if isinstance(value, torch.Tensor):
        yield from value.detach().double().flatten().tolist()
    elif isinstance(value, tuple | list):
        for each in value:
            yield from numbers(each)


def executed(path: Path, names: set[str]) -> dict[str, tuple[Run, Run]]:
    """Both sides of a pair, by function, called with what the repaired one can be called with. Of a module's own lines
    every function counts, else those that are named.
    """
    wrong, right = Program(path), Program(sibling(path))
    found: dict[str, tuple[Run, Run]] = {}
    for name in wrong.functions():
        if "module" not in names and name.partition(".")[0] not in names:
            continue
        for attempt in inputs():
            after = right.run(name, *attempt)
            if not after.error or "AbsentError" in after.error:
                break
        else:  # there is nothing with which it can be called, unless what was there can
            runs = (wrong.run(name, *each) for each in inputs())
            found[name] = next((run for run in runs if not run.error), Run()), after
            continue
        found[name] = wrong.run(name, *attempt), after
    return found


class Repair(NamedTuple):
    """A finding that is there no longer in the sibling."""

    code: str
    line: int
    end: int
    place: int
    """Where it would be there."""


def repairs(path: Path) -> list[Repair]:
    """What the sibling of a fixture has put right."""
    before, after = findings(path), findings(sibling(path))
    places = moved(path.read_text("utf-8").splitlines(), sibling(path).read_text("utf-8").splitlines())
    left = {(finding.code, finding.span.row) for finding in after}
    found = []
    for finding in before:
        place = places[finding.span.end_row]
        start = place - (finding.span.end_row - finding.span.row)
        if (finding.code, start) not in left:
            found.append(Repair(finding.code, finding.span.row, finding.span.end_row, place))
    return found


def findings(path: Path) -> Sequence[Finding]:
    select = expectations(path.read_text("utf-8")).select
    on = enabled([Selection(select or None, extend_select=(path.stem.split("_")[0].upper(),))], KNOWN)
    return Linter(Settings(enabled=on, noqa=False)).check_known(str(path), None).findings


def moved(before: Sequence[str], after: Sequence[str]) -> Mapping[int, int]:
    """Where each line of a text stands in another; a stretch that was rewritten ends where it ended."""
    found = {}
    for _, start, end, other, other_end in difflib.SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        for row in range(start, end):
            found[row + 1] = max(other_end - (end - row), other) + 1
    return found


def judged(repair: Repair, runs: Sequence[tuple[Run, Run]]) -> list[str]:
    """What speaks against a repair in the runs that came by; an empty list when it is right."""
    rows = set(range(repair.line, repair.end + 1))
    spoken = any(right.gave or any(event.fits for event in right.events) for _, right in runs)
    faults = [] if spoken else ["nothing speaks for it"]
    faults += [right.error for _, right in runs if right.error]
    same = all(equal(wrong, right) for wrong, right in runs)
    if repair.code in SAME_VALUE or (repair.code == "LGT704" and not torch.cuda.is_available()):
        return faults if same else [*faults, "it gives another value"]
    before = [event for wrong, _ in runs for event in wrong.events]
    after = [event for _, right in runs for event in right.events]
    before = [event for event in before if not rows.isdisjoint(event.lines)] or before
    after = [event for event in after if repair.place in event.lines] or after
    faults += [f"{event.name} gives {event.value}, not {event.wanted}" for event in after if not event.fits]
    if same and all(event.fits for event in before):
        faults.append("what was there gives the same")
    return faults


def equal(wrong: Run, right: Run) -> bool:
    """Whether two functions gave the same numbers."""
    if wrong.error or len(wrong.gave) != len(right.gave):
        return False
    return bool(np.allclose(wrong.gave, right.gave, rtol=1e-3, atol=1e-5))


def owner(path: Path, line: int) -> str:
    """The function or class in which a line stands."""
    for each in ast.parse(path.read_text("utf-8")).body:
        if each.lineno <= line <= (each.end_lineno or line) and isinstance(each, ast.FunctionDef | ast.ClassDef):
            return each.name
    return "module"


def leading(path: Path, wanted: Sequence[Repair]) -> set[str]:
    """The functions and classes in which something was repaired, and those that mention one of them, and so on."""
    found = {owner(path, repair.line) for repair in wanted}
    parts = [each for each in ast.parse(path.read_text("utf-8")).body if isinstance(each, ast.stmt)]
    while True:
        more = set()
        for part in parts:
            names = [each for each in ast.walk(part) if isinstance(each, ast.Name)]
            bound = {each.id for each in names if isinstance(each.ctx, ast.Store)}
            own = {part.name} if isinstance(part, ast.FunctionDef | ast.ClassDef) else bound
            more |= own if {each.id for each in names} & found else set()
        if more <= found:
            return found
        found |= more


def relative(path: Path) -> str:
    return path.relative_to(RULES).as_posix()


@pytest.mark.parametrize("path", PAIRS, ids=relative)
def test_every_repair_gives_what_was_meant_and_what_was_there_did_not(path: Path) -> None:
    wanted, faults, still = repairs(path), {}, set()
    runs = executed(path, leading(path, wanted))
    assert wanted
    for repair in wanted:
        rows = range(repair.line, repair.end + 1)
        ran = [
            run for run in runs.values() if not run[0].lines.isdisjoint(rows) and not all(each.error for each in run)
        ]
        if not ran:
            still.add(f"{relative(path)}::{owner(path, repair.line)}")
        elif found := judged(repair, ran):
            faults[repair] = found
    assert faults == {}
    assert still == {name for name in ELSEWHERE if name.startswith(f"{relative(path)}::")}


def test_what_does_not_run_needs_a_library_that_is_not_there() -> None:
    for name in ELSEWHERE:
        path, _, function = name.partition("::")
        program = Program(RULES / path)
        names = [each for each in program.functions() if each.partition(".")[0] == function]
        assert all("AbsentError" in program.run(each, *next(inputs())).error for each in names)
        assert names
