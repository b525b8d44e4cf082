"""Programs that hand a prediction to a loss, drawn at random: what made it, and what hides the way between.

A program is a module with a function ``main(x, y, t)`` that can be run: `x` are features of shape (N, 8) or, for
images, (N, 8, 4, 4), `y` class indices, `t` labels in [0, 1]. What a branch depends on is ``flag``, which is true when
an argument is given; what is looked up by the name ``sys.argv[-1]`` is found then. Every call of a loss stands on a
line of its own.

Nothing here knows what is right: that is found by running the program (`tracer`).
"""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Final

import besides
import changes
import customs
import manners
import surgery
from writer import CLASSES, Wrap, Writer

SCALED: Final = "arithmetic"
"""The idiom behind which what is squeezed together may be meant to be."""

# -- what makes the prediction ----------------------------------------------------------------------------------------


def _activation(writer: Writer, kind: str, z: str) -> str:
    """An expression that applies an activation to scores, or nothing."""
    dim = writer.random.choice(("1",) if writer.images else ("1", "-1"))
    forms = {
        "logits": ["{z}"],
        "softmax": [
            "F.softmax({z}, dim={d})",
            "torch.softmax({z}, {d})",
            "{z}.softmax({d})",
            "nn.Softmax(dim={d})({z})",
            "{z}.log_softmax({d}).exp()",
        ],
        "sigmoid": ["torch.sigmoid({z})", "{z}.sigmoid()", "F.sigmoid({z})", "nn.Sigmoid()({z})"],
        "log_softmax": [
            "F.log_softmax({z}, dim={d})",
            "torch.log_softmax({z}, {d})",
            "nn.LogSoftmax(dim={d})({z})",
            "torch.log(F.softmax({z}, dim={d}))",
            "{z}.softmax({d}).log()",
        ],
        "log_sigmoid": ["F.logsigmoid({z})", "nn.LogSigmoid()({z})", "torch.sigmoid({z}).log()"],
        "relu": ["F.relu({z})", "torch.relu({z})", "nn.ReLU()({z})", "{z}.relu()"],
        "tanh": ["torch.tanh({z})", "{z}.tanh()", "nn.Tanh()({z})"],
    }[kind]
    return writer.random.choice(forms).format(z=z, d=dim)


_LAST = {
    "logits": None,
    "softmax": "nn.Softmax(dim=1)",
    "sigmoid": "nn.Sigmoid()",
    "log_softmax": "nn.LogSoftmax(dim=1)",
    "log_sigmoid": "nn.LogSigmoid()",
    "relu": "nn.ReLU()",
    "tanh": "nn.Tanh()",
}


def _affine(writer: Writer) -> str:
    return f"nn.Conv2d(8, {CLASSES}, 1)" if writer.images else f"nn.Linear(8, {CLASSES})"


def _global_layer(writer: Writer, kind: str) -> str:
    head = writer.name("head")
    writer.define(f"{head} = {_affine(writer)}")
    return _activation(writer, kind, f"{head}(x)")


def _local_layer(writer: Writer, kind: str) -> str:
    return _activation(writer, kind, writer.keep(f"{writer.keep(_affine(writer), 'head')}(x)", "scores"))


def _by_matrix(writer: Writer, kind: str) -> str:
    if writer.images:
        return _local_layer(writer, kind)
    weight = writer.keep(f"torch.randn(8, {CLASSES})", "weight")
    return _activation(writer, kind, f"F.linear(x, {weight}.t())")


def _sequential(writer: Writer, kind: str) -> str:
    last = _LAST[kind]
    layers = [_affine(writer), *([last] if last else [])]
    form = writer.random.randrange(4)
    if form == 0:
        net = writer.keep(f"nn.Sequential({', '.join(layers)})", "net")
    elif form == 1:
        net = writer.keep(f"nn.Sequential(*[{', '.join(layers)}])", "net")
    elif form == 2:
        pairs = ", ".join(f'("layer{number}", {layer})' for number, layer in enumerate(layers))
        net = writer.keep(f"nn.Sequential(collections.OrderedDict([{pairs}]))", "net")
    else:
        net = writer.keep("nn.Sequential()", "net")
        for number, layer in enumerate(layers):
            writer.say(f'{net}.add_module("layer{number}", {layer})')
    return f"{net}(x)"


