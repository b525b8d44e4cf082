import ast
import json
import re
import subprocess
import sys
from argparse import Namespace
from pathlib import Path

import pytest

from logitlint import linter
from logitlint.flake8_plugin import Plugin
from logitlint.inference.imports import Imports
from logitlint.inference.run import Analysis
from logitlint.project.cache import Cache
from logitlint.project.modules import Project
from logitlint.project.sieve import Sieve
from logitlint.settings import Settings

FIXTURES = Path(__file__).parent.parent / "fixtures"
LINE = re.compile(r"(?P<file>.+?):(?P<row>\d+):(?P<column>\d+): (?P<code>LGT\d+|E9\d\d) (?P<message>.*)")
BAD = """\
import torch
import torch.nn.functional as F


def step(x, y):
    p = F.softmax(x, dim=1)
    return F.cross_entropy(p, y)


def other(x, y):
    p = torch.sigmoid(x)
    return F.binary_cross_entropy(p, y)
"""

Place = tuple[str, int, int, str, str]


def flake8(path: Path, *options: str, text: str | None = None, cwd: Path | None = None) -> set[Place]:
    run = subprocess.run(
        [sys.executable, "-m", "flake8", "--isolated", "-j1", *options, str(path)],
        capture_output=True,
        text=True,
        input=text,
        cwd=cwd,
    )
    assert run.returncode in (0, 1), run.stderr
    found = (LINE.fullmatch(line) for line in run.stdout.splitlines())
    return {
        (match["file"], int(match["row"]), int(match["column"]), match["code"], match["message"])
        for match in found
        if match
    }


def command(path: Path, *options: str) -> set[Place]:
    run = subprocess.run(
        [sys.executable, "-m", "logitlint", "check", "--isolated", "--output-format", "json", *options, str(path)],
        capture_output=True,
        text=True,
    )
    assert run.returncode in (0, 1), run.stderr
    return {
        (each["filename"], each["location"]["row"], each["location"]["column"], each["code"], each["message"])
        for each in json.loads(run.stdout)
    }


@pytest.mark.parametrize("options", [(), ("--select", "LGT")], ids=["default", "all"])
def test_both_doors_report_the_same_on_every_fixture(options: tuple[str, ...]) -> None:
    ours = command(FIXTURES, *options, "--extend-exclude", "*.ipynb")  # flake8 does not open notebooks
    theirs = flake8(FIXTURES, *(options or ("--extend-select", "E9")))
    unreadable = {place[0] for place in ours if place[3] == "LGT901"}
    assert {place for place in ours if place[3] != "LGT901"} == {place for place in theirs if place[3] > "LGT"}
    assert unreadable == {place[0] for place in theirs if place[3].startswith("E9")} or options
    assert len(ours) > 10


