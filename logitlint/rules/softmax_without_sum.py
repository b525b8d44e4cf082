"""`exp(x)` is divided by `exp(x)`: the sum that would make it a softmax is missing.

Every element is 1, whatever the model says, and the gradient is zero.

Not reported: one of the two detached, ``weight / weight.detach()``, which is 1 with a gradient (policy gradients).

See:
https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.softmax.html
"""

from __future__ import annotations

from collections.abc import Iterator

from logitlint.fixes.safety import Effect
from logitlint.fixes.verbs import Choose
from logitlint.frameworks.vocabulary import Fact, Role
from logitlint.inference.lineage import before
from logitlint.inference.trace import Trace, Use
from logitlint.inference.values import Tensor
from logitlint.rules.checks import exponential, is_division, subject
from logitlint.rules.rule import Rule, Verdict


def _check(use: Use, _trace: Trace) -> Iterator[Verdict]:
    found, below = subject(use), use.first(Role.OTHER)
    if found is None or below is None or below.tensor is None or not is_division(use):
        return
    taken, above = found
    same = above.number == below.tensor.number and _carries_gradient(above) == _carries_gradient(below.tensor)
    if same and exponential(above):
        yield Verdict("exp(x) / exp(x) is 1 everywhere: the sum of a softmax is missing", taken)


def _carries_gradient(tensor: Tensor) -> bool:
    """Whether nothing on the way that the number took cuts its gradient off."""
    current: Tensor | None = tensor
    while current is not None and current.made:
        use = current.made[0]
        if use.has(Fact.TRAINS_NOT):
            return False
        current = before(use)
    return True


RULE = Rule(
    code="LGT706",
    name="softmax-without-sum",
    summary="An exponential is divided by itself, not by its sum",
    why=__doc__,
    bad="""\
import torch
from torch import nn

head = nn.Linear(128, 10)


def predict(features):
    scores = torch.exp(head(features))
    return scores / scores
""",
    good="""\
import torch
from torch import nn

head = nn.Linear(128, 10)


def predict(features):
    scores = head(features)
    return torch.softmax(scores, dim=1)
""",
    check=_check,
    fix=(
        Choose(
            words="Divide by the sum over the classes: use softmax with the axis of the classes",
            effect=Effect.CHANGES_OUTPUT,
        ),
    ),
)
