"""Calls as they are written: which expression is which argument, and the same call of something else."""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping, Sequence

from logitlint.fixes.changes import Change, Uncertain, apply, overlap
from logitlint.fixes.imports import Names
from logitlint.fixes.tree import Tree
from logitlint.frameworks.vocabulary import Function, Layer, Role, SameAs
from logitlint.inference.signature import Parameter, parse
from logitlint.inference.trace import Use, Via
from logitlint.lowering import ir

_OPERANDS = {"a": 0, "b": 1}


def signature(row: object, *, constructing: bool) -> tuple[Parameter, ...]:
    """The parameters of a call of a row's function, or of a constructor."""
    if isinstance(row, Layer):
        if constructing:
            return parse(row.init)
        row = row.call
    text = getattr(row, "signature", None)
    if not isinstance(text, str):
        raise Uncertain("how it is called is not known")
    return parse(text)


def is_method(names: Names, use: Use, call: ir.Call) -> bool:
    """Whether the first argument of a use is what the method was asked of.

    Raises `Uncertain` when what is called there is not what the use says: a function that applies another to its
    result, or one that goes by another name.
    """
    if any(each.keyword in ("*", "**") for each in call.arguments):
        raise Uncertain("its arguments are not known")
    path = names.path(call.callee)
    if path is not None:
        if not _is_row(names, path, use):
            raise Uncertain("something else is called there")
        return False
    if use.built is not None:
        if isinstance(call.callee, ir.Attribute) and names.catalog.runs_by(call.callee.name):
            raise Uncertain("it is given something else first")  # its weights, in Flax
        return False
    name = call.callee.name if isinstance(call.callee, ir.Attribute) else ""
    if name not in _method_names(names, use):
        raise Uncertain("what is called goes by another name")
    return True


def _method_names(names: Names, use: Use) -> set[str]:
    """The names that a use has as a method."""
    library, last = use.row.name.partition(".")[0], use.row.name.rpartition(".")[2]
    every = {name: names.catalog.methods(name, made_by=library) for name in (last, f"{last}_")}
    return {name for name, rows in every.items() if any(row.name == use.row.name for row in rows)}


def argument(names: Names, use: Use, node: ir.Node, parameter: str) -> ir.Expression:
    """The expression given for a parameter. Raises `Uncertain` when it is not written at the use."""
    if isinstance(node, ir.Operator):
        position = _OPERANDS.get(parameter, 2)
        if position < len(node.operands):
            return node.operands[position]
    if not isinstance(node, ir.Call) or use.via not in (Via.CALL, Via.CONSTRUCT):
        raise Uncertain("it is not written here")
    known = [each.name for each in signature(use.row, constructing=use.via is Via.CONSTRUCT)]
    method = is_method(names, use, node)
    spelled = {parameter, *(name for name, documented in names.catalog.synonyms.items() if documented == parameter)}
    for each in node.arguments:
        if each.keyword in spelled:
            return each.value
    if parameter not in known:
        raise Uncertain("it is not written here")
    position = known.index(parameter) - method
    if position < 0:
        assert isinstance(node.callee, ir.Attribute)
        return node.callee.value
    positional = [each.value for each in node.arguments if each.keyword is None]
    if position >= len(positional):
        raise Uncertain("it is not written here")
    return positional[position]


def subject(names: Names, use: Use, node: ir.Node) -> ir.Expression:
    """The expression of the tensor that a use transforms."""
    taken = use.first(Role.SUBJECT) or use.first(Role.PREDICTION)
    if taken is None:
        raise Uncertain("it transforms nothing")
    return argument(names, use, node, taken.parameter)


def base(node: ir.Node) -> ir.Node:
    """What a chain of methods, attributes and indices starts from."""
    while isinstance(node, ir.Call | ir.Attribute | ir.Index):
        node = node.callee if isinstance(node, ir.Call) else node.value
    return node


def fits(call: ir.Call, old: Sequence[str], new: Sequence[str], named: Container[str]) -> bool:
    """Whether the arguments of a call mean the same to another function: by what the parameters of both mean, and the
    names that the other has.
    """
    positional = [each for each in call.arguments if each.keyword is None]
    keywords = [each.keyword for each in call.arguments if each.keyword is not None]
    return (
        len(positional) <= len(old)
        and old[: len(positional)] == new[: len(positional)]
        and all(each in named for each in keywords)
    )


_ROLES = (Role.PREDICTION, Role.TARGET, Role.SUBJECT)


def _meanings(row: object, *, constructing: bool) -> dict[str, str]:
    """For each parameter of a call what it means: the role of what is transformed or compared, else its name."""
    takes = row.takes if isinstance(row, Function) and not constructing else {}
    roles = {name: taken.role.name for name, taken in takes.items() if taken.role in _ROLES}
    if isinstance(row, SameAs):
        roles = {row.subject: Role.SUBJECT.name}
    return {each.name: roles.get(each.name, each.name) for each in signature(row, constructing=constructing)}


