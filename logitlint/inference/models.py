"""Layers, losses and models of a library: built, filled with other layers, and called."""

from __future__ import annotations

from msgspec.structs import replace

from logitlint.frameworks.vocabulary import (
    Applies,
    Function,
    Holds,
    Layer,
    Method,
    Named,
    Part,
    Result,
    SameAs,
)
from logitlint.inference.chains import chain
from logitlint.inference.containers import exact_items
from logitlint.inference.joining import join
from logitlint.inference.library import apply, is_configured, want_of
from logitlint.inference.machine import Machine
from logitlint.inference.operands import number_of, opaque
from logitlint.inference.samples import batches, of_each_step
from logitlint.inference.signature import Arguments, defaults, fill, parse
from logitlint.inference.store import CONTENTS, Entries, Item, Items
from logitlint.inference.trace import Taken, Via
from logitlint.inference.values import (
    Alternatives,
    Condition,
    Container,
    LibraryName,
    LibraryObject,
    Literal,
    Option,
    Origin,
    Tensor,
    Unknown,
    UserObject,
    Value,
)

COMPILED = "__compiled__"
"""The cell of a model that holds how it was compiled."""
RESULT = "__result__"
"""The cell of a graph that holds what it gives."""
LAST = "__last__"
"""The cell of a library's model that holds what was put in place of the last layer inside its head."""
CHANGED = "__changed__"
"""Set on a library's model when something inside it, other than its whole head, was replaced."""


def construct(machine: Machine, layer: Layer, arguments: Arguments, origin: Origin) -> Value:
    """Make an instance of a catalogued class."""
    filled = fill(parse(layer.init), arguments)
    others = {f"#{position}": value for position, value in enumerate((*filled.rest, *filled.surplus))}
    given = {**filled.extra, **filled.by_name, **others}
    if layer.takes or Tensor in map(type, given.values()):
        literals = defaults(layer.init)
        plain = {
            name: machine.unknown("one of several", origin) if isinstance(value, Alternatives) else value
            for name, value in given.items()
        }
        taken = tuple(
            Taken(name, takes.role, want_of(takes.want, plain, literals, filled.open), opaque(machine, plain[name]))
            for name, takes in layer.takes.items()
            if name in plain
        )
        machine.use(layer, Via.CONSTRUCT, taken, plain, origin)
    required = {each.name for each in parse(layer.init) if not each.optional and each.kind in ("positional", "normal")}
    # Where it is not called as the row says, anything may have been given.
    made = LibraryObject(layer, machine.fresh(), origin, given, filled.open or not required <= given.keys())
    for name, kind in layer.attributes.items():
        machine.write(made.place, name, Tensor(kind, machine.fresh()), local=True)
    if layer.holds is not None:
        hold(machine, made.place, layer, arguments)
    return made


def hold(machine: Machine, place: int, layer: Layer, arguments: Arguments) -> None:
    """Put the layers a container is given, or the result of a graph of them, where it keeps them."""
    parameters = parse(layer.init)
    filled = fill(parameters, arguments)
    if layer.holds is Holds.GRAPH:
        result = next((filled.by_name[name] for name in layer.graph if name in filled.by_name), None)
        if result is not None:
            machine.write(place, RESULT, opaque(machine, result))
        return
    first = filled.by_name.get(parameters[0].name)
    values = filled.rest if first is None else () if first == Literal(None) else (first,)
    if layer.holds is Holds.MAPPING:
        contents = machine.read(values[0].place, CONTENTS) if values and isinstance(values[0], Container) else None
        machine.write(place, CONTENTS, contents if isinstance(contents, Entries) else Entries({}))
        return
    items: tuple[Item, ...] = ()
    if arguments.spread and parameters[0].kind == "star":
        machine.write(place, CONTENTS, Items(arguments.spread))
        return
    for value in values:
        if isinstance(value, Container) and (layer.holds is Holds.LIST or len(values) == 1):
            contents = machine.read(value.place, CONTENTS)
            if isinstance(contents, Items):
                items += contents.items
            elif isinstance(contents, Entries):
                items += tuple(Item(each) for each in contents.entries.values())
                for key, each in contents.entries.items():
                    machine.write(place, str(key), each)
        else:
            items += (Item(value),)
    if arguments.open:
        items += (Item(machine.unknown("layers that are not known", None), many=True),)
    machine.write(place, CONTENTS, Items(items))


