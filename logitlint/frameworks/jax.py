"""JAX: activations, operations on arrays, random numbers, and transformations of functions."""

from __future__ import annotations

from collections.abc import Mapping

from logitlint.frameworks import jax_activations
from logitlint.frameworks.mathematics import (
    CLAMPED,
    COMPARED,
    DECISIONS,
    EXP,
    LARGEST,
    LOG,
    NEGATIVE,
    PRODUCT,
    THRESHOLD,
    chosen,
    rectified,
)
from logitlint.frameworks.vocabulary import (
    Axes,
    Depends,
    Fact,
    Function,
    Gives,
    Outcome,
    Relation,
    Role,
    Row,
    Runs,
    SameAs,
    Takes,
    Want,
    subject,
)
from logitlint.kinds import Kind

OPERATORS: Mapping[str, str] = {
    "jax.numpy.add": "+",
    "jax.numpy.subtract": "-",
    "jax.numpy.multiply": "*",
    "jax.numpy.divide": "/",
    "jax.numpy.true_divide": "/",
    "jax.numpy.matmul": "@",
    "jax.numpy.dot": "@",
    "jax.lax.add": "+",
    "jax.lax.sub": "-",
    "jax.lax.mul": "*",
    "jax.lax.div": "/",
}
"""Functions that are an operator by another name, when they are called with nothing but its operands."""

_METHODS = "argmax argmin clip max mean min prod ravel round squeeze sum swapaxes"
METHODS: Mapping[str, str] = {name: f"jax.numpy.{name}" for name in _METHODS.split()}
"""Methods of arrays that are a function given the array first. As the table says nothing of what has no name in the
program, they are asked of nothing but what this library, or one built on it, made."""

COUNTERPARTS: Mapping[Relation, Mapping[str, str]] = {
    Relation.LOGARITHM: {
        "jax.nn.softmax": "jax.nn.log_softmax",
        "jax.nn.sigmoid": "jax.nn.log_sigmoid",
        "jax.scipy.special.softmax": "jax.scipy.special.log_softmax",
        "jax.scipy.special.expit": "jax.nn.log_sigmoid",
    },
    Relation.EXPONENTIAL: {
        "jax.nn.log_softmax": "jax.nn.softmax",
        "jax.nn.log_sigmoid": "jax.nn.sigmoid",
    },
    Relation.OF_LOGARITHMS: {"optax.losses.kl_divergence": "optax.losses.kl_divergence_with_log_targets"},
    Relation.OF_PROBABILITIES: {"optax.losses.kl_divergence_with_log_targets": "optax.losses.kl_divergence"},
    Relation.EACH_BY_ITSELF: {
        "jax.nn.softmax": "jax.nn.sigmoid",
        "jax.nn.log_softmax": "jax.nn.log_sigmoid",
    },
}
"""What may stand in the place of what, in a repair."""

GIVING: Mapping[tuple[str, Kind], str] = {
    (library, kind): path
    for library in ("distrax", "equinox", "flax", "haiku", "jax", "optax")
    for kind, path in (
        (Kind.SOFTMAX, "jax.nn.softmax"),
        (Kind.SIGMOID, "jax.nn.sigmoid"),
        (Kind.LOG_SOFTMAX, "jax.nn.log_softmax"),
    )
}
"""What a repair applies to get a kind."""

_ORDERED = frozenset({Fact.MONOTONE})
_DETACHED = frozenset({Fact.TRAINS_NOT})
_DECIDED = frozenset({Fact.DECIDES, Fact.TRAINS_NOT})
_ROUNDED = frozenset({Fact.DECIDES, Fact.TRAINS_NOT, Fact.THRESHOLDS})
_SAMPLED = frozenset({Fact.SAMPLES, Fact.TRAINS_NOT})
_ROUND = Depends("decimals", {0: THRESHOLD})


def _function(
    name: str,
    signature: str,
    gives: Gives,
    *,
    takes: str,
    axes: Axes = Axes.KEPT,
    axis: str | None = None,
    low: float | None = None,
    facts: frozenset[Fact] = frozenset(),
    aliases: tuple[str, ...] = (),
) -> Function:
    return Function(
        name=f"jax.{name}",
        signature=signature,
        takes={takes: subject()},
        gives=gives,
        axes=axes,
        axis=axis,
        low=low,
        facts=facts,
        aliases=tuple(f"jax.{alias}" for alias in aliases),
    )


def _comparison(name: str, gives: Gives) -> Function:
    return Function(
        name=f"jax.numpy.{name}",
        signature="x, y, /",
        takes={"x": subject(), "y": Takes(Role.OTHER)},
        gives=gives,
        facts=_DECIDED,
    )


def _within(name: str) -> Function:
    return Function(
        name=f"jax.numpy.{name}",
        signature="a, b, rtol=1e-05, atol=1e-08, equal_nan=False",
        takes={"a": subject(), "b": Takes(Role.OTHER)},
        facts=frozenset({Fact.COMPARES, Fact.TRAINS_NOT}),
    )