def _module(writer: Writer, kind: str) -> str:
    name = writer.name("Net")
    last = _LAST[kind]
    form = writer.random.randrange(5)
    applied = _activation(writer, kind, "self.head(x)")
    if form == 1 and last:
        init, forward = f"self.last = {last}", "return self.last(self.head(x))"
    elif form == 2:
        init, forward = "pass", f"z = self.head(x)\n        return {_activation(writer, kind, 'z')}"
    elif form == 3 and last:
        init = f"self.layers = nn.ModuleList([self.head, {last}])"
        forward = "for layer in self.layers:\n            x = layer(x)\n        return x"
    elif form == 4 and last:
        init, forward = f"self.all = nn.Sequential(self.head, {last})", "return self.all(x)"
    else:
        init, forward = "pass", f"return {applied}"
    writer.define(
        f"""
class {name}(nn.Module):
    def __init__(self):
        super().__init__()
        self.head = {_affine(writer)}
        {init}

    def forward(self, x):
        {forward}
"""
    )
    call = writer.random.choice(
        (
            "{n}()(x)",
            "{n}().forward(x)",
            "{n}().train()(x)",
            "{n}().to('cpu')(x)",
            "torch.compile({n}())(x)",
            "torch.jit.script({n}())(x)",
        )
    )
    return call.format(n=name)


def _flagged_module(writer: Writer, kind: str) -> str:
    """A module that applies its activation when it is told to."""
    name = writer.name("Net")
    default = writer.random.choice((True, False))
    writer.define(
        f"""
class {name}(nn.Module):
    def __init__(self, activate={default}):
        super().__init__()
        self.head = {_affine(writer)}
        self.activate = activate

    def forward(self, x):
        z = self.head(x)
        if self.activate:
            z = {_activation(writer, kind, "z")}
        return z
"""
    )
    return f"{name}({writer.random.choice(('', 'True', 'activate=False', 'activate=flag'))})(x)"


def _inherited(writer: Writer, kind: str) -> str:
    base, name = writer.name("Base"), writer.name("Net")
    writer.define(
        f"""
class {base}(nn.Module):
    def __init__(self, units):
        super().__init__()
        self.head = {_affine(writer).replace(str(CLASSES), "units", 1) if not writer.images else _affine(writer)}

    def forward(self, x):
        return self.finish(self.head(x))

    def finish(self, z):
        return z


class {name}({base}):
    def finish(self, z):
        return {_activation(writer, kind, "super().finish(z)")}
"""
    )
    return f"{name}({CLASSES})(x)"


PRODUCERS: Final[dict[str, Callable[[Writer, str], str]]] = {
    "a layer of the module": _global_layer,
    "a layer of the function": _local_layer,
    "a matrix product": _by_matrix,
    "Sequential": _sequential,
    "a class of modules": _module,
    "an activation by flag": _flagged_module,
    "an inherited forward": _inherited,
}

# -- what hides the way -----------------------------------------------------------------------------------------------


def _view(writer: Writer, value: str) -> str:
    forms = [
        "{v}.contiguous()",
        "{v}.clone()",
        "{v}.float()",
        "{v}.to('cpu')",
        "{v}.view_as({v})",
        "{v}.reshape({v}.shape)",
        "{v}.unsqueeze(0).squeeze(0)",
        "{v}.transpose(0, 1).transpose(0, 1)",
        "torch.clone({v})",
        "{v}[:]",
        "{v}.type(torch.float32)",
        "{v}.flatten(1)" if not writer.images else "{v}.contiguous()",
        "{v}.view(-1, {v}.shape[-1])" if not writer.images else "{v}.permute(0, 2, 3, 1).reshape(-1, 5)",
    ]
    form = writer.random.choice(forms)
    if "reshape(-1, 5)" in form:
        writer.images = False
    return form.format(v=writer.keep(value))


def _helper(writer: Writer, value: str) -> str:
    name = writer.name("helper")
    parameters, call, body = writer.random.choice(
        [
            ("a", f"{name}({value})", "return a"),
            ("a, b=None", f"{name}({value})", "return a if b is None else b"),
            ("a, *rest", f"{name}({value}, x, y)", "return a"),
            ("*args", f"{name}({value}, x)", "return args[0]"),
            ("**kwargs", f"{name}(a={value}, b=x)", "return kwargs['a']"),
            ("b, a", f"{name}(a={value}, b=x)", "return a"),
            ("a, times", f"{name}({value}, 2)", f"return a if times == 0 else {name}(a, times - 1)"),
            ("*, a", f"{name}(a={value})", "b = a\n    return b"),
            ("a, both=True", f"{name}({value})[0]", "return (a, a) if both else a"),
        ]
    )
    writer.define(f"def {name}({parameters}):\n    {body}")
    return call


def _early_return(writer: Writer, value: str) -> str:
    name = writer.name("helper")
    other = writer.random.choice(("a.clone()", "a.double()", "a.reshape(a.shape)"))
    writer.define(f"def {name}(a, early=True):\n    if early:\n        return a\n    return {other}")
    return f"{name}({value}{writer.random.choice(('', ', True', ', early=False', ', flag'))})"


