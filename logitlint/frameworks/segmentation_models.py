"""segmentation-models-pytorch: losses that take raw scores unless told otherwise, models, the counts behind metrics."""

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
    subject,
    target,
)
from logitlint.kinds import Kind

_ROOT: Final = "segmentation_models_pytorch"
_LOSSES: Final = "https://smp.readthedocs.io/en/latest/losses.html"
_METRICS: Final = "https://smp.readthedocs.io/en/latest/metrics.html"
_MODELS: Final = "https://smp.readthedocs.io/en/latest/models.html"
_OLD_LOSSES: Final = (
    "https://github.com/qubvel-org/segmentation_models.pytorch/blob/main/segmentation_models_pytorch/utils/losses.py"
)

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
# Focal loss takes each class by itself, whatever the mode; of probabilities of exclusive classes nothing is said.
_FOCAL: Final = Depends(
    "from_logits",
    {
        True: Depends("mode", dict.fromkeys(("binary", "multilabel", "multiclass"), Want.LABEL_LOGITS)),
        False: Depends("mode", {"binary": Want.LABEL_PROBABILITIES, "multilabel": Want.LABEL_PROBABILITIES}),
    },
)
# Over labels it is a hinge of the raw scores, over classes it applies softmax.
_LOVASZ: Final = Depends("mode", {"binary": Want.SCORES, "multilabel": Want.SCORES, "multiclass": Want.CLASS_LOGITS})
_MODE_TARGET: Final = Depends(
    "mode", {"binary": Want.LABELS, "multilabel": Want.LABELS, "multiclass": Want.CLASS_INDEX}
)
# The losses of `utils` apply the activation they are given by name.
_NAMED: Final = Depends(
    "activation",
    {
        None: Want.PROBABILITIES,
        "identity": Want.PROBABILITIES,
        "sigmoid": Want.LABEL_LOGITS,
        "softmax": Want.CLASS_LOGITS,
        "softmax2d": Want.CLASS_LOGITS,
    },
)
# `tanh`, `clamp` and callables are left unknown.
_HEAD: Final = Depends(
    "activation",
    {
        None: Kind.LOGITS,
        "identity": Kind.LOGITS,
        "sigmoid": Kind.SIGMOID,
        "softmax": Kind.SOFTMAX,
        "softmax2d": Kind.SOFTMAX,
        "logsoftmax": Kind.LOG_SOFTMAX,
        "argmax": Kind.DECISION,
        "argmax2d": Kind.DECISION,
    },
)
# With `aux_params` the model gives masks and labels; the labels' activation is hidden in the dict.
_GIVES: Final = Depends("aux_params", {None: _HEAD})
_ENDS: Final = ", in_channels=3, classes=1, activation=None, aux_params=None, **kwargs"
_SCALED_ENDS: Final = ", in_channels=3, classes=1, activation=None, upsampling=4, aux_params=None, **kwargs"
_STARTS: Final = "encoder_name='resnet34', encoder_depth=5, encoder_weights='imagenet', "


def _loss(name: str, init: str, want: Want | Depends, truth: Want | Depends | None, *weights: str) -> Layer:
    return loss_class(
        f"{_ROOT}.losses.{name}",
        init=init,
        call="y_pred, y_true",
        takes={"y_pred": prediction(want), "y_true": target(truth)},
        constructor={weight: Takes(Role.WEIGHT) for weight in weights},
        source=_LOSSES,
    )


def _old_loss(
    name: str,
    init: str,
    want: Want | Depends,
    truth: Want | None,
    call: str = "input, target",
    facts: frozenset[Fact] = frozenset(),
) -> Layer:
    predicted, true = call.split(", ")
    return loss_class(
        f"{_ROOT}.utils.losses.{name}",
        init=init,
        call=call,
        takes={predicted: prediction(want), true: target(truth)},
        constructor={weight: Takes(Role.WEIGHT) for weight in ("weight", "pos_weight") if weight in init},
        facts=facts,
        source=_OLD_LOSSES,
    )


