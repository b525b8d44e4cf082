"""TensorFlow's tables, held against TensorFlow 2.21: `tf`, `tf.compat.v1`, the legacy layers, slim and probability.

A row stands for both major versions, so it is held against each in which its name exists. What TensorFlow lost before
it could be installed (`tf.contrib`, 0.x, Addons, tflearn) names its source in the row instead.
"""

from __future__ import annotations

import importlib
import inspect
import os
import re
import warnings
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import pytest

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    import scipy.sparse
    import sklearn.datasets
    import sklearn.metrics
    import sklearn.model_selection
    import sklearn.preprocessing
    import tensorflow as tf
    import tensorflow_probability as tfp
    import tf_keras.src.legacy_tf_layers as legacy
    import tf_slim
    import tf_slim.losses
    from tensorflow.python.framework import ops

    ops.Tensor = tf.Tensor  # where slim still looks for it

from logitlint.frameworks import mathematics, tensorflow_addons, tensorflow_probability, tflearn
from logitlint.frameworks import sklearn as sklearn_table
from logitlint.frameworks import tensorflow as table
from logitlint.frameworks.catalog import catalog
from logitlint.frameworks.vocabulary import (
    Axes,
    Batches,
    Depends,
    Fact,
    Function,
    Halves,
    Layer,
    Result,
    Role,
    Row,
    SameAs,
    Scope,
    Takes,
    Want,
)
from logitlint.inference.signature import defaults, parse
from logitlint.kinds import Kind
from logitlint.numerics.classify import classify

pytestmark = pytest.mark.filterwarnings("ignore")

Call = Callable[..., Any]
RNG = np.random.default_rng(5)
SCORES = 3 * RNG.standard_normal((6, 5))
LABELS = np.eye(5)[np.arange(6) % 5]
EXACT = [row for row in table.ROWS if not getattr(row, "source", "")]
FUNCTIONS = [row for row in EXACT if isinstance(row, Function)]


def named(row: Row) -> str:
    return row.name


def attribute(root: Any, path: str) -> Any:
    for part in path.split("."):
        root = getattr(root, part, None)
    return root


def reals(name: str) -> list[Any]:
    """What a name stands for: in TensorFlow 2, and in 1.x where that is another."""
    package, _, rest = name.partition(".")
    if package == "tf_slim":
        return [attribute(tf_slim, rest)]
    if rest.startswith("layers."):
        modules = [importlib.import_module(f"{legacy.__name__}.{each}") for each in LEGACY]
        return [found for module in modules if (found := attribute(module, rest.removeprefix("layers."))) is not None]
    rooted = re.fullmatch(r"compat\.(v1|v2)\.(.*)", rest)
    roots = {None: (tf, tf.compat.v1), "v1": (tf.compat.v1,), "v2": (tf.compat.v2,)}[rooted and rooted[1]]
    found = [attribute(root, rooted[2] if rooted else rest) for root in roots]
    return list({id(each): each for each in found if each is not None}.values())


LEGACY = ("core", "convolutional", "pooling", "normalization")


def call(name: str, *given: Any, **named: Any) -> Any:
    """The numbers of a call, by the first thing the name stands for."""
    return numbers(reals(name)[0](*map(tensor, given), **named))


def tensor(value: Any) -> Any:
    return tf.constant(value) if isinstance(value, np.ndarray) else value


def numbers(value: Any) -> Any:
    return np.asarray(value[0] if isinstance(value, tuple) else value, dtype=np.float64)


def softmax(x: Any) -> Any:
    e = np.exp(x - x.max(-1, keepdims=True))
    return e / e.sum(-1, keepdims=True)


def sigmoid(x: Any) -> Any:
    return 1 / (1 + np.exp(-x))


REFERENCE: Mapping[Kind, Call] = {
    Kind.SOFTMAX: softmax,
    Kind.LOG_SOFTMAX: lambda x: np.log(softmax(x)),
    Kind.SIGMOID: sigmoid,
    Kind.LOG_SIGMOID: lambda x: np.log(sigmoid(x)),
}

# -- names and signatures ---------------------------------------------------------------------------------------------

SPELLED = {"dim": "axis", "dimension": "axis", "keep_dims": "keepdims", "reduction_indices": "axis"}
SPELLED["squeeze_dims"] = "axis"
# Where 1.x puts other arguments before that one: nobody gives it by position.
LATE = {"axis", "batch_dims", "dilations", "name", "data_format", "output_type", "conjugate"}
# Written otherwise than the library does: what a string stands for, a dtype, the last axis.
RESTATED = {"activation_fn", "axis", "output_type", "index_type", "dtype", "num_outputs", "method"}


@pytest.mark.parametrize("row", EXACT, ids=named)
def test_the_names_exist(row: Row) -> None:
    for name in (row.name, *getattr(row, "aliases", ())):
        assert reals(name), name


@pytest.mark.parametrize("row", [row for row in EXACT if isinstance(row, Function | SameAs)], ids=named)
def test_the_signature_is_that_of_each_version(row: Function | SameAs) -> None:
    ours = inspect.signature(eval(f"lambda {row.signature}: None")).parameters
    takes_any = any(each.kind is each.VAR_KEYWORD for each in ours.values())
    matters = {row.subject} if isinstance(row, SameAs) else set(row.takes)
    for real in reals(row.name):
        theirs = dict(inspect.signature(real).parameters)
        if "value" in theirs and "input" in ours:  # the old name of the same
            theirs = {"input" if name == "value" else name: each for name, each in theirs.items() if name != "input"}
        if any(each.kind is each.VAR_KEYWORD for each in theirs.values()):
            continue
        for position, (name, parameter) in enumerate(theirs.items()):
            mine = ours.get(name) or ours.get(SPELLED.get(name, ""))
            assert mine is not None or takes_any, name
            if mine is None:
                continue
            if name in matters and mine.kind is mine.POSITIONAL_OR_KEYWORD:
                assert list(ours).index(name) == position
            literal = isinstance(parameter.default, str | int | float | bool | None)
            if mine.name == name and literal and mine.default is not mine.empty and name not in RESTATED | {"name"}:
                agree = mine.default == parameter.default or parameter.default is parameter.empty
                assert agree or mine.default is None or parameter.default is None, name


def test_arguments_that_decide_are_told_apart() -> None:
    """Every default on which a row's facts depend is the library's."""
    trained = inspect.signature(tf.compat.v1.get_variable).parameters["trainable"].default
    assert trained is None
    assert tf.Variable([1.0]).trainable
    assert not tf.Variable([1.0], trainable=False).trainable
    for name in ("variable", "model_variable"):
        assert inspect.signature(getattr(tf_slim, name)).parameters["trainable"].default is True


@pytest.mark.parametrize("row", [row for row in table.ROWS if getattr(row, "source", "")], ids=named)
def test_what_cannot_be_installed_names_its_source(row: Any) -> None:
    assert row.source.startswith("https://github.com/tensorflow/tensorflow/blob/r")


