"""Whether a function may set what is not its own, read from its text: what can set nothing need not be tried."""

from __future__ import annotations

from collections.abc import Iterable, Sequence, Set
from typing import Final

from logitlint.frameworks.catalog import Catalog
from logitlint.inference.signature import of_function
from logitlint.lowering import ir
from logitlint.lowering.scopes import targets

_OF_LISTS: Final = ("append", "extend", "insert", "remove", "reverse", "sort", "add", "discard")
_OF_DICTS: Final = ("update", "pop", "popitem", "clear", "setdefault", "move_to_end")
_OF_ALL: Final = ("__setitem__", "__delitem__", "__setattr__", "__delattr__")
_CHANGING: Final = frozenset({*_OF_LISTS, *_OF_DICTS, *_OF_ALL})
"""Methods that change what they are called on."""
_ASKING: Final = frozenset({"isinstance", "len", "super", "type", "hasattr", "getattr", "id", "print", "str", "repr"})
"""Functions that change nothing of what they are given."""
_TELLING: Final = frozenset({ir.Assign, ir.Bind, ir.Call, ir.Clause, ir.Context, ir.Declare, ir.For, ir.Name})
"""The nodes by which something is bound, changed or handed on."""


def may_set_globals(function: ir.Function, names: Set[str], catalog: Catalog) -> bool:
    """Whether a function may set one of some globals, or a part of what lies there."""
    told = _telling(function)
    if not _declared(told).isdisjoint(names):
        return True
    own = {each.name for each in of_function(function)}
    own |= {each.name for node in told for each in targets(node) if isinstance(each, ir.Name)}
    return _may_set(told, names - own, None, catalog)


def declared(function: ir.Function) -> set[str]:
    """The names that a function says are not its own."""
    return _declared(_telling(function))


def may_set_receiver(method: ir.Function, known: Set[str], classes: Set[str], catalog: Catalog) -> bool:
    """Whether a method may set one of some attributes of its object, or of its `classes`, or a part of what lies
    there.
    """
    told = _telling(method)
    if _declared(told):
        return True
    roots = {method.parameters[0].name, *classes} if method.parameters else set[str]()
    return _may_set(told, roots, {*known, *catalog.namespaces}, catalog)


def may_set_given(function: ir.Function, parameter: str, known: Set[str], catalog: Catalog) -> bool:
    """Whether a function may set one of some attributes of what a parameter takes, or a part of what lies there."""
    return _may_set(_telling(function), {parameter}, {*known, *catalog.namespaces}, catalog)


def _telling(function: ir.Function) -> list[ir.Node]:
    return [node for node in ir.nodes(function.body) if type(node) in _TELLING]


def _declared(told: Iterable[ir.Node]) -> set[str]:
    return {name for node in told if type(node) is ir.Declare for name in node.names}


def _may_set(told: Sequence[ir.Node], roots: Set[str], known: Set[str] | None, catalog: Catalog) -> bool:
    """`known`: the attributes of the roots that matter; None: all of them."""
    if not roots:
        return False
    parts = _bound_to(told, roots, called=False)
    given = _bound_to(told, roots | parts, called=True) - parts
    changing = _CHANGING | catalog.sets | catalog.shows
    for node in told:
        changed = [(each, 1) for each in targets(node)]
        if _is_own_module(node):
            return True
        if isinstance(node, ir.Call):
            if _hands_on(node, roots | parts, roots, known) or _sets(node, roots, known, catalog):
                return True
            if isinstance(node.callee, ir.Attribute) and node.callee.name in changing:
                changed = [(node.callee.value, 0)]
        for target, least in changed:
            path = _path(target)
            if len(path) <= least or path[0] not in roots | parts | given:
                continue
            if path[0] in given and not isinstance(target, ir.Attribute):  # elements of what a call gave: of a tensor
                continue
            if known is None or path[0] not in roots or (path[1:] and (path[1] in known or path[1].startswith("__"))):
                return True
    return False


def _is_own_module(node: ir.Node) -> bool:
    """Whether that is by which a module finds itself: ``globals()``, ``sys.modules[__name__]``."""
    if isinstance(node, ir.Call):
        return isinstance(node.callee, ir.Name | ir.Attribute) and node.callee.name == "globals"
    return isinstance(node, ir.Name) and node.name == "__name__"


