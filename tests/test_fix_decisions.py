"""Fixtures of JAX and Keras whose functions give no loss of a batch alone, executed: decisions, draws, activations, an
overlap, models of which one is compiled and evaluated, a step of training. Repaired, each gives what its raw scores
say; wrong, it does not, or it raises, unless the repair changes no value.

A framework runs in a process of its own, all its fixtures in one.
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
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pytest
from expectations import FIXTURES
from test_fix_fixtures import sibling
from test_fix_pairs import owner, repairs

from logitlint.numerics import reference

if TYPE_CHECKING:
    from logitlint.numerics.adapters import Array

RULES = FIXTURES / "rules"
RUNS = {"jax": "jax", **{f"keras on {backend}": backend for backend in ("tensorflow", "jax", "torch")}}
"""The name of a run, and the backend of Keras in it."""
SAME_VALUE = frozenset({"lgt705", "lgt709"})
TOLERANCE = 1e-3
OF_DRAWS = 0.05
"""How far a share of 4000 draws may lie from its probability: six standard deviations."""

PROGRAM = """
import inspect, json, os, sys, tempfile, types
import numpy as np

random = np.random.default_rng(3)
x = (2 * random.standard_normal((16, 8))).astype("float32")
wide = random.random((16, 784)).astype("float32")
onehot = np.eye(3, dtype="float32")[random.integers(0, 3, 16)]
four = np.eye(4, dtype="float32")[random.integers(0, 4, 16)]
ten = random.integers(0, 10, 16)
flags = random.integers(0, 2, (16, 1)).astype("float32")
labels = random.integers(0, 2, (16, 3)).astype("float32")


def plain(value):
    if hasattr(value, "detach"):
        value = value.detach().cpu().numpy()
    return np.asarray(value).astype("float64").tolist()


def flat(value):
    return [plain(part) for part in (value if isinstance(value, (tuple, list)) else [value])]


def called(truth=None, rows=16):
    def measure(names, function):
        own = names["head"]
        given = x[:rows]
        if hasattr(own, "get_weights"):
            import keras

            value = function(given, *([] if truth is None else [keras.ops.convert_to_tensor(truth)]))
            kernel, bias = own.get_weights()
            raw = given.astype("float64") @ kernel + bias
        else:
            value, raw = function(given, *([] if truth is None else [truth])), own(given)
        return [raw], [] if truth is None else [truth], flat(value)

    return measure


def drawn(one):
    def measure(names, function):
        import jax

        given = x[0] if one else x
        keys = jax.random.split(jax.random.key(7), 4000)
        found = jax.vmap(lambda key: function(given, key))(keys)
        draws, *others = found if isinstance(found, tuple) else (found,)
        shares = np.stack([(np.asarray(draws) == each).mean(0) for each in range(3)], -1)
        return [names["head"](given)], [], [shares.tolist(), *(plain(each[0]) for each in others)]

    return measure


def trained(names, function):
    import jax, optax
    from flax.training.train_state import TrainState

    batch = {"x": x, "y": ten}
    params = names["Net"]().init(jax.random.key(3), x)["params"]
    said = []
    names["print"] = lambda *each: said.extend(each)
    state = TrainState.create(apply_fn=None, params=params, tx=optax.sgd(1.0))
    after = function(state, batch)
    kernel, bias = (np.asarray(params["Dense_0"][part], "float64") for part in ("kernel", "bias"))
    moved = kernel - np.asarray(after.params["Dense_0"]["kernel"], "float64")
    return [x.astype("float64") @ kernel + bias], [ten, x], [*map(plain, said), moved.tolist()]


def branch(names, function):
    class Output(np.ndarray):
        _keras_history = (types.SimpleNamespace(focal=False),)

    raw = x[:, :3].astype("float64")
    exponentials = np.exp(raw - raw.max(1, keepdims=True))
    probabilities = exponentials / exponentials.sum(1, keepdims=True)
    return [raw], [onehot], flat(function(onehot, probabilities.astype("float32").view(Output)))


def evaluated(names, function):
    import keras

    wanted = {"kind": onehot, "sure": flags, "size": 3 * flags, "label": four, "valid": flags}
    wanted_of = {"named": [onehot, flags], "listed": [onehot.argmax(1), 3 * flags], "held": [onehot, flags]}
    wanted_of["counted"] = {"label": four, "valid": flags}
    raws, truths, gave = [], [], []
    for name, truth in wanted_of.items():
        model = names[name]
        hidden = np.asarray(plain(keras.Model(names["inputs"], names["hidden"])(x)))
        for layer in model.layers:
            if layer.name in wanted:
                kernel, bias = layer.get_weights()
                raws.append(hidden @ kernel + bias)
                truths.append(wanted[layer.name])
        gave.append(model.evaluate(x, truth, verbose=0, return_dict=True)["loss"])
    return raws, truths, gave


