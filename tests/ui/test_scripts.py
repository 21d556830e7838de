"""The browser's modules: what is served of them, and that all they import is."""

import asyncio
import gzip
import re
from pathlib import Path
from typing import Any

import loops
import plotly
import pytest
from starlette.applications import Starlette
from streamlit.file_util import get_static_dir

from rnnviz.settings.experiment import Experiment
from rnnviz.ui import early, scripts, web
from rnnviz.ui.pages import PAGES

ENTRIES = (
    "live/live.js",
    "bench/bench.js",
    "graph/unrolled.js",
    "race/standing.js",
    "shell/readout.js",
    "shell/scrubber.js",
    "shell/welcome.js",
    "words/words.js",
    "words/writing.js",
    "pairs/arcs.js",
    "pairs/tree.js",
)


def get(path: str, accepts: bytes = b"identity") -> tuple[int, dict[str, str], bytes]:
    """Ask for a path: status, headers, body."""
    sent = []

    async def receive() -> Any:
        await asyncio.Event().wait()  # the browser stays

    async def send(message):
        sent.append(message)

    scope = {
        "type": "http",
        "method": "GET",
        "path": path,
        "query_string": b"",
        "headers": [(b"accept-encoding", accepts)],
    }
    loops.run(Starlette(routes=scripts.ROUTES)(scope, receive, send))
    headers = {name.decode(): value.decode() for name, value in sent[0]["headers"]}
    return sent[0]["status"], headers, b"".join(message["body"] for message in sent[1:])


@pytest.mark.parametrize("entry", ENTRIES)
def test_a_component_s_module_is_served_with_all_it_imports(entry):
    for module in scripts.needed(entry):
        status, headers, body = get(scripts.address(module))
        assert status == 200
        assert headers["content-type"].startswith("text/javascript")
        assert "immutable" in headers["cache-control"]
        assert body == (scripts.HERE / module).read_bytes()


def test_every_module_is_needed_by_a_component():
    there = {path.relative_to(scripts.HERE).as_posix() for path in scripts.HERE.rglob("*.js")}
    assert there == {"live/entry.js"}.union(*map(scripts.needed, ENTRIES))


@pytest.mark.parametrize("path", [scripts.PLOTLY, scripts.address("live/live.js")])
def test_a_script_comes_compressed_to_whom_can_read_it(path):
    _, plain, whole = get(path)
    _, headers, packed = get(path, b"br, gzip")
    assert gzip.decompress(packed) == whole
    assert (int(plain["content-length"]), int(headers["content-length"])) == (len(whole), len(packed))
    assert ("content-encoding" in plain, headers["content-encoding"]) == (False, "gzip")
    assert plain["vary"] == headers["vary"] == "Accept-Encoding"


def test_plotly_js_is_the_installed_package_s_but_for_two_brackets():
    installed = (Path(str(plotly.__file__)).parent / "package_data" / "plotly.min.js").read_bytes()
    assert (
        get(scripts.PLOTLY)[2].replace(b"(() => {", b"() => {", 1).replace(b"Plotly;\n})));", b"Plotly;\n}));")
        == installed
    )


@pytest.mark.parametrize("page", web.page_names())
def test_a_page_asks_at_once_for_what_it_needs(page):
    named = re.findall(r'(?:href|src)="\.(/[^"]+)"', early.head(page))
    ours = [path for path in named if path.startswith("/live/")]
    assert [get(path)[0] for path in ours] == [200] * len(ours)
    entries = PAGES[page or web.FIRST_PAGE].modules
    assert {scripts.address(name) for entry in entries for name in scripts.needed(entry)} <= {*ours}
    assert (scripts.PLOTLY in ours) == (page != "graph")
    theirs = [path.removeprefix("/static/js/") for path in named if path not in ours]
    assert theirs == early.streamlits()


@pytest.mark.parametrize("widget", early.WIDGETS)
def test_streamlit_s_script_of_a_widget_is_found(widget):
    [name] = [name for name in early.streamlits() if name.startswith(f"{widget}.")]
    assert (Path(get_static_dir()) / "static" / "js" / name).exists()


@pytest.mark.parametrize("path", ["scripts.py", "../app.py", "live/live.css", "live/nothing.js", ""])
def test_nothing_else_is(path):
    assert get(f"{scripts.PATH}/{path}")[0] == 404


CELLS = Experiment.SETTINGS["cell"].options  # pyright: ignore[reportAttributeAccessIssue]


@pytest.mark.parametrize("cell", CELLS)
def test_no_module_knows_a_cell_by_name(cell):
    texts = {path: path.read_text() for path in scripts.HERE.rglob("*.js")}
    assert [path for path, text in texts.items() if re.search(rf"\b{cell}\b", text, re.IGNORECASE)] == []
