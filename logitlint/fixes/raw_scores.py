"""The raw scores behind an activation, where they are to be had without touching what else reads its result."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from itertools import takewhile

from logitlint.fixes import calls
from logitlint.fixes.case import Case, Place, last
from logitlint.fixes.changes import Change, Repair, Uncertain
from logitlint.fixes.nodes import names_in
from logitlint.fixes.safety import Applicability
from logitlint.fixes.scopes import Scopes
from logitlint.fixes.tree import Tree
from logitlint.fixes.verbs import Unactivate, Verb
from logitlint.frameworks.catalog import in_place
from logitlint.inference.lineage import before
from logitlint.inference.trace import Use
from logitlint.inference.values import Origin
from logitlint.kinds import LOG_PROBABILITIES, PROBABILITIES
from logitlint.lowering import ir

_NOBODY = "_"
"""The name of what is not read."""


def at_use(case: Case, plan: Verb, maker: Use) -> Repair:
    """What the activation was applied to stands at the use, or has a name there."""
    here, made, given = case.here(), case.at(maker.origin), case.given()
    if maker.built == maker.origin or here.tree is not made.tree:
        raise Uncertain("the activation stands elsewhere")
    raw = calls.subject(case.names(made.tree), maker, made.node)
    message = f"Use the raw scores: `{last(maker)}` is not wanted here"
    if _is_inside(made.node, given):
        return Repair(Applicability.SAFE, plan.effect, message, (here.tree.substitute(made.node, raw),))
    read = read_of(case, here, made, given)
    if is_in_place(maker, made.node):
        raise Uncertain("the raw scores are written over")
    if not _means_the_same(here.tree, case.files.scopes(here.tree), raw, made.node, read):
        raise Uncertain("the raw scores have no name there")
    return Repair(Applicability.SAFE, plan.effect, message, (here.tree.substitute(read, raw),))


def named(case: Case, plan: Verb, maker: Use) -> Repair:
    """In one function: the raw scores get a name of their own."""
    here, made = case.here(), case.at(maker.origin)
    if maker.built == maker.origin or here.tree is not made.tree:
        raise Uncertain("the activation stands elsewhere")
    tree, scopes = here.tree, case.files.scopes(here.tree)
    read = read_of(case, here, made, case.given())
    raw = calls.subject(case.names(made.tree), maker, made.node)
    statement = tree.statement(made.node)
    scores = before(maker)
    is_raw = scores is None or not scores.kind.certainly(PROBABILITIES | LOG_PROBABILITIES)
    name = case.files.new_name(tree, statement, raw=is_raw)
    if is_in_place(maker, made.node) or tree.statement(read) is statement or not scopes.holds(name, made.node, read):
        raise Uncertain("the raw scores cannot be given a name")
    changes = (
        tree.insert_before(statement, f"{name} = {tree.fitting(raw, raw)}"),
        tree.replace(raw, name),
        tree.replace(read, name),
    )
    return Repair(Applicability.SAFE, plan.effect, f"Give the loss the raw scores, before `{last(maker)}`", changes)


def returned(case: Case, plan: Unactivate, maker: Use) -> Repair:
    """The function that applies the activation returns the raw scores as well: those are used."""
    made = case.at(maker.origin)
    if maker.built == maker.origin:
        raise Uncertain("no function in sight returns it")
    raw = calls.subject(case.names(made.tree), maker, made.node)
    if not isinstance(raw, ir.Name) or is_in_place(maker, made.node):
        raise Uncertain("the raw scores have no name")
    own, other = _keys(case, made, raw)
    message = f"Use the raw scores, which are returned beside those of `{last(maker)}`"
    for call in calls_of(case, made):
        with suppress(Uncertain):
            changes = tuple(_taken(case, case.here().tree, call, own, other))
            return Repair(Applicability.SAFE, plan.effect, message, changes)
    raise Uncertain("it is returned elsewhere")


def calls_of(case: Case, made: Place) -> list[ir.Call]:
    """The calls, in the file of the use, of the function in which something is made."""
    tree, function = case.here().tree, made.tree.function(made.node)
    sites = (
        case.sight.trace.sites.get(Origin(made.tree.file, function.origin), set()) if function is not None else set()
    )
    nodes = [
        tree.nodes.get(site.node) for site in sorted(sites - case.sight.trace.outcomes.keys()) if site.file == tree.file
    ]
    return [each for each in nodes if isinstance(each, ir.Call)]


def read_of(case: Case, here: Place, made: Place, given: ir.Node) -> ir.Name | ir.Attribute:
    """The name, or attribute, in what is given to the use that holds what the activation gave, and nothing else."""
    tree = here.tree
    statement = tree.parent(made.node)
    if not isinstance(statement, ir.Assign) or statement.value is not made.node or len(statement.targets) != 1:
        raise Uncertain("the value has no name of its own")
    target = statement.targets[0]
    read = next((each for each in chain(given) if _is_alike(each, target)), None)
    if isinstance(read, ir.Name) and isinstance(target, ir.Name):
        if read in case.files.scopes(tree).reads(target, target.name):
            return read
    elif isinstance(read, ir.Attribute) and isinstance(target, ir.Attribute):
        if tree.owner(read) is tree.owner(target) is not None and _writes(tree, target) == [target]:
            return read
    raise Uncertain("the name may hold something else")


def chain(node: ir.Node) -> Iterator[ir.Node]:
    """An expression and what it starts from, through methods, attributes and indices."""
    yield node
    while isinstance(node, ir.Call | ir.Attribute | ir.Index):
        node = node.callee if isinstance(node, ir.Call) else node.value
        yield node


def _is_alike(one: ir.Node, other: ir.Node) -> bool:
    """Whether two expressions are the same name, or the same attribute of the same name."""
    if isinstance(one, ir.Attribute) and isinstance(other, ir.Attribute):
        return one.name == other.name and isinstance(one.value, ir.Name) and _is_alike(one.value, other.value)
    return isinstance(one, ir.Name) and isinstance(other, ir.Name) and one.name == other.name


def _writes(tree: Tree, attribute: ir.Attribute) -> list[ir.Attribute]:
    """Where an attribute of that name is set: in the same class, or of something that may be such an object."""
    return [
        each
        for each in tree.every
        if isinstance(each, ir.Attribute)
        and each.name == attribute.name
        and tree.is_target(each)
        and (tree.owner(each) is tree.owner(attribute) or not _is_alike(each.value, attribute.value))
    ]


def _means_the_same(tree: Tree, scopes: Scopes, raw: ir.Node, made: ir.Node, read: ir.Node) -> bool:
    """Whether the raw scores go by the same name where the activation is applied and where its result is read."""
    if isinstance(raw, ir.Attribute) and len(_writes(tree, raw)) > 1:
        return False
    if not all(isinstance(each, ir.Name | ir.Attribute) for each in chain(raw)):
        return False
    if all(scopes.holds(name.name, made, read) for name in names_in(raw)):
        return True
    # An attribute set once is the same in every method, when the result is one that is set behind it.
    return isinstance(read, ir.Attribute) and isinstance(raw, ir.Attribute) and _is_alike(raw.value, read.value)


def is_in_place(maker: Use, node: ir.Node) -> bool:
    """Whether an activation writes over what it is applied to."""
    callee = node.callee if isinstance(node, ir.Call) else None
    name = callee.name if isinstance(callee, ir.Name | ir.Attribute) else ""
    return in_place(name) or maker.literal("inplace") is True


def written_over(case: Case, maker: Use, made: Place) -> list[str]:
    """In words, what else may read the name that an activation writes over, beside the use."""
    if not is_in_place(maker, made.node) or maker.row.name == case.use.row.name:
        return []
    raw = calls.base(calls.subject(case.names(made.tree), maker, made.node))
    scopes, statement = case.files.scopes(made.tree), made.tree.statement(made.node)
    if not isinstance(raw, ir.Name) or (isinstance(statement, ir.Assign) and _is_alike(statement.targets[0], raw)):
        return []
    given = [*chain(case.given())]
    behind = [each for each in scopes.read_in(scopes.scope(scopes.home(raw), raw.name), raw.name) if each is not raw]
    return [f"`{raw.name}`" for each in behind if each.origin > raw.origin and not any(each is own for own in given)]


def _is_inside(node: ir.Node, whole: ir.Node) -> bool:
    """Whether an expression is what a chain of operations on the shape starts from."""
    on_the_shape = takewhile(lambda each: not isinstance(each, ir.Index), chain(whole))  # an index picks
    return any(each is node for each in on_the_shape)


def _keys(case: Case, made: Place, raw: ir.Name) -> tuple[int | str, int | str]:
    """Under which position or key a function returns what the activation gives, and under which the raw scores."""
    tree, scopes = made.tree, case.files.scopes(made.tree)
    function = tree.function(made.node)
    results = [each for each in tree.every if isinstance(each, ir.Return) and tree.function(each) is function]
    if function is None or len(results) != 1 or results[0].value is None:
        raise Uncertain("it is returned in several ways")
    parts = dict(_parts(results[0].value))
    statement = tree.parent(made.node)
    target = statement.targets[0] if isinstance(statement, ir.Assign) and len(statement.targets) == 1 else None
    reads = scopes.reads(target, target.name) if isinstance(target, ir.Name) else []
    own = [key for key, each in parts.items() if each is made.node or any(each is read for read in reads)]
    others = [
        key
        for key, each in parts.items()
        if isinstance(each, ir.Name) and each.name == raw.name and scopes.holds(raw.name, made.node, each)
    ]
    if len(own) != 1 or len(others) != 1:
        raise Uncertain("the raw scores are not returned with it")
    return own[0], others[0]


def _parts(value: ir.Node) -> Iterator[tuple[int | str, ir.Node]]:
    """The elements of a tuple or dict, by position or key. Raises `Uncertain` where they cannot be told."""
    if isinstance(value, ir.Build) and value.shape == "tuple":
        yield from enumerate(value.items)
    elif isinstance(value, ir.Mapping):
        for pair in value.pairs:
            if isinstance(pair.key, ir.Constant) and isinstance(pair.key.value, str):
                yield pair.key.value, pair.value
            else:
                raise Uncertain("its keys are not known")


def _taken(case: Case, tree: Tree, call: ir.Node, own: int | str, other: int | str) -> Iterator[Change]:
    """Take another element of what a call gives, where one is given to the use."""
    scopes = case.files.scopes(tree)
    for each in chain(case.given()):
        if isinstance(each, ir.Index) and len(each.index) == 1:
            key = each.index[0]
            if isinstance(key, ir.Constant) and key.value == own and is_result(tree, scopes, each.value, call):
                yield tree.replace(key, tree.quoted(other, key) if isinstance(other, str) else str(other))
                return
    read, statement = calls.base(case.given()), tree.parent(call)
    targets = statement.targets if isinstance(statement, ir.Assign) and statement.value is call else ()
    items = targets[0].items if len(targets) == 1 and isinstance(targets[0], ir.Build) else ()
    if not isinstance(own, int) or not isinstance(other, int) or any(isinstance(each, ir.Star) for each in items):
        raise Uncertain("it is not unpacked there")
    if max(own, other) >= len(items) or not isinstance(read, ir.Name):
        raise Uncertain("it is not unpacked there")
    mine, raw = items[own], items[other]
    if not isinstance(mine, ir.Name) or not isinstance(raw, ir.Name) or read not in scopes.reads(mine, read.name):
        raise Uncertain("the name may hold something else")
    if raw.name == _NOBODY and mine.name != _NOBODY and not scopes.reads(raw, raw.name):
        name = case.files.new_name(tree, tree.statement(call))
        yield tree.replace(raw, name)
    elif scopes.holds(raw.name, call, read, given=raw):
        name = raw.name
    else:
        raise Uncertain("the name of the raw scores is given to something else")
    yield tree.replace(read, name)


def is_result(tree: Tree, scopes: Scopes, node: ir.Node, call: ir.Node) -> bool:
    """Whether an expression is what a call gives, or a name that holds it."""
    if node is call:
        return True
    statement = tree.parent(call)
    if not isinstance(statement, ir.Assign) or statement.value is not call or len(statement.targets) != 1:
        return False
    target = statement.targets[0]
    return isinstance(target, ir.Name) and isinstance(node, ir.Name) and node in scopes.reads(target, node.name)
