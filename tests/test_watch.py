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


def test_it_raises_again_where_the_step_is_run_again_and_not_mended() -> None:
    @watch(on="raise")
    def step(scores: torch.Tensor) -> None:
        functional.cross_entropy(scores, CLASSES)

    for _ in range(2):
        with pytest.raises(WrongKindError, match="LGT101"):
            step(SCORES.softmax(1))
    step(SCORES)


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


def run(program: str, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-W", "ignore", "-W", "always::UserWarning", "-c", program, *arguments],
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


TRAINED = """
import sys, warnings
from contextlib import nullcontext
import jax, jax.numpy as jnp, numpy as np, optax
from logitlint.runtime import watch
dtype = jnp.dtype(sys.argv[1])
inputs, labels = 3 * jax.random.normal(jax.random.key(0), (16, 10)), jnp.eye(10)[jnp.arange(16) % 10]


def trained(scope, soft):
    weights, rule = jax.random.normal(jax.random.key(1), (10, 10), dtype), optax.adam(0.01)

    @jax.jit
    def step(weights, state):
        def loss(weights):
            scores = inputs.astype(dtype) @ weights
            return optax.softmax_cross_entropy(jax.nn.softmax(scores) if soft else scores, labels.astype(dtype)).mean()
        value, gradient = jax.value_and_grad(loss)(weights)
        changes, state = rule.update(gradient, state)
        return optax.apply_updates(weights, changes), state, value

    state, losses = rule.init(weights), []
    with scope:
        for _ in range(30):
            weights, state, value = step(weights, state)
            losses.append(np.asarray(value).tobytes())
        jax.effects_barrier()
    return np.asarray(weights).tobytes(), losses


for soft in (True, False):
    plain = trained(nullcontext(), soft)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        assert trained(watch(), soft) == plain, "another result"
    print(soft, [str(each.message).split()[0] for each in caught])
assert trained(watch(on="raise"), False) == plain
try:
    trained(watch(on="raise"), True)
except jax.errors.JaxRuntimeError as error:
    print("raised", "WrongKindError: LGT101 softmax-into-softmax-loss" in str(error))
assert trained(nullcontext(), False) == plain
"""


@pytest.mark.parametrize("dtype", ["float32", "bfloat16"])
def test_a_jitted_training_is_the_same_to_the_last_bit_and_raises_when_asked_to(dtype: str) -> None:
    done = run(TRAINED, dtype)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines() == ["True ['LGT101']", "False []", "raised True"]


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


FITTED = """
from contextlib import ExitStack
import numpy as np, keras
from keras import layers
from logitlint.runtime import callbacks, watch
x, y = np.random.default_rng(0).standard_normal((64, 5)).astype("float32"), np.arange(64) % 4


def model():
    keras.utils.set_random_seed(1)
    body = [layers.Dense(16, "relu"), layers.BatchNormalization(), layers.Dropout(0.3)]
    made = keras.Sequential([keras.Input((5,)), *body, layers.Dense(4, "softmax")])
    made.compile("adam", keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    return made


def fitted(*watching):
    made = model()
    made.fit(x, y, batch_size=16, epochs=3, verbose=0, callbacks=list(watching))
    return [each.tobytes() for each in made.get_weights()]


def by_hand(scope):
    made, losses = model(), []
    loss = keras.losses.CategoricalCrossentropy(from_logits=True)
    for _ in range(3):
        with scope:
            losses.append(keras.ops.convert_to_numpy(loss(keras.ops.one_hot(y, 4), made(x))).tobytes())
        made.train_on_batch(x, y)
    return losses, [each.tobytes() for each in made.get_weights()]


assert fitted() == fitted(callbacks.keras_callback(x)), "fit"
assert by_hand(ExitStack()) == by_hand(watch()), "by hand"
"""


@pytest.mark.parametrize("backend", ["tensorflow", "jax", "torch"])
def test_a_training_of_keras_is_the_same_to_the_last_bit(backend: str) -> None:
    done = run(FITTED, KERAS_BACKEND=backend)
    assert done.returncode == 0, done.stderr
    assert done.stderr.count("LGT101") == 2


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


@pytest.mark.parametrize("way", ["by name", "in order", "a dict of outputs"])
def test_the_callback_gives_each_output_the_loss_that_is_its_own(way: str) -> None:
    keras = pytest.importorskip("keras")
    inputs = keras.Input((5,))
    labels = keras.layers.Dense(4, activation="sigmoid", name="zebra")(inputs)
    classes = keras.layers.Dense(4, activation="softmax", name="ape")(inputs)
    other = keras.layers.Dense(1, name="cat")(inputs)
    losses = {"zebra": "binary_crossentropy", "ape": "categorical_crossentropy", "cat": None}
    outputs = [labels, classes, other]
    model = keras.Model(inputs, dict(zip(losses, outputs, strict=True)) if "dict" in way else outputs)
    model.compile("sgd", [*losses.values()] if way == "in order" else losses)
    callback = callbacks.keras_callback(SCORES[:, :5].numpy(), on="raise")
    callback.set_model(model)  # type: ignore[attr-defined]
    callback.on_epoch_end(0)  # type: ignore[attr-defined]
    wrong = {**losses, "zebra": keras.losses.CategoricalCrossentropy(from_logits=True)}
    model.compile("sgd", [*wrong.values()] if way == "in order" else wrong)
    with pytest.raises(WrongKindError, match="LGT103"):
        callback.on_epoch_end(0)  # type: ignore[attr-defined]


def test_a_loss_that_takes_no_zeros_does_not_end_the_training() -> None:
    keras = pytest.importorskip("keras")

    def own(truth: object, scores: object) -> object:
        raise IndexError(truth, scores)

    model = keras.Sequential([keras.Input((5,)), keras.layers.Dense(4)])
    model.compile("sgd", own)
    callback = callbacks.keras_callback(SCORES[:, :5].numpy())
    callback.set_model(model)  # type: ignore[attr-defined]
    with pytest.warns(BlindWarning, match="no zeros for labels"):
        callback.on_epoch_end(0)  # type: ignore[attr-defined]


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
