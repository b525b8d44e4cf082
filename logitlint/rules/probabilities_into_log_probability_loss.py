"""Probabilities are given to a loss that wants their logarithms.

`NLLLoss` on probabilities is `-p` instead of `-log(p)`: it lies between -1 and 0, and its gradient is smallest
exactly where the model is most wrong. `KLDivLoss` subtracts a probability where it should subtract a logarithm.
Nothing raises, and the loss even falls.

Not reported: skorch's `NLLLoss`, which takes the logarithm itself; `NLLLoss` that only picks the probability of the
label, of which something else is made: what is negated, taken from something or added to one (`1 + nll_loss(p, y)` is
the mean absolute error), and with `reduction="none"` what is not averaged, the weight that focal losses begin with.

See:
https://docs.pytorch.org/docs/stable/generated/torch.nn.NLLLoss.html
https://docs.pytorch.org/docs/stable/generated/torch.nn.KLDivLoss.html
"""

from __future__ import annotations

from collections.abc import Iterator

from logitlint.fixes.verbs import Choose, ReplaceMaker
from logitlint.frameworks.vocabulary import Relation, Role, Want
from logitlint.inference.trace import Trace, Use
from logitlint.kinds import PROBABILITIES, Kind, describe
from logitlint.rules.checks import called, takes
from logitlint.rules.picked import is_a_measure
from logitlint.rules.rule import Rule, Verdict


def _check(use: Use, trace: Trace) -> Iterator[Verdict]:
    for taken, tensor in takes(use, Role.PREDICTION, Want.CLASS_LOG_PROBABILITIES):
        if tensor.kind.certainly(PROBABILITIES) and not is_a_measure(use, tensor, trace):
            yield Verdict(
                f"{describe(tensor.kind)} reach {called(use)}, which wants log-probabilities: "
                "the logarithm is missing, so confident mistakes cost next to nothing",
                taken,
            )


RULE = Rule(
    code="LGT203",
    name="probabilities-into-log-probability-loss",
    summary="Probabilities reach a loss that wants log-probabilities",
    why=__doc__,
    bad="""\
import torch.nn.functional as F
from torch import nn

head = nn.Linear(128, 10)


def loss(features, labels):
    scores = F.softmax(head(features), dim=1)
    return F.nll_loss(scores, labels)
""",
    good="""\
import torch.nn.functional as F
from torch import nn

head = nn.Linear(128, 10)


def loss(features, labels):
    scores = F.log_softmax(head(features), dim=1)
    return F.nll_loss(scores, labels)
""",
    check=_check,
    fix=(
        ReplaceMaker(relation=Relation.LOGARITHM, needs=Kind.SOFTMAX),
        Choose(
            words="One class to a sample: give the loss the logarithm of a softmax over the raw logits. Any number of "
            "labels to a sample: use a binary cross entropy"
        ),
    ),
)
