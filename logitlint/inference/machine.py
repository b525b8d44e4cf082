"""The state of one run, and the way a use is recorded.

The interpreter is a set of functions that take the `Machine` first: `statements.execute`, `expressions.evaluate`,
`calls.call`. They need one another in a circle, so the machine holds the three ways in.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Protocol

from logitlint.frameworks.catalog import Catalog
from logitlint.frameworks.vocabulary import Fact, Function, Layer, Role, SameAs, Scope, Want
from logitlint.inference.signature import Arguments
from logitlint.inference.store import Branch, Cell, Store, Stored
from logitlint.inference.trace import Loss, Taken, Trace, Use, Via
from logitlint.inference.values import (
    Alternatives,
    Cause,
    Condition,
    Option,
    Origin,
    Tensor,
    Unknown,
    UserClass,
    UserFunction,
    UserObject,
    Value,
)
from logitlint.kinds import UNKNOWN
from logitlint.lowering import ir
from logitlint.project.modules import Project

MOST_STEPS = 60_000
"""Expressions evaluated for one judged function (or module body) before the rest of it counts as unknown."""
MOST_FRAMES = 24
"""Depth of calls that is followed."""
MOST_COMBINATIONS = 24


class Spent(Exception):
    """The steps for this judgement are used up."""


@dataclass(slots=True, eq=False)
class Frame:
    """One activation of a function, a class body or a module; its locals are the cells of its number."""

    number: int
    file: str
    parent: Frame | None
    function: ir.Function | None = None
    owner: UserClass | None = None
    receiver: Value | None = None
    scope_only: bool = False
    """A class body: functions inside do not see its names."""
    returns: list[tuple[Value, frozenset[Condition]]] = field(default_factory=list)
    exits: list[Branch] = field(default_factory=list)
    loops: list[Loop] = field(default_factory=list)
    outer: dict[str, Frame] = field(default_factory=dict)
    """Names declared `global` or `nonlocal`, with the frame they live in."""
    locals: frozenset[str] = frozenset()


@dataclass(slots=True)
class Loop:
    """The stores with which `break` and `continue` left the body."""

    breaks: list[Branch] = field(default_factory=list)
    continues: list[Branch] = field(default_factory=list)


class Evaluate(Protocol):
    """`expressions.evaluate`."""

    def __call__(self, machine: Machine, frame: Frame, node: ir.Expression) -> Value: ...


class Execute(Protocol):
    """`statements.execute`: whether the block runs through to its end."""

    def __call__(self, machine: Machine, frame: Frame, block: tuple[ir.Statement, ...]) -> bool: ...


class Call(Protocol):
    """`calls.call`."""

    def __call__(self, machine: Machine, callee: Value, arguments: Arguments, origin: Origin) -> Value: ...


class RunModule(Protocol):
    """`run.run_module`: the frame of a module's globals, executed once; None when it cannot be read or is being run."""

    def __call__(self, machine: Machine, file: str) -> Frame | None: ...


