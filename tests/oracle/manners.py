"""Idioms of Python itself that hide a value: blocks, records, methods as values, exceptions, registries, mixins."""

from __future__ import annotations

from typing import Final

import besides
from writer import Wrap, Writer


def _manager(writer: Writer, value: str) -> str:
    """A block that gives the value back."""
    name, out = writer.name("Holding"), writer.name("out")
    writer.define(
        writer.random.choice(
            (
                f"class {name}:\n    def __init__(self, a):\n        self.a = a\n\n    def __enter__(self):\n"
                "        return self.a\n\n    def __exit__(self, *error):\n        return False",
                f"@contextlib.contextmanager\ndef {name}(a):\n    yield a",
            )
        )
    )
    writer.say(f"with {name}({value}) as {out}:\n    pass")
    return out


def _subscript(writer: Writer, value: str) -> str:
    """An object that is subscripted, or gone through."""
    name, out = writer.name("Batch"), writer.name("out")
    form = writer.random.randrange(3)
    if form == 0:
        writer.define(
            f"class {name}:\n    def __init__(self, **parts):\n        self.parts = parts\n\n"
            "    def __getitem__(self, key):\n        return self.parts[key]"
        )
        return f"{name}(out={value}, features=x)['out']"
    if form == 1:
        writer.define(
            f"class {name}:\n    def __init__(self, *parts):\n        self.parts = parts\n\n"
            "    def __iter__(self):\n        return iter(self.parts)"
        )
        writer.say(f"{out}, _ = {name}({value}, x)")
        return out
    writer.define(f"class {name}(dict):\n    def __getattr__(self, key):\n        return self[key]")
    return f"{name}(out={value}, features=x).out"


def _record(writer: Writer, value: str) -> str:
    """A record without a class of its own."""
    name = writer.name("Output")
    form = writer.random.randrange(4)
    if form == 0:
        return f"types.SimpleNamespace(out={value}, features=x).out"
    writer.define(f"{name} = collections.namedtuple('{name}', ['features', 'out'])")
    if form == 1:
        return f"{name}(x, {value}).out"
    if form == 2:
        return f"{name}(x, {value})[1]"
    return f"{name}(x, x)._replace(out={value}).out"


def _method(writer: Writer, value: str) -> str:
    """A method, or what picks a part, handed about as a value."""
    name, same = writer.name("Kept"), writer.name("same")
    form = writer.random.randrange(6)
    if form < 2:
        writer.define(f"class {name}:\n    def same(self, a):\n        return a")
        if form == 0:
            writer.say(f"{same} = {name}().same")
            return f"{same}({value})"
        return f"list(map({name}().same, [{value}]))[0]"
    if form == 2:
        return f"operator.itemgetter(1)((x, {value}))"
    if form == 3:
        return f"operator.attrgetter('out')(types.SimpleNamespace(out={value}))"
    if form == 4:
        return f"functools.reduce(lambda a, step: step(a), [lambda a: a, lambda a: a], {value})"
    writer.say(f"{same} = {{'same': lambda a: a, 'other': lambda a: None}}")
    return f"{same}['same']({value})"


def _exception(writer: Writer, value: str) -> str:
    """Ways through `try`, `else` and loops that end early, of which one is taken."""
    out, kept = writer.name("out"), writer.keep(value)
    forms = [
        "try:\n    pass\nexcept ValueError:\n    raise\nelse:\n    {o} = {v}",
        "try:\n    raise KeyError('none')\nexcept KeyError:\n    {o} = {v}",
        "for _ in range(2):\n    pass\nelse:\n    {o} = {v}",
        "if y is None:\n    raise ValueError('no labels')\n{o} = {v}",
        "assert y is not None\n{o} = {v}",
        "while True:\n    {o} = {v}\n    if y is not None:\n        break",
        "{o} = None\nfor part in [{v}]:\n    if {o} is None:\n        {o} = part",
        "with contextlib.suppress(ValueError):\n    {o} = {v}",
    ]
    writer.say(writer.random.choice(forms).format(o=out, v=kept))
    return out