def test_opt_in_rules_are_off_until_selected(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text(BAD)
    assert {place[3] for place in flake8(tmp_path, "--ignore", "E,W,F")} >= {"LGT101"}
    assert {place[3] for place in flake8(tmp_path)} == {"LGT101"}
    assert {place[3] for place in flake8(tmp_path, "--select", "LGT")} == {"LGT101", "LGT703"}
    assert {place[3] for place in flake8(tmp_path, "--extend-select", "LGT703")} == {"LGT101", "LGT703"}
    assert {place[3] for place in flake8(tmp_path, "--extend-ignore", "LGT1")} == set()


def test_stdin_is_judged_with_what_it_imports(tmp_path: Path) -> None:
    (tmp_path / "probs.py").write_text(
        "import torch.nn.functional as F\n\n\ndef probs(x):\n    return F.softmax(x, dim=1)\n"
    )
    text = (
        "import torch.nn.functional as F\nfrom probs import probs\n\n\n"
        "def step(x, y):\n    return F.cross_entropy(probs(x), y)\n"
    )
    [place] = flake8(Path("-"), "--stdin-display-name", "a.py", text=text, cwd=tmp_path)
    assert place[:4] == ("a.py", 6, 12, "LGT101")
    assert place[4].endswith("made softmax probabilities at probs.py:5")
    [place] = flake8(Path("-"), text=text, cwd=tmp_path)
    assert place[:4] == ("stdin", 6, 12, "LGT101")


def test_comments_are_flake8s_affair(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text(BAD.replace("cross_entropy(p, y)\n\n", "cross_entropy(p, y)  # noqa: LGT101\n\n", 1))
    assert flake8(tmp_path) == set()
    assert {place[3] for place in flake8(tmp_path, "--disable-noqa")} == {"LGT101"}


def run(text: str, filename: str = "a.py") -> list[tuple[int, int, str]]:
    lines = text.splitlines(keepends=True)
    return [each[:3] for each in Plugin(ast.parse(text), filename, lines).run()]


def test_without_options_the_default_rules_are_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Plugin, "linter", None)
    [(row, column, message)] = run(BAD)
    assert (row, column) == (7, 11)
    assert message.startswith("LGT101 softmax probabilities ")


def test_a_mistake_of_our_own_is_a_finding(monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(project: Project, sieve: Sieve, file: str, imports: Imports, *, trying: bool) -> Analysis:
        raise KeyError(file)

    monkeypatch.setattr(Plugin, "linter", None)
    monkeypatch.setattr(linter, "analyse", fails)
    [(row, column, message)] = run(BAD)
    assert (row, column) == (1, 0)
    assert message.startswith("LGT901 not judged, internal error: KeyError: 'a.py' (test_flake8_plugin.py:")


def test_the_opt_in_codes_are_ignored_by_default() -> None:
    class Manager:
        def __init__(self) -> None:
            self.ignored: list[str] = []

        def extend_default_ignore(self, error_codes: object) -> None:
            assert isinstance(error_codes, list)
            self.ignored += error_codes

        def add_option(self, long_option_name: str, **given: object) -> None:
            assert given["parse_from_config"]

    manager = Manager()
    Plugin.add_options(manager)
    assert manager.ignored == [rule.code for rule in linter.KNOWN if not rule.default]
    assert "LGT703" in manager.ignored


def test_only_what_flake8_will_show_is_judged(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Plugin, "linter", None)
    options = Namespace(
        select=["LGT703"],
        extend_select=None,
        ignore=None,
        extend_ignore=None,
        extended_default_select=["LGT"],
        extended_default_ignore=["LGT703"],
        logitlint_no_cache=True,
        logitlint_cache_dir=None,
    )
    Plugin.parse_options(options)
    assert [message.split()[0] for _, _, message in run(BAD)] == ["LGT703"]


def test_what_was_found_is_kept_beside_the_configuration(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text("[tool.logitlint]\n")
    inner = tmp_path / "inner"
    inner.mkdir()
    (inner / "probs.py").write_text("import torch\n\n\ndef probs(x):\n    return torch.softmax(x, dim=1)\n")
    (inner / "a.py").write_text(
        "import torch.nn.functional as F\nfrom probs import probs\n\n\n"
        "def step(x, y):\n    return F.cross_entropy(probs(x), y)\n"
    )
    kept = tmp_path / ".logitlint_cache"
    cold = flake8(Path("."), "--logitlint-no-cache", cwd=inner)
    assert not kept.exists()
    assert {place[3] for place in cold} == {"LGT101"}
    assert flake8(Path("."), cwd=inner) == cold
    records = [path for path in kept.rglob("*") if path.is_file() and "." not in path.name]
    assert len(records) == 2
    assert flake8(Path("."), cwd=inner) == cold
    assert flake8(Path("."), "-j2", cwd=inner) == cold
    (inner / "probs.py").write_text("def probs(x):\n    return x\n")
    assert flake8(Path("."), cwd=inner) == set()
    elsewhere = tmp_path / "elsewhere"
    flake8(Path("."), "--logitlint-cache-dir", str(elsewhere), cwd=inner)
    assert [path for path in elsewhere.rglob("*") if path.is_file()]


def test_a_cache_that_leads_elsewhere_is_not_written(tmp_path: Path) -> None:
    outside, inside = tmp_path / "outside", tmp_path / "inside"
    outside.mkdir()
    inside.mkdir()
    (inside / "a.py").write_text(BAD)
    (inside / "pyproject.toml").write_text("[tool.logitlint]\n")
    (inside / ".logitlint_cache").symlink_to(outside)
    assert flake8(Path("a.py"), cwd=inside)
    assert list(outside.iterdir()) == []


def test_what_was_found_is_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = Settings(enabled=frozenset({"LGT101"}), noqa=False)
    file = str(tmp_path / "a.py")
    monkeypatch.setattr(Plugin, "linter", linter.Linter(settings, cache=Cache(tmp_path / "kept", "1", b"secret")))
    found = run(BAD, file)
    monkeypatch.setattr(Plugin, "linter", linter.Linter(settings, cache=Cache(tmp_path / "kept", "1", b"secret")))
    monkeypatch.setattr(linter.Linter, "_checked", lambda *_: pytest.fail("judged again"))
    assert run(BAD, file) == found
    assert [message.split()[0] for _, _, message in found] == ["LGT101"]


def test_the_tree_that_flake8_has_made_is_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Plugin, "linter", None)
    parse = ast.parse
    parsed: list[object] = []

    def noted(text: str, *rest: str, **named: str) -> object:
        parsed.append(text)
        return parse(text, *rest, **named)

    monkeypatch.setattr(ast, "parse", noted)
    harmless = BAD.replace("torch.sigmoid(x)", "x").replace("F.softmax(x, dim=1)", "x")
    assert run(harmless, str(tmp_path / "a.py")) == []
    assert parsed.count(harmless) == 1


def test_nothing_is_looked_at_when_nothing_is_selected(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Plugin, "linter", linter.Linter(Settings(enabled=frozenset(), noqa=False)))
    monkeypatch.setattr(linter.Linter, "check_text", lambda *_: pytest.fail("looked"))
    assert run(BAD) == []
