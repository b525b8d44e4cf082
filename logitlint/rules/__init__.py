"""The mistakes.

`RULES` is the table of contents, in order of precedence: of the rules that speak of one argument of a use, the first is
heard. `UNREADABLE` is reported by whoever reads the files.
"""

from __future__ import annotations

from collections.abc import Collection

from logitlint.inference.trace import Trace
from logitlint.rules import (
    activation_on_logits,
    argmax_over_one_unit,
    binary_loss_on_exclusive_labels,
    binary_loss_on_softmax,
    binary_loss_under_autocast,
    categorical_loss_on_class_indices,
    categorical_loss_on_one_unit,
    categorical_loss_on_sigmoid,
    decision_into_loss,
    dropout_on_logits,
    hand_written_cross_entropy,
    hand_written_softmax,
    kl_div_mean_reduction,
    kl_target_scale,
    log_of_sigmoid,
    log_of_softmax,
    log_probabilities_into_probability_loss,
    logits_as_probabilities,
    logits_into_log_probability_loss,
    logits_into_probability_loss,
    logits_thresholded_as_probabilities,
    loss_arguments_swapped,
    loss_constructed_with_tensors,
    metric_thresholds_logits,
    normalised_twice,
    probabilities_as_logits,
    probabilities_into_log_probability_loss,
    redundant_activation_before_argmax,
    redundant_log_softmax,
    sigmoid_into_sigmoid_loss,
    sigmoid_into_softmax_loss,
    sigmoid_then_binary_loss,
    softmax_into_sigmoid_loss,
    softmax_into_softmax_loss,
    softmax_over_batch,
    softmax_over_one_unit,
    softmax_without_dim,
    softmax_without_sum,
    sparse_loss_on_one_hot_labels,
)
from logitlint.rules.explain import explain
from logitlint.rules.judge import Judgement, Order
from logitlint.rules.rule import Rule
from logitlint.rules.unreadable import UNREADABLE

__all__ = ["RULES", "UNREADABLE", "Judgement", "explain", "judge"]

_CALLS = (
    loss_constructed_with_tensors.RULE,
    loss_arguments_swapped.RULE,
)
"""Mistakes of a call as a whole."""

_UNITS = (
    softmax_over_one_unit.RULE,
    categorical_loss_on_one_unit.RULE,
)
"""Mistakes in the number of units."""

_SCALES = (
    softmax_into_softmax_loss.RULE,
    sigmoid_into_sigmoid_loss.RULE,
    sigmoid_into_softmax_loss.RULE,
    softmax_into_sigmoid_loss.RULE,
    normalised_twice.RULE,
    logits_into_probability_loss.RULE,
    logits_into_log_probability_loss.RULE,
    probabilities_into_log_probability_loss.RULE,
    log_probabilities_into_probability_loss.RULE,
    kl_target_scale.RULE,
)
"""Values on another scale than they are read on."""

_FAMILIES = (
    binary_loss_on_softmax.RULE,
    binary_loss_on_exclusive_labels.RULE,
    categorical_loss_on_sigmoid.RULE,
)
"""Probabilities of the wrong sort: exclusive, or each by itself."""

_TRUTHS = (
    sparse_loss_on_one_hot_labels.RULE,
    categorical_loss_on_class_indices.RULE,
)
"""Labels in another form than they are read in."""

_BEFORE_LOSS = (
    activation_on_logits.RULE,
    dropout_on_logits.RULE,
    decision_into_loss.RULE,
)
"""What stands between the scores and the loss."""

_READINGS = (
    logits_thresholded_as_probabilities.RULE,
    metric_thresholds_logits.RULE,
    argmax_over_one_unit.RULE,
    logits_as_probabilities.RULE,
    probabilities_as_logits.RULE,
)
"""Decisions and samples: no other rule speaks of these uses."""

_STABILITY = (
    binary_loss_under_autocast.RULE,
    log_of_softmax.RULE,
    log_of_sigmoid.RULE,
    softmax_without_sum.RULE,
    sigmoid_then_binary_loss.RULE,
    hand_written_softmax.RULE,
    hand_written_cross_entropy.RULE,
    redundant_log_softmax.RULE,
    redundant_activation_before_argmax.RULE,
)
"""Right in exact arithmetic; what raises comes first, what is opt-in comes last."""

_WHOLE = (
    softmax_without_dim.RULE,
    softmax_over_batch.RULE,
    kl_div_mean_reduction.RULE,
)
"""At their own place: these speak of no argument."""

_HANDED = (*_SCALES[:4], binary_loss_on_softmax.RULE)
"""A model and a loss handed together to code that cannot be seen: only that they do not fit is certain."""

_ORDER = Order(
    calls=_CALLS,
    spoiling=_UNITS,
    others=(*_SCALES, *_FAMILIES, *_TRUTHS, *_BEFORE_LOSS, *_READINGS, *_STABILITY, *_WHOLE),
    handed=_HANDED,
)

RULES: tuple[Rule, ...] = _ORDER.rules


def judge(trace: Trace, enabled: Collection[str]) -> list[Judgement]:
    """The mistakes of a trace that the enabled codes speak of, one for each argument of a use."""
    return _ORDER.judge(trace, enabled)
