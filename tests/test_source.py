"""What is on disk: decoding, the gate, and the comments meant for us."""

import ast
import codecs
import warnings
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from logitlint.source.nesting import DEEPEST, LONGEST_CHAIN, headers
from logitlint.source.notes import Note, note, notes
from logitlint.source.text import Source, Unreadable, decode, gate, read, rows


@pytest.mark.parametrize(
    ("data", "text", "encoding"),
    [
        (b"x = 1\n", "x = 1\n", "utf-8"),
        (codecs.BOM_UTF8 + b"x = 1\n", "x = 1\n", "utf-8-sig"),
        ("# coding: latin-1\nx = 'é'\n".encode("latin-1"), "# coding: latin-1\nx = 'é'\n", "iso-8859-1"),
        (
            "#!/bin/sh\n# -*- coding: cp1252 -*-\n'€'\n".encode("cp1252"),
            "#!/bin/sh\n# -*- coding: cp1252 -*-\n'€'\n",
            "cp1252",
        ),
        (b"x = 1\r\ny = 2\r\n", "x = 1\r\ny = 2\r\n", "utf-8"),
        (b"x = 1\n\x0cy = 2\n", "x = 1\n\x0cy = 2\n", "utf-8"),
        (b"", "", "utf-8"),
    ],
)
def test_decodes_as_python_does_and_back(data: bytes, text: str, encoding: str) -> None:
    source = decode(data, "a.py")
    assert (source.filename, source.text, source.encoding) == ("a.py", text, encoding)
    assert source.text.encode(source.encoding) == data
    assert ast.dump(gate(source)) == ast.dump(ast.parse(data))


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_rows_are_those_of_cpython(end: str) -> None:
    text = end.join(["a = 1", "\x0cb = '''", "\x1c\u2028", "'''", "c = 2"])
    tree = gate(Source("a.py", text))
    assert [node.lineno for node in tree.body] == [1, 2, 5]
    assert rows(text)[4] == "c = 2"
    assert Source("a.py", text).lines == rows(text)


@pytest.mark.parametrize(
    ("data", "message", "place"),
    [
        (b"x = 1\ny = '\xff'\n", "cannot be decoded: utf-8 codec: invalid start byte", (2, 6)),
        (b"\n\n\nx = 1\ny = '\xff'\n", "cannot be decoded: utf-8 codec: invalid start byte", (5, 6)),
        (b"# coding: klingon\n", "unknown encoding: klingon", (1, 1)),
        (b"# coding: hex\n", "cannot be decoded", (1, 1)),
        (codecs.BOM_UTF8 + b"# coding: latin-1\n", "cannot be decoded", (1, 1)),
        (b"x = 1\ny = '\0'\n", "null bytes", (2, 6)),
        (b"x = (1\n", "'(' was never closed", (1, 5)),
        (b"if x:\n\ty\n        z\n", "TabError: inconsistent use of tabs and spaces", None),
        (b"if x:\npass\n", "IndentationError: expected an indented block", (2, 1)),
        (b"print 'x'\n", "is this Python 2?", (1, 1)),
        (b"try: f()\nexcept E, e: g()\n", "is this Python 2?", (2, 8)),
        (b"raise E, 'x'\n", "is this Python 2?", (1, 8)),
        (b"a = 0777\n", "is this Python 2?", (1, 5)),
        (b"a = 10L\n", "is this Python 2?", (1, 6)),
        (b"a = ur'x'\n", "is this Python 2?", (1, 7)),
        (b"x = " + b"(" * 400 + b")" * 400, "too many nested parentheses", None),
        (b"x = " + b"-" * 100_000 + b"1", "too deeply nested", None),
        (b"x = " + b"not " * (DEEPEST + 1) + b"y", "too deeply nested", (1, 1)),
        (b"if " + b"not " * (DEEPEST + 1) + b"y: pass", "too deeply nested", (1, 4)),
        (b"x = " + b" and ".join([b"y"] * (LONGEST_CHAIN + 1)), "too deeply nested", (1, 1)),
        (b"import a" + b".b" * (LONGEST_CHAIN + 1), "too deeply nested", (1, 1)),
        (b"from a" + b".b" * (LONGEST_CHAIN + 1) + b" import c", "too deeply nested", (1, 1)),
        (b"x" + b".y" * (LONGEST_CHAIN + 1), "too deeply nested", None),
    ],
)
def test_what_cannot_be_read_says_why_and_where(data: bytes, message: str, place: tuple[int, int] | None) -> None:
    with pytest.raises(Unreadable, match=message.replace("(", r"\(").replace("?", r"\?")) as raised:
        gate(Source("a.py", decode(data, "a.py").text))
    assert not raised.value.message.endswith((":", ": "))  # an exception without words is put into some
    if place is not None:
        assert (raised.value.row, raised.value.column) == place


