"""A categorical loss that wants class indices is given one-hot labels.

A sparse loss looks up the probability of the class whose number it is given. One-hot labels are read as if each column
were a sample's class: either the shapes do not fit and it raises, or every 0 counts as class 0 and every 1 as class 1.
One-hot labels want the loss without "sparse" in its name; class indices want this one.

See:
https://keras.io/api/losses/probabilistic_losses/
"""

from __future__ import annotations

from collections.abc import Iterator

from logitlint.fixes.safety import Effect
from logitlint.fixes.verbs import Choose
from logitlint.frameworks.vocabulary import Role, Want
from logitlint.inference.trace import Trace, Use
from logitlint.kinds import Kind
from logitlint.rules.checks import called, takes
from logitlint.rules.rule import Rule, Verdict


def _check(use: Use, _trace: Trace) -> Iterator[Verdict]:
    for taken, tensor in takes(use, Role.TARGET, Want.CLASS_INDEX):
        if tensor.kind.certainly(Kind.ONE_HOT):
            yield Verdict(f"one-hot labels reach {called(use)}, which wants the numbers of the classes", taken)


RULE = Rule(
    code="LGT306",
    name="sparse-loss-on-one-hot-labels",
    summary="A loss that wants class indices is given one-hot labels",
    why=__doc__,
    bad="""\
import keras
from keras import layers


def train(images, numbers):
    labels = keras.utils.to_categorical(numbers, 10)
    model = keras.Sequential([layers.Dense(10, activation="softmax")])
    model.compile(optimizer="adam", loss="sparse_categorical_crossentropy")
    model.fit(images, labels)
""",
    good="""\
import keras
from keras import layers


def train(images, numbers):
    labels = keras.utils.to_categorical(numbers, 10)
    model = keras.Sequential([layers.Dense(10, activation="softmax")])
    model.compile(optimizer="adam", loss="categorical_crossentropy")
    model.fit(images, labels)
""",
    check=_check,
    fix=(
        Choose(
            words="Keep the one-hot labels: use the categorical loss that is not sparse. Keep the sparse loss: give "
            "it the class indices",
            effect=Effect.CHANGES_OUTPUT,
        ),
    ),
)
