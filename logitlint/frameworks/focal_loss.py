"""focal-loss-torch: a focal loss that takes probabilities, as few do.

Its short path, `focal_loss.FocalLoss`, is left out: many projects have a file of that name, which takes logits.
"""

from __future__ import annotations

from typing import Final

from logitlint.frameworks.vocabulary import Fact, Role, Row, Takes, Want, loss_class, prediction, target

ROWS: Final[tuple[Row, ...]] = (
    loss_class(
        "focal_loss.focal_loss.FocalLoss",
        init="gamma, weights=None, reduction='mean', ignore_index=-100, eps=1e-16",
        call="x, target",
        # One column of probabilities, or one for each class; it asserts that they lie in [0, 1].
        takes={"x": prediction(Want.PROBABILITIES), "target": target(Want.CLASS_INDEX)},
        constructor={"weights": Takes(Role.WEIGHT)},
        facts=frozenset({Fact.RAISES_OUTSIDE_UNIT}),
        source="https://pypi.org/project/focal-loss-torch/",
    ),
)
