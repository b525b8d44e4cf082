"""log_softmax is applied to log-probabilities, or followed by a loss that applies it itself.

The second application changes nothing: log-probabilities that are normalised stay as they are. It costs time and
misleads the reader, who may replace it by softmax, which is a mistake (`softmax-into-softmax-loss`).

Opt-in, as the value is right.

Not reported: log_softmax over another axis.

See:
https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.log_softmax.html
https://docs.pytorch.org/docs/stable/generated/torch.nn.NLLLoss.html
"""

from __future__ import annotations

from collections.abc import Iterator

from logitlint.fixes.safety import Effect
from logitlint.fixes.verbs import Unactivate
from logitlint.frameworks.vocabulary import Role, Want
from logitlint.inference.trace import Trace, Use
from logitlint.kinds import Kind
from logitlint.rules.checks import called, normalises_again, same_axis, subject, takes
from logitlint.rules.rule import Rule, Verdict


def _check(use: Use, _trace: Trace) -> Iterator[Verdict]:
    for taken, tensor in takes(use, Role.PREDICTION, Want.CLASS_LOGITS):
        if tensor.kind.certainly(Kind.LOG_SOFTMAX) and not same_axis(tensor.axis, 0, tensor.rank):
            yield Verdict(f"log_softmax before {called(use)}, which applies it itself: once is enough", taken)
    found = subject(use)
    if found is not None and use.gives == Kind.LOG_SOFTMAX and found[1].kind.certainly(Kind.LOG_SOFTMAX):
        if normalises_again(use, found[1]):
            yield Verdict(f"{called(use)} of log-probabilities changes nothing", found[0])


RULE = Rule(
    code="LGT708",
    name="redundant-log-softmax",
    summary="log_softmax before something that applies it again",
    why=__doc__,
    bad="""\
import torch.nn.functional as F
from torch import nn

head = nn.Linear(128, 10)


def loss(features, labels):
    scores = F.log_softmax(head(features), dim=1)
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
    fix=(Unactivate(effect=Effect.SAME_VALUE),),
    default=False,
)