def _holder(writer: Writer, value: str) -> str:
    name = writer.name("Holder")
    form = writer.random.randrange(7)
    texts = [
        (
            f"class {name}:\n    def __init__(self, a):\n        self.a = a\n\n"
            "    def get(self):\n        return self.a",
            f"{name}({value}).get()",
        ),
        (
            f"class {name}:\n    def __init__(self, a):\n        self._a = a\n\n"
            "    @property\n    def a(self):\n        return self._a",
            f"{name}({value}).a",
        ),
        (f"class {name}:\n    @staticmethod\n    def same(a):\n        return a", f"{name}.same({value})"),
        (f"class {name}:\n    @classmethod\n    def same(cls, a):\n        return a", f"{name}.same({value})"),
        (f"class {name}:\n    def __call__(self, a):\n        return a", f"{name}()({value})"),
        (f"@dataclasses.dataclass\nclass {name}:\n    a: torch.Tensor\n    b: int = 0", f"{name}({value}, b=1).a"),
        (f"class {name}(typing.NamedTuple):\n    a: torch.Tensor\n    b: int = 0", f"{name}(a={value}).a"),
    ]
    text, call = texts[form]
    writer.define(text)
    return call


def _attribute(writer: Writer, value: str) -> str:
    name = writer.name("State")
    writer.define(
        f"class {name}:\n    def __init__(self):\n        self.last = None\n\n"
        "    def set(self, a):\n        self.last = a\n"
    )
    state = writer.keep(f"{name}()", "state")
    writer.say(
        writer.random.choice(("{s}.set({v})", "{s}.last = {v}", "setattr({s}, 'last', {v})")).format(s=state, v=value)
    )
    return writer.random.choice((f"{state}.last", f"getattr({state}, 'last')"))


def _dict(writer: Writer, value: str) -> str:
    form = writer.random.randrange(7)
    name = writer.name("outputs")
    if form == 0:
        writer.say(f"{name} = {{'out': {value}, 'features': x}}")
        return f"{name}['out']"
    if form == 1:
        writer.say(f"{name} = dict(out={value}, features=x)")
        return f"{name}.get('out')"
    if form == 2:
        writer.say(f"{name} = {{}}\n{name}['out'] = {value}\n{name}['features'] = x")
        return f"{name}['out']"
    if form == 3:
        writer.say(f"{name} = {{'features': x}}\n{name}.update({{'out': {value}}})")
        return f"{name}.pop('out')"
    if form == 4:
        writer.say(f"{name} = {{'out': {value}}}")
        writer.say(f"for key, each in {name}.items():\n    last = each")
        return "last"
    if form == 5:
        writer.say(f"{name} = {{**{{'features': x}}, 'out': {value}}}")
        return f"{name}['out']"
    writer.say(f"{name} = {{key: each for key, each in [('features', x), ('out', {value})]}}")
    return f"{name}['out']"


def _list(writer: Writer, value: str) -> str:
    name = writer.name("parts")
    kept = writer.keep(value)
    forms = [
        f"{name} = []\n{name}.append({kept})\n{name}.append({kept})",
        f"{name} = []\nfor part in ({kept}, {kept}):\n    {name}.append(part)",
        f"{name} = [part for part in ({kept}, {kept})]",
        f"{name} = [{kept}] + [{kept}]",
        f"{name} = []\nfor _ in range(3):\n    {name} += [{kept}]",
        f"{name} = []\n{name}.extend([{kept}, {kept}])",
        f"{name} = list(map(lambda part: part, [{kept}, {kept}]))",
    ]
    writer.say(writer.random.choice(forms))
    return writer.random.choice(
        (f"torch.cat({name})", f"torch.cat({name}, dim=0)", f"torch.stack({name})[0]", f"{name}[-1]")
    )


def _tuple(writer: Writer, value: str) -> str:
    first, second = writer.name("first"), writer.name("second")
    helper = writer.name("both")
    form = writer.random.randrange(6)
    if form == 0:
        writer.say(f"{first}, {second} = {value}, x")
        return first
    if form == 1:
        writer.say(f"{first}, *{second} = ({value}, x, y)")
        return first
    if form == 2:
        writer.say(f"{first}, {second} = x, {value}\n{first}, {second} = {second}, {first}")
        return first
    if form == 3:
        writer.say(f"({first}, {second}), _ = ({value}, x), y")
        return first
    if form == 4:
        writer.define(f"def {helper}(a):\n    return a.detach(), a")
        writer.say(f"_, {second} = {helper}({value})")
        return second
    writer.define(f"def {helper}(a, b):\n    return a, b")
    return f"{helper}({value}, x)[0]"


