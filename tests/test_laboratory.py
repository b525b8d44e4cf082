"""Repairs proved and wrong repairs refuted, from the rules' own examples, on PyTorch."""

import io
import math
import os
import sys
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import msgspec
import numpy as np
import pytest
from msgspec.structs import replace

from logitlint.frameworks.catalog import catalog
from logitlint.frameworks.vocabulary import Fact, Function
from logitlint.inference.run import analyse
from logitlint.inference.trace import Trace, Use, Via
from logitlint.numerics.adapters import find
from logitlint.project.modules import Project
from logitlint.project.sieve import Sieve
from logitlint.rules import RULES, judge
from logitlint.runtime import laboratory, proof
from logitlint.runtime.experiments import program
from logitlint.runtime.laboratory import run
from logitlint.runtime.outcomes import Outcome, Trial
from logitlint.runtime.pathways import Pathway, UnbuildableError, aligned
from logitlint.runtime.programs import LOSS, Apply, Constant, Drawn, Program, Scores, Truth
from logitlint.source.text import Source

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

BAD = {rule.code: rule for rule in RULES}


def trace_of(text: str) -> Trace:
    project = Project()
    project.add("program.py", Source("program.py", text))
    project.require("program.py")
    return analyse(project, Sieve(project, catalog()), "program.py").trace


def losses(trace: Trace) -> list[Use]:
    return [use for use in trace if use.has(Fact.LOSS) and use.via is not Via.CONSTRUCT]


def sides(code: str) -> tuple[Program, Program]:
    """The judged use of the rule's bad example, and its like in the good one."""
    rule = BAD[code]
    judgement = judge(trace_of(rule.bad), [code])[0]
    before = program(judgement.use, judgement.verdict.taken)
    good = trace_of(rule.good)
    return before, program((losses(good) if before.result == LOSS else list(good))[-1])


def outcome(before: Program, after: Program | None) -> Outcome:
    return run(Trial("torch", before, after))


@pytest.mark.parametrize(
    ("code", "formula"),
    [
        ("LGT101", "cross entropy"),
        ("LGT102", "binary cross entropy"),
        ("LGT105", "softmax"),
        ("LGT201", "binary cross entropy"),
        ("LGT202", "cross entropy"),
        ("LGT203", "cross entropy"),
        ("LGT204", "binary cross entropy"),
        ("LGT205", "KL divergence"),
        ("LGT304", "sigmoid"),
        ("LGT401", "cross entropy"),
        ("LGT604", "softmax"),
        ("LGT605", "softmax"),
        ("LGT701", "log-softmax"),
        ("LGT703", "binary cross entropy"),
        ("LGT704", "binary cross entropy"),
        ("LGT706", "softmax"),
        ("LGT708", "cross entropy"),
        ("LGT709", "the class of the largest score"),
    ],
)
def test_the_good_example_is_verified_and_the_bad_one_as_a_repair_refuted(code: str, formula: str) -> None:
    before, after = sides(code)
    right = outcome(before, after)
    assert right.trouble is None
    assert right.formula == formula
    assert proof.status(right) == proof.VERIFIED
    if code in ("LGT701", "LGT703", "LGT704", "LGT708", "LGT709"):  # the same value, in exact arithmetic
        assert right.measured[0].before.agrees_to >= 1
    else:
        assert right.measured[0].before.agrees_to == 0
        assert proof.status(outcome(before, before)) == proof.REFUTED


def test_what_a_framework_refuses_is_told() -> None:
    side = outcome(*sides("LGT201")).measured[0].before
    assert side.raised == "all elements of input should be between 0 and 1"


def test_the_stable_form_stays_finite_where_the_other_does_not() -> None:
    for measured in outcome(*sides("LGT701")).measured:
        assert measured.after is not None
        assert measured.before.not_finite > 0
        assert measured.after.not_finite == 0


def loss(path: str, activation: str | None, want: str, target: str, **more: Constant) -> Program:
    shown = Apply(activation, {"input": Scores()}, 1) if activation else Scores()
    if isinstance(shown, Apply) and "softmax" in shown.path:
        shown = Apply(shown.path, {"input": Scores(), "dim": Constant(-1)}, 2)
    node = Apply(f"torch.nn.functional.{path}", {"input": shown, "target": Truth(target), **more}, 2)
    return Program(node, LOSS, want, "input")


@pytest.mark.parametrize("classes", [2, 10, 1000])
def test_double_softmax_cannot_go_below_its_floor(classes: int) -> None:
    double = loss("cross_entropy", "torch.softmax", "CLASS_LOGITS", "CLASSES")
    floor = outcome(Program(double.node, LOSS, double.want, "input", units=classes), None).floor
    assert floor == pytest.approx(math.log(1 + (classes - 1) / math.e))


