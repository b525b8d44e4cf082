"""Where a caller chooses the loss or the activation, or all names are read at once, no repair is called safe."""

from __future__ import annotations

import pytest
from repairing import FILE, repair

_START = """
import torch
from torch import nn

class Net(nn.Module):
    def __init__(self, {parameters}):
        super().__init__()
        self.l = nn.Linear(4, 1)
        self.a = {activation}
        self.c = {loss}
    def forward(self, x, y):
        return self.c(self.a(self.l(x)), y)

"""


def _class(parameters: str, activation: str, loss: str, *made: str) -> str:
    return _START.format(parameters=parameters, activation=activation, loss=loss) + "\n".join(made) + "\n"


def _function(body: str) -> str:
    return "import torch\nfrom torch import nn\nimport torch.nn.functional as F\nnet = nn.Linear(4, 3)\n" + body


CHOSEN = {
    "both by the constructor": _class(
        "a, c",
        "a()",
        "c()",
        "Net(nn.Sigmoid, nn.BCEWithLogitsLoss)(torch.randn(3, 4), torch.rand(3, 1))",
        "Net(nn.Tanh, nn.MSELoss)(torch.randn(3, 4), torch.rand(3, 1))",
    ),
    "the loss, and only one in sight": _class("c", "nn.Sigmoid()", "c()", "Net(nn.BCEWithLogitsLoss)"),
    "the activation, and only one in sight": _class("a", "a()", "nn.BCEWithLogitsLoss()", "Net(nn.Sigmoid)"),
    "by a branch on a parameter": _class(
        "c", "nn.Sigmoid()", "nn.BCEWithLogitsLoss() if c else nn.L1Loss()", "Net(True)", "Net(False)"
    ),
    "a default": _function("def f(x, y, c=nn.CrossEntropyLoss()):\n    return c(F.softmax(net(x), 1), y)\n"),
    "a parameter": _function(
        "def f(x, y, c):\n    return c(F.softmax(net(x), 1), y)\n"
        "f(torch.randn(3, 4), torch.tensor([0, 1, 2]), nn.CrossEntropyLoss())\n"
    ),
    "a class attribute that another class sets otherwise": _function(
        "class A(nn.Module):\n    c = nn.BCEWithLogitsLoss()\n    def __init__(self):\n        super().__init__()\n"
        "        self.l = nn.Linear(4, 1)\n    def forward(self, x, y):\n"
        "        return self.c(self.l(x).sigmoid(), y)\nclass B(A):\n    c = nn.L1Loss()\n"
    ),
}
READ = (
    "return loss, locals()",
    "print(eval('p'))\n    return loss",
    "print('{p}'.format(**vars()))\n    return loss",
    "show(inspect.stack())\n    return loss",
    "show(sys._getframe())\n    return loss",
)


@pytest.mark.parametrize("text", CHOSEN.values(), ids=CHOSEN.keys())
def test_what_a_caller_chooses_is_not_repaired_as_safe(text: str) -> None:
    result, after = repair({FILE: text}, ("LGT101", "LGT102"), unsafe=False)
    assert result.reports[0].findings
    assert not after


@pytest.mark.parametrize("last", READ)
def test_who_reads_all_names_reads_what_is_repaired(last: str) -> None:
    text = _function(f"def f(x, y):\n    p = F.softmax(net(x), 1)\n    loss = F.cross_entropy(p, y)\n    {last}\n")
    assert not repair({FILE: text}, ("LGT101",))[1]


def test_to_stack_tensors_reads_no_names() -> None:
    text = _function("def f(x, y):\n    p = F.softmax(net(torch.stack(x)), 1)\n    return F.cross_entropy(p, y)\n")
    assert repair({FILE: text}, ("LGT101",), unsafe=False)[1]


def test_the_variables_of_an_object_are_no_names() -> None:
    text = _function("def f(x, y):\n    p = F.softmax(net(x), 1)\n    vars(x)\n    return F.cross_entropy(p, y)\n")
    assert repair({FILE: text}, ("LGT101",), unsafe=False)[1]


def test_what_is_the_same_for_all_callers_is_safe() -> None:
    text = _class("width", "nn.Sigmoid()", "nn.BCEWithLogitsLoss()", "Net(3)")
    assert "self.c(self.l(x), y)" in repair({FILE: text}, ("LGT102",), unsafe=False)[1][FILE]


def test_who_chooses_both_at_once_is_repaired_where_he_does() -> None:
    text = _function(
        "def f(p, y, c):\n    return c(p, y)\n"
        "f(F.softmax(net(torch.randn(3, 4)), 1), torch.tensor([0, 1, 2]), nn.CrossEntropyLoss())\n"
    )
    assert "f(net(torch.randn(3, 4))," in repair({FILE: text}, ("LGT101",), unsafe=False)[1][FILE]