def _same(
    name: str,
    signature: str,
    axes: Axes,
    *,
    subject: str = "a",
    axis: str | None = None,
    sizes: str | None = None,
    facts: frozenset[Fact] = frozenset(),
    aliases: tuple[str, ...] = (),
) -> SameAs:
    return SameAs(
        name=f"jax.{name}",
        signature=signature,
        subject=subject,
        axes=axes,
        axis=axis,
        sizes=sizes,
        facts=facts,
        aliases=tuple(f"jax.{alias}" for alias in aliases),
    )


def _identity(name: str, signature: str, gives: Gives) -> Function:
    """The matrix whose rows are one-hot: ``jnp.eye(classes)[labels]`` picks one for each label."""
    return Function(name=f"jax.numpy.{name}", signature=signature, gives=gives, axis=-1, rank=2)


IDENTITIES: tuple[Row, ...] = (
    _identity(
        "eye", "N, M=None, k=0, dtype=None, *, device=None", Depends("M", {None: Depends("k", {0: Kind.ONE_HOT})})
    ),
    _identity("identity", "n, dtype=None", Kind.ONE_HOT),
)

_LARGEST = "a, axis=None, out=None, keepdims=None"
_REDUCED = "a, axis=None, out=None, keepdims=False, initial=None, where=None"
_ADDED = "a, axis=None, dtype=None, out=None, keepdims=False, initial=None, where=None, promote_integers=True"

FUNCTIONS: tuple[Row, ...] = (
    _function("numpy.log", "x, /", LOG, takes="x", facts=_ORDERED),
    _function("numpy.exp", "x, /", EXP, takes="x", facts=_ORDERED),
    _function("lax.log", "x, *, accuracy=None", LOG, takes="x", facts=_ORDERED),
    _function("lax.exp", "x, *, accuracy=None", EXP, takes="x", facts=_ORDERED),
    _function("lax.neg", "x", NEGATIVE, takes="x"),
    _function("numpy.negative", "x, /", NEGATIVE, takes="x"),
    _function("numpy.rint", "x, /", THRESHOLD, takes="x", facts=_ROUNDED),
    _function("numpy.round", "a, decimals=0, out=None", _ROUND, takes="a", facts=_ROUNDED, aliases=("numpy.around",)),
    _function("numpy.clip", "arr=None, /, min=None, max=None", CLAMPED, takes="arr"),
    _function("numpy.maximum", "x, y, /", rectified("y"), takes="x", low=0),
    _function("numpy.argmax", _LARGEST, LARGEST, takes="a", axes=Axes.PICKED, axis="axis", facts=_DECIDED),
    _function("numpy.argmin", _LARGEST, DECISIONS, takes="a", axes=Axes.PICKED, axis="axis", facts=_DECIDED),
    _function("numpy.prod", _ADDED, PRODUCT, takes="a", axes=Axes.PICKED, axis="axis"),
    _function(
        "numpy.where",
        "condition, x=None, y=None, /, *, size=None, fill_value=None",
        chosen("x", "y"),
        takes="condition",
        facts=_DECIDED,
    ),
    _comparison("greater", THRESHOLD),
    _comparison("greater_equal", THRESHOLD),
    _comparison("less", COMPARED),
    _comparison("less_equal", COMPARED),
    _comparison("equal", COMPARED),
    _within("allclose"),
    _within("isclose"),
    _same(
        "numpy.mean",
        "a, axis=None, dtype=None, out=None, keepdims=False, *, where=None",
        Axes.POOLED,
        axis="axis",
    ),
    _same("numpy.sum", _ADDED, Axes.SUMMED, axis="axis"),
    _same("numpy.max", _REDUCED, Axes.PICKED, axis="axis", aliases=("numpy.amax",)),
    _same("numpy.min", _REDUCED, Axes.PICKED, axis="axis", aliases=("numpy.amin",)),
    _same("numpy.concatenate", "arrays, axis=0, dtype=None", Axes.JOINED, subject="arrays", axis="axis"),
    _same("numpy.concat", "arrays, /, *, axis=0", Axes.JOINED, subject="arrays", axis="axis"),
    _same("numpy.stack", "arrays, axis=0, out=None, dtype=None", Axes.JOINED, subject="arrays"),
    _same("numpy.hstack", "tup, dtype=None", Axes.JOINED, subject="tup"),
    _same("numpy.vstack", "tup, dtype=None", Axes.JOINED, subject="tup"),
    _same("lax.concatenate", "operands, dimension", Axes.JOINED, subject="operands", axis="dimension"),
    _same("numpy.reshape", "a, shape, order='C', *, copy=None, out_sharding=None", Axes.RESHAPED, sizes="shape"),
    _same(
        "lax.reshape",
        "operand, new_sizes, dimensions=None, *, out_sharding=None",
        Axes.RESHAPED,
        subject="operand",
        sizes="new_sizes",
    ),
    _same("numpy.squeeze", "a, axis=None", Axes.RESHAPED, axis="axis"),
    _same("numpy.expand_dims", "a, axis", Axes.RESHAPED, axis="axis"),
    _same("numpy.ravel", "a, order='C', *, out_sharding=None", Axes.RESHAPED),
    _same("numpy.flip", "m, axis=None", Axes.RESHAPED, subject="m"),
    _same("numpy.transpose", "a, axes=None", Axes.PERMUTED),
    _same("numpy.swapaxes", "a, axis1, axis2", Axes.PERMUTED),
    _same("numpy.moveaxis", "a, source, destination", Axes.PERMUTED),
    _same(
        "numpy.take_along_axis",
        "arr, indices, axis=-1, mode=None, fill_value=None, *, wrap_negative_indices=None",
        Axes.SLICED,
        subject="arr",
        axis="axis",
    ),
    _same(
        "numpy.array",
        "object, dtype=None, *args, copy=True, order='K', ndmin=0, device=None, out_sharding=None",
        Axes.KEPT,
        subject="object",
    ),
    _same("numpy.asarray", "a, dtype=None, order=None, *, copy=None, device=None, out_sharding=None", Axes.KEPT),
    *(_same(f"numpy.{name}", "x", Axes.KEPT, subject="x") for name in ("float16", "float32", "float64")),
    _same("numpy.copy", "a, order=None", Axes.KEPT),
    _same("lax.stop_gradient", "x", Axes.KEPT, subject="x", facts=_DETACHED),
    _same("device_get", "x", Axes.KEPT, subject="x", facts=_DETACHED),
    _same("device_put", "x, device=None, *, src=None, donate=False, may_alias=None", Axes.KEPT, subject="x"),
    _same("block_until_ready", "x", Axes.KEPT, subject="x"),
)

