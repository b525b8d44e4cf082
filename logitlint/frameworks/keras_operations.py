"""Keras 3's operations on arrays (`keras.ops`), and those of Keras 2's backend."""

from __future__ import annotations

from typing import Final

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
    Role,
    Row,
    SameAs,
    Takes,
    subject,
)
from logitlint.kinds import Kind

_NOTHING: Final[frozenset[Fact]] = frozenset()
_ORDERED: Final = frozenset({Fact.MONOTONE})
_DETACHED: Final = frozenset({Fact.TRAINS_NOT})
_DECIDED: Final = frozenset({Fact.DECIDES, Fact.TRAINS_NOT})
_ROUNDED: Final = frozenset({Fact.DECIDES, Fact.TRAINS_NOT, Fact.THRESHOLDS})


def _same(
    name: str,
    signature: str,
    axes: Axes,
    *,
    axis: str | None = None,
    sizes: str | None = None,
    facts: frozenset[Fact] = _NOTHING,
) -> SameAs:
    """An operation that keeps the meaning of its first argument."""
    return SameAs(
        name=f"keras.{name}",
        signature=signature,
        subject=signature.partition(",")[0],
        axes=axes,
        axis=axis,
        sizes=sizes,
        facts=facts,
    )


def _function(
    name: str,
    signature: str,
    gives: Gives,
    *,
    axes: Axes = Axes.KEPT,
    axis: str | None = None,
    low: float | None = None,
    facts: frozenset[Fact] = _NOTHING,
    home: str = "ops",
) -> Function:
    return Function(
        name=f"keras.{home}.{name}",
        signature=signature,
        takes={signature.partition(",")[0]: subject()},
        gives=gives,
        axes=axes,
        axis=axis,
        low=low,
        facts=facts,
    )


def _comparison(name: str, gives: Gives) -> Function:
    takes = {"x1": subject(), "x2": Takes(Role.OTHER)}
    return Function(name=f"keras.ops.{name}", signature="x1, x2", takes=takes, gives=gives, facts=_DECIDED)


def _backend(
    name: str,
    signature: str,
    gives: Gives,
    *,
    axes: Axes = Axes.KEPT,
    axis: str | None = None,
    low: float | None = None,
    facts: frozenset[Fact] = _NOTHING,
) -> Function:
    """A function of Keras 2's backend."""
    return _function(name, signature, gives, axes=axes, axis=axis, low=low, facts=facts, home="backend")


def _compared(name: str, gives: Gives) -> Function:
    takes = {"x": subject(), "y": Takes(Role.OTHER)}
    return Function(name=f"keras.backend.{name}", signature="x, y", takes=takes, gives=gives, facts=_DECIDED)


_REDUCED: Final = "x, axis=None, keepdims=False"

