"""What the user asked for: `[tool.logitlint]` in pyproject.toml, and the options of the command line over it."""

from __future__ import annotations

import difflib
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Protocol

import msgspec

FORMATS = ("full", "concise", "json")
PREFIX = "LGT"

EXCLUDED = (
    ".bzr",
    ".direnv",
    ".eggs",
    ".git",
    ".hg",
    ".ipynb_checkpoints",
    ".logitlint_cache",
    ".mypy_cache",
    ".nox",
    ".pytest_cache",
    ".ruff_cache",
    ".svn",
    ".tox",
    ".venv",
    "__pycache__",
    "__pypackages__",
    "build",
    "dist",
    "node_modules",
    "site-packages",
    "venv",
)
"""What is never descended into unless `exclude` says otherwise: ruff's list, as far as Python code may lie there."""


class ConfigurationError(Exception):
    """The configuration or an option cannot be obeyed; the text says why, and what was meant if that can be guessed."""


class Selectable(Protocol):
    """What selection needs to know of a rule."""

    @property
    def code(self) -> str:
        """``LGT101``."""
        ...

    @property
    def name(self) -> str:
        """``softmax-into-softmax-loss``."""
        ...

    @property
    def default(self) -> bool:
        """Whether it is on unless told otherwise."""
        ...


class Selection(msgspec.Struct, frozen=True):
    """The wishes of a configuration or a command line: `select` replaces what came before, the others adjust it."""

    select: tuple[str, ...] | None = None
    ignore: tuple[str, ...] = ()
    extend_select: tuple[str, ...] = ()


class Configuration(msgspec.Struct, frozen=True, kw_only=True):
    """The `[tool.logitlint]` table, checked; `root` is the directory to which its patterns are relative."""

    root: Path
    selection: Selection = Selection()
    exclude: tuple[str, ...] = EXCLUDED
    output_format: str = "full"
    show_unresolved: bool = False


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """What a run obeys: the codes reported, whether comments hide findings, the paths left out (relative to `root`)."""

    enabled: frozenset[str]
    noqa: bool = True
    exclude: tuple[str, ...] = EXCLUDED
    root: Path = msgspec.field(default_factory=Path.cwd)


def enabled(layers: Iterable[Selection], rules: Sequence[Selectable]) -> frozenset[str]:
    """The codes that are on after every layer, starting from the rules' own defaults.

    Within a layer the more specific selector wins (``--select LGT --ignore LGT1 --extend-select LGT101``), and `ignore`
    wins over an equally specific `select`: as in ruff. Raises `ConfigurationError` for a selector that names no rule.
    """
    on = {rule.code for rule in rules if rule.default}
    for layer in layers:
        wishes = [(selector, True) for selector in (*(layer.select or ()), *layer.extend_select)]
        wishes += [(selector, False) for selector in layer.ignore]
        matched = [(_matching(selector, rules), wish) for selector, wish in wishes]
        decided: dict[str, bool] = {}
        for (_, codes), wish in sorted(matched, key=lambda match: match[0][0]):
            decided.update(dict.fromkeys(codes, wish))
        if layer.select is not None:
            on = set()
        on = {code for code in (on | decided.keys()) if decided.get(code, True)}
    return frozenset(on)


def _matching(selector: str, rules: Sequence[Selectable]) -> tuple[int, list[str]]:
    """How specific a selector is (a name is as specific as a code), and the codes it stands for."""
    if named := [rule.code for rule in rules if rule.name == selector]:
        return max(len(rule.code) for rule in rules), named
    codes = [rule.code for rule in rules if rule.code.startswith(selector)] if selector.startswith(PREFIX) else []
    if not codes:
        raise ConfigurationError(f"unknown rule `{selector}`{_suggestion(selector, _selectors(rules))}")
    return len(selector), codes


def find_rule(selector: str, rules: Sequence[Selectable]) -> int:
    """The position of the rule with that code or name, whatever the case; raises `ConfigurationError` for none."""
    for position, rule in enumerate(rules):
        if selector.upper() == rule.code or selector.lower() == rule.name:
            return position
    known = [word for rule in rules for word in (rule.code, rule.name)]
    raise ConfigurationError(f"unknown rule `{selector}`{_suggestion(selector, known)}")


