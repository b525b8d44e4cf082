"""Methods that are not the project's own: of tensors, containers, library objects, and inherited ones."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from logitlint.frameworks.vocabulary import (
    Base,
    Compile,
    Fact,
    Fit,
    Function,
    Holds,
    Layer,
    Part,
    Restore,
    Result,
    Runs,
    SameAs,
    Steps,
)
from logitlint.inference import (
    assignment,
    attributes,
    container_methods,
    library,
    models,
    operators,
    patching,
    properties,
    reflection,
    texts,
    training,
)
from logitlint.inference.chains import chain
from logitlint.inference.containers import use_up
from logitlint.inference.data_sets import mapped
from logitlint.inference.entering import ENTERED, SUPPRESSING, enter, is_manager, suppressing
from logitlint.inference.handed import hand
from logitlint.inference.machine import Machine
from logitlint.inference.models import CHANGED
from logitlint.inference.objects import as_library, call_instance, init_library, instantiate
from logitlint.inference.operands import number_of, opaque, refill
from logitlint.inference.running import run
from logitlint.inference.showing import show_each
from logitlint.inference.signature import Arguments
from logitlint.inference.stepping import note_steps
from logitlint.inference.values import (
    Bound,
    Container,
    LibraryObject,
    Literal,
    Origin,
    Super,
    Tensor,
    Unknown,
    UserClass,
    UserFunction,
    UserObject,
    Value,
)

_CHANGING: Final = ("append", "insert", "extend", "__setitem__", "__delitem__", "pop")
_TAKING_OUT: Final = ("__delitem__", "clear", "popitem", "update")


def call_method(machine: Machine, bound: Bound, arguments: Arguments, origin: Origin) -> Value:
    """Call a method of whatever value it was asked of."""
    receiver, name = bound.receiver, bound.name
    use_up(machine, [receiver])
    if isinstance(receiver, Container | LibraryObject | UserObject):
        if name == "update" and isinstance(receiver, Container):
            reflection.update(machine, receiver, arguments, origin)
        found = container_methods.method(machine, receiver, receiver.place, name, arguments, origin)
        if found is not None:
            return found
    if name in ENTERED and is_manager(machine, manager := (*arguments.positional, receiver)[0]):
        return enter(machine, manager, origin)
    if name in SUPPRESSING and not isinstance(receiver, Tensor):
        hand(machine, arguments, origin)
        return suppressing(machine, arguments, origin) or bound
    if name in machine.catalog.alters:
        if isinstance(receiver, LibraryObject | UserObject):
            for part in _along(machine, receiver, arguments, origin):
                machine.write(part.place, CHANGED, Literal(True))
        else:
            attributes.touch(machine, receiver)
    if name == "__setitem__" and len(arguments.positional) == 2:
        key, value = arguments.positional
        assignment.put_item(machine, receiver, (key,), value, origin)
        return Literal(None)
    if name == "__delattr__" and arguments.positional:
        reflection.delete_attribute(machine, receiver, arguments.positional[0], origin)
        return Literal(None)
    if isinstance(receiver, UserFunction) and (made := properties.extended(receiver, name, arguments)) is not None:
        return made
    if name == "update" and reflection.update(machine, receiver, arguments, origin):
        return Literal(None)
    if isinstance(receiver, Literal) and (text := texts.method(machine, receiver, name, arguments, origin)) is not None:
        return text
    if isinstance(receiver, UserObject):
        return _object_method(machine, receiver, name, arguments, origin)
    if isinstance(receiver, LibraryObject):
        return _library_method(machine, receiver, name, arguments, origin)
    if isinstance(receiver, Super):
        return _super_method(machine, receiver, name, arguments, origin)
    taken_out = isinstance(receiver, Bound) and receiver.name in machine.catalog.namespaces and name in _TAKING_OUT
    if name in _CHANGING or name in machine.catalog.adds or taken_out:
        attributes.touch(machine, receiver)
    if isinstance(receiver, Tensor | Unknown | Bound):
        subject = opaque(machine, receiver)
        result = library.method(machine, subject, name, arguments, origin)
        if result is None and isinstance(subject, Tensor):
            result = operators.method(machine, subject, name, arguments, origin)
        if result is not None:
            return result
        hand(machine, arguments, origin)
        patching.patch(machine, bound, arguments, origin)
        number = number_of(machine, bound)
        words = receiver.cause.words if isinstance(receiver, Unknown) else f"the method `{name}` is not in the tables"
        made = machine.unknown(words, origin, "call", number, origin)
        return machine.trace.derive(made, (subject, *arguments.positional, *arguments.keywords.values()))
    if isinstance(receiver, UserClass):
        base = attributes.library_base(machine, receiver)
        if isinstance(base, Result) and name in base.makers:
            return instantiate(machine, receiver, arguments, origin)
        return machine.unknown(f"the method `{name}` is inherited from something unknown", origin)
    return machine.unknown(f"the method `{name}` is not followed", origin)


def _along(
    machine: Machine, model: LibraryObject | UserObject, arguments: Arguments, origin: Origin
) -> Iterator[LibraryObject | UserObject]:
    """A model, and its parts down to what holds that which a dotted name means: ``set_submodule("net.out", layer)``."""
    yield model
    named = arguments.positional[0] if arguments.positional else arguments.keywords.get("target")
    names = named.value.split(".")[:-1] if isinstance(named, Literal) and isinstance(named.value, str) else ()
    for name in names:
        part = attributes.get(machine, model, name, origin)
        if not isinstance(part, LibraryObject | UserObject):
            return
        model = part
        yield model


def _object_method(machine: Machine, receiver: UserObject, name: str, arguments: Arguments, origin: Origin) -> Value:
    """A method an object inherits from a library's class, or lacks."""
    base = attributes.library_base(machine, receiver.cls)
    if isinstance(base, Base) and (row := base.methods.get(name)) is not None:
        return _of_row(machine, row, receiver, arguments, origin)
    if isinstance(base, Result) and name in base.keeps:
        return _kept(machine, receiver, name, arguments, origin)
    if name in machine.catalog.keeps:
        for function in arguments.positional[:1]:
            show_each(machine, function, receiver, origin)
        return receiver
    if name == "__call__":
        return call_instance(machine, receiver, arguments, origin)
    if (name in machine.catalog.sets or name == "__setattr__") and len(arguments.positional) > 1:
        named, value = arguments.positional[:2]
        option = machine.catalog.registers.get(name, "")
        if arguments.keywords.get(option, next(iter(arguments.positional[2:]), None)) != Literal(False):
            refill(machine, value)  # what is registered is loaded with what was saved
        reflection.set_attribute(machine, receiver, named, value, origin)
        return Literal(None)
    if (
        isinstance(base, Layer)
        and (found := _model_method(machine, receiver, base, name, arguments, origin)) is not None
    ):
        return found
    if isinstance(base, Layer) and base.call is not None and name in machine.catalog.calls:
        return library.apply(
            machine, base.call, arguments, origin, instance=as_library(machine, receiver, base, origin)
        )
    if isinstance(base, SameAs) and name in machine.catalog.calls:
        return machine.call(machine, attributes.get(machine, receiver, base.subject, origin), arguments, origin)
    hand(machine, arguments, origin)
    result = machine.unknown(f"the method `{name}` is inherited from something unknown", origin)
    return _handed_out(machine, receiver, name, result)


