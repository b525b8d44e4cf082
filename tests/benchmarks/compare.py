"""logitlint beside its peers, on the same files: python tests/benchmarks/compare.py [OPTION]... PATH...

For each path and number of processes it runs, in turn: logitlint cold (an empty cache) and warm, flake8 alone, flake8
with logitlint cold and warm, ruff, and TorchFix's command and flake8 plugin. Printed are lines per second by the clock
and by CPU time, and the peak memory of the largest process; then the ratios over all paths that every tool finished.
Read the ratios of one run: figures of two runs differ by what else the machine does.

flake8 runs every plugin that it finds, also one whose codes are ignored. So flake8 alone needs an environment of its
own (``--flake8``), and so does TorchFix (``--torchfix``); what has none is left out.

With ``--growth 1000,10000,...`` no path is needed: generated projects of so many lines are checked instead, cold, and a
line is fitted to what they cost.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from stages import model_code

MEASURE = """
import json, os, resource, subprocess, sys, time
begun = time.perf_counter()
try:
    silent = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    code = subprocess.run(sys.argv[2:], **silent, timeout=float(sys.argv[1])).returncode
except subprocess.TimeoutExpired:
    code = None
took = time.perf_counter() - begun
used = resource.getrusage(resource.RUSAGE_CHILDREN)
print(json.dumps([code, took, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024]))
"""
"""Runs a command and tells its exit code, seconds, CPU seconds and the peak memory of its largest process."""
LINTER = (sys.executable, "-m", "logitlint", "check", "--isolated", "--output-format", "concise")
PLUGIN = (sys.executable, "-m", "flake8", "--isolated")
RATIOS = (
    ("TorchFix", "logitlint, cold", "logitlint cold is faster than TorchFix's command"),
    ("logitlint, cold", "logitlint, warm", "logitlint warm is faster than cold"),
    ("flake8 with logitlint, cold", "flake8", "flake8 with logitlint cold takes, of flake8 alone"),
    ("flake8 with logitlint, warm", "flake8", "flake8 with logitlint warm takes, of flake8 alone"),
    ("flake8 with TorchFix", "flake8", "flake8 with TorchFix takes, of flake8 alone"),
)
"""What is divided by what, and how that is said."""
FILE = 500
"""Lines of each file of a generated project."""


class Run(NamedTuple):
    """One run of a command: exit code (None when it took too long), seconds, CPU seconds, megabytes."""

    code: int | None
    took: float
    cpu: float
    memory: float


def lines_of(path: Path) -> int:
    """The lines of the Python files below a path."""
    return sum(file.read_bytes().count(b"\n") for file in path.rglob("*.py"))


def commands(
    path: Path, cache: Path, jobs: int, flake8: Path | None, torchfix: Path | None
) -> dict[str, Sequence[str]]:
    """What is run on a path, in that order."""
    several = ("-j", str(jobs))
    linter = (*LINTER, "--cache-dir", str(cache / "command"), *several, str(path))
    plugin = (*PLUGIN, "--logitlint-cache-dir", str(cache / "flake8"), *several, str(path))
    found: dict[str, Sequence[str]] = {"logitlint, cold": linter, "logitlint, warm": linter}
    if flake8 is not None:
        found["flake8"] = (str(flake8 / "bin" / "flake8"), "--isolated", *several, str(path))
    found |= {"flake8 with logitlint, cold": plugin, "flake8 with logitlint, warm": plugin}
    found["ruff"] = ("ruff", "check", "--isolated", "--no-cache", "--exit-zero", str(path))
    if torchfix is not None:
        found["TorchFix"] = (str(torchfix / "bin" / "torchfix"), "--select=ALL", f"--jobs={jobs}", str(path))
        found["flake8 with TorchFix"] = (str(torchfix / "bin" / "flake8"), "--isolated", *several, str(path))
    return found


def measure(command: Sequence[str], seconds: float) -> Run:
    """One run of a command, given up after so many seconds."""
    done = subprocess.run(
        [sys.executable, "-c", MEASURE, str(seconds), *command], capture_output=True, text=True, check=True
    )
    return Run(*json.loads(done.stdout))


def told(name: str, run: Run, lines: int) -> str:
    """One row of the table."""
    if run.code is None:
        return f"  {name:<27} given up after {run.took:,.0f} s"
    if run.code not in (0, 1):
        return f"  {name:<27} failed with exit code {run.code}"
    return (
        f"  {name:<27} {run.took:8.1f} s {lines / run.took:9,.0f} lines/s  "
        f"{run.cpu:8.1f} s CPU {lines / max(run.cpu, 0.01):9,.0f} lines/s  {run.memory:6,.0f} MB"
    )


def ratios(runs: Sequence[Mapping[str, Run]]) -> list[str]:
    """What the whole of several paths says: CPU time (and the clock), over the paths that both have finished."""
    said: list[str] = []
    for above, below, words in RATIOS:
        pairs = [(each[above], each[below]) for each in runs if above in each and below in each]
        done = [(one, other) for one, other in pairs if {one.code, other.code} <= {0, 1}]
        if done:
            cpu, took = (sum(one[at] for one, _ in done) / sum(other[at] for _, other in done) for at in (2, 1))
            said.append(f"  {words} {cpu:.2f} times by CPU time, {took:.2f} by the clock ({len(done)} paths)")
    memory = [run.memory for each in runs for name, run in each.items() if name.startswith("logitlint")]
    if memory:
        said.append(f"  peak memory of a process of logitlint: {max(memory):,.0f} MB")
    return said


def compare(arguments: argparse.Namespace) -> None:
    """Every tool on every path, with each number of processes."""
    for jobs in arguments.jobs:
        runs: list[dict[str, Run]] = []
        for path in arguments.paths:
            lines = lines_of(path)
            print(f"{path.name}: {lines:,} lines, {jobs} process{'es' * (jobs > 1)}", flush=True)
            measured: dict[str, Run] = {}
            with tempfile.TemporaryDirectory() as cache:
                every = commands(path, Path(cache), jobs, arguments.flake8, arguments.torchfix)
                for name, command in every.items():
                    if not arguments.only or name.startswith(tuple(arguments.only)):
                        measured[name] = measure(command, arguments.timeout)
                        print(told(name, measured[name], lines), flush=True)
            runs.append(measured)
        print(f"all, {jobs} process{'es' * (jobs > 1)}", *ratios(runs), sep="\n", flush=True)


def grow(sizes: Sequence[int], jobs: int, seconds: float) -> None:
    """What generated projects cost, and the line through it."""
    points: dict[str, list[tuple[int, float]]] = defaultdict(list)
    for size in sizes:
        with tempfile.TemporaryDirectory() as name:
            project, cache = Path(name, "project"), Path(name, "cache")
            project.mkdir()
            for number in range(-(-size // FILE)):
                (project / f"models{number}.py").write_text(model_code(min(FILE, size)))
            lines = lines_of(project)
            linter = (*LINTER, "--cache-dir", str(cache), "-j", str(jobs), str(project))
            for state in ("cold", "warm"):
                run = measure(linter, seconds)
                print(told(f"{size:,} lines, {state}", run, lines), flush=True)
                if run.code in (0, 1):
                    points[state].append((lines, run.cpu))
    for state, found in points.items():
        if len(found) > 2:
            lengths, costs = zip(*found, strict=True)
            slope, start = statistics.linear_regression(lengths, costs)
            fits = statistics.correlation(lengths, costs) ** 2
            print(f"  {state}: {start:.2f} s and {slope * 1e6:.1f} us per line (r squared {fits:.4f})")


def _numbers(text: str) -> list[int]:
    return [int(each) for each in text.replace("_", "").split(",")]


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("paths", nargs="*", type=Path, metavar="PATH")
    parser.add_argument("--flake8", type=Path, metavar="DIR", help="an environment that has flake8 and no plugin")
    parser.add_argument("--torchfix", type=Path, metavar="DIR", help="an environment that has TorchFix")
    parser.add_argument("--jobs", type=_numbers, default=[1], metavar="N,...", help="processes [default: 1]")
    parser.add_argument("--growth", type=_numbers, default=[], metavar="LINES,...", help="check generated projects")
    parser.add_argument("--timeout", type=float, default=900, help="seconds after which a run is given up")
    parser.add_argument(
        "--only", action="append", metavar="NAME", help="only commands whose name begins so; may be given again"
    )
    arguments = parser.parse_args()
    compare(arguments)
    if arguments.growth:
        grow(arguments.growth, arguments.jobs[0], arguments.timeout)


if __name__ == "__main__":
    main()
