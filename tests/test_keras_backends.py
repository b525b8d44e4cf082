"""What Keras' backends make of one mistake: each is run in a process of its own, and held to the words of the table."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import traces
from msgspec.structs import replace

from logitlint.frameworks import keras_backends, keras_losses
from logitlint.frameworks.keras_backends import BACKENDS, asked_for
from logitlint.frameworks.vocabulary import Behaviour, Depends, Function, Layer, Role, Want
from logitlint.inference.values import Value
from logitlint.kinds import Kind
from logitlint.linter import Linter
from logitlint.rules import RULES
from logitlint.rules.backends import SCALES, told
from logitlint.rules.judge import Judgement
from logitlint.rules.rule import Verdict
from logitlint.settings import Settings
from logitlint.settings.configuration import BACKENDS as CHOICES

PROGRAM = """
import json, sys, warnings
import numpy as np, keras
from keras import layers

raw = np.array([[2.0, -1.0, 0.5], [-0.3, 0.4, 3.0]], dtype="float32")
truths = {"sparse": np.array([0, 2]), "dense": np.array([[1, 0, 0], [0, 0, 1]], dtype="float32")}
tensor = keras.ops.convert_to_tensor
measured = {}


def value(loss, activation, options, name):
    truth = truths["sparse" if "parse" in name else "dense"]
    x = tensor(raw)
    given = {
        "string": lambda: keras.layers.Activation(activation)(x),
        "layer": lambda: layers.Softmax()(x) if activation == "softmax" else layers.Activation("sigmoid")(x),
        "reshaped": lambda: keras.ops.reshape(keras.layers.Activation(activation)(x), (2, 3)),
        "function": lambda: getattr(keras.activations, activation)(x),
    }
    for way, make in given.items():
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            told = loss(tensor(truth), make())
        said = any("from_logits" in str(each.message) for each in caught)
        number = float(keras.ops.convert_to_numpy(keras.ops.mean(told)))
        measured[f"{name} {options} {activation} {way}"] = [number, said]
    head = layers.Dense(3, activation=activation, kernel_initializer="identity")
    model = keras.Sequential([layers.Input((3,)), head])
    model.compile(loss=loss)
    measured[f"{name} {options} {activation} compiled"] = [float(model.evaluate(raw, truth, verbose=0)), None]


for name in json.loads(sys.argv[1]):
    found = keras
    for part in name.split(".")[1:]:
        found = getattr(found, part)
    for from_logits in (False, True):
        for activation in ("softmax", "sigmoid"):
            if isinstance(found, type):
                value(found(from_logits=from_logits), activation, from_logits, name)
            else:
                value(lambda t, p: found(t, p, from_logits=from_logits), activation, from_logits, name)
