"""Which files can hold a mistake at all: decided from their words, before anything is parsed.

A finding needs something catalogued that judges a value (a loss, an activation, a distribution) and a library it comes
from. Where neither a file nor anything it imports from the project names both, nothing can be found in it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

import msgspec

from logitlint.frameworks.catalog import Catalog, Sinks
from logitlint.project.modules import Project
from logitlint.project.reach import Outlook, Reach
from logitlint.source.text import Unreadable

_WORD: Final = re.compile(r"[^\W\d]\w*")
_IMPORT: Final = re.compile(
    r"^[ \t]*(?:from[ \t]+(?P<module>\.*[\w.]*)[ \t]+import[ \t]*(?P<names>\([^)]*\)|[^\n#]*)"
    r"|import[ \t]+(?P<whole>[^\n#]*))",
    re.MULTILINE,
)
_OF_LETTER: Final = re.compile(r"\b([^\W\d])\.([^\W\d]\w*)")
_DYNAMIC: Final = ("import_module", "__import__")
_NAMED: Final = re.compile(r"""["'](\.*[A-Za-z_][\w.]*)""")
"""A text that may be the name of a module, or begin one."""
_REGISTERS: Final = "egist"
"""A text without it need not be searched for what follows: that is a hundred times slower."""
_REGISTRY: Final = re.compile(r"[Rr]egistry\b|\b(?:def|class)[ \t]+\w*[Rr]egist")
_REGISTERING: Final = re.compile(r"^@?[\w.]*[Rr]egist(?!ers)", re.MULTILINE)
"""A decorator or call of a module that registers something."""
MOST_AT_ONCE: Final = 1_000_000
"""Characters of a text whose words are listed, twice as fast as they are met one by one."""
MOST_REGISTERING: Final = 32
"""Modules that are run, for each file, only because they register something: of more, none is run for that."""


def _words_in(text: str) -> set[str]:
    """The words of a text; of a long one, never all that it says at once."""
    return set(_WORD.findall(text)) if len(text) <= MOST_AT_ONCE else {found[0] for found in _WORD.finditer(text)}


class _Words(msgspec.Struct, frozen=True, gc=False):
    """What a file's text says.

    judges
        Whether it names a judge, leaving aside those of libraries whose tables are loaded when needed.
    library
        Whether it names a library.
    tables
        Which libraries it names whose tables are loaded when needed.
    imports
        The files of the project that it imports.
    """

    judges: bool
    library: bool
    tables: frozenset[str]
    imports: tuple[str, ...]