def _loop(writer: Writer, value: str) -> str:
    out = writer.name("out")
    kept = writer.keep(value)
    forms = [
        f"for _ in range(2):\n    {out} = {kept}",
        f"{out} = x\nfor _ in range(2):\n    {out} = {kept}",
        f"{out} = {kept}\nwhile True:\n    {out} = {out}.clone()\n    break",
        f"for number, {out} in enumerate([{kept}, {kept}]):\n    pass",
        f"for {out}, _ in zip([{kept}], [x]):\n    pass",
        f"for step in range(3):\n    if step == 1:\n        continue\n    {out} = {kept}",
    ]
    writer.say(writer.random.choice(forms))
    return out


def _closure(writer: Writer, value: str) -> str:
    kept, name = writer.keep(value), writer.name("inner")
    form = writer.random.randrange(5)
    if form == 0:
        writer.say(f"def {name}():\n    return {kept}")
        return f"{name}()"
    if form == 1:
        return f"(lambda: {kept})()"
    if form == 2:
        writer.say(f"{name}_out = x\ndef {name}():\n    nonlocal {name}_out\n    {name}_out = {kept}\n{name}()")
        return f"{name}_out"
    if form == 3:
        writer.define(f"def make_{name}(a):\n    def {name}():\n        return a\n    return {name}")
        return f"make_{name}({kept})()"
    writer.say(f"{name} = lambda a={kept}: a")
    return f"{name}()"


def _partial(writer: Writer, value: str) -> str:
    name = writer.name("same")
    writer.define(f"def {name}(a, b=None):\n    return a")
    return writer.random.choice(
        (
            f"functools.partial({name}, {value})()",
            f"functools.partial({name}, b=1)({value})",
            f"functools.partial({name}, a={value})()",
        )
    )


def _branch(writer: Writer, value: str) -> str:
    kept, out = writer.keep(value), writer.name("out")
    forms = [
        f"if flag:\n    {out} = {kept}\nelse:\n    {out} = {kept}.clone()",
        f"{out} = {kept}\nif flag:\n    {out} = {out}.contiguous()",
        f"{out} = {kept} if flag else {kept}.float()",
        f"if x is None:\n    {out} = x\nelse:\n    {out} = {kept}",
        f"{out} = None\nif {out} is None:\n    {out} = {kept}",
    ]
    writer.say(writer.random.choice(forms))
    return out


def _other_branch(writer: Writer, value: str) -> str:
    """The value, or something else made of it."""
    kept = writer.keep(value)
    return manners.either(writer, kept, f"({_activation(writer, writer.random.choice(sorted(_LAST)), kept)})")


def _change(writer: Writer, value: str) -> str:
    """Something made of the value, in the place of which the value is put."""
    kept = writer.keep(value)
    return changes.replaced(writer, kept, f"({_activation(writer, writer.random.choice(sorted(_LAST)), kept)})")


def _custom(writer: Writer, value: str) -> str:
    """The value, in the place of something made of it, by what a class, a block or a decorator does."""
    kept = writer.keep(value)
    return customs.replaced(writer, kept, f"({_activation(writer, writer.random.choice(sorted(_LAST)), kept)})")


def _surgery(writer: Writer, value: str) -> str:
    """A model that does nothing to the value any more, or a tensor into which it was written."""
    kept = writer.keep(value)
    kind = writer.random.choice(sorted(kind for kind, layer in _LAST.items() if layer))
    if writer.random.random() < 0.6:
        return surgery.exchanged(str(_LAST[kind]))(writer, kept)
    return surgery.overwritten(writer, kept, f"({_activation(writer, kind, kept)})")


def _augmented(writer: Writer, value: str) -> str:
    out = writer.keep(value)
    writer.say(
        writer.random.choice(("{o} += 0", "{o} -= 0.0", "{o} = {o} + 0", "{o} *= 1", "{o} = {o} / 1.0")).format(o=out)
    )
    return out


def _scaled(writer: Writer, value: str) -> str:
    forms = ["({v}) * 2", "({v}) / 0.5", "3.0 * ({v})", "-({v})", "({v}) - 1", "1 - ({v})", "0.9 * ({v})", "({v}) / 2"]
    return writer.random.choice(forms).format(v=value)


def _cut_off(writer: Writer, value: str) -> str:
    """Numbers outside a range are set to its ends, or made smaller: those inside it stay what they are."""
    forms = [
        "F.relu({v})",
        "F.relu6({v})",
        "F.hardtanh({v})",
        "F.hardtanh({v}, 0.0, 1.0)",
        "nn.Hardtanh(0.0, 1.0)({v})",
        "F.hardtanh(0.9 * ({v}))",
        "F.relu(0.9 * ({v}))",
        "F.relu(1 - ({v}))",
        "({v}).clamp(min=1e-6)",
        "({v}).clamp(0, 1)",
        "torch.clamp({v}, 1e-6, 1 - 1e-6)",
        "torch.clip({v}, max=50.0)",
    ]
    return writer.random.choice(forms).format(v=value)


