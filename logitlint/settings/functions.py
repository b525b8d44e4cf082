"""The user's own functions, described in the words of the tables: `[tool.logitlint.functions."package.module.name"]`.

What is described is believed: where such a function is called, its row says what its arguments are taken for and what
it gives, and its body is not looked at.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from typing import Final, TypeAlias, TypeVar

from logitlint.frameworks.vocabulary import (
    Axes,
    Depends,
    Fact,
    Function,
    Gives,
    Layer,
    Role,
    SameAs,
    Scalar,
    Takes,
    Want,
)
from logitlint.inference.signature import parse
from logitlint.kinds import Kind
from logitlint.settings.errors import ConfigurationError, suggestion
from logitlint.settings.table import Table

OwnRow: TypeAlias = Function | SameAs | Layer

KEYS: Final = (
    "signature",
    "init",
    "takes",
    "gives",
    "same-as",
    "axes",
    "axis",
    "units",
    "low",
    "high",
    "facts",
    "aliases",
)
"""What may stand in the table of a function: the fields of `Function`, `SameAs` and `Layer`."""

_NAME: Final = re.compile(r"[^\W\d]\w*(?:\.[^\W\d]\w*)+")
_TARGETS: Final = frozenset(
    {Want.CLASS_INDEX, Want.ONE_HOT, Want.CLASSES, Want.LABELS, Want.SIGNS, Want.DISTRIBUTION, Want.LOG_DISTRIBUTION}
)
_SUBJECTS: Final = frozenset({Want.PROBS_PARAMETER, Want.UNIT_PARAMETER, Want.LOGITS_PARAMETER})
_LITERALS: Final[Mapping[str, Scalar]] = {"true": True, "false": False, "none": None}
_Word = TypeVar("_Word")


def rows(table: Table) -> tuple[OwnRow, ...]:
    """The rows that a table of functions describes, by qualified name. Raises `ConfigurationError`."""
    return tuple(_row(name, table.value(name)) for name in table)


def _row(name: str, described: object) -> OwnRow:
    try:
        if not isinstance(described, Mapping):
            raise ConfigurationError("must be a table")
        table = Table(described)
        if not _NAME.fullmatch(name):
            raise ConfigurationError("the name must say where the function is found: package.module.function")
        table.refuse_others(KEYS)
        if table.string("same-as") is not None:
            return _same_as(name, table)
        function = _function(name, table)
        init = table.string("init")
        if init is None:
            return function
        taken = {each: takes for each, takes in _takes(table).items() if each in _parameters("init", init)}
        return Layer(name=name, init=init, call=function, takes=taken, facts=function.facts, aliases=_aliases(table))
    except ConfigurationError as error:
        raise ConfigurationError(f'functions."{name}": {error}') from error


def _function(name: str, table: Table) -> Function:
    if table.has("axes"):
        raise ConfigurationError("`axes` says what `same-as` keeps, and there is no `same-as`")
    parameters = _signature(table)
    known = [*parameters, *_parameters("init", table.string("init") or "")]
    takes = _takes(table)
    _require(takes, known, "takes")
    gives = _gives(table.value("gives"))
    for each in (gives, *(taken.want for taken in takes.values())):
        if isinstance(each, Depends):
            _require([each.argument], known, "depends")
    facts = frozenset(_word("facts", word, _facts()) for word in table.strings("facts") or ())
    return Function(
        name=name,
        signature=table.string("signature") or "",
        takes={each: taken for each, taken in takes.items() if each in parameters},
        gives=gives,
        axis=_place("axis", table, known),
        units=_parameter("units", table, known),
        low=_bound("low", table, known),
        high=_bound("high", table, known),
        facts=facts | {Fact.LOSS} if gives is Kind.LOSS else facts,
        aliases=() if table.has("init") else _aliases(table),
    )


def _same_as(name: str, table: Table) -> SameAs:
    for key in ("init", "takes", "gives", "units", "low", "high"):
        if table.has(key):
            raise ConfigurationError(f"`{key}` and `same-as` exclude each other: what it gives means what it is given")
    parameters = _signature(table)
    subject = _parameter("same-as", table, parameters)
    assert subject is not None
    axes = table.string("axes")
    return SameAs(
        name=name,
        signature=table.string("signature") or "",
        subject=subject,
        axes=Axes.KEPT if axes is None else _word("axes", axes, {each.value: each for each in Axes}),
        axis=_place("axis", table, parameters),
        facts=frozenset(_word("facts", word, _facts()) for word in table.strings("facts") or ()),
        aliases=_aliases(table),
    )


# -- arguments --------------------------------------------------------------------------------------------------------


def _signature(table: Table) -> Collection[str]:
    signature = table.string("signature")
    if signature is None:
        raise ConfigurationError("`signature` is missing: the parameters as in a `def`, without annotations")
    return _parameters("signature", signature)


def _parameters(key: str, signature: str) -> Collection[str]:
    try:
        return [each.name for each in parse(signature)]
    except (SyntaxError, ValueError, AttributeError, RecursionError, MemoryError) as error:
        raise ConfigurationError(f"`{key}` is no list of parameters: {signature!r}") from error


def _takes(table: Table) -> Mapping[str, Takes]:
    found: dict[str, Takes] = {}
    takes = table.table("takes")
    words = {role.value: Takes(role) for role in _ROLES} | {key: _taken(want) for key, want in _wants().items()}
    for name in takes:
        value = takes.value(name)
        if isinstance(value, str):
            words = {
                **{role.value: Takes(role) for role in _ROLES},
                **{key: _taken(want) for key, want in _wants().items()},
            }
            found[name] = _word(f"takes.{name}", value, words)
        else:
            depends = _depends(f"takes.{name}", value, lambda key, word: _word(key, word, _wants()))
            wants = [want for want in depends.cases.values() if isinstance(want, Want)]
            found[name] = Takes(_taken(wants[0]).role, depends)
    return found


_ROLES: Final = (Role.PREDICTION, Role.TARGET, Role.SUBJECT, Role.WEIGHT)


def _taken(want: Want) -> Takes:
    role = Role.TARGET if want in _TARGETS else Role.SUBJECT if want in _SUBJECTS else Role.PREDICTION
    return Takes(role, want)


def _wants() -> Mapping[str, Want]:
    return {want.name.lower().replace("_", "-"): want for want in Want}


def _facts() -> Mapping[str, Fact]:
    return {fact.name.lower().replace("_", "-"): fact for fact in Fact}


def _require(given: Collection[str], parameters: Collection[str], key: str) -> None:
    for name in given:
        if name not in parameters:
            raise ConfigurationError(f"`{key}` names `{name}`, which is no parameter{suggestion(name, parameters)}")


def _parameter(key: str, table: Table, parameters: Collection[str]) -> str | None:
    name = table.string(key)
    if name is not None:
        _require([name], parameters, key)
    return name


def _place(key: str, table: Table, parameters: Collection[str]) -> str | int | None:
    value = table.value(key)
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    return _parameter(key, table, parameters)


def _bound(key: str, table: Table, parameters: Collection[str]) -> float | str | None:
    value = table.value(key)
    if isinstance(value, int | float) and not isinstance(value, bool):
        return float(value)
    return _parameter(key, table, parameters)


def _aliases(table: Table) -> tuple[str, ...]:
    return table.strings("aliases") or ()


# -- results ----------------------------------------------------------------------------------------------------------


def _gives(value: object) -> Gives:
    """A kind, a kind for each kind of the subject, one or the other by a literal argument, or a tuple of them."""
    if value is None:
        return None
    if isinstance(value, list):
        return tuple(_gives(each) for each in value)
    if isinstance(value, Mapping) and "depends" in value:
        return _depends("gives", value, _kind)
    if isinstance(value, Mapping):
        return {_kind("gives", each): _kind(f"gives.{each}", given) for each, given in value.items()}
    return _kind("gives", value)


def _kind(key: str, word: object) -> Kind:
    return _word(key, word, {each.replace("_", "-").lower(): kind for each, kind in Kind.__members__.items()})


def _depends(key: str, value: object, read: Callable[[str, object], object]) -> Depends:
    """``{ depends = "from_logits", cases = { true = ..., false = ... } }``."""
    if not isinstance(value, Mapping) or set(value) != {"depends", "cases"}:
        raise ConfigurationError(f"`{key}` must be a word, or {{ depends = PARAMETER, cases = {{ true = ..., ... }} }}")
    argument, cases = value["depends"], value["cases"]
    if not isinstance(argument, str) or not isinstance(cases, Mapping) or not cases:
        raise ConfigurationError(f"`{key}` must be a word, or {{ depends = PARAMETER, cases = {{ true = ..., ... }} }}")
    return Depends(argument, {_literal(each): read(f"{key}.{each}", given) for each, given in cases.items()})


def _literal(word: str) -> Scalar:
    """A case as TOML can write it: ``true``, ``false``, ``none``, a whole number, else a string."""
    if word in _LITERALS:
        return _LITERALS[word]
    return int(word) if re.fullmatch(r"-?\d+", word) else word


def _word(key: str, word: object, known: Mapping[str, _Word]) -> _Word:
    if isinstance(word, str) and word in known:
        return known[word]
    near = suggestion(word, known) if isinstance(word, str) else ""
    raise ConfigurationError(f"`{key}` must be one of {', '.join(known)}{near}")
