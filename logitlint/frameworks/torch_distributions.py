"""PyTorch's distributions over classes and labels: what `probs=` and `logits=` are read as."""

from __future__ import annotations

from logitlint.frameworks.vocabulary import Fact, Layer, Row, Takes, Want, subject
from logitlint.kinds import Kind

_SAMPLES = frozenset({Fact.SAMPLES})
_CATEGORICAL = {"probs": subject(Want.PROBS_PARAMETER), "logits": subject(Want.LOGITS_PARAMETER)}
_BINARY = {"probs": subject(Want.UNIT_PARAMETER), "logits": subject(Want.LOGITS_PARAMETER)}
# Both are normalised on the way in, whichever was given.
_NORMALISED = {"probs": Kind.SOFTMAX, "logits": Kind.LOG_SOFTMAX}
_SQUASHED = {"probs": Kind.SIGMOID, "logits": Kind.LOGITS}

_PARAMETERS = "probs=None, logits=None, validate_args=None"


def _distribution(name: str, init: str, takes: dict[str, Takes], attributes: dict[str, Kind]) -> Layer:
    return Layer(name=f"torch.distributions.{name}", init=init, takes=takes, attributes=attributes, facts=_SAMPLES)


ROWS: tuple[Row, ...] = (
    _distribution("Categorical", _PARAMETERS, _CATEGORICAL, _NORMALISED),
    _distribution("OneHotCategorical", _PARAMETERS, _CATEGORICAL, _NORMALISED),
    _distribution("OneHotCategoricalStraightThrough", _PARAMETERS, _CATEGORICAL, _NORMALISED),
    _distribution("RelaxedOneHotCategorical", f"temperature, {_PARAMETERS}", _CATEGORICAL, _NORMALISED),
    _distribution("Multinomial", f"total_count=1, {_PARAMETERS}", _CATEGORICAL, _NORMALISED),
    _distribution("Bernoulli", _PARAMETERS, _BINARY, _SQUASHED),
    _distribution("RelaxedBernoulli", f"temperature, {_PARAMETERS}", _BINARY, _SQUASHED),
    _distribution(
        "ContinuousBernoulli", "probs=None, logits=None, lims=(0.499, 0.501), validate_args=None", _BINARY, _SQUASHED
    ),
    _distribution("Binomial", f"total_count=1, {_PARAMETERS}", _BINARY, _SQUASHED),
    _distribution("NegativeBinomial", f"total_count, {_PARAMETERS}", _BINARY, _SQUASHED),
    _distribution("Geometric", _PARAMETERS, _BINARY, _SQUASHED),
)
