"""TensorFlow Probability's distributions over classes and labels; TensorFlow 1 has them as `tf.distributions`.

Unlike PyTorch's they take `logits` first, and the attributes are what was given, so that nothing is said of them.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from logitlint.frameworks.vocabulary import Fact, Function, Layer, Row, Takes, Want, subject
from logitlint.kinds import Kind

_SAMPLES: Final = frozenset({Fact.SAMPLES})
_CATEGORICAL: Final = {"logits": subject(Want.LOGITS_PARAMETER), "probs": subject(Want.PROBS_PARAMETER)}
_BINARY: Final = {"logits": subject(Want.LOGITS_PARAMETER), "probs": subject(Want.UNIT_PARAMETER)}
_OPTIONS: Final = "validate_args=False, allow_nan_stats=True"


def _distribution(
    name: str,
    takes: Mapping[str, Takes],
    gives: Kind,
    *,
    before: str = "",
    dtype: str = "",
    title: str | None = None,
    behind: str = "",
) -> Layer:
    shown = f"'{name}'" if title is None else title
    return Layer(
        name=f"tensorflow_probability.distributions.{name}",
        init=f"{before}logits=None, probs=None, {dtype}{_OPTIONS}, {behind}name={shown}",
        takes=takes,
        methods={
            "probs_parameter": Function(
                name=f"tensorflow_probability.distributions.{name}.probs_parameter", signature="name=None", gives=gives
            )
        },
        facts=_SAMPLES,
    )


_UNSUPPORTED: Final = "dtype=None, force_probs_to_zero_outside_support=False, "

ROWS: Final[tuple[Row, ...]] = (
    _distribution("Categorical", _CATEGORICAL, Kind.SOFTMAX, dtype=_UNSUPPORTED),
    _distribution("OneHotCategorical", _CATEGORICAL, Kind.SOFTMAX, dtype="dtype=None, "),
    _distribution("Multinomial", _CATEGORICAL, Kind.SOFTMAX, before="total_count, "),
    _distribution("RelaxedOneHotCategorical", _CATEGORICAL, Kind.SOFTMAX, before="temperature, "),
    _distribution("ExpRelaxedOneHotCategorical", _CATEGORICAL, Kind.SOFTMAX, before="temperature, "),
    _distribution("Bernoulli", _BINARY, Kind.SIGMOID, dtype="dtype=None, "),
    _distribution("RelaxedBernoulli", _BINARY, Kind.SIGMOID, before="temperature, "),
    _distribution("ContinuousBernoulli", _BINARY, Kind.SIGMOID, dtype="dtype=None, "),
    _distribution("Binomial", _BINARY, Kind.SIGMOID, before="total_count, ", title="None"),
    _distribution(
        "NegativeBinomial",
        _BINARY,
        Kind.SIGMOID,
        before="total_count, ",
        behind="require_integer_total_count=True, ",
    ),
    _distribution("Geometric", _BINARY, Kind.SIGMOID, dtype="force_probs_to_zero_outside_support=False, "),
)
