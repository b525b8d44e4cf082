"""Arguments at fault: added, renamed, exchanged, or given to the object and not to its constructor."""

from __future__ import annotations

from collections.abc import Mapping

from logitlint.fixes import calls, compiled
from logitlint.fixes.case import Case, Place, last
from logitlint.fixes.changes import Change, Repair, Uncertain
from logitlint.fixes.flow import flow_of, flow_of_layer
from logitlint.fixes.safety import Applicability, Effect
from logitlint.fixes.verbs import (
    Activate,
    Compare,
    Construct,
    NameAxis,
    RenameKeyword,
    SetKeyword,
    SwapArguments,
    Threshold,
)
from logitlint.frameworks.vocabulary import Fact, Function, Layer, Role, Scalar, Want
from logitlint.inference.lineage import readers
from logitlint.inference.trace import Taken, Use, Via
from logitlint.inference.values import Literal
from logitlint.kinds import PROBABILITIES, Kind
from logitlint.lowering import ir

_LOSS_AND_OPTIMIZER = 2
"""What every version of Keras takes first by position. The next was metrics, and is the weights of the losses now."""


def keyword_set(case: Case, plan: SetKeyword) -> Repair:
    """Give a keyword argument, to the constructor when it is one of its."""
    if plan.needs is not None and not case.tensor.kind.certainly(plan.needs):
        raise Uncertain("the value is something else")
    if plan.want is not None and (case.taken is None or case.taken.want is not plan.want):
        raise Uncertain("it is read in another way")
    text = f"{plan.name}={_literal(plan.value)}"
    if case.use.via is Via.COMPILE:
        changes = _compiled_with(case, plan, text)
        message = f"Use the loss object with `{text}`" if case.use.built in (None, case.use.origin) else f"Set `{text}`"
        return Repair(_trusted(plan.effect), plan.effect, message, changes)
    change = with_keyword(case, case.use, plan.name, plan.value)
    return Repair(_trusted(plan.effect), plan.effect, f"Set `{text}`", (change,))


def _compiled_with(case: Case, plan: SetKeyword, text: str) -> tuple[Change, ...]:
    """Tell every loss of a compiled model that is given the same by mistake: they are one finding."""
    call = case.here().node
    if isinstance(call, ir.Call) and sum(each.keyword is None for each in call.arguments) > _LOSS_AND_OPTIMIZER:
        raise Uncertain("what else it is compiled with depends on the version")
    beside = [each for each in case.sight.trace if each.via is Via.COMPILE and each.origin == case.use.origin]
    told = [each for each in beside if each is case.use or _is_mistaken(case, each, plan)]
    changes: list[Change] = []
    for own in told:
        for other in beside:
            read = other.first(Role.PREDICTION) if other.output == own.output else None
            if read is not None and not _suits(other, read, own, plan):
                raise Uncertain("what else it is compiled with reads it as it is")
        if own.built in (None, own.origin):
            changes += compiled.constructed(case, own, text)
        else:
            changes.append(with_keyword(case, own, plan.name, plan.value))
    return tuple(dict.fromkeys(changes))


def _is_mistaken(case: Case, use: Use, plan: SetKeyword) -> bool:
    """Whether another loss of the same model is told what the one at fault is told, and given what it is given."""
    read = use.first(Role.PREDICTION)
    known = use.given.get(plan.name, Literal(use.defaults.get(plan.name)))
    mine = case.use.given.get(plan.name, Literal(case.use.defaults.get(plan.name)))
    return (
        use.has(Fact.LOSS)
        and read is not None
        and plan.name in {*use.given, *use.defaults}
        and known == mine
        and plan.needs is not None
        and read.kind.certainly(plan.needs)
    )


def _suits(other: Use, read: Taken, own: Use, plan: SetKeyword) -> bool:
    """Whether a loss or metric beside the one that is told takes the raw scores as they are."""
    if other.row.name == own.row.name and other.built == own.built:
        return plan.needs is None or read.kind.certainly(plan.needs)
    return read.want is not Want.THRESHOLDED


def axis_named(case: Case, plan: NameAxis) -> Repair:
    """Say which axis a softmax is taken over: the one that was guessed, or the other where that is the batch."""
    if case.use.gives_axis is not None:
        return _axis_moved(case, plan)
    taken = case.use.first(Role.SUBJECT)
    tensor = taken.tensor if taken is not None else None
    name = getattr(case.use.row, "axis", None)
    if tensor is None or not isinstance(name, str):
        raise Uncertain("nothing is known of the axes")
    if tensor.rank == 2:
        change = with_keyword(case, case.use, name, 1)
        return Repair(Applicability.SAFE, Effect.SAME_VALUE, f"Set `{name}=1`, which is what is guessed", (change,))
    axis = 1 if tensor.units is None else -1
    message = f"Set `{name}={axis}`: the same for one row to a sample"
    change = with_keyword(case, case.use, name, axis)
    return Repair(Applicability.UNSAFE, Effect.CHANGES_OUTPUT, message, (change,))


