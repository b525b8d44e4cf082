"""Keras' operations on arrays, held against NumPy on Keras 3 (those of its old backend on `tf_keras`)."""

from __future__ import annotations

import importlib
import os
from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest

from logitlint.frameworks import keras_operations, mathematics
from logitlint.frameworks.vocabulary import Axes, Depends, Fact, Function, Role, SameAs
from logitlint.kinds import Kind
from logitlint.numerics.classify import classify

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

pytestmark = pytest.mark.filterwarnings("ignore")

Z = (4 * np.random.default_rng(7).standard_normal((6, 5))).astype("float32")
P = np.exp(Z) / np.exp(Z).sum(1, keepdims=True)
KEEPING = [row for row in keras_operations.ROWS if isinstance(row, SameAs)]
CHANGING = [row for row in keras_operations.ROWS if isinstance(row, Function)]


def named(row: SameAs | Function) -> str:
    return row.name


def call(name: str, *given: Any, **options: Any) -> Any:
    """What the operation of Keras 3, or of Keras 2's backend, makes of NumPy's arrays."""
    import keras

    _, module, last = name.split(".")
    home = keras.ops if module == "ops" else importlib.import_module("tf_keras").backend
    made = [_tensor(each) for each in given]
    result = getattr(home, last)(*made, **options)
    return [np.asarray(each) for each in result] if isinstance(result, list | tuple) else np.asarray(result)


def _tensor(value: Any) -> Any:
    import keras

    if isinstance(value, list) and all(isinstance(each, np.ndarray) for each in value):
        return [keras.ops.convert_to_tensor(each) for each in value]
    return keras.ops.convert_to_tensor(value) if isinstance(value, np.ndarray) else value


# For each operation, what it is given after the probabilities, and what NumPy makes of the same.
ALIKE: Mapping[str, tuple[tuple[Any, ...], Any]] = {
    "cast": (("float32",), P),
    "reshape": (((3, 10),), P.reshape(3, 10)),
    "expand_dims": ((1,), P[:, None]),
    "broadcast_to": (((2, 6, 5),), np.broadcast_to(P, (2, 6, 5))),
    "flip": ((0,), P[::-1]),
    "reverse": ((0,), P[::-1]),
    "ravel": ((), P.ravel()),
    "flatten": ((), P.ravel()),
    "transpose": ((), P.T),
    "permute_dimensions": (((1, 0),), P.T),
    "swapaxes": ((0, 1), P.T),
    "moveaxis": ((0, 1), P.T),
    "take": (([0, 2], 0), P[[0, 2]]),
    "take_along_axis": ((np.zeros((6, 1), int), 1), P[:, :1]),
    "slice": (((1, 0), (2, 5)), P[1:3]),
    "tile": (((2, 1),), np.tile(P, (2, 1))),
    "repeat": ((2, 0), np.repeat(P, 2, 0)),
    "mean": ((1,), P.mean(1)),
    "sum": ((1,), P.sum(1)),
    "max": ((1,), P.max(1)),
    "min": ((1,), P.min(1)),
    "amax": ((1,), P.max(1)),
    "amin": ((1,), P.min(1)),
}
TOGETHER: Mapping[str, Any] = {
    "concatenate": np.concatenate([P, P]),
    "stack": np.stack([P, P]),
    "hstack": np.hstack([P, P]),
    "vstack": np.vstack([P, P]),
}
MEANING: Mapping[Axes, frozenset[str]] = {
    Axes.PERMUTED: frozenset({"transpose", "permute_dimensions", "swapaxes", "moveaxis"}),
    Axes.SLICED: frozenset({"take", "take_along_axis", "slice", "split", "unstack", "tile", "repeat"}),
    Axes.JOINED: frozenset(TOGETHER),
    Axes.POOLED: frozenset({"mean"}),
    Axes.SUMMED: frozenset({"sum"}),
    Axes.PICKED: frozenset({"max", "min", "amax", "amin"}),
    Axes.RESHAPED: frozenset(
        {"reshape", "squeeze", "expand_dims", "broadcast_to", "flip", "reverse", "ravel", "flatten", "batch_flatten"}
    ),
}


