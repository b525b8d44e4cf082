"""A rule explained: the text of its page, and of `logitlint rule`."""

from __future__ import annotations

from collections.abc import Iterator

from logitlint.fixes.wording import safety
from logitlint.rules.rule import Entry, Rule

_QUIET = "Not reported: "
_SOURCES = "See:\n"


def explain(rule: Entry) -> str:
    """The page of a rule, in Markdown: what it does, why that is bad, what is not reported, examples, fix safety, and
    where the libraries say so.
    """
    return "\n".join(_lines(rule))


def _lines(rule: Entry) -> Iterator[str]:
    what, *reasons = rule.why.strip().split("\n\n")
    quiet = [paragraph.removeprefix(_QUIET) for paragraph in reasons if paragraph.startswith(_QUIET)]
    sources = [paragraph.removeprefix(_SOURCES) for paragraph in reasons if paragraph.startswith(_SOURCES)]
    why = [paragraph for paragraph in reasons if not paragraph.startswith((_QUIET, _SOURCES))]
    yield f"# {rule.name} ({rule.code})"
    yield ""
    yield "On by default." if rule.default else f"Opt-in: `--extend-select {rule.code}`."
    yield from _section("What it does", [what])
    yield from _section("Why is this bad?", why)
    if quiet:
        yield from _section("What is not reported", [text[0].upper() + text[1:] for text in quiet])
    yield from _section("Example", [_code(rule.bad)])
    yield from _section("Use instead", [_code(rule.good)])
    if isinstance(rule, Rule):
        yield from _section("Fix safety", safety(rule.fix))
    if sources:
        yield from _section("References", ["\n".join(f"- <{url}>" for text in sources for url in text.split())])


def _section(title: str, paragraphs: list[str]) -> Iterator[str]:
    yield ""
    yield f"## {title}"
    for paragraph in paragraphs:
        yield ""
        yield paragraph


def _code(text: str) -> str:
    return f"```python\n{text.rstrip()}\n```"
