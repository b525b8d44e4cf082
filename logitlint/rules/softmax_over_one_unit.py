"""Softmax is applied over an axis that has a single unit.

A single number normalised by itself is always 1 (log_softmax: always 0). The output is a constant, its gradient is
zero everywhere, and everything before it stays as it was initialised. A single unit wants a sigmoid.

Not reported: attention pooling, `Linear(h, 1)` followed by softmax over the positions, and every axis that is not
proved to be the axis of the units.

See:
https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.softmax.html
"""

from __future__ import annotations

from collections.abc import Iterator

from logitlint.fixes.safety import Effect
from logitlint.fixes.verbs import Choose, Replace
from logitlint.frameworks.vocabulary import Relation
from logitlint.inference.trace import Trace, Use
from logitlint.rules.checks import NORMALISED, called, is_last, subject
from logitlint.rules.rule import Rule, Verdict


def _check(use: Use, _trace: Trace) -> Iterator[Verdict]:
    kind, found = use.gives, subject(use)
    if kind is None or found is None or not kind.certainly(NORMALISED):
        return
    taken, tensor = found
    if tensor.units == 1 and is_last(use.gives_axis, tensor.rank):
        yield Verdict(f"{called(use)} over a single unit gives a constant: nothing before it can learn", taken)


RULE = Rule(
    code="LGT304",
    name="softmax-over-one-unit",
    summary="Softmax is applied over a single unit",
    why=__doc__,
    bad="""\
import torch
from torch import nn

head = nn.Linear(128, 1)


def predict(features):
    return torch.softmax(head(features), dim=-1)
""",
    good="""\
import torch
from torch import nn

head = nn.Linear(128, 1)


def predict(features):
    return torch.sigmoid(head(features))
""",
    check=_check,
    fix=(
        Replace(relation=Relation.EACH_BY_ITSELF, without=("dim", "axis"), effect=Effect.CHANGES_OUTPUT),
        Choose(
            words="Two classes: replace softmax by sigmoid, and use a binary cross entropy. More classes: give the "
            "layer as many units",
            effect=Effect.CHANGES_OUTPUT,
        ),
    ),
)
