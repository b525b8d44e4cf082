"""That the survey of what is installed (`python tests/installed/survey.py`, run by `.ci/run`) sees what must not be."""

from __future__ import annotations

import sys
import time
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent / "installed"))

import survey

BAD = """\
import torch
import torch.nn.functional as F


def step(x, y):
    return F.cross_entropy(torch.softmax(x, dim=1), y)
"""
LINE = BAD.splitlines()[-1].strip()
HERE = survey.Place("package/a.py", "LGT101", LINE)


def known(verdict: str | None = None) -> survey.Judged:
    return survey.Judged(frozenset({"package"}), {HERE: verdict} if verdict else {})


pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="the time of a file is bounded by a signal")


@pytest.fixture
def installed(tmp_path: Path) -> Path:
    folder = tmp_path / "site-packages" / "package"
    folder.mkdir(parents=True)
    (folder / "a.py").write_text(BAD)
    (folder / "b.py").write_text("print 'of another Python'\n")
    (folder / "c.py").write_text("x = 1\n")
    survey._linters.clear()
    return folder


def test_what_is_found_is_told_apart_by_its_line(installed: Path) -> None:
    figures = survey.examined(sorted(installed.iterdir()))
    assert figures.found.keys() == {HERE}
    assert (len(figures.read), figures.refused, figures.losses, figures.resolved, figures.failed) == (3, 1, 1, 1, [])
    (installed / "a.py").write_text(f"'''moved'''\n\n{BAD}")
    survey._linters.clear()
    assert survey.examined([installed / "a.py"]).found.keys() == {HERE}


def test_what_nobody_has_judged_or_what_is_gone_is_a_complaint(installed: Path) -> None:
    figures = survey.examined([installed / "a.py"])
    roots = [installed.parent]
    assert survey.complaints(figures, known("right"), roots) == []
    assert survey.complaints(figures, known("harmless"), roots) == []
    assert survey.complaints(figures, survey.Judged(frozenset(), {}), roots) == []
    [unjudged] = survey.complaints(figures, known(), roots)
    assert unjudged.startswith("not judged: package/a.py LGT101 row 6: softmax probabilities reach cross_entropy")
    [wrong] = survey.complaints(figures, known("wrong"), roots)
    assert wrong.startswith("judged wrong, and still found")
    quiet = survey.examined([installed / "c.py"])
    assert survey.complaints(quiet, known("right"), roots) == []  # it was not looked at
    quiet.read.add("package/a.py")
    assert survey.complaints(quiet, known("right"), roots) == [
        f"judged, and not found any more: package/a.py LGT101\n    {LINE}"
    ]
    (installed / "a.py").write_text("x = 1\n")  # another version of the package
    assert survey.complaints(quiet, known("right"), roots) == []


def test_a_survey_ends_when_its_time_is_up(installed: Path) -> None:
    files = sorted(installed.iterdir())
    late = survey.examined(files, until=0)
    assert (late.read, late.left) == (set(), 3)
    assert survey.examined(files, until=time.time() + 600).left == 0


def test_what_is_not_judged_shares_the_time_that_is_left_and_begins_elsewhere_each_day(installed: Path) -> None:
    files = sorted(installed.iterdir())
    assert sorted(survey.turned(files)) == files
    assert survey._in_its_share(files, time.time() + 600, 4).left == 0
    assert survey._in_its_share(files, time.time(), 4).left == 3
    seen = survey.surveyed(
        {"site-packages package": files, "site-packages other": [files[2]]}, frozenset(), 1, float("inf")
    )
    assert (seen.left, len(seen.read), seen.found.keys()) == (0, 3, {HERE})
    late = survey.surveyed({"site-packages package": files}, frozenset({"package"}), 1, 0)
    assert (late.left, late.read) == (3, set())


