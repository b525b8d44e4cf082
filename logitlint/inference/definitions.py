"""Functions, classes and imports: the statements that bind what others call."""

from __future__ import annotations

from typing import Final

from msgspec.structs import replace

from logitlint.frameworks.vocabulary import Runs
from logitlint.inference import caching, descriptors, properties
from logitlint.inference.allowances import MOST_DECORATOR_STEPS
from logitlint.inference.attributes import class_attribute, runs
from logitlint.inference.entering import enter, is_manager
from logitlint.inference.expressions import arguments_of, made_here
from logitlint.inference.frames import Frame
from logitlint.inference.machine import Machine
from logitlint.inference.namespaces import STARS, bring, starring
from logitlint.inference.objects import MADE_OTHERWISE
from logitlint.inference.records import note_decorator
from logitlint.inference.signature import Arguments
from logitlint.inference.store import Item, Items
from logitlint.inference.values import (
    Bound,
    Entering,
    LibraryName,
    Literal,
    Origin,
    Partial,
    UserClass,
    UserFunction,
    UserModule,
    UserObject,
    Value,
)
from logitlint.lowering import ir


def function(machine: Machine, frame: Frame, node: ir.Function) -> bool:
    """Bind a function, decorated."""
    if _described(machine, frame, node.name):
        return True
    machine.capture(frame)
    value: Value = made_here(machine, frame, node)
    if frame.scope_only and node.name in _OF_THE_CLASS and isinstance(value, UserFunction):
        value = replace(value, binding="class")
    if frame.parent is not None and not frame.scope_only and isinstance(value, UserFunction):
        machine.nested.append((value, machine.store, machine.path))
    for decorator in reversed(node.decorators):
        value = _decorated(machine, frame, value, decorator)
    machine.write(
        frame.home(node.name).number,
        node.name,
        value,
        local=frame.parent is not None and not frame.scope_only,
    )
    return True


def _described(machine: Machine, frame: Frame, name: str) -> bool:
    """Bind what the user has described as a library's: the description is believed, the body is not looked at."""
    path = machine.catalog.described(frame.file, name) if frame.parent is None else None
    if path is not None:
        machine.write(frame.number, name, LibraryName(path))
    return path is not None


_DISPATCHING: Final = frozenset({"functools.singledispatch", "functools.singledispatchmethod"})
_FOLLOWED: Final = (UserFunction, UserClass, UserObject, Partial)
"""The decorators that are run to see what they make."""
_OF_THE_CLASS: Final = frozenset({"__init_subclass__", "__class_getitem__"})
"""The methods that Python binds to the class, undecorated: https://docs.python.org/3/reference/datamodel.html."""
_PASSES_KEYWORDS_ON: Final = frozenset({LibraryName("abc.ABCMeta"), LibraryName("builtins.type")})
"""The metaclasses from which `__init_subclass__` gets what the class statement says."""
_METACLASS: Final = "__metaclass__"
"""The cell of a class that holds its metaclass, where one is named."""
_BINDINGS: Final = {
    "builtins.staticmethod": "static",
    "builtins.classmethod": "class",
    "builtins.property": "property",
    "functools.cached_property": "cached",
}


def _decorated(machine: Machine, frame: Frame, value: Value, decorator: ir.Expression) -> Value:
    """What a decorator makes of a function: one that cannot be followed is taken to keep it."""
    applied = machine.evaluate(machine, frame, decorator)
    origin = Origin(frame.file, decorator.origin)
    if _runs_what_it_is_given(machine, applied) or caching.is_decorator(applied):
        return machine.call(machine, applied, Arguments((value,)), origin)
    if not isinstance(value, UserFunction):
        return value
    if isinstance(applied, LibraryName) and applied.path in _DISPATCHING:
        return machine.unknown(f"`{value.node.name}`, which runs by the class of what it is given", None)
    if isinstance(applied, Bound) and isinstance(applied.receiver, UserFunction):
        return properties.extended(applied.receiver, applied.name, Arguments((value,))) or value
    if isinstance(applied, LibraryName) and applied.path in _BINDINGS:
        binding = _BINDINGS[applied.path]
        return replace(value, binding=binding)
    if isinstance(applied, LibraryName):
        applied = _bare(machine, frame, applied, decorator)
    if isinstance(applied, Entering):
        scopes = applied.within(value.scopes)
        return replace(value, scopes=scopes)
    if isinstance(applied, _FOLLOWED) and not _enters(machine, applied):
        return _made(machine, applied, value, origin)
    enter(machine, applied, origin)  # at each call
    return value


def _enters(machine: Machine, decorator: Value) -> bool:
    """Whether a decorator is a context manager in which a function is run: no class says what it makes of one."""
    return is_manager(machine, decorator) and not runs(machine, decorator)


def _made(machine: Machine, decorator: Value, value: UserFunction, origin: Origin) -> Value:
    """What a decorator of the program gives for a function, where that is something to call or to read."""
    made: Value | None = None
    with machine.allowance(MOST_DECORATOR_STEPS):
        made = machine.call(machine, decorator, Arguments((value,)), origin)
    if isinstance(made, UserFunction):
        return made
    reads = ("__call__", "__get__")
    if isinstance(made, Partial) or (
        isinstance(made, UserObject) and any(class_attribute(machine, made.cls, name) is not None for name in reads)
    ):
        machine.nested.append((value, machine.store, machine.path))  # it has no name any more
        return made
    return value


def _runs_what_it_is_given(machine: Machine, decorator: Value) -> bool:
    """Whether it is a library's transformation of functions, some of whose arguments may be given already."""
    inner = decorator.function if isinstance(decorator, Partial) else decorator
    return isinstance(inner, LibraryName) and isinstance(machine.catalog.row(inner.path), Runs)


