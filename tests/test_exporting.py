"""Which names a star import brings, by the text of the module."""

import ast

import pytest

from logitlint.project.exporting import Exports, exports

BROUGHT = {
    "nothing said": "def f(): pass",
    "spoken of": "'''Without __all__.'''\n# __all__\ndef f(): pass",
    "asked for": "def g(module): return hasattr(module, '__all__') and getattr(module, '__all__') or module.__all__",
    "a list": "__all__ = ['f']",
    "a tuple, with its type": "__all__: tuple[str, ...] = ('f', 'g')",
    "a sum": "__all__ = ['a'] + ['f'] + other.__all__",
    "a sum of very many": "__all__ = ['f']" + " + ['a']" * 900,
    "another in it": "__all__ = [*others, *('f',)]",
    "added": "__all__ = []\n__all__ += ['f']",
    "added one by one": "__all__ = []\n__all__.append('f')",
    "put in front": "__all__ = []\n__all__.insert(0, 'f')",
    "extended": "__all__ = ['a']\n__all__.extend(['f'])",
    "read": "__all__ = ['f']\ndef __dir__(): return sorted(__all__)",
    "set twice": "__all__ = []\n__all__ = ['f']",
    "another removed": "__all__ = ['f', 'g']\n__all__.remove('g')",
}
LEFT_OUT = {
    "none": "__all__ = []",
    "others": "__all__ = ['g']",
    "removed": "__all__ = ['f', 'g']\n__all__.remove('f')",
    "set again": "__all__ = ['f']\n__all__ = ['g']",
}
DOUBTFUL = {
    "computed": "__all__ = [name for name in names]",
    "of another": "__all__ = other.__all__",
    "imported": "from other import __all__",
    "imported under that name": "from other import names as __all__",
    "in a branch": "__all__ = ['f']\nif flag: __all__ = ['g']",
    "removed in a loop": "__all__ = ['f']\nfor name in names: __all__.remove(name)",
    "popped": "__all__ = ['f']\n__all__.pop()",
    "cleared": "__all__ = ['f']\n__all__.clear()",
    "an element deleted": "__all__ = ['f']\ndel __all__[0]",
    "an element set": "__all__ = ['f']\n__all__[0] = name",
    "by a decorator": "def export(g):\n    module.__all__.append(g.__name__)\n    return g",
    "by its text": "setattr(module, '__all__', names)",
    "by a decorator that is given its text": "@listed_in('__all__')\ndef f(): pass",
    "in the last of many rows": "if a:\n    f = 1\n    __all__ = b",
    "in other letters": "if a:\n    __\uff41ll__ = b\ndef f(): pass",
    "deleted": "def f(): pass\ndel f",
    "the name of an error": "try: pass\nexcept OSError as f: pass",
    "listed and deleted": "__all__ = ['f']\ndel f",
}


def said(text: str) -> Exports:
    return exports(ast.parse(text), text)


@pytest.mark.parametrize(
    ("text", "brings"),
    [
        *((text, True) for text in BROUGHT.values()),
        *((text, False) for text in LEFT_OUT.values()),
        *((text, None) for text in DOUBTFUL.values()),
    ],
    ids=[*BROUGHT, *LEFT_OUT, *(f"doubtful: {name}" for name in DOUBTFUL)],
)
def test_what_a_star_import_brings(text: str, brings: bool | None) -> None:
    assert said(text).has("f") is brings


def test_what_begins_with_an_underscore_is_brought_where_it_is_listed() -> None:
    assert said("_f = 1").has("_f") is False
    assert said("__all__ = ['_f']").has("_f") is True


@pytest.mark.parametrize(
    "text",
    [
        "f = 1",
        "f: int = 1",
        "a, (f, *b) = c",
        "for f in a: pass",
        "with a as f: pass",
        "print(f := 1)",
        "if a:\n    def f(): pass",
        "class f: pass",
        "def g():\n    global f\n    f = 1",
        "try: pass\nexcept OSError as f: pass",
        "match a:\n    case [f]: pass",
        "match a:\n    case [*f]: pass",
        "match a:\n    case {**f}: pass",
    ],
)
def test_what_a_module_binds_by_anything_but_imports(text: str) -> None:
    assert "f" in said(text).assigned


@pytest.mark.parametrize("text", ["import f", "from a import f", "f.b = 1", "f[0] = 1", "def g(): f = 1", "f.seed(0)"])
def test_what_a_module_does_not_bind_so(text: str) -> None:
    assert "f" not in said(text).assigned


@pytest.mark.parametrize(
    "text",
    [
        "globals()['f'] = 1",
        "globals().update(f=1)",
        "vars().setdefault('f', 1)",
        "sys.modules[__name__].__dict__['f'] = 1",
        "exec('f = 1')",
        "def __getattr__(name): return 1",
    ],
)
def test_what_binds_names_that_are_not_written(text: str) -> None:
    assert said(text).opened
    assert not said("x = globals()['f']\ny = vars(a)").opened
