"""Checks every module of the standard library and every package that is installed here, once, with the default rules.

    python tests/installed/survey.py --jobs 2

First every file is checked by itself, as if it lay alone on the disk. Then every file is checked with what it imports,
which takes far longer: nearly everything imports nearly everything, much of it in circles.

No file may bring the tool down. `judged.toml`, beside this file, says of each finding whether it is right, and by what
evidence, and names the packages all of whose findings with what they import have been judged; in the others such
findings, and files that take too long, are only shown. That a file is no program (LGT901) is judged by CPython, at
once. A crash is a complaint anywhere, and so are, for a file by itself and where all was judged, a file that takes too
long, a finding that is not judged, one that is judged wrong, and one that is found no more; the exit code is then 1.

With `--judged` only what has been judged is looked at. With `--seconds` every file is still looked at by itself, and
what has been judged, with what it imports, is looked at next; the time that is left is shared out among the others, the
small ones first, which leave what they do not need to the large ones. Each of those begins at another file every day,
and the files for which there was no time are counted.

    python tests/installed/survey.py --alone

looks at every file by itself and no more.
"""

from __future__ import annotations

import argparse
import datetime
import gc
import signal
import sys
import sysconfig
import time
import tokenize
import warnings
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from multiprocessing import get_context
from pathlib import Path
from types import FrameType
from typing import Any, Final

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

from logitlint.cli.processes import swept
from logitlint.findings import Finding, Report
from logitlint.linter import KNOWN, Linter
from logitlint.project.folders import Disk
from logitlint.project.modules import Project
from logitlint.settings import Settings, enabled

JUDGED: Final = Path(__file__).parent / "judged.toml"
SETTINGS: Final = Settings(enabled=enabled([], KNOWN))
SECONDS: Final = 120.0
"""No file may take longer: of CPU, so that a busy machine is no hang."""
STANDARD: Final = "stdlib"
"""The name under which the standard library is judged."""
VERDICTS: Final = frozenset({"right", "harmless", "wrong"})
"""`harmless`: what is said is so, but does no harm there."""


class Hang(BaseException):
    """A file took too long. No `except Exception` stops it."""


@dataclass(frozen=True, order=True)
class Place:
    """What tells a finding from others, whatever was written above it: the file in its package, the line, the code."""

    path: str
    code: str
    line: str


