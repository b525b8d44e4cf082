"""The Gumbel trick written out: what counts as its noise, and what must be done with the sum."""

from __future__ import annotations

import pytest
from msgspec.structs import replace
from traces import LOG, bare, call, compared, keep, literal, made, nobody, operate, result, says

from logitlint.frameworks.vocabulary import Fact
from logitlint.inference.trace import Use
from logitlint.inference.values import Tensor, Value
from logitlint.kinds import UNKNOWN, Kind
from logitlint.rules import RULES

RULE = next(rule for rule in RULES if rule.code == "LGT605")
DRAWN = (Fact.SAMPLES, Fact.TRAINS_NOT)


def drawn(*facts: Fact) -> Tensor:
    return result(call(None, facts=facts or DRAWN, name="lib.exponential_"), UNKNOWN)


def log(value: Value) -> Tensor:
    return result(call(LOG, value, name="lib.log"), UNKNOWN)


def negated(tensor: Tensor) -> Tensor:
    return result(operate("neg", tensor), UNKNOWN)


def minus_log(value: Value) -> Tensor:
    return negated(log(value))


def added(one: Tensor, other: Value, name: str = "add") -> Tensor:
    return result(operate(name, one, other), UNKNOWN)


def told(noise: Value, scores: Tensor | None = None, *, name: str = "add", scaled: str | None = None) -> bool:
    """Whether the sum of probabilities and some noise is reported, when a softmax is taken of it."""
    use = operate(name, made(Kind.SOFTMAX) if scores is None else scores, noise)
    total = result(use, UNKNOWN)
    if scaled is not None:
        total = result(operate(scaled, total, literal(0.5)), UNKNOWN)
    return bool(says(RULE, use, call(Kind.SOFTMAX, total)))


@pytest.mark.parametrize(
    "noise",
    [
        minus_log(drawn()),
        minus_log(minus_log(nobody())),
        minus_log(added(minus_log(nobody()), nobody())),
        added(minus_log(minus_log(nobody())), literal(1e-9)),
        result(operate("mul", minus_log(drawn()), literal(0.1)), UNKNOWN),
        result(operate("truediv", minus_log(drawn()), nobody()), UNKNOWN),
        keep(minus_log(drawn())),
    ],
    ids=["exponential", "uniform", "eps inside", "eps outside", "scaled", "divided", "reshaped"],
)
def test_what_is_gumbel_noise(noise: Tensor) -> None:
    assert told(noise)
    assert told(noise, scaled="truediv")
    assert told(noise, scaled="mul")


@pytest.mark.parametrize(
    "noise",
    [
        nobody(),
        bare(),
        drawn(),
        log(drawn()),
        minus_log(nobody()),
        minus_log(bare()),
        minus_log(made(Kind.SOFTMAX)),
        minus_log(drawn(Fact.SAMPLES)),
        minus_log(drawn(Fact.TRAINS_NOT)),
        minus_log(log(nobody())),
        negated(drawn()),
        negated(bare()),
        negated(negated(drawn())),
        negated(result(replace(call(LOG, name="lib.log"), taken=()), UNKNOWN)),
        result(call(None, log(drawn()), name="lib.abs"), UNKNOWN),
        added(minus_log(drawn()), made(Kind.SOFTMAX)),
        added(minus_log(drawn()), literal(2), "mul_by_a_name_like_add"),
        result(operate("mul", drawn(), literal(0.1)), UNKNOWN),
        result(operate("sub", minus_log(drawn()), literal(0.1)), UNKNOWN),
    ],
)
def test_what_is_none(noise: Value) -> None:
    assert not told(noise)


def test_it_must_be_added_to_probabilities() -> None:
    noise = minus_log(drawn())
    assert not told(noise, made(Kind.LOGITS))
    assert not told(noise, made(Kind.LOG_SOFTMAX))
    assert not told(noise, name="sub")
    assert not told(noise, name="mul")


def test_the_noise_may_stand_on_the_left() -> None:
    use = operate("add", minus_log(drawn()), made(Kind.SOFTMAX))
    assert says(RULE, use, call(Kind.SOFTMAX, result(use, UNKNOWN)))


def test_a_softmax_must_be_taken_of_the_sum() -> None:
    use = operate("add", made(Kind.SOFTMAX), minus_log(drawn()))
    total = result(use, UNKNOWN)

    def reported(*others: Use) -> bool:
        return bool(says(RULE, use, *others))

    assert not reported()
    assert not reported(call(None, total))
    assert not reported(compared(total, literal(0.5)))
    assert not reported(call(Kind.SOFTMAX, result(operate("sub", total, literal(1)), UNKNOWN)))
    assert not reported(call(Kind.SOFTMAX), call(Kind.SOFTMAX, bare()), call(Kind.SOFTMAX, nobody()))
    assert not reported(call(Kind.SOFTMAX, added(made(Kind.SOFTMAX), minus_log(drawn()))))
    assert reported(call(None, total), call(Kind.SOFTMAX, total))
    assert reported(call(Kind.LOG_SOFTMAX, keep(total)))
