"""What a program asks about a value: `isinstance`, `hasattr`, `type`. Of what is not known, none is answered."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from typing import Final

from logitlint.frameworks.vocabulary import Base, Function, Layer, SameAs
from logitlint.inference import attributes, containers
from logitlint.inference.ancestry import mro
from logitlint.inference.handed import is_layer, is_model
from logitlint.inference.machine import Machine
from logitlint.inference.parts import tells
from logitlint.inference.signature import Arguments
from logitlint.inference.values import (
    Container,
    LibraryName,
    LibraryObject,
    Literal,
    Origin,
    Partial,
    Tensor,
    Unknown,
    UserClass,
    UserFunction,
    UserObject,
    Value,
)

_CLASS: Final = LibraryName("builtins.type")
_ASKING: Final = frozenset(f"builtins.{name}" for name in ("hasattr", "isinstance", "repr", "str", "type"))
"""The functions of Python that tell of which class a layer is, or what it has."""
_ONCE: Final = {"builtins.basestring": "builtins.str", "six.string_types": "builtins.str"}
"""What a class was called while Python 2 was about."""


def isinstance_(machine: Machine, arguments: Arguments, origin: Origin) -> Value | None:
    """``isinstance(x, T)``, ``isinstance(x, (T, U))``; None where that is not known."""
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
        return is_class(machine, value)
    if isinstance(value, UserClass | UserFunction | LibraryName):
        return False if _is_no_class_of_classes(machine, value, wanted) else None
    if isinstance(value, LibraryObject) and isinstance(wanted, LibraryName):
        row = machine.catalog.row(wanted.path)
        return row is value.row if isinstance(row, Layer) else None
    if isinstance(value, UserObject):
        order = mro(machine, value.cls)
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
    if isinstance(value, Literal | Tensor | Container) and _is_known(machine, wanted):
        return False
    if isinstance(value, Literal) and isinstance(wanted, LibraryName):
        path = _ONCE.get(wanted.path, wanted.path)
        return path == f"builtins.{type(value.value).__name__}" if path.startswith("builtins.") else None
    return None


def _is_known(machine: Machine, wanted: Value) -> bool:
    """Whether a class is a library's layer, or one of the program that derives from such."""
    if isinstance(wanted, UserClass):
        return isinstance(attributes.library_base(machine, wanted), Base | Layer)
    return isinstance(wanted, LibraryName) and isinstance(machine.catalog.row(wanted.path), Base | Layer)


def _is_no_class_of_classes(machine: Machine, value: Value, wanted: Value) -> bool:
    """Whether a class of the program, a function or a class of a library is certain to be no instance of a class.

    Only metaclasses, and what Python itself says of classes and functions, are asked of such; a class of a library for
    models is neither.
    """
    if isinstance(value, LibraryName) and not isinstance(machine.catalog.row(value.path), Layer | Base | Function):
        return False
    if isinstance(wanted, UserClass):
        return _all_known(machine, mro(machine, wanted))
    if not isinstance(wanted, LibraryName):
        return False
    root, _, name = wanted.path.partition(".")
    return name not in ("type", "object") if root == "builtins" else root not in sys.stdlib_module_names


def isclass_(machine: Machine, arguments: Arguments, origin: Origin) -> Value | None:
    """``inspect.isclass(x)``; None where that is not known."""
    known = is_class(machine, arguments.positional[0]) if arguments.positional else None
    return None if known is None else Literal(known)


def is_class(machine: Machine, value: Value) -> bool | None:
    """Whether a value is a class; None when that is not known."""
    if isinstance(value, LibraryName):
        row = machine.catalog.row(value.path)
        return True if isinstance(row, Layer | Base) else False if isinstance(row, Function) else None
    if isinstance(value, UserClass):
        return True
    known = isinstance(value, Literal | Container | UserFunction | UserObject | LibraryObject | Tensor)
    return False if known else None


def _all_known(machine: Machine, order: Iterable[Value]) -> bool:
    return all(
        isinstance(each, UserClass) or (isinstance(each, LibraryName) and machine.catalog.row(each.path))
        for each in order
    )


def type_(machine: Machine, arguments: Arguments, origin: Origin) -> Value | None:
    """``type(x)``, of an object of the program, or of a class of the tables."""
    value = arguments.positional[0] if len(arguments.positional) == 1 else None
    if isinstance(value, LibraryObject):
        return LibraryName(value.row.name)
    return value.cls if isinstance(value, UserObject) else None


def is_one_class(machine: Machine, one: Value, two: Value) -> bool | None:
    """Whether two classes are the same; None for what is not known, or no class of layers."""
    if not (_is_known(machine, one) and _is_known(machine, two)):
        return None
    if isinstance(one, LibraryName) and isinstance(two, LibraryName):
        return machine.catalog.row(one.path) is machine.catalog.row(two.path)
    return isinstance(one, UserClass) and isinstance(two, UserClass) and one.place == two.place


def hasattr_(machine: Machine, arguments: Arguments, origin: Origin) -> Value | None:
    """``hasattr(x, "name")``; None where that is not known."""
    value, name = arguments.positional[:2] if len(arguments.positional) == 2 else (None, None)
    if not isinstance(name, Literal) or not isinstance(name.value, str):
        return None
    if isinstance(value, Literal):
        return Literal(hasattr(value.value, name.value))
    if name.value == "__call__" and value is not None and _is_callable(machine, value):
        return Literal(True)
    if isinstance(value, UserObject):
        held = machine.read(value.place, name.value)
        if isinstance(held, Unknown) and held.number in machine.altered.doubtful:
            return None
        if held is not None or attributes.class_attribute(machine, value.cls, name.value) is not None:
            return Literal(True)
    return None


def asks_of_model(machine: Machine, function: LibraryName, arguments: Arguments) -> bool:
    """Whether a builtin function, which gives what is not known, is asked about a model or its parts."""
    asked = function.path in _ASKING
    return function.path.startswith("builtins.") and any(
        tells(machine, value) or (asked and (is_layer(value) or is_model(machine, value)))
        for value in arguments.positional
    )


def callable_(machine: Machine, arguments: Arguments, origin: Origin) -> Value | None:
    """``callable(x)``; None where that is not known."""
    value = arguments.positional[0] if len(arguments.positional) == 1 else None
    if isinstance(value, Tensor | Literal | Container):
        return Literal(False)
    is_layer = isinstance(value, LibraryObject) and (value.row.call is not None or value.row.holds is not None)
    return Literal(True) if is_layer or (value is not None and _is_callable(machine, value)) else None


def _is_callable(machine: Machine, value: Value) -> bool:
    """Whether a value is certain to be a function, or a class."""
    row = machine.catalog.row(value.path) if isinstance(value, LibraryName) else None
    return isinstance(value, UserFunction | UserClass | Partial) or isinstance(row, Function | SameAs | Layer)
