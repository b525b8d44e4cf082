"""What would make a rule speak: asked by holding a use against the rule with other values in it.

Rules are pure functions of a use, so nothing has to be told twice: a rule is interested in an argument when there is a
kind for which it would speak of it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Final

import msgspec
from msgspec.structs import replace

from logitlint.frameworks.vocabulary import Function
from logitlint.inference.trace import Taken, Trace, Use, Via
from logitlint.inference.values import Origin, Tensor, Unknown
from logitlint.kinds import NOTHING, UNKNOWN, Kind, describe
from logitlint.rules import RULES
from logitlint.rules.rule import Rule

_NOWHERE = Origin("", -1)
_IMAGINED = -1
"""The number of a tensor that is no value of the program."""
_UNHEARD: Final = (
    "not reported here: another rule is heard first, a test around it tells what comes, a comment hides it, or it "
    "stands at another place"
)


class Interest(msgspec.Struct, frozen=True):
    """An argument of a use of which a rule would speak.

    taken
        The argument as it is.
    kinds
        The kinds of which the rule would speak, whatever they are now; NOTHING when only the units matter.
    one_unit
        Whether it would speak of the value as it is, if that had a single unit.
    """

    taken: Taken
    kinds: Kind
    one_unit: bool

    @property
    def why_quiet(self) -> str:
        """Why the rule does not speak of the argument."""
        tensor, name = self.taken.tensor, f"`{self.taken.parameter}`"
        kind = self.taken.kind
        if not self.kinds:
            units = tensor.units if tensor else None
            return f"speaks of a single unit; {name} has {units or 'an unknown number of'} units"
        speaks = f"speaks of {describe(self.kinds)}"
        if kind in (UNKNOWN, NOTHING):
            return f"{speaks}; what {name} holds is not known"
        if kind.certainly(self.kinds):
            return f"{speaks}; {name} is that, but not all else that it asks for is proved"
        if kind & self.kinds:
            others = describe(kind & ~self.kinds)
            return f"{speaks}; {name} may be {describe(kind & self.kinds)}, but also {others}: not certain"
        return f"{speaks}; {name} is {describe(kind)}"


def interests(rule: Rule, use: Use, trace: Trace) -> Iterator[Interest]:
    """The arguments of a use of which a rule would speak, if they were something else."""
    for taken in use.taken:
        if not isinstance(taken.value, Tensor | Unknown):
            continue
        kinds = NOTHING
        for kind in Kind:
            if _speaks(rule, _with(use, taken, kind, None), taken, trace):
                kinds |= kind
        one_unit = not kinds and _speaks(rule, _with(use, taken, None, 1), taken, trace)
        if kinds or one_unit:
            yield Interest(taken, kinds, one_unit)


def asks_for(rule: Rule, use: Use, trace: Trace) -> str | None:
    """The argument without which the rule would speak."""
    for name in use.given:
        if all(taken.parameter != name for taken in use.taken):
            without = replace(use, given={key: value for key, value in use.given.items() if key != name})
            if any(True for _ in rule.check(without, trace)):
                return name
    return None


def _speaks(rule: Rule, use: Use, taken: Taken, trace: Trace) -> bool:
    return any(
        verdict.taken is None or verdict.taken.parameter == taken.parameter for verdict in rule.check(use, trace)
    )


def _with(use: Use, taken: Taken, kind: Kind | None, units: int | None) -> Use:
    """The use with another value in one argument: of another kind, or with another number of units."""
    old = taken.tensor or Tensor(NOTHING, _IMAGINED)
    new = replace(old, units=units or old.units)
    if kind is not None:
        row = Function(name=f"something that gives {describe(kind)}", signature="", gives=kind)
        made = Use(row, Via.CALL, (), {}, _NOWHERE)
        new = replace(new, kind=kind, number=_IMAGINED, made=(made,), axis=-1, low=None, high=None, cause=None)
    other = Taken(taken.parameter, taken.role, taken.want, new)
    given = {**use.given, taken.parameter: new} if taken.parameter in use.given else use.given
    return replace(use, taken=tuple(other if each is taken else each for each in use.taken), given=given)


class Opinion(msgspec.Struct, frozen=True):
    """What a rule makes of a use: it speaks, or why it does not."""

    code: str
    name: str
    speaks: bool
    words: str


def opinions(use: Use, trace: Trace, enabled: Collection[str], reported: Collection[str]) -> Iterator[Opinion]:
    """What each rule that looks at a use makes of it, those that speak first."""
    quiet: list[Opinion] = []
    for rule in sorted(RULES, key=lambda rule: rule.code):
        verdict = next(rule.check(use, trace), None)
        if verdict is not None:
            words = verdict.message
            if rule.code not in reported:
                words += f" ({_UNHEARD if rule.code in enabled else 'not reported: the rule is not selected'})"
            yield Opinion(rule.code, rule.name, True, words)
        elif found := list(interests(rule, use, trace)):
            quiet.append(Opinion(rule.code, rule.name, False, "; ".join(each.why_quiet for each in found)))
        elif name := asks_for(rule, use, trace):
            quiet.append(Opinion(rule.code, rule.name, False, f"speaks where `{name}` is not given"))
    yield from quiet
