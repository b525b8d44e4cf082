"""Where the value of an expression goes: everything in sight that reads it, and where it goes out of sight."""

from __future__ import annotations

from contextlib import suppress
from typing import NamedTuple, TypeAlias

import msgspec

from logitlint.fixes.changes import Uncertain
from logitlint.fixes.nodes import parameter_of, words_of
from logitlint.fixes.sight import Sight
from logitlint.fixes.tree import Tree
from logitlint.frameworks.vocabulary import Holds, Layer, Outcome, SameAs
from logitlint.inference.lineage import INDEXING, is_joined
from logitlint.inference.trace import Use
from logitlint.inference.values import Origin
from logitlint.lowering import ir

_MOST = 400
"""Expressions that are followed before the value counts as lost."""
_METADATA = frozenset({"shape", "size", "dim", "ndim", "dtype", "device", "numel", "ndimension", "requires_grad"})
"""Attributes that say nothing of the numbers."""


class Reading(msgspec.Struct, frozen=True):
    """One thing that reads a value.

    tree, expression
        The value where it comes into the expression that reads it: the place at which an activation can be put
        around it.
    uses
        The catalogued uses that read it; none when they are not in the tables.
    words
        What reads it, for a message.
    bare
        Whether it is the very value there, with nothing but its name or the call that returned it between.
    """

    tree: Tree
    expression: ir.Node
    uses: tuple[Use, ...]
    words: str
    bare: bool


class Flow(msgspec.Struct):
    """Where a value goes.

    readings
        What reads it, in sight.
    returned
        Whether some function returns it.
    unseen
        In words, where it goes out of sight.
    """

    readings: list[Reading] = msgspec.field(default_factory=list)
    returned: bool = False
    unseen: list[str] = msgspec.field(default_factory=list)


_Item: TypeAlias = "int | str | tuple[int, _Item] | None"
"""Of a tuple or dict, which element; of a tuple in a tuple, which of the outer, then which of the inner; None: all."""


class _At(NamedTuple):
    """Where a value is followed: how it came into the expression.

    root
        The expression with which it came in.
    bare
        Whether it is the very value there.
    shaped
        Whether its shape or type was changed since.
    """

    root: ir.Node
    bare: bool = True
    shaped: bool = False

    def named(self, root: ir.Node) -> _At:
        """The same value under a name, or returned by a call."""
        return _At(root, self.bare and not self.shaped)


