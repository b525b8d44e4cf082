"""Names of one file: which scope binds each, and which bindings a read of it may see."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from logitlint.fixes.changes import Uncertain
from logitlint.fixes.tree import Tree
from logitlint.frameworks.catalog import in_place
from logitlint.lowering import ir

_LEAVING = (ir.Return, ir.Raise, ir.Break, ir.Continue)
_LOOPS = (ir.For, ir.While)


class Scopes:
    """The bindings and reads of a file's names, by the scope they belong to: a function or class, or the module (0)."""

    def __init__(self, tree: Tree) -> None:
        self.tree = tree
        self._bound: dict[int, dict[str, list[ir.Node]]] = defaultdict(lambda: defaultdict(list))
        self._read: dict[int, dict[str, list[ir.Name]]] = defaultdict(lambda: defaultdict(list))
        self._outer: dict[int, int] = {}
        self._classes: set[int] = set()
        self._declared: set[str] = set()
        reads: list[tuple[int, ir.Name]] = []
        for node in tree.every:
            for name in _binds(node):
                self._bound[self._home(node)][name].append(node)
            if isinstance(node, ir.Function):
                self._outer[id(node)] = self._home(node)
                for parameter in node.parameters:
                    self._bound[id(node)][parameter.name].append(parameter)
            elif isinstance(node, ir.Class):
                self._outer[id(node)] = self._home(node)
                self._classes.add(id(node))
            elif isinstance(node, ir.Declare):
                self._declared.update(node.names)
            elif isinstance(node, ir.Name):
                if tree.is_target(node):
                    self._bound[self._home(node)][node.name].append(node)
                else:
                    reads.append((self._home(node), node))
        for home, read in reads:
            self._read[self.scope(home, read.name)][read.name].append(read)

    def _home(self, node: ir.Node) -> int:
        """The scope whose code a node is: the parameters and decorators of a function belong to the scope around."""
        for each, field in self.tree.above(node):
            if isinstance(each, ir.Function | ir.Class) and field == "body":
                return id(each)
        return 0

    def scope(self, home: int, name: str) -> int:
        """The scope that a name read in another means."""
        first = True
        while home:
            if name in self._bound[home] and (first or home not in self._classes):
                return home
            home, first = self._outer[home], False
        return 0

    def home(self, node: ir.Node) -> int:
        """The scope whose code a node is."""
        return self._home(node)

    def bindings(self, name: str) -> list[ir.Node]:
        """Everything in the file that binds a name, in whatever scope."""
        return [node for names in list(self._bound.values()) for node in names.get(name, ())]

    def mentions(self, name: str) -> list[ir.Name]:
        """Every read of a name, in whatever scope."""
        return [node for names in list(self._read.values()) for node in names.get(name, ())]

    def is_free(self, name: str, node: ir.Node) -> bool:
        """Whether a name means nothing where a node stands: to the module, the functions around it and those within."""
        around = {id(each) for each, _ in self.tree.above(node)}
        homes = {self._home(each) for each in (*self.bindings(name), *self.mentions(name))}
        return name not in self._declared and not any(
            not home or not around.isdisjoint(self._chain(home)) for home in homes
        )

    def share(self, one: ir.Node, other: ir.Node) -> bool:
        """Whether a name bound where one node stands may be seen where another stands, or the other way round."""
        homes = self._home(one), self._home(other)
        return 0 in homes or homes[0] in self._chain(homes[1]) or homes[1] in self._chain(homes[0])

    def _chain(self, home: int) -> Iterator[int]:
        """A scope and those around it, without the module."""
        while home:
            yield home
            home = self._outer[home]

    def bound_in(self, scope: int, name: str) -> list[ir.Node]:
        """What binds a name in one scope; none where it is declared to be another's."""
        return [] if name in self._declared else self._bound[scope].get(name, [])

    def read_in(self, scope: int, name: str) -> list[ir.Name]:
        """The reads of a name that is bound in one scope."""
        return self._read[scope].get(name, [])

    def reads(self, binding: ir.Node, name: str) -> list[ir.Name]:
        """The reads that may see what a binding gave a name. Raises `Uncertain` where that cannot be followed."""
        if name in self._declared:
            raise Uncertain(f"`{name}` is declared global or nonlocal")
        scope = id(binding) if isinstance(binding, ir.Function) else self._home(binding)
        if isinstance(binding, ir.Parameter):
            parent = self.tree.parent(binding)
            scope = id(parent)
        return [node for node in self._read[scope][name] if self._reaches(binding, node, scope)]

    def _reaches(self, binding: ir.Node, read: ir.Name, scope: int) -> bool:
        if self._home(read) != scope:
            return True  # a function that closes over it: nobody knows when it runs
        others = [each for each in self._bound[scope][read.name] if each is not binding]
        if isinstance(binding, ir.Parameter):
            return not any(self._settles(each, read, after=-1) for each in others)
        bound, at = self.tree.statement(binding), self.tree.statement(read)
        if bound.origin < at.origin and not self._apart(bound, read) and not self._left(bound, at):
            if not any(self._settles(each, read, after=bound.origin) for each in others):
                return True
        around = {id(each) for each, _ in self.tree.above(bound)}
        loops = [each for each, _ in self.tree.above(read) if isinstance(each, _LOOPS) and id(each) in around]
        return any(not any(self._settles(each, read, after=loop.origin - 1) for each in others) for loop in loops)

    def _settles(self, binding: ir.Node, read: ir.Name, after: int) -> bool:
        """Whether a binding surely comes before a read, and after a certain statement."""
        if isinstance(binding, ir.Parameter):
            return False
        bound, at = self.tree.statement(binding), self.tree.statement(read)
        if not after < bound.origin < at.origin:
            return False
        if bound in self._around(read):  # the target of the loop around, or of `with ... as`
            return True
        return not self._is_augmented(bound) and self.tree.blocks(bound)[0] in self.tree.blocks(read)

    def _around(self, node: ir.Node) -> list[ir.Node]:
        return [each for each, field in self.tree.above(node) if field == "body"]

    def _is_augmented(self, statement: ir.Node) -> bool:
        return isinstance(statement, ir.Assign) and statement.augmented

    def _apart(self, bound: ir.Node, read: ir.Node) -> bool:
        """Whether two nodes stand in different branches of one `if`."""
        fields = {id(each): field for each, field in self.tree.above(bound) if isinstance(each, ir.If)}
        return any(
            id(each) in fields and {fields[id(each)], field} == {"body", "orelse"}
            for each, field in self.tree.above(read)
        )

    def _left(self, bound: ir.Node, at: ir.Node) -> bool:
        """Whether the block of a binding never runs on to a statement behind it."""
        block = self.tree.block(bound)
        return isinstance(block[-1], _LEAVING) and self.tree.blocks(bound)[0] not in self.tree.blocks(at)

    def holds(self, name: str, since: ir.Node, until: ir.Node, given: ir.Node | None = None) -> bool:
        """Whether a name read in one place, or `given` there, surely means the same in another, which the first always
        precedes.
        """
        home = self._home(since)
        if name in self._declared or home != self._home(until):
            return False
        first, last = self.tree.statement(since), self.tree.statement(until)
        if first.origin > last.origin or self.tree.blocks(first)[0] not in self.tree.blocks(until):
            return False
        around = {id(each) for each, _ in self.tree.above(first)}
        loops = [each for each, _ in self.tree.above(until) if isinstance(each, _LOOPS) and id(each) not in around]
        scope = self.scope(home, name)
        for each in (*self._bound[scope][name], *filter(self._is_written, self._read[scope][name])):
            if isinstance(each, ir.Parameter) or each is given:
                continue
            bound = self.tree.statement(each)
            if first.origin <= bound.origin < last.origin or any(
                loop is bound or loop in [outer for outer, _ in self.tree.above(bound)] for loop in loops
            ):
                return False
        return True

    def is_written_after(self, name: ir.Name, since: int) -> bool:
        """Whether what a name means is changed in place further down than `since`, for other names of it too."""
        scope = self.scope(self._home(name), name.name)
        grown = (self.tree.parent(each) for each in self._bound[scope][name.name])
        return any(each.origin > since and self._is_written(each) for each in self._read[scope][name.name]) or any(
            isinstance(each, ir.Assign) and each.augmented and each.origin > since for each in grown
        )

    def _is_written(self, read: ir.Name) -> bool:
        """Whether what a name means is changed where it is read: an element of it is set, all of it in place, or it is
        deleted.
        """
        parent: ir.Node | None = self.tree.parent(read)
        if isinstance(parent, ir.Opaque) and isinstance(self.tree.parent(parent), ir.Do):  # ``del z``
            return True
        node: ir.Node = read
        while isinstance(parent := self.tree.parent(node), ir.Index | ir.Attribute) and parent.value is node:
            node = parent
        if isinstance(node, ir.Attribute) and isinstance(parent, ir.Call) and parent.callee is node:
            return in_place(node.name)
        if isinstance(parent, ir.Argument) and isinstance(call := self.tree.parent(parent), ir.Call):
            return _writes_into(call, parent)
        if isinstance(parent, ir.Operator) and isinstance(whole := self.tree.parent(parent), ir.Assign):
            return whole.augmented and parent.operands[0] is node
        return node is not read and self.tree.is_target(node)


def _writes_into(call: ir.Call, given: ir.Argument) -> bool:
    """Whether a call writes into what it is given: ``out=z``, ``relu_(z)``, ``relu(z, inplace=True)``."""
    if given.keyword == "out":
        return True
    name = call.callee.name if isinstance(call.callee, ir.Name | ir.Attribute) else ""
    aside = (each.value for each in call.arguments if each.keyword == "inplace")
    told = any(not (isinstance(each, ir.Constant) and each.value is False) for each in aside)
    return call.arguments[0] is given and (told or in_place(name))


def _binds(node: ir.Node) -> Iterator[str]:
    """The names a node binds beside those of its targets."""
    if isinstance(node, ir.Function | ir.Class | ir.Bind):
        if node.name != "<lambda>":
            yield node.name
    elif isinstance(node, ir.Handler):
        if node.name is not None:
            yield node.name
    elif isinstance(node, ir.Import):
        yield node.asname or node.module.partition(".")[0]
    elif isinstance(node, ir.ImportFrom):
        yield from (bound for _, bound in node.names)
