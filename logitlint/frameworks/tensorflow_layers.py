"""TensorFlow 1's layers that are functions: `tf.layers`, and slim's (`tf_slim`, which was in `tf.contrib`).

Slim's end in a ReLU unless told otherwise, by an argument or by an `arg_scope` around the call.
"""

from __future__ import annotations

from typing import Final

from logitlint.frameworks.keras_activations import ACTIVATIONS
from logitlint.frameworks.vocabulary import (
    Applies,
    Axes,
    Depends,
    Fact,
    Function,
    Gives,
    Named,
    Row,
    SameAs,
    Scope,
    subject,
)
from logitlint.kinds import Kind

_INPUTS: Final = {"inputs": subject()}
_CONFIGURED: Final = frozenset({Fact.CONFIGURED})
_FIXED: Final[frozenset[Fact]] = frozenset()
_DROPOUT: Final = frozenset({Fact.DROPOUT})

# -- tf.layers --------------------------------------------------------------------------------------------------------

_LAYER_PLACED: Final = "trainable=True, name=None, reuse=None"
_LAYER_WEIGHTS: Final = (
    "activation=None, use_bias=True, kernel_initializer=None, bias_initializer=None, kernel_regularizer=None, "
    "bias_regularizer=None, activity_regularizer=None, kernel_constraint=None, bias_constraint=None, "
    f"{_LAYER_PLACED}"
)
_SEPARATED: Final = (
    "depth_multiplier=1, activation=None, use_bias=True, depthwise_initializer=None, pointwise_initializer=None, "
    "bias_initializer=None, depthwise_regularizer=None, pointwise_regularizer=None, bias_regularizer=None, "
    "activity_regularizer=None, depthwise_constraint=None, pointwise_constraint=None, bias_constraint=None, "
    f"{_LAYER_PLACED}"
)


def _layer(name: str, signature: str, *, units: str | None = None) -> Function:
    return Function(
        name=f"tensorflow.layers.{name}",
        signature=f"inputs, {signature}",
        takes=_INPUTS,
        gives=Kind.LOGITS,
        axes=Axes.KEPT if units else Axes.RESHAPED,
        units=units,
        applies=Applies("activation", ACTIVATIONS),
    )


def _convolution(n: int, *, transposed: bool = False, stride: str = "") -> Function:
    one = stride or "1" if n == 1 else f"({', '.join('1' * n)})"
    rate = "" if transposed else f"dilation_rate={one}, "
    return _layer(
        f"conv{n}d{'_transpose' if transposed else ''}",
        f"filters, kernel_size, strides={one}, padding='valid', data_format='channels_last', {rate}{_LAYER_WEIGHTS}",
    )


def _pooling(name: str, n: int, axes: Axes) -> SameAs:
    return SameAs(
        name=f"tensorflow.layers.{name}_pooling{n}d",
        signature="inputs, pool_size, strides, padding='valid', data_format='channels_last', name=None",
        subject="inputs",
        axes=axes,
    )


LAYERS: Final[tuple[Row, ...]] = (
    _layer("dense", f"units, {_LAYER_WEIGHTS}", units="units"),
    *(_convolution(n) for n in (1, 2, 3)),
    *(_convolution(n, transposed=True) for n in (2, 3)),
    _layer(
        "separable_conv2d",
        "filters, kernel_size, strides=(1, 1), padding='valid', data_format='channels_last', dilation_rate=(1, 1), "
        f"{_SEPARATED}",
    ),
    Function(
        name="tensorflow.layers.batch_normalization",
        signature="inputs, axis=-1, momentum=0.99, epsilon=0.001, center=True, scale=True, beta_initializer=None, "
        "gamma_initializer=None, moving_mean_initializer=None, moving_variance_initializer=None, "
        "beta_regularizer=None, gamma_regularizer=None, beta_constraint=None, gamma_constraint=None, training=False, "
        "trainable=True, name=None, reuse=None, renorm=False, renorm_clipping=None, renorm_momentum=0.99, fused=None, "
        "virtual_batch_size=None, adjustment=None",
        takes=_INPUTS,
        gives=Kind.LOGITS,
    ),
    SameAs(
        name="tensorflow.layers.dropout",
        signature="inputs, rate=0.5, noise_shape=None, seed=None, training=False, name=None",
        subject="inputs",
        axes=Axes.KEPT,
        facts=_DROPOUT,
    ),
    SameAs(
        name="tensorflow.layers.flatten",
        signature="inputs, name=None, data_format='channels_last'",
        subject="inputs",
        axes=Axes.RESHAPED,
    ),
    *(_pooling("max", n, Axes.SLICED) for n in (1, 2, 3)),
    *(_pooling("average", n, Axes.POOLED) for n in (1, 2, 3)),
)

# -- slim -------------------------------------------------------------------------------------------------------------

_ACTIVATIONS: Final = Named(
    {
        **{name: f"tensorflow.nn.{name}" for name in ("relu", "relu6", "elu", "softmax", "sigmoid", "tanh")},
    }
)
_APPLIES: Final = Applies("activation_fn", _ACTIVATIONS)
_SLIM_PLACED: Final = "reuse=None, variables_collections=None, outputs_collections=None, trainable=True, scope=None"
_SLIM_WEIGHTS: Final = (
    "normalizer_fn=None, normalizer_params=None, weights_initializer=None, weights_regularizer=None, "
    f"biases_initializer=None, biases_regularizer=None, {_SLIM_PLACED}"
)


