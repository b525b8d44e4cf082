"""The tables of JAX, optax and flax, held against the libraries; those of haiku, equinox and distrax, pinned.

Kinds, axes and bounds are derived from what a function does to numbers, losses are compared with their formulas in
NumPy, and what runs a function is given one that tells how it was run.
"""

from __future__ import annotations

import importlib
import inspect
import math
import os
import warnings
from collections.abc import Callable, Mapping
from typing import Any

import msgspec
import numpy as np
import pytest

os.environ["JAX_PLATFORMS"] = "cpu"
os.environ["XLA_FLAGS"] = "--xla_backend_optimization_level=0"  # most of the time goes into compiling
with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    import flax.linen as nn
    import jax
    import jax.numpy as jnp
    import optax
    from flax import jax_utils, nnx
    from flax.training import checkpoints, train_state

from logitlint.frameworks import distrax as distrax_table
from logitlint.frameworks import equinox as equinox_table
from logitlint.frameworks import flax as flax_table
from logitlint.frameworks import haiku as haiku_table
from logitlint.frameworks import jax as jax_table
from logitlint.frameworks import jax_activations
from logitlint.frameworks import numpy as numpy_table
from logitlint.frameworks import optax as optax_table
from logitlint.frameworks.catalog import catalog
from logitlint.frameworks.mathematics import rectified
from logitlint.frameworks.vocabulary import (
    Axes,
    Base,
    Depends,
    Fact,
    Function,
    Holds,
    Layer,
    Outcome,
    Result,
    Role,
    Row,
    Runs,
    SameAs,
    Want,
)
from logitlint.kinds import Kind

Call = Callable[..., Any]
INSTALLED: tuple[Row, ...] = (*jax_table.ROWS, *optax_table.ROWS, *flax_table.ROWS)
PINNED: tuple[Row, ...] = (*haiku_table.ROWS, *equinox_table.ROWS, *distrax_table.ROWS)

pytestmark = pytest.mark.filterwarnings("ignore")


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


def agree(row: inspect.Signature, real: inspect.Signature) -> bool:
    """Same parameters in the same order; same defaults where the library's is a literal."""
    ours, theirs = list(row.parameters.values()), list(real.parameters.values())
    if [(each.name, each.kind) for each in ours] != [(each.name, each.kind) for each in theirs]:
        return False
    for mine, other in zip(ours, theirs, strict=True):
        if (mine.default is mine.empty) != (other.default is other.empty):
            return False
        literal = isinstance(other.default, str | int | float | bool | tuple | None)
        if other.default is not other.empty and literal and mine.default != other.default:
            return False
    return True


def scores(*shape: int, seed: int = 0) -> Any:
    return jnp.asarray(np.random.default_rng(seed).normal(size=shape) * 3, dtype=jnp.float32)


# -- names and signatures ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("row", INSTALLED, ids=named)
def test_the_name_and_its_aliases_exist(row: Row) -> None:
    thing = find(row.name)
    for alias in getattr(row, "aliases", ()):
        assert catalog().row(alias) is row
        if alias.rpartition(".")[2] not in ("checkpoint", "around", "amax", "amin"):  # whose results are compared below
            assert inspect.unwrap(find(alias)) is inspect.unwrap(thing)


@pytest.mark.parametrize(
    "row", [row for row in INSTALLED if isinstance(row, Layer | Function | SameAs | Runs)], ids=named
)
def test_the_signature_is_the_library_s(row: Layer | Function | SameAs | Runs) -> None:
    thing = find(row.name)
    text = row.init if isinstance(row, Layer) else row.signature
    if isinstance(row, Layer) and row.name.startswith("flax.nnx."):
        thing, text = thing.__init__, f"self, {text}"
    if isinstance(thing, jnp.ufunc):  # it says no more than how many it takes
        assert len(signature(text).parameters) == thing.nin
        return
    assert agree(signature(text), inspect.signature(thing))


@pytest.mark.parametrize(
    "row", [row for row in INSTALLED if isinstance(row, Layer) and row.call is not None], ids=named
)
def test_a_layer_is_called_as_the_library_calls_it(row: Layer) -> None:
    assert row.call is not None
    assert row.call.name == row.name
    assert agree(signature(f"self, {row.call.signature}"), inspect.signature(find(row.name).__call__))


@pytest.mark.parametrize(("name", "row"), list(flax_table.LINEN[0].methods.items()))  # type: ignore[union-attr]
def test_a_method_of_modules_is_linen_s(name: str, row: SameAs | Runs) -> None:
    text = row.signature if isinstance(row, SameAs) else f"self, {row.signature}"
    assert row.name == f"flax.linen.Module.{name}"
    assert agree(signature(text), inspect.signature(getattr(nn.Module, name)))


def test_what_linen_and_nnx_export_is_known_under_their_names() -> None:
    ours = {alias for row in flax_table.ACTIVATIONS if isinstance(row, Function) for alias in (row.name, *row.aliases)}
    known = {row.name.rpartition(".")[2] for row in jax_activations.EXPORTED}
    known |= {alias.rpartition(".")[2] for row in jax_activations.EXPORTED for alias in row.aliases}
    for home in ("flax.linen", "flax.nnx"):
        exported = {name for name in known if hasattr(find(home), name)}
        assert {path for path in ours if path.rpartition(".")[0] == home} == {f"{home}.{name}" for name in exported}
        assert exported == known


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("optax.losses._classification.ctc_loss", "optax.losses.ctc_loss"),
        ("flax.linen.linear.Dense", "flax.linen.Dense"),
        ("flax.linen.module.Module", "flax.linen.Module"),
        ("flax.nnx.nn.linear.Linear", "flax.nnx.Linear"),
        ("flax.nnx.module.Module", "flax.nnx.Module"),
        ("flax.nnx.transforms.autodiff.grad", "flax.nnx.grad"),
    ],
)
def test_a_name_is_known_where_it_lies(path: str, name: str) -> None:
    assert catalog().row(path) is catalog().row(name) is not None
    assert find(path) is find(name)


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("haiku._src.basic.Linear", "haiku.Linear"),
        ("equinox.nn._linear.Linear", "equinox.nn.Linear"),
        ("equinox._module.Module", "equinox.Module"),
        ("distrax._src.distributions.bernoulli.Bernoulli", "distrax.Bernoulli"),
    ],
)
def test_a_name_of_what_is_not_installed_is_known_where_it_lies(path: str, name: str) -> None:
    assert catalog().row(path) is catalog().row(name) is not None


# -- activations ------------------------------------------------------------------------------------------------------

ACTIVATIONS = [row for row in jax_activations.ROWS if isinstance(row, Function)]
BOUND_BY_ARGUMENT = {"jax.nn.elu", "jax.nn.celu"}


def axis_of_sums(values: Any) -> int | None:
    axes = [axis for axis in range(values.ndim) if np.allclose(values.sum(axis), 1, atol=1e-4)]
    return axes[0] if len(axes) == 1 else None


