"""A value that goes through what another module holds, of which the program imports all: `from module import *`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from writer import Writer

_HELD: Final = (
    "def {n}(a):\n    return a",
    "def {n}(a, _held=[]):\n    _held.append(a)\n    return _held.pop()",
    "{n} = functools.partial(lambda b, a: a, 0)",
    "class {n}:\n    def __new__(cls, a):\n        return a",
    "class _Same:\n    def __call__(self, a):\n        return a\n\n\n{n} = _Same()",
    "def _same(a):\n    return a\n\n\n{n} = _same",
    "{n} = {{'same': lambda a: a}}['same']",
)
"""What gives back what it is called with."""
_SQUASHED: Final = {
    "import torch\n": "torch.sigmoid(a)",
    "import jax\n": "jax.nn.sigmoid(a)",
    "import keras\n": "ops.sigmoid(a)",
}
"""Probabilities, by what a program imports at its head."""


def _another(writer: Writer, name: str) -> str:
    """Another of that name, which is not called: it would give numbers of another kind."""
    squashed = next(form for line, form in _SQUASHED.items() if line in writer.head)
    return f"def {name}(a):\n    return {squashed}"


def _plainly(writer: Writer, name: str, held: str) -> None:
    writer.define(f"from {writer.put_beside(held)} import *")


def _listed(writer: Writer, name: str, held: str) -> None:
    others = writer.random.choice((f"['{name}']", f"('{name}', 'flag')", f"[] + ['{name}']"))
    writer.define(f"from {writer.put_beside(f'__all__ = {others}{chr(10)}{held}')} import *")


def _handed_on(writer: Writer, name: str, held: str) -> None:
    inner = writer.put_beside(held)
    again = writer.put_beside(f"from {inner} import *", whole=writer.random.random() < 0.5)
    writer.define(f"from {again} import *")


def _put_over(writer: Writer, name: str, held: str) -> None:
    writer.define(_another(writer, name))
    writer.define(f"from {writer.put_beside(held)} import *")


def _left_out(writer: Writer, name: str, held: str) -> None:
    """The module has another of that name, which its `__all__` leaves out."""
    writer.define(held)
    writer.define(f"from {writer.put_beside(f'__all__ = []{chr(10)}{_another(writer, name)}')} import *")


def _left_out_again(writer: Writer, name: str, held: str) -> None:
    """So has the module of a later star."""
    first = writer.put_beside(held)
    second = writer.put_beside(f"__all__ = ['other']\nother = 1\n{_another(writer, name)}")
    writer.define(f"from {first} import *\nfrom {second} import *")


def _defined_again(writer: Writer, name: str, held: str) -> None:
    """What the program defines after the star import is put over what that brought."""
    writer.define(f"from {writer.put_beside(_another(writer, name))} import *")
    writer.define(held)


def _put_over_again(writer: Writer, name: str, held: str) -> None:
    first, second = writer.put_beside(_another(writer, name)), writer.put_beside(held)
    writer.define(f"from {first} import *\nfrom {second} import *")


def _tried(writer: Writer, name: str, held: str) -> None:
    module = writer.put_beside(held)
    writer.define(f"try:\n    from {module} import *\nexcept ImportError:\n    {name} = None")


def _chosen(writer: Writer, name: str, held: str) -> None:
    first, second = writer.put_beside(held), writer.put_beside(f"def {name}(a):\n    return a")
    writer.define(f"if flag:\n    from {first} import *\nelse:\n    from {second} import *")


_WAYS: Final[tuple[Callable[[Writer, str, str], None], ...]] = (
    _plainly,
    _listed,
    _handed_on,
    _put_over,
    _left_out,
    _left_out_again,
    _defined_again,
    _put_over_again,
    _tried,
    _chosen,
)


def starred(writer: Writer, value: str) -> str:
    """The value, as something of another module gives it back."""
    name = writer.name("same")
    writer.random.choice(_WAYS)(writer, name, writer.random.choice(_HELD).format(n=name))
    return f"{name}({value})"


def of_a_library(forms: Mapping[str, tuple[str, ...]]) -> Callable[[Writer, str], str]:
    """The value, as something that keeps it gives it, when all of a library is imported: what, by the library."""

    def wrap(writer: Writer, value: str) -> str:
        library = writer.random.choice(sorted(forms))
        writer.define(f"from {library} import *")
        return writer.random.choice(forms[library]).format(v=value)

    return wrap
