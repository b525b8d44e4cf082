"""Programs in Keras that hand a prediction to a loss, by `compile` or by a call, drawn at random; see `programs`.

Any backend runs them: `x` are features of shape (N, 8), `y` class indices, `t` labels in [0, 1].
"""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Final

import changes
import customs
import keras
import manners
from arrays import Drawn, translated
from writer import CLASSES, STANDARD, Wrap, Writer

HEAD: Final = f"{STANDARD}\nimport keras\nfrom keras import layers, ops\n\nflag = len(sys.argv) > 1"
KINDS: Final = ("logits", "relu", "sigmoid", "softmax", "tanh")


def _activation(writer: Writer, kind: str, z: str) -> str:
    forms = {
        "logits": ["{z}"],
        "softmax": [
            "keras.activations.softmax({z})",
            "ops.softmax({z})",
            "layers.Softmax()({z})",
            "layers.Activation('softmax')({z})",
        ],
        "sigmoid": ["keras.activations.sigmoid({z})", "ops.sigmoid({z})", "layers.Activation('sigmoid')({z})"],
        "relu": ["keras.activations.relu({z})", "ops.relu({z})", "layers.ReLU()({z})"],
        "tanh": ["keras.activations.tanh({z})", "ops.tanh({z})", "layers.Activation('tanh')({z})"],
    }[kind]
    return writer.random.choice(forms).format(z=z)


def _layers(writer: Writer, kind: str) -> list[str]:
    """What makes scores of features and activates them, as expressions."""
    forms = [[f"layers.Dense({CLASSES})", f"layers.Activation('{kind}')"]]
    forms += [[f"layers.Dense({CLASSES}, activation='{kind}')"], [f"layers.Dense({CLASSES}, '{kind}')"]]
    forms.append([f"layers.Dense(units={CLASSES}, activation=keras.activations.{kind})"])
    if kind == "softmax":
        forms.append([f"layers.Dense({CLASSES})", "layers.Softmax()"])
    if kind == "relu":
        forms.append([f"layers.Dense({CLASSES})", "layers.ReLU()"])
    if kind == "logits":
        forms = [[f"layers.Dense({CLASSES})"], [f"layers.Dense({CLASSES}, activation=None)"]]
        forms.append([f"layers.Dense({CLASSES}, activation='linear')"])
    made = writer.random.choice(forms)
    more = writer.random.choice(
        ([], ["layers.Flatten()"], [f"layers.Reshape(({CLASSES},))"], ["layers.Dropout(0.0)"], ["layers.Identity()"])
    )
    return ["layers.Dense(16, activation='relu')", *made, *more] if writer.random.random() < 0.5 else [*made, *more]


def _sequential(writer: Writer, kind: str) -> str:
    made = _layers(writer, kind)
    if writer.random.random() < 0.5:
        return writer.keep(f"keras.Sequential([{', '.join(['layers.Input((8,))', *made])}])", "model")
    model = writer.keep("keras.Sequential()", "model")
    for layer in ("layers.Input(shape=(8,))", *made):
        writer.say(f"{model}.add({layer})")
    return model


def _functional(writer: Writer, kind: str) -> str:
    start = out = writer.keep("keras.Input((8,))", "inputs")
    for layer in _layers(writer, kind):
        out = writer.keep(f"{layer}({out})", "out")
    form = writer.random.choice(
        ("keras.Model({s}, {o})", "keras.Model(inputs={s}, outputs={o})", "keras.Model([{s}], {o})")
    )
    return writer.keep(form.format(s=start, o=out), "model")


def _subclassed(writer: Writer, kind: str) -> str:
    name = writer.name("Net")
    form = writer.random.choice((True, False))
    last = f", activation={kind!r}" if form and kind != "logits" else ""
    given = "self.head(x)" if form else _activation(writer, kind, "self.head(x)")
    writer.define(
        f"class {name}(keras.Model):\n    def __init__(self):\n        super().__init__()\n"
        f"        self.head = layers.Dense({CLASSES}{last})\n\n"
        f"    def call(self, x):\n        return {given}"
    )
    return writer.keep(f"{name}()", "model")


