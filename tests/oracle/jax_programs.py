"""Programs in JAX, flax and optax that hand a prediction to a loss, drawn at random.

`x` are features of shape (N, 8), `y` class indices, `t` labels in [0, 1]. See `programs`, of which this is the twin.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Final

import changes
import customs
import manners
from arrays import Drawn, translated
from writer import CLASSES, STANDARD, Wrap, Writer

HEAD: Final = (
    f"{STANDARD}\n"
    "import flax.linen as nn\nimport jax\nimport jax.numpy as jnp\nimport optax\nfrom flax import nnx\n\n"
    "flag = len(sys.argv) > 1\n"
    f"weight = 3 * jax.random.normal(jax.random.PRNGKey(1), (8, {CLASSES}))"
)


def _activation(writer: Writer, kind: str, z: str) -> str:
    axis = writer.random.choice(("", ", axis=-1", ", axis=1"))
    forms = {
        "logits": ["{z}"],
        "softmax": [
            "jax.nn.softmax({z}{a})",
            "nn.softmax({z}{a})",
            "nnx.softmax({z}{a})",
            "jnp.exp(jax.nn.log_softmax({z}{a}))",
        ],
        "sigmoid": ["jax.nn.sigmoid({z})", "nn.sigmoid({z})", "nnx.sigmoid({z})", "1 / (1 + jnp.exp(-({z})))"],
        "log_softmax": ["jax.nn.log_softmax({z}{a})", "nn.log_softmax({z}{a})", "jnp.log(jax.nn.softmax({z}{a}))"],
        "log_sigmoid": ["jax.nn.log_sigmoid({z})", "jnp.log(jax.nn.sigmoid({z}))", "nn.log_sigmoid({z})"],
        "relu": ["jax.nn.relu({z})", "nn.relu({z})", "jnp.maximum({z}, 0)"],
        "tanh": ["jnp.tanh({z})", "nn.tanh({z})", "jax.nn.tanh({z})"],
    }[kind]
    return writer.random.choice(forms).format(z=z, a=axis)


KINDS: Final = ("log_sigmoid", "log_softmax", "logits", "relu", "sigmoid", "softmax", "tanh")


def _product(writer: Writer, kind: str) -> str:
    form = writer.random.choice(
        ("x @ weight", "jnp.dot(x, weight)", "jnp.matmul(x, weight) + 0.5", "(x @ weight + 1.0)")
    )
    return _activation(writer, kind, writer.keep(form, "scores"))


def _compact(writer: Writer, kind: str) -> str:
    name = writer.name("Net")
    writer.define(
        f"class {name}(nn.Module):\n    units: int = {CLASSES}\n\n    @nn.compact\n    def __call__(self, x):\n"
        f"        z = nn.Dense(self.units)(x)\n        return {_activation(writer, kind, 'z')}"
    )
    return _applied(writer, name)


def _set_up(writer: Writer, kind: str) -> str:
    name = writer.name("Net")
    writer.define(
        f"class {name}(nn.Module):\n    def setup(self):\n        self.head = nn.Dense({CLASSES})\n\n"
        f"    def __call__(self, x):\n        return {_activation(writer, kind, 'self.head(x)')}"
    )
    return _applied(writer, name)


def _sequential(writer: Writer, kind: str) -> str:
    last = {
        "softmax": "nn.softmax",
        "sigmoid": "nn.sigmoid",
        "log_softmax": "jax.nn.log_softmax",
        "relu": "nn.relu",
        "tanh": "jnp.tanh",
        "log_sigmoid": "jax.nn.log_sigmoid",
    }.get(kind)
    layers = ", ".join([f"nn.Dense({CLASSES})", *([last] if last else [])])
    return _applied(writer, f"nn.Sequential([{layers}])", built=True)


def _applied(writer: Writer, name: str, *, built: bool = False) -> str:
    net = writer.keep(name if built else f"{name}()", "net")
    if writer.random.random() < 0.5:
        variables = writer.keep(f"{net}.init(jax.random.PRNGKey(0), x)", "variables")
        return f"{net}.apply({variables}, x)"
    writer.say(f"out_{net}, _ = {net}.init_with_output(jax.random.PRNGKey(0), x)")
    return f"out_{net}"


def _nnx(writer: Writer, kind: str) -> str:
    name = writer.name("Net")
    writer.define(
        f"class {name}(nnx.Module):\n    def __init__(self, rngs):\n"
        f"        self.head = nnx.Linear(8, {CLASSES}, rngs=rngs)\n\n"
        f"    def __call__(self, x):\n        return {_activation(writer, kind, 'self.head(x)')}"
    )
    return f"{name}(rngs=nnx.Rngs(0))(x)"


def _function(writer: Writer, kind: str) -> str:
    name = writer.name("forward")
    writer.define(
        f"def {name}(parameters, x):\n    z = x @ parameters['w']\n    return {_activation(writer, kind, 'z')}"
    )
    made = writer.random.choice(("{n}", "jax.jit({n})", "jax.checkpoint({n})")).format(n=name)
    return f"{made}({{'w': weight}}, x)"


def _flagged(writer: Writer, kind: str) -> str:
    name = writer.name("forward")
    default = writer.random.choice((True, False))
    writer.define(
        f"def {name}(x, activate={default}):\n    z = x @ weight\n    if activate:\n"
        f"        z = {_activation(writer, kind, 'z')}\n    return z"
    )
    return f"{name}(x{writer.random.choice(('', ', True', ', activate=False', ', activate=flag'))})"


PRODUCERS: Final[dict[str, Callable[[Writer, str], str]]] = {
    "JAX: a matrix product": _product,
    "flax: nn.compact": _compact,
    "flax: setup": _set_up,
    "flax: Sequential": _sequential,
    "flax: nnx": _nnx,
    "JAX: a function of parameters": _function,
    "JAX: an activation by flag": _flagged,
}


def _view(writer: Writer, value: str) -> str:
    forms = [
        "{v}.astype(jnp.float32)",
        "jnp.asarray({v})",
        "jax.lax.stop_gradient({v})",
        "{v}.reshape({v}.shape)",
        "jnp.reshape({v}, (-1, 5))",
        "jnp.squeeze(jnp.expand_dims({v}, 0), 0)",
        "{v}[None][0]",
        "{v}.copy()",
        "jnp.swapaxes(jnp.swapaxes({v}, 0, 1), 0, 1)",
    ]
    return writer.random.choice(forms).format(v=writer.keep(value))


def _part(writer: Writer, value: str) -> str:
    forms = ["{v}[:]", "{v}[:, :]", "{v}[..., :]", "jnp.where(True, {v}, {v})", "jnp.concatenate([{v}[:9], {v}[9:]])"]
    return writer.random.choice(forms).format(v=writer.keep(value))


def _transformed(writer: Writer, value: str) -> str:
    name = writer.name("same")
    writer.define(f"def {name}(a):\n    return a")
    form = writer.random.choice(
        ("jax.jit({n})({v})", "jax.vmap({n})({v})", "jax.checkpoint({n})({v})", "jax.tree.map({n}, {v})")
    )
    return form.format(n=name, v=value)


def _other_branch(writer: Writer, value: str) -> str:
    kept = writer.keep(value)
    return manners.either(writer, kept, f"({_activation(writer, writer.random.choice(KINDS), kept)})")


def _change(writer: Writer, value: str) -> str:
    kept = writer.keep(value)
    return changes.replaced(writer, kept, f"({_activation(writer, writer.random.choice(KINDS), kept)})")


def _custom(writer: Writer, value: str) -> str:
    kept = writer.keep(value)
    return customs.replaced(writer, kept, f"({_activation(writer, writer.random.choice(KINDS), kept)})")


def _decoy(writer: Writer, value: str) -> str:
    kept = writer.keep(value, writer.random.choice(("logits", "probs")))
    writer.say(f"{writer.name('unused')} = {_activation(writer, writer.random.choice(('softmax', 'relu')), kept)}")
    return kept


IDIOMS: Final[dict[str, Wrap]] = {
    **translated("jnp"),
    "views": _view,
    "parts": _part,
    "jit, vmap, tree.map": _transformed,
    "branches that differ": _other_branch,
    "changes out of sight": _change,
    "customs of classes and blocks": _custom,
    "decoys": _decoy,
}

LOSSES: Final = {
    "softmax_cross_entropy": "jax.nn.one_hot(y, 5)",
    "softmax_cross_entropy_with_integer_labels": "y",
    "sigmoid_binary_cross_entropy": "t",
}


def lose(writer: Writer, value: str) -> None:
    """Call a loss on the value, in one of many ways."""
    loss = writer.random.choice(sorted(LOSSES))
    function, target = f"optax.{loss}", LOSSES[loss]
    kept, name = writer.keep(value, writer.random.choice(("prediction", "logits", "probs"))), writer.name("loss")
    form = writer.random.randrange(7)
    if form == 0:
        writer.say(f"return {function}({kept}, {target}).mean()")
    elif form == 1:
        writer.say(f"return jnp.mean({function}(labels={target}, logits={kept}))")
    elif form == 2:
        writer.define(f"def {name}(p, target, loss={function}):\n    return loss(p, target).sum()")
        writer.say(f"return {name}({kept}, {target})")
    elif form == 3:
        writer.define(f"def {name}(p, target):\n    return {function}(p, target).mean()")
        writer.say(f"value, gradient = jax.value_and_grad({name})({kept}, {target})\nreturn value")
    elif form == 4:
        writer.define(f"@jax.jit\ndef {name}(p, target):\n    return {function}(p, target).mean()")
        writer.say(f"return {name}({kept}, {target})")
    elif form == 5:
        writer.say(f"return jax.vmap(lambda p: {function}(p, {target}[0]))({kept}).mean()")
    else:
        writer.say(f"return functools.partial({function}, {kept})({target})")


def program(seed: int, draws: random.Random | None = None) -> Drawn:
    """The program of that seed, or of these draws."""
    return Drawn(Writer(seed, HEAD, draws), PRODUCERS, IDIOMS, KINDS, lose)
