"""Repairs of programs that nobody wrote: what must hold whatever the program looks like."""

from __future__ import annotations

import ast
import contextlib
import difflib
import io
import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from repairing import FILE, repair

from logitlint.findings import Finding
from logitlint.fixer import Fixer, Repaired
from logitlint.linter import Linter
from logitlint.rules import RULES
from logitlint.settings import Settings

ON = [rule.code for rule in RULES if rule.default]

IMPORTS = st.sampled_from(
    [
        "import torch\nimport torch.nn as nn\nimport torch.nn.functional as F",
        "import torch, math  # both\nfrom torch import nn\nfrom torch.nn import functional as F",
        "import torch\nimport torch.nn.functional as F\nfrom torch import nn\n\nSIZE = 'ä'  # not ASCII",
    ]
)
CALLS = st.sampled_from(
    [
        "F.softmax({}, dim=1)",
        "torch.softmax( {} , 1 )",
        "{}.softmax(dim=1)",
        "F.softmax(\n        {},\n        dim=1,\n    )",
        "nn.Softmax(dim=1)({})",
        "nn.Softmax(1)(({}))",
        "torch.sigmoid({})",
        "{}.sigmoid()",
    ]
)
LOSSES = st.sampled_from(
    [
        "F.cross_entropy({}, y)",
        "F.cross_entropy(target=y, input={})",
        "nn.CrossEntropyLoss(reduction='sum')({}, y)",
        'F.nll_loss({}, y, reduction="sum")',
        "nn.NLLLoss()({}, y)",
        "F.binary_cross_entropy_with_logits({}, y)",
        "nn.BCELoss()(torch.log({}), y)",
    ]
)
BETWEEN = st.lists(
    st.sampled_from(
        [
            "    best = probs.argmax(1)  # the answer",
            "    print(probs)",
            "    sure = probs > 0.9",
            "\t# a comment with a tab",
            "",
            "    kept = [probs.detach().cpu().numpy()]",
            "    scale = 2 * probs.mean()",
        ]
    ),
    max_size=3,
)
ENDS = st.sampled_from(["    return loss", "    return loss, probs", "    loss.backward()"])


@st.composite
def programs(draw: st.DrawFn) -> str:
    name = draw(st.booleans())
    raw = "logits" if name else "head(x)"
    lines = [draw(IMPORTS), "", "head = nn.Linear(8, 5)", "", "", "def step(x, y):"]
    if name:
        lines.append("    logits = head(x)")
    lines += [f"    probs = {draw(CALLS).format(raw)}", *draw(BETWEEN)]
    lines += [f"    loss = {draw(LOSSES).format('probs')}", draw(ENDS), ""]
    return draw(st.sampled_from(["\n", "\r\n"])).join("\n".join(lines).split("\n"))


KERAS_IMPORTS = st.sampled_from(
    [
        "import keras\nfrom keras import layers\nfrom keras.models import Sequential",
        "import tensorflow as tf\nfrom tensorflow import keras\nfrom tensorflow.keras import layers, Sequential",
        "from keras import layers  # ä\nfrom keras.models import Sequential\nfrom keras import losses\nimport keras",
    ]
)
HEADS = st.sampled_from(
    [
        "layers.Dense(3, activation='softmax')",
        'layers.Dense(\n    3,  # classes\n    "relu",\n)',
        "layers.Dense(3)",
        "layers.Dense(1)",
        "layers.Dense(1, activation='softmax')",
        "layers.Dense(3), layers.Softmax()",
        "layers.Dense(3), layers.Activation('sigmoid')",
    ]
)
COMPILED = st.sampled_from(
    [
        "loss='categorical_crossentropy'",
        "'adam', \"binary_crossentropy\", metrics=['accuracy']",
        "loss=keras.losses.CategoricalCrossentropy(from_logits=True)",
        "loss=keras.losses.BinaryCrossentropy(\n    from_logits=True  # raw\n)",
        "loss=keras.losses.SparseCategoricalCrossentropy()",
        "loss=keras.losses.sparse_categorical_crossentropy, metrics=['accuracy']",
        "loss=keras.losses.BinaryCrossentropy",
    ]
)
KERAS_ENDS = st.sampled_from(
    ["", "print(model.predict(x))", "sure = model(x) > 0.5", "best = model.predict(x).argmax(-1)", "model.fit(x, y)"]
)


@st.composite
def keras_programs(draw: st.DrawFn) -> str:
    lines = [draw(KERAS_IMPORTS), ""]
    if draw(st.booleans()):
        lines.append(f"model = Sequential([layers.Dense(8), {draw(HEADS)}])")
    else:
        lines += ["model = Sequential()", "model.add(layers.Dense(8))"]
        lines += [f"model.add({layer})" for layer in draw(HEADS).replace("), ", ")\f").split("\f")]
    lines += [f"model.compile({draw(COMPILED)})", draw(KERAS_ENDS), ""]
    return draw(st.sampled_from(["\n", "\r\n"])).join("\n".join(lines).split("\n"))