def derived(function: Call, x: Any) -> tuple[Kind | None, int | None]:
    """The kind, and the axis, that the numbers show."""
    y = np.asarray(function(x))
    if (y >= 0).all() and (axis := axis_of_sums(y)) is not None:
        return Kind.SOFTMAX, axis
    if (y <= 0).all() and (axis := axis_of_sums(np.exp(y))) is not None:
        return Kind.LOG_SOFTMAX, axis
    grid = np.linspace(-8, 8, 161)
    for inverse, kind in ((np.asarray, Kind.SIGMOID), (np.exp, Kind.LOG_SIGMOID)):
        p = inverse(np.asarray(function(jnp.asarray(grid, jnp.float32)), np.float64))
        if ((p > 0) & (p < 1)).all() and np.allclose(p, 1 / (1 + np.exp(-grid)), rtol=1e-3):
            return kind, None
    order = np.random.default_rng(1).permutation(x.size)
    moved = np.asarray(function(jnp.asarray(np.asarray(x).ravel()[order].reshape(x.shape))))
    if np.allclose(y.ravel()[order].reshape(x.shape), moved, atol=1e-5):
        return Kind.ACTIVATED, None
    centred = np.allclose(y.mean(-1), 0, atol=1e-4) and np.allclose(y.std(-1), 1, atol=1e-3)
    return (Kind.LOGITS if centred else None), None


@pytest.mark.parametrize("row", ACTIVATIONS, ids=named)
def test_an_activation_gives_the_kind_its_numbers_show(row: Function) -> None:
    function = find(row.name)
    assert {name: takes.role for name, takes in row.takes.items()} == {"x": Role.SUBJECT}
    if row.name == "jax.nn.one_hot":
        y = np.asarray(function(jnp.arange(3), 4))
        assert (row.gives, row.axes, row.axis) == (Kind.ONE_HOT, Axes.RESHAPED, "axis")
        assert y.shape == (3, 4)
        assert np.array_equal(y, np.eye(3, 4))
        return
    if row.name == "jax.scipy.special.logit":
        p = jnp.asarray([0.1, 0.5, 0.9])
        assert np.allclose(jax.nn.sigmoid(function(p)), p)
        assert row.gives == {Kind.SIGMOID: Kind.LOGITS, Kind.PROBABILITY: Kind.LOGITS}
        return
    x = scores(4, 5, 6)
    for axis in (0, 1, -1) if row.axis == "axis" else (None,):
        given = {} if axis is None else {"axis": axis}
        kind, shown = derived(lambda x, given=given: function(x, **given), x)
        assert row.gives is kind
        assert shown == (None if axis is None else axis % 3)
        assert function(x, **given).shape == x.shape
    assert row.axes is Axes.KEPT
    default = signature(row.signature).parameters.get("axis")
    if default is not None and row.axis is not None:
        whole = np.asarray(function(scores(4, 5)))
        whole = whole if row.gives is Kind.SOFTMAX else np.exp(whole)
        assert np.allclose(whole.sum(default.default), 1, atol=1e-4)


@pytest.mark.parametrize("row", [row for row in ACTIVATIONS if row.gives is Kind.ACTIVATED], ids=named)
def test_an_activation_stays_within_its_bounds_and_reaches_them(row: Function) -> None:
    grid = np.concatenate([np.linspace(-1e3, 1e3, 2001), np.linspace(-10, 10, 20001)])
    values = np.asarray(find(row.name)(jnp.asarray(grid, jnp.float32)))
    lowest, highest = float(values.min()), float(values.max())
    if row.low is None:
        assert lowest < -5 or row.name in BOUND_BY_ARGUMENT
    else:
        assert isinstance(row.low, int | float)
        assert row.low <= lowest <= row.low + 1e-2
    assert highest > 50 if row.high is None else float(row.high) - 1e-2 <= highest <= float(row.high)
    if row.name in BOUND_BY_ARGUMENT:
        assert float(find(row.name)(jnp.float32(-50), alpha=3.0)) == pytest.approx(-3)


@pytest.mark.parametrize("row", ACTIVATIONS, ids=named)
def test_an_activation_that_keeps_the_order_does(row: Function) -> None:
    if row.name in ("jax.nn.one_hot", "jax.scipy.special.logit", "jax.nn.standardize"):
        return
    values = np.asarray(find(row.name)(jnp.asarray(np.linspace(-5, 5, 101), jnp.float32), **axis_of(row)))
    assert (Fact.MONOTONE in row.facts) is bool((np.diff(values) > 0).all())


def axis_of(row: Function) -> dict[str, int]:
    return {"axis": 0} if row.axis == "axis" else {}


def test_identity_is_the_identity() -> None:
    assert np.array_equal(jax.nn.identity(scores(3)), scores(3))


# -- operations: NumPy's, by name and by result -----------------------------------------------------------------------

NUMPY = {row.name.rpartition(".")[2]: row for row in numpy_table.FUNCTIONS if isinstance(row, Function | SameAs)}
LAX = {
    "lax.log": "log",
    "lax.exp": "exp",
    "lax.neg": "negative",
    "lax.concatenate": "concatenate",
    "lax.reshape": "reshape",
}
P = np.asarray(jax.nn.softmax(scores(4, 5)))
ARGUMENTS: Mapping[str, tuple[tuple[Any, ...], dict[str, Any]]] = {
    "allclose": ((P, P), {}),
    "argmax": ((P,), {"axis": 1}),
    "argmin": ((P,), {"axis": 1}),
    "clip": ((P, 0.1, 0.5), {}),
    "concat": (([P, P],), {"axis": 1}),
    "concatenate": (([P, P], 0), {}),
    "equal": ((P, P), {}),
    "expand_dims": ((P, 1), {}),
    "flip": ((P,), {"axis": 0}),
    "greater": ((P, 0.5), {}),
    "greater_equal": ((P, 0.5), {}),
    "hstack": (([P, P],), {}),
    "isclose": ((P, P), {}),
    "less": ((P, 0.5), {}),
    "less_equal": ((P, 0.5), {}),
    "max": ((P,), {"axis": 1}),
    "maximum": ((P - 0.5, 0), {}),
    "mean": ((P,), {"axis": 0}),
    "min": ((P,), {"axis": 1}),
    "moveaxis": ((P, 0, 1), {}),
    "prod": ((P,), {"axis": 1}),
    "reshape": ((P, (2, 10)), {}),
    "squeeze": ((P[None],), {"axis": 0}),
    "stack": (([P, P],), {}),
    "sum": ((P,), {"axis": 1}),
    "swapaxes": ((P, 0, 1), {}),
    "take_along_axis": ((P, np.zeros((4, 1), int)), {"axis": 1}),
    "vstack": (([P, P],), {}),
    "where": ((P > 0.3, 1, 0), {}),
}
OPERATIONS = [row for row in jax_table.FUNCTIONS if isinstance(row, Function | SameAs)]
HERE_ONLY = {
    "flip": Axes.RESHAPED,
    "swapaxes": Axes.PERMUTED,
    "moveaxis": Axes.PERMUTED,
    "take_along_axis": Axes.SLICED,
}
MOVED = ("device_get", "device_put", "block_until_ready", "lax.stop_gradient")


