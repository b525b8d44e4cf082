"""What happens when something catalogued is called: the row is read, the use recorded, the result made."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from msgspec.structs import replace

from logitlint.frameworks.vocabulary import (
    Axes,
    Depends,
    Fact,
    Function,
    Role,
    SameAs,
    Scalar,
    Scope,
    Want,
)
from logitlint.inference import arithmetic
from logitlint.inference.choices import combinations, fingerprint
from logitlint.inference.containers import exact_items
from logitlint.inference.facts import resolve
from logitlint.inference.joining import alternatives, bounds, merged
from logitlint.inference.machine import Machine
from logitlint.inference.operands import as_tensor, in_type, number_of, opaque
from logitlint.inference.pairing import paired
from logitlint.inference.results import literal_axis, result_of
from logitlint.inference.signature import Arguments, Filled, defaults, fill, parse
from logitlint.inference.store import CONTENTS, Items
from logitlint.inference.trace import Taken, Via
from logitlint.inference.values import (
    Alternatives,
    Container,
    Entering,
    LibraryObject,
    Literal,
    Option,
    Origin,
    Tensor,
    Unknown,
    UserFunction,
    UserObject,
    Value,
)
from logitlint.kinds import UNKNOWN


def apply(
    machine: Machine,
    row: Function | SameAs,
    arguments: Arguments,
    origin: Origin,
    *,
    via: Via = Via.CALL,
    instance: LibraryObject | None = None,
) -> Value:
    """Call a row: a function, or (`instance`) an object whose constructor fixed some of the facts."""
    filled = fill(parse(row.signature), _spelled(machine, row.signature, arguments))
    if not filled.fits:
        return machine.unknown(f"`{row.name}` is called in a way it does not document", origin)
    if isinstance(row, Function) and row.enters is not None:
        scope = resolve(row.enters, filled.by_name, defaults(row.signature), open_call=filled.open)
        return Entering(scope if isinstance(scope, Scope) else None, frozenset(_scopes(row.enters)))
    is_open = filled.open or (instance is not None and instance.open) or is_configured(machine, row)
    given, literals = filled.by_name, defaults(row.signature)
    if instance is not None:
        given, literals = {**instance.arguments, **given}, {**defaults(instance.row.init), **literals}
    built = instance.origin if instance is not None else None
    if isinstance(row, SameAs):
        return _keep(machine, row, given, {} if is_open else literals, filled, origin, via, built)
    if isinstance(row.axis, str) and row.axis not in given and not is_open and type(literals.get(row.axis)) is int:
        given[row.axis] = Literal(literals[row.axis])
    names = [each.name for each in parse(row.signature) if each.name in row.takes and each.name in filled.by_name]
    arriving = [opaque(machine, filled.by_name[name]) for name in names]
    if Fact.LOSS in row.facts:
        arriving = _whichever(machine, arriving)
    options: list[Option] = []
    for values, chosen in combinations(arriving):
        if not all(map(machine.possible, chosen)):
            continue
        taken = tuple(
            [
                Taken(name, row.takes[name].role, want_of(row.takes[name].want, given, literals, is_open), value)
                for name, value in zip(names, values, strict=True)
            ]
        )
        when = paired(machine, chosen)
        certain = when is not None
        if when is None and Fact.LOSS not in row.facts:
            when = paired(machine, chosen, anywhere=True)
        bound = {**given, **dict(zip(names, values, strict=True))}
        if when is None:
            apart = _apart(machine, origin)
            _see_apart(machine, row, via, taken, apart, origin)
            options.append(Option(apart, frozenset()))
            continue
        use = machine.use(
            row, via, taken, bound, origin, when=when, is_open=is_open, defaults=literals, built=built, certain=certain
        )
        if instance is not None:
            machine.trace.layers[use] = instance.place
        options.append(Option(result_of(machine, row, use, literals, filled, instance, is_open), when))
    return gather(machine, options, origin)


def _apart(machine: Machine, origin: Origin) -> Unknown:
    """What comes of two things of which nobody knows whether they meet."""
    return machine.unknown("the model and the loss are chosen independently", origin)


def _see_apart(
    machine: Machine, row: Function, via: Via, taken: tuple[Taken, ...], apart: Unknown, origin: Origin
) -> None:
    """Count a loss of which nobody knows what it is given, and say why."""
    unknown = tuple([Taken(each.parameter, each.role, each.want, apart) for each in taken])
    machine.use(row, via, unknown, {}, origin, certain=False)


def take_alike(values: list[Value]) -> bool:
    """Whether several objects are one loss, told nothing that makes one of them read its arguments otherwise."""
    wants = [_wants(value) if isinstance(value, LibraryObject) else None for value in values]
    rows = [value.row for value in values if isinstance(value, LibraryObject)]
    return None not in wants and all(row is rows[0] for row in rows) and all(each == wants[0] for each in wants)


def _wants(loss: LibraryObject) -> list[Want | None] | None:
    """How a loss reads each of its arguments, as it was built; None where it is no loss."""
    row = loss.row.call
    if not isinstance(row, Function) or Fact.LOSS not in row.facts:
        return None
    literals = defaults(loss.row.init)
    return [want_of(each.want, loss.arguments, literals, loss.open) for each in row.takes.values()]


def _whichever(machine: Machine, values: list[Value]) -> list[Value]:
    """What a loss is given, with its alternatives joined where one of them may have been singled out: all may be wrong.

    Not where the loss itself was picked: which of several losses meets which of several models is nobody's mistake yet.
    """
    met = [chosen for _, chosen in combinations(values) if all(map(machine.possible, chosen))]
    if machine.picked or all(paired(machine, chosen) is not None for chosen in met):
        return values
    joined = [
        merged([option.value for option in value.options if machine.possible(option.when)], machine.fresh)
        if isinstance(value, Alternatives)
        else value
        for value in values
    ]
    return [one if isinstance(one, Tensor) else value for one, value in zip(joined, values, strict=True)]


def is_configured(machine: Machine, row: Function | SameAs) -> bool:
    """Whether a scope around the call may give what is left out."""
    return Scope.DEFAULTS in machine.scopes and Fact.CONFIGURED in row.facts


def _spelled(machine: Machine, signature: str, arguments: Arguments) -> Arguments:
    """The arguments in the row's own spelling (``axis=`` where the row says `dim`)."""
    synonyms = machine.catalog.synonyms
    if not arguments.keywords.keys() & synonyms.keys():
        return arguments
    names = {each.name for each in parse(signature)}
    keywords = {
        name if name in names else synonyms.get(name, name): value for name, value in arguments.keywords.items()
    }
    return Arguments(arguments.positional, keywords, arguments.open)


