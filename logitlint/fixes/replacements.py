"""Other functions and classes in the place of those at fault."""

from __future__ import annotations

from contextlib import suppress

from logitlint.fixes import calls, heads, raw_scores
from logitlint.fixes.activations import reach
from logitlint.fixes.case import Case, Place, last
from logitlint.fixes.changes import Change, Repair, Uncertain
from logitlint.fixes.nodes import names_in, nodes_in
from logitlint.fixes.raw_scores import read_of
from logitlint.fixes.safety import Applicability, Effect
from logitlint.fixes.tree import Tree
from logitlint.fixes.verbs import Fuse, Replace, ReplaceMaker
from logitlint.frameworks.vocabulary import Layer, Relation, Role, Want
from logitlint.inference.lineage import before, producers
from logitlint.inference.trace import Use, Via
from logitlint.inference.values import Literal
from logitlint.kinds import Kind
from logitlint.lowering import ir


def replaced(case: Case, plan: Replace) -> Repair:
    """Another function or class in the place of the one that is used."""
    if plan.needs is not None and not case.tensor.kind.certainly(plan.needs):
        raise Uncertain("the other takes other values")
    path = _counterpart(case, case.use, plan.relation)
    if plan.relation is Relation.EACH_BY_ITSELF and any(_wants_classes(each, case.use) for each in case.sight.trace):
        raise Uncertain("a loss over classes reads it")
    trusted = Applicability.UNSAFE if plan.effect is Effect.CHANGES_OUTPUT else _shared(case, plan.needs)
    changes = heads.applied(case, case.use, path) or _renamed(case, case.use, plan.relation, plan.without)
    return Repair(trusted, plan.effect, f"Replace `{last(case.use)}` by `{path.rpartition('.')[2]}`", changes)


_CLASSES = (Want.CLASS_LOGITS, Want.CLASS_PROBABILITIES, Want.CLASS_LOG_PROBABILITIES)


def _wants_classes(loss: Use, activation: Use) -> bool:
    """Whether a loss reads what an activation gives as that of several classes."""
    taken = loss.first(Role.PREDICTION)
    if taken is None or taken.tensor is None or taken.want not in _CLASSES:
        return False
    return any(made.origin == activation.origin for made in producers(taken.tensor))


def _shared(case: Case, needs: Kind | None) -> Applicability:
    """How far it may be trusted that every use of the object gains. Raises `Uncertain` where one loses."""
    trusted = Applicability.SAFE
    for other in case.sight.trace if case.use.built is not None and needs is not None else ():
        taken = other.first(Role.PREDICTION) if other.built == case.use.built else None
        if taken is not None and needs is not None and not taken.kind.certainly(needs):
            if taken.kind.certainly(~needs):
                raise Uncertain("the object is used rightly elsewhere")
            trusted = Applicability.UNSAFE
    return trusted


def maker_replaced(case: Case, plan: ReplaceMaker) -> Repair:
    """Another function in the place of the one that made the value."""
    maker = case.maker()
    if plan.needs is not None and not case.tensor.kind.certainly(plan.needs):
        raise Uncertain("the other gives something else")
    message = f"Replace `{last(maker)}` by `{_counterpart(case, maker, plan.relation).rpartition('.')[2]}`"
    result = reach(case, maker)
    if result.needed or result.outside:
        try:
            here, made = case.here(), case.at(maker.origin)
            text, far = again_as(case, here, maker, plan.relation)
            read = read_of(case, here, made, case.given())
            return Repair(Applicability.SAFE, plan.effect, message, (*far, here.tree.replace(read, text)))
        except Uncertain:
            pass
    changes = _renamed(case, maker, plan.relation)
    if result.needed:
        message = f"{message}; {', '.join(result.needed)} would then get logarithms"
        return Repair(Applicability.DISPLAY, Effect.CHANGES_OUTPUT, message, changes)
    if result.outside:
        return Repair(Applicability.UNSAFE, Effect.CHANGES_OUTPUT, message, changes)
    return Repair(Applicability.SAFE, plan.effect, message, changes)


