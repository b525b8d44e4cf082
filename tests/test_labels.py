"""The labelled places in public code, and the command that scores them, on a repository of our own."""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path

import pytest
from commands import commit

from logitlint.linter import KNOWN

sys.path.insert(0, str(Path(__file__).parent / "labels"))

import score

BAD = """\
import torch.nn.functional as F


def step(x, y):
    p = F.softmax(x, dim=1)
    return F.cross_entropy(p, y)
"""
CELL = {"cell_type": "code", "metadata": {}, "source": BAD, "outputs": []}


def line(label: str, kind: str, path: str, row: int, **more: object) -> str:
    return json.dumps(
        {"label": label, "kind": kind, "repo": "some/one", "commit": "HEAD", "path": path, "line": row, **more}
    )


@pytest.fixture
def mirror(tmp_path: Path) -> Path:
    folder = tmp_path / "mirror" / "some+one"
    (folder / "src").mkdir(parents=True)
    (folder / "src" / "a.py").write_text(BAD)
    (folder / "n.ipynb").write_text(json.dumps({"cells": [{**CELL, "cell_type": "markdown"}, CELL], "nbformat": 4}))
    (folder / "README.md").write_text(BAD)
    commit(folder)
    return tmp_path / "mirror"


def test_what_is_found_missed_and_reported_is_counted(
    mirror: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    places = tmp_path / "places.jsonl"
    lines = [
        line("positive", "P1", "src/a.py", 9, producer_path="src/b.py", producer_line=1),
        line("positive", "P1", "src/b.py", 90, producer_path="src/a.py", producer_line=4, cross_file=True),
        line("positive", "P1", "n.ipynb", 6, cell=1),
        line("positive", "P1", "n.ipynb", 6, cell=0),
        line("positive", "P13", "src/a.py", 6),
        line("positive", "P1", "src/a.py", 10),
        line("negative", "N:other", "src/a.py", 5),
    ]
    places.write_text("\n".join(lines))
    given = ["--mirror", str(mirror), "--places", str(places), "--list"]
    assert score.main(given) == 0
    said = capsys.readouterr().out
    assert "P1   3 of 5" in said
    assert "mistakes found: 3 of 6; core ones: 3 of 5" in said
    assert "of those across files: 1 of 1" in said
    assert "of those in notebooks: 1 of 2" in said
    assert "reported: 0 of 1" in said
    assert "missed: P13 some/one src/a.py: 6: LGT101" in said
    assert "missed: P1 some/one n.ipynb: cell 0: 6: None" in said
    places.write_text(line("negative", "N:other", "src/a.py", 6))
    assert score.main(given) == 1
    said = capsys.readouterr().out
    assert "reported and right: N:other some/one src/a.py: 6: LGT101" in said
    assert "reported: 1 of 1" in said


def test_what_cannot_be_had_is_told(mirror: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    places = tmp_path / "places.jsonl"
    places.write_text(line("positive", "P1", "a.py", 1).replace("some/one", "some/other"))
    assert score.main(["--mirror", str(mirror), "--places", str(places)]) == 1
    assert capsys.readouterr().err == "skipped: some/other: it is not in the mirror\n"


def test_the_labels_name_places_and_hold_no_code() -> None:
    kinds = json.loads((score.HERE / "kinds.json").read_text())
    assert {code for kind in kinds.values() for code in kind["codes"]} <= {entry.code for entry in KNOWN}
    names = {"label", "kind", "repo", "commit", "path", "cell", "line", "cross_file"}
    names |= {"producer_path", "producer_cell", "producer_line"}
    for written in (score.HERE / "places.jsonl").read_text().splitlines():
        place = json.loads(written)
        assert place.keys() <= names
        assert re.fullmatch("[0-9a-f]{40}", place["commit"])
        assert (place["kind"] in kinds) is (place["label"] == "positive")
