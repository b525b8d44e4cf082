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
from logitlint.inference.lineage import before, identity, is_view, numbers
from logitlint.inference.trace import Taken, Trace, Use
from logitlint.inference.values import Literal, Origin, Tensor, Unknown, Value
from logitlint.kinds import UNKNOWN, Kind
from logitlint.rules.checks import OUTPUTS, is_exp, is_log, is_max_with_index

_SIGN: Final = "operator."
_REDUCED: Final = (Axes.POOLED, Axes.SUMMED)

_Made: TypeAlias = tuple[Origin, str, tuple[Origin, ...]]
"""What tells results apart: the expression, the row, and the calls that lead to it."""


def is_a_measure(use: Use, scores: Tensor, trace: Trace) -> bool:
    """Whether a loss picks the numbers at the labels for something else than to be trained on.

    ``-nll_loss(softmax(x), y, reduction="none")`` is the probability of each label, which focal losses begin with: of
    what is not reduced, only what is averaged, or differentiated, counts as a loss. What is differentiated without any
    such operation is a loss whatever else is made of it.
    """
    if not _picks(use):
        return False
    fate = _fate(use, scores, trace)
    if fate.trained:
        return False
    return fate.measured or (_is_each_by_itself(use) and not fate.averaged)


def _fate(use: Use, scores: Tensor, trace: Trace) -> _Fate:
    """What becomes of this very call's value, or of that of another run of the same code, where that said it all."""
    fate = _Fate(use, identity(scores), of_each_call=True)
    for reader in trace:
        fate.follow(reader)
    if not fate.read:
        given = [before(each) for each in trace if each.origin == use.origin and each.row is use.row]
        known = set().union(*(identity(each) for each in given if each is not None))
        fate = _Fate(use, known, of_each_call=False)
        for reader in trace:
            fate.follow(reader)
    return fate


def _picks(use: Use) -> bool:
    """Whether it is `NLLLoss`: of the losses that are given the numbers of the classes, the one without alignments."""
    indexed = any(taken.want is Want.CLASS_INDEX for taken in use.taken)
    return indexed and getattr(use.row, "alignment", None) is None


def _is_each_by_itself(use: Use) -> bool:
    return use.given.get("reduction") == Literal("none") or use.given.get("reduce") == Literal(False)


