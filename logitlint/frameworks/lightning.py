"""Lightning: `LightningModule` is a module whose steps the trainer calls."""

from __future__ import annotations

from typing import Final

from logitlint.frameworks.vocabulary import Axes, Base, Function, Halves, Layer, Row, subject

_FABRIC: Final = "https://lightning.ai/docs/fabric/stable/api/fabric_methods.html"
_STEPS: Final = ("training_step", "validation_step", "test_step", "predict_step")
_KEEPS: Final = (
    "apply bfloat16 cpu cuda double eval float half ipu mtia requires_grad_ share_memory to to_empty train type xpu"
)

ROWS: Final[tuple[Row, ...]] = (
    Base(
        name="lightning.LightningModule",
        calls="forward",
        hooks={step: {} for step in _STEPS},
        stepped_by={
            "fit": ("training_step", "validation_step"),
            "validate": ("validation_step",),
            "test": ("test_step",),
        },
        keeps=frozenset(_KEEPS.split()),
        watched_by={
            f"{library}.{module}": "pl_module"
            for library in ("lightning", "lightning.pytorch", "pytorch_lightning")
            for module in ("Callback", "callbacks.Callback", "callbacks.callback.Callback")
        },
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
    # With a scheduler, `setup` gives that as well: a call with one is not followed.
    Layer(
        name="lightning.Fabric",
        init="*args, **kwargs",
        methods={
            "setup": Function(
                name="lightning.Fabric.setup",
                signature="*objects, move_to_device=True, _reapply_compile=True",
                gives=Halves.EACH,
                source=_FABRIC,
            ),
            "setup_module": Function(
                name="lightning.Fabric.setup_module",
                signature="module, move_to_device=True, _reapply_compile=True",
                takes={"module": subject()},
                gives=Axes.KEPT,
                source=_FABRIC,
            ),
        },
        aliases=("lightning.fabric.Fabric", "lightning_fabric.Fabric", "lightning.fabric.fabric.Fabric"),
        source=_FABRIC,
    ),
)
