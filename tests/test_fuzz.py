"""Real files, spoilt at random: a small, fixed sample. ``python tests/fuzz/fuzz.py`` runs until its time is up."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent / "fuzz"))

import fuzz

CASES = 60
PLAIN = b"""\
import torch
import torch.nn.functional as F


def step(x, y):
    return F.cross_entropy(torch.softmax(x, dim=1), y)
"""

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="the time of a file is bounded by a signal")


def test_spoilt_files_break_nothing() -> None:
    figures = fuzz.run(range(CASES), seconds=600)
    assert figures.failed == []
    assert figures.files == CASES
    assert figures.programs > CASES / 4  # what is no program is hardly looked at
    assert figures.repaired > 3


def test_a_lost_byte_a_mistake_of_ours_and_a_hang_would_be_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    edited = fuzz.Document.edited

    def lossy(self: fuzz.Document, changes: object) -> fuzz.Document:
        after = edited(self, changes)
        return fuzz.Document(after.content.replace(b"def ", b"def  ", 1), after.source)

    def broken(*given: object) -> None:
        raise KeyError("broken")

    def endless(*given: object) -> None:
        while True:
            pass

    for owner, name, fault, words in [
        (fuzz.Document, "edited", lossy, "is gone or changed"),
        (fuzz.Linter, "_report", broken, "KeyError: 'broken'"),
        (fuzz.Linter, "_report", endless, "Hang: more than 1 s"),
    ]:
        with monkeypatch.context() as patched:
            patched.setattr(owner, name, fault)
            patched.setattr(fuzz, "SECONDS", 1)
            patched.setattr(fuzz, "case", lambda number, _: fuzz.Case(number, Path("plain.py"), PLAIN))
            [failed] = fuzz.run(range(1), seconds=60).failed
            assert words in failed
