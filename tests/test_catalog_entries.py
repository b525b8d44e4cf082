"""What stands in the catalog and in the tables beside rows, said once more: an entry that is lost or wrong is noticed.

Whether it is true is asked of the frameworks in the tests of the tables, and of PyTorch here.
"""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from collections.abc import Mapping
from functools import reduce
from typing import Any

import msgspec
import pytest
import torch

from logitlint import frameworks
from logitlint.frameworks import catalog as lookup
from logitlint.frameworks import flax, jax, keras, keras_models, tensorflow, vocabulary
from logitlint.frameworks import torch as torch_table
from logitlint.frameworks.catalog import Catalog, catalog
from logitlint.frameworks.vocabulary import Compile, Fact, Fit, Function, Part, Relation, Restore
from logitlint.kinds import Kind

PACKAGES = """
accelerate allennlp apex catalyst deepspeed dgl distrax equinox fastai flax focal_loss fvcore haiku ignite jax keras
kornia lightning lightning_fabric mmcls mmdet mmpretrain mmseg monai optax pytorch_lightning pytorch_toolbelt ray
segmentation_models segmentation_models_pytorch sklearn skorch tensorflow tensorflow_addons tensorflow_probability
tf_keras tf_slim tflearn timm torch_geometric torchgeometry torchmetrics torchvision transformers
"""
OPERATORS = {
    "torch": """
        add + sub - subtract - rsub -r mul * multiply * div / divide / true_divide / matmul @ mm @ bmm @ pow **
        spmm @ sparse.mm @
        Tensor.add + Tensor.sub - Tensor.subtract - Tensor.mul * Tensor.multiply * Tensor.div / Tensor.divide /
        Tensor.true_divide / Tensor.pow ** Tensor.add_ + Tensor.sub_ - Tensor.subtract_ - Tensor.mul_ *
        Tensor.multiply_ * Tensor.div_ / Tensor.divide_ / Tensor.true_divide_ / Tensor.pow_ **
        Tensor.__rsub__ -r Tensor.matmul @ Tensor.mm @ Tensor.bmm @""",
    "numpy": "add + subtract - multiply * divide / true_divide / matmul @ dot @",
    "jax.numpy": "add + subtract - multiply * divide / true_divide / matmul @ dot @",
    "jax.lax": "add + sub - mul * div /",
    "keras.ops": "add + subtract - multiply * divide / true_divide / matmul @",
    "keras.backend": "dot @",
    "tensorflow": """
        add + math.add + subtract - math.subtract - multiply * math.multiply * divide / math.divide / math.truediv /
        truediv / div / sub - mul * nn.bias_add + matmul @ linalg.matmul @""",
}
SAME = """
keras.api.M keras.M
keras.src.M keras.M
tensorflow._api.v2.M tensorflow.M
tensorflow._api.v2.keras.M keras.M
tensorflow.compat.v1.M tensorflow.M
tensorflow.compat.v1.keras.M keras.M
tensorflow.compat.v2.M tensorflow.M
tensorflow.compat.v2.keras.M keras.M
tensorflow.contrib.distributions.M tensorflow_probability.distributions.M
tensorflow.contrib.framework.M tf_slim.M
tensorflow.contrib.keras.M keras.M
tensorflow.contrib.layers.M tf_slim.M
tensorflow.contrib.losses.M tf_slim.losses.M
tensorflow.contrib.slim.M tf_slim.M
tensorflow.distributions.M tensorflow_probability.distributions.M
tensorflow.keras.M keras.M
tensorflow.layers.M keras.layers.M
tensorflow.losses.M keras.losses.M
tensorflow.metrics.M keras.metrics.M
tensorflow.python.keras.M keras.M
tensorflow_probability.python.distributions.M tensorflow_probability.distributions.M
tensorflow_probability.substrates.jax.M tensorflow_probability.M
tensorflow_probability.substrates.numpy.M tensorflow_probability.M
tf_keras.M keras.M
tf_slim.layers.M tf_slim.M
"""
HOMES = """
torch.nn.modules.Softmax torch.nn.Softmax
torch.nn.modules.activation.Softmax torch.nn.Softmax
torch.nn.parallel.DataParallel torch.nn.DataParallel
torch.nn.parallel.data_parallel.DataParallel torch.nn.DataParallel
torch.nn.parallel.distributed.DistributedDataParallel torch.nn.parallel.DistributedDataParallel
torch.distributions.categorical.Categorical torch.distributions.Categorical
torch.functional.split torch.split
torch.autograd.variable.Variable torch.autograd.Variable
torch.autograd.grad_mode.no_grad torch.no_grad
torch.amp.autocast_mode.autocast torch.autocast
torch._C._nn.gelu torch.nn.functional.gelu
keras.activations.activations.softmax keras.activations.softmax
keras.losses.losses.Poisson keras.losses.Poisson
keras.layers.merging.Dense keras.layers.Dense
keras.layers.activations.softmax.Softmax keras.layers.Softmax
keras.layers.core.dense.Dense keras.layers.Dense
keras.ops.core.cast keras.ops.cast
keras.ops.nn.one_hot keras.ops.one_hot
keras.ops.numpy.argmax keras.ops.argmax
tensorflow.python.ops.array_ops.reshape tensorflow.reshape
tensorflow.python.ops.clip_ops.clip_by_value tensorflow.clip_by_value
tensorflow.python.ops.losses.losses_impl.log_loss tensorflow.losses.log_loss
tensorflow.python.ops.math_ops.reduce_mean tensorflow.math.reduce_mean
tensorflow.python.ops.nn.softmax tensorflow.nn.softmax
tensorflow.python.ops.nn_ops.softmax tensorflow.nn.softmax
flax.linen.linear.Dense flax.linen.Dense
flax.nnx.module.Module flax.nnx.Module
flax.nnx.nn.linear.Linear flax.nnx.Linear
flax.nnx.transforms.autodiff.grad flax.nnx.grad
distrax._src.distributions.categorical.Categorical distrax.Categorical
equinox.nn._linear.Linear equinox.nn.Linear
equinox._module.Module equinox.Module
haiku._src.basic.Linear haiku.Linear
optax.losses._classification.sigmoid_binary_cross_entropy optax.losses.sigmoid_binary_cross_entropy
"""
NOW = "GradientTape compat.v1 data distribute estimator function keras layers losses random"
ONCE = """
InteractiveSession Session all_variables app contrib flags get_variable histogram_summary initialize_all_variables
merge_all_summaries mul pack placeholder random_normal random_uniform scalar_summary sub train.AdamOptimizer
train.GradientDescentOptimizer train.SummaryWriter truncated_normal variable_scope
"""
METHODS_OF_ARRAYS = "argmax argmin clip max mean min prod ravel round squeeze sum swapaxes"
OF_TORCH: Mapping[Relation, str] = {
    Relation.LOGARITHM: """
        softmax log_softmax  nn.functional.softmax nn.functional.log_softmax  nn.Softmax nn.LogSoftmax
        sigmoid nn.functional.logsigmoid  nn.functional.sigmoid nn.functional.logsigmoid  nn.Sigmoid nn.LogSigmoid""",
    Relation.EXPONENTIAL: """
        log_softmax softmax  nn.functional.log_softmax nn.functional.softmax  nn.LogSoftmax nn.Softmax
        nn.functional.logsigmoid sigmoid  nn.LogSigmoid nn.Sigmoid""",
    Relation.ON_LOGITS: """
        nn.functional.nll_loss nn.functional.cross_entropy  nn.NLLLoss nn.CrossEntropyLoss
        nn.NLLLoss2d nn.CrossEntropyLoss  nn.BCELoss nn.BCEWithLogitsLoss
        nn.functional.binary_cross_entropy nn.functional.binary_cross_entropy_with_logits""",
    Relation.EACH_BY_ITSELF: """
        softmax sigmoid  nn.functional.softmax sigmoid  nn.Softmax nn.Sigmoid  log_softmax nn.functional.logsigmoid
        nn.functional.log_softmax nn.functional.logsigmoid  nn.LogSoftmax nn.LogSigmoid""",
    Relation.CALLED: """
        nn.Softmax softmax  nn.functional.softmax softmax  nn.LogSoftmax log_softmax
        nn.functional.log_softmax log_softmax  nn.Sigmoid sigmoid  nn.functional.sigmoid sigmoid
        nn.LogSigmoid nn.functional.logsigmoid
        nn.ReLU relu  nn.functional.relu relu  nn.Tanh tanh  nn.functional.tanh tanh""",
    Relation.NOTHING: "* nn.Identity",
}
OF_OTHERS: Mapping[Any, Mapping[Relation, str]] = {
    tensorflow: {
        Relation.LOGARITHM: "nn.softmax nn.log_softmax  sigmoid math.log_sigmoid",
        Relation.EXPONENTIAL: "nn.log_softmax nn.softmax  math.log_sigmoid sigmoid",
        Relation.EACH_BY_ITSELF: "nn.softmax sigmoid  nn.log_softmax math.log_sigmoid",
        Relation.ON_LOGITS: "losses.log_loss losses.sigmoid_cross_entropy",
    },
    keras: {
        Relation.LOGARITHM: "ops.softmax ops.log_softmax  ops.sigmoid ops.log_sigmoid",
        Relation.EACH_BY_ITSELF: "activations.softmax activations.sigmoid",
        Relation.CALLED: "layers.Softmax activations.softmax  layers.ReLU activations.relu",
        Relation.NOTHING: "* layers.Identity",
    },
    jax: {
        Relation.LOGARITHM: """
            nn.softmax nn.log_softmax  nn.sigmoid nn.log_sigmoid
            scipy.special.softmax scipy.special.log_softmax  scipy.special.expit nn.log_sigmoid""",
        Relation.EXPONENTIAL: "nn.log_softmax nn.softmax  nn.log_sigmoid nn.sigmoid",
        Relation.EACH_BY_ITSELF: "nn.softmax nn.sigmoid  nn.log_softmax nn.log_sigmoid",
    },
    flax: {
        Relation.LOGARITHM: "linen.softmax linen.log_softmax  linen.sigmoid linen.log_sigmoid",
        Relation.EACH_BY_ITSELF: "linen.softmax linen.sigmoid  linen.log_softmax linen.log_sigmoid",
    },
}


