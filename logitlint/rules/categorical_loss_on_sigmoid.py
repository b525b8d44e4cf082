"""A categorical cross-entropy on probabilities is given sigmoid probabilities, each squashed by itself.

Nothing ties the classes together: several may be certain at once. A loss that looks at the right class alone is then
served best by a model that calls every class certain; one that divides by the sum, as Keras' do, holds that in
check, but the sigmoid narrows the range of the scores.

See:
https://keras.io/api/losses/probabilistic_losses/
"""

from __future__ import annotations

from collections.abc import Iterator

from logitlint.fixes.safety import Effect
from logitlint.fixes.verbs import Choose
from logitlint.frameworks.vocabulary import Role, Want
from logitlint.inference.trace import Trace, Use
from logitlint.kinds import Kind, describe
from logitlint.rules.checks import called, takes
from logitlint.rules.rule import Rule, Verdict


def _check(use: Use, _trace: Trace) -> Iterator[Verdict]:
    for taken, tensor in takes(use, Role.PREDICTION, Want.CLASS_PROBABILITIES):
        if tensor.kind.certainly(Kind.SIGMOID):
            yield Verdict(
                f"{describe(tensor.kind)} reach {called(use)}, which wants probabilities that sum to one: "
                "these are squashed each by itself, so several classes may be certain at once",
                taken,
            )


RULE = Rule(
    code="LGT303",
    name="categorical-loss-on-sigmoid",
    summary="A categorical loss is given sigmoid probabilities",
    why=__doc__,
    bad="""\
from skorch import NeuralNetClassifier
from torch import nn


class Classifier(nn.Module):
    def __init__(self):
        super().__init__()
        self.head = nn.Linear(128, 10)

    def forward(self, features):
        return self.head(features).sigmoid()


net = NeuralNetClassifier(Classifier)
""",
    good="""\
from skorch import NeuralNetClassifier
from torch import nn


class Classifier(nn.Module):
    def __init__(self):
        super().__init__()
        self.head = nn.Linear(128, 10)

    def forward(self, features):
        return self.head(features).softmax(dim=1)


net = NeuralNetClassifier(Classifier)
""",
    check=_check,
    fix=(
        Choose(
            words="One class to a sample: replace sigmoid by softmax, or use a loss on raw logits. Any number of "
            "labels to a sample: use a binary cross entropy",
            effect=Effect.CHANGES_OUTPUT,
        ),
    ),
)
