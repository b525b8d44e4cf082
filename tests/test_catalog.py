"""The catalog finds a row under every name a program may use for it."""

from __future__ import annotations

import importlib
import subprocess
import sys

import pytest
import torch

from logitlint.frameworks import catalog as lookup
from logitlint.frameworks import torch as torch_table
from logitlint.frameworks.catalog import Catalog, catalog, in_place
from logitlint.frameworks.vocabulary import (
    Axes,
    Base,
    Fact,
    Function,
    Layer,
    Method,
    Property,
    Runs,
    SameAs,
    Takes,
    Want,
    prediction,
)
from logitlint.kinds import Kind


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("torch.nn.CrossEntropyLoss", "torch.nn.CrossEntropyLoss"),
        ("torch.nn.modules.loss.CrossEntropyLoss", "torch.nn.CrossEntropyLoss"),
        ("torch.nn.modules.activation.Softmax", "torch.nn.Softmax"),
        ("torch.nn.modules.CrossEntropyLoss", "torch.nn.CrossEntropyLoss"),
        ("torch.nn.modules.module.Module", "torch.nn.Module"),
        ("torch.nn.parallel.data_parallel.DataParallel", "torch.nn.DataParallel"),
        ("torch.nn.parallel.DataParallel", "torch.nn.DataParallel"),
        ("torch.nn.parallel.distributed.DistributedDataParallel", "torch.nn.parallel.DistributedDataParallel"),
        ("torch.distributions.categorical.Categorical", "torch.distributions.Categorical"),
        ("torch.functional.split", "torch.split"),
        ("torch.autograd.grad_mode.no_grad", "torch.no_grad"),
        ("torch.autograd.variable.Variable", "torch.autograd.Variable"),
        ("torch.amp.autocast_mode.autocast", "torch.autocast"),
        ("torch._C._nn.gelu", "torch.nn.functional.gelu"),
        ("torch.special.expit", "torch.sigmoid"),
        ("torch.Tensor.softmax", "torch.Tensor.softmax"),
        ("keras.losses.CategoricalCrossentropy", "keras.losses.CategoricalCrossentropy"),
        ("tensorflow.keras.losses.CategoricalCrossentropy", "keras.losses.CategoricalCrossentropy"),
        ("tensorflow.python.keras.losses.CategoricalCrossentropy", "keras.losses.CategoricalCrossentropy"),
        ("tensorflow.compat.v1.keras.losses.CategoricalCrossentropy", "keras.losses.CategoricalCrossentropy"),
        ("tf_keras.losses.CategoricalCrossentropy", "keras.losses.CategoricalCrossentropy"),
        ("keras.src.losses.losses.CategoricalCrossentropy", "keras.losses.CategoricalCrossentropy"),
        ("tensorflow.keras.backend.softmax", "keras.activations.softmax"),
    ],
)
def test_a_row_is_found_under_each_of_its_names(path: str, name: str) -> None:
    row = catalog().row(path)
    assert row is not None
    assert row.name == name


@pytest.mark.parametrize(
    "path",
    [
        "",
        "softmax",
        "torch",
        "torch.function.any.split",
        "torch.init.gt",
        "torch.nn",
        "torch.nn.Softmin2d",
        "torch.nn.modules.loss.Nothing",
    ],
)
def test_what_is_not_catalogued_is_not_found(path: str) -> None:
    assert catalog().row(path) is None


def test_a_table_is_loaded_once(monkeypatch: pytest.MonkeyPatch) -> None:
    loaded: list[str] = []
    monkeypatch.setattr(lookup, "import_module", lambda name: loaded.append(name) or importlib.import_module(name))
    fresh = lookup._catalog(())
    for name in ("skorch.NeuralNetClassifier", "skorch.NeuralNet", "skorch.NeuralNetClassifier"):
        assert fresh.row(name) is not None
    assert fresh.judges_of("skorch") == fresh.judges_of("skorch")
    assert loaded == ["logitlint.frameworks.skorch"]


