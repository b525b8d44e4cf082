"""scikit-learn: what is made of labels before training, and the metrics that read probabilities.

`OneHotEncoder` makes one 1 in each row of each column it is given: its result is one-hot where the only column
is that of the classes.
"""

from __future__ import annotations

from typing import Final

from logitlint.frameworks.vocabulary import (
    Axes,
    Depends,
    Fact,
    Function,
    Halves,
    Layer,
    Result,
    Row,
    Want,
    prediction,
    subject,
    target,
)
from logitlint.kinds import Kind

_BINARIZED: Final = Kind.ONE_HOT | Kind.CLASS_INDEX
"""Of two classes a single column of 0 and 1 is made."""


def _method(name: str) -> Function:
    return Function(
        name=f"sklearn.preprocessing.LabelBinarizer.{name}",
        signature="y",
        takes={"y": subject()},
        gives=_BINARIZED,
        axes=Axes.RESHAPED,
    )


def _encoding(name: str, signature: str) -> Function:
    return Function(
        name=f"sklearn.preprocessing.OneHotEncoder.{name}",
        signature=signature,
        takes={"X": subject()},
        gives=Depends("drop", {None: {Kind.CLASS_INDEX: Kind.ONE_HOT}}),
        axes=Axes.RESHAPED,
    )


def _measured(name: str) -> Function:
    """A data set whose targets are classes: whole, or its inputs and its targets."""
    return Function(
        name=f"sklearn.datasets.{name}",
        signature="*, return_X_y=False, as_frame=False, **kwargs",
        gives=Depends("return_X_y", {False: _BUNCH, True: (None, Kind.CLASS_INDEX)}),
    )


_BUNCH: Final = Result(name="sklearn.utils.Bunch", attributes={"target": Kind.CLASS_INDEX})

ROWS: Final[tuple[Row, ...]] = (
    *(_measured(name) for name in ("load_breast_cancer", "load_iris", "load_wine")),
    Function(
        name="sklearn.datasets.load_digits",
        signature="*, n_class=10, return_X_y=False, as_frame=False",
        gives=Depends("return_X_y", {False: _BUNCH, True: (None, Kind.CLASS_INDEX)}),
    ),
    Layer(
        name="sklearn.preprocessing.OneHotEncoder",
        init="*, categories='auto', drop=None, **kwargs",
        methods={
            "transform": _encoding("transform", "X"),
            "fit_transform": _encoding("fit_transform", "X, y=None, **fit_params"),
        },
        keeps=frozenset({"fit"}),
    ),
    Function(
        name="sklearn.preprocessing.label_binarize",
        signature="y, *, classes, neg_label=0, pos_label=1, sparse_output=False",
        takes={"y": subject()},
        gives=_BINARIZED,
        axes=Axes.RESHAPED,
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
