"""Expressions: what each evaluates to."""

from __future__ import annotations

import builtins
import operator
from collections.abc import Callable
from typing import Final

from logitlint.frameworks.catalog import in_place
from logitlint.frameworks.vocabulary import Function, Scope
from logitlint.inference import attributes, containers, displays, indexing, namespaces, operators, queries, texts
from logitlint.inference.assignment import rebind
from logitlint.inference.conditions import is_object, opposite, test, truth
from logitlint.inference.frames import Frame
from logitlint.inference.guards import Guard, veiled
from logitlint.inference.joining import join
from logitlint.inference.literals import folded
from logitlint.inference.machine import Machine
from logitlint.inference.operands import number_of, opaque, spoil
from logitlint.inference.pairing import arise
from logitlint.inference.signature import Arguments
from logitlint.inference.store import Branch, Entries, Item, Items, merge
from logitlint.inference.values import (
    Alternatives,
    Bound,
    Cause,
    Condition,
    Container,
    LibraryName,
    Literal,
    Origin,
    Tensor,
    Unknown,
    UserFunction,
    Value,
)
from logitlint.kinds import UNKNOWN
from logitlint.lowering import ir

_BUILTINS: Final = frozenset(dir(builtins))
_CONTENTS: Final = (Items, Entries)
_SAME: Final = frozenset({"is", "is not", "==", "!="})
_SUPER: Final = LibraryName("builtins.super")
_LOCALS: Final = LibraryName("builtins.locals")
_PRINT: Final = LibraryName("builtins.print")
_SHOWN: Final = frozenset({Scope.SHOWN})


def evaluate(machine: Machine, frame: Frame, node: ir.Expression) -> Value:
    """The value of an expression. Chains of calls, attributes, indices and left operands are walked by a loop."""
    if (simple := _SIMPLE.get(type(node))) is not None:
        machine.spend(1)
        return simple(machine, frame, node)
    spine: list[ir.Expression] = []
    while (inner := _INNER.get(type(node))) is not None and (first := inner(node)) is not None:
        spine.append(node)
        node = first
    machine.spend(1 + len(spine))
    value = _LEAVES[type(node)](machine, frame, node)
    for node in reversed(spine):
        value = _STEPS[type(node)](machine, frame, node, value, Origin(frame.file, node.origin))
    return value


def _attribute(machine: Machine, frame: Frame, node: ir.Attribute, value: Value, origin: Origin) -> Value:
    return attributes.get(machine, value, node.name, origin)


def _index(machine: Machine, frame: Frame, node: ir.Index, value: Value, origin: Origin) -> Value:
    return indexing.index(machine, frame, value, node, origin)


# -- names ------------------------------------------------------------------------------------------------------------


def _name(machine: Machine, frame: Frame, node: ir.Name) -> Value:
    """What a name means in a frame: a local, an enclosing or global name, a builtin, a library's conventional name."""
    name = node.name
    scope: Frame | None = frame.home(name)
    while scope is not None:
        value = machine.store.get((scope.number, name))
        if value is not None and not isinstance(value, _CONTENTS):
            return namespaces.load(machine, value) if type(value) is Bound else value
        scope = scope.parent
        while scope is not None and scope.scope_only:
            scope = scope.parent
    if (star := namespaces.starred(machine, frame, name)) is not None:
        return star
    if (conventional := machine.catalog.conventional.get(name)) is not None:
        return LibraryName(conventional)
    if name in _BUILTINS:
        return LibraryName(f"builtins.{name}")
    origin = Origin(frame.file, node.origin)
    return machine.unknown(f"the name `{name}` is not bound in sight", origin, "name", frame.file, name)


# -- leaves -----------------------------------------------------------------------------------------------------------


def _constant(machine: Machine, frame: Frame, node: ir.Constant) -> Value:
    return Literal(node.value)


def _opaque(machine: Machine, frame: Frame, node: ir.Opaque) -> Value:
    for part in node.parts:
        evaluate(machine, frame, part)
    return machine.unknown("an expression that is not followed", Origin(frame.file, node.origin))


