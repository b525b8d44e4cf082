"""Keras' rows are proved on Keras 3, on its TensorFlow backend; what only Keras 2 has, on `tf_keras`.

Kinds and bounds are derived from what a function does to a battery of scores; losses are held against each other on
both sides of `from_logits`; layers by what they do to the numbers they are given.
"""

from __future__ import annotations

import functools
import importlib
import inspect
import os
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import pytest

from logitlint.frameworks import keras, keras_activations, keras_data, keras_layers, keras_losses, keras_models
from logitlint.frameworks.catalog import catalog
from logitlint.frameworks.vocabulary import (
    Axes,
    Base,
    Batches,
    Compile,
    Depends,
    Fact,
    Fit,
    Function,
    Holds,
    Layer,
    Part,
    Role,
    Row,
    SameAs,
    Want,
)
from logitlint.kinds import Kind
from logitlint.numerics.classify import classify

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

pytestmark = pytest.mark.filterwarnings("ignore")

CLASSES = 5
RANDOM = np.random.default_rng(7)
SCORES = (4 * RANDOM.standard_normal((6, CLASSES))).astype("float32")
INDEX = np.arange(6) % CLASSES
ONE_HOT = np.eye(CLASSES, dtype="float32")[INDEX]

# Modules that Keras 1 and 2 had, by the documentation of their time; neither installed Keras has them any more.
GONE = (
    "keras.layers.advanced_activations.",
    "keras.models.functional.",
    "keras.models.model.",
    "keras.models.sequential.",
    "keras.preprocessing.image.preprocessing.",
)
GONE_NAMES = {
    "keras.layers.Deconvolution2D",
    "keras.layers.Deconvolution3D",
    "keras.engine.Input",
    "keras.engine.Model",
    "keras.engine.topology.Input",
    "keras.preprocessing.image.image_dataset_from_directory",
    "keras.preprocessing.text.text_dataset_from_directory",
}


def named(row: Row) -> str:
    return row.name


def names(row: Row) -> tuple[str, ...]:
    return (row.name, *getattr(row, "aliases", ()))


def look_up(path: str, package: str) -> Any:
    """The object of that name in one of the two packages; None when it has none."""
    found: Any = importlib.import_module(package)
    for part in path.split(".")[1:]:
        if not hasattr(found, part):
            try:
                importlib.import_module(f"{found.__name__}.{part}")
            except (ImportError, AttributeError):
                return None
        found = getattr(found, part, None)
    return found


def find(path: str) -> Any:
    """Of Keras 3, else of Keras 2, else what Keras 2 keeps to itself of what Keras 1 showed."""
    found = (look_up(path, package) for package in ("keras", "tf_keras", "tf_keras.src"))
    return next((each for each in found if each is not None), None)


def is_gone(path: str) -> bool:
    return path.startswith(GONE) or path in GONE_NAMES


def parameters(text: str) -> list[inspect.Parameter]:
    return list(inspect.signature(eval(f"lambda {text}: None")).parameters.values())


def numbers(value: Any) -> Any:
    return np.asarray(look_up("keras.ops.convert_to_numpy", "keras")(value)).astype("float64")


def tensor(value: Any) -> Any:
    return look_up("keras.ops.convert_to_tensor", "keras")(value)


def softmax(x: Any) -> Any:
    e = np.exp(x - x.max(-1, keepdims=True))
    return e / e.sum(-1, keepdims=True)


def sigmoid(x: Any) -> Any:
    return 1 / (1 + np.exp(-x))


# -- names and signatures ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("row", keras.ROWS, ids=named)
def test_every_name_is_keras_s(row: Row) -> None:
    for name in names(row):
        assert (find(name) is not None) != is_gone(name), name


def agree(ours: list[inspect.Parameter], theirs: list[inspect.Parameter]) -> bool:
    """The same parameters in the same order with the same defaults; behind a ``**`` of ours they may have more."""
    plain = [each for each in ours if each.kind not in (each.VAR_KEYWORD, each.VAR_POSITIONAL)]
    known = {each.name: each for each in theirs}
    if len(plain) == len(ours) and len(ours) != len(theirs):
        return False
    if not any(each.kind is each.VAR_POSITIONAL for each in ours):
        positional = [each.name for each in plain if each.kind is each.POSITIONAL_OR_KEYWORD]
        if [each.name for each in theirs][: len(positional)] != positional:
            return False
    for each in plain:
        other = known.get(each.name)
        if other is None or (each.default is each.empty) != (other.default is other.empty):
            return False
        literal = isinstance(other.default, str | int | float | bool | tuple | None)
        if literal and other.default is not other.empty and each.default != other.default:
            return False
    return True


# Keras hides these behind ``*args, **kwargs``, names each model by itself, or had other arguments once.
UNSIGNED = {"keras.Model", "keras.Input"}
# Keras 2 has other arguments behind the first, or calls the first otherwise.
OTHERWISE = {"keras.engine.sequential.Sequential", "keras.utils.np_utils.to_categorical"}


def without_name(ours: list[inspect.Parameter]) -> list[inspect.Parameter]:
    return [each for each in ours if each.name != "name"]


@pytest.mark.parametrize(
    "row",
    [row for row in keras.ROWS if isinstance(row, Layer | Function | SameAs) and row.name not in UNSIGNED],
    ids=named,
)
def test_the_signature_is_keras_s(row: Layer | Function | SameAs) -> None:
    ours = parameters(row.init if isinstance(row, Layer) else row.signature)
    for name in names(row):
        if is_gone(name) or name in OTHERWISE:
            continue
        thing = find(name)
        if name == "keras.Sequential" or name == "keras.models.Sequential":
            thing = thing.__init__
        theirs = [each for each in inspect.signature(thing).parameters.values() if each.name != "self"]
        if row.name.startswith("keras.applications."):
            ours, theirs = without_name(ours), without_name(theirs)
        assert agree(ours, theirs), (name, ours, theirs)


@pytest.mark.parametrize("row", [row for row in keras_layers.ROWS if isinstance(row, Layer) and row.call], ids=named)
def test_a_layer_is_called_with_its_inputs(row: Layer) -> None:
    assert row.call is not None
    assert row.call.name == row.name
    real = [each for each in inspect.signature(find(row.name).call).parameters if each != "self"]
    first = "sequences" if row in keras_layers.RECURRENT else "inputs"
    assert real[:1] in ([first], [])  # an InputLayer is given nothing by its caller
    assert parameters(row.call.signature)[0].name == first


# -- nothing is missing -----------------------------------------------------------------------------------------------

