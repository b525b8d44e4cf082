"""Softmax or log_softmax is applied over axis 0, and axis 0 is the batch.

The samples of a batch compete with one another, class by class, instead of the classes of a sample. The probabilities
of one sample no longer add up to one and change with the company it is in; with a batch of one they are all 1.

Not reported: a softmax over axis 0 whose result is not read as the prediction of a classifier (attention over the
instances of a bag, prototypes), vectors, time-major sequences and channel-first images.

See:
https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.softmax.html
"""

from __future__ import annotations

from collections.abc import Iterator

from logitlint.fixes.verbs import NameAxis
from logitlint.frameworks.vocabulary import Role
from logitlint.inference.arithmetic import proves_two
from logitlint.inference.trace import Trace, Use
from logitlint.inference.values import Tensor
from logitlint.rules.checks import CLASS_WANTS, NORMALISED, called, is_divergence, readings, same_axis, subject
from logitlint.rules.rule import Rule, Verdict


def _check(use: Use, trace: Trace) -> Iterator[Verdict]:
    kind, found = use.gives, subject(use)
    if kind is None or found is None or not kind.certainly(NORMALISED):
        return
    taken, tensor = found
    if (
        same_axis(use.gives_axis, 0, tensor.rank)
        and tensor.units != 1
        and (_has_samples(tensor) or _is_read_behind(use, trace))
        and _classifies(use, trace)
    ):
        yield Verdict(f"{called(use)} over axis 0 normalises over the batch: samples compete, not classes", taken)


def _has_samples(tensor: Tensor) -> bool:
    """Whether there is an axis for the classes behind axis 0."""
    return tensor.batched or (tensor.rank is not None and tensor.rank > 1)


def _is_read_behind(use: Use, trace: Trace) -> bool:
    """Whether an operation on another axis than 0 reads the result, its axes where they were: ``argmax(dim=1)``."""
    return any(
        taken.role is Role.SUBJECT
        and tensor.axis is not None
        and reader.gives_axis is not None
        and proves_two(reader.gives_axis)
        for reader, taken, tensor in readings(use, trace)
    )


def _classifies(use: Use, trace: Trace) -> bool:
    """Whether a loss over classes reads the result, its axes where they were."""
    return any(
        taken.want in CLASS_WANTS and tensor.axis is not None and not is_divergence(reader)
        for reader, taken, tensor in readings(use, trace)
    )


RULE = Rule(
    code="LGT502",
    name="softmax-over-batch",
    summary="Softmax is applied over the samples of a batch",
    why=__doc__,
    bad="""\
import torch.nn.functional as F
from torch import nn

head = nn.Linear(128, 10)


def loss(features, labels):
    scores = F.log_softmax(head(features.flatten(1)), dim=0)
    return F.nll_loss(scores, labels)
""",
    good="""\
import torch.nn.functional as F
from torch import nn

head = nn.Linear(128, 10)


def loss(features, labels):
    scores = F.log_softmax(head(features.flatten(1)), dim=1)
    return F.nll_loss(scores, labels)
""",
    check=_check,
    fix=(NameAxis(),),
)
