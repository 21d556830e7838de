"""One server and one browser for all browser tests; each test gets a visitor of its own."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from bench import Bench, launch
from playwright.sync_api import Browser, BrowserContext, sync_playwright
from server import Server

NARROW = 768
"""Pixels; in a narrower window Streamlit's sidebar lies over the page, and whether it is open is remembered."""


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with Server(tmp_path_factory.mktemp("server") / "output.txt") as running:
        yield running
    assert running.complaints == [], running.output


@pytest.fixture(scope="session")
def below(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Another server, below a path; it may be sent what makes a server complain."""
    with Server(tmp_path_factory.mktemp("below") / "output.txt", base="/kept") as running:
        yield running


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        started = launch(playwright)
        yield started
        started.close()


@pytest.fixture(scope="session")
def regular(browser: Browser) -> Iterator[BrowserContext]:
    """The browser of visitors who have been here before: the scripts need not be fetched and compiled again."""
    context = browser.new_context()
    yield context
    context.close()


@pytest.fixture
def visitor(browser: Browser, regular: BrowserContext, server: Server) -> Iterator[Callable[..., Bench]]:
    """Called, makes a visitor with a session of its own; with options of a browser context, on another computer."""
    visitors: list[Bench] = []

    def arrive(url: str = "", width: int = 1280, height: int = 900, newcomer: bool = False, **options: Any) -> Bench:
        own = options or newcomer or width < NARROW
        page = (browser.new_context(**options) if own else regular).new_page()
        page.set_viewport_size({"width": width, "height": height})
        visitors.append(Bench(page, url or server.url, newcomer))
        return visitors[-1]

    yield arrive
    for bench in visitors:
        context = bench.page.context
        (bench.page if context is regular else context).close()
    for bench in visitors:
        assert bench.complaints == []
        assert [url for url in bench.requests if not at_home(url, bench.url)] == []


@pytest.fixture
def bench(visitor: Callable[..., Bench]) -> Bench:
    return visitor()


def at_home(url: str, server: str) -> bool:
    """Say whether a request stays on this machine."""
    own = server.removeprefix("http")
    return url.startswith((f"http{own}/", f"ws{own}/", "data:", "blob:"))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item):
    """Put what the server printed under the report of a failed test."""
    report = yield
    server = getattr(item, "funcargs", {}).get("server")
    if report.failed and server:
        report.sections.append(("the server's output", server.output[-4000:]))
    return report
