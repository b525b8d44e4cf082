"""The Gumbel trick written out: noise is added to scores, and a softmax is taken of the sum."""

from __future__ import annotations

from typing import Final

from logitlint.frameworks.vocabulary import Fact, Role
from logitlint.inference.lineage import before, outputs
from logitlint.inference.trace import Trace, Use
from logitlint.inference.values import Tensor, Value
from logitlint.kinds import UNKNOWN
from logitlint.rules.checks import is_log, normalises

_ADDITION: Final = "operator.add"
_NEGATION: Final = "operator.neg"
_SCALINGS: Final = ("operator.truediv", "operator.mul")


def is_addition(use: Use) -> bool:
    """Whether it adds: the operator ``+``, or the function of that name."""
    return use.row.name == _ADDITION


def is_gumbel_noise(value: Value) -> bool:
    """Whether a value is noise of the Gumbel distribution, at whatever scale.

    With `u` uniform and `e` exponential, that is ``-log(-log(u))`` and ``-log(e)`` (Gumbel, 1954; Maddison et al., "The
    Concrete Distribution", 2017).
    """
    scaled = _only_maker(value)
    if scaled is not None and scaled.row.name in _SCALINGS:
        return any(is_gumbel_noise(taken.value) for taken in scaled.taken)
    inner = _below_minus_log(value)
    return _below_minus_log(inner) is not None or _is_drawn(_only_maker(inner))


def _below_minus_log(value: Value | None) -> Value | None:
    """The `x` of ``-log(x)``; a number may have been added to it, so that no logarithm is of zero."""
    negated = _only_maker(value)
    if negated is not None and is_addition(negated) and negated.taken[1].kind == UNKNOWN:
        negated = _only_maker(negated.taken[0].value)
    if negated is None or negated.row.name != _NEGATION:
        return None
    logged = _only_maker(negated.taken[0].value)
    taken = logged.first(Role.SUBJECT) if logged is not None and is_log(logged) else None
    return taken.value if taken is not None else None


def _only_maker(value: Value | None) -> Use | None:
    made = outputs(value) if isinstance(value, Tensor) else []
    return made[0] if len(made) == 1 else None


def _is_drawn(use: Use | None) -> bool:
    return use is not None and {Fact.SAMPLES, Fact.TRAINS_NOT} <= use.row.facts


def is_normalised_later(use: Use, trace: Trace) -> bool:
    """Whether a softmax is taken of the result, which may be scaled before."""
    return any(normalises(reader) and _comes_from(before(reader), use) for reader in trace)


def _comes_from(value: Value | None, use: Use) -> bool:
    made = _only_maker(value)
    if made is not None and made.row.name in _SCALINGS:
        return any(_comes_from(taken.value, use) for taken in made.taken)
    return made is not None and made.origin == use.origin
