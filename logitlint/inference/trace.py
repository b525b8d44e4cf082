"""What inference emits: a flat trace of uses. What made a value is asked in `lineage`.

A `Use` is one use of something catalogued, with the values it was given and the way each took. Rules are functions over
uses.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping

import msgspec

from logitlint.frameworks.vocabulary import (
    Axes,
    Depends,
    Fact,
    Function,
    Layer,
    Role,
    SameAs,
    Scalar,
    Scope,
    Want,
    Word,
)
from logitlint.inference.facts import resolve
from logitlint.inference.values import Cause, Condition, Literal, Origin, Tensor, Unknown, Value
from logitlint.kinds import UNKNOWN, Kind


class Via(Word):
    """How the row was used."""

    CALL = "call"
    CONSTRUCT = "construct"
    OPERATOR = "operator"
    COMPILE = "compile"
    """One use for each output of a compiled Keras model."""
    HANDED = "handed"
    """A model and a loss given together to code that cannot be seen, or to a `Receiver`."""


class Taken(msgspec.Struct, frozen=True):
    """One argument of a use, as its row takes it."""

    parameter: str
    role: Role
    want: Want | None
    value: Value

    @property
    def tensor(self) -> Tensor | None:
        """The value, when it is a tensor."""
        return self.value if isinstance(self.value, Tensor) else None

    @property
    def kind(self) -> Kind:
        """The tensor's kind; UNKNOWN for what is no tensor."""
        return self.value.kind if isinstance(self.value, Tensor) else UNKNOWN


class Use(msgspec.Struct, frozen=True, eq=False):
    """One use of a catalogued function, layer, operator or constructor.

    row
        The row: a `Function` or `SameAs`; for `Via.CONSTRUCT` the `Layer`. Calling a layer's instance is a use of
        `Layer.call`.
    taken
        The arguments that matter, in the order of the signature.
    given
        Every argument that was written, by parameter (those of the constructor too, for a layer's call); defaults are
        absent.
    origin, stack
        The expression, and the call sites that lead to it, outermost first.
    scopes
        What is in force: autocast, no_grad.
    when
        The choices under which the objects and tensors of this use were picked.
    keeps
        Whether the result still means what the subject meant: kind-keeping operations, ``p + 1e-8``, ``logits / 2``.
    open
        Whether arguments that are absent from `given` may have been given all the same, by a ``*`` or ``**``.
    defaults
        The literal defaults of what is absent.
    built
        Where the object that is called was constructed: a layer, a loss. A layer that a container calls has its
        `origin` there as well.
    inside
        The branches in which it stands.
    path
        Those, and the branches before it that never came back.
    output
        Of a compiled model (`Via.COMPILE`), which output it is about: the position and, where it has one, the name.
    """

    row: Function | SameAs | Layer
    via: Via
    taken: tuple[Taken, ...]
    given: Mapping[str, Value]
    origin: Origin
    stack: tuple[Origin, ...] = ()
    scopes: frozenset[Scope] = frozenset()
    when: frozenset[Condition] = frozenset()
    keeps: bool = False
    open: bool = False
    defaults: Mapping[str, Scalar] = msgspec.field(default_factory=dict)
    built: Origin | None = None
    inside: frozenset[Condition] = frozenset()
    path: frozenset[Condition] = frozenset()
    output: tuple[int, str | None] | None = None

    def first(self, role: Role) -> Taken | None:
        """The first argument in that role."""
        for taken in self.taken:  # asked by every rule of every use: a generator would cost as much again
            if taken.role is role:
                return taken
        return None

    def has(self, fact: Fact) -> bool:
        """Whether the row states the fact."""
        return fact in self.row.facts

    def literal(self, parameter: str) -> object:
        """The literal given for a parameter; None when it is absent, unknown or literally None (see `given`)."""
        value = self.given.get(parameter)
        return value.value if isinstance(value, Literal) else None

    @property
    def gives(self) -> Kind | None:
        """The kind that this use gives, whatever it is given; None when it is not one kind, or not known."""
        fact: object = self.row.gives if isinstance(self.row, Function) else None
        if isinstance(fact, Depends):
            fact = resolve(fact, self.given, self.defaults, open_call=self.open)
        return fact if isinstance(fact, Kind) else None

    @property
    def is_cast(self) -> bool:
        """Whether a function changes nothing but the type, as it was called: ``p.astype("float32")``."""
        fact: object = self.row.gives if isinstance(self.row, Function) else None
        if isinstance(fact, Depends):
            fact = resolve(fact, self.given, self.defaults, open_call=self.open)
        return fact is Axes.KEPT

    @property
    def bounds(self) -> tuple[float | str | None, float | str | None]:
        """What the row says of the smallest and the largest it gives (see `Function`): as it was called.

        An argument that gives a bound and is left at None gives none: ``relu(x, max_value=None)``.
        """
        if not isinstance(self.row, Function):
            return None, None
        return self._bound(self.row.low), self._bound(self.row.high)

    def _bound(self, bound: float | str | None) -> float | str | None:
        if (
            isinstance(bound, str)
            and bound not in self.given
            and not self.open
            and self.defaults.get(bound, bound) is None
        ):
            return None
        return bound

    @property
    def gives_axis(self) -> int | None:
        """The literal axis this use normalises or reduces, None when not known."""
        axis = getattr(self.row, "axis", None)
        if axis is None or isinstance(axis, int):
            return axis
        value = self.literal(axis) if axis in self.given or self.open else self.defaults.get(axis)
        return value if isinstance(value, int) and not isinstance(value, bool) else None


