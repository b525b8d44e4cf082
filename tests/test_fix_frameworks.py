"""Fixtures of the rules for PyTorch, TensorFlow, Keras and JAX, executed: repaired, each loss is the reference; wrong,
it is not, or raises, unless the repair changes no value there.

Of TensorFlow 1 what `tf.compat.v1` still has is executed: its losses and operations, not its layers and sessions.
Every function of such a fixture gives a loss; the name of its second parameter says what the truth is. `head` gives the
raw scores, or is the layer that does. A framework runs in a process of its own, all its fixtures in one.
"""

from __future__ import annotations

import ast
import json
import math
import os
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest
from expectations import FIXTURES

RULES = FIXTURES / "rules"
RUNS = {
    "torch": ("torch", "torch/*.py"),
    "tensorflow": ("tensorflow", "tensorflow2/*.py"),
    "tensorflow 1": ("tensorflow", "tensorflow1/*.py"),
    "jax": ("jax", "jax/*.py"),
    **{f"keras on {backend}": (backend, "keras/**/*.py") for backend in ("tensorflow", "jax", "torch")},
}
"""The name of a run, the backend of Keras in it, and the fixtures."""
SAME_VALUE = frozenset({"lgt701", "lgt702", "lgt705", "lgt708"})
NEARLY = frozenset({"lgt707"})
"""Rules that speak of what is the reference but for the worst mistakes: whether it is depends on the numbers."""
RESCUED = {
    ("keras on tensorflow", "lgt101_softmax_into_softmax_loss"),
    ("keras on tensorflow", "lgt102_sigmoid_into_sigmoid_loss"),
    ("keras on tensorflow", "lgt304_softmax_over_one_unit"),
    ("keras on tensorflow", "lgt502_softmax_over_batch"),
}
"""Fixtures that TensorFlow's Keras computes as they were meant, with a warning: it goes back to the raw scores."""

TRUTHS = frozenset({"classes", "labels", "label", "soft", "targets"})
"""What the second parameter of a loss is named."""
NOT_THERE = frozenset({"restored"})
"""Folders of fixtures that load weights, which are nowhere."""

PROGRAM = """
import inspect, json, sys
import numpy as np

random = np.random.default_rng(3)
x = (2 * random.standard_normal((16, 8))).astype("float32")
uniform = random.random((16, 3))
soft = (uniform / uniform.sum(1, keepdims=True)).astype("float32")
truths = {
    "classes": random.integers(0, 3, 16),
    "labels": random.integers(0, 2, (16, 3)).astype("float32"),
    "label": random.integers(0, 2, (16, 1)).astype("float32"),
    "soft": soft,
    "targets": soft,
}


if sys.argv[2] == "torch":
    import torch

    x = torch.tensor(x)
    given = {name: torch.tensor(truth) for name, truth in truths.items()}
else:
    given = truths


def as_the_backend_has_it(truth):
    import keras

    return keras.ops.convert_to_tensor(truth)


def plain(value):
    if hasattr(value, "detach"):
        value = value.detach().cpu().numpy()
    return np.asarray(value)


def scores(head):
    if not hasattr(head, "get_weights"):
        return plain(head(x)).astype("float64")
    kernel, bias = head.get_weights()
    return x.astype("float64") @ kernel + bias


def loss(function, truth):
    try:
        return float(plain(function(x, truth)).mean())
    except (AttributeError, RuntimeError, TypeError):
        return float("nan")
    except FileNotFoundError:  # weights that are not there
        return None


def reference(raw, kind):
    truth = truths[kind]
    if kind in ("labels", "label"):
        return (np.logaddexp(0, raw) - raw * truth).mean()
    logs = raw - np.logaddexp.reduce(raw, axis=1, keepdims=True)
    if kind == "classes":
        return -logs[np.arange(16), truth].mean()
    entropy = (truth * np.log(truth)).sum(1).mean() if kind == "targets" else 0
    return entropy - (truth * logs).sum(1).mean()


found = {}
for path in json.loads(sys.argv[1]):
    names = {}
    if sys.argv[2] == "keras":
        import keras

        keras.utils.set_random_seed(5)
    elif sys.argv[2] == "tensorflow":
        import tensorflow

        tensorflow.keras.utils.set_random_seed(5)
    elif sys.argv[2] == "torch":
        torch.manual_seed(5)
    exec(compile(open(path).read(), path, "exec"), names)
    for name, function in list(names.items()):
        parameters = list(inspect.signature(function).parameters) if inspect.isfunction(function) else []
        if len(parameters) == 2 and parameters[1] in truths:
            value = loss(function, given[parameters[1]])
            if sys.argv[2] == "keras" and value != value:  # PyTorch multiplies no array by what has a gradient
                value = loss(function, as_the_backend_has_it(given[parameters[1]]))
            if value is None:
                continue
            found[f"{path}::{name}"] = [value, float(reference(scores(names["head"]), parameters[1]))]
print("\\n" + json.dumps(found))
"""


