"""PyTorch's other layers, its containers, what wraps a model, and what `with` puts in force."""

from __future__ import annotations

from logitlint.frameworks.mathematics import GATED
from logitlint.frameworks.python import started
from logitlint.frameworks.vocabulary import (
    Axes,
    Base,
    Depends,
    Fact,
    Function,
    Holds,
    Layer,
    Outcome,
    Row,
    Runs,
    SameAs,
    Scope,
    subject,
)
from logitlint.kinds import Kind

_INPUT = {"input": subject()}
_DROPOUT = frozenset({Fact.DROPOUT})

# -- layers that give scores ------------------------------------------------------------------------------------------


def _affine(
    name: str,
    init: str,
    call: str = "input",
    *,
    subject_name: str = "input",
    axes: Axes = Axes.KEPT,
    units: str | None = None,
) -> Layer:
    path = f"torch.nn.{name}"
    row = Function(
        name=path, signature=call, takes={subject_name: subject()}, gives=Kind.LOGITS, axes=axes, units=units
    )
    return Layer(name=path, init=init, call=row)


_CONVOLVED = "kernel_size, stride=1, padding=0, dilation=1, groups=1, bias=True, padding_mode='zeros', "
_TRANSPOSED = (
    "kernel_size, stride=1, padding=0, output_padding=0, groups=1, bias=True, dilation=1, padding_mode='zeros', "
)
_PLACED = "device=None, dtype=None"
_BATCH_NORM = f"eps=1e-5, momentum=0.1, affine=True, track_running_stats=True, {_PLACED}, *, bias=True"
_INSTANCE_NORM = f"eps=1e-5, momentum=0.1, affine=False, track_running_stats=False, {_PLACED}, *, bias=True"

SCORES: tuple[Row, ...] = (
    _affine("Linear", f"in_features, out_features, bias=True, {_PLACED}", units="out_features"),
    _affine("LazyLinear", f"out_features, bias=True, {_PLACED}", units="out_features"),
    _affine(
        "Bilinear",
        f"in1_features, in2_features, out_features, bias=True, {_PLACED}",
        "input1, input2",
        subject_name="input1",
        units="out_features",
    ),
    *(_affine(f"Conv{n}d", f"in_channels, out_channels, {_CONVOLVED}{_PLACED}", axes=Axes.RESHAPED) for n in (1, 2, 3)),
    *(_affine(f"LazyConv{n}d", f"out_channels, {_CONVOLVED}{_PLACED}", axes=Axes.RESHAPED) for n in (1, 2, 3)),
    *(
        _affine(
            f"ConvTranspose{n}d",
            f"in_channels, out_channels, {_TRANSPOSED}{_PLACED}",
            "input, output_size=None",
            axes=Axes.RESHAPED,
        )
        for n in (1, 2, 3)
    ),
    *(
        _affine(
            f"LazyConvTranspose{n}d",
            f"out_channels, {_TRANSPOSED}{_PLACED}",
            "input, output_size=None",
            axes=Axes.RESHAPED,
        )
        for n in (1, 2, 3)
    ),
    # A normalisation centres what it is given and scales it: whatever came in, values of both signs and any size come
    # out. (RMSNorm does not centre, so it may keep what a ReLU left positive: unknown.)
    *(_affine(f"BatchNorm{n}d", f"num_features, {_BATCH_NORM}") for n in (1, 2, 3)),
    *(_affine(f"LazyBatchNorm{n}d", _BATCH_NORM) for n in (1, 2, 3)),
    _affine(
        "SyncBatchNorm",
        f"num_features, eps=1e-5, momentum=0.1, affine=True, track_running_stats=True, process_group=None, {_PLACED}, "
        "*, bias=True",
    ),
    *(_affine(f"InstanceNorm{n}d", f"num_features, {_INSTANCE_NORM}") for n in (1, 2, 3)),
    *(_affine(f"LazyInstanceNorm{n}d", _BATCH_NORM) for n in (1, 2, 3)),
    _affine("LayerNorm", f"normalized_shape, eps=1e-5, elementwise_affine=True, bias=True, {_PLACED}"),
    _affine("GroupNorm", f"num_groups, num_channels, eps=1e-5, affine=True, {_PLACED}, *, bias=True"),
)


def _linear(name: str, signature: str, *, axes: Axes = Axes.RESHAPED, aliases: tuple[str, ...] = ()) -> Function:
    return Function(name=name, signature=signature, takes=_INPUT, gives=Kind.LOGITS, axes=axes, aliases=aliases)