class _Follower:
    """Follows one value through the files of a trace."""

    def __init__(self, sight: Sight) -> None:
        self.sight = sight
        self.flow = Flow()
        self.done: set[tuple[str, int, _Item]] = set()
        self.start: ir.Node | None = None

    def follow(self, tree: Tree, node: ir.Node, at: _At, item: _Item = None) -> None:
        """Follow the value of an expression, or (`item`) one element of the tuple that it is."""
        key = (tree.file, id(node), item)
        if key in self.done:
            return
        self.done.add(key)
        if len(self.done) > _MOST:
            raise Uncertain("it goes too far")
        parent, field = tree.up[id(node)]
        if isinstance(parent, ir.Do):
            return
        if isinstance(parent, ir.Argument) and item is None:
            self._argument(tree, parent, at)
        elif isinstance(parent, ir.Attribute) and item is None:
            self._attribute(tree, parent, at)
        elif isinstance(parent, ir.Assign) and field == "value":
            for target in parent.targets:
                self._assigned(tree, target, at, item)
        elif isinstance(parent, ir.Return):
            self._returned(tree, node, at, item)
        elif isinstance(parent, ir.Index) and field == "value":
            self._indexed(tree, parent, at, item)
        elif item is not None and not (isinstance(parent, ir.Choice) and field in ("then", "otherwise")):
            self.flow.unseen.append(f"`{words_of(tree, node)}` (of which it is a part)")
        elif isinstance(parent, ir.Build) and parent.shape in ("tuple", "list"):
            self._packed(tree, node, parent, at)
        elif isinstance(parent, ir.Choice) and field in ("then", "otherwise"):
            self.follow(tree, parent, at._replace(shaped=True), item)
        elif isinstance(parent, ir.Pair):
            self._kept(tree, node, parent, at)
        else:
            self._read(tree, parent, at, self.sight.uses(tree, parent) if isinstance(parent, ir.Operator) else ())

    def _kept(self, tree: Tree, node: ir.Node, pair: ir.Pair, at: _At) -> None:
        """A value under a key: followed to where it is looked up, or, where the whole dict is read, read there."""
        build = tree.parent(pair)
        parent = tree.parent(build) if build is not None else None
        key = pair.key.value if isinstance(pair.key, ir.Constant) else None
        outer = tree.parent(parent) if isinstance(parent, ir.Argument) else None
        if outer is not None and build is not None and isinstance(key, str) and self._is_graph(tree, outer):
            self.of_model(Origin(tree.file, outer.origin), key)
            return
        if build is not None and node is pair.value and isinstance(key, str):
            inside = _Follower(self.sight)
            inside.start, inside.done = self.start, set(self.done)
            with suppress(Uncertain):
                if isinstance(parent, ir.Return):
                    inside._returned(tree, build, at, key)
                elif isinstance(parent, ir.Assign):
                    for target in parent.targets:
                        inside._assigned(tree, target, at, key)
                if isinstance(parent, ir.Return | ir.Assign) and not inside.flow.unseen:
                    self.done |= inside.done
                    self.flow.readings += inside.flow.readings
                    self.flow.returned = self.flow.returned or inside.flow.returned
                    return
        self._read(tree, pair, at)

    def _argument(self, tree: Tree, argument: ir.Argument, at: _At) -> None:
        call = tree.parent(argument)
        if not isinstance(call, ir.Call):
            self._read(tree, call, at)
            return
        uses = self.sight.uses(tree, call)
        if self._is_graph(tree, call):
            self.of_model(Origin(tree.file, call.origin))
            return
        if uses:
            self._used(tree, call, uses, at)
            return
        functions = self.sight.called(tree, call)
        if not functions:
            self._read(tree, call, at)
        for inside, function in functions:
            parameter = parameter_of(inside, function, call, argument)
            if parameter is None:
                self._read(tree, call, at)
            else:
                self._named(inside, parameter, parameter.name, at, None)

    def _is_graph(self, tree: Tree, call: ir.Node | None) -> bool:
        """Whether a call makes a model of what it is given."""
        uses = self.sight.uses(tree, call) if isinstance(call, ir.Call) else ()
        return any(isinstance(use.row, Layer) and use.row.holds is Holds.GRAPH for use in uses)

    def of_model(self, layer: Origin, item: _Item = None) -> None:
        """Follow what a model gives: by the layer that acts last in it, or the constructor of a graph of layers; of one
        that gives several, `item`.
        """
        self.flow.returned = True
        pending, seen = [layer], {layer}
        while pending:
            for site in sorted(self.sight.trace.chained.get(pending.pop(), set()) - seen):
                seen.add(site)
                if site in self.sight.trace.chained:
                    pending.append(site)
                else:
                    call = self.sight.at(site)
                    self.follow(self.sight.tree(site.file), call, _At(call), item)

    def _attribute(self, tree: Tree, attribute: ir.Attribute, at: _At) -> None:
        if attribute.name in _METADATA:
            return
        call = tree.parent(attribute)
        result = call if isinstance(call, ir.Call) and call.callee is attribute else attribute
        uses = self.sight.uses(tree, result)
        if uses:
            self._used(tree, result, uses, at)
        else:
            self._read(tree, result, at)

    def _used(self, tree: Tree, result: ir.Node, uses: tuple[Use, ...], at: _At) -> None:
        """Read by something in the tables: what keeps the numbers hands them on."""
        if all(use.is_cast or (isinstance(use.row, SameAs) and use.row.name != INDEXING) for use in uses):
            self.follow(tree, result, at._replace(shaped=True))
        else:
            self._read(tree, result, at, uses)

    def _indexed(self, tree: Tree, index: ir.Index, at: _At, item: _Item) -> None:
        if item is None:
            self._read(tree, index, at, self.sight.uses(tree, index))
            return
        position = index.index[0]
        own, rest = item if isinstance(item, tuple) else (item, None)
        if len(index.index) > 1 or not isinstance(position, ir.Constant) or type(position.value) is not type(own):
            raise Uncertain("it is part of a tuple of which any part is taken")
        if position.value == own:
            self.follow(tree, index, at.named(index), rest)

    def _packed(self, tree: Tree, node: ir.Node, build: ir.Build, at: _At) -> None:
        position = next(i for i, each in enumerate(build.items) if each is node)
        parent = tree.parent(build)
        call = tree.parent(parent) if isinstance(parent, ir.Argument) else None
        uses = self.sight.uses(tree, call) if call is not None else ()
        if call is not None and uses and all(map(is_joined, uses)):
            self.follow(tree, call, at._replace(shaped=True))
        elif call is not None and self._is_graph(tree, call):
            self.of_model(Origin(tree.file, call.origin), position)
        elif build.shape == "list":
            self._read(tree, build, at)
        elif any(isinstance(each, ir.Star) for each in build.items) or not isinstance(parent, ir.Return | ir.Assign):
            self._read(tree, parent, at)
        elif isinstance(parent, ir.Return):
            self._returned(tree, build, at, position)
        else:
            for target in parent.targets:
                self._assigned(tree, target, at, position)

    def _assigned(self, tree: Tree, target: ir.Node, at: _At, item: _Item) -> None:
        if isinstance(target, ir.Name):
            self._named(tree, target, target.name, at, item)
            return
        own, rest = item if isinstance(item, tuple) else (item, None)
        if isinstance(target, ir.Build) and isinstance(own, int) and own < len(target.items):
            if any(isinstance(each, ir.Star) for each in target.items):
                raise Uncertain("it is unpacked with a star")
            self._assigned(tree, target.items[own], at, rest)
        else:
            self._lost(tree, f"`{words_of(tree, target)}` (which keeps it)", at)

    def _named(self, tree: Tree, binding: ir.Node, name: str, at: _At, item: _Item) -> None:
        if not isinstance(binding, ir.Parameter) and self.sight.scopes(tree).home(binding) == 0:
            self._exported(tree, name)
        for read in self.sight.scopes(tree).reads(binding, name):
            self.follow(tree, read, at.named(read), item)

    def _exported(self, tree: Tree, name: str) -> None:
        """A name of a module is what other files may import."""
        if self.sight.importers.can_be_imported(tree.file):
            self.flow.returned = True
            self.flow.unseen += [f"`{name}` in {other}" for other in self.sight.importers.reading(tree.file, name)]

    def _returned(self, tree: Tree, node: ir.Node, at: _At, item: _Item) -> None:
        function = next((each for each, _ in tree.above(node) if isinstance(each, ir.Function)), None)
        if function is None:
            raise Uncertain("it is returned by nothing")
        self.flow.returned = True
        sites = self.sight.trace.sites.get(Origin(tree.file, function.origin), set())
        called = sorted(site for site in sites if site != Origin(tree.file, function.origin))
        if not called:
            self._lost(tree, f"whoever calls `{function.name}`", at)
        for site in called:
            outside = self.sight.tree(site.file)
            call = outside.nodes.get(site.node)
            if call is None:
                raise Uncertain("its caller is not known")
            self._given_back(outside, call, at, item, self.sight.trace.outcomes.get(site, Outcome.WHOLE))

    def _given_back(self, tree: Tree, call: ir.Node, at: _At, item: _Item, outcome: object) -> None:
        """Follow what a function returned into what a call gives that ran it: itself, beside a gradient, or a part."""
        if outcome is Outcome.WHOLE:
            self.follow(tree, call, at.named(call), item)
        elif outcome is Outcome.SECOND and item == 1:
            self.follow(tree, call, at.named(call))
        elif outcome is None:
            self._lost(tree, f"`{words_of(tree, call)}` (which is given the function)", at)
        for place, part in enumerate(outcome if isinstance(outcome, tuple) else ()):
            if part is Outcome.WHOLE:
                self.follow(tree, call, at.named(call), place if item is None else (place, item))
            elif part is Outcome.SECOND and item == 1:
                self.follow(tree, call, at.named(call), place)

    def _read(self, tree: Tree, reader: ir.Node | None, at: _At, uses: tuple[Use, ...] = ()) -> None:
        words = f"`{words_of(tree, reader)}`" if reader is not None else "something"
        self.flow.readings.append(Reading(tree, at.root, uses, words, at.bare))

    def _lost(self, tree: Tree, words: str, at: _At) -> None:
        """It leaves what can be seen: as it is made, or under a name around which it can be put right."""
        if at.root is self.start:
            self.flow.unseen.append(words)
        else:
            self.flow.readings.append(Reading(tree, at.root, (), words, at.bare))


def flow_of(sight: Sight, tree: Tree, node: ir.Node) -> Flow:
    """Where the value of an expression goes. Raises `Uncertain` where that cannot be followed."""
    follower = _Follower(sight)
    follower.start = node
    follower.follow(tree, node, _At(node))
    return follower.flow


def flow_of_layer(sight: Sight, layer: Origin) -> Flow:
    """Where the result of a layer goes, given where it is constructed: it is called there, or by containers.

    Raises `Uncertain` where that cannot be followed.
    """
    follower = _Follower(sight)
    sites = {use.origin for use in sight.trace if use.built == layer} - {layer}
    for site in sorted(sites):
        follower.follow(sight.tree(site.file), sight.at(site), _At(sight.at(site)))
    if layer in sight.trace.chained:
        follower.of_model(layer)
    elif not sites:
        raise Uncertain("it is not the last layer")
    return follower.flow
