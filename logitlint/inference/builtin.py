"""What Python itself offers: `getattr`, `isinstance`, `zip`, `functools.partial` and the like."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from logitlint.frameworks.vocabulary import Scalar
from logitlint.inference import (
    assignment,
    attributes,
    caching,
    container_methods,
    containers,
    copies,
    dynamic,
    operators,
    patching,
    properties,
    queries,
    records,
    reflection,
)
from logitlint.inference.conditions import truth
from logitlint.inference.entering import suppressing
from logitlint.inference.handed import hand
from logitlint.inference.machine import Machine
from logitlint.inference.operands import number_of
from logitlint.inference.parts import whole_of
from logitlint.inference.signature import Arguments
from logitlint.inference.store import Entries, Item, Items, Stored
from logitlint.inference.values import (
    Bound,
    Container,
    LibraryName,
    Literal,
    Origin,
    Partial,
    Unknown,
    UserFunction,
    UserModule,
    UserObject,
    Value,
)

_Builtin = Callable[[Machine, Arguments, Origin], Value | None]
MOST_RANGE: Final = 8
_NAMED: Final = "operator.methodcaller()"
"""What `operator.methodcaller` gives, as a name to be called."""


def call(machine: Machine, path: str, arguments: Arguments, origin: Origin) -> Value | None:
    """Call a builtin; None when it is not one whose meaning matters here."""
    function = _FUNCTIONS.get(path)
    if function is None or arguments.open:
        return None
    if (key := arguments.keywords.get("key")) is not None:  # of `sorted`
        hand(machine, Arguments((key,)), origin)
    return function(machine, arguments, origin)


def _getattr(machine: Machine, arguments: Arguments, origin: Origin) -> Value | None:
    values = arguments.positional
    if len(values) >= 2 and isinstance(values[1], Literal) and isinstance(values[1].value, str):
        return attributes.get(machine, values[0], values[1].value, origin)
    if len(values) >= 2 and isinstance(values[0], UserModule):
        return dynamic.named(machine, values[0], values[1], origin)
    whole = whole_of(machine, values[0]) if len(values) >= 2 else None
    if whole is None:
        return None
    part = machine.unknown("an attribute under a name that is not known", origin)
    machine.asides.within[part.number] = whole  # who changes it changes the object
    return part


def _vars(machine: Machine, arguments: Arguments, origin: Origin) -> Value | None:
    return reflection.namespace(machine, arguments.positional[0]) if arguments.positional else None


def _setattr(machine: Machine, arguments: Arguments, origin: Origin) -> Value | None:
    if len(arguments.positional) == 3:
        target, name, value = arguments.positional
        reflection.set_attribute(machine, target, name, value, origin)
    return Literal(None)


def _setitem(machine: Machine, arguments: Arguments, origin: Origin) -> Value | None:
    if len(arguments.positional) == 3:
        target, key, value = arguments.positional
        assignment.put_item(machine, target, (key,), value, origin)
    return Literal(None)


def _method(name: str) -> _Builtin:
    """A function that does what a method of its first argument does."""

    def call_it(machine: Machine, arguments: Arguments, origin: Origin) -> Value | None:
        if not arguments.positional:
            return None
        bound = attributes.get(machine, arguments.positional[0], name, origin)
        return machine.call(machine, bound, Arguments(arguments.positional[1:]), origin)

    return call_it


def _caller(machine: Machine, arguments: Arguments, origin: Origin) -> Value | None:
    """``operator.methodcaller("name", ...)``, which calls that method of what it is given."""
    return Partial(LibraryName(_NAMED), arguments.positional, arguments.keywords) if arguments.positional else None


def _called(machine: Machine, arguments: Arguments, origin: Origin) -> Value | None:
    *given, subject = arguments.positional
    name = given[0] if given else None
    if not isinstance(name, Literal) or not isinstance(name.value, str):
        return None
    bound = attributes.get(machine, subject, name.value, origin)
    return machine.call(machine, bound, Arguments(tuple(given[1:]), arguments.keywords), origin)


def _closing(machine: Machine, arguments: Arguments, origin: Origin) -> Value | None:
    """``contextlib.closing(x)``: when it is closed, only a ``with`` says."""
    for closed in arguments.positional[:1]:
        bound = attributes.get(machine, closed, "close", origin)
        if isinstance(bound, UserFunction):
            hand(machine, Arguments((bound,)), origin)
    return None


def _sequence(shape: str) -> _Builtin:
    def convert(machine: Machine, arguments: Arguments, origin: Origin) -> Value | None:
        if not arguments.positional:
            return containers.make(machine, shape, Items())
        items = tuple(Item(value, many) for value, many in containers.walk(machine, arguments.positional[0]))
        return containers.make(machine, shape, Items(items))

    return convert


def _sorted(machine: Machine, arguments: Arguments, origin: Origin) -> Value | None:
    """``sorted(x)``: texts lie where they belong then; of anything else nobody knows what lies where."""
    if not arguments.positional:
        return None
    held = list(containers.walk(machine, arguments.positional[0]))
    words = [
        each.value for each, many in held if not many and isinstance(each, Literal) and isinstance(each.value, str)
    ]
    if len(words) == len(held) and not arguments.keywords:
        return containers.make(machine, "list", Items(tuple(Item(Literal(word)) for word in sorted(words))))
    made = containers.make(machine, "list", Items(tuple(Item(value, many) for value, many in held)))
    if len(held) > 1:
        _method("sort")(machine, Arguments((made,)), origin)
    return made


def _dict(machine: Machine, arguments: Arguments, origin: Origin) -> Value | None:
    entries: dict[str | int | float | bool | None, Value] = {}
    rest: Value | None = None
    for value in arguments.positional:
        held = containers.contents_of(machine, value)
        if isinstance(held, Entries):
            entries.update(held.entries)
            rest = held.rest
        elif isinstance(held, Items) and held.exact:
            for item in held.items:
                pair = containers.exact_items(machine, item.value)
                if pair is None or len(pair) != 2 or not isinstance(pair[0], Literal):
                    return None
                entries[pair[0].value] = pair[1]
        elif isinstance(value, Unknown) and value.number in machine.asides.within:
            rest = containers.element(machine, value)
        else:
            return None
    entries.update(arguments.keywords)
    return containers.make(machine, "dict", Entries(entries, rest))


def _whether(enough: bool) -> _Builtin:
    """`any`, for which one true element is enough, or `all`, for which one that is not."""

    def ask(machine: Machine, arguments: Arguments, origin: Origin) -> Value | None:
        items = containers.exact_items(machine, arguments.positional[0]) if arguments.positional else None
        answers = None if items is None else [truth(machine, each) for each in items]
        if answers is None or (None in answers and enough not in answers):
            return None
        return Literal(enough if enough in answers else not enough)

    return ask


def _zip(machine: Machine, arguments: Arguments, origin: Origin) -> Value | None:
    given = arguments.positional
    containers.use_up(machine, [each for number, each in enumerate(given) if each in given[:number]])  # ``zip(it, it)``
    exact = [containers.exact_items(machine, value) for value in given]
    if exact and all(each is not None for each in exact):
        rows = zip(*(each or [] for each in exact), strict=False)
        tuples = [containers.make(machine, "tuple", Items(tuple(Item(value) for value in row))) for row in rows]
        return containers.make(machine, "list", Items(tuple(Item(each) for each in tuples)))
    row = tuple(Item(containers.element(machine, value)) for value in arguments.positional)
    only = containers.make(machine, "tuple", Items(row))
    return containers.make(machine, "list", Items((Item(only, many=True),)))


def _enumerate(machine: Machine, arguments: Arguments, origin: Origin) -> Value | None:
    items: list[Item] = []
    start = next(iter((*arguments.positional[1:], *arguments.keywords.values())), Literal(0))
    first = start.value if isinstance(start, Literal) and type(start.value) is int else None
    for position, (value, many) in enumerate(
        containers.walk(machine, arguments.positional[0]) if arguments.positional else ()
    ):
        exact = not many and first is not None and all(not item.many for item in items)
        index = Literal((first or 0) + position) if exact else machine.count("a position", origin)
        items.append(Item(containers.make(machine, "tuple", Items((Item(index), Item(value)))), many))
    return containers.make(machine, "list", Items(tuple(items)))


def _range(machine: Machine, arguments: Arguments, origin: Origin) -> Value | None:
    numbers = [value.value for value in arguments.positional if isinstance(value, Literal) and type(value.value) is int]
    if len(numbers) == len(arguments.positional) and 1 <= len(numbers) <= 3 and numbers[2:] != [0]:
        whole = range(*numbers)
        if len(whole) <= MOST_RANGE:
            return containers.make(machine, "list", Items(tuple(Item(Literal(each)) for each in whole)))
    return containers.make(machine, "list", Items((Item(machine.count("a number of a range", origin), many=True),)))


def _len(machine: Machine, arguments: Arguments, origin: Origin) -> Value | None:
    if not arguments.positional:
        return None
    values = containers.exact_items(machine, arguments.positional[0])
    if values is not None:
        return Literal(len(values))
    return machine.unknown("a length", origin, "len", number_of(machine, arguments.positional[0]))


def _reversed(machine: Machine, arguments: Arguments, origin: Origin) -> Value | None:
    held = containers.contents_of(machine, arguments.positional[0]) if arguments.positional else None
    return containers.make(machine, "list", Items(held.items[::-1])) if isinstance(held, Items) else None


def _next(machine: Machine, arguments: Arguments, origin: Origin) -> Value | None:
    """``next(iterator, default)``, which takes the element away: the next one gives another."""
    if not arguments.positional:
        return None
    source, *default = arguments.positional
    held = containers.contents_of(machine, source)
    if not isinstance(held, Items) or not isinstance(source, Container):
        found = containers.element(machine, source)
    elif not held.items:
        return default[0] if default else None
    else:
        found = container_methods.taken_first(machine, source, held)
        if not held.items[0].many:
            return found
    return containers.either(machine, found, default[0]) if default else found  # nobody knows whether there is one


def _iter(machine: Machine, arguments: Arguments, origin: Origin) -> Value | None:
    """``iter(x)``: what is taken of it is not taken of a list, or of a library's container of layers."""
    source = arguments.positional[0] if len(arguments.positional) == 1 else None
    if source is None or (isinstance(source, Container) and source.shape in containers.CONSUMED):
        return source
    if isinstance(source, UserObject) and attributes.class_attribute(machine, source.cls, "__iter__") is not None:
        return source
    held = containers.contents_of(machine, source)
    return containers.make(machine, "iterator", held) if isinstance(held, Items) else source


