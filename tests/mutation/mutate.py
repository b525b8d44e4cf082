"""Does any test notice? python tests/mutation/mutate.py rules | lookup | tables [MODULE...] [--kinds] [--nearest]

Makes one small mistake at a time in the rules (a condition dropped or turned round, a kind, want, fact or comparison
exchanged), in how rows are looked up (the same in the catalog and the vocabulary, an entry dropped of what stands in
tables beside the rows) or in the rows of the tables (a row deleted, a kind, want, role, fact, axis or bound changed),
runs the nearest tests, and prints every mistake that none of them notices. Exits with 1 when there is one.

A mistake in code is made in a process of its own, forked when everything heavy is imported; those in rows are made
one after the other in one process, and undone. The nearest tests are called as plain functions there, stopping at the
first that fails; the calls that noticed most so far come first, and only what survives them all is put to pytest. Needs
`fork`.
"""

from __future__ import annotations

import argparse
import ast
import contextlib
import enum
import fnmatch
import functools
import importlib
import importlib.abc
import importlib.machinery
import importlib.util
import inspect
import itertools
import json
import os
import random
import re
import signal
import sys
import tempfile
import time
import warnings
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from types import CodeType, FunctionType, ModuleType
from typing import Any, Final, NamedTuple, TypeVar

import msgspec

ROOT: Final = Path(__file__).resolve().parent.parent.parent
PATIENCE: Final = 300
"""Seconds that the tests of one mistake may take."""
UNTOUCHED: Final = ("explain", "pages", "unreadable", "rule", "__init__")
"""Modules of rules/ that hold no judgement."""


class Mutant(NamedTuple):
    """One mistake: what it is, for a reader, and how it is made in a process that has not imported the tests yet."""

    what: str
    apply: Callable[[], object]


# -- mistakes in code -------------------------------------------------------------------------------------------------

_WORDS: Final = ("Kind", "Want", "Fact", "Role", "Scope", "Axes", "Via")
_TURNED: Final[Mapping[type[ast.cmpop], type[ast.cmpop]]] = {
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
    ast.Lt: ast.GtE,
    ast.GtE: ast.Lt,
    ast.Gt: ast.LtE,
    ast.LtE: ast.Gt,
}


def _changes(node: ast.AST) -> Iterator[ast.expr]:
    """What may stand in place of an expression."""
    if isinstance(node, ast.BoolOp):
        for left_out in range(len(node.values)):
            values = [value for number, value in enumerate(node.values) if number != left_out]
            yield values[0] if len(values) == 1 else ast.BoolOp(node.op, values)
    elif isinstance(node, ast.Compare) and len(node.ops) == 1:
        yield ast.Compare(node.left, [_TURNED[type(node.ops[0])]()], node.comparators)
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        yield node.operand
    elif isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitOr | ast.BitAnd):
        yield from (node.left, node.right)
    elif isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id in _WORDS:
        members = _words(node.value.id)
        if node.attr in members:
            other = members[(members.index(node.attr) + 1) % len(members)]
            yield ast.Attribute(node.value, other, node.ctx)
    elif isinstance(node, ast.Name) and node.id in ("any", "all"):
        yield ast.Name("all" if node.id == "any" else "any", node.ctx)
    elif isinstance(node, ast.Constant) and isinstance(node.value, bool):
        yield ast.Constant(not node.value)
    elif isinstance(node, ast.Constant) and isinstance(node.value, int | float):
        yield ast.Constant(node.value + 1)
    elif isinstance(node, ast.IfExp):
        yield from (node.body, node.orelse)
    elif isinstance(node, ast.Dict):
        for left_out in range(len(node.keys)):
            kept = [number for number in range(len(node.keys)) if number != left_out]
            yield ast.Dict([node.keys[number] for number in kept], [node.values[number] for number in kept])
    elif isinstance(node, ast.Set) and len(node.elts) > 1:
        for left_out in range(len(node.elts)):
            yield ast.Set([each for number, each in enumerate(node.elts) if number != left_out])


def _words(name: str) -> list[str]:
    from logitlint import kinds
    from logitlint.frameworks import vocabulary
    from logitlint.inference import trace

    home = next(module for module in (kinds, vocabulary, trace) if hasattr(module, name))
    return list(getattr(home, name).__members__)


def _conditions(node: ast.AST) -> Iterator[tuple[str, object]]:
    """The fields of a node that hold a condition, with what dropping it leaves there."""
    if isinstance(node, ast.If):
        yield from (("test", ast.Constant(True)), ("test", ast.Constant(False)))
    elif isinstance(node, ast.comprehension):
        for left_out in range(len(node.ifs)):
            yield "ifs", [each for number, each in enumerate(node.ifs) if number != left_out]


