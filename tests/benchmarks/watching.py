"""What `logitlint.runtime.watch` costs: CPU time of a training step, with and without it, in turns.

usage: [KERAS_BACKEND=jax] python tests/benchmarks/watching.py [ROUNDS [STEP...]]

Each round measures every way once, interleaved, so that a busy machine is as busy for all; the medians over the rounds
and their ratio to the plain step are printed. One thread, so that CPU time is what the step costs. "first 20" are the
steps in which a watch looks at every loss; "later" those of which it looks at every fiftieth; "decorated" enters the
scope for each step.
"""

from __future__ import annotations

import os
import statistics
import sys
import time
import warnings
from collections.abc import Callable
from contextlib import nullcontext

os.environ.update(JAX_PLATFORMS="cpu", TF_CPP_MIN_LOG_LEVEL="3", OMP_NUM_THREADS="1")
os.environ.setdefault("KERAS_BACKEND", "jax")

import torch
from torch import nn

from logitlint.runtime import watch

STEPS = 200


def small() -> Callable[[], object]:
    """Two linear layers, 32 samples: as little work as a step does."""
    net = nn.Sequential(nn.Linear(32, 64), nn.ReLU(), nn.Linear(64, 10))
    return _step(net, torch.randn(32, 32))


def convolutions() -> Callable[[], object]:
    """A small convolutional network, 16 images of 32 x 32."""
    net = nn.Sequential(
        nn.Conv2d(3, 16, 3), nn.BatchNorm2d(16), nn.ReLU(), nn.MaxPool2d(2),
        nn.Conv2d(16, 32, 3), nn.BatchNorm2d(32), nn.ReLU(), nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(32, 10),
    )  # fmt: skip
    return _step(net, torch.randn(16, 3, 32, 32))


def transformer() -> Callable[[], object]:
    """Two layers of a transformer encoder, 8 sequences of 32, classified."""
    layer = nn.TransformerEncoderLayer(64, 4, 128, batch_first=True)
    net = nn.Sequential(nn.TransformerEncoder(layer, 2), nn.Flatten(), nn.Linear(64 * 32, 10))
    return _step(net, torch.randn(8, 32, 64))


def _step(net: nn.Module, inputs: torch.Tensor) -> Callable[[], object]:
    optimizer = torch.optim.SGD(net.parameters(), lr=1e-3)
    criterion, classes = nn.CrossEntropyLoss(), torch.arange(len(inputs)) % 10

    def step() -> None:
        optimizer.zero_grad()
        criterion(net(inputs), classes).backward()
        optimizer.step()

    return step


def optax_jit() -> Callable[[], object]:
    """A jitted step of JAX with Optax' loss, traced inside the scope: its numbers are handed out at every step."""
    import jax
    import jax.numpy as jnp
    import optax

    inputs, labels = jnp.ones((256, 128)), jnp.eye(10)[jnp.arange(256) % 10]
    weights = jax.random.normal(jax.random.key(0), (128, 10))
    gradient = jax.jit(jax.grad(lambda w: optax.softmax_cross_entropy(inputs @ w, labels).mean()))
    return lambda: gradient(weights).block_until_ready()


def keras_eager() -> Callable[[], object]:
    """A loss object of Keras, called by hand."""
    import keras

    loss, scores = keras.losses.CategoricalCrossentropy(from_logits=True), keras.random.normal((256, 10))
    labels = keras.ops.one_hot(keras.ops.arange(256) % 10, 10)
    return lambda: loss(labels, scores)


def spent(step: Callable[[], object], scope: object, steps: int, *, decorated: bool = False) -> float:
    """CPU seconds of one step."""
    run = scope(step) if decorated else step  # type: ignore[operator]
    with nullcontext() if decorated else scope:  # type: ignore[attr-defined]
        run()  # what is compiled is compiled before
        start = time.process_time()
        for _ in range(steps):
            run()
        return (time.process_time() - start) / steps


WAYS: dict[str, Callable[[Callable[[], object]], float]] = {
    "plain": lambda step: spent(step, nullcontext(), STEPS),
    "first 20": lambda step: spent(step, watch(), 20),
    "later": lambda step: _later(step),
    "decorated": lambda step: spent(step, watch(), STEPS, decorated=True),
}


def _later(step: Callable[[], object]) -> float:
    scope = watch()
    spent(step, scope, 20)
    return spent(step, scope, STEPS)


PROGRAMS = (small, convolutions, transformer, optax_jit, keras_eager)


def main() -> None:
    chosen = [make for make in PROGRAMS if make.__name__ in (sys.argv[2:] or [make.__name__])]
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 7
    torch.set_num_threads(1)
    warnings.simplefilter("ignore")
    print("| step | plain, ms | " + " | ".join(name for name in WAYS if name != "plain") + " |")
    print("|---|---|" + "---|" * (len(WAYS) - 1))
    for make in chosen:
        times: dict[str, list[float]] = {name: [] for name in WAYS}
        for _ in range(rounds):
            for name, way in WAYS.items():
                step = make()  # anew: what is jitted must be traced where it runs
                times[name].append(way(step))
        plain = statistics.median(times["plain"])
        ratios = [f"{statistics.median(times[name]) / plain:.2f}" for name in WAYS if name != "plain"]
        print(f"| {make.__name__} | {plain * 1000:.2f} | " + " | ".join(ratios) + " |")


if __name__ == "__main__":
    main()
