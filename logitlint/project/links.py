"""Where files lie in truth: what is written goes there, through any link on the way."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final, TypeAlias

AWAY: Final = "it is a link to a file outside of what was given"

LeadsOut: TypeAlias = Callable[[str], bool]
"""Whether a file that was come upon is a link to one outside of where it was looked for."""


def leads_out(named: Sequence[str]) -> LeadsOut:
    """What tells that of the files below some paths. A link that is named itself is followed."""
    own = {str(Path(path)) for path in named}
    tops = [os.path.realpath(path) for path in named]

    def asked(file: str) -> bool:
        if str(Path(file)) in own:
            return False
        place = os.path.realpath(file)
        return not any(place.startswith(top.rstrip(os.sep) + os.sep) for top in tops)

    return asked


def lies_in(file: Path, folder: Path) -> bool:
    """Whether a file lies below a folder in truth. Raises ValueError for a path that is none."""
    return os.path.realpath(folder) in map(str, Path(os.path.realpath(file)).parents)


def repository(start: Path) -> Path:
    """The root of the repository in which a directory lies; the directory itself when it lies in none."""
    return next((folder for folder in (start, *start.parents) if (folder / ".git").exists()), start)