@pytest.mark.parametrize("row", OPERATIONS, ids=named)
def test_an_operation_is_numpy_s(row: Function | SameAs) -> None:
    short = row.name.removeprefix("jax.")
    if short in MOVED:
        assert isinstance(row, SameAs)
        assert (row.axes, row.subject) == (Axes.KEPT, "x")
        assert np.array_equal(find(row.name)(jnp.asarray(P)), P)
        return
    name = LAX.get(short, short.rpartition(".")[2])
    args, kwargs = ARGUMENTS.get(name, ((P,), {}))
    if name == "concat":
        name = "concatenate"
    ours = find(row.name)(
        *([jnp.asarray(each) for each in args[0]] if isinstance(args[0], list) else jnp.asarray(args[0]),),
        *args[1:],
        **kwargs,
    )
    assert np.allclose(ours, getattr(np, name)(*args, **kwargs), atol=1e-6)
    if name == "maximum":
        assert isinstance(row, Function)
        assert (row.gives, row.low) == (rectified("y"), 0)
        return
    if name in HERE_ONLY:
        assert isinstance(row, SameAs)
        assert row.axes is HERE_ONLY[name]
        return
    twin = NUMPY[name]
    assert type(row) is type(twin)
    assert row.axes is twin.axes
    first = next(iter(signature(row.signature).parameters))
    if isinstance(row, SameAs) and isinstance(twin, SameAs):
        assert row.subject == first
        assert (row.sizes is None) is (twin.sizes is None)
    elif isinstance(row, Function) and isinstance(twin, Function):
        assert row.gives == twin.gives
        assert [takes.role for takes in row.takes.values()] == [takes.role for takes in twin.takes.values()]
        assert next(iter(row.takes)) == first
    assert (row.axis is None) is (twin.axis is None)
    assert row.axis is None or row.axis in signature(row.signature).parameters


@pytest.mark.parametrize("row", OPERATIONS, ids=named)
def test_what_carries_no_gradient_says_so(row: Function | SameAs) -> None:
    short = row.name.removeprefix("jax.")
    if short in ("device_put", "block_until_ready", "numpy.array", "numpy.asarray", "numpy.copy"):
        assert not row.facts
        return
    if short == "device_get":
        assert isinstance(jax.device_get(jnp.ones(2)), np.ndarray)
        assert row.facts == {Fact.TRAINS_NOT}
        return
    name = LAX.get(short, short.rpartition(".")[2])
    args, kwargs = ARGUMENTS.get(name, ((P,), {}))

    def total(x: Any) -> Any:
        first = [x, x] if isinstance(args[0], list) else x
        if name == "where":
            first = x > 0.3
        elif name == "squeeze":
            first = x[None]
        result = find(row.name)(first, *args[1:], **kwargs)
        return jnp.sum(jnp.asarray(result, jnp.float32) * jnp.arange(1.0, 1 + result.size).reshape(result.shape))

    dead = not np.any(jax.grad(total)(jnp.asarray(P)))
    assert (Fact.TRAINS_NOT in row.facts) is dead
    compares = name in ("allclose", "isclose")
    assert (Fact.COMPARES in row.facts) is compares
    assert (Fact.DECIDES in row.facts) is (dead and not compares and short != "lax.stop_gradient")
    assert (Fact.MONOTONE in row.facts) is (name in ("log", "exp"))
    assert (Fact.THRESHOLDS in row.facts) is (name in ("round", "rint"))


@pytest.mark.parametrize(("name", "sign"), sorted(jax_table.OPERATORS.items()))
def test_operators_by_another_name(name: str, sign: str) -> None:
    x, y = scores(3, 3), scores(3, 3, seed=1)
    assert np.allclose(find(name)(x, y), eval(f"x {sign} y"), atol=1e-5)
    assert catalog().operator(name) == sign


# -- nothing is missing -----------------------------------------------------------------------------------------------

SCALED = "arithmetic in a narrow dtype"
NOT_IN_NN = {
    "dot_product_attention": "attention, whose result is features",
    "get_scaled_dot_general_config": SCALED,
    "glu": "unbounded on both sides, half as wide: a fair last layer",
    "log1mexp": "arithmetic on logarithms",
    "logmeanexp": "one number for several scores",
    "logsumexp": "one number for several scores",
    "scaled_dot_general": SCALED,
    "scaled_matmul": SCALED,
}
CELLS = "gives hidden states"
LEARNED = "learned features, which are scores of nothing"
MODULES_LEFT_OUT: Mapping[str, str] = {
    "Embed": LEARNED,
    "PReLU": "a learned slope: no bound",
    "RMSNorm": "does not centre: what a ReLU left positive stays positive",
    "SpectralNorm": "wraps a layer",
    "WeightNorm": "wraps a layer",
    **dict.fromkeys(("Dict", "List"), "holds modules"),
    **dict.fromkeys(("LoRA", "LoRALinear"), "added to a layer"),
    **dict.fromkeys(("MultiHeadAttention", "MultiHeadDotProductAttention", "SelfAttention"), LEARNED),
    **dict.fromkeys(
        ("Fp8DirectDotGeneralOp", "Fp8DotGeneral", "Fp8DotGeneralOp", "Fp8Einsum", "NANOOFp8DotGeneralOp"), SCALED
    ),
    **dict.fromkeys(("GRUCell", "LSTMCell", "MGUCell", "OptimizedLSTMCell", "SimpleCell", "RNNCellBase"), CELLS),
    **dict.fromkeys(("Bidirectional", "ConvLSTMCell", "RNN"), CELLS),
}


def public(module: Any) -> dict[str, Any]:
    return {name: value for name, value in vars(module).items() if name[0] != "_" and callable(value)}


def test_every_function_of_jax_nn_is_in_the_table_or_left_out_for_a_reason() -> None:
    absent = {name for name in public(jax.nn) if catalog().row(f"jax.nn.{name}") is None}
    assert absent == NOT_IN_NN.keys()


def test_every_layer_of_flax_is_in_the_table_or_left_out_for_a_reason() -> None:
    left_out = set()
    for home, module in (("linen", nn), ("nnx", nnx)):
        classes = {
            name
            for name, value in public(module).items()
            if inspect.isclass(value) and issubclass(value, module.Module)
        }
        left_out |= {name for name in classes if catalog().row(f"flax.{home}.{name}") is None}
    assert left_out == MODULES_LEFT_OUT.keys()


def test_what_numpy_s_table_has_and_jax_numpy_too_is_there() -> None:
    shared = {name for name in NUMPY if hasattr(jnp, name)} - {"amax", "amin", "around"}
    absent = {name for name in shared if catalog().row(f"jax.numpy.{name}") is None}
    assert not absent


