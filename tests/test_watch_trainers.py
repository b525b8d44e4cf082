"""The watch inside trainers that have the loop, each run as its users do, in a process of its own."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys

import pytest

LIGHTNING = """
import sys, warnings
import torch, pytorch_lightning
from torch import nn
from logitlint.runtime import WrongKindError, callbacks


class Net(pytorch_lightning.LightningModule):
    def __init__(self, soft):
        super().__init__()
        self.head, self.soft = nn.Linear(8, 4), soft

    def training_step(self, batch, _):
        x, y = batch
        scores = self.head(x)
        return nn.functional.cross_entropy(scores.softmax(1) if self.soft else scores, y)

    def validation_step(self, batch, _):
        x, y = batch
        nn.functional.nll_loss(self.head(x).softmax(1) if self.soft else self.head(x).log_softmax(1), y)

    def configure_optimizers(self):
        return torch.optim.SGD(self.parameters(), 0.1)


def fitted(soft, on):
    torch.manual_seed(1)
    data = torch.utils.data.TensorDataset(torch.randn(64, 8), torch.arange(64) % 4)
    net, callback = Net(soft), [] if on is None else [callbacks.lightning_callback(on=on)]
    trainer = pytorch_lightning.Trainer(
        max_epochs=2, callbacks=callback, logger=False, enable_checkpointing=False, enable_progress_bar=False,
        enable_model_summary=False, accelerator="cpu", num_sanity_val_steps=0,
    )
    loader = torch.utils.data.DataLoader(data, 16)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            trainer.fit(net, loader, loader)
        except WrongKindError as error:
            print("raised", str(error).split()[0])
    print(soft, on, [str(each.message).split()[0] for each in caught if "LGT" in str(each.message)])
    assert not torch.overrides._get_current_function_mode_stack()
    return net.head.weight.detach()


plain = fitted(True, None)
assert torch.equal(plain, fitted(True, "warn"))
fitted(True, "raise")
fitted(False, "raise")
"""


@pytest.mark.skipif(importlib.util.find_spec("pytorch_lightning") is None, reason="PyTorch Lightning is not installed")
def test_lightnings_trainer_is_watched_step_by_step() -> None:
    done = subprocess.run([sys.executable, "-W", "ignore", "-c", LIGHTNING], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-3000:]
    assert done.stdout.splitlines()[-5:] == [
        "True None []",
        "True warn ['LGT101', 'LGT203']",
        "raised LGT101",
        "True raise []",
        "False raise []",
    ]


PYTEST = """
import pytest, torch


@pytest.fixture
def scores():
    yield torch.randn(16, 4)
    torch.nn.functional.cross_entropy(torch.randn(16, 4).softmax(1), torch.arange(16) % 4)  # not the test


@pytest.mark.parametrize("right", [True, False])
def test_step(scores, right):
    torch.nn.functional.cross_entropy(scores if right else scores.softmax(1), torch.arange(16) % 4)


def test_that_fails():
    raise ZeroDivisionError
"""


@pytest.mark.parametrize("asked", ["--logitlint-watch", "--logitlint-watch=raise", "--strict-markers"])
def test_pytests_option_as_it_is_used(asked: str, tmp_path: os.PathLike[str]) -> None:
    with open(os.path.join(tmp_path, "test_step.py"), "w") as file:
        file.write(PYTEST)
    plugin = ["-p", "no:logitlint", "-p", "logitlint.pytest_plugin"]  # also where it is not installed
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-rA", *plugin, "-p", "no:cacheprovider", asked],
        cwd=tmp_path,
        capture_output=True,
        text=True,
    )
    outcomes = {line for line in done.stdout.splitlines() if line.startswith(("PASSED", "FAILED", "ERROR"))}
    wrong = "FAILED" if asked.endswith("raise") else "PASSED"
    assert {line.partition(" - ")[0] for line in outcomes} == {
        "PASSED test_step.py::test_step[True]",
        f"{wrong} test_step.py::test_step[False]",
        "FAILED test_step.py::test_that_fails",
    }
    assert ("WrongKindWarning: LGT101" in done.stdout) is (asked == "--logitlint-watch")
    assert ("WrongKindError: LGT101" in done.stdout) is (wrong == "FAILED")
