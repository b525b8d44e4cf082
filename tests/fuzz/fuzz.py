"""Real files, spoilt at random, through everything that reads or writes one: no exception, no hang, no byte lost.

`python tests/fuzz/fuzz.py --seconds 240` runs until the time is up and prints what it saw; each case is named by its
number, and `--case NUMBER` prints it and runs it alone. With `--folder FOLDER` the programs and notebooks below it are
spoilt instead of the fixtures, as they stand there.
"""

from __future__ import annotations

import argparse
import functools
import json
import random
import re
import signal
import sys
import sysconfig
import time
import traceback
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from typing import Any, TypeAlias

from logitlint.documents import Document
from logitlint.findings import Finding
from logitlint.fixer import Fixer
from logitlint.fixes.changes import Uncertain
from logitlint.linter import KNOWN, Linter
from logitlint.settings import Settings
from logitlint.source.text import Unreadable

FIXTURES = Path(__file__).parents[2] / "fixtures"
EVERYTHING = Settings(enabled=frozenset(entry.code for entry in KNOWN))
SECONDS = 120.0
"""No file may take longer: of CPU, so that a busy machine is no hang."""
LARGEST = 60_000
"""Bytes of a file that is no fixture."""
OURS = re.compile(r"Error: .*\(\w+\.py:\d+\)$")
"""How a mistake of our own is told; a repair that meets one is discarded for it."""
NAME = re.compile(rb"[A-Za-z_]\w*")
ROWS = re.compile(rb"(?<=\n)|(?<=\r)(?!\n)")
TOKEN = re.compile(rb"\w+|[^\w\s]")


class Hang(BaseException):
    """A file took too long. No `except Exception` stops it."""


@functools.cache
def seeds(folder: Path = FIXTURES) -> tuple[list[Path], list[Path]]:
    """The files of a folder, and the modules of the standard library, that are not too large."""
    library = Path(sysconfig.get_path("stdlib"))
    modules = [
        each for folder in ("", "asyncio", "email", "json", "unittest") for each in (library / folder).glob("*.py")
    ]
    own = [each for ending in ("py", "ipynb") for each in folder.rglob(f"*.{ending}") if each.is_file()]
    if folder != FIXTURES:
        own = [each for each in own if each.stat().st_size < LARGEST]
    return sorted(own), sorted(each for each in modules if each.stat().st_size < LARGEST)


# -- mutations: bytes to bytes ----------------------------------------------------------------------------------------


def cut(content: bytes, chance: random.Random) -> bytes:
    """Some lines fewer."""
    lines = content.splitlines(keepends=True)
    start = chance.randrange(len(lines) + 1)
    return b"".join(lines[:start] + lines[start + chance.randint(1, 4) :])


def doubled(content: bytes, chance: random.Random) -> bytes:
    """A block that stands there twice, or many times."""
    lines = content.splitlines(keepends=True)
    start = chance.randrange(len(lines) + 1)
    end = start + chance.randint(1, 30)
    return b"".join(lines[:start] + lines[start:end] * chance.choice((2, 2, 3, 12)) + lines[end:])


def moved(content: bytes, chance: random.Random) -> bytes:
    """Two lines that are indented alike change places: what comes out is often a program."""
    lines = content.splitlines(keepends=True)
    by_depth: dict[int, list[int]] = {}
    for place, line in enumerate(lines):
        by_depth.setdefault(len(line) - len(line.lstrip()), []).append(place)
    pairs = [places for places in by_depth.values() if len(places) > 1]
    if pairs:
        one, other = chance.sample(chance.choice(pairs), 2)
        lines[one], lines[other] = lines[other], lines[one]
    return b"".join(lines)


def renamed(content: bytes, chance: random.Random) -> bytes:
    """A name that stands where another stood: what comes out is often a program."""
    return _exchanged(content, NAME, chance, 1)


def swapped(content: bytes, chance: random.Random) -> bytes:
    """Two tokens change places."""
    return _exchanged(content, TOKEN, chance, 2)


def _exchanged(content: bytes, pattern: re.Pattern[bytes], chance: random.Random, ways: int) -> bytes:
    found = list(pattern.finditer(content))
    if len(found) < 2:
        return content
    one, other = sorted(chance.sample(found, 2), key=lambda each: each.start())
    second = one.group() if ways == 2 else other.group()
    between = content[one.end() : other.start()]
    return content[: one.start()] + other.group() + between + second + content[other.end() :]