@pytest.mark.parametrize("name", ["eye", "identity"])
def test_the_rows_of_an_identity_matrix_are_one_hot(name: str) -> None:
    row, twin = catalog().row(f"jax.numpy.{name}"), NUMPY[name]
    assert isinstance(row, Function)
    assert isinstance(twin, Function)
    assert (row.gives, row.axis, row.rank) == (twin.gives, twin.axis, twin.rank)
    assert (dict(row.takes), row.facts, row.axes, row.aliases) == ({}, frozenset(), Axes.KEPT, ())
    assert np.array_equal(find(row.name)(4)[jnp.asarray([2, 0])], jax.nn.one_hot(jnp.asarray([2, 0]), 4))
    assert tuple(catalog().row(f"jax.numpy.{each}") for each in ("eye", "identity")) == jax_table.IDENTITIES


# Beside jax.nn: operations, random numbers and transformations, a few of the hundreds of their namespaces.
FURTHER = """
    block_until_ready checkpoint device_get device_put grad jit lax.concatenate lax.exp lax.log lax.logistic lax.neg
    lax.reshape lax.stop_gradient lax.tanh named_call numpy.allclose numpy.argmax numpy.argmin numpy.array
    numpy.asarray numpy.clip numpy.concat numpy.concatenate numpy.copy numpy.equal numpy.exp numpy.expand_dims
    numpy.float16 numpy.float32 numpy.float64
    numpy.eye numpy.flip numpy.greater numpy.greater_equal numpy.hstack numpy.identity numpy.isclose numpy.less
    numpy.less_equal numpy.log numpy.max numpy.maximum numpy.mean numpy.min numpy.moveaxis numpy.negative numpy.prod
    numpy.ravel numpy.reshape numpy.rint numpy.round numpy.squeeze numpy.stack numpy.sum numpy.swapaxes
    numpy.take_along_axis numpy.tanh numpy.transpose numpy.vstack numpy.where pmap random.bernoulli random.binomial
    random.categorical random.choice random.geometric random.multinomial remat scipy.special.expit
    scipy.special.log_softmax scipy.special.logit scipy.special.softmax value_and_grad vmap
"""
FURTHER_OF_FLAX = """
    jax_utils.replicate jax_utils.unreplicate linen.avg_pool linen.jit linen.max_pool linen.remat nnx.clone
    nnx.grad nnx.jit nnx.merge nnx.pmap nnx.remat nnx.split nnx.value_and_grad nnx.vmap
    training.checkpoints.restore_checkpoint training.train_state.TrainState
"""


def test_every_operation_and_transformation_is_there() -> None:
    names = {row.name.removeprefix("jax.") for row in jax_table.ROWS if not row.name.startswith("jax.nn.")}
    assert names == set(FURTHER.split())
    layers = {f"flax.{home}.{name}" for home, module in (("linen", nn), ("nnx", nnx)) for name in public(module)}
    layers = {name for name in layers if name.rpartition(".")[2][0].isupper()}
    rest = {row.name for row in flax_table.ROWS if row not in flax_table.ACTIVATIONS} - layers
    assert {name.removeprefix("flax.") for name in rest} == set(FURTHER_OF_FLAX.split())


@pytest.mark.parametrize("row", flax_table.ACTIVATIONS, ids=named)
def test_what_flax_exports_is_jax_s(row: Function) -> None:
    home = "jax.numpy" if row.name.endswith(".tanh") else "jax.nn"
    same = catalog().row(f"{home}.{row.name.rpartition('.')[2]}")
    assert isinstance(same, Function)
    assert find(row.name) is find(same.name)
    assert msgspec.structs.replace(row, name=same.name, aliases=same.aliases) == same


# -- random numbers ---------------------------------------------------------------------------------------------------

KEY = jax.random.key(0)
Q = jnp.asarray([0.2, 0.7, 0.1])
DRAWS: Mapping[str, tuple[Want, Callable[[Any], Any], Any]] = {
    "categorical": (
        Want.LOGITS_PARAMETER,
        lambda draw: np.bincount(draw(KEY, jnp.log(Q) + 5, shape=(20000,)), minlength=3) / 20000,
        Q,
    ),
    "choice": (
        Want.PROBS_PARAMETER,
        lambda draw: np.bincount(draw(KEY, 3, (20000,), p=Q), minlength=3) / 20000,
        Q,
    ),
    "multinomial": (Want.PROBS_PARAMETER, lambda draw: draw(KEY, 20000.0, Q) / 20000, Q),
    "bernoulli": (Want.UNIT_PARAMETER, lambda draw: draw(KEY, Q, (20000, 3)).mean(0), Q),
    "binomial": (Want.UNIT_PARAMETER, lambda draw: draw(KEY, 20.0, Q, (5000, 3)).mean(0) / 20, Q),
    "geometric": (Want.UNIT_PARAMETER, lambda draw: 1 / draw(KEY, Q, (20000, 3)).mean(0), Q),
}


@pytest.mark.parametrize("row", jax_table.SAMPLING, ids=named)
def test_a_sampler_draws_by_what_it_is_said_to_read(row: Function) -> None:
    want, frequencies, expected = DRAWS[row.name.rpartition(".")[2]]
    ((parameter, takes),) = row.takes.items()
    assert parameter == ("logits" if want is Want.LOGITS_PARAMETER else "p")
    assert (takes.role, takes.want) == (Role.SUBJECT, want)
    assert np.allclose(frequencies(find(row.name)), expected, atol=0.02)
    assert row.facts == {Fact.SAMPLES, Fact.TRAINS_NOT}
    assert row.gives is (Kind.CLASS_INDEX if row.name.endswith("categorical") else None)


# -- losses -----------------------------------------------------------------------------------------------------------

Z = np.asarray(scores(6, 5), np.float64)
LABELS = np.arange(6) % 5
ONE_HOT = np.eye(5)[LABELS]
SMOOTH = np.exp(Z[::-1]) / np.exp(Z[::-1]).sum(-1, keepdims=True)
MANY = (Z[::-1] > 0).astype(float)
SIGNS = 2 * MANY - 1


def log_softmax(z: Any) -> Any:
    return z - np.log(np.exp(z).sum(-1, keepdims=True))


def sigmoid(z: Any) -> Any:
    return 1 / (1 + np.exp(-z))


def binary(z: Any) -> Any:
    return -MANY * np.log(sigmoid(z)) - (1 - MANY) * np.log(1 - sigmoid(z))


def certainty(z: Any) -> Any:
    return MANY * sigmoid(z) + (1 - MANY) * (1 - sigmoid(z))


def cross_entropy(z: Any) -> Any:
    return -(ONE_HOT * log_softmax(z)).sum(-1)


def others(z: Any) -> Any:
    return np.where(ONE_HOT > 0, -np.inf, z).max(-1)


def right(z: Any) -> Any:
    return (ONE_HOT * z).sum(-1)


