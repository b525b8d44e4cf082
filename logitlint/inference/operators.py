"""Operators between values: ``+ - * / > @`` and their kin, each a use of the row of the same name."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from msgspec.structs import replace

from logitlint.frameworks.catalog import OPERANDS
from logitlint.frameworks.vocabulary import Function, Role, SameAs
from logitlint.inference import arithmetic, containers
from logitlint.inference.joining import alternatives
from logitlint.inference.literals import folded
from logitlint.inference.machine import Machine
from logitlint.inference.operands import as_tensor, number_of
from logitlint.inference.parts import tells
from logitlint.inference.signature import Arguments
from logitlint.inference.trace import Taken, Use, Via
from logitlint.inference.values import Alternatives, Cause, Container, Literal, Option, Origin, Tensor, Unknown, Value
from logitlint.kinds import UNKNOWN, Kind

ROWS: Final = {
    "+": "operator.add",
    "-": "operator.sub",
    "*": "operator.mul",
    "/": "operator.truediv",
    "**": "operator.pow",
    ">": "operator.gt",
    ">=": "operator.ge",
    "<": "operator.lt",
    "<=": "operator.le",
    "==": "operator.eq",
    "@": "operator.matmul",
    "neg": "operator.neg",
}
_SEVERAL: Final = Cause("an operator on one of several values")
_REFLECTED: Final = "-r"
_OPPOSITE: Final = {"+": "-", "-": "+"}
_COMPARISONS: Final = ("<", "<=", ">", ">=")
_ASKING: Final = ("in", "not in", "is", "is not", "==", "!=")


def unary(machine: Machine, sign: str, value: Value, origin: Origin) -> Value:
    """``-x``, ``+x``, ``not x``, ``~x``."""
    if isinstance(value, Alternatives):
        return machine.unknown("an operator on one of several values", origin)
    if isinstance(value, Literal):
        if sign == "not":
            return Literal(not value.value)
        if isinstance(value.value, int | float) and sign in ("neg", "pos"):
            return Literal(-value.value if sign == "neg" else value.value)
        if isinstance(value.value, int):
            return Literal(~value.value)
    number = machine.number(sign, number_of(machine, value))
    if sign == "pos":
        return value
    if sign != "neg" or not isinstance(value, Tensor):
        return Unknown(number, Cause("an operator on an unknown value"))
    kind = arithmetic.negated(value.kind)
    use = _record(machine, sign, value, None, origin, keeps=kind == value.kind)
    return _result(value, kind, number, use)


def named(machine: Machine, path: str, arguments: Arguments, origin: Origin) -> Value | None:
    """A function that is an operator by another name (`torch.add`), called with nothing but its operands; else None."""
    return _called(machine, machine.catalog.operator(path), arguments, origin)


def method(machine: Machine, receiver: Tensor, name: str, arguments: Arguments, origin: Origin) -> Value | None:
    """A method that is an operator by another name (``x.add(y)``)."""
    return _called(machine, machine.catalog.signs.get(name), arguments.after(receiver), origin)


def _called(machine: Machine, sign: str | None, arguments: Arguments, origin: Origin) -> Value | None:
    if sign is None or arguments.open:
        return None
    operands, keywords = _operands(arguments)
    if len(operands) != 2 or keywords - machine.catalog.aside - {machine.catalog.factor}:
        return None
    left, right = operands if sign != _REFLECTED else operands[::-1]
    sign = "-" if sign == _REFLECTED else sign
    factor = arguments.keywords.get(machine.catalog.factor)
    if factor is not None:
        if isinstance(right, Literal):
            return None
        sign, right = _multiplied_first(machine, sign, right, factor, origin)
    if isinstance(left, Literal) and isinstance(right, Literal):
        return None
    result = binary(machine, sign, left, right, origin)
    if isinstance(result, Tensor) and keywords - {"name", machine.catalog.factor}:  # transposed
        return replace(result, number=machine.fresh(), units=None)
    return result


def _multiplied_first(machine: Machine, sign: str, value: Value, factor: Value, origin: Origin) -> tuple[str, Value]:
    """``torch.sub(a, b, alpha=2)``: with what sign, and of what; what is multiplied by less than zero changes sides."""
    by = factor.value if isinstance(factor, Literal) else None
    if isinstance(by, int | float) and by < 0:
        sign, factor = _OPPOSITE.get(sign, sign), Literal(-by)
    return sign, value if factor == Literal(1) else binary(machine, "*", value, factor, origin)


def _operands(arguments: Arguments) -> tuple[tuple[Value, ...], set[str]]:
    """What an operator by another name is given, by position or by name, and its other keywords."""
    given, keywords = arguments.positional, set(arguments.keywords)
    for names in OPERANDS:
        wanted = names[len(given) :]
        if wanted and keywords.issuperset(wanted):
            return (*given, *(arguments.keywords[name] for name in wanted)), keywords - {*wanted}
    return given, keywords


def binary(machine: Machine, sign: str, left: Value, right: Value, origin: Origin) -> Value:
    """An operator with two operands, at least one of which is no literal."""
    number = machine.number(sign, number_of(machine, left), number_of(machine, right))
    if sign in _ASKING and (tells(machine, left) or tells(machine, right)):  # ``"Softmax" in names``
        machine.trace.told.add(number)
    for position, value in enumerate((left, right)):
        if isinstance(value, Alternatives):
            if not any(isinstance(option.value, Tensor | Container) for option in value.options):
                return Unknown(number, _SEVERAL)
            pairs = [
                ((option.value, right) if not position else (left, option.value), option.when)
                for option in value.options
            ]
            options = [
                Option(binary(machine, sign, *pair, origin), when) for pair, when in pairs if machine.possible(when)
            ]
            return alternatives(options, machine.fresh)
    if sign == "+" and isinstance(left, Container) and isinstance(right, Container):
        return containers.concatenate(machine, left, right)
    if sign not in ROWS or not (isinstance(left, Tensor) or isinstance(right, Tensor) or sign in _COMPARISONS):
        machine.asides.present.add(number)
        return machine.trace.derive(Unknown(number, Cause("an operator on unknown values", origin)), (left, right))
    if isinstance(right, Literal) or isinstance(left, Literal):
        return _with_literal(machine, sign, left, right, origin, number)
    first, second = as_tensor(machine, left), as_tensor(machine, right)
    kind = _compared(machine, sign, first) if sign in _COMPARISONS else _between(sign, first, second)
    lead = first if first.kind == kind or second.kind != kind else second
    use = _record(machine, sign, first, second, origin, keeps=kind != UNKNOWN and lead.kind == kind)
    if sign == "/" and (axis := _softmax_by_hand(first, second)) is not None:
        return Tensor(Kind.SOFTMAX, number, made=(use,) if use else (), axis=axis, units=first.units)
    return _broadcast(sign, first, second, _result(lead if kind != UNKNOWN else first, kind, number, use))


def total(machine: Machine, arguments: Arguments, origin: Origin) -> Value | None:
    """The sum of what a container holds; a tensor that may stand there any number of times is added twice."""
    given = (*arguments.positional, *arguments.keywords.values())
    if not 1 <= len(given) <= 2 or not isinstance(given[0], Container):
        return None
    result = given[1] if len(given) == 2 else Literal(0)
    for value, many in containers.walk(machine, given[0]):
        if many and not isinstance(value, Tensor):
            return None
        for each in (value, value) if many else (value,):
            if isinstance(result, Literal) and isinstance(each, Literal):
                result = folded(machine, "+", result, each)
            else:
                result = each if result == Literal(0) else binary(machine, "+", result, each, origin)
    return result


def _with_literal(machine: Machine, sign: str, left: Value, right: Value, origin: Origin, number: int) -> Value:
    reflected = isinstance(left, Literal)
    tensor = as_tensor(machine, right if reflected else left)
    literal = left if reflected else right
    value = literal.value if isinstance(literal, Literal) else None
    if not isinstance(value, int | float):
        return Unknown(number, Cause("an operator on unknown values", origin))
    if sign in _COMPARISONS:
        kind = _compared(machine, sign, tensor)
    else:
        kind = arithmetic.with_number(sign, tensor, value, reflected=reflected)
    keeps = kind != UNKNOWN and kind == tensor.kind
    use = _record(machine, sign, tensor, literal, origin, keeps=keeps)
    if use and reflected and sign == "/" and value == 1 and _is_one_and_exponential(tensor):
        return Tensor(Kind.SIGMOID, number, made=(use,), units=tensor.units, rank=tensor.rank, batched=tensor.batched)
    return _result(tensor, kind, number, use)


def _broadcast(sign: str, first: Tensor, second: Tensor, result: Tensor) -> Tensor:
    """The shape of what two tensors give: one unit meets a tensor of unknown width and takes on its width."""
    known = first.rank is not None and second.rank is not None
    rank = max(first.rank or 0, second.rank or 0) if known else None
    batched = known and first.batched and second.batched
    if sign == "@":
        return replace(result, units=second.units, axis=None, rank=None, batched=False)
    widths = {first.units, second.units}
    wide = {units for units in widths if units is not None and units != 1}
    units = next(iter(wide)) if len(wide) == 1 else 1 if widths == {1} else None
    return replace(result, units=units, rank=rank, batched=batched)


def _compared(machine: Machine, sign: str, tensor: Tensor) -> Kind:
    """What a comparison gives, as its row says: a decision of what is predicted; labels stay labels."""
    row = machine.catalog.row(ROWS[sign])
    gives = row.gives if isinstance(row, Function) else None
    return arithmetic.mapped(tensor.kind, gives) if isinstance(gives, Mapping) else UNKNOWN


def _between(sign: str, left: Tensor, right: Tensor) -> Kind:
    operation = {
        "+": arithmetic.added,
        "-": arithmetic.subtracted,
        "*": arithmetic.multiplied,
        "/": arithmetic.divided,
        "@": arithmetic.multiplied_as_matrices,
    }.get(sign)
    return operation(left, right) if operation else UNKNOWN


def _softmax_by_hand(top: Tensor, bottom: Tensor) -> int | None:
    """The axis of ``exp(x) / exp(x).sum(axis)``; None when it is something else."""
    if not (len(top.made) == 1 and len(bottom.made) == 1):
        return None
    over, under = top.made[0], bottom.made[0]
    added = under.first(Role.SUBJECT)
    if not isinstance(under.row, SameAs) or added is None or added.tensor is None or added.tensor.number != top.number:
        return None
    return under.gives_axis if _is_exponential(over) else None


def _is_one_and_exponential(tensor: Tensor) -> bool:
    """Whether a tensor is ``1 + exp(x)``: one over that is the sigmoid of ``-x``."""
    if len(tensor.made) != 1 or tensor.made[0].row is None or tensor.made[0].row.name != ROWS["+"]:
        return False
    added = tensor.made[0].first(Role.SUBJECT)
    made = added.tensor.made if added is not None and added.tensor is not None else ()
    return tensor.made[0].literal("b") == 1 and len(made) == 1 and _is_exponential(made[0])


def _is_exponential(use: Use) -> bool:
    row = use.row
    return isinstance(row, Function) and isinstance(row.gives, Mapping) and Kind.LOG_SOFTMAX in row.gives


def _record(
    machine: Machine, sign: str, left: Tensor, right: Value | None, origin: Origin, *, keeps: bool
) -> Use | None:
    row = machine.catalog.row(ROWS[sign])
    if not isinstance(row, Function | SameAs):
        return None
    taken = [Taken("a", Role.SUBJECT, None, left)]
    given: dict[str, Value] = {"a": left}
    if right is not None:
        taken.append(Taken("b", Role.OTHER, None, right))
        given["b"] = right
    return machine.use(row, Via.OPERATOR, tuple(taken), given, origin, keeps=keeps)


def _result(lead: Tensor, kind: Kind, number: int, use: Use | None) -> Tensor:
    same = kind == lead.kind
    return replace(
        lead
        if same
        else Tensor(kind, number, units=lead.units, rank=lead.rank, batched=lead.batched, cause=lead.cause),
        number=number,
        made=(use,) if use else (),
        low=None,
        high=None,
    )
