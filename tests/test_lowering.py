"""From text to the intermediate form, and from origins back to places and to LibCST's nodes."""

import ast
import subprocess
import sys
import sysconfig
from pathlib import Path

import libcst as cst
import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from logitlint.fixes.changes import Uncertain
from logitlint.fixes.concrete import Concrete
from logitlint.lowering import ir
from logitlint.lowering.places import place
from logitlint.lowering.walk import lower, spans, walk
from logitlint.source.nesting import headers
from logitlint.source.text import Source, Unreadable, gate, read

_SINCE_3_12 = pytest.mark.skipif(sys.version_info < (3, 12), reason="a grammar of Python 3.12")
_LIBRARY = Path(sysconfig.get_paths()["stdlib"])
_FILES = [
    path
    for path in sorted(_LIBRARY.rglob("*.py"))
    if "site-packages" not in path.parts and path.stat().st_size < 60_000
]
_SAMPLE = _FILES[:: max(1, len(_FILES) // 150)]


def show(node: object) -> str:
    """A compact form of a node, without origins: ``Call(Name('f'), ())``."""
    if isinstance(node, tuple):
        return "(" + ", ".join(map(show, node)) + ("," if len(node) == 1 else "") + ")"
    if isinstance(node, msgspec.Struct):
        fields = [getattr(node, name) for name in node.__struct_fields__ if name != "origin"]
        return f"{type(node).__name__}({', '.join(map(show, fields))})"
    return repr(node)


def statements(text: str) -> str:
    return "\n".join(map(show, lower(text).body))


def expression(text: str) -> str:
    (statement,) = lower(text).body
    assert isinstance(statement, ir.Do)
    return show(statement.value)


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ("x", "Name('x')"),
        ("ﬁ", "Name('fi')"),
        ("None", "Constant(None)"),
        ("True", "Constant(True)"),
        ("1_0", "Constant(10)"),
        ("0xFF", "Constant(255)"),
        ("1.5e3", "Constant(1500.0)"),
        ("9223372036854775807", "Constant(9223372036854775807)"),
        ("9223372036854775808", "Opaque(())"),
        ("1j", "Opaque(())"),
        ("...", "Opaque(())"),
        ("'a'", "Constant('a')"),
        ("u'a'", "Constant('a')"),
        ("''", "Constant('')"),
        ("'''a\nb'''", "Constant('a\\nb')"),
        ("'''a\r\nb'''", "Constant('a\\nb')"),
        ("'\\n' r'\\d' \"'\"", 'Constant("\\n\\\\d\'")'),
        ("'\\d'", "Constant('\\\\d')"),
        ("'\\ud800'", "Opaque(())"),
        ("b'a'", "Opaque(())"),
        ("rb'\\a' b'b'", "Opaque(())"),
        ("f'{a!r:{w}.2f}' 'b' f'{c}'", "Text((Opaque((Name('a'), Name('w'))), Constant('b'), Name('c')))"),
        ("f'{a=}'", "Text((Constant('a='), Opaque((Name('a'),))))"),
        ("f'{{a}}.{b}.{c:{d}}'", "Text((Constant('{a}.'), Name('b'), Constant('.'), Opaque((Name('c'), Name('d')))))"),
        ("rf'\\w{a}'", "Text((Constant('\\\\w'), Name('a')))"),
        ("f'\\n{a}'", "Text((Constant('\\n'), Name('a')))"),
        ("a.b[c]", "Index(Attribute(Name('a'), 'b'), (Name('c'),))"),
        (
            "a[1:, ::2, ...]",
            "Index(Name('a'), (Slice(Constant(1), None, None), Slice(None, None, Constant(2)), Opaque(())))",
        ),
        ("a[*b]", "Index(Name('a'), (Star(Name('b')),))"),
        (
            "f(a, *b, k=1, **c)",
            "Call(Name('f'), (Argument(None, Name('a')), Argument('*', Name('b')), Argument('k', Constant(1)),"
            " Argument('**', Name('c'))))",
        ),
        ("a + b @ c", "Operator('+', (Name('a'), Operator('@', (Name('b'), Name('c')))))"),
        ("-a", "Operator('neg', (Name('a'),))"),
        ("+a", "Operator('pos', (Name('a'),))"),
        ("~a", "Operator('invert', (Name('a'),))"),
        ("not a", "Operator('not', (Name('a'),))"),
        ("a and b and c", "Operator('and', (Operator('and', (Name('a'), Name('b'))), Name('c')))"),
        ("a or b", "Operator('or', (Name('a'), Name('b')))"),
        ("a not in b", "Operator('not in', (Name('a'), Name('b')))"),
        ("a is not b", "Operator('is not', (Name('a'), Name('b')))"),
        (
            "a < b <= c",
            "Operator('and', (Operator('<', (Name('a'), Name('b'))), Operator('<=', (Name('b'), Name('c')))))",
        ),
        ("a if b else c", "Choice(Name('b'), Name('a'), Name('c'))"),
        ("(a, *b)", "Build('tuple', (Name('a'), Star(Name('b'))))"),
        ("[a]", "Build('list', (Name('a'),))"),
        ("{a}", "Build('set', (Name('a'),))"),
        ("()", "Build('tuple', ())"),
        ("{'k': v, **r}", "Mapping((Pair(Constant('k'), Name('v')), Pair(None, Name('r'))))"),
        ("(a := b)", "Bind('a', Name('b'))"),
        (
            "[a for b in c if d if e for f in g]",
            "Comprehension('list', None, Name('a'), (Clause(Name('b'), Name('c'), (Name('d'), Name('e'))),"
            " Clause(Name('f'), Name('g'), ())))",
        ),
        ("{a for b in c}", "Comprehension('set', None, Name('a'), (Clause(Name('b'), Name('c'), ()),))"),
        ("(a for b in c)", "Comprehension('generator', None, Name('a'), (Clause(Name('b'), Name('c'), ()),))"),
        ("{k: v for b in c}", "Comprehension('dict', Name('k'), Name('v'), (Clause(Name('b'), Name('c'), ()),))"),
        (
            "lambda a, /, b=1, *c, d=2, **e: a",
            "Lambda(Function('<lambda>', (Parameter('a', 'positional', None, None), Parameter('b', 'normal',"
            " Constant(1), None), Parameter('c', 'star', None, None), Parameter('d', 'keyword', Constant(2), None),"
            " Parameter('e', 'doublestar', None, None)), (Return(Name('a')),), (), None, None, False))",
        ),
        ("lambda: (yield)", "Lambda(Function('<lambda>', (), (Return(Yield(None, False)),), (), None, None, True))"),
    ],
)
def test_expressions(text: str, form: str) -> None:
    assert expression(text) == form


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ("pass", ""),
        ("a = b = c", "Assign((Name('a'), Name('b')), Name('c'), None, None, False)"),
        (
            "a, (b, *c) = d",
            "Assign((Build('tuple', (Name('a'), Build('tuple', (Name('b'), Star(Name('c')))))),), Name('d'), None,"
            " None, False)",
        ),
        ("a: T = b", "Assign((Name('a'),), Name('b'), Name('T'), None, False)"),
        ("a: T", "Assign((Name('a'),), None, Name('T'), None, False)"),
        ("a @= b", "Assign((Name('a'),), Operator('@', (Name('a'), Name('b'))), None, None, True)"),
        ("a = b  # type: int", "Assign((Name('a'),), Name('b'), None, None, False)"),
        pytest.param("type X[T] = list[T]", "Assign((Name('X'),), Opaque(()), None, None, False)", marks=_SINCE_3_12),
        ("assert a, b", "Do(Opaque((Name('a'), Name('b'))))"),
        ("del a", "Do(Opaque((Name('a'),)))"),
        ("raise a from b", "Raise((Name('a'), Name('b')))"),
        ("raise", "Raise(())"),
        ("global a, b", "Declare(('a', 'b'), True)"),
        ("nonlocal a", "Declare(('a',), False)"),
        ("import a.b as c, d.e", "Import('a.b', 'c')\nImport('d.e', None)"),
        ("from ..a.b import c as d, e", "ImportFrom('a.b', 2, (('c', 'd'), ('e', 'e')))"),
        ("from . import *", "ImportFrom('', 1, (('*', '*'),))"),
        ("a; b", "Do(Name('a'))\nDo(Name('b'))"),
        (
            "if a: b\nelif c: d\nelse: e",
            "If(Name('a'), (Do(Name('b')),), (If(Name('c'), (Do(Name('d')),), (Do(Name('e')),)),))",
        ),
        ("while a:\n  break\nelse:\n  b", "While(Name('a'), (Break(),), (Do(Name('b')),))"),
        ("for a in b:\n  continue\nelse:\n  c", "For(Name('a'), Name('b'), (Continue(),), (Do(Name('c')),))"),
        ("with a as b, c: d", "With((Context(Name('a'), Name('b')), Context(Name('c'), None)), (Do(Name('d')),))"),
        ("with (a as b, c): pass", "With((Context(Name('a'), Name('b')), Context(Name('c'), None)), ())"),
        (
            "try: a\nexcept B as e: c\nexcept: d\nelse: f\nfinally: g",
            "Try((Do(Name('a')),), (Handler(Name('B'), 'e', (Do(Name('c')),)), Handler(None, None, (Do(Name('d')),))),"
            " (Do(Name('f')),), (Do(Name('g')),))",
        ),
        ("try: a\nexcept* B: c", "Try((Do(Name('a')),), (Handler(Name('B'), None, (Do(Name('c')),)),), (), ())"),
        (
            "@a\n@b.c\ndef f(x: T = 1) -> R:\n  return x",
            "Function('f', (Parameter('x', 'normal', Constant(1), Name('T')),), (Return(Name('x')),),"
            " (Name('a'), Attribute(Name('b'), 'c')), Name('R'), None, False)",
        ),
        pytest.param(
            "def f[T](): yield from a",
            "Function('f', (), (Do(Yield(Name('a'), True)),), (), None, None, True)",
            marks=_SINCE_3_12,
        ),
        ("def f(): yield from a", "Function('f', (), (Do(Yield(Name('a'), True)),), (), None, None, True)"),
        (
            "def f():\n  def g(): yield\n  return",
            "Function('f', (), (Function('g', (), (Do(Yield(None, False)),), (), None, None, True), Return(None)), (), "
            "None, None, False)",
        ),
        (
            "async def f():\n  async with a: pass\n  async for b in c: await d\n  return [e async for e in g]",
            "Function('f', (), (With((Context(Name('a'), None),), ()), For(Name('b'), Name('c'), "
            "(Do(Opaque((Name('d'),))),), ()), Return(Comprehension('list', None, Name('e'), "
            "(Clause(Name('e'), Name('g'), ()),)))), (), None, None, False)",
        ),
        (
            "@d\nclass A(B, metaclass=M):\n  x = 1",
            "Class('A', (Argument(None, Name('B')), Argument('metaclass', Name('M'))),"
            " (Assign((Name('x'),), Constant(1), None, None, False),), (Name('d'),))",
        ),
    ],
)
def test_statements(text: str, form: str) -> None:
    assert statements(text) == form


