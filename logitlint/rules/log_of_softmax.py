"""The logarithm of a softmax is taken as `log(softmax(x))`.

Softmax rounds small probabilities to zero, whose logarithm is minus infinity: with float32 as soon as a score is
about 104 below the largest, with float16 at about 17. The loss becomes infinite and the gradient NaN. log_softmax
gives the same value without the detour.

Not reported: the logarithm of a mixture of softmaxes, or of one column; a logarithm from which samples are drawn and
nothing else, since what cannot be drawn may well be minus infinity.

See:
https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.log_softmax.html
"""

from __future__ import annotations

from collections.abc import Iterator

from logitlint.fixes.safety import Effect
from logitlint.fixes.verbs import Fuse
from logitlint.frameworks.vocabulary import Relation
from logitlint.inference.trace import Trace, Use
from logitlint.kinds import Kind
from logitlint.rules.checks import is_log, is_only_sampled, made_by, subject
from logitlint.rules.rule import Rule, Verdict


def _check(use: Use, trace: Trace) -> Iterator[Verdict]:
    found = subject(use)
    if found is None or not is_log(use):
        return
    taken, tensor = found
    if tensor.kind.certainly(Kind.SOFTMAX) and made_by(tensor, Kind.SOFTMAX) and not is_only_sampled(use, trace):
        yield Verdict("log of softmax: probabilities that round to zero become -inf, and the gradient NaN", taken)


RULE = Rule(
    code="LGT701",
    name="log-of-softmax",
    summary="The logarithm of a softmax is taken in two steps",
    why=__doc__,
    bad="""\
import torch
from torch import nn

head = nn.Linear(128, 10)


def predict(features):
    return torch.log(torch.softmax(head(features), dim=1))
""",
    good="""\
import torch
from torch import nn

head = nn.Linear(128, 10)


def predict(features):
    return torch.log_softmax(head(features), dim=1)
""",
    check=_check,
    fix=(Fuse(relation=Relation.LOGARITHM, effect=Effect.SAME_VALUE),),
)