def _axis_moved(case: Case, plan: NameAxis) -> Repair:
    """Take the only other axis. Raises `Uncertain` where there are several."""
    taken, use = case.use.first(Role.SUBJECT), case.use
    name = getattr(use.row, "axis", None)
    if taken is None or taken.tensor is None or taken.tensor.rank != 2 or not isinstance(name, str):
        raise Uncertain("which axis holds the classes is not known")
    place = case.at(use.origin)
    layer = use.built == use.origin
    flow = flow_of_layer(case.sight, use.origin) if layer else flow_of(case.sight, place.tree, place.node)
    others = [each for each in flow.readings if not each.uses or not all(one.has(Fact.LOSS) for one in each.uses)]
    message, change = f"Set `{name}=1`", with_keyword(case, use, name, 1)
    if others or flow.returned or flow.unseen:
        return Repair(Applicability.UNSAFE, Effect.CHANGES_OUTPUT, message, (change,))
    return Repair(Applicability.SAFE, plan.effect, message, (change,))


def with_keyword(case: Case, use: Use, name: str, value: Scalar) -> Change:
    """The argument, put behind the others or in the place of what is given. Raises `Uncertain`."""
    if (use.built is None and use.via is not Via.CALL) or (use.via is Via.COMPILE and use.built == use.origin):
        raise Uncertain("the call is not in sight")
    place = case.at(use.origin if use.built is None else use.built)
    tree, call = place.tree, place.node
    row: object = use.row
    if use.built is not None:
        row = case.catalog.row(use.row.name)
    names = [each.name for each in calls.signature(row, constructing=use.built is not None)]
    if not isinstance(call, ir.Call) or name not in names:
        raise Uncertain("the call is not in sight")
    if any(each.keyword in ("*", "**") for each in call.arguments):
        raise Uncertain("its arguments are not known")
    method = use.built is None and calls.is_method(case.names(tree), use, call)
    positional = [each for each in call.arguments if each.keyword is None]
    position = names.index(name) - method
    if position < len(positional):
        return tree.replace(positional[position].value, _literal(value))
    for each in call.arguments:
        if each.keyword == name:
            return tree.replace(each.value, _literal(value))
    return behind(place, call, f"{name}={_literal(value)}")


def behind(place: Place, call: ir.Call, text: str) -> Change:
    """One more argument at the end of a call."""
    tree = place.tree
    if call.arguments:
        _, end = tree.span(call.arguments[-1])
        return Change(tree.file, end, end, f", {text}")
    _, end = tree.span(call)
    return Change(tree.file, end - 1, end - 1, text)


def keyword_renamed(case: Case, plan: RenameKeyword) -> Repair:
    """Give the argument under another keyword."""
    place = case.here()
    if case.taken is None or not isinstance(place.node, ir.Call):
        raise Uncertain("the call is not in sight")
    constructing = case.use.via is Via.CONSTRUCT
    if plan.name not in [each.name for each in calls.signature(case.use.row, constructing=constructing)]:
        raise Uncertain("there is no such argument")
    if case.use.given.get(plan.name, Literal(None)) != Literal(None):
        raise Uncertain("it is given already")
    value = case.given()
    argument = place.tree.parent(value)
    positional = [each for each in place.node.arguments if each.keyword is None]
    if not isinstance(argument, ir.Argument):
        raise Uncertain("it is not written as an argument")
    if argument.keyword is None and argument is not positional[-1]:
        raise Uncertain("others follow it")
    start, _ = place.tree.span(argument)
    if argument.keyword is None:
        change = Change(place.tree.file, start, start, f"{plan.name}=")
    else:
        change = Change(place.tree.file, start, start + len(argument.keyword), plan.name)
    message = f"Give it as `{plan.name}`"
    return Repair(Applicability.UNSAFE, Effect.CHANGES_OUTPUT, message, (change,))


def swapped(case: Case, plan: SwapArguments) -> Repair:
    """Exchange the prediction and the target."""
    place, tree = case.here(), case.here().tree
    sides = [case.use.first(role) for role in (Role.PREDICTION, Role.TARGET)]
    texts: list[ir.Expression] = []
    for side in sides:
        if side is None:
            raise Uncertain("one of them is not in sight")
        texts.append(calls.argument(case.names(tree), case.use, place.node, side.parameter))
    one, other = texts
    changes = (tree.replace(one, tree.source(other)), tree.replace(other, tree.source(one)))
    return Repair(Applicability.SAFE, plan.effect, "Exchange the prediction and the target", changes)


