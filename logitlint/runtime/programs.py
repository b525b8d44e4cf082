"""A program as data: what is done with raw scores until they are a loss, a probability or a decision.

Plain data, so that it can travel to another process, and nothing but names of catalogued calls and literal arguments.
"""

from __future__ import annotations

from typing import Final, TypeAlias, Union

import msgspec
import msgspec.structs

from logitlint.frameworks.vocabulary import Alignment, Scalar, Want

LOSS: Final = "loss"
DECISION: Final = "decision"
POSITION: Final = "position"
ACTIVATION: Final = "activation"
LABELS: Final = "the labels"
OF_LABELS: Final = "how many of the labels count"
OF_STEPS: Final = "how many of the steps count"
NUMBERS: Final = "NUMBERS"
"""A target of which nothing is asked: what a loss that compares numbers compares with."""


class Scores(msgspec.Struct, frozen=True, tag=True):
    """Raw scores: those of the prediction (0), or those behind a target that is computed (1).

    scale
        What they were made into before the program begins, where that is not known but the loss says what it reads: the
        name of a `Want`. None: they are raw.
    """

    source: int = 0
    scale: str | None = None


class Truth(msgspec.Struct, frozen=True, tag=True):
    """A target, as the loss reads it: the name of a `Want`, or `NUMBERS`."""

    want: str


class Constant(msgspec.Struct, frozen=True, tag=True):
    """A literal argument."""

    value: Scalar


class Drawn(msgspec.Struct, frozen=True, tag=True):
    """The distribution that a function draws from, by what it documents: `want` is the scale on which it reads `given`.

    The draw itself is chance, and is left out.
    """

    given: Node
    want: str


class Aligned(msgspec.Struct, frozen=True, tag=True):
    """Something about the sequences that a loss aligns: `part` is `LABELS`, `OF_LABELS` or `OF_STEPS`.

    padded
        Whether that is asked for as a mask, in which 1 stands for what does not count.
    """

    part: str
    padded: bool = False


class Apply(msgspec.Struct, frozen=True, tag=True):
    """A call of something catalogued.

    path
        Its qualified name.
    given
        The arguments by parameter, in the order of the signature; as many as `positional` are given by position.
    construct
        For a class whose instance is called: the constructor's literal arguments. None: `path` itself is called.
    attribute
        What of the result is looked at: ``probs`` of a distribution. It is called where it is a method.
    """

    path: str
    given: dict[str, Node]
    positional: int = 0
    construct: dict[str, Scalar] | None = None
    attribute: str | None = None

    def literal(self, name: str) -> Scalar:
        """A literal argument of the call, or of the constructor; None when there is none."""
        given = self.given.get(name)
        return given.value if isinstance(given, Constant) else (self.construct or {}).get(name)


Node: TypeAlias = Union[Scores, Truth, Constant, Drawn, Aligned, Apply]


class Program(msgspec.Struct, frozen=True):
    """One side of an experiment.

    node
        What is computed.
    want
        For a loss: the scale on which it reads its prediction, the name of a `Want`.
    prediction
        For a loss: the parameter of the prediction.
    target
        For a loss whose target is computed: the scale on which it reads that, the name of a `Want`.
    believed
        Of which activation a computed target is the result: ``"softmax"`` or ``"sigmoid"``.
    result
        What it should give: `LOSS`, `DECISION` (of one label), `POSITION` (of the largest), the name of an activation
        that makes probabilities or their logarithms, or `ACTIVATION`: whichever other one it is.
    units
        The number of classes, when the program fixes it.
    per_sample
        Whether the loss is to be averaged over the samples alone, however it averages here.
    aligns
        Of a loss over all alignments of two sequences: how it is given them.
    averaged
        Whether the losses are averaged over the samples by what trains, however they come: Keras does so with a
        function that `compile` is given.
    left_out
        What of the program is no part of the experiment, in words.
    """

    node: Apply | Drawn
    result: str
    want: str | None = None
    prediction: str | None = None
    target: str | None = None
    believed: str = "softmax"
    units: int | None = None
    per_sample: bool = False
    averaged: bool = False
    aligns: Alignment | None = None
    left_out: tuple[str, ...] = ()

    @property
    def libraries(self) -> frozenset[str]:
        """The packages whose functions are called."""
        return frozenset(_packages(self.node))

    @property
    def ignored(self) -> int | None:
        """The class whose samples the loss leaves out; of one that aligns sequences, the blank."""
        if not isinstance(self.node, Apply):
            return None
        if self.aligns is not None:
            return self.blank
        return next((each for name in _IGNORED if isinstance(each := self.node.literal(name), int)), None)

    @property
    def blank(self) -> int:
        """The class that means no label, where sequences are aligned."""
        named = self.aligns.blank if self.aligns is not None else None
        told = self.node.literal(named) if named is not None and isinstance(self.node, Apply) else None
        return told if isinstance(told, int) else 0


_IGNORED: Final = ("ignore_index", "ignore_class")
"""As PyTorch and Keras name the class whose samples cost nothing."""


def _packages(node: Node) -> list[str]:
    found: list[str] = []
    pending: list[Node] = [node]
    while pending:
        current = pending.pop()
        if isinstance(current, Apply):
            found.append(current.path.partition(".")[0])
            pending += current.given.values()
        elif isinstance(current, Drawn):
            pending.append(current.given)
    return found


def with_the_labels_of(before: Program | None, after: Program | None) -> Program | None:
    """The repaired side, given the labels that there are: those of a loss on 0 and 1 are not -1 and 1 after it."""
    if before is None or after is None or not isinstance(after.node, Apply) or not isinstance(before.node, Apply):
        return after
    had = [each.want for each in before.node.given.values() if isinstance(each, Truth)]
    if len(had) != 1 or had[0] not in _BINARY:
        return after
    given = {
        name: Truth(had[0]) if isinstance(each, Truth) and each.want in _BINARY else each
        for name, each in after.node.given.items()
    }
    return msgspec.structs.replace(after, node=msgspec.structs.replace(after.node, given=given))


_BINARY: Final = (Want.LABELS.name, Want.SIGNS.name)