@pytest.mark.parametrize(
    ("cases", "form"),
    [
        (
            "case 'a' | b.c: p\n case None: q\n case _: r",
            "If(Operator('or', (Operator('==', (Name('x'), Constant('a'))), Operator('==', (Name('x'),"
            " Attribute(Name('b'), 'c'))))), (Do(Name('p')),), (If(Operator('is', (Name('x'), Constant(None))),"
            " (Do(Name('q')),), (Do(Name('r')),)),))",
        ),
        ("case y: p", "Assign((Name('y'),), Name('x'), None, None, False)\nDo(Name('p'))"),
        (
            "case y if y: p",
            "If(Operator('and', (Opaque((Bind('y', Name('x')),)), Name('y'))), (Do(Name('p')),), ())",
        ),
        ("case _ if g: p", "If(Name('g'), (Do(Name('p')),), ())"),
        (
            "case 1 as y: p",
            "If(Operator('and', (Operator('==', (Name('x'), Constant(1))), Opaque((Bind('y', Name('x')),)))),"
            " (Do(Name('p')),), ())",
        ),
        (
            "case [a, *_, (1 | 2) as b]: p",
            "If(Operator('and', (Opaque((Constant(1), Constant(2))), Opaque((Bind('a', Opaque(())), Bind('b',"
            " Opaque(())))))), (Do(Name('p')),), ())",
        ),
        (
            "case {'k': a, **r}: p",
            "If(Operator('and', (Opaque((Constant('k'),)), Opaque((Bind('a', Opaque(())), Bind('r', Opaque(())))))),"
            " (Do(Name('p')),), ())",
        ),
        ("case C(1, k=D()): p", "If(Opaque((Name('C'), Constant(1), Name('D'))), (Do(Name('p')),), ())"),
        ("case 1 | _: p", "Do(Name('p'))"),
    ],
)
def test_match(cases: str, form: str) -> None:
    assert statements(f"match x:\n {cases}\n") == form