class _Fate:
    """What becomes of the value of a loss, followed through the uses that read it, in their order."""

    def __init__(self, use: Use, scores: set[object], *, of_each_call: bool) -> None:
        self.read = False
        self.measured = False
        self.averaged = False
        self.trained = False
        self._scores = scores
        self._own = _is_each_by_itself(use)
        self._of_each_call = of_each_call
        self._added: set[int] = set()
        # By what carries the value on: the numbers of the weights by which it was multiplied.
        self._weights: dict[_Made, frozenset[int]] = {self._made(use): frozenset()}

    def follow(self, reader: Use) -> None:
        """Take note of one use, if it reads the value."""
        for taken in reader.taken:
            for weights in self._carried(taken):
                self.read = True
                self._read(reader, taken, weights)
                return

    def _carried(self, taken: Taken) -> Iterator[frozenset[int]]:
        tensor = taken.tensor
        for use in tensor.made if tensor is not None else ():
            weights = self._weights.get(self._made(use))
            if weights is not None:
                yield weights

    def _read(self, reader: Use, taken: Taken, weights: frozenset[int]) -> None:
        sign = reader.row.name.removeprefix(_SIGN)
        other = next((each.value for each in reader.taken if each is not taken), None)
        if reader.has(Fact.DIFFERENTIATES):
            self.trained = True
        elif _negates(reader, sign) or self._completes(reader, taken, sign, other):
            self.measured = True
        elif getattr(reader.row, "axes", None) is Axes.JOINED:
            beside = [each.tensor for each in reader.taken if each is not taken and each.tensor is not None]
            self.measured |= any(map(self._is_made_of_scores, beside))
            self._weights.setdefault(self._made(reader), weights)
        elif sign == "mul" and not isinstance(other, Literal):
            self._weigh(reader, other, weights)
        elif isinstance(reader.row, SameAs) or is_view(reader) or sign in ("add", "sub", "mul", "truediv"):
            reduced = getattr(reader.row, "axes", None) in _REDUCED
            normalised = sign == "truediv" and _is_sum_of(other, weights)
            if (reduced and not weights) or normalised:
                self.averaged = True
            self._weights.setdefault(self._made(reader), weights)

    def _made(self, use: Use) -> _Made:
        return use.origin, use.row.name, use.stack if self._of_each_call else ()

    def _completes(self, reader: Use, taken: Taken, sign: str, other: Value | None) -> bool:
        """Whether it is taken from something, or added to what makes another quantity of it."""
        if sign == "sub":
            taken_away = isinstance(other, Literal) and (other.value == 0 or not _is_next_to_nothing(other))
            return taken.role is Role.OTHER or taken_away  # of ``0 - x`` the number counts as the second
        if other is None or sign not in ("add", "truediv"):
            return False
        if sign == "truediv":  # ``(n + x) / n``
            return not self._added.isdisjoint(numbers(other))
        if isinstance(other, Literal):
            return not _is_next_to_nothing(other)
        self._added |= numbers(other)
        if not isinstance(other, Tensor):
            return False
        return any(map(self._bounds, _reduced_from(other))) or self._is_made_of_scores(other)

    def _is_made_of_scores(self, tensor: Tensor) -> bool:
        """Whether something else than a loss was computed of the scores: another way to write what they add up to."""
        pending, seen = [tensor], set[int]()
        while pending:
            current = pending.pop()
            if id(current) in seen:
                continue
            seen.add(id(current))
            if not self._scores.isdisjoint(identity(current)):
                return True
            uses = [use for use in current.made if not use.has(Fact.LOSS)]
            pending += [taken.tensor for use in uses for taken in use.taken if taken.tensor is not None]
        return False

    def _bounds(self, use: Use) -> bool:
        """Whether it gives the largest of the scores, or the logarithm of the sum of their exponentials."""
        largest = is_max_with_index(use) or (isinstance(use.row, SameAs) and use.row.axes is Axes.PICKED)
        scores = before(use)
        if is_log(use) and (powers := _summed(scores)) is not None:
            return any(map(self._are_scores, powers))
        return (largest or use.has(Fact.NORMALISER)) and self._are_scores(scores)

    def _are_scores(self, tensor: Tensor | None) -> bool:
        """Whether a tensor is what the loss was given, or may be: another run of the same code may know less of it."""
        return (
            tensor is None
            or (tensor.kind == UNKNOWN and not tensor.made)
            or not self._scores.isdisjoint(identity(tensor))
        )

    def _weigh(self, reader: Use, other: Value | None, weights: frozenset[int]) -> None:
        """By a mask, whose sum divides in the end, it is averaged; by another loss or prediction it is its weight."""
        if isinstance(other, Tensor) and other.kind != UNKNOWN and other.kind & (OUTPUTS | Kind.LOSS):
            self.measured |= self._own
        elif isinstance(other, Tensor | Unknown):
            self._weights.setdefault(self._made(reader), weights | numbers(other))


def _negates(reader: Use, sign: str) -> bool:
    """Whether it changes the sign."""
    other = reader.first(Role.OTHER)
    by = other.value.value if other is not None and isinstance(other.value, Literal) else None
    if sign in ("mul", "truediv") and isinstance(by, int | float) and by < 0:
        return True
    return sign == "neg" or reader.row.name.rpartition(".")[2] in ("neg", "negative")


def _is_next_to_nothing(value: Literal) -> bool:
    return isinstance(value.value, int | float) and abs(value.value) <= SMALL


def _reduced_from(tensor: Tensor) -> set[Use]:
    """The uses that gave a number, or what was summed or averaged to give it."""
    found: set[Use] = set()
    latest = set(tensor.made)
    while latest:
        found |= latest
        earlier = [before(use) for use in latest if isinstance(use.row, SameAs)]
        latest = {made for each in earlier if each is not None for made in each.made} - found
    return found


def _summed(tensor: Tensor | None) -> list[Tensor] | None:
    """What the exponentials are taken of whose sum a number is; None for anything else."""
    sums = tensor.made if tensor is not None else ()
    powers = [before(use) for use in sums if isinstance(use.row, SameAs) and use.row.axes is Axes.SUMMED]
    made = [use for each in powers if each is not None for use in each.made]
    if not made or not all(map(is_exp, made)):
        return None
    return [each for use in made if (each := before(use)) is not None]


def _is_sum_of(value: Value | None, weights: frozenset[int]) -> bool:
    """Whether a number is the sum of weights, cut off or shifted a little perhaps."""
    current, summed = value, False
    while isinstance(current, Tensor):
        if summed and not numbers(current).isdisjoint(weights):
            return True
        use = next(iter(current.made), None)
        summed = summed or (use is not None and isinstance(use.row, SameAs) and use.row.axes is Axes.SUMMED)
        current = before(use) if use is not None else None
    return False