def _text(machine: Machine, frame: Frame, node: ir.Text) -> Value:
    parts = [opaque(machine, evaluate(machine, frame, part)) for part in node.parts]
    return texts.joined(machine, parts, Origin(frame.file, node.origin))


def _yield(machine: Machine, frame: Frame, node: ir.Yield) -> Value:
    value: Value = Literal(None) if node.value is None else opaque(machine, evaluate(machine, frame, node.value))
    frame.yields.append(containers.element(machine, value) if node.each else value)
    return machine.unknown("what is sent to a generator", Origin(frame.file, node.origin))


def _slice(machine: Machine, frame: Frame, node: ir.Slice) -> Value:
    return machine.unknown("a slice", Origin(frame.file, node.origin))


def _star(machine: Machine, frame: Frame, node: ir.Star) -> Value:
    return evaluate(machine, frame, node.value)


def _bind(machine: Machine, frame: Frame, node: ir.Bind) -> Value:
    value = evaluate(machine, frame, node.value)
    machine.write(frame.home(node.name).number, node.name, value, local=True)
    return value


def _lambda(machine: Machine, frame: Frame, node: ir.Lambda) -> Value:
    machine.capture(frame)
    made = made_here(machine, frame, node.function)
    if frame.parent is None or frame.scope_only:  # whatever holds it, nobody finds it by a name
        machine.nested.append((made, machine.store, machine.path))
    return made


def made_here(machine: Machine, frame: Frame, node: ir.Function) -> UserFunction:
    """A function as its definition makes it; in a loop, a name given as a default is something else each turn."""
    repeated = bool(frame.loops) or (frame.function is None and frame.parent is not None)
    named = [(each.name, each.default) for each in node.parameters if repeated and isinstance(each.default, ir.Name)]
    defaults = tuple([(name, evaluate(machine, frame, default)) for name, default in named])
    owner = frame.owner if frame.scope_only else None
    return UserFunction(frame.file, node, frame.number, owner=owner, defaults=defaults)


def _choice(machine: Machine, frame: Frame, node: ir.Choice) -> Value:
    known, condition = test(machine, frame, node.test)
    if known is not None:
        return evaluate(machine, frame, node.then if known else node.otherwise)
    return _either(machine, frame, condition, node)


def _logic(machine: Machine, frame: Frame, node: ir.Operator) -> Value:
    """``a and b``, ``a or b``: one of the two operands."""
    left = evaluate(machine, frame, node.operands[0])
    known = truth(machine, left)
    if known is not None:
        return evaluate(machine, frame, node.operands[1]) if known == (node.sign == "and") else left
    condition = Condition(number_of(machine, left), node.sign == "and", "")
    arise(machine, condition.key)
    with machine.assuming(frozenset({condition})):
        right = evaluate(machine, frame, node.operands[1])
    if isinstance(left, Tensor | Unknown) and isinstance(right, Tensor | Unknown | Literal):
        key = ("logic", node.sign, number_of(machine, left), number_of(machine, right))
        return Unknown(machine.number(*key), Cause("a condition"))
    other = Condition(condition.key, node.sign != "and", "")
    return join([(left, frozenset({other})), (right, frozenset({condition}))], machine.fresh)


def _either(machine: Machine, frame: Frame, condition: Condition, node: ir.Choice) -> Value:
    base = machine.store
    guard = Guard(machine, frame, node.test)
    met: list[tuple[Value, frozenset[Condition]]] = []
    branches: list[Branch] = []
    for side, part in ((condition, node.then), (opposite(condition), node.otherwise)):
        machine.store = base.fork(machine.fresh())
        veiled = guard.enter(machine, machine.store)
        when = frozenset({side})
        with machine.assuming(when):
            met.append((opaque(machine, evaluate(machine, frame, part)), when))
        guard.leave(machine.store, veiled)
        branches.append(Branch(machine.store, when))
    machine.store = base
    merge(base, branches, machine.fresh)
    return join(met, machine.fresh)


