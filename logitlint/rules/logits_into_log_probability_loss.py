"""Raw logits or activations are given to a loss that wants log-probabilities.

`NLLLoss` only picks the number at the place of the label and changes its sign. Without the normalisation of
log_softmax the loss has no floor: it falls towards minus infinity as the scores grow, and nothing pushes the other
classes down. `KLDivLoss` and `CTCLoss` likewise trust what they are given. Nothing raises; a negative loss is the
usual first sign.

Not reported: losses that take raw logits under the same name in another library, such as TensorFlow's CTC; `NLLLoss`
that only picks the score of the label, of which something else is made: what is negated, taken from something, added to
one or to the largest of the scores or their `logsumexp` (with that it is the cross-entropy), and with
`reduction="none"` what is not averaged.

See:
https://docs.pytorch.org/docs/stable/generated/torch.nn.NLLLoss.html
https://docs.pytorch.org/docs/stable/generated/torch.nn.KLDivLoss.html
"""

from __future__ import annotations

from collections.abc import Iterator

from logitlint.fixes.verbs import Activate, Replace
from logitlint.frameworks.vocabulary import Relation, Role, Want
from logitlint.inference.trace import Trace, Use
from logitlint.kinds import PROBABILITIES, Kind, describe
from logitlint.rules.checks import called, takes
from logitlint.rules.picked import is_a_measure
from logitlint.rules.rule import Rule, Verdict

_SCORES = Kind.LOGITS | Kind.ACTIVATED


def _check(use: Use, trace: Trace) -> Iterator[Verdict]:
    for taken, tensor in takes(use, Role.PREDICTION, Want.CLASS_LOG_PROBABILITIES):
        # Where probabilities may arrive as well, this rule names both.
        told = tensor.kind & _SCORES and tensor.kind.certainly(_SCORES | PROBABILITIES)
        if told and not is_a_measure(use, tensor, trace):
            yield Verdict(
                f"{describe(tensor.kind)} reach {called(use)}, which wants log-probabilities: "
                "nothing is normalised, so the loss has no floor",
                taken,
            )


RULE = Rule(
    code="LGT202",
    name="logits-into-log-probability-loss",
    summary="Raw logits reach a loss that wants log-probabilities",
    why=__doc__,
    bad="""\
import torch.nn.functional as F
from torch import nn

head = nn.Linear(128, 10)


def loss(features, labels):
    return F.nll_loss(head(features), labels)
""",
    good="""\
import torch.nn.functional as F
from torch import nn

head = nn.Linear(128, 10)


def loss(features, labels):
    return F.cross_entropy(head(features), labels)
""",
    check=_check,
    fix=(
        Replace(relation=Relation.ON_LOGITS, needs=Kind.LOGITS),
        Activate(gives=Kind.LOG_SOFTMAX, needs=Kind.LOGITS),
    ),
)
