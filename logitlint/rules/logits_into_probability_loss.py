"""Raw logits, or activations that leave [0, 1], are given to a loss that wants probabilities.

The loss takes the logarithm of what it is given. Of numbers outside [0, 1] that is infinite, undefined or clamped
away: PyTorch's `BCELoss` raises as soon as one occurs; other losses return numbers that mean nothing.

Not reported: activations that stay within [0, 1], such as hardsigmoid.

See:
https://docs.pytorch.org/docs/stable/generated/torch.nn.BCELoss.html
https://keras.io/api/losses/probabilistic_losses/
"""

from __future__ import annotations

from collections.abc import Iterator

from logitlint.fixes.safety import Effect
from logitlint.fixes.verbs import EndIn, Replace, SetKeyword, Together, Unactivate
from logitlint.frameworks.vocabulary import Relation, Role, Want
from logitlint.inference.trace import Trace, Use
from logitlint.inference.values import Tensor
from logitlint.kinds import LOG_PROBABILITIES, Kind, describe
from logitlint.rules.checks import PROBABILITY_WANTS, activations_leave_unit, called, fate_outside_unit, misfits, takes
from logitlint.rules.rule import Rule, Verdict

_SCORES = Kind.LOGITS | Kind.ACTIVATED


def _check(use: Use, _trace: Trace) -> Iterator[Verdict]:
    for taken, tensor in takes(use, Role.PREDICTION, *PROBABILITY_WANTS):
        if tensor.kind & _SCORES and _is_wrong(tensor, misfits(taken.want)):
            yield Verdict(
                f"{describe(tensor.kind)} reach {called(use)}, which wants probabilities: {fate_outside_unit(use)}",
                taken,
            )


def _is_wrong(tensor: Tensor, others: Kind) -> bool:
    """Whether all that may arrive is wrong; what is not a score is named by this rule when both may."""
    return tensor.kind.certainly(_SCORES | LOG_PROBABILITIES | others) and activations_leave_unit(tensor)


RULE = Rule(
    code="LGT201",
    name="logits-into-probability-loss",
    summary="Raw logits reach a loss that wants probabilities",
    why=__doc__,
    bad="""\
import torch.nn.functional as F
from torch import nn

head = nn.Linear(128, 10)


def loss(features, labels):
    return F.binary_cross_entropy(head(features), labels)
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
        SetKeyword(name="from_logits", value=True, needs=Kind.LOGITS),
        SetKeyword(name="apply_softmax", value=True, needs=Kind.LOGITS, want=Want.CLASS_PROBABILITIES),
        Replace(relation=Relation.ON_LOGITS, needs=Kind.LOGITS),
        EndIn(needs=_SCORES, effect=Effect.CHANGES_OUTPUT),
        Together(first=Unactivate(), second=Replace(relation=Relation.ON_LOGITS, needs=Kind.ACTIVATED)),
    ),
)
