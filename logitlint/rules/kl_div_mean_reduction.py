"""A KL divergence is reduced with `reduction="mean"`, which is also PyTorch's default.

The divergence of one sample is a sum over its classes. `mean` divides that sum by their number too, so the loss is
too small by a factor that changes with the number of classes, and its weight against other terms is not what it looks
like. `batchmean` is the mathematical value; PyTorch warns about it.

Opt-in, as it is a constant factor.

See:
https://docs.pytorch.org/docs/stable/generated/torch.nn.KLDivLoss.html
"""

from __future__ import annotations

from collections.abc import Iterator

from logitlint.fixes.verbs import SetKeyword
from logitlint.frameworks.vocabulary import Fact
from logitlint.inference.trace import Trace, Use, Via
from logitlint.inference.values import Literal
from logitlint.rules.checks import called
from logitlint.rules.rule import Rule, Verdict

_OLD = ("size_average", "reduce")
"""What older code says instead of `reduction`."""


def _check(use: Use, _trace: Trace) -> Iterator[Verdict]:
    if use.has(Fact.DIVERGENCE) and use.via is not Via.CONSTRUCT and _is_averaged(use):
        yield Verdict(f"{called(use)} with reduction='mean' divides by the number of classes as well")


def _is_averaged(use: Use) -> bool:
    if use.open or any(use.given.get(old, Literal(None)) != Literal(None) for old in _OLD):
        return False
    return use.given.get("reduction", Literal("mean")) == Literal("mean")


RULE = Rule(
    code="LGT803",
    name="kl-div-mean-reduction",
    summary="KL divergence is averaged over the classes as well",
    why=__doc__,
    bad="""\
import torch.nn.functional as F
from torch import nn

student = nn.Linear(128, 10)
teacher = nn.Linear(128, 10)


def loss(features):
    learned = F.log_softmax(student(features), dim=1)
    believed = F.softmax(teacher(features), dim=1)
    return F.kl_div(learned, believed)
""",
    good="""\
import torch.nn.functional as F
from torch import nn

student = nn.Linear(128, 10)
teacher = nn.Linear(128, 10)


def loss(features):
    learned = F.log_softmax(student(features), dim=1)
    believed = F.softmax(teacher(features), dim=1)
    return F.kl_div(learned, believed, reduction="batchmean")
""",
    check=_check,
    fix=(SetKeyword(name="reduction", value="batchmean"),),
    default=False,
)
