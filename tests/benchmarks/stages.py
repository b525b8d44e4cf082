"""What each stage costs: python tests/benchmarks/stages.py [PATH...]

Prints microseconds per line of each stage over the given files and directories (by default: a generated model file of
1,000 lines, and fixtures/), then what it costs to start and what 1,000 more lines cost. Stages are measured in CPU
time, the best of several runs, over the lines of the files that reach them; processes also by the clock. As in the
command's first file, garbage is not collected meanwhile.
"""

from __future__ import annotations

import argparse
import compileall
import gc
import statistics
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeVar

ROOT = Path(__file__).resolve().parent.parent.parent
STAGES = ("sieve", "gate", "lower", "infer", "judge", "places")
RUN = """
import sys, time
sys.argv = ["logitlint", "check", "--isolated", "--no-cache", "--output-format", "concise", *sys.argv[1:]]
from logitlint.cli import main
try:
    main()
except SystemExit as done:
    print(time.process_time(), file=sys.stderr)
    sys.exit(done.code)
"""
"""One run of the command, which tells its own CPU time."""

HEADER = """\
import torch
import torch.nn as nn
import torch.nn.functional as F
"""
BLOCK = '''

class Block{n}(nn.Module):
    """A convolution, its normalisation and a shortcut."""

    def __init__(self, channels, stride=1):
        super().__init__()
        self.conv = nn.Conv2d(channels, channels, 3, stride=stride, padding=1, bias=False)
        self.norm = nn.BatchNorm2d(channels)
        self.shortcut = nn.Identity() if stride == 1 else nn.AvgPool2d(stride)

    def forward(self, x):
        return F.relu(self.norm(self.conv(x)) + self.shortcut(x), inplace=True)


class Net{n}(nn.Module):
    """Blocks, pooling and a linear head."""

    def __init__(self, channels, classes, depth=4, dropout=0.1):
        super().__init__()
        self.stem = nn.Sequential(nn.Conv2d(3, channels, 7, stride=2), nn.BatchNorm2d(channels), nn.ReLU())
        self.blocks = nn.ModuleList([Block{n}(channels, 2 if i % 2 else 1) for i in range(depth)])
        self.dropout = nn.Dropout(dropout)
        self.head = nn.Linear(channels, classes)

    def forward(self, images):
        x = self.stem(images)
        for block in self.blocks:
            x = block(x)
        x = F.adaptive_avg_pool2d(x, 1).flatten(1)
        return self.head(self.dropout(x))


def train_{n}(model, loader, optimizer, device, classes):
    criterion = nn.CrossEntropyLoss(label_smoothing=0.1)
    total, correct = 0.0, 0
    model = Net{n}(64, classes).to(device) if model is None else model
    for images, labels in loader:
        images, labels = images.to(device), labels.to(device)
        logits = model(images)
        loss = criterion(logits, labels)
        if logits.ndim == 3:
            loss = loss + F.cross_entropy(logits.view(-1, classes), labels.view(-1))
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        total += loss.item() * images.size(0)
        correct += (logits.argmax(dim=1) == labels).sum().item()
    return total / len(loader.dataset), correct / len(loader.dataset)


@torch.no_grad()
def predict_{n}(images, classes):
    model = Net{n}(64, classes)
    model.eval()
    scores = F.softmax(model(images), dim=1)
    return scores.max(dim=1)
'''

Result = TypeVar("Result")


