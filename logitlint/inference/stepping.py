"""The steps of an object that a library runs when it is handed one: ``trainer.fit(module)``."""

from __future__ import annotations

from logitlint.frameworks.vocabulary import Base
from logitlint.inference import attributes
from logitlint.inference.machine import Machine
from logitlint.inference.signature import Arguments
from logitlint.inference.steps import Step
from logitlint.inference.values import Origin, UserFunction, UserObject


def note_steps(machine: Machine, name: str, arguments: Arguments, origin: Origin) -> None:
    """Note what a method of something unknown runs of an object that another file's class makes.

    Objects of the file's own classes are known where their methods are judged.
    """
    for value in (*arguments.positional, *arguments.keywords.values()):
        if not isinstance(value, UserObject) or value.cls.file == machine.home:
            continue
        base = attributes.library_base(machine, value.cls)
        steps = base.stepped_by.get(name, ()) if isinstance(base, Base) else ()
        found = [attributes.class_attribute(machine, value.cls, step) for step in steps]
        methods = [each[0] for each in found if each is not None and isinstance(each[0], UserFunction)]
        if methods:
            store = machine.store.copy(machine.imports.ground)
            machine.stepped += [Step(value, method, store, machine.path, origin) for method in methods]
