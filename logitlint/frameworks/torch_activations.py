"""PyTorch's activations: functions, layers and tensor methods, with the range of what they give."""

from __future__ import annotations

from logitlint.frameworks.mathematics import LOGIT
from logitlint.frameworks.vocabulary import (
    Depends,
    Fact,
    Function,
    Gives,
    Layer,
    Method,
    Row,
    Takes,
    Want,
    subject,
)
from logitlint.kinds import Kind

_INPUT = {"input": subject()}
_ORDERED = frozenset({Fact.MONOTONE})
_GUESSES = frozenset({Fact.MONOTONE, Fact.IMPLICIT_AXIS})
_GUESSES_REVERSED = frozenset({Fact.IMPLICIT_AXIS})


def _function(
    name: str,
    signature: str = "input",
    *,
    gives: Gives = Kind.ACTIVATED,
    takes: dict[str, Takes] = _INPUT,
    low: float | str | None = None,
    high: float | str | None = None,
    axis: str | int | None = None,
    facts: frozenset[Fact] = frozenset(),
    aliases: tuple[str, ...] = (),
) -> Function:
    return Function(
        name=name,
        signature=signature,
        takes=takes,
        gives=gives,
        axis=axis,
        low=low,
        high=high,
        facts=facts,
        aliases=aliases,
    )


def _layer(
    name: str,
    init: str = "*args, **kwargs",
    *,
    gives: Gives = Kind.ACTIVATED,
    low: float | str | None = None,
    high: float | str | None = None,
    axis: str | int | None = None,
    facts: frozenset[Fact] = frozenset(),
) -> Layer:
    return Layer(
        name=name,
        init=init,
        call=_function(name, gives=gives, low=low, high=high, axis=axis, facts=facts),
    )


def _method(name: str, row: Function) -> Method:
    return Method(name=f"torch.Tensor.{name}", row=row)


# What SiLU, GELU, Mish and hardswish sink to, rounded away from zero.
_SILU_LOW = -0.2785
_GELU_LOW = -0.17005
_MISH_LOW = -0.3089
_HARDSWISH_LOW = -0.375
_SELU_LOW = -1.7581

# -- to probabilities and back ----------------------------------------------------------------------------------------

_softmax = _function(
    "torch.softmax",
    "input, dim, dtype=None",
    gives=Kind.SOFTMAX,
    axis="dim",
    facts=_ORDERED,
    aliases=("torch.special.softmax",),
)
_log_softmax = _function(
    "torch.log_softmax",
    "input, dim, dtype=None",
    gives=Kind.LOG_SOFTMAX,
    axis="dim",
    facts=_ORDERED,
    aliases=("torch.special.log_softmax",),
)
_sigmoid = _function(
    "torch.sigmoid",
    gives=Kind.SIGMOID,
    facts=_ORDERED,
    aliases=("torch.special.expit", "torch.sigmoid_"),
)
_logit = _function(
    "torch.logit", "input, eps=None", gives=LOGIT, facts=_ORDERED, aliases=("torch.special.logit", "torch.logit_")
)

PROBABILITIES: tuple[Row, ...] = (
    _softmax,
    _method("softmax", _softmax),
    _function(
        "torch.nn.functional.softmax",
        "input, dim=None, _stacklevel=3, dtype=None",
        gives=Kind.SOFTMAX,
        axis="dim",
        facts=_GUESSES,
    ),
    _layer("torch.nn.Softmax", "dim=None", gives=Kind.SOFTMAX, axis="dim", facts=_GUESSES),
    _layer("torch.nn.Softmax2d", gives=Kind.SOFTMAX, axis=-3, facts=_ORDERED),
    _function(
        "torch.nn.functional.softmin",
        "input, dim=None, _stacklevel=3, dtype=None",
        gives=Kind.SOFTMAX,
        axis="dim",
        facts=_GUESSES_REVERSED,
    ),
    _layer("torch.nn.Softmin", "dim=None", gives=Kind.SOFTMAX, axis="dim", facts=_GUESSES_REVERSED),
    _log_softmax,
    _method("log_softmax", _log_softmax),
    _function(
        "torch.nn.functional.log_softmax",
        "input, dim=None, _stacklevel=3, dtype=None",
        gives=Kind.LOG_SOFTMAX,
        axis="dim",
        facts=_GUESSES,
    ),
    _layer("torch.nn.LogSoftmax", "dim=None", gives=Kind.LOG_SOFTMAX, axis="dim", facts=_GUESSES),
    # A hard sample is a one-hot decision that passes gradients on: no kind of ours.
    _function(
        "torch.nn.functional.gumbel_softmax",
        "logits, tau=1, hard=False, eps=1e-10, dim=-1",
        takes={"logits": subject(Want.LOGITS_PARAMETER)},
        gives=Depends("hard", {False: Kind.SOFTMAX}),
        axis="dim",
        facts=frozenset({Fact.SAMPLES}),
    ),
    _sigmoid,
    _method("sigmoid", _sigmoid),
    _method("sigmoid_", _sigmoid),
    _function("torch.nn.functional.sigmoid", gives=Kind.SIGMOID, facts=_ORDERED),
    _layer("torch.nn.Sigmoid", gives=Kind.SIGMOID, facts=_ORDERED),
    _function("torch.nn.functional.logsigmoid", gives=Kind.LOG_SIGMOID, facts=_ORDERED),
    _layer("torch.nn.LogSigmoid", gives=Kind.LOG_SIGMOID, facts=_ORDERED),
    _logit,
    _method("logit", _logit),
    _method("logit_", _logit),
)

