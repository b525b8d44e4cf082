"""What a class has from the classes of other files: methods that are judged where it is defined, and what they show."""

from __future__ import annotations

from collections.abc import Iterator

from logitlint.frameworks.vocabulary import Fact, Role, Want
from logitlint.inference import attributes
from logitlint.inference.ancestry import mro
from logitlint.inference.machine import Machine
from logitlint.inference.trace import Use
from logitlint.inference.values import UserClass, UserFunction
from logitlint.lowering import ir


def inherited(machine: Machine, cls: UserClass) -> Iterator[tuple[UserFunction, UserClass]]:
    """The methods that a class has from the classes of other files and nobody calls here, each with its class.

    The step of a trainer or of a model often stands in the class that all others derive from, a file for each: what it
    calls of theirs is known where they are defined.
    """
    for each in mro(machine, cls):
        if not isinstance(each, UserClass) or each.file == cls.file:
            continue
        for node in each.node.body:
            found = attributes.class_attribute(machine, cls, node.name) if isinstance(node, ir.Function) else None
            method, owner = found or (None, None)
            if (
                isinstance(method, UserFunction)
                and owner == each
                and method.binding == "instance"
                and method.node.name != "__init__"
                and (method.file, method.node.origin) not in machine.entered
            ):
                yield method, each


def wanted(uses: list[Use]) -> set[Want | None]:
    """What the losses among some uses want of a prediction."""
    losses = (use for use in uses if use.has(Fact.LOSS))
    return {taken.want for use in losses for taken in use.taken if taken.role is Role.PREDICTION}


def concerns(use: Use, file: str) -> bool:
    """Whether a file has a part in a use made by an inherited method: what it has none in is the base's own affair."""
    pending, seen = [use], {id(use)}
    while pending:
        each = pending.pop()
        # The outermost call is the class itself, from where its methods are judged.
        if file in {origin.file for origin in (each.origin, *each.stack[1:], each.built) if origin is not None}:
            return True
        makers = [maker for taken in each.taken if taken.tensor for maker in taken.tensor.made if id(maker) not in seen]
        seen.update(map(id, makers))
        pending += makers
    return False
