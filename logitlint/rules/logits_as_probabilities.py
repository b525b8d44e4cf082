"""Raw logits, log-probabilities or activations that can be negative are given to a distribution or sampler as
probabilities.

`Categorical` and `multinomial` divide what they are given by its sum. Negative numbers make them raise, but only when
one occurs; until then the samples follow proportions the model never meant.

Not reported: activations that cannot be negative, such as ReLU or softplus, where non-negative weights are enough.

See:
https://docs.pytorch.org/docs/stable/distributions.html#categorical
https://docs.pytorch.org/docs/stable/generated/torch.multinomial.html
"""

from __future__ import annotations

from collections.abc import Iterator

from logitlint.fixes.safety import Effect
from logitlint.fixes.verbs import Activate, RenameKeyword
from logitlint.frameworks.vocabulary import Role, Want
from logitlint.inference.trace import Trace, Use
from logitlint.kinds import LOG_PROBABILITIES, Kind, describe
from logitlint.rules.checks import activations_fall_below_zero, activations_leave_unit, called, takes
from logitlint.rules.rule import Rule, Verdict


def _check(use: Use, _trace: Trace) -> Iterator[Verdict]:
    for taken, tensor in takes(use, Role.SUBJECT, Want.PROBS_PARAMETER, Want.UNIT_PARAMETER):
        leaves = activations_fall_below_zero if taken.want is Want.PROBS_PARAMETER else activations_leave_unit
        if tensor.kind.certainly(Kind.LOGITS | Kind.ACTIVATED | LOG_PROBABILITIES) and leaves(tensor):
            yield Verdict(
                f"{describe(tensor.kind)} are given to {called(use)} as probabilities: "
                "it raises when one is out of range, and samples wrongly until then",
                taken,
            )


RULE = Rule(
    code="LGT604",
    name="logits-as-probabilities",
    summary="Values that can be negative are given as probabilities",
    why=__doc__,
    bad="""\
from torch import nn
from torch.distributions import Categorical

policy = nn.Linear(128, 4)


def act(features):
    return Categorical(probs=policy(features)).sample()
""",
    good="""\
from torch import nn
from torch.distributions import Categorical

policy = nn.Linear(128, 4)


def act(features):
    return Categorical(logits=policy(features)).sample()
""",
    check=_check,
    fix=(RenameKeyword(name="logits"), Activate(gives=Kind.SOFTMAX, effect=Effect.CHANGES_OUTPUT)),
)