def _handed_out(machine: Machine, receiver: LibraryObject | UserObject, name: str, result: Unknown) -> Unknown:
    """What a method gives; where it hands out what its object is made of, who changes that changes the object."""
    if name in machine.catalog.hands_out:
        machine.asides.within[result.number] = receiver
    return result


def _library_method(
    machine: Machine, receiver: LibraryObject, name: str, arguments: Arguments, origin: Origin
) -> Value:
    if name == "get" and arguments.positional and isinstance(key := arguments.positional[0], Literal):
        return opaque(machine, attributes.get(machine, receiver, str(key.value), origin))
    row = receiver.row.methods.get(name)
    if isinstance(row, Function):
        return library.apply(machine, row, arguments, origin, instance=receiver)
    if isinstance(row, SameAs | Runs):
        return _of_row(machine, row, receiver, arguments, origin)
    if (found := _model_method(machine, receiver, receiver.row, name, arguments, origin)) is not None:
        return found
    filled = machine.catalog.row(receiver.row.name)
    if isinstance(filled, Result) and name in filled.keeps:
        return _kept(machine, receiver, name, arguments, origin)
    if name in receiver.row.keeps or (name in machine.catalog.keeps and not receiver.row.maps):
        for function in arguments.positional[:1]:
            show_each(machine, function, receiver, origin)
        return receiver
    if name in receiver.row.maps:
        return mapped(machine, receiver, arguments, origin)
    if name in machine.catalog.calls or name == "__call__":
        return models.call_object(machine, receiver, arguments, origin)
    if any(Fact.TRAINS_NOT in row.facts for row in machine.catalog.methods(name, made_by="")):
        machine.trace.read.add(receiver.origin)
    if isinstance(row, Steps):
        note_steps(machine, receiver, row, arguments, origin)
    hand(machine, arguments, origin)
    result = machine.unknown(f"the method `{name}` of `{receiver.row.name}` is not in the tables", origin)
    return _handed_out(machine, receiver, name, result)