def code_mutants(source: str, names: Collection[str] = ()) -> Iterator[tuple[str, str]]:
    """Every mistake in a module's functions and masks: what it is, and the text of the module that makes it.

    names
        Only in what these names stand for; in all, when there is none.

    What says nothing of the judgement is left alone: docstrings, annotations, messages and the examples of a rule.
    """
    tree = ast.parse(source)
    for statement in tree.body:
        if isinstance(statement, ast.Import | ast.ImportFrom | ast.If) or _is_rule(statement) or _is_type(statement):
            continue
        if names and not (isinstance(statement, ast.AnnAssign) and ast.unparse(statement.target) in names):
            continue
        for parent in list(_judging(statement)):
            for field, value in _parts(parent):
                for position, child in enumerate(value) if isinstance(value, list) else [(-1, value)]:
                    for new in _changes(child) if isinstance(child, ast.AST) else ():
                        yield _described(tree, parent, field, position, new)
            for field, left in _conditions(parent):
                yield _described(tree, parent, field, -1, left)


def _is_type(statement: ast.stmt) -> bool:
    """Whether it names a type, for annotations alone."""
    return isinstance(statement, ast.AnnAssign) and ast.unparse(statement.annotation) == "TypeAlias"


def _is_rule(statement: ast.stmt) -> bool:
    """``RULE = Rule(...)``."""
    return (
        isinstance(statement, ast.Assign)
        and isinstance(statement.value, ast.Call)
        and (isinstance(statement.value.func, ast.Name) and statement.value.func.id == "Rule")
    )


def _judging(node: ast.AST) -> Iterator[ast.AST]:
    """The parts of a statement that judge, without annotations and f-strings."""
    yield node
    for _, value in _parts(node):
        for child in value if isinstance(value, list) else [value]:
            if isinstance(child, ast.AST) and not isinstance(child, ast.JoinedStr):
                yield from _judging(child)


def _parts(node: ast.AST) -> list[tuple[str, Any]]:
    """The fields of a node in which a judgement may stand."""
    left_out = ["annotation", "returns", "decorator_list", "bases", *["keywords"] * isinstance(node, ast.ClassDef)]
    return [each for each in ast.iter_fields(node) if each[0] not in left_out]


def _described(tree: ast.Module, parent: ast.AST, field: str, position: int, new: object) -> tuple[str, str]:
    """Put something else into the tree, write the module out, and put back what was there."""
    held = getattr(parent, field)
    old = held[position] if position >= 0 else held
    before = ", ".join(map(ast.unparse, old)) if isinstance(old, list) else ast.unparse(old)
    after = ", ".join(map(ast.unparse, new)) if isinstance(new, list) else ast.unparse(new)  # type: ignore[arg-type]
    if isinstance(old, ast.Dict | ast.Set) and type(new) is type(old):
        before, after = _dropped(old, new), "nothing"
    whole = [*held[:position], new, *held[position + 1 :]] if position >= 0 else new
    setattr(parent, field, whole)
    text = ast.unparse(ast.fix_missing_locations(tree))
    setattr(parent, field, held)
    row = getattr(parent, "lineno", None) or (old[0] if isinstance(old, list) else old).lineno
    return f"{row}: `{before}` -> `{after or 'nothing'}`", text


def _dropped(old: ast.Dict | ast.Set, new: ast.Dict | ast.Set) -> str:
    """The entry of a display that another lacks."""
    whole, left = (each.values if isinstance(each, ast.Dict) else each.elts for each in (old, new))
    number = next(number for number, each in enumerate(whole) if each not in left)
    entry = ast.unparse(whole[number])
    if isinstance(old, ast.Set):
        return entry
    key = old.keys[number]
    return f"**{entry}" if key is None else f"{ast.unparse(key)}: {entry}"


class _Mutated(importlib.machinery.SourceFileLoader):
    """Loads a module from other text than its file's."""

    def __init__(self, name: str, path: str, code: CodeType) -> None:
        super().__init__(name, path)
        self.code = code

    def get_code(self, fullname: str) -> CodeType:
        return self.code


class _Finder(importlib.abc.MetaPathFinder):
    def __init__(self, name: str, path: Path, text: str) -> None:
        self.name, self.path = name, str(path)
        self.code = compile(text, str(path), "exec")

    def find_spec(self, name: str, _path: object = None, _target: object = None) -> Any:
        if name != self.name:
            return None
        return importlib.util.spec_from_loader(name, _Mutated(name, self.path, self.code))


