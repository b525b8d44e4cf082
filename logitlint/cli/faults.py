"""How a call ends: the exit codes, the error that a call itself is at fault for, and a report that nobody can read."""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from typing import Final

import click

CLEAN: Final = 0
FOUND: Final = 1
FAILED: Final = 2
INTERRUPTED: Final = 130
"""As a shell reports a program ended by ctrl-C."""


class Fault(click.ClickException):
    """An error of the call: shown on stderr, exit code 2."""

    exit_code = FAILED


def give_up_stdout() -> None:
    """Drop what is still to be written there: it would be tried once more, and fail once more, when Python ends."""
    with suppress(OSError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