def test_the_versions_are_told_by_names_that_only_they_have() -> None:
    later, before = table.EDITIONS
    assert (later.rows, before.rows) == ("tensorflow.compat.v2", "tensorflow.before_1_0")
    gone = {"all_variables", "histogram_summary", "merge_all_summaries", "mul", "pack", "scalar_summary", "sub"}
    gone |= {"contrib", "train.SummaryWriter"}
    for name in later.names - {"estimator"}:  # an own package now
        assert attribute(tf, name) or attribute(tf.compat.v1, name) or name == "compat.v1", name
    for name in before.names:
        assert attribute(tf, name) is None, name
        assert (attribute(tf.compat.v1, name) is None) is (name in gone - {"all_variables"}), name


# -- nothing is missing -----------------------------------------------------------------------------------------------

COLLECTED = "collects losses"
LOSSES_LEFT_OUT: Mapping[str, str] = {
    "Reduction": "names for ways to add up",
    **dict.fromkeys(("add_loss", "get_losses", "get_regularization_losses", "get_total_loss"), COLLECTED),
    **dict.fromkeys(("cosine_distance", "mean_pairwise_squared_error"), "of embeddings"),
}
EMBEDDINGS = ("cluster_loss", "contrastive_loss", "lifted_struct_loss", "npairs_loss", "npairs_loss_multilabel")
LOSSES_OF_EACH: Mapping[str, tuple[Any, set[str]]] = {
    "tensorflow.losses": (tf.compat.v1.losses, {*LOSSES_LEFT_OUT, "get_regularization_loss"}),
    "tf_slim.losses": (
        tf_slim.losses,
        {*LOSSES_LEFT_OUT, *EMBEDDINGS, "triplet_semihard_loss", "compute_weighted_loss"} - {"Reduction"},
    ),
}


def test_every_loss_is_in_the_table_or_left_out_for_a_reason() -> None:
    for home, (module, left_out) in LOSSES_OF_EACH.items():
        public = {name for name in dir(module) if name[0] != "_" and callable(getattr(module, name))}
        assert {name for name in public if catalog().row(f"{home}.{name}") is None} == left_out, home


def test_every_distribution_that_takes_scores_or_probabilities_is_in_the_table() -> None:
    both = set()
    for name in dir(tfp.distributions):
        cls = getattr(tfp.distributions, name)
        if inspect.isclass(cls) and {"logits", "probs"} <= inspect.signature(cls.__init__).parameters.keys():
            both.add(name)
    known = {row.name.rpartition(".")[2] for row in tensorflow_probability.ROWS}
    assert both - known == {"FiniteDiscrete"}  # over outcomes that are given, first
    assert known <= both


# What is known of larger namespaces.
NAMES = """
    Print Variable argmax argmin batch_gather before_1_0.nn.sigmoid_cross_entropy_with_logits
    before_1_0.nn.softmax_cross_entropy_with_logits before_1_0.nn.sparse_softmax_cross_entropy_with_logits
    boolean_mask broadcast_to cast clip_by_value compat.v1.nn.ctc_loss compat.v2.nn.ctc_loss
    compat.v2.nn.sigmoid_cross_entropy_with_logits compat.v2.nn.softmax_cross_entropy_with_logits
    compat.v2.nn.sparse_softmax_cross_entropy_with_logits
    compat.v2.nn.weighted_cross_entropy_with_logits concat constant contrib.seq2seq.sequence_loss
    convert_to_tensor data.Dataset.from_tensor_slices debugging.check_numerics ensure_shape equal exp expand_dims
    function gather gather_nd get_variable greater greater_equal identity image.resize image.resize_bilinear
    image.resize_nearest_neighbor layers.average_pooling1d layers.average_pooling2d layers.average_pooling3d
    layers.batch_normalization layers.conv1d layers.conv2d layers.conv2d_transpose layers.conv3d
    layers.conv3d_transpose layers.dense layers.dropout layers.flatten layers.max_pooling1d layers.max_pooling2d
    layers.max_pooling3d layers.separable_conv2d less less_equal linalg.matrix_transpose math.log math.log_sigmoid
    math.rint math.top_k negative nn.atrous_conv2d nn.avg_pool nn.avg_pool2d nn.batch_normalization nn.conv1d
    nn.conv2d nn.conv2d_transpose nn.conv3d nn.ctc_loss nn.depthwise_conv2d nn.dropout nn.elu nn.gelu nn.leaky_relu
    nn.log_poisson_loss nn.log_softmax nn.max_pool nn.max_pool2d nn.relu nn.relu6 nn.relu_layer nn.selu
    nn.separable_conv2d nn.sigmoid_cross_entropy_with_logits nn.silu nn.softmax
    nn.softmax_cross_entropy_with_logits nn.softmax_cross_entropy_with_logits_v2 nn.softplus nn.softsign
    nn.sparse_softmax_cross_entropy_with_logits nn.weighted_cross_entropy_with_logits nn.xw_plus_b one_hot pad
    random.categorical random.multinomial random.stateless_categorical reduce_max reduce_mean reduce_min
    reduce_prod reduce_sum repeat reshape reverse round sigmoid sign slice split squeeze stack stop_gradient
    strided_slice tanh tile to_bfloat16 to_double to_float to_int32 to_int64 transpose unstack where
"""
NAMES_OF_SLIM = """
    arg_scope avg_pool2d batch_norm conv1d conv2d conv2d_transpose conv3d dropout elu flatten fully_connected
    layer_norm legacy_fully_connected linear max_pool2d model_variable one_hot_encoding relu relu6 separable_conv2d
    softmax variable
"""
NAMES_OF_SKLEARN = """
    datasets.load_breast_cancer datasets.load_digits datasets.load_iris datasets.load_wine metrics.log_loss
    model_selection.train_test_split preprocessing.LabelBinarizer preprocessing.LabelEncoder
    preprocessing.OneHotEncoder preprocessing.label_binarize
"""


def test_every_function_is_there() -> None:
    for prefix, rows, expected in (
        ("tensorflow.", table.ROWS, NAMES),
        ("tf_slim.", table.ROWS, NAMES_OF_SLIM),
        ("sklearn.", sklearn_table.ROWS, NAMES_OF_SKLEARN),
    ):
        listed = {row.name.removeprefix(prefix) for row in rows if row.name.startswith(prefix)}
        assert {name for name in listed if not name.startswith("losses.")} == set(expected.split())


# -- kinds ------------------------------------------------------------------------------------------------------------


def names(row: Function | SameAs) -> tuple[str, ...]:
    return (row.name, *row.aliases)


NORMALISING = [
    row
    for row in FUNCTIONS
    if isinstance(row.gives, Kind) and row.gives in REFERENCE and row.name.startswith("tensorflow.")
]


def test_which_functions_give_probabilities() -> None:
    assert {row.name.rpartition(".")[2]: row.gives for row in NORMALISING} == {
        "softmax": Kind.SOFTMAX,
        "log_softmax": Kind.LOG_SOFTMAX,
        "sigmoid": Kind.SIGMOID,
        "log_sigmoid": Kind.LOG_SIGMOID,
    }
    slim = catalog().row("tf_slim.softmax")
    assert isinstance(slim, Function)
    assert slim.gives is Kind.SOFTMAX
    assert np.allclose(call("tf_slim.softmax", SCORES), softmax(SCORES))


