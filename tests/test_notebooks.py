"""Notebooks: their cells as one program, findings in cells, and files that keep every byte that is not changed."""

import json
from pathlib import Path

import pytest
from expectations import FIXTURES, expectations
from hypothesis import given
from hypothesis import strategies as st

from logitlint.findings import Finding
from logitlint.linter import Linter
from logitlint.rules import RULES, UNREADABLE
from logitlint.settings import Selection, Settings, enabled
from logitlint.source.magics import placeholder, python
from logitlint.source.notebooks import notebook, rewritten
from logitlint.source.text import Source, Unreadable, rows

NOTEBOOKS = sorted((FIXTURES / "notebooks").glob("*.ipynb"))
BAD = "import torch.nn.functional as F\nloss = F.cross_entropy(F.softmax(x, dim=1), y)"


def code(source: object) -> dict[str, object]:
    return {"cell_type": "code", "metadata": {}, "outputs": [], "execution_count": None, "source": source}


def book(*cells: object, **more: object) -> bytes:
    return json.dumps({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5, **more}).encode()


def program(*sources: str) -> Source:
    return notebook(book(*map(code, sources)), "a.ipynb")


def check(content: bytes) -> list[Finding]:
    report = Linter(Settings(enabled=enabled([], (*RULES, UNREADABLE)))).check_bytes(content, "a.ipynb")
    assert not report.failures
    return list(report.findings)


def found(content: bytes) -> list[tuple[int | None, int, int, str]]:
    return [(each.span.cell, each.span.row, each.span.column, each.code) for each in check(content)]


# -- fixtures ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_what_is_found_in_real_notebooks(path: Path) -> None:
    on = enabled([Selection()], RULES)
    (report,) = Linter(Settings(enabled=frozenset(on))).check_paths([str(path)])
    assert not report.failures
    source = notebook(path.read_bytes(), str(path))
    starts = {cell.number: cell.row for cell in source.cells}
    assert {(starts[each.span.cell or 0] + each.span.row - 1, each.code) for each in report.findings} == expectations(
        source.text
    ).found


def test_known_gaps_only_become_fewer() -> None:
    sources = [notebook(path.read_bytes(), str(path)) for path in NOTEBOOKS]
    assert sum(len(expectations(source.text).missed) for source in sources) == 0


# -- reading ----------------------------------------------------------------------------------------------------------


def test_code_cells_are_one_program_and_every_cell_is_counted() -> None:
    cells = [{"cell_type": "markdown", "source": "# Title"}, code(["a = 1\n", "b = 2"]), code(""), code("c = a + b\n")]
    source = notebook(book(*cells), "a.ipynb")
    assert source.text == "a = 1\nb = 2\n\nc = a + b\n"
    assert [(cell.number, cell.row) for cell in source.cells] == [(2, 1), (3, 3), (4, 4)]
    assert [getattr(source.cell(row), "number", None) for row in range(1, 6)] == [2, 2, 3, 4, 4]


def test_a_finding_stands_in_its_cell() -> None:
    cells = [{"cell_type": "markdown", "source": "# Title"}, code("import torch.nn.functional as F\n\n"), code(BAD)]
    assert found(book(*cells)) == [(3, 2, 8, "LGT101")]


def test_a_value_goes_from_cell_to_cell() -> None:
    [finding] = check(book(*map(code, ["import torch.nn.functional as F", "p = F.softmax(x, 1)", "F.nll_loss(p, y)"])))
    assert [step.span.cell for step in finding.trace] == [2, 3]
    assert "made softmax probabilities at a.ipynb:cell 2:1" in finding.message


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_rows_are_counted_as_in_the_cell(end: str) -> None:
    first = end.join(["import torch.nn.functional as F", "x = 1", ""])
    assert found(book(code(first), code(BAD.replace("\n", end)))) == [(2, 2, 8, "LGT101")]


def test_a_cell_may_be_indented_as_a_whole() -> None:
    cell = "  import torch.nn.functional as F\n  p = F.softmax(x, dim=1)\n  loss = F.cross_entropy(p,\n    y)"
    [finding] = check(book(code(cell)))
    assert (finding.span.row, finding.span.column, finding.span.end_row, finding.span.end_column) == (3, 10, 4, 7)
    assert (finding.trace[0].span.row, finding.trace[0].span.column) == (2, 7)