def test_the_subject_of_a_match_is_run_once() -> None:
    first, second = lower("match f():\n case 1: a\n case 2: b\n").body
    assert show(first) == "Assign((Name('match subject'),), Call(Name('f'), ()), None, None, False)"
    assert "Call" not in show(second)


def test_names_of_middle_operands_are_one_node() -> None:
    (statement,) = lower("a < f(x) < c").body
    assert isinstance(statement, ir.Do)
    both = statement.value
    assert isinstance(both, ir.Operator)
    left, right = both.operands
    assert isinstance(left, ir.Operator)
    assert isinstance(right, ir.Operator)
    assert left.operands[1] is right.operands[0]


def test_chains_of_comparisons_inside_one_another_do_not_double() -> None:
    text = "x"
    for _ in range(40):
        text = f"(a < {text} < b)"
    assert len(msgspec.msgpack.encode(lower(text))) < 10_000


@pytest.mark.parametrize(
    ("text", "note"),
    [
        ("x = f()  # logitlint: logits", "logits"),
        ("x = f()  # noqa  # logitlint: Log-Softmax  # sic", "Log-Softmax"),
        ("x: T = f()  # logitlint: logits", "logits"),
        ("x += f()  # logitlint: logits", "logits"),
        ("x = f(  # logitlint: logits\n    1,\n)", "logits"),
        ("x = f(\n    1,\n)  # logitlint: logits", "logits"),
        ("x = f()  # logitlint: returns logits", None),
        ("# logitlint: logits\nx = f()", None),
        ("x = f('# logitlint: logits')", None),
        ("x = f()", None),
    ],
)
def test_notes_on_assignments(text: str, note: str | None) -> None:
    (statement,) = lower(text).body
    assert isinstance(statement, ir.Assign)
    assert statement.note == note