def rule_modules(wanted: Collection[str]) -> list[Path]:
    """The modules of rules/ that judge: those of some names, or all."""
    found = sorted((ROOT / "logitlint" / "rules").glob("*.py"))
    return [path for path in found if path.stem not in UNTOUCHED and (not wanted or path.stem in wanted)]


def rule_mutants(modules: Collection[str]) -> Iterator[Mutant]:
    """The mistakes in modules of rules/."""
    for path in rule_modules(modules):
        name = f"logitlint.rules.{path.stem}"
        for what, text in code_mutants(path.read_text("utf-8")):
            finder = _Finder(name, path, text)
            yield Mutant(f"rules/{path.name}:{what}", lambda finder=finder: sys.meta_path.insert(0, finder))  # type: ignore[misc]


LOOKUP: Final = ("catalog", "vocabulary")
"""Modules of frameworks/ that hold no row: how rows are found, and what they are written in."""
BESIDE: Final = ("CONVENTIONAL", "COUNTERPARTS", "EDITIONS", "GIVING", "HOMES", "METHODS", "OPERATORS", "SYNONYMS")
"""What stands in tables beside the rows, and only the catalog reads."""


def lookup_mutants(modules: Collection[str]) -> Iterator[Mutant]:
    """The mistakes in how rows are looked up, of some modules of frameworks/ or of all."""
    for path in sorted((ROOT / "logitlint" / "frameworks").glob("*.py")):
        if modules and path.stem not in modules:
            continue
        name = f"logitlint.frameworks.{path.stem}"
        for what, text in code_mutants(path.read_text("utf-8"), () if path.stem in LOOKUP else BESIDE):
            make = functools.partial(_import_anew, _Finder(name, path, text))
            yield Mutant(f"frameworks/{path.name}:{what}", make)


def _import_anew(finder: _Finder) -> None:
    """Have a module made of other text, and all that may have imported it, in this process."""
    sys.meta_path.insert(0, finder)
    for name in [name for name in sys.modules if name.partition(".")[0] == "logitlint"]:
        del sys.modules[name]


# -- mistakes in rows -------------------------------------------------------------------------------------------------

_SAID: Final = ("name", "signature", "init", "source", "documentation", "cell", "argument")
"""Fields that are no claim about what a row does, or that signatures are held against."""


def value_mutants(value: object, facts: Sequence[enum.Enum], whole: bool = True) -> Iterator[tuple[str, object]]:
    """What may wrongly stand in place of a row (`whole`) or a part of it. A result has a row of its own."""
    if not whole and type(value).__name__ == "Result":
        yield _changed(getattr(value, "name", None), None)
    elif isinstance(value, msgspec.Struct):
        for field in value.__struct_fields__:
            if field not in _SAID:
                for what, other in value_mutants(getattr(value, field), facts, False):
                    yield f"{field}: {what}", msgspec.structs.replace(value, **{field: other})
    elif isinstance(value, enum.Flag):
        members = list(type(value))
        last = next((number for number, member in enumerate(members) if member in value), 0)
        yield _changed(value, members[(last + 1) % len(members)])
    elif isinstance(value, enum.Enum):
        members = list(type(value))
        yield _changed(value, members[(members.index(value) + 1) % len(members)])
    elif isinstance(value, frozenset):
        for each in sorted(value, key=str):
            yield f"without {each}", value - {each}
        if all(isinstance(each, type(facts[0])) for each in value):
            for each in facts:
                if each not in value:
                    yield f"with {each}", value | {each}
    elif isinstance(value, Mapping):
        for key, each in value.items():
            yield f"without {key}", {other: value[other] for other in value if other != key}
            for what, other in value_mutants(each, facts, False):
                yield f"{key}: {what}", {**value, key: other}
    elif isinstance(value, tuple):
        for position, each in enumerate(value):
            yield f"without {position}", (*value[:position], *value[position + 1 :])
            for what, other in value_mutants(each, facts, False):
                yield f"{position}: {what}", (*value[:position], other, *value[position + 1 :])
    elif isinstance(value, int | float):
        yield _changed(value, not value if isinstance(value, bool) else value + 1)
    elif isinstance(value, str):
        yield _changed(value, None)


def _changed(value: object, other: object) -> tuple[str, object]:
    return f"{value} -> {other}", other