FEATURES = "learned features, which are scores of nothing"
PICTURES = "changes pictures"
ENCODES = "prepares what is given to a model"
ARITHMETIC = "arithmetic on several tensors"
WRITES = "reads or writes a configuration"
RARE = "seldom written; its result is not followed"
LEFT_OUT: dict[str, dict[str, str]] = {
    "activations": {
        **dict.fromkeys(("deserialize", "get", "serialize"), WRITES),
        "exponential": "without an upper bound, and no scores",
        "glu": "unbounded on both sides, half as wide",
        "sparsemax": "probabilities that may be zero",
        **dict.fromkeys(("hard_shrink", "soft_shrink", "tanh_shrink", "threshold"), RARE),
        **dict.fromkeys(("sparse_plus", "sparse_sigmoid", "squareplus"), RARE),
    },
    "losses": {
        **dict.fromkeys(("deserialize", "get", "serialize"), WRITES),
        "Loss": "a class to derive from",
        **dict.fromkeys(("CTC", "ctc"), "of alignments: class 0 is the mask"),
        **dict.fromkeys(("Circle", "circle"), "of embeddings"),
    },
    "applications": {},
    "layers": {
        **dict.fromkeys(("deserialize", "serialize", "InputSpec"), WRITES),
        **dict.fromkeys(("Add", "Average", "Dot", "Maximum", "Minimum", "Multiply", "Subtract"), ARITHMETIC),
        **dict.fromkeys(("add", "average", "dot", "maximum", "minimum", "multiply", "subtract"), ARITHMETIC),
        **dict.fromkeys(("AdditiveAttention", "Attention", "GroupQueryAttention", "MultiHeadAttention"), FEATURES),
        **dict.fromkeys(("Embedding", "ReversibleEmbedding", "EinsumDense"), FEATURES),
        **dict.fromkeys(
            ("Bidirectional", "GRUCell", "LSTMCell", "RNN", "SimpleRNNCell", "StackedRNNCells"), "hidden states"
        ),
        **dict.fromkeys((f"ConvLSTM{n}D" for n in (1, 2, 3)), "hidden states"),
        **dict.fromkeys((f"Adaptive{how}Pooling{n}D" for how in ("Average", "Max") for n in (1, 2, 3)), RARE),
        **dict.fromkeys((f"{how}{n}D" for how in ("Cropping", "ZeroPadding") for n in (1, 2, 3)), "of the edges"),
        **dict.fromkeys(("DepthwiseConv1D", "DepthwiseConv2D", "UnitNormalization", "RMSNormalization"), RARE),
        **dict.fromkeys(("GaussianDropout", "GaussianNoise"), "changes the numbers in training"),
        **dict.fromkeys(
            ("FlaxLayer", "JaxLayer", "TFSMLayer", "TorchModuleWrapper", "Wrapper"), "wraps what is not seen"
        ),
        **dict.fromkeys(
            ("CategoryEncoding", "Discretization", "HashedCrossing", "Hashing", "IntegerLookup", "StringLookup"),
            ENCODES,
        ),
        **dict.fromkeys(("MelSpectrogram", "Normalization", "STFTSpectrogram", "TextVectorization"), ENCODES),
        **dict.fromkeys(
            ("AugMix", "AutoContrast", "CenterCrop", "CutMix", "Equalization", "MaxNumBoundingBoxes", "MixUp"), PICTURES
        ),
        **dict.fromkeys(
            ("ContrastLimitedAdaptiveHistogramEqualization", "Pipeline", "RandAugment", "Rescaling", "Resizing"),
            PICTURES,
        ),
        **dict.fromkeys(
            ("Solarization", *(name for name in dir(find("keras.layers")) if name.startswith("Random"))), PICTURES
        ),
    },
}


def test_every_name_is_in_the_table_or_left_out_for_a_reason() -> None:
    for home, left_out in LEFT_OUT.items():
        module = find(f"keras.{home}")
        public = {name for name in dir(module) if name[0] != "_" and callable(getattr(module, name))}
        absent = {name for name in public if catalog().row(f"keras.{home}.{name}") is None}
        assert absent == left_out.keys(), home


# Of larger namespaces, and of older editions, what is known.
FURTHER = """
    Input Model Sequential backend.argmax backend.argmin backend.batch_flatten backend.cast backend.cast_to_floatx
    backend.clip backend.concatenate backend.constant backend.equal backend.exp backend.expand_dims backend.flatten
    backend.greater backend.greater_equal backend.less backend.less_equal backend.log backend.max backend.maximum
    backend.mean backend.min backend.one_hot backend.permute_dimensions backend.prod backend.relu backend.reshape
    backend.reverse backend.round backend.sign backend.sparse_categorical_crossentropy backend.squeeze backend.stack
    backend.stop_gradient backend.sum backend.transpose datasets.cifar10.load_data datasets.cifar100.load_data
    datasets.fashion_mnist.load_data datasets.imdb.load_data datasets.mnist.load_data datasets.reuters.load_data
    metrics.AUC metrics.BinaryAccuracy metrics.BinaryCrossentropy metrics.BinaryIoU metrics.CategoricalCrossentropy
    metrics.F1Score metrics.FBetaScore metrics.FalseNegatives metrics.FalsePositives metrics.Precision
    metrics.Recall metrics.SparseCategoricalCrossentropy metrics.TrueNegatives metrics.TruePositives
    metrics.binary_accuracy models.clone_model ops.amax ops.amin ops.argmax ops.argmin ops.array
    ops.binary_crossentropy ops.broadcast_to ops.cast ops.categorical_crossentropy ops.clip ops.concatenate
    ops.convert_to_numpy ops.convert_to_tensor ops.copy ops.equal ops.exp ops.expand_dims ops.flip ops.gelu
    ops.greater ops.greater_equal ops.hstack ops.less ops.less_equal ops.log ops.max ops.maximum ops.mean ops.min
    ops.moveaxis ops.negative ops.one_hot ops.prod ops.ravel ops.relu ops.repeat ops.reshape ops.round ops.sign
    ops.slice ops.sparse_categorical_crossentropy ops.split ops.squeeze ops.stack ops.stop_gradient ops.sum
    ops.swapaxes ops.take ops.take_along_axis ops.tile ops.top_k ops.transpose ops.unstack ops.vstack ops.where
    preprocessing.image.ImageDataGenerator utils.image_dataset_from_directory utils.text_dataset_from_directory
    utils.to_categorical
"""


