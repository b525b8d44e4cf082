"""Lightning: `LightningModule` is a module whose steps the trainer calls."""

from __future__ import annotations

from typing import Final

from logitlint.frameworks.vocabulary import Base, Row

_STEPS: Final = ("training_step", "validation_step", "test_step", "predict_step")
_KEEPS: Final = (
    "apply bfloat16 cpu cuda double eval float half ipu mtia requires_grad_ share_memory to to_empty train type xpu"
)

ROWS: Final[tuple[Row, ...]] = (
    Base(
        name="lightning.LightningModule",
        calls="forward",
        hooks={step: {} for step in _STEPS},
        keeps=frozenset(_KEEPS.split()),
        aliases=(
            "lightning.pytorch.LightningModule",
            "lightning.pytorch.core.LightningModule",
            "lightning.pytorch.core.module.LightningModule",
            "pytorch_lightning.LightningModule",
            "pytorch_lightning.core.LightningModule",
            "pytorch_lightning.core.module.LightningModule",
            "pytorch_lightning.core.lightning.LightningModule",
        ),
        source="https://lightning.ai/docs/pytorch/stable/common/lightning_module.html",
    ),
)
