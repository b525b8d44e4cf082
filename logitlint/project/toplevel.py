"""Which statements run when a module, or the body of a class, does."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from typing import Final

_NESTING: Final = ("body", "orelse", "handlers", "finalbody", "cases")


def outer(body: Iterable[ast.AST]) -> Iterator[ast.AST]:
    """The statements that run when the module does, also inside its branches; but no texts and no ``__all__``."""
    for statement in body:
        if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant):
            continue
        if (
            isinstance(statement, ast.Assign)
            and isinstance(name := statement.targets[0], ast.Name)
            and name.id == "__all__"
        ):
            continue
        inner = [each for name in _NESTING for each in getattr(statement, name, ())]
        if inner and not isinstance(statement, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            yield from outer(inner)
        else:
            yield statement
