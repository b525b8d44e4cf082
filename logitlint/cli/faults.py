"""How a call ends: the exit codes, and the error that a call itself is at fault for."""

from __future__ import annotations

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
