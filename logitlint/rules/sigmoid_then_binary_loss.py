"""A sigmoid is followed by a binary cross-entropy on probabilities.

The value is right, but the sigmoid of a large score rounds to 0 or 1, and the loss then clamps the logarithm: the
gradient of exactly the worst mistakes is lost. The loss on raw logits does both in one stable step, and works under
autocast.

Losses that cut probabilities off a little before 0 and 1, as Keras does, are left alone.

Opt-in, as it is a matter of numerical range, not of correctness.

See:
https://docs.pytorch.org/docs/stable/generated/torch.nn.BCEWithLogitsLoss.html
"""

from __future__ import annotations

from collections.abc import Iterator

from logitlint.fixes.safety import Effect
from logitlint.fixes.verbs import Replace, Together, Unactivate
from logitlint.frameworks.vocabulary import Fact, Relation, Role, Want
from logitlint.inference.trace import Trace, Use
from logitlint.kinds import Kind
from logitlint.rules.checks import called, made_by, takes
from logitlint.rules.rule import Rule, Verdict


def _check(use: Use, _trace: Trace) -> Iterator[Verdict]:
    if use.has(Fact.CLIPS):
        return
    for taken, tensor in takes(use, Role.PREDICTION, Want.LABEL_PROBABILITIES):
        if tensor.kind.certainly(Kind.SIGMOID) and made_by(tensor, Kind.SIGMOID):
            yield Verdict(f"sigmoid, then {called(use)}: in one step on raw logits the gradient survives", taken)


RULE = Rule(
    code="LGT703",
    name="sigmoid-then-binary-loss",
    summary="Sigmoid and binary cross-entropy are two steps where one is stable",
    why=__doc__,
    bad="""\
import torch.nn.functional as F
from torch import nn

head = nn.Linear(128, 10)


def loss(features, labels):
    scores = head(features).sigmoid()
    return F.binary_cross_entropy(scores, labels)
""",
    good="""\
import torch.nn.functional as F
from torch import nn

head = nn.Linear(128, 10)


def loss(features, labels):
    scores = head(features)
    return F.binary_cross_entropy_with_logits(scores, labels)
""",
    check=_check,
    fix=(
        Together(
            first=Unactivate(effect=Effect.SAME_VALUE),
            second=Replace(relation=Relation.ON_LOGITS, needs=Kind.SIGMOID, effect=Effect.SAME_VALUE),
            effect=Effect.SAME_VALUE,
        ),
    ),
    default=False,
)
