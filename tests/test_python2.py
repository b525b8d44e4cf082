"""Python 2, read as the Python 3 that means the same."""

import ast
import json
from pathlib import Path

import pytest

from logitlint.findings import Report
from logitlint.linter import Linter
from logitlint.rules import RULES, UNREADABLE
from logitlint.settings import Settings, enabled
from logitlint.source.python2 import looks_old, modern
from logitlint.source.text import Source, decode, programmed, rows

OLD = [
    ('print "loss:", loss', 'None, "loss:", loss'),
    ("print loss,", "None, loss,"),
    ('print"%d" % step', 'None,"%d" % step'),
    ("if step % 10 == 0: print step", "if step % 10 == 0: None, step"),
    ("a = 1; print a", "a = 1; None, a"),
    ("print >>log, loss\nprint loss", "print >>log, loss\nNone, loss"),
    ("print (\n    'a') ; print 'b'", "print (\n    'a') ; None, 'b'"),
    ("print '%d' % (a,\n    b)", "None, '%d' % (a,\n    b)"),
    ("print not a", "None, not a"),
    ("try: f()\nexcept IOError, e: g()", "try: f()\nexcept IOError   : g()"),
    ("try: f()\nexcept (IOError, OSError), e: g()", "try: f()\nexcept (IOError, OSError)   : g()"),
    ("raise ValueError, 'no'", "raise ValueError; 'no'"),
    ("exec code in space", "None,code in space"),
    ("a <> b", "a != b"),
    ("`a` + `b`", "(a) + (b)"),
    ("mode = 0755", "mode =  755"),
    ("n = 10L + 0xFFL", "n = 10  + 0xFF "),
    ("s = ur'\\d'", "s =  r'\\d'"),
    ("f(lambda (k, v): v)", "f(lambda  k, v : v)"),
    ("y = y.cuda(async=True)", "y = y.cuda(asyn_=True)"),
    ("def f(async): pass\nprint 1", "def f(asyn_): pass\nNone, 1"),
    (
        "def f(async=True):\n    if async:\n        self.async = async",
        "def f(asyn_=True):\n    if asyn_:\n        self.asyn_ = asyn_",
    ),
]


@pytest.mark.parametrize(("old", "new"), OLD)
def test_old_syntax_becomes_new_of_the_same_length(old: str, new: str) -> None:
    assert looks_old(old) or "`" in old
    assert modern(old) == new
    ast.parse(new)
    assert [len(line) for line in rows(old)] == [len(line) for line in rows(new)]


def test_what_stands_in_strings_and_comments_stays() -> None:
    text = '"""\nprint a\n"""\n# print a <> `b`\ns = "print 10L <> a"  # it\'s\nprint s\n'
    assert modern(text) == text.replace("print s", "None, s")


@pytest.mark.parametrize(
    "text",
    [
        "print('new')\n",  # needs nothing
        "a = (1\nprint a\n",
        "print a b\n",
        "model.\nprint model\n",
        "def f():\n    print 1\n  print 2\n",
    ],
)
def test_what_is_neither_stays_as_it_is(text: str) -> None:
    assert modern(text) is None
    assert programmed(Source("a.py", text)).program is None


@pytest.mark.parametrize(
    "text",
    ["def f():\n    if a:\n\treturn 1\n", "def f():\n    a = 1\n\tb = 2\n    return b\n"],
    ids=["eighth column", "fourth column"],
)
def test_tabs_end_where_they_did(text: str) -> None:
    assert looks_old(text)
    program = modern(text)
    assert program is not None
    ast.parse(program)
    assert [line.lstrip() for line in rows(program)] == [line.lstrip() for line in rows(text)]


@pytest.mark.parametrize(
    "text",
    [
        "print('a')\nprint(f'{a} b')\nprint = None\n",
        '"""We print what the model raises, except names, and exec it.\n\n>>> print 1\n"""\n',
        "f(lambda: (1, 2))\nasync def f(): pass\nraise ValueError('a, b')\nx = 0.5 + 0x1F + 10_000\n",
        "try: f()\nexcept (A, B) as e: g(e, f)\nhour = 'our'\nLONG = 100\n",
    ],
)
def test_new_files_do_not_look_old(text: str) -> None:
    ast.parse(text)
    assert not looks_old(text)


