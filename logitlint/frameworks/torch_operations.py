"""PyTorch's operations on tensors, as functions and as methods: what each does to the meaning of the numbers."""

from __future__ import annotations

from logitlint.frameworks import mathematics
from logitlint.frameworks.vocabulary import (
    Axes,
    Depends,
    Fact,
    Function,
    Gives,
    Method,
    Property,
    Role,
    Row,
    SameAs,
    Takes,
    Want,
    subject,
)
from logitlint.kinds import NOTHING, Kind

_INPUT = {"input": subject()}
_COMPARED = {"input": subject(), "other": Takes(Role.OTHER)}
_ORDERED = frozenset({Fact.MONOTONE})
_DETACHED = frozenset({Fact.TRAINS_NOT})
_DECIDED = frozenset({Fact.DECIDES, Fact.TRAINS_NOT})
_ROUNDED = frozenset({Fact.DECIDES, Fact.TRAINS_NOT, Fact.THRESHOLDS})
_SAMPLED = frozenset({Fact.SAMPLES, Fact.TRAINS_NOT})

_AXIS = range(-6, 6)


def _function(
    name: str,
    signature: str,
    gives: Gives,
    *,
    takes: dict[str, Takes] = _INPUT,
    axes: Axes = Axes.KEPT,
    axis: str | int | None = None,
    fields: tuple[str, ...] = (),
    facts: frozenset[Fact] = frozenset(),
    methods: tuple[str, ...] = (),
    aliases: tuple[str, ...] = (),
) -> tuple[Row, ...]:
    """A function, and the methods of a tensor that are the same."""
    row = Function(
        name=name,
        signature=signature,
        takes=takes,
        gives=gives,
        fields=fields,
        axes=axes,
        axis=axis,
        facts=facts,
        aliases=aliases,
    )
    return (row, *(Method(name=f"torch.Tensor.{method}", row=row) for method in methods))


def _same(
    name: str,
    signature: str,
    axes: Axes,
    *,
    subject: str = "input",
    axis: str | int | None = None,
    sizes: str | None = None,
    starts: str | None = None,
    facts: frozenset[Fact] = frozenset(),
    methods: tuple[str, ...] = (),
    aliases: tuple[str, ...] = (),
) -> tuple[Row, ...]:
    """An operation that keeps the meaning, and the methods of a tensor that are the same."""
    row = SameAs(
        name=name,
        signature=signature,
        subject=subject,
        axes=axes,
        axis=axis,
        sizes=sizes,
        starts=starts,
        facts=facts,
        aliases=aliases,
    )
    return (row, *(Method(name=f"torch.Tensor.{method}", row=row) for method in methods))


def _method(
    name: str,
    signature: str,
    axes: Axes,
    *,
    axis: str | int | None = None,
    sizes: str | None = None,
    facts: frozenset[Fact] = frozenset(),
) -> Method:
    """A method that keeps the meaning and has no function beside it."""
    path = f"torch.Tensor.{name}"
    return Method(
        name=path,
        row=SameAs(name=path, signature=signature, subject="input", axes=axes, axis=axis, sizes=sizes, facts=facts),
    )


def _cast(name: str, gives: Gives) -> Method:
    """A method that cuts its numbers to whole ones."""
    path = f"torch.Tensor.{name}"
    row = Function(name=path, signature="input, memory_format=None", takes=_INPUT, gives=gives, facts=_DETACHED)
    return Method(name=path, row=row)


def _property(name: str, axes: Axes, *, facts: frozenset[Fact] = frozenset()) -> Property:
    path = f"torch.Tensor.{name}"
    return Property(name=path, row=SameAs(name=path, signature="input", subject="input", axes=axes, facts=facts))


# -- device, type, graph ----------------------------------------------------------------------------------------------

