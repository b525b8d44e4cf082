"""A file, or a cell of a notebook, could not be read, so nothing in it was checked.

It is reported rather than skipped: a clean result must mean that the code was looked at. The message says what Python
itself would say, and where.
"""

from __future__ import annotations

from logitlint.rules.rule import Entry

UNREADABLE = Entry(
    code="LGT901",
    name="unreadable-file-or-cell",
    summary="A file or cell cannot be read, and was not checked",
    why=__doc__,
    bad="""\
from torch import nn

head = nn.Linear(128, 10
""",
    good="""\
from torch import nn

head = nn.Linear(128, 10)
""",
)
