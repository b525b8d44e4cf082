"""Catalyst 22: losses of `contrib`.

The overlap losses apply no activation, whatever their documentation calls the argument; before release 21 they lived
elsewhere, and did. `SupervisedRunner.train` is left out: callbacks decide which tensors the criterion is given.
"""

from __future__ import annotations

from typing import Final

from logitlint.frameworks.vocabulary import Fact, Function, Layer, Row, Want, loss_class, prediction, target
from logitlint.kinds import Kind

_SOURCE: Final = "https://github.com/catalyst-team/catalyst/tree/v22.04/catalyst/contrib/losses"
_FUNCTIONS: Final = "https://github.com/catalyst-team/catalyst/blob/v22.04/catalyst/metrics/functional/_focal.py"
_OVERLAP: Final = "class_dim=1, mode='macro', weights=None, eps=1e-7"


def _loss(module: str, name: str, init: str, want: Want, truth: Want | None, call: str = "outputs, targets") -> Layer:
    predicted, true = call.split(", ")[:2]
    return loss_class(
        f"catalyst.contrib.losses.{name}",
        init=init,
        call=call,
        takes={predicted: prediction(want), true: target(truth)},
        aliases=(f"catalyst.contrib.losses.{module}.{name}",),
        source=_SOURCE,
    )


def _focal(name: str, signature: str) -> Function:
    return Function(
        name=f"catalyst.metrics.functional.{name}",
        signature=signature,
        takes={"outputs": prediction(Want.LABEL_LOGITS), "targets": target(Want.LABELS)},
        gives=Kind.LOSS,
        facts=frozenset({Fact.LOSS}),
        aliases=(f"catalyst.metrics.functional._focal.{name}",),
        source=_FUNCTIONS,
    )


ROWS: Final[tuple[Row, ...]] = (
    _loss("ce", "MaskCrossEntropyLoss", "*args, **kwargs", Want.CLASS_LOGITS, Want.CLASSES, "logits, target, mask"),
    _loss(
        "ce",
        "SymmetricCrossEntropyLoss",
        "alpha=1.0, beta=1.0",
        Want.CLASS_PROBABILITIES,
        Want.CLASS_INDEX,
        "input_, target",
    ),
    _loss("ce", "NaiveCrossEntropyLoss", "size_average=True", Want.CLASS_LOGITS, Want.ONE_HOT, "input_, target"),
    _loss("dice", "DiceLoss", _OVERLAP, Want.PROBABILITIES, None),
    _loss("iou", "IoULoss", _OVERLAP, Want.PROBABILITIES, None),
    _loss("smoothing_dice", "SmoothingDiceLoss", _OVERLAP, Want.PROBABILITIES, None),
    _loss("trevsky", "TrevskyLoss", f"alpha, beta=None, {_OVERLAP}", Want.PROBABILITIES, None),
    _loss("trevsky", "FocalTrevskyLoss", f"alpha, beta=None, gamma=4 / 3, {_OVERLAP}", Want.PROBABILITIES, None),
    _loss(
        "focal",
        "FocalLossBinary",
        "ignore=None, reduced=False, gamma=2.0, alpha=0.25, threshold=0.5, reduction='mean'",
        Want.LABEL_LOGITS,
        Want.LABELS,
        "logits, targets",
    ),
    # Each class by itself, with a sigmoid.
    _loss(
        "focal",
        "FocalLossMultiClass",
        "ignore=None, reduced=False, gamma=2.0, alpha=0.25, threshold=0.5, reduction='mean'",
        Want.LABEL_LOGITS,
        Want.CLASS_INDEX,
        "logits, targets",
    ),
    _loss("lovasz", "LovaszLossBinary", "per_image=False, ignore=None", Want.SCORES, Want.LABELS, "logits, targets"),
    _loss(
        "lovasz", "LovaszLossMultiLabel", "per_image=False, ignore=None", Want.SCORES, Want.LABELS, "logits, targets"
    ),
    _focal("sigmoid_focal_loss", "outputs, targets, gamma=2.0, alpha=0.25, reduction='mean'"),
    _focal("reduced_focal_loss", "outputs, targets, threshold=0.5, gamma=2.0, reduction='mean'"),
)
