"""Which names of a package a program uses."""

from __future__ import annotations

import pytest

from logitlint.lowering.walk import lower
from logitlint.project.names import names_of


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("import tensorflow as tf\ntf.train.AdamOptimizer(1)", {"train", "train.AdamOptimizer"}),
        ("import tensorflow\nx = tensorflow.Session()", {"Session"}),
        ("import tensorflow.compat.v1 as tf\ntf.Session", {"compat", "compat.v1", "compat.v1.Session"}),
        ("from tensorflow.contrib import slim", {"contrib", "contrib.slim"}),
        ("from tensorflow import keras as k\nk.Model", {"keras", "keras.Model"}),
        ("def f():\n    return [tf.mul(a, b)[0] for a in c]", {"mul"}),
        ("import mine as tf\ntf.Session()", set()),
        ("from . import tensorflow\nfrom .tensorflow import Session", set()),
        ("# tf.Session()\nx = 'tf.placeholder'\nself.tf.Session()\nf().Session", set()),
        (
            "import torch as t, tensorflow as tf\nt.Session()\ntf.app.run(tf.flags.x)",
            {"app", "app.run", "flags", "flags.x"},
        ),
    ],
)
def test_the_names_a_program_uses(text: str, names: set[str]) -> None:
    assert names_of(lower(text), "tensorflow", {"tf": "tensorflow"}) == names


def test_a_name_that_nothing_binds_and_nothing_stands_for() -> None:
    assert names_of(lower("tf.Session()"), "tensorflow", {}) == frozenset()
    assert names_of(lower("tf" + ".x" * 500), "tensorflow", {"tf": "tensorflow"}) >= {"x", "x.x"}
