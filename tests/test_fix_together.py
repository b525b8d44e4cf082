"""Repairs that are made at once: each is right beside the others, by the numbers."""

from __future__ import annotations

import math
from collections.abc import Callable

import pytest
import torch
from repairing import FILE, repair, repaired
from torch.nn.functional import cross_entropy, softmax

from logitlint.fixes.changes import Change
from logitlint.fixes.tree import Tree
from logitlint.rules import RULES
from logitlint.source.symbols import unresolved

ON = [rule.code for rule in RULES if rule.default]
HEAD = """\
import torch
import torch.nn.functional as F

torch.manual_seed(3)
one, other = torch.nn.Linear(8, 4), torch.nn.Linear(8, 4)


"""
X = torch.randn(16, 8, generator=torch.Generator().manual_seed(5))
Y = torch.randint(0, 4, (16,), generator=torch.Generator().manual_seed(7))


def run(text: str) -> tuple[float, Callable[[str], torch.Tensor]]:
    """What `loss` gives, and the layers of the program."""
    names: dict[str, object] = {}
    exec(compile(text, FILE, "exec"), names)
    loss = names["loss"]
    assert callable(loss)

    def scores(name: str) -> torch.Tensor:
        layer = names[name]
        assert isinstance(layer, torch.nn.Linear)
        return layer(X)

    return float(loss(X, Y).detach()), scores


@pytest.mark.parametrize("first", ["softmax(one(x), 1)", "softmax(one(x), dim=-1)"])
def test_two_heads_get_a_name_each(first: str) -> None:
    text = f"""{HEAD}def loss(x, y):
    a = F.{first}
    b = F.softmax(other(x), 1)
    print(a.max(), b.max())
    return F.cross_entropy(a, y) + 2 * F.cross_entropy(b, y)
"""
    value, scores = run(repaired(text, *ON, unsafe=False))
    wanted = cross_entropy(scores("one"), Y) + 2 * cross_entropy(scores("other"), Y)
    assert math.isclose(value, wanted.item(), rel_tol=1e-6)
    assert not math.isclose(run(text)[0], wanted.item(), rel_tol=1e-3)


def test_two_losses_of_one_head_share_the_name() -> None:
    text = f"""{HEAD}def loss(x, y):
    a = F.softmax(one(x), 1)
    print(a.max())
    return F.cross_entropy(a, y) + F.cross_entropy(a, 3 - y)
"""
    after = repaired(text, *ON, unsafe=False)
    value, scores = run(after)
    wanted = cross_entropy(scores("one"), Y) + cross_entropy(scores("one"), 3 - Y)
    assert math.isclose(value, wanted.item(), rel_tol=1e-6)
    assert after.count("one(x)") == 1


def test_many_heads() -> None:
    heads = "".join(f"    p{at} = F.softmax({name}(x) * {at + 1}, 1)\n" for at, name in enumerate(["one", "other"] * 3))
    losses = " + ".join(f"F.cross_entropy(p{at}, y) * p{at}.mean()" for at in range(6))
    value, scores = run(repaired(f"{HEAD}def loss(x, y):\n{heads}    return {losses}\n", *ON, unsafe=False))
    wanted = sum(
        cross_entropy(scores(name) * (at + 1), Y) * softmax(scores(name) * (at + 1), 1).mean()
        for at, name in enumerate(["one", "other"] * 3)
    )
    assert isinstance(wanted, torch.Tensor)
    assert math.isclose(value, wanted.item(), rel_tol=1e-6)


def test_what_nothing_reads_any_more_goes_and_its_raw_scores_stay() -> None:
    text = f"""{HEAD}def loss(x, y):
    real = torch.sigmoid(one(x))
    fake = torch.sigmoid(other(x))
    return -(torch.log(real) + torch.log(1 - fake)).mean()
"""
    after = repaired(text, *ON, unsafe=False)
    assert math.isclose(run(after)[0], run(text)[0], rel_tol=1e-5)
    assert "fake" not in after
    assert after.count("logsigmoid") == 2