def test_a_cell_may_be_pasted_with_its_prompts() -> None:
    cell = ">>> import torch.nn.functional as F\n>>> p = F.softmax(x, dim=1)\n>>> loss = F.cross_entropy(p, y)"
    [finding] = check(book(code(cell)))
    assert (finding.span.row, finding.span.column, finding.trace[0].span.column) == (3, 12, 9)


def test_nbformat_3_keeps_cells_in_worksheets() -> None:
    cells = [
        {"cell_type": "heading", "level": 1, "source": "Title"},
        {"cell_type": "code", "input": BAD, "language": "python"},
    ]
    old = {"worksheets": [{"cells": cells}, {"cells": cells}], "nbformat": 3, "metadata": {"name": ""}}
    assert found(json.dumps(old).encode()) == [(2, 2, 8, "LGT101"), (4, 2, 8, "LGT101")]


@pytest.mark.parametrize(
    ("metadata", "expected"),
    [
        ({}, 1),
        ({"language_info": {"name": "python"}}, 1),
        ({"language_info": {"name": "ipython"}, "kernelspec": {"language": "R"}}, 1),
        ({"kernelspec": {"name": "python3"}}, 1),
        ({"kernelspec": {"language": "julia"}}, 0),
        ({"language_info": {"name": "R"}}, 0),
        ({"language_info": "R"}, 1),
    ],
)
def test_only_python_is_read(metadata: object, expected: int) -> None:
    assert len(found(book(code(BAD), metadata=metadata))) == expected


def test_a_cell_may_be_in_a_language_of_its_own() -> None:
    sql = code("SELECT 1") | {"metadata": {"vscode": {"languageId": "sql"}}}
    assert found(book(sql, code(BAD))) == [(2, 2, 8, "LGT101")]
    bash = code(BAD) | {"metadata": {"vscode": {"languageId": "python"}}}
    assert found(book(bash, metadata={"language_info": {"name": "bash"}})) == [(1, 2, 8, "LGT101")]


def test_modules_beside_a_notebook_are_followed(tmp_path: Path) -> None:
    (tmp_path / "net.py").write_text("import torch\n\n\ndef net(x):\n    return torch.softmax(x, 1)\n")
    cells = map(code, ["import torch.nn.functional as F\nfrom net import net", "F.cross_entropy(net(x), y)"])
    (tmp_path / "a.ipynb").write_bytes(book(*cells))
    (report,) = Linter(Settings(enabled=frozenset({"LGT101"}))).check_paths([str(tmp_path / "a.ipynb")])
    [finding] = report.findings
    assert (finding.span.cell, finding.span.row) == (2, 1)
    assert (finding.trace[0].span.filename, finding.trace[0].span.cell) == (str(tmp_path / "net.py"), None)


def test_noqa_counts_for_its_line_and_flake8_noqa_for_the_notebook() -> None:
    assert found(book(code("x = 1  # noqa"), code(BAD))) == [(2, 2, 8, "LGT101")]
    assert found(book(code(BAD + "  # noqa: LGT101"))) == []
    assert found(book(code("%%time\n" + BAD + "  # noqa"))) == []
    assert found(book(code("# flake8: noqa"), code(BAD))) == []
    assert found(book(code("x = (  # noqa"))) == []
    assert found(book(code("x = (\n# noqa"))) == [(1, 1, 5, "LGT901")]


def test_notes_hold_in_cells() -> None:
    cells = ["import torch.nn.functional as F", "p = load()  # logitlint: softmax", "F.cross_entropy(p, y)"]
    assert found(book(*map(code, cells))) == [(3, 1, 1, "LGT101")]


# -- what cannot be read ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "is empty"),
        (b" \n", "is empty"),
        (b"not json", "no JSON"),
        (book(code(BAD))[:80], "cut off"),
        (b"[1, 2]", "has no `cells`"),
        (b"3", "has no `cells`"),
        (b'{"metadata": {}}', "has no `cells`"),
        (b'{"cells": 3}', "`cells` is no list"),
        (b'{"worksheets": 3}', "`cells` is no list"),
        (b'{"worksheets": [3]}', "`cells` is no list"),
        (b'{"worksheets": [{"cells": {}}]}', "`cells` is no list"),
        (b'{"cells": ["\xff"]}', "codec"),
        (b"[" * 200_000, "too deeply nested"),
        (b'{"cells": [' + b"1" * 5_000 + b"]}", "not a notebook"),
    ],
)
def test_what_is_no_notebook_is_reported(content: bytes, words: str) -> None:
    [finding] = check(content)
    assert (finding.code, finding.span.cell) == ("LGT901", None)
    assert words in finding.message


