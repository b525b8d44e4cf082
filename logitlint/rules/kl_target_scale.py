"""The target of a KL divergence is on another scale than the loss reads it on.

`kl_div` wants probabilities as target, or their logarithms with `log_target=True`. Given the other, or raw logits, it
multiplies by the wrong weights; with `log_target=True` it exponentiates numbers that are no logarithms. The result
may be negative, or NaN, and its minimum lies somewhere else than where the two distributions agree.

Not reported: log-probabilities with `log_target=True`, probabilities without it.

See:
https://docs.pytorch.org/docs/stable/generated/torch.nn.KLDivLoss.html
"""

from __future__ import annotations

from collections.abc import Iterator

from logitlint.fixes.verbs import Replace, SetKeyword
from logitlint.frameworks.vocabulary import Relation, Role, Want
from logitlint.inference.trace import Trace, Use
from logitlint.kinds import LOG_PROBABILITIES, PROBABILITIES, Kind, describe
from logitlint.rules.checks import DIVERGENCE_WANTS, activations_fall_below_zero, called, takes
from logitlint.rules.rule import Rule, Verdict

_SCORES = Kind.LOGITS | Kind.ACTIVATED
_WRONG: dict[Want | None, tuple[str, Kind]] = {
    Want.DISTRIBUTION: ("probabilities", _SCORES | LOG_PROBABILITIES),
    Want.LOG_DISTRIBUTION: ("log-probabilities", _SCORES | PROBABILITIES | Kind.ONE_HOT),
}


def _check(use: Use, _trace: Trace) -> Iterator[Verdict]:
    for taken, tensor in takes(use, Role.TARGET, *DIVERGENCE_WANTS):
        wanted, wrong = _WRONG[taken.want]
        if tensor.kind.certainly(wrong) and activations_fall_below_zero(tensor):
            yield Verdict(
                f"{describe(tensor.kind)} are the target of {called(use)}, which wants {wanted}: "
                "its minimum is not where the distributions agree",
                taken,
            )


RULE = Rule(
    code="LGT205",
    name="kl-target-scale",
    summary="The target of a KL divergence is on the wrong scale",
    why=__doc__,
    bad="""\
import torch.nn.functional as F
from torch import nn

student = nn.Linear(128, 10)
teacher = nn.Linear(128, 10)


def loss(features):
    learned = F.log_softmax(student(features), dim=1)
    believed = F.log_softmax(teacher(features), dim=1)
    return F.kl_div(learned, believed, reduction="batchmean")
""",
    good="""\
import torch.nn.functional as F
from torch import nn

student = nn.Linear(128, 10)
teacher = nn.Linear(128, 10)


def loss(features):
    learned = F.log_softmax(student(features), dim=1)
    believed = F.log_softmax(teacher(features), dim=1)
    return F.kl_div(learned, believed, reduction="batchmean", log_target=True)
""",
    check=_check,
    fix=(
        SetKeyword(name="log_target", value=True, needs=LOG_PROBABILITIES),
        SetKeyword(name="log_target", value=False, needs=PROBABILITIES),
        Replace(relation=Relation.OF_LOGARITHMS, needs=LOG_PROBABILITIES),
        Replace(relation=Relation.OF_PROBABILITIES, needs=PROBABILITIES),
    ),
)
