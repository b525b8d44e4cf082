"""The steps of an object that a library's trainer runs when it is handed one: ``trainer.fit(module)``."""

from __future__ import annotations

from logitlint.frameworks.vocabulary import Steps
from logitlint.inference import attributes, containers
from logitlint.inference.machine import Machine
from logitlint.inference.models import CHANGED
from logitlint.inference.parts import parts_of
from logitlint.inference.signature import Arguments, fill, parse
from logitlint.inference.steps import Step
from logitlint.inference.values import LibraryObject, Literal, Origin, UserFunction, UserObject, Value


def note_steps(machine: Machine, trainer: LibraryObject, row: Steps, arguments: Arguments, origin: Origin) -> None:
    """Note what a trainer runs of an object that another file's class makes, where nothing else may change it.

    Objects of the file's own classes are known where their methods are judged.
    """
    filled = fill(parse(row.signature), arguments)
    instance = filled.by_name.get(row.handed)
    if not isinstance(instance, UserObject) or instance.cls.file == machine.home or filled.open:
        return
    if not _runs_alone(machine, trainer, row, instance):
        return
    others = [value for value in filled.by_name.values() if isinstance(value, UserObject) and value is not instance]
    if any(each.place == instance.place for other in others for each in parts_of(machine.cells(), other)):
        return
    own = [machine.read(instance.place, name) for name in (CHANGED, *row.runs)]
    found = [attributes.class_attribute(machine, instance.cls, name) for name in row.runs]
    methods = [each[0] for each in found if each is not None and isinstance(each[0], UserFunction)]
    if methods and not any(each is not None for each in own):
        store = machine.store.copy(machine.imports.ground)
        machine.stepped += [Step(instance, method, store, machine.path, origin) for method in methods]


def _runs_alone(machine: Machine, trainer: LibraryObject, row: Steps, instance: UserObject) -> bool:
    """Whether a trainer runs no code of the program beside the steps, which may change the object."""
    if trainer.open or attributes.class_attribute(machine, instance.cls, row.brings) is not None:
        return False
    beside: Value = trainer.arguments.get(row.beside, Literal(None))
    listed = containers.exact_items(machine, beside)
    each_one = [beside] if listed is None else listed
    return all(value == Literal(None) or isinstance(value, LibraryObject) for value in each_one)