JAX_CALLS = st.sampled_from(
    [
        "jax.nn.softmax({})",
        "nn.softmax( {} , axis=-1)",
        "jax.nn.softmax(\n        {},\n        axis=-1,\n    )",
        "jax.nn.sigmoid({})",
        "nn.relu({})",
        "jnp.log(jax.nn.softmax({}))",
    ]
)
JAX_LOSSES = st.sampled_from(
    [
        "optax.softmax_cross_entropy({}, y).mean()",
        "optax.softmax_cross_entropy(labels=y, logits={})",
        "optax.sigmoid_binary_cross_entropy({}, labels=y)",
        "optax.losses.kl_divergence({}, y)",
        "-(y * jnp.log({})).sum()",
    ]
)


@st.composite
def jax_programs(draw: st.DrawFn) -> str:
    lines = [
        "import jax, optax",
        "import jax.numpy as jnp",
        "from flax import linen as nn",
        "",
        "",
        "def step(w, x, y):",
    ]
    raw = "logits" if draw(st.booleans()) else "x @ w"
    lines += [f"    logits = {'x @ w' if raw == 'logits' else 0}", f"    probs = {draw(JAX_CALLS).format(raw)}"]
    lines += draw(BETWEEN)
    lines += [f"    loss = {draw(JAX_LOSSES).format('probs')}", draw(ENDS), ""]
    return "\n".join(lines)


GRAPH_SCORES = st.sampled_from(
    [
        "tf.nn.softmax(tf.layers.dense(x, 3))",
        "tf.layers.dense(x, 3, activation=tf.nn.softmax)",
        "tf.layers.dense(x, 3, tf.nn.relu)",
        "tf.nn.sigmoid(\n        tf.layers.dense(x, 1)\n    )",
        "tf.layers.dense(x, 1)",
        "tf.contrib.layers.fully_connected(x, 3)",
    ]
)
GRAPH_LOSSES = st.sampled_from(
    [
        "tf.losses.softmax_cross_entropy(y, probs)",
        "tf.nn.softmax_cross_entropy_with_logits(labels=y, logits=probs)",
        "tf.reduce_mean(tf.nn.sigmoid_cross_entropy_with_logits(logits=probs, labels=y))",
        "tf.losses.log_loss(y, probs)",
        "-tf.reduce_sum(y * tf.log(probs))",
    ]
)
GRAPH_BETWEEN = st.lists(
    st.sampled_from(
        [
            "    best = tf.argmax(probs, 1)  # the answer",
            "    tf.summary.histogram('probs', probs)",
            "    sure = probs > 0.5",
            "",
        ]
    ),
    max_size=2,
)


@st.composite
def graph_programs(draw: st.DrawFn) -> str:
    lines = ["import tensorflow as tf", "", "x = tf.placeholder(tf.float32, [None, 8])", "", "", "def step(x, y):"]
    lines += [f"    probs = {draw(GRAPH_SCORES)}", *draw(GRAPH_BETWEEN), f"    loss = {draw(GRAPH_LOSSES)}", draw(ENDS)]
    return "\n".join([*lines[:-1], lines[-1].replace("loss.backward()", "return {'loss': loss}"), ""])


ACTIVATIONS = st.sampled_from(["nn.Softmax(dim=1)", "nn.Sigmoid()", "nn.LogSoftmax(1)", "nn.ReLU()", "nn.Dropout(0.5)"])
HELD_LOSSES = st.sampled_from(["nn.CrossEntropyLoss()", "nn.BCEWithLogitsLoss()", "nn.NLLLoss()", "nn.BCELoss()"])
HEADERS = ["import torch", "from collections import OrderedDict", "from torch import nn", ""]