def _selectors(rules: Sequence[Selectable]) -> list[str]:
    """Every code, name and family prefix."""
    families = sorted({rule.code[: len(PREFIX) + 1] for rule in rules})
    return [PREFIX, *families, *(word for rule in rules for word in (rule.code, rule.name))]


def _suggestion(word: str, known: Iterable[str]) -> str:
    """``; did you mean `select`?``, or nothing when nothing is near."""
    folded = {candidate.lower(): candidate for candidate in known}
    near = difflib.get_close_matches(word.lower(), list(folded), n=10)
    if not near:
        return ""
    best = max(near, key=lambda each: sum(word.lower().startswith(each[: end + 1]) for end in range(len(each))))
    return f"; did you mean `{folded[best]}`?"


def find_configuration(start: Path) -> Path | None:
    """The nearest pyproject.toml at or above a directory that says something to logitlint; None when there is none."""
    for directory in (start, *start.parents):
        candidate = directory / "pyproject.toml"
        try:
            if "logitlint" in candidate.read_text("utf-8", "replace") and "logitlint" in _tool_tables(candidate):
                return candidate
        except (FileNotFoundError, NotADirectoryError):
            continue
        except OSError as error:
            raise ConfigurationError(f"{candidate}: cannot be read: {error.strerror}") from error
    return None


def load(path: Path) -> Configuration:
    """Read and check the `[tool.logitlint]` table of a file.

    Raises `ConfigurationError` for TOML that cannot be parsed, an unknown key (with the nearest known one) and a value
    of the wrong type. Rule codes are checked by `enabled`.
    """
    table = _tool_tables(path).get("logitlint", {})
    if not isinstance(table, Mapping):
        raise ConfigurationError(f"{path}: [tool.logitlint] must be a table")
    try:
        for key in table:
            if key not in _KEYS:
                raise ConfigurationError(f"unknown key `{key}`{_suggestion(key, _KEYS)}")
        values = {key: _KEYS[key](key, value) for key, value in table.items()}
    except ConfigurationError as error:
        raise ConfigurationError(f"{path}: [tool.logitlint]: {error}") from error
    select, ignore, extend_select, exclude, extend_exclude = (
        _strings_of(values, key) for key in ("select", "ignore", "extend-select", "exclude", "extend-exclude")
    )
    return Configuration(
        root=path.parent,
        selection=Selection(select, ignore or (), extend_select or ()),
        exclude=(EXCLUDED if exclude is None else exclude) + (extend_exclude or ()),
        output_format=str(values.get("output-format", "full")),
        show_unresolved=values.get("show-unresolved") is True,
    )


def _tool_tables(path: Path) -> Mapping[str, object]:
    """The `[tool]` tables of a TOML file."""
    if sys.version_info >= (3, 11):
        import tomllib
    else:
        import tomli as tomllib
    try:
        document: Mapping[str, object] = tomllib.loads(path.read_text("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"{path}: not valid TOML: {error}") from error
    tool = document.get("tool", {})
    return tool if isinstance(tool, Mapping) else {}


def _strings_of(values: Mapping[str, object], key: str) -> tuple[str, ...] | None:
    value = values.get(key)
    return value if isinstance(value, tuple) else None


def _strings(key: str, value: object) -> tuple[str, ...]:
    if isinstance(value, list) and all(isinstance(item, str) for item in value):
        return tuple(value)
    raise ConfigurationError(f"`{key}` must be a list of strings")


def _format(key: str, value: object) -> str:
    if isinstance(value, str) and value in FORMATS:
        return value
    near = _suggestion(value, FORMATS) if isinstance(value, str) else ""
    raise ConfigurationError(f"`{key}` must be one of {', '.join(FORMATS)}{near}")


def _flag(key: str, value: object) -> bool:
    if isinstance(value, bool):
        return value
    raise ConfigurationError(f"`{key}` must be true or false")


_KEYS: Mapping[str, Callable[[str, object], object]] = MappingProxyType(
    {
        "select": _strings,
        "ignore": _strings,
        "extend-select": _strings,
        "exclude": _strings,
        "extend-exclude": _strings,
        "output-format": _format,
        "show-unresolved": _flag,
    }
)