def restored(names, function):
    import h5py
    from keras.src.legacy.saving import legacy_h5_format

    folder = os.getcwd()
    with tempfile.TemporaryDirectory() as work:
        os.chdir(work)
        try:
            with h5py.File("classifier.h5", "w") as file:
                legacy_h5_format.save_weights_to_hdf5_group(file, names["classifier"]())
            seen = []
            fit = names["Model"].fit
            names["Model"].fit = lambda model, *each: seen.append(model)
            try:
                sys.stdout, out = open(os.devnull, "w"), sys.stdout
                model = function(*[wide, ten][: len(inspect.signature(function).parameters)])
            finally:
                sys.stdout, names["Model"].fit = out, fit
            model = seen[0] if seen else model
        finally:
            os.chdir(folder)
    kernel, bias = model.layers[-1].get_weights()
    loss = model.evaluate(wide, ten, verbose=0)
    return [wide.astype("float64") @ kernel + bias], [ten], [float(np.ravel(loss)[0])]


MEASURES = {
    "jax/lgt201::overlap": called(onehot),
    "jax/lgt204::overlap": called(onehot),
    "jax/lgt304::squared": called(flags),
    "jax/lgt601::with_accuracy": called(labels),
    "jax/lgt603::predicted": called(),
    "jax/lgt604::drawn": drawn(True),
    "jax/lgt605::drawn": drawn(False),
    "jax/lgt705::by_hand": called(),
    "jax/lgt709::predicted": called(),
    "jax/lgt709::predicted_with_probabilities": called(),
    "consumers/jax/lgt101::step": trained,
    "consumers/jax/lgt101::gradient": trained,
    "keras/lgt601::with_accuracy": called(labels),
    "keras/lgt709::predicted": called(),
    "keras/lgt306::another_loss": branch,
    "keras/outputs/lgt201::module": evaluated,
    "keras/restored/lgt201::go_on": restored,
    "keras/restored/lgt201::try_out": restored,
}

found = []
for path, key in json.loads(sys.argv[1]):
    if "keras" in key:
        import keras

        keras.utils.set_random_seed(5)
    try:
        names = {"__name__": "fixture"}
        exec(compile(open(path).read(), path, "exec"), names)
        raws, truths, gave = MEASURES[key](names, names.get(key.partition("::")[2]))
        found.append([[plain(each) for each in raws], [plain(each) for each in truths], gave, ""])
    except Exception as error:
        found.append([[], [], [], repr(error)[:300]])
