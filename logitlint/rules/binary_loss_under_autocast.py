"""A binary cross-entropy on probabilities is computed inside a CUDA autocast scope.

Half precision cannot hold probabilities near 0 and 1, so PyTorch refuses: `binary_cross_entropy` raises a
RuntimeError there. On the CPU the same code runs, which is why it is found late.

Not reported: autocast scopes that are switched off, or whose device is not known.

See:
https://docs.pytorch.org/docs/stable/amp.html#prefer-binary-cross-entropy-with-logits-over-binary-cross-entropy
"""

from __future__ import annotations

from collections.abc import Iterator

from logitlint.fixes.safety import Effect
from logitlint.fixes.verbs import Replace, Together, Unactivate
from logitlint.frameworks.vocabulary import Fact, Relation, Role, Scope
from logitlint.inference.trace import Trace, Use, Via
from logitlint.kinds import Kind
from logitlint.rules.checks import called
from logitlint.rules.rule import Rule, Verdict


def _check(use: Use, _trace: Trace) -> Iterator[Verdict]:
    if use.has(Fact.RAISES_UNDER_AUTOCAST) and Scope.AUTOCAST in use.scopes and use.via is Via.CALL:
        yield Verdict(f"{called(use)} raises under CUDA autocast", use.first(Role.PREDICTION))


RULE = Rule(
    code="LGT704",
    name="binary-loss-under-autocast",
    summary="Binary cross-entropy on probabilities under CUDA autocast",
    why=__doc__,
    bad="""\
import torch
import torch.nn.functional as F
from torch import nn

head = nn.Linear(128, 1)


def loss(features, labels):
    with torch.autocast("cuda"):
        scores = head(features).sigmoid()
        return F.binary_cross_entropy(scores, labels)
""",
    good="""\
import torch
import torch.nn.functional as F
from torch import nn

head = nn.Linear(128, 1)


def loss(features, labels):
    with torch.autocast("cuda"):
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
)
