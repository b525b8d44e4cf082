"""Every pair of fixtures is executed by one of the tests, or is on a list that says why it is not.

`test_fix_pairs` executes what is written for PyTorch, `test_fix_graphs` what is written for TensorFlow 1,
`test_fix_frameworks` the losses of other frameworks: a function of two parameters, of which the second is named as one
of the truths there. That each is measured is held there as well.
"""

from __future__ import annotations

from pathlib import Path

from expectations import FIXTURES
from test_fix_fixtures import SUFFIX, sibling
from test_fix_frameworks import RUNS, claimed
from test_fix_graphs import WRITTEN
from test_fix_pairs import PAIRS, RULES, relative

NO_LOSS = frozenset(
    {
        "jax/lgt201_logits_into_probability_loss.py",
        "jax/lgt204_log_probabilities_into_probability_loss.py",
        "jax/lgt304_softmax_over_one_unit.py",
        "jax/lgt601_logits_thresholded_as_probabilities.py",
        "jax/lgt603_argmax_over_one_unit.py",
        "jax/lgt604_logits_as_probabilities.py",
        "jax/lgt605_probabilities_as_logits.py",
        "jax/lgt705_hand_written_softmax.py",
        "jax/lgt709_redundant_activation_before_argmax.py",
        "keras/lgt402_dropout_on_logits.py",
        "keras/lgt601_logits_thresholded_as_probabilities.py",
        "keras/lgt709_redundant_activation_before_argmax.py",
    }
)
"""What is repaired is a decision, a draw, an activation, or a loss without one formula: nothing measures those yet."""
WHOLE_PROGRAMS = frozenset(
    {
        "consumers/jax/lgt101_softmax_into_softmax_loss.py",
        "keras/lgt306_sparse_loss_on_one_hot_labels.py",
        "keras/outputs/lgt201_logits_into_probability_loss.py",
        "keras/restored/lgt201_logits_into_probability_loss.py",
    }
)
"""It has no loss that can be called with a batch alone: states, attributes of tensors, models of which nothing is
called, weights in a file that is not there."""


def pairs() -> list[Path]:
    paths = sorted(path for path in FIXTURES.rglob("*.py") if not path.name.endswith(SUFFIX))
    return [path for path in paths if sibling(path).exists()]


def measured_elsewhere() -> set[Path]:
    """What a run of `test_fix_frameworks` measures, before and after."""
    found = {path for _, pattern in RUNS.values() for path in RULES.glob(pattern)}
    return {path for path in found if claimed(path) & claimed(sibling(path))}


def test_every_pair_is_executed_or_it_is_said_why_not() -> None:
    left = {relative(path) for path in {*pairs()} - {*PAIRS, *WRITTEN} - measured_elsewhere()}
    assert left == NO_LOSS | WHOLE_PROGRAMS
