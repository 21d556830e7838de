"""The door of the app, called as a server calls it: which sockets come in, and what pages are sent with."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import loops
import pytest
from starlette.applications import Starlette
from starlette.datastructures import Headers
from streamlit import config

from rnnviz.ui import web

HEAD = '<script async src="./of-{}.js"></script>'


def socket_scope(**headers: str) -> dict[str, Any]:
    raw = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    return {"type": "websocket", "path": "/live/bench/token", "headers": raw}


def comes_in(**headers: str) -> bool:
    """Whether a socket opened with these headers reaches the app; if not, it is refused before it is accepted."""
    reached, sent = [], []

    async def app(scope: Any, _receive: Any, _send: Any):
        reached.append(scope)

    async def send(message: Any):
        sent.append(message)

    loops.run(web.Door(app)(socket_scope(**headers), None, send))  # pyright: ignore[reportArgumentType]
    assert bool(reached) != (sent == [{"type": "websocket.close", "code": 1008}])
    return bool(reached)


@pytest.fixture
def option(monkeypatch: pytest.MonkeyPatch):
    """Sets an option of Streamlit for one test."""
    options: dict[str, Any] = {}
    usual = config.get_option
    monkeypatch.setattr(config, "get_option", lambda name: options[name] if name in options else usual(name))
    return options.__setitem__


@pytest.mark.parametrize("origin", ["http://here:8501", "https://here:8501"])
def test_a_page_of_this_server_may_open_a_socket(origin):
    assert comes_in(host="here:8501", origin=origin)


def test_so_may_a_program_that_is_no_page():
    assert comes_in(host="here:8501")


@pytest.mark.parametrize(
    "origin",
    [
        "http://there",
        "http://here",
        "http://here:8502",
        "http://here:8501.there",
        "http://[",
        "http://[::1",
        "http://]",
        "null",
        "",
        "://",
        "here:8501",
        "\x00",
        "http://here:8501@there",
    ],
)
def test_no_other_page_may(origin):
    assert not comes_in(host="here:8501", origin=origin)


def test_an_allowed_origin_may(option):
    option("server.corsAllowedOrigins", ["https://course.example.org", " https://b.example.org "])
    assert comes_in(host="app:8501", origin="https://course.example.org")
    assert comes_in(host="app:8501", origin="https://b.example.org")
    assert not comes_in(host="app:8501", origin="https://example.org")


def test_all_may_where_streamlit_is_told_so_but_what_is_no_origin(option):
    option("server.enableCORS", False)
    assert comes_in(host="app:8501", origin="https://anywhere")
    assert not comes_in(host="app:8501", origin="http://[")


def test_a_forwarded_host_counts_only_where_it_is_trusted(monkeypatch):
    headers = {"host": "app:8501", "x_forwarded_host": "a.example.org", "origin": "https://a.example.org"}
    assert not comes_in(**headers)
    monkeypatch.setattr(web, "TRUSTED", True)
    assert comes_in(**headers)
    assert comes_in(**headers | {"x_forwarded_host": "forged.example.org, a.example.org"})
    assert not comes_in(**headers | {"x_forwarded_host": "a.example.org, b.example.org"})
    assert comes_in(host="here:8501", origin="http://here:8501")


@dataclass
class Answer:
    status: int
    headers: Headers
    text: str


@pytest.fixture
def get(option) -> Callable[[str], Answer]:
    """Asks for a path of an app that stands below /rnn."""
    option("server.baseUrlPath", "rnn")

    def ask(path: str) -> Answer:
        app = web.Door(Starlette(routes=web.page_routes(HEAD.format)))
        sent: list[Any] = []

        async def receive() -> Any:
            return {"type": "http.request"}

        async def send(message: Any):
            sent.append(message)

        scope = {"type": "http", "method": "GET", "path": path, "query_string": b"", "headers": [(b"host", b"here")]}
        loops.run(app(scope, receive, send))
        return Answer(sent[0]["status"], Headers(raw=sent[0]["headers"]), sent[1]["body"].decode())

    return ask


def test_the_first_page_has_one_address(get):
    page = get(f"/rnn/{web.FIRST_PAGE}")
    assert page.status == 307
    assert page.headers["location"] == "./"
    assert {"", "graph", "lab", "race", "words", "pairs"} == {*web.page_names()}


@pytest.mark.parametrize("name", web.page_names())
def test_every_page_is_streamlits_own_and_told_where_it_is(get, name):
    page = get(f"/rnn/{name}")
    assert page.status == 200
    assert '<div id="root">' in page.text
    assert page.text.index("BACKEND_BASE_URL") < page.text.index('type="module"')
    assert page.headers["cache-control"] == "no-cache"
    assert page.text.index("BACKEND_BASE_URL") < page.text.index(HEAD.format(name)) < page.text.index("</head>")


def test_pages_stand_below_the_base_path(get):
    assert get("/").status == 404


def test_a_page_runs_no_script_that_is_not_ours(get):
    page = get("/rnn/")
    policy = dict(part.split(" ", 1) for part in page.headers["content-security-policy"].split("; "))
    inline = re.findall(r"<script>", page.text)
    assert len(re.findall("sha256-", policy["script-src"])) == len(inline) > 0
    assert "unsafe" not in policy["script-src"]
    assert policy["default-src"] == policy["base-uri"] == policy["form-action"] == "'none'"
    assert policy["connect-src"] == policy["frame-ancestors"] == "'self'"
    assert not re.search(r"https?:|\*", page.headers["content-security-policy"])
    assert page.headers["x-content-type-options"] == "nosniff"


def test_a_course_page_may_frame_the_app_where_it_is_named(get, monkeypatch):
    monkeypatch.setattr(web, "FRAMES", "'self' https://course.example.org")
    assert get("/rnn/").headers["content-security-policy"].endswith("frame-ancestors 'self' https://course.example.org")
