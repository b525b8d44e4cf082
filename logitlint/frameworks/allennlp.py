"""AllenNLP: softmax and cross entropy over masked sequences."""

from __future__ import annotations

from typing import Final

from logitlint.frameworks.vocabulary import Fact, Function, Role, Row, Takes, Want, prediction, subject, target
from logitlint.kinds import Kind

_SOURCE: Final = "https://github.com/allenai/allennlp/blob/main/allennlp/nn/util.py"

ROWS: Final[tuple[Row, ...]] = (
    Function(
        name="allennlp.nn.util.sequence_cross_entropy_with_logits",
        signature="logits, targets, weights, average='batch', label_smoothing=None, gamma=None, alpha=None",
        takes={
            "logits": prediction(Want.CLASS_LOGITS),
            "targets": target(Want.CLASS_INDEX),
            "weights": Takes(Role.WEIGHT),
        },
        gives=Kind.LOSS,
        facts=frozenset({Fact.LOSS}),
        source=_SOURCE,
    ),
    Function(
        name="allennlp.nn.util.masked_softmax",
        signature="vector, mask, dim=-1, memory_efficient=False",
        takes={"vector": subject()},
        gives=Kind.SOFTMAX,
        axis="dim",
        low=0.0,
        high=1.0,
        source=_SOURCE,
    ),
    Function(
        name="allennlp.nn.util.masked_log_softmax",
        signature="vector, mask, dim=-1",
        takes={"vector": subject()},
        gives=Kind.LOG_SOFTMAX,
        axis="dim",
        high=0.0,
        source=_SOURCE,
    ),
)