# -- random numbers ---------------------------------------------------------------------------------------------------


def _sampler(name: str, signature: str, parameter: str, want: Want, gives: Gives = None) -> Function:
    return Function(
        name=f"jax.random.{name}",
        signature=signature,
        takes={parameter: subject(want)},
        gives=gives,
        axes=Axes.RESHAPED,
        facts=_SAMPLED,
    )


SAMPLING: tuple[Row, ...] = (
    _sampler(
        "categorical",
        "key, logits, axis=-1, shape=None, replace=True, mode=None, *, out_sharding=None",
        "logits",
        Want.LOGITS_PARAMETER,
        Kind.CLASS_INDEX,
    ),
    _sampler("bernoulli", "key, p=0.5, shape=None, mode='low', *, out_sharding=None", "p", Want.UNIT_PARAMETER),
    _sampler("choice", "key, a, shape=(), replace=True, p=None, axis=0, mode=None", "p", Want.PROBS_PARAMETER),
    _sampler("multinomial", "key, n, p, *, shape=None, dtype=None, unroll=1", "p", Want.PROBS_PARAMETER),
    _sampler("binomial", "key, n, p, shape=None, dtype=None", "p", Want.UNIT_PARAMETER),
    _sampler("geometric", "key, p, shape=None, dtype=None, *, out_sharding=None", "p", Want.UNIT_PARAMETER),
)

# -- functions made of functions --------------------------------------------------------------------------------------

VALUE_AND_GRADIENT = (Outcome.WHOLE, Outcome.OTHER)
GRADIENT = Depends("has_aux", {False: Outcome.OTHER, True: (Outcome.OTHER, Outcome.SECOND)})


def _made(
    name: str,
    signature: str,
    *,
    function: str = "fun",
    gives: Outcome | tuple[Outcome, ...] | Depends = Outcome.WHOLE,
    maps: bool = False,
) -> Runs:
    return Runs(name=f"jax.{name}", signature=signature, function=function, later=True, gives=gives, maps=maps)


TRANSFORMATIONS: tuple[Row, ...] = (
    _made(
        "jit",
        "fun=None, /, *, in_shardings=None, out_shardings=None, static_argnums=None, static_argnames=None, "
        "donate_argnums=None, donate_argnames=None, keep_unused=False, device=None, backend=None, inline=False, "
        "compiler_options=None",
    ),
    _made("checkpoint", "fun, *, prevent_cse=True, policy=None, static_argnums=(), static_argnames=(), concrete=None"),
    _made("remat", "fun, *, prevent_cse=True, policy=None, static_argnums=(), concrete=None"),
    _made("named_call", "fun, *, name=None"),
    _made(
        "vmap",
        "fun, in_axes=0, out_axes=0, axis_name=None, axis_size=None, spmd_axis_name=None, sum_match=False",
        maps=True,
    ),
    _made(
        "pmap",
        "fun, axis_name=None, *, in_axes=0, out_axes=0, static_broadcasted_argnums=(), devices=None, backend=None, "
        "axis_size=None, donate_argnums=()",
        maps=True,
    ),
    _made(
        "grad",
        "fun, argnums=0, has_aux=False, holomorphic=False, allow_int=False, reduce_axes=()",
        gives=GRADIENT,
    ),
    _made(
        "value_and_grad",
        "fun, argnums=0, has_aux=False, holomorphic=False, allow_int=False, reduce_axes=()",
        gives=VALUE_AND_GRADIENT,
    ),
)

ROWS: tuple[Row, ...] = (*jax_activations.ROWS, *IDENTITIES, *FUNCTIONS, *SAMPLING, *TRANSFORMATIONS)
