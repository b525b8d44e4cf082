"""A binary cross-entropy is given softmax probabilities of all classes.

Softmax says that exactly one class is right; binary cross-entropy judges each class by itself. Together they punish
the wrong classes twice (they cannot rise without the right one falling), and samples with several labels, or none,
can never be fitted: the probabilities must add up to one.

With two classes and one-hot targets the loss equals cross entropy, only less stable.

Not reported: one column of a softmax, which is the probability of one event.

See:
https://docs.pytorch.org/docs/stable/generated/torch.nn.BCELoss.html
https://keras.io/api/losses/probabilistic_losses/
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
    for taken, tensor in takes(use, Role.PREDICTION, Want.LABEL_PROBABILITIES):
        if tensor.kind.certainly(Kind.SOFTMAX):
            consequence = (
                "with two classes it equals cross entropy, less stable"
                if tensor.units == 2
                else "the classes compete for one probability, and each is judged by itself"
            )
            yield Verdict(
                f"{describe(tensor.kind)} of all classes reach {called(use)}, which is for independent labels: "
                f"{consequence}",
                taken,
            )


RULE = Rule(
    code="LGT301",
    name="binary-loss-on-softmax",
    summary="A loss for independent labels is given a softmax over all classes",
    why=__doc__,
    bad="""\
import torch.nn.functional as F
from torch import nn

head = nn.Linear(128, 10)


def loss(features, labels):
    scores = F.softmax(head(features), dim=1)
    return F.binary_cross_entropy(scores, labels)
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
            words="One class to a sample: use a cross entropy over the classes, on the raw logits. Any number of "
            "labels to a sample: replace softmax by sigmoid",
            effect=Effect.CHANGES_OUTPUT,
        ),
    ),
)
