"""Losses and activations that are chosen by whoever calls a function or constructs a class: a repair inside is one for
all of them, and another may choose otherwise.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress

from msgspec.structs import replace

from logitlint.fixes import calls
from logitlint.fixes.case import Case, Place
from logitlint.fixes.changes import Change, Repair, Uncertain
from logitlint.fixes.nodes import nodes_in, parameter_of
from logitlint.fixes.safety import Applicability, Effect
from logitlint.fixes.tree import Tree
from logitlint.frameworks.vocabulary import Function, Layer, Role
from logitlint.inference.lineage import makers as made_by
from logitlint.inference.trace import Use, Via
from logitlint.inference.values import Origin
from logitlint.kinds import UNKNOWN
from logitlint.lowering import ir

_MOST = 200
"""Expressions that are looked at before the choice counts as anybody's."""


def limited(case: Case, repair: Repair, *, every: bool) -> Repair:
    """A safe repair, trusted no further where the loss or the activation may be another for another caller.

    `every` object that may be used there is put right with it.
    """
    if repair.applicability is not Applicability.SAFE or not repair.changes:
        return repair
    if _is_handed_out(case, repair):
        message = f"{repair.message}; the names there are read all at once"
        return replace(repair.only(Applicability.DISPLAY), message=message)
    if not every and _is_shared(case, repair) and any(_differs(case.use, other) for other in _beside(case)):
        return replace(repair.only(Applicability.DISPLAY), message=f"{repair.message}; elsewhere it is right as it is")
    makers: list[Use] = []
    with suppress(Uncertain):
        makers = case.makers()
    if _is_given(case, repair, makers):
        message = f"{repair.message}; whoever calls it gives the value"
        return replace(repair.only(Applicability.UNSAFE), effect=Effect.CHANGES_OUTPUT, message=message)
    search = _Search(case)
    for use in (case.use, *makers):
        for tree, expression in _choices(case, use):
            search.look(tree, expression)
    spans = [(tree.file, *tree.header_span(scope)) for tree, scope in search.found]
    if not search.lost and not any(_lies_in(change, span) for change in repair.changes for span in spans):
        return repair
    if any(other.row.name != use.row.name for use in makers if not _is_named(case, use) for other in _at(case, use)):
        message = f"{repair.message}; elsewhere another activation is chosen"
        return replace(repair.only(Applicability.DISPLAY), message=message)
    message = f"{repair.message}; whoever calls it chooses the loss or the activation"
    return replace(repair.only(Applicability.UNSAFE), effect=Effect.CHANGES_OUTPUT, message=message)


_EVERY = frozenset({"locals", "vars", "dir", "eval", "exec", "globals"})
"""Builtins that read names which are not written where they are called, or give all of them."""
_FRAMES = {"currentframe": "", "stack": "inspect", "_getframe": ""}
"""What gives the names of whoever called, with what a file has to say for it: `torch.stack` is another."""


def _is_handed_out(case: Case, repair: Repair) -> bool:
    """Whether a repair changes more than the statement of the use where all names are read at once."""
    here = case.here()
    own = (here.tree.file, *here.tree.header_span(here.tree.statement(here.node)))
    for file in {each.file for each in repair.changes}:
        tree = case.sight.tree(file)
        far = [each for each in repair.changes if each.file == file and not _lies_in(each, own)]
        if any(_lies_in(each, scope) for each in far for scope in _handing_out(case, tree)):
            return True
    return False


def _handing_out(case: Case, tree: Tree) -> Iterator[tuple[str, int, int]]:
    """The stretches of a file whose names are read all at once: functions, or (for those of the module) the file."""
    whole = tree.file, 0, len(tree.text)
    if any(each.name in _FRAMES and _FRAMES[each.name] in tree.text for each in tree.of(ir.Attribute)):
        yield whole
    for each in tree.of(ir.Name):
        if each.name in _EVERY and not case.files.scopes(tree).bindings(each.name):
            call = tree.parent(each)
            if each.name == "vars" and isinstance(call, ir.Call) and call.callee is each and call.arguments:
                continue  # of an object
            function = tree.function(each)
            if function is None or each.name == "globals":
                yield whole
            else:
                yield (tree.file, *tree.header_span(function))


def _lies_in(change: Change, stretch: tuple[str, int, int]) -> bool:
    return _is_inside((change.file, change.start, change.end), stretch)


def _is_inside(one: tuple[str, int, int], other: tuple[str, int, int]) -> bool:
    return one[0] == other[0] and other[1] <= one[1] and one[2] <= other[2]


