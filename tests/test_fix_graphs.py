"""The fixtures for TensorFlow 1, executed as graphs: repaired, what each function gives is what its raw scores say;
wrong, it is not, or it raises, unless the repair changes no value.

TensorFlow 2 still has what they are written in, under `tensorflow.compat.v1`, with Keras 2 for `tf.layers` and
`tf_slim` for what was `tf.contrib`; what an estimator hands on is a bare record. The raw scores are what the last
product of matrices of a graph gives, with its bias; of a model of Keras that predicts, what its last layer gives of
what comes into it.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

import numpy as np
import pytest
from expectations import FIXTURES
from test_fix_fixtures import SUFFIX, sibling
from test_fix_pairs import SAME_VALUE, owner, repairs

from logitlint.numerics import alignment, reference

if TYPE_CHECKING:
    from logitlint.numerics.adapters import Array

GRAPHS = FIXTURES / "rules" / "tensorflow"
WRITTEN = [path for path in sorted(GRAPHS.glob("*.py")) if not path.name.endswith(SUFFIX) and sibling(path).exists()]
NEARLY = frozenset({"LGT707"})
"""What is the reference but for the worst mistakes: whether it is depends on the numbers."""

PREDICTED = ("counted", "pooled", "tabular", "by_the_sizes_of_a_sample", "by_an_input", "read_to_the_end")
"""What a model of Keras predicts, which gives arrays and is in no graph."""

PROGRAM = (
    f"PREDICTED = {PREDICTED}"
    + """
import importlib, inspect, json, sys, types
import numpy as np
import tensorflow
from tensorflow.compat import v1
import tensorflow_probability, tf_slim

random = np.random.default_rng(3)
IMAGES = 28
SHAPES = {IMAGES: (16, IMAGES, IMAGES, 1), 32: (16, 32, 32, 3)}
TRUTHS = ("labels", "y", "numbers")


def onehot(units):
    return np.eye(units, dtype="float32")[random.integers(0, units, 16)]


flags = random.integers(0, 2, 16).astype("float32")
truths = {
    "none": None,
    "classes": random.integers(0, 3, 16),
    "onehot": onehot(10),
    "flags": flags,
    **{f"labels{units}": random.integers(0, 2, (16, units)).astype("float32") for units in (1, 3, 4)},
    "sequences": random.integers(0, 27, (4, 3)),
}


class Old(types.ModuleType):
    __path__ = ()

    def __init__(self, **parts):
        super().__init__("tensorflow")
        self.__dict__.update(parts)

    def __getattr__(self, name):
        return getattr(v1, name)


layers = Old(
    fully_connected=tf_slim.layers.fully_connected,
    linear=tf_slim.layers.linear,
    xavier_initializer=tf_slim.xavier_initializer,
)
estimator = types.SimpleNamespace(
    ModeKeys=types.SimpleNamespace(TRAIN="train", EVAL="eval", PREDICT="infer"), EstimatorSpec=types.SimpleNamespace
)
contrib = Old(layers=layers, slim=tf_slim, losses=tf_slim.losses)
stands = {
    "tensorflow": Old(contrib=contrib, estimator=estimator),
    "tensorflow.contrib": contrib,
    **{f"tensorflow.contrib.{own}": vars(contrib)[own] for own in ("layers", "slim", "losses")},
    "tensorflow.keras": v1.keras,
    "tensorflow.keras.layers": v1.keras.layers,
}


def defined(path):
    earlier = {name: sys.modules.get(name) for name in stands}
    sys.modules.update(stands)
    try:
        names = {"__name__": "fixture"}
        exec(compile(open(path).read(), path, "exec"), names)
        return names
    finally:
        for name, module in earlier.items():
            sys.modules.pop(name)
            if module is not None:
                sys.modules[name] = module


def argument(name, width, truth, mode):
    if name in TRUTHS:
        return v1.constant(truth)
    if name == "keep_prob":
        return 0.5
    if name == "weights":
        return v1.constant(np.random.default_rng(5).standard_normal((width, 10)), "float32")
    if name == "mode":
        return mode
    if name == "targets":
        at = np.argwhere(truth >= 0)
        return v1.SparseTensor(at, v1.constant(truth.ravel(), "int32"), truth.shape)
    if name == "lengths":
        return v1.constant([12] * 4)
    return v1.constant(numbers(name, width), "float32")


