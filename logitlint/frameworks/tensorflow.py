"""TensorFlow 1 and 2: all its rows but Keras', the functions that are operators, and how its versions are told apart.

A row stands for `tensorflow`, `tensorflow.compat.v1` and `tensorflow.compat.v2` alike, unless one of them has its own.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from logitlint.frameworks import (
    tensorflow_activations,
    tensorflow_layers,
    tensorflow_losses,
    tensorflow_operations,
)
from logitlint.frameworks.keras_data import DATA_SET, MAPS
from logitlint.frameworks.vocabulary import Batches, Edition, Function, Relation, Row
from logitlint.kinds import Kind

OPERATORS: Final[Mapping[str, str]] = tensorflow_operations.OPERATORS

HOMES: Final[Mapping[str, str]] = {
    "tensorflow.python.ops.array_ops": "tensorflow",
    "tensorflow.python.ops.clip_ops": "tensorflow",
    "tensorflow.python.ops.losses.losses_impl": "tensorflow.losses",
    "tensorflow.python.ops.math_ops": "tensorflow.math",
    "tensorflow.python.ops.nn": "tensorflow.nn",
    "tensorflow.python.ops.nn_ops": "tensorflow.nn",
}
"""Where the documented home of a name lies."""

EDITIONS: Final[tuple[Edition, ...]] = (
    Edition(
        library="tensorflow",
        rows="tensorflow.compat.v2",
        names=frozenset(
            {
                "GradientTape",
                "compat.v1",
                "data",
                "distribute",
                "estimator",
                "function",
                "keras",
                "layers",
                "losses",
                "nn.softmax_cross_entropy_with_logits_v2",
                "random",
            }
        ),
    ),
    Edition(
        library="tensorflow",
        rows="tensorflow.before_1_0",
        names=frozenset(
            {
                "InteractiveSession",
                "Session",
                "all_variables",
                "app",
                "contrib",
                "flags",
                "get_variable",
                "histogram_summary",
                "initialize_all_variables",
                "merge_all_summaries",
                "mul",
                "pack",
                "placeholder",
                "random_normal",
                "random_uniform",
                "scalar_summary",
                "sub",
                "train.AdamOptimizer",
                "train.GradientDescentOptimizer",
                "train.SummaryWriter",
                "truncated_normal",
                "variable_scope",
            }
        ),
    ),
)
"""A program that has none of the modules that came with or after 1.0 and calls a cross-entropy by position can only be
older: 1.x refuses that."""

COUNTERPARTS: Final[Mapping[Relation, Mapping[str, str]]] = {
    Relation.LOGARITHM: {
        "tensorflow.nn.softmax": "tensorflow.nn.log_softmax",
        "tensorflow.sigmoid": "tensorflow.math.log_sigmoid",
    },
    Relation.EXPONENTIAL: {
        "tensorflow.nn.log_softmax": "tensorflow.nn.softmax",
        "tensorflow.math.log_sigmoid": "tensorflow.sigmoid",
    },
    Relation.EACH_BY_ITSELF: {
        "tensorflow.nn.softmax": "tensorflow.sigmoid",
        "tensorflow.nn.log_softmax": "tensorflow.math.log_sigmoid",
    },
    Relation.ON_LOGITS: {"tensorflow.losses.log_loss": "tensorflow.losses.sigmoid_cross_entropy"},
}
"""What may stand in the place of what, in a repair."""

GIVING: Final[Mapping[tuple[str, Kind], str]] = {
    (library, kind): path
    for library in ("tensorflow", "tensorflow_probability", "tf_slim")
    for kind, path in (
        (Kind.SOFTMAX, "tensorflow.nn.softmax"),
        (Kind.SIGMOID, "tensorflow.sigmoid"),
        (Kind.LOG_SOFTMAX, "tensorflow.nn.log_softmax"),
    )
}
"""What a repair applies to get a kind."""

ROWS: Final[tuple[Row, ...]] = (
    *tensorflow_activations.ROWS,
    *tensorflow_losses.ROWS,
    *tensorflow_layers.ROWS,
    *tensorflow_operations.ROWS,
    Function(
        name="tensorflow.data.Dataset.from_tensor_slices",
        signature="tensors, name=None",
        gives=Batches("tensors", DATA_SET, MAPS, paired=True),
    ),
)