ROWS: Final[tuple[Row, ...]] = (
    # -- type, device, shape
    _same("ops.cast", "x, dtype", Axes.KEPT),
    _same("ops.convert_to_tensor", "x, dtype=None, sparse=None, ragged=None", Axes.KEPT),
    _same("ops.convert_to_numpy", "x", Axes.KEPT, facts=_DETACHED),
    _same("ops.stop_gradient", "variable", Axes.KEPT, facts=_DETACHED),
    _same("ops.array", "x, dtype=None", Axes.KEPT),
    _same("ops.copy", "x", Axes.KEPT),
    _same("ops.reshape", "x, newshape", Axes.RESHAPED, sizes="newshape"),
    _same("ops.squeeze", "x, axis=None", Axes.RESHAPED, axis="axis"),
    _same("ops.expand_dims", "x, axis", Axes.RESHAPED, axis="axis"),
    _same("ops.ravel", "x", Axes.RESHAPED),
    _same("ops.flip", "x, axis=None", Axes.RESHAPED),
    _same("ops.broadcast_to", "x, shape", Axes.RESHAPED),
    _same("ops.transpose", "x, axes=None", Axes.PERMUTED),
    _same("ops.swapaxes", "x, axis1, axis2", Axes.PERMUTED),
    _same("ops.moveaxis", "x, source, destination", Axes.PERMUTED),
    # -- parts and wholes
    _same("ops.concatenate", "xs, axis=0", Axes.JOINED, axis="axis"),
    _same("ops.stack", "x, axis=0", Axes.JOINED),
    _same("ops.hstack", "xs", Axes.JOINED),
    _same("ops.vstack", "xs", Axes.JOINED),
    _same("ops.take", "x, indices, axis=None", Axes.SLICED, axis="axis"),
    _same("ops.take_along_axis", "x, indices, axis=None", Axes.SLICED, axis="axis"),
    _same("ops.slice", "inputs, start_indices, shape", Axes.SLICED),
    _same("ops.split", "x, indices_or_sections, axis=0", Axes.SLICED, axis="axis"),
    _same("ops.unstack", "x, num=None, axis=0", Axes.SLICED, axis="axis"),
    _same("ops.tile", "x, repeats", Axes.SLICED),
    _same("ops.repeat", "x, repeats, axis=None", Axes.SLICED, axis="axis"),
    # -- reductions
    _same("ops.mean", _REDUCED, Axes.POOLED, axis="axis"),
    _same("ops.sum", _REDUCED, Axes.SUMMED, axis="axis"),
    _same("ops.max", f"{_REDUCED}, initial=None", Axes.PICKED, axis="axis"),
    _same("ops.min", f"{_REDUCED}, initial=None", Axes.PICKED, axis="axis"),
    _same("ops.amax", _REDUCED, Axes.PICKED, axis="axis"),
    _same("ops.amin", _REDUCED, Axes.PICKED, axis="axis"),
    _function("prod", f"{_REDUCED}, dtype=None", PRODUCT, axes=Axes.PICKED, axis="axis"),
    _function("argmax", _REDUCED, LARGEST, axes=Axes.PICKED, axis="axis", facts=_DECIDED),
    _function("argmin", _REDUCED, DECISIONS, axes=Axes.PICKED, axis="axis", facts=_DECIDED),
    _function("top_k", "x, k, sorted=True", (Axes.SLICED, DECISIONS), axes=Axes.RESHAPED),
    # -- element by element
    _function("log", "x", LOG, facts=_ORDERED),
    _function("exp", "x", EXP, facts=_ORDERED),
    _function("negative", "x", NEGATIVE),
    _function("sign", "x", DECISIONS, facts=_DECIDED),
    _function("round", "x, decimals=0", Depends("decimals", {0: THRESHOLD}), facts=_ROUNDED),
    _function("clip", "x, x_min, x_max", CLAMPED),
    _function("maximum", "x1, x2", rectified("x2"), low=0),
    _function("where", "condition, x1=None, x2=None", chosen("x1", "x2"), facts=_DECIDED),
    _comparison("greater", THRESHOLD),
    _comparison("greater_equal", THRESHOLD),
    _comparison("less", COMPARED),
    _comparison("less_equal", COMPARED),
    _comparison("equal", COMPARED),
    _function(
        "one_hot",
        "x, num_classes, axis=-1, dtype=None, sparse=False",
        Depends("sparse", {False: Kind.ONE_HOT}),
        axes=Axes.RESHAPED,
    ),
    # -- of Keras 2
    _same("backend.cast", "x, dtype", Axes.KEPT),
    _same("backend.cast_to_floatx", "x", Axes.KEPT),
    _same("backend.constant", "value, dtype=None, shape=None, name=None", Axes.KEPT),
    _same("backend.stop_gradient", "variables", Axes.KEPT, facts=_DETACHED),
    _same("backend.reshape", "x, shape", Axes.RESHAPED, sizes="shape"),
    _same("backend.squeeze", "x, axis", Axes.RESHAPED, axis="axis"),
    _same("backend.expand_dims", "x, axis=-1", Axes.RESHAPED, axis="axis"),
    _same("backend.flatten", "x", Axes.RESHAPED),
    _same("backend.batch_flatten", "x", Axes.RESHAPED),
    _same("backend.reverse", "x, axes", Axes.RESHAPED),
    _same("backend.permute_dimensions", "x, pattern", Axes.PERMUTED),
    _same("backend.transpose", "x", Axes.PERMUTED),
    _same("backend.concatenate", "tensors, axis=-1", Axes.JOINED, axis="axis"),
    _same("backend.stack", "x, axis=0", Axes.JOINED),
    _same("backend.mean", _REDUCED, Axes.POOLED, axis="axis"),
    _same("backend.sum", _REDUCED, Axes.SUMMED, axis="axis"),
    _same("backend.max", _REDUCED, Axes.PICKED, axis="axis"),
    _same("backend.min", _REDUCED, Axes.PICKED, axis="axis"),
    _backend("prod", _REDUCED, PRODUCT, axes=Axes.PICKED, axis="axis"),
    _backend("argmax", "x, axis=-1", LARGEST, axes=Axes.PICKED, axis="axis", facts=_DECIDED),
    _backend("argmin", "x, axis=-1", DECISIONS, axes=Axes.PICKED, axis="axis", facts=_DECIDED),
    _backend("log", "x", LOG, facts=_ORDERED),
    _backend("exp", "x", EXP, facts=_ORDERED),
    _backend("sign", "x", DECISIONS, facts=_DECIDED),
    _backend("round", "x", THRESHOLD, facts=_ROUNDED),
    _backend("clip", "x, min_value, max_value", CLAMPED),
    _backend("maximum", "x, y", rectified("y"), low=0),
    _compared("greater", THRESHOLD),
    _compared("greater_equal", THRESHOLD),
    _compared("less", COMPARED),
    _compared("less_equal", COMPARED),
    _compared("equal", COMPARED),
    _backend("one_hot", "indices, num_classes", Kind.ONE_HOT, axes=Axes.RESHAPED),
)
