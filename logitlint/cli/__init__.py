"""The command line: `logitlint check`, `logitlint rule`, `logitlint rules`. One module for each command.

Exit codes are ruff's: 0 clean, 1 findings, 2 something is wrong with the call, the configuration or logitlint itself.
What only some calls need is imported inside them: the start is most of what one small file costs.
"""

from __future__ import annotations

import gc
import sys

import click

from logitlint.cli.faults import FAILED, INTERRUPTED
from logitlint.cli.program import program
from logitlint.settings import ConfigurationError

__all__ = ["main", "program"]


def main() -> None:
    """Run the command line and exit."""
    gc.disable()  # what start-up makes lives until the end: looking for garbage in it is a tenth of a small run
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):  # not when a caller has replaced it
            stream.reconfigure(errors="backslashreplace")
    try:
        code = program.main(prog_name="logitlint", standalone_mode=False)
    except ConfigurationError as error:
        from logitlint.reporters.text import escaped

        click.echo(f"Error: {escaped(str(error))}", err=True)
        code = FAILED
    except click.ClickException as error:
        error.show()
        code = error.exit_code
    except click.Abort:
        code = INTERRUPTED
    except Exception:  # a mistake of our own is not to be taken for findings, whose exit code is Python's for it
        import traceback

        from logitlint.reporters.text import escaped

        for line in traceback.format_exc().splitlines():
            click.echo(escaped(line), err=True)
        click.echo("Error: this is a mistake of logitlint, please report it", err=True)
        code = FAILED
    finally:
        gc.enable()
    sys.exit(code)
