"""pytorch-toolbelt: losses that take raw scores unless told otherwise.

Left out: the bi-tempered losses, whose activation is their own; `FocalLoss`, which is a function that only warns;
`LovaszLoss`, which is called with probabilities by the name of logits; and losses of coordinates.
"""

from __future__ import annotations

from typing import Final

from logitlint.frameworks.vocabulary import (
    Depends,
    Fact,
    Function,
    Layer,
    Role,
    Row,
    Takes,
    Want,
    loss_class,
    prediction,
    target,
)
from logitlint.kinds import Kind

_SOURCE: Final = "https://github.com/BloodAxe/pytorch-toolbelt/tree/0.8.0/pytorch_toolbelt/losses"
_OVERLAP: Final = Depends(
    "from_logits",
    {
        True: Depends(
            "mode",
            {"binary": Want.LABEL_LOGITS, "multilabel": Want.LABEL_LOGITS, "multiclass": Want.CLASS_LOGITS},
        ),
        False: Want.PROBABILITIES,
    },
)
_MODE_TARGET: Final = Depends(
    "mode", {"binary": Want.LABELS, "multilabel": Want.LABELS, "multiclass": Want.CLASS_INDEX}
)
# Told to apply softmax, it weighs by that what it takes the sigmoid of: nothing is said.
_FOCAL: Final = Depends("activation", {"sigmoid": Want.LABEL_LOGITS})


def _loss(
    module: str, name: str, init: str, want: Want | Depends, truth: Want | Depends | None, call: str, *weights: str
) -> Layer:
    predicted, true = call.split(", ")
    return loss_class(
        f"pytorch_toolbelt.losses.{name}",
        init=init,
        call=call,
        takes={predicted: prediction(want), true: target(truth)},
        constructor={weight: Takes(Role.WEIGHT) for weight in weights},
        aliases=(f"pytorch_toolbelt.losses.{module}.{name}",),
        source=_SOURCE,
    )


def _function(module: str, name: str, signature: str, want: Want | Depends, truth: Want | None) -> Function:
    predicted, true = signature.split(", ")[:2]
    return Function(
        name=f"pytorch_toolbelt.losses.{name}",
        signature=signature,
        takes={predicted: prediction(want), true: target(truth)},
        gives=Kind.LOSS,
        facts=frozenset({Fact.LOSS}),
        aliases=(f"pytorch_toolbelt.losses.{module}.{name}",),
        source=_SOURCE,
    )


ROWS: Final[tuple[Row, ...]] = (
    _loss(
        "dice",
        "DiceLoss",
        "mode, classes=None, log_loss=False, from_logits=True, smooth=0.0, ignore_index=None, eps=1e-7",
        _OVERLAP,
        _MODE_TARGET,
        "y_pred, y_true",
    ),
    _loss(
        "jaccard",
        "JaccardLoss",
        "mode, classes=None, log_loss=False, from_logits=True, smooth=0, eps=1e-7",
        _OVERLAP,
        _MODE_TARGET,
        "y_pred, y_true",
    ),
    # One column per class and class indices are both right.
    _loss(
        "focal",
        "BinaryFocalLoss",
        "alpha=None, gamma=2.0, ignore_index=None, reduction='mean', normalized=False, reduced_threshold=None, "
        "activation='sigmoid', softmax_dim=None, class_weights=None",
        _FOCAL,
        None,
        "inputs, targets",
        "class_weights",
    ),
    _loss(
        "focal",
        "CrossEntropyFocalLoss",
        "gamma=2.0, reduction='mean', normalized=False, reduced_threshold=None, ignore_index=-100, class_weights=None",
        Want.CLASS_LOGITS,
        Want.CLASS_INDEX,
        "inputs, targets",
        "class_weights",
    ),
    _loss(
        "soft_bce",
        "SoftBCEWithLogitsLoss",
        "weight=None, ignore_index=-100, reduction='mean', smooth_factor=None, pos_weight=None",
        Want.LABEL_LOGITS,
        Want.LABELS,
        "input, target",
        "weight",
        "pos_weight",
    ),
    _loss(
        "soft_ce",
        "SoftCrossEntropyLoss",
        "reduction='mean', smooth_factor=0.0, ignore_index=-100, dim=1",
        Want.CLASS_LOGITS,
        Want.CLASS_INDEX,
        "input, target",
    ),
    _loss(
        "balanced_bce",
        "BalancedBCEWithLogitsLoss",
        "gamma=1.0, reduction='mean', ignore_index=None",
        Want.LABEL_LOGITS,
        Want.LABELS,
        "output, target",
    ),
    _loss(
        "soft_f1",
        "BinarySoftF1Loss",
        "ignore_index=None, eps=1e-6",
        Want.LABEL_LOGITS,
        Want.LABELS,
        "preds, targets",
    ),
    _loss(
        "soft_f1", "SoftF1Loss", "ignore_index=None, eps=1e-6", Want.CLASS_LOGITS, Want.CLASS_INDEX, "preds, targets"
    ),
    _loss(
        "quality_focal_loss",
        "QualityFocalLoss",
        "beta=2, reduction='mean'",
        Want.LABEL_LOGITS,
        Want.LABELS,
        "predictions, targets",
    ),
    _loss(
        "lovasz", "BinaryLovaszLoss", "per_image=False, ignore_index=None", Want.SCORES, Want.LABELS, "logits, target"
    ),
    _function(
        "functional",
        "focal_loss_with_logits",
        "output, target, gamma=2.0, alpha=0.25, reduction='mean', normalized=False, reduced_threshold=None, eps=1e-6, "
        "ignore_index=None, activation='sigmoid', softmax_dim=None, class_weights=None",
        _FOCAL,
        Want.LABELS,
    ),
    _function(
        "balanced_bce",
        "balanced_binary_cross_entropy_with_logits",
        "logits, targets, gamma=1.0, ignore_index=None, reduction='mean'",
        Want.LABEL_LOGITS,
        Want.LABELS,
    ),
)
