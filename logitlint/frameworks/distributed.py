"""Libraries that spread or speed up training (accelerate, DeepSpeed, apex, Ray): they give back the model they get.

What is given back is wrapped, and computes what the model computes.
"""

from __future__ import annotations

from typing import Final

from logitlint.frameworks.vocabulary import (
    Axes,
    Depends,
    Function,
    Halves,
    Layer,
    Row,
    SameAs,
    subject,
)

_ACCELERATE: Final = "https://huggingface.co/docs/accelerate/package_reference/accelerator"
_DEEPSPEED: Final = "https://deepspeed.readthedocs.io/en/latest/initialize.html"
_APEX: Final = "https://nvidia.github.io/apex/amp.html#apex.amp.initialize"
_RAY: Final = "https://docs.ray.io/en/latest/train/api/doc/ray.train.torch.prepare_model.html"


def _kept(name: str, signature: str) -> Function:
    """A method that gives its first argument, or the same from every process."""
    first = signature.partition(",")[0]
    return Function(
        name=f"accelerate.Accelerator.{name}",
        signature=signature,
        takes={first: subject()},
        gives=Axes.KEPT,
        source=_ACCELERATE,
    )


ROWS: Final[tuple[Row, ...]] = (
    Layer(
        name="accelerate.Accelerator",
        init="*args, **kwargs",
        methods={
            "prepare": Function(
                name="accelerate.Accelerator.prepare",
                signature="*args, device_placement=None",
                gives=Halves.EACH,
                source=_ACCELERATE,
            ),
            "prepare_model": _kept("prepare_model", "model, device_placement=None, evaluation_mode=False"),
            "unwrap_model": _kept("unwrap_model", "model, keep_fp32_wrapper=True, keep_torch_compile=True"),
            "gather": _kept("gather", "tensor"),
            "gather_for_metrics": _kept("gather_for_metrics", "input_data, use_gather_object=False"),
        },
        aliases=("accelerate.accelerator.Accelerator",),
        source=_ACCELERATE,
    ),
    Function(
        name="deepspeed.initialize",
        signature="args=None, model=None, optimizer=None, model_parameters=None, training_data=None, "
        "lr_scheduler=None, distributed_port=None, mpu=None, dist_init_required=None, collate_fn=None, config=None, "
        "mesh_param=None, config_params=None",
        takes={"model": subject()},
        gives=(Axes.KEPT, None, None, None),
        source=_DEEPSPEED,
    ),
    Function(
        name="apex.amp.initialize",
        signature="models, optimizers=None, enabled=True, opt_level='O1', cast_model_type=None, "
        "patch_torch_functions=None, keep_batchnorm_fp32=None, master_weights=None, loss_scale=None, "
        "cast_model_outputs=None, num_losses=1, verbosity=1, min_loss_scale=None, max_loss_scale=2.**24",
        takes={"models": subject()},
        gives=Depends("optimizers", {None: Axes.KEPT}, otherwise=(Axes.KEPT, None)),
        source=_APEX,
    ),
    SameAs(
        name="ray.train.torch.prepare_model",
        signature="model, move_to_device=True, parallel_strategy='ddp', parallel_strategy_kwargs=None",
        subject="model",
        axes=Axes.KEPT,
        aliases=("ray.train.torch.train_loop_utils.prepare_model",),
        source=_RAY,
    ),
)
