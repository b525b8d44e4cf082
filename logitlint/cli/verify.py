"""`logitlint verify`: prove each repair with numbers."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from logitlint.cli import inputs, options, output
from logitlint.cli.faults import CLEAN, FAILED, Fault

if TYPE_CHECKING:
    from logitlint.findings import Report
    from logitlint.runtime.verify import Proof
    from logitlint.settings import Settings


@click.command(cls=options.GroupedCommand, short_help="Prove each repair with numbers.")
@click.argument("paths", nargs=-1, metavar="[PATH]...", type=click.Path(readable=False))
@options.selecting
@options.discovering
@click.option("--output-format", type=click.Choice(["text", "json"]), default="text", help="How proofs are written.")
@click.option(
    "--html", type=click.Path(dir_okay=False), metavar="FILE", help="Write a page with a plot for each finding as well."
)
def verify(paths: tuple[str, ...], output_format: str, html: str | None, **given: object) -> int:
    """Prove each repair with numbers, on the frameworks that are installed.

    What the program does with raw scores, before the repair and after it, is run on the framework with a battery of
    scores, number types and class counts, and value and gradient are held against the formula in float64. The code that
    is checked is neither imported nor run.

    \b
    Examples:
      logitlint verify train.py
      logitlint verify --html report.html src/
      logitlint verify --output-format json . > proofs.json

    Exit codes: 0 no repair is refuted, 2 one is, or an error. What is needed beside the frameworks comes with
    `pip install logitlint[verify]`.
    """
    selecting = options.values(options.Selecting, given)
    discovering = options.values(options.Discovering, given)
    paths = inputs.existing(paths, discovering)
    configuration = inputs.configuration_at(inputs.start_of(paths, discovering), discovering)
    settings = inputs.settings_of(configuration, selecting, discovering)
    report, proofs = _proofs(paths, settings, discovering)

    from logitlint.findings import REFUTED
    from logitlint.reporters import json
    from logitlint.runtime import account, page

    for line in json.render(each.finding for each in proofs) if output_format == "json" else account.told(proofs):
        click.echo(line)
    if html is not None:
        try:
            Path(html).write_text(page.render(proofs), encoding="utf-8")
        except OSError as error:
            raise Fault(f"{html!r}: cannot be written: {error.strerror}") from error
    is_refuted = any(each.verified.status == REFUTED for each in proofs)
    return FAILED if output.failed(report) or is_refuted else CLEAN


def _proofs(paths: tuple[str, ...], settings: Settings, discovering: options.Discovering) -> tuple[Report, list[Proof]]:
    """What is found in some files, or in what stdin says, and the proofs of it."""
    from logitlint.findings import combined
    from logitlint.linter import Linter
    from logitlint.runtime.verify import verify as prove

    require_numpy()
    linter = Linter(settings, repairs=True)
    report = combined(inputs.reports(linter, paths, discovering))
    return report, prove(linter, report.findings)


def require_numpy() -> None:
    """Refuse a call that asks for proofs where none can be made: a `Fault` that says what to install."""
    from logitlint.numerics.adapters import installed

    if not installed("numpy"):
        raise Fault("proofs need NumPy: pip install logitlint[verify]")
