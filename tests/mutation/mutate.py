"""Does any test notice? python tests/mutation/mutate.py rules [MODULE...] | tables [MODULE...] [--claims] [--sample N]

Makes one small mistake at a time in the rules (a condition dropped or turned round, a kind, want, fact or comparison
exchanged) or in the rows of the tables (a row deleted, a kind, want, role, fact, axis or bound changed), runs the
nearest tests, and prints every mistake that none of them notices. Exits with 1 when there is one.

Each mistake is made in a process of its own, forked when everything heavy is imported: the nearest tests are called as
plain functions there, stopping at the first that fails, and only what survives them is put to pytest. Needs `fork`.
"""

from __future__ import annotations

import argparse
import ast
import enum
import fnmatch
import importlib
import importlib.abc
import importlib.machinery
import importlib.util
import inspect
import itertools
import os
import random
import re
import signal
import sys
import time
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from types import CodeType, FunctionType, ModuleType
from typing import Any, Final, NamedTuple

import msgspec

ROOT: Final = Path(__file__).resolve().parent.parent.parent
PATIENCE: Final = 900
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


def code_mutants(source: str) -> Iterator[tuple[str, str]]:
    """Every mistake in a module's functions and masks: what it is, and the text of the module that makes it.

    What says nothing of the judgement is left alone: docstrings, annotations, messages and the examples of a rule.
    """
    tree = ast.parse(source)
    for statement in tree.body:
        if isinstance(statement, ast.Import | ast.ImportFrom | ast.If) or _is_rule(statement):
            continue
        for parent in list(_judging(statement)):
            for field, value in _parts(parent):
                for position, child in enumerate(value) if isinstance(value, list) else [(-1, value)]:
                    for new in _changes(child) if isinstance(child, ast.AST) else ():
                        yield _described(tree, parent, field, position, new)
            for field, left in _conditions(parent):
                yield _described(tree, parent, field, -1, left)


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
    whole = [*held[:position], new, *held[position + 1 :]] if position >= 0 else new
    setattr(parent, field, whole)
    text = ast.unparse(ast.fix_missing_locations(tree))
    setattr(parent, field, held)
    row = getattr(parent, "lineno", None) or (old[0] if isinstance(old, list) else old).lineno
    return f"{row}: `{before}` -> `{after or 'nothing'}`", text


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


# -- mistakes in rows -------------------------------------------------------------------------------------------------

_SAID: Final = ("name", "signature", "init", "source", "documentation", "cell", "argument")
"""Fields that are no claim about what a row does, or that signatures are held against."""


def value_mutants(value: object, facts: Sequence[enum.Enum]) -> Iterator[tuple[str, object]]:
    """What may wrongly stand in place of a part of a row."""
    if isinstance(value, msgspec.Struct):
        for field in value.__struct_fields__:
            if field not in _SAID:
                for what, other in value_mutants(getattr(value, field), facts):
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
            for what, other in value_mutants(each, facts):
                yield f"{key}: {what}", {**value, key: other}
    elif isinstance(value, tuple):
        for position, each in enumerate(value):
            yield f"without {position}", (*value[:position], *value[position + 1 :])
            for what, other in value_mutants(each, facts):
                yield f"{position}: {what}", (*value[:position], other, *value[position + 1 :])
    elif isinstance(value, int | float):
        yield _changed(value, not value if isinstance(value, bool) else value + 1)
    elif isinstance(value, str):
        yield _changed(value, None)


def _changed(value: object, other: object) -> tuple[str, object]:
    return f"{value} -> {other}", other


def row_mutants(modules: Iterable[str]) -> Iterator[Mutant]:
    """The mistakes in the rows of tables. A method that is described by a function's row has no claims of its own."""
    from logitlint.frameworks.vocabulary import Fact

    for module in modules:
        table = importlib.import_module(f"logitlint.frameworks.{module}")
        for row in table.ROWS:
            yield Mutant(f"frameworks/{module}: {row.name}: deleted", _exchange(row, None))
            if getattr(row, "row", row).name == row.name:
                for what, other in value_mutants(row, list(Fact)):
                    yield Mutant(f"frameworks/{module}: {row.name}: {what}", _exchange(row, other))


