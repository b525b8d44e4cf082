"""The command line. One module for each command: `logitlint.cli.program` lists them.

Exit codes are ruff's: 0 clean, 1 findings, 2 something is wrong with the call, the configuration or logitlint itself.
What only some calls need is imported inside them: the start is most of what one small file costs.
"""

from __future__ import annotations

import errno
import gc
import os
import sys
from typing import Final

import click

from logitlint.cli.faults import FAILED, INTERRUPTED, give_up_stdout
from logitlint.cli.program import program
from logitlint.settings import ConfigurationError

__all__ = ["main", "program"]

_NO_ROOM: Final = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
"""What only goes wrong in writing, whatever is written."""


def main() -> None:
    """Run the command line and exit."""
    gc.disable()  # what start-up makes lives until the end: looking for garbage in it is a tenth of a small run
    _stand_in_for_what_is_closed()
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):  # not when a caller has replaced it
            stream.reconfigure(errors="backslashreplace")
    try:
        code = program.main(prog_name="logitlint", standalone_mode=False)
    except ConfigurationError as error:
        from logitlint.printing import escaped

        click.echo(f"Error: {escaped(str(error))}", err=True)
        code = FAILED
    except click.ClickException as error:
        error.show()
        code = error.exit_code
    except click.Abort:
        code = INTERRUPTED
    except Exception as error:
        code = FAILED
        if isinstance(error, OSError) and error.errno in _NO_ROOM:
            give_up_stdout()
            click.echo(f"Error: what was asked for cannot be written: {error.strerror}", err=True)
        else:
            _tell_of_a_mistake()
    finally:
        gc.enable()
    sys.exit(code)


def _tell_of_a_mistake() -> None:
    """Say that logitlint is wrong: whose exit code would be Python's, which is that for findings."""
    import traceback

    from logitlint.printing import escaped

    for line in traceback.format_exc().splitlines():
        click.echo(escaped(line), err=True)
    click.echo("Error: this is a mistake of logitlint, please report it", err=True)


def _stand_in_for_what_is_closed() -> None:
    """Give a stream that the caller has closed (``logitlint . >&-``) nothing to read, and nowhere to write."""
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, mode, encoding="utf-8"))  # noqa: SIM115 - it is used until the end
