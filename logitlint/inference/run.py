"""One analysis: run a file from top to bottom, then judge alone what nobody called."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import msgspec

from logitlint.frameworks.vocabulary import Want
from logitlint.inference.allowances import MOST_WORK
from logitlint.inference.alone import judge_alone, may_train, outlook
from logitlint.inference.calls import call
from logitlint.inference.deriving import Deriving
from logitlint.inference.expressions import evaluate
from logitlint.inference.frames import Frame
from logitlint.inference.imports import Imports
from logitlint.inference.inherited import concerns, inherited, wanted
from logitlint.inference.instances import (
    MOST_INSTANCES,
    imagined_of,
    instances_of,
    is_varied,
    judged_for,
    methods_of,
    unknown_instance,
)
from logitlint.inference.machine import Evaluate, Machine
from logitlint.inference.modules import run_body, run_module
from logitlint.inference.preparation import Preparation
from logitlint.inference.settable import Settable
from logitlint.inference.statements import execute
from logitlint.inference.store import Held, Store, Stored
from logitlint.inference.trace import Loss, Trace
from logitlint.inference.training import forget_idle
from logitlint.inference.values import (
    Alternatives,
    Origin,
    Transformed,
    UserClass,
    UserFunction,
    UserObject,
    Value,
)
from logitlint.lowering import ir
from logitlint.project.modules import Project
from logitlint.project.reach import Outlook
from logitlint.project.sieve import Sieve


class Analysis(msgspec.Struct, frozen=True):
    """What one run over a file gave: every use, and its own losses that were seen, with those of others it resolves."""

    file: str
    trace: Trace
    losses: tuple[Loss, ...]


def analyse(
    project: Project,
    sieve: Sieve,
    file: str,
    imports: Imports | None = None,
    evaluate: Evaluate = evaluate,
    *,
    trying: bool = True,
) -> Analysis:
    """Run one file, with what it imports, and everything in it that is never called.

    `imports` keeps what has been imported, for the next file of the same project. Who wants to look on gives an
    `evaluate` of its own; it is asked for the expressions that statements hold. `trying` is whether what nobody calls
    may have been called before, and have set something: without it objects are as they were made, which takes half the
    time, and a use that is right so is right.
    """
    machine = Machine(file, project, sieve.catalog, sieve, evaluate, execute, call, run_module, imports or Imports())
    module = project.module(file)
    if module is not None:
        frame = run_body(machine, module)
        _judge_uncalled(machine, frame, file, Settable(machine, trying=trying))
    forget_idle(machine)
    losses = tuple(loss for loss in machine.losses.values() if loss.origin.file == file or loss.resolved)
    return Analysis(file, machine.trace, losses)


def looking_on(machine: Machine, frame: Frame, node: ir.Expression) -> Value:
    """An `evaluate` for who wants to see everything, and no more."""
    return evaluate(machine, frame, node)


def _judge_uncalled(machine: Machine, frame: Frame, file: str, settable: Settable) -> None:
    """Judge each function and method that the file itself never calls, alone: those that another may call, last."""
    base = machine.store
    machine.work = MOST_WORK
    held = machine.cells()
    here = list(_defined(held(frame.number).values()))
    functions = [each for each in here if isinstance(each, UserFunction) and each.file == file and not each.receiver]
    classes = _with_inner(held, [each for each in here if isinstance(each, UserClass) and each.file == file])
    methods = [(cls, method) for cls in classes for method in methods_of(held, cls)]
    settable.forget_globals([*functions, *_of_classes(methods)], frame.number, base)
    settable.forget_imported(frame.number, base)
    functions = [each for each in functions if outlook(machine, each) is not Outlook.NOTHING]
    methods = [(cls, each) for cls, each in methods if outlook(machine, each, cls) is not Outlook.NOTHING]
    derived = [
        (cls, [each for each, owner in inherited(machine, cls) if may_train(machine, each, owner)])
        for cls in classes
        if not is_varied(machine, held, cls)
    ]
    mentioned = {name for each in (*functions, *(method for _, method in methods)) for name in _mentioned(each.node)}
    for function in functions:
        if function.node.name not in mentioned and (file, function.node.origin) not in machine.entered:
            judge_alone(machine, function, base)
    imagined: dict[int, tuple[UserObject, Store]] = {}
    preparation = Preparation(machine, held)
    deriving = Deriving(machine, held) if any(others for _, others in derived) else None
    for cls, method in methods:
        if (file, method.node.origin) not in machine.entered:
            _method_alone(machine, cls, method, base, held, imagined, preparation, settable)
    for cls, others in derived:
        if deriving is not None and others:
            instances = instances_of(machine, cls, settable) or [imagined_of(machine, cls, base, imagined, settable)]
            _judge_inherited(machine, cls, others, instances, preparation, deriving)
    for cls in classes:
        _construct_alone(machine, cls, base, held)
    for function in functions:
        if (file, function.node.origin) not in machine.entered:
            judge_alone(machine, function, base)
    _judge_replaced(machine, file, held)
    for function in functions:
        if _is_left_out(machine, function):
            judge_alone(machine, function, base)
    for cls, method in methods:
        if method.binding == "instance" and _is_left_out(machine, method):
            _method_imagined(machine, cls, method, base, held, imagined, preparation, settable)
    _judge_nested(machine, file, settable)
    _judge_stepped(machine, preparation, settable)


def _is_left_out(machine: Machine, function: UserFunction) -> bool:
    """Whether a function asks for something that no call in sight gives: ``if labels is not None``, then the loss."""
    given = machine.given.get((function.file, function.node.origin))
    if given is None or outlook(machine, function) is not Outlook.LOSS:
        return False
    never = {each.name for each in function.node.parameters if _is_none(each.default) and each.name not in given}
    return bool(never) and any(
        isinstance(node, ir.Operator)
        and node.sign in ("is", "is not")
        and isinstance(node.operands[0], ir.Name)
        and node.operands[0].name in never
        and _is_none(node.operands[1])
        for node in ir.nodes(function.node.body)
    )


def _is_none(node: ir.Expression | None) -> bool:
    return isinstance(node, ir.Constant) and node.value is None


def _construct_alone(machine: Machine, cls: UserClass, base: Store, held: Held) -> None:
    """Make an object of a class that nobody makes, for what its constructor does: whole graphs are built in one.

    Of a class that is not judged by itself, of those that derive from it instead; one run of the constructor will do.
    """
    init = held(cls.place).get("__init__")
    if not isinstance(init, UserFunction) or outlook(machine, init, cls) is Outlook.NOTHING:
        return
    for each in judged_for(machine, held, cls):
        if (init.file, init.node.origin) not in machine.entered:
            unknown_instance(machine, each, base.fork(machine.fresh()))
    machine.store = base


def _of_classes(methods: Iterable[tuple[UserClass, UserFunction]]) -> Iterator[UserFunction]:
    """Methods that are called on no object, as they are called: with their class, or with nothing."""
    for cls, method in methods:
        if method.binding in ("static", "class"):
            yield msgspec.structs.replace(method, receiver=cls if method.binding == "class" else None)


def _judge_replaced(machine: Machine, file: str, held: Held) -> None:
    """Judge the methods of classes that were defined anew, on the objects made before, by what was known then."""
    for cls, store in machine.replaced:
        instances = machine.instances.get((file, cls.node.origin), [])[:MOST_INSTANCES]
        for method in methods_of(held, cls):
            if method.binding == "instance" and (file, method.node.origin) not in machine.entered:
                for instance, _ in instances:
                    judge_alone(machine, method, store, instance)


def _judge_nested(machine: Machine, file: str, settable: Settable) -> None:
    """Judge what no global names, as it was handed out and never called here, where it was defined."""
    done = 0
    while done < len(machine.nested):
        found, done = machine.nested[done:], len(machine.nested)
        waiting = [each for each in found if (file, each[0].node.origin) not in machine.entered]
        for position, (definition, store, branch) in enumerate(waiting):
            earlier = sum(each.node.origin == definition.node.origin for each, _, _ in waiting[:position])
            if definition.file == file and earlier < MOST_INSTANCES:
                with machine.assuming(branch):
                    if isinstance(definition, UserClass):
                        _judge_class(machine, definition, store, settable)
                    else:
                        judge_alone(machine, definition, store)


def _judge_stepped(machine: Machine, preparation: Preparation, settable: Settable) -> None:
    """Judge what a library runs of the objects of other files' classes, from where it was first handed them.

    What stands in a branch of a step, or behind one that is left, or depends on a choice, is for another object as well
    as not: a step for several tasks asks which it is, in words that need not be understood.
    """
    uses = machine.trace.uses
    for step in [*machine.stepped.values()]:
        if step is None:
            continue
        settable.forget_object(step.instance, step.store)
        with machine.assuming(step.when):
            for method in step.methods:
                first = len(uses)
                _alone_on(machine, method, step.store, step.instance, preparation, step.origin)
                uses[first:] = [use for use in uses[first:] if use.path | use.when <= machine.path]


def _judge_class(machine: Machine, cls: UserClass, store: Store, settable: Settable) -> None:
    """Judge what a class defines that is no global, by what is known where it was defined."""
    machine.store = store
    held = machine.cells()
    preparation = Preparation(machine, held)
    imagined: dict[int, tuple[UserObject, Store]] = {}
    for each in _with_inner(held, [cls]):
        for method in methods_of(held, each):
            entered = (method.file, method.node.origin) in machine.entered
            if not entered and outlook(machine, method, each) is not Outlook.NOTHING:
                _method_alone(machine, each, method, store, held, imagined, preparation, settable)
        _construct_alone(machine, each, store, held)


def _with_inner(held: Held, classes: Iterable[UserClass]) -> list[UserClass]:
    """Classes, and those defined in their bodies."""
    found: dict[int, UserClass] = {}
    pending = list(classes)
    while pending:
        cls = pending.pop(0)
        if cls.place not in found:
            found[cls.place] = cls
            values = [each for each in held(cls.place).values() if isinstance(each, UserClass)]
            pending += [each for each in values if any(each.node is node for node in cls.node.body)]
    return [*found.values()]


def _defined(values: Iterable[Stored]) -> Iterator[Value]:
    """The functions and classes among the globals of a module, and the alternatives to them."""
    for value in values:
        if isinstance(value, UserFunction | UserClass):
            yield value
        elif isinstance(value, Transformed):
            yield value.function
        elif isinstance(value, Alternatives):
            yield from (option.value for option in value.options)


def _judge_inherited(
    machine: Machine,
    cls: UserClass,
    methods: list[UserFunction],
    instances: list[tuple[UserObject, Store]],
    preparation: Preparation,
    deriving: Deriving,
) -> None:
    """Judge what a class has from other files, from where it is defined; not where the methods are for several tasks.

    Of a base class with a step for each task, one that wants probabilities and one that wants raw scores, each class
    that derives from it is trained by one, and nobody knows which. So all methods are run where something is found;
    whether anything is, only those say that come to something of the class's own file.
    """
    uses = machine.trace.uses
    first = len(uses)
    everything = machine.evaluate is not evaluate  # who looks on wants to see it
    reaching = [each for each in methods if everything or _reaches(machine, deriving, each, instances, preparation)]
    before = machine.work, set(machine.recorded)
    asked = _run_inherited(machine, cls, reaching, instances, preparation)
    if len(reaching) < len(methods) and any(concerns(use, cls.file) for use in uses[first:]):
        del uses[first:]
        machine.work, machine.recorded = before
        asked = _run_inherited(machine, cls, methods, instances, preparation)
    several = [wants for wants in asked if wants]
    clear = not several or set.intersection(*several)
    uses[first:] = [use for use in uses[first:] if clear and concerns(use, cls.file)]


def _reaches(
    machine: Machine,
    deriving: Deriving,
    method: UserFunction,
    instances: list[tuple[UserObject, Store]],
    preparation: Preparation,
) -> bool:
    """Whether a method that is inherited comes to something of the class's own file, on any of its objects."""
    for instance, store in instances:
        machine.store = store
        if deriving.reaches(instance, store, [method, *preparation.before(instance, method)]):
            return True
    return False


