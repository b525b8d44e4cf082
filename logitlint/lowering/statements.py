"""Statements."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable, Sequence
from typing import Final, TypeVar, cast

from logitlint.lowering import ir
from logitlint.lowering.expressions import arguments, expression, optional, parameters
from logitlint.lowering.operators import BINARY
from logitlint.lowering.patterns import pattern
from logitlint.lowering.record import Record

_N = TypeVar("_N", bound=ast.AST)
_Block = tuple[ir.Statement, ...]
_Lower = Callable[[Record, _N], Iterable[ir.Statement]]
_STATEMENTS: Final[dict[type[ast.AST], _Lower[ast.AST]]] = {}


def _lowers(*kinds: type[ast.AST] | str) -> Callable[[_Lower[_N]], _Lower[_N]]:
    """Sorts of statements that not every version of Python has are given by their names."""

    def register(function: _Lower[_N]) -> _Lower[_N]:
        for kind in kinds:
            known = getattr(ast, kind, None) if isinstance(kind, str) else kind
            if known is not None:
                _STATEMENTS[known] = cast("_Lower[ast.AST]", function)
        return function

    return register


def statements(record: Record, nodes: Sequence[ast.stmt]) -> _Block:
    """Lower statements one after the other."""
    out: list[ir.Statement] = []
    for node in nodes:
        out += _STATEMENTS.get(type(node), _nothing)(record, node)
    return tuple(out)


# -- simple statements ------------------------------------------------------------------------------------------------


def _nothing(record: Record, node: ast.AST) -> _Block:
    """``pass``, and what grammars to come may bring."""
    record.open(node)
    return ()


@_lowers(ast.Expr)
def _do(record: Record, node: ast.Expr) -> _Block:
    return (ir.Do(record.open(node), expression(record, node.value)),)


def _note(record: Record, node: ast.stmt) -> str | None:
    """What a comment at the end of the line, or within a statement of several lines, says the value is."""
    if record.comments is None:
        return None
    notes = [note.kind for note in record.comments.of_statement(node) if not note.returns]
    return notes[-1] if notes else None


@_lowers(ast.Assign)
def _assign(record: Record, node: ast.Assign) -> _Block:
    origin, note = record.open(node), _note(record, node)
    value = expression(record, node.value)
    targets = tuple([expression(record, each) for each in node.targets])
    return (ir.Assign(origin, targets, value, None, note, False),)


@_lowers(ast.AnnAssign)
def _annotated(record: Record, node: ast.AnnAssign) -> _Block:
    origin, note = record.open(node), _note(record, node)
    value = optional(record, node.value)
    annotation = expression(record, node.annotation)
    return (ir.Assign(origin, (expression(record, node.target),), value, annotation, note, False),)


@_lowers(ast.AugAssign)
def _augmented(record: Record, node: ast.AugAssign) -> _Block:
    origin, note = record.open(node), _note(record, node)
    target = expression(record, node.target)
    value = ir.Operator(origin, BINARY[type(node.op)], (target, expression(record, node.value)))
    return (ir.Assign(origin, (target,), value, None, note, True),)


@_lowers("TypeAlias")
def _type_alias(record: Record, node: ast.stmt) -> _Block:
    """``type X = ...``: the value is evaluated when it is asked for, so only the name counts."""
    origin, name = record.open(node), cast("ast.Name", getattr(node, "name"))  # noqa: B009 - since Python 3.12
    return (ir.Assign(origin, (expression(record, name),), ir.Opaque(origin, ()), None, None, False),)


@_lowers(ast.Return)
def _return(record: Record, node: ast.Return) -> _Block:
    return (ir.Return(record.open(node), optional(record, node.value)),)


@_lowers(ast.Raise)
def _raise(record: Record, node: ast.Raise) -> _Block:
    origin = record.open(node)
    parts = (node.exc, node.cause)
    return (ir.Raise(origin, tuple([expression(record, part) for part in parts if part is not None])),)


@_lowers(ast.Assert)
def _assert(record: Record, node: ast.Assert) -> _Block:
    origin = record.open(node)
    parts = [expression(record, part) for part in (node.test, node.msg) if part is not None]
    return (ir.Do(origin, ir.Opaque(origin, tuple(parts))),)


@_lowers(ast.Delete)
def _del(record: Record, node: ast.Delete) -> _Block:
    origin = record.open(node)
    targets: list[ir.Expression] = []
    for each in node.targets:
        target = expression(record, each)
        targets += target.items if isinstance(target, ir.Build) else (target,)
    return tuple(ir.Do(origin, _deleted(origin, each)) for each in targets)


def _deleted(origin: int, target: ir.Expression) -> ir.Expression:
    """``del x[i]`` is a call of ``x.__delitem__``, ``del x.a`` of ``x.__delattr__``; a deleted name is not followed."""
    if isinstance(target, ir.Attribute):
        named = ir.Argument(origin, None, ir.Constant(origin, target.name))
        return ir.Call(origin, ir.Attribute(origin, target.value, "__delattr__"), (named,))
    if not isinstance(target, ir.Index):
        return ir.Opaque(origin, (target,))
    callee = ir.Attribute(origin, target.value, "__delitem__")
    return ir.Call(origin, callee, tuple(ir.Argument(origin, None, each) for each in target.index))


@_lowers(ast.Break)
def _break(record: Record, node: ast.Break) -> _Block:
    return (ir.Break(record.open(node)),)


@_lowers(ast.Continue)
def _continue(record: Record, node: ast.Continue) -> _Block:
    return (ir.Continue(record.open(node)),)


@_lowers(ast.Global, ast.Nonlocal)
def _declare(record: Record, node: ast.Global | ast.Nonlocal) -> _Block:
    return (ir.Declare(record.open(node), tuple(node.names), isinstance(node, ast.Global)),)


@_lowers(ast.Import)
def _import(record: Record, node: ast.Import) -> Iterable[ir.Statement]:
    record.open(node)
    return [ir.Import(record.number(each), each.name, each.asname) for each in node.names]


@_lowers(ast.ImportFrom)
def _import_from(record: Record, node: ast.ImportFrom) -> _Block:
    names = tuple([(each.name, each.asname or each.name) for each in node.names])
    return (ir.ImportFrom(record.open(node), node.module or "", node.level, names),)


# -- compound statements ----------------------------------------------------------------------------------------------


@_lowers(ast.If)
def _if(record: Record, node: ast.If) -> _Block:
    links: list[tuple[int, ir.Expression, _Block]] = []
    while True:
        links.append((record.open(node), expression(record, node.test), statements(record, node.body)))
        orelse = node.orelse
        if len(orelse) != 1 or not isinstance(orelse[0], ast.If):
            break
        node = orelse[0]
    otherwise = statements(record, orelse)
    for origin, test, body in reversed(links):
        otherwise = (ir.If(origin, test, body, otherwise),)
    return otherwise


@_lowers(ast.While)
def _while(record: Record, node: ast.While) -> _Block:
    origin, test = record.open(node), expression(record, node.test)
    return (ir.While(origin, test, statements(record, node.body), statements(record, node.orelse)),)


@_lowers(ast.For, ast.AsyncFor)
def _for(record: Record, node: ast.For | ast.AsyncFor) -> _Block:
    origin, source = record.open(node), expression(record, node.iter)
    target = expression(record, node.target)
    return (ir.For(origin, target, source, statements(record, node.body), statements(record, node.orelse)),)


@_lowers(ast.With, ast.AsyncWith)
def _with(record: Record, node: ast.With | ast.AsyncWith) -> _Block:
    origin = record.open(node)
    items = tuple([_context(record, item) for item in node.items])
    return (ir.With(origin, items, statements(record, node.body)),)


def _context(record: Record, node: ast.withitem) -> ir.Context:
    origin, manager = record.number(node), expression(record, node.context_expr)
    return ir.Context(origin, manager, optional(record, node.optional_vars))


@_lowers(ast.Try, "TryStar")
def _try(record: Record, node: ast.Try) -> _Block:
    origin, body = record.open(node), statements(record, node.body)
    handlers = tuple([_handler(record, handler) for handler in node.handlers])
    return (ir.Try(origin, body, handlers, statements(record, node.orelse), statements(record, node.finalbody)),)


def _handler(record: Record, node: ast.ExceptHandler) -> ir.Handler:
    origin = record.open(node)
    caught = expression(record, node.type) if node.type is not None else None
    return ir.Handler(origin, caught, node.name, statements(record, node.body))


@_lowers(ast.FunctionDef, ast.AsyncFunctionDef)
def _function(record: Record, node: ast.FunctionDef | ast.AsyncFunctionDef) -> _Block:
    origin = record.open(node)
    decorators = tuple([expression(record, each) for each in node.decorator_list])
    taken = parameters(record, node.args)
    annotation = optional(record, node.returns)
    outer, record.generator = record.generator, False
    body = statements(record, node.body)
    generator, record.generator = record.generator, outer
    return (ir.Function(origin, node.name, taken, body, decorators, annotation, _returns(record, node), generator),)


def _returns(record: Record, node: ast.stmt) -> str | None:
    """The kind that a comment between ``def`` and the end of the line with the colon says is returned."""
    notes = record.comments.of_head(node) if record.comments is not None else ()
    return next((note.kind for note in notes if note.returns), None)


@_lowers(ast.ClassDef)
def _class(record: Record, node: ast.ClassDef) -> _Block:
    origin = record.open(node)
    decorators = tuple([expression(record, each) for each in node.decorator_list])
    bases = arguments(record, node.bases, node.keywords)
    return (ir.Class(origin, node.name, bases, statements(record, node.body), decorators),)


@_lowers(ast.Match)
def _match(record: Record, node: ast.Match) -> _Block:
    """A subject that is no plain name is first given one which no program can use."""
    origin, subject = record.open(node), expression(record, node.subject)
    first: _Block = ()
    if not isinstance(subject, ir.Name | ir.Attribute):
        name = ir.Name(subject.origin, "match subject")
        first, subject = (ir.Assign(origin, (name,), subject, None, None, False),), name
    links = [_case(record, case, subject) for case in node.cases]
    otherwise: _Block = ()
    for number, test, body in reversed(links):
        otherwise = body if test is None else (ir.If(number, test, body, otherwise),)
    return first + otherwise


def _case(record: Record, node: ast.match_case, subject: ir.Expression) -> tuple[int, ir.Expression | None, _Block]:
    """A case's origin, test (None when it always fits) and body."""
    origin, found = record.open(node), pattern(record, node.pattern, subject)
    guard = optional(record, node.guard)
    body = statements(record, node.body)
    if found.test is None and guard is None:
        return origin, None, (*map(_assigned, found.binds), *body)
    bound = ir.Opaque(found.binds[0].origin, tuple(found.binds)) if found.binds else None
    test, *others = [test for test in (found.test, bound, guard) if test is not None]
    for other in others:
        test = ir.Operator(origin, "and", (test, other))
    return origin, test, body


def _assigned(bind: ir.Bind) -> ir.Assign:
    return ir.Assign(bind.origin, (ir.Name(bind.origin, bind.name),), bind.value, None, None, False)