def _block(writer: Writer, value: str) -> str:
    out = writer.name("out")
    forms = [
        "try:\n    {o} = {v}\nfinally:\n    pass",
        "try:\n    {o} = {v}\nexcept ValueError:\n    {o} = x",
        "with contextlib.nullcontext():\n    {o} = {v}",
        "with torch.enable_grad():\n    {o} = {v}",
        "({o} := {v})",
        "{o} = other = {v}",
        "{o}: torch.Tensor = {v}",
        "match y:\n    case None:\n        {o} = x\n    case _:\n        {o} = {v}",
    ]
    writer.say(writer.random.choice(forms).format(o=out, v=value))
    return out


def _decorated(writer: Writer, value: str) -> str:
    keep, name = writer.name("logged"), writer.name("same")
    writer.define(
        f"def {keep}(function):\n    @functools.wraps(function)\n    def inner(*args, **kwargs):\n"
        "        return function(*args, **kwargs)\n\n    return inner"
    )
    writer.define(f"@{keep}\ndef {name}(a):\n    return a")
    return f"{name}({value})"


def _generator(writer: Writer, value: str) -> str:
    name, out = writer.name("each"), writer.name("out")
    writer.define(f"def {name}(a):\n    yield a")
    if writer.random.random() < 0.5:
        return f"next({name}({value}))"
    writer.say(f"for {out} in {name}({value}):\n    pass")
    return out


def _global(writer: Writer, value: str) -> str:
    name = writer.name("LAST")
    writer.define(f"{name} = None\n\n\ndef set_{name}(a):\n    global {name}\n    {name} = a")
    writer.say(f"set_{name}({value})")
    return name


def _part(writer: Writer, value: str) -> str:
    """Some of the rows or columns."""
    forms = [
        "{v}[:-2]",
        "{v}[1:]",
        "{v}[::2]",
        "{v}[torch.arange(len({v}) - 1)]",
        "{v}[:, :]",
        "{v}[..., :]",
        "{v}.narrow(0, 0, len({v}) - 1)",
        "{v}[torch.arange(len({v})) % 2 == 0]",
    ]
    if not writer.images:
        forms += ["{v}[:, :-1]", "{v}[:, 1:]", "{v}[..., 1:]"]
    return writer.random.choice(forms).format(v=writer.keep(value))


def _decoy(writer: Writer, value: str) -> str:
    """Something else is made of the value, or of its name, and never reaches the loss."""
    kept = writer.keep(value, writer.random.choice(("logits", "probs", "value")))
    decoy = writer.name("unused")
    writer.say(f"{decoy} = {_activation(writer, writer.random.choice(('softmax', 'sigmoid', 'relu')), kept)}")
    if writer.random.random() < 0.5:
        writer.say(f"{decoy} = {decoy}.max()")
    return kept


def _model_method(writer: Writer, value: str) -> str:
    name = writer.name("Wrapper")
    writer.define(
        f"""
class {name}(nn.Module):
    def __init__(self, keep=True):
        super().__init__()
        self.keep = keep
        self.same = nn.Identity()
        self.drop = nn.Dropout(0.0)

    def forward(self, a):
        if self.keep:
            return {{"logits": self.drop(self.same(a)), "input": a}}
        return a
"""
    )
    return f"{name}()({value})['logits']"


def _within_modules(writer: Writer, value: str) -> str:
    """Modules that hand on what others give."""
    same = writer.random.choice(("nn.Identity()", "nn.Dropout(0.0)", "nn.Sequential(nn.Identity())"))
    forms = [
        "nn.DataParallel({s})({v})",
        "nn.ModuleDict({{'same': {s}}})['same']({v})",
        "nn.ModuleList([{s}, nn.ReLU()])[0]({v})",
        "nn.Sequential({s}, nn.ReLU())[0]({v})",
        "nn.Sequential({s}, nn.ReLU())[:1]({v})",
        "nn.Sequential().append({s})({v})",
        "torch.utils.checkpoint.checkpoint({s}, {v}, use_reentrant=False)",
        "{s}.eval()({v})",
        "{s}.__call__({v})",
    ]
    return writer.random.choice(forms).format(s=same, v=value)