def test_every_operation_metric_and_data_set_is_there() -> None:
    listed = {row.name.removeprefix("keras.") for row in keras.ROWS}
    listed -= {f"{home}.{name}" for home in LEFT_OUT for name in dir(find(f"keras.{home}"))}
    assert listed == set(FURTHER.split())


# -- activations ------------------------------------------------------------------------------------------------------

ACTIVATIONS = [row for row in keras_activations.ROWS if isinstance(row, Function)]
ACTIVATION_LAYERS = [row for row in keras_activations.ROWS if isinstance(row, Layer) and isinstance(row.call, Function)]
STEPS = np.concatenate([[-1e4, 1e4], np.linspace(-60, 60, 4001), np.linspace(-4, 4, 4001)])
WIDE = np.stack([STEPS, STEPS], 1).astype("float32")
RISING = np.linspace(-5, 5, 301).astype("float32")[:, None]


def claimed(row: Function, text: str) -> Kind:
    """The kind under the defaults."""
    fact: Any = row.gives
    literals = {each.name: each.default for each in parameters(text)}
    while isinstance(fact, Depends):
        fact = fact.cases.get(literals[fact.argument])
    assert isinstance(fact, Kind)
    return fact


def prove_activation(row: Function, text: str, function: Any) -> None:
    kind = claimed(row, text)
    given = numbers(function(tensor(SCORES)))
    allowed = classify(given, axis=-1)
    assert kind in allowed
    normalised = {Kind.SOFTMAX, Kind.LOG_SOFTMAX}
    assert (kind in normalised) == bool(allowed & (Kind.SOFTMAX | Kind.LOG_SOFTMAX))
    wide = numbers(function(tensor(WIDE)))
    if kind in normalised:
        assert row.axis == "axis"
        expected = softmax(SCORES.astype("float64"))
        assert np.allclose(given, expected if kind is Kind.SOFTMAX else np.log(expected), atol=1e-4)
        other = (
            numbers(function(tensor(SCORES), axis=0))
            if isinstance(text, str) and function_takes(function, "axis")
            else None
        )
        assert other is None or np.allclose(
            np.exp(other).sum(0) if kind is Kind.LOG_SOFTMAX else other.sum(0), 1, atol=1e-4
        )
        return
    if kind is Kind.SIGMOID:
        assert np.allclose(given, sigmoid(SCORES.astype("float64")), atol=1e-4)
    elif kind is Kind.LOG_SIGMOID:
        assert np.allclose(given, np.log(sigmoid(SCORES.astype("float64"))), atol=1e-3)
    else:
        low, high = row.low, row.high if not isinstance(row.high, str) else None
        assert (low is not None) == bool(wide.min() > -5) or row.facts & {Fact.MONOTONE}
        if low is not None:
            assert low <= wide.min() <= low + 0.01
        if high is not None:
            assert high - 0.01 <= wide.max() <= high
        else:
            assert wide.max() > 1.5
    rising = bool((np.diff(numbers(function(tensor(RISING)))[:, 0]) > 0).all())
    assert (Fact.MONOTONE in row.facts) == rising


def function_takes(function: Any, name: str) -> bool:
    return name in inspect.signature(function).parameters


@pytest.mark.parametrize("row", ACTIVATIONS, ids=named)
def test_an_activation_gives_its_kind(row: Function) -> None:
    for name in names(row):
        prove_activation(row, row.signature, find(name))


@pytest.mark.parametrize("row", [row for row in ACTIVATION_LAYERS if row.name != "keras.layers.PReLU"], ids=named)
def test_an_activation_layer_gives_its_kind(row: Layer) -> None:
    assert isinstance(row.call, Function)
    prove_activation(row.call, row.init, find(row.name)())


def test_a_parametric_relu_has_no_bound() -> None:
    layer = find("keras.layers.PReLU")(alpha_initializer="ones")
    assert np.allclose(numbers(layer(tensor(SCORES))), SCORES)
    row = catalog().row("keras.layers.PReLU")
    assert isinstance(row, Layer)
    assert isinstance(row.call, Function)
    assert (row.call.gives, row.call.low, row.call.high) == (Kind.ACTIVATED, None, None)


def test_a_slope_or_threshold_changes_relu() -> None:
    relu = find("keras.activations.relu")
    assert numbers(relu(tensor(SCORES), negative_slope=0.5)).min() < -1
    assert numbers(relu(tensor(SCORES), max_value=2)).max() == 2
    old = find("keras.backend.relu")
    assert numbers(old(tensor(SCORES), alpha=0.5)).min() < -1


def test_the_strings_of_activations() -> None:
    get = find("keras.activations.get")
    for text, name in keras_activations.ACTIVATIONS.rows.items():
        assert np.allclose(numbers(get(text)(tensor(SCORES))), numbers(find(name)(tensor(SCORES)))), text
    assert np.allclose(numbers(get("linear")(tensor(SCORES))), SCORES)
    assert np.allclose(numbers(get(None)(tensor(SCORES))), SCORES)


@pytest.mark.parametrize(("name", "argument"), [("Activation", "activation"), ("Lambda", "function")])
def test_a_layer_that_applies_what_it_is_given(name: str, argument: str) -> None:
    cls = find(f"keras.layers.{name}")
    layer = cls(**{argument: find("keras.activations.softmax")})
    assert np.allclose(numbers(layer(tensor(SCORES))), softmax(SCORES), atol=1e-5)


def test_operations_that_are_operators() -> None:
    compute: dict[str, Any] = {
        "+": lambda a, b: a + b,
        "-": lambda a, b: a - b,
        "*": lambda a, b: a * b,
        "/": lambda a, b: a / b,
        "@": lambda a, b: a @ b,
    }
    square = SCORES[:5]
    for name, sign in keras.OPERATORS.items():
        got = numbers(find(name)(tensor(square), tensor(square + 20)))
        assert np.allclose(got, compute[sign](square, square + 20), rtol=1e-3), name


# -- losses -----------------------------------------------------------------------------------------------------------

FUNCTIONS = [row for row in keras_losses.ROWS if isinstance(row, Function) and Fact.LOSS in row.facts]
CLASSES_OF_LOSSES = [row for row in keras_losses.ROWS if isinstance(row, Layer) and Fact.LOSS in row.facts]


def wants(row: Function, role: Role) -> Any:
    return next(takes.want for takes in row.takes.values() if takes.role is role)


def truth_of(row: Function) -> Any:
    return INDEX.astype("int32") if wants(row, Role.TARGET) is Want.CLASS_INDEX else ONE_HOT