def numbers(name, width):
    own = np.random.default_rng(len(name))
    if name == "texts":
        return own.integers(0, 5000, (16, width))
    scale = 20 if width in SHAPES else 2  # what a convolution leaves of it is small
    shape = (12, 4, width) if name == "inputs" else SHAPES.get(width, (16, width))
    return scale * own.standard_normal(shape)


def flat(value):
    if isinstance(value, (tuple, list)):
        return [each for part in value for each in flat(part)]
    if isinstance(value, types.SimpleNamespace):
        return [value.loss if value.mode == "eval" else value.predictions["probabilities"]]
    if hasattr(value, "log_prob"):
        return [value.logits if type(value).__name__ == "Categorical" else value.probs]
    return [value]


def raw_scores(graph, value, which=-1):
    earlier = graph.get_operations()
    earlier = earlier[: earlier.index(value.op)]
    products = [each for each in earlier if each.type == "MatMul"]
    if not products:
        return next(each.outputs[0] for each in graph.get_operations() if each.type == "Const")
    result = products[which].outputs[0]
    added = [each for each in result.consumers() if each.type in ("BiasAdd", "AddV2", "Add")]
    return added[0].outputs[0] if added else result


def drawn_from(graph):
    return [each.inputs[0] for each in graph.get_operations() if each.type == "Multinomial"]


def weigh(session):
    # the same numbers every time: the layers take no notice of the seed of a graph
    seeds = [each for each in session.graph.get_operations() if each.name.endswith("StatelessRandomGetKeyCounter/seed")]
    session.run(v1.global_variables_initializer(), {each.outputs[0]: [3, 9 + at] for at, each in enumerate(seeds)})
    for variable in v1.global_variables():  # of zeros whatever is done to the scores gives the same
        if len(variable.shape) == 2 and not session.run(variable).any():
            variable.load(np.random.default_rng(5).standard_normal(variable.shape) / 8, session)


def predicted(path, name, width):
    seen = []
    predict = v1.keras.Model.predict
    v1.keras.Model.predict = lambda model, given: seen.append((model, given)) or predict(model, given)
    try:
        function = defined(path)[name]
        gave = function(*[flags if each == "labels" else numbers(each, width) for each in parameters(function)])
    finally:
        v1.keras.Model.predict = predict
    ((model, given),) = seen
    kernel, bias = model.layers[-1].get_weights()
    features = predict(v1.keras.Model(model.inputs, model.layers[-1].input), given)
    return (features.astype("float64") @ kernel + bias).tolist(), np.asarray(gave, "float64").tolist()


def parameters(function):
    return list(inspect.signature(function).parameters)


def run(path, name, width, truth, drawn):
    name, _, mode = name.partition(", ")
    if name in PREDICTED:
        try:
            raw, gave = predicted(path, name, width)
            return {"raw": raw, "gave": gave, "truth": None, "error": ""}
        except Exception as error:
            return {"raw": [], "gave": [], "truth": None, "error": repr(error)[:300]}
    with v1.Graph().as_default() as graph:
        v1.set_random_seed(5)
        try:
            names = defined(path)
            if name == "module":
                value = names["cost"]
            else:
                graph = v1.Graph()
                with graph.as_default():
                    v1.set_random_seed(5)
                    function = names[name]
                    if name == "Model":
                        value = function(10).loss
                    else:
                        given = {each: argument(each, width, truth, mode) for each in parameters(function)}
                        if name == "model_fn":
                            given["features"] = {"x": given["features"]}
                        value = function(**given)
            with graph.as_default(), v1.Session(graph=graph) as session:
                weigh(session)
                feeds = {}
                for each in graph.get_operations():
                    if each.type == "Placeholder":
                        shape = [16 if size is None else size for size in each.outputs[0].shape.as_list()]
                        fits = truth is not None and list(np.shape(truth)) == shape
                        own = np.random.default_rng(5).standard_normal(shape)
                        feeds[each.outputs[0]] = truth if fits else own
                wanted = drawn_from(graph)[:1] if drawn else flat(value)[-1:]
                raw, gave, first = session.run(
                    [raw_scores(graph, wanted[0]), wanted[0], raw_scores(graph, wanted[0], 0)], feeds
                )
            other = first if name == "adversarial" else truth
            return {
                "raw": raw.tolist(),
                "gave": np.asarray(gave, "float64").tolist(),
                "truth": None if other is None else other.tolist(),
                "error": "",
            }
        except Exception as error:
            return {"raw": [], "gave": [], "truth": None, "error": repr(error)[:300]}


