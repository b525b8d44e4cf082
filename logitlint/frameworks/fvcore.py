"""fvcore: the focal losses of detection, which take raw scores."""

from __future__ import annotations

from typing import Final

from logitlint.frameworks.vocabulary import Fact, Function, Row, Want, prediction, target
from logitlint.kinds import Kind

_SOURCE: Final = "https://github.com/facebookresearch/fvcore/blob/main/fvcore/nn/focal_loss.py"


def _focal(name: str, gamma: int) -> Function:
    return Function(
        name=f"fvcore.nn.focal_loss.{name}",
        signature=f'inputs, targets, alpha=-1, gamma={gamma}, reduction="none"',
        takes={"inputs": prediction(Want.LABEL_LOGITS), "targets": target(Want.LABELS)},
        gives=Kind.LOSS,
        facts=frozenset({Fact.LOSS}),
        aliases=(f"fvcore.nn.{name}",),
        source=_SOURCE,
    )


ROWS: Final[tuple[Row, ...]] = (
    _focal("sigmoid_focal_loss", 2),
    _focal("sigmoid_focal_loss_jit", 2),
    _focal("sigmoid_focal_loss_star", 1),
    _focal("sigmoid_focal_loss_star_jit", 1),
)
