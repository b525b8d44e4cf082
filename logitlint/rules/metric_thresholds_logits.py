"""A metric that compares with 0.5, as probabilities are, is given raw logits.

The loss is told that the model gives raw logits; the metric is not. A probability of 0.5 is a logit of 0, so what the
metric counts as positive begins at a probability of 0.62, and it reports a wrong figure for a model that trains well.
The metric wants a threshold of 0, or the probabilities.

Reported only where the same score also meets a loss on logits, a sigmoid or a softmax, which proves what it is; in
`compile`, where the loss beside it is one on logits.

Not reported: `accuracy` of several classes, which is decided by the largest, and thresholds other than 0.5.

See:
https://keras.io/api/metrics/accuracy_metrics/
"""

from __future__ import annotations

from collections.abc import Iterator

from logitlint.fixes.safety import Effect
from logitlint.fixes.verbs import Choose
from logitlint.frameworks.vocabulary import Role, Want
from logitlint.inference.lineage import readers
from logitlint.inference.trace import Trace, Use, Via
from logitlint.inference.values import Tensor
from logitlint.kinds import Kind
from logitlint.rules.checks import LOGIT_WANTS, called, takes
from logitlint.rules.rule import Rule, Verdict
from logitlint.rules.scores import is_a_score


def _check(use: Use, trace: Trace) -> Iterator[Verdict]:
    for taken, tensor in takes(use, Role.PREDICTION, Want.THRESHOLDED):
        if tensor.kind.certainly(Kind.LOGITS) and _is_told(use, tensor, trace):
            yield Verdict(
                f"{called(use)} takes raw logits for probabilities: 0.5 as a probability is a logit of 0", taken
            )


def _is_told(use: Use, tensor: Tensor, trace: Trace) -> bool:
    """Whether the score is proved to be a logit; of a compiled model, by a loss it is compiled with."""
    if use.via is not Via.COMPILE:
        return is_a_score(use, tensor, trace)
    return any(
        taken.want in LOGIT_WANTS
        for reader in readers(trace, tensor)
        if use.origin in (reader.origin, *reader.stack)
        for taken in reader.taken
    )


RULE = Rule(
    code="LGT602",
    name="metric-thresholds-logits",
    summary="A metric that compares with 0.5 is given raw logits",
    why=__doc__,
    bad="""\
import keras
from keras import layers

model = keras.Sequential([layers.Dense(1)])
model.compile(
    loss=keras.losses.BinaryCrossentropy(from_logits=True),
    metrics=[keras.metrics.BinaryAccuracy()],
)
""",
    good="""\
import keras
from keras import layers

model = keras.Sequential([layers.Dense(1)])
model.compile(
    loss=keras.losses.BinaryCrossentropy(from_logits=True),
    metrics=[keras.metrics.BinaryAccuracy(threshold=0.0)],
)
""",
    check=_check,
    fix=(
        Choose(
            words="Keep the raw logits: give the metric a threshold of 0. Keep the metric: end the model in "
            "sigmoid, and use a loss on probabilities",
            effect=Effect.CHANGES_OUTPUT,
        ),
    ),
)
