"""torchmetrics: classification metrics, which take probabilities and logits alike and find out which by the values."""

from __future__ import annotations

from typing import Final

from logitlint.frameworks.vocabulary import Fact, Function, Layer, Row, Want, prediction, target

_SOURCE: Final = "https://lightning.ai/docs/torchmetrics/stable/classification/accuracy.html"

_CHOSEN_BY_TASK: Final = (
    "AUROC ROC Accuracy AveragePrecision CalibrationError CohenKappa ConfusionMatrix ExactMatch F1Score FBetaScore "
    "HammingDistance HingeLoss JaccardIndex LogAUC MatthewsCorrCoef NegativePredictiveValue Precision "
    "PrecisionAtFixedRecall "
    "PrecisionRecallCurve Recall RecallAtFixedPrecision SensitivityAtSpecificity Specificity "
    "SpecificityAtSensitivity StatScores"
)
_OF_ONE_TASK: Final = (
    "AUROC Accuracy AveragePrecision CalibrationError CohenKappa ConfusionMatrix EER ExactMatch F1Score FBetaScore "
    "HammingDistance HingeLoss JaccardIndex LogAUC MatthewsCorrCoef NegativePredictiveValue Precision "
    "PrecisionAtFixedRecall "
    "PrecisionRecallCurve ROC Recall RecallAtFixedPrecision SensitivityAtSpecificity Specificity "
    "SpecificityAtSensitivity "
    "StatScores"
)
_MISSING: Final = frozenset(
    {"BinaryExactMatch", "MultilabelCalibrationError", "MultilabelCohenKappa", "MultilabelHingeLoss"}
)
_ELSEWHERE: Final = "EER MultilabelCoverageError MultilabelRankingAveragePrecision MultilabelRankingLoss"

_FUNCTIONS_BY_TASK: Final = (
    "accuracy auroc average_precision calibration_error cohen_kappa confusion_matrix eer exact_match f1_score "
    "fbeta_score "
    "hamming_distance hinge_loss jaccard_index logauc matthews_corrcoef negative_predictive_value precision "
    "precision_at_fixed_recall precision_recall_curve recall recall_at_fixed_precision roc sensitivity_at_specificity "
    "specificity specificity_at_sensitivity stat_scores"
)
_MISSING_FUNCTIONS: Final = frozenset(
    {"binary_exact_match", "multilabel_calibration_error", "multilabel_cohen_kappa", "multilabel_hinge_loss"}
)
_FUNCTIONS_OF_LABELS: Final = "multilabel_coverage_error multilabel_ranking_average_precision multilabel_ranking_loss"

_TAKES: Final = {"preds": prediction(Want.METRIC), "target": target()}
_METRIC: Final = frozenset({Fact.METRIC})


def _call(name: str) -> Function:
    return Function(name=name, signature="preds, target", takes=_TAKES, facts=_METRIC, source=_SOURCE)


def _metric(name: str, module: str, *aliases: str) -> Layer:
    qualified = f"{module}.{name}"
    return Layer(
        name=qualified,
        init="*args, **kwargs",
        call=_call(qualified),
        methods={"update": _call(f"{qualified}.update"), "forward": _call(f"{qualified}.forward")},
        facts=_METRIC,
        aliases=aliases,
        source=_SOURCE,
    )


def _function(name: str, *aliases: str) -> Function:
    return Function(
        name=f"torchmetrics.functional.{name}",
        signature="preds, target, *args, **kwargs",
        takes=_TAKES,
        facts=_METRIC,
        aliases=aliases,
        source=_SOURCE,
    )


ROWS: Final[tuple[Row, ...]] = (
    *(_metric(name, "torchmetrics", f"torchmetrics.classification.{name}") for name in _CHOSEN_BY_TASK.split()),
    *(
        _metric(task + name, "torchmetrics.classification")
        for task in ("Binary", "Multiclass", "Multilabel")
        for name in _OF_ONE_TASK.split()
        if task + name not in _MISSING
    ),
    *(_metric(name, "torchmetrics.classification") for name in _ELSEWHERE.split()),
    *(_function(name, f"torchmetrics.functional.classification.{name}") for name in _FUNCTIONS_BY_TASK.split()),
    *(
        _function(f"classification.{task}_{name}")
        for task in ("binary", "multiclass", "multilabel")
        for name in _FUNCTIONS_BY_TASK.split()
        if f"{task}_{name}" not in _MISSING_FUNCTIONS
    ),
    *(_function(f"classification.{name}") for name in _FUNCTIONS_OF_LABELS.split()),
)
