"""Sigmoid probabilities, each squashed by itself, are given to a loss that applies softmax over the classes.

The loss takes them for raw logits. As they lie between 0 and 1, softmax can hardly tell the classes apart: with ten
classes the most confident prediction is still given a probability of 0.23. Either the classes exclude one another,
and the sigmoid is one step too many, or they do not, and the loss is the wrong one.

Not reported: sigmoid gates inside the network.

See:
https://docs.pytorch.org/docs/stable/generated/torch.nn.CrossEntropyLoss.html
"""

from __future__ import annotations

from collections.abc import Iterator

from logitlint.fixes.safety import Effect
from logitlint.fixes.verbs import Choose
from logitlint.frameworks.vocabulary import Role, Want
from logitlint.inference.trace import Trace, Use
from logitlint.kinds import Kind, describe
from logitlint.rules.checks import called, takes
from logitlint.rules.rule import Rule, Verdict


def _check(use: Use, _trace: Trace) -> Iterator[Verdict]:
    for taken, tensor in takes(use, Role.PREDICTION, Want.CLASS_LOGITS):
        if tensor.kind.certainly(Kind.SIGMOID | Kind.PROBABILITY):
            yield Verdict(
                f"{describe(tensor.kind)} reach {called(use)}, which applies softmax itself: "
                "numbers between 0 and 1 are taken for raw logits, so no class can stand out",
                taken,
            )


RULE = Rule(
    code="LGT103",
    name="sigmoid-into-softmax-loss",
    summary="Sigmoid probabilities reach a loss that applies softmax itself",
    why=__doc__,
    bad="""\
import torch.nn.functional as F
from torch import nn

head = nn.Linear(128, 10)


def loss(features, labels):
    scores = head(features).sigmoid()
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
    fix=(
        Choose(
            words="One class to a sample: give this loss the raw logits. Any number of labels to a sample: use the "
            "loss that applies sigmoid itself, on the raw logits",
            effect=Effect.CHANGES_OUTPUT,
        ),
    ),
)