# -- operators --------------------------------------------------------------------------------------------------------


def _operate(machine: Machine, frame: Frame, node: ir.Operator, left: Value, origin: Origin) -> Value:
    first, left = left, opaque(machine, left)
    if len(node.operands) == 1:
        return operators.unary(machine, node.sign, left, origin)
    second = evaluate(machine, frame, node.operands[1])
    if node.sign in _SAME and (same := queries.is_one_class(machine, first, second)) is not None:
        return Literal(same == (node.sign in ("is", "==")))
    right = opaque(machine, second)
    containers.use_up(machine, [right])
    if isinstance(left, Literal) and isinstance(right, Literal):
        return folded(machine, node.sign, left, right)
    if node.sign in _SAME and Literal(None) in (left, right):
        other = right if left == Literal(None) else left
        is_present = isinstance(other, Unknown) and other.number in machine.asides.present
        if is_present or is_object(other) or isinstance(other, Literal | Tensor | Container):
            return Literal(node.sign in ("is not", "!="))
    if node.sign in ("in", "not in") and isinstance(left, Literal):
        entries = containers.contents_of(machine, right)
        if isinstance(entries, Entries) and left.value in entries.entries:
            return Literal(node.sign == "in")
        held = containers.exact_items(machine, right) or list(
            map(Literal, containers.exact_entries(machine, right) or ())
        )
        if held and all(isinstance(each, Literal) for each in held):
            return Literal((left in held) == (node.sign == "in"))
    if node.sign in ("+", "%") and (text := texts.operated(machine, node.sign, left, right, origin)) is not None:
        return text
    return operators.binary(machine, node.sign, left, right, origin)


# -- calls ------------------------------------------------------------------------------------------------------------


def _call(machine: Machine, frame: Frame, node: ir.Call, callee: Value, origin: Origin) -> Value:
    if callee == _SUPER:
        return attributes.make_super(machine, frame, [evaluate(machine, frame, each.value) for each in node.arguments])
    if callee == _LOCALS:
        return machine.unknown("locals()", origin)
    outside = machine.scopes
    if callee == _PRINT:
        machine.scopes |= _SHOWN
    guarded = len(node.arguments) == 3 and _chooses(machine, callee)
    arguments = (_guarded if guarded else arguments_of)(machine, frame, node.arguments)
    machine.scopes = outside
    result = machine.call(machine, callee, arguments, origin)
    if isinstance(node.callee, ir.Attribute) and in_place(node.callee.name):
        _changed_in_place(machine, frame, node.callee.value, callee, result)
    return result


def _chooses(machine: Machine, callee: Value) -> bool:
    """Whether a call gives, or may give, one of two values: ``where(p < 0, sigmoid(p), p)``, ``lax.select(...)``."""
    row = machine.catalog.row(callee.path) if isinstance(callee, LibraryName) else None
    unseen = row is None and isinstance(callee, LibraryName) and not callee.path.startswith("builtins.")
    return unseen or (isinstance(row, Function) and "condition" in row.takes)


def _guarded(machine: Machine, frame: Frame, nodes: tuple[ir.Argument, ...]) -> Arguments:
    """The arguments of a call that gives one of two values: a condition may ask in which range a tensor lies."""
    first = arguments_of(machine, frame, nodes[:1])
    with veiled(machine, frame, nodes[0].value):
        others = arguments_of(machine, frame, nodes[1:])
    return Arguments(
        (*first.positional, *others.positional), {**first.keywords, **others.keywords}, first.open or others.open
    )


def _changed_in_place(machine: Machine, frame: Frame, target: ir.Expression, callee: Value, result: Value) -> None:
    """After ``target.method_()``: other names for the tensor are unknown, its own holds the result."""
    methods = [each.value for each in callee.options] if isinstance(callee, Alternatives) else [callee]
    if not all(type(each) is Bound for each in methods):
        return
    receivers = [each.receiver for each in methods if type(each) is Bound]
    for receiver in receivers:
        spoil(machine, receiver, result)
    known = any(isinstance(each, Tensor) for each in receivers)
    if known or (isinstance(result, Tensor) and result.kind != UNKNOWN):
        rebind(machine, frame, target, result)


