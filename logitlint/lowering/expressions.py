"""Expressions. Chains through a callee, an object or a left operand are a loop; everything else recurses."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator, Sequence
from typing import Final, TypeVar, cast

from logitlint.lowering import ir
from logitlint.lowering.operators import BINARY, UNARY
from logitlint.lowering.record import Record

_N = TypeVar("_N", bound=ast.AST)
_Lower = Callable[[Record, _N], ir.Expression]
_LEAVES: Final[dict[type[ast.AST], _Lower[ast.AST]]] = {}
_LARGEST: Final = 1 << 63
"""Integers of more than 64 bits do not fit into the cache; no rule asks for one."""
_AS_IT_IS: Final = -1
"""The conversion of an f-string's field that names none."""


def _lowers(*kinds: type[ast.AST]) -> Callable[[_Lower[_N]], _Lower[_N]]:
    def register(function: _Lower[_N]) -> _Lower[_N]:
        for kind in kinds:
            _LEAVES[kind] = cast("_Lower[ast.AST]", function)
        return function

    return register


def expression(record: Record, node: ast.AST) -> ir.Expression:
    """Lower an expression."""
    leaf = _LEAVES.get(type(node))
    return leaf(record, node) if leaf is not None else _chain(record, node)


def optional(record: Record, node: ast.AST | None) -> ir.Expression | None:
    """Lower an expression that may be absent."""
    return None if node is None else expression(record, node)


def _chain(record: Record, node: ast.AST) -> ir.Expression:
    spine: list[ast.AST] = []
    while True:
        kind = type(node)
        if kind is ast.Attribute or kind is ast.Subscript:
            spine.append(node)
            node = cast("ast.Attribute | ast.Subscript", node).value
        elif kind is ast.Call:
            spine.append(node)
            node = cast("ast.Call", node).func
        elif kind is ast.BinOp:
            spine.append(node)
            node = cast("ast.BinOp", node).left
        elif kind is ast.BoolOp:
            spine.append(node)
            node = cast("ast.BoolOp", node).values[0]
        else:
            break
    value = _LEAVES.get(kind, _unfollowed)(record, node)
    while spine:
        link = spine.pop()
        if isinstance(link, ast.BoolOp):
            sign = BINARY[type(link.op)]
            *others, final = link.values[1:]
            for right in others:
                value = ir.Operator(record.number(_until(link, right)), sign, (value, expression(record, right)))
            value = ir.Operator(record.number(link), sign, (value, expression(record, final)))
            continue
        origin = record.number(link)
        if isinstance(link, ast.Attribute):
            value = ir.Attribute(origin, value, link.attr)
        elif isinstance(link, ast.Call):
            value = ir.Call(origin, value, arguments(record, link.args, link.keywords))
        elif isinstance(link, ast.Subscript):
            value = ir.Index(origin, value, _index(record, link.slice))
        elif isinstance(link, ast.BinOp):
            value = ir.Operator(origin, BINARY[type(link.op)], (value, expression(record, link.right)))
    return value


def _until(node: ast.BoolOp, last: ast.expr) -> ast.BoolOp:
    """The part of a chain of ``and`` or ``or`` that ends with an operand."""
    part = ast.BoolOp(node.op, [])
    part.lineno, part.col_offset = node.lineno, node.col_offset
    part.end_lineno, part.end_col_offset = last.end_lineno, last.end_col_offset
    return part


def arguments(record: Record, given: Sequence[ast.expr], keywords: Sequence[ast.keyword]) -> tuple[ir.Argument, ...]:
    """Lower the arguments of a call, or the bases and keywords of a class, in the order in which they are written."""
    if not keywords:
        return tuple([_positional(record, node) for node in given])
    every: list[ast.expr | ast.keyword] = [*given, *keywords]
    if given and _start(given[-1]) > _start(keywords[0]):  # f(name=1, *rest)
        every.sort(key=_start)
    return tuple(
        [_named(record, node) if isinstance(node, ast.keyword) else _positional(record, node) for node in every]
    )


def _start(node: ast.expr | ast.keyword) -> tuple[int, int]:
    return node.lineno, node.col_offset


def _positional(record: Record, node: ast.expr) -> ir.Argument:
    if isinstance(node, ast.Starred):
        return ir.Argument(record.number(node), "*", expression(record, node.value))
    return ir.Argument(record.number(node), None, expression(record, node))


def _named(record: Record, node: ast.keyword) -> ir.Argument:
    return ir.Argument(record.number(node), node.arg or "**", expression(record, node.value))


