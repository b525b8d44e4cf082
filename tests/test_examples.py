"""Scripts that are written as articles: what their Markdown shows is judged where it stands, apart from the script."""

from pathlib import Path

import pytest

from logitlint.findings import Report
from logitlint.inquiry import ask
from logitlint.linter import KNOWN, Linter
from logitlint.project.cache import Cache
from logitlint.rules import RULES
from logitlint.settings import Settings, enabled
from logitlint.source.examples import examples, has_examples
from logitlint.source.text import Cell, Source, rows

ARTICLE = '''\
"""
Title: Digits
```python
loss = F.cross_entropy(F.softmax(scores, dim=1), y)
```
"""

from torch.nn import (
    functional as F,
)

"""
## Training

```python
probabilities = F.softmax(scores, dim=1)
```

What is wrong here?

```python
loss = F.cross_entropy(probabilities, y)
```
"""

probabilities = network(digits)

"""
```python
loss = F.cross_entropy(probabilities, y)
```
"""
'''
SETTINGS = Settings(enabled=enabled([], RULES))


def report(text: str, filename: str = "a.py") -> Report:
    return Linter(SETTINGS).check_text(text, filename)


def found(text: str, filename: str = "a.py") -> list[tuple[int, int, str]]:
    return [(each.span.row, each.span.column, each.code) for each in report(text, filename).findings]


def shown(block: str, before: str = "import torch.nn.functional as F\n", quotes: str = '"""') -> str:
    return f'"""Title"""\n{before}{quotes}\n```python\n{block}\n```\n{quotes}\n'


def test_a_block_is_judged_where_it_stands_and_a_docstring_is_none() -> None:
    assert found(ARTICLE) == [(22, 8, "LGT101")]
    assert report(ARTICLE).files == 1
    assert report(ARTICLE).seen == 2


def test_the_program_of_the_blocks_has_the_rows_of_the_script() -> None:
    program = rows(examples(Source("a.py", ARTICLE)).code)
    assert len(program) == len(rows(ARTICLE))
    assert program[15] == rows(ARTICLE)[15]
    assert [row for row, line in enumerate(program, start=1) if line.strip()] == [8, 16, 22, 26, 30]


BAD = "F.cross_entropy(F.softmax(z, dim=1), y)"


@pytest.mark.parametrize(
    "text",
    [
        shown(BAD),
        shown(BAD, quotes="'''"),
        shown(BAD, "import torch.nn.functional as F; from torch import nn\n"),
        shown(BAD, "try:\n    import torch.nn.functional as F\nexcept ImportError:\n    raise\n", "'''"),
        shown(f"text = '\\\\n'\n{BAD}").replace('"""\n```', 'r"""\n```'),
        shown(BAD).replace("```python", "``` py"),
    ],
)
def test_what_is_a_block(text: str) -> None:
    assert [code for *_, code in found(text)] == ["LGT101"]


@pytest.mark.parametrize(
    "text",
    [
        shown(BAD).replace("```python", "```"),
        shown(BAD).replace("```python", "```shell"),
        shown(f"text = '\\\\n'\n{BAD}"),  # what the string holds is not what is written
        shown(BAD).replace("\n```\n", "\n"),  # not closed
        shown(f"{BAD}\n>>> 1"),
        shown(BAD).replace("'''", '"').replace('"""\n```', 'text = """\n```'),
        shown(BAD).replace('"""\n```', 'f"""\n```'),
        shown(BAD, "import torch.nn.functional as F\nF = load()\n"),
        shown(BAD, "import torch.nn.functional as F\nfor F in losses:\n    pass\n"),
        shown(
            "cross_entropy(softmax(z, dim=1), y)",
            "def f():\n    from torch.nn.functional import cross_entropy, softmax\n",
        ),
        f"def f():\n{shown(BAD)}".replace('"""\n```', '    """\n```'),
    ],
)
def test_what_is_no_block(text: str) -> None:
    assert found(text) == []


MODEL = """\
model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(3)])
```

```python
for layer in [keras.layers.Dense(3) for _ in range(2)]:
    model.add(layer)
model.compile(loss="categorical_crossentropy")
model.fit(x, keras.utils.to_categorical(y))"""


