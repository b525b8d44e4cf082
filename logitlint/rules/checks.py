"""The questions that several rules ask."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from logitlint.frameworks.vocabulary import Axes, Depends, Fact, Function, Role, SameAs, Want
from logitlint.inference.arithmetic import composed
from logitlint.inference.lineage import before, makers, producers, sources
from logitlint.inference.trace import Taken, Trace, Use, Via
from logitlint.inference.values import Literal, Tensor
from logitlint.kinds import LOG_PROBABILITIES, NOTHING, PROBABILITIES, UNKNOWN, Kind

OUTPUTS: Final = Kind.LOGITS | Kind.ACTIVATED | PROBABILITIES | LOG_PROBABILITIES
"""What a model gives, as against labels, decisions and losses."""
LABELS: Final = Kind.ONE_HOT | Kind.CLASS_INDEX
NORMALISED: Final = Kind.SOFTMAX | Kind.LOG_SOFTMAX
SQUASHED: Final = Kind.SIGMOID | Kind.LOG_SIGMOID

LOGIT_WANTS: Final = (Want.CLASS_LOGITS, Want.LABEL_LOGITS)
CLASS_WANTS: Final = (Want.CLASS_LOGITS, Want.CLASS_PROBABILITIES, Want.CLASS_LOG_PROBABILITIES)
PROBABILITY_WANTS: Final = (Want.LABEL_PROBABILITIES, Want.CLASS_PROBABILITIES, Want.PROBABILITIES)
DIVERGENCE_WANTS: Final = (Want.DISTRIBUTION, Want.LOG_DISTRIBUTION)

_MISFITS: Final[Mapping[Want | None, Kind]] = {
    Want.LABEL_PROBABILITIES: Kind.SOFTMAX,
    Want.CLASS_PROBABILITIES: Kind.SIGMOID,
}
_DIVISION: Final = "operator.truediv"
_MIXED: Final = (Axes.POOLED, Axes.RESAMPLED)
"""What mixes several distributions: no logarithm of raw scores is that of a mean of probabilities."""


def called(use: Use) -> str:
    """The last word of the row's name, as a message says it."""
    return use.row.name.rpartition(".")[2]


def takes(use: Use, role: Role, *wants: Want) -> Iterator[tuple[Taken, Tensor]]:
    """The tensors given in a role and read on one of the scales."""
    for taken in use.taken:
        if taken.role is role and taken.want in wants and (tensor := taken.tensor) is not None:
            yield taken, tensor


def subject(use: Use) -> tuple[Taken, Tensor] | None:
    """The tensor that a call or an operator transforms."""
    return _tensor_of(use, Role.SUBJECT)


def prediction(use: Use) -> tuple[Taken, Tensor] | None:
    """The tensor that a loss is given as prediction, on whatever scale."""
    return _tensor_of(use, Role.PREDICTION)


def _tensor_of(use: Use, role: Role) -> tuple[Taken, Tensor] | None:
    taken = use.first(role)
    if taken is None or (tensor := taken.tensor) is None:
        return None
    return taken, tensor


def is_divergence(use: Use) -> bool:
    """Whether a loss compares two distributions element by element, so that no axis is that of the classes."""
    return any(taken.want in DIVERGENCE_WANTS for taken in use.taken)


def misfits(want: Want | None) -> Kind:
    """The probabilities that are of the wrong sort for a loss on probabilities: exclusive, or each by itself."""
    return _MISFITS.get(want, NOTHING)


def fate_outside_unit(use: Use) -> str:
    """What a loss on probabilities does with numbers that are none."""
    if use.has(Fact.RAISES_OUTSIDE_UNIT):
        return "it raises on values outside [0, 1]"
    return "its logarithm of such numbers means nothing"


# -- what made a value ------------------------------------------------------------------------------------------------


def made_by(tensor: Tensor, mask: Kind) -> bool:
    """Whether functions that give one of these kinds made the value, with nothing but shape operations since."""
    made = makers(tensor)
    return bool(made) and all((kind := use.gives) is not None and kind.certainly(mask) for use in made)


def maps(use: Use, kind: Kind, result: Kind) -> bool:
    """Whether a function sends numbers of one kind to another: log, exp, clamp."""
    return isinstance(use.row, Function) and isinstance(use.row.gives, Mapping) and use.row.gives.get(kind) == result


def is_log(use: Use) -> bool:
    """Whether it is a logarithm."""
    return maps(use, Kind.SOFTMAX, Kind.LOG_SOFTMAX)


def is_exp(use: Use) -> bool:
    """Whether it is the exponential."""
    return maps(use, Kind.LOG_SOFTMAX, Kind.SOFTMAX)


def is_argmax(use: Use) -> bool:
    """Whether it gives the position of the largest."""
    return use.has(Fact.DECIDES) and maps(use, Kind.ONE_HOT, Kind.CLASS_INDEX)


def is_max_with_index(use: Use) -> bool:
    """Whether it gives the largest and its position."""
    cases = use.row.gives.cases.values() if isinstance(use.row, Function) and isinstance(use.row.gives, Depends) else ()
    return any(
        isinstance(case, tuple)
        and any(isinstance(each, Mapping) and each.get(Kind.ONE_HOT) == Kind.CLASS_INDEX for each in case)
        for case in cases
    )


def is_division(use: Use) -> bool:
    """Whether it is the operator ``/``."""
    return use.via is Via.OPERATOR and use.row.name == _DIVISION


def complemented(use: Use) -> Tensor | None:
    """The `p` of ``1 - p``; None for anything else."""
    other = use.first(Role.OTHER)
    return before(use) if use.via is Via.OPERATOR and other is not None and other.value == Literal(1) else None


