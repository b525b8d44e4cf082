import os
import re
from dataclasses import dataclass
from pathlib import Path

import pytest

from logitlint.project.discovery import files
from logitlint.settings import (
    EXCLUDED,
    Configuration,
    ConfigurationError,
    Selection,
    Settings,
    enabled,
    file_ignores,
    find_configuration,
    find_rule,
    load,
)
from logitlint.settings.configuration import KEYS


@dataclass(frozen=True)
class Known:
    code: str
    name: str
    default: bool = True


RULES = (
    Known("LGT101", "softmax-into-softmax-loss"),
    Known("LGT102", "sigmoid-into-sigmoid-loss"),
    Known("LGT201", "logits-into-probability-loss"),
    Known("LGT402", "dropout-on-logits", default=False),
    Known("LGT403", "decision-into-loss"),
)
DEFAULT = {"LGT101", "LGT102", "LGT201", "LGT403"}
ALL = {rule.code for rule in RULES}


@pytest.mark.parametrize(
    ("layers", "on"),
    [
        ([], DEFAULT),
        ([Selection()], DEFAULT),
        ([Selection(select=("LGT",))], ALL),
        ([Selection(select=("LGT1",))], {"LGT101", "LGT102"}),
        ([Selection(select=("softmax-into-softmax-loss",))], {"LGT101"}),
        ([Selection(select=())], set()),
        ([Selection(ignore=("LGT1",))], DEFAULT - {"LGT101", "LGT102"}),
        ([Selection(ignore=("decision-into-loss",))], DEFAULT - {"LGT403"}),
        ([Selection(extend_select=("LGT402",))], ALL),
        ([Selection(select=("LGT1",), extend_select=("LGT4",))], {"LGT101", "LGT102", "LGT402", "LGT403"}),
        # the more specific wins, whatever the option; among equals `ignore` does
        ([Selection(select=("LGT101",), ignore=("LGT1",))], {"LGT101"}),
        ([Selection(select=("LGT",), ignore=("LGT1",), extend_select=("LGT102",))], ALL - {"LGT101"}),
        ([Selection(select=("LGT1",), ignore=("LGT101",))], {"LGT102"}),
        ([Selection(select=("LGT101",), ignore=("LGT101",))], set()),
        ([Selection(select=("LGT101",), ignore=("softmax-into-softmax-loss",))], set()),
        # a later `select` starts afresh, a later `ignore` or `extend_select` adjusts
        ([Selection(ignore=("LGT101",)), Selection(select=("LGT1",))], {"LGT101", "LGT102"}),
        ([Selection(select=("LGT1",)), Selection(ignore=("LGT101",))], {"LGT102"}),
        ([Selection(select=("LGT1",)), Selection(extend_select=("LGT402",))], {"LGT101", "LGT102", "LGT402"}),
        ([Selection(ignore=("LGT101",)), Selection(extend_select=("LGT1",))], DEFAULT),
    ],
)
def test_selection(layers: list[Selection], on: set[str]) -> None:
    assert enabled(layers, RULES) == on


@pytest.mark.parametrize(
    ("selector", "near"),
    [
        ("LGT1011", "`LGT101`"),
        ("lgt101", "`LGT101`"),
        ("LTG201", "`LGT201`"),
        ("dropout-on-logit", "`dropout-on-logits`"),
        ("E501", None),
        ("E201", None),
        ("LGT999", None),
        ("LG", "`LGT`"),
        ("", None),
    ],
)
@pytest.mark.parametrize("option", ["select", "ignore", "extend_select"])
def test_a_selector_that_names_no_rule_is_an_error_with_a_suggestion(
    option: str, selector: str, near: str | None
) -> None:
    wishes = {
        "select": Selection(select=(selector,)),
        "ignore": Selection(ignore=(selector,)),
        "extend_select": Selection(extend_select=(selector,)),
    }
    with pytest.raises(ConfigurationError) as raised:
        enabled([wishes[option]], RULES)
    assert f"unknown rule `{selector}`" in str(raised.value)
    assert ("did you mean" in str(raised.value)) == (near is not None)
    assert near is None or near in str(raised.value)
    assert ("`logitlint rules` lists those there are" in str(raised.value)) == (near is None)


