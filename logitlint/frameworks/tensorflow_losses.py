"""TensorFlow's losses: those of `tf.nn`, and those of `tf.losses` in 1.x, whose 2.x namesake is Keras'.

Before 1.0 the cross-entropies took the logits first, and 1.x takes keywords alone; so what a positional argument is
can only be told where the rest of a program shows which TensorFlow it was written for.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from logitlint.frameworks.vocabulary import (
    Alignment,
    Axes,
    Depends,
    Fact,
    Function,
    Row,
    SameAs,
    Takes,
    Want,
    prediction,
    target,
)
from logitlint.kinds import Kind

_LOSS: Final = frozenset({Fact.LOSS})
_BEFORE_1_0: Final = "https://github.com/tensorflow/tensorflow/blob/r0.12/tensorflow/python/ops/nn_ops.py"


def _loss(
    name: str,
    signature: str,
    takes: Mapping[str, Takes],
    *,
    aliases: tuple[str, ...] = (),
    source: str = "",
    alignment: Alignment | None = None,
) -> Function:
    return Function(
        name=f"tensorflow.{name}",
        signature=signature,
        takes=takes,
        gives=Kind.LOSS,
        facts=_LOSS,
        aliases=tuple(f"tensorflow.{alias}" for alias in aliases),
        source=source,
        alignment=alignment,
    )


def _editions(name: str, truth: str, takes: Mapping[str, Takes], options: str, former: str = "") -> tuple[Row, ...]:
    """A cross-entropy as it is when nothing tells the version, since 1.0, and before.

    former
        Keywords that are gone, beside the `_sentinel` of 1.x.
    """
    options = f"{options}, *, _sentinel=None{former}"
    return (
        _loss(f"nn.{name}", f"*tensors, {truth}=None, logits=None, {options.replace(' *,', '')}", takes),
        _loss(
            f"compat.v2.nn.{name}",
            f"{truth}=None, logits=None, {options}",
            takes,
            aliases=(f"compat.v1.nn.{name}",),
        ),
        _loss(f"before_1_0.nn.{name}", f"logits, {truth}=None, {options}", takes, source=_BEFORE_1_0),
    )


_CLASSES: Final = {"labels": target(Want.ONE_HOT), "logits": prediction(Want.CLASS_LOGITS)}
_INDICES: Final = {"labels": target(Want.CLASS_INDEX), "logits": prediction(Want.CLASS_LOGITS)}
_LABELS: Final = {"labels": target(Want.LABELS), "logits": prediction(Want.LABEL_LOGITS)}

_OLD_LABELS: Final = {**_LABELS, "targets": target(Want.LABELS)}

_ALIGNED: Final = {"logits": prediction(Want.CLASS_LOGITS), "inputs": prediction(Want.CLASS_LOGITS)}
_SEQUENCES: Final = Alignment(target="labels", steps="logit_length", labels="label_length", blank="blank_index")

NN: Final[tuple[Row, ...]] = (
    *_editions("softmax_cross_entropy_with_logits", "labels", _CLASSES, "axis=-1, name=None", ", dim=-1"),
    *_editions("sparse_softmax_cross_entropy_with_logits", "labels", _INDICES, "name=None"),
    *_editions("sigmoid_cross_entropy_with_logits", "labels", _OLD_LABELS, "name=None", ", targets=None"),
    _loss("nn.softmax_cross_entropy_with_logits_v2", "labels, logits, axis=-1, name=None", _CLASSES),
    # By position 1.x takes the labels first; before 1.0 the scores came first, and both use a `Session`.
    _loss(
        "nn.weighted_cross_entropy_with_logits",
        "*tensors, labels=None, logits=None, pos_weight=None, name=None, targets=None",
        _OLD_LABELS,
    ),
    _loss(
        "compat.v2.nn.weighted_cross_entropy_with_logits",
        "labels=None, logits=None, pos_weight=None, name=None, *, targets=None",
        _OLD_LABELS,
        aliases=("compat.v1.nn.weighted_cross_entropy_with_logits",),
    ),
    # Unlike PyTorch's it normalises the scores itself. 2.x calls them `logits`, 1.x `inputs`.
    _loss("nn.ctc_loss", "*tensors, labels=None, logits=None, inputs=None, **kwargs", _ALIGNED, alignment=_SEQUENCES),
    _loss(
        "compat.v2.nn.ctc_loss",
        "labels, logits=None, *args, inputs=None, **kwargs",
        _ALIGNED,
        aliases=("nn.ctc_loss_v2",),
        alignment=_SEQUENCES,
    ),
    _loss("compat.v1.nn.ctc_loss", "labels, inputs=None, *args, logits=None, **kwargs", _ALIGNED),
    _loss(
        "nn.log_poisson_loss",
        "targets, log_input, compute_full_loss=False, name=None",
        {
            "targets": target(),
            "log_input": prediction(Want.SCORES),
        },
    ),
)

_COLLECTED: Final = "weights=1.0, scope=None, loss_collection='losses', reduction='weighted_sum_by_nonzero_weights'"
_SMOOTHED: Final = (
    "weights=1.0, label_smoothing=0, scope=None, loss_collection='losses', reduction='weighted_sum_by_nonzero_weights'"
)


def _regression(name: str, options: str = _COLLECTED) -> Function:
    takes = {"labels": target(), "predictions": prediction(Want.SCORES)}
    return _loss(f"losses.{name}", f"labels, predictions, {options}", takes)


LOSSES: Final[tuple[Row, ...]] = (
    _loss(
        "losses.sigmoid_cross_entropy",
        f"multi_class_labels, logits, {_SMOOTHED}",
        {"multi_class_labels": target(Want.LABELS), "logits": prediction(Want.LABEL_LOGITS)},
    ),
    _loss(
        "losses.softmax_cross_entropy",
        f"onehot_labels, logits, {_SMOOTHED}",
        {"onehot_labels": target(Want.ONE_HOT), "logits": prediction(Want.CLASS_LOGITS)},
    ),
    _loss("losses.sparse_softmax_cross_entropy", f"labels, logits, {_COLLECTED}", _INDICES),
    _loss(
        "losses.log_loss",
        "labels, predictions, weights=1.0, epsilon=1e-07, scope=None, loss_collection='losses', "
        "reduction='weighted_sum_by_nonzero_weights'",
        {"labels": target(Want.LABELS), "predictions": prediction(Want.LABEL_PROBABILITIES)},
    ),
    _loss(
        "losses.hinge_loss",
        f"labels, logits, {_COLLECTED}",
        {"labels": target(Want.LABELS), "logits": prediction(Want.SCORES)},
    ),
    _regression("mean_squared_error"),
    _regression("absolute_difference"),
    _regression(
        "huber_loss",
        "weights=1.0, delta=1.0, scope=None, loss_collection='losses', reduction='weighted_sum_by_nonzero_weights'",
    ),
    SameAs(
        name="tensorflow.losses.compute_weighted_loss",
        signature=f"losses, {_COLLECTED}",
        subject="losses",
        axes=Axes.POOLED,
    ),
)

# -- slim and contrib -------------------------------------------------------------------------------------------------

_COLLECTED_BY_SLIM: Final = "weights=1.0, scope=None"
_SMOOTHED_BY_SLIM: Final = "weights=1.0, label_smoothing=0, scope=None"


def _slim(name: str, signature: str, takes: Mapping[str, Takes]) -> Function:
    """Slim's losses take the prediction first."""
    return Function(name=f"tf_slim.losses.{name}", signature=signature, takes=takes, gives=Kind.LOSS, facts=_LOSS)


