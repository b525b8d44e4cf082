"""The state of one run, and the way a use is recorded.

The interpreter is a set of functions that take the `Machine` first: `statements.execute`, `expressions.evaluate`,
`calls.call`. They need one another in a circle, so the machine holds the three ways in.
"""

from __future__ import annotations

import itertools
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from types import MappingProxyType
from typing import Final, TypeAlias

import msgspec

from logitlint.frameworks.catalog import Catalog
from logitlint.frameworks.vocabulary import Fact, Function, Layer, Role, Row, SameAs, Scalar, Scope, Want
from logitlint.inference.allowances import ALONE, MOST_FRAMES, MOST_IMPORT_FRAMES, MOST_IMPORT_WORK, PROGRAM, Allowed
from logitlint.inference.alterations import Alterations
from logitlint.inference.asides import Asides
from logitlint.inference.choices import contradicts, fingerprint
from logitlint.inference.compiled import Compiled
from logitlint.inference.frames import Frame
from logitlint.inference.imports import FIRST_OWN, Imports
from logitlint.inference.lineage import cause_of
from logitlint.inference.signature import Arguments
from logitlint.inference.steps import Step
from logitlint.inference.store import Branch, Cell, Held, Store, Stored
from logitlint.inference.trace import Loss, Taken, Trace, Use, Via
from logitlint.inference.values import (
    Cause,
    Condition,
    Origin,
    Unknown,
    UserClass,
    UserFunction,
    UserObject,
    Value,
)
from logitlint.kinds import UNKNOWN
from logitlint.lowering import ir
from logitlint.project.modules import Project
from logitlint.project.names import names_of
from logitlint.project.sieve import Sieve

_NO_DEFAULTS: Mapping[str, Scalar] = MappingProxyType({})


class SpentError(Exception):
    """The steps for this judgement are used up."""


ENDED: Final = (SpentError, RecursionError)
"""What ends a judgement early: no steps are left, or the program nests deeper than it can be followed."""

Evaluate: TypeAlias = "Callable[[Machine, Frame, ir.Expression], Value]"
"""`expressions.evaluate`."""
Execute: TypeAlias = "Callable[[Machine, Frame, tuple[ir.Statement, ...]], bool]"
"""`statements.execute`: whether the block runs through to its end."""
Call: TypeAlias = "Callable[[Machine, Value, Arguments, Origin], Value]"
"""`calls.call`."""
RunModule: TypeAlias = "Callable[[Machine, str], Frame | None]"
"""`run.run_module`: the frame of a module's globals, executed once; None when it cannot be read."""


