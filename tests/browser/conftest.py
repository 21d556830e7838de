"""One server and one browser for all browser tests; each test gets a visitor of its own."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from bench import Bench, launch
from playwright.sync_api import Browser, BrowserContext, sync_playwright
from server import Server

FAILED = pytest.StashKey[bool]()
"""Whether a test has failed."""


@pytest.fixture(scope="session", autouse=True)
def _one_worker() -> Iterator[None]:
    """Every server has one worker, which is enough for a visitor: each of them loads torch."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("RNNVIZ_WORKERS", "1")
        yield


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
def computer(browser: Browser, server: Server) -> Iterator[Callable[..., BrowserContext]]:
    """Called, turns to the computer that has these options: the scripts are fetched and compiled there but once."""
    computers: dict[tuple[tuple[str, Any], ...], BrowserContext] = {}

    def turn_to(**options: Any) -> BrowserContext:
        kind = tuple(sorted(options.items()))
        if kind not in computers:
            computers[kind] = browser.new_context(**options)
            # A plain one, that keeps the window open, and the process with the compiled scripts: together 1.5 s.
            computers[kind].new_page().goto(f"{server.url}/_stcore/health")
        return computers[kind]

    yield turn_to
    for context in computers.values():
        context.close()


@pytest.fixture
def visitor(computer: Callable[..., BrowserContext], server: Server) -> Iterator[Callable[..., Bench]]:
    """Called, makes a visitor with a session of its own; with options of a browser context, on another computer."""
    visitors: list[Bench] = []

    def arrive(url: str = "", width: int = 1280, height: int = 900, newcomer: bool = False, **options: Any) -> Bench:
        page = computer(**options).new_page()
        page.set_viewport_size({"width": width, "height": height})
        visitors.append(Bench(page, url or server.url, newcomer))
        return visitors[-1]

    yield arrive
    for bench in visitors:
        leave(bench)
    for bench in visitors:
        nothing_to_blame(bench)


@pytest.fixture
def bench(visitor: Callable[..., Bench]) -> Bench:
    return visitor()


@pytest.fixture(scope="module")
def kind() -> type[Bench]:
    """What the page is that the tests of a module share."""
    return Bench


@pytest.fixture(scope="module")
def seat(kind: type[Bench], computer: Callable[..., BrowserContext], server: Server) -> Iterator[Bench]:
    bench = kind(computer().new_page(), server.url, stays=True)
    yield bench
    leave(bench)


@pytest.fixture
def stay(seat: Bench, request: pytest.FixtureRequest) -> Iterator[Any]:
    """The page as the test before left it: opened anew only if that was at another address, or failed."""
    seat.page.set_viewport_size({"width": 1280, "height": 900})
    yield seat
    try:
        nothing_to_blame(seat)
    finally:
        if request.node.stash.get(FAILED, True) or seat.complaints:
            seat.page.goto("about:blank")
        seat.requests.clear()
        seat.complaints.clear()


def leave(bench: Bench):
    """Close the page, and leave nothing to whoever comes to this computer next."""
    if not bench.page.is_closed():
        bench.page.evaluate("() => location.protocol === 'http:' && localStorage.clear()")
        bench.page.close()


def nothing_to_blame(bench: Bench):
    assert bench.complaints == []
    assert [url for url in bench.requests if not at_home(url, bench.url)] == []


def at_home(url: str, server: str) -> bool:
    """Say whether a request stays on this machine."""
    own = server.removeprefix("http")
    return url.startswith((f"http{own}/", f"ws{own}/", "data:", "blob:"))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item):
    """Put what the server printed under the report of a failed test, and remember that it failed."""
    report = yield
    item.stash[FAILED] = report.failed
    server = getattr(item, "funcargs", {}).get("server")
    if report.failed and server:
        report.sections.append(("the server's output", server.output[-4000:]))
    return report
