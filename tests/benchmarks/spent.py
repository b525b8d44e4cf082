"""Where the time of one run goes: python tests/benchmarks/spent.py PATH...

One process checks the paths without a cache; printed are the CPU seconds that each stage took, without those of the
stages inside it, how often it was entered, and its microseconds per line of all the files.
"""

from __future__ import annotations

import contextlib
import functools
import sys
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

took: Final[Counter[str]] = Counter()
entered: Final[Counter[str]] = Counter()
_inside: Final[list[float]] = []
"""For each stage that is going on, what the stages inside it have taken."""


def timed(stage: str, work: Callable[..., Any]) -> Callable[..., Any]:
    """The same work, with its time noted."""

    @functools.wraps(work)
    def noted(*given: Any, **named: Any) -> Any:
        begun = time.process_time()
        _inside.append(0.0)
        try:
            return work(*given, **named)
        finally:
            whole = time.process_time() - begun
            took[stage] += whole - _inside.pop()
            entered[stage] += 1
            if _inside:
                _inside[-1] += whole

    return noted


def watch() -> None:
    """Have the stages of this process timed."""
    begun = time.process_time()
    import libcst  # imported by the first repair; here it is not counted to it

    from logitlint import linter
    from logitlint.project import modules, sieve

    took["import"] = time.process_time() - begun
    entered["import"] = 1
    judge = linter.judge
    for owner, name, stage in (
        (modules, "gate", "gate"),
        (modules, "outline", "outline"),
        (libcst, "parse_module", "parse"),
        (modules, "walk", "lower"),
        (sieve.Sieve, "passes", "sieve"),
        (sieve.Sieve, "outlook", "reach"),
        (modules.Project, "places", "places"),
        (linter, "analyse", "infer"),
        (linter.Linter, "_repaired", "repairs"),
        (linter.Linter, "_check", "the rest"),
    ):
        setattr(owner, name, timed(stage, getattr(owner, name)))
    linter.judge = timed("judge", lambda *given: list(judge(*given)))


def main() -> None:
    """Measure and print."""
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    files = [file for path in map(Path, sys.argv[1:]) for file in (path.rglob("*.py") if path.is_dir() else [path])]
    lines = sum(file.read_bytes().count(b"\n") for file in files)
    watch()
    from logitlint.cli import main as command

    sys.argv[1:] = ["check", "--isolated", "--no-cache", "-j", "1", "--output-format", "concise", *sys.argv[1:]]
    with contextlib.suppress(SystemExit):
        command()
    whole = sum(took.values())
    print(f"{lines:,} lines, {whole:.1f} s CPU, {lines / whole:,.0f} lines/s")
    for stage, spent in took.most_common():
        each = spent / max(lines, 1) * 1e6
        print(f"  {stage:<9} {spent:8.2f} s {spent / whole:6.1%} {each:7.1f} us per line {entered[stage]:7,} times")


if __name__ == "__main__":
    main()