def fused(case: Case, plan: Fuse) -> Repair:
    """One call for two: log(softmax(x)), log(1 - sigmoid(x))."""
    maker = case.maker()
    less = _complemented(case, maker)
    if less is not None:
        (maker,) = less
    here, made = case.here(), case.at(maker.origin)
    tree, given = here.tree, case.given()
    message = f"Use `{_counterpart(case, maker, plan.relation).rpartition('.')[2]}`"
    result = reach(case, maker)
    if made.tree is tree and maker.origin != maker.built:
        try:
            if not is_within(made.node, here.node):
                if less is None and not (result.needed or result.outside):
                    raise Uncertain("it is made for this alone")
                text, far = again_as(case, here, maker, plan.relation, negative=less is not None)
                if given is not calls.base(given):
                    raise Uncertain("its shape was changed since")
                return Repair(Applicability.SAFE, plan.effect, message, (*far, tree.replace(here.node, text)))
            text, far = other_call(case, maker, plan.relation, negative=less is not None)
            if less is None and given is not made.node:  # the shape is changed between the two
                text, more = calls.inside(tree, given, [Change(tree.file, *tree.span(made.node), text)])
                far = (*far, *more)
            return Repair(Applicability.SAFE, plan.effect, message, (*far, tree.replace(here.node, text)))
        except Uncertain:
            if less is not None:
                raise
    changes = (*_renamed(case, maker, plan.relation), tree.substitute(here.node, given))
    if result.needed:
        message = f"{message} where the value is made; {', '.join(result.needed)} would then get logarithms"
        return Repair(Applicability.DISPLAY, Effect.CHANGES_OUTPUT, message, changes)
    if result.outside:
        return Repair(Applicability.UNSAFE, Effect.CHANGES_OUTPUT, f"{message} where the value is made", changes)
    return Repair(Applicability.SAFE, plan.effect, message, changes)


def _complemented(case: Case, maker: Use) -> tuple[Use, ...] | None:
    """What made the `p` of ``1 - p``; None for anything else."""
    other, whole = maker.first(Role.OTHER), before(maker)
    if maker.via is not Via.OPERATOR or other is None or other.value != Literal(1) or whole is None:
        return None
    node = case.at(maker.origin).node
    if not isinstance(node, ir.Operator) or node.sign != "-" or len(whole.made) != 1:
        raise Uncertain("it is written in another way")
    return whole.made


def _check_again(case: Case, here: Place, made: Place) -> None:
    """That a call may be written once more at the use, with the same result. Raises `Uncertain`."""
    if here.tree is not made.tree:
        raise Uncertain("the two stand in different files")
    scopes = case.files.scopes(here.tree)
    if any(isinstance(each, ir.Call) and each is not made.node for each in nodes_in(made.node)):
        raise Uncertain("something would be computed twice")
    if not all(scopes.holds(name.name, made.node, here.node) for name in names_in(made.node)):
        raise Uncertain("what it was applied to has no name any more")


def _is_always_run(tree: Tree, node: ir.Node, statement: ir.Node) -> bool:
    """Whether a statement computes an expression in it whenever it is run, once."""
    for each, _ in tree.above(node):
        if each is statement:
            return True
        if not isinstance(each, ir.Call | ir.Argument | ir.Attribute | ir.Index | ir.Operator) or (
            isinstance(each, ir.Operator) and each.sign in ("and", "or")
        ):
            return False
    return False