@pytest.mark.parametrize("row", NORMALISING, ids=named)
def test_probabilities_are_what_they_are_called(row: Function) -> None:
    assert isinstance(row.gives, Kind)
    for name in names(row):
        assert np.allclose(call(name, SCORES), REFERENCE[row.gives](SCORES)), name
    if row.axis is not None:
        assert defaults(row.signature)["axis"] == -1
        assert np.allclose(call(row.name, SCORES, axis=0), REFERENCE[row.gives](SCORES.T).T)
        old = getattr(tf.compat.v1.nn, row.name.rpartition(".")[2])
        assert np.allclose(numbers(old(SCORES, dim=0)), REFERENCE[row.gives](SCORES.T).T)


HIDDEN = [row for row in FUNCTIONS if row.gives is Kind.ACTIVATED and row.axes is Axes.KEPT]


@pytest.mark.parametrize("row", HIDDEN, ids=named)
def test_activations_have_the_range_of_their_row(row: Function) -> None:
    x = np.concatenate([np.linspace(-40, 40, 20001), np.linspace(-3, 3, 20001), [-1e6, 1e6]])
    for name in names(row):
        y = call(name, x)
        for bound, found in ((row.low, y.min()), (row.high, -(-y).min())):
            assert bound is None or isinstance(bound, int | float)
            if bound is not None:
                assert abs(bound - found) < 2e-3
        assert row.low is not None or y.min() < -7
        assert row.high is not None or y.max() > 30
        ordered = bool((np.diff(y[:20001]) >= -1e-12).all())
        saturates = bool((np.diff(y[:20001]) == 0).any())
        if Fact.MONOTONE in row.facts:
            assert ordered
        else:
            assert saturates or not ordered


def test_the_activations() -> None:
    assert {row.name for row in HIDDEN} == {
        *(f"tensorflow.nn.{name}" for name in ("relu", "relu6", "leaky_relu", "elu", "selu", "gelu", "softplus")),
        "tensorflow.nn.softsign",
        "tensorflow.tanh",
    }
    silu = catalog().row("tensorflow.nn.swish")
    assert isinstance(silu, Function)
    assert silu.gives == Depends("beta", {1.0: Kind.ACTIVATED})
    y = call("tensorflow.nn.silu", np.linspace(-5, 5, 10001))
    assert abs(y.min() - silu.low) < 2e-3
    assert call("tensorflow.nn.silu", np.linspace(-5, 5, 10001), beta=0.5).min() < silu.low - 0.1
    layer = catalog().row("tensorflow.nn.relu_layer")
    assert isinstance(layer, Function)
    assert (layer.low, layer.gives) == (0, Kind.ACTIVATED)
    assert call("tensorflow.nn.relu_layer", SCORES, SCORES.T, np.zeros(6)).min() == 0


IMAGES = RNG.standard_normal((2, 8, 8, 3))
AFFINE: Mapping[str, Call] = {
    "nn.xw_plus_b": lambda f: f(SCORES, SCORES.T, np.ones(6)),
    "nn.conv1d": lambda f: f(IMAGES[0], np.ones((2, 3, 4)) * np.array([1, -1, 1, -1]), 1, "SAME"),
    "nn.conv2d": lambda f: f(IMAGES, RNG.standard_normal((2, 2, 3, 4)), [1, 1, 1, 1], "SAME"),
    "nn.conv3d": lambda f: f(IMAGES[None], RNG.standard_normal((1, 2, 2, 3, 4)), [1] * 5, "SAME"),
    "nn.conv2d_transpose": lambda f: f(IMAGES, RNG.standard_normal((2, 2, 4, 3)), [2, 8, 8, 4], [1, 1, 1, 1]),
    "nn.separable_conv2d": lambda f: f(
        IMAGES, RNG.standard_normal((2, 2, 3, 1)), RNG.standard_normal((1, 1, 3, 4)), [1, 1, 1, 1], "SAME"
    ),
    "nn.depthwise_conv2d": lambda f: f(IMAGES, RNG.standard_normal((2, 2, 3, 1)), [1, 1, 1, 1], "SAME"),
    "nn.atrous_conv2d": lambda f: f(IMAGES, RNG.standard_normal((2, 2, 3, 4)), 2, "SAME"),
    "nn.batch_normalization": lambda f: f(SCORES, SCORES.mean(0), SCORES.var(0) + 1e-9, None, None, 1e-9),
}


def test_the_affine_functions() -> None:
    affine = {row.name for row in FUNCTIONS if row.gives is Kind.LOGITS and row.applies is None}
    assert affine - {"tensorflow.layers.batch_normalization"} == {f"tensorflow.{name}" for name in AFFINE}
    for name, how in AFFINE.items():
        for real in reals(f"tensorflow.{name}"):
            y = numbers(how(real))
            assert y.min() < -0.5, name
            assert y.max() > 1, name
    x = tf.constant(np.array([1.0, 2.0, 3.0]))
    assert numbers(tf.nn.bias_add(SCORES, np.ones(5))) == pytest.approx(SCORES + 1)
    assert float(tf.reduce_sum(x)) == 6


# -- losses -----------------------------------------------------------------------------------------------------------


def cross_entropy(truth: Any, p: Any) -> Any:
    return -(truth * np.log(p)).sum(-1)


def binary(truth: Any, p: Any) -> Any:
    return -(truth * np.log(p) + (1 - truth) * np.log(1 - p))


VALUES: Mapping[Want, Call] = {
    Want.CLASS_LOGITS: lambda y, x: cross_entropy(y, softmax(x)),
    Want.LABEL_LOGITS: lambda y, x: binary(y, sigmoid(x)),
    Want.LABEL_PROBABILITIES: binary,
}
LOSSES = [row for row in EXACT if isinstance(row, Function) and Fact.LOSS in row.facts and "ctc" not in row.name]


def sides(row: Function) -> tuple[str, str]:
    """The parameters of the truth and of the prediction."""
    roles = {takes.role: name for name, takes in reversed(row.takes.items())}
    return roles[Role.TARGET], roles[Role.PREDICTION]


@pytest.mark.parametrize("row", LOSSES, ids=named)
@pytest.mark.parametrize("by", ["name", "position"])
def test_a_loss_reads_its_arguments_as_its_row_says(row: Function, by: str) -> None:
    truth, predicted = sides(row)
    want, form = row.takes[predicted].want, row.takes[truth].want
    labels = LABELS.argmax(1) if form is Want.CLASS_INDEX else LABELS
    x = sigmoid(SCORES) if want is Want.LABEL_PROBABILITIES else SCORES
    parameters = list(inspect.signature(eval(f"lambda {row.signature}: None")).parameters)
    more = {"pos_weight": 1.0} if "pos_weight" in parameters else {}
    if row.name.startswith("tf_slim"):
        labels, x = labels.astype(np.int64 if form is Want.CLASS_INDEX else np.float32), x.astype(np.float32)
    for real in reals(row.name):
        if by == "name":
            result = real(**{truth: tensor(labels), predicted: tensor(x)}, **more)
        elif "tensors" in parameters:
            continue
        else:
            given = {truth: tensor(labels), predicted: tensor(x)}
            result = real(*(given[name] for name in parameters[:2]), **more)
        if want is Want.SCORES:
            assert np.isfinite(numbers(result)).all()
            continue
        assert isinstance(want, Want)
        expected = VALUES[want](LABELS, x)
        found = numbers(result)
        assert np.allclose(found, expected if found.ndim else expected.mean(), rtol=1e-4, atol=1e-5)


