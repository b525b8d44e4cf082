"""The circles of a graph, each behind those that it leads to, so that what is reached can be added up in one go."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping, Sequence
from typing import TypeVar

T = TypeVar("T", bound=Hashable)


def circles(start: T, ways: Mapping[T, Sequence[T]]) -> Iterator[list[T]]:
    """The nodes that are reached from one, together where each leads to the other; a way out of `ways` is not taken.

    R. Tarjan, "Depth-first search and linear graph algorithms", SIAM Journal on Computing 1 (1972), without recursion.
    """
    if start not in ways:
        return
    lowest = {start: 0}
    waiting = [start]  # those of no circle yet, in the order in which they were met
    is_waiting = {start}
    pending = [(start, 0, iter(ways[start]))]
    while pending:
        node, number, left = pending[-1]
        fresh = None
        for each in left:
            if each in lowest:
                if each in is_waiting:
                    lowest[node] = min(lowest[node], lowest[each])
            elif each in ways:
                fresh = each
                break
        if fresh is not None:
            pending.append((fresh, len(lowest), iter(ways[fresh])))
            lowest[fresh] = len(lowest)
            waiting.append(fresh)
            is_waiting.add(fresh)
            continue
        pending.pop()
        if pending:
            above = pending[-1][0]
            lowest[above] = min(lowest[above], lowest[node])
        if lowest[node] == number:
            circle = [waiting.pop()]
            while circle[-1] != node:
                circle.append(waiting.pop())
            is_waiting.difference_update(circle)
            yield circle
