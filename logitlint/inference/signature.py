"""Signatures of rows and of user functions, and how arguments meet them."""

from __future__ import annotations

import ast
import functools
from collections.abc import Mapping

import msgspec

from logitlint.frameworks.vocabulary import Scalar
from logitlint.inference.store import Item
from logitlint.inference.values import Value
from logitlint.lowering import ir


class Parameter(msgspec.Struct, frozen=True):
    """One parameter; `kind` as in `ir.Parameter`, `default` only where `optional` and written as a literal."""

    name: str
    kind: str
    optional: bool = False
    default: Scalar = None


class Arguments(msgspec.Struct, frozen=True):
    """The arguments of a call; `open` when a ``*`` or ``**`` of unknown length may fill any parameter.

    spread
        All positional arguments in order, where a ``*`` gives some of them any number of times.
    """

    positional: tuple[Value, ...] = ()
    keywords: Mapping[str, Value] = msgspec.field(default_factory=dict)
    open: bool = False
    spread: tuple[Item, ...] = ()

    def after(self, *values: Value) -> Arguments:
        """The same call with `values` put in front."""
        spread = (*map(Item, values), *self.spread) if self.spread else ()
        return Arguments((*values, *self.positional), self.keywords, self.open, spread)


class Filled(msgspec.Struct, frozen=True):
    """Arguments by parameter.

    rest
        What a ``*name`` parameter collected.
    extra
        What a ``**name`` parameter collected.
    open
        Whether parameters that are absent may have been given all the same.
    surplus
        Positional arguments for which there is no parameter.
    fits
        Whether the call can succeed at all.
    """

    by_name: dict[str, Value]
    rest: tuple[Value, ...]
    extra: dict[str, Value]
    open: bool
    surplus: tuple[Value, ...]
    fits: bool


@functools.cache
def parse(signature: str) -> tuple[Parameter, ...]:
    """A row's signature, as Python would read it between the parentheses of a `def`."""
    arguments = ast.parse(f"lambda {signature}: 0", mode="eval").body.args  # type: ignore[attr-defined]
    found: list[Parameter] = []
    plain = [(each, "positional") for each in arguments.posonlyargs] + [(each, "normal") for each in arguments.args]
    required = len(plain) - len(arguments.defaults)
    for position, (each, kind) in enumerate(plain):
        if position < required:
            found.append(Parameter(each.arg, kind))
        else:
            found.append(Parameter(each.arg, kind, True, _scalar(arguments.defaults[position - required])))
    if arguments.vararg:
        found.append(Parameter(arguments.vararg.arg, "star"))
    for each, default in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True):
        found.append(Parameter(each.arg, "keyword", default is not None, _scalar(default) if default else None))
    if arguments.kwarg:
        found.append(Parameter(arguments.kwarg.arg, "doublestar"))
    return tuple(found)


def _scalar(node: ast.expr) -> Scalar:
    try:
        value = ast.literal_eval(node)
    except ValueError:
        return None
    return value if isinstance(value, str | int | float | bool) else None


@functools.cache
def defaults(signature: str) -> Mapping[str, Scalar]:
    """The literal defaults of a row's signature."""
    return {each.name: each.default for each in parse(signature) if each.optional}


def of_function(node: ir.Function) -> tuple[Parameter, ...]:
    """The parameters of a user function."""
    return tuple(Parameter(each.name, each.kind, each.default is not None) for each in node.parameters)


def fill(parameters: tuple[Parameter, ...], arguments: Arguments) -> Filled:
    """Python's rules for matching arguments with parameters; what does not fit is dropped and reported in `fits`."""
    by_name: dict[str, Value] = {}
    rest: tuple[Value, ...] = ()
    extra: dict[str, Value] = {}
    fits = True
    waiting, taken = arguments.positional, 0
    named = dict(arguments.keywords)
    takes_extra = False
    for each in parameters:
        kind, name = each.kind, each.name
        if taken < len(waiting) and kind in ("positional", "normal"):
            by_name[name] = waiting[taken]
            taken += 1
            if kind == "normal" and named and named.pop(name, None) is not None:
                fits = False
        elif kind == "star":
            rest, taken = waiting[taken:], len(waiting)
        elif kind == "doublestar":
            takes_extra = True
        elif kind != "positional" and name in named:
            by_name[name] = named.pop(name)
        elif not each.optional and not arguments.open:
            fits = False
    if takes_extra:
        extra = named
    elif named:
        fits = False
    surplus = waiting[taken:]
    return Filled(by_name, rest, extra, arguments.open, surplus, fits and not surplus)


def fill_names(signature: str, positional: tuple[object, ...], named: Mapping[str, object]) -> dict[str, object]:
    """Real arguments by the parameters of a row; those for which it has no parameter are left out."""
    order = [each.name for each in parse(signature) if each.kind in ("positional", "normal")]
    return {**dict(zip(order, positional, strict=False)), **named}