found = [run(path, name, width, truths[truth], drawn) for path, name, width, truth, drawn in json.loads(sys.argv[1])]
print("\\n" + json.dumps(found))
"""
)


def classes(raw: Array, truth: Array) -> Array:
    wanted = truth if truth.ndim == raw.ndim else np.eye(raw.shape[-1])[truth.astype(int)]
    return np.asarray(reference.cross_entropy(raw, wanted).value)


def labels(raw: Array, truth: Array, positive: float = 1.0) -> Array:
    return np.asarray(reference.binary_cross_entropy(raw.reshape(truth.shape), truth, positive).value)


def alignments(raw: Array, truth: Array) -> Array:
    """TensorFlow's blank is the last class."""
    lengths, steps = np.full(len(raw), truth.shape[1]), np.full(len(raw), raw.shape[1])
    return np.asarray(alignment.ctc(raw, truth, lengths, steps, raw.shape[-1] - 1).value)


MEANINGS: Mapping[str, Callable[[Array, Array], Array]] = MappingProxyType(
    {
        "classes": lambda raw, truth: classes(raw, truth).mean(),
        "classes, summed": lambda raw, truth: classes(raw, truth).sum(),
        "labels": lambda raw, truth: labels(raw, truth).mean(),
        "labels, weighted": lambda raw, truth: labels(raw, truth, 4.0).mean(),
        "alignments": lambda raw, truth: alignments(raw.reshape(12, 4, 28).swapaxes(0, 1), truth),
        "of two": lambda fake, real: -(reference.log_sigmoid(real) + reference.log_sigmoid(-fake)).mean(),
        "softmax": lambda raw, _: reference.softmax(raw),
        "sigmoid": lambda raw, _: reference.sigmoid(raw),
        "raw": lambda raw, _: raw,
        "positive": lambda raw, _: np.asarray(raw > 0, dtype=float),
        "accuracy": lambda raw, truth: ((raw > 0) == truth).mean(),
        "best": lambda raw, _: raw.argmax(-1),
        "entropy": lambda raw, _: -(reference.softmax(raw) * reference.log_softmax(raw)).sum(-1),
        "logarithms, summed": lambda raw, _: reference.log_softmax(raw).sum(),
    }
)
"""What a function gives, of the raw scores and the truth."""
AVERAGED = frozenset({"classes", "labels", "labels, weighted"})
"""Of which a function gives the entries, or their mean."""
WIDTHS = {"counted": 28, "pooled": 32, "read_to_the_end": 12}
FUNCTIONS: Mapping[str, tuple[int, str, str]] = MappingProxyType(
    {
        "lgt101::slim_loss": (28, "onehot", "classes"),
        "lgt101::slim_softmax": (8, "onehot", "classes"),
        "lgt101::module": (8, "onehot", "classes"),
        "lgt101::model_fn, eval": (28, "classes", "classes"),
        "lgt101::model_fn, infer": (28, "classes", "softmax"),
        "lgt101::connectionist": (8, "sequences", "alignments"),
        "lgt101::Model": (8, "classes", "classes"),
        "lgt102::compute_cost": (512, "labels4", "labels"),
        "lgt102::weighted": (8, "flags", "labels, weighted"),
        "lgt102::collected": (8, "labels3", "labels"),
        "lgt105::attend": (8, "none", "softmax"),
        "lgt105::again": (8, "none", "softmax"),
        "lgt201::loss": (8, "labels1", "labels"),
        "lgt201::hidden": (8, "labels1", "labels"),
        "lgt304::policy": (8, "none", "sigmoid"),
        "lgt304::score": (8, "none", "sigmoid"),
        "lgt401::by_default": (28, "onehot", "classes"),
        "lgt401::contributed": (8, "classes", "classes"),
        "lgt401::dense": (8, "onehot", "classes"),
        "lgt401::by_hand": (128, "onehot", "classes"),
        "lgt402::loss": (8, "onehot", "classes"),
        "lgt403::loss": (8, "labels1", "labels"),
        "lgt601::evaluate": (8, "labels1", "accuracy"),
        "lgt601::rounded": (8, "labels1", "positive"),
        "lgt603::predict": (8, "none", "positive"),
        **{f"lgt603::{name}": (WIDTHS.get(name, 30), "none", "positive") for name in PREDICTED},
        "lgt604::flip": (8, "none", "sigmoid"),
        "lgt605::draw": (8, "none", "raw"),
        "lgt605::draw_as_before": (8, "none", "raw"),
        "lgt605::first_argument": (8, "none", "raw"),
        "lgt701::module": (4, "labels3", "classes"),
        "lgt701::entropy": (8, "none", "entropy"),
        "lgt701::sampled_and_scored": (8, "none", "logarithms, summed"),
        "lgt702::loss": (8, "labels1", "labels"),
        "lgt702::adversarial": (8, "none", "of two"),
        "lgt703::loss": (8, "labels1", "labels"),
        "lgt705::normalised": (8, "none", "softmax"),
        "lgt707::loss": (8, "onehot", "classes, summed"),
        "lgt707::with_epsilon": (8, "onehot", "classes"),
        "lgt708::loss": (8, "classes", "classes"),
        "lgt709::predict": (8, "none", "best"),
        "lgt802::loss": (8, "classes", "classes"),
        "lgt802::slim_loss": (8, "classes", "classes"),
        "lgt802::step": (8, "classes", "classes"),
    }
)
"""By the fixture's rule and the function, and the mode if it asks for one: how wide its features are (28 and 32 are
those of images), the truth, and what it gives."""
CALLED = {"lgt102::compute_cost": "train"}
"""What calls the function in which something is repaired."""