@pytest.mark.parametrize(
    ("text", "returns"),
    [
        ("def f(x):  # logitlint: returns logits\n    return x", "logits"),
        ("def f(  # logitlint: returns logits\n    x\n):\n    return x", "logits"),
        ("def f(\n    x,  # logitlint: returns softmax\n):\n    return x", "softmax"),
        ("def f(x): return x  # logitlint: returns logits", "logits"),
        ("def f(x):  # logitlint: logits\n    return x", None),
        ("# logitlint: returns logits\ndef f(x):\n    return x", None),
        ("def f(x):\n    return x  # logitlint: returns logits", None),
    ],
)
def test_notes_on_functions(text: str, returns: str | None) -> None:
    (statement,) = lower(text).body
    assert isinstance(statement, ir.Function)
    assert statement.returns == returns


@pytest.mark.parametrize(
    "text",
    [
        "x" + ".view" * 800,
        "x" + "[0]" * 800,
        "x" + ".view(-1)" * 800,
        " + ".join("x" * 900),
        " and ".join("x" * 3_000),
        " < ".join("x" * 3_000),
        "'a' " * 3_000,
        "x = " * 3_000 + "y",
        "if x: pass\n" + "elif x: pass\n" * 900,
        "[x " + "for x in y " * 2_000 + "]",
    ],
)
def test_long_chains_do_not_recurse(text: str) -> None:
    gate(Source("a.py", text))
    assert len(lower(text).body) == 1


