"""A table of a configuration file, read key by key: what has the wrong type is an error that says what was wanted."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

from logitlint.settings.errors import ConfigurationError, suggestion


class Table:
    """A TOML table whose values are checked as they are asked for. Every method raises `ConfigurationError`."""

    def __init__(self, values: Mapping[str, object]) -> None:
        self._values = values

    def has(self, key: str) -> bool:
        """Whether the key is there."""
        return key in self._values

    def __iter__(self) -> Iterator[str]:
        """The keys that are there."""
        return iter(self._values)

    def value(self, key: str) -> object:
        """Whatever stands under the key; None when it is not there."""
        return self._values.get(key)

    def table(self, key: str) -> Table:
        """A table; an empty one when the key is not there."""
        value = self._values.get(key, {})
        if isinstance(value, Mapping):
            return Table(value)
        raise ConfigurationError(f"`{key}` must be a table")

    def refuse_others(self, keys: Collection[str]) -> None:
        """Refuse a key that is none of those, and suggest the nearest."""
        for key in self._values:
            if key not in keys:
                near = suggestion(key, keys) or f"; the keys are {', '.join(sorted(keys))}"
                raise ConfigurationError(f"unknown key `{key}`{near}")

    def string(self, key: str) -> str | None:
        """A string; None when the key is not there."""
        value = self._values.get(key)
        if value is None or isinstance(value, str):
            return value
        raise ConfigurationError(f"`{key}` must be a string")

    def strings(self, key: str) -> tuple[str, ...] | None:
        """A list of strings; None when the key is not there."""
        return None if key not in self._values else _strings(key, self._values[key])

    def lists(self, key: str) -> Mapping[str, tuple[str, ...]]:
        """A table of lists of strings; empty when the key is not there."""
        value = self._values.get(key, {})
        if not isinstance(value, Mapping):
            raise ConfigurationError(f"`{key}` must be a table of lists of strings")
        return {inner: _strings(f"{key}.{inner}", each) for inner, each in value.items()}

    def flag(self, key: str) -> bool:
        """True or false; false when the key is not there."""
        value = self._values.get(key, False)
        if isinstance(value, bool):
            return value
        raise ConfigurationError(f"`{key}` must be true or false")

    def choice(self, key: str, words: Collection[str]) -> str | None:
        """One of several words; None when the key is not there."""
        if key not in self._values:
            return None
        value = self._values[key]
        if isinstance(value, str) and value in words:
            return value
        near = suggestion(value, words) if isinstance(value, str) else ""
        raise ConfigurationError(f"`{key}` must be one of {', '.join(words)}{near}")


def _strings(key: str, value: object) -> tuple[str, ...]:
    if isinstance(value, list) and all(isinstance(item, str) for item in value):
        return tuple(value)
    raise ConfigurationError(f"`{key}` must be a list of strings")
