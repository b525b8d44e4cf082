"""The intermediate form: what inference runs.

A file is a tree of some forty small immutable nodes. Each names its `origin`: the number of the statement or
expression in the order in which lowering meets it. Rows and columns are fetched by that number,
and only where a finding or a repair needs them.

Desugared on the way: augmented assignment (`Assign` of an `Operator`), `elif` (nested `If`), `match` (`If` chains whose
tests compare the subject where a pattern is a plain value, and are `Opaque` elsewhere), lambda (`Function` holding one
`Return`), decorators (kept as expressions), parentheses, type annotations on assignments. Chains such as
``x.view(-1).view(-1)...`` nest through `Call.callee`, `Attribute.value`, `Index.value` and the first operand of
`Operator`; walk them with a loop.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final, TypeAlias, Union

import msgspec


class Node(msgspec.Struct, frozen=True, array_like=True, tag=True, gc=False):
    """What all nodes share: the number of the place they come from."""

    origin: int


# -- expressions ------------------------------------------------------------------------------------------------------


class Name(Node, frozen=True, tag="n"):
    """A name, as CPython reads it (NFKC)."""

    name: str


class Constant(Node, frozen=True, tag="c"):
    """A literal: str, int, float, bool, None.

    Others are `Opaque`: complex, bytes, `...`, and what the cache could not hold (integers of more than 64 bits,
    text with lone surrogates).
    """

    value: Union[bool, int, float, str, None]


class Attribute(Node, frozen=True, tag="a"):
    """``value.name``."""

    value: Expression
    name: str


class Index(Node, frozen=True, tag="i"):
    """``value[index, ...]``; a single index is a tuple of one."""

    value: Expression
    index: tuple[Expression, ...]


class Slice(Node, frozen=True, tag="s"):
    """``lower:upper:step``; only in an `Index`."""

    lower: Union[Expression, None]
    upper: Union[Expression, None]
    step: Union[Expression, None]


class Argument(Node, frozen=True, tag="g"):
    """One argument of a call. `keyword` is None (positional), a name, ``"*"`` or ``"**"``."""

    keyword: Union[str, None]
    value: Expression


class Call(Node, frozen=True, tag="l"):
    """``callee(arguments)``, the arguments in the order in which they are written."""

    callee: Expression
    arguments: tuple[Argument, ...]


class Operator(Node, frozen=True, tag="o"):
    """Arithmetic, comparison and unary operators, by their Python sign.

    ``+ - * / // % ** @ << >> & | ^`` and ``== != < <= > >= is "is not" in "not in"`` with two operands (a chained
    comparison is an ``and`` of two), ``-x`` as ``neg``, ``+x`` as ``pos``, ``~x`` as ``invert``, ``not`` with one,
    ``and`` / ``or`` with two.
    """

    sign: str
    operands: tuple[Expression, ...]


class Choice(Node, frozen=True, tag="?"):
    """``then if test else otherwise``."""

    test: Expression
    then: Expression
    otherwise: Expression


class Build(Node, frozen=True, tag="b"):
    """A display: ``tuple``, ``list`` or ``set``; an item may be `Star`."""

    shape: str
    items: tuple[Expression, ...]


class Pair(Node, frozen=True, tag="p"):
    """An entry of a dict display; `key` is None for ``**value``."""

    key: Union[Expression, None]
    value: Expression


class Mapping(Node, frozen=True, tag="m"):
    """A dict display."""

    pairs: tuple[Pair, ...]


class Star(Node, frozen=True, tag="*"):
    """``*value`` in a display or a target."""

    value: Expression


class Clause(Node, frozen=True, tag="f"):
    """``for target in source if tests`` of a comprehension."""

    target: Expression
    source: Expression
    tests: tuple[Expression, ...]


class Comprehension(Node, frozen=True, tag="x"):
    """A ``list``, ``set``, ``dict`` or ``generator``; `key` only for a dict."""

    shape: str
    key: Union[Expression, None]
    element: Expression
    clauses: tuple[Clause, ...]


class Bind(Node, frozen=True, tag=":"):
    """``name := value``."""

    name: str
    value: Expression


class Opaque(Node, frozen=True, tag="q"):
    """Anything whose own meaning does not matter; its parts are still run (await, bytes)."""

    parts: tuple[Expression, ...]


class Text(Node, frozen=True, tag="t"):
    """``f"models.{name}"``: its parts, put together."""

    parts: tuple[Expression, ...]


class Yield(Node, frozen=True, tag="y"):
    """``yield value``; `each`: ``yield from value``."""

    value: Union[Expression, None]
    each: bool


class Lambda(Node, frozen=True, tag="k"):
    """``lambda ...: ...``."""

    function: Function


# -- statements -------------------------------------------------------------------------------------------------------


class Parameter(Node, frozen=True, tag="r"):
    """`kind`: ``positional`` (only), ``normal``, ``star``, ``keyword`` (only), ``doublestar``."""

    name: str
    kind: str
    default: Union[Expression, None]
    annotation: Union[Expression, None]


class Function(Node, frozen=True, tag="D"):
    """`returns` is the kind named by a ``# logitlint: returns KIND`` note on the ``def`` line, as written."""

    name: str
    parameters: tuple[Parameter, ...]
    body: tuple[Statement, ...]
    decorators: tuple[Expression, ...]
    annotation: Union[Expression, None]
    returns: Union[str, None]
    generator: bool


