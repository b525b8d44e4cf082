"""Modules of the project: run when a name of theirs is first needed, and shared where that changes nothing."""

from __future__ import annotations

import os
from contextlib import suppress
from typing import Final

from logitlint.inference.frames import Frame
from logitlint.inference.imports import Imported
from logitlint.inference.machine import ENDED, Machine
from logitlint.inference.operands import is_spoilt
from logitlint.inference.store import Entries, Items, Stored, values_in
from logitlint.inference.values import Alternatives, LibraryName, Literal, Tensor, Unknown
from logitlint.lowering import ir

MOST_NESTED: Final = 24
"""Imports inside imports that are followed."""


def run_module(machine: Machine, file: str) -> Frame | None:
    """The globals of a module; what it does while it is imported is its own affair. None when it cannot be read."""
    machine.needs.add(file)
    if (frame := machine.modules.get(file)) is not None:
        return frame
    importers = list(machine.importers())
    for importer in importers:
        if file in importer.own:
            machine.depends_on(importer)
            return importer.modules.get(file)
    done = machine.imports.modules.get(file)
    if done is not None and not any(done.needs & importer.own for importer in importers):
        machine.needs |= done.needs
        machine.modules[file] = done.frame
        machine.altered.patched |= done.patched
        return done.frame
    module = machine.project.module(file)
    if module is None:
        return None
    if len(importers) > MOST_NESTED:
        machine.depends_on(importers[-1])
        return None
    return _import(machine, file, module)


def _import(importer: Machine, file: str, module: ir.Module) -> Frame:
    """Run a module that was not run before, or not in a way that others could share."""
    first = next(importer.imports.counter)
    machine = Machine(
        file,
        importer.project,
        importer.catalog,
        importer.sieve,
        importer.evaluate,
        importer.execute,
        importer.call,
        importer.module_runner,
        importer.imports,
        importer,
    )
    frame = run_body(machine, module)
    importer.modules[file] = frame
    importer.needs |= machine.needs
    if machine.is_shared and not _reaches_out(machine, first):
        _share(machine, frame, first)
        importer.altered.patched |= machine.altered.patched
    else:
        _absorb(importer, machine)
    return frame


def run_body(machine: Machine, module: ir.Module) -> Frame:
    """Execute the body of the machine's own file."""
    frame = Frame(machine.fresh(), machine.home, None)
    machine.modules[machine.home] = machine.frames[frame.number] = frame
    title = "__main__" if machine.importer is None else os.path.basename(machine.home).removesuffix(".py")
    machine.write(frame.number, "__name__", Literal(title), local=True)
    cells = machine.project.source(machine.home).cells
    with suppress(*ENDED):
        # Whoever works in a notebook goes on with the next cell, however one has ended.
        for part in ((statement,) for statement in module.body) if cells else (module.body,):
            machine.execute(machine, frame, part)
    frame.returns, frame.exits = [], []
    return frame


def _reaches_out(machine: Machine, first: int) -> bool:
    """Whether a module wrote something that matters into what another module made.

    What says nothing of a model or a loss is not worth a run of its own: a logger that was set up, a flag, a library
    without a table that was imported when it was first needed.
    """
    cells = machine.ground.cells
    foreign = {place for place in {place for place, _ in cells} if machine.imports.is_foreign(abs(place), first)}
    spoilt = machine.altered.spoilt.values()
    if any(machine.imports.is_foreign(each.number, first) for each in spoilt):
        return True
    if spoilt and any(_is_spoilt(machine, value) for value in cells.values()):
        return True
    return bool(foreign) and any(_matters(machine, value) for (place, _), value in cells.items() if place in foreign)


def _is_spoilt(machine: Machine, stored: Stored) -> bool:
    """Whether something holds a tensor that was changed in place: who imports it has to know."""
    if isinstance(stored, Alternatives):
        return any(_is_spoilt(machine, option.value) for option in stored.options)
    if isinstance(stored, Items | Entries):
        return any(_is_spoilt(machine, value) for value in values_in(stored))
    return isinstance(stored, Tensor) and is_spoilt(machine, stored)


def _matters(machine: Machine, stored: Stored) -> bool:
    return any(
        value.path.partition(".")[0] in machine.catalog.libraries
        if isinstance(value, LibraryName)
        else not isinstance(value, Unknown | Literal)
        for value in values_in(stored)
    )


def _share(machine: Machine, frame: Frame, first: int) -> None:
    imports = machine.imports
    imports.ground.cells.update(
        (cell, value) for cell, value in machine.ground.cells.items() if not imports.is_foreign(abs(cell[0]), first)
    )
    imports.frames.update(machine.frames)
    imports.bases.update(machine.bases)
    patched = frozenset(machine.altered.patched)
    imports.share(machine.home, Imported(frame, frozenset(machine.needs), patched), first)


def _absorb(importer: Machine, machine: Machine) -> None:
    """Make the outcome of a run the importer's own."""
    importer.ground.cells.update(machine.ground.cells)
    importer.store.version = object()
    importer.frames.update(machine.frames)
    importer.bases.update(machine.bases)
    importer.altered.add(machine.altered)
    importer.entered |= machine.entered
    for place, names in machine.given.items():
        importer.given.setdefault(place, set()).update(names)
    importer.nested += machine.nested
    importer.own |= machine.own
    importer.modules.update((file, machine.modules[file]) for file in machine.own)
    for instances in machine.instances:
        importer.instances.setdefault(instances, []).extend(machine.instances[instances])
    for cls in machine.subclassed:
        importer.subclassed.setdefault(cls, []).extend(machine.subclassed[cls])
