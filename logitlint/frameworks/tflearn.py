"""tflearn: layers whose activation is a word, and `regression`, which applies the loss of that word to a network.

Its `binary_crossentropy` applies the sigmoid itself, its `categorical_crossentropy` reads probabilities.
"""

from __future__ import annotations

from typing import Final

from logitlint.frameworks.vocabulary import (
    Applies,
    Axes,
    Depends,
    Fact,
    Function,
    Named,
    Row,
    SameAs,
    Scalar,
    Want,
    prediction,
    subject,
    target,
)
from logitlint.kinds import Kind

_LAYERS: Final = "https://github.com/tflearn/tflearn/blob/0.5.0/tflearn/layers/core.py"
_CONVOLUTIONS: Final = "https://github.com/tflearn/tflearn/blob/0.5.0/tflearn/layers/conv.py"
_ACTIVATIONS: Final = "https://github.com/tflearn/tflearn/blob/0.5.0/tflearn/activations.py"
_OBJECTIVES: Final = "https://github.com/tflearn/tflearn/blob/0.5.0/tflearn/objectives.py"
_ESTIMATOR: Final = "https://github.com/tflearn/tflearn/blob/0.5.0/tflearn/layers/estimator.py"

_WANTS: Final[dict[Scalar, Want]] = {
    "softmax_categorical_crossentropy": Want.CLASS_LOGITS,
    "categorical_crossentropy": Want.CLASS_PROBABILITIES,
    "binary_crossentropy": Want.LABEL_LOGITS,
    "weighted_crossentropy": Want.LABEL_LOGITS,
    "mean_square": Want.SCORES,
    "hinge_loss": Want.SCORES,
}
_TRUTH: Final = {
    Want.CLASS_LOGITS: Want.ONE_HOT,
    Want.CLASS_PROBABILITIES: Want.ONE_HOT,
    Want.LABEL_LOGITS: Want.LABELS,
    Want.SCORES: None,
}
_NAMED: Final = Named(
    {
        name: f"tflearn.activations.{name}"
        for name in ("linear", "softmax", "sigmoid", "tanh", "relu", "relu6", "elu", "softplus", "softsign")
    }
)


def _activation(name: str, kind: Kind, low: float | None = None, high: float | None = None) -> Function:
    return Function(
        name=f"tflearn.activations.{name}",
        signature="x",
        takes={"x": subject()},
        gives=kind,
        low=low,
        high=high,
        axis=-1 if kind is Kind.SOFTMAX else None,
        source=_ACTIVATIONS,
    )


def _layer(name: str, signature: str, default: str, options: str, source: str, units: str | None = None) -> Function:
    return Function(
        name=f"tflearn.{name}",
        signature=f"incoming, {signature}activation='{default}', {options}",
        takes={"incoming": subject()},
        gives=Kind.LOGITS,
        axes=Axes.KEPT if units else Axes.RESHAPED,
        units=units,
        applies=Applies("activation", _NAMED),
        aliases=(f"tflearn.layers.core.{name}", f"tflearn.layers.conv.{name}"),
        source=source,
    )


def _objective(name: str, want: Want) -> Function:
    return Function(
        name=f"tflearn.objectives.{name}",
        signature=f"y_pred, y_true{_OPTIONS.get(name, '')}",
        takes={"y_pred": prediction(want), "y_true": target(_TRUTH[want])},
        gives=Kind.LOSS,
        facts=frozenset({Fact.LOSS}),
        source=_OBJECTIVES,
    )


_OPTIONS: Final = {"weighted_crossentropy": ", weight=1."}
_REST: Final = (
    "bias=True, weights_init=None, bias_init='zeros', regularizer=None, weight_decay=0.001, trainable=True, "
    "restore=True, reuse=False, scope=None, name=None"
)

ROWS: Final[tuple[Row, ...]] = (
    _activation("softmax", Kind.SOFTMAX),
    _activation("sigmoid", Kind.SIGMOID),
    _activation("tanh", Kind.ACTIVATED, -1, 1),
    _activation("relu", Kind.ACTIVATED, 0),
    _activation("relu6", Kind.ACTIVATED, 0, 6),
    _activation("elu", Kind.ACTIVATED),
    _activation("softplus", Kind.ACTIVATED, 0),
    _activation("softsign", Kind.ACTIVATED, -1, 1),
    SameAs(name="tflearn.activations.linear", signature="x", subject="x", axes=Axes.KEPT, source=_ACTIVATIONS),
    _layer("fully_connected", "n_units, ", "linear", _REST, _LAYERS, units="n_units"),
    _layer(
        "single_unit",
        "",
        "linear",
        "bias=True, trainable=True, restore=True, reuse=False, scope=None, name='Linear'",
        _LAYERS,
    ),
    _layer("conv_1d", "nb_filter, filter_size, strides=1, padding='same', ", "linear", _REST, _CONVOLUTIONS),
    _layer("conv_2d", "nb_filter, filter_size, strides=1, padding='same', ", "linear", _REST, _CONVOLUTIONS),
    _layer("conv_3d", "nb_filter, filter_size, strides=1, padding='same', ", "linear", _REST, _CONVOLUTIONS),
    SameAs(
        name="tflearn.dropout",
        signature="incoming, keep_prob, noise_shape=None, name='Dropout'",
        subject="incoming",
        axes=Axes.KEPT,
        facts=frozenset({Fact.DROPOUT}),
        aliases=("tflearn.layers.core.dropout",),
        source=_LAYERS,
    ),
    *(_objective(str(name), want) for name, want in _WANTS.items()),
    Function(
        name="tflearn.regression",
        signature="incoming, placeholder='default', optimizer='adam', loss='categorical_crossentropy', "
        "metric='default', learning_rate=0.001, dtype=None, batch_size=64, shuffle_batches=True, to_one_hot=False, "
        "n_classes=None, trainable_vars=None, restore=True, op_name=None, validation_monitors=None, "
        "validation_batch_size=None, name=None",
        takes={"incoming": prediction(Depends("loss", _WANTS))},
        facts=frozenset({Fact.LOSS}),
        aliases=("tflearn.layers.estimator.regression",),
        source=_ESTIMATOR,
    ),
)
