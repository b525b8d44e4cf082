"""The tables are proved, not trusted: every row is held against the library it describes.

Wherever numbers can tell, the claim of a row is *derived* from what the function does to a battery of scores and then
compared, so that a kind, an axis, a bound or a fact that is flipped or dropped is noticed. Where numbers cannot tell (a
probability that was a softmax looks like one that was a sigmoid), the law is restated here and held against numbers.
"""

from __future__ import annotations

import ast
import copy
import importlib
import inspect
import math
import operator
import re
import sys
import warnings
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pytest
import scipy.sparse
import torch
from torch import nn
from torch.nn import functional
from torch.utils._python_dispatch import TorchDispatchMode

from logitlint.frameworks import (
    mathematics,
    python,
    torch_activations,
    torch_distributions,
    torch_layers,
    torch_losses,
    torch_operations,
)
from logitlint.frameworks import numpy as numpy_table
from logitlint.frameworks import torch as torch_table
from logitlint.frameworks.catalog import catalog
from logitlint.frameworks.vocabulary import (
    Axes,
    Base,
    Depends,
    Fact,
    Function,
    Holds,
    Layer,
    Method,
    Property,
    Role,
    Row,
    Runs,
    SameAs,
    Scope,
    Takes,
    Want,
)
from logitlint.kinds import LOG_PROBABILITIES, NOTHING, PROBABILITIES, Kind
from logitlint.numerics.adapters import to_array
from logitlint.numerics.classify import classify

Call = Callable[..., Any]
TABLES: tuple[Row, ...] = (*torch_table.ROWS, *numpy_table.ROWS, *python.ROWS)
MISSING = object()


pytestmark = [
    pytest.mark.filterwarnings("ignore:.NLLLoss2d. has been deprecated:FutureWarning"),
    pytest.mark.filterwarnings("ignore:.nn.functional.upsample. is deprecated:UserWarning"),
]


@pytest.fixture(autouse=True)
def _seeded() -> None:
    torch.manual_seed(7)


def named(row: Row) -> str:
    return row.name


def find(path: str) -> Any:
    """The object a qualified name stands for."""
    parts = path.split(".")
    found: Any = importlib.import_module(parts[0])
    for length, part in enumerate(parts[1:], 2):
        found = getattr(found, part) if hasattr(found, part) else importlib.import_module(".".join(parts[:length]))
    return found


def signature(text: str) -> inspect.Signature:
    return inspect.signature(eval(f"lambda {text}: None"))


def parameters(text: str) -> list[str]:
    return list(signature(text).parameters)


def scores(*shape: int, size: float = 3.0) -> torch.Tensor:
    return size * torch.randn(*shape, dtype=torch.float64)


def numbers(value: Any) -> Any:
    """The numbers of a result, the first of several results."""
    return to_array(value[0] if isinstance(value, tuple) else value)


def select(fact: Any, arguments: Mapping[str, object]) -> Any:
    """What a row says for the given literal arguments."""
    while isinstance(fact, Depends):
        fact = fact.cases.get(arguments[fact.argument])  # type: ignore[call-overload]
    return fact


def witnesses(kind: Kind) -> list[torch.Tensor]:
    """Numbers of one kind, classes on axis 1: several classes, and two."""
    found = []
    for classes in (5, 2):
        x = scores(6, classes)
        found.append(
            {
                Kind.LOGITS: x,
                Kind.ACTIVATED: torch.tanh(x),
                Kind.SOFTMAX: torch.softmax(x, 1),
                Kind.SIGMOID: torch.sigmoid(x),
                Kind.PROBABILITY: torch.sigmoid(x) * torch.softmax(x, 1),
                Kind.LOG_SOFTMAX: torch.log_softmax(x, 1),
                Kind.LOG_SIGMOID: functional.logsigmoid(x),
                Kind.LOG_PROBABILITY: functional.logsigmoid(x) + torch.log_softmax(x, 1),
                Kind.ONE_HOT: torch.eye(classes, dtype=torch.float64)[torch.arange(6) % classes],
                Kind.CLASS_INDEX: torch.arange(6.0, dtype=torch.float64)[:, None] % classes,
                Kind.DECISION: (torch.sigmoid(x) > 0.5).double(),
                Kind.LOSS: x[:1, :1].abs(),
                Kind.PARAMETER: x,
            }[kind]
        )
    return found


# -- names and signatures ---------------------------------------------------------------------------------------------

# PyTorch hides these behind `*args, **kwargs`; the second function carries the signature, or the class before it.
DISPATCHED = {
    **{
        f"torch.nn.functional.{pool}max_pool{n}d": f"torch.nn.functional.{pool}max_pool{n}d_with_indices"
        for pool in ("", "adaptive_")
        for n in (1, 2, 3)
    },
    "torch.nn.NLLLoss2d": "torch.nn.NLLLoss",
}
# Parameters the row calls otherwise, with what the library calls them.
RENAMED = {
    "torch.nn.PoissonNLLLoss": {"input": "log_input"},
    "torch.Tensor.split": {"input": "self"},
    "torch.Tensor.unflatten": {"input": "self"},
}


def agree(row: inspect.Signature, real: inspect.Signature, renamed: Mapping[str, str]) -> bool:
    """Same parameters in the same order; same defaults where the library's is a literal."""
    ours, theirs = list(row.parameters.values()), list(real.parameters.values())
    if [(renamed.get(each.name, each.name), each.kind) for each in ours] != [(each.name, each.kind) for each in theirs]:
        return False
    for mine, other in zip(ours, theirs, strict=True):
        if (mine.default is mine.empty) != (other.default is other.empty):
            return False
        literal = isinstance(other.default, str | int | float | bool | tuple | None)
        if other.default is not other.empty and literal and mine.default != other.default:
            return False
    return True


@pytest.mark.parametrize("row", TABLES, ids=named)
def test_the_name_exists(row: Row) -> None:
    assert find(row.name) is not None


def known_parameters(name: str) -> set[str]:
    """Every parameter that any overload of a C function has, by its C++ schema and its documentation."""
    last = name.rpartition(".")[2]
    schemas = torch._C._jit_get_schemas_for_operator(f"aten::{last}") if name.startswith("torch.") else []
    known = {argument.name for schema in schemas for argument in schema.arguments}
    known |= set(re.findall(r"\w+", (find(name).__doc__ or "").strip().partition("\n")[0]))
    if name == "torch.autograd.Variable":
        return {"data", "requires_grad", "volatile"}
    return known | {"input"} if name.startswith("torch.") else known


# The C++ schema says -1 and "all axes"; the documentation says None.
MISDOCUMENTED = {"torch.topk", "torch.amax", "torch.amin"}


def documented_defaults(name: str) -> dict[str, object]:
    """The literal defaults in the first line of a C function's documentation: ``gelu(input, approximate='none')``."""
    line = (find(name).__doc__ or "").strip().partition("\n")[0].partition(" -> ")[0]
    try:
        call = ast.parse(line, mode="eval").body
    except SyntaxError:
        return {}
    keywords = call.keywords if isinstance(call, ast.Call) else []
    return {each.arg: each.value.value for each in keywords if each.arg and isinstance(each.value, ast.Constant)}


@pytest.mark.parametrize("row", [row for row in TABLES if isinstance(row, Layer | Function | SameAs)], ids=named)
def test_the_signature_is_the_library_s(row: Layer | Function | SameAs) -> None:
    text = row.init if isinstance(row, Layer) else row.signature
    thing = find(DISPATCHED.get(row.name, row.name))
    try:
        real = inspect.signature(thing)
    except ValueError:
        # Written in C: the calls by keyword below prove the names, the documentation the defaults.
        assert keywords_of(row.name) <= set(parameters(text))
        assert set(parameters(text)) <= known_parameters(row.name)
        documented = {} if row.name in MISDOCUMENTED else documented_defaults(row.name)
        ours = literals_of(text, {})
        assert {name: ours.get(name) for name in documented if name != "out"} == {
            name: value for name, value in documented.items() if name != "out"
        }
        return
    assert agree(signature(text), real, {})


@pytest.mark.parametrize("row", [row for row in TABLES if isinstance(row, Layer) and row.call is not None], ids=named)
def test_a_layer_is_called_as_its_forward(row: Layer) -> None:
    assert row.call is not None
    assert row.call.name == row.name
    real = inspect.signature(find(row.name).forward)
    without_self = real.replace(parameters=list(real.parameters.values())[1:])
    assert agree(signature(row.call.signature), without_self, RENAMED.get(row.name, {}))


@pytest.mark.parametrize("row", [row for row in TABLES if isinstance(row, Method | Property)], ids=named)
def test_a_method_is_one_of_tensors(row: Method | Property) -> None:
    holder, _, last = row.name.rpartition(".")
    member = getattr(find(holder), last)
    assert callable(member) is isinstance(row, Method)


def keywords_of(name: str) -> set[str]:
    """The keywords with which the proofs below call a function, so that its parameters' names are proved too."""
    return {keyword for _, keywords in CALLS.get(name, [((), {})]) for keyword in keywords}


# -- nothing is missing -----------------------------------------------------------------------------------------------

NO_TABLE_WORD = "what it gives is none of the kinds"
TUPLES = "gives tuples of hidden states"
FEATURES = "learned features, which are scores of nothing"

LEFT_OUT = {
    "ChannelShuffle": "the channels' order is not followed",
    "Container": "gone since 2017",
    "CosineSimilarity": "a similarity in [-1, 1], which is often a scaled logit",
    "CrossMapLRN2d": NO_TABLE_WORD,
    "Embedding": FEATURES,
    "EmbeddingBag": FEATURES,
    "Fold": "adds what overlaps",
    "LPPool1d": NO_TABLE_WORD,
    "LPPool2d": NO_TABLE_WORD,
    "LPPool3d": NO_TABLE_WORD,
    "LinearCrossEntropyOptions": "no layer",
    "LocalResponseNorm": NO_TABLE_WORD,
    "Module": "a `Base`, proved below",
    "PairwiseDistance": "a distance",
    "ParameterDict": "holds parameters",
    "ParameterList": "holds parameters",
    "PixelUnshuffle": "space is moved into channels",
    "RMSNorm": "does not centre: what a ReLU left positive stays positive",
    "Threshold": "its two arguments decide the range",
    "Unfold": "repeats windows",
    **{f"FractionalMaxPool{n}d": "random windows" for n in (2, 3)},
    **{f"MaxUnpool{n}d": "fills with zeros" for n in (1, 2, 3)},
    **{
        f"{kind}Pad{n}d": "the edge is invented"
        for kind in ("Circular", "Constant", "Reflection", "Replication", "Zero")
        for n in (1, 2, 3)
    },
    **dict.fromkeys(
        ("GRU", "GRUCell", "LSTM", "LSTMCell", "RNN", "RNNBase", "RNNCell", "RNNCellBase", "MultiheadAttention"), TUPLES
    ),
    **dict.fromkeys(
        (
            "Transformer",
            "TransformerDecoder",
            "TransformerDecoderLayer",
            "TransformerEncoder",
            "TransformerEncoderLayer",
        ),
        FEATURES,
    ),
}

FUNCTIONS_LEFT_OUT = {
    **dict.fromkeys(
        ("affine_grid", "grid_sample", "fold", "unfold", "embedding", "embedding_bag", "pdist"), NO_TABLE_WORD
    ),
    **dict.fromkeys(("channel_shuffle", "native_channel_shuffle", "pixel_unshuffle"), "see their layers"),
    **dict.fromkeys(("cosine_similarity", "pairwise_distance", "normalize"), "a similarity or distance"),
    **dict.fromkeys(("threshold", "threshold_", "rms_norm", "local_response_norm"), "see their layers"),
    **dict.fromkeys((f"lp_pool{n}d" for n in (1, 2, 3)), NO_TABLE_WORD),
    **dict.fromkeys((f"max_unpool{n}d" for n in (1, 2, 3)), NO_TABLE_WORD),
    **dict.fromkeys((f"fractional_max_pool{n}d" for n in (2, 3)), "random windows"),
    **dict.fromkeys(
        (f"{pool}max_pool{n}d_with_indices" for pool in ("", "adaptive_") for n in (1, 2, 3)),
        "what stands behind `return_indices`",
    ),
    **dict.fromkeys((f"fractional_max_pool{n}d_with_indices" for n in (2, 3)), "random windows"),
    **dict.fromkeys(
        (
            "conv_tbc",
            "grouped_mm",
            "scaled_grouped_mm",
            "scaled_mm",
            "multi_head_attention_forward",
            "scaled_dot_product_attention",
        ),
        "attention and its arithmetic",
    ),
    **dict.fromkeys(("upsample_bilinear", "upsample_nearest", "rrelu_"), "deprecated spellings nobody writes"),
    **dict.fromkeys(
        (
            "assert_int_or_pair",
            "boolean_dispatch",
            "handle_torch_function",
            "has_torch_function",
            "has_torch_function_unary",
            "has_torch_function_variadic",
        ),
        "internal",
    ),
}


def test_every_layer_is_in_the_table_or_left_out_for_a_reason() -> None:
    absent = {name for name in nn.modules.__all__ if catalog().row(f"torch.nn.{name}") is None}
    assert absent == (set(LEFT_OUT) - {"Module"})


def test_every_functional_is_in_the_table_or_left_out_for_a_reason() -> None:
    public = {
        name
        for name, value in vars(functional).items()
        if name[0].islower() and callable(value) and not isinstance(value, type) and not inspect.ismodule(value)
    }
    absent = {name for name in public if catalog().row(f"torch.nn.functional.{name}") is None}
    assert absent == set(FUNCTIONS_LEFT_OUT)


_SERIES = (
    "chebyshev_polynomial_t chebyshev_polynomial_u chebyshev_polynomial_v chebyshev_polynomial_w hermite_polynomial_h "
    "hermite_polynomial_he laguerre_polynomial_l legendre_polynomial_p shifted_chebyshev_polynomial_t "
    "shifted_chebyshev_polynomial_u shifted_chebyshev_polynomial_v shifted_chebyshev_polynomial_w airy_ai bessel_j0 "
    "bessel_j1 bessel_y0 bessel_y1 i0 i0e i1 i1e modified_bessel_i0 modified_bessel_i1 modified_bessel_k0 "
    "modified_bessel_k1 scaled_modified_bessel_k0 scaled_modified_bessel_k1 spherical_bessel_j0 digamma gammainc "
    "gammaincc gammaln multigammaln polygamma psi zeta sinc erf erfc erfcx erfinv exp2 expm1 log1p"
)
SPECIAL_LEFT_OUT = {
    **dict.fromkeys(_SERIES.split(), NO_TABLE_WORD),
    "entr": "a term of an entropy, and no probability; of a negative number it is -inf, which no rule speaks of",
    "xlogy": "a product with a logarithm of another number",
    "xlog1py": "a product with a logarithm of another number",
    "ndtr": "the distribution of a normal variable: probabilities of another model than a sigmoid's",
    "log_ndtr": "its logarithm",
    "ndtri": "its inverse",
}


def test_every_special_function_is_in_the_table_or_left_out_for_a_reason() -> None:
    public = {name for name in dir(torch.special) if name[0].islower() and callable(getattr(torch.special, name))}
    absent = {name for name in public if catalog().row(f"torch.special.{name}") is None}
    assert absent == set(SPECIAL_LEFT_OUT)


def test_every_distribution_of_probabilities_or_logits_is_in_the_table() -> None:
    taking = {
        name
        for name in torch.distributions.__all__
        if isinstance(made := getattr(torch.distributions, name), type)
        and {"probs", "logits"} & set(inspect.signature(made).parameters)
    }
    assert {f"torch.distributions.{name}" for name in taking} == {row.name for row in torch_distributions.ROWS}


