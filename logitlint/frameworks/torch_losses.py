"""PyTorch's losses, as functions and as classes: the scale on which each reads its input and its target."""

from __future__ import annotations

from collections.abc import Mapping

from logitlint.frameworks.vocabulary import (
    Alignment,
    Axes,
    Depends,
    Fact,
    Function,
    Layer,
    Nothing,
    Role,
    Row,
    Takes,
    Want,
    prediction,
    subject,
    target,
)
from logitlint.kinds import Kind

_WEIGHT = Takes(Role.WEIGHT)
_LOSS = frozenset({Fact.LOSS})
_UNSAFE = frozenset({Fact.LOSS, Fact.RAISES_UNDER_AUTOCAST, Fact.RAISES_OUTSIDE_UNIT})
_DIVERGENCE = frozenset({Fact.LOSS, Fact.DIVERGENCE})

_WEIGHTED = {"weight": _WEIGHT}
_CLASSES = {"input": prediction(Want.CLASS_LOGITS), "target": target(Want.CLASSES)}
_CLASS_INDICES = {"input": prediction(Want.CLASS_LOG_PROBABILITIES), "target": target(Want.CLASS_INDEX)}
_LABELS = {"input": prediction(Want.LABEL_PROBABILITIES), "target": target(Want.LABELS)}
_LABEL_LOGITS = {"input": prediction(Want.LABEL_LOGITS), "target": target(Want.LABELS)}
_DISTRIBUTIONS = {
    "input": prediction(Want.CLASS_LOG_PROBABILITIES),
    "target": target(Depends("log_target", {False: Want.DISTRIBUTION, True: Want.LOG_DISTRIBUTION})),
}
_ALIGNMENT = {"log_probs": prediction(Want.CLASS_LOG_PROBABILITIES), "targets": target(Want.CLASS_INDEX)}
_SEQUENCES = Alignment(target="targets", steps="input_lengths", labels="target_lengths", blank="blank")
_VALUES = {"input": prediction(Want.SCORES), "target": target()}
_MARGIN = {"input": prediction(Want.SCORES), "target": target(Want.CLASS_INDEX)}
_SIGNED = {"input": prediction(Want.SCORES), "target": target(Want.SIGNS)}
_SIGNED_LOGITS = {"input": prediction(Want.LABEL_LOGITS), "target": target(Want.SIGNS)}
_RANKED = {"input1": prediction(Want.SCORES), "input2": Takes(Role.OTHER, Want.SCORES), "target": target(Want.SIGNS)}
_PAIRED = {"target": target(Want.SIGNS)}
_RATE = {"input": prediction(Depends("log_input", {True: Want.SCORES})), "target": target()}
_FUSED = {"target": target(Want.CLASSES)}


def _function(
    name: str,
    signature: str,
    takes: Mapping[str, Takes],
    *,
    facts: frozenset[Fact] = _LOSS,
    alignment: Alignment | None = None,
) -> Function:
    path = f"torch.nn.functional.{name}"
    return Function(name=path, signature=signature, takes=takes, gives=Kind.LOSS, facts=facts, alignment=alignment)


def _class(
    name: str,
    init: str,
    takes: Mapping[str, Takes],
    call: str = "input, target",
    *,
    constructor: Mapping[str, Takes] = Nothing,
    facts: frozenset[Fact] = _LOSS,
    alignment: Alignment | None = None,
) -> Layer:
    path = f"torch.nn.{name}"
    return Layer(
        name=path,
        init=init,
        call=Function(name=path, signature=call, takes=takes, gives=Kind.LOSS, facts=facts, alignment=alignment),
        takes=constructor,
        facts=facts,
    )


_REDUCED = "size_average=None, reduce=None, reduction='mean'"