def _compiled(writer: Writer, value: str) -> str:
    """Modules and functions that hand on what they are given, compiled."""
    same = writer.random.choice(("nn.Identity()", "nn.Dropout(0.0)", "nn.Sequential(nn.Identity())"))
    forms = (
        "torch.compile({s})({v})",
        "torch.compile({s}, mode='reduce-overhead', fullgraph=True)({v})",
        "torch.compile(model={s})({v})",
        "torch.compile(dynamic=True)({s})({v})",
        "torch.jit.script({s})({v})",
        "torch.jit.script({s}).forward({v})",
        "torch.jit.trace({s}, {v})({v})",
    )
    decorators = ("torch.compile", "torch.compile()", "torch.compile(mode='default')", "torch.jit.script")
    name, form = writer.name("same"), writer.random.randrange(4)
    if form == 0:
        writer.define(f"@{writer.random.choice(decorators)}\ndef {name}(a):\n    return a")
        return f"{name}({value})"
    if form == 1:
        writer.define(
            f"class {name}(nn.Module):\n    @{writer.random.choice(('torch.compile', 'torch.jit.export'))}\n"
            "    def same(self, a):\n        return a\n\n    def forward(self, a):\n        return self.same(a)"
        )
        return f"{name}()({value})"
    if form == 2:
        net = writer.keep(same, "net")
        writer.say(
            writer.random.choice(("{n}.compile()", "{n} = torch.compile({n})", "{n}.compile(mode='default')")).format(
                n=net
            )
        )
        return f"{net}({value})"
    return writer.random.choice(forms).format(s=same, v=value)


_ALL_OF: Final = {
    "torch.nn": ("Identity()({v})", "Dropout(0.0)({v})", "Sequential(Identity())({v})"),
    "torch.nn.functional": ("dropout({v}, 0.0)", "dropout({v}, training=False)"),
}
"""What keeps a value, by the module of which all is imported."""


def _layers_by_flag(writer: Writer, value: str) -> str:
    """Layers that keep the value, some of which are there only when the program is told so."""
    parts = writer.name("layers")
    start, more = writer.random.choice(
        (
            ("[nn.Identity()]", "{p}.append(nn.Dropout(0.0))"),
            ("[]", "{p} += [nn.Identity()]"),
            ("[]", "{p}.append(nn.Flatten(1))"),
        )
        if not writer.images
        else (("[nn.Identity()]", "{p}.append(nn.Dropout(0.0))"),)
    )
    writer.say(f"{parts} = {start}\nif flag:\n    {more.format(p=parts)}")
    return f"nn.Sequential(*{parts})({value})"


IDIOMS: Final[dict[str, Wrap]] = {
    "views": _view,
    "helper functions": _helper,
    "early returns": _early_return,
    "classes": _holder,
    "attributes": _attribute,
    "dicts": _dict,
    "lists": _list,
    "tuples": _tuple,
    "loops": _loop,
    "closures": _closure,
    "partial": _partial,
    "branches": _branch,
    "branches that differ": _other_branch,
    "changes out of sight": _change,
    "customs of classes and blocks": _custom,
    "surgery": _surgery,
    "augmented assignment": _augmented,
    SCALED: _scaled,
    "ranges": _cut_off,
    "blocks": _block,
    "decorators": _decorated,
    "generators": _generator,
    "globals": _global,
    "parts": _part,
    "decoys": _decoy,
    "wrapper modules": _model_method,
    "modules in modules": _within_modules,
    "layers by flag": _layers_by_flag,
    "compiled modules": _compiled,
    "star imports of libraries": besides.of_a_library(_ALL_OF),
    **manners.IDIOMS,
}

# -- the loss ---------------------------------------------------------------------------------------------------------

LOSSES: Final = {
    "cross_entropy": ("CrossEntropyLoss", "y"),
    "nll_loss": ("NLLLoss", "y"),
    "binary_cross_entropy": ("BCELoss", "t"),
    "binary_cross_entropy_with_logits": ("BCEWithLogitsLoss", "t"),
}


def _chosen(writer: Writer, name: str, loss: str, made: str, kept: str) -> None:
    cls, target = LOSSES[loss]
    writer.say(f"criterion = {made} if flag else nn.{cls}()\nreturn criterion({kept}, {target})")


def _handed_on(writer: Writer, name: str, loss: str, made: str, kept: str) -> None:
    _, target = LOSSES[loss]
    writer.define(f"def inner_{name}(p, target, criterion):\n    return criterion(p, target)")
    writer.define(f"def {name}(p, target, criterion):\n    return inner_{name}(p, target, criterion=criterion)")
    writer.say(f"return {name}({kept}, {target}, {made})")


