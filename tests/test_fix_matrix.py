"""For every rule with a repair, and every library of which it can speak: a fixture in which that repair is made.

Whether a rule can speak of a library is asked of the tables: where no row says what the rule asks for, it cannot.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import cache
from types import MappingProxyType

import pytest
from expectations import expectations
from test_fix_fixtures import REPAIRABLE, sibling

from logitlint.fixes.safety import Applicability
from logitlint.fixes.verbs import Choose
from logitlint.frameworks.catalog import catalog
from logitlint.frameworks.vocabulary import Depends, Fact, Function, Layer, Takes, Want
from logitlint.inference.lineage import producers
from logitlint.linter import Linter
from logitlint.rules import RULES
from logitlint.rules.judge import Judgement
from logitlint.settings import Selection, Settings, enabled

LIBRARIES: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        "torch": frozenset({"torch"}),
        "tensorflow": frozenset({"tensorflow", "tf_slim", "tensorflow_probability"}),
        "keras": frozenset({"keras"}),
        "jax": frozenset({"jax", "optax", "flax", "distrax"}),
    }
)
"""The frameworks, each with the packages whose rows are its own."""
REPAIRED = [rule for rule in RULES if any(not isinstance(plan, Choose) for plan in rule.fix)]


def wants(*some: Want) -> Callable[[Function | Layer], bool]:
    return lambda row: not wants_of(row).isdisjoint(some)


def states(fact: Fact) -> Callable[[Function | Layer], bool]:
    return lambda row: fact in row.facts


def is_unclipped(row: Function | Layer) -> bool:
    return wants(Want.LABEL_PROBABILITIES)(row) and Fact.LOSS in row.facts and Fact.CLIPS not in row.facts


def is_loss_class(row: Function | Layer) -> bool:
    return isinstance(row, Layer) and Fact.LOSS in row.facts


NEEDS: Mapping[str, Callable[[Function | Layer], bool]] = MappingProxyType(
    {
        "LGT201": wants(Want.LABEL_PROBABILITIES, Want.CLASS_PROBABILITIES),
        "LGT202": wants(Want.CLASS_LOG_PROBABILITIES),
        "LGT203": wants(Want.CLASS_LOG_PROBABILITIES),
        "LGT204": wants(Want.LABEL_PROBABILITIES, Want.CLASS_PROBABILITIES),
        "LGT205": wants(Want.LOG_DISTRIBUTION),
        "LGT501": states(Fact.IMPLICIT_AXIS),
        "LGT604": wants(Want.PROBS_PARAMETER, Want.UNIT_PARAMETER),
        "LGT605": wants(Want.LOGITS_PARAMETER),
        "LGT703": is_unclipped,
        "LGT704": states(Fact.RAISES_UNDER_AUTOCAST),
        "LGT801": is_loss_class,
        "LGT803": states(Fact.DIVERGENCE),
    }
)
"""What a library must have for a repair of the rule: a row like this. Of the rules that are not named here every
library has what they speak of: activations, losses on raw logits, comparisons. LGT205 has a repair where the loss
can be told, or replaced by one that takes the other scale: Keras' divergence has neither."""


def wants_of(row: Function | Layer) -> set[Want]:
    """Every scale on which a row may read an argument."""
    pending: list[object] = [taken.want for part in (row, getattr(row, "call", None)) for taken in takes_of(part)]
    found = set()
    while pending:
        want = pending.pop()
        if isinstance(want, Depends):
            pending += [*want.cases.values(), want.otherwise]
        elif isinstance(want, Want):
            found.add(want)
    return found


def takes_of(part: object) -> Iterator[Takes]:
    yield from part.takes.values() if isinstance(part, Function | Layer) else ()


@cache
def rows(library: str) -> tuple[Function | Layer, ...]:
    """The rows of a framework's functions and layers."""
    named = [row for row in catalog() if row.name.partition(".")[0] in LIBRARIES[library]]
    return tuple(row for row in named if isinstance(row, Function | Layer))


def library_of(judgement: Judgement, text: str) -> str | None:
    """The framework of what is used, or of what made the value: one that the file imports. A method's row may be that
    of another library.
    """
    taken = judgement.verdict.taken
    made = producers(taken.tensor) if taken is not None and taken.tensor is not None else []
    packages = [use.row.name.partition(".")[0] for use in (judgement.use, *made)]
    found = (name for each in packages for name, own in LIBRARIES.items() if each in own)
    return next(
        (name for name in found if any(f"import {each}" in text or f"from {each}" in text for each in LIBRARIES[name])),
        None,
    )


@cache
def covered() -> Mapping[tuple[str, str | None], int]:
    """How often each rule's repair is made in the fixtures, by framework."""
    found: dict[tuple[str, str | None], int] = {}
    for path in REPAIRABLE:
        if not sibling(path).exists():
            continue
        select = expectations(path.read_text("utf-8")).select
        on = enabled([Selection(select or None, extend_select=(path.stem.split("_")[0].upper(),))], RULES)
        linter = Linter(Settings(enabled=on, noqa=False), repairs=True)
        for finding in linter.check_known(str(path), None).findings:
            if finding.fix is not None and finding.fix.applicability is not Applicability.DISPLAY:
                cell = finding.code, library_of(linter.behind(finding), path.read_text("utf-8"))
                found[cell] = found.get(cell, 0) + 1
    return found


@pytest.mark.parametrize("library", LIBRARIES)
@pytest.mark.parametrize("code", [rule.code for rule in REPAIRED])
def test_every_rule_is_repaired_in_every_library_of_which_it_can_speak(code: str, library: str) -> None:
    able = code not in NEEDS or any(map(NEEDS[code], rows(library)))
    assert bool(covered().get((code, library))) is able