def exponential(tensor: Tensor) -> bool:
    """Whether the value is ``exp(...)``, shape operations aside."""
    made = makers(tensor)
    return bool(made) and all(map(is_exp, made))


def derived_from(tensor: Tensor, mask: Kind) -> bool:
    """Whether a probability came from such a function by a small shift, a clamp or picking a part:
    ``p + eps``, and no mean.
    """
    pending = list(tensor.made)
    if not pending:
        return False
    while pending:
        use = pending.pop()
        if (kind := use.gives) is not None and kind.certainly(mask):
            continue
        earlier = before(use)
        if earlier is None or not earlier.made or not _keeps_probabilities(use):
            return False
        pending += earlier.made
    return True


def _keeps_probabilities(use: Use) -> bool:
    if isinstance(use.row, SameAs):
        return use.row.axes not in _MIXED
    if maps(use, Kind.SOFTMAX, Kind.SOFTMAX):
        return True
    other = use.first(Role.OTHER)
    return use.via is Via.OPERATOR and (other is None or isinstance(other.value, Literal))


# -- ranges -----------------------------------------------------------------------------------------------------------


def activations_fall_below_zero(tensor: Tensor) -> bool:
    """Whether the activations that may be here, if any, are certain to have values below zero."""
    return _activations_leave(tensor, above=None)


def activations_leave_unit(tensor: Tensor) -> bool:
    """Whether the activations that may be here, if any, are certain to have values outside [0, 1]."""
    return _activations_leave(tensor, above=1)


def _activations_leave(tensor: Tensor, *, above: float | None) -> bool:
    if Kind.ACTIVATED not in tensor.kind:
        return True
    made = producers(tensor)
    return bool(made) and all(_passes(use, tensor, above=above, alone=len(made) == 1) for use in made)


def _passes(use: Use, tensor: Tensor, *, above: float | None, alone: bool) -> bool:
    kind = use.gives
    if kind is None:
        return False
    if Kind.ACTIVATED not in kind:
        return True
    low, high = use.bounds
    earlier = before(use)
    if earlier is None or earlier.kind == UNKNOWN or _has_lost_its_range(earlier):
        return False  # relu of a probability is that probability
    if isinstance(low, str) or isinstance(high, str):
        # The bound is an argument, so only the value itself knows it, and only while it is the one value there is.
        low, high = tensor.low, tensor.high
        if not alone or low is None or high is None:
            return False
    else:  # of something that may have a range already: tanh(relu(z)), relu(p) / 2
        low, high = composed(earlier, low, high)
        low = max((bound for bound in (low, tensor.low) if bound is not None), default=None)
        high = min((bound for bound in (high, tensor.high) if bound is not None), default=None)
    return low is None or low < 0 or (above is not None and (high is None or high > above))


def _has_lost_its_range(tensor: Tensor) -> bool:
    """Whether an activation that keeps to a range was changed since: ``tanh(z) + 1e-8``."""
    for low, high in (use.bounds for use in producers(tensor)):
        if (low is not None and tensor.low is None) or (high is not None and tensor.high is None):
            return True
    return False


# -- axes -------------------------------------------------------------------------------------------------------------


def same_axis(one: int | None, other: int | None, rank: int | None) -> bool:
    """Whether two axes are proved to be the same."""
    if one is None or other is None:
        return False
    return one == other or (rank is not None and one % rank == other % rank)


def is_last(axis: int | None, rank: int | None) -> bool:
    """Whether an axis is proved to be the last, that of the units."""
    return same_axis(axis, -1, rank)


def guesses_axis(use: Use) -> bool:
    """Whether the axis is left to be guessed from the rank."""
    axis = getattr(use.row, "axis", None)
    if not use.has(Fact.IMPLICIT_AXIS) or use.open or not isinstance(axis, str):
        return False
    return use.given.get(axis, Literal(None)) == Literal(None)


def normalises_again(use: Use, tensor: Tensor) -> bool:
    """Whether what softmax or log_softmax gave is normalised once more over the same axis."""
    if not made_by(tensor, NORMALISED):
        return False
    if guesses_axis(use):
        # Of two axes left to be guessed, the second is the first only while the shape is the same; a reshape makes
        # another value of it, a cast or a move to a device does not.
        same_shape = tensor.number in {source.number for source in sources(tensor)}
        return same_shape and all(map(guesses_axis, makers(tensor)))
    return same_axis(use.gives_axis, tensor.axis, tensor.rank)


# -- what became of a result ------------------------------------------------------------------------------------------


def readings(use: Use, trace: Trace) -> Iterator[tuple[Use, Taken, Tensor]]:
    """Where the result of a use is read, with nothing but shape operations between."""
    for reader in trace:
        for taken in reader.taken:
            tensor = taken.tensor
            if tensor is not None and any(made.origin == use.origin and made.row is use.row for made in makers(tensor)):
                yield reader, taken, tensor


def is_only_sampled(use: Use, trace: Trace) -> bool:
    """Whether nothing reads the result but draws through which no gradient flows."""
    readers = [reader for reader, _, _ in readings(use, trace)]
    return bool(readers) and all({Fact.SAMPLES, Fact.TRAINS_NOT} <= reader.row.facts for reader in readers)


def index_is_read(use: Use, trace: Trace) -> bool:
    """Whether anything reads the position that a maximum gives beside the largest itself."""
    return any(tensor.kind.certainly(Kind.DECISION) for _, _, tensor in readings(use, trace))


def normalises(use: Use) -> bool:
    """Whether it is softmax, sigmoid or the logarithm of either."""
    kind = use.gives
    return kind is not None and kind.certainly(NORMALISED | SQUASHED)