def _built(writer: Writer, kind: str) -> str:
    """A function builds the model; its activation is known at the call."""
    name = writer.name("build")
    given = "None" if kind == "logits" else repr(kind)
    body = writer.random.choice(
        (
            f"    return keras.Sequential([layers.Input((8,)), layers.Dense({CLASSES}, activation=last)])",
            "    model = keras.Sequential([layers.Input((8,))])\n"
            f"    model.add(layers.Dense({CLASSES}))\n    model.add(layers.Activation(last or 'linear'))\n"
            "    return model",
            f"    start = keras.Input((8,))\n    out = layers.Dense({CLASSES}, activation=last)(start)\n"
            "    return keras.Model(start, out)",
        )
    )
    writer.define(f"def {name}(last=None):\n{body}")
    return writer.keep(f"{name}({writer.random.choice(('', 'last='))}{given})", "model")


def _wrapped(writer: Writer, kind: str) -> str:
    """A model inside another."""
    inner = writer.random.choice((_sequential, _functional, _built))(writer, kind)
    form = writer.random.randrange(3)
    if form == 0:
        return writer.keep(f"keras.Sequential([layers.Input((8,)), {inner}])", "model")
    start = writer.keep("keras.Input((8,))", "inputs")
    if form == 1:
        return writer.keep(f"keras.Model({start}, {inner}({start}))", "model")
    return writer.keep(f"keras.Model({inner}.inputs, {inner}.outputs[0])", "model")


def _by_flag(writer: Writer, kind: str) -> str:
    """The activation is added when the program is told to, which is known in one case of two."""
    told = writer.random.choice(("True", "False", "flag"))
    name = writer.name("build")
    writer.define(
        f"def {name}(activate):\n    model = keras.Sequential([layers.Input((8,)), layers.Dense({CLASSES})])\n"
        f"    if activate:\n        model.add(layers.Activation('{'linear' if kind == 'logits' else kind}'))\n"
        "    return model"
    )
    return writer.keep(f"{name}({told})", "model")


PRODUCERS: Final[dict[str, Callable[[Writer, str], str]]] = {
    "Keras: Sequential": _sequential,
    "Keras: functional": _functional,
    "Keras: a subclass": _subclassed,
    "Keras: a builder": _built,
    "Keras: a model in a model": _wrapped,
    "Keras: an activation by flag": _by_flag,
}


def _view(writer: Writer, value: str) -> str:
    forms = [
        "ops.cast({v}, 'float32')",
        "ops.convert_to_tensor({v})",
        "ops.stop_gradient({v})",
        "ops.reshape({v}, (-1, 5))",
        "ops.squeeze(ops.expand_dims({v}, 0), 0)",
        "ops.transpose(ops.transpose({v}))",
    ]
    return writer.random.choice(forms).format(v=writer.keep(value))


def _decoy(writer: Writer, value: str) -> str:
    kept = writer.keep(value, writer.random.choice(("logits", "probs")))
    writer.say(f"{writer.name('unused')} = {_activation(writer, writer.random.choice(('softmax', 'relu')), kept)}")
    return kept


def _other_branch(writer: Writer, value: str) -> str:
    kept = writer.keep(value)
    return manners.either(writer, kept, _activation(writer, writer.random.choice(KINDS), kept))


def _change(writer: Writer, value: str) -> str:
    kept = writer.keep(value)
    return changes.replaced(writer, kept, _activation(writer, writer.random.choice(KINDS), kept))


def _custom(writer: Writer, value: str) -> str:
    kept = writer.keep(value)
    return customs.replaced(writer, kept, _activation(writer, writer.random.choice(KINDS), kept))


IDIOMS: Final[dict[str, Wrap]] = {
    **translated("ops"),
    "views": _view,
    "decoys": _decoy,
    "branches that differ": _other_branch,
    "changes out of sight": _change,
    "customs of classes and blocks": _custom,
}
_SPARSE: Final = ("SparseCategoricalCrossentropy", "sparse_categorical_crossentropy", "y")
LOSSES: Final = (
    ("CategoricalCrossentropy", "categorical_crossentropy", "ops.one_hot(y, 5)"),
    _SPARSE,
    ("BinaryCrossentropy", "binary_crossentropy", "t"),
)


