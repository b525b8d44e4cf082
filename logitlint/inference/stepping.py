"""The steps of an object that a library's trainer runs when it is handed one: ``trainer.fit(module)``."""

from __future__ import annotations

from collections.abc import Collection

from logitlint.frameworks.vocabulary import Steps
from logitlint.inference import attributes, containers
from logitlint.inference.machine import Machine
from logitlint.inference.models import CHANGED
from logitlint.inference.parts import parts_of
from logitlint.inference.signature import Arguments, fill, parse
from logitlint.inference.steps import Step
from logitlint.inference.values import LibraryObject, Literal, Origin, UserFunction, UserObject, Value

_COMPUTING = "__getattr__"


def note_steps(machine: Machine, trainer: LibraryObject, row: Steps, arguments: Arguments, origin: Origin) -> None:
    """Note what a trainer runs of an object that another file's class makes, the first time that one runs anything.

    Whatever was run then may have changed the object. Objects of the file's own classes are known where their methods
    are judged.
    """
    filled = fill(parse(row.signature), arguments)
    instance = filled.by_name.get(row.handed)
    if not isinstance(instance, UserObject) or instance.cls.file == machine.home or instance.place in machine.stepped:
        return
    found = [attributes.class_attribute(machine, instance.cls, name) for name in row.runs]
    methods = tuple(each[0] for each in found if each is not None and isinstance(each[0], UserFunction))
    others = [value for value in filled.by_name.values() if value is not instance]
    is_known = (
        not filled.open
        and _runs_alone(machine, trainer, row, instance)
        and _is_as_its_class_says(machine, instance, row)
        and not _is_held(machine, instance, others)
    )
    if not is_known:
        machine.stepped[instance.place] = None
    elif methods:
        store = machine.store.copy(machine.imports.ground)
        machine.stepped[instance.place] = Step(instance, methods, store, machine.path, origin)


def _runs_alone(machine: Machine, trainer: LibraryObject, row: Steps, instance: UserObject) -> bool:
    """Whether a trainer runs no code of the program beside the steps, which may change the object."""
    if trainer.open or attributes.class_attribute(machine, instance.cls, row.brings) is not None:
        return False
    if machine.read(trainer.place, row.beside) is not None:
        return False
    beside: Value = trainer.arguments.get(row.beside, Literal(None))
    listed = containers.exact_items(machine, beside)
    each_one = [beside] if listed is None else listed
    return all(value == Literal(None) or isinstance(value, LibraryObject) for value in each_one)


def _is_as_its_class_says(machine: Machine, instance: UserObject, row: Steps) -> bool:
    """Whether no step was put onto the object itself, and what it has is not computed."""
    own = [machine.read(instance.place, name) for name in (CHANGED, *row.runs)]
    return own == [None] * len(own) and attributes.class_attribute(machine, instance.cls, _COMPUTING) is None


def _is_held(machine: Machine, instance: UserObject, others: Collection[Value]) -> bool:
    """Whether something else that is handed over holds the object, or a part of it."""
    held = machine.cells()
    own = {each.place for each in parts_of(held, instance)}
    objects = [value for value in others if isinstance(value, UserObject)]
    return any(each.place in own for value in objects for each in parts_of(held, value))
