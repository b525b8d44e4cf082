"""scikit-learn: what is made of labels before training, and the metrics that read probabilities.

`OneHotEncoder` is left out: of several columns it makes several ones in each row.
"""

from __future__ import annotations

from typing import Final

from logitlint.frameworks.vocabulary import Fact, Function, Halves, Layer, Row, Want, prediction, subject, target
from logitlint.kinds import Kind

_BINARIZED: Final = Kind.ONE_HOT | Kind.CLASS_INDEX
"""Of two classes a single column of 0 and 1 is made."""


def _method(name: str) -> Function:
    return Function(
        name=f"sklearn.preprocessing.LabelBinarizer.{name}",
        signature="y",
        takes={"y": subject()},
        gives=_BINARIZED,
    )


ROWS: Final[tuple[Row, ...]] = (
    Function(
        name="sklearn.preprocessing.label_binarize",
        signature="y, *, classes, neg_label=0, pos_label=1, sparse_output=False",
        takes={"y": subject()},
        gives=_BINARIZED,
    ),
    Layer(
        name="sklearn.preprocessing.LabelBinarizer",
        init="*, neg_label=0, pos_label=1, sparse_output=False",
        methods={name: _method(name) for name in ("transform", "fit_transform")},
    ),
    Layer(
        name="sklearn.preprocessing.LabelEncoder",
        init="",
        methods={
            name: Function(
                name=f"sklearn.preprocessing.LabelEncoder.{name}",
                signature="y",
                takes={"y": subject()},
                gives=Kind.CLASS_INDEX,
            )
            for name in ("transform", "fit_transform")
        },
    ),
    Function(
        name="sklearn.model_selection.train_test_split",
        signature="*arrays, test_size=None, train_size=None, random_state=None, shuffle=True, stratify=None",
        gives=Halves.ROWS,
        aliases=("sklearn.cross_validation.train_test_split",),
    ),
    Function(
        name="sklearn.metrics.log_loss",
        signature="y_true, y_proba=None, *, normalize=True, sample_weight=None, labels=None, y_pred='deprecated'",
        takes={
            "y_true": target(),
            "y_proba": prediction(Want.PROBABILITIES),
            "y_pred": prediction(Want.PROBABILITIES),
        },
        facts=frozenset({Fact.METRIC, Fact.RAISES_OUTSIDE_UNIT}),
    ),
)
