"""Behind a real nginx, set up as docs/deploy.md says: at the root and below a path that it keeps or takes away."""

import re
import socket
import subprocess
import time
import urllib.request
from collections.abc import Callable, Iterator

import pytest
from bench import Bench
from playwright.sync_api import Response, expect
from server import ROOT, START, Server

BLOCKS = re.findall(r"```nginx\n(.*?)```", (ROOT / "docs" / "deploy.md").read_text(), re.DOTALL)
KEPT, TAKEN = "/kept", "/taken"
"""Where `below` stands, and where the other server seems to."""


@pytest.fixture(scope="module")
def nginx(server: Server, below: Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The URL of an nginx with the manual's three locations, side by side."""
    folder = tmp_path_factory.mktemp("nginx")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        here = f"127.0.0.1:{probe.getsockname()[1]}"
    root, kept, taken = BLOCKS
    locations = [
        kept.replace("/rnn/", f"{KEPT}/").replace("127.0.0.1:8501", below.host),
        taken.replace("/rnn/", f"{TAKEN}/"),
    ]
    site = root.replace("listen 80", f"listen {here}").replace(
        "    location /", "\n".join([*locations, "    location /"]), 1
    )
    temporary = "".join(
        f"{kind}_temp_path {folder}/{kind};\n" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    setup = f"""
        daemon off; master_process off; pid {folder}/pid; error_log {folder}/error.log;
        events {{}}
        http {{ access_log off; {temporary} {site.replace("127.0.0.1:8501", server.host)} }}
    """
    (folder / "nginx.conf").write_text(setup)
    running = subprocess.Popen(["/usr/sbin/nginx", "-p", folder, "-c", "nginx.conf", "-e", f"{folder}/error.log"])
    url, end = f"http://{here}", time.monotonic() + START
    while not _answers(url):
        assert running.poll() is None, (folder / "error.log").read_text()
        assert time.monotonic() < end
        time.sleep(0.05)
    yield url
    running.terminate()
    running.wait(10)
    assert re.findall(r"\[(?:error|crit|alert|emerg)\].*", (folder / "error.log").read_text()) == []


def _answers(url: str) -> bool:
    try:
        return urllib.request.urlopen(f"{url}/_stcore/health", timeout=1).status == 200
    except OSError:
        return False


@pytest.mark.parametrize("path", ["", KEPT, TAKEN])
def test_all_three_pages_are_live(visitor: Callable[..., Bench], nginx: str, path: str):
    bench = visitor(nginx + path)  # which asks for nothing that stands elsewhere, and complains of nothing
    refused: list[str] = []

    def look(answer: Response):
        if answer.status >= 400:
            refused.append(f"{answer.status} {answer.url}")

    bench.page.on("response", look)
    bench.open(speed=5).moves()
    bench.visit("graph/", speed=5)  # a page opened directly, and with a slash too many
    bench.wait("() => document.querySelector('.node.h .value')?.textContent")
    assert bench.page.url.startswith(f"{nginx}{path}/graph")
    bench.page.get_by_role("link", name="Gradient lab").click()
    expect(bench.picture("memory").locator(".main-svg").first).to_be_visible()
    bench.moves()
    assert bench.page.url.startswith(f"{nginx}{path}/lab")
    assert refused == []
