"""kornia, and torchgeometry as it was called first: segmentation losses; those over classes apply softmax over dim 1
themselves.
"""

from __future__ import annotations

from typing import Final

from logitlint.frameworks.vocabulary import (
    Fact,
    Function,
    Role,
    Row,
    Takes,
    Want,
    loss_class,
    prediction,
    target,
)
from logitlint.kinds import Kind

_SOURCE: Final = "https://kornia.readthedocs.io/en/latest/losses.html"
_FIRST: Final = "https://torchgeometry.readthedocs.io/en/v0.1.2/losses.html"
_CLASSES: Final = {"pred": prediction(Want.CLASS_LOGITS), "target": target(Want.CLASS_INDEX)}
_LABELS: Final = {"pred": prediction(Want.LABEL_LOGITS), "target": target(Want.LABELS)}
# The hinge is taken of the raw scores; no sigmoid is applied.
_HINGE: Final = {"pred": prediction(Want.SCORES), "target": target(Want.LABELS)}
_WEIGHT: Final = {"weight": Takes(Role.WEIGHT)}
_WEIGHTS: Final = {"weight": Takes(Role.WEIGHT), "pos_weight": Takes(Role.WEIGHT)}


def _function(module: str, name: str, signature: str, takes: dict[str, Takes]) -> Function:
    return Function(
        name=f"kornia.losses.{name}",
        signature=signature,
        takes=takes,
        gives=Kind.LOSS,
        facts=frozenset({Fact.LOSS}),
        aliases=(f"kornia.losses.{module}.{name}",),
        source=_SOURCE,
    )


ROWS: Final[tuple[Row, ...]] = (
    _function(
        "focal",
        "focal_loss",
        "pred, target, alpha, gamma=2.0, reduction='none', weight=None, ignore_index=-100",
        {**_CLASSES, **_WEIGHT},
    ),
    _function(
        "focal",
        "binary_focal_loss_with_logits",
        "pred, target, alpha=0.25, gamma=2.0, reduction='none', pos_weight=None, weight=None, ignore_index=-100",
        {**_LABELS, **_WEIGHTS},
    ),
    _function(
        "dice",
        "dice_loss",
        "pred, target, average='micro', eps=1e-8, weight=None, ignore_index=-100",
        {**_CLASSES, **_WEIGHT},
    ),
    _function("tversky", "tversky_loss", "pred, target, alpha, beta, eps=1e-8, ignore_index=-100", _CLASSES),
    _function("lovasz_softmax", "lovasz_softmax_loss", "pred, target, weight=None", {**_CLASSES, **_WEIGHT}),
    _function("lovasz_hinge", "lovasz_hinge_loss", "pred, target", _HINGE),
    loss_class(
        "kornia.losses.FocalLoss",
        init="alpha, gamma=2.0, reduction='none', weight=None, ignore_index=-100",
        call="pred, target",
        takes=_CLASSES,
        constructor=_WEIGHT,
        aliases=("kornia.losses.focal.FocalLoss",),
        source=_SOURCE,
    ),
    loss_class(
        "kornia.losses.BinaryFocalLossWithLogits",
        init="alpha, gamma=2.0, reduction='none', pos_weight=None, weight=None, ignore_index=-100",
        call="pred, target",
        takes=_LABELS,
        constructor=_WEIGHTS,
        aliases=("kornia.losses.focal.BinaryFocalLossWithLogits",),
        source=_SOURCE,
    ),
    loss_class(
        "kornia.losses.DiceLoss",
        init="average='micro', eps=1e-8, weight=None, ignore_index=-100",
        call="pred, target",
        takes=_CLASSES,
        constructor=_WEIGHT,
        aliases=("kornia.losses.dice.DiceLoss",),
        source=_SOURCE,
    ),
    loss_class(
        "kornia.losses.TverskyLoss",
        init="alpha, beta, eps=1e-8, ignore_index=-100",
        call="pred, target",
        takes=_CLASSES,
        aliases=("kornia.losses.tversky.TverskyLoss",),
        source=_SOURCE,
    ),
    loss_class(
        "kornia.losses.LovaszSoftmaxLoss",
        init="weight=None",
        call="pred, target",
        takes=_CLASSES,
        constructor=_WEIGHT,
        aliases=("kornia.losses.lovasz_softmax.LovaszSoftmaxLoss",),
        source=_SOURCE,
    ),
    loss_class(
        "kornia.losses.LovaszHingeLoss",
        init="",
        call="pred, target",
        takes=_HINGE,
        aliases=("kornia.losses.lovasz_hinge.LovaszHingeLoss",),
        source=_SOURCE,
    ),
    *(
        loss_class(
            f"torchgeometry.losses.{name}",
            init=init,
            call="input, target",
            takes={"input": prediction(Want.CLASS_LOGITS), "target": target(Want.CLASS_INDEX)},
            aliases=(f"torchgeometry.losses.{module}.{name}",),
            source=_FIRST,
        )
        for module, name, init in (
            ("focal", "FocalLoss", "alpha, gamma=2.0, reduction='none'"),
            ("dice", "DiceLoss", ""),
            ("tversky", "TverskyLoss", "alpha, beta"),
        )
    ),
    *(
        Function(
            name=f"torchgeometry.losses.{name}",
            signature=signature,
            takes={"input": prediction(Want.CLASS_LOGITS), "target": target(Want.CLASS_INDEX)},
            gives=Kind.LOSS,
            facts=frozenset({Fact.LOSS}),
            source=_FIRST,
        )
        for name, signature in (
            ("focal_loss", "input, target, alpha, gamma=2.0, reduction='none'"),
            ("dice_loss", "input, target"),
            ("tversky_loss", "input, target, alpha, beta"),
        )
    ),
)
