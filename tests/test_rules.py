"""Every rule, both ways: what it must say, and what it must not, on traces built by hand."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path

import pytest
from msgspec.structs import replace
from traces import (
    CLAMP,
    EXP,
    LARGEST,
    LOG,
    SMALLEST,
    bare,
    both_indices,
    call,
    compared,
    construct,
    joined,
    keep,
    literal,
    loss,
    made,
    nobody,
    operate,
    origin,
    result,
    sample,
    says,
)

from logitlint.frameworks.vocabulary import Axes, Depends, Fact, Role, SameAs, Scope, Want
from logitlint.inference.trace import Taken, Trace, Use, Via
from logitlint.inference.values import Condition, Tensor, Value
from logitlint.kinds import NOTHING, UNKNOWN, Kind
from logitlint.linter import Linter
from logitlint.rules import RULES, UNREADABLE, explain, judge
from logitlint.rules.pages import pages, write
from logitlint.rules.rule import Entry, Rule
from logitlint.settings import Settings

ALL = frozenset(rule.code for rule in RULES)


def rule(code: str) -> Rule:
    return next(each for each in RULES if each.code == code)


def codes(*uses: Use, enabled: frozenset[str] = ALL) -> list[str]:
    return [judgement.rule.code for judgement in judge(Trace(list(uses)), enabled)]


def arriving(kind: Kind) -> Tensor:
    """A value of one kind, or several that meet; activations go below zero and above one."""
    return bare() if kind == UNKNOWN else joined(*(made(bit) for bit in Kind if bit in kind))


# -- a prediction on each scale: what is said of each kind ------------------------------------------------------------

SINGLE = {
    Want.CLASS_LOGITS: {
        Kind.SOFTMAX: "LGT101",
        Kind.SIGMOID: "LGT103",
        Kind.PROBABILITY: "LGT103",
        Kind.ACTIVATED: "LGT401",
        Kind.LOG_SOFTMAX: "LGT708",
    },
    Want.LABEL_LOGITS: {
        Kind.SOFTMAX: "LGT104",
        Kind.LOG_SOFTMAX: "LGT104",
        Kind.SIGMOID: "LGT102",
        Kind.PROBABILITY: "LGT102",
        Kind.LOG_SIGMOID: "LGT102",
        Kind.ACTIVATED: "LGT401",
    },
    Want.CLASS_PROBABILITIES: {
        Kind.LOGITS: "LGT201",
        Kind.ACTIVATED: "LGT201",
        Kind.LOG_SOFTMAX: "LGT204",
        Kind.LOG_SIGMOID: "LGT204",
        Kind.LOG_PROBABILITY: "LGT204",
        Kind.SIGMOID: "LGT303",
    },
    Want.LABEL_PROBABILITIES: {
        Kind.LOGITS: "LGT201",
        Kind.ACTIVATED: "LGT201",
        Kind.LOG_SOFTMAX: "LGT204",
        Kind.LOG_SIGMOID: "LGT204",
        Kind.LOG_PROBABILITY: "LGT204",
        Kind.SOFTMAX: "LGT301",
        Kind.SIGMOID: "LGT703",
    },
    Want.PROBABILITIES: {
        Kind.LOGITS: "LGT201",
        Kind.ACTIVATED: "LGT201",
        Kind.LOG_SOFTMAX: "LGT204",
        Kind.LOG_SIGMOID: "LGT204",
        Kind.LOG_PROBABILITY: "LGT204",
    },
    Want.CLASS_LOG_PROBABILITIES: {
        Kind.LOGITS: "LGT202",
        Kind.ACTIVATED: "LGT202",
        Kind.SOFTMAX: "LGT203",
        Kind.SIGMOID: "LGT203",
        Kind.PROBABILITY: "LGT203",
    },
}


@pytest.mark.parametrize("want", [None, *Want])
@pytest.mark.parametrize("kind", list(Kind))
def test_each_kind_on_each_scale(kind: Kind, want: Want | None) -> None:
    said = SINGLE.get(want, {}).get(kind) if want else None
    use = loss(arriving(kind), want)
    assert codes(use) == ([said] if said else [])
    assert [each.code for each in RULES if says(each, use)] == codes(use)


@pytest.mark.parametrize("want", list(Want))
def test_what_is_not_known_is_not_judged(want: Want) -> None:
    assert codes(loss(bare(UNKNOWN), want), loss(nobody(), want), loss(bare(NOTHING), want)) == []


@pytest.mark.parametrize(
    ("want", "kind", "said"),
    [
        (Want.CLASS_LOGITS, Kind.SOFTMAX | Kind.SIGMOID, "LGT101"),
        (Want.CLASS_LOGITS, Kind.SOFTMAX | Kind.PROBABILITY, "LGT101"),
        (Want.CLASS_LOGITS, Kind.SIGMOID | Kind.PROBABILITY, "LGT103"),
        (Want.CLASS_LOGITS, Kind.SOFTMAX | Kind.LOGITS, None),
        (Want.CLASS_LOGITS, Kind.SOFTMAX | Kind.LOG_SOFTMAX, None),
        (Want.CLASS_LOGITS, Kind.SIGMOID | Kind.LOGITS, None),
        (Want.CLASS_LOGITS, Kind.ACTIVATED | Kind.LOGITS, None),
        (Want.CLASS_LOGITS, Kind.LOG_SOFTMAX | Kind.LOGITS, None),
        (Want.LABEL_LOGITS, Kind.SOFTMAX | Kind.SIGMOID, "LGT102"),
        (Want.LABEL_LOGITS, Kind.SOFTMAX | Kind.LOG_SIGMOID, "LGT102"),
        (Want.LABEL_LOGITS, Kind.SOFTMAX | Kind.PROBABILITY, "LGT104"),
        (Want.LABEL_LOGITS, Kind.SOFTMAX | Kind.LOG_SOFTMAX, "LGT104"),
        (Want.LABEL_LOGITS, Kind.SIGMOID | Kind.LOGITS, None),
        (Want.LABEL_LOGITS, Kind.SOFTMAX | Kind.LOGITS, None),
        (Want.LABEL_PROBABILITIES, Kind.LOGITS | Kind.LOG_SOFTMAX, "LGT201"),
        (Want.LABEL_PROBABILITIES, Kind.LOGITS | Kind.SOFTMAX, "LGT201"),
        (Want.LABEL_PROBABILITIES, Kind.ACTIVATED | Kind.SOFTMAX, "LGT201"),
        (Want.LABEL_PROBABILITIES, Kind.LOG_SOFTMAX | Kind.SOFTMAX, "LGT204"),
        (Want.LABEL_PROBABILITIES, Kind.LOGITS | Kind.SIGMOID, None),
        (Want.LABEL_PROBABILITIES, Kind.LOG_SIGMOID | Kind.SIGMOID, None),
        (Want.LABEL_PROBABILITIES, Kind.SOFTMAX | Kind.PROBABILITY, None),
        (Want.LABEL_PROBABILITIES, Kind.SOFTMAX | Kind.SIGMOID, None),
        (Want.CLASS_PROBABILITIES, Kind.LOGITS | Kind.SIGMOID, "LGT201"),
        (Want.CLASS_PROBABILITIES, Kind.LOG_SIGMOID | Kind.SIGMOID, "LGT204"),
        (Want.CLASS_PROBABILITIES, Kind.LOGITS | Kind.SOFTMAX, None),
        (Want.CLASS_PROBABILITIES, Kind.SIGMOID | Kind.PROBABILITY, None),
        (Want.PROBABILITIES, Kind.LOGITS | Kind.SOFTMAX, None),
        (Want.PROBABILITIES, Kind.LOG_SOFTMAX | Kind.SIGMOID, None),
        (Want.CLASS_LOG_PROBABILITIES, Kind.LOGITS | Kind.SOFTMAX, "LGT202"),
        (Want.CLASS_LOG_PROBABILITIES, Kind.ACTIVATED | Kind.PROBABILITY, "LGT202"),
        (Want.CLASS_LOG_PROBABILITIES, Kind.LOGITS | Kind.LOG_SOFTMAX, None),
        (Want.CLASS_LOG_PROBABILITIES, Kind.SOFTMAX | Kind.LOG_SOFTMAX, None),
    ],
)
def test_kinds_that_meet_are_judged_once_by_the_general_rule(want: Want, kind: Kind, said: str | None) -> None:
    assert codes(loss(arriving(kind), want)) == ([said] if said else [])


def test_a_message_names_every_kind_and_the_loss() -> None:
    (message,) = says(rule("LGT101"), loss(arriving(Kind.SOFTMAX | Kind.SIGMOID), Want.CLASS_LOGITS))
    assert message.startswith("softmax probabilities or sigmoid probabilities reach the_loss, which applies softmax")


@pytest.mark.parametrize("code", ["LGT201", "LGT204"])
def test_a_loss_that_raises_says_so(code: str) -> None:
    value = arriving(Kind.LOGITS if code == "LGT201" else Kind.LOG_SOFTMAX)
    raising = loss(value, Want.LABEL_PROBABILITIES, facts=[Fact.LOSS, Fact.RAISES_OUTSIDE_UNIT])
    assert "raises" in says(rule(code), raising)[0]
    assert "raises" not in says(rule(code), loss(value, Want.LABEL_PROBABILITIES))[0]


def test_two_units_of_softmax_equal_cross_entropy() -> None:
    two = loss(made(Kind.SOFTMAX, units=2), Want.LABEL_PROBABILITIES)
    three = loss(made(Kind.SOFTMAX, units=3), Want.LABEL_PROBABILITIES)
    assert "equals cross entropy" in says(rule("LGT301"), two)[0]
    assert "equals" not in says(rule("LGT301"), three)[0]


# -- ranges -----------------------------------------------------------------------------------------------------------


def activated(row_low: float | str | None, row_high: float | str | None, **facts: object) -> Tensor:
    return made(Kind.ACTIVATED, row_low=row_low, row_high=row_high, **facts)


RELU, TANH, HARDSIGMOID = (0, None), (-1, 1), (0, 1)


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (activated(*RELU), ["LGT201"]),
        (activated(*TANH), ["LGT201"]),
        (activated(-1, 0.5), ["LGT201"]),
        (activated(None, 1), ["LGT201"]),
        (activated(0, 6), ["LGT201"]),
        (activated(*HARDSIGMOID), []),
        (joined(activated(*RELU), activated(*TANH)), ["LGT201"]),
        (joined(activated(*RELU), activated(*HARDSIGMOID)), []),
        (joined(activated(*HARDSIGMOID), made(Kind.LOGITS)), []),
        (joined(activated(*RELU), made(Kind.LOGITS)), ["LGT201"]),
        (keep(activated(*RELU)), ["LGT201"]),
        (joined(activated(*RELU), made(Kind.LOG_SOFTMAX, row_low=0, row_high=1)), ["LGT201"]),
        (bare(Kind.ACTIVATED), []),
        (result(call(LOG), Kind.ACTIVATED), []),
        (result(operate("add", bare()), Kind.ACTIVATED), []),
        (bare(Kind.ACTIVATED, made=keep(bare(), keeps=False).made), []),
        # Bounds that are arguments are those of the value.
        (activated("low", "high", low=-1.0, high=1.0), ["LGT201"]),
        (activated("low", "high", low=0.0, high=2.0), ["LGT201"]),
        (activated("low", "high", low=0.0, high=1.0), []),
        (activated("low", "high"), []),
        (activated("low", "high", low=-1.0), []),
        (activated("low", "high", high=2.0), []),
        (activated("low", 1, low=-1.0, high=1.0), ["LGT201"]),
        (activated("low", 1, high=1.0), []),
        (activated(0, "high", low=0.0), []),
        # The value may have a range of its own, which the activation does not widen: tanh(relu(z)).
        (activated(*TANH, low=0.0, high=1.0), []),
        (activated(*TANH, low=0.0), []),
        (activated(*RELU, low=-3.0, high=1.0), []),
        (activated(*RELU, low=0.0, high=6.0), ["LGT201"]),
        (replace(joined(activated(*TANH), activated(*TANH)), low=0.0, high=1.0), []),
        (replace(joined(activated(*TANH), activated(*RELU)), low=0.0), []),
        (activated(0, "high", low=0.0, high=3.0), ["LGT201"]),
    ],
)
def test_activations_are_no_probabilities_when_they_leave_the_unit_interval(value: Tensor, said: list[str]) -> None:
    assert codes(loss(value, Want.LABEL_PROBABILITIES)) == said
    assert codes(sample(value, Want.UNIT_PARAMETER)) == ["LGT604" for _ in said]


def test_a_bound_that_is_an_argument_is_not_known_where_values_meet() -> None:
    met = joined(activated("low", "high"), activated(*TANH))
    both = bare(Kind.ACTIVATED, made=met.made, low=-1.0, high=1.0)
    assert codes(loss(both, Want.LABEL_PROBABILITIES)) == []


@pytest.mark.parametrize(
    ("want", "kind", "said"),
    [
        (Want.PROBS_PARAMETER, Kind.LOGITS, ["LGT604"]),
        (Want.PROBS_PARAMETER, Kind.LOG_SOFTMAX, ["LGT604"]),
        (Want.PROBS_PARAMETER, Kind.LOG_SIGMOID, ["LGT604"]),
        (Want.PROBS_PARAMETER, Kind.LOG_PROBABILITY, ["LGT604"]),
        (Want.PROBS_PARAMETER, Kind.ACTIVATED, ["LGT604"]),
        (Want.PROBS_PARAMETER, Kind.LOGITS | Kind.ACTIVATED, ["LGT604"]),
        (Want.PROBS_PARAMETER, Kind.SOFTMAX, []),
        (Want.PROBS_PARAMETER, Kind.SIGMOID, []),
        (Want.PROBS_PARAMETER, Kind.PROBABILITY, []),
        (Want.PROBS_PARAMETER, Kind.ONE_HOT, []),
        (Want.PROBS_PARAMETER, Kind.LOGITS | Kind.SOFTMAX, []),
        (Want.UNIT_PARAMETER, Kind.LOGITS, ["LGT604"]),
        (Want.UNIT_PARAMETER, Kind.LOG_SOFTMAX, ["LGT604"]),
        (Want.UNIT_PARAMETER, Kind.SIGMOID, []),
        (Want.LOGITS_PARAMETER, Kind.SOFTMAX, ["LGT605"]),
        (Want.LOGITS_PARAMETER, Kind.SIGMOID, ["LGT605"]),
        (Want.LOGITS_PARAMETER, Kind.PROBABILITY, ["LGT605"]),
        (Want.LOGITS_PARAMETER, Kind.SOFTMAX | Kind.SIGMOID, ["LGT605"]),
        (Want.LOGITS_PARAMETER, Kind.SOFTMAX | Kind.LOGITS, []),
        (Want.LOGITS_PARAMETER, Kind.LOG_SOFTMAX, []),
        (Want.LOGITS_PARAMETER, Kind.LOGITS, []),
        (Want.LOGITS_PARAMETER, Kind.ACTIVATED, []),
    ],
)
def test_parameters_of_distributions(want: Want, kind: Kind, said: list[str]) -> None:
    assert codes(sample(arriving(kind), want)) == said
    assert codes(sample(arriving(kind), want, Via.CALL)) == said
    assert codes(sample(nobody(), want)) == []


def test_of_activations_that_meet_each_has_its_own_bounds() -> None:
    met = replace(joined(activated(*RELU), activated(*TANH)), low=-1.0)
    assert codes(sample(met, Want.PROBS_PARAMETER)) == []
    assert codes(sample(activated(*TANH, low=-1.0), Want.PROBS_PARAMETER)) == ["LGT604"]


def test_an_activation_of_what_is_not_known_may_leave_it_as_it_is() -> None:
    use = call(Kind.ACTIVATED, low=0)
    assert codes(loss(result(use, Kind.ACTIVATED), Want.LABEL_PROBABILITIES)) == []


@pytest.mark.parametrize(("low", "high"), [(0, None), (None, 0.5), (0, 6), (-1, 1)])
def test_an_activation_of_what_lost_its_range_may_leave_it_as_it_is(low: float | None, high: float | None) -> None:
    kept = activated(low, high, low=low, high=high)

    def said(earlier: Tensor) -> bool:
        value = result(call(Kind.ACTIVATED, earlier, low=-1, high=2), Kind.ACTIVATED)
        return codes(loss(value, Want.LABEL_PROBABILITIES)) == ["LGT201"]

    assert said(kept)
    assert said(keep(kept))
    assert said(replace(kept, low=None)) is (low is None)
    assert said(replace(kept, high=None)) is (high is None)


def test_weights_need_not_be_below_one() -> None:
    assert codes(sample(activated(*RELU), Want.PROBS_PARAMETER)) == []
    assert codes(sample(activated(*RELU), Want.UNIT_PARAMETER)) == ["LGT604"]


# -- the target of a divergence ---------------------------------------------------------------------------------------

DIVERGENCE = [Fact.LOSS, Fact.DIVERGENCE]


@pytest.mark.parametrize(
    ("want", "kind", "said"),
    [
        (Want.DISTRIBUTION, Kind.LOGITS, True),
        (Want.DISTRIBUTION, Kind.ACTIVATED, True),
        (Want.DISTRIBUTION, Kind.LOG_SOFTMAX, True),
        (Want.DISTRIBUTION, Kind.LOG_SIGMOID, True),
        (Want.DISTRIBUTION, Kind.LOG_PROBABILITY, True),
        (Want.DISTRIBUTION, Kind.LOGITS | Kind.LOG_SOFTMAX, True),
        (Want.DISTRIBUTION, Kind.SOFTMAX, False),
        (Want.DISTRIBUTION, Kind.SIGMOID, False),
        (Want.DISTRIBUTION, Kind.PROBABILITY, False),
        (Want.DISTRIBUTION, Kind.ONE_HOT, False),
        (Want.DISTRIBUTION, Kind.LOGITS | Kind.SOFTMAX, False),
        (Want.LOG_DISTRIBUTION, Kind.LOGITS, True),
        (Want.LOG_DISTRIBUTION, Kind.ACTIVATED, True),
        (Want.LOG_DISTRIBUTION, Kind.SOFTMAX, True),
        (Want.LOG_DISTRIBUTION, Kind.SIGMOID, True),
        (Want.LOG_DISTRIBUTION, Kind.PROBABILITY, True),
        (Want.LOG_DISTRIBUTION, Kind.ONE_HOT, True),
        (Want.LOG_DISTRIBUTION, Kind.LOG_SOFTMAX, False),
        (Want.LOG_DISTRIBUTION, Kind.LOG_PROBABILITY, False),
        (Want.LOG_DISTRIBUTION, Kind.SOFTMAX | Kind.LOG_SOFTMAX, False),
        (Want.CLASSES, Kind.LOG_SOFTMAX, False),
    ],
)
def test_target_of_a_divergence(want: Want, kind: Kind, said: bool) -> None:
    use = loss(made(Kind.LOG_SOFTMAX), Want.CLASS_LOG_PROBABILITIES, arriving(kind), want)
    assert codes(use) == (["LGT205"] if said else [])


def test_target_of_a_divergence_may_be_weights() -> None:
    prediction = made(Kind.LOG_SOFTMAX)
    assert codes(loss(prediction, Want.CLASS_LOG_PROBABILITIES, activated(*RELU), Want.DISTRIBUTION)) == []


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({}, True),
        ({"reduction": literal("mean")}, True),
        ({"reduction": literal("batchmean")}, False),
        ({"reduction": literal("sum")}, False),
        ({"reduction": nobody()}, False),
        ({"size_average": literal(None), "reduce": literal(None)}, True),
        ({"size_average": literal(False)}, False),
        ({"reduce": literal(False)}, False),
    ],
)
def test_mean_of_a_divergence(given: dict[str, Value], said: bool) -> None:
    use = loss(nobody(), facts=DIVERGENCE, given=given)
    assert codes(use) == (["LGT803"] if said else [])


def test_mean_of_what_is_no_divergence() -> None:
    assert codes(loss(nobody())) == []
    assert codes(construct({"reduction": literal("mean")}, facts=DIVERGENCE)) == []
    assert codes(replace(loss(nobody(), facts=DIVERGENCE), open=True)) == []


# -- normalised twice, and once too often -----------------------------------------------------------------------------


def normalise(
    kind: Kind, subject: Tensor, axis: int | None = 1, facts: tuple[Fact, ...] = (Fact.MONOTONE,), explicit: bool = True
) -> Use:
    given = {"dim": literal(axis)} if explicit else {}
    return call(kind, subject, name=f"lib.{(kind.name or '').lower()}", axis="dim", given=given, facts=facts)


@pytest.mark.parametrize(
    ("outer", "inner", "said"),
    [
        (Kind.SOFTMAX, Kind.SOFTMAX, "LGT105"),
        (Kind.LOG_SOFTMAX, Kind.SOFTMAX, "LGT105"),
        (Kind.SIGMOID, Kind.SIGMOID, "LGT105"),
        (Kind.LOG_SIGMOID, Kind.SIGMOID, "LGT105"),
        (Kind.LOG_SOFTMAX, Kind.LOG_SOFTMAX, "LGT708"),
        (Kind.SOFTMAX, Kind.LOG_SOFTMAX, None),
        (Kind.SOFTMAX, Kind.SIGMOID, None),
        (Kind.SIGMOID, Kind.SOFTMAX, None),
        (Kind.SIGMOID, Kind.LOG_SIGMOID, None),
        (Kind.LOG_SIGMOID, Kind.LOG_SIGMOID, None),
        (Kind.SOFTMAX, Kind.LOGITS, None),
        (Kind.SIGMOID, Kind.LOGITS, None),
        (Kind.ACTIVATED, Kind.ACTIVATED, None),
        (Kind.ACTIVATED, Kind.SOFTMAX, None),
        (Kind.LOGITS, Kind.SOFTMAX, None),
    ],
)
def test_one_function_after_another(outer: Kind, inner: Kind, said: str | None) -> None:
    assert codes(normalise(outer, made(inner, axis=1))) == ([said] if said else [])


@pytest.mark.parametrize("kind", [Kind.SOFTMAX, Kind.LOG_SOFTMAX, Kind.SIGMOID])
def test_what_is_normalised_twice_was_made_by_such_a_function(kind: Kind) -> None:
    assert codes(normalise(kind, result(call(Kind.LOGITS), kind, axis=1))) == []
    both = joined(made(kind, axis=1), result(call(Kind.LOGITS), kind))
    assert codes(normalise(kind, replace(both, axis=1))) == []


AGAIN = [(Kind.SOFTMAX, "LGT105"), (Kind.LOG_SOFTMAX, "LGT708")]


@pytest.mark.parametrize(("kind", "code"), AGAIN)
def test_over_the_same_axis_only(kind: Kind, code: str) -> None:
    def again(over: int | None, **facts: object) -> list[str]:
        return codes(normalise(kind, made(kind, **facts), over))

    assert again(1, axis=1) == [code]
    assert again(-1, axis=-1) == [code]
    assert again(-1, axis=1) == []
    assert again(-1, axis=1, rank=2) == [code]
    assert again(1, axis=-1, rank=2) == [code]
    assert again(-1, axis=1, rank=3) == []
    assert again(2, axis=1) == []
    assert again(None, axis=1) == []
    assert again(1, axis=None) == []
    assert again(None, axis=1, rank=2) == []
    assert again(1, axis=None, rank=2) == []


@pytest.mark.parametrize(("kind", "code"), AGAIN)
def test_shape_operations_may_lie_between(kind: Kind, code: str) -> None:
    first = made(kind, axis=1)
    assert codes(normalise(kind, keep(first, Axes.KEPT))) == [code]
    assert codes(normalise(kind, keep(first, Axes.PERMUTED, axis=1))) == [code]
    assert codes(normalise(kind, keep(first, axis=None))) == []
    assert codes(normalise(kind, keep(first, Axes.KEPT, facts=[Fact.DROPOUT]))) == []
    assert codes(normalise(kind, keep(first, Axes.SLICED, axis=1))) == []
    assert codes(normalise(kind, bare(kind, axis=1))) == []
    assert codes(normalise(kind, replace(first, kind=Kind.LOGITS))) == []  # a note on the line wins
    assert codes(call(kind, nobody(), axis=1)) == []


@pytest.mark.parametrize(("kind", "code"), AGAIN)
def test_two_axes_left_to_be_guessed_are_one_while_the_shape_is(kind: Kind, code: str) -> None:
    guessing = (Fact.IMPLICIT_AXIS,)
    first = result(normalise(kind, bare(), facts=guessing, explicit=False), kind)
    told = result(normalise(kind, bare(), facts=guessing), kind, axis=1)

    def again(subject: Tensor, explicit: bool = False) -> list[str]:
        said = codes(normalise(kind, subject, facts=guessing, explicit=explicit))
        return [each for each in said if each != "LGT501"]

    assert again(first) == [code]
    assert again(keep(first, Axes.KEPT)) == [code]
    assert again(keep(first, Axes.RESHAPED)) == []
    assert again(told) == []
    assert again(first, explicit=True) == []
    assert again(joined(first, told)) == []


def test_sigmoid_twice_in_any_shape() -> None:
    first = made(Kind.SIGMOID)
    assert codes(call(Kind.SIGMOID, keep(first))) == ["LGT105"]
    assert codes(call(Kind.SIGMOID, result(operate("sub", first, literal(1)), Kind.SIGMOID))) == []
    assert codes(call(Kind.SIGMOID, bare(Kind.SIGMOID))) == []
    assert codes(call(Kind.SIGMOID, replace(first, kind=Kind.LOGITS))) == []  # a note on the line wins
    assert codes(call(Kind.SIGMOID, joined(first, made(Kind.LOGITS)))) == []
    assert codes(call(None, first)) == []
    assert codes(call(Kind.SIGMOID, nobody())) == []


def test_log_softmax_over_the_batch_is_not_redundant() -> None:
    def before_loss(**facts: object) -> list[str]:
        return codes(loss(made(Kind.LOG_SOFTMAX, **facts), Want.CLASS_LOGITS))

    assert before_loss(axis=1) == ["LGT708"]
    assert before_loss(axis=0) == []
    assert before_loss(axis=-2, rank=2) == []
    assert before_loss(axis=-1) == ["LGT708"]


# -- units ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", [Kind.SOFTMAX, Kind.LOG_SOFTMAX])
def test_softmax_over_one_unit(kind: Kind) -> None:
    def over(axis: int | None, **facts: object) -> list[str]:
        return codes(normalise(kind, bare(**facts), axis))

    assert over(-1, units=1) == ["LGT304"]
    assert over(1, units=1, rank=2) == ["LGT304"]
    assert over(2, units=1, rank=3) == ["LGT304"]
    assert over(1, units=1, rank=3) == []
    assert over(1, units=1) == []
    assert over(None, units=1) == []
    assert over(-1, units=2) == []
    assert over(-1) == []
    assert over(-2, units=1, rank=2) == []


@pytest.mark.parametrize("kind", [Kind.SIGMOID, Kind.LOGITS, Kind.ACTIVATED])
def test_other_functions_over_one_unit(kind: Kind) -> None:
    assert codes(normalise(kind, bare(units=1), -1)) == []


def test_what_softmax_over_one_unit_gives_is_not_reported_again() -> None:
    constant = normalise(Kind.SOFTMAX, bare(units=1), -1)
    value = keep(result(constant, Kind.SOFTMAX, units=1, axis=-1))
    assert codes(constant, loss(value, Want.CLASS_LOGITS)) == ["LGT304"]
    assert codes(constant, loss(value, Want.LABEL_PROBABILITIES)) == ["LGT304"]
    assert codes(constant, loss(value, Want.CLASS_LOGITS), enabled=ALL - {"LGT304"}) == ["LGT305"]
    other = joined(value, made(Kind.SOFTMAX))
    assert codes(constant, loss(other, Want.CLASS_LOGITS)) == ["LGT304", "LGT101"]
    assert codes(constant, loss(arriving(Kind.SOFTMAX), Want.CLASS_LOGITS)) == ["LGT304", "LGT101"]
    assert codes(constant, normalise(Kind.SOFTMAX, bare())) == ["LGT304"]
    raising = loss(nobody(), facts=[Fact.RAISES_UNDER_AUTOCAST], scopes=[Scope.AUTOCAST])
    assert codes(constant, raising) == ["LGT304", "LGT704"]


@pytest.mark.parametrize("want", list(Want))
def test_categorical_loss_on_one_unit(want: Want) -> None:
    categorical = want in (Want.CLASS_LOGITS, Want.CLASS_PROBABILITIES, Want.CLASS_LOG_PROBABILITIES)
    assert codes(loss(bare(units=1), want)) == (["LGT305"] if categorical else [])
    assert codes(loss(bare(units=2), want), loss(bare(), want)) == []


def test_the_single_unit_must_be_the_class() -> None:
    def given(target_want: Want | None = Want.CLASSES, target: Value | None = None, **facts: object) -> list[str]:
        return codes(loss(bare(**facts), Want.CLASS_LOG_PROBABILITIES, target, target_want))

    assert given(units=1, rank=2) == ["LGT305"]
    assert given(units=1, axis=-1) == ["LGT305"]
    assert given(units=1, axis=1, rank=2) == ["LGT305"]
    assert given(units=1, rank=3) == []
    assert given(units=1, axis=1) == []
    assert given(Want.DISTRIBUTION, units=1) == []
    assert given(Want.LOG_DISTRIBUTION, bare(), units=1) == []


def test_units_are_told_before_scales() -> None:
    assert codes(loss(made(Kind.SOFTMAX, units=1), Want.CLASS_LOGITS)) == ["LGT305"]
    assert codes(loss(made(Kind.SOFTMAX, units=1), Want.CLASS_LOGITS), enabled=frozenset({"LGT101"})) == ["LGT101"]


@pytest.mark.parametrize("axis", [-1, 1])
def test_argmax_over_one_unit(axis: int) -> None:
    facts = [Fact.DECIDES, Fact.TRAINS_NOT]

    def over(gives: object = LARGEST, facts: list[Fact] = facts, **tensor: object) -> list[str]:
        use = call(gives, bare(**tensor), axis="dim", given={"dim": literal(axis)}, facts=facts)  # type: ignore[arg-type]
        return codes(use)

    assert over(units=1, rank=2) == ["LGT603"]
    assert over(units=1) == (["LGT603"] if axis == -1 else [])
    assert over(units=2, rank=2) == []
    assert over(rank=2) == []
    assert over(SMALLEST, units=1, rank=2) == []
    assert over(facts=[], units=1, rank=2) == []
    assert over(Kind.DECISION, units=1, rank=2) == []


def test_argmax_of_everything() -> None:
    assert codes(call(LARGEST, bare(units=1), axis="dim", facts=[Fact.DECIDES])) == []
    assert codes(call(LARGEST, nobody(), axis="dim", given={"dim": literal(-1)}, facts=[Fact.DECIDES])) == []


def test_max_over_one_unit_only_where_the_index_is_read() -> None:
    def most(units: int = 1, gives: object = None) -> Use:
        whole = gives or both_indices()
        return call(whole, bare(units=units), axis="dim", given={"dim": literal(-1)})  # type: ignore[arg-type]

    use, other = most(), most(2)
    assert codes(use, compared(keep(result(use, Kind.DECISION)), nobody())) == ["LGT603"]
    assert codes(use, compared(result(use, Kind.LOGITS), nobody())) == []
    assert codes(use, compared(made(Kind.DECISION), nobody())) == []
    assert codes(other, compared(result(other, Kind.DECISION), nobody())) == []
    assert codes(use) == []
    for gives in (Depends("dim", {1: Axes.PICKED}), Depends("dim", {1: (Axes.PICKED, SMALLEST)}), Kind.LOGITS):
        use = most(gives=gives)
        assert codes(use, compared(result(use, Kind.DECISION), nobody())) == []


# -- between the scores and the loss ----------------------------------------------------------------------------------


@pytest.mark.parametrize("want", [Want.CLASS_LOGITS, Want.LABEL_LOGITS])
def test_activation_is_the_last_thing(want: Want) -> None:
    relu = made(Kind.ACTIVATED)
    assert codes(loss(relu, want)) == ["LGT401"]
    assert codes(loss(keep(relu), want)) == ["LGT401"]
    assert codes(loss(joined(relu, made(Kind.ACTIVATED)), want)) == ["LGT401"]
    assert codes(loss(joined(relu, result(call(Kind.LOGITS), Kind.ACTIVATED)), want)) == []
    assert codes(loss(keep(relu, Axes.POOLED), want)) == []
    assert codes(loss(keep(relu, Axes.KEPT, facts=[Fact.DROPOUT]), want)) == []
    assert codes(loss(bare(Kind.ACTIVATED), want)) == []
    assert codes(loss(result(call(LOG), Kind.ACTIVATED), want)) == []
    assert codes(loss(result(call(Kind.LOGITS), Kind.ACTIVATED), want)) == []
    assert codes(loss(replace(relu, kind=Kind.LOGITS), want)) == []  # a note on the line wins
    assert "activated right before the_loss" in says(rule("LGT401"), loss(relu, want))[0]


@pytest.mark.parametrize(
    ("value", "fate"),
    [
        (activated(*RELU), "cut off"),
        (activated(None, 0), "cut off"),
        (activated(None, None), "bent"),
        (joined(activated(None, None), activated(*TANH)), "cut off"),
    ],
)
def test_only_an_activation_with_a_bound_cuts_off(value: Tensor, fate: str) -> None:
    (message,) = says(rule("LGT401"), loss(value, Want.CLASS_LOGITS))
    assert message.endswith(f"the scores are {fate}")


@pytest.mark.parametrize(
    ("low", "high", "said"),
    [
        (-10.0, 10.0, []),
        (-20.0, 20.0, []),
        (-9.5, 10.0, ["LGT401"]),
        (-10.0, 9.5, ["LGT401"]),
        (None, 10.0, ["LGT401"]),
        (-10.0, None, ["LGT401"]),
    ],
)
def test_a_wide_range_is_a_clamp(low: float | None, high: float | None, said: list[str]) -> None:
    assert codes(loss(activated("low", "high", low=low, high=high), Want.CLASS_LOGITS)) == said


def cut_before(
    value: Value, kind: Kind = Kind.LOG_SOFTMAX, want: Want | None = Want.CLASS_LOG_PROBABILITIES
) -> list[str]:
    """What is said of an activation between which and a loss stands one function."""
    use = call(kind, value)
    return codes(use, loss(result(use, kind), want), enabled=frozenset({"LGT401"}))


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (activated(*RELU), True),
        (activated(*TANH), True),
        (activated(0, 6), True),
        (activated(0, "high"), True),
        (activated(-1, "high"), True),
        (activated(-1, None), False),
        (activated(None, None), False),
        (activated(None, 0), False),
        (activated(0.0, None), True),
        (activated("low", 1), False),
        (keep(activated(*RELU)), True),
        (joined(activated(*RELU), activated(*TANH)), True),
        (joined(activated(*RELU), activated(-1, None)), False),
        (joined(activated(*RELU), result(call(Kind.LOGITS), Kind.ACTIVATED)), False),
        (made(Kind.LOGITS), False),
        (bare(Kind.ACTIVATED), False),
        (nobody(), False),
    ],
)
def test_an_activation_that_cuts_off_before_the_function_that_normalises(value: Value, said: bool) -> None:
    assert cut_before(value) == ["LGT401"] * said
    assert cut_before(value, Kind.SIGMOID, Want.LABEL_PROBABILITIES) == ["LGT401"] * said


def test_a_loss_must_read_what_is_normalised_as_such() -> None:
    only = frozenset({"LGT401"})
    relu = activated(*RELU)
    for want in (Want.CLASS_LOG_PROBABILITIES, Want.CLASS_PROBABILITIES, Want.LABEL_PROBABILITIES, Want.PROBABILITIES):
        assert cut_before(relu, Kind.SOFTMAX, want) == ["LGT401"]
    for kind in (Kind.SOFTMAX, Kind.LOG_SIGMOID):
        assert cut_before(relu, kind) == ["LGT401"]
    for kind in (Kind.LOGITS, Kind.ACTIVATED, Kind.PROBABILITY):
        assert cut_before(relu, kind) == []
    for other in (Want.CLASS_LOGITS, Want.SCORES, None):
        assert cut_before(relu, want=other) == []
    use = call(Kind.SOFTMAX, relu)
    p = result(use, Kind.SOFTMAX)
    assert codes(use, enabled=only) == []
    assert codes(use, loss(made(Kind.SOFTMAX), Want.CLASS_PROBABILITIES), enabled=only) == []
    assert codes(use, loss(bare(), Want.CLASS_PROBABILITIES, p, Want.CLASS_PROBABILITIES), enabled=only) == []
    assert codes(use, loss(keep(p), Want.CLASS_PROBABILITIES), enabled=only) == ["LGT401"]
    assert codes(use, loss(joined(made(Kind.SOFTMAX), p), Want.CLASS_PROBABILITIES), enabled=only) == ["LGT401"]
    same_place = result(call(Kind.SOFTMAX, name="lib.other", at=use.origin), Kind.SOFTMAX)
    assert codes(use, loss(same_place, Want.CLASS_PROBABILITIES), enabled=only) == []
    same_name = result(call(Kind.SOFTMAX), Kind.SOFTMAX)
    assert codes(use, loss(same_name, Want.CLASS_PROBABILITIES), enabled=only) == []


@pytest.mark.parametrize("want", [Want.CLASS_LOGITS, Want.LABEL_LOGITS])
def test_dropout_is_the_last_thing(want: Want) -> None:
    def after(kind: Kind = Kind.LOGITS, facts: tuple[Fact, ...] = (Fact.DROPOUT,), **given: Value) -> Tensor:
        return result(call(kind, bare(kind), given=given, facts=facts), kind)

    assert codes(loss(after(), want)) == ["LGT402"]
    assert codes(loss(keep(after()), want)) == ["LGT402"]
    assert codes(loss(after(p=literal(0.5), training=literal(True)), want)) == ["LGT402"]
    assert codes(loss(after(p=nobody(), training=nobody()), want)) == ["LGT402"]
    assert codes(loss(after(p=literal(0.0)), want)) == []
    assert codes(loss(after(p=literal(0)), want)) == []
    assert codes(loss(after(training=literal(False)), want)) == []
    assert codes(loss(after(facts=()), want)) == []
    assert codes(loss(after(UNKNOWN), want)) == []
    assert codes(loss(joined(after(), made(Kind.LOGITS)), want)) == []
    assert codes(loss(bare(Kind.LOGITS), want)) == []
    assert codes(loss(after(), Want.SCORES)) == []


def decided(kind: Kind = Kind.LOGITS, facts: tuple[Fact, ...] = (Fact.DECIDES,)) -> Tensor:
    return result(call(SMALLEST, bare(kind), facts=facts), Kind.DECISION)


@pytest.mark.parametrize("want", [None, *Want])
def test_a_decision_reaches_a_loss(want: Want | None) -> None:
    assert codes(loss(decided(), want)) == ["LGT403"]
    assert codes(loss(keep(decided()), want)) == ["LGT403"]


@pytest.mark.parametrize("kind", list(Kind))
def test_only_answers_of_a_model_are_decided(kind: Kind) -> None:
    wrong = kind not in (Kind.ONE_HOT, Kind.CLASS_INDEX, Kind.DECISION, Kind.LOSS, Kind.PARAMETER)
    assert codes(loss(decided(kind), Want.CLASS_LOGITS)) == (["LGT403"] if wrong else [])


def test_a_decision_in_code_that_does_not_train() -> None:
    want = Want.CLASS_LOGITS
    assert codes(loss(decided(), want, scopes=[Scope.NO_GRAD])) == []
    assert codes(loss(decided(), want, scopes=[Scope.EVAL])) == []
    assert codes(loss(decided(), want, scopes=[Scope.AUTOCAST])) == ["LGT403"]
    assert codes(loss(decided(), want, facts=[Fact.METRIC])) == []
    used = loss(decided(), want)
    number = call(Kind.LOSS, result(used, Kind.LOSS), facts=[Fact.TRAINS_NOT])
    scaled = call(Kind.LOSS, result(used, Kind.LOSS))
    other = loss(decided(), want)
    elsewhere = call(Kind.LOSS, result(other, Kind.LOSS), facts=[Fact.TRAINS_NOT])
    same_place = replace(other, origin=used.origin)
    same_row = replace(other, row=used.row)
    assert codes(used, number) == []
    assert codes(used, scaled, elsewhere) == ["LGT403"]
    for unrelated in (same_place, same_row):
        number = call(Kind.LOSS, result(unrelated, Kind.LOSS), facts=[Fact.TRAINS_NOT])
        assert codes(used, number) == ["LGT403"]


def test_what_was_not_decided_by_argmax_or_a_threshold() -> None:
    want = Want.CLASS_LOGITS
    assert codes(loss(bare(Kind.DECISION), want)) == []
    assert codes(loss(decided(facts=()), want)) == []
    assert codes(loss(decided(UNKNOWN), want)) == []
    assert codes(loss(joined(decided(), decided(UNKNOWN)), want)) == []
    assert codes(loss(joined(decided(), bare(Kind.LOGITS)), want)) == []
    assert codes(loss(nobody(), want)) == []
    of_nobody = call(SMALLEST, nobody(), facts=[Fact.DECIDES])
    assert codes(loss(result(of_nobody, Kind.DECISION), want)) == []


def test_a_distance_has_no_side_that_is_the_predictions() -> None:
    assert codes(loss(decided(), Want.SCORES, nobody())) == ["LGT403"]
    assert codes(loss(decided(), Want.SCORES, bare())) == ["LGT403"]
    assert codes(loss(decided(), Want.SCORES, bare(Kind.LOGITS))) == []
    whole = loss(decided(), Want.SCORES)
    assert codes(replace(whole, taken=whole.taken[:1])) == ["LGT403"]
    assert codes(loss(decided(), Want.SCORES, keep(bare()))) == ["LGT403"]
    assert codes(loss(decided(), Want.SCORES, keep(made(UNKNOWN)))) == []
    assert codes(loss(decided(), Want.LABEL_PROBABILITIES, keep(made(UNKNOWN)))) == ["LGT403"]
    either = joined(keep(bare()), keep(made(UNKNOWN)))
    assert codes(loss(decided(), Want.SCORES, either)) == []


def test_a_distance_of_decisions_beside_another_loss_is_a_metric() -> None:
    score = made(Kind.LOGITS)
    chosen = result(call(SMALLEST, score, facts=[Fact.DECIDES]), Kind.DECISION)
    distance = loss(chosen, Want.SCORES)
    assert codes(distance, loss(score, Want.CLASS_LOGITS)) == []
    assert codes(distance, loss(score, Want.CLASS_LOGITS, facts=[Fact.RAISES_UNDER_AUTOCAST])) == ["LGT403"]
    assert codes(distance, loss(made(Kind.LOGITS), Want.CLASS_LOGITS)) == ["LGT403"]


# -- the axis of a softmax --------------------------------------------------------------------------------------------


def test_softmax_without_an_axis() -> None:
    guessing = (Fact.IMPLICIT_AXIS,)
    assert codes(normalise(Kind.SOFTMAX, bare(), facts=guessing, explicit=False)) == ["LGT501"]
    assert codes(normalise(Kind.SOFTMAX, bare(), None, facts=guessing)) == ["LGT501"]
    assert codes(normalise(Kind.SOFTMAX, bare(), 0, facts=guessing)) == []
    assert codes(normalise(Kind.SOFTMAX, bare(), facts=(), explicit=False)) == []
    given = {"dim": nobody()}
    assert codes(call(Kind.SOFTMAX, axis="dim", given=given, facts=guessing)) == []
    assert codes(call(Kind.SOFTMAX, axis=-3, facts=guessing)) == []
    hidden = replace(normalise(Kind.SOFTMAX, bare(), facts=guessing, explicit=False), open=True)
    assert codes(hidden) == []


def test_softmax_over_the_batch() -> None:
    def over(
        axis: int = 0,
        want: Want = Want.CLASS_LOG_PROBABILITIES,
        kind: Kind = Kind.LOG_SOFTMAX,
        target_want: Want | None = Want.CLASS_INDEX,
        after: int | None = 0,
        **facts: object,
    ) -> list[str]:
        use = normalise(kind, bare(**facts), axis)
        value = keep(result(use, kind, axis=after), Axes.KEPT)
        return codes(use, loss(value, want, None, target_want), enabled=frozenset({"LGT502"}))

    assert over(batched=True) == ["LGT502"]
    assert over(rank=2) == ["LGT502"]
    assert over(axis=-2, rank=2) == ["LGT502"]
    assert over(kind=Kind.SOFTMAX, want=Want.CLASS_LOGITS, batched=True, units=10) == ["LGT502"]
    assert over(want=Want.CLASS_PROBABILITIES, kind=Kind.SOFTMAX, batched=True) == ["LGT502"]
    assert over() == []
    assert over(rank=1) == []
    assert over(axis=1, batched=True) == []
    assert over(axis=-1, rank=2) == []
    assert over(batched=True, units=1) == []
    assert over(kind=Kind.SIGMOID, batched=True) == []
    assert over(want=Want.SCORES, batched=True) == []
    assert over(target_want=Want.DISTRIBUTION, batched=True) == []
    assert over(after=None, batched=True) == []


def test_softmax_over_an_axis_that_another_reading_proves_to_be_the_batch() -> None:
    def read(axis: int | None, role: Role = Role.SUBJECT, after: int | None = 0) -> list[str]:
        use = normalise(Kind.LOG_SOFTMAX, bare(), 0)
        value = result(use, Kind.LOG_SOFTMAX, axis=0)
        target_want = Want.CLASS_INDEX
        reading = normalise(Kind.DECISION, replace(value, axis=after), axis)
        reading = replace(reading, taken=tuple(replace(taken, role=role) for taken in reading.taken))
        uses = use, loss(value, Want.CLASS_LOG_PROBABILITIES, None, target_want), reading
        return codes(*uses, enabled=frozenset({"LGT502"}))

    assert read(1) == ["LGT502"]
    assert read(-2) == ["LGT502"]
    assert read(0) == []
    assert read(-1) == []
    assert read(None) == []
    assert read(1, role=Role.TARGET) == []
    assert read(1, after=None) == []


def test_softmax_over_the_batch_that_no_classifier_reads() -> None:
    use = normalise(Kind.SOFTMAX, bare(batched=True), 0)
    value = result(use, Kind.SOFTMAX, axis=0)
    assert codes(use, loss(nobody(), Want.CLASS_LOGITS, value, Want.CLASSES)) == []
    assert codes(use, loss(made(Kind.SOFTMAX, axis=0), Want.CLASS_LOGITS), enabled=frozenset({"LGT502"})) == []
    assert codes(use) == []
    assert codes(call(Kind.SOFTMAX, nobody(), axis=0)) == []


# -- decisions --------------------------------------------------------------------------------------------------------


def evidence(tensor: Tensor, kind: str) -> Use:
    match kind:
        case "loss on logits":
            return loss(keep(tensor), Want.LABEL_LOGITS)
        case "loss on classes":
            return loss(tensor, Want.CLASS_LOGITS)
        case "distance":
            return loss(tensor, Want.SCORES)
        case "target":
            return loss(bare(), Want.LABEL_LOGITS, tensor, Want.LABEL_LOGITS)
        case "beside":
            return loss(bare(), Want.LABEL_LOGITS, tensor)
        case "beside nothing known":
            return loss(nobody(), Want.LABEL_LOGITS, tensor)
        case "sigmoid":
            return call(Kind.SIGMOID, tensor)
        case "softmax":
            return call(Kind.LOG_SOFTMAX, tensor)
        case "relu":
            return call(Kind.ACTIVATED, tensor)
    return call(None, tensor)


@pytest.mark.parametrize(
    ("kind", "proves"),
    [
        ("loss on logits", True),
        ("loss on classes", True),
        ("sigmoid", True),
        ("softmax", True),
        ("distance", False),
        ("target", False),
        ("beside", False),
        ("beside nothing known", False),
        ("relu", False),
        ("nothing", False),
    ],
)
def test_half_is_no_threshold_of_a_score(kind: str, proves: bool) -> None:
    only = frozenset({"LGT601"})
    score = made(Kind.LOGITS)
    said = ["LGT601"] if proves else []
    assert codes(compared(score, literal(0.5)), evidence(score, kind), enabled=only) == said
    assert codes(compared(keep(score), literal(0.5)), evidence(score, kind), enabled=only) == said
    rounded = call(SMALLEST, score, facts=[Fact.DECIDES, Fact.THRESHOLDS])
    assert codes(rounded, evidence(score, kind), enabled=only) == said
    assert codes(compared(score, literal(0.5)), evidence(made(Kind.LOGITS), kind), enabled=only) == []


def test_what_is_rounded_to_be_shown_is_no_decision() -> None:
    score = made(Kind.LOGITS)
    proof = evidence(score, "sigmoid")
    rounded = call(SMALLEST, score, facts=[Fact.DECIDES, Fact.THRESHOLDS])
    shown = replace(rounded, scopes=frozenset({Scope.SHOWN}))
    assert codes(shown, proof) == []
    assert codes(shown, proof, compared(result(shown, Kind.DECISION), nobody())) == ["LGT601"]
    assert codes(replace(rounded, scopes=frozenset({Scope.NO_GRAD})), proof) == ["LGT601"]
    half = replace(compared(score, literal(0.5)), scopes=frozenset({Scope.SHOWN}))
    assert codes(half, proof) == ["LGT601"]


def test_thresholds_that_are_right() -> None:
    score = made(Kind.LOGITS)
    proof = evidence(score, "sigmoid")
    assert codes(compared(score, literal(0)), proof) == []
    assert codes(compared(score, literal(0.7)), proof) == []
    assert codes(compared(score, nobody()), proof) == []
    assert codes(operate("sub", score, literal(0.5)), proof) == []
    assert codes(operate("sub", score, literal(0.5), facts=[Fact.TRAINS_NOT]), proof) == []
    assert codes(operate("neg", score), proof) == []
    digits = call(SMALLEST, score, facts=[Fact.DECIDES, Fact.THRESHOLDS], given={"decimals": literal(2)})
    assert codes(digits, proof) == []
    hidden = replace(call(SMALLEST, score, facts=[Fact.DECIDES, Fact.THRESHOLDS]), open=True)
    assert codes(hidden, proof) == []
    assert codes(call(SMALLEST, score, facts=[Fact.DECIDES]), proof) == []
    for kind in (UNKNOWN, Kind.PROBABILITY, Kind.CLASS_INDEX, Kind.LOGITS | Kind.SIGMOID):
        other = bare(kind)
        assert codes(compared(other, literal(0.5)), evidence(other, "sigmoid")) == []
    assert codes(call(SMALLEST, nobody(), facts=[Fact.DECIDES, Fact.THRESHOLDS])) == []


def test_what_a_loss_reads_as_logits_is_no_probability() -> None:
    only = frozenset({"LGT601"})
    unknown, branch = bare(), frozenset({Condition(1, True, "")})
    read, cut = loss(unknown, Want.LABEL_LOGITS), compared(unknown, literal(0.5))
    assert codes(cut, read, enabled=only) == ["LGT601"]
    assert codes(call(SMALLEST, unknown, facts=[Fact.DECIDES, Fact.THRESHOLDS]), read, enabled=only) == ["LGT601"]
    assert codes(cut, enabled=only) == []
    assert codes(cut, loss(bare(), Want.LABEL_LOGITS), enabled=only) == []
    assert codes(cut, loss(unknown, Want.LABEL_LOGITS, facts=[]), enabled=only) == []
    for want in (Want.CLASS_LOGITS, Want.LABEL_PROBABILITIES, None):
        assert codes(cut, loss(unknown, want), enabled=only) == []
        assert codes(cut, read, loss(unknown, want), enabled=only) == []
    assert codes(cut, replace(read, when=branch), enabled=only) == []
    assert codes(cut, read, replace(read, when=branch), enabled=only) == []
    assert codes(cut, replace(read, inside=branch), enabled=only) == []
    assert codes(replace(cut, inside=branch), replace(read, inside=branch), enabled=only) == ["LGT601"]


def test_what_was_put_together_is_read_by_a_loss_itself_or_each_part_is() -> None:
    only, one, other = frozenset({"LGT601"}), bare(), bare()
    both = result(stacked(one, other), UNKNOWN)
    cut = compared(both, literal(0.5))
    parts = loss(one, Want.LABEL_LOGITS), loss(other, Want.LABEL_LOGITS, name="lib.the_other")
    assert codes(cut, *parts, enabled=only) == ["LGT601"]
    assert "what the_loss reads" in says(rule("LGT601"), cut, *parts)[0]
    assert "what the_loss reads" in says(rule("LGT601"), cut, *parts[::-1])[0]
    assert codes(cut, parts[0], enabled=only) == []
    assert codes(cut, *parts, loss(both, Want.SCORES), enabled=only) == []


def test_what_another_layer_gave_at_the_same_place_tells_where_nothing_else_does() -> None:
    only = frozenset({"LGT601"})
    use = call(Kind.LOGITS)
    here, there = result(use, Kind.LOGITS), result(replace(use, stack=(origin(),)), Kind.LOGITS)
    assert codes(compared(here, literal(0.5)), loss(there, Want.LABEL_LOGITS), enabled=only) == ["LGT601"]
    assert codes(compared(here, literal(0.5)), loss(there, Want.SCORES), enabled=only) == []


def test_the_message_says_what_was_done() -> None:
    score = made(Kind.LOGITS)
    proof = evidence(score, "sigmoid")
    assert "compared with 0.5" in says(rule("LGT601"), compared(score, literal(0.5)), proof)[0]
    rounded = call(SMALLEST, score, facts=[Fact.DECIDES, Fact.THRESHOLDS])
    assert "rounded" in says(rule("LGT601"), rounded, proof)[0]


def test_activation_before_argmax() -> None:
    def after(
        kind: Kind,
        axis: int | None = 1,
        facts: tuple[Fact, ...] = (Fact.MONOTONE,),
        decide: Mapping[Kind, Kind] = LARGEST,
    ) -> list[str]:
        normalised = 1 if kind & (Kind.SOFTMAX | Kind.LOG_SOFTMAX) else None
        value = result(normalise(kind, bare(), facts=facts), kind, axis=normalised)
        given = {"dim": literal(axis)} if axis is not None else {}
        return codes(call(decide, keep(value, Axes.KEPT), axis="dim", given=given, facts=[Fact.DECIDES]))

    assert after(Kind.SOFTMAX) == ["LGT709"]
    assert after(Kind.LOG_SOFTMAX) == ["LGT709"]
    assert after(Kind.SIGMOID) == ["LGT709"]
    assert after(Kind.SIGMOID, None) == ["LGT709"]
    assert after(Kind.ACTIVATED) == ["LGT709"]
    assert after(Kind.SOFTMAX, 2) == []
    assert after(Kind.SOFTMAX, None) == []
    assert after(Kind.SOFTMAX, facts=()) == []
    assert after(Kind.SOFTMAX, decide=SMALLEST) == []
    assert codes(call(LARGEST, bare(Kind.SIGMOID), facts=[Fact.DECIDES])) == []
    both = joined(made(Kind.SIGMOID), result(call(Kind.SIGMOID, facts=[Fact.MONOTONE]), Kind.SIGMOID))
    assert codes(call(LARGEST, both, facts=[Fact.DECIDES])) == []


def test_sigmoid_before_a_threshold() -> None:
    assert codes(compared(made(Kind.SIGMOID), literal(0.5))) == ["LGT709"]
    assert codes(compared(keep(made(Kind.SIGMOID)), literal(0.5))) == ["LGT709"]
    assert codes(compared(made(Kind.SIGMOID), literal(0.4))) == []
    assert codes(compared(made(Kind.SIGMOID), nobody())) == []
    assert codes(compared(made(Kind.SOFTMAX), literal(0.5))) == []
    assert codes(compared(bare(Kind.SIGMOID), literal(0.5))) == []
    assert codes(operate("mul", made(Kind.SIGMOID), literal(0.5))) == []
    assert codes(operate("mul", made(Kind.SIGMOID), literal(0.5), facts=[Fact.TRAINS_NOT])) == []
    assert codes(compared(replace(made(Kind.SIGMOID), kind=Kind.LOGITS), literal(0.5))) == []  # a note wins
    assert codes(operate("mul", made(Kind.SIGMOID))) == []


# -- stability --------------------------------------------------------------------------------------------------------


def test_log_of_softmax() -> None:
    def log(tensor: Value) -> list[str]:
        return codes(call(LOG, tensor, facts=[Fact.MONOTONE]))

    assert log(made(Kind.SOFTMAX)) == ["LGT701"]
    assert log(keep(made(Kind.SOFTMAX))) == ["LGT701"]
    assert log(joined(made(Kind.SOFTMAX), made(Kind.SOFTMAX))) == ["LGT701"]
    assert log(replace(made(Kind.SOFTMAX), kind=Kind.LOGITS)) == []  # a note on the line wins
    assert log(bare(Kind.SOFTMAX)) == []
    assert log(result(call(EXP), Kind.SOFTMAX)) == []
    assert log(joined(made(Kind.SOFTMAX), made(Kind.SIGMOID))) == []
    assert log(made(Kind.LOGITS)) == []
    assert log(nobody()) == []
    assert codes(call(EXP, made(Kind.SOFTMAX))) == []


def test_log_of_softmax_that_is_only_drawn_from() -> None:
    use = call(LOG, made(Kind.SOFTMAX), facts=[Fact.MONOTONE])
    scores = result(use, Kind.LOG_SOFTMAX)
    drawn = call(None, scores, facts=[Fact.SAMPLES, Fact.TRAINS_NOT])
    assert codes(use, drawn) == []
    assert codes(use, drawn, call(None, scores)) == ["LGT701"]
    assert codes(use, call(None, scores, facts=[Fact.SAMPLES])) == ["LGT701"]
    assert codes(use, call(None, scores, facts=[Fact.TRAINS_NOT])) == ["LGT701"]
    assert codes(call(Kind.LOG_SOFTMAX, made(Kind.SOFTMAX))) == []


def test_log_of_sigmoid() -> None:
    def log(tensor: Value) -> list[str]:
        return codes(call(LOG, tensor))

    def other(tensor: Tensor, number: Value | None = None) -> Tensor:
        return result(operate("sub", tensor, number or literal(1)), Kind.SIGMOID)

    assert log(made(Kind.SIGMOID)) == ["LGT702"]
    assert log(keep(made(Kind.SIGMOID))) == ["LGT702"]
    assert log(other(made(Kind.SIGMOID))) == ["LGT702"]
    assert log(keep(other(keep(made(Kind.SIGMOID)), literal(1.0)))) == ["LGT702"]
    assert log(replace(made(Kind.SIGMOID), kind=Kind.LOGITS)) == []  # a note on the line wins
    assert log(result(operate("getitem", made(Kind.SIGMOID)), Kind.SIGMOID)) == ["LGT707"]
    assert log(bare(Kind.SIGMOID)) == []
    assert log(other(bare(Kind.SIGMOID))) == []
    assert log(other(made(Kind.SIGMOID), bare(Kind.SIGMOID))) == []
    assert log(joined(other(made(Kind.SIGMOID)), bare(Kind.SIGMOID, made=(call(EXP),)))) == []
    assert log(made(Kind.LOGITS)) == []
    assert log(nobody()) == []
    assert codes(call(EXP, made(Kind.SIGMOID))) == []
    assert "1 - sigmoid" in says(rule("LGT702"), call(LOG, other(made(Kind.SIGMOID))))[0]
    assert "1 - sigmoid" not in says(rule("LGT702"), call(LOG, made(Kind.SIGMOID)))[0]


def test_a_function_is_no_complement() -> None:
    operator = operate("sub", made(Kind.SIGMOID), literal(1))
    value = result(replace(operator, via=Via.CALL), Kind.SIGMOID)
    assert codes(call(LOG, value), enabled=frozenset({"LGT702"})) == []


@pytest.mark.parametrize("kind", [Kind.SOFTMAX, Kind.SIGMOID])
def test_cross_entropy_by_hand(kind: Kind) -> None:
    def log(tensor: Value) -> list[str]:
        return codes(call(LOG, tensor), enabled=frozenset({"LGT707"}))

    exact = made(kind)
    shifted = result(operate("add", exact, literal(1e-8)), kind)
    picked = keep(exact, Axes.SLICED, kind=Kind.PROBABILITY)
    assert log(shifted) == ["LGT707"]
    assert log(keep(shifted)) == ["LGT707"]
    assert log(result(call(CLAMP, exact), kind)) == ["LGT707"]
    assert log(picked) == ["LGT707"]
    assert log(result(operate("getitem", exact), Kind.PROBABILITY)) == ["LGT707"]
    assert log(joined(shifted, exact)) == ["LGT707"]
    assert log(replace(shifted, kind=Kind.LOGITS)) == []  # a note on the line wins
    assert log(exact) == []
    assert log(keep(exact)) == []
    assert log(bare(kind)) == []
    assert log(result(operate("add", bare(kind), literal(1e-8)), kind)) == []
    assert log(result(operate("mul", exact, exact), Kind.PROBABILITY)) == []
    assert log(result(call(EXP, exact), kind)) == []
    assert log(result(operate("add", made(Kind.LOGITS), literal(1e-8)), kind)) == []
    assert log(joined(shifted, made(Kind.LOGITS))) == []
    assert log(nobody()) == []
    assert codes(call(EXP, shifted)) == []
    assert log(result(construct({"input": exact}), kind)) == []


@pytest.mark.parametrize("kind", [*Kind, UNKNOWN, Kind.LOGITS | Kind.ACTIVATED])
def test_a_metric_that_thresholds_raw_logits(kind: Kind) -> None:
    score = made(kind) if kind in list(Kind) else bare(kind)
    proof = loss(score, Want.LABEL_LOGITS, via=Via.COMPILE)
    only = frozenset({"LGT602"})

    def said(want: Want | None, *others: Use) -> list[str]:
        return codes(loss(score, want, facts=[Fact.METRIC]), *others, enabled=only)

    assert said(Want.THRESHOLDED, proof) == (["LGT602"] if kind is Kind.LOGITS else [])
    assert said(Want.THRESHOLDED, call(Kind.SIGMOID, score)) == (["LGT602"] if kind is Kind.LOGITS else [])
    assert said(Want.THRESHOLDED) == []
    assert said(Want.THRESHOLDED, loss(score, Want.SCORES)) == []
    assert said(Want.METRIC, proof) == said(None, proof) == []


def test_sigmoid_then_binary_loss() -> None:
    want = Want.LABEL_PROBABILITIES
    assert codes(loss(keep(made(Kind.SIGMOID)), want)) == ["LGT703"]
    assert codes(loss(result(operate("sub", made(Kind.SIGMOID), literal(1)), Kind.SIGMOID), want)) == []
    assert codes(loss(joined(made(Kind.SIGMOID), made(Kind.PROBABILITY)), want)) == []
    assert codes(loss(bare(Kind.SIGMOID), want)) == []
    assert codes(loss(made(Kind.SIGMOID), want, facts=[Fact.LOSS, Fact.CLIPS])) == []
    assert codes(loss(replace(made(Kind.SIGMOID), kind=Kind.PROBABILITY), want)) == []  # a note on the line wins


def test_binary_loss_under_autocast() -> None:
    raising = [Fact.LOSS, Fact.RAISES_UNDER_AUTOCAST]
    inside = [Scope.AUTOCAST, Scope.NO_GRAD]

    def under(
        facts: list[Fact] = raising, scopes: list[Scope] = inside, kind: Kind = UNKNOWN, via: Via = Via.CALL
    ) -> list[str]:
        return codes(loss(arriving(kind), Want.LABEL_PROBABILITIES, facts=facts, scopes=scopes, via=via))

    assert under() == ["LGT704"]
    assert under(kind=Kind.SIGMOID) == ["LGT704"]
    assert under(kind=Kind.LOGITS) == ["LGT201"]
    assert under(facts=[Fact.LOSS]) == []
    assert under(scopes=[Scope.NO_GRAD]) == []
    assert under(via=Via.CONSTRUCT) == []


def exp(tensor: Tensor | None = None) -> Tensor:
    return result(call(EXP, tensor or bare(Kind.LOGITS)), UNKNOWN)


def test_softmax_by_hand() -> None:
    above = exp()

    def by(below: Value | None, over: Tensor = above, name: str = "truediv") -> list[str]:
        return codes(operate(name, over, below))

    total = keep(above, Axes.SUMMED)
    assert by(total) == ["LGT705"]
    assert by(keep(total)) == ["LGT705"]
    assert by(keep(keep(above), Axes.SUMMED)) == ["LGT705"]
    assert by(total, keep(above)) == ["LGT705"]
    assert by(above) == ["LGT706"]
    assert by(keep(above)) == []
    assert by(exp()) == []
    assert by(total, name="mul") == []
    assert by(above, name="mul") == []
    assert by(keep(exp(), Axes.SUMMED)) == []
    assert by(keep(above, Axes.POOLED)) == []
    assert by(result(call(EXP, above), UNKNOWN)) == []
    assert by(joined(total, above)) == []
    assert by(nobody()) == []
    assert by(literal(2)) == []
    assert by(None) == []
    raw = bare(Kind.LOGITS)
    assert by(keep(raw, Axes.SUMMED), raw) == []
    assert by(raw, raw) == []
    relu = made(Kind.ACTIVATED)
    assert by(keep(relu, Axes.SUMMED), relu) == []
    assert by(relu, relu) == []
    mixed = joined(above, relu)
    assert by(keep(mixed, Axes.SUMMED), mixed) == []
    assert by(mixed, mixed) == []
    assert by(keep(result(call(LOG), UNKNOWN), Axes.SUMMED), result(call(LOG), UNKNOWN)) == []
    assert by(bare(), above) == []
    assert codes(operate("truediv", nobody(), total)) == []  # type: ignore[arg-type]
    summing = call(Kind.LOGITS, above)
    summing = replace(summing, row=replace(summing.row, axes=Axes.SUMMED))  # type: ignore[call-arg]
    assert by(result(summing, UNKNOWN)) == []


def test_division_is_an_operator() -> None:
    above = exp()
    use = operate("truediv", above, above)
    assert codes(Use(use.row, Via.CALL, use.taken, use.given, origin())) == []


# -- calls ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", list(Kind))
def test_loss_constructed_with_a_tensor(kind: Kind) -> None:
    outputs = (
        Kind.LOGITS
        | Kind.ACTIVATED
        | Kind.SOFTMAX
        | Kind.SIGMOID
        | Kind.PROBABILITY
        | Kind.LOG_SOFTMAX
        | Kind.LOG_SIGMOID
        | Kind.LOG_PROBABILITY
    )
    never_weights = Kind.LOGITS | Kind.LOG_SOFTMAX | Kind.LOG_SIGMOID | Kind.LOG_PROBABILITY
    value = bare(kind)
    assert codes(construct({"size_average": value})) == (["LGT801"] if kind in outputs else [])
    assert codes(construct({"weight": value}, weight="weight")) == (["LGT801"] if kind in never_weights else [])
    flagged = construct({"weight": value, "size_average": bare()}, weight="weight")
    assert codes(flagged) == (["LGT801"] if kind in outputs else [])


def test_class_weights_are_right() -> None:
    softmax = bare(Kind.SOFTMAX)
    assert codes(construct({"weight": bare()}, weight="weight")) == []
    assert codes(construct({"weight": nobody()}, weight="weight")) == []
    assert codes(construct({"weight": softmax, "reduction": literal("sum")}, weight="weight")) == []
    assert codes(construct({"weight": softmax, "size_average": bare(Kind.LOSS)}, weight="weight")) == []
    assert codes(construct({"size_average": softmax, "weight": bare()}, weight="weight")) == ["LGT801"]
    assert codes(construct({"size_average": softmax, "weight": nobody()}, weight="weight")) == ["LGT801"]
    assert codes(construct({"reduction": literal("sum")})) == []
    other = construct({"weight": softmax}, weight="weight")
    assert codes(replace(other, taken=(replace(other.taken[0], role=Role.OTHER),))) == ["LGT801"]
    two = construct({"weight": bare(Kind.LOGITS), "size_average": bare(Kind.LOGITS)}, weight="weight")
    assert codes(two) == ["LGT801"]


@pytest.mark.parametrize("kind", list(Kind))
def test_layer_constructed_with_a_tensor(kind: Kind) -> None:
    labels = Kind.LOGITS | Kind.ONE_HOT | Kind.CLASS_INDEX | Kind.DECISION | Kind.LOSS | Kind.PARAMETER
    said = [] if kind in labels else ["LGT801"]
    assert codes(construct({"dim": bare(Kind.LOGITS)}, gives=kind, facts=())) == said


def test_what_is_no_construction_of_a_loss_or_activation() -> None:
    scores = bare(Kind.LOGITS)
    assert codes(construct({"dim": scores}, gives=None, facts=())) == []
    assert codes(construct({"dim": scores}, gives=LOG, facts=())) == []
    assert codes(loss(scores, given={"weight": scores})) == []
    assert codes(sample(scores, Want.LOGITS_PARAMETER)) == []


OUTPUT_KINDS = [
    Kind.LOGITS,
    Kind.ACTIVATED,
    Kind.SOFTMAX,
    Kind.SIGMOID,
    Kind.PROBABILITY,
    Kind.LOG_SOFTMAX,
    Kind.LOG_SIGMOID,
    Kind.LOG_PROBABILITY,
]
PREDICTED = [
    Want.CLASS_LOGITS,
    Want.LABEL_LOGITS,
    Want.CLASS_PROBABILITIES,
    Want.LABEL_PROBABILITIES,
    Want.CLASS_LOG_PROBABILITIES,
]
TRUE = [Want.CLASSES, Want.LABELS, Want.ONE_HOT, Want.SIGNS, Want.CLASS_INDEX]
NEVER_TRUE = [Kind.LOGITS, Kind.LOG_SOFTMAX, Kind.LOG_SIGMOID, Kind.LOG_PROBABILITY]
SOFT = [Kind.SOFTMAX, Kind.SIGMOID, Kind.PROBABILITY]


@pytest.mark.parametrize("want", list(Want))
@pytest.mark.parametrize("target_want", [None, *Want])
def test_exchanged_arguments_on_each_scale(want: Want, target_want: Want | None) -> None:
    use = loss(nobody(), want, bare(Kind.LOGITS), target_want)
    said = ["LGT802"] if want in PREDICTED and target_want in TRUE else []
    assert codes(use, enabled=frozenset({"LGT802"})) == said


@pytest.mark.parametrize("want", TRUE)
@pytest.mark.parametrize("kind", list(Kind))
def test_what_cannot_be_a_target(want: Want, kind: Kind) -> None:
    wrong = kind in NEVER_TRUE or (want is Want.CLASS_INDEX and kind in SOFT)
    only = ALL - {"LGT306", "LGT307"}
    assert codes(loss(nobody(), Want.CLASS_LOGITS, bare(kind), want), enabled=only) == (["LGT802"] if wrong else [])
    assert codes(loss(bare(), Want.CLASS_LOGITS, bare(kind), want), enabled=only) == (["LGT802"] if wrong else [])
    assert codes(loss(bare(Kind.LOGITS), Want.CLASS_LOGITS, bare(kind), want), enabled=only) == []


@pytest.mark.parametrize("labels", [Kind.ONE_HOT, Kind.CLASS_INDEX])
@pytest.mark.parametrize("kind", list(Kind))
def test_labels_as_prediction(labels: Kind, kind: Kind) -> None:
    said = ["LGT802"] if kind in OUTPUT_KINDS else []
    assert codes(loss(bare(labels), Want.CLASS_LOGITS, bare(kind), Want.CLASSES)) == said
    assert codes(loss(bare(labels), Want.PROBABILITIES, bare(kind), Want.CLASSES)) == []
    assert codes(loss(bare(labels | Kind.LOGITS), Want.CLASS_LOGITS, bare(kind), Want.CLASSES)) == []


@pytest.mark.parametrize("want", TRUE)
@pytest.mark.parametrize("kind", [*Kind, Kind.ONE_HOT | Kind.CLASS_INDEX, UNKNOWN])
def test_labels_in_another_form(want: Want, kind: Kind) -> None:
    said = {(Want.CLASS_INDEX, Kind.ONE_HOT): ["LGT306"], (Want.ONE_HOT, Kind.CLASS_INDEX): ["LGT307"]}
    use = loss(nobody(), Want.CLASS_LOGITS, bare(kind), want)
    assert codes(use, enabled=frozenset({"LGT306", "LGT307"})) == said.get((want, kind), [])
    swapped = loss(bare(kind), want, bare(), Want.CLASSES)
    assert codes(swapped, enabled=frozenset({"LGT306", "LGT307"})) == []


def test_a_binary_loss_on_labels_of_which_one_is_right() -> None:
    only = frozenset({"LGT302"})
    want, one_hot = Want.LABEL_PROBABILITIES, bare(Kind.ONE_HOT)
    sigmoid = bare(Kind.SIGMOID, units=10)
    assert codes(loss(sigmoid, want, one_hot, Want.LABELS, via=Via.COMPILE), enabled=only) == ["LGT302"]
    assert codes(loss(bare(Kind.SIGMOID), want, one_hot, Want.LABELS, via=Via.COMPILE), enabled=only) == ["LGT302"]
    for via in (Via.CALL, Via.HANDED):
        assert codes(loss(sigmoid, want, one_hot, Want.LABELS, via=via), enabled=only) == []
    for truth in (bare(), bare(Kind.CLASS_INDEX), bare(Kind.ONE_HOT | Kind.DECISION), nobody()):
        assert codes(loss(sigmoid, want, truth, Want.LABELS, via=Via.COMPILE), enabled=only) == []
    for prediction in (bare(Kind.SIGMOID, units=1), bare(Kind.SOFTMAX, units=10), bare(Kind.SIGMOID | Kind.SOFTMAX)):
        assert codes(loss(prediction, want, one_hot, Want.LABELS, via=Via.COMPILE), enabled=only) == []
    for other in (Want.LABEL_LOGITS, Want.CLASS_PROBABILITIES, Want.SCORES):
        assert codes(loss(sigmoid, other, one_hot, Want.LABELS, via=Via.COMPILE), enabled=only) == []
    whole = loss(sigmoid, want, one_hot, Want.LABELS, via=Via.COMPILE)
    assert codes(replace(whole, taken=whole.taken[:1]), enabled=only) == []


def test_a_loss_that_makes_its_prediction_itself() -> None:
    whole = loss(nobody(), Want.CLASS_LOGITS, bare(Kind.LOGITS), Want.CLASSES)
    assert codes(replace(whole, taken=whole.taken[1:])) == []
    assert codes(replace(whole, taken=whole.taken[:1])) == []


def test_labels_as_prediction_prove_nothing_alone() -> None:
    assert codes(loss(bare(Kind.ONE_HOT), Want.CLASS_LOGITS, nobody(), Want.CLASSES)) == []


@pytest.mark.parametrize(
    ("prediction", "target", "said"),
    [
        (Kind.SOFTMAX, Kind.LOG_SOFTMAX, ["LGT802"]),
        (Kind.SIGMOID, Kind.LOG_SIGMOID, ["LGT802"]),
        (Kind.PROBABILITY, Kind.LOG_PROBABILITY, ["LGT802"]),
        (Kind.SOFTMAX, Kind.SOFTMAX, ["LGT203"]),
        (Kind.SOFTMAX, Kind.LOGITS, ["LGT203", "LGT205"]),
        (Kind.LOGITS, Kind.LOG_SOFTMAX, ["LGT202", "LGT205"]),
        (Kind.LOG_SOFTMAX, Kind.LOG_SOFTMAX, ["LGT205"]),
        (Kind.LOG_SOFTMAX, Kind.SOFTMAX, []),
    ],
)
def test_exchanged_divergence(prediction: Kind, target: Kind, said: list[str]) -> None:
    use = loss(bare(prediction), Want.CLASS_LOG_PROBABILITIES, arriving(target), Want.DISTRIBUTION)
    assert codes(use) == said


def test_a_divergence_from_logarithms_is_not_exchanged() -> None:
    use = loss(bare(Kind.SOFTMAX), Want.CLASS_LOG_PROBABILITIES, bare(Kind.LOG_SOFTMAX), Want.LOG_DISTRIBUTION)
    assert codes(use) == ["LGT203"]


@pytest.mark.parametrize("kind", [UNKNOWN, *Kind])
@pytest.mark.parametrize("axes", list(Axes))
def test_operations_that_keep_the_meaning_are_no_mistakes(kind: Kind, axes: Axes) -> None:
    tensor = keep(made(kind, units=1, axis=-1), axes)
    row = replace(tensor.made[0].row, axis="dim")  # type: ignore[call-arg]
    use = replace(tensor.made[0], row=row, given={**tensor.made[0].given, "dim": literal(-1)})
    assert codes(use) == []


# -- who is heard -----------------------------------------------------------------------------------------------------


def test_a_call_mistake_silences_everything_else_about_the_call() -> None:
    use = loss(bare(Kind.SOFTMAX), Want.CLASS_LOG_PROBABILITIES, bare(Kind.LOG_SOFTMAX), Want.DISTRIBUTION)
    assert codes(use) == ["LGT802"]
    assert codes(use, enabled=ALL - {"LGT802"}) == ["LGT203", "LGT205"]


def test_a_rule_that_is_not_enabled_does_not_exist() -> None:
    use = loss(made(Kind.SOFTMAX), Want.CLASS_LOGITS)
    assert codes(use, enabled=ALL - {"LGT101"}) == []
    assert codes(use, enabled=frozenset()) == []
    raising = [Fact.RAISES_UNDER_AUTOCAST]
    under = loss(made(Kind.SIGMOID), Want.LABEL_PROBABILITIES, scopes=[Scope.AUTOCAST], facts=raising)
    assert codes(under) == ["LGT704"]
    assert codes(under, enabled=ALL - {"LGT704"}) == ["LGT703"]


def test_what_stands_at_its_own_place_is_heard_beside_others() -> None:
    guessing = (Fact.IMPLICIT_AXIS,)
    first = result(normalise(Kind.SOFTMAX, bare(), facts=guessing, explicit=False), Kind.SOFTMAX)
    assert codes(normalise(Kind.SOFTMAX, first, facts=guessing, explicit=False)) == ["LGT105", "LGT501"]
    explicit = normalise(Kind.SOFTMAX, made(Kind.SOFTMAX, axis=1))
    assert codes(explicit, loss(result(explicit, Kind.SOFTMAX), Want.CLASS_LOGITS)) == ["LGT105", "LGT101"]
    use = loss(made(Kind.LOGITS), Want.CLASS_LOG_PROBABILITIES, facts=DIVERGENCE)
    assert codes(use) == ["LGT202", "LGT803"]


@pytest.mark.parametrize(
    ("want", "kind", "code"),
    [
        (Want.CLASS_LOGITS, Kind.SOFTMAX, "LGT101"),
        (Want.LABEL_LOGITS, Kind.SIGMOID, "LGT102"),
        (Want.CLASS_LOGITS, Kind.SIGMOID, "LGT103"),
        (Want.LABEL_LOGITS, Kind.SOFTMAX, "LGT104"),
        (Want.LABEL_PROBABILITIES, Kind.SOFTMAX, "LGT301"),
    ],
)
def test_of_handed_pairs_only_five_rules_speak(want: Want, kind: Kind, code: str) -> None:
    use = loss(made(kind, units=1), want, via=Via.HANDED)
    assert codes(use) == [code]
    assert codes(use, enabled=ALL - {code}) == []


HEARD_OF_HANDED = {"LGT101", "LGT102", "LGT103", "LGT104", "LGT301"}


@pytest.mark.parametrize(
    ("want", "kind"),
    [(want, kind) for want, said in SINGLE.items() for kind, code in said.items() if code not in HEARD_OF_HANDED],
)
def test_of_handed_pairs_the_other_rules_are_silent(want: Want, kind: Kind) -> None:
    assert codes(loss(made(kind), want, via=Via.HANDED)) == []


def test_the_choices_that_lead_to_a_mistake_are_told() -> None:
    use = loss(made(Kind.SOFTMAX), Want.CLASS_LOGITS)
    chosen = frozenset({Condition(1, True, "kind == 'ce'"), Condition(2, False, "")})
    (judged,) = judge(Trace([Use(use.row, use.via, use.taken, use.given, use.origin, when=chosen)]), ALL)
    assert judged.verdict.message.endswith("fade (when kind == 'ce')")
    (plain,) = judge(Trace([use]), ALL)
    assert "(when" not in plain.verdict.message


@pytest.mark.parametrize(
    ("when", "told"),
    [
        ({(True, "a"), (False, "b")}, " (when a)"),
        ({(True, "b"), ("x", "a")}, " (when a and b)"),
        ({(False, "not a"), (False, "not b")}, " (when not a and not b)"),
        ({(False, "not a"), (True, "")}, " (when not a)"),
        ({(True, "")}, ""),
    ],
)
def test_what_was_not_chosen_is_told_only_where_nothing_else_was(when: set[tuple[str | bool, str]], told: str) -> None:
    use = loss(made(Kind.SOFTMAX), Want.CLASS_LOGITS)
    conditions = frozenset(Condition(number, branch, words) for number, (branch, words) in enumerate(when))
    (plain,) = judge(Trace([use]), ALL)
    (judged,) = judge(Trace([replace(use, when=conditions)]), ALL)
    assert judged.verdict.message == plain.verdict.message + told


# -- what NLLLoss picks -----------------------------------------------------------------------------------------------


def picks(p: Value, at: Use | None = None, *, each: bool = False) -> Use:
    """`NLLLoss`, perhaps another run of the same code."""
    given: dict[str, Value] = {"reduction": literal("none")} if each else {}
    use = loss(p, Want.CLASS_LOG_PROBABILITIES, nobody(), Want.CLASS_INDEX, given=given)
    return use if at is None else replace(use, row=at.row, origin=at.origin, stack=(origin(),))


def is_said(use: Use, *others: Use) -> bool:
    """Whether a loss is called wrong beside what else is done."""
    return any(each.use is use for each in judge(Trace([use, *others]), frozenset({"LGT203"})))


def valued(use: Use) -> Tensor:
    return result(use, Kind.LOSS)


def backward(value: Tensor) -> Use:
    return call(None, value, facts=[Fact.DIFFERENTIATES])


def stacked(*tensors: Tensor) -> Use:
    row = SameAs(name="lib.stack", signature="tensors", subject="tensors", axes=Axes.JOINED)
    taken = [Taken("tensors", Role.OTHER if at else Role.SUBJECT, None, each) for at, each in enumerate(tensors)]
    return Use(row, Via.CALL, tuple(taken), {}, origin())


def mean(tensor: Tensor) -> Tensor:
    return keep(tensor, Axes.POOLED)


def total(tensor: Tensor) -> Tensor:
    return keep(tensor, Axes.SUMMED)


def test_what_is_picked_is_a_measure_once_its_sign_is_changed() -> None:
    use = picks(made(Kind.SOFTMAX))
    value = valued(use)
    assert is_said(use)
    for name in ("mul", "truediv"):
        assert not is_said(use, operate(name, value, literal(-1)))
        assert not is_said(use, operate(name, value, literal(-0.5)))
        assert is_said(use, operate(name, value, literal(2)))
        assert is_said(use, operate(name, value, literal("2")))
    assert not is_said(use, operate("neg", value))
    assert not is_said(use, call(None, value, name="lib.negative"))
    assert is_said(use, operate("neg", result(operate("neg", bare()), UNKNOWN)))
    assert is_said(use, operate("neg", value), backward(value))
    assert is_said(use, operate("neg", result(call(None, value), UNKNOWN)))
    for name in ("add", "sub", "truediv", "mul"):
        step = operate(name, value, bare())
        assert is_said(use, step)
        assert not is_said(use, step, operate("neg", result(step, Kind.LOSS)))
    assert not is_said(use, (view := keep(value)).made[0], operate("neg", view))


def test_what_is_picked_is_a_measure_once_it_is_taken_from_something_or_added_to_a_number() -> None:
    use = picks(made(Kind.SOFTMAX))
    value = valued(use)
    assert not is_said(use, operate("sub", bare(), value))
    assert is_said(use, operate("sub", value, bare()))
    assert is_said(use, operate("add", value, bare()))
    assert is_said(use, operate("add", value, nobody()))
    assert is_said(use, operate("add", bare(), value))
    assert not is_said(use, operate("sub", value, literal(0)))
    for name in ("add", "sub"):
        assert not is_said(use, operate(name, value, literal(1)))
        assert not is_said(use, operate(name, value, literal(-1.5)))
        assert is_said(use, operate(name, value, literal(1e-8)))
        assert is_said(use, operate(name, value, literal("1")))
        assert not is_said(use, operate(name, value, bare(low=1, high=1)))
        assert not is_said(use, operate(name, value, bare(low=-1.0, high=-1.0)))
        assert is_said(use, operate(name, value, bare(low=0, high=0)))
        assert is_said(use, operate(name, value, bare(low=1, high=2)))
        assert is_said(use, operate(name, value, bare(high=2)))
    assert is_said(use, operate("add", value, literal(0)))


def test_what_is_picked_is_a_measure_as_a_share_of_what_it_was_added_to() -> None:
    use, number = picks(made(Kind.SOFTMAX)), bare()
    value = valued(use)
    for sides in ((value, number), (number, value)):
        whole = result(operate("add", *sides), Kind.LOSS)
        assert not is_said(use, whole.made[0], operate("truediv", whole, number))
        moved = keep(whole, Axes.KEPT)
        assert not is_said(use, whole.made[0], moved.made[0], operate("truediv", moved, number))
        assert is_said(use, whole.made[0], operate("truediv", whole, bare()))
        assert is_said(use, whole.made[0], operate("truediv", whole, literal(3)))
    less = result(operate("sub", value, number), Kind.LOSS)
    assert is_said(use, less.made[0], operate("truediv", less, number))


def test_what_is_picked_is_a_measure_beside_something_else_of_the_same_scores() -> None:
    z = bare(Kind.LOGITS)
    p = result(call(Kind.SOFTMAX, z), Kind.SOFTMAX)
    use = picks(p)
    value, of_them = valued(use), result(call(None, p), UNKNOWN)
    for made_of in (
        of_them,
        result(operate("mul", p, bare()), UNKNOWN),
        result(operate("mul", bare(), p), UNKNOWN),
        result(operate("add", of_them, literal(1)), UNKNOWN),
        mean(of_them),
    ):
        assert not is_said(use, operate("add", value, made_of))
        assert not is_said(use, operate("add", made_of, value))
        assert not is_said(use, stacked(value, made_of, bare()))
        assert not is_said(use, stacked(bare(), made_of, value))
        assert is_said(use, operate("mul", value, made_of))
        assert is_said(use, operate("sub", value, made_of))
    for other in (
        result(call(None, z), UNKNOWN),
        result(operate("add", bare(), literal(1)), UNKNOWN),
        result(operate("add", bare(), nobody()), UNKNOWN),
        valued(loss(p, Want.CLASS_PROBABILITIES)),
        mean(valued(loss(p, Want.CLASS_PROBABILITIES))),
    ):
        assert is_said(use, operate("add", value, other))
        assert is_said(use, stacked(value, other))
    part = picks(result(operate("getitem", p, nobody()), Kind.SOFTMAX))
    assert not is_said(part, operate("add", valued(part), of_them))
    moved = keep(valued(part))
    assert not is_said(part, moved.made[0], stacked(moved, of_them))


def test_what_is_picked_of_each_sample_is_a_loss_once_it_is_averaged() -> None:
    use, mask, more = picks(made(Kind.SOFTMAX), each=True), bare(), bare()
    value = valued(use)
    assert not is_said(use)
    assert is_said(use, mean(value).made[0])
    assert is_said(use, total(value).made[0])
    assert is_said(use, backward(value))
    assert not is_said(use, keep(value).made[0])
    assert not is_said(use, operate("truediv", value, bare()))
    assert not is_said(use, operate("truediv", value, literal(2)))
    part = result(operate("getitem", value, nobody()), Kind.LOSS)
    assert is_said(use, part.made[0], mean(part).made[0])
    weighed = result(operate("mul", value, mask), Kind.LOSS)
    twice = result(operate("mul", weighed, more), Kind.LOSS)
    before = (weighed.made[0], twice.made[0])
    assert not is_said(use, *before, total(weighed).made[0])
    assert is_said(use, *before, *shared(weighed, total(mask)))
    assert is_said(use, *before, *shared(twice, total(mask)))
    assert is_said(use, *before, *shared(twice, total(more)))
    assert is_said(use, *before, *shared(twice, keep(total(more))))
    assert is_said(use, *before, *shared(weighed, total(result(call(CLAMP, mask), UNKNOWN))))
    assert not is_said(use, *before, *shared(weighed, total(bare())))
    assert not is_said(use, *before, *shared(weighed, mean(mask)))
    assert not is_said(use, *before, *shared(weighed, mask))
    assert not is_said(use, *before, *shared(weighed, nobody()))


@pytest.mark.parametrize("kind", list(Kind))
def test_what_is_picked_and_multiplied_by_a_prediction_or_loss_is_its_weight(kind: Kind) -> None:
    use, other = picks(made(Kind.SOFTMAX), each=True), bare(kind)
    weighed = result(operate("mul", valued(use), other), Kind.LOSS)
    labels = kind in Kind.ONE_HOT | Kind.CLASS_INDEX | Kind.DECISION | Kind.PARAMETER
    assert is_said(use, weighed.made[0], *shared(weighed, total(other))) is labels
    reduced = picks(made(Kind.SOFTMAX))
    assert is_said(reduced, operate("mul", valued(reduced), other))


def shared(value: Tensor, by: Value) -> tuple[Use, Use]:
    """``value.sum() / by``."""
    whole = total(value)
    return whole.made[0], operate("truediv", whole, by)


def test_what_is_not_read_may_be_read_where_the_same_code_runs_again() -> None:
    p = made(Kind.SOFTMAX)
    for each in (False, True):
        use = picks(p, each=each)
        again = picks(p, use, each=each)
        lost = picks(nobody(), use, each=each)
        assert not is_said(use, again, lost, operate("neg", valued(again)))
        assert is_said(use, again, lost, operate("neg", valued(again)), backward(valued(again)))
        assert is_said(use, again, mean(valued(again)).made[0])
    use = picks(p)
    again, elsewhere, another = picks(p, use), picks(p), picks(p)
    negated = operate("neg", valued(again))
    assert is_said(use, operate("add", valued(use), bare()), again, negated)
    elsewhere = replace(elsewhere, row=use.row)
    assert is_said(use, elsewhere, operate("neg", valued(elsewhere)))
    another = replace(another, origin=use.origin, row=replace(another.row, name="lib.another"))
    assert is_said(use, another, operate("neg", valued(another)))


# -- which branch tells -----------------------------------------------------------------------------------------------

HERE, THERE = frozenset({Condition(1, True, "")}), frozenset({Condition(1, False, "")})
"""Two branches of one test."""


def test_another_form_of_a_loss_in_the_other_branch_tells_what_the_numbers_are() -> None:
    p, sites = made(Kind.SOFTMAX), (origin(),)
    wrong = replace(loss(p, Want.CLASS_LOGITS), inside=HERE)
    right = replace(loss(p, Want.CLASS_PROBABILITIES), inside=THERE)
    assert codes(wrong, right) == []
    assert codes(replace(wrong, inside=frozenset()), right) == ["LGT101"]
    assert codes(wrong, replace(right, inside=HERE)) == ["LGT101"]
    assert codes(wrong, replace(right, inside=frozenset())) == ["LGT101"]
    assert codes(wrong, replace(right, inside=THERE | {Condition(2, True, "")})) == []
    assert codes(wrong, replace(right, stack=sites)) == ["LGT101"]
    assert codes(replace(wrong, stack=sites), replace(right, stack=sites)) == []
    assert codes(wrong, replace(loss(made(Kind.SOFTMAX), Want.CLASS_PROBABILITIES), inside=THERE)) == ["LGT101"]
    assert codes(wrong, replace(loss(nobody(), Want.CLASS_PROBABILITIES), inside=THERE)) == ["LGT101"]
    assert codes(wrong, replace(loss(p, Want.CLASS_LOGITS), inside=THERE)) == ["LGT101", "LGT101"]
    assert codes(wrong, replace(loss(bare(), None, p, Want.CLASSES), inside=THERE)) == ["LGT101"]
    assert codes(wrong, replace(loss(p, Want.CLASS_PROBABILITIES, name="lib.other"), inside=THERE)) == ["LGT101"]
    by_itself = replace(construct({"size_average": bare(Kind.LOGITS)}), inside=HERE)
    assert codes(by_itself, right) == codes(by_itself)


@pytest.mark.parametrize(
    ("kind", "want", "other", "said"),
    [
        (Kind.ONE_HOT, Want.CLASS_INDEX, Want.ONE_HOT, True),
        (Kind.CLASS_INDEX, Want.ONE_HOT, Want.CLASS_INDEX, True),
        (Kind.ONE_HOT, Want.CLASS_INDEX, Want.CLASSES, False),
        (Kind.CLASS_INDEX, Want.ONE_HOT, Want.CLASSES, False),
    ],
)
def test_labels_are_told_by_the_loss_of_the_other_branch(kind: Kind, want: Want, other: Want, said: bool) -> None:
    labels, p = bare(kind), bare(Kind.SOFTMAX, units=3)
    wrong = replace(loss(p, Want.CLASS_PROBABILITIES, labels, want), inside=HERE)
    heard = codes(wrong)
    assert len(heard) == 1
    told = replace(loss(p, Want.CLASS_PROBABILITIES, labels, other, name="lib.other"), inside=THERE)
    assert codes(wrong, told)[: len(heard)] == ([] if said else heard)


def test_a_largest_of_the_same_scores_in_the_other_branch_tells_what_the_numbers_are() -> None:
    score, only = made(Kind.LOGITS), frozenset({"LGT601"})
    cut, proof = replace(compared(score, literal(0.5)), inside=HERE), evidence(score, "sigmoid")
    largest = replace(call(LARGEST, score, facts=[Fact.DECIDES]), inside=THERE)
    assert codes(cut, proof, largest, enabled=only) == []
    assert codes(cut, proof, replace(call(both_indices(), score), inside=THERE), enabled=only) == []
    assert codes(cut, proof, enabled=only) == ["LGT601"]
    assert codes(cut, proof, replace(call(LOG, score), inside=THERE), enabled=only) == ["LGT601"]
    assert codes(cut, proof, replace(largest, inside=HERE), enabled=only) == ["LGT601"]
    assert codes(cut, proof, replace(largest, inside=THERE | {Condition(2, True, "")}), enabled=only) == []
    assert codes(replace(cut, inside=frozenset()), proof, largest, enabled=only) == ["LGT601"]
    of_another = replace(call(LARGEST, made(Kind.LOGITS), facts=[Fact.DECIDES]), inside=THERE)
    assert codes(cut, proof, of_another, enabled=only) == ["LGT601"]
    beside = (*largest.taken, Taken("other", Role.OTHER, None, nobody()))
    assert codes(cut, proof, replace(largest, taken=beside), enabled=only) == []


def test_a_compiled_metric_is_told_by_the_losses_it_is_compiled_with() -> None:
    score, only = made(Kind.LOGITS), frozenset({"LGT602"})
    metric = loss(score, Want.THRESHOLDED, facts=[Fact.METRIC], via=Via.COMPILE)
    proof = loss(score, Want.LABEL_LOGITS, via=Via.COMPILE)
    assert codes(metric, replace(proof, origin=metric.origin), enabled=only) == ["LGT602"]
    assert codes(metric, replace(proof, stack=(metric.origin,)), enabled=only) == ["LGT602"]
    assert codes(metric, proof, enabled=only) == []
    assert codes(replace(metric, via=Via.CALL), proof, enabled=only) == ["LGT602"]


def test_the_argument_at_fault_is_named() -> None:
    use = loss(made(Kind.SOFTMAX), Want.CLASS_LOGITS)
    (judged,) = judge(Trace([use]), ALL)
    assert judged.use is use
    assert judged.verdict.taken is use.taken[0]


def test_the_argument_of_a_constructor_at_fault_is_named() -> None:
    scores = bare(Kind.LOGITS)
    (unlisted,) = judge(Trace([construct({"size_average": scores})]), ALL)
    assert unlisted.verdict.taken is not None
    assert unlisted.verdict.taken == Taken("size_average", Role.OTHER, None, scores)
    use = construct({"weight": scores}, weight="weight")
    (listed,) = judge(Trace([use]), ALL)
    assert listed.verdict.taken is use.taken[0]
    (other,) = judge(Trace([construct({"weight": bare(), "size_average": scores}, weight="weight")]), ALL)
    assert other.verdict.taken == unlisted.verdict.taken


# -- the table of contents --------------------------------------------------------------------------------------------

NAMES = {
    "LGT101": "softmax-into-softmax-loss",
    "LGT102": "sigmoid-into-sigmoid-loss",
    "LGT103": "sigmoid-into-softmax-loss",
    "LGT104": "softmax-into-sigmoid-loss",
    "LGT105": "normalised-twice",
    "LGT201": "logits-into-probability-loss",
    "LGT202": "logits-into-log-probability-loss",
    "LGT203": "probabilities-into-log-probability-loss",
    "LGT204": "log-probabilities-into-probability-loss",
    "LGT205": "kl-target-scale",
    "LGT301": "binary-loss-on-softmax",
    "LGT302": "binary-loss-on-exclusive-labels",
    "LGT303": "categorical-loss-on-sigmoid",
    "LGT304": "softmax-over-one-unit",
    "LGT305": "categorical-loss-on-one-unit",
    "LGT306": "sparse-loss-on-one-hot-labels",
    "LGT307": "categorical-loss-on-class-indices",
    "LGT401": "activation-on-logits",
    "LGT402": "dropout-on-logits",
    "LGT403": "decision-into-loss",
    "LGT501": "softmax-without-dim",
    "LGT502": "softmax-over-batch",
    "LGT601": "logits-thresholded-as-probabilities",
    "LGT602": "metric-thresholds-logits",
    "LGT603": "argmax-over-one-unit",
    "LGT604": "logits-as-probabilities",
    "LGT605": "probabilities-as-logits",
    "LGT701": "log-of-softmax",
    "LGT702": "log-of-sigmoid",
    "LGT703": "sigmoid-then-binary-loss",
    "LGT704": "binary-loss-under-autocast",
    "LGT705": "hand-written-softmax",
    "LGT706": "softmax-without-sum",
    "LGT707": "hand-written-cross-entropy",
    "LGT708": "redundant-log-softmax",
    "LGT709": "redundant-activation-before-argmax",
    "LGT801": "loss-constructed-with-tensors",
    "LGT802": "loss-arguments-swapped",
    "LGT803": "kl-div-mean-reduction",
    "LGT901": "unreadable-file-or-cell",
}
OPT_IN = {"LGT402", "LGT703", "LGT705", "LGT707", "LGT708", "LGT709", "LGT803"}
ENTRIES: list[Entry] = [*RULES, UNREADABLE]


def test_codes_and_names_never_change() -> None:
    assert {entry.code: entry.name for entry in ENTRIES} == NAMES
    assert len(ENTRIES) == len(NAMES)


def test_which_rules_are_on() -> None:
    assert {entry.code for entry in ENTRIES if not entry.default} == OPT_IN


def test_one_file_for_each_mistake_named_for_it() -> None:
    for each in RULES:
        assert each.check.__module__ == f"logitlint.rules.{each.name.replace('-', '_')}"
        module = sys.modules[each.check.__module__]
        assert each.why == module.__doc__


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.code)
def test_the_law(entry: Entry) -> None:
    """The wrong program is reported by this rule alone, opt-in rules included; the right one by none."""
    everything = Settings(enabled=frozenset(NAMES))

    def found(program: str) -> list[str]:
        report = Linter(everything).check_bytes(program.encode(), "program.py")
        assert not report.failures
        return [finding.code for finding in report.findings]

    assert found(entry.bad) == [entry.code]
    assert found(entry.good) == []


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.code)
def test_an_entry_is_complete(entry: Entry) -> None:
    assert entry.summary
    assert not entry.summary.endswith(".")
    assert len(entry.summary) <= 80
    assert entry.bad != entry.good


# -- the pages --------------------------------------------------------------------------------------------------------

PAGES = Path(__file__).parent.parent / "docs" / "rules"


def test_the_pages_are_current() -> None:
    """If not: ``python -m logitlint.rules.pages docs/rules``."""
    assert {path.name: path.read_text("utf-8") for path in PAGES.glob("*.md")} == pages()


def test_a_page_says_all_there_is_to_say() -> None:
    text = explain(rule("LGT101"))
    headings = [line for line in text.splitlines() if line.startswith("#")]
    assert headings == [
        "# softmax-into-softmax-loss (LGT101)",
        "## What it does",
        "## Why is this bad?",
        "## What is not reported",
        "## Example",
        "## Use instead",
        "## Fix safety",
        "## References",
    ]
    assert "On by default." in text
    assert rule("LGT101").bad in text
    assert rule("LGT101").good in text
    assert "Not reported" not in text


def test_a_page_of_an_opt_in_rule_says_how_to_opt_in() -> None:
    assert "Opt-in: `--extend-select LGT708`." in explain(rule("LGT708"))
    assert "## What is not reported" not in explain(rule("LGT703"))


def test_pages_are_written_and_stale_ones_removed(tmp_path: Path) -> None:
    (tmp_path / "gone.md").write_text("")
    write(tmp_path)
    assert {path.name for path in tmp_path.iterdir()} == set(pages())
    assert len(pages()) == len(ENTRIES) + 1


def test_the_index_lists_every_rule() -> None:
    index = pages()["index.md"]
    for entry in ENTRIES:
        state = "on" if entry.default else "opt-in"
        assert f"| {entry.code} | [{entry.name}]({entry.name}.md) | {state} | {entry.summary} |" in index
    assert index.count("\n## LGT") == 9