def _model(name: str, init: str, module: str = "") -> Layer:
    qualified = f"{_ROOT}.{name}"
    call = Function(name=qualified, signature="x", takes={"x": subject()}, gives=_GIVES, axis=1, source=_MODELS)
    return Layer(
        name=qualified,
        init=init,
        call=call,
        head="segmentation_head",
        methods={
            "predict": Function(
                name=f"{qualified}.predict",
                signature="x",
                takes={"x": subject()},
                gives=_GIVES,
                axis=1,
                facts=frozenset({Fact.TRAINS_NOT}),
                source=_MODELS,
            )
        },
        facts=frozenset({Fact.MODEL}),
        aliases=(f"{_ROOT}.decoders.{module}.{name}",) if module else (),
        source=_MODELS,
    )


ROWS: Final[tuple[Row, ...]] = (
    _loss(
        "DiceLoss",
        "mode, classes=None, log_loss=False, from_logits=True, smooth=0.0, ignore_index=None, eps=1e-7, "
        "class_weights=None",
        _OVERLAP,
        _MODE_TARGET,
        "class_weights",
    ),
    _loss(
        "JaccardLoss",
        "mode, classes=None, log_loss=False, from_logits=True, smooth=0.0, ignore_index=None, eps=1e-7, "
        "class_weights=None",
        _OVERLAP,
        _MODE_TARGET,
        "class_weights",
    ),
    _loss(
        "TverskyLoss",
        "mode, classes=None, log_loss=False, from_logits=True, smooth=0.0, ignore_index=None, eps=1e-7, alpha=0.5, "
        "beta=0.5, "
        "gamma=1.0, class_weights=None",
        _OVERLAP,
        _MODE_TARGET,
        "class_weights",
    ),
    _loss(
        "FocalLoss",
        "mode, alpha=None, gamma=2.0, ignore_index=None, from_logits=True, eps=1e-7, reduction='mean', "
        "normalized=False, "
        "reduced_threshold=None, class_weights=None",
        _FOCAL,
        _MODE_TARGET,
        "class_weights",
    ),
    _loss("LovaszLoss", "mode, per_image=False, ignore_index=None, from_logits=True", _LOVASZ, _MODE_TARGET),
    _loss(
        "SoftBCEWithLogitsLoss",
        "weight=None, ignore_index=-100, reduction='mean', smooth_factor=None, pos_weight=None",
        Want.LABEL_LOGITS,
        Want.LABELS,
        "weight",
        "pos_weight",
    ),
    _loss(
        "SoftCrossEntropyLoss",
        "reduction='mean', smooth_factor=None, ignore_index=-100, dim=1",
        Want.CLASS_LOGITS,
        Want.CLASS_INDEX,
    ),
    _loss("MCCLoss", "eps=1e-5", Want.LABEL_PROBABILITIES, Want.LABELS),
    _old_loss("JaccardLoss", "eps=1.0, activation=None, ignore_channels=None, **kwargs", _NAMED, None, "y_pr, y_gt"),
    _old_loss(
        "DiceLoss", "eps=1.0, beta=1.0, activation=None, ignore_channels=None, **kwargs", _NAMED, None, "y_pr, y_gt"
    ),
    _old_loss("L1Loss", "size_average=None, reduce=None, reduction='mean'", Want.SCORES, None),
    _old_loss("MSELoss", "size_average=None, reduce=None, reduction='mean'", Want.SCORES, None),
    _old_loss(
        "CrossEntropyLoss",
        "weight=None, size_average=None, ignore_index=-100, reduce=None, reduction='mean', label_smoothing=0.0",
        Want.CLASS_LOGITS,
        Want.CLASSES,
    ),
    _old_loss(
        "NLLLoss",
        "weight=None, size_average=None, ignore_index=-100, reduce=None, reduction='mean'",
        Want.CLASS_LOG_PROBABILITIES,
        Want.CLASS_INDEX,
    ),
    _old_loss(
        "BCELoss",
        "weight=None, size_average=None, reduce=None, reduction='mean'",
        Want.LABEL_PROBABILITIES,
        Want.LABELS,
        facts=frozenset({Fact.RAISES_UNDER_AUTOCAST, Fact.RAISES_OUTSIDE_UNIT}),
    ),
    _old_loss(
        "BCEWithLogitsLoss",
        "weight=None, size_average=None, reduce=None, reduction='mean', pos_weight=None",
        Want.LABEL_LOGITS,
        Want.LABELS,
    ),
    Function(
        name=f"{_ROOT}.metrics.get_stats",
        signature="output, target, mode, ignore_index=None, threshold=None, num_classes=None",
        # Without a threshold it takes whole numbers, which it counts as they are.
        takes={"output": prediction(Depends("threshold", {0.5: Want.THRESHOLDED})), "target": target()},
        facts=frozenset({Fact.METRIC}),
        aliases=(f"{_ROOT}.metrics.functional.get_stats",),
        source=_METRICS,
    ),
    _model(
        "Unet",
        f"{_STARTS}decoder_use_norm='batchnorm', decoder_channels=None, decoder_attention_type=None, "
        f"decoder_interpolation='nearest'{_ENDS}",
        "unet",
    ),
    _model(
        "UnetPlusPlus",
        f"{_STARTS}decoder_use_norm='batchnorm', decoder_channels=None, decoder_attention_type=None, "
        f"decoder_interpolation='nearest'{_ENDS}",
        "unetplusplus",
    ),
    _model(
        "MAnet",
        f"{_STARTS}decoder_use_norm='batchnorm', decoder_channels=None, decoder_pab_channels=64, "
        f"decoder_interpolation='nearest'{_ENDS}",
        "manet",
    ),
    _model("Linknet", f"{_STARTS}decoder_use_norm='batchnorm'{_ENDS}", "linknet"),
    _model(
        "FPN",
        f"{_STARTS}decoder_pyramid_channels=256, decoder_segmentation_channels=128, decoder_merge_policy='add', "
        f"decoder_dropout=0.2, decoder_interpolation='nearest'{_SCALED_ENDS}",
        "fpn",
    ),
    _model(
        "PSPNet",
        "encoder_name='resnet34', encoder_weights='imagenet', encoder_depth=3, psp_out_channels=512, "
        f"decoder_use_norm='batchnorm', psp_dropout=0.2{_SCALED_ENDS}",
        "pspnet",
    ),
    _model(
        "DeepLabV3",
        f"{_STARTS}encoder_output_stride=8, decoder_channels=256, decoder_atrous_rates=None, "
        f"decoder_aspp_separable=False, decoder_aspp_dropout=0.5{_SCALED_ENDS}",
        "deeplabv3",
    ),
    _model(
        "DeepLabV3Plus",
        f"{_STARTS}encoder_output_stride=16, decoder_channels=256, decoder_atrous_rates=None, "
        f"decoder_aspp_separable=True, decoder_aspp_dropout=0.5{_SCALED_ENDS}",
        "deeplabv3",
    ),
    _model(
        "PAN",
        f"{_STARTS}encoder_output_stride=16, decoder_channels=32, decoder_interpolation='bilinear'{_SCALED_ENDS}",
        "pan",
    ),
    _model("UPerNet", f"{_STARTS}decoder_channels=256, decoder_use_norm='batchnorm'{_SCALED_ENDS}", "upernet"),
    _model("Segformer", f"{_STARTS}decoder_segmentation_channels=256{_SCALED_ENDS}", "segformer"),
    _model(
        "DPT",
        "encoder_name='tu-vit_base_patch16_224.augreg_in21k', encoder_depth=4, encoder_weights='imagenet', "
        "encoder_output_indices=None, decoder_readout='cat', decoder_intermediate_channels=None, "
        f"decoder_fusion_channels=256{_ENDS}",
        "dpt",
    ),
    _model(
        "create_model",
        "arch, encoder_name='resnet34', encoder_weights='imagenet', in_channels=3, classes=1, *, activation=None, "
        "aux_params=None, **kwargs",
    ),
)