def _of_row(
    machine: Machine, row: SameAs | Runs, receiver: LibraryObject | UserObject, arguments: Arguments, origin: Origin
) -> Value:
    """A method that returns its object, or runs it."""
    if isinstance(row, Runs):
        return run(machine, row, arguments, origin, receiver)
    return library.apply(machine, row, arguments.after(receiver), origin)


def _kept(
    machine: Machine, receiver: LibraryObject | UserObject, name: str, arguments: Arguments, origin: Origin
) -> Value:
    """The object, unless the copy has another value for something that is followed."""
    replaced = [machine.read(receiver.place, each) for each in arguments.keywords]
    if all(each is None or isinstance(each, Unknown | Literal) for each in replaced):
        return receiver
    return machine.unknown(f"what `{name}` gives", origin)


def _model_method(
    machine: Machine, model: LibraryObject | UserObject, row: Layer, name: str, arguments: Arguments, origin: Origin
) -> Value | None:
    """A method that compiles, trains or asks a model; None when it is none of these."""
    method = row.methods.get(name)
    if isinstance(method, Compile):
        return training.compile_model(machine, model, method, arguments, origin)
    if isinstance(method, Fit):
        return training.fit_model(machine, model, method, arguments, origin)
    if isinstance(method, Restore):
        machine.compiled.restored.add(model.place)
        return machine.unknown("what loading weights gives", origin)
    if isinstance(method, Part):
        machine.compiled.answering.add(model.place)
        inputs = arguments.positional[:1] or (machine.unknown("the input of the model", origin),)
        return models.ask(machine, model, inputs, origin)
    return None


def _super_method(machine: Machine, receiver: Super, name: str, arguments: Arguments, origin: Origin) -> Value:
    """``super().method()`` that ends in a class of a library."""
    target = receiver.receiver
    if not isinstance(target, UserObject):
        return machine.unknown("super() of something unknown", origin)
    base = attributes.library_base(machine, target.cls, after=receiver.after)
    if name == "__init__":
        init_library(machine, target, base, arguments, origin)
        return Literal(None)
    if isinstance(base, Layer) and name in machine.catalog.calls:
        if base.holds is Holds.CHAIN:
            return chain(machine, target.place, arguments, origin)
        if base.call is not None:
            return library.apply(
                machine, base.call, arguments, origin, instance=as_library(machine, target, base, origin)
            )
    return _object_method(machine, target, name, arguments, origin)