@pytest.mark.parametrize(
    ("between", "codes"),
    [
        ("", ["LGT201"]),
        ("print(keras.__version__)", ["LGT201"]),
        ("model.add(keras.layers.Softmax())", []),
        ("def train():\n    model.add(keras.layers.Softmax())", []),
        ("class model:\n    pass", []),
        ("model = build()", []),
        ("print(range(2))", ["LGT201"]),
    ],
)
def test_what_a_script_mentions_in_between_is_its_own(between: str, codes: list[str]) -> None:
    text = shown(MODEL, "import keras\n").replace("```\n\n```", f'```\n"""\n{between}\n"""\n```')
    assert [code for *_, code in found(text)] == codes


def test_blocks_change_nothing_for_the_script() -> None:
    real = f"\nscores = network(digits)\nF.cross_entropy(scores, y)\n{BAD}\n"
    text = shown("scores = F.softmax(z, dim=1)") + real
    assert found(text) == [(11, 1, "LGT101")]


def test_both_programs_in_order_of_place() -> None:
    text = f"{shown(BAD)}\n{BAD}\n" + shown(BAD, "")
    assert [row for row, *_ in found(text)] == [5, 9, 13]


@pytest.mark.parametrize(("backend", "told"), [("tensorflow", True), ("torch", False)])
def test_the_backend_is_the_one_the_script_asks_for(backend: str, told: bool) -> None:
    block = "keras.losses.categorical_crossentropy(y, keras.ops.softmax(z), from_logits=True)"
    (finding,) = report(shown(block, f'import os\nos.environ["KERAS_BACKEND"] = "{backend}"\nimport keras\n')).findings
    assert ("tensorflow" in finding.message) == told


def test_nothing_is_repaired_in_a_text_that_is_read(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text(f"{shown(BAD)}\n{BAD}\n")
    linter = Linter(SETTINGS, repairs=True)
    (given,) = linter.check_paths([str(tmp_path / "a.py")])
    assert [finding.fix is None for finding in given.findings] == [True, False]


@pytest.mark.parametrize("noqa", ['"""  # noqa: LGT101\n', '"""  # noqa: LGT102\n'])
def test_a_comment_behind_the_string_hides_what_is_found_in_it(noqa: str) -> None:
    text = shown(BAD).removesuffix('"""\n') + noqa
    assert len(found(text)) == noqa.count("LGT102")


def test_what_earlier_runs_found_is_kept_for_both(tmp_path: Path) -> None:
    file = tmp_path / "a.py"
    file.write_text(ARTICLE)

    def run() -> list[tuple[int, str]]:
        linter = Linter(SETTINGS, cache=Cache(tmp_path / "kept", "1", b"secret"))
        (given,) = linter.check_paths([str(file)])
        return [(finding.span.row, finding.code) for finding in given.findings] + [
            (loss.span.row, loss.loss) for loss in linter.unresolved(given)
        ]

    assert run() == run() == [(22, "LGT101"), (30, "cross_entropy")]
    file.write_text(ARTICLE.replace("F.softmax(scores, dim=1)", "scores"))
    assert run() == [(22, "cross_entropy"), (30, "cross_entropy")]


def test_a_line_in_a_block_can_be_asked_about(tmp_path: Path) -> None:
    file = tmp_path / "a.py"
    file.write_text(ARTICLE)
    linter = Linter(Settings(enabled=enabled([], KNOWN)))
    answer = ask(linter, str(file), 22)
    assert {known.name: known.words for known in answer.values}["probabilities"].startswith("softmax")
    assert [finding.code for finding in answer.findings] == ["LGT101"]
    assert ask(linter, str(file), 13).silence is not None
    assert ask(linter, str(file), 26).values


def test_other_files_have_no_blocks() -> None:
    assert has_examples(Source("a.py", ARTICLE))
    assert not has_examples(Source("a.md", ARTICLE))
    assert not has_examples(Source("a.py", ARTICLE, program="pass"))
    assert not has_examples(Source("a.ipynb", ARTICLE, cells=(Cell(1, 1, ARTICLE),)))
    assert not has_examples(Source("a.py", ARTICLE.replace("```python", "```")))


@pytest.mark.parametrize("spoilt", ["ef network(digits):\n", "x = '\0'\n", f"x = {'-' * 3_000}1\n", "x = '\ud800'\n"])
def test_the_blocks_of_what_is_no_program_are_left_alone(spoilt: str) -> None:
    told = Linter(Settings(enabled=enabled([], KNOWN))).check_text(ARTICLE + spoilt, "a.py")
    assert told.failures == ()
    assert [each.code for each in told.findings] == ["LGT901"]
