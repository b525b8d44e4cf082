"""Values that are put in the place of others where it is hard to see: behind aliases, callbacks, overrides, orders."""

from __future__ import annotations

from typing import Final

from writer import Writer

_ALIASES: Final = (
    "{p} = [{w}]\n{q} = {p}\n{q}[0] = {v}\n{o} = {p}[0]",
    "{p} = {{'a': {w}}}\n{q} = {p}\n{q}['a'] = {v}\n{o} = {p}['a']",
    "{p} = types.SimpleNamespace(a={w})\n{q} = {p}\n{q}.a = {v}\n{o} = {p}.a",
    "{p} = types.SimpleNamespace(a={w})\nvars({p})['a'] = {v}\n{o} = {p}.a",
    "{p} = types.SimpleNamespace(a={w})\n{p}.__dict__.update(a={v})\n{o} = {p}.a",
    "{p} = types.SimpleNamespace(a={w})\nsetattr({p}, ''.join(['a']), {v})\n{o} = {p}.a",
    "{p} = types.SimpleNamespace(a={w})\nfor name in ('a', 'b'):\n    setattr({p}, name, {v})\n{o} = {p}.a",
    "{p} = types.SimpleNamespace(a={w})\n[setattr(each, 'a', {v}) for each in [{p}]]\n{o} = {p}.a",
    "{p} = [{w}]\noperator.setitem({p}, 0, {v})\n{o} = {p}[0]",
    "{p} = [{w}]\nlist(map(functools.partial(operator.setitem, {p}, 0), [{v}]))\n{o} = {p}[0]",
    "{p} = [[{w}]]\nfor each in {p}:\n    each[0] = {v}\n{o} = {p}[0][0]",
    "{p} = [{w}]\n{q} = list({p})\n{q}[0] = {v}\n{o} = {q}[0] if flag else {p}[0]",
    "{p} = {{'a': {w}}}\n{q} = dict({p})\n{q}['a'] = {v}\n{o} = {p}['a']",
)
_ORDERS: Final = (
    "{p} = [{w}]\n{p}[0:1] = [{v}]\n{o} = {p}[0]",
    "{p} = [{w}]\n{p}.insert(0, {v})\n{o} = {p}[0]",
    "{p} = [{w}, {v}]\n{p}.reverse()\n{o} = {p}[0]",
    "{p} = [{w}, {v}][::-1]\n{o} = {p}[0]",
    "{p} = [{w}]\n{p}.append({v})\n{o} = {p}.pop()",
    "{p} = [{w}, {v}]\ndel {p}[0]\n{o} = {p}[0]",
    "{p} = [{w}, {v}]\n{p}.pop(0)\n{o} = {p}[0]",
    "{p} = collections.deque([{w}])\n{p}.appendleft({v})\n{o} = {p}[0]",
    "{p} = collections.deque([{w}, {v}])\n{p}.rotate(1)\n{o} = {p}[0]",
    "{p} = collections.OrderedDict(a={w}, b={v})\n{p}.move_to_end('a')\n{o} = next(iter({p}.values()))",
    "{p} = dict(a={w})\ndel {p}['a']\n{o} = {p}.setdefault('a', {v})",
    "{o} = ({{'a': {w}}} | {{'a': {v}}})['a']",
    "{o} = collections.ChainMap({{'a': {v}}}, {{'a': {w}}})['a']",
    "{o} = dict([('a', {w}), ('a', {v})])['a']",
    "{p} = iter([{w}, {v}])\nnext({p})\n{o} = next({p})",
    "{p} = (each for each in ({w}, {v}))\nnext({p})\n{o} = next({p})",
    "*_, {o} = ({w}, {v})",
    "{o} = max([{w}, {v}], key=lambda a: a is {v})",
    "{o} = sorted([{w}, {v}], key=lambda a: a is {v})[-1]",
    "{o} = list(filter(lambda a: a is {v}, [{w}, {v}]))[0]",
    "{o} = sum([[{w}], [{v}]], [])[1]",
    "{o} = [{w}, {v}][len([x])]",
    "{o} = [part for part in ({w}, {v})][-1]",
    "for number, part in enumerate(({w}, {v})):\n    if number == 1:\n        {o} = part",
    "number = 0\nwhile number < 2:\n    {o} = ({w}, {v})[number]\n    number += 1",
    "for {o} in ({w}, {v}):\n    if flag:\n        break",
    "[{o} := part for part in ({w}, {v})]",
)
_CALLBACKS: Final = (
    "{o} = {w}\ndef {q}():\n    nonlocal {o}\n    {o} = {v}\n{q}()",
    "{o} = {w}\ndef {q}():\n    nonlocal {o}\n    {o} = {v}\nlist(map(lambda run: run(), [{q}]))",
    "{o} = {w}\ndef {q}():\n    nonlocal {o}\n    {o} = {v}\n{{'run': {q}}}[''.join(['r', 'un'])]()",
    "{p} = [{w}]\ndef {q}(items={p}):\n    items[0] = {v}\n{q}()\n{o} = {p}[0]",
    "{p} = [{w}]\ndef {q}(items):\n    items[:] = [{v}]\n{q}({p})\n{o} = {p}[0]",
    "{p} = [{w}]\n{q} = {p}.append\n{q}({v})\n{o} = {p}[-1]",
    "{p} = [{w}]\nwith contextlib.ExitStack() as stack:\n    stack.callback({p}.append, {v})\n{o} = {p}[-1]",
    "try:\n    {o} = {w}\n    raise ValueError\nexcept ValueError:\n    {o} = {v}",
    "def {q}():\n    try:\n        return {w}\n    finally:\n        return {v}\n{o} = {q}()",
    "def {q}():\n    yield {w}\n    yield {v}\nfor {o} in {q}():\n    pass",
    "{p} = []\ndef {q}():\n    {p}.append(1)\n    return {w} if len({p}) == 1 else {v}\n{q}()\n{o} = {q}()",
    "{p} = itertools.cycle([{w}, {v}])\nnext({p})\n{o} = next({p})",
)
_CLASSES: Final = (
    "class {q}:\n    a = {w}\n{p} = {q}()\n{q}.a = {v}\n{o} = {p}.a",
    "class {q}:\n    a = {w}\n{p} = {q}()\ntype({p}).a = {v}\n{o} = {p}.a",
    "class {q}:\n    def get(self):\n        return {w}\n{p} = {q}()\n{p}.get = lambda: {v}\n{o} = {p}.get()",
    "class {q}:\n    def get(self):\n        return {w}\n{q}.get = lambda self: {v}\n{o} = {q}().get()",
    "class {q}:\n    def get(self):\n        return {w}\nsetattr({q}, 'get', lambda self: {v})\n{o} = {q}().get()",
    "class {q}:\n    def get(self):\n        return {w}\nclass {q}Too({q}):\n    def get(self):\n"
    "        super().get()\n        return {v}\n{o} = {q}Too().get()",
    "class {q}:\n    def __init__(self):\n        self.a = {w}\nclass {q}Too({q}):\n    def __init__(self):\n"
    "        super().__init__()\n        self.a = {v}\n{o} = {q}Too().a",
    "class {q}:\n    def __init__(self):\n        self.a = {v}\nclass {q}Too({q}):\n    def __init__(self):\n"
    "        self.a = {w}\n        super().__init__()\n{o} = {q}Too().a",
    "class {q}:\n    def __setattr__(self, name, a):\n        self.__dict__[name] = {v}\n{p} = {q}()\n"
    "{p}.a = {w}\n{o} = {p}.a",
    "class {q}:\n    def __getattribute__(self, name):\n        return {v}\n{p} = {q}()\n{p}.a = {w}\n{o} = {p}.a",
    "class {q}:\n    def __getattr__(self, name):\n        return {v}\n{o} = {q}().a",
    "class {q}:\n    def __new__(cls, a):\n        return {v}\n{o} = {q}({w})",
    "class {q}:\n    def __add__(self, a):\n        return {v}\n{o} = {q}() + {w}",
    "class {q}:\n    def __radd__(self, a):\n        return {v}\n{o} = 1 + {q}()",
    "class {q}(list):\n    def append(self, a):\n        super().append({v})\n{p} = {q}()\n"
    "{p}.append({w})\n{o} = {p}[0]",
    "class {q}(dict):\n    def __setitem__(self, key, a):\n        super().__setitem__(key, {v})\n{p} = {q}()\n"
    "{p}['a'] = {w}\n{o} = {p}['a']",
    "class {q}(dict):\n    def __missing__(self, key):\n        return {v}\n{o} = {q}(b={w})['a']",
    "class {q}:\n    def __bool__(self):\n        return flag\n{o} = {v} if {q}() else {w}",
    "class {q}:\n    def __eq__(self, other):\n        return True\n{o} = {v} if {q}() == 1 else {w}",
    "class {q}:\n    @property\n    def a(self):\n        return {v}\n    @a.setter\n    def a(self, a):\n"
    "        pass\n{p} = {q}()\n{p}.a = {w}\n{o} = {p}.a",
    "@dataclasses.dataclass\nclass {q}:\n    a: object\n    b: object\n    def __post_init__(self):\n"
    "        self.a = self.b\n{o} = {q}({w}, {v}).a",
    "class {q}:\n    def __init__(self, a, b):\n        self.a = a\n        self.b = b\n    def __post_init__(self):\n"
    "        self.a = self.b\n{o} = {q}({v}, {w}).a",
    "@dataclasses.dataclass\nclass {q}:\n    b: dataclasses.InitVar[object] = None\n    a: object = None\n"
    "    def __post_init__(self, b):\n        self.a = {w} if b is None else b\n{o} = {q}({v}).a",
    "@dataclasses.dataclass\nclass {q}:\n    a: object = dataclasses.field(default_factory=lambda: {w})\n"
    "{o} = dataclasses.replace({q}(), a={v}).a",
    "class {q}(typing.NamedTuple):\n    a: object\n    b: object = None\n{o} = {q}({w})._replace(a={v}).a",
    "class {q}:\n    def __enter__(self):\n        return {v}\n    def __exit__(self, *error):\n        return True\n"
    "{o} = {w}\nwith {q}() as {o}:\n    raise ValueError",
    "class {q}:\n    def __iter__(self):\n        yield {w}\n        yield {v}\n_, {o} = {q}()",
    "class {q}:\n    def __call__(self, a):\n        return a\n    def forward(self, a):\n        return {w}\n"
    "{o} = {q}()({v})",
    "class {q}:\n    @classmethod\n    def make(cls):\n        made = cls()\n        made.a = {v}\n"
    "        return made\n"
    "    def __init__(self):\n        self.a = {w}\n{o} = {q}.make().a",
    "class {q}:\n    def __init_subclass__(cls, **named):\n        cls.a = {v}\nclass {q}Too({q}):\n    a = {w}\n"
    "{o} = {q}Too.a",
    "class {q}:\n    def __class_getitem__(cls, key):\n        return {v}\n{o} = {q}[{w}]",
    "class {q}Type(type):\n    def __call__(cls, a):\n        return {v}\nclass {q}(metaclass={q}Type):\n    pass\n"
    "{o} = {q}({w})",
    "def {q}(cls):\n    cls.a = {v}\n    return cls\n@{q}\nclass {p}:\n    a = {w}\n{o} = {p}.a",
    "def {q}(function):\n    return lambda *given: {v}\n@{q}\ndef {p}(a):\n    return a\n{o} = {p}({w})",
)
_FORMS: Final = _ALIASES + _ORDERS + _CALLBACKS + _CLASSES


def replaced(writer: Writer, value: str, other: str) -> str:
    """The value, or what it was put in the place of: only who follows what Python does can tell."""
    p, q, out = (writer.name(stem) for stem in ("held", "other", "out"))
    writer.say(writer.random.choice(_FORMS).format(o=out, p=p, q=q, v=value, w=other))
    return out
