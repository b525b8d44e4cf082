"""A prediction that was decided already (argmax, rounded, thresholded) is given to a loss in code that trains.

A decision is piecewise constant: no gradient flows through it. Where it is all the loss depends on, `backward()`
raises; as one term among others it is silently ignored by the optimiser.

Not reported: metrics, models that are compiled but not fitted, code under `no_grad`, losses that are only turned into a
number (`.item()`), and labels that were thresholded.

See:
https://docs.pytorch.org/docs/stable/notes/autograd.html#gradients-for-non-differentiable-functions
"""

from __future__ import annotations

from collections.abc import Iterator

from logitlint.fixes.safety import Effect
from logitlint.fixes.verbs import Choose, Undecide
from logitlint.frameworks.vocabulary import Fact, Role, Scope, Want
from logitlint.inference.lineage import before, producers, readers, sources
from logitlint.inference.trace import Trace, Use
from logitlint.inference.values import Tensor
from logitlint.kinds import UNKNOWN, Kind
from logitlint.rules.checks import OUTPUTS, called, prediction, readings
from logitlint.rules.rule import Rule, Verdict

_NO_TRAINING = {Scope.NO_GRAD, Scope.EVAL}


def _check(use: Use, trace: Trace) -> Iterator[Verdict]:
    found = prediction(use)
    if found is None or not use.has(Fact.LOSS) or use.scopes & _NO_TRAINING:
        return
    taken, tensor = found
    if not tensor.kind.certainly(Kind.DECISION) or not _was_predicted(tensor):
        return
    if taken.want is Want.SCORES and (_target_may_learn(use) or _is_trained_elsewhere(tensor, trace)):
        return
    if not any(reader.has(Fact.TRAINS_NOT) for reader, _, _ in readings(use, trace)):
        yield Verdict(
            f"a decision reaches {called(use)}: no gradient flows through argmax, rounding or a threshold", taken
        )


def _is_trained_elsewhere(tensor: Tensor, trace: Trace) -> bool:
    """Whether what was decided meets another loss undecided: a distance of decisions beside it is a metric."""
    decided = [value for use in producers(tensor) if (value := before(use)) is not None]
    return any(reader.has(Fact.LOSS) for value in decided for reader in readers(trace, value))


def _was_predicted(tensor: Tensor) -> bool:
    """Whether what was decided is the answer of a model: a label may be thresholded as well."""
    made = producers(tensor)
    return bool(made) and all(map(_decides_an_output, made))


def _decides_an_output(use: Use) -> bool:
    decided = before(use)
    return use.has(Fact.DECIDES) and decided is not None and decided.kind.certainly(OUTPUTS)


def _target_may_learn(use: Use) -> bool:
    """Whether the gradient may flow through the target: a distance has no side that is the prediction's."""
    target = use.first(Role.TARGET)
    return (
        target is not None
        and target.tensor is not None
        and (target.kind != UNKNOWN or any(source.made for source in sources(target.tensor)))
    )


RULE = Rule(
    code="LGT403",
    name="decision-into-loss",
    summary="A decision, not a score, reaches a loss",
    why=__doc__,
    bad="""\
import torch.nn.functional as F
from torch import nn

head = nn.Linear(128, 10)


def loss(features, labels):
    answers = (head(features) > 0).float()
    return F.binary_cross_entropy_with_logits(answers, labels)
""",
    good="""\
import torch.nn.functional as F
from torch import nn

head = nn.Linear(128, 10)


def loss(features, labels):
    answers = head(features).float()
    return F.binary_cross_entropy_with_logits(answers, labels)
""",
    check=_check,
    fix=(
        Undecide(),
        Choose(
            words="To train: give the loss the scores that were decided on, on the scale that it wants. To measure: "
            "compute it under no_grad, or use a metric",
            effect=Effect.CHANGES_LOSS,
        ),
    ),
)
