"""Softmax is written out as `exp(x) / exp(x).sum(...)`.

The exponential of a score above 88 is infinite in float32, above 11 in float16, and infinity divided by infinity is
NaN. The library's softmax subtracts the largest score first.

Opt-in: some code subtracts the maximum itself.

See:
https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.softmax.html
"""

from __future__ import annotations

from collections.abc import Iterator

from logitlint.fixes.safety import Effect
from logitlint.fixes.verbs import Normalise
from logitlint.frameworks.vocabulary import Axes, Role, SameAs
from logitlint.inference.lineage import before, makers, sources
from logitlint.inference.trace import Trace, Use
from logitlint.inference.values import Tensor
from logitlint.rules.checks import exponential, is_division, subject
from logitlint.rules.rule import Rule, Verdict


def _check(use: Use, _trace: Trace) -> Iterator[Verdict]:
    found, below = subject(use), use.first(Role.OTHER)
    if found is None or below is None or below.tensor is None or not is_division(use):
        return
    taken, above = found
    if exponential(above) and _is_sum(below.tensor, above):
        yield Verdict("softmax written by hand: the exponential overflows where softmax does not", taken)


def _is_sum(tensor: Tensor, of: Tensor) -> bool:
    made = makers(tensor)
    numbers = {source.number for source in sources(of)}
    return bool(made) and all(
        isinstance(use.row, SameAs)
        and use.row.axes is Axes.SUMMED
        and (summed := before(use)) is not None
        and {source.number for source in sources(summed)} == numbers
        for use in made
    )


RULE = Rule(
    code="LGT705",
    name="hand-written-softmax",
    summary="Softmax is written out by hand",
    why=__doc__,
    bad="""\
import torch
from torch import nn

head = nn.Linear(128, 10)


def predict(features):
    scores = torch.exp(head(features))
    return scores / scores.sum(dim=1, keepdim=True)
""",
    good="""\
import torch
from torch import nn

head = nn.Linear(128, 10)


def predict(features):
    logits = head(features)
    return torch.softmax(logits, dim=1)
""",
    check=_check,
    fix=(Normalise(effect=Effect.SAME_VALUE),),
    default=False,
)
