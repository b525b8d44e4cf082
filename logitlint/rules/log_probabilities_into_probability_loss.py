"""Log-probabilities are given to a loss that wants probabilities.

They are negative, and the loss takes the logarithm of them once more: PyTorch's `BCELoss` raises, other losses clamp
or return numbers that mean nothing.

See:
https://docs.pytorch.org/docs/stable/generated/torch.nn.BCELoss.html
"""

from __future__ import annotations

from collections.abc import Iterator

from logitlint.fixes.verbs import Choose, Replace, SetKeyword, Together, Unactivate
from logitlint.frameworks.vocabulary import Relation, Role, Want
from logitlint.inference.trace import Trace, Use
from logitlint.kinds import LOG_PROBABILITIES, Kind, describe
from logitlint.rules.checks import PROBABILITY_WANTS, called, fate_outside_unit, misfits, takes
from logitlint.rules.rule import Rule, Verdict


def _check(use: Use, _trace: Trace) -> Iterator[Verdict]:
    for taken, tensor in takes(use, Role.PREDICTION, *PROBABILITY_WANTS):
        # Where probabilities of the wrong sort may arrive as well, this rule names both.
        if tensor.kind & LOG_PROBABILITIES and tensor.kind.certainly(LOG_PROBABILITIES | misfits(taken.want)):
            yield Verdict(
                f"{describe(tensor.kind)} reach {called(use)}, which wants probabilities: {fate_outside_unit(use)}",
                taken,
            )


RULE = Rule(
    code="LGT204",
    name="log-probabilities-into-probability-loss",
    summary="Log-probabilities reach a loss that wants probabilities",
    why=__doc__,
    bad="""\
import torch.nn.functional as F
from torch import nn

head = nn.Linear(128, 10)


def loss(features, labels):
    return F.binary_cross_entropy(F.logsigmoid(head(features)), labels)
""",
    good="""\
import torch.nn.functional as F
from torch import nn

head = nn.Linear(128, 10)


def loss(features, labels):
    return F.binary_cross_entropy_with_logits(head(features), labels)
""",
    check=_check,
    fix=(
        SetKeyword(name="from_logits", value=True, needs=Kind.LOG_SOFTMAX, want=Want.CLASS_PROBABILITIES),
        SetKeyword(name="apply_softmax", value=True, needs=Kind.LOG_SOFTMAX, want=Want.CLASS_PROBABILITIES),
        Together(
            first=Unactivate(),
            second=SetKeyword(name="from_logits", value=True, needs=Kind.LOG_SIGMOID, want=Want.LABEL_PROBABILITIES),
        ),
        Together(first=Unactivate(), second=Replace(relation=Relation.ON_LOGITS, needs=Kind.LOG_SIGMOID)),
        Choose(
            words="One class to a sample: use a loss that wants log-probabilities. Any number of labels to a sample: "
            "use the loss that applies sigmoid itself, on the raw logits"
        ),
    ),
)
