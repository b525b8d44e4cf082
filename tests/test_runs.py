"""However a project is checked, the findings are the same: cached or not, by one process or many."""

from __future__ import annotations

import gc
import io
import json
import os
import shutil
import subprocess
import sys
import weakref
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec
import pytest
from click.testing import CliRunner

from logitlint.cli import processes, program
from logitlint.findings import Report
from logitlint.linter import Linter
from logitlint.memory import remember, remembered
from logitlint.project.cache import Cache
from logitlint.settings import Settings

CODES = frozenset({"LGT101", "LGT901"})
MODEL = """
import torch.nn as nn
import torch.nn.functional as F


class Net{n}(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(8, 3)

    def forward(self, x):
        return {out}


def objective{n}(x, y):
    return F.cross_entropy(x, y)
"""
TRAIN = """
from package.model{n} import Net{n}
from package.model{other} import objective{other}


def train(x, y):
    return objective{other}(Net{n}()(x), y)
"""
Check = Callable[..., list[dict[str, object]]]


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """200 files: models, of which each third ends in softmax, and the scripts that train them with a loss elsewhere."""
    monkeypatch.chdir(tmp_path)
    package = tmp_path / "package"
    package.mkdir()
    (package / "__init__.py").write_text("")
    for n in range(99):
        out = "F.softmax(self.fc(x), dim=1)" if n % 3 == 0 else "self.fc(x)"
        (package / f"model{n}.py").write_text(MODEL.format(n=n, out=out))
        (tmp_path / f"train{n}.py").write_text(TRAIN.format(n=n, other=(n + 1) % 99))
    (tmp_path / "broken.py").write_text("def (:\n")
    return tmp_path


@pytest.fixture
def check() -> Check:
    def run(*arguments: str) -> list[dict[str, object]]:
        result = CliRunner().invoke(program, ["check", "--output-format", "json", *arguments, "."])
        assert result.exception is None or isinstance(result.exception, SystemExit), result.output
        found: list[dict[str, object]] = json.loads(result.stdout)
        return found

    return run


def test_cached_or_not_by_one_process_or_many(project: Path, check: Check) -> None:
    expected = check("--no-cache", "-j", "1")
    assert len(expected) == 34
    assert not (project / ".logitlint_cache").exists()
    assert check("--no-cache", "-j", "3") == expected
    assert check("-j", "2") == expected
    assert (project / ".logitlint_cache" / ".gitignore").read_text().endswith("*\n")
    assert check("-j", "1") == expected
    assert check("-j", "2") == expected


def test_what_is_remembered_is_not_judged_again(project: Path, check: Check, monkeypatch: pytest.MonkeyPatch) -> None:
    expected = check("-j", "1")
    judged: list[str] = []
    whole = Linter._checked

    def checked(self: Linter, file: str, source: object) -> object:
        judged.append(file)
        return whole(self, file, source)  # type: ignore[arg-type]

    monkeypatch.setattr(Linter, "_checked", checked)
    assert check("-j", "1") == expected
    assert judged == []
    model = project / "package" / "model3.py"
    model.write_text(model.read_text().replace("F.softmax(self.fc(x), dim=1)", "self.fc(x)"))
    assert len(check("-j", "1")) == len(expected) - 1
    assert sorted(judged) == ["package/model3.py", "train2.py", "train3.py"]
    judged.clear()
    assert check("-j", "1", "--ignore", "LGT101") != expected
    assert len(judged) == 200


def test_a_new_file_that_hides_an_import_is_noticed(project: Path, check: Check) -> None:
    before = check("-j", "1")
    hiding = project / "package" / "model3"
    hiding.mkdir()
    (hiding / "__init__.py").write_text(MODEL.format(n=3, out="self.fc(x)"))
    after = check("-j", "1")
    assert [each["filename"] for each in before if each not in after] == ["train3.py"]
    assert after == check("--no-cache", "-j", "1")
    shutil.rmtree(hiding)
    assert check("-j", "1") == before


def test_a_record_that_is_no_record_is_written_again(project: Path, check: Check) -> None:
    for n in range(9, 99):
        (project / f"train{n}.py").unlink()
    expected = check("-j", "1")
    records = [path for path in (project / ".logitlint_cache").rglob("*") if path.is_file() and "." not in path.name]
    assert len(records) == 110
    for number, record in enumerate(records):
        content = record.read_bytes()
        record.write_bytes((b"", b"\xc1", content[:-1], content.replace(b"LGT", b"XXX"), content * 2)[number % 5])
    assert check("-j", "1") == expected
    assert check("-j", "1") == expected