def gather(machine: Machine, options: list[Option], origin: Origin) -> Value:
    """One value for the results of a call on several alternatives."""
    if not options:
        return machine.unknown("no alternative is possible here", origin)
    if len(options) == 1:
        return options[0].value
    first = options[0].value
    if all(fingerprint(option.value, coarse=True) == fingerprint(first, coarse=True) for option in options):
        machine.altered.twins[id(first)] = tuple([option.value for option in options])
        return first
    return alternatives(options, machine.fresh)


def _scopes(fact: object) -> Iterator[Scope]:
    """Every scope that a row could put in force."""
    if isinstance(fact, Scope):
        yield fact
    elif isinstance(fact, Depends):
        for case in fact.cases.values():
            yield from _scopes(case)


def want_of(
    fact: Want | Depends | None, given: Mapping[str, Value], literals: Mapping[str, Scalar], open_: bool
) -> Want | None:
    """The scale on which an argument is read in this call; None when that is not known."""
    want = resolve(fact, given, literals, open_call=open_)
    return want if isinstance(want, Want) else None


def _keep(
    machine: Machine,
    row: SameAs,
    given: dict[str, Value],
    literals: Mapping[str, Scalar],
    filled: Filled,
    origin: Origin,
    via: Via,
    built: Origin | None,
) -> Value:
    """An operation that keeps what its subject means."""
    first = filled.rest[0] if filled.rest else None
    value = opaque(machine, given.get(row.subject) or first or machine.unknown("nothing", origin))
    if isinstance(value, Alternatives):
        kept: list[Option] = []
        for option in value.options:
            if machine.possible(option.when) and paired(machine, [option.when], anywhere=True) is None:
                kept.append(Option(_apart(machine, origin), option.when))
            elif machine.possible(option.when):
                each = {**given, row.subject: option.value}
                kept.append(Option(_keep(machine, row, each, literals, filled, origin, via, built), option.when))
        return gather(machine, kept, origin)
    if isinstance(value, LibraryObject | UserObject | UserFunction) and row.axes is Axes.KEPT:
        return value
    if row.axes is Axes.KEPT and isinstance(value, Container):
        value = _only(machine, value)
        given = {**given, row.subject: value}
    axis = literal_axis(row.axis, given)
    if row.axes is Axes.JOINED:
        return _join(machine, row, value, given, filled, origin, via)
    tensor = as_tensor(machine, value)
    result = arithmetic.survives(tensor, row.axes, axis=axis, given=row.axis is None or row.axis in given)
    if row.axes is Axes.RESHAPED:
        result = arithmetic.laid_out(_reshaped(machine, row, result, given, literals, filled), row.axis is not None)
    rank = resolve(row.rank, given, literals, open_call=filled.open)
    if isinstance(rank, int):
        result = replace(result, rank=rank, batched=True)
    keeps = not tensor.kind & ~result.kind or result.kind.certainly(tensor.kind)
    taken = (Taken(row.subject, Role.SUBJECT, None, tensor),)
    use = machine.use(row, via, taken, given, origin, keeps=keeps, built=built)
    number = machine.number(row.name, tensor.number, _rest_of(machine, row, given, filled))
    others = {name: each for name, each in given.items() if name != row.subject}
    if row.axes is Axes.KEPT:
        number = tensor.number
        result = in_type(result, others, filled.rest)
    return replace(result, number=number, made=(use,))


