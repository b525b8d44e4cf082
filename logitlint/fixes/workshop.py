"""Where repairs are made: the files and the trace behind a finding, and the way from a verb to its changes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress

from msgspec.structs import replace

from logitlint.fixes import activations, arguments, chosen, decisions, replacements, written_out
from logitlint.fixes.advice import advice
from logitlint.fixes.case import Case, Files
from logitlint.fixes.changes import Change, Repair, Uncertain, overlap, together
from logitlint.fixes.kept import where_asked_for
from logitlint.fixes.safety import Applicability, Effect
from logitlint.fixes.sight import Sight
from logitlint.fixes.stores import is_written_into
from logitlint.fixes.tidying import tidied
from logitlint.fixes.verbs import (
    Activate,
    Choose,
    Compare,
    Construct,
    EndIn,
    Fuse,
    NameAxis,
    Normalise,
    Plan,
    RenameKeyword,
    Replace,
    ReplaceMaker,
    SetKeyword,
    SwapArguments,
    Threshold,
    Together,
    Unactivate,
    Undecide,
    Unguard,
    Unwrap,
)
from logitlint.frameworks.catalog import Catalog
from logitlint.frameworks.vocabulary import Role
from logitlint.inference.lineage import makers
from logitlint.inference.trace import Taken, Trace, Use
from logitlint.project.modules import Project


class Workshop:
    """The repairs of one trace."""

    def __init__(self, project: Project, catalog: Catalog, trace: Trace, files: Files | None = None) -> None:
        self.files = files or Files(project, catalog)
        self.sight = Sight(trace, self.files.tree, self.files.scopes, self.files.importers)
        self.catalog = catalog

    def repair(self, plans: Sequence[Plan], ways: Sequence[tuple[Use, Taken | None]]) -> Repair | None:
        """What puts a use right: of some plans, the first that is certain; what is only displayed comes last. None when
        there is none.

        Where several values meet at one place, it is one repair of all; it is only displayed where one has none.
        """
        cases = self._apart([Case(self.files, self.sight, self.catalog, use, taken) for use, taken in ways])
        every = self._is_every(cases)
        found = [self._of_way(plans, case, every=every) for case in cases]
        first = next((each for each in found if each is not None), None)
        if first is None or len(cases) == 1:
            return first
        if all(each is not None and not each.changes for each in found):
            words = dict.fromkeys(each.message for each in found if each is not None)
            return replace(first, message="; ".join(words))
        if not all(each is not None and each.changes for each in found):
            return replace(first.only(Applicability.DISPLAY), message=f"{first.message}; {_ANOTHER}")
        try:
            whole = self._finished(_at_once([each for each in found if each is not None]))
        except (Uncertain, RecursionError):
            return replace(first.only(Applicability.DISPLAY), message=f"{first.message}; {_ANOTHER}")
        return whole

    def _apart(self, cases: Sequence[Case]) -> list[Case]:
        """The cases that differ in what is used, in where it was built, or in what made the value."""
        found: dict[object, Case] = {}
        for case in cases:
            tensor = case.taken.tensor if case.taken is not None else None
            made = frozenset(use.origin for use in makers(tensor)) if tensor is not None else None
            found.setdefault((case.use.origin, case.use.built, made), case)
        return list(found.values())

    def _is_every(self, cases: Sequence[Case]) -> bool:
        """Whether the cases are of every object that may be called at a place."""
        places = {case.use.origin for case in cases}
        called = {use.built for use in self.sight.trace if use.origin in places}
        return None not in called and called == {case.use.built for case in cases}

    def _of_way(self, plans: Sequence[Plan], case: Case, *, every: bool) -> Repair | None:
        """The repair of one value; `every` object that may be used there is put right with it."""
        shown: Repair | None = None
        for plan in plans:
            try:
                if is_written_into(case):
                    break
                repair = self._carried_out(plan, case, every=every)
            except (Uncertain, RecursionError):
                continue
            if repair.applicability is not Applicability.DISPLAY:
                return repair
            shown = shown or repair
        return shown or self._advice(plans, case)

    def _advice(self, plans: Sequence[Plan], case: Case) -> Repair | None:
        """What can be said where nothing can be done."""
        for plan in plans:
            with suppress(Uncertain):
                words = advice(plan, case)
                if words is not None:
                    return Repair(Applicability.DISPLAY, plan.effect, words)
        return None

    def _carried_out(self, plan: Plan, case: Case, *, every: bool) -> Repair:
        make: Callable[[Case, Plan], Repair] | None = _MAKERS.get(type(plan))
        assert make is not None
        repair = self._finished(make(case, plan))
        renamed = every and isinstance(plan, Replace)  # what else may be called there is given what it was
        if case.use.when and not renamed:  # one of several objects on offer: what suits it may not suit the others
            repair = repair.only(Applicability.DISPLAY)
        return where_asked_for(case, chosen.limited(case, repair, every=every))

    def _finished(self, repair: Repair) -> Repair:
        """The repair, with what it leaves behind taken away. Raises `Uncertain` where its changes overlap."""
        if not repair.changes:
            return repair
        trusted = repair.applicability is Applicability.SAFE  # and no longer is where it takes a comment away
        repair = replace(repair, changes=together(tidied(self.files, repair.changes, commented=not trusted)))
        if overlap(repair.changes):
            raise Uncertain("its changes overlap")
        return repair.only(Applicability.UNSAFE) if self._loses_comments(repair.changes) else repair

    def _loses_comments(self, changes: Sequence[Change]) -> bool:
        return any(
            "#" in self.files.tree(change.file).text[change.start : change.end] and "#" not in change.content
            for change in changes
        )


_ANOTHER = "another value that meets it there has no repair that goes with it"


def _at_once(repairs: Sequence[Repair]) -> Repair:
    """The repairs of several values as one, trusted as far as the least of them."""
    whole = repairs[0]
    for each in repairs[1:]:
        effect = max(whole.effect, each.effect, key=list(Effect).index)
        message = whole.message if each.message in whole.message else f"{whole.message}; {_small(each.message)}"
        changes = (*whole.changes, *each.changes)
        whole = replace(whole.only(each.applicability), effect=effect, message=message, changes=changes)
    return whole


def _together(case: Case, plan: Together) -> Repair:
    other: Repair = _MAKERS[type(plan.second)](case, plan.second)
    whole: Repair = _MAKERS[type(plan.first)](case, plan.first)
    message = f"{whole.message}; {_small(other.message)}"
    changes = [*whole.changes, *other.changes]
    for beside in _of_one_object(case):
        more: Repair = _MAKERS[type(plan.first)](beside, plan.first)
        whole = whole.only(more.applicability)
        changes += more.changes
        if more.effect is Effect.CHANGES_OUTPUT:
            whole = replace(whole, effect=more.effect)
    effect = whole.effect if whole.effect is Effect.CHANGES_OUTPUT else plan.effect
    return replace(whole.only(other.applicability), effect=effect, message=message, changes=tuple(changes))


def _small(message: str) -> str:
    """A message as the second part of another."""
    return f"{message[0].lower()}{message[1:]}"


def _of_one_object(case: Case) -> Iterator[Case]:
    """The other uses of the loss that a use calls."""
    seen = {case.use.origin}
    for use in case.sight.trace if case.use.built is not None else ():
        taken = use.first(Role.PREDICTION)
        if use.built == case.use.built and taken is not None and use.origin not in seen:
            seen.add(use.origin)
            yield replace(case, use=use, taken=taken)


def _chosen(_case: Case, plan: Choose) -> Repair:
    return Repair(Applicability.DISPLAY, plan.effect, plan.words)


_MAKERS: dict[type, Callable[..., Repair]] = {
    Activate: arguments.activated,
    Choose: _chosen,
    Compare: arguments.compared,
    Threshold: arguments.thresholded,
    Construct: arguments.constructed,
    EndIn: activations.ended,
    Fuse: replacements.fused,
    NameAxis: arguments.axis_named,
    RenameKeyword: arguments.keyword_renamed,
    Replace: replacements.replaced,
    ReplaceMaker: replacements.maker_replaced,
    SetKeyword: arguments.keyword_set,
    SwapArguments: arguments.swapped,
    Together: _together,
    Unactivate: activations.unactivated,
    Undecide: decisions.undecided,
    Normalise: written_out.normalised,
    Unguard: written_out.unguarded,
    Unwrap: activations.unwrapped,
}