def is_of_kinds(what: str) -> bool:
    """Whether a mistake in a table deletes a row, or changes a kind or a want."""
    return what.endswith(": deleted") or re.search(r"(?:: |without )(?:Kind|Want)\.", what) is not None


def _exchange(row: Any, other: Any) -> Callable[[], object]:
    """Put another row, or none, in the place of one, wherever a table has it."""

    def instead(each: Any) -> Any:
        if each is row:
            return other
        if other is not None and getattr(each, "row", None) is row:
            return msgspec.structs.replace(each, row=other)
        return each

    def exchanged() -> object:
        for name, module in list(sys.modules.items()):
            for held, rows in list(vars(module).items()) if name.startswith("logitlint.frameworks.") else ():
                if isinstance(rows, tuple) and any(each is row for each in rows):
                    setattr(module, held, tuple(new for each in rows if (new := instead(each)) is not None))
        from logitlint.frameworks import catalog

        catalog._standard.cache_clear()
        return row if other is None else other

    return exchanged


# -- is it noticed? ---------------------------------------------------------------------------------------------------


def cases(function: FunctionType) -> list[dict[str, object]]:
    """The arguments with which pytest would call a test; none when it needs a fixture."""
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
    taken = set(inspect.signature(function).parameters)
    return [each for each in whole if each.keys() == taken]


def noticed(module: ModuleType, about: object = None) -> bool:
    """Whether a test of a module fails; `about` a row: whether one that is given it, or nothing, does."""
    tests = [each for name, each in vars(module).items() if name.startswith("test_") and isinstance(each, FunctionType)]
    calls = [(function, given) for function in tests for given in cases(function)]
    if about is not None:
        calls = [call for call in calls if not call[1] or any(_concerns(value, about) for value in call[1].values())]
        calls.sort(key=lambda call: not call[1])  # those that are given the row are most likely to notice
    for function, given in calls:
        if (torch := sys.modules.get("torch")) is not None:
            torch.manual_seed(7)  # as the tests of the tables do
        try:
            function(**given)
        except BaseException:
            return True
    return False


def _concerns(value: object, row: Any) -> bool:
    """Whether an argument of a test is a row, a part of it or its name."""
    if isinstance(value, str):
        return value == row.name or value == row.name.rpartition(".")[2]
    return value is row or value is getattr(row, "row", row) or value is getattr(row, "call", row)


class Fate(enum.Enum):
    """What becomes of a mistake."""

    NOTICED = 0
    SURVIVED = 1
    UNDECIDED = 2
    """The tests took too long."""


_NOT_MADE: Final = 70


def fate(mutant: Mutant, nearest: Sequence[str], suite: Sequence[str]) -> Fate:
    """Whether a test notices a mistake: first the nearest test modules as plain functions, then files by pytest.

    Raises RuntimeError when the mistake cannot be made: what fails then is no test.
    """
    child = os.fork()
    if child:
        ended = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        if ended == _NOT_MADE:
            raise RuntimeError(f"cannot be made: {mutant.what}")
        return Fate.UNDECIDED if ended == -signal.SIGALRM else Fate.NOTICED if ended else Fate.SURVIVED
    signal.alarm(PATIENCE)
    nothing = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nothing, 1)
    os.dup2(nothing, 2)
    try:
        made = mutant.apply()
    except BaseException:
        os._exit(_NOT_MADE)
    try:
        about = made if isinstance(made, msgspec.Struct) else None
        failed = any(noticed(importlib.import_module(each), about) for each in nearest)
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
ASKED_ELSEWHERE: Final[Mapping[str, tuple[str, ...]]] = {
    "backends": ("test_keras_backends", "test_linter", "test_why"),
    "interest": ("test_why", "test_linter"),
}
"""Modules of rules/ whose answers no rule reads, with the tests of whoever does."""
TABLE_TESTS: Final[Mapping[str, tuple[str, ...]]] = {
    "test_tables": ("torch_*", "numpy", "python"),
    "test_keras_tables": ("keras_*",),
    "test_tensorflow_tables": ("tensorflow_*", "tflearn", "sklearn"),
    "test_jax_tables": ("jax", "jax_*", "flax", "optax", "haiku", "equinox", "distrax"),
    "test_library_tables": ("*",),
}
"""The tests of tables, each with the tables that it holds; the first that fits is the nearest."""
TORCH: Final = ("torch_activations", "torch_distributions", "torch_layers", "torch_losses", "torch_operations")
LIBRARIES: Final[Mapping[str, str]] = {"test_tables": "torch", "test_jax_tables": "jax"}


