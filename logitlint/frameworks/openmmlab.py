"""OpenMMLab (mmdet, mmseg, mmpretrain, mmcls): losses that apply sigmoid or softmax themselves, as they are told.

A loss that is built from a configuration (``MODELS.build(cfg)``) is not seen.
"""

from __future__ import annotations

from typing import Final

from logitlint.frameworks.vocabulary import Depends, Layer, Row, Want, loss_class, prediction, target

_SOURCES: Final = {
    "mmdet": "https://github.com/open-mmlab/mmdetection/tree/v3.3.0/mmdet/models/losses",
    "mmseg": "https://github.com/open-mmlab/mmsegmentation/tree/v1.2.2/mmseg/models/losses",
    "mmpretrain": "https://github.com/open-mmlab/mmpretrain/tree/v1.2.0/mmpretrain/models/losses",
}
# Of masks it takes the sigmoid, of the channel of each one's class.
_OF_CLASSES: Final = Depends(
    "use_sigmoid",
    {True: Want.LABEL_LOGITS, False: Depends("use_mask", {False: Want.CLASS_LOGITS, True: Want.LABEL_LOGITS})},
)
_SOFT: Final = Depends("use_sigmoid", {True: Want.LABEL_LOGITS, False: Want.CLASS_LOGITS})
_ACTIVATED: Final = Depends("activated", {False: Want.LABEL_LOGITS, True: Want.LABEL_PROBABILITIES})
# Told not to, mmseg applies softmax where there are several channels, and mmdet nothing.
_SIGMOID: Final = Depends("use_sigmoid", {True: Want.LABEL_LOGITS})
_DICE: Final = Depends("activate", {True: _SIGMOID, False: Want.PROBABILITIES})
_WEIGHED: Final = "weight=None, avg_factor=None, reduction_override=None"


def _loss(package: str, module: str, name: str, init: str, call: str, want: Want | Depends) -> Layer:
    predicted, true = call.split(", ")[:2]
    qualified = f"{package}.models.losses.{name}"
    aliases: tuple[str, ...] = (f"{package}.models.losses.{module}.{name}",)
    if package == "mmpretrain":  # as it was called before
        aliases += tuple(each.replace("mmpretrain", "mmcls", 1) for each in (qualified, *aliases))
    return loss_class(
        qualified,
        init=init,
        call=call,
        # Class indices and a column for each class are both right.
        takes={predicted: prediction(want), true: target()},
        aliases=aliases,
        source=_SOURCES[package],
    )


ROWS: Final[tuple[Row, ...]] = (
    _loss(
        "mmdet",
        "cross_entropy_loss",
        "CrossEntropyLoss",
        "use_sigmoid=False, use_mask=False, reduction='mean', class_weight=None, ignore_index=None, loss_weight=1.0, "
        "avg_non_ignore=False",
        f"cls_score, label, {_WEIGHED}, ignore_index=None, **kwargs",
        _OF_CLASSES,
    ),
    _loss(
        "mmseg",
        "cross_entropy_loss",
        "CrossEntropyLoss",
        "use_sigmoid=False, use_mask=False, reduction='mean', class_weight=None, loss_weight=1.0, loss_name='loss_ce', "
        "avg_non_ignore=False",
        f"cls_score, label, {_WEIGHED}, ignore_index=-100, **kwargs",
        _OF_CLASSES,
    ),
    _loss(
        "mmpretrain",
        "cross_entropy_loss",
        "CrossEntropyLoss",
        "use_sigmoid=False, use_soft=False, reduction='mean', loss_weight=1.0, class_weight=None, pos_weight=None",
        f"cls_score, label, {_WEIGHED}, **kwargs",
        _SOFT,
    ),
    _loss(
        "mmdet",
        "focal_loss",
        "FocalLoss",
        "use_sigmoid=True, gamma=2.0, alpha=0.25, reduction='mean', loss_weight=1.0, activated=False",
        f"pred, target, {_WEIGHED}",
        _ACTIVATED,
    ),
    _loss(
        "mmseg",
        "focal_loss",
        "FocalLoss",
        "use_sigmoid=True, gamma=2.0, alpha=0.5, reduction='mean', class_weight=None, loss_weight=1.0, "
        "loss_name='loss_focal'",
        f"pred, target, {_WEIGHED}, ignore_index=255, **kwargs",
        Want.LABEL_LOGITS,
    ),
    _loss(
        "mmpretrain",
        "focal_loss",
        "FocalLoss",
        "gamma=2.0, alpha=0.25, reduction='mean', loss_weight=1.0",
        f"pred, target, {_WEIGHED}",
        Want.LABEL_LOGITS,
    ),
    _loss(
        "mmdet",
        "dice_loss",
        "DiceLoss",
        "use_sigmoid=True, activate=True, reduction='mean', naive_dice=False, loss_weight=1.0, eps=1e-3",
        "pred, target, weight=None, reduction_override=None, avg_factor=None",
        _DICE,
    ),
    _loss(
        "mmseg",
        "dice_loss",
        "DiceLoss",
        "use_sigmoid=True, activate=True, reduction='mean', naive_dice=False, loss_weight=1.0, ignore_index=255, "
        "eps=1e-3, loss_name='loss_dice'",
        f"pred, target, {_WEIGHED}, ignore_index=255, **kwargs",
        _DICE,
    ),
)