OPERATIONS = """
    abs abs_ absolute norm
    allclose amax amin argmax argmin as_tensor autocast bernoulli bilinear broadcast_to cat celu celu_ chunk clamp
    clamp_ clamp_max clamp_max_ clamp_min clamp_min_ clip clip_ clone compile concat concatenate conv1d conv2d
    conv3d conv_transpose1d conv_transpose2d conv_transpose3d detach eq exp exp_ flatten flip from_numpy gather ge
    greater greater_equal gt hardshrink hstack index_select inference_mode isclose le less less_equal log log_
    log_softmax logit logit_ lt masked_fill masked_select max mean min moveaxis movedim multinomial nan_to_num
    nan_to_num_ narrow ne neg neg_ negative negative_ no_grad not_equal permute prelu prod ravel relu relu_
    repeat_interleave reshape round select selu selu_ set_grad_enabled sigmoid sigmoid_ sign softmax split square
    square_ squeeze stack sum swapaxes swapdims t take_along_dim tanh tanh_ tensor tile topk transpose unbind
    unflatten unsqueeze vstack where zeros zeros_like empty empty_like full full_like ones ones_like amp.autocast
    autograd.Variable autograd.inference_mode autograd.no_grad autograd.set_grad_enabled cuda.amp.autocast
    cuda.amp.autocast_mode.autocast jit.ScriptModule jit.freeze jit.optimize_for_inference jit.script jit.trace
    nn.DataParallel nn.Module nn.SyncBatchNorm.convert_sync_batchnorm nn.parallel.data_parallel
    utils.checkpoint.checkpoint multiprocessing.Process multiprocessing.spawn nn.parallel.DistributedDataParallel
    nn.utils.parametrizations.orthogonal nn.utils.parametrizations.spectral_norm
    nn.utils.parametrizations.weight_norm nn.utils.rnn.pack_padded_sequence nn.utils.spectral_norm
    nn.utils.weight_norm special.expit special.log_softmax special.logit special.round special.softmax
    distributions.Bernoulli distributions.Binomial distributions.Categorical distributions.ContinuousBernoulli
    distributions.Geometric distributions.Multinomial distributions.NegativeBinomial distributions.OneHotCategorical
    distributions.OneHotCategoricalStraightThrough distributions.RelaxedBernoulli
    distributions.RelaxedOneHotCategorical logsumexp special.logsumexp distributed.fsdp.FullyShardedDataParallel
    optim.swa_utils.AveragedModel
"""
METHODS = """
    abs abs_ norm
    amax amin argmax argmin bernoulli bfloat16 bool broadcast_to chunk clamp clamp_ clamp_max clamp_max_ clamp_min
    clamp_min_ clip clip_ clone contiguous cpu cuda detach detach_ double eq exp exp_ expand expand_as flatten flip
    float gather ge greater greater_equal gt half hardshrink index_select int item le less less_equal log log_
    log_softmax logit logit_ long lt masked_fill masked_fill_ masked_select max mean min moveaxis movedim
    multinomial nan_to_num nan_to_num_ narrow ne neg neg_ negative negative_ not_equal numpy permute prelu prod
    ravel relu relu_ repeat repeat_interleave requires_grad_ reshape reshape_as round round_ select sigmoid sigmoid_
    sign softmax split square square_ squeeze squeeze_ sum swapaxes swapdims t take_along_dim tanh tanh_ tile to
    tolist topk transpose transpose_ type type_as unbind unflatten unsqueeze unsqueeze_ view view_as new_zeros
    new_empty new_ones new_full exponential_ backward logsumexp allclose isclose
"""


def names_of(rows: tuple[Row, ...]) -> set[str]:
    found = set()
    for row in rows:
        found |= {row.name, *getattr(row, "aliases", ())}
    return found


def test_every_operation_and_alias_is_there() -> None:
    layers = set(nn.modules.__all__) - {"Module"}
    listed = {
        name.removeprefix("torch.")
        for name in names_of(tuple(row for row in torch_table.ROWS if not isinstance(row, Method | Property)))
        if not name.startswith(("torch.nn.functional.", "torch.Tensor."))
        and name.removeprefix("torch.nn.") not in layers
    }
    assert listed == set(OPERATIONS.split())


def test_every_method_is_there() -> None:
    methods = {row.name for row in torch_table.ROWS if isinstance(row, Method)}
    assert {name.removeprefix("torch.Tensor.") for name in methods} == set(METHODS.split())
    assert {row.name for row in torch_table.ROWS if isinstance(row, Property)} == {
        "torch.Tensor.data",
        "torch.Tensor.T",
        "torch.Tensor.mT",
    }


@pytest.mark.parametrize("row", [row for row in TABLES if isinstance(row, Runs)], ids=named)
def test_what_runs_a_function_takes_it_so(row: Runs) -> None:
    real = inspect.signature(find(row.name)).parameters
    assert list(signature(row.signature).parameters) == list(real)
    assert row.function in real
    packs = [name for name, each in real.items() if each.kind is each.VAR_POSITIONAL]
    assert packs == ([] if row.packed else ["args"])
    assert {row.packed, row.keywords} - {None} <= real.keys()


STARTED = [row for row in TABLES if isinstance(row, Runs) and row.function == "target"]


@pytest.mark.parametrize("row", STARTED, ids=named)
def test_what_is_started_runs_its_target(row: Runs) -> None:
    assert (row.packed, row.keywords, row.lone, row.numbered) == ("args", "kwargs", False, False)
    seen: list[object] = []
    made = find(row.name)(target=lambda *args, **named: seen.append((args, named)), args=(1, 2), kwargs={"c": 3})
    made.run()
    assert seen == [((1, 2), {"c": 3})]


def test_spawn_puts_the_number_of_the_process_in_front(tmp_path: Path) -> None:
    row = catalog().row("torch.multiprocessing.spawn")
    assert isinstance(row, Runs)
    assert row.numbered
    seen: list[object] = []
    wrapped = sys.modules["torch.multiprocessing.spawn"]._wrap  # what runs in each process
    wrapped(lambda *args: seen.append(args), 7, (1, 2), tmp_path / "error")
    assert seen == [(7, 1, 2)]


def test_data_parallel_takes_one_input_for_a_tuple(monkeypatch: pytest.MonkeyPatch) -> None:
    """On a machine without an accelerator it asks for a device, and scatters among several: both are replaced."""
    row = catalog().row("torch.nn.parallel.data_parallel")
    assert isinstance(row, Runs)
    assert row.lone
    module = sys.modules["torch.nn.parallel.data_parallel"]
    monkeypatch.setattr(module, "_get_available_device_type", lambda: "cpu")
    monkeypatch.setattr(module, "_get_device_index", lambda device, *_: device)
    monkeypatch.setattr(module, "scatter_kwargs", lambda inputs, named, *_: ((inputs,), (named,)))

    class Adds(nn.Module):
        def forward(self, x: torch.Tensor, by: float) -> torch.Tensor:
            return x + by

    x = scores(4, 3)
    for given in (x, (x,)):
        assert torch.equal(nn.parallel.data_parallel(Adds(), given, [0], module_kwargs={"by": 2.0}), x + 2.0)


def test_checkpoint_runs_its_function() -> None:
    from torch.utils.checkpoint import checkpoint

    x = scores(4, 3)
    assert torch.equal(checkpoint(torch.softmax, x, 1, use_reentrant=False), torch.softmax(x, 1))


@pytest.mark.parametrize(
    ("alias", "row"),
    [(alias, row) for row in TABLES if not isinstance(row, Method | Property) for alias in getattr(row, "aliases", ())],
)
def test_an_alias_is_the_same(alias: str, row: Row) -> None:
    one, other = find(alias), find(row.name)
    assert catalog().row(alias) is row
    if isinstance(row, Base):
        assert issubclass(one, other)
    elif isinstance(row, Function) and row.enters is not None:
        assert one is other
    elif row.name in CALLS or row in torch_activations.ROWS:
        for args, kwargs in CALLS.get(row.name, [((), {"dim": 1} if "softmax" in row.name else {})]):
            x = SUBJECTS.get(row.name, torch.rand(4, 5, dtype=torch.float64))
            assert_same(one(copy.deepcopy(x), *args, **kwargs), other(copy.deepcopy(x), *args, **kwargs))
    elif isinstance(row, SameAs) and row.axes in (Axes.JOINED, Axes.PICKED):
        assert_same(one([[1.0, 2.0]]), other([[1.0, 2.0]])) if row.name.startswith("numpy") else assert_same(
            one([P, P], dim=1), other([P, P], dim=1)
        )
    else:
        assert one is other or one.__name__ == other.__name__


def assert_same(one: Any, other: Any) -> None:
    for each, twin in zip(
        *((value if isinstance(value, tuple | list) else (value,)) for value in (one, other)), strict=True
    ):
        assert np.array_equal(to_array(each), to_array(twin))


# -- activations ------------------------------------------------------------------------------------------------------

BUILT: dict[str, dict[str, object]] = {"torch.prelu": {"weight": torch.tensor([0.25], dtype=torch.float64)}}
# What may become of the order: a learned slope may turn negative, a random one differs from score to score.
WORST: dict[str, dict[str, object]] = {
    "torch.nn.PReLU": {"init": -0.25},
    "torch.prelu": {"weight": torch.tensor([-0.25], dtype=torch.float64)},
    "torch.nn.functional.rrelu": {"training": True},
}
# The lower bound is `-alpha`, which no word of the table says.
BOUND_BY_ARGUMENT = {"elu", "elu_", "ELU", "celu", "CELU"}


def activations() -> list[tuple[Row, Function, Callable[..., Call]]]:
    """Every row of the activations, with a factory: constructor or keyword arguments to a function of one tensor."""
    found: list[tuple[Row, Function, Callable[..., Call]]] = []
    for row in torch_activations.ROWS:
        if isinstance(row, Layer):
            assert isinstance(row.call, Function)
            found.append((row, row.call, lambda row=row, **given: find(row.name)(**given).double()))
        elif isinstance(row, Function | Method):
            call = row.row if isinstance(row, Method) else row
            found.append(
                (
                    row,
                    call,
                    lambda row=row, call=call, **given: (
                        lambda x: find(row.name)(x.clone(), **{**BUILT.get(call.name, {}), **given})
                    ),
                )
            )
    return found


ACTIVATIONS = activations()
ACTIVATION_IDS = [row.name for row, _, _ in ACTIVATIONS]


def axis_of_sums(values: torch.Tensor) -> int | None:
    """The one axis over which everything sums to one."""
    axes = [axis for axis in range(values.ndim) if torch.allclose(values.sum(axis), torch.ones((), dtype=values.dtype))]
    return axes[0] if len(axes) == 1 else None


def is_elementwise(function: Call) -> bool:
    x = scores(3, 4, 5)
    order = torch.randperm(x.numel())
    moved = function(x.flatten()[order].reshape(x.shape))
    return bool(torch.allclose(function(x).flatten()[order].reshape(x.shape), moved))


def derived_kind(function: Call, x: torch.Tensor) -> tuple[Kind | None, int | None]:
    """The kind, and the axis, that the numbers themselves show."""
    y = function(x)
    if bool((y >= 0).all()) and (axis := axis_of_sums(y)) is not None:
        return Kind.SOFTMAX, axis
    if bool((y <= 0).all()) and (axis := axis_of_sums(y.exp())) is not None:
        return Kind.LOG_SOFTMAX, axis
    grid = torch.linspace(-12, 12, 481, dtype=torch.float64)
    for inverse, kind in ((lambda p: p, Kind.SIGMOID), (torch.exp, Kind.LOG_SIGMOID)):
        p = inverse(function(grid))
        if bool(((p > 0) & (p < 1)).all()) and torch.allclose(p / (1 - p), grid.exp()):
            return kind, None
    return (Kind.ACTIVATED if is_elementwise(function) else None), None


def literals_of(text: str, given: Mapping[str, object]) -> dict[str, object]:
    return {
        name: each.default for name, each in signature(text).parameters.items() if each.default is not each.empty
    } | dict(given)


def arguments_of(row: Row, call: Function, given: Mapping[str, object]) -> dict[str, object]:
    return literals_of(row.init if isinstance(row, Layer) else call.signature, given)


@pytest.mark.parametrize(("row", "call", "build"), ACTIVATIONS, ids=ACTIVATION_IDS)
def test_an_activation_gives_the_kind_its_numbers_show(row: Row, call: Function, build: Callable[..., Call]) -> None:
    if call.name == "torch.logit":
        # It takes probabilities and maps kinds: see the laws.
        assert (call.axes, call.units, call.axis) == (Axes.KEPT, None, None)
        return
    assert call.axes is Axes.KEPT
    assert call.units is None
    x = scores(4, 5, 6, 7)
    dims: list[dict[str, object]] = [{"dim": dim} for dim in (0, 1, 3, -1, -2)] if call.axis == "dim" else [{}]
    for given in dims:
        kind, axis = derived_kind(build(**given).eval() if isinstance(row, Layer) else build(**given), x)
        arguments = arguments_of(row, call, given)
        assert select(call.gives, arguments) is kind
        claimed = arguments[call.axis] if isinstance(call.axis, str) else call.axis
        assert axis == (None if claimed is None else claimed % x.ndim)
        assert build(**given)(x).shape == x.shape
    if not isinstance(call.axis, str):
        assert ("dim" in arguments_of(row, call, {})) is False
    if isinstance(call.axis, int):
        assert axis_of_sums(build()(scores(4, 5, 6))) == call.axis % 3
    extreme = build(**dims[0])(torch.tensor([[[[-1e4, -1.0, 0.0, 1e4]]]], dtype=torch.float64))
    assert not bool(extreme.isnan().any())


@pytest.mark.parametrize(("row", "call", "build"), ACTIVATIONS, ids=ACTIVATION_IDS)
def test_an_activation_stays_within_its_bounds_and_reaches_them(
    row: Row, call: Function, build: Callable[..., Call]
) -> None:
    if call.gives is not Kind.ACTIVATED:
        assert (call.low, call.high) == (None, None)
        return
    grid = torch.cat([torch.linspace(-1e4, 1e4, 2001), torch.linspace(-10, 10, 20001)]).double()
    for given in ({},) if isinstance(call.low, int | float | None) else ({}, {"min_val": 0.25, "max_val": 3.0}):
        arguments = arguments_of(row, call, given)
        low, high = (arguments[bound] if isinstance(bound, str) else bound for bound in (call.low, call.high))
        values = build(**given)(grid)
        lowest, highest = values.min().item(), values.max().item()
        if low is None:
            assert lowest < -50 or row.name.rpartition(".")[2] in BOUND_BY_ARGUMENT
        else:
            assert low <= lowest <= low + 1e-4 * max(1, abs(low)) + 1e-4
        assert highest > 50 if high is None else high - 1e-3 <= highest <= high
    if row.name.rpartition(".")[2] in BOUND_BY_ARGUMENT:
        assert float(build(alpha=3.0)(grid).min()) == pytest.approx(-3)


def is_monotone(function: Call, given: Mapping[str, object]) -> bool:
    """Whether the order of distinct scores is kept, in training as in evaluation."""
    if "dim" in given:
        x = scores(7, 40, size=2)
        return bool(torch.equal(function(x).argsort(1), x.argsort(1)))
    grid = torch.linspace(-8, 8, 641, dtype=torch.float64)
    return bool((function(grid).diff() > 0).all())


def warns_of_the_axis(function: Call) -> bool:
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        function(scores(3, 4))
    return any("Implicit dimension choice" in str(each.message) for each in caught)


@pytest.mark.parametrize(("row", "call", "build"), ACTIVATIONS, ids=ACTIVATION_IDS)
def test_the_facts_of_an_activation(row: Row, call: Function, build: Callable[..., Call]) -> None:
    given = {"dim": 1} if call.axis == "dim" else {}
    function = build(**given, **WORST.get(call.name, {}))
    found = set()
    if call.name == "torch.logit":
        assert bool((function(torch.linspace(0.01, 0.99, 99, dtype=torch.float64)).diff() > 0).all())
        found.add(Fact.MONOTONE)
    elif isinstance(call.axis, int):
        x = scores(3, 9, 1, 1)
        assert torch.equal(function(x).argsort(1), x.argsort(1))
        found.add(Fact.MONOTONE)
    elif is_monotone(function, given):
        found.add(Fact.MONOTONE)
    x = scores(5, 6)
    if call.name not in (
        "torch.nn.functional.rrelu",
        "torch.nn.RReLU",
        "torch.nn.Softmax2d",
        "torch.logit",
    ) and not torch.equal(function(x), function(x)):
        found.add(Fact.SAMPLES)
    if (
        call.axis == "dim"
        and literals_of(row.init if isinstance(row, Layer) else call.signature, {}).get("dim", 0) is None
    ):
        assert warns_of_the_axis(build())
        found.add(Fact.IMPLICIT_AXIS)
    assert call.facts == found
    assert call.enters is None
    assert not isinstance(row, Layer) or nothing_more(row)


