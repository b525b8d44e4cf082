"""What an expression may evaluate to: a closed union of frozen classes.

Everything that can change (a list, a dict, an object's attributes, the layers of a `Sequential`) is reached through a
*place*, a number; what is there lies in the interpreter's store, so that branches can be run side by side and joined.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, TypeAlias

import msgspec

from logitlint.frameworks.vocabulary import Layer, Runs, Scalar, Scope
from logitlint.kinds import Kind
from logitlint.lowering import ir

if TYPE_CHECKING:
    from logitlint.inference.trace import Use


class Origin(msgspec.Struct, frozen=True, order=True, gc=False):
    """A statement or expression of the program: the file's key in the project, and the node's number in it."""

    file: str
    node: int


class Condition(msgspec.Struct, frozen=True, gc=False):
    """One side of a choice.

    `key` is the test (equal tests on equal values have one key), `branch` the side taken, `words` the test for a
    message.
    """

    key: int
    branch: str | int | bool
    words: str


class Cause(msgspec.Struct, frozen=True):
    """Why nothing is known: shown by ``--show-unresolved``."""

    words: str
    origin: Origin | None = None


class Tensor(msgspec.Struct, frozen=True, eq=False):
    """An array of numbers.

    kind
        What the numbers may mean.
    number
        Its identity: two values with the same number are the same numbers.
    made
        The uses whose result it is: one, or one for each branch that met here. Operations that keep the kind are uses
        as well, so the whole way back to the producer can be walked (`lineage.producers`, `lineage.steps`).
    axis
        The axis over which it was normalised, as written; None when unknown.
    units
        The number of units on the last axis; None when unknown.
    low, high
        The range an activation guarantees.
    rank
        The number of axes, when proved.
    batched
        Whether axis 0 is proved to be the batch.
    cause
        Why the kind is unknown, when it is.
    """

    kind: Kind
    number: int
    made: tuple[Use, ...] = ()
    axis: int | None = None
    units: int | None = None
    low: float | None = None
    high: float | None = None
    rank: int | None = None
    batched: bool = False
    cause: Cause | None = None


class Literal(msgspec.Struct, frozen=True):
    """A value written in the program, or computed from such."""

    value: Scalar


class Container(msgspec.Struct, frozen=True):
    """A tuple, list, set or dict (`shape`); its contents lie in the store at `place`."""

    shape: str
    place: int


class LibraryName(msgspec.Struct, frozen=True):
    """A name of a library: a module, class or function, by its qualified name."""

    path: str


class LibraryObject(msgspec.Struct, frozen=True, eq=False):
    """An instance of a catalogued class: a layer, a loss, a model, a distribution.

    `arguments` are the constructor's, by parameter (`open`: a ``**`` may have given others); attributes set later and
    the layers it holds lie at `place`.
    """

    row: Layer
    place: int
    origin: Origin
    arguments: Mapping[str, Value] = msgspec.field(default_factory=dict)
    open: bool = False


class Bound(msgspec.Struct, frozen=True, eq=False):
    """A method of a value, not yet called: ``x.view``, ``model.forward``."""

    receiver: Value
    name: str


class UserModule(msgspec.Struct, frozen=True):
    """A module of the project."""

    file: str


class UserFunction(msgspec.Struct, frozen=True, eq=False):
    """A function of the project with the frame it closes over; `receiver` is the object it is bound to."""

    file: str
    node: ir.Function
    frame: int
    receiver: Value | None = None
    owner: UserClass | None = None
    binding: str = "instance"
    """How a class hands it out: ``instance``, ``static``, ``class``, ``property``, or ``cached``: computed once."""
    scopes: frozenset[Scope] = frozenset()
    """What its decorators put in force."""
    defaults: tuple[tuple[str, Value], ...] = ()
    """What names given as defaults held when it was made in a loop: ``lambda x, act=act: act(x)``."""
    cached: str = ""
    """How long what it gave is given again for the same arguments: ``for good``, ``for a time``, or not at all."""
    setter: Value | None = None
    deleter: Value | None = None
    """Of a property that can be set or deleted: what is run then."""

    @property
    def identity(self) -> tuple[object, ...]:
        """What tells two functions apart: comparing their bodies would cost as much as running them."""
        return (self.file, self.node.origin, self.frame, self.receiver, self.defaults, self.setter, self.deleter)

    def __eq__(self, other: object) -> bool:
        return self is other or (isinstance(other, UserFunction) and self.identity == other.identity)

    def __hash__(self) -> int:
        return hash((self.node.origin, self.frame))


class UserClass(msgspec.Struct, frozen=True, eq=False):
    """A class of the project; its attributes lie at `place`."""

    file: str
    node: ir.Class
    place: int

    def __eq__(self, other: object) -> bool:
        return self is other or (isinstance(other, UserClass) and self.place == other.place and self.file == other.file)

    def __hash__(self) -> int:
        return hash(self.place)


class UserObject(msgspec.Struct, frozen=True):
    """An instance of a class of the project; its attributes lie at `place`."""

    cls: UserClass
    place: int


class Super(msgspec.Struct, frozen=True):
    """What `super()` gives: the receiver's attributes as seen by the classes after `after`."""

    receiver: Value
    after: UserClass


class Partial(msgspec.Struct, frozen=True, eq=False):
    """A callable with some arguments already given."""

    function: Value
    positional: tuple[Value, ...]
    keywords: Mapping[str, Value]


class Transformed(msgspec.Struct, frozen=True, eq=False):
    """A function made of another one: calling it runs `function` as `row` says; `given` are the row's own arguments."""

    row: Runs
    function: Value
    given: Mapping[str, Value]
    open: bool = False


class Entering(msgspec.Struct, frozen=True):
    """A context manager or decorator that puts a scope in force, or (None) ends those it could have put in force."""

    scope: Scope | None
    instead: frozenset[Scope] = frozenset()

    def within(self, scopes: frozenset[Scope]) -> frozenset[Scope]:
        """What is in force inside it, given what is around it."""
        return (scopes - self.instead) | ({self.scope} if self.scope else frozenset())


class Option(msgspec.Struct, frozen=True):
    """One of several objects, with the choices that lead to it."""

    value: Value
    when: frozenset[Condition]


class Alternatives(msgspec.Struct, frozen=True):
    """Objects chosen by a flag, a dict or a registry, judged one by one."""

    options: tuple[Option, ...]


class Unknown(msgspec.Struct, frozen=True):
    """Nothing is known; `number` is its identity, `cause` the reason."""

    number: int
    cause: Cause


Value: TypeAlias = (
    Tensor
    | Literal
    | Container
    | LibraryName
    | LibraryObject
    | Bound
    | UserModule
    | UserFunction
    | UserClass
    | UserObject
    | Super
    | Partial
    | Transformed
    | Entering
    | Alternatives
    | Unknown
)
