"""What lies in the folders of a project."""

from __future__ import annotations

import os


class Disk:
    """What the disk says; whoever knows of another state of the project answers otherwise."""

    def names(self, folder: str) -> frozenset[str]:
        """The names of what is in a folder; none when it cannot be read."""
        try:
            return frozenset(os.listdir(folder))
        except OSError:
            return frozenset()

    def is_file(self, path: str) -> bool:
        """Whether a path is a file's; a pipe is none."""
        return os.path.isfile(path)

    def is_folder(self, path: str) -> bool:
        """Whether a path is a folder's."""
        return os.path.isdir(path)
