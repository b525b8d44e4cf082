"""`logitlint completion`: what a shell has to read so that it completes commands, options, rules and files."""

from __future__ import annotations

import click
from click.shell_completion import CompletionItem, get_completion_class

from logitlint.cli.faults import CLEAN
from logitlint.cli.program import program

SHELLS = ("bash", "zsh", "fish")


@click.command()
@click.argument("shell", type=click.Choice(SHELLS))
def completion(shell: str) -> int:
    """Print the completion script of a shell.

    \b
    Examples:
      echo 'eval "$(logitlint completion bash)"' >> ~/.bashrc
      echo 'eval "$(logitlint completion zsh)"' >> ~/.zshrc
      logitlint completion fish > ~/.config/fish/completions/logitlint.fish
    """
    made = get_completion_class(shell)
    assert made is not None
    script = made(program, {}, "logitlint", "_LOGITLINT_COMPLETE").source()
    # Of what fish is told, click (8.5 too) keeps what stands before the second comma, and a list of rules has commas.
    click.echo(script.replace('string split "," ', 'string split --max 1 "," '))
    return CLEAN


def rules(_ctx: click.Context, _parameter: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """The codes and names that a word begins; of a list with commas, those that its last word begins."""
    from logitlint.linter import KNOWN

    done, comma, last = incomplete.rpartition(",")
    return [
        CompletionItem(f"{done}{comma}{word}", help=rule.summary)
        for rule in KNOWN
        for word in (rule.code, rule.name)
        if word.startswith(last)
    ]
