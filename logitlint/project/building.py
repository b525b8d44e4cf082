"""What functions call: whether one only builds, so that nothing runs what it has built."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from typing import Final

import msgspec

from logitlint.project.toplevel import outer

MAKING: Final = ("__new__", "__init__", "__post_init__")
"""Methods that make an instance."""
_Function: Final = (ast.FunctionDef, ast.AsyncFunctionDef)


class Calls(msgspec.Struct, frozen=True):
    """What a function calls that its file does not import: plain names, and attributes of anything."""

    names: frozenset[str]
    attributes: frozenset[str]


def building(tree: ast.Module) -> Mapping[tuple[str, str], Calls]:
    """The functions of a file, and the methods (second, else empty) of its classes, that call nothing they hold.

    What is held is a local name, an element, or what a call gave: ``model(x)``, ``layers[0](x)``, ``Net()(x)``. A
    method may call what it is given, and a constructor what it has named: which is how a model is told the classes of
    its layers (``norm_layer = norm_layer or nn.LayerNorm``, ``norm_layer(8)``).
    """
    found: dict[tuple[str, str], Calls] = {}
    for place, function in _functions(tree):
        calls = _calls(function, is_method=bool(place[1]), makes=place[1] in MAKING)
        if calls is None or place in found:
            found.pop(place, None)
        else:
            found[place] = calls
    return found


def _functions(tree: ast.Module) -> Iterator[tuple[tuple[str, str], ast.FunctionDef | ast.AsyncFunctionDef]]:
    for statement in outer(tree.body):
        if isinstance(statement, _Function):
            yield (statement.name, ""), statement
        elif isinstance(statement, ast.ClassDef):
            for inner in outer(statement.body):
                if isinstance(inner, _Function):
                    yield (statement.name, inner.name), inner


def _calls(function: ast.FunctionDef | ast.AsyncFunctionDef, *, is_method: bool, makes: bool) -> Calls | None:
    own = {each.arg for each in parameters(function.args)}
    local = set(own)
    calls: list[ast.expr] = []
    for node in ast.walk(function):
        if isinstance(node, ast.Call):
            calls.append(node.func)
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            local.add(node.id)
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda) and node is not function:
            local.update(each.arg for each in parameters(node.args))
            local.add(getattr(node, "name", ""))
    names: set[str] = set()
    attributes: set[str] = set()
    for called in calls:
        if isinstance(called, ast.Name):
            if called.id in local and not makes and not (is_method and called.id in own):
                return None
            names.add(called.id)
        elif isinstance(called, ast.Attribute):
            root = called.value
            while isinstance(root, ast.Attribute | ast.Subscript):
                root = root.value
            if not isinstance(root, ast.Name) or root.id in local:
                attributes.add(called.attr)
            else:
                names.add(root.id)
        else:
            return None
    return Calls(frozenset(names), frozenset(attributes))


def parameters(arguments: ast.arguments) -> Iterator[ast.arg]:
    """All parameters of a function."""
    yield from (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs)
    yield from (each for each in (arguments.vararg, arguments.kwarg) if each is not None)