def mean(value: Any) -> float:
    return float(numbers(value).mean())


def test_the_truth_comes_first() -> None:
    for row in (*FUNCTIONS, *(row.call for row in CLASSES_OF_LOSSES if isinstance(row.call, Function))):
        assert [takes.role for takes in row.takes.values()] == [Role.TARGET, Role.PREDICTION]
        assert [each.name for each in parameters(row.signature)][:2] == list(row.takes)
        assert row.gives is Kind.LOSS


def test_the_truth_that_goes_with_each_scale() -> None:
    for row in (*FUNCTIONS, *CLASSES_OF_LOSSES):
        call = row.call if isinstance(row, Layer) else row
        assert isinstance(call, Function)
        scale = wants(call, Role.PREDICTION)
        scale = scale.cases[True] if isinstance(scale, Depends) else scale
        truth = wants(call, Role.TARGET)
        if scale is Want.LABEL_LOGITS:
            assert truth is Want.LABELS, row.name
        elif scale is Want.CLASS_LOGITS:
            assert truth is (Want.CLASS_INDEX if "sparse" in row.name.lower() else Want.ONE_HOT), row.name
        else:
            assert (scale in (Want.PROBABILITIES, Want.SCORES)) == (truth is None), row.name


def test_labels_of_a_binary_loss_are_noughts_and_ones() -> None:
    p = sigmoid(SCORES)
    expected = -(ONE_HOT * np.log(p) + (1 - ONE_HOT) * np.log(1 - p)).mean()
    loss = find("keras.losses.binary_crossentropy")
    assert loss is not None
    assert mean(loss(tensor(ONE_HOT), tensor(p))) == pytest.approx(expected, rel=1e-3)


@pytest.mark.parametrize(
    "row", [row for row in FUNCTIONS if isinstance(wants(row, Role.PREDICTION), Depends)], ids=named
)
def test_from_logits_decides_the_scale(row: Function) -> None:
    want = wants(row, Role.PREDICTION)
    assert want.argument == "from_logits"
    squash = softmax if want.cases[True] is Want.CLASS_LOGITS else sigmoid
    assert want.cases == {
        False: Want.CLASS_PROBABILITIES if squash is softmax else Want.LABEL_PROBABILITIES,
        True: Want.CLASS_LOGITS if squash is softmax else Want.LABEL_LOGITS,
    }
    truth = tensor(truth_of(row))
    for name in names(row):
        loss = find(name)
        if loss is None:
            continue
        raw = mean(loss(truth, tensor(SCORES), from_logits=True))
        assert raw == pytest.approx(mean(loss(truth, tensor(squash(SCORES)))), rel=1e-3), name
        assert raw != pytest.approx(mean(loss(truth, tensor(SCORES))), rel=0.05), name
        assert raw != pytest.approx(mean(loss(truth, tensor(squash(SCORES)), from_logits=True)), rel=0.05), name


def test_indices_and_one_hot_labels_are_the_same_truth() -> None:
    sparse, dense = find("keras.losses.sparse_categorical_crossentropy"), find("keras.losses.categorical_crossentropy")
    p = tensor(softmax(SCORES))
    assert np.allclose(numbers(sparse(tensor(INDEX), p)), numbers(dense(tensor(ONE_HOT), p)), rtol=1e-3)
    general = find("keras.losses.categorical_generalized_cross_entropy")
    assert numbers(general(tensor(INDEX), p, 0.5)).shape == (6,)


def test_a_divergence_of_probabilities() -> None:
    loss = find("keras.losses.kl_divergence")
    p, q = softmax(SCORES), softmax(SCORES[::-1])
    expected = (p * np.log(p / q)).sum(-1)
    assert np.allclose(numbers(loss(tensor(p), tensor(q.copy()))), expected, rtol=1e-3)


@pytest.mark.parametrize("name", ["dice", "tversky"])
def test_an_overlap_is_of_probabilities(name: str) -> None:
    loss = find(f"keras.losses.{name}")
    assert float(numbers(loss(tensor(ONE_HOT), tensor(ONE_HOT)))) == pytest.approx(0, abs=1e-4)
    assert float(numbers(loss(tensor(ONE_HOT), tensor(1 - ONE_HOT)))) == pytest.approx(1, abs=1e-3)


@pytest.mark.parametrize("row", [row for row in FUNCTIONS if wants(row, Role.PREDICTION) is Want.SCORES], ids=named)
def test_a_loss_on_any_numbers(row: Function) -> None:
    loss = find(row.name)
    positive = tensor(np.abs(SCORES) + 1)
    for given in (positive, tensor(SCORES * 3)):
        assert np.isfinite(numbers(loss(positive, given))).all() or row.name.endswith("poisson")
    assert not isinstance(wants(row, Role.PREDICTION), Depends)


@pytest.mark.parametrize("row", CLASSES_OF_LOSSES, ids=named)
def test_a_loss_that_is_a_class_is_the_function(row: Layer) -> None:
    assert isinstance(row.call, Function)
    function = next(each for each in FUNCTIONS if each.takes == row.call.takes and same_name(each.name, row.name))
    p = tensor(softmax(SCORES))
    truth = tensor(truth_of(function))
    extra = {"q": 0.5} if "generalized" in function.name else {}
    assert mean(find(row.name)()(truth, p)) == pytest.approx(mean(find(function.name)(truth, p, **extra)), rel=1e-3)
    if isinstance(wants(function, Role.PREDICTION), Depends):
        raw = mean(find(row.name)(from_logits=True)(truth, tensor(SCORES)))
        assert raw == pytest.approx(mean(find(function.name)(truth, tensor(SCORES), from_logits=True)), rel=1e-3)


def same_name(function: str, cls: str) -> bool:
    one, other = (each.rpartition(".")[2].replace("_", "").lower() for each in (function, cls))
    return one == other


def test_the_strings_of_losses() -> None:
    for text, name in keras_losses.LOSSES.rows.items():
        found = [get(text) for package in ("keras", "tf_keras") if (get := getter("losses", text, package))]
        words = {getattr(each, "name", None) or each.__name__ for each in found}
        expected = name.rpartition(".")[2]
        assert found or text in {"CategoricalGeneralizedCrossEntropy", "categorical_generalized_cross_entropy"}, text
        for word in words:
            assert any(same_name(word, alias) for alias in spellings(expected)), (text, word)


def spellings(name: str) -> set[str]:
    """Other names of the row behind a name."""
    path = f"keras.losses.{name}"
    found = {name, *({"huber_loss"} if name == "Huber" else ())}
    for row in keras_losses.ROWS:
        if path in names(row):
            found |= {each.rpartition(".")[2] for each in names(row)}
    return found


