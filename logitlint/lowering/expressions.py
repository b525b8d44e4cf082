"""Expressions. Chains through a callee, an object or a left operand are a loop; everything else recurses."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Final, TypeVar, cast

import libcst as cst

from logitlint.lowering import ir
from logitlint.lowering.literals import identifier, integer, pieces, string
from logitlint.lowering.operators import BINARY, UNARY
from logitlint.lowering.record import Record

_N = TypeVar("_N", bound=cst.CSTNode)
_Lower = Callable[[Record, _N], ir.Expression]
_LEAVES: Final[dict[type[cst.CSTNode], _Lower[cst.CSTNode]]] = {}

_CONSTANTS: Final[dict[str, bool | None]] = {"True": True, "False": False, "None": None}


def _lowers(*kinds: type[cst.CSTNode]) -> Callable[[_Lower[_N]], _Lower[_N]]:
    def register(function: _Lower[_N]) -> _Lower[_N]:
        for kind in kinds:
            _LEAVES[kind] = cast("_Lower[cst.CSTNode]", function)
        return function

    return register


def expression(record: Record, node: cst.CSTNode) -> ir.Expression:
    """Lower an expression."""
    leaf = _LEAVES.get(type(node))
    return leaf(record, node) if leaf is not None else _chain(record, node)


def optional(record: Record, node: cst.CSTNode | None) -> ir.Expression | None:
    """Lower an expression that may be absent."""
    return None if node is None else expression(record, node)


def _chain(record: Record, node: cst.CSTNode) -> ir.Expression:
    spine: list[cst.Call | cst.Attribute | cst.Subscript | cst.BinaryOperation | cst.BooleanOperation] = []
    while True:
        kind = type(node)
        # the type is compared, not asked: isinstance is several times slower on LibCST's abstract classes
        if kind is cst.Attribute or kind is cst.Subscript:
            owned = cast("cst.Attribute | cst.Subscript", node)
            spine.append(owned)
            node = owned.value
        elif kind is cst.Call:
            call = cast("cst.Call", node)
            spine.append(call)
            node = call.func
        elif kind is cst.BinaryOperation or kind is cst.BooleanOperation:
            operation = cast("cst.BinaryOperation | cst.BooleanOperation", node)
            spine.append(operation)
            node = operation.left
        else:
            break
    value = _LEAVES.get(kind, _unfollowed)(record, node)
    while spine:
        link = spine.pop()
        kind = type(cast("cst.CSTNode", link))
        origin = record.number(link)
        if kind is cst.Attribute:
            value = ir.Attribute(origin, value, identifier(cast("cst.Attribute", link).attr.value))
        elif kind is cst.Call:
            value = ir.Call(origin, value, arguments(record, cast("cst.Call", link).args))
        elif kind is cst.Subscript:
            value = ir.Index(origin, value, _index(record, cast("cst.Subscript", link)))
        else:
            operation = cast("cst.BinaryOperation | cst.BooleanOperation", link)
            value = ir.Operator(origin, BINARY[type(operation.operator)], (value, expression(record, operation.right)))
    return value


def arguments(record: Record, nodes: Iterable[cst.Arg]) -> tuple[ir.Argument, ...]:
    """Lower the arguments of a call, or the bases and keywords of a class."""
    return tuple([_argument(record, node) for node in nodes])


def _argument(record: Record, node: cst.Arg) -> ir.Argument:
    keyword = identifier(node.keyword.value) if node.keyword is not None else node.star or None
    return ir.Argument(record.number(node), keyword, expression(record, node.value))


def _index(record: Record, node: cst.Subscript) -> tuple[ir.Expression, ...]:
    return tuple([_subscript(record, element.slice) for element in node.slice])


def _subscript(record: Record, node: cst.BaseSlice) -> ir.Expression:
    if isinstance(node, cst.Slice):
        origin = record.number(node)
        return ir.Slice(origin, optional(record, node.lower), optional(record, node.upper), optional(record, node.step))
    inner = cast("cst.Index", node)
    if inner.star:
        return ir.Star(record.number(inner), expression(record, inner.value))
    return expression(record, inner.value)


# -- leaves -----------------------------------------------------------------------------------------------------------


@_lowers(cst.Name)
def _name(record: Record, node: cst.Name) -> ir.Expression:
    name = node.value
    nodes = record.nodes
    nodes.append(node)
    if name in _CONSTANTS:
        return ir.Constant(len(nodes) - 1, _CONSTANTS[name])
    return ir.Name(len(nodes) - 1, name if name.isascii() else identifier(name))


@_lowers(cst.Integer)
def _integer(record: Record, node: cst.Integer) -> ir.Expression:
    origin, value = record.number(node), integer(node)
    return ir.Opaque(origin, ()) if value is None else ir.Constant(origin, value)


@_lowers(cst.Float)
def _float(record: Record, node: cst.Float) -> ir.Expression:
    return ir.Constant(record.number(node), float(node.value))


@_lowers(cst.SimpleString, cst.ConcatenatedString)
def _string(record: Record, node: cst.SimpleString | cst.ConcatenatedString) -> ir.Expression:
    origin, value = record.number(node), string(node)
    if value is not None:
        return ir.Constant(origin, value)
    formatted = [piece for piece in pieces(node) if isinstance(piece, cst.FormattedString)]
    return ir.Opaque(origin, tuple(part for piece in formatted for part in _fields(record, piece.parts)))


@_lowers(cst.FormattedString)
def _fstring(record: Record, node: cst.FormattedString) -> ir.Expression:
    return ir.Text(record.number(node), tuple(_parts(record, node)))


def _parts(record: Record, node: cst.FormattedString) -> Iterator[ir.Expression]:
    """The text and the expressions of an f-string; one that is converted or formatted is not followed."""
    raw = "r" in node.start.lower()
    for part in node.parts:
        if isinstance(part, cst.FormattedStringText):
            origin = record.number(part)
            plain = raw or "\\" not in part.value
            text = part.value.replace("{{", "{").replace("}}", "}")
            yield ir.Constant(origin, text) if plain else ir.Opaque(origin, ())
        elif isinstance(part, cst.FormattedStringExpression):
            inner = expression(record, part.expression)
            if part.conversion or part.format_spec or part.equal:
                yield ir.Opaque(inner.origin, (inner, *_fields(record, part.format_spec or ())))
            else:
                yield inner


def _fields(record: Record, parts: Sequence[cst.BaseFormattedStringContent]) -> list[ir.Expression]:
    """The expressions in an f-string, those in its format specifications too."""
    found: list[ir.Expression] = []
    for part in parts:
        if isinstance(part, cst.FormattedStringExpression):
            found.append(expression(record, part.expression))
            found += _fields(record, part.format_spec or ())
    return found


def _unfollowed(record: Record, node: cst.CSTNode) -> ir.Expression:
    """Imaginary numbers, ``...``, and what grammars to come may bring."""
    return ir.Opaque(record.number(node), ())


@_lowers(cst.UnaryOperation)
def _unary(record: Record, node: cst.UnaryOperation) -> ir.Expression:
    origin = record.number(node)
    return ir.Operator(origin, UNARY[type(node.operator)], (expression(record, node.expression),))


@_lowers(cst.Comparison)
def _comparison(record: Record, node: cst.Comparison) -> ir.Expression:
    """``a < b < c`` is ``a < b and b < c``. An operand in the middle is lowered once and named twice.

    One that holds another such chain is named once: chains within chains would double at every level.
    """
    origin = record.number(node)
    left = expression(record, node.left)
    result: ir.Expression | None = None
    record.chained += len(node.comparisons) > 1
    for target in node.comparisons:
        before = record.chained
        right = expression(record, target.comparator)
        test = ir.Operator(origin, BINARY[type(target.operator)], (left, right))
        result = test if result is None else ir.Operator(origin, "and", (result, test))
        left = right if record.chained == before else ir.Opaque(right.origin, ())
    assert result is not None  # LibCST refuses a comparison with nothing
    return result


@_lowers(cst.IfExp)
def _choice(record: Record, node: cst.IfExp) -> ir.Expression:
    origin, test = record.number(node), expression(record, node.test)
    return ir.Choice(origin, test, expression(record, node.body), expression(record, node.orelse))


@_lowers(cst.NamedExpr)
def _bind(record: Record, node: cst.NamedExpr) -> ir.Expression:
    origin = record.number(node)
    name = cast("cst.Name", node.target)  # the grammar allows nothing else
    return ir.Bind(origin, identifier(name.value), expression(record, node.value))


@_lowers(cst.Await)
def _await(record: Record, node: cst.Await) -> ir.Expression:
    return ir.Opaque(record.number(node), (expression(record, node.expression),))


@_lowers(cst.Yield)
def _yield(record: Record, node: cst.Yield) -> ir.Expression:
    origin, value = record.number(node), node.value
    record.generator = True
    inner = value.item if isinstance(value, cst.From) else value
    return ir.Yield(origin, None if inner is None else expression(record, inner), inner is not value)


# -- displays ---------------------------------------------------------------------------------------------------------


@_lowers(cst.Tuple, cst.List, cst.Set)
def _build(record: Record, node: cst.Tuple | cst.List | cst.Set) -> ir.Expression:
    origin, shape = record.number(node), type(node).__name__.lower()
    return ir.Build(origin, shape, tuple([_element(record, element) for element in node.elements]))


def _element(record: Record, node: cst.BaseElement) -> ir.Expression:
    if type(node) is cst.Element:
        return expression(record, node.value)
    return _star(record, cast("cst.StarredElement", node))


@_lowers(cst.StarredElement)
def _star(record: Record, node: cst.StarredElement) -> ir.Expression:
    return ir.Star(record.number(node), expression(record, node.value))


@_lowers(cst.Dict)
def _mapping(record: Record, node: cst.Dict) -> ir.Expression:
    return ir.Mapping(record.number(node), tuple([_pair(record, element) for element in node.elements]))


def _pair(record: Record, node: cst.BaseDictElement) -> ir.Pair:
    key = expression(record, node.key) if isinstance(node, cst.DictElement) else None
    return ir.Pair(record.number(node), key, expression(record, node.value))


_SHAPES: Final[dict[type[cst.CSTNode], str]] = {
    cst.ListComp: "list",
    cst.SetComp: "set",
    cst.GeneratorExp: "generator",
}


@_lowers(cst.ListComp, cst.SetComp, cst.GeneratorExp)
def _comprehension(record: Record, node: cst.ListComp | cst.SetComp | cst.GeneratorExp) -> ir.Expression:
    origin, clauses = record.number(node), _clauses(record, node.for_in)
    return ir.Comprehension(origin, _SHAPES[type(node)], None, expression(record, node.elt), clauses)


@_lowers(cst.DictComp)
def _dict_comprehension(record: Record, node: cst.DictComp) -> ir.Expression:
    origin, clauses = record.number(node), _clauses(record, node.for_in)
    key = expression(record, node.key)
    return ir.Comprehension(origin, "dict", key, expression(record, node.value), clauses)


def _clauses(record: Record, node: cst.CompFor | None) -> tuple[ir.Clause, ...]:
    found: list[ir.Clause] = []
    while node is not None:
        origin, source = record.number(node), expression(record, node.iter)
        target = expression(record, node.target)
        found.append(ir.Clause(origin, target, source, tuple([expression(record, each.test) for each in node.ifs])))
        node = node.inner_for_in
    return tuple(found)


# -- functions --------------------------------------------------------------------------------------------------------


@_lowers(cst.Lambda)
def _lambda(record: Record, node: cst.Lambda) -> ir.Expression:
    origin, taken = record.number(node), parameters(record, node.params)
    outer, record.generator = record.generator, False
    body = (ir.Return(origin, expression(record, node.body)),)
    generator, record.generator = record.generator, outer
    return ir.Lambda(origin, ir.Function(origin, "<lambda>", taken, body, (), None, None, generator))


def parameters(record: Record, node: cst.Parameters) -> tuple[ir.Parameter, ...]:
    """Lower the parameters of a function or lambda."""
    found = [_parameter(record, each, "positional") for each in node.posonly_params]
    found += [_parameter(record, each, "normal") for each in node.params]
    if isinstance(node.star_arg, cst.Param):
        found.append(_parameter(record, node.star_arg, "star"))
    found += [_parameter(record, each, "keyword") for each in node.kwonly_params]
    if node.star_kwarg is not None:
        found.append(_parameter(record, node.star_kwarg, "doublestar"))
    return tuple(found)


def _parameter(record: Record, node: cst.Param, kind: str) -> ir.Parameter:
    origin = record.number(node)
    annotation = None if node.annotation is None else expression(record, node.annotation.annotation)
    return ir.Parameter(origin, identifier(node.name.value), kind, optional(record, node.default), annotation)
