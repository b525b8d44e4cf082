"""Which functions hand back what they are given, unchanged: decorators that document, count or register.

What such a decorator says runs where it decorates, and never again: it is no way from what it decorates to a loss.
"""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterator, Mapping
from typing import Final, TypeGuard

import msgspec

from logitlint.project.building import parameters
from logitlint.project.toplevel import outer

_Function: Final = (ast.FunctionDef, ast.AsyncFunctionDef)
_Inner: Final = (*_Function, ast.Lambda)
_Nested: Final = (*_Inner, ast.ClassDef)
_TOLD: Final = frozenset({"__annotations__", "__doc__", "__module__", "__name__", "__qualname__", "__signature__"})
"""Attributes by which nothing runs otherwise."""
_CHANGING: Final = frozenset({"setattr", "delattr", "vars", "exec", "eval"})


class Passing(msgspec.Struct, frozen=True):
    """What a function does with what it is given.

    through
        The functions that get its first argument and whose results are returned, where nothing else is returned but
        that argument; None where something else may be.
    shown
        The names of functions that get something of its arguments.
    changes
        Whether an attribute of an argument is set.
    """

    through: frozenset[str] | None
    shown: frozenset[str]
    changes: bool


def passing(tree: ast.Module) -> Mapping[str, Passing]:
    """The functions of a file, by name; not one that is defined several times."""
    found: dict[str, Passing] = {}
    several: set[str] = set()
    for statement in outer(tree.body):
        if isinstance(statement, _Function):
            if statement.name in found:
                several.add(statement.name)
            found[statement.name] = _passing(statement)
    return {name: each for name, each in found.items() if name not in several}


def _passing(function: ast.FunctionDef | ast.AsyncFunctionDef) -> Passing:
    nodes = list(ast.walk(function))
    given = {each.arg for node in nodes if isinstance(node, _Inner) for each in parameters(node.args)}
    inner = {node.name for node in nodes if isinstance(node, _Function)} - {function.name}
    shown: set[str] = set()
    changes = False
    for node in nodes:
        if isinstance(node, ast.Call):
            callee = _names(node.func)
            arguments = (*node.args, *(keyword.value for keyword in node.keywords))
            changes |= not _CHANGING.isdisjoint(callee) or ("__dict__" in callee and callee[-1] in given)
            if not given.isdisjoint(name for each in arguments for name in _names(each)[-1:]):
                shown.update(callee)
        elif isinstance(node, ast.Attribute | ast.Subscript) and not isinstance(node.ctx, ast.Load):
            names = _names(node)
            changes |= names[0] not in _TOLD and len(names) > 1 and names[-1] in given
    return Passing(_through(function), frozenset(shown - inner), changes)


def _through(function: ast.FunctionDef | ast.AsyncFunctionDef) -> frozenset[str] | None:
    """The functions whose results one hands back as its own, given what it was; None where it gives anything else."""
    first = next((each.arg for each in (*function.args.posonlyargs, *function.args.args)), None)
    inner: dict[str, ast.FunctionDef | ast.AsyncFunctionDef] = {}
    returned: list[ast.expr | None] = []
    for node in _own(function):
        if isinstance(node, _Function):
            inner[node.name] = node
        elif isinstance(node, ast.Return):
            returned.append(node.value)
        elif isinstance(node, ast.Yield | ast.YieldFrom) or (_is_stored(node) and node.id in (first, *inner)):
            return None
    found: set[str] = set()
    for value in returned:
        if isinstance(value, ast.Name) and value.id == first:
            continue
        name = _handed_on(value, first, inner.keys())
        if name is None:
            return None
        if name not in inner:
            found.add(name)
            continue
        behind = _through(inner[name])
        if behind is None:
            return None
        found |= behind
    return frozenset(found) if returned else None


def _is_stored(node: ast.AST) -> TypeGuard[ast.Name]:
    return isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)


def _handed_on(value: ast.expr | None, first: str | None, inner: Collection[str]) -> str | None:
    """The function that is returned, of those defined inside, or that gets the first argument and gives the result."""
    if isinstance(value, ast.Name):
        return value.id if value.id in inner else None
    if not (isinstance(value, ast.Call) and isinstance(value.func, ast.Name) and value.args):
        return None
    head = value.args[0]
    return value.func.id if isinstance(head, ast.Name) and head.id == first else None


def _own(function: ast.FunctionDef | ast.AsyncFunctionDef) -> Iterator[ast.AST]:
    """The nodes of a function without those of the functions and classes inside it."""
    pending: list[ast.AST] = [*function.body]
    while pending:
        node = pending.pop()
        yield node
        if not isinstance(node, _Nested):
            pending += ast.iter_child_nodes(node)


def _names(node: ast.expr) -> list[str]:
    """The names of a chain of attributes, the last first; of an element, those of what it is an element of."""
    names: list[str] = []
    while isinstance(node, ast.Attribute | ast.Subscript | ast.Starred):
        names += [node.attr] if isinstance(node, ast.Attribute) else []
        node = node.value
    return [*names, node.id] if isinstance(node, ast.Name) else [*names, ""]
