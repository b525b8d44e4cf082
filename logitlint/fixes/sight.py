"""What can be seen where a repair is made: the trace, the files it went through, and what stands in them."""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from logitlint.fixes.changes import Uncertain
from logitlint.fixes.importers import Importers
from logitlint.fixes.scopes import Scopes
from logitlint.fixes.tree import Tree
from logitlint.frameworks.vocabulary import Role
from logitlint.inference.lineage import numbers
from logitlint.inference.trace import Trace, Use
from logitlint.inference.values import Origin
from logitlint.lowering import ir


class Sight(msgspec.Struct):
    """What can be seen: the trace, and the files it went through."""

    trace: Trace
    tree_of: Callable[[str], Tree]
    scopes_of: Callable[[Tree], Scopes]
    importers: Importers
    _uses: dict[Origin, list[Use]] = msgspec.field(default_factory=dict)
    _called: dict[Origin, list[Origin]] = msgspec.field(default_factory=dict)
    _order: dict[Use, int] = msgspec.field(default_factory=dict)
    _applied: dict[int, list[Use]] = msgspec.field(default_factory=dict)

    def __post_init__(self) -> None:
        for use in self.trace:
            self._uses.setdefault(use.origin, []).append(use)
        for function, sites in self.trace.sites.items():
            for site in sites:
                self._called.setdefault(site, []).append(function)

    def tree(self, file: str) -> Tree:
        """A file of the trace."""
        return self.tree_of(file)

    def scopes(self, tree: Tree) -> Scopes:
        """The names of a file."""
        return self.scopes_of(tree)

    def at(self, origin: Origin) -> ir.Node:
        """The expression an origin names. Raises `Uncertain`."""
        node = self.tree(origin.file).nodes.get(origin.node)
        if node is None:
            raise Uncertain("it cannot be found again")
        return node

    def uses(self, tree: Tree, node: ir.Node) -> tuple[Use, ...]:
        """The catalogued uses that an expression is."""
        return tuple(self._uses.get(Origin(tree.file, node.origin), ()))

    def behind(self, use: Use) -> list[Use]:
        """The uses, behind one, that are applied to the very numbers that it was applied to, or to a view of them."""
        if not self._order:
            for position, each in enumerate(self.trace):
                self._order[each] = position
                for number in _applied_to(each):
                    self._applied.setdefault(number, []).append(each)
        at = self._order.get(use, -1)
        found = (each for number in _applied_to(use) for each in self._applied.get(number, ()))
        return [each for each in found if self._order[each] > at and each.origin != use.origin]

    def called(self, tree: Tree, call: ir.Node) -> list[tuple[Tree, ir.Function]]:
        """The functions of the project that an expression runs."""
        found: list[tuple[Tree, ir.Function]] = []
        for origin in sorted(self._called.get(Origin(tree.file, call.origin), ())):
            inside = self.tree(origin.file)
            node = next(
                (each for each in inside.every if isinstance(each, ir.Function) and each.origin == origin.node), None
            )
            if node is not None and node is not call:
                found.append((inside, node))
        return found


def _applied_to(use: Use) -> set[int]:
    taken = use.first(Role.SUBJECT) or use.first(Role.PREDICTION)
    return numbers(taken.value) if taken is not None else set()