# -- hidden activations -----------------------------------------------------------------------------------------------

_relu = _function("torch.relu", low=0, aliases=("torch.relu_", "torch.nn.functional.relu_"))
_tanh = _function("torch.tanh", low=-1, high=1, facts=_ORDERED, aliases=("torch.tanh_",))
_celu = _function(
    "torch.celu", "input, alpha=1.0", facts=_ORDERED, aliases=("torch.celu_", "torch.nn.functional.celu_")
)
_selu = _function("torch.selu", low=_SELU_LOW, facts=_ORDERED, aliases=("torch.selu_", "torch.nn.functional.selu_"))
_prelu = _function("torch.prelu", "input, weight", aliases=("torch.nn.functional.prelu",))
_hardshrink = _function("torch.hardshrink", "input, lambd=0.5", aliases=("torch.nn.functional.hardshrink",))

HIDDEN: tuple[Row, ...] = (
    _relu,
    _method("relu", _relu),
    _method("relu_", _relu),
    _function("torch.nn.functional.relu", "input, inplace=False", low=0),
    _layer("torch.nn.ReLU", "inplace=False", low=0),
    _function("torch.nn.functional.relu6", "input, inplace=False", low=0, high=6),
    _layer("torch.nn.ReLU6", "inplace=False", low=0, high=6),
    _tanh,
    _method("tanh", _tanh),
    _method("tanh_", _tanh),
    _function("torch.nn.functional.tanh", low=-1, high=1, facts=_ORDERED),
    _layer("torch.nn.Tanh", low=-1, high=1, facts=_ORDERED),
    _function(
        "torch.nn.functional.hardtanh", "input, min_val=-1.0, max_val=1.0, inplace=False", low="min_val", high="max_val"
    ),
    _function("torch.nn.functional.hardtanh_", "input, min_val=-1.0, max_val=1.0", low="min_val", high="max_val"),
    _layer(
        "torch.nn.Hardtanh",
        "min_val=-1.0, max_val=1.0, inplace=False, min_value=None, max_value=None",
        low="min_val",
        high="max_val",
    ),
    _function("torch.nn.functional.hardsigmoid", "input, inplace=False", low=0, high=1),
    _layer("torch.nn.Hardsigmoid", "inplace=False", low=0, high=1),
    _function("torch.nn.functional.softplus", "input, beta=1, threshold=20", low=0, facts=_ORDERED),
    _layer("torch.nn.Softplus", "beta=1.0, threshold=20.0", low=0, facts=_ORDERED),
    _function("torch.nn.functional.softsign", low=-1, high=1, facts=_ORDERED),
    _layer("torch.nn.Softsign", low=-1, high=1, facts=_ORDERED),
    _function("torch.nn.functional.gelu", "input, *, approximate='none'", low=_GELU_LOW),
    _layer("torch.nn.GELU", "approximate='none'", low=_GELU_LOW),
    _function("torch.nn.functional.silu", "input, inplace=False", low=_SILU_LOW),
    _layer("torch.nn.SiLU", "inplace=False", low=_SILU_LOW),
    _function("torch.nn.functional.mish", "input, inplace=False", low=_MISH_LOW),
    _layer("torch.nn.Mish", "inplace=False", low=_MISH_LOW),
    _function("torch.nn.functional.hardswish", "input, inplace=False", low=_HARDSWISH_LOW),
    _layer("torch.nn.Hardswish", "inplace=False", low=_HARDSWISH_LOW),
    _function("torch.nn.functional.elu", "input, alpha=1.0, inplace=False", facts=_ORDERED),
    _function("torch.nn.functional.elu_", "input, alpha=1.0", facts=_ORDERED),
    _layer("torch.nn.ELU", "alpha=1.0, inplace=False", facts=_ORDERED),
    _selu,
    _function("torch.nn.functional.selu", "input, inplace=False", low=_SELU_LOW, facts=_ORDERED),
    _layer("torch.nn.SELU", "inplace=False", low=_SELU_LOW, facts=_ORDERED),
    _celu,
    _function("torch.nn.functional.celu", "input, alpha=1.0, inplace=False", facts=_ORDERED),
    _layer("torch.nn.CELU", "alpha=1.0, inplace=False", facts=_ORDERED),
    _function("torch.nn.functional.leaky_relu", "input, negative_slope=0.01, inplace=False", facts=_ORDERED),
    _function("torch.nn.functional.leaky_relu_", "input, negative_slope=0.01", facts=_ORDERED),
    _layer("torch.nn.LeakyReLU", "negative_slope=0.01, inplace=False", facts=_ORDERED),
    _prelu,
    _method("prelu", _prelu),
    _layer("torch.nn.PReLU", "num_parameters=1, init=0.25, device=None, dtype=None"),
    _function(
        "torch.nn.functional.rrelu", "input, lower=0.125, upper=0.3333333333333333, training=False, inplace=False"
    ),
    _layer("torch.nn.RReLU", "lower=0.125, upper=0.3333333333333333, inplace=False"),
    _function("torch.nn.functional.tanhshrink", facts=_ORDERED),
    _layer("torch.nn.Tanhshrink", facts=_ORDERED),
    _function("torch.nn.functional.softshrink", "input, lambd=0.5"),
    _layer("torch.nn.Softshrink", "lambd=0.5"),
    _hardshrink,
    _method("hardshrink", _hardshrink),
    _layer("torch.nn.Hardshrink", "lambd=0.5"),
)

ROWS: tuple[Row, ...] = (*PROBABILITIES, *HIDDEN)
