"""Objects that are made with a model and a function, which they call with what the model gave."""

from __future__ import annotations

from typing import Final

from logitlint.frameworks.vocabulary import Evaluates, Function, Role, Want
from logitlint.inference import attributes
from logitlint.inference.containers import make
from logitlint.inference.machine import Machine
from logitlint.inference.operands import opaque
from logitlint.inference.signature import Arguments, fill, parse
from logitlint.inference.store import Item, Items
from logitlint.inference.trace import Taken, Via
from logitlint.inference.values import LibraryObject, Literal, Origin, Tensor, UserFunction, Value
from logitlint.lowering import ir

_PATHS: Final = (".", "/", "~")
"""How the names of folders begin, in which a program stored what it made."""


def evaluate_with(machine: Machine, row: Evaluates, arguments: Arguments, origin: Origin) -> None:
    """Let the model's own loss read what it gives, and the function be called with it.

    Nothing is done where the loss is not known: what the function is given may then be anything.
    """
    filled = fill(parse(row.signature), arguments)
    model, function = filled.by_name.get(row.model), filled.by_name.get(row.function)
    if filled.open or not isinstance(model, LibraryObject) or not isinstance(function, UserFunction):
        return
    if any(filled.by_name.get(name, Literal(None)) != Literal(None) for name in row.unless):
        return
    if any(_sets(machine, file, row.unless | {row.task}) for file in {origin.file, machine.home}):
        return
    loss = machine.catalog.row(_loss_of(row, model) or "")
    inputs = machine.unknown("the input of the model", origin)
    answer = opaque(machine, machine.call(machine, model, Arguments((inputs,)), origin))
    scores = attributes.get(machine, answer, row.scores, origin)
    if not isinstance(loss, Function) or not isinstance(scores, Tensor):
        return
    parameter, want = next((name, each.want) for name, each in loss.takes.items() if each.role is Role.PREDICTION)
    taken = Taken(parameter, Role.PREDICTION, want if isinstance(want, Want) else None, scores)
    machine.use(loss, Via.HANDED, (taken,), {parameter: scores}, origin)
    held: tuple[Value, ...] = (scores, machine.unknown("the labels", origin))
    given = make(machine, "tuple", Items(tuple(map(Item, held))))
    for name, value in zip(row.fields, held, strict=True):
        machine.write(given.place, name, value, local=True)
    machine.call(machine, function, Arguments((given,)), origin)


def _sets(machine: Machine, file: str, names: frozenset[str]) -> bool:
    """Whether a file sets an attribute of one of some names: ``trainer.preprocess_logits_for_metrics = squash``."""
    module = machine.project.module(file)
    found = ir.nodes(module.body) if module is not None else ()
    targets = (target for node in found if isinstance(node, ir.Assign) for target in node.targets)
    return any(isinstance(target, ir.Attribute) and target.name in names for target in targets)


def _loss_of(row: Evaluates, model: LibraryObject) -> str | None:
    """The name of the loss that a model computes of its scores, as it was made; None where that is not known."""
    if model.open:
        return None
    task, classes = model.arguments.get(row.task), model.arguments.get(row.classes)
    if task is not None:
        return row.losses.get(task.value) if isinstance(task, Literal) and isinstance(task.value, str) else None
    where = model.arguments.get(row.stored)
    if not isinstance(where, Literal) or not isinstance(where.value, str) or where.value.startswith(_PATHS):
        return None
    several = isinstance(classes, Literal) and isinstance(classes.value, int) and classes.value > 1
    return row.losses[None] if several else None
