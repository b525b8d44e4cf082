"""Nothing breaks it: files that cannot be read or written, programs no parser bears, runs that are killed.

Each is run as a process of its own, so that a crash is seen as one.
"""

from __future__ import annotations

import json
import os
import random
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from logitlint.linter import Linter
from logitlint.project import secret
from logitlint.settings import Settings
from logitlint.source.text import Source, Unreadable, gate

BAD = """\
import torch.nn as nn
import torch.nn.functional as F

head = nn.Linear(8, 5)


def step(x, y):
    probs = F.softmax(head(x), dim=1)
    return F.cross_entropy(probs, y)
"""
NEWLINE = "\n"
GOOD = BAD.replace("F.softmax(head(x), dim=1)", "head(x)")
SECONDS = 120
"""No run here may take longer; each ends within two on a machine with nothing else to do."""
ANSWERS = (0, 1, 2)


def run(
    folder: Path, *arguments: str, given: bytes | None = None, before: str = ""
) -> subprocess.CompletedProcess[bytes]:
    """Run the command line; `before` is Python run in its process first."""
    done = subprocess.run(
        _command(arguments, before),
        cwd=folder,
        input=given,
        capture_output=True,
        timeout=SECONDS,
        env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"},
    )
    assert done.returncode in ANSWERS, done.stderr.decode()
    assert b"Traceback" not in done.stderr
    return done


def _command(arguments: Sequence[str], before: str) -> list[str]:
    code = f"import sys; sys.argv[0] = 'logitlint'\n{before}\nfrom logitlint.cli import main\nmain()"
    return [sys.executable, "-c", code, "check", "--isolated", "--output-format", "concise", *arguments]


def codes(result: subprocess.CompletedProcess[bytes]) -> list[tuple[str, str]]:
    """The findings: file and code."""
    lines = result.stdout.decode().splitlines()
    return [(line.split(":")[0], line.split()[1]) for line in lines if " LGT" in line]


# -- files that cannot be read ----------------------------------------------------------------------------------------


CONFINED = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="what is forbidden to whom is Linux's here")
AS_ANYBODY = """
import ctypes
# without its capabilities, root is held to the modes of its files like anybody
assert ctypes.CDLL(None).capset((ctypes.c_uint32 * 2)(0x20080522, 0), (ctypes.c_uint32 * 6)()) == 0
"""


@CONFINED
def test_what_may_not_be_read_is_a_finding(tmp_path: Path) -> None:
    (tmp_path / "secret.py").write_text(BAD)
    (tmp_path / "secret.py").chmod(0)
    (tmp_path / "open.py").write_text(BAD)
    (tmp_path / "closed").mkdir()
    (tmp_path / "closed" / "a.py").write_text(BAD)
    (tmp_path / "closed").chmod(0)
    result = run(tmp_path, ".", before=AS_ANYBODY)
    assert result.returncode == 1
    assert codes(result) == [("open.py", "LGT101"), ("secret.py", "LGT901")]
    assert b"secret.py:1:1: LGT901 cannot be read: Permission denied" in result.stdout
    assert result.stderr == b"warning: closed: left out, it cannot be listed: Permission denied\n"
    result = run(tmp_path, "secret.py", before=AS_ANYBODY)
    assert (result.returncode, codes(result)) == (1, [("secret.py", "LGT901")])
    result = run(tmp_path, "closed", before=AS_ANYBODY)
    assert (result.returncode, result.stderr) == (2, b"Error: 'closed': cannot be listed: Permission denied\n")
    (tmp_path / "closed").chmod(0o755)