def named(path: Path) -> str:
    return path.stem.partition("_")[0]


@cache
def seen() -> dict[tuple[str, bool], tuple[Array, Array, Array, str]]:
    """For each function, as it was and as it is repaired: raw scores, what it gave, the truth, the error."""
    paths = {named(path): path for path in WRITTEN}
    keys = [(key, fixed) for key in FUNCTIONS for fixed in (False, True)]
    asked = []
    for key, fixed in keys:
        code, _, function = key.partition("::")
        width, truth, _ = FUNCTIONS[key]
        path = sibling(paths[code]) if fixed else paths[code]
        asked.append((str(path), CALLED.get(key, function), width, truth, function.startswith("draw")))
    environment = {**os.environ, "TF_USE_LEGACY_KERAS": "1", "TF_CPP_MIN_LOG_LEVEL": "3", "CUDA_VISIBLE_DEVICES": ""}
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, json.dumps(asked)],
        capture_output=True,
        text=True,
        env=environment,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    answers = json.loads(done.stdout.splitlines()[-1])
    return {
        key: (
            np.array(each["raw"], dtype=float),
            np.array(each["gave"], dtype=float),
            np.array(each["truth"], dtype=float),
            each["error"],
        )
        for key, each in zip(keys, answers, strict=True)
    }


def is_meant(key: str, answer: tuple[Array, Array, Array, str]) -> bool:
    raw, gave, truth, error = answer
    meaning = FUNCTIONS[key][2]
    if error:
        return False
    expected = np.asarray(MEANINGS[meaning](raw, truth), dtype=float)
    given = gave.mean() if meaning in AVERAGED else gave
    return given.shape == expected.shape and bool(np.allclose(given, expected, rtol=1e-3, atol=1e-5))


@pytest.mark.parametrize("key", FUNCTIONS)
def test_what_is_repaired_gives_what_was_meant_and_what_was_there_did_not(key: str) -> None:
    after, before = seen()[key, True], seen()[key, False]
    code = key.partition("::")[0].upper()
    assert after[3] == ""
    assert is_meant(key, after)
    if code not in NEARLY:
        assert is_meant(key, before) is (code in SAME_VALUE or key.endswith(", infer"))


@pytest.mark.parametrize("path", WRITTEN, ids=named)
def test_every_repair_is_executed(path: Path) -> None:
    places = {f"{named(path)}::{owner(path, repair.line)}" for repair in repairs(path)}
    assert places == {key.partition(",")[0] for key in FUNCTIONS if key.startswith(f"{named(path)}::")}
