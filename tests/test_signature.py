"""Arguments meet parameters as Python lets them."""

from __future__ import annotations

import inspect

import pytest
from hypothesis import given
from hypothesis import strategies as st

from logitlint.inference.signature import Arguments, defaults, fill, of_function, parse
from logitlint.inference.values import Literal
from logitlint.lowering import ir
from logitlint.lowering.walk import lower

NAMES = ("a", "b", "c", "d")


@st.composite
def signatures(draw: st.DrawFn) -> str:
    """Any order of parameters that Python accepts."""
    names = list(NAMES[: draw(st.integers(0, 4))])
    before, plain = sorted((draw(st.integers(0, len(names))), draw(st.integers(0, len(names)))))
    required = draw(st.integers(0, plain))
    parts = [name if i < required else f"{name}=0" for i, name in enumerate(names[:plain])]
    if before:
        parts.insert(before, "/")
    keyword_only = names[plain:]
    star = draw(st.booleans())
    if star:
        parts.append("*rest")
    elif keyword_only:
        parts.append("*")
    parts += [name if draw(st.booleans()) else f"{name}=1" for name in keyword_only]
    if draw(st.booleans()):
        parts.append("**others")
    return ", ".join(parts)


@st.composite
def calls(draw: st.DrawFn) -> Arguments:
    positional = tuple(Literal(i) for i in range(draw(st.integers(0, 5))))
    names = draw(st.sets(st.sampled_from([*NAMES, "unheard_of"])))
    return Arguments(positional, {name: Literal(name) for name in sorted(names)})


@given(signatures(), calls())
def test_arguments_meet_parameters_as_in_python(signature: str, arguments: Arguments) -> None:
    # Called, not bound: `inspect.Signature.bind` refuses what Python accepts, ``f(a=1)`` of ``f(a=0, /, **others)``.
    function = eval(f"lambda {signature}: dict(locals())")
    filled = fill(parse(signature), arguments)
    try:
        expected = function(*arguments.positional, **arguments.keywords)
    except TypeError:
        assert not filled.fits
        return
    assert filled.fits
    assert filled.rest == expected.pop("rest", ())
    assert filled.extra == expected.pop("others", {})
    assert filled.by_name == {name: value for name, value in expected.items() if isinstance(value, Literal)}
    assert filled.surplus == ()


@given(signatures())
def test_a_signature_is_read_as_python_reads_it(signature: str) -> None:
    kinds = {
        inspect.Parameter.POSITIONAL_ONLY: "positional",
        inspect.Parameter.POSITIONAL_OR_KEYWORD: "normal",
        inspect.Parameter.VAR_POSITIONAL: "star",
        inspect.Parameter.KEYWORD_ONLY: "keyword",
        inspect.Parameter.VAR_KEYWORD: "doublestar",
    }
    expected = inspect.signature(eval(f"lambda {signature}: None")).parameters.values()
    read = [(each.name, each.kind, each.optional) for each in parse(signature)]
    assert read == [(each.name, kinds[each.kind], each.default is not each.empty) for each in expected]


@given(signatures())
def test_a_function_of_the_project_has_the_same_parameters(signature: str) -> None:
    (function,) = lower(f"def function({signature}): pass\n").body
    assert isinstance(function, ir.Function)
    read = [(each.name, each.kind, each.optional) for each in of_function(function)]
    assert read == [(each.name, each.kind, each.optional) for each in parse(signature)]


def test_literal_defaults_are_kept_and_others_are_not() -> None:
    assert defaults("a, b=-1, *, c='mean', d=None, e=(1, 2), f=nothing") == {
        "b": -1,
        "c": "mean",
        "d": None,
        "e": None,
        "f": None,
    }


def test_what_a_star_may_have_given_is_not_missed() -> None:
    filled = fill(parse("a, b, c=0"), Arguments((Literal(1),), {}, open=True))
    assert filled.fits
    assert filled.open
    assert filled.by_name == {"a": Literal(1)}


@pytest.mark.parametrize(("given_", "surplus"), [(2, 0), (4, 2)])
def test_what_is_too_much_is_told(given_: int, surplus: int) -> None:
    filled = fill(parse("a, b"), Arguments(tuple(map(Literal, range(given_)))))
    assert len(filled.surplus) == surplus
    assert filled.fits == (not surplus)


def test_a_receiver_goes_in_front() -> None:
    arguments = Arguments((Literal(1),), {"b": Literal(2)}, open=True).after(Literal(0))
    assert arguments == Arguments((Literal(0), Literal(1)), {"b": Literal(2)}, open=True)
