"""Softmax is applied over the axis over which the values were normalised already, or sigmoid to what sigmoid gave.

The second application flattens the probabilities: a certain prediction among ten classes comes out as 0.23, and of
two labels, one certainly present and one certainly absent, as 0.73 and 0.5. The order survives, so the accuracy looks
right while every confidence, threshold and calibration is wrong. Often one application hides in the model and the
other stands beside it.

Not reported: softmax over different axes, softmax after a temperature, and log_softmax of log_softmax, which changes
nothing (`redundant-log-softmax`). What samples, and wants raw scores, is told of by `probabilities-as-logits`.

See:
https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.softmax.html
"""

from __future__ import annotations

from collections.abc import Iterator

from logitlint.fixes.verbs import Unwrap
from logitlint.inference.trace import Trace, Use
from logitlint.inference.values import Tensor
from logitlint.kinds import Kind, describe
from logitlint.rules.checks import NORMALISED, SQUASHED, called, made_by, normalises_again, subject
from logitlint.rules.rule import Rule, Verdict


def _check(use: Use, _trace: Trace) -> Iterator[Verdict]:
    found = subject(use)
    if found is not None and found[0].want is None and _again(use, found[1]):
        taken, tensor = found
        yield Verdict(
            f"{called(use)} of {describe(tensor.kind)}: normalised twice, every probability is too flat", taken
        )


def _again(use: Use, tensor: Tensor) -> bool:
    kind = use.gives
    if kind is None:
        return False
    if kind.certainly(SQUASHED):
        return tensor.kind.certainly(Kind.SIGMOID) and made_by(tensor, Kind.SIGMOID)
    return kind.certainly(NORMALISED) and tensor.kind.certainly(Kind.SOFTMAX) and normalises_again(use, tensor)


RULE = Rule(
    code="LGT105",
    name="normalised-twice",
    summary="Softmax or sigmoid is applied to its own result",
    why=__doc__,
    bad="""\
import torch.nn.functional as F
from torch import nn

head = nn.Linear(128, 10)


def predict(features):
    scores = F.softmax(head(features), dim=1)
    return F.softmax(scores, dim=1)
""",
    good="""\
import torch.nn.functional as F
from torch import nn

head = nn.Linear(128, 10)


def predict(features):
    scores = head(features)
    return F.softmax(scores, dim=1)
""",
    check=_check,
    fix=(Unwrap(),),
)
