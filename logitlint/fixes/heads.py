"""Layers, and functions that are layers, which apply an activation to their own result."""

from __future__ import annotations

from logitlint.fixes import calls, layers
from logitlint.fixes.arguments import behind
from logitlint.fixes.case import Case, Place
from logitlint.fixes.changes import Change, Uncertain
from logitlint.frameworks.vocabulary import Applies, Depends, Fact, Function, Layer, SameAs, Scalar
from logitlint.inference.signature import Parameter, defaults
from logitlint.inference.trace import Use
from logitlint.inference.values import Literal
from logitlint.kinds import Kind
from logitlint.lowering import ir


def _row(case: Case, place: Place) -> Function | Layer | None:
    """What is called at a place, when it is something that may apply an activation."""
    path = case.names(place.tree).path(place.node.callee) if isinstance(place.node, ir.Call) else None
    row = case.catalog.row(path) if path is not None else None
    return row if isinstance(row, Function | Layer) and row.applies is not None else None


def applying(case: Case, use: Use) -> Layer | None:
    """The layer whose constructor names the activation that a use is; None where the use is no such activation."""
    row = _row(case, case.at(use.origin))
    return row if isinstance(row, Layer) and use.row.name != row.name else None


def is_model(case: Case, use: Use) -> bool:
    """Whether a use calls a whole model of a library."""
    row = case.catalog.row(use.row.name)
    return row is not None and Fact.MODEL in getattr(row, "facts", ())


def headless(case: Case, maker: Use) -> tuple[Change, ...]:
    """Let a library's model end in raw scores, where an argument of its constructor says so. Raises `Uncertain`."""
    row = case.catalog.row(maker.row.name)
    gives: object = row.call.gives if isinstance(row, Layer) and isinstance(row.call, Function) else None
    while isinstance(gives, Depends):
        raw = [each for each, kind in gives.cases.items() if kind is Kind.LOGITS]
        if raw and maker.built is not None:
            return (_chosen(case, case.at(maker.built), row, gives.argument, raw[0]),)
        known = maker.given.get(gives.argument, Literal(maker.defaults.get(gives.argument)))
        gives = gives.cases.get(known.value) if isinstance(known, Literal) else None
    raise Uncertain("its last layer cannot be chosen")


def _chosen(case: Case, place: Place, row: object, argument: str, value: Scalar) -> Change:
    """Give an argument of a constructor another value, or leave it out where that is its default."""
    call = place.node
    path = case.names(place.tree).path(call.callee) if isinstance(call, ir.Call) else None
    if not isinstance(call, ir.Call) or path is None or case.catalog.row(path) is not row:
        raise Uncertain("something else is constructed there")
    known = calls.signature(row, constructing=True)
    parameter = next(each for each in known if each.name == argument)
    given = _given(call, known, parameter)
    if given is None:
        return behind(place, call, f"{argument}={value!r}")
    if given.keyword is not None and defaults(row.init if isinstance(row, Layer) else "").get(argument, ...) == value:
        return calls.without_argument(place.tree, call, given)
    return place.tree.replace(given.value, repr(value))


def bared(case: Case, maker: Use) -> tuple[Change, ...] | None:
    """Let the layer apply nothing; None where the activation is a call. Raises `Uncertain`."""
    place = case.at(maker.origin)
    row, call = _row(case, place), place.node
    if row is None or row.applies is None or not isinstance(call, ir.Call):
        return None
    if isinstance(row, Layer) and isinstance(row.call, SameAs):  # it does nothing else
        return _dropped(case, place, row.applies)
    known = calls.signature(row, constructing=isinstance(row, Layer))
    parameter = next(each for each in known if each.name == row.applies.argument)
    given = _given(call, known, parameter)
    if given is None:
        return (behind(place, call, f"{parameter.name}=None"),)
    others = [each for each in call.arguments if each.keyword is None]
    if parameter.default is not None or (given.keyword is None and given is not others[-1]):
        return (place.tree.replace(given.value, "None"),)
    return (calls.without_argument(place.tree, call, given),)


def _given(call: ir.Call, known: tuple[Parameter, ...], parameter: Parameter) -> ir.Argument | None:
    """The argument given for a parameter. Raises `Uncertain` where that cannot be told."""
    if any(each.keyword in ("*", "**") for each in call.arguments):
        raise Uncertain("its arguments are not known")
    positional = [each for each in call.arguments if each.keyword is None]
    position = known.index(parameter)
    if parameter.kind in ("positional", "normal") and position < len(positional):
        return positional[position]
    return next((each for each in call.arguments if each.keyword == parameter.name), None)


def _dropped(case: Case, place: Place, applies: Applies) -> tuple[Change, ...]:
    """Take a layer away that only applies something; where it has to stay, let it apply nothing."""
    tree, call = place.tree, place.node
    assert isinstance(call, ir.Call)
    change = None if layers.is_counted(tree, call) else layers.taken_out(case, tree, call)
    if change is not None:
        return (change,)
    outer = tree.parent(call)
    if isinstance(outer, ir.Call) and outer.callee is call and len(outer.arguments) == 1:
        if outer.arguments[0].keyword is None:
            return (tree.substitute(outer, outer.arguments[0].value),)
    written = call.arguments[0].value if len(call.arguments) == 1 else None
    if written is None or not applies.nothing:
        raise Uncertain("the layer has to stay")
    return (tree.replace(written, tree.quoted(applies.nothing, written)),)


def activated(case: Case, place: Place, name: str, maker: Use) -> tuple[Change, ...]:
    """Let a layer that applies nothing, or what is used of it, apply an activation, by the string that stands for it.

    Raises `Uncertain`.
    """
    row, call = _row(case, place), place.node
    if not isinstance(row, Layer) or row.applies is None or not isinstance(call, ir.Call):
        raise Uncertain("the layer does not apply anything")
    if name not in row.applies.named.rows:
        raise Uncertain("no string stands for it")
    other = applied(case, maker, row.applies.named.rows[name])
    if other is not None:
        return other
    known = calls.signature(row, constructing=True)
    parameter = next(each for each in known if each.name == row.applies.argument)
    given = _given(call, known, parameter)
    if given is None:
        return (behind(place, call, f"{parameter.name}={place.tree.quoted(name)}"),)
    return (place.tree.replace(given.value, place.tree.quoted(name, given.value)),)


def applied(case: Case, use: Use, path: str) -> tuple[Change, ...] | None:
    """Let a layer apply another activation; None where what is used is not named in a layer. Raises `Uncertain`."""
    place = case.at(use.origin)
    row, call = _row(case, place), place.node
    if row is None or row.applies is None or row.name == use.row.name or not isinstance(call, ir.Call):
        return None
    known = calls.signature(row, constructing=isinstance(row, Layer))
    given = _given(call, known, next(each for each in known if each.name == row.applies.argument))
    if given is None:
        raise Uncertain("its activation is not named")
    named = {each: name for name, each in reversed(list(row.applies.named.rows.items()))}
    if isinstance(given.value, ir.Constant) and path in named:
        return (place.tree.replace(given.value, place.tree.quoted(named[path], given.value)),)
    names = case.names(place.tree)
    known_as = names.path(given.value)
    if known_as is None or not case.catalog.may_mean(known_as, use.row.name):
        raise Uncertain("its activation is named elsewhere")
    spelled = names.spell(path, given.value)
    return (*spelled.changes, place.tree.replace(given.value, spelled.text))
