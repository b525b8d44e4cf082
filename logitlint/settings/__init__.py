"""What the user asked for: `[tool.logitlint]` in pyproject.toml, and the options of the command line over it."""

from logitlint.settings.configuration import FORMATS, Configuration, Settings, find_configuration, load, nearest, within
from logitlint.settings.errors import ConfigurationError, suggestion
from logitlint.settings.files import EXCLUDED, FileIgnores, file_ignores
from logitlint.settings.selection import PREFIX, Selectable, Selection, enabled, find_rule

__all__ = [
    "EXCLUDED",
    "FORMATS",
    "PREFIX",
    "Configuration",
    "ConfigurationError",
    "FileIgnores",
    "Selectable",
    "Selection",
    "Settings",
    "enabled",
    "file_ignores",
    "find_configuration",
    "find_rule",
    "load",
    "nearest",
    "suggestion",
    "within",
]