print(keras.backend.backend())
print(json.dumps(measured))
"""


def rows() -> list[tuple[str, Function]]:
    """Every loss whose row tells backends apart, under the names that Keras 3 has for it."""
    found = []
    for row in keras_losses.ROWS:
        function = row.call if isinstance(row, Layer) else row
        if isinstance(function, Function) and function.backends and not row.name.startswith("keras.backend."):
            found.append((row.name, function))
    return found


@cache
def measured(backend: str) -> Mapping[str, tuple[float, bool | None]]:
    """Losses on one backend, and whether a warning spoke of `from_logits`."""
    environment = {**os.environ, "KERAS_BACKEND": backend, "TF_CPP_MIN_LOG_LEVEL": "3", "CUDA_VISIBLE_DEVICES": ""}
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, json.dumps([name for name, _ in rows()])],
        capture_output=True,
        text=True,
        env=environment,
        check=True,
        timeout=900,
    )
    running, numbers = done.stdout.strip().splitlines()[-2:]
    assert running == backend
    found: Mapping[str, tuple[float, bool | None]] = json.loads(numbers)
    return found


def references() -> dict[str, float]:
    import numpy as np

    raw = np.array([[2.0, -1.0, 0.5], [-0.3, 0.4, 3.0]])
    truth = np.array([[1, 0, 0], [0, 0, 1]])

    def softmax(x: Any) -> Any:
        return np.exp(x) / np.exp(x).sum(-1, keepdims=True)

    def sigmoid(x: Any) -> Any:
        return 1 / (1 + np.exp(-x))

    def classes(p: Any) -> float:
        return float(-(truth * np.log(p)).sum(-1).mean())

    def labels(p: Any) -> float:
        return float(-(truth * np.log(p) + (1 - truth) * np.log(1 - p)).mean())

    squashed = sigmoid(raw)
    return {
        "softmax": classes(softmax(raw)),
        "softmax of softmax": classes(softmax(softmax(raw))),
        "softmax of sigmoid": classes(softmax(squashed)),
        "divided": classes(squashed / squashed.sum(-1, keepdims=True)),
        "sigmoid": labels(squashed),
        "sigmoid of sigmoid": labels(sigmoid(squashed)),
        "sigmoid of softmax": labels(sigmoid(softmax(raw))),
        "as they are": labels(softmax(raw)),
    }


CLASS_WANTS = (Want.CLASS_LOGITS, Want.CLASS_PROBABILITIES)
MEANS: dict[str, tuple[str, bool]] = {
    keras_backends.RAW_SIGMOID: ("sigmoid", True),
    keras_backends.SILENT_SIGMOID: ("sigmoid", False),
    keras_backends.SILENT_SOFTMAX: ("softmax", False),
    keras_backends.SOFTMAX_TWICE: ("softmax of softmax", False),
    keras_backends.SIGMOID_TWICE: ("sigmoid of sigmoid", False),
    keras_backends.SOFTMAX_OF_SIGMOID: ("softmax of sigmoid", False),
    keras_backends.SIGMOID_OF_SOFTMAX: ("sigmoid of softmax", False),
    keras_backends.AS_THEY_ARE: ("as they are", False),
    keras_backends.DIVIDED: ("divided", False),
}
"""What the words claim: the formula, and whether a warning is given."""


def meaning(words: str, behaviour: Behaviour) -> tuple[str, bool]:
    if words == keras_backends.RAW:
        return ("softmax" if behaviour.want in CLASS_WANTS else "sigmoid"), True
    return MEANS[words]


@pytest.mark.parametrize("backend", BACKENDS)
def test_what_a_backend_makes_of_a_mistake(backend: str) -> None:
    values, known = measured(backend), references()
    for name, row in rows():
        for behaviour in row.backends:
            activation = "softmax" if behaviour.kind is Kind.SOFTMAX else "sigmoid"
            from_logits = behaviour.want in (Want.CLASS_LOGITS, Want.LABEL_LOGITS)
            formula, warns = meaning(behaviour.on[backend], behaviour)
            for way in ("string", "layer", "function", "compiled"):
                got, warned = values[f"{name} {from_logits} {activation} {way}"]
                assert got == pytest.approx(known[formula], rel=1e-3), (name, way, behaviour)
                assert warned in (warns, None), (name, way, behaviour)


def test_tensorflow_takes_the_raw_scores_only_where_nothing_stands_between() -> None:
    values, known = measured("tensorflow"), references()
    for name in ("keras.losses.CategoricalCrossentropy", "keras.losses.SparseCategoricalCrossentropy"):
        got, warned = values[f"{name} True softmax reshaped"]
        assert got == pytest.approx(known["softmax of softmax"], rel=1e-3)
        assert not warned


def test_a_behaviour_is_of_what_the_loss_reads_and_of_an_activation() -> None:
    told = set()
    for row in keras_losses.ROWS:
        function = row.call if isinstance(row, Layer) else row
        if isinstance(function, Function) and function.backends:
            [predicted] = [takes.want for takes in function.takes.values() if takes.role is Role.PREDICTION]
            assert isinstance(predicted, Depends)
            reads = {*predicted.cases.values()}
            assert {each.want for each in function.backends} <= reads, row.name
            assert {each.kind for each in function.backends} == {Kind.SOFTMAX, Kind.SIGMOID}, row.name
            binary = Want.LABEL_LOGITS in reads
            assert function.backends == (keras_backends.LABELS if binary else keras_backends.CLASSES), row.name
            told.add(row.name.rpartition(".")[2])
    names = {"binary_crossentropy", "categorical_crossentropy", "sparse_categorical_crossentropy"}
    assert told == {*names, *("".join(map(str.capitalize, name.split("_"))) for name in names)}


def test_every_word_is_held_to_numbers() -> None:
    said = {words for _, row in rows() for behaviour in row.backends for words in behaviour.on.values()}
    assert said == {*MEANS, keras_backends.RAW}
    assert all(set(behaviour.on) == {*BACKENDS} for _, row in rows() for behaviour in row.backends)
    assert CHOICES == BACKENDS


PAGE = Path(__file__).parent.parent / "docs" / "keras.md"


def test_the_page_says_what_the_table_says() -> None:
    expected = set()
    for loss, behaviours in (("categorical", keras_backends.CLASSES), ("binary", keras_backends.LABELS)):
        for each in behaviours:
            told = f"{loss}, `from_logits=True`" if each.want in (Want.CLASS_LOGITS, Want.LABEL_LOGITS) else loss
            activation = "softmax" if each.kind is Kind.SOFTMAX else "sigmoid"
            assert each.on["jax"] == each.on["torch"]
            expected.add(f"| {activation} | {told} | {each.on['tensorflow']} | {each.on['jax']} |")
    lines = PAGE.read_text("utf-8").splitlines()
    assert {line for line in lines if line.startswith(("| softmax", "| sigmoid"))} == expected


# -- messages ---------------------------------------------------------------------------------------------------------

MODEL = """
import keras
from keras import layers