SCORE_FUNCTIONS: tuple[Row, ...] = (
    _linear("torch.nn.functional.linear", "input, weight, bias=None"),
    Function(
        name="torch.nn.functional.bilinear",
        signature="input1, input2, weight, bias=None",
        takes={"input1": subject()},
        gives=Kind.LOGITS,
        axes=Axes.RESHAPED,
        aliases=("torch.bilinear",),
    ),
    *(
        _linear(
            f"torch.nn.functional.conv{n}d",
            "input, weight, bias=None, stride=1, padding=0, dilation=1, groups=1",
            aliases=(f"torch.conv{n}d",),
        )
        for n in (1, 2, 3)
    ),
    *(
        _linear(
            f"torch.nn.functional.conv_transpose{n}d",
            "input, weight, bias=None, stride=1, padding=0, output_padding=0, groups=1, dilation=1",
            aliases=(f"torch.conv_transpose{n}d",),
        )
        for n in (1, 2, 3)
    ),
    _linear(
        "torch.nn.functional.batch_norm",
        "input, running_mean, running_var, weight=None, bias=None, training=False, momentum=0.1, eps=1e-5",
        axes=Axes.KEPT,
    ),
    _linear(
        "torch.nn.functional.instance_norm",
        "input, running_mean=None, running_var=None, weight=None, bias=None, use_input_stats=True, momentum=0.1, "
        "eps=1e-5",
        axes=Axes.KEPT,
    ),
    _linear(
        "torch.nn.functional.layer_norm",
        "input, normalized_shape, weight=None, bias=None, eps=1e-5",
        axes=Axes.KEPT,
    ),
    _linear("torch.nn.functional.group_norm", "input, num_groups, weight=None, bias=None, eps=1e-5", axes=Axes.KEPT),
)

# -- layers that keep the meaning -------------------------------------------------------------------------------------


def _same(
    name: str,
    init: str,
    axes: Axes,
    *,
    axis: str | int | None = None,
    starts: str | None = None,
    facts: frozenset[Fact] = frozenset(),
) -> Layer:
    path = f"torch.nn.{name}"
    row = SameAs(name=path, signature="input", subject="input", axes=axes, axis=axis, starts=starts, facts=facts)
    return Layer(name=path, init=init, call=row)


def _same_function(
    name: str, signature: str, axes: Axes, *, axis: str | int | None = None, facts: frozenset[Fact] = frozenset()
) -> SameAs:
    return SameAs(
        name=f"torch.nn.functional.{name}", signature=signature, subject="input", axes=axes, axis=axis, facts=facts
    )


_WINDOW = "kernel_size, stride=None, padding=0, ceil_mode=False, count_include_pad=True"
_MAX_WINDOW = "kernel_size, stride=None, padding=0, dilation=1"
_UPSAMPLED = "size=None, scale_factor=None, mode='nearest', align_corners=None"

KEEPING: tuple[Row, ...] = (
    _same("Identity", "*args, **kwargs", Axes.KEPT),
    _same("Dropout", "p=0.5, inplace=False", Axes.KEPT, facts=_DROPOUT),
    *(_same(f"Dropout{n}d", "p=0.5, inplace=False", Axes.KEPT, facts=_DROPOUT) for n in (1, 2, 3)),
    _same("AlphaDropout", "p=0.5, inplace=False", Axes.KEPT, facts=_DROPOUT),
    _same("FeatureAlphaDropout", "p=0.5, inplace=False", Axes.KEPT, facts=_DROPOUT),
    _same_function("dropout", "input, p=0.5, training=True, inplace=False", Axes.KEPT, facts=_DROPOUT),
    *(
        _same_function(f"dropout{n}d", "input, p=0.5, training=True, inplace=False", Axes.KEPT, facts=_DROPOUT)
        for n in (1, 2, 3)
    ),
    _same_function("alpha_dropout", "input, p=0.5, training=False, inplace=False", Axes.KEPT, facts=_DROPOUT),
    _same_function("feature_alpha_dropout", "input, p=0.5, training=False, inplace=False", Axes.KEPT, facts=_DROPOUT),
    _same("Flatten", "start_dim=1, end_dim=-1", Axes.RESHAPED, starts="start_dim"),
    _same("Unflatten", "dim, unflattened_size", Axes.RESHAPED, axis="dim"),
    # The mean over space: distributions over the channels stay distributions.
    _same("AvgPool1d", _WINDOW, Axes.POOLED),
    *(_same(f"AvgPool{n}d", f"{_WINDOW}, divisor_override=None", Axes.POOLED) for n in (2, 3)),
    *(_same(f"AdaptiveAvgPool{n}d", "output_size", Axes.POOLED) for n in (1, 2, 3)),
    _same_function("avg_pool1d", f"input, {_WINDOW}", Axes.POOLED),
    *(_same_function(f"avg_pool{n}d", f"input, {_WINDOW}, divisor_override=None", Axes.POOLED) for n in (2, 3)),
    *(_same_function(f"adaptive_avg_pool{n}d", "input, output_size", Axes.POOLED) for n in (1, 2, 3)),
    # The largest of each window is one of the numbers that went in; one channel's place may differ from the next one's,
    # so that the channels no longer sum to one.
    *(_same(f"MaxPool{n}d", f"{_MAX_WINDOW}, return_indices=False, ceil_mode=False", Axes.SLICED) for n in (1, 2, 3)),
    *(_same(f"AdaptiveMaxPool{n}d", "output_size, return_indices=False", Axes.SLICED) for n in (1, 2, 3)),
    *(
        _same_function(f"max_pool{n}d", f"input, {_MAX_WINDOW}, ceil_mode=False, return_indices=False", Axes.SLICED)
        for n in (1, 2, 3)
    ),
    *(
        _same_function(f"adaptive_max_pool{n}d", "input, output_size, return_indices=False", Axes.SLICED)
        for n in (1, 2, 3)
    ),
    _same("Upsample", f"{_UPSAMPLED}, recompute_scale_factor=None", Axes.RESAMPLED),
    _same("UpsamplingNearest2d", "size=None, scale_factor=None", Axes.RESAMPLED),
    _same("UpsamplingBilinear2d", "size=None, scale_factor=None", Axes.RESAMPLED),
    _same_function(
        "interpolate",
        f"input, {_UPSAMPLED}, recompute_scale_factor=None, antialias=False",
        Axes.RESAMPLED,
    ),
    _same_function("upsample", f"input, {_UPSAMPLED}", Axes.RESAMPLED),
    # Channels are moved into space: what summed to one over them no longer does.
    _same("PixelShuffle", "upscale_factor", Axes.SLICED),
    _same_function("pixel_shuffle", "input, upscale_factor", Axes.SLICED),
)

