"""Dropout is applied directly to the raw logits.

While training, the score of a class, the right one included, is set to zero at random and the others are scaled up.
That is noise in the labels rather than regularisation of the features: dropout belongs before the last layer.

Opt-in, as there are papers that do so on purpose.

See:
https://docs.pytorch.org/docs/stable/generated/torch.nn.Dropout.html
"""

from __future__ import annotations

from collections.abc import Iterator

from logitlint.fixes.verbs import Unactivate
from logitlint.frameworks.vocabulary import Fact, Role, Want
from logitlint.inference.lineage import makers
from logitlint.inference.trace import Trace, Use
from logitlint.kinds import Kind
from logitlint.rules.checks import called, takes
from logitlint.rules.rule import Rule, Verdict


def _check(use: Use, _trace: Trace) -> Iterator[Verdict]:
    for taken, tensor in takes(use, Role.PREDICTION, Want.CLASS_LOGITS, Want.LABEL_LOGITS):
        made = makers(tensor)
        if tensor.kind.certainly(Kind.LOGITS) and made and all(map(_drops, made)):
            yield Verdict(f"dropout is the last thing before {called(use)}: it erases scores, not features", taken)


def _drops(use: Use) -> bool:
    return use.has(Fact.DROPOUT) and use.literal("p") != 0 and use.literal("training") is not False


RULE = Rule(
    code="LGT402",
    name="dropout-on-logits",
    summary="Dropout is the last thing before a loss on raw logits",
    why=__doc__,
    bad="""\
import torch.nn.functional as F
from torch import nn

head = nn.Linear(128, 10)


def loss(features, labels):
    scores = F.dropout(head(features), 0.5)
    return F.cross_entropy(scores, labels)
""",
    good="""\
import torch.nn.functional as F
from torch import nn

head = nn.Linear(128, 10)


def loss(features, labels):
    scores = head(features)
    return F.cross_entropy(scores, labels)
""",
    check=_check,
    fix=(Unactivate(),),
    default=False,
)