def test_what_is_too_deep_for_the_walk_is_unreadable() -> None:
    with pytest.raises(Unreadable, match="too deeply nested"):
        lower("-" * 1_500 + "x")


@pytest.mark.parametrize("path", [pytest.param(path, id=str(path.relative_to(_LIBRARY))) for path in _SAMPLE])
def test_the_standard_library_is_lowered_and_survives_the_cache(path: Path) -> None:
    try:
        source = read(path)
        tree = gate(source)
    except Unreadable:
        pytest.skip("CPython does not read it either")
    form, record = walk(source.text)
    assert msgspec.msgpack.decode(msgspec.msgpack.encode(form), type=ir.Module) == form
    assert len(record.headers) == len(list(headers(tree)))
    assert form == lower(source.text)


_TWINS: dict[type[ast.AST], type[cst.CSTNode] | tuple[type[cst.CSTNode], ...]] = {
    ast.Name: cst.Name,
    ast.Attribute: cst.Attribute,
    ast.Call: cst.Call,
    ast.Subscript: cst.Subscript,
    ast.BinOp: cst.BinaryOperation,
    ast.BoolOp: cst.BooleanOperation,
    ast.UnaryOp: cst.UnaryOperation,
    ast.Compare: cst.Comparison,
    ast.Lambda: cst.Lambda,
    ast.Tuple: cst.Tuple,
    ast.List: cst.List,
    ast.Set: cst.Set,
    ast.Dict: cst.Dict,
    ast.IfExp: cst.IfExp,
    ast.ListComp: cst.ListComp,
    ast.GeneratorExp: cst.GeneratorExp,
    ast.Await: cst.Await,
    ast.NamedExpr: cst.NamedExpr,
    ast.JoinedStr: (cst.FormattedString, cst.ConcatenatedString),
}
_ODD = """\
@ a . b(1)
# between
@(c)
class A((B), (C)):
\tdef f(self, x=(1), *, y=g(2)
\t\t, z={'ä': 'ö'}): return ( x ), z[ (0) ]
\tasync def g(self):
\t\tasync with (h() as i): await j( k )
for a in (b), (( c, d )): e; ä = f(g
  ); h = (
 i(j)); k.l
if a: pass
elif b(1): c(2); d(3)
elif (e(
    4)): pass
else:
  f(5)
match m(1):
  case N(o=1) if p(2): q(3)
  case (r.s): t(4)
  case [(u.v), 5]: w(5)
try: x(1)
except y(2) as z: a(3)
finally: b(4)
\x0c
with (c(1)) as d, e(2) as ((f, g)): pass
h = '''
''' + i(1) ; j = k (\\
 2)
lambda l, m=n(1): o(2)
p[q(1):r(2), s]
"""


def _sort(node: ast.AST | cst.CSTNode) -> str:
    return type(node).__name__.removeprefix("Async")[:2].lower()


def _disagreements(text: str) -> list[str]:
    """Nodes beside which LibCST's tree has none of their sort, and statements of two sorts side by side."""
    record = walk(text)[1]
    beside = Concrete(record)
    wrong = [
        f"{type(node).__name__} {type(beside.header(start)).__name__}"
        for node, start in zip(record.headers, record.starts, strict=True)
        if _sort(node) != _sort(beside.header(start))
    ]
    for origin, node in enumerate(record.nodes):
        twin = _TWINS.get(type(node))
        try:
            if twin is None or isinstance(beside.expression(origin), twin):
                continue
        except Uncertain:
            if isinstance(node, ast.BoolOp):  # a part of a chain that ends in parentheses
                continue
        wrong.append(f"{place(record, node)} {type(node).__name__}")
    return wrong


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_places_agree_with_cpython_on_odd_layout(end: str) -> None:
    assert _disagreements(_ODD.replace("\n", end)) == []