def test_the_losses_and_what_they_read() -> None:
    found = {row.name: (row.takes[sides(row)[1]].want, row.takes[sides(row)[0]].want) for row in LOSSES}
    read = {
        "softmax": (Want.CLASS_LOGITS, Want.ONE_HOT),
        "sparse": (Want.CLASS_LOGITS, Want.CLASS_INDEX),
        "sigmoid": (Want.LABEL_LOGITS, Want.LABELS),
        "weighted": (Want.LABEL_LOGITS, Want.LABELS),
    }
    for name, (want, form) in found.items():
        last = name.rpartition(".")[2]
        if "cross_entropy" in last:
            assert (want, form) == read[last.partition("_")[0]], name
        elif last == "log_loss":
            assert (want, form) == (Want.LABEL_PROBABILITIES, Want.LABELS)
        else:
            assert want is Want.SCORES, name
    assert len(found) == 9 + 6 + 7 + 3


def test_a_hinge_reads_noughts_and_ones() -> None:
    """Where the truth has two names (``labels``, once ``targets``), both mean the same."""
    expected = np.maximum(0, 1 - (2 * LABELS - 1) * SCORES).mean()
    for row in LOSSES:
        forms = {takes.want for takes in row.takes.values() if takes.role is Role.TARGET}
        assert len(forms) == 1, row.name
        if row.name.endswith(".hinge_loss"):
            assert forms == {Want.LABELS}
            truth, predicted = sides(row)
            given = {truth: tensor(LABELS.astype(np.float32)), predicted: tensor(SCORES.astype(np.float32))}
            assert np.isclose(numbers(reals(row.name)[0](**given)).mean(), expected)  # slim gives one each


def test_every_loss_gives_one() -> None:
    losses = [row for row in table.ROWS if isinstance(row, Function) and Fact.LOSS in row.facts]
    assert {row.gives for row in losses} == {Kind.LOSS}
    assert len(losses) >= len(LOSSES)


def test_alignment_takes_raw_scores() -> None:
    x = tf.constant(RNG.standard_normal((7, 1, 5)), tf.float32)
    given = {"labels": tf.constant([[1, 2]]), "label_length": [2], "logit_length": [7]}
    loss = numbers(tf.nn.ctc_loss(logits=x, **given, blank_index=0))
    assert np.allclose(loss, numbers(tf.nn.ctc_loss(logits=x + 4, **given, blank_index=0)), atol=1e-4)
    for edition in ("", "compat.v2.", "compat.v1."):
        row = catalog().row(f"tensorflow.{edition}nn.ctc_loss")
        assert isinstance(row, Function)
        assert {takes.want for takes in row.takes.values()} == {Want.CLASS_LOGITS}
        for real in reals(row.name):
            theirs = list(inspect.signature(real).parameters)
            assert theirs[0] == "labels"
            assert theirs[1] in row.takes
    assert not [row for row in table.ROWS if row.name == "tensorflow.before_1_0.nn.ctc_loss"]  # 1.x takes positions too


def test_a_weighted_loss_is_a_loss() -> None:
    assert np.isclose(numbers(tf.compat.v1.losses.compute_weighted_loss(tf.constant([1.0, 3.0]))), 2)


@pytest.mark.parametrize("row", [row for row in table.ROWS if "before_1_0" in row.name], ids=named)
def test_before_1_0_the_scores_came_first(row: Function) -> None:
    first, second = list(inspect.signature(eval(f"lambda {row.signature}: None")).parameters)[:2]
    now = catalog().row(row.name.replace("before_1_0", "compat.v2"))
    assert isinstance(now, Function)
    assert (first, second) == ("logits", "labels")
    assert row.takes[first].role is Role.PREDICTION
    assert row.takes == now.takes


# -- layers -----------------------------------------------------------------------------------------------------------

SIZED: Mapping[str, tuple[Any, ...]] = {
    **dict.fromkeys(("dense", "fully_connected", "linear", "relu", "relu6", "elu", "legacy_fully_connected"), (64,)),
    **dict.fromkeys(("conv1d", "conv2d", "conv3d", "conv2d_transpose", "conv3d_transpose"), (64, 3)),
    "separable_conv2d": (64, 3),
}
LAYERS = [row for row in FUNCTIONS if row.applies is not None]


def inputs(row: Row) -> Any:
    rank = {"1d": 3, "2d": 4, "3d": 5}.get((re.findall(r"\dd", row.name) or [""])[0], 2)
    return (10 * RNG.standard_normal((32, *(4,) * (rank - 2), 8))).astype(np.float32)


def built(row: Function, **given: Any) -> Any:
    """The numbers a layer gives when it is built in a graph."""
    with tf.Graph().as_default(), tf.compat.v1.Session() as session:
        if "norm" in row.name:
            given.setdefault("training" if "tensorflow" in row.name else "is_training", True)
            given = {
                name: value for name, value in given.items() if row.name != "tf_slim.layer_norm" or "is_" not in name
            }
        data = tf.constant(inputs(row))
        result = reals(row.name)[0](data, *SIZED.get(row.name.rpartition(".")[2], ()), **given)
        session.run(tf.compat.v1.global_variables_initializer())
        return session.run(result)


@pytest.mark.parametrize("row", LAYERS, ids=named)
def test_a_layer_ends_as_its_row_says(row: Function) -> None:
    assert row.applies is not None
    default = defaults(row.signature)[row.applies.argument]
    low = {None: -np.inf, "relu": 0, "relu6": 0, "elu": -1}[default]  # type: ignore[index]
    y = built(row)
    assert (y.min() < -1) if low == -np.inf else low - 1e-3 <= y.min() < low + 0.02
    plain = built(row, **{row.applies.argument: None})
    assert plain.min() < -1
    assert plain.max() > 1
    assert row.gives is Kind.LOGITS
    activated = built(row, **{row.applies.argument: tf.nn.softmax})
    assert Kind.SOFTMAX in classify(numbers(activated), -1)
    if row.units is not None:
        assert row.axes is Axes.KEPT
        assert y.shape[-1] == 64
    fixed = (
        "linear",
        "relu",
        "relu6",
        "elu",
        "legacy_fully_connected",
    )  # the scope of `fully_connected` does not reach them
    assert (Fact.CONFIGURED in row.facts) is (
        row.name.startswith("tf_slim") and row.name.rpartition(".")[2] not in fixed
    )
    if default is not None:
        assert row.applies.named.rows[str(default)] == f"tensorflow.nn.{default}"
    if Fact.CONFIGURED in row.facts:
        with tf_slim.arg_scope([reals(row.name)[0]], **{row.applies.argument: tf.nn.softmax}):
            assert Kind.SOFTMAX in classify(numbers(built(row)), -1)
    elif row.name.startswith("tf_slim"):
        with tf_slim.arg_scope([tf_slim.fully_connected], activation_fn=tf.nn.softmax):
            assert Kind.SOFTMAX not in classify(numbers(built(row)), -1)