class RowMutant(NamedTuple):
    """One mistake in a table: what it is, the row, and what stands in its place; None when it is deleted."""

    what: str
    row: Any
    other: Any


def _rows(module: str) -> tuple[Any, ...]:
    """The rows of a table."""
    rows: tuple[Any, ...] = importlib.import_module(f"logitlint.frameworks.{module}").ROWS
    return rows


def row_mutants(modules: Iterable[str]) -> Iterator[RowMutant]:
    """The mistakes in the rows of tables. A method that is described by a function's row has no claims of its own."""
    from logitlint.frameworks.vocabulary import Fact

    seen: set[int] = set()
    for module in modules:
        for row in _rows(module):
            if id(row) in seen:
                continue  # of a table within a table
            seen.add(id(row))
            yield RowMutant(f"frameworks/{module}: {row.name}: deleted", row, None)
            if getattr(row, "row", row).name == row.name:
                for what, other in value_mutants(row, list(Fact)):
                    yield RowMutant(f"frameworks/{module}: {row.name}: {what}", row, other)


def is_of_kinds(what: str) -> bool:
    """Whether a mistake in a table deletes a row, or changes a kind, a want or the result that is given."""
    return (
        what.endswith(": deleted")
        or re.search(r"(?:: |without )(?:Kind|Want)\.|: gives: [\w.]+ -> None", what) is not None
    )


def exchange(row: Any, other: Any) -> Callable[[], None]:
    """Put another row, or none, in the place of one, wherever a table has it; returns what puts it back."""
    from logitlint.frameworks import catalog

    def instead(each: Any) -> Any:
        if each is row:
            return other
        if other is not None and getattr(each, "row", None) is row:
            return msgspec.structs.replace(each, row=other)
        return each

    before: list[tuple[ModuleType, str, tuple[object, ...]]] = []
    for name, module in list(sys.modules.items()):
        for held, rows in list(vars(module).items()) if name.startswith("logitlint.frameworks.") else ():
            if isinstance(rows, tuple) and any(each is row for each in rows):
                before.append((module, held, rows))
                setattr(module, held, tuple(new for each in rows if (new := instead(each)) is not None))
    catalog._standard.cache_clear()

    def undo() -> None:
        for module, held, rows in before:
            setattr(module, held, rows)
        catalog._standard.cache_clear()

    return undo


# -- is it noticed? ---------------------------------------------------------------------------------------------------


class Fate(enum.Enum):
    """What becomes of a mistake."""

    NOTICED = 0
    SURVIVED = 1
    UNDECIDED = 2
    """The tests took too long, or were ended from outside."""


_PROVIDED: Final = ("monkeypatch", "tmp_path")
"""The fixtures of pytest that are made here."""


def _fixture(function: FunctionType, name: str) -> FunctionType | None:
    """What makes a fixture of the module of a test; None when it is another's, or has something to end."""
    unwrap = getattr(function.__globals__.get(name), "_get_wrapped_function", None)
    made: FunctionType | None = unwrap() if unwrap is not None else None
    return None if made is None or inspect.isgeneratorfunction(made) else made


def _needs(function: FunctionType) -> set[str]:
    """The parameters of a test, or of a fixture, that are not made here."""
    needed: set[str] = set()
    for name in set(inspect.signature(function).parameters).difference(_PROVIDED):
        fixture = _fixture(function, name)
        needed |= {name} if fixture is None else _needs(fixture)
    return needed


def cases(function: FunctionType) -> list[dict[str, object]]:
    """The arguments with which pytest would call a test; none when it needs a fixture that is not made here."""
    whole: list[dict[str, object]] = [{}]
    for mark in getattr(function, "pytestmark", []):
        if mark.name == "usefixtures":
            return []
        if mark.name == "parametrize":
            names = mark.args[0]
            names = [name.strip() for name in names.split(",")] if isinstance(names, str) else list(names)
            given = [
                dict(zip(names, values if len(names) > 1 else [values], strict=True))
                for values in (getattr(each, "values", each) if len(names) > 1 else each for each in mark.args[1])
            ]
            whole = [{**one, **other} for one, other in itertools.product(whole, given)]
    needed = _needs(function)
    return [each for each in whole if each.keys() == needed]