KEPT: tuple[Row, ...] = (
    _method("contiguous", "input, memory_format=None", Axes.KEPT),
    _method("float", "input, memory_format=None", Axes.KEPT),
    _method("double", "input, memory_format=None", Axes.KEPT),
    _method("half", "input, memory_format=None", Axes.KEPT),
    _method("bfloat16", "input, memory_format=None", Axes.KEPT),
    _method("to", "input, *args, **kwargs", Axes.KEPT),
    _method("type", "input, dtype=None, non_blocking=False, **kwargs", Axes.KEPT),
    _method("type_as", "input, other", Axes.KEPT),
    _method("cuda", "input, device=None, non_blocking=False, memory_format=None", Axes.KEPT),
    _method("cpu", "input, memory_format=None", Axes.KEPT),
    _method("requires_grad_", "input, requires_grad=True", Axes.KEPT),
    _method("numpy", "input, *, force=False", Axes.KEPT, facts=_DETACHED),
    _method("item", "input", Axes.KEPT, facts=_DETACHED),
    _method("tolist", "input", Axes.KEPT, facts=_DETACHED),
    _property("data", Axes.KEPT, facts=_DETACHED),
    *_same("torch.detach", "input", Axes.KEPT, facts=_DETACHED, methods=("detach", "detach_")),
    *_same("torch.clone", "input, *, memory_format=None", Axes.KEPT, methods=("clone",)),
    *_same(
        "torch.tensor",
        "data, *, dtype=None, device=None, requires_grad=False, pin_memory=False",
        Axes.KEPT,
        subject="data",
        facts=_DETACHED,
    ),
    *_same("torch.as_tensor", "data, dtype=None, device=None", Axes.KEPT, subject="data"),
    *_same("torch.from_numpy", "ndarray, /", Axes.KEPT, subject="ndarray", facts=_DETACHED),
    _cast("long", mathematics.WHOLE),
    _cast("int", mathematics.WHOLE),
    _cast("bool", mathematics.TRUTH),
)

# -- shape ------------------------------------------------------------------------------------------------------------

SHAPE: tuple[Row, ...] = (
    _method("view", "input, *shape", Axes.RESHAPED, sizes="shape"),
    _method("view_as", "input, other", Axes.RESHAPED),
    *_same("torch.reshape", "input, shape", Axes.RESHAPED, sizes="shape"),
    _method("reshape", "input, *shape", Axes.RESHAPED, sizes="shape"),
    _method("reshape_as", "input, other", Axes.RESHAPED),
    *_same("torch.squeeze", "input, dim=None", Axes.RESHAPED, axis="dim", methods=("squeeze", "squeeze_")),
    *_same("torch.unsqueeze", "input, dim", Axes.RESHAPED, axis="dim", methods=("unsqueeze", "unsqueeze_")),
    *_same(
        "torch.flatten",
        "input, start_dim=0, end_dim=-1",
        Axes.RESHAPED,
        starts="start_dim",
        methods=("flatten",),
    ),
    *_same("torch.unflatten", "input, dim, sizes", Axes.RESHAPED, axis="dim", methods=("unflatten",)),
    *_same("torch.ravel", "input", Axes.RESHAPED, methods=("ravel",)),
    _method("expand", "input, *size", Axes.RESHAPED),
    _method("expand_as", "input, other", Axes.RESHAPED),
    *_same("torch.broadcast_to", "input, size", Axes.RESHAPED, methods=("broadcast_to",)),
    *_same("torch.permute", "input, dims", Axes.PERMUTED),
    _method("permute", "input, *dims", Axes.PERMUTED),
    *_same("torch.transpose", "input, dim0, dim1", Axes.PERMUTED, methods=("transpose", "transpose_")),
    *_same("torch.swapaxes", "input, axis0, axis1", Axes.PERMUTED, methods=("swapaxes",)),
    *_same("torch.swapdims", "input, dim0, dim1", Axes.PERMUTED, methods=("swapdims",)),
    *_same(
        "torch.movedim",
        "input, source, destination",
        Axes.PERMUTED,
        methods=("movedim", "moveaxis"),
        aliases=("torch.moveaxis",),
    ),
    *_same("torch.t", "input", Axes.PERMUTED, methods=("t",)),
    _property("T", Axes.PERMUTED),
    _property("mT", Axes.PERMUTED),
    *_same("torch.flip", "input, dims", Axes.RESHAPED),
    _method("flip", "input, *dims", Axes.RESHAPED),
)

# -- parts and wholes -------------------------------------------------------------------------------------------------