def test_words_for_activations_are_names_in_tensorflow() -> None:
    for row in LAYERS:
        assert row.applies is not None
        for word, path in row.applies.named.rows.items():
            assert catalog().row(path) is not None, word
    assert np.allclose(built(catalog().row("tensorflow.layers.dense"), activation="softmax").sum(-1), 1)  # type: ignore[arg-type]


def test_scopes_and_encodings_of_slim() -> None:
    scope = catalog().row("tensorflow.contrib.framework.arg_scope")
    assert isinstance(scope, Function)
    assert scope.enters is Scope.DEFAULTS
    encoding = catalog().row("tensorflow.contrib.layers.one_hot_encoding")
    assert isinstance(encoding, Function)
    assert encoding.gives == Depends("on_value", {1.0: Depends("off_value", {0.0: Kind.ONE_HOT})})
    with tf.Graph().as_default(), tf.compat.v1.Session() as session:
        rows = session.run(tf_slim.one_hot_encoding(tf.constant([1, 0]), 3))
    assert rows.tolist() == [[0, 1, 0], [1, 0, 0]]
    norm = catalog().row("tensorflow.layers.batch_normalization")
    assert isinstance(norm, Function)
    y = built(norm)
    assert norm.gives is Kind.LOGITS
    assert y.min() < -0.5
    assert y.max() > 0.5


# -- operations -------------------------------------------------------------------------------------------------------

P = softmax(SCORES)
KEEPING: Mapping[str, tuple[Any, ...]] = {
    "cast": (tf.float32,),
    "check_numerics": ("",),
    "ensure_shape": ((6, 5),),
    "Print": ([],),
    "reshape": ((2, 3, 5),),
    "broadcast_to": ((2, 6, 5),),
    "expand_dims": (0,),
    "reverse": ([0],),
    "gather": ([0, 2],),
    "gather_nd": ([[0], [2]],),
    "batch_gather": ([[*range(5)]] * 6,),
    "boolean_mask": ([True, False] * 3,),
    "slice": ([0, 0], [2, 5]),
    "strided_slice": ([0, 0], [2, 5]),
    "split": (2,),
    "tile": ((2, 1),),
    "repeat": (2, 0),
    "dropout": (),
}
WINDOWED = ("max_pool", "max_pool2d", "avg_pool", "avg_pool2d", "max_pooling1d", "max_pooling2d", "max_pooling3d")
WINDOWED += ("average_pooling1d", "average_pooling2d", "average_pooling3d")
SPATIAL = ("resize", "resize_bilinear", "resize_nearest_neighbor")


def distributions(rank: int) -> Any:
    return softmax(3 * RNG.standard_normal((2, *(4,) * (rank - 2), 5))).astype(np.float32)


@pytest.mark.parametrize("row", [row for row in EXACT if isinstance(row, SameAs)], ids=named)
def test_what_keeps_the_meaning(row: SameAs) -> None:
    last = row.name.rpartition(".")[2]
    if row.axes is Axes.JOINED:
        together = [call(name, [P, P], *((0,) if last == "concat" else ())) for name in names(row)]
        assert all(Kind.SOFTMAX in classify(each, -1) for each in together)
        return
    if row.name.endswith("compute_weighted_loss") or last == "function":
        return
    for name in names(row):
        for real in reals(name):
            kept = numbers(keep(row, last, real))
            if row.axes in (Axes.KEPT, Axes.RESHAPED, Axes.SLICED, Axes.RESAMPLED):
                summed = [kept.sum(axis) for axis in range(kept.ndim)]
                slack = 9 if "max_pool" in last else 0.05 if last == "to_bfloat16" else 1e-5
                assert any(np.allclose(each, 1, atol=slack) for each in summed), name
            elif row.axes is Axes.PERMUTED:
                assert np.allclose(kept, P.T)
            elif row.axes is Axes.POOLED and last != "reduce_mean":
                assert np.allclose(kept.sum(-1), 1, atol=1e-5)
            elif last.startswith("reduce_"):
                assert np.allclose(kept, getattr(P, last.removeprefix("reduce_"))(0))


def keep(row: SameAs, last: str, real: Call) -> Any:
    if last in WINDOWED:
        rank = {"1d": 3, "3d": 5}.get(last[-2:], 4)
        nn = row.name.startswith("tensorflow.nn")
        return real(
            distributions(rank), [1, 2, 2, 1] if nn else 2, [1, 2, 2, 1] if nn else 2, "VALID" if nn else "valid"
        )
    if last in ("max_pool2d", "avg_pool2d"):
        return real(tf.constant(distributions(4)), 2)
    if last in SPATIAL:
        return real(tf.constant(distributions(4)), (7, 7))
    if last == "squeeze":
        return real(P[None])
    if last == "flatten":
        return real(tf.constant(P))
    if last == "dropout":
        if row.name == "tensorflow.layers.dropout":
            return real(tf.constant(P), training=False)
        if row.name == "tf_slim.dropout":
            return real(tf.constant(P), is_training=False)
        return real(P, rate=0.0)
    if last.startswith("reduce_"):
        return real(P, 0)
    return real(tf.constant(P), *KEEPING.get(last, ()))


def test_dropout_drops() -> None:
    for row in EXACT:
        if "dropout" in row.name:
            assert Fact.DROPOUT in getattr(row, "facts", ()), row.name
    assert (numbers(tf.nn.dropout(tf.ones((9, 9)), 0.5)) == 0).any()
    assert (numbers(tf.compat.v1.nn.dropout(tf.ones((9, 9)), 0.5)) == 0).any()


def test_what_stops_the_gradient() -> None:
    stopped = {row.name for row in EXACT if Fact.TRAINS_NOT in getattr(row, "facts", ())}
    x = tf.constant(SCORES)
    for name, how in DIFFERENTIABLE.items():
        with tf.GradientTape() as tape:
            tape.watch(x)
            y = how(reals(name)[0], x)
        gradient = tape.gradient(y, x) if y.dtype.is_floating else None
        flows = gradient is not None and bool(tf.reduce_any(gradient != 0))
        assert flows is (name not in stopped), name
    assert stopped - DIFFERENTIABLE.keys() <= {
        *(f"tensorflow.random.{name}" for name in ("categorical", "stateless_categorical", "multinomial")),
    }


DIFFERENTIABLE: Mapping[str, Call] = {
    **{
        f"tensorflow.{name}": (lambda f, x: f(x))
        for name in ("identity", "stop_gradient", "to_int32", "to_int64", "argmax", "argmin", "round", "math.rint")
    },
    **{f"tensorflow.{name}": (lambda f, x: f(x)) for name in ("exp", "negative", "sign", "tanh", "sigmoid")},
    **{
        f"tensorflow.{name}": (lambda f, x: f(x, 0.5))
        for name in ("greater", "greater_equal", "less", "less_equal", "equal")
    },
    "tensorflow.where": lambda f, x: f(x > 0.5, tf.ones_like(x), tf.zeros_like(x)),
    "tensorflow.clip_by_value": lambda f, x: f(x, -9.0, 9.0),
}


