"""Softmax probabilities are given to a loss that applies sigmoid itself.

The loss takes numbers between 0 and 1 (or, after log_softmax, numbers below 0) for raw logits. Squashed again, every
class is called at least as likely as not, or never so, whatever the model says. Either the classes exclude one
another, and cross entropy on the raw logits is meant, or they do not, and the softmax is one step too many.

Not reported: softmax attention inside the network.

See:
https://docs.pytorch.org/docs/stable/generated/torch.nn.BCEWithLogitsLoss.html
"""

from __future__ import annotations

from collections.abc import Iterator

from logitlint.fixes.safety import Effect
from logitlint.fixes.verbs import Choose
from logitlint.frameworks.vocabulary import Role, Want
from logitlint.inference.trace import Trace, Use
from logitlint.kinds import Kind, describe
from logitlint.rules.checks import NORMALISED, called, takes
from logitlint.rules.rule import Rule, Verdict


def _check(use: Use, _trace: Trace) -> Iterator[Verdict]:
    for taken, tensor in takes(use, Role.PREDICTION, Want.LABEL_LOGITS):
        if tensor.kind & NORMALISED and tensor.kind.certainly(NORMALISED | Kind.PROBABILITY):
            yield Verdict(
                f"{describe(tensor.kind)} reach {called(use)}, which applies sigmoid itself: "
                "they are taken for raw logits, and the classes for independent labels",
                taken,
            )


RULE = Rule(
    code="LGT104",
    name="softmax-into-sigmoid-loss",
    summary="Softmax probabilities reach a loss that applies sigmoid itself",
    why=__doc__,
    bad="""\
import torch.nn.functional as F
from torch import nn

head = nn.Linear(128, 10)


def loss(features, labels):
    scores = F.softmax(head(features), dim=1)
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
    fix=(
        Choose(
            words="One class to a sample: use the loss that applies softmax itself, on the raw logits. Any number "
            "of labels to a sample: give this loss the raw logits",
            effect=Effect.CHANGES_OUTPUT,
        ),
    ),
)
