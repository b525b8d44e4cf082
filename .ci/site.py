"""For mkdocs: what the pages link to outside of docs/ lies in the repository, and not on the site."""

from __future__ import annotations

import re

SOURCES = "https://github.com/logitlint/logitlint/tree/main"


def on_page_markdown(markdown: str, **_: object) -> str:
    """Lead links to sources, to the README and to the folder of decisions into the repository."""
    inside = re.sub(r"\]\((?:\.\./)+(README\.md|logitlint/|fixtures/|tests/)", rf"]({SOURCES}/\1", markdown)
    return re.sub(r"\]\(decisions/\)", f"]({SOURCES}/docs/decisions)", inside)
