"""What operations do to kinds: the mathematics, free of names.

Every function here takes tensors and gives a kind or a tensor; none knows a library. The laws are held against real
numbers by ``tests/test_arithmetic.py``.
"""

from __future__ import annotations

from collections.abc import Mapping

import msgspec
from msgspec.structs import replace

from logitlint.frameworks.vocabulary import Axes
from logitlint.inference.values import Tensor
from logitlint.kinds import NOTHING, PROBABILITIES, UNKNOWN, Kind

SMALL = 1e-3
"""Numbers up to this are taken for the epsilon in ``log(p + eps)``."""

_DISTRIBUTIONS = Kind.SOFTMAX | Kind.LOG_SOFTMAX
_WHOLE_AGAIN = {
    Kind.SIGMOID: Kind.SOFTMAX,
    Kind.PROBABILITY: Kind.SOFTMAX,
    Kind.LOG_SIGMOID: Kind.LOG_SOFTMAX,
    Kind.LOG_PROBABILITY: Kind.LOG_SOFTMAX,
}
_MEANINGS = tuple(Kind)
_PICKED = {
    **dict(zip(_MEANINGS, _MEANINGS, strict=True)),
    Kind.SOFTMAX: Kind.PROBABILITY,
    Kind.LOG_SOFTMAX: Kind.LOG_PROBABILITY,
    Kind.ONE_HOT: Kind.DECISION,
}
_BESIDE = {**dict(zip(_MEANINGS, _MEANINGS, strict=True)), **_WHOLE_AGAIN, Kind.ONE_HOT: Kind.DECISION}


def mapped(kind: Kind, table: Mapping[Kind, Kind]) -> Kind:
    """Each meaning sent through a table; a meaning the table leaves out becomes unknown."""
    if kind in table:  # one meaning
        return table[kind]
    if kind == UNKNOWN and len(table) < len(_MEANINGS):
        return UNKNOWN
    result = NOTHING
    for meaning in _MEANINGS:
        if meaning in kind:
            result |= table.get(meaning, UNKNOWN)
    return result


def picked(kind: Kind) -> Kind:
    """Part of a class axis: what summed to one no longer does."""
    return mapped(kind, _PICKED)


def sliced(kind: Kind) -> Kind:
    """Rows or columns, it is not known which: both remain possible."""
    return kind | picked(kind) if kind != UNKNOWN else UNKNOWN


def scaled(kind: Kind) -> Kind:
    """Times a number: only scores stay what they are."""
    keep = {Kind.LOGITS: Kind.LOGITS, Kind.LOSS: Kind.LOSS}
    return mapped(kind, keep)


def _turned(kind: Kind) -> Kind:
    """Its axes in another order: the rows of one-hot labels may be the classes now, and each number a decision."""
    return kind | Kind.DECISION if Kind.ONE_HOT in kind else kind


def pooled(tensor: Tensor, axis: int | None, whole: bool) -> Kind:
    """Averaged over an axis (`whole`: over all of them)."""
    table = {Kind.LOGITS: Kind.LOGITS, Kind.LOSS: Kind.LOSS, Kind.SIGMOID: Kind.PROBABILITY}
    table[Kind.PROBABILITY] = Kind.PROBABILITY
    if (
        not whole
        and axis is not None
        and tensor.axis is not None
        and axis != tensor.axis
        and (axis < 0) == (tensor.axis < 0)
    ):
        table[Kind.SOFTMAX] = Kind.SOFTMAX
    elif not whole:
        table[Kind.SOFTMAX] = Kind.SOFTMAX | Kind.PROBABILITY
    return mapped(tensor.kind, table)


def summed(kind: Kind) -> Kind:
    """Added up over an axis."""
    return mapped(kind, {Kind.LOGITS: Kind.LOGITS, Kind.LOSS: Kind.LOSS})


def joined(tensors: list[Tensor], axis: int | None) -> Kind:
    """Several put side by side along an axis: one kind of all is kept, a mixture is nothing in particular.

    Side by side over another axis than the batch, ``1 - p`` and ``p`` are a distribution again.
    """
    first = tensors[0].kind
    if any(tensor.kind != first for tensor in tensors) or first == UNKNOWN:
        return UNKNOWN
    if axis == tensors[0].axis and axis is not None and first & _DISTRIBUTIONS:
        return picked(first)
    if axis == 0:
        return first
    return first | mapped(first, _BESIDE)


def proves_two(axis: int) -> bool:
    """Whether only what has two axes at least can have such an axis."""
    return axis not in (0, -1)


