"""MONAI: segmentation losses, whose input depends on the activation they are told to apply, and networks without one.

`DiceCELoss` and the focal combinations hold one part that always takes raw scores: without `sigmoid=` or `softmax=`
their two parts contradict each other, and nothing is said. Left out: `SoftclDiceLoss` and `SoftDiceclDiceLoss`, which
took the target first before 1.5; `AsymmetricUnifiedFocalLoss`, whose documentation and code disagree; wrappers.
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
    subject,
    target,
)
from logitlint.kinds import Kind

_LOSSES: Final = "https://docs.monai.io/en/stable/losses.html"
_NETWORKS: Final = "https://docs.monai.io/en/stable/networks.html#nets"

# `other_act` may be any function: given, nothing is known.
_ACTIVATED: Final = Depends(
    "other_act",
    {
        None: Depends(
            "sigmoid",
            {True: Want.LABEL_LOGITS, False: Depends("softmax", {True: Want.CLASS_LOGITS, False: Want.PROBABILITIES})},
        )
    },
)
_RAW: Final = Depends(
    "other_act",
    {None: Depends("sigmoid", {True: Want.LABEL_LOGITS, False: Depends("softmax", {True: Want.CLASS_LOGITS})})},
)
_FOCAL: Final = Depends("use_softmax", {False: Want.LABEL_LOGITS, True: Want.CLASS_LOGITS})
_TRUTH: Final = Depends("to_onehot_y", {True: Want.CLASS_INDEX, False: Want.LABELS})

_FLAGS: Final = "include_background=True, to_onehot_y=False, sigmoid=False, softmax=False, other_act=None"
_DICE: Final = (
    f"{_FLAGS}, squared_pred=False, jaccard=False, reduction='mean', smooth_nr=1e-5, smooth_dr=1e-5, batch=False"
)
_GENERALIZED: Final = f"{_FLAGS}, w_type='square', reduction='mean', smooth_nr=1e-5, smooth_dr=1e-5, batch=False"


def _loss(
    module: str,
    name: str,
    init: str,
    want: Want | Depends,
    *,
    truth: Want | Depends | None = _TRUTH,
    call: str = "input, target",
    other: tuple[str, ...] = (),
) -> Layer:
    predicted, true = call.split(", ")[:2]
    return loss_class(
        f"monai.losses.{name}",
        init=init,
        call=call,
        takes={predicted: prediction(want), true: target(truth)},
        constructor={"weight": Takes(Role.WEIGHT)} if "weight=None" in init else {},
        aliases=(
            f"monai.losses.{module}.{name}",
            *(f"monai.losses.{each}" for each in other),
            *(f"monai.losses.{module}.{each}" for each in other),
        ),
        source=_LOSSES,
    )


def _focal(name: str, want: Want, truth: Want) -> Function:
    return Function(
        name=f"monai.losses.focal_loss.{name}",
        signature="input, target, gamma=2.0, alpha=None",
        takes={"input": prediction(want), "target": target(truth)},
        gives=Kind.LOSS,
        facts=frozenset({Fact.LOSS}),
        source=_LOSSES,
    )


def _network(
    module: str,
    name: str,
    init: str,
    *,
    gives: Kind | Depends = Kind.LOGITS,
    call: str = "x",
    units: str | None = None,
    head: str | None = None,
    other: tuple[str, ...] = (),
) -> Layer:
    qualified = f"monai.networks.nets.{name}"
    return Layer(
        name=qualified,
        init=init,
        call=Function(
            name=qualified, signature=call, takes={call: subject()}, gives=gives, units=units, source=_NETWORKS
        ),
        head=head,
        facts=frozenset({Fact.MODEL}),
        aliases=(
            f"monai.networks.nets.{module}.{name}",
            *(f"monai.networks.nets.{each}" for each in other),
        ),
        source=_NETWORKS,
    )


def _densenet(name: str, init: str) -> Layer:
    return _network("densenet", name, init, units="out_channels", head="class_layers", other=(name.replace("N", "n"),))


_DENSENET: Final = (
    "spatial_dims, in_channels, out_channels, init_features=64, growth_rate=32, block_config=None, pretrained=False, "
    "progress=True, **kwargs"
)

ROWS: Final[tuple[Row, ...]] = (
    _loss(
        "dice", "DiceLoss", f"{_DICE}, weight=None, soft_label=False, ignore_index=None", _ACTIVATED, other=("Dice",)
    ),
    _loss(
        "dice",
        "MaskedDiceLoss",
        f"{_DICE}, weight=None, soft_label=False",
        _ACTIVATED,
        call="input, target, mask=None",
    ),
    _loss("dice", "GeneralizedDiceLoss", f"{_GENERALIZED}, soft_label=False", _ACTIVATED, other=("generalized_dice",)),
    _loss(
        "dice",
        "GeneralizedWassersteinDiceLoss",
        "dist_matrix, weighting_mode='default', reduction='mean', smooth_nr=1e-5, smooth_dr=1e-5",
        Want.CLASS_LOGITS,
        truth=Want.CLASS_INDEX,
        other=("generalized_wasserstein_dice",),
    ),
    _loss(
        "dice",
        "DiceCELoss",
        f"{_DICE}, weight=None, lambda_dice=1.0, lambda_ce=1.0, label_smoothing=0.0",
        _RAW,
        other=("dice_ce",),
    ),
    _loss(
        "dice",
        "DiceFocalLoss",
        f"{_DICE}, gamma=2.0, weight=None, lambda_dice=1.0, lambda_focal=1.0, alpha=None",
        _RAW,
        other=("dice_focal",),
    ),
    _loss(
        "dice",
        "GeneralizedDiceFocalLoss",
        f"{_GENERALIZED}, gamma=2.0, weight=None, lambda_gdl=1.0, lambda_focal=1.0",
        _RAW,
        other=("generalized_dice_focal",),
    ),
    _loss(
        "focal_loss",
        "FocalLoss",
        "include_background=True, to_onehot_y=False, gamma=2.0, alpha=None, weight=None, reduction='mean', "
        "use_softmax=False, ignore_index=None",
        _FOCAL,
    ),
    _loss(
        "tversky",
        "TverskyLoss",
        f"{_FLAGS}, alpha=0.5, beta=0.5, reduction='mean', smooth_nr=1e-5, smooth_dr=1e-5, batch=False, "
        f"soft_label=False, "
        "ignore_index=None",
        _ACTIVATED,
    ),
    _loss(
        "mcc_loss",
        "MCCLoss",
        f"{_FLAGS}, reduction='mean', smooth_nr=0.0, smooth_dr=1e-5, batch=False",
        _ACTIVATED,
    ),
    _loss(
        "hausdorff_loss",
        "HausdorffDTLoss",
        "alpha=2.0, include_background=False, to_onehot_y=False, sigmoid=False, softmax=False, other_act=None, "
        "reduction='mean', batch=False",
        _ACTIVATED,
    ),
    _loss(
        "hausdorff_loss",
        "LogHausdorffDTLoss",
        "alpha=2.0, include_background=False, to_onehot_y=False, sigmoid=False, softmax=False, other_act=None, "
        "reduction='mean', batch=False",
        _ACTIVATED,
    ),
    _loss("boundary_loss", "BoundaryLoss", f"{_FLAGS}, reduction='mean', batch=False", _ACTIVATED),
    _loss(
        "nacl_loss",
        "NACLLoss",
        "classes, dim, kernel_size=3, kernel_ops='mean', distance_type='l1', alpha=0.1, sigma=1.0",
        Want.CLASS_LOGITS,
        truth=Want.CLASS_INDEX,
        call="inputs, targets",
    ),
    _focal("sigmoid_focal_loss", Want.LABEL_LOGITS, Want.LABELS),
    _focal("softmax_focal_loss", Want.CLASS_LOGITS, Want.ONE_HOT),
    _network(
        "unet",
        "UNet",
        "spatial_dims, in_channels, out_channels, channels, strides, kernel_size=3, up_kernel_size=3, num_res_units=0, "
        "act='PRELU', norm='INSTANCE', dropout=0.0, bias=True, adn_ordering='NDA', **kwargs",
        other=("Unet",),
    ),
    _network(
        "basic_unet",
        "BasicUNet",
        "spatial_dims=3, in_channels=1, out_channels=2, features=None, act=None, norm=None, bias=True, dropout=0.0, "
        "upsample='deconv'",
        head="final_conv",
        other=("BasicUnet", "Basicunet", "basicunet"),
    ),
    _network(
        "attentionunet",
        "AttentionUnet",
        "spatial_dims, in_channels, out_channels, channels, strides, kernel_size=3, up_kernel_size=3, dropout=0.0",
    ),
    _network(
        "segresnet",
        "SegResNet",
        "spatial_dims=3, init_filters=8, in_channels=1, out_channels=2, dropout_prob=None, act=None, norm=None, "
        "norm_name='', "
        "num_groups=8, use_conv_final=True, blocks_down=None, blocks_up=None, upsample_mode='nontrainable'",
        gives=Depends("use_conv_final", {True: Kind.LOGITS}),
        head="conv_final",
    ),
    _network(
        "unetr",
        "UNETR",
        "in_channels, out_channels, img_size, feature_size=16, hidden_size=768, mlp_dim=3072, num_heads=12, *args, "
        "**kwargs",
        call="x_in",
        head="out",
    ),
    # The order of its arguments has changed between releases (`img_size` came first); none of them matters here.
    _network("swin_unetr", "SwinUNETR", "*args, **kwargs", call="x_in", head="out"),
    _densenet(
        "DenseNet",
        "spatial_dims, in_channels, out_channels, init_features=64, growth_rate=32, block_config=None, bn_size=4, "
        "act=None, "
        "norm='batch', dropout_prob=0.0",
    ),
    _densenet("DenseNet121", _DENSENET),
    _densenet("DenseNet169", _DENSENET),
    _densenet("DenseNet201", _DENSENET),
    _densenet("DenseNet264", _DENSENET),
)