@dataclass
class Figures:
    """What a survey saw."""

    lines: int = 0
    seconds: float = 0.0
    """Of CPU."""
    losses: int = 0
    resolved: int = 0
    refused: int = 0
    """Files that are no program, for CPython either."""
    found: dict[Place, str] = field(default_factory=dict)
    """With what is said of it."""
    read: set[str] = field(default_factory=set)
    """The files that were looked at."""
    left: int = 0
    """Files for which there was no time."""
    failed: list[str] = field(default_factory=list)
    overdue: list[str] = field(default_factory=list)
    """Files that took more than their time."""
    slowest: tuple[float, str] = (0.0, "")

    def add(self, other: Figures) -> None:
        """Take in what was seen of other files."""
        for name in ("lines", "seconds", "losses", "resolved", "refused", "left"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        self.found.update(other.found)
        self.read |= other.read
        self.failed += other.failed
        self.overdue += other.overdue
        self.slowest = max(self.slowest, other.slowest)


def packages() -> Mapping[str, Sequence[Path]]:
    """The files of the standard library's folders, and of each package that is installed, largest first."""
    roots = {Path(sysconfig.get_path(name)).resolve() for name in ("purelib", "platlib")}
    library = Path(sysconfig.get_path("stdlib")).resolve()
    found: dict[str, list[Path]] = {}
    for root in (library, *sorted(roots)):
        place = "site-packages" if root in roots else STANDARD
        for each in sorted(root.rglob("*.py")):
            inside = each.relative_to(root).parts
            if root in roots or not {"site-packages", "dist-packages"} & set(inside):
                name = inside[0] if len(inside) > 1 else "modules"
                found.setdefault(f"{place} {name}", []).append(each)
    return dict(sorted(found.items(), key=lambda pair: -len(pair[1])))


def is_judged(name: str, whole: frozenset[str]) -> bool:
    """Whether all findings of a part were judged."""
    place, package = name.split()
    return (STANDARD if place == STANDARD else package) in whole


def within(path: Path) -> str:
    """The name of a file below the folder it is installed in."""
    parts = path.parts
    for folder in ("site-packages", "dist-packages"):
        if folder in parts:
            return "/".join(parts[parts.index(folder) + 1 :])
    return f"{STANDARD}/{path.resolve().relative_to(Path(sysconfig.get_path('stdlib')).resolve()).as_posix()}"


class Nothing(Disk):
    """A disk on which no file has another beside it."""

    def names(self, folder: str) -> frozenset[str]:
        """None."""
        return frozenset()

    def is_file(self, path: str) -> bool:
        """False."""
        return False

    def is_folder(self, path: str) -> bool:
        """False."""
        return False


_linters: list[Linter] = []
"""The linter of this process, which knows what the packages before import: nearly everything leads to everything."""


def by_themselves(files: Sequence[Path]) -> Figures:
    """Check some files, each as if it were alone on the disk."""
    _linters[:] = [Linter(SETTINGS, Project(disk=Nothing()))]
    figures = examined(files)
    _linters.clear()
    gc.collect()  # a package is not needed for the next
    return figures


def examined(files: Sequence[Path], until: float = float("inf")) -> Figures:
    """Check some files, one after another, until it is too late (a time as `time.time` tells it)."""
    figures = Figures()
    begun = time.process_time()
    pending = list(files)
    while pending and time.time() < until:
        _linters[:] = _linters or [Linter(SETTINGS)]
        for file, report, seconds in _timed(_linters[0], pending, until):
            pending = pending[1:]
            figures.read.add(within(file))
            figures.slowest = max(figures.slowest, (seconds, within(file)))
            if report is None:
                figures.overdue.append(within(file))
                _linters.clear()  # it may have been left in the middle of something
                break
            _note(figures, file, report)
    figures.left = len(pending)
    figures.seconds = time.process_time() - begun
    return figures


def _timed(linter: Linter, files: Iterable[Path], until: float) -> Iterator[tuple[Path, Report | None, float]]:
    """Each file with its report, and how long it took; no report where that is too long, and nothing after it."""
    listed = list(files)
    reports = swept(linter.check_paths(map(str, listed)))
    for file in listed:
        if time.time() >= until:
            return
        begun = time.process_time()
        try:
            with bounded(SECONDS):
                report = next(reports)
        except Hang:
            yield file, None, time.process_time() - begun
            return
        yield file, report, time.process_time() - begun


@contextmanager
def bounded(seconds: float) -> Iterator[None]:
    """Raise `Hang` in what takes longer."""

    def stop(number: int, frame: FrameType | None) -> None:
        raise Hang

    former = signal.signal(signal.SIGPROF, stop)
    signal.setitimer(signal.ITIMER_PROF, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, former)


def _note(figures: Figures, file: Path, report: Report) -> None:
    content = file.read_bytes()
    lines = content.split(b"\n")
    figures.lines += len(lines)
    figures.losses += report.seen
    figures.resolved += report.resolved
    figures.failed += [f"{within(file)}: {failure.message}" for failure in report.failures]
    for finding in report.findings:
        if finding.code == "LGT901" and is_no_program(content, file):
            figures.refused += 1
        else:
            figures.found[_place(file, lines, finding)] = f"row {finding.span.row}: {finding.message}"


def _place(file: Path, lines: Sequence[bytes], finding: Finding) -> Place:
    row = finding.span.row
    line = lines[row - 1].decode("utf-8", "replace").strip() if 0 < row <= len(lines) else ""
    return Place(within(file), finding.code, line)


def is_no_program(content: bytes, file: Path) -> bool:
    """Whether CPython refuses a file."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            with tokenize.open(file) as text:
                compile(text.read(), str(file), "exec", dont_inherit=True)
            compile(content, str(file), "exec", dont_inherit=True)
    except (SyntaxError, ValueError, RecursionError, MemoryError, OverflowError):
        return True
    return False


def alone(parts: Mapping[str, Sequence[Path]], jobs: int) -> Figures:
    """Check all of them, each file by itself, in processes of their own."""
    with ProcessPoolExecutor(jobs, get_context("spawn"), gc.disable) as processes:
        return _told({name: processes.submit(by_themselves, files) for name, files in parts.items()})


def surveyed(parts: Mapping[str, Sequence[Path]], whole: frozenset[str], jobs: int, until: float) -> Figures:
    """Check all of them, with what they import, in processes of their own, until it is too late; those that were judged
    first.
    """
    first = [name for name in parts if is_judged(name, whole)]
    others = sorted(parts.keys() - first, key=lambda name: (len(parts[name]), name))
    with ProcessPoolExecutor(jobs, get_context("spawn"), gc.disable) as processes:
        begun = {name: processes.submit(examined, parts[name], until) for name in first}
        for place, name in enumerate(others):
            begun[name] = processes.submit(_in_its_share, turned(parts[name]), until, -(-(len(others) - place) // jobs))
        return _told(begun)


def _told(begun: Mapping[str, Future[Figures]]) -> Figures:
    """What was seen of all parts, once it has been told of each."""
    figures = Figures()
    for name, result in begun.items():
        part = result.result()
        told = [f"    {place.path} {place.code} {words}" for place, words in sorted(part.found.items())]
        slowest, path = part.slowest
        left = f", {part.left} left" if part.left else ""
        words = f"{name}: {len(part.read)} files in {part.seconds:.0f} s{left}, slowest {path}, {slowest:.1f} s"
        told += [f"    {each}: more than {SECONDS:g} s" for each in part.overdue]
        print("\n".join((words, *told)), file=sys.stderr, flush=True)
        figures.add(part)
    return figures


def _in_its_share(files: Sequence[Path], until: float, sharing: int) -> Figures:
    """Check some files in the time that is left for them and those that come after them."""
    now = time.time()
    return examined(files, now + (until - now) / sharing)


def turned(files: Sequence[Path]) -> Sequence[Path]:
    """The files, from another one on every day."""
    first = 97 * datetime.date.today().toordinal() % len(files)
    return (*files[first:], *files[:first])


@dataclass(frozen=True)
class Judged:
    """What was judged.

    whole
        The packages all of whose findings were that are made with what they import.
    verdicts
        Each finding with its verdict.
    alone
        The findings that are made in a file by itself.
    """

    whole: frozenset[str]
    verdicts: Mapping[Place, str]
    alone: frozenset[Place] = frozenset()


def judgements(text: str) -> Judged:
    """What was judged. Raises ValueError for a verdict that is none, or that has no evidence."""
    table: dict[str, Any] = tomllib.loads(text)
    judged: dict[Place, str] = {}
    alone: set[Place] = set()
    for each in table.get("finding", []):
        if each["verdict"] not in VERDICTS or not each["evidence"].strip():
            raise ValueError(f"{each['path']}: no verdict, or no evidence")
        for line in each["lines"]:
            place = Place(each["path"], each["code"], line)
            judged[place] = each["verdict"]
            alone.update([place] if each.get("alone") else [])
    return Judged(frozenset(table.get("whole", [])), judged, frozenset(alone))


def complaints(figures: Figures, known: Judged, roots: Sequence[Path], *, by_itself: bool = False) -> list[str]:
    """What must not be: crashes and hangs, what nobody has judged, what was judged wrong, what is found no more.

    by_itself
        Whether each file was checked by itself: there everything has to be judged.
    """
    judged = known.verdicts
    expected = known.alone if by_itself else judged.keys() - known.alone

    def is_known(path: str) -> bool:
        return by_itself or path.split("/")[0] in known.whole

    said = [f"failed: {each}" for each in figures.failed]
    said += [f"more than {SECONDS:g} s: {each}" for each in figures.overdue if is_known(each)]
    for place, words in sorted(figures.found.items()):
        verdict = judged.get(place)
        if verdict is None and is_known(place.path):
            said.append(f"not judged: {place.path} {place.code} {words}\n    {place.line}")
        elif verdict == "wrong":
            said.append(f"judged wrong, and still found: {place.path} {place.code} {words}")
    gone = sorted(place for place in expected - figures.found.keys() if judged[place] != "wrong")
    return said + [
        f"judged, and not found any more: {place.path} {place.code}\n    {place.line}"
        for place in gone
        if place.path in figures.read and _is_there(place, roots)
    ]


def _is_there(place: Place, roots: Sequence[Path]) -> bool:
    """Whether the line that was judged is in the version that is installed here."""
    for root in roots:
        file = root / place.path.removeprefix(f"{STANDARD}/")
        if file.is_file():
            lines = file.read_text("utf-8", "replace").split("\n")
            return place.line in (line.strip() for line in lines)
    return False


def main() -> int:
    """The command."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else None)
    parser.add_argument("--jobs", type=int, default=1, help="how many processes")
    parser.add_argument("--seconds", type=float, help="how long it may go on with what files import")
    parser.add_argument("--judged", action="store_true", help="only what has been judged")
    parser.add_argument("--alone", action="store_true", help="each file only by itself")
    parser.add_argument("names", nargs="*", help="only these packages; all, when none is named")
    given = parser.parse_args()
    begun = time.time()
    known = judgements(JUDGED.read_text("utf-8"))
    parts = {
        name: files
        for name, files in packages().items()
        if not (given.names or given.judged)
        or name.split()[1] in given.names
        or (given.judged and is_judged(name, known.whole))
    }
    until = begun + given.seconds if given.seconds else float("inf")
    roots = [Path(sysconfig.get_path(name)) for name in ("purelib", "platlib", "stdlib")]
    single = alone(parts, given.jobs)
    said = complaints(single, known, roots, by_itself=True)
    told = [_summed("each by itself", single, time.time() - begun)]
    if not given.alone:
        begun = time.time()
        figures = surveyed(parts, known.whole, given.jobs, until)
        said += complaints(figures, known, roots)
        told.append(_summed("with what they import", figures, time.time() - begun))
    for each in (*said, *told, f"{len(said)} complaints"):
        print(each)
    return bool(said)


def _summed(how: str, figures: Figures, seconds: float) -> str:
    return (
        f"{how}: {len(figures.read):,} files, {figures.lines:,} lines in {seconds:.0f} s"
        f" ({figures.seconds:.0f} s of CPU), {figures.left:,} files left:"
        f" {len(figures.failed)} crashes, {len(figures.overdue)} took too long, {len(figures.found)} findings,"
        f" {figures.refused} files that are no program; {figures.losses} losses seen, {figures.resolved} resolved;"
        f" slowest {figures.slowest[1]}, {figures.slowest[0]:.1f} s"
    )


if __name__ == "__main__":
    sys.exit(main())
