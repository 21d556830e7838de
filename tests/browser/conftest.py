"""One server and one browser for all browser tests; each test gets a visitor of its own."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from bench import Bench, launch
from playwright.sync_api import Browser, sync_playwright
from server import Server


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with Server(tmp_path_factory.mktemp("server") / "output.txt") as running:
        yield running
    assert running.complaints == [], running.output


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        started = launch(playwright)
        yield started
        started.close()


@pytest.fixture
def visitor(browser: Browser, server: Server) -> Iterator[Callable[..., Bench]]:
    """Called with options of a browser context, makes a new visitor: no cookies, no session."""
    contexts, visitors = [], []

    def arrive(url: str = "", width: int = 1280, height: int = 900, **options: Any) -> Bench:
        context = browser.new_context(viewport={"width": width, "height": height}, **options)
        contexts.append(context)
        visitors.append(Bench(context.new_page(), url or server.url))
        return visitors[-1]

    yield arrive
    for context in contexts:
        context.close()
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
