"""What may be changed, walked over, asked for or given elsewhere is not repaired as safe; its quiet twin is."""

from __future__ import annotations

import pytest
from repairing import FILE, repair

_HEAD = "import torch\nfrom torch import nn\nimport torch.nn.functional as F\nfc = nn.Linear(4, 3)\n"


def _repaired(text: str, *codes: str) -> str:
    return repair({FILE: _HEAD + text}, codes, unsafe=False)[1].get(FILE, "")


# -- raw scores that are changed in place -----------------------------------------------------------------------------

_SCORES = "def f(x, y):\n    z = fc(x)\n    p = F.softmax(z, 1)\n    {line}\n    return F.cross_entropy(p, y), p\n"
OVERWRITTEN = [
    "nn.ReLU(inplace=True)(z)",
    "nn.Sequential(nn.ReLU(True), nn.Linear(3, 3))(z)",
    "F.relu(z, True)",
    "F.relu(z, inplace=True)",
    "F.dropout(z, 0.5, inplace=True)",
    "z.relu_()",
    "torch.relu_(z)",
    "nn.init.zeros_(z)",
    "torch.mul(x, 2, out=z)",
    "z.data.zero_()",
    "z.view(-1).relu_()",
    "v = z[0]; v.zero_()",
    "v = z.view(-1); v[0] = 1",
    "v = z.t(); v *= 2",
    "v = z; w = v; w.relu_()",
]
LEFT = [
    "F.relu(z)",
    "F.relu(z, inplace=False)",
    "q = z.sigmoid(); q.zero_()",
    "n = z.shape[0]; n += 1",
    "q = z + 1; q += 1",
]


@pytest.mark.parametrize("line", OVERWRITTEN)
def test_raw_scores_that_are_written_over_are_not_used(line: str) -> None:
    assert not _repaired(_SCORES.format(line=line), "LGT101")


@pytest.mark.parametrize("line", LEFT)
def test_raw_scores_that_are_read_are_used(line: str) -> None:
    assert "F.cross_entropy(z, y), p" in _repaired(_SCORES.format(line=line), "LGT101")


# -- layers that are kept and not called any more ---------------------------------------------------------------------

_LAYERS = """
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.softmax = nn.Softmax(1)
    def loss(self, x, y):
        return F.cross_entropy(self.softmax(fc(x)), y)

"""
WALKS = [
    "[*net.children()]",
    "[*net.named_modules()]",
    "net._modules.values()",
    "net.__dict__",
    "vars(net)",
    "getattr(net, name)",
    'getattr(net, "soft" + name)',
    'getattr(net, f"{name}max")',
]
ASKS = ["net.loss", 'getattr(net, "loss", None)', "name.modules"]


@pytest.mark.parametrize("walk", WALKS)
def test_a_layer_that_something_may_find_stays(walk: str) -> None:
    after = _repaired(f"{_LAYERS}def f(net, name):\n    return {walk}\n", "LGT101")
    assert "F.cross_entropy(fc(x), y)" in after
    assert "nn.Softmax" in after


@pytest.mark.parametrize("ask", ASKS)
def test_a_layer_that_nothing_finds_goes(ask: str) -> None:
    after = _repaired(f"{_LAYERS}def f(net, name):\n    return {ask}\n", "LGT101")
    assert "F.cross_entropy(fc(x), y)" in after
    assert "nn.Softmax" not in after


# -- losses that are asked for elsewhere ------------------------------------------------------------------------------

_KEPT = """
class Trainer:
    def __init__(self):
        self.crit = nn.BCELoss()
    def step(self, x, y):
        return self.crit(nn.Linear(4, 1)(x), y)

"""
ASKED = ["def f(trainer, p, y):\n    return trainer.crit(p, y)\n", "def f(trainer):\n    return trainer.crit\n"]
KNOWN = [
    "def f(trainer, p, y):\n    return trainer.step(p, y)\n",
    "def f(x, y):\n    return Trainer().crit(nn.Linear(4, 1)(x), y)\n",
    "class Other:\n    crit = None\n    def f(self, p, y):\n        return self.crit(p, y)\n",
]


@pytest.mark.parametrize("text", ASKED)
def test_a_loss_that_may_be_called_out_of_sight_is_not_replaced(text: str) -> None:
    assert not _repaired(_KEPT + text, "LGT201")


@pytest.mark.parametrize("text", KNOWN)
def test_a_loss_of_which_every_call_is_seen_is_replaced(text: str) -> None:
    assert "self.crit = nn.BCEWithLogitsLoss()" in _repaired(_KEPT + text, "LGT201")


def test_another_file_may_call_it() -> None:
    texts = {FILE: _HEAD + _KEPT, "other.py": "import example\ndef f(trainer, p, y):\n    return trainer.crit(p, y)\n"}
    assert not repair(texts, ("LGT201",), unsafe=False)[1]


# -- values that callers give -----------------------------------------------------------------------------------------


def test_what_a_function_does_with_what_it_is_given_is_not_changed_for_all() -> None:
    text = "def loss(p, y):\n    return F.nll_loss(p.log(), y)\ndef f(x, y):\n    return loss(F.softmax(fc(x), 1), y)\n"
    assert not _repaired(text, "LGT701")


_INNER = "def f(x, y, other):\n    def loss(p):\n        return F.nll_loss(p.log(), y)\n    return {value}\n"


def test_a_function_that_nobody_else_can_call_is_changed_with_its_caller() -> None:
    assert "loss(F.log_softmax(fc(x), 1))" in _repaired(_INNER.format(value="loss(F.softmax(fc(x), 1))"), "LGT701")


def test_but_not_where_it_is_given_something_unknown_too() -> None:
    assert not _repaired(_INNER.format(value="loss(F.softmax(fc(x), 1)) + loss(other(x))"), "LGT701")


@pytest.mark.parametrize("count", [3, 300])
def test_a_choice_that_goes_too_far_is_anybodys(count: int) -> None:
    names = "".join(f"    c{number + 1} = c{number}\n" for number in range(count))
    text = f"def f(x, y):\n    c0 = nn.CrossEntropyLoss()\n{names}    return c{count}(F.softmax(fc(x), 1), y)\n"
    assert bool(_repaired(text, "LGT101")) is (count == 3)
