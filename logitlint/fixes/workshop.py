"""Where repairs are made: the files and the trace behind a finding, and the way from a verb to its changes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress

from msgspec.structs import replace

from logitlint.fixes import activations, arguments, decisions, replacements, written_out
from logitlint.fixes.advice import advice
from logitlint.fixes.case import Case, Files
from logitlint.fixes.changes import Change, Repair, Uncertain, overlap, together
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
from logitlint.inference.trace import Taken, Trace, Use
from logitlint.project.modules import Project


class Workshop:
    """The repairs of one trace."""

    def __init__(self, project: Project, catalog: Catalog, trace: Trace, files: Files | None = None) -> None:
        self.files = files or Files(project, catalog)
        self.sight = Sight(trace, self.files.tree, self.files.scopes, self.files.importers)
        self.catalog = catalog

    def repair(self, plans: Sequence[Plan], use: Use, taken: Taken | None) -> Repair | None:
        """The first of some plans that is certain here; what is only displayed comes last. None when there is none."""
        case = Case(self.files, self.sight, self.catalog, use, taken)
        shown: Repair | None = None
        for plan in plans if not is_written_into(case) else ():
            try:
                repair = self._carried_out(plan, case)
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

    def _carried_out(self, plan: Plan, case: Case) -> Repair:
        make: Callable[[Case, Plan], Repair] | None = _MAKERS.get(type(plan))
        assert make is not None
        repair = make(case, plan)
        if repair.changes:
            repair = replace(repair, changes=together(tidied(self.files, repair.changes)))
            if overlap(repair.changes):
                raise Uncertain("its changes overlap")
            if self._loses_comments(repair.changes):
                repair = repair.only(Applicability.UNSAFE)
        if case.use.when:  # one of several objects on offer: what suits it may not suit the others
            repair = repair.only(Applicability.DISPLAY)
        return repair

    def _loses_comments(self, changes: Sequence[Change]) -> bool:
        return any(
            "#" in self.files.tree(change.file).text[change.start : change.end] and "#" not in change.content
            for change in changes
        )


def _together(case: Case, plan: Together) -> Repair:
    other: Repair = _MAKERS[type(plan.second)](case, plan.second)
    whole: Repair = _MAKERS[type(plan.first)](case, plan.first)
    message = f"{whole.message}; {other.message[0].lower()}{other.message[1:]}"
    changes = [*whole.changes, *other.changes]
    for beside in _of_one_object(case):
        more: Repair = _MAKERS[type(plan.first)](beside, plan.first)
        whole = whole.only(more.applicability)
        changes += more.changes
        if more.effect is Effect.CHANGES_OUTPUT:
            whole = replace(whole, effect=more.effect)
    effect = whole.effect if whole.effect is Effect.CHANGES_OUTPUT else plan.effect
    return replace(whole.only(other.applicability), effect=effect, message=message, changes=tuple(changes))


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
