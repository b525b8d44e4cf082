"""A categorical cross-entropy is given scores of a single unit.

There is one class, so its probability is 1 and the loss 0 whatever the model does; a label other than 0 is out of
range. Two classes want two units, or one unit and a binary loss.

Not reported: one unit for each choice, reshaped to one row of choices.

See:
https://docs.pytorch.org/docs/stable/generated/torch.nn.CrossEntropyLoss.html
"""

from __future__ import annotations

from collections.abc import Iterator

from logitlint.fixes.safety import Effect
from logitlint.fixes.verbs import Choose
from logitlint.frameworks.vocabulary import Role
from logitlint.inference.trace import Trace, Use
from logitlint.inference.values import Tensor
from logitlint.rules.checks import CLASS_WANTS, called, is_divergence, is_last, takes
from logitlint.rules.rule import Rule, Verdict


def _check(use: Use, _trace: Trace) -> Iterator[Verdict]:
    for taken, tensor in takes(use, Role.PREDICTION, *CLASS_WANTS):
        if tensor.units == 1 and not is_divergence(use) and _are_classes(tensor):
            yield Verdict(f"{called(use)} is given a single unit: of one class the loss is always zero", taken)


def _are_classes(tensor: Tensor) -> bool:
    """Whether the last axis is that of the classes: nothing was normalised over another, and there is no third."""
    return (tensor.axis is None or is_last(tensor.axis, tensor.rank)) and (tensor.rank is None or tensor.rank <= 2)


RULE = Rule(
    code="LGT305",
    name="categorical-loss-on-one-unit",
    summary="A categorical loss is given a single unit",
    why=__doc__,
    bad="""\
import torch.nn.functional as F
from torch import nn

head = nn.Linear(128, 1)


def loss(features, labels):
    return F.cross_entropy(head(features), labels)
""",
    good="""\
import torch.nn.functional as F
from torch import nn

head = nn.Linear(128, 1)


def loss(features, labels):
    return F.binary_cross_entropy_with_logits(head(features), labels)
""",
    check=_check,
    fix=(
        Choose(
            words="Two classes: give the last layer two units, or keep the one and use a binary cross entropy. More "
            "classes: give the last layer as many units",
            effect=Effect.CHANGES_OUTPUT,
        ),
    ),
)
