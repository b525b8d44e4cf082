import io
import subprocess
import sys
from argparse import Namespace
from pathlib import Path

import pytest
from flake8 import __version_info__
from flake8.processor import FileProcessor
from flake8.violation import Violation
from hypothesis import given, settings
from hypothesis import strategies as st

from logitlint.suppressions import read


def hidden(text: str, code: str = "LGT101") -> list[int]:
    """The rows in which a finding of that code is hidden."""
    suppressions = read(text)
    return [row for row in range(1, text.count("\n") + 2) if suppressions.hides(code, row)]


@pytest.mark.parametrize(
    ("comment", "hides"),
    [
        ("# noqa", True),
        ("# NOQA", True),
        ("# noqa: LGT101", True),
        ("# noqa:LGT101", True),
        ("# noqa: LGT1", True),
        ("# noqa: L", True),  # no code follows the colon, so the comment is a bare noqa
        ("# noqa: E501,LGT101", True),
        ("# noqa: E501 LGT101", True),
        ("# noqa : LGT201", True),  # likewise
        ("# noqa: LGT201", False),
        ("# noqa: LGT1011", False),
        ("# noqa: E501", False),
        ("#noqa", False),
        ("# no qa", False),
        ("# why # noqa: LGT101", True),
        ("# noqa: E501  # noqa: LGT101", False),  # only the first counts
    ],
)
def test_a_comment_hides_what_it_names(comment: str, hides: bool) -> None:
    assert hidden(f"x = 1\nloss(y)  {comment}\nz = 2\n") == ([2] if hides else [])


def test_in_a_call_over_several_lines_a_comment_counts_for_its_own_line() -> None:
    assert hidden("a = 1\nloss = criterion(  # noqa: LGT101\n    p,\n    y,\n)  # noqa\nb = 2\n") == [2, 5]


def test_a_string_over_several_lines_shares_the_comment_behind_it() -> None:
    assert hidden('f(p, """\nx\n""")  # noqa\n') == [1, 2, 3]


def test_a_continued_line_shares_the_comment_behind_it() -> None:
    assert hidden("a = f(p) + \\\n    g(q)  # noqa\nb = 1\n") == [1, 2]


@pytest.mark.parametrize("text", ["# flake8: noqa\nx\ny\n", "x\n  # flake8: NOQA\ny\n", "# flake8:noqa\nx\ny\n"])
def test_a_file_may_be_left_alone(text: str) -> None:
    assert hidden(text) == [1, 2, 3, 4]


def test_a_file_comment_behind_code_is_no_file_comment() -> None:
    assert hidden("x = 1\ny = 2  # flake8: noqa\n") == []


def test_what_cannot_be_tokenised_is_read_line_by_line() -> None:
    assert hidden("f(\n'''  # noqa\n") == [2]


def test_windows_line_ends_count_as_one() -> None:
    assert hidden("x = 1\r\nf(p)  # noqa\r\ny = 2\r\n") == [2]


def test_the_last_row_needs_no_line_end() -> None:
    assert hidden("x = 1\nf(p)  # noqa") == [2]


def test_a_form_feed_ends_no_line() -> None:
    assert hidden("x = 1\n\x0cf(p)  # noqa\ny = 2\n") == [2]


PIECES = [
    "f(",
    ")",
    "x",
    "\n",
    "\n    ",
    " # noqa",
    " # noqa: LGT101",
    "# noqa:F",
    '"""',
    "'a'",
    "\\\n",
    "if x:",
    " ",
    "\f",
]


@given(pieces=st.lists(st.sampled_from(PIECES), max_size=25))
@settings(max_examples=300, deadline=None)
def test_every_row_is_judged_as_flake8_does(pieces: list[str]) -> None:
    text = "".join(pieces) + "\n"
    lines = io.StringIO(text).readlines()
    options = Namespace(
        hang_closing=False, indent_size=4, max_line_length=79, max_doc_length=None, verbose=0, disable_noqa=False
    )
    processor = FileProcessor("x.py", options, lines=list(lines))
    ours = read(text)
    for row, line in enumerate(lines, start=1):
        if __version_info__ < (7,) and line.strip().endswith("\\"):
            continue  # with the comment below it they are one row to flake8 6 on Python 3.10 and 3.11, not to 7
        searched = processor.noqa_line_for(row)
        violation = Violation("LGT101", "x.py", row, 1, "", line if searched is None else searched)
        assert ours.hides("LGT101", row) == violation.is_inline_ignored(disable_noqa=False), row


def test_a_whole_file_comment_is_read_as_flake8_does(tmp_path: Path) -> None:
    for name, comment in (("bare.py", "# flake8: noqa"), ("codes.py", "# flake8: noqa: F401")):
        file = tmp_path / name
        file.write_text(f"{comment}\nimport os\n")
        run = subprocess.run(
            [sys.executable, "-m", "flake8", "--isolated", "--select", "F", str(file)], capture_output=True, text=True
        )
        assert (run.stdout == "") == read(file.read_text()).hides("F401", 2), comment