@pytest.mark.parametrize(
    ("cell", "words"),
    [
        (code(3), "neither text nor"),
        (code(None), "neither text nor"),
        (code(["x = 1\n", 2]), "neither text nor"),
        (code({"a": 1}), "neither text nor"),
        ({"cell_type": "code"}, "neither text nor"),
        ("x = 1", "no JSON object"),
        ({"source": "x = 1"}, "no `cell_type`"),
        (code("x = ("), "never closed"),
        (code("x = 1\0"), "null bytes"),
        (code("x = '\ud800'"), "surrogates"),
        (code("x = " + "-" * 3_000 + "1"), "too deeply nested"),
        (code("def f():"), "indented block"),
    ],
)
def test_a_bad_cell_is_dropped_not_the_notebook(cell: object, words: str) -> None:
    bad, good = check(book(code("x = 1"), cell, code(BAD)))
    assert (bad.code, bad.span.cell, bad.span.row) == ("LGT901", 2, 1)
    assert words in bad.message
    assert (good.code, good.span.cell, good.span.row) == ("LGT101", 3, 2)


def test_a_bad_cell_is_reported_in_a_notebook_without_losses() -> None:
    assert found(book(code("x = 1\ny = ("))) == [(1, 2, 5, "LGT901")]


@given(st.recursive(st.none() | st.integers() | st.text(max_size=4), lambda inner: st.lists(inner, max_size=3)))
def test_no_source_takes_the_program_down(source: object) -> None:
    assert all(each.span.row >= 1 for each in check(book(code(source), code(BAD))))


@given(st.integers(0, 700))
def test_a_notebook_cut_anywhere_is_one_finding(length: int) -> None:
    whole = (FIXTURES / "notebooks" / "digits.ipynb").read_bytes()
    [finding] = check(whole[:length])
    assert finding.code == "LGT901"


def test_what_a_bad_cell_binds_is_unknown_and_what_it_imports_stays() -> None:
    text = (
        "import torch\nprint 'x'\nmodel.add(head)\na, b = f(c)\nfor i in r: pass\ndef g():\n    hidden = 1\nz: int = 3"
    )
    stood = placeholder(text)
    assert len(rows(stood)) == len(rows(text))
    assert stood.startswith("import torch\n")
    bound = set(stood.split("\n")[1].split(" = "))
    assert bound == {"model", "a", "b", "i", "g", "z", "get_ipython()"}
    assert placeholder("import a\nimport b; (") == "import a\nb = get_ipython()"