def test_each_file_is_first_checked_by_itself_and_everything_that_is_found_there_is_judged(installed: Path) -> None:
    (installed / "__init__.py").write_text("")
    (installed / "kept.py").write_text("import torch\n\n\ndef kept(x):\n    return torch.softmax(x, dim=1)\n")
    (installed / "d.py").write_text(
        "import torch.nn.functional as F\n\nfrom .kept import kept\n\n\n"
        "def step(x, y):\n    return F.cross_entropy(kept(x), y)\n"
    )
    files = sorted(installed.iterdir())
    there = survey.Place("package/d.py", "LGT101", "return F.cross_entropy(kept(x), y)")
    assert survey.examined(files).found.keys() == {HERE, there}
    single = survey.alone({"site-packages package": files}, 1)
    assert (len(single.read), single.left, single.found.keys()) == (6, 0, {HERE})
    assert survey.by_themselves(files).found.keys() == {HERE}
    nobody = survey.Judged(frozenset(), {})
    [said] = survey.complaints(single, nobody, [], by_itself=True)
    assert said.startswith("not judged: package/a.py")
    both = survey.Judged(frozenset(), {HERE: "right", there: "harmless"}, frozenset({HERE}))
    assert survey.complaints(single, both, [installed.parent], by_itself=True) == []
    single.found.clear()
    [said] = survey.complaints(single, both, [installed.parent], by_itself=True)
    assert said.startswith("judged, and not found any more: package/a.py")
    [said] = survey.complaints(single, both, [installed.parent])
    assert said.startswith("judged, and not found any more: package/d.py")


def test_a_crash_and_a_hang_are_complaints_and_the_rest_is_looked_at(
    installed: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*given: object) -> None:
        raise KeyError("broken")

    def endless(*given: object) -> None:
        while True:
            pass

    files = [installed / "a.py", installed / "c.py"]
    for fault in (broken, endless):
        with monkeypatch.context() as patched:
            patched.setattr(survey.Linter, "_report", fault)
            patched.setattr(survey, "SECONDS", 0.5)
            survey._linters.clear()
            figures = survey.examined(files)
        assert figures.read == {"package/a.py", "package/c.py"}
        [said] = survey.complaints(figures, known(), [])
        if fault is broken:
            assert said.startswith("failed: package/a.py: KeyError: 'broken'")
            assert survey.complaints(figures, survey.Judged(frozenset(), {}), []) == [said]
        else:
            assert said.endswith("s: package/a.py")
            assert said.startswith("more than")
            assert survey.complaints(figures, survey.Judged(frozenset(), {}), []) == []


def test_every_judgement_has_its_evidence() -> None:
    judged = survey.judgements(survey.JUDGED.read_text("utf-8"))
    assert judged.whole
    assert not [place for place, verdict in judged.verdicts.items() if verdict == "wrong"]
    assert {place.path.split("/")[0] for place in judged.verdicts.keys() - judged.alone} <= judged.whole
    assert judged.alone
    for text in (
        '[[finding]]\npath = "a.py"\ncode = "LGT101"\nlines = ["x"]\nverdict = "maybe"\nevidence = "it says so"\n',
        '[[finding]]\npath = "a.py"\ncode = "LGT101"\nlines = ["x"]\nverdict = "right"\nevidence = " "\n',
    ):
        with pytest.raises(ValueError, match="no verdict, or no evidence"):
            survey.judgements(text)


def test_everything_that_is_installed_is_looked_at() -> None:
    parts = survey.packages()
    files = [file for part in parts.values() for file in part]
    assert len(files) == len(set(files))
    named = {survey.within(file) for file in files}
    assert {"stdlib/asyncio/__init__.py", "stdlib/random.py", "torch/__init__.py", "libcst/__init__.py"} <= named
    assert {name.split()[0] for name in parts} == {"stdlib", "site-packages"}
    judged = {name for name in parts if survey.is_judged(name, frozenset({"stdlib", "click"}))}
    assert {"stdlib modules", "stdlib test", "site-packages click"} <= judged
    assert not {"site-packages modules", "site-packages torch"} & judged
    assert len(files) > 10_000