def test_double_sigmoid_stays_in_its_band_and_nll_of_probabilities_in_its() -> None:
    double = loss("binary_cross_entropy_with_logits", "torch.sigmoid", "LABEL_LOGITS", "LABELS")
    curve = outcome(double, loss("binary_cross_entropy_with_logits", None, "LABEL_LOGITS", "LABELS")).curve
    assert curve is not None
    assert curve.before_gradient != curve.after_gradient
    floor = outcome(double, None).floor
    assert floor is not None
    assert math.log(1 + math.exp(-1)) < floor < math.log(2)
    likelihood = outcome(loss("nll_loss", "torch.softmax", "CLASS_LOG_PROBABILITIES", "CLASS_INDEX"), None)
    assert likelihood.floor == -1


def test_the_curves_of_the_report_stay_in_their_bands() -> None:
    logits = {"want": "LABEL_LOGITS", "target": "LABELS"}
    double = replace(loss("binary_cross_entropy_with_logits", "torch.sigmoid", **logits), units=1)
    one = replace(loss("binary_cross_entropy_with_logits", None, **logits), units=1)
    curve = outcome(double, one).curve
    assert curve is not None
    believed = np.exp(-np.array(curve.before))  # what a double sigmoid takes for the probability of the right label
    assert 0.5 < believed.min() < 0.501 < 0.731 < believed.max() < 0.7311
    likelihood = loss("nll_loss", "torch.softmax", "CLASS_LOG_PROBABILITIES", "CLASS_INDEX")
    curve = outcome(likelihood, loss("cross_entropy", None, "CLASS_LOGITS", "CLASSES")).curve
    assert curve is not None
    assert -1 < min(curve.before) < -0.99 < -0.001 < max(curve.before) < 0


def test_the_gradient_of_a_double_softmax_points_elsewhere() -> None:
    cosine = outcome(*sides("LGT101")).cosine
    assert cosine is not None
    assert 0 < cosine < 0.95


WRONG = {
    "another loss": loss("multi_margin_loss", None, "SCORES", "CLASS_INDEX"),
    "another activation": loss("nll_loss", "torch.nn.functional.logsigmoid", "CLASS_LOG_PROBABILITIES", "CLASS_INDEX"),
    "none at all": loss("nll_loss", None, "CLASS_LOG_PROBABILITIES", "CLASS_INDEX"),
    "smoothing that was not there": loss(
        "cross_entropy", None, "CLASS_LOGITS", "CLASSES", label_smoothing=Constant(0.1)
    ),
}


@pytest.mark.parametrize("wrong", WRONG)
def test_a_wrong_repair_is_refuted(wrong: str) -> None:
    before = loss("nll_loss", "torch.softmax", "CLASS_LOG_PROBABILITIES", "CLASS_INDEX")
    assert proof.status(outcome(before, WRONG[wrong])) == proof.REFUTED


def test_options_of_the_loss_are_part_of_its_formula() -> None:
    smooth = {"label_smoothing": Constant(0.1)}
    before = loss("cross_entropy", "torch.softmax", "CLASS_LOGITS", "CLASSES", **smooth)
    after = loss("cross_entropy", None, "CLASS_LOGITS", "CLASSES", **smooth)
    assert proof.status(outcome(before, after)) == proof.VERIFIED


def test_what_has_no_formula_is_inconclusive_and_says_so() -> None:
    margin = loss("multi_margin_loss", None, "SCORES", "CLASS_INDEX")
    found = outcome(margin, margin)
    assert proof.status(found) == proof.INCONCLUSIVE
    assert found.trouble == "there is no formula for torch.nn.functional.multi_margin_loss"
    unknown = loss("no_such_loss", None, "CLASS_LOGITS", "CLASSES")
    assert "has no torch.nn.functional.no_such_loss" in (outcome(unknown, unknown).trouble or "")


def test_a_framework_that_is_not_there_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(proof, "installed", lambda name: name != "jax")
    found = proof.run([Trial("jax", *sides("LGT101"))])[0]
    assert found.trouble == "jax is not installed; `pip install 'logitlint[jax]'` makes the proof"
    assert proof.status(found) == proof.INCONCLUSIVE


@pytest.mark.parametrize("library", sorted(proof.EXTRAS))
def test_the_extra_that_is_named_brings_the_library(library: str) -> None:
    metadata = tomllib.loads((Path(__file__).parent.parent / "pyproject.toml").read_text())
    brings = metadata["project"]["optional-dependencies"][proof.EXTRAS[library]]
    assert {library, "logitlint[verify]"} <= set(brings)