def test_what_activations_take() -> None:
    for row, call, _ in ACTIVATIONS:
        first = parameters(call.signature)[0]
        want = Want.LOGITS_PARAMETER if row.name.endswith("gumbel_softmax") else None
        assert dict(call.takes) == {first: Takes(Role.SUBJECT, want)}


def test_a_gumbel_sample_is_drawn_from_normalised_scores_alike() -> None:
    x = scores(4, 5)
    drawn = []
    for logits in (x, x.log_softmax(1), x.softmax(1)):
        torch.manual_seed(0)
        drawn.append(functional.gumbel_softmax(logits))
    assert torch.allclose(drawn[0], drawn[1])
    assert not torch.allclose(drawn[0], drawn[2])
    hard = functional.gumbel_softmax(x, hard=True)
    assert Kind.ONE_HOT in classify(numbers(hard), 1)
    row = catalog().row("torch.nn.functional.gumbel_softmax")
    assert isinstance(row, Function)
    assert select(row.gives, {"hard": True}) is None


# -- losses -----------------------------------------------------------------------------------------------------------

LOSS_ROWS = [row for row in torch_losses.ROWS if isinstance(row, Function | Layer)]

# What each reads its prediction and its target as: the function, the class.
READS: dict[str, tuple[Want | None, Want | None]] = {
    "cross_entropy CrossEntropyLoss": (Want.CLASS_LOGITS, Want.CLASSES),
    "nll_loss NLLLoss NLLLoss2d": (Want.CLASS_LOG_PROBABILITIES, Want.CLASS_INDEX),
    "binary_cross_entropy BCELoss": (Want.LABEL_PROBABILITIES, Want.LABELS),
    "binary_cross_entropy_with_logits BCEWithLogitsLoss": (Want.LABEL_LOGITS, Want.LABELS),
    "multilabel_soft_margin_loss MultiLabelSoftMarginLoss": (Want.LABEL_LOGITS, Want.LABELS),
    "soft_margin_loss SoftMarginLoss": (Want.LABEL_LOGITS, Want.SIGNS),
    "kl_div KLDivLoss": (Want.CLASS_LOG_PROBABILITIES, Want.DISTRIBUTION),
    "ctc_loss CTCLoss": (Want.CLASS_LOG_PROBABILITIES, Want.CLASS_INDEX),
    "mse_loss MSELoss": (Want.SCORES, None),
    "l1_loss L1Loss": (Want.SCORES, None),
    "smooth_l1_loss SmoothL1Loss": (Want.SCORES, None),
    "huber_loss HuberLoss": (Want.SCORES, None),
    "poisson_nll_loss PoissonNLLLoss": (Want.SCORES, None),
    "gaussian_nll_loss GaussianNLLLoss": (Want.SCORES, None),
    "multi_margin_loss MultiMarginLoss": (Want.SCORES, Want.CLASS_INDEX),
    "multilabel_margin_loss MultiLabelMarginLoss": (Want.SCORES, Want.CLASS_INDEX),
    "hinge_embedding_loss HingeEmbeddingLoss": (Want.SCORES, Want.SIGNS),
    "margin_ranking_loss MarginRankingLoss": (Want.SCORES, Want.SIGNS),
    "cosine_embedding_loss CosineEmbeddingLoss": (None, Want.SIGNS),
    "linear_cross_entropy LinearCrossEntropyLoss": (None, Want.CLASSES),
    "triplet_margin_loss TripletMarginLoss": (None, None),
    "triplet_margin_with_distance_loss TripletMarginWithDistanceLoss": (None, None),
}
READ = {name: wants for names, wants in READS.items() for name in names.split()}
# Losses of distances: they have no prediction.
UNPREDICTED = (
    "cosine_embedding_loss",
    "linear_cross_entropy",
    "triplet_margin_loss",
    "triplet_margin_with_distance_loss",
)
UNTARGETED = ("triplet_margin_loss", "triplet_margin_with_distance_loss")


def short(row: Row) -> str:
    return row.name.rpartition(".")[2]


def family(row: Row) -> str:
    """The function's name, also for the class."""
    return next(names.split()[0] for names in READS if short(row) in names.split())


def loss_of(row: Function | Layer, **given: object) -> Call:
    """The loss as a function of the prediction, the target and what else it needs."""
    if isinstance(row, Layer):
        made: Call = find(row.name)(**given)
        return made
    return lambda *args: find(row.name)(*args, **given)


def called(row: Function | Layer) -> Function:
    if isinstance(row, Function):
        return row
    assert isinstance(row.call, Function)
    return row.call


def rest(row: Row, x: torch.Tensor) -> tuple[object, ...]:
    """What is given after prediction and target."""
    return (torch.ones_like(x),) if family(row) == "gaussian_nll_loss" else ()


@pytest.mark.parametrize("row", LOSS_ROWS, ids=named)
def test_a_loss_reads_what_its_row_says(row: Function | Layer) -> None:
    call = called(row)
    prediction, target = READ[short(row)]
    roles: dict[Role, list[Takes]] = {}
    for takes in call.takes.values():
        roles.setdefault(takes.role, []).append(takes)
    arguments = arguments_of(row, call, {})
    assert [select(takes.want, arguments) for takes in roles.get(Role.PREDICTION, [])] == (
        [] if family(row) in UNPREDICTED else [prediction]
    )
    assert [select(takes.want, arguments) for takes in roles.get(Role.TARGET, [])] == (
        [] if family(row) in UNTARGETED else [target]
    )
    assert [takes.want for takes in roles.get(Role.OTHER, [])] == (
        [Want.SCORES] if family(row) == "margin_ranking_loss" else []
    )
    assert call.gives is Kind.LOSS
    order = [name for name in parameters(call.signature) if name in call.takes]
    assert [call.takes[name].role for name in order][: len(roles.get(Role.PREDICTION, []))] == [Role.PREDICTION] * len(
        roles.get(Role.PREDICTION, [])
    )


@pytest.mark.parametrize("row", LOSS_ROWS, ids=named)
def test_class_weights_are_the_only_tensors_a_loss_is_built_with(row: Function | Layer) -> None:
    weights = {"weight", "pos_weight"}
    text, takes = (row.init, row.takes) if isinstance(row, Layer) else (row.signature, row.takes)
    assert {name for name, each in takes.items() if each == Takes(Role.WEIGHT)} == weights & set(parameters(text))
    if isinstance(row, Layer):
        assert set(row.takes) <= weights
        assert all(each.role is not Role.WEIGHT for each in called(row).takes.values())