@st.composite
def sequential_programs(draw: st.DrawFn) -> str:
    last, way = draw(ACTIVATIONS), draw(st.sampled_from(["positional", "lines", "ordered", "added", "list", "nested"]))
    layers = ["nn.Linear(8, 16)", "nn.ReLU()", "nn.Linear(16, 3)", last]
    if way == "positional":
        built = [f"net = nn.Sequential({', '.join(layers)})"]
    elif way == "lines":
        built = ["net = nn.Sequential(", *(f"    {each},  # {at}" for at, each in enumerate(layers)), ")"]
    elif way == "ordered":
        pairs = [f'    ("{name}", {each}),' for name, each in zip(("a", "b", "c", "act"), layers, strict=True)]
        built = ["net = nn.Sequential(OrderedDict([", *pairs, "]))"]
    elif way == "added":
        named = zip(("a", "b", "c", "act"), layers, strict=True)
        built = ["net = nn.Sequential()", *(f"net.add_module('{name}', {each})" for name, each in named)]
    elif way == "list":
        built = [f"layers = [{', '.join(layers[:2])}]", *(f"layers.append({each})" for each in layers[2:])]
        built.append("net = nn.Sequential(*layers)")
    else:
        built = [f"net = nn.Sequential(nn.Sequential({', '.join(layers[:2])}), nn.Sequential({', '.join(layers[2:])}))"]
    asked = ["print(net(torch.ones(2, 8)) > 0.5)", "print(net[0])", "print(net(torch.ones(2, 8)).argmax(1))"]
    asked += ["print(net[-1])"] if way != "nested" else []
    asked += ["print(net.act)"] if way in ("ordered", "added") else []
    lines = [*HEADERS, *built, *draw(st.lists(st.sampled_from(asked), max_size=2, unique=True)), ""]
    lines += ["", "def step(x, y):", f"    return {draw(HELD_LOSSES)}(net(x), y)", ""]
    return draw(st.sampled_from(["\n", "\r\n"])).join(lines)


@st.composite
def attribute_programs(draw: st.DrawFn) -> str:
    """An activation that an object keeps under a name, called once or more often."""
    comment = draw(st.sampled_from(["", "  # squash"]))
    lines = [*HEADERS, "", "class Net(nn.Module):", "    def __init__(self):", "        super().__init__()"]
    lines += ["        self.fc = nn.Linear(8, 3)", f"        self.act = {draw(ACTIVATIONS)}{comment}", ""]
    lines.append("    def forward(self, x):")
    lines += draw(
        st.sampled_from(
            [
                ["        return self.act(self.fc(x))"],
                ["        x = self.fc(x)", "        x = self.act(x)  # last", "        return x"],
                ["        x = self.fc(x)", "        x = self.act(x)", "        return x"],
                ["        return self.act(self.fc(self.act(x)))"],
                ["        scores = self.fc(x)", "        probs = self.act(scores)", "        return probs"],
            ]
        )
    )
    if draw(st.booleans()):
        lines += ["", "    def predict(self, x):", "        return self.act(self.fc(x)).argmax(1)"]
    lines += ["", "", "net = Net()", "", "", "def step(x, y):", f"    return {draw(HELD_LOSSES)}(net(x), y)", ""]
    return draw(st.sampled_from(["\n", "\r\n"])).join(lines)


@st.composite
def renamed_programs(draw: st.DrawFn) -> str:
    """A loss that is constructed in one place or several, and called in one or several."""
    name = draw(st.sampled_from(["BCELoss", "NLLLoss"]))
    imported = draw(st.sampled_from([f"from torch.nn import {name}, Linear", f"from torch.nn import Linear, {name}"]))
    style = draw(st.sampled_from(["nn.", ""]))
    made = f"{style}{name}({draw(st.sampled_from(['', 'reduction=' + repr('sum'), 'weight=None']))})"
    lines = ["import torch", imported if not style else "from torch import nn", "", f"head = {style}Linear(8, 3)"]
    way = draw(st.sampled_from(["module", "function", "attribute", "dict", "branches"]))
    call = "criterion"
    if way == "module":
        lines.append(f"criterion = {made}  # the loss")
    elif way == "dict":
        lines.append(f"criteria = {{'a': {made}, 'b': {made}}}")
        call = "criteria['a']"
    else:
        lines += ["", "", "def make(flag):", *(["    if flag:", f"        return {made}"] if way == "branches" else [])]
        lines += [f"    return {made}"]
        call = "make(True)"
    if way == "attribute":
        lines += ["", "", "class Trainer:", "    def __init__(self):", f"        self.loss = {made}", ""]
        lines += ["    def step(self, x, y):", "        return self.loss(head(x), y)"]
    lines += ["", "", "def step(x, y):", f"    return {call}(head(x), y)", "", "", "def check(x, y):"]
    lines += [f"    return {call}({draw(st.sampled_from(['head(x)', 'torch.sigmoid(head(x))']))}, y).item()", ""]
    return "\n".join(lines)


ONE_FILE = st.one_of(
    programs(),
    keras_programs(),
    jax_programs(),
    graph_programs(),
    sequential_programs(),
    attribute_programs(),
    renamed_programs(),
)