def test_a_library_without_an_extra_is_named_itself() -> None:
    assert proof.lacking("timm") == "timm is not installed; `pip install 'timm'` makes the proof"


def test_a_library_that_an_experiment_calls_beside_its_framework_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(proof, "installed", lambda name: name != "optax")
    found = proof.run([Trial("jax", OPTAX_WRONG, OPTAX_RIGHT)])[0]
    assert found.trouble == "optax is not installed; `pip install 'logitlint[jax]'` makes the proof"


def test_trials_are_run_in_another_process() -> None:
    before, after = sides("LGT101")
    assert proof.benches(before, after) == ("torch",)
    here = outcome(before, after)
    there = proof.run([Trial("torch", before, after)])[0]
    assert there.framework == here.framework
    assert [each.dtype for each in there.measured] == ["float64", "float32", "float16", "bfloat16"]
    assert np.isclose(there.floor or 0, here.floor or 1)


def test_a_process_that_breaks_off_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    before, after = sides("LGT101")
    monkeypatch.setattr(sys, "executable", "/bin/false")
    assert "broke off" in (proof.run([Trial("torch", before, after)])[0].trouble or "")


def test_of_what_draws_at_random_the_distribution_is_compared() -> None:
    trace = trace_of(
        "import torch\nfrom torch import nn\n\n\ndef f(x):\n    return torch.multinomial(nn.Linear(2, 3)(x), 1)\n"
    )
    drawn = program(list(trace)[-1])
    assert (drawn.node, drawn.result) == (Drawn(Scores(), "PROBS_PARAMETER"), "softmax")
    assert drawn.left_out[0].startswith("the draw itself")


def test_what_is_computed_of_several_values_is_raw_scores_to_a_softmax_and_to_nothing_else() -> None:
    shifted = (
        "import torch\n\n\ndef f(x, t):\n    scores = (x - x.max(-1, keepdim=True).values) / t\n    return {}(scores)\n"
    )
    for function in ("torch.exp", "torch.sigmoid"):
        found = list(trace_of(shifted.format(function)))[-1]
        assert Pathway().applied(found) == Apply(function, {"input": Scores()}, 1)
        with pytest.raises(UnbuildableError, match="several others"):
            Pathway().value(found.taken[0].value)


# -- other frameworks -------------------------------------------------------------------------------------------------


TF_RIGHT = Program(
    Apply("tensorflow.nn.softmax_cross_entropy_with_logits", {"labels": Truth("ONE_HOT"), "logits": Scores()}, 2),
    LOSS,
    "CLASS_LOGITS",
    "logits",
)
TF_WRONG = Program(
    Apply(
        "tensorflow.nn.softmax_cross_entropy_with_logits",
        {"labels": Truth("ONE_HOT"), "logits": Apply("tensorflow.nn.softmax", {"logits": Scores()}, 1)},
        2,
    ),
    LOSS,
    "CLASS_LOGITS",
    "logits",
)
OPTAX_RIGHT = Program(
    Apply("optax.softmax_cross_entropy", {"logits": Scores(), "labels": Truth("ONE_HOT")}, 2),
    LOSS,
    "CLASS_LOGITS",
    "logits",
)
OPTAX_WRONG = Program(
    Apply(
        "optax.softmax_cross_entropy",
        {"logits": Apply("jax.nn.softmax", {"x": Scores()}, 1), "labels": Truth("ONE_HOT")},
        2,
    ),
    LOSS,
    "CLASS_LOGITS",
    "logits",
)


@pytest.mark.parametrize(
    ("bench", "wrong", "right"),
    [("tensorflow", TF_WRONG, TF_RIGHT), ("jax", OPTAX_WRONG, OPTAX_RIGHT)],
    ids=["tensorflow", "jax"],
)
def test_a_double_softmax_is_put_right_on_other_frameworks(bench: str, wrong: Program, right: Program) -> None:
    found = run(Trial(bench, wrong, right))
    assert found.trouble is None
    assert found.formula == "cross entropy"
    assert proof.status(found) == proof.VERIFIED
    assert found.measured[0].before.agrees_to == 0
    assert found.floor == pytest.approx(math.log(1 + 99 / math.e), abs=1e-5)
    assert proof.status(run(Trial(bench, wrong, wrong))) == proof.REFUTED


def aligning(path: str, prediction: str, want: str, activation: str | None, **more: Constant) -> Program:
    row = catalog().row(path)
    how = row.alignment if isinstance(row, Function) else None
    given = Apply(activation, {"input": Scores(), **more}, 1) if activation else Scores()
    return Program(Apply(path, {prediction: given, **aligned(how)}), LOSS, want, prediction, aligns=how)


