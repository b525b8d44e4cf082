"""Softmax or log_softmax is called without saying over which axis.

PyTorch then guesses from the number of axes: axis 0 for one or three, axis 1 for two or four, with a warning that is
easily lost. The day a sequence or a batch axis is added, the same line normalises over something else, and nothing
fails.

Not reported: functions whose axis has a default that does not depend on the shape.

See:
https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.softmax.html
"""

from __future__ import annotations

from collections.abc import Iterator

from logitlint.fixes.safety import Effect
from logitlint.fixes.verbs import NameAxis
from logitlint.inference.trace import Trace, Use
from logitlint.rules.checks import called, guesses_axis
from logitlint.rules.rule import Rule, Verdict


def _check(use: Use, _trace: Trace) -> Iterator[Verdict]:
    if guesses_axis(use) and not use.when:  # one of several activations on offer: nobody has asked for it here
        yield Verdict(f"{called(use)} without dim: the axis is guessed from the number of axes, with a warning")


RULE = Rule(
    code="LGT501",
    name="softmax-without-dim",
    summary="Softmax is given no axis",
    why=__doc__,
    bad="""\
import torch.nn.functional as F
from torch import nn

head = nn.Linear(128, 10)


def predict(features):
    return F.softmax(head(features))
""",
    good="""\
import torch.nn.functional as F
from torch import nn

head = nn.Linear(128, 10)


def predict(features):
    return F.softmax(head(features), dim=-1)
""",
    check=_check,
    fix=(NameAxis(effect=Effect.SAME_VALUE),),
)
