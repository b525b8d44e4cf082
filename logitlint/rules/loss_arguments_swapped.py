"""The labels are given where the loss expects the prediction, and the prediction where it expects the labels.

PyTorch's losses take the prediction first, many other libraries the labels. With class indices the call raises; with
float targets, or in a divergence, nothing does, and the model is trained on something else.

Not reported: soft labels, that is probabilities as target, as long as the prediction may be one; and losses inside
functions of which one is chosen, since each may want its arguments in another order.

See:
https://docs.pytorch.org/docs/stable/generated/torch.nn.CrossEntropyLoss.html
https://keras.io/api/losses/probabilistic_losses/
"""

from __future__ import annotations

from collections.abc import Iterator

from logitlint.fixes.verbs import SwapArguments
from logitlint.frameworks.vocabulary import Role, Want
from logitlint.inference.trace import Taken, Trace, Use
from logitlint.kinds import LOG_PROBABILITIES, PROBABILITIES, UNKNOWN, Kind, describe
from logitlint.rules.checks import LABELS, OUTPUTS, called
from logitlint.rules.rule import Rule, Verdict

_SCORES = Kind.LOGITS | LOG_PROBABILITIES
_PREDICTED = (
    Want.CLASS_LOGITS,
    Want.LABEL_LOGITS,
    Want.CLASS_PROBABILITIES,
    Want.LABEL_PROBABILITIES,
    Want.CLASS_LOG_PROBABILITIES,
)
# What no target on that scale can be: labels may be soft, class indices may not.
_TRUE: dict[Want | None, Kind] = {
    Want.CLASSES: _SCORES,
    Want.LABELS: _SCORES,
    Want.ONE_HOT: _SCORES,
    Want.SIGNS: _SCORES,
    Want.CLASS_INDEX: _SCORES | PROBABILITIES,
}


def _check(use: Use, trace: Trace) -> Iterator[Verdict]:
    prediction, target = use.first(Role.PREDICTION), use.first(Role.TARGET)
    if prediction is None or target is None:
        return
    if use.when and not _is_itself_chosen(use, trace):
        return
    if _is_exchanged_divergence(prediction, target) or _is_exchanged(prediction, target):
        yield Verdict(
            f"{describe(target.kind)} are the target of {called(use)}: the prediction and the target are exchanged",
            target,
        )


def _is_itself_chosen(use: Use, trace: Trace) -> bool:
    """Whether the loss is what is chosen, and not a function that calls it: the call may be written for another."""
    return any(other.origin == use.origin and other.stack == use.stack and other.when != use.when for other in trace)


def _is_exchanged(prediction: Taken, target: Taken) -> bool:
    if prediction.want not in _PREDICTED or target.want not in _TRUE:
        return False
    if prediction.kind.certainly(LABELS):
        return target.kind.certainly(OUTPUTS)
    return prediction.kind == UNKNOWN and target.kind.certainly(_TRUE[target.want])


def _is_exchanged_divergence(prediction: Taken, target: Taken) -> bool:
    return (
        target.want is Want.DISTRIBUTION
        and target.kind.certainly(LOG_PROBABILITIES)
        and prediction.kind.certainly(PROBABILITIES)
    )


RULE = Rule(
    code="LGT802",
    name="loss-arguments-swapped",
    summary="Prediction and target of a loss are exchanged",
    why=__doc__,
    bad="""\
import torch.nn.functional as F
from torch import nn

head = nn.Linear(128, 10)


def loss(features, labels):
    scores = head(features)
    return F.cross_entropy(labels, scores)
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
    fix=(SwapArguments(),),
)
