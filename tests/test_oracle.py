"""What the tool says of programs drawn at random, against what happens when they are run: a small, fixed sample.

``python tests/oracle/oracle.py`` runs more than twenty thousand.
"""

from __future__ import annotations

import random
import re
import sys
from pathlib import Path

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

ORACLE = Path(__file__).parent / "oracle"
sys.path.insert(0, str(ORACLE))

from oracle import BACKENDS, PAGES, Tally, compare, judged, library, page, spread  # noqa: E402
from programs import IDIOMS, PRODUCERS, Program  # noqa: E402
from sorts import ACTIVATIONS, RIGHT, WRONG  # noqa: E402
from tracer import LOSSES, run, sort  # noqa: E402

SAMPLE = 250
PAGE = Path(__file__).parent.parent / "docs" / "accuracy.md"

pytestmark = pytest.mark.filterwarnings("ignore")


@pytest.fixture(scope="module")
def tally() -> Tally:
    return compare(range(SAMPLE))


@pytest.mark.parametrize(("framework", "fewest"), [("jax", 0.5), ("keras", 0.5)])
def test_other_frameworks_are_compared_too(framework: str, fewest: float) -> None:
    tally = compare(range(100), framework)
    assert tally.disagreements == []
    assert (tally.programs, tally.losses) == (100, 100)
    assert tally.right > 10
    assert tally.found / tally.wrong > fewest
    written = (PAGE.parent / f"accuracy-{framework}.md").read_text()
    figures = dict(re.findall(r"^\| ([^|]+) \| ([\d.,%]+) \|$", written, re.MULTILINE))
    assert figures["reported, but right; or of another kind than was said"] == "0"
    head = page(tally, framework).partition("| idiom |")[0]
    assert _blanked(head) == _blanked(written.partition("| idiom |")[0])
    if framework == "keras":
        assert set(tally.backends) == {"tensorflow"}
        assert re.findall(r"on the backend (\w+)", written) == list(BACKENDS)


def test_keras_is_run_on_its_other_backends() -> None:
    others = BACKENDS[1:]
    tally = spread(range(60), "keras", jobs=1, backends=others)
    assert tally.disagreements == []
    assert tally.backends == dict.fromkeys(others, 30)
    assert (tally.programs, tally.losses) == (60, 60)
    assert tally.right > 3
    assert tally.found / tally.wrong > 0.5


@pytest.mark.parametrize("framework", PAGES)
@settings(max_examples=60)
@given(seed=st.integers(0, 1), draws=st.randoms(use_true_random=False))
def test_no_program_that_hypothesis_draws_is_judged_wrongly(framework: str, seed: int, draws: random.Random) -> None:
    """What fails here is shrunk to the fewest idioms that the two still disagree over."""
    draw, run = library(framework)
    assert judged([draw(seed, draws)], run).disagreements == []


def _blanked(text: str) -> str:
    """A page without its figures, and without the shares of the backends."""
    return re.sub(r"[\d.,]+%?", "#", re.sub(r"\| of these on the backend .*\n", "", text))


def test_nothing_that_is_right_is_reported_and_no_kind_is_wrong(tally: Tally) -> None:
    assert tally.disagreements == []
    assert (tally.programs, tally.losses + tally.measured + tally.rated) == (SAMPLE, SAMPLE)
    assert tally.rated > SAMPLE / 100
    assert tally.measured >= SAMPLE / 50


def test_most_mistakes_are_found(tally: Tally) -> None:
    assert tally.right > SAMPLE / 8
    assert tally.wrong > SAMPLE / 3
    assert tally.found / tally.wrong > 0.6
    assert tally.resolved / tally.losses > 0.65


def test_every_idiom_is_drawn(tally: Tally) -> None:
    drawn = {idiom for seed in range(SAMPLE) for idiom in Program(seed).idioms}
    assert drawn == IDIOMS.keys() | PRODUCERS.keys()
    assert set(tally.mistaken) == drawn


def test_a_program_is_the_same_each_time_it_is_drawn() -> None:
    assert Program(5).text == Program(5).text
    assert len({Program(seed).text for seed in range(50)}) == 50


HEAD = "import torch.nn.functional as F\nimport torch, sys\nflag = len(sys.argv) > 1\n"


@pytest.mark.parametrize(
    ("prediction", "loss", "expected"),
    [
        ("torch.randn(64, 5) * 3 + 0 * x[:, :5]", "F.cross_entropy({}, y)", {"scores"}),
        ("x.softmax(1)", "F.cross_entropy({}, y)", {"distribution"}),
        ("x.softmax(0)", "F.cross_entropy(target=y, input={})", {"unit"}),
        ("x.sigmoid()", "torch.nn.CrossEntropyLoss()({}, y)", {"unit"}),
        ("x.relu()", "F.nll_loss({}, y)", {"positive"}),
        ("x.tanh()", "F.nll_loss({}, y)", {"bounded"}),
        ("x.log_softmax(1)", "F.binary_cross_entropy({}, t)", {"log-distribution"}),
        ("F.logsigmoid(x)", "F.binary_cross_entropy_with_logits({}, t)", {"negative"}),
        ("x.tanh() if flag else x", "F.binary_cross_entropy_with_logits({}, t)", {"bounded", "scores"}),
    ],
)
def test_the_tracer_sees_what_numbers_reach_a_loss(prediction: str, loss: str, expected: set[str]) -> None:
    seen = run(f"{HEAD}def main(x, y, t):\n    p = {prediction}\n    {loss.format('p')}\n", images=False)
    assert {found for _, found in seen[6]} == expected
    assert {row for row, met in seen.items() if any(reads not in ACTIVATIONS for reads, _ in met)} == {6}


def test_the_numbers_of_images_are_sorted_by_their_channels() -> None:
    x = 3 * torch.randn(8, 5, 4, 4)
    assert sort(x.softmax(1), 1) == "distribution"
    assert sort(x.softmax(-1), 1) == "unit"


def test_what_is_wrong_is_never_right() -> None:
    assert WRONG.keys() == RIGHT.keys() > set(LOSSES.values())
    assert not any(WRONG[loss] & RIGHT[loss] for loss in WRONG)


def test_the_page_is_what_the_command_writes(tally: Tally) -> None:
    assert f"| programs run and compared | {SAMPLE:,} |" in page(tally)
    assert sorted(_blanked(PAGE.read_text()).splitlines()) == sorted(_blanked(page(tally)).splitlines())


def test_one_run_made_the_pages() -> None:
    texts = [(PAGE.parent / name).read_text() for _, name in PAGES.values()]
    [command] = {re.search(r"Made by `(.*)`", text)[1] for text in texts}  # type: ignore[index]
    assert "--framework" not in command
    figures = [dict(re.findall(r"^\| ([^|]+) \| ([\d.,%]+) \|$", text, re.MULTILINE)) for text in texts]
    assert sum(int(each["programs run and compared"].replace(",", "")) for each in figures) >= 20_000
    assert {each["reported, but right; or of another kind than was said"] for each in figures} == {"0"}
