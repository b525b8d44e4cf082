"""``match``: a chain of `If`. Patterns that are plain values are comparisons; the others are not followed, but what
they bind is bound.
"""

from __future__ import annotations

import ast
from collections.abc import Sequence

import msgspec

from logitlint.lowering import ir
from logitlint.lowering.expressions import expression
from logitlint.lowering.record import Record


class Pattern(msgspec.Struct):
    """What a pattern asks (None when it fits everything) and the names it binds."""

    test: ir.Expression | None
    binds: list[ir.Bind] = msgspec.field(default_factory=list)


def pattern(record: Record, node: ast.pattern, subject: ir.Expression) -> Pattern:
    """Lower a pattern. `subject` is a name or attribute: it is read once for each comparison."""
    if isinstance(node, ast.MatchValue):
        return Pattern(ir.Operator(record.number(node), "==", (subject, expression(record, node.value))))
    if isinstance(node, ast.MatchSingleton):
        return Pattern(ir.Operator(record.number(node), "is", (subject, _singleton(record, node))))
    if isinstance(node, ast.MatchAs):
        inner = Pattern(None) if node.pattern is None else pattern(record, node.pattern, subject)
        if node.name is not None:
            inner.binds.append(ir.Bind(record.number(node), node.name, subject))
        return inner
    if isinstance(node, ast.MatchOr):
        return _any(record, node, subject)
    origin = record.number(node)
    parts: list[ir.Expression] = []
    binds: list[ir.Bind] = []
    _search(record, node, parts, binds)
    return Pattern(ir.Opaque(origin, tuple(parts)), binds)


def _singleton(record: Record, node: ast.MatchSingleton) -> ir.Expression:
    return ir.Constant(record.number(node), node.value)


def _any(record: Record, node: ast.MatchOr, subject: ir.Expression) -> Pattern:
    origin = record.number(node)
    each = [pattern(record, inner, subject) for inner in node.patterns]
    found = Pattern(each[0].test, [bind for other in each for bind in other.binds])
    for other in each[1:]:
        if found.test is not None and other.test is not None:
            found.test = ir.Operator(origin, "or", (found.test, other.test))
        else:
            found.test = None
    return found


def _search(record: Record, node: ast.pattern, parts: list[ir.Expression], binds: list[ir.Bind]) -> None:
    """Collect what a structured pattern evaluates (classes, values, keys) and the names it binds to the unknown."""
    name: str | None = None
    inner: Sequence[ast.pattern] = []
    if isinstance(node, ast.MatchValue):
        parts.append(expression(record, node.value))
    elif isinstance(node, ast.MatchSingleton):
        parts.append(_singleton(record, node))
    elif isinstance(node, ast.MatchAs):
        name = node.name
        inner = [node.pattern] if node.pattern is not None else []
    elif isinstance(node, ast.MatchStar):
        name = node.name
    elif isinstance(node, ast.MatchOr | ast.MatchSequence):
        inner = node.patterns
    elif isinstance(node, ast.MatchMapping):
        parts += [expression(record, key) for key in node.keys]
        name, inner = node.rest, node.patterns
    elif isinstance(node, ast.MatchClass):
        parts.append(expression(record, node.cls))
        inner = [*node.patterns, *node.kwd_patterns]
    for each in inner:
        _search(record, each, parts, binds)
    if name is not None:
        origin = record.number(node)
        binds.append(ir.Bind(origin, name, ir.Opaque(origin, ())))
