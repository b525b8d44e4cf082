"""The watch on PyTorch here; on Keras' backends, JAX and Optax each in a process of its own."""

import os
import subprocess
import sys
import warnings
from pathlib import Path
from types import SimpleNamespace

import pytest
import torch
from torch import nn
from torch.nn import functional

from logitlint.runtime import BlindWarning, WrongKindError, WrongKindWarning, callbacks, watch

SCORES = 3 * torch.randn(16, 10, generator=torch.Generator().manual_seed(1))
CLASSES = torch.arange(16) % 10
LABELS = torch.eye(10)[CLASSES]


def place(error: warnings.WarningMessage) -> str:
    return Path(error.filename).name


def test_it_warns_at_the_line_that_calls_the_loss() -> None:
    def step() -> None:
        nn.CrossEntropyLoss()(SCORES.softmax(1), CLASSES)

    with (
        pytest.warns(WrongKindWarning, match=r"LGT101 softmax-into-softmax-loss: .*rules/softmax-into") as said,
        watch(),
    ):
        step()
    assert [(place(each), each.lineno) for each in said] == [("test_watch.py", step.__code__.co_firstlineno + 1)]


def test_once_for_each_line_and_rule() -> None:
    @watch()
    def step() -> None:
        functional.nll_loss(SCORES.softmax(1), CLASSES)

    with pytest.warns(WrongKindWarning) as said:
        [step() for _ in range(3)]
    assert len(said) == 1


def test_it_raises_when_asked_to() -> None:
    with pytest.raises(WrongKindError, match="LGT201"), watch(on="raise"):
        functional.binary_cross_entropy(SCORES, LABELS)


def test_another_word_is_refused() -> None:
    with pytest.raises(ValueError, match="'shout'"):
        watch(on="shout")


def test_as_a_decorator() -> None:
    @watch(on="raise")
    def step(scores: torch.Tensor) -> torch.Tensor:
        return functional.binary_cross_entropy_with_logits(scores, LABELS)

    with pytest.raises(WrongKindError, match="LGT102"):
        step(SCORES.sigmoid())
    assert step(SCORES) > 0


def test_what_is_right_stays_quiet_and_what_is_outside_is_not_seen() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with watch():
            functional.cross_entropy(SCORES, CLASSES)
            functional.nll_loss(SCORES.log_softmax(1), CLASSES)
            functional.binary_cross_entropy(SCORES.sigmoid(), LABELS)
            functional.kl_div(SCORES.log_softmax(1), SCORES.softmax(1), reduction="batchmean")
        functional.cross_entropy(SCORES.softmax(1), CLASSES)


def test_results_and_gradients_are_what_they_were() -> None:
    def step() -> tuple[torch.Tensor, torch.Tensor]:
        leaf = SCORES.clone().requires_grad_()
        loss = functional.cross_entropy(leaf.softmax(1), CLASSES)
        loss.backward()
        assert leaf.grad is not None
        return loss.detach(), leaf.grad

    before = step()
    with pytest.warns(WrongKindWarning), watch():
        during = step()
    assert all(torch.equal(one, other) for one, other in zip(before, during, strict=True))


def test_under_mixed_precision() -> None:
    with pytest.warns(WrongKindWarning, match="LGT101"), watch(), torch.autocast("cpu", dtype=torch.bfloat16):
        functional.cross_entropy((SCORES @ torch.eye(10)).softmax(1), CLASSES)


def test_what_cannot_be_seen_is_said() -> None:
    compiled = torch.compile(
        lambda scores: functional.cross_entropy(scores, CLASSES), backend="aot_eager", fullgraph=True
    )
    with pytest.warns(BlindWarning, match="torch.compile"), watch():
        compiled(SCORES)
    with pytest.warns(BlindWarning, match="transformed"), watch():
        torch.func.vmap(functional.cross_entropy)(SCORES[None], CLASSES[None])


def run(program: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-W", "ignore", "-W", "always::UserWarning", "-c", program],
        capture_output=True,
        text=True,
        env={**os.environ, "JAX_PLATFORMS": "cpu", "TF_CPP_MIN_LOG_LEVEL": "3", **environment},
    )


