"""logitlint beside its peers, on the same files: python tests/benchmarks/compare.py [--torchfix DIR] PATH...

For each path it runs, in turn: logitlint cold (an empty cache) and warm, flake8 alone, flake8 with logitlint, ruff, and
(given the folder of an environment that has it) TorchFix's command. Printed are lines per second by the clock and by
CPU time, and the peak memory of the largest process. Read the ratios of one run: figures of two runs differ by what
else the machine does.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

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
FLAKE8 = (sys.executable, "-m", "flake8", "--isolated")


def lines_of(path: Path) -> int:
    """The lines of the Python files below a path."""
    return sum(file.read_bytes().count(b"\n") for file in path.rglob("*.py"))


def commands(path: Path, cache: Path, jobs: int, torchfix: Path | None) -> dict[str, Sequence[str]]:
    """What is run on a path, in that order."""
    several = ("-j", str(jobs))
    found: dict[str, Sequence[str]] = {
        "logitlint, cold": (*LINTER, "--cache-dir", str(cache), *several, str(path)),
        "logitlint, warm": (*LINTER, "--cache-dir", str(cache), *several, str(path)),
        "flake8": (*FLAKE8, "--extend-ignore", "LGT,TOR", *several, str(path)),
        "flake8 with logitlint": (*FLAKE8, "--extend-ignore", "TOR", *several, str(path)),
        "ruff": ("ruff", "check", "--isolated", "--no-cache", "--exit-zero", str(path)),
    }
    if torchfix is not None:
        found["TorchFix"] = (str(torchfix / "bin" / "torchfix"), "--select=ALL", f"--jobs={jobs}", str(path))
    return found


def measure(command: Sequence[str], seconds: float) -> tuple[int | None, float, float, float]:
    """Exit code (None when it took too long), seconds, CPU seconds and megabytes of one run."""
    import json

    done = subprocess.run(
        [sys.executable, "-c", MEASURE, str(seconds), *command], capture_output=True, text=True, check=True
    )
    code, took, cpu, memory = json.loads(done.stdout)
    return code, took, cpu, memory


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("paths", nargs="+", type=Path, metavar="PATH")
    parser.add_argument("--torchfix", type=Path, metavar="DIR", help="an environment that has TorchFix")
    parser.add_argument("--jobs", type=int, default=1, help="processes [default: 1]")
    parser.add_argument("--timeout", type=float, default=900, help="seconds after which a run is given up")
    parser.add_argument("--only", default="", help="only commands whose name has this in it")
    arguments = parser.parse_args()
    for path in arguments.paths:
        lines = lines_of(path)
        print(f"{path.name}: {lines:,} lines, {arguments.jobs} process{'es' * (arguments.jobs > 1)}")
        with tempfile.TemporaryDirectory() as cache:
            for name, command in commands(path, Path(cache), arguments.jobs, arguments.torchfix).items():
                if arguments.only not in name:
                    continue
                code, took, cpu, memory = measure(command, arguments.timeout)
                if code is None:
                    print(f"  {name:<22} given up after {took:,.0f} s")
                    continue
                print(
                    f"  {name:<22} {took:8.1f} s {lines / took:10,.0f} lines/s  "
                    f"{cpu:8.1f} s CPU {lines / max(cpu, 0.01):10,.0f} lines/s  {memory:6,.0f} MB",
                    flush=True,
                )


if __name__ == "__main__":
    main()
