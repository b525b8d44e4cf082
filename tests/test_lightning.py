"""What Lightning's trainer runs of a module that it is handed, asked of the installed one in a process of its own."""

from __future__ import annotations

import ast
import subprocess
import sys

from logitlint.frameworks.lightning import ROWS
from logitlint.frameworks.vocabulary import Layer, Steps

STEPPING = """
import ast, sys
import torch
from pytorch_lightning import LightningModule, Trainer

ran = []


class Net(LightningModule):
    def __init__(self):
        super().__init__()
        self.head = torch.nn.Linear(8, 4)

    def configure_optimizers(self):
        return torch.optim.SGD(self.parameters(), 0.1)


for step in ("training_step", "validation_step", "test_step", "predict_step"):
    setattr(Net, step, lambda self, batch, number, step=step: (ran.append(step), self.head(batch[0]).sum())[1])
loader = torch.utils.data.DataLoader(torch.utils.data.TensorDataset(torch.randn(4, 8)), 4)
quiet = dict(logger=False, enable_checkpointing=False, enable_progress_bar=False, enable_model_summary=False)
found = {}
for name in ast.literal_eval(sys.argv[1]):
    ran.clear()
    trainer = Trainer(max_epochs=1, accelerator="cpu", num_sanity_val_steps=0, **quiet)
    getattr(trainer, name)(Net(), loader)
    found[name] = tuple(ran)
print(found)
"""


def test_what_lightnings_trainer_runs_of_a_module_that_it_is_handed() -> None:
    trainer = next(row for row in ROWS if isinstance(row, Layer) and row.name == "lightning.Trainer")
    said = {name: method.runs for name, method in trainer.methods.items() if isinstance(method, Steps)}
    assert set(said) == {"fit", "validate", "test", "predict"}
    command = [sys.executable, "-W", "ignore", "-c", STEPPING, repr(sorted(said))]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    found = ast.literal_eval(done.stdout.splitlines()[-1])
    assert found["fit"] == said["fit"]
    in_another_mode = {"validate": ("validation_step",), "test": ("test_step",), "predict": ("predict_step",)}
    assert {name: found[name] for name in in_another_mode} == in_another_mode
    assert not any(said[name] for name in in_another_mode)
