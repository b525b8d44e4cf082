"""Programs drawn from Python's grammar by hypothesmith, alone and behind a mistake: nothing breaks, no byte is lost."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings

sys.path.insert(0, str(Path(__file__).parent / "fuzz"))

import fuzz

hypothesmith = pytest.importorskip("hypothesmith", reason="not the whole of the test extra is installed")

BAD = """\
import torch
import torch.nn.functional as F


def step(x, y):
    return F.cross_entropy(torch.softmax(x, dim=1), y)


"""

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="the time of a file is bounded by a signal")


@settings(max_examples=60, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(hypothesmith.from_grammar())
def test_programs_of_the_grammar_break_nothing(drawn: str) -> None:
    alone, behind = fuzz.Figures(), fuzz.Figures()
    for text, figures in ((drawn, alone), (BAD + drawn, behind)):
        content = text.encode("utf-8", "surrogatepass")
        with fuzz.bounded(fuzz.SECONDS):
            fuzz.examined(fuzz.Case(0, Path("drawn.py"), content), figures)
    # What is a program alone is one behind other statements too, unless it says how it is to be read.
    assert behind.programs == alone.programs or "coding" in drawn or "__future__" in drawn
    assert behind.findings >= 1