SETTINGS = Settings(enabled=enabled([], (*RULES, UNREADABLE)))
FLAT = """import tensorflow as tf
x = tf.placeholder(tf.float32, [None, 784])
labels = tf.placeholder(tf.float32, [None, 10])
scores = tf.layers.dense(x, 10)
probabilities = tf.nn.softmax(scores)
loss = tf.losses.softmax_cross_entropy(labels, {given})
with tf.Session() as session:
    for step in range(100):
        print step, session.run(loss)
"""


def _checked(text: str, name: str = "a.py") -> Report:
    return Linter(SETTINGS).check_bytes(text.encode(), name)


@pytest.mark.parametrize(("given", "codes"), [("probabilities", ["LGT101", "LGT901"]), ("scores", ["LGT901"])])
def test_a_script_is_judged_and_still_said_to_be_no_python_3(given: str, codes: list[str]) -> None:
    report = _checked(FLAT.format(given=given))
    assert [each.code for each in report.findings] == codes
    assert "is this Python 2?" in report.findings[-1].message
    assert [loss.resolved for loss in report.losses] == [True]


def test_findings_stand_where_they_do_behind_tabs() -> None:
    text = (
        "import torch.nn.functional as F\n"
        "def step(scores, labels):\n"
        "        if labels is None:\n"
        "\t\treturn 0\n"
        "\treturn F.cross_entropy(F.softmax(scores, 1), labels)\n"
    )
    first, second = _checked(text).findings
    found = first if first.code == "LGT101" else second
    line = text.split("\n")[4]
    span = found.span
    assert (span.row, line[span.column - 1 : span.end_column - 1]) == (5, line[8:])


def test_a_cell_in_python_2_is_judged_and_reported() -> None:
    cells = [
        "import torch.nn as nn\nprint 'begin'\ncriterion = nn.CrossEntropyLoss()",
        "def step(x, y):\n    loss = criterion(nn.Softmax(1)(x), y)\n    print loss.data[0]\n    return loss",
    ]
    notebook = {"cells": [{"cell_type": "code", "source": cell} for cell in cells]}
    findings = _checked(json.dumps(notebook), "a.ipynb").findings
    assert [(each.code, each.span.cell, each.span.row) for each in findings] == [
        ("LGT901", 1, 2),
        ("LGT101", 2, 2),
        ("LGT901", 2, 3),
    ]


def test_a_block_of_markdown_in_python_2_is_judged() -> None:
    text = "# Read me\n\n```python\nimport torch.nn.functional as F\nF.nll_loss(F.softmax(x, 1), y)\nprint x\n```\n"
    assert [each.code for each in _checked(text, "a.md").findings] == ["LGT203", "LGT901"]


def test_a_module_in_python_2_is_followed(tmp_path: Path) -> None:
    (tmp_path / "net.py").write_text(
        "import torch.nn.functional as F\ndef forward(x):\n    print x\n    return F.softmax(x, 1)\n"
    )
    (tmp_path / "train.py").write_text(
        "import torch.nn.functional as F\nfrom net import forward\ndef step(x, y):\n"
        "    return F.cross_entropy(forward(x), y)\n"
    )
    (report,) = Linter(SETTINGS).check_paths([str(tmp_path / "train.py")])
    assert [each.code for each in report.findings] == ["LGT101"]


def test_scripts_with_magics_need_not_say_where_they_come_from() -> None:
    text = "%matplotlib inline\nimport torch.nn.functional as F\nF.cross_entropy(F.softmax(x, 1), y)\n??F\n"
    assert [each.code for each in _checked(text).findings] == ["LGT101"]
    assert decode(text.encode(), "a.py").troubles == ()
