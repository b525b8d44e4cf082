"""Models that are handed to code out of sight, which may make anything of what they give."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from logitlint.fixes.changes import Uncertain
from logitlint.fixes.nodes import parameter_of, words_of
from logitlint.fixes.sight import Sight
from logitlint.fixes.tree import Tree
from logitlint.inference.values import Origin
from logitlint.lowering import ir

_MOST = 200
"""Places at which an object is looked at before it counts as lost."""
_INERT = frozenset(
    {"print", "len", "type", "isinstance", "id", "repr", "str", "hasattr", "getattr", "setattr", "vars", "dir", "super"}
)
"""Builtins that are given an object and do not call it."""


def handed_away(
    sight: Sight, calls: list[tuple[Tree, ir.Node]], is_known: Callable[[Tree, ir.Call], bool]
) -> list[str]:
    """In words, the calls that are given a model and cannot be seen into; the model is told by where it is called.

    `is_known` tells a call of something in the tables: that gives the model back, or does not call it.
    """
    return list(dict.fromkeys(_Holders(sight, is_known).handed(calls)))


class _Holders:
    """Follows an object by the names and attributes that hold it."""

    def __init__(self, sight: Sight, is_known: Callable[[Tree, ir.Call], bool]) -> None:
        self.sight = sight
        self.is_known = is_known
        self.seen: set[tuple[str, object, str]] = set()
        self.pending: list[tuple[Tree, ir.Node]] = []

    def handed(self, calls: list[tuple[Tree, ir.Node]]) -> Iterator[str]:
        """Where the object that is called in some places is handed to what cannot be seen."""
        self.pending = [(tree, call.callee) for tree, call in calls if isinstance(call, ir.Call)]
        while self.pending:
            tree, node = self.pending.pop()
            if len(self.seen) > _MOST:
                raise Uncertain("the model goes too far")
            if isinstance(node, ir.Name):
                yield from self._of_name(tree, node, self.sight.scopes(tree).home(node))
            elif isinstance(node, ir.Attribute) and isinstance(node.value, ir.Name):
                yield from self._of_attribute(tree, node)

    def _of_name(self, tree: Tree, node: ir.Name, home: int) -> Iterator[str]:
        scopes = self.sight.scopes(tree)
        scope = scopes.scope(home, node.name)
        if self._is_new(tree, scope, node.name):
            for binding in scopes.bound_in(scope, node.name):
                self._back(tree, binding)
            for read in scopes.read_in(scope, node.name):
                yield from self._read(tree, read)

    def _of_attribute(self, tree: Tree, node: ir.Attribute) -> Iterator[str]:
        owner = tree.owner(node)
        if self._is_new(tree, id(owner), f".{node.name}"):
            for each in tree.every:
                if isinstance(each, ir.Attribute) and each.name == node.name and tree.owner(each) is owner:
                    yield from self._read(tree, each)

    def _is_new(self, tree: Tree, scope: int, name: str) -> bool:
        key = tree.file, scope, name
        if key in self.seen:
            return False
        self.seen.add(key)
        return True

    def _back(self, tree: Tree, binding: ir.Node) -> None:
        """Where a parameter is given its object, and where a name's object had another name."""
        parent = tree.parent(binding)
        if isinstance(binding, ir.Parameter) and isinstance(parent, ir.Function):
            for site in self.sight.trace.sites.get(Origin(tree.file, parent.origin), ()):
                outside = self.sight.tree(site.file)
                call = outside.nodes.get(site.node)
                for argument in call.arguments if isinstance(call, ir.Call) else ():
                    if isinstance(call, ir.Call) and parameter_of(tree, parent, call, argument) is binding:
                        self.pending.append((outside, argument.value))
        elif isinstance(parent, ir.Assign) and parent.value is not None:
            self.pending.append((tree, parent.value))

    def _read(self, tree: Tree, read: ir.Node) -> Iterator[str]:
        """What becomes of the object where it is read."""
        parent, field = tree.up[id(read)]
        if isinstance(parent, ir.Assign) and field == "value":
            self.pending += [(tree, target) for target in parent.targets]
        elif isinstance(parent, ir.Argument) and isinstance(call := tree.parent(parent), ir.Call):
            functions = self.sight.called(tree, call)
            for inside, function in functions:
                parameter = parameter_of(inside, function, call, parent)
                if parameter is not None:
                    yield from self._of_name(inside, ir.Name(parameter.origin, parameter.name), id(function))
            if functions or self.sight.uses(tree, call) or self._is_inert(tree, call):
                return
            if self.is_known(tree, call):
                yield from self._read(tree, call)
            else:
                yield f"`{words_of(tree, call)}` (which is given the model)"

    def _is_inert(self, tree: Tree, call: ir.Call) -> bool:
        name = call.callee.name if isinstance(call.callee, ir.Name) else ""
        return name in _INERT and not self.sight.scopes(tree).bindings(name)