class Loss(msgspec.Struct, frozen=True):
    """A loss that was seen, and what is known of its prediction: for the coverage line."""

    origin: Origin
    name: str
    resolved: bool
    cause: Cause | None


class Trace(msgspec.Struct):
    """Every use of one run, in the order of execution.

    sites
        For each function that was run, by the file and origin of its definition, the calls that ran it. One that was
        judged alone was called by its own definition.
    chained
        For each container of layers that was called, by the constructor of the layer that acts last in it, the calls;
        for each graph of layers, by its own constructor.
    layers
        For each use that is the call of an object, which object: two of one class, or two that one function builds, are
        two.
    outcomes
        For each call that runs a function and gives something else than the function returns (`Runs.gives`), what that
        is: an `Outcome`, a tuple of them, or None where it is not known.
    unseen
        By the number of a value that comes of something of which nothing is known: the values of which it was made.
    read
        The constructors of objects that are not tensors and were asked for the number of one: ``loss.item()``.
    told
        The numbers of values that tell what a model is made of, and of what is computed from them: a test on one knows
        what the model ends in.
    """

    uses: list[Use] = msgspec.field(default_factory=list)
    sites: dict[Origin, set[Origin]] = msgspec.field(default_factory=dict)
    chained: dict[Origin, set[Origin]] = msgspec.field(default_factory=dict)
    layers: dict[Use, int] = msgspec.field(default_factory=dict)
    outcomes: dict[Origin, object] = msgspec.field(default_factory=dict)
    unseen: dict[int, tuple[Value, ...]] = msgspec.field(default_factory=dict)
    read: set[Origin] = msgspec.field(default_factory=set)
    told: set[int] = msgspec.field(default_factory=set)

    def derive(self, made: Unknown, values: Collection[Value]) -> Unknown:
        """Note of what something was made by what is not known."""
        if self.told and any(type(each) is Unknown and each.number in self.told for each in values):
            self.told.add(made.number)
        parts = tuple(
            [each for each in values if type(each) is Tensor or (type(each) is Unknown and each.number in self.unseen)]
        )
        if parts:
            self.unseen[made.number] = parts
        return made

    def __iter__(self) -> Iterator[Use]:
        return iter(self.uses)


def joined(traces: Iterable[Trace]) -> Trace:
    """Several runs as one."""
    whole = Trace()
    for trace in traces:
        whole.uses += trace.uses
        for origin, sites in trace.sites.items():
            whole.sites.setdefault(origin, set()).update(sites)
        for origin, calls in trace.chained.items():
            whole.chained.setdefault(origin, set()).update(calls)
        whole.layers.update(trace.layers)
        whole.outcomes.update(trace.outcomes)
        whole.unseen.update(trace.unseen)
        whole.read |= trace.read
        whole.told |= trace.told
    return whole
