"""How a file spells the names of libraries, and what it takes to have one more of them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress

import libcst as cst
import msgspec

from logitlint.fixes.changes import Change, Uncertain
from logitlint.fixes.scopes import Scopes
from logitlint.fixes.tree import Tree
from logitlint.frameworks.catalog import Catalog
from logitlint.frameworks.vocabulary import Function
from logitlint.lowering import ir


class Spelling(msgspec.Struct, frozen=True):
    """How a qualified name is written in a file, and what must be imported for it."""

    text: str
    changes: tuple[Change, ...] = ()


class Names:
    """The library names a file has."""

    def __init__(self, tree: Tree, scopes: Scopes, catalog: Catalog) -> None:
        self.tree = tree
        self.scopes = scopes
        self.catalog = catalog
        self.imports: dict[str, str] = {}
        """What each name means that imports of the module, and nothing else in the file, bind."""
        self._statements: dict[str, ir.Import | ir.ImportFrom] = {}
        for statement in _imports(tree.module.body):
            for name, path in _bound(statement):
                if all(isinstance(each, ir.Import | ir.ImportFrom) for each in scopes.bindings(name)):
                    same = self.imports.setdefault(name, path) == path
                    if not same:
                        self.imports[name] = ""
                    self._statements.setdefault(name, statement)
        self.imports = {name: path for name, path in self.imports.items() if path}

    def path(self, node: ir.Expression) -> str | None:
        """The qualified name an expression is; None when it is none of a library."""
        parts: list[str] = []
        while isinstance(node, ir.Attribute):
            parts.append(node.name)
            node = node.value
        if not isinstance(node, ir.Name):
            return None
        root = self.imports.get(node.name)
        if root is None and not self.scopes.bindings(node.name):
            root = self.catalog.conventional.get(node.name)
        return ".".join([root, *reversed(parts)]) if root is not None else None

    def spell(self, path: str, near: ir.Expression | None = None) -> Spelling:
        """How to write a qualified name; `near` is a name of the same library that stands where it is needed.

        Raises `Uncertain` when the file has no good way.
        """
        last = path.rpartition(".")[2]
        beside = self.path(near.value) if isinstance(near, ir.Attribute) else None
        if isinstance(near, ir.Attribute) and beside is not None and self._lies_in(path, beside):
            return Spelling(f"{self.tree.source(near.value)}.{last}")
        known = self.path(near) if near is not None else None
        names = self._reached(path, self.catalog.family(known) if known is not None else None)
        spelled = [
            (position > 0, len(path) - len(root), name + path[len(root) :])
            for position, path in enumerate(names)
            for name, root in self.imports.items()
            if path == root or path.startswith(f"{root}.")
        ]
        statement = self._statements.get(near.name) if isinstance(near, ir.Name) else None
        if spelled and (min(spelled)[2].count(".") < 2 or not isinstance(statement, ir.ImportFrom)):
            return Spelling(min(spelled)[2])
        if isinstance(near, ir.Name) and isinstance(statement, ir.ImportFrom) and not statement.level:
            if self._lies_in(path, statement.module):
                with suppress(Uncertain):
                    return Spelling(last, (self._beside(statement, near.name, last),))
        if spelled:
            return Spelling(min(spelled)[2])
        for name, root in self.catalog.conventional.items():
            if not self.scopes.bindings(name) and self.scopes.mentions(name) and path.startswith(f"{root}."):
                return Spelling(name + path[len(root) :])
        return self._imported(names[0])

    def function(self, name: str) -> tuple[Function, Spelling]:
        """The function that does what a row does, or what its instances do, which needs the fewest imports here.

        Raises `Uncertain` when there is none.
        """
        found: list[tuple[Function, Spelling]] = []
        for row in self.catalog.doing(name):
            with suppress(Uncertain):
                found.append((row, self.spell(row.name)))
        if not found:
            raise Uncertain("no function does what it does")
        return min(found, key=lambda option: len(option[1].changes))

    def _lies_in(self, path: str, module: str) -> bool:
        """Whether a module has what a qualified name stands for, under its own last name."""
        module = self.catalog.known_as(f"{module}._") or f"{module}._"
        module = module.removesuffix("._")
        name = f"{module}.{path.rpartition('.')[2]}"
        row = self.catalog.row(path)
        # What lies in a library itself may be gone from there in a later version: its documented place stays.
        return name == path or (row is not None and "." in module and self.catalog.row(name) is row)

    def _reached(self, path: str, family: str | None) -> list[str]:
        """The names of what is meant, under the second name of its library by which the file reaches the rest of it.

        Raises `Uncertain` when the file reaches it by several.
        """
        others = list(self.catalog.names_of(path))
        families = {self.catalog.family(name) for name in others}
        if family not in families:
            known = families & self._families()
            if len(known) > 1:
                raise Uncertain("it could be taken from several libraries")
            family = next(iter(known), None)
        return [name for name in others if family is None or self.catalog.family(name) == family] or [path]

    def _families(self) -> set[str]:
        """The whole libraries the file uses, by the names under which it reaches them."""
        written = (self.path(each) for each in self.tree.every if isinstance(each, ir.Attribute))
        found = {self.catalog.family(path) for path in (*self.imports.values(), *written) if path is not None}
        return {each for each in found if self.catalog.is_whole(each)}

    def _beside(self, statement: ir.ImportFrom, old: str, new: str) -> Change:
        """Import one more name from the module another comes from."""
        self._free(new)
        node = self.tree.written(statement)
        assert isinstance(node, cst.ImportFrom)
        if isinstance(node.names, cst.ImportStar):
            raise Uncertain("everything is imported from there")
        alias = next(each for each in node.names if (each.evaluated_alias or each.evaluated_name) == old)
        _, end = self.tree.part(statement, alias)
        end -= len(self.tree.text[:end]) - len(self.tree.text[:end].rstrip(" ,"))
        return Change(self.tree.file, end, end, f", {new}")

    def _imported(self, path: str) -> Spelling:
        """Import the library behind the other imports: what lies deep in one from its module, else the whole."""
        module, _, last = path.rpartition(".")
        library = path.partition(".")[0]
        beside = f"{module.rpartition('.')[0]}."
        deep = any(
            isinstance(each, ir.ImportFrom) and not each.level and each.module.startswith(beside)
            for each in self._statements.values()
        )
        self._free(last if deep else library)
        behind = None
        for statement in self.tree.module.body:
            if isinstance(statement, ir.Import | ir.ImportFrom):
                behind = statement
        if behind is None or getattr(behind, "module", "") == "__future__":
            raise Uncertain("there is no place for an import")
        _, end = self.tree.line(behind)
        newline = "\n" if not self.tree.text[:end].endswith("\r\n") else "\r\n"
        lead = "" if self.tree.text[:end].endswith(("\n", "\r")) else newline
        text = f"from {module} import {last}" if deep else f"import {library}"
        return Spelling(last if deep else path, (Change(self.tree.file, end, end, f"{lead}{text}{newline}"),))

    def _free(self, name: str) -> None:
        if self.scopes.bindings(name) or self.scopes.mentions(name):
            raise Uncertain(f"the name `{name}` is taken")


def _imports(block: tuple[ir.Statement, ...]) -> Iterator[ir.Import | ir.ImportFrom]:
    """The imports of a module, inside `if` and `try` as well."""
    waiting = list(block[::-1])
    while waiting:
        statement = waiting.pop()
        if isinstance(statement, ir.Import | ir.ImportFrom):
            yield statement
        elif isinstance(statement, ir.If):
            waiting += (*statement.body, *statement.orelse)[::-1]
        elif isinstance(statement, ir.Try):
            waiting += (*statement.body, *statement.orelse, *statement.final)[::-1]


def _bound(statement: ir.Import | ir.ImportFrom) -> Iterator[tuple[str, str]]:
    if isinstance(statement, ir.Import):
        name = statement.asname or statement.module.partition(".")[0]
        yield name, statement.module if statement.asname else name
    elif not statement.level:
        yield from ((bound, f"{statement.module}.{name}") for name, bound in statement.names if name != "*")