def test_another_library_has_no_edition_of_tensorflow() -> None:
    names = {"tensorflow": frozenset({"function"}), "jax": frozenset({"function"})}
    rest = "nn.sparse_softmax_cross_entropy_with_logits"
    assert catalog().dated(f"tensorflow.{rest}", names.__getitem__) == f"tensorflow.compat.v2.{rest}"
    assert catalog().dated(f"jax.{rest}", names.__getitem__) == f"jax.{rest}"


def test_a_name_without_the_edition_in_which_it_means_something_else() -> None:
    rest = "nn.sparse_softmax_cross_entropy_with_logits"
    assert catalog().row(f"tensorflow.{rest}") is not None  # the table is loaded, with its editions
    for path in ("tensorflow.before_1_0", "tensorflow.compat.v2", "tensorflow"):
        assert catalog().undated(f"{path}.{rest}") == f"tensorflow.{rest}"
    for path in ("torch.softmax", "tensorflow.compat.v2x.abs"):
        assert catalog().undated(path) == path


def test_what_a_path_may_mean() -> None:
    assert catalog().may_mean("torch.nn.modules.activation.Softmax", "torch.nn.Softmax")
    assert catalog().may_mean("torch.Tensor.softmax", "torch.softmax")
    assert not catalog().may_mean("torch.nn.Softmax", "torch.nn.Sigmoid")
    assert not catalog().may_mean("torch.nn.Nothing", "torch.nn.Softmax")
    assert catalog().may_mean("tensorflow.keras.losses.Poisson", "keras.losses.Poisson")
    rest = "nn.sparse_softmax_cross_entropy_with_logits"
    for edition in ("tensorflow.compat.v2", "tensorflow.before_1_0"):
        assert catalog().may_mean(f"tensorflow.{rest}", f"{edition}.{rest}")
        assert catalog().may_mean(f"{edition}.{rest}", f"{edition}.{rest}")
        assert not catalog().may_mean(f"jax.{rest}", f"{edition}.{rest}")


def test_all_that_is_meant_by_a_name() -> None:
    assert list(catalog().names_of("torch.softmax")) == ["torch.softmax", "torch.special.softmax"]
    assert list(catalog().names_of("mine.softmax")) == ["mine.softmax"]
    names = list(catalog().names_of("keras.losses.Poisson"))
    assert names[0] == "keras.losses.Poisson"
    assert len(set(names)) == len(names)
    assert {"tensorflow.keras.losses.Poisson", "keras.src.losses.Poisson", "tensorflow.losses.Poisson"} <= set(names)
    assert not any(name.startswith("tensorflow.layers") for name in names)


@pytest.mark.parametrize(
    ("path", "family", "whole"),
    [
        ("tensorflow.keras.losses.Poisson", "tensorflow.keras", True),
        ("tensorflow.compat.v1.keras.losses.Poisson", "tensorflow.compat.v1.keras", True),
        ("tensorflow.layers.Dense", "tensorflow.layers", False),
        ("tensorflow.keras", "tensorflow.keras", True),
        ("tensorflow.kerasly.x", "tensorflow", True),
        ("torch.nn.Softmax", "torch", True),
    ],
)
def test_the_module_by_which_a_path_is_reached(path: str, family: str, whole: bool) -> None:
    assert catalog().family(path) == family
    assert catalog().is_whole(family) is whole


def test_what_does_the_same_by_whatever_name() -> None:
    for name in ("torch.softmax", "torch.nn.functional.softmax"):
        assert {row.name for row in catalog().doing(name)} == {"torch.softmax", "torch.nn.functional.softmax"}
    assert [row.name for row in catalog().doing("torch.nn.Softmax")] == ["torch.softmax", "torch.nn.functional.softmax"]
    assert [row.name for row in catalog().doing("torch.argmax")] == ["torch.argmax"]


