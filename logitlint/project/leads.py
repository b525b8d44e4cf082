"""Where the words of a definition lead: to the definitions that they name.

In its own file and through imports in others; a class leads to its methods, and to those of its bases that are named.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import msgspec

from logitlint.project.modules import Project
from logitlint.project.outline import ClassOutline, Imported, Outline
from logitlint.project.transparent import Transparent
from logitlint.project.words import BY_NAME, Words, affixed, decorating, fills, looked_into, looked_up, registers

IMPLICIT = frozenset({"forward", "__call__", "call", "__init_subclass__"})
"""Methods that are run without being named."""
MOST_EDGES = 3_000_000
"""Ways from one definition to another that are kept at a time: some 100 MB with their words."""
MOST_BASES = 100
"""Classes behind one that are looked at: each class of a chain would look at all above it."""
MOST_NAMES = 32
"""Names of a file, and files, of which each counts where one is looked up by a name made at run time."""
_IMPORTING = frozenset({"import_module", "__import__"})


class Node(msgspec.Struct, frozen=True):
    """A definition: a value or class of a file, or a method (`method`) or attribute (`attribute`) of a class."""

    file: str
    name: str
    method: str = ""
    attribute: str = ""


CONSTRUCTED = "()"
"""In place of a method: what runs when an object of the class is called. What its constructor stores has names."""


class Search(msgspec.Struct, frozen=True):
    """A name made at run time, looked up among the many that the file `among` binds, by the file `by`."""

    among: str
    by: str


class Leads:
    """Answers for the files of one project.

    by_name
        The files that a file may import by names made at run time.
    whole
        Where those are not all there are: who answers by all of them, and keeps what does not depend on it.
    """

    def __init__(self, project: Project, by_name: Callable[[str], tuple[str, ...]], whole: Leads | None = None) -> None:
        self._project = project
        self._by_name = by_name
        self._whole = whole
        self._is_by_name = False
        self._found_by_name: set[Node] = set()
        self._registries: dict[str, frozenset[str]] = whole._registries if whole is not None else {}
        self._nodes: dict[Node, Node] = {}
        self._edges: dict[Node, tuple[Node, ...]] = {}
        self._searches: dict[Node, tuple[Search, ...]] = {}
        self._said: dict[Node, Words] = {}
        self._transparent = Transparent(project, self.leads, self._origins_of)
        self._count = 0
        self._names: dict[str, Words] = whole._names if whole is not None else {}
        self._behind: dict[str, tuple[str, ...]] = whole._behind if whole is not None else {}

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

    def filled_by(self, file: str, names: Words) -> frozenset[Node] | None:
        """The registries that functions of some names fill, in the files where they are defined; None when unseen.

        Empty where nothing in the project has such a name: then it does not register in the project.
        """
        imported = self._project.outline(file).imports
        pending = [each for each in self._definitions(file, names) if each.file != file or each.name not in imported]
        if not pending:
            return frozenset()
        homes = {each.file for each in pending}
        seen = set(pending)
        found: set[Node] = set()
        while pending:
            node = pending.pop()
            if node.name in self.kept(node.file):
                found.add(Node(node.file, node.name))
                continue
            said = self.words(node)
            found.update(Node(node.file, name) for name in self.kept(node.file) & said)
            fresh = [each for each in self.leads(node) if each.file in homes and each not in seen]
            seen.update(fresh)
            pending += fresh
        return frozenset(found) or None

    def words(self, node: Node) -> Words:
        """The words of a definition, and those that its file has given other names."""
        if self._whole is not None:
            return self._whole.words(node)
        known = self._said.get(node)
        if known is None:
            outline = self._project.outline(node.file)
            said = self._meant(node.file, self._own(outline, node))
            behind = [target for name in outline.imports.keys() & said for target in outline.imports[name]]
            others = {word for each in behind for word in ((each.name,) if each.name else each.module.split("."))}
            known = self._said[node] = said if others <= said else said | others
        return known

    def _own(self, outline: Outline, node: Node) -> Words:
        cls = outline.classes.get(node.name)
        if cls is None:
            return frozenset(outline.values.get(node.name, ()))
        if node.method == CONSTRUCTED:
            return cls.body | cls.bases
        if node.method:
            return frozenset(cls.methods.get(node.method, ()))
        return frozenset(cls.attributes.get(node.attribute, ())) if node.attribute else cls.words

    def _meant(self, file: str, words: Words) -> Words:
        """Some words of a file with the names of decorators, but for those that hand back what they are given."""
        marked = dict(decorating(words))
        if not marked:
            return words
        others = (name for name in marked.values() if not self._transparent.includes(file, name))
        return (words - marked.keys()).union(others)

    def _origins_of(self, file: str, name: str) -> set[Node]:
        """Where what a name of a file means is defined, in the project."""
        return {origin for each in self._definitions(file, frozenset({name})) for origin in self._origins(each)}

    def leads(self, node: Node) -> tuple[Node, ...]:
        """The definitions to which the words of one lead."""
        if self._whole is not None and not self._whole.leads_by_name(node):
            return self._whole.leads(node)
        known = self._edges.get(node)
        if known is None:
            if self._count > MOST_EDGES:
                self._forget()
            before, self._is_by_name = self._is_by_name, False
            led = dict.fromkeys(self._led(node))
            if self._is_by_name:
                self._found_by_name.add(node)
            self._is_by_name = before
            # one object for each node: there are hundreds of edges to many of them
            known = tuple(self._nodes.setdefault(each, each) for each in led if isinstance(each, Node))
            self._edges[node] = known
            self._count += len(known)
            if len(known) < len(led):
                self._searches[node] = tuple(each for each in led if isinstance(each, Search))
        return known

    def leads_by_name(self, node: Node) -> bool:
        """Whether a definition leads to files that are imported by names made at run time."""
        self.leads(node)
        return node in self._found_by_name

    def class_of(self, node: Node) -> ClassOutline | None:
        """The class that a definition is."""
        return None if node.method or node.attribute else self._project.outline(node.file).classes.get(node.name)

    def is_function(self, node: Node) -> bool:
        """Whether a definition is a function of its file."""
        return not (node.method or node.attribute) and node.name in self._project.outline(node.file).functions

    def searches(self, node: Node) -> tuple[Search, ...]:
        """Where a definition looks names up that are made at run time, among too many to take each of them."""
        self.leads(node)
        if self._whole is not None and not self._whole.leads_by_name(node):
            return self._whole.searches(node)
        return self._searches.get(node, ())

    def found(self, search: Search, words: Words) -> Iterator[Node]:
        """What a search may find of some words."""
        yield from (Node(search.among, name) for name in self._names_of(search.among) & words)

    def _forget(self) -> None:
        """Make room: what is asked for again is worked out again."""
        self._edges.clear()
        self._searches.clear()
        self._found_by_name.clear()
        self._nodes.clear()
        self._said.clear()
        self._count = 0

    def _led(self, node: Node) -> Iterator[Node | Search]:
        outline = self._project.outline(node.file)
        words = self.words(node)
        if node.name in outline.functions and fills(node.name):
            words -= self.kept(node.file)  # what it registers in is not looked into
        yield from self._named(node.file, outline, words)
        cls = outline.classes.get(node.name)
        if cls is not None:
            part = node.method or node.attribute
            body = self._meant(node.file, cls.body)
            named = words | body if part and part != CONSTRUCTED else words | IMPLICIT
            if part:
                yield from self._members(node.file, node.name, cls, named if part == CONSTRUCTED else words)
                yield from self._named(node.file, outline, body)
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
            for node in self._definitions(file, cls.bases) if cls is not None else ():
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
                found = self._target(current.file, target, frozenset())
                fresh = [each for each in found if isinstance(each, Node) and each not in seen]
                seen.update(fresh)
                pending += fresh

    def _definitions(self, file: str, words: Words) -> Iterator[Node]:
        """The definitions that some words of a file name, where none is made at run time."""
        named = self._named(file, self._project.outline(file), words)
        return (each for each in named if isinstance(each, Node))

    def _named(self, file: str, outline: Outline, words: Words) -> Iterator[Node | Search]:
        """The definitions that some words of a file name."""
        for name in outline.classes.keys() & words:
            yield Node(file, name)
        for name in outline.values.keys() & words:
            yield Node(file, name)
        said = words - {BY_NAME} if BY_NAME in words else words
        for name in outline.imports.keys() & words:
            for target in outline.imports[name]:
                yield from self._target(file, target, words if looked_up(name) in words else said)
        stars = self._starred(file)
        for each in stars:
            yield from self._bound(each, words if looked_up("sys") in words else said, file, among=len(stars))
        if self._is_dynamic(outline, words):
            files = self._by_name(file)
            self._is_by_name |= bool(files)
            for each in files:
                yield from self._exported(each, words, file, among=len(files))

    def _is_dynamic(self, outline: Outline, words: Words) -> bool:
        """Whether something is imported by name, or looked up in what may have been: ``getattr(torch, name)`` not."""
        if not _IMPORTING.isdisjoint(words):
            return True
        return BY_NAME in words and any(name not in outline.imports for name in looked_into(words))

    def _exported(self, file: str, words: Words, by: str, among: int = 1) -> Iterator[Node | Search]:
        """What a star import of a file brings of some words, which `by` says; it may be one of so many files."""
        files = (file, *self._starred(file))
        for each in files:
            yield from self._bound(each, words, by, max(among, len(files)))

    def _bound(self, file: str, words: Words, by: str, among: int = 1) -> Iterator[Node | Search]:
        """What a file binds of some words, which `by` says; all of it where it may be looked up by name.

        Of many names, or those of many files, only what the words tell, whole or in part: inference takes no more.
        """
        names = self._names_of(file)
        said = names & words
        if BY_NAME in words:
            if among > MOST_NAMES:
                yield Search(file, by)
            elif len(names) <= MOST_NAMES:
                said = names
            else:
                parts = affixed(names, words)
                said |= parts if len(parts) <= MOST_NAMES else frozenset()
                yield Search(file, by)
        for name in said:
            yield Node(file, name)

    def _names_of(self, file: str) -> Words:
        names = self._names.get(file)
        if names is None:
            outline = self._project.outline(file)
            names = self._names[file] = frozenset((*outline.classes, *outline.values, *outline.imports)) - {""}
        return names

    def _starred(self, file: str) -> tuple[str, ...]:
        """The files whose names a file takes by star imports, its own or those of another such file: each once."""
        known = self._behind.get(file)
        if known is None:
            found: dict[str, None] = {}
            pending = [file]
            while pending:
                current = pending.pop()
                stars = self._project.outline(current).stars
                if current != file:
                    self._project.exports(current)  # inference will ask, when the tree of the outline is gone
                for star in stars:
                    each = self._project.find(star.module, current, star.level)
                    if each is not None and each != current and each not in found:
                        found[each] = None
                        pending.append(each)
            known = self._behind[file] = tuple(found)
        return known

    def _target(
        self, file: str, target: Imported, words: Words, seen: frozenset[tuple[str, Imported]] = frozenset()
    ) -> Iterator[Node | Search]:
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
                yield from self._exported(found, frozenset({name}), file)
        if name is not None:
            found = self._project.find(f"{target.module}.{name}" if target.module else name, file, target.level)
        if found is not None and found != file:
            yield from self._exported(found, words, file)
