"""What PyTorch lets a program do to a model or tensor that is made: layers exchanged, numbers changed in place."""

from __future__ import annotations

from typing import Final

from writer import Wrap, Writer

_CHAINS: Final = (
    "{n}[1] = nn.Identity()",
    "{n}[-1] = nn.Identity()",
    "del {n}[1]",
    "del {n}[-1]",
    "{n}.pop(1)",
    "{n} = {n}[:1]",
    "{n} = {n}[:-1]",
    "{n} = nn.Sequential(*list({n})[:-1])",
    "{n} = nn.Sequential(*list({n}.children())[:-1])",
    "{n} = nn.Sequential(*[layer for layer in {n} if not isinstance(layer, {c})])",
    "{n}._modules['1'] = nn.Identity()",
    "{n}._modules.popitem()",
    "{n}._modules.pop('1')",
    "{n}._modules.update({{'1': nn.Identity()}})",
    "{n}._modules.clear()",
    "{n}.register_forward_hook(lambda module, given, out: given[0])",
    "{n}[1].register_forward_hook(lambda module, given, out: given[0])",
    "{n}.forward = lambda a: a",
    "{n}[1].forward = lambda a: a",
    "setattr({n}, '1', nn.Identity())",
    "setattr({n}, str(len({n}) - 1), nn.Identity())",
    "for name, _ in list({n}.named_children()):\n    setattr({n}, name, nn.Identity())",
    "for name, layer in {n}.named_children():\n    if isinstance(layer, {c}):\n"
    "        {n}._modules[name] = nn.Identity()",
    "{n}.add_module('1', nn.Identity())",
    "{n}.register_module('1', nn.Identity())",
    "{n}.set_submodule('1', nn.Identity())",
    "{m} = {n}\n{m}[1] = nn.Identity()",
    "{m} = copy.deepcopy({n})\n{m}[1] = nn.Identity()\n{n} = {m}",
    "{m} = nn.ModuleList({n})\n{m}[1] = nn.Identity()\n{n} = nn.Sequential(*{m})",
    "if flag:\n    {n}[1] = nn.Identity()\nelse:\n    {n} = {n}[:1]",
    "def cut(model):\n    model[1] = nn.Identity()\ncut({n})",
    "def cut(model):\n    return nn.Sequential(*list(model.children())[:-1])\n{n} = cut({n})",
    "while len({n}) > 1:\n    del {n}[-1]",
    "{n}.__dict__['_modules']['1'] = nn.Identity()",
    "{n}[1].register_forward_pre_hook(lambda module, given: None)\n{n}[1] = nn.Identity()",
    "{n}[1].register_forward_hook(functools.partial(lambda held, module, given, out: given[0], []))",
    "{n}.apply(lambda part: part.register_forward_hook(lambda module, given, out: given[0]))",
    "{n}.apply(lambda part: part.__setitem__(1, nn.Identity()) if isinstance(part, nn.Sequential) else None)",
    "def cut(part):\n    if isinstance(part, {c}):\n        part.forward = lambda a: a\n{n}.apply(cut)",
    "def cut(part):\n    if isinstance(part, nn.Sequential):\n        part[1] = nn.Identity()\n{n}.apply(cut)",
    "{n}.apply(lambda part: None)\n{n} = {n}[:1]",
    "mock.patch.object({n}[1], 'forward', lambda a: a).start()",
    "mock.patch.object({n}, 'forward', lambda a: a).start()",
)
_BLOCKS: Final = (
    "with mock.patch.object({n}, 'last', nn.Identity()):\n    {o} = {n}({v})",
    "with mock.patch.object({n}, 'forward', lambda a: a):\n    {o} = {n}({v})",
    "with mock.patch.object(type({n}), 'forward', lambda self, a: a):\n    {o} = {n}({v})",
    "with mock.patch.multiple({n}, last=nn.Identity()):\n    {o} = {n}({v})",
    "with contextlib.ExitStack() as stack:\n"
    "    stack.enter_context(mock.patch.object({n}, 'last', nn.Identity()))\n    {o} = {n}({v})",
    "@mock.patch.object({n}, 'last', nn.Identity())\ndef {m}(a):\n    return {n}(a)\n{o} = {m}({v})",
    "@contextlib.contextmanager\ndef {m}(net):\n    last, net.last = net.last, nn.Identity()\n    yield net\n"
    "    net.last = last\nwith {m}({n}) as cut:\n    {o} = cut({v})",
    "@contextlib.contextmanager\ndef {m}(net):\n    net.forward = lambda a: a\n    yield\n    del net.forward\n"
    "with {m}({n}):\n    {o} = {n}({v})",
    "@contextlib.contextmanager\ndef {m}(net):\n    hook = net.register_forward_hook(lambda net, given, out: given[0])"
    "\n    yield\n    hook.remove()\nwith {m}({n}):\n    {o} = {n}({v})",
    "class {m}:\n    def __enter__(self):\n        {n}.last, self.last = nn.Identity(), {n}.last\n"
    "    def __exit__(self, *error):\n        {n}.last = self.last\nwith contextlib.ExitStack() as stack:\n"
    "    stack.enter_context({m}())\n    {o} = {n}({v})",
    "class {m}(contextlib.ContextDecorator):\n    def __enter__(self):\n"
    "        {n}.last, self.last = nn.Identity(), {n}.last\n    def __exit__(self, *error):\n"
    "        {n}.last = self.last\n@{m}()\ndef run(a):\n    return {n}(a)\n{o} = run({v})",
    "seen = {{}}\n{n}.last.register_forward_hook(lambda module, given, out: seen.update(a=given[0]))\n"
    "{o} = {n}({v})\n{o} = seen['a']",
    "seen = []\ndef keep(module, given, out):\n    seen.append(given[0])\n{n}.last.register_forward_hook(keep)\n"
    "{o} = {n}({v})\n{o} = seen[-1]",
    "class {m}:\n    seen = None\n    def __call__(self, module, given, out):\n        self.seen = given[0]\n"
    "keep = {m}()\n{n}.last.register_forward_hook(keep)\n{o} = {n}({v})\n"
    "{o} = {o} if keep.seen is None else keep.seen",
    "last = {n}.last\ndef keep(module, given, out):\n    global {m}\n    {m} = given[0]\n"
    "last.register_forward_hook(keep)\n{n}({v})\n{o} = globals()['{m}']",
    "{n}.last.register_forward_pre_hook(lambda module, given: (given[0] * 0,))\n{o} = {n}({v})\n{o} = {v}",
    "hook = {n}.last.register_forward_hook(lambda module, given, out: given[0])\nhook.remove()\n{o} = {n}({v})",
    "with mock.patch.object({n}, 'last', nn.Identity()):\n    pass\n{o} = {n}({v})",
)
"""The value goes through a model inside of a block, or what it gives is kept on the way."""
_OBJECTS: Final = (
    "{n}.last = nn.Identity()",
    "{n}.last = None",
    "{n}.last.forward = lambda a: a",
    "{n}.forward = lambda a: a",
    "{n}._modules['last'] = nn.Identity()",
    "{n}.__dict__['forward'] = lambda a: a",
    "object.__setattr__({n}, 'forward', lambda a: a)",
    "type({n}).forward = lambda self, a: a",
    "type({n}).__call__ = lambda self, a: a",
    "{n}.add_module('last', nn.Identity())",
    "setattr({n}, ''.join(['la', 'st']), nn.Identity())",
    "{n}.register_forward_hook(lambda module, given, out: given[0])",
    "{n}.last.register_forward_hook(lambda module, given, out: given[0])",
    "{n}.last.__class__ = nn.Identity",
    "{n}.__class__ = nn.Identity",
    "def cut(model):\n    model.last = nn.Identity()\ncut({n})",
    "for module in {n}.modules():\n    if hasattr(module, 'last'):\n        module.last = nn.Identity()",
    "{n}.__dict__['_modules']['last'] = nn.Identity()",
    "vars({n})['_modules']['last'] = nn.Identity()",
    "{n}.apply(lambda part: setattr(part, 'last', nn.Identity()) if hasattr(part, 'last') else None)",
    "def cut(part):\n    if isinstance(part, {c}):\n        part.forward = lambda a: a\n{n}.apply(cut)",
    "{m} = {n}\n{n} = nn.Sequential(nn.Identity(), {m})\n"
    "{n}.apply(lambda part: setattr(part, 'last', nn.Identity()) if hasattr(part, 'last') else None)",
    "{m} = nn.ModuleList([{n}])\n{m}.apply(lambda part: part.register_forward_hook(lambda net, given, out: given[0]))",
    "{n}.forward = types.MethodType(lambda self, a: a, {n})",
    "{n}.forward = functools.partial(lambda net, a: a, {n})",
    "threading.Thread(target=setattr, args=({n}, 'last', nn.Identity())).run()",
    "weakref.proxy({n}).last = nn.Identity()",
    "{n}.get_submodule('last').register_forward_hook(lambda module, given, out: given[0])",
)
_TENSORS: Final = (
    "{p}.copy_({v})",
    "{p}.data = {v}",
    "{p}.data.copy_({v})",
    "{p}[:] = {v}",
    "{p}[...] = {v}",
    "torch.add({v}, 0, out={p})",
    "torch.mul({v}, 1, out={p})",
    "{p}.zero_().add_({v})",
    "{p}.mul_(0).add_({v})",
    "{p}.set_({v})",
    "{q} = {p}\n{q}.copy_({v})",
    "{q} = {p}[:, :]\n{q}.copy_({v})",
    "{q} = {p}.view(-1)\n{q}.copy_({v}.reshape(-1))",
    "{q} = {p}.detach()\n{q}.copy_({v})",
    "{q} = [{p}]\n{q}[0].copy_({v})",
    "for row, other in zip({p}, {v}):\n    row.copy_(other)",
    "{p}.index_copy_(0, torch.arange(len({v})), {v})",
    "def {q}(a, b):\n    a.copy_(b)\n{q}({p}, {v})",
    "def {q}(a, b):\n    a -= a\n    a += b\n{q}({p}, {v})",
    "{p}.numpy()[...] = {v}.numpy()",
    "{p} *= 0\n{p} += {v}",
    "{p} -= {p} - {v}",
    "{p}.lerp_({v}, 1.0)",
    "torch.where(torch.ones_like({p}).bool(), {v}, {p}, out={p})",
    "{p}.masked_scatter_(torch.ones_like({p}).bool(), {v})",
)