def _set_later(writer: Writer, name: str, loss: str, made: str, kept: str) -> None:
    _, target = LOSSES[loss]
    writer.define(
        f"class {name}:\n    criterion = None\n\n    def use(self, criterion):\n        self.criterion = criterion\n\n"
        "    def step(self, p, target):\n        return self.criterion(p, target)"
    )
    writer.say(f"trainer = {name}()\ntrainer.use({made})\nreturn trainer.step({kept}, {target})")


def _by_name(writer: Writer, name: str, loss: str, made: str, kept: str) -> None:
    writer.say(f"return getattr(F, '{loss}')({kept}, {LOSSES[loss][1]})")


def _as_class(writer: Writer, name: str, loss: str, made: str, kept: str) -> None:
    cls, target = LOSSES[loss]
    writer.define(
        f"class {name}:\n    def __init__(self, criterion=nn.{cls}):\n        self.criterion = criterion()\n\n"
        "    def step(self, p, target):\n        return self.criterion(p, target)"
    )
    writer.say(f"return {name}().step({kept}, {target})")


def _of_classes(writer: Writer, name: str, loss: str, made: str, kept: str) -> None:
    cls, target = LOSSES[loss]
    writer.define(f"{name} = {{'main': nn.{cls}, 'other': nn.MSELoss}}")
    writer.say(f"criterion = {name}['main'](reduction='sum')\nreturn criterion({kept}, {target})")


def _in_a_block(writer: Writer, name: str, loss: str, made: str, kept: str) -> None:
    _, target = LOSSES[loss]
    writer.say(f"with torch.autocast('cpu', enabled=False):\n    {name} = {made}({kept}, {target})\nreturn {name}")


def _of_all(writer: Writer, name: str, loss: str, made: str, kept: str) -> None:
    """The loss by its bare name, when all of its module is imported."""
    cls, target = LOSSES[loss]
    if writer.random.random() < 0.5:
        writer.define("from torch.nn.functional import *")
        writer.say(f"return {loss}({kept}, {target})")
    else:
        writer.define("from torch.nn import *")
        writer.say(f"return {cls}()({kept}, {target})")


def _beside(writer: Writer, name: str, loss: str, made: str, kept: str) -> None:
    """The loss in another module, of which all is imported."""
    _, target = LOSSES[loss]
    if writer.random.random() < 0.5:
        writer.define(
            f"from {writer.put_beside(f'def {name}(p, target):{chr(10)}    return {made}(p, target)')} import *"
        )
        writer.say(f"return {name}({kept}, {target})")
    else:
        writer.define(f"from {writer.put_beside(f'{name} = {made}')} import *")
        writer.say(f"return {name}({kept}, {target})")


def _in_a_dict_of_modules(writer: Writer, name: str, loss: str, made: str, kept: str) -> None:
    _, target = LOSSES[loss]
    writer.say(f"{name} = nn.ModuleDict({{'main': {made}}})\nreturn {name}['main']({kept}, {target})")


MEASURES: Final = (
    "return -{f}({k}, y)",
    "return 1 + {f}({k}, y)",
    "return 1.0 - {f}({k}, y)",
    "return {f}({k}, y).neg()",
    "return torch.neg({f}({k}, y))",
    "return {f}({k}, y).mul(-1)",
    "each = -{f}({k}, y, reduction='none')\nreturn ((1 - each) ** 2).mean()",
    "return -({m}({k}, y))",
    "return -{k}[torch.arange(len(y)), y].mean()",
    "return -{k}[range(len(y)), y].mean()",
    "return -{k}.gather(1, y[:, None]).mean()",
    "return -torch.gather({k}, 1, y.unsqueeze(1)).squeeze(1).sum()",
    "return -(F.one_hot(y, 5) * {k}).sum(1).mean()",
    "return -torch.stack([row[label] for row, label in zip({k}, y)]).mean()",
)
"""What picks the numbers at the labels, and is no loss: nobody says what they have to be."""


METRICS: Final = (
    "return torchmetrics.functional.accuracy({k}, y, task='multiclass', num_classes=5)",
    "return torchmetrics.functional.f1_score({k}, (t > 0.5).long(), task='multilabel', num_labels=5)",
    "return torchmetrics.Accuracy(task='multiclass', num_classes=5)({k}, y)",
    "metric = torchmetrics.classification.MulticlassF1Score(num_classes=5)\nmetric.update({k}, y)\nreturn metric",
    "metric = torchmetrics.classification.MultilabelAccuracy(num_labels=5)\nreturn metric({k}, (t > 0.5).long())",
    "metric = torchmetrics.F1Score(task='multilabel', num_labels=5)\nmetric.update({k}, t > 0.5)\nreturn metric",
)
"""Metrics, which take probabilities and scores alike."""


