"""Other files that read what a file binds: a repair may not change that behind their backs."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator

from logitlint.fixes.tree import Tree
from logitlint.lowering import ir
from logitlint.project.modules import Project
from logitlint.source.text import NOTEBOOK, Unreadable

STAR = "*"


class Importers:
    """The files, among those that are known, that import one another.

    importing
        The files that import a file, by their texts.
    tree
        The trees of a file; it may raise `Unreadable`.
    """

    def __init__(
        self, project: Project, importing: Callable[[str], Collection[str]], tree: Callable[[str], Tree]
    ) -> None:
        self._project = project
        self._importing = importing
        self._tree = tree
        self._taken: dict[tuple[str, str], frozenset[str]] = {}

    def can_be_imported(self, file: str) -> bool:
        """Whether another file may take names from a file: from no notebook, as far as anybody does so."""
        return not file.endswith(NOTEBOOK)

    def reading(self, file: str, name: str) -> list[str]:
        """The files that read a name of the module that a file is, as they are shown."""
        found: list[str] = []
        seen = {file}
        pending = [file]
        while pending:
            home = pending.pop()
            for other in sorted(set(self._importing(home)) - seen):
                try:
                    taken = self._names(other, home)
                    reads = name in taken or (STAR in taken and self._says(other, name))
                except Unreadable:  # nobody runs it
                    continue
                if reads:
                    found.append(self._project.shown(other))
                if STAR in taken:
                    seen.add(other)
                    pending.append(other)
        return found

    def _says(self, file: str, name: str) -> bool:
        return any(isinstance(each, ir.Name) and each.name == name for each in self._tree(file).every)

    def _names(self, file: str, home: str) -> frozenset[str]:
        """The names that one file takes from another, `STAR` for all of them."""
        if (file, home) not in self._taken:
            self._taken[file, home] = frozenset(self._found(self._tree(file), home))
        return self._taken[file, home]

    def _found(self, tree: Tree, home: str) -> Iterator[str]:
        whole = False
        for node in tree.every:
            if isinstance(node, ir.Import):
                whole = whole or self._project.find(node.module, tree.file) == home
            elif isinstance(node, ir.ImportFrom):
                if self._project.find(node.module, tree.file, node.level) == home:
                    yield from (name for name, _ in node.names)
                for name, _ in node.names:
                    inside = f"{node.module}.{name}".lstrip(".")
                    whole = whole or self._project.find(inside, tree.file, node.level) == home
        if whole:
            yield from (each.name for each in tree.every if isinstance(each, ir.Attribute))
