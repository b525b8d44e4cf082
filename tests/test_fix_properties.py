"""Repairs of programs that nobody wrote: what must hold whatever the program looks like."""

from __future__ import annotations

import ast
import difflib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from repairing import FILE, repair

from logitlint.findings import Finding
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


def findings(text: str) -> list[Finding]:
    (report,) = [Linter(Settings(enabled=frozenset(ON))).check_text(text, FILE)]
    return list(report.findings)


@pytest.mark.parametrize("unsafe", [False, True])
@settings(max_examples=80, deadline=None)
@given(text=st.one_of(programs(), keras_programs(), jax_programs()))
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


@settings(max_examples=80, deadline=None)
@given(text=st.one_of(programs(), keras_programs(), jax_programs()))
def test_lines_that_are_not_edited_keep_their_bytes(text: str) -> None:
    report = Linter(Settings(enabled=frozenset(ON)), repairs=True).check_text(text, FILE)
    for finding in report.findings:
        if finding.fix is None or not finding.fix.edits:
            continue
        result, changed = repair({FILE: text}, [finding.code])
        after = changed.get(FILE, text).splitlines(keepends=True)
        before = text.splitlines(keepends=True)
        touched = {row for each in result.fixed for edit in each.fix.edits for row in rows_of(edit)}  # type: ignore[union-attr]
        for kind, start, end, _, _ in difflib.SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
            if kind in ("replace", "delete"):
                assert set(range(start + 1, end + 1)) <= touched


def rows_of(edit: object) -> range:
    span = edit.span  # type: ignore[attr-defined]
    return range(span.row, span.end_row + 1)