class Machine(msgspec.Struct, eq=False):
    """One run over a file; or over a module that a file imports, on behalf of its `importer`."""

    home: str
    """The file that is run."""
    project: Project
    catalog: Catalog
    sieve: Sieve
    evaluate: Evaluate
    execute: Execute
    call: Call
    module_runner: RunModule
    imports: Imports
    importer: Machine | None = None
    own: set[str] = msgspec.field(default_factory=set)
    """The modules run for this file alone: itself, and those that are not shared."""
    needs: set[str] = msgspec.field(default_factory=set)
    """The modules that were asked for."""
    is_shared: bool = True
    """Whether the outcome depends on nothing but what is imported (see `imports`)."""
    trace: Trace = msgspec.field(default_factory=Trace)
    store: Store = msgspec.field(default_factory=Store)
    ground: Store = msgspec.field(default_factory=Store)
    """The store below all branches; what shared modules define lies below it."""
    path: frozenset[Condition] = frozenset()
    """What is known of the tests passed so far: branches we are in, and branches that never came back."""
    inside: frozenset[Condition] = frozenset()
    """The branches we are in."""
    arisen: dict[int, frozenset[Condition]] = msgspec.field(default_factory=dict)
    """The branches in which each choice arose, whenever it did, by its key: they cannot have singled anything out."""
    picked: frozenset[Condition] = frozenset()
    """The choices by which the objects being called were picked."""
    scopes: frozenset[Scope] = frozenset()
    stack: tuple[Origin, ...] = ()
    active: list[tuple[str, int]] = msgspec.field(default_factory=list)
    raised: list[Branch] | None = None
    """How what is raised leaves the block of the `try` that is run; None where there is none around."""
    allowed: Allowed = PROGRAM
    steps: int = PROGRAM.steps
    overrun: int = 0
    """How many calls of the function that runs have used up all they were allowed."""
    import_work: int = MOST_IMPORT_WORK
    work: int = PROGRAM.steps
    """Steps that are left: of this judgement, and of all that is judged alone."""
    losses: dict[Origin, Loss] = msgspec.field(default_factory=dict)
    entered: set[tuple[str, int]] = msgspec.field(default_factory=set)
    """Functions that were run, by file and origin."""
    given: dict[tuple[str, int], set[str]] = msgspec.field(default_factory=dict)
    """The parameters that functions which were run were ever given, by file and origin."""
    frames: dict[int, Frame] = msgspec.field(default_factory=dict)
    asking: set[tuple[str, str]] = msgspec.field(default_factory=set)
    """Names being looked up in other modules: a circle of imports ends where it began."""
    modules: dict[str, Frame] = msgspec.field(default_factory=dict)
    bases: dict[int, tuple[Value, ...]] = msgspec.field(default_factory=dict)
    """The evaluated base classes of a user class, by its place (see `bases_of`)."""
    instances: dict[tuple[str, int], list[tuple[UserObject, Store]]] = msgspec.field(default_factory=dict)
    """Known instances by the file and origin of their class, each with the store that knows its attributes."""
    ways: dict[int, frozenset[str]] = msgspec.field(default_factory=dict)
    """By a class's place: see `ancestry.ways`."""
    orders: dict[int, tuple[Value, ...]] = msgspec.field(default_factory=dict)
    """By a class's place: see `ancestry.mro`."""
    subclassed: dict[tuple[str, int], list[UserClass]] = msgspec.field(default_factory=dict)
    nested: list[tuple[UserFunction | UserClass, Store, frozenset[Condition]]] = msgspec.field(default_factory=list)
    """What no global names: functions and classes defined inside functions, and lambdas of the module and its classes.

    Each with the store that knows what it closes over, and the branch it stands in.
    """
    replaced: list[tuple[UserClass, Store]] = msgspec.field(default_factory=list)
    """Classes whose names were given to others later on, each with a copy of what was known before."""
    stepped: dict[int, Step | None] = msgspec.field(default_factory=dict)
    """What a library runs of the objects that it was handed, by their places; None where that is not known."""
    altered: Alterations = msgspec.field(default_factory=Alterations)
    compiled: Compiled = msgspec.field(default_factory=Compiled)
    asides: Asides = msgspec.field(default_factory=Asides)
    filled: bool = False
    """Whether the modules that register something were imported."""
    runs: dict[object, int] = msgspec.field(default_factory=dict)
    """How often each function was run."""
    memory: dict[object, tuple[object, Value]] = msgspec.field(default_factory=dict)
    used: dict[tuple[str, str], frozenset[str]] = msgspec.field(default_factory=dict)
    """The names of a package that a file uses."""
    _numbers: dict[object, int] = msgspec.field(default_factory=dict)
    _counter: Iterator[int] = msgspec.field(default_factory=lambda: itertools.count(FIRST_OWN))
    recorded: set[object] = msgspec.field(default_factory=set)
    """What tells the uses of the trace apart."""

    def __post_init__(self) -> None:
        below = self.imports.ground if self.importer is None else self.importer.ground
        self.ground = self.store = Store(below, object())
        self.own.add(self.home)
        if self.importer is not None:
            self._counter = self.imports.counter
            self.allowed = ALONE
            self.steps = sys.maxsize  # the body runs to its end, whatever its calls use up

    @property
    def importing(self) -> bool:
        """Whether this is a module that another file imports."""
        return self.importer is not None

    def importers(self) -> Iterator[Machine]:
        """The run itself, and those that wait for it to end."""
        machine: Machine | None = self
        while machine is not None:
            yield machine
            machine = machine.importer

    def depends_on(self, importer: Machine) -> None:
        """Note that the outcome of this run, and of those between, depends on a module that is not yet done."""
        for machine in self.importers():
            if machine is importer:
                break
            machine.is_shared = False

    def frame(self, number: int) -> Frame | None:
        """The activation of that number."""
        for machine in self.importers():
            if (frame := machine.frames.get(number)) is not None:
                return frame
        return self.imports.frames.get(number)

    def bases_of(self, cls: UserClass) -> tuple[Value, ...]:
        """The evaluated base classes of a user class."""
        for machine in self.importers():
            if (bases := machine.bases.get(cls.place)) is not None:
                return bases
        return self.imports.bases.get(cls.place, ())

    def ask(self, file: str, name: str) -> bool:
        """Begin to look a name up in a module; False when that is going on already: a circle of imports."""
        for machine in self.importers():
            if (file, name) in machine.asking:
                self.depends_on(machine)
                return False
        self.asking.add((file, name))
        return True

    # -- identities -----------------------------------------------------------------------------------------------

    def fresh(self) -> int:
        """An identity nothing else has."""
        return next(self._counter)

    def number(self, *key: object) -> int:
        """The identity of a computation: equal operations on equal values have equal numbers."""
        number = self._numbers.get(key)
        if number is None:
            number = self._numbers[key] = next(self._counter)
            for marked in (self.asides.counts, self.trace.told):
                if not marked.isdisjoint(each for each in key if type(each) is int):
                    marked.add(number)
        return number

    def unknown(self, words: str, origin: Origin | None, *key: object) -> Unknown:
        """A value about which nothing is known, and why."""
        return Unknown(self.number(*key) if key else self.fresh(), Cause(words, origin))

    def count(self, words: str, origin: Origin) -> Unknown:
        """A number that is another at every turn of a loop."""
        made = self.unknown(words, origin)
        self.asides.counts.add(made.number)
        return made

    def row(self, path: str, file: str) -> Row | None:
        """The row of a library's name as a file uses it: some names mean something else in another version."""
        dated = self.catalog.dated(path, lambda package: self._used(package, file))
        return self.catalog.row(dated) if path not in self.altered.patched else None

    def _used(self, package: str, file: str) -> frozenset[str]:
        """The names of a package that a file uses."""
        key = (package, file)
        if key not in self.used:
            module = self.project.module(file)
            known_as = self.catalog.conventional
            self.used[key] = names_of(module, package, known_as) if module is not None else frozenset()
        return self.used[key]

    def run_module(self, file: str) -> Frame | None:
        """The globals of a module of the project."""
        return self.module_runner(self, file)

    def begin(self, allowed: Allowed = ALONE) -> None:
        """Start one judgement: it has steps of its own, out of what is left for all of them."""
        self.allowed = allowed
        self.steps = min(allowed.steps, self.work)
        self.overrun = 0

    def spend(self, steps: int) -> None:
        """Use up steps. Raises `SpentError` when none are left."""
        self.steps -= steps
        if self.importing:
            self.import_work -= steps
        else:
            self.work -= steps
        if self.steps < 0:
            raise SpentError

    @contextmanager
    def allowance(self, most: int | None = None) -> Iterator[None]:
        """Let a call use up a share of the steps left here, so that what comes behind it can still be run.

        What is inside simply ends when they are spent. Raises `SpentError` when all judgements together have none left.
        """
        before, store, overrun = self.steps, self.store, self.overrun
        self.steps = granted = min(int(before * self.allowed.share / 2**overrun), most or self.allowed.steps)
        self.overrun = 0
        try:
            yield
        except ENDED:
            self.store = store
            overrun += 1
            if self.work < 0:
                raise
        finally:
            self.steps = before - (granted - max(self.steps, 0))
            self.overrun = overrun

    def may_follow(self) -> bool:
        """Whether a call may still be followed; what modules do while they are imported has allowances of its own."""
        if self.importing:
            return self.import_work > 0 and len(self.active) < MOST_IMPORT_FRAMES
        return len(self.active) < MOST_FRAMES

    def capture(self, frame: Frame) -> None:
        """Note that a function sees the locals of a frame and of those around it."""
        inner: Frame | None = frame
        while inner is not None and not inner.captured:
            inner.captured = True
            inner = inner.parent

    # -- cells ----------------------------------------------------------------------------------------------------

    def read(self, place: int, name: str) -> Stored | None:
        """What a cell holds."""
        return self.store.get((place, name))

    def write(self, place: int, name: str, value: Stored, *, local: bool = False) -> None:
        """Change a cell. Only a change of a local leaves remembered calls valid."""
        cell: Cell = (place, name)
        self.store.cells[cell] = value
        if not local:
            self.store.version = object()

    def names(self, place: int) -> set[str]:
        """The names of a place under which something lies."""
        return self.store.names(place, self.imports.ground).union(self.imports.names(place))

    def cells(self) -> Held:
        """What each place holds at this moment, by name."""
        held = self.store.by_place(self.imports.ground)

        def held_at(place: int) -> Mapping[str, Stored]:
            return {**self.imports.held(place), **held.get(place, {})}

        return held_at

    # -- choices --------------------------------------------------------------------------------------------------

    @contextmanager
    def assuming(self, conditions: frozenset[Condition]) -> Iterator[None]:
        """Run something on one side of a choice."""
        before = self.path, self.inside
        self.path |= conditions
        self.inside |= conditions
        try:
            yield
        finally:
            self.path, self.inside = before

    @contextmanager
    def chosen(self, conditions: frozenset[Condition], *, alike: bool = False) -> Iterator[None]:
        """Run something with one of several alternatives: no branch, but tests on the same choice are decided.

        Where all are `alike`, it does not matter which of them was picked.
        """
        before = self.path, self.picked
        self.path |= conditions
        if not alike:
            self.picked |= conditions
        try:
            yield
        finally:
            self.path, self.picked = before

    def possible(self, when: frozenset[Condition]) -> bool:
        """Whether a choice can have been made this way where we are now."""
        return not contradicts(self.path, when)

    # -- uses -----------------------------------------------------------------------------------------------------

    def use(
        self,
        row: Function | SameAs | Layer,
        via: Via,
        taken: tuple[Taken, ...],
        given: Mapping[str, Value],
        origin: Origin,
        *,
        when: frozenset[Condition] = frozenset(),
        keeps: bool = False,
        is_open: bool = False,
        defaults: Mapping[str, Scalar] = _NO_DEFAULTS,
        built: Origin | None = None,
        certain: bool = True,
    ) -> Use:
        """Record one use of a row; one that says nothing new, or is not `certain` to come about, is only returned."""
        around = self.stack, self.scopes, when, keeps, is_open, defaults, built, self.inside, self.path
        use = Use(row, via, taken, given, origin, *around)
        what = tuple([(each.parameter, each.want, fingerprint(each.value, coarse=True)) for each in taken])
        key = (origin, row.name, via, what, when, self.scopes, self._entrance(origin), built)
        if certain and key not in self.recorded:
            self.recorded.add(key)
            self.trace.uses.append(use)
        if Fact.LOSS in row.facts and via is not Via.CONSTRUCT:
            self._see(use)
        return use

    def _entrance(self, origin: Origin) -> Origin | None:
        """The call by which the file that is judged reaches a use in another file: where a finding would stand."""
        home = self.stack[0].file if self.stack else origin.file
        return next((call for call in reversed(self.stack) if call.file == home), None) if origin.file != home else None

    def _see(self, use: Use) -> None:
        prediction = use.first(Role.PREDICTION)
        if prediction is None or prediction.want in (None, Want.SCORES):
            return
        seen = self.losses.get(use.origin)
        if seen is None or not seen.resolved:
            cause = cause_of(prediction.value)
            self.losses[use.origin] = Loss(use.origin, use.row.name, prediction.kind != UNKNOWN, cause)