def survives(tensor: Tensor, axes: Axes, *, axis: int | None = None, given: bool = True) -> Tensor:
    """What is left of a tensor after an operation that keeps the numbers' meaning.

    axis
        The axis the operation works on, when it is known.
    given
        Whether an axis was given at all (`mean()` averages over everything).
    """
    if axes is Axes.KEPT:
        return tensor
    if axes is Axes.RESHAPED:
        return replace(tensor, axis=None, units=None, rank=None, batched=False)
    if axes is Axes.PERMUTED:
        return replace(tensor, kind=_turned(tensor.kind), axis=None, units=None, batched=False)
    bare = replace(tensor, axis=None, units=None, rank=None, batched=False)
    if axes is Axes.SLICED:
        return replace(bare, kind=sliced(tensor.kind))
    if axes is Axes.PICKED:
        return replace(bare, kind=picked(tensor.kind) if given else mapped(tensor.kind, {}))
    if axes is Axes.POOLED:
        return replace(bare, kind=pooled(tensor, axis, whole=not given), low=None, high=None)
    if axes is Axes.SUMMED:
        return replace(bare, kind=summed(tensor.kind), low=None, high=None)
    if axes is Axes.SCALED:
        return replace(tensor, kind=scaled(tensor.kind), low=None, high=None)
    return bare


def laid_out(tensor: Tensor, by_axis: bool) -> Tensor:
    """What a reshape leaves; `by_axis`: an axis of one was added or dropped.

    One-hot labels whose last axis is not known any more may have been laid flat: then each is the label of a sample.
    """
    if Kind.ONE_HOT in tensor.kind and tensor.units is None and not by_axis:
        return replace(tensor, kind=tensor.kind | Kind.CLASS_INDEX)
    return tensor


class Index(msgspec.Struct, frozen=True):
    """One position of an index: a whole axis, part of it, one element, a new axis, or not known what."""

    sort: str
    """``all``, ``part``, ``one``, ``new``, ``rest`` (an ellipsis) or ``unknown``."""


def indexed(tensor: Tensor, index: tuple[Index, ...]) -> Tensor:
    """``tensor[index]``: does it cut the class axis, and where is that axis afterwards?"""
    sorts = [each.sort for each in index]
    if all(sort in ("all", "rest", "new") for sort in sorts):
        moved = (
            tensor.axis
            if "new" not in sorts or (tensor.axis is not None and tensor.axis < 0 and sorts[-1] != "new")
            else None
        )
        return replace(tensor, axis=moved, rank=None, batched=tensor.batched and sorts[:1] != ["new"])
    if not tensor.kind & _DISTRIBUTIONS or tensor.kind == UNKNOWN:
        keeps_last = "rest" not in sorts and sorts[-1] in ("all", "new") and tensor.rank == len(sorts)
        kind = sliced(tensor.kind) if _may_take_classes(tensor, sorts) else tensor.kind
        result = replace(
            tensor,
            kind=kind,
            units=tensor.units if keeps_last else None,
            axis=None,
            rank=None,
            batched=keeps_samples(sorts),
        )
        return of_a_sample(result) if sorts == ["one"] else result
    cut = _cuts(tensor.axis, tensor.rank, sorts)
    kind = tensor.kind if cut is False else picked(tensor.kind) if cut else sliced(tensor.kind)
    return replace(
        tensor,
        kind=kind,
        axis=_moved(tensor.axis, tensor.rank, sorts) if cut is False else None,
        units=None,
        rank=None,
        batched=False,
    )


def keeps_samples(sorts: list[str]) -> bool:
    """Whether axis 0 stays whole and an axis stays behind it: ``outputs[:, -1, :]``."""
    kept = [sort in ("all", "part") for sort in sorts]
    return (
        sorts[0] == "all"
        and sum(kept) > 1
        and all(keep or sort == "one" for keep, sort in zip(kept, sorts, strict=True))
    )


def _may_take_classes(tensor: Tensor, sorts: list[str]) -> bool:
    """Whether an index may take some classes of one-hot labels: ``labels[:, 1]`` says of each whether it is that one.

    A single index takes samples, unless these are the labels of one: ``labels[:100]``, ``labels[mask]``.
    """
    behind = len(sorts) > 1 or tensor.axis == 0
    return Kind.ONE_HOT in tensor.kind and behind and sorts[-1] not in ("all", "new", "rest")


def of_a_sample(tensor: Tensor) -> Tensor:
    """What is the label of one sample, or may be: of one-hot labels the first axis is then that of the classes."""
    known = Kind.ONE_HOT in tensor.kind and tensor.kind != UNKNOWN
    return replace(tensor, axis=0) if known else tensor


def _cuts(axis: int | None, rank: int | None, sorts: list[str]) -> bool | None:
    """Whether an index cuts the normalised axis; None when that cannot be told."""
    if "unknown" in sorts or "new" in sorts or axis is None:
        return None
    if axis < 0 and rank is not None:
        axis += rank
    if axis >= 0:
        if "rest" in sorts and sorts.index("rest") <= axis:
            return None
        return axis < len(sorts) and sorts[axis] != "all"
    if "rest" in sorts:
        front, behind = sorts[: sorts.index("rest")], sorts[sorts.index("rest") + 1 :]
        if -axis <= len(behind):
            return behind[axis] != "all"
        return None if axis < -1 and set(front) - {"all"} else False  # the last axis is taken not to be the first
    return None