def pairs(text: str, library: str = "") -> dict[str, str]:
    """Every second word by the one before it, both behind the name of a library."""
    words = [f"{library}.{word}" if library else word for word in text.split()]
    return dict(zip(words[::2], words[1::2], strict=True))


def table(module: Any) -> str:
    """The name of a table."""
    return str(module.__name__).rpartition(".")[2]


def fresh() -> Catalog:
    """A catalog that has loaded no table yet."""
    lookup._standard.cache_clear()
    return catalog()


def test_every_package_has_a_table_and_every_table_is_loaded_for_its_names() -> None:
    assert sorted(catalog().tables) == PACKAGES.split()
    for _, name, _ in pkgutil.iter_modules(frameworks.__path__):
        rows = getattr(importlib.import_module(f"logitlint.frameworks.{name}"), "ROWS", ())
        for library in {row.name.partition(".")[0] for row in rows} - {"builtins", "copy", "math", "operator"}:
            found = fresh()
            own = [row.name for row in rows if row.name.partition(".")[0] == library]
            assert [path for path in own if getattr(found.row(path), "name", None) is None] == [], name


def test_these_methods_compile_train_and_ask_a_keras_model() -> None:
    said = keras_models.METHODS
    trains = {name: row.trains for name, row in said.items() if isinstance(row, Fit)}
    assert trains == {
        **dict.fromkeys(("fit", "train_on_batch", "fit_generator"), True),
        **dict.fromkeys(("evaluate", "test_on_batch", "evaluate_generator"), False),
    }
    assert {name for name, row in said.items() if isinstance(row, Compile)} == {"compile"}
    assert {name for name, row in said.items() if isinstance(row, Restore)} == {"load_weights"}
    asked = {name: row for name, row in said.items() if isinstance(row, Part)}
    assert asked == dict.fromkeys(("predict", "predict_on_batch", "predict_proba"), Part.OUTPUT)