def _index(record: Record, node: ast.expr) -> tuple[ir.Expression, ...]:
    if isinstance(node, ast.Tuple) and node.elts and not _is_grouped(record, node):
        return tuple([expression(record, each) for each in node.elts])
    return (expression(record, node),)


def _is_grouped(record: Record, node: ast.Tuple) -> bool:
    """Whether a tuple has parentheses of its own: CPython's tree does not say."""
    first = node.elts[0]
    if (node.lineno, node.col_offset) == (first.lineno, first.col_offset) or first.end_lineno is None:
        return False
    before = record.between((node.lineno, node.col_offset), (first.lineno, first.col_offset))
    after = record.between(
        (first.end_lineno, first.end_col_offset or 0),
        (node.end_lineno or first.end_lineno, node.end_col_offset or 0),
    )
    return before.count("(") > after.partition(",")[0].count(")")


# -- leaves -----------------------------------------------------------------------------------------------------------


@_lowers(ast.Name)
def _name(record: Record, node: ast.Name) -> ir.Expression:
    nodes = record.nodes
    nodes.append(node)
    return ir.Name(len(nodes) - 1, node.id)


@_lowers(ast.Constant)
def _constant(record: Record, node: ast.Constant) -> ir.Expression:
    """A literal; bytes, ``...``, imaginary numbers, and what the cache could not hold are not followed."""
    origin, value = record.number(node), node.value
    if isinstance(value, str):
        return ir.Constant(origin, value) if _is_text(value) else ir.Opaque(origin, ())
    if isinstance(value, int):
        return ir.Constant(origin, value) if value < _LARGEST else ir.Opaque(origin, ())
    if isinstance(value, float) or value is None:
        return ir.Constant(origin, value)
    return ir.Opaque(origin, ())


def _is_text(value: str) -> bool:
    """Whether a string has no lone surrogates."""
    try:
        return value.isascii() or bool(value.encode())
    except UnicodeEncodeError:
        return False


@_lowers(ast.JoinedStr)
def _fstring(record: Record, node: ast.JoinedStr) -> ir.Expression:
    return ir.Text(record.number(node), tuple([_part(record, part) for part in node.values]))


def _part(record: Record, node: ast.expr) -> ir.Expression:
    """The text of an f-string, or an expression in it; one that is converted or formatted is not followed."""
    if not isinstance(node, ast.FormattedValue):
        return expression(record, node)
    inner = expression(record, node.value)
    if node.conversion == _AS_IT_IS and node.format_spec is None:
        return inner
    return ir.Opaque(inner.origin, (inner, *_fields(record, node.format_spec)))


def _fields(record: Record, node: ast.expr | None) -> Iterator[ir.Expression]:
    """The expressions in a format specification."""
    for part in node.values if isinstance(node, ast.JoinedStr) else ():
        if isinstance(part, ast.FormattedValue):
            yield expression(record, part.value)
            yield from _fields(record, part.format_spec)


def _unfollowed(record: Record, node: ast.AST) -> ir.Expression:
    """What grammars to come may bring."""
    return ir.Opaque(record.number(node), ())


@_lowers(ast.UnaryOp)
def _unary(record: Record, node: ast.UnaryOp) -> ir.Expression:
    return ir.Operator(record.number(node), UNARY[type(node.op)], (expression(record, node.operand),))


@_lowers(ast.Compare)
def _comparison(record: Record, node: ast.Compare) -> ir.Expression:
    """``a < b < c`` is ``a < b and b < c``. An operand in the middle is lowered once and named twice.

    One that holds another such chain is named once: chains within chains would double at every level.
    """
    origin = record.number(node)
    left = expression(record, node.left)
    result: ir.Expression | None = None
    record.chained += len(node.ops) > 1
    for sign, comparator in zip(node.ops, node.comparators, strict=True):
        before = record.chained
        right = expression(record, comparator)
        test = ir.Operator(origin, BINARY[type(sign)], (left, right))
        result = test if result is None else ir.Operator(origin, "and", (result, test))
        left = right if record.chained == before else ir.Opaque(right.origin, ())
    assert result is not None  # CPython makes no comparison with nothing
    return result


@_lowers(ast.IfExp)
def _choice(record: Record, node: ast.IfExp) -> ir.Expression:
    origin, test = record.number(node), expression(record, node.test)
    return ir.Choice(origin, test, expression(record, node.body), expression(record, node.orelse))


@_lowers(ast.NamedExpr)
def _bind(record: Record, node: ast.NamedExpr) -> ir.Expression:
    return ir.Bind(record.number(node), node.target.id, expression(record, node.value))