def _moved(axis: int | None, rank: int | None, sorts: list[str]) -> int | None:
    """Where an axis is once the axes have gone from which one element was taken."""
    if axis is None:
        return None
    if axis >= 0:
        return axis - sum(sort == "one" for sort in sorts[:axis])
    rest = sorts.index("rest") if "rest" in sorts else -1
    behind = sorts[rest + 1 :] if rest >= 0 or rank is None else [*sorts, *["all"] * (rank - len(sorts))]
    return axis + sum(sort == "one" for sort in behind[max(0, len(behind) + axis + 1) :])


def composed(before: Tensor, low: float | None, high: float | None) -> tuple[float | None, float | None]:
    """The range of an activation of something that has a range already: ``tanh(relu(z))`` is not negative."""
    bounded = before.kind.certainly(PROBABILITIES)
    lows = [bound for bound in (low, 0.0 if bounded else before.low) if bound is not None]
    highs = [bound for bound in (high, 1.0 if bounded else before.high) if bound is not None]
    return max(lows, default=None), min(highs, default=None)


def added(left: Tensor, right: Tensor) -> Kind:
    """The sum of two tensors: a bias or a second score added to scores leaves scores."""
    if Kind.LOSS in (left.kind, right.kind):
        return Kind.LOSS
    scores = left.kind.certainly(Kind.LOGITS), right.kind.certainly(Kind.LOGITS)
    if all(scores):
        return Kind.LOGITS
    other = right if scores[0] else left
    if any(scores) and _is_bias(other):
        return Kind.LOGITS
    return UNKNOWN


def _is_bias(tensor: Tensor) -> bool:
    """Whether it is a parameter, or comes from where nothing is computed: an argument, an attribute."""
    return tensor.kind.certainly(Kind.PARAMETER) or (tensor.kind == UNKNOWN and not tensor.made)


def subtracted(left: Tensor, right: Tensor) -> Kind:
    """The difference of two tensors; ``z - logsumexp(z)`` is a log-softmax, so only scores may be taken from scores."""
    if Kind.LOSS in (left.kind, right.kind):
        return Kind.LOSS
    both = left.kind.certainly(Kind.LOGITS) and right.kind.certainly(Kind.LOGITS)
    return Kind.LOGITS if both else UNKNOWN


def multiplied(left: Tensor, right: Tensor) -> Kind:
    """The product of two tensors."""
    if Kind.LOSS in (left.kind, right.kind):
        return Kind.LOSS
    if left.kind.certainly(PROBABILITIES) and right.kind.certainly(PROBABILITIES):
        return Kind.PROBABILITY
    scores = left.kind.certainly(Kind.LOGITS), right.kind.certainly(Kind.LOGITS)
    other = right if scores[0] else left
    return Kind.LOGITS if any(scores) and _is_bias(other) else UNKNOWN


def multiplied_as_matrices(left: Tensor, right: Tensor) -> Kind:
    """The product of two matrices: with trained weights on either side it is an affine layer."""
    return Kind.LOGITS if Kind.PARAMETER in (left.kind, right.kind) else UNKNOWN


def divided(left: Tensor, right: Tensor) -> Kind:
    """The quotient of two tensors: a temperature leaves scores."""
    if left.kind is Kind.LOSS:
        return Kind.LOSS
    temperature = left.kind.certainly(Kind.LOGITS) and _is_bias(right)
    return Kind.LOGITS if temperature else UNKNOWN


def with_number(sign: str, tensor: Tensor, number: float, *, reflected: bool = False) -> Kind:
    """A tensor and a number: ``p + 1e-8``, ``logits / 2``; `reflected` when the number is on the left: ``1 - p``."""
    if sign in ("*", "/"):
        if number == 1 and not reflected:
            return tensor.kind
        return scaled(tensor.kind) if not (reflected and sign == "/") else UNKNOWN
    if sign in ("+", "-") and abs(number) <= SMALL and not (reflected and sign == "-"):
        return tensor.kind
    if sign == "-" and reflected and number == 1:
        return mapped(
            tensor.kind,
            {
                Kind.SIGMOID: Kind.SIGMOID,
                Kind.SOFTMAX: Kind.SOFTMAX | Kind.PROBABILITY,  # of two classes: exchanged
                Kind.PROBABILITY: Kind.PROBABILITY,
                Kind.LOGITS: Kind.LOGITS,
            },
        )
    if sign in ("+", "-"):
        return mapped(tensor.kind, {Kind.LOGITS: Kind.LOGITS, Kind.LOSS: Kind.LOSS})
    return UNKNOWN


def negated(kind: Kind) -> Kind:
    """``-x``."""
    return mapped(kind, {Kind.LOGITS: Kind.LOGITS, Kind.LOSS: Kind.LOSS})
