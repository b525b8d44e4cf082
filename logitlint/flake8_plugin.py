"""The flake8 door: the same findings at the same places as the command, under flake8's own options.

flake8 decides what is selected, ignored and hidden by ``# noqa``; of ``[tool.logitlint]`` only what it says of the
user's own functions is read. Opt-in rules are in flake8's default ignore list, so that ``--select LGT`` (or
``--extend-select LGT703``) turns them on. What was found is kept where the command keeps it.
"""

from __future__ import annotations

import argparse
import ast
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import ClassVar, Final, Protocol

from logitlint import __version__
from logitlint.linter import KNOWN, Linter
from logitlint.memory import version
from logitlint.printing import escaped
from logitlint.project.cache import NAME, Cache, beside
from logitlint.project.secret import secret
from logitlint.rules import UNREADABLE
from logitlint.settings import Configuration, ConfigurationError, Settings, enabled, nearest

NO_CACHE: Final = "--logitlint-no-cache"
CACHE_DIR: Final = "--logitlint-cache-dir"


class Options(Protocol):
    """The part of flake8's `OptionManager` that is used."""

    def extend_default_ignore(self, error_codes: Sequence[str]) -> None:
        """Add codes to those that are off unless selected."""
        ...

    def add_option(
        self,
        long_option_name: str,
        *,
        action: str = ...,
        metavar: str = ...,
        parse_from_config: bool = ...,
        normalize_paths: bool = ...,
        help: str = ...,  # noqa: A002 - the name is flake8's
    ) -> None:
        """Register an option of the command line and, where wanted, of the configuration."""
        ...


class Plugin:
    """One file, as flake8 hands it over.

    flake8 reports a file it cannot parse itself (E999) and then runs no plugin. A mistake of our own is reported as
    LGT901: an exception would end flake8's whole run and lose the other plugins' findings; nobody would see a log.
    """

    name = "logitlint"
    version = __version__
    linter: ClassVar[Linter | None] = None

    def __init__(self, tree: ast.Module, filename: str, lines: Sequence[str]) -> None:
        self.tree = tree
        self.filename = filename
        self.lines = lines

    @classmethod
    def add_options(cls, manager: Options) -> None:
        """Keep the opt-in rules off unless they are selected."""
        manager.extend_default_ignore([rule.code for rule in KNOWN if not rule.default])
        manager.add_option(
            NO_CACHE, action="store_true", parse_from_config=True, help="Neither read nor keep what earlier runs found."
        )
        manager.add_option(
            CACHE_DIR,
            metavar="DIR",
            parse_from_config=True,
            normalize_paths=True,
            help=f"Where what was found is kept. (Default: {NAME} beside pyproject.toml)",
        )

    @classmethod
    def parse_options(cls, options: argparse.Namespace) -> None:
        """Judge by the rules flake8 will show: which of several rules speaks for an argument depends on what is on."""
        from flake8.style_guide import Decision, DecisionEngine

        engine = DecisionEngine(options)
        on = (rule.code for rule in KNOWN if engine.decision_for(rule.code) is Decision.Selected)
        found = _configuration()
        settings = Settings(enabled=frozenset(on), functions=found.functions, noqa=False)
        cls.linter = Linter(settings, cache=_cache(options, found.root))

    def run(self) -> Iterator[tuple[int, int, str, type[Plugin]]]:
        """Row from 1, column from 0, ``LGT101 message``."""
        linter = self.linter or Linter(Settings(enabled=enabled([], KNOWN), noqa=False))
        if not linter.settings.enabled:
            return
        report = linter.check_text("".join(self.lines), self.filename, self.tree)
        for finding in report.findings:
            yield finding.span.row, finding.span.column - 1, f"{finding.code} {escaped(finding.message)}", type(self)
        for failure in report.failures:
            message = escaped(failure.message)
            yield 1, 0, f"{UNREADABLE.code} not judged, internal error: {message}", type(self)


def _configuration() -> Configuration:
    """Where the project begins, and what the user says of functions: the one part of ``[tool.logitlint]`` that is about
    the code, not the command.
    """
    from flake8.exceptions import ExecutionError

    try:
        return nearest(Path.cwd())
    except ConfigurationError as error:
        raise ExecutionError(escaped(str(error))) from error


def _cache(options: argparse.Namespace, root: Path) -> Cache | None:
    """Where earlier runs have left what they found; None when that is not wanted, or cannot be."""
    if options.logitlint_no_cache:
        return None
    folder = Path(options.logitlint_cache_dir) if options.logitlint_cache_dir else beside(root)
    if folder is None:
        return None
    try:
        return Cache(folder, version(), secret())
    except OSError:
        return None
