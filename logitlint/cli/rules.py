"""`logitlint rule` and `logitlint rules`: what may be reported, and why."""

from __future__ import annotations

import click

from logitlint.cli import options
from logitlint.cli.faults import CLEAN
from logitlint.settings import find_rule


@click.command(short_help="Explain one rule.")
@click.argument("rule", metavar="RULE", shell_complete=options.complete_rules)
def rule(rule: str) -> int:
    """Explain one rule, by its code or its name.

    \b
    Examples:
      logitlint rule LGT101
      logitlint rule softmax-into-softmax-loss
    """
    from logitlint.linter import KNOWN
    from logitlint.rules import explain

    click.echo(explain(KNOWN[find_rule(rule, KNOWN)]))
    return CLEAN


@click.command(short_help="List every rule.")
@click.option("--output-format", type=click.Choice(["text", "json"]), default="text", help="How rules are written.")
def rules(output_format: str) -> int:
    """List every rule: its code, whether it is on by default, its name and a line on it.

    \b
    Examples:
      logitlint rules
      logitlint rules | grep opt-in         those that must be asked for
      logitlint rules --output-format json  with what `logitlint rule` says of each
    """
    from logitlint.linter import KNOWN

    if output_format == "json":
        from logitlint.reporters import json

        click.echo(json.rules(KNOWN))
        return CLEAN
    width = max(len(known.name) for known in KNOWN)
    for known in KNOWN:
        state = "on" if known.default else "opt-in"
        click.echo(f"{known.code}  {state:<6}  {known.name:<{width}}  {known.summary}")
    return CLEAN
