"""Probabilities are given to a distribution or sampler as logits.

It exponentiates and normalises them again. What comes out is close to uniform whatever the model says: with four
actions, a certain choice is drawn less than half the time.

Not reported: log-probabilities, which are logits as good as any.
"""

from __future__ import annotations

from collections.abc import Iterator

from logitlint.fixes.verbs import RenameKeyword, Unactivate
from logitlint.frameworks.vocabulary import Role, Want
from logitlint.inference.trace import Trace, Use
from logitlint.kinds import PROBABILITIES, describe
from logitlint.rules.checks import called, takes
from logitlint.rules.rule import Rule, Verdict


def _check(use: Use, _trace: Trace) -> Iterator[Verdict]:
    for taken, tensor in takes(use, Role.SUBJECT, Want.LOGITS_PARAMETER):
        if tensor.kind.certainly(PROBABILITIES):
            yield Verdict(
                f"{describe(tensor.kind)} are given to {called(use)} as logits: "
                "normalised again, they are close to uniform",
                taken,
            )


RULE = Rule(
    code="LGT605",
    name="probabilities-as-logits",
    summary="Probabilities are given as logits",
    why=__doc__,
    bad="""\
import torch.nn.functional as F
from torch import nn
from torch.distributions import Categorical

policy = nn.Linear(128, 4)


def act(features):
    return Categorical(logits=F.softmax(policy(features), dim=-1)).sample()
""",
    good="""\
import torch.nn.functional as F
from torch import nn
from torch.distributions import Categorical

policy = nn.Linear(128, 4)


def act(features):
    return Categorical(probs=F.softmax(policy(features), dim=-1)).sample()
""",
    check=_check,
    fix=(RenameKeyword(name="probs"), Unactivate()),
)
