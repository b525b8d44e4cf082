"""The fixtures: real files, with what must be found written on the line."""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Collection
from pathlib import Path

import pytest
from expectations import FIXTURES, KNOWN, MisspeltError, expectations

from logitlint.frameworks.catalog import catalog
from logitlint.frameworks.vocabulary import Role
from logitlint.inference.run import analyse
from logitlint.inference.trace import Trace
from logitlint.kinds import NOTHING, Kind, describe
from logitlint.linter import Linter
from logitlint.lowering.walk import spans
from logitlint.project.modules import Project
from logitlint.project.sieve import Sieve
from logitlint.rules import RULES
from logitlint.settings import Selection, Settings, enabled

REPAIRED = ".fixed.py"
"""What repairs make of the fixture beside it: see test_fix_fixtures.py."""
RULE_FIXTURES = sorted(path for path in (FIXTURES / "rules").glob("**/*.py") if not path.name.endswith(REPAIRED))
CLEAN_FIXTURES = sorted((FIXTURES / "clean").glob("**/*.py"))
KIND_FIXTURES = sorted((FIXTURES / "kinds").glob("**/*.py"))
PROJECT_FIXTURES = sorted((FIXTURES / "projects").glob("*/**/*.py"))
EVERY = sorted(path for path in FIXTURES.glob("**/*.py") if not path.name.endswith(REPAIRED))
STATED = [path for path in EVERY if expectations(path.read_text("utf-8")).kinds]
KNOWN_GAPS = 1
"""How many findings are known to be missed; this number may only fall."""


def findings(path: Path, on: Collection[str]) -> set[tuple[int, str]]:
    (report,) = Linter(Settings(enabled=frozenset(on))).check_paths([str(path)])
    assert not report.failures
    return {(finding.span.row, finding.code) for finding in report.findings}


def chosen(path: Path, *also: str) -> frozenset[str]:
    select = expectations(path.read_text("utf-8")).select
    return enabled([Selection(select or None, extend_select=also)], RULES)


@pytest.mark.parametrize("path", RULE_FIXTURES, ids=lambda path: str(path.relative_to(FIXTURES)))
def test_what_a_rule_finds_in_real_code(path: Path) -> None:
    expected = expectations(path.read_text("utf-8"))
    code = path.stem.split("_")[0].upper()
    found = findings(path, chosen(path, code))
    assert found == expected.found
    assert code in {each for _, each in expected.found}


@pytest.mark.parametrize("path", CLEAN_FIXTURES, ids=lambda path: str(path.relative_to(FIXTURES)))
def test_what_must_stay_quiet(path: Path) -> None:
    assert not expectations(path.read_text("utf-8")).found
    assert findings(path, chosen(path)) == set()


@pytest.mark.parametrize("path", [*KIND_FIXTURES, *PROJECT_FIXTURES], ids=lambda path: str(path.relative_to(FIXTURES)))
def test_what_the_interpreter_follows(path: Path) -> None:
    expected = expectations(path.read_text("utf-8"))
    assert findings(path, chosen(path)) == expected.found


@pytest.mark.parametrize("path", STATED, ids=lambda path: str(path.relative_to(FIXTURES)))
def test_what_kind_a_value_is(path: Path) -> None:
    project = Project()
    trace = analyse(project, Sieve(project, catalog()), str(path)).trace
    expected = expectations(path.read_text("utf-8"))
    seen = kinds(trace, str(path), project.text(str(path)))
    for row, kind in expected.kinds:
        assert row in seen, f"row {row}: nothing catalogued happens here"
        assert seen[row] == kind, f"row {row}: {describe(seen[row])}"


def kinds(trace: Trace, file: str, text: str) -> dict[int, Kind]:
    """By row: the kind of what is assigned there, or else of what the catalogued call on it was given."""
    rows = {origin: place[0] for origin, place in spans(text, origins(trace, file)).items()}
    given: dict[int, Kind] = defaultdict(lambda: NOTHING)
    made: dict[int, Kind] = defaultdict(lambda: NOTHING)
    for use in trace:
        row = rows.get(use.origin.node, 0) if use.origin.file == file else 0
        for taken in use.taken:
            if taken.role is Role.PREDICTION:
                given[row] |= taken.kind
            for maker in taken.tensor.made if taken.tensor else ():
                if maker.origin.file == file and rows[maker.origin.node] != row:
                    made[rows[maker.origin.node]] |= taken.kind
    assigned = {node.lineno for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Assign | ast.AugAssign)}
    return {**{row: kind for row, kind in made.items() if row in assigned}, **given}


def origins(trace: Trace, file: str) -> set[int]:
    """The places of a file at which something catalogued was used."""
    makers = (use for each in trace for taken in each.taken if taken.tensor for use in taken.tensor.made)
    return {use.origin.node for use in (*trace, *makers) if use.origin.file == file}


def test_each_rule_has_a_fixture() -> None:
    named = {f"{rule.code.lower()}_{rule.name.replace('-', '_')}" for rule in RULES}
    assert {path.stem for path in RULE_FIXTURES} == named


def test_known_gaps_only_become_fewer() -> None:
    missed = [each for path in EVERY for each in expectations(path.read_text("utf-8")).missed]
    assert len(missed) == KNOWN_GAPS


# -- the loader -------------------------------------------------------------------------------------------------------


def test_comments_are_read() -> None:
    said = expectations(
        """# select: LGT1 LGT501
x = 1  # expect: LGT101, LGT103
y = 2  # expect-miss: LGT105 # kind: softmax|sigmoid
"""
    )
    assert said.found == {(2, "LGT101"), (2, "LGT103")}
    assert said.missed == {(3, "LGT105")}
    assert said.kinds == ((3, Kind.SOFTMAX | Kind.SIGMOID),)
    assert said.select == ("LGT1", "LGT501")


def test_comments_that_are_not_ours_are_left_alone() -> None:
    said = expectations("# a comment: with a colon\nx = '# expect: LGT101'  # noqa: LGT101\n# TF: no\n")
    assert said == expectations("")


@pytest.mark.parametrize(
    "text",
    [
        "x = 1  # expcet: LGT101",
        "x = 1  # expects: LGT101",
        "x = 1  # Expect: LGT101",
        "x = 1  # expect LGT101",
        "x = 1  # expect-mis: LGT101",
        "x = 1  # kinds: softmax",
        "x = 1  # slect: LGT",
        "x = 1  # expect: LGT999",
        "x = 1  # expect:",
        "x = 1  # expect: lgt101",
        "x = 1  # expect-miss: 101",
        "x = 1  # kind: soft-max",
        "x = 1  # expect: LGT101  # expect-miss: LGT101",
    ],
)
def test_a_misspelt_comment_fails(text: str) -> None:
    with pytest.raises(MisspeltError):
        expectations(text)


def test_every_code_can_be_expected() -> None:
    assert len(KNOWN) == len(RULES) + 1
