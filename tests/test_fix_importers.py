"""Repairs of a file that others read: those given with it are looked at, what they import keeps its meaning."""

from __future__ import annotations

from pathlib import Path

import pytest

from logitlint.fixer import Fixer
from logitlint.rules import RULES
from logitlint.settings import Settings

ON = frozenset(rule.code for rule in RULES if rule.default)
MODEL = """\
import torch
from torch import nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(10, 3)

    def forward(self, x):
        return torch.softmax(self.fc(x), dim=1)
"""
TRAIN = """\
from torch import nn

from model import Net


def train(loader):
    net = Net()
    criterion = nn.CrossEntropyLoss()
    for x, y in loader:
        criterion(net(x), y).backward()
"""
FLAT = """\
import torch
import torch.nn.functional as F
from torch import nn

head = nn.Linear(10, 3)
labels = torch.tensor([0, 1])
probs = F.softmax(head(torch.randn(2, 10)), dim=1)
loss = F.cross_entropy(probs, labels)
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def repaired(texts: dict[str, str], *, unsafe: bool = True) -> tuple[dict[str, str], list[str]]:
    """What is repaired, and the messages of the repairs that are left."""
    for name, text in texts.items():
        Path(name).write_text(text, "utf-8")
    result = Fixer(Settings(enabled=ON), unsafe=unsafe).repair(texts)
    left = [each.fix.message for report in result.reports for each in report.findings if each.fix is not None]
    return {name: document.source.text for name, document in result.after.items()}, left


@pytest.mark.usefixtures("folder")
def test_a_reader_that_only_imports_the_model_gets_its_probabilities() -> None:
    reader = "from model import Net\n\n\ndef report(x):\n    net = Net()\n    print(net(x) > 0.9, net(x).argmax(1))\n"
    after, left = repaired({"model.py": MODEL, "train.py": TRAIN, "report.py": reader})
    assert not left
    assert after["model.py"].endswith("        return self.fc(x)\n")
    assert "print(torch.softmax(net(x), dim=1) > 0.9, net(x).argmax(1))" in after["report.py"]
    assert after["report.py"].startswith("from model import Net\nimport torch\n")


@pytest.mark.usefixtures("folder")
def test_without_the_reader_only_the_model_changes() -> None:
    after, _ = repaired({"model.py": MODEL, "train.py": TRAIN})
    assert set(after) == {"model.py"}


@pytest.mark.usefixtures("folder")
def test_a_reader_around_which_nothing_can_be_put_is_named() -> None:
    reader = "from model import Net\n\n\ndef report(x):\n    flat = Net()(x).flatten()\n    print(flat)\n"
    after, left = repaired({"model.py": MODEL, "train.py": TRAIN, "report.py": reader})
    assert not after
    assert left == ["Remove `softmax`, and apply it where probabilities are needed: `print` cannot be followed"]


@pytest.mark.usefixtures("folder")
def test_a_loss_that_another_file_uses_rightly_is_left() -> None:
    loss = "from torch import nn\n\ncriterion = nn.BCELoss()\nhead = nn.Linear(3, 1)\n\n\n"
    wrong = f"{loss}def step(x, y):\n    return criterion(head(x), y)\n"
    right = "import torch\nfrom wrong import criterion, head\n\n\ndef step(x, y):\n"
    right += "    return criterion(torch.sigmoid(head(x)), y)\n"
    assert "BCEWithLogitsLoss" in repaired({"wrong.py": wrong})[0]["wrong.py"]
    assert repaired({"wrong.py": wrong, "right.py": right})[0] == {}


@pytest.mark.parametrize(
    "reader",
    ["from flat import probs\n\nprint(probs.max())\n", "import flat\n\nprint(flat.probs.max())\n", None],
    ids=["by name", "by module", "nobody"],
)
@pytest.mark.usefixtures("folder")
def test_a_name_of_a_module_keeps_its_meaning(reader: str | None) -> None:
    texts = {"flat.py": FLAT} | ({"reader.py": reader} if reader else {})
    after, left = repaired(texts, unsafe=False)
    assert not left
    assert after["flat.py"].endswith(
        "logits = head(torch.randn(2, 10))\nprobs = F.softmax(logits, dim=1)\nloss = F.cross_entropy(logits, labels)\n"
    )


@pytest.mark.usefixtures("folder")
def test_a_name_of_a_module_that_nothing_reads_there_stays() -> None:
    text = FLAT.replace("F.softmax(head(torch.randn(2, 10))", "F.softmax(scores").replace(
        "probs =", "scores = head(torch.randn(2, 10))\nprobs ="
    )
    after, _ = repaired({"flat.py": text}, unsafe=False)
    assert after["flat.py"] == text.replace("F.cross_entropy(probs", "F.cross_entropy(scores")


@pytest.mark.parametrize(
    ("reader", "removed"),
    [
        ("from model import *\n\nprint(torch.pi)\n", False),
        ("from model import torch\n", False),
        ("import model\n\nprint(model.torch)\n", False),
        ("from model import *\n\nprint(Net)\n", True),
        ("import torch\nfrom model import Net\n\nprint(torch.pi, Net)\n", True),
    ],
)
@pytest.mark.usefixtures("folder")
def test_an_import_that_another_file_takes_from_there_stays(reader: str, removed: bool) -> None:
    after, _ = repaired({"model.py": MODEL, "train.py": TRAIN, "reader.py": reader})
    assert ("import torch\n" not in after["model.py"]) is removed


@pytest.mark.usefixtures("folder")
def test_what_a_package_hands_on_is_followed() -> None:
    Path("zoo").mkdir()
    text = FLAT.replace("F.softmax(head(torch.randn(2, 10)), dim=1)", "nn.Sequential(head, nn.Softmax(1))(labels)")
    texts = {"zoo/flat.py": text}
    after, _ = repaired(texts)
    assert "nn.Sequential(head)(labels)" in after["zoo/flat.py"]
    texts |= {"zoo/__init__.py": "from .flat import *\n", "reader.py": "import zoo\n\nprint(zoo.probs)\n"}
    after, left = repaired(texts)
    assert not after
    assert left == [
        "Remove `Softmax`, and apply it where probabilities are needed: `probs` in reader.py cannot be followed"
    ]


@pytest.mark.usefixtures("folder")
def test_a_reader_that_cannot_be_read_is_no_reader() -> None:
    after, left = repaired({"model.py": MODEL, "train.py": TRAIN, "reader.py": "from model import Net\nprint 'x'\n"})
    assert set(after) == {"model.py"}
    assert not left


HANDED = f"""{MODEL}
    def weights(self):
        return list(self.parameters())


