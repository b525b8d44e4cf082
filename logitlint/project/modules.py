"""The modules of a project: which file a dotted name means, and its intermediate form."""

from __future__ import annotations

import ast
import os
from collections.abc import Callable, Collection
from pathlib import Path
from typing import TYPE_CHECKING

from logitlint.lowering import ir
from logitlint.project.outline import EMPTY, Outline, outline
from logitlint.source.text import Source, Unreadable, gate, read

if TYPE_CHECKING:
    from logitlint.lowering.places import Place
    from logitlint.lowering.record import Record


class Project:
    """The files that can be reached from those that are checked, each read and lowered at most once.

    A file's key is its path as a string. A module is looked for where Python would find it when the file is imported or
    run: beside the file, and in the folders above its package.

    read
        Gives the text of a file, from disk unless told otherwise. Raises `Unreadable`.
    """

    def __init__(self, read: Callable[[Path], Source] = read) -> None:
        self.read = read
        self._forms: dict[str, ir.Module | None] = {}
        self._found: dict[tuple[str, str, int], str | None] = {}
        self._folders: dict[str, str] = {}
        self._roots: dict[str, tuple[Path, ...]] = {}
        self._sources: dict[str, Source] = {}
        self._passed: set[str] = set()
        self._record: tuple[str, Record] | None = None
        self._tree: tuple[str, ast.Module] | None = None
        self.lowered = 0
        """Characters of text whose intermediate form is kept."""
        self._outlines: dict[str, Outline] = {}
        self._members: dict[str, frozenset[str]] = {}

    def add(self, file: str, source: Source) -> None:
        """Take a file's text from memory instead of from disk."""
        self._sources[file] = source

    def source(self, file: str) -> Source:
        """The text of a file. Raises `Unreadable`."""
        source = self._sources.get(file)
        if source is None:
            source = self._sources[file] = self.read(Path(file))
        return source

    def text(self, file: str) -> str:
        """The program of a file. Raises `Unreadable`."""
        return self.source(file).code

    def shown(self, file: str) -> str:
        """The name under which a file is reported."""
        return self.source(file).filename

    def gate(self, file: str) -> None:
        """Let CPython say whether a file can be read at all. Raises `Unreadable`."""
        if file not in self._passed:
            self._tree = file, gate(self.source(file))
            self._passed.add(file)

    def outline(self, file: str) -> Outline:
        """What a file defines, empty when it cannot be read."""
        known = self._outlines.get(file)
        if known is None:
            try:
                if self._tree is None or self._tree[0] != file:
                    self._tree = file, gate(self.source(file))
                    self._passed.add(file)
                known = outline(self._tree[1], self.text(file))
            except Unreadable:
                known = EMPTY
            self._tree = None
            self._outlines[file] = known
        return known

    def require(self, file: str) -> ir.Module:
        """The intermediate form of a file that is checked. Raises `Unreadable`: LibCST may refuse what CPython accepts.

        The record of the last such file is kept: it may have findings, whose places are then wanted.
        """
        form = self._forms.get(file)
        while form is None:
            self.gate(file)
            try:
                form, record = _walk(self.text(file))
                self._forms[file], self._record = form, (file, record)
                self.lowered += len(self.text(file))
            except Unreadable as trouble:
                self._sources[file] = _without(self.source(file), trouble)
        return form

    def forget(self) -> None:
        """Drop the intermediate forms, to make room: they are made again when they are wanted."""
        self._forms.clear()
        self._record = None
        self.lowered = 0

    def record(self, file: str) -> Record:
        """Which LibCST node each origin of a file is: kept from lowering, or made again. Raises `Unreadable`."""
        if self._record is None or self._record[0] != file:
            return _walk(self.text(file))[1]
        return self._record[1]

    def places(self, file: str, origins: Collection[int]) -> dict[int, Place]:
        """Where origins of a file stand, as `lowering.walk.spans` says. Raises `Unreadable`."""
        from logitlint.lowering.places import places

        return places(self.record(file), self.text(file), origins)

    def module(self, file: str) -> ir.Module | None:
        """The intermediate form of a file; None when it cannot be read."""
        if file not in self._forms:
            try:
                self.gate(file)
                self._forms[file] = _walk(self.text(file))[0]
                self.lowered += len(self.text(file))
            except Unreadable:
                self._forms[file] = None
        return self._forms[file]

    def find(self, name: str, origin: str, level: int = 0) -> str | None:
        """The file a dotted name means in another file; `level` counts the dots of a relative import."""
        folder = self._folders.get(origin)
        if folder is None:
            folder = self._folders[origin] = str(Path(origin).parent)
        key = (name, folder, level)
        if key not in self._found:
            self._found[key] = self._search(name, Path(origin), level)
        return self._found[key]

    def inside(self, package: str, name: str) -> str | None:
        """A module inside a package, given the package's `__init__` file."""
        path = Path(package)
        return _file(path.parent, name) if path.name == "__init__.py" else None

    def members(self, package: str) -> frozenset[str]:
        """The names that may be modules inside a package, given the package's `__init__` file."""
        folder = str(Path(package).parent)
        known = self._members.get(folder)
        if known is None:
            try:
                known = frozenset(name.removesuffix(".py") for name in os.listdir(folder))
            except OSError:
                known = frozenset()
            self._members[folder] = known
        return known

    def _search(self, name: str, origin: Path, level: int) -> str | None:
        if level:
            folder = origin.parent
            for _ in range(level - 1):
                folder = folder.parent
            return _file(folder, name)
        for root in self._roots_of(origin.parent):
            found = _file(root, name)
            if found is not None and found != str(origin):
                return found
        return None

    def _roots_of(self, folder: Path) -> tuple[Path, ...]:
        """Where absolute imports start: the file's own folder, then those above it.

        Of the folders above, those inside the file's package are no place to start from; the last is the working
        directory when the file lies below it, else the first that is no package.
        """
        key = str(folder)
        if key not in self._roots:
            top = folder
            while (top / "__init__.py").exists() and top.parent != top:
                top = top.parent
            roots = [folder, top]
            here = Path.cwd()
            while here in top.absolute().parents:
                top = top.parent
                roots.append(top)
            self._roots[key] = tuple(dict.fromkeys(roots))
        return self._roots[key]


def _walk(text: str) -> tuple[ir.Module, Record]:
    from logitlint.lowering.walk import walk  # importing LibCST costs more than checking a small file

    return walk(text)


def _without(source: Source, trouble: Unreadable) -> Source:
    """A notebook without the cell that is in trouble. Raises the trouble when there is none."""
    from logitlint.source.notebooks import without

    rest = without(source, trouble)
    if rest is None:
        raise trouble
    return rest


def _file(folder: Path, name: str) -> str | None:
    path = folder.joinpath(*name.split(".")) if name else folder
    for candidate in (path / "__init__.py", path.with_name(path.name + ".py") if name else None):
        if candidate is not None and candidate.is_file():
            return str(candidate)
    return None