def compiled(writer: Writer, model: str) -> None:
    """Compile the model with a loss, in one of many ways."""
    cls, function, target = writer.random.choice(LOSSES)
    logits = writer.random.choice(("from_logits=True", "from_logits=False", ""))
    form = writer.random.randrange(7)
    before, loss = "", ""
    if form == 0:
        loss = f"'{function}'"
    elif form == 1:
        loss = f"keras.losses.{cls}({logits})"
    elif form == 2:
        loss = f"keras.losses.{function}"
    elif form == 3:
        before, loss = f"loss_fn = keras.losses.{cls}({logits})", "loss_fn"
    elif form == 4:
        loss = f"functools.partial(keras.losses.{function}, {logits or 'from_logits=False'})"
    elif form == 5:
        loss = f"[keras.losses.{cls}({logits})]"
    else:
        before, loss = f"settings = dict(optimizer='sgd', loss=keras.losses.{cls}({logits}))", ""
    writer.say(f"{before}\n" if before else "pass")
    if loss:
        given = writer.random.choice(("optimizer='sgd', loss={l}", "'sgd', {l}", "loss={l}, metrics=[]")).format(l=loss)
    else:
        given = "**settings"
    writer.say(f"{model}.compile({given})\n{model}.fit(x, {target}, verbose=0)\nreturn {model}")


def lose(writer: Writer, value: str) -> None:
    """Call a loss on the value, in one of many ways."""
    cls, function, target = writer.random.choice(LOSSES)
    logits = writer.random.choice(("from_logits=True", "from_logits=False", ""))
    kept = writer.keep(value, writer.random.choice(("prediction", "logits", "probs")))
    more = f", {logits}" if logits else ""
    forms = (
        f"return keras.losses.{cls}({logits})({target}, {kept})",
        f"return keras.losses.{function}({target}, {kept}{more})",
        f"loss_fn = keras.losses.{cls}({logits})\nreturn loss_fn(y_true={target}, y_pred={kept})",
        f"return ops.{function}({target}, {kept}{more})",
    )
    if keras.backend.backend() == "tensorflow" and writer.random.random() < 0.2:
        _lose_to_tensorflow(writer, kept)
        return
    writer.say(writer.random.choice(forms))


OF_TENSORFLOW: Final = (
    "losses.softmax_cross_entropy(ops.one_hot(y, 5), {k})",
    "losses.softmax_cross_entropy(onehot_labels=ops.one_hot(y, 5), logits={k})",
    "losses.sparse_softmax_cross_entropy(labels=y, logits={k})",
    "losses.sigmoid_cross_entropy(t, logits={k})",
    "losses.log_loss(t, {k})",
    "losses.log_loss(labels=t, predictions={k})",
    "nn.softmax_cross_entropy_with_logits_v2(labels=ops.one_hot(y, 5), logits={k})",
    "nn.softmax_cross_entropy_with_logits(labels=ops.one_hot(y, 5), logits={k})",
    "nn.sparse_softmax_cross_entropy_with_logits(labels=y, logits={k})",
    "nn.sigmoid_cross_entropy_with_logits(labels=t, logits={k})",
)
"""Losses of TensorFlow 1, which the later versions keep."""


def _lose_to_tensorflow(writer: Writer, kept: str) -> None:
    """Call a loss as programs for TensorFlow 1 do."""
    head, module = writer.random.choice(
        (
            ("import tensorflow as tf", "tf.compat.v1"),
            ("import tensorflow.compat.v1 as tf", "tf"),
            ("from tensorflow.compat import v1", "v1"),
        )
    )
    writer.define(head)
    loss = f"{module}.{writer.random.choice(OF_TENSORFLOW).format(k=kept)}"
    writer.say(writer.random.choice((f"return {loss}", f"return ops.mean({loss})", f"loss = {loss}\nreturn loss")))


def _predict(producer: Callable[[Writer, str], str]) -> Callable[[Writer, str], str]:
    """What a model says of the features, as a value."""

    def predicted(writer: Writer, kind: str) -> str:
        return f"{producer(writer, kind)}(x)"

    return predicted


_PREDICTING: Final = {name: _predict(producer) for name, producer in PRODUCERS.items()}


def program(seed: int, draws: random.Random | None = None) -> Drawn:
    """The program of that seed, or of these draws: every second seed compiles its model, the others call a loss."""
    writer = Writer(seed, HEAD, draws)
    if seed % 2:
        return Drawn(writer, PRODUCERS, {}, KINDS, compiled, most=0)
    return Drawn(writer, _PREDICTING, IDIOMS, KINDS, lose)