TORCH_CTC = ("torch.nn.functional.ctc_loss", "log_probs", "CLASS_LOG_PROBABILITIES")
ALIGNED = {
    "torch": (
        aligning(*TORCH_CTC, "torch.softmax", dim=Constant(-1)),
        aligning(*TORCH_CTC, "torch.log_softmax", dim=Constant(-1)),
    ),
    "tensorflow": [
        aligning("tensorflow.nn.ctc_loss", "logits", "CLASS_LOGITS", each) for each in ("tensorflow.nn.softmax", None)
    ],
    "jax": [aligning("optax.losses.ctc_loss", "logits", "CLASS_LOGITS", each) for each in ("jax.nn.softmax", None)],
}


@pytest.mark.parametrize("bench", ALIGNED)
def test_a_loss_over_alignments_is_proved_on_each_framework(bench: str) -> None:
    wrong, right = ALIGNED[bench]
    found = run(Trial(bench, wrong, right))
    assert found.trouble is None
    assert (found.formula or "").startswith("connectionist temporal classification")
    assert proof.status(found) == proof.VERIFIED
    assert "float32" in {measured.dtype for measured in found.measured}
    assert found.measured[0].before.agrees_to == 0
    assert found.curve is not None
    assert found.curve.after[-1] < 1e-3 < found.curve.after[0]
    assert proof.status(run(Trial(bench, wrong, wrong))) == proof.REFUTED


def test_decisions_have_no_gradient_on_any_framework() -> None:
    compared = Program(Apply("operator.gt", {"a": Scores(), "b": Constant(0)}, 2), "decision")
    for bench in ("torch", "tensorflow", "jax"):
        assert proof.status(run(Trial(bench, compared, compared))) == proof.VERIFIED


def detached(bench: str, path: str) -> Callable[..., object]:
    """What gives the numbers of a function and no gradient."""
    function = cast("Callable[..., object]", find(path))
    stop: dict[str, Callable[[Any], object]] = {
        "torch": lambda value: 0 * value + value.detach(),
        "tensorflow": lambda value: 0 * value + find_called("tensorflow.stop_gradient", value),
        "jax": lambda value: find_called("jax.lax.stop_gradient", value),
    }
    return lambda *given, **named: stop[bench](function(*given, **named))


def find_called(path: str, value: object) -> Any:
    return cast("Callable[..., object]", find(path))(value)


@pytest.mark.parametrize("name", ["softmax", "log_softmax", "sigmoid"])
@pytest.mark.parametrize(
    ("bench", "module", "axis"),
    [("torch", "torch", "dim"), ("tensorflow", "tensorflow.nn", "axis"), ("jax", "jax.nn", "axis")],
)
def test_right_numbers_with_a_wrong_gradient_are_refuted(
    bench: str, module: str, axis: str, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The gradient of the sum of a softmax is zero, whatever it is computed from.
    path = f"{module}.{name}"
    over = {axis: Constant(-1)} if name != "sigmoid" else {}
    side = Program(Apply(path, {"input": Scores(), **over}, 1), name.replace("_", "-"))
    assert proof.status(run(Trial(bench, side, side))) == proof.VERIFIED
    monkeypatch.setattr(cast("object", find(module)), name, detached(bench, path))
    assert proof.status(run(Trial(bench, side, side))) == proof.REFUTED


def test_the_laboratory_speaks_json(monkeypatch: pytest.MonkeyPatch, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    trials = msgspec.json.encode([Trial("torch", *sides("LGT101"))])
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(trials)))
    saved = os.dup(1)
    try:
        laboratory.main()
    finally:
        os.dup2(saved, 1)
        os.close(saved)
    (found,) = msgspec.json.decode(capfdbinary.readouterr().out, type=list[Outcome])
    assert proof.status(found) == proof.VERIFIED


@pytest.mark.parametrize(
    ("text", "row"),
    [
        ("import jax\n\n\ndef f(x):\n    return jax.nn.softmax(x).argmax(-1)\n", "jax.numpy.argmax"),
        ("from flax import linen\n\n\ndef f(x):\n    return linen.Dense(3)(x).argmax(-1)\n", "jax.numpy.argmax"),
        ("import jax\n\n\ndef f(x):\n    return jax.nn.softmax(x).sum(axis=-1, keepdims=True)\n", "jax.numpy.sum"),
        ("import torch\n\n\ndef f(x):\n    return torch.softmax(x, 1).argmax(-1)\n", "torch.argmax"),
        ("import jax\nimport torch\n\n\ndef f(x):\n    return x.argmax(-1)\n", "torch.argmax"),
    ],
)
def test_a_method_belongs_to_the_library_that_made_the_array(text: str, row: str) -> None:
    assert [use.row.name for use in trace_of(text)][-1] == row