def _slim(
    name: str,
    signature: str,
    *,
    takes: str = "inputs",
    gives: Gives = Kind.LOGITS,
    axes: Axes = Axes.RESHAPED,
    units: str | None = None,
    applies: Applies | None = _APPLIES,
    facts: frozenset[Fact] = _CONFIGURED,
    aliases: tuple[str, ...] = (),
) -> Function:
    return Function(
        name=f"tf_slim.{name}",
        signature=f"{takes}, {signature}",
        takes={takes: subject()},
        gives=gives,
        axes=Axes.KEPT if units else axes,
        units=units,
        applies=applies,
        facts=facts,
        aliases=tuple(f"tf_slim.{alias}" for alias in aliases),
    )


def _slim_same(name: str, signature: str, axes: Axes, *, facts: frozenset[Fact] = frozenset()) -> SameAs:
    return SameAs(name=f"tf_slim.{name}", signature=f"inputs, {signature}", subject="inputs", axes=axes, facts=facts)


def _slim_convolution(name: str, layout: str, *aliases: str, rate: str = "rate=1, ") -> Function:
    return _slim(
        name,
        f"num_outputs, kernel_size, stride=1, padding='SAME', data_format={layout}, {rate}activation_fn='relu', "
        f"{_SLIM_WEIGHTS}",
        aliases=aliases,
    )


SLIM: Final[tuple[Row, ...]] = (
    _slim("fully_connected", f"num_outputs, activation_fn='relu', {_SLIM_WEIGHTS}", units="num_outputs"),
    *(
        _slim(
            name,
            f"num_outputs, *, activation_fn={default}, {_SLIM_WEIGHTS}",
            units="num_outputs",
            facts=_FIXED,
        )
        for name, default in (("linear", None), ("relu", "'relu'"), ("relu6", "'relu6'"), ("elu", "'elu'"))
    ),
    _slim(
        "legacy_fully_connected",
        "num_output_units, activation_fn=None, weight_init=None, bias_init=None, name=None, weight_collections=None, "
        "bias_collections=None, output_collections=None, trainable=True, weight_regularizer=None, "
        "bias_regularizer=None",
        takes="x",
        units="num_output_units",
        facts=_FIXED,
    ),
    _slim_convolution("conv1d", "None", "convolution1d"),
    _slim_convolution("conv2d", "None", "convolution2d"),
    _slim_convolution("conv3d", "None", "convolution3d"),
    _slim_convolution("conv2d_transpose", "'NHWC'", "convolution2d_transpose", rate=""),
    _slim(
        "separable_conv2d",
        "num_outputs, kernel_size, depth_multiplier=1, stride=1, padding='SAME', data_format='NHWC', rate=1, "
        "activation_fn='relu', normalizer_fn=None, normalizer_params=None, weights_initializer=None, "
        "pointwise_initializer=None, weights_regularizer=None, biases_initializer=None, biases_regularizer=None, "
        f"{_SLIM_PLACED}",
        aliases=("separable_convolution2d",),
    ),
    _slim(
        "batch_norm",
        "decay=0.999, center=True, scale=False, epsilon=0.001, activation_fn=None, param_initializers=None, "
        "param_regularizers=None, updates_collections='update_ops', is_training=True, reuse=None, "
        "variables_collections=None, outputs_collections=None, trainable=True, batch_weights=None, fused=None, "
        "data_format='NHWC', zero_debias_moving_mean=False, scope=None, renorm=False, renorm_clipping=None, "
        "renorm_decay=0.99, adjustment=None",
        axes=Axes.KEPT,
    ),
    _slim(
        "layer_norm",
        "center=True, scale=True, activation_fn=None, reuse=None, variables_collections=None, "
        "outputs_collections=None, trainable=True, begin_norm_axis=1, begin_params_axis=-1, scope=None",
        axes=Axes.KEPT,
    ),
    _slim("softmax", "scope=None", takes="logits", gives=Kind.SOFTMAX, axes=Axes.KEPT, applies=None, facts=_FIXED),
    _slim(
        "one_hot_encoding",
        "num_classes, on_value=1.0, off_value=0.0, outputs_collections=None, scope=None",
        takes="labels",
        gives=Depends("on_value", {1.0: Depends("off_value", {0.0: Kind.ONE_HOT})}),
        applies=None,
        facts=_FIXED,
    ),
    _slim_same("flatten", "outputs_collections=None, scope=None", Axes.RESHAPED),
    _slim_same(
        "dropout",
        "keep_prob=0.5, noise_shape=None, is_training=True, outputs_collections=None, scope=None, seed=None",
        Axes.KEPT,
        facts=_DROPOUT,
    ),
    _slim_same(
        "max_pool2d",
        "kernel_size, stride=2, padding='VALID', data_format='NHWC', outputs_collections=None, scope=None",
        Axes.SLICED,
    ),
    _slim_same(
        "avg_pool2d",
        "kernel_size, stride=2, padding='VALID', data_format='NHWC', outputs_collections=None, scope=None",
        Axes.POOLED,
    ),
    *(
        Function(
            name=f"tf_slim.{name}",
            signature="name, shape=None, dtype=None, initializer=None, regularizer=None, trainable=True, *args, "
            "**kwargs",
            gives=Depends("trainable", {True: Kind.PARAMETER}),
        )
        for name in ("variable", "model_variable")
    ),
    # What is not given to a function inside is what the scope says.
    Function(name="tf_slim.arg_scope", signature="list_ops_or_scope, **kwargs", enters=Scope.DEFAULTS),
)

ROWS: Final[tuple[Row, ...]] = (*LAYERS, *SLIM)
