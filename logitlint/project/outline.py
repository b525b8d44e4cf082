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
from logitlint.project.words import Kept, Rows, Words, named_in, registers, without_prose
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
    header = (*_decorators(node), *(keyword.value for keyword in node.keywords))
    body = frozenset(word for each in header for word in named_in(ast.unparse(each)))
    methods: dict[str, Words] = {}
    attributes: dict[str, set[str]] = {}
    for statement in outer(node.body):
        if not isinstance(statement, _Function):
            body |= _words(statement, lines)
            continue
        said = _words(statement, lines)
        methods[statement.name] = methods.get(statement.name, frozenset()) | said
        inside = list(headers(ast.Module([statement], [])))
        local = {name for inner in inside[1:] for name in _made(inner)} - {"self"}
        local.update(name for name in _WALRUS.findall(lines.text(statement.lineno, int(statement.end_lineno or 0))))
        for inner in inside:
            for name in _stored(inner):
                words = _words(inner, lines)
                # a name may have been given its value, or a layer more, anywhere in the method
                attributes.setdefault(name, set()).update(words if local.isdisjoint(words) else said)
    bases = frozenset(word for base in node.bases for word in named_in(ast.unparse(base)))
    return ClassOutline(bases, body, _kept(methods), _kept(attributes))


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


def _stored(statement: ast.AST) -> Iterator[str]:
    """The attributes of `self` to which a statement assigns."""
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
                    yield inner.attr
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
    decorators = frozenset(word for each in _decorators(node) for word in named_in(ast.unparse(each)))
    return body | signature | decorators
