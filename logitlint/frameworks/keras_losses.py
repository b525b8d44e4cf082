"""Keras' losses and metrics: functions, classes, and the strings that name them.

The truth comes first everywhere. Which scale a cross-entropy reads is decided by `from_logits`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import msgspec

from logitlint.frameworks.keras_backends import CLASSES, LABELS
from logitlint.frameworks.vocabulary import (
    Behaviour,
    Depends,
    Fact,
    Function,
    Layer,
    Named,
    Row,
    Takes,
    Want,
    loss_class,
    prediction,
    target,
)
from logitlint.kinds import Kind

_CALL: Final = "y_true, y_pred, sample_weight=None"
_CLASSES: Final = Depends("from_logits", {False: Want.CLASS_PROBABILITIES, True: Want.CLASS_LOGITS})
_LABELS: Final = Depends("from_logits", {False: Want.LABEL_PROBABILITIES, True: Want.LABEL_LOGITS})
_FACTS: Final = frozenset({Fact.LOSS, Fact.CLIPS})
_REDUCED: Final = "reduction='sum_over_batch_size'"


class _Loss(msgspec.Struct, frozen=True):
    """One loss as a function, with `options` behind its two tensors, and as a class with the constructor `init`."""

    name: str
    wants: Want | Depends
    truth: Want | None
    options: str
    init: str
    title: str = ""
    aliases: tuple[str, ...] = ()
    backends: tuple[Behaviour, ...] = ()
    measures: bool = True
    """Whether the function also lies among the metrics."""

    def rows(self) -> tuple[Function, Layer]:
        takes = {"y_true": target(self.truth), "y_pred": prediction(self.wants)}
        path = f"keras.losses.{self.name}"
        function = Function(
            name=path,
            signature=f"y_true, y_pred{self.options}",
            takes=takes,
            gives=Kind.LOSS,
            facts=_FACTS,
            backends=self.backends,
            aliases=(
                *((f"keras.metrics.{self.name}",) if self.measures else ()),
                *(f"keras.{home}.{alias}" for home in ("losses", "metrics") for alias in self.aliases),
            ),
        )
        title = self.title or "".join(word.capitalize() for word in self.name.split("_"))
        instance = loss_class(
            f"keras.losses.{title}",
            init=self.init,
            call=_CALL,
            takes=takes,
            source="",
            facts=_FACTS,
            backends=self.backends,
        )
        return (function, instance)


def _regression(name: str, short: str = "") -> _Loss:
    """A loss on any numbers."""
    return _Loss(
        name,
        Want.SCORES,
        None,
        "",
        f"{_REDUCED}, name='{name}', dtype=None",
        aliases=(short, short.upper()) if short else (),
    )


_FROM_LOGITS: Final = "from_logits=False, label_smoothing=0.0, axis=-1"
_FOCAL: Final = "alpha=0.25, gamma=2.0, from_logits=False, label_smoothing=0.0, axis=-1"

_LOSSES: Final[tuple[_Loss, ...]] = (
    _Loss(
        "binary_crossentropy",
        _LABELS,
        Want.LABELS,
        f", {_FROM_LOGITS}",
        f"{_FROM_LOGITS}, {_REDUCED}, name='binary_crossentropy', dtype=None",
        backends=LABELS,
        aliases=("bce", "BCE"),
    ),
    _Loss(
        "categorical_crossentropy",
        _CLASSES,
        Want.ONE_HOT,
        f", {_FROM_LOGITS}",
        f"{_FROM_LOGITS}, {_REDUCED}, name='categorical_crossentropy', dtype=None",
        backends=CLASSES,
    ),
    _Loss(
        "sparse_categorical_crossentropy",
        _CLASSES,
        Want.CLASS_INDEX,
        ", from_logits=False, ignore_class=None, axis=-1",
        f"from_logits=False, ignore_class=None, {_REDUCED}, axis=-1, name='sparse_categorical_crossentropy', "
        "dtype=None",
        backends=CLASSES,
    ),
    _Loss(
        "binary_focal_crossentropy",
        _LABELS,
        Want.LABELS,
        f", apply_class_balancing=False, {_FOCAL}",
        f"apply_class_balancing=False, {_FOCAL}, {_REDUCED}, name='binary_focal_crossentropy', dtype=None",
    ),
    _Loss(
        "categorical_focal_crossentropy",
        _CLASSES,
        Want.ONE_HOT,
        f", {_FOCAL}",
        f"{_FOCAL}, {_REDUCED}, name='categorical_focal_crossentropy', dtype=None",
    ),
    _Loss(
        "categorical_generalized_cross_entropy",
        Want.CLASS_PROBABILITIES,
        Want.CLASS_INDEX,
        ", q",
        f"q=0.5, {_REDUCED}, name='categorical_generalized_cross_entropy', dtype=None",
        title="CategoricalGeneralizedCrossEntropy",
        measures=False,
    ),
    # Its prediction may be of classes, pixels or latents; only logarithms of it are wrong.
    _Loss(
        "kl_divergence",
        Want.CLASS_PROBABILITIES,
        Want.DISTRIBUTION,
        "",
        f"{_REDUCED}, name='kl_divergence', dtype=None",
        title="KLDivergence",
        aliases=("kld", "KLD", "kullback_leibler_divergence"),
    ),
    _Loss(
        "dice",
        Want.PROBABILITIES,
        None,
        ", axis=None",
        f"{_REDUCED}, name='dice', axis=None, dtype=None",
        measures=False,
    ),
    _Loss(
        "tversky",
        Want.PROBABILITIES,
        None,
        ", alpha=0.5, beta=0.5, axis=None",
        f"alpha=0.5, beta=0.5, {_REDUCED}, name='tversky', axis=None, dtype=None",
        measures=False,
    ),
    _Loss("hinge", Want.SCORES, None, "", f"{_REDUCED}, name='hinge', dtype=None"),
    _Loss("squared_hinge", Want.SCORES, None, "", f"{_REDUCED}, name='squared_hinge', dtype=None"),
    _Loss("categorical_hinge", Want.SCORES, None, "", f"{_REDUCED}, name='categorical_hinge', dtype=None"),
    _Loss("poisson", Want.SCORES, None, "", f"{_REDUCED}, name='poisson', dtype=None"),
    _regression("mean_squared_error", "mse"),
    _regression("mean_absolute_error", "mae"),
    _regression("mean_absolute_percentage_error", "mape"),
    _regression("mean_squared_logarithmic_error", "msle"),
    _Loss("huber", Want.SCORES, None, ", delta=1.0", f"delta=1.0, {_REDUCED}, name='huber_loss', dtype=None"),
    _Loss("log_cosh", Want.SCORES, None, "", f"{_REDUCED}, name='log_cosh', dtype=None", aliases=("logcosh",)),
    _Loss(
        "cosine_similarity",
        Want.SCORES,
        None,
        ", axis=-1",
        f"axis=-1, {_REDUCED}, name='cosine_similarity', dtype=None",
        measures=False,
    ),
)


def _operation(name: str, signature: str, takes: Mapping[str, Takes], aliases: tuple[str, ...] = ()) -> Function:
    backends = CLASSES if "categorical" in name else LABELS
    return Function(
        name=f"keras.{name}",
        signature=signature,
        takes=takes,
        gives=Kind.LOSS,
        facts=_FACTS,
        backends=backends,
        aliases=tuple(f"keras.{alias}" for alias in aliases),
    )


_OPERATIONS: Final[tuple[Row, ...]] = (
    _operation(
        "ops.binary_crossentropy",
        "target, output, from_logits=False",
        {"target": target(Want.LABELS), "output": prediction(_LABELS)},
        ("ops.nn.binary_crossentropy", "backend.binary_crossentropy"),
    ),
    _operation(
        "ops.categorical_crossentropy",
        "target, output, from_logits=False, axis=-1",
        {"target": target(Want.ONE_HOT), "output": prediction(_CLASSES)},
        ("ops.nn.categorical_crossentropy", "backend.categorical_crossentropy"),
    ),
    _operation(
        "ops.sparse_categorical_crossentropy",
        "target, output, from_logits=False, axis=-1",
        {"target": target(Want.CLASS_INDEX), "output": prediction(_CLASSES)},
        ("ops.nn.sparse_categorical_crossentropy",),
    ),
    _operation(
        "backend.sparse_categorical_crossentropy",
        "target, output, from_logits=False, axis=-1, ignore_class=None",
        {"target": target(Want.CLASS_INDEX), "output": prediction(_CLASSES)},
    ),
)

LOSSES: Final = Named(
    {
        name.removeprefix("keras.losses."): name
        for loss in _LOSSES
        for row in loss.rows()
        for name in (row.name, *getattr(row, "aliases", ()))
        if name.startswith("keras.losses.")
    }
)
"""The strings that stand for a loss."""

OF_CLASS: Final[Mapping[str, str]] = {row.name: title.name for row, title in (loss.rows() for loss in _LOSSES)}
"""For each loss that is a function, its class."""

# -- metrics ----------------------------------------------------------------------------------------------------------


def _metric(title: str, init: str, wants: Want | Depends, truth: Want | None = None) -> Layer:
    """A metric that is a class: called, or given batch after batch."""
    path = f"keras.metrics.{title}"
    row = Function(
        name=path,
        signature=_CALL,
        takes={"y_true": target(truth), "y_pred": prediction(wants)},
        facts=frozenset({Fact.METRIC}),
    )
    return Layer(name=path, init=init, call=row, methods={"update_state": row}, facts=frozenset({Fact.METRIC}))


_HALF: Final = Want.THRESHOLDED
_THRESHOLD: Final = Depends("threshold", {0.5: _HALF})
_COUNTED: Final = Depends("thresholds", {None: _HALF, 0.5: _HALF})
_UNLESS_LARGEST: Final = Depends("top_k", {None: _COUNTED})

_METRICS: Final[tuple[Row, ...]] = (
    Function(
        name="keras.metrics.binary_accuracy",
        signature="y_true, y_pred, threshold=0.5",
        takes={"y_true": target(), "y_pred": prediction(_THRESHOLD)},
        facts=frozenset({Fact.METRIC}),
    ),
    _metric("BinaryAccuracy", "name='binary_accuracy', dtype=None, threshold=0.5", _THRESHOLD),
    _metric("BinaryIoU", "target_class_ids=(0, 1), threshold=0.5, name=None, dtype=None", _THRESHOLD),
    # Without a threshold they take the largest of each row.
    _metric("F1Score", "average=None, threshold=None, name='f1_score', dtype=None", _THRESHOLD),
    _metric("FBetaScore", "average=None, beta=1.0, threshold=None, name='fbeta_score', dtype=None", _THRESHOLD),
    _metric("Precision", "thresholds=None, top_k=None, class_id=None, name=None, dtype=None", _UNLESS_LARGEST),
    _metric("Recall", "thresholds=None, top_k=None, class_id=None, name=None, dtype=None", _UNLESS_LARGEST),
    *(
        _metric(title, "thresholds=None, name=None, dtype=None", _COUNTED)
        for title in ("TruePositives", "TrueNegatives", "FalsePositives", "FalseNegatives")
    ),
    _metric(
        "AUC",
        "num_thresholds=200, curve='ROC', summation_method='interpolation', name=None, dtype=None, thresholds=None, "
        "multi_label=False, num_labels=None, label_weights=None, from_logits=False",
        Depends("from_logits", {False: Depends("thresholds", {None: _HALF})}),
    ),
    # Cross-entropies as metrics: the losses, told beside the loss.
    _metric(
        "BinaryCrossentropy",
        "name='binary_crossentropy', dtype=None, from_logits=False, label_smoothing=0",
        _LABELS,
        Want.LABELS,
    ),
    _metric(
        "CategoricalCrossentropy",
        "name='categorical_crossentropy', dtype=None, from_logits=False, label_smoothing=0, axis=-1",
        _CLASSES,
        Want.ONE_HOT,
    ),
    _metric(
        "SparseCategoricalCrossentropy",
        "name='sparse_categorical_crossentropy', dtype=None, from_logits=False, ignore_class=None, axis=-1",
        _CLASSES,
        Want.CLASS_INDEX,
    ),
)

METRICS: Final = Named(
    {
        **LOSSES.rows,
        **{row.name.removeprefix("keras.metrics."): row.name for row in _METRICS},
        "auc": "keras.metrics.AUC",
        "precision": "keras.metrics.Precision",
        "recall": "keras.metrics.Recall",
    }
)
"""The strings that stand for a metric."""

BINARY_METRICS: Final = Named({**METRICS.rows, **dict.fromkeys(("accuracy", "acc"), "keras.metrics.binary_accuracy")})
"""The same, for an output of a single unit."""

ROWS: Final[tuple[Row, ...]] = (*(row for loss in _LOSSES for row in loss.rows()), *_OPERATIONS, *_METRICS)
