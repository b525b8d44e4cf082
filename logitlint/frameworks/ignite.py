"""PyTorch-Ignite: the supervised trainer is given a model and a loss.

The evaluator takes its losses in a dict of metrics, and metrics take pairs: neither is a call on tensors. `Accuracy`
takes 0 and 1, and raises on anything else, or the scores of classes, of which it takes the largest; what turns scores
into 0 and 1 is its `output_transform`, a function of the program that only the evaluator calls.
"""

from __future__ import annotations

from typing import Final

from logitlint.frameworks.vocabulary import Receiver, Row

_SOURCE: Final = "https://docs.pytorch.org/ignite/generated/ignite.engine.create_supervised_trainer.html"
_STEP: Final = (
    "model, optimizer, loss_fn, device=None, non_blocking=False, prepare_batch=None, model_transform=None, "
    "output_transform=None"
)


def _receiver(name: str, signature: str) -> Receiver:
    return Receiver(
        name=f"ignite.engine.{name}",
        signature=signature,
        model="model",
        criterion="loss_fn",
        unless=frozenset({"model_transform", "model_fn"}),
        source=_SOURCE,
    )


ROWS: Final[tuple[Row, ...]] = (
    _receiver(
        "create_supervised_trainer",
        f"{_STEP}, deterministic=False, amp_mode=None, scaler=False, gradient_accumulation_steps=1, model_fn=None",
    ),
    _receiver("supervised_training_step", f"{_STEP}, gradient_accumulation_steps=1, model_fn=None"),
    _receiver("supervised_training_step_amp", f"{_STEP}, scaler=None, gradient_accumulation_steps=1, model_fn=None"),
    _receiver("supervised_training_step_apex", f"{_STEP}, gradient_accumulation_steps=1, model_fn=None"),
    _receiver("supervised_training_step_tpu", f"{_STEP}, gradient_accumulation_steps=1, model_fn=None"),
)
