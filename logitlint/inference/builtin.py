"""What Python itself offers: `getattr`, `isinstance`, `zip`, `functools.partial` and the like."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from msgspec.structs import replace

from logitlint.frameworks.vocabulary import Base, Function, Layer, SameAs, Scalar
from logitlint.inference import attributes, containers, dynamic, objects, reflection
from logitlint.inference.machine import Machine
from logitlint.inference.signature import Arguments
from logitlint.inference.store import Entries, Item, Items, Stored
from logitlint.inference.values import (
    Bound,
    Container,
    LibraryName,
    LibraryObject,
    Literal,
    Origin,
    Partial,
    Tensor,
    UserClass,
    UserFunction,
    UserModule,
    UserObject,
    Value,
)

_Builtin = Callable[[Machine, Arguments, Origin], Value | None]
MOST_RANGE: Final = 8


def call(machine: Machine, path: str, arguments: Arguments, origin: Origin) -> Value | None:
    """Call a builtin; None when it is not one whose meaning matters here."""
    function = _FUNCTIONS.get(path)
    return function(machine, arguments, origin) if function is not None and not arguments.open else None


def _getattr(machine: Machine, arguments: Arguments, origin: Origin) -> Value | None:
    values = arguments.positional
    if len(values) >= 2 and isinstance(values[1], Literal) and isinstance(values[1].value, str):
        return attributes.get(machine, values[0], values[1].value, origin)
    if len(values) >= 2 and isinstance(values[0], UserModule):
        return dynamic.named(machine, values[0], values[1], origin)
    return None


def _vars(machine: Machine, arguments: Arguments, origin: Origin) -> Value | None:
    return reflection.namespace(machine, arguments.positional[0]) if arguments.positional else None


def _setattr(machine: Machine, arguments: Arguments, origin: Origin) -> Value | None:
    if len(arguments.positional) == 3:
        target, name, value = arguments.positional
        reflection.set_attribute(machine, target, name, value, origin)
    return Literal(None)


def _isinstance(machine: Machine, arguments: Arguments, origin: Origin) -> Value | None:
    if len(arguments.positional) != 2:
        return None
    value, wanted = arguments.positional
    classes = containers.exact_items(machine, wanted) or [wanted]
    answers = [_is_a(machine, value, each) for each in classes]
    if True in answers:
        return Literal(True)
    return Literal(False) if answers and all(answer is False for answer in answers) else None


def _is_a(machine: Machine, value: Value, wanted: Value) -> bool | None:
    """Whether a value is an instance of a class; None when that is not known."""
    if wanted == _CLASS:
        return _is_class(machine, value)
    if isinstance(value, LibraryObject) and isinstance(wanted, LibraryName):
        row = machine.catalog.row(wanted.path)
        return row is value.row if isinstance(row, Layer) else None
    if isinstance(value, UserObject):
        order = attributes.mro(machine, value.cls)
        if isinstance(wanted, UserClass):
            return True if wanted in order else False if _all_known(machine, order) else None
        return True if wanted in order else None
    if isinstance(value, Container) and isinstance(wanted, LibraryName):
        shapes = {"builtins.list", "builtins.tuple", "builtins.dict", "builtins.set"}
        if wanted.path in shapes:
            return wanted.path == f"builtins.{value.shape}"
        return False if wanted.path in ("builtins.str", "builtins.int", "builtins.float") else None
    if isinstance(value, Tensor) and isinstance(wanted, LibraryName) and wanted.path.startswith("builtins."):
        return False
    if isinstance(value, Literal) and isinstance(wanted, LibraryName):
        path = _ONCE.get(wanted.path, wanted.path)
        return path == f"builtins.{type(value.value).__name__}" if path.startswith("builtins.") else None
    return None


def _isclass(machine: Machine, arguments: Arguments, origin: Origin) -> Value | None:
    known = _is_class(machine, arguments.positional[0]) if arguments.positional else None
    return None if known is None else Literal(known)


def _is_class(machine: Machine, value: Value) -> bool | None:
    """Whether a value is a class; None when that is not known."""
    if isinstance(value, LibraryName):
        row = machine.catalog.row(value.path)
        return True if isinstance(row, Layer | Base) else False if isinstance(row, Function) else None
    if isinstance(value, UserClass):
        return True
    known = isinstance(value, Literal | Container | UserFunction | UserObject | LibraryObject | Tensor)
    return False if known else None


_CLASS: Final = LibraryName("builtins.type")
_ONCE: Final = {"builtins.basestring": "builtins.str", "six.string_types": "builtins.str"}
"""What a class was called while Python 2 was about."""


def _all_known(machine: Machine, order: list[Value]) -> bool:
    return all(
        isinstance(each, UserClass) or (isinstance(each, LibraryName) and machine.catalog.row(each.path))
        for each in order
    )


def _sequence(shape: str) -> _Builtin:
    def convert(machine: Machine, arguments: Arguments, origin: Origin) -> Value | None:
        if not arguments.positional:
            return containers.make(machine, shape, Items())
        items = tuple(Item(value, many) for value, many in containers.walk(machine, arguments.positional[0]))
        return containers.make(machine, shape, Items(items))

    return convert


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
        else:
            return None
    entries.update(arguments.keywords)
    return containers.make(machine, "dict", Entries(entries, rest))


def _zip(machine: Machine, arguments: Arguments, origin: Origin) -> Value | None:
    exact = [containers.exact_items(machine, value) for value in arguments.positional]
    if exact and all(each is not None for each in exact):
        rows = zip(*(each or [] for each in exact), strict=False)
        tuples = [containers.make(machine, "tuple", Items(tuple(Item(value) for value in row))) for row in rows]
        return containers.make(machine, "list", Items(tuple(Item(each) for each in tuples)))
    row = tuple(Item(containers.element(machine, value)) for value in arguments.positional)
    only = containers.make(machine, "tuple", Items(row))
    return containers.make(machine, "list", Items((Item(only, many=True),)))


def _enumerate(machine: Machine, arguments: Arguments, origin: Origin) -> Value | None:
    items: list[Item] = []
    start = arguments.positional[1:] or tuple(arguments.keywords.values())
    for position, (value, many) in enumerate(
        containers.walk(machine, arguments.positional[0]) if arguments.positional else ()
    ):
        exact = not many and not start and all(not item.many for item in items)
        index = Literal(position) if exact else machine.count("a position", origin)
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
    values = containers.exact_items(machine, arguments.positional[0]) if arguments.positional else None
    return Literal(len(values)) if values is not None else None


def _reversed(machine: Machine, arguments: Arguments, origin: Origin) -> Value | None:
    held = containers.contents_of(machine, arguments.positional[0]) if arguments.positional else None
    return containers.make(machine, "list", Items(held.items[::-1])) if isinstance(held, Items) else None


def _first(machine: Machine, arguments: Arguments, origin: Origin) -> Value | None:
    return containers.element(machine, arguments.positional[0]) if arguments.positional else None


def _same(machine: Machine, arguments: Arguments, origin: Origin) -> Value | None:
    return arguments.positional[0] if arguments.positional else None


def _copied(machine: Machine, arguments: Arguments, origin: Origin) -> Value | None:
    """A copy of an object or a container, with copies of what it holds: changes to one are not seen in the other."""
    if not arguments.positional:
        return None
    return _copy(machine, arguments.positional[0], machine.cells(), {})


def _copy(
    machine: Machine, value: Value, cells: Callable[[int], Mapping[str, Stored]], copies: dict[int, Value]
) -> Value:
    if not isinstance(value, Container | LibraryObject | UserObject):
        return value
    if value.place not in copies:
        copy = copies[value.place] = replace(value, place=machine.fresh())
        for name, held in cells(value.place).items():
            machine.write(copy.place, name, _copy_held(machine, held, cells, copies), local=True)
    return copies[value.place]


def _copy_held(
    machine: Machine, held: Stored, cells: Callable[[int], Mapping[str, Stored]], copies: dict[int, Value]
) -> Stored:
    if isinstance(held, Items):
        return Items(tuple(Item(_copy(machine, item.value, cells, copies), item.many) for item in held.items))
    if isinstance(held, Entries):
        entries = {key: _copy(machine, each, cells, copies) for key, each in held.entries.items()}
        return Entries(entries, held.rest)
    return _copy(machine, held, cells, copies)


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


def _type(machine: Machine, arguments: Arguments, origin: Origin) -> Value | None:
    value = arguments.positional[0] if len(arguments.positional) == 1 else None
    return value.cls if isinstance(value, UserObject) else None


def _hasattr(machine: Machine, arguments: Arguments, origin: Origin) -> Value | None:
    value, name = arguments.positional[:2] if len(arguments.positional) == 2 else (None, None)
    if not isinstance(name, Literal) or not isinstance(name.value, str):
        return None
    if isinstance(value, Literal):
        return Literal(hasattr(value.value, name.value))
    if name.value == "__call__" and value is not None and _is_callable(machine, value):
        return Literal(True)
    if isinstance(value, UserObject):
        known = machine.read(value.place, name.value) is not None
        if known or attributes.class_attribute(machine, value.cls, name.value) is not None:
            return Literal(True)
    return None


def _is_callable(machine: Machine, value: Value) -> bool:
    """Whether a value is certain to be a function, or a class."""
    row = machine.catalog.row(value.path) if isinstance(value, LibraryName) else None
    return isinstance(value, UserFunction | UserClass | Partial) or isinstance(row, Function | SameAs | Layer)


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
    return containers.make(machine, "dict", Entries(entries, machine.unknown("another global", origin)))


_FUNCTIONS: Final[dict[str, _Builtin]] = {
    "builtins.globals": _globals,
    "builtins.vars": _vars,
    "builtins.__import__": dynamic.import_module,
    "importlib.import_module": dynamic.import_module,
    "builtins.getattr": _getattr,
    "builtins.setattr": _setattr,
    "builtins.hasattr": _hasattr,
    "builtins.isinstance": _isinstance,
    "inspect.isclass": _isclass,
    "builtins.list": _sequence("list"),
    "builtins.tuple": _sequence("tuple"),
    "builtins.set": _sequence("set"),
    "builtins.sorted": _sequence("list"),
    "builtins.dict": _dict,
    "collections.OrderedDict": _dict,
    "builtins.zip": _zip,
    "builtins.enumerate": _enumerate,
    "builtins.range": _range,
    "builtins.len": _len,
    "builtins.reversed": _reversed,
    "builtins.next": _first,
    "builtins.iter": _same,
    "builtins.map": _map,
    "builtins.type": _type,
    "copy.copy": _copied,
    "copy.deepcopy": _copied,
    "collections.namedtuple": objects.named_tuple,
    "typing.NamedTuple": objects.named_tuple,
    "functools.partial": _partial,
    "itertools.chain": _chain,
}