PARTS: tuple[Row, ...] = (
    *_same("torch.gather", "input, dim, index, *, sparse_grad=False", Axes.SLICED, axis="dim", methods=("gather",)),
    *_same("torch.index_select", "input, dim, index", Axes.SLICED, axis="dim", methods=("index_select",)),
    *_same("torch.take_along_dim", "input, indices, dim=None", Axes.SLICED, axis="dim", methods=("take_along_dim",)),
    *_same("torch.masked_select", "input, mask", Axes.SLICED, methods=("masked_select",)),
    *_same("torch.narrow", "input, dim, start, length", Axes.SLICED, axis="dim", methods=("narrow",)),
    *_same("torch.select", "input, dim, index", Axes.SLICED, axis="dim", methods=("select",)),
    *_same("torch.chunk", "input, chunks, dim=0", Axes.SLICED, axis="dim", methods=("chunk",)),
    *_same("torch.unbind", "input, dim=0", Axes.SLICED, axis="dim", methods=("unbind",)),
    *_same("torch.split", "tensor, split_size_or_sections, dim=0", Axes.SLICED, subject="tensor", axis="dim"),
    _method("split", "input, split_size, dim=0", Axes.SLICED, axis="dim"),
    # Repeated along the class axis, what summed to one sums to more.
    _method("repeat", "input, *repeats", Axes.SLICED),
    *_same("torch.tile", "input, dims", Axes.SLICED),
    _method("tile", "input, *dims", Axes.SLICED),
    *_same(
        "torch.repeat_interleave",
        "input, repeats, dim=None, *, output_size=None",
        Axes.SLICED,
        axis="dim",
        methods=("repeat_interleave",),
    ),
    *_same(
        "torch.cat",
        "tensors, dim=0, *, out=None",
        Axes.JOINED,
        subject="tensors",
        axis="dim",
        aliases=("torch.concat", "torch.concatenate"),
    ),
    *_same("torch.stack", "tensors, dim=0, *, out=None", Axes.JOINED, subject="tensors"),
    # Rows of sequences of different lengths, one below the other: what lies on the last axis stays there.
    # (Programs for PyTorch before 1.1 take it apart into these two.)
    *_function(
        "torch.nn.utils.rnn.pack_padded_sequence",
        "input, lengths, batch_first=False, enforce_sorted=True",
        (Axes.RESHAPED, None),
        axes=Axes.RESHAPED,
        fields=("data", "batch_sizes"),
    ),
    *_same("torch.hstack", "tensors, *, out=None", Axes.JOINED, subject="tensors"),
    *_same("torch.vstack", "tensors, *, out=None", Axes.JOINED, subject="tensors"),
)

# -- reductions -------------------------------------------------------------------------------------------------------

_MOST = Depends("dim", {None: Axes.PICKED, **dict.fromkeys(_AXIS, (Axes.PICKED, mathematics.LARGEST))})
_LEAST = Depends("dim", {None: Axes.PICKED, **dict.fromkeys(_AXIS, (Axes.PICKED, None))})

_PICKED = ("values", "indices")

REDUCTIONS: tuple[Row, ...] = (
    *_same(
        "torch.mean",
        "input, dim=None, keepdim=False, *, dtype=None, out=None",
        Axes.POOLED,
        axis="dim",
        methods=("mean",),
    ),
    *_same("torch.sum", "input, dim=None, keepdim=False, *, dtype=None", Axes.SUMMED, axis="dim", methods=("sum",)),
    *_function(
        "torch.prod",
        "input, dim=None, keepdim=False, *, dtype=None",
        mathematics.PRODUCT,
        axes=Axes.PICKED,
        axis="dim",
        methods=("prod",),
    ),
    *_function(
        "torch.logsumexp",
        "input, dim, keepdim=False",
        None,
        axes=Axes.PICKED,
        axis="dim",
        facts=frozenset({Fact.NORMALISER}),
        methods=("logsumexp",),
        aliases=("torch.special.logsumexp",),
    ),
    *_same("torch.amax", "input, dim=(), keepdim=False", Axes.PICKED, axis="dim", methods=("amax",)),
    *_same("torch.amin", "input, dim=(), keepdim=False", Axes.PICKED, axis="dim", methods=("amin",)),
    *_function(
        "torch.max",
        "input, dim=None, keepdim=False",
        _MOST,
        axes=Axes.PICKED,
        axis="dim",
        fields=_PICKED,
        methods=("max",),
    ),
    *_function(
        "torch.min",
        "input, dim=None, keepdim=False",
        _LEAST,
        axes=Axes.PICKED,
        axis="dim",
        fields=_PICKED,
        methods=("min",),
    ),
    *_function(
        "torch.topk",
        "input, k, dim=-1, largest=True, sorted=True",
        (Axes.SLICED, mathematics.DECISIONS),
        axes=Axes.RESHAPED,
        axis="dim",
        fields=_PICKED,
        methods=("topk",),
    ),
    *_function(
        "torch.argmax",
        "input, dim=None, keepdim=False",
        mathematics.LARGEST,
        axes=Axes.PICKED,
        axis="dim",
        facts=_DECIDED,
        methods=("argmax",),
    ),
    # The smallest distance decides as the largest score does.
    *_function(
        "torch.argmin",
        "input, dim=None, keepdim=False",
        mathematics.DECISIONS,
        axes=Axes.PICKED,
        axis="dim",
        facts=_DECIDED,
        methods=("argmin",),
    ),
)

