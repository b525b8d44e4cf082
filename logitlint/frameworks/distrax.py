"""Distrax: JAX's distributions over classes and labels, and what `probs=` and `logits=` are read as."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from logitlint.frameworks.vocabulary import Fact, Layer, Row, Takes, Want, subject
from logitlint.kinds import Kind

HOMES: Mapping[str, str] = {"distrax._src.distributions.*": "distrax"}
"""Where the documented home of a name lies; a ``*`` stands for one module."""

_SOURCE: Final = "https://github.com/google-deepmind/distrax/tree/master/distrax/_src/distributions"
_CATEGORICAL = {"logits": subject(Want.LOGITS_PARAMETER), "probs": subject(Want.PROBS_PARAMETER)}
_BINARY = {"logits": subject(Want.LOGITS_PARAMETER), "probs": subject(Want.UNIT_PARAMETER)}
_NORMALISED = {"probs": Kind.SOFTMAX, "logits": Kind.LOG_SOFTMAX}
_SQUASHED = {"probs": Kind.SIGMOID, "logits": Kind.LOGITS}
_PARAMETERS = "logits=None, probs=None, dtype=None"


def _distribution(name: str, init: str, takes: Mapping[str, Takes], attributes: Mapping[str, Kind]) -> Layer:
    return Layer(
        name=f"distrax.{name}",
        init=init,
        takes=takes,
        attributes=attributes,
        facts=frozenset({Fact.SAMPLES}),
        source=_SOURCE,
    )


ROWS: tuple[Row, ...] = (
    _distribution("Categorical", _PARAMETERS, _CATEGORICAL, _NORMALISED),
    _distribution("OneHotCategorical", _PARAMETERS, _CATEGORICAL, _NORMALISED),
    _distribution("Multinomial", f"total_count, {_PARAMETERS}", _CATEGORICAL, _NORMALISED),
    _distribution("Softmax", "logits, temperature=1.0, dtype=None", {"logits": _CATEGORICAL["logits"]}, _NORMALISED),
    _distribution("Bernoulli", _PARAMETERS, _BINARY, _SQUASHED),
)
