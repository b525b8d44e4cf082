"""`[tool.logitlint]` in pyproject.toml: where it is found, and what may stand in it."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

import msgspec

from logitlint.project.links import lies_in, repository
from logitlint.settings.errors import ConfigurationError
from logitlint.settings.files import EXCLUDED, FileIgnores
from logitlint.settings.selection import Selection
from logitlint.settings.table import Table
from logitlint.source.size import bounded

if TYPE_CHECKING:
    from logitlint.settings.functions import OwnRow

FORMATS: Final = ("full", "concise", "json", "sarif", "github", "gitlab", "rdjson")
BACKENDS: Final = ("tensorflow", "jax", "torch")
MOST_BYTES: Final = 1_000_000
"""Bytes of a pyproject.toml; one that has more is an error."""
MOST_PARTS: Final = 1_000
"""Parts of a dotted key: Python's parser takes time by their square."""
_PART: Final = re.compile(rb"[\w\-\"' \t]+")
KEYS: Final = (
    "select",
    "ignore",
    "extend-select",
    "per-file-ignores",
    "exclude",
    "extend-exclude",
    "functions",
    "baseline",
    "output-format",
    "show-unresolved",
    "keras-backend",
)
"""What may stand in the table."""


class Configuration(msgspec.Struct, frozen=True, kw_only=True):
    """The `[tool.logitlint]` table, checked; its patterns are relative to `root`; `path` is its file, if any."""

    root: Path
    path: Path | None = None
    selection: Selection = Selection()
    exclude: tuple[str, ...] = EXCLUDED
    per_file_ignores: Mapping[str, tuple[str, ...]] = MappingProxyType({})
    functions: tuple[OwnRow, ...] = ()
    baseline: Path | None = None
    output_format: str = "full"
    show_unresolved: bool = False
    keras_backend: str | None = None


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """What a run obeys.

    enabled
        The codes that are reported.
    unselected
        Of the others, those of which is told where they would be reported.
    per_file
        Those that are not reported in some files.
    functions
        What the user's own functions and classes take and give.
    noqa
        Whether comments hide findings.
    exclude
        The paths left out.
    root
        The directory to which patterns are relative.
    keras_backend
        The backend that programs run on, when they do not say so themselves.
    """

    enabled: frozenset[str]
    unselected: frozenset[str] = frozenset()
    per_file: tuple[FileIgnores, ...] = ()
    functions: tuple[OwnRow, ...] = ()
    noqa: bool = True
    exclude: tuple[str, ...] = EXCLUDED
    root: Path = msgspec.field(default_factory=Path.cwd)
    keras_backend: str | None = None

    def reported(self, filename: str) -> frozenset[str]:
        """The codes that are reported in a file."""
        left_out = (each.codes for each in self.per_file if each.matches(filename, self.root))
        return self.enabled.difference(*left_out)


def find_configuration(start: Path) -> Path | None:
    """The nearest pyproject.toml at or above a directory that says something to logitlint; None when there is none.

    One that is a link out of its repository, or out of its folder where there is none, is not read: errors name what
    is wrong, and a tree that is checked must not make them tell of files elsewhere. Raises `ConfigurationError`.
    """
    for directory in (start, *start.parents):
        candidate = directory / "pyproject.toml"
        if candidate.is_symlink() and not lies_in(candidate, repository(Path(os.path.realpath(directory)))):
            raise ConfigurationError(f"{candidate}: is a link to a file outside of its repository, or of its folder")
        try:
            content = bounded(candidate, MOST_BYTES)
        except (FileNotFoundError, NotADirectoryError):
            continue
        except OSError as error:
            raise ConfigurationError(f"{candidate}: cannot be read: {error.strerror}") from error
        said = content.replace(b"\0", b"")  # of UTF-16 too: that it is none of TOML's is then told
        if b"logitlint" in said and "logitlint" in _tool_tables(candidate, content):
            return candidate
    return None


def nearest(start: Path) -> Configuration:
    """What the nearest pyproject.toml says, at or above a directory; the defaults when none does."""
    found = find_configuration(start)
    return load(found) if found else Configuration(root=Path.cwd())


def load(path: Path) -> Configuration:
    """Read and check the `[tool.logitlint]` table of a file.

    Raises `ConfigurationError` for TOML that cannot be parsed, an unknown key (with the nearest known one) and a value
    of the wrong type. Rules are known to nobody here: `within` names the file when one turns out to be none.
    """
    found = _tool_tables(path, bounded(path, MOST_BYTES)).get("logitlint", {})
    with within(path):
        if not isinstance(found, Mapping):
            raise ConfigurationError("must be a table")
        table = Table(found)
        table.refuse_others(KEYS)
        exclude = table.strings("exclude")
        baseline = table.string("baseline")
        return Configuration(
            path=path,
            root=path.parent,
            selection=Selection(
                table.strings("select"), table.strings("ignore") or (), table.strings("extend-select") or ()
            ),
            exclude=(EXCLUDED if exclude is None else exclude) + (table.strings("extend-exclude") or ()),
            per_file_ignores=table.lists("per-file-ignores"),
            functions=_functions(table),
            baseline=_inside(path.parent, baseline) if baseline is not None else None,
            output_format=table.choice("output-format", FORMATS) or "full",
            show_unresolved=table.flag("show-unresolved"),
            keras_backend=table.choice("keras-backend", BACKENDS),
        )


def _inside(root: Path, name: str) -> Path:
    """A file that the configuration names: a tree that is checked must not lead to files elsewhere."""
    try:
        is_inside = lies_in(root / name, root)
    except ValueError as error:  # a null character
        raise ConfigurationError(f"`baseline` names no file: {error}") from error
    if not is_inside:
        raise ConfigurationError("`baseline` must name a file inside the folder of the pyproject.toml")
    return root / name


def _functions(table: Table) -> tuple[OwnRow, ...]:
    if not table.has("functions"):
        return ()
    from logitlint.settings.functions import rows  # needs the tables' words, which few configurations do

    return rows(table.table("functions"))


@contextmanager
def within(path: Path | None) -> Iterator[None]:
    """Say of what goes wrong inside that it stands in that file's table."""
    try:
        yield
    except ConfigurationError as error:
        raise ConfigurationError(f"{path}: [tool.logitlint]: {error}" if path else str(error)) from error


def _tool_tables(path: Path, content: bytes) -> Mapping[str, object]:
    """The `[tool]` tables of a TOML file."""
    parts = 0
    for each in content.split(b"."):
        parts = parts + 1 if _PART.fullmatch(each) else 0
        if parts > MOST_PARTS:
            raise ConfigurationError(f"{path}: a key has more than {MOST_PARTS:,} parts")
    if sys.version_info >= (3, 11):
        import tomllib
    else:
        import tomli as tomllib
    try:
        document: Mapping[str, object] = tomllib.loads(content.decode("utf-8"))
    except (ValueError, RecursionError) as error:  # tomllib lets through what Python says of a number of many digits
        raise ConfigurationError(f"{path}: not valid TOML: {error}") from error
    tool = document.get("tool", {})
    return tool if isinstance(tool, Mapping) else {}
