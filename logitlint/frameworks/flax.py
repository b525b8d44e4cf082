"""Flax: linen and nnx layers, modules, lifted transformations, and the training state."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec.structs import replace

from logitlint.frameworks import jax_activations
from logitlint.frameworks.jax import GRADIENT, VALUE_AND_GRADIENT
from logitlint.frameworks.jax import METHODS as METHODS_OF_ARRAYS
from logitlint.frameworks.vocabulary import (
    Axes,
    Base,
    Depends,
    Fact,
    Function,
    Holds,
    Layer,
    Outcome,
    Relation,
    Result,
    Row,
    Runs,
    SameAs,
    subject,
)
from logitlint.kinds import Kind

METHODS: Mapping[str, str] = METHODS_OF_ARRAYS
HOMES: Mapping[str, str] = {
    "flax.linen.*": "flax.linen",
    "flax.nnx.*": "flax.nnx",
    "flax.nnx.nn.*": "flax.nnx",
    "flax.nnx.transforms.*": "flax.nnx",
}
"""Where the documented home of a name lies; a ``*`` stands for one module."""

COUNTERPARTS: Mapping[Relation, Mapping[str, str]] = {
    Relation.LOGARITHM: {
        "flax.linen.softmax": "flax.linen.log_softmax",
        "flax.linen.sigmoid": "flax.linen.log_sigmoid",
    },
    Relation.EACH_BY_ITSELF: {
        "flax.linen.softmax": "flax.linen.sigmoid",
        "flax.linen.log_softmax": "flax.linen.log_sigmoid",
    },
}
"""What may stand in the place of what, in a repair."""

_DROPOUT = frozenset({Fact.DROPOUT})

# -- activations ------------------------------------------------------------------------------------------------------


def _exported(row: Function) -> Function:
    """An activation of JAX under the names by which flax exports it."""
    paths: list[str] = []
    for path in (row.name, *row.aliases):
        last = path.rpartition(".")[2]
        paths += [f"flax.{home}.{last}" for home in ("linen", "linen.activation", "nnx") if _has(home, last)]
    return replace(row, name=paths[0], aliases=tuple(dict.fromkeys(paths[1:])))


def _has(home: str, name: str) -> bool:
    return name != "identity" or home == "nnx"


ACTIVATIONS: tuple[Row, ...] = tuple(map(_exported, jax_activations.EXPORTED))

# -- linen ------------------------------------------------------------------------------------------------------------

_RUNS = "rngs=None, method=None, mutable=False, capture_intermediates=False, **kwargs"
_INITIALISES = "method=None, mutable=None, capture_intermediates=False, **kwargs"
_METHODS: Mapping[str, SameAs | Runs] = {
    "apply": Runs(
        name="flax.linen.Module.apply",
        signature=f"variables, *args, {_RUNS}",
        gives=Depends("mutable", {False: Outcome.WHOLE, True: (Outcome.WHOLE, Outcome.OTHER)}),
        instead="method",
    ),
    "init": Runs(
        name="flax.linen.Module.init",
        signature=f"rngs, *args, {_INITIALISES}",
        gives=Outcome.OTHER,
        instead="method",
    ),
    "init_with_output": Runs(
        name="flax.linen.Module.init_with_output",
        signature=f"rngs, *args, {_INITIALISES}",
        gives=(Outcome.WHOLE, Outcome.OTHER),
        instead="method",
    ),
    "bind": SameAs(
        name="flax.linen.Module.bind",
        signature="self, variables, *args, rngs=None, mutable=False",
        subject="self",
        axes=Axes.KEPT,
    ),
}


def _layer(
    name: str,
    init: str,
    call: str,
    gives: Kind | Axes,
    *,
    axes: Axes = Axes.KEPT,
    units: str | None = None,
    facts: frozenset[Fact] = frozenset(),
) -> Layer:
    """A layer of linen, whose name says so, or of nnx."""
    path = f"flax.{name}"
    first = call.partition(",")[0]
    row: Function | SameAs
    if isinstance(gives, Axes):
        row = SameAs(name=path, signature=call, subject=first, axes=gives, facts=facts)
    else:
        row = Function(name=path, signature=call, takes={first: subject()}, gives=gives, axes=axes, units=units)
    return Layer(name=path, init=init, call=row, methods=_METHODS if name.startswith("linen.") else {})


_NAMED = "parent=None, name=None"
_WEIGHED = "use_bias=True, dtype=None, param_dtype=None"
_INITIALISED = "kernel_init=None, bias_init=None"
_CONVOLVED = (
    "features, kernel_size, strides=1, padding='SAME', input_dilation=1, kernel_dilation=1, feature_group_count=1, "
    f"use_bias=True, mask=None, dtype=None, param_dtype=None, precision=None, {_INITIALISED}, promote_dtype=None, "
    f"conv_general_dilated=None, conv_general_dilated_cls=None, {_NAMED}"
)
_SCALED = "use_bias=True, use_scale=True, bias_init=None, scale_init=None"
_STABLE = "axis_name=None, axis_index_groups=None, use_fast_variance=True, force_float32_reductions=True"

LINEN: tuple[Row, ...] = (
    _layer(
        "linen.Dense",
        f"features, {_WEIGHED}, precision=None, {_INITIALISED}, promote_dtype=None, dot_general=None, "
        f"dot_general_cls=None, {_NAMED}",
        "inputs",
        Kind.LOGITS,
        units="features",
    ),
    _layer(
        "linen.DenseGeneral",
        f"features, axis=-1, batch_dims=(), {_WEIGHED}, {_INITIALISED}, precision=None, promote_dtype=None, "
        f"dot_general=None, dot_general_cls=None, {_NAMED}",
        "inputs",
        Kind.LOGITS,
        axes=Axes.RESHAPED,
    ),
    _layer(
        "linen.Einsum",
        f"shape, einsum_str=None, {_WEIGHED}, precision=None, {_INITIALISED}, promote_dtype=None, "
        f"preferred_element_type=None, {_NAMED}",
        "inputs, einsum_str=None",
        Kind.LOGITS,
        axes=Axes.RESHAPED,
    ),
    _layer("linen.Conv", _CONVOLVED, "inputs", Kind.LOGITS, axes=Axes.RESHAPED),
    _layer("linen.ConvLocal", _CONVOLVED, "inputs", Kind.LOGITS, axes=Axes.RESHAPED),
    _layer(
        "linen.ConvTranspose",
        "features, kernel_size, strides=None, padding='SAME', kernel_dilation=None, use_bias=True, mask=None, "
        f"dtype=None, param_dtype=None, precision=None, {_INITIALISED}, transpose_kernel=False, promote_dtype=None, "
        f"preferred_element_type=None, {_NAMED}",
        "inputs",
        Kind.LOGITS,
        axes=Axes.RESHAPED,
    ),
    _layer(
        "linen.BatchNorm",
        f"use_running_average=None, axis=-1, momentum=0.99, epsilon=1e-05, dtype=None, param_dtype=None, {_SCALED}, "
        f"{_STABLE}, {_NAMED}",
        "x, use_running_average=None, *, mask=None",
        Kind.LOGITS,
    ),
    _layer(
        "linen.LayerNorm",
        f"epsilon=1e-06, dtype=None, param_dtype=None, {_SCALED}, reduction_axes=-1, feature_axes=-1, {_STABLE}, "
        f"{_NAMED}",
        "x, *, mask=None",
        Kind.LOGITS,
    ),
    _layer(
        "linen.GroupNorm",
        f"num_groups=32, group_size=None, epsilon=1e-06, dtype=None, param_dtype=None, {_SCALED}, "
        f"reduction_axes=None, {_STABLE}, {_NAMED}",
        "x, *, mask=None",
        Kind.LOGITS,
    ),
    _layer(
        "linen.InstanceNorm",
        f"epsilon=1e-06, dtype=None, param_dtype=None, {_SCALED}, feature_axes=-1, {_STABLE}, {_NAMED}",
        "x, *, mask=None",
        Kind.LOGITS,
    ),
    _layer(
        "linen.Dropout",
        f"rate, broadcast_dims=(), deterministic=None, rng_collection='dropout', {_NAMED}",
        "inputs, deterministic=None, rng=None",
        Axes.KEPT,
        facts=_DROPOUT,
    ),
    Layer(name="flax.linen.Sequential", init=f"layers, {_NAMED}", holds=Holds.CHAIN, methods=_METHODS),
    Base(
        name="flax.linen.Module",
        calls="__call__",
        prepares=("setup",),
        fields=True,
        methods=_METHODS,
        aliases=("flax.linen.module.Module",),
    ),
)

# -- nnx --------------------------------------------------------------------------------------------------------------

_WIDTHS = "in_features, out_features"
_TYPED = "use_bias=True, dtype=None, param_dtype=None"
_SEEDED = "preferred_element_type=None, rngs, kernel_metadata=None, bias_metadata=None"
_NORMALISED = f"dtype=None, param_dtype=None, {_SCALED}"
_NORMALISES = (
    "axis_name=None, axis_index_groups=None, use_fast_variance=True, promote_dtype=None, rngs, bias_metadata=None, "
    "scale_metadata=None"
)

NNX: tuple[Row, ...] = (
    _layer(
        "nnx.Linear",
        f"{_WIDTHS}, *, {_TYPED}, precision=None, {_INITIALISED}, dot_general=None, promote_dtype=None, {_SEEDED}",
        "inputs, out_sharding=None",
        Kind.LOGITS,
        units="out_features",
    ),
    _layer(
        "nnx.LinearGeneral",
        f"{_WIDTHS}, *, axis=-1, batch_axis=None, {_TYPED}, {_INITIALISED}, precision=None, promote_dtype=None, "
        f"dot_general=None, dot_general_cls=None, {_SEEDED}",
        "inputs, out_sharding=None",
        Kind.LOGITS,
        axes=Axes.RESHAPED,
    ),
    _layer(
        "nnx.Einsum",
        "einsum_str, kernel_shape, bias_shape=None, *, dtype=None, param_dtype=None, precision=None, "
        f"{_INITIALISED}, promote_dtype=None, einsum_op=None, {_SEEDED}",
        "inputs, einsum_str=None, out_sharding=None",
        Kind.LOGITS,
        axes=Axes.RESHAPED,
    ),
    _layer(
        "nnx.Conv",
        f"{_WIDTHS}, kernel_size, strides=1, *, padding='SAME', input_dilation=1, kernel_dilation=1, "
        f"feature_group_count=1, use_bias=True, mask=None, dtype=None, param_dtype=None, precision=None, "
        f"{_INITIALISED}, conv_general_dilated=None, promote_dtype=None, {_SEEDED}",
        "inputs, out_sharding=None",
        Kind.LOGITS,
        axes=Axes.RESHAPED,
    ),
    _layer(
        "nnx.ConvTranspose",
        f"{_WIDTHS}, kernel_size, strides=None, *, padding='SAME', kernel_dilation=None, use_bias=True, mask=None, "
        f"dtype=None, param_dtype=None, precision=None, {_INITIALISED}, transpose_kernel=False, promote_dtype=None, "
        f"{_SEEDED}",
        "inputs",
        Kind.LOGITS,
        axes=Axes.RESHAPED,
    ),
    _layer(
        "nnx.BatchNorm",
        f"num_features, *, use_running_average=False, axis=-1, momentum=0.99, epsilon=1e-05, {_NORMALISED}, "
        f"{_NORMALISES}",
        "x, use_running_average=None, *, mask=None",
        Kind.LOGITS,
    ),
    _layer(
        "nnx.LayerNorm",
        f"num_features, *, epsilon=1e-06, {_NORMALISED}, reduction_axes=-1, feature_axes=-1, {_NORMALISES}",
        "x, *, mask=None",
        Kind.LOGITS,
    ),
    _layer(
        "nnx.GroupNorm",
        f"num_features, num_groups=32, group_size=None, *, epsilon=1e-06, {_NORMALISED}, reduction_axes=None, "
        f"{_NORMALISES}",
        "x, *, mask=None",
        Kind.LOGITS,
    ),
    _layer(
        "nnx.InstanceNorm",
        f"num_features, *, epsilon=1e-06, {_NORMALISED}, feature_axes=-1, {_NORMALISES}",
        "x, *, mask=None",
        Kind.LOGITS,
    ),
    _layer(
        "nnx.Dropout",
        "rate, *, broadcast_dims=(), deterministic=False, rng_collection='dropout', rngs=None",
        "inputs, *, deterministic=None, rngs=None",
        Axes.KEPT,
        facts=_DROPOUT,
    ),
    Layer(name="flax.nnx.Sequential", init="*fns", holds=Holds.CHAIN),
    Base(name="flax.nnx.Module", calls="__call__"),
)

# -- functions --------------------------------------------------------------------------------------------------------


def _lifted(
    name: str,
    signature: str,
    *,
    gives: Outcome | tuple[Outcome, ...] | Depends = Outcome.WHOLE,
    maps: bool = False,
    aliases: tuple[str, ...] = (),
) -> Runs:
    function = signature.partition("=")[0].partition(",")[0]
    return Runs(
        name=f"flax.{name}",
        signature=signature,
        function=function,
        later=True,
        gives=gives,
        maps=maps,
        aliases=tuple(f"flax.{alias}" for alias in aliases),
    )


_GRAPH = "graph=None, graph_updates=None"
_AXES = "in_axes=0, out_axes=0"
_DIFFERENTIATED = f"f=None, *, argnums=0, has_aux=False, holomorphic=False, allow_int=False, reduce_axes=(), {_GRAPH}"

FUNCTIONS: tuple[Row, ...] = (
    SameAs(
        name="flax.linen.avg_pool",
        signature="inputs, window_shape, strides=None, padding='VALID', count_include_pad=True",
        subject="inputs",
        axes=Axes.POOLED,
        aliases=("flax.nnx.avg_pool",),
    ),
    SameAs(
        name="flax.linen.max_pool",
        signature="inputs, window_shape, strides=None, padding='VALID'",
        subject="inputs",
        axes=Axes.SLICED,
        aliases=("flax.nnx.max_pool",),
    ),
    # Of a class of modules they make another that is called in the same way.
    _lifted(
        "linen.jit",
        "target, variables=True, rngs=True, static_argnums=(), static_argnames=(), donate_argnums=(), device=None, "
        "backend=None, methods=None",
    ),
    _lifted(
        "linen.remat",
        "target, variables=True, rngs=True, concrete=False, prevent_cse=True, static_argnums=(), policy=None, "
        "methods=None",
        aliases=("linen.checkpoint",),
    ),
    _lifted(
        "nnx.jit",
        "fun=None, *, in_shardings=None, out_shardings=None, static_argnums=None, static_argnames=None, "
        f"donate_argnums=None, donate_argnames=None, keep_unused=False, device=None, backend=None, inline=False, "
        f"{_GRAPH}",
    ),
    _lifted("nnx.remat", f"f=None, *, prevent_cse=True, static_argnums=(), policy=None, {_GRAPH}"),
    _lifted(
        "nnx.vmap",
        f"f=None, *, {_AXES}, axis_name=None, axis_size=None, spmd_axis_name=None, transform_metadata=None, {_GRAPH}",
        maps=True,
    ),
    _lifted(
        "nnx.pmap",
        f"f=None, *, axis_name=None, {_AXES}, static_broadcasted_argnums=(), devices=None, backend=None, "
        f"axis_size=None, donate_argnums=(), transform_metadata=None, {_GRAPH}",
        maps=True,
    ),
    _lifted("nnx.grad", _DIFFERENTIATED, gives=GRADIENT),
    _lifted("nnx.value_and_grad", _DIFFERENTIATED, gives=VALUE_AND_GRADIENT),
    Function(
        name="flax.nnx.split",
        signature="node, *filters, graph=None",
        takes={"node": subject()},
        gives=(Axes.KEPT, None),
    ),
    SameAs(
        name="flax.nnx.merge",
        signature="graphdef_or_graphstate, /, *states, copy=False, recreate_variables=True",
        subject="graphdef_or_graphstate",
        axes=Axes.KEPT,
    ),
    SameAs(
        name="flax.nnx.clone",
        signature="node, variables=True, *, arrays=False, graph=None",
        subject="node",
        axes=Axes.KEPT,
    ),
)

STATE: tuple[Row, ...] = (
    Result(
        name="flax.training.train_state.TrainState",
        attributes={},
        makers=("create",),
        keeps=frozenset({"apply_gradients", "replace"}),
    ),
    # They copy the arrays in a training state; the functions in it are what they were.
    SameAs(
        name="flax.jax_utils.replicate",
        signature="tree, devices=None, axis_name='_device_put_sharded'",
        subject="tree",
        axes=Axes.KEPT,
    ),
    SameAs(name="flax.jax_utils.unreplicate", signature="tree", subject="tree", axes=Axes.KEPT),
    SameAs(
        name="flax.training.checkpoints.restore_checkpoint",
        signature="ckpt_dir, target, step=None, prefix='checkpoint_', parallel=True, gda_manager=None, "
        "allow_partial_mpa_restoration=False, orbax_checkpointer=None, orbax_transforms=None",
        subject="target",
        axes=Axes.KEPT,
    ),
)

ROWS: tuple[Row, ...] = (*ACTIVATIONS, *LINEN, *NNX, *FUNCTIONS, *STATE)
