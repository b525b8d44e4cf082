"""Softmax probabilities are given to a loss that applies softmax itself.

The scores are normalised twice. What the loss sees lies between 0 and 1, so after the second softmax no class can get
much more than `e` times the weight of another: with ten classes a perfect prediction still costs 1.46, the gradient
of a confident mistake all but vanishes, and training slows down or stalls. Nothing raises.

Not reported: one column of a softmax, a softmax that only the returned probabilities or the target go through, and
log-probabilities, for which the second normalisation changes nothing (`redundant-log-softmax`).

See:
https://docs.pytorch.org/docs/stable/generated/torch.nn.CrossEntropyLoss.html
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
    for taken, tensor in takes(use, Role.PREDICTION, Want.CLASS_LOGITS):
        if Kind.SOFTMAX in tensor.kind and tensor.kind.certainly(PROBABILITIES):
            yield Verdict(
                f"{describe(tensor.kind)} reach {called(use)}, which applies softmax itself: "
                "normalised twice, the loss cannot approach zero and its gradients fade",
                taken,
            )


RULE = Rule(
    code="LGT101",
    name="softmax-into-softmax-loss",
    summary="Softmax probabilities reach a loss that applies softmax itself",
    why=__doc__,
    bad="""\
import torch.nn.functional as F
from torch import nn

head = nn.Linear(128, 10)


def loss(features, labels):
    scores = F.softmax(head(features), dim=1)
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
)