model = keras.Sequential([layers.Dense(10, activation="softmax")])
model.compile(loss=keras.losses.CategoricalCrossentropy(from_logits=True))
"""
ALL = frozenset(rule.code for rule in RULES)


def message(program: str, backend: str | None = None) -> str:
    report = Linter(Settings(enabled=ALL, keras_backend=backend)).check_bytes(program.encode(), "program.py")
    assert not report.failures
    (finding,) = report.findings
    return finding.message


def test_a_message_says_what_happens_on_each_backend() -> None:
    told = message(MODEL)
    assert f"; on tensorflow {keras_backends.RAW}; on jax and torch {keras_backends.SOFTMAX_TWICE}" in told


def test_a_message_says_what_happens_on_the_backend_in_use() -> None:
    for backend, words in (("tensorflow", keras_backends.RAW), ("torch", keras_backends.SOFTMAX_TWICE)):
        told = message(MODEL, backend)
        assert f"; on {backend} {words}" in told
        assert not any(f"on {other}" in told for other in {*BACKENDS} - {backend})


def test_what_the_program_says_wins() -> None:
    program = "import os\nos.environ['KERAS_BACKEND'] = 'jax'\n" + MODEL
    assert f"; on jax {keras_backends.SOFTMAX_TWICE}" in message(program, "tensorflow")


def test_no_word_where_something_stands_between() -> None:
    reshaped = MODEL.replace('"softmax")', '"softmax"), layers.Reshape((10,))')
    assert "on tensorflow" not in message(reshaped)
    clipped = MODEL.replace('"softmax")', '"softmax"), layers.Lambda(lambda p: keras.ops.clip(p, 1e-7, 1.0))')
    assert "normalised twice" in message(clipped)
    assert "on tensorflow" not in message(clipped)
    by_another = MODEL.replace('"softmax"', "tf.nn.softmax").replace(
        "import keras\n", "import keras, tensorflow as tf\n"
    )
    assert "on tensorflow" not in message(by_another)


def test_no_word_beside_a_mistake_of_another_sort() -> None:
    one_unit = MODEL.replace('10, activation="softmax"', '1, activation="sigmoid"')
    assert "single unit" in message(one_unit)
    assert "on tensorflow" not in message(one_unit)


def test_no_word_where_a_use_as_a_whole_is_at_fault() -> None:
    use = traces.loss(traces.bare(Kind.SOFTMAX), Want.CLASS_LOGITS)
    (rule,) = [rule for rule in RULES if rule.code == "LGT101"]
    judgement = Judgement(rule, use, Verdict("a mistake"))
    assert told(judgement, None) is judgement


def test_a_word_is_of_what_the_library_itself_gave_on_the_scale_it_speaks_of() -> None:
    (rule,) = [rule for rule in RULES if rule.code == "LGT101"]
    behaviour = Behaviour(Want.CLASS_LOGITS, Kind.SOFTMAX, {"one": "it falls", "other": "it stays"})

    def said(value: Value, want: Want = Want.CLASS_LOGITS, backend: str | None = None, row: Layer | None = None) -> str:
        use = traces.loss(value, want)
        assert isinstance(use.row, Function)
        use = replace(use, row=row or replace(use.row, backends=(behaviour,)))
        return told(Judgement(rule, use, Verdict("a mistake", use.taken[0])), backend).verdict.message

    p = traces.made(Kind.SOFTMAX)
    assert said(p) == "a mistake; on one it falls; on other it stays"
    assert said(p, backend="other") == "a mistake; on other it stays"
    assert said(p, backend="third") == "a mistake"
    assert said(p, Want.CLASS_PROBABILITIES) == "a mistake"
    assert said(traces.made(Kind.SIGMOID)) == "a mistake"
    assert said(traces.bare(Kind.SOFTMAX)) == "a mistake"
    assert said(traces.nobody()) == "a mistake"
    assert said(p, row=Layer(name="lib.Loss", init="")) == "a mistake"
    foreign = traces.result(traces.call(Kind.SOFTMAX, name="elsewhere.softmax"), Kind.SOFTMAX)
    assert said(foreign) == said(traces.joined(p, foreign)) == "a mistake"


def test_no_word_where_all_backends_do_the_same() -> None:
    linear = MODEL.replace(', activation="softmax"', "").replace("from_logits=True", "")
    assert "on tensorflow" not in message(linear)
    assert "on jax" not in message(linear, "jax")


@pytest.mark.parametrize(
    ("text", "backend"),
    [
        ('os.environ["KERAS_BACKEND"] = "jax"', "jax"),
        ("os.environ['KERAS_BACKEND']='torch'", "torch"),
        ('os.environ.setdefault("KERAS_BACKEND", "tensorflow")', "tensorflow"),
        ("%env KERAS_BACKEND=jax", "jax"),
        ('keras.config.set_backend("torch")', "torch"),
        ('os.environ["KERAS_BACKEND"] = name', None),
        ('os.environ["KERAS_BACKEND"] = "jax"\nos.environ["KERAS_BACKEND"] = "torch"', None),
        ('matplotlib.set_backend("agg")', None),
        ("import keras", None),
    ],
)
def test_the_backend_a_program_asks_for(text: str, backend: str | None) -> None:
    assert asked_for(text) == backend


def test_the_backend_may_be_configured(tmp_path: Path) -> None:
    from logitlint.settings import ConfigurationError, load

    file = tmp_path / "pyproject.toml"
    file.write_text('[tool.logitlint]\nkeras-backend = "torch"\n')
    assert load(file).keras_backend == "torch"
    file.write_text('[tool.logitlint]\nkeras-backend = "theano"\n')
    with pytest.raises(ConfigurationError, match="keras-backend"):
        load(file)


def test_these_rules_speak_of_the_scale_on_which_a_prediction_is_read() -> None:
    assert {"LGT101", "LGT102", "LGT103", "LGT104", "LGT301", "LGT303"} == SCALES
