"""Runs a program in Keras and writes down what numbers truly reach each loss, see `tracer`.

A loss that a model is compiled with stands on the line of `compile`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import ExitStack
from typing import Any, Final
from unittest.mock import patch

import keras
import numpy as np
from keras.src.backend import nn
from sorts import FILE, ROWS, Seen, as_program, line, sort

_READS: Final = {
    "categorical_crossentropy": "class",
    "sparse_categorical_crossentropy": "class",
    "binary_crossentropy": "binary",
}
_CLASSES: Final = {
    "CategoricalCrossentropy": "categorical_crossentropy",
    "SparseCategoricalCrossentropy": "sparse_categorical_crossentropy",
    "BinaryCrossentropy": "binary_crossentropy",
}

_OF_TENSORFLOW: Final = {
    "losses.softmax_cross_entropy": ("class logits", "logits"),
    "losses.sparse_softmax_cross_entropy": ("class logits", "logits"),
    "losses.sigmoid_cross_entropy": ("binary logits", "logits"),
    "losses.log_loss": ("binary probabilities", "predictions"),
    "nn.softmax_cross_entropy_with_logits_v2": ("class logits", "logits"),
    "nn.softmax_cross_entropy_with_logits": ("class logits", "logits"),
    "nn.sparse_softmax_cross_entropy_with_logits": ("class logits", "logits"),
    "nn.sigmoid_cross_entropy_with_logits": ("binary logits", "logits"),
}
"""Losses of TensorFlow 1: what each reads, and the name of its prediction, which else comes second."""
_ACTIVATIONS: Final = ("softmax", "sigmoid")


def run(text: str, *, images: bool = False, beside: Mapping[str, str] | None = None) -> Seen:
    """Run a program without and with its flag."""
    assert not images
    code = compile(text, FILE, "exec")
    seen: Seen = {}

    def met(name: str, from_logits: bool, prediction: Any, at: int) -> None:
        numbers = np.asarray(keras.ops.convert_to_numpy(prediction))
        reads = f"{_READS[name]} {'logits' if from_logits else 'probabilities'}"
        seen.setdefault(at, set()).add((reads, sort(numbers, -1)))

    def function(name: str) -> Callable[..., Any]:
        def watched(*given: Any, **named: Any) -> Any:
            second = next((named[key] for key in ("y_pred", "output") if key in named), None)
            prediction = given[1] if second is None else second
            met(name, named.get("from_logits", given[2] if len(given) > 2 else False), prediction, line())
            return keras.ops.sum(prediction)  # there may be more of them than of the labels

        watched.__name__ = name
        return watched

    def call(self: Any, y_true: Any, y_pred: Any, sample_weight: Any = None) -> Any:
        met(_CLASSES[type(self).__name__], bool(self.get_config()["from_logits"]), y_pred, line())
        return keras.ops.sum(y_pred)

    def of_tensorflow(name: str) -> Callable[..., Any]:
        reads, taken = _OF_TENSORFLOW[name]

        def watched(*given: Any, **named: Any) -> Any:
            prediction = named[taken] if taken in named else given[1]
            seen.setdefault(line(), set()).add((reads, sort(np.asarray(prediction), -1)))
            return keras.ops.sum(prediction)

        return watched

    def applying(name: str) -> Callable[..., Any]:
        apply = getattr(nn, name)

        def applied(prediction: Any, *given: Any, **named: Any) -> Any:
            seen.setdefault(line(), set()).add((name, sort(np.asarray(keras.ops.convert_to_numpy(prediction)), -1)))
            return apply(prediction, *given, **named)

        return applied

    def compiling(self: Any, optimizer: Any = "rmsprop", loss: Any = None, **_: Any) -> None:
        self.said = loss, line()

    def fitting(self: Any, x: Any, *_: Any, **__: Any) -> None:
        loss, at = self.said
        loss = loss[0] if isinstance(loss, list) else loss
        prediction = self(x)
        if isinstance(prediction, list):
            (prediction,) = prediction
        if isinstance(loss, str):
            met(loss, False, prediction, at)
        elif isinstance(loss, keras.losses.Loss):
            met(_CLASSES[type(loss).__name__], bool(loss.get_config()["from_logits"]), prediction, at)
        elif hasattr(loss, "keywords"):
            met(loss.func.__name__, loss.keywords["from_logits"], prediction, at)
        else:
            met(loss.__name__, False, prediction, at)

    random = np.random.default_rng(3)
    x = keras.ops.convert_to_tensor((8 * random.standard_normal((ROWS, 8))).astype("float32"))
    y, t = keras.ops.convert_to_tensor(random.integers(0, 5, ROWS)), random.random((ROWS, 5)).astype("float32")
    with ExitStack() as stack:
        for name in _READS:
            stack.enter_context(patch.object(keras.losses, name, function(name)))
            stack.enter_context(patch.object(keras.ops, name, function(name)))
        if keras.backend.backend() == "tensorflow":
            for name in _OF_TENSORFLOW:
                stack.enter_context(patch(f"tensorflow.compat.v1.{name}", of_tensorflow(name)))
        for name in _ACTIVATIONS:
            stack.enter_context(patch.object(nn, name, applying(name)))
        for cls in _CLASSES:
            stack.enter_context(patch.object(getattr(keras.losses, cls), "__call__", call))
        stack.enter_context(patch.object(keras.Model, "compile", compiling))
        stack.enter_context(patch.object(keras.Model, "fit", fitting))
        for given in ((), ("other",)):
            keras.utils.set_random_seed(3)
            with as_program(*given, beside=beside) as names:
                exec(code, names)
                names["main"](x, y, t)
    return seen