@pytest.mark.parametrize("path", [pytest.param(path, id=str(path.relative_to(_LIBRARY))) for path in _SAMPLE[::10]])
def test_places_agree_with_cpython_in_the_standard_library(path: Path) -> None:
    try:
        source = read(path)
        gate(source)
    except Unreadable:
        pytest.skip("CPython does not read it either")
    assert _disagreements(source.text) == []


def test_places_leave_out_parentheses() -> None:
    text = "x = 1\n" * 50 + "def f():\n    y = (g(a))\n    return y\n"
    record = walk(text)[1]
    call = next(origin for origin, node in enumerate(record.nodes) if isinstance(node, ast.Call))
    function = next(origin for origin, node in enumerate(record.nodes) if isinstance(node, ast.FunctionDef))
    assert spans(text, [call]) == {call: (52, 10, 52, 14)}
    assert spans(text, {function}) == {function: (51, 1, 53, 13)}
    assert spans(text, ()) == {}


def test_parts_of_a_chain_end_with_their_operand() -> None:
    record = walk("a and (b) and c\n")[1]
    places = [place(record, node) for node in record.nodes if isinstance(node, ast.BoolOp)]
    assert places == [(1, 1, 1, 9), (1, 1, 1, 16)]


def test_a_chain_too_deep_for_libcst_has_places_all_the_same() -> None:
    text = "a\nx = y" + ".v(1)" * 500
    record = walk(text)[1]
    name = next(origin for origin, node in enumerate(record.nodes) if isinstance(node, ast.Name) and node.id == "y")
    assert spans(text, [name]) == {name: (2, 5, 2, 6)}


@pytest.mark.parametrize(
    ("index", "count"),
    [
        ("a, b", 2),
        ("(a, b)", 1),
        ("(a), (b)", 2),
        ("((a), (b))", 1),
        ("(a,)", 1),
        ("a,", 1),
        ("(a, b), c", 2),
        ("()", 1),
    ],
)
def test_an_index_in_parentheses_is_one(index: str, count: int) -> None:
    (statement,) = lower(f"x[{index}]").body
    assert isinstance(statement, ir.Do)
    assert isinstance(statement.value, ir.Index)
    assert len(statement.value.index) == count


@pytest.mark.parametrize("text", ["(y): int\nf(x)\n", "f(x)"])
def test_what_libcst_refuses_is_read_all_the_same(text: str) -> None:
    record = walk(text)[1]
    origin = next(origin for origin, node in enumerate(record.nodes) if isinstance(node, ast.Call))
    assert spans(text, [origin]) == {origin: (text.count("\n") or 1, 1, text.count("\n") or 1, 5)}
    if ":" in text:
        with pytest.raises(Uncertain, match="LibCST cannot parse"):
            Concrete(record)
    else:
        assert isinstance(Concrete(record).expression(origin), cst.Call)


@given(st.sampled_from(_SAMPLE), st.integers(0, 400), st.integers(1, 40))
def test_any_piece_of_real_code_is_lowered_or_refused(path: Path, start: int, length: int) -> None:
    text = "\n".join(path.read_text(encoding="utf-8", errors="replace").split("\n")[start : start + length])
    try:
        gate(Source("a.py", text))
        form, record = walk(text)
    except Unreadable:
        return
    places = spans(text, range(len(record.nodes)))
    assert len(places) == len(record.nodes)
    assert isinstance(form, ir.Module)


def test_the_intermediate_form_does_without_libcst() -> None:
    code = "import sys, logitlint.lowering.walk, logitlint.linter; print('libcst' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
