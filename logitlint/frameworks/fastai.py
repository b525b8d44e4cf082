"""fastai: `Learner`, and the losses that flatten their arguments.

`vision_learner`, `unet_learner` and `cnn_learner` are left out: they cut the given architecture and put a head of their
own on it, which `custom_head` and `y_range` change.
"""

from __future__ import annotations

from typing import Final

from logitlint.frameworks.vocabulary import (
    Fact,
    Layer,
    Receiver,
    Role,
    Row,
    Takes,
    Want,
    loss_class,
    prediction,
    target,
)

_SOURCE: Final = "https://docs.fast.ai/losses.html"
# Everything is also found where users import it from, mostly by a star.
_HOMES: Final = (
    "fastai.basics",
    "fastai.vision.all",
    "fastai.text.all",
    "fastai.tabular.all",
    "fastai.collab",
)


def _loss(
    name: str,
    init: str,
    want: Want,
    truth: Want | None,
    *,
    call: str = "inp, targ, **kwargs",
    facts: frozenset[Fact] = frozenset(),
) -> Layer:
    predicted, true = call.split(", ")[:2]
    return loss_class(
        f"fastai.losses.{name}",
        init=init,
        call=call,
        takes={predicted: prediction(want), true: target(truth)},
        constructor={weight: Takes(Role.WEIGHT) for weight in ("weight", "pos_weight") if f"{weight}=None" in init},
        facts=facts,
        aliases=tuple(f"{home}.{name}" for home in _HOMES),
        source=_SOURCE,
    )


ROWS: Final[tuple[Row, ...]] = (
    Receiver(
        name="fastai.learner.Learner",
        signature="dls, model, loss_func=None, opt_func=None, lr=0.001, splitter=None, cbs=None, metrics=None, "
        "path=None, "
        "model_dir='models', wd=None, wd_bn_bias=False, train_bn=True, moms=None, default_cbs=True",
        model="model",
        criterion="loss_func",
        aliases=tuple(f"{home}.Learner" for home in _HOMES),
        source="https://docs.fast.ai/learner.html#learner",
    ),
    _loss(
        "CrossEntropyLossFlat",
        "*args, axis=-1, weight=None, ignore_index=-100, reduction='mean', **kwargs",
        Want.CLASS_LOGITS,
        Want.CLASSES,
    ),
    _loss("FocalLoss", "gamma=2.0, weight=None, reduction='mean'", Want.CLASS_LOGITS, Want.CLASSES, call="inp, targ"),
    _loss(
        "FocalLossFlat",
        "*args, gamma=2.0, axis=-1, weight=None, reduction='mean', **kwargs",
        Want.CLASS_LOGITS,
        Want.CLASSES,
    ),
    _loss(
        "BCEWithLogitsLossFlat",
        "*args, axis=-1, floatify=True, thresh=0.5, weight=None, reduction='mean', pos_weight=None, **kwargs",
        Want.LABEL_LOGITS,
        Want.LABELS,
    ),
    _loss(
        "BCELossFlat",
        "*args, axis=-1, floatify=True, weight=None, reduction='mean', **kwargs",
        Want.LABEL_PROBABILITIES,
        Want.LABELS,
        facts=frozenset({Fact.RAISES_UNDER_AUTOCAST, Fact.RAISES_OUTSIDE_UNIT}),
    ),
    _loss("MSELossFlat", "*args, axis=-1, floatify=True, reduction='mean', **kwargs", Want.SCORES, None),
    _loss("L1LossFlat", "*args, axis=-1, floatify=True, reduction='mean', **kwargs", Want.SCORES, None),
    _loss(
        "LabelSmoothingCrossEntropy",
        "eps=0.1, weight=None, reduction='mean'",
        Want.CLASS_LOGITS,
        Want.CLASS_INDEX,
        call="output, target",
    ),
    _loss(
        "LabelSmoothingCrossEntropyFlat",
        "*args, axis=-1, eps=0.1, reduction='mean', **kwargs",
        Want.CLASS_LOGITS,
        Want.CLASS_INDEX,
    ),
    _loss(
        "DiceLoss",
        "axis=1, smooth=1e-6, reduction='sum', square_in_union=False",
        Want.CLASS_LOGITS,
        Want.CLASS_INDEX,
        call="pred, targ",
    ),
)