class Sieve:
    """Answers for the files of one project, each read once."""

    def __init__(self, project: Project, catalog: Catalog) -> None:
        self._project = project
        self.catalog = catalog
        self._libraries = catalog.libraries
        named = ((name, path.partition(".")[0]) for name, path in catalog.conventional.items())
        # A single letter is a variable of anybody's, and some names are those of other libraries as well; who means
        # this one by it has imported it.
        self._conventional = {
            name: library
            for name, library in named
            if library not in catalog.tables or (len(name) > 1 and name not in catalog.lasts)
        }
        self._words: dict[str, _Words] = {}
        self._named: dict[str, tuple[frozenset[str], tuple[str, ...]]] = {}
        self._reach: dict[tuple[str, str], bool] = {}
        self._speaks: dict[tuple[str, str], bool] = {}
        self._registries: dict[str, bool] = {}
        self._registrants: dict[str, bool] = {}
        self._filling: dict[str, tuple[str, ...]] = {}
        self._sunk: dict[str, Sinks] = {}
        self._reach_of = Reach(project, self._sinks, self._found_by_name, self.registering)

    def passes(self, file: str) -> bool:
        """Whether a file, with what it imports, names a judge and a library."""
        return self.uses_library(file) and (self._reaches(file, "judges") or self._names_judge_of_table(file))

    def may_show(self, file: str) -> bool:
        """Whether anything that the file defines or does can reach a judge.

        Of a class that is what its methods do, what it inherits, and what its body says.
        """
        outline = self._project.outline(file)
        places = (place for place in outline.definitions() if place[1] or place[0] not in outline.classes)
        return any(self.outlook(file, *place) is not Outlook.NOTHING for place in places) or any(
            self._reach_of.may_show(file, name) for name in outline.classes
        )

    def outlook(self, file: str, name: str, method: str = "") -> Outlook:
        """What judging a function of a file alone, or a method of one of its classes, may show."""
        return self._reach_of.outlook(file, name, method)

    def may_train(self, file: str, name: str, method: str) -> bool:
        """Whether a method that a class of another file inherits may come to a loss with something of that file."""
        return self._reach_of.may_train(file, name, method)

    def _sinks(self, file: str) -> Sinks:
        """The catalog's sinks, those of the libraries included that a file or what it imports names."""
        known = self._sunk.get(file)
        if known is None:
            words = self._of(file)
            tables = words.tables.union(*(self._of(each).tables for each in words.imports))
            known = self._sunk[file] = self.catalog.sinks(frozenset(tables))
        return known

    def _found_by_name(self, file: str) -> tuple[str, ...]:
        """The files that a file may import by names made at run time."""
        return self.imports(file) if any(word in self._text(file) for word in _DYNAMIC) else ()

    def is_registry(self, file: str) -> bool:
        """Whether a file may keep what others register in it; then their whole package counts as imported by its users.

        Python runs the `__init__` of a package before any module in it, which is how the others are imported.
        """
        known = self._registries.get(file)
        if known is None:
            text = self._text(file)
            known = self._registries[file] = _REGISTERS in text and _REGISTRY.search(text) is not None
        return known

    def registering(self, file: str) -> tuple[str, ...]:
        """What a file imports that may register something while it is imported; nothing where that is very much."""
        known = self._filling.get(file)
        if known is None:
            files = tuple(sorted(filter(self._registers, self.closure(file))))
            known = self._filling[file] = files if len(files) <= MOST_REGISTERING else ()
        return known

    def _registers(self, file: str) -> bool:
        known = self._registrants.get(file)
        if known is None:
            text = self._text(file)
            known = self._registrants[file] = _REGISTERS in text and _REGISTERING.search(text) is not None
        return known

    def imports(self, file: str) -> tuple[str, ...]:
        """The files of the project that a file imports, by its text."""
        return self._of(file).imports

    def may_bind(self, file: str, name: str) -> bool:
        """Whether a module, or one whose names it takes by a star import, has the word at all."""
        seen = {file}
        pending = [file]
        while pending:
            current = pending.pop()
            if current not in self._named:
                text = self._text(current)
                stars = (match for match in _IMPORT.finditer(text) if (match["names"] or "").strip() == "*")
                files = tuple(found for match in stars for found in self._module(match["module"], current))
                self._named[current] = (frozenset(_words_in(text)), files)
            names, files = self._named[current]
            if name in names:
                return True
            fresh = [each for each in files if each not in seen]
            seen.update(fresh)
            pending += fresh
        return False

    def uses_library(self, file: str) -> bool:
        """Whether a file, with what it imports, names a catalogued library."""
        return self._reaches(file, "library")

    def closure(self, file: str) -> frozenset[str]:
        """A file with everything that it imports."""
        seen = {file}
        pending = [file]
        while pending:
            fresh = [each for each in self._of(pending.pop()).imports if each not in seen]
            seen.update(fresh)
            pending += fresh
        return frozenset(seen)

    def _reaches(self, file: str, what: str) -> bool:
        known = self._reach.get((file, what))
        if known is not None:
            return known
        seen = {file}
        pending = [file]
        while pending:
            current = pending.pop()
            words = self._of(current)
            if getattr(words, what) or self._reach.get((current, what)):
                self._reach[file, what] = True
                return True
            fresh = [each for each in words.imports if each not in seen and self._reach.get((each, what)) is not False]
            seen.update(fresh)
            pending += fresh
        self._reach.update(dict.fromkeys(((each, what) for each in seen), False))
        return False

    def _names_judge_of_table(self, file: str) -> bool:
        """Whether a file, with what it imports, names a judge of a library that it names, with what it imports."""
        seen = {file}
        pending = [file]
        tables: set[str] = set()
        while pending:
            words = self._of(pending.pop())
            tables |= words.tables
            fresh = [each for each in words.imports if each not in seen]
            seen.update(fresh)
            pending += fresh
        return any(self._names_judge_of(each, library) for library in sorted(tables) for each in seen)

    def _names_judge_of(self, file: str, library: str) -> bool:
        known = self._speaks.get((file, library))
        if known is None:
            names = _words_in(self._text(file))
            known = self._speaks[file, library] = not names.isdisjoint(self.catalog.judges_of(library))
        return known

    def _of(self, file: str) -> _Words:
        words = self._words.get(file)
        if words is None:
            words = self._words[file] = self._scan(file, self._text(file))
        return words

    def _text(self, file: str) -> str:
        try:
            return self._project.text(file)
        except Unreadable:
            return ""

    def _scan(self, file: str, text: str) -> _Words:
        names = _words_in(text)
        found = dict.fromkeys(self._imported(file, text))
        if not names.isdisjoint(_DYNAMIC):
            found.update(dict.fromkeys(self._imported_by_name(file, text)))
        packages = (init for each in found if self.is_registry(each) for init in self._project.packages(each))
        found.update(dict.fromkeys([each for each in packages if each != file]))
        imports = tuple({**found, **dict.fromkeys(self._inside(found, names))})
        libraries = names & self._libraries
        libraries |= {self._conventional[name] for name in self._meant(names, text)}
        return _Words(
            bool(names & self.catalog.judges),
            bool(libraries),
            frozenset(libraries & self.catalog.tables.keys()),
            imports,
        )

    def _meant(self, names: set[str], text: str) -> set[str]:
        """The conventional names that may mean a library here; of a single letter, what stands behind it is asked."""
        known = names & self._conventional.keys()
        if any(len(name) == 1 for name in known):
            used = {letter for letter, last in _OF_LETTER.findall(text) if last in self.catalog.lasts}
            known = {name for name in known if len(name) > 1 or name in used}
        return known

    def _inside(self, imported: Iterable[str], words: set[str]) -> Iterable[str]:
        """The modules of imported packages that a file has words for: ``package.module.name``."""
        pending = [file for file in imported if file.endswith("__init__.py")]
        seen = set(pending)
        while pending:
            package = pending.pop()
            for name in sorted(self._project.members(package) & words):  # a fingerprint is made of the order
                found = self._project.inside(package, name)
                if found is not None and found not in seen:
                    seen.add(found)
                    yield found
                    if found.endswith("__init__.py"):
                        pending.append(found)

    def _imported(self, file: str, text: str) -> Iterable[str]:
        for match in _IMPORT.finditer(text):
            if match["whole"] is not None:
                for part in match["whole"].split(","):
                    name = part.split(" as ")[0].strip()
                    first, *others = name.split(".")
                    yield from self._files(first, file, 0)
                    for other in others:
                        first = f"{first}.{other}"
                        yield from self._files(first, file, 0)
                continue
            module = match["module"]
            level = len(module) - len(module.lstrip("."))
            package = module[level:]
            yield from self._files(package, file, level)
            for name in _WORD.findall(match["names"]):
                yield from self._files(f"{package}.{name}" if package else name, file, level)

    def _imported_by_name(self, file: str, text: str) -> Iterable[str]:
        """What ``import_module("package.module")`` may mean, or ``import_module(f"package.{name}")``."""
        for name in dict.fromkeys(_NAMED.findall(text)):
            yield from self._module(name.rstrip("."), file)
            package, dot, _ = name.rpartition(".")
            if dot and package.strip("."):
                yield from self._project.modules(package, file).values()

    def _module(self, module: str, file: str) -> Iterable[str]:
        """The file a ``from`` names, with its leading dots."""
        level = len(module) - len(module.lstrip("."))
        return self._files(module[level:], file, level)

    def _files(self, name: str, file: str, level: int) -> Iterable[str]:
        found = self._project.find(name, file, level) if name or level else None
        if found is not None:
            yield found