def _run_inherited(
    machine: Machine,
    cls: UserClass,
    methods: list[UserFunction],
    instances: list[tuple[UserObject, Store]],
    preparation: Preparation,
) -> list[set[Want | None]]:
    """Run methods on objects of a class, from where it is defined; what the losses in each of them want."""
    uses = machine.trace.uses
    asked: list[set[Want | None]] = []
    for method in methods:
        before = len(uses)
        for instance, store in instances:
            _alone_on(machine, method, store, instance, preparation, Origin(cls.file, cls.node.origin))
        asked.append(wanted(uses[before:]))
    return asked


def _mentioned(function: ir.Function) -> Iterator[str]:
    """The names that a function's body reads."""
    return (node.name for node in ir.nodes(function.body) if type(node) is ir.Name)


def _method_alone(
    machine: Machine,
    cls: UserClass,
    method: UserFunction,
    base: Store,
    held: Held,
    imagined: dict[int, tuple[UserObject, Store]],
    preparation: Preparation,
    settable: Settable,
) -> None:
    """Judge a method on each known instance of its class, else on one made with unknown arguments."""
    if method.binding in ("static", "class"):
        judge_alone(machine, method, base, cls if method.binding == "class" else None)
        return
    known = instances_of(machine, cls, settable)
    for instance, store in known:
        _alone_on(machine, method, store, instance, preparation)
    if not known:
        _method_imagined(machine, cls, method, base, held, imagined, preparation, settable)


def _method_imagined(
    machine: Machine,
    cls: UserClass,
    method: UserFunction,
    base: Store,
    held: Held,
    imagined: dict[int, tuple[UserObject, Store]],
    preparation: Preparation,
    settable: Settable,
) -> None:
    """Judge a method on objects made with unknown arguments: of its class, and of those that derive from it."""
    for each in judged_for(machine, held, cls):
        instance, store = imagined_of(machine, each, base, imagined, settable)
        _alone_on(machine, method, store, instance, preparation)


def _alone_on(
    machine: Machine,
    method: UserFunction,
    store: Store,
    instance: UserObject,
    preparation: Preparation,
    origin: Origin | None = None,
) -> None:
    machine.store = store
    judge_alone(machine, method, store, instance, preparation.before(instance, method), origin)