def nearest_test(table: str) -> str:
    """The module with the tests of a table."""
    if table == "torch_geometric":
        return "test_library_tables"
    return next(test for test, held in TABLE_TESTS.items() if any(fnmatch.fnmatch(table, each) for each in held))


def main() -> int:
    """Make every mistake that was asked for, one after the other."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=("rules", "tables"))
    parser.add_argument("modules", nargs="*", metavar="MODULE", help="[default: all of rules/; PyTorch's own tables]")
    parser.add_argument("--claims", action="store_true", help="no facts that are added to what a row says")
    parser.add_argument(
        "--kinds", action="store_true", help="only rows deleted, and kinds and wants exchanged or dropped"
    )
    parser.add_argument("--nearest", action="store_true", help="only the nearest tests: quick, and says less")
    parser.add_argument("--sample", type=int, metavar="N", help="only N of them, chosen at random")
    parser.add_argument("--seed", type=int, default=0, help="of the choice [default: 0]")
    arguments = parser.parse_args()
    sys.path[:0] = [str(ROOT), str(ROOT / "tests")]
    if arguments.what == "rules":
        names = [path.stem for path in rule_modules(arguments.modules)]
        judging = [name for name in names if name not in ASKED_ELSEWHERE]
        runs = [(judging, RULES_NEAREST, RULES_NEXT)] if judging else []
        runs += [([name], (), ASKED_ELSEWHERE[name]) for name in names if name in ASKED_ELSEWHERE]
        return max(run(list(rule_mutants(some)), near, after, arguments) for some, near, after in runs)
    tables: dict[str, list[str]] = {}
    for table in arguments.modules or TORCH:
        tables.setdefault(nearest_test(table), []).append(table)
    ends = []
    for test, held in tables.items():
        mutants = [each for each in row_mutants(held) if not (arguments.claims and ": with " in each.what)]
        if arguments.kinds:
            mutants = [each for each in mutants if is_of_kinds(each.what)]
        ends.append(run(mutants, (test,), (test, "test_catalog", "test_rules", "test_fixtures"), arguments))
    return max(ends)


def run(found: Sequence[Mutant], nearest: Sequence[str], names: Sequence[str], asked: argparse.Namespace) -> int:
    """Make mistakes one after the other and say what became of them; 1 when one survived."""
    library = next((LIBRARIES[each] for each in nearest if each in LIBRARIES), None)
    for heavy in ("libcst", "pytest", "logitlint.inference.run", *(("numpy", library) if library else ())):
        importlib.import_module(heavy)  # once, before anything is forked
    assert "logitlint.rules" not in sys.modules, "the child must be the first to import the rules"
    mutants = list({mutant.what: mutant for mutant in found}.values())
    if asked.sample is not None and asked.sample < len(mutants):
        mutants = random.Random(asked.seed).sample(mutants, asked.sample)
    suite = [] if asked.nearest else [f"{ROOT}/tests/{name}.py" for name in names]
    if fate(Mutant("none", lambda: None), nearest, suite) is not Fate.SURVIVED:
        print("the tests fail without any mistake", file=sys.stderr)
        return 2
    start = time.perf_counter()
    fates = dict.fromkeys(Fate, 0)
    for number, mutant in enumerate(mutants, 1):
        became = fate(mutant, nearest, suite)
        fates[became] += 1
        if became is not Fate.NOTICED:
            print(f"{became.name.lower()}: {mutant.what}", flush=True)
        if number % 100 == 0:
            print(f"{number} of {len(mutants)}, {time.perf_counter() - start:.0f} s", file=sys.stderr, flush=True)
    told = ", ".join(f"{count} {each.name.lower()}" for each, count in fates.items())
    print(f"{len(mutants)} mistakes in {time.perf_counter() - start:.0f} s: {told}")
    return int(fates[Fate.NOTICED] < len(mutants))


if __name__ == "__main__":
    sys.exit(main())
