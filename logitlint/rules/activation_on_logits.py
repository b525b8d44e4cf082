"""An activation such as ReLU or tanh is the last thing before a loss that wants raw logits.

The loss expects scores without bounds. ReLU cuts off everything below zero: no class can be ruled out, and a unit
that is negative for a sample gets no gradient from it. tanh leaves so little room that, with ten classes, no
prediction can be more certain than 0.45. The model trains, only worse.

Not reported: activations followed by a layer, by pooling or by a scale (`cap * tanh(scores / cap)`).
"""

from __future__ import annotations

from collections.abc import Iterator

from logitlint.fixes.verbs import Unactivate
from logitlint.frameworks.vocabulary import Role, Want
from logitlint.inference.trace import Trace, Use, outputs
from logitlint.kinds import Kind
from logitlint.rules.checks import called, takes
from logitlint.rules.rule import Rule, Verdict


def _check(use: Use, _trace: Trace) -> Iterator[Verdict]:
    for taken, tensor in takes(use, Role.PREDICTION, Want.CLASS_LOGITS, Want.LABEL_LOGITS):
        made = outputs(tensor)
        if tensor.kind.certainly(Kind.ACTIVATED) and made and all(use.gives is Kind.ACTIVATED for use in made):
            names = " or ".join(dict.fromkeys(map(called, made)))
            fate = "cut off" if any(map(_is_bounded, made)) else "bent"
            yield Verdict(f"{names} right before {called(use)}, which wants raw logits: the scores are {fate}", taken)


def _is_bounded(use: Use) -> bool:
    """Whether an activation keeps its result above or below something: a leaky ReLU does not."""
    return use.bounds != (None, None)


RULE = Rule(
    code="LGT401",
    name="activation-on-logits",
    summary="An activation is the last thing before a loss on raw logits",
    why=__doc__,
    bad="""\
import torch.nn.functional as F
from torch import nn

head = nn.Linear(128, 10)


def loss(features, labels):
    scores = F.relu(head(features))
    return F.cross_entropy(scores, labels)
""",
    good="""\
import torch.nn.functional as F
from torch import nn

head = nn.Linear(128, 10)


def loss(features, labels):
    scores = head(features)
    return F.cross_entropy(scores, labels)
""",
    check=_check,
    fix=(Unactivate(),),
)
