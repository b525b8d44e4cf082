"""`logitlint why`: what is known on a line, and why each rule spoke or stayed quiet."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import Final

import click

from logitlint.cli.faults import CLEAN, Fault
from logitlint.cli.output import style_of
from logitlint.settings import Settings, enabled, file_ignores, nearest

_PLACE: Final = re.compile(
    r"(?P<file>.+?):(?:cell )?(?P<first>\d+)(?::(?P<second>\d+))?(?::(?P<third>\d+))?:?", re.DOTALL
)


@click.command(short_help="Tell what is known on a line, and why it was reported or not.")
@click.argument("place", metavar="FILE:LINE", type=click.Path(readable=False))
def why(place: str) -> int:
    """Tell what each value on a line is known to be, how it became so, and what each rule makes of it.

    \b
    Examples:
      logitlint why train.py:21             why was this reported, or not?
      logitlint why train.ipynb:7:4         in a notebook: FILE:CELL:LINE
      logitlint why train.py:21:16          a place as `check` writes it

    \b
    For instance, with `loss = criterion(model(x), y)` on line 21:
      CrossEntropyLoss is called at train.py:21:8
        input: softmax probabilities, over axis 1; it is read as raw logits
          1. model.py:38:16  softmax makes softmax probabilities
          2. train.py:21:18  returned by this call
        target: not known: the name `y` is not bound in sight; it is read as class indices
        rules:
          LGT101 softmax-into-softmax-loss  SPEAKS  softmax probabilities reach CrossEntropyLoss, ...
          LGT103 sigmoid-into-softmax-loss  quiet   speaks of sigmoid probabilities; `input` is softmax ...

    Every rule is asked, the opt-in ones too; what is reported depends on [tool.logitlint] as for `check`.
    `not known` comes with the reason: a note such as `x = load(path)  # logitlint: logits` says what logitlint
    cannot see.
    """
    from logitlint.inquiry import NoSuchPlaceError, ask
    from logitlint.linter import KNOWN, Linter
    from logitlint.reporters.why import render

    parts = _PLACE.fullmatch(place)
    if parts is None:
        raise Fault(f"{place!r} is no place: FILE:LINE, or FILE:CELL:LINE in a notebook")
    file = parts["file"]
    if not Path(file).is_file():
        raise Fault(f"{file!r}: no such file")
    first, second = int(parts["first"]), parts["second"]
    is_notebook = file.endswith(".ipynb")
    if is_notebook and second is None:
        raise Fault(f"{file!r} is a notebook: the place is FILE:CELL:LINE")
    row, cell = (int(second), first) if is_notebook else (first, None)
    configuration = nearest(Path(file).absolute().parent)
    settings = Settings(
        enabled=enabled([configuration.selection], KNOWN),
        per_file=file_ignores(configuration.per_file_ignores, KNOWN),
        functions=configuration.functions,
        root=configuration.root,
    )
    try:
        answer = ask(Linter(settings), file, row, cell)
    except NoSuchPlaceError as error:
        raise Fault(str(error)) from error
    for line in render(answer, style_of(sys.stdout)):
        click.echo(line)
    return CLEAN
