"""What is written out by hand, put as the call of the library that it is."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import msgspec

from logitlint.fixes import calls, raw_scores
from logitlint.fixes.case import Case, Place
from logitlint.fixes.changes import Change, Repair, Uncertain
from logitlint.fixes.imports import Names, Spelling
from logitlint.fixes.nodes import names_in, nodes_in
from logitlint.fixes.raw_scores import read_of
from logitlint.fixes.replacements import again_as, is_within, other_call
from logitlint.fixes.safety import Applicability, Effect
from logitlint.fixes.stores import is_changed
from logitlint.fixes.verbs import Normalise, Unguard
from logitlint.frameworks.vocabulary import Axes, Function, Relation, Role, SameAs
from logitlint.inference.lineage import INDEXING, before
from logitlint.inference.trace import Use, Via
from logitlint.inference.values import Literal, Tensor
from logitlint.kinds import Kind
from logitlint.lowering import ir

_SMALL: Final = 0.01
"""What is added to a probability, or kept from 0 and 1, no more than this to keep its logarithm finite."""


_ADDITION: Final = "operator.add"
_SUBTRACTION: Final = "operator.sub"


# -- softmax ----------------------------------------------------------------------------------------------------------


def normalised(case: Case, plan: Normalise) -> Repair:
    """Softmax of what the exponential was taken of, over the axis of the sum."""
    here, below = case.here(), case.use.first(Role.OTHER)
    if below is None or below.tensor is None or not isinstance(here.node, ir.Operator):
        raise Uncertain("it is written in another way")
    axis = _summed_axis(below.tensor)
    path = case.catalog.giving(Kind.SOFTMAX, case.maker().row.name.partition(".")[0])
    if path is None:
        raise Uncertain("the library has no softmax")
    text, far = _scores(case, here, case.maker())
    row, spelled = _beside(case.names(here.tree), case.at(case.maker().origin).node, path)
    text = f"{spelled.text}({text}, {row.axis}={axis})"
    changes = (*spelled.changes, *far, here.tree.replace(here.node, text))
    return Repair(Applicability.SAFE, plan.effect, f"Use `{path.rpartition('.')[2]}`", changes)


def _beside(names: Names, call: ir.Node, path: str) -> tuple[Function, Spelling]:
    """A function, as it is written beside another of its library that is called already."""
    row = names.catalog.row(path)
    if isinstance(call, ir.Call) and isinstance(row, Function) and names.path(call.callee) is not None:
        return row, names.spell(path, call.callee)
    return names.function(path)


def _summed_axis(tensor: Tensor) -> int:
    """The axis over which a sum was taken that still has it. Raises `Uncertain`."""
    if len(tensor.made) != 1:
        raise Uncertain("what is summed is not known")
    (use,) = tensor.made
    axis = use.gives_axis
    if isinstance(use.row, SameAs) and use.row.axes is Axes.RESHAPED and axis is not None:  # put back by unsqueeze
        summed = before(use)
        if summed is None or len(summed.made) != 1 or summed.made[0].gives_axis != axis or _is_kept(summed.made[0]):
            raise Uncertain("the axis of the sum is not put back")
        (use,) = summed.made
    elif not _is_kept(use):
        raise Uncertain("the axis of the sum is gone")
    if axis is None or not isinstance(use.row, SameAs) or use.row.axes is not Axes.SUMMED:
        raise Uncertain("the axis of the sum is not known")
    return axis


def _is_kept(use: Use) -> bool:
    """Whether a sum keeps the axis it is taken over."""
    return any(use.literal(name) is True for name in ("keepdim", "keepdims"))


def _scores(case: Case, here: Place, maker: Use) -> tuple[str, tuple[Change, ...]]:
    """What a call was applied to, as it may be written at the use, and what that takes. Raises `Uncertain`."""
    made = case.at(maker.origin)
    tree, scopes = made.tree, case.files.scopes(made.tree)
    if here.tree is not tree or raw_scores.is_in_place(maker, made.node):
        raise Uncertain("the scores are not in sight")
    raw = calls.subject(case.names(tree), maker, made.node)
    if is_within(made.node, here.node):
        return tree.source(raw), ()
    read_of(case, here, made, case.given())
    called = any(isinstance(each, ir.Call) for each in nodes_in(raw))
    if not called and all(scopes.holds(each.name, made.node, here.node) for each in names_in(raw)):
        return tree.source(raw), ()
    statement = tree.statement(made.node)
    name = case.files.new_name(tree, statement)
    if not scopes.holds(name, made.node, here.node):
        raise Uncertain("the scores cannot be given a name")
    return name, (tree.insert_before(statement, f"{name} = {tree.fitting(raw, raw)}"), tree.replace(raw, name))


# -- logarithms -------------------------------------------------------------------------------------------------------


class _Step(msgspec.Struct, frozen=True):
    """One operation between softmax and the logarithm of its result.

    guards
        Whether it only keeps the logarithm finite; else it picks columns, and does so as well behind it.
    negates
        Whether it is ``1 - p``.
    """

    use: Use
    guards: bool
    negates: bool = False


def unguarded(case: Case, plan: Unguard) -> Repair:
    """The logarithm of softmax or sigmoid, without what kept it finite, and the same columns picked of it."""
    here = case.here()
    steps, maker = _steps(case.tensor)
    if is_changed(case, maker):
        raise Uncertain("what it was applied to is changed since")
    if sum(step.negates for step in steps) > 1 or (any(step.negates for step in steps) and maker.gives != Kind.SIGMOID):
        raise Uncertain("it is written in another way")
    text, far = _logarithm(case, here, case.given(), steps, maker)
    changes = (*far, here.tree.replace(here.node, text))
    if any(step.guards for step in steps):
        message = "Use the logarithm that needs no small number: what is added or cut off goes"
        return Repair(Applicability.UNSAFE, Effect.CHANGES_OUTPUT, message, changes)
    message = "Take the logarithm first: the library has one for it"
    return Repair(Applicability.SAFE, Effect.SAME_VALUE, message, changes)


def _steps(tensor: Tensor) -> tuple[list[_Step], Use]:
    """The operations since softmax or sigmoid, the latest first, and which it was. Raises `Uncertain`."""
    found: list[_Step] = []
    while True:
        if len(tensor.made) != 1:
            raise Uncertain("several ways meet")
        (use,) = tensor.made
        if use.gives in (Kind.SOFTMAX, Kind.SIGMOID):
            return found, use
        earlier = before(use)
        if earlier is None:
            raise Uncertain("what made it is not in sight")
        found.append(_step(use))
        tensor = earlier


def _step(use: Use) -> _Step:
    number = other.value.value if (other := use.first(Role.OTHER)) and isinstance(other.value, Literal) else None
    if use.via is Via.OPERATOR and use.row.name == _SUBTRACTION and number == 1:
        return _Step(use, guards=False, negates=True)
    if use.via is Via.OPERATOR and use.row.name == _ADDITION and isinstance(number, float) and 0 < number < _SMALL:
        return _Step(use, guards=True)
    if isinstance(use.row, Function) and use.row.axes is Axes.KEPT and _is_guard(use):
        return _Step(use, guards=True)
    if use.row.name == INDEXING or (isinstance(use.row, SameAs) and use.row.axes in (Axes.SLICED, Axes.RESHAPED)):
        return _Step(use, guards=False)
    raise Uncertain("it does more than to keep the logarithm finite")


def _is_guard(use: Use) -> bool:
    """Whether an operation cuts off what is next to 0 and 1 and nothing else."""
    limits = [value for value in use.given.values() if not isinstance(value, Tensor)]
    return bool(limits) and all(
        isinstance(each, Literal)
        and (each.value is None or (isinstance(each.value, int | float) and not _SMALL < each.value < 1 - _SMALL))
        for each in limits
    )


def _logarithm(
    case: Case, here: Place, given: ir.Expression, steps: Sequence[_Step], maker: Use, *, negative: bool = False
) -> tuple[str, tuple[Change, ...]]:
    """The text of the logarithm of an expression that is the result of some steps. Raises `Uncertain`."""
    made = case.at(steps[0].use.origin if steps else maker.origin)
    tree = here.tree
    if given is not made.node and (made.tree is not tree or read_of(case, here, made, given) is not given):
        raise Uncertain("what it was made of is not in sight")
    near = is_within(made.node, here.node)
    if not steps:
        if near:
            return other_call(case, maker, Relation.LOGARITHM, negative=negative)
        return again_as(case, here, maker, Relation.LOGARITHM, negative=negative)
    inner = _operand(case, steps[0], made)
    negative = negative != steps[0].negates
    text, far = _logarithm(case, here, inner, steps[1:], maker, negative=negative)
    if steps[0].guards or steps[0].negates:
        return text, far
    if not near:
        raise Uncertain("the columns are picked elsewhere")
    picked, more = calls.inside(tree, made.node, [Change(tree.file, *tree.span(inner), text)])
    return picked, (*far, *more)


def _operand(case: Case, step: _Step, place: Place) -> ir.Expression:
    """The expression that an operation was applied to. Raises `Uncertain`."""
    node = place.node
    if isinstance(node, ir.Index) and step.use.row.name == INDEXING:
        return node.value
    if isinstance(node, ir.Operator) and step.use.via is Via.OPERATOR:
        number = isinstance(node.operands[0], ir.Constant)
        if step.negates and not number:
            raise Uncertain("1 is not what it is taken from")
        return node.operands[1 if number else 0]
    return calls.subject(case.names(place.tree), step.use, node)
