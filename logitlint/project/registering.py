"""What a file registers, and where: by a decorator, by a call, or by a function that adds to a dict or a list."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import Final

from logitlint.project.toplevel import outer
from logitlint.project.words import Kept, registers
from logitlint.source.nesting import headers

_ADDING: Final = frozenset({"add", "append", "extend", "insert", "setdefault", "update"})


def registered(tree: ast.Module) -> dict[str, Kept]:
    """What is registered when a module runs, each with the names of what registers it.

    Definitions, by their decorators, and ``""``, whatever statements of the module register.
    """
    found: dict[str, list[str]] = {}
    for statement in outer(tree.body):
        if isinstance(statement, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            name, said = statement.name, [called(each) for each in statement.decorator_list]
        else:
            name, said = "", [called(each) for each in ast.walk(statement) if isinstance(each, ast.Call)]
        for names in said:
            if any(map(registers, names)):
                found.setdefault(name, []).extend(names)
    return {name: tuple(names) for name, names in found.items()}


def adds_to(function: ast.FunctionDef | ast.AsyncFunctionDef) -> Iterator[str]:
    """The names to which a function adds something: ``X[key] = ...``, ``X.append(...)``, ``X.register(...)``."""
    for statement in headers(ast.Module([function], [])):
        call = statement.value if isinstance(statement, ast.Expr) else None
        if isinstance(statement, ast.Assign):
            yield from (
                name for target in statement.targets if isinstance(target, ast.Subscript) for name in _root(target)
            )
        elif isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute):
            if call.func.attr in _ADDING or registers(call.func.attr):
                yield from _root(call.func)


def called(node: ast.expr) -> list[str]:
    """The names of what is called, or decorates: ``MODELS.register_module()``."""
    callee = node.func if isinstance(node, ast.Call) else node
    names: list[str] = []
    while isinstance(callee, ast.Attribute):
        names.append(callee.attr)
        callee = callee.value
    return [*names, callee.id] if isinstance(callee, ast.Name) else names


def _root(node: ast.expr) -> Iterator[str]:
    """The name at which something begins."""
    while isinstance(node, ast.Attribute | ast.Subscript | ast.Call):
        node = node.func if isinstance(node, ast.Call) else node.value
    if isinstance(node, ast.Name):
        yield node.id
