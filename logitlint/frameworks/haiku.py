"""Haiku: layers, modules, and functions transformed into pairs of `init` and `apply`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from logitlint.frameworks.jax import GRADIENT, VALUE_AND_GRADIENT
from logitlint.frameworks.jax import METHODS as METHODS_OF_ARRAYS
from logitlint.frameworks.vocabulary import (
    Axes,
    Base,
    Depends,
    Fact,
    Function,
    Gives,
    Holds,
    Layer,
    Outcome,
    Row,
    Runs,
    SameAs,
    subject,
)
from logitlint.kinds import Kind

METHODS: Mapping[str, str] = METHODS_OF_ARRAYS
HOMES: Mapping[str, str] = {"haiku._src.*": "haiku"}
"""Where the documented home of a name lies; a ``*`` stands for one module."""

_SOURCE: Final = "https://dm-haiku.readthedocs.io/en/latest/api.html"
_INPUTS = {"inputs": subject()}
_CALL = "inputs, *, precision=None"
_SCALED = "inputs, scale=None, offset=None"


def _affine(
    name: str,
    init: str,
    call: str = _CALL,
    *,
    gives: Gives = Kind.LOGITS,
    axes: Axes = Axes.RESHAPED,
    units: str | None = None,
) -> Layer:
    path = f"haiku.{name}"
    first = call.partition(",")[0]
    row = Function(name=path, signature=call, takes={first: subject()}, gives=gives, axes=axes, units=units)
    return Layer(name=path, init=init, call=row, source=_SOURCE)


def _convolution(number: int, layout: str) -> Layer:
    return _affine(
        f"Conv{number}D",
        "output_channels, kernel_shape, stride=1, rate=1, padding='SAME', with_bias=True, w_init=None, b_init=None, "
        f"data_format='{layout}', mask=None, feature_group_count=1, name=None",
    )


_RUNS = "*args, **kwargs"


def _transformed(name: str, init: str, arguments: str, gives: Outcome | tuple[Outcome, ...]) -> Layer:
    """A function made pure: `init` makes its parameters, `apply` runs it."""
    methods: Mapping[str, Runs] = {
        "apply": Runs(name=f"haiku.{name}.apply", signature=f"{arguments}, {_RUNS}", function="f", gives=gives),
        "init": Runs(name=f"haiku.{name}.init", signature=f"rng, {_RUNS}", function="f", gives=Outcome.OTHER),
    }
    return Layer(name=f"haiku.{name}", init=init, methods=methods, source=_SOURCE)


def _made(name: str, signature: str, gives: Outcome | tuple[Outcome, ...] | Depends, *, maps: bool = False) -> Runs:
    return Runs(
        name=f"haiku.{name}", signature=signature, function="fun", later=True, gives=gives, maps=maps, source=_SOURCE
    )


ROWS: tuple[Row, ...] = (
    _affine(
        "Linear",
        "output_size, with_bias=True, w_init=None, b_init=None, name=None",
        axes=Axes.KEPT,
        units="output_size",
    ),
    _convolution(1, "NWC"),
    _convolution(2, "NHWC"),
    _convolution(3, "NDHWC"),
    _affine(
        "BatchNorm",
        "create_scale, create_offset, decay_rate, eps=1e-05, scale_init=None, offset_init=None, axis=None, "
        "cross_replica_axis=None, cross_replica_axis_index_groups=None, data_format='channels_last', name=None",
        "inputs, is_training, test_local_stats=False, scale=None, offset=None",
        axes=Axes.KEPT,
    ),
    _affine(
        "LayerNorm",
        "axis, create_scale, create_offset, eps=1e-05, scale_init=None, offset_init=None, use_fast_variance=False, "
        "name=None, *, param_axis=None",
        _SCALED,
        axes=Axes.KEPT,
    ),
    _affine(
        "nets.MLP",
        "output_sizes, w_init=None, b_init=None, with_bias=True, activation=None, activate_final=False, name=None",
        "inputs, dropout_rate=None, rng=None",
        gives=Depends("activate_final", {False: Kind.LOGITS}),
    ),
    Layer(name="haiku.Sequential", init="layers, name=None", holds=Holds.CHAIN, source=_SOURCE),
    Layer(
        name="haiku.Flatten",
        init="preserve_dims=1, name=None",
        call=SameAs(name="haiku.Flatten", signature="inputs", subject="inputs", axes=Axes.RESHAPED, source=_SOURCE),
        source=_SOURCE,
    ),
    SameAs(
        name="haiku.dropout",
        signature="rng, rate, x, broadcast_dims=()",
        subject="x",
        axes=Axes.KEPT,
        facts=frozenset({Fact.DROPOUT}),
        source=_SOURCE,
    ),
    Base(name="haiku.Module", calls="__call__", source=_SOURCE),
    _transformed("transform", "f, *, apply_rng=True", "params, rng", Outcome.WHOLE),
    _transformed("transform_with_state", "f", "params, state, rng", (Outcome.WHOLE, Outcome.OTHER)),
    _transformed("without_apply_rng", "f", "params", Outcome.WHOLE),
    _made("grad", "fun, argnums=0, has_aux=False, holomorphic=False", GRADIENT),
    _made("value_and_grad", "fun, argnums=0, has_aux=False, holomorphic=False", VALUE_AND_GRADIENT),
    _made("remat", "fun, *, prevent_cse=True, policy=None, static_argnums=(), concrete=None", Outcome.WHOLE),
    _made(
        "vmap",
        "fun, in_axes=0, out_axes=0, axis_name=None, axis_size=None, *, split_rng, spmd_axis_name=None",
        Outcome.WHOLE,
        maps=True,
    ),
)
