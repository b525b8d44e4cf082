"""Many files at once: processes that each check some of them, and a bar for those who wait.

No answer depends on how many processes there are: what is said of a file depends on that file and what it imports.
"""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from typing import TYPE_CHECKING, Final

import click

if TYPE_CHECKING:
    from logitlint.findings import Report
    from logitlint.linter import Linter
    from logitlint.project.cache import Cache
    from logitlint.settings import Settings

FEWEST: Final = 64
"""Files for which starting processes is worth it when nobody asked for them."""
LARGEST: Final = 24
"""Files handed to a process at a time: neighbours, which import the same modules."""
LONG: Final = 200
"""Files for which a bar is shown on a terminal."""

_SAFE_PATH: Final = "PYTHONSAFEPATH"

_linters: list[Linter] = []
"""The linter of this process, when it is one that was started here."""


def reports(linter: Linter, files: Iterable[str], jobs: int | None) -> Iterator[Report]:
    """The report of each file, in the order of the files; by one process, when that is asked for, as it is made."""
    if jobs == 1:
        return swept(linter.check_paths(files))
    listed = list(files)
    asked = jobs or (_processors() if len(listed) >= FEWEST else 1)
    wanted = min(asked, len(listed)) if _starts_safely() else 1
    found = _spread(linter, listed, wanted) if wanted > 1 else swept(linter.check_paths(listed))
    return _watched(found, len(listed)) if len(listed) >= LONG and sys.stderr.isatty() else found


def swept(reports: Iterable[Report]) -> Iterator[Report]:
    """The reports; when each is done, the garbage that it left is collected.

    Most of what a file leaves behind is in circles, and what is kept of it lives on. So what is young is looked through
    once for each file, instead of whenever something was made; who has turned collecting on has it his own way.
    """
    for report in reports:
        yield report
        if not gc.isenabled():
            _collect()


def _collect() -> None:
    """Collect what is young, the first time in a process set aside what start-up made: that lives until the end."""
    _set_aside()
    gc.collect(0)


@cache
def _set_aside() -> None:
    """Once only: what is set aside is never collected, and each part of the files would leave what its first file made.

    `gc.get_freeze_count` is not asked whether that is done: it walks through all that is set aside.
    """
    gc.freeze()


def _spread(linter: Linter, files: Sequence[str], jobs: int) -> Iterator[Report]:
    from concurrent.futures import ProcessPoolExecutor
    from multiprocessing import get_context

    size = max(1, min(LARGEST, -(-len(files) // (jobs * 2))))
    parts = [files[start : start + size] for start in range(0, len(files), size)]
    given = linter.settings, linter.cache, linter.repairs
    with _nothing_run_from_here():
        # A fork of a process that has threads may hang; who calls us may have some.
        pool = ProcessPoolExecutor(min(jobs, len(parts)), get_context("spawn"), _begin, given)
        found = pool.map(_check, parts)
    with pool:
        try:
            for part in found:
                yield from part
        except BaseException:  # also when nobody asks for more
            pool.shutdown(wait=False, cancel_futures=True)
            raise


@contextmanager
def _nothing_run_from_here() -> Iterator[None]:
    """Let Python, where it is started now, not look for modules in the working directory: that is what is checked."""
    before = os.environ.get(_SAFE_PATH)
    os.environ[_SAFE_PATH] = "1"
    try:
        yield
    finally:
        if before is None:
            del os.environ[_SAFE_PATH]
        else:
            os.environ[_SAFE_PATH] = before


def _starts_safely() -> bool:
    """Whether processes may be started here: up to 3.10 they would import what is called like a standard module."""
    return sys.version_info >= (3, 11) or not any(
        name.partition(".")[0] in sys.stdlib_module_names for name in os.listdir()
    )


def _begin(settings: Settings, cache: Cache | None, repairs: bool) -> None:
    from logitlint.linter import Linter

    _linters[:] = [Linter(settings, cache=cache, repairs=repairs)]
    gc.disable()


def _check(files: Sequence[str]) -> list[Report]:
    return list(swept(_linters[0].check_paths(files)))


def _watched(found: Iterable[Report], length: int) -> Iterator[Report]:
    """The reports, all at once after a bar: lines of a report and a bar do not go together."""
    with click.progressbar(found, length=length, label="checking", file=sys.stderr) as bar:
        done = list(bar)
    yield from done


def _processors() -> int:
    """How many processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
