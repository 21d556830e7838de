"""How the app meets the network: its paths below `server.baseUrlPath`, who may connect, the pages' headers."""

import base64
import hashlib
import os
import re
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

import streamlit as st
from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from streamlit import config
from streamlit.file_util import get_static_dir
from streamlit.runtime.scriptrunner import get_script_run_ctx
from streamlit.url_util import get_hostname, make_url_path
from websockets.server import ServerProtocol

from rnnviz.language import _
from rnnviz.ui.command import HOME

TRUSTED = os.environ.get("RNNVIZ_TRUST_FORWARDED_HOST") == "1"
"""Whether a proxy in front of the server says in X-Forwarded-Host what the browser asked for."""
FRAMES = os.environ.get("RNNVIZ_FRAME_ANCESTORS", "'self'")
"""The sites that may show the app in a frame, as Content-Security-Policy writes them."""

FIRST_PAGE = "bench"
"""The file in pages/ that is shown first."""
LONGEST_MESSAGE = 2**18
"""Bytes a browser may send at once over a socket; all the widgets' values together are some ten thousand."""

# Every page stands one level below the app, so its folder is the app's, whatever a proxy has put before it. Told so,
# Streamlit does not look for its server below the page first.
_BASE = 'window.__streamlit = { ...window.__streamlit, BACKEND_BASE_URL: new URL(".", location.href).href }'


def below(path: str) -> str:
    """Return `path`, which starts at the app, as it starts at the server."""
    return make_url_path(config.get_option("server.baseUrlPath"), path)


def page_routes(head: Callable[[str], str]) -> list[Route]:
    """Return the routes of the pages, which are Streamlit's own, told where they are.

    head: what each page's head has of the app's own, by the page's name.
    """

    def page(name: str) -> Route:
        html = _html().replace("</head>", f"{head(name)}</head>", 1)
        return Route(below(name), lambda _: HTMLResponse(html, headers={"Cache-Control": "no-cache"}))

    return [*map(page, page_names()), Route(below(FIRST_PAGE), _to_the_first)]


def page_names() -> list[str]:
    """Return what the pages' addresses end with: the first page has the app's own, and none with its file's name."""
    names = sorted(file.stem for file in (HOME / "pages").glob("*.py"))
    return ["", *(name for name in names if name != FIRST_PAGE)]


def _to_the_first(request: Request) -> Response:
    """Answer who asks for the first page by its file's name, at which Streamlit would find no page."""
    return RedirectResponse(f"./?{request.url.query}" if request.url.query else "./")


def _html() -> str:
    streamlits = (Path(get_static_dir()) / "index.html").read_text()
    assert "<head>" in streamlits
    return streamlits.replace("<head>", f"<head>\n    <script>{_BASE}</script>", 1)


def policy() -> str:
    """Return the pages' Content-Security-Policy: nothing is loaded from elsewhere, no script runs that is not ours."""
    inline = re.findall(r"<script>(.*?)</script>", _html(), re.DOTALL)
    hashes = [f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'" for text in inline]
    allowed = {
        "default-src": "'none'",
        "script-src": " ".join(["'self'", "blob:", *hashes]),  # Streamlit loads a component's script from a blob
        "style-src": "'self' 'unsafe-inline'",
        "img-src": "'self' data: blob:",
        "font-src": "'self' data:",
        "connect-src": "'self'",
        "base-uri": "'none'",
        "form-action": "'none'",
        "frame-ancestors": FRAMES,
    }
    return "; ".join(f"{what} {where}" for what, where in allowed.items())


class Door:
    """ASGI middleware: refuses sockets that other sites' pages open, and adds the headers that protect a visitor."""

    def __init__(self, app: ASGIApp):
        self._app = app
        self._policy = policy()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request as the app does."""
        if TRUSTED and scope["type"] != "lifespan":
            scope = {**scope, "headers": _as_forwarded(scope["headers"])}
        if scope["type"] == "websocket":
            if not may_connect(Headers(scope=scope)):
                await send({"type": "websocket.close", "code": 1008})
                return
            _bound(receive)

        async def guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers["X-Content-Type-Options"] = "nosniff"
                if headers.get("content-type", "").startswith("text/html"):
                    headers["Content-Security-Policy"] = self._policy
            await send(message)

        await self._app(scope, receive, guarded)


def may_connect(headers: Headers) -> bool:
    """Say whether a page of this server, or of one in `server.corsAllowedOrigins`, opens the socket, or no page."""
    origin = headers.get("origin")
    if origin is None:
        return True
    try:
        asked = urlsplit(origin)
    except ValueError:
        return False
    if not asked.hostname:
        return False
    others = {get_hostname(allowed.strip()) for allowed in config.get_option("server.corsAllowedOrigins")}
    return asked.netloc == headers.get("host") or asked.hostname in others or not config.get_option("server.enableCORS")


def _bound(receive: Receive) -> None:
    """Let uvicorn, which puts a message together before the app hears of it, read no more than LONGEST_MESSAGE of one.

    Streamlit starts uvicorn with `server.maxMessageSize`, in whole MB, for all that is sent either way.
    """
    protocol = getattr(getattr(receive, "__self__", None), "conn", None)
    if isinstance(protocol, ServerProtocol):
        protocol.max_message_size = LONGEST_MESSAGE


def _as_forwarded(headers: list[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
    named = [value for name, value in headers if name == b"x-forwarded-host"]
    if not named:
        return headers
    host = named[-1].split(b",")[-1].strip()  # what the proxy next to the server has said
    return [(name, host if name == b"host" else value) for name, value in headers]


def apologise(_error: Exception) -> bool:
    """Say that the script has failed, and nothing of how: that is in the server's log."""
    # A widget's value that was forged, and can't be read, would fail every later run of the session too. Browsers send
    # all values anew with each run.
    if context := get_script_run_ctx():
        context.session_state._state._new_widget_state.states.clear()
    st.error(
        _("The server could not build this page. Your network is kept: change a setting back, or reload the page.")
    )
    return True
