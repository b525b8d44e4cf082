"""Which files a run looks at: the Python files and notebooks under the given paths."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Final, NamedTuple, TypeAlias

from logitlint.project.patterns import Patterns, lenient, patterns

SUFFIXES = frozenset({".py", ".ipynb"})

MOST_IGNORED: Final = 1_000_000
"""Bytes of a .gitignore; one that has more is none."""

Unlisted: TypeAlias = Callable[[str, OSError], None]
"""Is told of each directory that is there and cannot be listed, and why."""


class _Patterns(NamedTuple):
    """What is left out, and the directory to which the patterns are relative."""

    directory: str
    spec: Patterns

    def verdict(self, path: str) -> bool | None:
        """Whether a path is left out; None when the patterns do not speak of it."""
        prefix = self.directory.rstrip(os.sep) + os.sep
        return self.spec.verdict(path[len(prefix) :]) if path.startswith(prefix) else None


def files(
    paths: Sequence[str], exclude: Sequence[str], root: Path, unlisted: Unlisted, force: bool = False
) -> Iterator[str]:
    """The files to check, each once, in the order given and sorted within a directory; named as the path was.

    What is named is looked at even when a pattern leaves it out, and a file whatever its suffix. A directory is walked
    without following links to directories; patterns in `exclude` (as in .gitignore, relative to `root`, or to the path
    given when that lies elsewhere) and what git ignores are left out. Raises ValueError for a pattern that cannot be
    read. With `force` the patterns count for what is named as well. A directory that is there and cannot be listed is
    left out, and `unlisted` is told of it.
    """
    if force:
        paths = _named(paths, exclude, root)
    walks = [_walk(path, exclude, root, unlisted) if os.path.isdir(path) else iter((path,)) for path in paths]
    return _once(file for walk in walks for file in walk)


def _named(paths: Sequence[str], exclude: Sequence[str], root: Path) -> list[str]:
    """The paths that no pattern leaves out."""
    excluded = _Patterns(os.path.abspath(root), patterns(exclude))
    ends = (os.sep if os.path.isdir(path) else "" for path in paths)
    return [path for path, end in zip(paths, ends, strict=True) if not excluded.verdict(os.path.abspath(path) + end)]


def _once(found: Iterable[str]) -> Iterator[str]:
    seen: set[str] = set()
    for file in found:
        identity = os.path.realpath(file)
        if identity not in seen:
            seen.add(identity)
            yield file


def _walk(top: str, exclude: Sequence[str], root: Path, unlisted: Unlisted) -> Iterator[str]:
    """Prepare the walk of a directory: what is wrong with a pattern is told before the first file."""
    start = os.path.abspath(top)
    excluded = _Patterns(os.path.abspath(root), patterns(exclude))
    inside = (start + os.sep).startswith(excluded.directory.rstrip(os.sep) + os.sep)
    if not inside or excluded.verdict(start + os.sep):
        excluded = excluded._replace(directory=start)
    above = _ignored_above(start)
    if above and _left_out(start + os.sep, excluded, above):
        above = []
    return _descend(os.path.normpath(top), start, excluded, above, unlisted)


def _descend(
    shown: str, directory: str, excluded: _Patterns, above: list[_Patterns] | None, unlisted: Unlisted
) -> Iterator[str]:
    pending = [(shown, directory, above)]
    while pending:
        shown, directory, above = pending.pop()
        ignored = above if above is None else [*above, *_ignored_in(directory)]
        try:
            entries = sorted(os.scandir(directory), key=lambda entry: entry.name)
        except FileNotFoundError:
            continue  # it went away: there is nothing in it to report on
        except OSError as error:
            unlisted(shown, error)
            continue
        inner = []
        for entry in entries:
            place = entry.name if shown == os.curdir else os.path.join(shown, entry.name)
            if entry.is_dir(follow_symlinks=False):
                if not _left_out(entry.path + os.sep, excluded, ignored):
                    inner.append((place, entry.path, ignored))
            elif os.path.splitext(entry.name)[1] in SUFFIXES and os.path.isfile(entry.path):
                if not _left_out(entry.path, excluded, ignored):
                    yield place
        pending.extend(reversed(inner))


def _left_out(path: str, excluded: _Patterns, ignored: Sequence[_Patterns] | None) -> bool:
    """Whether a path is excluded, or ignored by the deepest .gitignore that speaks of it."""
    if excluded.verdict(path):
        return True
    spoken = (each.verdict(path) for each in reversed(ignored or ()))
    return next((verdict for verdict in spoken if verdict is not None), False)


def _ignored_above(directory: str) -> list[_Patterns] | None:
    """What the .gitignore files above a directory say, from its repository's root down; None outside a repository."""
    found: list[_Patterns] = []
    for candidate in (directory, *map(str, Path(directory).parents)):
        if candidate != directory:
            found[:0] = _ignored_in(candidate)
        if os.path.exists(os.path.join(candidate, ".git")):
            return found
    return None


def _ignored_in(directory: str) -> list[_Patterns]:
    name = os.path.join(directory, ".gitignore")
    if not os.path.isfile(name):  # a pipe, or a link to a device, would be read for ever
        return []
    try:
        if os.path.getsize(name) > MOST_IGNORED:
            return []
        with open(name, encoding="utf-8", errors="replace") as file:
            return [_Patterns(directory, lenient(file))]
    except OSError:  # it went away, or may not be read
        return []