@pytest.mark.parametrize("row", KEEPING, ids=named)
def test_what_keeps_the_meaning(row: SameAs) -> None:
    last = row.name.rpartition(".")[2]
    kept = next((axes for axes, known in MEANING.items() if last in known), Axes.KEPT)
    assert row.axes is kept
    if last in TOGETHER:
        options = {"axis": 0} if last == "concatenate" else {}
        assert np.allclose(call(row.name, [P, P], **options), TOGETHER[last])
    elif last == "split":
        assert np.allclose(np.concatenate(call(row.name, P, 2, 0)), P)
    elif last == "unstack":
        assert np.allclose(np.stack(call(row.name, P)), P)
    elif last == "squeeze":
        assert np.allclose(call(row.name, P[None], 0), P)
    elif last == "batch_flatten":
        assert np.allclose(call(row.name, P[..., None]), P)
    else:
        given, expected = ALIKE.get(last, ((), P))
        assert np.allclose(call(row.name, P, *given), expected, atol=1e-6)
    assert (row.axis is None) is (
        last
        not in {"squeeze", "expand_dims", "concatenate", "take", "take_along_axis", "split", "unstack", "repeat"}
        | MEANING[Axes.POOLED]
        | MEANING[Axes.SUMMED]
        | MEANING[Axes.PICKED]
    )
    assert (Fact.TRAINS_NOT in row.facts) is (last in ("stop_gradient", "convert_to_numpy"))


LAWS: Mapping[str, tuple[object, tuple[Any, ...], Any]] = {
    "log": (mathematics.LOG, (), np.log(P)),
    "exp": (mathematics.EXP, (), np.exp(P)),
    "negative": (mathematics.NEGATIVE, (), -P),
    "sign": (mathematics.DECISIONS, (), np.sign(P)),
    "round": (Depends("decimals", {0: mathematics.THRESHOLD}), (), np.round(P)),
    "clip": (mathematics.CLAMPED, (1e-7, 1 - 1e-7), P.clip(1e-7, 1 - 1e-7)),
    "prod": (mathematics.PRODUCT, (1,), P.prod(1)),
    "argmax": (mathematics.LARGEST, (1,), P.argmax(1)),
    "argmin": (mathematics.DECISIONS, (1,), P.argmin(1)),
    "greater": (mathematics.THRESHOLD, (0.5,), P > 0.5),
    "greater_equal": (mathematics.THRESHOLD, (0.5,), P >= 0.5),
    "less": (mathematics.COMPARED, (0.5,), P < 0.5),
    "less_equal": (mathematics.COMPARED, (0.5,), P <= 0.5),
    "equal": (mathematics.COMPARED, (0.5,), P == 0.5),
    "maximum": (mathematics.rectified("x2"), (0.1,), np.maximum(P, 0.1)),
}


# Keras 2's backend takes no number of decimals, and calls its operands otherwise.
OF_OLD: Mapping[str, object] = {
    "keras.backend.round": mathematics.THRESHOLD,
    "keras.backend.maximum": mathematics.rectified("y"),
}


@pytest.mark.parametrize("row", CHANGING, ids=named)
def test_what_gives_another_kind(row: Function) -> None:
    last = row.name.rpartition(".")[2]
    first = row.signature.partition(",")[0]
    assert row.takes[first].role is Role.SUBJECT
    decides = {"sign", "round", "argmax", "argmin", "where", "greater", "greater_equal", "less", "less_equal", "equal"}
    assert (Fact.DECIDES in row.facts) is (Fact.TRAINS_NOT in row.facts) is (last in decides)
    assert (Fact.THRESHOLDS in row.facts) is (last == "round")
    assert (Fact.MONOTONE in row.facts) is (last in ("log", "exp"))
    if last == "where":
        assert row.gives == mathematics.chosen("x1", "x2")
        assert np.allclose(call(row.name, P > 0.3, 1, 0), P > 0.3)
    elif last == "one_hot":
        of_old = row.name.startswith("keras.backend.")
        assert row.gives == (Kind.ONE_HOT if of_old else Depends("sparse", {False: Kind.ONE_HOT}))
        assert np.allclose(call(row.name, np.arange(5), 5), np.eye(5))
    elif last == "top_k":
        assert row.gives == (Axes.SLICED, mathematics.DECISIONS)
        values, places = call(row.name, P, 2)
        assert np.allclose(values, -np.sort(-P)[:, :2])
        assert np.array_equal(places[:, 0], P.argmax(1))
    else:
        gives, given, expected = LAWS[last]
        assert row.gives == OF_OLD.get(row.name, gives)
        assert np.allclose(call(row.name, P, *given), expected, atol=1e-6)


@pytest.mark.parametrize(("name", "other"), [("keras.ops.maximum", "x2"), ("keras.backend.maximum", "y")])
def test_what_is_kept_above_zero_is_rectified(name: str, other: str) -> None:
    row = next(row for row in CHANGING if row.name == name)
    assert row.low == 0
    made = call(row.name, Z, 0)
    assert np.array_equal(made, np.maximum(Z, 0))
    assert classify(made, -1) & Kind.ACTIVATED
    assert row.gives == Depends(other, {0: Kind.ACTIVATED})
