"""Nodes by themselves: the parts of an expression, how it is quoted, which parameter an argument is given to."""

from __future__ import annotations

from collections.abc import Iterator

from logitlint.fixes.changes import Uncertain
from logitlint.fixes.tree import Tree
from logitlint.lowering import ir


def parameter_of(tree: Tree, function: ir.Function, call: ir.Call, argument: ir.Argument) -> ir.Parameter | None:
    """The parameter that an argument of a call is given to; None when that is not certain."""
    if argument.keyword in ("*", "**") or any(each.keyword == "*" for each in call.arguments):
        return None
    if argument.keyword is not None:
        return next((each for each in function.parameters if each.name == argument.keyword), None)
    position = [each for each in call.arguments if each.keyword is None].index(argument)
    if isinstance(tree.parent(function), ir.Class) and not _is_static(function):
        position += 1
    taken = [each for each in function.parameters if each.kind in ("positional", "normal")]
    return taken[position] if position < len(taken) else None


def _is_static(function: ir.Function) -> bool:
    return any(isinstance(each, ir.Name) and each.name == "staticmethod" for each in function.decorators)


def words_of(tree: Tree, node: ir.Node) -> str:
    """An expression as a message quotes it."""
    if isinstance(node, ir.Call):
        node = node.callee
    try:
        text = tree.source(node)
    except Uncertain:
        return "something"
    return text if len(text) <= 40 and "\n" not in text else f"{text.split()[0][:37]}..."


def names_in(node: ir.Node) -> Iterator[ir.Name]:
    """The names an expression reads."""
    return (each for each in nodes_in(node) if isinstance(each, ir.Name))


def nodes_in(node: ir.Node) -> Iterator[ir.Node]:
    """An expression and its parts."""
    pending: list[object] = [node]
    while pending:
        value = pending.pop()
        if isinstance(value, tuple):
            pending += value
        elif isinstance(value, ir.Node):
            yield value
            pending += [getattr(value, name) for name in value.__struct_fields__]
