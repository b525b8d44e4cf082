"""Probabilities are given to a distribution or sampler as logits.

It exponentiates and normalises them again. What comes out is close to uniform whatever the model says: with four
actions, a certain choice is drawn less than half the time.

The Gumbel trick written out is such a sampler: ``softmax((scores + noise) / tau)`` draws from the softmax of the
scores, so the scores are logits, or log-probabilities.

Not reported: log-probabilities, which are logits as good as any.

See:
https://docs.pytorch.org/docs/stable/distributions.html#categorical
https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.gumbel_softmax.html
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator

from logitlint.fixes.verbs import RenameKeyword, Unactivate
from logitlint.frameworks.vocabulary import Role, Want
from logitlint.inference.trace import Trace, Use
from logitlint.kinds import PROBABILITIES, describe
from logitlint.rules.checks import called, takes
from logitlint.rules.gumbel import is_addition, is_gumbel_noise, is_normalised_later
from logitlint.rules.rule import Rule, Verdict


def _check(use: Use, trace: Trace) -> Iterator[Verdict]:
    for taken, tensor in takes(use, Role.SUBJECT, Want.LOGITS_PARAMETER):
        if tensor.kind.certainly(PROBABILITIES):
            yield Verdict(
                f"{describe(tensor.kind)} are given to {called(use)} as logits: "
                "normalised again, they are close to uniform",
                taken,
            )
    if is_addition(use):
        for taken, other in itertools.permutations(use.taken, 2):
            if taken.kind.certainly(PROBABILITIES) and is_gumbel_noise(other.value) and is_normalised_later(use, trace):
                yield Verdict(
                    f"Gumbel noise is added to {describe(taken.kind)}, which are taken for logits: "
                    "what is drawn is close to uniform",
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