def count(model):
    return sum(each.numel() for each in model.weights())


def train(loader):
    net = nn.DataParallel(Net().cuda())
    optimizer = torch.optim.SGD(net.parameters(), 0.1)
    print(net, count(net), type(net), optimizer)
    for x, y in loader:
        step(net, x, y)
    torch.save(net.state_dict(), "net.pt")
    HANDED


def step(model, x, y):
    out = model(x)
    nn.CrossEntropyLoss()(out, y).backward()
"""


@pytest.mark.parametrize(
    ("handed", "named"),
    [
        ("return len(loader)", ""),
        ("import metrics; metrics.evaluate(net, loader)", "metrics.evaluate"),
        ("other = net; torch.onnx.export(other, loader, 'net.onnx')", "torch.onnx.export"),
    ],
)
@pytest.mark.usefixtures("folder")
def test_a_model_that_is_handed_to_what_cannot_be_seen_has_a_reader(handed: str, named: str) -> None:
    after, left = repaired({"net.py": HANDED.replace("    HANDED", f"    {handed}")})
    assert bool(after) is not bool(named)
    assert [each for each in left if "which is given the model" in each] == (
        [
            "Remove `softmax`, and apply it where probabilities are needed: "
            f"`{named}` (which is given the model) cannot be followed"
        ]
        if named
        else []
    )