def test_lone_surrogates_do_not_pass() -> None:
    with pytest.raises(Unreadable, match="surrogates"):
        gate(Source("a.py", "x = '\ud800'"))


def test_files_that_cannot_be_opened(tmp_path: Path) -> None:
    with pytest.raises(Unreadable, match="No such file"):
        read(tmp_path / "gone.py")
    with pytest.raises(Unreadable, match="Is a directory"):
        read(tmp_path)
    with pytest.raises(Unreadable, match="null"):
        read(Path("a\0.py"))


def test_reads_under_the_name_it_is_reported_by(tmp_path: Path) -> None:
    path = tmp_path / "a.py"
    path.write_bytes(b"x = 1\n")
    assert read(path).filename == str(path)
    assert read(path, "shown.py") == Source("shown.py", "x = 1\n", "utf-8")


def test_the_gate_is_silent_about_warnings() -> None:
    with warnings.catch_warnings(record=True) as seen:
        warnings.simplefilter("always")
        gate(Source("a.py", "x = '\\d' is 1\n"))
    assert seen == []


def test_long_but_ordinary_code_passes() -> None:
    table = "x = [\n" + "    (1, 'a', {'k': [1, 2, -3]}),\n" * 5_000 + "]\n"
    calls = "y = x" + ".view(-1)" * 400 + "\n"
    total = "z = " + " + ".join("x" * 900) + "\n"
    assert len(gate(Source("a.py", table + calls + total)).body) == 3


def test_headers_come_in_the_order_of_the_text() -> None:
    text = """
def f():
    try:
        a
    except A:
        b
    else:
        c
    finally:
        d
    for x in y:
        e
    else:
        g
    if x:
        h
    elif y:
        i
    else:
        j
    match x:
        case 1:
            k
        case 2:
            l
m
"""
    nodes = [node.pattern if isinstance(node, ast.match_case) else node for node in headers(gate(Source("a.py", text)))]
    lines = [node.lineno for node in nodes if isinstance(node, ast.stmt | ast.ExceptHandler | ast.pattern)]
    assert lines == sorted(lines)
    assert len(lines) == 21


@given(st.binary(max_size=60))
def test_any_bytes_are_decoded_or_refused_with_a_place(data: bytes) -> None:
    source, trouble = Source("a.py", data.decode("latin-1")), None
    try:
        source = decode(data, "a.py")
        gate(source)
    except Unreadable as error:
        trouble = error
    if trouble is not None:
        assert 1 <= trouble.row <= len(source.lines) + 1
        assert trouble.column >= 1
        assert trouble.message


@pytest.mark.parametrize(
    ("comment", "expected"),
    [
        ("# logitlint: logits", Note("logits", False)),
        ("#logitlint:logits", Note("logits", False)),
        ("# logitlint: Log-Softmax  # noqa: E501", Note("Log-Softmax", False)),
        ("# noqa  # logitlint: returns log softmax", Note("log softmax", True)),
        ("# LogitLint: RETURNS class_index", Note("class_index", True)),
        ("# logits", None),
        ("# logitlint:", None),
        ("# see logitlint", None),
    ],
)
def test_notes(comment: str, expected: Note | None) -> None:
    assert note(comment) == expected


def test_notes_are_comments() -> None:
    text = "x = '# logitlint: logits'\nif x:\n    y = 1  # logitlint: softmax\n# LOGITLINT: loss"
    assert list(notes(text)) == [((3, 12), Note("softmax", False)), ((4, 1), Note("loss", False))]
    assert list(notes("# logits\n")) == []
