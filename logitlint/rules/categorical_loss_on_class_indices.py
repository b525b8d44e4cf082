"""A categorical loss that wants one-hot labels is given class indices.

The loss multiplies the labels with the log-probabilities of the classes, column by column. A column of class numbers
has another shape, so it raises; or, where the shapes can be stretched to each other, class 0 never counts and class 7
counts seven times, for every class alike. Class indices want the sparse form of the loss, or `to_categorical` first.

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
    for taken, tensor in takes(use, Role.TARGET, Want.ONE_HOT):
        if tensor.kind.certainly(Kind.CLASS_INDEX):
            yield Verdict(f"class indices reach {called(use)}, which wants one column for each class", taken)


RULE = Rule(
    code="LGT307",
    name="categorical-loss-on-class-indices",
    summary="A loss that wants one-hot labels is given class indices",
    why=__doc__,
    bad="""\
import keras
from keras import layers

(images, labels), _ = keras.datasets.mnist.load_data()
model = keras.Sequential([layers.Flatten(), layers.Dense(10, activation="softmax")])
model.compile(optimizer="adam", loss="categorical_crossentropy")
model.fit(images, labels)
""",
    good="""\
import keras
from keras import layers

(images, labels), _ = keras.datasets.mnist.load_data()
model = keras.Sequential([layers.Flatten(), layers.Dense(10, activation="softmax")])
model.compile(optimizer="adam", loss="sparse_categorical_crossentropy")
model.fit(images, labels)
""",
    check=_check,
    fix=(
        Choose(
            words="Keep the class indices: use the sparse categorical loss. Keep the loss: give it one-hot labels",
            effect=Effect.CHANGES_OUTPUT,
        ),
    ),
)
