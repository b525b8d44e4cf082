"""The options of `check`, by what they are about.

Each group declares its options and the struct that holds their values: an option is added by a field of the struct and
a declaration of the same name, and `values` fills the struct.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Final, TypeAlias, TypeVar

import click
import msgspec

from logitlint.settings import FORMATS

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

Decorator: TypeAlias = Callable[[Callable[..., int]], Callable[..., int]]
_Group = TypeVar("_Group", bound=msgspec.Struct)


class Selecting(msgspec.Struct, frozen=True):
    """Which rules speak."""

    select: tuple[str, ...]
    ignore: tuple[str, ...]
    extend_select: tuple[str, ...]
    per_file_ignores: dict[str, tuple[str, ...]]


class Discovering(msgspec.Struct, frozen=True):
    """Which files are looked at, and by which configuration."""

    exclude: tuple[str, ...]
    extend_exclude: tuple[str, ...]
    force_exclude: bool
    isolated: bool
    stdin_filename: str | None


class Reviewing(msgspec.Struct, frozen=True):
    """Which findings count."""

    diff_base: str | None
    baseline: str | None
    write_baseline: str | None
    add_noqa: bool


class Fixing(msgspec.Struct, frozen=True):
    """What is put right."""

    fix: bool
    unsafe_fixes: bool
    diff: bool
    verify: bool


class Reporting(msgspec.Struct, frozen=True):
    """What is written, how, where, and what the exit code says of it."""

    output_format: str | None
    output_file: str | None
    statistics: bool
    show_unresolved: bool
    exit_zero: bool


class Running(msgspec.Struct, frozen=True):
    """How the work is done; no answer depends on it."""

    no_cache: bool
    cache_dir: str | None
    jobs: int | None


class GroupedOption(click.Option):
    """An option that is listed under a heading of its own."""

    heading: str = "Options"


class GroupedCommand(click.Command):
    """A command whose help lists its options under their headings."""

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the options, those without a heading last."""
        listed: dict[str, list[tuple[str, str]]] = {}
        for parameter in self.get_params(ctx):
            record = parameter.get_help_record(ctx) if isinstance(parameter, click.Option) else None
            if record is not None:
                heading = parameter.heading if isinstance(parameter, GroupedOption) else GroupedOption.heading
                listed.setdefault(heading, []).append(record)
        for heading, records in listed.items():
            with formatter.section(heading):
                formatter.write_dl(records)


def values(group: type[_Group], given: Mapping[str, object]) -> _Group:
    """The values of a group's options, of all those that a command was given."""
    return msgspec.convert(given, group)


def words(_ctx: click.Context, _parameter: click.Parameter, given: tuple[str, ...]) -> tuple[str, ...]:
    """An option that takes a comma-separated list and may be repeated.

    Raises `click.BadParameter` for a list of nothing: `--select "$RULES"` is not to select all because a variable is
    empty.
    """
    lists = [[word for word in (part.strip() for part in value.split(",")) if word] for value in given]
    if not all(lists):
        raise click.BadParameter("it names nothing")
    return tuple(word for each in lists for word in each)


def _by_pattern(_ctx: click.Context, _parameter: click.Parameter, given: tuple[str, ...]) -> dict[str, tuple[str, ...]]:
    """An option that takes ``PATTERN:RULE`` and may be repeated: the rules of each pattern."""
    wishes: dict[str, tuple[str, ...]] = {}
    for word in given:
        pattern, colon, rules = word.rpartition(":")
        if not (pattern and colon and rules):
            raise click.BadParameter(f"{word!r} is not of the form PATTERN:RULE, as in 'tests/*:LGT1'")
        wishes[pattern] = (*wishes.get(pattern, ()), *(rule.strip() for rule in rules.split(",")))
    return wishes