def _respelled(
    names: Names, call: ir.Call, old: Mapping[str, str], new: Mapping[str, str]
) -> tuple[ir.Call, tuple[Change, ...]]:
    """A call with its keywords as another function spells them, and the changes that this takes."""
    spelled = {meaning: name for name, meaning in new.items()}
    changes: list[Change] = []
    arguments: list[ir.Argument] = []
    for each in call.arguments:
        other = spelled.get(old.get(each.keyword or "", ""), each.keyword)
        if each.keyword is not None and other is not None and each.keyword not in new:
            start, _ = names.tree.span(each)
            changes.append(Change(names.tree.file, start, start + len(each.keyword), other))
            each = ir.Argument(each.origin, other, each.value)
        arguments.append(each)
    return ir.Call(call.origin, call.callee, tuple(arguments)), tuple(changes)


def renamed(
    names: Names,
    use: Use,
    call: ir.Node,
    path: str,
    *,
    constructing: bool = False,
    without: tuple[str, ...] = (),
    known_as: str | None = None,
) -> tuple[Change, ...]:
    """Changes that let a call be one of another function or class, with the same arguments.

    `without` are parameters the other does not have: where they are given, they are left out. `known_as` is a name
    for what it is applied to. Raises `Uncertain`.
    """
    tree = names.tree
    if not isinstance(call, ir.Call):
        raise Uncertain("it is no call")
    method = not constructing and is_method(names, use, call)
    row = names.catalog.row(path)
    old, new = (_meanings(each, constructing=constructing) for each in (use.row, row))
    dropped = dropping(names, use, call, without, constructing=constructing)
    left = tuple(each for each in call.arguments if not any(each is gone for gone, _ in dropped))
    written, respelled = _respelled(names, ir.Call(call.origin, call.callee, left), old, new)
    if not fits(written, [*old.values()][method:], [*new.values()][method:], new):
        raise Uncertain("the other takes other arguments")
    changes = (*(change for _, change in dropped), *respelled)
    if known_as is not None:
        changes = (*changes, tree.replace(subject(names, use, call), known_as))
    if method:
        assert isinstance(call.callee, ir.Attribute)
        last = path.rpartition(".")[2]
        if any(each.name == path for each in names.catalog.methods(last)):
            _, end = tree.span(call.callee)
            return (*changes, Change(tree.file, end - len(call.callee.name), end, last))
        if left:
            raise Uncertain("a method with arguments has no function for them")
        spelled = names.spell(path)
        return (*spelled.changes, tree.replace(call, f"{spelled.text}({known_as or tree.source(call.callee.value)})"))
    known = names.path(call.callee)
    if known is None or names.catalog.row(known) is None or not _is_row(names, known, use):
        raise Uncertain("what is called goes by another name")
    spelled = names.spell(path, call.callee)
    return (*spelled.changes, *changes, tree.replace(call.callee, spelled.text))


def _is_row(names: Names, path: str, use: Use) -> bool:
    """Whether a qualified name is that of what is used."""
    return names.catalog.may_mean(path, use.row.name)


def dropping(
    names: Names, use: Use, call: ir.Call, parameters: tuple[str, ...], *, constructing: bool = False
) -> list[tuple[ir.Argument, Change]]:
    """The arguments given for some parameters, each with the change that takes it away."""
    found: list[tuple[ir.Argument, Change]] = []
    known = [each.name for each in signature(use.row, constructing=constructing)]
    method = not constructing and is_method(names, use, call)
    positional = [each for each in call.arguments if each.keyword is None]
    for each in call.arguments:
        name = each.keyword if each.keyword is not None else known[positional.index(each) + method]
        if name in parameters:
            found.append((each, without_argument(names.tree, call, each)))
    return found


def without_argument(tree: Tree, call: ir.Call, given: ir.Argument) -> Change:
    """Take an argument out of a call, with its comma."""
    position = call.arguments.index(given)
    start, end = tree.span(given)
    if len(call.arguments) > 1 and (lines := tree.listed(start, end)) is not None:
        return Change(tree.file, *lines, "")
    if position > 0:
        _, start = tree.span(call.arguments[position - 1])
    elif len(call.arguments) > 1:
        end, _ = tree.span(call.arguments[1])
    else:
        end += len(tree.text[end:]) - len(tree.text[end:].lstrip(" ,"))
    return Change(tree.file, start, end, "")


def inside(tree: Tree, node: ir.Node, changes: Iterable[Change]) -> tuple[str, tuple[Change, ...]]:
    """The text of an expression with changes made in it, and the changes that are elsewhere. Raises `Uncertain`."""
    start, end = tree.span(node)
    near = [each for each in changes if each.file == tree.file and start <= each.start and each.end <= end]
    far = tuple(each for each in changes if each not in near)
    if overlap(near):
        raise Uncertain("its changes overlap")
    shifted = [Change(each.file, each.start - start, each.end - start, each.content) for each in near]
    return apply(tree.text[start:end], shifted), far