COMPARED_WITHIN: tuple[Row, ...] = tuple(
    row
    for name in ("allclose", "isclose")
    for row in _function(
        f"torch.{name}",
        "input, other, rtol=1e-05, atol=1e-08, equal_nan=False",
        None,
        takes=_COMPARED,
        facts=frozenset({Fact.COMPARES, Fact.TRAINS_NOT}),
        methods=(name,),
    )
)

# -- element by element -----------------------------------------------------------------------------------------------

ELEMENTWISE: tuple[Row, ...] = (
    *_function("torch.log", "input", mathematics.LOG, facts=_ORDERED, methods=("log", "log_"), aliases=("torch.log_",)),
    *_function("torch.exp", "input", mathematics.EXP, facts=_ORDERED, methods=("exp", "exp_"), aliases=("torch.exp_",)),
    *_function(
        "torch.round",
        "input, *, decimals=0",
        Depends("decimals", {0: mathematics.THRESHOLD}),
        facts=_ROUNDED,
        methods=("round", "round_"),
        aliases=("torch.special.round",),
    ),
    *_function("torch.sign", "input", mathematics.DECISIONS, facts=_DECIDED, methods=("sign",)),
    *_function(
        "torch.gt",
        "input, other",
        mathematics.THRESHOLD,
        takes=_COMPARED,
        facts=_DECIDED,
        methods=("gt", "greater"),
        aliases=("torch.greater",),
    ),
    *_function(
        "torch.ge",
        "input, other",
        mathematics.THRESHOLD,
        takes=_COMPARED,
        facts=_DECIDED,
        methods=("ge", "greater_equal"),
        aliases=("torch.greater_equal",),
    ),
    *_function(
        "torch.lt",
        "input, other",
        mathematics.COMPARED,
        takes=_COMPARED,
        facts=_DECIDED,
        methods=("lt", "less"),
        aliases=("torch.less",),
    ),
    *_function(
        "torch.le",
        "input, other",
        mathematics.COMPARED,
        takes=_COMPARED,
        facts=_DECIDED,
        methods=("le", "less_equal"),
        aliases=("torch.less_equal",),
    ),
    *_function("torch.eq", "input, other", mathematics.COMPARED, takes=_COMPARED, facts=_DECIDED, methods=("eq",)),
    *_function(
        "torch.ne",
        "input, other",
        mathematics.COMPARED,
        takes=_COMPARED,
        facts=_DECIDED,
        methods=("ne", "not_equal"),
        aliases=("torch.not_equal",),
    ),
    *_function(
        "torch.where",
        "condition, input=None, other=None",
        mathematics.chosen("input", "other"),
        takes={"condition": subject()},
        facts=_DECIDED,
    ),
    *_function(
        "torch.clamp",
        "input, min=None, max=None",
        mathematics.CLAMPED,
        methods=("clamp", "clamp_"),
        aliases=("torch.clamp_",),
    ),
    *_function(
        "torch.clip",
        "input, min=None, max=None",
        mathematics.CLAMPED,
        methods=("clip", "clip_"),
        aliases=("torch.clip_",),
    ),
    *_function(
        "torch.clamp_min",
        "input, min",
        mathematics.CLAMPED,
        methods=("clamp_min", "clamp_min_"),
        aliases=("torch.clamp_min_",),
    ),
    *_function(
        "torch.clamp_max",
        "input, max",
        mathematics.CLAMPED,
        methods=("clamp_max", "clamp_max_"),
        aliases=("torch.clamp_max_",),
    ),
    *_function(
        "torch.nan_to_num",
        "input, nan=None, posinf=None, neginf=None",
        mathematics.MENDED,
        methods=("nan_to_num", "nan_to_num_"),
        aliases=("torch.nan_to_num_",),
    ),
    *_function("torch.nn.functional.glu", "input, dim=-1", mathematics.GATED, axes=Axes.RESHAPED, axis="dim"),
    *_function(
        "torch.neg",
        "input",
        mathematics.NEGATIVE,
        methods=("neg", "neg_", "negative", "negative_"),
        aliases=("torch.negative", "torch.neg_", "torch.negative_"),
    ),
    *_function("torch.square", "input", None, methods=("square", "square_"), aliases=("torch.square_",)),
    *_function("torch.abs", "input", None, methods=("abs", "abs_"), aliases=("torch.abs_", "torch.absolute")),
    *_function(
        "torch.norm",
        "input, p='fro', dim=None, keepdim=False, out=None, dtype=None",
        None,
        axes=Axes.PICKED,
        axis="dim",
        methods=("norm",),
    ),
    *_function("torch.masked_fill", "input, mask, value", mathematics.FILLED, methods=("masked_fill", "masked_fill_")),
    *_function(
        "torch.nn.functional.pad", "input, pad, mode='constant', value=None", mathematics.FILLED, axes=Axes.RESHAPED
    ),
    *_function("torch.nn.functional.one_hot", "input, num_classes=-1", Kind.ONE_HOT, axes=Axes.RESHAPED, axis=-1),
)