def arguments_of(machine: Machine, frame: Frame, nodes: tuple[ir.Argument, ...]) -> Arguments:
    """Evaluate the arguments of a call."""
    positional: list[Value] = []
    keywords: dict[str, Value] = {}
    spread: list[Item] = []
    is_open = is_spread = False
    for node in nodes:
        value = opaque_unless_called(machine, evaluate(machine, frame, node.value))
        if node.keyword is None:
            positional.append(value)
            spread.append(Item(value))
        elif node.keyword == "*":
            items = containers.exact_items(machine, value)
            if items is not None and len(positional) + len(items) > containers.MOST_HELD:
                items = None
            positional += items if items is not None else []
            spread += [Item(each, many) for each, many in containers.walk(machine, value)]
            is_spread = is_spread or items is None
        elif node.keyword == "**":
            entries = containers.exact_entries(machine, value)
            keywords.update(entries or {})
            is_open = is_open or entries is None
        else:
            keywords[node.keyword] = value
    return Arguments(tuple(positional), keywords, is_open or is_spread, tuple(spread) if is_spread else ())


def opaque_unless_called(machine: Machine, value: Value) -> Value:
    """A bound method may be handed on to be called there; an attribute of something unknown is just unknown."""
    if type(value) is Bound and isinstance(value.receiver, Unknown | Bound):
        return opaque(machine, value)
    return value


# -- displays ---------------------------------------------------------------------------------------------------------


def _build(machine: Machine, frame: Frame, node: ir.Build) -> Value:
    return displays.build(machine, frame, node)


def _mapping(machine: Machine, frame: Frame, node: ir.Mapping) -> Value:
    return displays.mapping(machine, frame, node)


def _comprehension(machine: Machine, frame: Frame, node: ir.Comprehension) -> Value:
    return displays.comprehension(machine, frame, node)


_Leaf = Callable[[Machine, Frame, ir.Expression], Value]
_LEAVES: Final[dict[type, _Leaf]] = {
    ir.Name: _name,  # type: ignore[dict-item]
    ir.Constant: _constant,  # type: ignore[dict-item]
    ir.Operator: _logic,  # type: ignore[dict-item]
    ir.Choice: _choice,  # type: ignore[dict-item]
    ir.Opaque: _opaque,  # type: ignore[dict-item]
    ir.Text: _text,  # type: ignore[dict-item]
    ir.Yield: _yield,  # type: ignore[dict-item]
    ir.Slice: _slice,  # type: ignore[dict-item]
    ir.Star: _star,  # type: ignore[dict-item]
    ir.Bind: _bind,  # type: ignore[dict-item]
    ir.Lambda: _lambda,  # type: ignore[dict-item]
    ir.Build: _build,  # type: ignore[dict-item]
    ir.Mapping: _mapping,  # type: ignore[dict-item]
    ir.Comprehension: _comprehension,  # type: ignore[dict-item]
}

_SIMPLE: Final = {kind: leaf for kind, leaf in _LEAVES.items() if kind is not ir.Operator}
"""What is no chain."""

_Inner = Callable[[ir.Expression], ir.Expression | None]
_INNER: Final[dict[type, _Inner]] = {
    ir.Call: operator.attrgetter("callee"),
    ir.Attribute: operator.attrgetter("value"),
    ir.Index: operator.attrgetter("value"),
    ir.Operator: lambda node: node.operands[0] if node.sign not in ("and", "or") else None,  # type: ignore[union-attr]
}
"""The operand with which a chain goes on."""
_Step = Callable[[Machine, Frame, ir.Expression, Value, Origin], Value]
_STEPS: Final[dict[type, _Step]] = {
    ir.Call: _call,  # type: ignore[dict-item]
    ir.Attribute: _attribute,  # type: ignore[dict-item]
    ir.Index: _index,  # type: ignore[dict-item]
    ir.Operator: _operate,  # type: ignore[dict-item]
}
