"""Every pair of fixtures is executed by one of the tests.

`test_fix_pairs` executes what is written for PyTorch, `test_fix_graphs` what is written for TensorFlow 1,
`test_fix_frameworks` the losses of other frameworks: a function of two parameters, of which the second is named as one
of the truths there; `test_fix_decisions` what else there is of Keras and JAX. That each is measured is held there as
well.
"""

from __future__ import annotations

from pathlib import Path

from expectations import FIXTURES
from test_fix_decisions import MEASURED
from test_fix_fixtures import SUFFIX, sibling
from test_fix_frameworks import RUNS, claimed
from test_fix_graphs import WRITTEN
from test_fix_pairs import PAIRS, RULES, relative


def pairs() -> list[Path]:
    paths = sorted(path for path in FIXTURES.rglob("*.py") if not path.name.endswith(SUFFIX))
    return [path for path in paths if sibling(path).exists()]


def measured_elsewhere() -> set[Path]:
    """What a run of `test_fix_frameworks` measures, before and after."""
    found = {path for _, pattern in RUNS.values() for path in RULES.glob(pattern)}
    return {path for path in found if claimed(path) & claimed(sibling(path))}


def test_every_pair_is_executed() -> None:
    assert {relative(path) for path in {*pairs()} - {*PAIRS, *WRITTEN, *MEASURED} - measured_elsewhere()} == set()
