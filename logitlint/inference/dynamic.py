"""Names made while the program runs: modules imported by name, and names looked up in a module as in a dict."""

from __future__ import annotations

from collections.abc import Mapping

from logitlint.inference import attributes
from logitlint.inference.containers import choose
from logitlint.inference.joining import MOST_OPTIONS
from logitlint.inference.machine import Machine
from logitlint.inference.signature import Arguments
from logitlint.inference.values import (
    LibraryName,
    Literal,
    Origin,
    Unknown,
    UserClass,
    UserFunction,
    UserModule,
    Value,
)


def import_module(machine: Machine, arguments: Arguments, origin: Origin) -> Value | None:
    """``importlib.import_module("package.module")``; where only the package is known, one of its modules.

    A module that the text of the file does not name is none: what is found in a file depends on what it names.
    """
    if not arguments.positional:
        return None
    known = machine.sieve.imports(origin.file)
    name = arguments.positional[0]
    if isinstance(name, Literal) and isinstance(name.value, str):
        dotted = name.value.lstrip(".")
        file = machine.project.find(dotted, origin.file, len(name.value) - len(dotted))
        if file is None:
            return LibraryName(dotted)
        return UserModule(file) if file in known else None
    if not isinstance(name, Unknown) or name.number not in machine.asides.ends:
        return None
    start, end = machine.asides.ends[name.number]
    package, _, begins = start.rpartition(".")
    modules = machine.project.modules(package, origin.file) if package else {}
    fitting = {each: file for each, file in modules.items() if each.startswith(begins) and each.endswith(end)}
    found: dict[str, Value] = {each: UserModule(file) for each, file in fitting.items() if file in known}
    return _one_of(machine, found, name)


def named(machine: Machine, module: UserModule, name: Value, origin: Origin) -> Value | None:
    """``getattr(module, name)``, ``module.__dict__[name]``; None when nothing is known of the name."""
    if isinstance(name, Literal):
        return attributes.get(machine, module, name.value, origin) if isinstance(name.value, str) else None
    start, end = machine.asides.ends.get(name.number, ("", "")) if isinstance(name, Unknown) else ("", "")
    outline = machine.project.outline(module.file)
    names = [*outline.classes, *(each for each in outline.values if each), *outline.imports]
    for star in outline.stars:
        found = machine.project.find(star.module, module.file, star.level)
        more = machine.project.outline(found) if found is not None else None
        names += [*more.classes, *more.values] if more is not None else []
    wanted = [each for each in dict.fromkeys(names) if each.startswith(start) and each.endswith(end)]
    held: dict[str, Value] = {}
    for each in wanted:
        value = attributes.get(machine, module, each, origin) if each and not each.startswith("_") else None
        if isinstance(value, UserClass | UserFunction) and value not in held.values():
            held[each] = value
        if len(held) > MOST_OPTIONS:
            return None
    return _one_of(machine, held, name)


def _one_of(machine: Machine, held: Mapping[str, Value], name: Value) -> Value | None:
    return choose(machine, list(held.items()), name) if held else None
