"""segmentation-models, for Keras: losses on probabilities, and models that end in an activation by name.

The losses that are there ready-made, and sums of them, are functions here: nothing is given to their constructor.
"""

from __future__ import annotations

from typing import Final

from logitlint.frameworks.keras_models import METHODS, PARTS
from logitlint.frameworks.vocabulary import (
    Axes,
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

_ROOT: Final = "segmentation_models"
_SOURCE: Final = "https://github.com/qubvel/segmentation_models/tree/v1.0.1/segmentation_models"
_WEIGHTED: Final = "class_weights=None, class_indexes=None"
_FOCAL: Final = "alpha=0.25, gamma=2.0"
_STARTS: Final = "backbone_name='vgg16', input_shape=(None, None, 3), classes={}, activation='{}', weights=None, "
_ENCODED: Final = "encoder_weights='imagenet', encoder_freeze=False, "
_DECODED: Final = "encoder_features='default', decoder_block_type='upsampling', decoder_filters=None, "

# It divides what it is given by its sum over the classes, as Keras does.
_CLASSES: Final = Want.CLASS_PROBABILITIES
_LABELS: Final = Want.LABEL_PROBABILITIES


def _loss(name: str, init: str, want: Want) -> Layer:
    return loss_class(
        f"{_ROOT}.losses.{name}",
        init=init,
        call="gt, pr",
        takes={"gt": target(), "pr": prediction(want)},
        constructor={"class_weights": Takes(Role.WEIGHT)} if "class_weights" in init else {},
        source=f"{_SOURCE}/losses.py",
    )


def _ready(name: str, want: Want) -> Function:
    return Function(
        name=f"{_ROOT}.losses.{name}",
        signature="gt, pr",
        takes={"gt": target(), "pr": prediction(want)},
        gives=Kind.LOSS,
        facts=frozenset({Fact.LOSS}),
        source=f"{_SOURCE}/losses.py",
    )


def _model(name: str, init: str) -> Layer:
    qualified = f"{_ROOT}.{name}"
    return Layer(
        name=qualified,
        init=init,
        call=Function(
            name=qualified,
            signature="inputs, training=None, mask=None",
            takes={"inputs": subject()},
            gives=Depends(
                "activation",
                {"sigmoid": Kind.SIGMOID, "softmax": Kind.SOFTMAX, "linear": Kind.LOGITS, None: Kind.LOGITS},
            ),
            axes=Axes.RESHAPED,
            axis=-1,
            source=f"{_SOURCE}/models",
        ),
        parts=PARTS,
        methods=METHODS,
        facts=frozenset({Fact.MODEL}),
        source=f"{_SOURCE}/models",
    )


ROWS: Final[tuple[Row, ...]] = (
    _loss("JaccardLoss", f"{_WEIGHTED}, per_image=False, smooth=1e-5", Want.PROBABILITIES),
    _loss("DiceLoss", f"beta=1, {_WEIGHTED}, per_image=False, smooth=1e-5", Want.PROBABILITIES),
    _loss("BinaryCELoss", "", _LABELS),
    _loss("CategoricalCELoss", _WEIGHTED, _CLASSES),
    _loss("BinaryFocalLoss", _FOCAL, _LABELS),
    # Of each class it weighs what is there alone: nothing is normalised.
    _loss("CategoricalFocalLoss", f"{_FOCAL}, class_indexes=None", Want.PROBABILITIES),
    *(_ready(name, Want.PROBABILITIES) for name in ("jaccard_loss", "dice_loss", "categorical_focal_loss")),
    *(_ready(f"categorical_focal_{overlap}_loss", Want.PROBABILITIES) for overlap in ("dice", "jaccard")),
    *(_ready(name, _LABELS) for name in ("binary_crossentropy", "binary_focal_loss")),
    *(_ready(f"{name}_{overlap}_loss", _LABELS) for name in ("bce", "binary_focal") for overlap in ("dice", "jaccard")),
    _ready("categorical_crossentropy", _CLASSES),
    *(_ready(f"cce_{overlap}_loss", _CLASSES) for overlap in ("dice", "jaccard")),
    _model("Unet", f"{_STARTS.format(1, 'sigmoid')}{_ENCODED}{_DECODED}decoder_use_batchnorm=True, **kwargs"),
    _model("Linknet", f"{_STARTS.format(1, 'sigmoid')}{_ENCODED}{_DECODED}decoder_use_batchnorm=True, **kwargs"),
    _model(
        "FPN",
        f"{_STARTS.format(21, 'softmax')}{_ENCODED}encoder_features='default', pyramid_block_filters=256, "
        "pyramid_use_batchnorm=True, pyramid_aggregation='concat', pyramid_dropout=None, **kwargs",
    ),
    _model(
        "PSPNet",
        f"{_STARTS.format(21, 'softmax')}{_ENCODED}downsample_factor=8, psp_conv_filters=512, psp_pooling_type='avg', "
        "psp_use_batchnorm=True, psp_dropout=None, **kwargs",
    ),
)
