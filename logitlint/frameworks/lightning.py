"""Lightning: `LightningModule` is a module whose steps the trainer calls."""

from __future__ import annotations

from typing import Final

from logitlint.frameworks.vocabulary import Axes, Base, Function, Halves, Layer, Row, Steps, subject

_FABRIC: Final = "https://lightning.ai/docs/fabric/stable/api/fabric_methods.html"
_TRAINER: Final = "https://lightning.ai/docs/pytorch/stable/common/trainer.html"
_LIBRARIES: Final = ("lightning", "lightning.pytorch", "pytorch_lightning")
_CALLBACKS: Final = (
    "DeviceStatsMonitor EarlyStopping LearningRateMonitor ModelCheckpoint ModelSummary RichModelSummary "
    "RichProgressBar TQDMProgressBar Timer"
)
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
        watched_by={
            f"{library}.{module}": "pl_module"
            for library in _LIBRARIES
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
    # `fit` validates only where there is something to validate on; whatever else it runs is run in another mode.
    Layer(
        name="lightning.Trainer",
        init="*args, callbacks=None, **kwargs",
        methods={
            "fit": Steps(
                signature="model=None, train_dataloaders=None, val_dataloaders=None, datamodule=None, **kwargs",
                handed="model",
                runs=("training_step",),
                beside="callbacks",
                brings="configure_callbacks",
            ),
            **{
                name: Steps(
                    signature="model=None, dataloaders=None, **kwargs",
                    handed="model",
                    runs=(),
                    beside="callbacks",
                    brings="configure_callbacks",
                )
                for name in ("validate", "test", "predict")
            },
        },
        aliases=tuple(
            f"{library}.{name}"
            for library in _LIBRARIES
            for name in ("Trainer", "trainer.Trainer", "trainer.trainer.Trainer")
            if (library, name) != ("lightning", "Trainer")
        ),
        source=_TRAINER,
    ),
    *(
        Layer(
            name=f"lightning.pytorch.callbacks.{name}",
            init="*args, **kwargs",
            aliases=tuple(f"{library}.callbacks.{name}" for library in _LIBRARIES if library != "lightning.pytorch"),
            source="https://lightning.ai/docs/pytorch/stable/extensions/callbacks.html#built-in-callbacks",
        )
        for name in _CALLBACKS.split()
    ),
)