@_lowers(ast.Await)
def _await(record: Record, node: ast.Await) -> ir.Expression:
    return ir.Opaque(record.number(node), (expression(record, node.value),))


@_lowers(ast.Yield, ast.YieldFrom)
def _yield(record: Record, node: ast.Yield | ast.YieldFrom) -> ir.Expression:
    origin = record.number(node)
    record.generator = True
    return ir.Yield(origin, optional(record, node.value), isinstance(node, ast.YieldFrom))


# -- displays ---------------------------------------------------------------------------------------------------------


@_lowers(ast.Tuple, ast.List, ast.Set)
def _build(record: Record, node: ast.Tuple | ast.List | ast.Set) -> ir.Expression:
    origin, shape = record.number(node), type(node).__name__.lower()
    return ir.Build(origin, shape, tuple([expression(record, each) for each in node.elts]))


@_lowers(ast.Starred)
def _star(record: Record, node: ast.Starred) -> ir.Expression:
    return ir.Star(record.number(node), expression(record, node.value))


@_lowers(ast.Slice)
def _slice(record: Record, node: ast.Slice) -> ir.Expression:
    origin = record.number(node)
    return ir.Slice(origin, optional(record, node.lower), optional(record, node.upper), optional(record, node.step))


@_lowers(ast.Dict)
def _mapping(record: Record, node: ast.Dict) -> ir.Expression:
    origin = record.number(node)
    pairs = [_pair(record, key, value) for key, value in zip(node.keys, node.values, strict=True)]
    return ir.Mapping(origin, tuple(pairs))


def _pair(record: Record, key: ast.expr | None, value: ast.expr) -> ir.Pair:
    name = optional(record, key)
    return ir.Pair(record.number(value), name, expression(record, value))


_SHAPES: Final[dict[type[ast.AST], str]] = {
    ast.ListComp: "list",
    ast.SetComp: "set",
    ast.GeneratorExp: "generator",
}


@_lowers(ast.ListComp, ast.SetComp, ast.GeneratorExp)
def _comprehension(record: Record, node: ast.ListComp | ast.SetComp | ast.GeneratorExp) -> ir.Expression:
    origin, clauses = record.number(node), _clauses(record, node.generators)
    return ir.Comprehension(origin, _SHAPES[type(node)], None, expression(record, node.elt), clauses)


@_lowers(ast.DictComp)
def _dict_comprehension(record: Record, node: ast.DictComp) -> ir.Expression:
    origin, clauses = record.number(node), _clauses(record, node.generators)
    key = optional(record, node.key)
    return ir.Comprehension(origin, "dict", key, expression(record, node.value), clauses)


def _clauses(record: Record, nodes: Sequence[ast.comprehension]) -> tuple[ir.Clause, ...]:
    found: list[ir.Clause] = []
    for node in nodes:
        origin, source = record.number(node), expression(record, node.iter)
        target = expression(record, node.target)
        found.append(ir.Clause(origin, target, source, tuple([expression(record, each) for each in node.ifs])))
    return tuple(found)


# -- functions --------------------------------------------------------------------------------------------------------


@_lowers(ast.Lambda)
def _lambda(record: Record, node: ast.Lambda) -> ir.Expression:
    origin, taken = record.number(node), parameters(record, node.args)
    outer, record.generator = record.generator, False
    body = (ir.Return(origin, expression(record, node.body)),)
    generator, record.generator = record.generator, outer
    return ir.Lambda(origin, ir.Function(origin, "<lambda>", taken, body, (), None, None, generator))


def parameters(record: Record, node: ast.arguments) -> tuple[ir.Parameter, ...]:
    """Lower the parameters of a function or lambda."""
    plain = [*((each, "positional") for each in node.posonlyargs), *((each, "normal") for each in node.args)]
    defaults = [*[None] * (len(plain) - len(node.defaults)), *node.defaults]
    found = [_parameter(record, each, kind, default) for (each, kind), default in zip(plain, defaults, strict=True)]
    if node.vararg is not None:
        found.append(_parameter(record, node.vararg, "star", None))
    for each, given in zip(node.kwonlyargs, node.kw_defaults, strict=True):
        found.append(_parameter(record, each, "keyword", given))
    if node.kwarg is not None:
        found.append(_parameter(record, node.kwarg, "doublestar", None))
    return tuple(found)


def _parameter(record: Record, node: ast.arg, kind: str, default: ast.expr | None) -> ir.Parameter:
    origin, annotation = record.number(node), optional(record, node.annotation)
    return ir.Parameter(origin, node.arg, kind, optional(record, default), annotation)
