"""What Keras' backends make of one mistake, and which backend a program asks for.

Keras' TensorFlow backend remembers the raw scores from which an activation of Keras made probabilities, and its
cross-entropies use them whenever nothing stands between; the others take what they are given.
`tests/test_keras_backends.py` runs each backend and holds it to the words below.
"""

from __future__ import annotations

import re
from typing import Final

from logitlint.frameworks.vocabulary import Behaviour, Want
from logitlint.kinds import Kind

BACKENDS: Final = ("tensorflow", "jax", "torch")

RAW: Final = "the raw scores from before the activation are used instead, with a warning"
RAW_SIGMOID: Final = "the sigmoid of the raw scores from before the activation is used instead, with a warning"
SILENT_SIGMOID: Final = "the sigmoid of the raw scores from before the activation is used instead, in silence"
SILENT_SOFTMAX: Final = "the softmax of the raw scores from before the activation is used instead, in silence"
SOFTMAX_TWICE: Final = "softmax is applied twice, in silence"
SIGMOID_TWICE: Final = "sigmoid is applied twice, in silence"
SOFTMAX_OF_SIGMOID: Final = "softmax is applied to the sigmoid, in silence"
SIGMOID_OF_SOFTMAX: Final = "sigmoid is applied to the softmax, in silence"
AS_THEY_ARE: Final = "the probabilities are used as they are"
DIVIDED: Final = "the probabilities are divided by their sum, in silence"


def _behaviour(want: Want, kind: Kind, tensorflow: str, others: str) -> Behaviour:
    return Behaviour(want, kind, {"tensorflow": tensorflow, "jax": others, "torch": others})


CLASSES: Final = (
    _behaviour(Want.CLASS_LOGITS, Kind.SOFTMAX, RAW, SOFTMAX_TWICE),
    _behaviour(Want.CLASS_LOGITS, Kind.SIGMOID, RAW, SOFTMAX_OF_SIGMOID),
    _behaviour(Want.CLASS_PROBABILITIES, Kind.SIGMOID, SILENT_SOFTMAX, DIVIDED),
)
"""Of a categorical cross-entropy."""

LABELS: Final = (
    _behaviour(Want.LABEL_LOGITS, Kind.SIGMOID, RAW, SIGMOID_TWICE),
    _behaviour(Want.LABEL_LOGITS, Kind.SOFTMAX, RAW_SIGMOID, SIGMOID_OF_SOFTMAX),
    _behaviour(Want.LABEL_PROBABILITIES, Kind.SOFTMAX, SILENT_SIGMOID, AS_THEY_ARE),
)
"""Of a binary cross-entropy."""

_ASKED: Final = re.compile(
    r"""KERAS_BACKEND["']?\s*\]?\s*[,=]\s*["']?(?P<by_variable>\w+)|set_backend\(\s*["'](?P<by_call>\w+)""",
)


def asked_for(text: str) -> str | None:
    """The backend that a program's text sets, in the environment or by a call; None for none, or for several."""
    named = {match["by_variable"] or match["by_call"] for match in _ASKED.finditer(text)}
    return named.pop() if len(named) == 1 and named <= {*BACKENDS} else None