def fails(function: FunctionType, given: Mapping[str, object]) -> bool:
    """Whether a test fails with these arguments."""
    import pytest

    if (torch := sys.modules.get("torch")) is not None:
        torch.manual_seed(7)  # as the tests of the tables do
    with contextlib.ExitStack() as stack:
        made: dict[str, object] = {}

        def arguments(taker: FunctionType) -> dict[str, object]:
            for name in inspect.signature(taker).parameters:
                if name in made or name in given:
                    continue
                if (fixture := _fixture(taker, name)) is not None:
                    made[name] = fixture(**arguments(fixture))
                elif name == "monkeypatch":
                    made[name] = stack.enter_context(pytest.MonkeyPatch.context())
                else:
                    made[name] = Path(stack.enter_context(tempfile.TemporaryDirectory()))
            return {name: made.get(name, given.get(name)) for name in inspect.signature(taker).parameters}

        try:
            function(**arguments(function))
        except _TooLongError:
            raise
        except pytest.skip.Exception:
            return False
        except BaseException:
            return True
    return False


def tests_of(module: ModuleType) -> list[FunctionType]:
    """The functions of a module that are tests."""
    return [each for name, each in vars(module).items() if name.startswith("test_") and isinstance(each, FunctionType)]


class Call(NamedTuple):
    """A test with one of the sets of arguments that it is called with."""

    module: str
    test: str
    number: int


REMEMBERED: Final = 60
"""How many of the calls that noticed a mistake are made first for the next."""


def noticing(modules: Sequence[str], first: Collection[Call] = ()) -> Call | None:
    """The call that fails, of the tests of some modules; `first` are made before all others."""
    for early in (True, False):
        for name in modules:
            if early and not any(each.module == name for each in first):
                continue
            for function in tests_of(importlib.import_module(name)):
                for number, given in enumerate(cases(function)):
                    call = Call(name, function.__name__, number)
                    if (call in first) == early and fails(function, given):
                        return call
    return None


def _names(row: Any) -> set[str]:
    """The names of a row and of its result, with the last part of each; a mistake may have dropped one."""
    given = getattr(getattr(getattr(row, "call", None) or row, "gives", None), "name", None)
    paths = [each for each in (row.name, *getattr(row, "aliases", ()), given) if isinstance(each, str)]
    return {*paths, *(path.rpartition(".")[2] for path in paths)}


def _concerns(value: object, row: Any) -> bool:
    """Whether an argument of a test is a row, a part of it or one of its names."""
    if isinstance(value, str):
        return value in _names(row)
    return value is row or value is getattr(row, "row", row) or value is getattr(row, "call", row)


class _TooLongError(Exception):
    """The tests of one mistake took longer than they may."""


def _too_long(_signal: int, _frame: object) -> None:
    raise _TooLongError


MEASURED: Final[Mapping[str, tuple[str, ...]]] = {"test_keras_backends": ("measured",)}
"""Functions of modules of tests that run a framework, remember what it gave, and ask no row: they are kept."""


class Proofs:
    """The tests of some tables, called as functions in this process for one mistake after the other.

    A mistake in a row is met by importing the module of the tests anew, which is cheap when what it imports is there.
    The tests that are given the row come first, then those that are given none, then (`whole`) all others;
    among each, the one that noticed most so far, and of the others the quickest. A test that fails is called
    without the mistake too, and must pass.
    """

    def __init__(self, name: str, whole: bool, rows: Iterable[Any]) -> None:
        self.name, self.whole = name, whole
        self.names = {each for row in rows for each in _names(row)}
        self.sound = self._loaded()
        self.counts: dict[str, int] = {}
        self.fields: dict[str, int] = {}
        self.seconds: dict[str, float] = {}
        self.passes: dict[tuple[str, str], bool] = {}

    def _loaded(self) -> ModuleType:
        """The module of the tests, anew."""
        spec = importlib.util.find_spec(self.name)
        assert spec is not None
        assert spec.loader is not None
        module = sys.modules[self.name] = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        for kept in MEASURED.get(self.name, ()) if hasattr(self, "sound") else ():
            setattr(module, kept, getattr(self.sound, kept))
        return module

    def notice(self, row: Any, other: Any, field: str) -> str | None:
        """The name of a test that fails when a row is exchanged for another, or is left out; None if all pass.

        `field` is the part of the row that is another.

        Raises RuntimeError when that test fails without the mistake, too.
        """
        undo = exchange(row, other)
        try:
            try:
                module = self._loaded()
            except Exception:
                return "import"
            name = next((f.__name__ for f, given in self._calls(module, row, other) if self._fails(f, given)), None)
        finally:
            undo()
        if name is not None:
            self.counts[name] = self.counts.get(name, 0) + 1
            self.fields[field] = self.fields.get(field, 0) + 1
            if not self._passes(name, row):
                raise RuntimeError(f"{name} fails without the mistake")
        return name

    def _calls(self, module: ModuleType, row: Any, other: Any) -> Iterator[tuple[FunctionType, dict[str, object]]]:
        """The calls of all tests, the likeliest to notice first."""

        def elsewhere(value: object) -> bool:
            return value in self.names if isinstance(value, str) else isinstance(value, msgspec.Struct | Mapping)

        def rank(call: tuple[FunctionType, dict[str, object]]) -> tuple[int, int, float]:
            function, given = call
            near = any(_concerns(value, each) for value in given.values() for each in (row, other) if each is not None)
            name = function.__name__
            far = any(map(elsewhere, given.values()))
            return 0 if near else 2 if far else 1, -self.counts.get(name, 0), self.seconds.get(name, 0)

        calls = [(function, given) for function in tests_of(module) for given in cases(function)]
        return iter(sorted((call for call in calls if self.whole or rank(call)[0] < 2), key=rank))

    def _fails(self, function: FunctionType, given: Mapping[str, object]) -> bool:
        start = time.perf_counter()
        failed = fails(function, given)
        self.seconds[function.__name__] = time.perf_counter() - start
        return failed

    def _passes(self, name: str, row: Any) -> bool:
        """Whether the calls of a test that concern a row, or all when none does, pass without a mistake."""
        key = (name, row.name)
        if key not in self.passes:
            function = getattr(self.sound, name)
            calls = cases(function)
            near = [given for given in calls if any(_concerns(value, row) for value in given.values())]
            self.passes[key] = not any(fails(function, given) for given in near or calls)
        return self.passes[key]