def getter(module: str, text: str, package: str) -> Any:
    get = look_up(f"keras.{module}.get", package)
    try:
        get(text)
    except (ValueError, TypeError):
        return None
    return get


def test_probabilities_are_cut_off_before_zero_and_one() -> None:
    for row in FUNCTIONS:
        if Fact.CLIPS in row.facts and isinstance(wants(row, Role.PREDICTION), Depends):
            edge = tensor(1 - ONE_HOT)
            assert np.isfinite(numbers(find(row.name)(tensor(truth_of(row)), edge))).all(), row.name


# -- metrics ----------------------------------------------------------------------------------------------------------

METRICS = [row for row in keras_losses.ROWS if Fact.METRIC in getattr(row, "facts", ())]
COUNTS = [
    row
    for row in METRICS
    if isinstance(row, Layer)
    and isinstance(row.call, Function)
    and "THRESHOLDED" in repr(wants(row.call, Role.PREDICTION))
]
TRUTH = (RANDOM.random((40, 1)) > 0.4).astype("float32")
LOGITS = (2 * TRUTH - 1 + 2 * RANDOM.standard_normal((40, 1))).astype("float32")


@pytest.mark.parametrize("row", COUNTS, ids=named)
def test_a_metric_that_counts_what_is_above_a_half(row: Layer) -> None:
    metric = find(row.name)
    if row.name.endswith("Score"):
        assert wants(row.call, Role.PREDICTION) == Depends("threshold", {0.5: Want.THRESHOLDED})  # type: ignore[arg-type]
        largest, scaled = (metric()(tensor(ONE_HOT), tensor(each)) for each in (SCORES, softmax(SCORES)))
        assert np.array_equal(numbers(largest), numbers(scaled)), "without a threshold the largest is taken"
        metric = functools.partial(metric, threshold=0.5)
    said = mean(metric()(tensor(TRUTH), tensor(sigmoid(LOGITS))))
    if row.name.endswith("AUC"):
        told = float(numbers(metric(from_logits=True)(tensor(TRUTH), tensor(LOGITS))))
        assert said == pytest.approx(told, abs=1e-3)
        return
    decided = (LOGITS > 0).astype("float32")
    assert said == pytest.approx(mean(metric()(tensor(TRUTH), tensor(decided))), abs=1e-5)
    wrong = (LOGITS > 0.5).astype("float32")
    assert not np.array_equal(wrong, decided)
    raw = mean(metric()(tensor(TRUTH), tensor(np.clip(LOGITS, 0, 1))))
    assert raw == pytest.approx(mean(metric()(tensor(TRUTH), tensor(wrong))), abs=1e-5)


def read(want: Any, given: Mapping[str, object]) -> Any:
    while isinstance(want, Depends):
        want = want.cases.get(given[want.argument])
    return want


def calls(row: Row) -> list[Function]:
    """The functions of a metric that are given the truth and what was predicted."""
    every = [row] if isinstance(row, Function) else [row.call, *row.methods.values()] if isinstance(row, Layer) else []
    found = [each for each in every if isinstance(each, Function)]
    assert len(found) == len(every)
    return found


@pytest.mark.parametrize("row", METRICS, ids=named)
def test_a_metric_with_a_threshold_compares_with_a_half_unless_told_otherwise(row: Row) -> None:
    options = {"num_thresholds": (None,), "threshold": (0.5,), "thresholds": (None, 0.5)}
    parameters = inspect.signature(find(row.name)).parameters
    option = next((each for each in options if each in parameters), None)
    if option is None:
        assert "THRESHOLDED" not in repr([wants(each, Role.PREDICTION) for each in calls(row)])
        return
    for value in options[option]:
        given = {"threshold": value, "thresholds": value, "top_k": None, "from_logits": False}
        assert {read(wants(each, Role.PREDICTION), given) for each in calls(row)} == {Want.THRESHOLDED}
        if option != "num_thresholds":
            metric = find(row.name)
            near, far = (tensor((edge * (LOGITS > 0)).astype("float32")) for edge in (0.6, 1.0))
            below = tensor((0.4 * (LOGITS > 0)).astype("float32"))
            if isinstance(row, Layer):
                counted = [mean(metric(**{option: value})(tensor(TRUTH), each)) for each in (near, far, below)]
            else:
                counted = [mean(metric(tensor(TRUTH), each, threshold=value)) for each in (near, far, below)]
            assert counted[0] == pytest.approx(counted[1])
            assert counted[0] != pytest.approx(counted[2])


CROSS_ENTROPIES = [row for row in METRICS if isinstance(row, Layer) and row.name.endswith("Crossentropy")]


@pytest.mark.parametrize("row", CROSS_ENTROPIES, ids=named)
def test_a_cross_entropy_as_a_metric_reads_what_the_loss_reads(row: Layer) -> None:
    name = row.name.replace("metrics", "losses")
    [loss] = [each.call for each in CLASSES_OF_LOSSES if each.name == name]
    assert isinstance(loss, Function)
    for call in calls(row):
        assert [(each.role, each.want) for each in call.takes.values()] == [
            (each.role, each.want) for each in loss.takes.values()
        ]
    for from_logits, predicted in ((False, softmax(SCORES)), (True, SCORES)):
        pair = tensor(truth_of(loss)), tensor(predicted)
        told = mean(find(row.name)(from_logits=from_logits)(*pair))
        assert told == pytest.approx(mean(find(name)(from_logits=from_logits)(*pair)), rel=1e-4)


def test_the_cross_entropies_among_the_metrics_are_all_there() -> None:
    assert [row.name.removeprefix("keras.metrics.") for row in CROSS_ENTROPIES] == [
        "BinaryCrossentropy",
        "CategoricalCrossentropy",
        "SparseCategoricalCrossentropy",
    ]


def test_the_string_accuracy_of_a_single_unit() -> None:
    package = find("keras.Sequential")
    model = package([find("keras.layers.Identity")()])
    model.compile(loss="mse", metrics=["accuracy"])
    got = model.evaluate(LOGITS, TRUTH, verbose=0)[1]
    assert got == pytest.approx(float(((LOGITS > 0.5) == TRUTH).mean()), abs=1e-5)
    assert keras_losses.BINARY_METRICS.rows["accuracy"] == "keras.metrics.binary_accuracy"
    assert "accuracy" not in keras_losses.METRICS.rows
    wide = package([find("keras.layers.Identity")()])
    wide.compile(loss="mse", metrics=["accuracy"])
    got = wide.evaluate(SCORES, ONE_HOT, verbose=0)[1]
    assert got == pytest.approx(float((SCORES.argmax(1) == INDEX).mean()), abs=1e-5)