def _applied(machine: Machine, frame: Frame, decorator: ir.Expression) -> Value | None:
    """What a decorator's expression gives; None when that is too much to follow."""
    with machine.allowance(MOST_DECORATOR_STEPS):
        return machine.evaluate(machine, frame, decorator)
    return None


def _bare(machine: Machine, frame: Frame, name: LibraryName, decorator: ir.Expression) -> Value:
    """``@torch.no_grad`` without parentheses is the manager itself."""
    row = machine.catalog.row(name.path)
    if getattr(row, "enters", None) is None:
        return name
    return machine.call(machine, name, Arguments(), Origin(frame.file, decorator.origin))


def class_(machine: Machine, frame: Frame, node: ir.Class) -> bool:
    """Run the body of a class, and bind it."""
    if _described(machine, frame, node.name):
        return True
    place = machine.fresh()
    cls = UserClass(frame.file, node, place)
    said = arguments_of(machine, frame, node.bases)
    bases = said.positional
    machine.bases[place] = tuple(bases)
    for base in bases:
        if isinstance(base, UserClass):
            machine.subclassed.setdefault((base.file, base.node.origin), []).append(cls)
    body = Frame(place, frame.file, frame, owner=cls, scope_only=True)
    machine.frames[place] = body
    machine.execute(machine, body, node.body)
    descriptors.tell_names(machine, cls)
    _shape(machine, cls, said)
    value = cls
    for decorator in reversed(node.decorators):
        applied = _applied(machine, frame, decorator)
        note_decorator(machine, frame, cls, decorator, applied)
        made: Value | None = None
        if isinstance(applied, UserFunction | UserObject | Partial):
            with machine.allowance(MOST_DECORATOR_STEPS):
                made = machine.call(machine, applied, Arguments((value,)), Origin(frame.file, decorator.origin))
        value = made if isinstance(made, UserClass) else value
    before = machine.store.get((frame.number, node.name)) if frame.parent is None else None
    if isinstance(before, UserClass) and before.node is not node and frame.file == machine.home:
        machine.replaced.append((before, machine.store.copy(machine.imports.ground)))
    machine.write(frame.home(node.name).number, node.name, value)
    if frame.parent is not None and not frame.scope_only:
        machine.nested.append((cls, machine.store, machine.path))
    return True


def _shape(machine: Machine, cls: UserClass, said: Arguments) -> None:
    """Let the bases of a class shape it (`__init_subclass__`), and note whether its instances are made otherwise."""
    keywords = dict(said.keywords)
    metaclass = keywords.pop("metaclass", None)
    if metaclass is not None:
        machine.write(cls.place, _METACLASS, metaclass)
        if isinstance(metaclass, UserClass) and class_attribute(machine, metaclass, "__call__") is not None:
            machine.write(cls.place, MADE_OTHERWISE, Literal(True))
    hook = class_attribute(machine, cls, "__init_subclass__", after=cls)
    if hook is not None and isinstance(hook[0], UserFunction):
        origin = Origin(cls.file, cls.node.origin)
        takes = replace(hook[0], receiver=cls, owner=hook[1])
        passed = _passes_keywords_on(machine, cls)
        given = Arguments((), keywords, said.open) if passed else Arguments(open=bool(keywords) or said.open)
        with machine.allowance(MOST_DECORATOR_STEPS):
            machine.call(machine, takes, given, origin)


def _passes_keywords_on(machine: Machine, cls: UserClass) -> bool:
    """Whether the metaclass of a class surely hands the keywords of the class statement to `__init_subclass__`."""
    metaclass = class_attribute(machine, cls, _METACLASS)
    if metaclass is None or metaclass[0] in _PASSES_KEYWORDS_ON:
        return True
    return isinstance(metaclass[0], UserClass) and class_attribute(machine, metaclass[0], "__new__") is None


def import_(machine: Machine, frame: Frame, node: ir.Import) -> bool:
    """Bind a module."""
    name = node.asname or node.module.partition(".")[0]
    path = node.module if node.asname else name
    file = machine.project.find(path, frame.file)
    machine.write(frame.home(name).number, name, UserModule(file) if file is not None else LibraryName(path))
    return True


def import_from(machine: Machine, frame: Frame, node: ir.ImportFrom) -> bool:
    """Bind names of a module."""
    file = machine.project.find(node.module, frame.file, node.level)
    for name, bound in node.names:
        if name == "*":
            source: Value = UserModule(file) if file is not None else LibraryName(node.module)
            if file is None and node.level:
                source = machine.unknown("the module is not found", Origin(frame.file, node.origin))
            machine.write(frame.number, STARS, Items((*starring(machine, frame), Item(source))))
            bring(machine, frame, source)
        elif file == frame.file and (sibling := machine.project.inside(file, name)) is not None:
            machine.write(frame.home(bound).number, bound, UserModule(sibling))  # a package imports its own module
        elif file is not None:
            machine.write(frame.home(bound).number, bound, Bound(UserModule(file), name))
        elif node.level:
            inside = machine.project.find(f"{node.module}.{name}" if node.module else name, frame.file, node.level)
            missing = machine.unknown(f"the module of `{name}` is not found", Origin(frame.file, node.origin))
            machine.write(frame.home(bound).number, bound, UserModule(inside) if inside is not None else missing)
        else:
            inside = machine.project.find(f"{node.module}.{name}", frame.file)
            found: Value = UserModule(inside) if inside is not None else LibraryName(f"{node.module}.{name}")
            machine.write(frame.home(bound).number, bound, found)
    return True