def under(heading: str, *options: Decorator) -> Decorator:
    """Several options listed under one heading, in the order given."""

    def decorate(function: Callable[..., int]) -> Callable[..., int]:
        for option in reversed(options):
            function = option(function)
            declared: list[click.Parameter] = function.__click_params__  # type: ignore[attr-defined]
            assert isinstance(declared[-1], GroupedOption)
            declared[-1].heading = heading
        return function

    return decorate


def _listed(name: str, metavar: str, meaning: str) -> Decorator:
    completed = complete_rules if metavar == "RULES" else None
    return click.option(
        name,
        cls=GroupedOption,
        multiple=True,
        callback=words,
        metavar=metavar,
        help=meaning,
        shell_complete=completed,
    )


def complete_rules(ctx: click.Context, parameter: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """The codes and names of rules that a word begins, for a shell."""
    from logitlint.cli.completion import rules

    return rules(ctx, parameter, incomplete)


def _flag(name: str, meaning: str) -> Decorator:
    return click.option(name, cls=GroupedOption, is_flag=True, help=meaning)


selecting: Final = under(
    "Which rules",
    _listed("--select", "RULES", "Only these: codes, prefixes or names."),
    _listed("--ignore", "RULES", "Without these."),
    _listed("--extend-select", "RULES", "These as well."),
    click.option(
        "--per-file-ignores",
        cls=GroupedOption,
        multiple=True,
        callback=_by_pattern,
        metavar="PATTERN:RULES",
        help="Without these in some files: tests/*:LGT1.",
    ),
)
discovering: Final = under(
    "Which files",
    _listed("--exclude", "PATTERNS", "Leave out these, not the defaults."),
    _listed("--extend-exclude", "PATTERNS", "Leave out these as well."),
    _flag("--force-exclude", "Leave them out even when they are named: for pre-commit, which names every file."),
    _flag("--isolated", "Ignore every pyproject.toml."),
    click.option(
        "--stdin-filename",
        cls=GroupedOption,
        metavar="NAME",
        help="What to call the text read from stdin.",
    ),
)
reviewing: Final = under(
    "What is new",
    click.option(
        "--diff-base",
        cls=GroupedOption,
        metavar="REVISION",
        help="Only what was introduced since the work branched off this git revision.",
    ),
    click.option(
        "--baseline", cls=GroupedOption, type=click.Path(dir_okay=False), help="Only what is not written down there."
    ),
    click.option(
        "--write-baseline", cls=GroupedOption, type=click.Path(dir_okay=False), help="Write all findings down there."
    ),
    _flag("--add-noqa", "Silence all findings with comments."),
)
fixing: Final = under(
    "Repairs",
    _flag("--fix", "Repair what can be repaired safely; report the rest."),
    _flag("--unsafe-fixes", "Count and make repairs that change what a model returns as well."),
    _flag("--diff", "Write the repairs as a patch, and change no file."),
    _flag("--verify", "Prove each repair with numbers on the installed frameworks; one that is refuted is not made."),
)
reporting: Final = under(
    "The report",
    click.option(
        "--output-format",
        cls=GroupedOption,
        type=click.Choice(FORMATS),
        help="How findings are written.  [default: full]",
    ),
    click.option(
        "--output-file",
        "-o",
        cls=GroupedOption,
        type=click.Path(dir_okay=False),
        help="Write the report there, not to stdout.",
    ),
    _flag("--statistics", "Count the findings of each rule instead of listing them."),
    _flag(
        "--show-unresolved",
        "List the losses that could not be judged, and why, and what rules that are off would report.",
    ),
    _flag("--exit-zero", "Exit with 0 even when there are findings (not when there are errors)."),
)
running: Final = under(
    "The run",
    _flag("--no-cache", "Neither read nor write what earlier runs have found."),
    click.option(
        "--cache-dir",
        cls=GroupedOption,
        type=click.Path(file_okay=False),
        help="Where that is kept.  [default: .logitlint_cache beside pyproject.toml]",
    ),
    click.option(
        "--jobs",
        "-j",
        cls=GroupedOption,
        type=click.IntRange(min=1),
        help="Processes.  [default: one for each processor; one alone for few files]",
    ),
)
