"""Sigmoid probabilities are given to a loss that applies sigmoid itself.

The loss takes numbers between 0 and 1 for raw logits and squashes them again, into the range from 0.5 to 0.73. No
sample can be called negative with any confidence: the loss of a perfect negative stays at 0.69. No score gets more than
half of the gradient that it should, and the worst mistakes next to none.

Not reported: a sigmoid used beside the loss, as the weight of a focal loss is.

See:
https://docs.pytorch.org/docs/stable/generated/torch.nn.BCEWithLogitsLoss.html
https://keras.io/api/losses/probabilistic_losses/
"""

from __future__ import annotations

from collections.abc import Iterator

from logitlint.fixes.verbs import Unactivate
from logitlint.frameworks.vocabulary import Role, Want
from logitlint.inference.trace import Trace, Use
from logitlint.kinds import PROBABILITIES, Kind, describe
from logitlint.rules.checks import called, takes
from logitlint.rules.rule import Rule, Verdict


def _check(use: Use, _trace: Trace) -> Iterator[Verdict]:
    for taken, tensor in takes(use, Role.PREDICTION, Want.LABEL_LOGITS):
        wrong = tensor.kind.certainly(PROBABILITIES | Kind.LOG_SIGMOID)
        # Softmax alone is softmax-into-sigmoid-loss; where both may arrive, this rule names both.
        if wrong and (Kind.SOFTMAX not in tensor.kind or tensor.kind & (Kind.SIGMOID | Kind.LOG_SIGMOID)):
            yield Verdict(
                f"{describe(tensor.kind)} reach {called(use)}, which applies sigmoid itself: "
                "squashed twice, no sample can be told from chance with confidence",
                taken,
            )


RULE = Rule(
    code="LGT102",
    name="sigmoid-into-sigmoid-loss",
    summary="Sigmoid probabilities reach a loss that applies sigmoid itself",
    why=__doc__,
    bad="""\
import torch.nn.functional as F
from torch import nn

head = nn.Linear(128, 10)


def loss(features, labels):
    scores = head(features).sigmoid()
    return F.binary_cross_entropy_with_logits(scores, labels)
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
    fix=(Unactivate(),),
)
