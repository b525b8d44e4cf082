"""What git says of the files of a repository and of a revision to compare them with.

Nothing is written, and nothing is fetched. What a repository's configuration could run when two states are compared is
switched off: external diffs, text conversion, filters (``filter.<name>.clean``), the file system monitor, hooks, and
what brings objects that a partial clone lacks, which may name a program to do so.
"""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import Final

import msgspec

_HUNK: Final = re.compile(rb"^@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@", re.MULTILINE)
_QUIET: Final = tuple(
    word
    for setting in (
        "core.fsmonitor=false",
        f"core.hooksPath={os.devnull}",
        "core.quotePath=true",
        "diff.autoRefreshIndex=false",
    )
    for word in ("-c", setting)
)
_HELD_BACK: Final = {
    "LC_ALL": "C",
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_NO_LAZY_FETCH": "1",
    "GIT_ALLOW_PROTOCOL": "none",  # the same to a git that does not know the one above
}
_FILTERS: Final = ("clean", "smudge", "process")
_DIFF: Final = ("diff", "--no-ext-diff", "--no-textconv", "--no-color", "--ignore-submodules", "-M")


class GitError(Exception):
    """There is no repository, no such revision, or no git; the text says which, and what can be done."""


class Hunk(msgspec.Struct, frozen=True):
    """A stretch of rows that was replaced: its first row and its length, before and after.

    Where the length is 0 the stretch lies behind that row, as git counts.
    """

    old: int
    old_length: int
    new: int
    new_length: int


class Repository:
    """The working tree in which a directory lies, compared with a revision.

    What counts is what was changed since the work branched off the revision: the merge base, where there is one.
    Raises `GitError`.
    """

    def __init__(self, start: Path, revision: str) -> None:
        self._start = start
        self.top = Path(os.path.realpath(self._text("rev-parse", "--show-toplevel")))
        commit = self._commit(revision)
        related = self._run("merge-base", commit, "HEAD")
        self.base = related.stdout.decode().strip() if related.returncode == 0 else commit

    def name(self, file: str) -> str | None:
        """The name of a file in the repository, with slashes; None when it lies outside."""
        folder, last = os.path.split(os.path.abspath(file))
        path = Path(os.path.realpath(folder), last)
        return path.relative_to(self.top).as_posix() if self.top in path.parents else None

    @cached_property
    def changed(self) -> Mapping[str, str | None]:
        """The files that differ from the base, by name, with the name they had there; None for new ones."""
        return {new: old for old, new in self._pairs if new is not None}

    @cached_property
    def gone(self) -> frozenset[str]:
        """The names that files had at the base and that none has now."""
        return frozenset(old for old, new in self._pairs if old is not None and old != new) - self.changed.keys()

    @cached_property
    def _pairs(self) -> Sequence[tuple[str | None, str | None]]:
        """The name at the base and the name now of each file that differs; None where it is not there."""
        words = iter(self._names(*self._unfiltered, *_DIFF, "--name-status", "-z", self.base))
        found: list[tuple[str | None, str | None]] = []
        for status in words:
            old = next(words)
            if status[0] in "RC":
                found.append((old, next(words)))
            else:
                found.append((None if status[0] == "A" else old, None if status[0] == "D" else old))
        return found

    @cached_property
    def tracked(self) -> frozenset[str]:
        """The names of all files that git knows."""
        return frozenset(self._names("ls-files", "-z", "--full-name", ":/"))

    @cached_property
    def _unfiltered(self) -> Sequence[str]:
        """The options by which no filter that is configured is run: what a file contains is compared as it is."""
        listed = self._run("config", "--null", "--name-only", "--get-regexp", r"^filter\.").stdout
        settings = [os.fsdecode(key) for key in listed.split(b"\0") if key]
        options: list[str] = []
        for driver in dict.fromkeys(key.rpartition(".")[0] for key in settings):
            if "=" in driver:  # which no option can name
                raise GitError(f"the filter {driver.partition('.')[2]!r} cannot be switched off")
            options += [word for key in _FILTERS for word in ("-c", f"{driver}.{key}=")]
            options += ["-c", f"{driver}.required=false"]
        return options

    def hunks(self, name: str) -> Sequence[Hunk] | None:
        """What was changed in a file, from the top; None when all of it is new."""
        if name not in self.changed:
            return () if name in self.tracked else None
        old = self.changed[name]
        if old is None:
            return None
        compared = self.base if old == name else f"{self.base}:{old}"
        output = self._bytes(*self._unfiltered, *_DIFF, "--unified=0", compared, "--", f":(top,literal){name}")
        return [
            Hunk(int(old), int(old_length or 1), int(new), int(new_length or 1))
            for old, old_length, new, new_length in _HUNK.findall(output)
        ]

    def before(self, name: str) -> str | None:
        """The name that a file of now had at the base; None when it is new."""
        return self.changed.get(name, name)

    def at_base(self, name: str) -> bytes | None:
        """What a file contained at the base, by the name it had there; None when it contains the same now."""
        differs = name in self.gone or self.changed.get(name) == name
        return self._bytes("cat-file", "blob", f"{self.base}:{name}") if differs else None

    def _commit(self, revision: str) -> str:
        found = self._run("rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}")
        if found.returncode == 0:
            return found.stdout.decode().strip()
        shallow = self._text("rev-parse", "--is-shallow-repository") == "true"
        hint = "; the clone is shallow: fetch it with its history (fetch-depth: 0)" if shallow else ""
        raise GitError(f"git knows no revision {revision!r}{hint}")

    def _names(self, *arguments: str) -> list[str]:
        return [os.fsdecode(word) for word in self._bytes(*arguments).split(b"\0") if word]

    def _text(self, *arguments: str) -> str:
        return os.fsdecode(self._bytes(*arguments).rstrip(b"\n"))

    def _bytes(self, *arguments: str) -> bytes:
        done = self._run(*arguments)
        if done.returncode:
            words = done.stderr.decode("utf-8", "replace").partition("\n")[0].removeprefix("fatal: ")
            partial = "; the clone is partial, and what it lacks is not fetched here" if self._is_partial() else ""
            raise GitError(f"git: {words or f'exit code {done.returncode}'}{partial}")
        return done.stdout

    def _is_partial(self) -> bool:
        """Whether git fetches what it lacks as it is asked for."""
        return bool(self._run("config", "--get-regexp", r"^remote\..*\.promisor$").stdout)

    def _run(self, *arguments: str) -> subprocess.CompletedProcess[bytes]:
        environment = {**os.environ, **_HELD_BACK}
        try:
            return subprocess.run(
                ["git", *_QUIET, *arguments],
                cwd=self._start,
                env=environment,
                stdin=subprocess.DEVNULL,
                capture_output=True,
                check=False,
            )
        except FileNotFoundError as error:
            raise GitError("git cannot be run: is it installed?") from error