def _same(machine: Machine, arguments: Arguments, origin: Origin) -> Value | None:
    return arguments.positional[0] if arguments.positional else None


def _reference(machine: Machine, arguments: Arguments, origin: Origin) -> Value | None:
    """``weakref.ref(x)``, which gives it when it is called."""
    return Partial(LibraryName("weakref.proxy"), arguments.positional[:1], {}) if arguments.positional else None


def _partial(machine: Machine, arguments: Arguments, origin: Origin) -> Value | None:
    if not arguments.positional:
        return None
    return Partial(arguments.positional[0], arguments.positional[1:], arguments.keywords)


def _chain(machine: Machine, arguments: Arguments, origin: Origin) -> Value | None:
    items = tuple(Item(value, many) for each in arguments.positional for value, many in containers.walk(machine, each))
    return containers.make(machine, "list", Items(items))


def _map(machine: Machine, arguments: Arguments, origin: Origin) -> Value | None:
    if len(arguments.positional) != 2:
        return None
    function, source = arguments.positional
    results = [
        Item(machine.call(machine, function, Arguments((value,)), origin), many)
        for value, many in containers.walk(machine, source)
    ]
    return containers.make(machine, "list", Items(tuple(results)))


def _globals(machine: Machine, arguments: Arguments, origin: Origin) -> Value | None:
    """The names of the module in which it is called, as far as it has been run."""
    module = machine.modules.get(origin.file)
    if module is None:
        return None
    here = ((name, held) for (place, name), held in machine.store.everything().items() if place == module.number)
    entries: dict[Scalar, Value] = {
        name: held
        for name, held in here
        if not isinstance(held, Items | Entries | Bound)  # what is imported is among the others
    }
    made = containers.make(machine, "dict", Entries(entries, machine.unknown("another global", origin)))
    machine.write(made.place, reflection.OF_MODULE, UserModule(origin.file), local=True)
    return made


