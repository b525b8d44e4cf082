"""Texts that are kept: what comes back is what was given, however little is kept as it is."""

from __future__ import annotations

import pytest

from logitlint.project import texts
from logitlint.project.texts import Texts
from logitlint.source.text import Cell, Source

ODD = "x = '\U0001f600'\r\n# \x00\ud800\n"


def test_what_was_packed_comes_back_as_it_was(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(texts, "MOST_PLAIN", 100)
    given = {f"{number}.py": Source(f"{number}.py", ODD * 3 + str(number), "latin-1") for number in range(9)}
    kept = Texts()
    for file, source in given.items():
        kept.put(file, source)
    assert len(kept._packed) > len(kept._plain) > 0
    for _ in range(2):
        assert {file: kept.get(file) for file in given} == given
    assert [*kept] == [*given]
    assert kept._plain.keys() | kept._packed.keys() == given.keys()
    assert kept._size == sum(len(source.text) for source in kept._plain.values()) <= 100


def test_what_is_only_read_is_packed_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(texts, "MOST_PLAIN", 3)
    kept = Texts()
    for name in ("a.py", "b.py"):
        kept.put(name, Source(name, "abc"))
    kept.get("a.py")
    packed = dict(kept._packed)
    for name in ("b.py", "a.py", "b.py"):
        assert kept.get(name) == Source(name, "abc")
    assert all(kept._packed[name] is each for name, each in packed.items())


def test_another_text_of_a_file_takes_the_place_of_the_first(monkeypatch: pytest.MonkeyPatch) -> None:
    kept = Texts()
    for limit in (100, 0):
        monkeypatch.setattr(texts, "MOST_PLAIN", limit)
        for text in ("first", "second"):
            kept.put("a.py", Source("a.py", text))
            kept.put("b.py", Source("b.py", "other"))
        assert kept.get("a.py") == Source("a.py", "second")
        assert [*kept] == ["a.py", "b.py"]
    assert kept.get("c.py") is None


def test_one_that_is_longer_than_all_may_be_stays_until_the_next(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(texts, "MOST_PLAIN", 3)
    kept = Texts()
    kept.put("long.py", Source("long.py", "abcdef"))
    assert [*kept._plain] == ["long.py"]
    kept.put("other.py", Source("other.py", "a"))
    assert [*kept._packed] == ["long.py"]


def test_a_notebook_stays_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(texts, "MOST_PLAIN", 0)
    kept = Texts()
    notebook = Source("a.ipynb", "x = 1\n", cells=(Cell(1, 0, "x = 1"),))
    kept.put("a.ipynb", notebook)
    kept.put("b.py", Source("b.py", "a"))
    kept.put("c.py", Source("c.py", "b"))
    assert kept.get("a.ipynb") is notebook
    assert not kept._packed.get("a.ipynb")
