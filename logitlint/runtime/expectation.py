"""The formula that both sides of an experiment are held against.

For a loss it is found out, not looked up: the loss is given what it reads (probabilities, where it wants those), and
the formula and reduction that give the same numbers are the ones it computes. So the formula is that of the loss which
the program's author chose, and a repair that ends in another is refuted.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Final

import numpy as np

from logitlint.numerics import reference
from logitlint.numerics.adapters import to_array
from logitlint.numerics.reference import Answer
from logitlint.runtime.apparatus import REFUSALS, Apparatus, UnrunnableError, call
from logitlint.runtime.battery import Batch, batch
from logitlint.runtime.programs import DECISION, LOSS, POSITION, Apply, Constant, Program, Truth

if TYPE_CHECKING:
    from logitlint.numerics.adapters import Array


def expected(apparatus: Apparatus, program: Program, classes: tuple[int, ...]) -> tuple[str, Callable[[Batch], Answer]]:
    """The formula's name, and the formula, reduced as the loss reduces it."""
    result = _OF_ONE.get(program.result, program.result) if classes == (1,) else program.result
    if result == POSITION and classes != (1,):
        return "the class of the largest score", lambda given: Answer(
            given.scores.argmax(axis=-1).astype(float), np.zeros_like(given.scores)
        )
    if result in (DECISION, POSITION):
        return "the side of zero", lambda given: Answer((given.scores > 0).astype(float), np.zeros_like(given.scores))
    if result != LOSS:
        activation = reference.ACTIVATIONS[result]
        return result, lambda given: Answer(activation(given.scores), _pulled(activation, given.scores))
    given = batch(1.0, classes[0], program.ignored)
    apparatus.settle(program, "float64")
    try:
        value = to_array(_calibrated(apparatus, program, given))
        value = np.asarray(value.mean()) if program.averaged else value
    except REFUSALS as error:
        words = (str(error).strip().splitlines() or [type(error).__name__])[0]
        raise UnrunnableError(f"{_path(program)} cannot be given what it reads: {words}") from error
    for name, formula in reference.LOSSES.items():
        for reduction in REDUCTIONS:
            answer = reduction(_formula(program, name, formula, given))
            if value.shape == answer.value.shape and np.allclose(value, answer.value, rtol=1e-5, atol=1e-6):
                return name, _reduced(program, name, formula, _batch_mean if program.per_sample else reduction)
    raise UnrunnableError(f"there is no formula for {_path(program)}")


_OF_ONE: Final[Mapping[str, str]] = {"softmax": "sigmoid", "log-softmax": "log-sigmoid"}
"""What is meant by an activation over a single unit."""


def _reduced(
    program: Program, name: str, formula: Callable[..., Answer], reduction: Callable[[Answer], Answer]
) -> Callable[[Batch], Answer]:
    return lambda given: reduction(_formula(program, name, formula, given))


def _calibrated(apparatus: Apparatus, program: Program, given: Batch) -> object:
    """What the loss gives when it is given what it reads: that tells which formula it is."""
    right = {
        "CLASS_LOGITS": lambda scores: scores,
        "LABEL_LOGITS": lambda scores: scores,
        "CLASS_PROBABILITIES": reference.softmax,
        "LABEL_PROBABILITIES": reference.sigmoid,
        "PROBABILITIES": reference.sigmoid,
        "CLASS_LOG_PROBABILITIES": reference.log_softmax,
    }.get(program.want or "")
    if right is None:
        raise UnrunnableError(f"{_path(program)} reads its prediction on no scale that has a formula")
    node = _loss(program)
    values: dict[str, object] = {}
    for name, each in node.given.items():
        if name == program.prediction:
            values[name] = apparatus.bench.scores(right(given.scores), "float64")
        elif isinstance(each, Truth | Constant):
            values[name] = apparatus.evaluate(each, None, given, "float64")
        else:
            values[name] = apparatus.bench.scores(_believed(program, given, program.target), "float64")
    return call(node, values)


def _believed(program: Program, given: Batch, want: str | None = None) -> Array:
    """The target that is computed, as probabilities, or on the scale that is wanted."""
    logarithm = want == "LOG_DISTRIBUTION"
    if program.believed == "sigmoid":
        return reference.log_sigmoid(given.other) if logarithm else reference.sigmoid(given.other)
    return reference.log_softmax(given.other) if logarithm else reference.softmax(given.other)


def _loss(program: Program) -> Apply:
    if not isinstance(program.node, Apply):
        raise UnrunnableError("a draw is no loss")
    return program.node


def _path(program: Program) -> str:
    return _loss(program).path


def _formula(program: Program, name: str, formula: Callable[..., Answer], given: Batch) -> Answer:
    node = _loss(program)
    targets = [each for each in node.given.values() if isinstance(each, Truth)]
    want = targets[0].want if targets else None
    if want in ("CLASSES", "CLASS_INDEX", "ONE_HOT"):
        weights = given.one_hot
    elif want in ("LABELS", "SIGNS"):
        weights = given.labels
    else:
        weights = _believed(program, given)
    options = {"cross entropy": ("label_smoothing",), "focal loss": ("alpha", "gamma")}.get(name, ())
    chosen = {option: value for option in options if isinstance(value := node.literal(option), int | float)}
    return formula(given.scores, weights, **chosen)


def _pulled(activation: Callable[[Array], Array], scores: Array) -> Array:
    """The gradient of the sum of an activation, in closed form."""
    value = activation(scores)
    if activation is reference.softmax:
        return np.zeros_like(scores)
    if activation is reference.log_softmax:
        pulled: Array = 1 - scores.shape[-1] * np.exp(value)
    elif activation is reference.sigmoid:
        pulled = value * reference.sigmoid(-scores)
    else:
        pulled = reference.sigmoid(-scores)
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