def test_the_strings_of_metrics() -> None:
    for text, name in keras_losses.METRICS.rows.items():
        if text not in keras_losses.LOSSES.rows:
            assert getter("metrics", text, "keras") is not None or getter("metrics", text, "tf_keras"), text
            assert find(name) is not None


# -- layers -----------------------------------------------------------------------------------------------------------

IMAGE = RANDOM.standard_normal((2, 8, 8, 3)).astype("float32")
INPUTS = {1: IMAGE[:, 0], 2: IMAGE, 3: np.repeat(IMAGE[:, None], 4, 1)}


def rank_of(name: str) -> int:
    return next((n for n in (1, 2, 3) if f"{n}D" in name), 0)


AFFINE = [row for row in keras_layers.SCORES if isinstance(row, Layer)]


@pytest.mark.parametrize("row", AFFINE, ids=named)
def test_an_affine_layer_gives_scores(row: Layer) -> None:
    assert isinstance(row.call, Function)
    given = INPUTS[rank_of(row.name) or 2] * 3
    arguments: dict[str, Any] = {}
    if "filters" in row.init:
        arguments = {"filters": 7, "kernel_size": 3}
    elif "units" in row.init:
        arguments = {"units": 7}
    elif "groups" in row.init:
        arguments = {"groups": 3}
    layer = find(row.name)(**arguments)
    made = numbers(layer(tensor(given), training=True))
    assert row.call.gives is Kind.LOGITS
    assert made.min() < -1 < 1 < made.max()
    if row.call.units is not None:
        assert made.shape[-1] == 7
        assert row.applies is not None
        applied = find(row.name)(**arguments, activation="softmax")
        applied.build(given.shape)
        applied.set_weights(layer.get_weights())
        assert np.allclose(numbers(applied(tensor(given))), softmax(made), atol=1e-4)
    else:
        assert made.shape == given.shape
        assert row.applies is None


def test_the_channels_may_come_first() -> None:
    units = keras_layers.SCORES[1].call.units  # type: ignore[union-attr]
    assert isinstance(units, Depends)
    assert units.cases == {None: "filters", "channels_last": "filters"}
    assert find("keras.config.image_data_format")() == "channels_last"


KEEPING = [row for row in keras_layers.KEEPING if isinstance(row, Layer)]
MADE: dict[str, dict[str, Any]] = {
    "Dropout": {"rate": 0.5},
    "AlphaDropout": {"rate": 0.5},
    "Reshape": {"target_shape": (-1,)},
    "Permute": {"dims": (2, 1, 3)},
    "RepeatVector": {"n": 2},
    **{f"SpatialDropout{n}D": {"rate": 0.5} for n in (1, 2, 3)},
    **{f"AveragePooling{n}D": {"pool_size": 2} for n in (1, 2, 3)},
}


def averaged(made: Any) -> Any:
    return made.mean((*range(1, made.ndim - 1),)) if made.ndim > 2 else made


@pytest.mark.parametrize("row", KEEPING, ids=named)
def test_a_layer_that_keeps_the_meaning(row: Layer) -> None:
    assert isinstance(row.call, SameAs)
    last = row.name.rpartition(".")[2]
    given: Any = INPUTS[rank_of(row.name) or 2]
    if last == "Concatenate":
        made = numbers(find(row.name)()([tensor(given), tensor(given + 1)]))
        assert row.call.axes is Axes.JOINED
        assert np.allclose(made, np.concatenate([given, given + 1], -1))
        return
    if last == "InputLayer":
        assert row.call.axes is Axes.KEPT
        return
    if last == "RepeatVector":
        given = SCORES
    made = numbers(find(row.name)(**MADE.get(last, {}))(tensor(given)))
    space = (*range(1, given.ndim - 1),)
    ours, theirs = set(made.round(4).ravel()), set(given.astype("float64").round(4).ravel())
    derived = {
        Axes.KEPT: lambda: made.shape == given.shape and np.allclose(made, given),
        Axes.RESHAPED: lambda: made.shape != given.shape and ours == theirs and len(made) == len(given),
        Axes.PERMUTED: lambda: np.allclose(made, given.transpose(0, 2, 1, 3)),
        Axes.POOLED: lambda: made.size < given.size and np.allclose(averaged(made), given.mean(space), atol=1e-3),
        Axes.SLICED: lambda: made.size < given.size and ours < theirs,
        Axes.RESAMPLED: lambda: made.size > given.size and ours == theirs,
    }
    assert derived[row.call.axes]()
    _has_the_rank(row, given, made)
    if Fact.DROPOUT in row.call.facts:
        trained = numbers(find(row.name)(**MADE[last])(tensor(given), training=True))
        assert not np.allclose(trained, given)


def _has_the_rank(row: Layer, given: Any, made: Any) -> None:
    """One number for each sample and channel: only such rows say how many axes there are, unless the axes are kept."""
    assert isinstance(row.call, SameAs)
    stated = row.call.rank
    if not row.name.endswith(".Reshape"):  # its rank is that of the shape it is given
        assert (made.ndim == 2 != given.ndim) == (stated is not None)
    if isinstance(stated, Depends):
        kept = numbers(find(row.name)(**{stated.argument: True})(tensor(given)))
        assert stated.cases == {False: made.ndim}
        assert kept.ndim == given.ndim
    elif stated is not None:
        assert stated == made.ndim


@pytest.mark.parametrize("row", [row for row in keras_layers.CONTAINERS if isinstance(row, Layer)], ids=named)
def test_a_wrapper_calls_its_layer(row: Layer) -> None:
    assert row.holds is (Holds.STEPS if row.name.endswith(".TimeDistributed") else Holds.CHAIN)
    inner = find("keras.layers.Dense")(3, activation="softmax")
    made = numbers(find(row.name)(inner)(tensor(INPUTS[1])))
    assert made.shape[-1] == 3
    assert Kind.SOFTMAX in classify(made, axis=-1)


def test_a_layer_on_each_step_has_another_axis_before_its_own() -> None:
    steps = np.stack([INPUTS[2]] * 3, 1)
    alone = numbers(find("keras.layers.Flatten")()(tensor(steps)))
    each = numbers(find("keras.layers.TimeDistributed")(find("keras.layers.Flatten")())(tensor(steps)))
    assert (alone.ndim, each.ndim) == (2, 3)


