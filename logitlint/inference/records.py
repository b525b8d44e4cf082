"""Classes whose annotated attributes are what their constructor takes: data classes, named tuples, modules of Flax.

What a data class does is documented at https://docs.python.org/3/library/dataclasses.html.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import msgspec

from logitlint.frameworks.vocabulary import Base
from logitlint.inference import attributes, containers
from logitlint.inference.ancestry import mro
from logitlint.inference.forks import forked
from logitlint.inference.frames import Frame
from logitlint.inference.machine import Machine
from logitlint.inference.signature import Arguments
from logitlint.inference.store import CONTENTS, Entries, Item, Items
from logitlint.inference.values import LibraryName, Literal, Origin, UserClass, UserObject, Value
from logitlint.lowering import ir

_AFTERS: Final = ("__post_init__", "__attrs_post_init__")
"""What a data class, and one of attrs (https://www.attrs.org/en/stable/init.html), runs once its fields are filled."""
_MAKES: Final = "__makes_init__"
"""The cell of a class that says whether a decorator makes its constructor: by the name of what that runs once the
fields are filled, or None where that is not known.
"""
_DECORATOR: Final = "dataclass"
"""The last word of what makes one: `dataclasses.dataclass`, `flax.struct.dataclass`, `chex.dataclass`."""
_ATTRS: Final = ("attr.", "attrs.")
"""The libraries every decorator of which makes a constructor."""
_NAMED_TUPLE: Final = LibraryName("typing.NamedTuple")


class _Field(msgspec.Struct, frozen=True):
    """An annotated attribute.

    given
        Whether the constructor takes it.
    only
        Whether it is only handed to `__post_init__` (`InitVar`), and no attribute of the instance.
    converted
        Whether something else is made of what the constructor is given: ``attrs.field(converter=torch.log)``.
    """

    name: str
    given: bool
    only: bool
    converted: bool


def note_decorator(machine: Machine, frame: Frame, cls: UserClass, node: ir.Expression, applied: Value | None) -> None:
    """Note whether a decorator, which gave `applied` when it was evaluated, makes the constructor of a class."""
    made = machine.evaluate(machine, frame, node.callee) if isinstance(node, ir.Call) else applied
    if not isinstance(made, LibraryName):
        machine.write(cls.place, _MAKES, Literal(None))
    elif isinstance(node, ir.Call) and _is_refused(node):
        return
    elif made.path.startswith(_ATTRS):
        machine.write(cls.place, _MAKES, Literal(_AFTERS[1]))
    elif made.path.rpartition(".")[2] == _DECORATOR:
        machine.write(cls.place, _MAKES, Literal(_AFTERS[0]))


def _is_refused(node: ir.Call) -> bool:
    """Whether a call says ``init=False``."""
    values = [each.value for each in node.arguments if each.keyword == "init"]
    return any(isinstance(value, ir.Constant) and value.value is False for value in values)


def fill(machine: Machine, instance: UserObject, arguments: Arguments, origin: Origin) -> None:
    """Make the annotated attributes of the arguments, or of what they have in the class, and run what comes after.

    A class of which it is not known whether its constructor is made may or may not run `__post_init__`.
    """
    given = _given(machine, instance, arguments, origin)
    makes = _makes(machine, instance.cls)
    runs = [name for name in _AFTERS if attributes.class_attribute(machine, instance.cls, name) is not None]
    runs = [name for name in runs if makes in (None, name)]
    if not runs:
        return
    handed = Arguments(
        tuple(given[each.name] for each in _fields(machine, instance.cls) if each.only and each.name in given)
    )
    after = attributes.get(machine, instance, runs[0], origin)
    with forked(machine, certain=makes is not None):
        machine.call(machine, after, handed, origin)


def _makes(machine: Machine, cls: UserClass) -> str | None:
    """What the constructor that is made for a class runs at its end: "" where none is made, None where that is not
    known.
    """
    order = mro(machine, cls)
    base = attributes.library_base(machine, cls)
    if isinstance(base, Base) and base.fields:
        return _AFTERS[0]
    if _NAMED_TUPLE in order:
        return ""
    made = [machine.read(each.place, _MAKES) for each in order if isinstance(each, UserClass)]
    if (known := next((name for name in _AFTERS if Literal(name) in made), None)) is not None:
        return known
    unseen = any(not isinstance(each, UserClass | LibraryName) for each in order)
    return None if unseen or Literal(None) in made else ""


def _given(machine: Machine, instance: UserObject, arguments: Arguments, origin: Origin) -> dict[str, Value]:
    """The values of the fields, by name, which become attributes."""
    names = _fields(machine, instance.cls)
    taken = [each.name for each in names if each.given]
    given = {**dict(zip(taken, arguments.positional, strict=False)), **arguments.keywords}
    for each in names:
        default = attributes.class_attribute(machine, instance.cls, each.name)
        if each.name not in given and arguments.open and each.given:
            given[each.name] = machine.unknown(f"the field `{each.name}`, which may be given", origin)
        elif each.name not in given and default is not None:
            given[each.name] = default[0]
        if each.converted:
            given[each.name] = machine.unknown(f"what the field `{each.name}` is converted to", origin)
        if each.name in given and not each.only:
            attributes.put(machine, instance, each.name, given[each.name])
        elif each.only and each.name not in given:
            given[each.name] = machine.unknown(f"the field `{each.name}`", origin)
    if _NAMED_TUPLE in mro(machine, instance.cls):
        missing = machine.unknown("a field that is not known", None)
        held = [machine.read(instance.place, each.name) for each in names]
        values = [missing if each is None or isinstance(each, Items | Entries) else each for each in held]
        machine.write(instance.place, CONTENTS, Items(tuple(map(Item, values))))
    return given


def fields(machine: Machine, cls: UserClass) -> list[str]:
    """The annotated attributes of a class, those of the classes it derives from first."""
    return [each.name for each in _fields(machine, cls)]


def _fields(machine: Machine, cls: UserClass) -> list[_Field]:
    order = [each for each in mro(machine, cls) if isinstance(each, UserClass)]
    return list({field.name: field for each in reversed(order) for field in _annotated(each)}.values())


def _annotated(cls: UserClass) -> Iterator[_Field]:
    for statement in cls.node.body:
        if not isinstance(statement, ir.Assign) or statement.annotation is None:
            continue
        target, value = statement.targets[0], statement.value
        if isinstance(target, ir.Name) and (word := _word(statement.annotation)) != "ClassVar":
            described = value if isinstance(value, ir.Call) else None
            refused = described is not None and _is_refused(described)
            converted = described is not None and any(each.keyword == "converter" for each in described.arguments)
            yield _Field(target.name, not refused, word == "InitVar", converted)


def _word(annotation: ir.Expression) -> str:
    """The last word of what an annotation begins with: ``dataclasses.InitVar[bool]``."""
    if isinstance(annotation, ir.Constant) and isinstance(annotation.value, str):
        return annotation.value.partition("[")[0].rpartition(".")[2].strip()
    head = annotation.value if isinstance(annotation, ir.Index) else annotation
    return head.name if isinstance(head, ir.Name | ir.Attribute) else ""


def named_tuple(machine: Machine, arguments: Arguments, origin: Origin) -> Value | None:
    """``namedtuple("Out", "logits probs")``: the class it makes; None where its fields are not written out."""
    if len(arguments.positional) != 2:
        return None
    title, fields = arguments.positional
    if isinstance(fields, Literal) and isinstance(fields.value, str):
        names: list[object] = list(fields.value.replace(",", " ").split())
    else:
        held = containers.exact_items(machine, fields)
        pairs = [containers.exact_items(machine, each) or [each] for each in held or ()]
        names = [pair[0].value if isinstance(pair[0], Literal) else None for pair in pairs]
    words = [name for name in names if isinstance(name, str)]
    if not words or len(words) < len(names) or not isinstance(title, Literal):
        return None
    nothing = ir.Opaque(origin.node, ())
    body = tuple(ir.Assign(origin.node, (ir.Name(origin.node, word),), None, nothing, None, False) for word in words)
    cls = UserClass(origin.file, ir.Class(origin.node, str(title.value), (), body, ()), machine.fresh())
    machine.bases[cls.place] = (_NAMED_TUPLE,)
    return cls