OPTAX = """
import jax, jax.numpy as jnp, optax
from optax import softmax_cross_entropy
from logitlint.runtime import watch
scores = 3 * jax.random.normal(jax.random.key(0), (16, 10))
labels = jnp.eye(10)[jnp.arange(16) % 10]
step = jax.jit(lambda x: jax.grad(lambda x: softmax_cross_entropy(jax.nn.softmax(x), labels).mean())(x))
with watch():
    optax.sigmoid_binary_cross_entropy(jax.nn.sigmoid(scores), labels)
    optax.softmax_cross_entropy(scores, labels)
    step(scores).block_until_ready()
    jax.effects_barrier()
assert softmax_cross_entropy is optax.softmax_cross_entropy and not hasattr(softmax_cross_entropy, "__wrapped__")
"""


def test_optax_also_under_jit() -> None:
    done = run(OPTAX)
    assert done.returncode == 0, done.stderr
    assert [done.stderr.count(code) for code in ("LGT102", "LGT101", "LGT103")] == [1, 1, 0]


KERAS = """
import numpy as np, keras
from logitlint.runtime.callbacks import keras_callback
from logitlint.runtime import watch
keras.utils.set_random_seed(1)
model = keras.Sequential([keras.Input((5,)), keras.layers.Dense(4, activation="softmax")])
x, y = np.random.randn(64, 5).astype("float32"), np.arange(64) % 4
callbacks = [keras_callback(x)]
model.compile("sgd", keras.losses.SparseCategoricalCrossentropy(from_logits=True))
model.fit(x, y, epochs=2, verbose=0, callbacks=callbacks)
model.compile("sgd", "sparse_categorical_crossentropy")
model.fit(x, y, verbose=0, callbacks=callbacks)
with watch():
    keras.losses.BinaryCrossentropy()(np.eye(4, dtype="float32")[y], model(x))
"""


@pytest.mark.parametrize("backend", ["tensorflow", "jax", "torch"])
def test_keras_on_its_backends(backend: str) -> None:
    done = run(KERAS, KERAS_BACKEND=backend)
    assert done.returncode == 0, done.stderr
    codes = [code for code in ("LGT101", "LGT301", "LGT203", "LGT103") if code in done.stderr]
    assert codes == ["LGT101", "LGT301"]
    assert done.stderr.count("WrongKindWarning") == 2


@pytest.mark.filterwarnings("ignore:.*received `from_logits=True`")
def test_the_callback_for_keras_looks_at_a_sample_after_each_epoch() -> None:
    keras = pytest.importorskip("keras")
    model = keras.Sequential([keras.Input((5,)), keras.layers.Dense(4, activation="softmax")])
    model.compile("sgd", keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    callback = callbacks.keras_callback(SCORES[:, :5].numpy())
    callback.set_model(model)  # type: ignore[attr-defined]
    with pytest.warns(WrongKindWarning, match="LGT101") as said:
        [callback.on_epoch_end(epoch) for epoch in range(3)]  # type: ignore[attr-defined]
    assert len([each for each in said if each.category is WrongKindWarning]) == 1


def test_a_callback_without_its_trainer_says_what_it_needs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(callbacks, "library", lambda _: None)
    with pytest.raises(ImportError, match="needs keras"):
        callbacks.keras_callback(None)
    with pytest.raises(ImportError, match="needs lightning"):
        callbacks.lightning_callback()


def test_the_callback_for_lightning_watches_each_step(monkeypatch: pytest.MonkeyPatch) -> None:
    lightning = SimpleNamespace(Callback=object)
    monkeypatch.setattr(callbacks, "library", lambda name: lightning if name == "lightning.pytorch" else None)
    callback = callbacks.lightning_callback(on="raise")
    callback.on_train_batch_start(None, None, None, 0)  # type: ignore[attr-defined]
    with pytest.raises(WrongKindError, match="LGT101"):
        functional.cross_entropy(SCORES.softmax(1), CLASSES)
    callback.on_train_batch_end(None, None, None, None, 0)  # type: ignore[attr-defined]
    functional.cross_entropy(SCORES.softmax(1), CLASSES)