SLIM: Final[tuple[Row, ...]] = (
    _slim(
        "sigmoid_cross_entropy",
        f"logits, multi_class_labels, {_SMOOTHED_BY_SLIM}",
        {"logits": prediction(Want.LABEL_LOGITS), "multi_class_labels": target(Want.LABELS)},
    ),
    _slim(
        "softmax_cross_entropy",
        f"logits, onehot_labels, {_SMOOTHED_BY_SLIM}",
        {"logits": prediction(Want.CLASS_LOGITS), "onehot_labels": target(Want.ONE_HOT)},
    ),
    _slim("sparse_softmax_cross_entropy", f"logits, labels, {_COLLECTED_BY_SLIM}", _INDICES),
    _slim(
        "log_loss",
        "predictions, labels=None, weights=1.0, epsilon=1e-07, scope=None",
        {"predictions": prediction(Want.LABEL_PROBABILITIES), "labels": target(Want.LABELS)},
    ),
    _slim(
        "hinge_loss",
        "logits, labels=None, weights=1.0, scope=None",
        {"logits": prediction(Want.SCORES), "labels": target(Want.LABELS)},
    ),
    _slim(
        "mean_squared_error",
        "predictions, labels=None, weights=1.0, scope=None",
        {"predictions": prediction(Want.SCORES), "labels": target()},
    ),
    _slim(
        "absolute_difference",
        "predictions, labels=None, weights=1.0, scope=None",
        {"predictions": prediction(Want.SCORES), "labels": target()},
    ),
)

_SEQUENCE: Final = Depends("softmax_loss_function", {None: Want.CLASS_LOGITS})

CONTRIB: Final[tuple[Row, ...]] = (
    _loss(
        "contrib.seq2seq.sequence_loss",
        "logits, targets, weights, average_across_timesteps=True, average_across_batch=True, "
        "softmax_loss_function=None, name=None",
        {"logits": prediction(_SEQUENCE), "targets": target(Want.CLASS_INDEX)},
        source="https://github.com/tensorflow/tensorflow/blob/r1.15/tensorflow/contrib/seq2seq/python/ops/loss.py",
    ),
)

ROWS: Final[tuple[Row, ...]] = (*NN, *LOSSES, *SLIM, *CONTRIB)
