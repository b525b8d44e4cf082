"""Statements."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Final, TypeVar, cast

import libcst as cst

from logitlint.lowering import ir
from logitlint.lowering.expressions import arguments, expression, optional, parameters
from logitlint.lowering.literals import dotted, identifier
from logitlint.lowering.operators import AUGMENTED
from logitlint.lowering.patterns import pattern
from logitlint.lowering.record import Record

_N = TypeVar("_N", bound=cst.CSTNode)
_Block = tuple[ir.Statement, ...]
_Lower = Callable[[Record, _N], Iterable[ir.Statement]]
_STATEMENTS: Final[dict[type[cst.CSTNode], _Lower[cst.CSTNode]]] = {}


def _lowers(*kinds: type[cst.CSTNode]) -> Callable[[_Lower[_N]], _Lower[_N]]:
    def register(function: _Lower[_N]) -> _Lower[_N]:
        for kind in kinds:
            _STATEMENTS[kind] = cast("_Lower[cst.CSTNode]", function)
        return function

    return register


def statements(record: Record, nodes: Iterable[cst.CSTNode]) -> _Block:
    """Lower statements one after the other."""
    out: list[ir.Statement] = []
    for node in nodes:
        if type(node) is cst.SimpleStatementLine:
            out += _line(record, node)
        else:
            out += _STATEMENTS.get(type(node), _nothing)(record, node)
    return tuple(out)


def _line(record: Record, line: cst.SimpleStatementLine | cst.SimpleStatementSuite) -> list[ir.Statement]:
    out: list[ir.Statement] = []
    for node in line.body:
        record.comment = line.trailing_whitespace
        out += _STATEMENTS.get(type(node), _nothing)(record, node)
    return out


def _block(record: Record, suite: cst.BaseSuite | cst.Else | cst.Finally | None) -> _Block:
    """Lower the body of a compound statement, or of its ``else`` or ``finally`` when it has one."""
    if suite is None:
        return ()
    if isinstance(suite, cst.Else | cst.Finally):
        suite = suite.body
    if type(suite) is cst.IndentedBlock:
        outer = _indent(record, suite.indent)
        body = statements(record, suite.body)
        record.indent = outer
        return body
    return tuple(_line(record, cast("cst.SimpleStatementSuite", suite)))


def _indent(record: Record, indent: str | None) -> str:
    """Go one block further in; the indentation to go back to afterwards."""
    outer = record.indent
    record.indent = outer + (record.module.default_indent if indent is None else indent)
    return outer


# -- simple statements ------------------------------------------------------------------------------------------------


def _nothing(record: Record, node: cst.CSTNode) -> _Block:
    """``pass``, and what grammars to come may bring."""
    record.open(node)
    return ()


@_lowers(cst.Expr)
def _do(record: Record, node: cst.Expr) -> _Block:
    return (ir.Do(record.open(node), expression(record, node.value)),)


def _note(record: Record, node: cst.CSTNode) -> str | None:
    """What a comment at the end of the line, or within a statement of several lines, says the value is."""
    notes = [note.kind for note in record.notes(node, record.comment) if not note.returns] if record.noted else []
    return notes[-1] if notes else None


@_lowers(cst.Assign)
def _assign(record: Record, node: cst.Assign) -> _Block:
    origin, note = record.open(node), _note(record, node)
    value = expression(record, node.value)
    targets = tuple([expression(record, each.target) for each in node.targets])
    return (ir.Assign(origin, targets, value, None, note, False),)


@_lowers(cst.AnnAssign)
def _annotated(record: Record, node: cst.AnnAssign) -> _Block:
    origin, note = record.open(node), _note(record, node)
    value = optional(record, node.value)
    annotation = expression(record, node.annotation.annotation)
    return (ir.Assign(origin, (expression(record, node.target),), value, annotation, note, False),)


@_lowers(cst.AugAssign)
def _augmented(record: Record, node: cst.AugAssign) -> _Block:
    origin, note = record.open(node), _note(record, node)
    target = expression(record, node.target)
    value = ir.Operator(origin, AUGMENTED[type(node.operator)], (target, expression(record, node.value)))
    return (ir.Assign(origin, (target,), value, None, note, True),)


@_lowers(cst.TypeAlias)
def _type_alias(record: Record, node: cst.TypeAlias) -> _Block:
    """``type X = ...``: the value is evaluated when it is asked for, so only the name counts."""
    origin = record.open(node)
    return (ir.Assign(origin, (expression(record, node.name),), ir.Opaque(origin, ()), None, None, False),)


@_lowers(cst.Return)
def _return(record: Record, node: cst.Return) -> _Block:
    return (ir.Return(record.open(node), optional(record, node.value)),)


@_lowers(cst.Raise)
def _raise(record: Record, node: cst.Raise) -> _Block:
    origin = record.open(node)
    parts = (node.exc, node.cause.item if node.cause is not None else None)
    return (ir.Raise(origin, tuple([expression(record, part) for part in parts if part is not None])),)


@_lowers(cst.Assert)
def _assert(record: Record, node: cst.Assert) -> _Block:
    origin = record.open(node)
    parts = [expression(record, part) for part in (node.test, node.msg) if part is not None]
    return (ir.Do(origin, ir.Opaque(origin, tuple(parts))),)


@_lowers(cst.Del)
def _del(record: Record, node: cst.Del) -> _Block:
    origin = record.open(node)
    target = expression(record, node.target)
    targets = target.items if isinstance(target, ir.Build) else (target,)
    return tuple(ir.Do(origin, _deleted(origin, each)) for each in targets)


def _deleted(origin: int, target: ir.Expression) -> ir.Expression:
    """``del x[i]`` is a call of ``x.__delitem__``; what else is deleted is not followed."""
    if not isinstance(target, ir.Index):
        return ir.Opaque(origin, (target,))
    callee = ir.Attribute(origin, target.value, "__delitem__")
    return ir.Call(origin, callee, tuple(ir.Argument(origin, None, each) for each in target.index))


@_lowers(cst.Break)
def _break(record: Record, node: cst.Break) -> _Block:
    return (ir.Break(record.open(node)),)


@_lowers(cst.Continue)
def _continue(record: Record, node: cst.Continue) -> _Block:
    return (ir.Continue(record.open(node)),)


@_lowers(cst.Global, cst.Nonlocal)
def _declare(record: Record, node: cst.Global | cst.Nonlocal) -> _Block:
    names = tuple([identifier(item.name.value) for item in node.names])
    return (ir.Declare(record.open(node), names, isinstance(node, cst.Global)),)


@_lowers(cst.Import)
def _import(record: Record, node: cst.Import) -> Iterable[ir.Statement]:
    record.open(node)
    return [ir.Import(record.number(each), dotted(each.name), _alias(each)) for each in node.names]


@_lowers(cst.ImportFrom)
def _import_from(record: Record, node: cst.ImportFrom) -> _Block:
    origin, module = record.open(node), "" if node.module is None else dotted(node.module)
    if isinstance(node.names, cst.ImportStar):
        return (ir.ImportFrom(origin, module, len(node.relative), (("*", "*"),)),)
    names = [(dotted(each.name), _alias(each)) for each in node.names]
    bound = tuple([(name, asname or name) for name, asname in names])
    return (ir.ImportFrom(origin, module, len(node.relative), bound),)


def _alias(node: cst.ImportAlias) -> str | None:
    return None if node.asname is None else dotted(node.asname.name)


# -- compound statements ----------------------------------------------------------------------------------------------


@_lowers(cst.If)
def _if(record: Record, node: cst.If) -> _Block:
    links: list[tuple[int, ir.Expression, _Block]] = []
    while True:
        links.append((record.open(node), expression(record, node.test), _block(record, node.body)))
        orelse = node.orelse
        if not isinstance(orelse, cst.If):
            break
        node = orelse
    otherwise = _block(record, orelse)
    for origin, test, body in reversed(links):
        otherwise = (ir.If(origin, test, body, otherwise),)
    return otherwise


@_lowers(cst.While)
def _while(record: Record, node: cst.While) -> _Block:
    origin, test = record.open(node), expression(record, node.test)
    return (ir.While(origin, test, _block(record, node.body), _block(record, node.orelse)),)


@_lowers(cst.For)
def _for(record: Record, node: cst.For) -> _Block:
    origin, source = record.open(node), expression(record, node.iter)
    target = expression(record, node.target)
    return (ir.For(origin, target, source, _block(record, node.body), _block(record, node.orelse)),)


@_lowers(cst.With)
def _with(record: Record, node: cst.With) -> _Block:
    origin = record.open(node)
    items = tuple([_context(record, item) for item in node.items])
    return (ir.With(origin, items, _block(record, node.body)),)


def _context(record: Record, node: cst.WithItem) -> ir.Context:
    origin, manager = record.number(node), expression(record, node.item)
    return ir.Context(origin, manager, None if node.asname is None else expression(record, node.asname.name))


@_lowers(cst.Try, cst.TryStar)
def _try(record: Record, node: cst.Try | cst.TryStar) -> _Block:
    origin, body = record.open(node), _block(record, node.body)
    handlers = tuple([_handler(record, handler) for handler in node.handlers])
    return (ir.Try(origin, body, handlers, _block(record, node.orelse), _block(record, node.finalbody)),)


def _handler(record: Record, node: cst.ExceptHandler | cst.ExceptStarHandler) -> ir.Handler:
    origin = record.open(node)
    name = None if node.name is None else dotted(node.name.name)
    return ir.Handler(origin, name, _block(record, node.body))


@_lowers(cst.FunctionDef)
def _function(record: Record, node: cst.FunctionDef) -> _Block:
    origin = record.open(node)
    decorators = tuple([expression(record, each.decorator) for each in node.decorators])
    taken = parameters(record, node.params)
    annotation = None if node.returns is None else expression(record, node.returns.annotation)
    outer, record.generator = record.generator, False
    body = _block(record, node.body)
    generator, record.generator = record.generator, outer
    name = identifier(node.name.value)
    return (ir.Function(origin, name, taken, body, decorators, annotation, _returns(record, node), generator),)


def _returns(record: Record, node: cst.FunctionDef) -> str | None:
    """The kind that a comment between ``def`` and the end of the line with the colon says is returned."""
    if not record.noted:
        return None
    body = node.body
    last = body.header if isinstance(body, cst.IndentedBlock) else cast("cst.SimpleStatementSuite", body)
    notes = record.notes(node.whitespace_before_params, node.params, node.returns, last)
    return next((note.kind for note in notes if note.returns), None)


@_lowers(cst.ClassDef)
def _class(record: Record, node: cst.ClassDef) -> _Block:
    origin = record.open(node)
    decorators = tuple([expression(record, each.decorator) for each in node.decorators])
    bases = arguments(record, (*node.bases, *node.keywords))
    return (ir.Class(origin, identifier(node.name.value), bases, _block(record, node.body), decorators),)


@_lowers(cst.Match)
def _match(record: Record, node: cst.Match) -> _Block:
    """A subject that is no plain name is first given one which no program can use."""
    origin, subject = record.open(node), expression(record, node.subject)
    first: _Block = ()
    if not isinstance(subject, ir.Name | ir.Attribute):
        name = ir.Name(subject.origin, "match subject")
        first, subject = (ir.Assign(origin, (name,), subject, None, None, False),), name
    outer = _indent(record, node.indent)
    links = [_case(record, case, subject) for case in node.cases]
    record.indent = outer
    otherwise: _Block = ()
    for number, test, body in reversed(links):
        otherwise = body if test is None else (ir.If(number, test, body, otherwise),)
    return first + otherwise


def _case(record: Record, node: cst.MatchCase, subject: ir.Expression) -> tuple[int, ir.Expression | None, _Block]:
    """A case's origin, test (None when it always fits) and body."""
    origin, found = record.open(node), pattern(record, node.pattern, subject)
    guard = optional(record, node.guard)
    body = _block(record, node.body)
    if found.test is None and guard is None:
        return origin, None, (*map(_assigned, found.binds), *body)
    bound = ir.Opaque(found.binds[0].origin, tuple(found.binds)) if found.binds else None
    test, *others = [test for test in (found.test, bound, guard) if test is not None]
    for other in others:
        test = ir.Operator(origin, "and", (test, other))
    return origin, test, body


def _assigned(bind: ir.Bind) -> ir.Assign:
    return ir.Assign(bind.origin, (ir.Name(bind.origin, bind.name),), bind.value, None, None, False)
