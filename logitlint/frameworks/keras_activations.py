"""Keras' activations: functions under every module that has them, layers, and the strings that name them.

Keras 2 spells some arguments otherwise (`alpha` for `negative_slope`); both spellings have a row where both have a name
of their own, else Keras 3's stands.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from logitlint.frameworks.vocabulary import (
    Applies,
    Axes,
    Depends,
    Fact,
    Function,
    Gives,
    Layer,
    Named,
    Row,
    SameAs,
    subject,
)
from logitlint.kinds import Kind

_X: Final = {"x": subject()}
_INPUTS: Final = {"inputs": subject()}
_ORDERED: Final = frozenset({Fact.MONOTONE})
_NOTHING: Final[frozenset[Fact]] = frozenset()
CALL: Final = "inputs, training=None, mask=None, **kwargs"
"""How any layer may be called: what its `call` does not take of these, Keras drops."""

# What SiLU, GELU, Mish and hard SiLU sink to, rounded away from zero.
_SILU_LOW: Final = -0.2785
_GELU_LOW: Final = -0.17005
_MISH_LOW: Final = -0.3089
_HARD_SILU_LOW: Final = -0.375
_SELU_LOW: Final = -1.7581


def _function(
    name: str,
    signature: str = "x",
    *,
    gives: Gives = Kind.ACTIVATED,
    low: float | str | None = None,
    high: float | str | None = None,
    axis: str | None = None,
    facts: frozenset[Fact] = _NOTHING,
    aliases: tuple[str, ...] = (),
) -> Function:
    return Function(
        name=f"keras.{name}",
        signature=signature,
        takes=_X,
        gives=gives,
        low=low,
        high=high,
        axis=axis,
        facts=facts,
        aliases=tuple(f"keras.{alias}" for alias in aliases),
    )


def _everywhere(name: str, *more: str) -> tuple[str, ...]:
    """The other names of an activation: among the operations, and (`more`) others still."""
    return (f"ops.{name}", f"ops.nn.{name}", *more)


def _layer(
    name: str,
    init: str = "**kwargs",
    *,
    gives: Gives = Kind.ACTIVATED,
    low: float | str | None = None,
    high: float | str | None = None,
    axis: str | None = None,
    facts: frozenset[Fact] = _NOTHING,
) -> Layer:
    path = f"keras.layers.{name}"
    call = Function(name=path, signature=CALL, takes=_INPUTS, gives=gives, low=low, high=high, axis=axis, facts=facts)
    return Layer(name=path, init=init, call=call, aliases=(f"keras.layers.advanced_activations.{name}",))


# A slope below zero lets negative values through.
_RECTIFIED: Final = Depends("negative_slope", {0.0: Depends("threshold", {0.0: Kind.ACTIVATED})})
_RECTIFIED_2: Final = Depends("alpha", {0.0: Depends("threshold", {0.0: Kind.ACTIVATED})})

_FUNCTIONS: Final[tuple[Function | SameAs, ...]] = (
    _function(
        "activations.softmax",
        "x, axis=-1",
        gives=Kind.SOFTMAX,
        axis="axis",
        facts=_ORDERED,
        aliases=_everywhere("softmax", "backend.softmax"),
    ),
    _function(
        "activations.log_softmax",
        "x, axis=-1",
        gives=Kind.LOG_SOFTMAX,
        axis="axis",
        facts=_ORDERED,
        aliases=_everywhere("log_softmax"),
    ),
    _function(
        "activations.sigmoid",
        gives=Kind.SIGMOID,
        facts=_ORDERED,
        aliases=_everywhere("sigmoid", "backend.sigmoid"),
    ),
    _function("activations.log_sigmoid", gives=Kind.LOG_SIGMOID, facts=_ORDERED, aliases=_everywhere("log_sigmoid")),
    _function("activations.hard_sigmoid", low=0, high=1, aliases=_everywhere("hard_sigmoid", "backend.hard_sigmoid")),
    _function(
        "activations.relu",
        "x, negative_slope=0.0, max_value=None, threshold=0.0",
        gives=_RECTIFIED,
        low=0,
        high="max_value",
    ),
    _function(
        "backend.relu", "x, alpha=0.0, max_value=None, threshold=0.0", gives=_RECTIFIED_2, low=0, high="max_value"
    ),
    _function("ops.relu", low=0, aliases=("ops.nn.relu",)),
    _function("activations.relu6", low=0, high=6, aliases=_everywhere("relu6")),
    _function("activations.elu", "x, alpha=1.0", facts=_ORDERED, aliases=_everywhere("elu", "backend.elu")),
    _function("activations.selu", low=_SELU_LOW, facts=_ORDERED, aliases=_everywhere("selu")),
    _function("activations.celu", "x, alpha=1.0", facts=_ORDERED, aliases=_everywhere("celu")),
    _function("activations.gelu", "x, approximate=False", low=_GELU_LOW),
    _function("ops.gelu", "x, approximate=True", low=_GELU_LOW, aliases=("ops.nn.gelu",)),
    _function(
        "activations.silu",
        low=_SILU_LOW,
        aliases=("activations.swish", *_everywhere("silu"), *_everywhere("swish")),
    ),
    _function(
        "activations.hard_silu",
        low=_HARD_SILU_LOW,
        aliases=("activations.hard_swish", *_everywhere("hard_silu"), *_everywhere("hard_swish")),
    ),
    _function("activations.mish", low=_MISH_LOW),
    _function(
        "activations.tanh", low=-1, high=1, facts=_ORDERED, aliases=("ops.tanh", "ops.numpy.tanh", "backend.tanh")
    ),
    _function("activations.hard_tanh", low=-1, high=1, aliases=_everywhere("hard_tanh")),
    _function("activations.softplus", low=0, facts=_ORDERED, aliases=_everywhere("softplus", "backend.softplus")),
    _function(
        "activations.softsign", low=-1, high=1, facts=_ORDERED, aliases=_everywhere("softsign", "backend.softsign")
    ),
    _function("activations.leaky_relu", "x, negative_slope=0.2", facts=_ORDERED, aliases=_everywhere("leaky_relu")),
    SameAs(name="keras.activations.linear", signature="x", subject="x", axes=Axes.KEPT),
)

ACTIVATIONS: Final = Named(
    {
        name.rpartition(".")[2]: name
        for row in _FUNCTIONS
        for name in (row.name, *row.aliases)
        if name.startswith("keras.activations.")
    }
)
"""The strings that stand for an activation."""


def _mapped(name: str, argument: str, init: str, nothing: str = "") -> Layer:
    """A layer that does nothing but apply what it was given."""
    path = f"keras.layers.{name}"
    call = SameAs(name=path, signature=CALL, subject="inputs", axes=Axes.KEPT)
    return Layer(
        name=path,
        init=init,
        call=call,
        applies=Applies(argument, ACTIVATIONS, nothing),
        aliases=(f"keras.layers.core.{name}",),
    )


_LAYERS: Final[tuple[Row, ...]] = (
    _mapped("Activation", "activation", "activation, **kwargs", "linear"),
    _mapped("Lambda", "function", "function, output_shape=None, mask=None, arguments=None, **kwargs"),
    _layer("Softmax", "axis=-1, **kwargs", gives=Kind.SOFTMAX, axis="axis", facts=_ORDERED),
    _layer(
        "ReLU",
        "max_value=None, negative_slope=0.0, threshold=0.0, **kwargs",
        gives=_RECTIFIED,
        low=0,
        high="max_value",
    ),
    _layer("LeakyReLU", "negative_slope=0.3, **kwargs", facts=_ORDERED),
    _layer("ELU", "alpha=1.0, **kwargs", facts=_ORDERED),
    _layer(
        "PReLU", "alpha_initializer='Zeros', alpha_regularizer=None, alpha_constraint=None, shared_axes=None, **kwargs"
    ),
)

OPERATIONS: Final[Mapping[str, str]] = {
    **{f"keras.ops.{name}": sign for name, sign in (("add", "+"), ("subtract", "-"), ("multiply", "*"))},
    **{f"keras.ops.{name}": sign for name, sign in (("divide", "/"), ("true_divide", "/"), ("matmul", "@"))},
    "keras.backend.dot": "@",
}
"""Functions that are an operator by another name."""

ROWS: Final[tuple[Row, ...]] = (*_FUNCTIONS, *_LAYERS)