def _hands_on(call: ir.Call, names: Set[str], roots: Set[str], known: Set[str] | None) -> bool:
    """Whether a call may set something of what it is given: ``setattr(self, name, value)``, ``prepare(self)``,
    ``object.__setattr__(self, name, value)``, ``operator.setitem(self.parts, 0, value)``.
    """
    callee = call.callee.name if isinstance(call.callee, ir.Name | ir.Attribute) else ""
    if callee in _ASKING:
        return False
    paths = [_path(each.value) for each in call.arguments if not isinstance(each.value, ir.Call)]
    return any(
        path[0] in names and (len(path) == 1 or known is None or path[0] not in roots or path[1] in known)
        for path in paths
        if path
    )


def _sets(call: ir.Call, roots: Set[str], known: Set[str] | None, catalog: Catalog) -> bool:
    """Whether a method of the object itself, or of its base class, sets one of some of its attributes."""
    callee = call.callee
    if known is None or not isinstance(callee, ir.Attribute):
        return False
    named = callee.name in catalog.sets or callee.name in catalog.alters or callee.name == "__setattr__"
    if not (named or callee.name in catalog.shows):
        return False
    path = _path(callee.value)
    if len(path) != 1 or (path[0] not in roots and path[0] != "super"):
        return False
    first = call.arguments[0].value if named and call.arguments else None
    if not (isinstance(first, ir.Constant) and isinstance(first.value, str)):
        return True
    return first.value.partition(".")[0] in known  # of ``set_submodule("net.out", layer)``


def _bound_to(told: Iterable[ir.Node], roots: Set[str], *, called: bool) -> Set[str]:
    """The names that are bound to a part of what others hold, or (`called`) to what is given of it by calls."""
    found: set[str] = set()
    for node in told:
        source = _source(node)
        if source is None:
            continue
        if called or isinstance(node, ir.For | ir.Clause):  # through parts, maybe: ``for part in self.children()``
            is_bound = any(isinstance(each, ir.Name) and each.name in roots | found for each in ir.nodes(source))
        else:
            listed = source.items if isinstance(source, ir.Build) else (source,)
            paths = [_path(each) for each in listed if not isinstance(each, ir.Call)]
            is_bound = any(path and path[0] in roots | found for path in paths)
        if is_bound:
            found |= {each.name for each in targets(node) if isinstance(each, ir.Name)}
            found |= {node.name} if isinstance(node, ir.Bind) else set()
    return found - roots


def _source(node: ir.Node) -> ir.Expression | None:
    """What a statement, a comprehension or ``:=`` takes a value from, or one after the other."""
    if isinstance(node, ir.Assign | ir.Bind):
        return node.value
    if isinstance(node, ir.For | ir.Clause):
        return node.source
    return node.manager if isinstance(node, ir.Context) else None


def _path(target: ir.Expression) -> list[str]:
    """The name that a chain of attributes and elements begins with, and what is asked of it: ``self.net.out[1]``."""
    path: list[str] = []
    while isinstance(target, ir.Attribute | ir.Index | ir.Call | ir.Bind):
        if isinstance(target, ir.Attribute):
            path.append(target.name)
        elif isinstance(target, ir.Index):
            path.append("")
        if isinstance(target, ir.Call):
            if (asked := _asked(target)) is not None:
                path.append(asked)
            target = target.arguments[0].value if _is_type(target) or asked is not None else target.callee
        else:
            target = target.value
    return [target.name, *reversed(path)] if isinstance(target, ir.Name) else []


def _asked(call: ir.Call) -> str | None:
    """The attribute that ``getattr(self, "out")`` asks for; of a name that is not written, any."""
    if not isinstance(call.callee, ir.Name) or call.callee.name != "getattr" or len(call.arguments) < 2:
        return None
    name = call.arguments[1].value
    return name.value if isinstance(name, ir.Constant) and isinstance(name.value, str) else "__dict__"


def _is_type(call: ir.Call) -> bool:
    """``type(self)``: what is set there is set for the object, too."""
    return isinstance(call.callee, ir.Name) and call.callee.name == "type" and len(call.arguments) == 1
