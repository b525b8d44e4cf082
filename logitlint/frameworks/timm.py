"""timm: the classification losses, all of which take raw scores.

`create_model` is left out: with `num_classes=0`, `features_only=True` or a checkpoint without a head it gives features.
"""

from __future__ import annotations

from typing import Final

from logitlint.frameworks.vocabulary import Role, Row, Takes, Want, loss_class, prediction, target

_SOURCE: Final = "https://github.com/huggingface/pytorch-image-models/tree/main/timm/loss"
_WEIGHTS: Final = {"weight": Takes(Role.WEIGHT), "pos_weight": Takes(Role.WEIGHT)}

ROWS: Final[tuple[Row, ...]] = (
    loss_class(
        "timm.loss.LabelSmoothingCrossEntropy",
        init="smoothing=0.1",
        call="x, target",
        takes={"x": prediction(Want.CLASS_LOGITS), "target": target(Want.CLASS_INDEX)},
        aliases=("timm.loss.cross_entropy.LabelSmoothingCrossEntropy",),
        source=_SOURCE,
    ),
    loss_class(
        "timm.loss.SoftTargetCrossEntropy",
        init="",
        call="x, target",
        takes={"x": prediction(Want.CLASS_LOGITS), "target": target(Want.ONE_HOT)},
        aliases=("timm.loss.cross_entropy.SoftTargetCrossEntropy",),
        source=_SOURCE,
    ),
    loss_class(
        "timm.loss.BinaryCrossEntropy",
        init="smoothing=0.1, target_threshold=None, weight=None, reduction='mean', sum_classes=False, pos_weight=None, "
        "smooth_dense=False",
        call="x, target",
        # One column per class and class indices are both right: it makes the columns itself.
        takes={"x": prediction(Want.LABEL_LOGITS), "target": target()},
        constructor=_WEIGHTS,
        aliases=("timm.loss.binary_cross_entropy.BinaryCrossEntropy",),
        source=_SOURCE,
    ),
    loss_class(
        "timm.loss.AsymmetricLossMultiLabel",
        init="gamma_neg=4, gamma_pos=1, clip=0.05, eps=1e-8, disable_torch_grad_focal_loss=False, smoothing=0.0, "
        "reduction='batchmean', weight=None, pos_weight=None",
        call="x, y",
        takes={"x": prediction(Want.LABEL_LOGITS), "y": target(Want.LABELS)},
        constructor=_WEIGHTS,
        aliases=("timm.loss.asymmetric_loss.AsymmetricLossMultiLabel",),
        source=_SOURCE,
    ),
    loss_class(
        "timm.loss.AsymmetricLossSingleLabel",
        init="gamma_pos=1, gamma_neg=4, eps=0.1, reduction='mean'",
        call="inputs, target, reduction=None",
        takes={"inputs": prediction(Want.CLASS_LOGITS), "target": target(Want.CLASS_INDEX)},
        aliases=("timm.loss.asymmetric_loss.AsymmetricLossSingleLabel",),
        source=_SOURCE,
    ),
    loss_class(
        "timm.loss.JsdCrossEntropy",
        init="num_splits=3, alpha=12, smoothing=0.1",
        call="output, target",
        takes={"output": prediction(Want.CLASS_LOGITS), "target": target(Want.CLASS_INDEX)},
        aliases=("timm.loss.jsd.JsdCrossEntropy",),
        source=_SOURCE,
    ),
    loss_class(
        "timm.loss.PolyCrossEntropy",
        init="epsilon=2.0, smoothing=0.0, reduction='mean'",
        call="x, target",
        takes={"x": prediction(Want.CLASS_LOGITS), "target": target(Want.CLASSES)},
        aliases=("timm.loss.poly_loss.PolyCrossEntropy",),
        source=_SOURCE,
    ),
    loss_class(
        "timm.loss.PolyBinaryCrossEntropy",
        init="epsilon=2.0, gamma=0.0, alpha=None, smoothing=0.0, reduction='mean'",
        call="x, target",
        takes={"x": prediction(Want.LABEL_LOGITS), "target": target(Want.LABELS)},
        aliases=("timm.loss.poly_loss.PolyBinaryCrossEntropy",),
        source=_SOURCE,
    ),
    loss_class(
        "timm.loss.DistributionBalancedLoss",
        init="class_counts, num_samples, map_alpha=0.1, map_beta=10.0, map_mu=0.2, neg_scale=2.0, init_bias=0.05, "
        "focal_gamma=2.0, focal_balance=2.0, smoothing=0.0, reduction='mean'",
        call="x, target",
        takes={"x": prediction(Want.LABEL_LOGITS), "target": target(Want.LABELS)},
        constructor={"class_counts": Takes(Role.WEIGHT)},
        aliases=("timm.loss.distribution_balanced_loss.DistributionBalancedLoss",),
        source=_SOURCE,
    ),
    # The two rank scores against each other; neither applies a sigmoid.
    loss_class(
        "timm.loss.TwoWayLoss",
        init="tp=4.0, tn=1.0",
        call="x, target",
        takes={"x": prediction(Want.SCORES), "target": target(Want.LABELS)},
        aliases=("timm.loss.two_way_loss.TwoWayLoss",),
        source=_SOURCE,
    ),
    loss_class(
        "timm.loss.ZlprLoss",
        init="",
        call="x, target",
        takes={"x": prediction(Want.SCORES), "target": target(Want.LABELS)},
        aliases=("timm.loss.zlpr_loss.ZlprLoss",),
        source=_SOURCE,
    ),
)
