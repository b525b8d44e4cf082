"""A model that ends in one sigmoid for each class is compiled with a binary loss and trained on one-hot labels.

One-hot labels say that exactly one class is right. A sigmoid for each class and binary cross-entropy judge every class
by itself: the model may call all of them right, or none, and with many classes nearly all of the loss comes from the
classes that are easily ruled out. Keras then also takes the string `accuracy` for that of single labels, which is high
before anything is learned.

Not reported: labels that are not proved to be one-hot, as several may then be right at once; a single unit; and losses
that are given raw logits, where one-against-all is usually meant.

See:
https://keras.io/api/losses/probabilistic_losses/
"""

from __future__ import annotations

from collections.abc import Iterator

from logitlint.fixes.safety import Effect
from logitlint.fixes.verbs import Choose
from logitlint.frameworks.vocabulary import Role, Want
from logitlint.inference.trace import Trace, Use, Via
from logitlint.kinds import Kind
from logitlint.rules.checks import called, takes
from logitlint.rules.rule import Rule, Verdict


def _check(use: Use, _trace: Trace) -> Iterator[Verdict]:
    labels = use.first(Role.TARGET)
    if use.via is not Via.COMPILE or labels is None or not labels.kind.certainly(Kind.ONE_HOT):
        return
    for taken, tensor in takes(use, Role.PREDICTION, Want.LABEL_PROBABILITIES):
        if tensor.kind.certainly(Kind.SIGMOID) and tensor.units != 1:
            yield Verdict(
                f"{called(use)} judges each class by itself, but the labels are one-hot: exactly one class is right",
                taken,
            )


RULE = Rule(
    code="LGT302",
    name="binary-loss-on-exclusive-labels",
    summary="A binary loss and one sigmoid per class, on labels of which exactly one is right",
    why=__doc__,
    bad="""\
import keras
from keras import layers


def train(images, numbers):
    labels = keras.utils.to_categorical(numbers, 10)
    model = keras.Sequential([layers.Dense(10, activation="sigmoid")])
    model.compile(optimizer="adam", loss="binary_crossentropy")
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
            words="One class to a sample, as these labels say: end in softmax and use a categorical cross entropy. "
            "Any number of labels to a sample: encode them with a 1 for each label that applies",
            effect=Effect.CHANGES_OUTPUT,
        ),
    ),
)
