"""The group of commands: each lives in a module of its own, which is imported when its command is called."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

import click

from logitlint import __version__

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

COMMANDS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "check": "logitlint.cli.check",
        "verify": "logitlint.cli.verify",
        "rule": "logitlint.cli.rules",
        "rules": "logitlint.cli.rules",
        "why": "logitlint.cli.why",
        "completion": "logitlint.cli.completion",
    }
)
"""The commands in the order in which they are listed, and the modules in which functions of their names stand."""

DEFAULT: Final = "check"


class Program(click.Group):
    """The group of commands; what names no command is given to `check`."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The names of the commands, the most used first."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of a name, from its module; None when there is none."""
        if cmd_name not in COMMANDS:
            return None
        command = getattr(import_module(COMMANDS[cmd_name]), cmd_name)
        assert isinstance(command, click.Command)
        return command

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """``logitlint PATH`` and ``logitlint --select LGT PATH`` mean ``logitlint check ...``."""
        own = {word for parameter in self.get_params(ctx) for word in parameter.opts}
        if args and args[0] not in COMMANDS and args[0] not in own:
            args = [DEFAULT, *args]
        return super().parse_args(ctx, args)

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        """Commands and options, and files: `check` may be left out."""
        from click.shell_completion import CompletionItem

        return [*super().shell_complete(ctx, incomplete), CompletionItem(incomplete, type="file")]


@click.group(
    cls=Program,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="\b\nExit codes: 0 nothing found, 1 findings, 2 an error.",
)
@click.version_option(__version__, "-V", "--version", message="logitlint %(version)s")
def program() -> None:
    """Find tensors that hold one kind of number and are used as another.

    Probabilities handed to a loss that applies softmax itself, raw scores handed to a loss that wants probabilities,
    a ReLU left on the logits: nothing crashes, the model just trains worse.

    \b
    Examples:
      logitlint check .                     check every Python file and notebook below here
      logitlint train.py                    the same for one file; `check` may be left out
      logitlint check --select LGT src/     with the opt-in rules as well
      logitlint verify .                    prove each repair with numbers
      logitlint rule LGT101                 why it matters, a wrong and a right example
      logitlint rules                       every rule
      logitlint why train.py:21             what is known on a line, and why it was reported or not
    """
