"""Narrower ways from one definition to others: a class leads to what is used of it, not to all that it has."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from logitlint.project.building import MAKING
from logitlint.project.leads import CONSTRUCTED, Leads, Node
from logitlint.project.outline import ClassOutline
from logitlint.project.words import Words

MOST_MAKERS: Final = 2
"""Functions in a row of which each hands out what the next made."""


def narrow(leads: Leads, node: Node, stepping: Mapping[str, Words]) -> Iterator[Node]:
    """The definitions to which the words of one lead; of a class what runs when it is used, and what is named with it.

    A method may be named beside the class, or beside what has an object of it: an attribute, another name, or a
    function that makes the object, `MOST_MAKERS` of them in a row. Or something is named that runs it (`stepping`).
    """
    for each in leads.leads(node):
        cls = leads.class_of(each)
        if cls is None:
            yield each
            continue
        yield Node(each.file, each.name, CONSTRUCTED)
        for file, name, base in _lineage(leads, each, cls):
            yield from (Node(file, name, method) for method in MAKING if method in base.methods)
    words = leads.words(node)
    words = words.union(*(stepping[name] for name in stepping.keys() & words))
    for each, cls in _at_hand(leads, node):
        for file, name, base in _lineage(leads, each, cls):
            yield from (Node(file, name, method) for method in base.methods.keys() & words)


def _lineage(leads: Leads, node: Node, cls: ClassOutline) -> Iterator[tuple[str, str, ClassOutline]]:
    yield node.file, node.name, cls
    yield from leads.bases(node.file, node.name)


def _at_hand(leads: Leads, node: Node) -> Iterator[tuple[Node, ClassOutline]]:
    """The classes of which a definition may have an object without a method in between."""
    makers = {node: 0}
    found: set[Node] = set()
    pending = [node]
    while pending:
        current = pending.pop()
        for each in leads.leads(current):
            cls = leads.class_of(each)
            if cls is not None and each not in found:
                found.add(each)
                yield each, cls
            elif cls is None and each not in makers and not each.method:
                makers[each] = makers[current] + leads.is_function(each)
                pending += [each] if makers[each] <= MOST_MAKERS else []
