"""Where the words of a definition lead: to the definitions that they name.

In its own file and through imports in others; a class leads to its methods, and to those of its bases that are named.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import msgspec

from logitlint.project.modules import Project
from logitlint.project.outline import ClassOutline, Imported, Outline
from logitlint.project.words import BY_NAME, Words, fills, looked_up, registers

IMPLICIT = frozenset({"forward", "__call__", "call", "__init_subclass__"})
"""Methods that are run without being named."""
MOST_EDGES = 3_000_000
"""Ways from one definition to another that are kept at a time: some 100 MB with their words."""
MOST_BASES = 100
"""Classes behind one that are looked at: each class of a chain would look at all above it."""
_DYNAMIC = frozenset({BY_NAME, "import_module", "__import__"})


class Node(msgspec.Struct, frozen=True):
    """A definition: a value or class of a file, or a method (`method`) or attribute (`attribute`) of a class."""

    file: str
    name: str
    method: str = ""
    attribute: str = ""


class Leads:
    """Answers for the files of one project.

    by_name
        The files that a file may import by names made at run time.
    """

    def __init__(self, project: Project, by_name: Callable[[str], tuple[str, ...]]) -> None:
        self._project = project
        self._by_name = by_name
        self._registries: dict[str, frozenset[str]] = {}
        self._nodes: dict[Node, Node] = {}
        self._edges: dict[Node, tuple[Node, ...]] = {}
        self._said: dict[Node, Words] = {}
        self._count = 0
        self._names: dict[str, Words] = {}
        self._behind: dict[str, tuple[str, ...]] = {}

    def kept(self, file: str) -> frozenset[str]:
        """The names of a file under which others register: what is behind them may be a loss.

        Such a name is given a registry (``MODELS = Registry("models")``), or is filled by a function that registers.
        """
        known = self._registries.get(file)
        if known is None:
            outline = self._project.outline(file)
            variables = outline.values.keys() - outline.functions - outline.imports.keys() - {""}
            made = [name for name in variables if any(map(registers, outline.values[name]))]
            known = self._registries[file] = outline.filled.union(made)
        return known

    def words(self, node: Node) -> Words:
        """The words of a definition, and those that its file has given other names."""
        known = self._said.get(node)
        if known is None:
            outline = self._project.outline(node.file)
            said = self._own(outline, node)
            behind = [target for name in outline.imports.keys() & said for target in outline.imports[name]]
            others = {word for each in behind for word in ((each.name,) if each.name else each.module.split("."))}
            known = self._said[node] = said if others <= said else said | others
        return known

    def _own(self, outline: Outline, node: Node) -> Words:
        cls = outline.classes.get(node.name)
        if cls is None:
            return frozenset(outline.values.get(node.name, ()))
        if node.method:
            return frozenset(cls.methods.get(node.method, ()))
        return frozenset(cls.attributes.get(node.attribute, ())) if node.attribute else cls.words

    def leads(self, node: Node) -> tuple[Node, ...]:
        """The definitions to which the words of one lead."""
        known = self._edges.get(node)
        if known is None:
            if self._count > MOST_EDGES:
                self._forget()
            # one object for each node: there are hundreds of edges to many of them
            known = tuple(self._nodes.setdefault(each, each) for each in dict.fromkeys(self._led(node)))
            self._edges[node] = known
            self._count += len(known)
        return known

    def _forget(self) -> None:
        """Make room: what is asked for again is worked out again."""
        self._edges.clear()
        self._nodes.clear()
        self._said.clear()
        self._count = 0

    def _led(self, node: Node) -> Iterator[Node]:
        outline = self._project.outline(node.file)
        words = self.words(node)
        if node.name in outline.functions and fills(node.name):
            words -= self.kept(node.file)  # what it registers in is not looked into
        yield from self._named(node.file, outline, words)
        cls = outline.classes.get(node.name)
        if cls is not None:
            named = words | cls.body if node.method or node.attribute else words | IMPLICIT
            if node.method or node.attribute:
                yield from self._members(node.file, node.name, cls, words)
                yield from self._named(node.file, outline, cls.body)
            for file, name, base in self.bases(node.file, node.name):
                yield from self._members(file, name, base, named)
        elif node.name in outline.imports and node.name not in outline.values:
            for target in outline.imports[node.name]:
                yield from self._target(node.file, target, words)

    def _members(self, file: str, name: str, cls: ClassOutline, words: Words) -> Iterator[Node]:
        for method in cls.methods.keys() & words:
            yield Node(file, name, method)
        for attribute in cls.attributes.keys() & words:
            yield Node(file, name, attribute=attribute)

    def bases(self, file: str, name: str) -> Iterator[tuple[str, str, ClassOutline]]:
        """The classes of the project that a class derives from, directly or not: the `MOST_BASES` nearest."""
        seen = {(file, name)}
        pending = [(file, name)]
        while pending and len(seen) <= MOST_BASES:
            file, name = pending.pop()
            outline = self._project.outline(file)
            cls = outline.classes.get(name)
            for node in self._named(file, outline, cls.bases) if cls is not None else ():
                for each in self._origins(node):
                    found = self._project.outline(each.file).classes.get(each.name)
                    if found is not None and (each.file, each.name) not in seen:
                        seen.add((each.file, each.name))
                        pending.append((each.file, each.name))
                        yield each.file, each.name, found

    def _origins(self, node: Node) -> Iterator[Node]:
        """A name followed through re-exports to where it is defined."""
        seen = {node}
        pending = [node]
        while pending:
            current = pending.pop()
            outline = self._project.outline(current.file)
            if current.name in outline.classes or current.name in outline.values:
                yield current
            for target in outline.imports.get(current.name, ()):
                fresh = [each for each in self._target(current.file, target, frozenset()) if each not in seen]
                seen.update(fresh)
                pending += fresh

    def _named(self, file: str, outline: Outline, words: Words) -> Iterator[Node]:
        """The definitions that some words of a file name."""
        for name in outline.classes.keys() & words:
            yield Node(file, name)
        for name in outline.values.keys() & words:
            yield Node(file, name)
        said = words - {BY_NAME} if BY_NAME in words else words
        for name in outline.imports.keys() & words:
            for target in outline.imports[name]:
                yield from self._target(file, target, words if looked_up(name) in words else said)
        for each in self._starred(file):
            yield from self._bound(each, words if looked_up("sys") in words else said)
        if not _DYNAMIC.isdisjoint(words):
            for each in self._by_name(file):
                yield from self._exported(each, words)

    def _exported(self, file: str, words: Words) -> Iterator[Node]:
        """What a star import of a file brings of some words; all of it where it may be looked up by name."""
        for each in (file, *self._starred(file)):
            yield from self._bound(each, words)

    def _bound(self, file: str, words: Words) -> Iterator[Node]:
        """What a file binds of some words; all of it where it may be looked up by name."""
        names = self._names.get(file)
        if names is None:
            outline = self._project.outline(file)
            names = self._names[file] = frozenset((*outline.classes, *outline.values, *outline.imports))
        for name in names - {""} if BY_NAME in words else names & words:
            yield Node(file, name)

    def _starred(self, file: str) -> tuple[str, ...]:
        """The files whose names a file takes by star imports, its own or those of another such file: each once."""
        known = self._behind.get(file)
        if known is None:
            found: dict[str, None] = {}
            pending = [file]
            while pending:
                current = pending.pop()
                for star in self._project.outline(current).stars:
                    each = self._project.find(star.module, current, star.level)
                    if each is not None and each != current and each not in found:
                        found[each] = None
                        pending.append(each)
            known = self._behind[file] = tuple(found)
        return known

    def _target(
        self, file: str, target: Imported, words: Words, seen: frozenset[tuple[str, Imported]] = frozenset()
    ) -> Iterator[Node]:
        """What an imported name stands for, through re-exports; of a module, what some words name in it."""
        if (file, target) in seen:
            return
        seen |= {(file, target)}
        found = self._project.find(target.module, file, target.level) if target.module or target.level else None
        name = target.name
        if name is not None and found is not None:
            outline = self._project.outline(found)
            if name in outline.classes or name in outline.values:
                yield Node(found, name)
                return
            for each in outline.imports.get(name, ()):
                yield from self._target(found, each, words, seen)
            if outline.stars:
                yield from self._exported(found, frozenset({name}))
        if name is not None:
            found = self._project.find(f"{target.module}.{name}" if target.module else name, file, target.level)
        if found is not None and found != file:
            yield from self._exported(found, words)