def sift(
    mutants: Sequence[RowMutant], tests: Sequence[str], whole: bool = True, tell: bool = False
) -> dict[str, tuple[Fate, str]]:
    """What became of mistakes in rows, and which test noticed, by the tests of some modules alone; `tell` prints it.

    They are made in one process, so that what is heavy is imported once and never forked.
    """
    reading, writing = os.pipe()
    child = os.fork()
    if not child:
        signal.signal(signal.SIGALRM, _too_long)
        nothing = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nothing, 1)
        warnings.simplefilter("ignore")
        with os.fdopen(writing, "w") as told:
            proofs = [Proofs(test, whole, [mutant.row for mutant in mutants]) for test in tests]
            for mutant in mutants:
                signal.alarm(PATIENCE)
                try:
                    field = mutant.what.split(": ")[2]
                    proofs.sort(key=lambda each: -each.fields.get(field, 0))
                    by = next(filter(None, (each.notice(mutant.row, mutant.other, field) for each in proofs)), None)
                    fate = Fate.SURVIVED if by is None else Fate.NOTICED
                except (RuntimeError, _TooLongError) as error:
                    fate, by = Fate.UNDECIDED, str(error)
                signal.alarm(0)
                print(json.dumps([mutant.what, fate.value, by or ""]), file=told, flush=True)
        os._exit(0)
    os.close(writing)
    found = {}
    start = time.perf_counter()
    with os.fdopen(reading) as lines:
        for number, line in enumerate(lines, 1):
            what, value, by = json.loads(line)
            found[what] = Fate(value), by
            if tell:
                print(f"{by or 'nothing'}: {what}", flush=True)
            if number % 100 == 0:
                print(f"{number} of {len(mutants)}, {time.perf_counter() - start:.0f} s", file=sys.stderr, flush=True)
    if os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) or len(found) < len(mutants):
        raise RuntimeError(f"{tests[0]} ended after {len(found)} of {len(mutants)} mistakes")
    return found


_NOT_MADE: Final = 70


def fate(mutant: Mutant, nearest: Sequence[str], suite: Sequence[str], memory: Counter[Call] | None = None) -> Fate:
    """Whether a test notices a mistake: first the nearest test modules as plain functions, then files by pytest.

    `memory` counts the calls that noticed mistakes: those that noticed most are made first, and the one that notices
    this one is added.
    Raises RuntimeError when the mistake cannot be made: what fails then is no test.
    """
    first = frozenset(call for call, _ in memory.most_common(REMEMBERED)) if memory else frozenset()
    reading, writing = os.pipe()
    child = os.fork()
    if child:
        os.close(writing)
        with os.fdopen(reading) as told:
            by = told.read().split()
        if by and memory is not None:
            memory[Call(by[0], by[1], int(by[2]))] += 1
        ended = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        if ended == _NOT_MADE:
            raise RuntimeError(f"cannot be made: {mutant.what}")
        return Fate.UNDECIDED if ended < 0 else Fate.NOTICED if ended else Fate.SURVIVED
    signal.alarm(PATIENCE)
    nothing = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nothing, 1)
    os.dup2(nothing, 2)
    try:
        mutant.apply()
    except BaseException:
        os._exit(_NOT_MADE)
    try:
        call = noticing(nearest, first)
        if call is not None:
            os.write(writing, f"{call.module} {call.test} {call.number}".encode())
        failed = call is not None
        if not failed and suite:
            import pytest

            # What is imported already cannot be rewritten, and pytest warns of it.
            failed = pytest.main(["-x", "-q", "--assert=plain", "-p", "no:cacheprovider", *suite]) != 0
    except BaseException:
        failed = True
    os._exit(int(failed))