def _is_given(case: Case, repair: Repair, makers: list[Use]) -> bool:
    """Whether a repair changes what a function does with what it is given, and where one of its callers makes that:
    others may give it what they gave before.
    """
    here = case.here()
    function = here.tree.function(here.node)
    if function is None:
        return False
    own = (here.tree.file, *here.tree.header_span(function))
    if not any(_lies_in(change, own) for change in repair.changes):
        return False
    made = [case.at(maker.origin) for maker in makers]
    stretches = [(each.tree.file, *each.tree.header_span(each.tree.statement(each.node))) for each in made]
    outside = [each for each in stretches if not _is_inside(each, own)]
    if not any(_lies_in(change, each) for change in repair.changes for each in outside):
        return False
    if case.files.importers.can_be_imported(here.tree.file) and here.tree.function(function) is None:
        return True
    origins = {maker.origin for maker in makers}
    return any(_made_of(other) != origins for other in _beside(case))


def _made_of(use: Use) -> set[Origin]:
    taken = use.first(Role.PREDICTION) or use.first(Role.SUBJECT)
    return {each.origin for each in made_by(taken.tensor)} if taken is not None and taken.tensor is not None else set()


def _is_shared(case: Case, repair: Repair) -> bool:
    """Whether a repair changes what every run of the use goes through: its function, or the object that it calls."""
    here = case.here()
    function = here.tree.function(here.node)
    if function is None:
        return True
    shared = [(here.tree.file, *here.tree.header_span(function))]
    if case.use.built is not None:
        built = case.at(case.use.built)
        shared.append((built.tree.file, *built.tree.header_span(built.tree.statement(built.node))))
    return any(_lies_in(change, each) for change in repair.changes for each in shared)


def _is_named(case: Case, use: Use) -> bool:
    """Whether what a use calls is written out where it stands."""
    place = case.at(use.origin)
    return isinstance(place.node, ir.Call) and case.names(place.tree).path(place.node.callee) is not None


def _at(case: Case, use: Use) -> tuple[Use, ...]:
    place = case.at(use.origin)
    return tuple(other for other in case.sight.uses(place.tree, place.node) if other.via is use.via)


def _beside(case: Case) -> Iterator[Use]:
    """The other uses that stand where a use stands."""
    return (other for other in _at(case, case.use) if other is not case.use and other.output == case.use.output)


def _differs(one: Use, other: Use) -> bool:
    """Whether two uses in one place are of different losses, or of values that have no meaning in common."""
    if one.row.name != other.row.name:
        return other.first(Role.PREDICTION) is not None and one.first(Role.PREDICTION) is not None
    taken, given = (use.first(Role.PREDICTION) or use.first(Role.SUBJECT) for use in (one, other))
    if taken is None or given is None or UNKNOWN in (taken.kind, given.kind) or not given.kind:
        return False
    return not taken.kind & given.kind


def _choices(case: Case, use: Use) -> Iterator[tuple[Tree, ir.Expression]]:
    """The expressions that say which function or object a use is of."""
    place = case.at(use.origin)
    if not isinstance(place.node, ir.Call):
        return
    if use.via in (Via.COMPILE, Via.HANDED):
        yield from ((place.tree, each.value) for each in place.node.arguments)
    elif not _is_method(case, use, place):
        yield place.tree, place.node.callee
    for each in (place, *([case.at(use.built)] if use.built is not None else ())):
        yield from ((each.tree, given) for given in _said(case, use, each))


def _is_method(case: Case, use: Use, place: Place) -> bool:
    """Whether a use is a method of a tensor, and so no choice."""
    node = place.node
    if use.built is not None or not isinstance(node, ir.Call):
        return False
    with suppress(Uncertain):
        return calls.is_method(case.names(place.tree), use, node)
    return False


def _said(case: Case, use: Use, place: Place) -> Iterator[ir.Expression]:
    """What is given, at a call, that says how a loss reads what it is given, or which activation a layer applies."""
    if not isinstance(place.node, ir.Call):
        return
    path = case.names(place.tree).path(place.node.callee)
    row = case.catalog.row(path) if path is not None else None
    applies = row.applies if isinstance(row, Function | Layer) else None
    named = {each for each in (*use.given, *use.defaults) if use.literal(each) is not None or each in use.defaults}
    if applies is not None:
        named.add(applies.argument)
        known = [each.name for each in calls.signature(row, constructing=isinstance(row, Layer))]
        position = known.index(applies.argument) if applies.argument in known else len(known)
        yield from [each.value for each in place.node.arguments if each.keyword is None][position : position + 1]
    yield from (each.value for each in place.node.arguments if each.keyword in named)


