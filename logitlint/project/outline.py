"""What a file defines, and which words each definition says: enough to see what can be reached from where.

Made from CPython's tree, which every file that is checked passes through anyway.
"""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final

import msgspec

from logitlint.project.registering import adds_to, called, registered
from logitlint.project.stated import without_annotations, without_what_is_asked
from logitlint.project.toplevel import outer
from logitlint.project.words import Kept, Rows, Words, decorates, named_in, registers, without_prose
from logitlint.source.nesting import headers
from logitlint.source.text import rows

_Function: Final = (ast.FunctionDef, ast.AsyncFunctionDef)
_WALRUS: Final = re.compile(r"(\w+)\s*:=")


class Imported(msgspec.Struct, frozen=True):
    """What a name was bound to by an import: a module (`name` is None), or something inside one."""

    module: str
    name: str | None
    level: int


class ClassOutline(msgspec.Struct, frozen=True):
    """The words of a class: its bases, the rest of its header and body, each method, what each attribute is given."""

    bases: Words
    body: Words
    methods: Mapping[str, Kept]
    attributes: Mapping[str, Kept]

    @property
    def words(self) -> Words:
        """All words of the class."""
        return self.body.union(self.bases, *self.methods.values())


class Outline(msgspec.Struct, frozen=True):
    """The definitions of a file, by name.

    values
        Functions and other assigned names, with the words of all statements that bind them; under ``""`` those of
        everything that runs when the module does.
    functions
        Those of them that a `def` binds.
    filled
        Those to which a function that registers adds something.
    registered
        What is registered when the module runs, each with the names of what registers it: definitions, by their
        decorators, and ``""``, whatever statements of the module register.
    imports
        Bound by imports anywhere in the file; `stars` are the star imports.
    """

    values: Mapping[str, Kept]
    functions: frozenset[str]
    filled: frozenset[str]
    registered: Mapping[str, Kept]
    classes: Mapping[str, ClassOutline]
    imports: Mapping[str, tuple[Imported, ...]]
    stars: tuple[Imported, ...]

    def definitions(self) -> Iterator[tuple[str, str]]:
        """Each value and class, and each method (the second, else empty) of a class."""
        yield from ((name, "") for name in (*self.values, *self.classes))
        yield from ((name, method) for name, cls in self.classes.items() for method in cls.methods)


EMPTY: Final = Outline({}, frozenset(), frozenset(), {}, {}, {}, ())


def outline(tree: ast.Module, text: str) -> Outline:
    """The outline of a file."""
    statements = list(headers(tree))
    said = without_prose("\n".join(without_annotations(statements, rows(text))))
    lines = Rows(rows(without_what_is_asked(said)))
    values: dict[str, set[str]] = {}
    functions: set[str] = set()
    filled: set[str] = set()
    classes: dict[str, ClassOutline] = {}
    for statement in outer(tree.body):
        if isinstance(statement, ast.ClassDef):
            made = _class(statement, lines)
            earlier = classes.get(statement.name)
            classes[statement.name] = _both(earlier, made) if earlier is not None else made
        elif isinstance(statement, _Function):
            functions.add(statement.name)
            if registers(statement.name):
                filled.update(adds_to(statement))
            values.setdefault(statement.name, set()).update(_words(statement, lines))
        elif not isinstance(statement, ast.Import | ast.ImportFrom):
            words = _words(statement, lines)
            for name in ("", *_bound(statement)):
                values.setdefault(name, set()).update(words)
    imports: dict[str, list[Imported]] = {}
    stars: list[Imported] = []
    for each in statements:
        for name, target in _imported(each):
            if name == "*":
                stars.append(target)
            else:
                imports.setdefault(name, []).append(target)
    return Outline(
        _kept({name: words for name, words in values.items() if not _is_standard(imports.get(name, ()))}),
        frozenset(functions),
        frozenset(filled & values.keys() - functions),
        registered(tree) if registers(text) else {},
        classes,
        {name: tuple(targets) for name, targets in imports.items()},
        tuple(stars),
    )


def _is_standard(targets: Sequence[Imported]) -> bool:
    """Whether a name is one of the standard library, whatever is put there: ``sys.modules[...] = ...``."""
    roots = {"" if each.level else each.module.partition(".")[0] for each in targets}
    return bool(roots) and roots <= sys.stdlib_module_names


