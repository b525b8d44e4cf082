"""Taking an activation away, or going round it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress

import msgspec
from msgspec.structs import replace

from logitlint.fixes import calls, heads, layers, raw_scores, switches
from logitlint.fixes.arguments import with_keyword
from logitlint.fixes.case import Case, Place, last
from logitlint.fixes.changes import Change, Repair, Uncertain
from logitlint.fixes.consumers import Notice, gains, is_same, notice, noticing
from logitlint.fixes.flow import Flow, Reading, flow_of, flow_of_layer
from logitlint.fixes.objects import handed_away
from logitlint.fixes.safety import Applicability, Effect
from logitlint.fixes.tree import Tree
from logitlint.fixes.verbs import EndIn, Unactivate, Unwrap, Verb
from logitlint.frameworks.vocabulary import Axes, Fact, Function, Role, Want
from logitlint.inference.trace import Use, Via
from logitlint.inference.values import Origin
from logitlint.kinds import LOG_PROBABILITIES, PROBABILITIES, Kind
from logitlint.lowering import ir

_FROM_LOGITS = "from_logits"
"""The argument by which losses are told what they are given."""
_ASIDE = ("inplace", "name")
"""Arguments that change nothing of what an activation gives."""


def unactivated(case: Case, plan: Unactivate) -> Repair:
    """Give the use what the activation was applied to; where the use is softmax or sigmoid, others may read of it."""
    repair = _given_raw(case, plan)
    gives = case.use.gives
    if gives is None or not gives.certainly(PROBABILITIES | LOG_PROBABILITIES):
        return repair
    flow = _flow(case, case.use)
    if flow.returned or flow.unseen or noticing(flow, case.use, case.use):
        return replace(repair.only(Applicability.UNSAFE), effect=Effect.CHANGES_OUTPUT)
    return repair


def _given_raw(case: Case, plan: Unactivate) -> Repair:
    with suppress(Uncertain):
        return _told(case, plan)
    makers = case.makers()
    if not all(is_left_out(case, each) for each in makers):
        raise Uncertain("no activation made the value")
    if len(makers) == 1 and not heads.is_model(case, makers[0]):
        for make in (raw_scores.at_use, raw_scores.returned, switches.switched, unneeded, raw_scores.named):
            with suppress(Uncertain):
                return make(case, plan, makers[0])
    if not plan.moves:
        raise Uncertain("it would have to be moved")
    return _removed(case, plan, makers)


def _told(case: Case, plan: Unactivate) -> Repair:
    """Tell a loss that can be told, and was told otherwise, that it is given probabilities."""
    fits = {Want.CLASS_LOGITS: Kind.SOFTMAX, Want.LABEL_LOGITS: Kind.SIGMOID}
    want = case.taken.want if case.taken is not None else None
    if want not in fits or case.use.literal(_FROM_LOGITS) is not True or not case.tensor.kind.certainly(fits[want]):
        raise Uncertain("the loss cannot be told")
    for other in case.sight.trace:  # of one loss, told once
        taken = other.first(Role.PREDICTION) if case.use.built is not None and other.built == case.use.built else None
        if taken is not None and not taken.kind.certainly(fits[want]):
            raise Uncertain("the loss is given raw scores elsewhere")
    change = with_keyword(case, case.use, _FROM_LOGITS, False)
    return Repair(Applicability.SAFE, plan.effect, f"Set `{_FROM_LOGITS}=False`: it is given probabilities", (change,))


def unwrapped(case: Case, plan: Unwrap) -> Repair:
    """Take the use itself away."""
    flow = _flow(case, case.use)
    repair: Repair | None = None
    makers = case.makers()
    with suppress(Uncertain):  # the first of the two, when it serves nothing but the second
        if reach(case, case.maker()) == Reach(False, ()):
            message = f"Remove the first `{last(makers[0])}`"
            repair = Repair(Applicability.SAFE, plan.effect, message, _without(case, makers[0]))
    if repair is None:
        if any(each.gives != case.use.gives for each in makers):
            raise Uncertain("it is more than applied twice")
        message = f"Remove `{last(case.use)}`: it was applied before"
        repair = Repair(Applicability.SAFE, plan.effect, message, _without(case, case.use))
    if flow.returned or flow.unseen or noticing(flow, case.use, case.use):
        return replace(repair.only(Applicability.UNSAFE), effect=Effect.CHANGES_OUTPUT)
    return repair


_LAST = {Want.CLASS_PROBABILITIES: "softmax", Want.LABEL_PROBABILITIES: "sigmoid"}
"""What comes last before a loss on probabilities."""


def ended(case: Case, plan: EndIn) -> Repair:
    """Let the layer that made the value apply the activation that comes last before the loss.

    The losses of several outputs of one compiled model are one finding.
    """
    whole = _ended(case, plan)
    for use in case.sight.trace:
        if use.via is Via.COMPILE and use.origin == case.use.origin and use.output != case.use.output:
            taken = use.first(Role.PREDICTION)
            if taken is not None and use.has(Fact.LOSS) and taken.want in _LAST and taken.kind.certainly(plan.needs):
                more = _ended(replace(case, use=use, taken=taken), plan)
                message = whole.message if more.message in whole.message else f"{whole.message}; {more.message}"
                whole = replace(
                    whole.only(more.applicability), message=message, changes=(*whole.changes, *more.changes)
                )
    return whole


def _ended(case: Case, plan: EndIn) -> Repair:
    name = _LAST.get(case.taken.want) if case.taken is not None and case.taken.want is not None else None
    maker = case.maker()
    layer = maker.origin if heads.applying(case, maker) is not None else maker.built
    if name is None or layer is None or not case.tensor.kind.certainly(plan.needs):
        raise Uncertain("no layer made the value")
    changes = heads.activated(case, case.at(layer), name, maker)
    flow = flow_of_layer(case.sight, layer)
    others = [each.words for each in flow.readings if not gains(each, maker, case.use)] + flow.unseen
    message = f"End the model in `{name}`"
    if others:
        words = ", ".join(dict.fromkeys(others))
        return Repair(Applicability.DISPLAY, Effect.CHANGES_OUTPUT, f"{message}; {words} would then get it", changes)
    return Repair(Applicability.UNSAFE, Effect.CHANGES_OUTPUT, message, changes)


def unneeded(case: Case, plan: Verb, maker: Use) -> Repair:
    """The activation goes, when nothing in the function needs it and nothing leaves it."""
    flow = _flow(case, maker)
    if flow.returned or flow.unseen:
        raise Uncertain("it leaves the function")
    if any(notice(each, maker, case.use) is not Notice.NOTHING for each in flow.readings):
        raise Uncertain("something needs it")
    return Repair(Applicability.SAFE, plan.effect, f"Remove `{last(maker)}`", _without(case, maker))


def _removed(case: Case, plan: Unactivate, makers: list[Use]) -> Repair:
    """Where the value is made: the activation goes, and is applied where the value is needed as it was."""
    changes: list[Change] = []
    unseen: list[str] = []
    outside = False
    for maker in makers:
        flow = _flow(case, maker)
        outside = outside or flow.returned or bool(flow.unseen)
        unseen += flow.unseen
        changes += _without(case, maker, commented=True)
        for reading in noticing(flow, maker, case.use):
            if any(is_same(use, case.use) for use in reading.uses):
                raise Uncertain("the value is also given, at the same place, to something that needs it as it is")
            outside = True
            try:
                changes += _wrapped(case, reading, maker)
            except Uncertain:
                unseen.append(reading.words)
    if outside:
        calls_of = [call for maker in makers for call in _calls(case, maker)]
        unseen += handed_away(case.sight, calls_of, lambda tree, call: _is_known(case, tree, call))
    names = " and ".join(dict.fromkeys(_named(case, each) for each in makers))
    if unseen:
        words = ", ".join(dict.fromkeys(unseen))
        message = f"Remove {names}, and apply it where probabilities are needed: {words} cannot be followed"
        return Repair(Applicability.DISPLAY, Effect.CHANGES_OUTPUT, message, tuple(changes))
    if not outside:
        return Repair(Applicability.SAFE, plan.effect, f"Remove {names}", tuple(changes))
    moved = len(changes) > len(makers)
    message = f"Move {names} to where its result is needed" if moved else f"Remove {names}"
    return Repair(Applicability.UNSAFE, Effect.CHANGES_OUTPUT, message, tuple(changes))


def _calls(case: Case, maker: Use) -> list[tuple[Tree, ir.Node]]:
    """The calls of the function or model that gives what an activation gives."""
    place = case.at(maker.origin)
    function = place.tree.function(place.node)
    layer = maker.built if maker.built is not None and heads.is_model(case, maker) else maker.origin
    sites = {use.origin for use in case.sight.trace if use.built == layer} - {layer}
    sites |= case.sight.trace.chained.get(layer, set())
    if function is not None:
        home = Origin(place.tree.file, function.origin)
        sites |= case.sight.trace.sites.get(home, set()) - {home}
    return [(case.sight.tree(site.file), case.sight.at(site)) for site in sorted(sites)]


def _is_known(case: Case, tree: Tree, call: ir.Call) -> bool:
    """Whether a call is one of something in the tables."""
    path = case.names(tree).path(call.callee)
    return path is not None and case.catalog.row(path) is not None


def _named(case: Case, maker: Use) -> str:
    return f"the activation of `{last(maker)}`" if heads.is_model(case, maker) else f"`{last(maker)}`"


def _flow(case: Case, maker: Use) -> Flow:
    if maker.built is not None and heads.is_model(case, maker):
        return flow_of_layer(case.sight, maker.built)
    if maker.built == maker.origin or heads.applying(case, maker) is not None:
        return flow_of_layer(case.sight, maker.origin)
    place = case.at(maker.origin)
    flow = flow_of(case.sight, place.tree, place.node)
    name = maker.literal("name")
    if isinstance(name, str):  # of a graph, by which anybody may ask for it
        flow.unseen.append(f'whoever asks for "{name}"')
    flow.unseen += raw_scores.written_over(case, maker, place)
    return flow


def _without(case: Case, maker: Use, *, commented: bool = False) -> tuple[Change, ...]:
    if heads.is_model(case, maker):
        return heads.headless(case, maker)
    if maker.built == maker.origin:
        return layers.dropped(case, maker)
    applied = heads.bared(case, maker)
    return (
        applied if applied is not None else tuple(_taken_away(case, case.at(maker.origin), maker, commented=commented))
    )


def _taken_away(case: Case, place: Place, use: Use, *, commented: bool) -> Iterator[Change]:
    """The subject of a call in place of the call; a statement that would do nothing then goes as a whole, `commented`
    with the comment behind it.
    """
    tree, node = place.tree, place.node
    raw = calls.subject(case.names(tree), use, node)
    parent, field = tree.up[id(node)]
    alone = isinstance(parent, ir.Do) or (
        isinstance(parent, ir.Assign)
        and field == "value"
        and isinstance(raw, ir.Name)
        and [getattr(each, "name", None) for each in parent.targets] == [raw.name]
        and isinstance(parent.targets[0], ir.Name)
    )
    if alone and parent is not None:
        yield tree.delete(parent, commented=commented)
    else:
        yield tree.substitute(node, raw)


def _wrapped(case: Case, reading: Reading, maker: Use) -> tuple[Change, ...]:
    """The activation, put around what a reader reads."""
    tree, node = reading.tree, reading.expression
    axis = maker.gives_axis
    if maker.given.keys() - {getattr(maker.row, "axis", None), *(each.parameter for each in maker.taken), *_ASIDE}:
        raise Uncertain("it is told more than the axis")
    made = case.at(maker.origin)
    if maker.built != maker.origin and not _surely_met(made, reading):
        raise Uncertain("it may not have been applied to what is read there")
    row, spelled = case.names(tree).function(maker.row.name)
    if row.axis is not None and (axis is None or not reading.bare):
        raise Uncertain("the activation cannot be written there")
    dim = f", {row.axis}={axis}" if row.axis is not None else ""
    return (*spelled.changes, tree.replace(node, f"{spelled.text}({tree.source(node)}{dim})"))


def _surely_met(made: Place, reading: Reading) -> bool:
    """Whether what is read in one place has surely gone through the activation in another."""
    tree = made.tree
    if tree is reading.tree and tree.function(made.node) is tree.function(reading.expression):
        return tree.blocks(made.node)[0] in tree.blocks(reading.expression)
    return not tree.is_conditional(made.node) and tree.returns(made.node) <= 1


def is_left_out(case: Case, use: Use) -> bool:
    """Whether a use may be left out: it makes of each row of numbers another of the same length, or a whole model is
    told not to.
    """
    if heads.is_model(case, use):
        return True
    kind = use.gives
    keeps = isinstance(use.row, Function) and use.row.axes is Axes.KEPT and use.row.units is None
    return (keeps and kind is not None and not kind & Kind.LOGITS) or use.has(Fact.DROPOUT)


class Reach(msgspec.Struct, frozen=True):
    """How far a change of a value reaches: whether it leaves the function, and who needs it as it was, in words."""

    outside: bool
    needed: tuple[str, ...]


def reach(case: Case, maker: Use) -> Reach:
    """How far a change of what a use makes would reach, beside the use that is put right."""
    flow = _flow(case, maker)
    needed = [each.words for each in noticing(flow, maker, case.use)] + flow.unseen
    return Reach(flow.returned, tuple(dict.fromkeys(needed)))