@cache
def measured(run: str) -> dict[str, tuple[float, float]]:
    """For each loss of each fixture of a run, by ``path::function``: its value, and the reference."""
    backend, pattern = RUNS[run]
    paths = [str(path) for path in sorted(RULES.glob(pattern))]
    environment = {**os.environ, "KERAS_BACKEND": backend, "TF_CPP_MIN_LOG_LEVEL": "3", "CUDA_VISIBLE_DEVICES": ""}
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, json.dumps(paths), run.partition(" ")[0]],
        capture_output=True,
        text=True,
        env=environment,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    found: dict[str, tuple[float, float]] = json.loads(done.stdout.rpartition("\n{")[2].join(["{", ""]))
    return found


def claimed(path: Path) -> set[str]:
    """The functions of a fixture that are measured: those of two parameters of which the second is a truth."""
    if path.parent.name in NOT_THERE or not path.exists():
        return set()
    functions = [each for each in ast.parse(path.read_text("utf-8")).body if isinstance(each, ast.FunctionDef)]
    parameters = {each.name: [parameter.arg for parameter in each.args.args] for each in functions}
    return {name for name, own in parameters.items() if len(own) == 2 and own[1] in TRUTHS}


def is_reference(pair: tuple[float, float]) -> bool:
    return math.isclose(*pair, rel_tol=1e-3)


@pytest.mark.parametrize("run", RUNS)
def test_what_is_repaired_gives_the_reference(run: str) -> None:
    repaired = {name: pair for name, pair in measured(run).items() if ".fixed.py" in name}
    assert repaired
    assert {name: pair for name, pair in repaired.items() if not is_reference(pair)} == {}


@pytest.mark.parametrize("run", RUNS)
def test_every_loss_is_measured(run: str) -> None:
    losses = {f"{path}::{name}" for path in RULES.glob(RUNS[run][1]) for name in claimed(path)}
    assert losses <= measured(run).keys()


@pytest.mark.parametrize("run", RUNS)
def test_what_is_wrong_does_not(run: str) -> None:
    wrong = {name: pair for name, pair in measured(run).items() if ".fixed.py" not in name}
    assert wrong
    same = {name for name in wrong if _is_meant(run, name)}
    wrong = {name: pair for name, pair in wrong.items() if Path(name.partition("::")[0]).stem[:6] not in NEARLY}
    assert {name: pair for name, pair in wrong.items() if is_reference(pair) is not (name in same)} == {}


def _is_meant(run: str, name: str) -> bool:
    """Whether a loss is what was meant before the repair as well."""
    path, _, function = name.partition("::")
    stem = Path(path).stem
    return stem.split("_")[0] in SAME_VALUE or (run, stem) in RESCUED or function == "right"


def test_every_fixture_that_runs_has_a_repair() -> None:
    for _, pattern in RUNS.values():
        for path in RULES.glob(pattern):
            name = path.name if ".fixed." in path.name else path.name.replace(".py", ".fixed.py")
            assert path.with_name(name).exists()
