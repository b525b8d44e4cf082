"""Transparent decorators: functions of the project that hand back what they are given, unchanged, in whatever file.

What a function does with what it is given is read from its text (`decorating`); here that is followed to the others.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from logitlint.project.modules import Project

if TYPE_CHECKING:
    from logitlint.project.leads import Node


class Transparent:
    """Answers for the files of one project.

    leads
        The definitions to which the words of one lead.
    origins
        Where what a name of a file means is defined, in the project.
    """

    def __init__(
        self,
        project: Project,
        leads: Callable[[Node], tuple[Node, ...]],
        origins: Callable[[str, str], set[Node]],
    ) -> None:
        self._project = project
        self._leads = leads
        self._origins = origins
        self._known: dict[tuple[str, str], bool] = {}

    def includes(self, file: str, name: str) -> bool:
        """Whether a name of a file means functions of the project that hand back what they are given, unchanged."""
        known = self._known.get((file, name))
        if known is None:
            known = self._known[file, name] = self._passes(file, name)
        return known

    def _passes(self, file: str, name: str) -> bool:
        decorators = self._origins(file, name)
        seen = {(each, True) for each in decorators}
        pending = list(seen)
        while pending:
            node, returns = pending.pop()
            behind = self._behind(node, returns=returns)
            if behind is None:
                return False
            pending += behind - seen
            seen |= behind
        return bool(decorators)

    def _behind(self, node: Node, *, returns: bool) -> set[tuple[Node, bool]] | None:
        """What must hand back, or at least not change, what a definition hands on; None where it changes it itself."""
        outline = self._project.outline(node.file)
        if not returns and node.name not in outline.functions and node.name not in outline.classes:
            return {(each, False) for each in self._leads(node)}  # an object, by what it is made of
        passing = self._project.passing(node.file).get(node.name)
        if passing is None or passing.changes or (returns and passing.through is None):
            return None
        through = (passing.through or frozenset()) if returns else frozenset()
        given = [self._origins(node.file, each) for each in through]
        if not all(given):
            return None
        behind = {(each, True) for origins in given for each in origins}
        shown = (self._origins(node.file, each) for each in passing.shown - through)
        behind |= {(each, False) for origins in shown for each in origins}
        return behind
