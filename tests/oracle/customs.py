"""What Python lets a class, a decorator or a block do to a value: descriptors, properties, context managers, hooks."""

from __future__ import annotations

from typing import Final

from writer import Writer

_DESCRIPTORS: Final = (
    "class {q}D:\n    def __get__(self, owner, cls):\n        return {v}\nclass {q}:\n    a = {q}D()\n{o} = {q}().a",
    "class {q}D:\n    def __get__(self, owner, cls):\n        return {v}\nclass {q}:\n    a = {q}D()\n{p} = {q}()\n"
    "{p}.a = {v}\n{o} = {p}.a",
    "class {q}D:\n    def __set__(self, owner, a):\n        owner.b = {v}\n    def __get__(self, owner, cls):\n"
    "        return owner.b\nclass {q}:\n    a = {q}D()\n{p} = {q}()\n{p}.a = {w}\n{o} = {p}.a",
    "class {q}D:\n    def __set_name__(self, owner, name):\n        self.name = '_' + name\n"
    "    def __set__(self, owner, a):\n        setattr(owner, self.name, a)\n    def __get__(self, owner, cls):\n"
    "        return getattr(owner, self.name)\nclass {q}:\n    a = {q}D()\n    b = {q}D()\n{p} = {q}()\n"
    "{p}.a, {p}.b = {w}, {v}\n{o} = {p}.b",
    "class {q}D:\n    def __set__(self, owner, a):\n        owner.__dict__['a'] = {v}\nclass {q}:\n    a = {q}D()\n"
    "{p} = {q}()\n{p}.a = {w}\n{o} = {p}.__dict__['a']",
    "class {q}D:\n    def __set__(self, owner, a):\n        pass\n    def __get__(self, owner, cls):\n"
    "        return owner.__dict__['a']\nclass {q}:\n    a = {q}D()\n{p} = {q}()\nvars({p})['a'] = {v}\n"
    "{p}.a = {w}\n{o} = {p}.a",
    "class {q}D:\n    def __delete__(self, owner):\n        owner.b = {v}\n    def __get__(self, owner, cls):\n"
    "        return owner.b\nclass {q}:\n    a = {q}D()\n    def __init__(self):\n        self.b = {w}\n"
    "{p} = {q}()\ndel {p}.a\n{o} = {p}.a",
    "class {q}:\n    @functools.cached_property\n    def a(self):\n        return {w}\n{p} = {q}()\n{p}.a = {v}\n"
    "{o} = {p}.a",
    "class {q}:\n    def __init__(self):\n        self.a = {w}\n    def __delattr__(self, name):\n"
    "        self.a = {v}\n{p} = {q}()\ndel {p}.a\n{o} = {p}.a",
    "class {q}(property):\n    pass\nclass {p}:\n    @{q}\n    def a(self):\n        return {v}\n{o} = {p}().a",
    "class {q}L:\n    def __init__(self, run):\n        self.run = run\n    def __get__(self, owner, cls):\n"
    "        return self.run(owner)\nclass {q}:\n    @{q}L\n    def a(self):\n        return {v}\n{o} = {q}().a",
)
_PROPERTIES: Final = (
    "class {q}:\n    a = property(lambda self: self.b, lambda self, a: setattr(self, 'b', {v}))\n{p} = {q}()\n"
    "{p}.a = {w}\n{o} = {p}.a",
    "class {q}:\n    a = property(fget=lambda self: {v}, fset=lambda self, a: None)\n{p} = {q}()\n"
    "{p}.a = {w}\n{o} = {p}.a",
    "class {q}:\n    a = property(operator.attrgetter('b'), lambda self, a: setattr(self, 'b', {v}))\n{p} = {q}()\n"
    "{p}.a = {w}\n{o} = {p}.a",
    "class {q}:\n    def get(self):\n        return self.b\n    def put(self, a):\n        self.b = {v}\n"
    "    a = property(get).setter(put)\n{p} = {q}()\n{p}.a = {w}\n{o} = {p}.a",
    "class {q}:\n    def get(self):\n        return self.b\n    def put(self, a):\n        self.b = {v}\n"
    "    a = property(get)\n    a = a.setter(put)\n{p} = {q}()\n{p}.a = {w}\n{o} = {p}.a",
    "class {q}:\n    def get(self):\n        return {w}\n    def other(self):\n        return {v}\n"
    "    a = property(get).getter(other)\n{o} = {q}().a",
    "def {q}Make(name):\n    return property(lambda self: getattr(self, name), lambda self, a: "
    "setattr(self, name, {v}))\nclass {q}:\n    a = {q}Make('_a')\n{p} = {q}()\n{p}.a = {w}\n{o} = {p}.a",
    "class {q}:\n    pass\n{q}.a = property(lambda self: self.b, lambda self, a: setattr(self, 'b', {v}))\n"
    "{p} = {q}()\n{p}.a = {w}\n{o} = {p}.a",
    "class {q}:\n    b = {w}\n    @property\n    def a(self):\n        return self.b\n"
    "    @a.deleter\n    def a(self):\n        self.b = {v}\n{p} = {q}()\ndel {p}.a\n{o} = {p}.a",
    "class {q}:\n    b = {w}\n    @property\n    def a(self):\n        return self.b\n"
    "    @a.deleter\n    def a(self):\n        self.b = {v}\n{p} = {q}()\ndelattr({p}, 'a')\n{o} = {p}.a",
    "class {q}:\n    @property\n    def a(self):\n        return self.b\n    @a.setter\n    def a(self, a):\n"
    "        self.b = a\nclass {q}Too({q}):\n    @{q}.a.setter\n    def a(self, a):\n        self.b = {v}\n"
    "{p} = {q}Too()\n{p}.a = {w}\n{o} = {p}.a",
    "class {q}:\n    @property\n    def a(self):\n        return {v}\nclass {q}Too({q}):\n    @property\n"
    "    def a(self):\n        return super().a\n{o} = {q}Too().a",
)
_MANAGERS: Final = (
    "class {q}:\n    def __enter__(self):\n        {p}[0] = {v}\n    def __exit__(self, *error):\n"
    "        {p}[0] = {w}\n{p} = [{w}]\nwith {q}():\n    {o} = {p}[0]",
    "class {q}:\n    def __enter__(self):\n        {p}[0] = {w}\n    def __exit__(self, *error):\n"
    "        {p}[0] = {v}\n{p} = [{w}]\nwith {q}():\n    pass\n{o} = {p}[0]",
    "class {q}:\n    def __init__(self):\n        {p}[0] = {v}\n    def __enter__(self):\n        pass\n"
    "    def __exit__(self, *error):\n        {p}[0] = {w}\n{p} = [{w}]\nwith {q}():\n    {o} = {p}[0]",
    "class {q}:\n    def __enter__(self):\n        self.a = {v}\n        return self\n"
    "    def __exit__(self, *error):\n        del self.a\nwith {q}() as {p}:\n    {o} = {p}.a",
    "@contextlib.contextmanager\ndef {q}(held):\n    before, held[0] = held[0], {v}\n    yield held\n"
    "    held[0] = before\n{p} = [{w}]\nwith {q}({p}):\n    {o} = {p}[0]",
    "@contextlib.contextmanager\ndef {q}(held):\n    held[0] = {w}\n    try:\n        yield held\n    finally:\n"
    "        held[0] = {v}\n{p} = [{w}]\nwith {q}({p}):\n    pass\n{o} = {p}[0]",
    "@contextlib.contextmanager\ndef {q}(held):\n    held.a = {v}\n    yield held\n    del held.a\n"
    "class {q}Held:\n    a = {w}\n{p} = {q}Held()\nwith {q}({p}) as inner:\n    {o} = inner.a",
    "@contextlib.contextmanager\ndef {q}(held):\n    held.a = {w}\n    yield held\n    del held.a\n"
    "class {q}Held:\n    a = {v}\n{p} = {q}Held()\nwith {q}({p}):\n    pass\n{o} = {p}.a",
    "@contextlib.contextmanager\ndef {q}(held):\n    before, held[0] = held[0], {v}\n    yield\n"
    "    held[0] = before\n{p} = [{w}]\nwith contextlib.ExitStack() as stack:\n    stack.enter_context({q}({p}))\n"
    "    {o} = {p}[0]",
    "class {q}:\n    def __enter__(self):\n        return {v}\n    def __exit__(self, *error):\n        pass\n"
    "with contextlib.ExitStack() as stack:\n    {o} = stack.enter_context({q}())",
    "class {q}:\n    def __enter__(self):\n        {p}[0] = {v}\n    def __exit__(self, *error):\n"
    "        {p}[0] = {w}\n{p} = [{w}]\nstack = contextlib.ExitStack()\nstack.enter_context({q}())\n{o} = {p}[0]\n"
    "stack.close()",
    "class {q}:\n    def __enter__(self):\n        {p}[0] = {v}\n    def __exit__(self, *error):\n"
    "        {p}[0] = {w}\n{p} = [{w}]\n{q}().__enter__()\n{o} = {p}[0]",
    "class {q}(contextlib.ContextDecorator):\n    def __enter__(self):\n        {p}[0] = {v}\n"
    "    def __exit__(self, *error):\n        {p}[0] = {w}\n{p} = [{w}]\n@{q}()\ndef {p}Get():\n    return {p}[0]\n"
    "{o} = {p}Get()",
    "@contextlib.contextmanager\ndef {q}():\n    before, {p}[0] = {p}[0], {v}\n    yield\n    {p}[0] = before\n"
    "{p} = [{w}]\n@{q}()\ndef {p}Get():\n    return {p}[0]\n{o} = {p}Get()",
    "class {q}:\n    def __enter__(self):\n        self.on = True\n        return self\n"
    "    def __exit__(self, *error):\n        self.on = False\n    def get(self):\n"
    "        return {w} if self.on else {v}\n    on = False\n{p} = {q}()\nwith {p}:\n    pass\n{o} = {p}.get()",
    "{p} = [{w}]\nwith contextlib.ExitStack() as stack:\n"
    "    stack.callback(lambda held: operator.setitem(held, 0, {v}), {p})\n{o} = {p}[0]",
    "{p} = [{w}]\nwith contextlib.ExitStack() as stack:\n    stack.push(lambda *error: {p}.insert(0, {v}))\n"
    "{o} = {p}[0]",
    "class {q}:\n    def close(self):\n        {p}[0] = {v}\n{p} = [{w}]\nwith contextlib.closing({q}()):\n    pass\n"
    "{o} = {p}[0]",
    "{p} = {{'a': {w}}}\nwith mock.patch.dict({p}, a={v}):\n    {o} = {p}['a']",
    "{p} = types.SimpleNamespace(a={w})\nwith mock.patch.object({p}, 'a', {v}):\n    {o} = {p}.a",
    "class {q}:\n    a = {w}\nwith mock.patch.object({q}, 'a', {v}):\n    {o} = {q}().a",
    "class {q}:\n    a = {w}\n@mock.patch.object({q}, 'a', {v})\ndef {p}():\n    return {q}.a\n{o} = {p}()",
    "class {q}:\n    a = {w}\nmock.patch.object({q}, 'a', {v}).start()\n{o} = {q}.a",
    "class {q}:\n    a = b = {w}\nwith mock.patch.multiple({q}, a={v}, b=1):\n    {o} = {q}.a",
)
_DECORATORS: Final = (
    "class {q}:\n    def __init__(self, run):\n        self.run = run\n    def __call__(self, a):\n"
    "        return {v}\n@{q}\ndef {p}(a):\n    return a\n{o} = {p}({w})",
    "class {q}:\n    def __call__(self, run):\n        return lambda a: {v}\n@{q}()\ndef {p}(a):\n    return a\n"
    "{o} = {p}({w})",
    "class {q}:\n    def __call__(self, run):\n        return run\n@{q}()\ndef {p}(a):\n    return a\n{o} = {p}({v})",
    "def {q}(run):\n    return functools.partial(lambda run, a: run({v}), run)\n@{q}\ndef {p}(a):\n    return a\n"
    "{o} = {p}({w})",
    "class {q}:\n    def __init__(self, run):\n        self.run = run\n    def __call__(self, *given):\n"
    "        return self.run(*given)\ndef {q}Make(run):\n    return {q}(run)\n@{q}Make\ndef {p}(a):\n    return a\n"
    "{o} = {p}({v})",
    "class {q}:\n    def kept(self, run):\n        return lambda a: run({v})\n{q}One = {q}()\n@{q}One.kept\n"
    "def {p}(a):\n    return a\n{o} = {p}({w})",
    "class {q}:\n    pass\ndef {q}Put(cls):\n    cls.a = property(lambda self: {v})\n    return cls\n"
    "{q} = {q}Put({q})\n{o} = {q}().a",
    "class {q}:\n    @functools.singledispatchmethod\n    def get(self, a):\n        return {w}\n"
    "    @get.register\n    def _(self, a: int):\n        return {v}\n{o} = {q}().get(1)",
    "class {q}:\n    def get(self, a):\n        return a\n    one = functools.partialmethod(get, {v})\n"
    "{o} = {q}().one()",
)
_GENERATORS: Final = (
    "def {q}(held):\n    held[0] = {w}\n    yield\n{p} = [{v}]\nmade = {q}({p})\n{o} = {p}[0]",
    "def {q}(held):\n    held[0] = {v}\n    yield\n    held[0] = {w}\n{p} = [{w}]\nmade = {q}({p})\nnext(made)\n"
    "{o} = {p}[0]",
    "def {q}(held):\n    yield 1\n    held[0] = {w}\n{p} = [{v}]\nfor _ in {q}({p}):\n    {o} = {p}[0]",
    "def {q}():\n    a = yield\n    yield a\nmade = {q}()\nnext(made)\n{o} = made.send({v})",
    "def {q}(held):\n    yield held[0]\n{p} = [{w}]\nmade = {q}({p})\n{p}[0] = {v}\n{o} = next(made)",
)
_HANDED: Final = (
    "{p} = [{w}]\nthread = threading.Thread(target=operator.setitem, args=({p}, 0, {v}))\nthread.start()\n"
    "thread.join()\n{o} = {p}[0]",
    "def {q}(held):\n    held[0] = {v}\n{p} = [{w}]\nthread = threading.Thread(target={q}, args=({p},))\n"
    "thread.start()\nthread.join()\n{o} = {p}[0]",
    "class {q}:\n    a = {w}\n    def run(self):\n        self.a = {v}\n{p} = {q}()\n"
    "thread = threading.Thread(target={p}.run)\nthread.start()\nthread.join()\n{o} = {p}.a",
    "class {q}:\n    a = {w}\n{p} = {q}()\nweakref.proxy({p}).a = {v}\n{o} = {p}.a",
    "class {q}:\n    a = {w}\n{p} = {q}()\nweakref.ref({p})().a = {v}\n{o} = {p}.a",
    "class {q}:\n    def __call__(self, key):\n        {p}[0] = {v}\n        return key\n{p} = [{w}]\n"
    "sorted([1], key={q}())\n{o} = {p}[0]",
    "def {q}(held, key):\n    held[0] = {v}\n    return key\n{p} = [{w}]\nmax([1], key=functools.partial({q}, {p}))\n"
    "{o} = {p}[0]",
    "{p} = [{w}]\nlist(itertools.starmap(operator.setitem, [({p}, 0, {v})]))\n{o} = {p}[0]",
    "{p} = {{'a': {w}}}\noperator.methodcaller('update', a={v})({p})\n{o} = {p}['a']",
    "{p} = types.SimpleNamespace(a={w})\noperator.methodcaller('__setattr__', 'a', {v})({p})\n{o} = {p}.a",
)
_COPIES: Final = (
    "class {q}:\n    a = {w}\n    def __copy__(self):\n        made = {q}()\n        made.a = {v}\n"
    "        return made\n"
    "{o} = copy.copy({q}()).a",
    "class {q}:\n    a = {w}\n    def __deepcopy__(self, memo):\n        made = {q}()\n        made.a = {v}\n"
    "        return made\n{p} = [{q}()]\n{o} = copy.deepcopy({p})[0].a",
    "class {q}:\n    def __init__(self, a):\n        self.a = a\n"
    "    def __reduce__(self):\n        return ({q}, ({v},))\n"
    "{o} = copy.copy({q}({w})).a",
    "class {q}:\n    def __init__(self, a):\n        self.a = a\n    def __getstate__(self):\n"
    "        return {{'a': {v}}}\n{o} = copy.deepcopy({q}({w})).a",
    "class {q}:\n    def __init__(self, a):\n        self.a = a\n{p} = {q}({w})\n{p}2 = copy.copy({p})\n"
    "{p}2.a = {v}\n{o} = {p}2.a if flag else {p}2.a",
    "class {q}:\n    @functools.cached_property\n    def held(self):\n        return [{w}]\n{p} = {q}()\n"
    "{p}.held[0] = {v}\n{o} = {p}.held[0]",
    "class {q}:\n    @property\n    def held(self):\n        return [{v}]\n{p} = {q}()\n{p}.held[0] = {w}\n"
    "{o} = {p}.held[0]",
)
_FORMS: Final = (*_DESCRIPTORS, *_PROPERTIES, *_MANAGERS, *_DECORATORS, *_GENERATORS, *_HANDED, *_COPIES)


def replaced(writer: Writer, value: str, other: str) -> str:
    """The value, where another one was or will be: only who follows what Python runs can tell."""
    p, q, out = (writer.name(stem) for stem in ("held", "Own", "out"))
    writer.say(writer.random.choice(_FORMS).format(o=out, p=p, q=q, v=value, w=other))
    return out
