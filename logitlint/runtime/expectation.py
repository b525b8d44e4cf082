"""The formula that both sides of an experiment are held against.

For a loss it is found out, not looked up: the loss is given what it reads (probabilities, where it wants those), and
the formula and reduction that give the same numbers are the ones it computes. So the formula is that of the loss which
the program's author chose, and a repair that ends in another is refuted.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from logitlint.frameworks.vocabulary import Alignment
from logitlint.numerics import reference
from logitlint.numerics.alignment import ctc, ctc_of_each_label
from logitlint.numerics.reference import Answer
from logitlint.runtime import sequences
from logitlint.runtime.apparatus import REFUSALS, Apparatus, UnrunnableError, call
from logitlint.runtime.battery import Batch, batch
from logitlint.runtime.programs import (
    ACTIVATION,
    DECISION,
    LOSS,
    NUMBERS,
    POSITION,
    Aligned,
    Apply,
    Constant,
    Program,
    Truth,
)

if TYPE_CHECKING:
    from logitlint.numerics.adapters import Array


class Expectation(NamedTuple):
    """What both sides are held against.

    name
        The formula's.
    answer
        The formula, reduced as the loss reduces it.
    reduction
        How the loss puts its entries together; None for what is no loss.
    """

    name: str
    answer: Callable[[Batch], Answer]
    reduction: Callable[[Answer], Answer] | None = None


def expected(apparatus: Apparatus, program: Program, classes: tuple[int, ...]) -> Expectation:
    """The formula of a program. Raises `UnrunnableError` when there is none."""
    result = _OF_ONE.get(program.result, program.result) if classes == (1,) else program.result
    if result == POSITION and classes != (1,):
        return Expectation(
            "the class of the largest score",
            lambda given: Answer(given.scores.argmax(axis=-1).astype(float), np.zeros_like(given.scores)),
        )
    if result in (DECISION, POSITION):
        return Expectation(
            "the side of zero",
            lambda given: Answer((given.scores > 0).astype(float), np.zeros_like(given.scores)),
        )
    if result == ACTIVATION:
        return _recognised(apparatus, program, classes)
    if result != LOSS:
        activation = reference.ACTIVATIONS[result]
        return Expectation(result, lambda given: Answer(activation(given.scores), _pulled(activation, given)))
    given = batch(1.0, classes[0], program.ignored)
    try:
        value = _calibrated(apparatus, program, given, "float64")
    except REFUSALS as error:
        try:  # a framework may know only float32 (TensorFlow's CTC)
            value = _calibrated(apparatus, program, given, "float32")
        except REFUSALS:
            words = (str(error).strip().splitlines() or [type(error).__name__])[0]
            raise UnrunnableError(f"{_path(program)} cannot be given what it reads: {words}") from error
    value = np.asarray(value.mean()) if program.averaged else value
    for name, formula in (reference.LOSSES if program.aligns is None else ALIGNMENTS).items():
        for reduction in REDUCTIONS:
            answer = reduction(_formula(program, name, formula, given))
            if value.shape == answer.value.shape and np.allclose(value, answer.value, rtol=1e-5, atol=1e-6):
                chosen = _batch_mean if program.per_sample else reduction
                return Expectation(name, _reduced(program, name, formula, chosen), reduction)
    raise UnrunnableError(f"there is no formula for {_path(program)}")


def _recognised(apparatus: Apparatus, program: Program, classes: tuple[int, ...]) -> Expectation:
    """The activation that a program applies, by what it makes of random scores."""
    given = batch(1.0, classes[0])
    value, _ = apparatus.side(program, given, "float64")
    for name, activation in reference.HIDDEN.items():
        answer = activation(given.scores)
        if value.shape == answer.value.shape and np.allclose(value, answer.value, rtol=1e-5, atol=1e-6):
            return Expectation(name, functools.partial(_activated, activation))
    raise UnrunnableError(f"there is no formula for {_path(program)}")


def _activated(activation: Callable[[Array], Answer], given: Batch) -> Answer:
    value, slope = activation(given.scores)
    return Answer(value, given.weights * slope)


_OF_ONE: Final[Mapping[str, str]] = {"softmax": "sigmoid", "log-softmax": "log-sigmoid"}
"""What is meant by an activation over a single unit."""


def _reduced(
    program: Program, name: str, formula: Callable[..., Answer], reduction: Callable[[Answer], Answer]
) -> Callable[[Batch], Answer]:
    return lambda given: reduction(_formula(program, name, formula, given))


def _calibrated(apparatus: Apparatus, program: Program, given: Batch, dtype: str) -> Array:
    """What the loss gives when it is given what it reads: that tells which formula it is."""
    apparatus.settle(program, dtype)
    value, _ = apparatus.bench.differentiate(lambda _: _given(apparatus, program, given, dtype), given.scores, dtype)
    return value


def _given(apparatus: Apparatus, program: Program, given: Batch, dtype: str) -> object:
    right = {
        "SCORES": lambda scores: scores,
        "CLASS_LOGITS": lambda scores: scores,
        "LABEL_LOGITS": lambda scores: scores,
        "CLASS_PROBABILITIES": reference.softmax,
        "LABEL_PROBABILITIES": reference.sigmoid,
        "PROBABILITIES": reference.sigmoid,
        "CLASS_LOG_PROBABILITIES": reference.log_softmax,
    }.get(program.want or "")
    if right is None:
        raise UnrunnableError(f"{_path(program)} reads its prediction on no scale that has a formula")
    node = loss(program)
    values: dict[str, object] = {}
    for name, each in node.given.items():
        if name == program.prediction:
            numbers = right(given.scores)
            if program.aligns is not None:
                numbers = numbers.reshape(sequences.shape(given, time_first=program.aligns.time_first))
            values[name] = apparatus.bench.scores(numbers, dtype)
        elif isinstance(each, Truth | Constant | Aligned):
            values[name] = apparatus.evaluate(each, None, given, dtype)
        else:
            values[name] = apparatus.bench.scores(_believed(program, given, program.target), dtype)
    return call(node, values)


def _believed(program: Program, given: Batch, want: str | None = None) -> Array:
    """The target that is computed, as probabilities, or on the scale that is wanted."""
    logarithm = want == "LOG_DISTRIBUTION"
    if program.believed == "sigmoid":
        return reference.log_sigmoid(given.other) if logarithm else reference.sigmoid(given.other)
    return reference.log_softmax(given.other) if logarithm else reference.softmax(given.other)


def loss(program: Program) -> Apply:
    """The call of the loss. Raises `UnrunnableError` when there is none."""
    if not isinstance(program.node, Apply):
        raise UnrunnableError("a draw is no loss")
    return program.node


def _path(program: Program) -> str:
    return loss(program).path


def _formula(program: Program, name: str, formula: Callable[..., Answer], given: Batch) -> Answer:
    node = loss(program)
    if program.aligns is not None:
        return _of_sequences(program, program.aligns, formula, given)
    options = _OPTIONS.get(name, ())
    chosen = {option: value for option in options if isinstance(value := node.literal(option), int | float)}
    return formula(given.scores, truth(program, given), **chosen)


ALIGNMENTS: Final[Mapping[str, Callable[..., Answer]]] = {
    "connectionist temporal classification": ctc,
    "connectionist temporal classification, of each label": ctc_of_each_label,
}
"""The losses over all alignments of two sequences, by the name a report gives them."""


def _of_sequences(program: Program, how: Alignment, formula: Callable[..., Answer], given: Batch) -> Answer:
    """The formula of a loss that is given sequences, and its gradient as the rows of the batch lie."""
    cut, scores = sequences.cut(given), given.scores.reshape(sequences.shape(given, time_first=how.time_first))
    if how.time_first:
        scores = scores.swapaxes(0, 1)
    value, gradient = formula(scores, cut.labels, cut.lengths, cut.steps, program.blank)
    if how.time_first:
        gradient = gradient.swapaxes(0, 1)
    return Answer(value, gradient.reshape(given.scores.shape))


_OPTIONS: Final[Mapping[str, tuple[str, ...]]] = {
    "cross entropy": ("label_smoothing",),
    "binary cross entropy": ("pos_weight",),
    "focal loss": ("alpha", "gamma"),
    "overlap": ("smooth", "alpha", "beta"),
    "Huber loss": ("delta",),
}
"""What the literal arguments of a loss change of its formula."""


def truth(program: Program, given: Batch) -> Array:
    """The target as probabilities, shape (samples, classes)."""
    targets = [each for each in loss(program).given.values() if isinstance(each, Truth)]
    want = targets[0].want if targets else None
    if want in ("CLASSES", "CLASS_INDEX", "ONE_HOT"):
        return given.one_hot
    if want == NUMBERS:
        return given.other
    return given.labels if want in ("LABELS", "SIGNS") else _believed(program, given)


def _pulled(activation: Callable[[Array], Array], given: Batch) -> Array:
    """The gradient of the weighted sum of an activation, in closed form: w times its derivative.

    With p the probabilities and w the weights: p (w - sum(w p)) for a softmax, w - p sum(w) for its logarithm.
    """
    scores, weights = given.scores, given.weights
    value = activation(scores)
    if activation is reference.softmax:
        pulled: Array = value * (weights - (weights * value).sum(axis=-1, keepdims=True))
    elif activation is reference.log_softmax:
        pulled = weights - np.exp(value) * weights.sum(axis=-1, keepdims=True)
    elif activation is reference.sigmoid:
        pulled = weights * value * reference.sigmoid(-scores)
    else:
        pulled = weights * reference.sigmoid(-scores)
    return pulled


def _same(answer: Answer) -> Answer:
    return answer


def _class_mean(answer: Answer) -> Answer:
    return Answer(answer.value.mean(axis=-1), answer.gradient / answer.value.shape[-1])


def _class_sum(answer: Answer) -> Answer:
    return Answer(answer.value.sum(axis=-1), answer.gradient)


def _mean(answer: Answer) -> Answer:
    return Answer(np.asarray(answer.value.mean()), answer.gradient / answer.value.size)


def _sum(answer: Answer) -> Answer:
    return Answer(np.asarray(answer.value.sum()), answer.gradient)


def _batch_mean(answer: Answer) -> Answer:
    return Answer(np.asarray(answer.value.sum() / len(answer.value)), answer.gradient / len(answer.value))


REDUCTIONS: Final[tuple[Callable[[Answer], Answer], ...]] = (
    _same,
    _mean,
    _sum,
    _batch_mean,
    _class_mean,
    _class_sum,
)
"""How a loss may put its entries together; which one it does is found out, since no repair changes it."""