def _only(machine: Machine, value: Container) -> Value:
    """The number that a list holds and nothing else: ``torch.tensor([0.5])``."""
    items = exact_items(machine, value)
    return items[0] if items is not None and len(items) == 1 and isinstance(items[0], Literal) else value


def _rest_of(machine: Machine, row: SameAs, given: Mapping[str, Value], filled: Filled) -> tuple[int, ...]:
    others = [value for name, value in given.items() if name != row.subject]
    return tuple(number_of(machine, value) for value in (*others, *filled.rest))


def _reshaped(
    machine: Machine,
    row: SameAs,
    after: Tensor,
    given: Mapping[str, Value],
    literals: Mapping[str, Scalar],
    filled: Filled,
) -> Tensor:
    """What a reshape proves of the new shape: its last axis, its rank, and that axis 0 is still the batch."""
    if row.starts is not None:
        if given.keys() - {row.subject, row.starts}:  # it may end before the last axis
            return after
        start = given.get(row.starts)
        first = literals.get(row.starts) if start is None else start.value if isinstance(start, Literal) else None
        return replace(after, rank=2, batched=True) if first == 1 else after
    if row.sizes is None:
        return after
    sizes: tuple[Value, ...] = filled.rest or (given[row.sizes],) if row.sizes in given or filled.rest else ()
    if len(sizes) == 1 and isinstance(sizes[0], Container):
        contents = machine.read(sizes[0].place, CONTENTS)
        sizes = tuple(item.value for item in contents.items) if isinstance(contents, Items) and contents.exact else ()
    if not sizes or (len(sizes) == 1 and not isinstance(sizes[0], Literal)):
        return after
    last = sizes[-1].value if isinstance(sizes[-1], Literal) else None
    units = last if isinstance(last, int) and last > 0 else None
    leads = sizes[0] == Literal(-1) or not isinstance(sizes[0], Literal)
    return replace(after, units=units, rank=len(sizes), batched=leads and len(sizes) == 2)


def _join(
    machine: Machine, row: SameAs, value: Value, given: Mapping[str, Value], filled: Filled, origin: Origin, via: Via
) -> Value:
    """cat, stack: several tensors of one kind stay of that kind."""
    parts: list[Value] = [value, *filled.rest[1:]] if filled.rest else [value]
    if isinstance(value, Container):
        contents = machine.read(value.place, CONTENTS)
        parts = [item.value for item in contents.items] if isinstance(contents, Items) else []
    tensors = [as_tensor(machine, merged([opaque(machine, part)], machine.fresh)) for part in parts]
    if not tensors:
        return machine.unknown("several tensors put together", origin)
    taken = tuple(
        Taken(row.subject, Role.SUBJECT if not i else Role.OTHER, None, each) for i, each in enumerate(tensors)
    )
    axis = literal_axis(row.axis, given)
    if axis is None and isinstance(row.axis, str) and row.axis not in given:
        default = defaults(row.signature).get(row.axis)
        axis = default if isinstance(default, int) else None
    kind = arithmetic.joined(tensors, axis)
    use = machine.use(row, via, taken, given, origin, keeps=kind != UNKNOWN)
    number = machine.number(row.name, *(each.number for each in tensors))
    first = tensors[0]
    low, high = bounds(tensors)
    return Tensor(
        kind,
        number,
        made=(use,),
        axis=first.axis,
        low=low,
        high=high,
        batched=axis is not None and arithmetic.proves_two(axis),
        cause=first.cause,
    )


def method(machine: Machine, receiver: Value, name: str, arguments: Arguments, origin: Origin) -> Value | None:
    """A method of a library's tensors; None when there is none of that name."""
    certain = isinstance(receiver, Tensor)
    makers = {use.row.name.partition(".")[0] for use in receiver.made} if isinstance(receiver, Tensor) else set()
    rows = machine.catalog.methods(name, made_by=makers.pop() if len(makers) == 1 else "")
    for row in rows:
        whole = arguments.after(receiver)
        filled = fill(parse(row.signature), _spelled(machine, row.signature, whole))
        if filled.fits and (certain or _plain(arguments) or _is_shape(row, arguments) or _is_filled(row)):
            return apply(machine, row, whole, origin)
    return None


def _plain(arguments: Arguments) -> bool:
    """Whether the arguments are numbers and words only: then even an unknown receiver is surely a tensor."""
    values = (*arguments.positional, *arguments.keywords.values())
    return not arguments.open and all(isinstance(value, Literal) for value in values)


def _is_filled(row: Function | SameAs) -> bool:
    """Whether all numbers that a method gives are one number: of what it is asked makes no difference."""
    return isinstance(row, Function) and row.low is not None and row.low == row.high


def _is_shape(row: Function | SameAs, arguments: Arguments) -> bool:
    """Whether the arguments are a new shape, some of whose sizes are written: ``x.view(x.size(0), -1)``."""
    if not isinstance(row, SameAs) or row.sizes is None or arguments.keywords or arguments.open:
        return False
    written = [value.value for value in arguments.positional if isinstance(value, Literal)]
    others = [value for value in arguments.positional if isinstance(value, Unknown)]
    return {int} == set(map(type, written)) and len(written) + len(others) == len(arguments.positional)
