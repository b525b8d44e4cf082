"""JAX's activations, which flax exports under its own names as well, with the range of what they give."""

from __future__ import annotations

from logitlint.frameworks.mathematics import LOGIT
from logitlint.frameworks.vocabulary import Axes, Fact, Function, Gives, Row, SameAs, subject
from logitlint.kinds import Kind

_X = {"x": subject()}
_ORDERED = frozenset({Fact.MONOTONE})

# What SiLU, GELU, Mish and hard SiLU sink to, rounded away from zero.
_SILU_LOW = -0.2785
_GELU_LOW = -0.17005
_MISH_LOW = -0.3089
_HARD_SILU_LOW = -0.375
_SELU_LOW = -1.7581


def _function(
    name: str,
    signature: str = "x",
    *,
    gives: Gives = Kind.ACTIVATED,
    low: float | None = None,
    high: float | None = None,
    axis: str | None = None,
    facts: frozenset[Fact] = frozenset(),
    aliases: tuple[str, ...] = (),
) -> Function:
    return Function(
        name=f"jax.{name}",
        signature=signature,
        takes=_X,
        gives=gives,
        axis=axis,
        low=low,
        high=high,
        facts=facts,
        aliases=tuple(f"jax.{alias}" for alias in aliases),
    )


EXPORTED: tuple[Function, ...] = (
    _function("nn.softmax", "x, axis=-1, where=None", gives=Kind.SOFTMAX, axis="axis", facts=_ORDERED),
    _function("nn.log_softmax", "x, axis=-1, where=None", gives=Kind.LOG_SOFTMAX, axis="axis", facts=_ORDERED),
    _function("nn.sigmoid", gives=Kind.SIGMOID, facts=_ORDERED),
    _function("nn.log_sigmoid", gives=Kind.LOG_SIGMOID, facts=_ORDERED),
    _function("nn.relu", low=0),
    _function("nn.relu6", low=0, high=6),
    _function("nn.gelu", "x, approximate=True", low=_GELU_LOW),
    _function("nn.silu", low=_SILU_LOW, aliases=("nn.swish",)),
    _function("nn.hard_silu", low=_HARD_SILU_LOW, aliases=("nn.hard_swish",)),
    _function("nn.hard_sigmoid", low=0, high=1),
    _function("nn.hard_tanh", low=-1, high=1),
    _function("nn.elu", "x, alpha=1.0", facts=_ORDERED),
    _function("nn.celu", "x, alpha=1.0", facts=_ORDERED),
    _function("nn.selu", low=_SELU_LOW, facts=_ORDERED),
    _function("nn.leaky_relu", "x, negative_slope=0.01", facts=_ORDERED),
    _function("nn.softplus", low=0, facts=_ORDERED),
    _function("nn.soft_sign", low=-1, high=1, facts=_ORDERED),
    _function("numpy.tanh", "x, /", low=-1, high=1, facts=_ORDERED, aliases=("nn.tanh",)),
    Function(
        name="jax.nn.one_hot",
        signature="x, num_classes, *, dtype=None, axis=-1",
        takes=_X,
        gives=Kind.ONE_HOT,
        axes=Axes.RESHAPED,
        axis="axis",
    ),
    # It centres and scales whatever it is given, as a layer of normalisation does.
    _function(
        "nn.standardize",
        "x, axis=-1, mean=None, variance=None, epsilon=1e-05, where=None, *, algorithm='fast'",
        gives=Kind.LOGITS,
    ),
)
"""Those that `flax.linen` and `flax.nnx` export."""

ROWS: tuple[Row, ...] = (
    *EXPORTED,
    _function("nn.mish", low=_MISH_LOW),
    _function("nn.squareplus", "x, b=4", low=0, facts=_ORDERED),
    _function("nn.sparse_plus", low=0),
    _function("nn.sparse_sigmoid", low=0, high=1),
    SameAs(name="jax.nn.identity", signature="x", subject="x", axes=Axes.KEPT),
    _function("lax.logistic", "x, *, accuracy=None", gives=Kind.SIGMOID, facts=_ORDERED),
    _function("lax.tanh", "x, *, accuracy=None", low=-1, high=1, facts=_ORDERED),
    # Without an axis they normalise over all axes at once.
    _function("scipy.special.softmax", "x, /, *, axis=None", gives=Kind.SOFTMAX, axis="axis", facts=_ORDERED),
    _function("scipy.special.log_softmax", "x, /, *, axis=None", gives=Kind.LOG_SOFTMAX, axis="axis", facts=_ORDERED),
    _function("scipy.special.expit", gives=Kind.SIGMOID, facts=_ORDERED),
    _function("scipy.special.logit", gives=LOGIT, facts=_ORDERED),
)