@CONFINED
def test_what_may_not_be_written_stays_and_is_told(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text(BAD)
    (tmp_path / "a.py").chmod(0o444)
    result = run(tmp_path, "--fix", "a.py", before=AS_ANYBODY)
    assert result.returncode == 2
    assert result.stderr == b"Error: nothing was repaired: a.py: it is read-only\n"
    (tmp_path / "a.py").chmod(0o666)
    tmp_path.chmod(0o555)
    result = run(tmp_path, "--fix", "a.py", before=AS_ANYBODY)
    assert result.returncode == 2
    assert result.stderr == b"Error: nothing was repaired: a.py: Permission denied\n"
    assert (tmp_path / "a.py").read_text() == BAD
    tmp_path.chmod(0o755)


@CONFINED
def test_an_unwritable_cache_is_none(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text(BAD)
    tmp_path.chmod(0o555)
    assert codes(run(tmp_path, "a.py", before=AS_ANYBODY)) == [("a.py", "LGT101")]
    tmp_path.chmod(0o755)
    assert not (tmp_path / ".logitlint_cache").exists()


def test_files_that_vanish_while_others_are_read(tmp_path: Path) -> None:
    for name in "abc":
        (tmp_path / f"{name}.py").write_text(BAD)
    # everything is gone as soon as the first file has been read
    before = """
import os, pathlib
whole = pathlib.Path.read_bytes
def read(self):
    content = whole(self)
    for name in ("b.py", "c.py"):
        if self.name == "a.py":
            os.path.exists(name) and os.unlink(name)
    return content
pathlib.Path.read_bytes = read
"""
    result = run(tmp_path, "a.py", "b.py", "c.py", before=before)
    assert codes(result) == [("a.py", "LGT101"), ("b.py", "LGT901"), ("c.py", "LGT901")]
    assert b"b.py:1:1: LGT901 cannot be read: No such file or directory" in result.stdout


def test_a_file_that_vanishes_while_it_is_repaired(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text(BAD)
    before = """
import os
from logitlint.fixes import writing
whole = writing.os.path.realpath
def gone(path, **given):
    os.path.exists("a.py") and os.unlink("a.py")
    return whole(path, **given)
import logitlint.cli.repairs as repairs
write = repairs.write_all
def write_all(contents):
    writing.os.path.realpath = gone
    write(contents)
repairs.write_all = write_all
"""
    result = run(tmp_path, "--fix", "a.py", before=before)
    assert result.returncode == 2
    assert result.stderr == b"Error: nothing was repaired: a.py: No such file or directory\n"
    assert list(tmp_path.iterdir()) == []


def test_links_in_a_circle(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text(BAD)
    (tmp_path / "round.py").symlink_to("round.py")
    (tmp_path / "there.py").symlink_to("back.py")
    (tmp_path / "back.py").symlink_to("there.py")
    (tmp_path / ".gitignore").symlink_to("/dev/zero")
    (tmp_path / "inside").mkdir()
    (tmp_path / "inside" / "above").symlink_to(tmp_path)
    assert codes(run(tmp_path, ".")) == [("a.py", "LGT101")]
    result = run(tmp_path, "round.py")
    assert codes(result) == [("round.py", "LGT901")]
    assert b"Too many levels of symbolic links" in result.stdout


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes with names")
def test_what_is_no_file_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.py")
    os.mkfifo(tmp_path / ".gitignore")
    (tmp_path / "folder.py").mkdir()
    (tmp_path / "a.py").write_text("from pipe import probs\n" + BAD)
    assert codes(run(tmp_path, ".")) == [("a.py", "LGT101")]


# -- files that cannot be written -------------------------------------------------------------------------------------

FULL = """
import resource, signal
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, ({0}, {0}))
"""


@pytest.mark.skipif(sys.platform == "win32", reason="no limit of file sizes")
@pytest.mark.parametrize("room", [0, 100])
def test_a_full_disk_leaves_the_files_as_they_were(tmp_path: Path, room: int) -> None:
    for name in ("a.py", "b.py"):
        (tmp_path / name).write_text(BAD)
    full = FULL.format(room)
    result = run(tmp_path, "--fix", ".", before=full)
    assert result.returncode == 2
    assert result.stderr == b"Error: nothing was repaired: a.py: File too large\n"
    result = run(tmp_path, "--add-noqa", ".", before=full)
    assert result.returncode == 1
    assert b"LGT101 is not silenced: cannot be written: File too large" in result.stderr
    result = run(tmp_path, "--write-baseline", "known.json", ".", before=full)
    assert result.returncode == 2
    assert b"known.json" in result.stderr
    result = run(tmp_path, "--output-file", "report.txt", ".", before=full)
    assert result.returncode == 2
    assert result.stderr == b"Error: 'report.txt': cannot be written: File too large\n"
    left = {path.name for path in tmp_path.iterdir() if path.is_file()} - {"report.txt"}
    assert left == {"a.py", "b.py"}
    assert {(tmp_path / name).read_text() for name in left} == {BAD}


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no device that is always full")
@pytest.mark.parametrize("output_format", ["full", "concise", "json", "sarif"])
def test_a_report_that_cannot_be_written_is_told(tmp_path: Path, output_format: str) -> None:
    (tmp_path / "a.py").write_text(BAD)
    command = [sys.executable, "-m", "logitlint", "--isolated", "--output-format", output_format, "a.py"]
    with open("/dev/full", "wb") as full:
        done = subprocess.run(command, cwd=tmp_path, stdout=full, stderr=subprocess.PIPE, check=False)
    assert done.returncode == 2
    assert done.stderr == b"Error: the report: cannot be written: No space left on device\n"


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no device that is always full")
@pytest.mark.parametrize("words", ["rules", "rule LGT101", "why a.py:9", "check --diff a.py", "completion bash", "-h"])
def test_an_answer_that_cannot_be_written_is_told(tmp_path: Path, words: str) -> None:
    (tmp_path / "a.py").write_text(BAD)
    with open("/dev/full", "wb") as full:
        command = [sys.executable, "-m", "logitlint", *words.split()]
        done = subprocess.run(command, cwd=tmp_path, stdout=full, stderr=subprocess.PIPE, check=False)
    assert done.returncode == 2
    assert done.stderr == b"Error: what was asked for cannot be written: No space left on device\n"


# -- runs that are killed, runs side by side --------------------------------------------------------------------------

KILLED = """
import os, signal, sys
from pathlib import Path
import logitlint.cli.check, logitlint.cli.repairs, logitlint.fixes.workshop, logitlint.proposals

def child(last):
    step = 0
    def count(event, arguments):
        nonlocal step
        if event != "os.kill" and event.startswith(("open", "os.", "tempfile.")):
            names = [os.path.basename(each).lstrip(".") for each in arguments if isinstance(each, str)]
            step += any(name.startswith(("x.py", "y.py")) for name in names)
            if step == last:
                os.kill(os.getpid(), signal.SIGKILL)
    sys.addaudithook(count)
    sys.argv[1:] = ["check", "--fix", "--isolated", "x.py", "y.py"]
    sys.stdout = open(os.devnull, "w")
    logitlint.cli.main()

for last in range(1, 200):
    folder = Path(str(last))
    folder.mkdir()
    for name in ("x.py", "y.py"):
        (folder / name).write_text(BAD)
    process = os.fork()
    if not process:
        os.chdir(folder)
        child(last)
    code = os.waitstatus_to_exitcode(os.waitpid(process, 0)[1])
    print(code, *((folder / name).read_text() == GOOD for name in ("x.py", "y.py")))
    assert {(folder / name).read_text() for name in ("x.py", "y.py")} <= {BAD, GOOD}
    if code != -signal.SIGKILL:
        break
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="processes are not made, or killed, like this")
def test_killed_at_any_moment_a_file_is_the_old_or_the_new_one(tmp_path: Path) -> None:
    """The run is killed at the first, second, ... of what it does to the files, until it ends by itself."""
    code = f"BAD, GOOD = {BAD!r}, {GOOD!r}\n{KILLED}"
    done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    *killed, last = done.stdout.splitlines()
    assert last == "0 True True"
    assert len(killed) > 10
    assert set(killed) == {"-9 False False", "-9 True False", "-9 True True"}


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="processes are not killed like this")
def test_killed_at_a_moment_of_chance(tmp_path: Path) -> None:
    chance = random.Random(8)
    for _ in range(4):
        (tmp_path / "x.py").write_text(BAD)
        process = subprocess.Popen(
            [sys.executable, "-m", "logitlint", "--fix", "--isolated", "x.py"], cwd=tmp_path, stdout=subprocess.PIPE
        )
        time.sleep(chance.uniform(0.1, 1.0))
        process.kill()
        process.communicate()
        assert (tmp_path / "x.py").read_text() in (BAD, GOOD)


TOGETHER = """
import os, time
from pathlib import Path
from logitlint.fixes import writing
from logitlint.project.cache import Cache
import logitlint.cli.repairs
def together(owner, name, of=lambda *_: ""):
    whole, met = getattr(owner, name), set()
    def wait(*given):
        point = of(*given)
        if point not in met:
            met.add(point)
            Path({place!r}, f"{{name}}{{point}}-{{os.getpid()}}").touch()
            while len([*Path({place!r}).glob(f"{{name}}{{point}}-*")]) < {count}:
                time.sleep(0.002)
        return whole(*given)
    setattr(owner, name, wait)
"""
"""Lets no run go on, at a certain call, before all of them have come there."""
MEETINGS = {
    "before any looks at what it is to write": "together(logitlint.cli.repairs, 'write_all')",
    "when all have looked": "together(writing, '_stage')",
    "when all have their new texts ready": "together(writing.os, 'replace')",
}


def side_by_side(folder: Path, meeting: str, *arguments: str) -> list[tuple[int, bytes, bytes]]:
    """Runs that are at the same point at the same time: how each ended, and what it said."""
    count = 3
    place = folder.parent / "met"
    place.mkdir()
    command = _command(arguments, TOGETHER.format(place=str(place), count=count) + meeting)
    pipe = subprocess.PIPE
    running = [subprocess.Popen(command, cwd=folder, stdout=pipe, stderr=pipe) for _ in range(count)]
    try:
        said = [process.communicate(timeout=SECONDS) for process in running]
    finally:
        for process in running:
            process.kill()
    assert len([*place.iterdir()]) >= count
    return [(process.returncode, *words) for process, words in zip(running, said, strict=True)]


@pytest.mark.parametrize("meeting", MEETINGS)
def test_runs_side_by_side_repair_once(tmp_path: Path, meeting: str) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    names = [f"m{number}.py" for number in range(12)]
    for name in names:
        (folder / name).write_text(BAD)
    ended = side_by_side(folder, MEETINGS[meeting], "--fix", "--no-cache", ".")
    assert {code for code, _, _ in ended} in ({0}, {0, 2})
    assert all(code == 0 or b"changed meanwhile" in errors for code, _, errors in ended), ended
    assert {(folder / name).read_text() for name in names} == {GOOD}
    assert sorted(path.name for path in folder.iterdir()) == sorted(names)


def test_runs_side_by_side_share_a_cache(tmp_path: Path) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    for number in range(12):
        (folder / f"m{number}.py").write_text(BAD)
    meeting = "together(Cache, 'store', lambda cache, key, record: cache._path(key).name)"
    ended = side_by_side(folder, meeting, "--output-format", "json", ".")
    assert len({said for _, said, _ in ended}) == 1
    assert len(json.loads(ended[0][1])) == 12
    assert len(_records(folder)) == 12
    assert len([*(tmp_path / "met").iterdir()]) == 36  # each record was written by all at once


# -- a cache that somebody else wrote ---------------------------------------------------------------------------------


def _records(folder: Path) -> list[Path]:
    found = (path for path in (folder / ".logitlint_cache").rglob("*") if path.is_file())
    return sorted(path for path in found if path.name not in ("CACHEDIR.TAG", ".gitignore"))


def _hostile(record: Path) -> Iterator[str]:
    """Ways to spoil a record, each done in turn."""
    whole = record.read_bytes()
    for name, content in {
        "empty": b"",
        "cut": whole[: len(whole) // 2],
        "noise": random.Random(1).randbytes(len(whole)),
        "pickle": b"cos\nsystem\n(S'touch sprung'\ntR.",
        "nested": b"\x91" * 100_000,
        "long": b"\xdd\xff\xff\xff\xff" * 10,
        "huge": b"\x00" * 10_000_000,
        "another file's": whole.replace(b"a.py", b"b.py"),
    }.items():
        record.write_bytes(content)
        yield name
    record.unlink()
    record.mkdir()
    yield "a folder"
    record.rmdir()
    record.symlink_to("/dev/zero")
    yield "a device"
    record.unlink()
    record.symlink_to(record.name)
    yield "a link to itself"
    if hasattr(os, "mkfifo"):
        record.unlink()
        os.mkfifo(record)
        yield "a pipe"


def test_a_spoilt_cache_changes_nothing(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text(BAD)
    expected = run(tmp_path, "a.py").stdout
    (record,) = _records(tmp_path)
    spoilt = 0
    for name in _hostile(record):
        result = run(tmp_path, "a.py")
        assert (result.returncode, result.stdout, result.stderr) == (1, expected, b""), name
        spoilt += 1
    assert spoilt >= 11
    assert not (tmp_path / "sprung").exists()


def test_a_cache_that_comes_with_the_tree_is_not_believed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a.py").write_text(BAD)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "of another"))
    silent = "from logitlint import linter\nlinter.judge = lambda *_: ()\n"
    assert codes(run(tmp_path, "a.py", before=silent)) == []
    assert codes(run(tmp_path, "a.py")) == []  # who has written it believes it
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "own"))
    assert codes(run(tmp_path, "a.py")) == [("a.py", "LGT101")]
    assert codes(run(tmp_path, "a.py", before=silent)) == [("a.py", "LGT101")]  # what was found is kept
    key = tmp_path / "own" / "logitlint" / "key"
    assert len(key.read_bytes()) == 32
    if sys.platform != "win32":
        assert stat.S_IMODE(key.stat().st_mode) == 0o600


@pytest.mark.parametrize("spoilt", ["empty", "long", "a folder"])
def test_a_spoilt_secret_is_made_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, spoilt: str) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "own"))
    (tmp_path / "a.py").write_text(BAD)
    key = tmp_path / "own" / "logitlint" / "key"
    key.parent.mkdir(parents=True)
    if spoilt == "a folder":
        (key / "inside").mkdir(parents=True)
    else:
        key.write_bytes(b"" if spoilt == "empty" else b"x" * 33)
    result = run(tmp_path, "a.py")
    assert codes(result) == [("a.py", "LGT101")]
    assert (b"warning: nothing is kept between runs" in result.stderr) is (spoilt == "a folder")
    assert key.is_dir() or len(key.read_bytes()) == 32


@pytest.mark.skipif(sys.platform == "win32", reason="no such permissions")
@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620, 0o602])
def test_a_secret_that_others_may_know_is_made_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, mode: int) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    known = secret.secret()
    assert secret.secret() == known
    secret.place().chmod(mode)
    assert secret.secret() != known
    assert stat.S_IMODE(secret.place().stat().st_mode) == 0o600


@pytest.mark.skipif(sys.platform == "win32" or os.geteuid() != 0, reason="needs a file that another one owns")
def test_a_secret_of_another_user_is_made_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    known = secret.secret()
    os.chown(secret.place(), 65534, 65534)
    assert secret.secret() != known


@CONFINED
def test_where_no_secret_can_be_kept_nothing_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "own"))
    (tmp_path / "own").mkdir(mode=0o555)
    (tmp_path / "a.py").write_text(BAD)
    result = run(tmp_path, "a.py", before=AS_ANYBODY)
    assert codes(result) == [("a.py", "LGT101")]
    folder = tmp_path / "own" / "logitlint"
    assert result.stderr == f"warning: nothing is kept between runs: {folder}: Permission denied\n".encode()
    assert not (tmp_path / ".logitlint_cache").exists()


def test_a_cache_that_leads_elsewhere_is_not_followed_out(tmp_path: Path) -> None:
    """A tree may come with a cache of its own, whose folder or records are links."""
    outside, inside = tmp_path / "outside", tmp_path / "inside"
    outside.mkdir()
    inside.mkdir()
    (outside / "precious").write_text("precious")
    (inside / "a.py").write_text(BAD)
    expected = run(inside, "a.py").stdout
    (record,) = _records(inside)
    record.unlink()
    record.symlink_to(outside / "precious")
    assert run(inside, "a.py").stdout == expected
    assert (outside / "precious").read_text() == "precious"
    for path in sorted((inside / ".logitlint_cache").rglob("*"), reverse=True):
        path.rmdir() if path.is_dir() else path.unlink()
    (inside / ".logitlint_cache").rmdir()
    (inside / ".logitlint_cache").symlink_to(outside)
    assert run(inside, "a.py").stdout == expected
    assert [path.name for path in outside.iterdir()] == ["precious"]


# -- programs that no parser bears ------------------------------------------------------------------------------------

MANY = {
    "parentheses": ("z = " + "(" * 5_000 + "1" + ")" * 5_000, "LGT901"),
    "lists": ("z = " + "[" * 5_000 + "]" * 5_000, "LGT901"),
    "calls in calls": ("z = " + "f(" * 5_000 + ")" * 5_000, "LGT901"),
    "a sum": ("z = " + " + ".join(["x"] * 20_000), "LGT901"),
    "attributes": ("z = x" + ".a" * 20_000, "LGT901"),
    "a chain of calls": ("z = x" + ".view(-1)" * 20_000, "LGT901"),
    "and": ("z = " + " and ".join(["x"] * 20_000), "LGT901"),
    "comparisons": ("z = " + " < ".join(["x"] * 20_000), "LGT901"),
    "not": ("z = " + "not " * 20_000 + "x", "LGT901"),
    "signs": ("z = " + "-" * 20_000 + "1", "LGT901"),
    "conditions": ("z = " + "a if b else " * 20_000 + "c", "LGT901"),
    "lambdas": ("z = " + "lambda: " * 5_000 + "c", "LGT901"),
    "elif": ("if a: pass\n" + "elif b: pass\n" * 20_000, "LGT901"),
    "fewer elif": ("if a: pass\n" + "elif b: pass\n" * 900, "LGT101"),
    "cases": ("match a:\n" + " case 1: pass\n" * 1_000, "LGT101"),
    "for in a comprehension": ("z = [a " + "for a in b " * 3_000 + "]", "LGT101"),
    "blocks": ("".join(f"{' ' * depth}if a:\n" for depth in range(120)) + " " * 120 + "pass", "LGT901"),
    "functions in functions": (
        "".join(f"{' ' * depth}def f():\n" for depth in range(90)) + " " * 90 + "pass",
        "LGT101",
    ),
    "decorators": ("@d\n" * 5_000 + "def f(): pass", "LGT101"),
    "targets": ("a = " * 5_000 + "c", "LGT101"),
    "statements in a row": ("a;" * 5_000, "LGT101"),
    "a list that is doubled": ("z = [1]\n" + "z = z + z\n" * 60 + "z += z\n" * 60, "LGT101"),
    "a list that is doubled by stars": ("z = [1]\n" + "z = [*z, *z]\n" * 60, "LGT101"),
    "a tuple that is doubled by stars": ("z = (1,)\n" + "z = (*z, *z)\n" * 60, "LGT101"),
    "a list that is given itself": ("z = [1]\n" + "z.extend(z)\n" * 60, "LGT101"),
    "layers that are doubled": ("z = nn.Sequential(head)\n" + "z = nn.Sequential(*z, *z)\n" * 60, "LGT101"),
    "layers that are given themselves": ("z = nn.ModuleList([head])\n" + "z.extend(z)\n" * 60, "LGT101"),
    "arguments that are doubled": (
        "".join(f"def f{n}(*a): return f{n + 1}(*a, *a)\n" for n in range(60)) + "z = f0(1)",
        "LGT101",
    ),
    "bases": (
        "class C0: pass\n" + "".join(f"class C{n + 1}(C{n}): pass\n" for n in range(1_000)) + "z = C1000().a",
        "LGT101",
    ),
    "functions that call the next": (
        "".join(f"def f{n}(x): return f{n + 1}(x)\n" for n in range(500)) + "z = f0(head)",
        "LGT101",
    ),
}


@pytest.mark.parametrize("name", MANY)
def test_too_much_of_a_thing(tmp_path: Path, name: str) -> None:
    text, expected = MANY[name]
    (tmp_path / "a.py").write_text(f"{BAD}{text}\n")
    (tmp_path / "b.py").write_text(BAD)
    result = run(tmp_path, "--no-cache", ".")
    assert (result.returncode, result.stderr) == (1, b"")
    assert codes(result) == [("a.py", expected), ("b.py", "LGT101")]


def test_fifty_megabytes(tmp_path: Path) -> None:
    (tmp_path / "text.py").write_text(f"{BAD}x = '{'a' * 50_000_000}'\n")
    result = run(tmp_path, "--no-cache", "text.py")
    assert codes(result) == [("text.py", "LGT101")]


LITTLE_MEMORY = """
import resource
resource.setrlimit(resource.RLIMIT_AS, (1_000_000_000, 1_000_000_000))
"""
CELL = {"cell_type": "code", "metadata": {}, "source": "a = 1", "outputs": []}
TOO_LARGE = {
    "fifty megabytes of empty rows": ("a.py", f"{BAD}{NEWLINE * 50_000_000}", "1,000,000 rows"),
    "statements": ("a.py", f"{BAD}{'a=1' + NEWLINE}" + f"a=1{NEWLINE}" * 1_000_000, "1,000,000 rows"),
    "statements on one row": ("a.py", f"{BAD}{'a=1;' * 300_000}\n", "1,000,000 names, numbers and signs"),
    "cells": ("a.ipynb", json.dumps({"cells": [CELL] * 250_000, "nbformat": 4}), "10,000 cells"),
    "values": ("a.ipynb", f'{{"cells": [{"[]," * 5_000_000}[]]}}', "10,000,000 values"),
}


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="the limit is Linux's")
@pytest.mark.parametrize("name", TOO_LARGE)
def test_what_would_take_all_memory_is_a_finding(tmp_path: Path, name: str) -> None:
    file, text, words = TOO_LARGE[name]
    (tmp_path / file).write_text(text)
    (tmp_path / "b.py").write_text(BAD)
    result = run(tmp_path, "--no-cache", ".", before=LITTLE_MEMORY)
    assert (result.returncode, codes(result)) == (1, [(file, "LGT901"), ("b.py", "LGT101")])
    assert f"too large: more than {words}" in result.stdout.decode()


def test_what_would_fill_the_memory_is_not_read(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text(BAD)
    os.truncate(tmp_path / "a.py", 10**13)
    result = run(tmp_path, "--no-cache", "--fix", "a.py")
    assert (result.returncode, codes(result)) == (1, [("a.py", "LGT901")])
    assert "too large: more than 100,000,000 bytes" in result.stdout.decode()


def test_a_large_file_that_can_hold_no_mistake_is_none(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("\n" * 1_000_001)
    result = run(tmp_path, "--no-cache", "a.py")
    assert (result.returncode, codes(result)) == (0, [])


def test_of_a_long_file_the_mistake_is_told_and_not_repaired(tmp_path: Path) -> None:
    for rows in (20_000, 110_000):
        text = f"{BAD}{NEWLINE * rows}"
        (tmp_path / "a.py").write_text(text)
        result = run(tmp_path, "--no-cache", "a.py")
        assert codes(result) == [("a.py", "LGT101")]
        assert (b"LGT101 [*]" in result.stdout) is (rows == 20_000)
    assert run(tmp_path, "--no-cache", "--fix", "a.py").returncode == 1
    assert (tmp_path / "a.py").read_text() == text


def test_a_long_file_is_not_repaired_from_another(tmp_path: Path) -> None:
    model = BAD.partition("def step")[0] + "def predict(x):\n    return F.softmax(head(x), dim=1)\n"
    train = "import torch.nn.functional as F\nfrom model import predict\nloss = F.cross_entropy(predict(x), y)\n"
    (tmp_path / "model.py").write_text(f"{model}{NEWLINE * 110_000}")
    (tmp_path / "train.py").write_text(train)
    assert codes(run(tmp_path, "--no-cache", "--fix", "--unsafe-fixes", "train.py")) == [("train.py", "LGT101")]
    assert (tmp_path / "train.py").read_text() == train


NESTED = {
    "lists in a pattern": ("match a:\n case ", "[", "b", "]", ": pass"),
    "tuples in a pattern": ("match a:\n case ", "(", "b", ",)", ": pass"),
    "parentheses in a pattern": ("match a:\n case ", "(", "b", ")", ": pass"),
    "a choice in a pattern": ("match a:\n case ", "(1 | ", "2", ")", " as b if a: pass"),
    "classes in a pattern": ("match (a):\n case ", "C(", "'(('", ")", ": pass"),
    "classes with keywords in a pattern": ("match a:\n case ", "C(b=", "b", ")", ": pass"),
    "classes with both in a pattern": ("match a:\n case ", "C(", "_", ", b=_)", ": pass"),
    "dictionaries in a pattern": ("match a:\n case ", "{'\\'(': ", "b", "}", ": pass"),
    "a pattern behind others": ("match a:\n case 1: f(b)  # )\n case [2]: c = (b)\n case (", "[", "b", "]", "): pass"),
    "deleted tuples": ("del ", "(", "b", ",)", ""),
    "deleted tuples and more": ("del (a), ", "(", "b, [c]", ",)", ", d"),
}
"""What LibCST reads once more on every level: the beginning, what opens, what is inside, what closes, the end."""


@pytest.mark.parametrize("name", NESTED)
def test_what_would_be_read_for_minutes_is_told_and_not_repaired(tmp_path: Path, name: str) -> None:
    beginning, opening, inside, closing, end = NESTED[name]
    for depth in (6, 60):
        text = f"{BAD}{beginning}{opening * depth}{inside}{closing * depth}{end}\n"
        (tmp_path / "a.py").write_text(text)
        result = run(tmp_path, "--no-cache", "a.py")
        assert (result.returncode, codes(result)) == (1, [("a.py", "LGT101")])
        assert (b"LGT101 [*]" in result.stdout) is (depth == 6)
    assert run(tmp_path, "--no-cache", "--fix", "a.py").returncode == 1
    assert (tmp_path / "a.py").read_text() == text


def test_as_many_patterns_as_a_program_has_are_repaired(tmp_path: Path) -> None:
    cases = " case C(d=D(a, '((((((((((('), e=[1, 2, *_], f={'g': b}): pass\n" * 500
    (tmp_path / "a.py").write_text(f"{BAD}match a:\n{cases}")
    assert b"LGT101 [*]" in run(tmp_path, "--no-cache", "a.py").stdout


def test_what_is_refused_for_want_of_memory_is_told_as_that(monkeypatch: pytest.MonkeyPatch) -> None:
    def parse(_text: str) -> None:
        raise MemoryError

    monkeypatch.setattr("logitlint.source.text.ast.parse", parse)
    with pytest.raises(Unreadable, match="too deeply nested, or memory has run out"):
        gate(Source("a.py", BAD))


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="the limit is Linux's")
@pytest.mark.parametrize(
    "text",
    [
        "'%5000000000d' % 1",
        "'%2000000000d' % 1",
        "'%2000000000d'\nz %= 1",
        "'%-+ #02000000000d' % 1",
        "'%.2000000000d' % 1",
        "'%1.2000000000f' % 0.5",
        "'a%%b%2000000000s' % 'c'",
        "'%*d' % (2000000000, 1)",
        "'%.*f' % (2000000000, 0.5)",
        "'%(a)2000000000d' % {'a': 1}",
        "b'%2000000000d' % 1",
        "'{:2000000000d}'.format(1)",
        "f'{1:2000000000d}'",
        "'a' * 2000000000",
        "'a'.rjust(2000000000)",
    ],
)
def test_a_text_that_no_memory_would_hold_is_not_made(tmp_path: Path, text: str) -> None:
    (tmp_path / "a.py").write_text(f"{BAD}z = {text}\n")
    result = run(tmp_path, "--no-cache", "a.py", before=LITTLE_MEMORY)
    assert (result.returncode, codes(result), result.stderr) == (1, [("a.py", "LGT101")], b"")


def test_a_table_of_numbers_that_no_memory_would_hold(tmp_path: Path) -> None:
    table = f"TABLE = [{'1, ' * 600_000}]\n"
    (tmp_path / "a.py").write_text(BAD + table)
    (tmp_path / "b.py").write_text(f"from table import TABLE\n{BAD}")
    (tmp_path / "table.py").write_text(table)
    result = run(tmp_path, "--no-cache", ".")
    assert codes(result) == [("a.py", "LGT901"), ("b.py", "LGT101")]
    assert "too large: more than 1,000,000 names, numbers and signs" in result.stdout.decode()


# -- texts of every sort ----------------------------------------------------------------------------------------------

SORTS = {
    "crlf": (BAD.replace("\n", "\r\n").encode(), GOOD.replace("\n", "\r\n").encode()),
    "cr": (BAD.replace("\n", "\r").encode(), GOOD.replace("\n", "\r").encode()),
    "bom": (b"\xef\xbb\xbf" + BAD.encode(), b"\xef\xbb\xbf" + GOOD.encode()),
    "latin-1": (
        f"# coding: latin-1\n# \xe9\xff\n{BAD}".encode("latin-1"),
        f"# coding: latin-1\n# \xe9\xff\n{GOOD}".encode("latin-1"),
    ),
    "form feeds": (f"\x0c{BAD}\x0c\n\x0b".replace("\x0b", "").encode(), f"\x0c{GOOD}\x0c\n".encode()),
    "no last newline": (BAD.rstrip().encode(), GOOD.rstrip().encode()),
    "tabs and other separators": (
        BAD.replace("    ", "\t").encode() + "s = '\u2028\x85\x1c'\n".encode(),
        GOOD.replace("    ", "\t").encode() + "s = '\u2028\x85\x1c'\n".encode(),
    ),
}


@pytest.mark.parametrize("sort", SORTS)
def test_every_sort_of_text_is_repaired_and_keeps_its_bytes(tmp_path: Path, sort: str) -> None:
    before, after = SORTS[sort]
    (tmp_path / "a.py").write_bytes(before)
    assert codes(run(tmp_path, "a.py")) == [("a.py", "LGT101")]
    result = run(tmp_path, "--fix", "a.py")
    assert (result.returncode, result.stderr) == (0, b"")
    assert (tmp_path / "a.py").read_bytes() == after


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (BAD.encode() + b"x = '\0'\n", "null bytes"),
        (BAD.encode() + b"print 'x' y\n", "is this Python 2?"),
        (BAD.encode() + b"x = '\xff'\n", "cannot be decoded: utf-8 codec"),
        (b"# coding: nonsense\n" + BAD.encode(), "unknown encoding"),
        (b"\xff\xfe" + BAD.encode("utf-16-le"), "cannot be decoded"),
        (BAD.encode()[:-4], "was never closed"),
    ],
)
def test_what_is_no_text_is_a_finding_and_is_not_repaired(tmp_path: Path, content: bytes, words: str) -> None:
    (tmp_path / "a.py").write_bytes(content)
    for arguments in (["a.py"], ["--fix", "a.py"]):
        result = run(tmp_path, *arguments)
        assert result.returncode == 1
        assert codes(result) == [("a.py", "LGT901")]
        assert words in result.stdout.decode()
    assert (tmp_path / "a.py").read_bytes() == content
    result = run(tmp_path, "--fix", "-", given=content)
    assert (result.returncode, result.stdout) == (1, content)


def test_a_notebook_cut_in_half(tmp_path: Path) -> None:
    cells = [{"cell_type": "code", "metadata": {}, "source": BAD.splitlines(keepends=True), "outputs": []}] * 4
    whole = json.dumps({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}, indent=1).encode()
    for cut in (len(whole) // 2, len(whole) - 2, 1, 0):
        (tmp_path / "a.ipynb").write_bytes(whole[:cut])
        for arguments in (["a.ipynb"], ["--fix", "a.ipynb"]):
            result = run(tmp_path, *arguments)
            assert (result.returncode, result.stderr) == (1, b"")
            assert codes(result) == [("a.ipynb", "LGT901")]
        assert (tmp_path / "a.ipynb").read_bytes() == whole[:cut]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("[tool.logitlint\n", "pyproject.toml"),
        ("[tool.logitlint]\nignore = " + "[" * 5_000 + "]" * 5_000, "pyproject.toml"),
        ("[tool.logitlint]\nignore = ['\x00']\n", "pyproject.toml"),
        ("\xff[tool.logitlint]\n", "pyproject.toml"),
        ("[tool.logitlint]\n".encode("utf-16").decode("latin-1"), "not valid TOML: 'utf-8' codec can't decode"),
        ("[tool.logitlint]\n".encode("utf-16-le").decode("latin-1"), "not valid TOML"),
        (f"[tool.logitlint]\nignore = {'9' * 5_000}\n", "not valid TOML"),
        (f"[tool.logitlint]\nignore{'.a' * 100_000} = 1\n", "a key has more than 1,000 parts"),
        ("[tool.logitlint]\nbaseline = '\\u0000'\n".replace("'", '"'), "`baseline` names no file"),
    ],
)
def test_a_configuration_that_is_none(tmp_path: Path, content: str, words: str) -> None:
    (tmp_path / "a.py").write_text(BAD)
    (tmp_path / "pyproject.toml").write_bytes(content.encode("latin-1"))
    done = subprocess.run([sys.executable, "-m", "logitlint", "a.py"], cwd=tmp_path, capture_output=True, check=False)
    assert done.returncode == 2
    assert done.stderr.startswith(b"Error: ")
    assert words in done.stderr.decode()
    assert done.stderr.count(b"\n") == 1


def _configured(folder: Path, *arguments: str) -> tuple[int, str]:
    """How a run that reads its configuration ended, and what it told."""
    command = [sys.executable, "-m", "logitlint", "--no-cache", *arguments, "a.py"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, timeout=SECONDS)
    return done.returncode, done.stderr


@pytest.mark.parametrize(
    ("name", "limit", "way"),
    [
        ("pyproject.toml", "1,000,000", ()),
        ("known.json", "100,000,000", ("--baseline", "known.json")),
    ],
)
def test_what_is_configured_has_an_end(tmp_path: Path, name: str, limit: str, way: tuple[str, ...]) -> None:
    (tmp_path / "a.py").write_text(BAD)
    (tmp_path / name).touch()
    os.truncate(tmp_path / name, 10**12)
    code, said = _configured(tmp_path, *way)
    assert (code, said.count("\n")) == (2, 1)
    assert name in said
    assert f"cannot be read: too large: more than {limit} bytes" in said
    if hasattr(os, "mkfifo"):
        (tmp_path / name).unlink()
        os.mkfifo(tmp_path / name)
        code, said = _configured(tmp_path, *way)
        assert (code, said.count("\n")) == (2, 1)
        assert name in said
        assert "cannot be read: not a regular file" in said


def test_what_the_configuration_calls_a_baseline_has_an_end(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text(BAD)
    (tmp_path / "pyproject.toml").write_text('[tool.logitlint]\nbaseline = "known.json"\n')
    (tmp_path / "known.json").touch()
    os.truncate(tmp_path / "known.json", 10**12)
    code, said = _configured(tmp_path)
    assert (code, said.count("\n")) == (2, 1)
    assert "known.json': cannot be read: too large: more than 100,000,000 bytes" in said


def test_nothing_here_is_reported_of_the_program_that_is_right() -> None:
    settings = Settings(enabled=frozenset({"LGT101"}))
    assert [len(Linter(settings).check_text(text, "a.py").findings) for text in (BAD, GOOD)] == [1, 0]
