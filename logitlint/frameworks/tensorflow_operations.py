"""TensorFlow's operations on tensors, and the variables a graph is built of; one row for 1.x and 2.x.

Arguments that only TensorFlow 1 has (`keep_prob`, `validate_shape`) stand behind those of 2.x; its other spellings
(`dim`, `reduction_indices`) are the catalog's synonyms.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from logitlint.frameworks import mathematics
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
    Want,
    subject,
)
from logitlint.kinds import Kind

_ORDERED: Final = frozenset({Fact.MONOTONE})
_DETACHED: Final = frozenset({Fact.TRAINS_NOT})
_DECIDED: Final = frozenset({Fact.DECIDES, Fact.TRAINS_NOT})
_ROUNDED: Final = frozenset({Fact.DECIDES, Fact.TRAINS_NOT, Fact.THRESHOLDS})
_SAMPLED: Final = frozenset({Fact.SAMPLES, Fact.TRAINS_NOT})
_DROPOUT: Final = frozenset({Fact.DROPOUT})
_NOTHING: Final[frozenset[Fact]] = frozenset()
_OPERANDS: Final = {"x": subject(), "y": Takes(Role.OTHER)}
_SAMPLED_FROM: Final = {"logits": subject(Want.LOGITS_PARAMETER)}


def _function(
    name: str,
    signature: str,
    gives: Gives,
    *,
    takes: str | Mapping[str, Takes] = "x",
    axes: Axes = Axes.KEPT,
    axis: str | None = None,
    facts: frozenset[Fact] = _NOTHING,
    aliases: tuple[str, ...] = (),
) -> Function:
    return Function(
        name=f"tensorflow.{name}",
        signature=signature,
        takes={takes: subject()} if isinstance(takes, str) else takes,
        gives=gives,
        axes=axes,
        axis=axis,
        facts=facts,
        aliases=_full(aliases),
    )


def _same(
    name: str,
    signature: str,
    axes: Axes,
    *,
    axis: str | None = None,
    sizes: str | None = None,
    facts: frozenset[Fact] = _NOTHING,
    aliases: tuple[str, ...] = (),
) -> SameAs:
    """An operation that keeps the meaning of its first argument."""
    return SameAs(
        name=f"tensorflow.{name}",
        signature=signature,
        subject=signature.partition(",")[0].partition("=")[0],
        axes=axes,
        axis=axis,
        sizes=sizes,
        facts=facts,
        aliases=_full(aliases),
    )


def _full(names: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(f"tensorflow.{name}" for name in names)


def _comparison(name: str, gives: Gives, *, aliases: tuple[str, ...] = ()) -> Function:
    aliases = (f"math.{name}", *aliases)
    return _function(name, "x, y, name=None", gives, takes=_OPERANDS, facts=_DECIDED, aliases=aliases)


def _reduction(name: str, axes: Axes) -> SameAs:
    signature = "input_tensor, axis=None, keepdims=False, name=None"
    return _same(f"reduce_{name}", signature, axes, axis="axis", aliases=(f"math.reduce_{name}",))


# -- variables --------------------------------------------------------------------------------------------------------

_TRAINED: Final = Depends("trainable", {None: Kind.PARAMETER, True: Kind.PARAMETER})

VARIABLES: Final[tuple[Row, ...]] = (
    Function(
        name="tensorflow.Variable", signature="initial_value=None, trainable=None, *args, **kwargs", gives=_TRAINED
    ),
    Function(
        name="tensorflow.get_variable",
        signature="name, shape=None, dtype=None, initializer=None, regularizer=None, trainable=None, *args, **kwargs",
        gives=_TRAINED,
    ),
)

# -- device, type, graph ----------------------------------------------------------------------------------------------

KEPT: Final[tuple[Row, ...]] = (
    _same("identity", "input, name=None", Axes.KEPT),
    _same("stop_gradient", "input, name=None", Axes.KEPT, facts=_DETACHED),
    _same("cast", "x, dtype, name=None", Axes.KEPT, aliases=("dtypes.cast",)),
    _same("to_float", "x, name='ToFloat'", Axes.KEPT),
    _same("to_double", "x, name='ToDouble'", Axes.KEPT),
    _same("to_bfloat16", "x, name='ToBFloat16'", Axes.KEPT),
    _same("constant", "value, dtype=None, shape=None, name='Const', *, verify_shape=False", Axes.KEPT),
    _same(
        "convert_to_tensor",
        "value, dtype=None, dtype_hint=None, name=None, *, preferred_dtype=None",
        Axes.KEPT,
    ),
    _same("ensure_shape", "x, shape, name=None", Axes.KEPT),
    _same("debugging.check_numerics", "tensor, message, name=None", Axes.KEPT, aliases=("check_numerics",)),
    _same("Print", "input_, data, message=None, first_n=None, summarize=None, name=None", Axes.KEPT),
    _same(
        "function",
        "func=None, input_signature=None, autograph=True, jit_compile=None, reduce_retracing=False, "
        "experimental_implements=None, experimental_autograph_options=None, experimental_attributes=None, "
        "experimental_relax_shapes=None, experimental_compile=None, experimental_follow_type_hints=None",
        Axes.KEPT,
    ),
    _same(
        "nn.dropout",
        "x, rate=None, noise_shape=None, seed=None, name=None, *, keep_prob=None",
        Axes.KEPT,
        facts=_DROPOUT,
    ),
    _function("to_int32", "x, name='ToInt32'", mathematics.WHOLE, facts=_DETACHED),
    _function("to_int64", "x, name='ToInt64'", mathematics.WHOLE, facts=_DETACHED),
)

# -- shape ------------------------------------------------------------------------------------------------------------

SHAPE: Final[tuple[Row, ...]] = (
    _same("reshape", "tensor, shape, name=None", Axes.RESHAPED, sizes="shape", aliases=("manip.reshape",)),
    _same("squeeze", "input, axis=None, name=None", Axes.RESHAPED, axis="axis"),
    _same("expand_dims", "input, axis=None, name=None", Axes.RESHAPED, axis="axis"),
    _same("broadcast_to", "input, shape, name=None", Axes.RESHAPED),
    _same("reverse", "tensor, axis, name=None", Axes.RESHAPED, aliases=("reverse_v2", "manip.reverse")),
    _same("transpose", "a, perm=None, conjugate=False, name='transpose'", Axes.PERMUTED),
    _same(
        "linalg.matrix_transpose",
        "a, name='matrix_transpose', conjugate=False",
        Axes.PERMUTED,
        aliases=("matrix_transpose", "linalg.transpose"),
    ),
    _function(
        "pad",
        "tensor, paddings, mode='CONSTANT', constant_values=0, name=None",
        mathematics.FILLED,
        takes="tensor",
        axes=Axes.RESHAPED,
    ),
)

# -- parts and wholes -------------------------------------------------------------------------------------------------

PARTS: Final[tuple[Row, ...]] = (
    _same(
        "gather",
        "params, indices, validate_indices=None, axis=None, batch_dims=0, name=None",
        Axes.SLICED,
        axis="axis",
    ),
    _same("gather_nd", "params, indices, batch_dims=0, name=None, bad_indices_policy=''", Axes.SLICED),
    _same("batch_gather", "params, indices, name=None", Axes.SLICED),
    _same("boolean_mask", "tensor, mask, axis=None, name='boolean_mask'", Axes.SLICED, axis="axis"),
    _same("slice", "input_, begin, size, name=None", Axes.SLICED),
    _same(
        "strided_slice",
        "input_, begin, end, strides=None, begin_mask=0, end_mask=0, ellipsis_mask=0, new_axis_mask=0, "
        "shrink_axis_mask=0, var=None, name=None",
        Axes.SLICED,
    ),
    _same("split", "value, num_or_size_splits, axis=0, num=None, name='split'", Axes.SLICED, axis="axis"),
    _same("unstack", "value, num=None, axis=0, name='unstack'", Axes.SLICED, axis="axis"),
    # Repeated along the class axis, what summed to one sums to more.
    _same("tile", "input, multiples, name=None", Axes.SLICED, aliases=("manip.tile",)),
    _same("repeat", "input, repeats, axis=None, name=None", Axes.SLICED, axis="axis"),
    _same("concat", "values, axis, name='concat'", Axes.JOINED, axis="axis"),
    _same("stack", "values, axis=0, name='stack'", Axes.JOINED),
    # The largest of each window: one channel's place may differ from the next one's.
    _same("nn.max_pool", "input, ksize, strides, padding, data_format=None, name=None", Axes.SLICED),
    _same("nn.max_pool2d", "input, ksize, strides, padding, data_format='NHWC', name=None", Axes.SLICED),
    _same(
        "nn.avg_pool",
        "input, ksize, strides, padding, data_format=None, name=None",
        Axes.POOLED,
        aliases=("nn.avg_pool_v2",),
    ),
    _same("nn.avg_pool2d", "input, ksize, strides, padding, data_format='NHWC', name=None", Axes.POOLED),
    _same(
        "image.resize",
        "images, size, method='bilinear', preserve_aspect_ratio=False, antialias=False, name=None, *, "
        "align_corners=False",
        Axes.RESAMPLED,
        aliases=("image.resize_images",),
    ),
    _same(
        "image.resize_bilinear",
        "images, size, align_corners=False, name=None, half_pixel_centers=False",
        Axes.RESAMPLED,
    ),
    _same(
        "image.resize_nearest_neighbor",
        "images, size, align_corners=False, name=None, half_pixel_centers=False",
        Axes.RESAMPLED,
    ),
)

# -- reductions -------------------------------------------------------------------------------------------------------

REDUCTIONS: Final[tuple[Row, ...]] = (
    _reduction("mean", Axes.POOLED),
    _reduction("sum", Axes.SUMMED),
    _reduction("max", Axes.PICKED),
    _reduction("min", Axes.PICKED),
    _function(
        "reduce_prod",
        "input_tensor, axis=None, keepdims=False, name=None",
        mathematics.PRODUCT,
        takes="input_tensor",
        axes=Axes.PICKED,
        axis="axis",
        aliases=("math.reduce_prod",),
    ),
    _function(
        "math.top_k",
        "input, k=1, sorted=True, index_type=None, name=None",
        (Axes.SLICED, mathematics.DECISIONS),
        takes="input",
        axes=Axes.RESHAPED,
        aliases=("nn.top_k",),
    ),
    _function(
        "argmax",
        "input, axis=None, output_type=None, name=None",
        mathematics.LARGEST,
        takes="input",
        axes=Axes.PICKED,
        axis="axis",
        facts=_DECIDED,
        aliases=("math.argmax", "arg_max"),
    ),
    # The smallest distance decides as the largest score does.
    _function(
        "argmin",
        "input, axis=None, output_type=None, name=None",
        mathematics.DECISIONS,
        takes="input",
        axes=Axes.PICKED,
        axis="axis",
        facts=_DECIDED,
        aliases=("math.argmin", "arg_min"),
    ),
)

_UNSMOOTHED: Final = Depends("off_value", {None: Kind.ONE_HOT, 0: Kind.ONE_HOT})

# -- element by element -----------------------------------------------------------------------------------------------

ELEMENTWISE: Final[tuple[Row, ...]] = (
    _function("math.log", "x, name=None", mathematics.LOG, facts=_ORDERED, aliases=("log",)),
    _function("exp", "x, name=None", mathematics.EXP, facts=_ORDERED, aliases=("math.exp",)),
    _function("negative", "x, name=None", mathematics.NEGATIVE, aliases=("math.negative",)),
    _function("round", "x, name=None", mathematics.THRESHOLD, facts=_ROUNDED, aliases=("math.round",)),
    _function("math.rint", "x, name=None", mathematics.THRESHOLD, facts=_ROUNDED, aliases=("rint",)),
    _function("sign", "x, name=None", mathematics.DECISIONS, facts=_DECIDED, aliases=("math.sign",)),
    _comparison("greater", mathematics.THRESHOLD),
    _comparison("greater_equal", mathematics.THRESHOLD),
    _comparison("less", mathematics.COMPARED),
    _comparison("less_equal", mathematics.COMPARED),
    _comparison("equal", mathematics.COMPARED),
    _function(
        "where",
        "condition, x=None, y=None, name=None",
        mathematics.chosen("x", "y"),
        takes="condition",
        facts=_DECIDED,
        aliases=("where_v2",),
    ),
    _function("clip_by_value", "t, clip_value_min, clip_value_max, name=None", mathematics.CLAMPED, takes="t"),
    _function(
        "one_hot",
        "indices, depth, on_value=None, off_value=None, axis=None, dtype=None, name=None",
        Depends(
            "on_value", {value: Depends("off_value", {None: Kind.ONE_HOT, 0: Kind.ONE_HOT}) for value in (None, 1)}
        ),
        takes="indices",
        axes=Axes.RESHAPED,
    ),
)

# -- sampling ---------------------------------------------------------------------------------------------------------


def _draw(name: str, signature: str, aliases: tuple[str, ...] = ()) -> Function:
    return _function(
        name,
        signature,
        Kind.CLASS_INDEX,
        takes=_SAMPLED_FROM,
        axes=Axes.RESHAPED,
        facts=_SAMPLED,
        aliases=aliases,
    )


SAMPLING: Final[tuple[Row, ...]] = (
    _draw("random.categorical", "logits, num_samples, dtype=None, seed=None, name=None"),
    _draw("random.stateless_categorical", "logits, num_samples, seed, dtype=None, name=None"),
    _draw(
        "random.multinomial",
        "logits, num_samples, seed=None, name=None, output_dtype=None",
        ("multinomial",),
    ),
)

OPERATORS: Final[Mapping[str, str]] = {
    **{
        f"tensorflow.{module}{name}": sign
        for name, sign in (("add", "+"), ("subtract", "-"), ("multiply", "*"), ("divide", "/"))
        for module in ("", "math.")
    },
    "tensorflow.math.truediv": "/",
    "tensorflow.truediv": "/",
    "tensorflow.div": "/",
    "tensorflow.sub": "-",
    "tensorflow.mul": "*",
    "tensorflow.nn.bias_add": "+",
    "tensorflow.matmul": "@",
    "tensorflow.linalg.matmul": "@",
}
"""Functions that are an operator by another name; `sub` and `mul` went with 1.0."""

ROWS: Final[tuple[Row, ...]] = (
    *VARIABLES,
    *KEPT,
    *SHAPE,
    *PARTS,
    *REDUCTIONS,
    *ELEMENTWISE,
    *SAMPLING,
)