def exchanged(layer: str) -> Wrap:
    """An idiom: what a model would have done to the value, whose last layer is taken out of it again."""

    def wrap(writer: Writer, value: str) -> str:
        n, m = writer.name("net"), writer.name("other")
        cls = layer.partition("(")[0]
        if writer.random.random() < 0.6:
            writer.say(f"{n} = nn.Sequential(nn.Identity(), {layer})")
            writer.say(writer.random.choice(_CHAINS).format(n=n, m=m, c=cls))
        else:
            name = writer.name("Net")
            guard = "a if self.last is None else " if writer.random.random() < 0.5 else ""
            forms = _OBJECTS if guard else [form for form in _OBJECTS if "None" not in form]
            writer.define(
                f"class {name}(nn.Module):\n    def __init__(self):\n        super().__init__()\n"
                f"        self.last = {layer}\n\n    def forward(self, a):\n        return {guard}self.last(a)"
            )
            writer.say(f"{n} = {name}()")
            if writer.random.random() < 0.4:
                out = writer.name("out")
                writer.say(writer.random.choice(_BLOCKS).format(n=n, m=m, o=out, v=value))
                return out
            writer.say(writer.random.choice(forms).format(n=n, m=m, c=cls))
        return f"{n}({value})"

    return wrap


def overwritten(writer: Writer, value: str, other: str) -> str:
    """The value, written into a tensor that held another."""
    p, q = writer.keep(f"({other}).clone()", "held"), writer.name("other")
    writer.say(writer.random.choice(_TENSORS).format(p=p, q=q, v=value))
    return p
