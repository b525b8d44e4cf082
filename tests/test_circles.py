"""The circles of a graph, and the order in which they come."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from logitlint.project.circles import circles

NODES = range(7)
GRAPHS = st.fixed_dictionaries({node: st.lists(st.sampled_from([*NODES, 9]), max_size=4) for node in NODES})


def reached(node: int, ways: dict[int, list[int]]) -> set[int]:
    seen = {node}
    pending = [node]
    while pending:
        fresh = {each for each in ways[pending.pop()] if each in ways} - seen
        seen |= fresh
        pending += fresh
    return seen


@given(GRAPHS)
def test_who_leads_to_each_other_is_together_and_behind_what_they_lead_to(ways: dict[int, list[int]]) -> None:
    found = [set(circle) for circle in circles(0, ways)]
    assert sorted(node for circle in found for node in circle) == sorted(reached(0, ways))
    before: set[int] = set()
    for circle in found:
        for node in circle:
            assert {each for each in reached(node, ways) if node in reached(each, ways)} == circle
            assert reached(node, ways) <= before | circle
        before |= circle


def test_of_what_leads_nowhere_there_is_nothing() -> None:
    assert [*circles(9, {0: [9]})] == []
    assert [*circles(0, {0: [9]})] == [[0]]


def test_a_long_way_needs_no_recursion() -> None:
    ways = {node: [node + 1] for node in range(20_000)}
    assert len([*circles(0, ways)]) == 20_000
