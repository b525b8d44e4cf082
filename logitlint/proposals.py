"""What a rule proposes for a finding, as the finding tells it: rows and columns for offsets."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence

from logitlint.findings import Edit, Fix, placed
from logitlint.fixes.changes import Change, Repair
from logitlint.fixes.safety import Applicability
from logitlint.fixes.workshop import Workshop
from logitlint.project.modules import Project
from logitlint.rules import Judgement
from logitlint.source.text import row_starts


def fix_of(judgements: Sequence[Judgement], workshop: Workshop, project: Project) -> Fix | None:
    """The repair of a mistake that is made at one place, in one way or several; None when there is none."""
    plans = judgements[0].rule.fix
    repair = workshop.repair(plans, [(each.use, each.verdict.taken) for each in judgements]) if plans else None
    if repair is not None and any(each.verdict.witness is not None for each in judgements):
        repair = repair.only(Applicability.DISPLAY)  # it may as well be the witness that is wrong
    return None if repair is None else _told(repair, project)


def _told(repair: Repair, project: Project) -> Fix:
    edits = tuple(_edit(change, project) for change in repair.changes)
    return Fix(repair.applicability, repair.effect, repair.message, edits)


def _edit(change: Change, project: Project) -> Edit:
    starts = row_starts(project.text(change.file))
    start, end = (_place(starts, offset) for offset in (change.start, change.end))
    return Edit(placed(project.source(change.file), (*start, *end)), change.content)


def _place(starts: Sequence[int], offset: int) -> tuple[int, int]:
    row = bisect_right(starts, offset)
    return row, offset - starts[row - 1] + 1
