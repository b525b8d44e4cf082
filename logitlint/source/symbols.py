"""What the names of a program mean to Python itself."""

from __future__ import annotations

import builtins
import symtable
from collections.abc import Iterator

_BUILTINS = frozenset(dir(builtins)) | {"__file__", "__path__"}


def unresolved(code: str) -> frozenset[str]:
    """The names that a program reads and binds nowhere they could be found. Raises `SyntaxError`."""
    tables = list(_tables(symtable.symtable(code, "program", "exec")))
    bound = {
        symbol.get_name()
        for table in tables
        for symbol in table.get_symbols()
        if _is_bound(symbol) and (table.get_type() == "module" or symbol.is_declared_global())
    }
    return frozenset(
        symbol.get_name()
        for table in tables
        for symbol in table.get_symbols()
        if symbol.is_referenced()
        and (symbol.is_global() or (table.get_type() == "module" and not _is_bound(symbol)))
        and symbol.get_name() not in bound | _BUILTINS
    )


def _tables(table: symtable.SymbolTable) -> Iterator[symtable.SymbolTable]:
    pending = [table]
    while pending:
        current = pending.pop()
        yield current
        pending += current.get_children()


def _is_bound(symbol: symtable.Symbol) -> bool:
    return symbol.is_assigned() or symbol.is_imported() or symbol.is_namespace()