MAPPED: Mapping[str, tuple[object, tuple[Any, ...]]] = {
    "math.log": (mathematics.LOG, ()),
    "exp": (mathematics.EXP, ()),
    "negative": (mathematics.NEGATIVE, ()),
    "round": (mathematics.THRESHOLD, ()),
    "math.rint": (mathematics.THRESHOLD, ()),
    "sign": (mathematics.DECISIONS, ()),
    "greater": (mathematics.THRESHOLD, (0.5,)),
    "greater_equal": (mathematics.THRESHOLD, (0.5,)),
    "less": (mathematics.COMPARED, (0.5,)),
    "less_equal": (mathematics.COMPARED, (0.5,)),
    "equal": (mathematics.COMPARED, (0.5,)),
    "clip_by_value": (mathematics.CLAMPED, (1e-7, 1 - 1e-7)),
    "argmax": (mathematics.LARGEST, (1,)),
    "argmin": (mathematics.DECISIONS, (1,)),
    "reduce_prod": (mathematics.PRODUCT, (1,)),
    "math.top_k": ((Axes.SLICED, mathematics.DECISIONS), (2,)),
    "pad": (mathematics.FILLED, ([[0, 0], [0, 1]],)),
    "to_int32": (mathematics.WHOLE, ()),
    "to_int64": (mathematics.WHOLE, ()),
    "where": (mathematics.chosen("x", "y"), (np.ones((6, 5)), np.zeros((6, 5)))),
}
NUMPY: Mapping[str, Call] = {
    "math.log": np.log,
    "exp": np.exp,
    "negative": np.negative,
    "round": np.round,
    "math.rint": np.rint,
    "sign": np.sign,
    "greater": lambda x, y: x > y,
    "greater_equal": lambda x, y: x >= y,
    "less": lambda x, y: x < y,
    "less_equal": lambda x, y: x <= y,
    "equal": lambda x, y: x == y,
    "clip_by_value": np.clip,
    "argmax": np.argmax,
    "argmin": np.argmin,
    "reduce_prod": np.prod,
    "math.top_k": lambda x, k: -np.sort(-x)[:, :k],
    "pad": np.pad,
    "to_int32": np.trunc,
    "to_int64": np.trunc,
    "where": lambda x, a, b: np.where(x > 0, a, b),
}


def test_operations_do_what_the_laws_are_proved_of() -> None:
    """The laws themselves are held against numbers with PyTorch's tables; here, that these are the same operations."""
    other = {row.name for row in FUNCTIONS if not isinstance(row.gives, Kind) and Fact.LOSS not in row.facts}
    other -= {f"tensorflow.{name}" for name in ("Variable", "get_variable", "one_hot", "nn.silu")}
    other -= {row.name for row in FUNCTIONS if row.name.startswith("tf_slim") or row.enters}
    other -= {row.name for row in FUNCTIONS if isinstance(row.gives, Batches)}
    assert other == {f"tensorflow.{name}" for name in MAPPED}
    x = P + 0.1
    for short, (gives, given) in MAPPED.items():
        row = catalog().row(f"tensorflow.{short}")
        assert isinstance(row, Function)
        assert row.gives == gives, short
        for name in names(row):
            for real in reals(name):
                found = numbers(real(x > 0 if short == "where" else x, *given))
                assert np.allclose(found, NUMPY[short](x, *given)), name


def test_rounding_and_deciding() -> None:
    decides = {row.name.rpartition(".")[2] for row in FUNCTIONS if Fact.DECIDES in row.facts}
    comparisons = {"greater", "greater_equal", "less", "less_equal", "equal"}
    assert decides == {"round", "rint", "sign", "where", "argmax", "argmin", *comparisons}
    thresholds = {row.name.rpartition(".")[2] for row in FUNCTIONS if Fact.THRESHOLDS in row.facts}
    assert thresholds == {"round", "rint"}
    assert numbers(tf.round([0.4, 0.6])).tolist() == numbers(tf.math.rint([0.4, 0.6])).tolist() == [0, 1]
    ordered = {row.name.rpartition(".")[2] for row in FUNCTIONS if Fact.MONOTONE in row.facts}
    assert {"log", "exp"} <= ordered
    assert not ordered & decides


def test_one_hot_labels() -> None:
    row = catalog().row("tensorflow.one_hot")
    assert isinstance(row, Function)
    plain = Depends("off_value", {None: Kind.ONE_HOT, 0: Kind.ONE_HOT})
    assert row.gives == Depends("on_value", {None: plain, 1: plain})
    assert numbers(tf.one_hot([2, 0], 3)).tolist() == [[0, 0, 1], [1, 0, 0]]
    assert numbers(tf.one_hot([2, 0], 3, 1, 0)).tolist() == [[0, 0, 1], [1, 0, 0]]


@pytest.mark.parametrize("name", sorted(table.OPERATORS))
def test_an_operator_by_another_name(name: str) -> None:
    sign = table.OPERATORS[name]
    if name in ("tensorflow.sub", "tensorflow.mul"):  # went with 1.0
        assert not reals(name)
        assert sign == {"sub": "-", "mul": "*"}[name.rpartition(".")[2]]
        return
    left, right = np.array([[6.0, 2.0], [4.0, 8.0]]), np.array([[3.0, 1.0], [2.0, 5.0]])
    right = right[0] if "bias" in name else right
    expected = {"+": left + right, "-": left - right, "*": left * right, "/": left / right, "@": left @ right}[sign]
    for real in reals(name):
        assert np.allclose(numbers(real(left, right, name="same")), expected)
    if sign == "@":
        assert {"transpose_a", "transpose_b", "adjoint_a", "adjoint_b"} <= catalog().aside
        assert np.allclose(call(name, left, right, transpose_b=True), left @ right.T)


def test_samples_are_drawn_from_logits() -> None:
    draws = [row for row in FUNCTIONS if Fact.SAMPLES in row.facts]
    assert {row.name.rpartition(".")[2] for row in draws} == {"categorical", "stateless_categorical", "multinomial"}
    for row in draws:
        assert row.takes["logits"].want is Want.LOGITS_PARAMETER
        assert row.gives is Kind.CLASS_INDEX
        more = {"seed": [1, 2]} if "stateless" in row.name else {}
        for name in names(row):
            for real in reals(name):
                x = np.array([[-300.0, -200.0, -300.0]])  # no weights: they are negative
                assert set(numbers(real(x, 20, **more)).ravel()) == {1}


VARIABLES: Mapping[str, Call] = {
    "tensorflow.Variable": lambda **given: tf.compat.v1.Variable([1.0], **given),
    "tensorflow.get_variable": lambda **given: tf.compat.v1.get_variable("one", [1], **given),
    "tf_slim.variable": lambda **given: tf_slim.variable("two", [1], **given),
    "tf_slim.model_variable": lambda **given: tf_slim.model_variable("three", [1], **given),
}