def test_a_program_that_python_does_not_compile_is_not_repaired() -> None:
    text = f"{HEAD}def loss(x, y, y):\n    a = F.softmax(one(x), 1)\n    return F.cross_entropy(a, y)\n"
    result, changed = repair({FILE: text}, ["LGT101"])
    assert not changed
    assert [(each.reason or "").partition(":")[0] for each in result.discarded] == ["Python does not compile it"]


def test_a_repair_that_leaves_a_name_without_a_meaning_is_discarded(monkeypatch: pytest.MonkeyPatch) -> None:
    text = f"{HEAD}def loss(x, y):\n    a = F.softmax(one(x), 1)\n    return F.cross_entropy(a, y)\n"
    monkeypatch.setattr(Tree, "substitute", lambda tree, node, _: Change(tree.file, *tree.span(node), "nobody"))
    result, changed = repair({FILE: text}, ["LGT101"])
    assert not changed
    assert [each.reason for each in result.discarded] == ["`nobody` would not be defined any more"]


@pytest.mark.parametrize(
    ("code", "names"),
    [
        ("import torch\nprint(torch, os)\n", {"os"}),
        ("def f(a):\n    b = a\n    return lambda: b + c\n", {"c"}),
        ("c = 1\ndef f():\n    return c\n", set()),
        ("def f():\n    global c\n    c = 1\n\ndef g():\n    return c\n", set()),
        ("class A:\n    x = 1\n    y = x\n    def f(self):\n        return x\n", {"x"}),
        ("from m import *\nprint(x)\n", {"x"}),
        ("print([i for i in range(3)], __name__, __file__)\n", set()),
    ],
)
def test_names_that_mean_nothing(code: str, names: set[str]) -> None:
    assert unresolved(code) == names


def test_what_a_repair_brings_about_is_repaired_with_it() -> None:
    text = f"""{HEAD}def loss(x, y):
    e = torch.exp(one(x))
    p = e / e.sum(dim=1, keepdim=True)
    return F.nll_loss(torch.log(p), y)
"""
    result, changed = repair({FILE: text}, [*ON, "LGT705"], unsafe=False)
    after = changed[FILE]
    value, scores = run(after)
    assert math.isclose(value, cross_entropy(scores("one"), Y).item(), rel_tol=1e-6)
    assert "log_softmax" in after
    assert "torch.log(" not in after
    assert [finding.code for finding in result.fixed] == ["LGT705"]
    assert not result.discarded


SHARED = f"""{HEAD}def normalised(scores):
    e = torch.exp(scores)
    return e / e.sum(dim=1, keepdim=True)


def loss(x, y):
    return F.nll_loss(torch.log(normalised(one(x))), y)
"""
"""The first repair is safe; the one that goes with it changes what a function returns."""


def test_of_two_repairs_in_one_the_less_trusted_counts() -> None:
    result, changed = repair({FILE: SHARED}, [*ON, "LGT705"], unsafe=False)
    assert not changed
    assert [each.reason for each in result.discarded] == ["it would raise LGT701"]
    result, changed = repair({FILE: SHARED}, [*ON, "LGT705"], unsafe=True)
    value, scores = run(changed[FILE])
    assert math.isclose(value, cross_entropy(scores("one"), Y).item(), rel_tol=1e-6)
    assert not result.discarded


def test_two_repairs_in_one_are_made_or_none_of_them() -> None:
    text = f"{SHARED}\n\ndef shown(x):\n    print(normalised(one(x)), torch.log(normalised(other(x))))\n"
    for unsafe in (False, True):
        result, changed = repair({FILE: text}, [*ON, "LGT705"], unsafe=unsafe)
        after = changed.get(FILE, text)
        assert result.discarded or "e.sum" not in after
        assert ("e.sum" in after) == ("torch.exp" in after)
        again, twice = repair({FILE: after}, [*ON, "LGT705"], unsafe=unsafe)
        assert not twice
        assert not again.fixed
