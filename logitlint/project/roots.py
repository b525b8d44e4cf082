"""Where the imports of a file are looked for, by the place of the file alone.

Python looks in the folder of the script that was started, in the directories that programs add to `sys.path`, and where
packages were installed. Which script that was is not known here, so folders that are only likely count when they agree:
a name that could mean two files means none.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from typing import Final, NamedTuple

from logitlint.project.folders import Disk
from logitlint.project.paths import Added

_REPOSITORY: Final = (".git", ".hg")
_PROJECT: Final = ("pyproject.toml", "setup.py", "setup.cfg")
_STARTED: Final = (*_REPOSITORY, *_PROJECT, "requirements.txt")
"""What marks a folder from which programs are started, even where an ``__init__`` in it says that it is a package."""
_SOURCES: Final = ("src", "lib")
"""Folders beside the scripts of a project in which its packages often lie."""


class Group(NamedTuple):
    """Files whose imports mean the same: their folder, what they add to the search, whether they are started."""

    folder: str
    added: Added
    script: bool


class Tier(NamedTuple):
    """Folders of one standing: in `order` the first that has a module wins, otherwise all that have it must agree."""

    folders: tuple[str, ...]
    order: bool


class Roots:
    """Answers for the folders of one run; all paths are absolute."""

    def __init__(self, disk: Disk) -> None:
        self.here = os.getcwd()
        self.disk = disk
        self._listings: dict[str, frozenset[str]] = {}
        self._ends: dict[str, str] = {}
        self._tiers: dict[Group, tuple[Tier, ...]] = {}

    def listing(self, folder: str) -> frozenset[str]:
        """The names of what is in a folder; none when it cannot be read."""
        known = self._listings.get(folder)
        if known is None:
            known = self._listings[folder] = self.disk.names(folder)
        return known

    def search(self, group: Group, name: str, own: str) -> str | None:
        """The file that a dotted name means; None where nothing has that name, or several have. `own` is not meant."""
        return self._agreed(group, lambda each: path if (path := self.file(each, name)) != own else None)

    def folder(self, group: Group, name: str) -> str | None:
        """The folder that a package has, also one without `__init__`; None likewise."""
        parts = name.split(".")

        def has(folder: str) -> str | None:
            path = os.path.join(folder, *parts)
            return path if parts[0] in self.listing(folder) and self.disk.is_folder(path) else None

        return self._agreed(group, has)

    def _agreed(self, group: Group, has: Callable[[str], str | None]) -> str | None:
        """What the first folders that have anything have, where they must agree on it."""
        tiers = self._tiers.get(group)
        if tiers is None:
            tiers = self._tiers[group] = tuple(self._made(group))
        for folders, order in tiers:
            found = [path for each in folders if (path := has(each)) is not None]
            if found:
                return found[0] if order or len(set(found)) == 1 else None
        return None

    def _made(self, group: Group) -> Iterator[Tier]:
        """The tiers of a group, most certain first.

        A package lies in a folder that is searched, but may also hold a script that is started, or be the folder from
        which one is. Of the folders above,
        up to the root of the repository or project or the working directory, any may be searched.
        """
        folder, added, script = group
        top = folder
        started: list[str] = []
        while "__init__.py" in self.listing(top) and os.path.dirname(top) != top:
            if top != folder and (top == self.here or not self.listing(top).isdisjoint(_STARTED)):
                started.append(top)
            top = os.path.dirname(top)
        above = (*started, *self._above(top))
        places = dict.fromkeys((folder, top, *above))
        likely = [os.path.join(place, name) for place in places for name in _SOURCES if name in self.listing(place)]
        written = [os.path.normpath(os.path.join(place, path)) for place in places for path in added.anywhere]
        yield Tier(added.front, order=True)
        if top != folder:
            yield Tier((folder, top), order=False)
        elif script:
            yield Tier((folder,), order=True)
        yield Tier(added.behind, order=True)
        yield Tier((folder, *above) if top == folder and not script else above, order=False)
        yield Tier(tuple(written), order=False)
        yield Tier(tuple(likely), order=False)

    def file(self, folder: str, name: str) -> str | None:
        """The file of a module whose search starts in a folder."""
        first, _, _ = name.partition(".")
        if name and first not in (names := self.listing(folder)) and f"{first}.py" not in names:
            return None
        path = os.path.join(folder, *name.split(".")) if name else folder
        for candidate in (os.path.join(path, "__init__.py"), f"{path}.py" if name else None):
            if candidate is not None and self.disk.is_file(candidate):
                return candidate
        return None

    def _above(self, top: str) -> Iterator[str]:
        """The folders above one, up to where its project ends."""
        last = self._end(top)
        if (self.here + os.sep).startswith(top + os.sep) or not (top + os.sep).startswith(self.here + os.sep):
            highest = last
        else:
            highest = min(last, self.here, key=len)
        while len(top) > len(highest):
            top = os.path.dirname(top)
            yield top

    def _end(self, folder: str) -> str:
        """The root of the repository that a folder lies in, else of the project, else the folder itself."""
        known = self._ends.get(folder)
        if known is None:
            project = None
            current = folder
            while True:
                names = self.listing(current)
                if not names.isdisjoint(_REPOSITORY):
                    project = current
                    break
                if project is None and not names.isdisjoint(_PROJECT):
                    project = current
                if os.path.dirname(current) == current:
                    break
                current = os.path.dirname(current)
            known = self._ends[folder] = project or folder
        return known