@st.composite
def projects(draw: st.DrawFn) -> dict[str, str]:
    """A model in one file and its loss in another."""
    called = draw(st.sampled_from(["torch.softmax({}, dim=1)", "{}.softmax(1)", "torch.sigmoid({})", "{}.relu()"]))
    model = ["import torch", "from torch import nn", "", "", "class Net(nn.Module):", "    def __init__(self):"]
    model += ["        super().__init__()", "        self.fc = nn.Linear(8, 3)", "", "    def forward(self, x):"]
    model += [f"        return {called.format('self.fc(x)')}  # the answer", ""]
    train = ["from torch import nn", "", "from model import Net", "", f"criterion = {draw(HELD_LOSSES)}", "net = Net()"]
    reads = ["    print(out > 0.5)", "    print(out.argmax(1))", "    print(out)", "    keep(out)"]
    train += ["", "", "def step(x, y):", "    out = net(x)", *draw(st.lists(st.sampled_from(reads), max_size=2))]
    return {"model.py": "\n".join(model), "train.py": "\n".join([*train, "    return criterion(out, y)", ""])}


def findings(text: str) -> list[Finding]:
    (report,) = [Linter(Settings(enabled=frozenset(ON))).check_text(text, FILE)]
    return list(report.findings)


@pytest.mark.parametrize("unsafe", [False, True])
@settings(max_examples=200, deadline=None)
@given(text=ONE_FILE)
def test_what_holds_of_every_repair(text: str, unsafe: bool) -> None:
    result, changed = repair({FILE: text}, ON, unsafe=unsafe)
    after = changed.get(FILE, text)
    ast.parse(after)
    assert bool(result.fixed) == (after != text)
    before_codes, after_codes = ([finding.code for finding in findings(each)] for each in (text, after))
    assert all(after_codes.count(code) <= before_codes.count(code) for code in after_codes)
    assert (
        len(after_codes) <= len(before_codes) - len({finding.span.row for finding in result.fixed} and {1})
        or not result.fixed
    )
    again, twice = repair({FILE: after}, ON, unsafe=unsafe)
    assert not twice
    assert not again.fixed


@settings(max_examples=150, deadline=None)
@given(text=ONE_FILE)
def test_lines_that_are_not_edited_keep_their_bytes(text: str) -> None:
    report = Linter(Settings(enabled=frozenset(ON)), repairs=True).check_text(text, FILE)
    for finding in report.findings:
        if finding.fix is None or not finding.fix.edits:
            continue
        result, changed = repair({FILE: text}, [finding.code])
        touched = {row for each in result.fixed for edit in each.fix.edits for row in rows_of(edit)}  # type: ignore[union-attr]
        assert rows_that_differ(text, changed.get(FILE, text)) <= touched


@settings(max_examples=80, deadline=None)
@given(text=st.one_of(sequential_programs(), attribute_programs(), renamed_programs()))
def test_a_program_that_ran_still_runs(text: str) -> None:
    """What is printed of a container's layers is asked for by place and by name."""
    _, changed = repair({FILE: text}, ON)
    with contextlib.redirect_stdout(io.StringIO()):
        for each in (text, changed.get(FILE, text)):
            exec(compile(each, FILE, "exec"), {"__name__": "example"})


def rows_that_differ(before: str, after: str) -> set[int]:
    """The lines of a text that another has not."""
    lines = before.splitlines(keepends=True), after.splitlines(keepends=True)
    changes = difflib.SequenceMatcher(None, *lines, autojunk=False).get_opcodes()
    return {row + 1 for kind, start, end, _, _ in changes if kind in ("replace", "delete") for row in range(start, end)}


def rows_of(edit: object) -> range:
    span = edit.span  # type: ignore[attr-defined]
    return range(span.row, span.end_row + 1)


def fixed(folder: Path, *, unsafe: bool) -> Repaired:
    return Fixer(Settings(enabled=frozenset(ON)), unsafe=unsafe).repair(
        [str(path) for path in sorted(folder.iterdir())]
    )


@pytest.mark.parametrize("unsafe", [False, True])
@settings(max_examples=60, deadline=None)
@given(texts=projects())
def test_what_holds_of_a_repair_of_two_files(texts: dict[str, str], unsafe: bool) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for file, text in texts.items():
            (folder / file).write_text(text, "utf-8")
        linter = Linter(Settings(enabled=frozenset(ON)))
        reports = linter.check_paths(str(path) for path in sorted(folder.iterdir()))
        known = [each.code for report in reports for each in report.findings]
        result = fixed(folder, unsafe=unsafe)
        assert bool(result.fixed) == bool(result.after)
        for path, document in result.after.items():
            ast.parse(document.source.text)
            edits = [edit for each in result.fixed for edit in each.fix.edits if edit.span.filename == path]  # type: ignore[union-attr]
            touched = {row for edit in edits for row in rows_of(edit)}
            assert rows_that_differ(texts[Path(path).name], document.source.text) <= touched
            Path(path).write_bytes(document.content)
        left = [each.code for report in result.reports for each in report.findings]
        assert len(left) + len(result.fixed) == len(known)
        assert all(left.count(code) <= known.count(code) for code in left)
        assert not fixed(folder, unsafe=unsafe).after