# -- the command ------------------------------------------------------------------------------------------------------

RULES_NEAREST: Final = ("test_rules", "test_gumbel", "test_fixtures")
RULES_NEXT: Final = ("test_linter", "test_keras_backends", "test_why")
LOOKUP_NEAREST: Final = (
    "test_catalog_entries",
    "test_catalog",
    "test_sieve",
    "test_rules",
    "test_names",
    "test_reach",
    "test_fixtures",
)
LOOKUP_NEXT: Final = ("test_own_functions", "test_settings", "test_linter", "test_why")
ASKED_ELSEWHERE: Final[Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]]] = {
    "backends": ((), ("test_keras_backends", "test_linter", "test_why")),
    "interest": (("test_why",), ("test_linter",)),
}
"""Modules of rules/ whose answers no rule reads, with the tests of whoever does: the nearest, and the next."""
NO_RULE: Final = (
    "test_keras_backends.py::test_what_a_backend_makes_of_a_mistake",
    "test_keras_backends.py::test_tensorflow_takes_the_raw_scores_only_where_nothing_stands_between",
)
"""Slow tests that hold a table to the frameworks and ask no rule."""
TABLE_TESTS: Final[Mapping[tuple[str, ...], tuple[str, ...]]] = {
    ("test_tables",): ("torch_activations", "torch_[dlo]*", "numpy", "python"),
    ("test_keras_tables", "test_keras_backends"): ("keras_losses",),
    ("test_keras_operations", "test_keras_tables"): ("keras_operations",),
    ("test_keras_tables",): ("keras_*",),
    ("test_tensorflow_tables",): ("tensorflow_*", "tflearn", "sklearn"),
    ("test_jax_tables",): ("jax", "jax_*", "flax", "optax", "haiku", "equinox", "distrax"),
    ("test_library_tables",): ("*",),
}
"""The tests of tables, each with the tables that they hold; the first that fits are the nearest."""
GATHERED: Final = ("torch", "keras", "tensorflow")
"""Tables that hold the rows of others and none of their own."""


def table_modules() -> list[str]:
    """The modules of frameworks/ with rows of their own."""
    found = sorted(path.stem for path in (ROOT / "logitlint" / "frameworks").glob("*.py"))
    return [
        name
        for name in found
        if name not in GATHERED and hasattr(importlib.import_module(f"logitlint.frameworks.{name}"), "ROWS")
    ]


def nearest_tests(table: str) -> tuple[str, ...]:
    """The modules with the tests of a table."""
    return next(tests for tests, held in TABLE_TESTS.items() if any(fnmatch.fnmatch(table, each) for each in held))