@pytest.mark.parametrize("name", VARIABLES)
def test_a_variable_is_trained_unless_it_is_told_not_to_be(name: str) -> None:
    row = catalog().row(name)
    assert isinstance(row, Function)
    assert isinstance(row.gives, Depends)
    assert row.gives.argument == "trainable"
    default = defaults(row.signature)["trainable"]
    assert set(row.gives.cases) == {default, True}
    for trainable in (None, True, False):
        with tf.Graph().as_default():
            VARIABLES[name](**{} if trainable is None else {"trainable": trainable})
            trained = bool(tf.compat.v1.trainable_variables())
        said = default if trainable is None else trainable
        assert (row.gives.cases.get(said) is Kind.PARAMETER) is trained


# -- probability ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("row", tensorflow_probability.ROWS, ids=named)
def test_a_distribution_takes_what_its_row_says(row: Layer) -> None:
    last = row.name.rpartition(".")[2]
    cls = getattr(tfp.distributions, last)
    ours = list(inspect.signature(eval(f"lambda {row.init}: None")).parameters)
    theirs = inspect.signature(cls.__init__).parameters
    assert ours == list(theirs)[1:]
    more = {name: 2.0 for name in ("total_count", "temperature") if name in ours}
    x = SCORES.astype(np.float32)
    given = cls(logits=x, **more).probs_parameter()
    method = row.methods["probs_parameter"]
    assert isinstance(method, Function)
    assert isinstance(method.gives, Kind)
    assert row.takes["logits"].want is Want.LOGITS_PARAMETER
    probabilities = REFERENCE[method.gives](x)
    if last == "Geometric":
        assert np.allclose(numbers(given), sigmoid(x), rtol=1e-4)
    assert np.allclose(numbers(given), probabilities, rtol=1e-3, atol=1e-5)
    assert np.allclose(numbers(cls(probs=probabilities, **more).probs_parameter()), probabilities, rtol=1e-4)
    exclusive = method.gives is Kind.SOFTMAX
    assert row.takes["probs"].want is (Want.PROBS_PARAMETER if exclusive else Want.UNIT_PARAMETER)
    assert Fact.SAMPLES in row.facts


def test_distributions_of_the_first_version_are_the_same() -> None:
    for path in ("tensorflow.distributions", "tensorflow.contrib.distributions", "tensorflow.compat.v1.distributions"):
        assert catalog().row(f"{path}.Categorical") is catalog().row("tensorflow_probability.distributions.Categorical")
    old = inspect.signature(tf.compat.v1.distributions.Categorical.__init__).parameters
    assert list(old)[1:3] == ["logits", "probs"]


# -- data sets ---------------------------------------------------------------------------------------------------------


def test_slices_of_a_pair_are_pairs() -> None:
    row = catalog().row("tensorflow.data.Dataset.from_tensor_slices")
    assert isinstance(row, Function)
    assert isinstance(row.gives, Batches)
    assert row.gives.paired
    assert row.gives.labels == next(iter(parse(row.signature))).name
    pairs = tf.data.Dataset.from_tensor_slices((SCORES, LABELS))
    for _, label in pairs.batch(6):
        assert np.array_equal(label, LABELS)
    assert tf.data.Dataset.from_tensor_slices([SCORES, SCORES]).element_spec.shape == SCORES.shape  # no pair
    assert row.gives.maps
    for name in row.gives.maps:
        doubled = getattr(pairs, name)(lambda scores, label: (scores, 2 * label))
        assert np.array_equal(next(iter(doubled.batch(6)))[1], 2 * LABELS)


# -- scikit-learn -----------------------------------------------------------------------------------------------------


def test_labels_of_scikit_learn() -> None:
    several, two = [2, 0, 1, 2], [1, 0, 1, 1]
    binarizer = sklearn.preprocessing.LabelBinarizer
    for classes, found in ((several, Kind.ONE_HOT), (two, Kind.CLASS_INDEX)):
        made = binarizer().fit_transform(classes)
        assert found in classify(made.astype(float), 1)
        assert np.array_equal(made, sklearn.preprocessing.label_binarize(classes, classes=sorted(set(classes))))
    assert sklearn.preprocessing.LabelEncoder().fit_transform(["b", "a"]).tolist() == [1, 0]
    gives = {row.name: row.gives for row in sklearn_table.ROWS if isinstance(row, Function)}
    assert gives["sklearn.preprocessing.label_binarize"] == Kind.ONE_HOT | Kind.CLASS_INDEX
    for name, kind in (("LabelBinarizer", Kind.ONE_HOT | Kind.CLASS_INDEX), ("LabelEncoder", Kind.CLASS_INDEX)):
        row = catalog().row(f"sklearn.preprocessing.{name}")
        assert isinstance(row, Layer)
        assert set(row.methods) == {"transform", "fit_transform"}
        for title, method in row.methods.items():
            assert isinstance(method, Function)
            assert method.gives == kind
            assert (method.axes is Axes.RESHAPED) is (kind != Kind.CLASS_INDEX)
            assert list(inspect.signature(getattr(getattr(sklearn.preprocessing, name), title)).parameters)[1] == "y"
        real = inspect.signature(getattr(sklearn.preprocessing, name))
        assert list(real.parameters) == list(defaults(row.init))


def test_one_column_of_classes_is_encoded_one_hot() -> None:
    row = catalog().row("sklearn.preprocessing.OneHotEncoder")
    assert isinstance(row, Layer)
    real = inspect.signature(sklearn.preprocessing.OneHotEncoder).parameters
    assert list(defaults(row.init)) == list(real)[:2]
    classes = np.array([[2], [0], [1], [2]])
    for name, method in row.methods.items():
        assert isinstance(method, Function)
        assert method.gives == Depends("drop", {None: {Kind.CLASS_INDEX: Kind.ONE_HOT}})
        assert method.axes is Axes.RESHAPED
        encoder = sklearn.preprocessing.OneHotEncoder().fit(classes)
        made = getattr(encoder, name)(classes)
        assert isinstance(made, scipy.sparse.csr_matrix)
        assert classify(made.toarray(), 1) == classify(np.eye(3)[classes.ravel()], 1)
    assert row.keeps == {"fit"}
    assert sklearn.preprocessing.OneHotEncoder(drop="first").fit_transform(classes).shape == (4, 2)
    assert sklearn.preprocessing.OneHotEncoder().fit_transform(np.hstack([classes, classes])).sum() == 8


@pytest.mark.parametrize("row", [row for row in sklearn_table.ROWS if row.name.startswith("sklearn.datasets.")])
def test_the_targets_of_a_data_set_are_classes(row: Row) -> None:
    assert isinstance(row, Function)
    assert isinstance(row.gives, Depends)
    load = getattr(sklearn.datasets, row.name.rpartition(".")[2])
    whole, pair = row.gives.cases[False], row.gives.cases[True]
    assert isinstance(whole, Result)
    for name, kind in whole.attributes.items():
        targets = getattr(load(), name)
        assert kind == Kind.CLASS_INDEX
        assert sorted(set(targets.tolist())) == list(range(len(load().target_names)))
        assert pair == (None, kind)
        assert np.array_equal(load(return_X_y=True)[1], targets)