def test_methods_that_compile_and_that_run() -> None:
    assert list(catalog())  # every table is loaded
    compiling = catalog().compiling("compile")
    assert compiling is not None
    assert compiling.loss == "loss"
    assert catalog().compiling("fit") is None
    assert catalog().compiling("nothing") is None
    assert {name for name in ("apply", "init", "fit", "forward", "nothing") if catalog().runs_by(name)} == {
        "apply",
        "init",
    }
    apply = Runs(name="lib.apply", signature="*args")
    for row in (
        Base(name="lib.Module", calls="call", methods={"apply": apply}),
        Layer(name="lib.L", init="", methods={"apply": apply}),
    ):
        assert Catalog([row]).runs_by("apply")


def test_what_can_show_something_is_gathered_once() -> None:
    assert catalog().sinks(frozenset({"jax"})) is catalog().sinks(frozenset({"jax"}))


ALONE = """
LogSigmoid LogSoftmax Sigmoid Softmax Softmax2d Softmin argmax argmin exp exp_ expit log_softmax logsigmoid sigmoid
sigmoid_ softmax softmin topk
"""


def test_what_may_show_something_and_how() -> None:
    plain = catalog().sinks(frozenset())
    assert plain.activations == set(ALONE.split())
    assert plain.extremes == {"amax", "amin", "argmax", "argmin", "logsumexp", "max", "min", "norm", "prod"}
    assert plain.thresholds == {"around", "rint", "round", "round_"}
    assert plain.running == {"forward"}
    assert {"AdaptiveLogSoftmaxWithLoss", "BCELoss", "Categorical", "gumbel_softmax", "multinomial"} <= plain.losses
    assert not {"Adam", "Softmax", "softmax", "Trainer", "argmax"} & plain.losses
    assert {"ReLU", "Sigmoid", "Softmin", "Tanhshrink"} <= plain.constructed
    assert not {"Dropout", "GLU", "Linear", "relu", "sigmoid"} & plain.constructed
    assert {"BatchNorm1d", "Bilinear", "Conv2d", "Linear"} <= plain.affine
    assert not {"Dropout", "Embedding", "ReLU", "linear"} & plain.affine


@pytest.mark.parametrize(
    ("library", "field", "more"),
    [
        ("transformers", "losses", {"Trainer"}),
        ("skorch", "losses", {"NeuralNetClassifier"}),
        ("keras", "losses", {"AUC", "BinaryCrossentropy"}),
        ("flax", "running", {"__call__", "apply", "init"}),
        ("keras", "running", {"call"}),
    ],
)
def test_what_a_library_adds(library: str, field: str, more: set[str]) -> None:
    found = getattr(catalog().sinks(frozenset({library})), field)
    assert more <= found
    assert not more & getattr(catalog().sinks(frozenset()), field)


def test_what_returns_its_object_does_not_run_it() -> None:
    assert "bind" not in catalog().sinks(frozenset({"flax"})).running


def test_private_homes_are_where_the_names_lie() -> None:
    for home in torch_table.HOMES:
        assert importlib.import_module(home.removesuffix(".*")) is not None
    for row in torch_table.ROWS:
        if isinstance(row, Layer) and row.name.startswith(("torch.nn.", "torch.distributions.")):
            thing = getattr(importlib.import_module(row.name.rpartition(".")[0]), row.name.rpartition(".")[2])
            assert catalog().row(f"{thing.__module__}.{thing.__qualname__}") is row


def test_methods_are_found_by_their_last_name() -> None:
    rows = catalog().methods("argmax")
    assert [row.name for row in rows] == ["torch.argmax", "numpy.ndarray.argmax"]
    assert catalog().methods("no_such_method") == ()
    every = {row.name.rpartition(".")[2] for row in catalog() if isinstance(row, Method)}
    assert all(catalog().methods(name) for name in every)


