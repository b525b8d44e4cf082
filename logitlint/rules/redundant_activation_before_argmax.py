"""Softmax, sigmoid or another increasing function is applied only to take the argmax, or sigmoid to compare with 0.5.

An increasing function keeps the order, so the position of the largest is the same without it; `sigmoid(x) > 0.5` is
`x > 0`.

Opt-in, as the result is right.

Not reported: argmax over another axis than that of the softmax.

See:
https://docs.pytorch.org/docs/stable/generated/torch.argmax.html
"""

from __future__ import annotations

from collections.abc import Iterator

from logitlint.fixes.safety import Effect
from logitlint.fixes.verbs import Compare, Together, Unactivate
from logitlint.frameworks.vocabulary import Fact, Role
from logitlint.inference.lineage import makers
from logitlint.inference.trace import Trace, Use
from logitlint.inference.values import Literal, Tensor
from logitlint.kinds import Kind
from logitlint.rules.checks import NORMALISED, called, is_argmax, made_by, same_axis, subject
from logitlint.rules.rule import Rule, Verdict


def _check(use: Use, _trace: Trace) -> Iterator[Verdict]:
    found = subject(use)
    if found is None:
        return
    taken, tensor = found
    made = makers(tensor)
    if is_argmax(use) and made and all(each.has(Fact.MONOTONE) for each in made) and _same_order(use, tensor):
        names = " or ".join(dict.fromkeys(map(called, made)))
        yield Verdict(f"{names} before {called(use)} does not change which is the largest", taken)
    elif use.has(Fact.DECIDES) and (other := use.first(Role.OTHER)) is not None and other.value == Literal(0.5):
        if tensor.kind.certainly(Kind.SIGMOID) and made_by(tensor, Kind.SIGMOID):
            yield Verdict("sigmoid compared with 0.5 is the raw logit compared with 0", taken)


def _same_order(use: Use, tensor: Tensor) -> bool:
    """Whether the decision is taken along the axis over which the values were normalised, if they were."""
    return not tensor.kind & NORMALISED or same_axis(use.gives_axis, tensor.axis, tensor.rank)


RULE = Rule(
    code="LGT709",
    name="redundant-activation-before-argmax",
    summary="A softmax or sigmoid that does not change the decision",
    why=__doc__,
    bad="""\
import torch.nn.functional as F
from torch import nn

head = nn.Linear(128, 10)


def predict(features):
    return F.softmax(head(features), dim=1).argmax(dim=1)
""",
    good="""\
from torch import nn

head = nn.Linear(128, 10)


def predict(features):
    return head(features).argmax(dim=1)
""",
    check=_check,
    fix=(
        Together(
            first=Unactivate(effect=Effect.SAME_VALUE, moves=False),
            second=Compare(effect=Effect.SAME_VALUE),
            effect=Effect.SAME_VALUE,
        ),
        Unactivate(effect=Effect.SAME_VALUE, moves=False),
    ),
    default=False,
)