print("\\n" + json.dumps(found))
"""


class Seen(NamedTuple):
    """What a function gave, and of which raw scores and truths."""

    raws: list[Array]
    truths: list[Array]
    gave: list[Array]
    error: str


def classes(raw: Array, truth: Array) -> Array:
    wanted = truth if truth.ndim == raw.ndim else np.eye(raw.shape[-1])[truth.astype(int)]
    return np.asarray(reference.cross_entropy(raw, wanted).value)


def labels(raw: Array, truth: Array) -> Array:
    return np.asarray(reference.binary_cross_entropy(raw, truth).value)


def overlap(seen: Seen) -> list[Array]:
    return [np.asarray(reference.overlap(seen.raws[0], seen.truths[0]).value).mean(-1)]


def accuracy(seen: Seen) -> list[Array]:
    right = (seen.raws[0] > 0) == seen.truths[0]
    return [labels(seen.raws[0], seen.truths[0]), right.mean()]


def right_ones(seen: Seen) -> list[Array]:
    right = (seen.raws[0] > 0) == seen.truths[0]
    return [labels(seen.raws[0], seen.truths[0]).mean(-1), right]


def moved(seen: Seen) -> Array:
    """The gradient of the mean loss by the kernel of the layer, of which the features are the second truth."""
    raw, (numbers, features) = seen.raws[0], seen.truths
    return np.asarray(features.T @ (reference.softmax(raw) - np.eye(10)[numbers.astype(int)]) / len(raw))


def step(seen: Seen) -> list[Array]:
    raw, numbers = seen.raws[0], seen.truths[0]
    right = (raw.argmax(-1) == numbers).mean()
    return [classes(raw, numbers).mean(), right, reference.softmax(raw) > 0.9, moved(seen)]


def outputs(seen: Seen) -> list[Array]:
    ways = (classes, labels, classes, lambda raw, truth: (raw - truth) ** 2, classes, labels, classes, labels)
    each = [way(*pair).mean() for way, *pair in zip(ways, seen.raws, seen.truths, strict=True)]
    return [np.asarray(one + other) for one, other in zip(each[::2], each[1::2], strict=True)]


MEANINGS: Mapping[str, Callable[[Seen], list[Array]]] = MappingProxyType(
    {
        "jax/lgt201::overlap": overlap,
        "jax/lgt204::overlap": overlap,
        "jax/lgt304::squared": lambda seen: [(reference.sigmoid(seen.raws[0]) - seen.truths[0]) ** 2],
        "jax/lgt601::with_accuracy": accuracy,
        "jax/lgt603::predicted": lambda seen: [seen.raws[0] > 0],
        "jax/lgt604::drawn": lambda seen: [reference.softmax(seen.raws[0])],
        "jax/lgt605::drawn": lambda seen: [reference.softmax(seen.raws[0])] * 2,
        "jax/lgt705::by_hand": lambda seen: [reference.softmax(seen.raws[0])],
        "jax/lgt709::predicted": lambda seen: [seen.raws[0].argmax(-1)],
        "jax/lgt709::predicted_with_probabilities": lambda seen: [
            seen.raws[0].argmax(-1),
            reference.softmax(seen.raws[0]).max(-1),
        ],
        "consumers/jax/lgt101::step": step,
        "consumers/jax/lgt101::gradient": lambda seen: [reference.softmax(seen.raws[0])[0], moved(seen)],
        "keras/lgt601::with_accuracy": right_ones,
        "keras/lgt709::predicted": lambda seen: [seen.raws[0].argmax(-1)],
        "keras/lgt306::another_loss": lambda seen: [classes(seen.raws[0], seen.truths[0])],
        "keras/outputs/lgt201::module": outputs,
        "keras/restored/lgt201::go_on": lambda seen: [classes(seen.raws[0], seen.truths[0]).mean()],
        "keras/restored/lgt201::try_out": lambda seen: [classes(seen.raws[0], seen.truths[0]).mean()],
    }
)
"""What a function gives, of the raw scores and the truths."""
THROUGH = {
    "consumers/jax/lgt101::step": "loss_and_answers",
    "consumers/jax/lgt101::gradient": "loss_and_answers",
    "keras/restored/lgt201::go_on": "classifier",
}
"""In which function stands what was repaired, where it is another that is called."""


def of(run: str) -> list[str]:
    return [key for key in MEANINGS if ("keras" in key) is run.startswith("keras")]


def paths(key: str) -> tuple[Path, Path]:
    folder, _, stem = key.partition("::")[0].rpartition("/")
    (path,) = (each for each in (RULES / folder).glob(f"{stem}_*.py") if ".fixed." not in each.name)
    return path, sibling(path)


MEASURED = frozenset(paths(key)[0] for key in MEANINGS)


@cache
def measured(run: str) -> Mapping[tuple[str, bool], Seen]:
    """For each function, as it was and as it is repaired: what it gave."""
    keys = [(key, fixed) for key in of(run) for fixed in (False, True)]
    asked = [(str(paths(key)[fixed]), key) for key, fixed in keys]
    environment = {**os.environ, "KERAS_BACKEND": RUNS[run], "TF_CPP_MIN_LOG_LEVEL": "3", "CUDA_VISIBLE_DEVICES": ""}
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, json.dumps(asked)],
        capture_output=True,
        text=True,
        env=environment,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    answers = json.loads(done.stdout.splitlines()[-1])
    parts = [[[np.asarray(part) for part in each] for each in answer[:3]] + [answer[3]] for answer in answers]
    return {key: Seen(*each) for key, each in zip(keys, parts, strict=True)}


def is_meant(key: str, seen: Seen) -> bool:
    if seen.error:
        return False
    expected = [np.asarray(each, dtype=float) for each in MEANINGS[key](seen)]
    given = [np.asarray(each, dtype=float) for each in seen.gave]
    near = OF_DRAWS if key.endswith("::drawn") else 1e-5
    return len(given) == len(expected) and all(
        one.shape == other.shape and np.allclose(one, other, rtol=TOLERANCE, atol=near)
        for one, other in zip(given, expected, strict=True)
    )


@pytest.mark.parametrize(("run", "key"), [(run, key) for run in RUNS for key in of(run)])
def test_what_is_repaired_gives_what_was_meant_and_what_was_there_did_not(run: str, key: str) -> None:
    before, after = measured(run)[key, False], measured(run)[key, True]
    assert after.error == ""
    assert is_meant(key, after)
    assert is_meant(key, before) is (paths(key)[0].stem[:6] in SAME_VALUE)


@pytest.mark.parametrize("path", sorted(MEASURED), ids=lambda path: path.relative_to(RULES).as_posix())
def test_everything_that_is_repaired_is_executed(path: Path) -> None:
    keys = [key for key in MEANINGS if paths(key)[0] == path]
    assert {owner(path, repair.line) for repair in repairs(path)} == {
        THROUGH.get(key, key.partition("::")[2]) for key in keys
    }
