"""Losses that a model is compiled with: one, or one for each of its outputs."""

from __future__ import annotations

from logitlint.fixes import calls
from logitlint.fixes.case import Case, Place
from logitlint.fixes.changes import Change, Uncertain
from logitlint.frameworks.vocabulary import Layer, Relation
from logitlint.inference.signature import parse
from logitlint.inference.trace import Use
from logitlint.lowering import ir


def constructed(case: Case, use: Use, arguments: str) -> tuple[Change, ...]:
    """The loss of a use constructed, with arguments, where it is a string, function or class. Raises `Uncertain`."""
    place = case.here()
    tree, names = place.tree, case.names(place.tree)
    if not isinstance(place.node, ir.Call):
        raise Uncertain("the model is not compiled there")
    written = _of_output(case, place, _loss(case, place.node), use)
    row = use.row
    path = case.catalog.counterpart(row.name, Relation.OF_CLASS) or row.name
    made = case.catalog.row(path)
    if not isinstance(made, Layer):
        raise Uncertain("there is no class for the loss")
    if isinstance(written, ir.Constant) and isinstance(written.value, str):
        spelled = names.spell(made.name)
    else:
        known = names.path(written)
        if known is None or not case.catalog.may_mean(known, row.name):
            raise Uncertain("the loss is named elsewhere")
        spelled = names.spell(made.name, written)
    name = arguments.partition("=")[0]
    if name not in [each.name for each in calls.signature(made, constructing=True)]:
        raise Uncertain("it has no such argument")
    return (*spelled.changes, tree.replace(written, f"{spelled.text}({arguments})"))


def _loss(case: Case, call: ir.Call) -> ir.Expression:
    """The expression of the loss in a call that compiles a model."""
    name = call.callee.name if isinstance(call.callee, ir.Attribute) else ""
    row = case.catalog.compiling(name)
    if row is None:
        raise Uncertain("the model is not compiled there")
    if any(each.keyword in ("*", "**") for each in call.arguments):
        raise Uncertain("its arguments are not known")
    position = [each.name for each in parse(row.signature)].index(row.loss)
    positional = [each.value for each in call.arguments if each.keyword is None]
    for each in call.arguments:
        if each.keyword == row.loss:
            return each.value
    if position >= len(positional):
        raise Uncertain("the loss is not given there")
    return positional[position]


def _of_output(case: Case, place: Place, written: ir.Expression, use: Use) -> ir.Expression:
    """The expression of the loss of one output, where a list or dict has one for each. Raises `Uncertain`."""
    if use.output is None:
        return written
    if isinstance(written, ir.Name):
        written = _bound(case, place, written)
    position, name = use.output
    if isinstance(written, ir.Build):
        if position >= len(written.items) or any(isinstance(each, ir.Star) for each in written.items):
            raise Uncertain("which loss it has is not known")
        return written.items[position]
    if isinstance(written, ir.Mapping):
        keys = [pair.key.value if isinstance(pair.key, ir.Constant) else None for pair in written.pairs]
        found = [pair.value for pair, key in zip(written.pairs, keys, strict=True) if key == name]
        if len(found) != 1 or name is None or None in keys:
            raise Uncertain("which loss it has is not known")
        return found[0]
    return written


def _bound(case: Case, place: Place, name: ir.Name) -> ir.Expression:
    """The list or dict that a name holds, where it is bound once and read here alone; else the name."""
    scopes = case.files.scopes(place.tree)
    scope = scopes.scope(scopes.home(name), name.name)
    bindings = scopes.bound_in(scope, name.name)
    statement = place.tree.parent(bindings[0]) if len(bindings) == 1 else None
    value = statement.value if isinstance(statement, ir.Assign) and len(statement.targets) == 1 else None
    alone = scopes.read_in(scope, name.name) == [name]
    return value if isinstance(value, ir.Build | ir.Mapping) and alone else name
