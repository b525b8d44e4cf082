"""Keras' layers that give scores, and those that keep the meaning of what they are given."""

from __future__ import annotations

from typing import Final

from logitlint.frameworks.keras_activations import ACTIVATIONS, CALL
from logitlint.frameworks.vocabulary import (
    Applies,
    Axes,
    Base,
    Depends,
    Fact,
    Function,
    Holds,
    Layer,
    Row,
    SameAs,
    subject,
)
from logitlint.kinds import Kind

_INPUTS: Final = {"inputs": subject()}
_DROPOUT: Final = frozenset({Fact.DROPOUT})
_NOTHING: Final[frozenset[Fact]] = frozenset()
_ACTIVATION: Final = Applies("activation", ACTIVATIONS)

# The channels are the last axis unless the call says otherwise.
_CHANNELS: Final = Depends("data_format", {None: "filters", "channels_last": "filters"})

_WEIGHTS: Final = (
    "use_bias=True, kernel_initializer='glorot_uniform', bias_initializer='zeros', kernel_regularizer=None, "
    "bias_regularizer=None, activity_regularizer=None, kernel_constraint=None, bias_constraint=None"
)
_DEPTHWISE: Final = (
    "use_bias=True, depthwise_initializer='glorot_uniform', pointwise_initializer='glorot_uniform', "
    "bias_initializer='zeros', depthwise_regularizer=None, pointwise_regularizer=None, bias_regularizer=None, "
    "activity_regularizer=None, depthwise_constraint=None, pointwise_constraint=None, bias_constraint=None, **kwargs"
)


def _affine(
    name: str,
    init: str,
    *,
    units: str | Depends | None = None,
    applies: Applies | None = _ACTIVATION,
    aliases: tuple[str, ...] = (),
) -> Layer:
    path = f"keras.layers.{name}"
    call = Function(name=path, signature=CALL, takes=_INPUTS, gives=Kind.LOGITS, units=units)
    return Layer(
        name=path, init=init, call=call, applies=applies, aliases=tuple(f"keras.layers.{each}" for each in aliases)
    )


def _strides(n: int) -> str:
    return "1" if n == 1 else f"({', '.join('1' * n)})"


def _convolution(n: int) -> Layer:
    init = (
        f"filters, kernel_size, strides={_strides(n)}, padding='valid', data_format=None, dilation_rate={_strides(n)}, "
        f"groups=1, activation=None, {_WEIGHTS}, **kwargs"
    )
    return _affine(f"Conv{n}D", init, units=_CHANNELS, aliases=(f"Convolution{n}D",))


def _transposed(n: int) -> Layer:
    shape = "output_padding=None, data_format=None" if n < 3 else "data_format=None, output_padding=None"
    init = (
        f"filters, kernel_size, strides={_strides(n)}, padding='valid', {shape}, dilation_rate={_strides(n)}, "
        f"activation=None, {_WEIGHTS}, **kwargs"
    )
    aliases = (f"Convolution{n}DTranspose", *((f"Deconvolution{n}D",) if n > 1 else ()))
    return _affine(f"Conv{n}DTranspose", init, units=_CHANNELS, aliases=aliases)


def _separable(n: int) -> Layer:
    init = (
        f"filters, kernel_size, strides={_strides(n)}, padding='valid', data_format=None, dilation_rate={_strides(n)}, "
        f"depth_multiplier=1, activation=None, {_DEPTHWISE}"
    )
    return _affine(f"SeparableConv{n}D", init, units=_CHANNELS, aliases=(f"SeparableConvolution{n}D",))


_AFFINE: Final = (
    "epsilon=0.001, center=True, scale=True, beta_initializer='zeros', gamma_initializer='ones', "
    "beta_regularizer=None, gamma_regularizer=None, beta_constraint=None, gamma_constraint=None, **kwargs"
)

SCORES: Final[tuple[Row, ...]] = (
    _affine(
        "Dense",
        f"units, activation=None, {_WEIGHTS}, lora_rank=None, lora_alpha=None, quantization_config=None, **kwargs",
        units="units",
    ),
    *(_convolution(n) for n in (1, 2, 3)),
    *(_transposed(n) for n in (1, 2, 3)),
    *(_separable(n) for n in (1, 2)),
    # A normalisation centres what it is given and scales it: values of both signs and any size come out. (RMS
    # normalisation does not centre: what a ReLU left positive stays positive.)
    _affine(
        "BatchNormalization",
        "axis=-1, momentum=0.99, epsilon=0.001, center=True, scale=True, beta_initializer='zeros', "
        "gamma_initializer='ones', moving_mean_initializer='zeros', moving_variance_initializer='ones', "
        "beta_regularizer=None, gamma_regularizer=None, beta_constraint=None, gamma_constraint=None, renorm=False, "
        "renorm_clipping=None, renorm_momentum=0.99, synchronized=False, **kwargs",
        applies=None,
    ),
    _affine("LayerNormalization", f"axis=-1, {_AFFINE}", applies=None),
    _affine("GroupNormalization", f"groups=32, axis=-1, {_AFFINE}", applies=None),
)


def _same(
    name: str,
    init: str,
    axes: Axes,
    *,
    facts: frozenset[Fact] = _NOTHING,
    rank: int | Depends | None = None,
    aliases: tuple[str, ...] = (),
) -> Layer:
    path = f"keras.layers.{name}"
    call = SameAs(name=path, signature=CALL, subject="inputs", axes=axes, facts=facts, rank=rank)
    return Layer(name=path, init=init, call=call, aliases=tuple(f"keras.layers.{each}" for each in aliases))


