"""The logarithm of a softmax or sigmoid is taken after a small number was added, after a clamp, or of the label's
column: `log(p + eps)`, `log(p.clamp(min=eps))`, `-log(p[range(n), labels])`.

The small number keeps the logarithm finite, and with it caps the loss and removes the gradient of the worst mistakes.
Without it the logarithm is infinite. Losses on raw logits need neither.

Opt-in: the value is nearly right.

Not reported: `log(softmax(x))` itself, which is `log-of-softmax`, and mixtures or means of several softmaxes
(ensembles, dropout drawn several times).

See:
https://docs.pytorch.org/docs/stable/generated/torch.nn.CrossEntropyLoss.html
https://docs.pytorch.org/docs/stable/generated/torch.logsumexp.html
"""

from __future__ import annotations

from collections.abc import Iterator

from logitlint.fixes.safety import Effect
from logitlint.fixes.verbs import Unguard
from logitlint.inference.trace import Trace, Use
from logitlint.kinds import PROBABILITIES, Kind
from logitlint.rules.checks import derived_from, is_log, made_by, subject
from logitlint.rules.rule import Rule, Verdict

_EXACT = Kind.SOFTMAX | Kind.SIGMOID


def _check(use: Use, _trace: Trace) -> Iterator[Verdict]:
    found = subject(use)
    if found is None or not is_log(use) or not found[1].kind.certainly(PROBABILITIES):
        return
    taken, tensor = found
    if not made_by(tensor, _EXACT) and derived_from(tensor, _EXACT):
        yield Verdict(
            "a cross entropy written by hand: a loss on raw logits needs no epsilon and loses no gradient", taken
        )


RULE = Rule(
    code="LGT707",
    name="hand-written-cross-entropy",
    summary="Cross entropy is written out by hand",
    why=__doc__,
    bad="""\
import torch
import torch.nn.functional as F
from torch import nn

head = nn.Linear(128, 10)


def loss(features, labels):
    scores = torch.log(torch.softmax(head(features), dim=1) + 1e-8)
    return F.nll_loss(scores, labels)
""",
    good="""\
import torch
import torch.nn.functional as F
from torch import nn

head = nn.Linear(128, 10)


def loss(features, labels):
    scores = torch.log_softmax(head(features), dim=1)
    return F.nll_loss(scores, labels)
""",
    check=_check,
    fix=(Unguard(effect=Effect.CHANGES_OUTPUT),),
    default=False,
)
