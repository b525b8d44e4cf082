"""What a repaired example computes is the reference; what the wrong one computes is not, or it raises."""

from __future__ import annotations

import math

import pytest
import torch
from repairing import repaired

from logitlint.fixes.safety import Effect
from logitlint.rules import RULES

CLASSES = {"LGT101", "LGT202", "LGT203", "LGT401", "LGT402", "LGT708", "LGT801", "LGT802"}
"""Rules whose example is a cross entropy over classes."""
LABELS = {"LGT201", "LGT204", "LGT703"}
"""Rules whose example is a binary cross entropy."""
BY_CODE = {rule.code: rule for rule in RULES}


def loss_of(text: str, labels: torch.Tensor) -> tuple[float, float]:
    """What the loss of an example is, with fixed weights, and the reference in float64, from its own layer."""
    torch.manual_seed(3)
    names: dict[str, object] = {}
    exec(compile(text, "example.py", "exec"), names)
    features = 4 * torch.randn(16, 128)
    loss, head = names["loss"], names["head"]
    assert callable(loss)
    assert isinstance(head, torch.nn.Linear)
    result = loss(features, labels)
    scores = head(features).double()
    if labels.dim() == 1:
        picked = scores.gather(1, labels[:, None])[:, 0]
        reference = (torch.logsumexp(scores, dim=1) - picked).mean()
    else:
        wanted = labels.double()
        reference = (scores.clamp(min=0) - scores * wanted + torch.log1p(torch.exp(-scores.abs()))).mean()
    return result.item(), reference.item()


def labels_of(code: str) -> torch.Tensor:
    torch.manual_seed(5)
    return torch.randint(0, 10, (16,)) if code in CLASSES else torch.randint(0, 2, (16, 10)).float()


@pytest.mark.parametrize("code", sorted(CLASSES | LABELS))
def test_the_repaired_example_gives_the_reference(code: str) -> None:
    value, reference = loss_of(repaired(BY_CODE[code].bad, code), labels_of(code))
    assert math.isclose(value, reference, rel_tol=1e-5)


@pytest.mark.parametrize("code", sorted(CLASSES | LABELS))
def test_the_wrong_example_does_not_unless_the_value_is_the_same(code: str) -> None:
    plan = BY_CODE[code].fix[0]
    try:
        value, reference = loss_of(BY_CODE[code].bad, labels_of(code))
    except (AttributeError, RuntimeError):
        assert plan.effect is not Effect.SAME_VALUE
        return
    assert math.isclose(value, reference, rel_tol=1e-4) == (plan.effect is Effect.SAME_VALUE)


@pytest.mark.parametrize("code", ["LGT701", "LGT702", "LGT709"])
def test_a_repair_of_the_same_value_gives_the_same_value(code: str) -> None:
    rule = BY_CODE[code]
    results = []
    for text in (rule.bad, repaired(rule.bad, code)):
        torch.manual_seed(3)
        names: dict[str, object] = {}
        exec(compile(text, "example.py", "exec"), names)
        function = names.get("predict") or names["loss"]
        assert callable(function)
        given = [torch.randn(4, 128) for _ in range(function.__code__.co_argcount)]  # type: ignore[attr-defined]
        results.append(function(*given))
    assert torch.allclose(results[0].double(), results[1].double(), rtol=1e-5)


def test_log_softmax_survives_where_the_log_of_softmax_does_not() -> None:
    rule = BY_CODE["LGT701"]
    finite = []
    for text in (rule.bad, repaired(rule.bad, "LGT701")):
        names: dict[str, object] = {}
        exec(compile(text.replace("head = nn.Linear(128, 10)", "head = nn.Identity()"), "example.py", "exec"), names)
        predict = names["predict"]
        assert callable(predict)
        finite.append(bool(torch.isfinite(predict(torch.tensor([[0.0, 200.0]]))).all()))
    assert finite == [False, True]