def _window(default: str = "") -> str:
    size = f"pool_size={default}" if default else "pool_size"
    return f"{size}, strides=None, padding='valid', data_format=None, name=None, **kwargs"


_RATE: Final = "rate, noise_shape=None, seed=None, **kwargs"
_WHOLE: Final = "data_format=None, keepdims=False, **kwargs"
_ONE_EACH: Final = Depends("keepdims", {False: 2})
"""Of each sample and channel, one number."""

KEEPING: Final[tuple[Row, ...]] = (
    _same("Identity", "**kwargs", Axes.KEPT),
    _same(
        "InputLayer",
        "shape=None, batch_size=None, dtype=None, sparse=None, ragged=None, batch_shape=None, input_tensor=None, "
        "optional=False, name=None, **kwargs",
        Axes.KEPT,
    ),
    _same("Masking", "mask_value=0.0, **kwargs", Axes.KEPT),
    _same("ActivityRegularization", "l1=0.0, l2=0.0, **kwargs", Axes.KEPT),
    _same("Dropout", _RATE, Axes.KEPT, facts=_DROPOUT),
    _same("AlphaDropout", _RATE, Axes.KEPT, facts=_DROPOUT),
    _same("SpatialDropout1D", "rate, seed=None, name=None, dtype=None", Axes.KEPT, facts=_DROPOUT),
    *(
        _same(
            f"SpatialDropout{n}D", "rate, data_format=None, seed=None, name=None, dtype=None", Axes.KEPT, facts=_DROPOUT
        )
        for n in (2, 3)
    ),
    _same("Flatten", "data_format=None, **kwargs", Axes.RESHAPED, rank=2),
    _same("Reshape", "target_shape, **kwargs", Axes.RESHAPED),
    _same("Permute", "dims, **kwargs", Axes.PERMUTED),
    _same("RepeatVector", "n, **kwargs", Axes.RESHAPED),
    *(_same(f"AveragePooling{n}D", _window(), Axes.POOLED, aliases=(f"AvgPool{n}D",)) for n in (1, 2, 3)),
    *(
        _same(f"GlobalAveragePooling{n}D", _WHOLE, Axes.POOLED, rank=_ONE_EACH, aliases=(f"GlobalAvgPool{n}D",))
        for n in (1, 2, 3)
    ),
    # The largest of each window is one of the numbers that went in; one channel's place may differ from the next one's.
    *(
        _same(
            f"MaxPooling{n}D",
            _window("2" if n == 1 else f"({', '.join('2' * n)})"),
            Axes.SLICED,
            aliases=(f"MaxPool{n}D",),
        )
        for n in (1, 2, 3)
    ),
    *(
        _same(f"GlobalMaxPooling{n}D", _WHOLE, Axes.SLICED, rank=_ONE_EACH, aliases=(f"GlobalMaxPool{n}D",))
        for n in (1, 2, 3)
    ),
    _same("UpSampling1D", "size=2, **kwargs", Axes.RESAMPLED),
    _same("UpSampling2D", "size=(2, 2), data_format=None, interpolation='nearest', **kwargs", Axes.RESAMPLED),
    _same("UpSampling3D", "size=(2, 2, 2), data_format=None, **kwargs", Axes.RESAMPLED),
    Layer(
        name="keras.layers.Concatenate",
        init="axis=-1, **kwargs",
        call=SameAs(name="keras.layers.Concatenate", signature=CALL, subject="inputs", axes=Axes.JOINED, axis="axis"),
    ),
    SameAs(
        name="keras.layers.concatenate",
        signature="inputs, axis=-1, **kwargs",
        subject="inputs",
        axes=Axes.JOINED,
        axis="axis",
    ),
)

_RECURRENT: Final = (
    "units, activation='tanh', {}use_bias=True, kernel_initializer='glorot_uniform', "
    "recurrent_initializer='orthogonal', bias_initializer='zeros', {}kernel_regularizer=None, "
    "recurrent_regularizer=None, bias_regularizer=None, activity_regularizer=None, kernel_constraint=None, "
    "recurrent_constraint=None, bias_constraint=None, dropout=0.0, recurrent_dropout=0.0, {}"
    "return_sequences=False, return_state=False, **kwargs"
)
_LAST_OR_ALL: Final = Depends("return_state", {False: Depends("return_sequences", {False: 2, True: 3})})
"""Of a sequence, what the last step gives, or what each does."""


def _recurrent(name: str, init: str) -> Layer:
    path = f"keras.layers.{name}"
    call = Function(
        name=path,
        signature="sequences, *args, **kwargs",
        takes={"sequences": subject()},
        units="units",
        rank=_LAST_OR_ALL,
    )
    return Layer(name=path, init=init, call=call)


RECURRENT: Final[tuple[Row, ...]] = (
    _recurrent("SimpleRNN", _RECURRENT.format("", "", "")),
    _recurrent("GRU", _RECURRENT.format("recurrent_activation='sigmoid', ", "", "seed=None, ")),
    _recurrent("LSTM", _RECURRENT.format("recurrent_activation='sigmoid', ", "unit_forget_bias=True, ", "seed=None, ")),
)

CONTAINERS: Final[tuple[Row, ...]] = (
    Base(name="keras.layers.Layer", calls="call", hands_out=frozenset({"get_layer"}), aliases=("keras.Layer",)),
    Layer(name="keras.layers.TimeDistributed", init="layer, **kwargs", holds=Holds.STEPS),
    Layer(name="keras.layers.SpectralNormalization", init="layer, power_iterations=1, **kwargs", holds=Holds.CHAIN),
)

ROWS: Final[tuple[Row, ...]] = (*SCORES, *KEEPING, *RECURRENT, *CONTAINERS)