@pytest.mark.parametrize("row", keras_layers.RECURRENT, ids=named)
def test_a_recurrent_layer_gives_its_last_step_or_all(row: Row) -> None:
    assert isinstance(row, Layer)
    assert isinstance(row.call, Function)
    assert isinstance(row.call.rank, Depends)
    assert row.call.gives is None
    by_state = row.call.rank
    by_sequences = by_state.cases[False]
    assert isinstance(by_sequences, Depends)
    assert (by_state.argument, list(by_state.cases)) == ("return_state", [False])
    for all_steps, rank in by_sequences.cases.items():
        made = numbers(find(row.name)(3, **{by_sequences.argument: all_steps})(tensor(INPUTS[1])))
        assert (made.ndim, made.shape[-1]) == (rank, 3)
    assert len(find(row.name)(3, return_state=True)(tensor(INPUTS[1]))) > 1


def test_an_input_and_a_first_layer_say_the_sizes_of_a_sample() -> None:
    row = next(row for row in keras_models.ROWS if row.name == "keras.Sequential")
    entry = next(row for row in keras_models.ROWS if row.name == "keras.Input")
    assert isinstance(row, Layer)
    assert isinstance(entry, Function)
    assert entry.rank == parameters(entry.signature)[0].name
    assert find("keras.Input")((4, 3)).ndim == 3
    for name, said in zip(row.sample, ((4,), 4), strict=True):
        first = look_up("tf_keras.layers.Dense", "tf_keras")(2, **{name: said})
        assert look_up("tf_keras.Sequential", "tf_keras")([first]).output_shape == (None, 2)


def test_a_layer_of_one_s_own_is_called_by_call() -> None:
    row = next(row for row in keras_layers.CONTAINERS if isinstance(row, Base))

    class Doubled(find(row.name)):  # type: ignore[misc]
        def call(self, x: Any) -> Any:
            return 2 * x

    assert row.calls == "call"
    assert np.allclose(numbers(Doubled()(tensor(SCORES))), 2 * SCORES)


# -- models -----------------------------------------------------------------------------------------------------------


def small_graph(*activations: str | None) -> Any:
    dense, given = find("keras.layers.Dense"), find("keras.Input")((CLASSES,))
    outputs = [dense(3, activation=each, name=f"head_{at}")(given) for at, each in enumerate(activations)]
    return find("keras.Model")(given, outputs[0] if len(outputs) == 1 else outputs)


def test_a_graph_gives_what_it_was_given() -> None:
    model = small_graph("softmax")
    assert Kind.SOFTMAX in classify(numbers(model(tensor(SCORES))), axis=-1)
    assert Kind.SOFTMAX in classify(np.asarray(model.predict(SCORES, verbose=0), "float64"), axis=-1)
    onward = find("keras.Model")(model.input, find("keras.layers.Softmax")()(model.output))
    assert np.allclose(numbers(onward(tensor(SCORES))), softmax(numbers(model(tensor(SCORES)))), atol=1e-5)
    assert len(model.outputs) == 1
    assert len(model.layers) == 2


def test_a_chain_may_lose_and_win_layers() -> None:
    dense, layers = find("keras.layers.Dense"), find("keras.layers")
    model = find("keras.Sequential")([find("keras.Input")((CLASSES,)), dense(3), layers.Softmax()])
    assert [type(layer).__name__ for layer in model.layers] == ["Dense", "Softmax"]
    model.pop()
    assert Kind.SOFTMAX not in classify(numbers(model(tensor(SCORES))), axis=-1)
    model.add(layers.Activation("softmax"))
    assert Kind.SOFTMAX in classify(numbers(model(tensor(SCORES))), axis=-1)
    model.layers.pop()
    assert len(model.layers) == 2  # a copy


def test_losses_are_matched_by_position_and_by_name() -> None:
    truth = [ONE_HOT[:, :3], ONE_HOT[:, :3]]
    by_position = small_graph("softmax", None)
    by_position.compile(loss=["categorical_crossentropy", "mse"])
    by_name = small_graph("softmax", None)
    by_name.set_weights(by_position.get_weights())
    by_name.compile(loss={"head_1": "mse", "head_0": "categorical_crossentropy"})
    one = by_position.evaluate(SCORES, truth, verbose=0)
    assert one == pytest.approx(
        by_name.evaluate(SCORES, dict(zip(["head_0", "head_1"], truth, strict=True)), verbose=0)
    )
    for_all = small_graph("softmax", None)
    for_all.set_weights(by_position.get_weights())
    for_all.compile(loss="mse")
    given = for_all.predict(SCORES, verbose=0)
    expected = sum(float(((each - true) ** 2).mean()) for each, true in zip(given, truth, strict=True))
    assert np.ravel(for_all.evaluate(SCORES, truth, verbose=0))[0] == pytest.approx(expected, rel=1e-3)


def methods(sort: type) -> Iterator[tuple[str, Any]]:
    return ((name, row) for name, row in keras_models.METHODS.items() if isinstance(row, sort))


def test_the_methods_of_a_model() -> None:
    both = [find("keras.Model"), look_up("keras.Model", "tf_keras")]
    for name, row in (*methods(Compile), *methods(Fit)):
        holder = next(each for each in both if hasattr(each, name))
        real = [each for each in inspect.signature(getattr(holder, name)).parameters.values() if each.name != "self"]
        ours = [each.name for each in parameters(row.signature) if each.kind is each.POSITIONAL_OR_KEYWORD]
        assert [each.name for each in real][: len(ours)] == ours, name
        keyword = [each.name for each in parameters(row.signature) if each.kind is each.KEYWORD_ONLY]
        assert name in {"evaluate", "train_on_batch", "test_on_batch"} or {each.name for each in real} >= set(
            keyword
        ), name
    for name, row in methods(Part):
        assert row is Part.OUTPUT
        assert any(hasattr(each, name) for each in both) or name == "predict_proba"  # of Keras 2's Sequential
    for unless in keras_models.METHODS["compile"].unless:  # type: ignore[union-attr]
        assert hasattr(both[0], unless)


# -- pretrained -------------------------------------------------------------------------------------------------------


