"""Whether `NLLLoss` only picks numbers, of which something else is made.

It takes the number at the place of the label and changes its sign, so a program may use it for just that: negated it is
the expected accuracy, ``1 + nll_loss(p, y)`` the mean absolute error, and ``logsumexp(z) + nll_loss(z, y)`` the
cross-entropy. What becomes of the value tells.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, TypeAlias

from logitlint.frameworks.vocabulary import Axes, Fact, Role, SameAs, Want
from logitlint.inference.arithmetic import SMALL
from logitlint.inference.lineage import before, identity, is_joined, is_view, makers, numbers
from logitlint.inference.trace import Taken, Trace, Use
from logitlint.inference.values import Literal, Origin, Tensor, Unknown, Value
from logitlint.kinds import UNKNOWN, Kind
from logitlint.rules.checks import OUTPUTS, called, is_division

_SUM: Final = "operator.add"
_DIFFERENCE: Final = "operator.sub"
_PRODUCT: Final = "operator.mul"
_REDUCED: Final = (Axes.POOLED, Axes.SUMMED)
_NEGATIONS: Final = ("neg", "negative", "abs", "absolute")
"""What gives the probability picked: it is negative."""

_Call: TypeAlias = tuple[Origin, str, tuple[Origin, ...]]
"""What tells results apart: the expression, the row, and the calls that lead to it."""


def is_a_measure(use: Use, scores: Tensor, trace: Trace) -> bool:
    """Whether a loss picks the numbers at the labels for something else than to be trained on.

    ``-nll_loss(softmax(x), y, reduction="none")`` is the probability of each label, which focal losses begin with: of
    what is not reduced, only what is averaged, or differentiated, counts as a loss. What is differentiated without any
    such operation is a loss whatever else is made of it.
    """
    if not _picks(use):
        return False
    fates = [_Fate(use, scores, trace)]
    if not fates[0].read:  # what becomes of it tells where the same code is run once more
        again = [each for each in trace if each.origin == use.origin and each.row is use.row]
        fates += [_Fate(each, tensor, trace) for each in again if (tensor := before(each)) is not None]
    if any(fate.trained for fate in fates):
        return False
    averaged = any(fate.averaged for fate in fates)
    return any(fate.measured for fate in fates) or (_is_each_by_itself(use) and not averaged)


def _picks(use: Use) -> bool:
    """Whether it is `NLLLoss`: of the losses that are given the numbers of the classes, the one without alignments."""
    indexed = any(taken.want is Want.CLASS_INDEX for taken in use.taken)
    return indexed and getattr(use.row, "alignment", None) is None


def _is_each_by_itself(use: Use) -> bool:
    return use.given.get("reduction") == Literal("none") or use.given.get("reduce") == Literal(False)


class _Fate:
    """What becomes of the value of a loss, followed through the uses that read it, in their order."""

    def __init__(self, use: Use, scores: Tensor, trace: Trace) -> None:
        self.read = False
        self.measured = False
        self.averaged = False
        self.trained = False
        self._scores = _same_numbers(scores)
        self._unseen = trace.unseen
        self._own = _is_each_by_itself(use)
        # By the call that carries the value on: the numbers of the weights by which it was multiplied.
        self._weights: dict[_Call, frozenset[int]] = {_call(use): frozenset()}
        for reader in trace:
            self._follow(reader)

    def _follow(self, reader: Use) -> None:
        """Take note of one use, if it reads the value."""
        for taken in reader.taken:
            if (tensor := taken.tensor) is None:
                continue
            for use in tensor.made:
                if (weights := self._weights.get(_call(use))) is not None:
                    self.read = True
                    self._read(reader, taken, tensor, weights)
                    return

    def _read(self, reader: Use, taken: Taken, value: Tensor, weights: frozenset[int]) -> None:
        others = [each.value for each in reader.taken if each is not taken]
        if reader.has(Fact.DIFFERENTIATES):
            self.trained = True
        elif _negates(reader, others) or self._completes(reader, taken, value, others):
            self.measured = True
        elif reader.row.name == _PRODUCT:
            self._weigh(reader, others[0], weights)
        elif isinstance(reader.row, SameAs) or is_view(reader) or _is_arithmetic(reader):
            reduced = _axes(reader) in _REDUCED
            normalised = is_division(reader) and _is_sum_of(others[0], weights)
            self.averaged |= (reduced and not weights) or normalised
            self._weights.setdefault(_call(reader), weights)

    def _completes(self, reader: Use, taken: Taken, value: Tensor, others: list[Value]) -> bool:
        """Whether it is taken from something, or put together with what makes another quantity of it."""
        if reader.row.name == _DIFFERENCE:  # of ``0 - x`` the number counts as the second
            return taken.role is Role.OTHER or _is_constant(others[0]) or others[0] == Literal(0)
        if is_division(reader):  # ``(n + x) / n``
            shifted = any(not added.isdisjoint(numbers(others[0])) for added in _added(value))
            return shifted or self._is_made_of_scores(others[0], scale=True)
        if reader.row.name == _SUM and _is_constant(others[0]):
            return True
        together = reader.row.name == _SUM or is_joined(reader)
        return together and any(self._is_made_of_scores(each) for each in others)

    def _is_made_of_scores(self, value: Value, *, scale: bool = False) -> bool:
        """Whether something else than a loss was computed of the scores: another way to write what they add up to.

        scale
            As that by which they are divided: not their number, nor how many of them are chosen.
        """
        found: set[Use] = set()
        numbered: set[int] = set()
        pending = [value]
        while pending:
            current = pending.pop()
            own = {current.number} - numbered if isinstance(current, Tensor | Unknown) else set[int]()
            numbered |= own
            parts = [each for number in own if not scale for each in self._unseen.get(number, ())]
            uses = set(current.made) - found if isinstance(current, Tensor) else set()
            found |= uses
            followed = [use for use in uses if not (use.has(Fact.LOSS) or (scale and use.has(Fact.TRAINS_NOT)))]
            parts += [each.value for use in followed for each in use.taken]
            if any(isinstance(each, Tensor) and not self._scores.isdisjoint(identity(each)) for each in parts):
                return True
            pending += parts
        return False

    def _weigh(self, reader: Use, other: Value, weights: frozenset[int]) -> None:
        """By a mask, whose sum divides in the end, it is averaged; by another loss or prediction it is its weight."""
        if isinstance(other, Tensor) and other.kind != UNKNOWN and other.kind & (OUTPUTS | Kind.LOSS):
            self.measured |= self._own
        else:
            self._weights.setdefault(_call(reader), weights | numbers(other))


def _call(use: Use) -> _Call:
    return use.origin, use.row.name, use.stack


def _same_numbers(scores: Tensor) -> set[object]:
    """The identities of scores, and of those that they are a part of."""
    found: set[object] = set()
    pending = [scores]
    while pending:
        tensor = pending.pop()
        found |= identity(tensor)
        pending += [whole for use in tensor.made if is_view(use) and (whole := before(use)) is not None]
    return found


def _is_arithmetic(use: Use) -> bool:
    return use.row.name in (_SUM, _DIFFERENCE) or is_division(use)


def _axes(use: Use) -> Axes | None:
    return getattr(use.row, "axes", None)


def _negates(use: Use, others: list[Value]) -> bool:
    """Whether it changes the sign."""
    by = others[0].value if others and isinstance(others[0], Literal) else None
    if use.row.name == _PRODUCT or is_division(use):
        return isinstance(by, int | float) and by < 0
    return called(use) in _NEGATIONS


def _is_constant(value: Value) -> bool:
    """Whether it is a number, and not next to nothing."""
    if isinstance(value, Tensor):
        return value.low is not None and value.low == value.high and abs(value.low) > SMALL
    return isinstance(value, Literal) and isinstance(value.value, int | float) and abs(value.value) > SMALL


def _added(value: Tensor) -> Iterator[set[int]]:
    """What was added to give a number."""
    for use in makers(value):
        if use.row.name == _SUM:
            yield from (numbers(each.value) for each in use.taken)


def _is_sum_of(value: Value, weights: frozenset[int]) -> bool:
    """Whether a number is the sum of weights, cut off or shifted a little perhaps."""
    current: Value | None = value
    summed = False
    while isinstance(current, Tensor):
        if summed and not numbers(current).isdisjoint(weights):
            return True
        use = next(iter(current.made), None)
        summed = summed or (use is not None and _axes(use) is Axes.SUMMED)
        current = before(use) if use is not None else None
    return False
