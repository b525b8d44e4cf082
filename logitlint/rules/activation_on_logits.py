"""An activation such as ReLU or tanh is the last thing before a loss that wants raw logits.

The loss expects scores without bounds. ReLU cuts off everything below zero: no class can be ruled out, and a unit
that is negative for a sample gets no gradient from it. tanh leaves so little room that, with ten classes, no
prediction can be more certain than 0.45. The model trains, only worse.

It is the same where softmax or sigmoid is applied first, and the loss reads probabilities or their logarithms: a
probability `sigmoid(relu(score))` is never below 0.5.

Not reported: activations followed by a layer, by dropout, by pooling or by a scale (`cap * tanh(scores / cap)`), a
clamp to a wide range (`hardtanh(scores, -20, 20)`), and, before softmax or sigmoid, activations that go on below zero
(leaky ReLU, ELU, GELU): attention is made of them.

See:
https://docs.pytorch.org/docs/stable/generated/torch.nn.CrossEntropyLoss.html
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from logitlint.fixes.verbs import Unactivate
from logitlint.frameworks.vocabulary import Role, Want
from logitlint.inference.lineage import outputs
from logitlint.inference.trace import Taken, Trace, Use
from logitlint.inference.values import Tensor
from logitlint.kinds import Kind
from logitlint.rules.checks import NORMALISED, SQUASHED, called, subject, takes
from logitlint.rules.rule import Rule, Verdict

_NORMALISED_WANTS: Final = (
    Want.CLASS_LOG_PROBABILITIES,
    Want.CLASS_PROBABILITIES,
    Want.LABEL_PROBABILITIES,
    Want.PROBABILITIES,
)

_WIDE: Final = 10
"""Scores 20 apart leave the other class a probability of 2e-9."""


def _check(use: Use, trace: Trace) -> Iterator[Verdict]:
    for taken, tensor in takes(use, Role.PREDICTION, Want.CLASS_LOGITS, Want.LABEL_LOGITS):
        if made := _activations(tensor):
            yield _verdict(use, taken, made)
    if use.gives is not None and use.gives.certainly(NORMALISED | SQUASHED) and (found := subject(use)) is not None:
        made = _activations(found[1])
        if made and all(map(_is_cut_off, made)) and _reaches_a_loss(use, trace):
            yield _verdict(use, found[0], made)


def _verdict(use: Use, taken: Taken, made: list[Use]) -> Verdict:
    names = " or ".join(dict.fromkeys(map(called, made)))
    fate = "cut off" if any(map(_is_bounded, made)) else "bent"
    return Verdict(f"{names} right before {called(use)}, which wants raw logits: the scores are {fate}", taken)


def _activations(tensor: Tensor) -> list[Use]:
    """The activations that made a value; none when something else did, or may have."""
    made = outputs(tensor) if tensor.kind.certainly(Kind.ACTIVATED) and not _is_wide(tensor) else []
    return made if all(use.gives is Kind.ACTIVATED for use in made) else []


def _is_wide(tensor: Tensor) -> bool:
    """Whether the range is wide enough for any probability that matters: ``hardtanh(scores, -20, 20)`` is a clamp."""
    low, high = tensor.low, tensor.high
    return low is not None and high is not None and low <= -_WIDE and high >= _WIDE


def _reaches_a_loss(use: Use, trace: Trace) -> bool:
    """Whether a loss reads what the call gives as the prediction."""
    for other in trace:
        for _, tensor in takes(other, Role.PREDICTION, *_NORMALISED_WANTS):
            if any((made.origin, made.row.name) == (use.origin, use.row.name) for made in outputs(tensor)):
                return True
    return False


def _is_cut_off(use: Use) -> bool:
    """Whether nothing of what is below zero, or of what is far from it on either side, gets through an activation."""
    low, high = use.bounds
    return isinstance(low, int | float) and (low >= 0 or high is not None)


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