def test_properties_are_no_methods() -> None:
    row = catalog().properties("mT")
    assert isinstance(row, SameAs)
    assert row.axes is Axes.PERMUTED
    assert catalog().methods("mT") == ()
    assert catalog().properties("softmax") is None


def test_long_and_its_kin_are_methods_only() -> None:
    for name in ("long", "int", "bool"):
        (row,) = catalog().methods(name)
        assert row.name == f"torch.Tensor.{name}"


def test_names_that_a_snippet_never_binds() -> None:
    modules = {name: path for name, path in catalog().conventional.items() if catalog().row(path) is None}
    assert modules == {
        "torch": "torch",
        "nn": "torch.nn",
        "F": "torch.nn.functional",
        "np": "numpy",
        "numpy": "numpy",
        "K": "keras.backend",
        "keras": "keras",
        "tf": "tensorflow",
        "distrax": "distrax",
        "eqx": "equinox",
        "flax": "flax",
        "hk": "haiku",
        "jax": "jax",
        "jnp": "jax.numpy",
        "nnx": "flax.nnx",
        "optax": "optax",
    }
    others = {name: path for name, path in catalog().conventional.items() if name not in modules}
    losses = ["BinaryCrossentropy", "CategoricalCrossentropy", "SparseCategoricalCrossentropy"]
    losses += ["binary_crossentropy", "categorical_crossentropy", "sparse_categorical_crossentropy"]
    assert others == {
        "Dense": "keras.layers.Dense",
        "Sequential": "keras.Sequential",
        **{name: f"keras.losses.{name}" for name in losses},
    }


def test_keywords_in_the_spelling_of_numpy() -> None:
    x = torch.randn(3, 4)
    assert {name: catalog().synonyms[name] for name in ("axis", "keepdims")} == {"axis": "dim", "keepdims": "keepdim"}
    assert torch.equal(torch.softmax(x, axis=1), torch.softmax(x, dim=1))  # type: ignore[call-overload]
    assert torch.equal(x.sum(axis=1, keepdims=True), x.sum(dim=1, keepdim=True))  # type: ignore[call-overload]


def test_an_operator_is_found_under_each_of_its_names() -> None:
    assert catalog().operator("torch.add") == "+"
    assert catalog().operator("tensorflow.keras.ops.matmul") == "@"
    assert catalog().operator("keras.ops.softmax") is None


def test_operators_by_another_name_are_not_rows() -> None:
    assert list(catalog())  # every table is loaded, with its operators
    for name, sign in catalog().operators.items():
        assert catalog().row(name) is None
        assert sign in {*"+-*/@", "**", "-r"}


def test_the_sieve_knows_where_a_rule_may_speak() -> None:
    judges = catalog().judges
    assert {"cross_entropy", "CrossEntropyLoss", "softmax", "argmax", "round", "Categorical", "expit"} <= judges
    assert not {"view", "Linear", "relu", "no_grad", "contiguous", "mean", "squeeze"} & judges
    assert "numpy.argmax" not in judges


def test_a_computed_attribute_may_be_where_a_rule_speaks() -> None:
    decides = Function(name="lib.decided", signature="x", facts=frozenset({Fact.DECIDES}))
    lost = Function(name="lib.lost", signature="x", facts=frozenset({Fact.LOSS}))
    known = Catalog([Property(name="lib.Tensor.decided", row=decides), Property(name="lib.Tensor.lost", row=lost)])
    assert known.judges == {"decided", "lost"}
    assert known.sinks(frozenset()).losses == {"lost"}


def test_the_libraries_behind_the_names() -> None:
    assert {"torch", "numpy", "torchvision", "monai", "skorch", "transformers"} <= catalog().libraries
    assert not {"builtins", "operator", "math", "copy"} & catalog().libraries


def test_what_a_model_of_a_library_calls_and_keeps() -> None:
    assert "forward" in catalog().calls
    assert {"to", "cuda", "train", "eval", "requires_grad_"} <= catalog().keeps