def test_what_a_row_says_by_saying_nothing() -> None:
    written = [each for _, each in inspect.getmembers(vocabulary, inspect.isclass) if issubclass(each, msgspec.Struct)]
    said = {
        f"{each.__name__}.{field.name}": field.default
        for each in written
        for field in msgspec.structs.fields(each)
        if isinstance(field.default, bool)
    }
    no = ["Alignment.padded", "Base.fields", "Batches.paired", "Runs.lone", "Runs.numbered", "Runs.later", "Runs.maps"]
    assert said == {"Alignment.time_first": True, "Fit.trains": True, **dict.fromkeys(no, False)}


def test_a_loss_that_is_a_class_gives_a_loss() -> None:
    row = vocabulary.loss_class("library.Loss", init="", call="prediction", takes={}, source="")
    assert isinstance(row.call, Function)
    assert row.call.gives == Kind.LOSS
    assert row.facts == row.call.facts == {Fact.LOSS}


def test_each_sign_has_these_names() -> None:
    whole = fresh()
    assert list(whole)
    said = {f"{library}.{name}": sign for library, text in OPERATORS.items() for name, sign in pairs(text).items()}
    assert dict(whole.operators) == said
    for library in OPERATORS:
        sign = "@" if library == "keras.backend" else "+"
        assert fresh().operator(f"{library}.{'dot' if sign == '@' else 'add'}") == sign
    assert whole.signs == {
        name.rpartition(".")[2]: sign for name, sign in said.items() if name.startswith("torch.Tensor.")
    }
    assert lookup.OPERANDS == (("x", "y"), ("a", "b"), ("value", "bias"), ("x1", "x2"), ("input", "other"))
    assert whole.aside == {"adjoint_a", "adjoint_b", "data_format", "name", "transpose_a", "transpose_b"}


