"""Optax: the losses of the JAX world, which give one number for each sample."""

from __future__ import annotations

from collections.abc import Mapping

from logitlint.frameworks.vocabulary import (
    Alignment,
    Depends,
    Fact,
    Function,
    Row,
    Takes,
    Want,
    prediction,
    target,
)
from logitlint.kinds import Kind


def _loss(
    name: str, signature: str, takes: Mapping[str, Takes], *, exported: bool = True, alignment: Alignment | None = None
) -> Function:
    """A loss; most are exported by the package itself as well (`exported`)."""
    return Function(
        name=f"optax.losses.{name}",
        signature=signature,
        takes=takes,
        gives=Kind.LOSS,
        facts=frozenset({Fact.LOSS}),
        alignment=alignment,
        aliases=(f"optax.{name}",) if exported else (),
    )


HOMES: Mapping[str, str] = {"optax.losses.*": "optax.losses"}
"""Where the documented home of a name lies; a ``*`` stands for one module."""

_AXIS = "axis=-1, where=None"
_LABELS = {"logits": prediction(Want.LABEL_LOGITS), "labels": target(Want.LABELS)}
_ONE_HOT = {"logits": prediction(Want.CLASS_LOGITS), "labels": target(Want.ONE_HOT)}
_INDICES = {"logits": prediction(Want.CLASS_LOGITS), "labels": target(Want.CLASS_INDEX)}
_DISTRIBUTION = {
    "log_predictions": prediction(Want.CLASS_LOG_PROBABILITIES),
    "targets": target(Want.DISTRIBUTION),
}
_SIGNED = {"predictor_outputs": prediction(Want.SCORES), "targets": target(Want.SIGNS)}
_SCORED = {"scores": prediction(Want.SCORES), "labels": target(Want.CLASS_INDEX)}
_VALUES = {"predictions": prediction(Want.SCORES), "targets": target()}
_ALIGNMENT = {"logits": prediction(Want.CLASS_LOGITS), "labels": target(Want.CLASS_INDEX)}
_SEQUENCES = Alignment(
    target="labels", steps="logit_paddings", labels="label_paddings", blank="blank_id", time_first=False, padded=True
)


# What is no distribution raises when they are told not to squash; the binary one then raises whatever it is given.
_OVERLAP = {
    "predictions": prediction(Depends("apply_softmax", {True: Want.CLASS_LOGITS, False: Want.CLASS_PROBABILITIES})),
    "targets": target(),
}
_BINARY_OVERLAP = {"predictions": prediction(Depends("apply_sigmoid", {True: Want.LABEL_LOGITS})), "targets": target()}

ROWS: tuple[Row, ...] = (
    _loss("softmax_cross_entropy", f"logits, labels, {_AXIS}", _ONE_HOT),
    _loss("safe_softmax_cross_entropy", "logits, labels", _ONE_HOT),
    _loss("softmax_cross_entropy_with_integer_labels", f"logits, labels, {_AXIS}", _INDICES),
    _loss("poly_loss_cross_entropy", f"logits, labels, *, epsilon=2.0, {_AXIS}", _ONE_HOT, exported=False),
    _loss("sigmoid_binary_cross_entropy", "logits, labels", _LABELS),
    _loss("sigmoid_focal_loss", "logits, labels, *, alpha=None, gamma=2.0", _LABELS),
    _loss("kl_divergence", f"log_predictions, targets, {_AXIS}", _DISTRIBUTION),
    _loss(
        "kl_divergence_with_log_targets",
        f"log_predictions, log_targets, {_AXIS}",
        {"log_predictions": prediction(Want.CLASS_LOG_PROBABILITIES), "log_targets": target(Want.LOG_DISTRIBUTION)},
        exported=False,
    ),
    _loss("generalized_kl_divergence", f"log_predictions, targets, {_AXIS}", _DISTRIBUTION),
    _loss("convex_kl_divergence", f"log_predictions, targets, {_AXIS}", _DISTRIBUTION),
    _loss(
        "ctc_loss",
        "logits, logit_paddings, labels, label_paddings, *, blank_id=0, log_epsilon=-100000.0",
        _ALIGNMENT,
        alignment=_SEQUENCES,
    ),
    _loss(
        "dice_loss",
        "predictions, targets, *, class_weights=None, smooth=1.0, alpha=0.5, beta=0.5, apply_softmax=True, "
        "reduction='mean', ignore_background=False, axis=None",
        _OVERLAP,
        exported=False,
    ),
    _loss(
        "multiclass_generalized_dice_loss",
        "predictions, targets, *, smooth=1.0, apply_softmax=True, ignore_background=False",
        _OVERLAP,
        exported=False,
    ),
    _loss(
        "binary_dice_loss",
        "predictions, targets, *, smooth=1.0, apply_sigmoid=True",
        _BINARY_OVERLAP,
        exported=False,
    ),
    _loss("hinge_loss", "predictor_outputs, targets", _SIGNED),
    _loss("perceptron_loss", "predictor_outputs, targets", _SIGNED, exported=False),
    _loss("multiclass_hinge_loss", "scores, labels", _SCORED, exported=False),
    _loss("multiclass_perceptron_loss", "scores, labels", _SCORED, exported=False),
    _loss("multiclass_sparsemax_loss", "scores, labels", _SCORED, exported=False),
    _loss(
        "sparsemax_loss",
        "logits, labels",
        {"logits": prediction(Want.SCORES), "labels": target(Want.LABELS)},
        exported=False,
    ),
    _loss("squared_error", "predictions, targets=None", _VALUES),
    _loss("l2_loss", "predictions, targets=None", _VALUES),
    _loss("log_cosh", "predictions, targets=None", _VALUES),
    _loss("huber_loss", "predictions, targets=None, *, delta=1.0", _VALUES),
)
