"""The judgement of a trace: which rules speak of which use, and which of them is heard."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence

import msgspec
from msgspec.structs import replace

from logitlint.frameworks.vocabulary import Want
from logitlint.inference.lineage import producers
from logitlint.inference.trace import Taken, Trace, Use, Via
from logitlint.rules.rule import Rule, Verdict


class Judgement(msgspec.Struct, frozen=True):
    """One certain mistake: the rule, the use that makes it, and what the rule says of it."""

    rule: Rule
    use: Use
    verdict: Verdict


class Order(msgspec.Struct, frozen=True):
    """Who is heard.

    calls
        Mistakes of a call as a whole: nothing else is said of its arguments.
    spoiling
        Mistakes after which the result is worthless whatever is done with it: nothing else is said of it.
    others
        The rest, the first before the second where both speak of one argument.
    handed
        The only ones that may speak of a model and a loss handed to code that cannot be seen.
    """

    calls: Sequence[Rule]
    spoiling: Sequence[Rule]
    others: Sequence[Rule]
    handed: Sequence[Rule]

    @property
    def rules(self) -> tuple[Rule, ...]:
        """Every rule, in order of precedence."""
        return (*self.calls, *self.spoiling, *self.others)

    def judge(self, trace: Trace, enabled: Collection[str]) -> list[Judgement]:
        """The mistakes of a trace, in the order in which the program makes them; rules not enabled do not exist."""
        heard: list[Judgement] = []
        rules = [rule for rule in self.rules if rule.code in enabled]
        handed = [rule for rule in self.handed if rule.code in enabled]
        spoilt: set[object] = set()
        taken = _taken(trace)
        for use in trace:
            if _knows_better(use, trace):
                continue
            claimed: set[str] = set()
            for rule in handed if use.via is Via.HANDED else rules:
                for verdict in rule.check(use, trace):
                    if _parameter(verdict) in claimed or _is_spoilt(verdict, spoilt):
                        continue
                    if _is_told_by_its_branch(use, verdict, taken):
                        continue
                    heard.append(Judgement(rule, use, _told(use, verdict)))
                    claimed |= _claims(use, verdict, whole=rule in self.calls)
                    if rule in self.spoiling:
                        spoilt.add((use.origin, use.row.name))
        return heard


def _knows_better(use: Use, trace: Trace) -> bool:
    """Whether it was chosen by what a model is made of: ``if "Softmax" in str(model): loss = nll_loss(...)``."""
    return not trace.told.isdisjoint(condition.key for condition in (*use.inside, *use.when))


def _parameter(verdict: Verdict) -> str | None:
    return verdict.taken.parameter if verdict.taken else None


def _claims(use: Use, verdict: Verdict, *, whole: bool) -> set[str]:
    """The arguments of which nothing more is to be said. A verdict on no argument stands at its own place."""
    if verdict.taken is None:
        return set()
    return {taken.parameter for taken in use.taken} if whole else {verdict.taken.parameter}


def _is_spoilt(verdict: Verdict, spoilt: set[object]) -> bool:
    """Whether the value was reported already where it was made."""
    tensor = verdict.taken.tensor if verdict.taken else None
    made = producers(tensor) if tensor is not None else []
    return bool(made) and all((use.origin, use.row.name) in spoilt for use in made)


def _taken(trace: Trace) -> Mapping[int, Sequence[tuple[Use, Taken]]]:
    """By the number of a tensor: the uses that take it, and as what."""
    found: dict[int, list[tuple[Use, Taken]]] = defaultdict(list)
    for use in trace:
        for taken in use.taken:
            if taken.tensor is not None:
                found[taken.tensor.number].append((use, taken))
    return found


def _is_told_by_its_branch(use: Use, verdict: Verdict, taken: Mapping[int, Sequence[tuple[Use, Taken]]]) -> bool:
    """Whether the other branch has the form of the same loss for the same numbers: then the test says which they are.

    ``if sparse: sparse_categorical_crossentropy(y, p) else: categorical_crossentropy(y, p)``, or one loss told
    otherwise, ``from_logits=True`` in one of them.
    """
    own = verdict.taken
    if own is None or (tensor := own.tensor) is None:
        return False
    tests = {condition.key: condition.branch for condition in use.inside}
    return any(
        other.stack == use.stack
        and any(tests.get(test.key, test.branch) != test.branch for test in other.inside)
        and _is_other_form(own, each, same=other.row.name == use.row.name)
        for other, each in taken[tensor.number]
    )


def _is_other_form(taken: Taken, other: Taken, *, same: bool) -> bool:
    """Whether an argument is read otherwise by another form of a loss."""
    if taken.role is not other.role or taken.want is other.want:
        return False
    return same or {taken.want, other.want} == {Want.ONE_HOT, Want.CLASS_INDEX}


def _told(use: Use, verdict: Verdict) -> Verdict:
    """The verdict with the choices that lead to it: ``... when kind == 'softmax'``."""
    told = [condition for condition in use.when if condition.words]
    chosen = [condition for condition in told if condition.branch is not False]
    words = sorted({condition.words for condition in chosen or told})
    return replace(verdict, message=f"{verdict.message} (when {' and '.join(words)})") if words else verdict
