"""Patterns as in .gitignore: they say what git says, and none of them takes for ever."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from commands import commit, git, logitlint
from hypothesis import example, given
from hypothesis import strategies as st
from pathspec import GitIgnoreSpec

from logitlint.project.patterns import lenient, patterns

SECONDS = 5
SLOW = {
    "stars": ("*a" * 100 + "b", "a" * 250),
    "stars and a question": ("*a?" * 60 + "b", "a" * 250),
    "stars and a class": ("*[ab]" * 100 + "!", "ab" * 120),
    "stars in a directory": ("*a" * 100 + "b/c", f"{'a' * 250}/c"),
    "two stars": ("**/a/" * 50 + "b", "a/" * 1_000 + "c"),
    "two stars before": ("**/" + "a/**/" * 50 + "b", "a/" * 1_000 + "c"),
    "two stars and one": ("**/*a*a/" * 20 + "b", f"{'a' * 50}/" * 60 + "c"),
    "stars only": ("*" * 500 + "b", "a" * 250),
}
PIECES = st.sampled_from(["*", "**", "a", "b", "?", "/", "[ab]", "[!a]", "\\a", ".", "**/", "/**/", "*a"])
PATHS = st.lists(st.text("ab.c", min_size=1, max_size=6), min_size=1, max_size=6).map("/".join)


@pytest.mark.parametrize("name", SLOW)
def test_no_pattern_takes_for_ever(name: str) -> None:
    pattern, path = SLOW[name]
    begun = time.process_time()
    for read in (patterns, lenient):
        assert read([pattern]).verdict(path) is None
    assert time.process_time() - begun < SECONDS


def test_no_tree_that_brings_one_does(tmp_path: Path) -> None:
    name = f"{'a' * 100}.py"
    (tmp_path / name).write_text("")
    (tmp_path / ".gitignore").write_text(f"{'*a' * 60}b\n")
    git(tmp_path, "init", "--quiet")
    many = "*a" * 50 + "c"
    (tmp_path / "pyproject.toml").write_text(
        f'[tool.logitlint]\nexclude = ["{many}"]\nper-file-ignores = {{ "{many}" = ["LGT1"] }}\n'
    )
    begun = time.process_time()
    assert logitlint(tmp_path, "check", "--no-cache", ".").code == 0
    assert time.process_time() - begun < SECONDS


def test_a_gitignore_that_is_too_large_is_none(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("x = (")
    commit(tmp_path)
    (tmp_path / ".gitignore").write_text("a.py\n")
    assert logitlint(tmp_path, "check", "--no-cache", ".").code == 0
    (tmp_path / ".gitignore").write_text("a.py\n" * 200_001)
    assert logitlint(tmp_path, "check", "--no-cache", ".").code == 1


@given(st.lists(PIECES, min_size=1, max_size=9).map("".join), PATHS)
@example("**/a", "a/b/a")
@example("a**b*c", "axxbxc")
@example("*a*b*c*", "abcabc/abc")
def test_what_is_written_anew_says_the_same(pattern: str, path: str) -> None:
    written = GitIgnoreSpec.from_lines([pattern])
    if "[!a]" in pattern and "/" in path:  # pathspec lets a class match the slash, which git does not
        return
    assert lenient([pattern]).verdict(path) is written.check_file(path).include
    assert lenient([pattern]).verdict(f"{path}/") is written.check_file(f"{path}/").include


@pytest.mark.parametrize(
    ("lines", "left_out"),
    [
        (["*.py", "!b.py"], {"a.py", "c/a.py"}),
        (["c/", "!c/b.py"], {"c/a.py", "c/b.py"}),
        (["!b.py", "c/"], {"c/a.py", "c/b.py"}),
        (["c/*", "!c/b.py"], {"c/a.py"}),
        (["/a.py"], {"a.py"}),
        (["c/**/a.py"], {"c/a.py"}),
        (["**/b.py"], {"b.py", "c/b.py"}),
        (["# a.py", "", "\\#a.py"], set()),
    ],
)
def test_the_last_line_that_speaks_of_a_path_decides_as_in_git(
    tmp_path: Path, lines: list[str], left_out: set[str]
) -> None:
    paths = ["a.py", "b.py", "c/a.py", "c/b.py"]
    read = patterns(lines)
    (tmp_path / "c").mkdir()
    for path in paths:
        (tmp_path / path).write_text("")
    git(tmp_path, "init", "--quiet")
    (tmp_path / ".gitignore").write_text("\n".join(lines))
    shown = git(tmp_path, "ls-files", "--others", "--exclude-standard").splitlines()
    assert set(paths) - set(shown) == left_out
    said = {
        path for path in paths if read.verdict(path) or ("/" in path and read.verdict(path.rpartition("/")[0] + "/"))
    }
    assert said == left_out
