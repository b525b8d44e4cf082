"""Runs a program in JAX and writes down what numbers truly reach each loss of optax, see `tracer`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import ExitStack
from typing import Any, Final
from unittest.mock import patch

import flax.linen
import flax.nnx
import jax
import numpy as np
import optax
from sorts import FILE, ROWS, Seen, as_program, line, sort

LOSSES: Final = {
    "softmax_cross_entropy": "class logits",
    "softmax_cross_entropy_with_integer_labels": "class logits",
    "sigmoid_binary_cross_entropy": "binary logits",
}


_ACTIVATIONS: Final = {"softmax": "softmax", "log_softmax": "softmax", "sigmoid": "sigmoid", "log_sigmoid": "sigmoid"}
"""Functions that activate, each with the one of which it says more."""


def run(text: str, *, images: bool = False, beside: Mapping[str, str] | None = None) -> Seen:
    """Run a program without and with its flag."""
    assert not images
    code = compile(text, FILE, "exec")
    seen: Seen = {}

    def watching(name: str) -> Callable[..., Any]:
        def watched(*given: Any, **named: Any) -> Any:
            prediction = given[0] if given else named["logits"]
            numbers = _numbers(prediction)
            seen.setdefault(line(), set()).add((LOSSES[name], sort(numbers, -1)))
            return prediction.sum(-1)  # there may be more of them than of the labels

        return watched

    def applying(name: str) -> Callable[..., Any]:
        apply = getattr(jax.nn, name)

        def applied(prediction: Any, *given: Any, **named: Any) -> Any:
            axis = next((each for each in (*given, named.get("axis")) if isinstance(each, int)), -1)
            if (numbers := _numbers(prediction)).dtype != object:  # else it is not run, but looked through
                seen.setdefault(line(), set()).add((_ACTIVATIONS[name], sort(numbers, axis)))
            return apply(prediction, *given, **named)

        return applied

    random = np.random.default_rng(3)
    x = jax.numpy.asarray(8 * random.standard_normal((ROWS, 8)), dtype="float32")
    y, t = jax.numpy.asarray(random.integers(0, 5, ROWS)), jax.numpy.asarray(random.random((ROWS, 5)), dtype="float32")
    patches = {name: watching(name) for name in LOSSES}
    activations = {name: applying(name) for name in _ACTIVATIONS}
    for given in ((), ("other",)):
        with as_program(*given, beside=beside) as names, ExitStack() as stack:
            stack.enter_context(patch.multiple(optax, **patches))
            for library in (jax.nn, flax.linen, flax.nnx):
                stack.enter_context(patch.multiple(library, **activations))
            stack.enter_context(jax.disable_jit())
            exec(code, names)
            names["main"](x, y, t)
    return seen


def _numbers(value: Any) -> Any:
    """The numbers behind what gradients and `vmap` see."""
    while isinstance(value, jax.core.Tracer):
        value = value.val if hasattr(value, "val") else value.primal
    return np.asarray(value)
