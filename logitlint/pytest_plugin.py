"""``pytest --logitlint-watch``: each test runs inside `logitlint.runtime.watch`."""

from __future__ import annotations

from collections.abc import Generator

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    """The option, and how loud it is."""
    parser.getgroup("logitlint").addoption(
        "--logitlint-watch",
        nargs="?",
        const="warn",
        choices=("warn", "raise"),
        help="look at the numbers that reach losses, and warn (or raise) when they are of the wrong kind",
    )


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, None, None]:
    """Watch the test, when asked to."""
    on = item.config.getoption("--logitlint-watch")
    if on is None:
        yield
        return
    from logitlint.runtime.watch import watch  # with the tables, which other runs do without

    with watch(on=on):
        yield