def constructed(case: Case, plan: Construct) -> Repair:
    """Construct the object first, with what belongs to its constructor, then call it with the tensors."""
    place = case.here()
    call, row = place.node, case.use.row
    if not isinstance(call, ir.Call) or not isinstance(row, Layer) or row.call is None:
        raise Uncertain("the call is not in sight")
    tree = place.tree
    own = [each for each in call.arguments if each.keyword is not None]
    tensors = [each for each in call.arguments if each.keyword is None]
    init = {each.name for each in calls.signature(row, constructing=True)}
    if len(tensors) > len(calls.signature(row.call, constructing=False)) or any(
        each.keyword not in init for each in own
    ):
        raise Uncertain("which arguments are the constructor's is not known")
    first = ", ".join(tree.source(each) for each in own)
    trusted = Applicability.SAFE
    if Fact.IMPLICIT_AXIS in row.call.facts:
        axis = getattr(row.call, "axis", None)
        if not any(each.keyword == axis for each in own):
            first, trusted = ", ".join(filter(None, [first, f"{axis}=-1"])), Applicability.UNSAFE
    then = ", ".join(tree.source(each) for each in tensors)
    _, end = tree.span(call.callee)
    _, behind = tree.span(call)
    change = Change(tree.file, end, end, f"({first})")
    if own:
        change = Change(tree.file, end, behind, f"({first})({then})")
    effect = plan.effect if trusted is Applicability.SAFE else Effect.CHANGES_OUTPUT
    return Repair(trusted, effect, f"Construct `{last(case.use)}` first, then call it", (change,))


def activated(case: Case, plan: Activate) -> Repair:
    """Apply a function to what is given, over the last axis where it has one."""
    place, value = case.here(), case.given()
    if plan.needs is not None and not case.tensor.kind.certainly(plan.needs):
        raise Uncertain("the value is something else")
    path = case.catalog.giving(plan.gives, case.use.row.name.partition(".")[0])
    if path is None:
        raise Uncertain("there is no such function")
    row, spelled = case.names(place.tree).function(path)
    axis = getattr(row, "axis", None)
    dim = f", {axis}=-1" if axis is not None else ""
    text = f"{spelled.text}({place.tree.source(value)}{dim})"
    message = f"Apply `{path.rpartition('.')[2]}` first"
    sure = axis is None or case.tensor.units is not None or case.tensor.rank == 2
    trusted = _trusted(plan.effect) if sure else Applicability.UNSAFE
    return Repair(trusted, plan.effect, message, (*spelled.changes, place.tree.replace(value, text)))


def compared(case: Case, plan: Compare) -> Repair:
    """Compare raw scores with 0."""
    place, other = case.here(), case.use.first(Role.OTHER)
    if other is None:
        raise Uncertain("nothing is compared")
    threshold = calls.argument(case.names(place.tree), case.use, place.node, other.parameter)
    if not isinstance(threshold, ir.Constant):
        raise Uncertain("the threshold is not written here")
    return Repair(_trusted(plan.effect), plan.effect, "Compare with 0", (place.tree.replace(threshold, "0"),))


def thresholded(case: Case, plan: Threshold) -> Repair:
    """Compare where the position of the largest of one was taken."""
    place, value = case.here(), case.given()
    tree, kind = place.tree, case.tensor.kind
    limit = "0.5" if kind.certainly(PROBABILITIES) else "0" if kind.certainly(Kind.LOGITS) else None
    gives = case.use.row.gives if isinstance(case.use.row, Function) else None
    if limit is None or not isinstance(place.node, ir.Call) or not isinstance(gives, Mapping):
        raise Uncertain("what it is to be compared with is not known")
    if kind.certainly(Kind.LOGITS) and any(_is_regression(each) for each in readers(case.sight.trace, case.tensor)):
        raise Uncertain("a regression reads the same values")
    text = tree.source(value)
    if isinstance(value, ir.Operator | ir.Choice | ir.Lambda):
        text = f"({text})"
    text = f"{text} > {limit}"
    if not isinstance(tree.parent(place.node), ir.Argument | ir.Assign | ir.Return):
        text = f"({text})"
    return Repair(_trusted(plan.effect), plan.effect, f"Compare with {limit}", (tree.replace(place.node, text),))


def _is_regression(use: Use) -> bool:
    taken = use.first(Role.PREDICTION)
    return use.has(Fact.LOSS) and taken is not None and taken.want is Want.SCORES


def _trusted(effect: Effect) -> Applicability:
    return Applicability.UNSAFE if effect is Effect.CHANGES_OUTPUT else Applicability.SAFE


def _literal(value: Scalar) -> str:
    return f'"{value}"' if isinstance(value, str) else repr(value)
