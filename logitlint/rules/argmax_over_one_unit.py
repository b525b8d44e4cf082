"""argmax is taken over an axis that has a single unit.

The largest of one number is at position 0, so every sample is called class 0, and the accuracy is the share of that
class. A single unit is decided by a threshold: `logits > 0`, or `probabilities > 0.5`.

Not reported: argmax over an axis that is not proved to be that of the units, `max` where only the values are read, and
a function that a flag chooses: whoever measures classes may be meant for another model.

See:
https://docs.pytorch.org/docs/stable/generated/torch.argmax.html
"""

from __future__ import annotations

from collections.abc import Iterator

from logitlint.fixes.safety import Effect
from logitlint.fixes.verbs import Threshold
from logitlint.inference.trace import Trace, Use
from logitlint.rules.checks import called, index_is_read, is_argmax, is_last, is_max_with_index, subject
from logitlint.rules.rule import Rule, Verdict


def _check(use: Use, trace: Trace) -> Iterator[Verdict]:
    found = subject(use)
    if found is None or use.when or found[1].units != 1 or not is_last(use.gives_axis, found[1].rank):
        return
    if is_argmax(use) or (is_max_with_index(use) and index_is_read(use, trace)):
        yield Verdict(f"{called(use)} over a single unit is always 0: every sample gets the same class", found[0])


RULE = Rule(
    code="LGT603",
    name="argmax-over-one-unit",
    summary="argmax over a single unit",
    why=__doc__,
    bad="""\
from torch import nn

head = nn.Linear(128, 1)


def predict(features):
    return head(features).argmax(dim=-1)
""",
    good="""\
from torch import nn

head = nn.Linear(128, 1)


def predict(features):
    return head(features) > 0
""",
    check=_check,
    fix=(Threshold(effect=Effect.CHANGES_OUTPUT),),
)
