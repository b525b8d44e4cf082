"""Which rules are on: the wishes of the configuration and of the command line, one over the other."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final, Protocol

import msgspec

from logitlint.settings.errors import ConfigurationError, suggestion

PREFIX: Final = "LGT"


class Selectable(Protocol):
    """What selection needs to know of a rule."""

    @property
    def code(self) -> str:
        """``LGT101``."""
        ...

    @property
    def name(self) -> str:
        """``softmax-into-softmax-loss``."""
        ...

    @property
    def default(self) -> bool:
        """Whether it is on unless told otherwise."""
        ...


class Selection(msgspec.Struct, frozen=True):
    """The wishes of a configuration or a command line: `select` replaces what came before, the others adjust it."""

    select: tuple[str, ...] | None = None
    ignore: tuple[str, ...] = ()
    extend_select: tuple[str, ...] = ()


def enabled(layers: Iterable[Selection], rules: Sequence[Selectable]) -> frozenset[str]:
    """The codes that are on after every layer, starting from the rules' own defaults.

    Within a layer the more specific selector wins (``--select LGT --ignore LGT1 --extend-select LGT101``), and `ignore`
    wins over an equally specific `select`: as in ruff. Raises `ConfigurationError` for a selector that names no rule.
    """
    on = {rule.code for rule in rules if rule.default}
    for layer in layers:
        wishes = [(selector, True) for selector in (*(layer.select or ()), *layer.extend_select)]
        wishes += [(selector, False) for selector in layer.ignore]
        matched = [(_matching(selector, rules), wish) for selector, wish in wishes]
        decided: dict[str, bool] = {}
        for (_, codes), wish in sorted(matched, key=lambda match: match[0][0]):
            decided.update(dict.fromkeys(codes, wish))
        if layer.select is not None:
            on = set()
        on = {code for code in (on | decided.keys()) if decided.get(code, True)}
    return frozenset(on)


def codes(selectors: Iterable[str], rules: Sequence[Selectable]) -> frozenset[str]:
    """Every code that one of the selectors stands for. Raises `ConfigurationError` for one that names no rule."""
    return frozenset(code for selector in selectors for code in _matching(selector, rules)[1])


def _matching(selector: str, rules: Sequence[Selectable]) -> tuple[int, list[str]]:
    """How specific a selector is (a name is as specific as a code), and the codes it stands for."""
    if named := [rule.code for rule in rules if rule.name == selector]:
        return max(len(rule.code) for rule in rules), named
    codes = [rule.code for rule in rules if rule.code.startswith(selector)] if selector.startswith(PREFIX) else []
    if not codes:
        raise _unknown(selector, rules, PREFIX)
    return len(selector), codes


def find_rule(selector: str, rules: Sequence[Selectable]) -> int:
    """The position of the rule with that code or name, whatever the case; raises `ConfigurationError` for none."""
    for position, rule in enumerate(rules):
        if selector.upper() == rule.code or selector.lower() == rule.name:
            return position
    raise _unknown(selector, rules)


def _unknown(selector: str, rules: Sequence[Selectable], *others: str) -> ConfigurationError:
    """That no rule has that code or name, and which has one like it."""
    known = [*others, *(word for rule in rules for word in (rule.code, rule.name))]
    near = suggestion(selector, known) or "; `logitlint rules` lists those there are"
    if PREFIX in others and selector.upper() == "ALL":  # ruff's word
        near = f"; `{PREFIX}` stands for all"
    return ConfigurationError(f"unknown rule `{selector}`{near}")