GIVEN: Mapping[Want | None, Callable[[], Any]] = {
    Want.CLASS_LOGITS: lambda: Z + 7,  # of classes only differences count
    Want.LABEL_LOGITS: lambda: Z,
    Want.SCORES: lambda: Z,
    Want.CLASS_LOG_PROBABILITIES: lambda: log_softmax(Z),
    Want.PROBABILITIES: lambda: np.exp(log_softmax(Z)),
    Want.ONE_HOT: lambda: ONE_HOT,
    Want.CLASS_INDEX: lambda: LABELS,
    Want.LABELS: lambda: MANY,
    Want.SIGNS: lambda: SIGNS,
    Want.DISTRIBUTION: lambda: SMOOTH,
    Want.LOG_DISTRIBUTION: lambda: np.log(SMOOTH),
    None: lambda: SMOOTH,
}
W = Want
PAIRS: Mapping[str, tuple[Want, Want | None, Callable[[], Any]]] = {
    "softmax_cross_entropy": (W.CLASS_LOGITS, W.ONE_HOT, lambda: cross_entropy(Z)),
    "safe_softmax_cross_entropy": (W.CLASS_LOGITS, W.ONE_HOT, lambda: cross_entropy(Z)),
    "softmax_cross_entropy_with_integer_labels": (W.CLASS_LOGITS, W.CLASS_INDEX, lambda: cross_entropy(Z)),
    "poly_loss_cross_entropy": (
        W.CLASS_LOGITS,
        W.ONE_HOT,
        lambda: cross_entropy(Z) + 2 * (1 - np.exp(-cross_entropy(Z))),
    ),
    "sigmoid_binary_cross_entropy": (W.LABEL_LOGITS, W.LABELS, lambda: binary(Z)),
    "sigmoid_focal_loss": (W.LABEL_LOGITS, W.LABELS, lambda: binary(Z) * (1 - certainty(Z)) ** 2),
    "kl_divergence": (
        W.CLASS_LOG_PROBABILITIES,
        W.DISTRIBUTION,
        lambda: (SMOOTH * (np.log(SMOOTH) - log_softmax(Z))).sum(-1),
    ),
    "hinge_loss": (W.SCORES, W.SIGNS, lambda: np.maximum(0, 1 - Z * SIGNS)),
    "perceptron_loss": (W.SCORES, W.SIGNS, lambda: np.maximum(0, -Z * SIGNS)),
    "multiclass_hinge_loss": (W.SCORES, W.CLASS_INDEX, lambda: np.maximum(0, 1 + others(Z) - right(Z))),
    "multiclass_perceptron_loss": (W.SCORES, W.CLASS_INDEX, lambda: Z.max(-1) - right(Z)),
    "squared_error": (W.SCORES, None, lambda: (Z - SMOOTH) ** 2),
    "l2_loss": (W.SCORES, None, lambda: (Z - SMOOTH) ** 2 / 2),
    "log_cosh": (W.SCORES, None, lambda: np.log(np.cosh(Z - SMOOTH))),
    "huber_loss": (
        W.SCORES,
        None,
        lambda: np.where(abs(Z - SMOOTH) < 1, (Z - SMOOTH) ** 2 / 2, abs(Z - SMOOTH) - 0.5),
    ),
}
PAIRS = {
    **PAIRS,
    "kl_divergence_with_log_targets": (W.CLASS_LOG_PROBABILITIES, W.LOG_DISTRIBUTION, PAIRS["kl_divergence"][2]),
    "generalized_kl_divergence": PAIRS["kl_divergence"],
    "convex_kl_divergence": PAIRS["kl_divergence"],
}
ELSEWHERE = {
    "ctc_loss",
    "dice_loss",
    "multiclass_generalized_dice_loss",
    "binary_dice_loss",
    "multiclass_sparsemax_loss",
    "sparsemax_loss",
}
LEFT_OUT = {
    "cosine_distance": "a distance between embeddings",
    "cosine_similarity": "a similarity of embeddings",
    "ctc_loss_with_forward_probs": "gives three results",
    "make_fenchel_young_loss": "makes a loss",
    "ntxent": "of embeddings",
    "ranking_softmax_loss": "of the scores of a list",
    "smooth_labels": "no loss",
    "triplet_margin_loss": "of embeddings",
}
LOSSES = {row.name.rpartition(".")[2]: row for row in optax_table.ROWS if isinstance(row, Function)}


def test_every_loss_of_optax_is_there_or_left_out_for_a_reason() -> None:
    public = {name for name in vars(optax.losses) if name[0] != "_" and callable(getattr(optax.losses, name))}
    assert set(LOSSES) == set(PAIRS) | ELSEWHERE
    assert public == set(LOSSES) | set(LEFT_OUT)
    exported = {name for name, row in LOSSES.items() if row.aliases}
    assert exported == {name for name in LOSSES if hasattr(optax, name)}
    assert all(row.aliases in ((), (f"optax.{name}",)) for name, row in LOSSES.items())


def sides(row: Function) -> tuple[Any, Any]:
    (prediction,) = [takes for takes in row.takes.values() if takes.role is Role.PREDICTION]
    (target,) = [takes for takes in row.takes.values() if takes.role is Role.TARGET]
    assert list(row.takes.values()) == [prediction, target]
    assert row.gives is Kind.LOSS
    assert row.facts == {Fact.LOSS}
    return prediction.want, target.want


@pytest.mark.parametrize("name", sorted(PAIRS))
def test_a_loss_is_its_formula_on_the_scales_it_is_said_to_read(name: str) -> None:
    row = LOSSES[name]
    want, target, formula = PAIRS[name]
    assert sides(row) == (want, target)
    given = [jnp.asarray(GIVEN[takes.want]()) for takes in row.takes.values() if not isinstance(takes.want, Depends)]
    given = [each.astype(jnp.float32) if each.dtype.kind == "f" else each for each in given]
    assert np.allclose(find(row.name)(**dict(zip(row.takes, given, strict=True))), formula(), atol=1e-3)


@pytest.mark.parametrize("name", ["dice_loss", "multiclass_generalized_dice_loss"])
def test_an_overlap_loss_squashes_unless_told_otherwise(name: str) -> None:
    prediction, target = sides(LOSSES[name])
    assert prediction == Depends("apply_softmax", {True: Want.CLASS_LOGITS, False: Want.CLASS_PROBABILITIES})
    assert target is None
    loss, z, t = find(LOSSES[name].name), jnp.asarray(Z), jnp.asarray(ONE_HOT)
    assert np.allclose(loss(z, t), loss(jax.nn.softmax(z), t, apply_softmax=False))
    assert not np.allclose(loss(z, t), loss(jax.nn.softmax(z), t), atol=1e-2)
    with pytest.raises(ValueError, match="sum to 1"):
        loss(jax.nn.sigmoid(z), t, apply_softmax=False)


def test_the_binary_overlap_loss_squashes_and_cannot_be_told_otherwise() -> None:
    assert sides(LOSSES["binary_dice_loss"]) == (Depends("apply_sigmoid", {True: Want.LABEL_LOGITS}), None)
    z, t = jnp.asarray(Z[0]), jnp.asarray(MANY[0])
    p = sigmoid(Z[0])
    assert np.allclose(optax.losses.binary_dice_loss(z, t), 1 - (p * MANY[0] + 1) / ((p + MANY[0]) / 2 + 1), atol=1e-5)
    with pytest.raises(ValueError, match="sum to 1"):
        optax.losses.binary_dice_loss(jax.nn.sigmoid(z), t, apply_sigmoid=False)