def _class(node: ast.ClassDef, lines: Rows) -> ClassOutline:
    body = _decorating(node).union(*(named_in(ast.unparse(keyword.value)) for keyword in node.keywords))
    methods: dict[str, Words] = {}
    attributes: dict[str, set[str]] = {}
    for statement in outer(node.body):
        if not isinstance(statement, _Function):
            body |= _words(statement, lines)
            continue
        said = _words(statement, lines)
        methods[statement.name] = methods.get(statement.name, frozenset()) | said
        for name, words in _given(statement, said, lines):
            attributes.setdefault(name, set()).update(words)
    bases = frozenset(word for base in node.bases for word in named_in(ast.unparse(base)))
    return ClassOutline(bases, body, _kept(methods), _kept(attributes))


def _given(method: ast.FunctionDef | ast.AsyncFunctionDef, said: Words, lines: Rows) -> Iterator[tuple[str, Words]]:
    """The attributes that a method sets on its object, or on one that it makes, with the words of what each is given.

    A name may have been given its value, or a layer more, anywhere in the method: the words of those statements count.
    Who is given by the caller, or by another method, has its attributes from elsewhere.
    """
    own = next((each.arg for each in (*method.args.posonlyargs, *method.args.args)), "")
    inside = list(headers(ast.Module([method], [])))
    stored = [(name, root, inner) for inner in inside for name, root in _stored(inner)]
    if not stored:
        return
    makers: dict[str, list[ast.AST]] = {}
    for inner in inside[1:]:
        for name in _made(inner):
            makers.setdefault(name, []).append(inner)
    inline = set(_WALRUS.findall(lines.text(method.lineno, int(method.end_lineno or 0))))
    local = makers.keys() - {own}
    for name, root, inner in stored:
        if root == own or root in inline or any(_makes(each, root, own) for each in makers.get(root, ())):
            words = _behind(inner, {each: makers[each] for each in local}, lines)
            yield name, words if inline.isdisjoint(words) else said


def _makes(statement: ast.AST, name: str, own: str) -> bool:
    """Whether a statement gives a name its value, and that not from a method of the same object."""
    if isinstance(statement, ast.Assign | ast.AnnAssign):
        targets = statement.targets if isinstance(statement, ast.Assign) else [statement.target]
        call = statement.value
        asks = isinstance(call, ast.Call) and list(_roots([call.func])) == [own]
        return not asks and any(_is_name(each, name) for target in targets for each in ast.walk(target))
    return not isinstance(statement, ast.AugAssign | ast.Expr)


def _is_name(node: ast.AST, name: str) -> bool:
    return isinstance(node, ast.Name) and node.id == name and isinstance(node.ctx, ast.Store)


def _behind(statement: ast.AST, makers: Mapping[str, Sequence[ast.AST]], lines: Rows) -> Words:
    """The words of a statement of a method, and of those that made the names that it says."""
    said = _words(statement, lines)
    followed: set[str] = set()
    while pending := said & makers.keys() - followed:
        followed |= pending
        said = said.union(*(_head(each, lines) for name in pending for each in makers[name]))
    return said


def _head(statement: ast.AST, lines: Rows) -> Words:
    """The words of a statement; of a loop or a ``with`` those of its head: what is in its body counts alone."""
    if isinstance(statement, ast.For | ast.AsyncFor | ast.With | ast.AsyncWith):
        return lines.words(statement.lineno, max(statement.lineno, _first(statement.body[0]) - 1))
    return _words(statement, lines)


def _kept(words: Mapping[str, Iterable[str]]) -> dict[str, Kept]:
    return {name: tuple(each) for name, each in words.items()}


def _both(one: ClassOutline, other: ClassOutline) -> ClassOutline:
    """Two classes of one name: which of them it is depends on a branch."""
    return ClassOutline(
        one.bases | other.bases,
        one.body | other.body,
        _joined(one.methods, other.methods),
        _joined(one.attributes, other.attributes),
    )


def _joined(one: Mapping[str, Kept], other: Mapping[str, Kept]) -> dict[str, Kept]:
    return {name: tuple({*one.get(name, ()), *other.get(name, ())}) for name in {**one, **other}}


def _bound(statement: ast.AST) -> Iterator[str]:
    """The names that a statement of the module changes: ``x = ...``, ``x.y = ...``, ``x[y] = ...``, ``x.add(...)``."""
    targets: list[ast.expr] = []
    if isinstance(statement, ast.Assign):
        targets = list(statement.targets)
    elif isinstance(statement, ast.AnnAssign | ast.AugAssign | ast.For):
        targets = [statement.target]
    elif isinstance(statement, ast.Expr):
        targets = [statement.value]
    yield from _roots(targets)


