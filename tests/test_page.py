"""The page of proofs, opened in a headless Chromium: Qt's, which comes with the extra `test` of pyproject.toml."""

import importlib.util
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from logitlint.linter import Linter
from logitlint.rules import RULES
from logitlint.runtime import page
from logitlint.runtime.verify import verify
from logitlint.settings import Settings

CODES = ("LGT101", "LGT102", "LGT203")

BROWSER = """
import sys
from PyQt6.QtCore import QTimer, QUrl
from PyQt6.QtWebEngineWidgets import QWebEngineView
from PyQt6.QtWidgets import QApplication

application = QApplication(sys.argv)
view = QWebEngineView()
view.resize(400, 1400)  # as narrow as a telephone
view.show()
page = view.page()
SCRIPT = '''JSON.stringify({wide: document.documentElement.scrollWidth - window.innerWidth,
  contents: [...document.querySelectorAll("nav a")].map(
    each => document.querySelector(each.getAttribute("href")).tagName),
  plots: [...document.querySelectorAll("svg")].map(svg => {
  const box = svg.getBoundingClientRect();
  const inside = line => { const own = line.getBoundingClientRect();
    return own.left >= box.left && own.right <= box.right && own.top >= box.top && own.bottom <= box.bottom; };
  const lines = [...svg.querySelectorAll("polyline")];
  return {what: svg.dataset.what, width: box.width, points: lines.map(line => line.points.numberOfItems),
    inside: lines.every(inside), colours: lines.map(line => getComputedStyle(line).stroke),
    texts: [...svg.querySelectorAll("text")].every(inside),
    ticks: [...svg.querySelectorAll("text")].map(each => each.textContent),
    last: lines.map(line => line.points.getItem(line.points.numberOfItems - 1).y)};
})})'''


def told(answer):
    print("ANSWER" + answer)
    application.quit()


page.loadFinished.connect(lambda _: page.runJavaScript(SCRIPT, told))
page.load(QUrl.fromLocalFile(sys.argv[-1]))
QTimer.singleShot(60_000, application.quit)
application.exec()
"""


def test_both_curves_are_drawn_inside_their_plots(tmp_path: Path) -> None:
    linter = Linter(Settings(enabled=frozenset(CODES)), repairs=True)
    bad = {rule.code: rule.bad for rule in RULES}
    findings = [linter.check_text(bad[code], f"{code}.py").findings[0] for code in CODES]
    html = tmp_path / "report.html"
    html.write_text(page.render(verify(linter, findings)), encoding="utf-8")
    shown = subprocess.run(
        [sys.executable, "-c", BROWSER, str(html)],
        capture_output=True,
        text=True,
        env={
            **os.environ,
            "QT_QPA_PLATFORM": "offscreen",
            "QTWEBENGINE_DISABLE_SANDBOX": "1",
            "QTWEBENGINE_CHROMIUM_FLAGS": "--no-sandbox --disable-gpu --single-process",
        },
    )
    answers = [line.removeprefix("ANSWER") for line in shown.stdout.splitlines() if line.startswith("ANSWER")]
    assert importlib.util.find_spec("PyQt6") is not None, "pip install '.[test]' brings the browser"
    if not answers and "ImportError" in shown.stderr:  # a library of the system is missing
        pytest.skip(f"no Chromium here: {shown.stderr.strip().splitlines()[-1]}")
    assert answers, shown.stderr[-2000:]
    shown_page = json.loads(answers[0])
    assert shown_page["wide"] <= 0  # nothing makes the page scroll sideways
    assert shown_page["contents"] == ["SECTION"] * len(CODES)
    plots = shown_page["plots"]
    assert [plot["what"] for plot in plots] == ["loss", "gradient"] * len(CODES)
    for plot in plots:
        assert plot["width"] > 300
        assert plot["points"] == [49, 49]
        assert plot["inside"]
        assert plot["colours"][0] != plot["colours"][1]
        assert plot["texts"]
        assert "0" in plot["ticks"]
        assert 6 <= len(plot["ticks"]) <= 14
    for loss in plots[::2]:  # with a high score for the right class, the two losses are still apart
        before, after = loss["last"]
        assert abs(before - after) > 10