def test_what_ruff_calls_all_has_another_name() -> None:
    with pytest.raises(ConfigurationError, match="unknown rule `all`; `LGT` stands for all"):
        enabled([Selection(select=("all",))], RULES)
    with pytest.raises(ConfigurationError, match="unknown rule `all`; `logitlint rules` lists"):
        find_rule("all", RULES)


@pytest.mark.parametrize("word", ["LGT201", "lgt201", "logits-into-probability-loss", "Logits-Into-Probability-Loss"])
def test_a_rule_is_found_by_code_or_name(word: str) -> None:
    assert RULES[find_rule(word, RULES)].code == "LGT201"


def test_a_rule_that_is_not_found_is_an_error_with_a_suggestion() -> None:
    with pytest.raises(ConfigurationError, match="unknown rule `LGT2`; did you mean `LGT201`"):
        find_rule("LGT2", RULES)


def configured(tmp_path: Path, text: str) -> Configuration:
    (tmp_path / "pyproject.toml").write_text(text)
    return load(tmp_path / "pyproject.toml")


def test_a_table_is_read(tmp_path: Path) -> None:
    configuration = configured(
        tmp_path,
        """
        [tool.logitlint]
        select = ["LGT1", "LGT201"]
        ignore = ["LGT102"]
        extend-select = ["LGT402"]
        exclude = ["old"]
        extend-exclude = ["older/*.py"]
        output-format = "concise"
        show-unresolved = true
        per-file-ignores = { "tests/*" = ["LGT1"] }
        """,
    )
    assert configuration == Configuration(
        root=tmp_path,
        path=tmp_path / "pyproject.toml",
        per_file_ignores={"tests/*": ("LGT1",)},
        selection=Selection(("LGT1", "LGT201"), ("LGT102",), ("LGT402",)),
        exclude=("old", "older/*.py"),
        output_format="concise",
        show_unresolved=True,
    )


def test_an_empty_table_changes_nothing(tmp_path: Path) -> None:
    assert configured(tmp_path, "[tool.logitlint]\n") == Configuration(root=tmp_path, path=tmp_path / "pyproject.toml")


def test_every_key_is_read(tmp_path: Path) -> None:
    for key in KEYS:
        with pytest.raises(ConfigurationError, match=f"`{key}"):
            configured(tmp_path, f"[tool.logitlint]\n{key} = 1\n")