def _roots(targets: list[ast.expr]) -> Iterator[str]:
    """The names at which some targets begin."""
    while targets:
        target = targets.pop()
        if isinstance(target, ast.Name):
            yield target.id
        elif isinstance(target, ast.Attribute | ast.Subscript | ast.Starred):
            targets.append(target.value)
        elif isinstance(target, ast.Call):
            targets.append(target.func)
        elif isinstance(target, ast.Tuple | ast.List):
            targets += target.elts


def _made(statement: ast.AST) -> Iterator[str]:
    """The names that a statement of a function changes or defines."""
    yield from _bound(statement)
    if isinstance(statement, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
        yield statement.name
    elif isinstance(statement, ast.With | ast.AsyncWith):
        yield from _roots([item.optional_vars for item in statement.items if item.optional_vars is not None])


def _stored(statement: ast.AST) -> Iterator[tuple[str, str]]:
    """The attributes to which a statement assigns, each with the name of what has it."""
    targets: list[ast.expr] = []
    if isinstance(statement, ast.Assign):
        targets = list(statement.targets)
    elif isinstance(statement, ast.AnnAssign | ast.AugAssign):
        targets = [statement.target]
    while targets:
        target = targets.pop()
        if isinstance(target, ast.Tuple | ast.List):
            targets += target.elts
        elif isinstance(target, ast.Attribute | ast.Subscript):
            inner: ast.expr = target
            while isinstance(inner, ast.Attribute | ast.Subscript):
                if isinstance(inner, ast.Attribute) and isinstance(inner.value, ast.Name):
                    yield inner.attr, inner.value.id
                inner = inner.value


def _imported(statement: ast.AST) -> Iterator[tuple[str, Imported]]:
    if isinstance(statement, ast.Import):
        for alias in statement.names:
            first = alias.name.partition(".")[0]
            yield alias.asname or first, Imported(alias.name if alias.asname else first, None, 0)
            if not alias.asname and first != alias.name:
                yield first, Imported(alias.name, None, 0)
    elif isinstance(statement, ast.ImportFrom):
        for alias in statement.names:
            yield alias.asname or alias.name, Imported(statement.module or "", alias.name, statement.level)


def _first(node: ast.AST) -> int:
    """The row with which a definition begins, its decorators included."""
    return int(min([node.lineno, *(each.lineno for each in getattr(node, "decorator_list", ()))]))  # type: ignore[attr-defined]


def _decorators(node: ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef) -> Iterator[ast.expr]:
    """The decorators of a definition; of one that registers it, what else it is given: nothing is looked up there."""
    for each in node.decorator_list:
        if not any(map(registers, called(each)[:1])):
            yield each
        elif isinstance(each, ast.Call):
            yield from each.args
            yield from (keyword.value for keyword in each.keywords)


def _decorating(node: ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef) -> Words:
    """The words of the decorators of a definition; a plain name of one is marked."""
    said: set[str] = set()
    for each in _decorators(node):
        callee = each.func if isinstance(each, ast.Call) else each
        if isinstance(callee, ast.Name):
            said.add(sys.intern(decorates(callee.id)))
            parts = (*each.args, *(keyword.value for keyword in each.keywords)) if isinstance(each, ast.Call) else ()
        else:
            parts = (each,)
        said.update(word for part in parts for word in named_in(ast.unparse(part)))
    return frozenset(said)


def _words(node: ast.AST, lines: Rows) -> Words:
    """The words of a statement; of a function neither its docstring nor its own name where it is defined."""
    first, last = _first(node), int(node.end_lineno)  # type: ignore[attr-defined]
    if not isinstance(node, _Function):
        return lines.words(first, last)
    head = node.body[0]
    if isinstance(head, ast.Expr) and isinstance(head.value, ast.Constant) and head.end_lineno is not None:
        start, begin = head.lineno, head.end_lineno + 1
    else:
        start = begin = _first(head)
    if start <= node.lineno:
        return lines.words(first, last)  # all in one row
    body, signature = lines.words(begin, last), lines.words(node.lineno, start - 1)
    if lines.text(node.lineno, start - 1).count(node.name) == 1:
        signature -= {node.name}
    return body | signature | _decorating(node)
