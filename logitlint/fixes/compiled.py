"""Losses that a model is compiled with by name."""

from __future__ import annotations

from logitlint.fixes import calls
from logitlint.fixes.case import Case
from logitlint.fixes.changes import Change, Uncertain
from logitlint.frameworks.vocabulary import Layer, Relation
from logitlint.inference.signature import parse
from logitlint.lowering import ir


def constructed(case: Case, arguments: str) -> tuple[Change, ...]:
    """The loss constructed, with arguments, where it is a string, a function or a class. Raises `Uncertain`."""
    place = case.here()
    tree, names = place.tree, case.names(place.tree)
    if not isinstance(place.node, ir.Call):
        raise Uncertain("the model is not compiled there")
    written = _loss(case, place.node)
    row = case.use.row
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