def test_connectionist_loss_normalises_its_scores_itself() -> None:
    assert sides(LOSSES["ctc_loss"]) == (Want.CLASS_LOGITS, Want.CLASS_INDEX)
    z, rest = scores(1, 4, 5), (jnp.zeros((1, 4)), jnp.asarray([[1, 2]]), jnp.zeros((1, 2)))
    once = optax.ctc_loss(z, *rest)
    assert np.allclose(once, optax.ctc_loss(jax.nn.log_softmax(z), *rest), rtol=1e-4)
    assert not np.allclose(once, optax.ctc_loss(jax.nn.softmax(z), *rest), rtol=1e-2)


def test_sparsemax_losses_read_scores() -> None:
    assert sides(LOSSES["sparsemax_loss"]) == (Want.SCORES, Want.LABELS)
    assert sides(LOSSES["multiclass_sparsemax_loss"]) == (Want.SCORES, Want.CLASS_INDEX)
    loss = optax.losses.sparsemax_loss
    assert np.allclose(loss(jnp.asarray([5.0, -5.0, 5.0]), jnp.asarray([1, 0, 0])), [0, 0, 5])  # linear beyond one
    many = optax.losses.multiclass_sparsemax_loss
    assert np.allclose(many(jnp.asarray([[9.0, 0.0, -9.0]]), jnp.asarray([0])), 0, atol=1e-5)


# -- layers -----------------------------------------------------------------------------------------------------------

IMAGES = scores(2, 4, 4, 6)
FLAT = scores(4, 6)
BUILT: Mapping[str, tuple[dict[str, Any], Any]] = {
    "linen.Dense": ({"features": 3}, FLAT),
    "linen.DenseGeneral": ({"features": (3, 2)}, FLAT),
    "linen.Einsum": ({"shape": (6, 3), "einsum_str": "bi,ij->bj"}, FLAT),
    "linen.Conv": ({"features": 3, "kernel_size": (3, 3), "strides": 2}, IMAGES),
    "linen.ConvLocal": ({"features": 3, "kernel_size": (3, 3)}, IMAGES),
    "linen.ConvTranspose": ({"features": 3, "kernel_size": (3, 3), "strides": (2, 2)}, IMAGES),
    "linen.BatchNorm": ({"use_running_average": False}, FLAT),
    "linen.LayerNorm": ({}, FLAT),
    "linen.GroupNorm": ({"num_groups": 2}, FLAT),
    "linen.InstanceNorm": ({}, IMAGES),
    "linen.Dropout": ({"rate": 0.5, "deterministic": True}, FLAT),
    "nnx.Linear": ({"in_features": 6, "out_features": 3}, FLAT),
    "nnx.LinearGeneral": ({"in_features": 6, "out_features": (3, 2)}, FLAT),
    "nnx.Einsum": ({"einsum_str": "bi,ij->bj", "kernel_shape": (6, 3)}, FLAT),
    "nnx.Conv": ({"in_features": 6, "out_features": 3, "kernel_size": (3, 3), "strides": 2}, IMAGES),
    "nnx.ConvTranspose": ({"in_features": 6, "out_features": 3, "kernel_size": (3, 3), "strides": (2, 2)}, IMAGES),
    "nnx.BatchNorm": ({"num_features": 6}, FLAT),
    "nnx.LayerNorm": ({"num_features": 6}, FLAT),
    "nnx.GroupNorm": ({"num_features": 6, "num_groups": 2}, FLAT),
    "nnx.InstanceNorm": ({"num_features": 6}, IMAGES),
    "nnx.Dropout": ({"rate": 0.5, "deterministic": True}, FLAT),
}
LAYERS = [row for row in flax_table.ROWS if isinstance(row, Layer) and row.call is not None]


@pytest.mark.parametrize("row", LAYERS, ids=named)
def test_a_layer_gives_what_its_row_says(row: Layer) -> None:
    given, x = BUILT[row.name.removeprefix("flax.")]
    module = find(row.name)
    if row.name.startswith("flax.nnx."):
        assert row.methods == {}
        y = module(**given, rngs=nnx.Rngs(0))(x)
    else:
        assert set(row.methods) == {"apply", "init", "init_with_output", "bind"}
        y, _ = module(**given).init_with_output(jax.random.key(0), x)
    if isinstance(row.call, SameAs):
        assert row.call.axes is Axes.KEPT
        assert row.call.facts == {Fact.DROPOUT}
        assert np.array_equal(y, x)
        return
    assert isinstance(row.call, Function)
    assert row.call.gives is Kind.LOGITS
    assert list(row.call.takes) == [next(iter(signature(row.call.signature).parameters))]
    assert float(y.min()) < 0 < 1 < float(y.max())
    if row.call.axes is Axes.KEPT:
        assert y.shape == (*x.shape[:-1], given[row.call.units] if row.call.units else x.shape[-1])
    else:
        assert row.call.axes is Axes.RESHAPED
        assert row.call.units is None
        assert y.shape != x.shape


def test_dropout_drops() -> None:
    ones = jnp.ones((100, 100))
    y = nn.Dropout(0.5, deterministic=False).apply({}, ones, rngs={"dropout": jax.random.key(0)})
    assert set(np.unique(y)) == {0.0, 2.0}


@pytest.mark.parametrize(("home", "built"), [("linen", nn.Sequential([nn.Dense(3), nn.softmax])), ("nnx", None)])
def test_a_chain_calls_its_layers_one_after_another(home: str, built: Any) -> None:
    row = catalog().row(f"flax.{home}.Sequential")
    assert isinstance(row, Layer)
    assert (row.holds, row.call) == (Holds.CHAIN, None)
    if built is None:
        y = nnx.Sequential(nnx.Linear(6, 3, rngs=nnx.Rngs(0)), nnx.softmax)(FLAT)
    else:
        assert set(row.methods) == {"apply", "init", "init_with_output", "bind"}
        y = built.init_with_output(jax.random.key(0), FLAT)[0]
    assert np.allclose(y.sum(-1), 1, atol=1e-5)


def test_pooling() -> None:
    p = jax.nn.softmax(IMAGES)
    mean, largest = catalog().row("flax.linen.avg_pool"), catalog().row("flax.nnx.max_pool")
    assert isinstance(mean, SameAs)
    assert isinstance(largest, SameAs)
    assert (mean.axes, mean.subject) == (Axes.POOLED, "inputs")
    assert (largest.axes, largest.subject) == (Axes.SLICED, "inputs")
    assert np.allclose(nn.avg_pool(p, (2, 2)).sum(-1), 1, atol=1e-5)
    most = nn.max_pool(p, (2, 2))
    assert np.isin(most, p).all()
    assert not np.allclose(most.sum(-1), 1, atol=1e-2)