def _rate(writer: Writer, kept: str) -> None:
    writer.define("import torchmetrics")
    writer.say(writer.random.choice(METRICS).format(k=kept))


def _measure(writer: Writer, kept: str) -> None:
    writer.say(writer.random.choice(MEASURES).format(k=kept, f="F.nll_loss", m="nn.NLLLoss()"))


MORE_WAYS: Final = dict(
    enumerate(
        (
            _chosen,
            _handed_on,
            _set_later,
            _by_name,
            _as_class,
            _of_classes,
            _in_a_block,
            _in_a_dict_of_modules,
            _of_all,
            _beside,
        ),
        start=12,
    )
)
"""Ways to call a loss, by the number that draws one."""


def _lose(writer: Writer, loss: str, value: str) -> None:
    """Call the loss on the value, in one of many ways."""
    function, (cls, target) = f"F.{loss}", LOSSES[loss]
    made = writer.random.choice((f"nn.{cls}()", f"nn.{cls}(reduction='sum')", f"torch.nn.{cls}(reduction='none')"))
    form = writer.random.randrange(22)
    kept, name = writer.keep(value, writer.random.choice(("prediction", "logits", "probs"))), writer.name("loss")
    if form == 0:
        writer.say(f"return {function}({kept}, {target})")
    elif form == 1:
        writer.say(f"return {function}(target={target}, input={kept})")
    elif form == 2:
        writer.say(f"return {made}({kept}, {target})")
    elif form == 3:
        writer.say(f"criterion = {made}\nreturn criterion({kept}, {target})")
    elif form == 4:
        writer.define(f"def {name}(criterion, prediction, target):\n    return criterion(prediction, target)")
        writer.say(f"return {name}({made}, {kept}, {target})")
    elif form == 5:
        writer.define(f"def {name}(prediction, target, criterion={made}):\n    return criterion(prediction, target)")
        writer.say(f"return {name}({kept}, {target})")
    elif form == 6:
        writer.say(f"criteria = {{'main': {made}, 'other': nn.MSELoss()}}\nreturn criteria['main']({kept}, {target})")
    elif form == 7:
        writer.say(f"return functools.partial({function}, target={target})({kept})")
    elif form == 8:
        writer.define(
            f"class {name}:\n    def __init__(self):\n        self.criterion = {made}\n\n"
            "    def step(self, prediction, target):\n"
            "        return self.criterion(prediction, target)"
        )
        writer.say(f"return {name}().step({kept}, {target})")
    elif form == 9:
        writer.say(f"criterion = {function}\nreturn criterion({kept}, {target})")
    elif form == 10:
        writer.define(
            f"class {name}(nn.{cls}):\n    def forward(self, input, target):\n"
            "        return super().forward(input, target)"
        )
        writer.say(f"return {name}()({kept}, {target})")
    elif form in MORE_WAYS:
        MORE_WAYS[form](writer, name, loss, made, kept)
    else:
        writer.say(f"total = 0\nfor _ in range(2):\n    total = total + {made}({kept}, {target})\nreturn total")


class Program:
    """A program, with the names of what it is made of."""

    def __init__(self, seed: int, draws: random.Random | None = None, *, most: int = 4) -> None:
        writer = Writer(seed, draws=draws)
        draw = writer.random
        loss = draw.choice(sorted(LOSSES))
        self.images = writer.images = draw.random() < 0.2
        producer = draw.choice(sorted(PRODUCERS))
        value = PRODUCERS[producer](writer, draw.choice(sorted(_LAST)))
        hidden = [draw.choice(sorted(IDIOMS)) for _ in range(draw.randint(0, most))]
        for idiom in hidden:
            value = IDIOMS[idiom](writer, value)
        whole = not (writer.images or {"lists", "parts"}.intersection(hidden))
        measured = loss == "nll_loss" and whole and draw.random() < 0.2
        rated = whole and not measured and draw.random() < 0.05
        if rated:
            _rate(writer, writer.keep(value, draw.choice(("prediction", "logits", "probs"))))
        elif measured:
            _measure(writer, writer.keep(value, draw.choice(("prediction", "logits", "probs"))))
        else:
            _lose(writer, loss, value)
        self._finish(writer, producer, hidden, measured=measured)

    def _finish(self, writer: Writer, producer: str, hidden: list[str], *, measured: bool = False) -> None:
        self.seed = writer.seed
        self.idioms = frozenset((producer, *hidden))
        self.scaled = SCALED in hidden
        """Whether the numbers were scaled or shifted on the way: then what is squeezed together may be meant to be."""
        self.measured = measured
        """Whether the numbers at the labels are only picked, for something else than a loss: then nothing is wrong."""
        self.beside = dict(writer.beside)
        self.text = writer.text()