def _registry(writer: Writer, value: str) -> str:
    """A function that is looked up by its name."""
    known, same = writer.name("KNOWN"), writer.name("same")
    form = writer.random.randrange(3)
    if form == 0:
        writer.define(
            f"{known} = {{}}\n\n\ndef add_{known}(function):\n    {known}[function.__name__] = function\n"
            "    return function"
        )
        writer.define(f"@add_{known}\ndef {same}(a):\n    return a")
        return f"{known}['{same}']({value})"
    if form == 1:
        writer.define(f"def {same}(a):\n    return a\n\n\n{known} = {{'same': {same}, 'none': None}}")
        return f"{known}.get('same')({value})"
    writer.define(f"class {known}:\n    def apply_{same}(self, a):\n        return a")
    return f"getattr({known}(), 'apply_{same}')({value})"


def _mixin(writer: Writer, value: str) -> str:
    """A method that a class has from others."""
    base, mixin, name = writer.name("Base"), writer.name("Mixin"), writer.name("Both")
    writer.define(f"class {base}:\n    def finish(self, a):\n        return a")
    form = writer.random.randrange(3)
    if form == 0:
        writer.define(f"class {mixin}:\n    def run(self, a):\n        return self.finish(a)")
        writer.define(f"class {name}({mixin}, {base}):\n    pass")
        return f"{name}().run({value})"
    if form == 1:
        writer.define(
            f"class {name}({base}):\n    def finish(self, a):\n        b = super().finish(a)\n        return b"
        )
        return f"{name}().finish({value})"
    writer.define(f"class {name}({base}):\n    run = {base}.finish")
    return f"{name}().run({value})"


def _comprehension(writer: Writer, value: str) -> str:
    """Parts gathered and picked again."""
    kept = writer.keep(value)
    forms = [
        "dict(zip(['features', 'out'], [x, {v}]))['out']",
        "next(part for part in ({v}, x))",
        "[*[x], {v}][-1]",
        "[part for pair in [(x, {v})] for part in pair][1]",
        "{{name: part for name, part in zip('ab', (x, {v}))}}['b']",
        "sum([{v}], 0)",
        "list(reversed([x, {v}]))[0]",
        "(lambda *parts, **named: named['out'])(x, out={v})",
        "(x, {v})[1 if y is not None else 1]",
    ]
    return writer.random.choice(forms).format(v=kept)


def either(writer: Writer, value: str, other: str) -> str:
    """One of two values, by what only the run tells: a branch, a key, an index, a name, a default."""
    out, same = writer.name("out"), writer.name("same")
    key = writer.random.choice(("sys.argv[-1]", "('other' if flag else 'none')"))
    forms = [
        "if flag:\n    {o} = {v}\nelse:\n    {o} = {w}",
        "{o} = {v}\nif not flag:\n    {o} = {w}",
        "{o} = {v} if flag else {w}",
        "{o} = {{'other': {w}}}.get({k}, {v})",
        "{o} = {{'other': {w}}}.pop({k}, {v})",
        "{o} = {{'other': {w}}}.setdefault({k}, {v})",
        "{o} = dict(other={w}).get({k})\nif {o} is None:\n    {o} = {v}",
        "{o} = {{'other': {w}, 'none': {v}}}['other' if flag else 'none']",
        "{o} = ({v}, {w})[flag]",
        "{o} = [{w}, {v}][int(not flag)]",
        "{o} = next((part for part in [{w}] if flag), {v})",
        "{o} = getattr(types.SimpleNamespace(other={w}), {k}, {v})",
        "{o} = (flag and [{w}] or [{v}])[0]",
        "{o} = [part for part in ({v}, {w}) if flag or part is {v}][-1]",
        "{o} = {v}\nfor part in [{w}][: int(flag)]:\n    {o} = part",
        "{o} = {v}\nwhile flag:\n    {o} = {w}\n    break",
        "try:\n    {o} = {{'other': {w}}}[{k}]\nexcept KeyError:\n    {o} = {v}",
        "match {k}:\n    case 'other':\n        {o} = {w}\n    case _:\n        {o} = {v}",
        "{s} = {{'other': lambda: {w}}}.get({k}, lambda: {v})\n{o} = {s}()",
    ]
    writer.say(writer.random.choice(forms).format(o=out, s=same, k=key, v=value, w=other))
    return out


IDIOMS: Final[dict[str, Wrap]] = {
    "context managers": _manager,
    "subscripts": _subscript,
    "records": _record,
    "methods as values": _method,
    "exceptions": _exception,
    "registries": _registry,
    "mixins": _mixin,
    "comprehensions": _comprehension,
    "star imports": besides.starred,
}