# -- sampling ---------------------------------------------------------------------------------------------------------

SAMPLING: tuple[Row, ...] = (
    *_function(
        "torch.multinomial",
        "input, num_samples, replacement=False, *, generator=None",
        Kind.CLASS_INDEX,
        takes={"input": subject(Want.PROBS_PARAMETER)},
        axes=Axes.RESHAPED,
        facts=_SAMPLED,
        methods=("multinomial",),
    ),
    *_function(
        "torch.bernoulli",
        "input, *, generator=None",
        None,
        takes={"input": subject(Want.UNIT_PARAMETER)},
        facts=_SAMPLED,
        methods=("bernoulli",),
    ),
    Method(
        name="torch.Tensor.exponential_",
        row=Function(
            name="torch.Tensor.exponential_",
            signature="input, lambd=1, *, generator=None",
            takes=_INPUT,
            facts=_SAMPLED,
        ),
    ),
)

# -- gradients --------------------------------------------------------------------------------------------------------

GRADIENTS: tuple[Row, ...] = (
    Method(
        name="torch.Tensor.backward",
        row=Function(
            name="torch.Tensor.backward",
            signature="input, gradient=None, retain_graph=None, create_graph=False, inputs=None",
            takes=_INPUT,
            facts=frozenset({Fact.DIFFERENTIATES}),
        ),
    ),
)

# -- blanks -----------------------------------------------------------------------------------------------------------


def _blank(name: str, signature: str, takes: dict[str, Takes]) -> Function:
    """A tensor to be filled: as yet its numbers mean nothing."""
    return Function(name=name, signature=signature, takes=takes, gives=NOTHING, axes=Axes.RESHAPED)


_OPTIONS = "dtype=None, layout=None, device=None, requires_grad=False"
BLANKS: tuple[Row, ...] = (
    _blank("torch.zeros", f"*size, out=None, {_OPTIONS}", {}),
    _blank("torch.empty", f"*size, out=None, {_OPTIONS}", {}),
    _blank("torch.zeros_like", f"input, *, {_OPTIONS}, memory_format=None", _INPUT),
    _blank("torch.empty_like", f"input, *, {_OPTIONS}, memory_format=None", _INPUT),
    *(
        Method(name=path, row=_blank(path, f"input, *size, {_OPTIONS}", _INPUT))
        for path in ("torch.Tensor.new_zeros", "torch.Tensor.new_empty")
    ),
)

# -- constants --------------------------------------------------------------------------------------------------------


def _constant(name: str, signature: str, takes: dict[str, Takes], value: float | str) -> Function:
    """A tensor all of whose numbers are one number, or the argument that gives it."""
    return Function(name=name, signature=signature, takes=takes, axes=Axes.RESHAPED, low=value, high=value)


CONSTANTS: tuple[Row, ...] = (
    _constant("torch.ones", f"*size, out=None, {_OPTIONS}", {}, 1),
    _constant("torch.full", f"size, fill_value, *, out=None, {_OPTIONS}", {}, "fill_value"),
    _constant("torch.ones_like", f"input, *, {_OPTIONS}, memory_format=None", _INPUT, 1),
    _constant("torch.full_like", f"input, fill_value, *, {_OPTIONS}, memory_format=None", _INPUT, "fill_value"),
    Method(
        name="torch.Tensor.new_ones", row=_constant("torch.Tensor.new_ones", f"input, *size, {_OPTIONS}", _INPUT, 1)
    ),
    Method(
        name="torch.Tensor.new_full",
        row=_constant("torch.Tensor.new_full", f"input, size, fill_value, *, {_OPTIONS}", _INPUT, "fill_value"),
    ),
)

ROWS: tuple[Row, ...] = (
    *KEPT,
    *SHAPE,
    *PARTS,
    *REDUCTIONS,
    *COMPARED_WITHIN,
    *ELEMENTWISE,
    *SAMPLING,
    *GRADIENTS,
    *BLANKS,
    *CONSTANTS,
)
