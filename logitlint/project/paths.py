"""What a program adds to the places where imports are looked for: ``sys.path.append(...)`` and the like."""

from __future__ import annotations

import ast
import os
from collections.abc import Iterator, Mapping
from typing import Final

import msgspec

from logitlint.source.nesting import headers

_SAME: Final = frozenset(
    {"abspath", "realpath", "normpath", "resolve", "absolute", "expanduser", "str", "fspath", "Path"}
)
_ADDING: Final = frozenset({"append", "insert", "extend", "addsitedir"})


class Added(msgspec.Struct, frozen=True):
    """The directories a program adds: absolute ones in front of and behind the others, and those that are relative.

    What a relative one means depends on where the program is started.
    """

    front: tuple[str, ...] = ()
    behind: tuple[str, ...] = ()
    anywhere: tuple[str, ...] = ()


def added(tree: ast.Module, file: str) -> Added:
    """What a program adds to `sys.path`, where that is written out or made from the place of its own file."""
    names: dict[str, str] = {"__file__": os.path.abspath(file)}
    adders: set[str] = set()
    front: list[str] = []
    behind: list[str] = []
    for statement in headers(tree):
        if isinstance(statement, ast.Assign) and isinstance(name := statement.targets[0], ast.Name):
            made = _path(statement.value, names)
            if made is not None:
                names[name.id] = made
        elif isinstance(statement, ast.FunctionDef) and statement.args.args and _adds_its_own(statement):
            adders.add(statement.name)
        for first, expression in _added(statement, adders):
            made = _path(expression, names)
            if made is not None and first:
                front.insert(0, made)
            elif made is not None:
                behind.append(made)
    anywhere = [path for path in (*front, *behind) if not os.path.isabs(path)]
    return Added(
        tuple(filter(os.path.isabs, front)), tuple(filter(os.path.isabs, behind)), tuple(dict.fromkeys(anywhere))
    )


def _added(statement: ast.AST, adders: set[str]) -> Iterator[tuple[bool, ast.expr]]:
    """The directories that a statement adds, each with whether it goes in front."""
    if isinstance(statement, ast.AugAssign) and _is_path(statement.target):
        yield from ((False, each) for each in getattr(statement.value, "elts", ()))
    call = statement.value if isinstance(statement, ast.Expr) else None
    if not isinstance(call, ast.Call):
        return
    function = call.func
    if isinstance(function, ast.Name) and function.id in adders and call.args:
        yield True, call.args[0]
    elif isinstance(function, ast.Attribute) and function.attr in _ADDING and call.args:
        if function.attr == "addsitedir":
            yield False, call.args[0]
        elif not _is_path(function.value):
            return
        elif function.attr == "extend":
            yield from ((False, each) for each in getattr(call.args[0], "elts", ()))
        else:
            yield function.attr == "insert", call.args[-1]


def _adds_its_own(function: ast.FunctionDef) -> bool:
    """Whether a function adds its first parameter: ``def add_path(path): sys.path.insert(0, path)``."""
    first = function.args.args[0].arg
    return any(
        isinstance(expression, ast.Name) and expression.id == first
        for statement in headers(ast.Module(function.body, []))
        for _, expression in _added(statement, set())
    )


def _is_path(node: ast.expr) -> bool:
    return isinstance(node, ast.Attribute) and node.attr == "path" and isinstance(node.value, ast.Name)


def _path(node: ast.expr, names: Mapping[str, str]) -> str | None:
    """The path an expression gives; None when that is not known."""
    if isinstance(node, ast.Constant):
        return os.path.normpath(node.value) if isinstance(node.value, str) and "\0" not in node.value else None
    if isinstance(node, ast.Name):
        return names.get(node.id)
    if isinstance(node, ast.Attribute):
        if node.attr == "pardir":
            return os.pardir
        inner = _path(node.value, names)
        return _above(inner, 1) if node.attr == "parent" and inner is not None else None
    if isinstance(node, ast.Subscript) and isinstance(node.value, ast.Attribute) and node.value.attr == "parents":
        inner, index = _path(node.value.value, names), node.slice
        number = index.value if isinstance(index, ast.Constant) else None
        return _above(inner, number + 1) if inner is not None and isinstance(number, int) and number >= 0 else None
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div | ast.Add):
        left, right = _path(node.left, names), _path(node.right, names)
        if left is None or right is None:
            return None
        return os.path.normpath(os.path.join(left, right if isinstance(node.op, ast.Div) else right.lstrip(os.sep)))
    return _called(node, names) if isinstance(node, ast.Call) else None


def _called(node: ast.Call, names: Mapping[str, str]) -> str | None:
    function = node.func
    name = (
        function.attr if isinstance(function, ast.Attribute) else function.id if isinstance(function, ast.Name) else ""
    )
    arguments = [_path(each, names) for each in node.args]
    if not arguments and isinstance(function, ast.Attribute):
        arguments = [_path(function.value, names)]  # a method: Path(...).resolve()
    if not arguments or None in arguments:
        return None
    parts = [each for each in arguments if each is not None]
    if name == "dirname":
        return _above(parts[0], 1)
    if name in ("join", "joinpath"):
        start = _path(function.value, names) if name == "joinpath" and isinstance(function, ast.Attribute) else ""
        return None if start is None else os.path.normpath(os.path.join(start, *parts))
    return parts[0] if name in _SAME and len(parts) == 1 else None


def _above(path: str, levels: int) -> str:
    for _ in range(levels):
        path = os.path.dirname(path) if os.path.isabs(path) else os.path.normpath(os.path.join(path, os.pardir))
    return path
