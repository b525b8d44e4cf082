"""Keras' models: chains and graphs of layers, how they are compiled and trained, and the pretrained ones."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from msgspec.structs import replace

from logitlint.frameworks.keras_losses import BINARY_METRICS, LOSSES, METRICS
from logitlint.frameworks.vocabulary import (
    Axes,
    Compile,
    Depends,
    Fact,
    Fit,
    Function,
    Holds,
    Layer,
    Part,
    Restore,
    Row,
    subject,
)
from logitlint.kinds import Kind

_INPUTS: Final = {"inputs": subject()}
_CALL: Final = "inputs, training=None, mask=None, **kwargs"

# Keras 2 has the metrics third, Keras 3 the weights of the losses: by position neither is read.
_COMPILE: Final = Compile(
    signature="optimizer='rmsprop', loss=None, *args, metrics=None, weighted_metrics=None, **kwargs",
    loss="loss",
    metrics=("metrics", "weighted_metrics"),
    losses=LOSSES,
    metric=METRICS,
    binary=BINARY_METRICS,
    unless=frozenset({"train_step", "compute_loss", "test_step"}),
)
_ARRAYS: Final = Fit(signature="x=None, y=None, *args, validation_data=None, **kwargs", data="x", labels="y")
_BATCHES: Final = Fit(signature="generator, *args, **kwargs", data="generator", labels="")

METHODS: Final[Mapping[str, Compile | Fit | Restore | Part]] = {
    "compile": _COMPILE,
    "fit": _ARRAYS,
    "evaluate": replace(_ARRAYS, trains=False),
    "train_on_batch": _ARRAYS,
    "test_on_batch": replace(_ARRAYS, trains=False),
    "fit_generator": _BATCHES,
    "evaluate_generator": replace(_BATCHES, trains=False),
    "load_weights": Restore(),
    "predict": Part.OUTPUT,
    "predict_on_batch": Part.OUTPUT,
    "predict_proba": Part.OUTPUT,
}
PARTS: Final[Mapping[str, Part]] = {
    "output": Part.OUTPUT,
    "outputs": Part.OUTPUTS,
    "layers": Part.LAYERS,
}

_MODELS: Final[tuple[Row, ...]] = (
    Layer(
        name="keras.Model",
        init="inputs=None, outputs=None, name=None, *, input=None, output=None, **kwargs",
        holds=Holds.GRAPH,
        graph=("outputs", "output"),
        parts=PARTS,
        methods=METHODS,
        aliases=(
            "keras.models.Model",
            "keras.engine.Model",
            "keras.engine.training.Model",
            "keras.models.functional.Functional",
            "keras.models.model.Model",
        ),
    ),
    Layer(
        name="keras.Sequential",
        init="layers=None, trainable=True, name=None, **kwargs",
        holds=Holds.CHAIN,
        sample=("input_shape", "input_dim"),
        parts=PARTS,
        methods=METHODS,
        aliases=("keras.models.Sequential", "keras.models.sequential.Sequential", "keras.engine.sequential.Sequential"),
    ),
    Function(
        name="keras.models.clone_model",
        signature="model, input_tensors=None, clone_function=None, call_function=None, recursive=False, **kwargs",
        takes={"model": subject()},
        gives=Depends("clone_function", {None: Depends("call_function", {None: Axes.KEPT})}),  # else of other layers
    ),
    Function(
        name="keras.Input",
        signature="shape=None, *args, **kwargs",
        takes={"shape": subject()},
        rank="shape",
        aliases=("keras.layers.Input", "keras.engine.Input", "keras.engine.topology.Input"),
    ),
)

# -- pretrained -------------------------------------------------------------------------------------------------------

_HEAD: Final = Depends(
    "include_top",
    {
        True: Depends(
            "classifier_activation",
            {"softmax": Kind.SOFTMAX, "sigmoid": Kind.SIGMOID, None: Kind.LOGITS, "linear": Kind.LOGITS},
        )
    },
)
_REST: Final = "weights='imagenet', input_tensor=None, input_shape=None, pooling=None, classes=1000, "
_TOP: Final = f"include_top=True, {_REST}classifier_activation='softmax', "


def _pretrained(module: str, init: str, *names: str) -> tuple[Row, ...]:
    """Models that end in a classifier unless told otherwise."""
    found: list[Row] = []
    for name in names:
        path = f"keras.applications.{name}"
        call = Function(name=path, signature=_CALL, takes=_INPUTS, gives=_HEAD, axes=Axes.RESHAPED, axis=-1)
        found.append(
            Layer(
                name=path,
                init=init,
                call=call,
                parts=PARTS,
                methods=METHODS,
                facts=frozenset({Fact.MODEL}),
                aliases=(f"keras.applications.{module}.{name}",) if module else (),
            )
        )
    return tuple(found)


_NAMED: Final = f"{_TOP}name=None"
_MOBILE: Final = (
    "input_shape=None, alpha=1.0, minimalistic=False, include_top=True, weights='imagenet', input_tensor=None, "
    "classes=1000, pooling=None, dropout_rate=0.2, classifier_activation='softmax', include_preprocessing=True, "
    "name=None"
)
_NASNET: Final = (
    "input_shape=None, include_top=True, weights='imagenet', input_tensor=None, pooling=None, classes=1000, "
    "classifier_activation='softmax', name=None"
)

PRETRAINED: Final[tuple[Row, ...]] = (
    *_pretrained("vgg16", _NAMED, "VGG16"),
    *_pretrained("vgg19", _NAMED, "VGG19"),
    *_pretrained("xception", _NAMED, "Xception"),
    *_pretrained("inception_v3", _NAMED, "InceptionV3"),
    *_pretrained("inception_resnet_v2", _NAMED, "InceptionResNetV2"),
    *_pretrained("resnet", _NAMED, "ResNet50", "ResNet101", "ResNet152"),
    *_pretrained("resnet_v2", _NAMED, "ResNet50V2", "ResNet101V2", "ResNet152V2"),
    *_pretrained("densenet", _NAMED, "DenseNet121", "DenseNet169", "DenseNet201"),
    *_pretrained("efficientnet", _NAMED, *(f"EfficientNetB{n}" for n in range(8))),
    *_pretrained(
        "efficientnet_v2",
        f"{_TOP}include_preprocessing=True, name=None",
        *(f"EfficientNetV2{size}" for size in ("B0", "B1", "B2", "B3", "L", "M", "S")),
    ),
    *_pretrained(
        "convnext",
        f"include_top=True, include_preprocessing=True, {_REST}classifier_activation='softmax', name=None",
        *(f"ConvNeXt{size}" for size in ("Tiny", "Small", "Base", "Large", "XLarge")),
    ),
    *_pretrained(
        "mobilenet",
        "input_shape=None, alpha=1.0, depth_multiplier=1, dropout=0.001, include_top=True, weights='imagenet', "
        "input_tensor=None, pooling=None, classes=1000, classifier_activation='softmax', name=None",
        "MobileNet",
    ),
    *_pretrained(
        "mobilenet_v2",
        "input_shape=None, alpha=1.0, include_top=True, weights='imagenet', input_tensor=None, pooling=None, "
        "classes=1000, classifier_activation='softmax', name=None",
        "MobileNetV2",
    ),
    *_pretrained("", _MOBILE, "MobileNetV3Large", "MobileNetV3Small"),
    *_pretrained("nasnet", _NASNET, "NASNetLarge", "NASNetMobile"),
)

ROWS: Final[tuple[Row, ...]] = (*_MODELS, *PRETRAINED)
