"""The interpreter on whole programs: what it gives, and that nothing brings it down."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from logitlint.frameworks.catalog import catalog
from logitlint.frameworks.vocabulary import Fact, Role, Scope
from logitlint.inference.allowances import MOST_WORK
from logitlint.inference.run import Analysis, analyse
from logitlint.inference.trace import Use, Via
from logitlint.inference.values import Cause, UserClass
from logitlint.kinds import UNKNOWN, Kind
from logitlint.project.modules import Project
from logitlint.project.sieve import Sieve
from logitlint.source.text import Source

HEAD = "import torch\nimport torch.nn.functional as F\nfrom torch import nn\n"


def run(text: str, file: str = "program.py") -> Analysis:
    project = Project()
    project.add(file, Source(file, HEAD + text))
    return analyse(project, Sieve(project, catalog()), file)


def losses(text: str) -> list[Use]:
    """The uses of a loss, in order."""
    return [use for use in run(text).trace if Fact.LOSS in use.row.facts and use.first(Role.PREDICTION)]


def predictions(text: str) -> list[Kind]:
    """The kinds of what each loss is given."""
    return [taken.kind for use in losses(text) if (taken := use.first(Role.PREDICTION))]


# -- size -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("link", "length"), [(".view(-1)", 800), (".squeeze()[:]", 300), (".float().detach()", 300), (" + 1e-9", 800)]
)
def test_a_long_chain_is_walked_without_recursion(link: str, length: int) -> None:
    """CPython itself refuses chains of a few thousand links."""
    (kind,) = predictions(f"p = F.softmax(x, dim=1)\nF.cross_entropy(p{link * length}, y)\n")
    assert Kind.SOFTMAX in kind
    assert kind.certainly(Kind.SOFTMAX | Kind.PROBABILITY)


def test_a_long_program_in_one_function() -> None:
    body = "".join(f"    x{i} = F.relu(x)\n" for i in range(800))
    assert predictions(f"def f(x, y):\n{body}    return F.cross_entropy(F.softmax(x, 1), y)\n") == [Kind.SOFTMAX]


def test_what_costs_too_much_is_left_unknown_and_the_rest_is_judged() -> None:
    calls = "".join(f"    a{i} = helper(x, {i})\n" for i in range(60))
    loops = "".join(f"{'    ' * (i + 1)}for i{i} in range(8):\n" for i in range(6))
    text = (
        f"def helper(x, n):\n{loops}{'    ' * 7}x = x + F.relu(x)\n    return x\n"
        f"def costly(x, y):\n{calls}    return F.cross_entropy(F.softmax(x, 1), y)\n"
        "def cheap(x, y):\n    return F.cross_entropy(F.softmax(x, 1), y)\n"
    )
    assert MOST_WORK > 0
    assert predictions(text)[-1] == Kind.SOFTMAX


def test_calls_within_calls_leave_enough_for_the_innermost() -> None:
    """A program runs its training in a function of a function, and a network is a dozen calls deep."""
    body = "".join(f"    x = F.relu(x + {i})\n" for i in range(200))
    functions = f"def f0(x):\n{body}    return F.softmax(x, 1)\n" + "".join(
        f"def f{i}(x):\n    return f{i - 1}(x)\n" for i in range(1, 10)
    )
    assert predictions(f"{functions}F.cross_entropy(f9(x), y)\n") == [Kind.SOFTMAX]


def test_a_module_that_costs_too_much_still_gives_its_functions() -> None:
    loops = "".join(f"{'    ' * i}for i{i} in range(8):\n" for i in range(6))
    text = f"{loops}{'    ' * 6}x = F.relu(x)\n"
    assert predictions("def cheap(x, y):\n    return F.cross_entropy(F.softmax(x, 1), y)\n" + text) == [Kind.SOFTMAX]


def test_classes_that_derive_from_all_of_the_level_below_are_looked_through_once() -> None:
    levels = (f"class A{i}(A{i - 1}, B{i - 1}): pass\nclass B{i}(A{i - 1}, B{i - 1}): pass\n" for i in range(1, 40))
    text = (
        "class A0(nn.Module):\n    def forward(self, x):\n        return F.softmax(x, 1)\nclass B0(nn.Module): pass\n"
        + "".join(levels)
        + "def f(x, y):\n    return F.cross_entropy(A39()(x), y)\n"
    )
    assert predictions(text) == [Kind.SOFTMAX]


def test_calls_that_nest_too_deep_end() -> None:
    functions = "def f0(x):\n    return F.softmax(x, 1)\n" + "".join(
        f"def f{i}(x):\n    return f{i - 1}(x)\n" for i in range(1, 40)
    )
    assert predictions(f"{functions}F.cross_entropy(f5(x), y)\nF.cross_entropy(f39(x), y)\n") == [Kind.SOFTMAX, UNKNOWN]


@pytest.mark.parametrize(
    "text",
    [
        "class A(A): pass\nF.cross_entropy(A()(x), y)",
        "class A: pass\nclass A(A): pass\nF.cross_entropy(A().b, y)",
        "class B(nn.Module):\n    def forward(self, x): return self(x)\nF.cross_entropy(B()(x), y)",
        "f = lambda x: f(x)\nF.cross_entropy(f(x), y)",
        "a = []\na.append(a)\nF.cross_entropy(a[0], y)",
        "s = nn.Sequential()\ns.append(s)\nF.cross_entropy(s(x), y)",
        "def d(f): return d(f)\n@d\ndef g(x): return x\nF.cross_entropy(g(x), y)",
        "super().forward(x)\nsuper(1, 2).forward(x)\nF.cross_entropy(super().x, y)",
        "class C:\n    @property\n    def p(self): return self.p\nF.cross_entropy(C().p, y)",
        "a, *b = x\n(*c, d), e = a, b\nF.cross_entropy(d, y)",
        "F.cross_entropy()\nF.cross_entropy(1, 2, 3, 4, 5, 6, 7, 8, 9)\nF.cross_entropy(nothing=1)\nF.mse_loss(x, y)",
        "F.softmax\nnn.Softmax\ntorch\nF.cross_entropy(torch, nn)",
        "import a.b.c as d, sys\nfrom . import nothing\nfrom .. import *\nF.cross_entropy(d.e, nothing)",
        "while x: break\nelse: y\nfor i in 3: continue\nbreak_ = 1\nF.cross_entropy(x, y)",
        "match x:\n    case [a, *b]: x\n    case {'k': v, **r}: pass\n    case P(q=1) | None: x\nF.mse_loss(x, y)",
        "global g\ng = 1\ndel g, x\nassert x\nraise x\n",
        "async def f(x):\n    async with a as b: await b\n    async for i in x: yield i\nF.cross_entropy(f(x), y)",
        "print(f'{x!r:>{y}}', *x, **y)\nF.cross_entropy(x if y else z, not -x)",
        "x[1:2, ..., None, ::2, y] = z\nx.a.b[c].d = e\nx += 1\nF.cross_entropy(x, y)",
        "{**a, 'b': 1}[c]\n[*a, 1][0]\n{1, 2}\n{i: j for i, j in a if b}\nF.cross_entropy([i for i in a], y)",
        "1 / 0, 10 ** 100, 'a' * 10**9, 'a' + 1, 2 ** 0.5, 1 // 0\nF.cross_entropy(x, y)",
        "try:\n    raise\nfinally:\n    pass\nF.cross_entropy(x, y)",
        "with a as (b, c), d: pass\ntry: pass\nexcept* E as e: pass\nF.mse_loss(x, y)",
        "locals()['a'] = 1\nisinstance(x)\nisinstance(x, (int, y))\nzip()\nenumerate(x, 1)\nrange()\nF.mse_loss(x, y)",
    ],
)
def test_nothing_brings_it_down(text: str) -> None:
    if "except*" in text and sys.version_info < (3, 11):
        pytest.skip("not in this Python")
    assert run(text + "\n").file == "program.py"


PLACES = """\
~n, -n, +n, not n, abs(n), int(n), float(n), str(n), round(x, n), min(n, 0.5), sum([n, 0.5]), range(n), [0] * n, "a" * n
x * n, x / n, x - n, x > n, x ** n, x[n], x[:n], x[n:], n // 2, n % 2, n ** 64, n ** 0.5, 2 ** n, n * 0.5, n < 0.5
x.view(n), x.sum(n), x.clamp(min=n), x.permute(n, 0), x.transpose(0, n), x.unsqueeze(n), x.repeat(n), x.expand(n, 2)
x.reshape(n, -1), x.split(n), x.chunk(n), F.softmax(x, dim=n), F.softmax(x / n, 1), nn.Linear(3, n)(x), nn.Linear(n, n)
torch.zeros(n), tuple(x)[n], [1, 2][n], (1, 2)[-n], "%d" % n, f"{n}", enumerate([1], n), len("a" * n), 0.5 in (n,)
n + n, F.cross_entropy(F.softmax(x, 1), y)
"""
"""Where a number may stand."""


@pytest.mark.parametrize("number", ["9" * 420, "99999999999", "1e308", "1e999", "-1", "0", "True", "''", "None"])
def test_no_number_brings_it_down(number: str) -> None:
    assert len(losses(f"x = F.relu(x)\nn = {number}\n{PLACES}")) == 1


def test_a_call_that_inserts_nothing_brings_nothing_down() -> None:
    assert len(losses("items = []\nitems.insert(n)\nF.cross_entropy(x, y)\n")) == 1


# -- what a use says --------------------------------------------------------------------------------------------------


def test_a_use_names_the_calls_that_lead_to_it() -> None:
    (use,) = losses("def f(x, y):\n    return g(x, y)\ndef g(x, y):\n    return F.cross_entropy(x, y)\nf(1, 2)\n")
    assert len(use.stack) == 2
    assert [each.file for each in use.stack] == ["program.py"] * 2
    assert len(set(use.stack)) == 2


@pytest.mark.parametrize(
    ("text", "scope"),
    [
        ("with torch.no_grad():\n    F.cross_entropy(x, y)\n", Scope.NO_GRAD),
        ("with torch.autocast('cuda'):\n    F.cross_entropy(x, y)\n", Scope.AUTOCAST),
        ("@torch.no_grad()\ndef f(x, y):\n    F.cross_entropy(x, y)\n", Scope.NO_GRAD),
        ("@torch.no_grad\ndef f(x, y):\n    F.cross_entropy(x, y)\n", Scope.NO_GRAD),
        ("with torch.no_grad():\n    pass\nF.cross_entropy(x, y)\n", None),
    ],
)
def test_what_is_in_force(text: str, scope: Scope | None) -> None:
    (use,) = losses(text)
    assert use.scopes == ({scope} if scope else set())


def test_a_choice_is_told_with_the_use() -> None:
    uses = losses(
        "def f(x, y, flag):\n    c = nn.CrossEntropyLoss() if not flag else nn.MSELoss()\n"
        "    return c(F.softmax(x, 1), y)\n"
    )
    words = {use.row.name: {condition.words for condition in use.when} for use in uses}
    assert words == {"torch.nn.CrossEntropyLoss": {"not flag"}, "torch.nn.MSELoss": {"flag"}}


def test_the_same_number_is_the_same_value() -> None:
    first, second, third = losses(
        "z = nn.Linear(8, 3)(x)\nF.cross_entropy(z, y)\nF.mse_loss(z.float(), y)\nF.l1_loss(z + 1, y)\n"
    )
    numbers = [taken.tensor.number for use in (first, second, third) if (taken := use.taken[0]).tensor]
    assert numbers[0] == numbers[1] != numbers[2]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (
            "def f(x, y): return F.cross_entropy(x, y)\n",
            "the parameter `x` of `f`, which nobody in this file or what it imports calls",
        ),
        ("F.cross_entropy(unbound, y)\n", "the name `unbound` is not bound in sight"),
        ("import elsewhere\nF.cross_entropy(elsewhere.f(x), y)\n", "`elsewhere.f` is not in the tables"),
        ("F.cross_entropy({'a': x}['b'], y)\n", "the key 'b' is not found"),
        ("F.cross_entropy([x][3], y)\n", "an index past the end"),
        ("def f():\n    raise ValueError\nF.cross_entropy(f(), y)\n", "`f` never returns"),
        ("class C: pass\nF.cross_entropy(C()(x), y)\n", "calling a `C` is not followed"),
        ("F.cross_entropy(F.softmax(x, 1).mean(), y)\n", "what `torch.mean` gives is not known"),
        ("z = nn.Linear(8, 3)(x)\nF.cross_entropy(torch.cat([z, z.relu()]), y)\n", "what `torch.cat` gives"),
    ],
)
def test_a_loss_that_is_not_resolved_says_why(text: str, words: str) -> None:
    (loss,) = run(text).losses
    assert not loss.resolved
    assert loss.cause is not None
    assert words in loss.cause.words


@pytest.mark.parametrize(
    "words",
    [
        "z * torch.ones(3, 2)",
        "z / x.unsqueeze(1)",
        "p * 2",
        "p ** 2",
        "1 / p",
        "torch.tanh(z) * 10",
        "-p",
        "z + p",
        "z @ p",
        "(p * 2).view(-1, 3)",
        "(p * 2 + 1).float()",
    ],
)
def test_arithmetic_after_which_nothing_is_known_says_so_and_where(words: str) -> None:
    text = f"z = nn.Linear(8, 3)(x)\np = F.softmax(z, 1)\nq = {words}\nF.cross_entropy(q, y)\n"
    analysis = run(text)
    (loss,) = analysis.losses
    first = next(use for use in analysis.trace if use.via is Via.OPERATOR)
    assert loss.cause == Cause("arithmetic that leaves no known kind", first.origin)


def test_a_loss_is_resolved_when_one_run_resolves_it() -> None:
    (loss,) = run("def f(x, y): return F.cross_entropy(x, y)\ndef g(x, y): f(nn.Linear(8, 3)(x), y)\n").losses
    assert loss.resolved
    assert loss.name == "torch.nn.functional.cross_entropy"


# -- notes ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("z = f(x)  # logitlint: logits\nF.cross_entropy(z, y)\n", Kind.LOGITS),
        ("z: Annotated[Tensor, 'softmax'] = f(x)\nF.cross_entropy(z, y)\n", Kind.SOFTMAX),
        ("z: typing.Annotated[Tensor, 'a', 'sigmoid'] = f(x)\nF.cross_entropy(z, y)\n", Kind.SIGMOID),
        ("z: Annotated[Tensor, 'shape'] = f(x)\nF.cross_entropy(z, y)\n", UNKNOWN),
        ("z: List[Tensor, 'softmax'] = f(x)\nF.cross_entropy(z, y)\n", UNKNOWN),
        ("z: Tensor\nF.cross_entropy(z, y)\n", UNKNOWN),
        ("def f(z: Annotated[Tensor, 'softmax'], y): F.cross_entropy(z, y)\n", Kind.SOFTMAX),
        ("def f(x):  # logitlint: returns softmax\n    return g(x)\nF.cross_entropy(f(x), y)\n", Kind.SOFTMAX),
    ],
)
def test_what_a_note_states_is_believed(text: str, kind: Kind) -> None:
    assert predictions(text) == [kind]


def test_what_is_printed_is_only_shown() -> None:
    uses = run("z = nn.Linear(8, 3)(x)\nprint(z.round(), f'{z.round()}')\nlog(z.round())\n").trace
    assert [use.scopes for use in uses if use.has(Fact.THRESHOLDS)] == [{Scope.SHOWN}, {Scope.SHOWN}, frozenset()]


@pytest.mark.parametrize(
    ("loop", "kind"),
    [
        ("while isinstance(m[-1], nn.Softmax): m = m[:-1]", Kind.LOGITS),
        ("while len(m) > 1: m.pop()", Kind.LOGITS),
        ("while z: m = m[:-1]", UNKNOWN),
        ("while True: m = m[:1]", UNKNOWN),
    ],
)
def test_a_loop_is_run_turn_by_turn_while_its_test_is_known(loop: str, kind: Kind) -> None:
    text = "m = [nn.Linear(8, 3), nn.Softmax(1)]\n" + loop + "\nF.cross_entropy(nn.Sequential(*m)(x), y)\n"
    assert predictions(text) == [kind]


# -- files ------------------------------------------------------------------------------------------------------------


def test_a_file_that_cannot_be_read_gives_nothing(tmp_path: Path) -> None:
    (tmp_path / "broken.py").write_text("def (:\n")
    project = Project()
    analysis = analyse(project, Sieve(project, catalog()), str(tmp_path / "broken.py"))
    assert analysis.trace.uses == []
    assert analysis.losses == ()


def test_what_a_broken_module_defines_is_unknown(tmp_path: Path) -> None:
    (tmp_path / "broken.py").write_text("def (:\n")
    main = tmp_path / "main.py"
    main.write_text(HEAD + "import broken\nfrom broken import head\nF.cross_entropy(broken.f(head(x)), y)\n")
    project = Project()
    (loss,) = analyse(project, Sieve(project, catalog()), str(main)).losses
    assert not loss.resolved


def test_uses_in_an_imported_module_are_its_own_affair(tmp_path: Path) -> None:
    (tmp_path / "other.py").write_text(HEAD + "F.cross_entropy(F.softmax(x, 1), y)\nvalue = F.softmax(x, 1)\n")
    main = tmp_path / "main.py"
    main.write_text(HEAD + "from other import value\nF.nll_loss(value, y)\n")
    project = Project()
    analysis = analyse(project, Sieve(project, catalog()), str(main))
    assert [use.row.name for use in analysis.trace] == ["torch.nn.functional.nll_loss"]
    assert analysis.trace.uses[0].taken[0].kind == Kind.SOFTMAX
    assert len(analysis.losses) == 1


def test_only_tensors_have_a_kind() -> None:
    (use,) = losses("class C: pass\nF.cross_entropy(C, y)\n")
    assert isinstance(use.taken[0].value, UserClass)
    assert use.taken[0].kind == UNKNOWN