class _Search:
    """Looks for the functions and classes whose parameters an expression comes from.

    found
        Those of which another file, or another call, may give another.
    lost
        Whether there is too much to look at.
    """

    def __init__(self, case: Case) -> None:
        self._case = case
        self._seen: set[int] = set()
        self.found: list[tuple[Tree, ir.Function | ir.Class]] = []
        self.lost = False

    def look(self, tree: Tree, expression: ir.Node) -> None:
        """Look where what an expression is comes from."""
        pending = [(tree, expression)]
        while pending:
            tree, node = pending.pop()
            if len(self._seen) >= _MOST:
                self.lost = True
                return
            if id(node) not in self._seen:
                self._seen.add(id(node))
                pending += self._behind(tree, node)

    def _behind(self, tree: Tree, node: ir.Node) -> list[tuple[Tree, ir.Node]]:
        if self._is_known(tree, node):
            return []
        if isinstance(node, ir.Name):
            return self._named(tree, node)
        if isinstance(node, ir.Attribute):
            if isinstance(node.value, ir.Name) and self._is_self(tree, node.value):
                return self._kept(tree, node)
            return [(tree, node.value)]
        if isinstance(node, ir.Call) and self._is_known(tree, node.callee):
            return []
        if isinstance(node, ir.Lambda):
            return []
        return [(tree, each) for each in _parts(node)]

    def _is_known(self, tree: Tree, node: ir.Node) -> bool:
        """Whether an expression is something in the tables, by its name."""
        path = self._case.names(tree).path(node) if isinstance(node, ir.Name | ir.Attribute) else None
        return path is not None and self._case.catalog.row(path) is not None

    def _is_self(self, tree: Tree, name: ir.Name) -> bool:
        scopes = self._case.files.scopes(tree)
        bound = scopes.bound_in(scopes.scope(scopes.home(name), name.name), name.name)
        return any(self._is_receiver(tree, each) for each in bound)

    def _is_receiver(self, tree: Tree, binding: ir.Node) -> bool:
        function = tree.parent(binding)
        return (
            isinstance(binding, ir.Parameter)
            and isinstance(function, ir.Function)
            and isinstance(tree.parent(function), ir.Class)
            and function.parameters[0] is binding
        )

    def _named(self, tree: Tree, name: ir.Name) -> list[tuple[Tree, ir.Node]]:
        scopes = self._case.files.scopes(tree)
        found: list[tuple[Tree, ir.Node]] = []
        for binding in scopes.bound_in(scopes.scope(scopes.home(name), name.name), name.name):
            parent = tree.parent(binding)
            if isinstance(binding, ir.Parameter) and isinstance(parent, ir.Function):
                if not self._is_receiver(tree, binding):
                    found += self._parameter(tree, parent, binding)
            elif isinstance(statement := tree.statement(binding), ir.Assign) and statement.value is not None:
                found += [(tree, statement.value), *self._branches(tree, statement)]
            elif isinstance(statement, ir.For):
                found.append((tree, statement.source))
        return found

    def _branches(self, tree: Tree, statement: ir.Node) -> list[tuple[Tree, ir.Node]]:
        """The tests that decide, inside a function, whether a statement is run."""
        found: list[tuple[Tree, ir.Node]] = []
        for each, field in tree.above(statement):
            if isinstance(each, ir.Function | ir.Class):
                return found
            if isinstance(each, ir.If) and field != "test":
                found.append((tree, each.test))
        return []

    def _parameter(self, tree: Tree, function: ir.Function, parameter: ir.Parameter) -> list[tuple[Tree, ir.Node]]:
        """A parameter, and what it is given where the function is called."""
        owner = tree.parent(function)
        if self._case.files.importers.can_be_imported(tree.file):
            if isinstance(owner, ir.Class):
                self.found.append((tree, owner))
            elif not isinstance(owner, ir.Lambda) and tree.function(function) is None:
                self.found.append((tree, function))
        found: list[tuple[Tree, ir.Node]] = []
        for site in self._case.sight.trace.sites.get(Origin(tree.file, function.origin), ()):
            outside = self._case.sight.tree(site.file)
            call = outside.nodes.get(site.node)
            for argument in call.arguments if isinstance(call, ir.Call) else ():
                with suppress(Uncertain):
                    if isinstance(call, ir.Call) and parameter_of(tree, function, call, argument) is parameter:
                        found.append((outside, argument.value))
        return found

    def _kept(self, tree: Tree, attribute: ir.Attribute) -> list[tuple[Tree, ir.Node]]:
        """What an attribute of an object is set to, in whatever class of the file."""
        before = len(self.found)
        found: list[tuple[Tree, ir.Node]] = []
        for each in tree.every:
            named = isinstance(each, ir.Name | ir.Attribute) and each.name == attribute.name and tree.is_target(each)
            statement = tree.statement(each) if named else None
            if not isinstance(statement, ir.Assign):
                continue
            if isinstance(each, ir.Attribute):
                found += self._branches(tree, statement)
                found += [(tree, statement.value)] if statement.value is not None else []
            elif isinstance(tree.parent(statement), ir.Class) and statement.annotation is not None:
                self._of_class(tree, each)  # a field, which the constructor is given
        for outside, expression in found:
            self.look(outside, expression)
        if len(self.found) > before:
            self._of_class(tree, attribute)
        return []

    def _of_class(self, tree: Tree, node: ir.Node) -> None:
        owner = tree.owner(node)
        if owner is not None and self._case.files.importers.can_be_imported(tree.file):
            self.found.append((tree, owner))


def _parts(node: ir.Node) -> Iterator[ir.Node]:
    """The names and calls in an expression, without what stands in those."""
    for each in nodes_in(node):
        if each is not node and isinstance(each, ir.Name | ir.Attribute | ir.Call):
            yield each