# -- gates ------------------------------------------------------------------------------------------------------------

GATES: tuple[Row, ...] = (
    Layer(
        name="torch.nn.GLU",
        init="dim=-1",
        call=Function(
            name="torch.nn.GLU", signature="input", takes=_INPUT, gives=GATED, axes=Axes.RESHAPED, axis="dim"
        ),
    ),
)

# -- containers, models, wrappers -------------------------------------------------------------------------------------

_KEEPS = frozenset(
    {
        "apply",
        "bfloat16",
        "cpu",
        "cuda",
        "double",
        "eval",
        "float",
        "half",
        "ipu",
        "mtia",
        "requires_grad_",
        "share_memory",
        "to",
        "to_empty",
        "train",
        "type",
        "xpu",
    }
)


def _wrapper(
    name: str, signature: str, subject_name: str = "module", *, facts: frozenset[Fact] = frozenset()
) -> SameAs:
    return SameAs(name=name, signature=signature, subject=subject_name, axes=Axes.KEPT, facts=facts)


MODELS: tuple[Row, ...] = (
    Base(
        name="torch.nn.Module",
        calls="forward",
        keeps=_KEEPS,
        wrappers=frozenset({"module"}),
        altered_by=frozenset(
            f"torch.nn.modules.module.register_module_forward_{name}" for name in ("hook", "pre_hook")
        ),
        alters=frozenset({"register_forward_hook", "register_forward_pre_hook", "set_submodule"}),
        adds=frozenset({"add_module", "register_module"}),
        registers={"register_buffer": "persistent", "register_parameter": ""},
        shows=frozenset({"apply"}),
        namespaces=frozenset({"_modules"}),
        hands_out=frozenset({"children", "get_submodule", "modules", "named_children", "named_modules"}),
        aliases=("torch.jit.ScriptModule",),
    ),
    Layer(name="torch.nn.Sequential", init="*args", holds=Holds.CHAIN),
    Layer(name="torch.nn.ModuleList", init="modules=None", holds=Holds.LIST),
    Layer(name="torch.nn.ModuleDict", init="modules=None", holds=Holds.MAPPING),
    _wrapper("torch.nn.DataParallel", "module, device_ids=None, output_device=None, dim=0"),
    _wrapper(
        "torch.nn.parallel.DistributedDataParallel",
        "module, device_ids=None, output_device=None, dim=0, broadcast_buffers=None, init_sync=True, "
        "process_group=None, bucket_cap_mb=None, find_unused_parameters=False, check_reduction=False, "
        "gradient_as_bucket_view=False, static_graph=False, delay_all_reduce_named_params=None, "
        "param_to_hook_all_reduce=None, mixed_precision=None, device_mesh=None, "
        "skip_all_reduce_unused_params=False, bucket_cap_mb_list=None, batched_grad_copy=False, "
        "forward_sync_buffers=None",
    ),
    _wrapper(
        "torch.distributed.fsdp.FullyShardedDataParallel",
        "module, process_group=None, sharding_strategy=None, cpu_offload=None, auto_wrap_policy=None, "
        "backward_prefetch=None, mixed_precision=None, ignored_modules=None, param_init_fn=None, device_id=None, "
        "sync_module_states=False, forward_prefetch=False, limit_all_gathers=True, use_orig_params=False, "
        "ignored_states=None, device_mesh=None",
    ),
    _wrapper(
        "torch.optim.swa_utils.AveragedModel",
        "model, device=None, avg_fn=None, multi_avg_fn=None, use_buffers=False",
        "model",
        facts=frozenset({Fact.COPIES}),
    ),
    Runs(
        name="torch.nn.parallel.data_parallel",
        signature="module, inputs, device_ids=None, output_device=None, dim=0, module_kwargs=None",
        function="module",
        packed="inputs",
        lone=True,
        keywords="module_kwargs",
    ),
    Runs(
        name="torch.utils.checkpoint.checkpoint",
        signature="function, *args, use_reentrant=None, context_fn=None, determinism_check='default', debug=False, "
        "early_stop=True, **kwargs",
        function="function",
    ),
    started("torch.multiprocessing.Process"),
    Runs(
        name="torch.multiprocessing.spawn",
        signature="fn, args=(), nprocs=1, join=True, daemon=False, start_method='spawn'",
        function="fn",
        packed="args",
        numbered=True,
        gives=Outcome.OTHER,
        source="https://docs.pytorch.org/docs/stable/multiprocessing.html#spawning-subprocesses",
    ),
    _wrapper("torch.nn.SyncBatchNorm.convert_sync_batchnorm", "module, process_group=None"),
    _wrapper(
        "torch.compile",
        "model=None, *, fullgraph=False, dynamic=None, backend=None, mode=None, options=None, name=None, "
        "disable=False, recompile_limit=None, isolate_recompiles=False, shapes_spec=None",
        "model",
    ),
    _wrapper("torch.jit.script", "obj, optimize=None, _frames_up=0, _rcb=None, example_inputs=None", "obj"),
    _wrapper(
        "torch.jit.trace",
        "func, example_inputs=None, optimize=None, check_trace=True, check_inputs=None, check_tolerance=1e-5, "
        "strict=True, _force_outplace=False, _module_class=None, _compilation_unit=None, example_kwarg_inputs=None, "
        "_store_inputs=True",
        "func",
    ),
    _wrapper("torch.jit.freeze", "mod, preserved_attrs=None, optimize_numerics=True", "mod"),
    _wrapper("torch.jit.optimize_for_inference", "mod, other_methods=None", "mod"),
    _wrapper("torch.nn.utils.weight_norm", "module, name='weight', dim=0"),
    _wrapper("torch.nn.utils.spectral_norm", "module, name='weight', n_power_iterations=1, eps=1e-12, dim=None"),
    _wrapper("torch.nn.utils.parametrizations.weight_norm", "module, name='weight', dim=0"),
    _wrapper(
        "torch.nn.utils.parametrizations.spectral_norm",
        "module, name='weight', n_power_iterations=1, eps=1e-12, dim=None",
    ),
    _wrapper(
        "torch.nn.utils.parametrizations.orthogonal",
        "module, name='weight', orthogonal_map=None, *, use_trivialization=True",
    ),
    # It detaches, whatever the code that calls it expects.
    _wrapper(
        "torch.autograd.Variable",
        "data, requires_grad=False, volatile=False",
        "data",
        facts=frozenset({Fact.TRAINS_NOT}),
    ),
)