ROWS: tuple[Row, ...] = (
    _function(
        "cross_entropy",
        "input, target, weight=None, size_average=None, ignore_index=-100, reduce=None, reduction='mean', "
        "label_smoothing=0.0",
        {**_CLASSES, **_WEIGHTED},
    ),
    _class(
        "CrossEntropyLoss",
        "weight=None, size_average=None, ignore_index=-100, reduce=None, reduction='mean', label_smoothing=0.0",
        _CLASSES,
        constructor=_WEIGHTED,
    ),
    # The layer that would give the logits is inside: what it reads are features.
    _function(
        "linear_cross_entropy",
        "input, linear_weight, target, *, linear_bias=None, weight=None, reduction='mean', ignore_index=None, "
        "label_smoothing=0.0, options=None",
        {**_FUSED, **_WEIGHTED},
    ),
    _class(
        "LinearCrossEntropyLoss",
        "in_features, num_classes, *, out_features=(), bias=False, device=None, dtype=None, reduction='mean', "
        "weight=None, ignore_index=None, label_smoothing=0.0, options=None",
        _FUSED,
        constructor=_WEIGHTED,
    ),
    _function(
        "nll_loss",
        "input, target, weight=None, size_average=None, ignore_index=-100, reduce=None, reduction='mean'",
        {**_CLASS_INDICES, **_WEIGHTED},
    ),
    _class(
        "NLLLoss",
        "weight=None, size_average=None, ignore_index=-100, reduce=None, reduction='mean'",
        _CLASS_INDICES,
        constructor=_WEIGHTED,
    ),
    _class(
        "NLLLoss2d",
        "weight=None, size_average=None, ignore_index=-100, reduce=None, reduction='mean'",
        _CLASS_INDICES,
        constructor=_WEIGHTED,
    ),
    _function(
        "binary_cross_entropy", f"input, target, weight=None, {_REDUCED}", {**_LABELS, **_WEIGHTED}, facts=_UNSAFE
    ),
    _class("BCELoss", f"weight=None, {_REDUCED}", _LABELS, constructor=_WEIGHTED, facts=_UNSAFE),
    _function(
        "binary_cross_entropy_with_logits",
        f"input, target, weight=None, {_REDUCED}, pos_weight=None",
        {**_LABEL_LOGITS, **_WEIGHTED, "pos_weight": _WEIGHT},
    ),
    _class(
        "BCEWithLogitsLoss",
        f"weight=None, {_REDUCED}, pos_weight=None",
        _LABEL_LOGITS,
        constructor={**_WEIGHTED, "pos_weight": _WEIGHT},
    ),
    _function("multilabel_soft_margin_loss", f"input, target, weight=None, {_REDUCED}", {**_LABEL_LOGITS, **_WEIGHTED}),
    _class("MultiLabelSoftMarginLoss", f"weight=None, {_REDUCED}", _LABEL_LOGITS, constructor=_WEIGHTED),
    _function("soft_margin_loss", f"input, target, {_REDUCED}", _SIGNED_LOGITS),
    _class("SoftMarginLoss", _REDUCED, _SIGNED_LOGITS),
    _function("kl_div", f"input, target, {_REDUCED}, log_target=False", _DISTRIBUTIONS, facts=_DIVERGENCE),
    _class("KLDivLoss", f"{_REDUCED}, log_target=False", _DISTRIBUTIONS, facts=_DIVERGENCE),
    _function(
        "ctc_loss",
        "log_probs, targets, input_lengths, target_lengths, blank=0, reduction='mean', zero_infinity=False",
        _ALIGNMENT,
        alignment=_SEQUENCES,
    ),
    _class(
        "CTCLoss",
        "blank=0, reduction='mean', zero_infinity=False",
        _ALIGNMENT,
        "log_probs, targets, input_lengths, target_lengths",
        alignment=_SEQUENCES,
    ),
    _function("mse_loss", f"input, target, {_REDUCED}, weight=None", {**_VALUES, **_WEIGHTED}),
    _class("MSELoss", _REDUCED, _VALUES),
    _function("l1_loss", f"input, target, {_REDUCED}, weight=None", {**_VALUES, **_WEIGHTED}),
    _class("L1Loss", _REDUCED, _VALUES),
    _function("smooth_l1_loss", f"input, target, {_REDUCED}, beta=1.0", _VALUES),
    _class("SmoothL1Loss", f"{_REDUCED}, beta=1.0", _VALUES),
    _function("huber_loss", "input, target, reduction='mean', delta=1.0, weight=None", {**_VALUES, **_WEIGHTED}),
    _class("HuberLoss", "reduction='mean', delta=1.0", _VALUES),
    _function(
        "poisson_nll_loss",
        "input, target, log_input=True, full=False, size_average=None, eps=1e-8, reduce=None, reduction='mean'",
        _RATE,
    ),
    # forward() calls its first parameter `log_input` as well; under that name it would hide the constructor's flag.
    _class(
        "PoissonNLLLoss",
        "log_input=True, full=False, size_average=None, eps=1e-8, reduce=None, reduction='mean'",
        _RATE,
        "input, target",
    ),
    _function("gaussian_nll_loss", "input, target, var, full=False, eps=1e-6, reduction='mean'", _VALUES),
    _class("GaussianNLLLoss", "*, full=False, eps=1e-6, reduction='mean'", _VALUES, "input, target, var"),
    _function(
        "multi_margin_loss", f"input, target, p=1, margin=1.0, weight=None, {_REDUCED}", {**_MARGIN, **_WEIGHTED}
    ),
    _class("MultiMarginLoss", f"p=1, margin=1.0, weight=None, {_REDUCED}", _MARGIN, constructor=_WEIGHTED),
    _function("multilabel_margin_loss", f"input, target, {_REDUCED}", _MARGIN),
    _class("MultiLabelMarginLoss", _REDUCED, _MARGIN),
    _function("hinge_embedding_loss", f"input, target, margin=1.0, {_REDUCED}", _SIGNED),
    _class("HingeEmbeddingLoss", f"margin=1.0, {_REDUCED}", _SIGNED),
    _function("margin_ranking_loss", f"input1, input2, target, margin=0, {_REDUCED}", _RANKED),
    _class("MarginRankingLoss", f"margin=0.0, {_REDUCED}", _RANKED, "input1, input2, target"),
    # Distances between embeddings: nothing here is a prediction.
    _function("cosine_embedding_loss", f"input1, input2, target, margin=0, {_REDUCED}", _PAIRED),
    _class("CosineEmbeddingLoss", f"margin=0.0, {_REDUCED}", _PAIRED, "input1, input2, target"),
    _function(
        "triplet_margin_loss",
        f"anchor, positive, negative, margin=1.0, p=2, eps=1e-6, swap=False, {_REDUCED}",
        Nothing,
    ),
    _class(
        "TripletMarginLoss",
        f"margin=1.0, p=2.0, eps=1e-6, swap=False, {_REDUCED}",
        Nothing,
        "anchor, positive, negative",
    ),
    _function(
        "triplet_margin_with_distance_loss",
        "anchor, positive, negative, *, distance_function=None, margin=1.0, swap=False, reduction='mean'",
        Nothing,
    ),
    _class(
        "TripletMarginWithDistanceLoss",
        "*, distance_function=None, margin=1.0, swap=False, reduction='mean'",
        Nothing,
        "anchor, positive, negative",
    ),
)