# -- modules ----------------------------------------------------------------------------------------------------------


class Fields(nn.Module):
    features: int
    last: Any = nn.softmax

    def setup(self) -> None:
        self.head = nn.Dense(self.features)

    def scores(self, x: Any) -> Any:
        self.sow("seen", "x", x)
        return self.head(x)

    def __call__(self, x: Any) -> Any:
        return self.last(self.scores(x))


def test_linen_modules() -> None:
    row = catalog().row("flax.linen.Module")
    assert isinstance(row, Base)
    assert (row.calls, row.prepares, row.fields) == ("__call__", ("setup",), True)
    assert set(row.methods) == {"apply", "init", "init_with_output", "bind"}
    model = Fields(3)  # by position, in the order of the annotations
    params = model.init(jax.random.key(0), FLAT)
    y = model.apply(params, FLAT)
    assert np.allclose(y.sum(-1), 1, atol=1e-5)
    assert np.allclose(model.init_with_output(jax.random.key(0), FLAT)[0], y)
    assert np.allclose(model.bind(params)(FLAT), y)


def test_what_is_mutable_decides_what_apply_gives() -> None:
    model = Fields(3)
    params = model.init(jax.random.key(0), FLAT)
    apply = flax_table.LINEN[0].methods["apply"]  # type: ignore[union-attr]
    assert isinstance(apply, Runs)
    assert apply.gives == Depends("mutable", {False: Outcome.WHOLE, True: (Outcome.WHOLE, Outcome.OTHER)})
    y = model.apply(params, FLAT)
    for mutable in (True, ["seen"], [], "seen"):
        whole, rest = model.apply(params, FLAT, mutable=mutable)
        assert np.allclose(whole, y)
        assert isinstance(rest, dict)
    init, both = (flax_table.LINEN[0].methods[name] for name in ("init", "init_with_output"))  # type: ignore[union-attr]
    assert isinstance(init, Runs)
    assert isinstance(both, Runs)
    assert (init.gives, both.gives) == (Outcome.OTHER, (Outcome.WHOLE, Outcome.OTHER))


def test_another_method_may_be_run() -> None:
    model = Fields(3)
    params = model.init(jax.random.key(0), FLAT)
    runs = [row for row in flax_table.LINEN[0].methods.values() if isinstance(row, Runs)]  # type: ignore[union-attr]
    assert [row.instead for row in runs] == ["method"] * 3
    by_name = model.apply(params, FLAT, method="scores")
    for method in (model.scores, Fields.scores, Fields(7).scores, lambda module, x: module.scores(x)):
        assert np.array_equal(model.apply(params, FLAT, method=method), by_name)


def test_nnx_modules_are_called_and_taken_apart() -> None:
    row = catalog().row("flax.nnx.Module")
    assert isinstance(row, Base)
    assert (row.calls, row.prepares, row.fields, row.methods) == ("__call__", (), False, {})
    layer = nnx.Linear(6, 3, rngs=nnx.Rngs(0))
    graph, state = nnx.split(layer)
    assert np.array_equal(nnx.merge(graph, state)(FLAT), layer(FLAT))
    assert np.array_equal(nnx.clone(layer)(FLAT), layer(FLAT))
    split = catalog().row("flax.nnx.split")
    assert isinstance(split, Function)
    assert split.gives == (Axes.KEPT, None)


def test_the_training_state_keeps_its_functions() -> None:
    row = catalog().row("flax.training.train_state.TrainState")
    assert isinstance(row, Result)
    assert row is catalog().row("flax.training.train_state.TrainState.create")
    assert row.makers == ("create",)
    assert row.keeps == {"apply_gradients", "replace"}

    def run(params: Any, x: Any) -> Any:
        return x

    state = train_state.TrainState.create(apply_fn=run, params={"w": jnp.ones(2)}, tx=optax.sgd(0.1))
    assert state.apply_gradients(grads={"w": jnp.ones(2)}).apply_fn is run
    assert state.replace(step=3).apply_fn is run
    assert jax_utils.unreplicate(jax_utils.replicate(state)).apply_fn is run
    assert checkpoints.restore_checkpoint("/nowhere", state).apply_fn is run


# -- functions made of functions --------------------------------------------------------------------------------------

RUNS = {row.name: row for row in INSTALLED if isinstance(row, Runs)}


def twofold(x: Any) -> Any:
    return (x * x).sum(), x + 1


@pytest.mark.parametrize("name", sorted(name for name in RUNS if not name.startswith("flax.linen.")))
def test_what_a_transformed_function_gives(name: str) -> None:
    row, make = RUNS[name], find(name)
    assert row.later
    assert row.function == next(iter(signature(row.signature).parameters))
    assert row.instead is None
    x = jnp.arange(1.0, 4)
    if row.maps:
        seen: list[tuple[int, ...]] = []

        def shape(x: Any) -> Any:
            seen.append(x.shape)
            return 2 * x

        assert np.array_equal(make(shape)(x[None]), 2 * x[None])
        assert seen[0] == (3,)
        assert row.gives is Outcome.WHOLE
    elif name.endswith("value_and_grad"):
        assert row.gives == (Outcome.WHOLE, Outcome.OTHER)
        (value, aux), gradient = make(twofold, has_aux=True)(x)
        assert (float(value), aux.tolist(), gradient.tolist()) == (14, [2, 3, 4], [2, 4, 6])
        assert float(make(lambda x: twofold(x)[0])(x)[0]) == 14
    elif name.endswith("grad"):
        assert row.gives == Depends("has_aux", {False: Outcome.OTHER, True: (Outcome.OTHER, Outcome.SECOND)})
        gradient, aux = make(twofold, has_aux=True)(x)
        assert (gradient.tolist(), aux.tolist()) == ([2, 4, 6], [2, 3, 4])
        assert make(lambda x: twofold(x)[0])(x).tolist() == [2, 4, 6]
    else:
        assert row.gives is Outcome.WHOLE
        first, second = make(twofold)(x)
        assert (float(first), second.tolist()) == (14, [2, 3, 4])


@pytest.mark.parametrize("make", [nn.jit, nn.remat, nn.checkpoint])
def test_a_lifted_class_is_called_as_it_was(make: Call) -> None:
    plain, lifted = nn.Dense(3), make(nn.Dense)(3)
    params = plain.init(jax.random.key(0), FLAT)
    assert np.allclose(plain.apply(params, FLAT), lifted.apply(params, FLAT))
    for name in ("flax.linen.jit", "flax.linen.remat"):
        assert (RUNS[name].gives, RUNS[name].later, RUNS[name].function) == (Outcome.WHOLE, True, "target")


# -- what is not installed for the proof ------------------------------------------------------------------------------


@pytest.mark.parametrize("row", PINNED, ids=named)
def test_a_row_that_is_not_proved_names_its_source(row: Row) -> None:
    assert getattr(row, "source", "").startswith("https://")
    texts = (
        [row.init] if isinstance(row, Layer) else [row.signature] if isinstance(row, Function | SameAs | Runs) else []
    )
    for text in texts:
        assert signature(text)
    if isinstance(row, Layer) and isinstance(row.call, Function):
        assert set(row.call.takes) <= set(signature(row.call.signature).parameters)
        assert row.call.units is None or row.call.units in signature(row.init).parameters


