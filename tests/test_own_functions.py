"""`[tool.logitlint.functions]`: what the user says of functions that cannot be followed."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from commands import Run, logitlint

from logitlint.frameworks.catalog import catalog
from logitlint.frameworks.vocabulary import Axes, Depends, Fact, Function, Layer, Role, SameAs, Takes, Want
from logitlint.kinds import Kind
from logitlint.settings import ConfigurationError, load
from logitlint.settings.functions import OwnRow

CONFIGURATION = """\
[tool.logitlint.functions."lib.losses.focal"]
signature = "input, target, gamma=2.0"
takes = { input = "class-logits", target = "class-index" }
gives = "loss"

[tool.logitlint.functions."lib.losses.Focal"]
init = "gamma=2.0, from_logits=False"
signature = "input, target"
gives = "loss"

[tool.logitlint.functions."lib.losses.Focal".takes]
target = "class-index"
input = { depends = "from_logits", cases = { true = "class-logits", false = "class-probabilities" } }

[tool.logitlint.functions."lib.ops.sparsemax"]
signature = "x, dim=-1"
takes = { x = "subject" }
gives = "softmax"
axis = "dim"
aliases = ["lib.sparsemax"]

[tool.logitlint.functions."lib.ops.smooth"]
signature = "x"
same-as = "x"
"""
LIBRARY = {
    "lib/__init__.py": "",
    "lib/losses.py": """\
from . import _native


class Focal:
    def __call__(self, input, target):
        return _native.focal(input, target)


def focal(input, target, gamma=2.0):
    return _native.focal(input, target)
""",
    "lib/ops.py": """\
from . import _native


def sparsemax(x, dim=-1):
    return _native.sparsemax(x)


def smooth(x):
    return _native.smooth(x)
""",
}
TRAIN = """\
import lib.losses
import lib.losses as losses
from lib import ops
from lib.losses import Focal, focal
from lib.ops import smooth, sparsemax


def step(net, x, y):
    p = smooth(sparsemax(net(x), dim=1))
    yield focal(p, y)  # 10
    yield Focal(from_logits=True)(p, y)  # 11
    yield Focal()(p, y)
    yield losses.Focal(2.0, True)(p, y)  # 13
    yield lib.losses.focal(target=y, input=ops.sparsemax(x))  # 14
    yield focal(net(x), y)