_ADAPTIVE = "torch.nn.AdaptiveLogSoftmaxWithLoss"

ADAPTIVE: tuple[Row, ...] = (
    # A last layer with its loss: it is called with features, and gives the target's log-probability and the loss.
    Layer(
        name=_ADAPTIVE,
        init="in_features, n_classes, cutoffs, div_value=4.0, head_bias=False, device=None, dtype=None",
        call=Function(
            name=_ADAPTIVE,
            signature="input_, target_",
            takes={"input_": subject(), "target_": target(Want.CLASS_INDEX)},
            gives=(Kind.LOG_PROBABILITY, Kind.LOSS),
            fields=("output", "loss"),
            axes=Axes.RESHAPED,
            facts=_LOSS,
        ),
        methods={
            "log_prob": Function(
                name=f"{_ADAPTIVE}.log_prob",
                signature="input",
                takes={"input": subject()},
                gives=Kind.LOG_SOFTMAX,
                axis=-1,
                units="n_classes",
            ),
            "predict": Function(
                name=f"{_ADAPTIVE}.predict",
                signature="input",
                takes={"input": subject()},
                gives=Kind.DECISION,
                axes=Axes.PICKED,
                axis=-1,
                facts=frozenset({Fact.DECIDES, Fact.TRAINS_NOT}),
            ),
        },
        facts=_LOSS,
    ),
)