SCORES = {
    "haiku.Linear": (Axes.KEPT, "output_size"),
    "haiku.Conv1D": (Axes.RESHAPED, None),
    "haiku.Conv2D": (Axes.RESHAPED, None),
    "haiku.Conv3D": (Axes.RESHAPED, None),
    "haiku.BatchNorm": (Axes.KEPT, None),
    "haiku.LayerNorm": (Axes.KEPT, None),
    "equinox.nn.Linear": (Axes.KEPT, "out_features"),
    "equinox.nn.Conv1d": (Axes.RESHAPED, None),
    "equinox.nn.Conv2d": (Axes.RESHAPED, None),
    "equinox.nn.Conv3d": (Axes.RESHAPED, None),
    "equinox.nn.LayerNorm": (Axes.KEPT, None),
}
LAST = {
    "haiku.nets.MLP": (Depends("activate_final", {False: Kind.LOGITS}), Axes.RESHAPED, None),
    "equinox.nn.MLP": (Depends("final_activation", {None: Kind.LOGITS}), Axes.KEPT, "out_size"),
}


def test_layers_of_haiku_and_equinox_give_scores() -> None:
    layers = {row.name: row.call for row in PINNED if isinstance(row, Layer) and isinstance(row.call, Function)}
    assert layers.keys() == SCORES.keys() | LAST.keys()
    for name, (axes, units) in SCORES.items():
        assert (layers[name].gives, layers[name].axes, layers[name].units) == (Kind.LOGITS, axes, units)
    for name, (gives, axes, units) in LAST.items():
        assert (layers[name].gives, layers[name].axes, layers[name].units) == (gives, axes, units)


def test_chains_and_what_keeps_the_meaning() -> None:
    chains = {row.name for row in PINNED if isinstance(row, Layer) and row.holds is Holds.CHAIN}
    assert chains == {"haiku.Sequential", "equinox.nn.Sequential", "equinox.nn.Lambda"}
    calls = [row.call for row in PINNED if isinstance(row, Layer) and isinstance(row.call, SameAs)]
    same = {row.name: (row.axes, row.facts) for row in (*PINNED, *calls) if isinstance(row, SameAs)}
    assert same == {
        "haiku.Flatten": (Axes.RESHAPED, frozenset()),
        "haiku.dropout": (Axes.KEPT, {Fact.DROPOUT}),
        "equinox.nn.Dropout": (Axes.KEPT, {Fact.DROPOUT}),
        "equinox.nn.Identity": (Axes.KEPT, frozenset()),
        "equinox.combine": (Axes.KEPT, frozenset()),
        "equinox.apply_updates": (Axes.KEPT, frozenset()),
    }
    partition = catalog().row("equinox.partition")
    assert isinstance(partition, Function)
    assert partition.gives == (Axes.KEPT, Axes.KEPT)


def test_modules_of_haiku_and_equinox() -> None:
    bases = {row.name: (row.calls, row.fields) for row in PINNED if isinstance(row, Base)}
    assert bases == {"haiku.Module": ("__call__", False), "equinox.Module": ("__call__", True)}


PURE = {
    "transform": ("params, rng", Outcome.WHOLE),
    "transform_with_state": ("params, state, rng", (Outcome.WHOLE, Outcome.OTHER)),
    "without_apply_rng": ("params", Outcome.WHOLE),
}


def test_functions_that_haiku_makes_pure() -> None:
    found = {row.name.rpartition(".")[2]: row for row in PINNED if isinstance(row, Layer) and "apply" in row.methods}
    assert found.keys() == PURE.keys()
    for name, (parameters, gives) in PURE.items():
        apply, init = found[name].methods["apply"], found[name].methods["init"]
        assert isinstance(apply, Runs)
        assert isinstance(init, Runs)
        assert apply.signature == f"{parameters}, *args, **kwargs"
        assert (apply.function, apply.gives, apply.later) == ("f", gives, False)
        assert (init.function, init.gives, init.later) == ("f", Outcome.OTHER, False)


def test_transformations_of_haiku_and_equinox() -> None:
    ours = {row.name: (row.gives, row.maps, row.later) for row in PINNED if isinstance(row, Runs)}
    plain, mapped = (Outcome.WHOLE, False, True), (Outcome.WHOLE, True, True)
    gradient = (jax_table.GRADIENT, False, True)
    both = ((Outcome.WHOLE, Outcome.OTHER), False, True)
    assert ours == {
        "haiku.grad": gradient,
        "haiku.value_and_grad": both,
        "haiku.remat": plain,
        "haiku.vmap": mapped,
        "equinox.filter_jit": plain,
        "equinox.filter_checkpoint": plain,
        "equinox.filter_vmap": mapped,
        "equinox.filter_pmap": mapped,
        "equinox.filter_grad": gradient,
        "equinox.filter_value_and_grad": both,
    }
    assert all(row.function == "fun" for row in PINNED if isinstance(row, Runs))


def test_distributions_of_distrax() -> None:
    wants = {
        row.name: {name: takes.want for name, takes in row.takes.items()}
        for row in distrax_table.ROWS
        if isinstance(row, Layer)
    }
    classes = {"logits": Want.LOGITS_PARAMETER, "probs": Want.PROBS_PARAMETER}
    assert wants == {
        "distrax.Categorical": classes,
        "distrax.OneHotCategorical": classes,
        "distrax.Multinomial": classes,
        "distrax.Softmax": {"logits": Want.LOGITS_PARAMETER},
        "distrax.Bernoulli": {"logits": Want.LOGITS_PARAMETER, "probs": Want.UNIT_PARAMETER},
    }
    for row in distrax_table.ROWS:
        assert isinstance(row, Layer)
        assert row.facts == {Fact.SAMPLES}
        binary = row.name == "distrax.Bernoulli"
        assert row.attributes == (
            {"probs": Kind.SIGMOID, "logits": Kind.LOGITS}
            if binary
            else {"probs": Kind.SOFTMAX, "logits": Kind.LOG_SOFTMAX}
        )
        assert math.isclose(len(signature(row.init).parameters), 4 if "Multinomial" in row.name else 3)


ARRAY = np.random.default_rng(6).standard_normal((2, 1, 3))


@pytest.mark.parametrize("name", jax_table.METHODS)
def test_a_method_of_arrays_is_the_function_given_the_array_first(name: str) -> None:
    given = {"clip": (0, 1), "swapaxes": (0, 2), "squeeze": (1,)}.get(name, () if name in ("ravel", "round") else (-1,))
    array = jax.numpy.asarray(ARRAY)
    function = getattr(jax.numpy, name)
    assert jax_table.METHODS[name] == f"jax.numpy.{name}"
    assert np.array_equal(getattr(array, name)(*given), function(array, *given))