def call_object(machine: Machine, instance: LibraryObject, arguments: Arguments, origin: Origin) -> Value:
    """Call an instance of a catalogued class."""
    note_call(machine, instance)
    result = _called(machine, instance, arguments, origin)
    title = instance.arguments.get("name")
    if isinstance(result, Tensor) and isinstance(title, Literal) and isinstance(title.value, str):
        machine.asides.titles[result.number] = title.value
    return result


def note_call(machine: Machine, model: LibraryObject | UserObject) -> None:
    """Remember that a compiled model is called by something else than what asks what it gives."""
    if model.place not in machine.compiled.asked and machine.read(model.place, COMPILED) is not None:
        machine.compiled.embedded.add(model.place)


def ask(machine: Machine, model: LibraryObject | UserObject, inputs: tuple[Value, ...], origin: Origin) -> Value:
    """What a model gives."""
    machine.compiled.asked.append(model.place)
    try:
        return machine.call(machine, model, Arguments(inputs), origin)
    finally:
        machine.compiled.asked.pop()


def is_changed(machine: Machine, instance: LibraryObject | UserObject) -> bool:
    """Whether calling an object may give anything: it was changed inside, or something was done to all models."""
    return machine.read(instance.place, CHANGED) is not None or not machine.catalog.roots.isdisjoint(
        machine.altered.patched
    )


def _called(machine: Machine, instance: LibraryObject, arguments: Arguments, origin: Origin) -> Value:
    layer = instance.row
    if is_changed(machine, instance) or layer.name in machine.altered.patched:
        return machine.unknown(f"`{layer.name}`, whose layers were changed", origin)
    inside = origin == instance.origin  # of another container: a layer acts where it was built
    if layer.holds is Holds.CHAIN:
        return chain(machine, instance.place, batches(machine, instance, arguments), origin, inside=inside)
    if layer.holds is Holds.STEPS:
        return of_each_step(chain(machine, instance.place, arguments, origin, inside=inside))
    if layer.holds is Holds.GRAPH:
        machine.trace.chained.setdefault(instance.origin, set()).add(origin)
        return graph(machine, instance.place, arguments, origin)
    head = machine.read(instance.place, LAST)
    if head in (None, Literal(None)) and layer.head:
        head = machine.read(instance.place, layer.head)
    if head is not None and not isinstance(head, Items | Entries):
        features = machine.unknown("the features of a pretrained model", origin, "features", instance.place)
        return machine.call(machine, head, Arguments((features,)), origin)
    if layer.call is None:
        return machine.unknown(f"what calling `{layer.name}` gives is not known", origin)
    result = apply(machine, layer.call, arguments, origin, instance=instance)
    return _applied(machine, instance, layer.applies, result, origin) if layer.applies is not None else result


def _applied(machine: Machine, instance: LibraryObject, applies: Applies, result: Value, origin: Origin) -> Value:
    """What a layer's activation makes of its result; the line to be changed is that where the layer was built."""
    function = machine.read(instance.place, applies.argument) or instance.arguments.get(applies.argument)
    if function is None and instance.open:
        return machine.unknown(f"what `{instance.row.name}` applies", origin)
    if function is None or isinstance(function, Items | Entries) or function == Literal(None):
        return result
    place = instance.origin if instance.origin.file == origin.file else origin
    given = Arguments((opaque(machine, result),))
    met: list[tuple[Value, frozenset[Condition]]] = []
    for option in function.options if isinstance(function, Alternatives) else (Option(function, frozenset()),):
        if machine.possible(option.when):
            with machine.chosen(option.when):
                named = stands_for(applies.named, option.value)
                made = result if named == Literal(None) else machine.call(machine, named, given, place)
            met.append((made, option.when))
    return join(met, machine.fresh) if met else machine.unknown("no alternative is possible here", origin)


def stands_for(named: Named, value: Value) -> Value:
    """What a string stands for; anything else, and a string that stands for nothing, as it is."""
    path = named.rows.get(value.value) if isinstance(value, Literal) and isinstance(value.value, str) else None
    return LibraryName(path) if path is not None else value


