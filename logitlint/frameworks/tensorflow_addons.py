"""TensorFlow Addons: its classification losses, scores and activations. The package ended with TensorFlow 2.14."""

from __future__ import annotations

from typing import Final

from logitlint.frameworks.vocabulary import (
    Depends,
    Fact,
    Function,
    Layer,
    Row,
    Want,
    loss_class,
    prediction,
    subject,
    target,
)
from logitlint.kinds import Kind

_FOCAL: Final = "https://github.com/tensorflow/addons/blob/v0.23.0/tensorflow_addons/losses/focal_loss.py"
_SEQUENCE: Final = "https://github.com/tensorflow/addons/blob/v0.23.0/tensorflow_addons/seq2seq/loss.py"
_ACTIVATIONS: Final = "https://github.com/tensorflow/addons/tree/v0.23.0/tensorflow_addons/activations"
_LABELS: Final = Depends("from_logits", {False: Want.LABEL_PROBABILITIES, True: Want.LABEL_LOGITS})
_TAKES: Final = {"y_true": target(Want.LABELS), "y_pred": prediction(_LABELS)}
_SCORES: Final = Depends("softmax_loss_function", {None: Want.CLASS_LOGITS})

_METRICS: Final = "https://github.com/tensorflow/addons/blob/v0.23.0/tensorflow_addons/metrics/f_scores.py"


def _score(name: str, init: str) -> Layer:
    """A metric that counts what lies above its threshold; without one it takes the largest of each row."""
    path = f"tensorflow_addons.metrics.{name}"
    row = Function(
        name=path,
        signature="y_true, y_pred, sample_weight=None",
        takes={"y_true": target(), "y_pred": prediction(Depends("threshold", {0.5: Want.THRESHOLDED}))},
        facts=frozenset({Fact.METRIC}),
        source=_METRICS,
    )
    return Layer(
        name=path,
        init=init,
        call=row,
        methods={"update_state": row},
        facts=frozenset({Fact.METRIC}),
        aliases=(f"tensorflow_addons.metrics.f_scores.{name}",),
        source=_METRICS,
    )


ROWS: Final[tuple[Row, ...]] = (
    Function(
        name="tensorflow_addons.losses.sigmoid_focal_crossentropy",
        signature="y_true, y_pred, alpha=0.25, gamma=2.0, from_logits=False",
        takes=_TAKES,
        gives=Kind.LOSS,
        facts=frozenset({Fact.LOSS}),
        aliases=("tensorflow_addons.losses.focal_loss.sigmoid_focal_crossentropy",),
        source=_FOCAL,
    ),
    loss_class(
        "tensorflow_addons.losses.SigmoidFocalCrossEntropy",
        init="from_logits=False, alpha=0.25, gamma=2.0, reduction='none', name='sigmoid_focal_crossentropy'",
        call="y_true, y_pred, sample_weight=None",
        takes=_TAKES,
        aliases=("tensorflow_addons.losses.focal_loss.SigmoidFocalCrossEntropy",),
        source=_FOCAL,
    ),
    Function(
        name="tensorflow_addons.seq2seq.sequence_loss",
        signature="logits, targets, weights, average_across_timesteps=True, average_across_batch=True, "
        "sum_over_timesteps=False, sum_over_batch=False, softmax_loss_function=None, name=None",
        takes={"logits": prediction(_SCORES), "targets": target(Want.CLASS_INDEX)},
        gives=Kind.LOSS,
        facts=frozenset({Fact.LOSS}),
        source=_SEQUENCE,
    ),
    loss_class(
        "tensorflow_addons.seq2seq.SequenceLoss",
        init="average_across_timesteps=False, average_across_batch=False, sum_over_timesteps=True, "
        "sum_over_batch=True, softmax_loss_function=None, name=None",
        call="y_true, y_pred, sample_weight=None",
        takes={"y_true": target(Want.CLASS_INDEX), "y_pred": prediction(_SCORES)},
        source=_SEQUENCE,
    ),
    _score("F1Score", "num_classes, average=None, threshold=None, name='f1_score', dtype=None"),
    _score(
        "FBetaScore", "num_classes, average=None, beta=1.0, threshold=None, name='fbeta_score', dtype=None, **kwargs"
    ),
    Function(
        name="tensorflow_addons.activations.mish",
        signature="x",
        takes={"x": subject()},
        gives=Kind.ACTIVATED,
        low=-0.3089,
        source=_ACTIVATIONS,
    ),
    Function(
        name="tensorflow_addons.activations.gelu",
        signature="x, approximate=True",
        takes={"x": subject()},
        gives=Kind.ACTIVATED,
        low=-0.17005,
        source=_ACTIVATIONS,
    ),
)