def test_older_spellings_of_keywords() -> None:
    assert dict(catalog().synonyms) == {
        "axis": "dim",
        "dim": "axis",
        "dimension": "axis",
        "keep_dims": "keepdims",
        "keepdims": "keepdim",
        "reduction_indices": "axis",
        "squeeze_dims": "axis",
    }


@pytest.mark.parametrize(("path", "first"), pairs(SAME).items())
def test_a_module_by_its_second_name(path: str, first: str) -> None:
    assert catalog().known_as(path) == first
    assert catalog().known_as(first) in (None, "keras.layers.M")


@pytest.mark.parametrize(("path", "documented"), pairs(HOMES).items())
def test_a_private_home_leads_to_the_documented_one(path: str, documented: str) -> None:
    row = fresh().row(documented)
    assert row is not None
    assert fresh().row(path) is row


def test_the_names_that_tell_versions_of_tensorflow_apart() -> None:
    later, before = tensorflow.EDITIONS
    assert later.names == {*NOW.split(), "nn.softmax_cross_entropy_with_logits_v2"}
    assert before.names == set(ONCE.split())


@pytest.mark.parametrize("library", ["jax", "flax", "equinox", "haiku"])
def test_methods_of_the_arrays_that_a_library_makes(library: str) -> None:
    module = importlib.import_module(f"logitlint.frameworks.{library}")
    assert {name: f"jax.numpy.{name}" for name in METHODS_OF_ARRAYS.split()} == module.METHODS
    found = fresh()
    found.judges_of(library)
    for name, path in module.METHODS.items():
        assert found.methods(name, library)[0].name == path


