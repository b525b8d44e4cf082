"""The law: where there is one right repair, it turns the wrong example of a rule into the right one."""

from __future__ import annotations

import pytest
from repairing import FILE, repair, repaired

from logitlint.findings import Fix
from logitlint.fixes.safety import Applicability, Effect
from logitlint.fixes.verbs import Choose
from logitlint.rules import RULES
from logitlint.rules.rule import Rule

REPAIRED = [rule for rule in RULES if rule.fix and not isinstance(rule.fix[0], Choose)]
SHOWN = [rule for rule in RULES if rule.fix and isinstance(rule.fix[0], Choose)]


def proposed(rule: Rule) -> Fix | None:
    """The repair of a rule's wrong example."""
    from logitlint.linter import Linter
    from logitlint.settings import Settings

    report = Linter(Settings(enabled=frozenset([rule.code])), repairs=True).check_text(rule.bad, FILE)
    (finding,) = report.findings
    return finding.fix


@pytest.mark.parametrize("rule", REPAIRED, ids=lambda rule: rule.code)
def test_the_wrong_example_becomes_the_right_one(rule: Rule) -> None:
    assert repaired(rule.bad, rule.code) == rule.good


@pytest.mark.parametrize("rule", REPAIRED, ids=lambda rule: rule.code)
def test_the_right_example_stays_as_it_is(rule: Rule) -> None:
    assert repaired(rule.good, rule.code) == rule.good


@pytest.mark.parametrize("rule", REPAIRED, ids=lambda rule: rule.code)
def test_only_what_keeps_the_output_is_repaired_without_asking(rule: Rule) -> None:
    fix = proposed(rule)
    assert fix is not None
    changes_output = fix.effect is Effect.CHANGES_OUTPUT
    assert fix.applicability is (Applicability.UNSAFE if changes_output else Applicability.SAFE)
    assert (repaired(rule.bad, rule.code, unsafe=False) == rule.good) is not changes_output


@pytest.mark.parametrize("rule", SHOWN, ids=lambda rule: rule.code)
def test_of_two_honest_answers_both_are_shown_and_none_is_made(rule: Rule) -> None:
    fix = proposed(rule)
    assert fix is not None
    assert fix.applicability is Applicability.DISPLAY
    assert fix.message.count(": ") >= 1
    result, changed = repair({FILE: rule.bad}, [rule.code])
    assert not changed
    assert not result.fixed


def test_every_rule_has_a_repair() -> None:
    assert [rule.code for rule in RULES if not rule.fix] == []