def test_a_pretrained_model_ends_as_its_row_says() -> None:
    picture = tensor(RANDOM.random((2, 32, 32, 3)).astype("float32"))
    for activation in ("softmax", None, "sigmoid"):
        model = find("keras.applications.MobileNet")(
            input_shape=(32, 32, 3), alpha=0.25, weights=None, classes=4, classifier_activation=activation
        )
        row = next(row for row in keras_models.PRETRAINED if row.name.endswith(".MobileNet"))
        assert isinstance(row, Layer)
        assert isinstance(row.call, Function)
        head = row.call.gives
        assert isinstance(head, Depends)
        inner = head.cases[True]
        assert isinstance(inner, Depends)
        last = model.layers[-1].activation.__name__
        assert {"softmax": Kind.SOFTMAX, "linear": Kind.LOGITS, "sigmoid": Kind.SIGMOID}[last] == inner.cases[
            activation
        ]
        assert numbers(model(picture)).shape == (2, 4)
    assert set(inner.cases) == {"softmax", "sigmoid", None, "linear"}


ENDS = {"softmax": Kind.SOFTMAX, "sigmoid": Kind.SIGMOID, "linear": Kind.LOGITS, None: Kind.LOGITS}


@pytest.mark.parametrize("row", keras_models.PRETRAINED, ids=named)
def test_a_pretrained_model_ends_in_the_activation_it_is_given(row: Layer) -> None:
    """One is built above; of the others the source says that they hand `classifier_activation` to their last layer."""
    source = inspect.getsource(inspect.getmodule(inspect.unwrap(find(row.name))))
    assert "activation=classifier_activation" in source
    assert isinstance(row.call, Function)
    for activation, kind in ENDS.items():
        assert read(row.call.gives, {"include_top": True, "classifier_activation": activation}) is kind
    assert read(row.call.gives, {"include_top": False, "classifier_activation": "softmax"}) is None


def test_no_pretrained_model_is_missing() -> None:
    module = find("keras.applications")
    real = {name for name in dir(module) if callable(getattr(module, name)) and not name.startswith("_")}
    assert {row.name.rpartition(".")[2] for row in keras_models.PRETRAINED} == real


# -- labels -----------------------------------------------------------------------------------------------------------


def test_one_hot_labels() -> None:
    assert np.array_equal(find("keras.utils.to_categorical")(INDEX), ONE_HOT)
    row = catalog().row("keras.utils.to_categorical")
    assert isinstance(row, Function)
    assert row.gives is Kind.ONE_HOT


def test_the_data_sets_that_are_shipped() -> None:
    module = find("keras.datasets")
    real = {name for name in dir(module) if not name.startswith("_")}
    ours = {row.name.split(".")[2] for row in keras_data.ROWS if row.name.startswith("keras.datasets.")}
    assert real - ours == {"boston_housing", "california_housing"}  # prices


@pytest.mark.parametrize("row", [row for row in keras_data.ROWS if row.name.startswith("keras.datasets.")], ids=named)
def test_the_labels_of_a_data_set_are_documented_as_integers(row: Row) -> None:
    assert isinstance(row, Function)
    assert row.gives == ((None, Kind.CLASS_INDEX), (None, Kind.CLASS_INDEX))
    documented = [line for line in map(str.strip, find(row.name).__doc__.splitlines()) if line.startswith("**`y_")]
    assert "(x_train, y_train), (x_test, y_test)" in find(row.name).__doc__
    for part in ("`y_train`", "`y_test`"):
        (line,) = [line for line in documented if part in line]
        assert "integer" in line
        assert "labels" in line


def sorted_files(folder: Any, sort: str, classes: int) -> None:
    """Two files for each class in a folder of its own."""
    for name in "abc"[:classes]:
        (folder / name).mkdir()
        for at in range(2):
            if sort == "image":
                find("keras.utils.save_img")(str(folder / name / f"{at}.png"), np.full((8, 8, 3), 20 * at, "uint8"))
            else:
                (folder / name / f"{at}.txt").write_text("words")


def kind_of_labels(labels: Any, classes: int) -> Kind:
    """One row for each sample with a single one in it, or the number of its class."""
    if labels.ndim == 2 and labels.shape[1] > 1:
        assert sorted(map(tuple, labels)) == sorted(map(tuple, np.repeat(np.eye(classes), 2, 0)))
        return Kind.ONE_HOT
    assert sorted(labels.ravel()) == [at for at in range(classes) for _ in range(2)]
    return Kind.CLASS_INDEX


@pytest.mark.parametrize(("mode", "classes"), [("int", 3), ("categorical", 3), ("binary", 2)])
@pytest.mark.parametrize("sort", ["image", "text"])
def test_labels_of_a_folder(tmp_path: Any, sort: str, mode: str, classes: int) -> None:
    if sort == "image":
        pytest.importorskip("PIL")
    sorted_files(tmp_path, sort, classes)
    row = next(row for row in keras_data.ROWS if row.name == f"keras.utils.{sort}_dataset_from_directory")
    assert isinstance(row, Function)
    assert isinstance(row.gives, Batches)
    assert isinstance(row.gives.labels, Depends)
    size = {"image_size": (8, 8)} if sort == "image" else {}
    batches = find(row.name)(str(tmp_path), label_mode=mode, verbose=False, **size)
    for method in row.gives.keeps:
        assert hasattr(batches, method)
    labels = np.concatenate([np.asarray(y) for _, y in batches])
    assert row.gives.labels.cases[mode] is kind_of_labels(labels, classes)


@pytest.mark.parametrize(("mode", "classes"), [("sparse", 3), ("categorical", 3), ("binary", 2)])
def test_labels_of_a_generator(tmp_path: Any, mode: str, classes: int) -> None:
    row = next(row for row in keras_data.ROWS if row.name.endswith("ImageDataGenerator"))
    assert isinstance(row, Layer)
    flow = row.methods["flow_from_directory"]
    frame = row.methods["flow_from_dataframe"]
    assert isinstance(flow, Function)
    assert isinstance(frame, Function)
    assert frame.gives == flow.gives  # the same modes by its documentation; to run it, pandas would be needed
    assert isinstance(flow.gives, Batches)
    assert isinstance(flow.gives.labels, Depends)
    pytest.importorskip("PIL")
    sorted_files(tmp_path, "image", classes)
    generator = look_up(row.name, "tf_keras")()
    _, labels = next(generator.flow_from_directory(str(tmp_path), class_mode=mode, target_size=(8, 8)))
    assert flow.gives.labels.cases[mode] is kind_of_labels(np.asarray(labels, "float64"), classes)
    for name, method in row.methods.items():
        assert isinstance(method, Function)
        ours = {each.name for each in parameters(method.signature) if each.kind is not each.VAR_KEYWORD}
        assert set(inspect.signature(getattr(generator, name)).parameters) >= ours, name
