"""The modules of a project: which file a dotted name means, and its intermediate form."""

from __future__ import annotations

import ast
import os
import re
from collections.abc import Callable, Collection, Mapping
from pathlib import Path
from typing import Final, TypeVar

from logitlint.lowering import ir
from logitlint.lowering.places import Place, places
from logitlint.lowering.record import Record
from logitlint.lowering.walk import walk
from logitlint.project.building import Calls, building
from logitlint.project.decorating import Passing, passing
from logitlint.project.exporting import NONE, Exports, exports
from logitlint.project.folders import Disk
from logitlint.project.outline import EMPTY, Outline, outline
from logitlint.project.paths import Added, added
from logitlint.project.roots import Group, Roots
from logitlint.project.texts import Texts
from logitlint.source.examples import EXAMPLES, examples
from logitlint.source.text import NOTEBOOK, Source, Unreadable, gate, read

NOTHING_ADDED: Final = Added()
MOST_TREES: Final = 8
"""CPython's trees that are kept: one is asked for its outline, and then to be lowered."""
_ADDS: Final = ("sys.path", "addsitedir")
Told = TypeVar("Told")
_IMPORTED: Final = re.compile(r"^(?:import|from)[ \t]+(\w+)", re.MULTILINE)


class Project:
    """The files that can be reached from those that are checked, each read and lowered at most once.

    A file's key is its path as a string. With `EXAMPLES` behind it, it is that of the blocks in a script's Markdown. A
    module is looked for where Python would find it when the file is imported or run (see `roots`).

    read
        Gives the text of a file, from disk unless told otherwise. Raises `Unreadable`.
    disk
        Says which files there are, the disk unless told otherwise.
    """

    def __init__(self, read: Callable[[Path], Source] = read, disk: Disk | None = None) -> None:
        self.read = read
        self._forms: dict[str, ir.Module | None] = {}
        self._roots = Roots(disk or Disk())
        self._found: dict[tuple[str, Group, int, str], str | None] = {}
        self._places: dict[str, tuple[str, Group]] = {}
        self._relative = False
        self._texts = Texts()
        self._passed: set[str] = set()
        self._record: tuple[str, Record] | None = None
        self._trees: dict[str, ast.Module] = {}
        self._offered: tuple[str, ast.Module] | None = None
        self.lowered = 0
        """Characters of text whose intermediate form is kept."""
        self._outlines: dict[str, Outline] = {}
        self._building: dict[str, Mapping[tuple[str, str], Calls]] = {}
        self._exports: dict[str, Exports] = {}
        self._passing: dict[str, Mapping[str, Passing]] = {}
        self._members: dict[str, frozenset[str]] = {}

    def add(self, file: str, source: Source, tree: ast.Module | None = None) -> None:
        """Take a file's text from memory instead of from disk, and the tree of its program where there is one."""
        self._texts.put(file, source)
        self._trees.pop(file, None)
        self._offered = (file, tree) if tree is not None else None

    def revised(self, sources: Mapping[str, Source]) -> Project:
        """The project as it would be if some files, by their keys, had other texts."""
        other = Project(lambda path: self.source(str(path)))
        other._roots, other._relative = self._roots, self._relative
        for file, source in sources.items():
            other.add(file, source)
        return other

    def source(self, file: str) -> Source:
        """The text of a file. Raises `Unreadable`."""
        source = self._texts.get(file)
        if source is None:
            script = file.removesuffix(EXAMPLES)
            source = examples(self.source(script)) if script != file else self.read(Path(file))
            self._texts.put(file, source)
        return source

    def files(self) -> tuple[str, ...]:
        """The files that have been read."""
        return tuple(self._texts)

    def text(self, file: str) -> str:
        """The program of a file. Raises `Unreadable`."""
        return self.source(file).code

    def shown(self, file: str) -> str:
        """The name under which a file is reported."""
        return self.source(file).filename

    def gate(self, file: str) -> None:
        """Let CPython say whether a file can be read at all. Raises `Unreadable`."""
        if file not in self._passed:
            self._tree_of(file)

    def _tree_of(self, file: str) -> ast.Module:
        """CPython's tree of a file; the last ones are kept. Raises `Unreadable`."""
        tree = self._trees.pop(file, None)
        if tree is None:
            tree = gate(self.source(file), self._offer(file))
            self._passed.add(file)
        self._trees[file] = tree
        while len(self._trees) > MOST_TREES:
            del self._trees[next(iter(self._trees))]
        return tree

    def _offer(self, file: str) -> ast.Module | None:
        return self._offered[1] if self._offered is not None and self._offered[0] == file else None

    def outline(self, file: str) -> Outline:
        """What a file defines, empty when it cannot be read."""
        known = self._outlines.get(file)
        if known is None:
            try:
                known = outline(self._tree_of(file), self.text(file))
            except Unreadable:
                known = EMPTY
            self._outlines[file] = known
        return known

    def building(self, file: str) -> Mapping[tuple[str, str], Calls]:
        """Its functions that run nothing of what they build, by name and method; none when it cannot be read."""
        return self._told(self._building, building, file, {})

    def exports(self, file: str) -> Exports:
        """What it says of the names that a star import brings; nothing when it cannot be read."""
        return self._told(self._exports, lambda tree: exports(tree, self.text(file)), file, NONE)

    def passing(self, file: str) -> Mapping[str, Passing]:
        """What its functions do with what they are given, by name; none when it cannot be read."""
        return self._told(self._passing, passing, file, {})

    def _told(self, kept: dict[str, Told], tell: Callable[[ast.Module], Told], file: str, nothing: Told) -> Told:
        """What a file's tree tells, found once; `nothing` when it cannot be read."""
        if file not in kept:
            try:
                kept[file] = tell(self._tree_of(file))
            except Unreadable:
                kept[file] = nothing
        return kept[file]

    def require(self, file: str) -> ir.Module:
        """The intermediate form of a file that is checked. Raises `Unreadable`, also for what is too large or too deep.

        The record of the last such file is kept: it may have findings, whose places are then wanted.
        """
        form = self._forms.get(file)
        while form is None:
            self.gate(file)
            try:
                form, record = walk(self.text(file), self._tree_of(file))
                self._forms[file], self._record = form, (file, record)
                self.lowered += len(self.text(file))
            except Unreadable as trouble:
                self._texts.put(file, _without(self.source(file), trouble))
        return form

    def forget(self) -> None:
        """Drop the intermediate forms, to make room: they are made again when they are wanted."""
        self._forms.clear()
        self._record = None
        self.lowered = 0

    def record(self, file: str) -> Record:
        """Which node of CPython's tree each origin of a file is. Raises `Unreadable`."""
        if self._record is None or self._record[0] != file:
            return walk(self.text(file), self._tree_of(file))[1]
        return self._record[1]

    def places(self, file: str, origins: Collection[int]) -> dict[int, Place]:
        """Where origins of a file stand, as `lowering.walk.spans` says. Raises `Unreadable`."""
        return places(self.record(file), origins)

    def module(self, file: str) -> ir.Module | None:
        """The intermediate form of a file; None when it cannot be read."""
        if file not in self._forms:
            try:
                self._forms[file] = walk(self.text(file), self._tree_of(file))[0]
                self.lowered += len(self.text(file))
            except Unreadable:
                self._forms[file] = None
        return self._forms[file]

    def find(self, name: str, origin: str, level: int = 0) -> str | None:
        """The file a dotted name means in another file; `level` counts the dots of a relative import."""
        place = self._places.get(origin)
        if place is None:
            place = self._places[origin] = self._place(origin)
        path, group = place
        own = path if path.endswith(f"{name.rpartition('.')[2]}.py") else ""  # a file does not import itself
        key = (name, group, level, own)
        if key not in self._found:
            self._found[key] = self._search(name, group, level, own)
        found = self._found[key]
        return self._named(found) if found is not None else None

    def _place(self, file: str) -> tuple[str, Group]:
        self._relative = self._relative or not os.path.isabs(file)
        path = os.path.abspath(file)
        return path, Group(os.path.dirname(path), self._added(file), self._is_script(file))

    def inside(self, package: str, name: str) -> str | None:
        """A module inside a package, given the package's `__init__` file."""
        folder, file = os.path.split(package)
        found = self._roots.file(os.path.abspath(folder), name) if file == "__init__.py" else None
        return None if found is None else found if os.path.isabs(package) else self._named(found)

    def packages(self, file: str) -> list[str]:
        """The `__init__` files of the packages in which a file lies, outermost first."""
        found: list[str] = []
        folder = os.path.dirname(os.path.abspath(file))
        while "__init__.py" in self._roots.listing(folder) and folder != os.path.dirname(folder):
            init = os.path.join(folder, "__init__.py")
            found.insert(0, init if os.path.isabs(file) else self._named(init))
            folder = os.path.dirname(folder)
        return found

    def modules(self, package: str, origin: str) -> dict[str, str]:
        """The modules of a package, which may have no `__init__`, as another file sees it: name and file."""
        if origin not in self._places:
            self._places[origin] = self._place(origin)
        folder = self._roots.folder(self._places[origin][1], package)
        names = sorted(name.removesuffix(".py") for name in self._roots.listing(folder)) if folder is not None else ()
        found = {name: self._roots.file(folder, name) for name in names if name.isidentifier()} if folder else {}
        return {name: self._named(file) for name, file in found.items() if file is not None and name != "__init__"}

    def members(self, package: str) -> frozenset[str]:
        """The names that may be modules inside a package, given the package's `__init__` file."""
        folder = os.path.dirname(os.path.abspath(package))
        known = self._members.get(folder)
        if known is None:
            known = self._members[folder] = frozenset(name.removesuffix(".py") for name in self._roots.listing(folder))
        return known

    def _search(self, name: str, group: Group, level: int, own: str) -> str | None:
        if level:
            folder = group.folder
            for _ in range(level - 1):
                folder = os.path.dirname(folder)
            return self._roots.file(folder, name)
        return self._roots.search(group, name, own)

    def _is_script(self, file: str) -> bool:
        """Whether a file is surely one that is started: then what lies beside it is found first."""
        try:
            return file.endswith(NOTEBOOK) or "__main__" in self.text(file)
        except Unreadable:
            return False

    def _named(self, path: str) -> str:
        """The key of a file: relative to the working directory where that is how files are given."""
        start = self._roots.here.rstrip(os.sep) + os.sep
        return path.removeprefix(start) if self._relative else path

    def _added(self, file: str) -> Added:
        """What a file puts on `sys.path`, itself or by importing a module beside it that does so."""
        own = self._adding(file)
        beside = self._roots.listing(os.path.dirname(os.path.abspath(file)))
        try:
            named = dict.fromkeys(f"{name}.py" for name in _IMPORTED.findall(self.text(file)))
        except Unreadable:
            return own
        for name in named:
            if name in beside and name != os.path.basename(file):
                other = os.path.join(os.path.dirname(file), name)
                if not self._roots.disk.is_file(other):  # a pipe is not waited for
                    continue
                more = self._adding(other)
                own = Added(own.front + more.front, own.behind + more.behind, own.anywhere + more.anywhere)
        return own

    def _adding(self, file: str) -> Added:
        try:
            text = self.text(file)
            if not any(words in text for words in _ADDS):
                return NOTHING_ADDED
            return added(gate(self.source(file)), file)
        except Unreadable:
            return NOTHING_ADDED


def _without(source: Source, trouble: Unreadable) -> Source:
    """A notebook without the cell that is in trouble. Raises the trouble when there is none."""
    from logitlint.source.notebooks import without

    rest = without(source, trouble)
    if rest is None:
        raise trouble
    return rest
