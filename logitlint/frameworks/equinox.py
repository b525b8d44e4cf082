"""Equinox: modules that are functions of one sample, and the transformations that filter their arguments."""

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
HOMES: Mapping[str, str] = {"equinox.nn.*": "equinox.nn", "equinox.*": "equinox"}
"""Where the documented home of a name lies; a ``*`` stands for one module."""

_SOURCE: Final = "https://docs.kidger.site/equinox/"
_X = {"x": subject()}


def _affine(
    name: str,
    init: str,
    *,
    gives: Gives = Kind.LOGITS,
    axes: Axes = Axes.RESHAPED,
    units: str | None = None,
) -> Layer:
    path = f"equinox.nn.{name}"
    row = Function(name=path, signature="x, *, key=None", takes=_X, gives=gives, axes=axes, units=units)
    return Layer(name=path, init=init, call=row, source=_SOURCE)


def _convolution(number: int) -> Layer:
    stride, padding = ("1", "0") if number == 1 else (f"{(1,) * number}", f"{(0,) * number}")
    return _affine(
        f"Conv{number}d",
        f"in_channels, out_channels, kernel_size, stride={stride}, padding={padding}, "
        f"dilation={stride}, groups=1, use_bias=True, padding_mode='ZEROS', dtype=None, *, key",
    )


def _made(
    name: str,
    signature: str,
    gives: Outcome | tuple[Outcome, ...] | Depends = Outcome.WHOLE,
    *,
    maps: bool = False,
) -> Runs:
    return Runs(
        name=f"equinox.{name}",
        signature=f"fun=None, *, {signature}",
        function="fun",
        later=True,
        gives=gives,
        maps=maps,
        source=_SOURCE,
    )


ROWS: tuple[Row, ...] = (
    _affine(
        "Linear",
        "in_features, out_features, use_bias=True, dtype=None, *, key",
        axes=Axes.KEPT,
        units="out_features",
    ),
    *map(_convolution, (1, 2, 3)),
    _affine(
        "MLP",
        "in_size, out_size, width_size, depth, activation=None, final_activation=None, use_bias=True, "
        "use_final_bias=True, dtype=None, *, scan=False, key",
        gives=Depends("final_activation", {None: Kind.LOGITS}),
        axes=Axes.KEPT,
        units="out_size",
    ),
    _affine(
        "LayerNorm",
        "shape, eps=1e-05, use_weight=True, use_bias=True, dtype=None, *, elementwise_affine=None",
        axes=Axes.KEPT,
    ),
    Layer(
        name="equinox.nn.Dropout",
        init="p=0.5, inference=False, *, deterministic=None",
        call=SameAs(
            name="equinox.nn.Dropout",
            signature="x, *, key=None, inference=None, deterministic=None",
            subject="x",
            axes=Axes.KEPT,
            facts=frozenset({Fact.DROPOUT}),
            source=_SOURCE,
        ),
        source=_SOURCE,
    ),
    Layer(
        name="equinox.nn.Identity",
        init="*args, **kwargs",
        call=SameAs(
            name="equinox.nn.Identity", signature="x, *, key=None", subject="x", axes=Axes.KEPT, source=_SOURCE
        ),
        source=_SOURCE,
    ),
    Layer(name="equinox.nn.Sequential", init="layers", holds=Holds.CHAIN, source=_SOURCE),
    Layer(name="equinox.nn.Lambda", init="fn", holds=Holds.CHAIN, source=_SOURCE),
    Base(name="equinox.Module", calls="__call__", fields=True, source=_SOURCE),
    _made("filter_jit", "donate='none', **jitkwargs"),
    _made("filter_checkpoint", "prevent_cse=True, policy=None"),
    _made("filter_vmap", "in_axes=0, out_axes=0, axis_name=None, axis_size=None, **vmapkwargs", maps=True),
    _made(
        "filter_pmap", "in_axes=0, out_axes=0, axis_name=None, axis_size=None, donate='none', **pmapkwargs", maps=True
    ),
    _made("filter_grad", "has_aux=False, **gradkwargs", GRADIENT),
    _made("filter_value_and_grad", "has_aux=False, **gradkwargs", VALUE_AND_GRADIENT),
    # A model is taken apart into its arrays and the rest, and put together again with other arrays.
    Function(
        name="equinox.partition",
        signature="pytree, filter_spec, replace=None, is_leaf=None",
        takes={"pytree": subject()},
        gives=(Axes.KEPT, Axes.KEPT),
        source=_SOURCE,
    ),
    SameAs(
        name="equinox.combine",
        signature="*pytrees, is_leaf=None",
        subject="pytrees",
        axes=Axes.KEPT,
        source=_SOURCE,
    ),
    SameAs(
        name="equinox.apply_updates",
        signature="model, updates",
        subject="model",
        axes=Axes.KEPT,
        source=_SOURCE,
    ),
)