def test_a_split_gives_two_parts_of_each_array() -> None:
    row = catalog().row("sklearn.model_selection.train_test_split")
    assert isinstance(row, Function)
    assert row.gives is Halves.ROWS
    real = inspect.signature(sklearn.model_selection.train_test_split)
    assert list(real.parameters) == [each.name for each in parse(row.signature)]
    one, two = np.arange(20).reshape(10, 2), np.eye(10)
    parts = sklearn.model_selection.train_test_split(one, two, test_size=3)
    assert [len(part) for part in parts] == [7, 3, 7, 3]
    for whole, halves in ((one, parts[:2]), (two, parts[2:])):
        assert sorted(map(tuple, np.concatenate(halves))) == sorted(map(tuple, whole))


def test_log_loss_of_scikit_learn() -> None:
    row = catalog().row("sklearn.metrics.log_loss")
    assert isinstance(row, Function)
    assert list(inspect.signature(sklearn.metrics.log_loss).parameters)[:2] == ["y_true", "y_proba"]
    assert {name: takes.want for name, takes in row.takes.items()} == {
        "y_true": None,
        "y_proba": Want.PROBABILITIES,
        "y_pred": Want.PROBABILITIES,
    }
    assert np.isclose(sklearn.metrics.log_loss([0, 1], [[0.75, 0.25], [0.5, 0.5]]), -np.log([0.75, 0.5]).mean())
    assert Fact.RAISES_OUTSIDE_UNIT in row.facts
    with pytest.raises(ValueError, match="greater than 1"):
        sklearn.metrics.log_loss([0, 1], [[2.0, -1.0], [3.0, 1.0]])


# -- what cannot be installed -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("row", [*tensorflow_addons.ROWS, *tflearn.ROWS], ids=named)
def test_a_library_that_cannot_be_installed_names_its_source(row: Any) -> None:
    assert row.source.startswith("https://github.com/")


def wants(name: str) -> dict[str, object]:
    row = catalog().row(name)
    row = row.call if isinstance(row, Layer) else row
    assert isinstance(row, Function)
    if name != "tflearn.regression":
        assert row.gives is Kind.LOSS
    assert Fact.LOSS in row.facts
    return {parameter: takes.want for parameter, takes in row.takes.items()}


def test_the_losses_of_addons() -> None:
    focal = Depends("from_logits", {False: Want.LABEL_PROBABILITIES, True: Want.LABEL_LOGITS})
    assert wants("tensorflow_addons.losses.sigmoid_focal_crossentropy") == {"y_true": Want.LABELS, "y_pred": focal}
    assert wants("tensorflow_addons.losses.SigmoidFocalCrossEntropy") == {"y_true": Want.LABELS, "y_pred": focal}
    scores = Depends("softmax_loss_function", {None: Want.CLASS_LOGITS})
    assert wants("tensorflow_addons.seq2seq.sequence_loss") == {"logits": scores, "targets": Want.CLASS_INDEX}
    assert wants("tensorflow_addons.seq2seq.SequenceLoss") == {"y_true": Want.CLASS_INDEX, "y_pred": scores}
    assert wants("tensorflow.contrib.seq2seq.sequence_loss") == {"logits": scores, "targets": Want.CLASS_INDEX}
    lows = {"mish": -0.3089, "gelu": -0.17005}
    for name, low in lows.items():
        row = catalog().row(f"tensorflow_addons.activations.{name}")
        assert isinstance(row, Function)
        assert (row.gives, row.low) == (Kind.ACTIVATED, low)


@pytest.mark.parametrize("name", ["F1Score", "FBetaScore"])
def test_the_scores_of_addons_count_at_their_threshold(name: str) -> None:
    """``y_pred > self.threshold``; without one, ``y_pred >= tf.reduce_max(y_pred, axis=-1, keepdims=True)``."""
    row = catalog().row(f"tensorflow_addons.metrics.{name}")
    assert isinstance(row, Layer)
    assert isinstance(row.call, Function)
    assert dict(row.call.takes) == {
        "y_true": Takes(Role.TARGET),
        "y_pred": Takes(Role.PREDICTION, Depends("threshold", {0.5: Want.THRESHOLDED})),
    }
    assert (row.call.gives, row.facts, row.call.facts) == (None, {Fact.METRIC}, {Fact.METRIC})
    assert dict(row.methods) == {"update_state": row.call}
    assert catalog().row(f"tensorflow_addons.metrics.f_scores.{name}") is row


def test_tflearn_applies_losses_by_their_words() -> None:
    read = {
        "softmax_categorical_crossentropy": (Want.CLASS_LOGITS, Want.ONE_HOT),
        "categorical_crossentropy": (Want.CLASS_PROBABILITIES, Want.ONE_HOT),
        "binary_crossentropy": (Want.LABEL_LOGITS, Want.LABELS),
        "weighted_crossentropy": (Want.LABEL_LOGITS, Want.LABELS),
        "mean_square": (Want.SCORES, None),
        "hinge_loss": (Want.SCORES, None),
    }
    for name, (want, form) in read.items():
        assert wants(f"tflearn.objectives.{name}") == {"y_pred": want, "y_true": form}
    cases = {name: want for name, (want, _) in read.items()}
    assert wants("tflearn.regression") == {"incoming": Depends("loss", cases)}


def test_tflearn_s_layers_and_activations() -> None:
    gives = {
        "softmax": (Kind.SOFTMAX, None, None),
        "sigmoid": (Kind.SIGMOID, None, None),
        "tanh": (Kind.ACTIVATED, -1, 1),
        "relu": (Kind.ACTIVATED, 0, None),
        "relu6": (Kind.ACTIVATED, 0, 6),
        "elu": (Kind.ACTIVATED, None, None),
        "softplus": (Kind.ACTIVATED, 0, None),
        "softsign": (Kind.ACTIVATED, -1, 1),
    }
    for name, facts in gives.items():
        row = catalog().row(f"tflearn.activations.{name}")
        assert isinstance(row, Function)
        assert (row.gives, row.low, row.high) == facts
        assert row.axis == (-1 if name == "softmax" else None)
    for name in ("fully_connected", "single_unit", "conv_1d", "conv_2d", "conv_3d"):
        row = catalog().row(f"tflearn.{name}")
        assert isinstance(row, Function)
        assert row.gives is Kind.LOGITS
        assert row.applies is not None
        assert set(row.applies.named.rows) == {*gives, "linear"}
        assert all(path == f"tflearn.activations.{word}" for word, path in row.applies.named.rows.items())
        assert defaults(row.signature)["activation"] == "linear"
        assert row.units == ("n_units" if name == "fully_connected" else None)
        assert row.axes is (Axes.KEPT if row.units else Axes.RESHAPED)
    linear, dropout = catalog().row("tflearn.activations.linear"), catalog().row("tflearn.dropout")
    assert isinstance(linear, SameAs)
    assert isinstance(dropout, SameAs)
    assert (linear.axes, linear.facts) == (Axes.KEPT, frozenset())
    assert (dropout.axes, dropout.facts) == (Axes.KEPT, frozenset({Fact.DROPOUT}))