@dataclass(slots=True, eq=False)
class Machine:
    """One run over a file and what it imports."""

    project: Project
    catalog: Catalog
    evaluate: Evaluate
    execute: Execute
    call: Call
    module_runner: RunModule
    trace: Trace = field(default_factory=Trace)
    store: Store = field(default_factory=Store)
    ground: Store = field(init=False)
    """The store below all branches: what imported modules define lies there."""
    path: frozenset[Condition] = frozenset()
    """What is known of the tests passed so far: branches we are in, and branches that never came back."""
    inside: frozenset[Condition] = frozenset()
    """The branches we are in."""
    scopes: frozenset[Scope] = frozenset()
    stack: tuple[Origin, ...] = ()
    active: list[tuple[str, int]] = field(default_factory=list)
    steps: int = MOST_STEPS
    losses: dict[Origin, Loss] = field(default_factory=dict)
    entered: set[tuple[str, int]] = field(default_factory=set)
    """Functions that were run, by file and origin."""
    frames: dict[int, Frame] = field(default_factory=dict)
    modules: dict[str, Frame] = field(default_factory=dict)
    bases: dict[int, tuple[Value, ...]] = field(default_factory=dict)
    """The evaluated base classes of a user class, by its place."""
    instances: dict[tuple[str, int], list[tuple[UserObject, Store]]] = field(default_factory=dict)
    """Known instances by the file and origin of their class, each with the store that knows its attributes."""
    subclassed: dict[tuple[str, int], list[UserClass]] = field(default_factory=dict)
    runs: dict[object, int] = field(default_factory=dict)
    """How often each function was run."""
    memory: dict[object, tuple[object, Value]] = field(default_factory=dict)
    _numbers: dict[object, int] = field(default_factory=dict)
    _counter: Iterator[int] = field(default_factory=lambda: itertools.count(1))
    _recorded: set[object] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.ground = self.store

    # -- identities -----------------------------------------------------------------------------------------------

    def fresh(self) -> int:
        """An identity nothing else has."""
        return next(self._counter)

    def number(self, *key: object) -> int:
        """The identity of a computation: equal operations on equal values have equal numbers."""
        number = self._numbers.get(key)
        if number is None:
            number = self._numbers[key] = next(self._counter)
        return number

    def unknown(self, words: str, origin: Origin | None, *key: object) -> Unknown:
        """A value about which nothing is known, and why."""
        return Unknown(self.number(*key) if key else self.fresh(), Cause(words, origin))

    def run_module(self, file: str) -> Frame | None:
        """The globals of a module of the project."""
        return self.module_runner(self, file)

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
    def chosen(self, conditions: frozenset[Condition]) -> Iterator[None]:
        """Run something with one of several alternatives: no branch, but tests on the same choice are decided."""
        before = self.path
        self.path = before | conditions
        try:
            yield
        finally:
            self.path = before

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
    ) -> Use:
        """Record one use of a row; a use that says nothing new is returned, not recorded."""
        use = Use(row, via, taken, given, origin, self.stack, self.scopes, when, keeps)
        what = tuple((each.parameter, each.want, fingerprint(each.value, coarse=True)) for each in taken)
        key = (origin, row.name, via, what, when, self.scopes)
        if key not in self._recorded:
            self._recorded.add(key)
            self.trace.uses.append(use)
        if Fact.LOSS in row.facts and via is not Via.CONSTRUCT:
            self._see(use)
        return use

    def _see(self, use: Use) -> None:
        prediction = use.first(Role.PREDICTION)
        if prediction is None or prediction.want in (None, Want.SCORES):
            return
        seen = self.losses.get(use.origin)
        if seen is None or not seen.resolved:
            self.losses[use.origin] = Loss(
                use.origin, use.row.name, prediction.kind != UNKNOWN, cause_of(prediction.value)
            )


def contradicts(left: frozenset[Condition], right: frozenset[Condition]) -> bool:
    """Whether two sets of choices disagree about a test."""
    if not left or not right:
        return False
    sides = {condition.key: condition.branch for condition in left}
    return any(sides.get(condition.key, condition.branch) != condition.branch for condition in right)


def paired(machine: Machine, chosen: list[frozenset[Condition]]) -> frozenset[Condition] | None:
    """The choices of one use, or None when they are independent: then nothing about the pair is certain.

    One object chosen by a flag may meet values that are not chosen; two chosen objects must be chosen by the same branch; and
    a chosen object used inside a further branch may have been singled out by it.
    """
    sets = [when for when in chosen if when]
    if not sets:
        return frozenset()
    whole = max(sets, key=len)
    if any(not when <= whole for when in sets) or contradicts(machine.path, whole):
        return None
    keys = {condition.key for condition in whole}
    return whole if all(condition.key in keys for condition in machine.inside) else None


def combinations(values: list[Value]) -> Iterator[tuple[list[Value], list[frozenset[Condition]]]]:
    """Every way to pick one option of each alternative."""
    options = [value.options if isinstance(value, Alternatives) else (Option(value, frozenset()),) for value in values]
    for combination in itertools.islice(itertools.product(*options), MOST_COMBINATIONS):
        yield [option.value for option in combination], [option.when for option in combination]


def fingerprint(value: Value, *, coarse: bool = False) -> object:
    """What tells two values apart, for remembering calls; `coarse` looks at the facts of a tensor, not at its identity."""
    if isinstance(value, Tensor):
        facts = (value.kind.value, value.axis, value.units, value.low, value.high, value.rank, value.batched)
        return (*facts, tuple(use.origin for use in value.made)) if coarse else (value.number, facts)
    if isinstance(value, Unknown):
        return "unknown" if coarse else value.number
    if isinstance(value, Alternatives):
        return tuple((fingerprint(option.value, coarse=coarse), option.when) for option in value.options)
    if isinstance(value, UserFunction):
        return (
            value.file,
            value.node.origin,
            value.frame,
            value.receiver and fingerprint(value.receiver, coarse=coarse),
        )
    if isinstance(value, UserClass):
        return value.place
    if isinstance(value, UserObject):
        return ("object", value.place)
    return value


def cause_of(value: Value) -> Cause | None:
    """Why a value is unknown."""
    return value.cause if isinstance(value, Tensor | Unknown) else None