def _exec(machine: Machine, arguments: Arguments, origin: Origin) -> Value | None:
    """``exec(text)``, at the top of a module or with its globals: any of them may be another from then on."""
    given = arguments.positional[1:2]
    held: Stored | None = UserModule(origin.file) if not given and not machine.active else None
    if given and isinstance(given[0], Container):
        held = machine.read(given[0].place, reflection.OF_MODULE)
    if isinstance(held, UserModule):
        changed = machine.unknown("what a text that is executed sets", origin)
        reflection.set_global(machine, held, None, changed, origin)
    return Literal(None)


_FUNCTIONS: Final[dict[str, _Builtin]] = {
    "builtins.globals": _globals,
    "builtins.vars": _vars,
    "builtins.exec": _exec,
    "builtins.__import__": dynamic.import_module,
    "importlib.import_module": dynamic.import_module,
    "builtins.getattr": _getattr,
    "builtins.setattr": _setattr,
    "builtins.object.__setattr__": _setattr,
    "builtins.type.__setattr__": _setattr,
    "builtins.delattr": _method("__delattr__"),
    "builtins.property": properties.made,
    "operator.setitem": _setitem,
    "operator.delitem": _method("__delitem__"),
    "operator.methodcaller": _caller,
    _NAMED: _called,
    "contextlib.closing": _closing,
    "contextlib.suppress": suppressing,
    "pytest.raises": suppressing,
    "random.shuffle": _method("sort"),
    "builtins.hasattr": queries.hasattr_,
    "builtins.isinstance": queries.isinstance_,
    "builtins.callable": queries.callable_,
    "inspect.isclass": queries.isclass_,
    "builtins.list": _sequence("list"),
    "builtins.tuple": _sequence("tuple"),
    "builtins.set": _sequence("set"),
    "builtins.sorted": _sorted,
    "builtins.dict": _dict,
    "collections.OrderedDict": _dict,
    "builtins.any": _whether(enough=True),
    "builtins.all": _whether(enough=False),
    "builtins.zip": _zip,
    "builtins.enumerate": _enumerate,
    "builtins.range": _range,
    "builtins.len": _len,
    "builtins.sum": operators.total,
    "builtins.reversed": _reversed,
    "builtins.next": _next,
    "builtins.iter": _iter,
    "weakref.proxy": _same,
    "weakref.ref": _reference,
    "builtins.map": _map,
    "builtins.type": queries.type_,
    "copy.copy": copies.copied,
    "copy.deepcopy": copies.deeply,
    "collections.namedtuple": records.named_tuple,
    "typing.NamedTuple": records.named_tuple,
    **dict.fromkeys(caching.DECORATORS, caching.cached),
    "functools.partial": _partial,
    "itertools.chain": _chain,
    **patching.MOCKED,
}
