"""Keras 2 and 3: all its rows, the functions that are operators, and the modules under which names also lie.

`tf.keras`, `tensorflow.python.keras`, `tf_keras` and `keras.src` are the same rows: the catalog knows them for `keras`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from logitlint.frameworks import (
    keras_activations,
    keras_data,
    keras_layers,
    keras_losses,
    keras_models,
    keras_operations,
)
from logitlint.frameworks.vocabulary import Relation, Row
from logitlint.kinds import Kind

OPERATORS: Final[Mapping[str, str]] = keras_activations.OPERATIONS

HOMES: Final[Mapping[str, str]] = {
    "keras.activations.activations": "keras.activations",
    "keras.losses.losses": "keras.losses",
    "keras.layers.*": "keras.layers",
    "keras.layers.activations.*": "keras.layers",
    "keras.layers.core.*": "keras.layers",
    "keras.ops.core": "keras.ops",
    "keras.ops.nn": "keras.ops",
    "keras.ops.numpy": "keras.ops",
}
"""Where the documented home of a name lies; a ``*`` stands for one module."""

COUNTERPARTS: Final[Mapping[Relation, Mapping[str, str]]] = {
    Relation.LOGARITHM: {"keras.ops.softmax": "keras.ops.log_softmax", "keras.ops.sigmoid": "keras.ops.log_sigmoid"},
    Relation.EACH_BY_ITSELF: {"keras.activations.softmax": "keras.activations.sigmoid"},
    Relation.CALLED: {
        "keras.layers.Softmax": "keras.activations.softmax",
        "keras.layers.ReLU": "keras.activations.relu",
    },
    Relation.NOTHING: {"keras.*": "keras.layers.Identity"},
    Relation.OF_CLASS: keras_losses.OF_CLASS,
}
"""What may stand in the place of what, in a repair."""

GIVING: Final[Mapping[tuple[str, Kind], str]] = {
    ("keras", Kind.SOFTMAX): "keras.activations.softmax",
    ("keras", Kind.SIGMOID): "keras.activations.sigmoid",
}
"""What a repair applies to get a kind."""

ROWS: Final[tuple[Row, ...]] = (
    *keras_activations.ROWS,
    *keras_layers.ROWS,
    *keras_losses.ROWS,
    *keras_models.ROWS,
    *keras_data.ROWS,
    *keras_operations.ROWS,
)
