"""The logarithm of a sigmoid is taken as `log(sigmoid(x))` or `log(1 - sigmoid(x))`.

The sigmoid of a large negative score rounds to zero, and one minus that of a large positive score does so long before
(at about 17 with float32): the logarithm is minus infinity, the gradient NaN. logsigmoid gives the same value without
the detour; `log(1 - sigmoid(x))` is `logsigmoid(-x)`.

See:
https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.logsigmoid.html
"""

from __future__ import annotations

from collections.abc import Iterator

from logitlint.fixes.safety import Effect
from logitlint.fixes.verbs import Fuse
from logitlint.frameworks.vocabulary import Relation
from logitlint.inference.lineage import makers
from logitlint.inference.trace import Trace, Use
from logitlint.inference.values import Tensor
from logitlint.kinds import Kind
from logitlint.rules.checks import complemented, is_log, made_by, subject
from logitlint.rules.rule import Rule, Verdict


def _check(use: Use, _trace: Trace) -> Iterator[Verdict]:
    found = subject(use)
    if found is None or not is_log(use) or not found[1].kind.certainly(Kind.SIGMOID):
        return
    taken, tensor = found
    if made_by(tensor, Kind.SIGMOID):
        yield Verdict("log of sigmoid: probabilities that round to zero become -inf, and the gradient NaN", taken)
    elif _is_complement(tensor):
        yield Verdict("log of 1 - sigmoid: probabilities that round to one become -inf, and the gradient NaN", taken)


def _is_complement(tensor: Tensor) -> bool:
    made = makers(tensor)
    return bool(made) and all((whole := complemented(use)) is not None and made_by(whole, Kind.SIGMOID) for use in made)


RULE = Rule(
    code="LGT702",
    name="log-of-sigmoid",
    summary="The logarithm of a sigmoid is taken in two steps",
    why=__doc__,
    bad="""\
import torch
from torch import nn

head = nn.Linear(128, 1)


def loss(better, worse):
    margin = head(better) - head(worse)
    return -torch.mean(torch.log(torch.sigmoid(margin)))
""",
    good="""\
import torch
from torch import nn

head = nn.Linear(128, 1)


def loss(better, worse):
    margin = head(better) - head(worse)
    return -torch.mean(nn.functional.logsigmoid(margin))
""",
    check=_check,
    fix=(Fuse(relation=Relation.LOGARITHM, effect=Effect.SAME_VALUE),),
)
