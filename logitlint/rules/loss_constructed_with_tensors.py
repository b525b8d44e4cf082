"""A loss or an activation that is a class is given the model's output where its options belong.

`nn.CrossEntropyLoss(logits, labels)` takes the logits for class weights and the labels for a deprecated flag. PyTorch
raises "Boolean value of Tensor with more than one value is ambiguous", which says nothing of the cause, or, where it
can make sense of them, builds a loss and computes nothing. `nn.Softmax(x)` takes `x` for the axis and gives a layer.

Not reported: class weights, `CrossEntropyLoss(weights)`.

See:
https://docs.pytorch.org/docs/stable/generated/torch.nn.CrossEntropyLoss.html
https://docs.pytorch.org/docs/stable/generated/torch.nn.Softmax.html
"""

from __future__ import annotations

from collections.abc import Iterator

from logitlint.fixes.verbs import Construct
from logitlint.frameworks.vocabulary import Fact, Function, Layer, Role
from logitlint.inference.trace import Taken, Trace, Use, Via
from logitlint.inference.values import Literal, Tensor, Value
from logitlint.kinds import LOG_PROBABILITIES, Kind
from logitlint.rules.checks import OUTPUTS, called
from logitlint.rules.rule import Rule, Verdict

_FLAG = "size_average"
"""Where the labels of a call end up: after the weights, in PyTorch's every loss."""
_NOTHING = Literal(None)
_NO_WEIGHTS = Kind.LOGITS | LOG_PROBABILITIES


def _check(use: Use, trace: Trace) -> Iterator[Verdict]:
    if use.via is not Via.CONSTRUCT or not (use.has(Fact.LOSS) or _is_activation(use)):
        return
    called_for = use.origin in trace.read and not isinstance(use.given.get(_FLAG, _NOTHING), Literal)
    for parameter, value in use.given.items():
        if called_for or (isinstance(value, Tensor) and _is_output(use, parameter, value)):
            taken = next((each for each in use.taken if each.parameter == parameter), None)
            yield Verdict(
                f"{called(use)} is constructed with a model's output: that makes a layer and computes nothing",
                taken or Taken(parameter, Role.OTHER, None, value),
            )
            return


def _is_activation(use: Use) -> bool:
    call = use.row.call if isinstance(use.row, Layer) else None
    kind = call.gives if isinstance(call, Function) else None
    return isinstance(kind, Kind) and kind.certainly(OUTPUTS & ~Kind.LOGITS)


def _is_output(use: Use, parameter: str, value: Tensor) -> bool:
    if not value.kind.certainly(OUTPUTS):
        return False
    weighs = any(each.parameter == parameter and each.role is Role.WEIGHT for each in use.taken)
    if not weighs or value.kind.certainly(_NO_WEIGHTS):
        return True
    # Class weights may well come from a softmax; labels where a flag belongs may not.
    return any(_is_data(each) for name, each in use.given.items() if name != parameter)


def _is_data(value: Value) -> bool:
    return isinstance(value, Tensor) and not value.kind.certainly(Kind.LOSS)


RULE = Rule(
    code="LGT801",
    name="loss-constructed-with-tensors",
    summary="A loss or layer is constructed with the tensors it should be called with",
    why=__doc__,
    bad="""\
from torch import nn

head = nn.Linear(128, 10)


def loss(features, labels):
    return nn.CrossEntropyLoss(head(features), labels)
""",
    good="""\
from torch import nn

head = nn.Linear(128, 10)


def loss(features, labels):
    return nn.CrossEntropyLoss()(head(features), labels)
""",
    check=_check,
    fix=(Construct(),),
)