def reference_cross_entropy(x: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
    top = x.max(1, keepdim=True).values
    return (top[:, 0] + (x - top).exp().sum(1).log() - x[torch.arange(len(x)), y]).mean()


def reference_binary(x: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
    return (torch.logaddexp(torch.zeros_like(x), x) - x * y).mean()


def losses(*wants: Want, target: bool = False) -> Any:
    rows = [
        row for row in LOSS_ROWS if READ[short(row)][target] in wants and family(row) not in ("linear_cross_entropy",)
    ]
    assert rows
    return pytest.mark.parametrize("row", rows, ids=named)


BATTERY = [0.01, 1.0, 30.0]


@losses(Want.CLASS_LOGITS)
def test_class_logits_are_normalised_by_the_loss(row: Function | Layer) -> None:
    loss, y = loss_of(row), torch.arange(8) % 5
    for size in BATTERY:
        x = scores(8, 5, size=size)
        assert torch.allclose(loss(x, y), reference_cross_entropy(x, y))
        assert torch.allclose(loss(x + scores(8, 1), y), reference_cross_entropy(x, y))
        assert not torch.allclose(loss(x.softmax(1), y), reference_cross_entropy(x, y))


@losses(Want.CLASS_LOG_PROBABILITIES)
def test_log_probabilities_are_read_as_they_are(row: Function | Layer) -> None:
    x = scores(8, 5)
    logs = x.log_softmax(1)
    y = torch.arange(8) % 5
    if family(row) == "nll_loss":
        loss = loss_of(row)
        assert torch.allclose(loss(logs, y), reference_cross_entropy(x, y))
        assert not torch.allclose(loss(x, y), reference_cross_entropy(x, y))
    elif family(row) == "kl_div":
        q = scores(8, 5).softmax(1)
        loss = loss_of(row, reduction="sum")
        assert torch.allclose(loss(logs, q), (q * (q.log() - logs)).sum())
        assert not torch.allclose(loss(x, q), loss(logs, q))
    else:
        logs = scores(2, 1, 2).log_softmax(2)
        p = logs.exp()[:, 0]
        loss = loss_of(row, reduction="sum")
        paths = p[0, 1] * p[1, 1] + p[0, 0] * p[1, 1] + p[0, 1] * p[1, 0]
        lengths = torch.tensor([2]), torch.tensor([1])
        assert torch.allclose(loss(logs, torch.tensor([[1]]), *lengths), -paths.log())
        assert not torch.allclose(loss(logs + 1, torch.tensor([[1]]), *lengths), -paths.log())


@losses(Want.LABEL_LOGITS)
def test_label_logits_are_squashed_by_the_loss(row: Function | Layer) -> None:
    loss = loss_of(row)
    y = (torch.arange(40).reshape(8, 5) % 3 == 0).double()
    given = 2 * y - 1 if READ[short(row)][1] is Want.SIGNS else y
    for size in BATTERY:
        x = scores(8, 5, size=size)
        assert torch.allclose(loss(x, given), reference_binary(x, y))
        assert not torch.allclose(loss(x.sigmoid(), given), reference_binary(x, y))


@losses(Want.LABEL_PROBABILITIES)
def test_label_probabilities_are_read_as_they_are(row: Function | Layer) -> None:
    loss, x = loss_of(row), scores(8, 5)
    y = (torch.arange(40).reshape(8, 5) % 3 == 0).double()
    assert torch.allclose(loss(x.sigmoid(), y), reference_binary(x, y))


@losses(Want.SCORES)
def test_scores_may_be_any_number(row: Function | Layer) -> None:
    loss = loss_of(row)
    low, high = (torch.full((3, 4), value, dtype=torch.float64, requires_grad=True) for value in (-40.0, 40.0))
    y: torch.Tensor = torch.full((3, 4), 0.5, dtype=torch.float64)
    if READ[short(row)][1] is Want.CLASS_INDEX:
        y = (
            torch.zeros(3, dtype=torch.long)
            if family(row) == "multi_margin_loss"
            else torch.tensor([[1, -1, -1, -1]] * 3)
        )
    elif READ[short(row)][1] is Want.SIGNS:
        y = torch.ones(3, 4, dtype=torch.float64)
    for x in (low, high):
        other = (torch.zeros_like(x),) if family(row) == "margin_ranking_loss" else ()
        value = loss(x, *other, y, *rest(row, x))
        assert bool(value.isfinite())
        assert value.ndim == 0
        if READ[short(row)][1] is None:
            value.backward()
            assert x.grad is not None


def test_a_rate_may_be_any_number_only_as_a_logarithm() -> None:
    x, y = -torch.ones(3, dtype=torch.float64), torch.ones(3, dtype=torch.float64)
    for row in LOSS_ROWS:
        if family(row) == "poisson_nll_loss":
            assert bool(loss_of(row)(x, y).isfinite())
            assert bool(loss_of(row, log_input=False)(x, y).isnan())
            want = called(row).takes["input"].want
            assert select(want, {"log_input": True}) is Want.SCORES
            assert select(want, {"log_input": False}) is None


@losses(Want.CLASS_INDEX, Want.CLASSES, target=True)
def test_targets_that_are_classes(row: Function | Layer) -> None:
    loss = loss_of(row)
    wanted = READ[short(row)][1]
    if family(row) == "ctc_loss":
        logs, lengths = scores(3, 1, 4).log_softmax(2), (torch.tensor([3]), torch.tensor([1]))
        assert bool(loss(logs, torch.tensor([[2]]), *lengths).isfinite())
        assert loss(logs, torch.tensor([[2]]), *lengths) != loss(logs, torch.tensor([[3]]), *lengths)
        return
    x = scores(3, 4)
    y = torch.tensor([0, 1, 3])
    if family(row) == "multilabel_margin_loss":
        y = torch.tensor([[1, 0, -1, -1], [2, -1, -1, -1], [3, 1, 0, -1]])
    value = loss(x, y)
    one_hot = torch.eye(4, dtype=torch.float64)[y.clamp(min=0)[..., 0] if y.ndim == 2 else y]
    if wanted is Want.CLASSES:
        assert torch.allclose(loss(x, one_hot), value)
    else:
        with pytest.raises((RuntimeError, ValueError)):
            loss(x, one_hot)


@losses(Want.LABELS, target=True)
def test_targets_that_are_labels_may_be_soft(row: Function | Layer) -> None:
    loss, x = loss_of(row), scores(3, 4).sigmoid()
    zeros, ones = torch.zeros_like(x), torch.ones_like(x)
    assert torch.allclose(loss(x, ones / 2), (loss(x, zeros) + loss(x, ones)) / 2)
    assert float(loss(ones, ones)) < float(loss(ones, zeros))
    if READ[short(row)][0] is Want.LABEL_PROBABILITIES:
        with pytest.raises(RuntimeError):
            loss(ones + 1, ones)


@losses(Want.SIGNS, target=True)
def test_targets_that_are_signs_teach_nothing_at_zero(row: Function | Layer) -> None:
    x = (scores(3, 4) - 9).requires_grad_()
    second = (torch.zeros_like(x),) if family(row) in ("margin_ranking_loss", "cosine_embedding_loss") else ()
    y = torch.zeros(3, dtype=torch.float64) if family(row) == "cosine_embedding_loss" else torch.zeros_like(x)
    loss = loss_of(row, margin=1.0) if family(row) != "soft_margin_loss" else loss_of(row)
    loss(x, *second, y).backward()
    assert x.grad is not None
    assert not bool(x.grad.any())


@losses(Want.DISTRIBUTION, target=True)
def test_the_target_of_a_divergence(row: Function | Layer) -> None:
    p = scores(3, 4).softmax(1)
    want = called(row).takes["target"].want
    for logarithm, given in ((False, p), (True, p.log())):
        assert float(loss_of(row, log_target=logarithm, reduction="sum")(p.log(), given)) == pytest.approx(0, abs=1e-12)
        assert select(want, {"log_target": logarithm}) is (Want.LOG_DISTRIBUTION if logarithm else Want.DISTRIBUTION)


def a_call(row: Function | Layer) -> tuple[object, ...]:
    """Arguments with which a loss can be called."""
    x = torch.rand(3, 4, dtype=torch.float64, requires_grad=True)
    y: torch.Tensor = torch.ones(3, 4, dtype=torch.float64)
    match family(row):
        case "cross_entropy" | "nll_loss" | "multi_margin_loss":
            return x, torch.tensor([0, 1, 3])
        case "multilabel_margin_loss":
            return x, torch.tensor([[1, -1, -1, -1]] * 3)
        case "ctc_loss":
            return x[:, None], torch.tensor([[1]]), torch.tensor([3]), torch.tensor([1])
        case "margin_ranking_loss":
            return x, x.detach(), y
        case "cosine_embedding_loss":
            return x, x.detach(), y[:, 0]
        case "triplet_margin_loss" | "triplet_margin_with_distance_loss":
            return x, y, -y
        case "linear_cross_entropy":
            features = torch.rand(3, 6, requires_grad=True)
            labels = torch.tensor([0, 1, 3])
            return (features, labels) if isinstance(row, Layer) else (features, torch.rand(4, 6), labels)
    return x, y, *rest(row, x)


def constructor(row: Function | Layer) -> dict[str, object]:
    return {"in_features": 6, "num_classes": 4} if short(row) == "LinearCrossEntropyLoss" else {}


class Recorder(TorchDispatchMode):
    """Notes every operator that is really run."""

    def __init__(self) -> None:
        super().__init__()
        self.run: list[tuple[Any, tuple[Any, ...], dict[str, Any]]] = []

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        self.run.append((func, args, kwargs or {}))
        return func(*args, **(kwargs or {}))


def refused_under_cuda_autocast(function: Call, *args: object) -> bool:
    """Whether PyTorch's autocast kernel for CUDA refuses one of the operators; it can be asked without a GPU."""
    with Recorder() as recorder:
        function(*args)
    keys = torch._C.DispatchKeySet(torch._C.DispatchKey.AutocastCUDA)
    for func, given, keywords in recorder.run:
        if not torch._C._dispatch_has_kernel_for_dispatch_key(func.name(), "AutocastCUDA"):
            continue
        try:
            func.redispatch(keys, *given, **keywords)
        except RuntimeError as error:
            if "unsafe to autocast" in str(error):
                return True
    return False


def complaint(error: type[Exception], function: Call) -> str:
    """What a call complains of; empty when it succeeds."""
    try:
        function()
    except error as raised:
        return str(raised)
    return ""


@pytest.mark.filterwarnings("ignore:reduction. 'mean' divides:UserWarning")
@pytest.mark.parametrize("row", LOSS_ROWS, ids=named)
def test_the_facts_of_a_loss(row: Function | Layer) -> None:
    args = a_call(row)
    loss = loss_of(row, **constructor(row))
    value = loss(*args)
    assert value.ndim == 0
    assert value.requires_grad
    found = {Fact.LOSS}
    if refused_under_cuda_autocast(loss, *args):
        found.add(Fact.RAISES_UNDER_AUTOCAST)
    if "between 0 and 1" in complaint(RuntimeError, lambda: loss(args[0] + 1.5, *args[1:])):  # type: ignore[operator]
        found.add(Fact.RAISES_OUTSIDE_UNIT)
    if not complaint(ValueError, lambda: loss_of(row, **constructor(row), reduction="batchmean")(*args)):
        assert torch.allclose(value * 12, loss_of(row, reduction="sum")(*args))
        found.add(Fact.DIVERGENCE)
    call = called(row)
    assert call.facts == found
    assert not isinstance(row, Layer) or row.facts == found
    assert (call.axes, call.axis, call.units, call.low, call.high, call.enters) == (Axes.KEPT, *[None] * 5)


@pytest.mark.filterwarnings("ignore:reduction. 'mean' divides:UserWarning")
@pytest.mark.parametrize("row", LOSS_ROWS, ids=named)
def test_a_loss_finds_its_roles_by_keyword(row: Function | Layer) -> None:
    order = [RENAMED.get(row.name, {}).get(name, name) for name in parameters(called(row).signature)]
    args = a_call(row)
    loss = loss_of(row, **constructor(row)) if isinstance(row, Layer) else find(row.name)
    assert torch.allclose(loss(**dict(zip(order, args, strict=False))), loss(*args))


# -- operations that keep the meaning ---------------------------------------------------------------------------------

P = torch.softmax(3 * torch.randn(2, 3, 4, 5, dtype=torch.float64, generator=torch.Generator().manual_seed(3)), 1)
"""Distributions over axis 1."""
SQUARE = P[0, :, :, 0]
INDEX = torch.zeros(2, 1, 4, 5, dtype=torch.long)


def given(*args: object, **kwargs: object) -> tuple[tuple[object, ...], dict[str, object]]:
    return args, kwargs


# How each operation is called, apart from its subject: by keyword, so that the names of its parameters are proved.
CALLS: dict[str, list[tuple[tuple[Any, ...], dict[str, Any]]]] = {
    **{f"torch.Tensor.{cast}": [given()] for cast in ("float", "double", "half", "bfloat16", "cpu", "contiguous")},
    "torch.Tensor.to": [given(torch.float32), given("cpu"), given(dtype=torch.float32)],
    "torch.Tensor.type": [given(dtype=torch.float32)],
    "torch.Tensor.type_as": [given(other=torch.zeros(1))],
    "torch.Tensor.requires_grad_": [given(), given(requires_grad=True)],
    "torch.Tensor.numpy": [given(force=True)],
    "torch.Tensor.item": [given()],
    "torch.Tensor.tolist": [given()],
    "torch.Tensor.data": [given()],
    "torch.detach": [given()],
    "torch.clone": [given()],
    "torch.tensor": [given(dtype=torch.float64)],
    "torch.as_tensor": [given(dtype=torch.float64)],
    "torch.from_numpy": [given()],
    "torch.autograd.Variable": [given(), given(requires_grad=False), given(volatile=False)],
    "torch.Tensor.view": [given(6, 20), given((6, 20)), given(-1)],
    "torch.Tensor.view_as": [given(other=torch.zeros(6, 20))],
    "torch.reshape": [given(shape=(6, 20))],
    "torch.Tensor.reshape": [given(6, 20), given((6, 20))],
    "torch.Tensor.reshape_as": [given(other=torch.zeros(6, 20))],
    "torch.squeeze": [given(), given(dim=2)],
    "torch.unsqueeze": [given(dim=1)],
    "torch.flatten": [given(), given(start_dim=1), given(start_dim=1, end_dim=2)],
    "torch.unflatten": [given(dim=2, sizes=(2, 2))],
    "torch.ravel": [given()],
    "torch.Tensor.expand": [given(2, 3, 4, 5), given(-1, -1, 4, -1)],
    "torch.Tensor.expand_as": [given(other=P)],
    "torch.broadcast_to": [given(size=(2, 3, 4, 5))],
    "torch.permute": [given(dims=(0, 2, 3, 1))],
    "torch.Tensor.permute": [given(0, 2, 3, 1), given((0, 2, 3, 1))],
    "torch.transpose": [given(dim0=1, dim1=3)],
    "torch.swapaxes": [given(axis0=1, axis1=3)],
    "torch.swapdims": [given(dim0=1, dim1=3)],
    "torch.movedim": [given(source=1, destination=-1)],
    "torch.t": [given()],
    "torch.Tensor.T": [given()],
    "torch.Tensor.mT": [given()],
    "torch.flip": [given(dims=(2,))],
    "torch.Tensor.flip": [given(2), given((2,))],
    "torch.gather": [given(dim=1, index=INDEX)],
    "torch.index_select": [given(dim=1, index=torch.tensor([0, 2]))],
    "torch.take_along_dim": [given(indices=INDEX, dim=1)],
    "torch.masked_select": [given(mask=P > 0.2)],
    "torch.narrow": [given(dim=1, start=1, length=2)],
    "torch.select": [given(dim=1, index=0)],
    "torch.chunk": [given(chunks=3, dim=1)],
    "torch.unbind": [given(dim=1)],
    "torch.split": [given(split_size_or_sections=1, dim=1)],
    "torch.Tensor.split": [given(split_size=1, dim=1)],
    "torch.Tensor.repeat": [given(1, 2, 1, 1), given((1, 2, 1, 1))],
    "torch.tile": [given(dims=(1, 2, 1, 1))],
    "torch.Tensor.tile": [given(1, 2, 1, 1)],
    "torch.repeat_interleave": [given(repeats=2, dim=1)],
    "torch.mean": [given(dim=2), given(dim=1, keepdim=True)],
    "torch.sum": [given(dim=2), given(dim=1, keepdim=True)],
    "torch.amax": [given(dim=1), given(dim=1, keepdim=True)],
    "torch.amin": [given(dim=1), given(dim=1, keepdim=True)],
    # Functions that map kinds.
    "torch.Tensor.long": [given()],
    "torch.Tensor.int": [given()],
    "torch.Tensor.bool": [given()],
    "torch.prod": [given(dim=1), given(dim=1, keepdim=True)],
    "torch.max": [given(dim=1), given(dim=1, keepdim=True)],
    "torch.min": [given(dim=1), given(dim=1, keepdim=True)],
    "torch.topk": [given(k=2, dim=1, largest=True, sorted=True)],
    "torch.argmax": [given(dim=1), given(dim=1, keepdim=True)],
    "torch.argmin": [given(dim=1), given(dim=1, keepdim=True)],
    **{
        f"torch.{name}": [given()]
        for name in ("abs", "log", "exp", "sign", "neg", "square", "sigmoid", "relu", "tanh", "celu", "selu", "logit")
    },
    "torch.hardshrink": [given(lambd=0.5)],
    "torch.prelu": [given(weight=torch.tensor([0.25], dtype=torch.float64))],
    "torch.round": [given(), given(decimals=0)],
    **{f"torch.{name}": [given(other=0.5)] for name in ("gt", "ge", "lt", "le", "eq", "ne")},
    "torch.where": [given(input=1, other=0)],
    "torch.clamp": [given(min=1e-7, max=1 - 1e-7)],
    "torch.clip": [given(min=1e-7, max=1 - 1e-7)],
    "torch.clamp_min": [given(min=1e-7)],
    "torch.clamp_max": [given(max=1 - 1e-7)],
    "torch.nan_to_num": [given(), given(nan=0.0, posinf=1.0, neginf=0.0)],
    "torch.nn.functional.glu": [given(dim=3), given()],
    "torch.masked_fill": [given(mask=torch.eye(2, 5, dtype=torch.bool)[0], value=-1e9)],
    "torch.nn.functional.pad": [given(pad=(1, 1), mode="constant", value=0.0)],
    "torch.nn.functional.one_hot": [given(num_classes=7)],
    "torch.multinomial": [given(num_samples=3, replacement=True)],
    "torch.bernoulli": [given()],
    "torch.logsumexp": [given(dim=1)],
    "torch.norm": [given(dim=1)],
    "torch.allclose": [given(other=P), given(other=P + 1)],
    "torch.isclose": [given(other=P), given(other=P + 1)],
}
SPATIAL = {
    n: torch.softmax(
        3 * torch.randn(2, 4, *(4,) * n, dtype=torch.float64, generator=torch.Generator().manual_seed(n)), 1
    )
    for n in (1, 2, 3)
}
for _n in (1, 2, 3):
    CALLS[f"torch.nn.functional.dropout{_n}d"] = [given(p=0.5, training=False)]
    CALLS[f"torch.nn.functional.avg_pool{_n}d"] = [given(kernel_size=2)]
    CALLS[f"torch.nn.functional.adaptive_avg_pool{_n}d"] = [given(output_size=2)]
    CALLS[f"torch.nn.functional.max_pool{_n}d"] = [given(kernel_size=2)]
    CALLS[f"torch.nn.functional.adaptive_max_pool{_n}d"] = [given(output_size=2)]
    CALLS[f"torch.nn.functional.conv{_n}d"] = [given(weight=torch.randn(6, 4, *(3,) * _n, dtype=torch.float64))]
    CALLS[f"torch.nn.functional.conv_transpose{_n}d"] = [
        given(weight=torch.randn(4, 6, *(3,) * _n, dtype=torch.float64))
    ]
for _name in ("dropout", "alpha_dropout", "feature_alpha_dropout"):
    CALLS[f"torch.nn.functional.{_name}"] = [given(p=0.5, training=False)]
for _name in ("interpolate", "upsample"):
    CALLS[f"torch.nn.functional.{_name}"] = [given(scale_factor=2, mode="bilinear")]
CALLS |= {
    "torch.nn.functional.pixel_shuffle": [given(upscale_factor=2)],
    "torch.nn.functional.linear": [given(weight=torch.randn(6, 4, dtype=torch.float64))],
    "torch.nn.functional.bilinear": [
        given(input2=torch.randn(2, 4, 4, 3, dtype=torch.float64), weight=torch.randn(6, 4, 3, dtype=torch.float64))
    ],
    "torch.nn.functional.batch_norm": [given(running_mean=None, running_var=None, training=True)],
    "torch.nn.functional.instance_norm": [given(use_input_stats=True)],
    "torch.nn.functional.layer_norm": [given(normalized_shape=(4, 4))],
    "torch.nn.functional.group_norm": [given(num_groups=2)],
}
SUBJECTS: dict[str, Any] = {
    "torch.squeeze": P[:, :, :1],
    "torch.Tensor.expand": P[:, :, :1],
    "torch.Tensor.expand_as": P[:, :, :1],
    "torch.broadcast_to": P[:, :, :1],
    "torch.t": SQUARE,
    "torch.Tensor.T": SQUARE,
    "torch.Tensor.item": P[0, 0, 0, 0],
    "torch.tensor": P.tolist(),
    "torch.from_numpy": P.numpy(),
    "torch.where": P > 0.5,
    "torch.multinomial": SQUARE,
    "torch.nn.functional.one_hot": torch.tensor([[0, 1, 3], [2, 2, 0]]),
    # The last axis is smaller than the mask is long: broadcast.
    **{
        f"torch.nn.functional.{name}{n}d": SPATIAL[n]
        for n in (1, 2, 3)
        for name in (
            "dropout",
            "avg_pool",
            "adaptive_avg_pool",
            "max_pool",
            "adaptive_max_pool",
            "conv",
            "conv_transpose",
        )
    },
    **{
        f"torch.nn.functional.{name}": SPATIAL[2]
        for name in (
            "interpolate",
            "upsample",
            "pixel_shuffle",
            "glu",
            "linear",
            "bilinear",
            "batch_norm",
            "instance_norm",
            "layer_norm",
            "group_norm",
        )
    },
}
# A wrapped module computes what the module computes.
MODULE_WRAPPERS = {
    "torch.distributed.fsdp.FullyShardedDataParallel",
    "torch.optim.swa_utils.AveragedModel",
    "torch.nn.DataParallel",
    "torch.nn.parallel.DistributedDataParallel",
    "torch.nn.SyncBatchNorm.convert_sync_batchnorm",
    "torch.compile",
    "torch.jit.script",
    "torch.jit.trace",
    "torch.jit.freeze",
    "torch.jit.optimize_for_inference",
    "torch.nn.utils.weight_norm",
    "torch.nn.utils.spectral_norm",
    "torch.nn.utils.parametrizations.weight_norm",
    "torch.nn.utils.parametrizations.spectral_norm",
    "torch.nn.utils.parametrizations.orthogonal",
}


def subject_of(name: str) -> Any:
    return SUBJECTS.get(name, P)


def call_by_name(row: Function | SameAs, kwargs: Mapping[str, object], args: tuple[object, ...], value: Any) -> Any:
    """Call an operation with its subject under the name of its first parameter."""
    function = find(row.name)
    first = parameters(row.signature)[0]
    if row.name.startswith(("torch.Tensor.", "numpy.ndarray.")) or args or first in positional_only(row.signature):
        return function(value, *args, **kwargs)
    return function(**{first: value}, **kwargs)


def positional_only(text: str) -> set[str]:
    return {name for name, each in signature(text).parameters.items() if each.kind is each.POSITIONAL_ONLY}


def derived_axes(before: np.ndarray, after: np.ndarray) -> Axes:
    """What the numbers show to have happened to distributions over axis 1."""
    if before.shape == after.shape and np.allclose(before, after, atol=5e-3):
        return Axes.KEPT
    old, new = np.sort(before, axis=None), np.sort(after, axis=None)
    if old.shape == new.shape and np.array_equal(old, new):
        moves = (np.moveaxis(before, a, b) for a in range(before.ndim) for b in range(before.ndim))
        swaps = (np.swapaxes(before, a, b) for a in range(before.ndim) for b in range(before.ndim))
        return Axes.PERMUTED if any(np.array_equal(each, after) for each in (*moves, *swaps)) else Axes.RESHAPED
    for axis in range(before.ndim):
        for largest in (before.max(axis=axis), before.min(axis=axis)):
            if np.array_equal(largest, after.reshape(largest.shape) if largest.size == after.size else after):
                return Axes.PICKED
    if np.isin(after, before).all():
        whole = after.ndim > 1 and after.shape[1] == before.shape[1] and np.allclose(after.sum(axis=1), 1)
        return Axes.RESHAPED if whole else Axes.SLICED
    if after.size < before.size and np.isclose(before.mean(), after.mean()):
        return Axes.POOLED
    if np.isclose(before.sum(), after.sum()):
        return Axes.SUMMED
    assert np.allclose(after.sum(axis=1), 1)
    return Axes.RESAMPLED


def same_rows() -> list[SameAs]:
    return [
        row.row
        if isinstance(row, Property)
        else row.row
        if isinstance(row, Method) and row.name == row.row.name
        else row
        for row in torch_table.ROWS
        if isinstance(row, SameAs)
        or (isinstance(row, Method | Property) and isinstance(row.row, SameAs) and row.name == row.row.name)
    ]  # type: ignore[misc]


SAME = [row for row in same_rows() if row.name not in MODULE_WRAPPERS and row.axes is not Axes.JOINED]


@pytest.mark.parametrize("row", SAME, ids=named)
def test_an_operation_keeps_what_its_axes_say(row: SameAs) -> None:
    if row.name == "torch.Tensor.cuda":
        assert "copy of this object in CUDA memory" in str(torch.Tensor.cuda.__doc__)
        assert (row.axes, row.subject) == (Axes.KEPT, "input")
        return
    assert row.subject == parameters(row.signature)[0]
    before = subject_of(row.name)
    for args, kwargs in CALLS[row.name]:
        if isinstance(
            getattr(torch.Tensor, row.name.rpartition(".")[2], None), type(torch.Tensor.T)
        ) and row.name.startswith("torch.Tensor."):
            after = getattr(before, row.name.rpartition(".")[2])
        else:
            after = call_by_name(row, kwargs, args, copy.deepcopy(before))
        derived = derived_axes(to_array(before), numbers(after))
        assert row.axes is (Axes.SLICED if row.name in SPREAD else derived)


def carries_gradient(function: Call, value: Any) -> bool:
    """Whether the result would still train what made its subject."""
    if not isinstance(value, torch.Tensor) or not value.is_floating_point():
        return False
    leaf = value.clone().requires_grad_()
    result = function(leaf * 1)
    first = result[0] if isinstance(result, tuple | list) else result
    if not isinstance(first, torch.Tensor) or not first.requires_grad:
        return False
    if first.is_leaf:
        return True
    (gradient,) = torch.autograd.grad(first.sum(), leaf, allow_unused=True)
    return gradient is not None and bool(gradient.any())


def by_property(row: SameAs | Function, kwargs: Mapping[str, object], args: tuple[object, ...]) -> Call:
    last = row.name.rpartition(".")[2]
    if row.name.startswith("torch.Tensor.") and not callable(getattr(torch.Tensor, last)):
        return lambda x: getattr(x, last)
    return lambda x: call_by_name(row, kwargs, args, x)


@pytest.mark.parametrize("row", SAME, ids=named)
def test_the_facts_of_an_operation(row: SameAs) -> None:
    if row.name == "torch.Tensor.cuda":
        assert row.facts == frozenset()
        return
    found = set()
    args, kwargs = CALLS[row.name][0]
    if not carries_gradient(by_property(row, kwargs, args), subject_of(row.name)):
        found.add(Fact.TRAINS_NOT)
    if "dropout" in row.name:
        ones = torch.ones(40, 40, *subject_of(row.name).shape[2:])
        assert not torch.equal(find(row.name)(ones, training=True), ones)
        found.add(Fact.DROPOUT)
    assert row.facts == found


NEW_AXIS = {"torch.stack"}


@pytest.mark.parametrize("row", [row for row in torch_table.ROWS if isinstance(row, SameAs)], ids=named)
def test_an_operation_names_its_axis_and_sizes(row: SameAs) -> None:
    names = parameters(row.signature)
    has_axis = "dim" in names and row.name not in MODULE_WRAPPERS | NEW_AXIS
    assert row.axis == ("dim" if has_axis else None)
    assert row.starts == ("start_dim" if "start_dim" in names else None)
    assert row.sizes == ("shape" if "shape" in names else None)


METHOD_SAME = [row.row for row in torch_operations.ROWS if isinstance(row, Method) and isinstance(row.row, SameAs)]


def test_properties_name_nothing() -> None:
    for row in torch_operations.ROWS:
        if isinstance(row, Property):
            assert isinstance(row.row, SameAs)
            assert (row.row.axis, row.row.sizes, row.row.starts) == (None, None, None)


def functions() -> Iterator[Function]:
    for row in TABLES:
        call = row.call if isinstance(row, Layer) else row.row if isinstance(row, Method | Property) else row
        if isinstance(call, Function):
            yield call


def test_bounds_units_and_scopes_stand_where_they_belong() -> None:
    for row in functions():
        if row.gives is not Kind.ACTIVATED and row.name not in FILLED:
            assert (row.low, row.high) == (None, None), row.name
        if "Linear" not in row.name and "Bilinear" not in row.name:
            assert row.units is None, row.name
        if row.gives is not None or row.takes:
            assert row.enters is None, row.name


def test_methods_name_their_axis_and_sizes() -> None:
    for row in METHOD_SAME:
        names = parameters(row.signature)
        assert row.axis == ("dim" if "dim" in names else None)
        assert row.sizes == ("shape" if "shape" in names else None)
        assert row.starts == ("start_dim" if "start_dim" in names else None)


@pytest.mark.parametrize("row", [row for row in torch_table.ROWS if isinstance(row, Method)], ids=named)
def test_a_method_does_what_its_row_describes(row: Method) -> None:
    if row.name in ("torch.Tensor.cuda", row.row.name):
        assert row.row.name == row.name
        return
    before = subject_of(row.row.name)
    default = [((), {"dim": 1} if "softmax" in row.name else {})]
    for args, kwargs in CALLS.get(row.row.name, default):
        outcomes = []
        for function in (find(row.name), find(row.row.name)):
            torch.manual_seed(1)
            outcomes.append(function(before.clone(), *args, **kwargs))
        assert_same(*outcomes)


JOINS = [row for row in torch_table.ROWS if isinstance(row, SameAs) and row.axes is Axes.JOINED]


@pytest.mark.parametrize("row", JOINS, ids=named)
def test_what_is_joined_is_kept_except_along_its_own_axis(row: SameAs) -> None:
    assert row.axes is Axes.JOINED
    assert row.subject == parameters(row.signature)[0] == "tensors"
    assert row.facts == frozenset()
    p = P[:, :, 0, 0]
    function = find(row.name)
    assert torch.equal(
        function(**{row.subject: [p, p]}).flatten().sort().values, torch.cat([p, p]).flatten().sort().values
    )
    if row.axis is not None:
        assert torch.allclose(function([p, p], dim=0).sum(1), torch.ones((), dtype=p.dtype))
        assert torch.allclose(function([p, p], dim=1).sum(1), torch.tensor(2, dtype=p.dtype))
    elif "dim" in parameters(row.signature):
        for dim in (0, 1, 2):
            assert axis_of_sums(function([p, P[:, :, 1, 0], P[:, :, 2, 1], p], dim=dim)) == (2 if dim < 2 else 1)
    two = torch.stack([1 - p[:, 0], p[:, 0]], 1)
    assert Kind.SOFTMAX in classify(numbers(two), 1), "columns p and 1 - p, joined, are a distribution again"


LAYERS = {
    row.name: row
    for row in torch_layers.ROWS
    if isinstance(row, Layer) and row.call is not None and row not in torch_layers.GATES
}
BUILDS: dict[str, dict[str, Any]] = {
    "Linear": {"in_features": 4, "out_features": 6},
    "LazyLinear": {"out_features": 6},
    "Bilinear": {"in1_features": 4, "in2_features": 3, "out_features": 6},
    "SyncBatchNorm": {"num_features": 4},
    "LayerNorm": {"normalized_shape": 4},
    "GroupNorm": {"num_groups": 2, "num_channels": 4},
    "Identity": {},
    "Flatten": {},
    "Unflatten": {"dim": 1, "unflattened_size": (2, 2)},
    "Upsample": {"scale_factor": 2, "mode": "bilinear"},
    "UpsamplingNearest2d": {"scale_factor": 2},
    "UpsamplingBilinear2d": {"scale_factor": 2},
    "PixelShuffle": {"upscale_factor": 2},
    **{f"{kind}Dropout": {} for kind in ("", "Alpha", "FeatureAlpha")},
    **{f"Dropout{n}d": {} for n in (1, 2, 3)},
    **{f"Conv{n}d": {"in_channels": 4, "out_channels": 6, "kernel_size": 3} for n in (1, 2, 3)},
    **{f"ConvTranspose{n}d": {"in_channels": 4, "out_channels": 6, "kernel_size": 3} for n in (1, 2, 3)},
    **{f"LazyConv{n}d": {"out_channels": 6, "kernel_size": 3} for n in (1, 2, 3)},
    **{f"LazyConvTranspose{n}d": {"out_channels": 6, "kernel_size": 3} for n in (1, 2, 3)},
    **{f"{kind}Norm{n}d": {"num_features": 4} for kind in ("Batch", "Instance") for n in (1, 2, 3)},
    **{f"Lazy{kind}Norm{n}d": {} for kind in ("Batch", "Instance") for n in (1, 2, 3)},
    **{f"AvgPool{n}d": {"kernel_size": 2} for n in (1, 2, 3)},
    **{f"MaxPool{n}d": {"kernel_size": 2} for n in (1, 2, 3)},
    **{f"Adaptive{kind}Pool{n}d": {"output_size": 2} for kind in ("Avg", "Max") for n in (1, 2, 3)},
}
# Each number is repeated over space: seen from the numbers, the same as `expand`.
REPEATED = "torch.nn.UpsamplingNearest2d"
# No number is lost, but the channels that summed to one are spread over space.
SPREAD = ("torch.nn.PixelShuffle", "torch.nn.functional.pixel_shuffle")


def spatial(name: str) -> torch.Tensor:
    """Distributions over axis 1 with as many axes of space as the layer wants."""
    return SPATIAL[int(name[-2])] if name.endswith(("1d", "2d", "3d")) else SPATIAL[2]


@pytest.mark.parametrize("row", [row for row in LAYERS.values() if isinstance(row.call, SameAs)], ids=named)
def test_a_layer_keeps_what_its_axes_say(row: Layer) -> None:
    assert isinstance(row.call, SameAs)
    name = short(row)
    layer = find(row.name)(**BUILDS[name]).double()
    before = spatial(name)
    after = layer.eval()(before)
    expected = derived_axes(to_array(before), numbers(after))
    if row.name == REPEATED:
        expected = Axes.RESAMPLED
    elif row.name in SPREAD:
        assert after.shape[1] * 4 == before.shape[1]
        assert not torch.allclose(after.sum(1), torch.ones((), dtype=after.dtype))
        expected = Axes.SLICED
    assert row.call.axes is expected
    if expected is Axes.RESAMPLED:
        assert axis_of_sums(after) == 1
    assert row.call.subject == parameters(row.call.signature)[0]
    names = parameters(row.init)
    assert row.call.axis == ("dim" if "dim" in names else None)
    assert row.call.starts == ("start_dim" if "start_dim" in names else None)
    assert row.call.sizes is None
    drops = not torch.equal(
        layer.train()(torch.ones_like(before) + before), layer.eval()(torch.ones_like(before) + before)
    )
    assert row.call.facts == ({Fact.DROPOUT} if drops else set())
    assert nothing_more(row)


@pytest.mark.parametrize("row", [row for row in LAYERS.values() if isinstance(row.call, Function)], ids=named)
def test_a_layer_gives_scores(row: Layer) -> None:
    assert isinstance(row.call, Function)
    name = short(row)
    before = spatial(name)
    if name == "SyncBatchNorm":
        # It runs on CUDA alone; it is a BatchNorm whose batch is spread over processes.
        assert issubclass(nn.SyncBatchNorm, nn.modules.batchnorm._BatchNorm)
        assert msgspec.structs.replace(row.call, name="torch.nn.BatchNorm2d") == LAYERS["torch.nn.BatchNorm2d"].call
        assert nothing_more(row)
        return
    layer = find(row.name)(**BUILDS[name]).double()
    prove_scores(
        row.call,
        before,
        lambda x: layer(x, torch.ones(*x.shape[:-1], 3, dtype=x.dtype)) if name == "Bilinear" else layer(x),
    )
    units = BUILDS[name].get("out_features")
    assert row.call.units == ("out_features" if units else None)
    assert nothing_more(row)
    if units:
        second = [torch.ones(2, 4, 4, 3, dtype=before.dtype)] if name == "Bilinear" else []
        assert layer(before, *second).shape[-1] == units


def nothing_more(row: Layer) -> bool:
    """Whether all that a row says of a layer is how it is called."""
    return not (row.facts or row.takes or row.holds or row.head or row.methods or row.attributes)


def prove_scores(row: Function, before: torch.Tensor, function: Call) -> None:
    """Numbers of both signs, of any size, mixed from several of what came in."""
    with torch.no_grad():
        after = function(50 * before)
    assert row.gives is Kind.LOGITS
    assert float(after.min()) < -0.5
    assert float(after.max()) > 0.5
    assert set(row.takes.values()) == {Takes(Role.SUBJECT)}
    assert next(iter(row.takes)) == parameters(row.signature)[0]
    assert row.units in (None, "out_features")
    kept = after.shape == before.shape or row.units is not None
    assert row.axes is (Axes.KEPT if kept else Axes.RESHAPED)
    assert (row.axis, row.low, row.high, row.facts, row.enters) == (None, None, None, frozenset(), None)


SCORE_FUNCTIONS = [row for row in torch_layers.ROWS if isinstance(row, Function) and row.gives is not None]


@pytest.mark.parametrize("row", SCORE_FUNCTIONS, ids=named)
def test_a_function_gives_scores(row: Function) -> None:
    before = subject_of(row.name)
    for args, kwargs in CALLS[row.name]:
        prove_scores(row, before, lambda x, args=args, kwargs=kwargs: call_by_name(row, kwargs, args, x))
    assert row.units is None


def test_layers_are_all_proved() -> None:
    assert {short(row) for row in LAYERS.values()} == set(BUILDS)


def test_a_gate_is_a_score_of_half_the_width() -> None:
    """``a * sigmoid(b)`` of the two halves: scores of both signs and of any size, where scores go in."""
    row = catalog().row("torch.nn.GLU")
    assert isinstance(row, Layer)
    call = row.call
    assert isinstance(call, Function)
    assert (row,) == torch_layers.GATES
    function = catalog().row("torch.nn.functional.glu")
    assert isinstance(function, Function)
    assert call == msgspec.structs.replace(function, name=row.name, signature="input")
    assert (call.axis, call.axes, call.gives) == ("dim", Axes.RESHAPED, LAWS["gated"])
    assert nothing_more(row)
    x = scores(4, 6, size=50)
    gated = nn.GLU(dim=1)(x)
    assert torch.allclose(gated, x[:, :3] * x[:, 3:].sigmoid())
    assert float(gated.min()) < -1
    assert float(gated.max()) > 1
    assert float(nn.GLU(dim=1)(x.relu()).min()) == 0, "of what is not negative it is not negative either"


def test_the_adaptive_softmax_is_a_last_layer_and_its_loss() -> None:
    row = catalog().row("torch.nn.AdaptiveLogSoftmaxWithLoss")
    assert isinstance(row, Layer)
    call = row.call
    assert isinstance(call, Function)
    assert (row,) == torch_losses.ADAPTIVE
    assert call.facts == row.facts == {Fact.LOSS}
    assert (row.holds, row.head, dict(row.takes), dict(row.attributes)) == (None, None, {}, {})
    assert dict(call.takes) == {"input_": Takes(Role.SUBJECT), "target_": Takes(Role.TARGET, Want.CLASS_INDEX)}
    assert (call.gives, call.fields, call.axes) == (
        (Kind.LOG_PROBABILITY, Kind.LOSS),
        ("output", "loss"),
        Axes.RESHAPED,
    )
    assert (call.axis, call.units, call.low, call.high, call.enters) == (None, None, None, None, None)
    layer = nn.AdaptiveLogSoftmaxWithLoss(8, 12, [4, 8], div_value=1.0).double()
    features, classes = scores(6, 8), torch.arange(6) * 2
    result = layer(input_=features, target_=classes)
    assert result._fields == call.fields
    logs = layer.log_prob(input=features)
    assert torch.allclose(result.output, logs[torch.arange(6), classes])
    assert torch.allclose(result.loss, functional.nll_loss(logs, classes))
    with pytest.raises(RuntimeError):
        layer(features, functional.one_hot(classes, 12))

    log_prob, predict = row.methods["log_prob"], row.methods["predict"]
    assert isinstance(log_prob, Function)
    assert isinstance(predict, Function)
    for method, name in ((log_prob, "log_prob"), (predict, "predict")):
        assert method.name == f"{row.name}.{name}"
        assert parameters(method.signature) == list(inspect.signature(getattr(layer, name)).parameters)
        assert dict(method.takes) == {"input": Takes(Role.SUBJECT)}
        assert (method.low, method.high, method.enters, method.fields) == (None, None, None, ())
    assert set(row.methods) == {"log_prob", "predict"}
    assert logs.shape[-1] == layer.n_classes
    assert (log_prob.gives, log_prob.axis, log_prob.units) == (Kind.LOG_SOFTMAX, -1, "n_classes")
    assert torch.allclose(logs.exp().sum(log_prob.axis), torch.ones((), dtype=logs.dtype))
    assert (log_prob.axes, log_prob.facts) == (Axes.KEPT, frozenset())
    assert torch.equal(layer.predict(features), logs.argmax(-1))
    assert (predict.gives, predict.axis, predict.units, predict.axes) == (Kind.DECISION, -1, None, Axes.PICKED)
    assert predict.facts == {Fact.DECIDES, Fact.TRAINS_NOT}
    assert not layer.predict(features).requires_grad


# -- operations that map kinds ----------------------------------------------------------------------------------------

K = Kind
SELF = {kind: kind for kind in Kind}
PREDICTED = {kind: K.DECISION for kind in Kind if kind not in (K.ONE_HOT, K.CLASS_INDEX)}
LAWS: dict[str, dict[Kind, Kind]] = {
    "log": {K.SOFTMAX: K.LOG_SOFTMAX, K.SIGMOID: K.LOG_SIGMOID, K.PROBABILITY: K.LOG_PROBABILITY},
    "exp": {K.LOG_SOFTMAX: K.SOFTMAX, K.LOG_SIGMOID: K.SIGMOID, K.LOG_PROBABILITY: K.PROBABILITY},
    "logit": {K.SIGMOID: K.LOGITS, K.PROBABILITY: K.LOGITS},
    "negative": {K.LOGITS: K.LOGITS, K.LOSS: K.LOSS},
    "complement": {
        K.LOGITS: K.LOGITS,
        K.SOFTMAX: K.SOFTMAX | K.PROBABILITY,
        K.SIGMOID: K.SIGMOID,
        K.PROBABILITY: K.PROBABILITY,
    },
    "product": dict.fromkeys((K.SOFTMAX, K.SIGMOID, K.PROBABILITY), K.PROBABILITY),
    "clamped": {
        kind: kind for kind in (K.SOFTMAX, K.SIGMOID, K.PROBABILITY, K.LOG_SOFTMAX, K.LOG_SIGMOID, K.LOG_PROBABILITY)
    },
    "filled": {K.LOGITS: K.LOGITS},
    "gated": {K.LOGITS: K.LOGITS},
    "mended": {kind: kind for kind in Kind if K.LOGITS in kind or kind in PROBABILITIES | LOG_PROBABILITIES},
    "whole": {kind: kind for kind in (K.ONE_HOT, K.CLASS_INDEX, K.DECISION)},
    "truth": {kind: kind for kind in (K.ONE_HOT, K.DECISION)},
    "decisions": PREDICTED,
    "threshold": {**PREDICTED, K.ONE_HOT: K.ONE_HOT, K.CLASS_INDEX: K.CLASS_INDEX},
    "compared": {**PREDICTED, K.ONE_HOT: K.CLASS_INDEX, K.CLASS_INDEX: K.CLASS_INDEX},
    "largest": {**PREDICTED, K.ONE_HOT: K.CLASS_INDEX, K.CLASS_INDEX: K.DECISION},
}
DIMS = (-6, -5, -4, -3, -2, -1, 0, 1, 2, 3, 4, 5)
# By row: what decides (argument and cases), and the law of each.
MAPS: dict[str, Any] = {
    "torch.log": "log",
    "torch.exp": "exp",
    "torch.logit": "logit",
    "torch.neg": "negative",
    "torch.prod": "product",
    "torch.clamp": "clamped",
    "torch.clip": "clamped",
    "torch.clamp_min": "clamped",
    "torch.clamp_max": "clamped",
    "torch.nan_to_num": "mended",
    "torch.nn.functional.glu": "gated",
    "torch.masked_fill": "filled",
    "torch.nn.functional.pad": "filled",
    "torch.Tensor.long": "whole",
    "torch.Tensor.int": "whole",
    "torch.Tensor.bool": "truth",
    "torch.sign": "decisions",
    "torch.argmin": "decisions",
    "torch.argmax": "largest",
    "torch.round": ("decimals", {0: "threshold", 2: None}),
    "torch.max": ("dim", {None: Axes.PICKED, **dict.fromkeys(DIMS, (Axes.PICKED, "largest"))}),
    "torch.min": ("dim", {None: Axes.PICKED, **dict.fromkeys(DIMS, (Axes.PICKED, None))}),
    "torch.topk": (Axes.SLICED, "decisions"),
    **{f"torch.{name}": "threshold" for name in ("gt", "ge")},
    **{f"torch.{name}": "compared" for name in ("lt", "le", "eq", "ne")},
    "operator.neg": "negative",
    **{f"operator.{name}": "threshold" for name in ("gt", "ge")},
    **{f"operator.{name}": "compared" for name in ("lt", "le", "eq")},
    "builtins.round": ("ndigits", {None: "threshold", 0: "threshold", 2: None}),
    "math.log": ("base", {None: "log", 2: None}),
    "math.exp": "exp",
    "numpy.log": "log",
    "numpy.exp": "exp",
    "numpy.negative": "negative",
    "numpy.rint": "threshold",
    **{f"numpy.{name}": ("decimals", {0: "threshold", 2: None}) for name in ("round", "around", "ndarray.round")},
    "numpy.clip": "clamped",
    "numpy.ndarray.clip": "clamped",
    "numpy.argmax": "largest",
    "numpy.ndarray.argmax": "largest",
    "numpy.argmin": "decisions",
    "numpy.ndarray.argmin": "decisions",
    "numpy.prod": "product",
    **{f"numpy.{name}": "threshold" for name in ("greater", "greater_equal")},
    **{f"numpy.{name}": "compared" for name in ("less", "less_equal", "equal")},
}
CONSTANT: dict[str, Kind | None] = {
    "torch.nn.functional.one_hot": Kind.ONE_HOT,
    "torch.multinomial": Kind.CLASS_INDEX,
    "torch.bernoulli": None,
    "torch.logsumexp": None,
    "torch.square": None,
    "torch.abs": None,
    "torch.norm": None,
}
CHOICES = {"torch.where": ("input", "other"), "numpy.where": ("x", "y")}
ARITHMETIC = {f"operator.{name}" for name in ("add", "sub", "mul", "truediv", "pow", "matmul", "getitem")}


def mapping_rows() -> list[Function]:
    """The functions that are neither activation, loss, layer nor scope."""
    rows = (*torch_operations.ROWS, *numpy_table.ROWS, *python.ROWS)
    return [each for row in rows if isinstance(each := row.row if isinstance(row, Method) else row, Function)]


BLANKS = {
    "torch.zeros": lambda: torch.zeros(2, 3),
    "torch.empty": lambda: torch.empty(2, 3),
    "torch.zeros_like": lambda: torch.zeros_like(torch.ones(2, 3)),
    "torch.empty_like": lambda: torch.empty_like(torch.ones(2, 3)),
    "torch.Tensor.new_zeros": lambda: torch.ones(4).new_zeros(2, 3),
    "torch.Tensor.new_empty": lambda: torch.ones(4).new_empty(2, 3),
}
"""Tensors that are made to be filled."""
FILLED: dict[str, tuple[Callable[[float], torch.Tensor], float | str]] = {
    "torch.ones": (lambda _: torch.ones(2, 3), 1),
    "torch.full": (lambda value: torch.full((2, 3), value), "fill_value"),
    "torch.ones_like": (lambda _: torch.ones_like(torch.zeros(2, 3)), 1),
    "torch.full_like": (lambda value: torch.full_like(torch.zeros(2, 3), value), "fill_value"),
    "torch.Tensor.new_ones": (lambda _: torch.zeros(4).new_ones(2, 3), 1),
    "torch.Tensor.new_full": (lambda value: torch.zeros(4).new_full((2, 3), value), "fill_value"),
}
"""Tensors of one number, and what it is."""
IDENTITIES = ("numpy.eye", "numpy.identity")
"""Made of nothing but a number of classes; proved by themselves."""
PACKED = "torch.nn.utils.rnn.pack_padded_sequence"
"""Gives no tensor; proved by itself."""
DRAWN = "torch.Tensor.exponential_"
BACKWARD = "torch.Tensor.backward"
RETYPED = "numpy.ndarray.astype"
WITHIN = {f"{library}.{name}" for library in ("torch", "numpy") for name in ("allclose", "isclose")}
MAPPING = list(
    {
        row.name: row
        for row in mapping_rows()
        if row.name not in {*BLANKS, *FILLED, *IDENTITIES, *WITHIN, PACKED, DRAWN, BACKWARD, RETYPED}
    }.values()
)


@pytest.mark.parametrize("name", sorted(WITHIN))
def test_a_comparison_within_a_tolerance_says_whether_numbers_are_equal(name: str) -> None:
    row = catalog().row(name)
    assert isinstance(row, Function)
    first, second = parameters(row.signature)[:2]
    assert dict(row.takes) == {first: Takes(Role.SUBJECT), second: Takes(Role.OTHER)}
    assert (row.gives, row.axis, row.low, row.high, row.units) == (None, None, None, None, None)
    assert row.facts == {Fact.COMPARES, Fact.TRAINS_NOT}
    values = torch.rand(2, 3, requires_grad=True)
    one, other, far = (
        each if name.startswith("torch") else to_array(each) for each in (values, values + 1e-9, values + 0.1)
    )
    near, apart = find(name)(one, other), find(name)(one, far)
    assert bool(np.all(to_array(near)))
    assert not bool(np.any(to_array(apart)))
    assert not getattr(near, "requires_grad", False)


def test_gradients_are_computed_of_what_goes_backward() -> None:
    row = catalog().methods("backward")[0]
    assert isinstance(row, Function)
    assert (row.name, row.gives, row.facts) == (BACKWARD, None, {Fact.DIFFERENTIATES})
    assert dict(row.takes) == {"input": Takes(Role.SUBJECT)}
    assert parameters(row.signature)[1:] == list(inspect.signature(torch.Tensor.backward).parameters)[1:]
    value = torch.ones(3, requires_grad=True)
    assert (2 * value).sum().backward() is None  # type: ignore[no-untyped-call]
    assert torch.equal(value.grad, torch.full((3,), 2.0))


def test_what_is_drawn_into_a_tensor() -> None:
    """Exponential numbers, whatever was there; the negative of their logarithm is Gumbel noise, of mean 0.5772."""
    method = catalog().row(DRAWN)
    assert isinstance(method, Method)
    row = method.row
    assert isinstance(row, Function)
    assert (row.gives, row.axes, dict(row.takes)) == (None, Axes.KEPT, {"input": Takes(Role.SUBJECT)})
    assert row.facts == {Fact.SAMPLES, Fact.TRAINS_NOT}
    torch.manual_seed(0)
    values = torch.full((20_000,), 3.0)
    drawn = values.exponential_()
    assert drawn is values
    assert not drawn.requires_grad
    assert float(drawn.min()) > 0
    assert float(drawn.mean()) == pytest.approx(1, abs=0.05)
    assert float((-drawn.log()).mean()) == pytest.approx(0.5772, abs=0.05)
    assert not torch.equal(drawn.clone(), values.exponential_())


def test_real_numbers_of_another_type_mean_the_same_and_whole_ones_do_not() -> None:
    import jax.numpy as jnp

    method = catalog().row(RETYPED)
    assert isinstance(method, Method)
    row = method.row
    assert isinstance(row, Function)
    assert row.gives == Depends("dtype", dict.fromkeys(numpy_table.REAL, Axes.KEPT), mathematics.WHOLE)
    given = torch.softmax(torch.randn(8, 5), 1).numpy()
    for name in numpy_table.REAL:
        typed = jnp.asarray(given).astype(name) if name == "bfloat16" else given.astype(name)  # NumPy has no such type
        kept = np.asarray(typed, dtype="float64")
        assert np.allclose(kept, given, atol=0.01), name
        assert np.allclose(kept.sum(1), 1, atol=0.05)
    for name in ("int32", "uint8", "bool"):
        assert not np.allclose(given.astype(name).sum(1), 1)
    assert np.array_equal(np.eye(5).astype("int32"), np.eye(5))


@pytest.mark.parametrize("name", sorted(BLANKS))
def test_a_blank_is_there_to_be_filled(name: str) -> None:
    row = catalog().row(name)
    call = row.row if isinstance(row, Method) else row
    assert isinstance(call, Function)
    assert call.gives == NOTHING
    assert call.axes is Axes.RESHAPED
    assert not call.facts
    other = "like" in name or "new" in name
    assert dict(call.takes) == ({"input": Takes(Role.SUBJECT)} if other else {})
    made = BLANKS[name]()
    assert made.shape == (2, 3)
    assert "zeros" not in name or not made.any()


@pytest.mark.parametrize("name", sorted(FILLED))
def test_a_constant_is_one_number_everywhere(name: str) -> None:
    row = catalog().row(name)
    call = row.row if isinstance(row, Method) else row
    assert isinstance(call, Function)
    make, number = FILLED[name]
    assert (call.gives, call.axes, call.facts) == (None, Axes.RESHAPED, frozenset())
    assert (call.low, call.high) == (number, number)
    assert dict(call.takes) == ({"input": Takes(Role.SUBJECT)} if "like" in name or "new" in name else {})
    for value in (0.25, -3.0):
        assert torch.equal(make(value), torch.tensor([[value if isinstance(number, str) else number] * 3] * 2))
    assert not isinstance(number, str) or number in parameters(call.signature)


@pytest.mark.parametrize("name", IDENTITIES)
def test_the_rows_of_an_identity_matrix_are_one_hot(name: str) -> None:
    row = catalog().row(name)
    assert isinstance(row, Function)
    assert (row.axis, row.rank, dict(row.takes), row.facts) == (-1, 2, {}, frozenset())
    made = find(name)(4)
    assert made.ndim == row.rank
    picked = made[np.array([[2, 0], [3, 3]])]
    assert picked.shape == (2, 2, 4)
    assert np.array_equal(picked.argmax(axis=-1), [[2, 0], [3, 3]])
    assert np.array_equal(np.sort(picked, axis=row.axis), np.broadcast_to([0, 0, 0, 1], picked.shape))
    assert select(row.gives, literals_of(row.signature, {})) is Kind.ONE_HOT


def test_only_an_identity_matrix_has_one_hot_rows() -> None:
    row = catalog().row("numpy.eye")
    assert isinstance(row, Function)
    assert row.gives == Depends("M", {None: Depends("k", {0: Kind.ONE_HOT})})
    assert (np.eye(3, None, 0).sum(axis=1) == 1).all()
    assert not (np.eye(3, 2).sum(axis=1) == 1).all()
    assert not (np.eye(3, k=1).sum(axis=1) == 1).all()


def test_every_blank_is_proved() -> None:
    assert {row.name for row in mapping_rows() if row.gives == NOTHING} == set(BLANKS)


def packed(values: torch.Tensor) -> Any:
    return nn.utils.rnn.pack_padded_sequence(values, torch.tensor([4, 2, 1]), batch_first=True)


# Each row with named results: a call of it, on scores of three sequences, four steps and five classes.
WITH_FIELDS: dict[str, Callable[[torch.Tensor], Any]] = {
    "torch.max": lambda x: torch.max(x, 2),
    "torch.min": lambda x: torch.min(x, 2),
    "torch.topk": lambda x: torch.topk(x, 2),
    PACKED: packed,
}


def test_every_row_with_named_results_is_proved() -> None:
    rows = [row.row if isinstance(row, Method) else row for row in torch_table.ROWS]
    assert {row.name for row in rows if isinstance(row, Function) and row.fields} == set(WITH_FIELDS)


@pytest.mark.parametrize("name", sorted(WITH_FIELDS))
def test_the_results_of_a_tuple_have_these_names(name: str) -> None:
    row = catalog().row(name)
    assert isinstance(row, Function)
    whole = WITH_FIELDS[name](torch.randn(3, 4, 5))
    assert [getattr(whole, field) is part for field, part in zip(row.fields, whole, strict=False)] == [True, True]


def test_packed_rows_are_rows_of_what_is_packed() -> None:
    row = catalog().row(PACKED)
    assert isinstance(row, Function)
    assert (row.gives, row.axes, row.axis, row.takes, row.facts) == (
        (Axes.RESHAPED, None),
        Axes.RESHAPED,
        None,
        {"input": Takes(Role.SUBJECT)},
        frozenset(),
    )
    values = torch.randn(3, 4, 5)
    rows = {tuple(each.tolist()) for each in values.reshape(-1, 5)}
    data = packed(values).data
    assert data.shape == (7, 5)
    assert {tuple(each.tolist()) for each in data} < rows


def test_every_mapping_is_proved() -> None:
    assert {row.name for row in MAPPING} == (set(MAPS) | set(CONSTANT) | set(CHOICES) | ARITHMETIC) - {"torch.logit"}


def spoken(gives: Any, law: Any) -> bool:
    """Whether a row says what the law says."""
    if isinstance(law, tuple):
        return isinstance(gives, tuple) and all(spoken(*pair) for pair in zip(gives, law, strict=True))
    if isinstance(law, str):
        return bool(gives == LAWS[law])
    return gives is law


@pytest.mark.parametrize("name", sorted(MAPS))
def test_a_row_states_the_law(name: str) -> None:
    row = catalog().row(name)
    call = row.row if isinstance(row, Method) else row
    assert isinstance(call, Function)
    law = MAPS[name]
    if isinstance(law, tuple) and isinstance(law[1], dict):
        argument, cases = law
        assert isinstance(call.gives, Depends)
        assert call.gives.argument == argument
        for value, each in cases.items():
            assert spoken(select(call.gives, {argument: value}), each)
        assert {case for case, each in cases.items() if each is not None} == set(call.gives.cases)
    else:
        assert spoken(call.gives, law)


def on_arrays(function: Call, *args: object, **kwargs: object) -> Call:
    return lambda x: function(to_array(x), *args, **kwargs)


def with_half(module: Any, *names: str) -> list[Call]:
    return [lambda x, name=name: getattr(module, name)(x, 0.5) for name in names]  # type: ignore[misc]


# What each law is applied by, on axis 1 where there is an axis.
APPLIED: dict[str, list[Call]] = {
    "log": [torch.log, on_arrays(np.log)],
    "exp": [torch.exp, on_arrays(np.exp)],
    "logit": [torch.logit],
    "negative": [torch.neg, on_arrays(np.negative), operator.neg],
    "complement": [lambda x: torch.rsub(x, 1), lambda x: 1 - x],
    "product": [lambda x: x.prod(dim=1), on_arrays(np.prod, axis=1)],
    "filled": [lambda x: x.masked_fill(x > 1, -math.inf), lambda x: functional.pad(x, (1, 1))],
    "gated": [lambda x: functional.glu(torch.stack([x, x.flip(1)], -1)).squeeze(-1)],
    "mended": [torch.nan_to_num],
    "whole": [torch.Tensor.long, torch.Tensor.int, lambda x: to_array(x).astype(int)],
    "truth": [torch.Tensor.bool],
    "decisions": [
        torch.sign,
        lambda x: x.argmin(dim=1),
        on_arrays(np.argmin, axis=1),
        lambda x: x.topk(min(2, x.shape[1])).indices,
    ],
    "threshold": [torch.round, on_arrays(np.round), *with_half(torch, "gt", "ge"), *with_half(operator, "gt", "ge")],
    "compared": [*with_half(torch, "lt", "le", "eq", "ne"), *with_half(operator, "lt", "le", "eq")],
    "largest": [lambda x: x.argmax(dim=1), on_arrays(np.argmax, axis=1), lambda x: x.max(dim=1).indices],
}


@pytest.mark.parametrize("law", sorted(set(LAWS) - {"clamped"}))
def test_a_law_holds_for_numbers(law: str) -> None:
    for kind, result in LAWS[law].items():
        shown = Kind(0)
        for x in witnesses(kind):
            for function in APPLIED[law]:
                y = to_array(function(x))
                allowed = classify(y, 1 if y.ndim == 2 else None)
                assert allowed & result, (law, kind)
                shown |= allowed
        assert result & shown == result


def test_what_is_clamped_within_its_bounds_is_what_it_was() -> None:
    for kind, result in LAWS["clamped"].items():
        logarithmic = kind in (Kind.LOG_SOFTMAX, Kind.LOG_SIGMOID, Kind.LOG_PROBABILITY)
        low, high = (-100.0, 0.0) if logarithmic else (1e-7, 1 - 1e-7)
        for x in witnesses(kind):
            for y in (x.clamp(low, high), x.clip(low, high), np.clip(to_array(x), low, high)):
                assert result in classify(to_array(y), 1)
    assert Kind.LOGITS not in LAWS["clamped"]
    assert Kind.SIGMOID in classify(to_array(scores(4, 5).clamp(0, 1)))


def test_logarithm_and_exponential_undo_each_other() -> None:
    assert {LAWS["log"][kind]: kind for kind in LAWS["log"]} == LAWS["exp"]
    for kind in LAWS["log"]:
        for x in witnesses(kind):
            assert torch.allclose(x.log().exp(), x)
    x = scores(6, 5)
    assert torch.allclose(torch.log(torch.softmax(x, 1)), torch.log_softmax(x, 1))
    assert torch.allclose(torch.log(torch.sigmoid(x)), functional.logsigmoid(x))
    assert torch.allclose(torch.logit(torch.sigmoid(x)), x)
    assert torch.allclose(1 - torch.sigmoid(x), torch.sigmoid(-x))


@pytest.mark.parametrize("name", sorted(CHOICES))
def test_a_choice_between_numbers_decides(name: str) -> None:
    row = catalog().row(name)
    assert isinstance(row, Function)
    then, otherwise = CHOICES[name]
    for first, second in ((1, 0), (0, 1), (1, -1), (1.0, 0.0), (True, False)):
        assert select(row.gives, {then: first, otherwise: second}) is Kind.DECISION
        values = find(name)(P > 0.5 if name.startswith("torch") else to_array(P) > 0.5, first, second)
        assert Kind.DECISION in classify(to_array(values))
    assert select(row.gives, {then: 2, otherwise: 0}) is None
    assert select(row.gives, {then: 1, otherwise: 1}) is None


@pytest.mark.parametrize("name", sorted(CONSTANT))
def test_what_is_encoded_or_drawn(name: str) -> None:
    row = catalog().row(name)
    assert isinstance(row, Function)
    assert row.gives is CONSTANT[name]
    before = subject_of(name)
    for args, kwargs in CALLS[name]:
        after = call_by_name(row, kwargs, args, before)
        assert row.gives is None or row.gives in classify(to_array(after), -1 if row.gives is Kind.ONE_HOT else None)
    assert row.axis == (-1 if row.gives is Kind.ONE_HOT else "dim" if "dim" in parameters(row.signature) else None)


def derived_facts(row: Function, function: Call, value: Any) -> set[Fact]:
    """The facts that the numbers show."""
    found = set()
    if not carries_gradient(function, value):
        found.add(Fact.TRAINS_NOT)
    torch.manual_seed(0)
    if not np.array_equal(numbers(function(value)), numbers(function(value))):
        found.add(Fact.SAMPLES)
    whole = numbers(function(value))
    casts = short(row) in ("long", "int", "bool", "astype", "one_hot")
    if Fact.TRAINS_NOT in found and Fact.SAMPLES not in found and not casts and np.array_equal(whole, whole.round()):
        found.add(Fact.DECIDES)
        half = numbers(
            function(torch.tensor([[0.49, 0.51]] * 2) if row.name.startswith("torch") else np.array([[0.49, 0.51]] * 2))
        )
        other = "other" in parameters(row.signature) or {"x2", "b"} & set(parameters(row.signature))
        if not other and "condition" not in row.takes and half.shape == (2, 2) and np.array_equal(half[0], [0, 1]):
            found.add(Fact.THRESHOLDS)
    if takes_the_normaliser(row, function, value):
        found.add(Fact.NORMALISER)
    return found


def takes_the_normaliser(row: Function, function: Call, value: Any) -> bool:
    """Whether the scores less the result are their log-softmax."""
    if (
        not row.name.startswith("torch.")
        or row.axes is not Axes.PICKED
        or not isinstance(function(value), torch.Tensor)
    ):
        return False
    rest = function(value)
    return rest.ndim == value.ndim - 1 and torch.allclose(value - rest.unsqueeze(1), value.log_softmax(1))


def is_increasing(function: Call, *, array: bool) -> bool:
    grid = np.linspace(0.01, 0.99, 197)
    try:
        values = to_array(function(grid if array else torch.from_numpy(grid)))
    except (IndexError, RuntimeError, TypeError, ValueError):
        return False
    return values.shape == grid.shape and bool((np.diff(values) > 0).all())


@pytest.mark.parametrize("row", [row for row in MAPPING if row.name.startswith("torch.")], ids=named)
def test_the_facts_and_shape_of_a_function(row: Function) -> None:
    args, kwargs = CALLS[row.name][0]
    if row.name == "torch.where":
        assert row.facts == {Fact.TRAINS_NOT, Fact.DECIDES}
        assert not torch.where(P.clone().requires_grad_() > 0.5, 1, 0).requires_grad
        assert (row.axes, row.axis) == (Axes.KEPT, None)
        return
    function = by_property(row, kwargs, args)
    before = subject_of(row.name)
    found = derived_facts(row, function, before)
    if (
        is_increasing(function, array=False)
        and "clamp" not in row.name
        and not row.name.endswith("nan_to_num")
        and "clip" not in row.name
        and "masked" not in row.name
        and row.name not in ("torch.abs", "torch.square")  # they fall below zero
    ):
        found.add(Fact.MONOTONE)
    if row.name.endswith("one_hot"):
        found -= {Fact.TRAINS_NOT}
    assert row.facts == found
    prove_shape(
        row,
        tuple(before.shape),
        tuple((result := function(before), result[0] if isinstance(result, tuple) else result)[1].shape),
    )
    assert (row.low, row.high, row.units, row.enters) == (None, None, None, None)


def prove_shape(row: Function, before: tuple[int, ...], after: tuple[int, ...]) -> None:
    """KEPT is the same shape, PICKED one axis less; the axis is the parameter that names it."""
    picked = len(after) == len(before) - 1
    assert row.axes is (Axes.KEPT if after == before else Axes.PICKED if picked else Axes.RESHAPED)
    axis = next((name for name in ("dim", "axis") if name in parameters(row.signature)), None)
    assert row.axis == (axis if axis else -1 if row.gives is Kind.ONE_HOT else None)


@pytest.mark.parametrize("row", MAPPING, ids=named)
def test_what_a_function_takes(row: Function) -> None:
    names = parameters(row.signature)
    expected = {names[0]: Takes(Role.SUBJECT, SAMPLED.get(row.name))}
    for other in ("other", "b", "x2"):
        if other in names and row.name not in CHOICES:
            expected[other] = Takes(Role.OTHER)
    assert dict(row.takes) == expected


SAMPLED = {"torch.multinomial": Want.PROBS_PARAMETER, "torch.bernoulli": Want.UNIT_PARAMETER}


def test_what_is_sampled_from() -> None:
    p = P[:, :, 0, 0]
    torch.manual_seed(0)
    once = torch.multinomial(p, 9, replacement=True)
    torch.manual_seed(0)
    assert torch.equal(once, torch.multinomial(7 * p, 9, replacement=True)), "need not sum to one"
    with pytest.raises(RuntimeError):
        torch.multinomial(p - 1, 9, replacement=True)
    for outside in (p + 1, p - 1):
        with pytest.raises(RuntimeError):
            torch.bernoulli(outside)
    assert torch.bernoulli(p).shape == p.shape


# -- Python and NumPy -------------------------------------------------------------------------------------------------

ARRAY_CALLS: dict[str, dict[str, Any]] = {
    **{
        f"numpy.{name}": {"axis": 1}
        for name in ("argmax", "argmin", "prod", "mean", "sum", "max", "min", "expand_dims")
    },
    **{f"numpy.ndarray.{name}": {"axis": 1} for name in ("argmax", "argmin", "mean", "sum", "max", "min")},
    **{f"numpy.{name}": {"x2": 0.5} for name in ("greater", "greater_equal", "less", "less_equal", "equal")},
    **{f"operator.{name}": {"b": 0.5} for name in ("gt", "ge", "lt", "le", "eq")},
    "numpy.clip": {"a_min": 1e-7, "a_max": 1 - 1e-7},
    "numpy.ndarray.clip": {"min": 1e-7, "max": 1 - 1e-7},
    "numpy.reshape": {"shape": (6, 20)},
    "numpy.squeeze": {"axis": 2},
    "numpy.ndarray.squeeze": {"axis": 2},
    "numpy.where": {"x": 1, "y": 0},
    "numpy.transpose": {"axes": (0, 2, 3, 1)},
    "numpy.ndarray.astype": {"dtype": int},
    "numpy.ndarray.transpose": {"axes": (0, 2, 3, 1)},
}
PLAIN = [row.row if isinstance(row, Method | Property) else row for row in (*numpy_table.ROWS, *python.ROWS)]


def array_call(row: Function | SameAs) -> Call:
    kwargs = dict(ARRAY_CALLS.get(row.name, {}))
    closed = positional_only(row.signature)
    positional = [kwargs.pop(name) for name in parameters(row.signature) if name in closed and name in kwargs]
    if row.name == "numpy.ndarray.transpose":
        positional = list(kwargs.pop("axes"))
    if row.name == "numpy.ndarray.T":
        return lambda x: x.T
    if row.name.startswith("scipy.sparse."):
        return lambda x: find(row.name)(scipy.sparse.csr_matrix(x.reshape(len(x), -1))).reshape(x.shape)
    return lambda x: find(row.name)(x, *positional, **kwargs)


@pytest.mark.parametrize(
    "row", [row for row in PLAIN if isinstance(row, SameAs) and row.axes is not Axes.JOINED], ids=named
)
def test_an_array_operation_keeps_what_its_axes_say(row: SameAs) -> None:
    before: Any = to_array(P[:, :, :1] if "squeeze" in row.name else SQUARE if row.name.endswith(".T") else P)
    if row.name == "builtins.float":
        before = P[0, 0, 0, 0]
    assert derived_axes(to_array(before), to_array(array_call(row)(copy.copy(before)))) is row.axes
    assert row.subject == parameters(row.signature)[0]
    names = parameters(row.signature)
    assert row.axis == ("axis" if "axis" in names else None)
    assert (row.sizes, row.starts) == ("shape" if "shape" in names else None, None)
    assert row.facts == (frozenset() if row.name.startswith("copy.") else {Fact.TRAINS_NOT})


@pytest.mark.parametrize(
    "row", [row for row in PLAIN if isinstance(row, SameAs) and row.axes is Axes.JOINED], ids=named
)
def test_arrays_are_joined(row: SameAs) -> None:
    assert row.axes is Axes.JOINED
    p = to_array(P[:, :, 0, 0])
    joined = find(row.name)([p, p])
    assert np.array_equal(np.sort(joined, axis=None), np.sort(np.concatenate([p, p]), axis=None))
    assert row.subject == parameters(row.signature)[0]
    assert row.axis == ("axis" if row.name == "numpy.concatenate" else None)
    assert row.facts == {Fact.TRAINS_NOT}
    assert (row.sizes, row.starts) == (None, None)


@pytest.mark.parametrize(
    "row",
    [row for row in PLAIN if isinstance(row, Function) and row.name not in {*ARITHMETIC, *IDENTITIES, *WITHIN}],
    ids=named,
)
def test_the_facts_and_shape_of_an_array_function(row: Function) -> None:
    function = array_call(row)
    tensor = row.name.startswith("operator.")
    before: Any = P if tensor else to_array(P)
    if row.name.startswith(("math.", "builtins.")):
        # They take single numbers; on a tensor of several, `round` raises.
        assert np.isclose(function(0.7), getattr(np, short(row))(0.7))
        assert row.facts == ({Fact.DECIDES, Fact.TRAINS_NOT, Fact.THRESHOLDS} if short(row) == "round" else frozenset())
        assert (row.axes, row.axis) == (Axes.KEPT, None)
        return
    found = derived_facts(row, function, before > 0.5 if row.name == "numpy.where" else before)
    if is_increasing(function, array=not tensor) and "clip" not in row.name:
        found.add(Fact.MONOTONE)
    assert row.facts == found
    prove_shape(row, tuple(before.shape), tuple(function(before > 0.5 if row.name == "numpy.where" else before).shape))
    assert (row.low, row.high, row.units, row.enters) == (None, None, None, None)


@pytest.mark.parametrize("name", sorted(ARITHMETIC))
def test_arithmetic_says_nothing_of_itself(name: str) -> None:
    row = catalog().row(name)
    assert isinstance(row, Function)
    assert (row.gives, row.facts, row.axes, row.axis) == (None, frozenset(), Axes.KEPT, None)


ARRAY_NAMES = """
    numpy.allclose numpy.amax numpy.amin numpy.argmax numpy.argmin numpy.around numpy.array numpy.asarray numpy.clip
    numpy.concatenate numpy.float16 numpy.float32 numpy.float64 numpy.isclose numpy.copy numpy.equal numpy.exp
    numpy.expand_dims numpy.eye numpy.greater numpy.greater_equal numpy.hstack numpy.identity numpy.less
    numpy.less_equal numpy.log numpy.max numpy.mean numpy.min numpy.ndarray.T numpy.ndarray.argmax
    numpy.ndarray.argmin numpy.ndarray.astype numpy.ndarray.clip numpy.ndarray.copy numpy.ndarray.max
    numpy.ndarray.mean numpy.ndarray.min numpy.ndarray.round numpy.ndarray.squeeze numpy.ndarray.sum
    numpy.ndarray.transpose numpy.negative numpy.prod numpy.ravel numpy.reshape numpy.rint numpy.round numpy.squeeze
    numpy.stack numpy.sum numpy.transpose numpy.vstack numpy.where scipy.sparse.csr_matrix.toarray builtins.float
    builtins.round copy.copy copy.deepcopy math.exp math.log operator.add operator.eq operator.ge operator.getitem
    operator.gt operator.le operator.lt operator.matmul operator.mul operator.neg operator.pow operator.sub
    operator.truediv multiprocessing.Process threading.Thread
"""


def test_every_array_operation_is_there() -> None:
    assert names_of((*numpy_table.ROWS, *python.ROWS)) == set(ARRAY_NAMES.split())


@pytest.mark.parametrize(("name", "sign"), sorted({**torch_table.OPERATORS, **numpy_table.OPERATORS}.items()))
def test_an_operator_by_another_name(name: str, sign: str) -> None:
    operate = {
        "+": operator.add,
        "-": operator.sub,
        "*": operator.mul,
        "/": operator.truediv,
        "@": operator.matmul,
        "**": operator.pow,
        "-r": lambda first, second: second - first,
    }[sign]
    one, other = scores(3, 3).abs(), scores(3, 3)
    if name.endswith("bmm"):
        one, other = one[None], other[None]
    assert np.allclose(
        to_array(find(name)(one.clone(), other)) if "torch" in name else find(name)(to_array(one), to_array(other)),
        to_array(operate(one, other)),
    )


FACTORED = {name for name, sign in torch_table.OPERATORS.items() if sign in ("+", "-", "-r")} - {
    "torch.Tensor.__rsub__"
}
"""Functions and methods that add or take away; the operator itself has no keywords."""


@pytest.mark.parametrize("name", sorted(FACTORED))
def test_what_is_added_or_taken_away_is_multiplied_first(name: str) -> None:
    one, other = scores(3, 3), scores(3, 3)
    sign = torch_table.OPERATORS[name]
    expected = {"+": one + 2 * other, "-": one - 2 * other, "-r": other - 2 * one}[sign]
    assert torch.allclose(find(name)(one.clone(), other, **{torch_table.FACTOR: 2}), expected)


# -- distributions, models, scopes ------------------------------------------------------------------------------------

EXTRA: dict[str, dict[str, Any]] = {
    "RelaxedOneHotCategorical": {"temperature": torch.tensor(0.5)},
    "RelaxedBernoulli": {"temperature": torch.tensor(0.5)},
    "Binomial": {"total_count": 4},
    "NegativeBinomial": {"total_count": 4},
    "Multinomial": {"total_count": 4},
}
CATEGORICAL = {
    "Categorical", "OneHotCategorical", "OneHotCategoricalStraightThrough", "RelaxedOneHotCategorical", "Multinomial",
}  # fmt: skip


@pytest.mark.parametrize("row", torch_distributions.ROWS, ids=named)
def test_a_distribution_reads_its_parameters_as_its_row_says(row: Row) -> None:
    assert isinstance(row, Layer)
    name = short(row)
    x = scores(6, 5, size=1.0)

    def made(**parameters: torch.Tensor) -> Any:
        return find(row.name)(**EXTRA.get(name, {}), **parameters, validate_args=True)

    categorical = name in CATEGORICAL
    p = x.softmax(-1) if categorical else x.sigmoid()
    assert torch.allclose(made(logits=x).probs, p)
    assert torch.allclose(made(probs=p).probs, p)
    assert not torch.allclose(made(logits=p).probs, p)
    logits = made(probs=p).logits
    assert dict(row.attributes) == (
        {"probs": Kind.SOFTMAX, "logits": Kind.LOG_SOFTMAX}
        if categorical
        else {"probs": Kind.SIGMOID, "logits": Kind.LOGITS}
    )
    assert torch.allclose(logits, x.log_softmax(-1) if categorical else x)
    with pytest.raises(ValueError, match="probs"):
        made(probs=x)
    if categorical:
        assert torch.allclose(made(logits=x.log_softmax(-1)).probs, p)
        assert torch.allclose(made(probs=9 * p).probs, p)
    else:
        with pytest.raises(ValueError, match="probs"):
            made(probs=1 + p)
    wants = Want.PROBS_PARAMETER if categorical else Want.UNIT_PARAMETER
    assert dict(row.takes) == {
        "probs": Takes(Role.SUBJECT, wants),
        "logits": Takes(Role.SUBJECT, Want.LOGITS_PARAMETER),
    }
    assert made(probs=p).sample() is not None
    assert row.facts == {Fact.SAMPLES}
    assert (row.call, row.holds, row.head, dict(row.methods)) == (None, None, None, {})


def test_a_module_calls_forward_and_returns_itself() -> None:
    row = catalog().row("torch.nn.Module")
    assert isinstance(row, Base)
    annotated = {
        name
        for name, member in vars(nn.Module).items()
        if inspect.isfunction(member) and "Self" in str(inspect.signature(member).return_annotation)
    }
    assert row.keeps == annotated | {"to"}
    module = nn.Linear(2, 2)
    assert module.to("cpu") is module

    class Doubled(nn.Module):
        def forward(self, x: torch.Tensor) -> torch.Tensor:
            return 2 * x

    for name in row.altered_by:
        instead = (torch.zeros(2),) if "pre" in name else torch.zeros(2)
        hook = find(name)(lambda module, *given, instead=instead: instead)
        assert torch.equal(Doubled()(torch.ones(2)), torch.zeros(2))
        hook.remove()

    assert row.calls == "forward"
    assert torch.equal(Doubled()(torch.ones(2)), 2 * torch.ones(2))
    assert dict(row.hooks) == {}


def test_containers() -> None:
    double, square = nn.Identity(), nn.Sigmoid()
    x = scores(2, 3)
    assert torch.equal(nn.Sequential(double, square)(x), square(double(x)))
    assert list(nn.ModuleList(modules=[double, square])) == [double, square]
    assert nn.ModuleDict(modules={"a": square})["a"] is square
    held = {row.name: row.holds for row in torch_table.ROWS if isinstance(row, Layer) and row.holds is not None}
    assert held == {
        "torch.nn.Sequential": Holds.CHAIN,
        "torch.nn.ModuleList": Holds.LIST,
        "torch.nn.ModuleDict": Holds.MAPPING,
    }
    for name in held:
        row = catalog().row(name)
        assert isinstance(row, Layer)
        assert (row.call, dict(row.takes), row.facts) == (None, {}, frozenset())


@pytest.fixture
def process_group() -> Iterator[None]:
    torch.distributed.init_process_group("gloo", store=torch.distributed.HashStore(), rank=0, world_size=1)
    yield
    torch.distributed.destroy_process_group()


@pytest.mark.filterwarnings("ignore")
@pytest.mark.usefixtures("process_group")
@pytest.mark.parametrize("name", sorted(MODULE_WRAPPERS))
def test_a_wrapped_model_is_the_model(name: str) -> None:
    row = catalog().row(name)
    assert isinstance(row, SameAs)
    held = inspect.getsource(find(name)) if name.endswith("AveragedModel") else ""
    facts = {Fact.COPIES} if "deepcopy(model)" in held else set()
    assert (row.axes, row.axis, row.facts) == (Axes.KEPT, None, facts)
    assert row.subject == parameters(row.signature)[0]
    if name.endswith("FullyShardedDataParallel"):  # it runs on accelerators alone
        assert "output = self._fsdp_wrapped_module(*args, **kwargs)" in inspect.getsource(find(name).forward)
        return
    module, x = nn.Linear(4, 4), torch.randn(3, 4)
    nn.init.orthogonal_(module.weight)
    expected = module(x).detach()
    wrapped: Any = (
        torch.jit.script(module.eval()) if name in ("torch.jit.freeze", "torch.jit.optimize_for_inference") else module
    )
    extra: dict[str, Any] = {
        "torch.jit.trace": {"example_inputs": x},
        "torch.compile": {"backend": "eager"},
        "torch.nn.utils.spectral_norm": {"n_power_iterations": 20},
    }.get(name, {})
    result = find(name)(**{row.subject: wrapped}, **extra)
    assert torch.allclose(result(x), expected, atol=1e-5)


def entered(row: Function, given: Mapping[str, object], monkeypatch: pytest.MonkeyPatch) -> Scope | None:
    """What is in force inside a `with`."""
    monkeypatch.setattr(torch.cuda.amp.common, "amp_definitely_not_available", lambda: False)
    before = torch.is_grad_enabled()
    with find(row.name)(**given):
        if torch.is_autocast_enabled("cuda"):
            return Scope.AUTOCAST
        return Scope.NO_GRAD if before and not torch.is_grad_enabled() else None


@pytest.mark.filterwarnings("ignore:.*torch.cuda.amp.autocast:FutureWarning")
@pytest.mark.parametrize(
    ("name", "given"),
    [
        ("torch.no_grad", {}),
        ("torch.inference_mode", {}),
        ("torch.inference_mode", {"mode": False}),
        ("torch.set_grad_enabled", {"mode": False}),
        ("torch.set_grad_enabled", {"mode": True}),
        ("torch.autocast", {"device_type": "cuda"}),
        ("torch.autocast", {"device_type": "cuda", "enabled": False}),
        ("torch.autocast", {"device_type": "cpu"}),
        ("torch.cuda.amp.autocast", {}),
        ("torch.cuda.amp.autocast", {"enabled": False}),
    ],
)
def test_what_a_with_block_puts_in_force(name: str, given: dict[str, object], monkeypatch: pytest.MonkeyPatch) -> None:
    row = catalog().row(name)
    assert isinstance(row, Function)
    arguments = literals_of(row.signature, given)
    assert select(row.enters, arguments) is entered(row, given, monkeypatch)
    assert (row.gives, dict(row.takes), row.facts, row.axes) == (None, {}, frozenset(), Axes.KEPT)
    assert (row.axis, row.units, row.low, row.high) == (None, None, None, None)


def test_every_scope_is_proved() -> None:
    assert {row.name for row in torch_table.ROWS if isinstance(row, Function) and row.enters is not None} == {
        "torch.no_grad",
        "torch.inference_mode",
        "torch.set_grad_enabled",
        "torch.autocast",
        "torch.cuda.amp.autocast",
    }


# -- what numbers allow -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", list(Kind), ids=lambda kind: kind.name)
def test_numbers_allow_the_kind_they_are(kind: Kind) -> None:
    for x in witnesses(kind):
        assert kind in classify(to_array(x), 1)


@pytest.mark.parametrize(
    ("kind", "excluded"),
    [
        (
            Kind.LOGITS,
            Kind.SOFTMAX | Kind.SIGMOID | Kind.PROBABILITY | Kind.LOG_SOFTMAX | Kind.LOG_SIGMOID | Kind.DECISION,
        ),
        (Kind.SOFTMAX, Kind.LOG_SOFTMAX | Kind.LOG_SIGMOID | Kind.ONE_HOT | Kind.CLASS_INDEX | Kind.LOSS),
        (Kind.SIGMOID, Kind.SOFTMAX | Kind.LOG_PROBABILITY | Kind.DECISION),
        (Kind.LOG_SOFTMAX, Kind.SOFTMAX | Kind.SIGMOID | Kind.PROBABILITY | Kind.DECISION),
        (Kind.LOG_SIGMOID, Kind.LOG_SOFTMAX | Kind.PROBABILITY),
        (Kind.CLASS_INDEX, Kind.ONE_HOT | Kind.SIGMOID | Kind.SOFTMAX),
    ],
)
def test_numbers_exclude_what_they_cannot_be(kind: Kind, excluded: Kind) -> None:
    assert not classify(to_array(witnesses(kind)[0]), 1) & excluded


def test_masked_scores_are_scores_and_nan_is_nothing() -> None:
    assert classify(np.array([[-math.inf, 2.0]])) & Kind.LOGITS
    assert not classify(np.array([[-math.inf, 2.0]])) & Kind.ACTIVATED
    assert classify(np.array([math.nan])) == Kind(0)
    assert classify(np.array([math.inf])) == Kind(0)
    assert classify(np.zeros((0, 3))) == Kind(0)
    assert Kind.LOG_SOFTMAX in classify(np.array([[-math.inf, 0.0]]), 1)


def test_numbers_of_any_library_are_read() -> None:
    x = torch.tensor([0.25, 0.5], dtype=torch.bfloat16, requires_grad=True)
    assert to_array(x).tolist() == [0.25, 0.5]
    assert to_array([[1, 2]]).dtype == np.float64
    with pytest.raises(TypeError, match="holds no numbers"):
        to_array("scores")
