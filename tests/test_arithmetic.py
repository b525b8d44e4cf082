"""The laws of kinds, held against real numbers: what a law says of a result, the numbers must allow."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from msgspec.structs import replace

from logitlint.frameworks.vocabulary import Axes
from logitlint.inference import arithmetic
from logitlint.inference.arithmetic import Index, indexed, keeps_samples, proves_two, survives
from logitlint.inference.values import Tensor
from logitlint.kinds import NOTHING, UNKNOWN, Kind
from logitlint.numerics.classify import classify

BATCH, CLASSES = 6, 4
SCORES = np.random.default_rng(0).normal(0, 3, (BATCH, CLASSES))
OTHER = np.random.default_rng(1).normal(0, 3, (BATCH, CLASSES))


def softmax(scores: Any, axis: int = 1) -> Any:
    exponentials = np.exp(scores - scores.max(axis=axis, keepdims=True))
    return exponentials / exponentials.sum(axis=axis, keepdims=True)


def sigmoid(scores: Any) -> Any:
    return 1 / (1 + np.exp(-scores))


def one_hot(scores: Any) -> Any:
    return np.eye(CLASSES)[scores.argmax(axis=1)]


MADE: dict[Kind, Callable[[Any], Any]] = {
    Kind.LOGITS: lambda scores: scores,
    Kind.ACTIVATED: lambda scores: np.maximum(scores, 0),
    Kind.SOFTMAX: softmax,
    Kind.SIGMOID: sigmoid,
    Kind.PROBABILITY: lambda scores: sigmoid(scores) * 0.5,
    Kind.LOG_SOFTMAX: lambda scores: np.log(softmax(scores)),
    Kind.LOG_SIGMOID: lambda scores: np.log(sigmoid(scores)),
    Kind.LOG_PROBABILITY: lambda scores: np.log(sigmoid(scores) * 0.5),
    Kind.ONE_HOT: one_hot,
    Kind.CLASS_INDEX: lambda scores: np.abs(scores).round(),
    Kind.DECISION: lambda scores: (scores > 0).astype(float),
}
FREE = Kind.LOGITS | Kind.LOSS
"""What finite numbers never exclude, so that a law may not be tested by them: its kinds are listed where it is used."""


def tensor(kind: Kind, **facts: Any) -> Tensor:
    return Tensor(kind, 1, **facts)


def allows(numbers: Any, kind: Kind, axis: int | None = None) -> bool:
    """Whether the numbers can be of one of the kinds a law leaves; unknown leaves all."""
    return kind == UNKNOWN or bool(classify(np.asarray(numbers, dtype=np.float64), axis) & kind)


@pytest.mark.parametrize("kind", MADE, ids=lambda kind: kind.name)
def test_the_numbers_used_here_are_of_their_kind(kind: Kind) -> None:
    assert allows(MADE[kind](SCORES), kind, 1)


# -- sets of meanings -------------------------------------------------------------------------------------------------


def test_each_meaning_goes_through_the_table_by_itself() -> None:
    table = {Kind.SOFTMAX: Kind.PROBABILITY, Kind.LOGITS: Kind.LOGITS}
    assert arithmetic.mapped(Kind.SOFTMAX | Kind.LOGITS, table) == Kind.PROBABILITY | Kind.LOGITS
    assert arithmetic.mapped(NOTHING, table) == NOTHING


def test_a_meaning_that_a_table_leaves_out_becomes_unknown() -> None:
    table = {Kind.SOFTMAX: Kind.LOG_SOFTMAX, Kind.SIGMOID: Kind.LOG_SIGMOID}
    assert arithmetic.mapped(Kind.SOFTMAX | Kind.SIGMOID, table) == Kind.LOG_SOFTMAX | Kind.LOG_SIGMOID
    assert arithmetic.mapped(Kind.SOFTMAX | Kind.LOGITS, table) == UNKNOWN
    assert arithmetic.mapped(NOTHING, table) == NOTHING


# -- one tensor -------------------------------------------------------------------------------------------------------

UNARY: dict[str, tuple[Callable[[Kind], Kind], Callable[[Any], Any]]] = {
    "one column": (arithmetic.picked, lambda x: x[:, 1]),
    "some columns": (arithmetic.picked, lambda x: x[:, :2]),
    "the largest": (arithmetic.picked, lambda x: x.max(axis=1)),
    "perhaps rows": (arithmetic.sliced, lambda x: x[:3]),
    "perhaps columns": (arithmetic.sliced, lambda x: x[:, :3]),
    "scaled": (arithmetic.scaled, lambda x: x * 7.5),
    "summed over the classes": (arithmetic.summed, lambda x: x.sum(axis=1)),
    "summed over the batch": (arithmetic.summed, lambda x: x.sum(axis=0)),
    "negated": (arithmetic.negated, lambda x: -x),
    "mean of all": (lambda kind: arithmetic.pooled(tensor(kind, axis=1), None, whole=True), lambda x: x.mean()),
    "mean over the batch": (lambda kind: arithmetic.pooled(tensor(kind, axis=1), 0, False), lambda x: x.mean(axis=0)),
    "mean over the classes": (lambda kind: arithmetic.pooled(tensor(kind, axis=1), 1, False), lambda x: x.mean(axis=1)),
    "mean over something": (lambda kind: arithmetic.pooled(tensor(kind), None, False), lambda x: x.mean(axis=1)),
    "plus epsilon": (lambda kind: arithmetic.with_number("+", tensor(kind), 1e-8), lambda x: x + 1e-8),
    "minus epsilon": (lambda kind: arithmetic.with_number("-", tensor(kind), 1e-8), lambda x: x - 1e-8),
    "plus one": (lambda kind: arithmetic.with_number("+", tensor(kind), 1), lambda x: x + 1),
    "times one": (lambda kind: arithmetic.with_number("*", tensor(kind), 1), lambda x: x * 1),
    "halved": (lambda kind: arithmetic.with_number("/", tensor(kind), 2), lambda x: x / 2),
    "one less it": (lambda kind: arithmetic.with_number("-", tensor(kind), 1, reflected=True), lambda x: 1 - x),
    "epsilon less it": (lambda kind: arithmetic.with_number("-", tensor(kind), 0, reflected=True), lambda x: 0 - x),
    "squared": (lambda kind: arithmetic.with_number("**", tensor(kind), 2), lambda x: x**2),
}


@pytest.mark.parametrize("operation", UNARY)
@pytest.mark.parametrize("kind", MADE, ids=lambda kind: kind.name)
def test_the_numbers_allow_what_a_law_says(kind: Kind, operation: str) -> None:
    law, computed = UNARY[operation]
    numbers = np.atleast_1d(computed(MADE[kind](SCORES)))
    if operation in ("plus epsilon", "minus epsilon"):
        numbers = numbers.clip(-1e9, 1e9).round(6)  # the epsilon is what the law neglects
    assert allows(numbers, law(kind))


def test_one_less_a_softmax_of_two_classes_is_one_again() -> None:
    both = Kind.SOFTMAX | Kind.PROBABILITY
    assert arithmetic.with_number("-", tensor(Kind.SOFTMAX), 1, reflected=True) == both
    two, more = softmax(SCORES[:, :2]), softmax(SCORES)
    assert allows(1 - two, Kind.SOFTMAX, 1)
    assert not allows(1 - more, Kind.SOFTMAX, 1)
    assert allows(1 - more, Kind.PROBABILITY, 1)


def test_what_summed_to_one_no_longer_does_in_part() -> None:
    assert arithmetic.picked(Kind.SOFTMAX) == Kind.PROBABILITY
    assert arithmetic.picked(Kind.LOG_SOFTMAX) == Kind.LOG_PROBABILITY
    assert not allows(softmax(SCORES)[:, :2], Kind.SOFTMAX, 1)
    assert arithmetic.sliced(Kind.SOFTMAX) == Kind.SOFTMAX | Kind.PROBABILITY
    assert arithmetic.sliced(UNKNOWN) == UNKNOWN


def test_only_scores_may_be_scaled() -> None:
    assert arithmetic.scaled(Kind.LOGITS) == Kind.LOGITS
    assert all(arithmetic.scaled(kind) == UNKNOWN for kind in MADE if kind is not Kind.LOGITS)
    assert arithmetic.with_number("/", tensor(Kind.LOGITS), 2, reflected=True) == UNKNOWN
    assert arithmetic.with_number("*", tensor(Kind.SOFTMAX), 1, reflected=True) == UNKNOWN


def test_a_mean_keeps_a_distribution_only_along_another_axis() -> None:
    soft = softmax(SCORES)
    assert allows(soft.mean(axis=0), Kind.SOFTMAX)
    assert not allows(soft.mean(axis=1), Kind.SOFTMAX)
    assert arithmetic.pooled(tensor(Kind.SOFTMAX, axis=1), 0, whole=False) == Kind.SOFTMAX
    assert arithmetic.pooled(tensor(Kind.SOFTMAX, axis=1), 1, whole=False) == Kind.SOFTMAX | Kind.PROBABILITY
    assert arithmetic.pooled(tensor(Kind.SOFTMAX, axis=-1), 1, whole=False) == Kind.SOFTMAX | Kind.PROBABILITY
    assert arithmetic.pooled(tensor(Kind.SOFTMAX, axis=1), None, whole=True) == UNKNOWN
    assert arithmetic.pooled(tensor(Kind.ACTIVATED), 0, whole=False) == UNKNOWN


# -- two tensors ------------------------------------------------------------------------------------------------------

BINARY: dict[str, tuple[Callable[[Tensor, Tensor], Kind], Callable[[Any, Any], Any]]] = {
    "+": (arithmetic.added, lambda a, b: a + b),
    "-": (arithmetic.subtracted, lambda a, b: a - b),
    "*": (arithmetic.multiplied, lambda a, b: a * b),
    "/": (arithmetic.divided, lambda a, b: a / np.where(b == 0, 1, b)),
}


@pytest.mark.parametrize("sign", BINARY)
@pytest.mark.parametrize("right", MADE, ids=lambda kind: kind.name)
@pytest.mark.parametrize("left", MADE, ids=lambda kind: kind.name)
def test_the_numbers_allow_what_a_law_of_two_says(left: Kind, right: Kind, sign: str) -> None:
    law, computed = BINARY[sign]
    assert allows(computed(MADE[left](SCORES), MADE[right](OTHER)), law(tensor(left), tensor(right)))


def test_scores_and_something_unknown() -> None:
    scores, nobody = tensor(Kind.LOGITS), tensor(UNKNOWN)
    assert arithmetic.added(scores, scores) == Kind.LOGITS
    assert arithmetic.added(scores, nobody) == arithmetic.added(nobody, scores) == Kind.LOGITS
    assert arithmetic.added(nobody, nobody) == UNKNOWN
    assert arithmetic.added(scores, tensor(Kind.SOFTMAX)) == UNKNOWN
    assert arithmetic.subtracted(scores, scores) == Kind.LOGITS
    assert arithmetic.subtracted(scores, nobody) == UNKNOWN
    assert arithmetic.multiplied(scores, nobody) == Kind.LOGITS
    assert arithmetic.multiplied(nobody, nobody) == UNKNOWN
    assert arithmetic.divided(scores, nobody) == Kind.LOGITS
    assert arithmetic.divided(nobody, scores) == UNKNOWN


def test_scores_less_the_logarithm_of_their_sum_are_log_probabilities() -> None:
    """Why a difference with something unknown is not a score."""
    difference = SCORES - np.log(np.exp(SCORES).sum(axis=1, keepdims=True))
    assert allows(difference, Kind.LOG_SOFTMAX, 1)


def test_a_product_of_probabilities_is_one() -> None:
    assert arithmetic.multiplied(tensor(Kind.SOFTMAX), tensor(Kind.SIGMOID)) == Kind.PROBABILITY
    assert not allows(softmax(SCORES) * sigmoid(OTHER), Kind.SOFTMAX, 1)


def test_a_product_with_trained_weights_is_an_affine_layer() -> None:
    weights, features, scores = tensor(Kind.PARAMETER), tensor(UNKNOWN), tensor(Kind.LOGITS)
    for other in (features, scores, tensor(Kind.ACTIVATED), weights):
        assert arithmetic.multiplied_as_matrices(other, weights) == Kind.LOGITS
        assert arithmetic.multiplied_as_matrices(weights, other) == Kind.LOGITS
    assert arithmetic.multiplied_as_matrices(features, scores) == UNKNOWN
    either = tensor(Kind.PARAMETER | Kind.SOFTMAX)
    assert arithmetic.multiplied_as_matrices(features, either) == UNKNOWN
    assert arithmetic.added(scores, weights) == arithmetic.added(weights, scores) == Kind.LOGITS
    assert arithmetic.multiplied(scores, weights) == arithmetic.divided(scores, weights) == Kind.LOGITS
    assert arithmetic.added(scores, either) == arithmetic.added(features, weights) == UNKNOWN
    assert arithmetic.picked(Kind.PARAMETER) == Kind.PARAMETER


@pytest.mark.parametrize("kind", [Kind.LOGITS, Kind.SOFTMAX, UNKNOWN])
def test_whatever_is_done_with_a_loss_is_a_loss(kind: Kind) -> None:
    loss, other = tensor(Kind.LOSS), tensor(kind)
    for law in (arithmetic.added, arithmetic.subtracted, arithmetic.multiplied):
        assert law(loss, other) == law(other, loss) == Kind.LOSS
    assert arithmetic.divided(loss, other) == Kind.LOSS
    assert arithmetic.scaled(Kind.LOSS) == arithmetic.negated(Kind.LOSS) == arithmetic.summed(Kind.LOSS) == Kind.LOSS


# -- several tensors --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("axis", [0, 1])
@pytest.mark.parametrize("kind", MADE, ids=lambda kind: kind.name)
def test_side_by_side(kind: Kind, axis: int) -> None:
    parts = [tensor(kind, axis=1), tensor(kind, axis=1)]
    numbers = np.concatenate([MADE[kind](SCORES), MADE[kind](OTHER)], axis=axis)
    assert allows(numbers, arithmetic.joined(parts, axis), 1)


def test_a_mixture_is_nothing_in_particular() -> None:
    assert arithmetic.joined([tensor(Kind.LOGITS), tensor(Kind.SOFTMAX)], 0) == UNKNOWN
    assert arithmetic.joined([tensor(UNKNOWN), tensor(UNKNOWN)], 0) == UNKNOWN
    assert arithmetic.joined([tensor(Kind.LOGITS), tensor(Kind.LOGITS)], 0) == Kind.LOGITS


def test_distributions_beside_one_another_sum_to_more_than_one() -> None:
    parts = [tensor(Kind.SOFTMAX, axis=1)] * 2
    assert arithmetic.joined(parts, 1) == Kind.PROBABILITY
    assert arithmetic.joined(parts, 0) == Kind.SOFTMAX


def test_the_two_sides_of_a_probability_are_a_distribution() -> None:
    p = sigmoid(SCORES[:, :1])
    assert allows(np.concatenate([1 - p, p], axis=1), Kind.SOFTMAX, 1)
    assert Kind.SOFTMAX in arithmetic.joined([tensor(Kind.SIGMOID)] * 2, 1)
    assert Kind.LOG_SOFTMAX in arithmetic.joined([tensor(Kind.LOG_SIGMOID)] * 2, 1)
    assert arithmetic.joined([tensor(Kind.SIGMOID)] * 2, 0) == Kind.SIGMOID


# -- shapes -----------------------------------------------------------------------------------------------------------

ALL = tensor(Kind.SOFTMAX, axis=1, units=4, rank=2, batched=True, low=0.0, high=1.0)


@pytest.mark.parametrize(
    ("axes", "kept"),
    [
        (Axes.KEPT, {"kind", "axis", "units", "rank", "batched", "low", "high"}),
        (Axes.PERMUTED, {"kind", "rank", "low", "high"}),
        (Axes.RESHAPED, {"kind", "low", "high"}),
        (Axes.SLICED, {"low", "high"}),
        (Axes.PICKED, {"low", "high"}),
        (Axes.POOLED, set()),
        (Axes.SUMMED, set()),
        (Axes.SCALED, {"axis", "units", "rank", "batched"}),
        (Axes.JOINED, {"kind", "low", "high"}),
    ],
)
def test_what_survives_an_operation(axes: Axes, kept: set[str]) -> None:
    after = survives(ALL, axes)
    names = ("kind", "axis", "units", "rank", "batched", "low", "high")
    assert {name for name in names if getattr(after, name) == getattr(ALL, name)} == kept


def test_one_hot_labels_laid_flat_are_labels_of_two_classes() -> None:
    labels = tensor(Kind.ONE_HOT)
    assert arithmetic.laid_out(labels, False).kind == Kind.ONE_HOT | Kind.CLASS_INDEX
    assert arithmetic.laid_out(labels, True) is labels
    wide = replace(labels, units=10)
    assert arithmetic.laid_out(wide, False) is wide
    assert arithmetic.laid_out(tensor(Kind.SOFTMAX), False).kind == Kind.SOFTMAX


def test_what_a_maximum_over_everything_gives_is_not_known() -> None:
    assert survives(ALL, Axes.PICKED, given=True).kind == Kind.PROBABILITY
    assert survives(ALL, Axes.PICKED, given=False).kind == UNKNOWN
    assert survives(ALL, Axes.POOLED, axis=0).kind == Kind.SOFTMAX
    assert survives(ALL, Axes.POOLED, given=False).kind == UNKNOWN


# -- indices ----------------------------------------------------------------------------------------------------------

KEYS: dict[str, Any] = {"all": slice(None), "part": slice(0, 2), "one": 1, "new": None, "rest": ...}
SHAPE = (3, 4, 5)
SORTS = [
    *([first] for first in KEYS),
    *([first, second] for first in KEYS for second in KEYS if [first, second] != ["rest", "rest"]),
    ["all", "all", "one"],
    ["all", "one", "all"],
    ["one", "all", "all"],
    ["one", "one", "all"],
    ["all", "all", "part"],
    ["rest", "all", "one"],
    ["rest", "one", "all"],
    ["one", "rest", "all"],
    ["one", "part", "rest"],
    ["new", "all", "one"],
]


@pytest.mark.parametrize("rank", [None, 3])
@pytest.mark.parametrize("axis", [0, 1, 2, -1, -2, -3, None])
@pytest.mark.parametrize("sorts", SORTS, ids=lambda sorts: ",".join(sorts))
def test_an_index_keeps_a_distribution_only_where_the_numbers_do(
    sorts: list[str], axis: int | None, rank: int | None
) -> None:
    numbers = softmax(np.random.default_rng(2).normal(0, 2, SHAPE), 1 if axis is None else axis)
    result = numbers[tuple(KEYS[sort] for sort in sorts)]
    after = indexed(tensor(Kind.SOFTMAX, axis=axis, rank=rank), tuple(map(Index, sorts)))
    assert allows(result, after.kind)
    if after.axis is not None and after.kind is Kind.SOFTMAX:
        assert allows(result, Kind.SOFTMAX, after.axis)


def test_an_index_that_is_not_known_leaves_both_possibilities() -> None:
    after = indexed(tensor(Kind.LOG_SOFTMAX, axis=1), (Index("all"), Index("unknown")))
    assert after.kind == Kind.LOG_SOFTMAX | Kind.LOG_PROBABILITY
    assert indexed(tensor(Kind.LOGITS, units=3), (Index("unknown"),)).kind == Kind.LOGITS
    assert indexed(tensor(UNKNOWN), (Index("one"),)).kind == UNKNOWN


@pytest.mark.parametrize(
    ("sorts", "kind"),
    [
        (("unknown",), Kind.ONE_HOT),
        (("part",), Kind.ONE_HOT),
        (("part", "all"), Kind.ONE_HOT),
        (("all", "new"), Kind.ONE_HOT),
        (("all", "one"), Kind.ONE_HOT | Kind.DECISION),
        (("all", "part"), Kind.ONE_HOT | Kind.DECISION),
        (("rest", "one"), Kind.ONE_HOT | Kind.DECISION),
        (("unknown", "unknown"), Kind.ONE_HOT | Kind.DECISION),
    ],
)
def test_a_column_of_one_hot_labels_says_of_each_whether_it_is_that_class(sorts: tuple[str, ...], kind: Kind) -> None:
    assert indexed(tensor(Kind.ONE_HOT), tuple(map(Index, sorts))).kind == kind
    assert indexed(tensor(UNKNOWN), tuple(map(Index, sorts))).kind == UNKNOWN


@pytest.mark.parametrize(
    ("sorts", "units"),
    [(["part", "all"], 4), (["all", "part"], None), (["one"], None), (["rest", "one"], None)],
)
def test_the_units_survive_when_the_last_axis_is_whole(sorts: list[str], units: int | None) -> None:
    assert indexed(tensor(Kind.LOGITS, units=4, rank=2), tuple(map(Index, sorts))).units == units


def test_a_new_axis_in_front_is_not_the_batch() -> None:
    scores = tensor(Kind.LOGITS, batched=True, rank=2)
    assert indexed(scores, (Index("all"), Index("rest"))).batched
    assert not indexed(scores, (Index("new"), Index("rest"))).batched


@pytest.mark.parametrize(
    ("sorts", "kept"),
    [
        (["all", "one", "all"], True),
        (["all", "part"], True),
        (["all", "one"], False),  # of two axes one is left
        (["one", "all", "all"], False),
        (["part", "one", "all"], False),
        (["all", "unknown", "all"], False),  # a mask takes two axes for one
        (["all", "new", "all"], False),
        (["rest", "all"], False),
    ],
)
def test_an_axis_stays_behind_the_samples(sorts: list[str], kept: bool) -> None:
    assert indexed(tensor(Kind.LOGITS), tuple(map(Index, sorts))).batched == kept
    assert keeps_samples(sorts) == kept


@pytest.mark.parametrize(("axis", "two"), [(0, False), (-1, False), (1, True), (2, True), (-2, True), (-3, True)])
def test_an_axis_that_only_a_matrix_has(axis: int, two: bool) -> None:
    vector = np.zeros(3)
    assert proves_two(axis) == two
    if two:
        with pytest.raises(IndexError):
            vector.sum(axis=axis)
    else:
        vector.sum(axis=axis)