def test_a_file_whose_tools_are_no_table_says_nothing(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text("tool = 'logitlint'\n")
    assert find_configuration(tmp_path) != tmp_path / "pyproject.toml"


def test_more_can_be_excluded_than_by_default(tmp_path: Path) -> None:
    assert configured(tmp_path, '[tool.logitlint]\nextend-exclude = ["old"]').exclude == (*EXCLUDED, "old")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('[tool.logitlint]\nselct = ["LGT"]', "unknown key `selct`; did you mean `select`?"),
        ('[tool.logitlint]\nextend_select = ["LGT"]', "unknown key `extend_select`; did you mean `extend-select`?"),
        ("[tool.logitlint]\nextend-ignore = []", "unknown key `extend-ignore`; the keys are baseline, exclude, "),
        ("[tool.logitlint]\nzzz = 1", "unknown key `zzz`; the keys are baseline, exclude, "),
        ("[tool.logitlint]\nper-file-ignores = []", "`per-file-ignores` must be a table of lists of strings"),
        ("[tool.logitlint.per-file-ignores]\n'a.py' = 'LGT'", "`per-file-ignores.a.py` must be a list of strings"),
        ('[tool.logitlint]\nselect = "LGT"', "`select` must be a list of strings"),
        ("[tool.logitlint]\nignore = [101]", "`ignore` must be a list of strings"),
        (
            '[tool.logitlint]\noutput-format = "ful"',
            ", github, gitlab, rdjson; did you mean `full`?",
        ),
        ("[tool.logitlint]\noutput-format = 3", "must be one of full, concise, json, sarif, github, gitlab, rdjson"),
        ("[tool.logitlint]\nshow-unresolved = 1", "`show-unresolved` must be true or false"),
        ("[tool]\nlogitlint = 1", "[tool.logitlint]: must be a table"),
        ("[tool.logitlint\n", "not valid TOML"),
    ],
)
def test_a_broken_configuration_names_the_file_and_the_mistake(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(ConfigurationError) as raised:
        configured(tmp_path, text)
    assert message in str(raised.value)
    assert str(tmp_path / "pyproject.toml") in str(raised.value)


def test_the_nearest_file_that_speaks_of_logitlint_is_found(tmp_path: Path) -> None:
    inner = tmp_path / "a" / "b"
    inner.mkdir(parents=True)
    (tmp_path / "pyproject.toml").write_text("[tool.logitlint]\n")
    (tmp_path / "a" / "pyproject.toml").write_text("[project]\nname = 'logitlint-user'\n")  # names it, says nothing
    assert find_configuration(inner) == tmp_path / "pyproject.toml"
    (inner / "pyproject.toml").write_text("[tool.logitlint]\nselect = []\n")
    assert find_configuration(inner) == inner / "pyproject.toml"


def test_a_broken_file_that_does_not_speak_of_logitlint_is_another_tools_affair(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text("[tool.other\n")
    assert find_configuration(tmp_path) != tmp_path / "pyproject.toml"


def test_a_configuration_that_is_a_directory_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").mkdir()
    with pytest.raises(ConfigurationError, match="cannot be read"):
        find_configuration(tmp_path)


@pytest.mark.parametrize(
    ("pattern", "matched"),
    [
        ("tests/*", ["tests/a.py", "tests/deep/a.py"]),
        ("a.py", ["a.py", "tests/a.py", "tests/deep/a.py", "/elsewhere/a.py"]),
        ("/a.py", ["a.py"]),
        ("**/deep/", ["tests/deep/a.py"]),
        ("!tests/", ["a.py", "b.py", "/elsewhere/a.py"]),
    ],
)
def test_some_rules_are_ignored_in_the_files_of_a_pattern(pattern: str, matched: list[str]) -> None:
    (ignores,) = file_ignores({pattern: ["LGT1"]}, RULES)
    settings = Settings(enabled=frozenset(ALL), per_file=(ignores,), root=Path("/project"))
    for name in ("a.py", "b.py", "tests/a.py", "tests/deep/a.py", "/elsewhere/a.py"):
        left = ALL - {"LGT101", "LGT102"} if name in matched else ALL
        assert settings.reported(os.path.join("/project", name)) == left, name


def test_ignores_of_several_patterns_add_up() -> None:
    both = file_ignores({"a.py": ["LGT101"], "*.py": ["LGT4", "logits-into-probability-loss"]}, RULES)
    assert Settings(enabled=frozenset(ALL), per_file=both, root=Path("/project")).reported("/project/a.py") == {
        "LGT102"
    }


@pytest.mark.parametrize(
    ("wishes", "message"), [({"a.py": ["LGT999"]}, "unknown rule `LGT999`"), ({"!!": ["LGT"]}, "'!'")]
)
def test_ignores_that_cannot_be_obeyed_are_errors(wishes: dict[str, list[str]], message: str) -> None:
    with pytest.raises(ConfigurationError, match=message):
        file_ignores(wishes, RULES)


# -- which files are looked at -----------------------------------------------------------------------------------------


@pytest.fixture
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    for name in ("b.py", "a.py", "pkg/c.py", "pkg/deep/d.py", ".venv/e.py", "notes.txt", "build/f.py", "data/g.py"):
        file = tmp_path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text("")
    return tmp_path


def untold(directory: str, error: OSError) -> None:
    raise AssertionError(f"{directory} was not listed: {error}")


def found(root: Path, *paths: str, exclude: tuple[str, ...] = EXCLUDED) -> list[str]:
    return list(files(paths, exclude, root, untold))


def test_a_directory_is_walked_in_order(tree: Path) -> None:
    assert found(tree, ".") == ["a.py", "b.py", "data/g.py", "pkg/c.py", "pkg/deep/d.py"]
    assert found(tree, "pkg") == ["pkg/c.py", "pkg/deep/d.py"]
    assert found(tree, str(tree / "pkg" / "deep")) == [str(tree / "pkg" / "deep" / "d.py")]


def test_each_file_comes_once(tree: Path) -> None:
    assert found(tree, "pkg/c.py", "pkg", "./pkg/c.py") == ["pkg/c.py", "pkg/deep/d.py"]


def test_a_file_that_is_named_is_taken_whatever_it_is(tree: Path) -> None:
    assert found(tree, "notes.txt", ".venv/e.py", "gone.py") == ["notes.txt", ".venv/e.py", "gone.py"]


def test_what_is_named_may_be_left_out_as_well(tree: Path) -> None:
    named = ["pkg/c.py", ".venv/e.py", "build", "pkg", str(tree / "build" / "f.py")]
    assert list(files(named, EXCLUDED, tree, untold, force=True)) == ["pkg/c.py", "pkg/deep/d.py"]
    assert list(files(named, ("pkg",), tree, untold, force=True)) == [".venv/e.py", "build/f.py"]


def test_patterns_are_those_of_gitignore(tree: Path) -> None:
    assert found(tree, ".", exclude=("pkg/**/d.py", "/a.py", ".venv", "build/")) == ["b.py", "data/g.py", "pkg/c.py"]
    assert found(tree, "pkg", exclude=("deep",)) == ["pkg/c.py"]


def test_patterns_count_outside_the_configurations_directory_too(tree: Path) -> None:
    assert found(tree / "pkg" / "deep", str(tree)) == found(tree, str(tree))


@pytest.mark.parametrize("pattern", ["!", "[", "a/[b", "![", "[]", "[!]", "[z-a]", "a\\", "/"])
def test_a_broken_pattern_is_an_error(tree: Path, pattern: str) -> None:
    for given in ((pattern,), ("a.py", pattern)):
        with pytest.raises(ValueError, match=re.escape(f"Invalid git pattern: {pattern!r}")):
            found(tree, ".", exclude=given)
        with pytest.raises(ValueError, match="Invalid git pattern"):
            list(files(["a.py"], given, tree, untold, force=True))
    if not pattern.startswith("!"):
        with pytest.raises(ConfigurationError, match="`per-file-ignores`: Invalid git pattern"):
            file_ignores({pattern: ["LGT1"]}, RULES)


@pytest.mark.parametrize("pattern", ["[ab].py", "[]a].py", "[!]b].py", "[a-a]*", r"a\[.py", "#[", " "])
def test_a_bracket_may_be_closed_or_escaped(tree: Path, pattern: str) -> None:
    assert ("a.py" in found(tree, ".", exclude=(pattern,))) is (pattern in (r"a\[.py", "#[", " "))


@pytest.mark.filterwarnings("error")
def test_what_is_no_pattern_in_a_gitignore_is_left_out_alone(tree: Path) -> None:
    (tree / ".git").mkdir()
    (tree / ".gitignore").write_text("[z-a]\n[\n!\n\n# a.py\n[[a]]\ndata/\n")
    assert "data/g.py" not in found(tree, ".")
    assert "a.py" in found(tree, ".")


def test_what_git_ignores_is_left_out(tree: Path) -> None:
    (tree / ".gitignore").write_text("data/\n*.py\n!b.py\n!\n")
    assert "data/g.py" in found(tree, ".")  # no repository
    (tree / ".gitignore").write_text("data/\na.py\n")
    (tree / ".git").mkdir()
    (tree / "pkg" / ".gitignore").write_text("deep\n")
    assert found(tree, ".") == ["b.py", "pkg/c.py"]
    assert found(tree, "pkg/deep") == ["pkg/deep/d.py"]  # named, so walked
    (tree / "pkg" / ".gitignore").write_text("!a.py\n")
    (tree / "pkg" / "a.py").write_text("")
    assert found(tree, "pkg") == ["pkg/a.py", "pkg/c.py", "pkg/deep/d.py"]


def test_links_to_directories_are_not_followed(tree: Path) -> None:
    (tree / "pkg" / "loop").symlink_to(tree)
    (tree / "pkg" / "link.py").symlink_to(tree / "a.py")
    (tree / "pkg" / "dangling.py").symlink_to(tree / "gone.py")
    assert found(tree, "pkg") == ["pkg/c.py", "pkg/link.py", "pkg/deep/d.py"]