# -- IPython ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("x = 1", "x = 1"),
        ("%matplotlib inline", "pass"),
        ("!pip install torch", "pass"),
        ("!pip install \\\n  torch\nx = 1", "pass\n\nx = 1"),
        ("if x:\n    !ls\n    %cd ..", "if x:\n    pass\n    pass"),
        ("model?", "pass"),
        ("?model.fit", "pass"),
        ("import b; b.f??", "pass"),  # IPython answers the question and runs nothing of the row
        ("!ls\nprint(1); f?\nx = 'f?'  # f?", "pass\npass\nx = 'f?'  # f?"),
        ("!ls\nx = 1  # what? no, this?", "pass\nx = 1  # what? no, this?"),
        ('!ls\nx = """no?\nno?"""', 'pass\nx = """no?\nno?"""'),
        ("model.parts[0].head?", "pass"),
        ("x['a'], y.z[0] = !ls", "x['a'], y.z[0] = get_ipython()"),
        (">>> for i in x:\n...     print(i)\n...\n>>> y = 1", "for i in x:\n    print(i)\n\ny = 1"),
        ("In [12]: if x:\n   ...:     y = 1", "if x:\n    y = 1"),
        ("model.layers[0]??", "pass"),
        ("%timeit?", "pass"),
        ("x = !ls -l", "x = get_ipython()"),
        ("a.b = %pwd", "a.b = get_ipython()"),
        ("%%bash\nrm -rf x\ny = 1", "\n\n"),
        ("# a comment\n\n%%html\n<b>", "\n\n\n"),
        ("%%time\nx = f()", "pass\nx = f()"),
        ("%%capture out\nx = f()", "pass\nx = f()"),
        ("%%timeit x = 1\ny = x", "0       ;x = 1\ny = x"),
        ("%time x = f()  # noqa", "0    ;x = f()  # noqa"),
        ("    y = 1\n%time x", "y = 1\n0    ;x"),
        ("%timeit -n 10 -r3 -q f(x)", "0                   ;f(x)"),
        ("%lprun -f step step(x)", "0             ;step(x)"),
        ("%time x = f( \\\n  y)", "0    ;x = f( \\\n  y)"),
        ("%time for x in y: pass", "pass"),
        ("%time not python at all", "pass"),
        ("%run helpers.py --fast", "from helpers import *"),
        ("%run -i './src/helpers'", "from src.helpers import *"),
        ("%run ../helpers.py", "pass"),
        ("x = (a\n% b)\n!ls", "x = (a\n% b)\npass"),
        ("x = '''\n!ls\n'''\n!ls", "x = '''\n!ls\n'''\npass"),
        ("x = 'it''s' # '''\n!ls", "x = 'it''s' # '''\npass"),
        ("x = a \\\n % b\n!ls", "x = a \\\n % b\npass"),
        ("  x = 1\n  if x:\n    y = 2", "x = 1\nif x:\n  y = 2"),
        ("\n  x = 1\ny = 2", "\nx = 1\ny = 2"),
        ("  %time f()\n  !ls", "0    ;f()\npass"),
        ("pip install torch", "pass"),
        ("ls ./data\nls ../data", "pass\npass"),
        ("cd drive/MyDrive\nls", "pass\npass"),
        ("cd ..\nls .", "pass\npass"),
        ("cat = 1\nls [", "cat = 1\nls ["),
        ("/f x", "pass"),
        ("%", "pass"),
        ("%%", ""),
        ("x = (", "x = ("),
    ],
)
def test_magics_are_put_into_python_of_as_many_rows(text: str, expected: str) -> None:
    assert python(text) == expected
    assert len(rows(text)) == len(rows(expected))


@given(st.text(alphabet="%!?x=1 \n\\'\"#(); ;-time", max_size=40))
def test_rows_stay_whatever_the_cell_says(text: str) -> None:
    assert len(rows(python(text))) == len(rows(text))
    assert len(rows(placeholder(text))) == len(rows(text))


# -- writing ----------------------------------------------------------------------------------------------------------

TEXT = st.text(alphabet=st.sampled_from('ab\n\\"/é\u2028😀\t\r'), max_size=12)
SOURCE = TEXT | st.lists(TEXT, max_size=4) | st.just([])
CELL = st.fixed_dictionaries(
    {"cell_type": st.sampled_from(["code", "markdown"]), "source": SOURCE},
    optional={
        "metadata": st.dictionaries(TEXT, st.dictionaries(st.just("source"), TEXT)),
        "outputs": st.lists(st.fixed_dictionaries({"source": SOURCE, "text": TEXT})),
        "é": TEXT,
    },
)
LAYOUT = st.fixed_dictionaries(
    {"indent": st.sampled_from([None, 0, 1, 4, "\t"]), "ensure_ascii": st.booleans(), "sort_keys": st.booleans()}
)


def joined(source: object) -> str:
    return "".join(source) if isinstance(source, list) else str(source)


@given(st.lists(CELL, min_size=1, max_size=4), LAYOUT, st.data())
def test_only_the_source_of_the_cells_given_is_changed(
    cells: list[dict[str, object]], layout: dict[str, object], data: st.DataObject
) -> None:
    document: dict[str, object] = {"source": "no cell", "metadata": {"cells": []}, "cells": cells, "nbformat": 4}
    content = json.dumps(document, **layout).encode() + b"\n"  # type: ignore[arg-type]
    numbers = data.draw(st.sets(st.integers(1, len(cells))))
    sources = {number: data.draw(TEXT) for number in numbers}
    new = rewritten(content, sources)
    expected = json.loads(content)
    for number, text in sources.items():
        old = expected["cells"][number - 1]["source"]
        now = json.loads(new)["cells"][number - 1]["source"]
        assert joined(now) == text
        assert type(now) is type(old)
        expected["cells"][number - 1]["source"] = now
    assert json.dumps(json.loads(new)) == json.dumps(expected)
    others = {number: joined(cell["source"]) for number, cell in enumerate(cells, start=1) if number not in numbers}
    assert rewritten(content, others) == content


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_whose_cells_stay_keeps_its_bytes(path: Path) -> None:
    content = path.read_bytes()
    source = notebook(content, str(path))
    assert rewritten(content, {cell.number: cell.text for cell in source.cells}) == content


