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
)
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
            writer.say(writer.random.choice(forms).format(n=n, m=m, c=cls))
        return f"{n}({value})"

    return wrap


def overwritten(writer: Writer, value: str, other: str) -> str:
    """The value, written into a tensor that held another."""
    p, q = writer.keep(f"({other}).clone()", "held"), writer.name("other")
    writer.say(writer.random.choice(_TENSORS).format(p=p, q=q, v=value))
    return p
