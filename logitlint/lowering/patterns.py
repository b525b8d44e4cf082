"""``match``: a chain of `If`. Patterns that are plain values are comparisons; the others are not followed, but what
they bind is bound.
"""

from __future__ import annotations

from collections.abc import Sequence

import libcst as cst
import msgspec

from logitlint.lowering import ir
from logitlint.lowering.expressions import expression
from logitlint.lowering.literals import identifier
from logitlint.lowering.record import Record


class Pattern(msgspec.Struct):
    """What a pattern asks (None when it fits everything) and the names it binds."""

    test: ir.Expression | None
    binds: list[ir.Bind] = msgspec.field(default_factory=list)


def pattern(record: Record, node: cst.MatchPattern, subject: ir.Expression) -> Pattern:
    """Lower a pattern. `subject` is a name or attribute: it is read once for each comparison."""
    if isinstance(node, cst.MatchValue):
        return Pattern(_compare(record, "==", subject, node, node.value))
    if isinstance(node, cst.MatchSingleton):
        return Pattern(_compare(record, "is", subject, node, node.value))
    if isinstance(node, cst.MatchAs):
        inner = Pattern(None) if node.pattern is None else pattern(record, node.pattern, subject)
        if node.name is not None:
            inner.binds.append(ir.Bind(record.number(node), identifier(node.name.value), subject))
        return inner
    if isinstance(node, cst.MatchOr):
        return _any(record, node, subject)
    origin = record.number(node)
    parts: list[ir.Expression] = []
    binds: list[ir.Bind] = []
    _search(record, node, parts, binds)
    return Pattern(ir.Opaque(origin, tuple(parts)), binds)


def _compare(
    record: Record, sign: str, subject: ir.Expression, node: cst.CSTNode, value: cst.BaseExpression
) -> ir.Expression:
    return ir.Operator(record.number(node), sign, (subject, expression(record, value)))


def _any(record: Record, node: cst.MatchOr, subject: ir.Expression) -> Pattern:
    origin = record.number(node)
    each = [pattern(record, element.pattern, subject) for element in node.patterns]
    found = Pattern(each[0].test, [bind for other in each for bind in other.binds])
    for other in each[1:]:
        if found.test is not None and other.test is not None:
            found.test = ir.Operator(origin, "or", (found.test, other.test))
        else:
            found.test = None
    return found


def _search(record: Record, node: cst.CSTNode, parts: list[ir.Expression], binds: list[ir.Bind]) -> None:
    """Collect what a structured pattern evaluates (classes, values, keys) and the names it binds to the unknown."""
    names: list[cst.Name | None] = []
    inner: Sequence[cst.CSTNode] = []
    if isinstance(node, cst.MatchValue | cst.MatchSingleton):
        parts.append(expression(record, node.value))
    elif isinstance(node, cst.MatchAs):
        names = [node.name]
        inner = [node.pattern] if node.pattern is not None else []
    elif isinstance(node, cst.MatchStar):
        names = [node.name]
    elif isinstance(node, cst.MatchOr):
        inner = [element.pattern for element in node.patterns]
    elif isinstance(node, cst.MatchSequence):
        inner = [each.value if isinstance(each, cst.MatchSequenceElement) else each for each in node.patterns]
    elif isinstance(node, cst.MatchMapping):
        parts += [expression(record, element.key) for element in node.elements]
        names, inner = [node.rest], [element.pattern for element in node.elements]
    elif isinstance(node, cst.MatchClass):
        parts.append(expression(record, node.cls))
        inner = [element.value for element in node.patterns] + [element.pattern for element in node.kwds]
    for each in inner:
        _search(record, each, parts, binds)
    for name in names:
        if name is not None:
            origin = record.number(name)
            binds.append(ir.Bind(origin, identifier(name.value), ir.Opaque(origin, ())))
