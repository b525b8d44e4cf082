"""The rules' fixtures, repaired: beside each stands what `--fix --unsafe-fixes` makes of it.

``python tests/test_fix_fixtures.py`` writes the siblings anew; read the difference before it is committed.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from expectations import FIXTURES, expectations

from logitlint.fixer import Fixer, Repaired
from logitlint.rules import RULES
from logitlint.settings import Selection, Settings, enabled

SUFFIX = ".fixed.py"
REPAIRABLE = [path for path in sorted((FIXTURES / "rules").rglob("*.py")) if not path.name.endswith(SUFFIX)]


def repaired(path: Path, *, unsafe: bool = True) -> Repaired:
    select = expectations(path.read_text("utf-8")).select
    on = enabled([Selection(select or None, extend_select=(path.stem.split("_")[0].upper(),))], RULES)
    return Fixer(Settings(enabled=on, noqa=False), unsafe=unsafe).repair([str(path)])


def text_of(path: Path) -> str:
    after = repaired(path).after.get(str(path))
    return path.read_text("utf-8") if after is None else after.source.text


def sibling(path: Path) -> Path:
    return path.with_name(path.name.removesuffix(".py") + SUFFIX)


@pytest.mark.parametrize("path", REPAIRABLE, ids=lambda path: str(path.relative_to(FIXTURES / "rules")))
def test_a_fixture_is_repaired_as_its_sibling_says(path: Path) -> None:
    other = sibling(path)
    assert text_of(path) == (other.read_text("utf-8") if other.exists() else path.read_text("utf-8"))


@pytest.mark.parametrize("path", REPAIRABLE, ids=lambda path: str(path.relative_to(FIXTURES / "rules")))
def test_what_is_repaired_is_left_alone_the_second_time(path: Path) -> None:
    other = sibling(path)
    if other.exists():
        assert not repaired(other).after


def test_no_sibling_without_a_fixture() -> None:
    siblings = {path.name.removesuffix(SUFFIX) for path in (FIXTURES / "rules").rglob(f"*{SUFFIX}")}
    assert siblings <= {path.stem for path in REPAIRABLE}
    assert len(siblings) >= 20


if __name__ == "__main__":
    for each in REPAIRABLE:
        text = text_of(each)
        if text == each.read_text("utf-8"):
            sibling(each).unlink(missing_ok=True)
        else:
            sibling(each).write_text(text, "utf-8")