class Class(Node, frozen=True, tag="C"):
    """``class name(bases): body``; `bases` holds the keywords as well."""

    name: str
    bases: tuple[Argument, ...]
    body: tuple[Statement, ...]
    decorators: tuple[Expression, ...]


class Assign(Node, frozen=True, tag="A"):
    """``a = b = value``: each target is Name, Attribute, Index, Star or a tuple/list `Build` of them.

    `note` is what a ``# logitlint: KIND`` comment on the line says, as written. `annotation` as in ``x: T = v``;
    `value` is None for a bare ``x: T``. `augmented` is true for ``x += v``.
    """

    targets: tuple[Expression, ...]
    value: Union[Expression, None]
    annotation: Union[Expression, None]
    note: Union[str, None]
    augmented: bool


class Do(Node, frozen=True, tag="E"):
    """An expression for its effect; also `assert` and `del` (as Opaque)."""

    value: Expression


class If(Node, frozen=True, tag="I"):
    """``if test: body else: orelse``."""

    test: Expression
    body: tuple[Statement, ...]
    orelse: tuple[Statement, ...]


class For(Node, frozen=True, tag="F"):
    """``for target in source: body else: orelse``; ``async for`` too."""

    target: Expression
    source: Expression
    body: tuple[Statement, ...]
    orelse: tuple[Statement, ...]


class While(Node, frozen=True, tag="W"):
    """``while test: body else: orelse``."""

    test: Expression
    body: tuple[Statement, ...]
    orelse: tuple[Statement, ...]


class Context(Node, frozen=True, tag="X"):
    """One item of a ``with``."""

    manager: Expression
    target: Union[Expression, None]


class With(Node, frozen=True, tag="V"):
    """``with items: body``; ``async with`` too."""

    items: tuple[Context, ...]
    body: tuple[Statement, ...]


class Handler(Node, frozen=True, tag="H"):
    """``except caught as name: body``."""

    caught: Union[Expression, None]
    name: Union[str, None]
    body: tuple[Statement, ...]


class Try(Node, frozen=True, tag="T"):
    """``try``; ``except*`` too."""

    body: tuple[Statement, ...]
    handlers: tuple[Handler, ...]
    orelse: tuple[Statement, ...]
    final: tuple[Statement, ...]


class Return(Node, frozen=True, tag="R"):
    """``return value``."""

    value: Union[Expression, None]


class Raise(Node, frozen=True, tag="Z"):
    """``raise``; `parts` are the exception and its cause."""

    parts: tuple[Expression, ...]


class Break(Node, frozen=True, tag="B"):
    """``break``."""


class Continue(Node, frozen=True, tag="N"):
    """``continue``."""


class Declare(Node, frozen=True, tag="G"):
    """``global`` or ``nonlocal``."""

    names: tuple[str, ...]
    outermost: bool


class Import(Node, frozen=True, tag="M"):
    """``import module as name``: binds the module (`whole`) or, without ``as``, its first part."""

    module: str
    asname: Union[str, None]


class ImportFrom(Node, frozen=True, tag="O"):
    """``from ..module import a as b``: `names` are (name, bound name); (``*``, ``*``) for a star import."""

    module: str
    level: int
    names: tuple[tuple[str, str], ...]


Expression: TypeAlias = Union[
    Name,
    Constant,
    Attribute,
    Index,
    Slice,
    Call,
    Operator,
    Choice,
    Build,
    Mapping,
    Star,
    Comprehension,
    Bind,
    Opaque,
    Text,
    Yield,
    Lambda,
]
Statement: TypeAlias = Union[
    Function, Class, Assign, Do, If, For, While, With, Try, Return, Raise, Break, Continue, Declare, Import, ImportFrom
]
_NODES: Final = frozenset(Node.__subclasses__())


def nodes(node: object) -> Iterator[Node]:
    """A node and those in it, in order; of a tuple those of all that it holds."""
    pending: list[Any] = [node]
    while pending:
        each = pending.pop()
        if type(each) is tuple:
            pending += reversed(each)
        elif type(each) in _NODES:  # a struct is asked for its class several times as fast as by `isinstance`
            yield each
            pending += reversed(msgspec.structs.astuple(each))


class Module(msgspec.Struct, frozen=True, array_like=True):
    """One file, or the cells of one notebook, in order."""

    body: tuple[Statement, ...]
