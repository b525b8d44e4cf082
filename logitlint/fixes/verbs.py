"""What a repair does. Rules name these; `fixes.workshop` carries them out."""

from __future__ import annotations

from typing import TypeAlias, Union

import msgspec

from logitlint.fixes.safety import Effect
from logitlint.frameworks.vocabulary import Relation, Scalar, Want
from logitlint.kinds import Kind


class Verb(msgspec.Struct, frozen=True, kw_only=True):
    """What all have in common: what is changed when nothing else reads the value."""

    effect: Effect = Effect.CHANGES_LOSS


class Unactivate(Verb, frozen=True):
    """Give the use what the activation before it was applied to: at the use where that has a name, else by taking
    the activation away, and applying it where the value is needed as it was.

    `moves` is false where that is not worth a change of what a model returns.
    """

    moves: bool = True


class Undecide(Verb, frozen=True):
    """Give the loss the scores that were decided on, where they are on the scale that it reads."""


class Normalise(Verb, frozen=True):
    """One call of softmax for exponentials divided by their sum."""


class Unguard(Verb, frozen=True):
    """The logarithm of softmax or sigmoid itself, instead of one after a small number was added, after a clamp, or of
    some of its columns.
    """


class Unwrap(Verb, frozen=True):
    """Take the use itself away: its subject stays."""


class Replace(Verb, frozen=True):
    """Call another function, or construct another class, that stands in a relation to the one of the use.

    `needs` is what the other must be given, in every use of the object; `without` are arguments it does not have.
    """

    relation: Relation
    needs: Kind | None = None
    without: tuple[str, ...] = ()


class ReplaceMaker(Verb, frozen=True):
    """Call another function, or construct another class, instead of the one that made the value; `needs` is what it
    must have given.
    """

    relation: Relation
    needs: Kind | None = None


class Fuse(Verb, frozen=True):
    """Make one call of two: of the use, and of what made its subject."""

    relation: Relation


class SetKeyword(Verb, frozen=True):
    """Give a keyword argument; `needs` is what the value at fault must be, `want` how it must be read."""

    name: str
    value: Scalar
    needs: Kind | None = None
    want: Want | None = None


class NameAxis(Verb, frozen=True):
    """Say which axis is meant, where none is given."""


class RenameKeyword(Verb, frozen=True):
    """Give the argument under another keyword."""

    name: str


class SwapArguments(Verb, frozen=True):
    """Exchange two arguments."""


class Compare(Verb, frozen=True):
    """Compare with 0, not with 0.5."""


class Threshold(Verb, frozen=True):
    """Compare with a threshold, where the position of the largest of one was taken."""


class Construct(Verb, frozen=True):
    """Construct the object first, then call it with the tensors."""


class Activate(Verb, frozen=True):
    """Apply a function to the value before it is given to the use; the function is that of a kind. `needs` is what the
    value must be.
    """

    gives: Kind
    needs: Kind | None = None


class EndIn(Verb, frozen=True):
    """Let the layer that made the value apply the activation that the use wants to come last.

    `needs` is what the value must be.
    """

    needs: Kind


class Together(Verb, frozen=True):
    """Two repairs at once."""

    first: Plan
    second: Plan


class Choose(Verb, frozen=True):
    """Two answers are honest: show them, with a sentence on how to choose."""

    words: str


Plan: TypeAlias = Union[
    Unactivate,
    Undecide,
    Normalise,
    Unguard,
    Unwrap,
    Replace,
    ReplaceMaker,
    Fuse,
    SetKeyword,
    NameAxis,
    RenameKeyword,
    Activate,
    EndIn,
    Together,
    SwapArguments,
    Compare,
    Threshold,
    Construct,
    Choose,
]