def again_as(
    case: Case, here: Place, maker: Use, relation: Relation, *, negative: bool = False
) -> tuple[str, tuple[Change, ...]]:
    """The call that made a value, written once more at the use, as one of its counterpart, and what else that takes:
    what would be computed twice gets a name.
    """
    made = case.at(maker.origin)
    with suppress(Uncertain):
        _check_again(case, here, made)
        return other_call(case, maker, relation, negative=negative, again=True)
    tree, statement = made.tree, made.tree.statement(made.node)
    if here.tree is not tree or not isinstance(statement, ir.Assign) or not _is_always_run(tree, made.node, statement):
        raise Uncertain("what it was applied to cannot be given a name")
    raw = calls.subject(case.names(tree), maker, made.node)
    scopes = case.files.scopes(tree)
    name = case.files.new_name(tree, statement)
    if not scopes.holds(name, made.node, here.node) or raw_scores.is_in_place(maker, made.node):
        raise Uncertain("what it was applied to cannot be given a name")
    text, far = other_call(case, maker, relation, negative=negative, known_as=name, again=True)
    return text, (*far, tree.insert_before(statement, f"{name} = {tree.fitting(raw, raw)}"), tree.replace(raw, name))


def other_call(
    case: Case,
    maker: Use,
    relation: Relation,
    *,
    negative: bool = False,
    known_as: str | None = None,
    again: bool = False,
) -> tuple[str, tuple[Change, ...]]:
    """The call that made a value, as one of its counterpart; and what has to be imported.

    `known_as` is a name for what it is applied to; written `again`, it goes by no other's name in a graph.
    """
    made = case.at(maker.origin)
    tree, names = made.tree, case.names(made.tree)
    if maker.built is None and not negative:
        other = _counterpart(case, maker, relation)
        without = ("name",) if again else ()
        changes = calls.renamed(names, maker, made.node, other, without=without, known_as=known_as)
        return calls.inside(tree, made.node, changes)
    function = case.catalog.counterpart(maker.row.name, Relation.CALLED) if maker.built is not None else None
    path = case.catalog.counterpart(function, relation) if function is not None else None
    path = _counterpart(case, maker, relation) if maker.built is None else path
    row = case.catalog.row(path) if path is not None else None
    axis = getattr(row, "axis", None)
    if path is None or (axis is not None and maker.gives_axis is None):
        raise Uncertain("there is no function for it")
    raw = calls.subject(case.names(made.tree), maker, made.node)
    text, spelled = known_as or tree.source(raw), names.spell(path)
    if negative:
        text = f"-{text}" if known_as or isinstance(raw, ir.Name | ir.Attribute | ir.Call | ir.Index) else f"-({text})"
    dim = f", {axis}={maker.gives_axis}" if axis is not None else ""
    return f"{spelled.text}({text}{dim})", spelled.changes


def _renamed(case: Case, use: Use, relation: Relation, dropped: tuple[str, ...] = ()) -> tuple[Change, ...]:
    """Changes that rename a function where it is called, or a class where the object in question is constructed."""
    path = _counterpart(case, use, relation)
    if use.built is None:
        place = case.at(use.origin)
        return calls.renamed(case.names(place.tree), use, place.node, path, without=dropped)
    row = case.catalog.row(use.row.name)
    if not isinstance(row, Layer):
        raise Uncertain("what is constructed is not known")
    place = case.at(use.built)
    construction = Use(row, Via.CONSTRUCT, (), {}, use.built)
    return calls.renamed(case.names(place.tree), construction, place.node, path, constructing=True, without=dropped)


def _counterpart(case: Case, use: Use, relation: Relation) -> str:
    path = case.catalog.counterpart(use.row.name, relation)
    if path is None and use.built is None:  # what a name of it has, under which it came later
        place = case.at(use.origin)
        written = case.names(place.tree).path(place.node.callee) if isinstance(place.node, ir.Call) else None
        path = case.catalog.counterpart(case.catalog.known_as(written) or written, relation) if written else None
    if path is None:
        raise Uncertain("there is nothing to put in its place")
    return path


def is_within(node: ir.Node, whole: ir.Node) -> bool:
    """Whether an expression is one of the parts of another, or the other itself."""
    return any(each is node for each in nodes_in(whole))