def test_a_record_must_stand_somewhere(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("import torch.nn.functional as F\nF.cross_entropy(F.softmax(x, 1), y)\n")
    (report,) = Linter(Settings(enabled=CODES)).check_paths([str(tmp_path / "a.py")])
    (finding,) = report.findings
    record = remember(report, b"it")
    assert remembered(record, b"it", CODES) == report
    assert remembered(record, b"another", CODES) is None
    assert remembered(record, b"it", frozenset()) is None
    assert remembered(None, b"it", CODES) is None
    for wrong in ({"row": 0}, {"end_row": 1}, {"cell": -1}):
        nowhere = msgspec.structs.replace(finding, span=msgspec.structs.replace(finding.span, **wrong))
        hostile = remember(msgspec.structs.replace(report, findings=(nowhere,)), b"it")
        assert remembered(hostile, b"it", CODES) is None


def test_a_cache_that_cannot_be_written_is_none(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    cache = Cache(tmp_path / "file", "1", b"secret")
    cache.store(b"key", b"record")
    assert cache.load(b"key") is None
    other = Cache(tmp_path / "folder", "1", b"secret")
    other.store(b"key", b"record")
    assert other.load(b"key") == b"record"
    assert Cache(tmp_path / "folder", "2", b"secret").load(b"key") is None
    assert Cache(tmp_path / "folder", "1", b"another").load(b"key") is None
    (kept,) = (path for path in (tmp_path / "folder" / "1").rglob("*") if path.is_file())
    other.store(b"other", b"of another file")
    (moved,) = (path for path in (tmp_path / "folder" / "1").rglob("*") if path.is_file() and path != kept)
    kept.write_bytes(moved.read_bytes())
    assert other.load(b"key") is None
    assert other.load(b"other") == b"of another file"
    assert not list((tmp_path / "folder").rglob("tmp*"))


def test_few_files_start_no_process(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from logitlint.settings import Settings

    monkeypatch.setattr(processes, "_spread", lambda *_: pytest.fail("started processes"))
    assert len(list(processes.reports(Linter(Settings(enabled=CODES)), ["train0.py", "train1.py"], None))) == 2


FINGERPRINT = """
from logitlint.frameworks.catalog import catalog
from logitlint.project.fingerprints import Fingerprints
from logitlint.project.modules import Project
from logitlint.project.sieve import Sieve
project = Project()
print(Fingerprints(project, Sieve(project, catalog()).imports).of("uses.py").hex())
"""


def test_a_fingerprint_is_the_same_in_every_process(project: Path) -> None:
    words = ", ".join(f"package.model{n}.Net{n}" for n in range(40))
    (project / "uses.py").write_text(f"import torch, package\n\nnets = [{words}]\n")
    made = {
        subprocess.run(
            [sys.executable, "-c", FINGERPRINT],
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "2", "3")
    }
    assert len(made) == 1


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(("files", "terminal", "drawn"), [(3, True, True), (2, True, False), (3, False, False)])
@pytest.mark.parametrize("jobs", [2, None])
def test_a_bar_is_drawn_for_those_who_wait_at_a_terminal(
    project: Path, monkeypatch: pytest.MonkeyPatch, jobs: int | None, files: int, terminal: bool, drawn: bool
) -> None:
    monkeypatch.setattr(processes, "LONG", 3)
    shown = Terminal() if terminal else io.StringIO()
    monkeypatch.setattr(sys, "stderr", shown)
    named = [f"train{number}.py" for number in range(files)]
    found = list(processes.reports(Linter(Settings(enabled=CODES)), named, jobs))
    assert len(found) == files
    assert ("checking" in shown.getvalue() and "100%" in shown.getvalue()) is drawn


@pytest.fixture
def uncollected() -> Iterator[None]:
    gc.unfreeze()  # an earlier test, or a framework, may have set something aside
    processes._set_aside.cache_clear()
    gc.disable()
    yield
    gc.unfreeze()
    gc.enable()


class Circle:
    def __init__(self) -> None:
        self.inside = self


@pytest.mark.usefixtures("uncollected")
def test_what_a_file_leaves_behind_is_collected() -> None:
    left: list[weakref.ref[Circle]] = []

    def judged() -> Iterator[Report]:
        for _ in range(4):
            left.append(weakref.ref(Circle()))
            yield Report()

    assert len(list(processes.swept(judged()))) == 4
    assert [each() is None for each in left] == [False, True, True, True]  # what the start has made is not looked at
    gc.enable()
    assert len(list(processes.swept(judged()))) == 4
    assert left[-1]() is not None  # whoever collects otherwise goes on doing so


@pytest.mark.usefixtures("uncollected")
def test_of_the_parts_that_a_process_checks_only_the_first_is_its_start() -> None:
    left: list[weakref.ref[Circle]] = []

    def judged() -> Iterator[Report]:
        for _ in range(2):
            left.append(weakref.ref(Circle()))
            yield Report()

    for _ in range(3):
        assert len(list(processes.swept(judged()))) == 2
    assert [each() is None for each in left] == [False, True, True, True, True, True]
