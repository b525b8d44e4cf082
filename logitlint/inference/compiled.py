"""What becomes of the models that are compiled: which of them ever meet their losses."""

from __future__ import annotations

import msgspec

from logitlint.inference.trace import Use


class Compiled(msgspec.Struct, eq=False):
    """The compiled models of one run, each known by its place.

    meetings
        What was recorded of each and its losses.
    trained
        Those that are trained or scored.
    embedded
        Those that are called, alone or as part of another.
    restored
        Those that are given weights trained before.
    answering
        Those that are asked for what they predict.
    asked
        Those that are being called only to know what they give.
    """

    meetings: dict[int, list[Use]] = msgspec.field(default_factory=dict)
    trained: set[int] = msgspec.field(default_factory=set)
    embedded: set[int] = msgspec.field(default_factory=set)
    restored: set[int] = msgspec.field(default_factory=set)
    answering: set[int] = msgspec.field(default_factory=set)
    asked: list[int] = msgspec.field(default_factory=list)

    def idle(self) -> set[int]:
        """Those whose losses never meet what they give.

        The generator of two adversaries is often compiled beside the discriminator, and trained only as part of both.
        And a model that has its weights from a file and is asked for predictions is compiled for form's sake.
        """
        embedded = self.embedded if self.trained else set()
        return (embedded | (self.restored & self.answering)) - self.trained