def graph(machine: Machine, place: int, arguments: Arguments, origin: Origin) -> Value:
    """The result that was computed when the model was built, for other inputs."""
    result = machine.read(place, RESULT)
    if result is None or isinstance(result, Items | Entries):
        return machine.unknown("a model that was not given what it gives", origin)
    inputs = [number_of(machine, value) for value in (*arguments.positional, *arguments.keywords.values())]
    items = exact_items(machine, result) if isinstance(result, Container) and result.shape != "dict" else None
    if items is not None and len(items) == 1 and isinstance(items[0], Tensor):
        result = items[0]  # Keras takes a list of one output for that output
    return _again(machine, result, (place, *inputs))


def _again(machine: Machine, value: Value, key: tuple[int, ...]) -> Value:
    """A value computed once more, from other inputs."""
    if isinstance(value, Tensor):
        number = machine.number("again", value.number, *key)
        if (title := machine.asides.titles.get(value.number)) is not None:
            machine.asides.titles[number] = title
        return replace(value, number=number)
    if isinstance(value, Unknown):
        return replace(value, number=machine.number("again", value.number, *key))
    if isinstance(value, Alternatives):
        return Alternatives(tuple(Option(_again(machine, each.value, key), each.when) for each in value.options))
    held = machine.read(value.place, CONTENTS) if isinstance(value, Container) else None
    if isinstance(value, Container) and isinstance(held, Items):
        items = Items(tuple(Item(_again(machine, item.value, key), item.many) for item in held.items))
        return _container(machine, value.shape, items)
    if isinstance(value, Container) and isinstance(held, Entries):
        rest = _again(machine, held.rest, key) if held.rest is not None else None
        return _container(
            machine,
            value.shape,
            Entries({name: _again(machine, each, key) for name, each in held.entries.items()}, rest),
        )
    return value


def _container(machine: Machine, shape: str, contents: Items | Entries) -> Container:
    made = Container(shape, machine.fresh())
    machine.write(made.place, CONTENTS, contents, local=True)
    return made


def part(machine: Machine, model: LibraryObject | UserObject, which: Part, origin: Origin) -> Value | None:
    """An attribute computed from the layers of a model; None when that is not known."""
    if which is Part.LAYERS:
        held = machine.read(model.place, CONTENTS)
        layers = (
            [item for item in held.items if not isinstance(item.value, Tensor)] if isinstance(held, Items) else None
        )
        return _container(machine, "list", Items(tuple(layers))) if layers is not None else None
    inputs = machine.unknown("the input of the model", origin, "input", model.place)
    result = ask(machine, model, (inputs,), origin)
    if which is Part.OUTPUT or isinstance(result, Container | Unknown):
        return result
    return _container(machine, "list", Items((Item(opaque(machine, result)),)))


def call_row(machine: Machine, row: object, arguments: Arguments, origin: Origin) -> Value | None:
    """Call what a name of a library stands for; None when the row is of a sort that is not called."""
    if isinstance(row, Function) and row.applies is not None:
        return _activated(machine, row, row.applies, arguments, origin)
    if isinstance(row, Function | SameAs):
        return apply(machine, row, arguments, origin)
    if isinstance(row, Layer):
        return construct(machine, row, arguments, origin)
    if isinstance(row, Method):
        return apply(machine, row.row, arguments, origin)
    if isinstance(row, Result):
        return _filled_result(machine, row, arguments, origin)
    return None


def _activated(machine: Machine, row: Function, applies: Applies, arguments: Arguments, origin: Origin) -> Value:
    """Call a function that is a layer, and apply what it was given to the result: ``dense(x, 10, activation=relu)``."""
    result = apply(machine, row, arguments, origin)
    filled = fill(parse(row.signature), arguments)
    activation = filled.by_name.get(applies.argument)
    if activation is None:
        if filled.open or is_configured(machine, row):
            return machine.unknown(f"what `{row.name}` applies", origin)
        activation = Literal(defaults(row.signature).get(applies.argument))
    if activation == Literal(None):
        return result
    if isinstance(activation, Literal):
        activation = LibraryName(applies.named.rows.get(str(activation.value), ""))
    return machine.call(machine, activation, Arguments((result,)), origin)


def _filled_result(machine: Machine, row: Result, arguments: Arguments, origin: Origin) -> Value:
    """``SequenceClassifierOutput(loss=..., logits=...)``: an object that user code fills."""
    made = LibraryObject(Layer(name=row.name, init=""), machine.fresh(), origin)
    for name, value in arguments.keywords.items():
        machine.write(made.place, name, value)
    return made
