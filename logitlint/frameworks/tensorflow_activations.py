"""TensorFlow's activations, and the affine functions before them; one row for 1.x and 2.x, which agree here."""

from __future__ import annotations

from typing import Final

from logitlint.frameworks.vocabulary import Axes, Depends, Fact, Function, Gives, Row, subject
from logitlint.kinds import Kind

_ORDERED: Final = frozenset({Fact.MONOTONE})
_NOTHING: Final[frozenset[Fact]] = frozenset()

# What GELU and SiLU sink to, rounded away from zero.
_SILU_LOW: Final = -0.2785
_GELU_LOW: Final = -0.17005
_SELU_LOW: Final = -1.7581


def _function(
    name: str,
    signature: str,
    *,
    takes: str = "features",
    gives: Gives = Kind.ACTIVATED,
    low: float | None = None,
    high: float | None = None,
    axes: Axes = Axes.KEPT,
    axis: str | None = None,
    facts: frozenset[Fact] = _NOTHING,
    aliases: tuple[str, ...] = (),
) -> Function:
    return Function(
        name=f"tensorflow.{name}",
        signature=signature,
        takes={takes: subject()},
        gives=gives,
        low=low,
        high=high,
        axes=axes,
        axis=axis,
        facts=facts,
        aliases=tuple(f"tensorflow.{alias}" for alias in aliases),
    )


def _score(
    name: str,
    signature: str,
    takes: str = "input",
    *,
    axes: Axes = Axes.RESHAPED,
    aliases: tuple[str, ...] = (),
) -> Function:
    return _function(name, signature, takes=takes, gives=Kind.LOGITS, axes=axes, aliases=aliases)


PROBABILITIES: Final[tuple[Row, ...]] = (
    _function(
        "nn.softmax",
        "logits, axis=-1, name=None",
        takes="logits",
        gives=Kind.SOFTMAX,
        axis="axis",
        facts=_ORDERED,
        aliases=("math.softmax",),
    ),
    _function(
        "nn.log_softmax",
        "logits, axis=-1, name=None",
        takes="logits",
        gives=Kind.LOG_SOFTMAX,
        axis="axis",
        facts=_ORDERED,
        aliases=("math.log_softmax",),
    ),
    _function(
        "sigmoid",
        "x, name=None",
        takes="x",
        gives=Kind.SIGMOID,
        facts=_ORDERED,
        aliases=("nn.sigmoid", "math.sigmoid"),
    ),
    _function(
        "math.log_sigmoid",
        "x, name=None",
        takes="x",
        gives=Kind.LOG_SIGMOID,
        facts=_ORDERED,
        aliases=("log_sigmoid",),
    ),
)

HIDDEN: Final[tuple[Row, ...]] = (
    _function("nn.relu", "features, name=None", low=0),
    _function("nn.relu6", "features, name=None", low=0, high=6),
    _function("nn.relu_layer", "x, weights, biases, name=None", takes="x", low=0, axes=Axes.RESHAPED),
    _function("nn.leaky_relu", "features, alpha=0.2, name=None", facts=_ORDERED),
    _function("nn.elu", "features, name=None", low=-1, facts=_ORDERED),
    _function("nn.selu", "features, name=None", low=_SELU_LOW, facts=_ORDERED),
    _function("nn.gelu", "features, approximate=False, name=None", low=_GELU_LOW),
    _function(
        "nn.silu",
        "features, beta=1.0",
        gives=Depends("beta", {1.0: Kind.ACTIVATED}),
        low=_SILU_LOW,
        aliases=("nn.swish",),
    ),
    _function("nn.softplus", "features, name=None", low=0, facts=_ORDERED, aliases=("math.softplus",)),
    _function("nn.softsign", "features, name=None", low=-1, high=1, facts=_ORDERED, aliases=("math.softsign",)),
    _function(
        "tanh",
        "x, name=None",
        takes="x",
        low=-1,
        high=1,
        facts=_ORDERED,
        aliases=("nn.tanh", "math.tanh"),
    ),
)

SCORES: Final[tuple[Row, ...]] = (
    _score("nn.xw_plus_b", "x, weights, biases, name=None", "x"),
    _score(
        "nn.conv1d",
        "input=None, filters=None, stride=None, padding=None, data_format='NWC', dilations=None, name=None, *, "
        "value=None, use_cudnn_on_gpu=None",
    ),
    _score(
        "nn.conv2d",
        "input, filters=None, strides=None, padding=None, data_format='NHWC', dilations=None, name=None, *, "
        "filter=None, use_cudnn_on_gpu=True",
    ),
    _score(
        "nn.conv3d",
        "input, filters=None, strides=None, padding=None, data_format='NDHWC', dilations=None, name=None, *, "
        "filter=None",
    ),
    _score(
        "nn.conv2d_transpose",
        "input=None, filters=None, output_shape=None, strides=None, padding='SAME', data_format='NHWC', "
        "dilations=None, name=None, *, value=None, filter=None",
    ),
    _score(
        "nn.separable_conv2d",
        "input, depthwise_filter, pointwise_filter, strides, padding, data_format=None, dilations=None, name=None, *, "
        "rate=None",
    ),
    _score(
        "nn.depthwise_conv2d",
        "input, filter, strides, padding, data_format=None, dilations=None, name=None, *, rate=None",
    ),
    _score("nn.atrous_conv2d", "value, filters, rate, padding, name=None", "value"),
    # It centres what it is given and scales it: whatever came in, values of both signs and any size come out.
    _score(
        "nn.batch_normalization",
        "x, mean, variance, offset, scale, variance_epsilon, name=None",
        "x",
        axes=Axes.KEPT,
    ),
)

ROWS: Final[tuple[Row, ...]] = (*PROBABILITIES, *HIDDEN, *SCORES)
