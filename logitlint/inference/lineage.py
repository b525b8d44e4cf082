"""What made a value: back over the uses it came through, as far as a question reaches."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from logitlint.frameworks.vocabulary import Axes, Fact, Role, SameAs, Scalar
from logitlint.inference.trace import Trace, Use, Via
from logitlint.inference.values import Cause, Literal, Tensor, Unknown, Value
from logitlint.kinds import UNKNOWN

INDEXING: Final = "operator.getitem"
"""The row of ``x[i]``."""
_SHAPE_ONLY: Final = (Axes.KEPT, Axes.RESHAPED, Axes.PERMUTED)


def is_shape_only(use: Use) -> bool:
    """Whether a use changes nothing but the shape, device or type."""
    return isinstance(use.row, SameAs) and use.row.axes in _SHAPE_ONLY and Fact.DROPOUT not in use.row.facts


def is_view(use: Use) -> bool:
    """Whether the result shares its numbers with what it was made of: a reshape, or a part by index."""
    return is_shape_only(use) or use.row.name == INDEXING


def before(use: Use) -> Tensor | None:
    """The tensor an operation was applied to."""
    taken = use.first(Role.SUBJECT) or use.first(Role.PREDICTION)
    return taken.tensor if taken else None


def cause_of(value: Value) -> Cause | None:
    """Why a value is unknown; of what was made of something known, the use after which nothing was."""
    while isinstance(value, Tensor) and value.cause is None and value.kind == UNKNOWN and value.made:
        last = value.made[0]
        earlier = before(last)
        if earlier is None or earlier.kind != UNKNOWN:
            return Cause(_lost_by(last), last.origin)
        value = earlier
    return value.cause if isinstance(value, Tensor | Unknown) else None


def _lost_by(use: Use) -> str:
    if use.via is Via.OPERATOR:
        return "arithmetic that leaves no known kind"
    return f"what `{use.row.name}` gives is not known"


def sources(tensor: Tensor) -> list[Tensor]:
    """The tensors behind the shape operations: itself, or what was reshaped, moved or cast to give it."""
    found: list[Tensor] = []
    seen: set[int] = set()
    pending = [tensor]
    while pending:
        current = pending.pop()
        if id(current) in seen:
            continue
        seen.add(id(current))
        made = current.made
        if made and all(is_shape_only(use) and before(use) is not None for use in made):
            pending.extend(earlier for use in reversed(made) if (earlier := before(use)) is not None)
        else:
            found.append(current)
    return found


def is_filled(tensor: Tensor) -> bool:
    """Whether all of its numbers are one number."""
    return tensor.low is not None and tensor.low == tensor.high


def constant(value: Value) -> Scalar:
    """The number that was written, or that every element of a tensor is: ``torch.tensor(0.5)``, ``full_like(x, 0.5)``.

    None where it is none, or where the tensor was written into since: then it is another one.
    """
    if isinstance(value, Tensor) and not is_filled(value):
        return None
    while isinstance(value, Tensor) and len(value.made) == 1 and is_shape_only(value.made[0]):
        (use,) = value.made
        earlier = before(use)
        if not isinstance(use.row, SameAs) or earlier is None or earlier.number != value.number:
            return None
        made_of = use.given.get(use.row.subject)
        if made_of is None:
            return None
        value = made_of
    if isinstance(value, Tensor):
        return value.low if value.low == value.high else None
    return value.value if isinstance(value, Literal) else None


def numbers(value: Value) -> set[int]:
    """The identities behind the shape operations, also of values about which nothing is known."""
    if isinstance(value, Unknown):
        return {value.number}
    found: set[int] = set()
    for source in sources(value) if isinstance(value, Tensor) else ():
        unseen = [taken.value for use in source.made if is_shape_only(use) and (taken := use.first(Role.SUBJECT))]
        known = {each.number for each in unseen if isinstance(each, Unknown)}
        found |= known or {source.number}
    return found


def makers(tensor: Tensor) -> list[Use]:
    """The uses that made the value, with nothing but shape operations since.

    Empty when one of its sources is no result of a catalogued use.
    """
    found: list[Use] = []
    for source in sources(tensor):
        if not source.made:
            return []
        found.extend(source.made)
    return found


def outputs(tensor: Tensor) -> list[Use]:
    """The uses that made the value, which may be reshaped, a part of theirs by index, several of them put together, or
    shifted by next to nothing (``p + 1e-8``).

    Empty when one of the values behind it is no result of a catalogued use.
    """
    found: list[Use] = []
    seen: set[int] = set()
    pending = [tensor]
    while pending:
        current = pending.pop()
        if id(current) in seen:
            continue
        seen.add(id(current))
        if not current.made:
            return []
        for use in current.made:
            if is_view(use) or is_joined(use) or _shifts(use):
                pending += [taken.tensor for taken in use.taken if taken.tensor is not None]
            else:
                found.append(use)
    return found


def is_joined(use: Use) -> bool:
    """Whether a use puts several tensors together."""
    return isinstance(use.row, SameAs) and use.row.axes is Axes.JOINED


def _shifts(use: Use) -> bool:
    other = use.first(Role.OTHER)
    return use.via is Via.OPERATOR and use.keeps and other is not None and isinstance(other.value, Literal)


def producers(tensor: Tensor) -> list[Use]:
    """The uses that gave the value its kind, whatever kind-keeping operation came since."""
    found: list[Use] = []
    seen: set[int] = set()
    pending = list(tensor.made)
    while pending:
        use = pending.pop(0)
        if id(use) in seen:
            continue
        seen.add(id(use))
        earlier = [taken.tensor for taken in use.taken if taken.tensor is not None] if use.keeps else []
        if any(value.made for value in earlier):
            pending[:0] = [made for value in earlier for made in value.made]
        else:
            found.append(use)
    return found


def steps(tensor: Tensor) -> list[Use]:
    """The way the value took, producer first, along its first branch."""
    way: list[Use] = []
    current: Tensor | None = tensor
    while current is not None and current.made:
        use = current.made[0]
        way.append(use)
        current = before(use) if use.keeps else None
    return way[::-1]


def _is_cut(use: Use) -> bool:
    """Whether a use takes parts of a tensor: two parts made by one expression are not the same score."""
    return isinstance(use.row, SameAs) and use.row.axes is Axes.SLICED


def assembled(tensor: Tensor) -> list[Tensor]:
    """What a tensor is a part of, or was put together of; nothing where it was made in any other way."""
    made = [use for source in sources(tensor) for use in source.made]
    if not all(is_joined(use) or _is_cut(use) or use.row.name == INDEXING for use in made):
        return []
    return [taken.tensor for use in made for taken in use.taken if taken.tensor is not None]


def identity(tensor: Tensor) -> set[object]:
    """What `Trace.readers` compares: the numbers of the sources, and the expressions that produced them."""
    found: set[object] = set()
    for source in sources(tensor):
        found.add(source.number)
        found.update((use.origin, use.row.name) for use in source.made if not _is_cut(use))
    return found


def readers(trace: Trace, tensor: Tensor) -> Iterator[Use]:
    """The uses that read the same score as `tensor` in the same run or another run of the same code.

    Two tensors are the same score when, shape operations aside, they have the same number or were produced by the
    same expression (`model(x)` in the training loop and `model(x)` in the evaluation loop).
    """
    wanted = identity(tensor)
    for use in trace:
        if any(taken.tensor is not None and wanted & identity(taken.tensor) for taken in use.taken):
            yield use
