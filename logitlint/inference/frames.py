"""Activations of functions, classes and modules."""

from __future__ import annotations

import msgspec

from logitlint.inference.store import Branch
from logitlint.inference.values import Condition, UserClass, Value
from logitlint.lowering import ir


class Frame(msgspec.Struct, eq=False):
    """One activation of a function, a class body or a module; its locals are the cells of its number."""

    number: int
    file: str
    parent: Frame | None
    function: ir.Function | None = None
    owner: UserClass | None = None
    receiver: Value | None = None
    scope_only: bool = False
    """A class body: functions inside do not see its names."""
    returns: list[tuple[Value, frozenset[Condition]]] = msgspec.field(default_factory=list)
    yields: list[Value] = msgspec.field(default_factory=list)
    exits: list[Branch] = msgspec.field(default_factory=list)
    loops: list[Loop] = msgspec.field(default_factory=list)
    outer: dict[str, Frame] = msgspec.field(default_factory=dict)
    """Names declared `global` or `nonlocal`, with the frame they live in."""
    captured: bool = False
    """Whether a function made here may outlive it and still read its locals."""

    def home(self, name: str) -> Frame:
        """Where a name is bound: here, unless it is declared `global` or `nonlocal`."""
        return self.outer.get(name, self)

    def module(self) -> Frame:
        """The activation of the module around it."""
        frame = self
        while frame.parent is not None:
            frame = frame.parent
        return frame


class Loop(msgspec.Struct):
    """The stores with which `break` and `continue` left the body; `many`: of any number of turns."""

    many: bool = False
    breaks: list[Branch] = msgspec.field(default_factory=list)
    continues: list[Branch] = msgspec.field(default_factory=list)