def model_code(lines: int) -> str:
    """A file of models, training loops and evaluation of about that many lines, never fewer."""
    each = BLOCK.count("\n")
    return HEADER + "".join(BLOCK.format(n=n) for n in range(-(-max(lines - HEADER.count("\n"), 0) // each)))


def seconds(file: Path) -> tuple[float, float]:
    """The CPU time and the wall time of one process that checks a file, with logitlint's bytecode at hand.

    An installed package has its bytecode, whatever the environment of this process says of writing it.
    """
    compileall.compile_dir(ROOT / "logitlint", quiet=2)
    start = time.perf_counter()
    done = subprocess.run([sys.executable, "-c", RUN, str(file)], capture_output=True, text=True, cwd=ROOT)
    wall = time.perf_counter() - start
    if done.returncode not in (0, 1):
        raise RuntimeError(done.stderr)
    return float(done.stderr.split()[-1]), wall


def _best(runs: int, work: Callable[[], Result]) -> tuple[float, Result]:
    """The least CPU time of several runs, and what the last one gave."""
    times: list[float] = []
    for _ in range(runs):
        gc.collect()
        gc.disable()
        start = time.process_time()
        result = work()
        times.append(time.process_time() - start)
        gc.enable()
    return min(times), result


def _measure(file: str, runs: int) -> dict[str, float]:
    """Seconds of each stage that a file reaches."""
    from logitlint.frameworks.catalog import catalog
    from logitlint.inference.run import analyse
    from logitlint.lowering.places import places
    from logitlint.lowering.walk import walk
    from logitlint.project.modules import Project
    from logitlint.project.sieve import Sieve
    from logitlint.rules import RULES, judge
    from logitlint.source.text import gate

    def sieved() -> tuple[Project, Sieve, bool]:
        project = Project()
        sieve = Sieve(project, catalog())
        return project, sieve, sieve.passes(file)

    took: dict[str, float] = {}
    took["sieve"], (project, sieve, passes) = _best(runs, sieved)
    text = project.text(file)
    took["gate"], tree = _best(runs, lambda: gate(project.source(file)))
    if not passes:
        return took
    took["lower"], (_, record) = _best(runs, lambda: walk(text, tree))
    analyse(project, sieve, file)  # reads and lowers what the file imports
    took["infer"], analysis = _best(runs, lambda: analyse(project, sieve, file))
    on = {rule.code for rule in RULES if rule.default}
    took["judge"], found = _best(runs, lambda: list(judge(analysis.trace, on)))
    origins = {judgement.use.origin.node for judgement in found if judgement.use.origin.file == file}
    if origins:
        took["places"], _ = _best(runs, lambda: places(record, origins))
    return took


def stages(files: Sequence[Path], runs: int) -> dict[str, tuple[int, float]]:
    """For each stage, the lines that reached it and the seconds it took."""
    lines: dict[str, int] = defaultdict(int)
    took: dict[str, float] = defaultdict(float)
    for file in files:
        length = len(file.read_text("utf-8", "replace").splitlines())
        for stage, spent in _measure(str(file), runs).items():
            lines[stage] += length
            took[stage] += spent
    return {stage: (lines[stage], took[stage]) for stage in STAGES if stage in lines}


def _print_stages(title: str, files: Sequence[Path], runs: int) -> None:
    print(f"{title} ({len(files)} file{'s' * (len(files) != 1)})")
    for stage, (lines, took) in stages(files, runs).items():
        print(f"  {stage:<8} {took / max(lines, 1) * 1e6:8.1f} us per line  ({lines} lines)")


def _print_processes(folder: Path, runs: int) -> None:
    small, large, clean = folder / "small.py", folder / "large.py", folder / "clean.py"
    small.write_text(model_code(40))
    large.write_text(model_code(1040))
    clean.write_text("import json\n\n\ndef parsed(text):\n    return json.loads(text)\n")
    more = (model_code(1040).count("\n") - model_code(40).count("\n")) / 1000
    every: dict[Path, list[tuple[float, float]]] = {small: [], large: [], clean: []}
    for _ in range(runs):  # in turn, so that a busy minute of the machine meets all of them
        for file, measured in every.items():
            measured.append(seconds(file))
    cpu, wall = (
        {file: statistics.median(each[number] for each in measured) for file, measured in every.items()}
        for number in (0, 1)
    )
    print(f"processes (median of {runs})")
    print(f"  a file without a library     {cpu[clean]:.3f} s CPU  {wall[clean]:.3f} s wall")
    print(f"  one small file               {cpu[small]:.3f} s CPU  {wall[small]:.3f} s wall")
    print(
        f"  1,000 more lines             {(cpu[large] - cpu[small]) / more:.3f} s CPU  "
        f"{(wall[large] - wall[small]) / more:.3f} s wall"
    )


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("paths", nargs="*", type=Path, metavar="PATH")
    parser.add_argument("--runs", type=int, default=5, help="runs of each measurement [default: 5]")
    arguments = parser.parse_args()
    if arguments.paths:
        files = [each for path in arguments.paths for each in (sorted(path.rglob("*.py")) if path.is_dir() else [path])]
        _print_stages("the given paths", files, arguments.runs)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        if not arguments.paths:
            generated = folder / "models.py"
            generated.write_text(model_code(1000))
            _print_stages("generated model code", [generated], arguments.runs)
            _print_stages("fixtures/", sorted((ROOT / "fixtures").rglob("*.py")), arguments.runs)
        _print_processes(folder, arguments.runs)


if __name__ == "__main__":
    main()