def main() -> int:
    """Make every mistake that was asked for, one after the other."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=("rules", "lookup", "tables"))
    parser.add_argument("modules", nargs="*", metavar="MODULE", help="[default: all]")
    parser.add_argument("--claims", action="store_true", help="no facts that are added to what a row says")
    parser.add_argument(
        "--kinds", action="store_true", help="only rows deleted, and kinds and wants exchanged or dropped"
    )
    parser.add_argument("--nearest", action="store_true", help="only the nearest tests: quick, and says less")
    parser.add_argument("--by", action="store_true", help="tell of each mistake in a row which test noticed it")
    parser.add_argument("--sample", type=int, metavar="N", help="only N of them, chosen at random")
    parser.add_argument("--seed", type=int, default=0, help="of the choice [default: 0]")
    arguments = parser.parse_args()
    sys.path[:0] = [str(ROOT), str(ROOT / "tests")]
    if arguments.what == "rules":
        names = [path.stem for path in rule_modules(arguments.modules)]
        judging = [name for name in names if name not in ASKED_ELSEWHERE]
        runs = [(judging, RULES_NEAREST, RULES_NEXT)] if judging else []
        runs += [([name], *ASKED_ELSEWHERE[name]) for name in names if name in ASKED_ELSEWHERE]
        return max(run(list(rule_mutants(some)), near, after, arguments) for some, near, after in runs)
    if arguments.what == "lookup":
        return run(list(lookup_mutants(arguments.modules)), LOOKUP_NEAREST, LOOKUP_NEXT, arguments)
    tables: dict[tuple[str, ...], list[str]] = {}
    for table in arguments.modules or table_modules():
        tables.setdefault(nearest_tests(table), []).append(table)
    ends = []
    for tests, held in tables.items():
        mutants = [each for each in row_mutants(held) if not (arguments.claims and ": with " in each.what)]
        if arguments.kinds:
            mutants = [each for each in mutants if is_of_kinds(each.what)]
        ends.append(run_rows(mutants, tests, arguments))
    return max(ends)


def run_rows(found: Sequence[RowMutant], tests: Sequence[str], asked: argparse.Namespace) -> int:
    """Make mistakes in the rows that some tests hold and say what became of them; 1 when one survived."""
    mutants = chosen(found, asked)
    start = time.perf_counter()
    fates = {what: became for what, (became, _) in sift(mutants, tests, not asked.nearest, asked.by).items()}
    suite = [f"{ROOT}/tests/{name}.py" for name in (*tests, "test_catalog", "test_rules", "test_fixtures")]
    left = [each for each in mutants if fates[each.what] is Fate.SURVIVED and not asked.nearest]
    if left and fate(Mutant("none", lambda: None), (), suite) is not Fate.SURVIVED:
        print("the tests fail without any mistake", file=sys.stderr)
        return 2
    for each in left:
        fates[each.what] = fate(Mutant(each.what, functools.partial(exchange, each.row, each.other)), (), suite)
    tables: dict[str, list[Fate]] = {}
    for what, became in fates.items():
        if became is not Fate.NOTICED:
            print(f"{became.name.lower()}: {what}", flush=True)
        tables.setdefault(what.partition(":")[0], []).append(became)
    for table, ends in tables.items():
        print(f"{table}: {told(ends)}")
    print(f"{', '.join(tests)}: {told(list(fates.values()))} in {time.perf_counter() - start:.0f} s", flush=True)
    return int(any(each is not Fate.NOTICED for each in fates.values()))


def told(fates: Sequence[Fate]) -> str:
    """How many mistakes there were, and what became of them."""
    return f"{len(fates)} mistakes, " + ", ".join(f"{fates.count(each)} {each.name.lower()}" for each in Fate)


T = TypeVar("T", Mutant, RowMutant)


def chosen(found: Sequence[T], asked: argparse.Namespace) -> list[T]:
    """The mistakes that are asked for, each once."""
    mutants = list({mutant.what: mutant for mutant in found}.values())
    if asked.sample is not None and asked.sample < len(mutants):
        return random.Random(asked.seed).sample(mutants, asked.sample)
    return mutants


def run(found: Sequence[Mutant], nearest: Sequence[str], names: Sequence[str], asked: argparse.Namespace) -> int:
    """Make mistakes one after the other and say what became of them; 1 when one survived."""
    for heavy in ("libcst", "pytest", "torch", "logitlint.inference.run"):
        importlib.import_module(heavy)  # once, before anything is forked
    assert "logitlint.rules" not in sys.modules, "the child must be the first to import the rules"
    mutants = chosen(found, asked)
    suite = [f"{ROOT}/tests/{name}.py" for name in names] if not (asked.nearest and nearest) else []
    suite += [f"--deselect=tests/{name}" for name in NO_RULE if suite]
    if fate(Mutant("none", lambda: None), nearest, suite) is not Fate.SURVIVED:
        print("the tests fail without any mistake", file=sys.stderr)
        return 2
    start = time.perf_counter()
    fates: list[Fate] = []
    memory: Counter[Call] = Counter()
    for number, mutant in enumerate(mutants, 1):
        fates.append(fate(mutant, nearest, suite, memory))
        if fates[-1] is not Fate.NOTICED:
            print(f"{fates[-1].name.lower()}: {mutant.what}", flush=True)
        if number % 100 == 0:
            print(f"{number} of {len(mutants)}, {time.perf_counter() - start:.0f} s", file=sys.stderr, flush=True)
    print(f"{told(fates)} in {time.perf_counter() - start:.0f} s")
    return int(any(each is not Fate.NOTICED for each in fates))


if __name__ == "__main__":
    sys.exit(main())