# -- scopes -----------------------------------------------------------------------------------------------------------

# Binary cross-entropy is forbidden under autocast on CUDA alone.
_ENABLED = Depends("enabled", {True: Scope.AUTOCAST})

SCOPES: tuple[Row, ...] = (
    Function(name="torch.no_grad", signature="", enters=Scope.NO_GRAD, aliases=("torch.autograd.no_grad",)),
    Function(
        name="torch.inference_mode",
        signature="mode=True",
        enters=Depends("mode", {True: Scope.NO_GRAD}),
        aliases=("torch.autograd.inference_mode",),
    ),
    Function(
        name="torch.set_grad_enabled",
        signature="mode",
        enters=Depends("mode", {False: Scope.NO_GRAD}),
        aliases=("torch.autograd.set_grad_enabled",),
    ),
    Function(
        name="torch.autocast",
        signature="device_type, dtype=None, enabled=True, cache_enabled=None",
        enters=Depends("device_type", {"cuda": _ENABLED}),
        aliases=("torch.amp.autocast",),
    ),
    Function(
        name="torch.cuda.amp.autocast",
        signature="enabled=True, dtype=None, cache_enabled=True",
        enters=_ENABLED,
        aliases=("torch.cuda.amp.autocast_mode.autocast",),
    ),
)

ROWS: tuple[Row, ...] = (*SCORES, *SCORE_FUNCTIONS, *KEEPING, *GATES, *MODELS, *SCOPES)