def test_no_two_rows_share_a_name() -> None:
    seen: dict[str, int] = {}
    for row in catalog():
        for name in (row.name, *getattr(row, "aliases", ())):
            assert seen.setdefault(name, id(row)) == id(row), name


def test_rows_of_all_tables_are_there() -> None:
    libraries = {row.name.partition(".")[0] for row in catalog()}
    assert {"torch", "numpy", "operator", "torchvision", "torchmetrics", "transformers", "monai", "skorch"} <= libraries
    assert catalog() is catalog()


def test_a_catalog_of_one_s_own() -> None:
    loss = Function(
        name="mine.losses.focal",
        signature="input, target",
        takes={"input": prediction(Want.LABEL_LOGITS)},
        gives=Kind.LOSS,
        aliases=("mine.focal",),
    )
    small = Catalog(
        [loss, Method(name="mine.Array.focal", row=loss), Property(name="mine.Array.late", row=loss)],
        homes={"mine.losses.*": "mine.losses", "mine.old": "mine"},
        same={"theirs.mine": "mine"},
        calls=("run",),
    )
    assert small.row("theirs.mine.focal") is loss
    assert small.row("theirs.focal") is None
    assert small.calls == ("run", "__call__")
    assert small.row("mine.focal") is loss
    assert small.row("mine.old.focal") is loss
    assert small.row("mine.losses.deep.focal") is loss
    assert small.row("mine.losses.deep.other") is None
    assert small.methods("focal") == (loss,)
    assert small.properties("late") is loss
    assert isinstance(loss.takes["input"], Takes)
    assert len(list(small)) == 3
    assert Catalog([], own=[loss]).libraries == {"focal", "mine"}  # a program without that word cannot call it
    assert not small.conventional
    assert not small.operators


def test_the_tables_import_no_framework() -> None:
    program = (
        "import sys, logitlint.frameworks.catalog as c; c.catalog(); import logitlint.numerics.classify; "
        "print(sorted({'torch', 'numpy', 'torchvision', 'transformers'} & set(sys.modules)))"
    )
    printed = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout
    assert printed.strip() == "[]"


@pytest.mark.parametrize(
    ("path", "used", "row"),
    [
        (
            "tensorflow.nn.sigmoid_cross_entropy_with_logits",
            {"keras", "Session"},
            "tensorflow.compat.v2.nn.sigmoid_cross_entropy_with_logits",
        ),
        (
            "tensorflow.nn.sigmoid_cross_entropy_with_logits",
            {"Session"},
            "tensorflow.before_1_0.nn.sigmoid_cross_entropy_with_logits",
        ),
        (
            "tensorflow.nn.sigmoid_cross_entropy_with_logits",
            {"nn", "nn.softmax"},
            "tensorflow.nn.sigmoid_cross_entropy_with_logits",
        ),
        ("tensorflow.nn.softmax", {"keras"}, "tensorflow.nn.softmax"),
        (
            "tensorflow.compat.v1.nn.sigmoid_cross_entropy_with_logits",
            {"Session"},
            "tensorflow.compat.v1.nn.sigmoid_cross_entropy_with_logits",
        ),
        ("torch.softmax", {"keras"}, "torch.softmax"),
    ],
)
def test_a_name_means_what_it_does_in_the_version_of_the_program(path: str, used: set[str], row: str) -> None:
    asked: list[str] = []

    def names(package: str) -> frozenset[str]:
        asked.append(package)
        return frozenset(used)

    dated = catalog().row(catalog().dated(path, names))
    assert dated is catalog().row(row)
    assert dated is not None
    assert set(asked) == ({"tensorflow"} if path == "tensorflow.nn.sigmoid_cross_entropy_with_logits" else set())


def test_what_says_by_its_name_that_it_writes_in_place() -> None:
    names = ["relu_", "torch.relu_", "relu", "_relu", "__call__", "weight__", "_"]
    assert [in_place(name) for name in names] == [True, True, False, False, False, False, False]