def test_a_changed_line_is_the_only_difference() -> None:
    content = (FIXTURES / "notebooks" / "digits.ipynb").read_bytes()
    cell = notebook(content, "a.ipynb").cells[2]
    new = rewritten(content, {cell.number: cell.text.replace("F.softmax(self.out(x), dim=1)", "self.out(x)")})
    before, after = content.splitlines(), new.splitlines()
    assert len(before) == len(after)
    assert [pair for pair in zip(before, after, strict=True) if pair[0] != pair[1]] == [
        (b'    "        return F.softmax(self.out(x), dim=1)"', b'    "        return self.out(x)"')
    ]


@pytest.mark.parametrize(
    ("old", "text", "expected"),
    [
        (b'"a\\nb"', "a\nc", b'"a\\nc"'),
        (b'["a\\n", "b"]', "a\nb\nc", b'["a\\n", "b\\n", "c"]'),
        (b'[\n  "a\\n",\n  "b"\n ]', "a\nb\nc", b'[\n  "a\\n",\n  "b\\n",\n  "c"\n ]'),
        (b'[\n  "a"\n ]', "a\nb", b'[\n  "a\\n",\n  "b"\n ]'),
        (b'["a"]', "a\nb", b'["a\\n", "b"]'),
        (b'["a\\n",\n"b\\n",  "c\\n","d"]', "a\nB\nc\nd", b'["a\\n",\n"B\\n",  "c\\n","d"]'),
        (b'["a\\n",\n"b\\n",  "c\\n","d"]', "a\nd", b'["a\\n",\n"d"]'),
        (b'["a\\n",  "b\\n",\t"c"]', "a\nx\ny\nc", b'["a\\n",  "x\\n",  "y\\n",\t"c"]'),
        (b"[]", "a\nb", b'["a\\n", "b"]'),
        (b"[ ]", "", b"[ ]"),
        (b'["a"]', "", b"[]"),
        (b'["\\u0061\\/\\n", "b"]', "a/\nc", b'["\\u0061\\/\\n", "c"]'),
        (b'["\\u00e9\\n", "b"]', "\xe9\n\xfc", b'["\\u00e9\\n", "\\u00fc"]'),
        ("['é\\n', 'b']".replace("'", '"').encode(), "é\nü", "['é\\n', 'ü']".replace("'", '"').encode()),
    ],
)
def test_a_source_keeps_its_form(old: bytes, text: str, expected: bytes) -> None:
    frame = b'{"cells":[{"cell_type":"code","source":%b,"outputs":[]}]}'
    assert rewritten(frame % old, {1: text}) == frame % expected


def test_worksheets_are_written_too() -> None:
    frame = b'{"worksheets": [{"cells": [{"input": "a"}]}, {"cells": [{"input": "b"}, {"source": "%b"}]}]}'
    assert rewritten(frame % b"c", {3: "d"}) == frame % b"d"
    assert rewritten(frame % b"c", {1: "a", 2: "b", 3: "c"}) == frame % b"c"


def test_what_cannot_be_written_is_refused() -> None:
    with pytest.raises(KeyError):
        rewritten(book(code("x")), {2: "y"})
    with pytest.raises(Unreadable):
        rewritten(b"{", {1: "y"})
    with pytest.raises(Unreadable, match="UTF-8"):
        rewritten(json.dumps({"cells": [code("x")]}).encode("utf-16"), {1: "y"})


def test_of_keys_written_twice_the_last_counts() -> None:
    frame = b'{"cells": [{"source": "a"}], "cells": [{"source": "b", "source": "%b"}]}'
    assert rewritten(frame % b"c", {1: "d"}) == frame % b"d"


@given(st.text(alphabet='{}[]":, ces\\', max_size=30))
def test_any_text_is_written_or_refused(text: str) -> None:
    try:
        new = rewritten(text.encode(), {})
    except Unreadable:
        return
    assert new == text.encode()
