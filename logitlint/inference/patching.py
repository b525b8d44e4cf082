"""What tests put in the place of something for a while: from then on nobody knows what is there.

`unittest.mock.patch` in its forms (https://docs.python.org/3/library/unittest.mock.html#the-patchers), the same of
pytest-mock, and pytest's `monkeypatch`: with a block, a decorator or a fixture, that is, wherever it ends.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from logitlint.inference import attributes, reflection
from logitlint.inference.forks import unsettle
from logitlint.inference.machine import Machine
from logitlint.inference.signature import Arguments
from logitlint.inference.store import CONTENTS
from logitlint.inference.values import Bound, Container, LibraryName, Literal, Origin, UserModule, Value

_WORDS: Final = "what a test puts there"
_Form = Callable[[Machine, Arguments, Origin], None]


def patch(machine: Machine, callee: Bound, arguments: Arguments, origin: Origin) -> None:
    """A method of something that is not known: whether it is one that puts something else in a place."""
    path = callee.name
    if isinstance(callee.receiver, Bound):
        path = f"{callee.receiver.name}.{path}"
    form = _FORMS.get(path) or _FORMS.get(callee.name)
    if form is not None:
        form(machine, arguments, origin)


def mocked(form: _Form) -> Callable[[Machine, Arguments, Origin], Value | None]:
    """A function of `unittest.mock`, of which only what it changes is followed."""

    def call(machine: Machine, arguments: Arguments, origin: Origin) -> Value | None:
        form(machine, arguments, origin)
        return machine.unknown("what a test puts in the place of something", origin)

    return call


def by_path(machine: Machine, arguments: Arguments, origin: Origin) -> None:
    """``patch("package.module.name")``."""
    given = arguments.positional[0] if arguments.positional else None
    words = given.value.split(".") if isinstance(given, Literal) and isinstance(given.value, str) else []
    if len(words) < 2:
        return
    file = machine.project.find(words[0], origin.file)
    target: Value = UserModule(file) if file is not None else LibraryName(words[0])
    for word in words[1:-1]:
        target = attributes.get(machine, target, word, origin)
    _put(machine, target, Literal(words[-1]), origin)


def of_object(machine: Machine, arguments: Arguments, origin: Origin) -> None:
    """``patch.object(target, "name")``, ``monkeypatch.setattr(target, "name", value)``."""
    given = arguments.positional
    if len(given) > 1 and not isinstance(given[0], Literal):
        _put(machine, given[0], given[1], origin)
    else:
        by_path(machine, arguments, origin)


def of_several(machine: Machine, arguments: Arguments, origin: Origin) -> None:
    """``patch.multiple(target, name=value)``."""
    for name in arguments.keywords if arguments.positional else ():
        _put(machine, arguments.positional[0], Literal(name), origin)


def of_dict(machine: Machine, arguments: Arguments, origin: Origin) -> None:
    """``patch.dict(target, key=value)``, ``monkeypatch.setitem(target, key, value)``."""
    for target in arguments.positional[:1]:
        if isinstance(target, Container):
            unsettle(machine, [(target.place, CONTENTS)], _WORDS, origin)


def _put(machine: Machine, target: Value, name: Value, origin: Origin) -> None:
    reflection.set_attribute(machine, target, name, machine.unknown(_WORDS, origin), origin)


_FORMS: Final[dict[str, _Form]] = {
    "patch": by_path,
    "patch.object": of_object,
    "patch.multiple": of_several,
    "patch.dict": of_dict,
    "setattr": of_object,
    "delattr": of_object,
    "setitem": of_dict,
    "delitem": of_dict,
}
MOCKED: Final = {
    f"{library}.{path}": mocked(form)
    for library in ("unittest.mock", "mock")
    for path, form in _FORMS.items()
    if path.startswith("patch")
}
"""The functions of `unittest.mock` that put something in a place, by their qualified names."""