@pytest.mark.parametrize("relation", OF_TORCH)
def test_what_stands_for_what_in_pytorch(relation: Relation) -> None:
    assert torch_table.COUNTERPARTS[relation] == pairs(OF_TORCH[relation], "torch")
    assert torch_table.COUNTERPARTS.keys() == OF_TORCH.keys()


def test_what_stands_for_every_other_name_of_a_library() -> None:
    for name, identity in (("torch.nn.Linear", "torch.nn.Identity"), ("keras.layers.Dense", "keras.layers.Identity")):
        assert fresh().counterpart(name, Relation.NOTHING) == identity
        assert fresh().counterpart(name, Relation.LOGARITHM) is None
    assert fresh().counterpart("torch.softmax", Relation.LOGARITHM) == "torch.log_softmax"


@pytest.mark.parametrize("module", OF_OTHERS, ids=table)
def test_what_stands_for_what_elsewhere(module: Any) -> None:
    said = {relation: pairs(text, table(module)) for relation, text in OF_OTHERS[module].items()}
    if module is jax:
        plain, of_logarithms = "optax.losses.kl_divergence", "optax.losses.kl_divergence_with_log_targets"
        said |= {Relation.OF_LOGARITHMS: {plain: of_logarithms}, Relation.OF_PROBABILITIES: {of_logarithms: plain}}
    if module is keras:
        said[Relation.OF_CLASS] = keras.COUNTERPARTS[Relation.OF_CLASS]  # made of the rows
    assert said == module.COUNTERPARTS


def test_logarithms_and_exponentials_are_those_of_each_other() -> None:
    x = torch.linspace(-9, 9, 8, dtype=torch.float64).reshape(2, 4)
    for name, other in pairs(OF_TORCH[Relation.LOGARITHM], "torch").items():
        assert torch.allclose(called(name, x).log(), called(other, x)), name
    for name, other in pairs(OF_TORCH[Relation.EXPONENTIAL], "torch").items():
        assert torch.allclose(called(name, x).exp(), called(other, x)), name
    for name, other in pairs(OF_TORCH[Relation.CALLED], "torch").items():
        assert torch.equal(called(name, x), called(other, x)), name


def called(path: str, x: torch.Tensor) -> torch.Tensor:
    """What a function, or a layer, makes of scores."""
    thing: Any = reduce(getattr, path.split(".")[1:], torch)
    along = {"dim": 1} if "softmax" in path.lower() else {}
    result: torch.Tensor = thing(**along)(x) if isinstance(thing, type) else thing(x, **along)
    return result


def test_what_a_repair_applies_to_get_a_kind() -> None:
    normalised = (Kind.SOFTMAX, Kind.SIGMOID, Kind.LOG_SOFTMAX)
    of_torch = ("torch.softmax", "torch.sigmoid", "torch.log_softmax")
    of_jax = ("jax.nn.softmax", "jax.nn.sigmoid", "jax.nn.log_softmax")
    of_tensorflow = ("tensorflow.nn.softmax", "tensorflow.sigmoid", "tensorflow.nn.log_softmax")
    said = {
        "torch": of_torch,
        **dict.fromkeys(("distrax", "equinox", "flax", "haiku", "jax", "optax"), of_jax),
        "keras": ("keras.activations.softmax", "keras.activations.sigmoid", None),
        **dict.fromkeys(("tensorflow", "tensorflow_probability", "tf_slim"), of_tensorflow),
    }
    whole = fresh()
    assert list(whole)
    assert {library: tuple(whole.giving(kind, library) for kind in normalised) for library in said} == said
    assert whole.giving(Kind.LOGITS, "torch") is None