def flipped(content: bytes, chance: random.Random) -> bytes:
    """A bit, or several, the other way round."""
    spoilt = bytearray(content)
    for _ in range(chance.randint(1, 3) if spoilt else 0):
        spoilt[chance.randrange(len(spoilt))] ^= 1 << chance.randrange(8)
    return bytes(spoilt)


def shortened(content: bytes, chance: random.Random) -> bytes:
    """Some characters fewer; seldom, everything after them."""
    start = chance.randrange(len(content) + 1)
    return content[:start] + (b"" if chance.random() < 0.1 else content[start + chance.randint(1, 3) :])


def ended(content: bytes, chance: random.Random) -> bytes:
    """Other line ends, a BOM, a form feed, no line end at the end."""
    return chance.choice(
        (
            content.replace(b"\n", b"\r\n"),
            content.replace(b"\n", b"\r\n", content.count(b"\n") // 2),
            b"\xef\xbb\xbf" + content,
            content.replace(b"\n\n", b"\n\x0c\n", 1),
            content.rstrip(b"\n"),
        )
    )


Mutation: TypeAlias = Callable[[bytes, random.Random], bytes]
MUTATIONS: tuple[Mutation, ...] = (cut, doubled, moved, moved, renamed, renamed, swapped, flipped, shortened, ended)


@dataclass(frozen=True)
class Case:
    """One spoilt file."""

    number: int
    seed: Path
    content: bytes

    @property
    def name(self) -> str:
        return f"fuzzed{self.seed.suffix}"


def case(number: int, folder: Path = FIXTURES) -> Case:
    """The case that has a number; the same one whenever the same Python is asked."""
    chance = random.Random(number)
    own, library = seeds(folder)
    if number % 3:
        seed = chance.choice(own)
        content = seed.read_bytes()
    else:  # a fixture at the end: without one, nothing of the module would be looked at closely
        seed = chance.choice(library)
        graft = chance.choice([each for each in own if each.suffix == ".py"])
        content = seed.read_bytes() + b"\n" + graft.read_bytes().replace(b"from __future__ import annotations\n", b"")
    for _ in range(chance.randint(1, 3)):
        change = chance.choice(MUTATIONS)
        if seed.suffix == ".ipynb" and chance.random() < 0.7:
            content = _in_a_cell(content, change, chance)
        else:
            content = change(content, chance)
    return Case(number, seed, content)


def _in_a_cell(content: bytes, change: Mutation, chance: random.Random) -> bytes:
    """A notebook, one cell of which is spoilt; one that is none any more is spoilt as it stands."""
    try:
        notebook = json.loads(content)
        cell = chance.choice(notebook["cells"])
        said = cell["source"]
        text = change("".join(said).encode(), chance).decode("utf-8", "replace")
        cell["source"] = text.splitlines(keepends=True) if isinstance(said, list) else text
        return json.dumps(notebook, indent=1, ensure_ascii=False).encode("utf-8", "surrogatepass")
    except (ValueError, LookupError, TypeError):
        return change(content, chance)


# -- what must hold ---------------------------------------------------------------------------------------------------


@dataclass
class Figures:
    """What a run saw."""

    files: int = 0
    programs: int = 0
    findings: int = 0
    repaired: int = 0
    slowest: tuple[float, str] = (0.0, "")
    failed: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        seconds, where = self.slowest
        return (
            f"{self.files} files, {self.programs} of them still programs, {self.findings} findings,"
            f" {self.repaired} files repaired, {len(self.failed)} failures; slowest {seconds:.1f} s of CPU ({where})"
        )


def examined(this: Case, figures: Figures) -> None:
    """Check a file, try each repair by itself, repair everything. Raises AssertionError for what must not be."""
    report = Linter(EVERYTHING, repairs=True).check_bytes(this.content, this.name)
    assert not report.failures, report.failures[0].message
    figures.findings += len(report.findings)
    try:
        document = Document.of(this.content, this.name)
    except Unreadable:
        assert [finding.code for finding in report.findings] == ["LGT901"]
        return
    figures.programs += not any(finding.code == "LGT901" for finding in report.findings)
    for finding in report.findings:
        _keeps_the_rest(document, finding)
    repaired = Fixer(EVERYTHING, unsafe=True).repair([this.name], {this.name: document})
    assert not [failure for each in repaired.reports for failure in each.failures]
    for discarded in repaired.discarded:
        assert not OURS.search(discarded.reason or ""), discarded.reason
    for after in repaired.after.values():
        figures.repaired += 1
        again = Linter(EVERYTHING).check_bytes(after.content, this.name)
        assert not again.failures, again.failures[0].message
        assert _count(again.findings) <= _count(report.findings)


def _count(findings: Sequence[Finding]) -> int:
    return sum(finding.code == "LGT901" for finding in findings)


def _keeps_the_rest(document: Document, finding: Finding) -> None:
    """A repair changes the rows it says it changes, and no byte of another."""
    edits = finding.fix.edits if finding.fix is not None else ()
    if not edits:
        return
    try:
        after = document.edited(document.changes(edits)).content
    except (Uncertain, Unreadable):
        return  # it is not made
    touched: dict[int | None, set[int]] = {}
    for edit in edits:
        # an edit that ends at the start of a row joins that row to what is before
        touched.setdefault(edit.span.cell, set()).update(range(edit.span.row, edit.span.end_row + 1))
    if document.source.cells:
        before, now = json.loads(document.content), json.loads(after)
        assert len(before["cells"]) == len(now["cells"])
        for number, (old, new) in enumerate(zip(before.pop("cells"), now.pop("cells"), strict=True), 1):
            own = touched.get(number, set())
            _same_outside(_taken_out(old), _taken_out(new), own)
            assert old == new, f"cell {number} lost something beside its source"
        assert before == now, "the notebook lost something beside its cells"
    else:
        _same_outside(document.content, after, touched[None])


def _taken_out(cell: dict[str, Any]) -> bytes:
    """The source of a cell, which is left without; older notebooks call it input, and spoilt ones have none."""
    lines = cell.pop("source" if "source" in cell else "input", "")
    return "".join(lines).encode() if isinstance(lines, str | list) else b""


def _same_outside(before: bytes, after: bytes, touched: set[int]) -> None:
    """Every row that is not touched is there, byte by byte and in its order."""
    old, new = ROWS.split(before), ROWS.split(after)
    if len(old) in touched:  # the last row may go, and the line break before it then goes too
        new[-1] += b"\n"
    rows = iter(new)
    for row, line in enumerate(old, 1):
        if row not in touched:
            assert line in rows, f"row {row} is gone or changed: {line!r}"


@contextmanager
def bounded(seconds: float) -> Iterator[None]:
    """Raise `Hang` in what takes longer."""

    def stop(number: int, frame: FrameType | None) -> None:
        raise Hang(f"more than {seconds:g} s")

    former = signal.signal(signal.SIGPROF, stop)
    signal.setitimer(signal.ITIMER_PROF, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, former)


def run(numbers: Iterable[int], seconds: float, folder: Path = FIXTURES) -> Figures:
    """Examine cases until the time is up or there are no more."""
    figures = Figures()
    end = time.perf_counter() + seconds
    for number in numbers:
        start = time.perf_counter()
        if start > end:
            break
        this = case(number, folder)
        begun = time.process_time()
        try:
            with bounded(SECONDS):
                examined(this, figures)
        except (Exception, Hang) as error:
            where = traceback.extract_tb(error.__traceback__)[-1]
            words = f"{type(error).__name__}: {error} ({Path(where.filename).name}:{where.lineno})"
            figures.failed.append(f"case {number} ({this.seed.name}): {words}")
            print(figures.failed[-1], file=sys.stderr, flush=True)
        figures.files += 1
        figures.slowest = max(figures.slowest, (time.process_time() - begun, f"case {number}, {this.seed.name}"))
    return figures


def main() -> int:
    """The long run."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else None)
    parser.add_argument("--seconds", type=float, default=240)
    parser.add_argument("--start", type=int, default=0, help="number of the first case")
    parser.add_argument("--folder", type=Path, default=FIXTURES, help="spoil the files below it")
    parser.add_argument("--case", type=int, help="print this case and run it alone")
    given = parser.parse_args()
    if given.case is not None:
        this = case(given.case, given.folder)
        sys.stdout.buffer.write(this.content)
        examined(this, Figures())
        return 0
    figures = run(range(given.start, sys.maxsize), given.seconds, given.folder)
    print(figures)
    return bool(figures.failed)


if __name__ == "__main__":
    sys.exit(main())
