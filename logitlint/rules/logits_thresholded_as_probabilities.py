"""Raw logits are compared with 0.5, or rounded, as if they were probabilities.

A probability of 0.5 is a logit of 0. A threshold of 0.5 on the logit is one of 0.62 on the probability, so positives
are missed; `round` also gives 2, -3 and so on, which equal no label.

Reported only where the same score also meets a loss on logits, a sigmoid or a softmax: that proves what it is. Where
the model cannot be seen, it is enough that every loss takes its output for the logits of independent labels: if it
were probabilities, the loss would be the mistake.

Not reported: `logits > 0`, thresholds other than 0.5, regression heads, labels compared with 0.5, what the other
branch of a test takes the largest of, and what is right for another of the models that are chosen from.

See:
https://docs.pytorch.org/docs/stable/generated/torch.nn.BCEWithLogitsLoss.html
"""

from __future__ import annotations

from collections.abc import Iterator

from logitlint.fixes.safety import Effect
from logitlint.fixes.verbs import Activate, Compare
from logitlint.frameworks.vocabulary import Fact, Role, Scope, Want
from logitlint.inference.lineage import assembled, constant, numbers
from logitlint.inference.trace import Trace, Use
from logitlint.inference.values import Tensor, Value
from logitlint.kinds import PROBABILITIES, UNKNOWN, Kind
from logitlint.rules.checks import called, is_argmax, is_max_with_index, readings
from logitlint.rules.rule import Rule, Verdict
from logitlint.rules.scores import is_a_score


def _check(use: Use, trace: Trace) -> Iterator[Verdict]:
    taken = use.first(Role.SUBJECT)
    if taken is None or not (taken.kind == UNKNOWN or taken.kind.certainly(Kind.LOGITS)):
        return
    if use.has(Fact.THRESHOLDS) and len(use.given) == 1 and not use.open:
        if Scope.SHOWN in use.scopes and not any(readings(use, trace)):
            return  # fewer digits for a reader
        mistake = "rounded"
    elif use.has(Fact.DECIDES) and (other := use.first(Role.OTHER)) is not None and constant(other.value) == 0.5:
        mistake = "compared with 0.5"
    else:
        return
    if _decided_otherwise(use, taken.value, trace) or _is_right_for_another(use, trace):
        return
    tensor = taken.tensor
    if tensor is None or tensor.kind == UNKNOWN:
        loss = _reader_of_logits(use, taken.value, trace)
        if loss is not None:
            words = f"what {called(loss)} reads as raw logits is {mistake}: a probability of 0.5 is a logit of 0"
            yield Verdict(words, taken, loss)
    elif is_a_score(use, tensor, trace):
        yield Verdict(f"raw logits are {mistake}: a probability of 0.5 is a logit of 0", taken)


def _decided_otherwise(use: Use, value: Value, trace: Trace) -> bool:
    """Whether the other branch takes the largest of the same numbers: then the test says what they are."""
    tests = {condition.key: condition.branch for condition in use.inside}
    own = numbers(value)
    return any(
        (is_argmax(other) or is_max_with_index(other))
        and any(tests.get(each.key, each.branch) != each.branch for each in other.inside)
        and any(not own.isdisjoint(numbers(taken.value)) for taken in other.taken)
        for other in trace
    )


def _is_right_for_another(use: Use, trace: Trace) -> bool:
    """Whether the same comparison, in the same run, meets probabilities where another model is chosen."""
    same = (other for other in trace if other.origin == use.origin and other.stack == use.stack)
    return any(taken.kind.certainly(PROBABILITIES) for other in same for taken in other.taken)


def _reader_of_logits(use: Use, value: Value, trace: Trace) -> Use | None:
    """The loss that reads this very number as logits of independent labels wherever the use is reached.

    None when there is none, or when another loss reads it as anything else. Of what was put together, a loss that reads
    what was made first, where there is one for each.
    """
    found: Use | None = None
    pending, seen = [value], set[int]()
    while pending:
        each = pending.pop(0)
        own = numbers(each)
        losses = [
            (reader, taken)
            for reader in trace.uses
            if reader.has(Fact.LOSS)
            for taken in reader.taken
            if not own.isdisjoint(numbers(taken.value))
        ]
        if not losses and isinstance(each, Tensor) and (parts := {part.number: part for part in assembled(each)}):
            pending += [parts[number] for number in sorted(parts.keys() - seen)]
            seen |= parts.keys()
            continue
        reader = next((reader for reader, _ in losses if reader.inside <= use.inside), None)
        if reader is None or any(taken.want is not Want.LABEL_LOGITS or other.when for other, taken in losses):
            return None
        found = found or reader
    return found


RULE = Rule(
    code="LGT601",
    name="logits-thresholded-as-probabilities",
    summary="Raw logits are compared with 0.5 or rounded",
    why=__doc__,
    bad="""\
import torch.nn.functional as F
from torch import nn

head = nn.Linear(128, 1)


def step(features, labels):
    scores = head(features)
    answers = scores > 0.5
    return F.binary_cross_entropy_with_logits(scores, labels), answers
""",
    good="""\
import torch.nn.functional as F
from torch import nn

head = nn.Linear(128, 1)


def step(features, labels):
    scores = head(features)
    answers = scores > 0
    return F.binary_cross_entropy_with_logits(scores, labels), answers
""",
    check=_check,
    fix=(Compare(effect=Effect.CHANGES_OUTPUT), Activate(gives=Kind.SIGMOID, effect=Effect.CHANGES_OUTPUT)),
)