"""


def project(folder: Path, configuration: str = CONFIGURATION, **files: str) -> Path:
    (folder / "pyproject.toml").write_text(configuration)
    for name, text in {**LIBRARY, "train.py": TRAIN, **files}.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    return folder


def places(run: Run) -> list[str]:
    assert run.code in (0, 1), run.err
    told = (line.partition(": LGT") for line in run.lines if ": LGT" in line)
    return [f"{place.rpartition(':')[0]} LGT{rest[:3]}" for place, _, rest in told]


def check(folder: Path, *arguments: str) -> list[str]:
    return places(logitlint(folder, "check", "--output-format", "concise", *arguments))


WRONG = [f"train.py:{row} LGT101" for row in (10, 11, 13, 14)]


def test_what_is_described_is_believed(tmp_path: Path) -> None:
    run = logitlint(project(tmp_path), "--output-format", "concise", ".")
    assert places(run) == WRONG
    assert run.lines[0].endswith("; made softmax probabilities at train.py:9")
    assert run.lines[-1] == "6 losses seen, 5 resolved"
    assert check(tmp_path, "--isolated", ".") == []


def test_what_is_described_is_never_run_by_a_proof(tmp_path: Path) -> None:
    trap = "import pathlib\npathlib.Path(__file__).with_name('sprung').write_text('')\n"
    project(tmp_path, **{name: trap + text for name, text in LIBRARY.items()})
    run = logitlint(tmp_path, "verify", "--output-format", "json", ".")
    assert run.code == 0, run.err
    told = json.loads(run.out)
    assert [each["location"]["row"] for each in told if each["code"] == "LGT101"] == [10, 11, 13, 14]
    for each in told:
        assert each["verified"]["status"] == "inconclusive"
        assert each["verified"]["measured"] == []  # not even the mistake is measured
    reasons = {each["verified"]["reason"] for each in told if each["fix"] and each["fix"]["edits"]}
    assert all(reason is None or "is the project's own, which is never run" in reason for reason in reasons)
    assert not list(tmp_path.rglob("sprung"))


def test_what_is_described_may_lie_elsewhere(tmp_path: Path) -> None:
    project(tmp_path)
    for name in LIBRARY:
        (tmp_path / name).unlink()
    assert check(tmp_path, ".") == WRONG


def test_a_package_may_begin_below_the_root(tmp_path: Path) -> None:
    (tmp_path / "src").mkdir()
    project(tmp_path / "src")
    (tmp_path / "src" / "pyproject.toml").rename(tmp_path / "pyproject.toml")
    assert check(tmp_path, ".") == [f"src/{each}" for each in WRONG]
    assert check(tmp_path / "src", ".") == WRONG


def test_what_is_described_counts_in_its_own_module(tmp_path: Path) -> None:
    more = LIBRARY["lib/losses.py"] + (
        "\n\ndef both(x, y):\n    from .ops import sparsemax\n\n    return focal(sparsemax(x), y)\n"
    )
    assert check(project(tmp_path, **{"lib/losses.py": more}), "lib") == ["lib/losses.py:16 LGT101"]


def test_a_function_of_that_name_elsewhere_is_another(tmp_path: Path) -> None:
    other = "def focal(input, target):\n    return 0\n\n\ndef f(x, y):\n    return focal(x.softmax(1), y)\n"
    assert check(project(tmp_path, **{"other/losses.py": other, "losses.py": other}), "other", "losses.py") == []


def test_inner_functions_and_methods_are_not_what_is_described(tmp_path: Path) -> None:
    text = (
        "import torch\n\n\nclass A:\n    def focal(self, x, y):\n        return x\n\n\n"
        "def f(x, y):\n    def focal(a, b):\n        return a\n\n    return focal(torch.softmax(x, 1), y)\n"
    )
    assert check(project(tmp_path, **{"lib/losses.py": text}), "lib/losses.py") == []


def test_a_row_of_the_user_wins(tmp_path: Path) -> None:
    text = "import torch.nn.functional as F\n\n\ndef f(x, y):\n    return F.cross_entropy(F.softmax(x, 1), y)\n"
    configuration = (
        '[tool.logitlint.functions."torch.nn.functional.cross_entropy"]\nsignature = "input, target"\ngives = "loss"\n'
        'takes = { input = "class-probabilities" }\n'
    )
    assert check(project(tmp_path, configuration, **{"train.py": text}), ".") == []
    assert check(tmp_path, "--isolated", ".") == ["train.py:5 LGT101"]


def test_flake8_believes_it_too(tmp_path: Path) -> None:
    project(tmp_path)
    command = [sys.executable, "-m", "flake8", "--select=LGT", "train.py"]
    run = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)
    assert [line.split(":")[1] for line in run.stdout.splitlines()] == ["10", "11", "13", "14"]
    (tmp_path / "pyproject.toml").write_text("[tool.logitlint]\nfunctons = {}\n")
    run = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)
    assert "unknown key `functons`; did you mean `functions`?" in run.stdout + run.stderr
    assert "Traceback" not in run.stderr


def test_why_believes_it_too(tmp_path: Path) -> None:
    run = logitlint(project(tmp_path), "why", "train.py:10")
    assert any("LGT101" in line and "SPEAKS" in line for line in run.lines)


# -- the words ---------------------------------------------------------------------------------------------------------


def rows(folder: Path, text: str, name: str = "a.f") -> tuple[OwnRow, ...]:
    (folder / "pyproject.toml").write_text(f'[tool.logitlint.functions."{name}"]\n{text}\n')
    return load(folder / "pyproject.toml").functions


@pytest.mark.parametrize(
    ("text", "row"),
    [
        ('signature = "x"', Function(name="a.f", signature="x")),
        (
            'signature = "x, y, *, w=None"\ntakes = { x = "label-logits", y = "labels", w = "weight" }\ngives = "loss"',
            Function(
                name="a.f",
                signature="x, y, *, w=None",
                takes={
                    "x": Takes(Role.PREDICTION, Want.LABEL_LOGITS),
                    "y": Takes(Role.TARGET, Want.LABELS),
                    "w": Takes(Role.WEIGHT),
                },
                gives=Kind.LOSS,
                facts=frozenset({Fact.LOSS}),
            ),
        ),
        (
            'signature = "x, n=3"\ngives = { log-softmax = "softmax" }\naxis = -1\nunits = "n"\nlow = 0\nhigh = "n"',
            Function(
                name="a.f",
                signature="x, n=3",
                gives={Kind.LOG_SOFTMAX: Kind.SOFTMAX},
                axis=-1,
                units="n",
                low=0.0,
                high="n",
            ),
        ),
        (
            'signature = "x, mode=1"\n'
            'gives = ["logits", { depends = "mode", cases = { 1 = "softmax", none = "logits" } }]',
            Function(
                name="a.f",
                signature="x, mode=1",
                gives=(Kind.LOGITS, Depends("mode", {1: Kind.SOFTMAX, None: Kind.LOGITS})),
            ),
        ),
        (
            'signature = "x"\nfacts = ["trains-not", "metric"]\naliases = ["a.g"]',
            Function(name="a.f", signature="x", facts=frozenset({Fact.TRAINS_NOT, Fact.METRIC}), aliases=("a.g",)),
        ),
        (
            'signature = "x, dims"\nsame-as = "x"\naxes = "permuted"\naxis = "dims"',
            SameAs(name="a.f", signature="x, dims", subject="x", axes=Axes.PERMUTED, axis="dims"),
        ),
        (
            'init = "weight=None"\nsignature = "x"\ntakes = { x = "class-logits", weight = "weight" }\ngives = "loss"',
            Layer(
                name="a.f",
                init="weight=None",
                call=Function(
                    name="a.f",
                    signature="x",
                    takes={"x": Takes(Role.PREDICTION, Want.CLASS_LOGITS)},
                    gives=Kind.LOSS,
                    facts=frozenset({Fact.LOSS}),
                ),
                takes={"weight": Takes(Role.WEIGHT)},
                facts=frozenset({Fact.LOSS}),
            ),
        ),
    ],
)
def test_the_words_are_those_of_the_tables(tmp_path: Path, text: str, row: OwnRow) -> None:
    assert rows(tmp_path, text) == (row,)


def test_every_want_can_be_said(tmp_path: Path) -> None:
    for want in Want:
        word = want.name.lower().replace("_", "-")
        (row,) = rows(tmp_path, f'signature = "x"\ntakes = {{ x = "{word}" }}')
        assert isinstance(row, Function)
        assert row.takes["x"].want is want


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "`signature` is missing"),
        ('signature = "x,, y"', "`signature` is no list of parameters: 'x,, y'"),
        ('signature = "x: int"', "`signature` is no list of parameters: 'x: int'"),
        ('signature = "x"\ninit = ")"', "`init` is no list of parameters: ')'"),
        ("signature = 1", "`signature` must be a string"),
        ('signature = "x"\nsignatur = "y"', "unknown key `signatur`; did you mean `signature`?"),
        ('signature = "input"\ntakes = { inputs = "class-logits" }', "no parameter; did you mean `input`?"),
        ('signature = "x"\ntakes = { x = "class-logit" }', "`takes.x` must be one of prediction, "),
        ('signature = "x"\ntakes = { x = "class-logit" }', "did you mean `class-logits`?"),
        ('signature = "x"\ntakes = "x"', "`takes` must be a table"),
        ('signature = "x"\ntakes = { x = 1 }', "`takes.x` must be a word, or { depends = PARAMETER, cases = "),
        ('signature = "x"\ntakes = { x = { depends = "x" } }', "`takes.x` must be a word, or { depends"),
        ('signature = "x"\ntakes = { x = { depends = 1, cases = { a = "labels" } } }', "`takes.x` must be a word, or"),
        (
            'signature = "x"\ntakes = { x = { depends = "y", cases = { a = "labels" } } }',
            "`depends` names `y`, which is",
        ),
        ('signature = "x"\ntakes = { x = { depends = "x", cases = { a = 1 } } }', "`takes.x.a` must be one of"),
        ('signature = "x"\ngives = "logit"', "`gives` must be one of logits, "),
        ('signature = "x"\ngives = "logit"', "did you mean `logits`?"),
        ('signature = "x"\ngives = 3', "`gives` must be one of logits, "),
        ('signature = "x"\naxis = "dim"', "`axis` names `dim`, which is no parameter"),
        ('signature = "x"\naxis = true', "`axis` must be a string"),
        ('signature = "x"\nlow = true', "`low` must be a string"),
        ('signature = "x"\naxes = "kept"', "`axes` says what `same-as` keeps"),
        ('signature = "x"\nsame-as = "y"', "`same-as` names `y`, which is no parameter"),
        ('signature = "x"\nsame-as = "x"\naxes = "keep"', "`axes` must be one of kept, "),
        ('signature = "x"\nsame-as = "x"\ngives = "loss"', "`gives` and `same-as` exclude each other"),
        ('signature = "x"\nfacts = ["los"]', "did you mean `loss`?"),
        ('signature = "x"\naliases = "b"', "`aliases` must be a list of strings"),
    ],
)
def test_what_is_not_understood_is_told_with_its_place(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(ConfigurationError) as raised:
        rows(tmp_path, text)
    said = str(raised.value)
    assert said.startswith(f'{tmp_path / "pyproject.toml"}: [tool.logitlint]: functions."a.f": ')
    assert message in said


@pytest.mark.parametrize("name", ["f", "a.f()", "a..f", "", "a.1"])
def test_a_name_says_where_the_function_is_found(tmp_path: Path, name: str) -> None:
    with pytest.raises(ConfigurationError, match="the name must say where the function is found"):
        rows(tmp_path, 'signature = "x"', name)


def test_functions_are_a_table(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text("[tool.logitlint]\nfunctions = 1\n")
    with pytest.raises(ConfigurationError, match="`functions` must be a table"):
        load(tmp_path / "pyproject.toml")
    (tmp_path / "pyproject.toml").write_text('[tool.logitlint.functions]\n"a.f" = 1\n')
    with pytest.raises(ConfigurationError, match=r'functions\."a\.f": must be a table'):
        load(tmp_path / "pyproject.toml")


@pytest.mark.parametrize(
    ("file", "name", "described"),
    [
        ("lib/losses.py", "focal", True),
        ("src/lib/losses.py", "focal", True),
        ("lib/losses/__init__.py", "focal", True),
        ("losses.py", "focal", False),
        ("mylib/losses.py", "focal", False),
        ("lib/losses.py", "other", False),
        ("lib/losses.ipynb", "focal", True),
    ],
)
def test_a_file_is_known_by_the_end_of_its_path(file: str, name: str, described: bool) -> None:
    own = catalog((Function(name="lib.losses.focal", signature="x"),))
    assert (own.described(file, name) == "lib.losses.focal") is described
    assert catalog().described(file, name) is None
